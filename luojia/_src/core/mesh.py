"""Compiled calls spread over several devices: the batch in parts, all else whole on each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..engine import group
from ..engine.devices import Context, current_context
from ..errors import ArgumentError, DeviceError, DTypeError, NotSupportedError, ShapeError
from .tensor import Tensor


class Mesh:
    """Devices that compute one compiled call together.

    Inside ``with Mesh(8):`` every compiled call (``jit``, GRAPH_MODE, a hybridized Block) has the arrays of its batch
    in eight equal parts of axis 0, one on each device, and all else whole on each. The numbers are those of one device
    to rounding: statistics of BatchNorm are of the whole batch, and a seed gives the same dropout. Eager operators run
    where their arrays are.

    The batch is axis 0 (``batch_axis``) of the first argument that has that axis. Further arguments of this size there,
    or in axis 0, are in parts too, the others whole.

    Args:
        devices: how many, or the devices themselves; by default all of the kind of the default device. The first must
            be the one that the Tensors are on.
        batch_axis: the axis of the samples: 1 for recurrent networks with the layout TNC.

    Raises:
        DeviceError: the devices are not there, or compute with NumPy, which has no second one.
        NotSupportedError: this process is one of several of a job, which have one device each.
        ShapeError: a ValueError, from a call that trains: its batch does not divide by the number of devices. Calls
            that change nothing run whole on each device then.
    """

    def __init__(self, devices: int | Sequence[Context] | None = None, batch_axis: int = 0) -> None:
        if isinstance(batch_axis, bool) or not isinstance(batch_axis, int) or batch_axis < 0:
            raise ArgumentError(f"Mesh: batch_axis must be an int from 0 up, got {batch_axis!r}.")
        self.batch_axis = batch_axis
        ranks = group.place().size
        if ranks > 1:
            raise NotSupportedError(
                f"Mesh: this job has {ranks} processes, which have one device each; start one process for all devices, "
                "or have the processes join their gradients (set_auto_parallel_context(parallel_mode='data_parallel'), "
                "kvstore='dist_sync').")
        self.devices = _devices(devices)
        engine: Any = self.devices[0].engine
        if not engine.compiles:
            raise DeviceError(
                f"Mesh: {self.devices[0]} computes with NumPy, which has one device; put the CPU on XLA by "
                "LUOJIA_ENGINE=xla in the environment or set_context(engine='xla') before the first Tensor (XLA comes "
                "with pip install 'luojia[xla]')."
            )
        self._place = engine.mesh(self.devices)

    @property
    def size(self) -> int:
        """How many devices there are."""
        return len(self.devices)

    def __repr__(self) -> str:
        return f"Mesh({list(self.devices)}" + (f", batch_axis={self.batch_axis})" if self.batch_axis else ")")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mesh) and (other.devices, other.batch_axis) == (self.devices, self.batch_axis)

    def __hash__(self) -> int:
        return hash((self.devices, self.batch_axis))

    def __enter__(self) -> Mesh:
        _scope.outer.append(_scope.mesh)
        _scope.mesh = self
        return self

    def __exit__(self, *_: Any) -> None:
        _scope.mesh = _scope.outer.pop()

    # -- for compiled calls ----------------------------------------------------------------------------------------

    @property
    def whole(self) -> Any:
        """The engine's word for an array that is whole on each device."""
        return self._place.whole

    def place(self, sources: Sequence[Any], given: Sequence[bool], strict: bool, name: str) -> list:
        """The arrays of a compiled call's inputs on the devices: of the ``given`` ones the batch in parts, all others
        whole. The Tensors hold them from now on."""
        place = self._place
        axis = self.batch_axis
        sizes = [s._value.shape for s, argument in zip(sources, given) if argument and isinstance(s, Tensor)]
        batch = next((shape[axis] for shape in sizes if len(shape) > axis), None)
        divides = batch is not None and batch > 0 and batch % place.size == 0
        if batch is not None and not divides and strict:
            raise ShapeError(
                f"{name} expects a batch that divides by the {place.size} devices it runs on, got {batch} rows; leave "
                f"out what is over (drop_remainder=True, last_batch='discard'), or take a batch that is a multiple of "
                f"{place.size}."
            )
        values = []
        for s, argument in zip(sources, given):
            if not isinstance(s, Tensor):
                values.append(s)
                continue
            value = s._value
            shape = value.shape
            at = axis if len(shape) > axis and shape[axis] == batch else 0
            if argument and divides and shape and shape[at] == batch:
                if not place.in_parts(value):
                    value = _moved(s, place.split(value, at))
            elif not place.holds(value):
                value = _moved(s, place.replicate(value))
            values.append(value)
        return values

    def take(self, arrays: Sequence[Any]) -> tuple:
        """Arrays, whole on each device unless they are there already."""
        place = self._place
        return tuple([a if a is None or place.holds(a) else place.replicate(a) for a in arrays])


def _moved(t: Tensor, value: Any) -> Any:
    """``value``, which the Tensor holds now: what it was, elsewhere."""
    if getattr(t, "_base", None) is None:
        t._value = value
    return value


def _devices(asked: Any) -> tuple[Context, ...]:
    if asked is None or isinstance(asked, int) and not isinstance(asked, bool):
        home = current_context()
        count = _count(home, 1) if asked is None else asked
        if count < 1:
            raise ArgumentError(f"Mesh: the number of devices must be positive, got {count}.")
        found = tuple([Context(home.device_type, i) for i in range(count)])
    else:
        found = tuple(asked) if isinstance(asked, (tuple, list)) else ()
        if not found or any(not isinstance(d, Context) for d in found):
            raise DTypeError(f"Mesh: devices must be a number of them or a list of contexts, got {asked!r}.")
        if len(set(found)) < len(found) or len({d.device_type for d in found}) > 1:
            raise ArgumentError(f"Mesh: devices must be different ones of one kind, got {list(found)}.")
        home = found[0]
    there = _count(home, max(d.device_id for d in found) + 1)
    if any(d.device_id >= there for d in found):
        missing = next(d for d in found if d.device_id >= there)
        more = (f"XLA_FLAGS=--xla_force_host_platform_device_count={missing.device_id + 1} in the environment makes as "
                "many of one CPU" if home.device_type != "gpu" else "compute on those there are")
        raise DeviceError(f"Mesh: {len(found)} devices were asked for, and {missing} is not there: JAX has {there} of "
                          f"this kind; {more}, or ask for at most {there}.")
    return found


def _count(device: Context, otherwise: int) -> int:
    """How many devices of a kind there are; ``otherwise`` where the engine does not count."""
    engine: Any = device.engine
    return engine.device_count(device) if engine.compiles else otherwise


class _Scope(threading.local):
    mesh: Any = None  # a Mesh; or, until the first compiled call, the function that makes it

    def __init__(self) -> None:
        self.outer: list[Any] = []


_scope = _Scope()


def set_default_mesh(make: Callable[[], Mesh | None] | Mesh | None) -> None:
    """Make a mesh, or what ``make()`` gives when it is first needed, the default of compiled calls outside any
    ``with`` block, of this thread and of threads started later."""
    _Scope.mesh = make
    _scope.mesh = make


def current_mesh(device: Context) -> Mesh | None:
    """The mesh on which compiled calls of ``device`` run, if there is one."""
    mesh = _scope.mesh
    if mesh is None:
        return None
    if mesh.__class__ is not Mesh:
        made = mesh()
        if _Scope.mesh is mesh:
            _Scope.mesh = made
        mesh = _scope.mesh = made
    return mesh if mesh is not None and mesh.devices[0] is device else None
