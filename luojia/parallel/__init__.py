"""Distributed training under MindSpore's names: the settings are kept; training runs in one process."""

from __future__ import annotations

import sys
from typing import Any

from .._src.errors import ArgumentError
from .._src.paths import also_at, refusing
from ..context import (
    ParallelMode,
    get_auto_parallel_context,
    reset_auto_parallel_context,
    set_auto_parallel_context,
)

__all__ = ["ParallelMode", "get_auto_parallel_context", "reset_auto_parallel_context", "set_algo_parameters",
           "set_auto_parallel_context"]
_ALGORITHM = ("fully_use_devices", "elementwise_op_strategy_follow", "enable_algo_approxi",
              "algo_approxi_epsilon", "tensor_slice_align_enable", "tensor_slice_align_size")
_algorithm: dict[str, Any] = {}


def set_algo_parameters(**kwargs: Any) -> None:
    """Keep settings of the search for a parallel strategy; they change nothing in one process."""
    for key in kwargs:
        if key not in _ALGORITHM:
            raise ArgumentError(f"Set context keyword {key} is not recognized!")
    _algorithm.update(kwargs)


def _get_device_num() -> int:
    return get_auto_parallel_context("device_num")


def _get_parallel_mode() -> str:
    return get_auto_parallel_context("parallel_mode")


def _get_gradients_mean() -> bool:
    return get_auto_parallel_context("gradients_mean")


also_at(sys.modules[__name__], f"{__name__}._utils", f"{__name__}._auto_parallel_context")
__getattr__ = refusing("luojia.parallel", "one process may use several devices through gluon.utils.split_and_load.")
