"""Optimizers under MXNet's names: three updates each, against the numbers of mxnet 1.9.1."""

import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import nd

W = np.array([1.0, -0.5, 2.0], np.float32)
G = np.array([[0.1, -0.2, 0.3], [-0.3, 0.1, 0.2], [0.05, 0.4, -0.6]], np.float32)

CASES = [
    ("sgd", {}, [1.0015, -0.503, 2.001]),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.1}, [0.969358, -0.477647, 1.8308]),
    ("sgd", {"learning_rate": 0.1, "rescale_grad": 0.5, "clip_gradient": 0.1}, [1.0025, -0.505, 1.99]),
    ("nag", {"learning_rate": 0.1, "momentum": 0.9}, [1.03741, -0.53432, 1.95663]),
    ("nag", {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.1}, [0.958638, -0.497252, 1.80458]),
    ("signum", {"learning_rate": 0.1, "wd_lh": 0.01, "wd": 0.1}, [0.897103, -0.398801, 1.69431]),
    ("signum", {"momentum": 0.0}, [0.99, -0.51, 1.99]),
    ("dcasgd", {"learning_rate": 0.1, "wd": 0.1}, [0.985205, -0.515445, 1.95146]),
    ("lars", {"learning_rate": 0.1, "momentum": 0.9, "eta": 0.1, "wd": 0.01}, [1.01251, -0.490199, 1.94358]),
    ("adam", {}, [0.999772, -0.499191, 1.99819]),
    ("adam", {"learning_rate": 0.1, "wd": 0.1, "epsilon": 0.01}, [0.95168, -0.45084, 1.8522]),
    ("adamax", {"wd": 0.1}, [0.997621, -0.49767, 1.99567]),
    ("nadam", {}, [0.999787, -0.500327, 1.99923]),
    ("ftml", {"learning_rate": 0.1}, [0.970034, -0.516648, 1.92669]),
    ("lamb", {"learning_rate": 0.1, "wd": 0.1}, [1.01417, -0.503646, 1.66496]),
    ("lamb", {"learning_rate": 0.1, "bias_correction": False, "lower_bound": 0.1, "upper_bound": 1.0},
     [1.03601, -0.500348, 1.88462]),
    ("rmsprop", {"learning_rate": 0.1}, [0.933043, -0.613072, 1.77904]),
    ("rmsprop", {"learning_rate": 0.1, "centered": True, "gamma1": 0.8, "gamma2": 0.7}, [0.796129, -0.357284, 1.37454]),
    ("rmsprop", {"learning_rate": 0.5, "clip_weights": 1.0}, [0.665214, -1.0, 0.89519]),
    ("adagrad", {"learning_rate": 0.1, "wd": 0.1}, [0.950592, -0.518701, 1.87339]),
    ("adadelta", {"wd": 0.01}, [0.970681, -0.495482, 1.93677]),
    ("ftrl", {"learning_rate": 0.5, "lamda1": 0.05, "beta": 2, "wd": 0.1}, [0.0644721, -0.0907324, 0.248458]),
]


def run(optimizer, dtype="float32", steps=G):
    updater, weight = mx.optimizer.get_updater(optimizer), nd.array(W, dtype=dtype)
    for g in steps:
        updater(0, nd.array(g, dtype=dtype), weight)
    return updater, weight


@pytest.mark.parametrize("case", range(len(CASES)))
def test_three_updates(case):
    name, options, expected = CASES[case]
    _, weight = run(mx.optimizer.create(name, **options))
    np.testing.assert_allclose(weight.asnumpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["sgd", "adam", "lamb"])
def test_float16_with_a_master_copy(name):
    optimizer = mx.optimizer.create(name, learning_rate=0.1, multi_precision=True)
    updater, weight = run(optimizer, "float16")
    _, wide = run(mx.optimizer.create(name, learning_rate=0.1))
    assert weight.dtype is np.float16
    master = updater.states[0][1 if optimizer.master_is_last else 0]
    np.testing.assert_allclose(master.asnumpy(), wide.asnumpy(), rtol=2e-3)
    np.testing.assert_allclose(weight.asnumpy(), wide.asnumpy(), rtol=2e-3)


def test_sgld_is_a_half_step_with_noise():
    mx.random.seed(3)
    weight = nd.zeros((20000,))
    mx.optimizer.SGLD(learning_rate=0.04).update(0, weight, nd.ones((20000,)), None)
    values = weight.asnumpy()
    assert abs(values.mean() + 0.02) < 0.005 and abs(values.std() - 0.2) < 0.005


