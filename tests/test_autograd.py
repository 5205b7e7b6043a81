"""Recording, backward, grad, mark_variables and Function. Expected numbers are mxnet 1.9.1's where it has them."""

import gc
import threading

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd


@pytest.fixture
def x():
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    return x


# -- modes -------------------------------------------------------------------------------------------------------------


def test_scopes_nest_and_restore():
    assert (autograd.is_recording(), autograd.is_training()) == (False, False)
    with autograd.record():
        with autograd.pause(train_mode=True):
            assert (autograd.is_recording(), autograd.is_training()) == (False, True)
        with autograd.predict_mode():
            assert (autograd.is_recording(), autograd.is_training()) == (True, False)
            with autograd.train_mode():
                assert autograd.is_training()
        assert (autograd.is_recording(), autograd.is_training()) == (True, True)
    with autograd.train_mode():
        assert (autograd.is_recording(), autograd.is_training()) == (False, True)
    assert (autograd.is_recording(), autograd.is_training()) == (False, False)


def test_scopes_restore_after_an_error():
    with pytest.raises(ZeroDivisionError), autograd.record():
        1 / 0  # noqa: B018
    assert not autograd.is_recording()


def test_set_recording_and_training_return_what_was():
    assert autograd.set_recording(True) is False
    assert autograd.set_training(True) is False
    assert autograd.is_recording() and autograd.is_training()
    assert autograd.set_training(False) is True
    assert autograd.set_recording(False) is True


def test_recording_belongs_to_a_thread():
    seen = []
    with autograd.record():
        t = threading.Thread(target=lambda: seen.append(autograd.is_recording()))
        t.start()
        t.join()
    assert seen == [False]


# -- backward ----------------------------------------------------------------------------------------------------------


def test_heads_that_share_a_trunk(x):
    with autograd.record():
        t = x * 2
        a, b = t * 3, t * 4
    autograd.backward([a, b])
    assert x.grad.asnumpy().tolist() == [14, 14]


def test_a_second_head_after_the_first(x):
    with autograd.record():
        t = x * 2
        a, b = t * 3, t * 4
    a.backward()
    with pytest.raises(mx.MXNetError):
        b.backward()


@pytest.mark.parametrize("head", [
    lambda x: nd.ones((2,)),
    lambda x: _recorded(lambda: nd.ones((2,)) * 2),
    lambda x: x * 2,
    lambda x: _backed(_recorded(lambda: x * 2)),
])
def test_heads_that_are_not_on_the_tape(x, head):
    with pytest.raises(mx.MXNetError, match="Cannot differentiate node because it is not in a computational graph. You "
                                            "need to set is_recording.*pass retain_graph=True to backward"):
        head(x).backward()


def _recorded(f):
    with autograd.record():
        return f()


def _backed(y):
    y.backward()
    return y


def test_heads_that_depend_on_no_variable():
    x = nd.ones((2,))
    x.attach_grad(grad_req="null")
    with pytest.raises(mx.MXNetError, match="There are no inputs in computation graph that require gradients"):
        _recorded(lambda: x * 2).backward()
    with pytest.raises(mx.MXNetError, match="There are no inputs in computation graph that require gradients"):
        autograd.backward([], [])
    assert x.grad.asnumpy().tolist() == [0, 0]


def test_head_gradients(x):
    y = _recorded(lambda: x * x)
    with pytest.raises(AssertionError, match="heads and head_grads must be lists of the same length"):
        autograd.backward([y], [nd.ones((2,)), nd.ones((2,))])
    with pytest.raises(TypeError, match="head_grads must be an NDArray or a list of NDArrays, got int"):
        autograd.backward(y, 3)
    with pytest.raises(mx.MXNetError, match=r"the head has shape \(2,\), its head gradient \(3,\)"):
        y.backward(nd.ones((3,)))
    with pytest.raises(mx.MXNetError, match="the head has dtype float32, its head gradient float64"):
        y.backward(nd.ones((2,), dtype="float64"))
    with pytest.raises(TypeError, match="expected an NDArray or a list of NDArrays, got int"):
        autograd.backward(3)
    with pytest.raises(TypeError, match="a list of NDArrays, got one that holds int"):
        autograd.backward([y, 3])
    assert x.grad.asnumpy().tolist() == [0, 0]
    autograd.backward([y, y], [None, nd.array([1, 0])])
    assert x.grad.asnumpy().tolist() == [4, 4]


