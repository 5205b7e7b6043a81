"""Iterating over any kind of dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.paths import public_names


def to_tensor(item: Any) -> Any:
    """Arrays and numbers as Tensors; tuples and lists of them likewise."""
    if isinstance(item, (Tensor, str, bytes)) or item is None:
        return item
    if isinstance(item, (tuple, list)):
        return tuple([to_tensor(i) for i in item])
    if isinstance(item, dict):
        return {k: to_tensor(v) for k, v in item.items()}
    array = np.asarray(item)
    return Tensor(array) if array.dtype.kind in "biufc" else item


class Passes:
    """The batches of a dataset, tuples of Tensors; each ``iter()`` is a pass, a random one in an order of its own.

    A dataset has ``create_tuple_iterator`` (as in ``luojia.dataset``), or is any iterable of batches.

    Raises:
        TypeError: it is neither.
    """

    def __init__(self, dataset: Any) -> None:
        if not any(hasattr(dataset, name) for name in ("create_tuple_iterator", "__iter__", "__getitem__")):
            raise DTypeError("The dataset must be an iterable of batches or have create_tuple_iterator, but got "
                             f"{type(dataset).__name__}.")
        self._dataset, self._rows = dataset, None

    def __iter__(self) -> Iterator[tuple]:
        source: Any = self._dataset
        if hasattr(source, "create_tuple_iterator"):
            source = self._rows or source.create_tuple_iterator()
            if hasattr(source, "get_next"):  # luojia's: one iterator for all passes, whose seed goes on
                self._rows = source
        for batch in source:
            if isinstance(batch, dict):
                batch = tuple(batch.values())
            yield to_tensor(tuple(batch) if isinstance(batch, (tuple, list)) else (batch,))


def batches(dataset: Any) -> Iterator[tuple]:
    """The batches of one pass."""
    return iter(Passes(dataset))


def size_of(dataset: Any) -> int | None:
    """The number of batches, None where the dataset cannot tell."""
    if hasattr(dataset, "get_dataset_size"):
        return dataset.get_dataset_size()
    return len(dataset) if hasattr(dataset, "__len__") else None


class DatasetHelper:
    """Iterates over a dataset's batches, as tuples of Tensors.

    Matches ``mindspore.DatasetHelper`` without data sinking: ``dataset_sink_mode`` is accepted.
    """

    def __init__(self, dataset: Any, dataset_sink_mode: bool = True, sink_size: int = -1, epoch_num: int = 1) -> None:
        if not isinstance(dataset_sink_mode, bool):
            raise DTypeError("For 'DatasetHelper', the 'dataset_sink_mode' must be bool, but got "
                             f"{type(dataset_sink_mode).__name__}.")
        if sink_size == 0 or sink_size < -1:
            raise ArgumentError(f"The 'sink_size' must be -1 or positive, but got sink_size {sink_size}.")
        self.dataset, self._sink_size = dataset, sink_size
        self._passes = Passes(dataset)

    def __iter__(self) -> Iterator[tuple]:
        for i, batch in enumerate(self._passes):
            if i == self._sink_size:
                return
            yield batch

    def sink_size(self) -> int:
        """The number of batches that an iteration gives."""
        return self._sink_size if self._sink_size > 0 else size_of(self.dataset) or -1

    def types_shapes(self) -> tuple[list, list]:
        """The dtypes and shapes of the first batch's Tensors."""
        first = next(batches(self.dataset))
        return [t.dtype for t in first], [list(t.shape) for t in first]

    def stop_send(self) -> None:
        """Nothing is sent."""

    def release(self) -> None:
        """Nothing is held."""


def connect_network_with_dataset(network: Any, dataset_helper: DatasetHelper) -> Any:
    """The network itself: data are not sunk."""
    return network


__all__ = ["DatasetHelper", "connect_network_with_dataset"]
__dir__ = public_names(__name__)
