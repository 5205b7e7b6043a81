"""The functions of ``mx.np``, its ``linalg`` and ``random``, and ``mx.npx``, against NumPy."""

import numpy as onp
import pytest

import luojia as mx
from luojia import autograd, gluon, np, npx

X = onp.array([[4.0, 1.0, 2.0], [0.5, 5.0, 3.0]], "float32")
SAME = """mean(x) mean(x,axis=1) std(x) var(x,axis=0,ddof=1) max(x,axis=1) min(x) argmax(x,axis=1) argmin(x) clip(x,1,3)
tile(x,2) repeat(x,2,axis=0) stack([x,x]) vstack([x,x]) hstack([x,x]) dstack([x,x]) concatenate([x,x],axis=1)
where(x>2,x,0) sort(x,axis=1) argsort(x[0]) unique(x) tril(x) triu(x,1) trace(x) diag(x[:,:2])
diag(x[0]) outer(x[0],x[1])
inner(x[0],x[1]) tensordot(x,x,([1],[1])) einsum("ij,kj->ik",x,x) flip(x,1) roll(x,1) expand_dims(x,-1) squeeze(x[None])
swapaxes(x,0,1) moveaxis(x,0,1) rollaxis(x[None],2) broadcast_to(x[0],(2,3)) maximum(x,2) minimum(2,x)
power(x,2) sqrt(x)
logical_not(x) isnan(x) floor(x/2) round(x/3) around(x,1) sum(x,axis=(0,1)) prod(x+1) cumsum(x) all(x) any(x,axis=0)
average(x,axis=0,weights=x) average(x,axis=1,weights=x[0]) average(x) diff(x) diff(x,2) append(x,x,axis=0) append(x,3)
zeros_like(x) ones_like(x) full_like(x,3) vdot(x,x) ravel(x) pad(x,((1,1),(0,0))) pad(x,((1,0),(0,2)),mode="maximum")
pad(x,((1,0),(0,2)),mode="minimum") hypot(x,x) arctan2(x,x+1) mod(x,2)
abs(-x) absolute(x) fabs(x) sign(x) atleast_2d(x[0]) atleast_1d(x) atleast_3d(x) percentile(x,50) linalg.det(x[:2,:2])
linalg.inv(x[:2,:2]) linalg.norm(x) linalg.norm(x,axis=1) linalg.norm(x[0],1) linalg.norm(x,2) linalg.matrix_rank(x)
linalg.solve(x[:2,:2],x) nan_to_num(x/0) rot90(x) rot90(x,2) rot90(x,3) rot90(x,4) fliplr(x) flipud(x)
ptp(x) ptp(x,axis=0) deg2rad(x) rad2deg(x) reciprocal(x) log1p(x) expm1(x) cbrt(x) trunc(x) rint(x) negative(x)
less(x,2) greater_equal(x,2) not_equal(x,1) equal(x,1) logical_and(x,x-1) logical_or(x,0) logical_xor(x,x-1)
true_divide(x,2) remainder(x,2) positive(x) copy(x) diagflat(x[0]) nanmax(x) median(x) dot(x,x.T) dot(2,x)
dot(x,x[0]) transpose(x) reshape(x,(3,2)) matmul(x,x.T) amax(x) amin(x,axis=1) take(x,1,axis=1)""".split()


