"""bucket_batch_by_length; batches are those of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import dataset as ds


def ragged(count=8, period=4):
    return ds.GeneratorDataset([(np.arange(i % period + 1), i) for i in range(count)], ["a", "b"], shuffle=False)


def batches(data, column="a"):
    found = [row[column].tolist() for row in data.create_dict_iterator(output_numpy=True, num_epochs=1)]
    assert len(data) == len(found) and data.get_batch_size() == 1
    return found


def test_buckets():
    data = ragged().project("a").bucket_batch_by_length(
        ["a"], [2, 4], [2, 2, 1], element_length_function=len, pad_info={"a": ([None], 0)})
    assert batches(data) == [
        [[0, 1, 0], [0, 1, 2]], [[0, 1, 2, 3]], [[0], [0]], [[0, 1, 0], [0, 1, 2]], [[0, 1, 2, 3]]]
    data = ragged().project("a").bucket_batch_by_length(["a"], [2, 5], [2, 2, 1], pad_info={"a": ([None], -1)},
                                                        pad_to_bucket_boundary=True)
    assert batches(data) == [
        [[0, 1, -1, -1], [0, 1, 2, -1]], [[0], [0]], [[0, 1, 2, 3], [0, 1, -1, -1]], [[0, 1, 2, -1], [0, 1, 2, 3]]]
    data = ragged().project("a").bucket_batch_by_length(["a"], [2, 5], [2, 2, 1])
    assert batches(data)[0] == [[0, 1, 0], [0, 1, 2]]
    data = ragged(8, 3).project("a").bucket_batch_by_length(["a"], [2], [2, 2], pad_info={"a": ([None], -1)},
                                                            drop_remainder=True)
    assert batches(data) == [[[0, 1, -1], [0, 1, 2]], [[0], [0]], [[0, 1, -1], [0, 1, 2]]]
    data = ragged().bucket_batch_by_length(["a", "b"], [2], [2, 3], lambda a, b: int(b), {"a": ([None], 7)})
    assert batches(data, "b") == [[0, 1], [2, 3, 4], [5, 6, 7]] and data.get_col_names() == ["a", "b"]
    assert batches(data)[1] == [[0, 1, 2, 7], [0, 1, 2, 3], [0, 7, 7, 7]]


@pytest.mark.parametrize(
    ("args", "kind", "message"),
    [
        ((["a"], [2, 1], [1, 1, 1]), ValueError, "bucket_boundaries should be strictly increasing"),
        ((["a"], [2], [1]), ValueError, "one element more than bucket_boundaries"),
        (([], [2], [1, 1]), ValueError, "column_names should not be empty"),
        ((["a"], [], [1]), ValueError, "bucket_boundaries cannot be empty"),
        ((["a"], 2, [1]), TypeError, "bucket_boundaries should be a list of int, got 2"),
        ((["a"], [2.5], [1, 1]), TypeError, r"bucket_boundaries should be a list of int, got \[2.5\]"),
        ((["a"], [2], [1, 0]), ValueError, "bucket_batch_sizes should be a list of positive numbers"),
        ((["a", "b"], [2], [1, 1]), ValueError, "exactly one column name should be passed"),
        ((["a"], [2], [1, 1], 3), TypeError, "element_length_function object is not callable: 3"),
    ],
)
def test_errors(args, kind, message):
    with pytest.raises(kind, match=message):
        ragged().bucket_batch_by_length(*args)


def test_rows_beyond_the_last_boundary_are_padded_to_the_longest():
    data = ds.GeneratorDataset([np.arange(n) for n in (1, 3, 2, 4)], ["x"], shuffle=False)
    data = data.bucket_batch_by_length(["x"], [3], [2, 2], pad_to_bucket_boundary=True)
    made = [row["x"].tolist() for row in data.create_dict_iterator(output_numpy=True)]
    assert made == [[[0, 0], [0, 1]], [[0, 1, 2, 0], [0, 1, 2, 3]]]


def test_lengths_are_integers():
    data = ragged().bucket_batch_by_length(["a"], [2], [1, 1], lambda a: "x")
    with pytest.raises(RuntimeError, match="element_length_function should give an int"):
        list(data)
