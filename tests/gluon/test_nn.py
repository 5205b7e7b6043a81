"""Layers: values against plain NumPy, graphs named as mxnet 1.9.1 names them, printed forms."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.gluon import nn

RNG = np.random.RandomState(0)


def ready(layer, *shape):
    layer.initialize(mx.init.Normal(0.5))
    layer(nd.zeros(shape))
    for p in layer.collect_params().values():
        if p.name.endswith("bias"):
            p.set_data(RNG.randn(*p.shape))
    return layer


def values(layer):
    return {name: p.data().asnumpy().astype(np.float64) for name, p in layer._reg_params.items()}


def close(got, expected, rtol=1e-4, atol=1e-5):
    np.testing.assert_allclose(got.asnumpy() if hasattr(got, "asnumpy") else got, expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("flatten", [True, False])
def test_dense(flatten, hybridize):
    x = RNG.randn(3, 2, 4)
    layer = ready(nn.Dense(5, activation="tanh", flatten=flatten), *x.shape)
    layer.hybridize(hybridize)
    p = values(layer)
    rows = x.reshape(3, 8) if flatten else x
    close(layer(nd.array(x)), np.tanh(rows @ p["weight"].T + p["bias"]))
    plain = ready(nn.Dense(5, use_bias=False, flatten=flatten), *x.shape)
    close(plain(nd.array(x)), rows @ values(plain)["weight"].T)


def correlate(x, w, b, stride, pad, dilation, groups):
    """Convolution by loops over the output, for any number of dimensions."""
    dims = w.ndim - 2
    x = np.pad(x, [(0, 0), (0, 0)] + [(p, p) for p in pad])
    span = [d * (k - 1) + 1 for d, k in zip(dilation, w.shape[2:])]
    size = [(n - s) // t + 1 for n, s, t in zip(x.shape[2:], span, stride)]
    out = np.zeros((x.shape[0], w.shape[0], *size))
    each_in, each_out = w.shape[1], w.shape[0] // groups
    for where in np.ndindex(*size):
        window = tuple(slice(i * t, i * t + s, d) for i, t, s, d in zip(where, stride, span, dilation))
        for g in range(groups):
            part = x[(slice(None), slice(g * each_in, (g + 1) * each_in), *window)]
            kernel = w[g * each_out:(g + 1) * each_out]
            axes = (tuple(range(1, dims + 2)),) * 2
            out[(slice(None), slice(g * each_out, (g + 1) * each_out), *where)] = np.tensordot(part, kernel, axes)
    return out + b.reshape(1, -1, *[1] * dims)


CONVOLUTIONS = [
    (nn.Conv1D(4, 3, strides=2, padding=1), (2, 3, 7)),
    (nn.Conv2D(4, (3, 2), strides=(1, 2), padding=(1, 0)), (2, 3, 5, 6)),
    (nn.Conv2D(4, 3, padding=2, dilation=2, groups=2, in_channels=4), (2, 4, 5, 5)),
    (nn.Conv3D(2, 2), (1, 2, 3, 3, 3)),
]


@pytest.mark.parametrize("case", range(len(CONVOLUTIONS)))
def test_convolution(case):
    layer, shape = CONVOLUTIONS[case]
    x = RNG.randn(*shape)
    p, how = values(ready(layer, *shape)), layer._kwargs
    expected = correlate(x, p["weight"], p["bias"], how["stride"], how["pad"], how["dilate"], how["num_group"])
    close(layer(nd.array(x)), expected)


TRANSPOSED = [
    (nn.Conv1DTranspose(3, 3, strides=2, padding=1, output_padding=1, in_channels=2), (2, 2, 4)),
    (nn.Conv2DTranspose(3, 3, strides=2), (1, 2, 3, 4)),
    (nn.Conv3DTranspose(2, 2, in_channels=2), (1, 2, 2, 2, 2)),
]


@pytest.mark.parametrize("case", range(len(TRANSPOSED)))
def test_transposed_convolution_is_the_adjoint(case):
    """<conv(y), x> = <y, transposed(x)> for every y."""
    layer, shape = TRANSPOSED[case]
    x = RNG.randn(*shape)
    ready(layer, *shape)
    layer.bias.set_data(np.zeros(layer.bias.shape))
    p, how = values(layer), layer._kwargs
    out = layer(nd.array(x)).asnumpy()
    y = RNG.randn(*out.shape)
    back = correlate(y, p["weight"], np.zeros(p["weight"].shape[0]), how["stride"], how["pad"], how["dilate"], 1)
    close((back[tuple(slice(n) for n in shape)] * x).sum(), (out * y).sum())


def test_layouts_and_kernels_that_are_refused():
    with pytest.raises(NotImplementedError, match="Conv2D: layout 'CHWN' is not supported; use 'NCHW' or 'NHWC'"):
        nn.Conv2D(4, 3, layout="CHWN")
    with pytest.raises(NotImplementedError, match="MaxPool1D: layout 'NHWC' is not supported; use 'NCW'"):
        nn.MaxPool1D(layout="NHWC")
    for kind in (nn.Conv2D, nn.Conv2DTranspose):
        with pytest.raises(AssertionError, match="kernel_size must be a number or a list of 2"):
            kind(4, (3, 3, 3))


def windows(x, size, stride, reduce):
    out = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], size, stride)]
    y = np.zeros((*x.shape[:2], *out))
    for where in np.ndindex(*out):
        window = tuple(slice(i * s, i * s + k) for i, s, k in zip(where, stride, size))
        y[(slice(None), slice(None), *where)] = reduce(x[(slice(None), slice(None), *window)],
                                                        axis=tuple(range(2, x.ndim)))
    return y


@pytest.mark.parametrize("kind, reduce", [("Max", np.max), ("Avg", np.mean)])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_pooling(kind, reduce, dims):
    x = RNG.randn(2, 3, *(6, 5, 4)[:dims])
    layer = getattr(nn, f"{kind}Pool{dims}D")
    close(layer()(nd.array(x)), windows(x, (2,) * dims, (2,) * dims, reduce))
    close(layer(3, 1)(nd.array(x)), windows(x, (3,) * dims, (1,) * dims, reduce))
    everything = getattr(nn, f"Global{kind}Pool{dims}D")()
    close(everything(nd.array(x)), reduce(x, axis=tuple(range(2, dims + 2)), keepdims=True))
    ceil = layer(2, 2, ceil_mode=True)(nd.array(x))
    assert ceil.shape[2:] == tuple(-(-n // 2) for n in x.shape[2:])


def test_average_over_padding():
    x = nd.ones((1, 1, 4, 4))
    assert nn.AvgPool2D(2, 2, 1)(x).asnumpy()[0, 0, 0, 0] == 0.25
    assert nn.AvgPool2D(2, 2, 1, count_include_pad=False)(x).asnumpy()[0, 0, 0, 0] == 1


def normalized(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


@pytest.mark.parametrize("hybridize", [False, True])
def test_batch_norm(hybridize):
    x = RNG.randn(4, 3, 5) * 2 + 1
    layer = nn.BatchNorm(momentum=0.8)
    layer.initialize()
    layer.hybridize(hybridize)
    layer(nd.array(x))
    layer.gamma.set_data([1, 2, 3])
    layer.beta.set_data([0.5, 0, -1])
    scale, shift = np.array([1, 2, 3]).reshape(1, 3, 1), np.array([0.5, 0, -1]).reshape(1, 3, 1)
    close(layer(nd.array(x)), x / np.sqrt(1 + 1e-5) * scale + shift)
    with autograd.record():
        out = layer(nd.array(x))
    close(out, normalized(x, (0, 2)) * scale + shift)
    close(layer.running_mean.data(), np.zeros(3))
    out.backward()
    close(layer.running_mean.data(), 0.2 * x.mean((0, 2)))
    close(layer.running_var.data(), 0.8 + 0.2 * x.var((0, 2)))
    with autograd.record(train_mode=False):
        out = layer(nd.array(x))
    out.backward()
    close(layer.running_mean.data(), 0.2 * x.mean((0, 2)))


def test_batch_norm_options():
    x = RNG.randn(4, 3, 2)
    with autograd.record():
        layer = nn.BatchNorm(axis=2, scale=False, center=False)
        layer.initialize()
        close(layer(nd.array(x)), normalized(x, (0, 1)))
        assert layer.gamma.grad_req == layer.beta.grad_req == "null"
        layer = nn.BatchNorm(use_global_stats=True)
        layer.initialize()
        close(layer(nd.array(x)), x / np.sqrt(1 + 1e-5))
        layer = nn.BatchNormReLU()
        layer.initialize()
        close(layer(nd.array(x)), np.maximum(normalized(x, (0, 2)), 0))
    half = nn.BatchNorm(in_channels=3)
    half.cast("float16")
    assert half.gamma.dtype == "float32"
    with pytest.raises(NotImplementedError, match="SyncBatchNorm over 2 devices"):
        nn.SyncBatchNorm(num_devices=2)


def test_other_norms():
    x = RNG.randn(2, 4, 3)
    layer = ready(nn.LayerNorm(), *x.shape)
    close(layer(nd.array(x)), normalized(x, 2))
    layer = ready(nn.LayerNorm(axis=1), *x.shape)
    close(layer(nd.array(x)), normalized(x, 1))
    layer = ready(nn.InstanceNorm(), *x.shape)
    close(layer(nd.array(x)), normalized(x, 2))
    layer = ready(nn.InstanceNorm(axis=2), *x.shape)
    close(layer(nd.array(x)), normalized(x, 1))
    layer = ready(nn.GroupNorm(2), *x.shape)
    close(layer(nd.array(x)), normalized(x.reshape(2, 2, 6), 2).reshape(x.shape))


def test_activations():
    x = RNG.randn(2, 3, 4)
    sigmoid = 1 / (1 + np.exp(-x))
    from math import erf

    normal = np.vectorize(lambda v: 0.5 * (1 + erf(v / 2**0.5)))(x)
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    for layer, expected in (
        (nn.Activation("softsign"), x / (1 + abs(x))), (nn.Activation("softrelu"), np.log1p(np.exp(x))),
        (nn.LeakyReLU(0.1), np.where(x > 0, x, 0.1 * x)), (nn.ELU(0.5), np.where(x > 0, x, 0.5 * np.expm1(x))),
        (nn.SELU(), scale * np.where(x > 0, x, alpha * np.expm1(x))), (nn.GELU(), x * normal),
        (nn.Swish(), x * sigmoid),
        (nn.Swish(beta=2), x / (1 + np.exp(-2 * x))), (nn.PReLU(), np.where(x > 0, x, 0.25 * x)),
    ):
        layer.initialize()
        for active in (False, True):
            layer.hybridize(active)
            close(layer(nd.array(x)), expected)
    with pytest.raises(mx.MXNetError, match="foo"):
        nn.Activation("foo")(nd.ones((2,)))
    with pytest.raises(AssertionError, match="must be no less than 0"):
        nn.LeakyReLU(-1)


def test_dropout():
    x = nd.ones((100, 100))
    layer = nn.Dropout(0.25)
    assert (layer(x).asnumpy() == 1).all()
    with autograd.record():
        out = layer(x).asnumpy()
        shared = nn.Dropout(0.5, axes=(1,))(x).asnumpy()
        none = nn.Dropout(0)(x)
    close(np.unique(out), [0, 4 / 3])
    assert abs((out == 0).mean() - 0.25) < 0.02
    assert (shared == shared[:, :1]).all() and (none.asnumpy() == 1).all()


def test_embedding():
    layer = ready(nn.Embedding(5, 3), 2)
    weight = values(layer)["weight"]
    close(layer(nd.array([[0, 4], [2, 9]])), weight[[[0, 4], [2, 4]]])
    with autograd.record():
        out = layer(nd.array([1, 1, 3])).sum()
    out.backward()
    assert layer.weight.grad().asnumpy().sum(1).tolist() == [0, 6, 0, 3, 0]


def test_functions_as_layers():
    x = RNG.randn(2, 3)
    for layer in (nn.Lambda("tanh"), nn.Lambda(nd.tanh), nn.HybridLambda("tanh"),
                  nn.HybridLambda(lambda F, x: F.tanh(x))):
        close(layer(nd.array(x)), np.tanh(x))
    assert repr(nn.Lambda("tanh")) == "Lambda(tanh)" and repr(nn.Lambda(lambda x: x)) == "Lambda(<lambda>)"
    for kind in (nn.Lambda, nn.HybridLambda):
        with pytest.raises(AssertionError, match="Function name nope is not found in ndarray"):
            kind("nope")
        with pytest.raises(ValueError, match="Unrecognized function in lambda: 3 of type <class 'int'>"):
            kind(3)


def test_reflection_padding():
    x = RNG.randn(1, 2, 3, 4)
    close(nn.ReflectionPad2D(1)(nd.array(x)), np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect"))
    with pytest.raises(AssertionError, match="a number or eight"):
        nn.ReflectionPad2D((1, 1))


def test_flatten():
    assert nn.Flatten()(nd.ones((2, 3, 4))).shape == (2, 12)


NODES = [
    (nn.Conv2D(3, 3, prefix="c_"), [("Convolution", "c_fwd", {
        "dilate": "(1, 1)", "kernel": "(3, 3)", "layout": "NCHW", "no_bias": "False", "num_filter": "3",
        "num_group": "1", "pad": "(0, 0)", "stride": "(1, 1)"})]),
    (nn.Conv2DTranspose(3, 3, prefix="c_"), [("Deconvolution", "c_fwd", {
        "adj": "(0, 0)", "dilate": "(1, 1)", "kernel": "(3, 3)", "layout": "NCHW", "no_bias": "False",
        "num_filter": "3", "num_group": "1", "pad": "(0, 0)", "stride": "(1, 1)"})]),
    (nn.MaxPool2D(prefix="p_"), [("Pooling", "p_fwd", {
        "global_pool": "False", "kernel": "(2, 2)", "layout": "NCHW", "pad": "(0, 0)", "pool_type": "max",
        "pooling_convention": "valid", "stride": "(2, 2)"})]),
    (nn.BatchNorm(prefix="b_"), [("BatchNorm", "b_fwd", {
        "axis": "1", "eps": "1e-05", "fix_gamma": "False", "momentum": "0.9", "use_global_stats": "False"})]),
    (nn.Dropout(0.5, prefix="d_"), [("Dropout", "d_fwd", {"axes": "()", "cudnn_off": "False", "p": "0.5"})]),
    (nn.Dropout(0, prefix="d_"), [("_copy", "d_identity0", None)]),
    (nn.Flatten(prefix="f_"), [("Flatten", "f_flatten0", None)]),
    (nn.ELU(prefix="e_"), [("LeakyReLU", "e_leakyrelu0", {"act_type": "elu", "slope": "1.0"})]),
    (nn.PReLU(prefix="e_"), [("LeakyReLU", "e_fwd", {"act_type": "prelu"})]),
    (nn.Swish(prefix="s_"), [("_mul_scalar", "s__mulscalar0", {"scalar": "1.0"}), ("sigmoid", "s_fwd", None),
                             ("elemwise_mul", "s__mul0", None)]),
    (nn.Embedding(3, 4, prefix="e_"), [("Embedding", "e_fwd", {
        "dtype": "float32", "input_dim": "3", "output_dim": "4", "sparse_grad": "False"})]),
    (nn.LayerNorm(prefix="l_"), [("LayerNorm", "l_layernorm0", {"axis": "-1", "eps": "1e-05"})]),
    (nn.InstanceNorm(axis=2, prefix="i_"), [
        ("SwapAxis", "i_swapaxes0", {"dim1": "1", "dim2": "2"}), ("InstanceNorm", "i_fwd", {"eps": "1e-05"}),
        ("SwapAxis", "i_swapaxes1", {"dim1": "1", "dim2": "2"})]),
    (nn.HybridLambda("tanh", prefix="h_"), [("tanh", "h_tanh0", None)]),
]


@pytest.mark.parametrize("case", range(len(NODES)))
def test_graphs_are_those_of_mxnet(case):
    layer, expected = NODES[case]
    nodes = json.loads(layer(mx.sym.var("x")).tojson())["nodes"]
    assert [(n["op"], n["name"], n.get("attrs")) for n in nodes if n["op"] != "null"] == expected


PRINTED = {
    "Dense(5 -> 10, Activation(relu))": nn.Dense(10, in_units=5, activation="relu"),
    "Conv2D(3 -> 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), Activation(relu))":
        nn.Conv2D(8, 3, in_channels=3, strides=2, padding=1, dilation=2, activation="relu"),
    "Conv2D(2 -> 8, kernel_size=(3, 3), stride=(1, 1), groups=2, bias=False)":
        nn.Conv2D(8, 3, use_bias=False, groups=2, in_channels=4),
    "Conv1D(None -> 8, kernel_size=(3,), stride=(1,))": nn.Conv1D(8, 3),
    "Conv2DTranspose(8 -> 0, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))":
        nn.Conv2DTranspose(8, 3, strides=2, padding=1, output_padding=1),
    "BatchNorm(axis=1, eps=1e-05, momentum=0.9, fix_gamma=False, use_global_stats=False, in_channels=None)":
        nn.BatchNorm(),
    "BatchNorm(axis=1, eps=1e-05, momentum=0.9, fix_gamma=True, use_global_stats=False, in_channels=4)":
        nn.BatchNorm(in_channels=4, center=False, scale=False),
    "InstanceNorm(eps=1e-05, axis=1, center=True, scale=False, in_channels=4)": nn.InstanceNorm(in_channels=4),
    "LayerNorm(eps=1e-05, axis=-1, center=True, scale=True, in_channels=4)": nn.LayerNorm(in_channels=4),
    "GroupNorm(eps=1e-05, num_groups=2, center=True, scale=True)": nn.GroupNorm(2),
    "Embedding(10 -> 3, float32)": nn.Embedding(10, 3),
    "Dropout(p = 0.5, axes=(1,))": nn.Dropout(0.5, axes=(1,)),
    "MaxPool2D(size=(3, 3), stride=(2, 2), padding=(1, 1), ceil_mode=True, global_pool=False, pool_type=max, "
    "layout=NCHW)": nn.MaxPool2D(3, 2, 1, ceil_mode=True),
    "AvgPool1D(size=(2,), stride=(2,), padding=(0,), ceil_mode=False, global_pool=False, pool_type=avg, layout=NCW)":
        nn.AvgPool1D(),
    "GlobalAvgPool2D(size=(1, 1), stride=(1, 1), padding=(0, 0), ceil_mode=True, global_pool=True, pool_type=avg, "
    "layout=NCHW)": nn.GlobalAvgPool2D(),
    "ELU(\n\n)": nn.ELU(), "LeakyReLU(0.1)": nn.LeakyReLU(0.1), "Flatten": nn.Flatten(),
    "Activation(relu)": nn.Activation("relu"),
}


@pytest.mark.parametrize("text", PRINTED)
def test_repr(text):
    assert repr(PRINTED[text]) == text


def test_a_network_with_its_channels_last():
    def network(layout):
        net = nn.HybridSequential(prefix="")
        axis = layout.find("C")
        net.add(nn.Conv2D(4, 3, layout=layout, padding=1), nn.BatchNorm(axis=axis), nn.Activation("relu"),
                nn.MaxPool2D(layout=layout), nn.Conv2DTranspose(3, 2, layout=layout), nn.AvgPool2D(layout=layout),
                nn.GlobalAvgPool2D(layout=layout), nn.Flatten(), nn.Dense(2))
        net.initialize()
        return net

    x = RNG.rand(2, 3, 8, 8)
    one, other = network("NCHW"), network("NHWC")
    one(nd.array(x))
    other(nd.array(x.transpose(0, 2, 3, 1)))
    assert other[0].weight.shape == (4, 3, 3, 3) and other[4].weight.shape == (4, 2, 2, 3)
    assert repr(other[0]) == "Conv2D(3 -> 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
    for p, q in zip(one.collect_params().values(), other.collect_params().values()):
        q.set_data(p.data().transpose((0, 2, 3, 1)) if len(p.shape) == 4 else p.data())
    losses = []
    for net, data in ((one, x), (other, x.transpose(0, 2, 3, 1))):
        net.hybridize()
        trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
        for _ in range(2):
            with mx.autograd.record():
                loss = (net(nd.array(data)) ** 2).sum()
            loss.backward()
            trainer.step(1)
            losses.append(loss.asscalar())
    close(losses[:2], losses[2:], 1e-4)


# -- a layer called more than once before the backward pass ------------------------------------------------------------


class Twice(nn.HybridBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.bn = nn.BatchNorm(in_channels=1)

    def hybrid_forward(self, F, a, b):
        return self.bn(a) + 2 * self.bn(b) * self.bn(a)


NEAR, FAR = [[1.0], [3.0]], [[5.0], [9.0]]


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize(("heads", "mean", "var"), [
    ("sum", 0.83, 1.27), ("both", 0.83, 1.27), ("one", 0.7, 1.3), ("again", 1.5023, 1.4886999)])
def test_each_call_of_batch_norm_renews_the_statistics(hybrid, heads, mean, var):
    net = nn.BatchNorm()
    net.initialize()
    net.hybridize(hybrid)
    with autograd.record():
        x, y = net(nd.array(NEAR)), net(nd.array(FAR))
        z = (x + y).sum()
    if heads == "both":
        autograd.backward([x, y])
    elif heads == "one":
        y.backward()
    else:
        z.backward(retain_graph=heads == "again")
        if heads == "again":
            z.backward()
    found = [net.running_mean.data().asscalar(), net.running_var.data().asscalar()]
    np.testing.assert_allclose(found, [mean, var], rtol=1e-5)


@pytest.mark.parametrize("hybrid", [False, True])
def test_batch_norm_called_within_a_block_that_is_called_twice(hybrid):
    net = Twice()
    net.initialize()
    net.hybridize(hybrid)
    found = []
    for _ in range(3):
        a, b = nd.array(NEAR), nd.array(FAR)
        with autograd.record():
            z = (net(a, b) + net(b, a)).sum()
        z.backward()
        found.append([net.bn.running_mean.data().asscalar(), net.bn.running_var.data().asscalar()])
    np.testing.assert_allclose(found, [[2.046863, 1.665847], [3.13465, 2.019705], [3.712744, 2.20776]], rtol=1e-5)


def test_calls_that_a_backward_pass_does_not_reach_wait_for_theirs():
    net = nn.HybridSequential()
    net.add(nn.Dense(3, activation="tanh", in_units=3), nn.Dense(2, in_units=3))
    net.initialize(mx.init.One())
    net.hybridize()
    found = []
    for _ in range(2):
        with autograd.record():
            x, y = net(nd.ones((2, 3)) * 0.1), net(nd.ones((4, 3)) * 0.2)
        for head in (y, x):
            head.backward()
            found.append(net[1].weight.grad().asnumpy()[0, 0])
    np.testing.assert_allclose(found, [4 * np.tanh(0.6), 2 * np.tanh(0.3)] * 2, rtol=1e-5)
