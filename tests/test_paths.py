"""The import paths that programs for MindSpore and MXNet use, and modules that refuse by name."""

from __future__ import annotations

import importlib

import pytest

import luojia
from luojia import communication
from luojia._src.errors import NotSupportedError

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
io.io:DataBatch image.image:ImageIter rnn.rnn:LSTMCell contrib.amp.amp:init numpy_extension:softmax
gluon.contrib.nn.basic_layers:Concurrent gluon.contrib.rnn.rnn_cell:LSTMPCell kvstore.kvstore:KVStore
kvstore.base:create gluon.contrib.rnn.conv_rnn_cell:Conv2DLSTMCell gluon.contrib.cnn.conv_layers:DeformableConvolution
train.callback:LossMonitor train.callback._loss_monitor:LossMonitor train.metrics:Accuracy train.model:Model
""".split()


@pytest.mark.parametrize("path", PATHS)
def test_names_are_found_where_programs_import_them(path):
    module, name = path.split(":")
    assert getattr(importlib.import_module(f"luojia.{module}"), name) is not None


@pytest.mark.parametrize("module", ["hub", "contrib"])
def test_what_is_not_provided_refuses_by_name(module):
    with pytest.raises(NotSupportedError, match=f"luojia.{module}.Nope is not provided; "):
        _ = getattr(luojia, module).Nope
    assert not hasattr(getattr(luojia, module), "__nope__")


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
    with pytest.raises(NotImplementedError, match=r"luojia\.contrib\.onnx is not provided; export the graph"):
        _ = luojia.contrib.onnx
