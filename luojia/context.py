"""Devices (MXNet's contexts) and the execution context (MindSpore's ``set_context``).

``Context``, ``cpu``, ``gpu``, ``cpu_pinned``, ``num_gpus``, ``gpu_memory_info`` and ``current_context`` are MXNet's;
``set_context``, ``get_context``, the two modes and the ``*_auto_parallel_context`` functions are MindSpore's.
"""

from __future__ import annotations

import os
from typing import Any

from ._src.core.compiled import Mode
from ._src.core.mesh import Mesh, set_default_mesh
from ._src.engine import threads
from ._src.engine.devices import (
    ENGINES,
    Context,
    cpu,
    cpu_engine_name,
    cpu_pinned,
    current_context,
    gpu,
    num_gpus,
    set_cpu_engine,
    set_default_device,
)
from ._src.engine.group import place
from ._src.engine.memory import counted
from ._src.errors import ArgumentError, DeviceError, DTypeError, nearest
from ._src.paths import public_names

GRAPH_MODE = 0
PYNATIVE_MODE = 1
_TARGETS = ("CPU", "GPU", "Ascend", "Davinci")
_LARGEST_ID = 4095
STRICT, COMPATIBLE, LAX = 0, 1, 2  # for the key jit_syntax_level
RELEASE, DEBUG = 0, 1  # for the key debug_level


def gpu_memory_info(device_id: int = 0) -> tuple[int, int]:
    """Free and total memory of GPU ``device_id`` in bytes: the driver's answer, or JAX's where there is no nvidia-smi.

    JAX takes most of a GPU's memory at its first use, which the driver then calls taken; what arrays take of that is
    ``luojia.runtime.memory_stats()``.

    Raises:
        DeviceError: an MXNetError: the GPU is not there.
    """
    import subprocess

    device = gpu(device_id)
    device.engine  # noqa: B018 - raises where the device is missing
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")  # of these JAX's numbers count
    name = visible[device_id].strip() if device_id < len(visible) and visible[device_id].strip() else str(device_id)
    try:
        report = subprocess.run(
            ["nvidia-smi", f"--id={name}", "--query-gpu=memory.free,memory.total",
             "--format=csv,noheader,nounits"],
            capture_output=True, text=True, check=True, timeout=30,
        ).stdout
        free, total = (int(n) << 20 for n in report.split(","))
    except (OSError, ValueError, subprocess.SubprocessError) as e:
        found = counted(device)
        if "bytes_limit" not in found:
            raise DeviceError(f"gpu_memory_info: neither nvidia-smi ({e}) nor JAX knows the memory of {device}.") from e
        return found["bytes_limit"] - found.get("bytes_in_use", 0), found["bytes_limit"]
    return free, total


# -- MindSpore's execution context -------------------------------------------------------------------------------------

_DEFAULTS: dict[str, Any] = {
    "engine": "numpy",
    "mode": PYNATIVE_MODE, "device_target": "CPU", "device_id": 0, "max_call_depth": 1000, "save_graphs": False,
    "save_graphs_path": ".", "enable_graph_kernel": False, "graph_kernel_flags": "", "max_device_memory": "1024GB",
    "variable_memory_max_size": "0GB", "enable_sparse": False, "precompile_only": False, "env_config_path": "",
    "pynative_synchronize": False, "runtime_num_threads": 30, "deterministic": "OFF", "enable_compile_cache": None,
    "compile_cache_path": "", "grad_for_scalar": False, "check_bprop": False, "reserve_class_name_in_scope": True,
    "enable_dump": False, "save_dump_path": "", "print_file_path": "", "enable_reduce_precision": True,
    "enable_profiling": False, "profiling_options": "", "mempool_block_size": "1GB", "memory_optimize_level": "O0",
    "auto_tune_mode": "NO_TUNE", "inter_op_parallel_num": 0, "disable_format_transform": False,
    "support_binary": False, "jit_syntax_level": 2, "enable_auto_mixed_precision": False, "enable_task_sink": True,
    "enable_mem_reuse": True, "enable_loop_sink": True, "device_num": 1, "op_timeout": 900, "mem_offload": "OFF",
    "memory_offload": "OFF", "jit_config": {}, "ascend_config": {}, "gpu_config": {}, "exec_order": "bfs",
    "aoe_tune_mode": "", "aoe_config": {}, "debug_level": RELEASE, "jit_enable_inplace_ops": True,
    "jit_level": "", "hccl_watchdog": True,
}
_settings = dict(_DEFAULTS)
_CHOICES: dict[str, Any] = {
    "deterministic": ("ON", "OFF"), "memory_optimize_level": ("O0", "O1"), "mem_offload": ("ON", "OFF"),
    "memory_offload": ("ON", "OFF"), "jit_syntax_level": (STRICT, COMPATIBLE, LAX),
    "aoe_tune_mode": ("online", "offline"), "debug_level": (RELEASE, DEBUG), "exec_order": ("bfs", "dfs"),
}
# Keys whose default does not tell their type.
_TYPES: dict[str, tuple] = {"save_graphs": (bool, int), "enable_compile_cache": (bool, str)}
_LOOK_UP = "For detailed usage of '{}', please refer to the Mindspore official website."


