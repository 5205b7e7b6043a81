"""The transforms under the name that MindSpore 1.x has for those written in Python."""

from .transforms import *  # noqa: F403
from .transforms import OneHot as OneHotOp
from .transforms import __all__ as _names

__all__ = [*_names, "OneHotOp"]
