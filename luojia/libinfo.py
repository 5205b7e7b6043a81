"""Where luojia lies."""

from __future__ import annotations

import os
import sys

from ._src.paths import public_names

__version__: str = sys.modules[__name__.rpartition(".")[0]].__version__

__all__ = ["find_include_path", "find_lib_path"]
__dir__ = public_names(__name__)


def find_lib_path(prefix: str = "luojia") -> list[str]:
    """The folder of the package, which has no compiled library."""
    return [os.path.dirname(os.path.abspath(__file__))]


def find_include_path() -> str:
    """Refused: there are no headers.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("find_include_path: luojia is written in Python and has no headers to compile against.")
