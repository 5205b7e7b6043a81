"""``nd.sparse``: making MXNet's sparse arrays, and the operators on them; see sparse_array.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, NoArrayError, PlaceError
from .._src.paths import public_names
from . import creation
from .arithmetic import TWO_OPERANDS
from .door import function
from .functions import cast_storage
from .ndarray import NDArray
from .sparse_array import BaseSparseNDArray, CSRNDArray, RowSparseNDArray, as_stype
from .updates import FUNCTIONS

_TWO = {"add": "elemwise_add", "subtract": "elemwise_sub", "multiply": "elemwise_mul"}
_UPDATES = ("sgd_update", "sgd_mom_update", "adam_update", "ftrl_update", "adagrad_update")


def csr_matrix(arg1: Any, shape: tuple | None = None, ctx: Any = None, dtype: Any = None) -> NDArray:
    """A matrix of storage type 'csr': of a dense array, of ``(data, indices, indptr)``, or of a shape.

    Args:
        arg1: a dense array; a tuple (data, indices, indptr) of compressed rows; or a shape, for zeros.
        shape: the shape, where a tuple of arrays does not tell it.
        dtype: by default that of the array given; of lists float32.
    """
    if isinstance(arg1, tuple) and len(arg1) == 2 and isinstance(arg1[1], tuple):  # coordinates
        values, (rows, columns) = _numpy(arg1[0]), map(_numpy, arg1[1])
        if shape is None:
            shape = (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
        dtype = _dtype_of(arg1[0], dtype)
        dense = np.zeros(shape, dtype)
        np.add.at(dense, (rows.astype(np.int64), columns.astype(np.int64)), values)
        return creation.array(dense, ctx, dtype).tostype("csr")
    if isinstance(arg1, tuple) and len(arg1) == 3:
        data, indices, indptr = (_numpy(a) for a in arg1)
        if shape is None:
            shape = (len(indptr) - 1, int(indices.max(initial=-1)) + 1)
        dtype = _dtype_of(arg1[0], dtype)
        dense = np.zeros(shape, dtype)
        indices, indptr = indices.astype(np.int64), indptr.astype(np.int64)
        if len(indptr) != shape[0] + 1 or indptr[-1:] != len(indices) or len(indices) != len(data) or any(
                np.diff(indptr) < 0) or any(indices < 0) or any(indices >= shape[1]):
            raise PlaceError("csr_matrix: Indices of csr NDArray should be non-negative and less than the number of "
                             f"columns, and indptr should count them row by row; got {len(data)} values, indices "
                             f"{indices} and indptr {indptr} for shape {shape}.")
        dense[np.repeat(np.arange(shape[0]), np.diff(indptr)), indices] = data
        return creation.array(dense, ctx, dtype).tostype("csr")
    return _of(arg1, shape, ctx, dtype, "csr")


def row_sparse_array(arg1: Any, shape: tuple | None = None, ctx: Any = None, dtype: Any = None) -> NDArray:
    """An array of storage type 'row_sparse': of a dense array, of ``(data, indices)`` of rows, or of a shape."""
    if isinstance(arg1, tuple) and len(arg1) == 2 and not isinstance(arg1[0], int):
        data, indices = _numpy(arg1[0]), _numpy(arg1[1]).astype(np.int64)
        full = shape or (int(indices.max(initial=-1)) + 1, *data.shape[1:])
        dense = np.zeros(full, data.dtype)
        if any(indices < 0) or any(indices >= full[0]):
            raise PlaceError("row_sparse_array: Indices of row_sparse NDArray should be non-negative and less than the "
                             f"size of first dimension, {full[0]}; got {indices}.")
        dense[indices] = data
        return creation.array(dense, ctx, _dtype_of(arg1[0], dtype)).tostype("row_sparse")
    return _of(arg1, shape, ctx, dtype, "row_sparse")


def _of(arg1: Any, shape: tuple | None, ctx: Any, dtype: Any, stype: str) -> NDArray:
    if isinstance(arg1, tuple) and all(isinstance(n, int) for n in arg1):
        return creation.zeros(arg1, ctx, dtype).tostype(stype)
    made = creation.array(_numpy(arg1), ctx, _dtype_of(arg1, dtype))
    if shape is not None and made.shape != tuple(shape):
        raise ArgumentError(f"expected an array of shape {tuple(shape)}, got {made.shape}.")
    return made.tostype(stype)


def _dtype_of(source: Any, dtype: Any) -> Any:
    """``dtype``, by default an array's own and float32 of lists."""
    return getattr(source, "dtype", np.float32) if dtype is None else dtype