def test_ccsgd_and_test():
    with pytest.warns(DeprecationWarning, match="ccSGD is deprecated"):
        _, weight = run(mx.optimizer.create("ccsgd"))
    np.testing.assert_allclose(weight.asnumpy(), CASES[0][2], rtol=1e-5)
    _, weight = run(mx.optimizer.Test(rescale_grad=2.0), steps=G[:1])
    np.testing.assert_allclose(weight.asnumpy(), W + 2 * G[0], rtol=1e-6)


def test_adamw_decays_apart_from_the_moments():
    _, weight = run(mx.optimizer.AdamW(learning_rate=0.1, wd=0.5), steps=np.zeros((1, 3), np.float32))
    np.testing.assert_allclose(weight.asnumpy(), W * 0.95, rtol=1e-6)


def test_lars_leaves_biases_at_the_plain_rate():
    optimizer = mx.optimizer.LARS(learning_rate=0.1, param_idx2name={0: "fc_bias"})
    _, weight = run(optimizer, steps=G[:1])
    np.testing.assert_allclose(weight.asnumpy(), W - 0.1 * G[0], rtol=1e-6)


def test_multipliers():
    optimizer = mx.optimizer.SGD(learning_rate=0.1, wd=0.5, param_idx2name={
        0: "w_weight", 1: "b_bias", 2: "bn_gamma", 3: "bn_beta"})
    assert optimizer.wd_mult == {"b_bias": 0.0, "bn_beta": 0.0}
    optimizer.set_lr_mult({"w_weight": 0.5})
    optimizer.set_wd_mult({0: 2})
    assert optimizer.wd_mult == {"b_bias": 0.0, "bn_beta": 0.0, 0: 2}
    assert optimizer._get_lrs([0, 1]) == [0.05, 0.1] and optimizer._get_wds([0, 1, 2]) == [1.0, 0.0, 0.5]
    w = mx.sym.var("w", lr_mult=3.0, wd_mult=0.0)
    optimizer = mx.optimizer.SGD(learning_rate=1.0, wd=1.0, sym=w * 2, param_idx2name={0: "w"})
    assert optimizer._get_lr(0) == 3.0 and optimizer._get_wd(0) == 0.0


def test_learning_rates(capsys):
    schedule = mx.lr_scheduler.FactorScheduler(1, 0.5, base_lr=1.0)
    optimizer = mx.optimizer.SGD(lr_scheduler=schedule)
    assert not capsys.readouterr().out
    run(optimizer)
    assert optimizer.num_update == 3 and optimizer.learning_rate == 0.25
    with pytest.raises(UserWarning, match="LRScheduler of the optimizer has already been defined"):
        optimizer.set_learning_rate(1)
    optimizer = mx.optimizer.SGD()
    optimizer.set_learning_rate(3)
    assert optimizer.learning_rate == 3
    optimizer = mx.optimizer.SGD(begin_num_update=10)
    run(optimizer)
    assert optimizer.num_update == 13


def test_lists_of_weights():
    optimizer = mx.optimizer.SGD(learning_rate=1.0)
    weights = [nd.ones((2,)), nd.ones((3,))]
    optimizer.update([0, 1], weights, [nd.ones((2,)), nd.ones((3,))], [None, None])
    assert [w.asnumpy().tolist() for w in weights] == [[0, 0], [0, 0, 0]]
    updater = mx.optimizer.get_updater(optimizer)
    updater([0, 1], [nd.ones((2,)), nd.ones((3,))], weights)
    assert [w.asnumpy().tolist() for w in weights] == [[-1, -1], [-1, -1, -1]]


def test_a_shared_buffer_is_not_overwritten():
    weight = nd.array(W)
    seen = weight.detach()
    run_on = mx.optimizer.get_updater(mx.optimizer.Adam(learning_rate=0.1))
    run_on(0, nd.array(G[0]), weight)
    np.testing.assert_array_equal(seen.asnumpy(), W)
    assert (weight.asnumpy() != W).all()


@pytest.mark.parametrize("with_optimizer", [False, True])
def test_states(with_optimizer):
    updater, weight = run(mx.optimizer.Adam(learning_rate=0.1), steps=G[:2])
    other = mx.optimizer.get_updater(mx.optimizer.Adam(learning_rate=0.1))
    other.set_states(updater.get_states(with_optimizer))
    assert other.optimizer.num_update == (2 if with_optimizer else 0)
    copy = nd.array(weight)
    updater(0, nd.array(G[2]), weight)
    other(0, nd.array(G[2]), copy)
    assert np.array_equal(copy.asnumpy(), weight.asnumpy()) == with_optimizer
    again = pickle.loads(pickle.dumps(updater))
    np.testing.assert_array_equal(again.states[0][0].asnumpy(), updater.states[0][0].asnumpy())


