"""What shapes say while some of their lengths are open: a length that comes out alike for two trial lengths is known.

MXNet carries 0, an unknown length, through every operator's own rule. Here a rule, or an abstract run, is asked twice
with the open lengths filled in: what does not change with them does not depend on them.

>>> common([(12, 4), (24, 4)])
(0, 4)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

Shape = tuple[int, ...] | None
_TRIALS = ((12, 24), (35, 70), (1, 2))  # divisible by most numbers of parts, by those left over, and fit to broadcast
_LARGEST = 1 << 20  # elements: an abstract run of an operator without a rule computes


def common(shapes: Sequence[Shape]) -> Shape:
    """The lengths in which shapes agree, 0 where they do not; None where their ranks differ."""
    first = shapes[0]
    if first is None or any(s is None or len(s) != len(first) for s in shapes):
        return None
    return tuple([n if all(s[i] == n for s in shapes if s is not None) else 0 for i, n in enumerate(first)])


def tried(ask: Callable[[list[Shape]], Sequence[Shape]], shapes: Sequence[Shape], parts: int = 1) -> list[Shape]:
    """What ``ask(shapes)`` gives of shapes with open lengths; ``parts`` divides one of the trial lengths."""
    for lengths in (*_TRIALS, (12 * parts, 24 * parts)):
        try:
            found = [list(ask([_filled(s, n) for s in shapes])) for n in lengths]
        except Exception:  # lengths that do not fit; the next may
            continue
        return [common(pair) for pair in zip(*found)]
    return []


def _filled(shape: Any, length: int) -> Any:
    if not shape or 0 not in shape:
        return shape
    full = tuple([n or length for n in shape])
    if math.prod(full) > _LARGEST:
        raise ValueError("too large to try")
    return full
