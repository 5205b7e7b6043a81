"""What MindSpore calls experimental: optimizers with groups of parameters and schedulers of their rates."""

import sys

from .._src.paths import open_paths
from . import optim

__all__ = ["optim"]

open_paths(sys.modules[__name__])
