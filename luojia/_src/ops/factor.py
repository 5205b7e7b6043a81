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


@op(fn=(), outputs=2)
def lower_upper(xp, x):
    """L, with ones on its diagonal, and U with x = L U, for square matrices whose rows need no exchange."""
    n = x.shape[-1]
    if len(x.shape) < 2 or x.shape[-2] != n:
        raise ShapeError(f"lower_upper expects square matrices in the last two axes, got shape {tuple(x.shape)}.")
    lead, low, up, rest = tuple(x.shape)[:-2], [], [], x
    for k in range(n):  # Doolittle: a row of U, a column of L, and what they leave
        row = rest[..., :1, :]
        head = row[..., :1]
        column = rest[..., :, :1] / xp.where(xp.equal(head, 0), 1.0, head)
        column = xp.concatenate((0 * head + 1, column[..., 1:, :]), -2)
        if k:
            row = xp.concatenate((xp.zeros((*lead, 1, k), x.dtype), row), -1)
            padded = xp.concatenate((xp.zeros((*lead, k, 1), x.dtype), column), -2)
        else:
            padded = column
        low.append(padded)
        up.append(row)
        rest = rest[..., 1:, 1:] - column[..., 1:, :] * row[..., :1, k + 1:]
    return xp.concatenate(low, -1), xp.concatenate(up, -2)


@lower_upper.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    """de Hoog, Anderssen and Lukas 2011, "Differentiation of matrix functionals using triangular factorization"."""
    (low, up), (gl, gu) = ans, g
    middle = xp.tril(xp.matmul(xp.swapaxes(low, -1, -2), gl), k=-1) + xp.triu(
        xp.matmul(gu, xp.swapaxes(up, -1, -2)), k=0)
    left = xp.swapaxes(xp.inverse(low), -1, -2)
    return (xp.matmul(xp.matmul(left, middle), xp.swapaxes(xp.inverse(up), -1, -2)),)
