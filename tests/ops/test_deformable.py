"""Convolution and pooling at computed places. Sums are those of mxnet 1.9.1 for the same arrays."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia._src.core.op import OPERATORS
from tests.check import check_op


def bilinear(image, y, x, border):
    """A pixel of (H, W) at (y, x); with ``border`` a border of zeros counts, else the nearest pixel."""
    height, width = image.shape
    if border:
        padded, y, x = np.pad(image, 1), y + 1, x + 1
        if not (0 < y < height + 1 and 0 < x < width + 1):
            return 0.0
    else:
        padded = image
        if not (0 <= y < height and 0 <= x < width):
            return 0.0
        y, x = min(y, height - 1), min(x, width - 1)
    i, j = int(y), int(x)
    u, v = y - i, x - j
    k, m = min(i + 1, padded.shape[0] - 1), min(j + 1, padded.shape[1] - 1)
    return ((1 - u) * ((1 - v) * padded[i, j] + v * padded[i, m]) + u * ((1 - v) * padded[k, j] + v * padded[k, m]))


def convolve(x, offset, w, b, mask=None, stride=1, pad=0, groups=1, parts=1):
    n, c, height, width = x.shape
    o, each, kh, kw = w.shape
    out = np.zeros((n, o, *offset.shape[2:]))
    for index in np.ndindex(*out.shape):
        s, f, p, q = index
        total = b[f]
        for k in range(each):
            channel = f // (o // groups) * each + k
            part = channel // (c // parts)
            for i, j in np.ndindex(kh, kw):
                tap = part * kh * kw + i * kw + j
                y = p * stride - pad + i + offset[s, 2 * tap, p, q]
                z = q * stride - pad + j + offset[s, 2 * tap + 1, p, q]
                value = bilinear(x[s, channel], y, z, mask is not None)
                total += w[f, k, i, j] * value * (1 if mask is None else mask[s, tap, p, q])
        out[index] = total
    return out


def arrays(rng, groups, parts, masked, scale):
    x, b = rng.normal(size=(2, 4, 5, 4)), rng.normal(size=(2,))
    w = rng.normal(size=(2, 4 // groups, 2, 3))
    size = (3, 2)
    offset = rng.normal(size=(2, 2 * parts * 6, *size)) * scale
    mask = [rng.uniform(size=(2, parts * 6, *size))] if masked else []
    return x, offset, *mask, w, b


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("groups", "parts", "scale"), [(1, 1, 0.3), (2, 2, 2.5)])
def test_convolution(rng, masked, groups, parts, scale):
    given = arrays(rng, groups, parts, masked, scale)
    how = {"stride": (2, 2), "pad": (1, 1), "kernel": (2, 3), "num_filter": 2, "groups": groups,
           "num_deformable_group": parts}

    def ref(x, offset, *rest):
        mask = rest[0] if masked else None
        return convolve(x, offset, *rest[-2:], mask, 2, 1, groups, parts)

    first = scale < 1
    asked = {"attrs": how, "ref": ref, "second": first, "dtypes": ("float32",), "symbol": "value"}
    if masked:
        check_op("modulated_deformable_convolution", *given, xla="eager" if first else False, **asked)
    else:
        check_op("deformable_convolution", *given, xla=first, **asked)


def test_convolution_as_mxnet():
    r = np.random.RandomState(0)
    x, w, b = r.randn(2, 4, 5, 6), r.randn(6, 2, 3, 3), r.randn(6)
    offset = np.random.RandomState(1).randn(2, 36, 5, 6) * 3
    given = [nd.array(a) for a in (x, offset, w, b)]
    for a in given:
        a.attach_grad()
    with autograd.record():
        y = nd.contrib.DeformableConvolution(*given, kernel=(3, 3), num_filter=6, num_group=2, num_deformable_group=2,
                                             pad=(1, 1))
        loss = (y * y).sum()
    loss.backward()
    sums = [float(np.abs(a.asnumpy()).sum()) for a in (y, *[g.grad for g in given])]
    np.testing.assert_allclose(sums, [554.574, 2375.162, 5166.892, 2008.402, 543.042], rtol=1e-5)


def test_convolution_without_offsets_is_plain(rng):
    x, w = rng.normal(size=(1, 3, 5, 5)), rng.normal(size=(4, 3, 3, 3))
    plain = nd.Convolution(nd.array(x), nd.array(w), kernel=(3, 3), num_filter=4, no_bias=True, dilate=(2, 1))
    zeros = nd.zeros((1, 18, *plain.shape[2:]))
    for found in (nd.contrib.DeformableConvolution(nd.array(x), zeros, nd.array(w), kernel=(3, 3), num_filter=4,
                                                   dilate=(2, 1), no_bias=True),
                  nd.contrib.ModulatedDeformableConvolution(nd.array(x), zeros, nd.ones((1, 9, *plain.shape[2:])),
                                                            nd.array(w), kernel=(3, 3), num_filter=4, dilate=(2, 1),
                                                            no_bias=True)):
        np.testing.assert_allclose(found.asnumpy(), plain.asnumpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("shapes", "options", "message"), [
    (((1, 4, 5), (1, 18, 3, 3), (2, 4, 3, 3)), {}, r"expects data \(N, C, H, W\), got shape \(1, 4, 5\)"),
    (((1, 4, 5, 5), (1, 18, 3, 3), (2, 4, 3, 2)), {}, r"expects a weight of shape \(2, 4, 3, 3\), got \(2, 4, 3, 2\)"),
    (((1, 4, 5, 5), (1, 9, 3, 3), (2, 4, 3, 3)), {}, r"expects offset of shape \(1, 18, 3, 3\): two numbers"),
    (((1, 4, 5, 5), (1, 54, 3, 3), (2, 4, 3, 3)), {"num_deformable_group": 3}, "must be multiples of num_group=1"),
])
def test_convolutions_that_do_not_fit(shapes, options, message):
    with pytest.raises(mx.MXNetError, match=message):
        nd.contrib.DeformableConvolution(*[nd.zeros(s) for s in shapes], kernel=(3, 3), num_filter=2, no_bias=True,
                                         **options)


# -- pooling -----------------------------------------------------------------------------------------------------------

ROIS = np.array([[0, 0, 0, 40, 30], [1, 10, 16, 90, 50], [0, 50, 50, 52, 52], [1, -20, -30, 300, 200],
                 [0, 120, 120, 121, 121.0]])


def maps():
    r = np.random.RandomState(0)
    r.randn(2, 4, 5, 6), r.randn(6, 2, 3, 3), r.randn(6)
    return r.randn(2, 18, 7, 8), r.randn(5, 2, 3, 3), r.randn(5, 4, 3, 3)


def pooled(op, *given, **options):
    given = [nd.array(a) for a in given]
    for a in given:
        a.attach_grad()
    with autograd.record():
        y = getattr(nd.contrib, op)(*given, spatial_scale=1 / 16, output_dim=2, **options)
        loss = (y * y).sum()
    loss.backward()
    return y, [float(np.abs(a.asnumpy()).sum()) for a in (y, given[0].grad, *[g.grad for g in given[2:]])]


def test_position_sensitive_pooling():
    x, _, _ = maps()
    y, sums = pooled("PSROIPooling", x, ROIS, pooled_size=3)
    np.testing.assert_allclose(y.asnumpy().ravel()[:4], [-0.6523, -0.3231, -1.5409, -1.9604], atol=1e-4)
    np.testing.assert_allclose(sums, [32.572, 64.995], rtol=1e-4)
    np.testing.assert_allclose(pooled("PSROIPooling", x, ROIS, pooled_size=4, group_size=3)[1], [60.427, 118.035],
                               rtol=1e-4)
    check_op("position_sensitive_pooling", x[:, :8, :4, :4], ROIS[:3] / 2, grad=(0,), symbol="value",
             attrs={"spatial_scale": 1 / 16, "output_dim": 2, "pooled_size": 2}, tolerance=4)


def test_deformable_pooling():
    x, shifts, more = maps()
    fixed = {"group_size": 3, "part_size": 3}
    how = {"sample_per_part": 2, "trans_std": 0.1, **fixed}
    sums = pooled("DeformablePSROIPooling", x, ROIS, shifts, pooled_size=3, **how)[1]
    np.testing.assert_allclose(sums, [25.163, 50.041, 10.542], rtol=1e-4)
    sums = pooled("DeformablePSROIPooling", x, ROIS, more, pooled_size=4, sample_per_part=4, trans_std=0.2, **fixed)[1]
    np.testing.assert_allclose(sums, [41.059, 79.593, 36.013], rtol=1e-4)
    still = pooled("DeformablePSROIPooling", x, ROIS, pooled_size=3, sample_per_part=2, no_trans=True, **fixed)[0]
    zero = pooled("DeformablePSROIPooling", x, ROIS, 0 * shifts, pooled_size=3, sample_per_part=2, trans_std=1, **fixed)
    np.testing.assert_array_equal(still.asnumpy(), zero[0].asnumpy())
    check_op("deformable_position_sensitive_pooling", x[:, :8, :4, :4], ROIS[:2] / 2, shifts[:2, :, :2, :2],
             grad=(0, 2), symbol="value", dtypes=("float32",), xla=("float32",), second=False,
             attrs={"spatial_scale": 1 / 16, "output_dim": 2, "group_size": 2, "pooled_size": 2, "part_size": 2,
                    "sample_per_part": 2, "trans_std": 0.1})


@pytest.mark.parametrize(("op", "shapes", "options", "message"), [
    ("PSROIPooling", ((1, 7, 4, 4), (1, 5)), {"pooled_size": 2}, r"expects data \(N, 8, H, W\)"),
    ("PSROIPooling", ((1, 8, 4, 4), (1, 4)), {"pooled_size": 2}, r"expects rois \(R, 5\)"),
    ("DeformablePSROIPooling", ((1, 8, 4, 4), (1, 5), (1, 2, 3, 3)), {"group_size": 2, "pooled_size": 2},
     r"expects trans \(1, twice a divisor of 2, 2, 2\), got shape \(1, 2, 3, 3\)"),
    ("DeformablePSROIPooling", ((1, 8, 4, 4), (1, 5)), {"group_size": 2, "pooled_size": 2, "sample_per_part": 0},
     "sample_per_part must be at least 1"),
])
def test_pooling_that_does_not_fit(op, shapes, options, message):
    with pytest.raises(mx.MXNetError, match=message):
        getattr(nd.contrib, op)(*[nd.zeros(s) for s in shapes], spatial_scale=1.0, output_dim=2, **options)


def test_in_graphs():
    data, offset = mx.sym.var("data"), mx.sym.var("offset")
    how = {"kernel": (3, 3), "num_filter": 4}
    net = mx.sym.contrib.DeformableConvolution(data=data, offset=offset, pad=(1, 1), name="dc", **how)
    assert net.list_arguments() == ["data", "offset", "dc_weight", "dc_bias"]
    assert net.infer_shape(data=(1, 2, 5, 6))[0][1:] == [(1, 18, 5, 6), (4, 2, 3, 3), (4,)]
    masked = mx.sym.contrib.ModulatedDeformableConvolution(data=data, no_bias=True, name="m", **how)
    assert masked.list_arguments() == ["data", "m_offset", "m_mask", "m_weight"]
    assert masked.infer_shape(data=(1, 2, 5, 6))[1] == [(1, 4, 3, 4)]
    complete = OPERATORS["deformable_convolution"].complete_rule
    plain = {"stride": (), "dilation": (), "pad": (), "groups": 1, "num_deformable_group": 1}
    assert complete([None] * 4, None, **plain, **how) == [None] * 4
