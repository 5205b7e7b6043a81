"""The store of one process."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd


def test_push_and_pull():
    kv = mx.kv.create("local")
    assert (kv.type, kv.rank, kv.num_workers) == ("local", 0, 1) and kv.is_capable("optimizer")
    kv.init("a", nd.ones((2,)))
    out = nd.zeros((2,))
    kv.push("a", [nd.ones((2,)), nd.ones((2,), ctx=mx.cpu(1)) * 2])
    kv.pull("a", out=out)
    assert out.asnumpy().tolist() == [3, 3]
    kv.pushpull("a", [nd.ones((2,))] * 2, out=out)
    assert out.asnumpy().tolist() == [2, 2]
    with pytest.raises(mx.MXNetError, match="Expected row_sparse storage type for row_sparse_pull values"):
        kv.row_sparse_pull("a", out=out, row_ids=nd.array([0]))
    with pytest.raises(AssertionError, match="row_sparse_pull expects out and row_ids"):
        kv.row_sparse_pull("a", out=out)
    other = nd.zeros((2,), ctx=mx.cpu(1))
    kv.broadcast("b", nd.ones((2,)) * 5, out=[out, other])
    assert other.context == mx.cpu(1) and other.asnumpy().tolist() == [5, 5]
    kv = mx.kv.create("local")
    kv.init([1, 2], [nd.zeros((1,)), nd.ones((1,))])
    outs = [nd.zeros((1,)), nd.zeros((1,))]
    kv.pull([1, 2], out=outs)
    assert [o.asscalar() for o in outs] == [0, 1]


@pytest.mark.parametrize("call, error, text", [
    (lambda kv: kv.init("x", nd.ones(2)), mx.MXNetError, "Mixed key types are not allowed"),
    (lambda kv: kv.pull("3", out=nd.ones(2)), mx.MXNetError, "Mixed key types are not allowed"),
    (lambda kv: kv.push(None, nd.ones(2)), AssertionError, "unexpected type for keys"),
    (lambda kv: kv.push([3, "a"], [nd.ones(2)] * 2), AssertionError, "inconsistent types of keys"),
    (lambda kv: kv.pull([3], out=[nd.ones(2)] * 2), AssertionError, "1 keys need as many values, got 2"),
    (lambda kv: kv.is_capable("bogus"), ValueError, "Unknown capability: bogus"),
])
def test_keys_that_are_refused(call, error, text):
    kv = mx.kv.create("local")
    kv.init(3, nd.ones(2))
    with pytest.raises(error, match=text):
        call(kv)


def test_an_optimizer_on_the_store(tmp_path):
    kv = mx.kv.create("device")
    kv.init(0, nd.ones((2,)))
    kv.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.9))
    kv.push(0, [nd.ones((2,)), nd.ones((2,))])
    out = nd.zeros((2,))
    kv.pull(0, out=out)
    np.testing.assert_allclose(out.asnumpy(), [0, 0])
    path = str(tmp_path / "states")
    kv.save_optimizer_states(path, dump_optimizer=True)
    kv.load_optimizer_states(path)
    kv.push(0, [nd.zeros((2,))])
    kv.pull(0, out=out)
    np.testing.assert_allclose(out.asnumpy(), [-0.9, -0.9], rtol=1e-6)


def test_errors():
    kv = mx.kv.create()
    with pytest.raises(mx.MXNetError, match="key zz doesn't exist. Did you init"):
        kv.pull("zz", out=nd.zeros((1,)))
    kv.init("a", nd.ones((2,)))
    with pytest.raises(mx.MXNetError, match="duplicate init of key a"):
        kv.init("a", nd.ones((2,)))
    with pytest.raises(AssertionError, match="expects out"):
        kv.pull("a")
    other = nd.zeros((3,))
    with pytest.raises(mx.MXNetError, match="operands shape mismatch: KVStore holds 'a'"):
        kv.pull("a", out=other)
    assert other.shape == (3,)
    with pytest.raises(AssertionError, match="unexpected type for param_dict: <class 'int'>"):
        kv.set_gradient_compression(5)
    with pytest.raises(ValueError, match="2 keys need as many values, got 1"):
        kv.push(["a", "b"], [nd.ones((2,))])
    for asked in (kv.save_optimizer_states, kv.load_optimizer_states):
        with pytest.raises(AssertionError, match="Cannot"):
            asked("x")
    with pytest.raises(TypeError, match="name must be a string"):
        mx.kv.create(3)
    with pytest.raises(mx.MXNetError, match="Unknown KVStore type 'foo'"):
        mx.kv.create("foo")
    for name in ("dist_async", "horovod", "byteps"):
        with pytest.raises(NotImplementedError, match=f"'{name}': luojia's processes update together; use 'dist_sync'"):
            mx.kv.create(name)
    with pytest.raises(ValueError, match="Gradient compression is not supported for this type of kvstore"):
        kv.set_gradient_compression({"type": "2bit"})
    with pytest.raises(NotImplementedError, match="the type must be '2bit' or 'none', got 'zip'"):
        kv.set_gradient_compression({"type": "zip"})
    with pytest.raises(NotImplementedError, match="sums over processes are not compressed"):
        mx.kv.create("dist_device_sync").set_gradient_compression({"type": "2bit"})
    for params, text in (({"threshold": 0}, "threshold must be positive, got 0"), ({"q": 1}, r"got \['q'\] as well")):
        with pytest.raises(ValueError, match=text):
            mx.kv.create("device").set_gradient_compression({"type": "2bit", **params})
    kv.set_gradient_compression({"type": "none"})


def test_compressed_gradients_are_summed():
    kv = mx.kv.create("device")
    kv.set_gradient_compression({"type": "2bit", "threshold": 0.5})
    kv.init("a", nd.zeros(3))
    out = nd.zeros(3)
    for expected in ([0, -1, 1], [1, -1, 1]):
        kv.push("a", [nd.array([0.3, -0.6, 2.0]), nd.array([0.3, -0.6, 2.0], ctx=mx.cpu(1))])
        kv.pull("a", out=out)
        assert out.asnumpy().tolist() == expected


def test_a_store_of_ones_own():
    @mx.kvstore.KVStoreBase.register
    class MyStore(mx.kvstore.KVStoreBase):
        pass

    kv = mx.kv.create("MyStore")
    assert type(kv) is MyStore and isinstance(mx.kv.create("local"), mx.kvstore.KVStoreBase)
    for call in (lambda: kv.is_capable("optimizer"), lambda: kv.broadcast("a", nd.ones(1), nd.ones(1)),
                 lambda: kv.pushpull("a", nd.ones(1)), lambda: kv.set_optimizer(mx.optimizer.SGD()),
                 lambda: kv.save_optimizer_states("f"), lambda: kv.load_optimizer_states("f")):
        with pytest.raises(NotImplementedError):
            call()
    with pytest.raises(AssertionError, match="register expects a class"):
        mx.kvstore.KVStoreBase.register(3)


def test_a_store_of_a_job_of_one():
    kv = mx.kv.create("dist_sync")
    assert (kv.type, kv.rank, kv.num_workers) == ("dist_sync", 0, 1)
    kv.init("a", nd.ones((2,)))
    kv.push("a", [nd.ones((2,)) * 3, nd.ones((2,))])
    out = nd.zeros((2,))
    kv.pull("a", out=out)
    kv._barrier()
    assert out.asnumpy().tolist() == [4, 4]


@pytest.mark.parametrize("on_store", [None, False])
def test_a_trainer_of_a_job_of_one_is_a_trainer(on_store):
    weights = []
    for store in ("device", "dist_sync"):
        net = mx.gluon.nn.Dense(1, in_units=2)
        net.initialize(mx.init.One())
        trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "momentum": 0.9}, store,
                                   update_on_kvstore=on_store)
        for _ in range(2):
            with mx.autograd.record():
                loss = net(nd.array([[1.0, 2.0]]))
            loss.backward()
            trainer.step(1)
        weights.append(net.weight.data().asnumpy().tolist())
    assert weights[0] == weights[1]
    if on_store is None:
        with pytest.raises(AssertionError, match="when parameters are updated on kvstore"):
            trainer.allreduce_grads()
    else:
        trainer.allreduce_grads()
        assert net.weight.grad().asnumpy().tolist() == [[1, 2]]
