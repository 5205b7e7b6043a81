"""Dtypes under MindSpore's names: ``from luojia import dtype as mstype``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.dtypes import (
    DType,
    bfloat16,
    bool_,
    complex64,
    complex128,
    float16,
    float32,
    float64,
    from_np,
    int8,
    int16,
    int32,
    int64,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .._src.core.tensor import Tensor
from .._src.errors import AbsentName, DTypeError
from .._src.paths import public_names

__all__ = [
    "TensorType", "Type", "all_types", "bfloat16", "bool_", "byte", "cdouble", "cfloat", "complex128", "complex64",
    "complex_", "complex_type", "double", "dtype_to_nptype", "dtype_to_pytype", "float16", "float32", "float64",
    "float_", "float_type", "get_py_obj_dtype", "half", "int16", "int32", "int64", "int8", "int_", "int_type", "intc",
    "intp", "issubclass_", "list_", "long", "number", "number_type", "pytype_to_dtype", "short", "signed_type",
    "single", "string", "tensor", "tensor_type", "tuple_", "type_none", "ubyte", "uint", "uint16", "uint32", "uint64",
    "uint8", "uint_type", "uintc", "uintp", "ushort",
]
__dir__ = public_names(__name__)

Type = DType
byte, short, intc, long, intp = int8, int16, int32, int64, int64
ubyte, ushort, uintc = uint8, uint16, uint32
half, single, double = float16, float32, float64
cfloat, cdouble, uintp = complex64, complex128, uint64
list_, tuple_ = list, tuple
_PYTHON_NAMES = {"bool": bool_, "int": int32, "float": float32}


def __getattr__(name: str) -> DType:
    """``bool``, ``int`` and ``float``, which are Python's own inside this module."""
    if name in _PYTHON_NAMES:
        return _PYTHON_NAMES[name]
    raise AbsentName(__name__, name)



class TypeFamily:
    """A family of dtypes, such as ``number``, for ``issubclass_``."""

    def __init__(self, name: str, members: tuple[DType, ...]) -> None:
        self.name, self.members = name, members

    def __contains__(self, dtype: object) -> bool:
        return dtype in self.members

    def __repr__(self) -> str:
        return self.name


int_type = (int8, int16, int32, int64)
uint_type = (uint8, uint16, uint32, uint64)
float_type = (float16, float32, float64, bfloat16)
complex_type = (complex64, complex128)
number_type = int_type + uint_type + float_type + complex_type
signed_type = int_type + float_type
all_types = (bool_, *number_type, string)
int_ = TypeFamily("Int", int_type)
uint = TypeFamily("UInt", uint_type)
float_ = TypeFamily("Float", float_type)
complex_ = TypeFamily("Complex", complex_type)
number = TypeFamily("Number", (bool_, *number_type))
tensor = tensor_type = TensorType = Tensor
type_none = type(None)

_PYTHON = {"b": bool, "i": int, "u": int, "f": float, "c": complex}
_OF_PYTHON: dict[type, DType] = {bool: bool_, int: int64, float: float64, complex: complex128, str: string}


def dtype_to_nptype(type_: DType) -> type:
    """The NumPy type of a dtype.

    >>> dtype_to_nptype(float32)
    <class 'numpy.float32'>
    """
    if not isinstance(type_, DType):
        raise KeyError(type_)
    return np.str_ if type_ is string else type_.np.type


def dtype_to_pytype(type_: DType) -> type:
    """The Python type of a dtype.

    >>> dtype_to_pytype(int8)
    <class 'int'>
    """
    if not isinstance(type_, DType):
        raise KeyError(type_)
    return str if type_ is string else float if type_ is bfloat16 else _PYTHON[type_.np.kind]


def pytype_to_dtype(obj: Any) -> Any:
    """The dtype of a Python or NumPy type.

    >>> pytype_to_dtype(int), pytype_to_dtype(float), pytype_to_dtype(np.float32)
    (mindspore.int64, mindspore.float64, mindspore.float32)

    Raises:
        TypeError: something that is no such type.
    """
    if isinstance(obj, DType):
        return obj
    if isinstance(obj, type) and obj in _OF_PYTHON:
        return _OF_PYTHON[obj]
    if isinstance(obj, TypeFamily) or obj is list or obj is tuple:
        return obj
    if isinstance(obj, np.dtype) or (isinstance(obj, type) and issubclass(obj, np.generic)):
        return from_np(np.dtype(obj))
    raise DTypeError("For 'pytype_to_dtype', the argument 'obj' must be a python type object, such as int, float, str, "
                     f"etc. But got type {type(obj)}.")


def issubclass_(type_: Any, dtype: Any) -> bool:
    """Whether a dtype is, or belongs to, another.

    >>> issubclass_(float32, number), issubclass_(float32, int_), issubclass_(float32, float32)
    (True, False, True)
    """
    if not isinstance(type_, (DType, TypeFamily)):
        return False
    if isinstance(dtype, TypeFamily):
        return type_ is dtype or type_ in dtype
    return type_ is dtype


def get_py_obj_dtype(obj: Any) -> Any:
    """The dtype of a Python object: a Tensor's own, else that of its type.

    >>> get_py_obj_dtype(1), get_py_obj_dtype("a"), get_py_obj_dtype((1, 2))
    (mindspore.int64, mindspore.string, <class 'tuple'>)
    """
    if isinstance(obj, Tensor):
        return obj.dtype
    if obj is None:
        return type_none
    if isinstance(obj, (tuple, list)):
        return tuple_ if isinstance(obj, tuple) else list_
    return pytype_to_dtype(type(obj))
