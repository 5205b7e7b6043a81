"""SciPy's functions on Tensors, in the manner of ``mindspore.scipy``: linear algebra, cosine transforms, optimization.

>>> from luojia import Tensor
>>> from luojia.scipy import linalg
>>> linalg.inv(Tensor([[2.0, 0.0], [0.0, 4.0]])).tolist()
[[0.5, 0.0], [0.0, 0.25]]
"""

from __future__ import annotations

import sys

from .._src.paths import open_paths, public_names
from . import fft, linalg, optimize

__all__ = ["fft", "linalg", "optimize"]
__dir__ = public_names(__name__)

open_paths(sys.modules[__name__])
