"""Gluon's datasets and loader. Dtypes and types are those of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd
from luojia._src.data import loader as loader_module
from luojia.gluon.data import ArrayDataset, DataLoader, SimpleDataset, batchify
from luojia.ndarray import NDArray

X = np.arange(10, dtype=np.float64).reshape(5, 2)


def described(loader):
    return [[(type(p), p.dtype, p.shape) for p in batch] for batch in loader]


def test_batches_are_lists_of_ndarrays_in_the_samples_dtypes():
    loader = DataLoader(ArrayDataset(X, np.arange(5)), 2)
    whole = [(NDArray, np.float64, (2, 2)), (NDArray, np.int64, (2,))]
    assert len(loader) == 3
    assert described(loader) == [whole, whole, [(NDArray, np.float64, (1, 2)), (NDArray, np.int64, (1,))]]
    loader = DataLoader(ArrayDataset(nd.array(X), [1, 2, 3, 4, 5]), 5)
    assert described(loader) == [[(NDArray, np.float32, (5, 2)), (NDArray, np.int64, (5,))]]


def test_samples_that_are_no_tuples_give_one_ndarray():
    batches = list(DataLoader(SimpleDataset([1.5, 2, 3]), 2))
    assert [b.asnumpy().tolist() for b in batches] == [[1.5, 2.0], [3]]
    assert [b.dtype for b in batches] == [np.float64, np.int64]
    assert [b.shape for b in DataLoader(X, 2)] == [(2, 2), (2, 2), (1, 2)]
    assert str(next(iter(DataLoader([(1, 2.0), (3, 4.0)], 2)))) == (
        "[\n[1 3]\n<NDArray 2 @cpu(0)>, \n[2. 4.]\n<NDArray 2 @cpu(0)>]"
    )


def test_nested_samples():
    (batch,) = DataLoader([(nd.ones(2), np.ones(3), 1, (2, 3), [[2, 3], [4, 5]], [nd.ones(2), 1])], 1)
    assert [p.shape for p in batch[:3]] == [(1, 2), (1, 3), (1,)]
    assert [p.asnumpy().tolist() for p in batch[3]] == [[2], [3]]
    assert batch[4].asnumpy().tolist() == [[[2, 3], [4, 5]]]  # lists of numbers are arrays, as in mxnet
    assert [p.shape for p in batch[5]] == [(1, 2), (1,)]
    assert [b.shape for b in DataLoader(nd.ones((5, 2)), 2)] == [(2, 2), (2, 2), (1, 2)]


def test_array_dataset_of_ndarrays():
    sample = ArrayDataset(nd.ones((3, 2)), nd.ones(3))[0]
    assert isinstance(sample[0], NDArray) and isinstance(sample[1], np.float32)


def test_a_gathered_batch_does_not_alias_the_data():
    data = X.copy()
    (batch,) = DataLoader(data, 5)
    (gathered,) = DataLoader(ArrayDataset(data), 5)
    data[:] = -1
    assert batch.asnumpy().min() == gathered.asnumpy().min() == 0


@pytest.mark.parametrize("mode", [{"thread_pool": True}, {}])
def test_workers_give_the_same_batches(mode, monkeypatch):
    monkeypatch.setattr(loader_module, "processes_are_safe", lambda: "jax" not in __import__("sys").modules)
    dataset = ArrayDataset(X, np.arange(5)).transform_first(lambda x: x * 2)
    (a, b), (c, d) = DataLoader(dataset, 3, num_workers=2, **mode)
    assert isinstance(a, NDArray) and (a.asnumpy() == X[:3] * 2).all() and d.asnumpy().tolist() == [3, 4]


def fail(x):
    raise ValueError("the third sample is bad")


@pytest.mark.parametrize("mode", [{"num_workers": 0}, {"num_workers": 2}, {"num_workers": 2, "thread_pool": True}])
def test_a_failing_sample_reaches_the_user(mode):
    with pytest.raises(ValueError, match="the third sample is bad") as caught:
        list(DataLoader(SimpleDataset([1, 2, 3]).transform(fail), 2, **mode))
    texts = [str(caught.value.__cause__), *(entry.name for entry in caught.traceback)]
    assert any("fail" in text for text in texts)


def test_pin_memory():
    (batch,) = DataLoader(SimpleDataset([1]), 1, pin_memory=True, pin_device_id=1)
    assert batch.context == mx.Context("cpu_pinned", 1)
    with mx.cpu(1):
        assert next(iter(DataLoader(SimpleDataset([1]), 1))).context == mx.cpu(1)


def test_shuffle_follows_numpys_stream():
    def order():
        np.random.seed(0)
        return [int(b.asnumpy()[0]) for b in DataLoader(np.arange(5), 1, shuffle=True)]

    assert order() == order() == [2, 0, 1, 3, 4]


def test_batchify():
    assert batchify.Stack()([1, 2]).asnumpy().tolist() == [1, 2]
    padded, lengths = batchify.Pad(ret_length=True)([[1, 2], [3]])
    assert padded.asnumpy().tolist() == [[1, 2], [3, 0]] and lengths.asnumpy().tolist() == [2, 1]
    assert [a.shape for a in batchify.Append()([1, 2])] == [(1,), (1,)]
    loader = DataLoader([(1, [1]), (2, [2, 3])], 2, batchify_fn=batchify.Group(batchify.Stack(), batchify.Pad()))
    ((a, b),) = loader
    assert a.shape == (2,) and b.shape == (2, 2)
    made = gluon.data.default_batchify_fn([(1, 2.0), (3, 4.0)])
    assert [type(m) for m in made] == [NDArray, NDArray]
    assert list(DataLoader(["a", "b"], 2, batchify_fn=list)) == [["a", "b"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "batch_size must be specified unless batch_sampler is specified"),
        ({"batch_size": 2, "sampler": [0], "shuffle": True}, "shuffle must not be specified if sampler is specified"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "must not be specified if batch_sampler is specified"),
        ({"batch_size": 1, "last_batch": "foo"}, "one of 'keep', 'discard', or 'rollover', but got foo"),
    ],
)
def test_arguments_that_exclude_each_other(arguments, message):
    with pytest.raises(ValueError, match=message):
        DataLoader([1, 2], **arguments)


def test_text_is_no_batch():
    with pytest.raises(TypeError, match=r"a batch has dtype <U1; turn the samples into numbers"):
        list(DataLoader(["a"], 1))


def test_a_record_file(tmp_path):
    with mx.recordio.MXIndexedRecordIO(tmp_path / "a.idx", tmp_path / "a.rec", "w") as file:
        for i, content in enumerate([b"abc", b"d", b"efgh"]):
            file.write_idx(i, content)
    dataset = gluon.data.RecordFileDataset(str(tmp_path / "a.rec"))
    assert len(dataset) == 3 and [dataset[2], dataset[0]] == [b"efgh", b"abc"]
    loader = DataLoader(dataset, 2, num_workers=2, batchify_fn=list)
    assert list(loader) == [[b"abc", b"d"], [b"efgh"]]
    with pytest.raises(IndexError):
        dataset[7]
