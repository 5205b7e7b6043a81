import importlib.util
from pathlib import Path

import numpy as np
import pytest

from luojia._src.errors import ArgumentError, ShapeError
from luojia._src.train.inplace import KERNELS, update_inplace
from luojia._src.train.rules import (
    MINDSPORE,
    MXNET,
    RULES,
    find,
    init_multi_precision,
    update_multi_precision,
)
from luojia._src.train.rules_sgd import lars_gradient

_spec = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("optimizer_reference.py"))
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

W = np.array(reference.WEIGHT, np.float32)
G = np.array(reference.GRADIENTS, np.float32)


def extra(name):
    return {"noise": np.zeros(3, np.float32)} if name == "sgld" else {}


def run(rule, hyper, common, w=W, lr=0.1, steps=3):
    state, path = rule.init(np, w, **hyper), []
    for t in range(1, steps + 1):
        w, state = rule.update(np, w, G[t - 1].astype(w.dtype), state, lr, t=t, **common, **hyper)
        path.append(w)
    return np.array(path), state


@pytest.mark.parametrize("row", reference.ROWS, ids=lambda r: f"{r[0]}-{r[1]}-{r[2]}-{list(r[3])}")
def test_three_updates_are_those_of_the_original(row):
    door, name, arguments, common, expected = row
    preset = {"mxnet": MXNET, "mindspore": MINDSPORE}[door][name]
    path, state = run(preset.rule, preset.arguments(**arguments), common)
    # mindspore's AdamWeightDecay computes 1 - beta2 in float32, which is off by 5e-5 of it
    np.testing.assert_allclose(path, expected, rtol=0, atol=1e-5 if name == "AdamWeightDecay" else 3e-6)
    assert path.dtype == np.float32 and all(s.dtype == np.float32 for s in state)


def test_every_rule_is_compared_with_an_original():
    compared = {{"mxnet": MXNET, "mindspore": MINDSPORE}[row[0]][row[1]].name for row in reference.ROWS}
    functions = {"scaled_adamw", "lamb_direction", "group_adagrad"}  # of nd alone: tests/ndarray/test_updates_many.py
    assert set(RULES) - compared == {"sgld"} | functions  # sgld is random; tested below
    assert {p.name for p in [*MXNET.values(), *MINDSPORE.values()]} == set(RULES) - functions


def test_arguments_of_the_originals():
    rprop = MINDSPORE["Rprop"].arguments(etas=(0.4, 1.3), step_sizes=(1e-5, 1.0))
    assert rprop == {"eta_minus": 0.4, "eta_plus": 1.3, "step_min": 1e-5, "step_max": 1.0}
    assert MXNET["SGD"].arguments(momentum=0.9, lazy_update=True) == {"momentum": 0.9}
    assert MXNET["RMSProp"].arguments(gamma1=0.8)["decay_rate"] == 0.8
    for preset in [*MXNET.values(), *MINDSPORE.values()]:
        preset.rule.init(np, W, **preset.arguments())
    assert (MXNET["Adam"].lr, MXNET["Ftrl"].lr, MINDSPORE["Momentum"].lr, MINDSPORE["SGD"].lr) == (1e-3, 0.1, None, 0.1)


@pytest.mark.parametrize(
    "name, hyper, expected",
    [
        ("sgd", {"momentum": 0.9}, [0.4792999923, -0.95175004, 1.92709994]),
        ("nag", {"momentum": 0.9}, [0.48137003, -0.94207501, 1.907390]),
        ("lars", {"momentum": 0.9}, [0.4999301434, -0.9998661876, 1.9998141527]),
        ("rmsprop", {"centered": True, "momentum": 0.9}, [-0.4109047651, -0.1635224670, 1.1369491816]),
        ("dcasgd", {}, [0.5000022054, -0.9855000377, 1.9730042219]),
    ],
)
def test_a_changing_rate_as_in_mxnet(name, hyper, expected):
    w, state = W, RULES[name].init(np, W, **hyper)
    for t, (g, lr) in enumerate(zip(G, (0.1, 0.01, 0.02)), 1):
        w, state = RULES[name].update(np, w, g, state, lr, t=t, **hyper)
    np.testing.assert_allclose(w, expected, rtol=0, atol=5e-7)


