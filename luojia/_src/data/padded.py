"""Batches of one size throughout, as mxnet's NDArrayIter draws them: padded, cut or rolled over at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError


class PaddedBatches:
    """Each pass yields ``(indices, pad)``, every batch of ``batch_size`` indices below ``length``.

    At the end of a pass, ``last_batch_handle``

    - ``'pad'`` fills the last batch from the beginning of the pass; ``pad`` counts the samples that fill it;
    - ``'discard'`` drops what is left;
    - ``'roll_over'`` puts what is left at the front of the next pass, whose first ``pad`` counts it (as in mxnet).

    Args:
        shuffle: a new order at each pass, from ``rng`` (``permutation(n)``; None is NumPy's global stream).

    Raises:
        ArgumentError: another handling, or no samples, or a batch size below 1.

    Example:
        >>> [(i.tolist(), pad) for i, pad in PaddedBatches(5, 2)]
        [([0, 1], 0), ([2, 3], 0), ([4, 0], 1)]
    """

    def __init__(
        self, length: int, batch_size: int, shuffle: bool = False, last_batch_handle: str = "pad", rng: Any = None
    ) -> None:
        if last_batch_handle not in ("pad", "discard", "roll_over"):
            raise ArgumentError(
                f"last_batch_handle must be one of 'pad', 'discard' or 'roll_over', got {last_batch_handle!r}."
            )
        if length < 1 or batch_size < 1:
            raise ArgumentError(
                f"Batches expect a sample or more and a batch_size >= 1, got {length} and {batch_size}."
            )
        self._length, self._batch_size, self._handle = length, batch_size, last_batch_handle
        self._shuffle, self._rng = shuffle, rng
        self._left = np.zeros(0, np.int64)

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        size = self._batch_size
        source = np.random if self._rng is None else self._rng
        order = np.asarray(source.permutation(self._length)) if self._shuffle else np.arange(self._length)
        left, self._left = self._left, np.zeros(0, np.int64)  # a pass that is broken off leaves nothing
        rolled, order = len(left), np.concatenate([left, order])
        full = len(order) // size
        for i in range(full):
            yield order[i * size : (i + 1) * size], rolled if i == 0 else 0
        rest = order[full * size :]
        if len(rest) and self._handle == "pad":
            pad = size - len(rest)
            yield np.concatenate([rest, np.resize(order, pad)]), pad
        elif self._handle == "roll_over":
            self._left = rest

    def hard_reset(self) -> None:
        """Forget what would roll over."""
        self._left = np.zeros(0, np.int64)
