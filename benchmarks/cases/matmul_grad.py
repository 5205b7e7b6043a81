"""The gradient network of (x * z) @ y with respect to x, built anew at each call as a tutorial writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import networks

TITLE = "MatMul grad network, built each call"
UNIT = "us"
SCALE = 1e6
RUNS = 200
LIMITS = None
RATIOS = {"torch": (0.35, 0.25)}

X = np.array([[0.5, 0.6, 0.4], [1.2, 1.3, 1.1]], np.float32)
Y = np.array([[0.01, 0.3, 1.1], [0.1, 0.2, 1.3], [2.1, 1.2, 3.3]], np.float32)


def _mindspore(ms: Any, method: str) -> Callable[[], object]:
    def __init__(self: Any) -> None:
        ms.nn.Cell.__init__(self)
        self.matmul = ms.ops.MatMul()
        self.z = ms.Parameter(ms.Tensor(np.array([1.0], np.float32)), name="z")

    def forward(self: Any, x: Any, y: Any) -> Any:
        return self.matmul(x * self.z, y)

    net = type("Net", (ms.nn.Cell,), {"__init__": __init__, method: forward})()
    x, y = ms.Tensor(X), ms.Tensor(Y)

    def run() -> object:
        return ms.ops.GradOperation()(net)(x, y).asnumpy()

    return run


def on_luojia() -> Callable[[], object]:
    import luojia

    return _mindspore(luojia, "call")


def on_mindspore() -> Callable[[], object]:
    import mindspore

    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
    return _mindspore(mindspore, "construct")


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.z = torch.nn.Parameter(torch.ones(1))

        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return (x * self.z) @ y

    net, data, y = Net(), torch.from_numpy(X), torch.from_numpy(Y)

    def run() -> object:
        x = data.detach().requires_grad_()
        out = net(x, y)
        return torch.autograd.grad(out, x, torch.ones_like(out))[0].numpy()

    return run


def on_mxnet() -> Callable[[], object]:
    import mxnet as mx

    x, y, z = mx.nd.array(X), mx.nd.array(Y), mx.nd.ones((1,))
    z.attach_grad()

    def run() -> object:
        x.attach_grad()
        with mx.autograd.record():
            out = mx.nd.dot(mx.nd.broadcast_mul(x, z), y)
        out.backward()
        return x.grad.asnumpy()

    return run
