"""Sparse tensors as MindSpore has them: places, and the Tensor of the values there; sparse.py computes with them.

Gradients pass through ``values``, which is a Tensor like any other.
"""

from __future__ import annotations

import importlib
from typing import Any

from ...core import printing
from ...core.dtypes import from_np
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError

_INDEX = ("int16", "int32", "int64")


def _checked(what: str, shape: Any, **parts: Any) -> tuple[int, ...]:
    for name, value in parts.items():
        if not isinstance(value, Tensor):
            raise DTypeError(f"For SparseTensors, '{name}' must be Tensor, but got {type(value)}.")
    if not isinstance(shape, tuple):
        raise DTypeError(f"For SparseTensors, 'shape' must be tuple, but got {type(shape)}.")
    for n in shape:
        if not isinstance(n, int):
            raise DTypeError(f"For {what}, the element type of 'shape' must be int, but got {type(n)}.")
        if n <= 0:
            raise ArgumentError(f"For {what}, the lengths in 'shape' must be positive integers, got {shape}.")
    return shape


def _functions() -> Any:
    return importlib.import_module(".sparse", __package__)


class _Sparse:
    """What sparse tensors share; ``_PARTS`` are the names of their Tensors, the values last."""

    _PARTS: tuple[str, ...] = ()
    values: Tensor
    shape: tuple[int, ...]

    def _from(self, other: Any) -> None:
        for name in (*self._PARTS, "shape"):
            setattr(self, name, getattr(other, name))

    def with_values(self, values: Tensor) -> Any:
        """The same places with other values."""
        made = object.__new__(type(self))
        made._from(self)
        made.values = values
        return made

    def _part(self, name: str) -> str:
        t = getattr(self, name)
        text = printing.tensor_repr(t.asnumpy(), str(from_np(t.np_dtype))).replace(", dtype", "; dtype")
        text = text.replace("value= ", "value=").replace(", value=", "; value=")
        head, _, values = text.partition("value=")
        shape, _, dtype = head.partition("; ")
        return f"{name}={shape}, {dtype.rstrip('; ')}, value={values.replace(',', '')}"

    def __repr__(self) -> str:
        parts = ", ".join(map(self._part, self._PARTS))
        return f"{type(self).__name__}(shape={list(self.shape)}, dtype={from_np(self.values.np_dtype)}, {parts})"

    @property
    def dtype(self) -> Any:
        """The dtype of the values."""
        return self.values.dtype

    @property
    def itemsize(self) -> int:
        """Bytes of one value."""
        return self.values.itemsize

    @property
    def size(self) -> int:
        """How many values are stored."""
        return self.values.size

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def astype(self, dtype: Any) -> Any:
        """The same places, the values in another dtype."""
        return self.with_values(self.values.astype(dtype))

    def abs(self) -> Any:
        """The same places, the values' absolute values."""
        return self.with_values(self.values.abs())

    def __neg__(self) -> Any:
        return self.with_values(-self.values)

    def __mul__(self, other: Any) -> Any:
        return _functions().multiply(self, other)

    def __truediv__(self, other: Any) -> Any:
        return _functions().divide(self, other)

    def __add__(self, other: Any) -> Any:
        return _functions().plus(self, other, 1)

    def __sub__(self, other: Any) -> Any:
        return _functions().plus(self, other, -1)

    def to_dense(self) -> Tensor:
        """The Tensor with the values at their places and 0 elsewhere."""
        return _functions().to_dense(self)


