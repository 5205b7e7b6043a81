"""Integers as vectors: embeddings and one-hot vectors."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .basic import weight_of
from .checks import check_bool, check_choice, check_positive_int
from .module import Module


class Embedding(Module):
    """Rows of a table: integers of any shape become vectors of ``embedding_size``.

    Args:
        vocab_size, embedding_size: the table's shape.
        use_one_hot: multiply by one-hot vectors instead of looking up.
        embedding_table: how the table (name 'embedding_table') starts.
        padding_idx: the row that starts as zeros.

    >>> from luojia import Tensor, nn
    >>> nn.Embedding(4, 3)(Tensor([[0, 2]])).shape
    (1, 2, 3)

    Matches ``mindspore.nn.Embedding``.
    """

    def __init__(self, vocab_size: int, embedding_size: int, use_one_hot: bool = False, embedding_table: Any = "normal",
                 dtype: DType = float32, padding_idx: int | None = None) -> None:
        super().__init__()
        self.vocab_size = check_positive_int("Embedding", "vocab_size", vocab_size)
        self.embedding_size = check_positive_int("Embedding", "embedding_size", embedding_size)
        self.use_one_hot = check_bool("Embedding", "use_one_hot", use_one_hot)
        self.dtype, self.padding_idx = dtype, padding_idx
        table = weight_of("Embedding", embedding_table, (vocab_size, embedding_size), None, dtype, "embedding_table")
        if padding_idx is not None:
            if not 0 <= padding_idx < vocab_size:
                raise ArgumentError(f"For 'Embedding', the 'padding_idx' must be in range [0, {vocab_size}), but got "
                                    f"{padding_idx}.")
            table._write(padding_idx, 0)
        self.embedding_table = table

    def construct(self, ids: Any) -> Any:
        if isinstance(ids, Tensor) and ids.np_dtype.kind not in "iu":
            raise DTypeError(f"For 'Embedding', the ids must be int32 or int64, but got {ids.dtype}.")
        if self.use_one_hot and isinstance(ids, Tensor):
            hot = ops.one_hot(ops.reshape(ids, (-1,)), self.vocab_size, Tensor(1.0), Tensor(0.0))
            return ops.reshape(ops.matmul(hot, self.embedding_table), (*ids.shape, self.embedding_size))
        return ops.gather(self.embedding_table, ids, 0)

    def extend_repr(self) -> str:
        return (f"vocab_size={self.vocab_size}, embedding_size={self.embedding_size}, use_one_hot={self.use_one_hot}, "
                f"embedding_table={self.embedding_table}, dtype={self.dtype}, padding_idx={self.padding_idx}")


class EmbeddingLookup(Module):
    """Rows of a table, and zeros for indices outside of it; one place, so ``target`` is moot.

    >>> from luojia import dtype, nn, Tensor
    >>> nn.EmbeddingLookup(10, 4)(Tensor([[1, 2], [3, 4]], dtype.int32)).shape
    (2, 2, 4)

    Matches ``mindspore.nn.EmbeddingLookup``.
    """

    def __init__(self, vocab_size: int, embedding_size: int, param_init: Any = "normal", target: str = "CPU",
                 slice_mode: str = "batch_slice", manual_shapes: Any = None, max_norm: float | None = None,
                 sparse: bool = True, dtype: DType = float32) -> None:
        super().__init__()
        check_choice("EmbeddingLookup", "target", target, ["CPU", "DEVICE"])
        check_positive_int("EmbeddingLookup", "vocab_size", vocab_size)
        check_positive_int("EmbeddingLookup", "embedding_size", embedding_size)
        self.max_norm = max_norm
        self.embedding_table = weight_of("EmbeddingLookup", param_init, (vocab_size, embedding_size), None, dtype,
                                         "embedding_table")

    def construct(self, indices: Any) -> Any:
        rows = OPERATORS["embedding_lookup"](indices, self.embedding_table)
        if self.max_norm is None:
            return rows
        norm = OPERATORS["sum"](rows * rows, axis=-1, keepdims=True) ** 0.5
        return rows * (self.max_norm / ops.maximum(norm, self.max_norm))


class OneHot(Module):
    """Integers as vectors of ``depth``, ``on_value`` at their place on a new ``axis`` and ``off_value`` elsewhere.

    >>> from luojia import nn, Tensor
    >>> nn.OneHot(depth=3)(Tensor([2, 0])).asnumpy()
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)

    Matches ``mindspore.nn.OneHot``.
    """

    def __init__(self, axis: int = -1, depth: int = 1, on_value: float = 1.0, off_value: float = 0.0,
                 dtype: DType = float32) -> None:
        super().__init__()
        self.axis, self.depth, self.dtype = axis, depth, dtype
        self.on_value, self.off_value = Tensor(on_value, dtype), Tensor(off_value, dtype)

    def construct(self, indices: Any) -> Any:
        if isinstance(indices, Tensor) and indices.np_dtype.kind not in "iu":
            raise DTypeError(f"For 'OneHot', the indices must be integers, but got {indices.dtype}.")
        return ops.one_hot(indices, self.depth, self.on_value, self.off_value, self.axis)


__all__ = ["Embedding", "EmbeddingLookup", "OneHot"]
