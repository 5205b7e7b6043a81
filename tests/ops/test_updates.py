"""The operators that perform one step of an optimizer: expected numbers are those of mindspore 2.8.0 on CPU."""

from __future__ import annotations

import numpy as np
import pytest

from luojia import Parameter, Tensor, int32, ops

G = Tensor(np.array([[0.3, -0.2], [0.1, 0.4]], np.float32))
ROW = Tensor(np.array([[0.3, -0.2]], np.float32))
AT = Tensor(np.array([1], np.int32))


def w():
    return Parameter(Tensor(np.array([[0.5, -1.0], [2.0, 0.1]], np.float32)), name="w")


def z(name="z"):
    return Parameter(Tensor(np.array([[0.1, 0.2], [0.3, 0.4]], np.float32)), name=name)


# name, attributes, number of states, the call on (var, *states), what var and the states then hold
CASES = [
    ("ApplyMomentum", (), 1, lambda o, v, a: o(v, a, 0.1, G, 0.9),
     [[0.461, -0.998, 1.963, 0.024], [0.39, -0.02, 0.37, 0.76]]),
    ("Adam", (), 2, lambda o, v, m, n: o(v, m, n, Tensor(0.9), Tensor(0.999), Tensor(0.1), 0.9, 0.999, 1e-8, G),
     [[0.488, -1.01132, 1.98383, 0.07999], [0.12, 0.16, 0.28, 0.4], [0.09999, 0.19984, 0.29971, 0.39976]]),
    ("ApplyAdamWithAmsgrad", (), 3, lambda o, v, m, n, h: o(v, m, n, h, Tensor(0.9), Tensor(0.999), 0.1, G),
     [[0.488, -1.01131, 1.98383, 0.08], [0.12, 0.16, 0.28, 0.4], [0.09999, 0.19984, 0.29971, 0.39976],
      [0.1, 0.2, 0.3, 0.4]]),
    ("AdamWeightDecay", (), 2, lambda o, v, m, n: o(v, m, n, 0.1, 0.9, 0.999, 1e-8, 0.01, G),
     [[0.46155, -1.03479, 1.94685, 0.03664], [0.12, 0.16, 0.28, 0.4], [0.09999, 0.19984, 0.29971, 0.39976]]),
    ("ApplyAdaMax", (), 2, lambda o, v, m, n: o(v, m, n, 0.9, 0.1, 0.9, 0.99, 1e-8, G),
     [[0.1, -1.8, 1.05724, -0.9], [0.12, 0.16, 0.28, 0.4], [0.3, 0.2, 0.297, 0.4]]),
    ("ApplyAdadelta", (), 2, lambda o, v, m, n: o(v, m, n, 0.1, 0.9, 1e-6, G),
     [[0.46985, -0.97915, 1.98948, 0.05874], [0.099, 0.184, 0.271, 0.376], [0.09909, 0.18435, 0.27111, 0.37702]]),
    ("ApplyAdagrad", (), 1, lambda o, v, a: o(v, a, 0.1, G),
     [[0.43118, -0.95918, 1.98204, 0.04655], [0.19, 0.24, 0.31, 0.56]]),
    ("ApplyAdagradV2", (1e-2,), 1, lambda o, v, a: o(v, a, 0.1, G),
     [[0.43272, -0.95999, 1.98236, 0.04725], [0.19, 0.24, 0.31, 0.56]]),
    ("ApplyAdagradDA", (), 2, lambda o, v, a, b: o(v, a, b, G, 0.1, 0.01, 0.02, 2),
     [[-0.08639, 0.0, -0.06776, -0.10368], [0.4, 0.0, 0.4, 0.8], [0.19, 0.24, 0.31, 0.56]]),
    ("ApplyAddSign", (), 1, lambda o, v, m: o(v, m, 0.1, 1.0, 0.9, 0.9, G),
     [[0.443, -0.998, 1.981, 0.024], [0.12, 0.16, 0.28, 0.4]]),
    ("ApplyPowerSign", (), 1, lambda o, v, m: o(v, m, 0.1, np.e, 0.9, 0.9, G),
     [[0.15358, -0.99827, 1.88453, -0.36189], [0.12, 0.16, 0.28, 0.4]]),
    ("ApplyRMSProp", (), 2, lambda o, v, m, n: o(v, m, n, 0.1, G, 0.9, 0.5, 1e-3),
     [[0.35513, -1.0535, 1.83083, -0.16515], [0.099, 0.184, 0.271, 0.376], [0.14487, 0.0535, 0.16917, 0.26515]]),
    ("ApplyRMSProp", (), 2, lambda o, v, m, n: o(v, m, n, 0.1, G, 0.9, 0.0, 1e-3),
     [[0.40513, -0.9535, 1.98083, 0.03485], [0.099, 0.184, 0.271, 0.376], [0.09487, -0.0465, 0.01917, 0.06515]]),
    ("ApplyCenteredRMSProp", (), 3, lambda o, v, a, m, n: o(v, a, m, n, G, 0.1, 0.9, 0.5, 1.0),
     [[0.42119, -1.08142, 1.84084, -0.13627], [0.12, 0.16, 0.28, 0.4], [0.099, 0.184, 0.271, 0.376],
      [0.07881, 0.08142, 0.15916, 0.23627]]),
    # mindspore's CPU kernel adds l1 with the wrong sign where linear is negative: var[0, 0] is 0.04736 there
    ("ApplyFtrl", (), 2, lambda o, v, m, n: o(v, m, n, G, 0.1, 0.01, 0.02, -0.5),
     [[0.04281, -0.0844, -0.03726, -0.0896], [0.19, 0.24, 0.31, 0.56], [-0.19831, 0.42684, 0.21892, 0.68412]]),
    ("ApplyGradientDescent", (), 0, lambda o, v: o(v, 0.1, G), [[0.47, -0.98, 1.99, 0.06]]),
    ("ApplyProximalGradientDescent", (), 0, lambda o, v: o(v, 0.1, 0.1, 0.2, G),
     [[0.45098, -0.95098, 1.94118, 0.04902]]),
    ("ApplyProximalAdagrad", (), 1, lambda o, v, a: o(v, a, 0.1, 0.01, 0.02, G),
     [[0.42692, -0.95324, 1.97316, 0.04509], [0.19, 0.24, 0.31, 0.56]]),
    # no CPU kernel in mindspore: by its formula, accum = 0.9 accum - lr g; var += 0.9 accum - lr g
    ("ApplyKerasMomentum", (False, True), 1, lambda o, v, a: o(v, a, 0.1, G, 0.9),
     [[0.524, -0.8, 2.224, 0.348], [0.06, 0.2, 0.26, 0.32]]),
    ("SparseApplyAdagrad", (0.1,), 1, lambda o, v, a: o(v, a, ROW, AT),
     [[0.5, -1.0, 1.95196, 0.13015], [0.1, 0.2, 0.39, 0.44]]),
    ("SparseApplyAdagradV2", (0.1, 1e-2), 1, lambda o, v, a: o(v, a, ROW, AT),
     [[0.5, -1.0, 1.95272, 0.1297], [0.1, 0.2, 0.39, 0.44]]),
    ("SparseApplyFtrl", (0.1, 0.01, 0.02, -0.5), 2, lambda o, v, a, n: o(v, a, n, ROW, AT),
     [[0.5, -1.0, 0.14726, -0.02385], [0.1, 0.2, 0.39, 0.44], [0.1, 0.2, -0.93554, 0.16913]]),
    ("SparseApplyProximalAdagrad", (), 1, lambda o, v, a: o(v, a, 0.1, 0.01, 0.02, ROW, AT),
     [[0.5, -1.0, 1.94413, 0.12826], [0.1, 0.2, 0.39, 0.44]]),
]


