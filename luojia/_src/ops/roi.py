"""Regions of interest: parts of feature maps, given by boxes, brought to one size."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, NotSupportedError, ShapeError


def _check(name, x, rois, pooled_size):
    if len(x.shape) != 4:
        raise ShapeError(f"{name} expects data (N, C, H, W), got shape {tuple(x.shape)}.")
    if len(rois.shape) != 2 or rois.shape[1] != 5:
        raise ShapeError(f"{name} expects rois (R, 5), rows of image, left, top, right, bottom, got shape "
                         f"{tuple(rois.shape)}.")
    sizes = pooled_size if isinstance(pooled_size, tuple) else (pooled_size,) * 2
    if len(sizes) != 2 or min(sizes) < 1:
        raise ArgumentError(f"{name}: pooled_size must be a positive (height, width), got {pooled_size}.")
    return sizes


# -- the greatest element of each part -------------------------------------------------------------------------------


@op(fn=(), mx="ROIPooling(data:x, rois, pooled_size, spatial_scale)")
def roi_pooling(xp, x, rois, *, pooled_size, spatial_scale):
    """The greatest element in each of h x w parts of regions of x (N, C, H, W), as (R, C, h, w); 0 of an empty part.

    Args:
        rois: (R, 5): the image's number and the region's left, top, right, bottom, in pixels of the image; its
            corners, times ``spatial_scale``, are rounded to whole places of x, of which the last is within.

    Source: Girshick 2015, "Fast R-CNN"; MXNet's ROIPooling.
    """
    _check("ROIPooling", x, rois, pooled_size)
    at = roi_places.fn(xp, xp.stop_gradient(x), rois, pooled_size=pooled_size, spatial_scale=spatial_scale)
    return xp.where(at >= 0, xp.reshape(x, (-1,))[xp.where(at >= 0, at, 0)], 0 * xp.reshape(x, (-1,))[0])


@roi_pooling.vjp(keep="args")
def _(xp, g, ans, args, needs, *, pooled_size, spatial_scale):
    x, rois = args
    at = xp.reshape(xp.roi_places(x, rois, pooled_size=pooled_size, spatial_scale=spatial_scale), (-1,))
    g = xp.where(at >= 0, xp.reshape(g, (-1,)), 0.0 * xp.reshape(g, (-1,)))
    flat = xp.add_slices(xp.zeros_like(xp.reshape(x, (-1,))), xp.maximum(at, 0), g, axis=0)
    return xp.reshape(flat, tuple(x.shape)), None


@op(fn=(), differentiable=False)
def roi_places(xp, x, rois, *, pooled_size, spatial_scale):
    """Where in x, flattened, the greatest elements are (R, C, h, w); -1 of an empty part."""
    sizes = _check("ROIPooling", x, rois, pooled_size)
    image = rois[:, 0].astype("int64")
    scaled = rois[:, 1:] * spatial_scale
    corner = (xp.sign(scaled) * xp.floor(xp.abs(scaled) + 0.5)).astype("int64")  # halves go away from zero
    edges = [_edges(xp, corner[:, axis], corner[:, axis + 2], size, limit)
             for axis, size, limit in ((1, sizes[0], x.shape[2]), (0, sizes[1], x.shape[3]))]
    find = _search if isinstance(x, np.ndarray) and isinstance(rois, np.ndarray) else _mask
    return find(xp, x, image, edges[0], edges[1])


def _edges(xp, first, last, parts, limit):
    """The starts and ends (R, parts) of the parts of first..last, rounded in float32 as MXNet does."""
    size = xp.maximum(last - first + 1, 1)[:, None].astype("float32") / np.float32(parts)
    i = np.arange(parts).astype("float32")
    start, end = xp.floor(i * size).astype("int64"), xp.ceil((i + 1) * size).astype("int64")
    return xp.clip(start + first[:, None], 0, limit), xp.clip(end + first[:, None], 0, limit)


def _search(xp, x, image, rows, columns):
    """Part by part, in NumPy."""
    height, width = x.shape[2:]
    at = np.full((len(image), x.shape[1], rows[0].shape[1], columns[0].shape[1]), -1, np.int64)
    for r, n in enumerate(image):
        channel = (n * x.shape[1] + np.arange(x.shape[1])) * (height * width)
        for i, (top, bottom) in enumerate(zip(rows[0][r], rows[1][r])):
            for j, (left, right) in enumerate(zip(columns[0][r], columns[1][r])):
                if top < bottom and left < right:
                    best = x[n, :, top:bottom, left:right].reshape(x.shape[1], -1).argmax(1)
                    down, across = np.divmod(best, right - left)
                    at[r, :, i, j] = channel + (top + down) * width + left + across
    return at


def _mask(xp, x, image, rows, columns):
    """By masks, where values are not there to loop over."""
    height, width = x.shape[2:]
    maps = xp.reshape(x[image], (len(image), x.shape[1], -1))  # (R, C, H W)
    channel = ((image[:, None] * x.shape[1] + np.arange(x.shape[1])) * (height * width))
    down, across = np.divmod(np.arange(height * width), width)
    parts = []
    for i in range(rows[0].shape[1]):
        for j in range(columns[0].shape[1]):
            inside = ((down >= rows[0][:, i, None]) & (down < rows[1][:, i, None])
                      & (across >= columns[0][:, j, None]) & (across < columns[1][:, j, None]))[:, None]
            best = xp.argmax(xp.where(inside, maps, -np.inf), axis=2)
            parts.append(xp.where(xp.any(inside, axis=2), channel + best, -1))
    return xp.reshape(xp.stack(parts, -1), (*parts[0].shape, rows[0].shape[1], columns[0].shape[1]))


# -- the mean of bilinear samples in each part -----------------------------------------------------------------------


@op(fn=(), mx="_contrib_ROIAlign(data:x, rois, pooled_size, spatial_scale, sample_ratio=-1, position_sensitive=False, "
              "aligned=False)")
def roi_align(xp, x, rois, *, pooled_size, spatial_scale, sample_ratio=-1, position_sensitive=False, aligned=False,
              inclusive=False):
    """The mean of bilinear samples in each of h x w parts of regions of x (N, C, H, W), as (R, C, h, w).

    Args:
        rois: (R, 5): the image's number (if negative, the result is 0) and the region's left, top, right, bottom.
        spatial_scale: what the corners are multiplied by; with ``aligned`` half a place is then taken off, else the
            region is at least one place wide and high. ``inclusive`` adds a pixel to right and bottom first instead.
        sample_ratio: k, for k x k samples in each part; by default as many as whole places fit.
        position_sensitive: part (i, j) of output channel c comes from input channel (c h + i) w + j.

    There is no gradient by the rois. Source: He et al. 2017, "Mask R-CNN"; MXNet's ``contrib.ROIAlign``.
    """
    sizes = _check("ROIAlign", x, rois, pooled_size)
    parts = sizes[0] * sizes[1]
    if position_sensitive and x.shape[1] % parts:
        raise ShapeError(f"ROIAlign: position_sensitive expects a multiple of {parts} channels, got {x.shape[1]}.")
    rois = xp.stop_gradient(rois)
    image = rois[:, 0].astype("int64")
    extra = [0, 0, 1, 1] if inclusive else [0, 0, 0, 0]
    corner = (rois[:, 1:] + np.array(extra, rois.dtype)) * spatial_scale - (0.5 if aligned else 0.0)
    least = None if aligned else 0.0 if inclusive else 1.0
    rows = _samples(xp, corner[:, 1], corner[:, 3], sizes[0], x.shape[2], sample_ratio, least)
    columns = _samples(xp, corner[:, 0], corner[:, 2], sizes[1], x.shape[3], sample_ratio, least)
    rows = xp.where((image >= 0)[:, None, None], rows, xp.zeros_like(rows)).astype(x.dtype)
    maps = x[xp.maximum(image, 0)]
    out = xp.matmul(xp.matmul(rows[:, None], maps), xp.swapaxes(columns, 1, 2)[:, None].astype(x.dtype))
    if not position_sensitive:
        return out
    out = xp.reshape(out, (out.shape[0], -1, *sizes, *sizes))
    i, j = np.arange(sizes[0])[:, None], np.arange(sizes[1])[None, :]
    return out[:, :, i, j, i, j]


def samples_of(who, attribute, xp, size, ratio):
    """(samples in each part, the most of them): ``ratio``, or where that is not given, as many as whole places fit."""
    if ratio > 0:
        return ratio, ratio
    if xp.engine.compiles and xp.engine.tracing.depth:
        raise NotSupportedError(f"{who}: the number of samples depends on the values of the rois, which a compiled "
                                f"function does not know; give {attribute}.")
    count = xp.ceil(size)
    return count, int(xp.max(count, initial=1))


def _samples(xp, first, last, parts, limit, ratio, least):
    """The weights (R, parts, limit) of the places in each part's mean, along one axis at least ``least`` long."""
    size = last - first
    if least is not None:
        size = xp.maximum(size, least)
    size = size[:, None, None] / parts
    count, most = samples_of("ROIAlign", "sample_ratio", xp, size, ratio)
    i, s = np.arange(parts)[:, None], np.arange(most)
    at = first[:, None, None] + i * size + (s + 0.5) * size / xp.maximum(count, 1)
    counts = (s < count) & (at >= -1) & (at <= limit)
    near = xp.maximum(0, 1 - xp.abs(xp.clip(at, 0, limit - 1)[..., None] - np.arange(limit)))
    return xp.sum(near * counts[..., None], axis=2) / xp.maximum(count, 1)