@pytest.mark.parametrize("text", SAME)
def test_as_numpy(text):
    with onp.errstate(all="ignore"):
        expected = eval(f"np.{text}", {"np": onp, "x": X})
        got = eval(f"np.{text}", {"np": np, "x": np.array(X)})
    assert got.shape == onp.shape(expected)
    assert not isinstance(got, np.ndarray) or got.dtype != onp.float64
    onp.testing.assert_allclose(got.asnumpy() if isinstance(got, np.ndarray) else got, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("text", ["split(x,2)", "array_split(x,2,axis=1)", "hsplit(x,3)", "vsplit(x,[1])",
                                  "meshgrid(x[0],x[1])",
                                  "broadcast_arrays(x,x[0])", "histogram(x,2)", "nonzero(x)", "dsplit(x[None],3)",
                                  "atleast_2d(x[0],x)", "average(x,returned=True)", "linalg.slogdet(x[:2,:2])"])
def test_several_results_as_numpy(text):
    expected = eval(f"np.{text}", {"np": onp, "x": X})
    got = eval(f"np.{text}", {"np": np, "x": np.array(X)})
    assert len(got) == len(expected)
    for g, e in zip(got, expected):
        onp.testing.assert_allclose(g.asnumpy(), e, rtol=1e-5)


def test_creation():
    for made, value in ((np.zeros((2,)), [0, 0]), (np.ones(2), [1, 1]), (np.full((2,), 3), [3, 3]),
                        (np.arange(2), [0, 1]),
                        (np.arange(1, 4, 2), [1, 3]), (np.linspace(0, 1, 3), [0, 0.5, 1]), (np.eye(1, 2), [[1, 0]]),
                        (np.identity(1), [[1]]), (np.empty_like(np.ones(1)), [0])):
        assert made.tolist() == value and made.dtype == onp.float32
    assert np.arange(3, dtype="int32").dtype == onp.int32 and np.full((1,), True).dtype == bool
    assert np.zeros((2, 0)).shape == (2, 0) and np.ones(1, ctx=mx.cpu(1)).context == mx.cpu(1)
    assert (np.shape(X), np.ndim(np.ones(2)), np.size(X)) == ((2, 3), 1, 6)
    assert np.linspace(0, 1, 3, retstep=True)[1] == 0.5
    x = np.ones(2)
    assert np.asarray(x) is x and np.asarray([1, 2]).dtype == onp.float32
    out = np.zeros(2)
    assert np.add(x, x, out=out) is out and out.tolist() == [2, 2]
    assert np.pi == onp.pi and np.newaxis is None and np.float32 is onp.float32


def test_random():
    mx.random.seed(1)
    first = np.random.normal(0, 1, size=(3,)).tolist()
    mx.random.seed(1)
    assert np.random.randn(3).tolist() == first
    assert np.random.uniform().shape == () and np.random.uniform(2, 3, (4,)).asnumpy().min() >= 2
    assert np.random.randint(3, size=(50,)).asnumpy().max() == 2 and np.random.randint(0, 2).dtype == onp.int64
    assert np.random.normal(np.zeros((2, 1)), np.ones(3)).shape == (2, 3) and np.random.rand(2).dtype == onp.float32
    assert np.random.exponential(2.0, (1000,)).mean().item() == pytest.approx(2, rel=0.2)
    assert np.random.gamma(3.0, 1.0, (1000,)).mean().item() == pytest.approx(3, rel=0.2)
    assert np.random.multinomial(10, [0.0, 1.0], size=(2,)).tolist() == [[0, 10], [0, 10]]
    assert np.random.choice(3, 5, p=[0, 0, 1]).tolist() == [2] * 5
    assert sorted(np.random.choice(np.arange(4), (4,), replace=False).tolist()) == [0, 1, 2, 3]
    assert sorted(np.random.permutation(4).tolist()) == [0, 1, 2, 3]
    x = np.arange(5)
    assert np.random.shuffle(x) is None and sorted(x.tolist()) == [0, 1, 2, 3, 4]
    scale = np.array(2.0)
    scale.attach_grad()
    with autograd.record():
        y = np.random.normal(0, scale, (3,))
    y.backward()
    assert scale.grad.item() == pytest.approx(y.sum().item() / 2, rel=1e-5)


def test_npx(tmp_path):
    x = np.array([[1, 2, 3]])
    assert npx.relu(-x).tolist() == [[0, 0, 0]] and isinstance(npx.softmax(x), np.ndarray)
    assert npx.one_hot(np.array([0, 2]), 3).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert npx.pick(x, np.array([1])).tolist() == [2] and npx.topk(x, k=1).tolist() == [[2]]
    assert npx.fully_connected(x, np.ones((2, 3)), None, num_hidden=2, no_bias=True).tolist() == [[6, 6]]
    assert npx.reshape(np.ones((2, 3, 4)), (-5, -2)).shape == (6, 4) and npx.nonzero(x).shape == (3, 2)
    assert npx.arange_like(x, axis=1).tolist() == [0, 1, 2]
    name = str(tmp_path / "x")
    npx.save(name, {"a": x})
    assert npx.load(name)["a"].tolist() == [[1, 2, 3]] and isinstance(npx.load(name)["a"], np.ndarray)
    npx.save(name, [x])
    assert npx.load(name)[0].tolist() == [[1, 2, 3]]
    assert npx.num_gpus() >= 0 and npx.cpu(1) == mx.cpu(1) and npx.waitall() is None
    npx.seed(1)
    assert "fully_connected" in dir(npx) and "mean" in dir(np) and "inv" in dir(np.linalg)


def test_the_switch():
    assert not npx.is_np_array()
    npx.set_np()
    try:
        assert npx.is_np_array() and npx.is_np_shape()
    finally:
        npx.reset_np()
    assert not npx.is_np_array()


def test_training_as_in_d2l():
    npx.set_np()
    try:
        w = np.array([2, -3.4])
        x = np.random.normal(0, 1, (100, 2))
        y = (np.dot(x, w) + 4.2).reshape((-1, 1))
        batches = gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), 10, shuffle=True)
        net = gluon.nn.Sequential()
        net.add(gluon.nn.Dense(1))
        net.initialize(mx.init.Normal(sigma=0.01))
        loss = gluon.loss.L2Loss()
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.3})
        for _ in range(5):
            for xb, yb in batches:
                assert isinstance(xb, np.ndarray)
                with autograd.record():
                    ls = loss(net(xb), yb)
                ls.backward()
                trainer.step(10)
        assert isinstance(ls, np.ndarray) and loss(net(x), y).mean().item() < 1e-3
        onp.testing.assert_allclose((w - net[0].weight.data().reshape(w.shape)).asnumpy(), [0, 0], atol=0.01)
    finally:
        npx.reset_np()


