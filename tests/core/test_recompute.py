"""Recomputed regions: the same gradients as plain ones, of any order, with less on the tape."""

import numpy as np
import pytest

import luojia
from luojia import GRAPH_MODE, PYNATIVE_MODE, Parameter, ParameterTuple, Tensor, autograd, gluon, jit, nd, nn, ops
from luojia._src.core.recompute import recomputed
from luojia._src.core.transforms import Recorded


def held(head):
    """The bytes of the arrays that the tape holds for a Tensor."""
    arrays, seen, stack = {}, set(), [head._node]

    def add(value):
        if isinstance(value, (tuple, list)):
            for v in value:
                add(v)
        elif isinstance(value, dict):
            add(list(value.values()))
        elif hasattr(value, "nbytes") and hasattr(value, "dtype"):
            base = value
            while isinstance(getattr(base, "base", None), np.ndarray):
                base = base.base
            arrays[id(base)] = base

    while stack:
        node = stack.pop()
        if node is None or node in seen or node.op is None:
            continue
        seen.add(node)
        add(node.args)
        add(node.ans)
        add(node.saved)
        stack.extend(node.parents)
    return sum(a.nbytes for a in arrays.values())


@pytest.fixture
def w(rng):
    return Parameter(Tensor(rng.standard_normal((3, 3)).astype(np.float32)), name="w")


@pytest.fixture
def x(rng):
    return Tensor(rng.standard_normal((2, 3)).astype(np.float32))


def both(w):
    def plain(x):
        return ops.tanh(ops.matmul(ops.exp(x), w)).sum()

    return plain, lambda x: recomputed(plain, x)


def test_the_gradients_of_inputs_and_weights_are_the_same(w, x, assert_close):
    plain, again = (ops.GradOperation(get_all=True, get_by_list=True)(f, ParameterTuple([w]))(x) for f in both(w))
    assert_close(again[0][0], plain[0][0])
    assert_close(again[1][0], plain[1][0])


def test_second_and_third_order(w, x, assert_close):
    def second(f):
        return ops.grad(lambda x: (ops.grad(f)(x) ** 2).sum(), 0, ParameterTuple([w]))(x)

    def third(f):
        return ops.grad(lambda x: ops.grad(lambda x: (ops.grad(f)(x) ** 2).sum())(x).sum())(x)

    plain, again = both(w)
    assert_close(second(again)[0], second(plain)[0])
    assert_close(second(again)[1][0], second(plain)[1][0])
    assert_close(third(again), third(plain))


def test_transforms_of_a_region(w, x, assert_close):
    def rows(x):
        return ops.tanh(ops.matmul(x, w))

    def again(x):
        return recomputed(rows, x)

    assert_close(ops.jacrev(again)(x), ops.jacrev(rows)(x).asnumpy())
    assert_close(ops.jacfwd(again)(x), ops.jacfwd(rows)(x).asnumpy())
    out, pull = ops.vjp(again, x)
    for _ in range(2):  # a pullback may be called again
        assert_close(pull(ops.ones_like(out))[0], ops.vjp(rows, x)[1](ops.ones_like(out))[0].asnumpy())


def test_regions_nest(w, x, assert_close):
    plain, again = both(w)
    assert_close(ops.grad(lambda x: recomputed(lambda x: again(x * 2) * 3, x))(x),
                 ops.grad(lambda x: plain(x * 2) * 3)(x).asnumpy())


def test_several_inputs_and_outputs_nested_and_not(assert_close):
    def fn(pair, scale, *, extra):
        a, b = pair
        return {"sum": a + b * scale, "rest": [ops.exp(a) * extra, b]}, 7

    def use(call):
        def total(a, b, c):
            out, seven = call((a, b), 2.0, c)
            assert seven == 7 and type(out["rest"]) is list
            return (out["sum"] * out["rest"][0]).sum() + out["rest"][1].sum()

        return ops.grad(total, (0, 1, 2))(Tensor([1.0, 2.0]), Tensor([3.0, 4.0]), Tensor([5.0, 6.0]))

    again, plain = use(lambda p, s, c: recomputed(fn, p, s, extra=c)), use(lambda p, s, c: fn(p, s, extra=c))
    for got, expected in zip(again, plain):
        assert_close(got, expected.asnumpy())


