"""Devices, and the engine that computes on each.

A device is a place: ``cpu(0)`` and ``cpu(1)`` are distinct even on one processor, so that programs for several
devices run and are tested anywhere. A ``cpu`` computes with NumPy (or XLA, if ``LUOJIA_ENGINE=xla``), a ``gpu`` with
XLA. Contexts always construct; the first array put on a device that is not there raises.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import threading
from typing import Any

import numpy as np

from ..errors import ArgumentError, DeviceError, UnknownNameError

TYPES = {"cpu": 1, "gpu": 2, "cpu_pinned": 3, "cpu_shared": 5}
_NAMES = {code: name for name, code in TYPES.items()}
OLDEST_JAX = "0.10"  # that the XLA engine was tried with; pyproject.toml's extra asks for it too
_interned: dict[tuple[str, int], Context] = {}


class _Current:
    """What an attribute of a class answers: the default device of the block."""

    def __get__(self, _: Any, owner: type | None = None) -> Context:
        return current_context()


class Context:
    """A device: its type (``'cpu'``, ``'gpu'``, ``'cpu_pinned'``) and its number.

    Used as ``with mx.cpu(1):`` it becomes the default device of the block.

    >>> Context('cpu', 1)
    cpu(1)
    >>> Context('cpu', 1) == Context('cpu', 1), Context('cpu', 0) == Context('cpu', 1)
    (True, False)
    """

    __slots__ = ("device_type", "device_id", "_engine")
    devtype2str = _NAMES
    devstr2type = TYPES
    default_ctx = _Current()

    def __new__(cls, device_type: str | Context, device_id: int = 0) -> Context:
        if isinstance(device_type, Context):
            return device_type
        if device_type not in TYPES:
            printed = re.fullmatch(r"(\w+)\((\d+)\)", str(device_type))
            if printed and printed[1] in TYPES:  # as in ctx="cpu(0)"
                return Context(printed[1], int(printed[2]))
            raise UnknownNameError(
                f"Context: device_type must be one of {', '.join(map(repr, TYPES))}, got {device_type!r}."
            )
        key = (device_type, int(device_id))
        self = _interned.get(key)
        if self is None:
            self = object.__new__(cls)
            self.device_type, self.device_id = key
            self._engine = None
            _interned[key] = self
        return self

    @property
    def device_typeid(self) -> int:
        return TYPES[self.device_type]

    @property
    def engine(self):
        """The engine that computes here; raises DeviceError if this device is not to be had."""
        if self._engine is None:
            self._engine = _engine_for(self)
        return self._engine

    def __reduce__(self):
        return Context, (self.device_type, self.device_id)

    def __deepcopy__(self, memo):
        return self

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"

    def __enter__(self) -> Context:
        _scope.outer.append(_scope.device)
        _scope.device = self
        return self

    def __exit__(self, *_) -> None:
        _scope.device = _scope.outer.pop()

    def empty_cache(self) -> None:
        """Accepted for compatibility; both engines return unused memory by themselves."""


def _engine_for(device: Context):
    if device.device_type == "gpu":
        return gpu_engine(device)
    return cpu_engine()


ENGINES = ("numpy", "xla", "auto")
_chosen: str | None = None


class Auto:
    """What 'auto' comes to: NumPy, until a compiled training step was timed on both engines (see core/choice.py)."""

    open = os.environ.get("LUOJIA_ENGINE") == "auto"  # nothing is chosen yet
    kept = "numpy"


def cpu_engine_name() -> str:
    """Which engine the cpu devices have: as ``set_cpu_engine`` or the environment's ``LUOJIA_ENGINE`` says."""
    name = _chosen or os.environ.get("LUOJIA_ENGINE", "numpy")
    if name not in ENGINES:
        raise ArgumentError(f"LUOJIA_ENGINE must be 'numpy', 'xla' or 'auto', got {name!r}.")
    return name


def cpu_engine():
    """The engine of the cpu devices."""
    name = cpu_engine_name()
    if (Auto.kept if name == "auto" else name) == "numpy":
        from .numpy_engine import ENGINE

        return ENGINE
    return xla_engine()