@op("ROIAlign(pooled_height, pooled_width, spatial_scale, sample_num=2, roi_end_mode=1)(features:x, rois)", fn=())
def roi_align_pixels(xp, x, rois, *, pooled_height, pooled_width, spatial_scale, sample_num=2, roi_end_mode=1):
    """``roi_align`` as MindSpore calls it; ``roi_end_mode`` 1 counts the last pixel as within the region."""
    if roi_end_mode not in (0, 1):
        raise ArgumentError(f"ROIAlign: roi_end_mode must be 0 or 1, got {roi_end_mode}.")
    return roi_align.fn(xp, x, rois, pooled_size=(pooled_height, pooled_width), spatial_scale=spatial_scale,
                        sample_ratio=sample_num, inclusive=bool(roi_end_mode))


@op("CropAndResize(method='bilinear', extrapolation_value=0.0)(x, boxes, box_indices, crop_size) | dtype='float32'",
    fn="crop_and_resize(image:x, boxes, box_indices, crop_size, method='bilinear', extrapolation_value=0.0) | "
       "dtype='float32'")
def crop_and_resize(xp, x, boxes, box_indices, *, crop_size, method="bilinear", extrapolation_value=0.0, dtype=None):
    """Parts of images x (N, H, W, C) brought to ``crop_size`` (height, width), as (R, *crop_size, C).

    Args:
        boxes: (R, 4): top, left, bottom, right, in parts of the image: 0 and 1 are its outermost pixels' centres.
        box_indices: (R,): the image of each box.
        method: 'bilinear' or 'nearest'.
        extrapolation_value: what stands outside the image.
        dtype: that of the result; MindSpore's is Float32.

    Source: MindSpore's CropAndResize.
    """
    if method not in ("bilinear", "nearest", "bilinear_v2"):
        raise ArgumentError(f"CropAndResize: method must be 'bilinear' or 'nearest', got {method!r}.")
    if method == "bilinear_v2":
        raise NotSupportedError(f"CropAndResize: method {method!r} is not supported; use 'bilinear' or 'nearest'.")
    if len(x.shape) != 4 or len(boxes.shape) != 2 or boxes.shape[1] != 4 or len(box_indices.shape) != 1:
        raise ShapeError(f"CropAndResize expects images (N, H, W, C), boxes (R, 4) and box_indices (R,), got shapes "
                         f"{tuple(x.shape)}, {tuple(boxes.shape)} and {tuple(box_indices.shape)}.")
    dtype = dtype or ("float32" if x.dtype.kind in "iub" else x.dtype)
    maps = x[box_indices.astype("int64")].astype(dtype)
    inside = []
    for axis, size in ((1, crop_size[0]), (2, crop_size[1])):
        limit = x.shape[axis]
        first, last = boxes[:, axis - 1, None], boxes[:, axis + 1, None]
        step = np.arange(size) / (size - 1) if size > 1 else np.full(1, 0.5)
        at = (first + (last - first) * step) * (limit - 1)
        inside.append((at >= 0) & (at <= limit - 1))
        if method == "nearest":
            at = xp.floor(xp.stop_gradient(at) + 0.5)
        near = xp.maximum(0, 1 - xp.abs(xp.clip(at, 0, limit - 1)[..., None] - np.arange(limit))).astype(dtype)
        if axis == 1:
            maps = xp.einsum("rih,rhwc->riwc", near, maps)
        else:
            maps = xp.einsum("rjw,riwc->rijc", near, maps)
    both = inside[0][:, :, None, None] & inside[1][:, None, :, None]
    return xp.where(both, maps, 0 * maps + extrapolation_value)
