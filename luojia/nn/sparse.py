"""Layers of sparse matrices that come as their parts: places, values and a shape."""

from __future__ import annotations

from typing import Any

from .._src.errors import DTypeError
from .._src.ops import Tensor
from .._src.ops.composed import sparse
from .._src.ops.composed.sparse_tensor import COOTensor
from .module import Module

__all__ = ["SparseTensorDenseMatmul", "SparseToDense"]


class SparseToDense(Module):
    """The dense Tensor of ``sparse_shape`` with ``values`` (n,) at the rows of ``indices`` (n, axes), else 0;
    or of a COOTensor.

    >>> SparseToDense()(Tensor([[0, 1]]), Tensor([5.0]), (1, 2)).tolist()
    [[0.0, 5.0]]
    >>> SparseToDense()(COOTensor(Tensor([[0, 1]]), Tensor([5.0]), (1, 2))).tolist()
    [[0.0, 5.0]]

    Matches ``mindspore.nn.SparseToDense``.
    """

    def construct(self, indices: Any, values: Tensor | None = None, sparse_shape: Any = None) -> Tensor:
        if isinstance(indices, COOTensor):
            return indices.to_dense()
        if values is None or sparse_shape is None:
            raise DTypeError("For 'SparseToDense', the input must be a COOTensor, or indices, values and a shape, but "
                             f"got {type(indices)} alone.")
        return sparse.sparse_to_dense(indices, values, sparse_shape)


class SparseTensorDenseMatmul(Module):
    """A B of the matrix A of ``sparse_shape`` with ``values`` at the rows of ``indices`` (n, 2), and a Tensor B.

    ``adjoint_st`` and ``adjoint_dt`` transpose A and B.

    >>> SparseTensorDenseMatmul()(Tensor([[0, 1]]), Tensor([5.0]), (1, 2), Tensor([[1.0], [2.0]])).tolist()
    [[10.0]]
    """

    def __init__(self, adjoint_st: bool = False, adjoint_dt: bool = False) -> None:
        super().__init__()
        self.adjoint_st, self.adjoint_dt = adjoint_st, adjoint_dt

    def construct(self, indices: Tensor, values: Tensor, sparse_shape: Any, dense: Tensor) -> Tensor:
        return sparse.dense_matmul(indices, values, sparse_shape, dense, self.adjoint_st, self.adjoint_dt)
