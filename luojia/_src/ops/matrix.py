"""Linear algebra of square matrices in the last two axes: inverses, determinants, factors, triangular systems."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.op import op
from ..errors import ShapeError
from .linalg import swap


def _square(x, name: str) -> int:
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"{name} expects square matrices in the last two axes, got shape {tuple(x.shape)}.")
    return x.shape[-1]


def _mt(xp, x, transposed: bool):
    return swap(xp, x) if transposed else x


def _in_single(xp, x, function, *others) -> Any:
    """``function`` of matrices, of which NumPy and XLA compute those of float16 and bfloat16 in float32 only."""
    if x.dtype.itemsize > 2:
        return function(x, *others)
    out = function(*[a.astype("float32") for a in (x, *others)])
    return tuple([a.astype(x.dtype) for a in out]) if isinstance(out, tuple) else out.astype(x.dtype)


@op(fn=("inverse(input:x)", "inv_matrix(input:x)", "matrix_inverse(x)"), mx=("linalg_inverse(A:x)",))
def inverse(xp, x):
    """The inverse of each matrix."""
    _square(x, "inverse")
    return _in_single(xp, x, xp.linalg.inv)


@inverse.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    t = xp.swapaxes(ans, -1, -2)
    return (-xp.matmul(xp.matmul(t, g), t),)


@inverse.shape
def _(shapes):
    return shapes[0]


@op("MatrixDeterminant()(x)", fn=("det(input:x)", "matrix_determinant(input:x)"), mx="linalg_det(A:x) | rank1=True")
def det(xp, x, *, rank1=False):
    """The determinant of each matrix."""
    _square(x, "det")
    return _ranked(xp, _in_single(xp, x, xp.linalg.det), rank1)


def _ranked(xp, out, rank1: bool):
    """MXNet's result for one matrix has shape (1,)."""
    return xp.reshape(out, (1,)) if rank1 and not out.shape else out


@op("LogMatrixDeterminant()(x)", fn=("slogdet(input:x)", "log_matrix_determinant(input:x)"),
    mx="linalg_slogdet(A:x) | rank1=True", outputs=2)
def slogdet(xp, x, *, rank1=False):
    """The sign and the logarithm of the absolute value of each matrix's determinant."""
    _square(x, "slogdet")
    sign, log = _in_single(xp, x, xp.linalg.slogdet)
    return _ranked(xp, sign, rank1), _ranked(xp, log, rank1)


@slogdet.vjp(keep="args")
def _(xp, g, ans, args, needs, *, rank1):
    g = xp.reshape(g[1], tuple(args[0].shape)[:-2])
    return (xp.expand_dims(xp.expand_dims(g, axis=-1), axis=-1) * xp.swapaxes(xp.inverse(args[0]), -1, -2),)


@op("Cholesky(upper=False)(input_x:x)", fn="cholesky(input_x:x, upper=False)")
def cholesky(xp, x, *, upper=False):
    """The lower triangular L with L L^T = x for each symmetric positive definite matrix x; ``upper`` gives L^T."""
    _square(x, "cholesky")
    return _mt(xp, _in_single(xp, x, xp.linalg.cholesky), upper)


@cholesky.shape
def _(shapes, **_):
    return shapes[0]


@op(fn=(), mx="linalg_potrf(A:x, lower=True)")
def potrf(xp, x, *, lower=True):
    """``cholesky``: L with L L^T = x, or U with U^T U = x unless ``lower``."""
    return cholesky.fn(xp, x, upper=not lower)


@potrf.shape
def _(shapes, **_):
    return shapes[0]


@op(fn="solve(A:a, B:b)")
def solve(xp, a, b):
    """The x with a x = b."""
    _square(a, "solve")
    return _in_single(xp, a, xp.linalg.solve, b)


