"""MindSpore's operators that perform one step of an optimizer: ``ApplyMomentum``, ``Adam``, the SparseApply family.

They write the Parameter and its states in place and return what MindSpore returns. The rules are those of the
optimizers. Nothing is written if an argument does not fit, and no gradient passes through an update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.train import rules_operator as extra
from .._src.train.rules import RULES
from .._src.train.rules_sgd import lars_gradient

_ALWAYS = float("inf")  # the number of the update, where the operator is given the powers of the betas itself


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, Tensor) else value


def _summed(name: str, var: Any, grad: Any, indices: Any) -> tuple[Tensor, Tensor]:
    """The different rows of var, and the sums of their gradients; other rows are passed over, as MindSpore does."""
    at = indices.asnumpy()
    if at.ndim != 1 or grad.shape != (len(at), *var.shape[1:]):
        raise ShapeError(f"For '{name}', indices (n,) and grad (n, {', '.join(map(str, var.shape[1:]))}) are expected, "
                         f"got {at.shape} and {grad.shape}.")
    inside = np.flatnonzero((at >= 0) & (at < var.shape[0]))
    if len(inside) < len(at):
        grad = OPERATORS["take"](grad, Tensor(inside), axis=0)
    rows, which = np.unique(at[inside], return_inverse=True)
    engine = var._device.engine
    total = engine.xp.scatter_add((len(rows), *var.shape[1:]), grad._read().dtype, which.reshape(-1), grad._read())
    return wrap(Tensor, engine.put(rows, var._device), var._device), wrap(Tensor, total, var._device)


def _in_turn(grad: Any, indices: Any) -> Iterator[tuple[Any, Any]]:
    """Gradients and rows in parts, for a row that comes several times to take one step after the other."""
    at = indices.asnumpy()
    order = np.argsort(at, kind="stable")
    before = np.empty_like(order)
    before[order] = np.arange(len(at)) - np.searchsorted(at[order], at[order])  # how often the row came already
    for n in range(int(before.max(initial=0)) + 1):
        now = Tensor(np.flatnonzero(before == n))
        yield OPERATORS["take"](grad, now, axis=0), OPERATORS["take"](indices, now, axis=0)


def _apply(name: str, rule: Callable, var: Any, states: tuple, grad: Any, *numbers: Any, rows: Any = None,
           **hyper: Any) -> tuple:
    """Write var and states as ``rule(xp, w, g, state, *numbers, **hyper)`` says, in all rows or in some.

    Gradients of one row that come several times add up first, unless they are handed on ``_in_turn``.
    """
    for what, t in (("var", var), ("grad", grad), *((f"state {i}", s) for i, s in enumerate(states))):
        if not isinstance(t, Tensor):
            raise DTypeError(f"For '{name}', {what} must be a Tensor or Parameter, got {type(t).__name__}.")
    for i, s in enumerate(states):
        if s.shape != var.shape:
            raise ShapeError(f"For '{name}', state {i} must have var's shape {var.shape}, got {s.shape}.")
    if rows is not None:
        rows, grad = _summed(name, var, grad, rows)
    elif grad.shape != var.shape:
        raise ShapeError(f"For '{name}', grad must have shape {var.shape}, got {grad.shape}.")
    xp = var._device.engine.xp
    whole = [t._read() for t in (var, *states)]
    parts = whole if rows is None else [a[rows._read()] for a in whole]
    new, new_states = rule(xp, parts[0], grad._read(), tuple(parts[1:]), *[_number(n) for n in numbers],
                           **{k: _number(v) for k, v in hyper.items()})
    for t, a, part in zip((var, *states), whole, (new, *new_states)):
        part = part.astype(a.dtype) if part.dtype != a.dtype else part
        t._rebind(part if rows is None else xp.set_at(a, rows._read(), part))
    return tuple([wrap(Tensor, t._read(), t._device) for t in (var, *states)])


class _Update(Primitive):
    """What the operators of this module share: attributes at construction, each with its default."""

    _defaults: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = list(self._defaults)
        if len(args) > len(names):
            raise TypeError(f"{self.name} takes at most {len(names)} attributes ({', '.join(names)}), got {len(args)}.")
        given = {**dict(zip(names, args)), **kwargs}
        for key in given:
            if key not in self._defaults:
                raise TypeError(f"{self.name} has no attribute {key!r}; it has {', '.join(names) or 'none'}.")
        super().__init__(**{**self._defaults, **given})
        missing = [k for k, v in self.attrs.items() if v is ...]
        if missing:
            raise TypeError(f"{self.name}() misses the required attributes {missing}.")


def _make(name: str, attributes: dict[str, Any], call: Callable, doc: str) -> type:
    return type(name, (_Update,), {"_defaults": attributes, "__call__": call, "__doc__": doc, "__module__": __name__})


def _rule(name: str) -> Callable:
    return RULES[name].update


def _corrected(lr: Any, beta1_power: Any, beta2_power: Any = 0.0) -> float:
    """Adam's rate, with the powers of the betas given."""
    return _number(lr) * (1 - _number(beta2_power)) ** 0.5 / (1 - _number(beta1_power))


