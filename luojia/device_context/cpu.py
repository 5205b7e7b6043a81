"""The processor, and how many threads compute on it."""

from __future__ import annotations

from .._src.engine import threads
from .._src.errors import ArgumentError, DTypeError, GraphError
from .._src.paths import public_names

__all__ = ["device_count", "is_available", "threads_num"]
__dir__ = public_names(__name__)
_chosen: list[int] = []


def is_available() -> bool:
    """Always True."""
    return True


def device_count() -> int:
    """The processor's cores count as one device."""
    return 1


def threads_num(num: int) -> None:
    """Let BLAS and luojia's own kernels compute on up to ``num`` threads, of the cores that there are.

    Raises:
        TypeError: ``num`` is no int.
        ValueError: ``num`` is less than 1.
        RuntimeError: the number was set before.
    """
    if not isinstance(num, int) or isinstance(num, bool):
        raise DTypeError(f"The parameter 'num' must be <class 'int'>, but got {type(num)}")
    if _chosen:
        raise GraphError("The 'threads_num' can not be set repeatedly.")
    if num < 1:
        raise ArgumentError(f"For 'threads_num', the number of threads must be 1 or more, but got {num}.")
    threads.use(num)
    _chosen.append(num)
