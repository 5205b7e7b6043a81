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
    with pytest.raises(ValueError, match="num_epochs should be either -1 or positive integer, num_epochs: 0"):
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
    with pytest.raises(RuntimeError, match="should be 1 , but got: 2. The columns are \\['x'\\]"):
        rows(data.batch(2, per_batch_map=lambda x, info: (x, x), input_columns=["x"]))


def test_functions_of_batches_are_told_the_pass():
    told = []
    data = ds.NumpySlicesDataset(list(range(4)), ["a"], shuffle=False)
    noting = data.batch(
        lambda info: 2 + info.get_epoch_num(),
        per_batch_map=lambda a, info: told.append((info.get_epoch_num(), info.get_batch_num())) or (a,),
        input_columns=["a"],
    )
    it = noting.create_dict_iterator(num_epochs=2, output_numpy=True)
    assert [[r["a"].tolist() for r in it] for _ in range(2)] == [[[0, 1], [2, 3]], [[0, 1, 2], [3]]]
    assert told == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_padded_batch():
    ragged = ds.GeneratorDataset([(np.ones(i),) for i in (1, 2)], ["x"], shuffle=False)
    assert rows(ragged.padded_batch(2, pad_info={"x": ([3], -1)}))[0]["x"].tolist() == [[1, -1, -1], [1, 1, -1]]
    assert rows(ragged.padded_batch(2, pad_info={}))[0]["x"].tolist() == [[1, 0], [1, 1]]
    with pytest.raises(RuntimeError, match="different shapes in column 0.* 'x'"):
        rows(ragged.padded_batch(2))
    with pytest.raises(RuntimeError, match="pad_shapes rank:2, column rank: 1 of 'x'"):
        rows(ragged.padded_batch(2, pad_info={"x": ([2, 2], 0)}))
    words = ds.NumpySlicesDataset({"a": ["x", "yyy"]}, shuffle=False).padded_batch(2, pad_info={"a": ([], "")})
    assert rows(words)[0]["a"].tolist() == ["x", "yyy"]
    with pytest.raises(RuntimeError, match="in column 0. First element had shape <1> and this element had shape <2>"):
        rows(ragged.batch(2))


def test_map(data):
    two = data.map(lambda x: (x, x + 1), ["x"], ["a", "b"])
    assert two.get_col_names() == ["a", "b", "y"] and rows(two)[1]["b"].tolist() == [2, 2]
    one = data.map(lambda x, y: x + y, ["x", "y"], ["s"])
    assert one.get_col_names() == ["s"] and rows(one)[2]["s"].tolist() == [4, 4]
    assert rows(data.map([lambda x: x + 1, lambda x: x * 2], "x"))[0]["x"].tolist() == [2, 2]
    assert rows(data.map(lambda x: x + 1))[0]["x"].tolist() == [1, 1]
    assert rows(data.map(lambda x: ms.Tensor(x) * 3, "x"))[1]["x"].tolist() == [3, 3]
    assert data.map(lambda y: (y, y), "y", ["y", "z"]).get_col_names() == ["y", "z", "x"]
    for outputs, fn in ((["a"], lambda x: (x, x)), (["a", "b"], lambda x: x)):
        with pytest.raises(RuntimeError, match="should match the number of 'output_columns'"):
            rows(data.map(fn, ["x"], outputs))


def bad(x):
    raise KeyError("oops")


def test_a_failing_function_is_named_and_its_error_is_the_cause(data):
    with pytest.raises(RuntimeError, match=r"map operation: \[PyFunc\] failed. .* KeyError: 'oops'") as caught:
        rows(data.map(bad, "x"))
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(RuntimeError, match="from user defined Python function in dataset.*KeyError: 'oops'"):
        rows(data.filter(bad, "x"))


