"""Optimizers: three updates as mindspore 2.8.0 makes them, their parameters, groups, schedules and errors."""

import copy

import numpy as np
import pytest

from luojia import Parameter, Tensor, nn

G = (Tensor([0.5, -1.0]), Tensor([2.0]))


def params():
    return [Parameter(Tensor([1.0, 2.0]), name="w"), Parameter(Tensor([3.0]), name="b")]


def names(opt):
    return [p.name for p in opt.get_parameters()]


def values(opt):
    return [p.asnumpy().tolist() for p in opt.parameters]


STATES = {
    "SGD": ["momentum", "accum.w", "accum.b", "stat.w", "stat.b"],
    "Momentum": ["momentum", "moments.w", "moments.b"],
    "Adam": ["beta1_power", "beta2_power", "moment1.w", "moment1.b", "moment2.w", "moment2.b"],
    "AdamWeightDecay": ["adam_m.w", "adam_m.b", "adam_v.w", "adam_v.b"],
    "AdaMax": ["beta1_power", "moment1.w", "moment1.b", "moment2.w", "moment2.b"],
    "RMSProp": ["mean_square.w", "mean_square.b", "moment.w", "moment.b"],
    "Adagrad": ["accum.w", "accum.b"],
    "Adadelta": ["accum.w", "accum.b", "accum_update.w", "accum_update.b"],
    "Lamb": ["lamb_m.w", "lamb_m.b", "lamb_v.w", "lamb_v.b"],
    "ProximalAdagrad": ["accum.w", "accum.b"],
    "Rprop": ["prev.w", "prev.b", "step_size.w", "step_size.b"],
}
AFTER_THREE = {
    "SGD": [[0.7195, 2.561], [1.878]], "Momentum": [[0.7195, 2.561], [1.878]],
    "Adam": [[0.700001, 2.299999], [2.700001]], "LazyAdam": [[0.700001, 2.299999], [2.700001]],
    "AdamOffload": [[0.700001, 2.299999], [2.700001]],
    "AdamWeightDecay": [[-0.236162, 3.23619], [1.763796]], "AdaMax": [[0.7, 2.3], [2.7]],
    "RMSProp": [[0.838002, 2.3], [2.516435]], "Adagrad": [[0.796702, 2.221149], [2.773458]],
    "Adadelta": [[0.9990293, 2.0009706], [2.9990294]], "FTRL": [[0.26218, 1.618126], [2.304937]],
    "ProximalAdagrad": [[0.796702, 2.221149], [2.773458]], "ASGD": [[0.8499725, 2.2999346], [2.39992]],
    "Rprop": [[0.636, 2.364], [2.636]],
}


def make(name, **kwargs):
    if name in ("SGD", "Momentum"):
        kwargs.setdefault("momentum", 0.9)
    return getattr(nn, name)(params(), learning_rate=0.1, **kwargs)


@pytest.mark.parametrize("name", AFTER_THREE)
def test_three_updates(name):
    opt = make(name)
    for _ in range(3):
        assert opt(G) == (True if name in ("ASGD", "Rprop") else (True, True))
    for got, expected in zip(values(opt), AFTER_THREE[name]):
        np.testing.assert_allclose(got, expected, rtol=5e-5)  # float32, and the order of operations differs
    assert opt.global_step.asnumpy().tolist() == [3]


@pytest.mark.parametrize("name", STATES)
def test_parameters(name):
    opt = make(name)
    assert names(opt) == ["global_step", "learning_rate", "w", "b", *STATES[name]]
    assert [p.name for p in opt.trainable_params()] == names(opt)
    given = {"momentum": 0.9} if name in ("SGD", "Momentum") else {}
    several = getattr(nn, name)(params(), learning_rate=[0.1, 0.2], **given)
    assert names(several) == ["global_step", "w", "b", *STATES[name], "learning_rate"]


