"""mindspore.dataset.dataloader; batches, orders and refusals are those of mindspore 2.8.0."""

from collections import namedtuple

import numpy as np
import pytest

import luojia as ms
from luojia.dataset import dataloader as dl

Pair = namedtuple("Pair", "a b")


class Items(dl.Dataset):
    def __init__(self, items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)


class Stream(dl.IterableDataset):
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def plain(value):
    if isinstance(value, ms.Tensor):
        return f"{value.dtype} {value.tolist()}"
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list) or hasattr(value, "_fields"):
        return type(value)(*map(plain, value)) if hasattr(value, "_fields") else [plain(v) for v in value]
    return value


def read(*args, **kwargs):
    return [plain(batch) for batch in dl.DataLoader(*args, **kwargs)]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([1, 2], "Int64 [1, 2]"),
        ([1.5, 2.5], "Float64 [1.5, 2.5]"),
        ([True, False], "Bool [True, False]"),
        ([np.float32(1), np.float32(2)], "Float32 [1.0, 2.0]"),
        ([np.zeros(1, np.int8), np.ones(1, np.int8)], "Int8 [[0], [1]]"),
        ([ms.Tensor([1]), ms.Tensor([2])], "Int64 [[1], [2]]"),
        (["a", "b"], ["a", "b"]),
        ([b"a", b"b"], [b"a", b"b"]),
        ([(1, "a"), (3, "b")], ["Int64 [1, 3]", ("a", "b")]),
        ([[1, 2], [3, 4]], ["Int64 [1, 3]", "Int64 [2, 4]"]),
        ([{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}], {"a": "Int64 [1, 2]", "b": ["Int64 [1, 3]", "Int64 [2, 4]"]}),
        ([Pair(1, 2), Pair(3, 4)], Pair("Int64 [1, 3]", "Int64 [2, 4]")),
    ],
)
def test_batches(items, expected):
    assert read(Items(items), 2) == read(Stream(items), 2) == read(items, 2) == [expected]


def test_samples_without_batches():
    assert read(Items([1, "a"]), None) == [1, "a"]
    assert read(Stream([np.zeros(1), (1, np.ones(1))]), None) == ["Float64 [0.0]", [1, "Float64 [1.0]"]]
    assert read(Items([{"a": np.zeros(1)}]), None) == [{"a": "Float64 [0.0]"}]
    kept = dl.default_convert([np.array(["x"]), Pair(np.int8(1), 2)])
    assert kept[0].tolist() == ["x"] and kept[1].a.dtype == ms.int8


def test_orders():
    items = Items(list(range(5)))
    assert read(items, 2) == ["Int64 [0, 1]", "Int64 [2, 3]", "Int64 [4]"]
    full = ["Int64 [0, 1]", "Int64 [2, 3]"]
    assert read(items, 2, drop_last=True) == read(Stream(range(5)), 2, drop_last=True) == full
    assert read(items, 2, sampler=[3, 1, 0]) == ["Int64 [3, 1]", "Int64 [0]"]
    assert read(items, batch_sampler=[[0, 1], [4]]) == ["Int64 [0, 1]", "Int64 [4]"]
    assert read(items, 2, collate_fn=lambda batch: batch) == [[0, 1], [2, 3], [4]]
    assert sorted(read(items, None, True)) == [0, 1, 2, 3, 4]
    assert len({str(read(items, None, True)) for _ in range(9)}) > 1
    rng = np.random.default_rng
    assert read(items, None, True, generator=rng(3)) == read(items, None, True, generator=rng(3))
    assert [len(dl.DataLoader(items, n)) for n in (2, None)] == [3, 5]
    assert len(dl.DataLoader(items, 2, drop_last=True)) == 2
    loader = dl.DataLoader(items, 2)
    assert type(loader.sampler) is dl.SequentialSampler and type(loader.batch_sampler) is dl.BatchSampler
    assert type(dl.DataLoader(items, shuffle=True).sampler) is dl.RandomSampler
    assert len(dl.DataLoader(items, 2, sampler=[1, 2, 3])) == 2


def test_samplers():
    assert len(list(dl.RandomSampler(range(3), True, 5))) == len(list(dl.RandomSampler(range(3), False, 5))) == 5
    assert len(dl.RandomSampler(range(3), num_samples=2)) == 2 and sorted(dl.RandomSampler(range(3))) == [0, 1, 2]
    batches = dl.BatchSampler([4, 3, 2], 2, False)
    assert list(batches) == [[4, 3], [2]] and len(batches) == 2 and list(dl.SequentialSampler("ab")) == [0, 1]

    def shard(*args, **kwargs):
        return list(dl.DistributedSampler(range(5), *args, **kwargs))

    assert [shard(2, i, False) for i in (0, 1)] == [[0, 2, 4], [1, 3, 0]]
    assert shard(2, 1, False, drop_last=True) == [1, 3] and shard() == [2, 4, 3, 0, 1]
    assert shard(2, 0, True, 3) == [4, 1, 0] and list(dl.DistributedSampler(range(2), 5, 4, False)) == [0]
    sampler = dl.DistributedSampler(range(5), 2, 0, True, 3)
    sampler.set_epoch(1)
    assert list(sampler) == [2, 0, 3]


