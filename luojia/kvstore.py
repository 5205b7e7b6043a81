"""KVStore: values by key, summed over the devices of this process, and over the processes of a job."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import optimizer as opt
from ._src.core.agree import broadcast
from ._src.core.op import OPERATORS
from ._src.core.tensor import Tensor
from ._src.engine.group import join, place, ranks_of
from ._src.errors import (
    ArgumentError,
    KeyKindError,
    MXNetError,
    NoArrayError,
    NotSupportedError,
    ShapeError,
    UnfitDataError,
    within,
)
from ._src.formats.atomic import write_bytes
from ._src.formats.reader import open_source
from ._src.paths import also_at, open_paths, public_names, refusing
from ._src.train.compression import TwoBit, compression

__all__ = ["KVStore", "KVStoreBase", "create"]
__dir__ = public_names(__name__)

_LOCAL = ("local", "device", "nccl", "local_update_cpu", "local_allreduce_cpu", "local_allreduce_device")
_SYNC = ("dist", "dist_sync", "dist_device_sync", "dist_sync_device")


def _listed(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _own(self: Any) -> Any:
    raise NotImplementedError()


class KVStoreBase:
    """What a store of one's own derives from, and registers: it overrides what it provides of these.

    >>> @KVStoreBase.register
    ... class Kept(KVStoreBase):
    ...     def broadcast(self, key, value, out, priority=0):
    ...         out[:] = value
    >>> type(create("kept")).__name__
    'Kept'
    """

    OPTIMIZER = "optimizer"
    kv_registry: dict[str, type] = {}
    spans = False  # whether it sums over processes

    type: Any = property(_own, doc="Its name, as ``create`` takes it.")
    rank: Any = property(_own, doc="The number of this process among the workers.")
    num_workers: Any = property(_own, doc="The number of workers.")

    @staticmethod
    def register(klass: type) -> type:
        """Let ``create`` find a class by its name in small letters."""
        assert isinstance(klass, type), "register expects a class"
        KVStoreBase.kv_registry[klass.__name__.lower()] = klass
        return klass

    @staticmethod
    def is_capable(capability: str) -> bool:
        """Whether the store can do this; 'optimizer' is the one capability there is."""
        raise NotImplementedError()

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Give a key its first value, and ``out`` that of rank 0."""
        raise NotImplementedError()

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Sum ``value`` into ``out``."""
        raise NotImplementedError()

    def set_optimizer(self, optimizer: opt.Optimizer) -> None:
        """Update by ``optimizer``."""
        raise NotImplementedError()

    def save_optimizer_states(self, fname: str, dump_optimizer: bool = False) -> None:
        """Write the optimizer's states."""
        raise NotImplementedError()

    def load_optimizer_states(self, fname: str) -> None:
        """Read the optimizer's states."""
        raise NotImplementedError()


