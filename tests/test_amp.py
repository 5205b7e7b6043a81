"""Mixed precision under both doors' names: what computes in which dtype, close to float32, and loss scales."""

import importlib.util
import json
import sys

import numpy as np
import pytest

import luojia
from luojia import Tensor, amp, autograd, gluon, jit, nd, nn, ops
from luojia._src.errors import DTypeError, GraphError
from luojia.contrib import amp as mxamp

HALVES = ["float16", pytest.param("bfloat16", marks=pytest.mark.skipif(
    importlib.util.find_spec("ml_dtypes") is None, reason="bfloat16 needs the package ml_dtypes"))]
TOLERANCE = {"float16": 0.01, "bfloat16": 0.06}


class Net(nn.Cell):
    LAYERS = "conv norm relu pool flatten dense last"

    def __init__(self):
        super().__init__()
        luojia.set_seed(2)
        self.conv, self.norm, self.relu = nn.Conv2d(1, 4, 3, weight_init="normal"), nn.BatchNorm2d(4), nn.ReLU()
        self.pool, self.flatten = nn.MaxPool2d(2, 2), nn.Flatten()
        self.dense, self.last = nn.Dense(16, 3, weight_init="normal"), nn.LayerNorm((3,))
        self.matmul = ops.MatMul(transpose_b=True)

    def construct(self, x):
        self.seen = {}
        for name in self.LAYERS.split():
            x = getattr(self, name)(x)
            self.seen[name] = str(x.dtype)
        x = self.matmul(x, x)
        self.seen["matmul"] = str(x.dtype)
        return x


def data(rng, dtype="float32"):
    return Tensor(rng.standard_normal((8, 1, 4, 4)).astype(dtype))


def gradients(net, wrapped, x):
    weights = luojia.ParameterTuple(net.trainable_params())
    out, grads = ops.value_and_grad(lambda x: (wrapped(x) ** 2).mean(), None, weights)(x)
    return [out, *grads]


def assert_near(got, expected, tolerance):
    for a, b in zip(got, expected):
        a, b = a.asnumpy().astype(np.float64), b.asnumpy().astype(np.float64)
        assert np.abs(a - b).max() <= tolerance * max(np.abs(b).max(), 1.0)


# -- MindSpore's levels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("level", ["O1", "O2", "O3", "auto"])
def test_a_level_says_what_computes_in_half_precision(level, half, rng):
    plain, net = Net().set_train(), Net().set_train()
    x = data(rng)
    wrapped = amp.auto_mixed_precision(net, level, getattr(luojia, half))
    got = gradients(net, wrapped, x)
    low = {"float16": "Float16", "bfloat16": "BFloat16"}[half]
    expected = {
        # what MindSpore 2.8 shows for such a network
        "O1": dict.fromkeys([*Net.LAYERS.split(), "matmul"], "Float32"),
        "O2": dict.fromkeys([*Net.LAYERS.split(), "matmul"], low),
        "O3": dict.fromkeys([*Net.LAYERS.split(), "matmul"], low),
        "auto": {**dict.fromkeys([*Net.LAYERS.split(), "matmul"], "Float32"), "conv": low},
    }[level]
    assert net.seen == expected
    assert wrapped(x).dtype is luojia.float32
    assert {str(g.dtype) for g in got[1:]} == {"Float32"}  # the weights', which stay float32
    assert_near(got, gradients(plain, plain, x), TOLERANCE[half] * 4)
    assert any((a.asnumpy() != b.asnumpy()).any() for a, b in zip(got, gradients(plain, plain, x)))


def test_level_o0_is_the_network_itself():
    net = Net()
    assert amp.auto_mixed_precision(net, "O0") is net and net._luojia_plain


