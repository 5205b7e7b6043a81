"""Reshaping, joining and indexing."""

import numpy as np

from luojia._src.ops.index import encode
from tests.check import check_op

x = np.arange(6.0).reshape(2, 3) / 4


def test_shapes():
    check_op("reshape", x, attrs={"shape": (3, -1)}, ref=x.reshape(3, 2))
    check_op("transpose", x, attrs={"axes": (1, 0)}, ref=x.T)
    check_op("transpose", x[None], attrs={"axes": (2, 0, 1)}, ref=x[None].transpose(2, 0, 1))
    check_op("swapaxes", x, attrs={"axis1": 0, "axis2": 1}, ref=x.T)
    check_op("broadcast_to", x, attrs={"shape": (4, 2, 3)}, ref=np.broadcast_to(x, (4, 2, 3)))
    check_op("concatenate", x, x * 2, attrs={"axis": 1}, ref=np.concatenate([x, x * 2], 1))


def test_indexing():
    rows = np.array([1, 1, 0])
    template, _ = encode((slice(None), rows))
    check_op("getitem", x, rows, attrs={"index": template}, ref=x[:, rows])
    check_op("put_add", x[:, rows], rows, attrs={"index": template, "shape": (2, 3)})
    some = np.array([2, 0])
    check_op("setitem", x, x[:, :2] * 3, some, attrs={"index": encode((slice(None), some))[0]})