def test_what_the_function_closes_over_gets_its_gradient(assert_close):
    a, b = nd.array([2.0]), nd.array([3.0])
    a.attach_grad()
    b.attach_grad()
    with autograd.record():
        c = a * b
        y = recomputed(lambda x: x * c * c, a)
    y.backward(retain_graph=True)
    y.backward()
    assert_close(a.grad.asnumpy(), np.array([3 * 4 * 9.0], np.float32))  # a^3 b^2
    assert_close(b.grad.asnumpy(), np.array([2 * 8 * 3.0], np.float32))


def test_nothing_is_recorded_where_nothing_is_differentiated(x):
    assert recomputed(ops.exp, x)._node is None  # no recording
    with autograd.record():
        assert recomputed(ops.exp, x)._node is None
        y = nd.ones((2,))
        y.attach_grad()
        assert recomputed(lambda y: y, y)._node is not None
        frozen = recomputed(lambda y: (y * 2, y.detach() * 3), y)
        assert frozen[0]._node is not None and frozen[1]._node is None


def test_the_tape_holds_the_inputs_only(rng):
    layers = [Parameter(Tensor(rng.standard_normal((8, 8)).astype(np.float32)), name=f"w{i}") for i in range(6)]
    x = Tensor(rng.standard_normal((200, 8)).astype(np.float32))

    def block(x, w):
        return ops.tanh(ops.exp(ops.matmul(x, w) * 0.1))

    def bytes_of(call):
        def net(x):
            for w in layers:
                x = call(x, w)
            return x

        run = Recorded(net, [x])
        return held(run.out)

    plain, again = bytes_of(block), bytes_of(lambda x, w: recomputed(block, x, w))
    one = x.asnumpy().nbytes
    assert again <= 8 * one  # the inputs, and the output of each region, which is the input of the next
    assert plain >= again + 6 * one


def test_random_numbers_are_drawn_once(rng, assert_close):
    net = nn.SequentialCell(nn.Dense(6, 6), nn.Dropout(p=0.5), nn.Dense(6, 6), nn.Dropout(p=0.3)).set_train()
    x = Tensor(rng.standard_normal((5, 6)).astype(np.float32))
    weights = ParameterTuple(net.trainable_params())

    def run():
        luojia.set_seed(3)
        grads = ops.GradOperation(get_all=True, get_by_list=True)(net, weights)(x)
        return [*grads[0], *grads[1], Tensor(ops.standard_normal((2,)).asnumpy())]  # and what is drawn afterwards

    plain = run()
    net.recompute()
    for got, expected in zip(run(), plain):
        assert_close(got, expected.asnumpy())


def test_statistics_move_once(rng, assert_close):
    x = Tensor(rng.standard_normal((4, 2, 3, 3)).astype(np.float32))

    def run(recompute):
        luojia.set_seed(1)
        net = nn.SequentialCell(nn.Conv2d(2, 3, 3, weight_init="ones"), nn.BatchNorm2d(3), nn.ReLU()).set_train()
        if recompute:
            net.recompute()
        grads = ops.GradOperation(get_by_list=True)(net, ParameterTuple(net.trainable_params()))(x)
        return [*grads, net[1].moving_mean, net[1].moving_variance]

    for got, expected in zip(run(True), run(False)):
        assert_close(got, expected.asnumpy())


def test_gluons_batch_norm_moves_its_statistics_once(rng, assert_close):
    data = nd.array(rng.standard_normal((4, 2)).astype(np.float32))

    def run(wrap):
        net = gluon.nn.BatchNorm(in_channels=2)
        net.initialize()
        with autograd.record():
            y = (wrap(net)(data) ** 3).sum()
        y.backward()
        return [net.gamma.grad(), net.running_mean.data(), net.running_var.data()]

    for got, expected in zip(run(lambda net: lambda x: recomputed(net, x)), run(lambda net: net)):
        assert_close(got.asnumpy(), expected.asnumpy())


def test_a_parameter_that_was_updated_in_between_counts_as_it_was(w, x, assert_close):
    plain, again = both(w)
    expected = ops.grad(plain)(x)
    run = Recorded(again, [x])
    w.set_data(w * 0)
    (node,) = [i.node for i in run.inputs]
    found = run.pull([(run.out, Tensor(np.float32(1.0)))], [node])
    assert_close(np.asarray(found[node]), expected.asnumpy())
    assert float(w.sum()) == 0.0