def set_context(**kwargs: Any) -> None:
    """Set how programs run.

    Args:
        mode: ``GRAPH_MODE`` (0, compiled) or ``PYNATIVE_MODE`` (1, eager).
        device_target: 'CPU' or 'GPU': the default device of new Tensors.
        device_id: the number of the GPU, in [0, 4095].
        engine: what the CPU computes with, 'numpy', 'xla', or 'auto', which keeps the faster of both for a compiled
            training step; to be said before the first Tensor is made. luojia's own.
        save_graphs: 1, 2 or True: write each program that is compiled as text to a file in ``save_graphs_path``; 3: and
            in graphviz's language. On the NumPy engine nothing is compiled.
        runtime_num_threads: on how many threads the NumPy engine computes, at most the cores that the process may use;
            0 for as many as OMP_NUM_THREADS or BLAS says, as where nothing is set.
        others: MindSpore's other keys are kept and given back by ``get_context``; they change nothing.

    Raises:
        ArgumentError: a ValueError: an unknown key, or a value outside what it accepts.
        DTypeError: a TypeError: a value of another type.
        DeviceError: a ValueError and RuntimeError: a device that is not there. After an error nothing has changed.

    >>> from luojia import get_context, set_context
    >>> set_context(mode=luojia.GRAPH_MODE)
    >>> get_context("mode") == luojia.GRAPH_MODE
    True
    >>> set_context(mode=luojia.PYNATIVE_MODE)
    """
    for key, value in kwargs.items():
        _check(key, value)
    if "engine" in kwargs:
        set_cpu_engine(kwargs["engine"])
    new = {**_settings, **kwargs}
    if "device_target" in kwargs or "device_id" in kwargs:
        device = _device_of(new["device_target"], new["device_id"])
        set_default_device(device)
    if "runtime_num_threads" in kwargs:
        threads.use(kwargs["runtime_num_threads"])
    _settings.update(kwargs)
    Mode.graph = _settings["mode"] == GRAPH_MODE
    saves = _settings["save_graphs"]
    Mode.save_graphs, Mode.save_graphs_path = 2 if saves is True else int(saves), _settings["save_graphs_path"]


