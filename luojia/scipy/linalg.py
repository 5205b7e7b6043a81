"""Linear algebra under SciPy's names; ``overwrite_a``, ``check_finite`` and their like are accepted and ignored."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import ops
from .._src.core.accepted import guarded, read
from .._src.core.given import checked
from .._src.core.op import OPERATORS as OP
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Tensor
from .._src.ops.compose import placed
from .._src.ops.composed import linear
from .._src.paths import public_names


def _square(a: Tensor, name: str) -> int:
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"For '{name}', the matrix 'a' should be a square matrix like (N, N), but got {a.shape}.")
    return a.shape[-1]


def _floating(a: Tensor) -> Tensor:
    return OP["cast"](a, dtype="float64") if a.np_dtype.kind in "biu" else a


def _columns(b: Tensor) -> tuple[Tensor, bool]:
    return (OP["expand_dims"](b, axis=-1), True) if b.ndim == 1 else (b, False)


def block_diag(*arrs: Tensor) -> Tensor:
    """Matrices along the diagonal of one matrix."""
    return ops.block_diag(*arrs)


def inv(a: Tensor, overwrite_a: bool = False, check_finite: bool = True) -> Tensor:
    """The inverse of each matrix."""
    _square(a, "inv")
    return OP["inverse"](_floating(a))


def cholesky(a: Tensor, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Tensor:
    """The upper triangular U with U^T U = a, for symmetric positive definite a; or its transpose, if ``lower``."""
    _square(a, "cholesky")
    return OP["cholesky"](_floating(a), upper=not lower)


def cho_factor(a: Tensor, lower: bool = False, overwrite_a: bool = False,
               check_finite: bool = True) -> tuple[Tensor, bool]:
    """(``cholesky(a, lower)``, lower), as ``cho_solve`` takes it."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Tensor, bool], b: Tensor, overwrite_b: bool = False,
              check_finite: bool = True) -> Tensor:
    """The x with a x = b, for what ``cho_factor(a)`` gave."""
    c, lower = c_and_lower
    if not isinstance(lower, bool):
        raise DTypeError(f"For 'cho_solve', 'lower' must be a bool, but got {type(lower).__name__}.")
    if c.np_dtype != b.np_dtype:
        raise DTypeError(f"For 'cho_solve', 'c' and 'b' must have one dtype, but got {c.dtype} and {b.dtype}.")
    if b.ndim < 1 or b.shape[max(-2, -b.ndim)] != c.shape[-1]:
        raise ShapeError(f"For 'cho_solve', b must have {c.shape[-1]} rows as the matrix, got shape {b.shape}.")
    columns, vector = _columns(b)
    x = linear.cholesky_solve(columns, c, upper=not lower)
    return OP["squeeze"](x, axis=-1) if vector else x


def eigh(a: Tensor, b: Tensor | None = None, lower: bool = True, eigvals_only: bool = False, overwrite_a: bool = False,
         overwrite_b: bool = False, turbo: bool = True, eigvals: Any = None, type: int = 1,
         check_finite: bool = True) -> Any:
    """The eigenvalues of symmetric matrices, rising, and eigenvectors as columns; of each its triangle is read.

    Raises:
        ValueError: a second matrix ``b``, or a part of the eigenvalues, as MindSpore's.
    """
    _square(a, "eigh")
    if b is not None or eigvals is not None:
        raise ArgumentError("eigh: b and eigvals are not supported; multiply by inv(cholesky(b)) on both sides, and "
                            "cut the result.")
    x = _floating(a)
    half = OP["tril"](x) if lower else linear.adjoint(OP["triu"](x))
    rows, values = OP["symmetric_eigen"](half + linear.adjoint(OP["tril"](half, k=-1)))
    return values if eigvals_only else (values, linear.adjoint(rows))


def solve_triangular(a: Tensor, b: Tensor, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False,
                     overwrite_b: bool = False, debug: Any = None, check_finite: bool = True) -> Tensor:
    """The x with a x = b (``trans`` 0 or 'N') or a^T x = b (1, 'T', 2 or 'C'), for triangular a."""
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ArgumentError(f"solve_triangular: trans must be 0, 1, 2, 'N', 'T' or 'C', got {trans!r}.")
    _square(a, "solve_triangular")
    columns, vector = _columns(b)
    x = linear.solve_triangular(a, columns, not lower, trans not in (0, "N"), unit_diagonal)
    return OP["squeeze"](x, axis=-1) if vector else x


def lstsq(A: Tensor, B: Tensor, rcond: Any = None, driver: Any = None) -> tuple:  # noqa: N803 - MindSpore's names
    """The x of least |A x - B|, for A (M, N) of full rank; and nothing, the rank, and nothing, as in MindSpore."""
    x = linear.lstsq(A, B)
    x = OP["squeeze"](x, axis=-1) if B.ndim == 1 else x
    none = placed(np.zeros((0,), A.np_dtype), A)
    return x, none, Tensor(np.int64(min(A.shape))), none


