"""Batches of arrays in memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from ..ndarray import NDArray
from .batches import BatchError, DataBatch, DataDesc, DataIter, as_nd


class NDArrayIter(DataIter):
    """Batches of arrays in memory.

    Args:
        data: an NDArray or NumPy array, a list of them or a dict of names; (n, ...) each. NumPy becomes float32.
        label: the same, or None.
        batch_size: samples in a batch.
        shuffle: a new order at each reset, by NumPy's global random stream.
        last_batch_handle: 'pad' fills the last batch from the beginning and says so in ``pad``; 'discard' drops it;
            'roll_over' makes it the beginning of the next pass.
        layout: of the descriptions, whose batch size stands in the place of N.
        data_name, label_name: names where none are given; of several, ``_0_data``, ``_1_data``.

    Raises:
        DTypeError: data of another type. ShapeError: data and labels of different lengths (mxnet reads on).

    >>> from luojia import io
    >>> data = io.NDArrayIter(np.arange(10.0).reshape(5, 2), np.arange(5), batch_size=2, last_batch_handle="discard")
    >>> [batch.label[0].asnumpy().tolist() for batch in data]
    [[0.0, 1.0], [2.0, 3.0]]
    """

    def __init__(self, data: Any, label: Any = None, batch_size: int = 1, shuffle: bool = False,
                 last_batch_handle: str = "pad", data_name: str = "data", label_name: str = "softmax_label",
                 layout: str = "NCHW") -> None:
        super().__init__(batch_size)
        self.layout = layout
        if last_batch_handle not in ("pad", "discard", "roll_over"):
            raise ArgumentError(
                f"NDArrayIter: last_batch_handle expects 'pad', 'discard' or 'roll_over', got {last_batch_handle!r}."
            )
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ArgumentError(f"NDArrayIter expects an integer batch_size >= 1, got {batch_size!r}.")
        self._data = _named(data, data_name, empty=False)
        self._label = _named(label, label_name, empty=True)
        self.num_data = len(self._data[0][1])
        for name, array in self._data + self._label:
            if len(array) < self.num_data:
                first = self._data[0][0]
                raise ShapeError(f"NDArrayIter: {name} has {len(array)} samples, {first} has {self.num_data}.")
        self.num_source = len(self._data) + len(self._label)
        self.shuffle, self.last_batch_handle = shuffle, last_batch_handle
        self.idx = np.arange(self.num_data)
        self._order = np.arange(self.num_data)
        self._tail = np.arange(0)
        self.cursor = -batch_size
        self._shuffle()

    def _shuffle(self) -> None:
        if self.shuffle:  # as mxnet: each pass permutes the order of the one before
            np.random.shuffle(self.idx)
            self._order = self._order[self.idx]

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """The inputs of a batch."""
        return self._described(self._data)

    @property
    def provide_label(self) -> list[DataDesc]:  # type: ignore[override]
        """The labels of a batch."""
        return self._described(self._label)

    def _described(self, arrays: list) -> list[DataDesc]:
        axis = max(self.layout.find("N"), 0)
        return [DataDesc(name, (*a.shape[:axis], self.batch_size, *a.shape[axis + 1:]), a.dtype.type, self.layout)
                for name, a in arrays]

    @property
    def data_list(self) -> list[NDArray]:
        """All inputs, then all labels."""
        return [array for _, array in self.data + self.label]

    @property
    def data(self) -> list[tuple[str, NDArray]]:
        """All inputs, by name."""
        return [(name, as_nd(array)) for name, array in self._data]

    @property
    def label(self) -> list[tuple[str, NDArray]]:
        """All labels, by name."""
        return [(name, as_nd(array)) for name, array in self._label]

    def hard_reset(self) -> None:
        """Back to the first batch, forgetting what was to roll over."""
        self._tail = self._tail[:0]
        self._shuffle()
        self.cursor = -self.batch_size

    def reset(self) -> None:
        """Back to the first batch; what was left over by 'roll_over' comes first."""
        left = self._rows(self.num_data) if self._stopped_short() else self._tail[:0]
        left = left if self.last_batch_handle == "roll_over" else left[:0]
        self._shuffle()
        self._tail = left
        self.cursor = -self.batch_size - len(left)

    def iter_next(self) -> bool:
        self.cursor += self.batch_size
        return self.cursor < self.num_data

    def _stopped_short(self) -> bool:
        """Whether the pass has ended at a batch that is not full."""
        return self.cursor < self.num_data < self.cursor + self.batch_size

    def next(self) -> DataBatch:
        whole = self.last_batch_handle != "pad"
        if (whole and self._stopped_short()) or not self.iter_next() or (whole and self._stopped_short()):
            raise StopIteration  # where it stopped short the cursor stays: reset() rolls over from it
        data, label = ([found] if isinstance(found, Tensor) else found for found in (self.getdata(), self.getlabel()))
        return DataBatch(data, label, self.getpad(), self.getindex())

    def _rows(self, end: int | None = None) -> np.ndarray:
        """The current batch's samples, up to number ``end`` of the pass; numbers below 0 are those rolled over."""
        wanted = np.arange(self.cursor, self.cursor + self.batch_size if end is None else end)
        rows = self._order[wanted % self.num_data]
        return np.where(wanted < 0, self._tail[wanted % len(self._tail)], rows) if len(self._tail) else rows

    def getdata(self) -> Any:
        rows = self._rows()
        return [as_nd(array[rows]) for _, array in self._data]

    def getlabel(self) -> Any:
        rows = self._rows()
        return [as_nd(array[rows]) for _, array in self._label]

    def getpad(self) -> int:
        if self.last_batch_handle == "roll_over" and self.cursor < 0:
            return -self.cursor
        return max(0, self.cursor + self.batch_size - self.num_data) if self.last_batch_handle == "pad" else 0


def _named(data: Any, default: str, empty: bool) -> list[tuple[str, np.ndarray]]:
    """(name, array) pairs, those of a dict by name; NumPy arrays as float32."""
    if data is None or (isinstance(data, (list, tuple, dict)) and not data):
        if empty:
            return []
        raise BatchError("NDArrayIter expects data, got none; pass an NDArray or a NumPy array.")
    if isinstance(data, (np.ndarray, Tensor)):
        data = [data]
    if isinstance(data, (list, tuple)):
        names = [default] if len(data) == 1 else [f"_{i}_{default}" for i in range(len(data))]
        data = dict(zip(names, data))
    if not isinstance(data, dict):
        raise DTypeError(
            "Input must be NDArray, numpy.ndarray, a list of them or dict with them as values; "
            f"got a {type(data).__name__}."
        )
    data = {name: np.array(array, np.float32) if isinstance(array, (list, tuple)) else array
            for name, array in data.items()}
    for name, array in data.items():
        if not isinstance(array, (np.ndarray, Tensor)):
            raise DTypeError(f"Invalid type '{type(array)}' for {name}, should be NDArray or numpy.ndarray.")
    dtypes = {name: None if isinstance(array, Tensor) else np.float32 for name, array in data.items()}
    return [(name, np.asarray(data[name], dtypes[name])) for name in sorted(data)]
