"""mx.contrib.quantization: thresholds of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia.contrib import quantization


def test_thresholds():
    for hist, bins, threshold, divergence in (
        ([1, 2, 3, 4, 5, 4, 3, 2, 1], 3, 7 / 9, 0.007433943), ([0, 0, 1, 0, 10, 0, 0, 3, 0], 3, 7 / 9, 0),
        ([5, 1, 1, 1, 5, 1, 1, 1, 9], 5, 1.0, 2.2215376),
    ):
        found = nd.contrib.calibrate_entropy(nd.array(hist), nd.array(np.linspace(-1, 1, 10)), num_quantized_bins=bins)
        np.testing.assert_allclose([f.asscalar() for f in found], [threshold, divergence], rtol=1e-5, atol=1e-7)
    hist, edges = np.histogram(np.random.RandomState(0).randn(20000), bins=801, range=(-5, 5))
    found = nd.contrib.calibrate_entropy(nd.array(hist), nd.array(edges))
    np.testing.assert_allclose([f.asscalar() for f in found], [3.451935, 0.005682125], rtol=2e-4)
    assert quantization.optimal_threshold(np.zeros(9), np.linspace(-1, 1, 10), 3) == (1.0, np.inf)


def test_histograms_grow():
    first, second = np.linspace(-1, 1, 50), np.linspace(-2.2, 1.5, 30)
    counts, edges = np.histogram(first, 11, (-1, 1))
    old = (counts, edges, -1.0, 1.0, 1.0)
    same = quantization.combine_histogram(old, first / 2, -0.5, 0.5, 0.5)
    assert same[0].sum() == 100 and len(same[0]) == 11 and same[2:] == (-1.0, 1.0, 1.0)
    wider, edges, low, high, threshold = quantization.combine_histogram(old, second, -2.2, 1.5, 2.2)
    assert wider.sum() == 80 and len(edges) == len(wider) + 1 and (low, high) == (-2.2, 1.5) and threshold >= 2.2
    np.testing.assert_allclose(np.diff(edges), 2 / 11)


def test_refused():
    with pytest.raises(mx.MXNetError, match="expects the counts of an odd number of bins, 255 or more"):
        nd.contrib.calibrate_entropy(nd.ones((9,)), nd.ones((10,)))
    with pytest.raises(NotImplementedError, match="networks compute in floating point"):
        mx.contrib.quant.quantize_net  # noqa: B018
