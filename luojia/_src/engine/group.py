"""The processes of a job: this one's rank, the groups they form, and where the others are reached.

``luojia launch`` sets the environment that says so; the variables of MindSpore's msrun and of MXNet's tracker are
understood too. Without any of them the world is this process alone, and nothing here loads jax. A job's processes are
joined at the first communication, or when the XLA engine is loaded, as jax must know the others before it computes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ArgumentError, DeviceError, DTypeError, GroupError

WORLDS = ("nccl_world_group", "hccl_world_group", "mccl_world_group")
REDUCTIONS = ("sum", "max", "min", "prod")
LOST = 75  # the exit status of a rank that failed because another one did
_MEMBER = "LUOJIA_MEMBER"  # the process that has joined; its own children are no ranks


@dataclass(frozen=True)
class Place:
    """Where a process stands in its job; ``address`` is the host:port at which rank 0 waits for the others."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1
    address: str = ""


def place_in(environ: Mapping[str, str]) -> Place:
    """The place that environment variables describe.

    >>> place_in({"LUOJIA_RANK": "1", "LUOJIA_SIZE": "2", "LUOJIA_ADDRESS": "127.0.0.1:5000"})
    Place(rank=1, size=2, local_rank=1, local_size=2, address='127.0.0.1:5000')

    Raises:
        GroupError: they are not numbers, a rank is outside its job, or the address is missing.
        SystemExit: the process is a server or scheduler of one of the originals, which luojia needs none of.
    """
    if environ.get(_MEMBER, str(os.getpid())) != str(os.getpid()):
        return Place()
    if "LUOJIA_SIZE" in environ:
        names, host = ("LUOJIA_RANK", "LUOJIA_SIZE"), environ.get("LUOJIA_ADDRESS", "")
        local = ("LUOJIA_LOCAL_RANK", "LUOJIA_LOCAL_SIZE")
    elif "MS_ROLE" in environ:
        _only_workers("MS_ROLE", environ["MS_ROLE"], "MS_WORKER")
        names = ("RANK_ID" if "RANK_ID" in environ else "MS_NODE_ID", "MS_WORKER_NUM")
        host, local = _joined(environ, "MS_SCHED_HOST", "MS_SCHED_PORT"), ("DEVICE_ID", "MS_LOCAL_SIZE")
    elif "DMLC_ROLE" in environ:
        _only_workers("DMLC_ROLE", environ["DMLC_ROLE"], "worker")
        names = ("DMLC_WORKER_ID" if "DMLC_WORKER_ID" in environ else "DMLC_TASK_ID", "DMLC_NUM_WORKER")
        host, local = _joined(environ, "DMLC_PS_ROOT_URI", "DMLC_PS_ROOT_PORT"), ("DMLC_LOCAL_RANK", "DMLC_LOCAL_SIZE")
    else:
        return Place()
    size = _number(environ, names[1], 1)
    rank = _number(environ, names[0], 0) if size > 1 else 0
    if rank >= size:
        raise GroupError(f"{names[0]} is {rank}, but {names[1]} says that there are {size} ranks, 0 to {size - 1}.")
    if size == 1:
        return Place()
    if not host.rpartition(":")[0] or not host.rpartition(":")[2].isdigit():
        raise GroupError(f"the address of rank 0 must be given as host:port, got {host!r}; start the job with "
                         "'luojia launch', which sets LUOJIA_ADDRESS.")
    return Place(rank, size, _number(environ, local[0], rank), _number(environ, local[1], size), host)


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit():
        raise GroupError(f"the environment variable {name} must be a whole number, got {text!r}.")
    return int(text)


def _joined(environ: Mapping[str, str], host: str, port: str) -> str:
    return f"{environ.get(host, '')}:{environ.get(port, '')}"


def _only_workers(variable: str, role: str, worker: str) -> None:
    if role != worker:
        print(f"luojia: {variable} is {role}; luojia's processes are all workers, so this one ends.", file=sys.stderr)
        raise SystemExit(0)


