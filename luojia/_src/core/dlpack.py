"""Arrays from other frameworks, through DLPack."""

from __future__ import annotations

from typing import Any

import numpy as np


def read(dlpack: Any) -> np.ndarray:
    """A NumPy array of the memory behind a capsule, or behind an object that can give one."""
    return np.from_dlpack(dlpack if hasattr(dlpack, "__dlpack__") else _Capsule(dlpack))


class _Capsule:
    """A bare capsule as an object that NumPy's from_dlpack takes."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)
