import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.core.tensor_namespace import TENSORS
from luojia._src.engine.numpy_engine import ENGINE
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(1)
POOLING = OPERATORS["pooling"]


def distinct(*shape):
    """Values far enough apart that no finite difference changes a maximum."""
    return rng.permutation(np.arange(np.prod(shape)) * 0.1 - 1).reshape(shape) + 0.05


HOW = {"kernel": (3, 2), "stride": (2, 1), "pad": ((1, 1), (0, 1))}


def test_maximum_and_its_linear_maps():
    x = distinct(2, 2, 5, 4)
    y = np.asarray(OPERATORS["max_pool"](Tensor(x), **HOW))
    check_op("max_pool", x, attrs=HOW)
    check_op("max_pool_dx", rng.normal(size=y.shape), x, y, attrs=HOW, grad=(0,), dtypes=())
    check_op("max_pool_select", rng.normal(size=x.shape), x, y, attrs=HOW, grad=(0,), dtypes=())


def test_sum_and_mean_and_their_transposes():
    x = rng.normal(size=(2, 1, 5, 4))
    y = np.asarray(OPERATORS["sum_pool"](Tensor(x), **HOW))
    check_op("sum_pool", x, attrs=HOW)
    check_op("sum_pool_dx", y, attrs=HOW | {"shape": x.shape})
    for more in ({}, {"count_include_pad": False}, {"extra": (1, 0)}):
        check_op("avg_pool", x, attrs=HOW | more)
        check_op("avg_pool_dx", y, attrs=HOW | more | {"shape": x.shape})


@pytest.mark.parametrize("attrs", [
    {"pool_type": "max"}, {"pool_type": "avg"}, {"pool_type": "sum"}, {"pool_type": "lp", "p_value": 2},
    {"pool_type": "lp", "p_value": 3}, {"pool_type": "avg", "count_include_pad": False},
    {"pool_type": "avg", "pooling_convention": "full"}, {"pool_type": "avg", "divisor": 5},
    {"pool_type": "max", "return_indices": True},
])
def test_pooling(attrs):
    attrs = {"kernel": 3, "stride": 2, "pad": 1} | attrs
    x = distinct(2, 2, 6, 5)
    check_op("pooling", x, attrs=attrs)
    y = POOLING(Tensor(x), **attrs)
    shapes = POOLING.shape_rule([x.shape], **POOLING._defaults | attrs)
    assert shapes == (tuple([t.shape for t in y]) if isinstance(y, tuple) else y.shape)


def test_pooling_of_one_and_three_axes_and_of_everything():
    check_op("pooling", distinct(2, 2, 7), attrs={"kernel": (3,), "stride": None}, second=False)
    check_op("pooling", distinct(1, 1, 3, 4, 3), attrs={"kernel": 2, "pool_type": "avg"}, second=False)
    x = distinct(2, 3, 4, 5)
    check_op("pooling", x, attrs={"global_pool": True}, ref=x.max((2, 3), keepdims=True))
    check_op("pooling", x, attrs={"global_pool": True, "pool_type": "avg"}, ref=x.mean((2, 3), keepdims=True))


# Expected numbers of mxnet 1.9.1 for a 7 x 6 ramp, kernel 3, stride 2, pad 1.
MXNET = {
    ("valid", True): [[1.5555556, 3.3333333, 4.666667], [8.333334, 14, 16], [16.333332, 26, 28],
                      [14.888889, 23.333334, 24.666668]],
    ("full", True): [[1.5555556, 3.3333333, 4.666667, 2.6666667], [8.333334, 14, 16, 8.5],
                     [16.333332, 26, 28, 14.5], [14.888889, 23.333334, 24.666668, 12.666667]],
    ("full", False): [[3.5, 5, 7, 8], [12.5, 14, 16, 17], [24.5, 26, 28, 29], [33.5, 35, 37, 38]],
}


@pytest.mark.parametrize("convention, include", MXNET)
def test_means_are_mxnets(convention, include):
    x = Tensor(np.arange(42, dtype=np.float32).reshape(1, 1, 7, 6))
    y = POOLING(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="avg", pooling_convention=convention,
                count_include_pad=include)
    np.testing.assert_allclose(y.asnumpy()[0, 0], MXNET[convention, include], rtol=1e-6)


