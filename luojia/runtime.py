"""What this installation can do, under MXNet's names; the memory of devices, under those of ``mindspore.runtime``."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import OrderedDict
from typing import Any

from ._src.engine.devices import num_gpus
from ._src.engine.memory import (
    empty_cache,
    max_memory_allocated,
    max_memory_reserved,
    memory_allocated,
    memory_reserved,
    memory_stats,
    memory_summary,
    reset_peak_memory_stats,
    synchronize,
)
from ._src.engine.memory import reset_peak_memory_stats as reset_max_memory_allocated
from ._src.engine.memory import reset_peak_memory_stats as reset_max_memory_reserved
from ._src.engine.streams import (
    Event,
    Stream,
    StreamCtx,
    communication_stream,
    current_stream,
    default_stream,
    set_cur_stream,
)
from ._src.errors import ArgumentError, DTypeError
from ._src.paths import also_at, open_paths, public_names, refusing

__all__ = ["Event", "Feature", "Features", "Stream", "StreamCtx", "communication_stream", "current_stream",
           "default_stream", "dispatch_threads_num", "empty_cache", "feature_list", "launch_blocking",
           "max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved", "memory_stats",
           "memory_summary", "ms_memory_recycle", "reset_max_memory_allocated", "reset_max_memory_reserved",
           "reset_peak_memory_stats", "set_cpu_affinity", "set_cur_stream", "set_kernel_launch_capture",
           "set_kernel_launch_group", "set_memory", "synchronize"]
__dir__ = public_names(__name__)

_NAMES = ("CUDA CUDNN NCCL CUDA_RTC TENSORRT CPU_SSE CPU_SSE2 CPU_SSE3 CPU_SSE4_1 CPU_SSE4_2 CPU_SSE4A CPU_AVX "
          "CPU_AVX2 OPENMP SSE F16C JEMALLOC BLAS_OPEN BLAS_ATLAS BLAS_MKL BLAS_APPLE LAPACK MKLDNN OPENCV CAFFE "
          "PROFILER DIST_KVSTORE CXX14 INT64_TENSOR_SIZE SIGNAL_HANDLER DEBUG TVM_OP XLA").split()


class Feature:
    """A feature by name, and whether it is there."""

    __slots__ = ("_name", "_enabled")

    def __init__(self, name: str, enabled: bool) -> None:
        self._name, self._enabled = name, enabled

    @property
    def name(self) -> str:
        return self._name

    @property
    def enabled(self) -> bool:
        return self._enabled

    def __repr__(self) -> str:
        return f"{'✔' if self.enabled else '✖'} {self.name}"


def _enabled(name: str) -> bool:
    if name in ("CUDA", "CUDNN"):
        return num_gpus() > 0
    if name in ("XLA", "DIST_KVSTORE"):  # processes communicate through jax
        return importlib.util.find_spec("jax") is not None
    return name in ("LAPACK", "INT64_TENSOR_SIZE")


def feature_list() -> list[Feature]:
    """All features that MXNet names, and XLA."""
    return [Feature(name, _enabled(name)) for name in _NAMES]


class Features(OrderedDict):
    """The features by name.

    >>> Features().is_enabled("LAPACK"), Features().is_enabled("TENSORRT")
    (True, False)
    """

    instance: Features | None = None

    def __new__(cls) -> Features:
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self) -> None:
        super().__init__((f.name, f) for f in feature_list())

    def is_enabled(self, feature_name: str) -> bool:
        """Whether a feature is there; RuntimeError for a name that is no feature."""
        name = feature_name.upper()
        if name not in self:
            raise RuntimeError(f"Feature '{name}' is unknown, known features are: {list(self)}")
        return self[name].enabled

    def __repr__(self) -> str:
        return str(list(self.values()))


def _of_type(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind) or kind is int and isinstance(value, bool):
        raise DTypeError(f"The parameter '{name}' must be {kind}, but got {type(value)}")


def launch_blocking() -> None:
    """Nothing: on a CPU each operator is done when its call returns; errors of a GPU come where values are read."""


def ms_memory_recycle() -> None:
    """``empty_cache``."""
    empty_cache()


def dispatch_threads_num(threads_num: int) -> None:
    """Nothing but a check: operators are started by the thread that calls them."""
    _of_type("threads_num", threads_num, int)
    if threads_num < 1:
        raise ArgumentError(f"The parameter 'threads_num' must be 1 or more, but got {threads_num}")


def set_cpu_affinity(enable_affinity: bool, affinity: dict | None = None) -> None:
    """Nothing but a check: threads run where the system puts them; ``taskset`` keeps a process on some cores."""
    _of_type("enable_affinity", enable_affinity, bool)
    if affinity is not None:
        _of_type("affinity", affinity, dict)


def set_kernel_launch_group(thread_num: int = 2, kernel_group_num: int = 8) -> None:
    """Nothing but a check."""
    _of_type("thread_num", thread_num, int)
    _of_type("kernel_group_num", kernel_group_num, int)


def set_kernel_launch_capture(enable_capture_graph: bool, op_capture_skip: list | None = None) -> None:
    """Nothing but a check."""
    _of_type("enable_capture_graph", enable_capture_graph, bool)


def set_memory(init_size: str = "2GB", increase_size: str = "2GB", max_size: str = "1024GB",
               optimize_level: str = "O0", huge_page_reserve_size: str = "0GB") -> None:
    """Nothing but a check: memory is taken as it is needed; XLA_PYTHON_CLIENT_MEM_FRACTION bounds what JAX takes of a
    GPU."""
    sizes = {"init_size": init_size, "increase_size": increase_size, "max_size": max_size,
             "huge_page_reserve_size": huge_page_reserve_size}
    for name, value in sizes.items():
        _of_type(name, value, str)
        if not re.fullmatch(r"\d+(\.\d+)?GB", value):
            raise ArgumentError(f"The parameter '{name}' must be a size such as '2GB', but got {value!r}")
    _of_type("optimize_level", optimize_level, str)
    if optimize_level not in ("O0", "O1"):
        raise ArgumentError(f"The parameter 'optimize_level' must be one of ['O0', 'O1'], but got {optimize_level!r}")


_REFUSED = ("MemPool PluggableAllocator StreamLimitCtx get_device_limit get_stream_limit "
            "memory_replay reset_stream_limit set_device_limit set_stream_limit use_mem_pool").split()
__getattr__ = refusing("luojia.runtime", "JAX orders its work and keeps its memory by itself; its own variable "
                       "XLA_PYTHON_CLIENT_MEM_FRACTION bounds what it takes of a GPU.", _REFUSED)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("event", "executor", "memory", "stream")))

open_paths(sys.modules[__name__])
