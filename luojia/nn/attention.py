"""Multi-head attention."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, ShapeError
from ..common.initializer import XavierNormal, XavierUniform
from .basic import Dense, weight_of
from .checks import check_bool, check_positive_int
from .dropout import Dropout
from .module import Module


class MultiheadAttention(Module):
    """softmax(q k^T / sqrt(d) + mask) v in several heads, between linear maps (Vaswani et al. 2017).

    Called with query (L, N, E), key (S, N, E), value (S, N, E), or (N, L, E) and so on with ``batch_first``; gives
    (output (L, N, E), weights (N, L, S) averaged over the heads, or for each head, or None).

    Args:
        embed_dim, num_heads: E, and into how many heads it is split.
        dropout: of the weights, in training.
        has_bias: of the linear maps.
        add_bias_kv, add_zero_attn: append a learnt vector, and zeros, to the keys and the values.
        kdim, vdim: the widths of key and value where they are not E; then 'in_proj_weight' (3 E, E) is three weights.
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
        self.batch_first = check_bool("MultiheadAttention", "batch_first", batch_first)
        self.add_zero_attn = check_bool("MultiheadAttention", "add_zero_attn", add_zero_attn)
        self._one_weight = (kdim or embed_dim) == (vdim or embed_dim) == embed_dim
        shapes = {"in_proj_weight": (3 * embed_dim, embed_dim)} if self._one_weight else {
            "q_proj_weight": (embed_dim, embed_dim), "k_proj_weight": (embed_dim, kdim or embed_dim),
            "v_proj_weight": (embed_dim, vdim or embed_dim)}
        self.in_proj_bias = self.bias_k = self.bias_v = None
        for name, shape in shapes.items():
            setattr(self, name, weight_of("MultiheadAttention", None, shape, XavierUniform(), dtype, name))
        if has_bias:
            self.in_proj_bias = weight_of("MultiheadAttention", "zeros", (3 * embed_dim,), None, dtype, "in_proj_bias")
        if add_bias_kv:
            for name in ("bias_k", "bias_v"):
                setattr(self, name, weight_of("MultiheadAttention", None, (1, 1, embed_dim), XavierNormal(), dtype,
                                              name))
        self.out_proj = Dense(embed_dim, embed_dim, bias_init="zeros", has_bias=has_bias, dtype=dtype)
        self.dropout = Dropout(p=dropout).p

    def construct(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
                  attn_mask: Any = None, average_attn_weights: bool = True) -> tuple[Any, ...]:
        if not query.ndim == key.ndim == value.ndim == 3:
            raise ShapeError("MultiheadAttention expects query, key and value of 3 axes, got "
                             f"{query.shape}, {key.shape}, {value.shape}.")
        if not self.batch_first:
            query, key, value = (ops.transpose(t, (1, 0, 2)) for t in (query, key, value))
        e, heads, more = self.embed_dim, self.num_heads, 0
        split = []
        for i, (name, x) in enumerate((("q", query), ("k", key), ("v", value))):
            part = slice(i * e, (i + 1) * e)
            weight = self.in_proj_weight[part] if self._one_weight else getattr(self, f"{name}_proj_weight")
            y = ops.dense(x, weight, None if self.in_proj_bias is None else self.in_proj_bias[part])
            own = None if name == "q" else getattr(self, f"bias_{name}")
            extra = [] if own is None else [ops.broadcast_to(own, (y.shape[0], 1, e))]
            extra += [ops.zeros_like(y[:, :1])] if self.add_zero_attn and name != "q" else []
            y, more = ops.concat([y, *extra], axis=1) if extra else y, len(extra)
            split.append(ops.transpose(ops.reshape(y, (y.shape[0], y.shape[1], heads, e // heads)), (0, 2, 1, 3)))
        q, k, v = split
        scores = OPERATORS["matmul"](q, k, transpose_b=True) * (e // heads) ** -0.5
        for mask, shape in ((attn_mask, None), (key_padding_mask, (key.shape[0], 1, 1, -1))):
            if mask is None:
                continue
            if mask.np_dtype.kind == "b":  # True: not seen
                mask = ops.cast(mask, scores.dtype) * -1e9
            if more:  # what was appended is seen by all
                mask = OPERATORS["pad"](mask, pad_width=((0, 0),) * (mask.ndim - 1) + ((0, more),))
            if shape is not None:
                mask = ops.reshape(mask, shape)
            elif mask.ndim == 3:
                mask = ops.reshape(mask, (-1, heads, *mask.shape[1:]))
            scores = scores + mask
        weights = ops.softmax(scores, -1)
        y = ops.transpose(ops.matmul(ops.dropout(weights, self.dropout, self.training), v), (0, 2, 1, 3))
        y = self.out_proj(ops.reshape(y, (y.shape[0], y.shape[1], e)))
        if not self.batch_first:
            y = ops.transpose(y, (1, 0, 2))
        if not need_weights:
            return (y,)
        return y, OPERATORS["mean"](weights, axis=1) if average_attn_weights else weights


__all__ = ["MultiheadAttention"]
