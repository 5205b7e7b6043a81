"""MXNet's switches of NumPy semantics, and small helpers.

luojia's NDArrays follow MXNet's legacy semantics; ``mx.np`` has NumPy's. The switches are remembered, so that
programs that set and ask for them run, and ``np_shape`` files can be told apart.
"""

from __future__ import annotations

import functools
import operator
import os
import threading
from collections.abc import Callable
from typing import Any

from ._src.engine.devices import num_gpus
from ._src.paths import public_names

__all__ = [
    "array_class", "get_cuda_compute_capability", "get_gpu_count", "get_gpu_memory", "getenv", "is_np_array",
    "is_np_shape", "makedirs", "np_array", "np_shape", "np_ufunc_legal_option", "reset_np", "set_module", "set_np",
    "set_np_shape", "setenv", "use_np", "use_np_array", "use_np_shape", "wrap_np_binary_func", "wrap_np_unary_func",
]
__dir__ = public_names(__name__)


class _Switches(threading.local):
    shape = False
    array = False


_switches = _Switches()


def is_np_shape() -> bool:
    """Whether ``set_np_shape`` is on."""
    return _switches.shape


def is_np_array() -> bool:
    """Whether ``set_np`` is on.

    >>> luojia.util.is_np_array()
    False
    """
    return _switches.array


def array_class() -> type:
    """The class of arrays that networks and loaders make: NDArray, or ``mx.np.ndarray`` while ``set_np`` is on."""
    return _np_array() if _switches.array else _nd_array()


@functools.cache
def _np_array() -> type:
    from .np import ndarray

    return ndarray


@functools.cache
def _nd_array() -> type:
    from .ndarray import NDArray

    return NDArray


def set_np_shape(active: bool) -> bool:
    """Switch NumPy's meaning of shapes on or off; returns what it was."""
    before, _switches.shape = _switches.shape, bool(operator.index(active))
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


def use_np_shape(func: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_shape``."""
    return _decorate(func, np_shape(), "use_np_shape")


def use_np_array(func: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_array``."""
    return _decorate(func, np_array(), "use_np_array")


def use_np(func: Any) -> Any:
    """Decorate a function, or the methods of a class, with ``np_shape`` and ``np_array``.

    >>> from luojia import np as mnp
    >>> @luojia.util.use_np
    ... def mean(x):
    ...     return mnp.mean(x)
    >>> float(mean(mnp.array([1.0, 3.0])))
    2.0
    """
    return use_np_shape(use_np_array(func))


def _decorate(target: Any, scope: _Scope, who: str) -> Any:
    if not callable(target):
        raise TypeError(f"{who} can only decorate classes and callable objects, while received a {type(target)}")
    if not isinstance(target, type):
        return scope(target)
    for name, value in list(vars(target).items()):
        if isinstance(value, property):
            made = property(*[f and scope(f) for f in (value.fget, value.fset, value.fdel)], doc=value.__doc__)
            setattr(target, name, made)
        elif callable(value) and not name.startswith("__") or name in ("__init__", "__call__"):
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


def get_cuda_compute_capability(ctx: Any) -> int:
    """The compute capability of a GPU as a number: 90 for 9.0.

    Raises:
        ValueError: ``ctx`` is no GPU.
    """
    if getattr(ctx, "device_type", None) != "gpu":
        raise ValueError(f"Expecting a gpu context to get cuda compute capability, while received ctx {ctx}")
    found = str(ctx.engine.device_of(ctx).compute_capability)
    return int(float(found) * 10)


def set_module(module: str) -> Callable:
    """A decorator that says in which module a function or class is."""
    def decorate(target: Any) -> Any:
        if module is not None:
            target.__module__ = module
        return target

    return decorate


_UFUNC_OPTIONS = {"where": (True,), "casting": ("same_kind",), "order": ("K",), "dtype": (None,), "subok": (True,)}


def np_ufunc_legal_option(key: str, value: Any) -> bool:
    """Whether an option of NumPy's ufuncs has the value that ``mx.np``'s functions take.

    >>> np_ufunc_legal_option("order", "K"), np_ufunc_legal_option("order", "C")
    (True, False)
    """
    if key == "dtype":
        name = value if isinstance(value, str) else getattr(value, "__name__", "")
        return name in ("int8", "uint8", "int32", "int64", "float16", "float32", "float64")
    return key in _UFUNC_OPTIONS and value in _UFUNC_OPTIONS[key]


def wrap_np_unary_func(func: Callable) -> Callable:
    """Let a function of one array take the options of NumPy's ufuncs, with their defaults only.

    Raises:
        TypeError: an option that ufuncs do not have. NotImplementedError: one with another value.
    """
    @functools.wraps(func)
    def checked(x: Any, out: Any = None, **kwargs: Any) -> Any:
        _check_options(func.__name__, kwargs)
        return func(x, out=out)

    return checked


def wrap_np_binary_func(func: Callable) -> Callable:
    """As ``wrap_np_unary_func`` for a function of two arrays."""
    @functools.wraps(func)
    def checked(x1: Any, x2: Any, out: Any = None, **kwargs: Any) -> Any:
        _check_options(func.__name__, kwargs)
        return func(x1, x2, out=out)

    return checked


def _check_options(name: str, options: dict[str, Any]) -> None:
    for key, value in options.items():
        if key not in _UFUNC_OPTIONS:
            raise TypeError(f"{name} got an unexpected keyword argument '{key}'; ufuncs take {list(_UFUNC_OPTIONS)}.")
        if not (key == "dtype" and value is None or np_ufunc_legal_option(key, value)):
            raise NotImplementedError(f"{name} does not support {key}={value!r}; leave it at its default.")