@pytest.mark.parametrize("half", HALVES)
def test_lists_of_ones_own(half, rng):
    net = nn.SequentialCell(nn.Dense(4, 4), nn.Tanh(), nn.Dense(4, 2), nn.ReLU())
    seen = []
    for cell in net:
        cell.register_forward_hook(lambda m, i, o: seen.append(str(o.dtype)))
    x, dtype = Tensor(rng.standard_normal((3, 4)).astype(np.float32)), getattr(luojia, half)
    low = str(dtype)
    amp.custom_mixed_precision(net, white_list=[nn.Tanh], dtype=dtype)(x)
    assert seen == ["Float32"] * 4 and net[1]._compute_dtype is dtype and net[0]._compute_dtype is None
    seen.clear()
    out = amp.custom_mixed_precision(net, black_list=[nn.Dense], dtype=dtype)(x)
    assert seen == [low] * 4 and net[0]._compute_dtype is luojia.float32 and out.dtype is luojia.float32
    assert amp.get_black_list() == [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm]
    assert {nn.Conv2d, nn.Dense, nn.LSTMCell, ops.MatMul, ops.ReLU} <= set(amp.get_white_list())


def test_what_a_cell_assigns_to_itself_in_half_precision_stays():
    class Counts(nn.Cell):
        def construct(self, x):
            self.calls = getattr(self, "calls", 0) + 1
            return x * 2

    net = Counts().to_float(luojia.float16)
    assert net(Tensor([1.0])).dtype is luojia.float16 and net(Tensor([1.0])).dtype is luojia.float16
    assert net.calls == 2


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: amp.custom_mixed_precision(3, white_list=[]), TypeError, "'network' must be a Cell"),
        (lambda: amp.custom_mixed_precision(Net()), ValueError, "one of white_list and black_list must be provided"),
        (lambda: amp.custom_mixed_precision(Net(), white_list=[], black_list=[]), ValueError, "at the same time"),
        (lambda: amp.custom_mixed_precision(Net(), white_list=[], dtype=luojia.float32), ValueError, "float16 or bfl"),
        (lambda: amp.StaticLossScaler(0), ValueError, "'scale_value' must be >= 1, but got 0"),
        (lambda: amp.StaticLossScaler("a"), TypeError, "'scale_value' must be a number"),
        (lambda: amp.DynamicLossScaler(2, 2, 0), ValueError, "'scale_window' must be int and must > 0"),
        (lambda: amp.DynamicLossScaler(2, 0.5, 1), TypeError, "'scale_factor' must be int"),
        (lambda: amp.build_train_network(Net(), nn.SGD(Net().trainable_params()), cast_model_type=luojia.int32),
         ValueError, "'cast_model_type' must be float16 or float32"),
    ],
)
def test_arguments_are_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("options, inner", [({"cast_model_type": luojia.float16}, "Float16"),
                                            ({"level": "O2", "cast_model_type": luojia.float32}, "Float32")])
def test_a_train_network_of_a_cast_model(options, inner, rng):
    net = Net()
    step = amp.build_train_network(net, nn.SGD(net.trainable_params(), 1e-3), nn.MSELoss(), **options,
                                   loss_scale_manager=amp.FixedLossScaleManager(8.0, False))
    x = data(rng)
    first = float(step(x, Tensor(np.zeros((8, 8), np.float32))))
    for _ in range(5):
        last = float(step(x, Tensor(np.zeros((8, 8), np.float32))))
    assert net.seen["conv"] == inner and last < first


