"""Updates written into weights, by rows and by columns."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia._src.core.op import OPERATORS
from luojia._src.core.tensor import Tensor
from luojia._src.engine import threads
from luojia._src.train.inplace import KERNELS, by_columns, own, update_inplace
from luojia._src.train.rules import RULES

pytestmark = pytest.mark.numpy_engine


def test_layouts_are_told():
    a = np.zeros((2, 3))
    assert [by_columns(x) for x in (a, a.T, a[:, ::2], a[:1], a[0])] == [False, True, False, False, False]


def place(a):
    return a.__array_interface__["data"][0]


def test_a_buffer_of_ones_own_lies_as_asked():
    t, columns, strided = Tensor(np.arange(6.0).reshape(2, 3)), np.zeros((3, 2)).T, np.ones((2, 6))[:, ::2]
    first = place(own(t))
    assert [place(own(t, like)) == first for like in (None, np.ones((2, 3)), strided)] == [True] * 3
    turned = place(own(t, columns))
    assert [place(own(t, columns)), place(own(t))] == [turned, turned]
    assert by_columns(t._value)
    assert t._value.tolist() == [[0, 1, 2], [3, 4, 5]]
    shared = own(t)
    assert own(t) is not shared and by_columns(own(t))
    assert not by_columns(own(t, np.ones((2, 3))))
    assert own(t).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("order", ["gradient", "both", "weight", "all"])
def test_updates_do_not_depend_on_the_layout(name, order, rng, assert_close):
    w, g = rng.standard_normal((2, 5, 7)).astype("float32")
    states = [rng.random((5, 7), dtype="float32") for _ in RULES[name].state_names()]
    expected, after = RULES[name].update(np, w, g, tuple(states), 0.1, 0.01, 3)
    f = np.asfortranarray
    w_, g_ = f(w) if order != "gradient" else w.copy(), f(g) if order != "weight" else g
    states = tuple([f(s) if order == "all" else s.copy() for s in states])
    update_inplace(name, w_, g_, states, 0.1, 0.01, 3)
    for got, e in zip((w_, *states), (expected, *after)):
        assert_close(got, e)


@pytest.fixture
def large_products_only(monkeypatch):
    """A BLAS that copies small matrices, too, so that few rows are no reason to leave a weight by rows."""
    monkeypatch.setattr(threads, "architecture", lambda: "")


def test_products_of_few_rows_leave_the_first_weight_as_it_is(rng, monkeypatch):
    monkeypatch.setattr(threads, "architecture", lambda: "SkylakeX")
    for rows, columns in [(9, False), (200, True)]:
        x, w = [Tensor(rng.standard_normal(s).astype("float32")) for s in ((rows, 200), (100, 200))]
        w.attach_grad()
        with autograd.record():
            y = OPERATORS["dense"](x, w)
        y.backward()
        assert by_columns(w.grad._value) is columns


def test_the_gradient_of_a_large_first_layer_lies_by_columns(rng, assert_close, large_products_only):
    dense = OPERATORS["dense"]
    for shape, linked, dtype, columns in [((9, 200), False, "float32", True), ((9, 200), True, "float32", False),
                                          ((9, 20), False, "float32", False), ((9, 200), False, "float64", False),
                                          ((1, 200), False, "float32", False), ((3, 3, 200), False, "float32", True)]:
        x, w = [Tensor(rng.standard_normal(s).astype(dtype)) for s in (shape, (100, shape[-1]))]
        w.attach_grad()
        if linked:
            x.attach_grad()
        with autograd.record():
            y = dense(x, w)
        head = rng.standard_normal(y.shape).astype(dtype)
        y.backward(Tensor(head))
        assert by_columns(w.grad._value) is columns
        rows, flat = head.reshape(-1, 100), x.asnumpy().reshape(-1, shape[-1])
        np.testing.assert_allclose(w.grad.asnumpy(), rows.T @ flat, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_training_turns_the_first_weight_and_no_number(hybrid, optimizer, rng, tmp_path, assert_close,
                                                       large_products_only):
    """Against the same network with its input linked, whose weights stay by rows."""
    data, labels = nd.array(rng.standard_normal((10, 200))), nd.array(rng.integers(0, 3, 10))
    found = []
    for linked in (False, True):
        mx.random.seed(5)
        net = gluon.nn.HybridSequential()
        net.add(gluon.nn.Dense(100, in_units=200, activation="relu"), gluon.nn.Dense(3, in_units=100))
        net.initialize(mx.init.Xavier())
        if hybrid:
            net.hybridize()
        given = data.copy()
        if linked:
            given.attach_grad()
        trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": 0.01})
        loss = gluon.loss.SoftmaxCrossEntropyLoss()
        for step in range(6):
            with autograd.record():
                value = loss(net(given), labels)
            value.backward()
            trainer.step(10)
            if step == 3:
                net[0].weight.set_data(net[0].weight.data() * 1.0)
        weight = net[0].weight.data()
        assert by_columns(weight._value) is (not linked and optimizer != "rmsprop")
        net.save_parameters(str(tmp_path / "net.params"))
        saved = nd.load(str(tmp_path / "net.params"))["0.weight"]
        assert np.array_equal(saved.asnumpy(), weight.asnumpy()) and weight.asnumpy().flags.c_contiguous
        found.append([value.asnumpy(), weight.asnumpy(), net[1].weight.data().asnumpy()])
    for got, expected in zip(*found):
        np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-5)


def test_modules_turn_it_too(rng, large_products_only):
    net = mx.nn.SequentialCell(mx.nn.Dense(200, 100), mx.nn.ReLU(), mx.nn.Dense(100, 3))
    step = mx.nn.TrainOneStepCell(
        mx.nn.WithLossCell(net, mx.nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")),
        mx.nn.Momentum(net.trainable_params(), 0.1, 0.9)).set_train()
    x, y = Tensor(rng.standard_normal((10, 200)).astype("float32")), Tensor(rng.integers(0, 3, 10).astype("int32"))
    losses = [float(step(x, y).asnumpy()) for _ in range(8)]
    assert by_columns(net[0].weight._value) and losses[-1] < losses[0] / 2


def test_states_that_a_rule_does_not_read_may_be_left_out(rng):
    w, g = rng.standard_normal((2, 5, 7)).astype("float32")
    given, without = w.copy(), w.copy()
    accum = np.full((5, 7), 3.0, "float32")
    update_inplace("dampened_sgd", given, g, (accum,), 0.1, 0.01, 1, momentum=0.0)
    update_inplace("dampened_sgd", without, g, (), 0.1, 0.01, 1, momentum=0.0)
    np.testing.assert_array_equal(given, without)
    np.testing.assert_allclose(given, w - np.float32(0.1) * (g + np.float32(0.01) * w), rtol=1e-5)
    columns, spread = np.asfortranarray(w), np.broadcast_to(g[:1], g.shape)  # neither lies as the kernel has it
    update_inplace("dampened_sgd", columns, spread, (), 0.1, 0.01, 1, momentum=0.0)
    np.testing.assert_allclose(columns, w - np.float32(0.1) * (spread + np.float32(0.01) * w), rtol=1e-5)
    with pytest.raises(ValueError, match="dampened_sgd"):
        update_inplace("dampened_sgd", without, g, (), 0.1, 0.01, 1, momentum=0.9)
