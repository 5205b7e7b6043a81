"""The chain of `elementwise` with the gradient of its input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.cases import networks
from benchmarks.cases.elementwise import block, chain, values

TITLE = "elementwise chain of five, a million floats, with gradient"
UNIT = "ms"
SCALE = 1e3
RUNS = 4
LIMITS = None
RATIOS = {"torch": (1.0, None)}
VARIANT_RATIOS = {"luojia hybrid": {"torch": (0.6, 0.4)}}


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    net, x = block(mx, hybrid), mx.nd.array(values())
    x.attach_grad()

    def run() -> object:
        with mx.autograd.record():
            y = net(x)
        y.backward()
        x.grad.wait_to_read()
        return x.grad

    return run


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__hybrid() -> Callable[[], object]:
    import luojia

    return _gluon(luojia, True)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    x = luojia.Tensor(values())
    gradient = luojia.ops.GradOperation()(lambda x: chain(luojia.ops, x))
    return lambda: gradient(x)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    x = torch.from_numpy(values()).requires_grad_()
    seed = torch.ones_like(x)

    def run() -> object:
        x.grad = None
        chain(torch, x).backward(seed)
        return x.grad

    return run


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    class Chain(ms.nn.Cell):
        def construct(self, x: Any) -> Any:
            return chain(ms.ops, x)

    ms.set_context(mode=ms.GRAPH_MODE)
    gradient, x = ms.ops.GradOperation()(Chain()), ms.Tensor(values())
    return lambda: gradient(x).asnumpy()
