import numpy as np
import pytest

from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.ops.rnn import GATES, pack, parameter_size
from tests.check import check_op

RNN = OPERATORS["rnn"]
KEY = np.array([3, 4], np.uint32)
PLAIN = {"second": False, "tolerance": 4, "xla": False}  # on XLA a loop compiles long; test_rnn has it
rng = np.random.default_rng(5)
START = rng.bit_generator.state


@pytest.fixture(autouse=True)
def same_numbers():
    """Each test draws the same numbers, alone or after others."""
    rng.bit_generator.state = START


def arguments(mode, layers, bidirectional, steps=2, batch=2, width=2, size=2, projection=None):
    """Key, data, parameters and states."""
    count = parameter_size(width, mode=mode, state_size=size, num_layers=layers, bidirectional=bidirectional,
                           projection_size=projection)
    state = (layers * (2 if bidirectional else 1), batch, size)
    arrays = [KEY, rng.normal(size=(steps, batch, width)), rng.normal(size=count) * 0.7,
              rng.normal(size=(*state[:2], projection or size))]
    return [*arrays, rng.normal(size=state)] if mode == "lstm" else arrays


@pytest.mark.parametrize("mode", GATES)
def test_rnn(mode):
    attrs = {"mode": mode, "state_size": 2}
    check_op("rnn", *arguments(mode, 1, False), attrs=attrs | {"state_outputs": True}, tolerance=4)
    check_op("rnn", *arguments(mode, 2, True), attrs=attrs | {"num_layers": 2, "bidirectional": True}, second=False,
             tolerance=4)


def test_dropout_between_layers():
    attrs = {"mode": "gru", "state_size": 2, "num_layers": 2, "p": 0.5}
    arrays = arguments("gru", 2, False, batch=3)
    check_op("rnn", *arrays, attrs=attrs | {"training": True}, tolerance=4)
    tensors = [KEY, *map(Tensor, arrays[1:])]
    dropped, whole = RNN(*tensors, **attrs, training=True).asnumpy(), RNN(*tensors, **attrs).asnumpy()
    assert (dropped != whole).any()


# Outputs of mxnet 1.9.1 for two layers in both directions, on sines and cosines.
MXNET = {
    "lstm": [
        [0.003612, -0.693391, 0.337209, 0.121544, 0.001769, -0.714914, 0.322152, 0.134706, -0.037689, -0.675547,
         0.272735, 0.10857, -0.058375, -0.667784, 0.300537, 0.107544, -0.179514, -0.599235, -0.022806, 0.107982,
         -0.086391, -0.700892, 0.115746, 0.08633],
        [0.006921, -0.182825, 0.017379, -0.310643, 0.091031, 0.167995, -0.055288, 0.156311, -0.179514, -0.599235,
         -0.086391, -0.700892, 0.337209, 0.121544, 0.322152, 0.134706],
        [0.013219, -0.581112, 0.247663, -0.605798, 0.119815, 0.450323, -0.064441, 0.39034, -0.496921, -1.62478,
         -0.310677, -1.58632, 0.52855, 0.377886, 0.541462, 0.351797],
    ],
    "gru": [
        [-0.863084, -0.873159, -0.587096, -0.973216, -0.968818, -0.97561, -0.658829, -0.929493, -0.936608, -0.771846,
         -0.65697, -0.945653, -0.978395, -0.94217, -0.611912, -0.868718, -0.963176, -0.765587, -0.693765, -0.914744,
         -0.988933, -0.857713, -0.542431, -0.696966],
        [-0.831493, 0.542164, -0.101885, 0.943373, -0.771615, -0.128617, -0.863856, -0.206159, -0.963176, -0.765587,
         -0.988933, -0.857713, -0.587096, -0.973216, -0.658829, -0.929493],
    ],
    "rnn_tanh": [
        [-0.409375, -0.122067, -0.950923, -0.953924, -0.798426, 0.194088, -0.961472, -0.963034, 0.967371, -0.741347,
         -0.031555, -0.999472, 0.785283, 0.155837, -0.709103, -0.896871, -0.76083, 0.991966, -0.971631, -0.719552,
         0.989677, 0.389071, 0.470009, -0.996155],
        [0.699718, -0.953436, -0.965148, -0.352024, 0.805831, -0.710111, 0.528895, -0.694287, -0.76083, 0.991966,
         0.989677, 0.389071, -0.950923, -0.953924, -0.961472, -0.963034],
    ],
}


