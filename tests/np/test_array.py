"""``mx.np.ndarray``: printing, arithmetic, indexing, the tape. Expected texts and numbers are mxnet 1.9.1's."""

import copy
import pickle

import numpy as onp
import pytest

import luojia as mx
from luojia import autograd, nd, np, npx


@pytest.fixture
def x():
    return np.arange(6).reshape(2, 3)


@pytest.mark.parametrize(("make", "text"), [
    (lambda: np.array([[1, 2], [3, 4]]), "array([[1., 2.],\n       [3., 4.]])"),
    (lambda: np.array([1, 2], dtype="int32"), "array([1, 2], dtype=int32)"),
    (lambda: np.array(3.0), "array(3.)"),
    (lambda: np.array([True, False]), "array([1., 0.])"),
    (lambda: np.array([1, 2]) > 1, "array([False,  True])"),
    (lambda: np.array([1, 2]).astype("float64"), "array([1., 2.], dtype=float64)"),
    (lambda: np.array(onp.arange(3)), "array([0, 1, 2], dtype=int64)"),
    (lambda: np.argmax(np.array([1, 3, 2])), "array(1, dtype=int64)"),
    (lambda: np.array([1.5], ctx=mx.cpu(1)), "array([1.5])"),
    (lambda: nd.ones(2).as_np_ndarray(), "array([1., 1.])"),
    (lambda: np.arange(12), "array([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11.])"),
])
def test_repr(make, text):
    assert repr(make()) == text


def test_what_it_is(x):
    assert (x.dtype, x.shape, x.ndim, x.size, len(x)) == (onp.dtype("float32"), (2, 3), 2, 6, 2)
    assert isinstance(x, mx.nd.NDArray) and isinstance(x, np.ndarray)
    assert str(x) == "[[0. 1. 2.]\n [3. 4. 5.]]"
    assert [row.tolist() for row in x] == x.tolist()
    assert x.as_np_ndarray() is x and not isinstance(x.as_nd_ndarray(), np.ndarray)
    assert pickle.loads(pickle.dumps(x)).tolist() == x.tolist() == copy.deepcopy(x).tolist()
    assert isinstance(pickle.loads(pickle.dumps(x)), np.ndarray)
    assert onp.asarray(x).shape == (2, 3)


def test_arithmetic(x):
    assert (np.array([1, 2], dtype="int32") / 2).tolist() == [0.5, 1.0]
    assert (np.array([1, 2], dtype="int32") / 2).dtype == onp.float32
    assert (np.array([5, 2], dtype="int32") % 3).dtype == onp.int32
    assert (np.ones(2, dtype="float64") + np.ones(2)).dtype == onp.float64
    assert (x @ x.T).tolist() == [[5, 14], [14, 50]]
    assert (3 / (x + 1)).shape == (2, 3) and (2 ** x).tolist()[1] == [8, 16, 32]
    assert ((x > 1) & (x < 4)).tolist() == [[False, False, True], [True, False, False]]
    assert (~(x > 1)).tolist()[0] == [True, True, False]
    assert (x + nd.ones((2, 3))).tolist() == (onp.ones((2, 3), "float32") + x).tolist()
    assert (np.add(1, 2), np.sqrt(4)) == (3, 2.0)
    y = x
    y += 1
    assert y is x and x.tolist()[0] == [1, 2, 3]


def test_reductions_are_scalars_arrays(x):
    assert x.sum().shape == () and x.sum().item() == 15
    assert np.array([1, 2], dtype="int32").mean().item() == 1.5
    assert np.std(np.arange(4), ddof=1).item() == pytest.approx(1.2909944)
    assert np.sum(x, axis=(0, 1), keepdims=True).shape == (1, 1)


def test_indexing(x):
    assert x[0, 1].shape == () and x[x > 2].tolist() == [3, 4, 5]
    assert x[range(2), np.array([0, 2], dtype="int64")].tolist() == [0, 5] and x[range(1)].shape == (1, 3)
    x[0, 1] = 9
    x[1] = np.array([7, 7, 7])
    assert x.tolist() == [[0, 9, 2], [7, 7, 7]]
    x[x > 5] = 0
    assert x.tolist() == [[0, 0, 2], [0, 0, 0]]


