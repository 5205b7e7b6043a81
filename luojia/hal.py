"""Devices and their memory under the names of ``mindspore.hal``; ``device_target`` is 'CPU' or 'GPU'."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ._src.engine import memory
from ._src.engine.devices import Context, current_context, num_gpus
from ._src.engine.memory import empty_cache, synchronize
from ._src.engine.streams import (
    Event,
    Stream,
    StreamCtx,
    communication_stream,
    current_stream,
    default_stream,
    set_cur_stream,
)
from ._src.errors import ArgumentError
from ._src.paths import also_at, open_paths, public_names
from .context import gpu_memory_info

__all__ = ["Event", "Stream", "StreamCtx", "communication_stream", "current_stream", "default_stream", "device_count",
           "empty_cache", "get_arch_list", "get_device_capability", "get_device_name", "get_device_properties",
           "is_available", "is_initialized", "max_memory_allocated", "max_memory_reserved",
           "memory_allocated", "memory_reserved", "memory_stats", "memory_summary", "reset_max_memory_allocated",
           "reset_max_memory_reserved", "reset_peak_memory_stats", "set_cur_stream", "synchronize"]
__dir__ = public_names(__name__)
_TARGETS = ("CPU", "GPU", "Ascend")


def is_available(device_target: str) -> bool:
    """Whether luojia computes on devices of this kind here.

    >>> is_available("CPU"), is_available("Ascend")
    (True, False)
    """
    if device_target not in _TARGETS:
        raise ArgumentError("For 'hal.is_available', the argument 'device_target' must be one of "
                            f"{list(_TARGETS)}, but got {device_target}.")
    return device_target == "CPU" or device_target == "GPU" and num_gpus() > 0


def device_count(device_target: str | None = None) -> int:
    """How many devices of a kind, by default the default device's, there are.

    Raises:
        ArgumentError: a ValueError: there are none of this kind.
    """
    device = _device("device_count", device_target)
    engine: Any = device.engine
    return engine.device_count(device) if engine.compiles else 1


def is_initialized(device_target: str) -> bool:
    """Whether devices of this kind can be used; they are made ready by their first use."""
    return is_available(device_target)


def get_device_name(device_id: int, device_target: str | None = None) -> str:
    """A device's name: 'CPU', or what the driver calls it."""
    device = _device("get_device_name", device_target, device_id)
    engine: Any = device.engine
    return engine.device_of(device).device_kind if device.device_type == "gpu" else "CPU"


def get_device_capability(device_id: int, device_target: str | None = None) -> tuple[int, int] | None:
    """The compute capability (major, minor) of a GPU; None for a CPU."""
    device = _device("get_device_capability", device_target, device_id)
    if device.device_type != "gpu":
        return None
    engine: Any = device.engine
    found = getattr(engine.device_of(device), "compute_capability", None)
    return None if found is None else tuple([int(n) for n in str(found).split(".")[:2]])  # type: ignore[return-value]


def get_device_properties(device_id: int, device_target: str | None = None) -> dict[str, Any] | None:
    """Name, memory in bytes and capability of a GPU; None for a CPU."""
    device = _device("get_device_properties", device_target, device_id)
    if device.device_type != "gpu":
        return None
    free, total = gpu_memory_info(device_id)
    return {"name": get_device_name(device_id, "GPU"), "total_memory": total, "free_memory": free,
            "capability": get_device_capability(device_id, "GPU")}


def get_arch_list(device_target: str | None = None) -> None:
    """None: XLA compiles for the device that there is."""
    _device("get_arch_list", device_target)


def _device(name: str, target: str | None, number: int | None = None) -> Context:
    """The device that is meant; raises ArgumentError where it is not there."""
    home = current_context()
    if target is None:
        kind = home.device_type
    elif is_available(target):
        kind = target.lower()
    else:
        raise ArgumentError(f"For 'hal.{name}', {target} is not available here; luojia computes on 'CPU', and on 'GPU' "
                            "with luojia[xla] and a CUDA build of jax (pip install 'jax[cuda12]').")
    if number is None:
        return home if home.device_type == kind else Context(kind, 0)
    device = Context(kind, number)
    engine: Any = device.engine
    if number < 0 or number >= (engine.device_count(device) if engine.compiles else 1):
        raise ArgumentError(f"For 'hal.{name}', there is no device {device}.")
    return device


def _of(function: Callable, name: str) -> Callable:
    def asked(device_target: str | None = None) -> Any:
        return function(_device(name, device_target))

    asked.__name__ = asked.__qualname__ = name
    asked.__doc__ = (function.__doc__ or "").partition(">>>")[0].rstrip()  # Python 3.13 takes the indentation away
    return asked


memory_stats = _of(memory.memory_stats, "memory_stats")
memory_summary = _of(memory.memory_summary, "memory_summary")
memory_allocated = _of(memory.memory_allocated, "memory_allocated")
memory_reserved = _of(memory.memory_reserved, "memory_reserved")
max_memory_allocated = _of(memory.max_memory_allocated, "max_memory_allocated")
max_memory_reserved = _of(memory.max_memory_reserved, "max_memory_reserved")
reset_peak_memory_stats = _of(memory.reset_peak_memory_stats, "reset_peak_memory_stats")
reset_max_memory_allocated = _of(memory.reset_peak_memory_stats, "reset_max_memory_allocated")
reset_max_memory_reserved = _of(memory.reset_peak_memory_stats, "reset_max_memory_reserved")

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("device", "event", "memory", "stream")))

open_paths(sys.modules[__name__])
