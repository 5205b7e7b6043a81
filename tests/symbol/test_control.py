"""Loops and branches in graphs. Expected numbers are those of mxnet 1.9.1 except where it fails."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd, sym


def values(arrays):
    return [a.asnumpy().tolist() for a in arrays]


def test_foreach_stacks_outputs_and_hands_on_states():
    out, state = sym.contrib.foreach(lambda d, s: (d + s, d * s), sym.var("a"), sym.var("s"))
    group = sym.Group([out, state])
    assert group.list_arguments() == ["a", "s"]
    got = group.eval(a=nd.arange(6).reshape((3, 2)), s=nd.ones((2,)))
    assert values(got) == [[[1, 2], [2, 4], [4, 8]], [0, 15]]


def test_foreach_takes_what_its_body_uses_from_outside():
    x, w, s, t = (sym.var(n) for n in "xwst")
    out, states = sym.contrib.foreach(lambda d, h: (sym.dot(d, w) + h[0], [h[0] * 2, h[1] + d]), x, [s, t])
    group = sym.Group([out, *states])
    shapes = {"x": (4, 2, 3), "w": (3, 5), "s": (2, 5), "t": (2, 3)}
    args, outs, _ = group.infer_shape(**shapes)
    assert dict(zip(group.list_arguments(), args)) == shapes
    assert outs == [(4, 2, 5), (2, 5), (2, 3)]
    executor = group.simple_bind(mx.cpu(), **shapes)
    ones = {n: nd.ones(s) for n, s in shapes.items()}
    executor.forward(is_train=True, **ones)
    executor.backward([nd.ones(s) for s in outs])
    assert executor.grad_dict["s"].asnumpy().tolist() == [[31.0] * 5] * 2  # 1 + 2 + 4 + 8, and 16 of the last state
    assert executor.grad_dict["w"].asnumpy().tolist() == [[8.0] * 5] * 3
    assert executor.grad_dict["t"].asnumpy().tolist() == [[1.0] * 3] * 2


def test_foreach_infers_the_shapes_of_its_bodys_parameters():
    def body(d, s):
        return sym.FullyConnected(d, num_hidden=4, name="fc"), s

    out, _ = sym.contrib.foreach(body, sym.var("x"), sym.var("s"))
    args, outs, _ = out.infer_shape(x=(5, 2, 3), s=(1,))
    assert dict(zip(out.list_arguments(), args)) == {"x": (5, 2, 3), "fc_weight": (4, 3), "fc_bias": (4,), "s": (1,)}
    assert outs == [(5, 2, 4)]


def test_while_loop_pads_its_outputs_to_max_iterations():
    out, last = sym.contrib.while_loop(lambda i, s: i <= 3, lambda i, s: ([i + s], [i + 1, s + i]),
                                       (sym.var("i"), sym.var("s")), max_iterations=5)
    got = sym.Group([*out, *last]).eval(i=nd.array([0.0]), s=nd.array([1.0]))
    assert got[0].shape == (5, 1) and values(got)[0][:4] == [[1], [2], [4], [7]]
    assert values(got)[1:] == [[4], [7]]


def test_cond_runs_one_branch_and_differentiates_it():
    branch = sym.contrib.cond(sym.var("p"), lambda: sym.var("a") + 1, lambda: sym.var("a") * sym.var("a"))
    for p, out, grad in ((1, 6, 1), (0, 25, 10)):
        executor = branch.bind(mx.cpu(), {"p": nd.array([p]), "a": nd.array([5])}, {"a": nd.zeros(1)})
        assert values(executor.forward(is_train=True)) == [[out]]
        executor.backward(nd.ones(1))
        assert executor.grad_dict["a"].asscalar() == grad


def test_nested_loops():
    def outer(row, total):
        inner, last = sym.contrib.foreach(lambda d, s: (d * k, s + d), row, total)
        return inner, last

    k = sym.var("k")
    out, last = sym.contrib.foreach(outer, sym.var("x"), sym.var("t"))
    got = sym.Group([out, last]).eval(x=nd.arange(4).reshape((2, 2, 1)), t=nd.zeros(1), k=nd.array([3]))
    assert values(got) == [[[[0], [3]], [[6], [9]]], [6]]


class Unrolled(gluon.HybridBlock):
    """A recurrent cell over time, as one loop."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.cell = gluon.rnn.RNNCell(3, input_size=2)

    def hybrid_forward(self, F, x, s):
        return F.contrib.foreach(self.cell, x, s)


def test_a_hybridized_loop_equals_the_plain_one():
    net = Unrolled()
    net.initialize(mx.init.Constant(0.1))
    x = nd.arange(8).reshape((4, 1, 2))
    x.attach_grad()
    got = []
    for hybrid in (False, True):
        if hybrid:
            net.hybridize()
        with autograd.record():
            out, states = net(x, [nd.ones((1, 3))])
            loss = out.sum()
        loss.backward()
        got.append([out.asnumpy(), states[0].asnumpy(), x.grad.asnumpy(), net.cell.i2h_weight.grad().asnumpy()])
    for plain, traced in zip(*got):
        np.testing.assert_allclose(plain, traced, rtol=3e-6)


@pytest.mark.parametrize(("make", "error", "text"), [
    (lambda a: sym.contrib.foreach(lambda d, s: d, a, a), mx.MXNetError, "must return a pair"),
    (lambda a: sym.contrib.foreach(lambda d, s: (d, [s, s]), a, a), AssertionError, "returned 2 states"),
    (lambda a: sym.contrib.foreach(lambda d, s: (1, s), a, a), TypeError, "must return symbols"),
    (lambda a: sym.contrib.foreach(lambda d, s: (d, s), 3, a), AssertionError, "data should be a Symbol"),
    (lambda a: sym.contrib.while_loop(lambda i: i, lambda i: (i, i), a), ValueError, "max_iterations should be"),
    (lambda a: sym.contrib.while_loop(lambda: a, lambda: (a, a), [], 3), ValueError, "at least one element"),
    (lambda a: sym.contrib.while_loop(lambda i: i, lambda i: i, a, 3), ValueError, "must return a pair"),
    (lambda a: sym.contrib.while_loop(lambda i: i, lambda i: (i, [i, i]), a, 3), ValueError, "returned 2 loop_vars"),
    (lambda a: sym.contrib.cond(a, lambda: [a, a], lambda: a), ValueError, "then_func returned 2 outputs"),
    (lambda a: sym.contrib.foreach(lambda d, s: (s, s), a, a)[0].tojson(), NotImplementedError, "have to be used"),
])
def test_refusals(make, error, text):
    with pytest.raises(error, match=text):
        make(sym.var("a"))


def test_names_of_loops_and_branches():
    with mx.name.NameManager():
        x, y = sym.var("x"), sym.var("y")
        out, state = sym.contrib.foreach(lambda d, s: (d + s, s * 2), x, y, name="mine")
        assert out.list_outputs() + state.list_outputs() == ["_foreach0_output0", "_foreach0_output1"]
        outs, _ = sym.contrib.while_loop(lambda i: i < 3, lambda i: ([i], [i + 1]), [x], max_iterations=5)
        assert outs[0].name == "_while_loop0"
        assert sym.contrib.cond(x.sum() > y.sum(), lambda: x + 1, lambda: y * 2).list_outputs() == ["_cond0_output"]
        weighted = sym.Convolution(x, kernel=(3, 3), num_filter=4, name="c", lr_mult=3)
        assert weighted.attr("__lr_mult__") == "3" and weighted.attr_dict()["c_weight"]["lr_mult"] == "3"
