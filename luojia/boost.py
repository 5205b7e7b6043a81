"""MindSpore's ``boost``: steps of training, gradients accumulated over several; the other names refuse."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from . import ops
from ._src.core.tape import state
from ._src.core.tensor import Tensor
from ._src.errors import DTypeError
from ._src.ops import Parameter, ParameterTuple
from ._src.paths import open_paths, public_names, refusing
from .nn.checks import check_positive_int
from .nn.module import Module
from .nn.optim import LARS
from .nn.optimizer import Optimizer
from .nn.wrap import TrainOneStepCell, TrainOneStepWithLossScaleCell

_REFUSED = {
    "AdaSum": "train with data parallelism, whose gradients are averaged.",
    "AutoBoost": "train with Model or TrainOneStepCell.",
    "DimReduce": "use an optimizer of nn.",
    "FreezeOpt": "set requires_grad of the parameters that are to stay.",
    "GradientFreeze": "set requires_grad of the parameters that are to stay.",
    "GroupLossScaleManager": "use amp.DynamicLossScaleManager.",
    "LessBN": "set use_batch_statistics of the layers.",
    "OptimizerProcess": "give the optimizer groups of parameters.",
    "ParameterProcess": "give the optimizer groups of parameters.",
    "freeze_cell": "set requires_grad of the parameters that are to stay.",
}


def __getattr__(name: str) -> Any:
    return refusing("luojia.boost", _REFUSED.get(name, "luojia has no such name."))(name)


class BoostTrainOneStepCell(TrainOneStepCell):
    """``nn.TrainOneStepCell``: a step of training, of which nothing is left out.

    Args:
        network: returns the loss. optimizer: updates its parameters. sens: the gradient of the loss; 1 by default.

    Raises:
        TypeError: a ``sens`` that is no number.

    >>> from luojia import Tensor, nn
    >>> net = nn.Dense(1, 1, "ones", "zeros")
    >>> step = BoostTrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.25))
    >>> float(step(Tensor([[1.0]]), Tensor([[3.0]]))), float(net.weight)
    (4.0, 2.0)

    Matches ``mindspore.boost.BoostTrainOneStepCell`` without an AutoBoost.
    """

    def __init__(self, network: Any, optimizer: Any, sens: float | None = None) -> None:
        super().__init__(network, optimizer, sens)


class BoostTrainOneStepWithLossScaleCell(TrainOneStepWithLossScaleCell):
    """``nn.TrainOneStepWithLossScaleCell``: gives (loss, whether a gradient overflowed, the scale).

    Matches ``mindspore.boost.BoostTrainOneStepWithLossScaleCell`` without an AutoBoost.
    """


class GradientAccumulation(Module):
    """Called with a loss and gradients, adds them up; each ``max_accumulation_step`` calls the optimizer takes their
    mean. Gives the loss.

    Args:
        max_accumulation_step: how many gradients make one update.
        optimizer: an optimizer of ``nn``.

    In a compiled function too; there the update is computed at each call, and taken when it is due.

    >>> from luojia import Tensor, nn
    >>> net = nn.Dense(1, 1, "ones", has_bias=False)
    >>> accumulate = GradientAccumulation(2, nn.SGD(net.trainable_params(), 0.1))
    >>> for gradient in (1.0, 3.0):
    ...     loss = accumulate(Tensor(0.5), (Tensor([[gradient]]),))
    ...     print(round(float(net.weight), 6))
    1.0
    0.8

    Matches ``mindspore.boost.GradientAccumulation``.
    """

    def __init__(self, max_accumulation_step: int, optimizer: Any) -> None:
        super().__init__()
        self._max_accumulation_step = check_positive_int("GradientAccumulation", "max_accumulation_step",
                                                         max_accumulation_step)
        if not isinstance(optimizer, (Optimizer, LARS)):
            raise DTypeError("For 'GradientAccumulation', the 'optimizer' must be an Optimizer, but got "
                             f"{type(optimizer).__name__}.")
        self.optimizer = optimizer
        self.weights = optimizer.parameters
        self._grad_accumulation = ParameterTuple(
            [Parameter(ops.zeros_like(p), name=f"grad_accumulation.{p.name}", requires_grad=False)
             for p in self.weights])
        self._accumulation_step = Parameter(Tensor(np.int32(0)), name="accumulation_step", requires_grad=False)

    def construct(self, loss: Any, grads: Any) -> Any:
        count = self._max_accumulation_step
        for total, g in zip(self._grad_accumulation, grads):
            total.set_data(total + (g / count).astype(total.dtype))
        step = self._accumulation_step
        if state.frame is not None:
            self._update_where((step + 1) == count)
        elif int(step) + 1 < count:
            step.set_data(step + 1)
        else:
            self.optimizer(tuple([g * 1 for g in self._grad_accumulation]))
            self._start_over()
        return loss

    def _start_over(self) -> None:
        for total in self._grad_accumulation:
            total.set_data(ops.zeros_like(total))
        self._accumulation_step.set_data(Tensor(np.int32(0)))

    def _update_where(self, due: Tensor) -> None:
        """The update, taken where it is due; inside a trace."""
        states = {id(p): p for p in (*self.weights, *self.optimizer.get_parameters())}
        before = [(p, p * 1) for p in states.values()]
        self.optimizer(tuple([g * 1 for g in self._grad_accumulation]))
        for p, old in before:
            p.set_data(ops.select(due, p * 1, old))
        for total in self._grad_accumulation:
            total.set_data(ops.select(due, ops.zeros_like(total), total * 1))
        step = self._accumulation_step
        step.set_data(ops.select(due, ops.zeros_like(step), step + 1))


__all__ = ["BoostTrainOneStepCell", "BoostTrainOneStepWithLossScaleCell", "GradientAccumulation"]
__dir__ = public_names(__name__)

open_paths(sys.modules[__name__])
