"""Convolution kernels against loops over every window, in float64."""

from itertools import product

import numpy as np
import pytest

from luojia._src.engine import processor, threads
from luojia._src.engine.kernels import (
    columns,
    conv_depthwise,
    conv_heavy,
    conv_last,
    conv_winograd,
    pieces,
    taps,
    thin,
    windows,
)
from luojia._src.engine.kernels.conv import _channels_last, conv, conv_dw, conv_dx, conv_pull, conv_shape
from luojia._src.engine.kernels.finish import Finish
from luojia._src.errors import ShapeError

TOLERANCE = {np.float16: 4e-3, np.float32: 2e-5, np.float64: 1e-11}

# x shape, weight shape, stride, pad, dilation, groups
CASES = {
    "1d": ((2, 3, 11), (4, 3, 3), (1,), ((1, 2),), (1,), 1),
    "1d strided": ((3, 2, 13), (5, 2, 4), (3,), ((2, 0),), (2,), 1),
    "1d grouped": ((2, 4, 9), (6, 2, 3), (2,), ((0, 3),), (1,), 2),
    "pointwise": ((2, 6, 4, 5), (7, 6, 1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "pointwise strided": ((2, 6, 7, 5), (7, 6, 1, 1), (2, 3), ((0, 0), (0, 0)), (1, 1), 1),
    "pointwise padded": ((2, 3, 4, 5), (4, 3, 1, 1), (1, 1), ((1, 0), (0, 2)), (1, 1), 1),
    "whole": ((3, 1, 9, 8), (4, 1, 5, 3), (1, 1), ((2, 1), (0, 3)), (1, 1), 1),
    "whole cropped": ((3, 2, 9, 8), (4, 2, 3, 2), (1, 2), ((-1, 3), (-2, 0)), (2, 1), 1),
    "whole beside the input": ((3, 2, 3, 4), (4, 2, 2, 2), (1, 1), ((5, 4), (0, 6)), (1, 1), 1),
    "whole strided dilated": ((2, 2, 12, 11), (3, 2, 3, 2), (2, 3), ((3, 1), (1, 2)), (3, 2), 1),
    "rows": ((3, 12, 7, 6), (5, 12, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "rows in pairs": ((3, 12, 7, 6), (12, 12, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "rows in pairs cropped": ((2, 8, 9, 13), (7, 8, 3, 5), (2, 1), ((0, 3), (3, -2)), (2, 1), 1),
    "rows valid": ((2, 8, 9, 8), (3, 8, 5, 5), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "rows strided": ((2, 11, 8, 9), (4, 11, 3, 3), (2, 2), ((0, 1), (1, 0)), (1, 1), 1),
    "rows stride 3 dilation 2": ((2, 16, 14, 13), (3, 16, 4, 2), (3, 2), ((2, 4), (1, 0)), (2, 3), 1),
    "rows stride over kernel": ((2, 16, 13, 12), (3, 16, 2, 2), (4, 3), ((0, 0), (2, 1)), (1, 1), 1),
    "rows stride equals dilation": ((2, 16, 13, 12), (3, 16, 3, 2), (2, 3), ((1, 0), (2, 1)), (2, 3), 1),
    "rows wide padding": ((1, 16, 3, 3), (2, 16, 3, 3), (1, 1), ((5, 4), (4, 5)), (1, 1), 1),
    "rows of a strip": ((5, 12, 1, 9), (5, 12, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "rows beside the input": ((2, 12, 4, 4), (5, 12, 2, 2), (1, 1), ((0, 0), (6, 0)), (1, 1), 1),
    "rows cropped": ((2, 16, 9, 8), (12, 16, 3, 3), (1, 1), ((-2, 1), (1, -1)), (1, 2), 1),
    "rows same": ((7, 12, 6, 5), (11, 12, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "rows same, even kernel": ((7, 16, 6, 5), (17, 16, 4, 2), (1, 1), ((2, 1), (0, 1)), (1, 1), 1),
    "rows of one image": ((1, 12, 9, 11), (5, 12, 3, 3), (1, 1), ((2, 0), (0, 1)), (1, 1), 1),
    "rows of a narrow image": ((2, 3, 9, 2), (4, 3, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "wasteful": ((5, 7, 8, 9), (6, 7, 5, 5), (1, 1), ((0, 0), (1, 0)), (1, 1), 1),
    "wasteful dilated": ((5, 3, 9, 10), (6, 3, 3, 2), (1, 1), ((-1, 0), (0, -2)), (2, 3), 1),
    "rows grouped": ((2, 24, 5, 7), (4, 12, 3, 3), (1, 2), ((1, 0), (1, 1)), (1, 1), 2),
    "depthwise": ((2, 6, 7, 8), (6, 1, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 6),
    "depthwise strided": ((3, 5, 9, 8), (5, 1, 3, 2), (2, 3), ((1, 1), (0, 1)), (1, 1), 5),
    "depthwise dilated": ((3, 4, 9, 11), (4, 1, 3, 3), (1, 2), ((2, 0), (1, 3)), (3, 2), 4),
    "depthwise cropped": ((2, 3, 9, 8), (3, 1, 2, 3), (1, 1), ((-2, 1), (1, -1)), (1, 1), 3),
    "depthwise beside the input": ((2, 3, 4, 4), (3, 1, 2, 2), (1, 1), ((0, 0), (6, 0)), (1, 1), 3),
    "depthwise of one image": ((1, 3, 12, 7), (3, 1, 5, 5), (2, 1), ((2, 2), (2, 2)), (1, 1), 3),
    "depthwise doubled": ((2, 3, 9, 8), (6, 1, 3, 3), (2, 2), ((1, 1), (0, 1)), (1, 1), 3),
    "3d": ((2, 2, 5, 6, 4), (3, 2, 3, 2, 3), (1, 1, 1), ((1, 1), (0, 1), (1, 0)), (1, 1, 1), 1),
    "3d rows": ((2, 8, 6, 5, 7), (4, 4, 2, 3, 3), (2, 1, 3), ((1, 0), (1, 1), (2, 0)), (1, 2, 1), 2),
}


@pytest.fixture(params=[None, 1, "few channels", "pieces", "heavy", "winograd", "winograd in blocks"],
                ids=lambda p: {None: "blocks as they come", 1: "smallest blocks"}.get(p, p))
def blocks(request, monkeypatch):
    """The second runs every case in blocks of one image and few rows, as only large inputs would; the third takes as
    few channels what are few here, the next cuts all products into the smallest pieces, the next has all images for
    small and all weights for large, the others have few channels for many."""
    windows.forget()  # what was prepared with other settings
    request.addfinalizer(windows.forget)
    if request.param != "few channels":
        monkeypatch.setattr(conv_heavy, "FEW", 0)
    if request.param in ("winograd", "winograd in blocks"):
        for name in ("FEWEST", "FEWEST_PAIRS", "WIDE_PAIRS", "LEAST"):
            monkeypatch.setattr(conv_winograd, name, 0)
        if request.param == "winograd in blocks":
            monkeypatch.setattr(conv_winograd, "BLOCK", 1)
            monkeypatch.setattr(conv_winograd, "TILES", 1)
    elif request.param == "pieces":
        for name in ("SMALL", "SHORTEST", "SHORTEST_SUMMED", "LEAST_DEPTH"):
            monkeypatch.setattr(pieces, name, 1)
        monkeypatch.setattr(pieces, "NARROW", range(6))
        monkeypatch.setattr(threads, "architecture", lambda: "SkylakeX")
        pieces._pieces.cache_clear()
        request.addfinalizer(pieces._pieces.cache_clear)
    elif request.param == "heavy":
        monkeypatch.setattr(conv_heavy, "is_heavy", lambda w, n, out, *_: len(w) == 4 and 0 not in out)
        monkeypatch.setattr(conv_heavy, "COLUMNS", 10_000)
    elif request.param == 1:
        monkeypatch.setattr(columns, "BUFFER_BYTES", 1)
        monkeypatch.setattr(columns, "LEAST_COLUMNS", 1)
        monkeypatch.setattr(windows, "BUFFER_BYTES", 1)
        monkeypatch.setattr(windows, "LEAST_ROWS", 1)
        monkeypatch.setattr(thin, "BUFFER_BYTES", 1)
        monkeypatch.setattr(conv_depthwise, "BLOCK", 1)
        monkeypatch.setattr(taps, "MOST_TOGETHER", 0)
        monkeypatch.setattr(conv_last, "SCATTER_BYTES", 1)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def every_window(shape, w_shape, stride, pad, dilation):
    """Every (output position, kernel position, input position) that falls inside the input."""
    out = conv_shape(shape, w_shape, stride=stride, pad=pad, dilation=dilation, groups=shape[1] // w_shape[1])[2:]
    for o in product(*map(range, out)):
        for k in product(*map(range, w_shape[2:])):
            i = tuple(a * s + b * d - lo for a, b, s, d, (lo, _) in zip(o, k, stride, dilation, pad))
            if all(0 <= a < n for a, n in zip(i, shape[2:])):
                yield o, k, i


def naive(x, w, g, stride, pad, dilation, groups):
    """(y, dx, dw) of sum(g * conv(x, w)), g made by a function of y's shape, by loops in float64."""
    x, w = x.astype(np.float64), w.astype(np.float64)
    shape = conv_shape(x.shape, w.shape, stride=stride, pad=pad, dilation=dilation, groups=groups)
    y, g = np.zeros(shape), g(shape).astype(np.float64)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    outputs, channels = w.shape[0] // groups, w.shape[1]
    for o, k, i in every_window(x.shape, w.shape, stride, pad, dilation):
        for q in range(groups):
            of, ch = slice(q * outputs, (q + 1) * outputs), slice(q * channels, (q + 1) * channels)
            at, to = (slice(None), ch, *i), (slice(None), of, *o)
            tap = (of, slice(None), *k)
            y[to] += x[at] @ w[tap].T
            dx[at] += g[to] @ w[tap]
            dw[tap] += g[to].T @ x[at]
    return y, dx, dw


def close(got, expected, dtype):
    assert got.dtype == dtype and got.shape == expected.shape
    scale = max(1.0, np.abs(expected).max(initial=0))
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=TOLERANCE[dtype])


def check(x, w, g, stride, pad, dilation, groups, dtype):
    attrs = dict(stride=stride, pad=pad, dilation=dilation, groups=groups)
    y, dx, dw = naive(x, w, lambda shape: g, **attrs)
    close(conv(x, w, **attrs), y, dtype)
    close(conv_dx(g, w, shape=x.shape, **attrs), dx, dtype)
    close(conv_dw(g, x, shape=w.shape, **attrs), dw, dtype)
    for got, expected in zip(conv_pull(g, x, w, **attrs), (dx, dw)):
        close(got, expected, dtype)


def arrays(rng, case, dtype):
    x_shape, w_shape, *attrs = case
    shape = conv_shape(x_shape, w_shape, **dict(zip(("stride", "pad", "dilation", "groups"), attrs)))
    return [rng.standard_normal(s).astype(dtype) for s in (x_shape, w_shape, shape)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_conv_and_its_gradients_equal_the_loops(case, rng, blocks):
    check(*arrays(rng, case, np.float64), *case[2:], np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("name", [
    "1d strided", "whole", "rows", "rows same", "wasteful", "rows strided", "depthwise", "3d rows",
])
def test_conv_in_lower_precision_equals_float64(name, dtype, rng):
    check(*arrays(rng, CASES[name], dtype), *CASES[name][2:], dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("name", ["rows same", "rows of one image", "rows wide padding"])
def test_winograds_tiles_in_lower_precision_equal_float64(name, dtype, rng, monkeypatch):
    monkeypatch.setattr(conv_winograd, "FEWEST", 0)
    monkeypatch.setattr(conv_winograd, "FEWEST_PAIRS", 0)
    monkeypatch.setattr(conv_winograd, "WIDE_PAIRS", 0)
    monkeypatch.setattr(conv_winograd, "LEAST", 0)
    check(*arrays(rng, CASES[name], dtype), *CASES[name][2:], dtype)


@pytest.mark.parametrize("name", ["pointwise", "whole", "rows", "rows grouped", "1d"])
def test_conv_takes_arrays_of_any_layout(name, rng):
    case = CASES[name]
    loose = [np.flip(np.ascontiguousarray(np.flip(a, -1).T), 0).T for a in arrays(rng, case, np.float64)]
    assert not any(a.flags.c_contiguous for a in loose)
    check(*loose, *case[2:], np.float64)


@pytest.mark.parametrize("name", ["rows stride 3 dilation 2", "whole strided dilated"])
def test_conv_gradients_equal_finite_differences(name, rng):
    x, w, g = arrays(rng, CASES[name], np.float64)
    attrs = attributes(name)
    dx, dw = conv_dx(g, w, shape=x.shape, **attrs), conv_dw(g, x, shape=w.shape, **attrs)
    u, v, h = rng.standard_normal(x.shape), rng.standard_normal(w.shape), 1e-4
    slope = np.vdot(g, conv(x + h * u, w + h * v, **attrs) - conv(x - h * u, w - h * v, **attrs)) / (2 * h)
    assert slope == pytest.approx(np.vdot(dx, u) + np.vdot(dw, v), rel=1e-8)


def test_conv_leaves_its_inputs_alone(rng):
    case = CASES["rows strided"]
    x, w, g = arrays(rng, case, np.float32)
    before = [a.copy() for a in (x, w, g)]
    check(x, w, g, *case[2:], np.float32)
    assert all(np.array_equal(a, b) for a, b in zip((x, w, g), before))


@pytest.mark.parametrize("name", ["rows same", "wasteful", "whole", "rows strided"])
def test_images_come_out_channels_last(name, rng):
    x, w, g = arrays(rng, CASES[name], np.float32)
    attrs = attributes(name)
    for a in (conv(x, w, **attrs), conv_dx(g, w, shape=x.shape, **attrs), conv_pull(g, x, w, **attrs)[0]):
        assert a.transpose(0, 2, 3, 1).flags.c_contiguous
    assert all(dw.flags.c_contiguous for dw in (conv_dw(g, x, shape=w.shape, **attrs), conv_pull(g, x, w, **attrs)[1]))


def test_a_kernel_of_one_keeps_the_layout(rng):
    x, w, g = arrays(rng, CASES["pointwise"], np.float32)
    attrs = attributes("pointwise")
    for a in (conv(x, w, **attrs), conv_dx(g, w, shape=x.shape, **attrs)):
        assert a.flags.c_contiguous
    x, g = [np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2) for a in (x, g)]
    for a in (conv(x, w, **attrs), conv_dx(g, w, shape=x.shape, **attrs)):
        assert a.transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize("name", ["rows same", "wasteful", "whole", "pointwise", "rows strided"])
def test_images_that_lie_channels_last_go_in(name, rng):
    loose = [np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
             for a in arrays(rng, CASES[name], np.float64)]
    check(*loose, *CASES[name][2:], np.float64)


@pytest.mark.parametrize("name", ["1d", "pointwise", "whole", "rows", "rows same", "wasteful", "depthwise", "3d rows"])
def test_conv_of_an_empty_batch(name):
    x_shape, w_shape, *rest = CASES[name]
    attrs = dict(zip(("stride", "pad", "dilation", "groups"), rest))
    x, w = np.ones((0, *x_shape[1:]), np.float32), np.ones(w_shape, np.float32)
    y = conv(x, w, **attrs)
    assert y.shape == conv_shape(x.shape, w.shape, **attrs) and y.shape[0] == 0 and y.dtype == np.float32
    assert conv_dx(y, w, shape=x.shape, **attrs).shape == x.shape
    assert np.array_equal(conv_dw(y, x, shape=w.shape, **attrs), np.zeros(w_shape, np.float32))
    dx, dw = conv_pull(y, x, w, **attrs)
    assert dx.shape == x.shape and np.array_equal(dw, np.zeros(w_shape, np.float32))


def test_conv_of_mixed_dtypes_gives_the_wider(rng):
    x, w, _ = arrays(rng, CASES["rows"], np.float32)
    assert conv(x.astype(np.float16), w, **attributes("rows")).dtype == np.float32
    assert conv(x, w.astype(np.float64), **attributes("rows")).dtype == np.float64


def attributes(name):
    return dict(zip(("stride", "pad", "dilation", "groups"), CASES[name][2:]))


def test_float16_accumulates_in_float32():
    x, w = np.full((1, 4096, 1, 2), 1, np.float16), np.full((1, 4096, 1, 2), 1, np.float16)
    y = conv(x, w, stride=(1, 1), pad=((0, 0), (0, 0)), dilation=(1, 1), groups=1)
    assert y.item() == 8192  # float16 alone stops at 2048


def test_conv_dx_is_the_transposed_convolution_as_mxnet_computes_it():
    """mx.nd.Deconvolution(arange(4) as 1x1x2x2, arange(9), kernel 3, stride 2, pad 1, adj 1), mxnet 1.9.1."""
    x, w = np.arange(4.0).reshape(1, 1, 2, 2), np.arange(9.0).reshape(1, 1, 3, 3)
    y = conv_dx(x, w, shape=(1, 1, 4, 4), stride=(2, 2), pad=((1, 1), (1, 1)), dilation=(1, 1), groups=1)
    assert y[0, 0].tolist() == [[0, 3, 4, 5], [2, 10, 10, 14], [8, 19, 12, 15], [14, 34, 21, 24]]


def good(**changes):
    attrs = dict(stride=(1, 1), pad=((0, 0), (0, 0)), dilation=(1, 1), groups=1)
    return {**attrs, **changes}


@pytest.mark.parametrize("x, w, changes, message", [
    ((5, 4), (3, 4), {}, r"x of shape \(N, C, \*size\).*got x \(5, 4\) and weight \(3, 4\)"),
    ((1, 4, 8, 8), (3, 4, 3), {}, r"with as many axes.*\(3, 4, 3\)"),
    ((1, 4, 8, 8), (3, 4, 3, 3), {"stride": (1,)}, r"2 spatial axes expects one stride.*got stride \(1,\)"),
    ((1, 4, 8, 8), (3, 5, 3, 3), {}, r"groups=1 expects a weight.*got weight \(3, 5, 3, 3\)"),
    ((1, 4, 8, 8), (3, 2, 3, 3), {"groups": 2}, r"O a multiple of groups"),
    ((1, 4, 8, 8), (3, 4, 3, 3), {"groups": 0}, r"groups=0 expects"),
    ((1, 4, 8, 8), (3, 4, 3, 3), {"dilation": (0, 1)}, r"at least 1.*dilation \(0, 1\)"),
    ((1, 4, 4, 8), (3, 4, 3, 3), {"dilation": (2, 1)}, r"larger than the input of size \(4, 8\)"),
])
def test_conv_refuses_what_does_not_fit(x, w, changes, message):
    with pytest.raises(ShapeError, match=message):
        conv(np.ones(x), np.ones(w), **good(**changes))


def test_gradients_refuse_another_shape():
    x, w, g = np.ones((1, 2, 5, 5)), np.ones((3, 2, 3, 3)), np.ones((1, 3, 4, 3))
    with pytest.raises(ShapeError, match=r"conv_dx expects .* shape \(1, 3, 3, 3\), got \(1, 3, 4, 3\)"):
        conv_dx(g, w, shape=x.shape, **good())
    with pytest.raises(ShapeError, match=r"conv_dw expects .* shape \(1, 3, 3, 3\), got \(1, 3, 4, 3\)"):
        conv_dw(g, x, shape=w.shape, **good())
    x, w = np.ones((1, 12, 9, 9)), np.ones((12, 12, 3, 3))
    with pytest.raises(ShapeError, match=r"conv_pull expects .* shape \(1, 12, 7, 7\), got \(1, 12, 9, 7\)"):
        conv_pull(np.ones((1, 12, 9, 7)), x, w, **good())


@pytest.mark.parametrize("which", ["shift", "scale rectified"])
def test_what_follows_meets_every_output_of_a_pair(rng, which):
    x, w, by = rng.standard_normal((2, 12, 5, 6)), rng.standard_normal((6, 12, 3, 3)), rng.standard_normal(6)
    how = dict(stride=(1, 1), pad=((1, 1), (1, 1)), dilation=(1, 1), groups=1)
    scale, shift = (by if "scale" in which else None), (by if "shift" in which else None)
    found = conv(x, w, finish=Finish(scale, shift, "rectified" in which), **how)
    expected = conv(x, w, **how)
    each = by[:, None, None]
    np.testing.assert_array_equal(found, np.maximum(expected * each, 0) if scale is not None else expected + each)


def test_outputs_of_few_channels_come_in_pairs_from_wider_windows(rng, monkeypatch):
    """So that the cases above compare what they are meant to."""
    seen = []

    class Watched(windows.Windows):
        def __init__(self, x, kernel, out, stride, *rest):
            seen.append((kernel, out, stride))
            super().__init__(x, kernel, out, stride, *rest)

    monkeypatch.setattr(conv_last, "Windows", Watched)
    x, w = rng.standard_normal((2, 12, 7, 6)), rng.standard_normal((12, 12, 3, 3))
    how = dict(stride=(1, 1), pad=((1, 1), (1, 1)), dilation=(1, 1), groups=1)
    conv_pull(conv(x, w, **how), x, w, **how)
    assert seen == [((3, 4), (7, 3), (1, 2))] * 2


CHOICES = [  # weights, images, outputs, stride; the kernels where BLAS has AVX-512, of the gradient too; elsewhere
    ((512, 512, 3, 3), 1, (7, 7), 1, *[conv_heavy] * 4),
    ((512, 512, 3, 3), 32, (7, 7), 1, *[conv_winograd] * 4),
    ((512, 512, 3, 3), 16, (7, 7), 1, conv_winograd, conv_heavy, conv_winograd, conv_winograd),
    ((512, 512, 3, 3), 8, (2, 2), 1, *[conv_heavy] * 4),
    ((512, 512, 3, 3), 64, (2, 2), 1, conv_heavy, conv_last, conv_last, conv_last),
    ((256, 256, 3, 3), 1, (14, 14), 1, conv_heavy, conv_last, conv_heavy, conv_last),
    ((512, 512, 3, 3), 1, (14, 14), 1, conv_heavy, conv_last, conv_heavy, conv_last),
    ((256, 256, 3, 3), 8, (14, 14), 1, *[conv_winograd] * 4),
    ((512, 256, 3, 3), 8, (7, 7), 2, *[conv_heavy] * 4),
    ((512, 256, 3, 3), 8, (4, 4), 2, *[conv_heavy] * 4),
    ((64, 64, 3, 3), 1, (7, 7), 1, *[conv_last] * 4),
    ((512, 512, 1, 1), 1, (7, 7), 1, *[conv_last] * 4),
]


@pytest.mark.parametrize(("w", "n", "out", "stride", "wide", "wide_pull", "narrow", "narrow_pull"), CHOICES)
def test_weights_that_outweigh_the_images_choose_the_kernels(w, n, out, stride, wide, wide_pull, narrow, narrow_pull,
                                                             monkeypatch):
    x = np.empty((n, *out, w[1])).transpose(0, 3, 1, 2)
    for is_wide, expected in [(True, (wide, wide_pull)), (False, (narrow, narrow_pull))]:
        monkeypatch.setattr(processor, "multiplies_wide", lambda is_wide=is_wide: is_wide)
        found = [_channels_last(w, out, (stride, stride), (1, 1), 1, x, gradient=g) for g in (False, True)]
        assert tuple(found) == expected
