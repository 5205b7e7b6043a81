"""glibc's allocator, told to keep big buffers instead of returning them to the system after each use.

An array of a megabyte is otherwise mapped anew, and page-faulted, at every operation. ``LUOJIA_MALLOC=system`` in the
environment leaves the allocator as it is.
"""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)


def keep_big_buffers(mmap: int = 1 << 30, trim: int = 1 << 30) -> bool:
    """Raise the thresholds (bytes) from which memory is mapped and returned; whether the allocator took them."""
    if not sys.platform.startswith("linux") or os.environ.get("LUOJIA_MALLOC") == "system":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, mmap)) and bool(mallopt(_TRIM_THRESHOLD, trim))
