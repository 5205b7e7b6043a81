"""Python's operators and indexing on Tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..core.apply import apply, binary, reflected, unary
from ..core.op import OPERATORS, Operator
from ..core.tape import Leaf, state
from ..core.tensor import Tensor
from ..errors import DTypeError
from .index import encode

_SIGNS = {  # Python's name, the operator, and the sign in messages
    "add": ("add", "+"), "sub": ("subtract", "-"), "mul": ("multiply", "*"), "truediv": ("divide", "/"),
    "floordiv": ("floor_divide", "//"), "mod": ("mod", "%"), "pow": ("power", "**"), "matmul": ("matmul", "@"),
    "and": ("bitwise_and", "&"), "or": ("bitwise_or", "|"), "xor": ("bitwise_xor", "^"),
    "lshift": ("left_shift", "<<"), "rshift": ("right_shift", ">>"),
}
_COMPARISONS = {"gt": ("greater", ">"), "ge": ("greater_equal", ">="), "lt": ("less", "<"), "le": ("less_equal", "<=")}


def _binary(op: Operator, sign: str) -> Callable:
    def otherwise(self: Tensor, other: Any) -> Any:
        if isinstance(other, np.ndarray) and self._result_class is Tensor:
            raise DTypeError(f"Tensor {sign} ndarray: expected a Tensor or a number; wrap the array, as in "
                             "luojia.Tensor(array).")
        return apply(op, (self, other), op._defaults)

    return binary(op, otherwise)


def _equality(op: Operator, otherwise: bool) -> Callable:
    direct = binary(op)

    def method(self: Tensor, other: Any) -> Any:
        if isinstance(other, (Tensor, float, int, complex, np.generic)):
            return direct(self, other)
        if isinstance(other, (list, tuple)):
            return apply(op, (self, Tensor(other)), op._defaults)
        return otherwise

    return method


def getitem(self: Tensor, index: Any) -> Tensor:
    """``x[index]``."""
    if index.__class__ is list and any(isinstance(i, (list, tuple)) for i in index):
        index = tuple(index)  # an index for each axis, as NumPy once had it
    template, arrays = encode(index)
    out = apply(OPERATORS["getitem"], (self, *arrays), {"index": template})
    if not arrays and self._result_class is Tensor and isinstance(out, Tensor):
        out._part_of = partial(_pass_on, self, index)  # a partial is cheap, and nobody looks for Tensors in it
    return out


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """``x[index] = value``. What was computed from x before keeps the old value, what follows sees the new one.

    If x is itself part of a Tensor, by an index of numbers and slices, that Tensor has the value too: ``y[0][1] = 2``.
    In a recorded computation the gradient passes through: to what remains of x, and to ``value``.
    """
    if index.__class__ is list and any(isinstance(i, (list, tuple)) for i in index):
        index = tuple(index)
    if value is None or isinstance(value, str):
        raise DTypeError(f"Tensor: only numbers, Tensors, lists and tuples of them can be assigned, got {value!r}.")
    template, arrays = encode(index)
    if not isinstance(value, Tensor):
        value = self._device.engine.asarray(np.asarray(value), self.np_dtype)
    elif value.np_dtype != self.np_dtype:
        value = OPERATORS["cast"](value, dtype=self.np_dtype)
    new = apply(OPERATORS["setitem"], (self, value, *arrays), {"index": template})
    self._rebind(new._value)
    if state.recording and not self._role and not isinstance(self._node, Leaf):
        self._node = new._node
    part_of = self.__dict__.get("_part_of")
    if part_of is not None:
        part_of(self.shape, index, value)


def _pass_on(whole: Tensor, at: Any, shape: tuple, index: Any, value: Any) -> None:
    """``whole[at][index] = value``, for what ``whole[at]``, then of this shape, is given."""
    part = getitem(whole, at)
    if part.shape == shape:
        del part._part_of
        setitem(part, index, value)
        setitem(whole, at, part)


def _install() -> None:
    for name, (op_name, sign) in (_SIGNS | _COMPARISONS).items():
        op = OPERATORS[op_name]
        setattr(Tensor, f"__{name}__", _binary(op, sign))
        if name in _SIGNS:
            setattr(Tensor, f"__r{name}__", reflected(op))
    for name, op_name in {"neg": "negative", "pos": "identity", "abs": "abs", "invert": "logical_not"}.items():
        setattr(Tensor, f"__{name}__", unary(OPERATORS[op_name]))
    for name, op_name in {"eq": "equal", "ne": "not_equal"}.items():
        setattr(Tensor, f"__{name}__", _equality(OPERATORS[op_name], name == "ne"))
    setattr(Tensor, "__round__", lambda self, digits=0: OPERATORS["round"](self, decimals=digits or 0))  # noqa: B010
    setattr(Tensor, "__getitem__", getitem)  # noqa: B010 - a type checker takes Tensor as declared
    setattr(Tensor, "__setitem__", setitem)  # noqa: B010


_install()