def _numpy(a: Any) -> np.ndarray:
    return a.asnumpy() if isinstance(a, Tensor) else np.asarray(a.todense() if hasattr(a, "todense") else a)


def array(source_array: Any, ctx: Any = None, dtype: Any = None) -> NDArray:
    """An array with the label of its source, an NDArray or a matrix of scipy.sparse."""
    stype = getattr(source_array, "stype", "csr" if hasattr(source_array, "tocsr") else "default")
    if isinstance(source_array, NDArray) and stype == "default":
        raise NoArrayError("nd.sparse.array: Please use `tostype` to create RowSparseNDArray or CSRNDArray from an "
                           "NDArray.")
    return creation.array(_numpy(source_array), ctx, _dtype_of(source_array, dtype)).tostype(stype)


def zeros(stype: str, shape: Any, ctx: Any = None, dtype: Any = None, **_: Any) -> NDArray:
    """Zeros of storage type ``stype``."""
    return creation.zeros(shape, ctx, dtype).tostype(stype)


empty = zeros


def retain(data: NDArray, indices: NDArray) -> NDArray:
    """``data`` with the rows that ``indices`` does not name set to zero."""
    return as_stype(data, "row_sparse").retain(indices)  # type: ignore[attr-defined]


def dot(lhs: NDArray, rhs: NDArray, transpose_a: bool = False, transpose_b: bool = False,
        forward_stype: str | None = None, **kwargs: Any) -> NDArray:
    """``nd.dot``, of MXNet's storage types or of ``forward_stype``: row_sparse of a csr matrix transposed, csr of a
    dense matrix and a csr one, else dense.
    """
    found = function("dot")(lhs, rhs, transpose_a=transpose_a, transpose_b=transpose_b, **kwargs)
    left, right = lhs.stype, rhs.stype
    own = "row_sparse" if left == "csr" and transpose_a and right != "csr" else (
        "csr" if (left, right) == ("default", "csr") and not transpose_b else "default")
    return as_stype(found, forward_stype or own)


def _two(name: str, alike: Callable | None) -> Callable:
    """Arithmetic of two sparse arrays of one storage type, or of what ``nd``'s function takes."""
    def binary(lhs: Any, rhs: Any) -> NDArray:
        sparse = isinstance(lhs, BaseSparseNDArray) and getattr(rhs, "stype", None) == lhs.stype
        if alike is not None and sparse and lhs.shape == rhs.shape:
            return alike(lhs, rhs)
        found = TWO_OPERANDS[name](lhs, rhs)
        kept = name in ("multiply", "divide") and isinstance(lhs, CSRNDArray) and type(rhs) is NDArray
        return as_stype(found, "csr") if kept and found.shape == lhs.shape else found

    binary.__name__ = binary.__qualname__ = name
    binary.__doc__ = TWO_OPERANDS[name].__doc__
    return binary


def __getattr__(name: str) -> Any:
    if name in _TWO:
        return _two(name, function(_TWO[name]))
    if name == "divide":
        return _two(name, None)
    if name in ("broadcast_mul", "broadcast_div"):
        return _two("multiply" if name == "broadcast_mul" else "divide", None)
    if name in TWO_OPERANDS:
        return TWO_OPERANDS[name]
    if name in _UPDATES:
        return FUNCTIONS[name]
    if name == "cast_storage":
        return cast_storage
    return function(name)


__all__ = ["BaseSparseNDArray", "CSRNDArray", "RowSparseNDArray", "array", "csr_matrix", "dot", "empty", "retain",
           "row_sparse_array", "zeros"]
__dir__ = public_names(__name__)
