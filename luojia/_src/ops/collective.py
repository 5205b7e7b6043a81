"""Operators between the processes of a job: every rank of the group calls them, in the same order.

A gradient is that of the sum over ranks of what they compute, so an AllReduce sums the cotangents of all ranks, and the
gradient of an AllGather is a ReduceScatter. In a world of one process each gives what it is given.
"""

from __future__ import annotations

from ..core.op import op
from ..engine.group import REDUCTIONS, position, ranks_of
from ..errors import ArgumentError, DTypeError, NotSupportedError, ShapeError

_GROUP = "group='nccl_world_group'"


def _reduction(who: str, kind: str, x) -> str:
    if kind not in REDUCTIONS:
        raise ArgumentError(f"For '{who}', the 'op' must be one of {', '.join(REDUCTIONS)}, but got {kind!r}.")
    if x.dtype == bool:
        raise DTypeError(f"For '{who}', the input must be numbers, but got dtype bool; cast it to int32 first.")
    return kind


def _into_equal(who: str, x, axis: int, count: int) -> None:
    if not -x.ndim <= axis < x.ndim or x.shape[axis] % count:
        raise ShapeError(f"For '{who}', axis {axis} must divide by the {count} ranks of the group, but got shape "
                         f"{x.shape}.")


@op(f"AllReduce(op='sum', {_GROUP})(input_x:x)", fn=(), collective=True)
def all_reduce(xp, x, *, op="sum", group=None):
    """The sum of x over the ranks of a group, on all of them; or its maximum, minimum or product."""
    ranks = ranks_of("AllReduce", group)
    return xp.collective("all_reduce", x, ranks, op=_reduction("AllReduce", op, x))


@all_reduce.vjp
def _(xp, g, ans, args, needs, *, op, group):
    if op == "prod" and len(ranks_of("AllReduce", group)) > 1:
        raise NotSupportedError("AllReduce with op='prod' has no gradient; take exp of the sum of log.")
    total = xp.all_reduce(g, op="sum", group=group)
    return (total if op in ("sum", "prod") else xp.where(args[0] == ans, total, total * 0),)


@op(f"AllGather({_GROUP})(input_x:x)", fn=(), collective=True)
def all_gather(xp, x, *, group=None):
    """The arrays (x_1, ...) of the ranks one after the other, (N x_1, ...), on all of them."""
    if not x.ndim:
        raise ShapeError("For 'AllGather', the input must have an axis, but got shape (); reshape it to (1,) first.")
    return xp.collective("all_gather", x, ranks_of("AllGather", group))


@all_gather.vjp(keep="")
def _(xp, g, ans, args, needs, *, group):
    return (xp.reduce_scatter(g, op="sum", group=group),)


@op(f"ReduceScatter(op='sum', {_GROUP})(input_x:x)", fn=(), collective=True)
def reduce_scatter(xp, x, *, op="sum", group=None):
    """This rank's part (x_1 / N, ...) of the sum over ranks; or of the maximum, minimum or product."""
    ranks = ranks_of("ReduceScatter", group)
    _into_equal("ReduceScatter", x, 0, len(ranks))
    return xp.collective("reduce_scatter", x, ranks, op=_reduction("ReduceScatter", op, x), size=len(ranks))


@reduce_scatter.vjp(keep="")
def _(xp, g, ans, args, needs, *, op, group):
    if op != "sum" and len(ranks_of("ReduceScatter", group)) > 1:
        raise NotSupportedError(f"ReduceScatter with op={op!r} has no gradient; use op='sum'.")
    return (xp.all_gather(g, group=group),)


@op(fn=(), collective=True)
def broadcast_from(xp, x, *, root=0, group=None):
    """The array of the rank ``root`` of the world, on all ranks of the group."""
    ranks = ranks_of("Broadcast", group)
    return xp.collective("broadcast", x, ranks, root=position("Broadcast", ranks, root))


@broadcast_from.vjp(keep="")
def _(xp, g, ans, args, needs, *, root, group):
    total = xp.all_reduce(g, op="sum", group=group)
    ranks = ranks_of("Broadcast", group)
    return (total if position("Broadcast", ranks) == position("Broadcast", ranks, root) else total * 0,)


@op(f"AlltoAll(split_count, split_dim, concat_dim, {_GROUP})(input_x:x)", fn=(), collective=True)
def all_to_all(xp, x, *, split_count, split_dim, concat_dim, group=None):
    """Cut x into parts along ``split_dim``, send part i to rank i, and join what arrives along ``concat_dim``."""
    ranks = ranks_of("AlltoAll", group)
    if split_count != len(ranks):
        raise ArgumentError(f"For 'AlltoAll', the 'split_count' must be the number of ranks in the group, "
                            f"{len(ranks)}, but got {split_count}.")
    _into_equal("AlltoAll", x, split_dim, split_count)
    _into_equal("AlltoAll", x, concat_dim, 1)
    return xp.collective("all_to_all", x, ranks, split=split_dim % x.ndim, concat=concat_dim % x.ndim)


@all_to_all.vjp(keep="")
def _(xp, g, ans, args, needs, *, split_count, split_dim, concat_dim, group):
    return (xp.all_to_all(g, split_count=split_count, split_dim=concat_dim, concat_dim=split_dim, group=group),)


@op(fn=(), collective=True, differentiable=False, outputs=lambda *, count, **_: count)
def all_reduce_many(xp, *xs, count, group=None):
    """The sums of ``count`` arrays over ranks, in one message per dtype."""
    return tuple(xp.collective("all_reduce_many", list(xs), ranks_of("AllReduce", group)))
