"""The optimizers: each names an update rule, its arguments and its states as MindSpore does."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Parameter
from .._src.paths import open_paths
from .._src.train.rules import MINDSPORE
from .._src.train.rules_sgd import lars_gradient
from .checks import check_bool
from .module import Module
from .optimizer import Optimizer, RuleOptimizer, leaf_of, number

_REQUIRED = inspect.Parameter.empty
_COMMON = ("params", "learning_rate", "weight_decay", "loss_scale")
_IGNORED = ("use_locking", "update_slots", "compression", "use_lazy", "use_offload")
_FLAGS = ("use_nesterov", "nesterov", "use_amsgrad", "centered", "scale_parameter", "relative_step", "warmup_init")
_BETAS = ("beta1", "beta2")


def _check_hyper(who: str, name: str, value: Any) -> Any:
    if name in _FLAGS:
        return check_bool(who, name, value)
    if isinstance(value, (tuple, list)):
        return tuple(number(who, name, v) for v in value)
    if name == "momentum" and isinstance(value, (int, float)) and value < 0:
        raise ArgumentError(f"For '{who}', the argument 'momentum' must be at least 0.0, but got {value}")
    if name in ("lr_power", "lambd", "alpha", "t0"):
        return float(value)
    value = number(who, name, value)
    if name in _BETAS and not 0 < value < 1:
        raise ArgumentError(f"For '{who}', the '{name}' must be in range of (0.0, 1.0), but got {value} with type "
                            "'float'.")
    return value


def _check_rprop(etas: tuple, step_sizes: tuple) -> None:
    for what, pair in (("etas", etas), ("step_sizes", step_sizes)):
        if len(pair) != 2:
            raise ArgumentError(f"For Rprop, {what} must be a tuple with the size of 2, but got {len(pair)}.")
    if not 0 < etas[0] < 1:
        raise ArgumentError(f"For 'Rprop', the 'etaminus' must be in range of (0.0, 1.0), but got {etas[0]}.")
    if etas[1] <= 1:
        raise ArgumentError(f"For Rprop, etaplus must be greater than 1.0, but got etaplus {etas[1]}.")
    if step_sizes[0] > step_sizes[1]:
        raise ArgumentError("For Rprop, maximal step size should not be less than minimal step size, but got "
                            f"{step_sizes[0]} > {step_sizes[1]}.")


def _check_ftrl(self: Optimizer, rate: Any) -> None:
    if self.dynamic_lr or self.is_group_lr:
        raise ArgumentError("For 'FTRL', dynamic learning rate and group learning rate are currently not supported in "
                            f"FTRL, they should all be false, but got dynamic learning rate {self.dynamic_lr} and "
                            f"group learning rate {self.is_group_lr}.")
    if not isinstance(rate, float):
        raise DTypeError(f"For 'FTRL', the type of 'learning_rate' should be 'float', but got type "
                         f"'{type(rate).__name__}'.")
    if rate <= 0:
        raise ArgumentError(f"For 'FTRL', the 'learning_rate' must be float and must > 0, but got '{rate}' with type "
                            "'float'.")


def _optimizer(name: str, formula: str, states: dict[str, str], powers: tuple[str, ...] = (),
               listed: dict[str, tuple[float, bool]] | None = None, **signature: Any) -> type:
    """An optimizer class of a preset; ``signature`` gives the arguments after ``params`` and their defaults."""
    parameters = [inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v)
                  for k, v in {"params": _REQUIRED, **signature}.items()]
    made = inspect.Signature(parameters)

    def __init__(self: RuleOptimizer, *args: Any, **kwargs: Any) -> None:
        try:
            bound = made.bind(*args, **kwargs)
        except TypeError as e:
            raise TypeError(f"{name}() {e}; it takes {', '.join(made.parameters)}.") from None
        bound.apply_defaults()
        given = bound.arguments
        hyper = {k: _check_hyper(name, k, v) for k, v in given.items() if k not in (*_COMMON, *_IGNORED)}
        if name == "SGD" and hyper["nesterov"] and (not hyper["momentum"] or hyper["dampening"]):
            raise ArgumentError("For 'SGD', if 'nesterov' is true, 'momentum' must be > 0 and 'dampening' must be 0, "
                                f"but got {hyper['momentum']} and {hyper['dampening']}.")
        if name == "Rprop":
            _check_rprop(hyper["etas"], hyper["step_sizes"])
        rate = given["learning_rate"]
        if rate is None and hyper.get("relative_step"):
            rate = 1.0  # AdaFactor finds its own
        elif rate is None and "relative_step" in hyper:
            raise ArgumentError(f"For '{name}', give a learning_rate, or relative_step=True.")
        elif hyper.get("relative_step"):
            raise ArgumentError(f"For '{name}', give either a learning_rate or relative_step=True, got {rate} and "
                                "True.")
        Optimizer.__init__(self, rate, given["params"], given["weight_decay"], given.get("loss_scale", 1.0))
        if name == "FTRL":
            _check_ftrl(self, rate)
        if name == "SGD" and self.dynamic_weight_decay:
            raise DTypeError("For 'SGD', dynamic weight decay is currently not supported, the argument 'weight_decay' "
                             "or 'weight_decay' set in grouped 'params' must be float or int type.")
        if "momentum" in hyper and name in ("Momentum", "SGD"):
            self.momentum = Parameter(Tensor(hyper["momentum"]), name="momentum")
        self._start(hyper)

    return type(name, (RuleOptimizer,), {
        "__init__": __init__, "__signature__": made, "__module__": __name__, "_preset": MINDSPORE[name],
        "_states": states, "_powers": powers, "_listed": listed or {},
        "_single": name in ("ASGD", "Rprop"), **({"_luojia_before_listing": _stat} if name == "SGD" else {}),
        "__doc__": f"{formula}\n\ng is the gradient / loss_scale + weight_decay w. See ``Optimizer`` for the common "
                   f"arguments.\n\n{_example(name)}\n\nMatches ``mindspore.nn.{name}``.\n"})


_AFTER = {  # what the docstrings' example gives, to three digits
    "SGD": "[0.95, 1.9 ]", "Momentum": "[0.95, 1.9 ]", "Adam": "[0.9, 1.9]", "LazyAdam": "[0.9, 1.9]",
    "AdamOffload": "[0.9, 1.9]", "AdamWeightDecay": "[0.684, 1.684]", "AdaMax": "[0.9, 1.9]",
    "RMSProp": "[0.948, 1.9  ]", "Adagrad": "[0.915, 1.905]", "Adadelta": "[1., 2.]", "Lamb": "[0.842, 1.842]",
    "FTRL": "[0.381, 1.302]", "ProximalAdagrad": "[0.915, 1.905]", "ASGD": "[0.95, 1.9 ]", "Rprop": "[0.9, 1.9]",
    "AdaFactor": "[0.984, 1.984]",
}


def _example(name: str) -> str:
    more = {"Momentum": ", momentum=0.9", "AdaFactor": ", relative_step=False"}.get(name, "")
    return ('>>> from luojia import Parameter, Tensor, nn\n>>> w = Parameter(Tensor([1.0, 2.0]), name="w")\n'
            f">>> _ = nn.{name}([w], learning_rate=0.1{more})((Tensor([0.5, 1.0]),))\n"
            f">>> w.asnumpy().round(3)\narray({_AFTER[name]}, dtype=float32)")


def _stat(self: RuleOptimizer) -> None:
    """MindSpore's SGD keeps whether a parameter has no momentum yet: ones, zeros after the first update with some."""
    Optimizer._luojia_before_listing(self)
    if "stat" in self.__dict__ and self._hyper["momentum"] and state.frame is None and int(self.global_step):
        for p in self.stat:
            p.set_data(Tensor(np.zeros(p.shape, np.float32)))


