"""Images read at places of a grid, and the grids of affine maps, as MindSpore and PyTorch define them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.op import op
from ..engine.kernels import sample as kernel
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError, NotSupportedError, ShapeError
from .image import _corners

_SAMPLER = "(interpolation_mode:mode='bilinear', padding_mode='zeros', align_corners=False)(input_x:x, grid)"


@op((f"GridSampler2D{_SAMPLER}", f"GridSampler3D{_SAMPLER}"),
    fn="grid_sample(input:x, grid, mode='bilinear', padding_mode='zeros', align_corners=False)")
def grid_sample(xp, x, grid, *, mode="bilinear", padding_mode="zeros", align_corners=False):
    """x (N, C, H, W) read at ``grid`` (N, h, w, 2), whose last axis is the column and row in [-1, 1]: (N, C, h, w).

    A volume (N, C, D, H, W) is read at (N, d, h, w, 3), whose last axis is column, row and depth.

    Args:
        mode: 'bilinear', or 'nearest'.
        padding_mode: outside x there is 'zeros', the nearest 'border', or its 'reflection'.
        align_corners: -1 and 1 are the centres of the outermost pixels, rather than their outer edges.

    >>> from luojia import Tensor, ops
    >>> ops.grid_sample(Tensor([[[[1.0, 3.0]]]]), Tensor([[[[0.0, 0.0]]]])).asnumpy().item()
    2.0
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ArgumentError(f"grid_sample: mode must be 'bilinear' or 'nearest', got {mode!r}.")
    if mode == "bicubic":
        raise NotSupportedError(f"grid_sample: mode {mode!r} is not supported; use 'bilinear' or 'nearest'.")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ArgumentError(f"grid_sample: padding_mode must be 'zeros', 'border' or 'reflection', got "
                            f"{padding_mode!r}.")
    axes = len(x.shape) - 2
    if axes not in (2, 3) or len(grid.shape) != axes + 2 or grid.shape[-1] != axes or grid.shape[0] != x.shape[0]:
        raise ShapeError("grid_sample expects data (N, C, H, W) and a grid (N, h, w, 2), or (N, C, D, H, W) and "
                         f"(N, d, h, w, 3), got {tuple(x.shape)} and {tuple(grid.shape)}.")
    if axes == 2 and isinstance(x, np.ndarray) and isinstance(grid, np.ndarray) and _simple(
            x, grid, mode, padding_mode):
        return _sampled(x, grid, mode, padding_mode, align_corners)[0]
    places = []
    for k in range(axes):
        n = x.shape[-1 - k]
        at = _pixels(grid[..., k], n, align_corners)
        if padding_mode == "reflection":
            at = _reflect(xp, at, (0.0, n - 1.0) if align_corners else (-0.5, n - 0.5))
        if padding_mode != "zeros":
            at = xp.clip(at, 0, n - 1)
        places.append(xp.round(xp.stop_gradient(at)) if mode == "nearest" else at)
    return _corners(xp, x, *places) if axes == 2 else _corners_of_volume(xp, x, *places[::-1])


def _pixels(at, n, align_corners):
    return (at + 1) * ((n - 1) / 2) if align_corners else ((at + 1) * n - 1) / 2


def _simple(x, grid, mode, padding_mode):
    """Whether there is a kernel for images at these places."""
    return (x.ndim == 4 and mode in ("bilinear", "nearest") and padding_mode != "reflection" and x.dtype == grid.dtype
            and x.dtype.kind == "f" and x.size > 0)


def _sampled(x, grid, mode, padding_mode, align_corners):
    """The samples, and what their gradients take."""
    places = [_pixels(grid[..., k], x.shape[-1 - k], align_corners) for k in range(2)]
    free = None
    if padding_mode == "border":
        free = [(at > 0) & (at < n - 1) for at, n in zip(places, x.shape[:1:-1])]
        places = [at.clip(0, n - 1) for at, n in zip(places, x.shape[:1:-1])]
    y, saved = (kernel.sample if mode == "bilinear" else kernel.nearest)(x, *places)
    return y.reshape(*x.shape[:2], *grid.shape[1:3]), (saved, free)


