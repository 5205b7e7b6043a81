"""Branches and loops inside a trace: what Python's own give, to the second derivative, in one equation."""

import importlib.util
import warnings

import numpy as np
import pytest

import luojia as mx
from luojia import Parameter, Tensor, autograd, gluon, nd, nn, ops
from luojia._src.core import control
from luojia._src.engine.devices import Context, current_context
from luojia._src.errors import NotSupportedError

HAS_JAX = importlib.util.find_spec("jax") is not None
compiled = pytest.mark.skipif(not HAS_JAX, reason="compiling needs jax")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3)).astype(np.float32)


@pytest.fixture(params=["numpy", pytest.param("xla", marks=compiled)])
def engine(request):
    """Runs the test with a place of the engine as the default device."""
    if request.param == "numpy":
        from luojia._src.engine.numpy_engine import ENGINE
    else:
        from luojia._src.engine.xla_engine import ENGINE
    device = Context("cpu", 6)
    before, device._engine = device._engine, ENGINE
    with device, warnings.catch_warnings():
        warnings.simplefilter("error")  # a fallback to eager running would warn
        yield request.param
    device._engine = before
    mx.set_context(mode=mx.PYNATIVE_MODE)


@pytest.fixture
def xla(engine):
    if engine != "xla":
        pytest.skip("the NumPy engine compiles nothing")


def weight(*values):
    return Parameter(Tensor(np.array(values, np.float32)), name="w")


def close(a, b, tolerance=2e-6):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


def primitives(jitted):
    """The names of the equations of what was traced last."""
    region = list(jitted._entries.values())[-1].region
    return {e.primitive.name for e in region.equations._eqns}


def check(fn, w, *args):
    """Values and gradients to the second order of ``fn`` compiled, outside and inside, against Python's."""
    both = ops.GradOperation(get_all=True, get_by_list=True)

    def scalar(*xs):
        out = fn(*xs)
        return sum(((o * o).sum() for o in (out if isinstance(out, (tuple, list)) else [out])), Tensor(np.float32(0)))

    def second(f):
        return lambda *xs: (ops.GradOperation(get_all=True)(f)(*xs)[0] * xs[0]).sum()

    fast = mx.jit(fn, strict=True)
    out, expected = fast(*args), fn(*args)
    for a, b in zip(*[(o if isinstance(o, (tuple, list)) else [o]) for o in (out, expected)]):
        close(a, b)
    inner = mx.jit(scalar, strict=True)
    for make in (lambda f: f, second):
        plain = both(make(scalar), [w])(*args)
        outside = both(make(inner), [w])(*args)
        inside = mx.jit(lambda *xs, make=make: both(make(scalar), [w])(*xs), strict=True)(*args)
        for found in (outside, inside):
            for a, b in zip((*found[0], *found[1]), (*plain[0], *plain[1])):
                close(a, b, 2e-5)
    return fast


def test_a_branch(engine):
    w = weight(0.5, -1.0, 2.0)

    def choose(x):
        y = x * 2.0
        return ops.cond(x.sum() > 0, lambda: ops.tanh(y * w), lambda: ops.exp(x) - y)

    for x in (abs(X), -abs(X)):
        fast = check(choose, w, Tensor(x))
    if engine == "xla":
        assert "cond" in primitives(fast) and len(fast.traces) == 1


def test_a_branch_of_structures_and_numbers(engine):
    @mx.jit(strict=True)
    def choose(x, flag):
        return ops.cond(x.sum() > 0, lambda a: {"a": a, "b": [1.0, None]}, lambda a: {"a": -a, "b": [2, None]}, x) \
            if flag else ops.cond(flag, lambda: x, lambda: x * 3.0)

    if engine == "numpy":
        assert choose(Tensor([-1.0]), True)["b"] == [2, None]
    else:
        with pytest.raises(ValueError, match=r"ops.cond: both branches must give outputs of the same shapes and dtypes "
                                             r"where it is compiled, got \(\(1,\) float32, \(\) float32\) and"):
            choose(Tensor([-1.0]), True)
    close(choose(Tensor([1.0]), False), [3.0])


