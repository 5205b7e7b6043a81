"""``mx.np.linalg``: ``norm, inv, det, slogdet, cholesky, solve`` are differentiated, the rest are NumPy's on values."""

from __future__ import annotations

from typing import Any

import numpy as onp

from .._src.core.op import OPERATORS
from .array import compiled, host, to_array, to_result

_ROWS = {"inv": "inverse -> inv(a:x)", "det": "det(a:x)", "slogdet": "slogdet(a:x)", "cholesky": "cholesky(a:x)",
         "solve": "solve(a, b)"}
_HOST = ("cond eig eigh eigvals eigvalsh lstsq matrix_power matrix_rank multi_dot pinv qr svd tensorinv "
         "tensorsolve").split()


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of a vector or matrix: Euclidean (Frobenius) by default, ``ord`` 1 or 2 of vectors; others on values."""
    x = to_array(x)
    if ord in (None, "fro") or (ord in (1, 2) and (isinstance(axis, int) or x.ndim == 1)):
        order = ord if isinstance(ord, int) else 2
        return to_result(OPERATORS["norm"](x, ord=order, axis=axis, keepdims=keepdims), True)
    return host(onp.linalg.norm, x, ord, axis, keepdims)


def _hosted(name: str) -> Any:
    function = getattr(onp.linalg, name)

    def fn(*args: Any, **kwargs: Any) -> Any:
        return host(function, *args, **kwargs)

    fn.__name__ = fn.__qualname__ = name
    fn.__module__ = __name__
    fn.__doc__ = f"NumPy's ``linalg.{name}`` on the values; it is not differentiated."
    return fn


def __getattr__(name: str) -> Any:
    if name in _ROWS:
        found = compiled(_ROWS[name])
    elif name in _HOST:
        found = _hosted(name)
    else:
        raise AttributeError(f"module 'luojia.np.linalg' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(["norm", *_ROWS, *_HOST])
