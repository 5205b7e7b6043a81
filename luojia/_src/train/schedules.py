"""Learning rates as functions of the number of the update: mxnet's schedulers and MindSpore's formulas.

- ``poly, cosine`` with ``warmup``: the values of ``mxnet.lr_scheduler``, as pure functions of ``num_update``.
- ``cosine_decay ... warm_up``: the formulas of MindSpore's ``nn.learning_rate_schedule``, of ``global_step``; with
  ``xp`` they work on arrays.  The lists of ``nn.dynamic_lr`` are in ``dynamic_lr.py``.
"""

from __future__ import annotations

import math
from typing import Any

from luojia._src.errors import ArgumentError

# -- mxnet ------------------------------------------------------------------------------------------------------------


def warmup(num_update: int, base_lr: float, warmup_steps: int, begin_lr: float = 0.0, mode: str = "linear") -> float:
    """The rate during warm-up: from ``begin_lr`` straight up to ``base_lr``, or constantly ``begin_lr``.

    >>> [round(warmup(n, 1.0, 3, 0.1), 6) for n in range(3)]
    [0.1, 0.4, 0.7]
    """
    check_warmup(base_lr, warmup_steps, begin_lr, mode)
    if mode == "constant":
        return begin_lr
    return begin_lr + (base_lr - begin_lr) * num_update / warmup_steps


def check_warmup(base_lr: float, warmup_steps: int, begin_lr: float, mode: str) -> None:
    """Raise ArgumentError for arguments of :func:`warmup` that mxnet refuses."""
    if begin_lr > base_lr:
        raise ArgumentError(
            f"A schedule expects warmup_begin_lr at most base_lr, got {begin_lr} and {base_lr}: "
            "Base lr has to be higher than warmup_begin_lr."
        )
    if not isinstance(warmup_steps, int) or warmup_steps < 0:
        raise ArgumentError(f"A schedule expects an integer warmup_steps of 0 or more, got {warmup_steps!r}.")
    if mode not in ("linear", "constant"):
        raise ArgumentError(f"A schedule expects warmup_mode 'linear' or 'constant', got {mode!r}.")


def _progress(function, num_update, max_update, warmup_steps):
    if not isinstance(max_update, int) or max_update < 1:
        raise ArgumentError(
            f"{function} expects an integer max_update >= 1, got {max_update!r}: "
            "maximum number of updates must be strictly positive."
        )
    return (min(num_update, max_update) - warmup_steps) / max(1, max_update - warmup_steps)


def poly(
    num_update: int, base_lr: float, max_update: int, pwr: float = 2, final_lr: float = 0.0, warmup_steps: int = 0
) -> float:
    """``final_lr + (base_lr - final_lr) * (1 - progress)**pwr``, ``progress`` running from 0 after warm-up to 1.

    >>> [poly(n, 1.0, 4) for n in (0, 2, 4, 9)]
    [1.0, 0.25, 0.0, 0.0]
    """
    return final_lr + (base_lr - final_lr) * (1 - _progress("poly", num_update, max_update, warmup_steps)) ** pwr


def cosine(num_update: int, base_lr: float, max_update: int, final_lr: float = 0.0, warmup_steps: int = 0) -> float:
    """``final_lr + (base_lr - final_lr) * (1 + cos(pi * progress)) / 2``.

    >>> [round(cosine(n, 1.0, 4), 6) for n in (0, 2, 4, 9)]
    [1.0, 0.5, 0.0, 0.0]
    """
    progress = _progress("cosine", num_update, max_update, warmup_steps)
    return final_lr + (base_lr - final_lr) * (1 + math.cos(math.pi * progress)) / 2


# -- MindSpore: nn.learning_rate_schedule -----------------------------------------------------------------------------


def _ratio(step, decay_steps, is_stair=False):
    return step // decay_steps if is_stair else step / decay_steps


def exponential_decay(step: Any, learning_rate: float, decay_rate: float, decay_steps: int, is_stair: bool = False):
    """``learning_rate * decay_rate**(step / decay_steps)``.  ExponentialDecayLR."""
    return learning_rate * decay_rate ** _ratio(step, decay_steps, is_stair)


def natural_exp_decay(
    step: Any, learning_rate: float, decay_rate: float, decay_steps: int, is_stair: bool = False, xp: Any = math
):
    """``learning_rate * exp(-decay_rate * step)``; ``is_stair``: ``step // decay_steps * decay_steps`` for ``step``.
    NaturalExpDecayLR.
    """
    return learning_rate * xp.exp(-decay_rate * (step // decay_steps * decay_steps if is_stair else step))


def inverse_decay(step: Any, learning_rate: float, decay_rate: float, decay_steps: int, is_stair: bool = False):
    """``learning_rate / (1 + decay_rate * step / decay_steps)``.  InverseDecayLR."""
    return learning_rate / (1 + decay_rate * _ratio(step, decay_steps, is_stair))


def _capped(step, top, xp):
    return min(step, top) if xp is math else xp.minimum(step, top)


def cosine_decay(step: Any, min_lr: float, max_lr: float, decay_steps: int, xp: Any = math):
    """``min_lr + (max_lr - min_lr) * (1 + cos(pi * min(step, decay_steps) / decay_steps)) / 2``.  CosineDecayLR."""
    return min_lr + (max_lr - min_lr) * (1 + xp.cos(math.pi * _capped(step, decay_steps, xp) / decay_steps)) / 2


def polynomial_decay(
    step: Any, learning_rate: float, end: float, decay_steps: int, power: float, restart: bool = False, xp: Any = math
):
    """``end + (learning_rate - end) * (1 - min(step, decay_steps) / decay_steps)**power``.  PolynomialDecayLR.

    With ``restart`` (``update_decay_steps``) ``decay_steps`` grows to its next multiple as the steps pass it.
    """
    if restart:
        rounds = xp.ceil(step / decay_steps)
        decay_steps = decay_steps * (max(rounds, 1) if xp is math else xp.maximum(rounds, 1))
    return end + (learning_rate - end) * (1 - _capped(step, decay_steps, xp) / decay_steps) ** power


def warm_up(step: Any, learning_rate: float, warmup_steps: int, xp: Any = math):
    """``learning_rate * min(step, warmup_steps) / warmup_steps``.  WarmUpLR."""
    return learning_rate * _capped(step, warmup_steps, xp) / warmup_steps
