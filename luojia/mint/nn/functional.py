"""Layers as functions, under mint's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import ops
from ..._src.core.documented import tell as _tell
from ..._src.core.dtypes import to_np
from ..._src.core.given import checked
from ..._src.core.op import OPERATORS as OP
from ..._src.errors import ArgumentError, ShapeError
from ..._src.ops import Tensor
from ..._src.ops.compose import placed
from ..._src.ops.composed import inplace, losses
from ..._src.ops.composed import linear as linear_algebra
from ..._src.paths import public_names
from .. import functions, table

_table = table.make(__name__)
sigmoid, tanh, flatten = _table["sigmoid"], _table["tanh"], functions.flatten
adaptive_avg_pool1d, adaptive_avg_pool2d = ops.adaptive_avg_pool1d, ops.adaptive_avg_pool2d
adaptive_avg_pool3d, adaptive_max_pool1d = ops.adaptive_avg_pool3d, ops.adaptive_max_pool1d
adaptive_max_pool2d, conv_transpose2d = ops.adaptive_max_pool2d, ops.conv_transpose2d
cross_entropy, embedding, fold, unfold = ops.cross_entropy, ops.embedding, ops.fold, ops.unfold
group_norm, layer_norm, linear = ops.group_norm, ops.layer_norm, ops.dense
mse_loss, pixel_shuffle, prelu, soft_margin_loss = ops.mse_loss, ops.pixel_shuffle, ops.prelu, ops.soft_margin_loss


def _kept(input: Tensor, out: Tensor, inplace_: bool, name: str) -> Tensor:
    return inplace.settle(input, out, name) if inplace_ else out


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)."""
    return _kept(input, OP["relu"](input), inplace, "relu")


def relu_(input: Tensor) -> Tensor:
    """``relu`` in place."""
    return relu(input, True)


