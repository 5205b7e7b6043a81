"""``mx.np`` and ``mx.npx``: the answers of mxnet 1.9.1 (observed.txt), views, NumPy's protocols, and derivatives."""

from pathlib import Path

import numpy as onp
import pytest

import luojia as mx
from luojia import autograd, np, npx, ops
from luojia._src.errors import ArgumentError, DTypeError, MXNetError, ShapeError
from tests.observed_mxnet import wrong_lines
from tests.slopes import numeric_gradient

OBSERVED = Path(__file__).with_name("observed.txt").read_text("utf-8").splitlines()


def names():
    """The arrays of observed.txt's programs."""
    return {
        "np": np, "npx": npx, "mx": mx, "onp": onp,
        "x": np.array([[1.0, 2.0], [3.0, 4.0]]), "xi": np.array([[1, 2], [3, 4]], dtype="int32"),
        "x3": np.arange(12).reshape(2, 3, 2), "n": np.array([[1.0, onp.nan], [3.0, 4.0]]),
    }


def test_answers_are_mxnets():
    assert len(OBSERVED) > 280
    assert wrong_lines(OBSERVED, names, np.ndarray) == []


def test_parts_share_memory():
    x = np.arange(6).reshape(2, 3)
    row, flat = x[1], x.reshape_view(-1)
    row[:] = 9
    flat[0] = 7
    assert x.tolist() == [[7, 1, 2], [9, 9, 9]] and row.tolist() == [9, 9, 9]
    for copy in (x.reshape(-1), np.reshape(x, (3, 2)), x.reshape(1, 6), np.split(x, 2)[0]):
        copy[:] = 5
    assert x.tolist() == [[7, 1, 2], [9, 9, 9]]
    x += 1
    assert row.tolist() == [10, 10, 10] and flat.tolist()[:2] == [8, 2]
    legacy = x.as_nd_ndarray()
    legacy[0, 0] = 0
    assert x[0, 0].item() == 0 and legacy.as_np_ndarray()[1].sum().shape == ()
    assert x[[0, 1]].tolist() == x.tolist() and x[..., None].shape == (2, 3, 1)


def test_links_pass_between_the_classes():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = (x.as_nd_ndarray() ** 3).as_np_ndarray().sum()
    y.backward()
    assert x.grad.tolist() == [3.0, 12.0] and isinstance(x.grad, np.ndarray)


def test_arrays_keep_their_class_on_another_device():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = x.as_in_ctx(mx.cpu(1))
        z = (y * y).sum()
    z.backward()
    assert isinstance(y, np.ndarray) and y.ctx == mx.cpu(1) and isinstance(x.copyto(mx.cpu(1)), np.ndarray)
    assert x.grad.tolist() == [2.0, 4.0]
    parts = mx.gluon.utils.split_and_load(np.arange(4).reshape(2, 2), [mx.cpu(0), mx.cpu(1)])
    assert [type(p.sum().item()) for p in parts] == [float, float] and all(isinstance(p, np.ndarray) for p in parts)


def test_numpys_functions_and_arrays_find_the_door():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    x.attach_grad()
    with autograd.record():
        y = onp.sum(onp.multiply(onp.ones((2, 2), "float32"), onp.exp(x))) + onp.concatenate([x, x]).sum()
    y.backward()
    assert isinstance(y, np.ndarray)
    onp.testing.assert_allclose(x.grad.asnumpy(), onp.exp(x.asnumpy()) + 2, rtol=1e-6)
    assert isinstance(onp.array([1.0, 2.0]) + x, np.ndarray)
    with pytest.raises(DTypeError, match=r"numpy\.add\.reduce of an ndarray is not supported; use asnumpy"):
        onp.add.reduce(x)


