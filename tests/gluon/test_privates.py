"""What subclasses and tools call of Gluon's classes though its name begins with an underscore."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.gluon import nn

TWO = [mx.cpu(0), mx.cpu(1)]


def dense(ctx=None):
    net = nn.Dense(1, in_units=2, use_bias=False)
    net.initialize(mx.init.One(), ctx=ctx)
    return net


def backward(net, contexts):
    with autograd.record():
        losses = [net(nd.ones((2, 2), ctx=c) * (i + 1)).sum() for i, c in enumerate(contexts)]
    autograd.backward(losses)


# -- Trainer -----------------------------------------------------------------------------------------------------------


def test_a_trainer_with_its_own_allreduce():
    calls = []

    class Own(gluon.Trainer):
        def _allreduce_grads(self):
            calls.append(self._scale)
            for p in self._params:
                for g in p.list_grad():
                    g[:] *= 10

    net = dense()
    trainer = Own(net.collect_params(), "sgd", {"learning_rate": 0.1}, kvstore=None)
    backward(net, [mx.cpu()])
    trainer.step(2)
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[0, 0]], atol=1e-6)  # 1 - 0.1 * 10 * 2 / 2
    assert calls == [1.0]


def test_a_trainer_with_its_own_update():
    class Own(gluon.Trainer):
        def _update(self, ignore_stale_grad=False):
            for p in self._params:
                p.grad()[:] = 1
            super()._update(ignore_stale_grad)

    net = dense()
    trainer = Own(net.collect_params(), "sgd", {"learning_rate": 0.1})
    backward(net, [mx.cpu()])
    trainer.step(1)
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[0.9, 0.9]], rtol=1e-6)


@pytest.mark.parametrize("on_store", [True, False])
def test_the_pieces_of_a_step_are_the_step(on_store):
    found = []
    for pieces in (False, True):
        net = dense(TWO)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1}, update_on_kvstore=on_store)
        backward(net, TWO)
        if pieces:
            assert trainer._params_to_init == trainer._params
            trainer._init_kvstore()
            assert trainer._params_to_init == []
            trainer._init_params()
            trainer._check_and_rescale_grad(0.5)
            trainer._allreduce_grads()
            trainer._update()
        else:
            trainer.step(2)
        found.append([d.asnumpy() for d in net.weight.list_data()])
    np.testing.assert_allclose(found[0], found[1])
    np.testing.assert_allclose(found[0], np.full((2, 1, 2), 1 - 0.1 * 6 / 2), rtol=1e-6)


def test_kvstores_of_a_trainer(monkeypatch):
    net = dense()
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with pytest.raises(AssertionError, match="Cannot initialize parameters in KVStore when KVStore is not initialized"):
        trainer._init_params()
    backward(net, [mx.cpu()])
    trainer.step(1)
    trainer._reset_kvstore()
    assert not trainer._kv_initialized
    trainer._init_kvstore()
    trainer._kvstore = type("Spanning", (), {"spans": True})()
    with pytest.raises(RuntimeError, match="Cannot reset distributed KVStore"):
        trainer._reset_kvstore()


# -- Parameter ---------------------------------------------------------------------------------------------------------


def test_arrays_of_a_parameter():
    p = gluon.Parameter("w", shape=(2, 3))
    assert p._grad is None and p._ctx_list is None
    p.initialize(ctx=TWO)
    assert p._ctx_list == TWO
    assert p._check_and_get(p._data, list) == p.list_data() and p._check_and_get(p._grad, list) == p.list_grad()
    assert p._check_and_get(p._data, mx.cpu(1)) is p.data(mx.cpu(1))
    assert p._check_and_get(p._grad, None) is p.grad(mx.cpu(0))
    with pytest.raises(RuntimeError, match="was not initialized on context cpu\\(3\\)"):
        p._check_and_get(p._data, mx.cpu(3))
    p._init_impl(nd.ones((2, 3)), [mx.cpu(0)])
    assert p.data().asnumpy().tolist() == [[1] * 3] * 2
    p.grad()[:] = 5
    p._init_grad()
    assert not p.grad().asnumpy().any()
    p.grad_req = "null"
    assert p._grad is None


def test_sparse_parameters():
    p = gluon.Parameter("w", shape=(3, 2), stype="row_sparse")
    p.initialize(mx.init.One())
    rows = p._get_row_sparse(p._data, None, nd.array([1]))
    assert rows.asnumpy().tolist() == [[0, 0], [1, 1], [0, 0]]
    assert len(p._get_row_sparse(p._data, list, nd.array([1]))) == 1
    trainer = gluon.Trainer([p], "sgd")
    assert p._trainer is trainer
    out = nd.zeros((3, 2))
    trainer._row_sparse_pull(p, out, nd.array([2]))
    assert out.asnumpy().tolist() == [[0, 0], [0, 0], [1, 1]]
    trainer._row_sparse_pull(p, [out], nd.array([2]), full_idx=True)
    assert out.asnumpy().all()
    with pytest.raises(RuntimeError, match="More than one trainers for a sparse parameter is not supported"):
        gluon.Trainer([p], "sgd")
    p._set_trainer(None)
    gluon.Trainer([p], "sgd")


# -- Blocks ------------------------------------------------------------------------------------------------------------


def test_graphs_of_a_block():
    net = nn.HybridSequential()
    net.add(nn.Dense(2, in_units=3))
    net.initialize()
    net.hybridize()
    assert net._cached_graph == () and net._cached_op is None
    net._build_cache(nd.ones((1, 3)))
    inputs, out = net._cached_graph
    assert inputs[0].name == "data" and "data" in out.list_inputs() and net._cached_op is not None
    net._clear_cached_op()
    assert net._cached_graph == ()
    with net._scope:
        assert nn.Dense(2).prefix.startswith(net.prefix)
    net.parts = [nn.Dense(2)]
    with pytest.warns(UserWarning, match="unregistered container"):
        net._check_container_with_block()


def sequential(hybrid=True):
    net = nn.HybridSequential() if hybrid else nn.Sequential()
    net.add(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3))
    return net


def test_models_in_files(tmp_path):
    net, x = sequential(), nd.ones((1, 2))
    net.initialize(mx.init.Uniform(1))
    net.save(str(tmp_path / "plain"))
    net.hybridize()
    expected = net(x).asnumpy()
    net.save(str(tmp_path / "graph"))
    entry = json.loads((tmp_path / "graph-model.json").read_text())["hybridsequential0"]
    assert list(entry) == ["orig_name", "in_format", "out_format", "inputs", "symbol", "hybridized", "children",
                           "dense1", "dense2"]  # mxnet 1.9.1's
    assert entry["in_format"] == [0] and entry["out_format"] == 0 and entry["hybridized"]
    assert entry["dense1"] == {"orig_name": net[0].name, "hybridized": False, "children": {}}
    assert mx.sym.load_json(entry["symbol"]).list_arguments()[0] == "data"
    for name in ("plain", "graph"):
        other = sequential()
        other.load(str(tmp_path / name))
        assert other._active is (name == "graph")
        np.testing.assert_allclose(other(x).asnumpy(), expected)


def test_models_that_do_not_fit(tmp_path):
    net = sequential()
    net.initialize()
    net.save(str(tmp_path / "m"))
    other = nn.HybridSequential()
    other.add(nn.Dense(3, in_units=2))
    with pytest.raises(mx.MXNetError, match="has the children \\['0', '1'\\].* load into a Block made as the saved"):
        other.load(str(tmp_path / "m"))
    (tmp_path / "m-model.json").write_text("{}")
    with pytest.raises(mx.MXNetError, match="holds 0 Blocks, not one"):
        sequential().load(str(tmp_path / "m"))


def test_several_outputs_in_a_file(tmp_path):
    class Two(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return [x, F.split(x, num_outputs=2)]

    net = Two()
    net.hybridize()
    net(nd.ones((1, 2)))
    net.save(str(tmp_path / "m"))
    assert json.loads((tmp_path / "m-model.json").read_text())["two0"]["out_format"] == [0, [0, 0]]
