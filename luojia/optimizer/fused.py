"""All updates of one step as one compiled program, on engines that compile."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from .._src.core.later import exclusive
from .._src.core.tape import state
from .._src.core.tensor import Tensor
from .._src.train.rules import RULES


class _Open(threading.local):
    jobs: list | None = None


_open = _Open()


class fused_updates:
    """Updates asked for within this block are done at its end, together.

    Nothing in the block may read what it updates.
    """

    def __enter__(self) -> None:
        self._outer, _open.jobs = _open.jobs, []

    def __exit__(self, kind: Any, *_: Any) -> None:
        jobs, _open.jobs = _open.jobs, self._outer
        if kind is None and jobs:
            _run(jobs)


def put_off(name: str, weight: Tensor, grad: Any, states: tuple, lr: float, wd: float, t: int, how: dict) -> bool:
    """Whether the update was put off to the end of a ``fused_updates`` block."""
    if _open.jobs is None or not weight._device.engine.compiles:
        return False
    _open.jobs.append((name, weight, grad, states, lr, wd, t, how))
    return True


def fusing() -> bool:
    """Whether a ``fused_updates`` block is open."""
    return _open.jobs is not None


def put_off_all(jobs: list[tuple]) -> None:
    """Put off several (rule, weight, gradient, states, lr, wd, t, hyperparameters)."""
    assert _open.jobs is not None
    _open.jobs += jobs


def _run(jobs: list) -> None:
    """One program for all jobs; rates, decays, counts and scales are its inputs, other hyperparameters its constants.

    Those inputs are one array: a number that is passed by itself costs as much as an array.
    """
    engine = jobs[0][1]._device.engine
    scalars: dict[tuple, int] = {}
    fixed: dict[int, tuple] = {}
    plan, arrays, grads = [], [], []
    for name, weight, grad, states, lr, wd, t, how in jobs:
        found = fixed.get(id(how))
        if found is None:
            scale = float(how.get("rescale_grad", 1.0))
            found = fixed[id(how)] = scale, tuple([item for item in how.items() if item[0] != "rescale_grad"])
        scale, others = found
        row = scalars.setdefault((lr, t, scale, wd), len(scalars))
        plan.append((name, len(states), row, scale == 1, wd == 0, others))
        arrays.append(weight)
        arrays += states
        grads.append(grad)
    plan = tuple(plan)

    def update(values: tuple, grads: tuple, scalars: Any) -> list:
        out: list = []
        at = 0
        for (name, count, k, whole, bare, others), grad in zip(plan, grads):
            lr, t, scale, wd = [engine.weak(scalars[k, i]) for i in range(4)]
            new, states = RULES[name].update(
                engine.xp, values[at], grad, values[at + 1 : at + 1 + count], lr, 0.0 if bare else wd, t,
                rescale_grad=1.0 if whole else scale, **dict(others))
            out += [new, *states]
            at += 1 + count
        return out

    moving = np.array(list(scalars), np.float64)
    if state.waiting is not None and state.waiting.takes(grads):
        new = state.waiting.update(plan, update, arrays, grads, moving)
    else:
        values = tuple([exclusive(a) for a in arrays])
        given = tuple([g._value if isinstance(g, Tensor) else g for g in grads])
        new = engine.jit(("fused updates", plan), update, (0,))(values, given, moving)
    for a, value in zip(arrays, new):
        a._value = value