def test_norms_are_mxnets():
    x = Tensor(np.arange(42, dtype=np.float32).reshape(1, 1, 7, 6))
    y = POOLING(x, kernel=(3, 3), stride=(2, 2), pool_type="lp", p_value=2)
    np.testing.assert_allclose(y.asnumpy()[0, 0], [[25.748787, 30.838287], [58.91519, 64.73793],
                                                   [94.18599, 100.11494]], rtol=1e-6)


def test_mindspores_names():
    x = Tensor(np.arange(20, dtype=np.float32).reshape(1, 1, 4, 5))
    assert ops.MaxPool(2, 2)(x).asnumpy().ravel().tolist() == [6, 8, 16, 18]
    assert ops.MaxPool(2, 2, "same")(x).shape == (1, 1, 2, 3)
    mean = ops.AvgPool(kernel_size=2, strides=2, pad_mode="SAME")(x).asnumpy()  # the padding is not counted
    assert mean.ravel().tolist() == [3, 5, 6.5, 13, 15, 16.5]
    y, where = ops.MaxPoolWithArgmax(2, 2)(x)
    assert where.asnumpy().ravel().tolist() == [6, 8, 16, 18] and where.np_dtype == np.int32
    assert ops.max_pool2d(x, 2, ceil_mode=True).shape == (1, 1, 2, 3)
    assert ops.avg_pool2d(x, 2, 2).asnumpy().ravel().tolist() == [3, 5, 13, 15]


def test_adaptive_pooling():
    x = rng.normal(size=(2, 5, 7))
    parts = [(0, 3), (2, 5)], [(0, 3), (2, 5), (4, 7)]
    ref = np.stack([np.stack([x[:, a:b, c:d].mean((1, 2)) for c, d in parts[1]], -1) for a, b in parts[0]], 1)
    check_op("adaptive_avg_pool", x, attrs={"output_size": (2, 3)}, ref=ref)
    x = distinct(2, 5, 7)
    ref = np.stack([np.stack([x[:, a:b, c:d].max((1, 2)) for c, d in parts[1]], -1) for a, b in parts[0]], 1)
    check_op("adaptive_max_pool", x, attrs={"output_size": (2, 3)}, ref=ref)
    check_op("adaptive_avg_pool", x, attrs={"output_size": 1}, ref=x.mean((-2, -1), keepdims=True))
    tied = Tensor(np.array([[[1, 3, 3, 2], [3, 3, 1, 2], [0, 3, 3, 3], [3, 0, 3, 1]]], np.float32))
    for size, want in ((2, {1: 1, 2: 2, 9: 3, 10: 4}), ((3, 2), {1: 1, 2: 2, 4: 3, 9: 5, 10: 10})):  # mindspore 2.8.0
        weights = Tensor(np.arange(1, 5 if size == 2 else 7, dtype=np.float32))
        g = ops.grad(lambda t, size=size, w=weights: (ops.adaptive_max_pool2d(t, size).reshape(-1) * w).sum())(tied)
        assert {int(i): g.asnumpy().ravel()[i] for i in np.flatnonzero(g.asnumpy())} == want
    g = np.arange(12.0).reshape(2, 2, 3)
    check_op("parts_spread", g, attrs={"sizes": (4, 6)}, ref=g.repeat(2, 1).repeat(2, 2) / 4)
    assert ops.adaptive_avg_pool2d(Tensor(x), (None, 2)).shape == (2, 5, 2)
    check_op("parts_spread", np.ones((2, 1)), attrs={"sizes": (4,)}, ref=np.full((2, 4), 0.25))
    y = ops.adaptive_avg_pool2d(Tensor(np.arange(35, dtype=np.float32).reshape(1, 1, 5, 7)), (2, 3))
    assert y.asnumpy().ravel().tolist() == [8, 10, 12, 22, 24, 26]  # mxnet 1.9.1


def test_empty_batch_and_strided_data():
    assert POOLING(Tensor(np.zeros((0, 2, 4, 4))), kernel=2).shape == (0, 2, 3, 3)
    x = distinct(4, 5, 2, 2).transpose(2, 3, 0, 1)
    np.testing.assert_array_equal(POOLING(Tensor(x), kernel=2).asnumpy(), POOLING(Tensor(x.copy()), kernel=2).asnumpy())