def _check(key: str, value: Any) -> None:
    if key not in _DEFAULTS:
        raise ArgumentError(f"For 'context.set_context', the keyword argument {key} is not recognized! "
                            + _LOOK_UP.format("set_context").rstrip(".") + nearest(key, _DEFAULTS))
    if key == "mode" and value is None:
        raise _bad_mode(value)
    default = _DEFAULTS[key]
    types = _TYPES.get(key, (type(default),))
    if not isinstance(value, types) or isinstance(value, bool) and bool not in types:
        expected = types[0] if len(types) == 1 else types
        raise DTypeError(f"The parameter '{key}' must be {expected}, but got {type(value)}"
                         + "; give GRAPH_MODE or PYNATIVE_MODE." * (key == "mode"))
    if key == "mode" and value not in (GRAPH_MODE, PYNATIVE_MODE):
        raise _bad_mode(value)
    if key == "engine" and value not in ENGINES:
        raise ArgumentError("For 'context.set_context', the argument 'engine' must be 'numpy', 'xla' or 'auto', but "
                            f"got {value!r}.")
    if value not in _CHOICES.get(key, (value,)):
        raise ArgumentError(f"For 'context.set_context', the argument '{key}' must be one of {list(_CHOICES[key])}, "
                            f"but got {value}.")
    if key == "save_graphs" and not 0 <= int(value) <= 3:
        raise ArgumentError(f"value for save_graphs should be 0-3 but got '{value}'")
    if key in ("runtime_num_threads", "inter_op_parallel_num") and int(value) < 0:
        raise ArgumentError(f"For 'context.set_context', the argument '{key}' must be >= 0, but got {value}.")
    if key == "device_target" and value not in _TARGETS:
        raise ArgumentError(f"For 'context.set_context', the argument 'device_target' must be one of {list(_TARGETS)}, "
                            f"but got {value}.")
    if key == "device_id" and not 0 <= int(value) <= _LARGEST_ID:
        raise ArgumentError(f"For 'context.set_context', the argument 'device_id' must be in range [0, {_LARGEST_ID}], "
                            f"but got {value}.")
    _check_more(key, value)


def _check_more(key: str, value: Any) -> None:
    if key == "jit_config" and value.get("jit_level", "O0") not in ("", "O0", "O1", "O2"):
        raise ArgumentError("For 'jit_config', the value of argument jit_level must be one of ['O0', 'O1', 'O2'], but "
                            f"got {value['jit_level']}.")
    if key == "env_config_path" and value and not os.path.exists(value):
        raise ArgumentError(f"For 'context.set_context', the 'env_config_path' file '{os.path.realpath(value)}' does "
                            "not exist; check whether 'env_config_path' is correct.")
    if key == "op_timeout" and int(value) < 0:
        raise ArgumentError(f"The num of op exe timeout must be bigger than or equal to 0, but got {value}.")
    if key == "max_call_depth" and int(value) <= 0:
        raise ArgumentError(f"For 'context.set_context', the argument 'max_call_depth' must be greater than 0, but got "
                            f"{value}.")


def _bad_mode(value: Any) -> ArgumentError:
    return ArgumentError("For 'context.set_context', the argument 'mode' should be context.GRAPH_MODE (0) or "
                         f"context.PYNATIVE_MODE (1), but got {value}.")


def _device_of(target: str, device_id: int) -> Context:
    if target == "CPU":
        return cpu(0)
    if target != "GPU":
        raise DeviceError(f"Unsupported device target {target}. luojia computes on 'CPU', and on 'GPU' with "
                          "luojia[xla]; set device_target to one of them.")
    device = gpu(device_id)
    try:
        device.engine  # noqa: B018 - raises where the device is missing
    except DeviceError as e:
        raise DeviceError(f"Unsupported device target GPU. {e}") from None
    return device


def _as_it_is(value: Any) -> Any:
    return value


# What ``get_context`` makes of the value that was set.
_TOLD: dict[str, Any] = {
    "save_graphs": lambda level: 2 if level is True else int(level), "save_graphs_path": os.path.abspath,
    "memory_optimize_level": lambda level: int(level[1:]), "mempool_block_size": lambda size: float(size[:-2]),
    "max_device_memory": lambda size: float(size[:-2]),
}


def get_context(attr_key: str) -> Any:
    """The value that ``set_context`` gave a key, or its default.

    >>> from luojia import get_context
    >>> get_context("device_target")
    'CPU'
    """
    if not isinstance(attr_key, str):
        raise DTypeError(f"attribute name must be string, not '{type(attr_key).__name__}'")
    if attr_key not in _settings:
        raise ArgumentError(f"For 'context.get_context', the argument {attr_key} is not recognized! "
                            + _LOOK_UP.format("get_context"))
    if attr_key == "engine":
        return cpu_engine_name()
    value = _settings[attr_key]
    return _TOLD.get(attr_key, _as_it_is)(value)