class KVStore(KVStoreBase):
    """A store of this process.

    >>> from luojia import nd
    >>> kv = create("local")
    >>> kv.init("w", nd.zeros((2,)))
    >>> kv.push("w", [nd.ones((2,)), nd.ones((2,))])
    >>> out = nd.zeros((2,))
    >>> kv.pull("w", out=out)
    >>> out.asnumpy()
    array([2., 2.], dtype=float32)
    """

    type: str = ""

    def __init__(self, type: str = "local") -> None:
        self.type = type
        self._values: dict[Any, Tensor] = {}
        self._key_type: type | None = None
        self._updater: Callable | None = None
        self._compression: TwoBit | None = None

    rank = property(lambda self: 0, doc="The number of this process among the workers.")
    num_workers = property(lambda self: 1, doc="The number of workers.")

    @staticmethod
    def is_capable(capability: str) -> bool:
        """Whether the store can run an optimizer.

        Raises:
            ArgumentError: another capability, which MXNet does not know of.
        """
        if capability.lower() != KVStore.OPTIMIZER:
            raise ArgumentError(f"Unknown capability: {capability}")
        return True

    def init(self, key: Any, value: Any) -> None:
        """Give a key, or several, their first value."""
        for k, v in self._pairs(key, value):
            if k in self._values:
                raise MXNetError(f"KVStore.init: duplicate init of key {k}")
            self._values[k] = v[0].copy()
            self._share([(str(k), self._values[k])])

    def push(self, key: Any, value: Any, priority: int = 0) -> None:
        """Set keys to the sum of the values given, or run the updater with that sum as gradient."""
        pairs = [(k, v, self._stored(k)) for k, v in self._pairs(key, value)]
        if self._compression is not None:
            pairs = [(k, v if len(v) == 1 else self._compression(k, v), stored) for k, v, stored in pairs]
        totals = self._across([self._sum(v, stored) for _, v, stored in pairs])
        for (k, _, stored), total in zip(pairs, totals):
            if self._updater is None:
                stored._rebind(total._value)
            else:
                self._updater(k, total, stored)

    def pull(self, key: Any, out: Any = None, priority: int = 0, ignore_sparse: bool = True) -> None:
        """Copy the values of keys into ``out``."""
        assert out is not None, "KVStore.pull expects out, the arrays to write to"
        for k, targets in self._pairs(key, out):
            stored = self._stored(k)
            for t in targets:
                if t.shape != stored.shape:
                    raise ShapeError(f"operands shape mismatch: KVStore holds {k!r} of shape {stored.shape}, out has "
                                     f"{t.shape}.")
            for t in targets:
                t._rebind(_moved(stored, t))

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """``push``, then ``pull`` into ``out``, which is ``value`` if not given."""
        self.push(key, value, priority)
        self.pull(key, value if out is None else out, priority)

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """``init``, then ``pull``."""
        self.init(key, value)
        self.pull(key, out, priority)

    def row_sparse_pull(self, key: Any, out: Any = None, priority: int = 0, row_ids: Any = None) -> None:
        """``pull`` of the rows that ``row_ids`` names (an array, or one for each of ``out``); the others become 0."""
        if out is None or row_ids is None:
            raise NoArrayError("KVStore.row_sparse_pull expects out and row_ids, NDArrays or lists of them.")
        for _, targets in self._pairs(key, out):
            for target in targets:
                if target.stype != "row_sparse":
                    raise ArgumentError("Expected row_sparse storage type for row_sparse_pull values, but detected "
                                        f"storage type {target.stype!r}; use pull.")
        self.pull(key, out, priority)
        for _, targets in self._pairs(key, out):
            rows = row_ids if isinstance(row_ids, (list, tuple)) else [row_ids] * len(targets)
            for target, ids in zip(targets, rows):
                target._rebind(target.retain(ids)._value)

    def set_optimizer(self, optimizer: opt.Optimizer) -> None:
        """Update the values by ``optimizer`` when gradients are pushed."""
        self._updater = opt.get_updater(optimizer)

    def _set_updater(self, updater: Callable) -> None:
        self._updater = updater

    def set_gradient_compression(self, compression_params: dict[str, Any]) -> None:
        """Have what several devices push rounded to -t, 0 or t: ``{'type': '2bit', 'threshold': t}``.

        Raises:
            NotSupportedError: another type than '2bit' and 'none', or a store that sums over processes.
            ArgumentError: a store of type 'local', which has no compression.
        """
        assert isinstance(compression_params, dict), f"unexpected type for param_dict: {type(compression_params)}"
        found = compression(compression_params)
        if found is not None and self.spans:
            raise NotSupportedError(f"KVStore {self.type!r}: sums over processes are not compressed; leave "
                                    "compression_params out.")
        if found is not None and "device" not in self.type:
            raise ArgumentError("Gradient compression is not supported for this type of kvstore; use 'device'.")
        self._compression = found

    def save_optimizer_states(self, fname: str, dump_optimizer: bool = False) -> None:
        """Write the updater's states to a file."""
        assert isinstance(self._updater, opt.Updater), "Cannot save states for distributed training"
        write_bytes(fname, self._updater.get_states(dump_optimizer))

    def load_optimizer_states(self, fname: str) -> None:
        """Read the updater's states from a file."""
        assert isinstance(self._updater, opt.Updater), "Cannot load states for distributed training"
        content, called = open_source(fname)
        with within(called):
            self._updater.set_states(content)

    def _barrier(self) -> None:
        """Nothing to wait for in one process."""

    def _across(self, totals: list[Tensor]) -> list[Tensor]:
        """The sums over processes."""
        return totals

    def _share(self, named: list[tuple[str, Tensor]]) -> list[str]:
        """Give arrays the values of rank 0; the names of those that changed here."""
        return []

    def _pairs(self, key: Any, value: Any) -> list[tuple[Any, list]]:
        if isinstance(key, (list, tuple)):
            if len(key) != len(value):
                raise UnfitDataError(f"KVStore: {len(key)} keys need as many values, got {len(value)}.")
            pairs = [(k, _listed(v)) for k, v in zip(key, value)]
        else:
            pairs = [(key, _listed(value))]
        kinds = {str if isinstance(k, str) else int if isinstance(k, (int, np.integer)) else type(k) for k, _ in pairs}
        if not kinds <= {str, int}:
            raise KeyKindError(f"KVStore: unexpected type for keys: {next(iter(kinds - {str, int}))}; give a str or an "
                               "int.")
        if len(kinds) > 1:
            raise KeyKindError("KVStore: inconsistent types of keys detected; give all str or all int.")
        self._key_type = self._key_type or next(iter(kinds), None)
        if kinds - {self._key_type}:
            raise KeyKindError(f"KVStore: Mixed key types are not allowed: it has keys of {self._key_type}, got "
                               f"{key!r}.")
        return pairs

    def _stored(self, key: Any) -> Tensor:
        if key not in self._values:
            raise MXNetError(f"key {key} doesn't exist. Did you init?")
        return self._values[key]

    @staticmethod
    def _sum(values: list, stored: Tensor) -> Tensor:
        total = _moved(values[0], stored)
        for v in values[1:]:
            total = stored._device.engine.add(total, _moved(v, stored))
        made = stored.copy()
        made._rebind(total)
        return made


