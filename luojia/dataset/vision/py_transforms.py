"""The image transforms under the name that MindSpore 1.x has for those written in Python.

Here ``Normalize`` takes (C, H, W), what ``ToTensor`` gives, and ``Decode`` gives a PIL image.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..._src.paths import public_names
from . import convert, transforms
from .transforms import *  # type: ignore[assignment]  # noqa: F403 - two are replaced below

__all__: list[str] = []
__all__ += transforms.__all__
__dir__ = public_names(__name__)


class Normalize(convert.Normalize):
    """``(image - mean) / std`` of (C, H, W), float32; one number per channel, or one for all."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__(mean, std, is_hwc=False)


class Decode(convert.Decode):
    """The bytes of a JPEG or PNG file, (n,) uint8, to a PIL image."""

    def __init__(self) -> None:
        super().__init__(to_pil=True)
