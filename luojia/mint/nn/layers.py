"""The layers of mint.nn: each a function of ``functional`` with its arguments, or a layer of ``nn`` renamed."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from ... import nn, ops
from ..._src.core.dtypes import DType, float32
from ..._src.errors import ArgumentError, NotSupportedError
from ..._src.ops import Parameter
from ...common.initializer import HeUniform, Uniform, initializer
from ...nn.checks import check_positive_int
from ...nn.module import Module
from . import functional as F  # noqa: N812 - as everybody calls it

_REQUIRED = inspect.Parameter.empty


def _layer(name: str, function: Callable, doc: str, inputs: int = 1, training: bool = False, **attributes: Any) -> type:
    """A layer that calls ``function`` with its inputs and the attributes given at construction."""
    signature = inspect.Signature([inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v)
                                   for k, v in attributes.items()])

    def __init__(self: Module, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        self.__dict__["_given"] = dict(bound.arguments)
        for key, value in bound.arguments.items():
            self.__dict__[key] = value

    def construct(self: Any, *xs: Any) -> Any:
        if len(xs) != inputs:
            raise TypeError(f"mint.nn.{name} takes {inputs} Tensor(s), got {len(xs)}.")
        return function(*xs, **self._given, training=self.training) if training else function(*xs, **self._given)

    return type(name, (Module,), {"__init__": __init__, "construct": construct, "__doc__": doc, "__module__": __name__,
                                  "__signature__": signature})


def _operator(name: str) -> Callable:
    return lambda x, **attrs: getattr(ops, name)(x, *attrs.values())


_POOL = {"kernel_size": _REQUIRED, "stride": None, "padding": 0}
_FOLD = {"kernel_size": _REQUIRED, "dilation": 1, "padding": 0, "stride": 1}
_LAYERS = [
    _layer("ReLU", F.relu, "max(x, 0)."), _layer("ReLU6", F.relu6, "x between 0 and 6.", inplace=False),
    _layer("Sigmoid", F.sigmoid, "1 / (1 + e^-x)."), _layer("Tanh", F.tanh, "The hyperbolic tangent."),
    _layer("SiLU", F.silu, "x sigmoid(x).", inplace=False), _layer("ELU", F.elu, "x where x > 0, else alpha (e^x - 1).",
                                                                   alpha=1.0, inplace=False),
    _layer("GELU", F.gelu, "x times the normal distribution function of x.", approximate="none"),
    _layer("Mish", _operator("mish"), "x tanh(softplus(x))."), _layer("SELU", _operator("selu"), "A scaled ELU."),
    _layer("GLU", F.glu, "a sigmoid(b) for the halves a and b along ``dim``.", dim=-1),
    _layer("LogSigmoid", F.logsigmoid, "log(sigmoid(x))."),
    _layer("Hardsigmoid", _operator("hardsigmoid"), "x / 6 + 1/2, between 0 and 1."),
    _layer("Hardswish", _operator("hardswish"), "x times hardsigmoid(x)."),
    _layer("Hardshrink", _operator("hardshrink"), "x, but 0 within lambd of 0.", lambd=0.5),
    _layer("Hardtanh", F.hardtanh, "x between two values.", min_val=-1.0, max_val=1.0, inplace=False),
    _layer("Threshold", F.threshold, "x where x > threshold, else value.", threshold=_REQUIRED, value=_REQUIRED,
           inplace=False),
    _layer("Softmax", F.softmax, "e^x / sum(e^x) along ``dim``.", dim=None),
    _layer("LogSoftmax", F.log_softmax, "log(softmax(x)) along ``dim``.", dim=None),
    _layer("Flatten", F.flatten, "The axes from ``start_dim`` to ``end_dim`` joined.", start_dim=1, end_dim=-1),
    _layer("Fold", F.fold, "Patches (N, C k, L) added up to images.", output_size=_REQUIRED, **_FOLD),
    _layer("Unfold", F.unfold, "The windows of (N, C, H, W) as columns (N, C k, L).", **_FOLD),
    _layer("PixelShuffle", F.pixel_shuffle, "(..., C r^2, H, W) as (..., C, H r, W r).", upscale_factor=_REQUIRED),
    _layer("AdaptiveAvgPool1d", F.adaptive_avg_pool1d, "Means of parts of the last axis.", output_size=_REQUIRED),
    _layer("AdaptiveAvgPool2d", F.adaptive_avg_pool2d, "Means of parts of the last two axes.", output_size=_REQUIRED),
    _layer("AdaptiveAvgPool3d", F.adaptive_avg_pool3d, "Means of parts of the last three axes.", output_size=_REQUIRED),
    _layer("AdaptiveMaxPool1d", F.adaptive_max_pool1d, "Maxima of parts of the last axis.", output_size=_REQUIRED,
           return_indices=False),
    _layer("AdaptiveMaxPool2d", F.adaptive_max_pool2d, "Maxima of parts of the last two axes.", output_size=_REQUIRED,
           return_indices=False),
    _layer("AvgPool1d", F.avg_pool1d, "The mean of each window of (N, C, L).", **_POOL, ceil_mode=False,
           count_include_pad=True),
    _layer("AvgPool2d", F.avg_pool2d, "The mean of each window of (N, C, H, W).", **_POOL, ceil_mode=False,
           count_include_pad=True, divisor_override=None),
    _layer("AvgPool3d", F.avg_pool3d, "The mean of each window of (N, C, D, H, W).", **_POOL, ceil_mode=False,
           count_include_pad=True, divisor_override=None),
    _layer("MaxPool2d", F.max_pool2d, "The maximum of each window of (N, C, H, W).", **_POOL, dilation=1,
           return_indices=False, ceil_mode=False),
    _layer("Dropout", F.dropout, "0 with probability p, else x / (1 - p), in training.", training=True, p=0.5,
           inplace=False),
    _layer("Dropout2d", F.dropout2d, "Channels made 0 with probability p, in training.", training=True, p=0.5,
           inplace=False),
    _layer("BCELoss", F.binary_cross_entropy, "-(y log x + (1 - y) log(1 - x)).", 2, weight=None, reduction="mean"),
    _layer("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits, "The cross-entropy of sigmoid(x).", 2, weight=None,
           reduction="mean", pos_weight=None),
    _layer("CosineEmbeddingLoss", F.cosine_embedding_loss, "1 - cos, or max(0, cos - margin).", 3, margin=0.0,
           reduction="mean"),
    _layer("CrossEntropyLoss", F.cross_entropy, "-log softmax(x)[y].", 2, weight=None, ignore_index=-100,
           reduction="mean", label_smoothing=0.0),
    _layer("KLDivLoss", F.kl_div, "y (log y - x).", 2, reduction="mean", log_target=False),
    _layer("L1Loss", F.l1_loss, "|x - y|.", 2, reduction="mean"),
    _layer("MSELoss", F.mse_loss, "(x - y)^2.", 2, reduction="mean"),
    _layer("NLLLoss", F.nll_loss, "-x[y] for log-probabilities x.", 2, weight=None, ignore_index=-100,
           reduction="mean"),
    _layer("SmoothL1Loss", F.smooth_l1_loss, "(x - y)^2 / (2 beta) near 0, else |x - y| - beta / 2.", 2,
           reduction="mean", beta=1.0),
    _layer("SoftMarginLoss", F.soft_margin_loss, "log(1 + e^(-y x)).", 2, reduction="mean"),
]
globals().update({cls.__name__: cls for cls in _LAYERS})
Linear, Upsample, MaxUnpool2d = nn.Linear, nn.Upsample, nn.MaxUnpool2d
ConstantPad1d, ConstantPad2d, ConstantPad3d = nn.ConstantPad1d, nn.ConstantPad2d, nn.ConstantPad3d
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d
Embedding = nn.Embedding


class Identity(Module):
    """The input itself; arguments are ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def construct(self, input: Any) -> Any:
        return input