def test_backward_of_a_variable_itself(x):
    x.backward()
    assert x.grad.asnumpy().tolist() == [1, 1]


def test_attach_grad_detaches_an_intermediate(x):
    with autograd.record():
        y = x * 2
        y.attach_grad()
        z = y * 3
    z.backward()
    assert x.grad.asnumpy().tolist() == [0, 0] and y.grad.asnumpy().tolist() == [3, 3]


def test_a_graph_of_several_record_scopes(x):
    y = _recorded(lambda: x * x)
    z = _recorded(lambda: y * 3)
    z.backward()
    assert x.grad.asnumpy().tolist() == [6, 12]


def test_pause_and_detach_cut_the_graph(x):
    with autograd.record():
        with autograd.pause():
            c = x * 2
        y = x * c + x * (x * 5).detach() + nd.stop_gradient(x) * x
    y.backward()
    assert x.grad.asnumpy().tolist() == [2 + 5 + 1, 4 + 10 + 2]


def test_grad_req_add_and_its_buffer(x):
    x.attach_grad("add")
    holder = x.grad
    for _ in range(3):
        _recorded(lambda: x * x).backward()
    assert holder.asnumpy().tolist() == [6, 12]
    holder[:] = 0
    _recorded(lambda: x * x).backward()
    assert x.grad is holder and holder.asnumpy().tolist() == [2, 4]


def test_train_mode_of_the_backward_pass(x):
    seen = []

    class Look(autograd.Function):
        def forward(self, a):
            return a * 1

        def backward(self, g):
            seen.append((autograd.is_recording(), autograd.is_training()))
            return g

    y = _recorded(lambda: Look()(x))
    y.backward(retain_graph=True)
    y.backward(train_mode=False)
    assert seen == [(False, True), (False, False)]


def test_memory_is_flat_without_the_garbage_collector(x):
    class Twice(autograd.Function):
        def forward(self, a):
            y = a * 2
            self.save_for_backward(a, y)
            return y

        def backward(self, g):
            return g * 2

    def step():
        with autograd.record():
            y = (Twice()(x[0:1]).reshape((1, 1)) * x).sum()
        y.backward()

    step()
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(o, nd.NDArray) for o in gc.get_objects())
        for _ in range(5):
            step()
        after = sum(isinstance(o, nd.NDArray) for o in gc.get_objects())
    finally:
        gc.enable()
    assert after <= before


# -- grad --------------------------------------------------------------------------------------------------------------


def test_grad_gives_a_list_and_leaves_grad_alone(x):
    y = _recorded(lambda: x * x)
    found = autograd.grad(y, x)
    assert isinstance(found, list) and found[0].asnumpy().tolist() == [2, 4] and type(found[0]) is nd.NDArray
    assert x.grad.asnumpy().tolist() == [0, 0]
    with pytest.raises(mx.MXNetError):
        y.backward()


def test_grad_with_head_gradients_and_retain_graph(x):
    y = _recorded(lambda: x * x)
    (g,) = autograd.grad([y], [x], [nd.array([10.0, 0.5])], retain_graph=True)
    assert g.asnumpy().tolist() == [20, 2]
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 4]


def test_grad_errors(x):
    w = nd.ones((2,))
    w.attach_grad()
    y = _recorded(lambda: x * x)
    with pytest.raises(mx.MXNetError, match="Cannot differentiate with respect to the 2-th variable because it does "
                                            "not require gradient"):
        autograd.grad(y, [x, nd.ones((2,))])
    with pytest.raises(mx.MXNetError, match="the 1-th variable because it is unreachable from the outputs"):
        autograd.grad(y, [w], retain_graph=True)
    with pytest.raises(AssertionError, match="variables cannot be an empty list"):
        autograd.grad(y, [])
    with pytest.raises(TypeError, match="expected an NDArray or a list of NDArrays, got int"):
        autograd.grad(y, 3)
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 4]


