"""The networks that several cases train, and one training step of them in each framework."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

THREADS = int(os.environ.get("BENCHMARK_THREADS", "1"))
RATE = 0.1
CLASSES = 10


def batch(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs in [0, 1) of `shape`, and a class for each; the time of a step does not depend on their values."""
    rng = np.random.default_rng(0)
    return rng.random(shape, dtype=np.float32), rng.integers(0, CLASSES, shape[0])


def sequences(steps: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (steps, count, WIDTH), and a class for each step of each."""
    rng = np.random.default_rng(0)
    return rng.random((steps, count, WIDTH), dtype=np.float32), rng.integers(0, CLASSES, (steps, count))


def gluon_mlp(mx: Any) -> Any:
    nn = mx.gluon.nn
    net = nn.HybridSequential()
    net.add(nn.Dense(128, activation="relu"), nn.Dense(64, activation="relu"), nn.Dense(CLASSES))
    return net


def gluon_lenet(mx: Any) -> Any:
    nn = mx.gluon.nn
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


def mindspore_mlp(ms: Any) -> Any:
    nn = ms.nn
    return nn.SequentialCell(
        nn.Dense(784, 128), nn.ReLU(), nn.Dense(128, 64), nn.ReLU(), nn.Dense(64, CLASSES)
    )


def mindspore_lenet(ms: Any) -> Any:
    nn = ms.nn
    features = [
        *(nn.Conv2d(1, 20, 5, pad_mode="valid", has_bias=True), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Conv2d(20, 50, 5, pad_mode="valid", has_bias=True), nn.ReLU(), nn.MaxPool2d(2, 2)),
    ]
    return nn.SequentialCell(*features, nn.Flatten(), nn.Dense(800, 128), nn.ReLU(), nn.Dense(128, CLASSES))


# -- ResNet-20 for 32 x 32 images (He et al. 2015, section 4.2), its shortcuts by 1 x 1 convolutions -------------------

STAGES = ((16, 1), (16, 1), (16, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1))  # channels, stride


def gluon_resnet(mx: Any) -> Any:
    nn = mx.gluon.nn

    class Unit(mx.gluon.HybridBlock):
        def __init__(self, channels: int, stride: int, before: int) -> None:
            super().__init__()
            with self.name_scope():
                self.body = nn.HybridSequential()
                self.body.add(
                    nn.Conv2D(channels, 3, stride, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"),
                    nn.Conv2D(channels, 3, 1, 1, use_bias=False), nn.BatchNorm(),
                )
                self.shortcut = None
                if stride != 1 or before != channels:
                    self.shortcut = nn.HybridSequential()
                    self.shortcut.add(nn.Conv2D(channels, 1, stride, use_bias=False), nn.BatchNorm())

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.Activation(self.body(x) + (x if self.shortcut is None else self.shortcut(x)), act_type="relu")

    net, before = nn.HybridSequential(), 16
    net.add(nn.Conv2D(16, 3, 1, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))
    for channels, stride in STAGES:
        net.add(Unit(channels, stride, before))
        before = channels
    net.add(nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(CLASSES))
    return net


def torch_resnet(nn: Any) -> Any:
    class Unit(nn.Module):
        def __init__(self, channels: int, stride: int, before: int) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
                nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels),
            )
            self.shortcut = nn.Identity() if stride == 1 and before == channels else nn.Sequential(
                nn.Conv2d(before, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

        def forward(self, x: Any) -> Any:
            return (self.body(x) + self.shortcut(x)).relu()

    layers, before = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for channels, stride in STAGES:
        layers.append(Unit(channels, stride, before))
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, CLASSES))


def mindspore_resnet(ms: Any) -> Any:
    nn = ms.nn

    def conv(before: int, channels: int, kernel: int, stride: int) -> Any:
        pad = kernel // 2
        return nn.Conv2d(before, channels, kernel, stride, pad_mode="pad", padding=pad, has_bias=False)

    class Unit(nn.Cell):
        def __init__(self, channels: int, stride: int, before: int) -> None:
            super().__init__()
            self.body = nn.SequentialCell(
                conv(before, channels, 3, stride), nn.BatchNorm2d(channels), nn.ReLU(),
                conv(channels, channels, 3, 1), nn.BatchNorm2d(channels),
            )
            self.bends = stride != 1 or before != channels
            if self.bends:
                self.shortcut = nn.SequentialCell(conv(before, channels, 1, stride), nn.BatchNorm2d(channels))
            self.relu = nn.ReLU()

        def construct(self, x: Any) -> Any:
            if self.bends:
                return self.relu(self.body(x) + self.shortcut(x))
            return self.relu(self.body(x) + x)

    layers, before = [conv(3, 16, 3, 1), nn.BatchNorm2d(16), nn.ReLU()], 16
    for channels, stride in STAGES:
        layers.append(Unit(channels, stride, before))
        before = channels
    return nn.SequentialCell(*layers, nn.AvgPool2d(8), nn.Flatten(), nn.Dense(64, CLASSES))


# -- an LSTM over a sequence, a class for each step --------------------------------------------------------------------

WIDTH = 256


def gluon_lstm(mx: Any) -> Any:
    nn = mx.gluon.nn
    net = nn.HybridSequential()
    net.add(mx.gluon.rnn.LSTM(WIDTH, input_size=WIDTH), nn.Dense(CLASSES, flatten=False, in_units=WIDTH))
    return net


def torch_lstm(nn: Any) -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.dense = nn.LSTM(WIDTH, WIDTH), nn.Linear(WIDTH, CLASSES)

        def forward(self, x: Any) -> Any:
            return self.dense(self.lstm(x)[0])

    return Net()


def mindspore_lstm(ms: Any) -> Any:
    class Net(ms.nn.Cell):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.dense = ms.nn.LSTM(WIDTH, WIDTH), ms.nn.Dense(WIDTH, CLASSES)

        def construct(self, x: Any) -> Any:
            return self.dense(self.lstm(x)[0]).reshape((-1, CLASSES))

    return Net()


# -- a transformer block, post-norm, after which the tokens are averaged and classified --------------------------------

HEADS, TOKENS, INNER = 8, 128, 1024


def gluon_transformer(mx: Any) -> Any:
    nn = mx.gluon.nn

    class Block(mx.gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.qkv = nn.Dense(3 * WIDTH, flatten=False, in_units=WIDTH)
                self.out = nn.Dense(WIDTH, flatten=False, in_units=WIDTH)
                self.grow = nn.Dense(INNER, activation="relu", flatten=False, in_units=WIDTH)
                self.shrink = nn.Dense(WIDTH, flatten=False, in_units=INNER)
                self.norm1, self.norm2 = nn.LayerNorm(in_channels=WIDTH), nn.LayerNorm(in_channels=WIDTH)
                self.classify = nn.Dense(CLASSES, in_units=WIDTH)

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            def heads(part: Any) -> Any:  # (N, T, C) as (N * heads, T, C / heads)
                split = F.transpose(F.reshape(part, shape=(0, 0, HEADS, -1)), axes=(0, 2, 1, 3))
                return F.reshape(split, shape=(-3, 0, 0))

            q, k, v = (heads(part) for part in F.split(self.qkv(x), num_outputs=3, axis=-1))
            weights = F.softmax(F.batch_dot(q, k, transpose_b=True) * (WIDTH // HEADS) ** -0.5, axis=-1)
            mixed = F.reshape(F.batch_dot(weights, v), shape=(-4, -1, HEADS, 0, 0))
            mixed = F.reshape(F.transpose(mixed, axes=(0, 2, 1, 3)), shape=(0, 0, -3))
            x = self.norm1(x + self.out(mixed))
            x = self.norm2(x + self.shrink(self.grow(x)))
            return self.classify(F.mean(x, axis=1))

    return Block()


def torch_transformer(nn: Any) -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.block = nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, dropout=0.0, batch_first=True)
            self.classify = nn.Linear(WIDTH, CLASSES)

        def forward(self, x: Any) -> Any:
            return self.classify(self.block(x).mean(1))

    return Net()


def mindspore_transformer(ms: Any) -> Any:
    nn, ops = ms.nn, ms.ops

    class Block(nn.Cell):
        def __init__(self) -> None:
            super().__init__()
            self.q, self.k, self.v = nn.Dense(WIDTH, WIDTH), nn.Dense(WIDTH, WIDTH), nn.Dense(WIDTH, WIDTH)
            self.out, self.grow, self.shrink = nn.Dense(WIDTH, WIDTH), nn.Dense(WIDTH, INNER), nn.Dense(INNER, WIDTH)
            self.norm1, self.norm2 = nn.LayerNorm((WIDTH,)), nn.LayerNorm((WIDTH,))
            self.classify = nn.Dense(WIDTH, CLASSES)
            self.relu, self.softmax = nn.ReLU(), nn.Softmax(-1)
            self.scores, self.mix = ops.BatchMatMul(transpose_b=True), ops.BatchMatMul()

        def heads(self, x: Any) -> Any:
            return ops.transpose(ops.reshape(x, (-1, TOKENS, HEADS, WIDTH // HEADS)), (0, 2, 1, 3))

        def construct(self, x: Any) -> Any:
            q, k, v = self.heads(self.q(x)), self.heads(self.k(x)), self.heads(self.v(x))
            weights = self.softmax(self.scores(q, k) * (WIDTH // HEADS) ** -0.5)
            mixed = ops.reshape(ops.transpose(self.mix(weights, v), (0, 2, 1, 3)), (-1, TOKENS, WIDTH))
            x = self.norm1(x + self.out(mixed))
            x = self.norm2(x + self.shrink(self.relu(self.grow(x))))
            return self.classify(x.mean(1))

    return Block()


# -- steps -------------------------------------------------------------------------------------------------------------


def gluon_step(mx: Any, build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray,
               hybrid: bool = False, hybrid_loss: bool = False) -> Callable[[], object]:
    """A step of the usual Gluon loop: record, backward, Trainer.step, and the loss read; hybridized or not."""
    net = build(mx)
    net.initialize(mx.init.Xavier())
    if hybrid:
        net.hybridize(static_alloc=True, static_shape=True)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": RATE})
    softmax_loss = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    if hybrid_loss:
        softmax_loss.hybridize(static_alloc=True, static_shape=True)
    x, y = mx.nd.array(data), mx.nd.array(labels)

    def run() -> object:
        with mx.autograd.record():
            loss = softmax_loss(net(x), y)
        loss.backward()
        trainer.step(len(data))
        return float(loss.mean().asscalar())

    return run


def gluon_zoo(name: str) -> Callable[[Any], Any]:
    """What builds a network of Gluon's model zoo."""
    return lambda mx: mx.gluon.model_zoo.vision.get_model(name, classes=CLASSES)


def gluon_inference(mx: Any, build: Callable[[Any], Any], data: np.ndarray) -> Callable[[], object]:
    """The outputs of a hybridized network, read."""
    net = build(mx)
    net.initialize(mx.init.Xavier())
    net.hybridize(static_alloc=True, static_shape=True)
    x = mx.nd.array(data)
    return lambda: net(x).asnumpy()


def torch_step(build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray,
               channels_last: bool = False) -> Callable[[], object]:
    """The same step in PyTorch, eager; images in either layout of memory."""
    import torch

    torch.set_num_threads(THREADS)
    net = build(torch.nn)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    softmax_loss = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(data), torch.from_numpy(labels).reshape(-1)
    if channels_last:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)

    def run() -> object:
        optimizer.zero_grad()
        loss = softmax_loss(net(x).flatten(0, -2), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def mindspore_step(build: Callable[[Any], Any], data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """The same step in MindSpore, compiled (its default mode)."""
    import mindspore as ms

    ms.set_context(mode=ms.GRAPH_MODE)
    return module_step(ms, build(ms), data, labels)


def module_step(ms: Any, net: Any, data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """The same step by WithLossCell and TrainOneStepCell."""
    softmax_loss = ms.nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    optimizer = ms.nn.SGD(net.trainable_params(), learning_rate=RATE)
    step = ms.nn.TrainOneStepCell(ms.nn.WithLossCell(net, softmax_loss), optimizer).set_train()
    x, y = ms.Tensor(data), ms.Tensor(labels.reshape(-1).astype(np.int32))
    return lambda: float(step(x, y).asnumpy())


DATA: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {  # what each network is trained with
    "mlp": partial(batch, 100, 784),
    "lenet": partial(batch, 64, 1, 28, 28),
    "resnet": partial(batch, 32, 3, 32, 32),
    "lstm": partial(sequences, 35, 20),
    "transformer": partial(batch, 8, TOKENS, WIDTH),
}
