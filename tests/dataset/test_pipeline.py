"""Pipelines; names, sizes and values are those of mindspore 2.8.0."""

import numpy as np
import pytest

import luojia as ms
from luojia import dataset as ds


class Source:
    def __init__(self, count=5):
        self.count = count

    def __getitem__(self, i):
        return np.float32([i, i]), np.int32(i)

    def __len__(self):
        return self.count


@pytest.fixture
def data():
    return ds.GeneratorDataset(Source(), ["x", "y"], shuffle=False)


@pytest.fixture(autouse=True)
def no_seed(monkeypatch):
    monkeypatch.setattr(ds.config, "_seed", None)
    monkeypatch.setattr(ds.config, "_stream", None)


def rows(pipeline, **kwargs):
    return list(pipeline.create_dict_iterator(output_numpy=True, **kwargs))


def ys(pipeline, column="y"):
    return [row[column].tolist() for row in rows(pipeline)]


def test_facts(data):
    assert (len(data), data.get_dataset_size(), data.get_batch_size(), data.get_repeat_count()) == (5, 5, 1, 1)
    assert data.get_col_names() == ["x", "y"] and data.output_shapes() == [[2], []]
    assert data.output_types() == [np.dtype("float32"), np.dtype("int32")]
    assert data.batch(2).output_shapes() == [[2, 2], [2]]
    assert data.num_classes() is None and data.get_class_indexing() == {} and data.reset() is None


def test_iterators(data):
    row = next(data.create_dict_iterator())
    assert type(row["x"]) is ms.Tensor and row["x"].dtype == ms.float32 and row["y"].shape == ()
    assert [type(v) for v in next(data.create_tuple_iterator())] == [ms.Tensor, ms.Tensor]
    assert [type(v) for v in next(iter(data))] == [ms.Tensor, ms.Tensor]
    assert next(data.create_tuple_iterator(columns=["y"], output_numpy=True)) == [0]
    it = data.create_dict_iterator(num_epochs=2, output_numpy=True)
    assert [len(list(it)), len(list(it))] == [5, 5]
    with pytest.raises(RuntimeError, match="beyond the specified number of epochs"):
        list(it)
    with pytest.raises(ValueError, match="num_epochs expects -1 or a number of 1 or more, got 0"):
        data.create_dict_iterator(num_epochs=0)
    it = data.create_tuple_iterator(output_numpy=True)
    assert it.get_next()[1] == 0
    it.stop()
    with pytest.raises(StopIteration):
        next(it)


def test_batch(data):
    assert [len(data.batch(2)), len(data.batch(2, drop_remainder=True)), data.batch(2).get_batch_size()] == [3, 2, 2]
    assert [row["x"].shape for row in rows(data.batch(2))] == [(2, 2), (2, 2), (1, 2)]
    assert ys(data.batch(2, drop_remainder=True)) == [[0, 1], [2, 3]]
    sized = data.batch(lambda info: info.get_batch_num() + 1 + info.get_epoch_num())
    assert len(sized) == 3 and ys(sized) == [[0], [1, 2], [3, 4]] and sized.get_batch_size() == -1
    assert ys(data.batch(lambda info: 3, drop_remainder=True)) == [[0, 1, 2]]
    assert len(data.batch(lambda info: 3, drop_remainder=True)) == 1


def test_a_function_of_whole_batches(data):
    def double(xs, info):
        return ([x * 2 + info.get_batch_num() for x in xs],)

    made = rows(data.batch(2, per_batch_map=double, input_columns=["x"]))
    assert made[1]["x"].tolist() == [[5, 5], [7, 7]] and made[1]["y"].tolist() == [2, 3]
    renamed = data.batch(2, per_batch_map=lambda x, y, info: (y,), output_columns="z", input_columns=["x", "y"])
    assert renamed.get_col_names() == ["z"] and ys(renamed, "z") == [[0, 1], [2, 3], [4]]
    with pytest.raises(RuntimeError, match="gave 2 columns, expected \\['x'\\]"):
        rows(data.batch(2, per_batch_map=lambda x, info: (x, x), input_columns=["x"]))


def test_padded_batch():
    ragged = ds.GeneratorDataset([(np.ones(i),) for i in (1, 2)], ["x"], shuffle=False)
    assert rows(ragged.padded_batch(2, pad_info={"x": ([3], -1)}))[0]["x"].tolist() == [[1, -1, -1], [1, 1, -1]]
    assert rows(ragged.padded_batch(2))[0]["x"].tolist() == [[1, 0], [1, 1]]
    with pytest.raises(RuntimeError, match=r"different shapes in column 'x'. First element had shape \(1,\) and this"):
        rows(ragged.batch(2))