def test_integers_and_dtypes():
    i = np.array([1, 2, 3], dtype="int32")
    assert i.sum().dtype == onp.int32 and np.prod(i).dtype == onp.int32 and np.cumsum(i).dtype == onp.int32
    assert i.mean().dtype == onp.float32 and (i / 2).dtype == onp.float32 and np.exp2(i).dtype == onp.float32
    assert np.sum(i > 1).item() == 2 and np.result_type(i, "float16") == onp.float64
    assert np.count_nonzero(i) == 3 and np.allclose(i, [1, 2, 3]) and np.array_equiv(i, i)
    assert (i & 1).tolist() == [1, 0, 1] and (~i).tolist() == [-2, -3, -4] and (i // 2).dtype == onp.int32
    assert np.may_share_memory(i, i) and not np.shares_memory(i, i.copy())


A = onp.array([[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]])
DIFFERENTIABLE = {
    "arithmetic": lambda a: np.divide(a + 2, a * a + 1) * np.hypot(a, 1.0) + np.ldexp(a, 2.0),
    "joining": lambda a: np.square(np.concatenate((a, np.vstack((a[0], a[1])), np.append(a, a, 0)))),
    "splitting": lambda a: np.split(a, 3, 1)[1] * np.array_split(a, [1], 1)[0],
    "turning": lambda a: np.square(np.rot90(a)) + np.flipud(np.rot90(a, 3)),
    "selecting": lambda a: np.select([a < 0, a > 1], [a * a, a * 3], a * a * a) + np.where(a > 0.5, a, a * a),
    "reductions": lambda a: a.var() + np.max(a * a) + (a * a).sum(axis=0) + np.average(a * a, 0, np.array([1.0, 2.0])),
    "quantiles": lambda a: np.median(a * a) * np.percentile(a, 30) + np.quantile(a, np.array([0.2, 0.7])).sum(),
    "products": lambda a: np.dot(a, a.T) * np.einsum("ij,kj->ik", a, a) + np.linalg.norm(a) + np.trace(a @ a.T),
    "matrices": lambda a: np.linalg.inv(a @ a.T + np.eye(2)) * np.linalg.det(a @ a.T + np.eye(2)),
    "cross": lambda a: np.cross(a[0], a[1] * a[1]) + np.kron(a[0, :1], a[1]),
    "covariance": lambda a: np.cov(a) * np.corrcoef(a),
    "interpolation": lambda a: np.interp(a, np.array([-2.0, 0.0, 3.0]), np.square(a[0])),
    "networks": lambda a: npx.softmax(a) * npx.relu(a) + npx.log_softmax(a * a),
    "clipping": lambda a: np.clip(a * a, 0.1, 2.0) + np.maximum(a, np.minimum(a * a, 1.0)),
}


@pytest.mark.parametrize("case", DIFFERENTIABLE)
def test_derivatives_of_first_and_second_order(case):
    f = DIFFERENTIABLE[case]

    def total(a):
        return np.sum(np.sin(f(a)))

    def slope(a):
        return np.sum(ops.grad(total)(a) * np.array(onp.cos(A)))

    for g, tolerance in ((total, 1e-6), (slope, 1e-5)):
        expected = numeric_gradient(lambda v, g=g: g(np.array(v)).asnumpy(), A)
        onp.testing.assert_allclose(ops.grad(g)(np.array(A)).asnumpy(), expected, tolerance, tolerance)
    x = np.array(A)
    x.attach_grad()
    with autograd.record():
        first = autograd.grad(total(x), [x], create_graph=True)[0]
        s = np.sum(first * np.array(onp.cos(A)))
    s.backward()
    onp.testing.assert_allclose(x.grad.asnumpy(), ops.grad(slope)(np.array(A)).asnumpy(), 1e-9, 1e-9)


def test_draws_of_a_location_and_a_scale_have_gradients():
    loc, scale = np.array([1.0, 2.0]), np.array(2.0)
    for name in ("normal", "logistic", "gumbel", "laplace"):
        for p in (loc, scale):
            p.attach_grad()
        with autograd.record():
            y = getattr(np.random, name)(loc, scale, size=(3, 2))
        y.backward()
        assert loc.grad.tolist() == [3.0, 3.0]
        onp.testing.assert_allclose(scale.grad.item(), ((y - loc).sum() / 2).item(), rtol=1e-4)


@pytest.mark.parametrize(("name", "args", "mean"), [
    ("uniform", (1.0, 3.0), 2), ("exponential", (2.0,), 2), ("rayleigh", (1.0,), (onp.pi / 2) ** 0.5),
    ("lognormal", (0.0, 0.5), onp.exp(0.125)), ("gamma", (2.0, 1.5), 3), ("beta", (2.0, 2.0), 0.5),
    ("chisquare", (3.0,), 3), ("pareto", (4.0,), 1 / 3), ("power", (3.0,), 0.75), ("weibull", (1.0,), 1),
    ("poisson", (4.0,), 4),
])
def test_means_of_draws(name, args, mean):
    mx.random.seed(11)
    found = getattr(np.random, name)(*args, size=(4000,))
    assert found.shape == (4000,) and abs(found.asnumpy().mean() - mean) < 0.1 * max(mean, 1)
    mx.random.seed(11)
    assert np.array_equal(found, getattr(np.random, name)(*args, size=4000))


def test_other_draws():
    assert np.random.multivariate_normal([0.0, 1.0], onp.eye(2), size=3).shape == (3, 2)
    assert set(npx.random.bernoulli(0.5, size=(50,)).tolist()) <= {0.0, 1.0}
    assert npx.random.bernoulli(logit=np.array([99.0, -99.0])).tolist() == [1.0, 0.0]
    assert npx.random.normal_n(np.zeros(3), np.ones(3), batch_shape=(2,)).shape == (2, 3)
    assert npx.random.uniform_n(np.zeros(3), 1.0, 5).shape == (5, 3)


@pytest.mark.parametrize(("codes", "expected"), [
    ((-1,), (24,)), ((-2, -1), (2, 12)), ((-4,), (2, 1, 3, 4)), ((-2, -3, -4), (2, 3, 4)), ((-5, -4), (2, 3, 4)),
    ((-2, -2, -5), (2, 1, 12)), ((-6, 1, -1, -4), (1, 2, 1, 3, 4)), ((-4, -6, 2, 2), None), ((6, -1), (6, 4)),
])
def test_reshape_codes(codes, expected):
    x = np.zeros((2, 1, 3, 4))
    if expected is None:
        with pytest.raises(ShapeError, match=r"npx\.reshape: the codes .* do not fit an array of shape \(2, 1, 3, 4\)"):
            npx.reshape(x, codes)
    else:
        assert npx.reshape(x, codes).shape == expected


def test_reshape_from_the_right():
    x = np.arange(24).reshape(2, 3, 4)
    assert npx.reshape(x, (-1, -2), reverse=True).shape == (6, 4)
    assert npx.reshape(x, (-4, -6, 2, 2), reverse=True).shape == (2, 3, 2, 2)
    assert npx.reshape(x, (-5, -2), reverse=True).tolist() == x.reshape(6, 4).tolist()


def test_factors_are_numpys():
    m = onp.array([[2.0, 0.5], [0.5, 1.0]], "float32")
    u, s, v = np.linalg.svd(np.array(m))
    onp.testing.assert_allclose(((u * s) @ v).asnumpy(), m, rtol=1e-5)
    q, r = np.linalg.qr(np.array(m))
    onp.testing.assert_allclose((q @ r).asnumpy(), m, rtol=1e-5)
    w, vectors = np.linalg.eigh(np.array(m))
    onp.testing.assert_allclose((np.array(m) @ vectors).asnumpy(), (vectors * w).asnumpy(), rtol=1e-5, atol=1e-6)
    assert np.linalg.matrix_rank(np.array(m)).item() == 2
    onp.testing.assert_allclose(np.linalg.norm(np.array(m), "nuc").item(), onp.linalg.norm(m, "nuc"), rtol=1e-5)
    for ord in (1, -1, onp.inf, -onp.inf):
        onp.testing.assert_allclose(np.linalg.norm(np.array(m), ord).item(), onp.linalg.norm(m, ord), rtol=1e-6)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: np.sin("a"), DTypeError, r"np\.sin: type <class 'str'> not supported; expected an ndarray"),
    (lambda: np.zeros(-1), ArgumentError, r"np\.zeros: the lengths of a shape must not be negative, got -1"),
    (lambda: np.where(np.ones(2), 1), ArgumentError, r"np\.where takes x and y together, or neither"),
    (lambda: np.select([], []), ArgumentError, "select: got 0 conditions and 0 choices"),
    (lambda: np.einsum(np.ones(2)), DTypeError, r"np\.einsum expects the subscripts first"),
    (lambda: np.ones(4).reshape(3), ShapeError, "reshape: cannot reshape array of size 4 into shape 3"),
    (lambda: np.ones(4).reshape(foo=3), TypeError, r"reshape\(\) got an unexpected keyword argument 'foo'"),
    (lambda: np.ones(4).flatten("F"), ArgumentError, "flatten: only order 'C' is provided, got 'F'"),
    (lambda: np.ones((2, 2)) + np.ones(3), MXNetError, "add: .*broadcast"),
    (lambda: np.random.normal(0, -1), ArgumentError, r"np\.random\.normal: scale must not be negative, got -1"),
    (lambda: np.random.randint(3, 3), ArgumentError, r"np\.random\.randint: low must be less than high, got 3 and 3"),
    (lambda: np.random.beta(1.0), TypeError, r"np\.random\.beta takes a b and size, got a"),
    (lambda: npx.random.bernoulli(), ValueError, "takes either prob or logit, got both or neither"),
    (lambda: npx.nothing, AttributeError, r"module 'luojia\.npx' has no attribute 'nothing'"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


class _Net(mx.gluon.HybridBlock):
    """A network in the two namespaces that ``F`` has for NumPy's functions."""

    def __init__(self):
        super().__init__()
        self.dense = mx.gluon.nn.Dense(3)

    def hybrid_forward(self, F, x):
        h = F.npx.relu(self.dense(F.np.transpose(x, (0, 1))))
        both = F.np.concatenate([F.np.reshape(h, (-1, 3)), F.np.squeeze(F.np.expand_dims(F.np.exp(h), 0), 0)], 0)
        return F.np.sum(both, axis=0) + F.np.dot(both, F.np.ones((3,))).mean()


@pytest.mark.parametrize("hybrid", [False, True])
def test_networks_of_numpy_arrays(hybrid):
    npx.set_np()
    try:
        mx.random.seed(1)
        net = _Net()
        net.initialize(mx.init.Xavier())
        if hybrid:
            net.hybridize()
        x = np.arange(4).reshape(2, 2)
        with autograd.record():
            y = net(x)
        y.backward()
        w = net.dense.weight
        assert isinstance(w.data(), np.ndarray) and isinstance(w.grad(), np.ndarray) and isinstance(y, np.ndarray)
        assert w.data()[0, 0].shape == () and repr(w.data()).startswith("array([[")
        h = onp.maximum(x.asnumpy() @ w.data().asnumpy().T, 0)
        both = onp.concatenate([h, onp.exp(h)])
        onp.testing.assert_allclose(y.asnumpy(), both.sum(0) + both.sum(1).mean(), rtol=1e-5)
        g = (onp.exp(h) + 1) * (1 + 3 / 4) * (h > 0)
        onp.testing.assert_allclose(w.grad().asnumpy(), g.T @ x.asnumpy(), rtol=1e-4)
    finally:
        npx.reset_np()


def test_every_name_of_the_lists_exists():
    for module in (np, np.linalg, np.random):
        assert all(hasattr(module, name) for name in module.__all__)
        assert len(set(module.__all__)) == len(module.__all__)
    missing = [name for name in npx.__all__ if not hasattr(npx, name)]
    assert missing == []
    assert mx.numpy_extension is npx and mx.np is np and mx.numpy is not np


@pytest.mark.parametrize("f, expected", [
    (lambda x: np.max(x), [1, 1, 0]), (lambda x: x.max(), [1, 1, 0]), (lambda x: np.amin(-x), [-1, -1, 0]),
    (lambda x: np.maximum(x, 1).sum(), [1, 1, 0]), (lambda x: np.minimum(1, x).sum(), [1, 1, 1]),
    (lambda x: np.maximum(x, x).sum(), [1, 1, 1]),
    (lambda x: np.maximum(x, np.array([1.0, 0.0, 0.0])).sum(), [1, 1, 1]),
])
def test_gradients_at_ties_are_mxnets(f, expected):
    x = np.array([1.0, 1.0, 0.0])
    x.attach_grad()
    with autograd.record():
        y = f(x)
    y.backward()
    assert x.grad.tolist() == expected


def test_constraints():
    assert npx.constraint_check(np.array([1.0, 2]) > 0).item() is True
    with pytest.raises(ValueError, match="must be positive"):
        npx.constraint_check(np.array([1.0, -2]) > 0, msg="must be positive")
    with pytest.raises(TypeError, match="expects an array of booleans, got float32"):
        npx.constraint_check(np.ones(2))
