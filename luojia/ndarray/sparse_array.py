"""MXNet's sparse arrays, ``CSRNDArray`` and ``RowSparseNDArray``: their conventions over dense data.

Values, attributes and the classes of results are MXNet's; no memory is saved. ``indices`` are those of what is not 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError
from .creation import place
from .ndarray import STORAGE_TYPES, NDArray

# What is 0 where its input is: the result keeps the input's class.
_KEEPING = frozenset(
    "abs sign square sqrt cbrt sin tan arcsin arctan sinh tanh arcsinh arctanh expm1 log1p rint round ceil floor trunc "
    "fix negative relu degrees radians identity _copy zeros_like cast Cast slice make_loss BlockGrad stop_gradient "
    "add_n ElementWiseSum".split()
)
_KEEPING_TWO = frozenset("elemwise_add elemwise_sub elemwise_mul".split())
_PRODUCTS = frozenset("elemwise_mul broadcast_mul".split())


class BaseSparseNDArray(NDArray):
    """Base class of the sparse arrays."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"\n<{type(self).__name__} {'x'.join(map(str, self.shape))} @{self._device}>"

    __str__ = __repr__

    @property
    def data(self) -> NDArray:
        """The values that are stored."""
        raise NotImplementedError

    def _numpy(self) -> np.ndarray:
        return self._device.engine.to_numpy(self._value)

    def _made(self, array: np.ndarray) -> NDArray:
        return place(array, self._device)

    def copy(self) -> NDArray:
        return as_stype(super().copy(), self.stype)

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        made = super().astype(dtype, copy)
        return made if made is self else as_stype(made, self.stype)

    def _to(self, device: Any) -> NDArray:
        return as_stype(super()._to(device), self.stype)

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """As a dense array's; the gradient is of this array's storage type unless another is given."""
        super().attach_grad(grad_req, stype or self.stype)

    def __setitem__(self, key: Any, value: Any) -> None:
        """``x[:] = value``: no part alone can be set."""
        if key is not Ellipsis and key != slice(None):
            raise DTypeError(f"{type(self).__name__} only supports [:] for assignment, got the key {key!r}.")
        super().__setitem__(key, value)

    def detach(self) -> NDArray:
        return as_stype(super().detach(), self.stype)

    def asdense(self) -> NDArray:
        """The array as a dense NDArray."""
        return self.tostype("default")

    def check_format(self, full_check: bool = True) -> None:
        """Nothing to check: indices are made from the values."""

    def _like(self, name: str, inputs: tuple, attrs: dict[str, Any], result: Any) -> Any:
        """A result of the operator ``name``, of this class where MXNet's is."""
        if isinstance(result, NDArray):
            others = [t for t in inputs[1:] if isinstance(t, Tensor)]
            same = all(getattr(t, "stype", "default") == self.stype for t in others)
            products = name in _PRODUCTS and len(others) == 1 and type(others[0]) is NDArray  # with a dense array
            if name in _KEEPING and same or name in _KEEPING_TWO and same and others or products:
                return as_stype(result, self.stype)
            if name == "clip" and attrs["a_min"] <= 0 <= attrs["a_max"]:
                return as_stype(result, self.stype)
        return result