def test_map(data):
    two = data.map(lambda x: (x, x + 1), ["x"], ["a", "b"])
    assert two.get_col_names() == ["a", "b", "y"] and rows(two)[1]["b"].tolist() == [2, 2]
    one = data.map(lambda x, y: x + y, ["x", "y"], ["s"])
    assert one.get_col_names() == ["s"] and rows(one)[2]["s"].tolist() == [4, 4]
    assert rows(data.map([lambda x: x + 1, lambda x: x * 2], "x"))[0]["x"].tolist() == [2, 2]
    assert rows(data.map(lambda x: x + 1))[0]["x"].tolist() == [1, 1]
    assert rows(data.map(lambda x: ms.Tensor(x) * 3, "x"))[1]["x"].tolist() == [3, 3]
    assert data.map(lambda y: (y, y), "y", ["y", "z"]).get_col_names() == ["x", "y", "z"]
    for outputs, fn in ((["a"], lambda x: (x, x)), (["a", "b"], lambda x: x)):
        with pytest.raises(RuntimeError, match="should match the number of 'output_columns'"):
            rows(data.map(fn, ["x"], outputs))


def bad(x):
    raise KeyError("oops")


def test_a_failing_function_is_named_and_its_error_is_the_cause(data):
    with pytest.raises(RuntimeError, match=r"map operation: \[bad\] failed. KeyError: 'oops'") as caught:
        rows(data.map(bad, "x"))
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(RuntimeError, match=r"filter: \[bad\] failed"):
        rows(data.filter(bad, "x"))


def test_order_and_length(data):
    assert ys(data.take(2)) == [0, 1] and ys(data.skip(3)) == [3, 4]
    assert len(data.skip(9)) == 0 and len(data.take(9)) == 5
    assert ys(data.take()) == [0, 1, 2, 3, 4]
    assert [len(data.repeat(2)), len(data.batch(2).repeat(2)), len(data.repeat(2).batch(2))] == [10, 6, 5]
    assert data.repeat(2).get_repeat_count() == 2 and data.repeat(2).repeat(3).get_repeat_count() == 6
    assert data.repeat().get_repeat_count() == -1 and len(data.repeat()) == 5
    assert ys(data.take(2).repeat(2)) == [0, 1, 0, 1]
    assert [int(r[1]) for r, _ in zip(data.repeat().create_tuple_iterator(output_numpy=True), range(7))][5:] == [0, 1]
    assert list(data.skip(9).repeat()) == []
    assert ys(data.filter(lambda y: y > 2, ["y"])) == [3, 4] and len(data.filter(lambda y: y > 2, ["y"])) == 2
    assert ys(data + data) == [0, 1, 2, 3, 4] * 2 and len(data.concat([data, data])) == 15
    assert len(data.apply(lambda d: d.batch(3))) == 2


def test_columns(data):
    assert data.project(["y"]).get_col_names() == ["y"] and rows(data.project("y"))[1] == {"y": 1}
    assert data.rename("x", "z").get_col_names() == ["z", "y"] and rows(data.rename(["x"], ["q"]))[1]["q"].shape == (2,)
    both = ds.zip((data.project("x"), data.take(2).project("y")))
    assert both.get_col_names() == ["x", "y"] and len(both) == 2 and len(rows(both)) == 2
    assert data.project("x").zip(data.project("y")).zip((data.rename(["x", "y"], ["a", "b"]),)).get_col_names() == [
        "x", "y", "a", "b",
    ]


def test_split(data):
    a, b = data.split([3, 2], randomize=False)
    assert (len(a), len(b), ys(b)) == (3, 2, [3, 4])
    a, b = data.split([0.6, 0.4])
    assert (len(a), len(b)) == (3, 2) and sorted(ys(a) + ys(b)) == [0, 1, 2, 3, 4]
    shuffled = ds.NumpySlicesDataset({"y": list(range(20))}).split([0.5, 0.5])
    assert sorted(ys(shuffled[0]) + ys(shuffled[1])) == list(range(20))


def test_shuffle(data):
    assert sorted(ys(data.shuffle(3))) == [0, 1, 2, 3, 4]
    orders = {tuple(ys(data.shuffle(5))) for _ in range(20)}
    assert len(orders) > 5
    first = [ys(data.shuffle(2))[0] for _ in range(40)]
    assert set(first) == {0, 1}  # the buffer holds two
    assert len(data.shuffle(9)) == 5


def test_seed(data):
    ds.config.set_seed(3)
    assert ds.config.get_seed() == 3
    pipeline = ds.GeneratorDataset(Source(20), ["x", "y"])
    assert ys(pipeline) == ys(pipeline) != list(range(20))  # each iterator begins with the seed,
    it = pipeline.create_dict_iterator(output_numpy=True)
    assert [int(r["y"]) for r in it] != [int(r["y"]) for r in it]  # each pass of one goes on
    ds.config.set_seed(4)
    other = ys(pipeline)
    ds.config.set_seed(3)
    assert ys(pipeline) != other
    with pytest.raises(ValueError, match=r"not within the required range \[0, 4294967295\], got -1"):
        ds.config.set_seed(-1)
    with pytest.raises(TypeError, match="seed isn't of type int, got 'a'"):
        ds.config.set_seed("a")


