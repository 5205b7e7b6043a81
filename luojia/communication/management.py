"""Groups and ranks: the processes of a job that ``luojia launch`` started, or a world of one."""

from __future__ import annotations

from .._src.engine import group as _group
from .._src.errors import ArgumentError, DTypeError

_BACKENDS = ("nccl", "hccl", "mccl")
_WORLDS = dict(zip(_BACKENDS, _group.WORLDS))
HCCL_WORLD_COMM_GROUP, NCCL_WORLD_COMM_GROUP, MCCL_WORLD_COMM_GROUP = (
    _WORLDS[name] for name in ("hccl", "nccl", "mccl"))


class GlobalComm:
    """What ``init`` has set: the backend, the group of all processes, and whether it has run."""

    BACKEND: str = "nccl"
    WORLD_COMM_GROUP = _WORLDS["nccl"]
    INITED: bool = False


def init(backend_name: str | None = None) -> None:
    """Start communication: return when all the processes of the job have come.

    The backend's name changes nothing: jax communicates, by gloo between CPUs and NCCL between GPUs. Where nothing
    says that there are other processes (see ``luojia launch``), the world is this one alone.

    Raises:
        DTypeError: a TypeError: ``backend_name`` is no string.
        ArgumentError: a ValueError: it is not one of nccl, hccl, mccl.
        GroupError: a RuntimeError: a rank did not come within LUOJIA_INIT_TIMEOUT seconds (300), and which.

    Matches ``mindspore.communication.init``.
    """
    if backend_name is not None and not isinstance(backend_name, str):
        raise DTypeError(f"For 'init', the argument 'backend_name' must be a string, but got the type : "
                         f"{type(backend_name)}.")
    if backend_name is not None and backend_name not in _BACKENDS:
        raise ArgumentError(f"For 'init', the argument 'backend_name' must be one of {', '.join(_BACKENDS)}, but got "
                            f"{backend_name}.")
    _group.join()
    GlobalComm.BACKEND = backend_name or "nccl"
    GlobalComm.WORLD_COMM_GROUP = _WORLDS[GlobalComm.BACKEND]
    GlobalComm.INITED = True


def release() -> None:
    """End communication: forget the groups. The processes stay joined, so ``init`` may start it again."""
    GlobalComm.INITED = False
    _group.forget_group()


def get_comm_name() -> str:
    """The backend that ``init`` was given."""
    return GlobalComm.BACKEND


def get_rank(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """The number of this process in a group.

    >>> init(); get_rank(), get_group_size()
    (0, 1)

    Matches ``mindspore.communication.get_rank``.
    """
    return _group.position("get_rank", _ranks("get_rank", group))


def get_group_size(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """How many processes a group has.

    Matches ``mindspore.communication.get_group_size``.
    """
    return len(_ranks("get_group_size", group))


def get_local_rank(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """The number of this process among those of a group on its machine.

    Matches ``mindspore.communication.get_local_rank``.
    """
    return _group.position("get_local_rank", _neighbours("get_local_rank", group))


def get_local_rank_size(group: str = GlobalComm.WORLD_COMM_GROUP) -> int:
    """How many processes of a group this machine has.

    Matches ``mindspore.communication.get_local_rank_size``.
    """
    return len(_neighbours("get_local_rank_size", group))


def get_process_group_ranks(group: str = GlobalComm.WORLD_COMM_GROUP) -> list[int]:
    """The ranks of a group, as they are numbered in the world.

    Matches ``mindspore.communication.get_process_group_ranks``.
    """
    return list(_ranks("get_process_group_ranks", group))


def get_world_rank_from_group_rank(group: str, group_rank_id: int) -> int:
    """The number in the world of a group's process.

    Matches ``mindspore.communication.get_world_rank_from_group_rank``.
    """
    ranks = _ranks("get_world_rank_from_group_rank", group)
    if not 0 <= group_rank_id < len(ranks):
        raise ArgumentError(f"For 'get_world_rank_from_group_rank', group {group!r} has the ranks 0 to "
                            f"{len(ranks) - 1}, but got {group_rank_id}.")
    return ranks[group_rank_id]


def get_group_rank_from_world_rank(world_rank_id: int, group: str) -> int:
    """The number in a group of a process of the world.

    Matches ``mindspore.communication.get_group_rank_from_world_rank``.
    """
    who = "get_group_rank_from_world_rank"
    return _group.position(who, _ranks(who, group), world_rank_id)


def create_group(group: str, rank_ids: list[int]) -> None:
    """Name a group of ranks; collectives over it involve those only.

    >>> create_group("mine", [0]); get_group_size("mine"); destroy_group("mine")
    1

    Matches ``mindspore.communication.create_group``.
    """
    if not isinstance(group, str):
        raise DTypeError(f"For 'create_group', the argument 'group' must be a string, but got the type : "
                         f"{type(group)}.")
    if group in _group.WORLDS:
        raise ArgumentError(f"For 'create_group', {group!r} is the name of the group of all ranks; take another.")
    size = _group.place().size
    if not isinstance(rank_ids, (list, tuple)) or any(isinstance(r, bool) or not isinstance(r, int) for r in rank_ids):
        raise DTypeError(f"For 'create_group', the argument 'rank_ids' must be a list of int, but got {rank_ids!r}.")
    if not rank_ids or len(set(rank_ids)) < len(rank_ids) or not all(0 <= r < size for r in rank_ids):
        raise ArgumentError(f"For 'create_group', rank_ids must be different ranks, each one of the {size} that there "
                            f"are (0 to {size - 1}), but got {list(rank_ids)}; start more with 'luojia launch -n'.")
    _group.name_group(group, rank_ids)


def destroy_group(group: str) -> None:
    """Forget a group.

    Matches ``mindspore.communication.destroy_group``.
    """
    _ranks("destroy_group", group)
    _group.forget_group(group)


def _ranks(who: str, group: str) -> tuple[int, ...]:
    if not isinstance(group, str):
        raise DTypeError(f"For '{who}', the argument 'group' must be a string, but got the type : {type(group)}.")
    return _group.ranks_of(who, group)


def _neighbours(who: str, group: str) -> tuple[int, ...]:
    """The ranks of a group on this machine; a machine's ranks are numbered in a row."""
    me = _group.place()
    first = me.rank - me.local_rank
    return tuple([r for r in _ranks(who, group) if first <= r < first + me.local_size])