_ADAM = {"mean": "moment1", "var": "moment2", "max": "moment2", "max_var": "vhat"}

SGD = _optimizer(
    "SGD", "Gradient descent: v = momentum v + (1 - dampening) g; w -= lr v, or lr (g + momentum v) with nesterov.",
    {"accum": "accum", "stat": "stat"}, listed={"stat": (1.0, True)},
    learning_rate=0.1, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False,
    loss_scale=1.0)
Momentum = _optimizer(
    "Momentum", "Gradient descent with momentum: v = momentum v + g; w -= lr v, or lr (g + momentum v) with nesterov.",
    {"accum": "moments"}, learning_rate=_REQUIRED, momentum=_REQUIRED, weight_decay=0.0, loss_scale=1.0,
    use_nesterov=False)
Adam = _optimizer(
    "Adam", "Adam (Kingma and Ba 2014): moments m of g and v of g^2; w -= lr_t m / (sqrt(v) + eps).", _ADAM, _BETAS,
    learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, use_locking=False, use_nesterov=False, weight_decay=0.0,
    loss_scale=1.0, use_amsgrad=False, use_lazy=False, use_offload=False)
LazyAdam = _optimizer(
    "LazyAdam", "``Adam``; gradients are dense, so there is nothing to be lazy about.", _ADAM, _BETAS,
    learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, use_locking=False, use_nesterov=False, weight_decay=0.0,
    loss_scale=1.0)
