"""Images made larger or smaller: linear maps of the spatial axes, one matrix for each."""

from __future__ import annotations

import functools

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .pool import adaptive_avg_pool, along
from .resample import cubic
from .window import spatial


def linear_matrix(size: int, out: int, align_corners: bool, half_pixel: bool = True) -> np.ndarray:
    """The matrix (out, size) of linear interpolation.

    Place i reads at i (size - 1) / (out - 1) with ``align_corners``, else at (i + 1/2) size / out - 1/2, or without
    ``half_pixel`` at i size / out; all within the input.

    >>> linear_matrix(2, 3, True)
    array([[1. , 0. ],
           [0.5, 0.5],
           [0. , 1. ]])
    """
    at = np.clip(_positions(size, out, align_corners, half_pixel), 0, size - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, size - 1)
    matrix = np.zeros((out, size))
    rows = np.arange(out)
    matrix[rows, low] += 1 - (at - low)
    matrix[rows, high] += at - low
    return matrix


def _positions(size: int, out: int, align_corners: bool, half_pixel: bool) -> np.ndarray:
    at = np.arange(out, dtype=np.float64)
    if align_corners:
        return at * ((size - 1) / (out - 1) if out > 1 else 0.0)
    return (at + 0.5) * (size / out) - 0.5 if half_pixel else at * (size / out)


def cubic_matrix(size: int, out: int, align_corners: bool, half_pixel: bool = True,
                 at_border: bool = False) -> np.ndarray:
    """The matrix (out, size) of cubic interpolation (Keys 1981), at the places of ``linear_matrix``.

    As in MindSpore 2.8.0: of half pixels a = -0.5 and the weights of what lies within scaled to a sum of 1; else, with
    ``align_corners`` or ``at_border`` (PyTorch's and mint's way), a = -0.75 and the border's value beyond it. Except
    with ``at_border`` it takes the weights from a table of 1024 places between two pixels, the nearest.
    """
    at = _positions(size, out, align_corners, half_pixel)
    first = np.floor(at).astype(int)
    if not at_border:
        at = first + np.rint((at - first) * 1024) / 1024
    at_border = at_border or align_corners or not half_pixel
    matrix = np.zeros((out, size))
    for k in range(-1, 3):
        place = np.clip(first + k, 0, size - 1)
        weight = cubic(at - (first + k), -0.75 if at_border else -0.5)
        np.add.at(matrix, (np.arange(out), place), weight if at_border else weight * (place == first + k))
    return matrix / matrix.sum(1, keepdims=True)


def nearest_matrix(size: int, out: int, align_corners: bool = False, half_pixel: bool = False) -> np.ndarray:
    """The matrix (out, size) that picks place floor(i size / out), or the nearest under the other two conventions.

    >>> nearest_matrix(2, 4).argmax(1)
    array([0, 0, 1, 1])
    """
    at = np.arange(out, dtype=np.float64)
    if align_corners:
        at = np.floor(at * ((size - 1) / (out - 1) if out > 1 else 0.0) + 0.5)
    elif half_pixel:
        at = np.floor((at + 0.5) * (size / out))
    else:
        at = np.floor(at * (size / out))
    matrix = np.zeros((out, size))
    matrix[np.arange(out), np.clip(at, 0, size - 1).astype(int)] = 1
    return matrix


def _sizes(name, shape, size, scale, like=None):
    """The spatial sizes asked for."""
    given = spatial(shape, name)
    if like is not None:
        return tuple(like[2:])
    if (size in (None, ())) == (scale in (None, ())):
        raise ArgumentError(f"{name} expects either a size or a scale, got size={size} and scale={scale}.")
    wanted = size if size not in (None, ()) else scale
    each = tuple(wanted) if isinstance(wanted, (tuple, list)) else (wanted,) * len(given)
    if len(each) == 1:
        each = each * len(given)
    if len(each) != len(given):
        raise ShapeError(f"{name} of data {tuple(shape)} expects {len(given)} sizes or scales, got {wanted}.")
    out = each if wanted is size else tuple([int(n * s) for n, s in zip(given, each)])
    if min(out) < 1:
        raise ShapeError(f"{name} of data {tuple(shape)}: the output would have size {out}.")
    return tuple([int(n) for n in out])