class ZeroPad1d(nn.ConstantPad1d):
    """Zeros around the last axis, by (left, right)."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)


class ZeroPad2d(nn.ConstantPad2d):
    """Zeros around the last two axes, by (left, right, top, bottom)."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)


class ZeroPad3d(nn.ConstantPad3d):
    """Zeros around the last three axes, by (left, right, top, bottom, front, back)."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)


class UpsamplingNearest2d(nn.Upsample):
    """Images (N, C, H, W) enlarged, each place the nearest."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(nn.Upsample):
    """Images (N, C, H, W) enlarged by linear interpolation between the corners."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", True)


class PReLU(Module):
    """x where x >= 0, else w x, with a trainable ``weight`` for each channel, or one for all."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: DType | None = None) -> None:
        super().__init__()
        check_positive_int("PReLU", "num_parameters", num_parameters)
        self.weight = Parameter(initializer(init, (num_parameters,), dtype or float32), name="weight")

    def construct(self, input: Any) -> Any:
        return ops.prelu(input, self.weight)


class _Conv(Module):
    """What the convolutions share: 'weight' (O, C / groups, *kernel) and 'bias' (O,)."""

    _axes = 2

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 dilation: Any = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
                 dtype: DType | None = None) -> None:
        super().__init__()
        who = type(self).__name__
        check_positive_int(who, "in_channels", in_channels)
        check_positive_int(who, "out_channels", out_channels)
        modes = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
        if padding_mode not in modes or padding_mode != "zeros" and isinstance(padding, str):
            raise NotSupportedError(f"mint.nn.{who}: padding_mode must be one of {list(modes)}, and others than "
                                    f"'zeros' take a padding in numbers, got {padding_mode!r} and {padding!r}.")
        kernel = (kernel_size,) * self._axes if isinstance(kernel_size, int) else tuple(kernel_size)
        self.kernel_size, self.stride, self.padding, self.dilation = kernel, stride, padding, dilation
        self.groups, self.padding_mode, self._mode = groups, padding_mode, modes[padding_mode]
        shape = self._weight_shape(in_channels, out_channels, groups, kernel)
        fan_in = shape[1] * math.prod(kernel)
        self.weight = Parameter(initializer(HeUniform(math.sqrt(5)), shape, dtype or float32), name="weight")
        self.bias = Parameter(initializer(Uniform(1 / math.sqrt(fan_in)), (out_channels,), dtype or float32),
                              name="bias") if bias else None

    def _weight_shape(self, in_channels: int, out_channels: int, groups: int, kernel: tuple) -> tuple:
        return (out_channels, in_channels // groups, *kernel)

    def construct(self, input: Any) -> Any:
        padding = self.padding
        if self.padding_mode != "zeros":
            sides = (padding,) * self._axes if isinstance(padding, int) else tuple(padding)
            input = F.pad(input, [p for side in reversed(sides) for p in (side, side)], self._mode)
            padding = 0
        conv = (F.conv1d, F.conv2d, F.conv3d)[self._axes - 1]
        return conv(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """The convolution of (N, C, L); ``padding`` is a number, one for each axis, 'same' or 'valid'."""

    _axes = 1


class Conv2d(_Conv):
    """The convolution of (N, C, H, W); see ``Conv1d``.

    Matches ``mindspore.mint.nn.Conv2d``.
    """


class Conv3d(_Conv):
    """The convolution of (N, C, D, H, W); see ``Conv1d``."""

    _axes = 3


class ConvTranspose2d(_Conv):
    """The transposed convolution of (N, C, H, W), with a weight (C, O / groups, kh, kw).

    Matches ``mindspore.mint.nn.ConvTranspose2d``.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1,
                 padding_mode: str = "zeros", dtype: DType | None = None) -> None:
        if padding_mode != "zeros":
            raise NotSupportedError(f"mint.nn.ConvTranspose2d: padding_mode must be 'zeros', got {padding_mode!r}.")
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype=dtype)
        self.output_padding = output_padding

    def _weight_shape(self, in_channels: int, out_channels: int, groups: int, kernel: tuple) -> tuple:
        return (in_channels, out_channels // groups, *kernel)

    def construct(self, input: Any, output_size: Any = None) -> Any:
        extra = self.output_padding
        if output_size is not None:
            extra = self._missing(input.shape, [int(n) for n in output_size][-2:])
        return F.conv_transpose2d(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups,
                                  self.dilation)

    def _missing(self, shape: tuple, wanted: list[int]) -> tuple:
        """The ``output_padding`` that makes the output of shape ``wanted``."""
        pairs = [(v, v) if isinstance(v, int) else tuple(v) for v in (self.stride, self.padding, self.dilation)]
        stride, padding, dilation = pairs
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1
                 for n, s, p, d, k in zip(shape[-2:], stride, padding, dilation, self.kernel_size)]
        extra = tuple([w - n for w, n in zip(wanted, least)])
        if any(not 0 <= e < s for e, s in zip(extra, stride)):
            raise ArgumentError(f"mint.nn.ConvTranspose2d: output_size must lie between {least} and "
                                f"{[n + s - 1 for n, s in zip(least, stride)]}, got {wanted}.")
        return extra


def _batch_norm(name: str, base: Any, axes: str) -> type:
    def __init__(self: Any, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True,
                 track_running_stats: bool = True, dtype: DType | None = None) -> None:
        base.__init__(self, num_features, eps, 1 - momentum, affine,
                      use_batch_statistics=None if track_running_stats else True, dtype=dtype or float32)

    return type(name, (base,), {
        "__init__": __init__, "__module__": __name__,
        "__doc__": f"Batch normalization of {axes}; the new statistics weigh ``momentum``. The parameters are called "
                   "gamma, beta, moving_mean and moving_variance, as in ``nn``."})


BatchNorm1d = _batch_norm("BatchNorm1d", nn.BatchNorm1d, "(N, C) or (N, C, L)")
BatchNorm2d = _batch_norm("BatchNorm2d", nn.BatchNorm2d, "(N, C, H, W)")
BatchNorm3d = _batch_norm("BatchNorm3d", nn.BatchNorm3d, "(N, C, D, H, W)")


class SyncBatchNorm(_batch_norm("SyncBatchNorm", nn.SyncBatchNorm, "(N, C, ...)")):
    """Batch normalization of (N, C, ...) over all processes; see ``BatchNorm2d``. ``process_group`` must be None, all
    of them, or the group of all."""

    _ranks = (2, 3, 4, 5)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True,
                 track_running_stats: bool = True, process_group: Any = None, dtype: DType | None = None) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype)


class GroupNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over groups of channels of (N, C, ...)."""

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True,
                 dtype: DType | None = None) -> None:
        super().__init__()
        self.num_groups, self.eps = check_positive_int("GroupNorm", "num_groups", num_groups), eps
        self.weight = Parameter(initializer("ones", (num_channels,), dtype or float32), name="weight")
        self.bias = Parameter(initializer("zeros", (num_channels,), dtype or float32), name="bias")
        self.weight.requires_grad = self.bias.requires_grad = affine

    def construct(self, input: Any) -> Any:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)


class LayerNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last axes, of shape ``normalized_shape``."""

    def __init__(self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True,
                 dtype: DType | None = None) -> None:
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps = shape, eps
        self.weight = Parameter(initializer("ones", shape, dtype or float32), name="weight")
        self.bias = Parameter(initializer("zeros", shape, dtype or float32), name="bias")
        self.weight.requires_grad = elementwise_affine
        self.bias.requires_grad = elementwise_affine and bias

    def construct(self, input: Any) -> Any:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)


__all__ = [n for n, c in list(globals().items())  # pyright: ignore[reportUnsupportedDunderAll] - all that is public
           if n[0] != "_" and isinstance(c, type) and n not in ("Any", "Module", "Parameter", "DType", "HeUniform",
                                                                "Uniform", "ArgumentError", "NotSupportedError",
                                                                "Callable")]
