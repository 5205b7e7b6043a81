"""MindSpore's names that luojia refuses: making one raises an error that names it and what to use."""

from __future__ import annotations

from typing import Any

from .._src.errors import NotSupportedError
from .module import Module

_INSTEAD = {
    "AdamOffload": "use Adam: there is one memory",
    "Conv3dTranspose": "use Conv2dTranspose, or ops.Conv3D's gradient",
    "LPPool1d": "use AvgPool1d of |x|^p, to the power 1 / p",
    "LPPool2d": "use AvgPool2d of |x|^p, to the power 1 / p",
    "MicroBatchInterleaved": "there is one device to keep busy",
    "MultiMarginLoss": "write it in operators",
    "PipelineCell": "there is one device; call the network",
    "RReLU": "use LeakyReLU",
    "SampledSoftmaxLoss": "use SoftmaxCrossEntropyWithLogits over all classes",
    "thor": "use Adam or Lamb",
}


def _refuse(name: str, instead: str) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise NotSupportedError(f"nn.{name}: luojia does not provide it; {instead}.")

    return type(name, (Module,), {"__init__": __init__, "__module__": __name__,
                                  "__doc__": f"{name} is refused by name; {instead}."})


globals().update({name: _refuse(name, instead) for name, instead in _INSTEAD.items()})
__all__ = list(_INSTEAD)  # pyright: ignore[reportUnsupportedDunderAll] - names of a table
