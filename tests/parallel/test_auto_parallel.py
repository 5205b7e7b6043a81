"""MindSpore's ways to say how networks are cut, on one device; answers and errors of MindSpore 2.8."""

import numpy as np
import pytest
from luojia.parallel.shard import Layout, shard

import luojia as ms
from luojia import Tensor, nn, ops, parallel
from luojia.parallel.auto_parallel import AutoParallel

X = Tensor(np.array([[1.0, -2.0]], np.float32))
LAYOUT = Layout((2, 2, 2), ("dp", "sp", "mp"))


def test_layouts():
    assert LAYOUT("dp", "mp").to_dict() == {
        "device_matrix": (2, 2, 2), "tensor_map": (2, 0), "interleaved_parallel": False,
        "alias_name": ("dp", "sp", "mp"), "rank_list": [0, 1, 2, 3, 4, 5, 6, 7]}
    assert LAYOUT(("dp", "sp"), "None").to_dict()["tensor_map"] == ((2, 1), -1)
    assert Layout((2, 2), ("a", "b"), [0, 2, 1, 3])("a", "b").to_dict()["rank_list"] == [0, 2, 1, 3]
    assert Layout((2, 2), ("a", "interleaved_parallel"))("a").to_dict()["interleaved_parallel"] is True
    assert parallel.shard is shard is ms.shard and ms.Layout is Layout


def test_what_is_sharded_runs_whole():
    assert shard(ops.relu, in_strategy=((1, 2),), out_strategy=(None,))(X).tolist() == [[1, 0]]
    net = nn.Dense(2, 1, "ones", "zeros")
    plan = {"weight": (2, 1), "bias": LAYOUT("dp")}
    assert shard(net, in_strategy=(LAYOUT("dp", "mp"),), parameter_plan=plan)(X).tolist() == [[-1]]


def test_a_network_runs_and_trains():
    inner = nn.Dense(2, 1, "ones", "zeros")
    net = AutoParallel(inner, parallel_mode="sharding_propagation")
    net.dataset_strategy("full_batch")
    net.dataset_strategy(((1, 2), LAYOUT("dp")))
    net.hsdp(2, 64, "level2")
    net.pipeline(2, True, False, "gpipe")
    net.comm_fusion({"allreduce": {"mode": "auto", "config": None}})
    net.enable_gradients_mean()
    net.save_param_strategy_file("a.ckpt")
    net.load_operator_strategy_file("/a.json")
    net.transformer_opt(None)
    assert net.get_pipeline_stages() == 2 and net.network is inner
    assert [p.name for p in net.trainable_params()] == ["weight", "bias"] and net(X).tolist() == [[-1]]
    model = ms.Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1))
    before = inner.weight.asnumpy().copy()
    data = ms.dataset.NumpySlicesDataset((X.asnumpy(), np.ones((1, 1), np.float32)), shuffle=False).batch(1)
    model.train(1, data)
    assert np.allclose(inner.weight.asnumpy() - before, [[0.4, -0.8]])
    assert AutoParallel(ops.relu)(X).tolist() == [[1, 0]]


NET = AutoParallel(nn.ReLU())


@pytest.mark.parametrize("call, error, message", [
    (lambda: Layout(3, ("a",)), TypeError, "device_matrix must be tuple type, but got:<class 'int'>"),
    (lambda: Layout((2,), "a"), TypeError, "alias_name must be tuple type"),
    (lambda: Layout((2,), ("a", "b")), ValueError, "length should be equal to alias_name length"),
    (lambda: Layout((2, 2), ("a", "a")), ValueError, "should be different"),
    (lambda: Layout((2,), ("None",)), ValueError, "means no sharding"),
    (lambda: Layout((2,), ("",)), ValueError, "can not be empty"),
    (lambda: Layout(("a",), ("a",)), TypeError, "element of device_matrix must be int type"),
    (lambda: Layout((2,), ("a",), "x"), TypeError, "rank_list should be a list, but got str"),
    (lambda: Layout((2,), ("a",), ["x", 1]), TypeError, "element of rank_list should be int"),
    (lambda: Layout((2, 2), ("a", "b"), [0, 1]), ValueError, "but got 2 and 4"),
    (lambda: LAYOUT.to_dict(), ValueError, "tensor_map of layout is None"),
    (lambda: LAYOUT("zz"), ValueError, "axis zz is not found"),
    (lambda: LAYOUT("dp", ("sp", "dp")), ValueError, "axis dp has been set more than one"),
    (lambda: shard(3, ((1,),)), TypeError, "'fn' should be a Cell or a function"),
    (lambda: shard(ops.relu, 3), TypeError, "'in_strategy' should be a tuple"),
    (lambda: shard(ops.relu, (3,)), TypeError, "each element of 'in_strategy'"),
    (lambda: shard(ops.relu, ((1,),), 3), TypeError, "'out_strategy' should be a tuple"),
    (lambda: shard(ops.relu, ((1,),), parameter_plan=3), TypeError, "'parameter_plan' should be a dict"),
    (lambda: shard(ops.relu, ((1,),), parameter_plan={3: (1,)}), TypeError, "tuples or Layouts by str"),
    (lambda: AutoParallel(nn.ReLU(), "data"), ValueError, "'parallel_mode' must be one of"),
    (lambda: AutoParallel(3), TypeError, "'network' must be a Cell or a function"),
    (lambda: NET.pipeline("a"), TypeError, "'stages' must be int type"),
    (lambda: NET.pipeline(2, 3), TypeError, "'output_broadcast' must be bool type"),
    (lambda: NET.pipeline(0), ValueError, "must be larger than zero, but got value: 0"),
    (lambda: NET.pipeline(2, scheduler="zz"), ValueError, "must be '1f1b'/'gpipe'/"),
    (lambda: NET.dataset_strategy(None), ValueError, "can't be None"),
    (lambda: NET.dataset_strategy("x"), ValueError, "must be 'full_batch' or 'data_parallel'"),
    (lambda: NET.dataset_strategy(3), TypeError, "must be str or tuple type"),
    (lambda: NET.dataset_strategy((3,)), TypeError, "tuples of int, or Layouts"),
    (lambda: NET.hsdp(0), ValueError, "shard_size must be a positive integer or -1"),
    (lambda: NET.hsdp(2, -1), ValueError, "threshold must be a positive integer or 0"),
    (lambda: NET.hsdp(2, 64, "level9"), ValueError, "Optimizer level should in"),
    (lambda: NET.comm_fusion(3), TypeError, "must be <class 'dict'>"),
    (lambda: NET.transformer_opt("no.json"), ValueError, "no.json does not exist"),
    (lambda: NET.transformer_opt(3), TypeError, "'file_path' must be str"),
    (lambda: NET.save_param_strategy_file(3), TypeError, "'file_path' must be str"),
    (lambda: NET.save_operator_strategy_file("a.json"), KeyError, "must be an absolute path"),
    (lambda: NET.load_operator_strategy_file("/a.txt"), KeyError, "File type must be .json"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
