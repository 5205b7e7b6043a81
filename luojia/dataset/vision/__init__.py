"""Transforms of images, (H, W) or (H, W, C), NumPy or PIL, for ``Dataset.map``.

What they draw is the stream that ``dataset.config.set_seed`` seeds.
"""

from __future__ import annotations

from typing import Any

from ..._src.errors import RefusedName
from . import c_transforms, py_transforms, transforms, utils
from .transforms import *  # noqa: F403

__all__ = ["c_transforms", "py_transforms", "transforms", "utils"]
__all__ += transforms.__all__
_REFUSED = (
    "AdjustBrightness AdjustContrast AdjustGamma AdjustHue AdjustSaturation AdjustSharpness Affine AutoAugment "
    "AutoContrast BoundingBoxAugment ConvertColor CutMixBatch CutOut Equalize Erase FiveCrop GaussianBlur "
    "LinearTransformation MixUp MixUpBatch NormalizePad PadToSize Perspective Posterize RandAugment "
    "RandomAdjustSharpness RandomAffine RandomAutoContrast RandomColor RandomCropWithBBox RandomEqualize "
    "RandomErasing RandomGrayscale "
    "RandomHorizontalFlipWithBBox RandomInvert RandomLighting RandomPerspective RandomPosterize "
    "RandomResizedCropWithBBox RandomResize RandomResizeWithBBox RandomSelectSubpolicy RandomSharpness RandomSolarize "
    "RandomVerticalFlipWithBBox ResizeWithBBox ResizedCrop RgbToHsv HsvToRgb Rotate SlicePatches Solarize TenCrop "
    "TrivialAugmentWide UniformAugment"
).split()


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"dataset.vision.{name} is not provided; pass a function of the image to Dataset.map.")
    raise AttributeError(f"module 'luojia.dataset.vision' has no attribute {name!r}")
