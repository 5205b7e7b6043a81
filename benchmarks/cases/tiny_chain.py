"""What one recorded operation costs with its share of backward: 1000 operations in a row on three numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks

TITLE = "tiny op, recorded and differentiated"
UNIT = "us/op"
OPS = 1000
SCALE = 1e6 / OPS
RUNS = 10  # the steady state of a loop: luojia writes out what came sixteen times
LIMITS = None
RATIOS = {"torch": (0.4, 0.25)}
START = (1.0, 0.9, 0.5)  # x and the leaves w and b, on three numbers each


def chain(x: Any, w: Any, b: Any) -> Any:
    """OPS operations on `x`, of one input and of two, as between the layers of a network."""
    for _ in range(OPS // 4):
        x = x * w
        x = x + b
        x = x.tanh()
        x = b - x
    return x


def _gluon(mx: Any) -> Callable[[], object]:
    x, w, b = (mx.nd.full((3,), value) for value in START)
    for leaf in (x, w, b):
        leaf.attach_grad()

    def run() -> object:
        with mx.autograd.record():
            y = chain(x, w, b)
        y.backward()
        return x.grad.asnumpy()

    return run


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    x, w, b = (torch.full((3,), value, requires_grad=True) for value in START)
    seed = torch.ones(3)

    def run() -> object:
        x.grad = w.grad = b.grad = None
        chain(x, w, b).backward(seed)
        return x.grad.numpy()

    return run


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    ms.set_context(mode=ms.PYNATIVE_MODE)
    x, w, b = (ms.Tensor([value] * 3, ms.float32) for value in START)
    gradient = ms.ops.GradOperation(get_all=True)(chain)
    return lambda: gradient(x, w, b)[0].asnumpy()