def test_what_a_branch_writes(engine):
    count = Parameter(Tensor([0.0]), name="count", requires_grad=False)
    never = Parameter(Tensor([7.0]), name="never", requires_grad=False)

    @mx.jit(strict=True)
    def step(x):
        def up():
            count.set_data(count + 1.0)
            return x

        def down():
            never.set_data(x)
            return -x

        return ops.cond(x.sum() > 0, up, down)

    for v in (1.0, -2.0, 3.0):
        close(step(Tensor([v])), [abs(v)])
    close(count, [2.0])
    close(never, [-2.0])


def test_foreach(engine):
    w = weight(0.5, -0.3, 0.8)

    def recurrence(x, h):
        def body(row, states):
            h = ops.tanh(states[0] * w + row)
            return [h * 2.0, row.sum()], [h, states[1] + 1.0]

        outs, (h, n) = nd.contrib.foreach(body, x, [h, h.sum()])
        return [*outs, h, n]

    fast = check(recurrence, w, Tensor(X), Tensor(np.ones(3, np.float32)))
    if engine == "xla":
        assert "scan" in primitives(fast)


def test_foreach_inside_foreach_and_a_branch_in_it(engine):
    w = weight(0.7, 0.2, -0.4)

    def nested(x):
        def outer(row, h):
            def inner(v, s):
                s = ops.cond(s.sum() > 0.5, lambda: s * v, lambda: ops.sin(s) + v * w.sum())
                return s, s

            outs, s = nd.contrib.foreach(inner, row, h.sum())
            return outs, h * w + s

        outs, h = nd.contrib.foreach(outer, x, w * 1.0)
        return outs, h

    check(nested, w, Tensor(X))


def test_while_loop_with_a_bound(engine):
    w = weight(0.9)

    def halve(x):
        outs, (x, n) = nd.contrib.while_loop(lambda x, n: x.sum() > 1.0, lambda x, n: (x * w, [x * w * 0.5, n + 1]),
                                             [x, Tensor([0.0])], max_iterations=5)
        return outs, x, n

    for start in (4.0, 100.0):
        fast = check(halve, w, Tensor([start]))
    if engine == "xla":
        assert "scan" in primitives(fast)
        close(fast(Tensor([0.5]))[0], np.zeros((5, 1)))


def test_loops_without_a_bound(engine):
    w = weight(0.5)

    @mx.jit(strict=True)
    def reduce(x):
        x, n = ops.WhileLoop()(lambda v: v[0].sum() > 1.0, lambda v: (v[0] * w, v[1] + 1), (x, 0))
        return x, n

    for start, steps in ((8.0, 3), (0.5, 0), (100.0, 7)):
        x, n = reduce(Tensor([start]))
        close(x, [start * 0.5**steps])
        assert int(n) == steps
    if engine == "xla":
        assert "while" in primitives(reduce) and len(reduce.traces) == 1

    @mx.jit(strict=True)
    def total(upper, x):
        return ops.ForiLoop()(Tensor(1), upper, lambda i, v: v + i * x, x * 0.0)

    close(total(Tensor(5), Tensor([2.0])), [20.0])
    close(total(Tensor(1), Tensor([2.0])), [0.0])


def test_loops_of_known_length(engine):
    w = weight(0.5, 2.0, 1.0)

    def both(x):
        x = ops.ForiLoop()(0, 3, lambda i, v: ops.sin(v * w) + i, x, unroll=False)
        rows = [x[0], x[1], x[2]]
        last, ys = ops.Scan()(lambda c, r: (c + r * w, {"y": c * r}), x[3], rows, unroll=False)
        return [last, *[y["y"] for y in ys]]

    fast = check(both, w, Tensor(X))
    if engine == "xla":
        assert "scan" in primitives(fast)
    count, _ = mx.jit(lambda: ops.Scan()(lambda c, _: (c + 1, c), Tensor(0), None, 4, unroll=False), strict=True)()
    assert int(count) == 4
    assert ops.Scan()(lambda c, x: (c + x, c), 0, [1, 2, 3]) == (6, [0, 1, 3])


