"""Ascend devices, which luojia does not have."""

from __future__ import annotations

from .._src.errors import GraphError
from .._src.paths import public_names, refusing

__all__ = ["device_count", "is_available"]
__dir__ = public_names(__name__)


def is_available() -> bool:
    """Always False."""
    return False


def device_count() -> int:
    """Raises RuntimeError: there are none."""
    raise GraphError("Device_target Ascend not exist.")


_REFUSED = (
    "aclinit_config aclnn_cache aoe_job_type aoe_tune_mode conv_allow_hf32 debug_option execute_timeout "
    "matmul_allow_hf32 op_compile op_precision_mode precision_mode"
).split()
__getattr__ = refusing(__name__, "luojia computes on CPUs and GPUs.", _REFUSED)