_FN = "(input:x, size=None, scale_factor:scale=None, mode='nearest', align_corners=None, recompute_scale_factor:_=None)"
_MODES = ("nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic", "area")


@op(("ResizeBilinear(size, align_corners=False, half_pixel_centers:half_pixel=False)(x) | mode='bilinear'",
     "ResizeBilinearV2(align_corners=False, half_pixel_centers:half_pixel=False)(x, size) | mode='bilinear'",
     "ResizeNearestNeighbor(size, align_corners=False, half_pixel_centers:half_pixel=False)(input_x:x)"),
    fn=("interpolate" + _FN, "upsample" + _FN), half="wide")
def resize(xp, x, *, size=None, scale=None, mode="nearest", align_corners=None, half_pixel=None, at_border=False):
    """x (N, C, *spatial) resized to ``size``, or by ``scale``, which rounds down.

    ``mode``: 'nearest' reads place floor(i n / m), 'nearest-exact' the centre nearest to its own, 'linear', 'bilinear'
    and 'trilinear' interpolate (see ``linear_matrix``; ``half_pixel`` is on by default), 'bicubic' (see
    ``cubic_matrix``), and 'area' takes the mean of each part, as adaptive_avg_pool does.

    >>> from luojia import Tensor, ops
    >>> ops.interpolate(Tensor([[[1.0, 3.0]]]), size=3, mode="linear", align_corners=True)
    Tensor(shape=[1, 1, 3], dtype=Float32, value=
    [[[ 1.00000000e+00,  2.00000000e+00,  3.00000000e+00]]])
    """
    if mode not in _MODES:
        raise ArgumentError(f"resize: mode must be one of {_MODES}, got {mode!r}.")
    out = _sizes("resize", x.shape, size, scale)
    if mode == "area":
        return xp.adaptive_avg_pool(x, output_size=out, axes=len(out))
    for axis, m in enumerate(out, 2):
        x = along(xp, x, _matrix(x.shape[axis], m, mode, align_corners, half_pixel, at_border), axis)
    return x


@functools.lru_cache(maxsize=64)
def _matrix(n: int, m: int, mode: str, align_corners: bool | None, half_pixel: bool | None, at_border: bool):
    if mode.startswith("nearest"):
        return nearest_matrix(n, m, bool(align_corners), bool(half_pixel) or mode == "nearest-exact")
    how = bool(align_corners), half_pixel is None or half_pixel
    return cubic_matrix(n, m, *how, at_border) if mode == "bicubic" else linear_matrix(n, m, *how)


@resize.vjp(keep="")
def _(xp, g, ans, args, needs, *, size, scale, mode, **how):
    shape = tuple(args[0].shape)
    if mode == "area":
        return adaptive_avg_pool.rule(xp, g, ans, args, needs, output_size=tuple(g.shape[2:]), axes=len(shape) - 2)
    return (xp.resize_dx(g, size=shape[2:], mode=mode, **how),)


@op(fn=(), half="wide")
def resize_dx(xp, g, *, size, mode, align_corners, half_pixel, at_border):
    """The transpose of ``resize`` for an image of ``size``."""
    for axis, n in enumerate(size, 2):
        g = along(xp, g, _matrix(n, g.shape[axis], mode, align_corners, half_pixel, at_border).T, axis)
    return g


@resize_dx.vjp(keep="")
def _(xp, h, ans, args, needs, *, size, **how):
    return (xp.resized(h, size=tuple(args[0].shape[2:]), **how),)


@op(fn=(), half="wide")
def resized(xp, x, *, size, mode, align_corners, half_pixel, at_border):
    """``resize`` under a name that is not NumPy's."""
    return resize.fn(xp, x, size=size, mode=mode, align_corners=align_corners, half_pixel=half_pixel,
                     at_border=at_border)


@resized.vjp(keep="")
def _(xp, g, ans, args, needs, *, size, **how):
    return (xp.resize_dx(g, size=tuple(args[0].shape[2:]), **how),)


@op(fn=(), mx="_contrib_BilinearResize2D(data:x, like=None, height=1, width=1, scale_height=None, scale_width=None, "
              "mode='size', align_corners=True)", half="wide")
