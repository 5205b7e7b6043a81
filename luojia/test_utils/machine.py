"""What tests ask of the machine and its environment, and the tolerances of values between dtypes."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

import numpy as np

from . import _np, assert_almost_equal, default_rtols, get_atol, get_rtol

__all__ = ["assert_almost_equal_with_err", "check_speed", "default_atols", "default_numeric_eps", "effective_dtype",
           "get_etol", "get_tolerance", "get_tols", "getenv", "has_tvm_ops", "is_aarch64_run", "is_cd_run",
           "is_op_runnable", "setenv"]

_EPS = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-4}


def getenv(env_var_name: str) -> str | None:
    """The value of an environment variable, or None."""
    return os.environ.get(env_var_name)


def setenv(env_var_name: str, val: str | None) -> None:
    """Set an environment variable of this process; None removes it."""
    if val is None:
        os.environ.pop(env_var_name, None)
    else:
        os.environ[env_var_name] = val


def is_cd_run() -> bool:
    """Whether the environment says that this is a nightly run (``CD_JOB=1``)."""
    return os.environ.get("CD_JOB") == "1"


def is_aarch64_run() -> bool:
    """Whether the processor is a 64-bit Arm."""
    return platform.machine() in ("aarch64", "arm64")


def is_op_runnable() -> bool:
    """Whether operators run on the default context."""
    return True


def has_tvm_ops() -> bool:
    """False: there are no TVM operators here."""
    return False


def effective_dtype(dat: Any) -> np.dtype:
    """The dtype whose precision the values have."""
    return _np(dat).dtype if hasattr(dat, "shape") else np.dtype(np.float64)


def default_atols() -> dict[np.dtype, float]:
    """The absolute tolerance of each dtype."""
    return {dtype: get_atol(None, dtype) for dtype in default_rtols()}


def default_numeric_eps() -> dict[np.dtype, float]:
    """The step of finite differences of each dtype."""
    return {np.dtype(k): v for k, v in _EPS.items()}


def get_tolerance(dat: Any, tol: Any, default_tol: dict) -> float:
    """``tol``, a number or a dict by dtype, for the values ``dat``; the default where it is None."""
    if isinstance(tol, dict):
        return tol[effective_dtype(dat)]
    return default_tol.get(effective_dtype(dat), 0.0) if tol is None else tol


def get_tols(x: Any, y: Any, rtol: Any, atol: Any) -> tuple[float, float]:
    """The larger of the tolerances of two arrays."""
    return (max(get_tolerance(v, rtol, default_rtols()) for v in (x, y)),
            max(get_tolerance(v, atol, default_atols()) for v in (x, y)))


def get_etol(etol: float | None = None) -> float:
    """The share of elements that may differ, 0 by default."""
    return 0 if etol is None else etol


def assert_almost_equal_with_err(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                                 etol: float | None = None, names: tuple[str, str] = ("a", "b"),
                                 equal_nan: bool = False, mismatches: tuple = (10, 10)) -> None:
    """Require that all but a share ``etol`` of the elements are almost equal."""
    share = get_etol(etol)
    if not share:
        assert_almost_equal(a, b, rtol=rtol, atol=atol, names=names, equal_nan=equal_nan)
        return
    x, y = _np(a), _np(b)
    off = ~np.isclose(x, y, get_rtol(rtol, x.dtype), get_atol(atol, x.dtype), equal_nan=equal_nan)
    if off.mean() > share:
        raise AssertionError(f"Error: {off.mean():.3g} of the elements of {names[0]} and {names[1]} differ, "
                             f"more than {share:.3g}.")


def check_speed(sym: Any, location: Any = None, ctx: Any = None, N: int = 20, grad_req: Any = "write",
                typ: str = "whole", **kwargs: Any) -> float:
    """Seconds per run of a symbol: forward and backward (``typ='whole'``) or forward alone (``'forward'``)."""
    from ..context import current_context
    from ..ndarray import array

    if typ not in ("whole", "forward"):
        raise ValueError(f"typ can only be 'whole' or 'forward', got {typ!r}.")
    shapes = {k: v.shape for k, v in location.items()} if location else kwargs
    executor = sym.simple_bind(ctx or current_context(), grad_req=grad_req if typ == "whole" else "null", **shapes)
    for name, holder in executor.arg_dict.items():
        holder[:] = location[name] if location else np.random.normal(size=holder.shape)

    def run() -> None:
        executor.forward(is_train=typ == "whole")
        if typ == "whole":
            executor.backward([array(np.ones(o.shape), dtype=o.dtype) for o in executor.outputs])

    run()
    start = time.perf_counter()
    for _ in range(N):
        run()
    return (time.perf_counter() - start) / N
