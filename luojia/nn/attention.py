"""Multi-head attention."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, NotSupportedError, ShapeError
from ..common.initializer import XavierUniform
from .basic import Dense, weight_of
from .dropout import Dropout
from .module import Module, check_bool, check_positive_int


class MultiheadAttention(Module):
    """softmax(q k^T / sqrt(d) + mask) v in several heads, between linear maps (Vaswani et al. 2017).

    Called with query (L, N, E), key (S, N, E), value (S, N, E), or (N, L, E) and so on with ``batch_first``; gives
    (output (L, N, E), weights (N, L, S) averaged over the heads, or for each head, or None).

    Args:
        embed_dim, num_heads: E, and into how many heads it is split.
        dropout: of the weights, in training.
        has_bias: of the linear maps.
        kdim, vdim: the widths of key and value where they are not E.
        batch_first: see above.

    >>> from luojia import Tensor, nn
    >>> x = Tensor(np.ones((5, 2, 8), np.float32))
    >>> y, weights = nn.MultiheadAttention(8, 2)(x, x, x)
    >>> y.shape, weights.shape
    ((5, 2, 8), (2, 5, 5))

    Matches ``mindspore.nn.MultiheadAttention``.
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, has_bias: bool = True,
                 add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
                 vdim: int | None = None, batch_first: bool = False, dtype: DType = float32) -> None:
        super().__init__()
        self.embed_dim = check_positive_int("MultiheadAttention", "embed_dim", embed_dim)
        self.num_heads = check_positive_int("MultiheadAttention", "num_heads", num_heads)
        if embed_dim % num_heads:
            raise ArgumentError(f"For 'MultiheadAttention', the 'embed_dim' must be divisible by 'num_heads', but got "
                                f"{embed_dim} and {num_heads}.")
        if add_bias_kv or add_zero_attn:
            raise NotSupportedError("For 'MultiheadAttention', add_bias_kv and add_zero_attn are not supported; append "
                                    "to key and value yourself.")
        self.batch_first = check_bool("MultiheadAttention", "batch_first", batch_first)
        widths = {"q": embed_dim, "k": kdim or embed_dim, "v": vdim or embed_dim}
        for name, width in widths.items():
            setattr(self, f"{name}_proj_weight", weight_of("MultiheadAttention", None, (embed_dim, width),
                                                           XavierUniform(), dtype, f"{name}_proj_weight"))
        self.in_proj_bias = None
        if has_bias:
            self.in_proj_bias = weight_of("MultiheadAttention", "zeros", (3 * embed_dim,), None, dtype, "in_proj_bias")
        self.out_proj = Dense(embed_dim, embed_dim, bias_init="zeros", has_bias=has_bias, dtype=dtype)
        self.dropout = Dropout(p=dropout)

    def construct(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
                  attn_mask: Any = None, average_attn_weights: bool = True) -> tuple[Any, Any]:
        if not query.ndim == key.ndim == value.ndim == 3:
            raise ShapeError("MultiheadAttention expects query, key and value of 3 axes, got "
                             f"{query.shape}, {key.shape}, {value.shape}.")
        if not self.batch_first:
            query, key, value = (ops.transpose(t, (1, 0, 2)) for t in (query, key, value))
        e, heads = self.embed_dim, self.num_heads
        split = []
        for i, (name, t) in enumerate((("q", query), ("k", key), ("v", value))):
            bias = None if self.in_proj_bias is None else self.in_proj_bias[i * e : (i + 1) * e]
            y = ops.dense(t, getattr(self, f"{name}_proj_weight"), bias)
            split.append(ops.transpose(ops.reshape(y, (y.shape[0], y.shape[1], heads, e // heads)), (0, 2, 1, 3)))
        q, k, v = split
        scores = OPERATORS["matmul"](q, k, transpose_b=True) * (e // heads) ** -0.5
        for mask, shape in ((attn_mask, None), (key_padding_mask, (key.shape[0], 1, 1, key.shape[1]))):
            if mask is None:
                continue
            if mask.np_dtype.kind == "b":  # True: not seen
                mask = ops.cast(mask, scores.dtype) * -1e9
            if shape is not None:
                mask = ops.reshape(mask, shape)
            elif mask.ndim == 3:
                mask = ops.reshape(mask, (-1, heads, *mask.shape[1:]))
            scores = scores + mask
        weights = ops.softmax(scores, -1)
        y = ops.transpose(ops.matmul(self.dropout(weights), v), (0, 2, 1, 3))
        y = self.out_proj(ops.reshape(y, (y.shape[0], y.shape[1], e)))
        if not self.batch_first:
            y = ops.transpose(y, (1, 0, 2))
        if not need_weights:
            return y, None
        return y, OPERATORS["mean"](weights, axis=1) if average_attn_weights else weights


__all__ = ["MultiheadAttention"]