_LOCK = {"use_locking": False}


def _momentum(self: Any, variable: Any, accumulation: Any, learning_rate: Any, gradient: Any, momentum: Any) -> Tensor:
    return _apply(self.name, _rule("momentum"), variable, (accumulation,), gradient, learning_rate, momentum=momentum,
                  nesterov=self.use_nesterov, rescale_grad=self.gradient_scale)[0]


def _sgd(self: Any, parameters: Any, gradient: Any, learning_rate: Any, accum: Any, momentum: Any, stat: Any) -> Tensor:
    if self.nesterov and _number(self.dampening):
        raise ArgumentError(f"For 'SGD', the 'dampening' must be 0 when 'nesterov' is True, but got {self.dampening}.")
    new = _apply(self.name, _rule("dampened_sgd"), parameters, (accum,), gradient, learning_rate, self.weight_decay,
                 2 - (stat._read() > 0), momentum=momentum, dampening=self.dampening, nesterov=self.nesterov)[0]
    stat._rebind(stat._read() * (_number(momentum) == 0))  # which without momentum stays, as accum does
    return new


def _adam(self: Any, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any,
          epsilon: Any, gradient: Any) -> tuple:
    return _apply(self.name, _rule("adam"), var, (m, v), gradient, _corrected(lr, beta1_power, beta2_power), 0.0,
                  _ALWAYS, beta1=beta1, beta2=beta2, epsilon=epsilon, nesterov=self.use_nesterov)


def _amsgrad(self: Any, var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any,
             grad: Any) -> tuple:
    return _apply(self.name, _rule("adam"), var, (m, v, vhat), grad, _corrected(lr, beta1_power, beta2_power), 0.0,
                  _ALWAYS, beta1=self.beta1, beta2=self.beta2, epsilon=self.epsilon, amsgrad=True)


def _adamw(self: Any, var: Any, m: Any, v: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, decay: Any,
           gradient: Any) -> tuple:
    return _apply(self.name, _rule("adamw"), var, (m, v), gradient, lr, decay, beta1=beta1, beta2=beta2,
                  epsilon=epsilon)


def _adamax(self: Any, var: Any, m: Any, v: Any, beta1_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any,
            grad: Any) -> tuple:
    return _apply(self.name, _rule("adamax"), var, (m, v), grad, _corrected(lr, beta1_power), 0.0, _ALWAYS,
                  beta1=beta1, beta2=beta2, epsilon=epsilon)


def _adadelta(self: Any, var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, epsilon: Any, grad: Any) -> tuple:
    return _apply(self.name, _rule("adadelta"), var, (accum, accum_update), grad, lr, rho=rho, epsilon=epsilon,
                  use_lr=True)


def _adagrad(self: Any, var: Any, accum: Any, lr: Any, grad: Any, rows: Any = None, epsilon: Any = 0.0,
             rule: Callable | None = None) -> tuple:
    rule = rule or _rule("adagrad")

    def kept(xp: Any, w: Any, g: Any, state: tuple, *numbers: Any, **hyper: Any) -> tuple:
        return rule(xp, w, g, (state[0] - g * g,), *numbers, **hyper)[0], state  # the rule adds what is taken here

    return _apply(self.name, rule if self.update_slots else kept, var, (accum,), grad, lr, rows=rows, epsilon=epsilon)


def _adagrad_v2(self: Any, var: Any, accum: Any, lr: Any, grad: Any) -> tuple:
    return _adagrad(self, var, accum, lr, grad, None, self.epsilon, extra.adagrad_outside)


