"""Transforms of images, (H, W) or (H, W, C), NumPy or PIL, for ``Dataset.map``.

What they draw is the stream that ``dataset.config.set_seed`` seeds.
"""

from __future__ import annotations

from typing import Any

from ..._src.errors import AbsentName, RefusedName
from ..._src.paths import public_names
from . import c_transforms, py_transforms, transforms, utils
from .transforms import *  # noqa: F403

__all__ = ["c_transforms", "py_transforms", "transforms", "utils"]
__all__ += transforms.__all__
__dir__ = public_names(__name__)
_REFUSED = "DecodeVideo VideoDecoder read_video read_video_timestamps".split()


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"dataset.vision.{name} is not provided: luojia decodes no video; decode it to images first.")
    raise AbsentName("luojia.dataset.vision", name)
