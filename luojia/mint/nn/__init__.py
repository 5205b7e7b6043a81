"""Layers under mint's names and signatures, which are PyTorch's: ``bias``, ``groups``, ``padding`` in numbers.

>>> from luojia import Tensor, mint
>>> mint.nn.Conv2d(1, 2, 3, padding=1)(Tensor(np.ones((1, 1, 4, 4), np.float32))).shape
(1, 2, 4, 4)
"""

from __future__ import annotations

from . import functional, layers
from .layers import *  # noqa: F403

__all__ = ["functional", *layers.__all__]  # pyright: ignore[reportUnsupportedDunderAll] - part of it from a table
