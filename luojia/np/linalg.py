"""``mx.np.linalg``: norms, inverses, factors and systems of equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, ShapeError
from .._src.ops import compose
from .._src.ops.compose import floating
from .._src.paths import public_names
from .creation import lift
from .fallback import LINALG, linalg_fallbacks
from .host import placed, values
from .multiarray import ndarray
from .table import FUNCTIONS, LINALG_FUNCTIONS

det, inv, cholesky, matrix_power = (LINALG_FUNCTIONS[name] for name in ("det", "inv", "cholesky", "matrix_power"))


_DOUBLE = np.dtype(np.float64)


def real(x: Any, who: str) -> Any:
    """The array of ``x``, in float64 if it holds integers or booleans."""
    x = lift(x, f"linalg.{who}")
    return OPERATORS["cast"](x, dtype=_DOUBLE) if isinstance(x, Tensor) and x.np_dtype.kind in "biu" else x


def solve(a: Any, b: Any) -> ndarray:
    """The x with a x = b."""
    a, b = compose.common([real(x, "solve") for x in (a, b)])
    return OPERATORS["solve"](a, b)


def slogdet(a: Any) -> list[ndarray]:
    """[sign, logarithm of the absolute value] of the determinant."""
    return list(LINALG_FUNCTIONS["slogdet"](a))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> ndarray:
    """The norm of vectors along ``axis``, or of matrices in two axes, as NumPy's; the square root of the sum of squares
    by default."""
    x = floating(lift(x, "linalg.norm"))
    axis = tuple(axis) if isinstance(axis, list) else axis
    ord = {"inf": np.inf, "-inf": -np.inf}.get(ord, ord)  # as MXNet's documentation writes them
    if ord is None or ord == "fro":
        return OPERATORS["norm"](x, axis=axis, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis
    if not isinstance(axes, tuple) or len(axes) == 1:
        return OPERATORS["norm"](x, ord=ord, axis=axes, keepdims=keepdims)
    if ord in (2, -2, "nuc") and len(axes) == 2:
        found = OPERATORS["singular_values"](OPERATORS["moveaxis"](x, source=axes, destination=(-2, -1)))
        found = OPERATORS["sum"](found, axis=-1) if ord == "nuc" else found[..., 0 if ord == 2 else -1]
        return compose.with_axes(found, [a % x.ndim for a in axes]) if keepdims else found
    if len(axes) != 2:
        raise ShapeError(f"np.linalg.norm: ord {ord!r} is a norm of vectors or matrices, but there are {len(axes)} "
                         "axes; name one or two of them with axis.")
    if ord not in (1, -1, np.inf, -np.inf):
        return placed(np.linalg.norm(x.asnumpy(), ord, axis, keepdims))
    rows, columns = axes if ord in (1, -1) else axes[::-1]
    sums = OPERATORS["sum"](OPERATORS["abs"](x), axis=rows, keepdims=True)
    found = OPERATORS["max" if ord > 0 else "min"](sums, axis=columns, keepdims=True)
    return found if keepdims else OPERATORS["squeeze"](found, axis=axes)


def multi_dot(arrays: Any) -> ndarray:
    """The matrix product of two or more arrays."""
    return OPERATORS["multi_dot"](*compose.common([lift(x, "linalg.multi_dot") for x in arrays]))


def svd(a: Any) -> tuple[ndarray, ndarray, ndarray]:
    """(ut, l, v) with a = (ut * l) v: singular vectors and values.

    Of each row of v the element of the greatest size is positive.
    """
    values, u, v = OPERATORS["svd"](floating(lift(a, "linalg.svd")))
    most, least = FUNCTIONS["max"](v, -2, True), FUNCTIONS["min"](v, -2, True)
    signs = OPERATORS["where"](most >= -least, 0 * most + 1, 0 * most - 1)
    return u * signs, values, OPERATORS["swapaxes"](v * signs, axis1=-1, axis2=-2)


def eigh(a: Any, UPLO: str = "L") -> tuple[ndarray, ndarray]:  # noqa: N803 - NumPy's name
    """Eigenvalues, rising, and eigenvectors, in columns, of a symmetric matrix of which one triangle is read.

    Of each eigenvector the element of the greatest size is positive.
    """
    if UPLO not in ("L", "U"):
        raise ArgumentError(f"np.linalg.eigh: UPLO must be 'L' or 'U', got {UPLO!r}.")
    a = real(a, "eigh")
    a = OPERATORS["swapaxes"](a, axis1=-1, axis2=-2) if UPLO == "U" else a
    mirrored = OPERATORS["swapaxes"](OPERATORS["tril"](a, k=-1), axis1=-1, axis2=-2)
    rows, values = OPERATORS["symmetric_eigen"](OPERATORS["tril"](a, k=0) + mirrored)
    return values, OPERATORS["swapaxes"](rows, axis1=-1, axis2=-2)


def eigvalsh(a: Any, UPLO: str = "L") -> ndarray:  # noqa: N803 - NumPy's name
    """Eigenvalues, rising, of a symmetric matrix of which one triangle is read."""
    return eigh(a, UPLO)[0]


def pinv(a: Any, rcond: Any = 1e-15, hermitian: bool = False) -> ndarray:
    """The pseudo-inverse; singular values up to ``rcond`` times the greatest count as 0."""
    a = floating(lift(a, "linalg.pinv"))
    if isinstance(a, Tensor) and not a.size:
        return OPERATORS["swapaxes"](a, axis1=-1, axis2=-2)
    values, u, v = OPERATORS["svd"](a)
    limit = lift(rcond, "linalg.pinv")
    kept = values > FUNCTIONS["max"](values, -1, True) * (limit[..., None] if limit.ndim else rcond)
    inverse = OPERATORS["where"](kept, 1 / OPERATORS["where"](kept, values, 0 * values + 1), 0 * values)
    return OPERATORS["matmul"](v * inverse[..., None, :], OPERATORS["swapaxes"](u, axis1=-1, axis2=-2))


def tensorinv(a: Any, ind: int = 2) -> ndarray:
    """The inverse for tensordot over the last axes: that of ``a`` as a matrix, its rows the first ``ind`` axes."""
    a = floating(lift(a, "linalg.tensorinv"))
    if ind <= 0:
        raise ArgumentError(f"np.linalg.tensorinv: ind must be positive, got {ind}.")
    rows, columns = a.shape[:ind], a.shape[ind:]
    _check_even("tensorinv", a, rows, columns)
    return OPERATORS["inverse"](a.reshape(_size(columns), -1)).reshape(columns + rows)


def tensorsolve(a: Any, b: Any, axes: Any = None) -> ndarray:
    """The x with tensordot(a, x, x.ndim) = b, after moving the ``axes`` of ``a`` to its end."""
    a, b = compose.common([real(x, "tensorsolve") for x in (a, b)])
    if axes is not None:
        moved = [axis % a.ndim for axis in axes]
        a = a.transpose(*[i for i in range(a.ndim) if i not in moved], *moved)
    rows, columns = a.shape[:b.ndim], a.shape[b.ndim:]
    _check_even("tensorsolve", a, rows, columns)
    return OPERATORS["solve"](a.reshape(_size(rows), -1), b.reshape(-1)).reshape(columns)


def _size(lengths: tuple[int, ...]) -> int:
    return int(np.prod(lengths))


def _check_even(who: str, a: Any, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
    if _size(rows) != _size(columns):
        raise ShapeError(f"np.linalg.{who}: the first axes {rows} and the last axes {columns} of an array of shape "
                         f"{a.shape} must have as many elements, as those of a square matrix.")


def _host(name: str, doc: str) -> Callable:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            found = getattr(np.linalg, name)(*[values(a) for a in args], **kwargs)
        except np.linalg.LinAlgError as e:
            if name in LINALG:  # which MXNet leaves to NumPy
                raise
            raise ShapeError(f"np.linalg.{name}: {e}.") from e
        return placed(tuple(found) if isinstance(found, tuple) else found, wide=True)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{doc} NumPy's own; its results are constants to every gradient."
    return call


cond = _host("cond", "The condition number of a matrix.")
eig = _host("eig", "Eigenvalues and eigenvectors.")
eigvals = _host("eigvals", "Eigenvalues.")
matrix_rank = _host("matrix_rank", "The number of singular values above a tolerance.")
qr = _host("qr", "The factors q, orthonormal, and r, upper triangular.")
_lstsq = _host("lstsq", "")


def lstsq(a: Any, b: Any, rcond: Any = "warn") -> tuple[ndarray, ndarray, Any, ndarray]:
    """The least-squares solution of a x = b, the residuals' squares, the rank and the singular values of a.

    NumPy's own; its results are constants to every gradient.
    """
    return _lstsq(a, b, rcond=None if rcond == "warn" else rcond)


globals().update(linalg_fallbacks(globals()))
__all__ = [
    "cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_power", "matrix_rank",
    "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "svd", "tensorinv", "tensorsolve",
]
__dir__ = public_names(__name__)