@pytest.mark.parametrize("f, derivatives", [
    (lambda x: x**3, [lambda v: 3 * v**2, lambda v: 6 * v, lambda v: 6 + 0 * v]),
    (lambda x: nd.tanh(x), [lambda v: 1 - np.tanh(v) ** 2, lambda v: -2 * np.tanh(v) * (1 - np.tanh(v) ** 2)]),
    (lambda x: nd.exp(2 * x) / x, [lambda v: np.exp(2 * v) * (2 * v - 1) / v**2,
                                   lambda v: np.exp(2 * v) * (4 * v**2 - 4 * v + 2) / v**3]),
    (lambda x: x * x, [lambda v: 2 * v, lambda v: 2 + 0 * v]),
])
def test_create_graph_to_any_order(f, derivatives):
    x = nd.array([0.5, 1.5], dtype="float64")
    x.attach_grad()
    values = x.asnumpy()
    with autograd.record():
        g = f(x)
        for derivative in derivatives:
            (g,) = autograd.grad(g, x, create_graph=True)
            np.testing.assert_allclose(g.asnumpy(), derivative(values), rtol=1e-10)


def test_create_graph_then_backward(x):
    with autograd.record():
        y = x * x * x
        (dy,) = autograd.grad(y, x, create_graph=True)
        z = (dy * dy).sum()
    z.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), 36 * np.array([1.0, 2.0]) ** 3)


def test_create_graph_outside_of_record(x):
    y = _recorded(lambda: x**3)
    (dy,) = autograd.grad(y, x, create_graph=True)
    dy.backward()
    assert x.grad.asnumpy().tolist() == [6, 12]


def test_create_graph_through_a_head_gradient(x):
    h = nd.array([3.0, 5.0])
    h.attach_grad()
    with autograd.record():
        (dy,) = autograd.grad(x * x, x, head_grads=h * h, create_graph=True)
    dy.backward()
    assert dy.asnumpy().tolist() == [18, 100]
    assert h.grad.asnumpy().tolist() == [12, 40] and x.grad.asnumpy().tolist() == [18, 50]


# -- mark_variables ----------------------------------------------------------------------------------------------------


def test_mark_variables():
    x, w = nd.array([1.0, 2.0]), nd.array([3.0])
    gx, gw = nd.ones((2,)), nd.ones((1,))
    autograd.mark_variables([x, w], [gx, gw], ["write", "add"])
    _recorded(lambda: x * w).backward()
    assert x.grad is gx and gx.asnumpy().tolist() == [3, 3] and gw.asnumpy().tolist() == [4]
    autograd.mark_variables(x, nd.zeros((2,)))
    assert x.grad.asnumpy().tolist() == [0, 0]


def test_mark_variables_errors():
    x = nd.ones((2,))
    with pytest.raises(KeyError, match="foo"):
        autograd.mark_variables(x, nd.zeros((2,)), "foo")
    with pytest.raises(ValueError, match="1 variables need as many gradients and grad_reqs, got 0 and 1"):
        autograd.mark_variables([x], [])
    with pytest.raises(ValueError, match=r"the variable has shape \(2,\), its gradient \(3,\)"):
        autograd.mark_variables([x], [nd.ones((3,))])
    assert x.grad is None


def test_a_view_may_hold_a_gradient():
    buffer = nd.zeros((4,))
    x = nd.array([1.0, 2.0])
    autograd.mark_variables(x, buffer[1:3])
    _recorded(lambda: x * x).backward()
    assert buffer.asnumpy().tolist() == [0, 2, 4, 0]


# -- Function ----------------------------------------------------------------------------------------------------------


class Sigmoid(autograd.Function):
    def forward(self, x):
        y = 1 / (1 + nd.exp(-x))
        self.save_for_backward(y)
        return y

    def backward(self, dy):
        (y,) = self.saved_tensors
        return dy * y * (1 - y)


def test_function(x):
    y = _recorded(lambda: Sigmoid()(x))
    s = 1 / (1 + np.exp(-x.asnumpy()))
    np.testing.assert_allclose(y.asnumpy(), s, rtol=1e-6)
    y.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), s * (1 - s), rtol=1e-6)
    np.testing.assert_allclose(Sigmoid()(x).asnumpy(), s, rtol=1e-6)