def test_the_rate_of_all_is_listed_where_a_group_has_none():
    w, b = params()
    for groups, listed in (
        ([{"params": [w], "lr": 0.1}, {"params": [b], "lr": 0.2}], ["learning_rate_group_0", "learning_rate_group_1"]),
        ([{"params": [w], "lr": 0.1}, {"params": [b]}], ["learning_rate_group_0", "learning_rate"]),
        ([{"params": [w, b], "lr": 0.1}, {"order_params": [w, b]}], ["learning_rate_group_0"]),
    ):
        opt = nn.Momentum(groups, 0.3, 0.9)
        assert names(opt)[: len(listed) + 2] == ["global_step", *listed, "w"]
        assert opt(G) and float(opt.learning_rate) == np.float32(0.3)


def test_states_that_are_only_listed():
    opt = make("SGD")
    assert [p.asnumpy().tolist() for p in opt.stat] == [[1, 1], [1]]
    opt(G)
    kept = opt.parameters_dict()
    assert kept["stat.w"].asnumpy().tolist() == [0, 0]
    assert names(nn.RMSProp(params(), centered=True))[4:8] == ["mean_grad.w", "mean_grad.b", "mean_square.w",
                                                               "mean_square.b"]


def test_lamb_and_adafactor_move_down_the_gradient():
    for opt in (make("Lamb"), nn.AdaFactor(params())):
        opt(G)
        (a, b), (c,) = values(opt)
        assert a < 1.0 and b > 2.0 and c < 3.0


def test_weight_decay_and_loss_scale():
    opt = make("Momentum", weight_decay=0.1, loss_scale=4.0)
    opt(G)
    np.testing.assert_allclose(values(opt)[0], [0.9775, 2.005], rtol=1e-6)
    np.testing.assert_allclose(values(opt)[1], [2.92], rtol=1e-6)


def test_no_weight_decay_for_beta_and_gamma():
    ps = [Parameter(Tensor([1.0]), name="bn.gamma"), Parameter(Tensor([1.0]), name="w")]
    opt = nn.SGD(ps, 0.1, weight_decay=1.0)
    opt((Tensor([0.0]), Tensor([0.0])))
    np.testing.assert_allclose([p.asnumpy()[0] for p in ps], [1.0, 0.9])


def test_groups():
    w, b = params()
    opt = nn.Momentum([{"params": [w], "lr": 0.5, "weight_decay": 0.1}, {"params": [b]}], 0.1, 0.9)
    assert names(opt) == ["global_step", "learning_rate_group_0", "learning_rate", "w", "b", "momentum", "moments.w",
                          "moments.b"]
    opt(G)
    np.testing.assert_allclose(values(opt)[0], [0.7, 2.4], rtol=1e-6)
    np.testing.assert_allclose(values(opt)[1], [2.8], rtol=1e-6)
    assert [float(r) for r in opt.get_lr()] == pytest.approx([0.5, 0.1])
    assert opt.get_lr_parameter(w).name == "learning_rate_group_0"
    assert opt.get_weight_decay() == (0.1, 0.0)
    with pytest.raises(ValueError, match="is not in the optimizer"):
        opt.get_lr_parameter(Parameter(1.0))
    with pytest.raises(TypeError, match="the 'param' must be 'Parameter' or 'list' type, but got <class 'int'>"):
        opt.get_lr_parameter(3)


@pytest.mark.parametrize("first, second, ordered, expected", [
    (None, 0.5, False, "learning_rate learning_rate_group_1 w b"),
    (None, 0.5, True, "learning_rate_group_1 learning_rate b w"),
    (0.1, 0.5, True, "learning_rate_group_1 learning_rate_group_0 b w"),
    (None, [0.5, 0.4], False, "w b learning_rate learning_rate_group_1"),
    ([0.1, 0.2], 0.3, True, "b w learning_rate_group_1 learning_rate_group_0"),
])
def test_where_rates_of_groups_are_listed(first, second, ordered, expected):
    ps = params()
    groups = [{"params": [p], **({} if rate is None else {"lr": rate})} for p, rate in zip(ps, (first, second))]
    opt = nn.Momentum(groups + [{"order_params": ps[::-1]}] * ordered, 0.01, 0.9)
    kept = [n for n in names(opt) if n != "global_step" and not n.startswith("mom")]
    assert " ".join(kept) == expected


