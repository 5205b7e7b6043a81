"""Operators with state at the rim: what doors call where an operator's result is to be remembered."""

from __future__ import annotations

from typing import Any

from ..core.ambient import commit as when_backward_passes
from ..core.groups import runs_at_once
from ..core.tape import state
from ..errors import ShapeError
from .norm import batch_norm, batch_norm_relu


def batch_norm_apply(x: Any, gamma: Any, beta: Any, moving_mean: Any, moving_var: Any, *, training: bool | None = None,
                     commit: str = "now", unbiased: bool = True, rectified: bool = False, **attrs: Any) -> Any:
    """Normalize x by its batch or by the moving statistics, and renew those.

    Args:
        x, gamma, beta: Tensors (N, C, ...), (C,), (C,).
        moving_mean, moving_var: Tensors (C,) whose values are replaced.
        training: whether to use the batch's statistics; None asks ``autograd.is_training()``.
        commit: "now" writes the new statistics at once, as MindSpore does; "backward" when a backward pass reaches
            this call, as MXNet does: a forward alone then changes nothing.
        unbiased: whether the moving variance gets the unbiased variance (MindSpore) or the biased one (MXNet).
        rectified: whether what is negative in y becomes 0.
        attrs: eps, momentum (of the old value), axis, fix_gamma, use_global_stats, output_mean_var, of ``batch_norm``.

    Returns:
        y, or (y, mean, second) with output_mean_var.
    """
    if commit not in ("now", "backward"):
        raise ValueError(f"batch_norm_apply: commit must be 'now' or 'backward', got {commit!r}.")
    training = state.training if training is None else training
    inputs = (x, gamma, beta, moving_mean, moving_var)
    operator = batch_norm_relu if rectified else batch_norm
    outs = operator(*inputs, training=training, unbiased=unbiased, **attrs)
    if not training or attrs.get("use_global_stats"):
        rest = outs[:-2]
    elif commit == "backward":
        return when_backward_passes(operator, inputs, outs, attrs)
    else:
        moving_mean._rebind(outs[-2]._value)
        moving_var._rebind(outs[-1]._value)
        rest = outs[:-2]
    return rest[0] if len(rest) == 1 else rest


def rectified_norm(*inputs: Any, **how: Any) -> Any:
    """What `batch_norm_apply` and a ReLU after it give, by one operator; None where the two run, and word what is
    wrong."""
    if not runs_at_once(inputs):
        return None
    try:
        return batch_norm_apply(*inputs, rectified=True, **how)
    except ShapeError:
        return None