def test_a_functions_derivative_may_differ_from_the_true_one(x):
    class Five(autograd.Function):
        def forward(self, a):
            self.save_for_backward(a)
            return a * 2

        def backward(self, dy):
            (a,) = self.saved_tensors
            return dy * a * 5

    _recorded(lambda: Five()(x)).backward()
    assert x.grad.asnumpy().tolist() == [5, 10]


def test_second_derivative_through_a_function(x):
    with autograd.record():
        (g,) = autograd.grad(Sigmoid()(x), x, create_graph=True)
    g.backward()
    s = 1 / (1 + np.exp(-x.asnumpy()))
    np.testing.assert_allclose(x.grad.asnumpy(), s * (1 - s) * (1 - 2 * s), rtol=1e-5)


def test_function_of_several_arrays(x):
    class SumAndProduct(autograd.Function):
        def forward(self, a, b):
            self.save_for_backward(a, b)
            return a + b, a * b

        def backward(self, ds, dp):
            a, b = self.saved_tensors
            return ds + dp * b, ds + dp * a

    w = nd.array([3.0, 4.0])
    w.attach_grad()
    with autograd.record():
        s, p = SumAndProduct()(x, w)
        y = p * 10
    y.backward()
    assert s.asnumpy().tolist() == [4, 6]
    assert x.grad.asnumpy().tolist() == [30, 40] and w.grad.asnumpy().tolist() == [10, 20]


def test_function_errors(x):
    f = Sigmoid()
    f(x)
    with pytest.raises(AssertionError, match="Each Function instance can only be called once"):
        f(x)

    class Two(Sigmoid):
        def backward(self, dy):
            return dy, dy

    class Wide(Sigmoid):
        def backward(self, dy):
            return nd.ones((3,))

    with pytest.raises(mx.MXNetError, match="Two.backward must return exactly the same number .* Expecting 1 got 2"):
        _recorded(lambda: Two()(x)).backward()
    with pytest.raises(mx.MXNetError, match=r"Wide.backward gave a gradient of shape \(3,\) for an input of shape"):
        _recorded(lambda: Wide()(x)).backward()
    with pytest.raises(NotImplementedError, match="Function must define forward"):
        autograd.Function()(x)
    assert x.grad.asnumpy().tolist() == [0, 0]


def test_function_without_backward(x):
    class Half(autograd.Function):
        def forward(self, a):
            return a / 2

    with pytest.raises(NotImplementedError, match="Half must define backward"):
        _recorded(lambda: Half()(x)).backward()


def test_function_with_an_own_init(x):
    class Scale(autograd.Function):
        def __init__(self, k):
            super().__init__()
            self.k = k

        def forward(self, a):
            return a * self.k

        def backward(self, dy):
            return dy * self.k

    _recorded(lambda: Scale(4)(x)).backward()
    assert x.grad.asnumpy().tolist() == [4, 4]


# -- get_symbol --------------------------------------------------------------------------------------------------------


def test_get_symbol(x):
    y = _recorded(lambda: nd.exp(x * 2))
    symbol = autograd.get_symbol(y)
    (name,) = symbol.list_arguments()
    np.testing.assert_allclose(symbol.eval(**{name: x})[0].asnumpy(), np.exp([2.0, 4.0]), rtol=1e-6)
    with pytest.raises(mx.MXNetError, match="NDArray is not part of a computation graph. Did you forget"):
        autograd.get_symbol(nd.ones((2,)))


def test_stopped_gradients_are_zero(x):
    """BlockGrad's result is on the tape; what it alone leads to gets zeros, written or added, in plain passes and
    in those that repeat."""
    w = nd.array([3.0, 4.0])
    w.attach_grad()
    for _ in range(40):
        x.grad[:] = 7
        with autograd.record():
            loss = (nd.BlockGrad(x * 2) * w).sum()
        loss.backward()
        assert x.grad.asnumpy().tolist() == [0.0, 0.0] and w.grad.asnumpy().tolist() == [2.0, 4.0]
        assert x._fresh_grad
    with autograd.record():
        y = nd.stop_gradient(x)
    y.backward()
    assert x.grad.asnumpy().tolist() == [0.0, 0.0]
    x.attach_grad("add")
    x.grad[:] = 7
    with autograd.record():
        y = nd.BlockGrad(x) * w
        found = autograd.grad(y, [x], retain_graph=True)
    y.backward()
    assert found[0].asnumpy().tolist() == [0.0, 0.0] and x.grad.asnumpy().tolist() == [7.0, 7.0]


