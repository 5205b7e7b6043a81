"""What one operation costs that nothing records: 1000 operations in a row on three numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks, tiny_chain

TITLE = "tiny op, forward"
UNIT = "us/op"
SCALE = tiny_chain.SCALE
RUNS = 4
LIMITS = None
RATIOS = {"torch": (0.7, 0.5)}


def _gluon(mx: Any) -> Callable[[], object]:
    x, w, b = (mx.nd.full((3,), value) for value in tiny_chain.START)
    return lambda: tiny_chain.chain(x, w, b).asnumpy()


def _module(ms: Any) -> Callable[[], object]:
    x, w, b = (ms.Tensor([value] * 3, ms.float32) for value in tiny_chain.START)
    return lambda: tiny_chain.chain(x, w, b).asnumpy()


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return _module(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    x, w, b = (torch.full((3,), value) for value in tiny_chain.START)
    return lambda: tiny_chain.chain(x, w, b).numpy()


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    ms.set_context(mode=ms.PYNATIVE_MODE)
    return _module(ms)
