"""Normalization under mint's names: 'weight', 'bias', and the running statistics."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import ops
from ..._src.core.dtypes import DType, float32
from ..._src.errors import ShapeError
from ..._src.ops import Parameter, Tensor
from ..._src.ops.compose import placed
from ..._src.ops.state import batch_norm_apply
from ...common.initializer import initializer
from ...nn.module import Module
from ...nn.normalization import check_groups
from . import functional as F  # noqa: N812 - as everybody calls it


def _parameter(name: str, kind: str, shape: tuple, dtype: DType | None, trained: bool = True) -> Parameter:
    made = Parameter(initializer(kind, shape, dtype or float32), name=name)
    made.requires_grad = trained
    return made


class _BatchNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over all axes but the channels' (axis 1)."""

    _ranks: tuple[int, ...] = ()

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, dtype: DType | None = None) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        shape = (num_features,)
        self.weight = _parameter("weight", "ones", shape, dtype) if affine else None
        self.bias = _parameter("bias", "zeros", shape, dtype) if affine else None
        self.running_mean = self.running_var = self.num_batches_tracked = None
        if track_running_stats:
            self.running_mean = _parameter("running_mean", "zeros", shape, dtype, False)
            self.running_var = _parameter("running_var", "ones", shape, dtype, False)
            self.num_batches_tracked = Parameter(Tensor(np.int64(0)), "num_batches_tracked", False)

    def construct(self, input: Any) -> Any:
        if isinstance(input, Tensor):
            if input.ndim not in self._ranks:
                raise ShapeError(f"{type(self).__name__}: expected {' or '.join(f'{n}D' for n in self._ranks)} input, "
                                 f"but got {input.ndim}D input")
            if input.shape[1] != self.num_features:
                raise ShapeError(f"{type(self).__name__}: expected {self.num_features} channels (num_features) on axis "
                                 f"1, got shape {input.shape}.")
        ones, zeros = (placed(np.full(self.num_features, v, input.np_dtype), input) for v in (1, 0))
        mean, var = self.running_mean, self.running_var
        momentum = self.momentum
        renewed = self.training and mean is not None
        if renewed and self.num_batches_tracked is not None:
            ops.assign_add(self.num_batches_tracked, Tensor(np.int64(1)))
            if momentum is None:  # the mean of all batches
                momentum = 1 / int(self.num_batches_tracked)
        if mean is None or var is None:
            mean, var = zeros, ones  # that are renewed and forgotten
        return batch_norm_apply(input, ones if self.weight is None else self.weight,
                                zeros if self.bias is None else self.bias, mean, var, commit="now", unbiased=True,
                                training=self.training or not self.track_running_stats, eps=self.eps,
                                momentum=1 - momentum if renewed and momentum is not None else 0.0)

    def extend_repr(self) -> str:
        return (f"num_features={self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
                f"track_running_stats={self.track_running_stats}")


class BatchNorm1d(_BatchNorm):
    """``BatchNorm2d`` for inputs (N, C) or (N, C, L)."""

    _ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalization of (N, C, H, W): (x - mean) / sqrt(var + eps) * weight + bias.

    In training mean and var are the batch's, and running = (1 - momentum) running + momentum batch, with the unbiased
    variance; ``num_batches_tracked`` counts. Else the running ones are used. ``momentum`` None: the mean of all.

    Args:
        num_features: the number of channels.
        affine: whether there are weight and bias.
        track_running_stats: whether there are running statistics; without them the batch's are always used.

    >>> from luojia import mint
    >>> [p.name for p in mint.nn.BatchNorm2d(2).get_parameters()]
    ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']

    Matches ``mindspore.mint.nn.BatchNorm2d``.
    """

    _ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """``BatchNorm2d`` for inputs (N, C, D, H, W)."""

    _ranks = (5,)


class SyncBatchNorm(_BatchNorm):
    """``BatchNorm2d`` for inputs (N, C, ...), over all devices that share a batch; ``process_group`` None is all."""

    _ranks = (2, 3, 4, 5)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, process_group: Any = None, dtype: DType | None = None) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype)
        self.process_group = process_group


class GroupNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over groups of channels of (N, C, ...).

    Without ``affine`` weight and bias stay 1 and 0.
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True,
                 dtype: DType | None = None) -> None:
        super().__init__()
        self.num_groups, self.num_channels = check_groups(num_groups, num_channels)
        self.eps, self.affine = eps, affine
        self.weight = _parameter("weight", "ones", (num_channels,), dtype, affine)
        self.bias = _parameter("bias", "zeros", (num_channels,), dtype, affine)

    def construct(self, input: Any) -> Any:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extend_repr(self) -> str:
        return (f"num_groups={self.num_groups}, num_channels={self.num_channels}, eps={self.eps}, "
                f"affine={self.affine}")


class LayerNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last axes, of shape ``normalized_shape``.

    ``weight`` and ``bias`` are None without ``elementwise_affine``; ``bias`` alone can be left out too.
    """

    def __init__(self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True,
                 dtype: DType | None = None) -> None:
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps, self.elementwise_affine = shape, eps, elementwise_affine
        self.weight = _parameter("weight", "ones", shape, dtype) if elementwise_affine else None
        self.bias = _parameter("bias", "zeros", shape, dtype) if elementwise_affine and bias else None

    def construct(self, input: Any) -> Any:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extend_repr(self) -> str:
        return (f"normalized_shape={self.normalized_shape}, eps={self.eps}, "
                f"elementwise_affine={self.elementwise_affine}")


LayerNorm.__name__ = "LayerNormExt"  # as MindSpore prints it
__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "LayerNorm", "SyncBatchNorm"]