def test_gradients(x):
    x.attach_grad()
    with autograd.record():
        y = 2 * np.dot(x.reshape(-1), x.flatten())
    y.backward()
    assert repr(x.grad) == "array([[ 0.,  4.,  8.],\n       [12., 16., 20.]])"
    with autograd.record():
        y = x * x.detach() + np.concatenate([x[:1], x[1:]]) + np.where(x > 2, x, 0)
    y.backward()
    assert x.grad.tolist() == [[1, 2, 3], [5, 6, 7]]
    with autograd.record(), pytest.raises(mx.MXNetError, match="Inplace operations"):
        x[0] = 1


def test_control_flow():
    def f(a):
        b = a * 2
        while np.linalg.norm(b) < 1000:
            b = b * 2
        return b if b.sum() > 0 else 100 * b

    a = np.array(1.5)
    a.attach_grad()
    with autograd.record():
        d = f(a)
    d.backward()
    assert a.grad == d / a


@pytest.mark.parametrize(("action", "error", "text"), [
    (lambda x: x + 1j, TypeError, "type <class 'complex'> not supported"),
    (lambda x: x + "a", TypeError, "type <class 'str'> not supported"),
    (lambda x: x + np.ones(4), mx.MXNetError, "could not be broadcast"),
    (lambda x: np.add(x, "a"), TypeError, "type <class 'str'> not supported"),
    (lambda x: np.array("a"), TypeError, "expected nested lists of numbers"),
    (lambda x: bool(x), ValueError, "ambiguous"),
    (lambda x: x.item(), ValueError, "size 1"),
    (lambda x: x[5], IndexError, "out of bounds"),
    (lambda x: x.reshape(7), mx.MXNetError, "reshape"),
    (lambda x: x.reshape(6, order="F"), ValueError, "only order 'C'"),
    (lambda x: len(x.sum()), TypeError, "unsized"),
    (lambda x: list(x.sum()), TypeError, "0-d"),
    (lambda x: x[0].__iadd__(np.ones((2, 3))), mx.MXNetError, "keeps its shape"),
    (lambda x: np.split(x, 4), ValueError, "does not result in an equal division"),
    (lambda x: np.einsum_path, AttributeError, "np.einsum_path is not provided; use numpy.einsum_path on x.asnumpy"),
    (lambda x: np.pv(0.1, 2, 3, when="soon"), ValueError, "when must be 'begin' or 'end', 1 or 0, got 'soon'"),
    (lambda x: onp.add(x, 1, out=onp.zeros((2, 3))), TypeError, "writes to an ndarray, but out is a ndarray; use"),
    (lambda x: np.nope, AttributeError, "no attribute 'nope'"),
    (lambda x: np.linalg.nope, AttributeError, "no attribute 'nope'"),
    (lambda x: npx.nope, AttributeError, "no attribute 'nope'"),
    (lambda x: np.average(x, weights=np.ones(3)), ValueError, r"average: weights of shape \(3,\) fit neither"),
    (lambda x: np.random.choice(2, 3, replace=False), ValueError, "larger sample than population"),
])
def test_errors(action, error, text, x):
    before = x.tolist()
    with pytest.raises(error, match=text):
        action(x)
    assert x.tolist() == before


def test_numpys_functions_are_mx_nps():
    a = np.array([[2.0, 1], [1, 3]])
    a.attach_grad()
    with mx.autograd.record():
        total = onp.linalg.norm(a) + onp.linalg.det(a)
    total.backward()
    norm = onp.sqrt(15)
    onp.testing.assert_allclose(a.grad.asnumpy(), a.asnumpy() / norm + [[3, -1], [-1, 2]], rtol=1e-5)
    assert onp.linalg.cond(a).dtype == onp.float32
    for found in (onp.linalg.svd(a)[1], onp.linalg.inv(a)):
        assert isinstance(found, np.ndarray)
    out = np.zeros((2, 2))
    assert onp.add(a, 1, out=out) is out and out[0, 0] == 3


def test_functions_of_files_and_pairs():
    import io

    read = np.genfromtxt(io.StringIO("1,2\n3,4"), delimiter=",")
    assert read.tolist() == [[1, 2], [3, 4]] and read.dtype == onp.float64
    quotient, rest = np.divmod(np.array([5.0, -3]), 2)
    assert quotient.tolist() == [2, -2] and rest.tolist() == [1, 1]
    one, other = np.zeros(2), np.zeros(2)
    np.divmod(np.array([5.0, -3]), 2, out=(one, other))
    assert one.tolist() == [2, -2] and other.tolist() == [1, 1] and np.real(one).tolist() == [2, -2]
