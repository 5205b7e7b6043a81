"""What MindSpore calls experimental: optimizers with groups of parameters and schedulers of their rates."""

from . import optim

__all__ = ["optim"]
