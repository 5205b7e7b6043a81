"""Parameters and ParameterDicts."""

import copy
import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.gluon.parameter import DeferredInitializationError


def made(**kwargs):
    p = gluon.Parameter("w", shape=(2, 3), **kwargs)
    p.initialize()
    return p


def test_data_and_grad_are_one_object_for_life():
    p = made()
    data, grad = p.data(), p.grad()
    assert isinstance(data, nd.NDArray) and data.grad is grad
    with autograd.record():
        loss = (p.data() * 2).sum()
    loss.backward()
    assert p.grad() is grad and grad.asnumpy().tolist() == [[2] * 3] * 2
    p.set_data(nd.ones((2, 3)))
    p.cast("float64")
    assert p.data() is data and p.grad() is grad
    assert data.dtype is np.float64 and grad.dtype is np.float64
    p.zero_grad()
    assert p.grad() is grad and not grad.asnumpy().any()
    assert p.leaves() == [data] == p.list_data() and p.list_grad() == [grad]


def test_another_grad_req_begins_from_no_gradient():
    p = made(grad_req="write")
    for req, times in (("write", 1), ("add", 2)):
        p.grad_req = req
        for _ in range(2):
            with autograd.record():
                loss = (p.data() * 3).sum()
            loss.backward()
        assert (p.grad().asnumpy() == 3 * times).all()


def test_grad_req():
    p = made(grad_req="add")
    for _ in range(2):
        with autograd.record():
            loss = p.data().sum()
        loss.backward()
    assert p.grad().asnumpy().tolist() == [[2] * 3] * 2
    p.grad_req = "null"
    for asked in (p.grad, p.list_grad):
        with pytest.raises(RuntimeError, match="Cannot get gradient array for Parameter 'w' because grad_req='null'"):
            asked()
    assert not p.requires_grad
    p.grad_req = "write"
    with autograd.record():
        loss = p.data().sum()
    loss.backward()
    assert p.grad().asnumpy().tolist() == [[1] * 3] * 2
    with pytest.raises(AssertionError, match="grad_req must be one of 'write', 'add', or 'null', but got 'foo'"):
        p.grad_req = "foo"
    with pytest.raises(AssertionError, match="grad_req must be one of"):
        gluon.Parameter("w", grad_req="foo")


def test_a_parameter_takes_the_class_of_the_other_inputs():
    p = made()
    assert type(mx.Tensor(np.ones((2, 3), np.float32)) * p.data()) is mx.Tensor
    assert type(nd.ones((2, 3)) * p.data()) is nd.NDArray


def test_uninitialized():
    p = gluon.Parameter("w", shape=(2, 3))
    for asked in (p.data, p.grad, p.list_data, p.leaves):
        with pytest.raises(RuntimeError, match="Parameter 'w' has not been initialized. Note that you should"):
            asked()
    with pytest.raises(RuntimeError, match="Parameter 'w' has not been initialized"):
        p.list_ctx()
    with pytest.raises(ValueError, match="Cannot reset context for Parameter 'w'"):
        p.reset_ctx(mx.cpu(1))
    with pytest.raises(AssertionError, match="Parameter 'w' has not been initialized"):
        p.set_data(nd.ones((2, 3)))
    p.zero_grad()
    assert p.var().name == "w"


def test_deferred():
    p = gluon.Parameter("w", shape=(2, 0), allow_deferred_init=True)
    p.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    for asked in (p.data, p.grad, p.list_data):
        with pytest.raises(DeferredInitializationError, match="initialization was deferred"):
            asked()
    assert issubclass(DeferredInitializationError, mx.MXNetError)
    assert p.list_ctx() == [mx.cpu(0), mx.cpu(1)]
    p.reset_ctx(mx.cpu(1))
    with pytest.raises(DeferredInitializationError, match="because it has invalid shape"):
        p._finish_deferred_init()
    p.shape = (2, 4)
    p._finish_deferred_init()
    assert p.data().shape == (2, 4) and p.list_ctx() == [mx.cpu(1)]
    with pytest.raises(ValueError, match=r"Cannot initialize Parameter 'w' because it has invalid shape: \(2, 0\)"):
        gluon.Parameter("w", shape=(2, 0)).initialize()
    with pytest.raises(ValueError, match="invalid shape: None"):
        gluon.Parameter("w").initialize()


def test_set_data_of_a_deferred_parameter():
    p = gluon.Parameter("w", shape=(2, 0), allow_deferred_init=True)
    p.initialize()
    p.set_data(nd.ones((2, 4)))
    p._finish_deferred_init()
    assert p.data().asnumpy().sum() == 8


def test_shapes():
    p = made()
    with pytest.raises(AssertionError, match=r"Expected shape \(2, 2\) is incompatible with given shape \(2, 3\)"):
        p.shape = (2, 2)
    with pytest.raises(AssertionError, match=r"Expected shape \(2, 2\) is incompatible"):
        p.set_data(nd.ones((2, 2)))


