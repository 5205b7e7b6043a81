"""What programs take from MindSpore's ``communication._comm_helper``: backends, ranks and groups."""

from __future__ import annotations

from typing import Any

from .._src.errors import ArgumentError, DTypeError
from . import management
from .management import HCCL_WORLD_COMM_GROUP, MCCL_WORLD_COMM_GROUP, NCCL_WORLD_COMM_GROUP, GlobalComm

__all__ = ["DEFAULT_BACKEND", "DEVICE_TO_BACKEND", "HCCL_WORLD_COMM_GROUP", "MCCL_WORLD_COMM_GROUP",
           "NCCL_WORLD_COMM_GROUP", "Backend", "GlobalComm"]

DEVICE_TO_BACKEND, DEFAULT_BACKEND = {"Ascend": "hccl", "GPU": "nccl", "CPU": "mccl"}, "nccl"


class Backend:
    """The name of a backend, in small letters.

    >>> Backend("NCCL"), Backend.HCCL
    ('nccl', 'hccl')
    """

    UNDEFINED, HCCL, NCCL, MCCL = "undefined", "hccl", "nccl", "mccl"

    def __new__(cls, name: str) -> Any:
        if not isinstance(name, str):
            raise DTypeError(f"For 'Backend', the class variable 'name' must be a string, but got the type: "
                             f"{type(name)}")
        if name.lower() not in DEVICE_TO_BACKEND.values():
            raise ArgumentError(f"For 'Backend', the class variable 'name' {name} is not supported, please use hccl or "
                                "nccl.")
        return name.lower()


def _is_available() -> bool:
    return True


def _is_initialized() -> bool:
    return GlobalComm.INITED


def _get_backend() -> str:
    return GlobalComm.BACKEND


def _is_hccl_available() -> bool:
    return False


_is_nccl_available, _is_mpi_available = _is_available, _is_hccl_available


def _get_rank_helper(group: str) -> int:
    return management.get_rank(group)


def _get_size_helper(group: str) -> int:
    return management.get_group_size(group)


def _get_local_rank_helper(group: str) -> int:
    return management.get_local_rank(group)


def _get_local_size_helper(group: str) -> int:
    return management.get_local_rank_size(group)


def _get_group_ranks(group: str) -> list[int]:
    return management.get_process_group_ranks(group)


def _get_world_rank_from_group_rank_helper(group: str, group_rank_id: int) -> int:
    return management.get_world_rank_from_group_rank(group, group_rank_id)


def _get_group_rank_from_world_rank_helper(world_rank_id: int, group: str) -> int:
    return management.get_group_rank_from_world_rank(world_rank_id, group)


def _create_group_helper(group: str, rank_ids: list[int]) -> None:
    management.create_group(group, rank_ids)


def _destroy_group_helper(group: str) -> None:
    management.destroy_group(group)
