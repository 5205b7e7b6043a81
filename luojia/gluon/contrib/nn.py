"""Layers in parallel."""

from __future__ import annotations

from typing import Any

from ... import ndarray
from ..nn import HybridBlock, HybridSequential, Sequential, SyncBatchNorm

__all__ = ["Concurrent", "HybridConcurrent", "Identity", "SyncBatchNorm"]


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
