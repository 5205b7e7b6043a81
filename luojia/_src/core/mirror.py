"""Graphs that keep less for the backward pass: MXNet's ``MXNET_BACKWARD_DO_MIRROR=1``.

The graph runs in about sqrt(n) parts of about sqrt(n) operators; the tape keeps what goes from part to part, and each
part is computed again when backward arrives at it (see recompute.py).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

from .graph import CachedGraph, Step
from .recompute import recomputed
from .tape import state


def cached_graph(symbol: Any, inputs: Sequence[str] | None = None) -> CachedGraph:
    """A ``CachedGraph``; one that recomputes where the environment has MXNET_BACKWARD_DO_MIRROR=1."""
    mirrors = os.environ.get("MXNET_BACKWARD_DO_MIRROR", "0") not in ("0", "")
    return (MirroredGraph if mirrors else CachedGraph)(symbol, inputs)


class MirroredGraph(CachedGraph):
    """A graph whose parts are computed again in backward.

    Attributes:
        parts: per part its steps, the places that it reads, and the places that others read of it.
    """

    def _plan(self) -> None:
        super()._plan()
        self._programs.possible = False
        size = max(1, math.isqrt(len(self.steps)))
        groups = [self.steps[i : i + size] for i in range(0, len(self.steps), size)]
        made = [{place for s in group for place in range(s.out, s.out + s.count)} for group in groups]
        read = [{place for s in group for place in s.slots} for group in groups]
        self.parts: list[tuple[list[Step], list[int], list[int]]] = []
        for k, group in enumerate(groups):
            wanted = set(self._heads).union(*read[k + 1 :])
            self.parts.append((group, sorted(read[k] - made[k]), sorted(made[k] & wanted)))

    def _run(self, env: list, arrays: Sequence[Any], device: Any, watch: Callable | None,
             note: Any = None) -> None:
        if watch is not None or not state.recording:
            super()._run(env, arrays, device, watch)
            return
        for k, (steps, ins, outs) in enumerate(self.parts):
            last = k == len(self.parts) - 1

            def part(*values: Any, steps: Any = steps, ins: Any = ins, outs: Any = outs) -> list:
                inner: list[Any] = [None] * len(env)
                for place, value in zip(ins, values):
                    inner[place] = value
                self._run_steps(steps, inner, arrays, device)
                return [inner[place] for place in outs]

            values = [env[i] for i in ins]
            found = part(*values) if last else recomputed(part, *values)  # backward begins with the last
            for place, value in zip(outs, found):
                env[place] = value
            for step in steps:
                for place in step.dead:
                    env[place] = None
