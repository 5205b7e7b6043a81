"""Dtypes: the table of promotions, NumPy's twins, names and pickles."""

import copy
import pickle

import numpy as np
import pytest

from luojia._src.core import dtypes as D
from luojia._src.core.dtypes import from_np, promote, scalar_dtype, to_np

NAMES = "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128".split()
SHORT = {"b": "bool", "u1": "uint8", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "f2": "float16",
         "f4": "float32", "f8": "float64", "c8": "complex64", "c16": "complex128"}
# Rows as NAMES: what mindspore 2.8.0 gives for Tensor + Tensor, where either order is supported.
TABLE = """
b  u1 i1 i2 i4 i8 f2 f4 f8 c8 c16
u1 u1 i2 i2 i4 i8 f2 f4 f8 c8 c16
i1 i2 i1 i2 i4 i8 f2 f4 f8 c8 c16
i2 i2 i2 i2 i4 i8 f2 f4 f8 c8 c16
i4 i4 i4 i4 i4 i8 f2 f4 f8 c8 c16
i8 i8 i8 i8 i8 i8 f2 f4 f8 c8 c16
f2 f2 f2 f2 f2 f2 f2 f4 f8 c8 c16
f4 f4 f4 f4 f4 f4 f4 f4 f8 c8 c16
f8 f8 f8 f8 f8 f8 f8 f8 f8 c16 c16
c8 c8 c8 c8 c8 c8 c8 c8 c16 c8 c16
c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16
"""


@pytest.mark.parametrize("a, row", list(zip(NAMES, TABLE.strip().splitlines())))
def test_promotion_of_two_tensors(a, row):
    for b, expected in zip(NAMES, row.split()):
        got = promote(np.dtype(a), np.dtype(b))
        assert got.name == SHORT[expected], f"{a} with {b}"
        assert promote(np.dtype(b), np.dtype(a)) == got


def test_promotion_of_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="bfloat16 needs the package ml_dtypes")
    b = np.dtype(ml_dtypes.bfloat16)
    assert D.bfloat16.np == b and from_np(b) is D.bfloat16
    for other, expected in {"float16": "float32", "float32": "float32", "int64": "bfloat16",
                            "bool": "bfloat16"}.items():
        assert promote(b, np.dtype(other)).name == promote(np.dtype(other), b).name == expected


@pytest.mark.parametrize("dtype, expected", list({
    "bool": "bool int64 float32 complex64", "uint8": "uint8 uint8 float32 complex64",
    "int64": "int64 int64 float32 complex64", "float16": "float16 float16 float16 complex64",
    "float32": "float32 float32 float32 complex64", "float64": "float64 float64 float64 complex128",
    "complex64": "complex64 complex64 complex64 complex64",
}.items()))
def test_promotion_with_numbers(dtype, expected):
    assert [scalar_dtype(s, np.dtype(dtype)).name for s in (True, 1, 1.5, 1j)] == expected.split()


def test_dtypes_are_singletons():
    assert str(D.float32) == "Float32" and repr(D.float32) == "mindspore.float32"
    for d in D.DType._all.values():
        assert pickle.loads(pickle.dumps(d)) is d and copy.deepcopy(d) is d and {d: 1}[d] == 1
    assert D.float32 != D.float64 and D.float32 == D.float32 and D.float32 != "Float32"
    assert D.int16.itemsize == 2


@pytest.mark.parametrize("name, expected", [
    (D.int8, "int8"), (float, "float32"), (int, "int64"), (bool, "bool"), ("float16", "float16"),
    ("Float16", "float16"),
    (np.int32, "int32"), (np.dtype("uint8"), "uint8"),
])
def test_to_np(name, expected):
    assert to_np(name).name == expected


def test_from_np():
    for name in NAMES:
        assert from_np(np.dtype(name)).np == np.dtype(name)
    assert from_np(np.float32) is D.float32
    with pytest.raises(TypeError, match="dtype >f4 is not one of luojia's"):
        from_np(np.dtype(">f4"))


def test_what_is_no_dtype():
    with pytest.raises(TypeError, match="'float33' is not a dtype"):
        to_np("float33")
    with pytest.raises(TypeError, match="dtype object is not one of luojia's"):
        from_np(object)
    with pytest.raises(TypeError, match="String has no NumPy dtype"):
        D.string.np  # noqa: B018


def test_a_dtype_whose_package_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ml_dtypes", None)
    fresh = object.__new__(D.DType)
    fresh.name, fresh._np = "BFloat16", "bfloat16"
    with pytest.raises(TypeError, match="BFloat16 needs the package ml_dtypes: pip install ml_dtypes"):
        fresh.np  # noqa: B018
