"""Sources without files: random rows, fake images, padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from . import checks
from .rows import Row, as_row
from .samplers import SequentialSampler, resolve
from .schema import Schema
from .sources import Source


class RandomDataset(Source):
    """Random numbers, as a schema says.

    Args:
        total_rows: how many rows; None is a random number of them.
        schema: a :class:`Schema` or its JSON file; None is one column of int64.
        columns_list: the columns; default all.
        num_samples, shuffle, num_shards, shard_id: which rows, in which order.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> schema = dataset.Schema()
    >>> schema.add_column("image", "uint8", [2, 3])
    >>> schema.add_column("label", "int32", [1])
    >>> data = dataset.RandomDataset(3, schema)
    >>> [(a.shape, a.dtype.name) for a in next(data.create_tuple_iterator(num_epochs=1, output_numpy=True))]
    [((2, 3), 'uint8'), ((1,), 'int32')]
    """

    def __init__(self, total_rows: int | None = None, schema: Schema | str | None = None,
                 columns_list: list[str] | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, cache: Any = None, shuffle: bool | None = None,
                 num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = "RandomDataset"
        if total_rows is not None and (isinstance(total_rows, bool) or not isinstance(total_rows, int)):
            raise DTypeError(f"{who}: total_rows should be an int, got {total_rows!r}.")
        if total_rows is not None and total_rows < 0:
            raise ArgumentError(f"{who}: total_rows should be 0 or more, got {total_rows}.")
        if schema is not None and not isinstance(schema, (str, Schema)):
            raise DTypeError(f"{who}: schema should be a path to schema file or a schema object, got {schema!r}.")
        described = Schema(schema) if isinstance(schema, str) else schema
        columns = described.columns if described else [{"name": "c0", "type": "int64", "shape": [1]}]
        known = [column["name"] for column in columns]
        for name in columns_list or ():
            if name not in known:
                raise ArgumentError(f"{who}: there is no column {name}, only {known}.")
        self._kinds = [c for c in columns if not columns_list or c["name"] in columns_list]
        rng = np.random.RandomState()
        count = total_rows or (described.num_rows if described else None) or rng.randint(1, 1000)
        self._seeds = rng.randint(0, 2**31, count)
        chosen = resolve(who, None, shuffle, num_samples, num_shards, shard_id)
        super().__init__([c["name"] for c in self._kinds], count, chosen)

    def row(self, i: int) -> Row:
        rng = np.random.RandomState(self._seeds[i])
        return tuple(_random(rng, column) for column in self._kinds)


def _random(rng: np.random.RandomState, column: dict[str, Any]) -> np.ndarray:
    shape = [n if n >= 0 else rng.randint(1, 10) for n in column.get("shape", [-1])]
    if column["type"] == "string":
        return np.array([str(n) for n in rng.randint(0, 1000, int(np.prod(shape)))]).reshape(shape)
    dtype = np.dtype(column["type"])
    if dtype.kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    if dtype.kind == "b":
        return rng.randint(0, 2, shape).astype(bool)
    limits = np.iinfo(dtype)
    return rng.randint(limits.min, limits.max, shape, dtype=dtype)


class FakeImageDataset(Source):
    """Random images: columns image, uint8, and label, uint32.

    Args:
        num_images: how many.
        image_size: (height, width, channels).
        num_classes: labels are below.
        base_seed: image i has the numbers of the seed ``base_seed + i`` (others than MindSpore's).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> data = dataset.FakeImageDataset(2, (4, 6, 3), 10)
    >>> [row["image"].shape for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [(4, 6, 3), (4, 6, 3)]
    """

    def __init__(self, num_images: int = 1000, image_size: Sequence[int] = (224, 224, 3), num_classes: int = 10,
                 base_seed: int = 0, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "FakeImageDataset"
        for name, value, least in (("num_images", num_images, 1), ("num_classes", num_classes, 1),
                                   ("base_seed", base_seed, 0)):
            if isinstance(value, bool) or not isinstance(value, int):
                raise DTypeError(
                    f"{who}: Argument {name} with value {value} "
                    f"is not of type {[int]}, but got {type(value)}."
                )
            if not least <= value < 2**31:
                raise ArgumentError(
                    f"{who}: Input {name} is not within the required interval of [{least}, 2147483647], got {value}."
                )
        checks.kind(image_size, (list, tuple), "image_size")
        if len(image_size) != 3:
            raise ArgumentError(f"{who}: image_size should be a list or tuple of length 3, got {image_size!r}.")
        for i, length in enumerate(image_size):
            checks.whole(length, f"image_size[{i}]", 1)
        self._size, self._classes, self._seed = tuple(image_size), num_classes, base_seed
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], num_images, chosen)

    def row(self, i: int) -> Row:
        rng = np.random.RandomState((self._seed + i) % 2**32)
        image = rng.randint(0, 256, self._size, np.uint8)
        return image, np.array(rng.randint(self._classes), np.uint32)

    def num_classes(self) -> int:
        return self._classes


class PaddedDataset(Source):
    """Rows given as dicts, to fill up a data set for its shards.

    >>> from luojia import dataset as ds
    >>> data = ds.NumpySlicesDataset({"a": [1, 2, 3]}, shuffle=False) + PaddedDataset([{"a": np.array(0)}])
    >>> data.use_sampler(ds.DistributedSampler(2, 1, shuffle=False))
    >>> [int(row["a"]) for row in data.create_dict_iterator(output_numpy=True)]
    [2, 0]
    """

    def __init__(self, padded_samples: list[dict]) -> None:
        who = "PaddedDataset"
        if not isinstance(padded_samples, list):
            raise DTypeError(
                f"{who}: Argument padded_samples with value {padded_samples} "
                f"is not of type {[list]}, but got {type(padded_samples)}."
            )
        if not padded_samples:
            raise ArgumentError(f"{who}: padded_samples cannot be empty.")
        names = list(padded_samples[0])
        for sample in padded_samples:
            if list(sample) != names:
                raise ArgumentError(f"{who}: every sample should have the columns {names}, got {list(sample)}.")
        self._samples = [as_row(tuple(sample.values())) for sample in padded_samples]
        super().__init__(names, len(padded_samples), SequentialSampler())

    def row(self, i: int) -> Row:
        return self._samples[i]