def devices_for(place: Place, environ: Mapping[str, str], gpus: int) -> tuple[list[int] | None, str | None]:
    """Which of its machine's GPUs a process takes, and the platform it must keep to; None leaves it to jax.

    Each process takes the GPU of its local number. Two that share one cannot communicate by NCCL, so where there are
    fewer than processes the job is one of CPUs. Who sets CUDA_VISIBLE_DEVICES or JAX_PLATFORMS has decided already.

    >>> devices_for(Place(1, 2, 1, 2), {}, 8), devices_for(Place(1, 2, 1, 2), {}, 1)
    (([1], None), (None, 'cpu'))
    """
    visible = environ.get("CUDA_VISIBLE_DEVICES")
    if place.local_size == 1 or not gpus or "JAX_PLATFORMS" in environ or (
            visible is not None and len(visible.split(",")) < place.local_size):
        return None, None
    return ([place.local_rank], None) if gpus >= place.local_size else (None, "cpu")


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    """The number of seconds that a variable gives, or the default."""
    text = environ.get(name, "")
    try:
        found = float(text) if text else default
    except ValueError:
        found = 0.0
    if not found > 0:
        raise GroupError(f"the environment variable {name} must be a number of seconds, got {text!r}.")
    return found


class _State:
    place: Place | None = None
    joined: Any = None
    groups: dict[str, tuple[int, ...]] = {}


def place() -> Place:
    """The place of this process."""
    if _State.place is None:
        _State.place = place_in(os.environ)
    return _State.place


def join() -> Any:
    """What communicates with the other processes, joined with them at the first call; None if there are none.

    Raises:
        GroupError: a rank did not come in time.
        DeviceError: jax is not installed.
    """
    if _State.joined is None and place().size > 1:
        try:
            from .xla_group import XlaGroup
        except ImportError as e:
            raise DeviceError(f"a job of {place().size} processes communicates through jax, which cannot be used here "
                              f"({e}); pip install 'luojia[xla]'.") from e
        _State.joined = XlaGroup(place())
        os.environ[_MEMBER] = str(os.getpid())
    return _State.joined


# -- groups ------------------------------------------------------------------------------------------------------------


def ranks_of(who: str, group: Any) -> tuple[int, ...]:
    """The ranks of a group, by name; None is the world."""
    if group is None or isinstance(group, str) and group in WORLDS:
        return tuple(range(place().size))
    if not isinstance(group, str):
        raise DTypeError(f"For '{who}', the argument 'group' must be a string, but got the type : {type(group)}.")
    if group not in _State.groups:
        raise ArgumentError(f"For '{who}', there is no group {group!r}; make it with create_group({group!r}, "
                            f"{list(range(place().size))}).")
    return _State.groups[group]


def name_group(name: str, ranks: Sequence[int]) -> None:
    """Give some ranks a name."""
    _State.groups[name] = tuple(ranks)


def forget_group(name: str | None = None) -> None:
    """Forget the group of a name, or all groups."""
    if name is None:
        _State.groups.clear()
    else:
        _State.groups.pop(name, None)


def groups() -> list[tuple[int, ...]]:
    """The ranks of each group that this process is in, the world first."""
    mine = place()
    found = {tuple(range(mine.size)), *_State.groups.values()}
    return sorted((g for g in found if mine.rank in g and len(g) > 1), key=lambda g: (-len(g), g))


def position(who: str, ranks: Sequence[int], rank: int | None = None) -> int:
    """The number of a rank of the world, by default this one's, among ``ranks``."""
    rank = place().rank if rank is None else rank
    if rank not in ranks:
        raise ArgumentError(f"For '{who}', rank {rank} is not in the group of ranks {list(ranks)}.")
    return tuple(ranks).index(rank)


# -- what engines provide ----------------------------------------------------------------------------------------------


def collective(kind: str, array: Any, ranks: tuple[int, ...], **how: Any) -> Any:
    """A collective over ``ranks``, which all of them take part in; of NumPy's arrays or jax's, not traced.

    ``kind`` is one of ``xla_group.COLLECTIVES``. Among one rank an array comes back as it is.
    """
    position(kind, ranks)
    group = join() if len(ranks) > 1 else None
    return array if group is None else group.run(kind, array, ranks, how)


def gather_bytes(who: str, data: bytes, ranks: tuple[int, ...] | None = None) -> list[bytes]:
    """What each rank gave, on all of them."""
    ranks = ranks_of(who, None) if ranks is None else ranks
    if len(ranks) == 1:
        return [data]
    lengths = collective("all_gather", np.array([len(data)], np.int64), ranks)
    padded = np.zeros(max(int(lengths.max()), 1), np.uint8)
    padded[: len(data)] = np.frombuffer(data, np.uint8)
    rows = collective("all_gather", padded, ranks).reshape(len(ranks), -1)
    return [rows[i, : int(n)].tobytes() for i, n in enumerate(lengths)]
