"""Optimizers under mint's names and signatures, which are PyTorch's; called with the gradients, as MindSpore's are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import nn
from .._src.errors import NotSupportedError
from .._src.train.rules import MINDSPORE

_SGD: Any = nn.SGD  # classes made from a table: what they take is not known to type checkers
_Adam: Any = nn.Adam
_AdamW: Any = nn.AdamWeightDecay


def _check(name: str, maximize: bool) -> None:
    if maximize:
        raise NotSupportedError(f"mint.optim.{name}: maximize is not supported; negate the loss.")


class _AllDecay:
    @staticmethod
    def decay_filter(parameter: Any) -> bool:
        """Weight decay applies to every parameter."""
        return True


class SGD(_AllDecay, _SGD):
    """v = momentum v + (1 - dampening) g; w -= lr v, or lr (g + momentum v) with nesterov; g has weight_decay w."""

    def __init__(self, params: Any, lr: Any, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
                 nesterov: bool = False, *, maximize: bool = False) -> None:
        _check("SGD", maximize)
        _SGD.__init__(self, params, lr, float(momentum), float(dampening), float(weight_decay), nesterov)


class Adam(_AllDecay, _Adam):
    """Adam (Kingma and Ba 2015); weight_decay w is added to the gradient. eps stands as in ``nn.Adam``.

    >>> import luojia
    >>> from luojia import Tensor, mint
    >>> w = luojia.Parameter(Tensor([1.0]), name="w")
    >>> _ = mint.optim.Adam([w], lr=0.1)((Tensor([3.0]),))
    >>> round(float(w), 4)
    0.9
    """

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, amsgrad: bool = False, *, maximize: bool = False) -> None:
        _check("Adam", maximize)
        _Adam.__init__(self, params, lr, *betas, eps, weight_decay=float(weight_decay), use_amsgrad=amsgrad)


class AdamW(_AllDecay, _AdamW):
    """Adam with decoupled decay (Loshchilov and Hutter 2019): w -= lr (m^ / (sqrt(v^) + eps) + decay w)."""

    _preset = replace(MINDSPORE["AdamWeightDecay"], hyper={"bias_correction": True})

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.01, amsgrad: bool = False, *, maximize: bool = False) -> None:
        _check("AdamW", maximize)
        if amsgrad:
            raise NotSupportedError("mint.optim.AdamW: amsgrad is not supported; use mint.optim.Adam with it.")
        _AdamW.__init__(self, params, lr, *betas, eps, float(weight_decay))


__all__ = ["Adam", "AdamW", "SGD"]