# -- loss scales -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiled", [False, True])
def test_a_functional_step_with_a_dynamic_scale_skips_what_overflows(compiled, rng, assert_close):
    net = nn.Dense(3, 1, weight_init="ones").to_float(luojia.float16)
    scaler = amp.DynamicLossScaler(2**16, 2, 3)
    optimizer = nn.SGD(net.trainable_params(), 0.1)
    value_and_grad = ops.value_and_grad(lambda x: scaler.scale(net(x).astype(luojia.float32).mean()), None,
                                        optimizer.parameters)

    def step(x):
        loss, grads = value_and_grad(x)
        finite = amp.all_finite(grads)
        for p, g in zip(optimizer.parameters, scaler.unscale(grads)):
            p.set_data(ops.select(finite, p - 0.1 * g, p * 1.0))
        loss = scaler.unscale(loss)
        scaler.adjust(finite)
        return loss

    run = jit(step) if compiled else step
    x = Tensor(np.ones((2, 3), np.float32))
    scales = []
    for _ in range(5):
        run(x)
        scales.append(float(scaler.scale_value))
    # at 2^16 the gradient of the output overflows in float16
    assert scales[0] == 2**15 and net.weight.asnumpy().max() < 1.0
    assert scales[:4] == [2**15, 2**15, 2**15, 2**16] and scales[4] == 2**15
    assert_close(net.weight.asnumpy(), np.full((1, 3), 0.7, np.float32), dtype="float16")


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("mode", [luojia.PYNATIVE_MODE, luojia.GRAPH_MODE])
def test_a_step_with_a_loss_scale_trains_as_in_float32(mode, half, rng):
    x = Tensor(rng.standard_normal((16, 6)).astype(np.float32))
    y = Tensor(rng.standard_normal((16, 2)).astype(np.float32))

    def train(prepare, step_of):
        luojia.set_seed(7)
        net = nn.SequentialCell(nn.Dense(6, 8, weight_init="normal"), nn.Tanh(), nn.Dense(8, 2, weight_init="normal"))
        luojia.set_context(mode=mode)
        try:
            step = step_of(nn.WithLossCell(prepare(net), nn.MSELoss()), nn.Momentum(net.trainable_params(), 0.1, 0.9))
            found = [step(x, y) for _ in range(6)]
        finally:
            luojia.set_context(mode=luojia.PYNATIVE_MODE)
        return found, [p.asnumpy() for p in net.get_parameters()]

    def scaled(network, optimizer):
        return nn.TrainOneStepWithLossScaleCell(network, optimizer, nn.DynamicLossScaleUpdateCell(2**21, 4, 3))

    expected, weights = train(lambda net: net, nn.TrainOneStepCell)
    found, got = train(lambda net: amp.auto_mixed_precision(net, "O2", getattr(luojia, half)), scaled)
    overflows = [bool(overflow) for _, overflow, _ in found]
    if half == "bfloat16":  # whose range is that of float32
        assert not any(overflows)
        np.testing.assert_allclose([float(loss) for loss, _, _ in found], [float(e) for e in expected], rtol=0.02)
        for a, b in zip(got, weights):
            np.testing.assert_allclose(a, b, atol=0.01)
    else:
        assert overflows[0] and not overflows[3]  # the scale falls until it fits
        assert [float(s) for _, _, s in found][:2] == [2**21, 2**19]
        first = overflows.index(False)
        np.testing.assert_allclose([float(loss) for loss, _, _ in found[first : first + 3]],
                                   [float(e) for e in expected[:3]], rtol=0.02)
        assert float(found[0][0]) == pytest.approx(float(expected[0]), rel=0.01)


def test_scaling_keeps_the_dtype_of_what_is_scaled():
    scaler = amp.StaticLossScaler(4.0)
    assert scaler.scale(Tensor([2.0], luojia.float16)).dtype is luojia.float16
    assert scaler.unscale([Tensor([8.0])])[0].tolist() == [2.0]


# -- Gluon -------------------------------------------------------------------------------------------------------------


def gluon_net():
    luojia.random.seed(3)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Conv2D(3, 2, in_channels=1), gluon.nn.BatchNorm(in_channels=3), gluon.nn.Activation("relu"),
            gluon.nn.Dense(4, in_units=27, activation="tanh"), gluon.nn.LayerNorm(in_channels=4),
            gluon.nn.Dense(3, in_units=4))
    net.initialize(luojia.init.Xavier())
    return net


