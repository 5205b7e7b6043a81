"""Mixed precision under MindSpore's path."""

from .train.amp import (
    DynamicLossScaleManager,
    DynamicLossScaler,
    FixedLossScaleManager,
    LossScaleManager,
    LossScaler,
    StaticLossScaler,
    all_finite,
    auto_mixed_precision,
    build_train_network,
    custom_mixed_precision,
    get_black_list,
    get_white_list,
)
from .train.amp import _grad_scale_map as _grad_scale_map
from .train.amp import _grad_unscale_map as _grad_unscale_map

__all__ = ["DynamicLossScaleManager", "DynamicLossScaler", "FixedLossScaleManager", "LossScaleManager",
           "LossScaler", "StaticLossScaler", "all_finite", "auto_mixed_precision", "build_train_network",
           "custom_mixed_precision", "get_black_list", "get_white_list"]
