"""What of ``ops`` draws random numbers or renews statistics, which operators themselves never do."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.core.random import next_key
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, ShapeError
from .._src.ops.composed.draws import key_of
from .._src.ops.dropout import dropout as _dropout
from .._src.ops.dropout import dropout_mask
from .._src.ops.state import batch_norm_apply
from .random import next_seed

__all__ = ["BatchNorm", "Dropout", "Dropout2D", "Dropout3D", "batch_norm", "dropout", "dropout1d", "dropout2d",
           "dropout3d"]


def dropout(input: Tensor, p: float = 0.5, training: bool = True, seed: int | None = None) -> Tensor:
    """``input`` with each element zeroed with probability ``p`` and the rest divided by 1 - p; itself if not training.

    ``seed`` decides the zeros of this call; by default the stream that ``set_seed`` starts does.

    >>> from luojia import Tensor, ops
    >>> ops.dropout(Tensor([1.0, 2.0]), p=0.5, training=False)
    Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00])
    """
    return _dropout(_key(input, seed), input, p=p, training=training)


def _key(x: Tensor, seed: int | None) -> Any:
    return next_key(x._device) if seed is None else np.array([0, seed], np.uint32)


def _channels(x: Tensor, p: float, training: bool, axes: int, name: str) -> Tensor:
    if x.ndim not in (axes + 1, axes + 2):
        raise ArgumentError(f"{name} expects a Tensor of {axes + 1} or {axes + 2} axes, got shape {x.shape}.")
    return _dropout(next_key(x._device), x, p=p, training=training, axes=tuple(range(-axes, 0)))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Whole channels of ``input`` (N, C, L) or (C, L) zeroed with probability ``p``."""
    return _channels(input, p, training, 1, "dropout1d")


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Whole channels of ``input`` (N, C, H, W) zeroed with probability ``p``."""
    return _channels(input, p, training, 2, "dropout2d")


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Whole channels of ``input`` (N, C, D, H, W) zeroed with probability ``p``."""
    return _channels(input, p, training, 3, "dropout3d")


class Dropout(Primitive):
    """(output, mask): elements kept with probability ``keep_prob`` and divided by it; the mask is 1 where kept.

    Seeds that are not both 0 start a sequence of the object's own, of which each call takes the next numbers.
    """

    _axes = 0

    def __init__(self, keep_prob: float = 0.5, Seed0: int = 0, Seed1: int = 0) -> None:
        if not 0 <= keep_prob <= 1 or not self._axes and keep_prob == 0:
            raise ArgumentError(f"{self.name}: keep_prob must lie in {'[' if self._axes else '('}0, 1], got "
                                f"{keep_prob}.")
        super().__init__(keep_prob=keep_prob, Seed0=Seed0, Seed1=Seed1)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if self._axes and x.ndim != self._axes + 2:
            raise ShapeError(f"For '{self.name}', x must have {self._axes + 2} axes, got shape {x.shape}.")
        seed = next_seed(self, self.Seed0, self.Seed1)
        key = next_key(x._device) if seed is None else key_of(seed)
        shape = x.shape[: x.ndim - self._axes] + (1,) * self._axes
        if self.keep_prob == 1:
            mask = wrap(Tensor, x._device.engine.ones_like(x._value), x._device)
            return x * 1, self._as_mask(mask, x)
        with x._device:
            mask = dropout_mask(key, shape=shape, p=1 - self.keep_prob, dtype=x.np_dtype)
        return x * mask, self._as_mask(mask, x)

    def _as_mask(self, scaled: Tensor, x: Tensor) -> Tensor:
        """The mask of zeros and ones, of the shape of x."""
        found = wrap(Tensor, scaled._value > 0, scaled._device)
        if self._axes:
            return OPERATORS["broadcast_to"](found, shape=x.shape)
        return OPERATORS["cast"](found, dtype=scaled.np_dtype)


class Dropout2D(Dropout):
    """(output, mask): whole channels of x (N, C, H, W) kept with probability ``keep_prob``; a boolean mask."""

    _axes = 2

    def __init__(self, keep_prob: float = 0.5) -> None:
        super().__init__(keep_prob)


class Dropout3D(Dropout2D):
    """(output, mask): whole channels of x (N, C, D, H, W) kept with probability ``keep_prob``; a boolean mask."""

    _axes = 3


def batch_norm(input_x: Tensor, running_mean: Tensor, running_var: Tensor, weight: Tensor, bias: Tensor,
               training: bool = False, momentum: float = 0.1, eps: float = 1e-05) -> Tensor:
    """``input_x`` (N, C, ...) normalized by its batch when training, else by the running statistics.

    Training renews ``running_mean`` and ``running_var`` at once: (1 - momentum) * old + momentum * batch, the variance
    unbiased.
    """
    if not 0 <= momentum <= 1 or not 0 < eps <= 1:
        raise ArgumentError("For 'batch_norm', momentum must lie in [0, 1] and eps in (0, 1], got "
                            f"{momentum} and {eps}.")
    return batch_norm_apply(input_x, weight, bias, running_mean, running_var, training=training,
                            momentum=1 - momentum, eps=eps)


class BatchNorm(Primitive):
    """(output, mean, variance, mean, variance) of x normalized per channel, as ``batch_norm``.

    The statistics are the batch's when ``is_training``, which also renews the arguments ``mean`` and ``variance``.
    """

    def __init__(self, is_training: bool = False, epsilon: float = 1e-05, momentum: float = 0.1,
                 data_format: str = "NCHW") -> None:
        super().__init__(is_training=is_training, epsilon=epsilon, momentum=momentum, data_format=data_format)

    def __call__(self, input_x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> tuple:
        y, m, v = batch_norm_apply(
            input_x, scale, bias, mean, variance, training=self.is_training, momentum=1 - self.momentum,
            eps=self.epsilon, layout=self.data_format, output_mean_var="var",
        )
        return y, m, v, m, v
