"""mx.contrib.quantization: thresholds of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd
from luojia.contrib import calibration, quantization
from luojia.gluon import nn


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
    assert calibration.optimal_threshold(np.zeros(9), np.linspace(-1, 1, 10), 3) == (1.0, np.inf)


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
    for call, message in (
        (lambda: quantization.quantize_graph(None, {}, {}, calib_mode="x"), "unknown calibration mode x"),
        (lambda: quantization.quantize_graph(None, {}, {}, quantized_dtype="x"), "unknown quantized_dtype x"),
        (lambda: quantization.quantize_graph(None, {}, {}, ctx=[mx.cpu()]), "only supports single ctx"),
        (lambda: quantization.quantize_graph(None, {}, {}, excluded_sym_names="a"), "must be a list of strings"),
        (lambda: quantization.calib_graph(None, {}, {}, None, "none"), "please set calibration mode to naive"),
        (lambda: quantization.calib_graph(None, {}, {}, None, "naive"), "the collector has seen no arrays"),
        (lambda: quantization.quantize_graph(mx.sym.var("a"), {}, {}, calib_mode="customize"), "needs a LayerOutput"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


# -- networks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def net():
    made = nn.HybridSequential(prefix="n_")
    with made.name_scope():
        made.add(nn.Conv2D(4, 3, padding=1, activation="relu"), nn.BatchNorm(), nn.MaxPool2D(),
                 nn.Dense(3, use_bias=False))
    mx.random.seed(0)
    made.initialize(mx.init.Uniform(0.3))
    return made


@pytest.fixture
def data():
    return nd.array(np.random.RandomState(0).rand(8, 2, 8, 8))


def batches(data):
    return gluon.data.DataLoader(gluon.data.ArrayDataset(data, nd.zeros((8,))), 4)


def error(net, found, data):
    wanted = net(data).asnumpy()
    return np.abs(found(data).asnumpy() - wanted).max() / np.abs(wanted).max()


@pytest.mark.parametrize("options", [
    {"calib_mode": "naive"}, {"calib_mode": "naive", "quantized_dtype": "int8", "num_calib_examples": 4},
    {"calib_mode": "entropy"}, {"calib_mode": "none"}, {"calib_mode": "naive", "exclude_layers_match": ["dense"]},
    {"calib_mode": "naive", "exclude_operators": ["Convolution"]}, {"calib_mode": "naive", "iterator": True},
    {"calib_mode": "none", "data_shapes": [(1, 2, 8, 8)], "data": False},
])
def test_networks_in_integers(net, data, options, tmp_path):
    given = dict(options)
    source = mx.io.NDArrayIter(data, nd.zeros((8,)), 4) if given.pop("iterator", False) else batches(data)
    if given.pop("data", True):
        given["calib_data"] = source
    found = quantization.quantize_net(net, **given)
    assert 0 < error(net, found, data) < 0.08
    params = found.collect_params()
    conv = "exclude_operators" not in given
    dense = "exclude_layers_match" not in given
    assert ("n_conv0_weight_quantize" in params) is conv and ("n_conv0_weight" in params) is not conv
    assert ("n_dense0_weight_quantize" in params) is dense
    if conv:
        assert params["n_conv0_weight_quantize"].dtype == np.int8
    found.hybridize()
    found(data)
    found.export(str(tmp_path / "q"))
    again = gluon.SymbolBlock.imports(str(tmp_path / "q-symbol.json"), ["data"], str(tmp_path / "q-0000.params"))
    np.testing.assert_array_equal(again(data).asnumpy(), found(data).asnumpy())


def test_inputs_without_negative_values_are_unsigned(net, data):
    net(data)
    text = quantization.quantize_net(net, calib_data=batches(data), calib_mode="naive")._symbol.tojson()
    assert text.count('"uint8"') == 2  # the images, and what relu gave to the BatchNorm
    text = quantization.quantize_net(net, "int8", calib_data=batches(data), calib_mode="naive")._symbol.tojson()
    assert "uint8" not in text


def test_symbols_in_integers(data):
    out = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
    r = np.random.RandomState(1)
    params = {"fc_weight": nd.array(r.randn(3, 128)), "fc_bias": nd.array(r.randn(3))}
    found, args, aux = quantization.quantize_model(out, params, {}, calib_mode="naive", label_names=None,
                                                   calib_data=mx.io.NDArrayIter(data, batch_size=4))
    assert found.list_arguments() == ["data", *[f"fc_{n}_quantize" for n in ("weight", "bias")], *[
        f"fc_{n}_quantize_{end}" for n in ("weight", "bias") for end in ("min", "max")]]
    wanted = out.eval(data=data, **params)[0].asnumpy()
    np.testing.assert_allclose(found.eval(data=data, **args)[0].asnumpy(), wanted, atol=0.02 * np.abs(wanted).max())
    assert aux == {} and args["fc_bias_quantize"].dtype == np.int8


def test_networks_that_cannot_be(net, data):
    out, it = mx.sym.var("data") * 2, mx.io.NDArrayIter(data, batch_size=4)
    for options, message in (
        ({"calib_mode": "naive"}, "calib_data must be provided when calib_mode=naive"),
        ({"calib_mode": "naive", "calib_data": 3}, "calib_data must be of DataIter type .* <class 'int'>"),
        ({"calib_mode": "other"}, "unknown calibration mode other received"),
        ({"calib_mode": "none", "quantized_dtype": "int4"}, "unknown quantized_dtype int4 received"),
        ({"calib_mode": "none", "excluded_sym_names": "x"}, "excluded_sym_names must be a list of strings"),
        ({"calib_data": it, "ctx": [mx.cpu()]}, "currently only supports single ctx"),
    ):
        with pytest.raises(ValueError, match=message):
            quantization.quantize_model(out, {}, {}, **options)
    with pytest.raises(ValueError, match="data_shapes required"):
        quantization.quantize_net(net)
    with pytest.raises(ValueError, match="calib_data must be provided when calib_mode=naive"):
        quantization.quantize_net(net, calib_mode="naive", data_shapes=[(1, 2, 8, 8)])


# -- in steps ----------------------------------------------------------------------------------------------------------


def graph_of_two_layers():
    rng = np.random.RandomState(0)
    convolved = mx.sym.Convolution(mx.sym.var("data"), kernel=(3, 3), num_filter=4, name="conv")
    net = mx.sym.FullyConnected(mx.sym.Activation(convolved, act_type="relu", name="relu"), num_hidden=3, name="fc")
    shapes = {"conv_weight": (4, 3, 3, 3), "conv_bias": (4,), "fc_weight": (3, 64), "fc_bias": (3,)}
    params = {name: nd.array(rng.randn(*shape)) for name, shape in shapes.items()}
    return net, params, nd.array(rng.randn(2, 3, 6, 6))


@pytest.mark.parametrize("mode", ["naive", "entropy", "customize"])
@pytest.mark.parametrize("dtype", ["int8", "auto"])
def test_a_graph_is_calibrated_in_steps(mode, dtype):
    net, params, x = graph_of_two_layers()

    class Collector:
        def __init__(self):
            self.min_max_dict = {}

        def collect(self, name, arr):
            self.min_max_dict[name.decode()] = float(arr.asnumpy().min()), float(arr.asnumpy().max())

    mine = Collector() if mode == "customize" else None
    quantized, arrays, aux, collector = quantization.quantize_graph(net, params, {}, mx.cpu(), calib_mode=mode,
                                                                    quantized_dtype=dtype, LayerOutputCollector=mine)
    run = net.bind(mx.cpu(), {**params, "data": x})
    run.set_monitor_callback(collector.collect, monitor_all=True)
    expected = run.forward()[0].asnumpy()
    calibrated, arrays, aux = quantization.calib_graph(quantized, arrays, aux, collector, mode, dtype)
    ranges = collector.min_max_dict
    assert mode == "customize" or sorted(ranges) == ["data", "relu_output"]
    if mode == "naive":
        assert ranges["data"] == (float(x.asnumpy().min()), float(x.asnumpy().max())) and ranges["relu_output"][0] == 0
    assert calibrated.list_arguments() == quantized.list_arguments() and '"uint8"' not in quantized.tojson()
    assert ('"uint8"' in calibrated.tojson()) == (dtype == "auto")
    assert calibrated.tojson().count("max_calib_range") == 2 and "max_calib_range" not in quantized.tojson()
    found = calibrated.eval(data=x, **arrays)[0].asnumpy()
    assert np.abs(found - expected).max() < (0.15 if mode == "entropy" else 0.06) * np.abs(expected).max()
    if mode != "customize":
        whole = quantization.quantize_model(net, params, {}, label_names=None, calib_mode=mode, quantized_dtype=dtype,
                                            calib_data=mx.io.NDArrayIter(x, batch_size=2))
        np.testing.assert_array_equal(whole[0].eval(data=x, **whole[1])[0].asnumpy(), found)


def test_a_graph_without_calibration():
    net, params, x = graph_of_two_layers()
    quantized, arrays, _, collector = quantization.quantize_graph(net, params, {}, excluded_sym_names=["conv"],
                                                                  calib_mode="none")
    assert collector is None and sorted(arrays) == [
        "conv_bias", "conv_weight", "fc_bias_quantize", "fc_bias_quantize_max", "fc_bias_quantize_min",
        "fc_weight_quantize", "fc_weight_quantize_max", "fc_weight_quantize_min"]
    found, expected = quantized.eval(data=x, **arrays)[0].asnumpy(), net.eval(data=x, **params)[0].asnumpy()
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
