"""Compiling: jit, GRAPH_MODE and hybridized Blocks give what eager running gives, and run as few programs."""

import importlib.util
import warnings

import numpy as np
import pytest

import luojia as mx
from luojia import Parameter, Tensor, autograd, gluon, nd, nn, ops
from luojia._src.core.structure import modules_in
from luojia._src.engine.devices import Context, current_context
from luojia._src.errors import NotSupportedError

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="compiling needs jax")

RNG = np.random.default_rng(0)
A = RNG.normal(size=(5, 3)).astype(np.float32)
LABELS = np.array([0, 1, 0, 1, 1], np.int32)


@pytest.fixture(autouse=True)
def on_xla(request):
    """Runs the test with an XLA place as the default device."""
    from luojia._src.engine.xla_engine import ENGINE

    device = Context("cpu", 7)
    before, device._engine = device._engine, ENGINE
    with device:
        yield device
    device._engine = before
    mx.set_context(mode=mx.PYNATIVE_MODE)


def network(seed=0, dropout=0.3):
    rng = np.random.default_rng(seed)
    net = nn.SequentialCell(nn.Dense(3, 4), nn.BatchNorm1d(4), nn.Dropout(1 - dropout), nn.Dense(4, 2))
    for p in net.get_parameters():
        if p.requires_grad:
            p.set_data(Tensor(rng.normal(size=p.shape).astype(np.float32)))
    return net


def close(a, b, tolerance=1e-6):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


def test_a_function_is_traced_once_for_its_kind_of_arguments():
    runs = []

    @mx.jit
    def double(x, factor=2, *, flag=False):
        runs.append(factor)
        return x * factor, {"shape": x.shape, "flag": flag, "pair": (x, [x + 1])}

    x = Tensor(A)
    for _ in range(3):
        out, more = double(x)
    close(out, A * 2)
    close(more["pair"][1][0], A + 1)
    assert more["shape"] == (5, 3) and more["flag"] is False and runs == [2]
    double(x, 3)
    double(x, 3.0)
    double(Tensor(A[:2]), 3)
    double(x, flag=True)
    assert runs == [2, 3, 3.0, 3, 2] and double.traces[0] == "first call"
    assert "Python values" in double.traces[1] and "shapes" in double.traces[3]


def test_state_is_found_and_threaded():
    net = network()
    net.set_train()
    f = mx.jit(lambda x: net(x))
    twin = network()
    twin.set_train()
    for _ in range(3):
        mx.set_seed(1)
        a = f(Tensor(A))
        mx.set_seed(1)
        close(a, twin(Tensor(A)))
    assert len(f.traces) == 1
    for p, q in zip(net.get_parameters(), twin.get_parameters()):
        close(p, q)
    assert abs(net[1].moving_mean.asnumpy()).max() > 0.01
    net.set_train(False)
    twin.set_train(False)
    close(f(Tensor(A)), twin(Tensor(A)))
    assert "training flag" in f.traces[-1]
    net[0].weight.set_data(Tensor(np.zeros((4, 3), np.float32)))  # the next call sees it
    twin[0].weight.set_data(Tensor(np.zeros((4, 3), np.float32)))
    close(f(Tensor(A)), twin(Tensor(A)))
    assert len(f.traces) == 2


def test_random_numbers_move_and_follow_the_seed():
    drop = nn.Dropout(0.5)
    drop.set_train()
    f = mx.jit(lambda x: drop(x) + drop(x))
    x = Tensor(np.ones((4, 50), np.float32))
    mx.set_seed(3)
    first, second = f(x).asnumpy(), f(x).asnumpy()
    mx.set_seed(3)
    eager = (drop(x) + drop(x)).asnumpy(), (drop(x) + drop(x)).asnumpy()
    assert (first != second).any()
    close(first, eager[0])
    close(second, eager[1])


