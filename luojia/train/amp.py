"""Mixed precision, and the network of a training step."""

from __future__ import annotations

from typing import Any

from .._src.core import dtypes
from .._src.core.dtypes import int32, is_float
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Parameter
from ..nn.loss import LossBase
from ..nn.module import Module
from ..nn.normalization import LayerNorm, _BatchNorm
from ..nn.optim import LARS
from ..nn.optimizer import Optimizer
from ..nn.wrap import TrainOneStepCell, TrainOneStepWithLossScaleCell, WithLossCell, all_finite
from .loss_scale_manager import DynamicLossScaleManager, FixedLossScaleManager, LossScaleManager

AMP_WHITE_LIST = ("Conv1d", "Conv2d", "Conv3d", "Conv1dTranspose", "Conv2dTranspose", "Dense", "LSTMCell", "RNNCell",
                  "GRUCell", "LSTM", "GRU", "RNN")
AMP_BLACK_LIST = (_BatchNorm, LayerNorm, LossBase)
_LEVELS = ("O0", "O1", "O2", "O3", "auto")


class _OutputTo(Module):
    """A network whose float outputs are cast."""

    def __init__(self, network: Module, dtype: Any) -> None:
        super().__init__(auto_prefix=False)
        self._network, self._dtype = network, dtype

    def construct(self, *inputs: Any, **kwargs: Any) -> Any:
        return _cast(self._network(*inputs, **kwargs), self._dtype)


def _cast(out: Any, dtype: Any) -> Any:
    if isinstance(out, Tensor):
        return OPERATORS["cast"](out, dtype=dtype.np) if is_float(out.np_dtype) else out
    return type(out)([_cast(o, dtype) for o in out]) if isinstance(out, (tuple, list)) else out


def auto_mixed_precision(network: Module, amp_level: str = "O0", dtype: Any = dtypes.float16) -> Module:
    """Let a network compute in ``dtype``: nothing (O0), layers with matrix products (O1), all but normalizations and
    losses (O2), everything (O3).

    Raises:
        TypeError: ``network`` is no Module.
        ValueError: another level or dtype.

    Matches ``mindspore.amp.auto_mixed_precision``.
    """
    if not isinstance(network, Module):
        raise DTypeError("For 'auto_mixed_precision', the argument 'network' must be a Cell, but got "
                         f"{type(network).__name__}.")
    if amp_level not in _LEVELS:
        raise ArgumentError(f"For 'auto_mixed_precision', the 'amp_level' must be in {list(_LEVELS)}, but got "
                            f"{amp_level}.")
    if dtype not in (dtypes.float16, dtypes.bfloat16):
        raise ArgumentError(f"For 'auto_mixed_precision', the 'dtype' must be float16 or bfloat16, but got {dtype}.")
    if amp_level == "O0":
        return network
    if amp_level == "O3":
        return _OutputTo(network.to_float(dtype), dtypes.float32)
    for _, cell in network.cells_and_names():
        if amp_level in ("O1", "auto"):
            if type(cell).__name__ in AMP_WHITE_LIST:
                cell.to_float(dtype)
        elif not isinstance(cell, AMP_BLACK_LIST) and not cell.name_cells():
            cell.to_float(dtype)
        elif isinstance(cell, AMP_BLACK_LIST):
            cell.to_float(dtypes.float32)
    return _OutputTo(network, dtypes.float32)


