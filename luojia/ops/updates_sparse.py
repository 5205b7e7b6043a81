"""Operators of one step of an optimizer whose gradient is that of some rows, and fused ones: see ``updates``.

Gradients of one row that come several times add up first, but ``SparseApplyRMSProp`` takes them in turn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError
from .._src.train import rules_operator as extra
from .updates import _ALWAYS, _apply, _corrected, _ftrl, _in_turn, _make, _number, _rmsprop_rule, _rule, _summed


def _inside(name: str, var: Any, indices: Any) -> None:
    at = indices.asnumpy()
    if at.size and (at.min() < 0 or at.max() >= var.shape[0]):
        raise ArgumentError(f"For '{name}', indices must lie in [0, {var.shape[0]}), got {at.tolist()}.")


def _fused_adam(self: Any, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any,
                beta2: Any, epsilon: Any, grad: Any, indices: Any) -> tuple:
    _inside(self.name, var, indices)
    rows, total = _summed(self.name, var, grad, indices)
    engine = var._device.engine
    summed = engine.xp.scatter_add(var.shape, total._read().dtype, rows._read(), total._read())
    whole = wrap(Tensor, summed, var._device)
    before, touched = var._read(), np.zeros((var.shape[0], *(1,) * (var.ndim - 1)), bool)
    touched[rows.asnumpy()] = True

    def rule(xp: Any, w: Any, g: Any, state: tuple, *numbers: Any, **hyper: Any) -> tuple:
        new, states = _rule("adam")(xp, w, g, state, *numbers, **hyper)
        return (xp.where(xp.asarray(touched), new, before) if self.use_nesterov else new), states

    return _apply(self.name, rule, var, (m, v), whole, _corrected(lr, beta1_power, beta2_power), 0.0, _ALWAYS,
                  beta1=beta1, beta2=beta2, epsilon=epsilon, nesterov=self.use_nesterov)


def _lazy_adam(self: Any, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any,
               epsilon: Any, grad: Any, indices: Any) -> tuple:
    _inside(self.name, var, indices)
    return _apply(self.name, _rule("adam"), var, (m, v), grad, _corrected(lr, beta1_power, beta2_power), 0.0, _ALWAYS,
                  rows=indices, beta1=beta1, beta2=beta2, epsilon=epsilon, nesterov=self.use_nesterov)


def _fused_ftrl(self: Any, var: Any, accum: Any, linear: Any, grad: Any, indices: Any) -> tuple:
    _inside(self.name, var, indices)
    var, linear, accum = _ftrl(self, var, accum, linear, grad, self.lr, self.l1, self.l2, self.lr_power, indices)
    return var, accum, linear


def _ftrl_shrunk(self: Any, var: Any, accum: Any, linear: Any, grad: Any, indices: Any) -> tuple:
    return _apply(self.name, extra.ftrl_shrunk, var, (accum, linear), grad, self.lr, rows=indices, l1=self.l1,
                  l2=self.l2, shrinkage=self.l2_shrinkage, power=self.lr_power)


def _fused_proximal(self: Any, var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any, indices: Any) -> tuple:
    _inside(self.name, var, indices)
    return _apply(self.name, _rule("proximal_adagrad"), var, (accum,), grad, lr, rows=indices, l1=l1, l2=l2)


def _adadelta(self: Any, var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, grad: Any, indices: Any) -> tuple:
    return _apply(self.name, _rule("adadelta"), var, (accum, accum_update), grad, lr, rows=indices, rho=rho,
                  epsilon=self.epsilon, use_lr=True)


def _rmsprop(self: Any, var: Any, ms: Any, mom: Any, lr: Any, grad: Any, indices: Any) -> tuple:
    _inside(self.name, var, indices)
    out: tuple = ()
    for part, rows in _in_turn(grad, indices):
        out = _apply(self.name, _rmsprop_rule, var, (ms, mom), part, lr, rows=rows, decay_rate=self.rho,
                     momentum=self.momentum, epsilon=self.epsilon)
    return out


def _adam_delta(self: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any,
                epsilon: Any, gradient: Any) -> Tensor:
    delta = wrap(Tensor, m._device.engine.zeros_like(m._read()), m._device)
    return _apply(self.name, _rule("adam"), delta, (m, v), gradient, _corrected(lr, beta1_power, beta2_power), 0.0,
                  _ALWAYS, beta1=beta1, beta2=beta2, epsilon=epsilon, nesterov=self.use_nesterov)[0]


def _amsgrad(self: Any, var: Any, m: Any, v: Any, vhat: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any,
             beta2: Any, epsilon: Any, grad: Any) -> tuple:
    return _apply(self.name, _rule("adam"), var, (m, v, vhat), grad, _corrected(lr, beta1_power, beta2_power), 0.0,
                  _ALWAYS, beta1=beta1, beta2=beta2, epsilon=epsilon, amsgrad=True)


def _scaled_momentum(self: Any, weight_decay: Any, loss_scale: Any, variable: Any, accumulation: Any,
                     learning_rate: Any, gradient: Any, momentum: Any) -> Tensor:
    decayed = gradient * _number(loss_scale) + wrap(Tensor, variable._read(), variable._device) * _number(weight_decay)
    return _apply(self.name, _rule("momentum"), variable, (accumulation,), decayed, learning_rate,
                  momentum=momentum)[0]


_LOCK: dict[str, Any] = {"use_locking": False}
_NESTEROV: dict[str, Any] = {"use_locking": False, "use_nesterov": False}
_FTRL: dict[str, Any] = {"lr": ..., "l1": ..., "l2": ..., "lr_power": ..., "use_locking": False}
_CLASSES = [_make(*row) for row in (
    ("FusedSparseAdam", _NESTEROV, _fused_adam,
     "One step of Adam by the gradient of the rows ``indices``, all moments decaying; (var, m, v)."),
    ("FusedSparseLazyAdam", _NESTEROV, _lazy_adam, "One step of Adam in the rows ``indices`` alone; (var, m, v)."),
    ("FusedSparseFtrl", _FTRL, _fused_ftrl, "One step of FTRL-proximal in the rows ``indices``; (var, accum, linear)."),
    ("FusedSparseProximalAdagrad", _LOCK, _fused_proximal,
     "One step of proximal Adagrad in the rows ``indices``; (var, accum)."),
    ("SparseApplyFtrlV2", {"lr": ..., "l1": ..., "l2": ..., "l2_shrinkage": ..., "lr_power": ..., "use_locking": False},
     _ftrl_shrunk, "One step of FTRL-proximal with shrinkage in the rows ``indices``; (var, accum, linear)."),
    ("SparseApplyAdadelta", {"epsilon": ..., **_LOCK}, _adadelta,
     "One step of Adadelta in the rows ``indices``; (var, accum, accum_update)."),
    ("SparseApplyRMSProp", {"rho": ..., "momentum": ..., "epsilon": ..., **_LOCK}, _rmsprop,
     "One step of RMSProp in the rows ``indices``; (var, ms, mom)."),
    ("AdamNoUpdateParam", _NESTEROV, _adam_delta, "What one step of Adam would add to the variable; m and v move."),
    ("ApplyAdamWithAmsgradV2", _LOCK, _amsgrad,
     "One step of Adam with the largest second moment, the betas given at the call; (var, m, v, vhat)."),
    ("FusedWeightScaleApplyMomentum", {}, _scaled_momentum,
     "One step of momentum by loss_scale gradient + weight_decay variable; the new variable."),
)]
NAMES: dict[str, Any] = {cls.__name__: cls for cls in _CLASSES}
