"""Operators of graphs whose results' shapes or dtypes follow from the input: references in plain NumPy."""

import numpy as np
import pytest

import luojia as mx
from luojia import gluon
from tests.check import check_op
from tests.conftest import ENGINE


def test_operators(rng):
    x = rng.standard_normal((2, 5))
    check_op("floated", x, ref=x, symbol="value")
    check_op("at_least", x[0], attrs={"ndim": 3}, ref=x[0].reshape(1, 5, 1), symbol="value")
    check_op("at_least", x, attrs={"ndim": 3}, ref=x.reshape(2, 5, 1), symbol="value")
    check_op("at_least", x, attrs={"ndim": 1}, ref=x, symbol="value")
    for part, expected in enumerate(np.array_split(x, 3, axis=1)):
        check_op("array_part", x, attrs={"part": part, "parts": 3, "axis": -1}, ref=expected, symbol="value")
    check_op("array_part", x, attrs={"part": 1, "before": (1, 3), "axis": "second"}, ref=x[:, 1:3], symbol="value")
    check_op("array_part", x[0], attrs={"part": 2, "before": (1, 3), "axis": "second"}, ref=x[0, 3:], symbol="value")
    check_op("repeated_to", x, attrs={"shape": (3, 4)}, ref=np.resize(x, (3, 4)), symbol="value")
    check_op("unique_sorted", np.array([[3, 1, 3]]), attrs={"index": True, "inverse": True, "counts": True},
             ref=([1, 3], [1, 0], [1, 0, 1], [1, 2]), symbol="value", xla="eager")


TRACED = [
    ("F.np.mean(x)", 11 / 6, "float32"), ("F.np.sum(x)", 11, "int32"), ("F.np.prod(x + 1)", 216, "int32"),
    ("x.std(axis=1)", [0, 0, 2.5], "float32"), ("F.np.ones_like(x, dtype='float64')", np.ones((3, 2)), "float64"),
    ("F.np.full_like(x, 2.5, dtype='float32')", np.full((3, 2), 2.5), "float32"),
    ("F.np.unique(x)", [0, 1, 2, 5], "int32"), ("F.np.unique(x, return_inverse=True)[1]", [1, 1, 2, 2, 0, 3], "int64"),
    ("F.np.array_split(x, 2)[0]", [[1, 1], [2, 2]], "int32"), ("F.np.array_split(x, [1], axis=1)[1]", [[1], [2], [5]],
                                                              "int32"),
    ("F.np.hsplit(x, 2)[1]", [[1], [2], [5]], "int32"), ("F.np.hsplit(x.reshape(-1), [5])[1]", [5], "int32"),
    ("F.np.resize(x, (2, 2))", [[1, 1], [2, 2]], "int32"), ("F.np.resize(x, 7)", [1, 1, 2, 2, 0, 5, 1], "int32"),
    ("F.npx.nonzero(x)", [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]], "int64"),
    ("x.transpose(None)", [[1, 2, 0], [1, 2, 5]], "int32"), ("x.transpose([1, 0])", [[1, 2, 0], [1, 2, 5]], "int32"),
    ("F.np.atleast_3d(x)", [[[1], [1]], [[2], [2]], [[0], [5]]], "int32"),
    ("F.np.linalg.pinv(x)", np.linalg.pinv([[1, 1], [2, 2], [0, 5]]), "float32"),
]
VALUES_DECIDE = ("unique", "nonzero")


@pytest.fixture
def as_numpy():
    mx.npx.set_np()
    yield
    mx.npx.reset_np()


@pytest.mark.parametrize("source, expected, dtype", TRACED)
def test_blocks_that_are_hybridized_answer_as_before(source, expected, dtype, as_numpy):
    class Net(gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return eval(source, {"F": F, "x": x})

    net, x = Net(), mx.np.array([[1, 1], [2, 2], [0, 5]], dtype="int32")
    for _ in range(2):
        answer = net(x)
        np.testing.assert_allclose(answer.asnumpy(), expected, atol=1e-5)
        assert answer.dtype == np.dtype(dtype)
        if ENGINE == "xla" and any(name in source for name in VALUES_DECIDE):
            return  # what has a shape by its values cannot be compiled
        net.hybridize()
