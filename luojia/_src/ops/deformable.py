"""Convolution and pooling at places that are themselves computed: each reads between the pixels, bilinearly."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .conv import _expect_bias
from .window import ints

_SIGNATURE = ("kernel, stride=(), dilate:dilation=(), pad=(), num_filter, num_group:groups=1, num_deformable_group=1, "
              "workspace:_=1024, no_bias:_=False, layout:_=None")


def corner_weights(xp, at, size, outside):
    """The two neighbours of places ``at`` along an axis of ``size`` pixels, and their weights.

    Outside the pixels' centres: with ``outside`` 'edge' the nearest pixel counts, else nothing does.
    """
    fixed = xp.stop_gradient(at)
    if outside == "edge":
        at, fixed = xp.clip(at, 0, size - 1), xp.clip(fixed, 0, size - 1)
    low = xp.floor(fixed)
    part = at - low
    low = low.astype("int64")
    found = []
    for place, weight in ((low, 1 - part), (low + 1, part)):
        inside = (place >= 0) & (place <= size - 1)
        found.append((xp.clip(place, 0, size - 1), xp.where(inside, weight, 0 * weight)))
    return found


def bilinear(xp, rows, height, width, y, x, outside):
    """The values (B, P, C) at places y, x (B, P) of maps that are given as ``rows`` (B, height * width, C)."""
    batch = np.arange(rows.shape[0])[:, None]
    total = 0
    for i, wy in corner_weights(xp, y, height, outside):
        for j, wx in corner_weights(xp, x, width, outside):
            total = total + rows[batch, i * width + j] * (wy * wx)[..., None]
    return total


def _geometry(name, x, offset, w, mask, kernel, stride, dilation, pad, num_filter, groups, num_deformable_group):
    """(stride, dilation, pad, output size), all checked."""
    if len(x) != 4:
        raise ShapeError(f"{name} expects data (N, C, H, W), got shape {tuple(x)}.")
    kernel, stride, dilation = (ints(v, 2, what, name) for v, what in (
        (kernel, "kernel"), (stride, "stride"), (dilation, "dilate")))
    pad = ints(pad, 2, "pad", name, 0)
    if x[1] % num_deformable_group or x[1] % groups or num_filter % groups:
        raise ShapeError(f"{name}: {x[1]} channels and num_filter={num_filter} must be multiples of num_group="
                         f"{groups}, and the channels of num_deformable_group={num_deformable_group}.")
    if tuple(w) != (num_filter, x[1] // groups, *kernel):
        raise ShapeError(f"{name} expects a weight of shape {(num_filter, x[1] // groups, *kernel)}, got {tuple(w)}.")
    out = tuple([(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(x[2:], pad, dilation, kernel, stride)])
    taps = kernel[0] * kernel[1] * num_deformable_group
    for what, given, channels in (("offset", offset, 2 * taps), ("mask", mask, taps)):
        if given is not None and tuple(given) != (x[0], channels, *out):
            raise ShapeError(f"{name} expects {what} of shape {(x[0], channels, *out)}: "
                             f"{'two numbers' if what == 'offset' else 'one'} for each place of the kernel and each of "
                             f"the {num_deformable_group} groups; got {tuple(given)}.")
    return kernel, stride, dilation, pad, out


def _convolve(xp, name, x, offset, mask, w, b, kernel, stride, dilation, pad, num_filter, groups,
              num_deformable_group):
    kernel, stride, dilation, pad, out = _geometry(
        name, x.shape, offset.shape, w.shape, None if mask is None else mask.shape, kernel, stride, dilation, pad,
        num_filter, groups, num_deformable_group)
    count, channels, height, width = x.shape
    parts, taps, places = num_deformable_group, kernel[0] * kernel[1], out[0] * out[1]
    shift = xp.reshape(offset, (count * parts, taps, 2, places))
    grid = []
    for axis in (0, 1):
        steps = np.arange(kernel[axis]) * dilation[axis] - pad[axis]
        starts = np.arange(out[axis]) * stride[axis]
        at = np.expand_dims(steps[:, None] + starts, (1, 3) if axis == 0 else (0, 2))  # (kh, kw, oh, ow), two of them 1
        grid.append(np.broadcast_to(at, (*kernel, *out)).reshape(taps, places).astype(shift.dtype))
    y, z = (xp.reshape(shift[:, :, axis] + grid[axis], (count * parts, taps * places)) for axis in (0, 1))
    fy, fz = xp.stop_gradient(y), xp.stop_gradient(z)
    if mask is None:  # as in MXNet: nothing counts outside the pixels' centres to the left and above
        reached = (fy >= 0) & (fz >= 0) & (fy < height) & (fz < width)
    else:
        reached = (fy > -1) & (fz > -1) & (fy < height) & (fz < width)
    rows = xp.swapaxes(xp.reshape(x, (count * parts, channels // parts, height * width)), 1, 2)
    found = bilinear(xp, rows, height, width, y, z, "edge" if mask is None else "nothing")
    found = xp.where(reached[..., None], found, 0 * found)
    if mask is not None:
        found = found * xp.reshape(mask, (count * parts, taps * places, 1))
    columns = xp.reshape(xp.swapaxes(found, 1, 2), (count, groups, channels // groups * taps, places))
    kernels = xp.reshape(w, (groups, num_filter // groups, channels // groups * taps))
    result = xp.reshape(xp.matmul(kernels, columns), (count, num_filter, *out))
    if b is None:
        return result
    _expect_bias(b, num_filter, name)
    return result + xp.reshape(b, (1, num_filter, 1, 1))


@op(fn=(), mx=f"_contrib_DeformableConvolution(data:x, offset, weight:w, bias:b=None, {_SIGNATURE})")
def deformable_convolution(xp, x, offset, w, b=None, *, kernel, stride=(), dilation=(), pad=(), num_filter, groups=1,
                           num_deformable_group=1):
    """Convolution whose kernel reads at places that ``offset`` shifts.

    y[n, o, p] = b[o] + sum over c, k of w[o, c, k] x(n, c, p stride + k dilation - pad + offset[n, k, p]), where x is
    read bilinearly, and is 0 at places before the first or a pixel or more after the last pixel.

    Args:
        x: (N, C, H, W). w: (num_filter, C / groups, *kernel). b: (num_filter,) or absent.
        offset: (N, 2 kh kw num_deformable_group, H', W'): for each group of channels and each place of the kernel the
            shift down, then to the right.

    Source: Dai et al. 2017, "Deformable convolutional networks"; MXNet's ``contrib.DeformableConvolution``.
    """
    return _convolve(xp, "DeformableConvolution", x, offset, None, w, b, kernel, stride, dilation, pad, num_filter,
                     groups, num_deformable_group)


@op(fn=(), mx="_contrib_ModulatedDeformableConvolution(data:x, offset, mask, weight:w, bias:b=None, "
              + _SIGNATURE.replace("workspace:_=1024, no_bias:_=False, layout:_=None",
                                   "workspace:_=1024, no_bias:_=False, im2col_step:_=64, layout:_=None") + ")")
def modulated_deformable_convolution(xp, x, offset, mask, w, b=None, *, kernel, stride=(), dilation=(), pad=(),
                                     num_filter, groups=1, num_deformable_group=1):
    """``deformable_convolution`` whose readings are multiplied by ``mask`` (N, kh kw num_deformable_group, H', W').

    Around the image stands a border of zeros, towards which values between the pixels fall off.

    Source: Zhu et al. 2018, "Deformable ConvNets v2"; MXNet's ``contrib.ModulatedDeformableConvolution``.
    """
    return _convolve(xp, "ModulatedDeformableConvolution", x, offset, mask, w, b, kernel, stride, dilation, pad,
                     num_filter, groups, num_deformable_group)


def _completed(shapes, mask, kernel, stride, dilation, pad, num_filter, groups, num_deformable_group):
    """The shapes of offset, mask, weight and bias from that of the data."""
    x = shapes[0]
    if x is None:
        return shapes
    name = "DeformableConvolution"
    kernel, stride, dilation = (ints(v, 2, name, name) for v in (kernel, stride, dilation))
    pad = ints(pad, 2, "pad", name, 0)
    out = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(x[2:], pad, dilation, kernel, stride)]
    taps = kernel[0] * kernel[1] * num_deformable_group
    found = [x, (x[0], 2 * taps, *out), *([(x[0], taps, *out)] if mask else []),
             (num_filter, x[1] // groups, *kernel), (num_filter,)]
    return found[: len(shapes)]


@deformable_convolution.complete
def _(shapes, out, **attrs):
    return _completed(shapes, False, **attrs)


@modulated_deformable_convolution.complete
def _(shapes, out, **attrs):
    return _completed(shapes, True, **attrs)


# -- pooling by position ---------------------------------------------------------------------------------------------


def _regions(xp, name, x, rois, channels):
    if len(x.shape) != 4 or x.shape[1] != channels:
        raise ShapeError(f"{name} expects data (N, {channels}, H, W): output_dim times group_size squared channels, "
                         f"got shape {tuple(x.shape)}.")
    if len(rois.shape) != 2 or rois.shape[1] != 5:
        raise ShapeError(f"{name} expects rois (R, 5), rows of image, left, top, right, bottom, got shape "
                         f"{tuple(rois.shape)}.")
    return xp.stop_gradient(rois)


def _round(xp, a):
    return xp.sign(a) * xp.floor(xp.abs(a) + 0.5)


@op(fn=(), mx="_contrib_PSROIPooling(data:x, rois, spatial_scale, output_dim, pooled_size, group_size=0)")
def position_sensitive_pooling(xp, x, rois, *, spatial_scale, output_dim, pooled_size, group_size=0):
    """The mean of each of p x p parts of regions, part (i, j) read from channels of its own, as (R, output_dim, p, p).

    Part (i, j) of channel c is the mean of channel (c g + i g // p) g + j g // p of x (N, output_dim g g, H, W), with
    p = ``pooled_size`` and g = ``group_size``, which is p if 0. A part without pixels is 0. There is no gradient by the
    regions.

    Args:
        rois: (R, 5): the image's number and the region's left, top, right, bottom, in pixels of the image.

    Source: Dai et al. 2016, "R-FCN"; MXNet's ``contrib.PSROIPooling``.
    """
    group = group_size or pooled_size
    rois = _regions(xp, "PSROIPooling", x, rois, output_dim * group * group)
    corner = _round(xp, rois[:, 1:])
    edges = []
    for axis, limit in ((1, x.shape[2]), (0, x.shape[3])):
        first, last = corner[:, axis] * spatial_scale, (corner[:, axis + 2] + 1) * spatial_scale
        size = xp.maximum(last - first, 0.1)[:, None] / pooled_size
        i = np.arange(pooled_size).astype(rois.dtype)
        low, high = xp.floor(i * size + first[:, None]), xp.ceil((i + 1) * size + first[:, None])
        edges.append([xp.clip(e, 0, limit).astype("int64") for e in (low, high)])
    (top, bottom), (left, right) = ((e[0], xp.maximum(e[0], e[1])) for e in edges)
    wide = x if x.dtype == np.float64 else x.astype("float32")
    sums = xp.cumsum(xp.cumsum(xp.pad(wide, ((0, 0), (0, 0), (1, 0), (1, 0)), mode="constant"), axis=2), axis=3)
    part = np.arange(pooled_size) * group // pooled_size
    channel = (np.arange(output_dim)[:, None, None] * group + part[:, None]) * group + part  # (output_dim, p, p)
    image = rois[:, 0].astype("int64")[:, None, None, None]

    def until(rows, columns):
        return sums[image, channel, rows[:, None, :, None], columns[:, None, None, :]]

    total = until(bottom, right) - until(top, right) - until(bottom, left) + until(top, left)
    area = ((bottom - top)[:, None, :, None] * (right - left)[:, None, None, :])
    return xp.where(area > 0, total / xp.maximum(area, 1), 0 * total).astype(x.dtype)


@op(fn=(), mx="_contrib_DeformablePSROIPooling(data:x, rois, trans=None, spatial_scale, output_dim, group_size, "
              "pooled_size, part_size=0, sample_per_part=1, trans_std=0.0, no_trans=False)")
def deformable_position_sensitive_pooling(xp, x, rois, trans=None, *, spatial_scale, output_dim, group_size,
                                          pooled_size, part_size=0, sample_per_part=1, trans_std=0.0, no_trans=False):
    """``position_sensitive_pooling`` whose parts are shifted, each the mean of samples between the pixels.

    Args:
        trans: (R, 2 K, q, q) with q = ``part_size``, which is ``pooled_size`` if 0: for each of K classes, among which
            the channels are divided, the shifts of the parts to the right and down, in units of the region's size
            times ``trans_std``. Without it, or with ``no_trans``, nothing is shifted.
        sample_per_part: k, for k x k samples in a part; those half a pixel or more outside the image do not count.

    Source: Dai et al. 2017, "Deformable convolutional networks"; MXNet's ``contrib.DeformablePSROIPooling``.
    """
    name = "DeformablePSROIPooling"
    rois = _regions(xp, name, x, rois, output_dim * group_size**2)
    parts, height, width = part_size or pooled_size, *x.shape[2:]
    if no_trans:
        trans = None
    if trans is not None and (len(trans.shape) != 4 or trans.shape[0] != rois.shape[0] or trans.shape[1] % 2
                    or output_dim % (trans.shape[1] // 2) or tuple(trans.shape[2:]) != (parts, parts)):
        raise ShapeError(f"{name} expects trans ({rois.shape[0]}, twice a divisor of {output_dim}, {parts}, {parts}), "
                         f"got shape {tuple(trans.shape)}.")
    if sample_per_part < 1:
        raise ArgumentError(f"{name}: sample_per_part must be at least 1, got {sample_per_part}.")
    corner = _round(xp, rois[:, 1:])
    index = np.arange(pooled_size)
    places = []
    for axis, limit in ((1, height), (0, width)):
        first = corner[:, axis] * spatial_scale - 0.5
        last = (corner[:, axis + 2] + 1) * spatial_scale - 0.5
        size = xp.maximum(last - first, 0.1)
        step = size / pooled_size
        at = first[:, None] + index.astype(rois.dtype) * step[:, None]  # (R, p)
        at = at[:, None, :, None] if axis == 1 else at[:, None, None, :]
        if trans is not None:
            near = index * parts // pooled_size
            classes = np.arange(output_dim) // (output_dim // (trans.shape[1] // 2))
            move = trans[:, 2 * classes + axis][:, :, near[:, None], near]  # (R, output_dim, p, p)
            at = at + move * trans_std * size[:, None, None, None]
        at = at + xp.zeros((1, output_dim, pooled_size, pooled_size), x.dtype)
        samples = np.arange(sample_per_part).astype(rois.dtype)
        at = at[..., None] + samples * (step / sample_per_part)[:, None, None, None, None]  # (R, output_dim, p, p, k)
        fixed = xp.stop_gradient(at)
        places.append((xp.clip(at, 0, limit - 1), (fixed >= -0.5) & (fixed <= limit - 0.5)))
    (y, in_y), (z, in_z) = places
    counts = in_y[..., :, None] & in_z[..., None, :]
    part = index * group_size // pooled_size
    channel = (np.arange(output_dim)[:, None, None] * group_size + part[:, None]) * group_size + part
    image = rois[:, 0].astype("int64")[:, None, None, None]
    start = ((image * x.shape[1] + channel) * (height * width))[..., None, None]
    flat, total = xp.reshape(x, (-1,)), 0
    for i, wy in corner_weights(xp, y, height, "edge"):
        for j, wz in corner_weights(xp, z, width, "edge"):
            value = flat[start + (i * width)[..., :, None] + j[..., None, :]]
            total = total + value * (wy[..., :, None] * wz[..., None, :])
    total = xp.sum(xp.where(counts, total, 0 * total), axis=(4, 5))
    number = xp.sum(counts.astype(x.dtype), axis=(4, 5))
    return total / xp.maximum(number, 1)
