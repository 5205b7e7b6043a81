"""What this installation can do, under MXNet's names."""

from __future__ import annotations

import importlib.util
from collections import OrderedDict

from ._src.engine.devices import num_gpus

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
    if name == "XLA":
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
