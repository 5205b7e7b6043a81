"""SymbolBlocks, and nets that the real mxnet 1.9.1 exported."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.gluon import nn

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mxnet"


def graph():
    x = mx.sym.var("x")
    return mx.sym.FullyConnected(x, num_hidden=2, name="fc"), x


def test_parameters_are_the_other_variables():
    block = gluon.SymbolBlock(*graph())
    assert list(block.collect_params()) == ["fc_weight", "fc_bias"]
    assert repr(block) == "SymbolBlock(\n<Symbol fc> : 1 -> 1\n)"
    with pytest.raises(RuntimeError, match="Parameter 'fc_weight' has not been initialized"):
        block(nd.ones((1, 3)))
    block.initialize(mx.init.One())
    assert block(nd.ones((1, 3))).asnumpy().tolist() == [[4, 4]]
    assert block.params["fc_weight"].shape == (2, 3)


def test_training_a_symbol_block():
    block = gluon.SymbolBlock(*graph())
    block.initialize()
    with autograd.record():
        loss = block(nd.ones((1, 3))).sum()
    loss.backward()
    assert block.params["fc_weight"].grad().asnumpy().tolist() == [[1] * 3] * 2


def test_several_inputs_and_outputs():
    x, y = mx.sym.var("x"), mx.sym.var("y")
    block = gluon.SymbolBlock([x + y, x * y], [x, y])
    add, mul = block(nd.array([2.0]), nd.array([3.0]))
    assert (add.asscalar(), mul.asscalar()) == (5, 6)


def test_of_symbols_it_gives_a_symbol():
    block = gluon.SymbolBlock(*graph())
    out = block(mx.sym.tanh(mx.sym.var("z"), name="t"))
    assert out.list_arguments()[0] == "z"


def test_features_of_a_network():
    net = nn.HybridSequential(prefix="n_")
    with net.name_scope():
        net.add(nn.Dense(4, activation="relu"), nn.Dense(2))
    net.initialize()
    x = nd.ones((1, 3))
    net(x)
    data = mx.sym.var("data")
    features = net(data).get_internals()["n_dense0_relu_fwd_output"]
    block = gluon.SymbolBlock(features, data, params=net.collect_params())
    np.testing.assert_allclose(block(x).asnumpy(), net[0](x).asnumpy(), rtol=1e-6)
    assert block.collect_params()["n_dense0_weight"] is net[0].weight


@pytest.mark.parametrize("way", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies(way):
    block = gluon.SymbolBlock(*graph())
    block.initialize()
    x = nd.ones((1, 3))
    expected = block(x).asnumpy()
    other = way(block)
    block.params["fc_weight"].set_data(nd.zeros((2, 3)))
    np.testing.assert_array_equal(other(x).asnumpy(), expected)


def test_errors(tmp_path):
    out, x = graph()
    with pytest.raises(AssertionError, match="Input symbols must be variable"):
        gluon.SymbolBlock(out, [mx.sym.exp(x)])
    path = str(tmp_path / "g-symbol.json")
    out.save(path)
    nd.save(str(tmp_path / "g-0000.params"), {"arg:fc_weight": nd.ones((2, 3)), "arg:fc_bias": nd.ones((2,))})
    with pytest.raises(AssertionError, match="Parameter 'x' is missing in file"):
        gluon.SymbolBlock.imports(path, ["nope"], str(tmp_path / "g-0000.params"))
    with pytest.raises((mx.MXNetError, OSError), match="nofile"):
        gluon.SymbolBlock.imports(str(tmp_path / "nofile.json"), ["x"])
    with pytest.raises(AssertionError, match="params must hold Parameters or NDArrays"):
        gluon.SymbolBlock(out, x, params={"fc_weight": 3})


def test_a_network_that_mxnet_exported(tmp_path):
    """The fixture's input gives the fixture's output, and its files come out again."""
    with np.load(FIXTURES / "net_io.npz") as file:
        io = dict(file)
    symbol, params = FIXTURES / "net-symbol.json", FIXTURES / "net-0000.params"
    assert json.loads(symbol.read_text())["attrs"]["mxnet_version"] == ["int", 10901]
    net = gluon.SymbolBlock.imports(str(symbol), ["data"], str(params))
    np.testing.assert_allclose(net(nd.array(io["x"])).asnumpy(), io["y"], rtol=1e-5, atol=1e-6)
    net.export(str(tmp_path / "again"))
    saved, original = nd.load(str(tmp_path / "again-0000.params")), nd.load(str(params))
    assert {k: v.shape for k, v in saved.items()} == {k: v.shape for k, v in original.items()}
    again = gluon.SymbolBlock.imports(str(tmp_path / "again-symbol.json"), ["data"],
                                      str(tmp_path / "again-0000.params"))
    np.testing.assert_allclose(again(nd.array(io["x"])).asnumpy(), io["y"], rtol=1e-5, atol=1e-6)


def test_frozen_parameters_are_shared_and_one_output_stands_alone():
    net = nn.HybridSequential(prefix="n_")
    with net.name_scope():
        net.add(nn.Dense(3, in_units=2), nn.BatchNorm(in_channels=3))
    net.initialize()
    for p in net.collect_params().values():
        p.grad_req = "null"
    inside = net(mx.sym.var("data")).get_internals()
    part = gluon.SymbolBlock([inside["n_dense0_fwd_output"]], mx.sym.var("data"), params=net.collect_params())
    assert part(mx.nd.ones((4, 2))).shape == (4, 3)
    assert [p.grad_req for p in part.collect_params().values()] == ["null"] * 2