def test_order_and_length(data):
    assert ys(data.take(2)) == [0, 1] and ys(data.skip(3)) == [3, 4]
    assert len(data.skip(9)) == 0 and len(data.take(9)) == 5
    assert ys(data.take()) == [0, 1, 2, 3, 4]
    assert [len(data.repeat(2)), len(data.batch(2).repeat(2)), len(data.repeat(2).batch(2))] == [10, 6, 5]
    assert data.repeat(2).get_repeat_count() == 2 and data.repeat(2).repeat(3).get_repeat_count() == 3
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
    with pytest.raises(ValueError, match=r"seed given is not within the required range \[0, UINT32_MAX"):
        ds.config.set_seed(-1)
    with pytest.raises(TypeError, match="seed isn't of type int. Got 'a'"):
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


def test_settings_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(ds.config, "_settings", dict(ds.config._settings))
    path = tmp_path / "settings.json"
    path.write_text('{"numParallelWorkers": 3, "opConnectorSize": 5, "monitorSamplingInterval": 7, "other": "x"}')
    ds.config.load(str(path))
    found = ds.config.get_num_parallel_workers(), ds.config.get_prefetch_size()
    assert found == (3, 5) and ds.config.get_monitor_sampling_interval() == 7
    with pytest.raises(TypeError, match="file with value 3 is not of type"):
        ds.config.load(3)
    path.write_text("{")
    for name in (path, tmp_path / "nope"):
        with pytest.raises(RuntimeError, match="Invalid file: settings file"):
            ds.config.load(str(name))
    ds.config.set_enable_autotune(True, str(path))
    assert ds.config.get_enable_autotune() is True
    with pytest.raises(TypeError, match="json_filepath with value 1"):
        ds.config.set_enable_autotune(True, 1)
    for name in ("", str(tmp_path / "no" / "x")):
        with pytest.raises(RuntimeError, match="Invalid json_filepath parameter"):
            ds.config.set_enable_autotune(True, name)


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
        (lambda d: d.batch(0), ValueError, r"batch_size is not within the required interval of \[1, 2147483647\]."),
        (lambda d: d.batch("a"), TypeError, "batch_size should either be an int or a callable. Got 'a'"),
        (lambda d: d.batch(2, 1), TypeError, "Argument drop_remainder with value 1 is not of type"),
        (lambda d: d.repeat(0), ValueError, "count should be either -1 or positive integer, range"),
        (lambda d: d.take(0), ValueError, r"within the required interval of \(0, 2147483647\], got 0"),
        (lambda d: d.skip(-1), ValueError, r"required interval of \[0, 2147483647\]"),
        (lambda d: d.skip(1.5), TypeError, "Argument count with value 1.5 is not of type"),
        (lambda d: d.shuffle(1), ValueError, r"buffer_size is not within the required interval of \[2"),
        (lambda d: d.rename(["x", "y"], ["z"]), ValueError,
         "Number of column in input_columns and output_columns is not equal"),
        (lambda d: d.map("a"), ValueError, "function or class method which should be callable, but got: a"),
        (lambda d: d.map(int), ValueError, "but got: <class 'int'>. It may be missing parentheses"),
        (lambda d: d.map(abs, 3), TypeError, "Argument input_columns with value 3 is not of type"),
        (lambda d: d.project([]), ValueError, "columns should not be empty"),
        (lambda d: d.project(["x", ""]), ValueError, r"columns\[1\] should not be an empty str"),
        (lambda d: d.project(["x", "x"]), ValueError, "Every column name should not be same with others"),
        (lambda d: d.batch(2, per_batch_map=3, input_columns="x"), TypeError, "3 is not a callable object"),
        (lambda d: d.batch(2, num_parallel_workers=0), ValueError, "num_parallel_workers exceeds the boundary"),
        (lambda d: d.map(abs, cache=3), TypeError, "Argument cache with value 3 is not of type"),
        (lambda d: d.filter(3), TypeError, "Predicate should be a Python function or a callable Python object. Got 3"),
        (lambda d: d.concat(3), TypeError, "Argument datasets with value 3 is not of type"),
        (lambda d: d.concat(d.project("x")), RuntimeError, "concat expects the same columns"),
        (lambda d: d.zip(3), TypeError, "Argument datasets with value 3 is not of type"),
        (lambda d: d.zip(d), RuntimeError, "zip: two columns have one name"),
        (lambda d: ds.zip([d]), TypeError, "Argument datasets with value .* is not of type"),
        (lambda d: d.split([9, 9]), RuntimeError, "Sum of split sizes 18 is not equal to dataset size 5"),
        (lambda d: d.split([0.5, 0.6]), ValueError, "the percentages do not sum up to 1"),
        (lambda d: d.split(3), TypeError, "Argument sizes with value 3 is not of type"),
        (lambda d: d.split([]), ValueError, "sizes cannot be empty"),
        (lambda d: d.split([4, 0.2]), ValueError, "sizes should be list of int or list of float"),
        (lambda d: d.split([6, -1]), ValueError, "no negative or zero numbers"),
        (lambda d: d.split([0.05, 0.95]), RuntimeError, "Split percentage 0.05 is too small"),
        (lambda d: d.apply(3), TypeError, "apply_func must be a function, got 3"),
        (lambda d: d.map(abs, foo=1), TypeError, "map got an unexpected keyword argument 'foo'"),
        (lambda d: d.map(lambda y: None, "y").output_types(), RuntimeError, "A value of a row is None"),
        (lambda d: d.create_dict_iterator(num_epochs="a"), TypeError,
         "Argument num_epochs with value a is not of type"),
        (lambda d: d.create_dict_iterator(output_numpy=1), TypeError,
         "Argument output_numpy with value 1 is not of type"),
        (lambda d: d.device_que, NotImplementedError, "Dataset.device_que is not provided"),
        (lambda d: d.nonsense, AttributeError, "'GeneratorDataset' object has no attribute 'nonsense'"),
        (lambda d: list(d.project("y") + d.project("x").map(lambda x: x[:1] / 2, "x", "y")), RuntimeError,
         "the data types of the two datasets to be concatenated should be the same"),
        (lambda d: list(ds.GeneratorDataset([1, 1.5], ["a"], shuffle=False).batch(2)), RuntimeError,
         "Cannot batch tensors with different types in column 0. First element had type int64"),
        (lambda d: d.apply(lambda d: 3), TypeError, "apply_func must return a dataset"),
    ],
)
def test_errors(data, make, kind, message):
    with pytest.raises(kind, match=message):
        make(data)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.project("q"), "Invalid column, column name: q does not exist"),
        (lambda d: d.rename("q", "z"), "Invalid column, column to be renamed does not exist"),
        (lambda d: d.rename("x", "y"), "already exist column name, existing column name is: y"),
        (lambda d: d.map(abs, "q"), "Invalid parameter, input column name: q doesn't exist in the dataset columns"),
        (lambda d: d.map([]), "No 'operations' are specified"),
        (lambda d: d.map(None), "No 'operations' are specified"),
        (lambda d: d.filter(abs, "q"), "Invalid parameter, column name: q does not exist in the dataset columns"),
        (lambda d: d.batch(2, per_batch_map=print, input_columns="q"), "'q' of 'input_columns' doesn't exist"),
        (lambda d: d.padded_batch(2, pad_info={"q": ([2], 0)}), "Invalid pad_info, column name: q does not exist"),
        (lambda d: d.bucket_batch_by_length(["q"], [2], [2, 2], len), "input column name: q doesn't exist"),
    ],
)
def test_a_step_that_does_not_fit_its_columns_says_so_when_it_is_used(data, make, message):
    made = make(data)
    for use in (made.get_col_names, made.get_dataset_size, lambda: rows(made), lambda: rows(made.repeat(2).take(1))):
        with pytest.raises(RuntimeError, match=message):
            use()


