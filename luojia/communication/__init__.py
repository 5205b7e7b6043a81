"""Communication between the processes of a job under MindSpore's names; ``luojia launch`` starts such a job."""

import sys

from .._src.paths import open_paths, public_names
from . import comm_func
from .management import (
    HCCL_WORLD_COMM_GROUP,
    MCCL_WORLD_COMM_GROUP,
    NCCL_WORLD_COMM_GROUP,
    GlobalComm,
    create_group,
    destroy_group,
    get_comm_name,
    get_group_rank_from_world_rank,
    get_group_size,
    get_local_rank,
    get_local_rank_size,
    get_process_group_ranks,
    get_rank,
    get_world_rank_from_group_rank,
    init,
    release,
)

__all__ = ["HCCL_WORLD_COMM_GROUP", "MCCL_WORLD_COMM_GROUP", "NCCL_WORLD_COMM_GROUP", "GlobalComm", "comm_func",
           "create_group", "destroy_group", "get_comm_name", "get_group_rank_from_world_rank", "get_group_size",
           "get_local_rank", "get_local_rank_size", "get_process_group_ranks", "get_rank",
           "get_world_rank_from_group_rank", "init", "release"]
__dir__ = public_names(__name__)

open_paths(sys.modules[__name__])
