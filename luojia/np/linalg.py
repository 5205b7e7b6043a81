"""``mx.np.linalg``: norms, inverses, factors and systems of equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.ops import compose
from .creation import lift
from .host import placed, values
from .multiarray import ndarray
from .table import LINALG_FUNCTIONS, floating

det, inv, cholesky, solve, slogdet, matrix_power = (
    LINALG_FUNCTIONS[name] for name in ("det", "inv", "cholesky", "solve", "slogdet", "matrix_power")
)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> ndarray:
    """The norm of vectors along ``axis``, or of matrices in two axes, as NumPy's; the square root of the sum of squares
    by default. 2, -2 and 'nuc' take singular values and have no gradient."""
    x = floating(lift(x, "linalg.norm"))
    axis = tuple(axis) if isinstance(axis, list) else axis
    ord = {"inf": np.inf, "-inf": -np.inf}.get(ord, ord)  # as MXNet's documentation writes them
    if ord is None or ord == "fro":
        return OPERATORS["norm"](x, axis=axis, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis
    if not isinstance(axes, tuple) or len(axes) == 1:
        return OPERATORS["norm"](x, ord=ord, axis=axes, keepdims=keepdims)
    if ord not in (1, -1, np.inf, -np.inf):
        return placed(np.linalg.norm(x.asnumpy(), ord, axis, keepdims))
    rows, columns = axes if ord in (1, -1) else axes[::-1]
    sums = OPERATORS["sum"](OPERATORS["abs"](x), axis=rows, keepdims=True)
    found = OPERATORS["max" if ord > 0 else "min"](sums, axis=columns, keepdims=True)
    return found if keepdims else OPERATORS["squeeze"](found, axis=axes)


def multi_dot(arrays: Any) -> ndarray:
    """The matrix product of two or more arrays."""
    return OPERATORS["multi_dot"](*compose.common([lift(x, "linalg.multi_dot") for x in arrays]))


def _host(name: str, doc: str) -> Callable:
    def call(*args: Any, **kwargs: Any) -> Any:
        found = getattr(np.linalg, name)(*[values(a) for a in args], **kwargs)
        return placed(tuple(found) if isinstance(found, tuple) else found)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{doc} NumPy's own; its results are constants to every gradient."
    return call


cond = _host("cond", "The condition number of a matrix.")
eig = _host("eig", "Eigenvalues and eigenvectors.")
eigh = _host("eigh", "Eigenvalues, ascending, and eigenvectors of a symmetric matrix.")
eigvals = _host("eigvals", "Eigenvalues.")
eigvalsh = _host("eigvalsh", "Eigenvalues, ascending, of a symmetric matrix.")
lstsq = _host("lstsq", "The least-squares solution of a x = b.")
matrix_rank = _host("matrix_rank", "The number of singular values above a tolerance.")
pinv = _host("pinv", "The pseudo-inverse.")
qr = _host("qr", "The factors q, orthonormal, and r, upper triangular.")
tensorinv = _host("tensorinv", "The inverse for tensordot.")
tensorsolve = _host("tensorsolve", "The x with tensordot(a, x) = b.")


def svd(a: Any) -> tuple[ndarray, ndarray, ndarray]:
    """(ut, l, v) with a = (ut * l) v: singular vectors and values. Constants to every gradient."""
    return placed(tuple(np.linalg.svd(values(lift(a, "linalg.svd")), full_matrices=False)))


__all__ = [
    "cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_power", "matrix_rank",
    "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "svd", "tensorinv", "tensorsolve",
]
