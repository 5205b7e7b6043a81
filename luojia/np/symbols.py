"""Symbols with NumPy's conventions, which hybrid Blocks are traced with while ``npx.set_np()`` is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.symbol import Symbol as CoreSymbol
from .._src.ops.index import encode
from ..symbol.symbol import Symbol
from . import functions, statistics
from .multiarray import ndarray
from .table import FUNCTIONS


class _Symbol(Symbol):
    """A Symbol whose methods and signs are those of ``mx.np.ndarray``.

    >>> import luojia as mx
    >>> x = mx.sym.var("x").as_np_ndarray()
    >>> x[0].sum().eval(x=mx.np.array([[1, 2], [3, 4]]))
    [array(3.)]
    """

    __slots__ = ()
    _array_class = ndarray

    def as_np_ndarray(self) -> Symbol:
        return self

    def as_nd_ndarray(self) -> Symbol:
        """The same graph with the conventions of ``mx.sym``."""
        return Symbol(self._outputs)

    def __getitem__(self, index: Any) -> Any:
        """A part of the array; of a node of several outputs, one of them."""
        if isinstance(index, str) or len(self._outputs) > 1:
            return super().__getitem__(index)
        template, arrays = encode(index)
        return OPERATORS["getitem"](self, *arrays, index=template)

    def reshape(self, *shape: Any, order: str = "C", **kwargs: Any) -> Any:
        """The array in another shape, given as numbers or as a tuple; one length may be -1."""
        given = next(iter(kwargs.values())) if kwargs else shape[0] if len(shape) == 1 else shape
        lengths = (given,) if isinstance(given, (int, np.integer)) else tuple(given)
        return OPERATORS["reshape"](self, shape=tuple([int(n) for n in lengths]))

    def transpose(self, *axes: Any) -> Any:
        """The array with its axes permuted, reversed by default."""
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return OPERATORS["transpose"](self, axes=None if not given else tuple(given))

    def flatten(self, order: str = "C") -> Any:
        """The elements as a vector."""
        return self.reshape(-1)

    def astype(self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True,
               copy: bool = True) -> Any:
        """The array in another dtype."""
        return OPERATORS["cast"](self, dtype=np.dtype(dtype))

    def copy(self, order: str = "C") -> Any:
        """The array itself: graphs write to nothing."""
        return OPERATORS["identity"](self)

    def __matmul__(self, other: Any) -> Any:
        return functions.matmul(self, other)

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The array with its axes reversed."""
        return OPERATORS["transpose"](self, axes=None)

    def __invert__(self) -> Any:
        return OPERATORS["invert"](self)

    __hash__ = Symbol.__hash__


def _method(name: str, function: Callable) -> Callable:
    def method(self: _Symbol, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = function.__doc__
    return method


def _comparison(operator: str) -> Callable:
    def compare(self: _Symbol, other: Any) -> Any:
        if not isinstance(other, (CoreSymbol, bool, int, float, np.generic)):
            return NotImplemented
        return OPERATORS[operator](self, other)

    return compare


for _name in ("sum", "max", "min", "argmax", "argmin", "cumsum", "clip", "squeeze", "swapaxes", "round", "any", "all",
              "ptp"):
    setattr(_Symbol, _name, _method(_name, FUNCTIONS[_name]))
for _name in ("mean", "prod", "std", "var"):
    setattr(_Symbol, _name, _method(_name, getattr(statistics, _name)))
for _name in ("take", "repeat", "dot", "argsort"):
    setattr(_Symbol, _name, _method(_name, getattr(functions, _name)))
for _name, _operator in {"__eq__": "equal", "__ne__": "not_equal", "__lt__": "less", "__le__": "less_equal",
                         "__gt__": "greater", "__ge__": "greater_equal"}.items():
    setattr(_Symbol, _name, _comparison(_operator))