def _order(a: Tensor) -> np.ndarray:
    """The order of rows that partial pivoting leads to, for each matrix."""
    import scipy.linalg

    values = a.asnumpy()
    order = np.empty(values.shape[:-1], np.int64)
    for at in np.ndindex(values.shape[:-2]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", scipy.linalg.LinAlgWarning)  # a singular matrix has factors too
            exchanges = scipy.linalg.lu_factor(values[at].astype(np.float64), check_finite=False)[1]
        rows = np.arange(values.shape[-2])
        for i, j in enumerate(exchanges):
            rows[[i, j]] = rows[[j, i]]
        order[at] = rows
    return order


def _factors(a: Tensor, name: str) -> tuple[np.ndarray, Tensor, Tensor]:
    _square(a, name)
    x, order = _floating(a), _order(a)
    index = np.broadcast_to(order[..., None], a.shape).copy()
    return order, *OP["lower_upper"](OP["take_along"](x, placed(index, x), axis=-2))


def lu(a: Tensor, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> tuple:
    """(P, L, U) with a = P L U for square a: a permutation, unit lower and upper triangular; (P L, U) if asked."""
    order, low, up = _factors(a, "lu")
    p = placed(np.swapaxes(np.eye(a.shape[-1])[order], -1, -2).astype(low.np_dtype), a)
    return (OP["matmul"](p, low), up) if permute_l else (OP["cast"](p, dtype="int32"), low, up)


def lu_factor(a: Tensor, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Tensor, Tensor]:
    """L and U of a = P L U in one matrix, and the row with which each row was exchanged, counted from 0."""
    order, low, up = _factors(a, "lu_factor")
    one = placed(np.eye(a.shape[-1], dtype=low.np_dtype), a)
    pivots = np.empty(order.shape, np.int32)
    for at in np.ndindex(order.shape[:-1]):
        rows = np.arange(order.shape[-1])
        for i, wanted in enumerate(order[at]):
            j = int(np.flatnonzero(rows == wanted)[0])
            pivots[(*at, i)] = j
            rows[[i, j]] = rows[[j, i]]
    return low - one + up, placed(pivots, a)


def lu_solve(lu_and_piv: tuple[Tensor, Tensor], b: Tensor, trans: int = 0, overwrite_b: bool = False,
             check_finite: bool = True) -> Tensor:
    """The x with a x = b (``trans`` 0) or a^T x = b (1, 2), for what ``lu_factor(a)`` gave.

    >>> from luojia import Tensor
    >>> lu_solve(lu_factor(Tensor([[0.0, 2.0], [1.0, 1.0]])), Tensor([4.0, 3.0])).tolist()
    [1.0, 2.0]
    """
    if trans not in (0, 1, 2):
        raise ArgumentError(f"lu_solve: trans must be 0, 1 or 2, got {trans!r}.")
    factors, pivots = lu_and_piv
    if pivots.np_dtype != np.int32:
        raise DTypeError(f"For 'lu_solve', the pivots must be Int32, but got {pivots.dtype}.")
    n = _square(factors, "lu_solve")
    columns, vector = _columns(b)
    if columns.shape[-2] != n:
        raise ShapeError(f"For 'lu_solve', b must have {n} rows as the matrix, got shape {b.shape}.")
    order = np.broadcast_to(np.arange(n), pivots.shape).copy()
    for at in np.ndindex(pivots.shape[:-1]):
        for i, j in enumerate(pivots.asnumpy()[at]):
            order[at][[i, j]] = order[at][[j, i]]
    if trans:
        order = np.argsort(order, axis=-1)
        x = linear.solve_triangular(factors, columns, True, True, False)
        x = linear.solve_triangular(factors, x, False, True, True)
    else:
        x = columns
    index = np.broadcast_to(order[..., None], (*order.shape, columns.shape[-1])).copy()
    x = OP["take_along"](x, placed(index, x), axis=-2)
    if not trans:
        x = linear.solve_triangular(factors, x, False, False, True)
        x = linear.solve_triangular(factors, x, True, False, False)
    return OP["squeeze"](x, axis=-1) if vector else x


def det(a: Tensor, overwrite_a: bool = False, check_finite: bool = True) -> Tensor:
    """The determinant of each matrix."""
    _square(a, "det")
    return ops.det(_floating(a))


_ACCEPTED = read("""
inv, det, cholesky, cho_factor, lu, lu_factor    a!: f32 f64 index
eigh                          a!: f32 f64 index complex
solve_triangular              a! b!: any =; a: axes>=2
lstsq                         A! B!: any =; A: axes>=2
cho_solve, lu_solve           b!: any
""")
globals().update({name: guarded(checked(globals()[name]), row) for name, row in _ACCEPTED.items()})

__all__ = ["block_diag", "cho_factor", "cho_solve", "cholesky", "det", "eigh", "inv", "lstsq", "lu", "lu_factor",
           "lu_solve", "solve_triangular"]
__dir__ = public_names(__name__)