FACTORS = [
    (lambda x: (np.linalg.svd(x)[0] * W[:2, :2]).sum(),
     [[0.0707, -0.1164, 0.1509], [-0.0315, -0.1853, 0.0344]]),
    (lambda x: (np.linalg.svd(x)[1] * W[0, :2]).sum(), [[-0.7954, -1.2940, -0.5817], [-0.8887, -0.0455, -1.25]]),
    (lambda x: (np.linalg.svd(x)[2] * W[:2]).sum(), [[0.1919, -0.0662, -0.1809], [0.1315, -0.0016, -0.0628]]),
    (lambda x: np.linalg.norm(x, 2), [[0.0831, -0.5616, 0.3594], [-0.0916, 0.6190, -0.3962]]),
    (lambda x: np.linalg.norm(x, "nuc"), [[0.5224, -0.1953, 0.83], [0.3069, 0.9513, 0.0307]]),
    (lambda x: np.linalg.norm(x, -2), [[0.4393, 0.3662, 0.4706], [0.3985, 0.3322, 0.4269]]),
]
SQUARE = [
    (lambda x: (np.linalg.tensorinv(x, 1) * W).sum(),
     [[-0.0383, 0.2653, -0.4510], [-0.0095, -0.1993, 0.3452], [-0.2255, -0.0047, -0.1169]]),
    (lambda x: (np.linalg.tensorsolve(x, V) * V).sum(),
     [[-0.0067, 0.0488, 0.1194], [0.0488, -0.3558, -0.8714], [0.1194, -0.8714, -2.1339]]),
]
W, V = onp.array([[1.0, -2, 3], [0.5, 1, -1], [2, 0.3, 1]], "float32"), np.array([1.0, 2, 3])
W = np.array(W)


@pytest.mark.parametrize("f, expected", FACTORS + SQUARE)
def test_gradients_of_factors_are_mxnets(f, expected):
    square = onp.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]], "float32")
    x = np.array(onp.array([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]], "float32") if len(expected) == 2 else square)
    x.attach_grad()
    with autograd.record():
        y = f(x)
    y.backward()
    onp.testing.assert_allclose(x.grad.asnumpy(), expected, atol=2e-4)


@pytest.mark.parametrize("f", [lambda x: np.linalg.pinv(x), lambda x: np.linalg.eigh(x)[0],
                               lambda x: np.linalg.eigh(x, "U")[0], lambda x: np.linalg.pinv(x, np.array(0.1))])
def test_gradients_that_mxnet_leaves_out(f):
    """Against differences."""
    x = onp.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
    a = np.array(x)
    a.attach_grad()
    with autograd.record():
        y = (f(a) * W[0]).sum()
    y.backward()
    step = onp.array([[0.3, 0.2, -0.1], [0.2, 0.5, 0.4], [-0.1, 0.4, 0.2]]) * 1e-4
    change = ((f(np.array(x + step)) - f(np.array(x - step))) * W[0]).sum().item() / 2
    assert (a.grad.asnumpy() * step).sum() == pytest.approx(change, rel=1e-4)


def test_what_mxnet_leaves_to_numpy():
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert type(np.ptp(x)) is onp.float32 and type(np.alltrue(x)) is onp.bool_
    assert type(np.argwhere([1, 0])) is onp.ndarray and np.linalg.lstsq(x, x)[2] == 2
    x.attach_grad()
    with autograd.record():
        y = np.ptp(x) * 2
    y.backward()
    assert isinstance(y, np.ndarray) and x.grad.tolist() == [[-2, 0], [0, 2]]
    with pytest.raises(mx.MXNetError, match="eigvals: Last 2 dimensions"):
        np.linalg.eigvals(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="UPLO must be 'L' or 'U', got 'X'"):
        np.linalg.eigh(x, "X")
    with pytest.raises(ValueError, match="ind must be positive, got 0"):
        np.linalg.tensorinv(x, 0)
    with pytest.raises(mx.MXNetError, match=r"tensorsolve: the first axes \(2,\) and the last axes \(3,\)"):
        np.linalg.tensorsolve(np.ones((2, 3)), np.ones(2))


