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
    kv.row_sparse_pull("a", out=out, row_ids=nd.array([0]))
    other = nd.zeros((2,), ctx=mx.cpu(1))
    kv.broadcast("b", nd.ones((2,)) * 5, out=[out, other])
    assert other.context == mx.cpu(1) and other.asnumpy().tolist() == [5, 5]
    kv.init([1, 2], [nd.zeros((1,)), nd.ones((1,))])
    outs = [nd.zeros((1,)), nd.zeros((1,))]
    kv.pull([1, 2], out=outs)
    assert [o.asscalar() for o in outs] == [0, 1]


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
    with pytest.raises(ValueError, match="2 keys need as many values, got 1"):
        kv.push(["a", "b"], [nd.ones((2,))])
    for asked in (kv.save_optimizer_states, kv.load_optimizer_states):
        with pytest.raises(AssertionError, match="Cannot"):
            asked("x")
    with pytest.raises(TypeError, match="name must be a string"):
        mx.kv.create(3)
    with pytest.raises(mx.MXNetError, match="Unknown KVStore type 'foo'"):
        mx.kv.create("foo")
    with pytest.raises(NotImplementedError, match="'dist_sync': this store is of one process"):
        mx.kv.create("dist_sync")
    with pytest.raises(NotImplementedError, match="uncompressed"):
        kv.set_gradient_compression({"type": "2bit"})
    kv.set_gradient_compression({"type": "none"})
