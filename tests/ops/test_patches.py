import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

rng = np.random.default_rng(10)


def test_columns_and_their_transpose():
    x = rng.normal(size=(2, 2, 4, 3))
    ref = np.stack([x[:, :, i : i + 2, j : j + 2].reshape(2, 8) for i in range(3) for j in range(2)], -1)
    check_op("im2col", x, attrs={"kernel": 2}, ref=ref)
    how = {"kernel": (2, 2), "stride": (2, 1), "dilation": (1, 2), "pad": (1, 0)}
    check_op("im2col", x, attrs=how)
    columns = np.asarray(OPERATORS["im2col"](Tensor(x), **how))
    check_op("col2im", columns, attrs=how | {"output_size": (4, 3)})


def test_folding_counts_each_window():
    ones = ops.unfold(Tensor(np.ones((1, 1, 3, 3), np.float32)), 2)
    assert ops.fold(ones, (3, 3), 2).asnumpy()[0, 0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_errors():
    with pytest.raises(ShapeError, match="is larger than data"):
        ops.unfold(Tensor(np.ones((1, 1, 2, 2))), 3)
    with pytest.raises(ShapeError, match=r"columns \(N, C \* 4, places\)"):
        ops.fold(Tensor(np.ones((1, 3, 4))), (3, 3), 2)
    with pytest.raises(ShapeError, match="has 4 windows"):
        ops.fold(Tensor(np.ones((1, 4, 3))), (3, 3), 2)
