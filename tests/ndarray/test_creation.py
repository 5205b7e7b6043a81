"""Arrays from nothing. Expected values are mxnet 1.9.1's."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd


@pytest.mark.parametrize("make, expected, dtype", [
    (lambda: nd.zeros(3), [0, 0, 0], "float32"),
    (lambda: nd.zeros((2,), dtype="int32"), [0, 0], "int32"),
    (lambda: nd.ones(shape=(1, 2), dtype="float16"), [[1, 1]], "float16"),
    (lambda: nd.full((2,), 3), [3, 3], "float32"),
    (lambda: nd.full((2,), 3, dtype="int32"), [3, 3], "int32"),
    (lambda: nd.arange(3), [0, 1, 2], "float32"),
    (lambda: nd.arange(1, 3, repeat=2), [1, 1, 2, 2], "float32"),
    (lambda: nd.arange(0, 1, 0.25, dtype="float64"), [0, 0.25, 0.5, 0.75], "float64"),
    (lambda: nd.arange(5, 0, -2), [5, 3, 1], "float32"),
    (lambda: nd.linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1], "float32"),
    (lambda: nd.linspace(0, 1, 2, endpoint=False), [0, 0.5], "float32"),
    (lambda: nd.eye(2), [[1, 0], [0, 1]], "float32"),
    (lambda: nd.eye(2, 3, 1), [[0, 1, 0], [0, 0, 1]], "float32"),
    (lambda: nd.eye(3, k=-1, dtype="int32"), [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "int32"),
    (lambda: nd.zeros_like(nd.ones((2,), dtype="int8")), [0, 0], "int8"),
    (lambda: nd.ones_like(nd.zeros((2,))), [1, 1], "float32"),
    (lambda: nd.array(3), 3, "float32"),
    (lambda: nd.array([nd.array([1, 2]), nd.array([3, 4])]), [[1, 2], [3, 4]], "float32"),
])
def test_values(make, expected, dtype):
    x = make()
    assert type(x) is nd.NDArray and x.dtype == np.dtype(dtype).type and x.asnumpy().tolist() == expected


def test_contexts():
    for make in (nd.zeros, nd.ones, nd.empty):
        assert make((2,), mx.cpu(1)).ctx == mx.cpu(1) and make((2, 3)).shape == (2, 3)
    assert nd.full((2,), 1, ctx=mx.cpu(1)).ctx == nd.arange(5, ctx=mx.cpu(1)).ctx == mx.cpu(1)
    assert nd.linspace(0, 1, 2, ctx=mx.cpu(1)).ctx == nd.eye(2, ctx=mx.cpu(1)).ctx == mx.cpu(1)


def test_out():
    out = nd.zeros((2,), dtype="float64")
    assert nd.ones((2,), out=out) is out and out.asnumpy().tolist() == [1, 1]
    assert nd.full((2,), 3, out=out) is out and out.asnumpy().tolist() == [3, 3]
    with pytest.raises(mx.MXNetError, match=r"expected \[3\], got \[2\]"):
        nd.zeros((3,), out=out)


def test_storage_type():
    assert nd.zeros((2, 3), stype="csr").stype == "csr"


def test_shapes_that_are_unknown():
    with pytest.raises(mx.MXNetError, match=r"known and not negative, got \(2, -1\)"):
        nd.zeros((2, -1))
