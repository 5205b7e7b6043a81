"""Training on several devices: MindSpore's settings, and the mesh of devices that they set up, for either door."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from .._src.core.compiled import Compiled
from .._src.core.mesh import Mesh
from .._src.errors import ArgumentError, DTypeError
from .._src.paths import also_at, open_paths, public_names, refusing
from ..context import (
    ParallelMode,
    get_auto_parallel_context,
    reset_auto_parallel_context,
    set_auto_parallel_context,
)
from ..train.serialization import merge_sliced_parameter
from . import auto_parallel
from .auto_parallel import AutoParallel, Layout, shard
from .checkpoints import (
    build_searched_strategy,
    convert_checkpoint_by_rank,
    convert_checkpoints,
    load_segmented_checkpoints,
    merge_pipeline_strategys,
    rank_list_for_convert,
    rank_list_for_transform,
    restore_group_info_list,
    transform_checkpoint_by_rank,
    transform_checkpoints,
)
from .unified import load_distributed_checkpoint, unified_safetensors

__all__ = ["AutoParallel", "Layout", "Mesh", "ParallelMode", "build_searched_strategy", "convert_checkpoint_by_rank",
           "convert_checkpoints", "data_parallel", "get_algo_parameters", "get_auto_parallel_context",
           "load_distributed_checkpoint",
           "load_segmented_checkpoints", "merge_pipeline_strategys", "merge_sliced_parameter",
           "rank_list_for_convert", "rank_list_for_transform", "reset_algo_parameters", "reset_auto_parallel_context",
           "restore_group_info_list", "set_algo_parameters", "set_auto_parallel_context", "shard",
           "transform_checkpoint_by_rank", "transform_checkpoints", "unified_safetensors"]
__dir__ = public_names(__name__)
_ALGORITHM = {"fully_use_devices": False, "elementwise_op_strategy_follow": False, "enable_algo_approxi": False,
              "algo_approxi_epsilon": 0.1, "tensor_slice_align_enable": False, "tensor_slice_align_size": 16}
_algorithm: dict[str, Any] = {}


def data_parallel(fn: Callable, devices: Any = None, batch_axis: int = 0) -> Callable:
    """``fn``, a training step or a network, compiled and spread over devices: ``jit(fn)`` in ``with Mesh(devices):``.

    Args:
        fn: a function of Tensors, or a Module.
        devices: how many, or a list of contexts; by default all there are.
        batch_axis: the axis of the samples.

    Raises:
        DeviceError: the devices are not there, or compute with NumPy.

    luojia's own; see ``Mesh``.
    """
    mesh, compiled = Mesh(devices, batch_axis), Compiled(fn)

    @functools.wraps(fn, updated=())
    def spread(*args: Any, **kwargs: Any) -> Any:
        with mesh:
            return compiled(*args, **kwargs)

    return spread


def set_algo_parameters(**kwargs: Any) -> None:
    """Keep settings of the search for a parallel strategy; they change nothing in one process."""
    for key, value in kwargs.items():
        if key not in _ALGORITHM:
            raise ArgumentError(f"Set context keyword {key} is not recognized!")
        if type(value) is not type(_ALGORITHM[key]):
            raise DTypeError(f"The parameter '{key}' must be {type(_ALGORITHM[key])}, but got {type(value)}")
    _algorithm.update(kwargs)


def get_algo_parameters(attr_key: str) -> Any:
    """The value that ``set_algo_parameters`` gave a key, or its default."""
    if attr_key not in _ALGORITHM:
        raise ArgumentError(f"Get context keyword {attr_key} is not recognized!")
    return _algorithm.get(attr_key, _ALGORITHM[attr_key])


def reset_algo_parameters() -> None:
    """Forget the settings of ``set_algo_parameters``."""
    _algorithm.clear()


def _get_device_num() -> int:
    return get_auto_parallel_context("device_num")


def _get_parallel_mode() -> str:
    return get_auto_parallel_context("parallel_mode")


def _get_gradients_mean() -> bool:
    return get_auto_parallel_context("gradients_mean")


also_at(sys.modules[__name__], f"{__name__}._utils", f"{__name__}._auto_parallel_context")
also_at(auto_parallel, f"{__name__}.shard")  # beside the function of that name, as in MindSpore
_REFUSED = "parameter_broadcast set_op_strategy_config sync_pipeline_shared_parameters".split()
__getattr__ = refusing("luojia.parallel", "models are not cut over devices; for data parallel training there are "
                       "set_auto_parallel_context and Mesh.", _REFUSED)

open_paths(sys.modules[__name__])
