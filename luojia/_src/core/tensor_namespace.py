"""The namespace of recording: ``xp`` for derivative rules that run on Tensors, in a gradient of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.devices import current_context
from ..engine.namespace import OPERATORS
from ..errors import NotSupportedError
from .apply import apply
from .tensor import Tensor, wrap


class _TensorNamespace:
    """``xp`` for rules that run on Tensors: NumPy's names, each an operator that records.

    A NumPy function that is no operator of its own becomes one, differentiated by the engine.
    """

    __name__ = "luojia.xp.tensors"

    def __getattr__(self, name: str) -> Any:
        found = OPERATORS.get(name)
        if found is None:
            found = _constants.get(name) or _adopt(name)
        self.__dict__[name] = found
        return found


def _adopt(name: str) -> Callable:
    """An operator made of the engines' function ``name``, its array arguments being those given as Tensors."""
    from .op import Operator  # which imports this module

    def call(*args: Any, **kwargs: Any) -> Any:
        where = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        nested = [t for a in args if isinstance(a, (list, tuple)) for t in a]
        if any(isinstance(t, Tensor) for t in (*nested, *kwargs.values())):
            # NumPy would take the Tensors' values and so drop their links.
            raise NotSupportedError(f"xp.{name} of Tensors in a list, or by keyword, is no operator: define one.")
        if not where:
            return getattr(np, name)(*args, **kwargs)

        def fn(xp: Any, *arrays: Any) -> Any:
            full = list(args)
            for i, a in zip(where, arrays):
                full[i] = a
            return getattr(xp, name)(*full, **kwargs)

        operator = Operator(fn, name)
        operator.lasting = False
        return apply(operator, [args[i] for i in where], {})

    return call


def _constant(make: Callable) -> Callable:
    """Array creation from shapes: a constant Tensor on the default device."""

    def call(*args: Any, **kwargs: Any) -> Tensor:
        device = current_context()
        return wrap(Tensor, device.engine.put(make(*args, **kwargs), device), device)

    return call


_constants: dict[str, Any] = {
    **{name: _constant(getattr(np, name)) for name in ("zeros", "ones", "full", "arange", "eye")},
    **{name: getattr(np, name) for name in ("pi", "inf", "nan", "newaxis", "float32", "float64", "float16", "bool_",
                                            "int32", "int64", "dtype")},
}
TENSORS = _TensorNamespace()
