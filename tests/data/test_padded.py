"""Expected batches are those of mxnet 1.9.1's NDArrayIter."""

import numpy as np
import pytest

from luojia._src.data.padded import PaddedBatches
from luojia._src.errors import ArgumentError


def passes(batches, count=4):
    return [[(indices.tolist(), pad) for indices, pad in batches] for _ in range(count)]


def test_pad():
    one = [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0), ([8, 9, 0, 1], 2)]
    assert passes(PaddedBatches(10, 4)) == [one] * 4
    assert passes(PaddedBatches(8, 4), 1) == [[([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]]
    assert passes(PaddedBatches(3, 4), 1) == [[([0, 1, 2, 0], 1)]]


def test_discard():
    assert passes(PaddedBatches(10, 4, last_batch_handle="discard")) == [[([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]] * 4
    assert passes(PaddedBatches(3, 4, last_batch_handle="discard"), 1) == [[]]


def test_roll_over():
    short = [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]
    long = [([8, 9, 0, 1], 2), ([2, 3, 4, 5], 0), ([6, 7, 8, 9], 0)]
    assert passes(PaddedBatches(10, 4, last_batch_handle="roll_over")) == [short, long, short, long]
    few = PaddedBatches(3, 4, last_batch_handle="roll_over")
    assert passes(few) == [[], [([0, 1, 2, 0], 3)], [([1, 2, 0, 1], 2)], [([2, 0, 1, 2], 1)]]
    again = PaddedBatches(10, 4, last_batch_handle="roll_over")
    passes(again, 1)
    again.hard_reset()
    assert passes(again, 1) == [short]
    broken_off = PaddedBatches(10, 4, last_batch_handle="roll_over")
    next(iter(broken_off))
    assert passes(broken_off, 1) == [short]


def test_shuffled():
    batches = PaddedBatches(10, 4, shuffle=True, rng=np.random.RandomState(0))
    (a0, _), (a1, _), (a2, pad) = batches
    assert pad == 2 and sorted([*a0, *a1, *a2[:2]]) == list(range(10)) and a2[2:].tolist() == a0[:2].tolist()
    assert next(iter(batches))[0].tolist() != a0.tolist()


def test_errors():
    with pytest.raises(ArgumentError, match="'pad', 'discard' or 'roll_over', got 'x'"):
        PaddedBatches(4, 2, last_batch_handle="x")
    with pytest.raises(ArgumentError, match="a sample or more and a batch_size >= 1, got 0 and 2"):
        PaddedBatches(0, 2)
