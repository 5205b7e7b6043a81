"""How images are interpolated and what their borders are filled with."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from ..._src.errors import DTypeError, NotSupportedError


class Inter(IntEnum):
    """Interpolation: LINEAR is BILINEAR, CUBIC is BICUBIC."""

    NEAREST = 0
    ANTIALIAS = 1
    BILINEAR = LINEAR = 2
    BICUBIC = CUBIC = 3
    AREA = 4
    PILCUBIC = 5


class Border(StrEnum):
    """What lies beyond the border: a constant, or the image repeated or mirrored."""

    CONSTANT = "constant"
    EDGE = "edge"
    REFLECT = "reflect"
    SYMMETRIC = "symmetric"


def method_of(interpolation: Inter, who: str) -> str:
    """The name of the method."""
    if not isinstance(interpolation, Inter):
        raise DTypeError(f"{who}: interpolation expects a member of vision.Inter, got {interpolation!r}.")
    name = interpolation.name.lower()
    if name not in ("nearest", "bilinear", "bicubic", "area"):
        raise NotSupportedError(f"{who}: Inter.{interpolation.name} is not supported; take BILINEAR, BICUBIC or AREA.")
    return name
