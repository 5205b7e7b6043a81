"""Minima of functions of Tensors, with their gradients, and assignments, by SciPy."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from .._src.errors import ArgumentError
from .._src.ops import Tensor
from .._src.ops.compose import placed
from .._src.paths import also_at, open_paths, public_names


class OptimizeResults(NamedTuple):
    """What ``minimize`` found: the place, whether it is a minimum, and how it was found."""

    x: Tensor
    success: bool
    status: int
    fun: Tensor
    jac: Tensor
    hess_inv: Tensor | None
    nfev: int
    njev: int
    nit: int


class LineSearchResults(NamedTuple):
    """What ``line_search`` found: the step, and value and gradient there."""

    failed: bool
    a_k: Tensor | None
    f_k: Tensor | None
    g_k: Tensor | None
    nfev: int
    ngev: int


def _on_host(func: Callable, x0: Tensor, args: tuple) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Value and gradient of ``func`` as functions of a NumPy vector of float64."""
    both = ops.value_and_grad(lambda x: func(x, *args))

    def run(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = both(placed(flat.reshape(x0.shape).astype(x0.np_dtype), x0))
        return float(value), gradient.asnumpy().astype(np.float64).ravel()

    return run


def minimize(func: Callable, x0: Tensor, args: Any = (), method: str | None = None, jac: Any = None, hess: Any = None,
             hessp: Any = None, bounds: Any = None, constraints: Any = (), tol: float | None = None,
             callback: Callable | None = None, options: dict | None = None) -> OptimizeResults:
    """The x of least ``func(x, *args)``, a scalar, from ``x0`` on; the gradients are computed.

    Args:
        method: 'BFGS' (the default) or 'LBFGS', or 'CG', 'TNC' or 'SLSQP'.
        bounds, constraints, tol, callback, options: as in SciPy.

    >>> from luojia import Tensor
    >>> minimize(lambda x: ((x - 3.0) ** 2).sum(), Tensor([0.0]), method="BFGS").x.tolist()
    [3.0]
    """
    import scipy.optimize

    names = {"bfgs": "BFGS", "lbfgs": "L-BFGS-B", "l-bfgs-b": "L-BFGS-B", "cg": "CG", "tnc": "TNC", "slsqp": "SLSQP"}
    if method is not None and method.lower() not in names:
        raise ArgumentError(f"minimize: method must be one of {sorted(names)}, got {method!r}.")
    if not isinstance(x0, Tensor):
        raise ArgumentError(f"minimize: x0 must be a Tensor, got {type(x0).__name__}.")
    given = {k: v for k, v in (options or {}).items() if v is not None}
    chosen = names[(method or "bfgs").lower()]
    if chosen not in ("BFGS", "CG"):
        given = {k: v for k, v in given.items() if k not in ("norm", "line_search_maxiter")}
    else:
        given.pop("line_search_maxiter", None)
    args = args if isinstance(args, tuple) else (args,)
    start = x0.asnumpy().astype(np.float64).ravel()
    more = {"bounds": bounds, "constraints": constraints} if bounds is not None or constraints else {}
    found = scipy.optimize.minimize(_on_host(func, x0, args), start, jac=True, method=chosen, tol=tol,
                                    callback=callback, options=given, **more)
    inverse = getattr(found, "hess_inv", None)
    dense = inverse if isinstance(inverse, np.ndarray) else inverse.todense() if inverse is not None else None
    put = lambda v, shape: placed(np.asarray(v, x0.np_dtype).reshape(shape), x0)  # noqa: E731
    return OptimizeResults(put(found.x, x0.shape), bool(found.success), int(found.status), put(found.fun, ()),
                           put(found.jac, x0.shape), None if dense is None else put(dense, dense.shape),
                           int(found.nfev), int(getattr(found, "njev", found.nfev)), int(found.nit))


def line_search(f: Callable, xk: Tensor, pk: Tensor, jac: Any = None, gfk: Any = None, old_fval: Any = None,
                old_old_fval: Any = None, c1: float = 1e-4, c2: float = 0.9, maxiter: int = 20) -> LineSearchResults:
    """The step a along ``pk`` from ``xk`` where ``f`` has fallen enough and flattened (Wolfe's conditions)."""
    import scipy.optimize

    run = _on_host(f, xk, ())
    start, direction = (t.asnumpy().astype(np.float64).ravel() for t in (xk, pk))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that no step was found is told by ``failed``
        step, calls, slopes, value, _old, _slope = scipy.optimize.line_search(
            lambda x: run(x)[0], lambda x: run(x)[1], start, direction, c1=c1, c2=c2, maxiter=maxiter)
    put = lambda v, shape: placed(np.asarray(v, xk.np_dtype).reshape(shape), xk)  # noqa: E731
    if step is None:
        return LineSearchResults(True, None, None, None, calls, slopes)
    return LineSearchResults(False, put(step, ()), put(value, ()), put(run(start + step * direction)[1], xk.shape),
                             calls, slopes)


def linear_sum_assignment(cost_matrix: Tensor, maximize: Any = False, dimension_limit: Any = None) -> tuple:
    """The rows and columns, Int64, that assign each row a column of its own at the least cost, or the greatest.

    Of the matrix the first ``dimension_limit`` columns count, all by default; -1 stands in the place of what they lack.
    """
    import scipy.optimize

    cost = cost_matrix.asnumpy()
    limit = cost.shape[-1] if dimension_limit is None else min(int(dimension_limit), cost.shape[-1])
    rows, columns = scipy.optimize.linear_sum_assignment(cost[:, :limit], bool(maximize))
    lacking = np.full(min(cost.shape) - len(rows), -1)
    return tuple([placed(np.append(found, lacking).astype(np.int64), cost_matrix) for found in (rows, columns)])


also_at(sys.modules[__name__], f"{__name__}.linear_sum_assignment")  # MindSpore's module of that function
__all__ = ["line_search", "linear_sum_assignment", "minimize"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("line_search", "minimize")))

open_paths(sys.modules[__name__])
