"""All updates of one step as one compiled program, on engines that compile."""

from __future__ import annotations

import threading
from typing import Any

from .._src.core.pure import exclusive
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


def _run(jobs: list) -> None:
    """One program for all jobs; rates, counts and scales are its inputs, other hyperparameters its constants."""
    engine = jobs[0][1]._device.engine
    scalars: dict[tuple, int] = {}
    plan, arrays, grads = [], [], []
    for name, weight, grad, states, lr, wd, t, how in jobs:
        how = dict(how)
        moving = (float(lr), t, float(how.pop("rescale_grad", 1.0)))
        plan.append((name, len(states), scalars.setdefault(moving, len(scalars)), wd, tuple(how.items())))
        arrays += [weight, *states]
        grads.append(grad)
    plan = tuple(plan)
    xp = engine.xp

    def update(values: tuple, grads: tuple, scalars: tuple) -> list:
        out: list = []
        at = 0
        for (name, count, k, wd, how), grad in zip(plan, grads):
            lr, t, scale = scalars[k]
            new, states = RULES[name].update(xp, values[at], grad, values[at + 1 : at + 1 + count], lr, wd, t,
                                             rescale_grad=scale, **dict(how))
            out += [new, *states]
            at += 1 + count
        return out

    values = tuple([exclusive(a) for a in arrays])
    new = engine.jit(("fused updates", plan), update, (0,))(values, tuple(grads), tuple(scalars))
    for a, value in zip(arrays, new):
        a._rebind(value)