def keep_engine(name: str) -> None:
    """What 'auto' is from now on; arrays that are there already stay as they are, and either engine takes them."""
    if name == "xla":
        xla_engine()
    Auto.kept = name
    _renew()


def set_cpu_engine(name: str) -> None:
    """Give the cpu devices the engine ``name``; arrays that are there already stay as they are."""
    global _chosen
    if name == "xla":
        xla_engine()
    before, _chosen = _chosen, name
    try:
        cpu_engine()
    except ArgumentError:
        _chosen = before
        raise
    Auto.open, Auto.kept = name == "auto", "numpy"
    _renew()


def _renew() -> None:
    engine = cpu_engine()
    for device in _interned.values():
        if device.device_type != "gpu":
            device._engine = engine


def _xla_module() -> Any:
    """The module of the XLA engine. jax draws from NumPy's generator as it is imported; a seed set before counts on."""
    if "jax" in sys.modules:
        return importlib.import_module(".xla_engine", __package__)
    before = np.random.get_state()
    try:
        return importlib.import_module(".xla_engine", __package__)
    finally:
        np.random.set_state(before)


def xla_engine():
    """The XLA engine; raises DeviceError that says what to install where JAX is missing or too old."""
    try:
        ENGINE = _xla_module().ENGINE
    except ImportError as e:
        raise DeviceError(
            f"the XLA engine needs jax {OLDEST_JAX} or newer, which cannot be had here ({e}); install it with "
            "pip install 'luojia[xla]', or compute with NumPy: LUOJIA_ENGINE=numpy in the environment."
        ) from e
    return ENGINE


def gpu_engine(device: Context):
    count = num_gpus()
    if device.device_id >= count:
        if count:
            way = f"They are gpu(0) to gpu({count - 1}); CUDA_VISIBLE_DEVICES may hide others. Use one of them"
        elif has_gpu_driver():
            way = "It has a driver, but JAX sees none: install a CUDA build (pip install 'luojia[xla]' 'jax[cuda12]')"
        else:
            way = ("It has no driver for one. Where it has, install luojia[xla] with a CUDA build of jax "
                   "(pip install 'luojia[xla]' 'jax[cuda12]')")
        raise DeviceError(f"{device} is not available: this machine shows {count} GPU(s) to luojia. {way}, or compute "
                          "on cpu(), for example with ctx=luojia.cpu().")
    return xla_engine()


def has_gpu_driver() -> bool:
    """Whether the system shows a GPU's driver."""
    return any(os.path.exists(p) for p in ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg"))


def num_gpus() -> int:
    """The number of GPUs that JAX sees; 0 where jax is not installed. Loads jax only where a GPU driver is present."""
    if not has_gpu_driver():
        return 0
    try:
        return _xla_module().gpu_count()
    except ImportError:
        return 0


def cpu(device_id: int = 0) -> Context:
    """The CPU as device number ``device_id``.

    >>> from luojia import nd
    >>> import luojia as mx
    >>> with mx.cpu(0):
    ...     nd.ones(1).context
    cpu(0)
    """
    return Context("cpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """Page-locked host memory, which here is the CPU under its own name."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """GPU number ``device_id``. Constructing it needs no GPU; the first array on it does.

    >>> import luojia as mx
    >>> mx.gpu(1)
    gpu(1)
    """
    return Context("gpu", device_id)


class _Scope(threading.local):
    device = Context("cpu", 0)

    def __init__(self) -> None:
        self.outer: list[Context] = []  # the defaults of the blocks around this one, of this thread


_scope = _Scope()


def current_context() -> Context:
    """The default device: the innermost ``with`` block's, else ``cpu(0)``.

    >>> import luojia as mx
    >>> mx.current_context()
    cpu(0)
    """
    return _scope.device


def set_default_device(device: Context) -> None:
    """Make ``device`` the default of this thread outside any ``with`` block, and of threads started later."""
    _Scope.device = device
    _scope.device = device