def test_writing_into_a_tensor_from_outside_happens_once(assert_close):
    count = Parameter(Tensor(np.zeros(2, np.float32)), name="count", requires_grad=False)

    def fn(x):
        count[0] = count[0] + 1
        return x * x

    assert_close(ops.grad(lambda x: recomputed(fn, x))(Tensor([3.0])), np.array([6.0], np.float32))
    assert count.asnumpy().tolist() == [1.0, 0.0]


@pytest.mark.parametrize("how", ["jit", "graph"])
def test_compiled_steps_with_recomputation_are_the_same(how, rng, assert_close):
    data = [Tensor(rng.standard_normal((8, 6)).astype(np.float32)) for _ in range(3)]
    label = Tensor(rng.standard_normal((8, 2)).astype(np.float32))

    def train(recompute):
        luojia.set_seed(5)
        body = nn.SequentialCell(nn.Dense(6, 6, weight_init="normal"), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(p=0.5))
        net = nn.SequentialCell(body, nn.Dense(6, 2, weight_init="normal")).set_train()
        if recompute:
            body.recompute()
        optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
        luojia.set_seed(6)
        if how == "jit":
            value_and_grad = ops.value_and_grad(lambda x, y: ((net(x) - y) ** 2).mean(), None, optimizer.parameters)

            @jit
            def step(x, y):
                loss, grads = value_and_grad(x, y)
                optimizer(grads)
                return loss
        else:
            luojia.set_context(mode=GRAPH_MODE)
            step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), optimizer)
        try:
            losses = [float(step(x, label)) for x in data]
        finally:
            luojia.set_context(mode=PYNATIVE_MODE)
        return losses, [p.asnumpy() for p in net.get_parameters()]

    losses, parameters = train(True)
    expected, after = train(False)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    for got, p in zip(parameters, after):
        assert_close(got, p)


def test_a_module_keeps_its_inputs_only(rng):
    def bytes_of(recompute):
        net = nn.SequentialCell(*[nn.SequentialCell(*[nn.Dense(8, 8), nn.Tanh()] * 3) for _ in range(4)])
        if recompute:
            for cell in net:
                cell.recompute()
        return held(Recorded(net, [Tensor(np.ones((300, 8), np.float32))]).out)

    assert bytes_of(True) < 0.5 * bytes_of(False)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"foo": True}, ValueError, "keyword 'foo' is not recognized! the key kwargs must be 'mp_comm_recompute'"),
        ({"parallel_optimizer_comm_recompute": 3}, TypeError, "'parallel_optimizer_comm_recompute' must be bool"),
        ({"use_reentrant": 3}, TypeError, "'use_reentrant' must be bool"),
    ],
)
def test_options_are_checked(options, error, message):
    net = nn.Dense(2, 2)
    with pytest.raises(error, match=message):
        net.recompute(**options)
    assert net._luojia_plain
    net.recompute(mp_comm_recompute=False)
    assert not net._luojia_plain


def test_a_layer_in_half_precision_is_recomputed(rng, assert_close):
    net = nn.Dense(4, 3, weight_init="normal").to_float(luojia.float16)
    x = Tensor(rng.standard_normal((5, 4)).astype(np.float32))
    grad = ops.GradOperation(get_all=True, get_by_list=True)(net, ParameterTuple(net.trainable_params()))
    before = grad(x)
    net.recompute()
    after = grad(x)
    for got, expected in zip((*after[0], *after[1]), (*before[0], *before[1])):
        assert got.dtype is luojia.float32
        assert_close(got, expected.asnumpy())


def test_a_compiled_forward_program_leaves_less_for_its_backward(rng):
    def bytes_of(recompute):
        luojia.set_seed(1)
        net = nn.SequentialCell(*[nn.SequentialCell(*[nn.Dense(8, 8), nn.Tanh()] * 3) for _ in range(4)])
        if recompute:
            for cell in net:
                cell.recompute()
        x = Tensor(np.ones((300, 8), np.float32))
        compiled = jit(net)
        run = Recorded(compiled, [x])
        (grad,) = ops.GradOperation(get_all=True)(compiled)(x)
        return held(run.out), grad.asnumpy()

    (less, grad), (more, expected) = bytes_of(True), bytes_of(False)
    assert less < 0.6 * more
    np.testing.assert_allclose(grad, expected, rtol=1e-5, atol=1e-7)


def test_an_operator_object_accepts_recomputation():
    matmul = ops.MatMul()
    assert matmul.recompute() is matmul and matmul.recompute(False) is matmul
    with pytest.raises(TypeError, match="The recompute mode must be bool, but got int"):
        matmul.recompute(3)
