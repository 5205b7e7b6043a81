"""What the networks share."""

from __future__ import annotations

from typing import Any

from ...._src.errors import NotSupportedError
from ...block import HybridBlock


def no_weights(name: str, pretrained: bool) -> None:
    """Refuse trained weights, which are not shipped."""
    if pretrained:
        raise NotSupportedError(
            f"{name}(pretrained=True): luojia ships no trained weights; make it without and call "
            "net.load_parameters(file), which reads mxnet's files."
        )


class Classifier(HybridBlock):
    """``output(features(x))``."""

    features: Any
    output: Any

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.output(self.features(x))
