"""The import paths that programs for MindSpore and MXNet use, and modules that refuse by name."""

from __future__ import annotations

import importlib

import pytest

import luojia
from luojia import communication
from luojia._src.errors import NotSupportedError
from luojia.ops import signature
from luojia.ops._primitive_cache import _get_cache_prim

PATHS = """
common.api:ms_function common.dtype:float32 common.initializer:initializer common.parameter:Parameter
common.tensor:Tensor common.jit_config:JitConfig communication.management:get_rank context:set_context
dataset.vision.c_transforms:Resize dataset.transforms.c_transforms:TypeCast dataset.engine:GeneratorDataset
dataset.engine.datasets:MindDataset dataset.engine.samplers:RandomSampler dataset.core.config:set_seed
dataset.text.utils:to_str dataset.text.transforms:Lookup mindrecord.common.exceptions:ParamTypeError
mindrecord.filewriter:FileWriter mindrecord.filereader:FileReader mindrecord.mindpage:MindPage
nn.cell:Cell nn.layer:Dense nn.layer.basic:Dense nn.layer.conv:Conv2d nn.layer.activation:ReLU
nn.layer.container:SequentialCell nn.layer.normalization:BatchNorm2d nn.layer.pooling:MaxPool2d nn.layer.rnns:LSTM
nn.loss.loss:LossBase nn.metrics:Accuracy nn.optim.optimizer:Optimizer nn.optim.momentum:Momentum
nn.wrap.cell_wrapper:TrainOneStepCell nn.wrap.loss_scale:TrainOneStepWithLossScaleCell nn.grad.cell_grad:Jvp
ops.operations:MatMul ops.operations.nn_ops:Conv2D ops.operations.math_ops:Add ops.operations.array_ops:Reshape
ops.functional:relu ops.functional:partial ops.composite:GradOperation ops.composite:clip_by_value
ops.primitive:Primitive ops.composite.base:HyperMap parallel._utils:_get_device_num train.serialization:save_checkpoint
ndarray._internal:_plus_scalar symbol._internal:_plus_scalar contrib.ndarray:box_nms contrib.symbol:box_nms
ndarray.utils:load ndarray.ndarray:zeros symbol.symbol:full np.fallback:allclose np.stride_tricks:broadcast_arrays
np.multiarray:arange gluon.nn.basic_layers:BatchNorm gluon.nn.conv_layers:MaxPool2D rnn.rnn_cell:FusedRNNCell
io.io:DataBatch image.image:ImageIter rnn.rnn:LSTMCell contrib.amp.amp:init numpy_extension:softmax
gluon.contrib.nn.basic_layers:Concurrent gluon.contrib.rnn.rnn_cell:LSTMPCell kvstore.kvstore:KVStore
kvstore.base:create gluon.contrib.rnn.conv_rnn_cell:Conv2DLSTMCell gluon.contrib.cnn.conv_layers:DeformableConvolution
nn.loss:DiceLoss nn.loss:FocalLoss nn.wrap:TimeDistributed nn.layer.thor_layer:Dense nn.sparse.sparse:SparseToDense
nn.probability.distribution.normal:Normal nn.probability.bijector.softplus:Softplus nn.optim.sgd:SGD nn.optim:Lamb
numpy.math_ops:add numpy.array_creations:arange numpy.array_ops:concatenate numpy.logic_ops:equal
dataset.engine.datasets_vision:MnistDataset dataset.engine.datasets_user_defined:GeneratorDataset
dataset.engine.datasets_text:CLUEDataset dataset.engine.datasets_standard_format:TFRecordDataset
experimental.optim.adam:Adam mint.optim.adamw:AdamW mint.distributed.distributed:all_reduce hal.event:Event
runtime.stream:Stream hal.memory:memory_stats common.recompute:recompute common.hook_handle:HookHandle
scipy.optimize.line_search:line_search train.summary.summary_record:SummaryRecord ops.signature:make_sig
ops.operations.image_ops:AdjustHue ops.operations.sparse_ops:SparseTensorDenseMatmul ops.operations.linalg_ops:Svd
ops.operations.spectral_ops:BlackmanWindow ops.function.fft_func:fft ops.auto_generate.gen_ops_prim:Add
ops._primitive_cache:_get_cache_prim device_context.cpu.op_tuning:threads_num device_context.gpu.device:is_available
device_manager:set_device ops._grad_ops:ReluGrad ops.operations._grad_ops:ReluGrad ops.composite.math_ops:dot
train.callback:LossMonitor train.callback._loss_monitor:LossMonitor train.metrics:Accuracy train.model:Model
""".split()


@pytest.mark.parametrize("path", PATHS)
def test_names_are_found_where_programs_import_them(path):
    module, name = path.split(":")
    assert getattr(importlib.import_module(f"luojia.{module}"), name) is not None


@pytest.mark.parametrize("module", ["hub"])
def test_what_is_not_provided_refuses_by_name(module):
    with pytest.raises(NotSupportedError, match=f"luojia.{module}.Nope is not provided; "):
        _ = getattr(luojia, module).Nope
    assert not hasattr(getattr(luojia, module), "__nope__")


def test_modules_find_the_names_of_their_package_and_no_others():
    assert luojia.nn.loss.DiceLoss is luojia.nn.DiceLoss
    for name in ("Nope", "rnn", "_checks"):
        with pytest.raises(AttributeError, match=f"module 'luojia.nn.loss' has no attribute '{name}'"):
            getattr(luojia.nn.loss, name)


