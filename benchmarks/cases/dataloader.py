"""Reading a batch of 64 out of 10,000 images of 28 x 28 in memory, in random order: a pass over all, per batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.cases import networks

TITLE = "DataLoader, a batch of 64 of 10,000 images, shuffled"
UNIT = "us/batch"
COUNT, BATCH = 10_000, 64
SCALE = 1e6 / -(-COUNT // BATCH)
RUNS = 1
LIMITS = None
RATIOS = {"torch": (0.15, 0.1)}


def _pass(loader: Iterable) -> Callable[[], object]:
    def run() -> object:
        batches = 0
        for _images, _labels in loader:
            batches += 1
        return batches

    return run


def _gluon(mx: Any) -> Callable[[], object]:
    images, labels = networks.batch(COUNT, 1, 28, 28)
    return _pass(mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(images, labels), BATCH, shuffle=True))


def on_luojia() -> Callable[[], object]:
    import luojia

    return _gluon(luojia)


def on_luojia__module() -> Callable[[], object]:
    import luojia

    return _mindspore(luojia)


def on_mxnet() -> Callable[[], object]:
    import mxnet

    return _gluon(mxnet)


def on_torch() -> Callable[[], object]:
    import torch

    torch.set_num_threads(networks.THREADS)
    images, labels = (torch.from_numpy(a) for a in networks.batch(COUNT, 1, 28, 28))
    dataset = torch.utils.data.TensorDataset(images, labels)
    return _pass(torch.utils.data.DataLoader(dataset, BATCH, shuffle=True))


def _mindspore(ms: Any) -> Callable[[], object]:
    import importlib

    dataset = importlib.import_module(f"{ms.__name__}.dataset")
    images, labels = networks.batch(COUNT, 1, 28, 28)
    data = dataset.NumpySlicesDataset({"image": images, "label": labels}, shuffle=True).batch(BATCH)
    return lambda: sum(1 for _ in data.create_tuple_iterator(num_epochs=1))


def on_mindspore() -> Callable[[], object]:
    import mindspore

    return _mindspore(mindspore)
