"""Updates in phases and of several weights. The expected numbers are mxnet 1.9.1's, but where a comment says so."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd

W, G, M, V = [1.0, -2.0, 0.5], [0.3, -5.0, 2.0], [0.1] * 3, [0.2] * 3
PREPARE = {"rescale_grad": 0.5, "clip_gradient": 0.8}
MOMENTS = [[0.11, -0.08, 0.24], [0.18225, 0.244, 0.244]]


def arrays(*values, dtype="float32"):
    return [nd.array(v, dtype=dtype) for v in values]


def near(found, *expected, rtol=2e-5):
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(f.asnumpy(), e, rtol=rtol, atol=1e-6)


def test_ftml():
    w, g, d, v, z = arrays(W, G, M, V, M)
    how = {"beta1": .6, "beta2": .9, "epsilon": 1e-3, "t": 3, "wd": .1, "rescale_grad": .5, "clip_grad": .8}
    assert nd.ftml_update(w, g, d, v, z, lr=.1, out=w, **how) is w
    near([w, d, v, z], [0.966192, -1.948973, 0.444945], [6.507333, 7.44704, 7.44704], [0.18625, 0.244, 0.244],
         [-6.287333, 14.51408, -3.31352])


@pytest.mark.parametrize(("bias_correction", "direction", "steps"), [
    (True, [0.374533, -0.372585, 0.567754],
     [[0.889344, -1.88992, 0.332257], [0.855118, -1.855871, 0.280373], [0.975853, -1.975979, 0.463396]]),
    (False, [0.357065, -0.361628, 0.534884],
     [[0.889113, -1.887696, 0.333892], [0.854815, -1.85296, 0.282513], [0.975803, -1.975493, 0.463752]]),
])
def test_lamb_in_two_phases(bias_correction, direction, steps):
    w, g, m, v = arrays(W, G, M, V)
    r = nd.lamb_update_phase1(w, g, m, v, beta1=.8, beta2=.9, epsilon=1e-3, t=3, bias_correction=bias_correction,
                              wd=.1, **PREPARE)
    near([r, m, v], direction, *MOMENTS)
    for (low, high), expected in zip(((-1, -1), (3.0, -1), (-1, 0.5)), steps):
        near([nd.lamb_update_phase2(w, r, w.norm(), r.norm(), .1, low, high)], expected)
    assert w.asnumpy().tolist() == W


def test_lamb_in_mixed_precision():
    (w32, m, v), (w, g) = arrays(W, M, V), arrays(W, G, dtype="float16")
    r = nd.mp_lamb_update_phase1(w, g, m, v, w32, t=3, wd=.1)
    assert nd.mp_lamb_update_phase2(w, r, w32.norm(), r.norm(), w32, lr=.1, out=w) is w
    near([r, w], [0.154222, -0.374686, 0.179768], [0.92041, -1.806641, 0.406982], rtol=1e-4)
    near([w32], [0.92041, -1.806641, 0.406982], rtol=1e-3)  # mxnet 1.9.1 leaves the master copy as it was


def test_adamw():
    how = {"lr": .1, "eta": .7, "wd": .2}
    w, g, m, v = arrays(W, G, M, V)
    nd.contrib.adamw_update(w, g, m, v, nd.array([.5]), beta1=.8, beta2=.9, epsilon=1e-3, clip_gradient=.8, out=w,
                            **how)
    near([w, m, v], [0.842005, -1.708686, 0.396058], *MOMENTS)
    for factor in (0, float("nan"), float("inf")):  # a step that overflowed
        before = w.copy()
        nd.contrib.adamw_update(w, g, m, v, factor, out=w, **how)
        near([w, m, v], before.asnumpy(), *MOMENTS)
    (w32, m, v), (w, g) = arrays(W, M, V), arrays(W, G, dtype="float16")
    plain = nd.contrib.adamw_update(w32, g.astype("float32"), *arrays(M, V), .5, **how)
    nd.contrib.mp_adamw_update(w, g, m, v, w32, .5, out=w, **how)
    near([w32], plain.asnumpy())
    near([w], plain.asnumpy(), rtol=1e-3)
    before = w.copy()
    nd.contrib.mp_adamw_update(w, g, m, v, w32, 0, out=w, **how)
    assert (w == before).asnumpy().all()


def test_group_adagrad():
    # mxnet 1.9.1 has it for row_sparse gradients alone; the numbers are its documented formula's.
    w, g = np.arange(6.0).reshape(3, 2), np.cos(np.arange(6)).reshape(3, 2)
    history = nd.ones((3, 1)) * 0.1
    out = nd.contrib.group_adagrad_update(nd.array(w), nd.array(g), history, lr=.1, rescale_grad=.5)
    h = 0.1 + np.mean((g / 2) ** 2, 1, keepdims=True)
    near([out, history], w - .1 * g / 2 / np.sqrt(h + 1e-5), h)


def test_sgd_of_several():
    one = [nd.sgd_mom_update(*arrays(x, G, M), lr=lr, wd=wd, momentum=.9, **PREPARE).asnumpy()
           for x, lr, wd in ((W, .1, .2), (M, .3, .4))]
    data = [*arrays(W, G, M), *arrays(M, G, M)]
    rates = {"momentum": .9, "num_weights": 2, **PREPARE}
    near(nd.multi_sgd_mom_update(*data, lrs=[.1, .3], wds=[.2, .4], **rates), *one)
    data = [*arrays(W, G, M), *arrays(M, G, M)]
    outs = [data[0], data[3]]
    found = nd.preloaded_multi_sgd_mom_update(*data, nd.array([.1, .3]), nd.array([.2, .4]), out=outs, **rates)
    assert found[0] is data[0]
    near(outs, *one)
    near(nd.multi_sgd_update(*arrays(W, G), lrs=[.1], wds=[.2]), nd.sgd_update(*arrays(W, G), lr=.1, wd=.2).asnumpy())
    w32 = nd.array(W)
    half = arrays(W, G, dtype="float16")
    near(nd.multi_mp_sgd_update(*half, w32, lrs=[.1], wds=[.2]), w32.asnumpy(), rtol=1e-3)
    near([w32], nd.sgd_update(*arrays(W, G), lr=.1, wd=.2).asnumpy())
    w32, mom = arrays(W, M)
    nd.preloaded_multi_mp_sgd_mom_update(*half, mom, w32, nd.array([.1]), nd.array([.2]), momentum=.9, **PREPARE)
    near([w32], nd.sgd_mom_update(*arrays(W, G, M), lr=.1, wd=.2, momentum=.9, **PREPARE).asnumpy())


def test_adamw_and_lamb_of_several():
    how = {"step_count": [4], "lrs": [.1], "wds": [.1], "rescale_grad": .5, "lower_bound": 1.0, "upper_bound": 1.5}
    w, g, m, v = arrays(W, G, M, V)
    nd.contrib.multi_lamb_update([w], [g], [m], [v], out=[w], **how)
    near([w, m, v], [0.934339, -1.878564, 0.441332], [0.105, -0.16, 0.19], [0.199823, 0.20605, 0.2008])
    (w32, m, v), half = arrays(W, M, V), arrays(W, G, dtype="float16")
    nd.contrib.multi_mp_lamb_update([half[0]], [half[1]], [m], [v], [w32], **how)
    near([w32], w.asnumpy(), rtol=1e-3)
    each = {"lrs": [.1, .2], "wds": [.1, .2], "etas": [1.0, .5]}
    found = nd.contrib.multi_adamw_update(*zip(arrays(W, G, M, V), arrays(M, G, M, V)), .5, **each)
    near(found, *[nd.contrib.adamw_update(*arrays(x, G, M, V), .5, lr=lr, wd=lr, eta=eta).asnumpy()
                  for x, lr, eta in ((W, .1, 1.0), (M, .2, .5))])
    w32, m, v = arrays(W, M, V)
    nd.contrib.multi_mp_adamw_update([half[0]], [half[1]], [m], [v], [w32], .5, lrs=[.1], wds=[.1], etas=[1.0])
    near([w32], found[0].asnumpy(), rtol=1e-3)


def test_reset_arrays():
    a, b = arrays(W, G)
    assert nd.reset_arrays(a, b, num_arrays=2) is None
    assert not a.asnumpy().any() and not b.asnumpy().any()


@pytest.mark.parametrize(("call", "message"), [
    (lambda w: nd.multi_sgd_update(w, w, w, lrs=[1], wds=[1]),
     "multi_sgd_update expects 2 arrays, a rate and a decay for each of 1"),
    (lambda w: nd.multi_sgd_update(w, w, lrs=[1, 2], wds=[1]), "of 1 weights expects as many lrs, got 2"),
    (lambda w: nd.multi_sgd_update(w, w, lrs=[1], wds=[1], out=[w, w]), "as many arrays in out, got 2"),
    (lambda w: nd.preloaded_multi_sgd_update(w), "expects the rates and the decays as its last two"),
])
def test_errors(call, message):
    w = nd.ones((2,))
    with pytest.raises(mx.MXNetError, match=message):
        call(w)
    assert w.asnumpy().tolist() == [1, 1]
