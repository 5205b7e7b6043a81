"""Channels last: as channels first, with the axes moved."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym
from tests.check import check_op

rng = np.random.default_rng(8)
LAYOUTS = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def last(a):
    return np.moveaxis(a, 1, -1)


@pytest.mark.parametrize("axes", [2, 3])  # MXNet has no such layout of one axis
@pytest.mark.parametrize("name", ["Convolution", "Deconvolution"])
def test_convolutions(name, axes):
    kernel, how = (2,) * axes, {"num_filter": 4, "num_group": 2, "stride": (2,) * axes, "no_bias": False}
    x, w, b = rng.normal(size=(2, 4, *(4,) * axes)), rng.normal(size=(4, 2, *kernel)), rng.normal(size=4)
    found = []
    for move, layout in ((np.asarray, None), (last, LAYOUTS[axes])):
        arrays = [nd.array(a) for a in (move(x), move(w), b)]
        for a in arrays:
            a.attach_grad()
        with mx.autograd.record():
            y = getattr(nd, name)(*arrays, layout=layout, kernel=kernel, **how)
            total = (y * y).sum()
        total.backward()
        found.append([y.asnumpy(), *[a.grad.asnumpy() for a in arrays]])
    for one, other in zip(*found):
        np.testing.assert_allclose(last(one) if one.ndim > 1 else one, other, rtol=1e-4, atol=1e-5)
    graph = getattr(sym, name)(sym.Variable("x"), name="c", layout=LAYOUTS[axes], kernel=kernel, **how)
    shapes, outputs, _ = graph.infer_shape(x=last(x).shape)
    assert shapes == [last(x).shape, last(w).shape, (4,)] and outputs == [found[1][0].shape]


def test_rules():
    x, w, b = rng.normal(size=(2, 4, 3, 2)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3)
    check_op("convolution", x, w, b, attrs={"layout": "NHWC", "pad": 1}, tolerance=4)
    check_op("deconvolution", x, rng.normal(size=(2, 2, 2, 3)), attrs={"layout": "NHWC"}, tolerance=4)
    for attrs in ({"pool_type": "max"}, {"pool_type": "avg", "pad": 1, "stride": 2}, {"pool_type": "lp"}):
        check_op("pooling", x, attrs={"layout": "NHWC", "kernel": (2, 2), **attrs}, tolerance=4)
    check_op("pooling", x, attrs={"layout": "NHWC", "global_pool": True}, ref=x.max((1, 2), keepdims=True))
