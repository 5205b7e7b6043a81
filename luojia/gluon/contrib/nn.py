"""Layers side by side, and images from channels."""

from __future__ import annotations

import sys
from typing import Any

from ... import ndarray
from ..._src.paths import also_at, public_names
from ..nn import Embedding, HybridBlock, HybridSequential, Sequential, SyncBatchNorm

__all__ = ["Concurrent", "HybridConcurrent", "Identity", "PixelShuffle1D", "PixelShuffle2D", "PixelShuffle3D",
           "SparseEmbedding", "SyncBatchNorm"]
__dir__ = public_names(__name__)


class Concurrent(Sequential):
    """Layers side by side on the same input, their outputs concatenated along ``axis``.

    >>> from luojia import nd
    >>> net = Concurrent(axis=1)
    >>> net.add(Identity(), Identity())
    >>> net(nd.ones((2, 3))).shape
    (2, 6)
    """

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def forward(self, x: Any, *args: Any) -> Any:
        return ndarray.concat(*[block(x) for block in self._children.values()], dim=self.axis)


class HybridConcurrent(HybridSequential):
    """HybridBlocks side by side on the same input, their outputs concatenated along ``axis``."""

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        return F.concat(*[block(x) for block in self._children.values()], dim=self.axis)


class Identity(HybridBlock):
    """The input itself."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x


class SparseEmbedding(Embedding):
    """``Embedding`` with row-sparse gradients, which lazy updates take row by row; their storage is dense.

    Args:
        input_dim, output_dim, dtype, weight_initializer: as for ``nn.Embedding``.
    """

    def __init__(self, input_dim: int, output_dim: int, dtype: Any = "float32", weight_initializer: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(input_dim, output_dim, dtype, weight_initializer, sparse_grad=True, **kwargs)


class _PixelShuffle(HybridBlock):
    _ndim = 2

    def __init__(self, factor: Any) -> None:
        super().__init__()
        many = isinstance(factor, (tuple, list))
        self._factors = tuple([int(f) for f in factor]) if many else (int(factor),) * self._ndim
        assert len(self._factors) == self._ndim, f"wrong length {len(self._factors)}"

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """(N, f1 f2 C, W, H) to (N, C, f1 W, f2 H): factors out of the channels, then each behind its axis."""
        n = self._ndim
        for f in reversed(self._factors):  # (N, C, f1, f2, W, H)
            x = F.reshape(x, shape=(0, -4, -1, f, -2))
        axes = [0, 1]
        for i in range(n):
            axes += [2 + n + i, 2 + i]
        x = F.transpose(x, axes=tuple(axes))
        return F.reshape(x, shape=(0, 0, *[-3] * n))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._factors[0] if self._ndim == 1 else self._factors})"


_TEXT = """Upsampling by moving channels into the {what}, each lengthened by ``factor`` (Shi et al. 2016).

    Args:
        factor: a number{each}.

    >>> from luojia import nd
    >>> PixelShuffle{ndim}D(2)(nd.ones({before})).shape
    {after}
    """


def _shuffle(ndim: int, what: str) -> type:
    text = _TEXT.format(ndim=ndim, what=what, each="" if ndim == 1 else f", or {ndim} of them",
                        before=(1, 2**ndim * 3, *[4] * ndim), after=(1, 3, *[8] * ndim))
    return type(f"PixelShuffle{ndim}D", (_PixelShuffle,), {"_ndim": ndim, "__doc__": text, "__module__": __name__})


PixelShuffle1D, PixelShuffle2D, PixelShuffle3D = [
    _shuffle(n, what) for n, what in ((1, "width"), (2, "height and width"), (3, "depth, height and width"))]

also_at(sys.modules[__name__], f"{__name__}.basic_layers")
