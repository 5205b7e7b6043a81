"""Names of MindSpore's operators that luojia does not have, and what to use instead; a * stands for any letters."""

from __future__ import annotations

import fnmatch

from .._src.errors import AbsentName, RefusedName

_FUSED = "it is one kernel of Ascend devices; use nn.MultiheadAttention, or write it in operators"
_GROUPS = "use mindspore's communication primitives: ops.AllReduce, AllGather, ReduceScatter, Broadcast, AlltoAll"
_GRAPH = "it is a part of MindSpore's compiler; write the Python expression"
_STEP = "use the optimizer, or the dense operator of that name without Sparse or Fused"
_KERNEL = "there are no kernels to register; write a Module with a bprop, or a Primitive with get_bprop"
NAMES = {
    "ApplyRotaryPosEmb": "use ops.rotary_position_embedding",
    **dict.fromkeys(("moe_*", "nsa_*", "GroupTopk", "PagedAttention*", "ReshapeAndCache",
                     "*matmul_reduce_scatter", "all_gather_matmul"), _FUSED),
    **dict.fromkeys(("AlltoAllV*", "NeighborExchange*", "AllGatherV", "ReduceScatterV", "P2POp", "BatchISendIRecv",
                     "TCPStore", "Reshard", "reshard"), _GROUPS),
    **dict.fromkeys(("environ_*", "env_get", "Merge", "merge", "GeSwitch", "geswitch", "UpdateState", "SliceGetItem",
                     "PyExecute", "MapUniform", "MapCacheIdx", "switch_layer", "ref_to_embed", "embed", "typeof",
                     "hastype", "distribute", "is_*_unknown", "is_tensor_bool_cond", "array_reduce", "array_to_scalar",
                     "iter_converter", "ms_hasnext", "ms_next", "DtypeToEnum", "J", "_Vmap", "_Grad", "Reusing",
                     "make_map_parameter", "recompute_block"), _GRAPH),
    **dict.fromkeys(("FusedAdaFactor*", "FusedCastAdamWeightDecay", "Push", "Pull"), _STEP),
    **dict.fromkeys(("CustomOpBuilder", "*RegOp", "op_info_register", "Morph", "ms_kernel"), _KERNEL),
    "GetNext": "iterate over a dataset",
    "set_comm_ops_inplace": "collectives return new Tensors; take what they return",
    "NPU*FloatStatus": "use ops.FloatStatus, or amp's all_finite",
    "CopyWithSlice": "assign to the slice, as in x[1:] = y",
    "rotated_iou": "it runs on Ascend devices alone; ops.IOU takes boxes that are not turned",
}


def missing(name: str) -> AttributeError:
    """The error for a name that ``ops`` lacks: a RefusedName, which says what to use, if it is MindSpore's.

    >>> missing("Morph")
    RefusedName('luojia.ops.Morph is not supported: there are no kernels to register; write a Module with a bprop, or \
a Primitive with get_bprop.')
    """
    advice = NAMES.get(name) or next((a for p, a in NAMES.items() if fnmatch.fnmatchcase(name, p)), None)
    if advice is None:
        return AbsentName("luojia.ops", name)
    return RefusedName(f"luojia.ops.{name} is not supported: {advice}.")