def test_order_params():
    w, b = params()
    opt = nn.SGD([{"params": [w]}, {"params": [b]}, {"order_params": [b, w]}])
    assert [p.name for p in opt.parameters] == ["b", "w"]
    with pytest.raises(ValueError, match="'order_params' must hold the parameters of all groups"):
        nn.SGD([{"params": [w]}, {"order_params": [b]}])


def test_learning_rates_by_step():
    opt = nn.Momentum(params(), [0.1, 0.2, 0.3], 0.9)
    assert dict((p.name, p.shape) for p in opt.get_parameters())["learning_rate"] == (3,)
    rates = []
    for _ in range(4):
        rates.append(float(opt.get_lr()))
        opt(G)
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.3])
    opt = nn.Momentum(params(), nn.ExponentialDecayLR(0.1, 0.9, 2), 0.9)
    opt(G)
    assert float(opt.get_lr()) == pytest.approx(0.094868325)


def test_the_learning_rate_can_be_set():
    opt = make("SGD", momentum=0.0)
    opt.learning_rate.set_data(Tensor(1.0))
    opt(G)
    assert values(opt) == [[0.5, 3.0], [1.0]]


def test_lars():
    w, b = params()
    b.name = "bias"
    opt = nn.LARS(nn.SGD([w, b], 0.1), coefficient=0.1)
    assert opt.lars_flag == (True, False) and opt(G) == (True, True)
    factor = 0.1 * np.sqrt(5) / (np.sqrt(1.25) + 1e-5)
    np.testing.assert_allclose(w.asnumpy(), [1 - 0.05 * factor, 2 + 0.1 * factor], rtol=1e-5)
    np.testing.assert_allclose(b.asnumpy(), [2.8], rtol=1e-6)
    with pytest.raises(TypeError, match="the type of 'optimizer' must be Optimizer"):
        nn.LARS(3)


def test_an_optimizer_of_ones_own():
    class Plain(nn.Optimizer):
        def construct(self, gradients):
            for p, g in zip(self.parameters, self.decay_weight(self.scale_grad(gradients))):
                p.set_data(p - g * self.get_lr())
            self.assignadd_global_step()
            return True

    opt = Plain(0.1, params(), weight_decay=0.1, loss_scale=4.0)
    assert opt(G) is True
    np.testing.assert_allclose(values(opt)[0], [0.9475, 1.945], rtol=1e-6)  # the decay is 0.1 * 4
    with pytest.raises(NotImplementedError, match="must override construct"):
        nn.Optimizer(0.1, params())(G)


def test_deepcopy():
    opt = make("Adam")
    other = copy.deepcopy(opt)
    other(G)
    assert values(opt) == [[1.0, 2.0], [3.0]] and values(other) != values(opt)