def test_what_primitives_say_of_their_arguments():
    found = signature.make_sig("x", signature.sig_rw.RW_WRITE, dtype=signature.sig_dtype.T)
    assert (found.name, found.rw, found.dtype) == ("x", 1, 0) and signature.make_sig().name == "var"
    assert [int(s) for s in (signature.sig_kind.KIND_EMPTY_DEFAULT_VALUE, found.default,
                             signature.sig_dtype.T_EMPTY_DEFAULT_VALUE)] == [4, 4, 10]


def test_primitives_are_made_once():
    make = _get_cache_prim(luojia.ops.ReduceSum)
    assert make(True) is make(True) and make(True) is not make(False) and make(1 > 0) is make(True)
    assert make() is not make(keep_dims=True)
    with pytest.raises(TypeError):
        make(nope=1)


def test_devices_one_by_one():
    gpus, context = luojia.num_gpus(), luojia.device_context
    assert context.cpu.is_available() and context.gpu.is_available() == (gpus > 0) and not context.ascend.is_available()
    with pytest.raises(RuntimeError, match="Device_target Ascend not exist"):
        context.ascend.device_count()
    if not gpus:
        with pytest.raises(RuntimeError, match="Device_target GPU not exist"):
            context.gpu.device_count()
    with pytest.raises(NotSupportedError, match="matmul_allow_tf32 is not provided; XLA chooses"):
        _ = context.gpu.matmul_allow_tf32
    assert luojia.get_current_device().device_target in ("CPU", "GPU")


def test_the_number_of_threads_is_chosen_once(monkeypatch):
    from luojia.device_context import cpu

    chosen = []
    monkeypatch.setattr(cpu, "_chosen", [])
    monkeypatch.setattr(cpu.threads, "use", chosen.append)
    with pytest.raises(TypeError, match="'num' must be <class 'int'>, but got <class 'str'>"):
        cpu.threads_num("2")
    with pytest.raises(ValueError, match="the number of threads must be 1 or more, but got 0"):
        cpu.threads_num(0)
    cpu.threads_num(2)
    with pytest.raises(RuntimeError, match="'threads_num' can not be set repeatedly"):
        cpu.threads_num(2)
    assert chosen == [2]


def test_enable_dynamic_changes_nothing():
    assert luojia.enable_dynamic(x=luojia.Tensor(shape=[None], dtype=luojia.float32))(len) is len
    with pytest.raises(ValueError, match="name at least one argument of the function"):
        luojia.enable_dynamic()


def test_top_level_names():
    assert luojia.is_tensor(luojia.Tensor(1)) and not luojia.is_tensor(1)
    with pytest.raises(TypeError, match="For 'from_numpy', the input must be a numpy.ndarray, got list"):
        luojia.from_numpy([1])


def test_the_world_is_one_process():
    communication.init("nccl")
    assert communication.GlobalComm.WORLD_COMM_GROUP == "nccl_world_group"
    assert (communication.get_rank(), communication.get_group_size()) == (0, 1)
    communication.create_group("mine", [0])
    assert communication.get_process_group_ranks("mine") == [0] and communication.get_comm_name() == "nccl"
    assert communication.get_local_rank("mine") == 0 and communication.get_local_rank_size("mine") == 1
    assert communication.get_world_rank_from_group_rank("mine", 0) == 0
    assert communication.get_group_rank_from_world_rank(0, "mine") == 0
    communication.destroy_group("mine")
    with pytest.raises(ValueError, match="there is no group 'mine'; make it with create_group"):
        communication.get_rank("mine")
    communication.release()
    assert not communication.GlobalComm.INITED


@pytest.mark.parametrize("call, error, match", [
    (lambda: communication.init(3), TypeError, "'backend_name' must be a string"),
    (lambda: communication.init("mpi"), ValueError, "must be one of nccl, hccl, mccl, but got mpi"),
    (lambda: communication.get_rank(3), TypeError, "'group' must be a string"),
    (lambda: communication.create_group(3, [0]), TypeError, "'group' must be a string"),
    (lambda: communication.create_group("g", [0, 1]), ValueError, "different ranks, each one of the 1 that there are"),
    (lambda: communication.create_group("g", "0"), TypeError, "'rank_ids' must be a list of int"),
    (lambda: communication.create_group("nccl_world_group", [0]), ValueError, "is the name of the group of all ranks"),
    (lambda: communication.get_group_rank_from_world_rank(1, "nccl_world_group"), ValueError, "rank 1 is not in the"),
    (lambda: communication.get_world_rank_from_group_rank("nccl_world_group", 1), ValueError,
     "ranks 0 to 0, but got 1"),
])
def test_groups_refuse_what_is_not_there(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_algorithm_parameters_are_kept_or_refused():
    luojia.set_algo_parameters(fully_use_devices=True)
    with pytest.raises(ValueError, match="Set context keyword nope is not recognized!"):
        luojia.set_algo_parameters(nope=1)


def test_contrib_of_the_mxnet_door():
    import luojia.contrib

    assert luojia.contrib.nd is luojia.nd.contrib and luojia.contrib.symbol is luojia.sym.contrib
    assert luojia.contrib.onnx.export_model is luojia.onnx.export_model
