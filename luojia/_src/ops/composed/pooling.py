"""Windows of other kinds: p-norms, maxima at random or adaptive places, and their way back; enlarging convolution."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.random import next_key
from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from ..compose import placed, reshaped
from ..window import ints, pads
from .linear import root


def _check_axes(x: Tensor, axes: int, name: str) -> None:
    if x.ndim not in (axes + 1, axes + 2):
        raise ShapeError(f"For '{name}', the input must have {axes + 2} axes (N, C, *size), got shape {x.shape}.")


def _lp(x: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool, axes: int) -> Tensor:
    _check_axes(x, axes, f"lp_pool{axes}d")
    if norm_type == 0:
        raise ArgumentError(f"For 'lp_pool{axes}d', the norm_type must not be 0.")
    kernel = ints(kernel_size, axes, "kernel_size", f"lp_pool{axes}d")
    whole = x if x.ndim == axes + 2 else OP["expand_dims"](x, axis=0)
    if x.np_dtype.kind in "biu":
        whole = OP["cast"](whole, dtype="float32")
    means = OP["pooling"](OP["power"](whole, norm_type), kernel=kernel, pool_type="avg", ceil_mode=ceil_mode,
                          stride=kernel_size if stride is None else stride)
    out = root(means * prod(kernel), norm_type)
    return out if x.ndim == axes + 2 else reshaped(out, out.shape[1:])


def lp_pool1d(x: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1/p) of each window of (N, C, L), p being ``norm_type``; of integers in Float32.

    A window that is cut off at the end counts as if its mean filled it.
    """
    return _lp(x, norm_type, kernel_size, stride, ceil_mode, 1)


def lp_pool2d(x: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1/p) of each window of (N, C, H, W); see ``lp_pool1d``."""
    return _lp(x, norm_type, kernel_size, stride, ceil_mode, 2)


def resize_area(x: Tensor, size: Any, align_corners: bool = False) -> Tensor:
    """Images (N, H, W, C) resized, each place the mean of its part of the old ones, Float32."""
    new = size.tolist() if isinstance(size, Tensor) else size
    rows, columns = (placed(_shares(n, m, align_corners), x) for n, m in zip(x.shape[1:3], new))
    wide = OP["einsum"](rows, OP["cast"](x, dtype="float32"), equation="ih,nhwc->niwc")
    return OP["einsum"](columns, wide, equation="jw,niwc->nijc")


def _shares(old: int, new: int, align_corners: bool) -> np.ndarray:
    """(new, old): which part of each new place lies in each old one; beyond the border in the last."""
    step = (old - 1) / (new - 1) if align_corners and new > 1 else old / new
    edges = np.arange(new + 1) * step
    covered = np.clip(edges[:, None] - np.arange(max(old, int(np.ceil(edges[-1])))), 0, 1)
    share = np.diff(covered, axis=0) / step
    share[:, old - 1] += share[:, old:].sum(1)
    return share[:, :old].astype(np.float32)


# -- the way back ------------------------------------------------------------------------------------------------------


def _unpool(x: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any,
            axes: int) -> Tensor:
    name = f"max_unpool{axes}d"
    if x.shape != indices.shape:
        raise ShapeError(f"For '{name}', x and indices must have one shape, got {x.shape} and {indices.shape}.")
    _check_axes(x, axes, name)
    kernel = ints(kernel_size, axes, "kernel_size", name)
    steps = kernel if stride in (None, 0) else ints(stride, axes, "stride", name)
    cut = ints(padding, axes, "padding", name, 0)
    lead = x.shape[: x.ndim - axes]
    if output_size in (None, ()):
        size = tuple([(n - 1) * s - 2 * p + k for n, k, s, p in zip(x.shape[-axes:], kernel, steps, cut)])
    else:
        size = tuple([int(n) for n in output_size])[-axes:]
    count = prod(size)
    if indices.size and int(indices.asnumpy().max()) >= count:
        raise ArgumentError(f"For '{name}', the indices reach {int(indices.asnumpy().max())}, but an output of size "
                            f"{size} has {count} places; give a larger output_size.")
    rows = reshaped(x, (prod(lead), -1))
    zeros = placed(np.zeros((prod(lead), count), x.np_dtype), x)
    out = OP["scatter_along"](zeros, reshaped(indices, rows.shape), rows, axis=1)
    return reshaped(out, (*lead, *size))


def max_unpool1d(x: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:
    """The maxima of ``max_pool1d`` back at the places ``indices`` of (N, C, L), zeros elsewhere."""
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 1)


def max_unpool2d(x: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:
    """The maxima of ``max_pool2d`` back at the places ``indices`` of (N, C, H, W), zeros elsewhere.

    >>> from luojia import Tensor, ops
    >>> max_unpool2d(Tensor([[[[4.0]]]]), Tensor([[[[3]]]]), 2).tolist()
    [[[[0.0, 0.0], [0.0, 4.0]]]]
    """
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 2)


def max_unpool3d(x: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:
    """The maxima of ``max_pool3d`` back at the places ``indices`` of (N, C, D, H, W), zeros elsewhere."""
    return _unpool(x, indices, kernel_size, stride, padding, output_size, 3)


# -- windows at any place ----------------------------------------------------------------------------------------------


def _maxima(x: Tensor, spans: list[list[tuple[int, int]]]) -> tuple[Tensor, Tensor]:
    """The maximum over the product of spans of the last axes of x, and its place there, counted row by row.

    Shorter spans repeat their first place, so that all windows have as many.
    """
    axes = len(spans)
    sizes = x.shape[-axes:]
    flat = np.zeros((1,) * (2 * axes), np.int64)
    for axis, (found, step) in enumerate(zip(spans, [prod(sizes[i + 1:]) for i in range(axes)])):
        longest = max(stop - start for start, stop in found)
        at = np.array([[start + (j if start + j < stop else 0) for j in range(longest)] for start, stop in found])
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = at.shape
        flat = flat + step * at.reshape(shape)
    out = flat.shape[:axes]
    places = flat.reshape(*out, -1)
    lead = x.shape[:-axes]
    windows = reshaped(x, (*lead, -1))[..., places]
    values, which = OP["max_with_index"](windows, axis=-1)
    index = np.take_along_axis(np.broadcast_to(places, (*lead, *places.shape)), which.asnumpy()[..., None], -1)[..., 0]
    return values, placed(index.astype(np.int64), x)


def _adaptive(x: Tensor, output_size: Any, return_indices: bool, axes: int) -> Any:
    name = f"adaptive_max_pool{axes}d"
    _check_axes(x, axes, name)
    if not return_indices:
        size = output_size if isinstance(output_size, (int, type(None))) else tuple(output_size)
        return OP["adaptive_max_pool"](x, output_size=size, axes=axes)
    sizes = (output_size,) * axes if isinstance(output_size, int) else tuple(output_size)
    wanted = [n if s is None else s for s, n in zip(sizes, x.shape[-axes:])]
    values, places = _maxima(x, [[(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
                                 for n, m in zip(x.shape[-axes:], wanted)])
    return values, OP["cast"](places, dtype="int32") if axes == 3 else places  # as MindSpore 2.8.0


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The maximum of each of ``output_size`` parts of the last axis, and with ``return_indices`` its place."""
    return _adaptive(input, output_size, return_indices, 1)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The maximum of each of ``output_size`` parts of the last two axes, and with ``return_indices`` its place."""
    return _adaptive(input, output_size, return_indices, 2)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The maximum of each of ``output_size`` parts of the last three axes, and with ``return_indices`` its place."""
    return _adaptive(input, output_size, return_indices, 3)


