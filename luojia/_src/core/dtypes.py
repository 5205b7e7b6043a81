"""Dtypes: MindSpore's dtype objects, their NumPy twins, and how two dtypes promote."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from ..errors import DTypeError


class DType:
    """A framework dtype, a singleton: ``str(luojia.float32)`` is ``'Float32'``."""

    __slots__ = ("name", "_np")
    _all: dict[str, DType] = {}

    def __init__(self, name: str, np_dtype: Any) -> None:
        self.name = name
        self._np = np_dtype
        DType._all[name] = self

    @property
    def np(self) -> np.dtype:
        """The NumPy dtype with the same values."""
        if self._np is None:
            raise DTypeError(f"{self.name} has no NumPy dtype; cast to a number type first.")
        if isinstance(self._np, str):
            try:
                module = importlib.import_module("ml_dtypes")
            except ImportError:
                raise DTypeError(f"{self.name} needs the package ml_dtypes: pip install ml_dtypes.") from None
            self._np = np.dtype(getattr(module, self._np))
        return self._np

    @property
    def itemsize(self) -> int:
        return self.np.itemsize

    def __repr__(self) -> str:
        return f"mindspore.{self.name.lower()}"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self):
        return _by_name, (self.name,)

    def __deepcopy__(self, memo):
        return self

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DType):
            return self is other
        return NotImplemented


def _by_name(name: str) -> DType:
    return DType._all[name]


bool_ = DType("Bool", np.dtype(np.bool_))
int8 = DType("Int8", np.dtype(np.int8))
int16 = DType("Int16", np.dtype(np.int16))
int32 = DType("Int32", np.dtype(np.int32))
int64 = DType("Int64", np.dtype(np.int64))
uint8 = DType("UInt8", np.dtype(np.uint8))
uint16 = DType("UInt16", np.dtype(np.uint16))
uint32 = DType("UInt32", np.dtype(np.uint32))
uint64 = DType("UInt64", np.dtype(np.uint64))
float16 = DType("Float16", np.dtype(np.float16))
float32 = DType("Float32", np.dtype(np.float32))
float64 = DType("Float64", np.dtype(np.float64))
bfloat16 = DType("BFloat16", "bfloat16")
complex64 = DType("Complex64", np.dtype(np.complex64))
complex128 = DType("Complex128", np.dtype(np.complex128))
string = DType("String", None)

_FROM_NP: dict[np.dtype, DType] = {d._np: d for d in DType._all.values() if isinstance(d._np, np.dtype)}


def from_np(dtype: Any) -> DType:
    """The framework dtype of a NumPy dtype."""
    found = _FROM_NP.get(dtype)
    if found is None:
        dtype = np.dtype(dtype)
        found = _FROM_NP.get(dtype)
        if found is None:
            if dtype.name == "bfloat16":
                found = _FROM_NP[bfloat16.np] = bfloat16
            else:
                raise DTypeError(
                    f"dtype {dtype} is not one of luojia's ({', '.join(DType._all)}); convert the array first."
                )
    return found


def is_known(dtype: np.dtype) -> bool:
    """Whether arrays of this dtype are Tensors' as they are."""
    return dtype in _FROM_NP


def to_np(dtype: Any) -> np.dtype:
    """The NumPy dtype of anything that names one: DType, NumPy dtype or type, Python type, string."""
    if isinstance(dtype, DType):
        return dtype.np
    if dtype is float:
        return float32.np
    if isinstance(dtype, str):
        if dtype in DType._all:
            return DType._all[dtype].np
        if dtype == "bfloat16":
            return bfloat16.np
    try:
        found = np.dtype(dtype)
    except TypeError as e:
        raise DTypeError(f"{dtype!r} is not a dtype ({e}).") from None
    if found.kind in "SUOMm":
        raise DTypeError(f"{dtype!r} is not a dtype of numbers.")
    return found


def to_numpys(dtype: Any) -> np.dtype:
    """``to_np`` as NumPy and MXNet read it: Python's ``float`` is float64.

    >>> to_numpys(float), to_np(float), to_numpys("float16")
    (dtype('float64'), dtype('float32'), dtype('float16'))
    """
    return to_np(np.float64 if dtype is float else dtype)


def float_limits(dtype: np.dtype) -> Any:
    """``numpy.finfo`` of any float dtype."""
    return np.finfo(dtype) if dtype.kind == "f" else importlib.import_module("ml_dtypes").finfo(dtype)


def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The dtype of ``a + b`` for two Tensors: as in NumPy, but an integer never widens a float.

    >>> promote(np.dtype('int64'), np.dtype('float16')), promote(np.dtype('uint8'), np.dtype('int32'))
    (dtype('float16'), dtype('int32'))
    """
    if a is b or a == b:
        return a
    inexact_a, inexact_b = _inexact(a), _inexact(b)
    if inexact_a != inexact_b:
        return a if inexact_a else b
    if inexact_a and {a.name, b.name} == {"bfloat16", "float16"}:
        return float32.np
    return np.promote_types(a, b)


def is_float(d: np.dtype) -> bool:
    """Whether a NumPy dtype is of floating numbers, bfloat16 included.

    >>> is_float(np.dtype("float16")), is_float(np.dtype("int32"))
    (True, False)
    """
    return d.kind == "f" or d.kind == "V" and d.name == "bfloat16"


def is_half(d: np.dtype) -> bool:
    """Whether a NumPy dtype is float16 or bfloat16."""
    return d.itemsize == 2 and is_float(d)


MXNET_CODES = {"float32": 0, "float64": 1, "float16": 2, "uint8": 3, "int32": 4, "int8": 5, "int64": 6, "bool": 7,
               "bfloat16": 12}
"""The numbers of dtypes in MXNet's symbol files."""


def _inexact(d: np.dtype) -> bool:
    return d.kind in "fcV" or d.name == "bfloat16"


def scalar_dtype(scalar: Any, dtype: np.dtype) -> np.dtype:
    """The dtype in which a Tensor of ``dtype`` and a Python scalar compute: int32 with 1.5 is float32."""
    if isinstance(scalar, bool):
        return dtype
    if isinstance(scalar, int):
        return int64.np if dtype.kind == "b" else dtype
    if isinstance(scalar, float):
        return dtype if _inexact(dtype) else float32.np
    if isinstance(scalar, complex):
        if dtype.kind == "c":
            return dtype
        return complex128.np if dtype == float64.np else complex64.np
    return dtype