def test_shares_of_a_split_that_round_to_more_or_less_than_there_is(data):
    assert [len(part) for part in data.split([0.3, 0.7], randomize=False)] == [1, 4]
    assert [len(part) for part in data.split([0.25, 0.25, 0.5], randomize=False)] == [2, 1, 2]


def test_batches_of_text_are_as_wide_as_their_longest():
    text = ds.NumpySlicesDataset(["x", "yy", "zzz", "w"], ["s"], shuffle=False).batch(2)
    assert [row["s"].dtype.str[1:] for row in rows(text)] == ["U2", "U3"]


def test_flat_map_and_sync():
    data = ds.NumpySlicesDataset([1, 2], shuffle=False)
    flat = data.flat_map(lambda x: ds.NumpySlicesDataset([int(x) * 10 + i for i in range(2)], shuffle=False))
    assert [r["column_0"].item() for r in rows(flat)] == [10, 11, 20, 21] and len(flat) == 4
    for fn, kind, message in ((lambda x: 3, TypeError, "must return a Dataset object, got a int"),
                              (3, TypeError, "func must be a function, got 3")):
        with pytest.raises(kind, match=message):
            rows(data.flat_map(fn))
    with pytest.raises(RuntimeError, match="there are no rows"):
        rows(data.skip(2).flat_map(lambda x: data))
    told = []
    waiting = data.sync_wait("c", num_batch=2, callback=told.append).batch(1)
    assert len(rows(waiting)) == 2
    waiting.sync_update("c", data=5)
    assert told == [5]
    for make, kind, message in (
        (lambda: waiting.sync_update("q"), RuntimeError, "Condition name not found"),
        (lambda: waiting.sync_wait("c"), RuntimeError, "Condition name is already in use"),
        (lambda: data.sync_wait(3), TypeError, "Argument condition_name with value 3 is not of type"),
        (lambda: data.sync_wait("d", 0), ValueError, "num_batch need to be greater than 0"),
        (lambda: waiting.sync_update("c", 0), RuntimeError, "batch size can only be positive integer, got: 0"),
        (lambda: waiting.shuffle(2), RuntimeError, "No shuffle after sync operators"),
    ):
        with pytest.raises(kind, match=message):
            make()