def test_workers_take_turns():
    class Shared(dl.IterableDataset):
        def __iter__(self):
            info = dl.get_worker_info()
            return iter(range(6)) if info is None else iter(range(info.id, 6, info.num_workers))

    begun = []
    assert read(Shared(), 2) == ["Int64 [0, 1]", "Int64 [2, 3]", "Int64 [4, 5]"] and dl.get_worker_info() is None
    assert read(Shared(), 2, num_workers=2, worker_init_fn=begun.append) == [
        "Int64 [0, 2]", "Int64 [1, 3]", "Int64 [4]", "Int64 [5]"]
    assert begun == [0, 1] and dl.DataLoader(Shared(), num_workers=2).prefetch_factor == 2

    class Who(Items):
        def __getitem__(self, index):
            return dl.get_worker_info().id

    assert read(Who(range(4)), 1, num_workers=3) == [f"Int64 [{i}]" for i in (0, 1, 2, 0)]


def test_tensor_dataset():
    data = dl.TensorDataset(ms.Tensor([1, 2]), ms.Tensor([3.0, 4.0]))
    assert len(data) == 2 and read(data, 2) == [["Int64 [1, 2]", "Float32 [3.0, 4.0]"]]


ITEMS = Items(list(range(3)))


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: dl.DataLoader(ITEMS, 0), ValueError, "batch_size must be positive, but got: 0"),
        (lambda: dl.DataLoader(ITEMS, True), TypeError, "batch_size must be <class 'int'>, but got: bool"),
        (lambda: dl.DataLoader(ITEMS, 2, 1), TypeError, "shuffle must be <class 'bool'>, but got: int"),
        (lambda: dl.DataLoader(ITEMS, drop_last=3), TypeError, "drop_last must be"),
        (lambda: dl.DataLoader(ITEMS, generator=3), TypeError, "generator must be"),
        (lambda: dl.DataLoader(ITEMS, num_workers=-1), ValueError, "num_workers must be non-negative, but got: -1"),
        (lambda: dl.DataLoader(ITEMS, timeout=-1.0), ValueError, "timeout must be non-negative"),
        (lambda: dl.DataLoader(ITEMS, num_workers=1, prefetch_factor=0), ValueError, "prefetch_factor must be pos"),
        (lambda: dl.DataLoader(ITEMS, persistent_workers=True), ValueError, "only be specified when num_workers is gr"),
        (lambda: dl.DataLoader(Stream([]), shuffle=True), ValueError, "shuffle cannot be specified when dataset is"),
        (lambda: dl.DataLoader(ITEMS, shuffle=True, sampler=[0]), ValueError, "sampler cannot be specified with shuf"),
        (lambda: dl.DataLoader(ITEMS, 2, batch_sampler=[[0]]), ValueError, "batch_size cannot be specified with bat"),
        (lambda: dl.DataLoader(3), NotImplementedError, "int should implement __getitem__ method"),
        (lambda: len(dl.DataLoader(Stream([1]))), TypeError, "object of type 'Stream' has no len"),
        (lambda: dl.Dataset()[0], NotImplementedError, "Dataset must implement __getitem__ method"),
        (lambda: list(dl.IterableDataset()), NotImplementedError, "IterableDataset must implement __iter__ method"),
        (lambda: list(dl.Sampler()), TypeError, "'Sampler' object is not iterable"),
        (lambda: dl.TensorDataset(ms.Tensor([1]), ms.Tensor([1, 2])), ValueError, "same size in the first dimension"),
        (lambda: dl.RandomSampler([1], num_samples=0), ValueError, "num_samples must be a positive integer value"),
        (lambda: dl.BatchSampler([1], 0, False), ValueError, "batch_size must be positive"),
        (lambda: dl.DistributedSampler([1], 2, 2), ValueError, r"Invalid rank: 2, rank must be in the interv"),
        (lambda: dl.DistributedSampler([1], 0, 0), ValueError, "num_replicas must be greater than 0"),
        (lambda: dl.default_collate([None]), TypeError, "Cannot find the appropriate collate function for type"),
        (lambda: dl.default_collate([[1], [1, 2]]), RuntimeError, "must be of equal size"),
        (lambda: dl.default_collate([np.array("a")]), TypeError, "dtype <U1 are not supported for collation"),
    ],
)
def test_refusals(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
