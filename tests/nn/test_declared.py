"""What programs tell a network for MindSpore's compiler, and for many devices."""

import numpy as np
import pytest

from luojia import JitConfig, Tensor, float16, float32, nn, ops
from luojia.common.api import _cell_graph_executor

X = Tensor(np.ones((4, 2), np.float32))


def small():
    return nn.SequentialCell(nn.Dense(2, 3), nn.ReLU())


def test_attributes():
    net = small()
    assert (net.phase, net.cls_name, net.param_prefix, net.bprop_debug) == ("train", "SequentialCell", "", False)
    assert (net.parameter_layout_dict, net.parallel_parameter_name_list, net.compile_cache) == ({}, (), set())
    assert net.pipeline_stage is None and net.get_scope() is None and net.get_inputs() is None
    assert net.jit_config_dict == {} and net.set_jit_config(JitConfig("O1")) is None
    assert net.jit_config_dict["jit_level"] == "O1"
    assert net.set_train(False).phase == "predict" and net.get_flags()["training"] is False


def test_prefixes_and_scopes():
    net = small()
    net.update_cell_prefix()
    net.update_cell_type("abc")
    net.generate_scope()
    assert net[0].param_prefix == "0" and net.cell_type == "abc" and net[0].get_scope() == "Default/0-Dense"
    net.pipeline_stage = 1
    assert net[1].pipeline_stage == 1 and net.infer_param_pipeline_stage() == net.trainable_params()


def test_names_are_paths_again():
    net = nn.SequentialCell(nn.Dense(2, 3))
    net.update_parameters_name("head.")
    net.check_names_and_refresh_name()
    assert [p.name for p in net.get_parameters()] == ["0.weight", "0.bias"]


def test_compile_leaves_no_trace():
    net = nn.SequentialCell(nn.Dense(2, 3), nn.BatchNorm1d(3)).set_train()
    before = net[1].moving_mean.asnumpy().copy()
    net.compile(X)
    assert _cell_graph_executor.compile(net, X, phase="train") == ("train", True)
    np.testing.assert_array_equal(net[1].moving_mean.asnumpy(), before)
    with pytest.raises(ValueError, match="expects inputs of width 2"):
        net.compile(Tensor(np.ones((4, 5), np.float32)))
    assert net.compile_and_run(X).shape == (4, 3) == _cell_graph_executor(net, X).shape


def test_what_is_accepted():
    net = small()
    assert net.shard(((1, 1),)) is net and net.set_broadcast_flag() is net and net.set_boost("less_bn") is net
    for call in (net.offload, net.set_data_parallel, net.remove_redundant_parameters, net.set_param_ps):
        assert call() is None
    assert not net.auto_parallel_compile_and_run() and net.load_parameter_slice({}) is None
    net.set_inputs(X)
    assert net.get_inputs() == (X,)
    assert net.set_comm_fusion(2)[0].weight.comm_fusion == 2
    assert net.cast_inputs((X,), float16)[0].dtype is float16 and net.cast_param(net[0].weight) is net[0].weight
    net.set_mixed_precision_type(float16)
    assert net.get_mixed_precision_type() is float16 and net.cast_param(net[0].weight).dtype is float16


@pytest.mark.parametrize("call, error, message", [
    (lambda: small().set_comm_fusion(-1), ValueError, "must be int and must >= 0, but got '-1'"),
    (lambda: small().set_comm_fusion("a"), TypeError, "must be int, but got 'str'"),
    (lambda: setattr(small(), "pipeline_stage", -1), ValueError, "can not be less than 0, but got -1"),
    (lambda: setattr(small(), "pipeline_stage", "a"), TypeError, "must be int type"),
    (lambda: setattr(small(), "bprop_debug", 1), TypeError, "'bprop_debug' must be bool type"),
    (lambda: small().set_jit_config(3), AttributeError, "jit_config_dict"),
    (lambda: nn.ReLU().set_inputs(y=3), ValueError, r"by the names \['x'\], but got \['y'\]"),
    (lambda: nn.ReLU().set_inputs(3, x=3), ValueError, "but got both"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_hooks_with_keywords():
    class Scaled(nn.Cell):
        def construct(self, x, *, by=1):
            return x * by

    net, seen = Scaled(), []
    net.register_forward_pre_hook(lambda cell, args, kwargs: (args, {"by": 5}), with_kwargs=True)
    net.register_forward_hook(lambda cell, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    assert net(Tensor([1.0]), by=2).tolist() == [5.0] and seen == [{"by": 5}]
    net.register_forward_pre_hook(lambda cell, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        net(Tensor([1.0]))


def test_stages_of_parameters():
    weight = nn.Dense(1, 1).weight
    assert weight.add_pipeline_stage(1) is None
    with pytest.raises(TypeError, match="must be a positive number of int type, but got 'a'"):
        weight.add_pipeline_stage("a")


def test_inputs_of_any_size():
    x = Tensor(shape=[None, 2], dtype=float32)
    net = small()
    net.set_inputs(x)
    assert net.get_inputs() == (x,) and x.dtype is float32 and x.ndim == 2
    assert Tensor(shape=(2, 3), dtype=float32).tolist() == [[0.0] * 3] * 2


def test_hooks_of_parameters():
    net, seen = nn.Dense(1, 1, "ones", "zeros"), []
    watch = net.weight.register_hook(lambda g: seen.append(g.tolist()))
    change = net.weight.register_hook(lambda g: g * 10)
    step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.125))
    step(Tensor([[1.0]]), Tensor([[0.0]]))
    assert seen == [[[2.0]]] and float(net.weight) == 1 - 0.125 * 20
    watch.remove()
    change.remove()
    assert ops.grad(net, None, net.weight)(Tensor([[1.0]])).tolist() == [[1.0]] and len(seen) == 1
    with pytest.raises(TypeError, match="Expected a callable hook function, but got int"):
        net.weight.register_hook(3)