W = params()[0]


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.Momentum([], 0.1, 0.9), ValueError, "the argument parameters must not be empty"),
    (lambda: nn.Momentum([3], 0.1, 0.9), TypeError, "all elements of the argument 'parameters' must be 'Parameter'"),
    (lambda: nn.SGD(3), TypeError, "the argument parameters must be Iterable type, but got <class 'int'>"),
    (lambda: nn.Momentum(params(), -0.1, 0.9), ValueError, "the 'learning rate' must be float and must >= 0"),
    (lambda: nn.Momentum(params(), "a", 0.9), ValueError, "could not convert string to float: 'a'"),
    (lambda: nn.Momentum(params(), [0.1, -1.0], 0.9), ValueError, "the 'learning rate' must be float and must >= 0"),
    (lambda: nn.Momentum(params(), [], 0.9), ValueError, "the list of learning rates must not be empty"),
    (lambda: nn.Momentum(params(), None, 0.9), TypeError, "the argument 'learning_rate' must be int, float, list"),
    (lambda: nn.Momentum(params(), 0.1, -1.0), ValueError, "the argument 'momentum' must be at least 0.0, but got -1"),
    (lambda: nn.Momentum(params(), 0.1, "a"), TypeError, "the type of 'momentum' should be 'float', but got type "
     "'str'"),
    (lambda: nn.Momentum(params(), 0.1, 0.9, weight_decay=-1.0), ValueError, "the 'weight_decay' must be float and "
     "must"),
    (lambda: nn.Momentum(params(), 0.1, 0.9, loss_scale=0.0), ValueError, "the 'loss_scale' must be float and must > "
     "0"),
    (lambda: nn.Adam(params(), beta1=1.5), ValueError, r"the 'beta1' must be in range of \(0.0, 1.0\), but got 1.5"),
    (lambda: nn.Adam(params(), use_nesterov=1), TypeError, "the 'use_nesterov' must be bool"),
    (lambda: nn.FTRL(params(), lr_power="a"), TypeError, "the type of 'lr_power' should be 'float'"),
    (lambda: nn.SGD(params(), nesterov=True), ValueError, "if 'nesterov' is true, 'momentum' must be > 0"),
    (lambda: nn.AdaFactor(params(), learning_rate=0.1), ValueError, "give either a learning_rate or relative_step"),
    (lambda: nn.Momentum(params() + params(), 0.1, 0.9), ValueError, "its name 'w' already exists"),
    (lambda: nn.Momentum([{"lr": 1.0}], 0.1, 0.9), KeyError, "params"),
    (lambda: nn.SGD([{"params": [Parameter(Tensor([1.0]), name="w")], "lr": [0.1, 0.2]}], [0.1, 0.2, 0.3]), ValueError,
     "in group must be the same size as the argument 'learning_rate'"),
    (lambda: nn.Momentum([{"parms": []}], 0.1, 0.9), KeyError, "the key of a parameter group must be in"),
    (lambda: nn.Momentum([{"params": []}], 0.1, 0.9), ValueError, "the 'params' of a parameter group must not be "
     "empty"),
    (lambda: nn.SGD([{"params": [W]}, {"params": [W]}]), ValueError, "the parameter w is in two groups"),
    (lambda: nn.Rprop([W], etas=(1.2, 0.5)), ValueError, "'etaminus' must be in range"),
    (lambda: nn.Rprop([W], etas=(0.5, 0.9)), ValueError, "etaplus must be greater than 1.0"),
    (lambda: nn.Rprop([W], etas=(0.5,)), ValueError, "etas must be a tuple with the size of 2"),
    (lambda: nn.Rprop([W], step_sizes=(5.0, 1.0)), ValueError, "but got 5.0 > 1.0"),
    (lambda: nn.FTRL([W], learning_rate=[0.1, 0.2]), ValueError, "dynamic learning rate and group learning rate"),
    (lambda: nn.FTRL([{"params": [W], "lr": 0.1}]), ValueError, "group learning rate True"),
    (lambda: nn.FTRL([W], learning_rate=1), TypeError, "'learning_rate' should be 'float', but got type 'int'"),
    (lambda: nn.FTRL([W], learning_rate=0.0), ValueError, "must be float and must > 0, but got '0.0'"),
    (lambda: nn.SGD([W], weight_decay=nn.ExponentialDecayLR(0.1, 0.9, 4)), TypeError, "dynamic weight decay"),
    (lambda: make("SGD")((G[0],)), RuntimeError, "has 2 parameters and takes a gradient for each, got 1 gradients"),
    (lambda: make("SGD")((G[0], 3)), TypeError, "the gradient of b must be a Tensor, but got int"),
    (lambda: make("SGD")((G[0], G[0])), ValueError, r"the gradient of b must have its shape \(1,\), but got \(2,\)"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name, states", [
    ("ASGD", ["mu_w", "eta_w", "ax_.w"]),
    ("AdaFactor", ["exp_avg.w", "exp_avg_sq_row_w", "exp_avg_sq_col_w", "exp_avg_sq_w"]),
])
def test_names_of_states(name, states):
    opt = getattr(nn, name)([Parameter(Tensor([1.0]), name="w")])
    assert [p.name for p in opt.get_parameters()][3:] == states


def test_schedules_of_several_steps():
    rates = nn.ExponentialDecayLR(0.1, 0.5, 1)(Tensor([[1, 2]]))
    np.testing.assert_allclose(rates.asnumpy(), [[0.05, 0.025]])


