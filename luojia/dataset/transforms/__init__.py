"""Transforms of any data; those of images are in :mod:`luojia.dataset.vision`, of sound in :mod:`.audio`."""

from . import c_transforms, py_transforms, transforms
from .transforms import *  # noqa: F403
from .transforms import __getattr__ as __getattr__

__all__ = ["c_transforms", "py_transforms", "transforms"]
__all__ += transforms.__all__
