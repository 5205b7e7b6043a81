"""Iterators over other iterators: cut to a number of batches, or read ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .._src.data.workers import in_threads
from .._src.errors import ArgumentError, ShapeError
from .batches import DataBatch, DataDesc, DataIter


class ResizeIter(DataIter):
    """Another iterator with ``size`` batches in a pass: cut, or begun again.

    Args:
        data_iter: the iterator. size: batches in a pass.
        reset_internal: begin it again at each reset; else it goes on where it was.

    >>> from luojia import io
    >>> data = io.ResizeIter(io.NDArrayIter(np.arange(4), batch_size=2), size=3)
    >>> sum(1 for batch in data)
    3
    """

    def __init__(self, data_iter: DataIter, size: int, reset_internal: bool = True) -> None:
        super().__init__(data_iter.batch_size)
        self.data_iter, self.size, self.reset_internal, self.cur = data_iter, size, reset_internal, 0
        self.current_batch: DataBatch | None = None
        self.provide_data, self.provide_label = data_iter.provide_data, data_iter.provide_label
        self.default_bucket_key = getattr(data_iter, "default_bucket_key", None)

    def reset(self) -> None:
        self.cur = 0
        if self.reset_internal:
            self.data_iter.reset()

    def iter_next(self) -> bool:
        if self.cur == self.size:
            return False
        try:
            self.current_batch = self.data_iter.next()
        except StopIteration:
            self.data_iter.reset()
            self.current_batch = self.data_iter.next()
        self.cur += 1
        return True

    def next(self) -> DataBatch:
        if not self.iter_next():
            raise StopIteration
        assert self.current_batch is not None
        return self.current_batch

    def getdata(self) -> Any:
        return self.current_batch.data if self.current_batch else None

    def getlabel(self) -> Any:
        return self.current_batch.label if self.current_batch else None

    def getindex(self) -> Any:
        return self.current_batch.index if self.current_batch else None

    def getpad(self) -> Any:
        return self.current_batch.pad if self.current_batch else None


class PrefetchingIter(DataIter):
    """One iterator, or several of equal length side by side, read ahead by a thread.

    Args:
        iters: the iterator or a list. rename_data, rename_label: a dict of names for each.

    >>> from luojia import io
    >>> data = io.PrefetchingIter(io.NDArrayIter(np.arange(4), batch_size=2))
    >>> [batch.data[0].asnumpy().tolist() for batch in data]
    [[0.0, 1.0], [2.0, 3.0]]
    """

    def __init__(self, iters: Any, rename_data: Sequence[dict] | None = None,
                 rename_label: Sequence[dict] | None = None) -> None:
        self.iters = list(iters) if isinstance(iters, (list, tuple)) else [iters]
        if not self.iters:
            raise ArgumentError("PrefetchingIter expects one iterator or a list of them, got none.")
        self.rename_data, self.rename_label = rename_data, rename_label
        super().__init__(self.iters[0].batch_size)
        self._batches = self._read()
        self.current_batch: DataBatch | None = None

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """The inputs of a batch."""
        return self._renamed([it.provide_data for it in self.iters], self.rename_data)

    @property
    def provide_label(self) -> list[DataDesc]:  # type: ignore[override]
        """The labels of a batch."""
        return self._renamed([it.provide_label for it in self.iters], self.rename_label)

    def _renamed(self, descs: list, names: Sequence[dict] | None) -> list[DataDesc]:
        made = []
        for i, part in enumerate(descs):
            for d in part:
                d = d if isinstance(d, DataDesc) else DataDesc(*d)
                name = d.name if names is None else names[i].get(d.name, d.name)
                made.append(DataDesc(name, d.shape, d.dtype, d.layout))
        return made

    def _read(self) -> Iterator[list[DataBatch]]:
        def rows() -> Iterator[int]:
            while True:
                yield 0

        def read(_: int) -> list[DataBatch | None]:
            return [next(it, None) for it in self.iters]

        # one worker: the iterators are read in order, by nobody else at the same time
        for batches in in_threads(read, rows(), workers=1, prefetch=1, timeout=1e6):
            if None in batches:
                if any(b is not None for b in batches):
                    raise ShapeError("PrefetchingIter: Number of entry mismatches between iterators.")
                return
            yield batches

    def reset(self) -> None:
        self._batches.close()  # type: ignore[attr-defined]
        for it in self.iters:
            it.reset()
        self._batches = self._read()

    def iter_next(self) -> bool:
        batches = next(self._batches, None)
        if batches is None:
            return False
        first = batches[0]
        self.current_batch = DataBatch(
            [a for b in batches for a in b.data], [a for b in batches for a in b.label or []], first.pad, first.index,
            provide_data=self.provide_data, provide_label=self.provide_label,
        )
        return True

    next, getdata, getlabel = ResizeIter.next, ResizeIter.getdata, ResizeIter.getlabel
    getindex, getpad = ResizeIter.getindex, ResizeIter.getpad
