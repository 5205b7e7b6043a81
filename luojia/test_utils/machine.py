"""What tests ask of the machine and its environment."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["check_speed", "discard_stderr", "get_im2rec_path", "getenv", "has_tvm_ops", "is_aarch64_run", "is_cd_run",
           "is_op_runnable", "setenv"]


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


def get_im2rec_path(home_env: str = "MXNET_HOME") -> str:
    """Where the tool that packs images into RecordIO files is.

    Raises:
        FileNotFoundError: there is none; pack images with ``mx.recordio.MXIndexedRecordIO`` and ``pack_img``.
    """
    home = os.environ.get(home_env)
    for part in ("tools/im2rec.py", "im2rec.py"):
        if home and os.path.isfile(path := os.path.join(home, part)):
            return path
    raise FileNotFoundError(f"get_im2rec_path: no tools/im2rec.py below ${home_env} ({home}); pack images with "
                            "mx.recordio.MXIndexedRecordIO and mx.recordio.pack_img.")


@contextlib.contextmanager
def discard_stderr() -> Iterator[None]:
    """Let nothing that is written to the standard error stream, by C code neither, be seen."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nothing:
        try:
            os.dup2(nothing.fileno(), 2)
            with contextlib.redirect_stderr(nothing):
                yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def check_speed(sym: Any, location: Any = None, ctx: Any = None, N: int = 20, grad_req: Any = None,
                typ: str = "whole", **kwargs: Any) -> float:
    """Seconds per run of a symbol: forward and backward (``typ='whole'``) or forward alone (``'forward'``)."""
    from ..context import current_context
    from ..ndarray import array

    if typ not in ("whole", "forward"):
        raise ValueError("typ can only be \"whole\" or \"forward\".")
    assert location is None or isinstance(location, dict), f'Expect dict, get "location"={location}'
    shapes = {k: v.shape for k, v in location.items()} if location else kwargs
    executor = sym.simple_bind(ctx or current_context(), grad_req=(grad_req or "write") if typ == "whole" else "null",
                               **shapes)
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
