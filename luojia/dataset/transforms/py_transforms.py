"""The transforms under the name that MindSpore 1.x has for those written in Python."""

from ..._src.paths import public_names
from . import transforms
from .transforms import *  # noqa: F403
from .transforms import OneHot as OneHotOp

__all__ = ["OneHotOp"]
__all__ += transforms.__all__
__dir__ = public_names(__name__)