def test_a_rule_of_ones_own_counts_inside_a_loop(engine):
    class Odd(nn.Module):
        def call(self, x):
            return x * 2.0

        def bprop(self, x, out, dout):
            return (dout * 10.0,)

    odd = Odd()

    def run(x):
        return nd.contrib.foreach(lambda row, s: (odd(row), s), x, x[0])[0]

    close(ops.GradOperation()(mx.jit(run, strict=True))(Tensor(X)), np.full_like(X, 10.0))


def test_statistics_are_carried_through_a_loop(engine):
    found = []
    for make in (lambda f: f, lambda f: mx.jit(f, strict=True)):
        net = nn.BatchNorm1d(3)
        net.set_train()
        data = Tensor(RNG.normal(size=(5, 4, 3)).astype(np.float32) if not found else found[0][0])
        run = make(lambda x, net=net: nd.contrib.foreach(lambda rows, s: (net(rows), s), x, x[0])[0])
        grad = ops.GradOperation(get_by_list=True)(lambda x, run=run: (run(x) * x).sum(), net.trainable_params())
        out = run(data)
        found.append([data.asnumpy(), out, net.moving_mean.asnumpy(), *grad(data), net.moving_mean.asnumpy()])
    for a, b in zip(*found):
        close(a, b, 2e-5)


def test_gluon_statistics_are_written_as_a_backward_passes(engine):
    found = []
    data = RNG.normal(size=(5, 4, 3)).astype(np.float32)
    for make in (lambda f: f, lambda f: mx.jit(f, strict=True)):
        net = gluon.nn.BatchNorm(in_channels=3)
        net.initialize(ctx=current_context())
        run = make(lambda x, net=net: nd.contrib.foreach(lambda rows, s: (net(rows), s), x, x[0])[0])
        x = nd.array(data)
        with autograd.record():
            loss = (run(x) * x).sum()
        before = net.running_mean.data().asnumpy()
        loss.backward()
        found.append([before, net.running_mean.data().asnumpy(), net.gamma.grad().asnumpy()])
    for a, b in zip(*found):
        close(a, b, 2e-5)
    assert abs(found[0][1]).max() > 0.01


def test_random_numbers_in_a_loop_follow_the_seed(engine):
    drop = nn.Dropout(0.5)
    drop.set_train()

    def run(x):
        return nd.contrib.foreach(lambda row, s: (drop(row) + drop(row), s), x, x[0])[0]

    x = Tensor(np.ones((3, 20), np.float32))
    fast = mx.jit(run, strict=True)
    for f in (fast, fast):
        mx.set_seed(4)
        a = f(x), ops.GradOperation()(f)(x)
        mx.set_seed(4)
        b = run(x), ops.GradOperation()(run)(x)
        close(a[0], b[0])
        close(a[1], b[1])
    assert abs(a[0].asnumpy()[0] - a[0].asnumpy()[1]).max() > 0


def test_random_numbers_where_their_count_is_open(engine):
    drop = nn.Dropout(0.5)
    drop.set_train()
    x = Tensor(np.ones(40, np.float32))
    chosen = mx.jit(lambda x: ops.cond(x.sum() > 0, lambda: drop(x), lambda: x), strict=True)
    looped = mx.jit(lambda x: ops.WhileLoop()(lambda v: v[1] < 3, lambda v: (drop(v[0] * 0.0 + 1.0) + v[0] * 0.1,
                                                                            v[1] + 1), (x, 0))[0], strict=True)
    for f in (chosen, looped):
        mx.set_seed(2)
        a, b = f(x).asnumpy(), f(x).asnumpy()
        mx.set_seed(2)
        close(f(x), a)
        assert (a != b).any()
    digits = np.round(looped(x).asnumpy() * 100).astype(int)
    assert len(set(digits.tolist())) > 4  # the steps draw different numbers


