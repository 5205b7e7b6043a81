"""Communication between the processes of a job, through jax: gloo between CPUs, NCCL between GPUs.

Each rank has one device in a mesh of one axis, and a collective is a compiled program over it. Inside a traced
computation (``core/pure.py``) the collectives are equations of the program, which is then compiled for that mesh: every
rank runs it on its own arrays, as it does eagerly, so a collective means the same there.

Programs that communicate run in a thread of their own while the caller waits, so that a rank which is gone, or does
something else, becomes an error instead of a wait without end.
"""

from __future__ import annotations

import atexit
import glob
import os
import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
from jax import lax  # pyright: ignore[reportMissingImports]
from jax.sharding import Mesh, NamedSharding, PartitionSpec  # pyright: ignore[reportMissingImports]

from ..errors import DTypeError, GroupError
from . import group as groups
from .group import Place
from .rendezvous import meet

_COMING = 300.0  # seconds that the ranks have to come together: LUOJIA_INIT_TIMEOUT
_WAITING = 900.0  # seconds that a collective may take: LUOJIA_TIMEOUT
_HEARTBEAT = 25  # seconds without a sign of life after which jax ends the job
_FOREVER = 7 * 24 * 3600  # the last rank may finish as late as it likes, while it lives
_PATIENCE = 1.0  # seconds after which a waiting rank looks after the others
_LOST = re.compile("(UNKNOWN|INTERNAL|UNAVAILABLE|ABORTED|CANCELLED|DEADLINE_EXCEEDED|FAILED_PRECONDITION): ")


# -- collectives of one rank's block, inside a program over the axis ---------------------------------------------------


def _reduce(x: Any, axis: str, op: str) -> Any:
    if op == "prod":
        return jnp.prod(lax.all_gather(x, axis), axis=0, dtype=x.dtype)
    return {"sum": lax.psum, "max": lax.pmax, "min": lax.pmin}[op](x, axis)


def _reduce_many(xs: Sequence[Any], axis: str) -> list:
    sums: list[Any] = [None] * len(xs)
    for dtype in dict.fromkeys(x.dtype for x in xs):  # one message for all of a dtype
        where = [i for i, x in enumerate(xs) if x.dtype == dtype]
        total = lax.psum(jnp.concatenate([jnp.ravel(xs[i]) for i in where]), axis)
        parts = jnp.split(total, np.cumsum([xs[i].size for i in where])[:-1])
        for i, part in zip(where, parts):
            sums[i] = part.reshape(xs[i].shape)
    return sums


def _gather(x: Any, axis: str) -> Any:
    return lax.all_gather(x, axis, axis=0, tiled=True)


def _reduce_scatter(x: Any, axis: str, op: str, size: int) -> Any:
    if op == "sum":
        return lax.psum_scatter(x, axis, scatter_dimension=0, tiled=True)
    part = x.shape[0] // size
    return lax.dynamic_slice_in_dim(_reduce(x, axis, op), lax.axis_index(axis) * part, part)


def _broadcast(x: Any, axis: str, root: int) -> Any:
    bits = x  # the sum of the root's bits and zeros is exact, also for nan and -0.0
    if x.dtype == bool:
        bits = x.astype(np.uint8)
    elif jnp.issubdtype(x.dtype, jnp.floating):
        bits = lax.bitcast_convert_type(x, f"uint{8 * x.dtype.itemsize}")
    found = lax.psum(jnp.where(lax.axis_index(axis) == root, bits, jnp.zeros_like(bits)), axis)
    return found if bits is x else found.astype(bool) if x.dtype == bool else lax.bitcast_convert_type(found, x.dtype)


def _all_to_all(x: Any, axis: str, split: int, concat: int) -> Any:
    return lax.all_to_all(x, axis, split, concat, tiled=True)


def _permute(x: Any, axis: str, pairs: tuple) -> Any:
    return lax.ppermute(x, axis, pairs)


COLLECTIVES: dict[str, Callable] = {
    "all_reduce": _reduce, "all_reduce_many": _reduce_many, "all_gather": _gather, "reduce_scatter": _reduce_scatter,
    "broadcast": _broadcast, "all_to_all": _all_to_all, "permute": _permute,
}


# -- inside a trace ----------------------------------------------------------------------------------------------------


class NeedsOneGroup(Exception):
    """A traced computation communicates otherwise than all ranks of one group together, as a program does."""


class _Tracing(threading.local):
    used: set | None = None


_tracing = _Tracing()


def axes() -> list[tuple[str, int]]:
    """The axes that a trace may communicate over: one per group of this process."""
    return [(_axis(ranks), len(ranks)) for ranks in groups.groups()]


@contextmanager
def collecting() -> Any:
    """The groups whose collectives are traced in the block."""
    outer, _tracing.used = _tracing.used, set()
    try:
        yield _tracing.used
    finally:
        _tracing.used = outer