def trained(net, x, y, half=None, steps=4, **options):
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9, **options})
    losses = []
    for _ in range(steps):
        with autograd.record():
            loss = loss_fn(net(x).astype("float32"), y)
        loss.backward()
        trainer.step(len(x))
        losses.append(float(loss.mean().asscalar()))
    return losses


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("hybrid", [False, True])
def test_a_cast_block_trains_as_in_float32(half, hybrid, rng):
    x, y = nd.array(rng.standard_normal((6, 1, 4, 4))), nd.array([0, 1, 2, 0, 1, 2])
    expected = trained(gluon_net(), x, y)
    net = gluon_net()
    net.cast(half)
    if hybrid:
        net.hybridize()
    dtypes = {p.name.partition("_")[2]: np.dtype(p.dtype).name for p in net.collect_params().values()}
    assert dtypes["weight"] == half and dtypes["running_mean"] == "float32"
    losses = trained(net, x.astype(half), y, multi_precision=True)
    np.testing.assert_allclose(losses, expected, rtol=TOLERANCE[half])
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("half", HALVES)
def test_multi_precision_keeps_a_float32_copy(half):
    weight, grad = nd.ones((2,)).astype(half), nd.full((2,), 1e-4).astype(half)
    optimizer = luojia.optimizer.SGD(learning_rate=1.0, multi_precision=True)
    state = optimizer.create_state_multi_precision(0, weight)
    assert state[0] is None and state[1].dtype is np.float32
    for _ in range(60):
        optimizer.update_multi_precision(0, weight, grad, state)
    assert weight.dtype == nd.ones((1,)).astype(half).dtype and float(weight.astype("float32")[0]) < 1.0


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("hybrid", [False, True])
def test_amp_casts_by_operator(half, hybrid, rng):
    x, y = nd.array(rng.standard_normal((6, 1, 4, 4))), nd.array([0, 1, 2, 0, 1, 2])
    expected = trained(gluon_net(), x, y)
    with mxamp.enabled(half):
        net = gluon_net()
        if hybrid:
            net.hybridize()
        assert net(x).dtype == nd.ones((1,)).astype(half).dtype
        losses = trained(net, x, y)
        assert {np.dtype(p.dtype).name for p in net.collect_params().values()} == {"float32"}
    np.testing.assert_allclose(losses, expected, rtol=TOLERANCE[half])


def test_amp_decides_by_the_name_of_the_operator():
    low, full = nd.ones((2, 3)).astype("float16"), nd.ones((2, 3))

    def dtypes():
        return [a.dtype.__name__ for a in (
            nd.FullyConnected(full, full, num_hidden=2, no_bias=True), nd.exp(low), nd.softmax(low),
            nd.dot(low, full, transpose_b=True), nd.concat(low, low), nd.concat(low, full), nd.Activation(low, "relu"),
            nd.Activation(low, act_type="softrelu"), nd.relu(low), nd.argsort(nd.ones((2,), dtype="float64")))]

    with mxamp.enabled():
        assert dtypes() == ["float16", "float32", "float32", "float32", "float16", "float32", "float16", "float32",
                            "float16", "float32"]
        mxamp.init("bfloat16")  # changes nothing
        assert nd.FullyConnected(full, full, num_hidden=2, no_bias=True).dtype is np.float16
        graph = luojia.sym.concat(luojia.sym.exp(luojia.sym.var("a")), luojia.sym.var("b"))
        kinds = [n["op"] for n in json.loads(graph.tojson(remove_amp_cast=False))["nodes"]]
        assert kinds.count("amp_cast") == 1 or kinds.count("Cast") + kinds.count("cast") == 1
        assert "amp_multicast" in kinds
    assert nd.exp(low).dtype is np.float16


def scaled_step(net, trainer, x, unscale=False):
    with autograd.record():
        loss = (net(nd.array(x)) ** 2).sum()
        with mxamp.scale_loss(loss, trainer) as scaled:
            autograd.backward(scaled)
    if unscale:
        mxamp.unscale(trainer)
    gradient = net.w.grad().asnumpy()
    trainer.step(2)
    return gradient, net.w.data().asnumpy()


class Product(gluon.Block):
    def __init__(self):
        super().__init__()
        self.w = self.params.get("w", shape=(3,), init=luojia.init.One())

    def forward(self, x):
        return x * self.w.data()


