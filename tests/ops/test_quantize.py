"""Quantized numbers; those of int8 are what mxnet 1.9.1 gives, those of uint8 what it documents."""

import numpy as np
import pytest

from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, DTypeError
from tests.check import check_op

X = np.array([-1.2, -0.31, 0, 0.35, 0.9, 2.0])
LOW, HIGH = np.array([-1.0]), np.array([2.0])


def test_quantize():
    how = {"dtypes": (), "symbol": "value"}
    check_op("quantize", X, LOW, HIGH, attrs={"out_type": "int8"}, **how,
             ref=([-76, -20, 0, 22, 57, 127], [-2.0], [2.0]))
    check_op("quantize", X, LOW, HIGH, ref=([0, 59, 85, 115, 162, 255], [-1.0], [2.0]), **how)
    q, low, high = nd.contrib.quantize_v2(nd.array(X))
    assert q.dtype == np.int8 and q.asnumpy().tolist() == [-76, -20, 0, 22, 57, 127]
    assert (low.asnumpy(), high.asnumpy()) == (np.array([-2.0]), np.array([2.0]))
    calibrated = {"out_type": "auto", "min_calib_range": 0.0, "max_calib_range": 1.0}
    check_op("quantize_v2", X, attrs=calibrated, ref=([0, 0, 0, 89, 230, 255], [0.0], [1.0]), **how)


def test_back_again():
    q = nd.contrib.quantize(nd.array(X), nd.array([-2]), nd.array([2]), out_type="uint8")
    np.testing.assert_allclose(nd.contrib.dequantize(*q).asnumpy(), X, atol=4 / 255)
    q = nd.contrib.quantize_v2(nd.array(X))
    np.testing.assert_allclose(nd.contrib.dequantize(*q).asnumpy(), X, atol=2 / 127)
    check_op("dequantize", np.array([-127, 0, 5], np.int8), LOW, HIGH, ref=[-2, 0, 10 / 127], dtypes=(),
             symbol=False)


def test_requantize():
    x = nd.array([-1270000, 0, 500000], dtype="int32")
    q, low, high = nd.contrib.requantize(x, nd.array([-1]), nd.array([2]), min_calib_range=-.001, max_calib_range=.001)
    assert q.asnumpy().tolist() == [-127, 0, 59]
    np.testing.assert_allclose([low.asscalar(), high.asscalar()], [-.001, .001], rtol=1e-6)


def test_errors():
    with pytest.raises(ArgumentError, match="quantize: out_type must be 'int8' or 'uint8'"):
        nd.contrib.quantize(nd.array(X), nd.array(LOW), nd.array(HIGH), out_type="int4")
    with pytest.raises(DTypeError, match="dequantize expects integers"):
        OPERATORS["dequantize"](Tensor(X), Tensor(LOW), Tensor(HIGH))


def test_quantize_asym():
    x = nd.array([-1, 0, 0.5, 2, 3.3])
    values, scale, shift = nd.contrib.quantize_asym(x, min_calib_range=-1.0, max_calib_range=2.0)
    assert values.asnumpy().tolist() == [0, 85, 128, 255, 255] and values.dtype == np.uint8
    assert scale.asnumpy().tolist() == shift.asnumpy().tolist() == [85]
    values, scale, shift = nd.contrib.quantize_asym(x)
    back = (values.asnumpy() - shift.asnumpy()) / scale.asnumpy()
    np.testing.assert_allclose(back, x.asnumpy(), atol=4.3 / 255)
    with pytest.raises(TypeError, match="quantize_asym expects float32, got int8"):
        nd.contrib.quantize_asym(x.astype("int8"))
