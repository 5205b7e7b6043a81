import numpy as np
import pytest

from luojia._src.data.batchify import Append, AsList, Group, Pad, Stack, default_batchify, stack
from luojia._src.data.datasets import ArrayDataset, Dataset, SimpleDataset
from luojia._src.data.loader import DataLoader
from luojia._src.data.samplers import (
    BatchSampler,
    FilterSampler,
    IntervalSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SplitSampler,
)
from luojia._src.errors import ArgumentError, DTypeError, ShapeError

TEN = SimpleDataset(list(range(10)))


def test_views_of_a_dataset():
    assert [list(TEN.shard(3, i)) for i in range(3)] == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert list(TEN.take(3)) == [0, 1, 2] and len(TEN.take(None)) == 10 and len(TEN.take(99)) == 10
    assert list(TEN.filter(lambda x: x % 3 == 0)) == [0, 3, 6, 9]
    assert list(TEN.sample(SequentialSampler(3, 2))) == [2, 3, 4]
    assert list(TEN.filter(lambda x: x > 4).shard(2, 1).take(1)) == [8]


def test_transform_lazily_and_at_once():
    calls = []

    def double(x):
        calls.append(x)
        return 2 * x

    lazy = TEN.transform(double)
    assert not calls and lazy[3] == 6 and len(lazy) == 10
    eager = TEN.transform(double, lazy=False)
    assert len(calls) == 11 and eager[3] == 6 and len(calls) == 11


def test_array_dataset_and_transform_first():
    a = ArrayDataset(np.arange(6.0).reshape(3, 2), [1, 2, 3])
    x, y = a[1]
    assert isinstance(a[1], tuple) and x.tolist() == [2, 3] and y == 2
    first = a.transform_first(lambda x: x * 2)
    assert [(x.tolist(), y) for x, y in first] == [([0, 2], 1), ([4, 6], 2), ([8, 10], 3)]
    assert ArrayDataset([[1, 2], [3, 4]])[0] == [1, 2]
    assert TEN.transform_first(lambda x: -x)[4] == -4


def test_gather_equals_reading_one_by_one():
    a = ArrayDataset(np.arange(20.0, dtype=np.float32).reshape(10, 2), list(range(10)), np.arange(10))
    for dataset in (a, a.take(7), a.shard(2, 1), a.filter(lambda x, *_: True) if False else a.take(6)):
        indices = np.array([4, 0, 2])
        expected = default_batchify([dataset[int(i)] for i in indices])
        for got, want in zip(dataset.gather(indices), expected):
            np.testing.assert_array_equal(got, want)
            assert got.dtype == want.dtype
    assert ArrayDataset(np.arange(3)).gather(np.array([2, 0])).tolist() == [2, 0]
    assert ArrayDataset([(1, 2)]).gather(np.array([0])) is None
    assert TEN.gather(np.array([0])) is None and a.transform(lambda *s: s).gather(np.array([0])) is None


def test_samplers():
    for kind, first, second, lengths in [
        ("keep", [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]], [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]], (4, 4)),
        ("discard", [[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1, 2], [3, 4, 5], [6, 7, 8]], (3, 3)),
        ("rollover", [[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[9, 0, 1], [2, 3, 4], [5, 6, 7]], (3, 4)),
    ]:
        batches = BatchSampler(SequentialSampler(10), 3, kind)
        assert len(batches) == lengths[0] and list(batches) == first
        assert list(batches) == second
        if kind == "rollover":  # two left over: 12 indices make four batches
            assert len(batches) == lengths[1]
    assert list(IntervalSampler(10, 3)) == [0, 3, 6, 9, 1, 4, 7, 2, 5, 8] and len(IntervalSampler(10, 3)) == 10
    parts = [list(SplitSampler(11, 3, i)) for i in range(3)]
    assert sorted(sum(parts, [])) == list(range(9)) and len(SplitSampler(11, 3, 2)) == 3
    assert list(SplitSampler(11, 3, 2, shuffle=False)) == [6, 7, 8] and sorted(parts[2]) == [6, 7, 8]
    with pytest.raises(ValueError, match=r"part_index must be in \[0, num_parts\), got 3 of 3"):
        SplitSampler(11, 3, 3)
    assert list(IntervalSampler(10, 3, rollover=False)) == [0, 3, 6, 9] and len(IntervalSampler(10, 3, False)) == 4
    keep = FilterSampler(lambda x: x % 2, TEN)
    assert list(keep) == [1, 3, 5, 7, 9] and len(keep) == 5
    random = RandomSampler(50, np.random.RandomState(0))
    first, second = list(random), list(random)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second and len(random) == 50
    np.random.seed(3)
    one = list(RandomSampler(20))
    np.random.seed(3)
    assert one == list(RandomSampler(20))


def test_a_sampler_of_ones_own_is_heard():
    class Backwards(RandomSampler):
        def __iter__(self):
            return iter(range(len(self) - 1, -1, -1))

    class Pairs(BatchSampler):
        def __iter__(self):
            return iter([[0, 3], [1, 2]])

    assert list(BatchSampler(Backwards(4), 3)) == [[3, 2, 1], [0]]
    assert [b.tolist() for b in DataLoader(ArrayDataset(np.arange(4)), 3, sampler=Backwards(4))] == [[3, 2, 1], [0]]
    pairs = Pairs(SequentialSampler(4), 3)
    assert [b.tolist() for b in DataLoader(ArrayDataset(np.arange(4)), batch_sampler=pairs)] == [[0, 3], [1, 2]]
    letters = "abcde"
    assert list(BatchSampler(letters, 2)) == [["a", "b"], ["c", "d"], ["e"]]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["keep", "discard", "rollover"])
