"""Convolutions, norms and ReLUs that a graph runs at once on NumPy, against the operators one by one."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.core.graph import CachedGraph
from luojia._src.core.op import OPERATORS
from luojia._src.core.profiling import Recording
from luojia._src.errors import ShapeError
from tests.core.test_chains import nodes

pytestmark = pytest.mark.numpy_engine

C = 3


def norm(data, name="bn", **attrs):
    return sym.BatchNorm(data, name=name, **{"fix_gamma": False, "eps": 0.1, **attrs})


def conv(data, name="conv", **attrs):
    return sym.Convolution(data, name=name, **{"num_filter": C, "kernel": (3, 3), "pad": (1, 1), **attrs})


def dense(data, name="fc", **attrs):
    return sym.FullyConnected(data, name=name, **{"num_hidden": 4, **attrs})


x = sym.var("data")
read_twice = conv(x)
GRAPHS = {
    "conv relu": (sym.relu(conv(x)), ["convolution_relu"]),
    "activation": (sym.Activation(conv(x, no_bias=True), act_type="relu"), ["convolution_relu"]),
    "conv norm": (norm(conv(x)) * 2, ["convolution_norm"]),
    "conv norm relu": (sym.relu(norm(conv(x, no_bias=True))), ["convolution_norm", "batch_norm_relu"]),
    "fixed gamma": (sym.relu(norm(conv(x), fix_gamma=True)), ["convolution_norm", "batch_norm_relu"]),
    "global statistics": (sym.relu(norm(conv(x), use_global_stats=True)), ["convolution_norm", "batch_norm_relu"]),
    "depthwise": (sym.relu(norm(conv(x, num_group=C))), ["convolution_norm", "batch_norm_relu"]),
    "pointwise": (sym.relu(norm(conv(x, kernel=(1, 1), pad=(0, 0)))), ["convolution_norm", "batch_norm_relu"]),
    "grouped": (sym.relu(norm(conv(x, kernel=(1, 1), pad=(0, 0), num_filter=2 * C, num_group=C))),
                ["convolution_norm", "batch_norm_relu"]),
    "strided": (sym.relu(conv(x, stride=(2, 1), dilate=(1, 2))), ["convolution_relu"]),
    "norm first": (conv(sym.relu(norm(x))), ["batch_norm_relu"]),
    "two": (sym.relu(norm(conv(sym.relu(norm(conv(x))), "conv2"), "bn2")),
            ["convolution_norm", "batch_norm_relu", "convolution_norm", "batch_norm_relu"]),
    "in a chain": (sym.relu(conv(x)) * 2 + 1, ["convolution_relu"]),
    "dense relu": (sym.relu(dense(x)), ["dense_relu"]),
    "dense layers": (sym.Activation(dense(sym.relu(dense(x)), "fc2", flatten=False, no_bias=True), act_type="relu"),
                     ["dense_relu", "dense_relu"]),
    "read again": (sym.relu(read_twice) + read_twice, []),
    "several outputs": (sym.relu(norm(x, output_mean_var=True)[0]), []),
    "another axis": (norm(conv(x, num_filter=4), axis=3), []),
}
every_graph = pytest.mark.parametrize("name", GRAPHS)


def run(name, dtype="float32", grouped=True, training=False, recorded=False, size=(2, C, 5, 4)):
    """[outputs, gradients, statistics], and the nodes that were recorded."""
    graph, expected = GRAPHS[name]
    plan = CachedGraph(graph)
    assert [g.op.name for g in plan._groups] == expected
    if not grouped:
        plan._groups, plan._places = [], []
    rng = np.random.default_rng(19)
    shapes, _, states = graph.infer_shape(data=(1, *size[1:]))
    shapes = dict(zip(plan.arguments, shapes)) | dict(zip(plan.auxiliary, states)) | {"data": size}
    inputs = [mx.nd.array(rng.uniform(-1, 1, shapes[n]) + ("var" in n), dtype=dtype) for n in plan.inputs]
    found = []
    for t, name in zip(inputs, plan.inputs):
        if "moving" not in name:
            t.attach_grad()
    for _ in range(3):  # the third time, of some graphs, by a program
        if not recorded:
            with mx.autograd.train_mode() if training else mx.autograd.predict_mode():
                out = plan(*inputs)[0]
            continue
        with mx.autograd.record(train_mode=training):
            out = plan(*inputs)[0]
        found = [n for n in dict.fromkeys(nodes(out)) if n != "select"]
        out.backward(mx.nd.array(np.random.default_rng(3).standard_normal(out.shape), dtype=dtype))
    return [out.asnumpy(), *[t.asnumpy() if t.grad is None else t.grad.asnumpy() for t in inputs]], found


@every_graph
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("mode", ["inference", "training", "recorded", "recorded inference"])
def test_groups_equal_the_operators(name, dtype, mode, assert_close):
    how = {"dtype": dtype, "training": "training" == mode or mode == "recorded", "recorded": "recorded" in mode}
    for got, expected in zip(run(name, **how)[0], run(name, grouped=False, **how)[0]):
        assert got.dtype == dtype
        assert_close(got, expected)


def test_what_is_recorded():
    assert run("conv norm relu", recorded=True, training=True)[1] == ["batch_norm_relu", "convolution"]
    assert run("conv norm relu", recorded=True)[1] == ["batch_norm_relu", "convolution"]
    assert run("conv norm relu", dtype="float16", recorded=True)[1] == ["relu", "batch_norm", "convolution"]


def second(plan, inputs):
    t = inputs[0]
    t.attach_grad()
    with mx.autograd.record():
        out = plan(*inputs)[0]
        (slope,) = mx.autograd.grad((out * out).sum(), [t], create_graph=True)
        (slope * slope).sum().backward()
    return t.grad.asnumpy()


@pytest.mark.parametrize("name", ["conv relu", "norm first", "two", "dense layers"])
def test_second_derivatives_equal_the_operators(name, assert_close):
    plan, plain = CachedGraph(GRAPHS[name][0]), CachedGraph(GRAPHS[name][0])
    plain._groups, plain._places = [], []
    rng = np.random.default_rng(5)
    shapes, _, states = GRAPHS[name][0].infer_shape(data=(2, C, 3, 4))
    shapes = dict(zip(plan.arguments, shapes)) | dict(zip(plan.auxiliary, states))
    inputs = [mx.nd.array(rng.uniform(0.1, 1, shapes[n]), dtype="float64") for n in plan.inputs]
    assert_close(second(plan, inputs), second(plain, inputs))


@pytest.mark.parametrize("name", ["conv relu", "conv norm relu", "pointwise", "depthwise", "dense layers"])
@pytest.mark.parametrize("size", [(0, C, 5, 4), (1, C, 7, 3), (3, C, 40, 70)], ids=str)
def test_sizes(name, size, assert_close):
    assert_close(run(name, size=size)[0][0], run(name, grouped=False, size=size)[0][0])


def test_a_monitor_sees_each_operator():
    plan = CachedGraph(GRAPHS["conv relu"][0])
    seen = []
    shapes = dict(zip(plan.arguments, GRAPHS["conv relu"][0].infer_shape(data=(1, C, 4, 4))[0]))
    plan(*[mx.nd.ones(shapes[n]) for n in plan.inputs], watch=lambda node, *_: seen.append(node.op.name))
    assert seen == ["convolution", "relu"]


# -- layers, without a graph -------------------------------------------------------------------------------------------


def gluon_layer(**how):
    layer = mx.gluon.nn.Dense(4, activation="relu", in_units=3, **how)
    layer.initialize(mx.init.Xavier())
    return layer, layer.act


def cell(**how):
    layer = mx.nn.Dense(3, 4, activation="relu", **how)
    return layer, layer.activation


def sequence(**how):
    net = mx.nn.SequentialCell(mx.nn.Dense(3, 4, **how), mx.nn.ReLU())
    return net, net[1]


LAYERS = {"Gluon's Dense": gluon_layer, "MindSpore's Dense": cell, "SequentialCell": sequence}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def recorded(net, x):
    """The result, its gradient by x, and the operators that were recorded."""
    x.attach_grad()
    with mx.autograd.record():
        out = net(x)
    found = nodes(out)
    out.backward()
    return out.asnumpy(), x.grad.asnumpy(), found


@every_layer
@pytest.mark.parametrize("how", [{}, {"no bias": True}])
def test_layers_rectify_at_once(make, how, rng, assert_close):
    net, _ = make(**how and ({"use_bias": False} if make is gluon_layer else {"has_bias": False}))
    x = rng.standard_normal((5, 3)).astype("float32")
    out, dx, operators = recorded(net, mx.nd.array(x))
    assert operators == ["dense_relu"]
    layer = net[0] if make is sequence else net
    w = layer.weight.data().asnumpy() if make is gluon_layer else layer.weight.asnumpy()
    b = 0 if how else layer.bias.data().asnumpy() if make is gluon_layer else layer.bias.asnumpy()
    y = x @ w.T + b
    assert_close(out, np.maximum(y, 0))
    assert_close(dx, (y > 0) @ w)


@every_layer
def test_what_watches_a_relu_sees_it(make, rng):
    net, relu = make()
    x = mx.nd.array(rng.standard_normal((5, 3)))
    seen = []
    relu.register_forward_hook(lambda block, given, out: seen.append((given[0].asnumpy(), out.asnumpy())))
    out, _, operators = recorded(net, x)
    [(before, after)] = seen
    assert (before < 0).any()
    np.testing.assert_array_equal(after, np.maximum(before, 0))
    np.testing.assert_array_equal(out, after)
    assert operators[-1] == "dense"
    net, _ = make()
    profile = Recording()
    profile.start()
    net(x)
    profile.stop()
    assert len([e for e in profile.events if e.category == "operator"]) == 2


@every_layer
def test_a_wrong_width_is_told_by_the_layer(make):
    net, _ = make()
    with pytest.raises(ShapeError, match="expects inputs of width 3"):
        net(mx.nd.ones((2, 5)))


CONVOLUTIONS = {
    "Conv2D": (lambda: mx.gluon.nn.Conv2D(4, (3, 2), strides=(2, 1), padding=1, groups=2, in_channels=2,
                                          activation="relu"), (2, 2, 5, 6)),
    "Conv1D": (lambda: mx.gluon.nn.Conv1D(4, 3, dilation=2, use_bias=False, in_channels=2, activation="relu"),
               (2, 2, 9)),
    "Conv3D": (lambda: mx.gluon.nn.Conv3D(2, 2, in_channels=2, activation="relu"), (2, 2, 4, 3, 5)),
    "Conv2d": (lambda: mx.nn.SequentialCell(mx.nn.Conv2d(2, 4, (3, 2), 2, "pad", (1, 0, 1, 0), has_bias=True),
                                            mx.nn.ReLU()), (2, 2, 5, 6)),
    "same": (lambda: mx.nn.SequentialCell(mx.nn.Conv2d(2, 4, 3, group=2), mx.nn.ReLU()), (2, 2, 5, 6)),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_rectify_at_once(name, rng, monkeypatch, assert_close):
    make, shape = CONVOLUTIONS[name]
    net = make()
    if isinstance(net, mx.gluon.Block):
        net.initialize(mx.init.Xavier())
    x = mx.nd.array(rng.standard_normal(shape))
    out, dx, operators = recorded(net, x)
    assert operators == ["convolution_relu"]
    assert (out == 0).any()
    monkeypatch.setattr(OPERATORS["convolution"], "rectified", None)
    expected, slope, operators = recorded(net, x)
    assert operators[-1] == "convolution"
    assert_close(out, expected)
    assert_close(dx, slope)


def stack(kind=mx.gluon.nn.HybridSequential, **how):
    net = kind()
    net.add(mx.gluon.nn.BatchNorm(**how), mx.gluon.nn.Activation("relu"))
    net.initialize()
    net(mx.nd.ones((1, C, C, C)))  # so that the shapes are known
    return net


def cells(layer=None, train=True):
    return mx.nn.SequentialCell(layer or mx.nn.BatchNorm2d(C), mx.nn.ReLU()).set_train(train)


NORMS = {
    "HybridSequential": (stack, (4, C, 3, 5)),
    "Sequential": (lambda: stack(mx.gluon.nn.Sequential), (4, C, 3, 5)),
    "by the last axis": (lambda: stack(axis=-1), (4, 5, 2, C)),
    "fixed gamma": (lambda: stack(scale=False, momentum=0.5), (4, C, 3, 5)),
    "global statistics": (lambda: stack(use_global_stats=True), (4, C, 3, 5)),
    "BatchNorm2d": (cells, (4, C, 3, 5)),
    "BatchNorm1d": (lambda: cells(mx.nn.BatchNorm1d(C, momentum=0.5)), (6, C)),
    "moving statistics": (lambda: cells(train=False), (4, C, 3, 5)),
}


def state_of(net):
    """Every parameter and, where it has one, its gradient."""
    if isinstance(net, mx.gluon.Block):
        parameters = net.collect_params().values()
        return [a.asnumpy() for p in parameters for a in [p.data(), *([p.grad()] if p.grad_req != "null" else [])]]
    return [p.asnumpy() for p in net.get_parameters()]


@pytest.mark.parametrize("name", NORMS)
def test_norms_rectify_at_once(name, rng, assert_close):
    make, shape = NORMS[name]
    x = rng.standard_normal(shape).astype("float32")
    once, apart = make(), make()
    apart[1].register_forward_hook(lambda *_: None)
    out, dx, operators = recorded(once, mx.nd.array(x))
    expected, slope, two = recorded(apart, mx.nd.array(x))
    assert "batch_norm_relu" in operators and "batch_norm" in two and len(two) == len(operators) + 1
    assert (out == 0).any() and (out > 0).any()
    assert_close(out, expected)
    assert_close(dx, slope)
    for found, wanted in zip(state_of(once), state_of(apart), strict=True):
        assert_close(found, wanted)
    assert_close(once(mx.nd.array(x)).asnumpy(), apart(mx.nd.array(x)).asnumpy())


@pytest.mark.parametrize("make", [stack, cells])
def test_rectified_norms_are_differentiated_twice(make, rng, assert_close):
    data = rng.standard_normal((4, C, 3, 5)).astype("float32")
    found = []
    for hook in (False, True):
        net, x = make(), mx.nd.array(data)
        if hook:
            net[1].register_forward_hook(lambda *_: None)
        x.attach_grad()
        with mx.autograd.record():
            y = (net(x) ** 3).sum()
            slope = mx.autograd.grad(y, [x], create_graph=True)[0]
            curved = (slope**2).sum()
        curved.backward()
        found.append(x.grad.asnumpy())
    assert np.abs(found[0]).max() > 0.1
    assert_close(*found)


@pytest.mark.parametrize("make", [stack, cells])
def test_norms_that_do_not_run_alone_do_not(make, rng, monkeypatch):
    def operators(net, x, dtype="float32"):
        return recorded(net, mx.nd.array(x, dtype=dtype))[2]

    x = rng.standard_normal((4, C, 3, 5)).astype("float32")
    net = make()
    net[0].register_forward_hook(lambda *_: None)
    assert "batch_norm_relu" not in operators(net, x)
    net = make()
    assert "batch_norm_relu" not in operators(net, x, "float16")  # beside weights of float32
    with pytest.raises(ShapeError, match=str(C)):
        net(mx.nd.ones((4, C + 1, 3, 5)))
    if make is stack:
        net[1].hybridize()
        assert "batch_norm_relu" not in operators(net, x)
        net = make()
        monkeypatch.setattr(mx.nd, "BatchNorm", lambda *a, **k: a[0] * 2)
        assert net(mx.nd.array([[[[-1.0]], [[2.0]], [[3.0]]]])).asnumpy().ravel().tolist() == [0.0, 4.0, 6.0]


def test_other_layouts_and_transposed_ones_do_not():
    for layer in (mx.gluon.nn.Conv2D(4, 3, layout="NHWC", activation="relu"),
                  mx.gluon.nn.Conv2DTranspose(4, 3, activation="relu")):
        layer.initialize()
        assert (layer(mx.nd.ones((1, 5, 5, 2))).asnumpy() >= 0).all()


def test_layers_of_ones_own_are_called():
    class Activation(mx.gluon.nn.Activation):
        def hybrid_forward(self, F, x):
            return x * 0 + 7

    class ReLU(mx.nn.ReLU):
        def construct(self, x):
            return x * 0 + 7

    class Dense(mx.nn.Dense):
        def construct(self, x):
            return super().construct(x) * 0 - 7

    net, _ = gluon_layer()
    net.act = Activation("relu")
    assert (net(mx.nd.ones((2, 3))).asnumpy() == 7).all()
    x = mx.Tensor(np.ones((2, 3), np.float32))
    assert (mx.nn.SequentialCell(mx.nn.Dense(3, 4), ReLU())(x).asnumpy() == 7).all()
    assert (mx.nn.Dense(3, 4, activation=ReLU())(x).asnumpy() == 7).all()
    assert (mx.nn.SequentialCell(Dense(3, 4), mx.nn.ReLU())(x).asnumpy() == 0).all()


def test_functions_in_the_place_of_operators_are_called(monkeypatch):
    net, _ = gluon_layer()
    with mx.contrib.amp.enabled():
        assert net(mx.nd.ones((2, 3))).dtype == np.float16
    monkeypatch.setattr(mx.nd, "Activation", lambda x, act_type, name: x - 100)
    assert (net(mx.nd.ones((2, 3))).asnumpy() < 0).all()
