"""Python's operators and indexing on Tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..core.apply import apply, binary, reflected, unary
from ..core.op import OPERATORS, Operator
from ..core.tape import Leaf, now_recording, state
from ..core.tensor import Tensor
from ..errors import DTypeError, IndexTypeError, ShapeError
from .index import check_positions, decode, encode

_SIGNS = {  # Python's name, the operator, and the sign in messages
    "add": ("add", "+"), "sub": ("subtract", "-"), "mul": ("multiply", "*"), "truediv": ("divide", "/"),
    "floordiv": ("floor_divide", "//"), "mod": ("mod", "%"), "pow": ("power", "**"), "matmul": ("matmul", "@"),
    "and": ("bitwise_and", "&"), "or": ("bitwise_or", "|"), "xor": ("bitwise_xor", "^"),
    "lshift": ("left_shift", "<<"), "rshift": ("right_shift", ">>"),
}
_COMPARISONS = {"gt": ("greater", ">"), "ge": ("greater_equal", ">="), "lt": ("less", "<"), "le": ("less_equal", "<=")}


_LISTS = {"+", "-", "/", "//"}  # the signs beside which a list may stand


def _beside(self: Tensor, other: Any, sign: str) -> Any:
    """What stands beside a Tensor: a Tensor, a number, beside some signs a list; else an error."""
    if isinstance(other, Tensor) or hasattr(other, "_luojia_apply"):
        if sign == "@" and isinstance(other, Tensor) and other.np_dtype != self.np_dtype:
            raise DTypeError(f"Tensor @ Tensor: expected two of one dtype, got {self.dtype} and {other.dtype}; cast "
                             "one, as in x.astype(y.dtype).")
        return other
    if sign == "@":
        raise DTypeError(f"Tensor @ {type(other).__name__}: expected two Tensors; wrap the other, as in "
                         "luojia.Tensor(...).")
    if isinstance(other, np.ndarray) or isinstance(other, (list, tuple)) and sign not in _LISTS:
        raise DTypeError(f"Tensor {sign} {type(other).__name__}: expected a Tensor or a number; wrap it, as in "
                         "luojia.Tensor(...).")
    return other


def _binary(op: Operator, sign: str) -> Callable:
    def otherwise(self: Tensor, other: Any) -> Any:
        if self._result_class is Tensor:
            if hasattr(other, "with_values"):
                return NotImplemented  # a sparse tensor's own method is asked
            other = _beside(self, other, sign)
        return apply(op, (self, other), op._defaults)

    return binary(op, otherwise)


def _reflected(op: Operator, sign: str) -> Callable:
    def otherwise(self: Tensor, other: Any) -> Any:
        if self._result_class is Tensor:
            other = _beside(self, other, sign)
        return apply(op, (other, self), op._defaults)

    return reflected(op, otherwise)


def _equality(op: Operator, unlike: bool) -> Callable:
    direct = binary(op)

    def method(self: Tensor, other: Any) -> Any:
        if isinstance(other, (Tensor, float, int, complex, np.generic)):
            return direct(self, other)
        if isinstance(other, (list, tuple)) and self._result_class is not Tensor:
            return apply(op, (self, Tensor(other)), op._defaults)
        return unlike

    return method


def _by_axis(index: list) -> Any:
    """A list of integers or booleans as it is; any other is an index for each axis, as NumPy once had it."""
    return index if all(isinstance(i, (int, np.generic)) for i in index) else tuple(index)


def _unfit(self: Tensor, index: Any, e: Exception) -> Exception:
    """What was raised of an index, or of a value that does not fit it, in MindSpore's types."""
    if not self.ndim:
        return IndexTypeError(f"a Tensor without axes takes no index, got {index!r:.60}; read it with item().")
    return e if isinstance(e, IndexError) else ShapeError(str(e))