def test_a_failed_update_changes_nothing():
    opt = make("Adam")
    with pytest.raises(ValueError, match="the gradient of b must have its shape"):
        opt((G[0], G[0]))
    assert values(opt) == [[1.0, 2.0], [3.0]] and opt.global_step.asnumpy().tolist() == [0]


@pytest.mark.parametrize("schedule, step, expected", [
    (nn.ExponentialDecayLR(0.1, 0.9, 4), 2, 0.1 * 0.9**0.5),
    (nn.ExponentialDecayLR(0.1, 0.9, 4, True), 7, 0.09),
    (nn.NaturalExpDecayLR(0.1, 0.9, 4), 2, 0.1 * np.exp(-1.8)),
    (nn.InverseDecayLR(0.1, 0.9, 4), 2, 0.1 / 1.45),
    (nn.CosineDecayLR(0.01, 0.1, 4), 2, 0.055),
    (nn.PolynomialDecayLR(0.1, 0.01, 4, 0.5), 2, 0.01 + 0.09 * 0.5**0.5),
    (nn.WarmUpLR(0.1, 4), 2, 0.05),
])
def test_schedules(schedule, step, expected):
    assert float(schedule(Tensor(step))) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.ExponentialDecayLR(1, 0.9, 4), TypeError, "the 'learning_rate' must be float, but got int"),
    (lambda: nn.ExponentialDecayLR(0.0, 0.9, 4), ValueError, "the 'learning_rate' must be float and must > 0"),
    (lambda: nn.ExponentialDecayLR(0.1, 0.9, 4, 1), TypeError, "the 'is_stair' must be bool"),
    (lambda: nn.WarmUpLR(0.1, 0), ValueError, "the 'warmup_steps' must be int and must > 0"),
    (lambda: nn.WarmUpLR(0.1, 1.5), TypeError, "the 'warmup_steps' must be int, but got 'float'"),
    (lambda: nn.CosineDecayLR(0.1, 0.1, 4), ValueError, "the 'max_lr' should be greater than the 'min_lr'"),
    (lambda: nn.LearningRateSchedule()(1), NotImplementedError, "must override construct"),
])
def test_schedule_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_dynamic_lr_under_both_paths():
    assert nn.dynamic_lr.piecewise_constant_lr is nn.piecewise_constant_lr
    assert nn.piecewise_constant_lr([2, 3], [0.1, 0.05]) == [0.1, 0.1, 0.05]


def test_what_an_optimizer_tells():
    a, b, c = (Parameter(Tensor([1.0]), name=n) for n in "abc")
    groups = [{"params": [a], "lr": 0.5}, {"params": [b, c], "weight_decay": 0.25, "grad_centralization": True}]
    optimizer = nn.Momentum(groups, [0.1, 0.2], 0.9)
    assert optimizer.is_group_lr and optimizer.dynamic_lr and not optimizer.dynamic_weight_decay
    assert not optimizer.need_scale and not optimizer.is_group_params_ordered and optimizer.exec_weight_decay
    assert optimizer.grad_centralization_flags == (False, True, True)
    rates = optimizer.get_lr_parameter([a, b])
    assert float(rates[0]) == 0.5 and rates[1] is optimizer.learning_rate
    assert [float(d) for d in optimizer.get_weight_decay()] == [0.0, 0.25, 0.25]
    assert isinstance(nn.SGD([a], 0.1).get_weight_decay(), Tensor)
    fixed = nn.SGD([a], 0.1)
    assert fixed.get_lr() is fixed.learning_rate
    gradients = (Tensor([1.0]),)
    assert fixed.flatten_gradients(gradients) is gradients is fixed.gradients_centralization(gradients)
    assert fixed.broadcast_params(gradients) is gradients
    assert (fixed.target, fixed.unique) == ("CPU", True)
    fixed.target, fixed.unique = "Ascend", False
    assert (fixed.target, fixed.unique) == ("Ascend", False)