def test_facts_of_ragged_empty_and_other_rows():
    data = ds.GeneratorDataset([np.ones((i + 1, 2)) for i in range(3)], ["a"], shuffle=False)
    assert data.output_shapes(estimate=True) == [[None, 2]] and data.output_shapes() == [[1, 2]]
    empty = data.batch(9, drop_remainder=True)
    assert len(empty) == 0 and empty.output_shapes() == empty.output_types() == []
    assert ds.NumpySlicesDataset(["a", "bc"]).output_types() == [np.dtype("U")]
    dicts = ds.GeneratorDataset([({"x": 1}, 2)], ["a", "b"])
    assert next(dicts.create_dict_iterator(output_numpy=True))["a"] == {"x": np.array(1)}
    assert type(next(dicts.create_dict_iterator())["a"]["x"]) is ms.Tensor
    assert [r["a"].item() for r in rows(dicts.map(lambda d: d["x"], "a"))] == [1]
    assert [r["a"].item() for r in rows(dicts.map(lambda d: type(d["x"]).__name__, "a"))] == ["int"]
    nested = ds.GeneratorDataset([{"m": {"l": [i, "q"]}, "x": [i]} for i in range(2)], ["a"], shuffle=False)
    assert rows(nested)[1]["a"]["m"]["l"] == [np.array(1), np.array("q")]
    assert rows(ds.GeneratorDataset([{"m": {"l": [i]}} for i in range(2)], ["a"], shuffle=False).batch(2))[0]["a"]["m"][
        "l"
    ].tolist() == [[0], [1]]


def test_padding_in_shards():
    padded = ds.NumpySlicesDataset({"a": list(range(5))}, shuffle=False) + ds.NumpySlicesDataset({"a": [-1]})
    padded.use_sampler(ds.DistributedSampler(2, 1, shuffle=False))
    assert [r["a"].item() for r in rows(padded)] == [1, 3, -1] and len(padded) == 3
    with pytest.raises(TypeError, match="parameter 3 of concat must be DistributedSampler or RandomSampler!"):
        padded.use_sampler(3)
    with pytest.raises(ValueError, match="parameter shuffle of DistributedSampler must be False!"):
        padded.use_sampler(ds.DistributedSampler(2, 1))
    with pytest.raises(ValueError, match="parameter num_samples of RandomSampler is not support"):
        padded.use_sampler(ds.RandomSampler(num_samples=2))
    padded.use_sampler(ds.RandomSampler())
    assert sorted(r["a"].item() for r in rows(padded)) == [-1, 0, 1, 2, 3, 4]


