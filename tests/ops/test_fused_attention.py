"""Attention under the names of fused kernels, against NumPy; routing of tokens; attention at places."""

from typing import Any

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.observed import T

B, S, N, D = 2, 4, 2, 3
Q, K, V = (np.sin(np.arange(B * S * N * D) * step).reshape(B, S, N * D) for step in (0.3, 0.7, 1.1))
MASK = np.tril(np.ones((S, S))) == 0


def plain(q, k, v, heads, scale, mask: Any = None, shift: Any = 0.0):
    """Attention of (B, S, H), by its formula."""
    def split(x):
        return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    scores = split(q) @ split(k).transpose(0, 1, 3, 2) * scale + shift
    scores = scores if mask is None else np.where(mask, -np.inf, scores)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    out = p / p.sum(-1, keepdims=True) @ split(v)
    return out.transpose(0, 2, 1, 3).reshape(*q.shape[:2], -1)


def near(found, expected):
    np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-5, atol=1e-6)


def test_layouts_masks_and_modes():
    q, k, v = map(Tensor, (Q, K, V))
    near(ops.flash_attention_score(q, k, v, N, scalar_value=0.5), plain(Q, K, V, N, 0.5))
    turned: Any = [x.swapaxes(0, 1) for x in (q, k, v)]
    near(ops.flash_attention_score(*turned, N, scalar_value=0.5, input_layout="SBH").swapaxes(0, 1),
         plain(Q, K, V, N, 0.5))
    four: Any = [x.reshape(B, S, N, D) for x in (q, k, v)]
    near(ops.flash_attention_score(*four, N, input_layout="BSND").reshape(B, S, -1), plain(Q, K, V, N, 1.0))
    heads: Any = [x.swapaxes(1, 2) for x in four]
    expected = plain(Q, K, V, N, 1.0, MASK)
    masks: Any = ({"attn_mask": T(MASK, np.uint8)}, {"sparse_mode": 2}, {"sparse_mode": 3}, {"sparse_mode": 4,
                "next_tokens": 0}, {"attn_mask": T(np.broadcast_to(MASK, (B, 1, S, S)), bool), "sparse_mode": 1})
    for how in masks:
        found = ops.flash_attention_score(*heads, N, input_layout="BNSD", **how)
        near(found.swapaxes(1, 2).reshape(B, S, -1), expected)
    band = MASK | (np.arange(S) < np.arange(S)[:, None] - 1)
    near(ops.flash_attention_score(q, k, v, N, attn_mask=T(MASK), pre_tokens=1), plain(Q, K, V, N, 1.0, band))
    shift = np.cos(np.arange(B * N * S * S)).reshape(B, N, S, S)
    near(ops.flash_attention_score(q, k, v, N, real_shift=Tensor(shift)), plain(Q, K, V, N, 1.0, None, shift))
    few: Any = [Tensor(x[..., :D].copy()) for x in (K, V)]
    near(ops.flash_attention_score(q, *few, N), plain(Q, np.tile(K[..., :D], 2), np.tile(V[..., :D], 2), N, 1.0))
    packed: Any = [x.reshape(B * S, N, D)[:7] for x in four]
    out = ops.flash_attention_score(*packed, N, input_layout="TND", actual_seq_qlen=(4, 7), actual_seq_kvlen=(4, 7))
    near(out[:4].reshape(4, -1), plain(Q, K, V, N, 1.0)[0])
    near(out[4:].reshape(3, -1), plain(Q[1:, :3], K[1:, :3], V[1:, :3], N, 1.0)[0])


def test_gradient_and_dropout():
    k, v = Tensor(K), Tensor(V)

    def f(q):
        return (ops.flash_attention_score(q, k, v, N, sparse_mode=2) ** 2).sum()

    d = np.cos(np.arange(Q.size)).reshape(Q.shape)
    slope = (float(f(Tensor(Q + 1e-6 * d))) - float(f(Tensor(Q - 1e-6 * d)))) / 2e-6
    np.testing.assert_allclose(np.sum(ops.grad(f)(Tensor(Q)).asnumpy() * d), slope, rtol=1e-6)
    bits = ops.DropoutGenMask(1, 1)((B, N, S, S), 1.0)
    near(ops.flash_attention_score(Tensor(Q), k, v, N, drop_mask=bits, keep_prob=0.5), 2 * plain(Q, K, V, N, 1.0))


