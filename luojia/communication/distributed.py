"""Collectives that write into the Tensors they are given, as PyTorch's do: ``mint.distributed``.

Every rank of the group calls them in the same order. They are complete when they return; a handle, which ``async_op``
asks for, has nothing left to wait for. A group is a name; None is all ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor, wrap
from .._src.engine.group import position
from .._src.errors import DTypeError, ShapeError
from .._src.paths import refusing
from ..ops import collective
from . import exchange
from . import groups as _groups
from . import objects as _objects
from .comm_func import CommHandle
from .groups import *  # noqa: F403
from .groups import is_here, named, ranks_in
from .objects import *  # noqa: F403

_WAYS = ("sum", "prod", "min", "max")


# -- of one Tensor -----------------------------------------------------------------------------------------------------


def all_reduce(tensor: Tensor, op: str = "sum", group: str | None = None, async_op: bool = False) -> CommHandle | None:
    """Make ``tensor`` the sum over ranks, or the maximum, minimum or product.

    >>> from luojia import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> all_reduce(x); x.tolist()
    [1.0, 2.0]

    Matches ``mindspore.mint.distributed.all_reduce``.
    """
    who = "all_reduce"
    handle = _checked(who, group, async_op, input=tensor)
    _write(who, tensor, OPERATORS["all_reduce"](tensor, op=_way(who, op), group=named(who, group)))
    return handle


def reduce(tensor: Tensor, dst: int, op: str = "sum", group: str | None = None,
           async_op: bool = False) -> CommHandle | None:
    """Make ``tensor`` the sum over ranks on rank ``dst`` of the world.

    Matches ``mindspore.mint.distributed.reduce``.
    """
    who = "reduce"
    handle = _checked(who, group, async_op, input=tensor)
    here = is_here(who, "dst", dst, group)
    total = OPERATORS["all_reduce"](tensor, op=_way(who, op), group=named(who, group))
    if here:
        _write(who, tensor, total)
    return handle


def broadcast(tensor: Tensor, src: int, group: str | None = None, async_op: bool = False) -> CommHandle | None:
    """Make ``tensor`` that of rank ``src`` of the world.

    Matches ``mindspore.mint.distributed.broadcast``.
    """
    who = "broadcast"
    handle = _checked(who, group, async_op, input=tensor)
    is_here(who, "src", src, group)
    _write(who, tensor, OPERATORS["broadcast_from"](tensor, root=src, group=named(who, group)))
    return handle


def barrier(group: str | None = None, async_op: bool = False, device_ids: Any = None) -> CommHandle | None:
    """Return when all ranks of the group have called this.

    Matches ``mindspore.mint.distributed.barrier``.
    """
    handle = _checked("barrier", group, async_op)
    collective.barrier(named("barrier", group))
    return handle


# -- into one Tensor ---------------------------------------------------------------------------------------------------


def all_gather_into_tensor(output_tensor: Tensor, input_tensor: Tensor, group: str | None = None,
                           async_op: bool = False) -> CommHandle | None:
    """Write the Tensors of the ranks one after the other along axis 0.

    Matches ``mindspore.mint.distributed.all_gather_into_tensor``.
    """
    who = "all_gather_into_tensor"
    handle = _checked(who, group, async_op, input=input_tensor, output=output_tensor)
    _write(who, output_tensor, OPERATORS["all_gather"](input_tensor, group=named(who, group)))
    return handle


def all_gather_into_tensor_uneven(output: Tensor, input: Tensor, output_split_sizes: Sequence[int] | None = None,
                                  group: str | None = None, async_op: bool = False) -> CommHandle | None:
    """``all_gather_into_tensor`` of Tensors with ``output_split_sizes`` rows.

    Matches ``mindspore.mint.distributed.all_gather_into_tensor_uneven``.
    """
    who = "all_gather_into_tensor_uneven"
    handle = _checked(who, group, async_op, input=input, output=output)
    sizes = _sizes(who, output_split_sizes, output.shape[0], len(ranks_in(who, group)))
    shapes = [(n, *input.shape[1:]) for n in sizes]
    parts, _ = exchange.all_to_all_with_output_shape(shapes, [input] * len(sizes), group)
    _write(who, output, OPERATORS["concatenate"](*parts, axis=0))
    return handle


def reduce_scatter_tensor(output: Tensor, input: Tensor, op: str = "sum", group: str | None = None,
                          async_op: bool = False) -> CommHandle | None:
    """Write this rank's part of axis 0 of the sum over ranks.

    Matches ``mindspore.mint.distributed.reduce_scatter_tensor``.
    """
    who = "reduce_scatter_tensor"
    handle = _checked(who, group, async_op, input=input, output=output)
    _write(who, output, OPERATORS["reduce_scatter"](input, op=_way(who, op), group=named(who, group)))
    return handle


def reduce_scatter_tensor_uneven(output: Tensor, input: Tensor, input_split_sizes: Sequence[int] | None = None,
                                 op: str = "sum", group: str | None = None,
                                 async_op: bool = False) -> CommHandle | None:
    """``reduce_scatter_tensor`` with parts of ``input_split_sizes`` rows.

    Matches ``mindspore.mint.distributed.reduce_scatter_tensor_uneven``.
    """
    who = "reduce_scatter_tensor_uneven"
    handle = _checked(who, group, async_op, input=input, output=output)
    ranks = ranks_in(who, group)
    sizes, i = _sizes(who, input_split_sizes, input.shape[0], len(ranks)), position(who, ranks)
    total = OPERATORS["all_reduce"](input, op=_way(who, op), group=named(who, group))
    _write(who, output, total[sum(sizes[:i]) : sum(sizes[: i + 1])])
    return handle


def all_to_all_single(output: Tensor, input: Tensor, output_split_sizes: Sequence[int] | None = None,
                      input_split_sizes: Sequence[int] | None = None, group: str | None = None,
                      async_op: bool = False) -> CommHandle | None:
    """Write the rows that all ranks have for this one; ``input_split_sizes`` says how many of its own each gets.

    Matches ``mindspore.mint.distributed.all_to_all_single``.
    """
    who = "all_to_all_single"
    handle = _checked(who, group, async_op, input=input, output=output)
    found, _ = exchange.all_to_all_single_with_output_shape(output.shape, input, output_split_sizes or None,
                                                            input_split_sizes or None, group)
    _write(who, output, found)
    return handle


def gather_into_tensor(output_tensor: Tensor, input_tensor: Tensor, dst: int = 0, group: str | None = None,
                       async_op: bool = False) -> CommHandle | None:
    """Write the Tensors of the ranks one after the other along axis 0, on rank ``dst`` of the world.

    Matches ``mindspore.ops.communication.gather_into_tensor``.
    """
    who = "gather_into_tensor"
    handle = _checked(who, group, async_op, input=input_tensor, output=output_tensor)
    here = is_here(who, "dst", dst, group)
    found = OPERATORS["all_gather"](input_tensor, group=named(who, group))
    if here:
        _write(who, output_tensor, found)
    return handle


def scatter_tensor(output_tensor: Tensor, input_tensor: Tensor, src: int = 0, group: str | None = None,
                   async_op: bool = False) -> CommHandle | None:
    """Write this rank's part of axis 0 of the Tensor of rank ``src`` of the world; all ranks hand in that shape.

    Matches ``mindspore.ops.communication.scatter_tensor``.
    """
    who = "scatter_tensor"
    handle = _checked(who, group, async_op, input=input_tensor, output=output_tensor)
    is_here(who, "src", src, group)
    _write(who, output_tensor, collective.scatter(input_tensor, src, named(who, group)))
    return handle


# -- lists of Tensors --------------------------------------------------------------------------------------------------


def all_gather(tensor_list: Sequence[Tensor], tensor: Tensor, group: str | None = None,
               async_op: bool = False) -> CommHandle | None:
    """Write the Tensor of each rank into a list of them.

    >>> from luojia import Tensor
    >>> found = [Tensor([0.0, 0.0])]
    >>> all_gather(found, Tensor([1.0, 2.0])); found[0].tolist()
    [1.0, 2.0]

    Matches ``mindspore.mint.distributed.all_gather``.
    """
    who = "all_gather"
    handle = _checked(who, group, async_op, input=tensor)
    _listed(who, tensor_list, len(ranks_in(who, group)))
    for out, row in zip(tensor_list, _rows(tensor, group)):
        _write(who, out, row)
    return handle


def gather(tensor: Tensor, gather_list: Sequence[Tensor], dst: int = 0, group: str | None = None,
           async_op: bool = False) -> CommHandle | None:
    """``all_gather`` on rank ``dst`` of the world; the lists of the others stay as they are.

    Matches ``mindspore.mint.distributed.gather``.
    """
    who = "gather"
    handle = _checked(who, group, async_op, input=tensor)
    here = is_here(who, "dst", dst, group)
    if here:
        _listed(who, gather_list, len(ranks_in(who, group)))
    rows = _rows(tensor, group)
    for out, row in zip(gather_list, rows) if here else ():
        _write(who, out, row)
    return handle


def scatter(tensor: Tensor, scatter_list: Sequence[Tensor] | None, src: int = 0, group: str | None = None,
            async_op: bool = False) -> CommHandle | None:
    """Write this rank's Tensor of the list that rank ``src`` of the world has, all of one shape.

    Matches ``mindspore.mint.distributed.scatter``.
    """
    who = "scatter"
    handle = _checked(who, group, async_op, input=tensor)
    ranks = ranks_in(who, group)
    if is_here(who, "src", src, group):
        _listed(who, scatter_list, len(ranks))
        whole = OPERATORS["stack"](*scatter_list or (), axis=0)
    else:
        zeros = np.zeros((len(ranks), *tensor.shape), tensor.np_dtype)
        whole = wrap(Tensor, tensor._device.engine.put(zeros, tensor._device), tensor._device)
    found = OPERATORS["broadcast_from"](whole, root=src, group=named(who, group))
    _write(who, tensor, found[position(who, ranks)])
    return handle


def reduce_scatter(output: Tensor, input_list: Sequence[Tensor], op: str = "sum", group: str | None = None,
                   async_op: bool = False) -> CommHandle | None:
    """Write the sum over ranks of the Tensor that each has for this one.

    Matches ``mindspore.mint.distributed.reduce_scatter``.
    """
    who = "reduce_scatter"
    handle = _checked(who, group, async_op, output=output)
    _listed(who, input_list, len(ranks_in(who, group)))
    whole = OPERATORS["stack"](*input_list, axis=0)
    found = OPERATORS["reduce_scatter"](whole, op=_way(who, op), group=named(who, group))
    _write(who, output, found[0])
    return handle


def all_to_all(output_tensor_list: Sequence[Tensor], input_tensor_list: Sequence[Tensor], group: str | None = None,
               async_op: bool = False) -> CommHandle | None:
    """Write what each rank has for this one, of any shapes.

    Matches ``mindspore.mint.distributed.all_to_all``.
    """
    who = "all_to_all"
    handle = _checked(who, group, async_op)
    for each in (output_tensor_list, input_tensor_list):
        _listed(who, each, len(ranks_in(who, group)))
    found, _ = exchange.all_to_all_with_output_shape([t.shape for t in output_tensor_list], input_tensor_list, group)
    for out, value in zip(output_tensor_list, found):
        _write(who, out, value)
    return handle


# -- from one to another -----------------------------------------------------------------------------------------------


def send(tensor: Tensor, dst: int = 0, group: str | None = None, tag: int = 0) -> None:
    """Send a Tensor to rank ``dst`` of the world.

    Matches ``mindspore.mint.distributed.send``.
    """
    _checked("send", group, input=tensor)
    collective.send(tensor, dst, named("send", group), tag)


def recv(tensor: Tensor, src: int = 0, group: str | None = None, tag: int = 0) -> int:
    """Write what rank ``src`` of the world sends into ``tensor``; 0.

    Matches ``mindspore.mint.distributed.recv``.
    """
    _checked("recv", group, input=tensor)
    _write("recv", tensor, collective.recv(tensor, src, named("recv", group), tag))
    return 0


def isend(tensor: Tensor, dst: int = 0, group: str | None = None, tag: int = 0) -> CommHandle:
    """``send``, with a handle."""
    send(tensor, dst, group, tag)
    return CommHandle()


def irecv(tensor: Tensor, src: int = 0, group: str | None = None, tag: int = 0) -> CommHandle:
    """``recv``, with a handle."""
    recv(tensor, src, group, tag)
    return CommHandle()


class P2POp(exchange.P2POp):
    """A send or receive of ``batch_isend_irecv``; see ``comm_func.P2POp``.

    Matches ``mindspore.mint.distributed.P2POp``.
    """

    def __init__(self, op: Any, tensor: Tensor, peer: int, group: str | None = None, tag: int = 0) -> None:
        if getattr(op, "__name__", op) not in ("isend", "irecv"):
            raise DTypeError(f"Expected op to be of type isend or irecv, but got {op}")
        if not isinstance(tensor, Tensor):
            raise DTypeError(f"Expected tensor to be Tensor, but got {type(tensor)}.")
        super().__init__(op, tensor, peer, group, tag)


def batch_isend_irecv(p2p_op_list: Sequence[P2POp]) -> list[CommHandle]:
    """Do the operations, which need no order among each other; a handle for each.

    Matches ``mindspore.mint.distributed.batch_isend_irecv``.
    """
    if isinstance(p2p_op_list, (list, tuple)) and not p2p_op_list:
        raise DTypeError("p2p_op_list can not be empty list.")
    found = exchange.batch_isend_irecv(p2p_op_list)
    for operation, value in zip(p2p_op_list, found):
        if operation.op == "irecv":
            _write("batch_isend_irecv", operation.tensor, value)
    return [CommHandle() for _ in found]


# -- checks ------------------------------------------------------------------------------------------------------------


def _way(who: str, op: Any) -> str:
    if op not in _WAYS:
        raise DTypeError(f"For {who}, the input op value must be one of {', '.join(_WAYS)}, but got {op!r}")
    return op


def _checked(who: str, group: Any, async_op: Any = False, **tensors: Any) -> CommHandle | None:
    for name, t in tensors.items():
        if not isinstance(t, Tensor):
            raise DTypeError(f"For {who}, the {name} tensor must be tensor, but got {type(t)}")
    named(who, group)
    if not isinstance(async_op, bool):
        raise DTypeError(f"The argument 'async_op' must be a bool, but got {type(async_op)}.")
    return CommHandle() if async_op else None


def _listed(who: str, tensors: Any, count: int) -> None:
    if not isinstance(tensors, (list, tuple)):
        raise DTypeError(f"Expected list or tuple, but got {type(tensors)}.")
    if len(tensors) != count:
        raise DTypeError(f"The argument list tensor len must be equal to group rank size, but got {len(tensors)}: "
                         f"'{who}' wants one Tensor for each of the {count} ranks.")
    if not all(isinstance(t, Tensor) for t in tensors):
        raise DTypeError(f"For {who}, the list must hold Tensors, but got {[type(t).__name__ for t in tensors]}.")


def _sizes(who: str, sizes: Any, rows: int, count: int) -> list[int]:
    if not sizes and rows % count == 0:
        return [rows // count] * count
    if not sizes or len(sizes) != count or sum(sizes) != rows:
        raise ShapeError(f"For '{who}', {rows} rows must be cut for {count} ranks by sizes that add up to them, but "
                         f"got {sizes}.")
    return list(sizes)


def _rows(tensor: Tensor, group: Any) -> list[Tensor]:
    """The Tensor of each rank."""
    found = OPERATORS["all_gather"](tensor.reshape(1, *tensor.shape), group=named("all_gather", group))
    return [found[i] for i in range(found.shape[0])]


def _write(who: str, out: Tensor, value: Tensor) -> None:
    if out.shape != value.shape or out.np_dtype != value.np_dtype:
        raise ShapeError(f"For '{who}', what is written is {value.shape} {value.np_dtype}, but the Tensor for it is "
                         f"{out.shape} {out.np_dtype}.")
    out.assign_value(value)


__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - part of the names comes from other files
    *_groups.__all__, *_objects.__all__, "P2POp", "all_gather", "all_gather_into_tensor",
    "all_gather_into_tensor_uneven", "all_reduce", "all_to_all", "all_to_all_single", "barrier", "batch_isend_irecv",
    "broadcast", "gather", "irecv", "isend", "recv", "reduce", "reduce_scatter", "reduce_scatter_tensor",
    "reduce_scatter_tensor_uneven", "scatter", "send",
]
_REFUSED = ["TCPStore"]
__getattr__ = refusing(__name__, "the processes find each other by 'luojia launch'; share values with "
                       "all_gather_object.", _REFUSED)
