"""MindSpore's primitives of Python's numbers, as ``ScalarAdd()(1, 2)``, and of tuples and lists."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .._src.core.dtypes import to_np
from .._src.ops import Tensor
from .primitive import Primitive

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ScalarAdd": operator.add, "ScalarSub": operator.sub, "ScalarMul": operator.mul, "ScalarDiv": operator.truediv,
    "ScalarFloorDiv": operator.floordiv, "ScalarMod": operator.mod, "ScalarPow": operator.pow,
    "ScalarUadd": operator.pos, "ScalarUsub": operator.neg, "ScalarLog": lambda x: float(Tensor(float(x)).log()),
    "ScalarEq": operator.eq, "ScalarGt": operator.gt, "ScalarLt": operator.lt, "ScalarGe": operator.ge,
    "ScalarLe": operator.le, "ScalarBool": bool, "ScalarBitwiseAnd": operator.and_, "ScalarBitwiseOr": operator.or_,
    "ScalarMax": max, "ScalarMin": min, "bit_and": operator.and_, "bit_or": operator.or_,
    "ListAppend": lambda x, value: [*x, value], "ListInsert": lambda x, i, value: [*x[:i], value, *x[i:]],
    "SequenceAdd": operator.add, "SequenceMul": operator.mul, "SequenceMax": max, "SequenceMin": min,
    "SequenceLen": len, "SequenceCount": lambda x, value: x.count(value), "InSequence": lambda value, x: value in x,
    "SequenceIndex": lambda x, value, *ends: x.index(value, *ends), "SequenceSlice": lambda x, *ends: x[slice(*ends)],
    "tuple_equal": operator.eq, "list_equal": operator.eq, "tuple_lt": operator.lt, "list_lt": operator.lt,
    "tuple_le": operator.le, "list_le": operator.le,
    "tuple_greater_than": operator.gt, "list_greater_than": operator.gt, "sequence_len": len,
    "tuple_greater_equal": operator.ge, "list_greater_equal": operator.ge,
    "TensorToTuple": lambda x: tuple(x.asnumpy().tolist()), "TensorToList": lambda x: x.asnumpy().tolist(),
    "TensorToScalar": lambda x: x.asnumpy().item(), "ScalarToTensor": lambda x, dtype=None: Tensor(x, dtype),
    "TupleToTensor": lambda x, dtype=None: Tensor(x, dtype), "ListToTensor": lambda x, dtype=None: Tensor(x, dtype),
    "SequenceToTensor": lambda x, dtype=None: Tensor(x, dtype),
    "ScalarCast": lambda x, dtype: to_np(dtype).type(x).item(),
}


def _primitive(name: str, function: Callable[..., Any]) -> type[Primitive]:
    def __init__(self: Any, *args: Any) -> None:
        Primitive.__init__(self, name)

    def __call__(self: Any, *args: Any) -> Any:
        return function(*args)

    return type(name, (Primitive,), {"__init__": __init__, "__call__": __call__, "__module__": __name__,
                                     "__doc__": f"{name} of Python's values; the object is called with them."})


globals().update({name: _primitive(name, function) for name, function in _FUNCTIONS.items()})
__all__ = list(_FUNCTIONS)  # pyright: ignore[reportUnsupportedDunderAll] - names of a table
