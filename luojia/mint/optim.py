"""Optimizers under mint's names: those of ``experimental.optim`` with mint's states, called with the gradients."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .._src.errors import DTypeError
from .._src.ops import Tensor
from .._src.paths import also_at, public_names
from ..experimental.optim import rules

_COUNT = ("state_step", np.zeros((1,), np.float32))


def _check_rate(name: str, lr: Any) -> None:
    if not isinstance(lr, (float, Tensor, np.floating)):
        raise DTypeError(f"For '{name}', the type of 'lr' should be 'float', but got type '{type(lr).__name__}'.")


class SGD(rules.SGD):
    """v = momentum v + (1 - dampening) g, g at first; w -= lr v, or lr (g + momentum v) with nesterov; g has
    weight_decay w, and the opposite sign with ``maximize``.

    >>> import luojia
    >>> from luojia import Tensor, mint
    >>> w = luojia.Parameter(Tensor([1.0]), name="w")
    >>> optimizer = mint.optim.SGD([w], lr=0.5)
    >>> optimizer((Tensor([1.0]),)), float(w), float(optimizer.param_groups[0]["lr"])
    (True, 0.5, 0.5)
    """

    _states = {"momentum_buf": 0.0}
    _more = {}
    _step = ("step_t", np.zeros((), np.int32))


class Adam(rules.Adam):
    """Adam (Kingma and Ba 2015); weight_decay w is part of the gradient, ``amsgrad`` takes the largest second moment.

    >>> import luojia
    >>> from luojia import Tensor, mint
    >>> w = luojia.Parameter(Tensor([1.0]), name="w")
    >>> _ = mint.optim.Adam([w], lr=0.1)((Tensor([3.0]),))
    >>> round(float(w), 4)
    0.9
    """

    _more = {}
    _step = _COUNT

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, amsgrad: bool = False, *, maximize: bool = False) -> None:
        _check_rate(type(self).__name__, lr)
        if not amsgrad:
            self.__dict__["_states"] = {"exp_avg": 0.0, "exp_avg_sq": 0.0}
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


class AdamW(Adam):
    """Adam with decoupled decay (Loshchilov and Hutter 2019): w = (1 - lr decay) w - lr m^ / (sqrt(v^) + eps)."""

    _decoupled = True

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.01, amsgrad: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


__all__ = ["Adam", "AdamW", "SGD"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in ("adam", "adamw", "sgd")))