@pytest.mark.parametrize("inner", [False, True])
def test_gradients_to_the_third_order(inner):
    w = Parameter(Tensor(np.array([[0.5, -1.0], [1.5, 0.3], [-0.2, 0.8]], np.float32)), name="w")

    def plain(x):
        return ops.tanh(ops.matmul(x, w)) * 2.0

    f = mx.jit(plain)
    x = Tensor(A)

    def gradients(f, order):
        g = lambda x: f(x).sum()  # noqa: E731
        for _ in range(order - 1):
            g = (lambda h: lambda x: ops.GradOperation()(h)(x).sum())(g)
        both = ops.GradOperation(get_all=True, get_by_list=True)(g, [w])
        (dx,), (dw,) = (mx.jit(lambda x: both(x)) if inner else both)(x)
        return dx, dw

    for order in (1, 2, 3):
        for a, b in zip(gradients(f, order), gradients(plain, order)):
            close(a, b, 1e-5)


def test_recording_around_and_inside():
    f = mx.jit(lambda x: (x * x).sum())
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = f(x) * 3.0
    y.backward()
    close(x.grad, [6.0, 12.0])
    v = nd.array([3.0])
    v.attach_grad()

    @mx.jit
    def inside(u):
        with autograd.record():
            z = v * v * u
        z.backward()
        return z

    close(inside(nd.array([2.0])), [18.0])
    close(v.grad, [12.0])
    close(inside(nd.array([5.0])), [45.0])
    close(v.grad, [30.0])
    assert type(inside(nd.array([5.0]))) is nd.NDArray


def test_rules_that_replace_derivatives_count():
    class Odd(nn.Module):
        def call(self, x):
            return x * 2.0

        def bprop(self, x, out, dout):
            return (dout * 10.0,)

    net = Odd()
    close(ops.GradOperation()(mx.jit(lambda x: net(x) + x))(Tensor([1.0])), [11.0])


def test_what_depends_on_values():
    def sign(x):
        if x.sum() > 0:  # the line
            return x
        return -x

    with pytest.warns(UserWarning, match=r"sign runs eagerly.*test_compiled.py:\d+ \(if x.sum\(\) > 0:  # the line\)"):
        close(mx.jit(sign)(Tensor([-2.0])), [2.0])
    f = mx.ms_function(sign)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        close(f(Tensor([-2.0])), [2.0])
        close(f(Tensor([3.0])), [3.0])
    assert len(caught) == 1
    with pytest.raises(NotSupportedError, match=r"sign cannot be compiled: .*test_compiled.py:\d+ .*ops.select"):
        mx.jit(sign, strict=True)(Tensor([-2.0]))
    with pytest.raises(NotSupportedError, match="reads cannot be compiled"):
        def reads(x):
            return x * float(outside)

        outside = Tensor(2.0)
        mx.jit(reads, strict=True)(Tensor([1.0]))
    with pytest.raises(NotSupportedError, match="NumPy array, make it a Tensor"):
        mx.jit(lambda x: x, strict=True)(A)


def test_a_failed_trace_changes_nothing():
    p = Parameter(Tensor([1.0]), name="p", requires_grad=False)

    def fails(x):
        p.set_data(x)
        raise ValueError("the user's own")

    with pytest.raises(ValueError, match="the user's own"):
        mx.jit(fails, strict=True)(Tensor([5.0]))
    close(p, [1.0])


def test_attributes_that_would_keep_a_trace():
    class Keeps(nn.Module):
        def call(self, x):
            self.seen = x * 2.0
            return self.seen

    net = Keeps()
    with pytest.warns(UserWarning, match="Keeps assigns a Tensor to its attribute 'seen'"):
        mx.jit(lambda x: net(x))(Tensor([1.0]))
    close(net.seen, [2.0])