class COOTensor(_Sparse):
    """A matrix of ``shape`` whose elements at ``indices`` (n, 2) are ``values`` (n,), and else 0.

    >>> x = COOTensor(Tensor([[0, 1], [1, 2]]), Tensor([1.0, 2.0]), (3, 4))
    >>> x.to_dense().tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    >>> (x + x).values.tolist()
    [2.0, 4.0]

    Args:
        indices: a Tensor of int16, int32 or int64, a row per value.
        values: a Tensor of one axis.
        shape: two positive integers.
        coo_tensor: another COOTensor, instead of the above.
    """

    _PARTS = ("indices", "values")

    def __init__(self, indices: Tensor | None = None, values: Tensor | None = None,
                 shape: tuple[int, ...] | None = None, coo_tensor: COOTensor | None = None) -> None:
        if coo_tensor is not None:
            if not isinstance(coo_tensor, COOTensor):
                raise DTypeError(f"For COOTensor, coo_tensor must be a COOTensor, got {type(coo_tensor).__name__}.")
            self._from(coo_tensor)
            return
        self.shape = _checked("COOTensor", shape, indices=indices, values=values)
        self.indices: Any = indices
        self.values: Any = values
        if self.indices.np_dtype.name not in _INDEX:
            raise DTypeError(f"For COOTensor, the type of 'indices' must be one of [int16, int32, int64], but got "
                             f"{from_np(self.indices.np_dtype)}.")
        for name, t, n in (("indices", self.indices, 2), ("values", self.values, 1)):
            if t.ndim != n:
                raise ShapeError(f"For COOTensor, '{name}' must be a {n}-dimensional tensor, but got a {t.ndim}-"
                                 "dimensional tensor.")
        if self.indices.shape[0] != self.values.shape[0]:
            raise ShapeError("For COOTensor, 'indices.shape[0]' must be equal to 'values.shape[0]', but got "
                             f"'indices.shape[0]' = {self.indices.shape[0]} and 'values.shape[0]' = "
                             f"{self.values.shape[0]}.")
        if self.indices.shape[1] != 2 or len(self.shape) != 2:
            raise ShapeError(f"For COOTensor, the length of 'shape' must be 2, but got {self.shape}.")
        if self.shape[0] * self.shape[1] < self.values.shape[0]:
            raise ShapeError(f"For COOTensor, shape is too small: {self.shape} to hold all values"
                             f"({self.values.shape[0]}).")

    __radd__, __rmul__ = _Sparse.__add__, _Sparse.__mul__  # of a Tensor on the left

    def to_tuple(self) -> tuple[Tensor, Tensor, tuple[int, ...]]:
        """Indices, values and shape."""
        return self.indices, self.values, self.shape

    def to_csr(self) -> CSRTensor:
        """The same matrix as a CSRTensor."""
        return _functions().coo_to_csr(self)

    def coalesce(self) -> COOTensor:
        """The places in order, each once: values at one place are added."""
        return _functions().coalesced(self)

    def add(self, other: COOTensor, thresh: Any) -> COOTensor:
        """The sum; where both have a value, sums smaller than ``thresh`` are left out."""
        return _functions().coo_add(self, other, thresh)


class SparseTensor(COOTensor):
    """The former name of ``COOTensor``."""


