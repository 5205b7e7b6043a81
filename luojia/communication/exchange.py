"""Exchanges in which each rank sends something else to each other: uneven all-to-alls, batches of sends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._src.core.dtypes import to_np
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import current_context
from .._src.engine.group import collective, place, position, ranks_of
from .._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from ..ops.collective import exchange


def all_to_all_with_output_shape(output_shape_list: Sequence[Any], input_tensor_list: Sequence[Tensor],
                                 group: str | None = None, async_op: bool = False) -> tuple:
    """(what each rank sent to this one, None): input ``i`` goes to the group's rank ``i``.

    Args:
        output_shape_list: the shapes of what arrives, or Tensors of them.
        input_tensor_list: one Tensor per rank, of one dtype and any shapes.

    >>> from luojia import Tensor
    >>> all_to_all_with_output_shape([(2,)], [Tensor([1.0, 2.0])])
    ((Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00]),), None)

    Matches ``mindspore.communication.comm_func.all_to_all_with_output_shape``.
    """
    who = "all_to_all_with_output_shape"
    if not isinstance(input_tensor_list, (tuple, list)) or not all(isinstance(t, Tensor) for t in input_tensor_list):
        raise DTypeError(f"For '{who}', 'input_tensor_list' must be a list of Tensors, but got {input_tensor_list!r}.")
    shapes = [t.shape if isinstance(t, Tensor) else tuple(t) for t in output_shape_list]
    ranks = ranks_of(who, group)
    if not len(shapes) == len(input_tensor_list) == len(ranks):
        raise ArgumentError(f"For '{who}', there must be one input and one output shape for each of the {len(ranks)} "
                            f"ranks, but got {len(input_tensor_list)} and {len(shapes)}.")
    if len({t.np_dtype for t in input_tensor_list}) > 1:
        raise DTypeError(f"For '{who}', the Tensors must be of one dtype, but got "
                         f"{[str(t.np_dtype) for t in input_tensor_list]}.")
    first = input_tensor_list[0]
    sizes = [math.prod(s) for s in shapes]
    most = np.array([max([t.size for t in input_tensor_list] + sizes)], np.int64)
    rows = np.zeros((len(ranks), int(collective("all_reduce", most, ranks, op="max")[0])), first.np_dtype)
    for row, t in zip(rows, input_tensor_list):
        row[: t.size] = t.asnumpy().ravel()
    found = collective("all_to_all", rows, ranks, split=0, concat=0)
    device = first._device
    return tuple([wrap(Tensor, device.engine.put(row[:n].reshape(s), device), device)
                  for row, n, s in zip(found, sizes, shapes)]), None


def all_to_all_single_with_output_shape(output_shape: Any, tensor: Tensor, output_split_sizes: Any = None,
                                        input_split_sizes: Any = None, group: str | None = None,
                                        async_op: bool = False) -> tuple:
    """(the parts of all ranks' Tensors that are for this one, joined along axis 0; None).

    Args:
        output_shape: the shape of what arrives, or a Tensor of it.
        output_split_sizes, input_split_sizes: how many rows come from, and go to, each rank; equal parts by default.

    Matches ``mindspore.communication.comm_func.all_to_all_single_with_output_shape``.
    """
    who = "all_to_all_single_with_output_shape"
    if not isinstance(tensor, Tensor):
        raise DTypeError(f"For '{who}', the argument 'tensor' must be a Tensor, but got {type(tensor).__name__}.")
    shape = output_shape.shape if isinstance(output_shape, Tensor) else tuple(output_shape)
    count = len(ranks_of(who, group))
    given, taken = (_sizes(who, sizes, n, count) for sizes, n in ((input_split_sizes, tensor.shape[0]),
                                                                    (output_split_sizes, shape[0])))
    array, device = tensor.asnumpy(), tensor._device
    parts = [wrap(Tensor, device.engine.put(part, device), device)
             for part in np.split(array, np.cumsum(given)[:-1])]
    found, _ = all_to_all_with_output_shape([(n, *shape[1:]) for n in taken], parts, group)
    joined = np.concatenate([t.asnumpy() for t in found])
    return wrap(Tensor, device.engine.put(joined, device), device), None


def _sizes(who: str, sizes: Any, rows: int, count: int) -> list[int]:
    if sizes is None and rows % count == 0:
        return [rows // count] * count
    if sizes is None or len(sizes) != count or sum(sizes) != rows:
        raise ShapeError(f"For '{who}', {rows} rows must be cut for {count} ranks by sizes that add up to them, but "
                         f"got {sizes}.")
    return list(sizes)


class P2POp:
    """A send or receive of ``batch_isend_irecv``.

    Args:
        op: 'isend' or 'irecv', or the function of that name.
        tensor: what is sent; or, of what is received, a Tensor of that shape and dtype, or the shape.
        peer: the other rank's number in the world.
        recv_dtype: the dtype, where ``tensor`` is a shape.

    Matches ``mindspore.communication.comm_func.P2POp``.
    """

    def __init__(self, op: str | Callable, tensor: Any, peer: int, group: str | None = None, tag: int = 0, *,
                 recv_dtype: Any = None) -> None:
        self.op = getattr(op, "__name__", op)
        if self.op not in ("isend", "irecv"):
            raise ArgumentError(f"For 'P2POp', the 'op' must be 'isend' or 'irecv', but got {op!r}.")
        if tag != 0:
            raise NotSupportedError(f"For 'P2POp', the 'tag' must be 0, but got {tag}; sends are received in order.")
        if isinstance(tensor, (tuple, list)) and self.op == "irecv" and recv_dtype is not None:
            device = current_context()
            tensor = wrap(Tensor, device.engine.put(np.zeros(tensor, to_np(recv_dtype)), device), device)
        if not isinstance(tensor, Tensor):
            raise DTypeError(f"For 'P2POp', the 'tensor' must be a Tensor, or with 'irecv' and 'recv_dtype' a shape, "
                             f"but got {tensor!r}.")
        self.tensor, self.peer, self.group, self.recv_dtype = tensor, peer, group, recv_dtype


def batch_isend_irecv(p2p_op_list: Sequence[P2POp]) -> tuple[Tensor, ...]:
    """What was received by each of the operations, zero for a send; they need no order among each other.

    Matches ``mindspore.communication.comm_func.batch_isend_irecv``.
    """
    who = "batch_isend_irecv"
    if not isinstance(p2p_op_list, (tuple, list)) or not all(isinstance(p, P2POp) for p in p2p_op_list):
        raise DTypeError(f"For '{who}', the argument must be a list of P2POp, but got {p2p_op_list!r}.")
    me = place().rank
    plan = []
    for i, p in enumerate(p2p_op_list):
        ranks = ranks_of(who, p.group)
        position(who, ranks)
        position(who, ranks, p.peer)
        if p.peer == me:
            raise ArgumentError(f"For '{who}', 'peer' is {me}, this rank itself.")
        source, target = (me, p.peer) if p.op == "isend" else (p.peer, me)
        plan.append((min(source, target), max(source, target), source, i, target))
    found: dict[int, Tensor] = {}
    for low, high, source, i, target in sorted(plan):  # all ranks take the pairs in one order, so none waits in a ring
        p = p2p_op_list[i]
        out = exchange(who, p.tensor, [(source, target)], (low, high))
        device = out._device
        found[i] = out if target == me else wrap(Tensor, device.engine.put(np.zeros((), p.tensor.np_dtype), device),
                                                 device)
    return tuple([found[i] for i in range(len(plan))])


__all__ = ["P2POp", "all_to_all_single_with_output_shape", "all_to_all_with_output_shape", "batch_isend_irecv"]