def sigmoid_(input: Tensor) -> Tensor:
    """``sigmoid`` in place."""
    return inplace.sigmoid_(input)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """x times the normal distribution function of x, or near it by a tanh if ``approximate`` is 'tanh'."""
    return ops.gelu(input, approximate)


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x))."""
    return ops.logsigmoid(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x between 0 and 6."""
    return _kept(input, OP["relu6"](input), inplace, "relu6")


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x)."""
    return _kept(input, OP["silu"](input), inplace, "silu")


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha (e^x - 1)."""
    return _kept(input, OP["elu"](input, alpha=alpha), inplace, "elu")


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """``elu`` in place."""
    return elu(input, alpha, True)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x between ``min_val`` and ``max_val``."""
    return _kept(input, ops.hardtanh(input, min_val, max_val), inplace, "hardtanh")


def hardtanh_(input: Tensor, min_val: float = -1, max_val: float = 1) -> Tensor:
    """``hardtanh`` in place."""
    return hardtanh(input, min_val, max_val, True)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x, but 0 within ``lambd`` of 0."""
    return ops.hardshrink(input, lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by ``lambd`` toward 0, and 0 within ``lambd`` of 0."""
    return ops.softshrink(input, lambd)


def hardsigmoid(input: Tensor) -> Tensor:
    """x / 6 + 1/2, between 0 and 1."""
    return ops.hardsigmoid(input)


def hardswish(input: Tensor) -> Tensor:
    """x times hardsigmoid(x)."""
    return ops.hardswish(input)


def mish(input: Tensor) -> Tensor:
    """x tanh(softplus(x))."""
    return ops.mish(input)


def selu(input: Tensor) -> Tensor:
    """1.0507 times x where x > 0, else 1.6733 (e^x - 1)."""
    return ops.selu(input)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """log(1 + e^(beta x)) / beta, and x where beta x > threshold."""
    return ops.softplus(input, beta, threshold)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, else ``value``."""
    return _kept(input, ops.threshold(input, threshold, value), inplace, "threshold")


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """``threshold`` in place."""
    return _kept(input, ops.threshold(input, threshold, value), True, "threshold_")


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else negative_slope x."""
    return ops.leaky_relu(input, negative_slope)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a sigmoid(b) for the halves a and b along ``dim``."""
    return ops.glu(input, dim)


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """e^x / sum(e^x) along ``dim``, the last axis by default."""
    x = input if dtype is None else OP["cast"](input, dtype=to_np(dtype))
    return OP["softmax"](x, axis=-1 if dim is None else dim)


def log_softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """log(softmax(x)) along ``dim``; by default 0 for 0, 1 or 3 axes, else 1."""
    x = input if dtype is None else OP["cast"](input, dtype=to_np(dtype))
    return OP["log_softmax"](x, axis=_default_dim(input) if dim is None else dim)


def _default_dim(x: Tensor) -> int:
    return 0 if x.ndim in (0, 1, 3) else 1


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(its p-norm along ``dim``, eps).

    >>> normalize(Tensor([[3.0, 4.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    return input / OP["maximum"](linear_algebra.smooth_norm(input, p, dim, True), eps)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at each element's place of ``num_classes`` (the greatest plus 1, by default), 0 elsewhere, Int64."""
    engine: Any = tensor._device.engine
    if num_classes != -1 and engine.compiles and engine.tracing.depth:  # values are not known
        places = placed(np.arange(num_classes), tensor)
        return OP["cast"](OP["equal"](OP["expand_dims"](tensor, axis=-1), places), dtype="int64")
    values = tensor.asnumpy()
    n = int(values.max(initial=-1)) + 1 if num_classes == -1 else num_classes
    if values.min(initial=0) < 0 or values.max(initial=-1) >= n:
        raise ArgumentError(f"mint one_hot: the classes must lie between 0 and {n - 1}, got {values.min()} to "
                            f"{values.max()}.")
    return placed(np.eye(n, dtype=np.int64)[values], tensor)


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """x padded by (left, right, top, bottom, ...), the last axis first.

    ``mode`` is 'constant', 'reflect', 'replicate' or 'circular'.
    """
    if mode not in ("constant", "reflect", "replicate", "circular"):
        raise ArgumentError(f"mint pad: mode must be 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}.")
    flat = [int(v) for v in (pad.tolist() if isinstance(pad, Tensor) else pad)]
    if len(flat) % 2 or len(flat) > 2 * input.ndim:
        raise ShapeError(f"mint pad: pad must hold a pair for each of up to {input.ndim} axes, got {flat}.")
    pairs = tuple(zip(flat[::2], flat[1::2]))[::-1]
    how = {"replicate": "edge", "circular": "wrap"}.get(mode, mode)
    return OP["pad"](input, pad_width=((0, 0),) * (input.ndim - len(pairs)) + pairs, mode=how,
                     constant_values=0 if value is None else value)


# -- windows -----------------------------------------------------------------------------------------------------------


def _convolution(input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int,
                 axes: int) -> Tensor:
    batched = input if input.ndim == axes + 2 else OP["expand_dims"](input, axis=0)
    conv = (ops.conv1d, ops.conv2d, ops.conv3d)[axes - 1]
    mode = padding if isinstance(padding, str) else "pad"
    given = 0 if isinstance(padding, str) else tuple(padding) if isinstance(padding, (tuple, list)) else padding
    out = conv(batched, weight, bias, stride, mode, given, dilation, groups)
    return out if batched is input else OP["squeeze"](out, axis=0)


def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
           dilation: Any = 1, groups: int = 1) -> Tensor:
    """The convolution of (N, C, L) with a weight (O, C / groups, k)."""
    return _convolution(input, weight, bias, stride, padding, dilation, groups, 1)


def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
           dilation: Any = 1, groups: int = 1) -> Tensor:
    """The convolution of (N, C, H, W) with a weight (O, C / groups, kh, kw); padding an int, a pair, or 'same'."""
    return _convolution(input, weight, bias, stride, padding, dilation, groups, 2)


def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
           dilation: Any = 1, groups: int = 1) -> Tensor:
    """The convolution of (N, C, D, H, W) with a weight (O, C / groups, kd, kh, kw)."""
    return _convolution(input, weight, bias, stride, padding, dilation, groups, 3)


def _pool(x: Tensor, kind: str, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, axes: int,
          **more: Any) -> Any:
    batched = x if x.ndim == axes + 2 else OP["expand_dims"](x, axis=0)
    plain = lambda v: tuple(v) if isinstance(v, list) else v  # noqa: E731
    kernel = plain(kernel_size)
    kernel = (kernel,) * axes if isinstance(kernel, int) else kernel
    out = OP["pooling"](batched, kernel=kernel, pool_type=kind, stride=kernel if stride is None else plain(stride),
                        pad=plain(padding), ceil_mode=ceil_mode, at_most_half=True, **more)
    if batched is x:
        return out
    return tuple([OP["squeeze"](o, axis=0) for o in out]) if isinstance(out, tuple) else OP["squeeze"](out, axis=0)


def avg_pool1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True) -> Tensor:
    """The mean of each window of (N, C, L); the stride is the kernel by default."""
    return _pool(input, "avg", kernel_size, stride, padding, ceil_mode, 1, count_include_pad=count_include_pad)


def avg_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The mean of each window of (N, C, H, W); the stride is the kernel by default."""
    return _pool(input, "avg", kernel_size, stride, padding, ceil_mode, 2, count_include_pad=count_include_pad,
                 divisor=divisor_override or 0)


def avg_pool3d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The mean of each window of (N, C, D, H, W); the stride is the kernel by default."""
    return _pool(input, "avg", kernel_size, stride, padding, ceil_mode, 3, count_include_pad=count_include_pad,
                 divisor=divisor_override or 0)


def max_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """The maximum of each window of (N, C, H, W), and with ``return_indices`` its place; the stride is the kernel."""
    return _pool(input, "max", kernel_size, stride, padding, ceil_mode, 2, return_indices=return_indices,
                 dilation=tuple(dilation) if isinstance(dilation, list) else dilation)


def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:
    """What ``max_pool2d`` left, put back at its places ``indices``, zeros elsewhere; see ``ops.max_unpool2d``."""
    return ops.max_unpool2d(input, indices, kernel_size, stride, padding, output_size)


def interpolate(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                align_corners: bool | None = None, recompute_scale_factor: bool | None = None) -> Tensor:
    """(N, C, *spatial) resized to ``size``, or by ``scale_factor``; see ``ops.interpolate``.

    'bicubic' has a = -0.75 and the border's value beyond it.
    """
    size = (size,) * (input.ndim - 2) if isinstance(size, int) else size
    return OP["resize"](input, size=size if size is None else tuple(size), scale=scale_factor, mode=mode,
                        align_corners=align_corners, at_border=True)


def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
             align_corners: bool | None = None) -> Tensor:
    """``interpolate`` under its older name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def grid_sample(input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
                align_corners: bool | None = None) -> Tensor:
    """The values of images at the places of a grid; see ``ops.grid_sample``."""
    return ops.grid_sample(input, grid, mode, padding_mode, bool(align_corners))


# -- chance and losses -------------------------------------------------------------------------------------------------


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """0 with probability p, else x / (1 - p), in training; otherwise x."""
    return _kept(input, ops.dropout(input, p, training), inplace, "dropout") if training else input


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, ...) made 0 with probability p, the others x / (1 - p), in training."""
    return _kept(input, ops.dropout2d(input, p, training), inplace, "dropout2d") if training else input


