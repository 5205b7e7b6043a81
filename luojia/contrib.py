"""MXNet's ``contrib``: ``nd`` and ``sym`` are those of ``nd.contrib`` and ``sym.contrib``; the other names refuse."""

from __future__ import annotations

from typing import Any

from ._src.paths import refusing

_REFUSED = {
    "amp": "cast the network with net.cast('float16') and train with multi_precision=True.",
    "autograd": "use luojia.autograd.",
    "onnx": "export the graph with net.export, and convert its files with onnx's tools.",
    "tensorboard": "write the numbers with a callback.",
    "text": "build the vocabulary in Python and embed with gluon.nn.Embedding.",
}


def __getattr__(name: str) -> Any:
    if name in ("nd", "ndarray"):
        from .ndarray import contrib

        return contrib
    if name in ("sym", "symbol"):
        from .symbol import contrib as found

        return found
    return refusing("luojia.contrib", _REFUSED.get(name, "luojia has no such module."))(name)
