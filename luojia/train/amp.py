"""Mixed precision, and the network of a training step."""

from __future__ import annotations

from typing import Any

from .. import nn, ops
from .._src.core import dtypes
from .._src.core.arguments import takes
from .._src.core.dtypes import int32
from .._src.core.primitive import Primitive
from .._src.core.tensor import Tensor
from .._src.engine.devices import current_context
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Parameter
from .._src.paths import public_names
from ..nn.checks import check_positive_int
from ..nn.compute import cast_floats
from ..nn.loss import LossBase
from ..nn.module import Module
from ..nn.optim import LARS
from ..nn.optimizer import Optimizer
from ..nn.wrap import TrainOneStepCell, TrainOneStepWithLossScaleCell, WithLossCell, all_finite
from .loss_scale_manager import DynamicLossScaleManager, FixedLossScaleManager, LossScaleManager

_WHITE = ("Conv1d", "Conv2d", "Conv3d", "Conv1dTranspose", "Conv2dTranspose", "Conv3dTranspose", "Dense", "LSTMCell",
          "RNNCell", "GRUCell")
_WHITE_PRIMITIVES = ("Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "Conv2DBackpropInput", "MatMul",
                     "BatchMatMul", "PReLU", "ReLU", "Ger")
_BLACK = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm)
_LEVELS = ("O0", "O1", "O2", "O3", "auto")


class _OutputTo32(Module):
    """A network whose float outputs are float32."""

    def __init__(self, network: Module) -> None:
        super().__init__(auto_prefix=False)
        self._backbone = network

    def construct(self, *inputs: Any, **kwargs: Any) -> Any:
        return cast_floats(self._backbone(*inputs, **kwargs), dtypes.float32)


class _InLow:
    """An operator object that computes in half precision and gives float32."""

    def __init__(self, primitive: Any, dtype: Any) -> None:
        self._primitive, self._dtype = primitive, dtype

    def __call__(self, *inputs: Any) -> Any:
        return cast_floats(self._primitive(*cast_floats(inputs, self._dtype)), dtypes.float32)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["_primitive"], name)


def get_white_list() -> list[type]:
    """The layers and operators that compute in half precision at level O1: those with products of matrices.

    >>> nn.Dense in get_white_list(), ops.MatMul in get_white_list()
    (True, True)

    Matches ``mindspore.amp.get_white_list``.
    """
    return [*[getattr(nn, name) for name in _WHITE], *[getattr(ops, name) for name in _WHITE_PRIMITIVES
                                                      if hasattr(ops, name)]]


def get_black_list() -> list[type]:
    """The layers that compute in float32 at level O2: normalizations.

    Matches ``mindspore.amp.get_black_list``.
    """
    return list(_BLACK)


def auto_mixed_precision(network: Module, amp_level: str = "O0", dtype: Any = dtypes.float16) -> Module:
    """Let a network compute in ``dtype``; its parameters stay as they are, and are cast where they are used.

    ========  ==========================================================================================
    level     what computes in ``dtype``
    ========  ==========================================================================================
    O0        nothing
    O1        the layers and operator objects of ``get_white_list``, each of which gives float32
    O2        all but those of ``get_black_list`` and losses; the network gives float32
    O3        all; the network gives float32
    auto      the layers of ``get_white_list``, which give ``dtype`` unless they add a bias; normalizations and losses
              compute in float32, all else in what it is given
    ========  ==========================================================================================

    Raises:
        TypeError: ``network`` is no Module.
        ValueError: another level or dtype.

    >>> import luojia, numpy as np
    >>> net = auto_mixed_precision(nn.SequentialCell(nn.Dense(2, 3), nn.ReLU()), "O2", luojia.float16)
    >>> net(luojia.Tensor(np.ones((1, 2), np.float32))).dtype
    mindspore.float32

    Matches ``mindspore.amp.auto_mixed_precision``, which at "auto" decides by operator instead of by layer.
    """
    if not isinstance(network, Module):
        raise DTypeError("For 'auto_mixed_precision', the argument 'network' must be a Cell, but got "
                         f"{type(network).__name__}.")
    if amp_level not in _LEVELS:
        raise ArgumentError(f"For 'auto_mixed_precision', the 'amp_level' must be in {list(_LEVELS)}, but got "
                            f"{amp_level}.")
    _check_half("auto_mixed_precision", dtype)
    if amp_level == "O1":
        return _lower(network, get_white_list(), dtype)
    if amp_level == "O2":
        return _lower_all_but(network, _BLACK, dtype)
    if amp_level == "O3":
        return _OutputTo32(network.to_float(dtype))
    if amp_level == "auto":
        white = tuple([getattr(nn, name) for name in _WHITE])
        for _, cell in network.cells_and_names():
            if isinstance(cell, white):
                cell.to_float(dtype)
                cell.__dict__["_output_dtype"] = dtypes.float32 if getattr(cell, "has_bias", False) else None
            elif isinstance(cell, (*_BLACK, LossBase)):
                cell.to_float(dtypes.float32)
    return network


