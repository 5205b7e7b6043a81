"""The devices one by one, under the names of ``mindspore.device_context``.

>>> from luojia import device_context
>>> device_context.cpu.is_available(), device_context.cpu.device_count()
(True, 1)
"""

from .._src.paths import also_at, public_names
from . import ascend, cpu, gpu

__all__ = ["ascend", "cpu", "gpu"]
__dir__ = public_names(__name__)
also_at(cpu, f"{__name__}.cpu.device", f"{__name__}.cpu.op_tuning")
also_at(gpu, *(f"{__name__}.gpu.{p}" for p in ("device", "op_precision", "op_tuning")))
also_at(ascend, *(f"{__name__}.ascend.{p}" for p in ("device", "op_debug", "op_precision", "op_tuning")))
