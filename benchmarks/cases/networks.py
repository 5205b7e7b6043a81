"""The networks that several cases train, and one training step of them in each framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

RATE = 0.1
CLASSES = 10


def batch(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs in [0, 1) of `shape`, and a class for each; the time of a step does not depend on their values."""
    rng = np.random.default_rng(0)
    return rng.random(shape, dtype=np.float32), rng.integers(0, CLASSES, shape[0])


def gluon_mlp(nn: Any) -> Any:
    net = nn.HybridSequential()
    net.add(nn.Dense(128, activation="relu"), nn.Dense(64, activation="relu"), nn.Dense(CLASSES))
    return net


def gluon_lenet(nn: Any) -> Any:
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(channels=20, kernel_size=5, activation="relu"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Conv2D(channels=50, kernel_size=5, activation="relu"),
        nn.MaxPool2D(pool_size=2, strides=2),
        nn.Flatten(),
        nn.Dense(128, activation="relu"),
        nn.Dense(CLASSES),
    )
    return net


def torch_mlp(nn: Any) -> Any:
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, CLASSES))


def torch_lenet(nn: Any) -> Any:
    features = [nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*features, nn.Flatten(), nn.Linear(800, 128), nn.ReLU(), nn.Linear(128, CLASSES))


def mindspore_mlp(nn: Any) -> Any:
    return nn.SequentialCell(
        nn.Dense(784, 128), nn.ReLU(), nn.Dense(128, 64), nn.ReLU(), nn.Dense(64, CLASSES)
    )


def mindspore_lenet(nn: Any) -> Any:
    features = [
        *(nn.Conv2d(1, 20, 5, pad_mode="valid", has_bias=True), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Conv2d(20, 50, 5, pad_mode="valid", has_bias=True), nn.ReLU(), nn.MaxPool2d(2, 2)),
    ]
    return nn.SequentialCell(*features, nn.Flatten(), nn.Dense(800, 128), nn.ReLU(), nn.Dense(128, CLASSES))


def gluon_step(mx: Any, build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """A step of the usual Gluon loop, not hybridized: record, backward, Trainer.step, and the loss read."""
    net = build(mx.gluon.nn)
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": RATE})
    softmax_loss = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    x, y = mx.nd.array(data), mx.nd.array(labels)

    def run() -> object:
        with mx.autograd.record():
            loss = softmax_loss(net(x), y)
        loss.backward()
        trainer.step(len(data))
        return float(loss.mean().asscalar())

    return run


def torch_step(build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """The same step in PyTorch, eager."""
    import torch

    torch.set_num_threads(1)
    net = build(torch.nn)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    softmax_loss = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(data), torch.from_numpy(labels)

    def run() -> object:
        optimizer.zero_grad()
        loss = softmax_loss(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def mindspore_step(build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """The same step in MindSpore, compiled (its default mode)."""
    import mindspore as ms

    ms.set_context(mode=ms.GRAPH_MODE)
    net = build(ms.nn)
    softmax_loss = ms.nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    optimizer = ms.nn.SGD(net.trainable_params(), learning_rate=RATE)
    step = ms.nn.TrainOneStepCell(ms.nn.WithLossCell(net, softmax_loss), optimizer).set_train()
    x, y = ms.Tensor(data), ms.Tensor(labels.astype(np.int32))
    return lambda: float(step(x, y).asnumpy())
