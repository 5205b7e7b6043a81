"""Products of matrices, and the linear algebra of square ones."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

rng = np.random.default_rng(0)
a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
ta, tb = Tensor(a), Tensor(b)
square = rng.normal(size=(2, 3, 3)) + 3 * np.eye(3)
spd = square @ square.transpose(0, 2, 1)
LOW = ("float32",)  # NumPy's linear algebra has no float16


def test_matmul():
    check_op("matmul", a, b, ref=np.matmul)
    check_op("matmul", a.T, b.T, attrs={"transpose_a": True, "transpose_b": True}, ref=a @ b)
    check_op("matmul", a[0], b, ref=a[0] @ b)
    check_op("matmul", a, b[:, 0], ref=a @ b[:, 0])
    check_op("matmul", a[0], b[:, 0], ref=a[0] @ b[:, 0])
    check_op("matmul", np.stack([a, a * 2]), b, ref=np.stack([a @ b, 2 * a @ b]))
    with pytest.raises(ShapeError, match=r"MatMul expects .* got shapes \(2, 3\) and \(2, 3\)\."):
        ops.MatMul()(ta, ta)
    with pytest.raises(ShapeError, match="after transposing the second"):
        ops.MatMul(transpose_b=True)(ta, tb)


def test_dense():
    check_op("dense", a, b.T, b[0], ref=lambda x, w, b: x @ w.T + b, symbol=False)  # MXNet's face wants num_hidden
    check_op("dense", a.reshape(2, 3, 1), b.T, None, attrs={"flatten": True}, ref=a @ b)


def test_mxnet_dot():
    check_op("dot_product", a, b, ref=a @ b)
    check_op("dot_product", a.T, b.T, attrs={"transpose_a": True, "transpose_b": True}, ref=a @ b)
    check_op("dot_product", a[0], b[:, 0], ref=(a[0] @ b[:, 0]).reshape(1))
    cube = rng.normal(size=(3, 2, 2))
    check_op("dot_product", a, cube, ref=np.tensordot(a, cube, 1))
    check_op("dot_product", cube, a.T, attrs={"transpose_a": True}, ref=np.tensordot(cube, a.T, ((0,), (0,))))
    with pytest.raises(ShapeError, match=r"dot expects the last length of lhs .* \(2, 3\) and \(2, 3\)"):
        OPERATORS["dot_product"](ta, ta)
    with pytest.raises(ShapeError, match="dot expects vectors of one length"):
        OPERATORS["dot_product"](ta[0], tb[0])


def test_batch_dot():
    check_op("batch_dot", spd, square, attrs={"transpose_b": True}, ref=spd @ square.transpose(0, 2, 1))
    with pytest.raises(ShapeError, match=r"batch_dot expects arrays of shape .* got \(2, 3\) and \(3, 2\)"):
        OPERATORS["batch_dot"](ta, tb)


def test_products():
    check_op("einsum", a, b, attrs={"equation": "ij,jk->ik"}, ref=a @ b)
    check_op("contraction", a, b, attrs={"equation": "ij,jk->ik"}, ref=a @ b)
    check_op("einsum", a, attrs={"equation": "ij->ji"}, ref=a.T)
    check_op("einsum", square, b, attrs={"equation": "...ij,jk->k..."}, ref=np.moveaxis(square @ b, 2, 0).sum(2),
             symbol=False)
    check_op("einsum", a, b, a, attrs={"equation": "ij,jk,lm->kl"}, ref=np.outer((a @ b).sum(0), a.sum(1)))
    check_op("einsum", a[:, :1], b, attrs={"equation": "ij,jk->ik"}, ref=np.outer(a[:, 0], b.sum(0)))
    corner = b[:2, :2]
    check_op("einsum", corner, attrs={"equation": "ii->i"}, ref=np.diag(corner))
    check_op("einsum", corner, b.T, attrs={"equation": "ii,ij"}, ref=np.diag(corner) @ b.T)
    check_op("contraction", a, b, attrs={"equation": "ij,jk->ki"}, ref=(a @ b).T)
    check_op("tensordot", a, b, attrs={"axes": 1}, ref=a @ b)
    check_op("tensordot", a, b, attrs={"axes": ((0, 1), (1, 0))}, ref=np.tensordot(a, b, ((0, 1), (1, 0))))
    c = np.arange(24.0).reshape(2, 3, 4) / 7
    check_op("tensordot", c, a, attrs={"axes": ((1,), (-1,))} if a.shape[1] == 3 else {"axes": ((0,), (0,))},
             ref=np.tensordot(c, a, ((1,), (1,)) if a.shape[1] == 3 else ((0,), (0,))))
    check_op("tensordot", c, c.transpose(2, 0, 1), attrs={"axes": ((2, 0), (0, 1))},
             ref=np.tensordot(c, c.transpose(2, 0, 1), ((2, 0), (0, 1))))
    check_op("tensordot", a, c, attrs={"axes": 0}, ref=np.tensordot(a, c, 0))
    check_op("inner", c, c[0], ref=np.inner(c, c[0]))
    check_op("inner", a[0], np.array(0.5), ref=lambda x, y: x * y)
    check_op("dot_last", c[..., :3], c[:, :, :2], ref=np.dot(c[..., :3], c[:, :, :2]))
    check_op("dot_last", a, b, ref=a @ b)
    check_op("dot_last", a, b[:, 0], ref=a @ b[:, 0])
    check_op("inner", a, b.T, ref=a @ b)
    check_op("outer", a[0], b[0], ref=np.outer(a[0], b[0]))
    check_op("add_matmul", a @ b, a, b, attrs={"beta": 0.5, "alpha": 2}, ref=2.5 * (a @ b))
    check_op("khatri_rao", a, b.T, ref=np.stack([np.kron(a[:, i], b.T[:, i]) for i in range(3)], 1))


def test_inverse_and_determinant():
    check_op("inverse", square, ref=np.linalg.inv, dtypes=LOW)
    check_op("det", square, ref=np.linalg.det, dtypes=LOW)
    check_op("slogdet", square, ref=tuple(np.linalg.slogdet(square)), dtypes=LOW)
    check_op("solve", square, np.stack([b, b * 2]), ref=np.linalg.solve(square, np.stack([b, b * 2])), dtypes=LOW)
    check_op("solve", square[0], b[:, 0], ref=np.linalg.solve(square[0], b[:, 0]), dtypes=LOW)
    for name in ("inverse", "det", "slogdet", "cholesky"):
        with pytest.raises(ShapeError, match=rf"{name} expects square matrices .* got shape \(2, 3\)"):
            OPERATORS[name](ta)


def test_one_matrix_gives_mxnet_an_array_of_one():
    one = square[0]
    check_op("det", one, attrs={"rank1": True}, ref=np.linalg.det(one).reshape(1), dtypes=LOW)
    parts = tuple(np.reshape(v, 1) for v in np.linalg.slogdet(one))
    check_op("slogdet", one, attrs={"rank1": True}, ref=parts, dtypes=LOW)
    check_op("sum_log_diagonal", one, attrs={"rank1": True}, ref=np.log(np.diagonal(one)).sum().reshape(1))


def test_factors():
    check_op("cholesky_inverse", np.linalg.cholesky(spd), ref=np.linalg.inv(spd), dtypes=LOW)
    check_op("gemm", a, b, a @ b, attrs={"alpha": 2.0, "beta": 3.0}, ref=5 * a @ b)
    check_op("gemm2", a, a, attrs={"transpose_b": True}, ref=a @ a.T)
    p, q = np.arange(12.0).reshape(3, 2, 2) / 7, np.arange(8.0).reshape(2, 2, 2) / 5
    rows_first = np.einsum("ibk,kbj->ibj", p, q)
    check_op("gemm2", p, q, attrs={"axis": 0}, ref=rows_first)
    check_op("gemm", p, q, np.ones((3, 2, 2)), attrs={"axis": 0, "beta": 2.0}, ref=rows_first + 2)
    with pytest.raises(ShapeError, match=r"Invalid row axis \(2\)"):
        OPERATORS["gemm2"](Tensor(p), Tensor(q), axis=2)
    check_op("syrk", a, attrs={"alpha": 2.0}, ref=2 * a @ a.T)
    check_op("syrk", a, attrs={"transpose": True}, ref=a.T @ a)
    low = np.tril(square)
    check_op("trmm", square, spd, ref=low @ spd)
    check_op("trmm", square, spd, attrs={"rightside": True, "transpose": True}, ref=spd @ low.transpose(0, 2, 1))
    check_op("trsm", square, spd, ref=np.linalg.solve(low, spd), dtypes=LOW)
    check_op("trsm", square, spd, attrs={"rightside": True, "lower": False}, ref=spd @ np.linalg.inv(np.triu(square)),
             dtypes=LOW)


def test_zeros_on_the_diagonal_give_infinities():
    a, b = Tensor([[1.0, 0, 0], [2, 0, 0], [3, 1, 2]]), Tensor([[1.0], [2], [3]])
    nan = np.nan  # mindspore 2.8.0
    for attrs, want in (({}, [1, nan, nan]), ({"transpose": True}, [-np.inf, np.inf, 1.5])):
        for found in (OPERATORS["trsm"](a, b, **attrs),
                      OPERATORS["trsm"](a, b.T, rightside=True, transpose="transpose" not in attrs)):
            if a._device.engine.name == "numpy":  # XLA's factors spread the nan
                np.testing.assert_allclose(found.asnumpy().ravel(), want)
            assert not np.isfinite(found.asnumpy()).all()
    assert np.isnan(ops.cholesky_solve(b, a).asnumpy()).all()



def test_cholesky():
    """Perturbed symmetrically: the factor reads one triangle only."""
    check_op("cholesky", spd, ref=np.linalg.cholesky, grad=False, dtypes=LOW)
    check_op("potrf", spd, ref=np.linalg.cholesky, grad=False, dtypes=LOW)
    check_op("cholesky", spd, attrs={"upper": True}, ref=np.linalg.cholesky(spd).transpose(0, 2, 1), grad=False,
             dtypes=LOW)
    check_op(lambda_of_square(), square, dtypes=LOW)


def lambda_of_square():
    from luojia._src.core.op import Operator

    return Operator(lambda xp, x: xp.cholesky(xp.matmul(x, xp.swapaxes(x, -1, -2))), "cholesky_of_square")


def test_diagonals_and_triangles():
    check_op("sum_log_diagonal", square, ref=np.log(np.diagonal(square, 0, 1, 2)).sum(-1))
    check_op("extract_diagonal", square, attrs={"offset": 1}, ref=np.diagonal(square, 1, 1, 2))
    check_op("make_diagonal", a, attrs={"offset": -1}, ref=np.stack([np.diag(r, -1) for r in a]))
    rows, columns = np.tril_indices(3)
    check_op("extract_triangle", square, ref=square[:, rows, columns])
    check_op("make_triangle", np.array([[1.0, 2, 3]]), ref=np.array([[[1, 0], [2, 3]]]))
    check_op("make_triangle", np.array([1.0, 2, 3]), attrs={"lower": False}, ref=[[1, 2], [0, 3]])
    check_op("make_triangle", np.arange(1.0, 7), attrs={"lower": False}, ref=[[1, 2, 4], [0, 3, 5], [0, 0, 6]],
             xla=False)
    with pytest.raises(ShapeError, match="4 elements do not fill a triangle"):
        OPERATORS["make_triangle"](Tensor([1.0, 2, 3, 4]))
