"""MXNet's ``contrib``: ``nd.contrib`` and ``sym.contrib`` under shorter names, ``amp``, ``autograd``, ``io``,
``onnx``, ``quantization``, ``svrg_optimization``, ``tensorboard``, ``text``."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._src.errors import AbsentName
from .._src.paths import open_paths, public_names

_MODULES = ("amp", "autograd", "io", "onnx", "quantization", "svrg_optimization", "tensorboard", "text")
__dir__ = public_names(__name__, lambda: ("nd", "ndarray", "sym", "symbol", *_MODULES))


def __getattr__(name: str) -> Any:
    if name in ("nd", "ndarray"):
        from ..ndarray import contrib

        return contrib
    if name in ("sym", "symbol"):
        from ..symbol import contrib as found

        return found
    if name == "quant":
        name = "quantization"
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AbsentName(__name__, name)


open_paths(sys.modules[__name__])