class CSRTensor(_Sparse):
    """A matrix whose row i has ``values[indptr[i]:indptr[i + 1]]``, in the columns that ``indices`` has there, else 0.

    >>> x = CSRTensor(Tensor([0, 1, 2]), Tensor([0, 1]), Tensor([2.0, 3.0]), (2, 3))
    >>> x.to_dense().tolist()
    [[2.0, 0.0, 0.0], [0.0, 3.0, 0.0]]
    >>> x.mm(Tensor([[1.0], [1.0], [1.0]])).tolist()
    [[2.0], [3.0]]

    Args:
        indptr: a Tensor of shape[0] + 1 integers.
        indices: a Tensor of integers, a column per value.
        values: a Tensor whose first axis counts the values; those behind it are the axes of ``shape`` from the third.
        shape: positive integers, at least two.
        csr_tensor: another CSRTensor, instead of the above.
    """

    _PARTS = ("indptr", "indices", "values")

    def __init__(self, indptr: Tensor | None = None, indices: Tensor | None = None, values: Tensor | None = None,
                 shape: tuple[int, ...] | None = None, csr_tensor: CSRTensor | None = None) -> None:
        if csr_tensor is not None:
            if not isinstance(csr_tensor, CSRTensor):
                raise DTypeError(f"For CSRTensor, csr_tensor must be a CSRTensor, got {type(csr_tensor).__name__}.")
            self._from(csr_tensor)
            return
        self.shape = _checked("CSRTensor", shape, indptr=indptr, indices=indices, values=values)
        self.indptr: Any = indptr
        self.indices: Any = indices
        self.values: Any = values
        for name, t in (("indptr", self.indptr), ("indices", self.indices)):
            if t.np_dtype.name not in _INDEX:
                raise DTypeError(f"For CSRTensor, {name} must have int16 or int32 or int64 data type, but got "
                                 f"{from_np(t.np_dtype)}.")
            if t.ndim != 1:
                raise ShapeError(f"For CSRTensor, {name} must be a 1-dimensional tensor, but got a {t.ndim} "
                                 "dimensional tensor.")
        if len(self.shape) != self.values.ndim + 1:
            raise ShapeError("Values' dimension should equal to CSRTensor's dimension - 1, but got Values' dimension: "
                             f"{self.values.ndim} , CSRTensor's dimension: {len(self.shape)}.")
        if self.indptr.shape[0] != 1 + self.shape[0]:
            raise ShapeError(f"For CSRTensor, indptr must have length (1 + shape[0]), but got: {self.indptr.shape[0]}")
        if self.indices.shape[0] != self.values.shape[0]:
            raise ShapeError("For CSRTensor, indices and values must equal in their shape, but got indices shape: "
                             f"{self.indices.shape[0]}, values shape: {self.values.shape[0]}.")

    def to_tuple(self) -> tuple[Tensor, Tensor, Tensor, tuple[int, ...]]:
        """Indptr, indices, values and shape."""
        return self.indptr, self.indices, self.values, self.shape

    def to_coo(self) -> COOTensor:
        """The same matrix as a COOTensor."""
        return _functions().csr_to_coo(self)

    def mv(self, dense_vector: Tensor) -> Tensor:
        """The product with a vector (N, 1): (M, 1)."""
        return _functions().csr_mv(self, dense_vector)

    def mm(self, matrix: Any) -> Any:
        """The product with a Tensor (N, K), a Tensor; or with a CSRTensor, a CSRTensor."""
        return _functions().csr_mm(self, matrix)

    def sum(self, axis: int) -> Tensor:
        """The sums of the rows (M, 1); ``axis`` is 1, or -1."""
        return _functions().csr_reduce_sum(self, axis)

    def add(self, b: CSRTensor, alpha: Any, beta: Any) -> CSRTensor:
        """alpha times this plus beta times ``b``."""
        return _functions().csr_add(self, b, alpha, beta)


class RowTensor(_Sparse):
    """A Tensor of ``shape`` whose slices at ``indices`` (n,) along the first axis are ``values`` (n, ...), and else 0.

    >>> RowTensor(Tensor([0]), Tensor([[1.0, 2.0]]), (3, 2)).dense_shape
    (3, 2)
    """

    _PARTS = ("indices", "values")

    def __init__(self, indices: Tensor | None = None, values: Tensor | None = None,
                 shape: tuple[int, ...] | None = None, row_tensor: RowTensor | None = None) -> None:
        if row_tensor is not None:
            if not isinstance(row_tensor, RowTensor):
                raise DTypeError(f"For RowTensor, row_tensor must be a RowTensor, got {type(row_tensor).__name__}.")
            self._from(row_tensor)
            return
        self.shape = _checked("RowTensor", shape, indices=indices, values=values)
        self.indices: Any = indices
        self.values: Any = values
        if self.indices.ndim != 1 or self.indices.shape[0] != self.values.shape[0]:
            raise ShapeError("For RowTensor, indices must be a vector of an index per slice of values, got shapes "
                             f"{self.indices.shape} and {self.values.shape}.")
        if self.values.shape[1:] != self.shape[1:]:
            raise ShapeError(f"For RowTensor, values must have shape (n, {', '.join(map(str, self.shape[1:]))}), got "
                             f"{self.values.shape}.")

    @property
    def dense_shape(self) -> tuple[int, ...]:
        """The shape of the whole."""
        return self.shape
