"""``nd.image``: what the transforms of ``gluon.data.vision`` do to image arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.random import generator
from .._src.errors import ShapeError
from .creation import place
from .door import faces, function
from .ndarray import NDArray


def to_tensor(data: NDArray) -> NDArray:
    """Images (H, W, C) or (N, H, W, C) with values of [0, 255] as float32 (C, H, W) or (N, C, H, W) of [0, 1]."""
    _image("to_tensor", data)
    axes = (2, 0, 1) if data.ndim == 3 else (0, 3, 1, 2)
    return OPERATORS["transpose"](data.astype(np.float32), axes=axes) / 255.0


def normalize(data: NDArray, mean: float | Sequence[float] = 0.0, std: float | Sequence[float] = 1.0) -> NDArray:
    """Images (C, H, W) or (N, C, H, W) less ``mean``, over ``std``, numbers or one per channel."""
    _image("normalize", data)

    def per_channel(values: Any) -> Any:
        array = np.atleast_1d(np.asarray(values, data.np_dtype))
        if len(array) not in (1, data.shape[-3]):
            raise ShapeError(f"normalize: {data.shape[-3]} channels need 1 or as many values, got {len(array)}.")
        return place(array.reshape(-1, 1, 1), data._device)

    centred = OPERATORS["subtract"](data, per_channel(mean))
    return OPERATORS["divide"](centred, per_channel(std))


def crop(data: NDArray, x: int, y: int, width: int, height: int) -> NDArray:
    """The part of images (H, W, C) or (N, H, W, C) from column ``x`` and row ``y``."""
    _image("crop", data)
    rows, columns = data.shape[-3], data.shape[-2]
    if x < 0 or y < 0 or x + width > columns or y + height > rows:
        raise ShapeError(f"crop: a part of {width} x {height} at ({x}, {y}) leaves the image of {columns} x {rows}.")
    lead = (slice(None),) * (data.ndim - 3)
    return data[(*lead, slice(y, y + height), slice(x, x + width))]


def flip_left_right(data: NDArray) -> NDArray:
    """Images (H, W, C) or (N, H, W, C), mirrored."""
    _image("flip_left_right", data)
    return data[..., ::-1, :]


def flip_top_bottom(data: NDArray) -> NDArray:
    """Images (H, W, C) or (N, H, W, C), upside down."""
    _image("flip_top_bottom", data)
    return data[..., ::-1, :, :]


def random_flip_left_right(data: NDArray, p: float = 0.5) -> NDArray:
    """``flip_left_right`` with probability ``p``."""
    return flip_left_right(data) if generator(data._device).random() < p else data


def random_flip_top_bottom(data: NDArray, p: float = 0.5) -> NDArray:
    """``flip_top_bottom`` with probability ``p``."""
    return flip_top_bottom(data) if generator(data._device).random() < p else data


def _image(name: str, data: NDArray) -> None:
    if data.ndim not in (3, 4):
        raise ShapeError(f"{name} expects an image of 3 axes, or a batch of 4, got shape {data.shape}.")


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and f"_image_{name}" in faces.index():
        return function(f"_image_{name}")
    raise AttributeError(f"module 'luojia.ndarray.image' has no attribute {name!r}")
