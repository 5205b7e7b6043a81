"""Rows of a table under mint's names."""

from __future__ import annotations

from typing import Any

from ... import ops
from ..._src.core.dtypes import DType, float32
from ..._src.errors import ArgumentError, DTypeError, ShapeError
from ..._src.ops import Parameter, Tensor
from ...common.initializer import Normal, initializer
from ...nn.checks import check_positive_int
from ...nn.module import Module


class Embedding(Module):
    """The rows of ``weight`` (num_embeddings, embedding_dim) at whole numbers, which starts as normal numbers.

    Args:
        padding_idx: the row that starts as zeros and gets no gradient.
        max_norm, norm_type, scale_grad_by_freq: as in ``ops.embedding``.
        _weight: what the table starts as.
        _freeze: the table is not trained.

    >>> from luojia import Tensor, mint
    >>> mint.nn.Embedding(4, 3)(Tensor([[0, 2]])).shape
    (1, 2, 3)

    Matches ``mindspore.mint.nn.Embedding``.
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None,
                 max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                 sparse: bool = False, _weight: Any = None, _freeze: bool = False, dtype: DType | None = None) -> None:
        super().__init__()
        self.num_embeddings = check_positive_int("EmbeddingExt", "num_embeddings", num_embeddings)
        self.embedding_dim = check_positive_int("EmbeddingExt", "embedding_dim", embedding_dim)
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ArgumentError(f"For 'EmbeddingExt', the 'padding_idx' must be in range of [-{num_embeddings}, "
                                f"{num_embeddings}), but got {padding_idx}.")
        if max_norm is not None and not isinstance(max_norm, float):
            raise DTypeError(f"For 'EmbeddingExt', the type of 'max_norm' should be 'float', but got type "
                             f"'{type(max_norm).__name__}'.")
        self.padding_idx, self.max_norm, self.norm_type = padding_idx, max_norm, norm_type
        self.scale_grad_by_freq, self.dtype = scale_grad_by_freq, dtype or float32
        shape = (num_embeddings, embedding_dim)
        start = initializer(Normal(1.0, 0.0), shape, self.dtype) if _weight is None else Tensor(_weight)
        if tuple(start.shape) != shape:
            raise ShapeError(f"For 'EmbeddingExt', _weight must have shape {shape}, got {tuple(start.shape)}.")
        self.weight = Parameter(start, name="weight", requires_grad=not _freeze)
        if padding_idx is not None and _weight is None:
            self.weight.init_data()._write(padding_idx, 0)

    def construct(self, input: Any) -> Any:
        if isinstance(input, Tensor) and input.np_dtype.kind not in "iu":
            raise DTypeError(f"For 'EmbeddingExt', the input must be int32 or int64, but got {input.dtype}.")
        return ops.embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type,
                             self.scale_grad_by_freq)

    def extend_repr(self) -> str:
        return (f"num_embeddings={self.num_embeddings}, embedding_dim={self.embedding_dim}, "
                f"padding_idx={self.padding_idx}, max_norm={self.max_norm}, norm_type={self.norm_type}, "
                f"scale_grad_by_freq={self.scale_grad_by_freq}, dtype={self.dtype}")


Embedding.__name__ = "EmbeddingExt"  # as MindSpore prints it
__all__ = ["Embedding"]
