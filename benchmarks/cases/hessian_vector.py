"""The product of the Hessian of Rosenbrock's function of 100 variables with a vector, by a gradient of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import networks

TITLE = "Hessian-vector product, Rosenbrock of 100"
UNIT = "us"
SCALE = 1e6
RUNS = 30
LIMITS = None
RATIOS = {"torch": (0.8, 0.6)}


def rosenbrock(x: Any) -> Any:
    """sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2."""
    head, tail = x[:-1], x[1:]
    return (100.0 * (tail - head * head) ** 2 + (1.0 - head) ** 2).sum()


def point() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random(100, dtype=np.float32), rng.random(100, dtype=np.float32)


def _gluon(mx: Any) -> Callable[[], object]:
    x, v = (mx.nd.array(a) for a in point())
    x.attach_grad()

    def run() -> object:
        with mx.autograd.record():
            y = rosenbrock(x)
            (g,) = mx.autograd.grad(y, [x], create_graph=True, retain_graph=True)
        g.backward(v)
        return x.grad.asnumpy()

    return run


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    x, v = (luojia.Tensor(a) for a in point())
    gradient = luojia.ops.GradOperation()(rosenbrock)
    product = luojia.ops.GradOperation(sens_param=True)(gradient)
    return lambda: product(x, v).asnumpy()


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    data, v = (torch.from_numpy(a) for a in point())

    def run() -> object:
        x = data.detach().requires_grad_()
        (g,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(g, x, v)[0].numpy()

    return run


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    ms.set_context(mode=ms.PYNATIVE_MODE)
    x, v = (ms.Tensor(a) for a in point())
    gradient = ms.ops.GradOperation()(rosenbrock)
    product = ms.ops.GradOperation(sens_param=True)(gradient)
    return lambda: product(x, v).asnumpy()
