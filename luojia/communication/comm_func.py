"""Collectives as functions of Tensors, under the names of ``mindspore.communication.comm_func``.

Every rank of the group calls them in the same order. They are complete when they return; the handles of asynchronous
forms have nothing left to wait for.
"""

from __future__ import annotations

from typing import Any

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import AbsentName, DTypeError
from .._src.paths import public_names, refusing
from ..ops.collective import ReduceOp, barrier, recv, send
from ..ops.collective import gather as _gather
from ..ops.collective import reduce_to as _reduce_to
from ..ops.collective import scatter as _scatter
from .exchange import (
    P2POp,
    all_to_all_single_with_output_shape,
    all_to_all_with_output_shape,
    batch_isend_irecv,
)

_WORLD = "nccl_world_group"


class CommHandle:
    """A communication that has been done."""

    def wait(self) -> None:
        """Return at once."""


def _given(who: str, tensor: Any, async_op: Any = False) -> Any:
    if not isinstance(tensor, Tensor):
        raise DTypeError(f"For '{who}', the argument 'tensor' must be a Tensor, but got {type(tensor).__name__}.")
    if not isinstance(async_op, bool):
        raise DTypeError(f"For '{who}', the argument 'async_op' must be a bool, but got {type(async_op).__name__}.")
    return CommHandle() if async_op else None


def all_reduce(tensor: Tensor, op: str = ReduceOp.SUM, group: str = _WORLD, async_op: bool = False) -> tuple:
    """(the sum over ranks, a handle or None); or the maximum, minimum or product.

    >>> from luojia import Tensor
    >>> all_reduce(Tensor([1.0, 2.0]))
    (Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00]), None)

    Matches ``mindspore.communication.comm_func.all_reduce``.
    """
    handle = _given("all_reduce", tensor, async_op)
    return OPERATORS["all_reduce"](tensor, op=op, group=group), handle


def all_gather_into_tensor(tensor: Tensor, group: str = _WORLD, async_op: bool = False) -> tuple:
    """(the Tensors of the ranks one after the other along axis 0, a handle or None).

    Matches ``mindspore.communication.comm_func.all_gather_into_tensor``.
    """
    handle = _given("all_gather_into_tensor", tensor, async_op)
    return OPERATORS["all_gather"](tensor, group=group), handle


def reduce_scatter_tensor(tensor: Tensor, op: str = ReduceOp.SUM, group: str = _WORLD, async_op: bool = False) -> tuple:
    """(this rank's part of axis 0 of the sum over ranks, a handle or None).

    Matches ``mindspore.communication.comm_func.reduce_scatter_tensor``.
    """
    handle = _given("reduce_scatter_tensor", tensor, async_op)
    return OPERATORS["reduce_scatter"](tensor, op=op, group=group), handle


def broadcast(tensor: Tensor, src: int = 0, group: str = _WORLD) -> Tensor:
    """The Tensor of rank ``src`` of the world.

    Matches ``mindspore.communication.comm_func.broadcast``.
    """
    _given("broadcast", tensor)
    return OPERATORS["broadcast_from"](tensor, root=src, group=group)


def gather_into_tensor(tensor: Tensor, dst: int = 0, group: str = _WORLD) -> Tensor:
    """The Tensors of the ranks one after the other on rank ``dst`` of the world; one zero on the others.

    Matches ``mindspore.communication.comm_func.gather_into_tensor``.
    """
    return _gather(tensor, dst, group)


def scatter_tensor(tensor: Tensor, src: int = 0, group: str = _WORLD) -> Tensor:
    """This rank's part of axis 0 of the Tensor of rank ``src`` of the world.

    Matches ``mindspore.communication.comm_func.scatter_tensor``.
    """
    return _scatter(tensor, src, group)


def reduce(tensor: Tensor, dst: int, op: str = ReduceOp.SUM, group: str = _WORLD) -> Tensor:
    """The sum over ranks on rank ``dst`` of the world; one zero on the others.

    Matches ``mindspore.communication.comm_func.reduce``.
    """
    return _reduce_to(tensor, dst, op, group)


def isend(tensor: Tensor, dst: int = 0, group: str = _WORLD, tag: int = 0) -> CommHandle:
    """``send``, with a handle.

    Matches ``mindspore.communication.comm_func.isend``.
    """
    send(tensor, dst, group, tag)
    return CommHandle()


def irecv(tensor: Tensor, src: int = 0, group: str = _WORLD, tag: int = 0) -> tuple:
    """``recv``, with a handle.

    Matches ``mindspore.communication.comm_func.irecv``.
    """
    return recv(tensor, src, group, tag), CommHandle()


__all__ = ["CommHandle", "P2POp", "all_gather_into_tensor", "all_reduce", "all_to_all_single_with_output_shape",
           "all_to_all_with_output_shape", "barrier", "batch_isend_irecv", "broadcast", "gather_into_tensor", "irecv",
           "isend", "recv", "reduce", "reduce_scatter_tensor", "scatter_tensor", "send"]
__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    if name != "all_to_all_v_c":
        raise AbsentName(__name__, name)
    return refusing(__name__, "use all_to_all_single_with_output_shape, which returns what it receives.")(name)


_REFUSED = ("all_to_all_v_c",)