def bilinear_resize(xp, x, like=None, *, height=1, width=1, scale_height=None, scale_width=None, mode="size",
                    align_corners=True):
    """x (N, C, H, W) resized to (height, width), by scales, or as ``mode`` says.

    'like' takes the size of ``like``; 'odd_scale' makes n of an even length scale n, of an odd one scale (n - 1) + 1;
    'to_even_down', 'to_even_up', 'to_odd_down' and 'to_odd_up' go to the next even or odd length.
    """
    if mode not in ("size", "like"):
        lengths = [_to_parity(mode, n, s) for n, s in zip(x.shape[2:], (scale_height, scale_width))]
        height, width = lengths if len(x.shape) == 4 else (height, width)
        scale_height = scale_width = None
    if mode == "like" and like is None:
        raise ArgumentError("BilinearResize2D: mode 'like' expects a second array, of the size wanted; got none.")
    by_scale = scale_height is not None  # MXNet looks at the height's alone
    if by_scale and scale_width is None:
        raise ArgumentError("BilinearResize2D: scale_height expects scale_width beside it; got none.")
    scale = (scale_height, scale_width) if by_scale else None
    out = _sizes("BilinearResize2D", x.shape, None if by_scale else (height, width), scale,
                 like.shape if mode == "like" and like is not None else None)
    for axis, m in enumerate(out, 2):
        x = along(xp, x, linear_matrix(x.shape[axis], m, align_corners or m == 1), axis)
    return x


def _to_parity(mode: str, n: int, scale: float | None) -> int:
    """A length by one of BilinearResize2D's modes."""
    if mode == "odd_scale":
        if scale is None:
            raise ArgumentError("BilinearResize2D: mode 'odd_scale' expects scale_height and scale_width.")
        return int((n - 1) * scale) + 1 if n % 2 else int(n * scale)
    if n % 2 == (0 if "even" in mode else 1):
        return n
    return n - 1 if mode.endswith("down") else n + 1


@op(fn=(), mx="UpSampling(*xs, scale, num_filter=0, sample_type, multi_input_mode='concat', num_args:_=1, "
              "workspace:_=512)")
