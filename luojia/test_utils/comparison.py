"""Comparison of arrays with tolerances per dtype, and the messages of comparisons that fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor

__all__ = [
    "almost_equal", "assert_allclose", "assert_almost_equal", "assert_almost_equal_ignore_nan",
    "assert_almost_equal_with_err", "assert_exception", "checkShapes", "default_atols", "default_numeric_eps",
    "default_rtols", "effective_dtype", "get_atol", "get_etol", "get_rtol", "get_tolerance", "get_tols",
    "locationError", "same",
]

_EXACT = ("bool", "int8", "uint8", "int32", "uint32", "int64", "uint64")
_RTOL = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-5, **dict.fromkeys(_EXACT, 0)}
_ATOL = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-20, **dict.fromkeys(_EXACT, 0)}
_EPS = {"float16": 2**-6, "float32": 2**-9, "float64": 2**-14}
_FLOAT64 = np.dtype(np.float64)


def _np(a: Any) -> np.ndarray:
    return a.asnumpy() if isinstance(a, Tensor) else np.asarray(a)


# -- tolerances --------------------------------------------------------------------------------------------------------


def default_rtols() -> dict[np.dtype, float]:
    """The relative tolerance of each dtype."""
    return {np.dtype(name): t for name, t in _RTOL.items()}


def default_atols() -> dict[np.dtype, float]:
    """The absolute tolerance of each dtype."""
    return {np.dtype(name): t for name, t in _ATOL.items()}


def default_numeric_eps() -> dict[np.dtype, float]:
    """The step of finite differences of each dtype."""
    return {np.dtype(name): t for name, t in _EPS.items()}


def effective_dtype(dat: Any) -> np.dtype:
    """The dtype whose precision the values have; float64 for a number."""
    if isinstance(dat, Tensor):
        return dat.np_dtype
    return np.dtype(dat.dtype) if hasattr(dat, "dtype") else _FLOAT64


def get_tolerance(dat: Any, tol: Any, default_tol: dict) -> float:
    """``tol``, a number or a dict by dtype, for the values ``dat``; the default where it is None."""
    if isinstance(tol, dict):
        return tol[effective_dtype(dat)]
    return default_tol.get(effective_dtype(dat), 0.0) if tol is None else tol


def get_tols(x: Any, y: Any, rtol: Any, atol: Any) -> tuple[float, float]:
    """The larger of the tolerances of two arrays."""
    return (max(get_tolerance(v, rtol, default_rtols()) for v in (x, y)),
            max(get_tolerance(v, atol, default_atols()) for v in (x, y)))


def get_rtol(rtol: float | None = None, dtype: Any = _FLOAT64) -> float:
    """``rtol``, or the default relative tolerance of ``dtype``."""
    return _RTOL.get(np.dtype(dtype).name, 0.0) if rtol is None else rtol


def get_atol(atol: float | None = None, dtype: Any = _FLOAT64) -> float:
    """``atol``, or the default absolute tolerance of ``dtype``."""
    return _ATOL.get(np.dtype(dtype).name, 0.0) if atol is None else atol


def get_etol(etol: float | None = None) -> float:
    """The share of elements that may differ, 0 by default."""
    return 0 if etol is None else etol


# -- comparison --------------------------------------------------------------------------------------------------------


def same(a: Any, b: Any) -> bool:
    """Whether two arrays are equal, element by element."""
    return np.array_equal(_np(a), _np(b))


def checkShapes(a: Any, b: Any) -> None:  # noqa: N802 - MXNet's name
    """Raise AssertionError unless two arrays have one shape."""
    if a.shape != b.shape:
        raise AssertionError(_message([a, b], f"a.shape = {a.shape} and b.shape = {b.shape} are not equal"))


def almost_equal(a: Any, b: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False,
                 use_broadcast: bool = True) -> bool:
    """Whether |a - b| <= atol + rtol |b| everywhere.

    Raises:
        AssertionError: the shapes differ, without ``use_broadcast``.
    """
    x, y = _np(a), _np(b)
    if not use_broadcast:
        checkShapes(x, y)
    rtol, atol = get_tols(a, b, rtol, atol)
    return bool(np.allclose(x, y, rtol, atol, equal_nan))


def locationError(a: Any, b: Any, index: tuple, names: tuple[str, str],  # noqa: N802 - MXNet's name
                  maxError: bool = False) -> str:  # noqa: N803
    """The line of a message that tells where two arrays differ, and the two values there."""
    return (f"Location of {'maximum ' * maxError}error: {index}, {names[0]}={a[index]:.8f}, "
            f"{names[1]}={b[index]:.8f}")


def _errors(a: np.ndarray, b: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.abs(a - b) / (atol + rtol * np.abs(b) + 1e-20)


def _find_max_violation(a: Any, b: Any, rtol: float, atol: float) -> tuple[tuple, float]:
    """Where |a - b| / (atol + rtol |b|) is greatest, and its value there."""
    error = _errors(_np(a), _np(b), rtol, atol)
    at = np.unravel_index(np.argmax(error), error.shape)
    return tuple(int(i) for i in at), error[at]


def _message(arrays: list, what: str) -> str:
    with np.printoptions(threshold=4, suppress=True, legacy="1.25"):
        return np.testing.build_err_msg(arrays, err_msg=what)


def assert_almost_equal(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                        names: tuple[str, str] = ("a", "b"), equal_nan: bool = False, use_broadcast: bool = True,
                        mismatches: tuple[int, int] = (10, 10)) -> None:
    """Raise AssertionError, after printing the greatest violations, unless |a - b| <= atol + rtol |b| everywhere.

    Args:
        rtol, atol: tolerances, numbers or dicts by dtype; by default those of the coarser dtype.
        names: what the message calls the arrays.
        equal_nan: whether nan equals nan.
        use_broadcast: whether the shapes may differ and broadcast.
        mismatches: how many violations to print, and up to how many to count.
    """
    x, y = _np(a), _np(b)
    if not use_broadcast:
        checkShapes(a, b)
    rtol, atol = get_tols(a, b, rtol, atol)
    if x.dtype == y.dtype == bool:
        np.testing.assert_equal(x, y)
        return
    good = np.isclose(x, y, rtol, atol, equal_nan)
    if good.all():
        return
    tolerance = f"exceeds tolerance rtol={rtol:e}, atol={atol:e}"
    if x.ndim == y.ndim == 0 and not (isinstance(a, Tensor) or isinstance(b, Tensor)):
        raise AssertionError(_message([a, b], f"Error {_errors(x, y, rtol, atol):f} {tolerance}.\n"))
    shown, (x, y) = [x, y], np.broadcast_arrays(x, y)
    error = np.where(good, -np.inf, _errors(x, y, rtol, atol))
    error = np.where(np.isnan(error) & ~good, np.inf, error)
    found = int((~good).sum())
    counted = min(found, mismatches[1] + 1) if mismatches[1] > 0 else found
    print(f"\n*** Maximum errors for vector of size {x.size}:  rtol={rtol}, atol={atol}\n")
    worst = [tuple(int(k) for k in np.unravel_index(i, error.shape))
             for i in np.argsort(-error, axis=None, kind="stable")[: max(1, min(found, *mismatches))]]
    values = [float(_errors(x[i], y[i], rtol, atol)) for i in worst]
    for place, (i, value) in enumerate(zip(worst, values), 1):
        if place <= min(mismatches):
            print(f"{place:3d}: Error {value:f}  {locationError(x, y, i, names)}")
    at_least = "at least " if 0 < mismatches[1] < counted else ""
    share = 100 * counted / x.size
    raise AssertionError(_message(shown, f"Error {values[0]:f} {tolerance} (mismatch {at_least}{share:f}%).\n"
                                         f"{locationError(x, y, worst[0], names, True)}"))


def assert_allclose(a: Any, b: Any, rtol: float = 1e-7, atol: float = 0, equal_nan: bool = True) -> None:
    """``assert_almost_equal`` with the tolerances of ``numpy.testing.assert_allclose``."""
    assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                                 etol: float | None = None, names: tuple[str, str] = ("a", "b"),
                                 equal_nan: bool = False, mismatches: tuple[int, int] = (10, 10)) -> None:
    """``assert_almost_equal`` that lets a share ``etol`` of the elements differ."""
    x, y = _np(a), _np(b)
    tols = get_tols(a, b, rtol, atol)
    if etol and np.mean(~np.isclose(x, y, *tols, equal_nan)) <= etol:
        return
    assert_almost_equal(a, b, rtol, atol, names, equal_nan, mismatches=mismatches)


def assert_almost_equal_ignore_nan(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                                   names: tuple[str, str] = ("a", "b")) -> None:
    """``assert_almost_equal`` where neither array is nan."""
    x, y = np.copy(_np(a)), np.copy(_np(b))
    bad = np.isnan(x) | np.isnan(y)
    x[bad] = y[bad] = 0
    assert_almost_equal(x, y, rtol, atol, names)


def assert_exception(f: Callable, exception_type: type[BaseException], *args: Any, **kwargs: Any) -> None:
    """Raise AssertionError unless ``f(*args, **kwargs)`` raises ``exception_type``."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{getattr(f, '__name__', f)} did not raise {exception_type.__name__}.")