def test_rules_without_a_number_of_the_original():
    # Nesterov momentum by its formula: the CPU kernel of mindspore 2.8.0 ignores use_nesterov
    path, _ = run(RULES["momentum"], {"momentum": 0.9, "nesterov": True}, {})
    accum, w = G[0], W - 0.1 * (G[0] + 0.9 * G[0])
    np.testing.assert_allclose(path[0], w, rtol=1e-6)
    np.testing.assert_allclose(path[1], w - 0.1 * (G[1] + 0.9 * (0.9 * accum + G[1])), rtol=1e-6)
    # FTRL with penalties by its formula: mindspore's CPU kernel adds l1 with the wrong sign where linear is negative
    preset = MINDSPORE["FTRL"]
    path, _ = run(preset.rule, preset.arguments(l1=0.1, l2=0.1), {}, steps=1)
    n = 0.1 + G[0] ** 2
    z = G[0] - (np.sqrt(n) - np.sqrt(0.1)) / 0.1 * W
    expected = np.where(np.abs(z) > 0.1, (0.1 * np.sign(z) - z) / (np.sqrt(n) / 0.1 + 0.2), 0)
    np.testing.assert_allclose(path[0], expected, rtol=1e-5)
    # DCASGD with momentum raises in mxnet 1.9.1
    path, _ = run(RULES["dcasgd"], {"momentum": 0.5}, {}, steps=2)
    first = -0.1 * G[0]
    second = 0.5 * first - 0.1 * (G[1] + 0.04 * G[1] ** 2 * first)
    np.testing.assert_allclose(path, [W + first, W + first + second], rtol=1e-6)


def test_nag_decay_as_published_and_as_mxnet_computes_it():
    own, _ = run(RULES["nag"], {"momentum": 0.9}, {"wd": 0.1})
    published, _ = run(RULES["nag"], {"momentum": 0.9, "decay": "after_clip"}, {"wd": 0.1})
    np.testing.assert_allclose(own[2], [0.4543428, -0.9161591, 1.87476], atol=1e-6)
    np.testing.assert_allclose(published[2], [0.4531239, -0.9150293, 1.873621], atol=1e-6)  # mindspore SGD(nesterov)


def test_sgld_adds_noise_of_the_rates_size():
    rng = np.random.default_rng(0)
    w, g = np.zeros(20000, np.float32), np.ones(20000, np.float32)
    noise = rng.normal(size=20000)
    new, _ = RULES["sgld"].update(np, w, g, (), 0.04, noise=noise)
    assert abs(new.mean() + 0.02) < 0.01 and abs(new.std() - 0.2) < 0.01 and new.dtype == np.float32
    with pytest.raises(ArgumentError, match="sgld.*expects noise"):
        RULES["sgld"].update(np, w, g, (), 0.04)


def test_adamw_with_bias_correction_first_step():
    preset = MXNET["AdamW"]
    path, _ = run(preset.rule, preset.arguments(), {"wd": 0.1}, steps=1)
    np.testing.assert_allclose(path[0], W - 0.1 * (np.sign(G[0]) + 0.1 * W), rtol=1e-5)


def test_amsgrad_divides_by_the_largest_variance():
    # the second gradient is small: the plain rule's variance falls, amsgrad's stays
    w = np.zeros(1, np.float32)
    hyper = {"amsgrad": True, "beta2": 0.5, "beta1": 0.0}
    state = RULES["adam"].init(np, w, **hyper)
    w, state = RULES["adam"].update(np, w, np.ones(1, np.float32), state, 0.1, t=1, **hyper)
    _, state = RULES["adam"].update(np, w, np.zeros(1, np.float32), state, 0.1, t=2, **hyper)
    assert state[1][0] == 0.25 and state[2][0] == 0.5


