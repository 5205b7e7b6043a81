"""HybridBlocks: arrays, Symbols, graphs; deferred shapes; export and import."""

import gc
import json
import threading

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.gluon import nn


class Scale(gluon.HybridBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.scale = self.params.get("scale", shape=(0, 0), init="ones", allow_deferred_init=True)
            self.shift = self.params.get_constant("shift", nd.array([1.0]))

    def hybrid_forward(self, F, x, scale, shift):
        return F.broadcast_add(x * scale, shift)


def small():
    net = nn.HybridSequential()
    net.add(nn.Dense(4, activation="tanh"), nn.BatchNorm(), nn.Dense(2))
    net.initialize()
    return net


def test_arrays_and_symbols():
    block = nn.Dense(3, prefix="d_")
    out = block(mx.sym.var("x"))
    assert out.name == "d_fwd" and out.list_arguments() == ["x", "d_weight", "d_bias"]
    assert nn.Dense(3, activation="tanh", prefix="e_")(mx.sym.var("x")).list_outputs() == ["e_tanh_fwd_output"]
    plain = nn.Sequential()
    plain.add(nn.Dense(2, prefix="f_"))
    assert plain(mx.sym.var("x")).name == "f_fwd"


def test_symbol_of_parameters_carries_their_attributes():
    nodes = json.loads(nn.Dense(2, prefix="d_")(mx.sym.var("x")).tojson())["nodes"]
    bias = next(n for n in nodes if n["name"] == "d_bias")
    assert bias["attrs"] == {"__dtype__": "0", "__init__": "zeros", "__lr_mult__": "1.0", "__shape__": "(2,)",
                             "__storage_type__": "0", "__wd_mult__": "1.0"}


@pytest.mark.parametrize("training", [False, True])
def test_graph_and_eager_agree(training):
    net, x = small(), nd.array(np.random.RandomState(0).randn(5, 3))
    results = []
    for active in (False, True):
        net.hybridize(active)
        net(x)
        net[1].running_mean.set_data(nd.zeros((4,)))
        net[1].running_var.set_data(nd.ones((4,)))
        with autograd.record(train_mode=training):
            loss = (net(x) ** 2).sum()
        loss.backward()
        results.append([loss.asnumpy(), *(p.grad().asnumpy() for p in net.trainable_params()),
                        net[1].running_mean.data().asnumpy(), net[1].running_var.data().asnumpy()])
    for eager, graph in zip(*results):
        np.testing.assert_allclose(graph, eager, rtol=1e-5, atol=1e-6)
    assert results[0][-2].any() == training


def test_python_runs_at_the_trace_only():
    calls = []

    class Counted(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            calls.append(F.__name__)
            return F.relu(x)

    block = Counted()
    block.hybridize()
    for _ in range(3):
        block(nd.ones((2,)))
    assert calls == ["luojia.symbol"]
    block.hybridize(False)
    block(nd.ones((2,)))
    assert calls[1:] == ["luojia.ndarray"]


def test_python_that_depends_on_values_raises():
    class Branch(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return x if x.sum() > 0 else -x

    block = Branch()
    assert block(nd.array([-2.0])).asnumpy().tolist() == [2.0]
    block.hybridize()
    with pytest.raises(NotImplementedError):
        block(nd.array([-2.0]))
    assert block._active


def test_nested_inputs_and_outputs():
    class Many(gluon.HybridBlock):
        def hybrid_forward(self, F, x, pair):
            return [x + pair[0], (pair[1] * 2, F.split(x, num_outputs=2, axis=0))]

    block = Many()
    args = (nd.ones((2,)), [nd.ones((2,)), nd.ones((2,)) * 3])
    for active in (False, True):
        block.hybridize(active)
        first, (second, parts) = block(*args)
        assert first.asnumpy().tolist() == [2, 2] and second.asnumpy().tolist() == [6, 6] and len(parts) == 2


def test_deferred_shapes():
    block = Scale()
    block.initialize()
    assert block(nd.ones((2, 3))).asnumpy().tolist() == [[2] * 3] * 2
    assert block.scale.shape == (2, 3)
    net = small()
    net.hybridize()
    assert net(nd.ones((2, 7))).shape == (2, 2)
    assert net[0].weight.shape == (4, 7) and net[1].gamma.shape == (4,)
    with pytest.raises(mx.MXNetError):
        net(nd.ones((2, 6)))


def test_shapes_that_stay_unknown():
    class Lost(gluon.HybridBlock):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.w = self.params.get("w", shape=(0,), allow_deferred_init=True)

        def hybrid_forward(self, F, x, w):
            return F.sum(x) + F.sum(w)

    block = Lost()
    block.initialize()
    with pytest.raises(ValueError, match="Deferred initialization failed because shape cannot be inferred"):
        block(nd.ones((2,)))


def test_deferred_shapes_inside_record_and_a_recurrent_layer_in_a_graph():
    net = nn.HybridSequential()
    net.add(nn.Dense(3, flatten=False), mx.gluon.rnn.GRU(2))
    net.initialize()
    net.hybridize()
    with autograd.record():
        loss = net(nd.ones((4, 2, 5))).sum()
    loss.backward()
    assert net[1].l0_i2h_weight.shape == (6, 3) and net[0].weight.grad().asnumpy().any()


def test_inputs_that_are_refused():
    block = small()
    with pytest.raises(ValueError, match="there must be one NDArray or one Symbol in the input"):
        block("a")
    with pytest.raises(ValueError, match="do not support mixed NDArrays and Symbols"):
        block(nd.ones((2, 2)), mx.sym.var("x"))
    block.hybridize()
    with pytest.raises(ValueError, match="must be \\(nested\\) list of Symbol or NDArray, but got 3 of type"):
        block(nd.ones((2, 2)), 3)
    with pytest.raises(ValueError, match=r"Find all contexts = \{cpu\(0\), cpu\(1\)\}"):
        block(nd.ones((2, 2)), nd.ones((2, 2), ctx=mx.cpu(1)))
    with pytest.raises(NotImplementedError, match="has no hybrid_forward"):
        gluon.HybridBlock()(nd.ones((1,)))
    with pytest.raises(ValueError, match="Children of HybridBlock must also be HybridBlock, but Lambda"):
        block.add(nn.Lambda(lambda x: x))
    with pytest.raises(RuntimeError, match="has not been initialized. Note that you should initialize parameters"):
        nn.Dense(2)(nd.ones((1, 2)))


def test_other_contexts():
    net = nn.Dense(2, in_units=2)
    net.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    net.hybridize()
    assert net(nd.ones((1, 2), ctx=mx.cpu(1))).context == mx.cpu(1)
    with pytest.raises(RuntimeError, match=r"was not initialized on context cpu\(2\)"):
        net(nd.ones((1, 2), ctx=mx.cpu(2)))


def test_op_hook():
    net = nn.Dense(2, in_units=2, prefix="d_")
    net.initialize()
    seen = []
    net.register_op_hook(lambda name, kind, array: seen.append((name, kind, array.shape)))
    net.hybridize()
    net(nd.ones((1, 2)))
    assert seen == [("d_fwd_output", "FullyConnected", (1, 2))]


def test_export_and_import(tmp_path):
    net, x = small(), nd.array(np.random.RandomState(0).randn(5, 3))
    path = str(tmp_path / "net")
    with pytest.raises(RuntimeError, match="Please first call block.hybridize"):
        net.export(path)
    net.hybridize()
    with pytest.raises(RuntimeError, match="Please first call block.hybridize"):
        net.export(path)
    expected = net(x).asnumpy()
    assert net.export(path, epoch=3) == (path + "-symbol.json", path + "-0003.params")
    names = nd.load(path + "-0003.params")
    assert {n.partition(":")[0] for n in names} == {"arg", "aux"} and len(names) == 8
    again = gluon.SymbolBlock.imports(path + "-symbol.json", ["data"], path + "-0003.params")
    np.testing.assert_allclose(again(x).asnumpy(), expected, rtol=1e-6)
    again.export(str(tmp_path / "again"))
    assert (tmp_path / "again-symbol.json").read_text() == (tmp_path / "net-symbol.json").read_text()


def test_exported_constants_come_back(tmp_path):
    block = Scale()
    block.initialize()
    block.hybridize()
    expected = block(nd.ones((2, 3))).asnumpy()
    block.export(str(tmp_path / "scale"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "scale-symbol.json"), "data", str(tmp_path / "scale-0000.params"))
    np.testing.assert_array_equal(again(nd.ones((2, 3))).asnumpy(), expected)


def test_second_order_through_a_graph():
    net = small()
    net.hybridize()
    x = nd.array(np.random.RandomState(0).randn(3, 2))
    net(x)
    net.cast("float64")
    direction = np.random.RandomState(1).randn(3, 2)

    def penalty(values):
        x = nd.array(values, dtype="float64")
        x.attach_grad()
        with autograd.record():
            y = (net(x) ** 2).sum()
            g = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
            out = (g * g).sum()
        out.backward()
        return out.asscalar(), x.grad.asnumpy()

    values = x.asnumpy().astype(np.float64)
    grad = penalty(values)[1]
    slope = (penalty(values + 1e-5 * direction)[0] - penalty(values - 1e-5 * direction)[0]) / 2e-5
    np.testing.assert_allclose((grad * direction).sum(), slope, rtol=1e-4)


@pytest.mark.parametrize("hybridize", [False, True])
def test_threads_share_a_block(hybridize):
    net, x = small(), nd.array(np.random.RandomState(0).randn(5, 3))
    expected = net(x).asnumpy()
    net.hybridize(hybridize)
    wrong = []

    def work():
        for _ in range(10):
            if not np.allclose(net(x).asnumpy(), expected, rtol=1e-5):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong and net._active == hybridize


@pytest.mark.parametrize("hybridize", [False, True])
def test_training_leaves_no_cycles(hybridize):
    net, x = small(), nd.array(np.random.RandomState(0).randn(5, 3))
    net.hybridize(hybridize)
    trainer = gluon.Trainer(net.collect_params(), "adam")

    def step():
        with autograd.record():
            loss = (net(x) ** 2).sum()
        loss.backward()
        trainer.step(5)

    for _ in range(3):
        step()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            step()
        assert gc.collect() == 0
    finally:
        gc.enable()


class Spare(nn.HybridBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.used, self.spare = nn.Dense(2, in_units=2), nn.Dense(3, in_units=2, use_bias=False)

    def hybrid_forward(self, F, x, y, z):
        return self.used(x) + z


def test_what_no_computation_uses_is_told_once():
    net = Spare(prefix="s_")
    net.initialize()
    x = nd.ones((1, 2))
    net(x, x, x)
    net.hybridize()
    with pytest.warns(UserWarning) as told:
        net(x, x, x)
    assert [str(w.message) for w in told] == [
        "The 1-th input to HybridBlock is not used by any computation. Is this intended?",
        "Parameter s_dense1_weight is not used by any computation. Is this intended?"]
    assert told[0].filename == __file__
    net(x, x, x)  # a warning would be an error here