def test_settings(monkeypatch):
    monkeypatch.setattr(ds.config, "_settings", dict(ds.config._settings))
    ds.config.set_prefetch_size(3)
    ds.config.set_enable_watchdog(False)
    assert ds.config.get_prefetch_size() == 3 and ds.config.get_enable_watchdog() is False
    for name, value, kind, message in (
        ("prefetch_size", 0, ValueError, r"size is not within the required range \(0, INT32_MAX"),
        ("prefetch_size", "a", TypeError, "size isn't of type int. Got 'a'"),
        ("enable_autotune", "a", TypeError, "enable must be of type bool. Got 'a'"),
        ("multiprocessing_start_method", 3, TypeError, "must be of type str, got 3"),
    ):
        with pytest.raises(kind, match=message):
            getattr(ds.config, f"set_{name}")(value)


def test_rows_whose_function_fails_are_left_out_or_replaced(monkeypatch):
    def odd(x):
        if x % 2 == 0:
            raise ValueError("even")
        return x

    data = ds.NumpySlicesDataset([2, 1, 4, 3], ["y"], shuffle=False).map(odd, "y")
    monkeypatch.setattr(ds.config, "_settings", dict(ds.config._settings))
    modes = ds.config.ErrorSamplesMode
    for mode, expected in ((modes.SKIP, [1, 3]), (modes.REPLACE, [1, 3, 1, 3])):
        ds.config.set_error_samples_mode(mode)
        assert ys(data) == expected
    with pytest.raises(RuntimeError, match="All data is garbage and cannot be replaced"):
        ys(data.map(lambda x: odd(x + 1), "y"))
    ds.config.set_error_samples_mode(ds.config.ErrorSamplesMode.RETURN)
    with pytest.raises(RuntimeError, match="ValueError: even"):
        ys(data)


def test_an_iterator_goes_on_where_it_stands(data):
    it = data.create_tuple_iterator(columns="y", num_epochs=2, output_numpy=True)
    assert next(it) == [0] and [[y.item() for (y,) in it] for _ in range(2)] == [[1, 2, 3, 4], [0, 1, 2, 3, 4]]
    with pytest.raises(RuntimeError, match="EOF buffer encountered"):
        next(it)


def test_what_batches_are_inputs_of_is_asked_of_the_source(data):
    data.input_indexs = 10
    assert data.batch(2).input_indexs == 10


def test_the_tensors_of_a_batch_are_the_users_own():
    array, kept = np.arange(6.0).reshape(3, 2), []
    data = ds.NumpySlicesDataset(array, "x", shuffle=False).batch(3).filter(lambda x: kept.append(x) or True)
    (tensor,) = next(iter(data))
    kept[0][0, 0] = 9
    assert tensor.asnumpy().tolist() == array.tolist()
    (tensor,) = next(iter(ds.NumpySlicesDataset(array, "x", shuffle=False).batch(3)))
    tensor[0] = 7
    assert array[0, 0] == 0 and tensor.asnumpy()[0].tolist() == [7, 7]


@pytest.mark.parametrize("dtype", ["bool", "uint8", "float16", ">f4", "complex64"])
def test_batches_in_memory_are_what_rows_one_by_one_make(dtype):
    array = np.arange(10).reshape(5, 2).astype(dtype)
    source = ds.NumpySlicesDataset({"x": array, "y": np.arange(5)}, shuffle=False)
    for quick, slow in zip(source.batch(2), source.map(lambda x: x, ["x"]).batch(2)):
        for a, b in zip(quick, slow):
            assert a.dtype == b.dtype and a.asnumpy().tolist() == b.asnumpy().tolist()
    assert [type(v) for v in next(iter(ds.NumpySlicesDataset({"x": ["a", "b"]}).batch(2)))] == [np.ndarray]


def test_what_is_not_there_says_so():
    with pytest.raises(NotImplementedError, match=r"dataset\.OBSMindDataset is not provided"):
        ds.OBSMindDataset  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        ds.nonsense  # noqa: B018