def _adagrad_dual(self: Any, var: Any, gradient_accumulator: Any, gradient_squared_accumulator: Any, grad: Any, lr: Any,
                  l1: Any, l2: Any, global_step: Any) -> Tensor:
    return _apply(self.name, extra.adagrad_dual, var, (gradient_accumulator, gradient_squared_accumulator), grad, lr,
                  l1=l1, l2=l2, step=global_step)[0]


def _add_sign(self: Any, var: Any, m: Any, lr: Any, alpha: Any, sign_decay: Any, beta: Any, grad: Any) -> tuple:
    return _apply(self.name, extra.add_sign, var, (m,), grad, lr, alpha=alpha, sign_decay=sign_decay, beta=beta)


def _power_sign(self: Any, var: Any, m: Any, lr: Any, logbase: Any, sign_decay: Any, beta: Any, grad: Any) -> tuple:
    return _apply(self.name, extra.power_sign, var, (m,), grad, lr, logbase=logbase, sign_decay=sign_decay, beta=beta)


def _rmsprop_rule(xp: Any, w: Any, g: Any, state: tuple, lr: Any, *, momentum: float, **hyper: Any) -> tuple:
    """The rule keeps no moment without momentum; the operators always write one, the step."""
    if momentum:
        return RULES["rmsprop"].update(xp, w, g, state, lr, momentum=momentum, **hyper)
    new, kept = RULES["rmsprop"].update(xp, w, g, state[:-1], lr, momentum=momentum, **hyper)
    return new, (*kept, w - new)


def _rmsprop(self: Any, var: Any, mean_square: Any, moment: Any, learning_rate: Any, grad: Any, decay: Any,
             momentum: Any, epsilon: Any) -> Tensor:
    return _apply(self.name, _rmsprop_rule, var, (mean_square, moment), grad, learning_rate, decay_rate=decay,
                  momentum=momentum, epsilon=epsilon)[0]


def _centered_rmsprop(self: Any, var: Any, mean_gradient: Any, mean_square: Any, moment: Any, gradient: Any,
                      learning_rate: Any, decay: Any, momentum: Any, epsilon: Any) -> Tensor:
    return _apply(self.name, _rmsprop_rule, var, (mean_square, mean_gradient, moment), gradient, learning_rate,
                  decay_rate=decay, momentum=momentum, epsilon=epsilon, centered=True)[0]


def _ftrl(self: Any, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, lr_power: Any,
          rows: Any = None) -> tuple:
    return _apply(self.name, _rule("ftrl"), var, (linear, accum), grad, lr, rows=rows, lamda1=l1, lamda2=l2, beta=0.0,
                  lr_power=_number(lr_power))


def _descent(self: Any, var: Any, alpha: Any, delta: Any) -> Tensor:
    return _apply(self.name, _rule("sgd"), var, (), delta, alpha)[0]


def _proximal_descent(self: Any, var: Any, alpha: Any, l1: Any, l2: Any, delta: Any) -> Tensor:
    return _apply(self.name, extra.proximal_descent, var, (), delta, alpha, l1=l1, l2=l2)[0]


def _proximal_adagrad(self: Any, var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any, indices: Any = None,
                      ) -> tuple:
    return _apply(self.name, _rule("proximal_adagrad"), var, (accum,), grad, lr, rows=indices, l1=l1, l2=l2)


def _keras_momentum(self: Any, var: Any, accum: Any, lr: Any, grad: Any, momentum: Any) -> tuple:
    return _apply(self.name, extra.keras_momentum, var, (accum,), grad, lr, momentum=momentum,
                  nesterov=self.use_nesterov)


def _lars(self: Any, weight: Any, gradient: Any, norm_weight: Any, norm_gradient: Any, weight_decay: Any,
          learning_rate: Any) -> Tensor:
    xp = weight._device.engine.xp
    value = lars_gradient(xp, weight._read(), gradient._read(), _number(weight_decay), coefficient=self.hyperpara,
                          epsilon=self.epsilon, use_clip=self.use_clip, lr=_number(learning_rate),
                          squares=(norm_weight._read(), norm_gradient._read()))
    return wrap(Tensor, value, weight._device)


def _sparse_ftrl(self: Any, var: Any, accum: Any, linear: Any, grad: Any, indices: Any) -> tuple:
    out: tuple = ()
    for part, rows in _in_turn(grad, indices):
        out = _ftrl(self, var, accum, linear, part, self.lr, self.l1, self.l2, self.lr_power, rows)
    return out[0], out[2], out[1]


