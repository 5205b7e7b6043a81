"""Communication between ranks under MindSpore's names that are more than one operator.

``AllReduce``, ``AllGather``, ``ReduceScatter`` and ``AlltoAll`` are operators: see ``_src/ops/collective.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.dtypes import to_np
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import current_context
from .._src.engine.group import place, position, ranks_of
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .primitive import Primitive

_WORLD = "nccl_world_group"


class ReduceOp:
    """The names of the ways to reduce over ranks.

    >>> from luojia import Tensor, ops
    >>> ops.ReduceOp.MAX, ops.AllReduce(ops.ReduceOp.MAX)(Tensor([1.0])).tolist()
    ('max', [1.0])

    Matches ``mindspore.ops.ReduceOp``.
    """

    SUM, MAX, MIN, PROD = "sum", "max", "min", "prod"


def _rank(who: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DTypeError(f"For '{who}', the type of '{name}' should be 'int', but got type {type(value).__name__!r}.")
    return value


def _tensor(who: str, name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise DTypeError(f"For '{who}', the argument '{name}' must be a Tensor, but got {type(value).__name__}.")
    return value


def meaningless(like: Tensor) -> Tensor:
    """What a rank gets that is not the one to which an answer goes: one zero."""
    device = like._device
    return wrap(Tensor, device.engine.put(np.zeros(1, like.np_dtype), device), device)


def exchange(who: str, tensor: Tensor, pairs: Sequence[tuple[int, int]], ranks: tuple[int, ...]) -> Tensor:
    """What the rank that sends to this one in ``pairs`` has; zeros where none does. All ``ranks`` take part."""
    places = tuple([(position(who, ranks, a), position(who, ranks, b)) for a, b in pairs])
    engine = tensor._device.engine
    return wrap(Tensor, engine.xp.collective("permute", tensor._value, ranks, pairs=places), tensor._device)


def send(tensor: Tensor, dst: int = 0, group: str = _WORLD, tag: int = 0) -> None:
    """Send a Tensor to rank ``dst`` of the world, which must receive one of that shape and dtype.

    Matches ``mindspore.communication.comm_func.send``.
    """
    me = _peers("send", "dst", dst, group)
    exchange("send", _tensor("send", "tensor", tensor), [(me, dst)], tuple(sorted((me, dst))))


def recv(tensor: Tensor, src: int = 0, group: str = _WORLD, tag: int = 0) -> Tensor:
    """What rank ``src`` of the world sends, of the shape and dtype of ``tensor``.

    Matches ``mindspore.communication.comm_func.recv``.
    """
    me = _peers("recv", "src", src, group)
    return exchange("recv", _tensor("recv", "tensor", tensor), [(src, me)], tuple(sorted((me, src))))


def _peers(who: str, name: str, other: Any, group: Any) -> int:
    """This rank; raises where the other is no rank of the group, or this one."""
    ranks = ranks_of(who, group)
    position(who, ranks, _rank(who, name, other))
    me = place().rank
    position(who, ranks)
    if other == me:
        raise ArgumentError(f"For '{who}', '{name}' is {other}, this rank itself; name another of {list(ranks)}.")
    return me


def gather(tensor: Tensor, dst: int = 0, group: str = _WORLD) -> Tensor:
    """The Tensors of the ranks one after the other on rank ``dst`` of the world; one zero on the others."""
    here = position("gather", ranks_of("gather", group), dst) == position("gather", ranks_of("gather", group))
    out = OPERATORS["all_gather"](_tensor("gather", "tensor", tensor), group=group)
    return out if here else meaningless(tensor)


def scatter(tensor: Tensor, src: int = 0, group: str = _WORLD) -> Tensor:
    """This rank's part of axis 0 of the Tensor of rank ``src`` of the world; all ranks hand in that shape."""
    ranks = ranks_of("scatter", group)
    if not _tensor("scatter", "tensor", tensor).ndim or tensor.shape[0] % len(ranks):
        raise ShapeError(f"For 'scatter', axis 0 must divide by the {len(ranks)} ranks of the group, but got shape "
                         f"{tensor.shape}.")
    part, i = tensor.shape[0] // len(ranks), position("scatter", ranks)
    return OPERATORS["broadcast_from"](tensor, root=src, group=group)[i * part : (i + 1) * part]


def reduce_to(tensor: Tensor, dst: int, op: str = ReduceOp.SUM, group: str = _WORLD) -> Tensor:
    """The sum over ranks (or maximum, minimum, product) on rank ``dst`` of the world; one zero on the others."""
    here = position("reduce", ranks_of("reduce", group), dst) == position("reduce", ranks_of("reduce", group))
    out = OPERATORS["all_reduce"](_tensor("reduce", "tensor", tensor), op=op, group=group)
    return out if here else meaningless(tensor)


def barrier(group: str = _WORLD) -> None:
    """Return when all ranks of the group have called this.

    Matches ``mindspore.communication.comm_func.barrier``.
    """
    device = current_context()
    ranks = ranks_of("barrier", group)
    device.engine.xp.collective("all_reduce", device.engine.put(np.zeros((), np.int32), device), ranks, op="sum")


# -- classes -----------------------------------------------------------------------------------------------------------


class _Collective(Primitive):
    def __init__(self, group: Any, **attributes: Any) -> None:
        super().__init__(type(self).__name__)
        if not isinstance(group, str):
            raise DTypeError(f"For '{self.name}', the 'group' must be str, but got {type(group).__name__}.")
        for name, value in {**attributes, "group": group}.items():
            self.add_prim_attr(name, value)


