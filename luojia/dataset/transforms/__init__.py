"""Transforms of any data; those of images are in :mod:`luojia.dataset.vision`."""

from . import c_transforms, py_transforms, transforms
from .transforms import *  # noqa: F403
from .transforms import __all__ as _names

__all__ = [*_names, "c_transforms", "py_transforms", "transforms"]
