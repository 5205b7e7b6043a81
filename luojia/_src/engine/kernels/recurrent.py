"""The order in which a recurrent layer's work is done, whatever its steps compute, and by which threads; see rnn.py.

The inputs of all time steps meet their weight in one product, and so do all gradients of weights and inputs; a step
keeps one product of few rows, with the weight of the states. Where a step takes long, threads share the sequences of
the batch, each taking its own through all steps. Short steps are many calls with little to do between them, at which
two threads would meet before Python's lock; so one takes the whole batch through the steps, and the others make what
they need beforehand and what follows of them: the products with all steps' inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels import skinny

Array = np.ndarray
Times = Callable[[Array, Array], Array]

SEQUENCES = 4  # the fewest for a thread: it reads the states' weight for them
STEPS = 8  # for which `ahead` is asked together
LONG = 300.0  # microseconds, on one thread, from which a step is shared
_EVERY = slice(None)


def forward(x: Array, wx: Array, bias: Array, recur: Array, gates: Array,
            run: Callable[[slice, range, Times], None], scale: Array | None = None) -> None:
    """Fill ``gates`` (T, N, G) with (x @ wx.T + bias) * scale, and have ``run(part, steps, times)`` go on from there.

    ``part`` are sequences of the batch, ``times(a, out)`` is a @ (recur * scale) for their rows.
    """
    count, n, _ = gates.shape
    if not count:
        return

    def begin(some: Array) -> None:
        some += bias
        if scale is not None:
            some *= scale

    def project(steps: range) -> None:
        _rows(x, steps).dot(wx.T, _rows(gates, steps))
        begin(gates[steps.start : steps.stop])

    if _is_led(count, n, recur):
        with threads.Behind() as behind:
            jobs = [(steps, behind.add(partial(project, steps))) for steps in _cut(range(count), -(-count // STEPS))]
            times = skinny.repeated(recur, n, alone=True, scale=scale)  # meanwhile
            for steps, job in jobs:
                behind.take(job)
                run(_EVERY, steps, times)
        return
    threads.product(_rows(x, range(count)), wx.T, _rows(gates, range(count)))

    def compute(part: slice) -> None:
        begin(gates[:, part])
        run(part, range(count), times)

    parts, times = _shared(count, n, recur, scale)
    threads.spread(compute, parts)


def backward(x: Array, before: Array, wx: Array, recur: Array, da: Array, dp: Array, ahead: Callable | None,
             run: Callable[[slice, range, Times, Any], None], slots: Sequence[Array], needs_dx: bool) -> Array | None:
    """Have ``run(part, steps, times, ahead(part, steps))`` find da, the gradients of x @ wx.T, and dp, of the states'
    products, both (T, N, G), last steps first; fill ``slots`` with those of wx, wh, bx and bh, and give x's.

    ``before`` (T, N, H) are the states that each step met, ``times`` is as in `forward`.
    """
    count, n, _ = da.shape
    dx = np.empty(x.shape, da.dtype) if needs_dx else None
    totals = [s if s.dtype == da.dtype and s.flags.c_contiguous else np.empty(s.shape, da.dtype) for s in slots]
    dwx, dwh, dbx, dbh = totals

    def of_weights(steps: range) -> list[tuple[Array, Array, Array]]:
        """What the gradients of these steps give: a and b, and where a @ b goes."""
        a, p, fed, met = [_rows(some, steps) for some in (da, dp, x, before)]
        return [(a.T, fed, dwx), (p.T, met, dwh)]

    def of_inputs(steps: range) -> list[tuple[Array, Array, Array]]:
        return [] if dx is None else [(_rows(da, steps), wx, _rows(dx, steps))]

    def sums(some: Array) -> Array:
        return np.add.reduce(some, (0, 1))

    if not count:
        for total in totals:
            total[...] = 0
    elif _is_led(count, n, recur):
        late, early = range(count * 3 // 5, count), range(count * 3 // 5)  # of equal work, beside the steps' own
        with threads.Behind() as behind:
            cut = [*reversed(_cut(late, STEPS)), *reversed(_cut(early, STEPS))]
            jobs = [ahead and behind.add(partial(ahead, _EVERY, steps)) for steps in cut]
            times = skinny.repeated(recur, n, alone=True)  # meanwhile
            for steps, job in zip(cut, jobs):
                run(_EVERY, steps, times, behind.take(job) if job else None)
                if steps.start == late.start:
                    for a, b, to in of_weights(late) + of_inputs(late):
                        behind.add(partial(a.dot, b, to))
            for a, b, to in of_inputs(early):
                behind.add(partial(a.dot, b, to))
            more = [(to, behind.add(partial(a.dot, b))) for a, b, to in of_weights(early)]
            found = [(to, behind.take(job)) for to, job in more]
        for to, rest in found:
            to += rest
        dbx[...] = sums(da)
        dbh[...] = dbx if dp is da else sums(dp)
    else:
        def compute(part: slice) -> tuple[Array, Array]:
            for steps in reversed(_cut(range(count), STEPS)):
                run(part, steps, times, ahead and ahead(part, steps))
            found = sums(da[:, part])
            return found, found if dp is da else sums(dp[:, part])

        parts, times = _shared(count, n, recur, None)
        dbx[...], dbh[...] = [sum(some[1:], some[0]) for some in zip(*threads.spread(compute, parts))]
        for a, b, to in of_weights(range(count)) + of_inputs(range(count)):
            threads.product(a, b, to)
    for slot, total in zip(slots, totals):
        if slot is not total:
            slot[...] = total
    return dx


def _is_led(count: int, n: int, recur: Array) -> bool:
    """Whether one thread takes the whole batch through the steps while others work for it."""
    step = n * recur.size / threads.PRODUCTS
    return count > 1 and step < LONG and threads.number(count * step) > 1


def _shared(count: int, n: int, recur: Array, scale: Array | None) -> tuple[list[slice], Times]:
    """The threads' parts of the batch, and ``times`` for them."""
    parts = threads.shares(n, count * n * recur.size / threads.PRODUCTS, SEQUENCES)
    most = max([part.stop - part.start for part in parts])
    return parts, skinny.repeated(recur, most, alone=len(parts) > 1, scale=scale)


def _cut(steps: range, most: int) -> list[range]:
    return [steps[start : start + most] for start in range(0, len(steps), most)]


def _rows(a: Array, steps: range) -> Array:
    """These steps of a (T, N, C) as a matrix (steps * N, C), a view where a lies in order."""
    return a[steps.start : steps.stop].reshape(len(steps) * a.shape[1], a.shape[2])
