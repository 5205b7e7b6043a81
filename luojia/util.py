"""MXNet's switches of NumPy semantics, and small helpers.

luojia's NDArrays follow MXNet's legacy semantics; ``mx.np`` has NumPy's. The switches are remembered, so that
programs that set and ask for them run, and ``np_shape`` files can be told apart.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any

from ._src.engine.devices import num_gpus


class _Switches(threading.local):
    shape = False
    array = False


_switches = _Switches()


def is_np_shape() -> bool:
    """Whether ``set_np_shape`` is on."""
    return _switches.shape


def is_np_array() -> bool:
    """Whether ``set_np`` is on."""
    return _switches.array


def array_class() -> type:
    """The class of arrays that networks and loaders make: NDArray, or ``mx.np.ndarray`` while ``set_np`` is on."""
    if _switches.array:
        from .np import ndarray

        return ndarray
    from .ndarray import NDArray

    return NDArray


def set_np_shape(active: bool) -> bool:
    """Switch NumPy's meaning of shapes on or off; returns what it was."""
    before, _switches.shape = _switches.shape, bool(active)
    return before


def set_np(shape: bool = True, array: bool = True, dtype: bool = False) -> None:
    """Switch NumPy semantics on."""
    if array and not shape:
        raise ValueError("NumPy Shape semantics is required in using NumPy array semantics.")
    _switches.shape, _switches.array = shape, array


def reset_np() -> None:
    """Switch NumPy semantics off."""
    set_np(False, False)


class _Scope:
    """A block, or a decorated function, in which a switch is set."""

    def __init__(self, name: str, active: bool) -> None:
        self._name, self._active = name, active

    def __enter__(self) -> None:
        self._before = getattr(_switches, self._name)
        setattr(_switches, self._name, self._active)

    def __exit__(self, *_: Any) -> None:
        setattr(_switches, self._name, self._before)

    def __call__(self, function: Callable) -> Callable:
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with _Scope(self._name, self._active):
                return function(*args, **kwargs)

        return inside


def np_shape(active: bool = True) -> _Scope:
    """A scope with NumPy's meaning of shapes."""
    return _Scope("shape", active)


def np_array(active: bool = True) -> _Scope:
    """A scope with NumPy semantics of arrays."""
    return _Scope("array", active)


def use_np_shape(function: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_shape``."""
    return _decorate(function, np_shape())


def use_np_array(function: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_array``."""
    return _decorate(function, np_array())


def use_np(function: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_shape`` and ``np_array``."""
    return use_np_shape(use_np_array(function))


def _decorate(target: Any, scope: _Scope) -> Any:
    if not isinstance(target, type):
        return scope(target)
    for name, value in list(vars(target).items()):
        if callable(value) and not name.startswith("__") or name in ("__init__", "__call__"):
            setattr(target, name, scope(value))
    return target


def getenv(name: str) -> str | None:
    """An environment variable, or None."""
    return os.environ.get(name)


def setenv(name: str, value: str | None) -> None:
    """Set an environment variable, or remove it with None."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def get_gpu_count() -> int:
    """The number of GPUs that luojia can use."""
    return num_gpus()


def get_gpu_memory(gpu_dev_id: int) -> tuple[int, int]:
    """Free and total memory of a GPU in bytes."""
    from .context import gpu_memory_info

    return gpu_memory_info(gpu_dev_id)


def makedirs(d: str) -> None:
    """Make a folder and those above it, unless it is there."""
    os.makedirs(os.path.expanduser(d), exist_ok=True)
