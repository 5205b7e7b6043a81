"""Augmenters of images with boxes, and the iterator of them; what ``mx.image.detection`` has.

A label is an array (objects, 5 or more): class, xmin, ymin, xmax, ymax as shares of the image's width and height, and
what else belongs to an object.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, ShapeError
from ..io import DataDesc
from ..ndarray import NDArray, array, flip
from .augmenters import Augmenter, CastAug, ForceResizeAug, ResizeAug, coloring, normalizing
from .functions import fixed_crop
from .iterator import ImageIter


class DetAugmenter:
    """Base class: a subclass defines ``__call__(src, label)``, which gives both anew."""

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs

    def dumps(self) -> Any:
        """The class's name and its arguments as JSON."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        raise NotImplementedError("Must override implementation.")


class DetBorrowAug(DetAugmenter):
    """An augmenter that leaves the boxes where they are: of colours, or of the whole image's size."""

    def __init__(self, augmenter: Augmenter) -> None:
        if not isinstance(augmenter, Augmenter):
            raise DTypeError(f"DetBorrowAug expects a luojia.image.Augmenter, got {type(augmenter).__name__}.")
        super().__init__()
        self.augmenter = augmenter

    def dumps(self) -> Any:
        return [type(self).__name__.lower(), self.augmenter.dumps()]

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        return self.augmenter(src), label


class DetRandomSelectAug(DetAugmenter):
    """One of the augmenters, each as probable as the others; none with probability ``skip_prob``."""

    def __init__(self, aug_list: Any, skip_prob: float = 0) -> None:
        super().__init__()
        self.aug_list = list(aug_list) if isinstance(aug_list, (list, tuple)) else [aug_list]
        for aug in self.aug_list:
            if not isinstance(aug, DetAugmenter):
                raise ArgumentError(f"DetRandomSelectAug expects DetAugmenters, got {type(aug).__name__}.")
        self.skip_prob = skip_prob if self.aug_list else 1

    def dumps(self) -> Any:
        return [type(self).__name__.lower(), [aug.dumps() for aug in self.aug_list]]

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        if random.random() < self.skip_prob:
            return src, label
        return random.choice(self.aug_list)(src, label)


