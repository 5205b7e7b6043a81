"""Training under MindSpore's names: Model, callbacks, checkpoints, loss scales."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._src.core.arguments import guard_all, read
from .._src.errors import AbsentName
from .._src.paths import also_at, open_paths, public_names
from ..nn import dynamic_lr, metrics
from ..nn.metrics import *  # noqa: F403
from . import amp, callback, dataset_helper, loss_scale_manager, model, serialization
from .amp import auto_mixed_precision, build_train_network
from .callback import (
    BackupAndRestore,
    Callback,
    CheckpointConfig,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    LossMonitor,
    ModelCheckpoint,
    ReduceLROnPlateau,
    RunContext,
    SummaryCollector,
    TimeMonitor,
)
from .conversion import async_ckpt_thread_status, ckpt_to_safetensors, safetensors_to_ckpt
from .dataset_helper import DatasetHelper, connect_network_with_dataset
from .exit import OnRequestExit
from .loss_scale_manager import DynamicLossScaleManager, FixedLossScaleManager, LossScaleManager
from .model import Model
from .serialization import (
    export,
    load,
    load_checkpoint,
    load_checkpoint_async,
    load_param_into_net,
    merge_sliced_parameter,
    save_checkpoint,
)
from .summary import SummaryRecord

callback.OnRequestExit = OnRequestExit  # type: ignore[attr-defined] - where programs import it from
__all__ = [
    "BackupAndRestore", "Callback", "CheckpointConfig", "DatasetHelper", "DynamicLossScaleManager", "EarlyStopping",
    "FixedLossScaleManager", "History", "LambdaCallback", "LearningRateScheduler", "LossMonitor", "LossScaleManager",
    "Model", "ModelCheckpoint", "ReduceLROnPlateau", "RunContext", "SummaryCollector", "SummaryRecord", "TimeMonitor",
    "amp", "async_ckpt_thread_status", "auto_mixed_precision", "ckpt_to_safetensors", "safetensors_to_ckpt",
    "build_train_network", "callback", "connect_network_with_dataset", "dataset_helper", "dynamic_lr", "export",
    "load", "load_checkpoint", "load_checkpoint_async", "load_param_into_net", "loss_scale_manager",
    "OnRequestExit", "merge_sliced_parameter", "metrics", "model", "save_checkpoint", "serialization",
]
__all__ += metrics.__all__
__dir__ = public_names(__name__)

guard_all(globals(), read("""
    CheckpointConfig  async_save: bool str in process,thread; exception_save: bool; crc_check remove_redundancy: bool !
    CheckpointConfig  enc_key: None bytes !; enc_mode format: str !
    DatasetHelper  epoch_num sink_size: int
    EarlyStopping,ReduceLROnPlateau  mode: str
    Model  amp_level: str; boost_level: str ! in O0,O1,O2
    TimeMonitor  data_time: bool
"""))

also_at(metrics, f"{__name__}.metrics", *(f"{__name__}.metrics.{p}" for p in (
    "accuracy", "auc", "bleu_score", "confusion_matrix", "cosine_similarity", "dice", "error", "fbeta",
    "hausdorff_distance", "loss", "mean_surface_distance", "metric", "occlusion_sensitivity", "perplexity",
    "precision", "recall", "roc", "root_mean_square_surface_distance", "topk")))
also_at(callback, *(f"{__name__}.callback._{p}" for p in (
    "backup_and_restore", "callback", "checkpoint", "early_stop", "history", "lambda_callback", "loss_monitor",
    "lr_scheduler_callback", "reduce_lr_on_plateau", "summary_collector", "time_monitor")))



def __getattr__(name: str) -> Any:
    """The functions on checkpoints of several devices, which lie with ``parallel``, and that imports this package."""
    if name not in ("build_searched_strategy", "load_distributed_checkpoint", "restore_group_info_list"):
        raise AbsentName("luojia.train", name)
    return getattr(importlib.import_module("..parallel", __name__), name)


setattr(serialization, "__getattr__", __getattr__)  # noqa: B010 - MindSpore has them there too
open_paths(sys.modules[__name__])