def test_what_was_frozen_resized_or_replaced_is_traced_anew():
    net = nn.Dense(3, 2)
    f = mx.jit(lambda x: net(x))
    g = ops.GradOperation(get_by_list=True)(f, [net.weight])
    net.weight.requires_grad = False
    assert abs(g(Tensor(A))[0].asnumpy()).max() == 0
    net.weight.requires_grad = True
    close(g(Tensor(A))[0], np.stack([A.sum(0)] * 2), 1e-5)
    net.weight.set_data(Tensor(np.ones((4, 3), np.float32)), slice_shape=True)
    net.bias.set_data(Tensor(np.zeros(4, np.float32)), slice_shape=True)
    plain = mx.jit(lambda x: ops.matmul(x, net.weight.T))
    close(plain(Tensor(A)), np.stack([A.sum(1)] * 4, 1), 1e-5)
    net.weight.set_data(Tensor(np.ones((1, 3), np.float32)), slice_shape=True)
    close(plain(Tensor(A)), A.sum(1, keepdims=True), 1e-5)

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = Parameter(Tensor([2.0]), name="w")

        def call(self, x):
            return x * self.w

    scale = Scale()
    h = mx.jit(lambda x: scale(x))
    close(h(Tensor([3.0])), [6.0])
    del scale.w
    scale.w = Parameter(Tensor([5.0]), name="w")
    close(h(Tensor([3.0])), [15.0])


def test_blocks_that_wait_for_their_shapes():
    block = gluon.nn.Dense(2)
    block.initialize(mx.init.One(), ctx=current_context())
    f = mx.jit(lambda x: block(x))
    close(f(nd.array(A)), np.stack([A.sum(1)] * 2, 1), 1e-5)
    close(f(nd.array(A)), np.stack([A.sum(1)] * 2, 1), 1e-5)
    assert f.traces == ["first call"]
    block.initialize(mx.init.Zero(), ctx=current_context(), force_reinit=True)
    close(f(nd.array(A)), np.zeros((5, 2)))


def test_writing_into_an_argument_runs_eagerly():
    def fill(x):
        x.add_(7.0)
        return x * 1.0

    x = Tensor([1.0, 2.0])
    with pytest.warns(UserWarning, match="fill runs eagerly.*it writes into an argument"):
        mx.jit(fill)(x)
    close(x, [8.0, 9.0])


