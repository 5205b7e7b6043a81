"""What MindSpore calls experimental: optimizers with groups of parameters and schedulers of their rates."""

import sys

from .._src.paths import open_paths, public_names
from . import optim

__all__ = ["optim"]
__dir__ = public_names(__name__)

open_paths(sys.modules[__name__])
