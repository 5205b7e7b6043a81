"""NDArray's Python operators: arithmetic, comparison, and their forms in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import DTypeError, ShapeError
from .door import function
from .ndarray import OPERANDS, NDArray, _bracketed


def operand(other: Any) -> Any:
    """``other`` if it can stand beside an array in an expression."""
    if isinstance(other, OPERANDS) or hasattr(other, "_luojia_apply"):
        return other
    raise DTypeError(f"type {type(other)} not supported beside an NDArray; use an NDArray, a number or a NumPy array.")


def _on_integers(op_: Any, x: Any, y: Any) -> Any:
    """A whole-number operator on arrays, or on an array and a scalar that it truncates."""
    mended = NDArray._coerce(op_, (x, y))
    return op_(*(mended or (x, y)))


def _forward(name: str, on_integers: Any) -> Callable:
    """``x op y`` through Tensor's own method; of integers through an operator of theirs."""
    inherited = getattr(Tensor, f"__{name}__")

    def method(self: NDArray, other: Any) -> NDArray:
        if self._value.dtype.kind in "iu":
            return _on_integers(on_integers, self, operand(other))
        return inherited(self, other)

    return method


def _reflected(name: str, on_integers: Any) -> Callable:
    inherited = getattr(Tensor, f"__r{name}__")

    def method(self: NDArray, other: Any) -> NDArray:
        if self._value.dtype.kind in "iu":
            return _on_integers(on_integers, operand(other), self)
        return inherited(self, other)

    return method


def _through(face: str, swap: bool = False) -> Callable:
    """``x op y`` through the ``nd`` function ``face``."""

    def method(self: NDArray, other: Any) -> NDArray:
        return function(face)(operand(other), self) if swap else function(face)(self, operand(other))

    return method


def _inplace(name: str) -> Callable:
    forward = getattr(NDArray, f"__{name}__")

    def method(self: NDArray, other: Any) -> NDArray:
        self._check_writable(operand(other))
        result = forward(self, other)
        if result.shape != self.shape:
            raise ShapeError(f"Shape inconsistent, Provided = {_bracketed(self.shape)}, inferred shape="
                             f"{_bracketed(result.shape)}: an array keeps its shape in place; write x = x ... y.")
        self._rebind(result._value)
        return self

    return method


def _of_arrays(method: Callable) -> Callable:
    return lambda self, other: method(self, other) if isinstance(other, (Tensor, np.ndarray)) else NotImplemented


for _name in ("add", "sub", "mul"):
    setattr(NDArray, f"__{_name}__", getattr(Tensor, f"__{_name}__"))
    setattr(NDArray, f"__r{_name}__", getattr(Tensor, f"__r{_name}__"))
for _name, _op in {"truediv": "truncated_divide", "pow": "integer_power"}.items():
    setattr(NDArray, f"__{_name}__", _forward(_name, OPERATORS[_op]))
    setattr(NDArray, f"__r{_name}__", _reflected(_name, OPERATORS[_op]))
NDArray.__mod__ = _through("broadcast_mod")
NDArray.__rmod__ = _through("broadcast_mod", swap=True)
for _name in ("add", "sub", "mul", "truediv", "mod"):  # MXNet has no power in place: x **= 2 is x = x**2
    setattr(NDArray, f"__i{_name}__", _inplace(_name))
for _name, _face in {"eq": "equal", "ne": "not_equal", "gt": "greater", "ge": "greater_equal", "lt": "lesser",
                     "le": "lesser_equal"}.items():
    setattr(NDArray, f"__{_name}__", _through(f"broadcast_{_face}"))
NDArray.__abs__ = lambda self: function("abs")(self)
for _name in ("matmul", "rmatmul"):  # MXNet has none; here it is that of arrays
    setattr(NDArray, f"__{_name}__", _of_arrays(getattr(Tensor, f"__{_name}__")))
# MXNet has no floor division: Python raises its own TypeError.
for _name in ("floordiv", "rfloordiv", "ifloordiv"):
    setattr(NDArray, f"__{_name}__", lambda self, other: NotImplemented)


def _either(name: str, scalars: Callable, method: Callable, array_first: bool = False) -> Callable:
    """An ``nd`` function of two operands of which each is an array or a number.

    ``array_first``: the order is free, and an array stands before a number (which decides the gradient at ties).
    """

    def binary(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, Tensor) or hasattr(lhs, "_luojia_apply"):
            return method(lhs, operand(rhs))
        if isinstance(rhs, Tensor) or hasattr(rhs, "_luojia_apply"):
            return method(rhs, operand(lhs)) if array_first else method(operand(lhs), rhs)
        return scalars(operand(lhs), operand(rhs))

    binary.__name__ = binary.__qualname__ = name
    binary.__doc__ = f"``{name}`` of two arrays (broadcast), of an array and a number, or of two numbers."
    binary.__module__ = "luojia.ndarray"
    return binary


def _faced(face: str) -> Callable:
    return lambda x, y: function(face)(x, y)


def _table() -> dict[str, Callable]:
    import operator as py

    def counted(compare: Callable) -> Callable:
        return lambda x, y: int(compare(x, y))

    arithmetic = {"add": py.add, "subtract": py.sub, "multiply": py.mul, "divide": py.truediv, "modulo": py.mod,
                  "power": py.pow, "true_divide": py.truediv}
    comparisons = {"equal": py.eq, "not_equal": py.ne, "greater": py.gt, "greater_equal": py.ge, "lesser": py.lt,
                   "lesser_equal": py.le}
    table = {name: _either(name, f, f) for name, f in arithmetic.items()}
    table.update({name: _either(name, counted(f), f) for name, f in comparisons.items()})
    for name, f in {"maximum": max, "minimum": min}.items():
        table[name] = _either(name, f, _faced(f"broadcast_{name}"), array_first=True)
    for name in ("logical_and", "logical_or", "logical_xor"):
        table[name] = _either(name, counted(getattr(np, name)), _faced(f"broadcast_{name}"))
    return table


TWO_OPERANDS = _table()
__all__ = ["OPERATORS", "TWO_OPERANDS", "operand"]