def test_a_training_step_with_a_loop_in_graph_mode(engine):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.Dense(3, 3)

        def call(self, x):
            outs, h = nd.contrib.foreach(lambda row, h: (h, ops.tanh(self.cell(h) + row)), x, x[0])
            return ops.cond(h.sum() > 0, lambda: h, lambda: h * 0.5).sum() + outs.sum()

    found = []
    for mode in (mx.PYNATIVE_MODE, mx.GRAPH_MODE):
        mx.set_context(mode=mode)
        net = Net()
        for k, p in enumerate(net.get_parameters()):
            p.set_data(Tensor(np.random.default_rng(k).normal(size=p.shape).astype(np.float32)))
        step = nn.TrainOneStepCell(net, nn.Momentum(net.trainable_params(), 0.05, 0.9)).set_train()
        found.append([float(step(Tensor(X[:, None].repeat(2, 1)))) for _ in range(4)])
    close(found[0], found[1], 1e-4)


def test_hybridized_blocks_hold_loops(engine):
    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            with self.name_scope():
                self.w = self.params.get("w", shape=(3,), init=mx.init.Constant(0.5))

        def hybrid_forward(self, F, x, w):
            outs, h = F.contrib.foreach(lambda row, h: (h * 2, F.tanh(h * w + row)), x, F.zeros_like(w))
            return F.contrib.cond(F.sum(h) > 0, lambda: h, lambda: -h) + F.sum(outs, axis=0)

    found = []
    for active in (False, True):
        net = Net()
        net.initialize(ctx=current_context())
        if active:
            net.hybridize()
        x = nd.array(X)
        x.attach_grad()
        with autograd.record():
            y = net(x)
        y.backward()
        found.append([y, x.grad, net.w.grad()])
    for a, b in zip(*found):
        close(a, b, 1e-5)


def test_what_a_compiled_loop_refuses(xla):
    def strict(f):
        return mx.jit(f, strict=True)(Tensor(X))

    with pytest.raises(ValueError, match=r"foreach: state 0 must keep its shape and dtype, \(3,\) float32"):
        strict(lambda x: nd.contrib.foreach(lambda r, s: (r, s[:1]), x, x[0]))
    with pytest.raises(ValueError, match=r"foreach: the body must give its state in the structure"):
        strict(lambda x: nd.contrib.foreach(lambda r, s: (r, [s]), x, x[0]))
    with pytest.raises(ValueError, match=r"WhileLoop: the body must keep number, shapes and dtypes .*\(4, 3\) float"):
        strict(lambda x: ops.WhileLoop()(lambda v: v.sum() > 0, lambda v: v[:2], x))
    with pytest.raises(ValueError, match=r"WhileLoop: the body must give a value of the structure of init_val"):
        strict(lambda x: ops.WhileLoop()(lambda v: v.sum() > 0, lambda v: (v, v), x))
    with pytest.raises(ValueError, match=r"while_loop: func must give the loop_vars in the structure"):
        strict(lambda x: nd.contrib.while_loop(lambda v: v.sum() > 0, lambda v: (v, [v, v]), [x], 3))
    with pytest.raises(ValueError, match=r"ops.cond: both branches must give outputs of the same structure"):
        strict(lambda x: ops.cond(x.sum() > 0, lambda: (x, x), lambda: [x, x]))
    with pytest.raises(ValueError, match=r"Scan: the elements of xs must have one shape and dtype"):
        strict(lambda x: ops.Scan()(lambda c, r: (c, r), x, [x, x[0]], unroll=False))
    with pytest.raises(ValueError, match=r"Scan: the elements of xs must have one structure"):
        strict(lambda x: ops.Scan()(lambda c, r: (c, x), x, [x, (x, x)], unroll=False))
    with pytest.raises(NotSupportedError, match=r"WhileLoop is differentiated, for which the number of its steps must "
                                                r"be bounded"):
        ops.GradOperation()(mx.jit(lambda x: ops.WhileLoop()(lambda v: v.sum() > 0, lambda v: v - 1.0, x),
                                   strict=True))(Tensor(X))
    drop = nn.Dropout(0.5)
    drop.set_train()
    with pytest.raises(NotSupportedError, match="the condition of WhileLoop writes Tensors or draws random numbers"):
        strict(lambda x: ops.WhileLoop()(lambda v: drop(v).sum() > 0, lambda v: v - 1.0, x))
    p = Parameter(Tensor([1.0]), name="p", requires_grad=False)
    with pytest.raises(NotSupportedError, match=r"foreach gives a Tensor of shape \(1,\) and dtype float32 values of"):
        strict(lambda x: nd.contrib.foreach(lambda r, s: (r, (p._rebind(r._value), s)[1]), x, x[0]))
    close(p, [1.0])


