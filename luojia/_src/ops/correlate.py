"""Feature maps compared and cut: the correlation of two maps, and MXNet's old crop."""

from __future__ import annotations

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError


@op(fn=(), mx="Correlation(data1:x, data2:y, kernel_size=1, max_displacement=1, stride1=1, stride2=1, pad_size=0, "
              "is_multiply=True)")
def correlation(xp, x, y, *, kernel_size=1, max_displacement=1, stride1=1, stride2=1, pad_size=0, is_multiply=True):
    """How patches of x (N, C, H, W) agree with patches of y at displacements: (N, D^2, h, w).

    out[n, (dy, dx), i, j] is the mean over channels and the patch of x[.. + p] y[.. + p + (dy, dx)], or with
    ``is_multiply`` off of |x - y|, p within kernel_size x kernel_size.

    Args:
        kernel_size: odd.
        max_displacement, stride2: displacements go from -m to m, in both directions, m = max_displacement rounded
            down to a multiple of stride2; D = 2 (m / stride2) + 1.
        stride1: the distance of the patches of x.
        pad_size: zeros around both.

    Source: Dosovitskiy et al. 2015, "FlowNet"; MXNet's Correlation.
    """
    if len(x.shape) != 4 or x.shape != y.shape:
        raise ShapeError(f"Correlation expects two arrays of one shape (N, C, H, W), got {tuple(x.shape)} and "
                         f"{tuple(y.shape)}.")
    if kernel_size % 2 == 0 or kernel_size < 1:
        raise ArgumentError(f"Correlation: kernel_size must be odd, got {kernel_size}.")
    border = max_displacement + kernel_size // 2
    sizes = [-(-(n + 2 * pad_size - 2 * border) // stride1) for n in x.shape[2:]]
    if min(sizes) < 1:
        raise ShapeError(f"Correlation: maps {tuple(x.shape)} with pad_size {pad_size} are too small for displacements "
                         f"of {max_displacement} and patches of {kernel_size}.")
    padding = ((0, 0), (0, 0), (pad_size, pad_size), (pad_size, pad_size))
    x, y = xp.pad(x, padding, "constant"), xp.pad(y, padding, "constant")

    def at(maps, row, column):
        rows, columns = (slice(s, s + stride1 * (n - 1) + 1, stride1) for s, n in zip((row, column), sizes))
        return maps[:, :, rows, columns]

    steps = max_displacement // stride2
    shifts = range(-steps * stride2, steps * stride2 + 1, stride2)
    parts = []
    for dy in shifts:
        for dx in shifts:
            total = 0.0
            for i in range(max_displacement, max_displacement + kernel_size):
                for j in range(max_displacement, max_displacement + kernel_size):
                    a, b = at(x, i, j), at(y, i + dy, j + dx)
                    total = total + xp.sum(a * b if is_multiply else xp.abs(a - b), axis=1)
            parts.append(total / (kernel_size**2 * x.shape[1]))
    return xp.stack(parts, 1)


@op(fn=(), mx="Crop(*xs, offset=(0, 0), h_w=(0, 0), center_crop=False, num_args:_=1)")
def crop_maps(xp, *xs, offset=(0, 0), h_w=(0, 0), center_crop=False):
    """The part of the first array (N, C, H, W) of size ``h_w``, or of the size of the second, if there is one.

    It begins at ``offset`` (down, across), or lies in the middle with ``center_crop``. MXNet's Crop.
    """
    if not 1 <= len(xs) <= 2 or any(len(x.shape) != 4 for x in xs):
        raise ShapeError(f"Crop expects one or two arrays (N, C, H, W), got shapes {[tuple(x.shape) for x in xs]}.")
    x = xs[0]
    size = tuple(xs[1].shape[2:]) if len(xs) == 2 else tuple(h_w)
    if len(xs) == 1 and min(size) < 1:
        raise ArgumentError(f"Crop of one array expects its size, h_w=(height, width), got {h_w}.")
    start = [(n - m) // 2 for n, m in zip(x.shape[2:], size)] if center_crop else list(offset)
    if min(start) < 0 or any(s + m > n for s, m, n in zip(start, size, x.shape[2:])):
        raise ShapeError(f"Crop: a part of size {size} at {tuple(start)} does not lie within data {tuple(x.shape)}.")
    return x[:, :, start[0]:start[0] + size[0], start[1]:start[1] + size[1]]


@crop_maps.vjp(keep="args")
def _(xp, g, ans, args, needs, *, offset, h_w, center_crop):
    x = args[0]
    (height, width), (h, w) = x.shape[2:], g.shape[2:]
    top, left = ((height - h) // 2, (width - w) // 2) if center_crop else offset
    border = ((0, 0), (0, 0), (top, height - h - top), (left, width - w - left))
    zeros = None if len(args) == 1 or not needs[1] else xp.zeros_like(args[1])
    return (xp.pad(g, border, "constant"), zeros)[: len(args)]


@op(fn=(), mx="IdentityAttachKLSparseReg(data:x, moving_avg, sparseness_target=0.1, penalty=0.001, momentum=0.9)",
    aux=("moving_avg",), outputs=2)
def kl_sparse_identity(xp, x, moving_avg, *, sparseness_target=0.1, penalty=0.001, momentum=0.9):
    """x (N, D), the outputs of sigmoids, whose gradient also draws each one's mean activation to a target.

    It adds penalty (-t / a + (1 - t) / (1 - a)), the derivative of the divergence of Bernoulli(a) from Bernoulli(t),
    where a is the moving average of the means over the batch, renewed by this one. MXNet's IdentityAttachKLSparseReg.
    """
    if len(x.shape) < 2:
        raise ShapeError(f"IdentityAttachKLSparseReg expects data (N, D), got shape {tuple(x.shape)}.")
    return x + 0, _averaged(xp, x, moving_avg, momentum)


def _averaged(xp, x, moving_avg, momentum):
    flat = xp.reshape(x, (x.shape[0], -1))
    return momentum * moving_avg + (1 - momentum) * xp.mean(flat, axis=0)


@kl_sparse_identity.vjp(keep="args")
def _(xp, g, ans, args, needs, *, sparseness_target, penalty, momentum):
    x, moving_avg = args
    average = _averaged(xp, x, moving_avg, momentum)
    pull = penalty * ((1 - sparseness_target) / (1 - average) - sparseness_target / average)
    return g[0] + xp.reshape(pull, (1, *tuple(x.shape)[1:])), None


@kl_sparse_identity.complete
def _(shapes, out, **_):
    x, average = shapes
    return [x, average if x is None else (int(np.prod(x[1:])),)]