@pytest.mark.parametrize("name", sorted(RULES))
def test_dtypes_stay(name):
    for dtype in (np.float16, np.float32, np.float64):
        w, state = W.astype(dtype), None
        state = RULES[name].init(np, w, **extra(name))
        for lr in (0.1, np.float64(0.1), np.float32(0.1)):
            new, new_state = RULES[name].update(
                np, w, G[0].astype(dtype), state, lr, np.float64(0.1), 1, rescale_grad=np.float64(0.5), **extra(name)
            )
            assert new.dtype == dtype and [s.dtype for s in new_state] == [s.dtype for s in state]
            assert np.isfinite(new).all() and len(new_state) == len(RULES[name].state_names(**extra(name)))


@pytest.mark.parametrize("name", sorted(RULES))
def test_pure_rules_write_nothing(name):
    hyper = extra(name)
    w, g = W.copy(), G[0].copy()
    w.flags.writeable = g.flags.writeable = False
    state = RULES[name].init(np, w, **hyper)
    for s in state:
        s.flags.writeable = False
    RULES[name].update(np, w, g, state, 0.1, 0.1, 1, rescale_grad=0.5, clip_gradient=0.1, **hyper)


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_on_jax(name):
    jax = pytest.importorskip("jax", reason="the XLA engine is not installed")
    jnp, rule = jax.numpy, RULES[name]

    @jax.jit
    def step(w, g, state, lr, t):
        return rule.update(jnp, w, g, state, lr, 0.1, t, clip_gradient=0.25, **extra(name))

    w, state = jnp.asarray(W), rule.init(jnp, jnp.asarray(W), **extra(name))
    expected, expected_state = W, rule.init(np, W, **extra(name))
    for t in (1, 2, 3):
        w, state = step(w, jnp.asarray(G[t - 1]), state, 0.1, t)
        expected, expected_state = rule.update(
            np, expected, G[t - 1], expected_state, 0.1, 0.1, t, clip_gradient=0.25, **extra(name)
        )
    assert w.dtype == jnp.float32
    np.testing.assert_allclose(np.asarray(w), expected, rtol=1e-4, atol=1e-5)


def test_adafactor_factors_matrices():
    rule, w = RULES["adafactor"], np.ones((3, 4), np.float32)
    g = np.outer([1, 2, 3], [1, 1, 2, 4]).astype(np.float32)
    state = rule.init(np, w)
    assert [s.shape for s in state] == [(3, 4), (3,), (4,), (1,)]
    new, state = rule.update(np, w, g, state, None)
    np.testing.assert_allclose(state[1], (g**2).mean(1), rtol=1e-6)
    # the square of an outer product factors exactly, so every entry moves alike: rate 0.01 * rms(w), times 1 - beta1
    np.testing.assert_allclose(new, 1 - 0.001, rtol=1e-5)


def test_multi_precision_keeps_what_float16_would_lose():
    w, g = np.ones(2, np.float16), np.full(2, 1e-4, np.float16)
    state = init_multi_precision(RULES["sgd"], np, w, momentum=0.5)
    assert [s.dtype for s in state] == [np.float32, np.float32]
    plain, plain_state = w, RULES["sgd"].init(np, w, momentum=0.5)
    for t in range(1, 21):
        w, state = update_multi_precision(RULES["sgd"], np, w, g, state, 1.0, t=t, momentum=0.5)
        plain, plain_state = RULES["sgd"].update(np, plain, g, plain_state, 1.0, t=t, momentum=0.5)
    assert w.dtype == np.float16 and plain[0] == 1
    np.testing.assert_allclose(state[0], 1 - 1e-4 * (40 - 2), rtol=2e-5)
    np.testing.assert_array_equal(w, state[0].astype(np.float16))


def test_lars_gradient_and_its_clip():
    w, g = np.array([3.0, 4.0]), np.array([0.0, 1.0])
    np.testing.assert_allclose(lars_gradient(np, w, g, 0.1, coefficient=0.1, epsilon=0.5), (g + 0.1 * w) * 0.5 / 2)
    np.testing.assert_allclose(lars_gradient(np, w, g, coefficient=1.0, epsilon=0.0, use_clip=True, lr=0.1), g)
    np.testing.assert_allclose(lars_gradient(np, 0 * w, g), g)


