"""luojia: a deep-learning framework of functional gradients, under MindSpore's and MXNet's names.

Names are loaded at first use, so that ``import luojia`` is quick and loads neither jax nor scipy.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from ._src.errors import AbsentName
from ._src.paths import public_names
from .version import __version__ as __version__

_MODULES = (
    # both doors
    "compat", "context", "log", "random", "numpy", "data", "profiler",
    # the MindSpore door
    "nn", "ops", "mint", "scipy", "common", "train", "dataset", "amp", "parallel", "communication",
    "boost", "hub", "mindrecord", "hal", "device_context", "device_manager", "experimental",
    "utils", "_checkparam", "version",
    # the MXNet door
    "autograd", "base", "callback", "gluon", "image", "init", "initializer", "io", "kvstore", "lr_scheduler", "metric",
    "mod", "model", "module", "monitor", "name", "ndarray", "np", "npx", "operator", "optimizer", "recordio", "symbol",
    "test_utils", "util", "visualization", "attribute", "engine", "executor", "runtime", "rnn",
    "contrib", "error", "executor_manager", "libinfo", "library", "misc", "onnx",
)
_NAMES = {
    name: module
    for module, names in {
        "_src.ops": "Tensor Parameter ParameterTuple",  # not from core: the operators give a Tensor its methods
        "_src.engine.devices": "Context cpu gpu cpu_pinned num_gpus current_context",
        "_src.errors": "MXNetError",
        "context": "set_context get_context GRAPH_MODE PYNATIVE_MODE set_auto_parallel_context "
                   "reset_auto_parallel_context get_auto_parallel_context ParallelMode set_device STRICT "
                   "COMPATIBLE LAX get_current_device set_deterministic set_recursion_limit set_ps_context "
                   "get_ps_context reset_ps_context",
        "log": "get_level get_log_config",
        "runtime": "Event Stream StreamCtx communication_stream current_stream default_stream dispatch_threads_num "
                   "launch_blocking ms_memory_recycle set_cpu_affinity set_cur_stream set_kernel_launch_capture "
                   "set_kernel_launch_group set_memory empty_cache max_memory_allocated max_memory_reserved "
                   "memory_allocated memory_reserved memory_stats memory_summary reset_max_memory_allocated "
                   "reset_max_memory_reserved reset_peak_memory_stats synchronize",
        "common": "dtype dtype_to_nptype dtype_to_pytype pytype_to_dtype issubclass_ set_seed get_seed jit "
                  "ms_function ms_class jit_class mutable COOTensor CSRTensor RowTensor SparseTensor tensor is_tensor "
                  "from_numpy frombuffer get_py_obj_dtype Symbol JitConfig _Function run_check lazy_inline no_inline "
                  "saved_tensors_hooks register_saved_tensors_hooks "
                  "Generator enable_dynamic default_generator manual_seed initial_seed get_rng_state set_rng_state",
        "common.generator": "seed",
        "parallel": "get_algo_parameters reset_algo_parameters set_algo_parameters build_searched_strategy "
                    "convert_checkpoint_by_rank convert_checkpoints load_distributed_checkpoint "
                    "load_segmented_checkpoints merge_pipeline_strategys rank_list_for_convert "
                    "rank_list_for_transform restore_group_info_list transform_checkpoint_by_rank "
                    "transform_checkpoints unified_safetensors Layout shard",
        "utils": "from_dlpack to_dlpack",
        "mindrecord": "Cifar100ToMR Cifar10ToMR CsvToMR FAILED FileReader FileWriter ImageNetToMR MindPage MnistToMR "
                      "SUCCESS TFRecordToMR",
        "profiler": "Profiler",
        "common.dtype": "bool int float float_ int_ number tensor_type type_none uint list_ tuple_ half single double "
                        "byte short intc long intp ubyte ushort uintc uintp cfloat cdouble",
        "train": "async_ckpt_thread_status ckpt_to_safetensors safetensors_to_ckpt Model load_checkpoint "
                 "save_checkpoint load_param_into_net export load load_checkpoint_async merge_sliced_parameter "
                 "LossMonitor TimeMonitor OnRequestExit Callback ModelCheckpoint CheckpointConfig RunContext "
                 "DatasetHelper "
                 "FixedLossScaleManager DynamicLossScaleManager LossScaleManager SummaryCollector SummaryRecord "
                 "build_train_network connect_network_with_dataset auto_mixed_precision EarlyStopping History "
                 "LambdaCallback LearningRateScheduler ReduceLROnPlateau BackupAndRestore Metric Accuracy Loss MAE "
                 "MSE F1 Fbeta Precision Recall ROC auc Top1CategoricalAccuracy Top5CategoricalAccuracy "
                 "TopKCategoricalAccuracy Perplexity CosineSimilarity Dice HausdorffDistance ConfusionMatrix "
                 "ConfusionMatrixMetric BleuScore MeanSurfaceDistance OcclusionSensitivity RootMeanSquareDistance "
                 "get_metric_fn",
        "ops": "grad get_grad value_and_grad vmap jacfwd jacrev vjp jvp constexpr recompute",
        "train.data_sink": "data_sink",
        "attribute": "AttrScope",
        "util": "is_np_array is_np_shape np_array np_shape set_np_shape use_np use_np_array use_np_shape",
        "nn": "Module",
    }.items()
    for name in names.split()
}
_DTYPES = ("bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 bfloat16 complex64 "
           "complex128 string").split()
_ALIASES = {"nd": "ndarray", "sym": "symbol", "kv": "kvstore", "viz": "visualization", "mon": "monitor",
            "numpy_extension": "npx", "img": "image", "sched": "lr_scheduler", "rnd": "random"}


_REFUSED = {
    "th": "call PyTorch yourself, and share arrays with nd.from_dlpack",
    "torch": "call PyTorch yourself, and share arrays with nd.from_dlpack",
    **dict.fromkeys("parameter_broadcast reshard "
                    "sync_pipeline_shared_parameters".split(),
                    "models are not cut over devices; for data parallel training there are set_auto_parallel_context "
                    "and luojia.parallel.Mesh"),
    "set_op_strategy_config": "models are not cut over devices; leave the call out",
    **dict.fromkeys("load_mindir save_mindir export_split_mindir obfuscate_model".split(),
                    "there are no MindIR files here; use export and load, or save_checkpoint"),
    "parse_print": "ops.Print writes to the standard output alone; redirect that, or save Tensors with ops.tensordump",
    "get_ckpt_path_with_strategy": "checkpoints are whole on each machine; name the file to load_checkpoint",
    **dict.fromkeys("register_custom_backend register_custom_pass rearrange_inputs ArgType PatternEngine".split(),
                    "networks run as they are written, or compiled by XLA"),
    **dict.fromkeys("get_offload_context set_offload_context mindio_preload set_mindio_server_info".split(),
                    "arrays stay on their device, and files are read at once; leave the call out"),
    **dict.fromkeys("float8_e4m3fn float8_e5m2 hifloat8 qint4x2".split(),
                    "luojia computes in float16, bfloat16 and wider; integers of 8 bits are contrib.quantization's"),
    "UntypedStorage": "an array's bytes are those of asnumpy()",
    **dict.fromkeys("FlopsUtilizationCollector TrainFaultTolerance".split(),
                    "write a Callback of your own; BackupAndRestore and ModelCheckpoint let a training go on"),
    **dict.fromkeys("obfuscate_ckpt load_obf_params_into_net set_enc_key set_enc_mode set_dec_mode".split(),
                    "luojia reads and writes files in the clear"),
    **dict.fromkeys("StreamLimitCtx get_device_limit get_stream_limit reset_stream_limit set_device_limit "
                    "set_stream_limit MemPool PluggableAllocator memory_replay use_mem_pool".split(),
                    "JAX keeps the memory and the cores of devices by itself; set_context(runtime_num_threads=...) "
                    "bounds the threads of a CPU"),
    **dict.fromkeys("comm_exec_order_check dryrun get_sdc_detect_result runtime_execution_order_check sdc_detect_start "
                    "sdc_detect_stop stress_detect TFTCommValue".split(), "it watches Ascend devices"),
    **dict.fromkeys("Node NodeType ScopedValue SymbolTree".split(), "change networks in Python, by their attributes"),
    "SummaryLandscape": "luojia draws no landscapes of losses; record the losses with SummaryCollector",
    "flops_collection": "count them of the layers' shapes, or time the program with luojia.profiler",
    "set_dump": "call register_forward_hook of the networks whose outputs you want",
    **dict.fromkeys(("ConvertNetUtils", "ConvertModelUtils"),
                    "there is no second-order optimizer; train with Model and nn.Adam or nn.Lamb"),
    "QuantDtype": "networks are put into integers by contrib.quantization",
}


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise importlib.import_module("._src.errors", __name__).RefusedName(
            f"luojia.{name} is not supported: {_REFUSED[name]}.")
    if name in _ALIASES:
        found = importlib.import_module(f".{_ALIASES[name]}", __name__)
    elif name in _NAMES:
        found = getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
    elif name in _MODULES:
        found = importlib.import_module(f".{name}", __name__)
    elif name in _DTYPES:
        found = getattr(importlib.import_module("._src.core.dtypes", __name__), name)
    else:
        found = importlib.import_module("._src.path_modules", __name__).child(__name__, name)
        if found is None:
            raise AbsentName("luojia", name)
    globals()[name] = found
    return found


__dir__ = public_names(__name__, lambda: (*_MODULES, *_NAMES, *_ALIASES, *_DTYPES))


class _Paths:
    """Finds modules that no file holds, after all others: import paths of the originals."""

    @staticmethod
    def find_spec(fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.startswith(f"{__name__}."):
            return importlib.import_module("._src.path_modules", __name__).spec(fullname)
        return None


sys.meta_path.append(_Paths)  # pyright: ignore[reportArgumentType] - a class with find_spec is enough