@pytest.mark.parametrize("call, error, message", [
    (lambda p: setattr(nn.SGD([p]), "target", "x"), ValueError, "the 'target' must be 'CPU', 'Ascend' or 'GPU'"),
    (lambda p: setattr(nn.SGD([p]), "unique", 1), TypeError, "the property 'unique' must be bool"),
    (lambda p: nn.SGD([p], Tensor([[0.1]])), ValueError, "the dimension of it should be 0 or 1, but got 2"),
    (lambda p: nn.SGD([{"params": [p], "grad_centralization": 1}]), TypeError,
     "'gradients_centralization' must be bool"),
])
def test_more_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(Parameter(Tensor([1.0]), name="p"))


@pytest.mark.parametrize(("options", "expected"), [
    ({}, [[0.6, -2.2], [0.1, -2.4], [-0.5, -2.6]]),
    ({"dampening": 0.3}, [[0.6, -2.2], [0.1, -2.4], [-0.5, -2.6]]),
    ({"weight_decay": 0.5}, [[0.55, -2.1], [0.0225, -2.195], [-0.578625, -2.28525]]),
    ({"loss_scale": 2.0}, [[0.8, -2.1], [0.55, -2.2], [0.25, -2.3]]),
])
def test_sgd_without_momentum_leaves_its_states(options, expected):
    """As mindspore 2.8.0 does, in both of its modes."""
    w = Parameter(Tensor(np.array([1.0, -2.0], np.float32)), name="w")
    optimizer = nn.SGD([w], 0.1, **options)
    for k, e in enumerate(expected):
        optimizer((Tensor(np.array([4.0 + k, 2.0], np.float32)),))
        np.testing.assert_allclose(w.asnumpy(), e, rtol=1e-5)
        assert optimizer.accum[0].asnumpy().tolist() == [0, 0]


def test_subclasses_name_their_own_attributes_freely():
    class Own(nn.Optimizer):
        def __init__(self, params):
            super().__init__(0.5, params)
            self._step = Parameter(Tensor(0.0), name="step")
            self._rate, self._check, self._own, self._groups, self._scalar, self._who = 1, 2, 3, 4, 5, 6

        def construct(self, gradients):
            lr = self.get_lr()
            for p, g in zip(self.parameters, gradients):
                p.set_data(p - lr * g)
            self._step.set_data(self._step + 1)
            return self._rate

    p = Parameter(Tensor([1.0]), name="p")
    own = Own([p])
    assert own((Tensor([1.0]),)) == 1 and p.tolist() == [0.5] and own._step == 1
    assert own.get_lr() == 0.5 and own.get_weight_decay() == 0


def test_decay_weight_of_ones_own_comes_before_scale_grad():
    class Own(nn.Optimizer):
        def construct(self, gradients):
            return self.scale_grad(self.decay_weight(gradients))

    w = Parameter(Tensor([1.0, 2.0]), name="w")
    opt = Own([0.1, 0.2], [w], weight_decay=0.5, loss_scale=4.0)
    assert opt((Tensor([1.0, 1.0]),))[0].asnumpy().tolist() == [0.75, 1.25]
    assert (opt.weight_decay, float(opt.get_weight_decay()), opt.loss_scale) == (2.0, 2.0, 4.0)
    opt.moments = opt.parameters.clone(prefix="moments", init="zeros")
    assert names(opt) == ["global_step", "w", "moments.w", "learning_rate"]
    grouped = Own(0.1, [{"params": [w], "weight_decay": 0.25}], weight_decay=0.5, loss_scale=4.0)
    assert grouped((Tensor([1.0, 1.0]),))[0].asnumpy().tolist() == [0.5, 0.75]


def test_schedules_are_asked_with_the_global_step():
    seen = []

    class Rate(nn.learning_rate_schedule.LearningRateSchedule):
        def construct(self, step):
            seen.append((step.shape, str(step.dtype), int(step)))
            return 0.1 * (step + 1)

    w = Parameter(Tensor([1.0]), name="w")
    opt = nn.SGD([w], Rate())
    for _ in range(2):
        opt((Tensor([1.0]),))
    np.testing.assert_allclose(w.asnumpy(), [0.7], rtol=1e-6)
    assert seen == [((1,), "Int32", 0), ((1,), "Int32", 1)] and opt.get_lr().shape == ()
