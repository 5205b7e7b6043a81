"""experimental.optim: what mindspore 2.8.0 gave for the same calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from luojia import Parameter, Tensor, jit, nn, ops
from luojia.experimental import optim
from luojia.experimental.optim import lr_scheduler as schedules

GRADIENTS = [
    ([0.5, -1.0, 2.0], [0.1, 0.2, -0.3]),
    ([-0.4, 0.3, 1.0], [0.0, -0.5, 0.7]),
    ([0.9, -0.2, 0.1], [-0.6, 0.4, 0.2]),
]
AFTER_THREE = [
    ("SGD", {"lr": 0.1}, [0.9, -1.91, 2.69, 0.55, 0.59, 0.64]),
    ("SGD", {"lr": 0.1, "momentum": 0.9}, [0.8505, -1.766, 2.258, 0.5329, 0.6008, 0.6283]),
    (
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01},
        [0.84672, -1.75199, 2.26282, 0.52428, 0.59214, 0.63983],
    ),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}, [0.76545, -1.6994, 2.0222, 0.57961, 0.59072, 0.57547]),
    ("SGD", {"lr": 0.1, "maximize": True}, [1.1, -2.09, 3.31, 0.45, 0.61, 0.76]),
    ("Adam", {}, [0.9984, -1.99813, 2.99732, 0.49887, 0.59934, 0.7001]),
    ("Adam", {"lr": 0.01, "weight_decay": 0.1}, [0.9809, -1.9775, 2.9723, 0.48562, 0.59047, 0.69893]),
    ("Adam", {"lr": 0.01, "maximize": True}, [1.01605, -2.01873, 3.02681, 0.51125, 0.60664, 0.69897]),
    ("AdamW", {}, [0.99836, -1.99807, 2.99723, 0.49886, 0.59932, 0.70008]),
    (
        "AdamW",
        {"lr": 0.01, "weight_decay": 0.2, "maximize": True},
        [1.01002, -2.00671, 3.00878, 0.5082, 0.60302, 0.69481],
    ),
    ("Adamax", {}, [0.99712, -1.99682, 2.99556, 0.49769, 0.59851, 0.70073]),
    ("Adamax", {"weight_decay": 0.1}, [0.99668, -1.99635, 2.99535, 0.49722, 0.59805, 0.70048]),
    ("NAdam", {}, [0.99725, -1.99786, 2.99656, 0.49997, 0.5985, 0.69959]),
    ("NAdam", {"weight_decay": 0.1}, [0.99681, -1.99711, 2.99623, 0.49923, 0.59816, 0.69933]),
    ("RAdam", {}, [0.99913, -1.99841, 2.99556, 0.50004, 0.59993, 0.69986]),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.1}, [0.88328, -1.78278, 2.46943, 0.48963, 0.57499, 0.66453]),
    ("Adagrad", {}, [0.9881, -1.99099, 2.98508, 0.49986, 0.59332, 0.69827]),
    (
        "Adagrad",
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
        [0.99037, -1.98975, 2.98492, 0.50234, 0.59725, 0.69452],
    ),
    ("Adadelta", {}, [0.99535, -1.99724, 2.99451, 0.50115, 0.59728, 0.6974]),
    ("Adadelta", {"rho": 0.8, "weight_decay": 0.1}, [0.99635, -1.9969, 2.99545, 0.49978, 0.59761, 0.69766]),
    ("RMSprop", {}, [0.88096, -1.90988, 2.85059, 0.49867, 0.53306, 0.68248]),
    (
        "RMSprop",
        {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
        [0.73209, -1.71446, 2.61907, 0.27491, 0.42677, 0.75682],
    ),
    ("Rprop", {}, [0.985, -1.985, 2.9636, 0.5, 0.585, 0.705]),
    ("Rprop", {"lr": 0.1}, [0.85, -1.85, 2.636, 0.5, 0.45, 0.75]),
    ("ASGD", {}, [0.99, -1.99099, 2.96899, 0.505, 0.599, 0.694]),
    (
        "ASGD",
        {"lr": 0.1, "weight_decay": 0.1, "lambd": 0.1, "t0": 1.0},
        [0.84382, -1.79664, 2.52553, 0.52032, 0.55499, 0.60014],
    ),
]


def weights() -> list[Parameter]:
    return [Parameter(Tensor(np.array(v, np.float32)), name=n) for n, v in (("a", [1, -2, 3]), ("b", [0.5, 0.6, 0.7]))]


def gradients(step: int) -> tuple[Tensor, ...]:
    return tuple([Tensor(np.array(g, np.float32)) for g in GRADIENTS[step]])


@pytest.mark.parametrize("name, options, expected", AFTER_THREE)
def test_three_updates(name: str, options: dict, expected: list) -> None:
    params = weights()
    optimizer = getattr(optim, name)(params, **options)
    for step in range(3):
        assert optimizer(gradients(step)) is True
    np.testing.assert_allclose(np.concatenate([p.asnumpy() for p in params]), expected, atol=1.2e-5)


def test_amsgrad_keeps_the_largest() -> None:
    """As in the paper; mindspore 2.8.0 on CPU gives plain Adam's numbers."""
    (w, _), largest, m, v = weights(), np.zeros(3), np.zeros(3), np.zeros(3)
    optimizer, expected = optim.Adam([w], lr=0.01, amsgrad=True), w.asnumpy().astype(np.float64)
    for t, (g, _) in enumerate(GRADIENTS, 1):
        optimizer((Tensor(np.array(g, np.float32)),))
        m, v = 0.9 * m + 0.1 * np.array(g), 0.999 * v + 0.001 * np.array(g) ** 2
        largest = np.maximum(largest, v)
        expected -= 0.01 * m / (1 - 0.9**t) / (np.sqrt(largest / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(w.asnumpy(), expected, atol=1e-5)


def test_places_of_groups() -> None:
    own = optim.SGD([Parameter(Tensor([1.0]), name="a"), Parameter(Tensor([1.0]), name="b")], lr=0.1)
    own.add_param_group({"params": Parameter(Tensor([1.0]), name="c"), "lr": 0.2})
    assert own.group_start_id == [0, 2, 3] and [round(float(rate), 6) for rate in own.lrs] == [0.1, 0.2]


def test_groups() -> None:
    a, b = weights()
    optimizer = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1)
    optimizer((Tensor(np.ones(3, np.float32)),) * 2)
    assert a.asnumpy().tolist() == [0.5, -2.5, 2.5]
    np.testing.assert_allclose(b.asnumpy(), [0.4, 0.5, 0.6], rtol=1e-6)
    assert (
        repr(optimizer)
        == """SGD (
Parameter Group 0
    dampening: 0.0
    grad_centralization: False
    lr: 0.5
    maximize: False
    momentum: 0.0
    nesterov: False
    weight_decay: 0.0

Parameter Group 1
    dampening: 0.0
    grad_centralization: False
    lr: 0.1
    maximize: False
    momentum: 0.0
    nesterov: False
    weight_decay: 0.0
)"""
    )
    ops.assign(optimizer.param_groups[0]["lr"], Tensor(1.0))
    optimizer((Tensor(np.ones(3, np.float32)),) * 2)
    assert a.asnumpy().tolist() == [-0.5, -3.5, 1.5]
    matrix = Parameter(Tensor(np.zeros((2, 2), np.float32)), name="m")
    optim.SGD([{"params": [matrix], "grad_centralization": True}], lr=1.0)(
        (Tensor(np.array([[1.0, 3.0]] * 2, np.float32)),)
    )
    assert matrix.asnumpy().tolist() == [[1, -1], [1, -1]]


P = Parameter(Tensor([1.0]), name="p")


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: optim.SGD([], lr=0.1), ValueError, "params must not be empty"),
        (lambda: optim.SGD(P, lr=0.1), TypeError, "must be Iterable type"),
        (
            lambda: optim.SGD([{"params": [P]}, {"params": [P]}], lr=0.1),
            ValueError,
            "appear in more than one parameter group",
        ),
        (lambda: optim.SGD([3], lr=0.1), TypeError, "params must be Parameters"),
        (lambda: optim.SGD([P], lr="x"), TypeError, "the type of 'lr' should be one of"),
        (lambda: optim.SGD([P], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: optim.SGD([P], lr=0.1, momentum=-1), ValueError, "Invalid momentum value"),
        (lambda: optim.SGD([P], lr=0.1, nesterov=True), ValueError, "if 'nesterov' is true, 'momentum' must be > 0.0"),
        (lambda: optim.Adam([P], betas=(1.1, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.1"),
        (lambda: optim.AdamW([P], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (lambda: optim.Rprop([P], etas=(1.5, 1.2)), ValueError, "Invalid eta values: 1.5, 1.2"),
        (lambda: optim.Adadelta([P], rho=2.0), ValueError, r"the 'rho' must be in range \[0,1\]"),
        (lambda: optim.Adadelta([P], rho=1), TypeError, "the type of 'rho' should be 'float'"),
        (lambda: optim.Adadelta([P], lr=0.0), ValueError, "Invalid learning rate: 0.0; it must be > 0"),
        (lambda: optim.Adam([P], lr=float("nan")), ValueError, "the 'learning rate' must be a legal value"),
        (lambda: optim.RMSprop([P], eps=0), ValueError, "Invalid epsilon value: 0; it must be > 0"),
        (lambda: optim.NAdam([P], momentum_decay=-1), ValueError, "the momentum_decay must be greater than or equal"),
        (lambda: optim.SGD([P], 0.1, maximize=1), TypeError, "the type of 'maximize' should be 'bool'"),
        (lambda: optim.ASGD([P], t0=1), TypeError, "the type of 't0' should be 'float'"),
        (lambda: schedules.StepLR(sgd(), 1.5), TypeError, "the type of 'step_size' should be one of"),
        (lambda: schedules.StepLR(sgd(), 1, last_epoch=1.5), TypeError, "the type of 'last_epoch' should be 'int'"),
        (lambda: schedules.StepLR(sgd(), 1, last_epoch=0), KeyError, "param 'initial_lr' is not specified in"),
        (lambda: schedules.MultiStepLR(sgd(), (1, 2)), TypeError, "the type of 'milestones' should be 'list'"),
        (lambda: optim.SGD([P], lr=0.1).add_param_group(3), TypeError, "Param group must be a dict"),
        (lambda: optim.SGD([P], lr=0.1)(()), ValueError, "expects a gradient for each of its 1 parameters, got 0"),
        (lambda: optim.SGD([P], lr=0.1)((Tensor([1.0, 2.0]),)), ValueError, r"of shape \(1,\) for 'p', got \(2,\)"),
        (
            lambda: optim.Optimizer([P], {"lr": 0.1})((Tensor([1.0]),)),
            NotImplementedError,
            "Optimizer defines no _rule",
        ),
    ],
)
def test_what_optimizers_refuse(make: Callable, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_rates_of_zero_and_what_is_printed() -> None:
    for idle in (optim.SGD([P], lr=0.0), optim.Adam([P], lr=0)):
        assert float(idle.param_groups[0]["lr"]) == 0
    assert "grad_centralization" not in str(optim.Adam([P])) and "grad_centralization" in str(optim.SGD([P], 0.1))
    for make in (schedules.LinearLR, schedules.PolynomialLR):
        assert float(make(sgd(), total_iters=0).get_last_lr()[0]) >= 0


def sgd() -> optim.SGD:
    a, b = weights()
    return optim.SGD([{"params": [a], "lr": 0.5}, {"params": [b]}], lr=0.1)


RATES: list[tuple[Callable[[Any], Any], list[float], float]] = [
    (lambda o: schedules.StepLR(o, 2, 0.5), [0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625], 0.0125),
    (lambda o: schedules.MultiStepLR(o, [2, 4], 0.1), [0.5, 0.5, 0.05, 0.05, 0.005, 0.005, 0.005], 0.001),
    (lambda o: schedules.ExponentialLR(o, 0.9), [0.5, 0.45, 0.405, 0.3645, 0.32805, 0.295245, 0.26572], 0.04783),
    (
        lambda o: schedules.LambdaLR(o, [lambda e: 0.9**e, lambda e: 1 / (e + 1)]),
        [0.5, 0.45, 0.405, 0.3645, 0.32805, 0.295245, 0.26572],
        0.0125,
    ),
    (
        lambda o: schedules.MultiplicativeLR(o, lambda e: 0.5),
        [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.007812],
        0.000781,
    ),
    (lambda o: schedules.ConstantLR(o, 0.5, 3), [0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5], 0.1),
    (lambda o: schedules.LinearLR(o, 0.25, 1.0, 4), [0.125, 0.21875, 0.3125, 0.40625, 0.5, 0.5, 0.5], 0.1),
    (lambda o: schedules.PolynomialLR(o, 4, 2.0), [0.5, 0.28125, 0.125, 0.03125, 0.0, 0.0, 0.0], 0.0),
    (
        lambda o: schedules.CosineAnnealingLR(o, 4, 0.01),
        [0.5, 0.428241, 0.255, 0.081759, 0.01, 0.081759, 0.255],
        0.08682,
    ),
    (
        lambda o: schedules.CosineAnnealingWarmRestarts(o, 2, 2, 0.01),
        [0.5, 0.255, 0.5, 0.428241, 0.255, 0.081759, 0.5],
        0.096575,
    ),
    (lambda o: schedules.CyclicLR(o, 0.01, 0.1, 2), [0.01, 0.055, 0.1, 0.055, 0.01, 0.055, 0.1], 0.055),
    (
        lambda o: schedules.CyclicLR(o, 0.01, 0.1, 2, mode="triangular2"),
        [0.01, 0.055, 0.1, 0.055, 0.01, 0.0325, 0.055],
        0.0325,
    ),
    (
        lambda o: schedules.CyclicLR(o, 0.01, 0.1, 2, mode="exp_range", gamma=0.9),
        [0.01, 0.0505, 0.0829, 0.042805, 0.01, 0.036572, 0.05783],
        0.031523,
    ),
    (
        lambda o: schedules.SequentialLR(o, [schedules.ConstantLR(o, 0.1, 2), schedules.ExponentialLR(o, 0.9)], [2]),
        [0.05, 0.05, 0.5, 0.45, 0.405, 0.3645, 0.32805],
        0.059049,
    ),
]


@pytest.mark.parametrize("make, first, last_of_second", RATES)
def test_schedules(make: Callable, first: list, last_of_second: float) -> None:
    optimizer, seen = sgd(), []
    scheduler = make(optimizer)
    for _ in range(7):
        seen.append(float(optimizer.param_groups[0]["lr"]))
        scheduler.step()
    np.testing.assert_allclose(seen, first, atol=2e-6)
    assert float(scheduler.get_last_lr()[1]) == pytest.approx(last_of_second, abs=2e-6)


def test_plateaus() -> None:
    optimizer, seen = sgd(), []
    scheduler = schedules.ReduceLROnPlateau(optimizer, "min", 0.5, 1)
    for value in (1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.6):
        seen.append(float(optimizer.param_groups[0]["lr"]))
        scheduler.step(Tensor(value))
    assert seen == [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]
    np.testing.assert_allclose([float(r) for r in scheduler.get_last_lr()], [0.125, 0.025], rtol=1e-6)
    most = schedules.ReduceLROnPlateau(
        sgd(), "max", 0.5, 0, threshold=0.1, threshold_mode="abs", cooldown=1, min_lr=[0.2, 0.0]
    )
    for value in (1.0, 1.05, 1.0, 1.05, 1.0):
        most.step(value)
    np.testing.assert_allclose([float(r) for r in most.get_last_lr()], [0.2, 0.025], rtol=1e-6)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: schedules.LambdaLR(sgd(), [lambda e: 1]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda: schedules.StepLR(3, 2), TypeError, "int is not an Optimizer"),
        (lambda: schedules.StepLR(sgd(), 2, 1), TypeError, "the 'gamma' must be float"),
        (lambda: schedules.ReduceLROnPlateau(sgd(), "x"), ValueError, "`mode` should be 'min' or 'max', but got x"),
        (lambda: schedules.ReduceLROnPlateau(sgd(), factor=2.0), ValueError, "The lr factor should be less than 1.0"),
        (lambda: schedules.ReduceLROnPlateau(sgd(), threshold_mode="x"), ValueError, "`threshold_mode` should be"),
        (lambda: schedules.ReduceLROnPlateau(sgd(), min_lr=[1]), ValueError, "expected 2 min_lrs, got 1"),
        (lambda: schedules.ConstantLR(sgd(), 2.0), ValueError, "Constant multiplicative factor expected"),
        (lambda: schedules.LinearLR(sgd(), 2.0), ValueError, "Starting multiplicative factor expected"),
        (lambda: schedules.LinearLR(sgd(), 1.0, 2.0), ValueError, "Ending multiplicative factor expected"),
        (lambda: schedules.PolynomialLR(sgd(), 4, -1.0), ValueError, "the 'power' must be >= 0"),
        (lambda: schedules.CosineAnnealingWarmRestarts(sgd(), 0), ValueError, "Expected positive integer T_0"),
        (lambda: schedules.CyclicLR(sgd(), 0.1, 1.0, mode="x"), ValueError, "mode must be 'triangular'"),
        (lambda: schedules.CyclicLR(sgd(), [0.1], 1.0), ValueError, "expected 2 values for base_lr, got 1"),
        (
            lambda: schedules.SequentialLR(sgd(), [schedules.ConstantLR(sgd())], []),
            ValueError,
            "belong to the same optimizer",
        ),
        (
            lambda: (lambda o: schedules.SequentialLR(o, [schedules.ConstantLR(o)], [1]))(sgd()),
            ValueError,
            "one more than the",
        ),
        (lambda: schedules.LRScheduler(sgd()), NotImplementedError, "must define get_lr"),
    ],
)
def test_what_schedules_refuse(make: Callable, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_step_as_the_documentation_writes_it() -> None:
    net, loss_fn = nn.Dense(3, 1), nn.MSELoss()
    optimizer = optim.Adam(net.trainable_params(), lr=0.1)
    scheduler = schedules.StepLR(optimizer, 20, 0.5)
    x = Tensor(np.random.RandomState(0).randn(16, 3).astype(np.float32))
    y = x.sum(1, keepdims=True)
    grad_fn = ops.value_and_grad(lambda x, y: loss_fn(net(x), y), None, optimizer.parameters)

    @jit
    def train_step(x: Tensor, y: Tensor) -> Tensor:
        loss, grads = grad_fn(x, y)
        optimizer(grads)
        return loss

    losses = []
    for _ in range(60):
        losses.append(float(train_step(x, y)))
        scheduler.step()
    assert losses[-1] < 0.01 * losses[0] and float(optimizer.param_groups[0]["lr"]) == pytest.approx(0.0125)


@pytest.mark.parametrize("cls, expected", [
    (optim.Rprop, [0.5, 2.5, 2.5, -4.5]), (optim.ASGD, [0.94995, 2.0999, 2.84985, -4.1998]),
])
def test_the_first_step_takes_the_rate_as_it_is_then(cls, expected):
    """As mindspore 2.8.0."""
    p = Parameter(Tensor([1.0, 2.0, 3.0, -4.0]), name="p")
    optimizer = cls([p], lr=0.1)
    optimizer.param_groups[0]["lr"].set_data(Tensor(0.5))
    optimizer((Tensor([0.1, -0.2, 0.3, 0.4]),))
    np.testing.assert_allclose(p.asnumpy(), expected, rtol=1e-5)