def custom_mixed_precision(network: Module, *, white_list: list[type] | None = None,
                           black_list: list[type] | None = None, dtype: Any = dtypes.float16) -> Module:
    """Level O1 of ``auto_mixed_precision`` with ``white_list``, or level O2 with ``black_list``.

    Raises:
        TypeError: ``network`` is no Module.
        ValueError: none of the lists, or both, or another dtype.

    Matches ``mindspore.amp.custom_mixed_precision``.
    """
    if not isinstance(network, Module):
        raise DTypeError("For 'custom_mixed_precision', the argument 'network' must be a Cell, but got "
                         f"{type(network).__name__}.")
    if white_list is None and black_list is None:
        raise ArgumentError("For custom_mixed_precision, one of white_list and black_list must be provided.")
    if white_list is not None and black_list is not None:
        raise ArgumentError("For custom_mixed_precision, the white_list or black_list cannot be provided at the same "
                            "time, please provide one or the other.")
    _check_half("custom_mixed_precision", dtype)
    if white_list is not None:
        return _lower(network, white_list, dtype)
    return _lower_all_but(network, tuple(black_list or ()), dtype)


def _check_half(who: str, dtype: Any) -> None:
    if dtype not in (dtypes.float16, dtypes.bfloat16):
        raise ArgumentError(f"For '{who}', the 'dtype' must be float16 or bfloat16, but got {dtype}.")
    dtype.np  # noqa: B018 - raises where ml_dtypes is missing


def _lower(network: Module, white: list[type], dtype: Any) -> Module:
    """Only those of ``white`` in half precision, giving float32."""
    layers = tuple([c for c in white if issubclass(c, Module)])
    primitives = tuple([c for c in white if issubclass(c, Primitive)])
    for _, cell in network.cells_and_names():
        if isinstance(cell, layers):
            cell.to_float(dtype)
            cell.__dict__["_output_dtype"] = dtypes.float32
        for name, value in list(cell.__dict__.items()):
            if isinstance(value, primitives):
                cell.__dict__[name] = _InLow(value, dtype)
    return network


def _lower_all_but(network: Module, black: tuple[type, ...], dtype: Any) -> Module:
    """All in half precision but those of ``black``, which give it too, and losses."""
    network.to_float(dtype)
    for _, cell in network.cells_and_names():
        if isinstance(cell, black):
            cell.to_float(dtypes.float32)
            cell.__dict__["_output_dtype"] = dtype
        elif isinstance(cell, LossBase):
            cell.to_float(dtypes.float32)
    return _OutputTo32(network)


