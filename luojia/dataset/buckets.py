"""Batches of rows of like lengths."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from . import checks
from .batching import PaddedBatchDataset
from .dataset import Dataset, names_of, positions
from .order import Still
from .rows import PipelineError, Row
from .steps import _call


class BucketBatchByLengthDataset(Dataset):
    """Batches of rows of like lengths; see :meth:`Dataset.bucket_batch_by_length`.

    >>> from luojia import dataset
    >>> rows = [np.array([1]), np.array([2, 3]), np.array([4])]
    >>> data = dataset.GeneratorDataset(rows, ["a"], shuffle=False)
    >>> data = data.bucket_batch_by_length(["a"], bucket_boundaries=[2, 3], bucket_batch_sizes=[2, 1, 1])
    >>> [row["a"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [[[2, 3]], [[1], [4]]]
    """

    def __init__(self, child: Dataset, column_names: Any, boundaries: Any, batch_sizes: Any,
                 length_of: Callable | None = None, pad_info: dict | None = None, pad_to_boundary: bool = False,
                 drop_remainder: bool = False) -> None:
        super().__init__(child)
        who = "bucket_batch_by_length"
        checks.kind(column_names, (list,), "column_names")
        checks.flag(pad_to_boundary, "pad_to_bucket_boundary")
        checks.flag(drop_remainder, "drop_remainder")
        if not column_names:
            raise ArgumentError(f"{who}: column_names should not be empty.")
        names = names_of(column_names, "column_names")
        for what, numbers, words in (("bucket_boundaries", boundaries, "must only contain"),
                                     ("bucket_batch_sizes", batch_sizes, "should be a list of")):
            if not isinstance(numbers, list):
                raise DTypeError(f"{who}: {what} should be a list of int, got {numbers!r}.")
            if not numbers:
                raise ArgumentError(f"{who}: {what} cannot be empty.")
            for number in numbers:
                if isinstance(number, bool) or not isinstance(number, int):
                    raise DTypeError(f"{who}: {what} should be a list of int, got {numbers}.")
                if number < 1:
                    raise ArgumentError(f"{what} {words} positive numbers. Got {numbers}.")
        if any(a >= b for a, b in zip(boundaries, boundaries[1:])):
            raise ArgumentError(f"{who}: bucket_boundaries should be strictly increasing, got {boundaries}.")
        if len(batch_sizes) != len(boundaries) + 1:
            raise ArgumentError(f"{who}: bucket_batch_sizes must contain one element more than bucket_boundaries.")
        if length_of is None and len(names) != 1:
            raise ArgumentError(
                f"{who}: If element_length_function is not specified, exactly one column name should be passed."
            )
        if length_of is not None and not callable(length_of):
            raise DTypeError(f"{who}: element_length_function object is not callable: {length_of!r}.")
        self.at = positions(child, names, who)
        self.boundaries, self.sizes, self.length_of = boundaries, batch_sizes, length_of
        self.to_boundary, self.drop = pad_to_boundary, drop_remainder
        self._batch = PaddedBatchDataset(child, 1, pad_info={} if pad_info is None else pad_info)

    def get_dataset_size(self) -> int:
        return sum(1 for _ in self.rows(Still()))

    def get_batch_size(self) -> int:
        return 1

    def _length(self, row: Row) -> int:
        values = [row[i] for i in self.at]
        if self.length_of is None:
            return len(values[0]) if values[0].ndim else 1
        given = _call(self.length_of, values, "bucket_batch_by_length")
        found = np.asarray(given)
        if found.dtype.kind not in "iu" or found.size != 1 or isinstance(given, (tuple, list)):
            raise PipelineError(f"bucket_batch_by_length: element_length_function should give an int, got {found!r}.")
        return int(found.item())

    def rows(self, rng: Any) -> Iterator[Row]:
        buckets: list[list[Row]] = [[] for _ in self.sizes]
        for row in self.children[0].rows(rng):
            which = bisect_right(self.boundaries, self._length(row))
            bucket = buckets[which]
            bucket.append(row)
            if len(bucket) == self.sizes[which]:
                yield self._stacked(which, bucket)
                bucket.clear()
        for which, bucket in enumerate(buckets):
            if bucket and not self.drop:
                yield self._stacked(which, bucket)

    def _stacked(self, which: int, bucket: list[Row]) -> Row:
        bounded = self.to_boundary and which < len(self.boundaries)  # the last bucket has no bound
        self._batch.limit = self.boundaries[which] - 1 if bounded else None
        return self._batch.stack(bucket, 0)