class Broadcast(_Collective):
    """The Tensors of rank ``root_rank`` of the world, on all ranks of the group: a tuple for a tuple.

    >>> from luojia import Tensor, ops
    >>> ops.Broadcast(0)((Tensor([1.0]),))
    (Tensor(shape=[1], dtype=Float32, value= [ 1.00000000e+00]),)

    Matches ``mindspore.ops.Broadcast``.
    """

    def __init__(self, root_rank: int, group: str = _WORLD) -> None:
        super().__init__(group, root_rank=_rank("Broadcast", "root_rank", root_rank))

    def __call__(self, xs: tuple) -> tuple:
        if not isinstance(xs, (tuple, list)):
            raise DTypeError(f"For 'Broadcast', the input must be a tuple of Tensors, but got {type(xs).__name__}.")
        root, group = self.attrs["root_rank"], self.attrs["group"]
        return tuple([OPERATORS["broadcast_from"](x, root=root, group=group) for x in xs])


class Reduce(_Collective):
    """The sum over ranks on the rank numbered ``dest_rank`` in the group; one zero on the others.

    Matches ``mindspore.ops.Reduce``.
    """

    def __init__(self, dest_rank: int, op: str = ReduceOp.SUM, group: str = _WORLD) -> None:
        super().__init__(group, dest_rank=_rank("Reduce", "dest_rank", dest_rank), op=op)

    def __call__(self, x: Tensor) -> Tensor:
        ranks, dst = ranks_of("Reduce", self.attrs["group"]), self.attrs["dest_rank"]
        if not 0 <= dst < len(ranks):
            raise ArgumentError(f"For 'Reduce', the 'dest_rank' must be in [0, {len(ranks)}), but got {dst}.")
        return reduce_to(x, ranks[dst], self.attrs["op"], self.attrs["group"])


class CollectiveGather(_Collective):
    """The Tensors of the ranks one after the other on rank ``dest_rank`` of the world; one zero on the others.

    Matches ``mindspore.ops.CollectiveGather``.
    """

    def __init__(self, dest_rank: int, group: str = _WORLD) -> None:
        super().__init__(group, dest_rank=_rank("CollectiveGather", "dest_rank", dest_rank))

    def __call__(self, x: Tensor) -> Tensor:
        return gather(x, self.attrs["dest_rank"], self.attrs["group"])


class CollectiveScatter(_Collective):
    """This rank's part of axis 0 of the Tensor of rank ``src_rank`` of the world.

    Matches ``mindspore.ops.CollectiveScatter``.
    """

    def __init__(self, src_rank: int = 0, group: str = _WORLD) -> None:
        super().__init__(group, src_rank=_rank("CollectiveScatter", "src_rank", src_rank))

    def __call__(self, x: Tensor) -> Tensor:
        return scatter(x, self.attrs["src_rank"], self.attrs["group"])


class Barrier(_Collective):
    """Return when all ranks of the group have called it.

    Matches ``mindspore.ops.Barrier``.
    """

    def __init__(self, group: str = _WORLD) -> None:
        super().__init__(group)

    def __call__(self) -> None:
        barrier(self.attrs["group"])


class Send(_Collective):
    """Send a Tensor to rank ``dest_rank`` of the world, where a ``Receive`` takes it. It has no gradient.

    >>> from luojia import ops
    >>> send = ops.Send(sr_tag=0, dest_rank=1)  # of two ranks the first calls send(x), the second the Receive
    >>> send.dest_rank
    1

    Matches ``mindspore.ops.Send``.
    """

    def __init__(self, sr_tag: int, dest_rank: int, group: str = _WORLD, group_back: str = _WORLD) -> None:
        super().__init__(group, sr_tag=sr_tag, dest_rank=_rank("Send", "dest_rank", dest_rank), group_back=group_back)

    def __call__(self, x: Tensor) -> Tensor:
        send(x, self.attrs["dest_rank"], self.attrs["group"])
        return x


class Receive(_Collective):
    """What rank ``src_rank`` of the world sends, of a shape and dtype. It has no gradient.

    >>> import luojia
    >>> from luojia import ops
    >>> receive = ops.Receive(sr_tag=0, src_rank=0, shape=[2, 3], dtype=luojia.float32)
    >>> receive.shape  # of what receive() returns on the second of two ranks, when the first calls the Send
    (2, 3)

    Matches ``mindspore.ops.Receive``.
    """

    def __init__(self, sr_tag: int, src_rank: int, shape: Sequence[int], dtype: Any, group: str = _WORLD,
                 group_back: str = _WORLD) -> None:
        super().__init__(group, sr_tag=sr_tag, src_rank=_rank("Receive", "src_rank", src_rank), shape=tuple(shape),
                         dtype=dtype, group_back=group_back)

    def __call__(self, x: Any = None) -> Tensor:
        device = current_context()
        value = device.engine.put(np.zeros(self.attrs["shape"], to_np(self.attrs["dtype"])), device)
        return recv(wrap(Tensor, value, device), self.attrs["src_rank"], self.attrs["group"])


__all__ = ["Barrier", "Broadcast", "CollectiveGather", "CollectiveScatter", "Receive", "Reduce", "ReduceOp", "Send"]
