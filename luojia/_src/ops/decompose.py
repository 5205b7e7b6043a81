"""Singular values, orthogonal times upper triangular, the matrix exponential, and triangles packed with reflections."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import NotSupportedError, ShapeError
from .linalg import swap

_HALVINGS = 12  # enough for norms up to 1000, beyond which the exponential of float64 overflows


def _matrix(x, name: str) -> tuple[int, int]:
    if len(x.shape) < 2:
        raise ShapeError(f"{name} expects matrices in the last two axes, got shape {tuple(x.shape)}.")
    return x.shape[-2], x.shape[-1]


@op(fn=(), outputs=3)
def svd(xp, x, *, full_matrices=False):
    """Singular values s (..., K), falling, and U (..., M, K), V (..., N, K) with x = U diag(s) V^T, K = min(M, N).

    ``full_matrices`` completes U and V to square orthogonal matrices. The signs of the columns are the library's. The
    derivative needs distinct singular values, and, with respect to U and V, none that is zero.
    """
    _matrix(x, "svd")
    u, s, vt = xp.linalg.svd(x, full_matrices=full_matrices)
    return s, u, swap(xp, vt)


@svd.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, full_matrices):
    """Townsend 2016, "Differentiating the singular value decomposition"."""
    (gs, gu, gv), (s, u, v) = g, ans
    m, n = args[0].shape[-2], args[0].shape[-1]
    if full_matrices and m != n:
        raise NotSupportedError("svd: full_matrices=True has no derivative, as the added columns are not unique; use "
                                "full_matrices=False.")
    k = min(m, n)
    diagonal = np.eye(k, dtype=bool)
    square = s * s
    gap = xp.expand_dims(square, -2) - xp.expand_dims(square, -1)  # [i, j] = s_j^2 - s_i^2
    f = xp.where(diagonal, 0.0, 1 / xp.where(diagonal, 1.0, gap))
    ut, vt = xp.swapaxes(u, -1, -2), xp.swapaxes(v, -1, -2)
    row, column = xp.expand_dims(s, -2), xp.expand_dims(s, -1)
    a, b = xp.matmul(ut, gu), xp.matmul(vt, gv)
    middle = f * (a - xp.swapaxes(a, -1, -2)) * row + column * (f * (b - xp.swapaxes(b, -1, -2)))
    middle = middle + xp.where(diagonal, xp.expand_dims(gs, -1), 0 * middle)
    dx = xp.matmul(xp.matmul(u, middle), vt)
    if m > k:
        dx = dx + xp.matmul((gu - xp.matmul(u, a)) / row, vt)
    if n > k:
        dx = dx + xp.matmul(u, xp.swapaxes((gv - xp.matmul(v, b)) / row, -1, -2))
    return (dx,)


@op(fn=())
def singular_values(xp, x):
    """The singular values of each matrix, falling; of float16 ones as float32."""
    _matrix(x, "svd")
    return xp.linalg.svd(_in_single(x), compute_uv=False)


def _in_single(x):
    return x if x.dtype.itemsize > 2 else x.astype("float32")


@singular_values.vjp(keep="args")
def _(xp, g, ans, args, needs):
    _s, u, v = xp.svd(args[0])
    return (xp.matmul(u * xp.expand_dims(g, -2), xp.swapaxes(v, -1, -2)),)


@op(fn=(), outputs=2)
def orthogonal_upper(xp, x):
    """Q (..., M, N) with orthonormal columns and R (..., N, N), upper triangular, for each x = Q R, M >= N."""
    m, n = _matrix(x, "qr")
    if m < n:
        raise ShapeError(f"orthogonal_upper expects matrices (..., M, N) with M >= N, got shape {tuple(x.shape)}.")
    q, r = xp.linalg.qr(_in_single(x))
    return (q, r) if q.dtype == x.dtype else (q.astype(x.dtype), r.astype(x.dtype))


@orthogonal_upper.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    """Roberts and Roberts 2020, "QR and LQ decomposition matrix backpropagation algorithms"."""
    (q, r), (gq, gr) = ans, g
    m = xp.matmul(r, xp.swapaxes(gr, -1, -2)) - xp.matmul(xp.swapaxes(gq, -1, -2), q)
    symmetric = xp.tril(m, k=0) + xp.swapaxes(xp.tril(m, k=-1), -1, -2)
    return (xp.matmul(gq + xp.matmul(q, symmetric), xp.swapaxes(xp.inverse(r), -1, -2)),)


@op(fn=(), outputs=2)
def orthogonal_complete(xp, x):
    """Q (..., M, M), orthogonal, and R (..., M, N), upper triangular, for each x = Q R."""
    _matrix(x, "qr")
    q, r = xp.linalg.qr(x, mode="complete")
    return q, r


@orthogonal_complete.vjp(keep="")
def _(xp, g, ans, args, needs):
    raise NotSupportedError("qr: mode 'complete' has no derivative, as the added columns are not unique; use "
                            "'reduced'.")


@op("MatrixExp()(input:x)", fn="matrix_exp(input:x)")
def matrix_exp(xp, x):
    """I + x + x x / 2 + ...: the exponential of each square matrix.

    x is halved until its norm is below 1/4, the series is taken to 12 terms, and the result squared as often.
    """
    m, n = _matrix(x, "matrix_exp")
    if m != n:
        raise ShapeError(f"matrix_exp expects square matrices in the last two axes, got shape {tuple(x.shape)}.")
    one = np.eye(n).astype(x.dtype) + 0 * x
    norm = xp.stop_gradient(xp.max(xp.sum(xp.abs(x), axis=-1, keepdims=True), axis=-2, keepdims=True))
    halvings = xp.minimum(xp.maximum(xp.ceil(xp.log2(norm + 1e-30)) + 2, 0), _HALVINGS)
    y = x * xp.exp2(-halvings).astype(x.dtype)
    total = one
    for i in range(12, 0, -1):
        total = one + xp.matmul(y, total) / i
    for i in range(_HALVINGS):  # as often for every matrix; those that are done stay, and overflow in none
        go = halvings > i
        part = xp.where(go, total, one)
        total = xp.where(go, xp.matmul(part, part), total)
    return total


@matrix_exp.vjp(keep="args")
def _(xp, g, ans, args, needs):
    """exp of [[A, E], [0, A]] has the derivative of exp at A along E in its corner (Najfeld and Havel 1995)."""
    t = xp.swapaxes(args[0], -1, -2)
    n = t.shape[-1]
    whole = xp.concatenate((xp.concatenate((t, g), -1), xp.concatenate((0 * t, t), -1)), -2)
    return (xp.matrix_exp(whole)[..., :n, n:],)


@op(fn=(), outputs=2)
def eig(xp, x):
    """Eigenvalues w (..., N) and eigenvectors V (..., N, N) of complex matrices: x V = V diag(w), columns of length 1.

    The phases of the columns and the order are the library's. The derivative needs distinct eigenvalues.
    """
    m, n = _matrix(x, "eig")
    if m != n:
        raise ShapeError(f"eig expects square matrices in the last two axes, got shape {tuple(x.shape)}.")
    w, v = xp.linalg.eig(x)
    return w.astype(x.dtype), v.astype(x.dtype)


@eig.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    """Boeddeker et al. 2017, "On the computation of complex-valued gradients with application to beamforming"."""
    (gw, gv), (w, v) = g, ans
    diagonal = np.eye(w.shape[-1], dtype=bool)
    vt = xp.swapaxes(v, -1, -2)
    gap = xp.expand_dims(w, -2) - xp.expand_dims(w, -1)  # [i, j] = w_j - w_i
    f = xp.where(diagonal, 0.0, 1 / xp.where(diagonal, 1.0, gap))
    a = xp.matmul(vt, gv)
    length = xp.expand_dims(xp.real(xp.sum(xp.where(diagonal, a, 0 * a), axis=-1)), -2)  # columns keep theirs
    middle = f * (a - xp.matmul(vt, xp.conj(v)) * length) + xp.where(diagonal, xp.expand_dims(gw, -1), 0 * a)
    return (xp.matmul(xp.matmul(xp.swapaxes(xp.inverse(v), -1, -2), middle), vt),)
