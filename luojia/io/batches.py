"""What iterators give: batches, and descriptions of their arrays."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._src.core.tensor import wrap
from .._src.engine.devices import current_context
from .._src.errors import DTypeError
from ..ndarray import NDArray


class DataDesc(namedtuple("DataDesc", ["name", "shape"])):
    """The name, shape, dtype and layout of an input; as a tuple, its name and shape.

    >>> DataDesc("data", (2, 3))
    DataDesc[data,(2, 3),<class 'numpy.float32'>,NCHW]
    """

    dtype: Any
    layout: str

    def __new__(cls, name: str, shape: Sequence[int], dtype: Any = np.float32, layout: str = "NCHW") -> DataDesc:
        self = super().__new__(cls, name, tuple(shape))
        self.dtype, self.layout = dtype, layout
        return self

    def __repr__(self) -> str:
        return f"DataDesc[{self.name},{self.shape},{self.dtype},{self.layout}]"

    def __reduce__(self) -> Any:
        return DataDesc, (self.name, self.shape, self.dtype, self.layout)

    @staticmethod
    def get_batch_axis(layout: str | None) -> int:
        """Where the batch axis, N, is; 0 if the layout is not known."""
        return 0 if layout is None else layout.find("N")

    @staticmethod
    def get_list(shapes: Sequence, types: Sequence | None) -> list[DataDesc]:
        """Descriptions from (name, shape) pairs and (name, dtype) pairs."""
        dtypes = dict(types or ())
        return [DataDesc(name, shape, dtypes[name]) if types else DataDesc(name, shape) for name, shape in shapes]


class DataBatch:
    """A batch: lists of NDArrays in ``data`` and ``label``, and how many samples at the end are padding, ``pad``.

    >>> from luojia import io, nd
    >>> batch = io.DataBatch([nd.ones((2, 3))], [nd.zeros(2)], pad=1)
    >>> batch.data[0].shape, batch.pad
    ((2, 3), 1)
    """

    def __init__(self, data: list, label: list | None = None, pad: int | None = None, index: Any = None,
                 bucket_key: Any = None, provide_data: Any = None, provide_label: Any = None) -> None:
        for what, arrays in (("Data", data), ("Label", label)):
            if arrays is not None and not isinstance(arrays, (list, tuple)):
                raise BatchError(f"{what} must be list of NDArrays, got {type(arrays).__name__}; put it in a list.")
        self.data, self.label, self.pad, self.index = data, label, pad, index
        self.bucket_key, self.provide_data, self.provide_label = bucket_key, provide_data, provide_label

    def __str__(self) -> str:
        shapes = [d.shape for d in self.data]
        labels = [l.shape for l in self.label] if self.label else None
        return f"{type(self).__name__}: data shapes: {shapes} label shapes: {labels}"


class BatchError(DTypeError, AssertionError):
    """Data of a type that no batch is made of; MXNet raises AssertionError."""


class DataIter:
    """Base class: a subclass gives ``iter_next()``, ``getdata()``, ``getlabel()``, ``getpad()`` and ``reset()``."""

    provide_data: list[DataDesc]
    provide_label: list[DataDesc]

    def __init__(self, batch_size: int = 0) -> None:
        self.batch_size = batch_size

    def __iter__(self) -> Iterator[DataBatch]:
        return self

    def reset(self) -> None:
        """Back to the first batch."""

    def next(self) -> DataBatch:
        """The next batch; StopIteration at the end."""
        if not self.iter_next():
            raise StopIteration
        return DataBatch(self.getdata(), self.getlabel(), self.getpad(), self.getindex())

    def __next__(self) -> DataBatch:
        return self.next()

    def iter_next(self) -> bool:
        """Go to the next batch; False at the end."""
        return False

    def getdata(self) -> Any:
        """The current batch's inputs."""

    def getlabel(self) -> Any:
        """The current batch's labels."""

    def getindex(self) -> Any:
        """The current samples' numbers, where they are known."""

    def getpad(self) -> Any:
        """How many samples at the end of the current batch are padding."""


def as_nd(array: Any) -> NDArray:
    """The array as an NDArray of its own dtype, on the current context."""
    if isinstance(array, NDArray):
        return array
    device = current_context()
    return wrap(NDArray, device.engine.put(array, device), device)
