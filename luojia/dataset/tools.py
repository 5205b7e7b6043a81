"""What is asked of whole pipelines: whether two are made alike, as what one is made; MindSpore's cache."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, NotSupportedError
from ..log import info
from .dataset import Dataset


def _described(dataset: Any) -> dict[str, Any]:
    """The kinds of a pipeline's steps, with their settings that are plain values."""
    if not isinstance(dataset, Dataset):
        raise DTypeError(f"expected a Dataset, got {type(dataset).__name__}.")
    settings = {
        name.lstrip("_"): value for name, value in sorted(vars(dataset).items())
        if name != "children" and _plain(value)
    }
    name = type(dataset).__name__
    return {"op_type": name.removesuffix("Dataset") if dataset.children else name, **settings,
            "children": [_described(c) for c in dataset.children]}


def _plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_plain, value))
    return value is None or isinstance(value, (str, int, float, bool, np.integer, np.floating))


def _json(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else list(value)


def compare(pipeline1: Dataset, pipeline2: Dataset) -> bool:
    """Whether two pipelines consist of the same steps with the same settings.

    >>> from luojia import dataset as ds
    >>> one, two = (ds.NumpySlicesDataset([1, 2]).batch(n) for n in (1, 2))
    >>> compare(one, one), compare(one, two)
    (True, False)
    """
    return _described(pipeline1) == _described(pipeline2)


def serialize(dataset: Dataset, json_filepath: str = "") -> dict[str, Any]:
    """A dict of what a pipeline is made of, written as JSON too if a file is named. It is a description: MindSpore can
    make a pipeline of files again from its own, luojia cannot.

    >>> from luojia import dataset
    >>> data = dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).batch(2)
    >>> dataset.serialize(data)["op_type"]
    'Batch'
    """
    described = json.loads(json.dumps(_described(dataset), default=_json))
    if json_filepath:
        folder = os.path.dirname(os.path.abspath(json_filepath))
        if not os.path.isdir(folder):
            raise ArgumentError(f"serialize: the folder {folder!r} does not exist.")
        with open(json_filepath, "w", encoding="utf-8") as file:
            json.dump(described, file, indent=2)
    return described


def show(dataset: Dataset, indentation: int = 2) -> None:
    """Logs what a pipeline is made of, at the level INFO (``GLOG_v=1``).

    >>> from luojia import dataset
    >>> dataset.show(dataset.NumpySlicesDataset([1, 2, 3], ["a"], shuffle=False).batch(2))
    """
    if isinstance(indentation, bool) or not isinstance(indentation, int) or indentation < 0:
        raise ArgumentError(f"show: indentation should be an int of 0 or more, got {indentation!r}.")
    info(json.dumps(_described(dataset), indent=indentation, default=_json))


def sync_wait_for_dataset(rank_id: int, rank_size: int, current_epoch: int) -> None:
    """Accepted: data are read by the process that trains.

    >>> from luojia import dataset
    >>> dataset.sync_wait_for_dataset(0, 1, 1)
    """


class DatasetCache:
    """Accepted where sources and steps take ``cache``: rows are read again in each pass, and no server is asked.

    Args:
        session_id: a number.
        size: in MB, 0 is no limit.
        spilling, hostname, port, num_connections, prefetch_size: accepted.

    >>> from luojia import dataset
    >>> cache = dataset.DatasetCache(session_id=1, size=0)
    >>> dataset.FakeImageDataset(4, cache=cache).get_dataset_size()
    4
    """

    def __init__(self, session_id: int, size: int = 0, spilling: bool = False, hostname: str | None = None,
                 port: int | None = None, num_connections: int | None = None, prefetch_size: int | None = None) -> None:
        for name, value in (("session_id", session_id), ("size", size)):
            if isinstance(value, bool) or not isinstance(value, int):
                raise DTypeError(
                    f"DatasetCache: Argument {name} with value {value} "
                    f"is not of type {[int]}, but got {type(value)}."
                )
            if not 0 <= value < 2**32:
                raise ArgumentError(f"DatasetCache: Input {name} is not within the required interval of [0, 2^32).")
        if not isinstance(spilling, bool):
            raise DTypeError(
                f"DatasetCache: Argument spilling with value {spilling} "
                f"is not of type {[bool]}, but got {type(spilling)}."
            )
        self.session_id, self.size, self.spilling = session_id, size, spilling
        self.hostname, self.port = hostname or "127.0.0.1", port or 50052
        self.num_connections, self.prefetch_size = num_connections or 12, prefetch_size or 20

    def get_stat(self) -> Any:
        """There is no server whose figures could be told."""
        raise NotSupportedError("DatasetCache.get_stat is not supported: rows are not cached.")
