"""Layers of sparse matrices that come as their parts: places, values and a shape."""

from __future__ import annotations

from typing import Any

from .._src.ops import Tensor
from .._src.ops.composed import sparse
from .module import Module

__all__ = ["SparseTensorDenseMatmul", "SparseToDense"]


class SparseToDense(Module):
    """The dense Tensor of ``sparse_shape`` with ``values`` (n,) at the rows of ``indices`` (n, axes), else 0.

    >>> SparseToDense()(Tensor([[0, 1]]), Tensor([5.0]), (1, 2)).tolist()
    [[0.0, 5.0]]
    """

    def construct(self, indices: Tensor, values: Tensor, sparse_shape: Any) -> Tensor:
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