def test_without_a_seed_numpys_stream_decides():
    pipeline = ds.NumpySlicesDataset({"y": list(range(20))})
    np.random.seed(1)
    first = ys(pipeline)
    assert ys(pipeline) != first
    np.random.seed(1)
    assert ys(pipeline) == first and ds.config.get_seed() == 5489


def test_settings_are_remembered():
    before = ds.config.get_prefetch_size()
    ds.config.set_prefetch_size(7)
    assert ds.config.get_prefetch_size() == 7
    ds.config.set_prefetch_size(before)
    with pytest.raises(AttributeError, match="no attribute 'get_nonsense'"):
        ds.config.get_nonsense  # noqa: B018
    with pytest.raises(NotImplementedError, match=r"dataset\.config\.load is not supported"):
        ds.config.load  # noqa: B018


def test_batches_of_arrays_in_memory_are_gathered(monkeypatch):
    x, y = np.arange(40).reshape(20, 2), np.arange(20)
    fast = ds.NumpySlicesDataset((x, y), ["x", "y"], shuffle=False)
    pipeline = fast.skip(1).take(15).shuffle(15).rename("x", "z").project(["z", "y"]).batch(4)
    monkeypatch.setattr(type(fast), "row", None)  # no row is read by itself
    made = rows(pipeline)
    assert [row["z"].shape for row in made] == [(4, 2)] * 3 + [(3, 2)]
    got = np.concatenate([row["y"] for row in made])
    assert sorted(got) == list(range(1, 16)) and (np.concatenate([row["z"] for row in made]) == x[got]).all()
    assert ys(fast.batch(8, drop_remainder=True)) == [list(range(8)), list(range(8, 16))]
    assert rows(fast.take(3).batch(8, True)) == []


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda d: d.batch(0), ValueError, r"batch_size is not within the required interval of \[1, .*\], got 0"),
        (lambda d: d.batch("a"), TypeError, "batch_size should either be an int or a callable, got 'a'"),
        (lambda d: d.batch(2, 1), TypeError, "drop_remainder expects a bool, got 1"),
        (lambda d: d.repeat(0), ValueError, "count should be either -1 or positive integer, got 0"),
        (lambda d: d.take(0), ValueError, r"required interval of \(0, 2147483647\], got 0"),
        (lambda d: d.skip(-1), ValueError, r"required interval of \[0, 2147483647\], got -1"),
        (lambda d: d.skip(1.5), TypeError, "skip: count expects an integer, got 1.5"),
        (lambda d: d.shuffle(1), ValueError, r"buffer_size is not within the required interval of \[2"),
        (lambda d: d.project("nope"), RuntimeError, "project: column name: nope doesn't exist"),
        (lambda d: d.rename("nope", "z"), RuntimeError, "rename: column name: nope doesn't exist"),
        (lambda d: d.rename(["x", "y"], ["z"]), ValueError, "rename expects as many new names as old ones"),
        (lambda d: d.rename("x", "y"), ValueError, r"a column's name is given twice in \['y', 'y'\]"),
        (lambda d: d.map(lambda x: x, ["nope"]), RuntimeError, "map: column name: nope doesn't exist"),
        (lambda d: d.map("a"), ValueError, "map expects operations that are callable, got 'a'"),
        (lambda d: d.map(abs, 3), TypeError, "map: input_columns expects a column's name or a list of names, got 3"),
        (lambda d: d.filter(3), TypeError, "Predicate should be a Python function or a callable object, got 3"),
        (lambda d: d.concat(3), TypeError, "concat expects a Dataset or a list of them, got a int"),
        (lambda d: d.concat(d.project("x")), RuntimeError, "concat expects the same columns"),
        (lambda d: d.zip(3), TypeError, "zip expects a Dataset or a tuple of them, got a int"),
        (lambda d: d.zip(d), RuntimeError, "zip: two columns have one name"),
        (lambda d: ds.zip([d]), TypeError, "zip expects a tuple of two or more Datasets"),
        (lambda d: d.split([9, 9]), RuntimeError, "Sum of split sizes 18 is not equal to dataset size 5"),
        (lambda d: d.split([0.5, 0.6]), ValueError, "the percentages do not sum up to 1"),
        (lambda d: d.split(3), TypeError, "split expects a list of sizes, got 3"),
        (lambda d: d.apply(lambda d: 3), TypeError, "apply expects a function that gives a Dataset, it gave a int"),
        (lambda d: d.skip(5).output_shapes(), RuntimeError, "Skip has no rows"),
    ],
)
def test_errors(data, make, kind, message):
    with pytest.raises(kind, match=message):
        make(data)


def test_what_is_not_there_says_so():
    with pytest.raises(NotImplementedError, match=r"dataset\.OBSMindDataset is not provided"):
        ds.OBSMindDataset  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        ds.nonsense  # noqa: B018