@pytest.mark.parametrize("name, attributes, states, call, expected", CASES, ids=[c[0] for c in CASES])
def test_one_step(name, attributes, states, call, expected):
    kept = [w(), *(z(f"z{i}") for i in range(states))]
    out = call(getattr(ops, name)(*attributes), *kept)
    np.testing.assert_allclose([k.asnumpy().ravel() for k in kept], expected, atol=2e-5)
    first = out[0] if isinstance(out, tuple) else out
    np.testing.assert_array_equal(first.asnumpy(), kept[0].asnumpy())
    assert first._node is None and first.dtype == kept[0].dtype


def test_sgd_takes_its_first_gradient_whole():
    for stat, expected, accum in ((1.0, [0.4695, -0.979, 1.988, 0.0599], [0.305, -0.21, 0.12, 0.401]),
                                  (0.0, [0.46355, -0.9991, 1.9622, 0.02791], [0.3645, -0.009, 0.378, 0.7209])):
        v, a, s = w(), z(), Parameter(Tensor(np.full((2, 2), stat, np.float32)), name="s")
        ops.SGD(0.1, 0.01)(v, G, Tensor(0.1), a, Tensor(0.9), s)
        np.testing.assert_allclose(v.asnumpy().ravel(), expected, atol=2e-5)
        np.testing.assert_allclose(a.asnumpy().ravel(), accum, atol=2e-5)
        assert not s.asnumpy().any()


