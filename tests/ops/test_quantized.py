"""Layers on 8-bit integers: against the same layers in floating point, and numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from tests.check import check_op

c = nd.contrib


def ints(values, dtype="int8"):
    return nd.array(np.asarray(values), dtype=dtype)


def one(value):
    return nd.array([value])


def close(found, wanted, steps):
    """Quantized numbers against floating ones, to some steps."""
    q, low, high = found
    step = float(high.asscalar()) / {"int8": 127, "uint8": 255, "int32": 2147483647}[np.dtype(q.dtype).name]
    end = max(abs(float(low.asscalar())), float(high.asscalar()))
    np.testing.assert_allclose(c.dequantize(q, low, high).asnumpy(), wanted, atol=max(steps * step, 1e-6 * end))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("biased", [False, True])
def test_convolution_and_dense(dtype, biased):
    r = np.random.RandomState(0)
    x = r.uniform(0 if dtype == "uint8" else -1, 1, (2, 3, 5, 5))
    w, b = r.uniform(-2, 2, (4, 3, 3, 3)), r.uniform(-1, 1, 4)
    qx, qw, qb = (c.quantize_v2(nd.array(a), out_type=t) for a, t in ((x, dtype), (w, "int8"), (b, "int8")))
    if dtype == "uint8":  # the layers take its range to begin at 0
        qx = c.quantize_v2(nd.array(x), out_type=dtype, min_calib_range=0.0, max_calib_range=1.0)
    fx, fw, fb = (c.dequantize(*q) for q in (qx, qw, qb))
    ranges = dict(zip(("min_data", "max_data", "min_weight", "max_weight", "min_bias", "max_bias"),
                      [*qx[1:], *qw[1:], *(qb[1:] if biased else ())]))
    bias = [qb[0]] if biased else []
    how = {"kernel": (3, 3), "num_filter": 4, "pad": (1, 1), "no_bias": not biased}
    found = c.quantized_conv(qx[0], qw[0], *bias, **ranges, **how)
    assert found[0].dtype == np.int32
    plain = nd.Convolution(fx, fw, *([fb] if biased else []), **how).asnumpy()
    close(found, plain, 1)
    flat = c.quantized_flatten(*qx)
    dense = {"num_hidden": 4, "no_bias": not biased}
    wide = c.quantize_v2(nd.array(r.uniform(-2, 2, (4, 75))), out_type="int8")
    ranges.update(min_weight=wide[1], max_weight=wide[2])
    found = c.quantized_fully_connected(flat[0], wide[0], *bias, **ranges, **dense)
    plain = nd.FullyConnected(fx, c.dequantize(*wide), *([fb] if biased else []), **dense).asnumpy()
    close(found, plain, 1)


def test_ranges_of_products():
    zeros, ones = ints([[0, 0]]), ints(np.ones((6, 2)))
    q, low, high = c.quantized_fully_connected(zeros, ones, ints([1, -1, 2, -2, 0, 3]), one(-1.0), one(1.0), one(-1.0),
                                               one(1.0), one(-0.005), one(0.005), num_hidden=6)
    assert q.asnumpy().tolist() == [[1, -1, 1, -1, 0, 2]]
    assert high.asscalar() == -low.asscalar() == pytest.approx(133144.25)


def test_pooling():
    x = np.array([[1, 2, 2, 3], [1, 2, 3, 4], [0, 0, 0, -1], [0, -1, -1, -1], [5, 6, 6, 6]]).reshape(1, 5, 2, 2)
    for dtype in ("int8", "uint8"):
        given = (ints(np.abs(x) if dtype == "uint8" else x, dtype), one(-1.0), one(1.0))
        q, low, high = c.quantized_pooling(*given, kernel=(2, 2), pool_type="avg")
        assert np.dtype(q.dtype) == dtype and (low.asscalar(), high.asscalar()) == (-1, 1)
        assert q.asnumpy().ravel().tolist() == ([2, 2, 0, 1, 6] if dtype == "uint8" else [2, 2, 0, -1, 6])
    most = c.quantized_pooling(*given, global_pool=True, kernel=(1, 1), pool_type="max")[0]
    assert most.asnumpy().ravel().tolist() == [3, 4, 1, 1, 6]
    with pytest.raises(NotImplementedError, match="pool_type 'sum' is not supported"):
        c.quantized_pooling(*given, kernel=(2, 2), pool_type="sum")


def test_activation():
    assert c.quantized_act(ints([3, -4]), one(-2.0), one(1.0))[0].asnumpy().tolist() == [3, 0]
    with pytest.raises(NotImplementedError, match="act_type 'tanh' is not supported"):
        c.quantized_act(ints([3, -4]), one(-2.0), one(1.0), act_type="tanh")
    with pytest.raises(TypeError, match="expects int8 or uint8, as quantize_v2 gives them, got int32"):
        c.quantized_act(ints([3, -4], "int32"), one(-2.0), one(1.0))


def test_sums_and_products():
    ranges = [one(v) for v in (-1.0, 1.0, -2.0, 2.0)]
    found = c.quantized_elemwise_add(ints([10, -10, 127, 1, 3, -3]), ints([5, 5, 127, -1, 0, 0]), *ranges,
                                     min_calib_range=-2.5, max_calib_range=2.0)
    assert [f.asnumpy().tolist() for f in found] == [[8, 0, 127, 0, 1, -1], [-2.5], [2.0]]
    halves = c.quantized_elemwise_add(ints([1, 2, 3, 5]), ints([0] * 4), *[one(v) for v in (-1.0, 1.0, -1.0, 1.0)],
                                      min_calib_range=-2.0, max_calib_range=2.0)[0]
    assert halves.asnumpy().tolist() == [0, 1, 2, 2]
    x, y = np.array([10, -10, 127]), np.array([5, 5, 127])
    whole = c.quantized_elemwise_add(ints(x), ints(y), *ranges)
    assert whole[2].asscalar() == 3
    close(whole, x / 127 + y * 2 / 127, 1)
    product = x * y * 2 / 127**2
    close(c.quantized_elemwise_mul(ints(x), ints(y), *ranges), product, 1)
    np.testing.assert_allclose(c.quantized_elemwise_mul(ints(x), ints(y), *ranges, enable_float_output=True).asnumpy(),
                               product, rtol=1e-5)
    close(c.quantized_elemwise_mul(ints(x), ints(y), *ranges, min_calib_range=-2.0, max_calib_range=2.0), product, 0.6)


def test_concat():
    small, large = (one(-1.0), one(1.0)), (one(-2.0), one(2.0))
    both = ints([[45, -80, 127]]), ints([[10, 100, -127]])
    q, low, high = c.quantized_concat(*both, *small, *large, dim=1, num_args=2)
    assert q.asnumpy().tolist() == [[22, -40, 64, 10, 100, -127]] and (low.asscalar(), high.asscalar()) == (-2, 2)
    ranges = one(0.0), one(1.0), one(0.0), one(2.0)
    q, low, _ = c.quantized_concat(ints([[45, 80, 255]], "uint8"), ints([[10, 100, 200]], "uint8"), *ranges, dim=1)
    assert q.asnumpy().tolist() == [[22, 40, 128, 10, 100, 200]] and q.dtype == np.uint8 and low.asscalar() == 0
    mixed = c.quantized_concat(ints([[45, 80, 255]], "uint8"), ints([[10, 100, -127]]), one(0.0), one(1.0), *large)[0]
    assert mixed.asnumpy().tolist() == [[11, 20, 64, 10, 100, -127]]
    with pytest.raises(ValueError, match="expects n arrays, then two ends of the range of each, got 2 in all"):
        c.quantized_concat(ints([1]), ints([2]))


def test_embedding_and_batch_norm():
    rows = c.quantized_embedding(nd.array([0, 2]), ints([[1, 2], [3, 4], [5, 6]]), one(-2.0), one(2.0), input_dim=3,
                                 output_dim=2)
    assert [f.asnumpy().tolist() for f in rows] == [[[1, 2], [5, 6]], [-2], [2]]
    x = ints(np.arange(-6, 6).reshape(1, 3, 2, 2) * 10)
    norm = [nd.array(a) for a in ([1, 2, 3.0], [0.1, 0.2, 0.3], [0, 0.1, 0.2], [1, 1.5, 2.0])]
    found = c.quantized_batch_norm(x, *norm, one(-1.0), one(1.0), min_calib_range=-3.0, max_calib_range=3.0)
    assert found[0].asnumpy().ravel().tolist() == [-16, -12, -9, -6, -9, -4, 2, 7, 9, 16, 23, 30]
    with pytest.raises(ValueError, match="expects min_calib_range and max_calib_range"):
        c.quantized_batch_norm(x, *norm, one(-1.0), one(1.0))


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"expects a weight of shape \(2, 3\), got \(2, 4\)"):
        c.quantized_fully_connected(ints(np.ones((1, 3))), ints(np.ones((2, 4))), None, one(0.0), one(1.0), one(0.0),
                                    one(1.0), num_hidden=2, no_bias=True)


def test_in_graphs():
    data, weight = mx.sym.var("d"), mx.sym.var("w")
    net = mx.sym.contrib.quantized_conv(data, weight, kernel=(1, 1), num_filter=2, no_bias=True, name="q")
    assert net.list_arguments() == ["d", "w", "q_min_data", "q_max_data", "q_min_weight", "q_max_weight"]
    assert net.list_outputs() == ["q_output", "q_min_output", "q_max_output"]
    assert "q_min_bias" in mx.sym.contrib.quantized_conv(data, weight, kernel=(1, 1), num_filter=2,
                                                         name="q").list_arguments()


def test_on_xla():
    r = np.random.RandomState(0)
    x, w = r.randint(-127, 128, (1, 2, 3, 3)).astype(np.int8), r.randint(-127, 128, (2, 2, 2, 2)).astype(np.int8)
    ends = [np.array([v], np.float32) for v in (-1, 1, -2, 2)]
    check_op("quantized_convolution", x, w, None, *ends, grad=False, dtypes=(), symbol=False,
             attrs={"kernel": (2, 2), "num_filter": 2})
    check_op("quantized_add", x, x[..., ::-1], *ends, grad=False, dtypes=(), symbol=False,
             attrs={"min_calib_range": -2.0, "max_calib_range": 2.0})