@solve.vjp
def _(xp, g, ans, args, needs):
    db = xp.solve(xp.swapaxes(args[0], -1, -2), g)
    vector = len(args[1].shape) == 1
    outer = xp.outer(db, ans) if vector else xp.matmul(db, xp.swapaxes(ans, -1, -2))
    return -outer if needs[0] else None, db


@solve.shape
def _(shapes):
    return shapes[1]


@op(mx="linalg_potri(A:x, lower=True)")
def cholesky_inverse(xp, x, *, lower=True):
    """The inverse of L L^T, for lower triangular L, or of U^T U for upper; nothing beyond the diagonal is read."""
    n = _square(x, "linalg_potri")
    part = np.tril(np.ones((n, n), bool))
    x = xp.where(part if lower else part.T, x, 0 * x)
    return _in_single(xp, xp.matmul(x, swap(xp, x)) if lower else xp.matmul(swap(xp, x), x), xp.linalg.inv)


@cholesky_inverse.shape
def _(shapes, **_):
    return shapes[0]


@op(mx="linalg_gemm(A:a, B:b, C:c, transpose_a=False, transpose_b=False, alpha=1.0, beta=1.0, axis=-2)")
def gemm(xp, a, b, c, *, transpose_a=False, transpose_b=False, alpha=1.0, beta=1.0, axis=-2):
    """alpha a @ b + beta c, of either transposed if asked; the rows of the matrices lie along ``axis``."""
    if axis in (-2, len(a.shape) - 2):
        return alpha * xp.matmul(_mt(xp, a, transpose_a), _mt(xp, b, transpose_b)) + beta * c
    a, b, c = (_rows_last(xp, m, axis) for m in (a, b, c))
    out = alpha * xp.matmul(_mt(xp, a, transpose_a), _mt(xp, b, transpose_b)) + beta * c
    return xp.moveaxis(out, -2, axis)


def _rows_last(xp, m, axis: int):
    """m with its axis of rows in the last place but one."""
    if not -len(m.shape) <= axis < len(m.shape) - 1 or axis == -1:
        raise ShapeError(f"gemm: Invalid row axis ({axis}) of an array {tuple(m.shape)}, whose last axis "
                         "holds the columns.")
    return xp.moveaxis(m, axis, -2)


@op(mx="linalg_gemm2(A:a, B:b, transpose_a=False, transpose_b=False, alpha=1.0, axis=-2)")
def gemm2(xp, a, b, *, transpose_a=False, transpose_b=False, alpha=1.0, axis=-2):
    """alpha a @ b, of either transposed if asked; the rows of the matrices lie along ``axis``."""
    if axis in (-2, len(a.shape) - 2):
        return alpha * xp.matmul(_mt(xp, a, transpose_a), _mt(xp, b, transpose_b))
    a, b = (_rows_last(xp, m, axis) for m in (a, b))
    return xp.moveaxis(alpha * xp.matmul(_mt(xp, a, transpose_a), _mt(xp, b, transpose_b)), -2, axis)


@op(mx="linalg_syrk(A:a, transpose=False, alpha=1.0)")
def syrk(xp, a, *, transpose=False, alpha=1.0):
    """alpha a a^T, or alpha a^T a if ``transpose``."""
    return alpha * (xp.matmul(swap(xp, a), a) if transpose else xp.matmul(a, swap(xp, a)))


def _triangle(xp, a, lower: bool):
    n = _square(a, "a triangular product")
    keep = np.tril(np.ones((n, n), bool)) if lower else np.triu(np.ones((n, n), bool))
    return xp.where(keep, a, 0 * a)


@op(mx="linalg_trmm(A:a, B:b, transpose=False, rightside=False, lower=True, alpha=1.0)")
def trmm(xp, a, b, *, transpose=False, rightside=False, lower=True, alpha=1.0):
    """alpha a @ b for triangular a, or alpha b @ a if ``rightside``."""
    a = _mt(xp, _triangle(xp, a, lower), transpose)
    return alpha * (xp.matmul(b, a) if rightside else xp.matmul(a, b))


