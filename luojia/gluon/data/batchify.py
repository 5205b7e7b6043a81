"""From a list of samples to a batch: functions for DataLoader's ``batchify_fn``.

>>> Stack()([1, 2])
<BLANKLINE>
[1 2]
<NDArray 2 @cpu(0)>
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._src.data import batchify as _plain
from ..._src.data.batchify import AsList, Group
from ..._src.paths import public_names
from ._arrays import to_nd

__all__ = ["Append", "AsList", "Group", "Pad", "Stack"]
__dir__ = public_names(__name__)


class Stack(_plain.Stack):
    """Samples of one shape along a new first axis."""

    def __call__(self, samples: Sequence[Any]) -> Any:
        return to_nd(super().__call__(samples))


class Pad(_plain.Pad):
    """Samples padded at the end of each axis to the largest of them, with ``val``; optionally their lengths."""

    def __call__(self, samples: Sequence[Any]) -> Any:
        return to_nd(super().__call__(samples))


class Append(_plain.Append):
    """A list of the samples as arrays, each with a batch axis of one (``expand``)."""

    def __call__(self, samples: Sequence[Any]) -> Any:
        return to_nd(super().__call__(samples))
