"""Sparse arrays: attributes, classes of results and numbers of mxnet 1.9.1."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.ndarray import sparse


@pytest.fixture
def csr():
    return sparse.csr_matrix(([7, 8, 9], [0, 2, 1], [0, 2, 2, 3]), shape=(3, 4))


@pytest.fixture
def rows():
    return sparse.row_sparse_array(([[1, 2], [3, 4]], [1, 4]), shape=(6, 2))


def test_what_they_are(csr, rows):
    assert repr(csr) == "\n<CSRNDArray 3x4 @cpu(0)>" and repr(rows) == "\n<RowSparseNDArray 6x2 @cpu(0)>"
    assert isinstance(csr, sparse.CSRNDArray) and isinstance(rows, sparse.RowSparseNDArray)
    assert isinstance(csr, sparse.BaseSparseNDArray) and isinstance(csr, nd.NDArray)
    assert csr.data.asnumpy().tolist() == [7, 8, 9] and csr.indices.asnumpy().tolist() == [0, 2, 1]
    assert csr.indptr.asnumpy().tolist() == [0, 2, 2, 3] and csr.indices.dtype is csr.indptr.dtype is np.int64
    assert rows.data.asnumpy().tolist() == [[1, 2], [3, 4]] and rows.indices.asnumpy().tolist() == [1, 4]
    assert csr.check_format() is None and csr.dtype is np.float32
    assert sparse.zeros("row_sparse", (2, 3)).indices.shape == (0,)
    assert sparse.row_sparse_array((3, 2)).data.shape == (0, 2)
    assert csr[1].shape == (1, 4) and csr[1:3].stype == "csr"
    assert rows[:].stype == "row_sparse" and rows[1].asnumpy().tolist() == [1, 2]
    with pytest.raises(IndexError, match="row 3 is out of range for a CSRNDArray of 3 rows"):
        csr[3]
    with pytest.raises(NotImplementedError):
        _ = sparse.BaseSparseNDArray.data.fget(csr)  # type: ignore[attr-defined]


def test_an_array_keeps_its_dtype_and_a_list_is_float32():
    dense, index, pointer = [[1.0, 0.0], [0.0, 2.0]], [0, 1], [0, 1, 2]
    for dtype in ("float64", "int64"):
        array = np.array(dense, dtype)
        assert sparse.csr_matrix(array).dtype == sparse.row_sparse_array(array).dtype == np.dtype(dtype)
        assert sparse.csr_matrix((np.array([1, 2], dtype), index, pointer)).dtype == np.dtype(dtype)
        assert sparse.row_sparse_array((array, index), shape=(3, 2)).dtype == np.dtype(dtype)
    assert sparse.csr_matrix(dense).dtype is sparse.csr_matrix(([1.0, 2.0], index, pointer)).dtype is np.float32
    assert sparse.csr_matrix(nd.array(dense, dtype="float64")).dtype is np.float64
    assert sparse.array(sparse.zeros("csr", (2, 2), dtype="float64")).dtype is np.float64


def test_making_and_casting(csr):
    scipy = pytest.importorskip("scipy.sparse", reason="scipy is a dependency of the tests")
    matrix = scipy.csr_matrix(np.eye(3))
    assert nd.array(matrix).stype == sparse.array(matrix).stype == "csr" and sparse.array(matrix).dtype is np.float64
    assert (csr.asscipy() != scipy.csr_matrix(csr.asnumpy())).nnz == 0
    assert sparse.csr_matrix(matrix).data.asnumpy().tolist() == [1, 1, 1]
    coordinates = sparse.csr_matrix((np.array([1.0, 2.0]), (np.array([0, 1]), np.array([1, 0]))), shape=(2, 2))
    assert coordinates.asnumpy().tolist() == [[0, 1], [2, 0]] == sparse.csr_matrix(
        (np.array([1.0, 2.0]), (np.array([0, 1]), np.array([1, 0])))).asnumpy().tolist()
    assert nd.ones((2, 2)).tostype("csr").indptr.asnumpy().tolist() == [0, 2, 4]
    assert csr.tostype("default").stype == csr.asdense().stype == "default"
    assert nd.cast_storage(nd.ones((2, 2)), "row_sparse").indices.asnumpy().tolist() == [0, 1]
    for again in (csr.copy(), copy.deepcopy(csr), pickle.loads(pickle.dumps(csr)), nd.array(csr), csr.astype("int32")):
        assert again.stype == "csr" and (again.asnumpy() == csr.asnumpy()).all()
    held = sparse.zeros("csr", (3, 4))
    csr.copyto(held)
    assert held.stype == "csr" and held.data.asnumpy().tolist() == [7, 8, 9]
    held[:] = csr * 2
    assert held.data.asnumpy().tolist() == [14, 16, 18]


@pytest.mark.parametrize("call, stype", [
    (lambda a, r: a + a, "csr"), (lambda a, r: a - a, "csr"), (lambda a, r: a * a, "csr"), (lambda a, r: a * 2, "csr"),
    (lambda a, r: 2 * a, "csr"), (lambda a, r: a / 2, "csr"), (lambda a, r: -a, "csr"), (lambda a, r: abs(a), "csr"),
    (lambda a, r: a + 1, "default"), (lambda a, r: a + nd.ones((3, 4)), "default"), (lambda a, r: a == a, "default"),
    (lambda a, r: r + r, "row_sparse"), (lambda a, r: r * 2, "row_sparse"),
    (lambda a, r: sparse.add(a, a), "csr"), (lambda a, r: sparse.add(a, nd.ones((3, 4))), "default"),
    (lambda a, r: sparse.abs(a), "csr"), (lambda a, r: nd.sqrt(a), "csr"), (lambda a, r: nd.exp(a), "default"),
    (lambda a, r: sparse.clip(a, 0, 8), "csr"), (lambda a, r: sparse.clip(a, 1, 8), "default"),
    (lambda a, r: sparse.add_n(r, r), "row_sparse"), (lambda a, r: sparse.elemwise_add(r, r), "row_sparse"),
    (lambda a, r: sparse.concat(a, a, dim=0), "csr"), (lambda a, r: sparse.slice(a, begin=(0,), end=(2,)), "csr"),
    (lambda a, r: sparse.dot(a, nd.ones((4, 2))), "default"),
    (lambda a, r: sparse.dot(a, nd.ones((3, 2)), transpose_a=True), "row_sparse"),
    (lambda a, r: sparse.retain(r, nd.array([1])), "row_sparse"), (lambda a, r: r.retain([1]), "row_sparse"),
])
def test_classes_of_results(csr, rows, call, stype):
    result = call(csr, rows)
    assert result.stype == stype
    dense = [a.tostype("default") for a in (csr, rows)]
    try:
        expected = call(*dense)
    except AttributeError:  # retain is a method of row_sparse arrays
        expected = sparse.retain(rows, nd.array([1]))
    np.testing.assert_array_equal(result.asnumpy(), expected.asnumpy())


SECOND = sparse.row_sparse_array(([[1, 1]], [0]), shape=(6, 2))


@pytest.mark.parametrize("name, how, expected", [
    ("sgd", {}, [[0.9, 0.9], [0.9, 0.8], [1, 1], [1, 1], [0.7, 0.6], [1, 1]]),
    ("adam", {"lazy_update": True}, [[0.9256, 0.9256], [0.9, 0.9], [1, 1], [1, 1], [0.9, 0.9], [1, 1]]),
    ("adam", {"lazy_update": False}, [[0.9256, 0.9256], [0.833, 0.833], [1, 1], [1, 1], [0.833, 0.833], [1, 1]]),
    ("adagrad", {}, [[0.9, 0.9], [0.9, 0.9], [1, 1], [1, 1], [0.9, 0.9], [1, 1]]),
    ("ftrl", {}, [[0.4495, 0.4495], [0.4495, 0.5997], [1, 1], [1, 1], [0.6747, 0.7198], [1, 1]]),
    ("sgd", {"lazy_update": False, "wd": 0.1}, [[0.8801, 0.8801], [0.8811, 0.7821], [0.9801, 0.9801], [0.9801, 0.9801],
                                                [0.6831, 0.5841], [0.9801, 0.9801]]),
])
def test_updates_of_rows(rows, name, how, expected):
    weight = nd.ones((6, 2)).tostype("row_sparse" if name == "ftrl" else "default")
    optimizer = mx.optimizer.create(name, learning_rate=0.1, **how)
    state = optimizer.create_state(0, weight)
    for grad in (rows, SECOND, sparse.zeros("row_sparse", (6, 2)))[: 3 if how.get("lazy_update", True) else 2]:
        optimizer.update(0, weight, grad, state)
    np.testing.assert_allclose(weight.asnumpy(), expected, atol=6e-5)


def test_momentum_of_rows(rows):
    weight = nd.ones((6, 2))
    optimizer = mx.optimizer.SGD(learning_rate=1, momentum=0.5, wd=0.1)
    state = optimizer.create_state(0, weight)
    optimizer.update(0, weight, rows, state)
    optimizer.update(0, weight, SECOND, state)
    some = [0, 1, 2, 4]
    np.testing.assert_allclose(weight.asnumpy()[some], [[-0.1, -0.1], [-0.1, -1.1], [1, 1], [-2.1, -3.1]], rtol=1e-6)
    np.testing.assert_allclose(state.asnumpy()[some], [[-1.1, -1.1], [-1.1, -2.1], [0, 0], [-3.1, -4.1]], rtol=1e-6)


def test_an_embedding_with_sparse_gradients():
    found = []
    for sparse_grad in (False, True):
        net = gluon.nn.Embedding(5, 2, sparse_grad=sparse_grad)
        net.initialize(mx.init.One())
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "wd": 0.5})
        for _ in range(2):
            with autograd.record():
                loss = (net(nd.array([1, 3, 1])) * 2).sum()
            loss.backward()
            trainer.step(1)
        found.append(net.weight.data().asnumpy())
        assert net.weight.grad().stype == ("row_sparse" if sparse_grad else "default")
    assert net.weight.grad().indices.asnumpy().tolist() == [1, 3]
    np.testing.assert_allclose(found[0][[1, 3]], found[1][[1, 3]])
    assert (found[1][[0, 2, 4]] == 1).all() and (found[0][[0, 2, 4]] < 1).all()  # no decay where there is no gradient


def test_rows_of_parameters_and_stores():
    p = gluon.Parameter("p", shape=(4, 2), stype="row_sparse", grad_stype="row_sparse")
    p.initialize(mx.init.One())
    assert p.row_sparse_data(nd.array([1, 2])).indices.asnumpy().tolist() == [1, 2]
    assert [a.stype for a in p.list_row_sparse_data(nd.array([0]))] == ["row_sparse"]
    dense = gluon.Parameter("d", shape=(4, 2))
    dense.initialize()
    with pytest.raises(RuntimeError, match=r"via row_sparse_data\(\) because its storage type is default"):
        dense.row_sparse_data(nd.array([0]))
    store = mx.kv.create("local")
    store.init("w", nd.ones((4, 2)).tostype("row_sparse"))
    out = sparse.zeros("row_sparse", (4, 2))
    store.row_sparse_pull("w", out=out, row_ids=nd.array([0, 2]))
    assert out.stype == "row_sparse" and out.indices.asnumpy().tolist() == [0, 2]


def test_gradients_of_a_sparse_product(csr):
    w = nd.ones((4, 2))
    w.attach_grad(stype="row_sparse")
    with autograd.record():
        loss = sparse.dot(csr, w).sum()
    loss.backward()
    assert isinstance(w.grad, sparse.RowSparseNDArray)
    assert w.grad.indices.asnumpy().tolist() == [0, 1, 2] and w.grad.asnumpy()[:, 0].tolist() == [7, 9, 8, 0]


# mxnet 1.9.1's file of a csr and a row_sparse array.
SPARSE_FILE = (
    "120100000000000000000000000000000200000000000000c9fa93f902000000010000000100000000000000020000000200"
    "0000000000000200000000000000010000000000000000000000060000000100000003000000000000000600000001000000"
    "01000000000000000000803f0000000000000000010000000000000001000000000000000000000000000000c9fa93f90100"
    "0000020000000100000000000000020000000000000002000000020000000000000002000000000000000100000000000000"
    "00000000060000000100000001000000000000000000803f0000004001000000000000000000000000000000"
)


def test_files_keep_the_storage_type(tmp_path):
    path = str(tmp_path / "sparse")
    nd.save(path, [nd.array([[1, 0], [0, 0]]).tostype("csr"), nd.array([[0, 0], [1, 2]]).tostype("row_sparse")])
    assert Path(path).read_bytes().hex() == SPARSE_FILE
    csr, rows = nd.load(path)
    assert (csr.stype, rows.stype) == ("csr", "row_sparse") and rows.indices.asnumpy().tolist() == [1]
    assert csr.asnumpy().tolist() == [[1, 0], [0, 0]] and rows.asnumpy().tolist() == [[0, 0], [1, 2]]
    nd.save(path, {"z": nd.sparse.zeros("csr", (2, 3)), "x": nd.ones((1,))})
    assert {k: v.stype for k, v in nd.load(path).items()} == {"z": "csr", "x": "default"}


def test_products_with_dense_arrays_and_detach_keep_the_class():
    x = nd.array([[1, 0], [0, 2]])
    for stype in ("csr", "row_sparse"):
        s = x.tostype(stype)
        assert (s * x).stype == nd.sparse.elemwise_mul(s, x).stype == s.detach().stype == stype
        assert (s + x).stype == "default" and (s * x).asnumpy().tolist() == [[1, 0], [0, 4]]


def test_ftrl_updates_all_rows_of_a_dense_weight():
    """The numbers of mxnet 1.9.1."""
    rows = nd.array([[1, 0, 2], [0, 0, 3], [0, 0, 0]]).tostype("row_sparse")
    updater, w = mx.optimizer.get_updater(mx.optimizer.create("ftrl", learning_rate=0.1)), nd.ones((3, 3))
    for _ in range(2):
        updater(0, rows, w)
    expected = [[0.408079, 0, 0.547426], [0, 0, 0.617527], [0, 0, 0]]
    np.testing.assert_allclose(w.asnumpy(), expected, atol=1e-6)


# -- what MXNet's refuse, and storage types of results -----------------------------------------------------------------

MATRIX = np.array([[1.0, 0, 2], [0, 0, 3], [4, 5, 0]], np.float32)


@pytest.mark.parametrize(("what", "error", "text"), [
    (lambda c, r: c[0:2, 1], ValueError, "Multi-dimension indexing is not supported"),
    (lambda c, r: c[::2], ValueError, "only supports continuous slicing"),
    (lambda c, r: c.__setitem__(0, 1), Exception, r"CSRNDArray only supports \[:\] for assignment"),
    (lambda c, r: r.__setitem__(slice(0, 2), 1), TypeError, r"RowSparseNDArray only supports \[:\] for assignment"),
    (lambda c, r: c.tostype("row_sparse"), ValueError, "cast_storage from csr to row_sparse is not supported"),
    (lambda c, r: r.tostype("csr"), ValueError, "cast_storage from row_sparse to csr is not supported"),
    (lambda c, r: sparse.array(nd.ones((2, 2))), AssertionError, "Please use `tostype`"),
    (lambda c, r: sparse.csr_matrix(([1.0], [5], [0, 1]), shape=(1, 2)), mx.MXNetError, "Indices of csr NDArray"),
    (lambda c, r: sparse.csr_matrix(([1.0, 2], [0, 1], [0, 3]), shape=(1, 2)), mx.MXNetError, "Indices of csr NDArray"),
    (lambda c, r: sparse.row_sparse_array(([[1.0]], [5]), shape=(2, 1)), mx.MXNetError, "Indices of row_sparse"),
])
def test_refused(what, error, text):
    with pytest.raises(error, match=text):
        what(nd.array(MATRIX).tostype("csr"), nd.array(MATRIX).tostype("row_sparse"))


def test_storage_types_of_results():
    c, r, d = (nd.array(MATRIX).tostype(s) for s in ("csr", "row_sparse", "default"))
    row = nd.array([[1.0, 2, 4]])
    assert c.copyto(mx.cpu(0)).stype == "csr" and c.astype("float32", copy=False) is c
    assert [f(c, row).stype for f in (sparse.multiply, sparse.divide)] == ["csr", "csr"]
    assert sparse.divide(c, row).asnumpy().tolist() == [[1, 0, 0.5], [0, 0, 0.75], [4, 2.5, 0]]
    assert [sparse.dot(*a, **k).stype for a, k in (
        ((d, c), {}), ((c, d), {}), ((c, d), {"transpose_a": True}), ((c, r), {"transpose_a": True}),
        ((c, d), {"transpose_a": True, "forward_stype": "default"}), ((d, c), {"transpose_b": True}),
    )] == ["csr", "default", "row_sparse", "row_sparse", "default", "default"]
    for x in (c, r):
        x.attach_grad()
        with autograd.record():
            y = (x * x).sum()
        y.backward()
        assert x.grad.stype == x.stype and x.grad.asnumpy().tolist() == (2 * MATRIX).tolist()
    assert nd._internal._square_sum(r, axis=1).asnumpy().tolist() == [5, 9, 41]