@op(mx="linalg_trsm(A:a, B:b, transpose=False, rightside=False, lower=True, alpha=1.0)")
def trsm(xp, a, b, *, transpose=False, rightside=False, lower=True, alpha=1.0):
    """The x with a x = alpha b for triangular a, or with x a = alpha b if ``rightside``.

    Zeros on the diagonal give inf and nan, as the originals' do.
    """
    a = _mt(xp, _triangle(xp, a, lower), transpose != rightside)
    b = swap(xp, b) if rightside else b
    try:
        x = _in_single(xp, a, xp.linalg.solve, b)
    except np.linalg.LinAlgError:  # singular
        x = _substitute(xp, a, b, lower == (transpose == rightside))
    return alpha * (swap(xp, x) if rightside else x)


def _substitute(xp, a, b, lower: bool):
    """The x with a x = b, row by row."""
    n = a.shape[-1]
    x = b[..., :0, :]
    for i in range(n) if lower else reversed(range(n)):
        done = slice(0, i) if lower else slice(i + 1, n)
        row = (b[..., i : i + 1, :] - xp.matmul(a[..., i : i + 1, done], x)) / a[..., i : i + 1, i : i + 1]
        x = xp.concatenate((x, row) if lower else (row, x), axis=-2)
    return x


@trsm.shape
def _(shapes, **_):
    return shapes[1]


@op(mx="linalg_sumlogdiag(A:x) | rank1=True")
def sum_log_diagonal(xp, x, *, rank1=False):
    """The sum of the logarithms of each matrix's diagonal."""
    i = np.arange(_square(x, "linalg_sumlogdiag"))
    return _ranked(xp, xp.sum(xp.log(x[..., i, i]), axis=-1), rank1)


@op(mx="linalg_extractdiag(A:x, offset=0)")
def extract_diagonal(xp, x, *, offset=0):
    """Each matrix's diagonal, ``offset`` above the main one."""
    n = _square(x, "linalg_extractdiag") - abs(offset)
    i = np.arange(n)
    return x[..., i + max(0, -offset), i + max(0, offset)]


@op(mx="linalg_makediag(A:x, offset=0)", fn=())
def make_diagonal(xp, x, *, offset=0):
    """Matrices with the rows of x as their diagonals, ``offset`` above the main one."""
    k = x.shape[-1]
    n = k + abs(offset)
    i = np.arange(k)
    return xp.scatter_add((*tuple(x.shape)[:-1], n, n), x.dtype,
                          (..., i + max(0, -offset), i + max(0, offset)), x)


def _triangle_index(n: int, offset: int, lower: bool):
    """Of the triangle below or above a diagonal, the main one's by ``lower``; upper triangles go column by column."""
    if offset < 0 or offset == 0 and lower:
        return np.tril_indices(n, offset)
    return np.tril_indices(n, -offset)[::-1]


@op(mx="linalg_extracttrian(A:x, offset=0, lower=True)")
def extract_triangle(xp, x, *, offset=0, lower=True):
    """The elements of each matrix's triangle, row by row below the diagonal, column by column above it."""
    rows, columns = _triangle_index(_square(x, "linalg_extracttrian"), offset, lower)
    return x[..., rows, columns]


@op(mx="linalg_maketrian(A:x, offset=0, lower=True)")
def make_triangle(xp, x, *, offset=0, lower=True):
    """Matrices whose triangles hold the rows of x, in the order of ``extract_triangle``."""
    k, n = x.shape[-1], 1
    while len(_triangle_index(n, offset, lower)[0]) < k:
        n += 1
    rows, columns = _triangle_index(n, offset, lower)
    if len(rows) != k:
        raise ShapeError(f"linalg_maketrian: {k} elements do not fill a triangle with offset {offset}.")
    return xp.scatter_add((*tuple(x.shape)[:-1], n, n), x.dtype, (..., rows, columns), x)