def _fractional(x: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool,
                samples: Tensor | None, axes: int) -> Any:
    name = f"fractional_max_pool{axes}d"
    _check_axes(x, axes, name)
    if (output_size is None) == (output_ratio is None):
        raise ArgumentError(f"For '{name}', give either 'output_size' or 'output_ratio', got {output_size} and "
                            f"{output_ratio}.")
    sizes, kernel = x.shape[-axes:], ints(kernel_size, axes, "kernel_size", name)
    if output_size is None:
        ratios = (output_ratio,) * axes if isinstance(output_ratio, float) else tuple(output_ratio)
        output_size = tuple([int(n * r) for n, r in zip(sizes, ratios)])
    out = ints(output_size, axes, "output_size", name)
    if any(k + o - 1 > n for k, o, n in zip(kernel, out, sizes)):
        raise ShapeError(f"For '{name}', windows of {kernel} do not make {out} of {sizes}.")
    whole = x if x.ndim == axes + 2 else OP["expand_dims"](x, axis=0)
    if samples is None:
        drawn = OP["random_uniform"](next_key(x._device), low=0.0, high=1.0, shape=(*whole.shape[:2], axes),
                                     dtype="float32").asnumpy()
    else:
        drawn = np.broadcast_to(samples.asnumpy(), (*whole.shape[:2], axes))
    drawn = drawn[..., ::-1] if axes == 2 else drawn  # two samples are those of width and height
    rows = []
    for n in range(whole.shape[0]):
        row = [_maxima(whole[n, c], [_spans(*shape) for shape in zip(sizes, kernel, out, drawn[n, c])])
               for c in range(whole.shape[1])]
        rows.append([OP["stack"](*part, axis=0) for part in zip(*row)])
    values, places = (OP["stack"](*part, axis=0) for part in zip(*rows))
    if whole is not x:
        values, places = reshaped(values, values.shape[1:]), reshaped(places, places.shape[1:])
    return (values, places) if return_indices else values


