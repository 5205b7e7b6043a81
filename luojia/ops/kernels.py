"""The class forms of operators that layers and functions have under other names: losses, recurrence, windows, boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.op import OPERATORS as OP
from .._src.errors import ArgumentError, NotSupportedError, ShapeError
from .._src.ops import Tensor
from .._src.ops.composed import alignments, losses, pooling, recurrent, suppression, windows
from .forms import attributes_of as of
from .forms import class_form


def _layout(self: Any, name: str, wanted: str) -> None:
    if self.data_format != wanted:
        raise NotSupportedError(f"{name}: data_format must be {wanted!r}, got {self.data_format!r}.")


def _transposed(self: Any, dout: Tensor, weight: Tensor) -> Tensor:
    _layout(self, "Conv3DTranspose", "NCDHW")
    return pooling.conv3d_transpose(dout, weight, self.pad_mode, self.pad, self.stride, self.dilation, self.group,
                                    self.output_padding)


def _depthwise(self: Any, x: Tensor, weight: Tensor) -> Tensor:
    if self.channel_multiplier != 1 or weight.ndim != 4 or weight.shape[:2] != (1, x.shape[1]):
        raise ShapeError(f"DepthwiseConv2dNative expects channel_multiplier 1 and a weight (1, {x.shape[1]}, h, w), "
                         f"got {self.channel_multiplier} and {weight.shape}.")
    return OP["convolution"](x, OP["swapaxes"](weight, axis1=0, axis2=1), kernel=self.kernel_size, stride=self.stride,
                             pad=self.pad, pad_mode=self.pad_mode, dilation=self.dilation, groups=x.shape[1])


def _dilated(self: Any, x: Tensor, filter: Tensor) -> Tensor:
    _layout(self, "Dilation2D", "NCHW")
    return windows.dilation2d(x, filter, self.stride, self.dilation, self.pad_mode)


def _displaced(self: Any, x: Tensor, offsets: Tensor) -> Tensor:
    _layout(self, "DeformableOffsets", "NCHW")
    if not self.modulated:
        raise ArgumentError("For 'DeformableOffsets', The modulated must be set to True.")
    return windows.deformable_offsets(x, offsets, self.strides, self.pads, self.ksize, self.dilations,
                                      self.deformable_groups)


def _fractional(how: str) -> Any:
    def call(self: Any, x: Tensor) -> tuple:
        seed = (self.seed << 20 ^ self.seed2) or (1 if self.deterministic else None)
        return windows.fractional_pool(x, how, self.pooling_ratio, self.pseudo_random, self.overlapping, seed)

    return call


def _many_labels(self: Any, x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    labels = target.asnumpy().reshape(-1, x.shape[-1])
    named = np.cumprod(labels >= 0, axis=1).astype(bool)
    hot = np.zeros(labels.shape, np.int32)
    rows, places = np.nonzero(named)
    hot[rows, labels[rows, places]] = 1
    return losses.multilabel_margin_loss(x, target, self.reduction), Tensor(hot.reshape(target.shape))


_POOL = {"pooling_ratio": ..., "pseudo_random": False, "overlapping": False, "deterministic": False, "seed": 0,
         "seed2": 0}
_FRACTIONAL = windows.fractional_pool.__doc__
_ROWS: tuple[Any, ...] = (
    ("CTCLoss", *of(alignments.ctc_loss_of_places, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
                    ignore_longer_outputs_than_inputs=False)),
    ("CTCLossV2", *of(alignments.ctc_loss_with_paths, blank=0, reduction="none", zero_infinity=False)),
    ("RNNTLoss", *of(alignments.transducer_loss, blank_label=0)),
    ("LSTM", *of(recurrent.lstm, input_size=..., hidden_size=..., num_layers=..., has_bias=..., bidirectional=...,
                 dropout=..., proj_size=0)),
    ("BasicLSTMCell", *of(recurrent.basic_lstm_cell, keep_prob=1.0, forget_bias=1.0, state_is_tuple=True,
                          activation="tanh")),
    ("DynamicRNN", *of(recurrent.dynamic_rnn, cell_type="LSTM", direction="UNIDIRECTIONAL", cell_depth=1,
                       use_peephole=False, keep_prob=1.0, cell_clip=-1.0, num_proj=0, time_major=True,
                       activation="tanh", forget_bias=0.0, is_training=True)),
    ("DynamicGRUV2", *of(recurrent.dynamic_gru, direction="UNIDIRECTIONAL", cell_depth=1, keep_prob=1.0, cell_clip=-1.0,
                         num_proj=0, time_major=True, activation="tanh", gate_order="rzh", reset_after=True,
                         is_training=True)),
    ("Conv3DTranspose", {"in_channel": ..., "out_channel": ..., "kernel_size": ..., "mode": 1, "pad_mode": "valid",
                         "pad": 0, "stride": 1, "dilation": 1, "group": 1, "output_padding": 0,
                         "data_format": "NCDHW"}, _transposed, pooling.conv3d_transpose.__doc__),
    ("DepthwiseConv2dNative", {"channel_multiplier": ..., "kernel_size": ..., "mode": 3, "pad_mode": "valid", "pad": 0,
                               "stride": 1, "dilation": 1, "group": 1}, _depthwise,
     "The convolution of each channel of (N, C, H, W) with an image of its own: weight (1, C, h, w)."),
    ("Dilation2D", {"stride": ..., "dilation": ..., "pad_mode": "SAME", "data_format": "NCHW"}, _dilated,
     windows.dilation2d.__doc__),
    ("ExtractImagePatches", *of(windows.extract_image_patches, ksizes=..., strides=..., rates=..., padding="VALID")),
    ("FractionalMaxPool", _POOL, _fractional("max"), _FRACTIONAL),
    ("FractionalAvgPool", _POOL, _fractional("mean"), _FRACTIONAL),
    ("DeformableOffsets", {"strides": ..., "pads": ..., "ksize": ..., "dilations": (1, 1, 1, 1), "data_format": "NCHW",
                           "deformable_groups": 1, "modulated": True}, _displaced, windows.deformable_offsets.__doc__),
    ("MultilabelMarginLoss", {"reduction": "mean"}, _many_labels,
     "(loss, which classes are labels) of ``multilabel_margin_loss``."),
    ("NonMaxSuppressionV3", *of(suppression.suppress_boxes)),
    ("NonMaxSuppressionWithOverlaps", *of(suppression.suppress_overlaps)),
    ("CombinedNonMaxSuppression", *of(suppression.suppress_classes, pad_per_class=False, clip_boxes=True)),
)
_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
NAMES: dict[str, Any] = {cls.__name__: cls for cls in _CLASSES} | {"deformable_conv2d": windows.deformable_conv2d}
