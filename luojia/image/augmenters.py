"""Augmenters: callables from an image (H, W, C) to an image, which draw from Python's ``random`` as MXNet's do.

>>> from luojia import nd
>>> ForceResizeAug((2, 3))(nd.ones((4, 6, 3))).shape
(3, 2, 3)
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._src.data import images
from .._src.errors import UnfitDataError
from ..ndarray import NDArray
from .functions import center_crop, color_normalize, imresize, least_area, random_crop, random_size_crop, resize_short

GREY = np.array([0.299, 0.587, 0.114], np.float32)
_DULL = np.array([0.21, 0.72, 0.07], np.float32)  # MXNet's weights for grey images; GREY is what its jitters take
# MXNet rounds this inverse, so that an image not turned changes by up to one level
_FROM_YIQ = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])
# the principal components of ImageNet's colours, and their means and deviations
_EIGENVALUES = np.array([55.46, 4.794, 1.148])
_EIGENVECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
MEAN, STD = np.array([123.68, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])


class Augmenter:
    """Base class: a subclass defines ``__call__(src)``; its keyword arguments show in ``dumps()``."""

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {k: v.asnumpy().tolist() if isinstance(v, NDArray) else v.tolist() if isinstance(v, np.ndarray)
                        else v for k, v in kwargs.items()}

    def dumps(self) -> Any:
        """The class's name and its arguments as JSON."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src: NDArray) -> NDArray:
        raise NotImplementedError("Must override implementation.")


class SequentialAug(Augmenter):
    """Augmenters one after the other."""

    def __init__(self, ts: Sequence[Augmenter]) -> None:
        super().__init__()
        self.ts = list(ts)

    def dumps(self) -> Any:
        """The class's name and its parts' ``dumps()``."""
        return [type(self).__name__.lower(), [t.dumps() for t in self.ts]]

    def __call__(self, src: NDArray) -> NDArray:
        for aug in self.ts:
            src = aug(src)
        return src


class RandomOrderAug(SequentialAug):
    """Augmenters in an order drawn anew for each image."""

    def __call__(self, src: NDArray) -> NDArray:
        random.shuffle(self.ts)
        return super().__call__(src)