OPTIMIZERS = {
    "momentum": lambda p: nn.Momentum(p, 0.1, 0.9, weight_decay=0.01),
    "adam": lambda p: nn.Adam(p, 0.01),
    "rates": lambda p: nn.SGD(p, [0.1, 0.2, 0.05]),
    "schedule": lambda p: nn.Momentum(p, nn.CosineDecayLR(0.01, 0.1, 10), 0.9),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_training_step_in_graph_mode_is_one_program(name):
    found = []
    for mode in (mx.PYNATIVE_MODE, mx.GRAPH_MODE):
        mx.set_context(mode=mode)
        mx.set_seed(1)
        net = network()
        loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
        step = nn.TrainOneStepCell(nn.WithLossCell(net, loss), OPTIMIZERS[name](net.trainable_params()))
        step.set_train()
        found.append([float(step(Tensor(A), Tensor(LABELS))) for _ in range(4)])
    close(found[0], found[1], 1e-5)
    assert step._luojia_graph().traces == ["first call"]


def test_functional_training_step():
    net = network(dropout=0.0)
    optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    loss_fn = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    value_and_grad = mx.value_and_grad(lambda x, y: loss_fn(net(x), y), None, optimizer.parameters)

    def step(x, y):
        loss, grads = value_and_grad(x, y)
        optimizer(grads)
        return loss

    before = [p.asnumpy() for p in net.get_parameters()]
    eager = [float(step(Tensor(A), Tensor(LABELS))) for _ in range(3)]
    for p, value in zip(net.get_parameters(), before):
        p.set_data(Tensor(value))
    for p in (*optimizer.moments, optimizer.global_step) if hasattr(optimizer, "moments") else (optimizer.global_step,):
        p.set_data(Tensor(np.zeros_like(p.asnumpy())))
    compiled = mx.jit(step)
    close([float(compiled(Tensor(A), Tensor(LABELS))) for _ in range(3)], eager, 1e-5)


def test_a_shared_buffer_is_not_overwritten():
    p = Parameter(Tensor([1.0, 2.0]), name="p", requires_grad=False)
    seen = p.value()

    @mx.jit
    def step():
        p.set_data(p + 1.0)

    step()
    step()
    close(p, [3.0, 4.0])
    close(seen, [1.0, 2.0])


def test_graph_mode_compiles_networks_and_optimizers():
    mx.set_context(mode=mx.GRAPH_MODE)
    net = network(dropout=0.0)
    x = Tensor(A)
    grads = ops.GradOperation(get_by_list=True)(net, net.trainable_params())(x)
    mx.set_context(mode=mx.PYNATIVE_MODE)
    for a, b in zip(grads, ops.GradOperation(get_by_list=True)(net, net.trainable_params())(x)):
        close(a, b, 1e-5)
    assert net._luojia_graph().traces == ["first call"]
    import copy
    import pickle

    close(copy.deepcopy(net)(x), net(x))
    assert pickle.loads(pickle.dumps(net)).__dict__["_luojia_compiled"] is None


def hybrid(seed=0):
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(8, activation="relu"), gluon.nn.BatchNorm(), gluon.nn.Dropout(0.3), gluon.nn.Dense(2))
    net.initialize(ctx=current_context())
    net(nd.array(A))
    rng = np.random.default_rng(seed)
    for p in net.collect_params().values():
        if p.grad_req != "null":
            p.set_data(nd.array(rng.normal(size=p.shape)))
    return net


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_hybridized_training_is_eager_training(optimizer):
    found = []
    for active in (False, True):
        net = hybrid()
        loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
        if active:
            net.hybridize()
            loss_fn.hybridize()
        mx.random.seed(5)
        trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": 0.05})
        losses = []
        for _ in range(4):
            with autograd.record():
                loss = loss_fn(net(nd.array(A)), nd.array(LABELS))
            loss.backward()
            trainer.step(5)
            losses.append(loss.asnumpy())
        found.append(losses + [net(nd.array(A)).asnumpy(), net[1].running_mean.data().asnumpy()])
    for a, b in zip(*found):
        close(a, b, 1e-4)


def test_a_forward_alone_leaves_a_hybridized_blocks_statistics():
    net = hybrid()
    net.hybridize()
    before = net[1].running_mean.data().asnumpy()
    with autograd.record():
        out = net(nd.array(A))
    close(net[1].running_mean.data(), before)
    out.backward()
    assert abs(net[1].running_mean.data().asnumpy() - before).max() > 1e-3


def test_methods_share_their_traces_per_object():
    class Model:
        def __init__(self, k):
            self.k = k

        @mx.jit
        def run(self, x):
            return x * self.k

    a, b = Model(2.0), Model(3.0)
    close(a.run(Tensor([1.0])), [2.0])
    close(b.run(Tensor([1.0])), [3.0])
    a.run(Tensor([4.0]))
    assert a.run.traces == ["first call"] and b.run.traces == ["first call"]


def test_mutable_numbers_are_inputs():
    runs = []

    @mx.jit
    def scale(x, k):
        runs.append(k)
        return x * k

    for k in (2.0, 3.0, 4.0):
        close(scale(Tensor([1.0]), mx.mutable(k)), [k])
    assert len(runs) == 1


def test_modules_are_found_through_closures_globals_and_objects():
    net = network()
    gradient = ops.GradOperation()(net)
    assert net[0] in modules_in(lambda x: gradient(x))
    assert net in modules_in([{"a": net}])


def test_a_number_that_changes_compiles_few_programs(on_xla):
    def constants():
        programs = [key for key in on_xla.engine._programs if getattr(key[1], "name", "") == "multiply"]
        return len([key for key in programs if key[3] and key[3][1][1] is not None])

    x, before = Tensor(A), constants()
    for k in range(30):
        close(x * (k + 0.5), A * (k + 0.5))
    assert constants() - before <= 9


