"""How luojia's cost grows with the length of the tape, the depth and the batch: `python -m benchmarks.scaling`.

Each line is the least time of some runs, divided by what grows: where cost is linear, the numbers stay level.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

LENGTHS = (1_000, 10_000, 100_000)
DEPTHS = (4, 16, 64)
BATCHES = (64, 256, 1024, 4096)


def least(run: Callable[[], object], times: int = 5) -> float:
    """The seconds of the fastest of some runs, after one that warms up."""
    run()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def tape(length: int) -> float:
    """Microseconds per recorded operation, its share of backward included."""
    import luojia as mx

    x = mx.nd.ones((3,))
    x.attach_grad()

    def run() -> None:
        with mx.autograd.record():
            y = x
            for _ in range(length // 2):
                y = y * x
                y = y + x
        y.backward()

    return least(run) / length * 1e6


def depth(layers: int) -> float:
    """Microseconds per layer of a training step of a perceptron of width 64 on a batch of 32."""
    import luojia as mx

    net = mx.gluon.nn.HybridSequential()
    for _ in range(layers):
        net.add(mx.gluon.nn.Dense(64, activation="relu", in_units=64))
    net.initialize()
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1e-4})
    x = mx.nd.array(np.ones((32, 64), np.float32))

    def run() -> None:
        with mx.autograd.record():
            y = net(x)
        y.backward()
        trainer.step(32)

    return least(run) / layers * 1e6


def batch(size: int) -> float:
    """Microseconds per image of a training step of LeNet."""
    import luojia
    from benchmarks.cases import networks

    step = networks.gluon_step(luojia, networks.gluon_lenet, *networks.batch(size, 1, 28, 28))
    return least(step, 3) / size * 1e6


def main() -> None:
    for what, unit, sizes, measure in (
        ("recorded operations", "us per operation", LENGTHS, tape),
        ("layers", "us per layer", DEPTHS, depth),
        ("images in a batch of LeNet", "us per image", BATCHES, batch),
    ):
        print(what, "-", unit)
        for size in sizes:
            print(f"  {size:>8,}  {measure(size):8.2f}", flush=True)


if __name__ == "__main__":
    main()
