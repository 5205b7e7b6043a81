"""Layers under mint's names and signatures, which are PyTorch's: ``bias``, ``groups``, ``padding`` in numbers.

>>> from luojia import Tensor, mint
>>> mint.nn.Conv2d(1, 2, 3, padding=1)(Tensor(np.ones((1, 1, 4, 4), np.float32))).shape
(1, 2, 4, 4)
"""

from __future__ import annotations

import sys

from ..._src.paths import also_at, public_names
from . import conv, embedding, functional, layers, norms
from .conv import *  # noqa: F403
from .embedding import *  # noqa: F403
from .layers import *  # noqa: F403
from .norms import *  # noqa: F403

__all__ = ["functional"]
__all__ += conv.__all__
__all__ += embedding.__all__
__all__ += layers.__all__
__all__ += norms.__all__
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], f"{__name__}.layer", *(f"{__name__}.layer.{p}" for p in (
    "activation", "basic", "conv", "loss", "normalization", "padding", "pooling")))
