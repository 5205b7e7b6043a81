"""MindSpore's functions that are a few operators each: functions of ``luojia.ops``, and methods of Tensor.

They are imported when one is first used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable


def find(place: str) -> Callable:
    """The function at ``place``, a module here and a name in it, as 'linear.dist'."""
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(f".{module}", __name__), name)
