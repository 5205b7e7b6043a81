"""The layers of mint.nn: each a function of ``functional`` with its arguments, or a layer of ``nn`` renamed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ... import nn, ops
from ..._src.core.dtypes import DType, float32
from ..._src.ops import Parameter
from ...common.initializer import initializer
from ...nn.checks import check_positive_int
from ...nn.module import Module
from . import functional as F  # noqa: N812 - as everybody calls it

_REQUIRED = inspect.Parameter.empty


def _layer(name: str, function: Callable, doc: str, inputs: int = 1, training: bool = False, called: str = "",
           shown: str = "", **attributes: Any) -> tuple[str, type]:
    """A layer that calls ``function`` with its inputs and the attributes given at construction; it prints as
    ``called``, with the attributes ``shown``."""
    functions: dict[str, Any] = {}
    signature = inspect.Signature([inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v)
                                   for k, v in attributes.items()])

    def __init__(self: Module, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        self.__dict__["_given"] = dict(bound.arguments)
        for key, value in bound.arguments.items():
            self.__dict__[key] = value

    def construct(self: Any, *xs: Any, **named: Any) -> Any:
        if len(xs) + len(named) != inputs:
            raise TypeError(f"mint.nn.{name} takes {inputs} Tensor(s), got {len(xs) + len(named)}.")
        given = {**self._given, "training": self.training} if training else self._given
        return function(*xs, **named, **given)

    if shown:
        functions["extend_repr"] = lambda self: ", ".join([f"{k}={self._given[k]}" for k in shown.split()])
    return name, type(called or name, (Module,), {
        **functions, "__init__": __init__, "construct": construct, "__doc__": doc, "__module__": __name__,
        "__signature__": signature})


_POOL = {"kernel_size": _REQUIRED, "stride": None, "padding": 0}
_FOLD = {"kernel_size": _REQUIRED, "dilation": 1, "padding": 0, "stride": 1}
_LAYERS = [
    _layer("ReLU", F.relu, "max(x, 0)."), _layer("ReLU6", F.relu6, "x between 0 and 6.", inplace=False),
    _layer("Sigmoid", F.sigmoid, "1 / (1 + e^-x)."), _layer("Tanh", F.tanh, "The hyperbolic tangent."),
    _layer("SiLU", F.silu, "x sigmoid(x).", inplace=False), _layer("ELU", F.elu, "x where x > 0, else alpha (e^x - 1).",
                                                                   alpha=1.0, inplace=False),
    _layer("GELU", F.gelu, "x times the normal distribution function of x.", approximate="none"),
    _layer("Mish", F.mish, "x tanh(softplus(x))."), _layer("SELU", F.selu, "A scaled ELU."),
    _layer("GLU", F.glu, "a sigmoid(b) for the halves a and b along ``dim``.", dim=-1),
    _layer("LogSigmoid", F.logsigmoid, "log(sigmoid(x))."),
    _layer("Hardsigmoid", F.hardsigmoid, "x / 6 + 1/2, between 0 and 1.", called="HSigmoid"),
    _layer("Hardswish", F.hardswish, "x times hardsigmoid(x).", called="HSwish"),
    _layer("Hardshrink", F.hardshrink, "x, but 0 within lambd of 0.", lambd=0.5, called="HShrink"),
    _layer("Softshrink", F.softshrink, "x moved by lambd toward 0, and 0 within lambd of 0.", called="SoftShrink",
           lambd=0.5),
    _layer("Hardtanh", F.hardtanh, "x between two values.", min_val=-1.0, max_val=1.0, inplace=False),
    _layer("Threshold", F.threshold, "x where x > threshold, else value.", threshold=_REQUIRED, value=_REQUIRED,
           inplace=False),
    _layer("Softmax", F.softmax, "e^x / sum(e^x) along ``dim``.", dim=None, called="SoftmaxExt"),
    _layer("LogSoftmax", F.log_softmax, "log(softmax(x)) along ``dim``.", dim=None, called="LogSoftmaxExt"),
    _layer("Flatten", F.flatten, "The axes from ``start_dim`` to ``end_dim`` joined.", start_dim=1, end_dim=-1),
    _layer("Fold", F.fold, "Patches (N, C k, L) added up to images.", output_size=_REQUIRED, **_FOLD),
    _layer("Unfold", F.unfold, "The windows of (N, C, H, W) as columns (N, C k, L).", **_FOLD, called="UnfoldExt"),
    _layer("PixelShuffle", F.pixel_shuffle, "(..., C r^2, H, W) as (..., C, H r, W r).", upscale_factor=_REQUIRED),
    _layer("AdaptiveAvgPool1d", F.adaptive_avg_pool1d, "Means of parts of the last axis.", shown="output_size",
           output_size=_REQUIRED),
    _layer("AdaptiveAvgPool2d", F.adaptive_avg_pool2d, "Means of parts of the last two axes.", shown="output_size",
           output_size=_REQUIRED),
    _layer("AdaptiveAvgPool3d", F.adaptive_avg_pool3d, "Means of parts of the last three axes.", output_size=_REQUIRED),
    _layer("AdaptiveMaxPool1d", F.adaptive_max_pool1d, "Maxima of parts of the last axis.", output_size=_REQUIRED,
           return_indices=False, shown="output_size return_indices"),
    _layer("AdaptiveMaxPool2d", F.adaptive_max_pool2d, "Maxima of parts of the last two axes.", output_size=_REQUIRED,
           return_indices=False),
    _layer("AvgPool1d", F.avg_pool1d, "The mean of each window of (N, C, L).", **_POOL, ceil_mode=False,
           count_include_pad=True, called="AvgPool1dExt"),
    _layer("AvgPool2d", F.avg_pool2d, "The mean of each window of (N, C, H, W).", **_POOL, ceil_mode=False,
           count_include_pad=True, divisor_override=None, called="AvgPool2dExt"),
    _layer("AvgPool3d", F.avg_pool3d, "The mean of each window of (N, C, D, H, W).", **_POOL, ceil_mode=False,
           count_include_pad=True, divisor_override=None, called="AvgPool3dExt"),
    _layer("MaxPool2d", F.max_pool2d, "The maximum of each window of (N, C, H, W).", **_POOL, dilation=1,
           return_indices=False, ceil_mode=False, called="MaxPool2dExt"),
    _layer("Dropout", F.dropout, "0 with probability p, else x / (1 - p), in training.", training=True, p=0.5,
           inplace=False, called="DropoutExt"),
    _layer("Dropout2d", F.dropout2d, "Channels made 0 with probability p, in training.", training=True, p=0.5,
           inplace=False, called="Dropout2dExt"),
    _layer("BCELoss", F.binary_cross_entropy, "-(y log x + (1 - y) log(1 - x)).", 2, weight=None, reduction="mean"),
    _layer("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits, "The cross-entropy of sigmoid(x).", 2, weight=None,
           reduction="mean", pos_weight=None),
    _layer("CosineEmbeddingLoss", F.cosine_embedding_loss, "1 - cos, or max(0, cos - margin).", 3, margin=0.0,
           reduction="mean"),
    _layer("CrossEntropyLoss", F.cross_entropy, "-log softmax(x)[y].", 2, weight=None, ignore_index=-100,
           reduction="mean", label_smoothing=0.0),
    _layer("KLDivLoss", F.kl_div, "y (log y - x).", 2, reduction="mean", log_target=False),
    _layer("L1Loss", F.l1_loss, "|x - y|.", 2, reduction="mean", called="L1LossExt"),
    _layer("MSELoss", F.mse_loss, "(x - y)^2.", 2, reduction="mean"),
    _layer("NLLLoss", F.nll_loss, "-x[y] for log-probabilities x.", 2, weight=None, ignore_index=-100,
           reduction="mean"),
    _layer("SmoothL1Loss", F.smooth_l1_loss, "(x - y)^2 / (2 beta) near 0, else |x - y| - beta / 2.", 2,
           reduction="mean", beta=1.0),
    _layer("SoftMarginLoss", F.soft_margin_loss, "log(1 + e^(-y x)).", 2, reduction="mean"),
]
globals().update(_LAYERS)
Linear, MaxUnpool2d = nn.Linear, nn.MaxUnpool2d
ConstantPad1d, ConstantPad2d, ConstantPad3d = nn.ConstantPad1d, nn.ConstantPad2d, nn.ConstantPad3d
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d


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


class Upsample(nn.Upsample):
    """``functional.interpolate`` as a layer."""

    def construct(self, x: Any) -> Any:
        return F.interpolate(x, self.size, self.scale_factor, self.mode, self.align_corners)


Upsample.__name__ = "UpsampleExt"  # as MindSpore prints it


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


PReLU.__name__ = "PReLUExt"  # as MindSpore prints it


__all__ = [n for n, c in list(globals().items())  # pyright: ignore[reportUnsupportedDunderAll] - all that is public
           if n[0] != "_" and isinstance(c, type) and n not in ("Any", "Module", "Parameter", "DType", "Callable")]
