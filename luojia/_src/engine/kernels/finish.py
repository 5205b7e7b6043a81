"""What follows a convolution, done to its blocks while they are in the cache: y scale + shift, and the larger of 0.

A bias is a shift, batch normalization by known statistics a scale and a shift. A pass
takes 0.15 to 0.2 ns a number, as much as a kernel of 1 takes for ten channels.
"""

from __future__ import annotations

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels.rows import PASSED, rows, tile

BLOCK = 1 << 18  # numbers that stay in the cache from one pass to the next
FOLDED = 1024  # numbers of a folded row


class Finish:
    """Vectors (C,) by which each channel is multiplied and to which it is added, and whether 0 is the least result.

    >>> y = np.array([[1.0, -3.0]])
    >>> Finish(shift=np.array([1.0, 1.0]), rectified=True).rows(y)
    >>> y.tolist()
    [[2.0, 0.0]]
    """

    def __init__(self, scale: np.ndarray | None = None, shift: np.ndarray | None = None, rectified: bool = False):
        self.scale, self.shift, self.rectified = scale, shift, rectified
        self.tiled: dict[int, list[np.ndarray | None]] = {}

    def doubled(self) -> Finish:
        """The same for twice the channels, which repeat."""
        scale, shift = [None if v is None else np.concatenate([v, v]) for v in (self.scale, self.shift)]
        return Finish(scale, shift, self.rectified)

    def _tiled(self, fold: int, like: np.ndarray) -> list[np.ndarray | None]:
        found = self.tiled.get(fold)
        if found is None:
            zeros = np.zeros(fold * like.shape[-1], like.dtype) if self.rectified else None
            found = [None if v is None else tile(v, fold) if fold > 1 else v for v in (self.scale, self.shift)]
            self.tiled[fold] = found = [*found, zeros]
        return found

    def rows(self, y: np.ndarray) -> None:
        """``y`` (..., C), channels last, is changed in place."""
        if not y.size:
            return
        if not y.flags.c_contiguous:
            _change(y, *self._tiled(1, y))
            return
        c = y.shape[-1]
        m = y.size // c
        fold = max(1, min(FOLDED // c, m))
        flat, whole = y.reshape(-1), m - m % fold
        folded = flat[: whole * c].reshape(-1, fold * c)
        vectors, step = self._tiled(fold, y), max(1, BLOCK // (fold * c))
        for start in range(0, len(folded), step):
            _change(folded[start : start + step], *vectors)
        if whole < m:
            _change(flat[whole * c :].reshape(-1, c), *self._tiled(1, y))

    def whole(self, y: np.ndarray) -> None:
        """``y`` (N, C, ...), of any layout, is changed in place; large ones by several threads."""
        flat = rows(y, (0, *range(2, y.ndim)))
        if flat is not None:
            threads.spread(lambda part: self.rows(flat[part]), threads.ranges(len(flat), 2 * y.size / PASSED))
            return
        shape = -1, *(1,) * (y.ndim - 2)
        scale, shift = [None if v is None else v.reshape(shape) for v in (self.scale, self.shift)]
        zero = np.zeros((), y.dtype) if self.rectified else None
        threads.spread(lambda part: _change(y[part], scale, shift, zero), threads.ranges(len(y), 2 * y.size / PASSED))


def _change(y: np.ndarray, scale: np.ndarray | None, shift: np.ndarray | None, least: np.ndarray | None) -> None:
    if scale is not None:
        np.multiply(y, scale, out=y)
    if shift is not None:
        np.add(y, shift, out=y)
    if least is not None:
        np.maximum(y, least, out=y)
