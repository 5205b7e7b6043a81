"""MindSpore's names that luojia refuses: making one raises an error that names it and what to use."""

from __future__ import annotations

from typing import Any

from .._src.errors import NotSupportedError
from .module import Module

_INSTEAD = {
    "AdaSumByDeltaWeightWrapCell": "there is no AdaSum; use a data parallel mode",
    "AdaSumByGradWrapCell": "there is no AdaSum; use a data parallel mode",
    "Conv2dThor": "use Conv2d; there is no second-order optimizer",
    "DenseThor": "use Dense; there is no second-order optimizer",
    "EmbeddingLookupThor": "use Embedding; there is no second-order optimizer",
    "EmbeddingThor": "use Embedding; there is no second-order optimizer",
    "MultiFieldEmbeddingLookup": "look each field up with Embedding and add",
    "OptTFTWrapper": "there is no fault-tolerance server; save checkpoints with ModelCheckpoint",
    "PipelineGradReducer": "there is one device; use the gradients as they are",
    "VirtualDatasetCellTriple": "there is one device; call the network",
    "thor": "use Adam or Lamb: there is no second-order optimizer",
}


def _refuse(name: str, instead: str) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise NotSupportedError(f"nn.{name}: luojia does not provide it; {instead}.")

    return type(name, (Module,), {"__init__": __init__, "__module__": __name__,
                                  "__doc__": f"{name} is refused by name; {instead}."})


globals().update({name: _refuse(name, instead) for name, instead in _INSTEAD.items()})
__all__ = list(_INSTEAD)  # pyright: ignore[reportUnsupportedDunderAll] - names of a table
