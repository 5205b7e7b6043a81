"""The second part of the demo: LeNet on real digits through the Gluon loop, with its gradients read on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import luojia as mx
from luojia import autograd, gluon
from luojia.gluon import nn


def lenet() -> nn.HybridSequential:
    """Two convolutions and two dense layers for (N, 1, 28, 28).

    Source: LeCun, Bottou, Bengio and Haffner 1998, with maxima and rectifiers.
    """
    net = nn.HybridSequential(prefix="lenet_")
    with net.name_scope():
        net.add(
            nn.Conv2D(20, kernel_size=5, activation="relu"),
            nn.MaxPool2D(pool_size=2, strides=2),
            nn.Conv2D(50, kernel_size=5, activation="relu"),
            nn.MaxPool2D(pool_size=2, strides=2),
            nn.Flatten(),
            nn.Dense(128, activation="relu"),
            nn.Dense(10),
        )
    return net


@dataclass
class Step:
    """One step in the middle of the training, as exported: arrays by parameter name."""

    number: int
    batch_size: int
    gradients: dict[str, np.ndarray]
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]

    def unexplained(self, lr: float) -> float:
        """The largest ``|old - new - lr * gradient / batch size|`` over all weights."""
        return max(
            float(np.abs(self.before[k] - self.after[k] - lr * g / self.batch_size).max())
            for k, g in self.gradients.items()
        )

    def largest_update(self) -> float:
        """The largest ``|old - new|`` over all weights."""
        return max(float(np.abs(self.before[k] - self.after[k]).max()) for k in self.gradients)


@dataclass
class History:
    """What was seen during training."""

    losses: list[float] = field(default_factory=list)
    norms: dict[str, list[float]] = field(default_factory=dict)
    """The norm of each weight's mean gradient at each step."""
    accuracies: list[float] = field(default_factory=list)
    step: Step | None = None


def train(net: nn.HybridSequential, train_set: Any, test_set: Any, epochs: int, batch_size: int,
          lr: float) -> Iterator[History]:
    """Train ``net`` by plain SGD; gives the history after every step. One step in the middle is exported."""
    batches = gluon.data.DataLoader(train_set, batch_size, shuffle=True)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    history, middle = History(), max(1, epochs * len(batches) // 2)
    parameters = net.collect_params()
    for _ in range(epochs):
        for data, label in batches:
            with autograd.record():
                loss = loss_of(net(data), label)
            loss.backward()
            gradients = {name: p.grad().asnumpy() for name, p in parameters.items()}
            watched = len(history.losses) + 1 == middle
            before = {name: p.data().asnumpy() for name, p in parameters.items()} if watched else {}
            trainer.step(len(data))
            if watched:
                after = {name: p.data().asnumpy() for name, p in parameters.items()}
                history.step = Step(middle, len(data), gradients, before, after)
            history.losses.append(float(loss.mean().asscalar()))
            for name, gradient in gradients.items():
                if name.endswith("weight"):
                    history.norms.setdefault(name, []).append(float(np.linalg.norm(gradient)) / len(data))
            yield history
        history.accuracies.append(accuracy(net, test_set))


def accuracy(net: nn.HybridSequential, dataset: Any) -> float:
    """The share of a dataset's samples that the network names rightly."""
    metric = mx.metric.Accuracy()
    for data, label in gluon.data.DataLoader(dataset, 256):
        metric.update([label], [net(data)])
    return metric.get()[1]
