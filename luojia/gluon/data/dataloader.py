"""The DataLoader: batches of a dataset as NDArrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..._src.data import loader
from ..._src.data.batchify import default_batchify
from ..._src.engine.devices import Context
from ._arrays import to_nd


def default_batchify_fn(data: Sequence[Any]) -> Any:
    """Samples stacked into NDArrays; of tuples, a list with one NDArray per position.

    >>> from luojia import gluon
    >>> gluon.data.dataloader.default_batchify_fn([np.ones(2), np.zeros(2)]).shape
    (2, 2)
    """
    return to_nd(default_batchify(data))


default_mp_batchify_fn = default_batchify_fn  # MXNet's name of the one for worker processes


class DataLoader(loader.DataLoader):
    """Iterates over ``dataset`` in batches of NDArrays: a list of them where a sample is a tuple.

    Args:
        dataset: anything with ``len`` and integer indices. Arrays in memory are gathered a batch at a time.
        batch_size: samples in a batch.
        shuffle: a new random order at each pass, by NumPy's global random stream.
        sampler: gives the indices, instead of ``shuffle``.
        last_batch: 'keep' the smaller batch at the end, 'discard' it, or 'rollover' it into the next pass.
        batch_sampler: gives lists of indices, instead of the four above.
        batchify_fn: from a list of samples to a batch; see :mod:`luojia.gluon.data.batchify`.
        num_workers: 0 reads here; else that many forked processes, or threads where forking is not safe (jax is
            loaded, other threads run, the system has no fork) or ``thread_pool`` asks for them.
        pin_memory, pin_device_id: with ``pin_memory`` the batches lie on ``cpu_pinned(pin_device_id)``.
        prefetch: batches that threads read ahead, default ``2 * num_workers``.
        timeout: seconds to wait for one batch of a worker.
        auto_reload: accepted; workers start at the beginning of each pass.

    Raises:
        ArgumentError: arguments that exclude each other; while iterating, what a dataset or worker raises.

    >>> loader = DataLoader(list(range(5)), batch_size=2)
    >>> [batch.asnumpy().tolist() for batch in loader]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = None,
        shuffle: bool = False,
        sampler: Any = None,
        last_batch: str | None = None,
        batch_sampler: Any = None,
        batchify_fn: Callable | None = None,
        num_workers: int = 0,
        pin_memory: bool = False,
        pin_device_id: int = 0,
        prefetch: int | None = None,
        thread_pool: bool = False,
        timeout: float = 120,
        auto_reload: bool = False,
    ) -> None:
        super().__init__(dataset, batch_size, shuffle, sampler, last_batch, batch_sampler, batchify_fn, num_workers,
                         prefetch, thread_pool, timeout)
        self._device = Context("cpu_pinned", pin_device_id) if pin_memory else None

    def __iter__(self) -> Iterator[Any]:
        device = self._device
        return (to_nd(batch, device) for batch in super().__iter__())


DataLoaderV1 = DataLoader  # MXNet's name of an older one
