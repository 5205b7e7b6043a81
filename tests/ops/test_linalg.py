"""Products of matrices."""

import numpy as np

from tests.check import check_op

rng = np.random.default_rng(0)
a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))


def test_matmul():
    check_op("matmul", a, b, ref=np.matmul)
    check_op("matmul", a.T, b.T, attrs={"transpose_a": True, "transpose_b": True}, ref=a @ b)
    check_op("matmul", a[0], b, ref=a[0] @ b)
    check_op("matmul", a, b[:, 0], ref=a @ b[:, 0])
    check_op("matmul", a[0], b[:, 0], ref=a[0] @ b[:, 0])
    check_op("matmul", np.stack([a, a * 2]), b, ref=np.stack([a @ b, 2 * a @ b]))


def test_dense():
    check_op("dense", a, b.T, b[0], ref=lambda x, w, b: x @ w.T + b)
    check_op("dense", a.reshape(2, 3, 1), b.T, None, attrs={"flatten": True}, ref=a @ b)
