"""Scaled dot-product attention, and mxnet's products of interleaved heads."""

from __future__ import annotations

from ..core.op import op
from ..engine.numpy_engine import ENGINE
from ..errors import ShapeError
from .linalg import swap

_NEVER = -1e9  # added to masked scores; in float16 the least number


def _scores(xp, q, k, mask, scale, causal):
    """q k^T scale, with what is masked far below the rest."""
    if len(q.shape) < 2 or len(k.shape) < 2 or q.shape[-1] != k.shape[-1]:
        raise ShapeError(f"scaled_dot_product_attention expects queries and keys of one width, got "
                         f"{tuple(q.shape)} and {tuple(k.shape)}.")
    s = xp.matmul(q, swap(xp, k)) * scale
    never = _NEVER if str(s.dtype).lower() != "float16" else -6e4
    if causal:
        rows, columns = q.shape[-2], k.shape[-2]
        earlier = xp.attention_past(rows=rows, columns=columns)
        s = xp.where(earlier, s, xp.zeros_like(s) + never)
    if mask is not None:
        kind = str(mask.dtype).lower()
        s = xp.where(mask, s, xp.zeros_like(s) + never) if kind == "bool" else s + mask
    return s


@op(fn=(), differentiable=False)
def attention_past(xp, *, rows, columns):
    """Whether key j lies in query i's past or present, (rows, columns) booleans; the last query sees every key."""
    return xp.arange(columns)[None, :] <= xp.arange(rows)[:, None] + (columns - rows)


def _softmax(xp, s):
    e = xp.exp(s - xp.max(s, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def _scale(scale, q):
    return q.shape[-1] ** -0.5 if scale is None else scale


@op(fn="scaled_dot_product_attention(query:q, key:k, value:v, attn_mask:mask=None, is_causal:causal=False, scale=None)")
def scaled_dot_product_attention(xp, q, k, v, mask=None, *, scale=None, causal=False):
    """softmax(q k^T scale + mask) v, for q (..., L, E), k (..., S, E), v (..., S, D): (..., L, D).

    ``scale`` is 1 / sqrt(E) by default. ``mask`` is added to the scores or, of booleans, says what is seen; with
    ``causal`` a query sees no later key. Source: Vaswani et al., 2017.
    """
    p = _softmax(xp, _scores(xp, q, k, mask, _scale(scale, q), causal))
    return xp.matmul(p, v)


@scaled_dot_product_attention.vjp(keep="args")
def _(xp, g, ans, args, needs, *, scale, causal):
    """With p the weights and u = g v^T: dv = p^T g, ds = p (u - sum(u p)), dq = ds k scale, dk = ds^T q scale."""
    q, k, _v, mask = (*args, None)[:4]
    p = _softmax(xp, _scores(xp, q, k, mask, _scale(scale, q), causal))
    return _pull(xp, p, g, args, needs, _scale(scale, q))


def _pull(xp, p, g, args, needs, scale):
    """The cotangents of q, k, v and the mask, for the weights p."""
    q, k, v = args[:3]
    dv = xp.matmul(swap(xp, p), g) if needs[2] else None
    u = xp.matmul(g, swap(xp, v))
    ds = p * (u - xp.sum(u * p, axis=-1, keepdims=True))
    dq = xp.matmul(ds, k) * scale if needs[0] else None
    dk = xp.matmul(swap(xp, ds), q) * scale if needs[1] else None
    return (dq, dk, dv, ds if len(needs) > 3 and needs[3] else None)[: len(args)]


@scaled_dot_product_attention.fast
def _(needs, q, k, v, mask=None, *, scale, causal):
    p = _softmax(ENGINE.xp, _scores(ENGINE.xp, q, k, mask, _scale(scale, q), causal))
    return ENGINE.xp.matmul(p, v), p


@scaled_dot_product_attention.fast_vjp
def _(p, g, args, needs, *, scale, causal):
    return _pull(ENGINE.xp, p, g, args, needs, _scale(scale, args[0]))


def _parts(xp, x, heads, count):
    """x (L, N, heads * count * E), interleaved by head, as ``count`` arrays (N * heads, L, E)."""
    if len(x.shape) != 3 or x.shape[2] % (heads * count):
        raise ShapeError(f"interleaved_matmul expects an array (length, batch, {count} * heads * width) with "
                         f"heads={heads}, got {tuple(x.shape)}.")
    length, batch = x.shape[:2]
    x = xp.reshape(x, (length, batch * heads, count, -1))
    return [xp.swapaxes(x[:, :, i], 0, 1) for i in range(count)]


def _joined(xp, y, heads):
    """(N * heads, L, E) as (L, N, heads * E)."""
    y = xp.swapaxes(y, 0, 1)
    return xp.reshape(y, (y.shape[0], y.shape[1] // heads, heads * y.shape[2]))


@op(fn=(), mx="_contrib_interleaved_matmul_selfatt_qk(queries_keys_values:x, heads)")
def interleaved_matmul_selfatt_qk(xp, x, *, heads):
    """q k^T / sqrt(E) (N * heads, L, L) of x (L, N, heads * 3 * E), which holds q, k, v of each head in turn."""
    q, k, _v = _parts(xp, x, heads, 3)
    return xp.matmul(q * q.shape[-1] ** -0.5, swap(xp, k))


@op(fn=(), mx="_contrib_interleaved_matmul_selfatt_valatt(queries_keys_values:x, attention, heads)")
def interleaved_matmul_selfatt_valatt(xp, x, attention, *, heads):
    """attention v (L, N, heads * E), for attention (N * heads, L, L) and the v that x interleaves."""
    return _joined(xp, xp.matmul(attention, _parts(xp, x, heads, 3)[2]), heads)


@op(fn=(), mx="_contrib_interleaved_matmul_encdec_qk(queries, keys_values, heads)")
def interleaved_matmul_encdec_qk(xp, queries, keys_values, *, heads):
    """q k^T / sqrt(E) (N * heads, L, S) of queries (L, N, heads * E) and keys_values (S, N, heads * 2 * E)."""
    (q,) = _parts(xp, queries, heads, 1)
    return xp.matmul(q * q.shape[-1] ** -0.5, swap(xp, _parts(xp, keys_values, heads, 2)[0]))


@op(fn=(), mx="_contrib_interleaved_matmul_encdec_valatt(keys_values, attention, heads)")
def interleaved_matmul_encdec_valatt(xp, keys_values, attention, *, heads):
    """attention v (L, N, heads * E), for attention (N * heads, L, S) and the v that keys_values interleaves."""
    return _joined(xp, xp.matmul(attention, _parts(xp, keys_values, heads, 2)[1]), heads)


@op(fn=(), mx="_contrib_div_sqrt_dim(data:x)")
def div_sqrt_dim(xp, x):
    """x / sqrt(the length of its last axis)."""
    return x * x.shape[-1] ** -0.5