@grid_sample.fast
def _(needs, x, grid, *, mode, padding_mode, align_corners):
    if not _simple(x, grid, mode, padding_mode) or padding_mode not in ("zeros", "border") or (
            grid.ndim != 4 or grid.shape[-1] != 2 or grid.shape[0] != x.shape[0]):
        return grid_sample.fn(ENGINE.xp, x, grid, mode=mode, padding_mode=padding_mode,
                              align_corners=align_corners), None
    return _sampled(x, grid, mode, padding_mode, align_corners)


@grid_sample.fast_vjp
def _(saved, g, args, needs, *, mode, padding_mode, align_corners):
    x, grid = args
    if mode == "nearest":
        dx = kernel.nearest_dx(g.reshape(*g.shape[:2], -1), saved[0], x.shape) if needs[0] else None
        return dx, np.zeros_like(grid) if needs[1] else None
    dx, *places = kernel.sample_dx(g.reshape(*g.shape[:2], -1), saved[0], x.shape, needs)
    if not needs[1]:
        return dx, None
    scales = [(n - 1) / 2 if align_corners else n / 2 for n in x.shape[:1:-1]]
    dgrid = np.stack([(at * scale).reshape(grid.shape[:3]) for at, scale in zip(places, scales)], -1)
    return dx, dgrid if saved[1] is None else dgrid * np.stack(saved[1], -1)


def _corners_of_volume(xp, x, *places):
    """Trilinear samples of x (N, C, D, H, W) at places in voxels; what lies outside counts as 0."""
    n = x.shape[0]
    low = [xp.stop_gradient(xp.floor(p)) for p in places]
    images = np.arange(n).reshape(n, 1, 1, 1)
    last = xp.transpose(x, (0, 2, 3, 4, 1))
    total = 0.0
    for corner in np.ndindex(2, 2, 2):
        weight: Any = 1.0
        inside: Any = 1.0
        at = [images]
        for p, start, step, size in zip(places, low, corner, x.shape[2:]):
            cell = start + step
            weight = weight * (1 - xp.abs(p - cell))
            inside = inside * ((cell >= 0) & (cell <= size - 1)).astype(x.dtype)
            at.append(xp.clip(cell, 0, size - 1).astype("int64"))
        total = total + last[tuple(at)] * (weight * inside)[..., None]
    return xp.transpose(total, (0, 4, 1, 2, 3))


def _reflect(xp, at, bounds):
    """Places folded back into ``bounds`` at both ends."""
    low, high = bounds
    if high <= low:
        return at * 0
    span = high - low
    far = xp.abs(at - low)
    turns = xp.stop_gradient(xp.floor(far / span))
    rest = far - turns * span
    return xp.where(turns % 2 == 0, rest, span - rest) + low


@op("AffineGrid(align_corners=False)(theta, output_size:size)", fn="affine_grid(theta, size, align_corners=False)")
def affine_grid(xp, theta, *, size, align_corners=False):
    """The places (N, h, w, 2) that the affine maps theta (N, 2, 3) send a target of ``size`` (N, C, h, w) to.

    Of theta (N, 3, 4) and a size (N, C, d, h, w) the places (N, d, h, w, 3).

    >>> from luojia import Tensor, ops
    >>> ops.affine_grid(Tensor([[[1.0, 0, 0], [0, 1, 0]]]), (1, 1, 1, 2), True).asnumpy().ravel()
    array([-1.,  0.,  1.,  0.], dtype=float32)
    """
    axes = len(size) - 2
    if axes not in (2, 3) or tuple(theta.shape) != (size[0], axes, axes + 1):
        raise ShapeError(f"affine_grid expects theta (N, 2, 3) and a size (N, C, h, w), or theta (N, 3, 4) and a size "
                         f"(N, C, d, h, w), with the same N, got {tuple(theta.shape)} and {tuple(size)}.")
    places = np.meshgrid(*[_line(n, align_corners) for n in size[2:]], indexing="ij")
    points = np.stack([*places[::-1], np.ones(size[2:])], -1).reshape(-1, axes + 1).astype(theta.dtype)
    return xp.reshape(xp.matmul(points, xp.swapaxes(theta, 1, 2)), (size[0], *size[2:], axes))


def _line(n, align_corners):
    line = np.linspace(-1, 1, n) if n > 1 else np.zeros(1)
    return line if align_corners else line * ((n - 1) / n)
