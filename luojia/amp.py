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

__all__ = ["DynamicLossScaleManager", "DynamicLossScaler", "FixedLossScaleManager", "LossScaleManager",
           "LossScaler", "StaticLossScaler", "all_finite", "auto_mixed_precision", "build_train_network",
           "custom_mixed_precision", "get_black_list", "get_white_list"]
