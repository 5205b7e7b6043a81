"""Libraries of operators that are compiled apart from MXNet, which luojia cannot load."""

from __future__ import annotations

import os

from ._src.errors import MXNetError, NotSupportedError
from ._src.paths import public_names

__all__ = ["load"]
__dir__ = public_names(__name__)


def load(path: str, verbose: bool = True) -> None:
    """Refused: operators are written in Python, with ``mx.operator``.

    Raises:
        MXNetError: there is no such file. NotSupportedError: there is.
    """
    if not os.path.exists(path):
        raise MXNetError(f"load path {path} does NOT exist")
    raise NotSupportedError(f"library.load: {path} is compiled for MXNet's engine; write the operator with mx.operator "
                            "or autograd.Function.")