def traced(kind: str, array: Any, ranks: tuple[int, ...], **how: Any) -> Any:
    """A collective as equations of the trace."""
    groups.position(kind, ranks)
    if len(ranks) == 1:
        return array
    if kind == "permute":
        raise NeedsOneGroup("Send and Receive are no part of a compiled program, which all ranks run")
    if _tracing.used is not None:
        _tracing.used.add(ranks)
    return COLLECTIVES[kind](array, _axis(ranks), **how)


def _axis(ranks: tuple[int, ...]) -> str:
    return "ranks " + " ".join(map(str, ranks))


# -- between processes -------------------------------------------------------------------------------------------------


class XlaGroup:
    """The processes of a job, joined. Made once, before jax computes anything."""

    def __init__(self, place: Place) -> None:
        self.place = place
        coming = groups.seconds(os.environ, "LUOJIA_INIT_TIMEOUT", _COMING)
        self._waiting = groups.seconds(os.environ, "LUOJIA_TIMEOUT", _WAITING)
        meet(place, coming, jax=jax.__version__)
        jax.config.update("jax_enable_x64", True)
        for option, value in (("jax_cpu_collectives_implementation", "gloo"), ("jax_enable_preemption_service", False)):
            try:
                jax.config.update(option, value)
            except AttributeError:  # another jax, which does so by itself
                pass
        mine, platform = groups.devices_for(place, os.environ, len(glob.glob("/dev/nvidia[0-9]*")))
        if platform is not None:
            jax.config.update("jax_platforms", platform)
        jax.distributed.initialize(
            place.address, place.size, place.rank, local_device_ids=mine,
            initialization_timeout=max(int(coming), 10), heartbeat_timeout_seconds=_HEARTBEAT,
            shutdown_timeout_seconds=_FOREVER, cluster_detection_method="deactivate")
        from jax._src import distributed  # pyright: ignore[reportMissingImports] - the client has no public name

        self._client = distributed.global_state.client
        self._meshes: dict[Any, Mesh] = {}
        self._programs: dict[Any, RankProgram] = {}
        self._counts: dict[tuple[int, ...], int] = {}
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._broken, self._status = "", 1
        self._lock = threading.Lock()
        threading.Thread(target=self._work, daemon=True, name="luojia collectives").start()
        atexit.register(self._leave)
        self._hook, sys.excepthook = sys.excepthook, self._failed

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self, kind: str, array: Any, ranks: tuple[int, ...], how: dict[str, Any]) -> Any:
        """A collective of arrays, NumPy's or jax's; what it gives is of the same kind."""
        many = isinstance(array, (list, tuple))
        host = isinstance(array[0] if many else array, np.ndarray)
        key = (kind, ranks, tuple(sorted(how.items())))
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = RankProgram(
                partial(COLLECTIVES[kind], axis=_axis(ranks), **how), ranks, (), kind)
        out = program(array)
        if host:
            return [np.array(a) for a in out] if many else np.array(out)  # jax's own memory is not to be written
        return out

    def mesh(self, ranks: tuple[int, ...], platform: str) -> Mesh:
        """The devices of ranks, the first of each."""
        key = (ranks, platform)
        if key not in self._meshes:
            first: dict[int, Any] = {}
            for d in jax.devices(platform):
                first.setdefault(d.process_index, d)
            self._meshes[key] = Mesh(np.array([first[r] for r in ranks]), (_axis(ranks),))
        return self._meshes[key]

    def wait_for(self, what: str, ranks: tuple[int, ...], fn: Callable, *args: Any) -> Any:
        """``fn(*args)``, a program of all ``ranks``, when it is done."""
        with self._lock:
            if self._broken:
                raise GroupError(f"rank {self.place.rank} cannot communicate any more: {self._broken}")
            count = self._counts[ranks] = self._counts.get(ranks, 0) + 1
            job = _Job(fn, args)
            self._jobs.put(job)
            if not job.done.wait(_PATIENCE):
                self._watch(job, what, ranks, count)
        if job.error is not None:
            if not isinstance(job.error, jax.errors.JaxRuntimeError) and not _LOST.match(str(job.error)):
                raise job.error
            self._broken = (f"{what} between ranks {list(ranks)} lost the connection, so one of them has died; see "
                            f"its output ({str(job.error).strip().splitlines()[0]})")
            raise GroupError(f"on rank {self.place.rank}, {self._broken}.") from job.error
        return job.result

    def _watch(self, job: _Job, what: str, ranks: tuple[int, ...], count: int) -> None:
        """Wait for a job, and look after the other ranks meanwhile."""
        end = time.monotonic() + self._waiting
        key, mine = f"luojia/at/{_axis(ranks)}/", f"{count} {what}"
        self._client.key_value_set(f"{key}{self.place.rank}", mine, allow_overwrite=True)
        while not job.done.wait(_PATIENCE):
            try:
                at = {int(k.rsplit("/", 1)[1]): v for k, v in self._client.key_value_dir_get(key)}
                left = {int(k.rsplit("/", 1)[1]) for k, _ in self._client.key_value_dir_get("luojia/left/")}
            except jax.errors.JaxRuntimeError as e:
                self._break(f"{what} has lost rank 0, which has died", e)
            for r in ranks:
                number, _, name = at.get(r, "0 ").partition(" ")
                if int(number) == count and name != what:
                    self._break(f"rank {r} does {name} where rank {self.place.rank} does {what}; all ranks must call "
                                "the same collectives in the same order")
                if r in left and int(number) < count:
                    self._break(f"{what} waits for rank {r}, whose program has ended; all ranks must call the same "
                                "collectives")
            if time.monotonic() > end:
                missing = [r for r in ranks if int(at.get(r, "0 ").partition(" ")[0]) < count]
                names = ", ".join(map(str, missing)) or "none"
                self._break(f"{what} took more than {self._waiting:g} seconds (LUOJIA_TIMEOUT); missing: rank {names}")

    def _break(self, problem: str, cause: BaseException | None = None) -> None:
        self._broken = problem
        raise GroupError(f"on rank {self.place.rank}, {problem}.") from cause

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job.result = job.fn(*job.args)
            except BaseException as e:
                job.error = e
            job.args = ()
            job.done.set()

    # -- the end ---------------------------------------------------------------------------------------------------

    def _failed(self, *error: Any) -> None:
        """An exception has ended the program: print it, and go without waiting for the others."""
        self._hook(*error)
        self._status = groups.LOST if issubclass(error[0], GroupError) else 1
        self._broken = self._broken or "the program has failed"

    def _leave(self) -> None:
        """Before jax waits for all ranks to have ended: tell those that still wait for this one."""
        if self._broken:  # jax would wait for ranks that do not come
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self._status)
        try:
            self._client.key_value_set(f"luojia/left/{self.place.rank}", "", allow_overwrite=True)
        except jax.errors.JaxRuntimeError:
            pass


