"""COOTensor, CSRTensor, RowTensor and their functions; the answers are mindspore 2.8.0's where it runs on a CPU."""

import numpy as np
import pytest

from luojia import COOTensor, CSRTensor, RowTensor, SparseTensor, Tensor, nn, ops
from luojia import dtype as mstype
from luojia._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from tests.observed import T

AT, V = T([[0, 1], [1, 2]], np.int64), T([1.0, 2.0])
D = T(np.arange(1, 13).reshape(3, 4))
X = COOTensor(AT, V, (3, 4))
Y = COOTensor(T([[0, 0], [1, 2]], np.int64), T([3.0, 4.0]), (3, 4))
C = CSRTensor(T([0, 2, 2, 3], np.int32), T([0, 3, 1], np.int32), T([2.0, 5.0, -1.0]), (3, 4))
R = RowTensor(T([0, 2], np.int32), T([[1, 2], [3, 4]]), (3, 2))


def parts(x):
    return [p.asnumpy().tolist() if isinstance(p, Tensor) else p for p in x.to_tuple()]


def test_coo():
    assert repr(X) == ("COOTensor(shape=[3, 4], dtype=Float32, indices=Tensor(shape=[2, 2], dtype=Int64, value=\n"
                       "[[0 1]\n [1 2]]), values=Tensor(shape=[2], dtype=Float32, value=[ 1.00000000e+00  "
                       "2.00000000e+00]))")
    assert (X.shape, X.dtype, X.itemsize, X.size, X.ndim) == ((3, 4), mstype.float32, 4, 2, 2)
    assert X.to_dense().tolist() == [[0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    assert parts(X + X) == [[[0, 1], [1, 2]], [2, 4], (3, 4)] and (X - X).values.tolist() == [0, 0]
    assert (D + X).tolist() == (X + D).tolist() and parts(D * X) == parts(X * D)  # a Tensor on the left
    with pytest.raises(TypeError, match="unsupported operand"):
        D - X
    with pytest.raises(TypeError, match="the element type of 'shape' must be int"):
        COOTensor(AT, V, (3.0, 4))
    assert parts(X + Y) == [[[0, 0], [0, 1], [1, 2]], [3, 1, 6], (3, 4)]
    assert parts(X.add(X, Tensor(3.0))) == [[[1, 2]], [4], (3, 4)]
    assert parts(X.add(Y, Tensor(4.0))) == [[[0, 0], [0, 1], [1, 2]], [3, 1, 6], (3, 4)]
    np.testing.assert_array_equal((X + D).asnumpy(), X.to_dense().asnumpy() + D.asnumpy())
    np.testing.assert_array_equal((X - D).asnumpy(), X.to_dense().asnumpy() - D.asnumpy())
    assert (X * D).values.tolist() == [2, 14] and (X / D).values.tolist() == [0.5, pytest.approx(2 / 7)]
    assert (X * 3).values.tolist() == [3, 6] and (-X).abs().values.tolist() == [1, 2]
    assert X.astype(mstype.int32).dtype == mstype.int32 and parts(COOTensor(coo_tensor=X)) == parts(X)
    twice = COOTensor(T([[1, 1], [0, 1], [0, 1]], np.int64), T([5.0, 1.0, 2.0]), (3, 4))
    assert twice.to_dense().tolist()[0] == [0, 3, 0, 0]
    assert parts(twice.coalesce()) == [[[0, 1], [1, 1]], [3, 5], (3, 4)]
    assert parts(twice.to_csr()) == [[0, 2, 3, 3], [1, 1, 1], [1, 2, 5], (3, 4)]
    assert parts(ops.coo_concat((X, X), 0)) == [[[0, 1], [1, 2], [3, 1], [4, 2]], [1, 2, 1, 2], (6, 4)]
    assert parts(ops.coo_concat((X, X), -1)) == [[[0, 1], [0, 5], [1, 2], [1, 6]], [1, 1, 2, 2], (3, 8)]
    assert parts(ops.dense_to_sparse_coo(X.to_dense())) == parts(X) == parts(X.to_dense().to_coo())
    found = ops.Coalesce()(T([[0, 0, 1], [1, 1, 2]], np.int64), T([1.0, 5.0, 4.0]), T([3, 3], np.int64))
    assert [f.tolist() for f in found] == [[[0, 1], [1, 2]], [6, 4], [3, 3]]


def test_csr():
    assert repr(C).startswith("CSRTensor(shape=[3, 4], dtype=Float32, indptr=Tensor(shape=[4], dtype=Int32, value=[0 2")
    dense = np.array([[2, 0, 0, 5], [0, 0, 0, 0], [0, -1, 0, 0]], np.float32)
    assert C.to_dense().tolist() == ops.csr_to_dense(C).tolist() == dense.tolist()
    assert parts(C.to_coo()) == [[[0, 0], [0, 3], [2, 1]], [2, 5, -1], (3, 4)] == parts(ops.csr_to_coo(C))
    assert parts(T(dense).to_csr()) == parts(C) == parts(C.to_coo().to_csr()) == parts(CSRTensor(csr_tensor=C))
    x = T([[1.0], [2.0], [3.0], [4.0]])
    assert C.mv(x).tolist() == (dense @ x.asnumpy()).tolist() and C.sum(1).tolist() == [[7], [0], [-1]]
    assert C.mm(D.T).tolist() == (dense @ D.asnumpy().T).tolist()
    right = T(np.array([[0, 1, 0], [2, 0, 0], [0, 0, 0], [0, 4, 0]])).to_csr()
    assert parts(C.mm(right)) == [[0, 1, 1, 2], [1, 0], [22, -2], (3, 3)]
    assert ops.csr_mm(C, right, trans_a=True, adjoint_b=True).shape == (4, 4)
    np.testing.assert_array_equal(ops.csr_mm(C, D, trans_a=True).asnumpy(), dense.T @ D.asnumpy())
    np.testing.assert_array_equal(ops.csr_mm(C, D, trans_b=True).asnumpy(), dense @ D.asnumpy().T)
    assert (C * D).values.tolist() == [2, 20, -10]
    assert ops.csr_div(C, D).values.tolist() == [2, 1.25, pytest.approx(-0.1)]
    assert (C * 2).tolist() == [4, 10, -2] and (C / Tensor([2.0])).tolist() == [1, 2.5, -0.5]
    assert parts(C + C)[2] == [4, 10, -2] and parts(C - C)[2] == [0, 0, 0]
    other = CSRTensor(T([0, 1, 1, 1], np.int32), T([3], np.int32), T([5.0]), (3, 4))
    assert parts(ops.csr_add(C, other, Tensor(2.0), Tensor(3.0))) == [[0, 2, 2, 3], [0, 3, 1], [4, 25, -2], (3, 4)]
    soft = ops.csr_softmax(C, mstype.float32).values.asnumpy()
    np.testing.assert_allclose(soft, [1 / (1 + np.exp(3)), 1 / (1 + np.exp(-3)), 1], rtol=1e-6)
    assert ops.csr2coo(C.indptr, 3).tolist() == [0, 0, 2] and ops.coo2csr(T([0, 0, 2], np.int32), 3).tolist() == [
        0, 2, 2, 3]
    assert ops.csr_gather(C.indptr, C.indices, D, (3, 4)).tolist() == [1, 4, 10]
    deep = CSRTensor(T([0, 1], np.int32), T([1], np.int32), T([[3.0, 4.0]]), (1, 2, 2))
    assert deep.to_dense().tolist() == [[[0, 0], [3, 4]]] and deep.sum(1).tolist() == [[[3, 4]]]


def test_row_and_parts():
    assert R.dense_shape == (3, 2) and parts_of(RowTensor(row_tensor=R)) == parts_of(R)
    assert R.to_dense().tolist() == [[1, 2], [0, 0], [3, 4]]
    assert ops.row_tensor_add(R, R).to_dense().tolist() == [[2, 4], [0, 0], [6, 8]]
    assert ops.row_tensor_add(R, T(np.ones((3, 2)))).tolist() == [[2, 3], [1, 1], [4, 5]]
    assert ops.row_tensor_get_dense_shape(R) == (3, 2) and ops.csr_tensor_get_indptr(C) is C.indptr
    assert ops.coo_tensor_get_values(ops.make_coo_tensor(AT, V, (3, 4))) is V
    assert ops.make_csr_tensor(*C.to_tuple()).shape == (3, 4)
    assert type(ops.make_sparse_tensor(AT, V, (3, 4))) is SparseTensor
    assert type(ops.make_row_tensor(R.indices, R.values, (3, 2))) is RowTensor


def parts_of(r):
    return r.indices.tolist(), r.values.tolist(), r.dense_shape


def test_of_parts():
    e = T(np.arange(8).reshape(4, 2))
    assert ops.SparseTensorDenseMatmul()(AT, V, (3, 4), e).tolist() == [[2, 3], [8, 10], [0, 0]]
    assert nn.SparseTensorDenseMatmul(adjoint_st=True)(AT, V, T([3, 4], np.int64), e[:3]).tolist() == [
        [0, 0], [0, 1], [4, 6], [0, 0]]
    assert ops.SparseTensorDenseMatmul(False, True)(AT, V, (3, 4), T(np.arange(8).reshape(2, 4))).tolist() == [
        [1, 5], [4, 12], [0, 0]]
    with pytest.raises(TypeError, match="must be a COOTensor, or indices, values and a shape, but got"):
        nn.SparseToDense()(AT)
    assert nn.SparseToDense()(COOTensor(AT, V, (3, 4))).tolist() == X.to_dense().tolist()
    assert nn.SparseToDense()(AT, V, (3, 4)).tolist() == X.to_dense().tolist()
    assert ops.SparseToDense()(T([[0, 1], [0, 1]], np.int32), V, (1, 2)).tolist() == [[0, 2]]
    assert ops.SparseTensorDenseAdd()(AT, V, T([3, 4], np.int64), D).tolist() == (X + D).tolist()
    found = ops.SparseSlice()(T([[0, 1], [1, 2], [1, 3], [2, 4]], np.int64), T([1, 2, 3, 4]), T([3, 5], np.int64),
                              T([0, 1], np.int64), T([2, 3], np.int64))
    assert [f.tolist() for f in found] == [[[0, 0], [1, 1], [1, 2]], [1, 2, 3], [2, 3]]


def test_unary():
    for name, ref in {"abs": np.abs, "acos": np.arccos, "asinh": np.arcsinh, "ceil": np.ceil, "exp": np.exp,
                      "inv": np.reciprocal, "isnan": np.isnan, "neg": np.negative, "relu6": lambda v: v.clip(0, 6),
                      "round": np.round, "sigmoid": lambda v: 1 / (1 + np.exp(-v)), "square": np.square,
                      "softsign": lambda v: v / (1 + np.abs(v)), "tanh": np.tanh}.items():
        values = np.array([0.3, -0.8], np.float32)
        for prefix, x in (("coo", COOTensor(AT, Tensor(values), (3, 4))), ("csr", CSRTensor(
                T([0, 2], np.int32), T([0, 1], np.int32), Tensor(values), (1, 4)))):
            np.testing.assert_allclose(getattr(ops, f"{prefix}_{name}")(x).values.asnumpy(), ref(values), rtol=1e-6)


def test_gradients_pass_through_values():
    def f(v, d):
        x = COOTensor(AT, v, (3, 4))
        product = ops.csr_mm(x.to_csr(), d)
        return (ops.coo_square(x + Y).to_dense()[:, :3] * product).sum() + (x * d.T).values.sum()

    v, d = T([1.0, 2.0]), T(np.arange(12).reshape(4, 3))
    gv, gd = ops.grad(f, (0, 1))(v, d)

    def plain(v, d):
        a, b = np.zeros((3, 4)), np.zeros((3, 4))
        a[0, 1], a[1, 2] = v
        b[0, 0], b[1, 2] = 3, 4
        return ((a + b) ** 2)[:, :3].ravel() @ (a @ d).ravel() + (a * d.T).sum()

    for i, step in enumerate(np.eye(2) * 1e-5):
        slope = (plain(v.asnumpy() + step, d.asnumpy()) - plain(v.asnumpy() - step, d.asnumpy())) / 2e-5
        np.testing.assert_allclose(gv.asnumpy()[i], slope, rtol=1e-4)
    step = np.zeros((4, 3))
    step[2, 2] = 1e-5
    slope = (plain(v.asnumpy(), d.asnumpy() + step) - plain(v.asnumpy(), d.asnumpy() - step)) / 2e-5
    np.testing.assert_allclose(gd.asnumpy()[2, 2], slope, rtol=1e-4)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: COOTensor(AT, V, (3,)), ShapeError, r"the length of 'shape' must be 2, but got \(3,\)"),
    (lambda: COOTensor(AT, V, (1, 1)), ShapeError, r"shape is too small: \(1, 1\) to hold all values"),
    (lambda: COOTensor(AT, V[:1], (3, 4)), ShapeError, "'indices.shape.0.' must be equal to 'values.shape.0.'"),
    (lambda: COOTensor([[0, 1]], V, (3, 4)), DTypeError, "'indices' must be Tensor, but got <class 'list'>"),
    (lambda: COOTensor(AT, V), DTypeError, "'shape' must be tuple, but got <class 'NoneType'>"),
    (lambda: COOTensor(AT, V, (0, 4)), ArgumentError, "the lengths in 'shape' must be positive integers"),
    (lambda: COOTensor(AT[0], V, (3, 4)), ShapeError, "'indices' must be a 2-dimensional tensor, but got a 1-dim"),
    (lambda: COOTensor(AT.float(), V, (3, 4)), DTypeError, "the type of 'indices' must be one of"),
    (lambda: COOTensor(coo_tensor=C), DTypeError, "coo_tensor must be a COOTensor, got CSRTensor"),
    (lambda: CSRTensor(csr_tensor=X), DTypeError, "csr_tensor must be a CSRTensor, got COOTensor"),
    (lambda: RowTensor(row_tensor=X), DTypeError, "row_tensor must be a RowTensor, got COOTensor"),
    (lambda: CSRTensor(C.indptr, C.indices, C.values, (3,)), ShapeError, "Values' dimension should equal to"),
    (lambda: CSRTensor(C.indptr[:2], C.indices, C.values, (3, 4)), ShapeError, "indptr must have length"),
    (lambda: CSRTensor(C.indptr.float(), C.indices, C.values, (3, 4)), DTypeError, "indptr must have int16 or"),
    (lambda: CSRTensor(C.indptr, AT, C.values, (3, 4)), ShapeError, "indices must be a 1-dimensional tensor"),
    (lambda: CSRTensor(C.indptr, C.indices[:1], C.values, (3, 4)), ShapeError, "must equal in their shape"),
    (lambda: RowTensor(AT, V, (3, 4)), ShapeError, "indices must be a vector of an index per slice"),
    (lambda: RowTensor(R.indices, R.values, (3, 3)), ShapeError, r"values must have shape \(n, 3\), got \(2, 2\)"),
    (lambda: X * X, DTypeError, "a COOTensor is multiplied with and divided by Tensors"),
    (lambda: X + COOTensor(AT, V, (4, 4)), ShapeError, "Input tensors should have the same shape"),
    (lambda: X + 1, DTypeError, "a COOTensor is added to its like or a Tensor, got int"),
    (lambda: C - D, DTypeError, "a CSRTensor is added to its like, got Tensor"),
    (lambda: X * T(np.ones((1, 3, 4))), ShapeError, "dense tensor cannot broadcast to the sparse tensor"),
    (lambda: C.mv(T([1, 2, 3, 4])), ShapeError, "only support 2-D inputs! But csr tensor has 2 dimensions"),
    (lambda: C.mv(D), ShapeError, r"dense must have shape \(4, 1\), got \(3, 4\)"),
    (lambda: C.mm(D), ShapeError, r"shapes \(M, N\) and \(N, K\) are expected"),
    (lambda: C.sum(0), ArgumentError, "`axis` should be 1 or 1-dim"),
    (lambda: ops.csr2coo(C.indptr, 4), ArgumentError, "indptr tells of 3 values, but nnz is 4"),
    (lambda: ops.coo_concat((X,)), ArgumentError, "not support COOTensor input number < 2"),
    (lambda: ops.coo_concat((X, X), 2), ArgumentError, r"concat_dim must lie in \[-2, 2\), got 2"),
    (lambda: ops.coo_concat((X, COOTensor(AT, V, (4, 4))), 1), ShapeError, "shapes may differ along axis 1 only"),
    (lambda: ops.coo_abs(C), DTypeError, "Expects COOTensor for coo_abs, got CSRTensor"),
    (lambda: ops.csr_to_coo(X), DTypeError, "csr_to_coo, input argument must be a CSRTensor"),
    (lambda: ops.csr_to_coo(CSRTensor(T([0, 1], np.int32), T([1], np.int32), T([[3.0]]), (1, 2, 1))), ShapeError,
     "only support 2-D CSRTensor"),
    (lambda: ops.dense_to_sparse_csr(V), ShapeError, "only support 2-D Tensor when converting to CSRTensor"),
    (lambda: V.to_coo(), ShapeError, r"the length of 'shape' must be 2, but got \(2,\)"),
    (lambda: ops.SparseTensorDenseAdd()(AT, V, T([4, 4], np.int64), D), ShapeError, "the shapes must be equal"),
    (lambda: ops.row_tensor_add(R, 1), NotSupportedError, "y must be a RowTensor or a Tensor, got int"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()
