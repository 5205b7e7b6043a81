import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


def plain_conv(x, w, b, stride, pad, dilation, groups):
    """Two spatial axes, one output at a time."""
    x = np.pad(x, ((0, 0), (0, 0), *pad))
    n, c = x.shape[:2]
    o, cg, *k = w.shape
    out = [(x.shape[2 + i] - dilation[i] * (k[i] - 1) - 1) // stride[i] + 1 for i in range(2)]
    y = np.zeros((n, o, *out))
    for f in range(o):
        first = f // (o // groups) * cg
        for p in range(out[0]):
            for q in range(out[1]):
                rows = p * stride[0] + np.arange(k[0]) * dilation[0]
                cols = q * stride[1] + np.arange(k[1]) * dilation[1]
                window = x[:, first : first + cg][:, :, rows][:, :, :, cols]
                y[:, f, p, q] = (window * w[f]).sum((1, 2, 3))
    return y if b is None else y + b[:, None, None]


def test_conv_and_its_gradients_are_closed():
    how = {"stride": (2, 1), "pad": ((1, 0), (0, 2)), "dilation": (1, 2), "groups": 2}
    x, w = array(2, 4, 6, 5), array(2, 2, 3, 2)
    y = plain_conv(x, w, None, **how)
    check_op("conv", x, w, attrs=how, ref=y)
    check_op("conv_dx", array(*y.shape), w, attrs=how | {"shape": x.shape})
    check_op("conv_dw", array(*y.shape), x, attrs=how | {"shape": w.shape})


@pytest.mark.parametrize("attrs", [
    {},
    {"kernel": (3, 2), "num_filter": 4, "stride": 2, "pad": (1, 2)},
    {"pad_mode": "same", "stride": 2},
    {"dilation": (2, 1), "groups": 2, "pad": (1, 0, 2, 1)},
])
def test_convolution(attrs):
    groups = attrs.get("groups", 1)
    x, w, b = array(2, 2, 7, 6), array(4, 2 // groups, 3, 2), array(4)
    stride = (attrs.get("stride", 1),) * 2
    pad = {(1, 2): ((1, 1), (2, 2)), (1, 0, 2, 1): ((1, 0), (2, 1))}.get(attrs.get("pad"), ((0, 0), (0, 0)))
    if attrs.get("pad_mode") == "same":
        pad = ((1, 1), (0, 0))
    y = plain_conv(x, w, b, stride, pad, attrs.get("dilation", (1, 1)), groups)
    check_op("convolution", x, w, b, attrs=attrs, ref=y)
    op = OPERATORS["convolution"]
    assert op.shape_rule([x.shape, w.shape, b.shape], **op._defaults | attrs) == y.shape


def test_convolution_of_one_and_three_axes_without_bias():
    check_op("convolution", array(2, 3, 6), array(2, 3, 3), None, attrs={"stride": 2})
    check_op("convolution", array(1, 1, 3, 3, 4), array(2, 1, 2, 2, 2), None, attrs={"pad": 1}, second=False)


def test_convolution_of_an_empty_batch_and_of_strided_data():
    w = array(2, 1, 2, 2)
    assert ops.conv2d(Tensor(np.zeros((0, 1, 4, 4))), Tensor(w)).shape == (0, 2, 3, 3)
    x = array(4, 4, 1, 2).transpose(3, 2, 0, 1)
    np.testing.assert_allclose(ops.conv2d(Tensor(x), Tensor(w)).asnumpy(),
                               ops.conv2d(Tensor(x.copy()), Tensor(w)).asnumpy())


@pytest.mark.parametrize("attrs", [
    {"stride": 2, "pad": 1, "adj": 1},
    {"stride": (2, 1), "groups": 2, "dilation": 2},
    {"stride": 2, "target_shape": (6, 5)},
    {"stride": 2, "pad_mode": "same", "size": (2, 3, 5, 6)},
])
def test_deconvolution_is_the_transpose_of_convolution(attrs):
    groups = attrs.get("groups", 1)
    x, w = array(2, 4, 3, 3), array(4, 3, 3, 2)
    b = array(3 * groups)
    check_op("deconvolution", x, w, b, attrs=attrs)
    op = OPERATORS["deconvolution"]
    y = op(Tensor(x), Tensor(w), **attrs)
    assert op.shape_rule([x.shape, w.shape], **op._defaults | attrs) == y.shape
    if "target_shape" in attrs:
        assert y.shape[2:] == (6, 5)
    elif "size" in attrs:
        assert y.shape == attrs["size"]
        back = ops.Conv2D(4, (3, 2), pad_mode="same", stride=2)
        h = array(*y.shape)
        np.testing.assert_allclose((h * y.asnumpy()).sum(), (back(Tensor(h), Tensor(w)).asnumpy() * x).sum())


def test_deconvolution_gives_mxnets_shape():
    y = OPERATORS["deconvolution"](Tensor(array(1, 1, 7, 6)), Tensor(array(1, 2, 3, 3)), kernel=(3, 3), stride=(2, 2),
                                   pad=(1, 1), adj=(1, 1), num_filter=2)
    assert y.shape == (1, 2, 14, 12)


def test_completion_of_weights():
    complete = OPERATORS["convolution"].complete_rule
    assert complete([(2, 4, 8, 8), None, None], None, kernel=(3, 3), groups=2, num_filter=6) == [
        (2, 4, 8, 8), (6, 2, 3, 3), (6,)]
    assert complete([None, (6, 2, 3, 3), None], None, kernel=(3, 3)) == [None, (6, 2, 3, 3), (6,)]
    complete = OPERATORS["deconvolution"].complete_rule
    assert complete([(2, 4, 8, 8), None, None], None, kernel=(3, 3), groups=2, num_filter=6) == [
        (2, 4, 8, 8), (4, 3, 3, 3), (6,)]


def test_bias_add():
    check_op("bias_add", array(2, 3, 2), array(3), ref=lambda x, b: x + b[:, None])
    with pytest.raises(ShapeError, match=r"BiasAdd expects .* bias of shape \(C,\)"):
        ops.bias_add(Tensor(array(2, 3)), Tensor(array(2)))


@pytest.mark.parametrize("shapes, attrs, error, text", [
    (((2, 3), (1, 3)), {}, ShapeError, "one to three spatial axes"),
    (((2, 3, 4, 4), (1, 3, 2)), {}, ShapeError, "weight of 4 axes"),
    (((2, 3, 4, 4), (4, 5, 3, 3)), {}, ShapeError, "conv with groups=1 expects"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"kernel": (2, 2)}, ShapeError, r"kernel=\(2, 2\)"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"num_filter": 5}, ShapeError, "num_filter=5"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"stride": (1, 1, 1)}, ShapeError, "expects stride to be an int or 2 ints"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"pad": ((1, 1),)}, ShapeError, "2 pairs"),
    (((2, 3, 4, 4), (4, 3, 3, 3), (3,)), {}, ShapeError, r"bias of shape \(4,\)"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"layout": "CHWN"}, NotSupportedError, "'CHWN' is not supported"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"pad_mode": "full"}, ArgumentError, "pad_mode must be"),
    (((2, 3, 4, 4), (4, 3, 3, 3)), {"pad_mode": "valid", "pad": 1}, ArgumentError, "pad must be 0"),
])
def test_errors(shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS["convolution"](*[Tensor(array(*s)) for s in shapes], **attrs)


@pytest.mark.parametrize("attrs, text", [
    ({}, r"weight of shape \(3, out / groups"), ({"w": (3, 2, 3, 3), "kernel": 2}, "with kernel=2"),
    ({"w": (3, 2, 3, 3), "num_filter": 4}, "num_filter=4"), ({"w": (3, 2, 3, 3), "adj": 1}, "adj must be smaller"),
    ({"w": (3, 2, 3, 3), "target_shape": (9, 9)}, "larger than"), ({"w": (3, 2, 3, 3), "pad": 4}, "less padding"),
    ({"w": (3, 2, 3, 3), "b": (3,)}, r"bias of shape \(2,\)"),
])
def test_errors_of_deconvolution(attrs, text):
    w, b = attrs.pop("w", (2, 2, 3, 3)), attrs.pop("b", None)
    with pytest.raises(ShapeError, match=text):
        OPERATORS["deconvolution"](Tensor(array(1, 3, 4, 4)), Tensor(array(*w)),
                                   None if b is None else Tensor(array(*b)), **attrs)