def test_a_schedule_in_a_loop_runs_eagerly(xla):
    p = weight(1.0)
    optimizer = nn.SGD([p], nn.CosineDecayLR(0.01, 0.1, 10))

    def train(x):
        def step(row, s):
            optimizer((row[:1],))
            return row, s

        return nd.contrib.foreach(step, x, x[0])[0]

    with pytest.raises(NotSupportedError, match="a schedule, which Python computes, inside a compiled loop"):
        mx.jit(train, strict=True)(Tensor(X))
    fixed = nn.SGD([p], 0.1)

    @mx.jit(strict=True)
    def trains(x):
        return nd.contrib.foreach(lambda row, s: (row, (fixed((row[:1],)), s)[1]), x, x[0])[0]

    trains(Tensor(X))
    close(p, [1.0 - 0.1 * X[:, 0].sum()], 1e-5)
    assert int(fixed.global_step) == 4


def test_a_gradient_through_an_open_loop_falls_back(xla):
    f = mx.jit(lambda x: ops.WhileLoop()(lambda v: v.sum() < 10, lambda v: v * 2.0, x))
    with pytest.warns(UserWarning, match="runs eagerly.*ops.cond, foreach, while_loop.*static argument"):
        close(ops.GradOperation()(f)(Tensor([1.0])), [16.0])


def test_bad_arguments(engine):
    with pytest.raises(TypeError, match="ops.cond chooses between two functions.*got function and nothing"):
        ops.cond(Tensor([1.0]), lambda: 1)
    with pytest.raises(TypeError, match="ops.cond chooses between two functions.*got NoneType and NoneType"):
        ops.cond(Tensor([[1.0]]), None, None)
    close(ops.cond(Tensor([[2.0, 0.0], [0.0, 1.0]])), 2.0)
    with pytest.raises(ValueError, match="pred must have one element"):
        ops.cond(Tensor([1.0, 2.0]), int, int)
    with pytest.raises(TypeError, match="For 'WhileLoop', the type of 'cond_func' should be"):
        ops.WhileLoop()(3, lambda x: x, 1)
    with pytest.raises(TypeError, match="For 'ForiLoop', the type of 'lower' should be one of .* but got type 'float'"):
        ops.ForiLoop()(0.5, 4, lambda i, v: v, 0)
    with pytest.raises(TypeError, match="For 'Scan', the type of 'xs' should be"):
        ops.Scan()(lambda c, x: (c, x), 0, Tensor([1, 2]))
    with pytest.raises(TypeError, match="For 'Scan', the 'length' must be an int"):
        ops.Scan()(lambda c, x: (c, x), 0, None)
    with pytest.raises(ValueError, match="the 'loop_func' must return a tuple of two"):
        ops.Scan()(lambda c, x: c, 0, [1, 2])
    assert not control.tracing()
