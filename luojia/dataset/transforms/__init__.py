"""Transforms of any data; those of images are in :mod:`luojia.dataset.vision`."""

from . import c_transforms, py_transforms, transforms
from .transforms import *  # noqa: F403

__all__ = ["c_transforms", "py_transforms", "transforms"]
__all__ += transforms.__all__