@pytest.mark.parametrize("call, classes, match", [
    (lambda x: np.linspace(0, 1, -1), (mx.MXNetError, ValueError), "np.linspace: Number of samples, -1"),
    (lambda x: np.eye("a"), (mx.MXNetError, TypeError), "np.eye: "),
    (lambda x: np.indices(3), (ValueError, TypeError), "np.indices: "),
    (lambda x: np.resize(x, -1), (mx.MXNetError, ValueError), "np.resize: "),
    (lambda x: np.delete(x[0], 5), (mx.MXNetError, IndexError), "np.delete: index 5 is out of bounds"),
    (lambda x: np.bincount(-x[0]), (mx.MXNetError, TypeError), "np.bincount: "),
    (lambda x: np.histogram(x, 0), (mx.MXNetError, ValueError), "np.histogram: "),
    (lambda x: np.split(x, None), (ValueError, mx.MXNetError), "indices_or_sections must be either int"),
    (lambda x: np.linalg.norm(x[None], onp.inf), (mx.MXNetError, ValueError), "there are 3 axes"),
    (lambda x: np.linalg.cond(x[0]), (onp.linalg.LinAlgError,), "at least"),
    (lambda x: np.sum("a"), (AssertionError, TypeError, mx.MXNetError), "type <class 'str'> not supported"),
])
def test_errors_are_of_mxnets_and_numpys_classes(call, classes, match):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    for expected in classes:
        with pytest.raises(expected, match=match):
            call(x)


def test_small_agreements():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    out = np.zeros((2, 2))
    assert np.sqrt(x, out=[out]) is out and out[1, 1].item() == 2
    assert np.amin(x, []).shape == (2, 2) and np.nanmin(x > 1) == onp.False_


def test_numpys_numbers_are_as_pythons():
    """mxnet 1.9.1's dtypes and values: beside an array a NumPy scalar does not widen it."""
    small, half = np.array([0, 1, 2], dtype="int8"), np.array([0, 1, 2], dtype="float16")
    for number in (onp.float32(2.5), onp.float64(2.5), onp.float16(2.5)):
        for found in (np.add(small, number), np.add(number, small), small + number):
            assert found.dtype == "int8" and found.tolist() == [2, 3, 4]
        for found in (np.maximum(half, number), np.maximum(number, half)):
            assert found.dtype == "float16" and found.tolist() == [2.5, 2.5, 2.5]
    assert np.multiply(small, onp.int64(2)).dtype == "int8"
    assert np.true_divide(small, onp.float32(2)).dtype == "float32"


KEYWORDS = [("where", True), ("casting", "same_kind"), ("order", "K"), ("dtype", None), ("subok", True)]


@pytest.mark.parametrize("call", [lambda **k: np.sqrt(np.array([4.0]), **k),
                                  lambda **k: np.add(1, np.array([1.0]), **k),
                                  lambda **k: np.isnan(np.array([2.0]), **k)])
def test_keywords_of_numpys_functions_are_taken_at_their_defaults(call):
    expected = call().tolist()
    for key, value in KEYWORDS:
        assert call(**{key: value}).tolist() == expected
        with pytest.raises(NotImplementedError, match=f"{key}=other is not implemented yet for operator"):
            call(**{key: "other"})
    with pytest.raises(ValueError, match="truth value of an ndarray with multiple elements is ambiguous"):
        call(where=np.array([True, False]))
    with pytest.raises(TypeError, match="foo is an invalid keyword to function"):
        call(foo=1)


@pytest.mark.parametrize(("draw", "message"), [
    (lambda: np.random.uniform(size=-1), "expect Shape or None but value='-1'"),
    (lambda: np.random.normal(size="a"), "expect Shape or None but value='a'"),
    (lambda: np.random.gamma(2.0, size=2.5), "expect Shape or None but value='2.5'"),
    (lambda: np.random.uniform(dtype="int32"), "Invalid Input: 'int32', valid values are: .'float16'"),
    (lambda: np.random.normal(dtype=bool), "Invalid Input: 'bool'"),
    (lambda: np.random.randint(3, dtype="float32"), "Invalid Input: 'float32', valid values are: .'int32', 'int64'"),
    (lambda: np.random.exponential(-1.0), "np.random.exponential: scale must not be negative"),
    (lambda: np.random.laplace(0.0, -1.0), "np.random.laplace: scale must not be negative"),
])
def test_draws_refuse_what_mxnets_do(draw, message):
    with pytest.raises(mx.MXNetError, match=message):
        draw()