class RankProgram:
    """A function of arrays with collectives in it, compiled; each of ``ranks`` calls it with its own arrays."""

    def __init__(self, fn: Callable, ranks: tuple[int, ...], donate: tuple[int, ...], name: str) -> None:
        self.fn, self.ranks, self.donate, self.name = fn, ranks, donate, name
        self.group: XlaGroup = groups.join()
        self._programs: dict[Any, Callable] = {}

    def __call__(self, *args: Any) -> Any:
        flat, structure = jax.tree.flatten(args)
        what = self.name if not flat else f"{self.name} of {_described(flat)}"
        return self.group.wait_for(what, self.ranks, self._run, flat, structure)

    def _run(self, flat: list, structure: Any) -> Any:
        """In the thread of collectives, where no trace is going on."""
        platform = next((d.platform for a in flat if isinstance(a, jax.Array) for d in a.devices()), "cpu")
        mesh = self.group.mesh(self.ranks, platform)
        specs = tuple([_spec(a, mesh) for a in flat])
        key = (structure, platform, specs)
        program = self._programs.get(key)
        if program is None:
            def run(*arrays: Any) -> Any:
                return self.fn(*jax.tree.unflatten(structure, arrays))

            program = self._programs[key] = jax.jit(
                jax.shard_map(run, mesh=mesh, in_specs=specs, out_specs=PartitionSpec(), check_vma=False),
                donate_argnums=self.donate)
        device = mesh.local_devices[0]
        out = program(*[_global(a, s, mesh, device) for a, s in zip(flat, specs)])
        return jax.block_until_ready(jax.tree.map(lambda a: a.addressable_data(0), out))


def _spec(array: Any, mesh: Mesh) -> PartitionSpec:
    """Arrays are this rank's block of an array of all; a scalar has no axis to be cut, and counts as everybody's."""
    return PartitionSpec(*mesh.axis_names) if np.ndim(array) else PartitionSpec()


@cache
def _sharding(mesh: Mesh, spec: PartitionSpec) -> NamedSharding:
    return NamedSharding(mesh, spec)


def _global(array: Any, spec: PartitionSpec, mesh: Mesh, device: Any) -> jax.Array:
    """This rank's array as its block of the mesh's, without a copy where it is on the device."""
    if np.dtype(array.dtype).kind in "OSU":
        raise DTypeError(f"a collective takes arrays of numbers, got dtype {array.dtype}.")
    if not isinstance(array, jax.Array) or array.sharding.device_set != {device}:
        array = jax.device_put(array, device)
    shape = array.shape if not array.ndim else (array.shape[0] * mesh.size, *array.shape[1:])
    return jax.make_array_from_single_device_arrays(shape, _sharding(mesh, spec), [array])


def _described(arrays: Sequence[Any]) -> str:
    return f"{len(arrays)} arrays" if len(arrays) > 1 else f"shape {np.shape(arrays[0])} {arrays[0].dtype}"


class _Job:
    """A program to be run by the thread of collectives, and what came of it."""

    def __init__(self, fn: Callable, args: tuple) -> None:
        self.fn, self.args = fn, args
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None