@pytest.mark.parametrize("shape, attrs, error, text", [
    ((2, 3), {"kernel": 2}, ShapeError, "one to three spatial axes"),
    ((1, 1, 4, 4), {}, ArgumentError, "expects a kernel"),
    ((1, 1, 4, 4), {"kernel": 2, "pool_type": "nope"}, ArgumentError, "pool_type must be one of"),
    ((1, 1, 4, 4), {"kernel": 2, "pooling_convention": "nope"}, ArgumentError, "pooling_convention must be one of"),
    ((1, 1, 4, 4), {"kernel": 2, "stride": 0}, ShapeError, "at least 1"),
    ((1, 1, 4, 4), {"kernel": 9}, ShapeError, "is larger than the input"),
    ((1, 1, 4, 4), {"kernel": 2, "dilation": 4}, ShapeError, "do not fit into"),
    ((1, 1, 4, 4), {"kernel": 2, "layout": "CHWN"}, NotSupportedError, "'CHWN' is not supported"),
])
def test_errors(shape, attrs, error, text):
    with pytest.raises(error, match=text):
        POOLING(Tensor(np.zeros(shape)), **attrs)


def test_errors_of_adaptive_pooling():
    x = Tensor(np.zeros((2, 3, 4)))
    with pytest.raises(ShapeError, match="expects output_size to be an int or 2 ints"):
        ops.adaptive_avg_pool2d(x, (1, 2, 3))
    with pytest.raises(ShapeError, match="at least 1"):
        ops.adaptive_avg_pool2d(x, 0)
    with pytest.raises(ShapeError, match="behind the channels"):
        ops.adaptive_avg_pool2d(Tensor(np.zeros((2, 3))), 1)


def test_norms_of_odd_powers_have_signs_as_mxnets():
    x = nd.array([[[[1.0, -3, 2], [0.5, -1, -2]]]])
    assert nd.Pooling(x, kernel=(2, 2), pool_type="lp", p_value=1).asnumpy().ravel().tolist() == [-2.5, -4.0]
    y = nd.Pooling(x, kernel=(2, 2), pool_type="lp", p_value=3)
    np.testing.assert_allclose(y.asnumpy().ravel(), np.cbrt([-26.875, -28.0]), rtol=1e-6)
    check_op("pooling", x.asnumpy(), attrs={"kernel": 2, "stride": 1, "pool_type": "lp", "p_value": 1}, second=False)


# (input, kernel, stride, padding), whether the windows are those of maxima, and mindspore 2.8.0's answer
@pytest.mark.parametrize(("size", "how", "kind", "want"), [
    ((4, 5), (1, 2, 0), "max", [0, 2, 4, 10, 12, 14]),
    ((4, 5), (2, 3, 1), "max", [0, 3, 15, 18]),
    ((4, 5), (2, 5, 0), "max", [6]),
    ((4, 5), (1, 3, 0), "avg", [0, 3, 15, 18]),
    ((4, 5), ((1, 2), 2, 0), "avg", [0.5, 2.5, 4, 10.5, 12.5, 14]),
])
def test_no_window_of_a_rounded_up_output_begins_behind_the_input(size, how, kind, want):
    x = Tensor(np.arange(float(np.prod(size)), dtype=np.float32).reshape(1, 1, *size))
    found = getattr(ops, f"{kind}_pool2d")(x, *how, ceil_mode=True)
    assert found.asnumpy().ravel().tolist() == want
    layer = getattr(ms.nn, f"{kind.title()}Pool2d")(how[0], how[1], pad_mode="pad", padding=how[2], ceil_mode=True)
    assert layer(x).asnumpy().ravel().tolist() == want