def test_states_have_mxnets_layout():
    """Of which mxnet 1.9.1's states files are made."""
    w, half = nd.ones((2, 3)), nd.ones((2, 3), dtype="float16")

    def layout(name, weight=w, **kwargs):
        state = mx.optimizer.create(name, multi_precision=True, **kwargs).create_state_multi_precision(0, weight)
        return str(told(state)).replace("'", "")

    def told(state):
        if isinstance(state, (tuple, list)):
            return tuple([told(s) for s in state])
        return state if state is None else np.dtype(state.dtype).name[0] + "x".join(map(str, state.shape))

    assert layout("rmsprop") == "(f2x3,)" and layout("nadam") == "(f2x3, f2x3)" and layout("sgd") == "None"
    assert layout("dcasgd") == "(None, f2x3)" and layout("dcasgd", momentum=0.9) == "(f2x3, f2x3)"
    assert layout("sgd", half) == "(None, f2x3)" and layout("adam", half) == "(f2x3, (f2x3, f2x3))"
    assert layout("groupadagrad") == "f2x1"


# mxnet 1.9.1's
NADAM = ([0.8803679943084717, -1.8793127536773682], [0.3993946611881256, 2.896677255630493], 0.008320046228791489)


def test_nadam_has_one_schedule_for_all_weights():
    optimizer = mx.optimizer.create("nadam", learning_rate=0.05)
    updater = mx.optimizer.get_updater(optimizer)
    weights = [nd.array([1.0, -2.0]), nd.array([0.5, 3.0])]
    for _ in range(3):
        for i, w in enumerate(weights):
            updater(i, w * 0.5, w)
    np.testing.assert_allclose(weights[0].asnumpy(), NADAM[0], rtol=1e-5)
    np.testing.assert_allclose(weights[1].asnumpy(), NADAM[1], rtol=1e-5)
    assert abs(optimizer.m_schedule - NADAM[2]) < 1e-7


def test_group_adagrad():
    optimizer = mx.optimizer.create("groupadagrad", learning_rate=0.1, rescale_grad=0.5, clip_gradient=0.3, eps=0.1)
    w = nd.array([[1.0, 2.0], [3.0, 4.0]])
    state = optimizer.create_state(0, w)
    for _ in range(2):
        optimizer.update(0, w, nd.array([[1.0, 2.0], [0.0, 4.0]]), state)
    np.testing.assert_allclose(w.asnumpy(), [[0.8744806, 1.8744806], [3.0, 3.8523915]], rtol=1e-6)
    np.testing.assert_allclose(state.asnumpy(), [[0.18], [0.09]], rtol=1e-6)
    with pytest.raises(AssertionError, match=r"weights of two axes, got shape \(3,\)"):
        optimizer.create_state(0, nd.ones(3))
    with pytest.raises(AssertionError, match="Weight decay is not supported for GroupAdaGrad"):
        mx.optimizer.contrib.GroupAdaGrad(wd=0.1).update(0, w, w, state)


def test_ftrl_leaves_the_schedule_its_rate():
    schedule = mx.lr_scheduler.FactorScheduler(2, 0.5)
    optimizer = mx.optimizer.create("ftrl", lr_scheduler=schedule, begin_num_update=3)
    assert (optimizer.lr, schedule.base_lr, optimizer.learning_rate) == (0.1, 0.01, 0.005)


def test_own_optimizers():
    @mx.optimizer.register
    class Half(mx.optimizer.Optimizer):
        def create_state(self, index, weight):
            return nd.zeros(weight.shape)

        def update(self, index, weight, grad, state):
            self._update_count(index)
            state += grad
            weight -= self._get_lr(index) * state / 2

    _, weight = run(mx.optimizer.create("half", learning_rate=1.0), steps=G[:2])
    np.testing.assert_allclose(weight.asnumpy(), W - G[0] - G[1] / 2, rtol=1e-5)

    class Empty(mx.optimizer.Optimizer):
        pass

    assert Empty().create_state(0, nd.ones((1,))) is None
    with pytest.raises(NotImplementedError, match="Empty.update"):
        Empty().update(0, nd.ones((1,)), nd.ones((1,)), None)


