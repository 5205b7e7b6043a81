"""The memory of devices, in the words of MindSpore's ``runtime`` and ``hal``: bytes, as JAX counts them.

JAX counts on GPUs (and TPUs). On CPUs nobody counts, and all numbers are 0, as they are in MindSpore.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

from ..errors import NotSupportedError
from .devices import Context, current_context


def counted(device: Context | None = None) -> dict[str, int]:
    """What the engine counts of a device's memory, in JAX's words; {} on CPUs."""
    device = device or current_context()
    engine: Any = device.engine
    return engine.memory(device) if engine.compiles else {}


def memory_allocated(device: Context | None = None) -> int:
    """Bytes that arrays on the device take now.

    >>> memory_allocated(Context("cpu"))
    0
    """
    return counted(device).get("bytes_in_use", 0)


def max_memory_allocated(device: Context | None = None) -> int:
    """The most bytes that arrays took at once, since the process started."""
    return counted(device).get("peak_bytes_in_use", 0)


def memory_reserved(device: Context | None = None) -> int:
    """Bytes that JAX holds of the device's memory, in use or not."""
    found = counted(device)
    return found.get("pool_bytes", found.get("bytes_reserved", 0))


def max_memory_reserved(device: Context | None = None) -> int:
    """The most bytes that JAX held."""
    found = counted(device)
    return found.get("peak_pool_bytes", found.get("peak_bytes_reserved", 0))


def memory_stats(device: Context | None = None) -> dict[str, Any]:
    """All the numbers, under MindSpore's names; blocks are not told apart."""
    reserved, allocated = memory_reserved(device), memory_allocated(device)
    return {
        "total_reserved_memory": reserved, "total_allocated_memory": allocated,
        "total_idle_memory": max(reserved - allocated, 0), "total_eager_free_memory": 0,
        "max_reserved_memory": max_memory_reserved(device), "max_allocated_memory": max_memory_allocated(device),
        "common_mem_pool_stats": {"block_unit_size": 0, "block_counts": 0, "blocks_info": {}},
        "persistent_mem_pool_stats": {"block_counts": 0, "block_unit_size": 0, "blocks_info": {}},
    }


def memory_summary(device: Context | None = None) -> str:
    """The numbers as a table."""
    line, rule = "|" + "=" * 45 + "|", "|" + "-" * 45 + "|"
    lines = [line, f"|{'Memory summary':^45}|", line, f"| {'Metric':<20} | {'Data':<20} |"]
    for name, value in memory_stats(device).items():
        if isinstance(value, int):
            lines += [rule, f"| {name.replace('_', ' ').replace('total ', '').capitalize():<20} | {_size(value):<20} |"]
    return "\n".join([*lines, line, ""])


def _size(count: int) -> str:
    """Bytes in the largest unit of which there are whole ones: as MindSpore prints them."""
    unit = 0
    while count >= 10 * 1024 and unit < 3:
        count, unit = count // 1024, unit + 1
    return f"{count:6} {('B', 'KB', 'MB', 'GB')[unit]}"


def reset_peak_memory_stats(device: Context | None = None) -> None:
    """Nothing on a CPU, which has no peaks; JAX's cannot be reset.

    Raises:
        NotSupportedError: on a device whose memory is counted.
    """
    if counted(device):
        raise NotSupportedError(
            "reset_peak_memory_stats: JAX keeps its peaks for as long as the process runs; compare "
            "max_memory_allocated() before and after, or measure in a process of its own.")


def empty_cache() -> None:
    """Collect what is no longer used; JAX keeps the memory for the next arrays."""
    gc.collect()


def synchronize() -> None:
    """Wait until everything that was asked for is computed."""
    loaded = sys.modules.get(f"{__package__}.xla_engine")
    if loaded is not None:
        loaded.ENGINE.wait()
