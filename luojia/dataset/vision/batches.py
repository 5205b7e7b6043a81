"""Transforms of batches of images and their labels, one-hot: mixed with each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._src.errors import DTypeError
from .. import checks, config
from ..rows import PipelineError
from .utils import ImageBatchFormat


def _checked(columns: tuple, who: str) -> tuple[np.ndarray, np.ndarray]:
    if len(columns) != 2:
        raise PipelineError(
            f"{who}: size of input data should be 2 (including images or labels), but got: {len(columns)}, check "
            "'input_columns' when call this operator. invalid input size, input should have 2 columns (image and "
            f"label), but got: {len(columns)}"
        )
    for column in columns:
        if not isinstance(column, np.ndarray):
            raise DTypeError(f"{who}: Input should be NumPy or PIL image, got {type(column)}.")
    images, labels = columns
    if images.ndim != 4:
        raise PipelineError(
            f"{who}: input image is not in shape of <B,H,W,C> or <B,C,H,W>, but got dimension: {images.ndim}. You may "
            f"need to perform Batch first. rank of image shape should be: 4, but got: {images.ndim}"
        )
    if labels.ndim not in (2, 3):
        raise PipelineError(
            f"{who}: input label is not in shape of <Batch,Class> or <Batch,Row,Class>, but got dimension: "
            f"{labels.ndim}. You may need to perform OneHot and Batch first. wrong labels shape."
        )
    if len(images) != len(labels):
        raise PipelineError(
            f"{who}: batch sizes of image and label must be the same, but got image size: {len(images)} and label "
            f"size: {len(labels)}"
        )
    return images, labels.astype(np.float32)


class CutMixBatch:
    """A rectangle of each image replaced by that of another of the batch, and labels mixed by the area.

    Args:
        image_batch_format: the order of the images' axes.
        alpha: of the Beta distribution of the share that stays.
        prob: how often an image is changed.

    >>> from luojia import dataset
    >>> images, labels = np.ones((2, 4, 4, 3), np.uint8), np.uint8([[1, 0], [0, 1]])
    >>> [a.shape for a in dataset.vision.CutMixBatch(dataset.vision.ImageBatchFormat.NHWC)(images, labels)]
    [(2, 4, 4, 3), (2, 2)]

    Source: Yun et al. 2019, "CutMix: regularization strategy to train strong classifiers with localizable features".
    """

    def __init__(self, image_batch_format: ImageBatchFormat, alpha: float = 1.0, prob: float = 1.0) -> None:
        self.format = checks.kind(image_batch_format, (ImageBatchFormat,), "image_batch_format")
        self.alpha = checks.real(alpha, "alpha", shown="", types=checks.WHOLE, ends="(]")
        self.prob = checks.probability(prob, "prob", checks.WHOLE, (0, 1))

    def __call__(self, *columns: Any) -> tuple[np.ndarray, np.ndarray]:
        images, labels = _checked(columns, "CutMixBatch")
        rng = config.stream()
        out, mixed = images.copy(), labels.copy()
        axes = (1, 2) if self.format is ImageBatchFormat.NHWC else (2, 3)
        height, width = (images.shape[axis] for axis in axes)
        for i, other in enumerate(rng.permutation(len(images))):
            if rng.random_sample() >= self.prob:
                continue
            cut = np.sqrt(1 - rng.beta(self.alpha, self.alpha))
            h, w = int(height * cut), int(width * cut)
            y, x = rng.randint(height), rng.randint(width)
            top, left = max(0, y - h // 2), max(0, x - w // 2)
            bottom, right = min(height, y + h // 2), min(width, x + w // 2)
            box: list[Any] = [slice(None)] * 3
            box[axes[0] - 1], box[axes[1] - 1] = slice(top, bottom), slice(left, right)
            out[(i, *box)] = images[(other, *box)]
            stays = 1 - max(0, bottom - top) * max(0, right - left) / (height * width)
            mixed[i] = stays * labels[i] + (1 - stays) * labels[other]
        return out, mixed


class MixUpBatch:
    """Each image and label mixed with another of the batch, by one share of a Beta distribution.

    >>> from luojia import dataset
    >>> images, labels = np.ones((2, 4, 4, 3), np.uint8), np.uint8([[1, 0], [0, 1]])
    >>> [a.shape for a in dataset.vision.MixUpBatch()(images, labels)]
    [(2, 4, 4, 3), (2, 2)]

    Source: Zhang et al. 2017, "mixup: beyond empirical risk minimization".
    """

    def __init__(self, alpha: float = 1.0) -> None:
        checks.positive(alpha, "alpha")
        self.alpha = checks.within(alpha, 0, checks.FLOAT_MAX, ends="(]")

    def __call__(self, *columns: Any) -> tuple[np.ndarray, np.ndarray]:
        images, labels = _checked(columns, "MixUpBatch")
        rng = config.stream()
        share, order = rng.beta(self.alpha, self.alpha), rng.permutation(len(images))
        mixed = share * images.astype(np.float64) + (1 - share) * images[order]
        if images.dtype.kind in "iu":
            mixed = np.rint(mixed)
        return mixed.astype(images.dtype), (share * labels + (1 - share) * labels[order]).astype(np.float32)


class MixUp:
    """Images and labels mixed, each by a share of its own: with the next of the batch, or with the last batch's.

    Args:
        batch_size: how many images come at a time.
        alpha: of the Beta distribution of the share that stays.
        is_single: mix with the next image of the batch, else with what the last call gave.

    >>> from luojia import dataset
    >>> images, labels = np.ones((2, 2, 2, 3), np.float32), np.float32([[1, 0], [0, 1]])
    >>> [a.shape for a in dataset.vision.MixUp(2, 0.5)(images, labels)]
    [(2, 2, 2, 3), (2, 2)]

    Source: Zhang et al. 2017, "mixup: beyond empirical risk minimization".
    """

    def __init__(self, batch_size: int, alpha: float, is_single: bool = True) -> None:
        self.batch_size = checks.whole(batch_size, "batch_size", 1, checks.FLOAT_MAX, shown="")
        self.alpha, self.is_single = checks.positive(alpha, "alpha"), checks.flag(is_single, "is_single")
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, image: Any, label: Any) -> tuple[np.ndarray, np.ndarray]:
        images, labels = np.asarray(image), np.asarray(label)
        if labels.ndim == 1:
            labels = np.eye(len(labels))[labels.astype(np.int64)]  # MindSpore 2.8: as many classes as images
        share = config.stream().beta(self.alpha, self.alpha, self.batch_size)
        if self.is_single:
            others = np.roll(images, -1, 0), np.roll(labels, -1, 0)
        elif self._last is None:
            self._last = images.astype(np.float64), labels.astype(np.float64)
            return self._last
        else:
            others = self._last

        def mix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            by = share.reshape(-1, *[1] * (a.ndim - 1))
            return by * a + (1 - by) * b

        mixed = mix(images, others[0]), mix(labels, others[1])
        self._last = mixed
        return mixed
