"""The DataLoader in PyTorch's manner; what is expected was observed on mindspore 2.8.0."""

from __future__ import annotations

import sys
import time
from collections import namedtuple

import numpy as np
import pytest

from luojia import Tensor, set_seed
from luojia._src.data import workers
from luojia.dataset import dataloader
from luojia.dataset.dataloader import (
    BatchSampler,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
    default_collate,
    default_convert,
    get_worker_info,
)

SEVEN = list(range(7))


class Stream(IterableDataset):
    """0 to n - 1; of several workers each takes its part."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        worker = get_worker_info()
        return iter(range(self.n) if worker is None else range(worker.id, self.n, worker.num_workers))


class Known(Stream):
    def __len__(self):
        return self.n


def numbers(batches):
    return [b.tolist() if isinstance(b, Tensor) else b for b in batches]


@pytest.fixture(params=["processes", "threads"])
def workers_are(request, monkeypatch):
    if request.param == "threads":
        monkeypatch.setattr(dataloader, "processes_are_safe", lambda: False)
    elif "jax" in sys.modules:
        pytest.skip("jax is loaded, whose threads a fork would not survive")
    else:
        for _ in range(500):  # threads of another test may be about to end
            if workers.processes_are_safe():
                break
            time.sleep(0.01)
        assert workers.processes_are_safe()
    return request.param


@pytest.mark.parametrize("make, expected", [
    (lambda: DataLoader(SEVEN, 3), [[0, 1, 2], [3, 4, 5], [6]]),
    (lambda: DataLoader(SEVEN, 3, drop_last=True), [[0, 1, 2], [3, 4, 5]]),
    (lambda: DataLoader(SEVEN, None), SEVEN),
    (lambda: DataLoader(SEVEN, batch_sampler=[[0, 1], [5]]), [[0, 1], [5]]),
    (lambda: DataLoader(SEVEN, 2, sampler=[3, 1, 2]), [[3, 1], [2]]),
    (lambda: DataLoader(Stream(5), 2), [[0, 1], [2, 3], [4]]),
    (lambda: DataLoader(Stream(5), 2, drop_last=True), [[0, 1], [2, 3]]),
    (lambda: DataLoader(Stream(5), None), [0, 1, 2, 3, 4]),
    (lambda: DataLoader(SEVEN, 4, shuffle=True, generator=np.random.default_rng(0)), [[2, 4, 3, 6], [5, 0, 1]]),
])
def test_batches_in_this_process(make, expected):
    loader = make()
    assert numbers(loader) == expected
    if loader.generator is None:
        assert numbers(loader) == expected  # each pass begins anew


@pytest.mark.parametrize("make, expected", [
    (lambda: DataLoader(SEVEN, 2, num_workers=2), [[0, 1], [2, 3], [4, 5], [6]]),
    (lambda: DataLoader(SEVEN, 3, num_workers=2, collate_fn=lambda b: [2 * i for i in b]),
      [[0, 2, 4], [6, 8, 10], [12]]),
    (lambda: DataLoader(SEVEN, None, num_workers=3, timeout=60), SEVEN),
    (lambda: DataLoader(Stream(5), 2, num_workers=2), [[0, 2], [1, 3], [4]]),
    (lambda: DataLoader(Stream(1), 2, num_workers=3), [[0]]),
    (lambda: DataLoader(Stream(0), 2, num_workers=2), []),
])
def test_batches_of_workers(make, expected, workers_are):
    assert numbers(make()) == expected and get_worker_info() is None


def test_workers_begin_with_a_function_and_know_themselves(workers_are):
    begun = []

    class Telling(Stream):
        def __iter__(self):
            me = get_worker_info()
            return iter([(me.id, me.num_workers, len(begun), me.dataset.n, me.seed > 0)])

    loader = DataLoader(Telling(9), None, num_workers=2, worker_init_fn=begun.append, collate_fn=lambda x: x)
    rows = list(loader)
    assert [row[:2] + row[3:] for row in rows] == [(0, 2, 9, True), (1, 2, 9, True)] and all(row[2] for row in rows)
    assert list(DataLoader([1], num_workers=1, worker_init_fn=begun.append, collate_fn=sum)) == [1]


def test_errors_of_workers_arrive(workers_are):
    with pytest.raises(ZeroDivisionError):
        list(DataLoader(SEVEN, 2, num_workers=2, collate_fn=lambda b: 1 / 0))


def test_lengths_and_attributes():
    assert [len(DataLoader(SEVEN, *a)) for a in ((3,), (None,), ())] == [3, 7, 7]
    assert len(DataLoader(SEVEN, 3, drop_last=True)) == 2 and len(DataLoader(Known(5), 2)) == 3
    assert len(DataLoader(Known(5), None)) == 5
    with pytest.raises(TypeError, match="has no len"):
        len(DataLoader(Stream(5), 2))
    loader, other = DataLoader(SEVEN, 2), DataLoader(SEVEN, None, num_workers=2)
    assert (loader.batch_size, loader.drop_last, loader.timeout, loader.prefetch_factor) == (2, False, 0.0, None)
    assert isinstance(loader.sampler, SequentialSampler) and isinstance(loader.batch_sampler, BatchSampler)
    assert other.batch_sampler is None and other.prefetch_factor == 2
    assert type(DataLoader(Stream(3)).sampler).__name__ == "InfiniteSampler"
    assert next(iter(DataLoader(Stream(3)).sampler)) is None


def test_samplers():
    def rng():
        return np.random.default_rng(0)

    assert list(RandomSampler(SEVEN, generator=rng())) == [2, 4, 3, 6, 5, 0, 1]
    assert list(RandomSampler(SEVEN, True, 4, rng())) == [5, 4, 3, 1]
    assert list(RandomSampler(SEVEN, num_samples=10, generator=rng())) == [2, 4, 3, 6, 5, 0, 1, 5, 2, 4]
    assert len(RandomSampler(SEVEN)) == 7 and RandomSampler(SEVEN, num_samples=3).num_samples == 3
    assert list(RandomSampler([])) == []
    set_seed(3)
    assert [list(RandomSampler(SEVEN)) for _ in range(2)] == [[0, 2, 1, 3, 6, 5, 4], [0, 1, 2, 4, 6, 5, 3]]
    assert list(BatchSampler(SequentialSampler(SEVEN), 3, False)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(BatchSampler(SEVEN, 3, True)) == 2


def test_samplers_of_several_processes():
    assert [list(DistributedSampler(SEVEN, 2, r, shuffle=False)) for r in (0, 1)] == [[0, 2, 4, 6], [1, 3, 5, 0]]
    assert list(DistributedSampler(SEVEN, 2, 0, shuffle=False, drop_last=True)) == [0, 2, 4]
    assert [len(DistributedSampler(SEVEN, 2, 0, drop_last=d)) for d in (False, True)] == [4, 3]
    assert list(DistributedSampler(SEVEN, 2, 0)) == [2, 3, 5, 1]
    assert list(DistributedSampler(SEVEN, 2, 0, seed=3)) == [5, 2, 4, 0]
    later = DistributedSampler(SEVEN, 2, 1)
    later.set_epoch(2)
    assert list(later) == [6, 3, 0, 5]
    assert list(DistributedSampler([1], 3, 2)) == [0] and len(list(DistributedSampler(SEVEN))) == 7


def test_tensors_as_a_dataset():
    data = TensorDataset(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([0, 1]))
    assert len(data) == 2 and [part.tolist() for part in data[1]] == [[3, 4], 1]
    ((x, y),) = DataLoader(data, 2)
    assert x.tolist() == [[1, 2], [3, 4]] and y.tolist() == [0, 1]


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize("batch, expected", [
    ([1, 2], "Int64 [1, 2]"), ([1.5, 2], "Float64 [1.5, 2.0]"), ([True, False], "Bool [True, False]"),
    ([np.float64(2.5), np.float64(1)], "Float32 [2.5, 1.0]"), ([np.int8(1), np.int8(2)], "Int8 [1, 2]"),
    ([np.ones(2, np.float32)] * 2, "Float32 [[1.0, 1.0], [1.0, 1.0]]"), ([Tensor([1.0])] * 2, "Float32 [[1.0], [1.0]]"),
])
def test_numbers_are_collated_to_tensors(batch, expected):
    found = default_collate(batch)
    assert f"{found.dtype} {found.tolist()}" == expected


def test_collections_are_collated_part_by_part():
    assert default_collate(["a", "b"]) == ["a", "b"] and default_collate([b"a"]) == [b"a"]
    first, second = default_collate([(1, "a"), (2, "b")])
    assert first.tolist() == [1, 2] and second == ("a", "b")
    assert numbers(default_collate([[1, 2], [3, 4]])) == [[1, 3], [2, 4]]
    assert default_collate([{"x": 1, "y": "k"}] * 2)["x"].tolist() == [1, 1]
    point = default_collate([Point(1, 2), Point(3, 4)])
    assert isinstance(point, Point) and point.x.tolist() == [1, 3]


def test_samples_are_converted():
    assert default_convert(1) == 1 and default_convert("a") == "a"
    assert default_convert(np.ones(2)).dtype == Tensor(np.ones(1)).dtype
    one, two = default_convert((1, np.float32(2)))
    assert one == 1 and two.shape == () and float(two) == 2
    assert default_convert({"a": [np.zeros(1)]})["a"][0].tolist() == [0]
    assert isinstance(default_convert(Point(1, 2)), Point) and default_convert(np.array(["a"])).tolist() == ["a"]


@pytest.mark.parametrize("call, error, match", [
    (lambda: DataLoader(SEVEN, 0), ValueError, "batch_size must be positive, but got: 0"),
    (lambda: DataLoader(SEVEN, 1.5), TypeError, "batch_size must be <class 'int'>, but got: float"),
    (lambda: DataLoader(SEVEN, 2, shuffle=1), TypeError, "shuffle must be <class 'bool'>, but got: int"),
    (lambda: DataLoader(SEVEN, pin_memory="a"), TypeError, "pin_memory must be <class 'bool'>, but got: str"),
    (lambda: DataLoader(SEVEN, generator=1), TypeError, "generator must be .*Generator'>, but got: int"),
    (lambda: DataLoader(SEVEN, shuffle=True, sampler=[1]), ValueError, "sampler cannot be specified with shuffle"),
    (lambda: DataLoader(SEVEN, 2, batch_sampler=[[1]]), ValueError, "batch_size cannot be specified with batch_s"),
    (lambda: DataLoader(SEVEN, drop_last=True, batch_sampler=[[1]]), ValueError, "drop_last cannot be specified with"),
    (lambda: DataLoader(Stream(3), shuffle=True), ValueError, "shuffle cannot be specified when dataset is iterable"),
    (lambda: DataLoader(Stream(3), batch_sampler=[[1]]), ValueError, "batch_sampler cannot be specified when dataset"),
    (lambda: DataLoader(SEVEN, num_workers=-1), ValueError, "num_workers must be non-negative, but got: -1"),
    (lambda: DataLoader(SEVEN, timeout=-1), ValueError, "timeout must be non-negative, but got: -1"),
    (lambda: DataLoader(SEVEN, prefetch_factor=2), ValueError, "only be specified when num_workers is greater than 0"),
    (lambda: DataLoader(SEVEN, num_workers=1, prefetch_factor=0), ValueError, "prefetch_factor must be positive"),
    (lambda: DataLoader(SEVEN, num_workers=1, multiprocessing_context="x"), ValueError, "cannot find context for 'x'"),
    (lambda: DataLoader(5), NotImplementedError, "int should implement __getitem__ method if it is map style"),
    (lambda: RandomSampler(SEVEN, num_samples=0), ValueError, "num_samples must be a positive integer value"),
    (lambda: RandomSampler(SEVEN, num_samples="a"), TypeError, "num_samples must be int, but got: str"),
    (lambda: RandomSampler(SEVEN, replacement=1), TypeError, "replacement must be bool, but got: int"),
    (lambda: RandomSampler(SEVEN, generator=3), TypeError, "generator must be numpy.random.Generator, but got: int"),
    (lambda: BatchSampler(SEVEN, 0, False), ValueError, "batch_size must be positive, but got: 0"),
    (lambda: BatchSampler(SEVEN, True, False), TypeError, "batch_size must be <class 'int'>, but got: bool"),
    (lambda: BatchSampler(SEVEN, 2, 1), TypeError, "drop_last must be <class 'bool'>, but got: int"),
    (lambda: DistributedSampler(SEVEN, 0, 0), ValueError, "num_replicas must be greater than 0"),
    (lambda: DistributedSampler(SEVEN, 2, 2), ValueError, r"Invalid rank: 2, rank must be in the interval \[0, 1\]"),
    (lambda: TensorDataset(Tensor([1, 2]), Tensor([3])), ValueError, "same size in the first dimension"),
    (lambda: TensorDataset([1, 2]), TypeError, "a tensor of a TensorDataset must be .*, but got: list"),
    (lambda: default_collate([None]), TypeError, "Cannot find the appropriate collate function for type"),
    (lambda: default_collate([(1, 2), (1,)]), RuntimeError, "Each element in list of batch must be of equal size"),
    (lambda: default_collate([np.array(["a"])]), TypeError, "NumPy arrays with dtype <U1 are not supported"),
    (lambda: Dataset()[0], NotImplementedError, "Dataset must implement __getitem__ method"),
    (lambda: iter(IterableDataset()), NotImplementedError, "IterableDataset must implement __iter__ method"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
