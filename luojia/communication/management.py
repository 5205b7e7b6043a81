"""Groups and ranks in a world of one process.

Programs written for many devices run on one: every group that contains rank 0 alone is accepted, others are refused.
Training on many devices is done by ``gluon.utils.split_and_load`` in one process.
"""

from __future__ import annotations

from .._src.errors import ArgumentError, DTypeError, NotSupportedError

_BACKENDS = ("nccl", "hccl", "mccl")
_WORLDS = {"nccl": "nccl_world_group", "hccl": "hccl_world_group", "mccl": "mccl_world_group"}


class GlobalComm:
    """What ``init`` has set: the backend, the group of all processes, and whether it has run."""

    BACKEND: str = "nccl"
    WORLD_COMM_GROUP = _WORLDS["nccl"]
    INITED: bool = False


_groups: set[str] = set(_WORLDS.values())


def init(backend_name: str | None = None) -> None:
    """Start communication: a world of this process alone.

    Raises:
        DTypeError: a TypeError: ``backend_name`` is no string.
        ArgumentError: a ValueError: it is not one of nccl, hccl, mccl.
    """
    if backend_name is not None and not isinstance(backend_name, str):
        raise DTypeError(f"For 'init', the argument 'backend_name' must be a string, but got the type : "
                         f"{type(backend_name)}.")
    if backend_name is not None and backend_name not in _BACKENDS:
        raise ArgumentError(f"For 'init', the argument 'backend_name' must be one of {', '.join(_BACKENDS)}, but got "
                            f"{backend_name}.")
    GlobalComm.BACKEND = backend_name or "nccl"
    GlobalComm.WORLD_COMM_GROUP = _WORLDS[GlobalComm.BACKEND]
    GlobalComm.INITED = True


def release() -> None:
    """End communication."""
    GlobalComm.INITED = False
    _groups.clear()
    _groups.update(_WORLDS.values())


def _member(name: str, group: str) -> None:
    if not isinstance(group, str):
        raise DTypeError(f"For '{name}', the argument 'group' must be a string, but got the type : {type(group)}.")
    if group not in _groups:
        raise ArgumentError(f"For '{name}', there is no group {group!r}; make it with create_group({group!r}, [0]).")


def get_rank(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """The number of this process in a group: 0.

    >>> init(); get_rank(), get_group_size()
    (0, 1)
    """
    _member("get_rank", group)
    return 0


def get_local_rank(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """The number of this process among those of its machine: 0."""
    _member("get_local_rank", group)
    return 0


def get_group_size(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """How many processes a group has: 1."""
    _member("get_group_size", group)
    return 1


def get_local_rank_size(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """How many processes of a group this machine has: 1."""
    _member("get_local_rank_size", group)
    return 1


def get_world_rank_from_group_rank(group: str, group_rank_id: int) -> int:
    """The number in the world of a group's process: 0."""
    return _only("get_world_rank_from_group_rank", group, group_rank_id)


def get_group_rank_from_world_rank(world_rank_id: int, group: str) -> int:
    """The number in a group of a process of the world: 0."""
    return _only("get_group_rank_from_world_rank", group, world_rank_id)


def _only(name: str, group: str, rank: int) -> int:
    _member(name, group)
    if rank != 0:
        raise ArgumentError(f"For '{name}', the rank must be 0, the one process there is, but got {rank}.")
    return 0


def create_group(group: str, rank_ids: list[int]) -> None:
    """Name a group of processes, which must be ``[0]``."""
    if not isinstance(group, str):
        raise DTypeError(f"For 'create_group', the argument 'group' must be a string, but got the type : "
                         f"{type(group)}.")
    if list(rank_ids) != [0]:
        raise NotSupportedError(f"For 'create_group', rank_ids {list(rank_ids)} name processes that are not there: "
                                "luojia runs in one process, whose group is [0].")
    _groups.add(group)


def destroy_group(group: str) -> None:
    """Forget a group."""
    _member("destroy_group", group)
    _groups.discard(group)
