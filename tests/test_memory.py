"""Ten thousand training steps leave memory as it was, with the collector of cycles switched off."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nn


def gluon_step() -> Callable[[], object]:
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Dense(3, activation="relu", in_units=2), mx.gluon.nn.BatchNorm(in_channels=3),
            mx.gluon.nn.Dense(2, in_units=3))
    net.initialize()
    trainer = mx.gluon.Trainer(net.collect_params(), "adam")
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    x, y = mx.nd.ones((4, 2)), mx.nd.array([0, 1, 0, 1])

    def step() -> None:
        with mx.autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(4)

    return step


def module_step() -> Callable[[], object]:
    net = nn.SequentialCell(nn.Dense(2, 3), nn.ReLU(), nn.Dense(3, 2))
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    step = nn.TrainOneStepCell(nn.WithLossCell(net, loss), nn.Momentum(net.trainable_params(), 0.1, 0.9))
    x, y = Tensor(np.ones((4, 2), np.float32)), Tensor(np.array([0, 1, 0, 1], np.int32))
    return lambda: step(x, y)


def second_order_step() -> Callable[[], object]:
    x = mx.nd.ones((3,))
    x.attach_grad()

    def step() -> None:
        with mx.autograd.record():
            (g,) = mx.autograd.grad((x * x * x).sum(), [x], create_graph=True, retain_graph=True)
        g.backward()

    return step


@pytest.mark.parametrize("make, times", [(gluon_step, 10_000), (module_step, 10_000), (second_order_step, 2_000)])
def test_memory_stays_flat(make: Callable, times: int) -> None:
    step = make()
    for _ in range(50):
        step()
    gc.collect()
    gc.disable()
    try:
        objects = len(gc.get_objects())
        for _ in range(times):
            step()
        left = len(gc.get_objects()) - objects
        tracemalloc.start()  # only now: it makes a step ten times slower
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            step()
        bytes_left = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        gc.enable()
    assert left < times / 100, f"{left} objects more after {times} steps"
    allowed = 500 if mx.cpu().engine.direct else 1000  # JAX's dispatch keeps more
    assert bytes_left < 50 * allowed, f"{bytes_left} bytes more after 50 steps"
