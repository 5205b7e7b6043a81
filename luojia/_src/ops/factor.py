"""Factors of matrices with orthogonal parts: eigenvectors of symmetric ones, and lower triangular times rows."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ShapeError
from .linalg import swap


@op(fn=(), mx=("_linalg_syevd(A:x)", "linalg_syevd(A:x)"), outputs=2)
def symmetric_eigen(xp, x):
    """U, whose rows are eigenvectors of each symmetric matrix x (..., N, N), and their eigenvalues, rising.

    U x = diag(L) U, U orthogonal; of each row the element of the greatest size is positive. The derivative needs
    distinct eigenvalues. MXNet's ``linalg.syevd``.
    """
    _check_square(x)
    values, vectors = xp.linalg.eigh(x)
    u = swap(xp, vectors)
    greatest = xp.max(u, axis=-1, keepdims=True) >= -xp.min(u, axis=-1, keepdims=True)
    return xp.where(greatest, u, -u), values


def _check_square(x):
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"linalg_syevd expects square matrices in the last two axes, got shape {tuple(x.shape)}.")


@symmetric_eigen.vjp(keep="args ans")
def _(xp, g, ans, args, needs):
    """Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"."""
    u, values = ans
    gu, gl = g
    diagonal = np.broadcast_to(np.eye(u.shape[-1], dtype=bool), u.shape)
    gap = xp.expand_dims(values, -2) - xp.expand_dims(values, -1)  # [i, j] = l_j - l_i
    inner = xp.matmul(u, xp.swapaxes(gu, -1, -2)) / xp.where(diagonal, 1.0, gap)
    middle = xp.where(diagonal, xp.expand_dims(gl, -1), inner)
    ut = xp.swapaxes(u, -1, -2)
    full = xp.matmul(xp.matmul(ut, middle), u)
    return ((full + xp.swapaxes(full, -1, -2)) / 2,)


@op(fn=(), mx=("_linalg_gelqf(A:x)", "linalg_gelqf(A:x)"), outputs=2)
def lower_orthogonal(xp, x):
    """Q (..., M, N) with orthonormal rows and L (..., M, M), lower triangular, for each x = L Q, M <= N.

    MXNet's ``linalg.gelqf``.
    """
    if len(x.shape) < 2 or x.shape[-2] > x.shape[-1]:
        raise ShapeError(f"linalg_gelqf expects matrices (..., M, N) with M <= N, got shape {tuple(x.shape)}.")
    q, r = xp.linalg.qr(swap(xp, x))
    return swap(xp, q), swap(xp, r)


@lower_orthogonal.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    """Roberts and Roberts 2020, "QR and LQ decomposition matrix backpropagation algorithms"."""
    q, l = ans
    gq, gl = g
    lt = xp.swapaxes(l, -1, -2)
    m = xp.matmul(lt, gl) - xp.matmul(gq, xp.swapaxes(q, -1, -2))
    symmetric = xp.tril(m, k=0) + xp.swapaxes(xp.tril(m, k=-1), -1, -2)
    return (xp.matmul(xp.inverse(lt), gq + xp.matmul(symmetric, q)),)