@pytest.mark.parametrize("mode", MXNET)
def test_rnn_is_mxnets(mode):
    count = parameter_size(2, mode=mode, state_size=2, num_layers=2, bidirectional=True)
    x = nd.array(np.sin(np.arange(12)).reshape(3, 2, 2))
    h = nd.array(np.cos(np.arange(16) * 0.3).reshape(4, 2, 2))
    arrays = [x, nd.array(np.cos(np.arange(count))), h] + ([h * 0.5] if mode == "lstm" else [])
    for recording in (False, True):
        for a in arrays:
            a.attach_grad()
        with recording_scope(recording):
            outs = nd.RNN(*arrays, state_size=2, num_layers=2, bidirectional=True, mode=mode, state_outputs=True)
        for out, expected in zip(outs, MXNET[mode], strict=True):
            np.testing.assert_allclose(out.asnumpy().ravel(), expected, rtol=1e-4, atol=2e-6)


def test_packing():
    wx, wh, bx, bh = (Tensor(rng.normal(size=s)) for s in ((8, 3), (8, 2), (8,), (8,)))
    packed = pack([wx, wh, bx, bh])
    assert packed.shape == (parameter_size(3, mode="lstm", state_size=2, num_layers=1),)
    x, h, c = (Tensor(rng.normal(size=s)) for s in ((1, 1, 3), (1, 1, 2), (1, 1, 2)))
    y = RNN(KEY, x, packed, h, c, mode="lstm", state_size=2).asnumpy()[0, 0]
    a = wx.asnumpy() @ x.asnumpy()[0, 0] + wh.asnumpy() @ h.asnumpy()[0, 0] + bx.asnumpy() + bh.asnumpy()
    i, f, o = (1 / (1 + np.exp(-a[k : k + 2])) for k in (0, 2, 6))
    np.testing.assert_allclose(y, o * np.tanh(f * c.asnumpy()[0, 0] + i * np.tanh(a[4:6])))


def test_completion_of_parameters_and_states():
    shapes = RNN.complete_rule([(2,), (5, 3, 4), None, None, None, None], None, mode="lstm", state_size=2, num_layers=2)
    assert shapes[2:5] == [(parameter_size(4, mode="lstm", state_size=2, num_layers=2),), (2, 3, 2), (2, 3, 2)]


def test_empty_batch_and_strided_data():
    key, x, params, h = arguments("gru", 1, False, steps=3)
    assert RNN(key, Tensor(x[:, :0]), Tensor(params), Tensor(h[:, :0]), mode="gru", state_size=2).shape == (3, 0, 2)
    turned = np.ascontiguousarray(x.transpose(1, 0, 2)).transpose(1, 0, 2)
    results = []
    for data in (x, turned):
        t = Tensor(data)
        t.attach_grad()
        with recording_scope(True):
            y = RNN(key, t, Tensor(params), Tensor(h), mode="gru", state_size=2)
        y.backward()
        results.append(t.grad.asnumpy())
    np.testing.assert_allclose(*results)


@pytest.mark.parametrize("changes, error, text", [
    ({"mode": "nope"}, ArgumentError, "mode must be one of"),
    ({"use_sequence_length": True}, ArgumentError, "with use_sequence_length=True; got no lengths"),
    ({"projection_size": 3}, ArgumentError, "projection_size is for mode 'lstm', got mode 'gru'"),
    ({"state_size": 3}, ShapeError, "expects state of shape"),
    ({"mode": "lstm"}, ArgumentError, "needs state_cell"),
    ({"mode": "rnn_tanh"}, ShapeError, "expects parameters of shape"),
])
def test_errors(changes, error, text):
    key, *arrays = arguments("gru", 1, False)
    with pytest.raises(error, match=text):
        RNN(key, *map(Tensor, arrays), **{"mode": "gru", "state_size": 2} | changes)


def test_data_of_two_axes_is_refused():
    key, x, *rest = arguments("gru", 1, False)
    with pytest.raises(ShapeError, match=r"expects data \(time, batch, width\)"):
        RNN(key, Tensor(x[0]), *map(Tensor, rest), mode="gru", state_size=2)


@pytest.mark.parametrize("mode", ["lstm", "gru", "rnn_tanh"])
def test_weights_have_the_same_gradient_where_the_input_needs_none(mode):
    import luojia as mx

    rng = np.random.default_rng(4)
    size = parameter_size(3, mode=mode, state_size=2, num_layers=2, bidirectional=True)
    x, p = mx.nd.array(rng.normal(size=(4, 2, 3))), mx.nd.array(rng.normal(size=size))
    states = [mx.nd.zeros((4, 2, 2))] * (2 if mode == "lstm" else 1)
    p.attach_grad()
    found = []
    for wanted in (False, True):
        if wanted:
            x.attach_grad()
        with mx.autograd.record():
            y = mx.nd.RNN(x, p, *states, state_size=2, num_layers=2, bidirectional=True, mode=mode)
        y.backward()
        found.append(p.grad.asnumpy())
    np.testing.assert_array_equal(*found)
    assert np.abs(x.grad.asnumpy()).max() > 0


