"""Five elementwise operations in a row on a million numbers, each of which reads the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import networks

TITLE = "elementwise chain of five, a million floats"
UNIT = "ms"
SCALE = 1e3
RUNS = 8
LIMITS = None
RATIOS = {"torch": (1.0, None)}
VARIANT_RATIOS = {"luojia hybrid": {"torch": (0.6, 0.4)}}
SIZE = 1_000_000


def values() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(SIZE, dtype=np.float32)


def chain(F: Any, x: Any) -> Any:
    """tanh(max(0.5 x + 1, 0)) x."""
    return F.tanh(F.relu(x * 0.5 + 1.0)) * x


def block(mx: Any, hybrid: bool) -> Any:
    """The chain as a Block."""

    class Chain(mx.gluon.HybridBlock):
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return chain(F, x)

    net = Chain()
    if hybrid:
        net.hybridize(static_alloc=True, static_shape=True)
    return net


def _gluon(mx: Any, hybrid: bool = False) -> Callable[[], object]:
    net, x = block(mx, hybrid), mx.nd.array(values())

    def run() -> object:
        y = net(x)
        y.wait_to_read()
        return y

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
    return lambda: chain(luojia.ops, x)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_mxnet__hybrid() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet, True)


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    x = torch.from_numpy(values())
    return lambda: chain(torch, x)


def on_mindspore() -> Callable[[], object]:
    import mindspore as ms

    class Chain(ms.nn.Cell):
        def construct(self, x: Any) -> Any:
            return chain(ms.ops, x)

    ms.set_context(mode=ms.GRAPH_MODE)
    net, x = Chain(), ms.Tensor(values())
    return lambda: net(x).asnumpy()