@takes("level: str; boost_level: str ! in O0,O1,O2")
def build_train_network(network: Module, optimizer: Any, loss_fn: Any = None, level: str = "O0",
                        boost_level: str = "O0", **kwargs: Any) -> TrainOneStepCell:
    """The training step of a network: mixed precision, loss, optimizer, loss scale.

    Args:
        network, optimizer: what is trained, and by what.
        loss_fn: the loss; None: the network returns it.
        level: see ``auto_mixed_precision``; "auto" is O2 on GPUs and O0 elsewhere.
        kwargs: ``loss_scale_manager``; ``cast_model_type``: float16 casts all whatever the level, float32 nothing;
            ``keep_batchnorm_fp32``: whether normalizations are left out of that.

    >>> from luojia import nn, Tensor
    >>> net = nn.Dense(2, 1, "ones")
    >>> optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    >>> step = luojia.amp.build_train_network(net, optimizer, nn.MSELoss(), level="O0")
    >>> step(Tensor([[1.0, 2.0]]), Tensor([[3.0]])).shape
    ()

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
    model_type = kwargs.get("cast_model_type")
    if model_type not in (None, dtypes.float16, dtypes.float32):
        raise ArgumentError("For 'build_train_network', the 'cast_model_type' must be float16 or float32, but got "
                            f"{model_type}.")
    if not isinstance(kwargs.get("keep_batchnorm_fp32"), (bool, type(None))):
        raise DTypeError("The type of 'keep_batchnorm_fp32' should be 'bool', but got type "
                         f"{type(kwargs['keep_batchnorm_fp32']).__name__}.")
    if level == "auto":
        level = "O2" if current_context().device_type == "gpu" else "O0"
    if model_type is dtypes.float16:
        network = auto_mixed_precision(network, "O2" if kwargs.get("keep_batchnorm_fp32", level == "O2") else "O3")
    elif model_type is None:
        network = auto_mixed_precision(network, level)
    if loss_fn is not None:
        network = WithLossCell(network, loss_fn)
    manager = kwargs.get("loss_scale_manager")
    if level == "O2" and "loss_scale_manager" not in kwargs:
        manager = FixedLossScaleManager()
    if manager is None:
        return TrainOneStepCell(network, optimizer).set_train()
    if not isinstance(manager, LossScaleManager):
        raise DTypeError("For 'build_train_network', the 'loss_scale_manager' must be a LossScaleManager, but got "
                         f"{type(manager).__name__}.")
    update = manager.get_update_cell()
    if update is None:
        return TrainOneStepCell(network, optimizer, manager.get_loss_scale()).set_train()
    return TrainOneStepWithLossScaleCell(network, optimizer, update).set_train()


def _grad_scale_map(scale: Any, inputs: Any) -> Any:
    """``inputs`` times ``scale``, for subclasses of ``LossScaler``."""
    return _times(inputs, scale)


def _grad_unscale_map(scale: Any, inputs: Any) -> Any:
    """``inputs`` divided by ``scale``, for subclasses of ``LossScaler``."""
    return _times(inputs, 1 / scale)


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
    """Scales losses and unscales gradients by a number that stays, the Parameter ``scale_value``.

    Raises:
        ValueError: a scale below 1.

    >>> import luojia
    >>> StaticLossScaler(4.0).unscale((luojia.Tensor([8.0]),))
    (Tensor(shape=[1], dtype=Float32, value= [ 2.00000000e+00]),)

    Matches ``mindspore.amp.StaticLossScaler``.
    """

    def __init__(self, scale_value: float) -> None:
        if isinstance(scale_value, bool) or not isinstance(scale_value, (int, float)):
            raise DTypeError(f"The 'scale_value' must be a number, but got {type(scale_value).__name__}.")
        if scale_value < 1:
            raise ArgumentError(f"The argument 'scale_value' must be >= 1, but got {scale_value}")
        self.scale_value = Parameter(Tensor(float(scale_value)), name="scale_value", requires_grad=False)

    def scale(self, inputs: Any) -> Any:
        """``inputs`` times the scale."""
        return _times(inputs, self.scale_value)

    def unscale(self, inputs: Any) -> Any:
        """``inputs`` divided by the scale."""
        return _times(inputs, 1.0 / self.scale_value)

    def adjust(self, grads_finite: Any) -> bool:
        """Nothing changes."""
        return False


class DynamicLossScaler(StaticLossScaler):
    """As ``StaticLossScaler``, but ``adjust`` divides the scale at an overflow and multiplies it after a window.

    Args:
        scale_value: the first scale.
        scale_factor: by what it is divided and multiplied; it never falls below 1.
        scale_window: after how many finite steps it is multiplied.

    The scale is computed without being asked for, so the scaler works in compiled functions.

    >>> import luojia
    >>> scaler = DynamicLossScaler(16, 2, 2)
    >>> scales = []
    >>> for finite in (True, True, False):
    ...     _ = scaler.adjust(luojia.Tensor(finite))
    ...     scales.append(float(scaler.scale_value))
    >>> scales
    [16.0, 32.0, 16.0]

    Matches ``mindspore.amp.DynamicLossScaler``.
    """

    def __init__(self, scale_value: float, scale_factor: int, scale_window: int) -> None:
        super().__init__(scale_value)
        self.scale_factor = check_positive_int("DynamicLossScaler", "scale_factor", scale_factor)
        self.scale_window = check_positive_int("DynamicLossScaler", "scale_window", scale_window)
        self.counter = Parameter(Tensor(0, int32), name="counter", requires_grad=False)

    def adjust(self, grads_finite: Any) -> bool:
        """Change the scale after a step, by whether its gradients were finite; True."""
        finite = grads_finite if isinstance(grads_finite, Tensor) else Tensor(bool(grads_finite))
        old, counter = self.scale_value, (self.counter + 1) * finite.astype(int32)
        grown = counter == self.scale_window
        raised = ops.select(grown, old * self.scale_factor, old * 1.0)
        new = ops.select(finite, raised, ops.maximum(old / self.scale_factor, Tensor(1.0)))
        counter = counter * (1 - grown.astype(int32))
        self.scale_value.set_data(new)
        self.counter.set_data(counter)
        return True


def _times(inputs: Any, factor: Any) -> Any:
    if isinstance(inputs, (tuple, list)):
        return type(inputs)([_times(i, factor) for i in inputs])
    return inputs * factor.astype(inputs.dtype)


__all__ = ["DynamicLossScaleManager", "DynamicLossScaler", "FixedLossScaleManager", "LossScaleManager",
           "LossScaler", "StaticLossScaler", "all_finite", "auto_mixed_precision", "build_train_network",
           "custom_mixed_precision", "get_black_list", "get_white_list"]
__dir__ = public_names(__name__)