# Outputs of mxnet 1.9.1 with projections to 1 of 2, on sines: layers, directions -> y, h, c.
PROJECTED = {
    (1, 1): [[0.081, 0.3182, 0.0276, 0.4246, 0.3626, 0.3333, 0.458, 0.2862], [0.458, 0.2862],
             [-0.4661, -0.9508, -0.7994, -0.2005]],
    (2, 2): [[0.0789, 0.207, 0.1376, 0.1915, 0.1239, 0.1872, 0.1544, 0.1496, 0.1535, 0.1815, 0.1505, 0.0861, 0.1636,
              0.1542, 0.15, 0.0212],
             [0.2057, 0.2395, 0.248, 0.4042, 0.1636, 0.15, 0.207, 0.1915],
             [-0.0464, -0.7978, -0.2686, -0.3556, -0.9371, 0.3893, -0.4269, -0.5641, 0.3339, 0.5795, 0.3591, 0.6311,
              0.2957, -0.5804, 0.4038, -0.4383]],
}


@pytest.mark.parametrize("layers, directions", PROJECTED)
def test_projections_are_mxnets(layers, directions):
    def sines(*shape):
        return nd.array(np.sin(np.arange(np.prod(shape)) * 1.3).reshape(shape) * 0.8)

    count = parameter_size(3, mode="lstm", state_size=2, num_layers=layers, bidirectional=directions == 2,
                           projection_size=1)
    depth = layers * directions
    outs = nd.RNN(sines(4, 2, 3), sines(count), sines(depth, 2, 1) * 0.5, sines(depth, 2, 2) * 0.3, state_size=2,
                  num_layers=layers, mode="lstm", state_outputs=True, projection_size=1, bidirectional=directions == 2)
    for out, expected in zip(outs, PROJECTED[layers, directions], strict=True):
        np.testing.assert_allclose(out.asnumpy().ravel(), expected, atol=6e-5)


def test_projection_and_clipped_cells():
    attrs = {"mode": "lstm", "state_size": 2, "state_outputs": True}
    arrays = arguments("lstm", 1, True, projection=1)
    check_op("rnn", *arrays, attrs=attrs | {"projection_size": 1, "bidirectional": True}, **PLAIN)
    arrays = arguments("lstm", 1, False)
    check_op("rnn", *arrays, attrs=attrs | {"clip_min": -0.05, "clip_max": 0.04}, **PLAIN)
    cells = RNN(KEY, *map(Tensor, arrays[1:]), **attrs, clip_min=-0.05, clip_max=0.04)[2].asnumpy()
    assert cells.min() == -0.05 and cells.max() == 0.04


@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_lengths_are_those_of_each_sequence_alone(mode):
    arrays = arguments(mode, 2, True, steps=4, batch=3)
    attrs = {"mode": mode, "state_size": 2, "num_layers": 2, "bidirectional": True, "state_outputs": True}
    lengths = np.array([2.0, 4.0, 1.0])
    states = [None] * (mode != "lstm")
    together = RNN(*map(Tensor, arrays), *states, Tensor(lengths), **attrs, use_sequence_length=True)
    for i, n in enumerate([2, 4, 1]):
        key, x, params, *given = arrays
        alone = RNN(key, Tensor(x[:n, i : i + 1]), Tensor(params), *[Tensor(s[:, i : i + 1]) for s in given], **attrs)
        np.testing.assert_allclose(together[0].asnumpy()[:n, i], alone[0].asnumpy()[:, 0], rtol=1e-6)
        assert not together[0].asnumpy()[n:, i].any()
        for a, b in zip(together[1:], alone[1:]):
            np.testing.assert_allclose(a.asnumpy()[:, i], b.asnumpy()[:, 0], rtol=1e-6)


def test_gradients_stop_at_the_lengths():
    arrays = arguments("gru", 1, False, steps=3)
    check_op("rnn", *arrays, None, np.array([1.5, 0.5]), **PLAIN,
             attrs={"mode": "gru", "state_size": 2, "state_outputs": True, "use_sequence_length": True})
    x, rest = Tensor(arrays[1]), [Tensor(a) for a in arrays[2:]]
    x.attach_grad()
    with recording_scope(True):  # the lengths as the fourth array, as mxnet's graphs have them
        y = RNN(KEY, x, *rest, Tensor(np.array([2.0, 1.0])), mode="gru", state_size=2, use_sequence_length=True)
    y.backward()
    found = np.abs(x.grad.asnumpy()).max(2)
    assert (found > 0).tolist() == [[True, True], [True, False], [False, False]]
