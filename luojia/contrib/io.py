"""``mx.contrib.io``: a DataLoader as an iterator for Module."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..io import DataBatch, DataDesc, DataIter


class DataLoaderIter(DataIter):
    """The batches of a ``gluon.data.DataLoader`` of (data, label), the last filled up with zeros.

    Args:
        loader: the DataLoader. data_name, label_name: the names of the arrays. dtype: theirs.

    >>> from luojia import gluon
    >>> dataset = gluon.data.ArrayDataset(nd.ones((3, 2)), nd.ones((3,)))
    >>> [b.pad for b in DataLoaderIter(gluon.data.DataLoader(dataset, 2))]
    [0, 1]
    """

    def __init__(self, loader: Any, data_name: str = "data", label_name: str = "softmax_label",
                 dtype: Any = "float32") -> None:
        self._loader, self._iter, self.dtype = loader, iter(loader), dtype
        data, label = next(iter(loader))
        super().__init__(data.shape[0])
        self.provide_data = [DataDesc(data_name, data.shape, dtype)]
        self.provide_label = [DataDesc(label_name, label.shape, dtype)]
        self._current: Any = None

    def reset(self) -> None:
        """Begin the loader again."""
        self._iter = iter(self._loader)

    def iter_next(self) -> bool:
        self._current = next(self._iter, None)
        return self._current is not None

    def _filled(self, array: Any) -> list:
        values = array.astype(self.dtype).asnumpy()
        lacking = self.batch_size - len(values)
        return [nd.array(np.pad(values, [(0, lacking)] + [(0, 0)] * (values.ndim - 1)), dtype=self.dtype)]

    def getdata(self) -> list:
        return self._filled(self._current[0])

    def getlabel(self) -> list:
        return self._filled(self._current[1])

    def getpad(self) -> int:
        return self.batch_size - self._current[0].shape[0]

    def getindex(self) -> None:
        return None


__all__ = ["DataBatch", "DataDesc", "DataIter", "DataLoaderIter"]