def test_loss_scaling_of_a_trainer(assert_close):
    """The numbers are mxnet 1.9.1's."""
    net = Product()
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with pytest.raises(AssertionError, match="AMP not initialized"):
        mxamp.init_trainer(trainer)
    with mxamp.enabled():
        with pytest.raises(GraphError, match="call amp.init_trainer"), mxamp.scale_loss(nd.ones((1,)), trainer):
            pass
        with pytest.raises(TypeError, match="should be a Gluon Trainer"):
            mxamp.init_trainer(3)
        with pytest.raises(NotImplementedError, match="use a gluon Trainer"):
            mxamp.init_trainer(luojia.optimizer.SGD())
        mxamp.init_trainer(trainer)
    scaler = trainer._amp_loss_scaler
    gradient, w = scaled_step(net, trainer, [1, 2, 3.0])
    assert_close(gradient, np.float32([131072, 524288, 1179648]))
    assert_close(w, np.float32([0.9, 0.6, 0.1]))
    gradient, w = scaled_step(net, trainer, [1, 2, 3.0], unscale=True)
    assert_close(gradient, np.float32([1.8, 4.8, 1.8]))
    assert_close(w, np.float32([0.81, 0.36, 0.01]))
    assert (scaler._loss_scale, scaler._unskipped) == (65536, 2)
    gradient, w = scaled_step(net, trainer, [1e30, 1, 1])
    assert np.isinf(gradient[0])
    assert_close(w, np.float32([0.81, 0.36, 0.01]))  # left out
    assert (scaler._next_loss_scale, scaler._unskipped) == (32768, 0)
    _, w = scaled_step(net, trainer, [1, 2, 3.0])
    assert_close(w, np.float32([0.729, 0.216, 0.001]))
    scaler._unskipped = 1999
    scaled_step(net, trainer, [1, 2, 3.0])
    assert (scaler._loss_scale, scaler._next_loss_scale, scaler._unskipped) == (32768, 65536, 0)
    with mxamp.scale_loss([nd.ones((1,)), nd.ones((1,))], trainer) as several:
        assert [float(s.asnumpy()[0]) for s in several] == [65536.0, 65536.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mxamp.init("float32"), AssertionError, "only float16 or bfloat16"),
        (lambda: mxamp.list_lp16_ops("float32"), AssertionError, "only float16 or bfloat16"),
        (lambda: mxamp.init(fp32_ops=["nonsense"]), AttributeError, "nonsense"),
        (lambda: mxamp.nonsense, AttributeError, "has no attribute 'nonsense'"),
    ],
)
def test_amp_arguments_are_checked(call, error, message):
    with pytest.raises(error, match=message):
        call()
    assert mxamp._State.dtype is None


def test_amp_lists():
    assert mxamp.list_lp16_ops() == ["Convolution", "Deconvolution", "FullyConnected", "RNN"]
    assert "softmax" in mxamp.list_fp32_ops() and "dot" in mxamp.list_widest_type_cast()
    assert mxamp.list_conditional_fp32_ops()[0][0] == "Activation"
    assert "SoftmaxOutput" in mxamp.list_loss_output_functions()


# -- bfloat16 itself ---------------------------------------------------------------------------------------------------


def test_a_missing_package_is_named(monkeypatch):
    from luojia._src.core.dtypes import DType

    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(DTypeError, match="pip install ml_dtypes"):
        _ = DType("Test", "bfloat16").np
    DType._all.pop("Test")


bfloat16 = pytest.mark.skipif(importlib.util.find_spec("ml_dtypes") is None, reason="needs the package ml_dtypes")