def getitem(self: Tensor, index: Any) -> Tensor:
    """``x[index]``."""
    if index.__class__ is list:
        index = _by_axis(index)
    template, arrays = encode(index)
    if arrays and self._device.engine.compiles:
        check_positions("getitem", self, template, arrays)
    try:
        out = apply(OPERATORS["getitem"], (self, *arrays), {"index": template})
    except IndexError as e:
        raise _unfit(self, index, e) from None
    if not arrays and self._result_class is Tensor and isinstance(out, Tensor):
        out._part_of = partial(_pass_on, self, index)  # a partial is cheap, and nobody looks for Tensors in it
    return out


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """``x[index] = value``. What was computed from x before keeps the old value, what follows sees the new one.

    If x is itself part of a Tensor, by an index of numbers and slices, that Tensor has the value too: ``y[0][1] = 2``.
    In a recorded computation the gradient passes through: to what remains of x, and to ``value``.
    """
    if index.__class__ is list:
        index = _by_axis(index)
    given = value
    if isinstance(value, Tensor):
        if value.np_dtype != self.np_dtype:
            value = OPERATORS["cast"](value, dtype=self.np_dtype)
    elif isinstance(value, (int, float, complex, list, tuple, np.generic)):
        value = self._device.engine.asarray(np.asarray(value), self.np_dtype)
    else:
        raise IndexTypeError("Tensor: only numbers, Tensors, lists and tuples of them can be assigned, got "
                             f"{type(value).__name__}: {value!r:.60}.")
    template, arrays = encode(index)
    if arrays and self._device.engine.compiles:
        check_positions("setitem", self, template, arrays)
    if _wrote(self, template, arrays, value):
        new = self
    else:
        new = _written(self, index, value, template, arrays)
        self._rebind(new._value)
    if state.recording and not self._role and not isinstance(self._node, Leaf):
        self._node = new._node
    part_of = self.__dict__.get("_part_of")
    if part_of is not None:
        part_of(self.shape, index, given)


def _wrote(self: Tensor, template: Any, arrays: Any, value: Any) -> bool:
    """Whether the value could be written at once, into the buffer if nothing else holds it: a Tensor on NumPy of which
    nothing is recorded. What fails is left to the operator, which says why."""
    if self.__class__ is not Tensor or self._value.__class__ is not np.ndarray or self._value.dtype.kind not in "fiub":
        return False
    linked = isinstance(value, Tensor)
    if now_recording() and (self._node is not None or linked and value._node is not None) or state.frame is not None:
        return False
    inside = [a._value if isinstance(a, Tensor) else a for a in arrays]
    if linked and (value.__class__ is not Tensor or value._device is not self._device):
        return False
    if any(a.__class__ is not np.ndarray for a in inside):
        return False
    try:
        self._write(decode(template, inside), value._value if linked else value)
    except (IndexError, ValueError, TypeError):
        return False
    return True


def _written(self: Tensor, index: Any, value: Any, template: Any, arrays: Any) -> Any:
    """The Tensor with the value, by an application of the operator."""
    try:
        return apply(OPERATORS["setitem"], (self, value, *arrays), {"index": template})
    except (IndexError, DTypeError) as e:  # the dtypes are alike: NumPy's TypeError is of the value's axes
        raise _unfit(self, index, e) from None


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
            setattr(Tensor, f"__r{name}__", _reflected(op, sign))
    for name, op_name in {"neg": "negative", "pos": "identity", "abs": "abs", "invert": "logical_not"}.items():
        setattr(Tensor, f"__{name}__", unary(OPERATORS[op_name]))
    for name, op_name in {"eq": "equal", "ne": "not_equal"}.items():
        setattr(Tensor, f"__{name}__", _equality(OPERATORS[op_name], name == "ne"))
    setattr(Tensor, "__round__", lambda self, digits=0: OPERATORS["round"](self, decimals=digits or 0))  # noqa: B010
    setattr(Tensor, "__getitem__", getitem)  # noqa: B010 - a type checker takes Tensor as declared
    setattr(Tensor, "__setitem__", setitem)  # noqa: B010


_install()
