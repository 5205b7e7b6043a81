"""The parts of test_utils that have files of their own: samples, statistics, consistency, machine."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia import test_utils as t


def test_samples():
    a, b = t.random_uniform_arrays((2, 3), (4,), low=1, high=2)
    assert a.shape == (2, 3) and b.shape == (4,) and a.min() >= 1 and a.dtype == np.float32
    assert t.random_sample([5, 6, 7, 8], 4) == [5, 6, 7, 8] and len(t.random_sample(range(9), 3)) == 3
    x, y = t.rand_coord_2d(2, 3, 5, 6)
    assert (x, y) == (2, 5)
    v = np.array([[1.0, 2.0]])
    assert t.assign_each(v, lambda e: e + 1).tolist() == [[2, 3]] and t.assign_each(v, None).tolist() == [[0, 0]]
    assert t.assign_each2(v, v, lambda e, f: e * f).tolist() == [[1, 4]]
    assert t.create_vector(3).asnumpy().tolist() == [0, 1, 2] and t.create_vector(3).dtype == np.int64
    assert t.create_2d_tensor(2, 3).asnumpy().tolist() == [[0, 0, 0], [1, 1, 1]]
    d = np.arange(6.0).reshape(2, 3)
    assert t.np_reduce(d, None, False, np.sum).tolist() == [15] and t.np_reduce(d, 1, True, np.sum).shape == (2, 1)
    assert t.collapse_sum_like(np.ones((4, 2, 3)), (2, 1)).tolist() == [[12], [12]]
    with pytest.raises(AssertionError, match="does not broadcast"):
        t.collapse_sum_like(np.ones((2, 3)), (4,))


def test_same_array_tells_views_from_copies():
    x = nd.zeros((3, 2))
    assert t.same_array(x, x[0:3]) and not t.same_array(x, x.copy()) and x.sum().asscalar() == 0


def test_matrices():
    q = t.new_orthonormal_matrix_2d(3, 5)
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-12)
    for make in (t.new_matrix_with_real_eigvals_nd, t.new_sym_matrix_with_real_eigvals_nd):
        m = make((2, 1, 4, 4))
        assert m.shape == (2, 1, 4, 4) and abs(np.linalg.eigvals(m).imag).max() < 1e-6
    s = t.new_sym_matrix_with_real_eigvals_2d(4)
    np.testing.assert_allclose(s, s.T, atol=1e-12)


def test_dummy_iter_repeats_the_first_batch():
    real = mx.io.NDArrayIter(np.arange(6.0).reshape(6, 1), batch_size=2)
    dummy = t.DummyIter(real)
    assert [next(dummy).data[0].asnumpy().tolist() for _ in range(4)] == [[[0], [1]]] * 4
    assert dummy.batch_size == 2 and dummy.provide_data == real.provide_data


def test_generators_are_judged_by_their_statistics():
    draws = np.random.RandomState(0)
    buckets, probs = t.gen_buckets_probs_with_ppf(lambda q: q, 5)
    assert t.verify_generator(lambda n: draws.uniform(0, 1, n), buckets, probs, nsamples=5000)
    with pytest.raises(AssertionError, match="Generator test fails"):
        t.verify_generator(lambda n: draws.uniform(0, 1, n) ** 2, buckets, probs, nsamples=5000)
    assert t.verify_generator(lambda n: draws.randint(0, 2, n), [0, 1], [0.5, 0.5], nsamples=5000)
    assert t.chi_square_check(lambda n: draws.randint(0, 4, n), [0, 1], [0.25, 0.25], 5000)[0] > 1e-4
    assert t.chi_square_check(lambda n: draws.randint(0, 3, n), [0, 1], [0.25, 0.25], 5000)[0] < 1e-4
    assert t.mean_check(lambda n: draws.normal(2, 3, n), 2, 3, 5000)
    assert not t.mean_check(lambda n: draws.normal(3, 3, n), 2, 3, 5000)
    assert t.var_check(lambda n: draws.normal(2, 3, n), 3, 5000)
    assert not t.var_check(lambda n: draws.normal(2, 4, n), 3, 5000)


def test_optimizers_compare():
    sgd = mx.optimizer.SGD(learning_rate=0.1, momentum=0.9)
    t.compare_optimizer(sgd, mx.optimizer.SGD(learning_rate=0.1, momentum=0.9), (3, 4), np.float32)
    with pytest.raises(AssertionError):
        t.compare_optimizer(sgd, mx.optimizer.SGD(learning_rate=0.2, momentum=0.9), (3, 4), np.float32)


def test_consistency_over_dtypes():
    data = mx.sym.var("a")
    runs = [{"ctx": mx.cpu(), "a": (2, 3), "type_dict": {"a": d}} for d in (np.float16, np.float32, np.float64)]
    t.check_consistency(mx.sym.tanh(data), runs)
    with pytest.raises(AssertionError, match="differs in output 0"):
        t.check_consistency([mx.sym.tanh(data), mx.sym.sin(data), mx.sym.tanh(data)], runs)
    with pytest.raises(AssertionError, match="at least two"):
        t.check_consistency(data, runs[:1])


def test_hybridized_blocks_agree():
    t.check_gluon_hybridize_consistency(lambda prefix: mx.gluon.nn.Dense(3, prefix=prefix), [nd.ones((2, 4))])
    with pytest.raises(AssertionError):
        t.check_gluon_hybridize_consistency(lambda prefix: mx.gluon.nn.Dense(3, prefix=prefix), [nd.ones((2, 4))],
                                            numpy_func=lambda x: x[:, :3] + 100)
    a, b = mx.sym.var("a"), mx.sym.var("b")
    assert t.same_symbol_structure(a + b, b + a) and not t.same_symbol_structure(a + b, a * b)


def test_retry():
    runs = []

    @t.retry(3)
    def flaky():
        runs.append(1)
        assert len(runs) == 3

    flaky()
    assert len(runs) == 3
    with pytest.raises(ValueError, match="at least 1"):
        t.retry(0)


def test_machine_and_tolerances(monkeypatch):
    t.setenv("LUOJIA_TEST_VARIABLE", "x")
    assert t.getenv("LUOJIA_TEST_VARIABLE") == "x"
    t.setenv("LUOJIA_TEST_VARIABLE", None)
    assert t.getenv("LUOJIA_TEST_VARIABLE") is None
    monkeypatch.setenv("CD_JOB", "1")
    assert t.is_cd_run() and t.is_op_runnable() and not t.has_tvm_ops() and isinstance(t.is_aarch64_run(), bool)
    half, single = nd.ones((2,), dtype="float16"), nd.ones((2,))
    assert t.effective_dtype(half) == np.float16 and t.effective_dtype(1.0) == np.float64
    assert t.get_tols(half, single, None, None) == (1e-2, 1e-1) and t.get_tols(half, single, 1, 2) == (1, 2)
    assert t.get_tolerance(single, {np.dtype(np.float32): 0.5}, {}) == 0.5
    assert t.default_numeric_eps()[np.dtype(np.float32)] == 1e-3 and t.default_atols()[np.dtype(np.float16)] == 1e-1
    t.assert_almost_equal_with_err(np.array([1.0, 1, 1, 2]), np.ones(4), etol=0.3)
    with pytest.raises(AssertionError, match="0.5 of the elements"):
        t.assert_almost_equal_with_err(np.array([1.0, 1, 3, 2]), np.ones(4), etol=0.3)
    assert t.check_speed(mx.sym.exp(mx.sym.var("a")), N=2, a=(2, 2)) > 0
    with pytest.raises(ValueError, match="'whole' or 'forward'"):
        t.check_speed(mx.sym.var("a"), typ="half", a=(2,))
