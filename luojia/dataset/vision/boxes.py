"""Transforms of an image and its bounding boxes, (n, 4 or more) float32: x and y of the corner, width, height, ..."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.data import images
from ..._src.errors import DTypeError
from .. import checks
from ..rows import PipelineError
from . import geometry
from .base import happens, is_pil
from .utils import Inter, method_of


def _checked(columns: tuple) -> tuple[np.ndarray, np.ndarray]:
    """The image and a copy of its boxes."""
    if len(columns) != 2:
        raise PipelineError(
            "BoundingBox: invalid input, size of input data should be 2 (including image and bounding box), but got: "
            f"{len(columns)}"
        )
    for column in columns:
        if not isinstance(column, np.ndarray) and not is_pil(column):
            raise DTypeError(f"Input should be NumPy or PIL image, got {type(column)}.")
    image, boxes = (np.asarray(column) for column in columns)
    if image.ndim < 2 or not image.size:
        raise PipelineError(f"BoundingBox: the image should be of the shape <H, W> or <H, W, C>, got {image.shape}.")
    if boxes.ndim < 2:
        raise PipelineError(
            "BoundingBox: bounding boxes should have to be two-dimensional matrix at least, but got "
            f"{boxes.ndim} dimension."
        )
    if boxes.shape[1] < 4:
        raise PipelineError(
            f"BoundingBox: bounding boxes should be have at least 4 features, but got: {boxes.shape[1]}"
        )
    if boxes.dtype != np.float32:
        raise PipelineError(f"BoundingBox: the boxes should be float32, but got: {boxes.dtype}; cast them.")
    height, width = image.shape[:2]
    for x, y, w, h in boxes[:, :4]:
        if x < 0 or y < 0:
            raise PipelineError(
                f"BoundingBox: the coordinates of the bounding boxes has negative value, got: ({x:f},{y:f})."
            )
        if x + w > width or y + h > height:
            raise PipelineError(
                f"BoundingBox: bounding boxes is out of bounds of the image, as image width: {width}, bbox width "
                f"coordinate: {x + w:f}, and image height: {height}, bbox height coordinate: {y + h:f}"
            )
    return image, boxes.copy()


def _within(boxes: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    """The boxes' parts in a part of the image; those that it does not touch are left out."""
    x0, y0 = boxes[:, 0] - left, boxes[:, 1] - top
    x1, y1 = x0 + boxes[:, 2], y0 + boxes[:, 3]
    kept = (x1 >= 0) & (y1 >= 0) & (x0 <= width) & (y0 <= height)
    x0, x1, y0, y1 = x0.clip(0, width), x1.clip(0, width), y0.clip(0, height), y1.clip(0, height)
    boxes[:, :4] = np.stack([x0, y0, x1 - x0, y1 - y0], -1)
    return boxes[kept]


def _scaled(boxes: np.ndarray, old: Any, new: Any) -> np.ndarray:
    """The boxes in an image that is resized."""
    down, across = new[0] / old[0], new[1] / old[1]
    boxes[:, :4] *= np.array([across, down, across, down], np.float32)
    return boxes


class RandomCropWithBBox(geometry.RandomCrop):
    """:class:`RandomCrop`, and the boxes' parts in it.

    >>> from luojia import dataset
    >>> image, boxes = np.zeros((4, 4, 3), np.uint8), np.float32([[0, 0, 4, 4]])
    >>> [a.shape for a in dataset.vision.RandomCropWithBBox(2)(image, boxes)]
    [(2, 2, 3), (1, 4)]
    """

    def __call__(self, *columns: Any) -> Any:
        image, boxes = _checked(columns)
        padded, (left, top, *_) = self.padded(image)
        box = self.place(padded.shape)
        boxes[:, 0] += left
        boxes[:, 1] += top
        return images.crop(padded, *box), _within(boxes, *box)


class RandomResizedCropWithBBox(geometry.RandomResizedCrop):
    """:class:`RandomResizedCrop`, and the boxes' parts in it.

    >>> from luojia import dataset
    >>> image, boxes = np.zeros((4, 4, 3), np.uint8), np.float32([[0, 0, 4, 4]])
    >>> [a.shape for a in dataset.vision.RandomResizedCropWithBBox((2, 3))(image, boxes)]
    [(2, 3, 3), (1, 4)]
    """

    def __call__(self, *columns: Any) -> Any:
        image, boxes = _checked(columns)
        box = self.place(image.shape)
        part = images.crop(image, *box)
        method = method_of(self.inter, type(self).__name__)
        return images.resize(part, self.size, method), _scaled(_within(boxes, *box), part.shape, self.size)


