"""Finds in a graph's plan what NumPy computes at once: a convolution, batch norm by moving statistics, a ReLU.

What follows a convolution then happens to a block of its results while that is in the cache (``kernels/finish.py``), a
ReLU after a dense layer in the array that this made; in training, a ReLU happens in the last pass of the batch norm
before it, and its gradient in the first of that one's. Layers do this without a graph, too (``rectified``, and
``ops/state.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.namespace import OPERATORS
from ..engine.numpy_engine import ENGINE
from ..errors import ShapeError
from .ambient import commit
from .apply import apply
from .chains import specific
from .op import Operator
from .profiling import running
from .tape import now_recording, state
from .tensor import Tensor

_TAKEN = (np.dtype("float32"), np.dtype("float64"))  # whose results are the same to the last bit or two
_LAYOUTS = (None, "None", "NCW", "NCHW", "NCDHW")


class Group(NamedTuple):
    """The steps start:stop of a plan as one operator of the values in ``slots``; ``norm`` is the batch norm's step.

    ``settled``: only by moving statistics, and where nothing records.
    """

    start: int
    stop: int
    op: Operator
    attrs: dict[str, Any]
    slots: tuple[int, ...]
    norm: Any = None
    settled: bool = False

    def takes(self, values: Sequence[Any]) -> bool:
        """Whether the operator computes the steps for such inputs."""
        if self.settled and (now_recording() or self.trains() and not self.norm.attrs.get("use_global_stats")):
            return False
        first = values[0]
        if not isinstance(first, Tensor) or not _runs_here(first):
            return False
        device, dtype = first._device, first._value.dtype
        for t in values:
            if t is not None and (not isinstance(t, Tensor) or t._device is not device or t._value.dtype != dtype
                                  or t._value.__class__ is not np.ndarray):
                return False
        return True

    def trains(self) -> bool:
        """Whether the batch norm is in training."""
        return state.training if "training" in self.norm.node.late else self.norm.attrs.get("training", False)

    def run(self, values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """The last step's result, and the attributes that the operator ran with."""
        attrs = self.attrs if self.norm is None or self.settled else {**self.attrs, "training": self.trains()}
        found = apply(self.op, values, attrs)
        return commit(self.op, values, found, attrs) if self.op.aux else found, attrs


def find(steps: Sequence[Any], heads: Sequence[int]) -> list[Group]:
    """The groups of a plan, in order of their first steps, the longer ones first."""
    readers: dict[int, int] = {head: 2 for head in heads}
    for step in steps:
        for slot in step.slots:
            readers[slot] = readers.get(slot, 0) + 1

    def follows(number: int) -> Any:
        """The step after this one, if it alone reads what this one computes, and as its first input."""
        step, after = steps[number], steps[number + 1] if number + 1 < len(steps) else None
        alone = after is not None and readers.get(step.out) == 1 and after.slots[:1] == (step.out,)
        return after if alone and step.count == 1 else None

    def rectifies(step: Any) -> bool:
        return step is not None and specific(step.op, step.attrs)[0].name == "relu"

    found = []
    for number, step in enumerate(steps):
        after = follows(number)
        if after is None:
            continue
        if _is_norm(step) and rectifies(after):
            op = OPERATORS["batch_norm_relu"]
            found.append(Group(number, number + 2, op, _of(op, step.attrs), step.slots, step))
        if step.attrs.get("layout") not in _LAYOUTS or step.late or step.source:
            continue
        if step.op.rectified is not None and rectifies(after):
            found.append(Group(number, number + 2, step.op.rectified, step.attrs, step.slots))
        if step.op.name != "convolution":
            continue
        if _is_norm(after) and after.attrs.get("axis", 1) == 1:
            op, ends_at_zero = OPERATORS["convolution_norm"], rectifies(follows(number + 1))
            attrs = {**step.attrs, "rectified": ends_at_zero, "eps": after.attrs.get("eps", 1e-3),
                     "fix_gamma": after.attrs.get("fix_gamma", False)}
            slots = (*step.slots[:2], *after.slots[1:], *step.slots[2:])
            found.append(Group(number, number + 2 + ends_at_zero, op, attrs, slots, after, True))
    return found


def rectified(op: Operator, inputs: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """What ``op`` and a ReLU after it give, by one operator; None where the two run, and word what is wrong."""
    x = inputs[0]
    if op.rectified is None or not isinstance(x, Tensor) or not _runs_here(x) or attrs.get("layout") not in _LAYOUTS:
        return None
    try:
        return apply(op.rectified, inputs, attrs)
    except ShapeError:
        return None


def runs_at_once(inputs: Sequence[Any]) -> bool:
    """Whether layers may compute several operators of these at once: Tensors of one device and one dtype."""
    x = inputs[0]
    return isinstance(x, Tensor) and _runs_here(x) and all([
        isinstance(t, Tensor) and t._device is x._device and t._value.dtype == x._value.dtype for t in inputs])


def _runs_here(t: Tensor) -> bool:
    """Whether operators of this Tensor run on NumPy, in its dtype, and nothing watches them."""
    return t._device._engine is ENGINE and t._value.dtype in _TAKEN and state.frame is None and not running


def _is_norm(step: Any) -> bool:
    """Whether a step is a batch norm with one output that is seen."""
    return step.op.name == "batch_norm" and step.count == 1 and not step.attrs.get("output_mean_var") and (
        step.attrs.get("layout") in _LAYOUTS and not step.source)


def _of(op: Operator, attrs: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in attrs.items() if k in op.attrs}