class _Resizing(Augmenter):
    """An augmenter of a size, (w, h) or one number, and an interpolation."""

    def __init__(self, size: Any, interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp


class ResizeAug(_Resizing):
    """The shorter side at ``size``, in the same ratio."""

    def __call__(self, src: NDArray) -> NDArray:
        return resize_short(src, self.size, self.interp)


class ForceResizeAug(_Resizing):
    """At ``size`` (w, h), whatever the ratio."""

    def __call__(self, src: NDArray) -> NDArray:
        return imresize(src, *self.size, interp=self.interp)


class RandomCropAug(_Resizing):
    """A part of ``size`` (w, h) somewhere."""

    def __call__(self, src: NDArray) -> NDArray:
        return random_crop(src, self.size, self.interp)[0]


class CenterCropAug(_Resizing):
    """The part of ``size`` (w, h) in the middle."""

    def __call__(self, src: NDArray) -> NDArray:
        return center_crop(src, self.size, self.interp)[0]


class RandomSizedCropAug(Augmenter):
    """A part with a random share of the area (the least, or both bounds) and ratio (bounds), at ``size`` (w, h)."""

    def __init__(self, size: Sequence[int], area: float | Sequence[float], ratio: Sequence[float],
                 interp: int = 2, **kwargs: Any) -> None:
        area = least_area("RandomSizedCropAug", area, kwargs)
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size, self.area, self.ratio, self.interp = size, area, ratio, interp

    def __call__(self, src: NDArray) -> NDArray:
        return random_size_crop(src, self.size, self.area, self.ratio, self.interp)[0]


class BrightnessJitterAug(Augmenter):
    """Times a factor within ``brightness`` of 1."""

    def __init__(self, brightness: float) -> None:
        super().__init__(brightness=brightness)
        self.brightness = brightness

    def __call__(self, src: NDArray) -> NDArray:
        return src * (1.0 + random.uniform(-self.brightness, self.brightness))


class ContrastJitterAug(Augmenter):
    """Blended with the mean grey, by a factor within ``contrast`` of 1."""

    def __init__(self, contrast: float) -> None:
        super().__init__(contrast=contrast)
        self.contrast = contrast

    def __call__(self, src: NDArray) -> NDArray:
        alpha = 1.0 + random.uniform(-self.contrast, self.contrast)
        grey = nd.sum(src * _row(src, GREY)) * (3.0 * (1.0 - alpha) / src.size)
        return nd.broadcast_add(src * alpha, grey.reshape((1, 1, 1)))


class SaturationJitterAug(Augmenter):
    """Blended with its own grey values, by a factor within ``saturation`` of 1."""

    def __init__(self, saturation: float) -> None:
        super().__init__(saturation=saturation)
        self.saturation = saturation

    def __call__(self, src: NDArray) -> NDArray:
        alpha = 1.0 + random.uniform(-self.saturation, self.saturation)
        grey = nd.sum(src * _row(src, GREY), axis=2, keepdims=True)
        return nd.broadcast_add(src * alpha, grey * (1.0 - alpha))


class HueJitterAug(Augmenter):
    """Hues turned, in YIQ, by up to ``hue`` half turns either way."""

    def __init__(self, hue: float) -> None:
        super().__init__(hue=hue)
        self.hue = hue

    def __call__(self, src: NDArray) -> NDArray:
        turn = images.turned_hue(random.uniform(-self.hue, self.hue), _FROM_YIQ)
        return nd.dot(src, nd.array(turn.T, ctx=src.context))


class ColorJitterAug(RandomOrderAug):
    """Brightness, contrast and saturation changed in random order; those of 0 are left out."""

    def __init__(self, brightness: float, contrast: float, saturation: float) -> None:
        amounts = ((BrightnessJitterAug, brightness), (ContrastJitterAug, contrast), (SaturationJitterAug, saturation))
        super().__init__([aug(amount) for aug, amount in amounts if amount > 0])


class LightingAug(Augmenter):
    """Noise along the principal components of colour, of deviation ``alphastd`` times ``eigval``.

    Source: Krizhevsky, Sutskever and Hinton 2012, section 4.1.
    """

    def __init__(self, alphastd: float, eigval: Any, eigvec: Any) -> None:
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd, self.eigval, self.eigvec = alphastd, np.asarray(eigval), np.asarray(eigvec)

    def __call__(self, src: NDArray) -> NDArray:
        alpha = np.random.normal(0, self.alphastd, size=(3,))
        return src + _row(src, np.dot(self.eigvec * alpha, self.eigval))


class ColorNormalizeAug(Augmenter):
    """``(src - mean) / std``; either may be None."""

    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__(mean=mean, std=std)
        self.mean = mean if mean is None or isinstance(mean, NDArray) else nd.array(mean)
        self.std = std if std is None or isinstance(std, NDArray) else nd.array(std)

    def __call__(self, src: NDArray) -> NDArray:
        return color_normalize(src, self.mean, self.std)


class RandomGrayAug(Augmenter):
    """Grey with probability ``p``."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray) -> NDArray:
        if random.random() < self.p:
            src = nd.dot(src, nd.array(np.repeat(_DULL[:, None], 3, axis=1), ctx=src.context))
        return src


class HorizontalFlipAug(Augmenter):
    """Mirrored with probability ``p``."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray) -> NDArray:
        return nd.flip(src, axis=1) if random.random() < self.p else src


class CastAug(Augmenter):
    """In dtype ``typ``."""

    def __init__(self, typ: str = "float32") -> None:
        super().__init__(type=typ)
        self.typ = typ

    def __call__(self, src: NDArray) -> NDArray:
        return src.astype(self.typ)


def _row(src: NDArray, values: np.ndarray) -> NDArray:
    return nd.array(values.reshape(1, 1, 3), ctx=src.context)


def normalizing(mean: Any, std: Any) -> list[Augmenter]:
    """A ``ColorNormalizeAug`` of mean and std, where either is asked for; True stands for ImageNet's.

    Raises:
        UnfitDataError: a mean or std that is not of 1 or 3 numbers.
    """
    values = [default if given is True else given for given, default in ((mean, MEAN), (std, STD))]
    for what, value in zip(("mean", "std"), values):
        if value is not None and np.shape(value) not in ((1,), (3,)):
            raise UnfitDataError(f"an augmenter's {what} expects 1 or 3 numbers, one for each channel, got {value!r}.")
    return [] if values[0] is None and values[1] is None else [ColorNormalizeAug(*values)]


def coloring(brightness: float, contrast: float, saturation: float, hue: float, pca_noise: float,
             rand_gray: float) -> list[Augmenter]:
    """The augmenters of colour that are asked for, in MXNet's order."""
    found: list[Augmenter] = []
    if brightness or contrast or saturation:
        found.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        found.append(HueJitterAug(hue))
    if pca_noise > 0:
        found.append(LightingAug(pca_noise, _EIGENVALUES, _EIGENVECTORS))
    if rand_gray > 0:
        found.append(RandomGrayAug(rand_gray))
    return found


def CreateAugmenter(data_shape: Sequence[int], resize: int = 0, rand_crop: bool = False, rand_resize: bool = False,
                    rand_mirror: bool = False, mean: Any = None, std: Any = None, brightness: float = 0,
                    contrast: float = 0, saturation: float = 0, hue: float = 0, pca_noise: float = 0,
                    rand_gray: float = 0, inter_method: int = 2) -> list[Augmenter]:
    """The list of augmenters for images that become ``data_shape``, (C, H, W).

    Args:
        resize: the shorter side before cropping; 0 leaves it.
        rand_crop: crop anywhere instead of the middle. rand_resize: crop a random area and ratio (with rand_crop).
        rand_mirror: mirror half of the images.
        mean, std: of each channel; True for ImageNet's.
        brightness, contrast, saturation, hue, pca_noise: how much each may change.
        rand_gray: how probably an image turns grey.
        inter_method: OpenCV's number of the interpolation.

    >>> [type(a).__name__ for a in CreateAugmenter((3, 4, 4), resize=6, rand_mirror=True)]
    ['ResizeAug', 'CenterCropAug', 'HorizontalFlipAug', 'CastAug']
    """
    if rand_resize and not rand_crop:
        raise UnfitDataError("CreateAugmenter: rand_resize=True needs rand_crop=True.")
    size = (data_shape[2], data_shape[1])
    found: list[Augmenter] = [ResizeAug(resize, inter_method)] if resize > 0 else []
    if rand_resize:
        found.append(RandomSizedCropAug(size, 0.08, (3.0 / 4.0, 4.0 / 3.0), inter_method))
    else:
        found.append((RandomCropAug if rand_crop else CenterCropAug)(size, inter_method))
    if rand_mirror:
        found.append(HorizontalFlipAug(0.5))
    found.append(CastAug())
    return found + coloring(brightness, contrast, saturation, hue, pca_noise, rand_gray) + normalizing(mean, std)