class RandomHorizontalFlipWithBBox(geometry.RandomHorizontalFlip):
    """:class:`RandomHorizontalFlip`, of the boxes too.

    >>> from luojia import dataset
    >>> image, boxes = np.uint8([[1, 2, 3]]), np.float32([[0, 0, 1, 1]])
    >>> dataset.vision.RandomHorizontalFlipWithBBox(1.0)(image, boxes)
    (array([[3, 2, 1]], dtype=uint8), array([[2., 0., 1., 1.]], dtype=float32))
    """

    def __call__(self, *columns: Any) -> Any:
        image, boxes = _checked(columns)
        if not happens(self.prob):
            return image, boxes
        corner = 1 - self.axis
        boxes[:, corner] = image.shape[self.axis] - boxes[:, corner] - boxes[:, corner + 2]
        return np.flip(image, self.axis).copy(), boxes


class RandomVerticalFlipWithBBox(RandomHorizontalFlipWithBBox):
    """:class:`RandomVerticalFlip`, of the boxes too.

    >>> from luojia import dataset
    >>> image, boxes = np.uint8([[1], [2], [3]]), np.float32([[0, 0, 1, 1]])
    >>> dataset.vision.RandomVerticalFlipWithBBox(1.0)(image, boxes)
    (array([[3],
           [2],
           [1]], dtype=uint8), array([[0., 2., 1., 1.]], dtype=float32))
    """

    axis = 0


class ResizeWithBBox(geometry.Resize):
    """:class:`Resize`, of the boxes too.

    >>> from luojia import dataset
    >>> image, boxes = np.zeros((4, 4, 3), np.uint8), np.float32([[0, 0, 2, 4]])
    >>> dataset.vision.ResizeWithBBox((2, 8))(image, boxes)[1]
    array([[0., 0., 4., 2.]], dtype=float32)
    """

    def __init__(self, size: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        super().__init__(size, interpolation)

    def __call__(self, *columns: Any) -> Any:
        image, boxes = _checked(columns)
        out = self.image(image)
        return out, _scaled(boxes, image.shape, out.shape)


class RandomResizeWithBBox(geometry.RandomResize):
    """:class:`RandomResize`, of the boxes too.

    >>> from luojia import dataset
    >>> image, boxes = np.zeros((4, 4, 3), np.uint8), np.float32([[0, 0, 2, 4]])
    >>> dataset.vision.RandomResizeWithBBox((2, 8))(image, boxes)[1]
    array([[0., 0., 4., 2.]], dtype=float32)
    """

    __call__ = ResizeWithBBox.__call__


class BoundingBoxAugment:
    """``transform`` of the parts of the image in some of its boxes, one box after the other.

    Args:
        transform: a transform of images; a part of another size is resized to that of the box.
        ratio: the probability of each box.

    >>> from luojia import dataset
    >>> image, boxes = np.uint8([[1, 2, 3], [4, 5, 6]]), np.float32([[0, 0, 2, 1]])
    >>> dataset.vision.BoundingBoxAugment(dataset.vision.HorizontalFlip(), 1.0)(image, boxes)
    (array([[2, 1, 3],
           [4, 5, 6]], dtype=uint8), array([[0., 0., 2., 1.]], dtype=float32))
    """

    def __init__(self, transform: Any, ratio: float = 0.3) -> None:
        if not callable(transform):
            raise DTypeError(
                f"Argument transform with value {transform} is not of type a transform of images, but got "
                f"{type(transform)}."
            )
        self.transform, self.ratio = transform, checks.probability(ratio, "ratio")

    def __call__(self, *columns: Any) -> tuple[np.ndarray, np.ndarray]:
        image, boxes = _checked(columns)
        out = image.copy()
        for box in boxes:
            x, y, w, h = (int(n) for n in box[:4])
            if w > 0 and h > 0 and happens(self.ratio):
                part: Any = self.transform(out[y : y + h, x : x + w].copy())
                out[y : y + h, x : x + w] = images.resize(part, (h, w))
        return out, boxes
