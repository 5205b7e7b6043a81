"""What the blocks of windows.py give: the sums of their products with weights, and the weights' gradient.

Both prepare what depends on a block's shape once, as a part of a convolution has several alike, and other threads wait
for Python's lock while these lines run.
"""

from __future__ import annotations

from math import prod

import numpy as np

from luojia._src.engine.kernels import pieces
from luojia._src.engine.kernels.windows import Block, Tap, Windows
from luojia._src.engine.shortcuts import matmul

MOST_TOGETHER = 1 << 14  # elements of a gradient up to which those of a block's images are made, then added
FEW = 32  # outputs of an image in a block, up to which several images are multiplied together


class Sums:
    """The outputs (n, outputs, O) of blocks, for weights (kernel rows, K, O)."""

    def __init__(self, windows: Windows, weights: np.ndarray) -> None:
        self.weights = weights
        self.taps: list[Tap] = []
        self.whole: Tap | None = None
        self.others: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, slice]] = []
        self.scratch = np.empty(windows.images * windows.rows * windows.out[1] * weights.shape[2], weights.dtype)

    def put(self, taps: list[Tap], out: np.ndarray) -> None:
        """out = the sum of the taps' products with their weights."""
        if are_few(out):
            out[...] = 0
            for tap in taps:
                target = out[:, tap.start : tap.stop]
                np.add(target, matmul(_together(tap.matrix), self.weights[tap.row]).reshape(target.shape), out=target)
            return
        if taps is not self.taps:
            self._prepare(taps, *out.shape[1:])
        if self.whole is None:
            out[...] = 0
        else:
            matrix = self.whole.matrix
            np.matmul(matrix, self.weights[self.whole.row], out=out.reshape(*matrix.shape[:3], out.shape[2]))
        for matrix, weight, term, found, at in self.others:
            np.matmul(matrix, weight, out=term)
            target = out[:, at]
            np.add(target, found, out=target)

    def _prepare(self, taps: list[Tap], outputs: int, columns: int) -> None:
        self.taps, self.whole, self.others = taps, None, []
        for tap in taps:
            matrix = pieces.cut(tap.matrix, columns)
            if self.whole is None and tap.stop - tap.start == outputs:
                self.whole = tap._replace(matrix=matrix)
                continue
            shape = len(matrix), tap.stop - tap.start, columns
            found = self.scratch[: prod(shape)].reshape(shape)
            self.others.append((matrix, self.weights[tap.row], found.reshape(*matrix.shape[:3], columns), found,
                                slice(tap.start, tap.stop)))


class Gradient:
    """The sum ``total`` (kernel rows, K, O) of blocks' products with what met their windows."""

    def __init__(self, windows: Windows, columns: int, dtype: np.dtype) -> None:
        self.total = np.zeros((windows.kernel[0], windows.inner, columns), dtype)
        self.stack: np.ndarray | None = None
        self.cut: np.ndarray | None = None

    def add(self, block: Block, b: np.ndarray) -> None:
        """total += the products of the block's windows at each kernel row with b (n, outputs, O)."""
        if block.stack is None or self.total[0].size > MOST_TOGETHER or are_few(b):
            for tap in block.taps:
                accumulate(self.total[tap.row], tap.matrix, b[:, tap.start : tap.stop])
            return
        if block.stack is not self.stack:
            self.stack, self.cut = block.stack, pieces.cut(block.stack, b.shape[2], pieces.SHORTEST_SUMMED)
        assert self.cut is not None
        found = pieces.meet(self.cut, b.reshape(*self.cut.shape[1:4], b.shape[2]))
        np.add(self.total, np.add.reduce(found, (1, 2)), out=self.total)


def accumulate(total: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """total += the sum over images of a^T b, for a (n, M, K) and b (n, M, O)."""
    if are_few(b):
        np.add(total, matmul(_together(a).T, _together(b)), out=total)
    elif total.size <= MOST_TOGETHER:
        a = pieces.cut(a, b.shape[2], pieces.SHORTEST_SUMMED)
        np.add(total, np.add.reduce(pieces.meet(a, b.reshape(*a.shape[:3], b.shape[2])), (0, 1)), out=total)
    else:
        for one, other in zip(a, b):
            np.add(total, np.matmul(one.T, other), out=total)


def are_few(pixels: np.ndarray) -> bool:
    """Whether the images (n, outputs, C) are so small that their products take longer one by one."""
    return len(pixels) > 1 and 0 < pixels.shape[1] <= FEW


def _together(a: np.ndarray) -> np.ndarray:
    """(n, M, K) as (n * M, K)."""
    return np.ascontiguousarray(a).reshape(-1, a.shape[2])
