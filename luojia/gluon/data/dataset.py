"""Gluon's datasets: luojia's, over NDArrays too, and one over a RecordIO file."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..._src.core.tensor import Tensor
from ..._src.data import datasets
from ..._src.data.datasets import Dataset, SimpleDataset
from ._arrays import to_numpy

__all__ = ["ArrayDataset", "Dataset", "RecordFileDataset", "SimpleDataset"]


class ArrayDataset(datasets.ArrayDataset):
    """Arrays, NDArrays, lists or datasets of one length, zipped: ``d[i]`` is ``(a[i], b[i], ...)``, or ``a[i]``.

    A vector NDArray gives its elements as NumPy numbers, as in MXNet.

    >>> d = ArrayDataset(luojia.nd.ones((3, 2)), [7, 8, 9])
    >>> len(d), d[1][0].shape, d[1][1]
    (3, (2,), 8)
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._data = [to_numpy(a) if isinstance(a, Tensor) and len(a.shape) == 1 else a for a in self._data]

    def plain(self, data: Any) -> np.ndarray | None:
        return datasets.ArrayDataset.plain(self, to_numpy(data) if isinstance(data, Tensor) else data)


class RecordFileDataset(Dataset):
    """The records of a RecordIO file, ``.rec``, that has an index beside it, ``.idx``; ``d[i]`` is the i-th's bytes."""

    def __init__(self, filename: str) -> None:
        from ...recordio import MXIndexedRecordIO

        self.filename = filename
        self.idx_file = os.path.splitext(filename)[0] + ".idx"
        self._record = MXIndexedRecordIO(self.idx_file, self.filename, "r")

    def __getitem__(self, idx: int) -> Any:
        return self._record.read_idx(self._record.keys[idx])

    def __len__(self) -> int:
        return len(self._record.keys)
