"""What the blocks of windows.py give: the sums of their products with weights, and the weights' gradient.

What depends on a block's shape alone is prepared once for all of its kind (`windows.Held`), as other threads wait for
Python's lock while these lines run.
"""

from __future__ import annotations

from math import prod

import numpy as np

from luojia._src.engine.kernels import pieces
from luojia._src.engine.kernels.windows import Block, Held, Windows, is_kept
from luojia._src.engine.shortcuts import matmul

MOST_TOGETHER = 1 << 14  # elements of a gradient up to which those of a block's images are made, then added
FEW = 32  # outputs of an image in a block, up to which several images are multiplied together


class Sums:
    """The outputs (n, outputs, O) of blocks, for weights (kernel rows, K, O)."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights

    def put(self, block: Block, out: np.ndarray) -> None:
        """out = the sum of the products of the block's windows with their weights."""
        weights = self.weights
        if are_few(out):
            out[...] = 0
            for tap in block.held.taps:
                target = out[:, tap.start : tap.stop]
                np.add(target, matmul(_together(tap.matrix), weights[tap.row]).reshape(target.shape), out=target)
            return
        row, matrix, shape, others = block.held.sums.get(out.shape[2]) or _prepared(block.held, *out.shape[1:])
        if matrix is None:
            out[...] = 0
        else:
            np.matmul(matrix, weights[row], out=out.reshape(shape))
        for row, matrix, term, terms, at in others:
            np.matmul(matrix, weights[row], out=term)
            target = out[:, at]
            np.add(target, terms, out=target)


def _prepared(held: Held, outputs: int, columns: int) -> tuple:
    """The kernel row, the windows and the shape of the product for all outputs, None without one; and the others: row,
    windows, where their product goes, as it is cut and as it is added, and the outputs to which it is."""
    row = whole = shape = None
    others: list[tuple] = []
    size = len(held.taps[0].matrix) * outputs * columns if held.taps else 0
    scratch = held.scratch(size)
    for tap in held.taps:
        matrix = pieces.cut(tap.matrix, columns)
        if whole is None and tap.stop - tap.start == outputs:
            row, whole, shape = tap.row, matrix, (*matrix.shape[:3], columns)
            continue
        terms_shape = len(matrix), tap.stop - tap.start, columns
        terms = scratch[: prod(terms_shape)].reshape(terms_shape)
        others.append((tap.row, matrix, terms.reshape(*matrix.shape[:3], columns), terms, slice(tap.start, tap.stop)))
    found = row, whole, shape, others
    if is_kept(size, scratch.dtype):
        held.sums[columns] = found
    return found


class Gradient:
    """The sum ``total`` (kernel rows, K, O) of blocks' products with what met their windows."""

    def __init__(self, windows: Windows, columns: int, dtype: np.dtype) -> None:
        self.total = np.zeros((windows.kernel[0], windows.inner, columns), dtype)
        self.together = self.total[0].size <= MOST_TOGETHER

    def add(self, block: Block, b: np.ndarray) -> None:
        """total += the products of the block's windows at each kernel row with b (n, outputs, O)."""
        held = block.held
        if held.stack is None or not self.together or are_few(b):
            for tap in held.taps:
                accumulate(self.total[tap.row], tap.matrix, b[:, tap.start : tap.stop])
            return
        columns = b.shape[2]
        cut = held.cuts.get(columns)
        if cut is None:
            cut = held.cuts[columns] = pieces.cut(held.stack, columns, pieces.SHORTEST_SUMMED)
        found = pieces.meet(cut, b.reshape(*cut.shape[1:4], columns))
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