_FTRL = {"lr": ..., "l1": ..., "l2": ..., "lr_power": ..., "use_locking": False}
_CLASSES = [_make(*row) for row in (
    ("ApplyMomentum", {"use_nesterov": False, "use_locking": False, "gradient_scale": 1.0}, _momentum,
     "One step of momentum; the new variable."),
    ("SGD", {"dampening": 0.0, "weight_decay": 0.0, "nesterov": False}, _sgd,
     "One step of stochastic gradient descent; the new parameters. ``stat`` is 1 before the first step, then 0."),
    ("Adam", {"use_locking": False, "use_nesterov": False}, _adam, "One step of Adam; (var, m, v)."),
    ("ApplyAdamWithAmsgrad", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "use_locking": False}, _amsgrad,
     "One step of Adam with the largest second moment; (var, m, v, vhat)."),
    ("AdamWeightDecay", _LOCK, _adamw, "One step of Adam with decoupled decay; (var, m, v)."),
    ("ApplyAdaMax", {}, _adamax, "One step of AdaMax; (var, m, v)."),
    ("ApplyAdadelta", {}, _adadelta, "One step of Adadelta; (var, accum, accum_update)."),
    ("ApplyAdagrad", {"update_slots": True}, _adagrad, "One step of Adagrad; (var, accum)."),
    ("ApplyAdagradV2", {"epsilon": ..., "update_slots": True}, _adagrad_v2,
     "One step of Adagrad with epsilon outside the root; (var, accum)."),
    ("ApplyAdagradDA", _LOCK, _adagrad_dual,
     "One step of Adagrad by dual averaging; the new var."),
    ("ApplyAddSign", {}, _add_sign, "One step of AddSign; (var, m)."),
    ("ApplyPowerSign", {}, _power_sign, "One step of PowerSign; (var, m)."),
    ("ApplyRMSProp", _LOCK, _rmsprop, "One step of RMSProp; the new var."),
    ("ApplyCenteredRMSProp", _LOCK, _centered_rmsprop, "One step of centered RMSProp; the new var."),
    ("ApplyFtrl", _LOCK, lambda self, *args, **kwargs: _ftrl(self, *args, **kwargs)[0],
     "One step of FTRL-proximal; the new var."),
    ("ApplyGradientDescent", {}, _descent, "var - alpha * delta; the new var."),
    ("ApplyProximalGradientDescent", {}, _proximal_descent, "One proximal step; the new var."),
    ("ApplyProximalAdagrad", _LOCK, _proximal_adagrad, "One step of proximal Adagrad; (var, accum)."),
    ("ApplyKerasMomentum", {"use_locking": False, "use_nesterov": False}, _keras_momentum,
     "One step of momentum with the rate inside the accumulator; (var, accum)."),
    ("LARSUpdate", {"epsilon": 1e-5, "hyperpara": 0.001, "use_clip": False}, _lars,
     "The gradient that layer-wise adaptive rate scaling hands on; the norms are given as sums of squares."),
    ("SparseApplyAdagrad", {"lr": ..., "update_slots": True, "use_locking": False},
     lambda self, var, accum, grad, indices: _adagrad(self, var, accum, self.lr, grad, indices),
     "One step of Adagrad in the rows ``indices``; (var, accum)."),
    ("SparseApplyAdagradV2", {"lr": ..., "epsilon": ..., "use_locking": False, "update_slots": True},
     lambda self, var, accum, grad, indices: _adagrad(self, var, accum, self.lr, grad, indices, self.epsilon,
                                                      extra.adagrad_outside),
     "One step of Adagrad with epsilon outside the root in the rows ``indices``; (var, accum)."),
    ("SparseApplyFtrl", _FTRL, _sparse_ftrl,
     "One step of FTRL-proximal in the rows ``indices``; (var, accum, linear)."),
    ("SparseApplyProximalAdagrad", _LOCK, _proximal_adagrad,
     "One step of proximal Adagrad in the rows ``indices``; (var, accum)."),
)]
globals().update({cls.__name__: cls for cls in _CLASSES})
__all__ = [cls.__name__ for cls in _CLASSES]  # pyright: ignore[reportUnsupportedDunderAll] - names of a table
