"""What the networks share."""

from __future__ import annotations

from typing import Any

from ...block import HybridBlock
from ..model_store import get_model_file


def trained(network: Any, name: str, pretrained: bool, ctx: Any, root: str | None) -> Any:
    """The network, with the trained weights of the model ``name`` if they are asked for and there."""
    if pretrained:
        network.load_parameters(get_model_file(name, root), ctx=ctx)
    return network


class Classifier(HybridBlock):
    """``output(features(x))``."""

    features: Any
    output: Any

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.output(self.features(x))
