"""Factors of matrices: what they multiply to, and derivatives."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import NotSupportedError, ShapeError
from tests.check import check_op

x = np.random.default_rng(3).normal(size=(2, 4, 3))
LOW = ("float32",)  # LAPACK takes no halves


def test_svd():
    for a in (x, x.swapaxes(1, 2), x[:, :3]):
        s, u, v = (np.asarray(t) for t in OPERATORS["svd"](Tensor(a)))
        np.testing.assert_allclose(u * s[:, None] @ v.swapaxes(1, 2), a, atol=1e-12)
        np.testing.assert_allclose(s, np.linalg.svd(a, compute_uv=False))
        check_op("svd", a, dtypes=LOW, tolerance=5)
        check_op("singular_values", a, dtypes=LOW, ref=s)
    check_op("svd", x[:, :3], attrs={"full_matrices": True}, dtypes=LOW, tolerance=5)
    s, u, v = ops.svd(Tensor(x), full_matrices=True)
    assert u.shape == (2, 4, 4) and v.shape == (2, 3, 3) and ops.svd(Tensor(x), compute_uv=False).shape == (2, 3)
    assert [t.shape for t in ops.Svd()(Tensor(x))] == [(2, 3), (2, 4, 3), (2, 3, 3)]
    with pytest.raises(NotSupportedError, match="svd: full_matrices=True has no derivative"):
        ops.grad(lambda a: ops.svd(a, full_matrices=True)[0].sum())(Tensor(x))
    with pytest.raises(ShapeError, match=r"svd expects matrices in the last two axes, got shape \(3,\)"):
        ops.svd(Tensor([1.0, 2.0, 3.0]))


def test_orthogonal_upper():
    q, r = (np.asarray(t) for t in OPERATORS["orthogonal_upper"](Tensor(x)))
    np.testing.assert_allclose(q @ r, x, atol=1e-12)
    np.testing.assert_allclose(np.triu(r), r)
    check_op("orthogonal_upper", x, dtypes=LOW, tolerance=5)
    check_op("orthogonal_upper", x[:, :3], dtypes=LOW, tolerance=5)
    with pytest.raises(ShapeError, match=r"orthogonal_upper expects matrices \(..., M, N\) with M >= N"):
        OPERATORS["orthogonal_upper"](Tensor(x.swapaxes(1, 2)))
    check_op("orthogonal_complete", x, grad=False, dtypes=())
    with pytest.raises(NotSupportedError, match="qr: mode 'complete' has no derivative"):
        ops.grad(lambda a: ops.qr(a, "complete")[1].sum())(Tensor(x))


def test_exponential():
    a = np.array([[[0.3, 1.2], [-0.7, 0.4]], [[0.0, 0.0], [0.0, 0.0]]])
    got = ops.matrix_exp(Tensor(a)).asnumpy()
    w, v = np.linalg.eig(a[0])
    np.testing.assert_allclose(got[0], (v * np.exp(w) @ np.linalg.inv(v)).real, rtol=1e-12)
    np.testing.assert_allclose(got[1], np.eye(2))
    check_op("matrix_exp", a[0], dtypes=("float32",), ref=got[0])
    check_op("matrix_exp", 30 * a[:1], dtypes=(), grad=False)
    big = ops.matrix_exp(Tensor(np.array([[50.0, 1.0], [0.0, 60.0]], np.float32)))
    np.testing.assert_allclose(big.asnumpy()[1, 1], np.exp(60.0), rtol=1e-4)
    assert big.dtype == ms.float32 and np.isfinite(ops.grad(lambda m: ops.matrix_exp(m)[0, 0])(big * 0).asnumpy()).all()
    with pytest.raises(ShapeError, match=r"matrix_exp expects square matrices in the last two axes, got shape \(2, 4"):
        ops.matrix_exp(Tensor(x))
