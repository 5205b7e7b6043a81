"""NVIDIA's GPUs, which compute where jax is installed with CUDA."""

from __future__ import annotations

from .._src.engine.devices import num_gpus
from .._src.errors import GraphError
from .._src.paths import public_names, refusing

__all__ = ["device_count", "is_available"]
__dir__ = public_names(__name__)


def is_available() -> bool:
    """Whether there is a GPU that computes.

    >>> is_available() == (num_gpus() > 0)
    True
    """
    return num_gpus() > 0


def device_count() -> int:
    """How many GPUs there are.

    Raises:
        RuntimeError: there is none.
    """
    if not num_gpus():
        raise GraphError("Device_target GPU not exist.")
    return num_gpus()


_REFUSED = (
    "conv_allow_tf32 conv_dgrad_algo conv_fprop_algo conv_wgrad_algo matmul_allow_tf32"
).split()
__getattr__ = refusing(__name__, "XLA chooses the algorithms; jax.config has jax_default_matmul_precision.", _REFUSED)