@bfloat16
@pytest.mark.parametrize("call", [
    lambda x: ops.matmul(x, x.T), lambda x: ops.softmax(x), lambda x: x.sum(0) * 3, lambda x: ops.tanh(x) + 1.5,
    lambda x: ops.erf(x), lambda x: x / (x * x + 1), lambda x: ops.relu(x).mean(), lambda x: ops.softplus(x),
    lambda x: x.max(axis=1), lambda x: ops.gelu(x), lambda x: x**2,
    lambda x: ops.concat((x, x)), lambda x: x[1:] - x[:1], lambda x: ops.exp(x).astype(luojia.float32) * 2,
])
def test_operators_in_bfloat16_follow_float32(call, rng):
    array = rng.standard_normal((4, 3)).astype(np.float32)
    low, full = Tensor(array, luojia.bfloat16), Tensor(array)
    out = call(low)
    assert_near([out.astype(luojia.float32)], [call(full)], 0.03)
    got, expected = ops.grad(lambda x: call(x).sum())(low), ops.grad(lambda x: call(x).sum())(full)
    assert got.dtype is luojia.bfloat16
    assert_near([got.astype(luojia.float32)], [expected], 0.04)


@bfloat16
def test_second_order_in_bfloat16(rng):
    x = rng.standard_normal((3, 3)).astype(np.float32)
    second = ops.grad(ops.grad(lambda x: (ops.tanh(x) * x).sum()))
    got = second(Tensor(x, luojia.bfloat16))
    assert got.dtype is luojia.bfloat16
    assert_near([got.astype(luojia.float32)], [second(Tensor(x))], 0.05)


@bfloat16
def test_files_hold_bfloat16(tmp_path):
    """As bfloat16 they come back, and into networks of it as they were."""
    values = [[1.5, -2.25], [0.1, 1e30]]
    low = Tensor(values, luojia.bfloat16)
    net = nn.Dense(2, 2, weight_init=low, has_bias=False)
    net.weight.set_dtype(luojia.bfloat16)
    expected = low.astype(luojia.float32).asnumpy()
    for name, options in (("a.ckpt", {}), ("a.safetensors", {"format": "safetensors"})):
        luojia.save_checkpoint(net, str(tmp_path / name), **options)
        found = luojia.load_checkpoint(str(tmp_path / name), **options)
        assert found["weight"].dtype is luojia.bfloat16
        assert (found["weight"].astype(luojia.float32).asnumpy() == expected).all()
        net.weight.set_data(net.weight * 0)
        luojia.load_param_into_net(net, found)
        assert net.weight.dtype is luojia.bfloat16
        assert (net.weight.astype(luojia.float32).asnumpy() == expected).all()
    block = gluon.nn.Dense(2, in_units=2, use_bias=False)
    block.initialize()
    block.cast("bfloat16")
    block.weight.set_data(nd.array(values).astype("bfloat16"))
    block.save_parameters(str(tmp_path / "b.params"))
    block.weight.set_data(nd.zeros((2, 2)).astype("bfloat16"))
    block.load_parameters(str(tmp_path / "b.params"))
    assert block.weight.data().dtype == nd.ones((1,)).astype("bfloat16").dtype
    assert (block.weight.data().astype("float32").asnumpy() == expected).all()


@pytest.mark.parametrize("half", HALVES)
def test_recurrent_layers_cast_the_weights_that_they_hold_in_tuples(half, rng):
    net = nn.LSTM(3, 4, 2, bidirectional=True)
    x = Tensor(rng.standard_normal((5, 2, 3)).astype(np.float32))
    expected = net(x)[0]
    y, (h, c) = net.to_float(getattr(luojia, half))(x)
    assert {str(t.dtype) for t in (y, h, c)} == {str(getattr(luojia, half))}
    assert_near([y.astype(luojia.float32)], [expected], TOLERANCE[half])
    assert {p.dtype for p in net.get_parameters()} == {luojia.float32}


def test_what_subclasses_of_a_loss_scaler_use():
    scale = luojia.Tensor(4.0)
    scaled = amp._grad_scale_map(scale, (luojia.Tensor([1.0]), luojia.Tensor([2.0], luojia.float16)))
    assert [s.tolist() for s in scaled] == [[4.0], [8.0]] and scaled[1].dtype == luojia.float16
    assert [s.tolist() for s in amp._grad_unscale_map(scale, scaled)] == [[1.0], [2.0]]
