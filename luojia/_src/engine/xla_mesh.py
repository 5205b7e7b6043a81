"""Several of JAX's devices as one: arrays that lie on all of them, whole or in parts of one axis.

A compiled program follows its data: given the batch in parts and the parameters whole on each device, XLA runs the one
program on every device and puts the sums over devices where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec  # pyright: ignore[reportMissingImports]


class DeviceMesh:
    """A row of JAX's devices.

    Attributes:
        size: how many there are.
        whole: the placing of an array on each device.
    """

    def __init__(self, devices: Sequence[Any]) -> None:
        self._mesh = Mesh(np.array(devices), ("data",))
        self.size = len(devices)
        self.whole = NamedSharding(self._mesh, PartitionSpec())

    def holds(self, array: Any) -> bool:
        """Whether an array lies on these devices already; in a trace, where nothing lies anywhere, also True."""
        return isinstance(array, jax.core.Tracer) or getattr(array.sharding, "mesh", None) is self._mesh

    def in_parts(self, array: Any) -> bool:
        """Whether an array lies here in parts, or is a stand-in in a trace."""
        return isinstance(array, jax.core.Tracer) or self.holds(array) and not array.sharding.is_fully_replicated

    def replicate(self, array: Any) -> Any:
        """The array whole on each device."""
        return moved(array, self.whole)

    def split(self, array: Any, axis: int) -> Any:
        """The array in equal parts of an axis, which must divide by the number of devices."""
        return jax.device_put(array, NamedSharding(self._mesh, PartitionSpec(*[None] * axis, "data")))


def moved(array: Any, place: Any) -> Any:
    """The array on another device or placing, in memory of its own.

    ``jax.device_put`` lets the new array share what is there already, whatever ``may_alias`` says (jax 0.10); a program
    that uses up the one would destroy the other.
    """
    devices = place.device_set if isinstance(place, jax.sharding.Sharding) else {place}
    if isinstance(array, jax.Array) and not devices.isdisjoint(array.sharding.device_set):
        array = jnp.array(array, copy=True)
    return jax.device_put(array, place)


def whole(arrays: Sequence[Any]) -> list:
    """``arrays``, those that lie in parts whole on each of their devices, for functions that run uncompiled."""
    return [jax.block_until_ready(jax.device_put(a, NamedSharding(a.sharding.mesh, PartitionSpec())))
            if isinstance(a, jax.Array) and not isinstance(a, jax.core.Tracer) and isinstance(a.sharding, NamedSharding)
            and not a.sharding.is_fully_replicated else a for a in arrays]


def together(error: ValueError, arrays: Sequence[Any]) -> list:
    """``arrays`` brought to the devices of the widest among them, if ``error`` says that they are apart; else raises.

    That is so for what was made before a mesh, or after it, and meets what lies on the mesh.
    """
    if "incompatible devices" not in str(error):
        raise error
    found = [a.sharding for a in arrays if isinstance(a, jax.Array)]
    widest = max(found, key=lambda s: len(s.device_set))
    devices = widest.device_set
    if isinstance(widest, NamedSharding):
        widest = NamedSharding(widest.mesh, PartitionSpec())
    return [moved(a, widest) if isinstance(a, jax.Array) and a.sharding.device_set != devices else a for a in arrays]
