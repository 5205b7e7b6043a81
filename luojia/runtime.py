"""What this installation can do, under MXNet's names; the memory of devices, under those of ``mindspore.runtime``."""

from __future__ import annotations

import importlib.util
from collections import OrderedDict

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
from ._src.paths import refusing

__all__ = ["Feature", "Features", "empty_cache", "feature_list", "max_memory_allocated", "max_memory_reserved",
           "memory_allocated", "memory_reserved", "memory_stats", "memory_summary", "reset_max_memory_allocated",
           "reset_max_memory_reserved", "reset_peak_memory_stats", "synchronize"]

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


_REFUSED = ("Event MemPool PluggableAllocator Stream StreamCtx StreamLimitCtx communication_stream current_stream "
            "default_stream device_limit dispatch_threads_num get_device_limit get_stream_limit launch_blocking "
            "memory_replay reset_stream_limit set_cpu_affinity set_cur_stream set_device_limit "
            "set_kernel_launch_capture set_kernel_launch_group set_memory set_stream_limit use_mem_pool").split()
__getattr__ = refusing("luojia.runtime", "JAX orders its work and keeps its memory by itself; its own variable "
                       "XLA_PYTHON_CLIENT_MEM_FRACTION bounds what it takes of a GPU.", _REFUSED)