class CSRNDArray(BaseSparseNDArray):
    """A matrix whose rows are compressed: ``data`` and ``indices`` of row i lie between ``indptr[i]`` and ``[i + 1]``.

    Made by ``nd.sparse.csr_matrix`` and ``tostype('csr')``.
    """

    __slots__ = ()
    stype = "csr"  # type: ignore[assignment]

    @property
    def data(self) -> NDArray:
        values = self._numpy()
        return self._made(values[np.nonzero(values)])

    @property
    def indices(self) -> NDArray:
        """The columns of the values, row by row, as int64."""
        return self._made(np.nonzero(self._numpy())[1].astype(np.int64))

    @property
    def indptr(self) -> NDArray:
        """Where each row begins, and the last ends, as int64."""
        counts = (self._numpy() != 0).sum(axis=1)
        return self._made(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))

    def asscipy(self) -> Any:
        """The matrix as scipy's ``csr_matrix``."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self._numpy())

    def __getitem__(self, key: Any) -> NDArray:
        if isinstance(key, (int, np.integer)):
            rows = self.shape[0]
            if not -rows <= key < rows:
                raise IndexError(f"row {key} is out of range for a CSRNDArray of {rows} rows.")
            return as_stype(super().__getitem__(slice(int(key) % rows, int(key) % rows + 1)), "csr")
        if not isinstance(key, slice):
            raise ArgumentError(f"CSRNDArray: Multi-dimension indexing is not supported, got the key {key!r}; index "
                                "x.tostype('default').")
        if key.step not in (None, 1):
            raise ArgumentError(f"CSRNDArray only supports continuous slicing on axis 0, got a step of {key.step}.")
        return as_stype(super().__getitem__(key), "csr")

    def _like(self, name: str, inputs: tuple, attrs: dict[str, Any], result: Any) -> Any:
        if name == "dot" and attrs.get("transpose_a") is True and inputs[1].stype == "default":
            return as_stype(result, "row_sparse") if attrs.get("forward_stype") in (None, "row_sparse") else result
        if name in ("concat", "Concat") and 0 in (attrs.get("dim"), attrs.get("axis")):
            return as_stype(result, "csr")
        return super()._like(name, inputs, attrs, result)


class RowSparseNDArray(BaseSparseNDArray):
    """An array of which some rows are stored: ``data`` are the rows of which ``indices`` are the numbers.

    Made by ``nd.sparse.row_sparse_array`` and ``tostype('row_sparse')``; gradients with ``sparse_grad`` are such.
    """

    __slots__ = ()
    stype = "row_sparse"  # type: ignore[assignment]

    def _rows(self) -> np.ndarray:
        values = self._numpy()
        return np.flatnonzero((values != 0).any(axis=tuple(range(1, values.ndim))))

    @property
    def data(self) -> NDArray:
        return self._made(self._numpy()[self._rows()])

    @property
    def indices(self) -> NDArray:
        """The numbers of the rows, as int64."""
        return self._made(self._rows().astype(np.int64))

    def __getitem__(self, key: Any) -> NDArray:
        found = super().__getitem__(key)
        return as_stype(found, "row_sparse") if key == slice(None) else found

    def retain(self, indices: Any) -> NDArray:
        """The array with the rows that ``indices`` does not name set to zero."""
        keep = np.zeros((self.shape[0], *[1] * (self.ndim - 1)), self.np_dtype)
        keep[np.asarray(indices.asnumpy() if isinstance(indices, Tensor) else indices).astype(np.int64)] = 1
        return as_stype(NDArray.__mul__(self, self._made(keep)), "row_sparse")


_CLASSES = {"default": NDArray, "csr": CSRNDArray, "row_sparse": RowSparseNDArray}


def as_stype(array: NDArray, stype: str) -> NDArray:
    """The same array, value and place on the tape under the class of a storage type."""
    return wrap(_CLASSES[stype], array._value, array._device, array._node)


def _tostype(self: NDArray, stype: str) -> NDArray:
    """The array under the class of another storage type: 'default', 'row_sparse' or 'csr'; its data stays dense."""
    if stype not in STORAGE_TYPES:
        raise ArgumentError(f"tostype: stype must be one of {STORAGE_TYPES}, got {stype!r}.")
    if stype == "csr" and self.ndim != 2:
        raise ArgumentError(
            f"To convert to a CSR, the NDArray should be 2 Dimensional. Current shape is {self.shape}"
        )
    if {self.stype, stype} == {"csr", "row_sparse"}:
        raise ArgumentError(f"cast_storage from {self.stype} to {stype} is not supported; go by tostype('default').")
    return as_stype(NDArray.copy(self), stype)


def _arithmetic(name: str, arrays: bool, numbers: bool) -> Callable:
    """A method that keeps the class beside an array of the same storage type, or a number."""
    plain = getattr(NDArray, name)

    def method(self: Any, other: Any = None) -> Any:
        result = plain(self) if other is None else plain(self, other)
        beside = (self.stype, "default") if name in ("__mul__", "__rmul__") else (self.stype,)
        same = other is None or (getattr(other, "stype", None) in beside and other.shape == self.shape
                                 if isinstance(other, Tensor) else numbers and isinstance(other, (int, float)))
        kept = same and (arrays or not isinstance(other, Tensor)) and isinstance(result, NDArray)
        return as_stype(result, self.stype) if kept else result

    method.__name__ = name
    method.__doc__ = plain.__doc__
    return method


NDArray.tostype = _tostype  # type: ignore[method-assign]
for _name, _arrays, _numbers in (("add", True, False), ("sub", True, False), ("mul", True, True), ("rmul", True, True),
                                 ("truediv", False, True), ("neg", True, True), ("abs", True, True)):
    setattr(BaseSparseNDArray, f"__{_name}__", _arithmetic(f"__{_name}__", _arrays, _numbers))
__all__ = ["BaseSparseNDArray", "CSRNDArray", "RowSparseNDArray", "as_stype"]