def test_errors_name_the_rule_and_the_remedy():
    with pytest.raises(ArgumentError, match="no update rule 'adm'; there are adadelta"):
        find("adm")
    with pytest.raises(ArgumentError, match="'adam' has no hyperparameter 'momentum'; it takes beta1"):
        RULES["adam"].init(np, W, momentum=0.9)
    with pytest.raises(ArgumentError, match="'sgd' expects decay to be one of after_clip, got 'own'"):
        RULES["sgd"].init(np, W, decay="own")
    with pytest.raises(ShapeError, match=r"'sgd' expects a gradient of the weight's shape \(3,\), got \(2,\)"):
        RULES["sgd"].update(np, W, G[0][:2], (), 0.1)
    with pytest.raises(ArgumentError, match=r"'adam' expects 2 states \(mean, var\), got 0"):
        RULES["adam"].update(np, W, G[0], (), 0.1)


CASES = [
    ("sgd", {}), ("sgd", {"momentum": 0.9}), ("momentum", {}), ("momentum", {"nesterov": True}), ("adam", {}),
    ("adam", {"amsgrad": True}), ("adam", {"nesterov": True}), ("adam", {"decay": "after_clip"}), ("rmsprop", {}),
    ("dampened_sgd", {}), ("dampened_sgd", {"momentum": 0.9, "dampening": 0.5}),
    ("dampened_sgd", {"momentum": 0.9, "nesterov": True}),
]  # fmt: skip


@pytest.mark.parametrize("size", [5, 70_001])
@pytest.mark.parametrize("name, hyper", CASES)
def test_in_place_equals_pure(name, hyper, size):
    rng = np.random.default_rng(0)
    w = rng.normal(size=size).astype(np.float32)
    written, state = w.copy(), RULES[name].init(np, w, **hyper)
    states = tuple(s.copy() for s in state)
    for common in ({}, {"rescale_grad": 0.5}, {"rescale_grad": 0.5, "wd": 0.1, "clip_gradient": 0.3}):
        for t in (1, 2):
            g = rng.normal(size=size).astype(np.float32)
            before = g.copy()
            w, state = RULES[name].update(np, w, g, state, 0.1, t=t, **common, **hyper)
            update_inplace(name, written, g, states, 0.1, t=t, **common, **hyper)
            np.testing.assert_array_equal(g, before)
    np.testing.assert_allclose(written, w, rtol=1e-5, atol=2e-6)
    for a, b in zip(states, state):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=2e-6)


def test_in_place_on_other_layouts_and_dtypes():
    w = np.asfortranarray(np.arange(6.0, dtype=np.float32).reshape(2, 3))
    same = w
    update_inplace("sgd", w, np.ones((2, 3), np.float32), (), 1.0)
    np.testing.assert_array_equal(same, np.arange(6).reshape(2, 3) - 1)
    half = np.ones(2, np.float16)
    update_inplace("sgd", half, np.ones(2, np.float16), (), 0.5)
    np.testing.assert_array_equal(half, np.float16(0.5))
    point, mean = np.array(1.0, np.float32), (np.array(0.0, np.float32),)
    update_inplace("sgd", point, np.array(2.0, np.float32), mean, 0.25, momentum=0.5)
    assert point == 0.5 and mean[0] == -0.5
    assert set(KERNELS) <= set(RULES)


def test_in_place_errors_write_nothing():
    w, state = W.copy(), (np.zeros(3, np.float32),)
    with pytest.raises(ShapeError, match="expects a gradient of the weight's shape"):
        update_inplace("sgd", w, np.ones(2, np.float32), state, 0.1, momentum=0.9)
    with pytest.raises(ArgumentError, match="expects 1 states"):
        update_inplace("sgd", w, G[0], (), 0.1, momentum=0.9)
    with pytest.raises(ArgumentError, match="no update rule 'nope'"):
        update_inplace("nope", w, G[0], (), 0.1)
    np.testing.assert_array_equal(w, W)
    assert not state[0].any()
