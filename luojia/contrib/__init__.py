"""MXNet's ``contrib``: ``nd.contrib`` and ``sym.contrib`` under shorter names, ``amp``, ``autograd``, ``io``,
``quantization``, ``svrg_optimization``, ``tensorboard``, ``text``; others refuse."""

from __future__ import annotations

import importlib
from typing import Any

from .._src.paths import refusing

_REFUSED = {
    "onnx": "export the graph with net.export, and convert its files with onnx's tools.",
}


def __getattr__(name: str) -> Any:
    if name in ("nd", "ndarray"):
        from ..ndarray import contrib

        return contrib
    if name in ("sym", "symbol"):
        from ..symbol import contrib as found

        return found
    if name == "quant":
        name = "quantization"
    if name in ("amp", "autograd", "io", "quantization", "svrg_optimization", "tensorboard", "text"):
        return importlib.import_module(f".{name}", __name__)
    return refusing("luojia.contrib", _REFUSED.get(name, "luojia has no such module."))(name)
