"""Attention under the names of MindSpore's fused kernels, by its plain formula, and what stands beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, NotSupportedError, ShapeError
from ..compose import placed, reshaped
from .candidates import dropout_by_bits

_FAR = 2147483647
_TO_BNSD = {"BNSD": (0, 1, 2, 3), "BSND": (0, 2, 1, 3)}


def _heads(name: str, x: Tensor, count: int, layout: str) -> Tensor:
    """x as (B, N, S, D)."""
    if layout in ("BSH", "SBH"):
        if x.ndim != 3 or x.shape[2] % count:
            raise ShapeError(f"For '{name}', a Tensor of layout {layout} whose width is a multiple of {count} heads is "
                             f"expected, got shape {x.shape}.")
        x = OP["swapaxes"](x, axis1=0, axis2=1) if layout == "SBH" else x
        b, s, h = x.shape
        return OP["swapaxes"](reshaped(x, (b, s, count, h // count)), axis1=1, axis2=2)
    if x.ndim != 4:
        raise ShapeError(f"For '{name}', a Tensor of layout {layout} has 4 axes, got shape {x.shape}.")
    return OP["transpose"](x, axes=_TO_BNSD[layout])


def _back(x: Tensor, layout: str) -> Tensor:
    """(B, N, S, D) in the layout of the inputs."""
    if layout in _TO_BNSD:
        return OP["transpose"](x, axes=_TO_BNSD[layout])
    b, n, s, d = x.shape
    x = reshaped(OP["swapaxes"](x, axis1=1, axis2=2), (b, s, n * d))
    return OP["swapaxes"](x, axis1=0, axis2=1) if layout == "SBH" else x


def _hidden(name: str, mask: Any, mode: int, rows: int, columns: int, pre: int, after: int) -> np.ndarray | None:
    """Where scores do not count, as ``sparse_mode`` says; broadcast with (B, N, rows, columns)."""
    if mode not in (0, 1, 2, 3, 4):
        raise NotSupportedError(f"{name}: sparse_mode must be 0 to 4, got {mode}; give the whole attn_mask instead.")
    row, column = np.arange(rows)[:, None], np.arange(columns)
    if mode == 2:
        return column > row
    if mode == 3:
        return column > row + columns - rows
    if mode == 4:
        low = row + columns - rows
        return (column > low + after) | (column < low - pre)
    if mask is None:
        return None
    given = mask.asnumpy() != 0
    if given.ndim == 3:
        given = given[:, None]
    return given if mode == 1 else given | (column > row + after) | (column < row - pre)


def _attend(name: str, q: Tensor, k: Tensor, v: Tensor, scale: float, hidden: Any, shift: Any = None,
            drop: Any = None, keep_prob: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """(attention, maxima, sums) of softmax(q k^T scale + shift) v for (B, N, S, D); k and v may have fewer heads."""
    if q.shape[1] % k.shape[1] or k.shape[:3] != v.shape[:3] or q.shape[3] != k.shape[3] or q.shape[0] != k.shape[0]:
        raise ShapeError(f"For '{name}', query, key and value do not fit each other: as (B, N, S, D) their shapes are "
                         f"{q.shape}, {k.shape} and {v.shape}.")
    if q.shape[1] != k.shape[1]:
        k, v = (OP["repeat"](t, repeats=q.shape[1] // t.shape[1], axis=1) for t in (k, v))
    scores = OP["matmul"](q, OP["swapaxes"](k, axis1=2, axis2=3)) * scale
    scores = scores if shift is None else scores + shift
    if hidden is not None:
        least = float(np.finfo(scores.np_dtype).min) if scores.np_dtype.kind == "f" else -1e38
        scores = OP["where"](placed(np.broadcast_to(hidden, scores.shape).copy(), q), least, scores)
    top = OP["stop_gradient"](OP["max"](scores, axis=-1, keepdims=True))
    e = OP["exp"](scores - top)
    total = OP["sum"](e, axis=-1, keepdims=True)
    p = e / total
    if keep_prob < 1.0:
        if drop is None:
            raise ArgumentError(f"For '{name}', keep_prob {keep_prob} needs a drop_mask; make it with DropoutGenMask.")
        p = dropout_by_bits(p, drop, keep_prob)
    return OP["matmul"](p, v), top, total


def _ends(lengths: Any) -> list[int]:
    return [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]


def _packed(name: str, q: Tensor, k: Tensor, v: Tensor, q_ends: Any, kv_ends: Any, **how: Any) -> Tensor:
    """Attention of sequences that lie one behind the other, (T, N, D), and end where the lengths say."""
    if q_ends is None or kv_ends is None:
        raise ArgumentError(f"For '{name}', layout TND needs actual_seq_qlen and actual_seq_kvlen, the ends of "
                            "sequences.")
    found, last = [], (0, 0)
    for a, b in zip(_ends(q_ends), _ends(kv_ends)):
        one, keys, values = [OP["expand_dims"](OP["swapaxes"](t[i:j], axis1=0, axis2=1), axis=0)
                 for t, i, j in ((q, last[0], a), (k, last[1], b), (v, last[1], b))]
        mask = _hidden(name, how["mask"], how["mode"], a - last[0], b - last[1], how["pre"], how["after"])
        out = _attend(name, one, keys, values, how["scale"], mask)[0][0]
        found.append(OP["swapaxes"](out, axis1=0, axis2=1))
        last = (a, b)
    return OP["concatenate"](*found, axis=0)


def _refuse_quantities(name: str, **given: Any) -> None:
    for key, value in given.items():
        if value is not None:
            raise NotSupportedError(f"{name}: {key} is not supported; Tensors are not quantized and have no pages.")


def flash_attention_score(query: Tensor, key: Tensor, value: Tensor, head_num: int, real_shift: Tensor | None = None,
                          drop_mask: Tensor | None = None, padding_mask: Tensor | None = None,
                          attn_mask: Tensor | None = None, prefix: Any = None, actual_seq_qlen: Any = None,
                          actual_seq_kvlen: Any = None, keep_prob: float = 1.0, scalar_value: float = 1.0,
                          pre_tokens: int = _FAR, next_tokens: int = _FAR, inner_precise: int = 0,
                          input_layout: str = "BSH", sparse_mode: int = 0) -> Tensor:
    """softmax(query key^T scalar_value + real_shift) value over ``head_num`` heads.

    Args:
        query, key, value: of ``input_layout`` 'BSH', 'SBH', 'BNSD', 'BSND' or 'TND'; keys may have fewer heads.
        drop_mask: the bits of ``DropoutGenMask``, where ``keep_prob`` is less than 1.
        attn_mask: 1 where a score does not count.
        actual_seq_qlen, actual_seq_kvlen: for 'TND', where each sequence ends.
        sparse_mode: 0 the mask, within ``pre_tokens`` and ``next_tokens`` of the diagonal; 1 the mask; 2 causal from
            the upper left, 3 from the lower right; 4 a band about the lower right's diagonal.

    >>> import numpy as np
    >>> x = Tensor(np.eye(2, dtype=np.float32)[None])
    >>> flash_attention_score(x, x, x, 1, scalar_value=200.0).tolist()
    [[[1.0, 0.0], [0.0, 1.0]]]
    """
    name = "flash_attention_score"
    _refuse_quantities(name, prefix=prefix, padding_mask=padding_mask)
    if input_layout == "TND":
        return _packed(name, query, key, value, actual_seq_qlen, actual_seq_kvlen, mask=attn_mask, mode=sparse_mode,
                       pre=pre_tokens, after=next_tokens, scale=scalar_value)
    return _layouts(name, query, key, value, head_num, head_num, input_layout, attn_mask, sparse_mode, pre_tokens,
                    next_tokens, scalar_value, real_shift, drop_mask, keep_prob)[0]


def _layouts(name: str, query: Tensor, key: Tensor, value: Tensor, heads: int, kv_heads: int, layout: str, mask: Any,
             mode: int, pre: int, after: int, scale: float, shift: Any = None, drop: Any = None, keep_prob: float = 1.0,
             lengths: Any = None, kv_lengths: Any = None) -> tuple[Tensor, Tensor, Tensor]:
    if layout not in ("BSH", "SBH", "BNSD", "BSND"):
        raise ArgumentError(f"For '{name}', input_layout must be 'BSH', 'SBH', 'BNSD', 'BSND' or 'TND', got "
                            f"{layout!r}.")
    if layout in ("BSH", "SBH") and kv_heads == heads and key.shape[-1] != query.shape[-1]:
        kv_heads = heads * key.shape[-1] // query.shape[-1]
    q = _heads(name, query, heads, layout)
    k, v = (_heads(name, t, kv_heads or heads, layout) for t in (key, value))
    hidden = _hidden(name, mask, mode, q.shape[2], k.shape[2], pre, after)
    if kv_lengths is not None:
        beyond = np.arange(k.shape[2]) >= np.array(_ends(kv_lengths))[:, None, None, None]
        hidden = beyond if hidden is None else hidden | beyond
    out, top, total = _attend(name, q, k, v, scale, hidden, shift, drop, keep_prob)
    if lengths is not None:
        alive = np.arange(q.shape[2])[None, None, :, None] < np.array(_ends(lengths))[:, None, None, None]
        out = out * placed(alive.astype(out.np_dtype), out)
    return _back(out, layout), top, total


def prompt_flash_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                           actual_seq_lengths: Any = None, actual_seq_lengths_kv: Any = None, pse_shift: Any = None,
                           deq_scale1: Any = None, quant_scale1: Any = None, deq_scale2: Any = None,
                           quant_scale2: Any = None, quant_offset2: Any = None, num_heads: int = 1,
                           scale_value: float = 1.0, pre_tokens: int = _FAR, next_tokens: int = 0,
                           input_layout: str = "BSH", num_key_value_heads: int = 0, sparse_mode: int = 0,
                           inner_precise: int = 1) -> Tensor:
    """``flash_attention_score`` for inference; the lengths (B,) say how much of each sequence counts."""
    name = "prompt_flash_attention"
    _refuse_quantities(name, deq_scale1=deq_scale1, quant_scale1=quant_scale1, deq_scale2=deq_scale2,
                       quant_scale2=quant_scale2, quant_offset2=quant_offset2)
    return _layouts(name, query, key, value, num_heads, num_key_value_heads or num_heads, input_layout, attn_mask,
                    sparse_mode, pre_tokens, next_tokens, scale_value, pse_shift, lengths=actual_seq_lengths,
                    kv_lengths=actual_seq_lengths_kv)[0]


def incre_flash_attention(query: Tensor, key: Any, value: Any, attn_mask: Tensor | None = None,
                          actual_seq_lengths: Any = None, pse_shift: Any = None, dequant_scale1: Any = None,
                          quant_scale1: Any = None, dequant_scale2: Any = None, quant_scale2: Any = None,
                          quant_offset2: Any = None, antiquant_scale: Any = None, antiquant_offset: Any = None,
                          block_table: Any = None, num_heads: int = 1, input_layout: str = "BSH",
                          scale_value: float = 1.0, num_key_value_heads: int = 0, block_size: int = 0,
                          inner_precise: int = 1, kv_padding_size: Any = None) -> Tensor:
    """``flash_attention_score`` of the newest token alone; ``actual_seq_lengths`` (B,) say how many keys count."""
    name = "incre_flash_attention"
    _refuse_quantities(name, dequant_scale1=dequant_scale1, quant_scale1=quant_scale1, dequant_scale2=dequant_scale2,
                       quant_scale2=quant_scale2, quant_offset2=quant_offset2, antiquant_scale=antiquant_scale,
                       antiquant_offset=antiquant_offset, block_table=block_table, kv_padding_size=kv_padding_size)
    key, value = (t[0] if isinstance(t, (tuple, list)) else t for t in (key, value))
    mask = None if attn_mask is None else reshaped(attn_mask, (query.shape[0], 1, 1, -1))
    return _layouts(name, query, key, value, num_heads, num_key_value_heads or num_heads, input_layout, mask, 1, _FAR,
                    _FAR, scale_value, pse_shift, kv_lengths=actual_seq_lengths)[0]


def fused_infer_attention_score(query: Tensor, key: Any, value: Any, *, pse_shift: Any = None, atten_mask: Any = None,
                                actual_seq_lengths: Any = None, actual_seq_lengths_kv: Any = None, num_heads: int = 1,
                                scale: float = 1.0, pre_tokens: int = _FAR, next_tokens: int = _FAR,
                                input_layout: str = "BSH", num_key_value_heads: int = 0, sparse_mode: int = 0,
                                inner_precise: int = 1, block_size: int = 0, antiquant_mode: int = 0,
                                key_antiquant_mode: int = 0, value_antiquant_mode: int = 0,
                                softmax_lse_flag: bool = False, **quantities: Any) -> tuple[Tensor, Tensor]:
    """(attention, log of the sums of exponentials (B, N, S, 1)); the latter zeros without ``softmax_lse_flag``."""
    name = "fused_infer_attention_score"
    _refuse_quantities(name, **quantities)
    key, value = (t[0] if isinstance(t, (tuple, list)) else t for t in (key, value))
    out, top, total = _layouts(name, query, key, value, num_heads, num_key_value_heads or num_heads, input_layout,
                               atten_mask, sparse_mode, pre_tokens, next_tokens, scale, pse_shift,
                               lengths=actual_seq_lengths, kv_lengths=actual_seq_lengths_kv)
    lse = top + OP["log"](total)
    return out, lse if softmax_lse_flag else placed(np.zeros((1,), np.float32), out)


def speed_fusion_attention(query: Tensor, key: Tensor, value: Tensor, head_num: int, input_layout: str, *,
                           pse: Any = None, padding_mask: Any = None, atten_mask: Any = None, scale: float = 1.0,
                           keep_prob: float = 1.0, pre_tokens: int = _FAR, next_tokens: int = _FAR,
                           inner_precise: int = 0, prefix: Any = None, actual_seq_qlen: Any = None,
                           actual_seq_kvlen: Any = None, sparse_mode: int = 0, gen_mask_parallel: bool = True,
                           sync: bool = False, pse_type: int = 1, q_start_idx: Any = None,
                           kv_start_idx: Any = None) -> tuple:
    """(attention, maxima, sums, (), seed, offset, how many dropout bits): ``flash_attention_score`` with its parts."""
    name = "speed_fusion_attention"
    _refuse_quantities(name, padding_mask=padding_mask, prefix=prefix, q_start_idx=q_start_idx,
                       kv_start_idx=kv_start_idx)
    if keep_prob != 1.0:
        raise NotSupportedError(f"{name}: keep_prob must be 1; use flash_attention_score with a drop_mask.")
    if input_layout == "TND":
        out = _packed(name, query, key, value, actual_seq_qlen, actual_seq_kvlen, mask=atten_mask, mode=sparse_mode,
                      pre=pre_tokens, after=next_tokens, scale=scale)
        none = placed(np.zeros((0,), np.float32), query)
        return out, none, none, none, 0, 0, 0
    out, top, total = _layouts(name, query, key, value, head_num, head_num, input_layout, atten_mask, sparse_mode,
                               pre_tokens, next_tokens, scale, pse)
    wide = [OP["broadcast_to"](t, shape=(*t.shape[:-1], 8)) for t in (top, total)]
    return out, *wide, placed(np.zeros((0,), np.float32), query), 0, 0, 0


def ring_attention_update(prev_attn_out: Tensor, prev_softmax_max: Tensor, prev_softmax_sum: Tensor,
                          cur_attn_out: Tensor, cur_softmax_max: Tensor, cur_softmax_sum: Tensor,
                          actual_seq_qlen: Any = None, layout: str = "SBH") -> tuple[Tensor, Tensor, Tensor]:
    """(attention, maxima, sums) over two parts of the keys, from those of each: (S, B, H) and (B, N, S, 8)."""
    if layout != "SBH" or actual_seq_qlen is not None:
        raise NotSupportedError("ring_attention_update: layout must be 'SBH', without actual_seq_qlen, got "
                                f"{layout!r}.")
    top = OP["maximum"](prev_softmax_max, cur_softmax_max)
    old = prev_softmax_sum * OP["exp"](prev_softmax_max - top)
    new = cur_softmax_sum * OP["exp"](cur_softmax_max - top)
    total = old + new
    s, b, h = prev_attn_out.shape
    heads = top.shape[1]

    def share(part: Tensor) -> Tensor:
        weight = OP["transpose"]((part / total)[..., :1], axes=(2, 0, 1, 3))  # (S, B, N, 1)
        return reshaped(OP["broadcast_to"](weight, shape=(s, b, heads, h // heads)), (s, b, h))

    return prev_attn_out * share(old) + cur_attn_out * share(new), top, total


def moe_token_permute(tokens: Tensor, indices: Tensor, num_out_tokens: int | None = None,
                      padded_mode: bool = False) -> tuple[Tensor, Tensor]:
    """(tokens in the order of their experts, where each token's copies went): tokens (T, H), indices (T,) or (T, K).

    >>> moe_token_permute(Tensor([[1.0], [2.0]]), Tensor([1, 0]))[0].tolist()
    [[2.0], [1.0]]
    """
    if padded_mode:
        raise NotSupportedError("moe_token_permute: padded_mode must be False.")
    experts = indices.asnumpy()
    each = 1 if experts.ndim == 1 else experts.shape[1]
    order = np.argsort(experts.reshape(-1), kind="stable")
    places = np.argsort(order, kind="stable").astype(np.int32)
    kept = order[: num_out_tokens or len(order)] // each
    return OP["take"](tokens, placed(kept, tokens), axis=0), placed(places, tokens)


def moe_token_unpermute(permuted_tokens: Tensor, sorted_indices: Tensor, probs: Tensor | None = None,
                        padded_mode: bool = False, restore_shape: Any = None) -> Tensor:
    """The tokens back in their places, a token's copies weighted with ``probs`` (T, K) and added."""
    if padded_mode or restore_shape is not None:
        raise NotSupportedError("moe_token_unpermute: padded_mode must be False, without restore_shape.")
    at = sorted_indices.asnumpy()
    found = OP["take"](permuted_tokens, placed(np.minimum(at, permuted_tokens.shape[0] - 1), permuted_tokens), axis=0)
    dropped = at >= permuted_tokens.shape[0]
    if dropped.any():
        found = found * placed((~dropped)[:, None].astype(found.np_dtype), found)
    if probs is None:
        return found
    each = reshaped(found, (*probs.shape, found.shape[1]))
    return OP["sum"](each * OP["expand_dims"](probs, axis=2), axis=1)


def multi_scale_deformable_attn_function(value: Tensor, shape: Any, offset: Any, locations: Tensor,
                                         weight: Tensor) -> Tensor:
    """Attention at places of several images: (B, queries, heads D).

    ``value`` (B, keys, heads, D) holds images of ``shape`` (levels, 2), one behind the other from ``offset`` on;
    ``locations`` (B, queries, heads, levels, points, 2) are columns and rows in [0, 1]; ``weight`` has their shape
    without the last axis. Zhu et al. 2021, "Deformable DETR".
    """
    sizes = [tuple(int(n) for n in s) for s in (shape.tolist() if isinstance(shape, Tensor) else shape)]
    b, _, heads, d = value.shape
    queries, levels, points = locations.shape[1], locations.shape[3], locations.shape[4]
    if len(sizes) != levels or value.shape[1] != sum(h * w for h, w in sizes) or weight.shape != locations.shape[:-1]:
        raise ShapeError("multi_scale_deformable_attn_function: value, shape, locations and weight do not fit each "
                         f"other: {value.shape}, {sizes}, {locations.shape} and {weight.shape}.")
    grids, start = locations * 2 - 1, 0
    total: Any = None
    for level, (h, w) in enumerate(sizes):
        part = OP["transpose"](value[:, start:start + h * w], axes=(0, 2, 3, 1))
        image = reshaped(part, (b * heads, d, h, w))
        grid = reshaped(OP["swapaxes"](grids[:, :, :, level], axis1=1, axis2=2), (b * heads, queries, points, 2))
        read = OP["grid_sample"](image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        share = reshaped(OP["swapaxes"](weight[:, :, :, level], axis1=1, axis2=2), (b * heads, 1, queries, points))
        found = OP["sum"](read * share, axis=3)
        total = found if total is None else total + found
        start += h * w
    out = reshaped(total, (b, heads * d, queries))
    return OP["swapaxes"](out, axis1=1, axis2=2)


FUNCTIONS = ("flash_attention_score", "prompt_flash_attention", "incre_flash_attention", "fused_infer_attention_score",
             "speed_fusion_attention", "ring_attention_update", "moe_token_permute", "moe_token_unpermute",
             "multi_scale_deformable_attn_function")
