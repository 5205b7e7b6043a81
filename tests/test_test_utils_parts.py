"""The parts of test_utils that have files of their own: samples, statistics, consistency, machine."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

import luojia as mx
from luojia import nd
from luojia import test_utils as t


def test_samples():
    a, b = t.random_uniform_arrays((2, 3), (4,), low=1, high=2)
    assert a.shape == (2, 3) and b.shape == (4,) and a.min() >= 1 and a.dtype == np.float32
    assert sorted(t.random_sample([5, 6, 7, 8], 4)) == [5, 6, 7, 8] and len(t.random_sample(range(9), 3)) == 3
    x, y = t.rand_coord_2d(2, 3, 5, 6)
    assert (x, y) == (2, 5)
    v = np.array([[1.0, 2.0]])
    assert t.assign_each(v, lambda e: e + 1).tolist() == [[2, 3]] and t.assign_each(v, None).tolist() == [[1, 2]]
    assert t.assign_each2(v, v, lambda e, f: e * f).tolist() == [[1, 4]] == (t.assign_each2(v, v, None) ** 2).tolist()
    with pytest.raises(AssertionError, match="arrays of one shape, got .1, 2. and .1,."):
        t.assign_each2(v, v[0, :1], None)
    assert t.create_vector(3).asnumpy().tolist() == [0, 1, 2] and t.create_vector(3).dtype == np.int64
    assert t.create_2d_tensor(2, 3).asnumpy().tolist() == [[0, 0, 0], [1, 1, 1]]
    d = np.arange(6.0).reshape(2, 3)
    assert t.np_reduce(d, None, False, np.sum) == 15 and t.np_reduce(d, 1, True, np.sum).shape == (2, 1)
    assert t.collapse_sum_like(np.ones((4, 2, 3)), (2, 1)).tolist() == [[12], [12]]
    with pytest.raises(AssertionError, match="does not broadcast"):
        t.collapse_sum_like(np.ones((2, 3)), (4,))


def test_same_array_tells_views_from_copies():
    x = nd.zeros((3, 2))
    assert t.same_array(x, x[0:3]) and not t.same_array(x, x.copy()) and x.sum().asscalar() == 0


def test_matrices():
    q = t.new_orthonormal_matrix_2d(4)
    np.testing.assert_allclose(q @ q.T, np.eye(4), atol=1e-12)
    assert t.get_identity_mat(2).asnumpy().tolist() == [[1, 0], [0, 1]]
    assert t.get_identity_mat_batch(3).shape == (2, 3, 3)
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
    with pytest.raises(AssertionError, match="differs in f_output"):
        t.check_consistency([function(data, name="f") for function in (mx.sym.tanh, mx.sym.sin, mx.sym.tanh)], runs)
    with pytest.raises(AssertionError, match="outputs of the same names"):
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
    with pytest.raises(AssertionError, match="at least 1"):
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
    assert t.default_numeric_eps()[np.dtype(np.float32)] == 2**-9 and t.default_atols()[np.dtype(np.float16)] == 1e-1
    t.assert_almost_equal_with_err(np.array([1.0, 1, 1, 2]), np.ones(4), etol=0.3)
    with pytest.raises(AssertionError, match="mismatch 50.000000%"):
        t.assert_almost_equal_with_err(np.array([1.0, 1, 3, 2]), np.ones(4), etol=0.3)
    assert t.check_speed(mx.sym.exp(mx.sym.var("a")), N=2, a=(2, 2)) > 0
    with pytest.raises(ValueError, match='"whole" or "forward"'):
        t.check_speed(mx.sym.var("a"), typ="half", a=(2,))


# -- sparse samples ----------------------------------------------------------------------------------------------------


def test_row_sparse_samples():
    rsp, (values, rows) = t.rand_sparse_ndarray((5, 3), "row_sparse", rsp_indices=[1, 4], data_init=2)
    assert rsp.stype == "row_sparse" and rsp.indices.asnumpy().tolist() == [1, 4] and rows.tolist() == [1, 4]
    assert (values == 2).all() and values.shape == (2, 3)
    doubled = t.create_sparse_array((5, 3), "row_sparse", density=1.0, modifier_func=lambda v: 2.0, dtype="float64")
    assert doubled.dtype == np.float64 and (doubled.asnumpy() == 2).all()
    empty, (values, rows) = t.rand_sparse_ndarray((5, 3), "row_sparse", density=0)
    assert not values.size and not rows.size and not empty.asnumpy().any()
    assert not t.create_sparse_array_zd((5, 3), "row_sparse", 1.0).asnumpy().any()
    assert t.create_sparse_array_zd((5, 3), "row_sparse", 0.0, rsp_indices=[2]).indices.asnumpy().tolist() == [2]


def test_csr_samples():
    csr, (indptr, indices, data) = t.rand_sparse_ndarray((20, 30), "csr", density=0.5, data_init=3)
    assert csr.stype == "csr" and set(np.unique(csr.asnumpy())) == {0, 3} and 0.3 < (csr.asnumpy() != 0).mean() < 0.7
    assert indptr.shape == (21,) and indices.shape == data.shape
    powers = t.rand_sparse_ndarray((10, 100), "csr", density=0.3, distribution="powerlaw")[0].asnumpy()
    assert (powers != 0).sum(1).tolist() == [2, 4, 8, 16, 32, 64, 100, 72, 1, 1]  # mxnet 1.9.1's
    assert t.create_sparse_array_zd((4, 5), "csr", 1.0).asnumpy().all()
    assert t.rand_ndarray((4, 5), "csr", density=1.0, ctx=mx.cpu(1)).ctx == mx.cpu(1)
    m = scipy.sparse.csr_matrix(np.arange(1.0, 101).reshape(2, 50))
    t.shuffle_csr_column_indices(m)
    assert sorted(m.indices[:50]) == list(range(50)) != m.indices[:50].tolist() and m.data[0] == 1


def test_sparse_samples_that_cannot_be():
    for shape, stype, more, error, message in (
        ((4, 5), "dense", {}, AssertionError, "unknown storage type"),
        ((4, 5, 6), "csr", {}, AssertionError, "two axes"),
        ((4, 5), "csr", {"density": 1.5}, ValueError, "density has to be between 0 and 1"),
        ((0, 5), "csr", {}, ValueError, "num_rows or num_cols should be greater than 0"),
        ((4, 5), "csr", {"distribution": "normal"}, AssertionError, "Distribution not supported: normal"),
        ((4, 5), "row_sparse", {"distribution": "normal"}, AssertionError, "normal not supported for row_sparse"),
        ((4, 5), "row_sparse", {"rsp_indices": range(5)}, AssertionError, "5 rows of 4"),
        ((100, 2), "csr", {"distribution": "powerlaw", "density": 0.01}, ValueError, "Please keep"),
        ((3, 100), "csr", {"distribution": "powerlaw", "density": 1.0}, ValueError, "not supported for this density"),
    ):
        with pytest.raises(error, match=message):
            t.rand_sparse_ndarray(shape, stype, **more)
    with pytest.raises(AssertionError, match="Unknown storage type: dense"):
        t.create_sparse_array((4, 5), "dense")


# -- files -------------------------------------------------------------------------------------------------------------


def test_data_is_fetched_and_unpacked(tmp_path, monkeypatch):
    import bz2
    import zipfile

    source, monkey = tmp_path / "source", tmp_path / "work"
    source.mkdir()
    monkey.mkdir()
    monkeypatch.chdir(monkey)
    with zipfile.ZipFile(source / "a.zip", "w") as z:
        z.writestr("inside.txt", "text")
    (source / "b.bz2").write_bytes(bz2.compress(b"packed"))
    (source / "c.txt").write_text("c")
    url = source.as_uri()
    assert t.download(f"{url}/c.txt", dirname="d") == "d/c.txt" and Path("d/c.txt").read_text() == "c"
    assert t.download(f"{url}/c.txt", fname="e.txt") == "e.txt"
    t.get_zip_data("z", f"{url}/a.zip", "a.zip")
    assert Path("z/inside.txt").read_text() == "text"
    t.get_bz2_data("z", "b", f"{url}/b.bz2", "b.bz2")
    assert Path("z/b").read_text() == "packed"
    t.get_bz2_data("z", "b", "nowhere://", "b.bz2")  # it is there
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                 "t10k-labels-idx1-ubyte", "mnist.pkl.gz", "cifar/train.rec", "cifar/test.rec", "cifar/train.lst",
                 "cifar/test.lst"):
        (monkey / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (monkey / "data" / name).touch()
    t.get_mnist_ubyte(), t.get_mnist_pkl(), t.get_cifar10()  # nothing to fetch


def test_im2rec(tmp_path, monkeypatch):
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="no tools/im2rec.py below"):
        t.get_im2rec_path()
    (tmp_path / "im2rec.py").touch()
    assert t.get_im2rec_path() == str(tmp_path / "im2rec.py")


def test_discard_stderr(capfd):
    import os

    with t.discard_stderr():
        os.write(2, b"unseen")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