def set_device(device_target: str, device_id: int | None = None) -> None:
    """Make a device the default of new Tensors: ``set_device('GPU', 0)``."""
    set_context(device_target=device_target, device_id=device_id or 0)


class DeviceInfo(tuple):
    """A device as (kind, number)."""

    device_target = property(lambda self: self[0], doc="'CPU' or 'GPU'.")
    device_id = property(lambda self: self[1], doc="Its number.")


def get_current_device() -> DeviceInfo:
    """The default device: its kind and number.

    >>> get_current_device()
    ('CPU', 0)
    >>> get_current_device().device_target
    'CPU'
    """
    device = current_context()
    return DeviceInfo((device.device_type.upper(), device.device_id))


def set_deterministic(deterministic: bool) -> None:
    """``set_context(deterministic="ON")`` or ``"OFF"``: kept; computations repeat themselves anyway."""
    if not isinstance(deterministic, bool):
        raise DTypeError(f"The parameter 'deterministic' must be {bool}, but got {type(deterministic)}")
    set_context(deterministic="ON" if deterministic else "OFF")


def set_recursion_limit(recursion_limit: int = 1000) -> None:
    """``set_context(max_call_depth=recursion_limit)``."""
    set_context(max_call_depth=recursion_limit)


_PS: dict[str, Any] = {"enable_ps": False, "config_file_path": "", "enable_ssl": False}
_ps = dict(_PS)


def set_ps_context(**kwargs: Any) -> None:
    """Keep the settings of MindSpore's parameter server, which must stay off.

    Raises:
        ArgumentError: a ValueError: an unknown key, or ``enable_ps=True``.
    """
    for key, value in kwargs.items():
        if key not in _PS and key != "client_password":
            raise ArgumentError(f"Set PS context keyword {key} is not recognized!")
        if key == "enable_ps" and value:
            raise ArgumentError("set_ps_context: there is no parameter server; leave enable_ps off and train in "
                                "DATA_PARALLEL mode.")
    _ps.update(kwargs)


def get_ps_context(attr_key: str) -> Any:
    """A setting of ``set_ps_context``, or its default."""
    if attr_key not in _ps:
        raise ArgumentError(f"Get PS context keyword {attr_key} is not recognized!")
    return _ps[attr_key]


def reset_ps_context() -> None:
    """Give the settings of ``set_ps_context`` their defaults again."""
    _ps.clear()
    _ps.update(_PS)


# -- parallel settings -------------------------------------------------------------------------------------------------


class ParallelMode:
    """The names of MindSpore's parallel modes."""

    STAND_ALONE = "stand_alone"
    DATA_PARALLEL = "data_parallel"
    HYBRID_PARALLEL = "hybrid_parallel"
    SEMI_AUTO_PARALLEL = "semi_auto_parallel"
    AUTO_PARALLEL = "auto_parallel"
    MODE_LIST = [STAND_ALONE, DATA_PARALLEL, HYBRID_PARALLEL, SEMI_AUTO_PARALLEL, AUTO_PARALLEL]  # noqa: RUF012


_SEARCHES = ("recursive_programming", "dynamic_programming", "sharding_propagation")
_PARALLEL_CHOICES: dict[str, Any] = {
    "auto_parallel_search_mode": _SEARCHES, "search_mode": _SEARCHES,
    "communi_parallel_mode": ("all_group_parallel", "same_server_group_parallel", "no_group_parallel"),
}
_FUSED = ("allreduce", "allgather", "reducescatter")
_PARALLEL: dict[str, Any] = {
    "parallel_mode": ParallelMode.STAND_ALONE, "device_num": 1, "global_rank": 0, "gradients_mean": False,
    "gradient_fp32_sync": True, "loss_repeated_mean": True, "parameter_broadcast": False,
    "strategy_ckpt_load_file": "", "strategy_ckpt_save_file": "", "full_batch": False,
    "dataset_strategy": [], "enable_parallel_optimizer": False, "all_reduce_fusion_config": [],
    "auto_parallel_search_mode": "recursive_programming", "search_mode": "recursive_programming",
    "pipeline_stages": 1, "enable_alltoall": False, "communi_parallel_mode": "all_group_parallel",
    "comm_fusion": {"openstate": True, **{kind: {"mode": "auto", "config": None} for kind in _FUSED}},
    "parallel_optimizer_config": {}, "grad_accumulation_step": 1, "dump_local_norm": False,
    "strategy_ckpt_config": {"load_file": "", "save_file": "", "only_trainable_params": True},
    "optimizer_weight_shard_size": -1, "optimizer_weight_shard_aggregated_save": False, "sharding_propagation": False,
    "parameter_broadcast_config": {}, "pipeline_result_broadcast": False,
    "auto_parallel_new_interface": False,
}
_parallel = dict(_PARALLEL)
_asked: dict[str, int] = {}  # 'device_num', where it was set