def test_sgd_without_momentum_leaves_its_states():
    v, a, s = w(), z(), Parameter(Tensor(np.ones((2, 2), np.float32)), name="s")
    before = v.asnumpy(), a.asnumpy()
    ops.SGD(0.1)(v, G, Tensor(0.1), a, Tensor(0.0), s)
    np.testing.assert_allclose(v.asnumpy(), before[0] - 0.1 * G.asnumpy(), atol=1e-6)
    assert np.array_equal(a.asnumpy(), before[1]) and s.asnumpy().all()


def test_sgd_begins_where_stat_says():
    """mindspore 2.8.0's."""
    v, a, s = (Parameter(Tensor(np.array(n, np.float32)), name=str(n)) for n in ([1, 2, 3], [5, 5, 5], [0, 1, 1]))
    out = ops.SGD(0.5)(v, Tensor(np.ones(3, np.float32)), Tensor(0.1), a, Tensor(0.9), s)
    np.testing.assert_allclose(out.asnumpy(), [0.5, 1.9, 2.9], rtol=1e-6)
    with pytest.raises(ValueError, match="the 'dampening' must be 0 when 'nesterov' is True"):
        ops.SGD(0.5, nesterov=True)(v, Tensor(np.ones(3, np.float32)), Tensor(0.1), a, Tensor(0.9), s)


def test_adagrad_may_leave_its_sum():
    a = z()
    out = ops.ApplyAdagrad(update_slots=False)(w(), a, 0.1, G)
    np.testing.assert_allclose(a.asnumpy().ravel(), [0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(out[0].asnumpy(), w().asnumpy() - 0.1 * G.asnumpy() / np.sqrt(a.asnumpy()), atol=1e-6)


def test_lars_scales_the_gradient():
    weight = w()
    norm, of_g = np.sqrt(5.26), np.sqrt(0.3)  # what is given counts
    expected = (G.asnumpy() + 0.01 * weight.asnumpy()) * 0.001 * norm / (of_g + 0.01 * norm + 1e-5)
    out = ops.LARSUpdate()(weight, G, Tensor(5.26), Tensor(0.3), 0.01, 0.1)
    np.testing.assert_allclose(out.asnumpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("call, error, match", [
    (lambda v, a: ops.ApplyMomentum()(v, a, 0.1, Tensor([1.0]), 0.9), ValueError,
     r"For 'ApplyMomentum', grad must have shape \(2, 2\), got \(1,\)"),
    (lambda v, a: ops.ApplyMomentum()(v, Tensor([1.0]), 0.1, G, 0.9), ValueError, "state 0 must have var's shape"),
    (lambda v, a: ops.ApplyMomentum()(v, 3, 0.1, G, 0.9), TypeError, "state 0 must be a Tensor or Parameter, got int"),
    (lambda v, a: ops.ApplyAdagradV2(), TypeError, r"misses the required attributes \['epsilon'\]"),
    (lambda v, a: ops.ApplyAdaMax(1), TypeError, r"takes at most 0 attributes"),
    (lambda v, a: ops.ApplyAdagrad(nope=1), TypeError, "has no attribute 'nope'; it has update_slots"),
])
def test_nothing_is_written_if_an_argument_does_not_fit(call, error, match):
    v, a = w(), z()
    with pytest.raises(error, match=match):
        call(v, a)
    np.testing.assert_array_equal(v.asnumpy(), w().asnumpy())
    np.testing.assert_array_equal(a.asnumpy(), z().asnumpy())


def test_sparse_ftrl_passes_over_rows_that_there_are_not():
    def parameters():
        return [Parameter(Tensor([[0.2], [0.4]]), name="v"), Parameter(Tensor([[0.1], [0.1]]), name="a"),
                Parameter(Tensor([[0.6], [0.6]]), name="l")]

    update = ops.SparseApplyFtrl(lr=0.01, l1=0.0, l2=0.0, lr_power=-0.5)
    inside = update(*parameters(), Tensor([[0.7]]), Tensor([1], int32))
    found = update(*parameters(), Tensor([[9.0], [0.7], [9.0]]), Tensor([2, 1, -1], int32))
    assert [t.tolist() for t in found] == [t.tolist() for t in inside] and inside[0].tolist()[1] != [0.4]