class DetHorizontalFlipAug(DetAugmenter):
    """Mirrored with probability ``p``."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        if random.random() >= self.p:
            return src, label
        label = label.copy()
        label[:, [1, 3]] = 1.0 - label[:, [3, 1]]
        return flip(src, axis=1), label


class DetRandomCropAug(DetAugmenter):
    """A random part that holds enough of an object; left as it is where none is found.

    Args:
        min_object_covered: how much of at least one object the part must hold.
        aspect_ratio_range, area_range: of the part, width over height and share of the image.
        min_eject_coverage: objects of which the part holds less are dropped.
        max_attempts: parts to try.
    """

    def __init__(self, min_object_covered: float = 0.1, aspect_ratio_range: Any = (0.75, 1.33),
                 area_range: Any = (0.05, 1.0), min_eject_coverage: float = 0.3, max_attempts: int = 50) -> None:
        aspect_ratio_range = _range(aspect_ratio_range, "aspect_ratio_range")
        area_range = _range(area_range, "area_range")
        super().__init__(min_object_covered=min_object_covered, aspect_ratio_range=aspect_ratio_range,
                         area_range=area_range, min_eject_coverage=min_eject_coverage, max_attempts=max_attempts)
        self.min_object_covered, self.min_eject_coverage = min_object_covered, min_eject_coverage
        self.aspect_ratio_range, self.area_range, self.max_attempts = aspect_ratio_range, area_range, max_attempts

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        height, width = src.shape[:2]
        for _ in range(self.max_attempts):
            w, h = _drawn_size(width, height, self.aspect_ratio_range, self.area_range)
            if not (0 < w <= width and 0 < h <= height):
                continue
            x, y = random.randint(0, width - w), random.randint(0, height - h)
            found = self._within(label, x / width, y / height, w / width, h / height)
            if found is not None:
                return fixed_crop(src, x, y, w, h), found
        return src, label

    def _within(self, label: np.ndarray, x: float, y: float, w: float, h: float) -> np.ndarray | None:
        """The label of a part, or None if it holds too little."""
        boxes = label[:, 1:5]
        part = np.array([x, y, x + w, y + h], boxes.dtype)
        clipped = np.concatenate([np.maximum(boxes[:, :2], part[:2]), np.minimum(boxes[:, 2:], part[2:])], axis=1)
        covered = _areas(clipped) / np.maximum(_areas(boxes), 1e-12)
        if covered.max(initial=0) <= self.min_object_covered:
            return None
        kept = covered > self.min_eject_coverage
        if not kept.any():
            return None
        out = label[kept].copy()
        out[:, 1:5] = (clipped[kept] - np.array([x, y, x, y])) / np.array([w, h, w, h])
        return out


class DetRandomPadAug(DetAugmenter):
    """The image somewhere on a larger canvas of colour ``pad_val``.

    Args:
        aspect_ratio_range, area_range: of the canvas: width over height, and area over the image's.
        max_attempts: canvases to try; left as it is where none holds the image.
    """

    def __init__(self, aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (1.0, 3.0), max_attempts: int = 50,
                 pad_val: Any = (128, 128, 128)) -> None:
        pad_val = tuple(pad_val) if isinstance(pad_val, (list, tuple)) else (pad_val,)
        aspect_ratio_range = _range(aspect_ratio_range, "aspect_ratio_range")
        area_range = _range(area_range, "area_range")
        super().__init__(aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts,
                         pad_val=pad_val)
        self.aspect_ratio_range, self.area_range = aspect_ratio_range, area_range
        self.max_attempts, self.pad_val = max_attempts, pad_val

    def __call__(self, src: NDArray, label: np.ndarray) -> tuple[NDArray, np.ndarray]:
        height, width, channels = src.shape
        for _ in range(self.max_attempts):
            w, h = _drawn_size(width, height, self.aspect_ratio_range, self.area_range)
            if w < width or h < height or (w, h) == (width, height):
                continue
            x, y = random.randint(0, w - width), random.randint(0, h - height)
            canvas = np.empty((h, w, channels), src.np_dtype)
            canvas[...] = self.pad_val
            canvas[y : y + height, x : x + width] = src.asnumpy()
            label = label.copy()
            corners = label[:, 1:5] * np.array([width, height] * 2) + np.array([x, y] * 2)
            label[:, 1:5] = corners / np.array([w, h] * 2)
            return array(canvas, ctx=src.context, dtype=src.dtype), label
        return src, label


def _range(value: Any, what: str) -> tuple[float, float]:
    low, high = (value, value) if isinstance(value, (int, float)) else value
    if not 0 < low <= high:
        raise ArgumentError(f"{what} expects a number above 0, or two in ascending order, got {value}.")
    return low, high


def _areas(boxes: np.ndarray) -> np.ndarray:
    return np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)


def _drawn_size(width: int, height: int, ratios: tuple, areas: tuple) -> tuple[int, int]:
    ratio, area = random.uniform(*ratios), random.uniform(*areas) * width * height
    return round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))


def CreateMultiRandCropAugmenter(min_object_covered: Any = 0.1, aspect_ratio_range: Any = (0.75, 1.33),
                                 area_range: Any = (0.05, 1.0), min_eject_coverage: Any = 0.3, max_attempts: Any = 50,
                                 skip_prob: float = 0) -> DetRandomSelectAug:
    """One of several ``DetRandomCropAug``: an argument that is a list has one value for each of them."""
    given = [min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts]
    count = max(len(v) if isinstance(v, list) else 1 for v in given)
    for value in given:
        if isinstance(value, list) and len(value) not in (1, count):
            raise ArgumentError(f"CreateMultiRandCropAugmenter expects lists of one length, got {len(value)} values "
                                f"beside {count}.")
    each = [value * (count // len(value)) if isinstance(value, list) else [value] * count for value in given]
    return DetRandomSelectAug([DetRandomCropAug(*arguments) for arguments in zip(*each)], skip_prob)


def CreateDetAugmenter(data_shape: Sequence[int], resize: int = 0, rand_crop: float = 0, rand_pad: float = 0,
                       rand_gray: float = 0, rand_mirror: bool = False, mean: Any = None, std: Any = None,
                       brightness: float = 0, contrast: float = 0, saturation: float = 0, pca_noise: float = 0,
                       hue: float = 0, inter_method: int = 2, min_object_covered: Any = 0.1,
                       aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (0.05, 3.0),
                       min_eject_coverage: Any = 0.3, max_attempts: Any = 50,
                       pad_val: Any = (127, 127, 127)) -> list[DetAugmenter]:
    """The list of augmenters for images with boxes that become ``data_shape``, (C, H, W).

    Args:
        rand_crop, rand_pad: how probably an image is cropped, and padded.
        min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts, pad_val: see
            ``DetRandomCropAug`` and ``DetRandomPadAug``; lists give several crops to choose from.
        The others are those of ``CreateAugmenter``.

    >>> [type(a).__name__ for a in CreateDetAugmenter((3, 4, 4), rand_mirror=True)]
    ['DetHorizontalFlipAug', 'DetBorrowAug', 'DetBorrowAug']
    """
    found: list[DetAugmenter] = [DetBorrowAug(ResizeAug(resize, inter_method))] if resize > 0 else []
    if rand_crop > 0:
        found.append(CreateMultiRandCropAugmenter(min_object_covered, aspect_ratio_range, area_range,
                                                  min_eject_coverage, max_attempts, skip_prob=1 - rand_crop))
    if rand_mirror:
        found.append(DetHorizontalFlipAug(0.5))
    if rand_pad > 0:
        pad = DetRandomPadAug(aspect_ratio_range, (1.0, area_range[1]), max_attempts, pad_val)
        found.append(DetRandomSelectAug([pad], 1 - rand_pad))
    size = (data_shape[2], data_shape[1])
    plain = [ForceResizeAug(size, inter_method), CastAug()]
    plain += coloring(brightness, contrast, saturation, hue, pca_noise, rand_gray) + normalizing(mean, std)
    return found + [DetBorrowAug(aug) for aug in plain]


class ImageDetIter(ImageIter):
    """Batches of images with boxes: data (N, C, H, W), labels (N, objects, 5 or more), -1 where an image has fewer.

    The label of a file is flat: the header's length, an object's length, the rest of the header, then the objects; see
    the module. The arguments are those of ``ImageIter``, and of ``CreateDetAugmenter`` where ``aug_list`` is not given.

    Raises:
        ShapeError: a label that is not of this form, or none of whose boxes has an area.
    """

    def __init__(self, batch_size: int, data_shape: Sequence[int], path_imgrec: str | None = None,
                 path_imglist: str | None = None, path_root: str | None = None, path_imgidx: str | None = None,
                 shuffle: bool = False, part_index: int = 0, num_parts: int = 1, aug_list: Sequence | None = None,
                 imglist: Sequence | None = None, data_name: str = "data", label_name: str = "label",
                 last_batch_handle: str = "pad", **kwargs: Any) -> None:
        super().__init__(batch_size, data_shape, path_imgrec=path_imgrec, path_imglist=path_imglist,
                         path_root=path_root, path_imgidx=path_imgidx, shuffle=shuffle, part_index=part_index,
                         num_parts=num_parts, aug_list=[], imglist=imglist, data_name=data_name,
                         label_name=label_name, last_batch_handle=last_batch_handle)
        self.auglist = CreateDetAugmenter(data_shape, **kwargs) if aug_list is None else list(aug_list)
        self.label_shape = self._estimate_label_shape()
        self.provide_label = [DataDesc(label_name, (batch_size, *self.label_shape))]

    def _estimate_label_shape(self) -> tuple[int, int]:
        """The most objects of an image, and an object's length."""
        most, width = 0, 5
        self.reset()
        try:
            while True:
                objects = _objects(self.next_sample()[0])
                most, width = max(most, len(objects)), objects.shape[1]
        except StopIteration:
            pass
        self.reset()
        return most, width

    def check_label_shape(self, label_shape: Sequence[int]) -> None:
        """Raises ShapeError unless ``label_shape`` is (objects, length) and no less than the images need."""
        if len(label_shape) != 2 or label_shape[0] < self.label_shape[0] or label_shape[1] != self.label_shape[1]:
            raise ShapeError(f"label_shape expects (objects, length) of at least {self.label_shape}, got "
                             f"{tuple(label_shape)}.")

    def reshape(self, data_shape: Sequence[int] | None = None, label_shape: Sequence[int] | None = None) -> None:
        """Change the shapes of the images and of the labels in a batch."""
        if data_shape is not None:
            self.check_data_shape(data_shape)
        if label_shape is not None:
            self.check_label_shape(label_shape)
        if data_shape is not None:
            self.provide_data = [DataDesc(self.provide_data[0].name, (self.batch_size, *data_shape))]
            self.data_shape = tuple(data_shape)
        if label_shape is not None:
            self.provide_label = [DataDesc(self.provide_label[0].name, (self.batch_size, *label_shape))]
            self.label_shape = tuple(label_shape)  # type: ignore[assignment]

    def sync_label_shape(self, it: ImageDetIter, verbose: bool = False) -> ImageDetIter:
        """Give this iterator and ``it`` the larger of their label shapes; returns ``it``."""
        if not isinstance(it, ImageDetIter):
            raise DTypeError(f"sync_label_shape expects an ImageDetIter, got {type(it).__name__}.")
        shape = (max(self.label_shape[0], it.label_shape[0]), self.label_shape[1])
        it.reshape(None, shape)
        self.reshape(None, shape)
        return it

    def augmentation_transform(self, data: NDArray, label: np.ndarray) -> tuple:  # type: ignore[override]
        """The image and its label after the augmenters."""
        for aug in self.auglist:
            data, label = aug(data, label)
        return data, label

    def _augmented(self, image: NDArray, label: Any) -> tuple[NDArray, np.ndarray]:
        image, objects = self.augmentation_transform(image, _objects(label))
        padded = np.full(self.label_shape, -1, np.float32)
        padded[: len(objects)] = objects[: len(padded)]
        return image, padded

    def _batched(self, labels: list[np.ndarray]) -> np.ndarray:
        return np.stack(labels)


def _objects(label: Any) -> np.ndarray:
    """(objects, length) of a flat label."""
    raw = np.asarray(label.asnumpy() if isinstance(label, NDArray) else label, np.float32).ravel()
    if raw.size < 7:
        raise ShapeError(f"Label shape is invalid: an object takes 7 numbers or more with its header, got {raw.size}.")
    header, length = int(raw[0]), int(raw[1])
    if header < 2 or length < 5 or (raw.size - header) % length:
        raise ShapeError(f"Label shape {raw.shape} inconsistent with annotation width {length} and header width "
                         f"{header}.")
    objects = raw[header:].reshape(-1, length)
    valid = (objects[:, 3] > objects[:, 1]) & (objects[:, 4] > objects[:, 2])
    if not valid.any():
        raise ShapeError("Encounter sample with no valid label: no box has an area.")
    return objects[valid]