def test_other_names():
    q, k, v = map(Tensor, (Q, K, V))
    near(ops.prompt_flash_attention(q, k, v, num_heads=N, scale_value=0.5), plain(Q, K, V, N, 0.5))
    out = ops.prompt_flash_attention(q, k, v, actual_seq_lengths=[4, 2], actual_seq_lengths_kv=T([4, 3], np.int64),
                                     num_heads=N)
    near(out[0], plain(Q, K, V, N, 1.0)[0])
    near(out[1, :2], plain(Q[1:, :2], K[1:, :3], V[1:, :3], N, 1.0)[0])
    assert not out[1, 2:].asnumpy().any()
    out = ops.incre_flash_attention(q[:, :1], [k], [v], actual_seq_lengths=[4, 2], num_heads=N)
    near(out[1], plain(Q[1:, :1], K[1:, :2], V[1:, :2], N, 1.0)[0])
    near(ops.incre_flash_attention(q[:, :1], k, v, T([[0, 0, 0, 1]] * 2, bool), num_heads=N),
         plain(Q[:, :1], K[:, :3], V[:, :3], N, 1.0))
    out, lse = ops.fused_infer_attention_score(q, k, v, num_heads=N, softmax_lse_flag=True)
    near(out, plain(Q, K, V, N, 1.0))
    scores = Q.reshape(B, S, N, D).transpose(0, 2, 1, 3) @ K.reshape(B, S, N, D).transpose(0, 2, 3, 1)
    near(lse[..., 0], np.log(np.exp(scores).sum(-1)))
    assert ops.fused_infer_attention_score(q, k, v, num_heads=N)[1].shape == (1,)
    halves = [ops.speed_fusion_attention(q, k[:, part], v[:, part], N, "BSH") for part in (slice(0, 1), slice(1, 4))]
    (a, top_a, sum_a, *_), (b, top_b, sum_b, *_) = halves
    out, top, total = ops.ring_attention_update(a.swapaxes(0, 1), top_a, sum_a, b.swapaxes(0, 1), top_b, sum_b)
    near(out.swapaxes(0, 1), plain(Q, K, V, N, 1.0))
    near(top[..., 0], scores.max(-1))
    assert top.shape == total.shape == (B, N, S, 8)
    packed: Any = [x.reshape(B * S, N, D) for x in (q, k, v)]
    near(ops.speed_fusion_attention(*packed, N, "TND", actual_seq_qlen=[4, 8], actual_seq_kvlen=[4, 8])[0].reshape(
        B, S, -1), plain(Q, K, V, N, 1.0))


def test_routing():
    tokens, experts = np.arange(6.0).reshape(3, 2), np.array([[2, 0], [1, 2], [0, 1]])
    permuted, places = ops.moe_token_permute(Tensor(tokens), T(experts, np.int32))
    assert permuted.tolist() == tokens[[0, 2, 1, 2, 0, 1]].tolist() and places.tolist() == [4, 0, 2, 5, 1, 3]
    weights = np.array([[0.5, 0.5], [0.25, 0.75], [1, 0]])
    near(ops.moe_token_unpermute(permuted, places, Tensor(weights)), tokens)
    near(ops.moe_token_unpermute(*ops.moe_token_permute(Tensor(tokens), T([2, 0, 1], np.int32))), tokens)
    near(ops.moe_token_unpermute(permuted[:4], places, Tensor(weights)), tokens * [[0.5], [0.25], [1]])


def test_attention_at_places():
    sizes = [(2, 3), (1, 2)]
    value = np.sin(np.arange(2 * 8 * 2 * 3)).reshape(2, 8, 2, 3)
    at = 0.5 + 0.4 * np.cos(np.arange(2 * 2 * 2 * 2 * 2 * 2)).reshape(2, 2, 2, 2, 2, 2)
    weight = np.cos(np.arange(2 * 2 * 2 * 2 * 2)).reshape(2, 2, 2, 2, 2)
    expected = np.zeros((2, 2, 2, 3))
    for b, query, head, level, point in np.ndindex(2, 2, 2, 2, 2):
        h, w = sizes[level]
        image = value[b, (0, 6)[level]:(6, 8)[level], head].reshape(h, w, 3)
        x, y = at[b, query, head, level, point] * (w, h) - 0.5
        for i in (int(np.floor(y)), int(np.floor(y)) + 1):
            for j in (int(np.floor(x)), int(np.floor(x)) + 1):
                if 0 <= i < h and 0 <= j < w:
                    share = (1 - abs(y - i)) * (1 - abs(x - j)) * weight[b, query, head, level, point]
                    expected[b, query, head] += share * image[i, j]
    found = ops.multi_scale_deformable_attn_function(Tensor(value), T(sizes, np.int32), T([0, 6]), Tensor(at),
                                                     Tensor(weight))
    near(found, expected.reshape(2, 2, 6))


X = T(np.ones((1, 2, 4)))


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.flash_attention_score(X, X, X, 3), ShapeError, "whose width is a multiple of 3 heads"),
    (lambda: ops.flash_attention_score(X, X, X, 1, input_layout="BNSD"), ShapeError, "of layout BNSD has 4 axes"),
    (lambda: ops.flash_attention_score(X, X, X, 1, input_layout="HSB"), ArgumentError, "input_layout must be 'BSH'"),
    (lambda: ops.flash_attention_score(X, X, X, 1, input_layout="TND"), ArgumentError, "TND needs actual_seq_qlen"),
    (lambda: ops.flash_attention_score(X, X, X, 1, sparse_mode=5), NotSupportedError, "sparse_mode must be 0 to 4"),
    (lambda: ops.flash_attention_score(X, X, X, 1, keep_prob=0.5), ArgumentError, "needs a drop_mask"),
    (lambda: ops.flash_attention_score(X, X, X, 1, prefix=(1,)), NotSupportedError, "prefix is not supported"),
    (lambda: ops.flash_attention_score(X, X, X[:, :1], 1), ShapeError, "do not fit each other"),
    (lambda: ops.speed_fusion_attention(X, X, X, 1, "BSH", keep_prob=0.5), NotSupportedError, "keep_prob must be 1"),
    (lambda: ops.ring_attention_update(X, X, X, X, X, X, layout="TND"), NotSupportedError, "layout must be 'SBH'"),
    (lambda: ops.moe_token_permute(X, X, padded_mode=True), NotSupportedError, "moe_token_permute: padded_mode"),
    (lambda: ops.moe_token_unpermute(X, X, padded_mode=True), NotSupportedError, "moe_token_unpermute: padded_mode"),
    (lambda: ops.multi_scale_deformable_attn_function(T(np.ones((1, 3, 1, 1))), [[1, 1]], None,
                                                      T(np.ones((1, 1, 1, 1, 1, 2))), X), ShapeError, "do not fit"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()