STEPS = {
    "argmax": lambda x: nd.argmax(x, axis=0), "argsort": nd.argsort, "comparison": lambda x: x > 1,
    "two arrays": lambda x: x == x * 2, "logic": nd.logical_not, "shape": nd.shape_array, "ones": nd.ones_like,
    "one hot": lambda x: nd.one_hot(x, 4), "boxes": lambda x: nd.contrib.MultiBoxPrior(
        x.reshape((1, 1, 1, 2))), "method": lambda x: x.argmin(axis=0),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_what_has_no_derivative_is_on_the_tape(x, step):
    """As a head, beside other heads, and in the middle of what is computed, hybridized or not."""
    x.grad[:] = 7
    y = _recorded(lambda: STEPS[step](x))
    heads = list(y) if isinstance(y, (list, tuple)) else [y]
    autograd.backward(heads, retain_graph=True)
    assert x.grad.asnumpy().tolist() == [0.0, 0.0] and x._fresh_grad
    z = _recorded(lambda: x * 3)
    autograd.backward([*heads, z])
    assert x.grad.asnumpy().tolist() == [3.0, 3.0]
    w = nd.ones((2,))
    w.attach_grad()
    x.grad[:] = 7
    for _ in range(2):  # the second time through what the first one freed
        z = _recorded(lambda: heads[0].astype("float32").sum() * w)
        z.backward()
        assert w.grad.asnumpy().tolist() == [float(heads[0].sum().asscalar())] * 2
    assert x.grad.asnumpy().tolist() == [7.0, 7.0]


def test_a_gradient_that_does_not_depend_on_its_variable_has_a_gradient_of_zero(x):
    for f in (nd.relu, nd.round, nd.floor):
        x.grad[:] = 7
        with autograd.record():
            (g,) = autograd.grad(f(x), [x], create_graph=True)
            z = (g * g).sum()
        z.backward()
        assert x.grad.asnumpy().tolist() == [0.0, 0.0]


def _after_a_backward(program):
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    return program(x) or x.grad.asnumpy().tolist()


def _state_of_a_step(x):
    with autograd.record():
        y = x * x
    y.backward()
    with autograd.record():
        z = y * x
    z.backward()


def _within_one_record(x):
    with autograd.record():
        y = x * x
        y.backward()
        z = y * x
        z.backward()


def _another_output(x):
    with autograd.record():
        a, b = nd.split(x, 2, axis=0)
        c = a * 2
    c.backward()
    with autograd.record():
        d = b * x
    d.backward()


def _grad_of_it(x):
    with autograd.record():
        y = x * x
        z = nd.exp(y)
    z.backward()
    with autograd.record():
        w = y * x
    return autograd.grad(w, [x])[0].asnumpy().tolist()


@pytest.mark.parametrize(("program", "gradient"), [
    (_state_of_a_step, [1.0, 4.0]), (_within_one_record, [1.0, 4.0]), (_another_output, [2.0, 2.0]),
    (_grad_of_it, [1.0, 4.0])])
def test_what_an_earlier_backward_freed_is_a_constant(program, gradient):
    assert _after_a_backward(program) == gradient


def test_the_state_of_a_network_needs_no_detach():
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Dense(2))
    net.initialize(mx.init.One())
    net.hybridize()
    h, x = nd.ones((1, 2)), nd.array([1.0, 2.0])
    x.attach_grad()
    found = []
    for _ in range(3):
        with autograd.record():
            h = net(h) * x
            loss = h.sum()
        loss.backward()
        found.append(x.grad.asnumpy().tolist())
    assert found == [[2.0, 2.0], [6.0, 6.0], [18.0, 18.0]]


def test_a_graph_freed_after_it_was_recorded_is_refused():
    def both(x):
        with autograd.record():
            y = x * x
            z = y * x
        y.backward()
        z.backward()

    with pytest.raises(mx.base.MXNetError, match="freed by an earlier backward"):
        _after_a_backward(both)
