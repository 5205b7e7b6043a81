"""Operators of windows of images: morphological dilation, patches, pooling over windows of changing size, and
convolution at displaced places."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from ..compose import placed, reshaped
from .candidates import _uniform


def _pair(name: str, what: str, value: Any, last: bool = True) -> tuple[int, int]:
    """(height, width) of an int, a pair, or four numbers of which those of height and width are read."""
    value = (value, value) if isinstance(value, int) else tuple(value)
    if len(value) == 4:
        value = value[2:] if last else value[1:3]
    if len(value) != 2 or min(value) < 1:
        raise ArgumentError(f"For '{name}', {what} must be one number or one for height and width each, at least 1, "
                            f"got {value}.")
    return value


def _same_pads(sizes: tuple, kernel: tuple, stride: tuple, dilation: tuple) -> list[tuple[int, int]]:
    totals = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
              for n, k, s, d in zip(sizes, kernel, stride, dilation)]
    return [(t // 2, t - t // 2) for t in totals]


def _cells(x: Tensor, kernel: tuple, stride: tuple, dilation: tuple) -> list[Tensor]:
    """For each cell of the window, row by row, its element of each window: (N, C, out_h, out_w)."""
    out = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation)]
    if min(out) < 1:
        raise ShapeError(f"the window {kernel} with dilation {dilation} is larger than the image {x.shape[2:]}.")
    return [x[(slice(None), slice(None), *[slice(i * d, i * d + (n - 1) * s + 1, s) for i, d, n, s in zip(
        cell, dilation, out, stride)])] for cell in np.ndindex(*kernel)]


def _padding(name: str, mode: str, x: Tensor, kernel: tuple, stride: tuple, dilation: tuple, value: float) -> Tensor:
    if mode.upper() not in ("SAME", "VALID"):
        raise ArgumentError(f"For '{name}', the padding must be 'SAME' or 'VALID', got {mode!r}.")
    if mode.upper() == "VALID":
        return x
    pads = _same_pads(x.shape[2:], kernel, stride, dilation)
    return OP["pad"](x, pad_width=((0, 0), (0, 0), *pads), constant_values=value)


def dilation2d(x: Tensor, filter: Tensor, stride: Any, dilation: Any, pad_mode: str = "SAME") -> Tensor:
    """The greatest of x + filter over each window, channel by channel: x (N, C, H, W), filter (C, h, w).

    >>> dilation2d(Tensor([[[[1.0, 5.0], [2.0, 3.0]]]]), Tensor([[[0.0, 1.0]]]), 1, 1, "VALID").tolist()
    [[[[6.0], [4.0]]]]
    """
    if x.ndim != 4 or filter.ndim != 3 or filter.shape[0] != x.shape[1]:
        raise ShapeError(f"For 'Dilation2D', x (N, C, H, W) and a filter (C, h, w) are expected, got {x.shape} and "
                         f"{filter.shape}.")
    kernel = filter.shape[1:]
    steps, apart = _pair("Dilation2D", "stride", stride), _pair("Dilation2D", "dilation", dilation)
    x = _padding("Dilation2D", pad_mode, x, kernel, steps, apart, float(np.finfo(x.np_dtype).min) / 2)
    weights = reshaped(filter, (1, x.shape[1], -1, 1, 1))
    return OP["max"](OP["stack"](*_cells(x, kernel, steps, apart), axis=2) + weights, axis=2)


def extract_image_patches(x: Tensor, ksizes: Any, strides: Any, rates: Any, padding: str = "VALID") -> Tensor:
    """Patches of (N, C, H, W) as channels: (N, h w C, out_h, out_w), the channels of one cell of the patch together."""
    kernel, stride, rate = (_pair("ExtractImagePatches", what, v, last=tuple(v)[1:2] == (1,)) for what, v in (
        ("ksizes", ksizes), ("strides", strides), ("rates", rates)))
    x = _padding("ExtractImagePatches", padding, x, kernel, stride, rate, 0.0)
    return OP["concatenate"](*_cells(x, kernel, stride, rate), axis=1)


# -- fractional pooling ------------------------------------------------------------------------------------------------


def _ends(size: int, ratio: float, pseudo_random: bool, seed: int | None) -> np.ndarray:
    """Where the windows along an axis begin and the last ends: steps of two neighbouring lengths, shuffled."""
    count = int(size / ratio)
    if pseudo_random:
        alpha = size / count
        u = _uniform(seed, (1,))[0] * ((size + 1) / alpha - count if alpha > 1 else 0)
        found = np.ceil(alpha * (np.arange(count + 1) + u)).astype(np.int64) - int(np.ceil(alpha * u))
        found[-1] = size
        return found
    short = size // count
    steps = np.full(count, short)
    steps[: size - short * count] += 1
    steps = steps[np.argsort(_uniform(seed, (count,)))]
    return np.concatenate([[0], np.cumsum(steps)])


def fractional_pool(x: Tensor, how: str, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False,
                    seed: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """(y, row ends, column ends): maxima or means over windows of (N, H, W, C) whose sizes differ by one, shuffled.

    There are floor(H / pooling_ratio[1]) of them along the height. With ``overlapping`` a window holds the first row
    of the next one too. Graham 2014, "Fractional max-pooling".
    """
    ratio = tuple(pooling_ratio)
    if len(ratio) != 4 or ratio[0] != 1 or ratio[3] != 1 or min(ratio) < 1:
        raise ArgumentError("fractional pooling expects a pooling_ratio (1, height, width, 1) of at least 1, got "
                            f"{ratio}.")
    if x.ndim != 4 or x.shape[1] < ratio[1] or x.shape[2] < ratio[2]:
        raise ShapeError(f"fractional pooling expects x (N, H, W, C) not smaller than pooling_ratio, got {x.shape}.")
    ends = [_ends(n, r, pseudo_random, seed) for n, r in zip(x.shape[1:3], ratio[1:3])]
    bounds = [[(a, min(b + overlapping, n)) for a, b in zip(e, e[1:])] for e, n in zip(ends, x.shape[1:3])]
    dtype, y = x.np_dtype, x
    if how == "mean":
        y = OP["stack"](*[OP["sum"](y[:, a:b], axis=1) for a, b in bounds[0]], axis=1)
        y = OP["stack"](*[OP["sum"](y[:, :, a:b], axis=2) for a, b in bounds[1]], axis=2)
        counts = np.array([b - a for a, b in bounds[0]])[:, None] * np.array([b - a for a, b in bounds[1]])
        y = y / placed(counts[:, :, None].astype(dtype), x) if dtype.kind == "f" else OP["floor_divide"](
            y, placed(counts[:, :, None].astype(y.np_dtype), x))
    else:
        y = OP["stack"](*[OP["max"](y[:, a:b], axis=1) for a, b in bounds[0]], axis=1)
        y = OP["stack"](*[OP["max"](y[:, :, a:b], axis=2) for a, b in bounds[1]], axis=2)
    return (y if y.np_dtype == dtype else OP["cast"](y, dtype=dtype), placed(ends[0].astype(np.int64), x),
            placed(ends[1].astype(np.int64), x))


# -- displaced convolution ---------------------------------------------------------------------------------------------


def deformable_offsets(x: Tensor, offsets: Tensor, strides: Any, pads: Any, ksize: Any, dilations: Any = (1, 1, 1, 1),
                       deformable_groups: int = 1) -> Tensor:
    """x (N, C, H, W) read at each cell of each window, displaced and weighted: (N, C, out_h kh, out_w kw).

    ``offsets`` (N, 3 groups kh kw, out_h, out_w) holds the displacements along the width, those along the height, and
    the weights, of each group of channels and each cell.
    """
    kh, kw = _pair("DeformableOffsets", "ksize", ksize)
    stride = _pair("DeformableOffsets", "strides", strides)
    dilation = _pair("DeformableOffsets", "dilations", dilations)
    pads = (pads,) * 4 if isinstance(pads, int) else tuple(pads)
    if x.ndim != 4 or len(pads) != 4 or x.shape[1] % deformable_groups:
        raise ShapeError(f"DeformableOffsets expects x (N, C, H, W), four pads and groups that divide C, got "
                         f"{x.shape}, {pads} and {deformable_groups}.")
    n, c, height, width = x.shape
    groups, cells = deformable_groups, kh * kw
    out = [(size + lo + hi - (k - 1) * d - 1) // s + 1 for size, lo, hi, k, d, s in zip(
        (height, width), pads[::2], pads[1::2], (kh, kw), dilation, stride)]
    if offsets.shape != (n, 3 * groups * cells, *out):
        raise ShapeError(f"DeformableOffsets expects offsets of shape {(n, 3 * groups * cells, *out)}, got "
                         f"{offsets.shape}.")
    parts = reshaped(offsets, (n, 3, groups, kh, kw, *out))
    rows = (np.arange(out[0]) * stride[0] - pads[0])[None, None, :, None] + (np.arange(kh) * dilation[0])[
        :, None, None, None]
    columns = (np.arange(out[1]) * stride[1] - pads[2])[None, None, None, :] + (np.arange(kw) * dilation[1])[
        None, :, None, None]
    at_y = parts[:, 1] + placed(rows.astype(x.np_dtype), x)  # (N, groups, kh, kw, out_h, out_w)
    at_x = parts[:, 0] + placed(columns.astype(x.np_dtype), x)
    # grid_sample with corners at the centres of the outermost pixels reads position p at 2 p / (size - 1) - 1
    wide = OP["pad"](x, pad_width=((0, 0), (0, 0), (0, 1), (0, 1)))  # so that no size is 1; zeros read as outside
    grid = OP["stack"](at_x * (2 / width) - 1, at_y * (2 / height) - 1, axis=-1)
    grid = reshaped(grid, (n * groups, cells * out[0], out[1], 2))
    images = reshaped(wide, (n * groups, c // groups, height + 1, width + 1))
    found = OP["grid_sample"](images, grid, mode="bilinear", padding_mode="zeros", align_corners=True)
    found = reshaped(found, (n, groups, c // groups, kh, kw, *out)) * OP["expand_dims"](parts[:, 2], axis=2)
    found = OP["transpose"](reshaped(found, (n, c, kh, kw, *out)), axes=(0, 1, 4, 2, 5, 3))
    return reshaped(found, (n, c, out[0] * kh, out[1] * kw))


def deformable_conv2d(x: Tensor, weight: Tensor, offsets: Tensor, kernel_size: Any, strides: Any, padding: Any,
                      bias: Tensor | None = None, dilations: Any = (1, 1, 1, 1), groups: int = 1,
                      deformable_groups: int = 1, modulated: bool = True) -> Tensor:
    """The convolution of x (N, C, H, W) with weight (O, C / groups, kh, kw), read at displaced places.

    ``offsets`` (N, 3 deformable_groups kh kw, out_h, out_w) holds displacements along the width, along the height, and
    weights. Zhu et al. 2019, "Deformable ConvNets v2".
    """
    if not modulated:
        raise ArgumentError("For 'DeformableOffsets', The modulated must be set to True.")
    kernel = _pair("deformable_conv2d", "kernel_size", kernel_size)
    spread = deformable_offsets(x, offsets, strides, padding, kernel, dilations, deformable_groups)
    return OP["convolution"](spread, weight, bias, kernel=kernel, stride=kernel, pad=0, dilation=1, groups=groups)
