"""All image transforms."""

from .colour import Grayscale, Invert, RandomColorAdjust
from .convert import HWC2CHW, Decode, Normalize, Rescale, ToNumpy, ToPIL, ToTensor, ToType
from .geometry import (
    CenterCrop,
    Crop,
    HorizontalFlip,
    Pad,
    RandomCrop,
    RandomCropDecodeResize,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomRotation,
    RandomVerticalFlip,
    Resize,
    VerticalFlip,
)
from .utils import Border, Inter

__all__ = [
    "Border", "CenterCrop", "Crop", "Decode", "Grayscale", "HWC2CHW", "HorizontalFlip", "Inter", "Invert", "Normalize",
    "Pad", "RandomColorAdjust", "RandomCrop", "RandomCropDecodeResize", "RandomHorizontalFlip", "RandomResizedCrop",
    "RandomRotation", "RandomVerticalFlip", "Rescale", "Resize", "ToNumpy", "ToPIL", "ToTensor", "ToType",
    "VerticalFlip",
]
