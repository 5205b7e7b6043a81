"""How a Module that is more than its forward method computes: in another precision, by its own gradient, recomputed."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from .._src.core.dtypes import is_float
from .._src.core.op import OPERATORS
from .._src.core.recompute import recomputed
from .._src.core.tensor import Tensor
from .._src.ops import Parameter
from .custom import call_with_bprop

_ABSENT = object()


def compute(module: Any, args: tuple, kwargs: dict) -> Any:
    """``module``'s forward method in its compute dtype, with its own gradient, computed again in backward if asked."""
    if module._recomputes:
        return recomputed(lambda *args, **kwargs: _typed(module, args, kwargs), *args, **kwargs)
    return _typed(module, args, kwargs)


def _typed(module: Any, args: tuple, kwargs: dict) -> Any:
    dtype, out_dtype = module._compute_dtype, module._output_dtype
    if dtype is None:
        out = _forward(module, module, args, kwargs)
    else:
        seen = _seen_in(module, dtype)
        before = dict(seen.__dict__)
        out = _forward(module, seen, cast_floats(args, dtype), {k: cast_floats(v, dtype) for k, v in kwargs.items()})
        module.__dict__.update({k: v for k, v in seen.__dict__.items() if before.get(k, _ABSENT) is not v})
    return out if out_dtype is None else cast_floats(out, out_dtype)


def _forward(module: Any, seen: Any, args: tuple, kwargs: dict) -> Any:
    if not hasattr(type(module), "bprop"):
        return seen._luojia_forward(*args, **kwargs)
    if kwargs or getattr(module._luojia_forward, "__defaults__", None):  # bprop is handed defaults too
        bound = inspect.signature(module._luojia_forward).bind(*args, **kwargs)
        bound.apply_defaults()
        args = bound.args
    return call_with_bprop(seen, args)


def _seen_in(module: Any, dtype: Any) -> Any:
    """A copy of the module with its trainable parameters cast; what it assigns to itself is to be copied back."""
    seen = copy.copy(module)
    for name, p in module._params.items():
        if isinstance(p, Parameter) and p.requires_grad and name in module.__dict__:
            seen.__dict__[name] = cast_floats(p, dtype)
    for name, value in module.__dict__.items():
        if isinstance(value, (list, tuple)) and value and all(isinstance(p, Parameter) for p in value):
            seen.__dict__[name] = tuple([cast_floats(p, dtype) if p.requires_grad else p for p in value])
    return seen


def cast_floats(value: Any, dtype: Any) -> Any:
    """``value`` with the floating Tensors in it, nested in tuples and lists too, cast to a luojia dtype."""
    if isinstance(value, Tensor):
        casts = is_float(value.np_dtype) and value.np_dtype != dtype.np
        return OPERATORS["cast"](value, dtype=dtype.np) if casts else value
    if isinstance(value, (tuple, list)):
        items = [cast_floats(v, dtype) for v in value]
        make: Any = getattr(type(value), "_make", type(value))  # a namedtuple's
        return make(items)
    return value
