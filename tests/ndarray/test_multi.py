"""Functions of many arrays at once. Expected numbers are mxnet 1.9.1's."""

import numpy as np
import pytest

from luojia import nd


def test_lamb_in_two_phases():
    w, g, m, v = nd.array([1.0, 2.0]), nd.array([0.5, -0.3]), nd.zeros(2), nd.zeros(2)
    u = nd.lamb_update_phase1(w, g, m, v, beta1=0.9, beta2=0.999, epsilon=1e-6, t=1, wd=0.1)
    np.testing.assert_allclose(u.asnumpy(), [1.1, -0.8], rtol=1e-4)
    np.testing.assert_allclose(m.asnumpy(), [0.05, -0.03], rtol=1e-5)
    assert nd.lamb_update_phase1(w, g, m, v, t=2, bias_correction=False, clip_gradient=0.1, out=u) is u
    half, w32 = w.astype("float16"), w.copy()
    ones = nd.array([1.0])
    got = nd.mp_lamb_update_phase2(half, nd.ones(2), 2 * ones, ones, w32, lr=0.1)
    assert got.dtype == np.float16 and np.allclose(w32.asnumpy(), [0.8, 1.8])
    bounded = nd.lamb_update_phase2(w, nd.ones(2), 2 * ones, ones, lr=0.1, lower_bound=0.0, upper_bound=1.0)
    np.testing.assert_allclose(bounded.asnumpy(), [0.9, 1.9], rtol=1e-6)
    assert nd.mp_lamb_update_phase1(half, g.astype("float16"), m, v, w32, t=1).dtype == np.float32


def test_many_weights():
    a, b = nd.ones(2), nd.ones(3)
    first, second = nd.multi_sgd_update(a, a, b, b, lrs=(0.1, 0.2), wds=(0.0, 0.1), num_weights=2)
    np.testing.assert_allclose(first.asnumpy(), [0.9] * 2, rtol=1e-6)
    np.testing.assert_allclose(second.asnumpy(), [0.78] * 3, rtol=1e-6)
    pre = nd.preloaded_multi_sgd_update(a, a, b, b, nd.array([0.1, 0.2]), nd.array([0.0, 0.0]), num_weights=2)
    np.testing.assert_allclose(pre[1].asnumpy(), [0.8] * 3, rtol=1e-6)
    nd.multi_sgd_mom_update(a, a, nd.zeros(2), lrs=(0.1,), wds=(0.0,), momentum=0.9, out=a)
    np.testing.assert_allclose(a.asnumpy(), [0.9] * 2, rtol=1e-6)


def test_sums_and_checks():
    a, b = nd.ones(2), nd.ones(3)
    assert nd.all_finite(nd.array([1, np.nan])).asnumpy().tolist() == [0]
    assert nd.multi_all_finite(a, b, num_arrays=2).asnumpy().tolist() == [1]
    assert nd.multi_sum_sq(a, b, num_arrays=2).asnumpy().tolist() == [2, 3]
    nd.reset_arrays(a, b, num_arrays=2)
    assert a.asnumpy().tolist() == [0, 0]
    wide = nd.amp_multicast(nd.ones(1, dtype="float16"), nd.ones(1), num_outputs=2)
    assert [t.dtype for t in wide] == [np.float32] * 2
    norms, decays = nd.array([4.0, 0.0]), nd.array([0.0, 0.1])
    rates = nd.multi_lars(nd.array([0.1, 0.2]), norms, nd.ones(2), decays, eta=0.5, eps=0.0)
    np.testing.assert_allclose(rates.asnumpy(), [0.1, 0.2], rtol=1e-6)


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda a: nd.multi_sgd_update(a, a), ValueError, "give lrs and wds"),
    (lambda a: nd.multi_sgd_update(a, a, a, lrs=(1,), wds=(0,)), ValueError, "expects 2 arrays, a rate and a decay"),
    (lambda a: nd.concat(), ValueError, "concat: value 0 for Parameter num_args"),
    (lambda a: nd.stack(), ValueError, "stack: value 0 for Parameter num_args"),
    (lambda a: nd.ones("a"), TypeError, "Invalid Parameter format for shape"),
    (lambda a: nd.zeros((2.5,)), TypeError, "Invalid Parameter format for shape"),
])
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call(nd.ones(2))