@pytest.mark.parametrize("name", ["momentum", "schedule"])
def test_a_step_with_a_loss_scale_is_one_program(name):
    found = []
    data = [A, A * 1e30, A, A, A]
    for mode in (mx.PYNATIVE_MODE, mx.GRAPH_MODE):
        mx.set_context(mode=mode)
        net = nn.Dense(3, 1, "ones", "zeros")
        step = nn.TrainOneStepWithLossScaleCell(nn.WithLossCell(net, nn.MSELoss()),
                                                OPTIMIZERS[name](net.trainable_params()),
                                                nn.DynamicLossScaleUpdateCell(2.0**20, 2, 2))
        step.set_train()
        rows = [[np.asarray(t, np.float64) for t in step(Tensor(x), Tensor(A[:, :1]))[1:]] for x in data]
        found.append([*rows, *[p.asnumpy() for p in net.trainable_params()], step.optimizer.global_step.asnumpy()])
    for a, b in zip(*found):
        close(a, b, 1e-5)
    assert [bool(r[0]) for r in found[0][:5]] == [False, True, False, False, False]
    assert [float(r[1]) / 2**20 for r in found[0][:5]] == [1.0, 1.0, 0.5, 0.5, 1.0]
    assert step._luojia_graph().traces == ["first call"]


def test_an_optimizer_called_eagerly_is_one_program():
    net = network()
    for optimizer in (nn.Momentum(net.trainable_params(), 0.1, 0.9), nn.Adam(net.trainable_params(), [0.1, 0.2])):
        grads = tuple([Tensor(np.ones(p.shape, np.float32)) for p in net.trainable_params()])
        twin = [p.asnumpy() for p in net.trainable_params()]
        optimizer(grads)
        optimizer(grads)
        assert optimizer._luojia_graph().traces == ["first call"] and int(optimizer.global_step) == 2
        rate = [0.1 + 0.19, 0.3]["Adam" in type(optimizer).__name__]
        for p, before in zip(net.trainable_params(), twin):
            close(p, before - rate, 1e-4)


def test_a_trainer_inside_jit_runs_eagerly():
    net = hybrid()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})

    def step(x):
        with autograd.record():
            loss = net(x).sum()
        loss.backward()
        trainer.step(1)
        return loss

    with pytest.raises(NotSupportedError, match="a Gluon optimizer counts its updates in Python"):
        mx.jit(step, strict=True)(nd.array(A))
    before = net[0].weight.data().asnumpy()
    with pytest.warns(UserWarning, match="step runs eagerly.*a Gluon optimizer counts its updates in Python"):
        mx.jit(step)(nd.array(A))
    assert abs(net[0].weight.data().asnumpy() - before).max() > 0
    assert trainer.optimizer.num_update == 1


def test_the_traces_tell_why():
    f = mx.jit(lambda x: ops.tanh(x) if x.dtype != mx.int32 else x + 1)
    x = Tensor(A)
    f(x)
    f(x.astype(mx.float16))
    f(Tensor(LABELS))
    f(Tensor(A[:2].copy()))
    with autograd.record():
        f(x)
    with autograd.predict_mode(), autograd.record(train_mode=False):
        f(x)
    found = f.traces
    assert [t.startswith("changed: shapes, dtypes or classes") for t in found[1:4]] == [True] * 3
    assert "float32')] -> [((5, 3), 'float16')]" in found[1]
    assert "autograd training mode, recording" in found[4] and found[5].startswith("changed: autograd training mode")
    assert len(found) == 6


def test_a_hybridized_block_that_asks_for_values_raises_here_too():
    class Choosy(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return x if x.sum() > 0 else -x

    block = Choosy()
    close(block(nd.array([-1.0])), [1.0])
    block.hybridize()
    with pytest.raises(NotImplementedError, match="(?i)symbol"):
        block(nd.array([-1.0]))