def test_errors():
    with pytest.raises(ValueError, match="Cannot find optimizer foo"):
        mx.optimizer.create("foo")
    with pytest.raises(TypeError, match="foo"):
        mx.optimizer.create("sgd", foo=3)
    with pytest.raises(AssertionError, match="should be a dict"):
        mx.optimizer.SGD(param_idx2name=["w"])
    weight = nd.array(W)
    with pytest.raises(ValueError, match="gradient of the weight's shape"):
        mx.optimizer.SGD().update(0, weight, nd.ones((2,)), None)
    np.testing.assert_array_equal(weight.asnumpy(), W)


@pytest.mark.parametrize("how, expected", [
    ({}, [0.99, 0.97, 0.94, 0.9, 0.85, 0.79]),
    ({"momentum": 0.9}, [0.99, 0.961, 0.9049, 0.81441, 0.68297, 0.50467]),
    ({"warmup_strategy": "lars", "warmup_epochs": 1, "updates_per_epoch": 4, "batch_scale": 2},
     [1.0, 0.9, 0.9, 0.79131, 0.79131, 0.67293]),
    ({"warmup_strategy": "power2", "warmup_epochs": 1, "updates_per_epoch": 4, "batch_scale": 2},
     [1.0, 0.98125, 0.98125, 0.91125, 0.91125, 0.80125]),
    ({"warmup_strategy": "sqrt", "warmup_epochs": 1, "updates_per_epoch": 4, "batch_scale": 2},
     [1.0, 0.97439, 0.97439, 0.90439, 0.90439, 0.79439]),
    ({"warmup_epochs": 2, "updates_per_epoch": 2, "batch_scale": 2, "momentum": 0.5},
     [1.0, 0.9775, 0.9775, 0.89625, 0.89625, 0.74563]),
    ({"batch_scale": 3}, [1.0, 1.0, 0.97925, 0.97925, 0.97925, 0.9255]),
    ({"batch_scale": 2, "wd": 0.1, "warmup_strategy": "lars"}, [1.0, 0.92857, 0.92857, 0.83425, 0.83425, 0.73056]),
])
def test_sgd_for_large_batches(how, expected):
    optimizer, w, seen = mx.optimizer.LBSGD(learning_rate=0.1, **how), nd.array([1.0, -2.0, 3.0]), []
    state = optimizer.create_state(0, w)
    for i in range(6):
        optimizer.update(0, w, nd.array([0.1, 0.2, -0.3]) * (i + 1), state)
        seen.append(w[0].asscalar())
    np.testing.assert_allclose(seen, expected, atol=2e-5)


def test_the_schedule_of_large_batches_is_one_call_behind():
    schedule = mx.lr_scheduler.CosineScheduler(10, 0.1, warmup_steps=2)
    optimizer, w, seen = mx.optimizer.LBSGD(momentum=0.9, lr_scheduler=schedule), nd.array([0.5]), []
    state = optimizer.create_state(0, w)
    for i in range(3):
        optimizer.update(0, w, nd.array([1.0 * (i + 1)]), state)
        seen.append(w[0].asscalar())
    np.testing.assert_allclose(seen, [0.5, 0.4, 0.01], rtol=1e-5)


def test_what_large_batches_refuse():
    with pytest.raises(ValueError, match="warmup_strategy must be 'linear', 'power2', 'sqrt' or 'lars', got 'foo'"):
        mx.optimizer.LBSGD(warmup_strategy="foo")
    with pytest.raises(DeprecationWarning, match="use set_lr_mult"):
        mx.optimizer.SGD().set_lr_scale({})


@pytest.mark.parametrize(("name", "options", "expected"), [  # mxnet 1.9.1, three row_sparse gradients
    ("nag", {"wd": 0.1}, [1, 1.1429, 1.0611, 1.7981, 1.4557, 1.8971, 1.8571, 2]),
    ("nadam", {}, [1, 1.1429, 1.0893, 1.625, 1.4596, 1.8261, 1.8571, 2]),
    ("nadam", {"wd": 0.1}, [0.7527, 0.8942, 1.0785, 1.6156, 1.3401, 1.7083, 1.605, 1.7475]),
])
def test_rows_of_gradients(name, options, expected):
    update = mx.optimizer.get_updater(mx.optimizer.create(name, learning_rate=0.1, **options))
    w = nd.array(np.linspace(1, 2, 8).reshape(4, 2))
    for i in range(3):
        update(0, nd.sparse.row_sparse_array(([[1.0, -2]], [i % 2 + 1]), shape=(4, 2)), w)
    np.testing.assert_allclose(w.asnumpy().ravel(), expected, atol=1e-4)