def set_auto_parallel_context(**kwargs: Any) -> None:
    """Set how training is spread over devices.

    Args:
        parallel_mode: 'data_parallel' has compiled calls (GRAPH_MODE, ``jit``) on the XLA engine run on several devices
            of this process, as inside ``with luojia.parallel.Mesh(device_num):``. In a job of several processes
            (``luojia launch``) it has training cells join the gradients of all. The other modes are kept only.
        device_num: how many devices; all there are where it is not set.
        others: kept, for ``get_auto_parallel_context``. Gradients are those of the whole batch, which is what
            ``gradients_mean=True`` asks for.

    Raises:
        ArgumentError: a ValueError: an unknown key, or a value outside what it accepts.
        DTypeError: a TypeError: a value of another type.
        DeviceError: a ValueError and RuntimeError: there are fewer than ``device_num`` devices. After an error nothing
            has changed.
    """
    for key, value in kwargs.items():
        if key not in _PARALLEL:
            raise ArgumentError(f"Set context keyword {key} is not recognized!")
        if key == "parallel_mode" and not isinstance(value, str):
            raise DTypeError(f"The parameter 'parallel_mode' must be {str}, but got {type(value)}")
        if key == "parallel_mode" and value not in ParallelMode.MODE_LIST:
            names = ", ".join(map(repr, ParallelMode.MODE_LIST[:-1]))
            raise ArgumentError(f"The context configuration parameter 'parallel_mode' only support {names} and "
                                f"'auto_parallel', but got the value : {value}.")
        _check_parallel(key, value)
        default = _PARALLEL[key]
        if isinstance(default, (bool, int)) and type(value) is not type(default):
            raise DTypeError(f"The parameter '{key}' must be {type(default)}, but got {type(value)}")
        if key == "global_rank" and not 0 <= int(value) <= _LARGEST_ID:
            raise ArgumentError(f"The context configuration parameter 'global_rank' must be in [0, {_LARGEST_ID}], but "
                                f"got the value of global_rank : {value}.")
        if key in ("device_num", "pipeline_stages") and int(value) <= 0:
            raise ArgumentError(f"The context configuration parameter '{key}' must be a positive integer, but got the "
                                f"value of {key} : {value}.")
    if kwargs.keys() & {"parallel_mode", "device_num"}:
        count = kwargs.get("device_num", _asked.get("device_num"))
        ranks = place().size
        if ranks > 1 and count not in (None, ranks):
            raise ArgumentError(f"The context configuration parameter 'device_num' must be {ranks}, as this job has so "
                                f"many processes with one device each, but got {count}; leave it out.")
        if kwargs.get("parallel_mode", _parallel["parallel_mode"]) != ParallelMode.DATA_PARALLEL or count == 1:
            set_default_mesh(None)
        elif ranks > 1:
            set_default_mesh(None)  # each process computes its part, and nn.DistributedGradReducer joins them
        elif count is not None and cpu_engine_name() == "xla":
            set_default_mesh(Mesh(count))
        else:
            set_default_mesh(lambda: _mesh_of(count))
    if "device_num" in kwargs:
        _asked["device_num"] = kwargs["device_num"]
    for key, value in kwargs.items():
        _parallel[key] = {**_parallel[key], **value} if key in ("comm_fusion", "strategy_ckpt_config") else value
    if "dataset_strategy" in kwargs:
        given = kwargs["dataset_strategy"]
        _parallel.update(dataset_strategy=given if isinstance(given, str) else [list(part) for part in given],
                         full_batch=given == "full_batch")
    elif "full_batch" in kwargs:
        _parallel["dataset_strategy"] = "full_batch" if kwargs["full_batch"] else "data_parallel"