class _DistKVStore(KVStore):
    """A store that every process of a job has: values begin as rank 0's, and what is pushed is summed over all.

    Each process keeps the values and runs the updater, so there are no servers; all push the same keys in one order.
    """

    spans = True
    rank = property(lambda self: place().rank, doc="The number of this process among the workers.")
    num_workers = property(lambda self: place().size, doc="The number of workers.")

    def __init__(self, type: str) -> None:
        super().__init__(type)
        join()

    def _across(self, totals: list[Tensor]) -> list[Tensor]:
        if place().size == 1 or not totals:
            return totals
        return list(OPERATORS["all_reduce_many"](totals, count=len(totals)))

    def _share(self, named: list[tuple[str, Tensor]]) -> list[str]:
        return broadcast(f"KVStore {self.type!r}", named, ranks_of("KVStore", None)) if place().size > 1 else []

    def _barrier(self) -> None:
        """Return when all processes have called this."""
        self._across([Tensor([0.0])])


def _moved(t: Tensor, like: Tensor) -> Any:
    """The value of ``t`` as an array on the device of ``like``, in its dtype."""
    value = t._value
    if t._device is not like._device:
        engine = like._device.engine
        value = engine.put(value if t._device.engine is engine else t._device.engine.to_numpy(value), like._device)
    return value if value.dtype == like.np_dtype else value.astype(like.np_dtype)


def create(name: str = "local") -> Any:
    """The store called ``name``: 'local' or 'device', which are one here, or 'dist_sync' for a job of processes, or
    one of ``KVStoreBase.register``.

    'dist_sync' (also 'dist_device_sync') sums over the processes that ``luojia launch`` started; alone it is a store
    of one worker. Weights are updated in each process, by the same sums, where MXNet has servers do it.

    Raises:
        NotSupportedError: 'dist_async', 'horovod', 'byteps'.
        GroupError: a process of the job did not come.

    >>> from luojia import kv, nd
    >>> store = kv.create("local")
    >>> store.init(3, nd.ones(2))
    >>> store.push(3, [nd.ones(2), nd.ones(2)])
    >>> out = nd.zeros(2)
    >>> store.pull(3, out=out)
    >>> out.asnumpy()
    array([2., 2.], dtype=float32)
    """
    if not isinstance(name, str):
        raise TypeError("name must be a string")
    if name.lower() in KVStoreBase.kv_registry:
        return KVStoreBase.kv_registry[name.lower()]()
    if name in _SYNC:
        return _DistKVStore(name)
    if name.startswith("dist") or name in ("horovod", "byteps"):
        raise NotSupportedError(
            f"KVStore {name!r}: luojia's processes update together; use 'dist_sync', and start them with "
            "'luojia launch -n 2 train.py'."
        )
    if name not in _LOCAL:
        raise MXNetError(f"Unknown KVStore type {name!r}; use 'local', 'device' or 'dist_sync'.")
    return KVStore(name)


_REFUSED = ("KVStoreServer",)
__getattr__ = refusing("luojia.kvstore", "luojia's processes update together, without servers; use 'dist_sync'.",
                       _REFUSED)
also_at(sys.modules[__name__], f"{__name__}.kvstore", f"{__name__}.base")
open_paths(sys.modules[__name__])