def test_contexts():
    p = gluon.Parameter("w", shape=(2,))
    p.initialize(ctx=[mx.cpu(0), mx.cpu(1)], init=mx.init.Uniform(1))
    one, two = p.list_data()
    assert (one.context, two.context) == (mx.cpu(0), mx.cpu(1))
    np.testing.assert_array_equal(one.asnumpy(), two.asnumpy())
    assert p.data(mx.cpu(1)) is two and p.data() is one
    with mx.cpu(1):
        assert p.data() is two
    for asked in (p.data, p.grad):
        with pytest.raises(RuntimeError, match=r"Parameter 'w' was not initialized on context cpu\(2\). It was only "
                                               r"initialized on \[cpu\(0\), cpu\(1\)\]"):
            asked(mx.cpu(2))
    p.reset_ctx(mx.cpu(2))
    assert p.list_ctx() == [mx.cpu(2)]


def test_initializing_again():
    p = made()
    before = p.data().asnumpy()
    with pytest.warns(UserWarning, match="Parameter 'w' is already initialized, ignoring. Set force_reinit=True"):
        p.initialize()
    np.testing.assert_array_equal(p.data().asnumpy(), before)
    p.initialize(force_reinit=True)
    assert (p.data().asnumpy() != before).any()


def test_initializers():
    p = gluon.Parameter("w", shape=(2, 2), init="ones")
    p.initialize(default_init=mx.init.Zero())
    assert p.data().asnumpy().sum() == 4
    with pytest.raises(AssertionError, match="foo is not registered"):
        gluon.Parameter("w", shape=(2, 3), init="foo").initialize()

    class Steps(mx.init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = nd.arange(6).reshape((2, 3))

    p = gluon.Parameter("w", shape=(2, 3))
    p.initialize(init=Steps())
    assert p.data().asnumpy().tolist() == [[0, 1, 2], [3, 4, 5]]


def test_seeds_decide_the_values():
    values = []
    for _ in range(2):
        mx.random.seed(7)
        p = gluon.Parameter("w", shape=(3, 3))
        p.initialize(mx.init.Xavier())
        values.append(p.data().asnumpy())
    np.testing.assert_array_equal(*values)


def test_constant():
    c = gluon.Constant("c", [[1, 2], [3, 4]])
    c.initialize()
    assert c.data().asnumpy().tolist() == [[1, 2], [3, 4]] and c.grad_req == "null"
    with pytest.warns(UserWarning, match='other than "null", and new value "write" is ignored'):
        c.grad_req = "write"
    assert c.grad_req == "null"
    assert repr(gluon.Constant("c", nd.ones((2,)))) == "Constant c (shape=(2,), dtype=<class 'numpy.float32'>)"


@pytest.mark.parametrize("way", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies(way):
    p = made()
    with autograd.record():
        loss = (p.data() ** 2).sum()
    loss.backward()
    q = way(p)
    np.testing.assert_array_equal(q.data().asnumpy(), p.data().asnumpy())
    np.testing.assert_array_equal(q.grad().asnumpy(), p.grad().asnumpy())
    q.set_data(nd.zeros((2, 3)))
    assert p.data().asnumpy().any()
    with autograd.record():
        loss = q.data().sum()
    loss.backward()
    assert q.grad().asnumpy().sum() == 6 and p.grad().asnumpy().sum() != 6
    assert way(gluon.Parameter("v", shape=(1,))).name == "v"


def test_storage_types_are_labels():
    assert made(stype="row_sparse").stype == "row_sparse"
    with pytest.raises(AssertionError, match="stype for Parameter 'w' must be one of"):
        gluon.Parameter("w", stype="other")
    with pytest.raises(RuntimeError, match="via row_sparse_data"):
        made().row_sparse_data(nd.array([0]))


def test_repr():
    assert repr(gluon.Parameter("w", shape=(2, 3))) == "Parameter w (shape=(2, 3), dtype=<class 'numpy.float32'>)"
    assert repr(gluon.Parameter("w", shape=(2, 0), dtype="float16")) == "Parameter w (shape=(2, 0), dtype=float16)"
    d = gluon.ParameterDict("pre_")
    assert str(d) == "pre_ (\n\n)" and str(gluon.ParameterDict()) == "(\n\n)"
    d.get("w", shape=(2, 3))
    assert str(d) == "pre_ (\n  Parameter pre_w (shape=(2, 3), dtype=<class 'numpy.float32'>)\n)"


def test_dict_get():
    d = gluon.ParameterDict("pre_")
    w = d.get("w", shape=(2, 0), allow_deferred_init=True)
    assert d.get("w", shape=(2, 3)) is w and w.shape == (2, 3)
    assert d.get("w", dtype="float32") is w
    assert list(d) == ["pre_w"] and "pre_w" in d and len(d) == 1 and d["pre_w"] is w
    with pytest.raises(AssertionError, match=r"'shape': desired '\(3, 3\)' vs stored '\(2, 3\)'"):
        d.get("w", shape=(3, 3))
    with pytest.raises(AssertionError, match="'dtype': desired 'float16' vs stored"):
        d.get("w", dtype="float16")
    with pytest.raises(KeyError, match="nope"):
        d["nope"]
    shared = gluon.ParameterDict("pre_", shared=d)
    assert shared.get("w") is w


def test_dict_constants():
    d = gluon.ParameterDict("pre_")
    c = d.get_constant("c", [1, 2])
    assert d.get_constant("c") is c and d.get_constant("c", [1, 2]) is c
    with pytest.raises(AssertionError, match="its value doesn't match new value"):
        d.get_constant("c", [1, 3])
    with pytest.raises(KeyError, match="No constant named 'pre_d'"):
        d.get_constant("d")
    d.get("w", shape=(1,))
    with pytest.raises(AssertionError, match="it is not a constant"):
        d.get_constant("w", [1])


def test_dict_update_and_setattr():
    d, e = gluon.ParameterDict("pre_"), gluon.ParameterDict("pre_")
    d.get("w", shape=(1,))
    e.get("w", shape=(1,))
    with pytest.raises(AssertionError, match="different Parameters with the same name 'pre_w'"):
        d.update(e)
    f = gluon.ParameterDict()
    f.update(d)
    g = gluon.ParameterDict()
    g.update({"w": gluon.Parameter("w")})
    assert list(g.keys()) == ["w"]
    f.setattr("lr_mult", 0.5)
    assert d["pre_w"].lr_mult == 0.5
    f.initialize(ctx=mx.cpu(1))
    f.zero_grad()
    assert f.list_ctx() == [mx.cpu(1)]
    f.reset_ctx(mx.cpu(0))
    assert f.list_ctx() == [mx.cpu(0)]


def test_dict_files(tmp_path):
    path = str(tmp_path / "x.params")
    d = gluon.ParameterDict("pre_")
    d.get("w", shape=(2,))
    with pytest.raises(RuntimeError, match="has not been initialized"):
        d.save(path)
    d.initialize(mx.init.One())
    with pytest.raises(ValueError, match="Prefix 'foo' is to be striped before saving"):
        d.save(path, strip_prefix="foo")
    d.save(path, strip_prefix="pre_")
    assert list(nd.load(path)) == ["w"]
    d["pre_w"].set_data(nd.zeros((2,)))
    d.load(path, restore_prefix="pre_")
    assert d["pre_w"].data().asnumpy().tolist() == [1, 1]
    with pytest.raises(AssertionError, match="restore_prefix is 'q_' but Parameters name 'pre_w'"):
        d.load(path, restore_prefix="q_")
    with pytest.raises(AssertionError, match="Parameter 'pre_w' is missing in file"):
        d.load(path)
    with pytest.raises(AssertionError, match="Parameter 'w' loaded from file: .* is not present in ParameterDict"):
        d.load(path, allow_missing=True)
    d.load(path, allow_missing=True, ignore_extra=True)
    d.load_dict({"arg:pre_w": nd.array([5, 6])})
    assert d["pre_w"].data().asnumpy().tolist() == [5, 6]
    with pytest.raises(AssertionError, match="was previous initialized on"):
        d.load_dict({"pre_w": nd.array([5, 6])}, ctx=mx.cpu(3))
    nd.save(path, [nd.ones((2,))])
    with pytest.raises(AssertionError, match="a list of arrays without names"):
        d.load(path)


def test_a_constant_tells_the_dtype_as_its_array_does():
    assert repr(gluon.Constant("c", [1, 2])) == "Constant c (shape=(2,), dtype=<class 'numpy.float32'>)"
    mx.npx.set_np()
    try:
        assert repr(gluon.Constant("c", [1, 2])) == "Constant c (shape=(2,), dtype=float32)"
        assert isinstance(gluon.Constant("c", [1, 2]).value, mx.np.ndarray)
    finally:
        mx.npx.reset_np()


class Dropped(gluon.Parameter):
    """As a WeightDropParameter: a Parameter that gives its weight with some of it dropped, here a half of all."""

    asked = 0

    def data(self, ctx=None):
        type(self).asked += 1
        return self._check_and_get(self._data, ctx) * 0.5


@pytest.mark.parametrize("hybrid", [False, True])
def test_a_parameter_with_a_data_of_its_own_is_asked_at_each_call(hybrid):
    net = gluon.nn.Dense(2, in_units=3, use_bias=False)
    weight = Dropped("w", shape=(2, 3), init="ones")
    net._reg_params["weight"] = net.params._params[net.weight.name] = net.__dict__["weight"] = weight
    net.initialize()
    net.hybridize(hybrid)
    for _ in range(2):
        Dropped.asked = 0
        with autograd.record():
            y = net(nd.ones((1, 3)))
        assert Dropped.asked >= 1
        y.backward()
        assert y.asnumpy().tolist() == [[1.5, 1.5]]
        assert weight.grad().asnumpy().tolist() == [[0.5] * 3] * 2
