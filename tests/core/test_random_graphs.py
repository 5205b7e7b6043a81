"""Random expression graphs: the tape, HIPS autograd and finite differences agree, to second order, in float64."""

import autograd.numpy as anp
import numpy as np
from autograd import grad as autograd_grad
from hypothesis import given, settings
from hypothesis import strategies as st

from luojia import Tensor, ops
from luojia import autograd as ag
from luojia._src.core.op import OPERATORS

# Each: the operator on Tensors, and the same by autograd's NumPy. Smooth, and bounded over any depth.
UNARY = {
    "tanh": (OPERATORS["tanh"], anp.tanh),
    "sigmoid": (OPERATORS["sigmoid"], lambda x: 0.5 * (anp.tanh(0.5 * x) + 1)),
    "sin": (OPERATORS["sin"], anp.sin),  # without a rule of its own, or with
    "neg": (lambda x: -x, lambda x: -x),
    "square": (lambda x: OPERATORS["tanh"](x) ** 2, lambda x: anp.tanh(x) ** 2),
    "total": (lambda x: OPERATORS["tanh"](OPERATORS["sum"](x, axis=1, keepdims=True)),
              lambda x: anp.tanh(anp.sum(x, axis=1, keepdims=True))),
    "turn": (lambda x: OPERATORS["reshape"](OPERATORS["transpose"](x), shape=x.shape),
             lambda x: anp.reshape(anp.transpose(x), x.shape)),
    "row": (lambda x: x[:1], lambda x: x[:1]),
    "twist": (lambda x: x[:, ::-1] * 0.5 + x, lambda x: x[:, ::-1] * 0.5 + x),
}
BINARY = {
    "add": (lambda x, y: x + y, lambda x, y: x + y),
    "mul": (lambda x, y: x * y, lambda x, y: x * y),
    "sub": (lambda x, y: 0.5 * x - y, lambda x, y: 0.5 * x - y),
    "div": (lambda x, y: x / (y * y + 2.0), lambda x, y: x / (y * y + 2.0)),
    "gate": (lambda x, y: OPERATORS["sigmoid"](x) * y, lambda x, y: 0.5 * (anp.tanh(0.5 * x) + 1) * y),
}
programs = st.lists(
    st.tuples(st.sampled_from([*UNARY, *BINARY, *BINARY]), st.integers(0, 99), st.integers(0, 99)),
    min_size=1, max_size=8,
)
SHAPE = (2, 3)


def run(program, which, xs, total):
    """The scalar of a straight-line program, whose steps take any two values before them."""
    values = list(xs)
    for name, i, j in program:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append(UNARY[name][which](x) if name in UNARY else BINARY[name][which](x, y))
    out = total(xs[0] * xs[0] * 0.5 + xs[1] * xs[1])  # so that no second derivative is identically zero
    for v in values[len(xs):]:
        out = out + total(v)
    return out


def sums(x):
    return OPERATORS["sum"](x)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(programs, st.integers(0, 1000))
def test_first_and_second_order(program, seed):
    rng = np.random.default_rng(seed)
    points = [rng.normal(size=SHAPE) for _ in range(2)]
    probes = [rng.normal(size=SHAPE) for _ in range(2)]

    def slope(*xs):  # HIPS: the gradient along the probes
        gs = autograd_grad(lambda packed: run(program, 1, packed, anp.sum))(tuple(xs))
        return sum(anp.sum(g * p) for g, p in zip(gs, probes))

    expected1 = autograd_grad(lambda packed: run(program, 1, packed, anp.sum))(tuple(points))
    expected2 = autograd_grad(lambda packed: slope(*packed))(tuple(points))

    # the tape, and create_graph
    xs = [Tensor(p) for p in points]
    for x in xs:
        x.attach_grad()
    with ag.record():
        y = run(program, 0, xs, sums)
    y.backward(retain_graph=True)
    for x, e in zip(xs, expected1):
        np.testing.assert_allclose(x.grad.asnumpy(), e, rtol=1e-9, atol=1e-11)

    # a grad network of a grad network, and one under record
    every = ops.GradOperation(get_all=True)
    first = every(lambda *xs: run(program, 0, xs, sums))

    def probe(*xs):
        return sums(first(*xs)[0] * Tensor(probes[0])) + sums(first(*xs)[1] * Tensor(probes[1]))

    second = every(probe)(*map(Tensor, points))
    with ag.record():
        z = probe(*xs)
    z.backward()
    for g, x, e in zip(second, xs, expected2):
        np.testing.assert_allclose(g.asnumpy(), e, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(x.grad.asnumpy(), e, rtol=1e-8, atol=1e-10)

    # finite differences along a direction
    h, direction = 1e-5, [rng.normal(size=SHAPE) for _ in range(2)]
    ends = [[p + s * h * d for p, d in zip(points, direction)] for s in (1, -1)]
    up, down = (run(program, 1, e, np.sum) for e in ends)
    got = sum(np.sum(g * d) for g, d in zip(expected1, direction))
    np.testing.assert_allclose(got, (up - down) / (2 * h), rtol=1e-4, atol=1e-4 * max(1.0, abs(up)))
