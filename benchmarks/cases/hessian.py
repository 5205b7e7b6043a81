"""The whole Hessian of Rosenbrock's function of 100 variables."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import networks
from benchmarks.cases.hessian_vector import point, rosenbrock

TITLE = "full Hessian, Rosenbrock of 100"
UNIT = "ms"
SCALE = 1e3
RUNS = 5
LIMITS = None
RATIOS = {"torch": (2.0, 1.0)}


def on_luojia() -> Callable[[], object]:
    import luojia

    x = luojia.Tensor(point()[0])
    hessian = luojia.ops.jacrev(luojia.ops.grad(rosenbrock))
    return lambda: hessian(x).asnumpy()


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    x = torch.from_numpy(point()[0])
    hessian = torch.func.hessian(rosenbrock)
    return lambda: hessian(x).numpy()


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    ms.set_context(mode=ms.PYNATIVE_MODE)
    x = ms.Tensor(point()[0])
    hessian = ms.jacrev(ms.grad(rosenbrock))
    return lambda: hessian(x).asnumpy()