def _check_parallel(key: str, value: Any) -> None:
    if value not in _PARALLEL_CHOICES.get(key, (value,)):
        raise ArgumentError(f"The context configuration parameter '{key}' only support "
                            f"{list(_PARALLEL_CHOICES[key])}, but got the value: {value}.")
    if key == "comm_fusion":
        _check_fusion(value)
    if key == "strategy_ckpt_config" and (not isinstance(value, dict) or value.keys() - _PARALLEL[key].keys()):
        raise ArgumentError(f"The keys of 'strategy_ckpt_config' are {list(_PARALLEL[key])}. Unknown config: "
                            f"{sorted(set(value) - _PARALLEL[key].keys())}")
    if key == "dataset_strategy" and not isinstance(value, (str, tuple)):
        raise DTypeError("For 'set_auto_parallel_context', the argument 'dataset_strategy' must be str or tuple type, "
                         f"but got the type : {type(value)}.")
    if key == "dataset_strategy" and isinstance(value, str) and value not in ("full_batch", "data_parallel"):
        raise ArgumentError("For 'set_auto_parallel_context', the argument 'dataset_strategy' must be 'full_batch' or "
                            f"'data_parallel', but got the value : {value}.")
    if key == "all_reduce_fusion_config" and not isinstance(value, list):
        raise DTypeError(f"The parameter 'all_reduce_fusion_config' must be {list}, but got {type(value)}")


def _check_fusion(value: Any) -> None:
    """Compare a ``comm_fusion`` with what it may be; the wrong keys and modes are KeyErrors, as MindSpore's."""
    if not isinstance(value, dict):
        raise DTypeError(f"For 'comm_fusion', the config must be dict, but got the type : {type(value)}.")
    for kind, one in value.items():
        if kind not in ("openstate", *_FUSED):
            raise KeyError(f"comm fusion type must be openstate, {', '.join(_FUSED)}, but got {kind}")
        if kind == "openstate":
            continue
        if not isinstance(one, dict):
            raise DTypeError(f"For 'comm_fusion', the '{kind}' config must be dict, but got the type : {type(one)}.")
        for name in ("mode", "config"):
            if name not in one:
                raise KeyError(f"For 'comm_fusion', the key '{name}' should be contained.")
        if one["mode"] not in ("auto", "index", "size"):
            raise KeyError(f"fusion method mode must be auto, index or size, but got {one['mode']}")


def _mesh_of(count: int | None) -> Mesh | None:
    mesh = Mesh(count)
    return mesh if mesh.size > 1 else None


def get_auto_parallel_context(attr_key: str) -> Any:
    """The value that ``set_auto_parallel_context`` gave a key, or its default."""
    if attr_key not in _parallel:
        raise ArgumentError(f"Get context keyword {attr_key} is not recognized!")
    if attr_key == "device_num" and attr_key not in _asked and place().size > 1:
        return place().size
    if attr_key == "global_rank" and not _parallel[attr_key]:
        return place().rank
    return _parallel[attr_key]


def reset_auto_parallel_context() -> None:
    """Give every setting of ``set_auto_parallel_context`` its default again."""
    set_default_mesh(None)
    _asked.clear()
    _parallel.clear()
    _parallel.update(_PARALLEL)


__all__ = [
    "COMPATIBLE", "DEBUG", "GRAPH_MODE", "RELEASE", "LAX", "PYNATIVE_MODE", "STRICT", "Context", "ParallelMode",
    "cpu", "cpu_pinned", "current_context", "get_auto_parallel_context", "get_context", "get_current_device",
    "get_ps_context", "gpu", "gpu_memory_info", "num_gpus", "reset_auto_parallel_context", "reset_ps_context",
    "set_auto_parallel_context", "set_context", "set_deterministic", "set_device", "set_ps_context",
    "set_recursion_limit",
]
__dir__ = public_names(__name__)
