"""MXNet's ``contrib``: ``nd`` and ``sym`` as ``nd.contrib`` and ``sym.contrib``, ``amp``; the other names refuse."""

from __future__ import annotations

import importlib
from typing import Any

from .._src.paths import refusing

_REFUSED = {
    "autograd": "use luojia.autograd.",
    "onnx": "export the graph with net.export, and convert its files with onnx's tools.",
    "tensorboard": "write the numbers with a callback.",
    "text": "build the vocabulary in Python and embed with gluon.nn.Embedding.",
}


def __getattr__(name: str) -> Any:
    if name in ("nd", "ndarray"):
        from ..ndarray import contrib

        return contrib
    if name in ("sym", "symbol"):
        from ..symbol import contrib as found

        return found
    if name == "amp":
        return importlib.import_module(".amp", __name__)
    return refusing("luojia.contrib", _REFUSED.get(name, "luojia has no such module."))(name)