AdamOffload = _optimizer(
    "AdamOffload", "``Adam``; there is one memory, so that nothing is computed elsewhere.", _ADAM, _BETAS,
    learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, use_locking=False, use_nesterov=False, weight_decay=0.0,
    loss_scale=1.0)
AdamWeightDecay = _optimizer(
    "AdamWeightDecay", "Adam without bias correction, with decoupled decay: w -= lr (m / (sqrt(v) + eps) + decay w).",
    {"mean": "adam_m", "var": "adam_v"}, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.0)
AdaMax = _optimizer(
    "AdaMax", "Adam with the maximum norm of past gradients in place of v.", _ADAM, ("beta1",), learning_rate=0.001,
    beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, loss_scale=1.0)
RMSProp = _optimizer(
    "RMSProp", "g divided by the root of the running mean of g^2 (less the squared mean if centered), with momentum.",
    {"mean_grad": "mean_grad", "mean_square": "mean_square", "mom": "moment"}, listed={"mom": (0.0, True)},
    learning_rate=0.1, decay=0.9,
    momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, loss_scale=1.0, weight_decay=0.0)
Adagrad = _optimizer(
    "Adagrad", "a += g^2; w -= lr g / sqrt(a).", {"accum": "accum"}, accum=0.1, learning_rate=0.001, update_slots=True,
    loss_scale=1.0, weight_decay=0.0)
Adadelta = _optimizer(
    "Adadelta", "g times the root of mean past updates squared over that of past gradients squared (Zeiler 2012).",
    {"accum": "accum", "accum_update": "accum_update"}, learning_rate=1.0, rho=0.9, epsilon=1e-6, loss_scale=1.0,
    weight_decay=0.0)
Lamb = _optimizer(
    "Lamb", "Adam's step with decoupled decay, scaled for each parameter by |w| / |step| (You et al. 2020).",
    {"mean": "lamb_m", "var": "lamb_v"}, learning_rate=_REQUIRED, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.0)
FTRL = _optimizer(
    "FTRL", "Follow the regularized leader (McMahan et al. 2013).", {"n": "moments", "z": "linear"}, initial_accum=0.1,
    learning_rate=0.001, lr_power=-0.5, l1=0.0, l2=0.0, use_locking=False, loss_scale=1.0, weight_decay=0.0)
ProximalAdagrad = _optimizer(
    "ProximalAdagrad", "Adagrad, then the proximal step of l1 and l2.", {"accum": "accum"}, accum=0.1,
    learning_rate=0.001, l1=0.0, l2=0.0, use_locking=False, loss_scale=1.0, weight_decay=0.0)
ASGD = _optimizer(
    "ASGD", "Averaged gradient descent: the steps decay, and 'ax_' keeps the average (Polyak and Juditsky 1992).",
    {"mu": "mu_", "eta": "eta_", "average": "ax_."}, listed={"mu": (1.0, False)},
    learning_rate=0.1, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0)