def up_sampling(xp, *xs, scale=1, num_filter=0, sample_type="nearest", multi_input_mode="concat"):
    """Each x (N, C, H, W) enlarged to ``scale`` times the first, and all joined along the channels, or summed.

    ``sample_type`` 'nearest' repeats each place; 'bilinear' is a deconvolution of stride ``scale`` of x, channel by
    channel, with a second array, the weight (C, 1, k, k), k = 2 scale - scale % 2.
    """
    if sample_type == "bilinear":
        if len(xs) != 2:
            raise ArgumentError(f"UpSampling with sample_type 'bilinear' expects data and a weight, got {len(xs)}.")
        x, w = xs
        pad, k = -(-(scale - 1) // 2), 2 * scale - scale % 2
        return xp.deconvolution(x, w, stride=scale, pad=pad, kernel=k, groups=x.shape[1], num_filter=num_filter)
    if sample_type != "nearest":
        raise ArgumentError(f"UpSampling: sample_type must be 'nearest' or 'bilinear', got {sample_type!r}.")
    if multi_input_mode not in ("concat", "sum"):
        raise ArgumentError(f"UpSampling: multi_input_mode must be 'concat' or 'sum', got {multi_input_mode!r}.")
    target = [n * scale for n in spatial(xs[0].shape, "UpSampling")]
    parts = []
    for x in xs:
        for axis, n in enumerate(target, 2):
            if n % x.shape[axis]:
                raise ShapeError(f"UpSampling: data {tuple(x.shape)} does not divide the output's size {target}.")
            x = xp.repeat(x, n // x.shape[axis], axis)
        parts.append(x)
    if len(parts) == 1:
        return parts[0]
    if multi_input_mode == "concat":
        return xp.concatenate(parts, 1)
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


@up_sampling.complete
def _(shapes, out, *, scale=1, num_filter=0, sample_type="nearest", **_):
    if sample_type == "bilinear" and len(shapes) == 2 and shapes[1] is None and shapes[0] is not None:
        k = 2 * scale - scale % 2
        return [shapes[0], (shapes[0][1], 1, k, k)]
    return list(shapes)


# -- sampling at given places ----------------------------------------------------------------------------------------


def _corners(xp, x, grid_x, grid_y):
    """Bilinear samples of x (N, C, H, W) at places (N, h, w) in pixels; what lies outside counts as 0."""
    n, c, height, width = x.shape
    left, top = xp.floor(grid_x), xp.floor(grid_y)
    images = np.arange(n).reshape(n, 1, 1)
    total = 0.0
    for dx in (0, 1):
        for dy in (0, 1):
            column, row = left + dx, top + dy
            weight = (1 - xp.abs(grid_x - column)) * (1 - xp.abs(grid_y - row))
            inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
            nowhere = xp.zeros_like(row)  # NaN is not inside either
            at = [xp.where(inside, place, nowhere).astype("int64") for place in (row, column)]
            found = xp.transpose(x, (0, 2, 3, 1))[(images, *[xp.stop_gradient(a) for a in at])]  # (N, h, w, C)
            total = total + xp.transpose(found * (weight * inside.astype(x.dtype))[..., None], (0, 3, 1, 2))
    return total


@op(fn=(), mx="BilinearSampler(data:x, grid, cudnn_off:_=False)")
def bilinear_sampler(xp, x, grid):
    """x (N, C, H, W) read at ``grid`` (N, 2, h, w), whose two planes are the column and row in [-1, 1].

    -1 and 1 are the centres of the outermost pixels; outside is 0. Source: Jaderberg et al., 2015.
    """
    if len(x.shape) != 4 or len(grid.shape) != 4 or grid.shape[1] != 2 or grid.shape[0] != x.shape[0]:
        raise ShapeError(f"BilinearSampler expects data (N, C, H, W) and a grid (N, 2, h, w), got {tuple(x.shape)} and "
                         f"{tuple(grid.shape)}.")
    height, width = x.shape[2:]
    return _corners(xp, x, (grid[:, 0] + 1) * ((width - 1) / 2), (grid[:, 1] + 1) * ((height - 1) / 2))


def _affine(xp, theta, size):
    """The places (N, 2, h, w) of the affine maps theta (N, 6) on a target of ``size``."""
    height, width = size
    rows, columns = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    points = np.stack([columns.ravel(), rows.ravel(), np.ones(height * width)]).astype(theta.dtype)
    return xp.reshape(xp.matmul(xp.reshape(theta, (-1, 2, 3)), points), (-1, 2, height, width))


@op(fn=(), mx="GridGenerator(data, transform_type, target_shape=(0, 0))")
def grid_generator(xp, data, *, transform_type="affine", target_shape=(0, 0)):
    """Places (N, 2, h, w) in [-1, 1]: of affine maps ``data`` (N, 6), or of a flow (N, 2, h, w) in pixels."""
    if transform_type == "affine":
        if len(data.shape) != 2 or data.shape[1] != 6 or min(target_shape) < 1:
            raise ShapeError(f"GridGenerator 'affine' expects data (N, 6) and a target_shape (h, w), got "
                             f"{tuple(data.shape)} and {target_shape}.")
        return _affine(xp, data, target_shape)
    if transform_type != "warp":
        raise ArgumentError(f"GridGenerator: transform_type must be 'affine' or 'warp', got {transform_type!r}.")
    if len(data.shape) != 4 or data.shape[1] != 2:
        raise ShapeError(f"GridGenerator 'warp' expects a flow (N, 2, h, w), got {tuple(data.shape)}.")
    height, width = data.shape[2:]
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    scale = np.array([max(width - 1, 1) / 2, max(height - 1, 1) / 2]).reshape(1, 2, 1, 1).astype(data.dtype)
    return (data + np.stack([columns, rows])[None].astype(data.dtype)) / scale - 1


@op(fn=(), mx="SpatialTransformer(data:x, loc, target_shape=(0, 0), transform_type, sampler_type, cudnn_off:_=False)")
def spatial_transformer(xp, x, loc, *, target_shape=(0, 0), transform_type="affine", sampler_type="bilinear"):
    """x (N, C, H, W) read at the places of the affine maps ``loc`` (N, 6), as (N, C, *target_shape)."""
    if transform_type != "affine" or sampler_type != "bilinear":
        raise ArgumentError("SpatialTransformer: transform_type must be 'affine' and sampler_type 'bilinear', got "
                            f"{transform_type!r} and {sampler_type!r}.")
    size = target_shape if max(target_shape) else tuple(x.shape[2:])
    return bilinear_sampler.fn(xp, x, _affine(xp, loc, size))
