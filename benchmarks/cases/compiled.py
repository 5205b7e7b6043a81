"""luojia's compiled training steps on the XLA engine, in the three ways in which users write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import networks

Data = tuple[np.ndarray, np.ndarray]


def on_xla() -> Any:
    """luojia with its cpu devices on XLA."""
    import luojia

    luojia.set_context(engine="xla")
    return luojia


def graph_step(build: Callable[[Any], Any], data: Data) -> Callable[[], object]:
    """TrainOneStepCell in GRAPH_MODE: one program."""
    ms = on_xla()
    ms.set_context(mode=ms.GRAPH_MODE)
    return networks.module_step(ms, build(ms), *data)


def jit_step(build: Callable[[Any], Any], data: Data) -> Callable[[], object]:
    """A function of loss, gradients and optimizer under @jit: one program."""
    ms = on_xla()
    net = build(ms)
    net.set_train()
    optimizer = ms.nn.SGD(net.trainable_params(), learning_rate=networks.RATE)
    softmax_loss = ms.nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    loss_and_gradients = ms.value_and_grad(lambda x, y: softmax_loss(net(x), y), None, optimizer.parameters)

    @ms.jit
    def step(x: Any, y: Any) -> Any:
        loss, gradients = loss_and_gradients(x, y)
        optimizer(gradients)
        return loss

    x, y = ms.Tensor(data[0]), ms.Tensor(data[1].reshape(-1).astype(np.int32))
    return lambda: float(step(x, y))


def gluon_step(build: Callable[[Any], Any], data: Data) -> Callable[[], object]:
    """record, backward and Trainer.step with net and loss hybridized: forward, backward and update as programs."""
    return networks.gluon_step(on_xla(), build, *data, hybrid=True, hybrid_loss=True)
