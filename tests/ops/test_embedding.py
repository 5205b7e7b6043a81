import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.engine.kernels.scatter import add_rows
from luojia._src.errors import DTypeError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(3)


def test_embedding_and_its_transpose():
    x, w = np.array([[2, 0, 2], [1, 2, 0]]), rng.normal(size=(4, 3))
    check_op("embedding", x, w, ref=w[x], symbol=False)  # MXNet's face wants input_dim
    g = rng.normal(size=(2, 3, 3))
    check_op("embedding_grad", g, x, attrs={"shape": (4, 3)}, ref=rows_of(g, x, 4))


def rows_of(g, x, count):
    out = np.zeros((count, g.shape[-1]))
    np.add.at(out, x, g)
    return out


def test_indices_are_clipped_and_may_be_floats():
    y = nd.Embedding(nd.array([[-1, 0], [1, 9]]), nd.arange(6).reshape((3, 2)), input_dim=3, output_dim=2)
    assert y.asnumpy().tolist() == [[[0, 1], [0, 1]], [[2, 3], [4, 5]]]  # mxnet 1.9.1
    assert OPERATORS["embedding"](Tensor([0]), Tensor([[1.0, 2.0]]), dtype="float16").np_dtype == np.float16


def test_add_rows():
    for rows in ([], [1], [3, 1, 3, 3, 0], [2, 0, 1, 3]):
        rows = np.array(rows, int)
        g = rng.normal(size=(len(rows), 2))
        np.testing.assert_allclose(add_rows(g, rows, count=4), rows_of(g, rows, 4))


def test_shapes():
    op = OPERATORS["embedding"]
    assert op.complete_rule([(2, 3), None], None, input_dim=5, output_dim=4) == [(2, 3), (5, 4)]
    assert op.shape_rule([(2, 3), (5, 4)]) == (2, 3, 4)


def test_lookup():
    x, w = np.array([[2, 0], [7, 3]]), rng.normal(size=(4, 3))
    ref = np.array([[w[1], 0 * w[0]], [0 * w[0], w[2]]])
    check_op("embedding_lookup", x, w, attrs={"offset": 1}, ref=ref, symbol="value")
    np.testing.assert_allclose(ops.EmbeddingLookup()(Tensor(w), Tensor(x), 1).asnumpy(), ref)
    with pytest.raises(DTypeError, match="'input_indices' must be one of Int32, Int64"):
        ops.EmbeddingLookup()(Tensor(w), Tensor([1.0]), 0)


@pytest.mark.parametrize("shape, attrs, text", [
    ((3,), {}, r"weight \(rows, width\)"), ((3, 2), {"input_dim": 4}, "input_dim=4"), ((0, 2), {}, "at least one row"),
])
def test_errors(shape, attrs, text):
    with pytest.raises(ShapeError, match=text):
        OPERATORS["embedding"](Tensor([0]), Tensor(np.zeros(shape)), **attrs)
