"""The groups of a job's processes, called as in PyTorch: ``mint.distributed``. A group is a name; None is all ranks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .._src.engine.group import place, position, ranks_of
from .._src.errors import ArgumentError, DTypeError
from . import management

_WORLD = "hccl_world_group"


def init_process_group(backend: str = "hccl", init_method: str | None = None, timeout: timedelta | None = None,
                       world_size: int = -1, rank: int = -1, store: Any = None, pg_options: Any = None,
                       device_id: int | None = None) -> None:
    """Start communication: return when all the processes of the job have come; see ``communication.init``.

    The processes are those that ``luojia launch -n`` (or msrun's environment) names; ``init_method`` and ``timeout``
    are accepted.

    Raises:
        ValueError: another backend, or a ``world_size`` or ``rank`` that is not the job's.
        TypeError: an argument of another type.

    >>> init_process_group(); get_rank(), get_world_size(), is_initialized()
    (0, 1, True)
    >>> destroy_process_group()

    Matches ``mindspore.mint.distributed.init_process_group``.
    """
    if backend not in ("hccl", "nccl", "mccl"):
        raise ArgumentError("Only support hccl now, please setting backend to hccl or using default value (or to nccl "
                            f"or mccl, which mean the same here), got {backend!r}.")
    if init_method is not None and not isinstance(init_method, str):
        raise DTypeError(f"The parameter 'init_method' must be <class 'str'>, but got {type(init_method)}")
    me = place()
    for name, value, known in (("world_size", world_size, me.size), ("rank", rank, me.rank)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise DTypeError(f"The parameter '{name}' must be <class 'int'>, but got {type(value)}")
        if value not in (-1, known):
            raise ArgumentError(f"For 'init_process_group', the '{name}' of this process is {known}, but got {value}; "
                                "start the processes with 'luojia launch -n'.")
    management.init(backend)


def destroy_process_group(group: str | None = None) -> None:
    """Forget a group; without one, or with that of all ranks, end communication.

    Matches ``mindspore.mint.distributed.destroy_process_group``.
    """
    if group is None or group == management.GlobalComm.WORLD_COMM_GROUP:
        management.release()
    else:
        management.destroy_group(group)


def is_available() -> bool:
    """True: a world of one process needs nothing, and a job's processes communicate through jax."""
    return True


def is_initialized() -> bool:
    """Whether ``init_process_group`` has run."""
    return management.GlobalComm.INITED


def new_group(ranks: list[int] | None = None, timeout: Any = None, backend: str | None = None, pg_options: Any = None,
              use_local_synchronization: bool = False, group_desc: str | None = None) -> str:
    """The name of a group of ranks; '' where they are none, or this process is not among them.

    >>> new_group([0])
    'group_0'

    Matches ``mindspore.mint.distributed.new_group``.
    """
    if ranks is None:
        return _WORLD
    if not isinstance(ranks, list):
        raise DTypeError(f"ranks must be list, but got {type(ranks)}")
    if not ranks:
        return ""
    name = "group_" + "_".join(map(str, ranks))
    management.create_group(name, ranks)
    return name if place().rank in ranks else ""


def get_backend(group: str | None = None) -> str:
    """The backend that ``init_process_group`` was given."""
    ranks_in("get_backend", group)
    return management.GlobalComm.BACKEND if is_initialized() else "hccl"


def get_rank(group: str | None = None) -> int:
    """The number of this process in a group; -1 where it is not in it.

    Matches ``mindspore.mint.distributed.get_rank``.
    """
    ranks = ranks_in("get_rank", group)
    return ranks.index(place().rank) if place().rank in ranks else -1


def get_world_size(group: str | None = None) -> int:
    """How many processes a group has; -1 where this one is not in it.

    Matches ``mindspore.mint.distributed.get_world_size``.
    """
    ranks = ranks_in("get_world_size", group)
    return len(ranks) if place().rank in ranks else -1


def get_process_group_ranks(group: str | None = None) -> list[int]:
    """The ranks of a group, as they are numbered in the world."""
    return list(ranks_in("get_process_group_ranks", group))


def get_global_rank(group: str | None, group_rank: int) -> int:
    """The number in the world of a group's process."""
    return management.get_world_rank_from_group_rank(named("get_global_rank", group), group_rank)


def get_group_rank(group: str | None, global_rank: int) -> int:
    """The number in a group of a process of the world."""
    return management.get_group_rank_from_world_rank(global_rank, named("get_group_rank", group))


# -- checks of arguments ----------------------------------------------------------------------------------------------


def named(who: str, group: Any) -> str:
    """The name of a group."""
    if group is not None and not isinstance(group, str):
        raise DTypeError(f"The argument 'group' must be type of string, but got 'group' type : {type(group)}.")
    return _WORLD if group is None else group


def ranks_in(who: str, group: Any) -> tuple[int, ...]:
    """The ranks of a group, as they are numbered in the world."""
    return ranks_of(who, named(who, group))


def is_here(who: str, name: str, rank: Any, group: Any) -> bool:
    """Whether a rank of the group is this one."""
    if isinstance(rank, bool) or not isinstance(rank, int):
        raise DTypeError(f"For {who}, the {name} must be int, but got {type(rank)}")
    position(who, ranks_in(who, group), rank)
    return rank == place().rank


__all__ = ["destroy_process_group", "get_backend", "get_global_rank", "get_group_rank", "get_process_group_ranks",
           "get_rank", "get_world_size", "init_process_group", "is_available", "is_initialized", "new_group"]