def test_whole_orders_and_single_indices_make_the_same_batches(kind):
    class Single(RandomSampler):
        def __iter__(self):
            return super().__iter__()

    quick, slow = (BatchSampler(s(10, np.random.RandomState(3)), 4, kind) for s in (RandomSampler, Single))
    for _ in range(3):
        assert [*quick] == [*slow] and len(quick) == len(slow)
    assert all(type(i) is int for batch in quick for i in batch)


def test_batchify():
    nested = default_batchify([(1.0, (2, 3)), (1.5, (4, 5))])
    assert nested[0].tolist() == [1, 1.5] and [a.tolist() for a in nested[1]] == [[2, 4], [3, 5]]
    assert default_batchify([1, 2, 3]).dtype == np.int64 and default_batchify([np.uint8(1)]).dtype == np.uint8
    assert Stack()([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert Pad(val=-1)([[1, 2], [3]]).tolist() == [[1, 2], [3, -1]]
    padded, lengths = Pad(ret_length=True, dtype=np.float32)([np.ones((1, 2)), np.ones((2, 1))])
    assert padded.tolist() == [[[1, 1], [0, 0]], [[1, 0], [1, 0]]] and lengths.tolist() == [1, 2]
    assert padded.dtype == np.float32
    assert [a.shape for a in Append()([[1, 2], [3]])] == [(1, 2), (1, 1)] and AsList()((1, "a")) == [1, "a"]
    x, y = Group(Stack(), Pad())([(1, [1, 2]), (2, [3])])
    assert x.tolist() == [1, 2] and y.tolist() == [[1, 2], [3, 0]]


class Wrapped:
    def asnumpy(self):
        return np.ones(2)


@pytest.mark.parametrize("samples", [
    [1, 2], [True, False], [1.5, 2], [np.float32(1), np.float32(2)], [np.int8(1), np.float32(2)], [np.bool_(1)],
    [np.float32([1, 2]), np.int64([3, 4])], [np.zeros((0, 2))] * 2, [np.array([1.0, 2.0], ">f4")] * 2,
    [np.array("a"), np.array("bc")], [np.float64(3), np.array(4.0)], [np.zeros((2, 0, 3), np.uint8)] * 3,
])
def test_stacking_is_numpys(samples):
    got, want = stack(samples), np.stack(samples)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == want.dtype and got.shape == want.shape


def test_samples_that_bring_asnumpy():
    assert default_batchify([Wrapped(), Wrapped()]).shape == (2, 2)


ERRORS = [
    (lambda: TEN.shard(3, 3), ArgumentError, "Shard index of out bound: 3 out of 3"),
    (lambda: TEN.shard(0, 0), ArgumentError, "num_shards >= 1, got 0"),
    (lambda: TEN.take(-1), ArgumentError, "count of 0 or more, or None, got -1"),
    (lambda: TEN.sample(3), DTypeError, "Invalid sampler type"),
    (lambda: ArrayDataset(), ArgumentError, "Needs at least 1 arrays"),
    (lambda: ArrayDataset([1, 2], [1]), ShapeError, "All arrays must have the same length"),
    (lambda: len(Dataset()), NotImplementedError, "Dataset has no length"),
    (lambda: Dataset()[0], NotImplementedError, "Dataset gives no samples"),
    (lambda: len(Sampler()), NotImplementedError, "Sampler has no length"),
    (lambda: iter(Sampler()), NotImplementedError, "Sampler draws nothing"),
    (lambda: BatchSampler(SequentialSampler(3), 2, "x"), ArgumentError, "last_batch must be one of 'keep'.*but got x"),
    (lambda: BatchSampler(SequentialSampler(3), 0), ArgumentError, "batch_size >= 1, got 0"),
    (lambda: IntervalSampler(2, 3), ArgumentError, "Interval 3 must be smaller than or equal to length 2"),
    (lambda: default_batchify([(1,), (1, 2)]), ShapeError, "samples of 1 elements like sample 0, sample 1 has 2"),
    (lambda: default_batchify([np.ones(2), np.ones(3)]), ShapeError, r"sample 0 has \(2,\) and sample 1 has \(3,\)"),
    (lambda: Pad()([np.ones(2), np.ones((2, 2))]), ShapeError, "Pad expects samples with one number of axes"),
    (lambda: Group(Stack())([(1, 2)]), ShapeError, "Group has 1 functions, but the samples have 2"),
    (lambda: Group(Stack(), 1), ArgumentError, "argument 1 is a int"),
]


@pytest.mark.parametrize("call, error, match", ERRORS)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_what_does_not_fit_is_an_assertion_error_as_in_mxnet():
    with pytest.raises(AssertionError, match=r"array\[0\] has length 2 while array\[1\] has 1"):
        ArrayDataset([1, 2], [1])
    with pytest.raises(AssertionError, match="Shard index of out bound: 5 out of 2"):
        SimpleDataset([1, 2, 3]).shard(2, 5)