Rprop = _optimizer(
    "Rprop", "Steps by the sign of g, longer while the sign stays and shorter when it turns.",
    {"previous": "prev", "step": "step_size"}, learning_rate=0.1, etas=(0.5, 1.2), step_sizes=(1e-6, 50.0),
    weight_decay=0.0)
AdaFactor = _optimizer(
    "AdaFactor", "Adam with second moments of matrices kept by rows and columns (Shazeer and Stern 2018).",
    {"mean": "exp_avg", "row": "exp_avg_sq_row_", "col": "exp_avg_sq_col_", "var": "exp_avg_sq_"}, learning_rate=None,
    eps=(1e-30, 1e-3), clip_threshold=1.0, decay_rate=0.8, beta1=0.9, weight_decay=0.0, scale_parameter=True,
    relative_step=True, warmup_init=False, compression=False, loss_scale=1.0)


class LARS(Module):
    """Scales each gradient by coefficient |w| / (|g| + decay |w| + epsilon), then lets ``optimizer`` update.

    Args:
        optimizer: the optimizer that applies the scaled gradients; its weight decay moves into the scaling.
        epsilon, coefficient: see the formula.
        use_clip: clip the factor at the learning rate.
        lars_filter: which parameters are scaled; the others are updated as they are.

    >>> from luojia import nn, Parameter, Tensor
    >>> w = Parameter(Tensor([3.0, 4.0]), name="w")
    >>> _ = nn.LARS(nn.SGD([w], 0.1), coefficient=0.1)((Tensor([0.6, 0.8]),))
    >>> w.asnumpy().round(3)
    array([2.97, 3.96], dtype=float32)

    Matches ``mindspore.nn.LARS`` (You et al. 2017).
    """

    def __init__(self, optimizer: Optimizer, epsilon: float = 1e-5, coefficient: float = 0.001, use_clip: bool = False,
                 lars_filter: Callable = lambda x: "LayerNorm" not in x.name and "bias" not in x.name) -> None:
        super().__init__(auto_prefix=False)
        if not isinstance(optimizer, Optimizer):
            raise DTypeError(f"For 'LARS', the type of 'optimizer' must be Optimizer, but got "
                             f"{type(optimizer).__name__}.")
        self.opt = optimizer
        self.epsilon, self.coefficient = number("LARS", "epsilon", epsilon), number("LARS", "coefficient", coefficient)
        self.use_clip = check_bool("LARS", "use_clip", use_clip)
        self.parameters = optimizer.parameters
        self.lars_flag = tuple(bool(lars_filter(p)) for p in self.parameters)

    def construct(self, gradients: Any) -> Any:
        opt = self.opt
        gradients = opt._o_check(gradients)
        step, scaled, own = opt._o_step, [], list(opt._o_own)
        for i, (p, g, (rate, decay)) in enumerate(zip(self.parameters, gradients, own)):
            if not self.lars_flag[i]:
                scaled.append(g)
                continue
            leaf = leaf_of(p)
            value = lars_gradient(leaf._device.engine.xp, leaf._value, g._value,
                                  opt._decay_at(decay, opt.decay_flags[i]),
                                  coefficient=self.coefficient, epsilon=self.epsilon, use_clip=self.use_clip,
                                  lr=opt._o_rate_at(rate, step))
            scaled.append(wrap(Tensor, value, leaf._device))
        opt._o_own = [(r, 0.0 if flag else d) for (r, d), flag in zip(own, self.lars_flag)]
        try:
            return opt(tuple(scaled))
        finally:
            opt._o_own = own


__all__ = ["ASGD", "AdaFactor", "AdaMax", "Adadelta", "Adagrad", "Adam", "AdamOffload", "AdamWeightDecay", "FTRL",
           "LARS", "Lamb", "LazyAdam", "Momentum", "Optimizer", "ProximalAdagrad", "RMSProp", "Rprop", "SGD"]

open_paths(sys.modules[__name__])