def test_dilated_windows():
    x = distinct(1, 2, 5, 6)
    how = {"kernel": (2, 3), "stride": (2, 1), "pad": (1, 0), "dilation": (2, 1)}
    wide = np.pad(x, ((0, 0), (0, 0), (1, 1), (0, 0)), constant_values=-np.inf)
    ref = np.array([[[[wide[0, c, [r, r + 2], k : k + 3].max() for k in range(4)] for r in (0, 2, 4)]
                     for c in range(2)]])
    check_op("pooling", x, attrs=how, ref=ref)
    y, places = ops.max_pool2d(Tensor(x), (2, 3), (2, 1), (1, 0), (2, 1), True)
    found = np.take_along_axis(x.reshape(2, -1), places.asnumpy().reshape(2, -1), 1)
    assert (found == y.asnumpy().reshape(2, -1)).all()
    assert places.np_dtype == np.int64
    volume = Tensor(np.arange(27.0).reshape(1, 1, 3, 3, 3))
    assert ops.max_pool3d(volume, 2, 1, 0, 2).asnumpy().ravel().tolist() == [26]
    assert ops.max_pool3d(volume, 2, 2, 0, 2, ceil_mode=True).shape == (1, 1, 1, 1, 1)


@pytest.mark.parametrize("shape, size", [
    ((2, 3, 12), (4,)), ((2, 3, 11), (4,)), ((2, 3, 12, 8), (4, 2)), ((3, 12, 9), (5, 4)), ((2, 3, 10, 7), (3, 7)),
    ((1, 2, 4, 6, 8), (2, 3, 4)), ((1, 2, 5, 6, 7), (2, 3, 4))])
def test_gradients_of_maxima_of_parts_on_arrays_are_those_on_tensors(shape, size, rng):
    x = rng.integers(0, 4, shape).astype(np.float32)  # many ties
    attrs = {"output_size": size, "axes": len(size)}
    op = OPERATORS["adaptive_max_pool"]
    y = op(Tensor(x), **attrs)
    g = rng.standard_normal(y.shape).astype(np.float32)
    (found,) = op.rule(ENGINE.xp, g, y.asnumpy(), (x,), (True,), **attrs)
    (expected,) = op.rule(TENSORS, Tensor(g), y, [Tensor(x)], (True,), **attrs)
    np.testing.assert_allclose(found, expected.asnumpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("pool", [
    lambda x: ops.max_pool2d(x, 3, 1, padding=2), lambda x: ops.max_pool2d(x, (2, 3), 1, (1, 2)),
    lambda x: ops.max_pool2d(x, 3, 1, 2, dilation=2), lambda x: ops.avg_pool1d(x[0], 1, 1, 1),
    lambda x: ops.avg_pool2d(x, 2, 1, 2), lambda x: ops.max_pool3d(x[None], 3, 1, 2),
    lambda x: ops.avg_pool3d(x[None], 2, 1, (1, 1, 1, 2, 1, 1)), lambda x: ops.MaxPool3D(2, 1, "pad", 2)(x[None]),
    lambda x: ops.AvgPool3D(2, 1, "pad", 2)(x[None]), lambda x: ms.nn.MaxPool1d(2, 1, "pad", 2)(x[0]),
    lambda x: ms.nn.MaxPool2d(3, 1, "pad", 2, dilation=2)(x),
    lambda x: ms.nn.MaxPool3d(3, 1, "pad", (1, 1, 2))(x[None]),
    lambda x: ms.nn.AvgPool2d(2, 1, "pad", 2, count_include_pad=False)(x), lambda x: ms.mint.nn.AvgPool2d(2, 1, 2)(x),
])
def test_padding_of_more_than_half_a_window_is_refused_as_by_mindspore(pool):
    x = Tensor(np.ones((1, 1, 9, 9), np.float32))
    with pytest.raises(ArgumentError, match="padding must be at most half of the kernel"):
        pool(x)
    assert nd.Pooling(nd.ones((1, 1, 9, 9)), kernel=(3, 3), pad=(2, 2)).shape == (1, 1, 11, 11)  # MXNet's may be more


def test_padding_of_half_a_window():
    x = Tensor(np.ones((1, 1, 9, 9), np.float32))
    assert ops.max_pool2d(x, 2, 1, 1, dilation=2).shape == (1, 1, 9, 9)
    assert ops.avg_pool3d(x[None], 2, 1, (1, 1, 0, 2, 1, 1)).shape == (1, 1, 2, 10, 10)
    assert ms.nn.MaxPool2d(3, 1, "pad", 1, dilation=3)(x).shape == (1, 1, 5, 5)
