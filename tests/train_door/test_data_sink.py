"""data_sink: a step that fetches its own batches."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, dataset, nn
from luojia._src.errors import ArgumentError, DTypeError


def test_batches_come_in_turn_and_begin_anew():
    seen = []
    step = ms.data_sink(lambda x, y: seen.append((int(x), int(y))) or x, [(1, 2), (3, 4), (5, 6)], sink_size=2)
    assert int(step()) == 3 and int(step()) == 1 and seen == [(1, 2), (3, 4), (5, 6), (1, 2)]


def test_it_trains_from_a_dataset():
    ms.set_seed(1)
    x = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    data = dataset.NumpySlicesDataset((x, x.sum(1, keepdims=True)), ["x", "y"], shuffle=False).batch(4)
    net = nn.Dense(3, 1)
    optimizer = nn.SGD(net.trainable_params(), 0.1)
    both = ms.value_and_grad(lambda a, b: ((net(a) - b) ** 2).mean(), None, optimizer.parameters)

    def train(a, b):
        loss, gradients = both(a, b)
        optimizer(gradients)
        return loss

    for config in (None, ms.JitConfig()):
        step = ms.data_sink(train, data, 2, jit_config=config)
        losses = [float(step()) for _ in range(10)]
        assert losses[-1] < losses[0]


def test_what_is_refused():
    with pytest.raises(DTypeError, match="data_sink: fn must be a function or a Module, got int"):
        ms.data_sink(3, [])
    with pytest.raises(ArgumentError, match="The 'sink_size' must be a positive int, but got sink_size 0"):
        ms.data_sink(print, [], 0)
    with pytest.raises(ArgumentError, match="data_sink: the dataset has no batch"):
        ms.data_sink(Tensor, [])()