def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
               bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias over all axes but the channels', by the batch or running values."""
    ones, zeros = (placed(np.full(input.shape[1], v, input.np_dtype), input) for v in (1, 0))
    mean, var = (zeros if running_mean is None else running_mean), (ones if running_var is None else running_var)
    return ops.batch_norm(input, mean, var, ones if weight is None else weight, zeros if bias is None else bias,
                          training or running_mean is None, momentum, eps)


def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None,
                         reduction: str = "mean") -> Tensor:
    """-(y log x + (1 - y) log(1 - x)), weighted."""
    return ops.binary_cross_entropy(input, target, weight, reduction)


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                     reduction: str = "mean", pos_weight: Tensor | None = None) -> Tensor:
    """``binary_cross_entropy`` of sigmoid(x), computed stably."""
    return ops.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)


def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100,
             reduction: str = "mean") -> Tensor:
    """-x[y] for log-probabilities x (N, C, ...) and classes y (N, ...)."""
    return ops.nll_loss(input, target, weight, ignore_index, reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """|x - y|."""
    return ops.l1_loss(input, target, reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """d^2 / (2 beta) where d = |x - y| < beta, else d - beta / 2."""
    return ops.smooth_l1_loss(input, target, beta, reduction) if beta else l1_loss(input, target, reduction)


def kl_div(input: Tensor, target: Tensor, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """y (log y - x) for log-probabilities x; with ``log_target`` y is given as log y too.

    ``reduction`` 'batchmean' divides the sum by the first length.
    """
    if reduction not in ("none", "mean", "sum", "batchmean"):
        raise ArgumentError(f"mint kl_div: reduction must be 'none', 'mean', 'sum' or 'batchmean', got {reduction!r}.")
    loss = OP["exp"](target) * (target - input) if log_target else OP["xlogy"](target, target) - target * input
    if reduction == "batchmean":
        return OP["sum"](loss) / input.shape[0]
    return losses.reduced("kl_div", loss, reduction)


def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0,
                          reduction: str = "mean") -> Tensor:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1."""
    return ops.cosine_embedding_loss(input1, input2, target, margin, reduction)


_NOT = ("Tensor", "Any", "OP", "placed", "to_np", "checked", "ArgumentError", "ShapeError")
__all__ = [n for n in list(globals())  # pyright: ignore[reportUnsupportedDunderAll] - all that is public
           if n[0] != "_" and callable(globals()[n]) and n not in _NOT]
__dir__ = public_names(__name__)
globals().update({n: checked(globals()[n]) for n in __all__ if getattr(globals()[n], "__module__", "") == __name__})
_tell(globals(), __all__, __name__)