def _spans(size: int, kernel: int, out: int, sample: float) -> list[tuple[int, int]]:
    """``out`` windows between the first and the last place, in steps of random lengths that add up (Graham 2014)."""
    step = (size - kernel) / (out - 1) if out > 1 else 0.0
    starts = [int((i + sample) * step) - int(sample * step) for i in range(out - 1)] + [size - kernel]
    return [(s, s + kernel) for s in starts]


def fractional_max_pool2d(input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                          return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """The maxima of ``output_size`` windows of (N, C, H, W), or ``output_ratio`` times as many, at random places.

    Args:
        _random_samples: (N, C, 2) numbers of [0, 1) that decide the places along width and height; drawn by default.

    Graham 2014, "Fractional max-pooling".
    """
    return _fractional(input, kernel_size, output_size, output_ratio, return_indices, _random_samples, 2)


def fractional_max_pool3d(input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                          return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """The maxima of windows of (N, C, D, H, W) at random places; see ``fractional_max_pool2d``.

    The samples are (N, C, 3), for depth, height and width.
    """
    return _fractional(input, kernel_size, output_size, output_ratio, return_indices, _random_samples, 3)


# -- convolution that enlarges -----------------------------------------------------------------------------------------


def conv3d_transpose(inputs: Tensor, weight: Tensor, pad_mode: str = "valid", padding: Any = 0, stride: Any = 1,
                     dilation: Any = 1, group: int = 1, output_padding: Any = 0) -> Tensor:
    """The transposed convolution of (N, C, D, H, W) with a weight (C, O / group, *kernel).

    With pad_mode 'same' the sizes are multiplied by the stride, with 'valid' not padded, with 'pad' cut by ``padding``
    and enlarged by ``output_padding``.
    """
    name = "conv3d_transpose"
    if pad_mode not in ("valid", "same", "pad"):
        raise ArgumentError(f"For '{name}', the 'pad_mode' must be 'valid', 'same' or 'pad', got {pad_mode!r}.")
    steps = ints(stride, 3, "stride", name)
    given = {"stride": steps, "dilation": ints(dilation, 3, "dilation", name), "groups": group}
    if pad_mode == "same":
        size = tuple([n * s for n, s in zip(inputs.shape[2:], steps)])
        return OP["deconvolution"](inputs, weight, pad_mode="same", size=(inputs.shape[0], -1, *size), **given)
    if pad_mode == "valid" and (np.any(padding) or np.any(output_padding)):
        raise ArgumentError(f"For '{name}', padding and output_padding must be 0 when pad_mode is not 'pad', got "
                            f"{padding} and {output_padding}.")
    pad = tuple(padding) if isinstance(padding, (tuple, list)) else padding
    adj = ints(output_padding, 3, "output_padding", name, 0)
    full = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(inputs.shape[2:], steps, given["dilation"],
                                                                weight.shape[2:])]
    if pad_mode == "valid":  # strides longer than the kernel leave zeros at the end, as in MindSpore
        full = [max(f, n * s) for f, n, s in zip(full, inputs.shape[2:], steps)]
    cut = pads(pad, 3, name)
    size = tuple([f - lo - hi + a for f, (lo, hi), a in zip(full, cut, adj)])
    return OP["deconvolution"](inputs, weight, pad_mode="pad", pad=cut, size=(inputs.shape[0], -1, *size), **given)


def col2im(input_x: Tensor, output_size: Any, kernel_size: Any, dilation: Any, padding_value: Any,
           stride: Any) -> Tensor:
    """Patches (N, C, k k, L) added up to images (N, C, *output_size); the inverse of ``unfold`` where none overlap."""
    size = output_size.tolist() if isinstance(output_size, Tensor) else output_size
    n, c, k, count = input_x.shape
    return OP["col2im"](reshaped(input_x, (n, c * k, count)), output_size=tuple([int(v) for v in size]),
                        kernel=kernel_size, dilation=dilation, pad=padding_value, stride=stride)


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3) -> Tensor:
    """x, or a x where x is negative, with a drawn anew for each element from [lower, upper] (Xu et al. 2015)."""
    if not 0 <= lower <= upper <= 1:
        raise ArgumentError(f"For 'rrelu', 0 <= lower <= upper <= 1 must hold, got lower {lower} and upper {upper}.")
    slope = OP["random_uniform"](next_key(input._device), low=float(lower), high=float(upper), shape=input.shape,
                                 dtype=str(input.np_dtype))
    return OP["where"](OP["less"](input, 0), input * slope, OP["relu"](input))  # with the derivative 0 at 0