def build_train_network(network: Module, optimizer: Any, loss_fn: Any = None, level: str = "O0",
                        boost_level: str = "O0", **kwargs: Any) -> TrainOneStepCell:
    """The training step of a network: mixed precision, loss, optimizer, loss scale.

    Args:
        network, optimizer: what is trained, and by what.
        loss_fn: the loss; None: the network returns it.
        level: see ``auto_mixed_precision``.
        kwargs: ``loss_scale_manager``; ``cast_model_type`` and ``keep_batchnorm_fp32`` are accepted.

    Matches ``mindspore.amp.build_train_network``.
    """
    if not isinstance(network, Module):
        raise DTypeError(f"For 'build_train_network', the 'network' must be a Cell, but got {type(network).__name__}.")
    if not isinstance(optimizer, (Optimizer, LARS)):
        raise DTypeError("For 'build_train_network', the 'optimizer' must be an Optimizer, but got "
                         f"{type(optimizer).__name__}.")
    if level not in _LEVELS:
        raise ArgumentError(f"For 'build_train_network', the 'level' must be in {list(_LEVELS)}, but got {level}.")
    unknown = set(kwargs) - {"loss_scale_manager", "cast_model_type", "keep_batchnorm_fp32"}
    if unknown:
        raise ArgumentError(f"For 'build_train_network', unsupported arguments: {sorted(unknown)}.")
    network = auto_mixed_precision(network, level)
    if loss_fn is not None:
        network = WithLossCell(network, loss_fn)
    manager = kwargs.get("loss_scale_manager")
    if manager is None and level in ("O2", "auto"):
        manager = FixedLossScaleManager() if level == "O2" else DynamicLossScaleManager()
    if manager is None:
        return TrainOneStepCell(network, optimizer).set_train()
    if not isinstance(manager, LossScaleManager):
        raise DTypeError("For 'build_train_network', the 'loss_scale_manager' must be a LossScaleManager, but got "
                         f"{type(manager).__name__}.")
    update = manager.get_update_cell()
    if update is None:
        return TrainOneStepCell(network, optimizer, manager.get_loss_scale()).set_train()
    return TrainOneStepWithLossScaleCell(network, optimizer, update).set_train()


class LossScaler:
    """What scales losses, unscales gradients, and may change its scale after a step."""

    def scale(self, inputs: Any) -> Any:
        """``inputs`` times the scale."""
        raise NotImplementedError(f"{type(self).__name__} must define scale(inputs).")

    def unscale(self, inputs: Any) -> Any:
        """``inputs`` divided by the scale."""
        raise NotImplementedError(f"{type(self).__name__} must define unscale(inputs).")

    def adjust(self, grads_finite: Any) -> bool:
        """Change the scale after a step; whether it changed."""
        raise NotImplementedError(f"{type(self).__name__} must define adjust(grads_finite).")


class StaticLossScaler(LossScaler):
    """Scales losses and unscales gradients by a number that stays, the Parameter ``scale_value``."""

    def __init__(self, scale_value: float) -> None:
        self.scale_value = Parameter(Tensor(float(scale_value)), name="scale_value", requires_grad=False)

    def scale(self, inputs: Any) -> Any:
        """``inputs`` times the scale."""
        return _times(inputs, float(self.scale_value))

    def unscale(self, inputs: Any) -> Any:
        """``inputs`` divided by the scale."""
        return _times(inputs, 1.0 / float(self.scale_value))

    def adjust(self, grads_finite: Any) -> bool:
        """Nothing changes."""
        return False


class DynamicLossScaler(StaticLossScaler):
    """As ``StaticLossScaler``, but ``adjust`` divides the scale at an overflow and multiplies it after a window."""

    def __init__(self, scale_value: float, scale_factor: int, scale_window: int) -> None:
        super().__init__(scale_value)
        self.scale_factor, self.scale_window = scale_factor, scale_window
        self.counter = Parameter(Tensor(0, int32), name="counter", requires_grad=False)

    def adjust(self, grads_finite: Any) -> bool:
        """Change the scale after a step; whether it changed."""
        old, counter = float(self.scale_value), int(self.counter) + 1 if grads_finite else 0
        new = old if grads_finite else max(old / self.scale_factor, 1.0)
        if counter == self.scale_window:
            new, counter = old * self.scale_factor, 0
        self.scale_value.set_data(Tensor(new))
        self.counter.set_data(Tensor(counter, int32))
        return new != old


def _times(inputs: Any, factor: float) -> Any:
    return type(inputs)([_times(i, factor) for i in inputs]) if isinstance(inputs, (tuple, list)) else inputs * factor


__all__ = ["DynamicLossScaleManager", "DynamicLossScaler", "FixedLossScaleManager", "LossScaleManager",
           "LossScaler", "StaticLossScaler", "all_finite", "auto_mixed_precision", "build_train_network"]
