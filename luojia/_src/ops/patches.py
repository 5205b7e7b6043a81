"""Windows of an image as columns, and the transpose, which adds columns up to an image.

Both are convolutions with a weight of ones and zeros, each channel an image of its own, hence each other's rules.
"""

from __future__ import annotations

from math import prod

import numpy as np

from ..core.op import op
from ..errors import ShapeError
from .pad import bordered
from .window import ints, pads, spatial


def _geometry(shape, kernel, stride, dilation, pad, name):
    """(weight shape, spatial sizes of the windows' places, keywords of ``conv``)."""
    size = spatial(shape, name)
    axes = len(size)
    kernel = ints(kernel, axes, "kernel", name)
    how = {"stride": ints(stride, axes, "stride", name), "dilation": ints(dilation, axes, "dilation", name),
           "pad": pads(pad, axes, name), "groups": 1}
    out = tuple([(n + lo + hi - d * (k - 1) - 1) // s + 1
                 for n, k, s, d, (lo, hi) in zip(size, kernel, how["stride"], how["dilation"], how["pad"])])
    if min(out) < 1:
        raise ShapeError(f"{name}: the window {kernel} is larger than data {tuple(shape)} with pad {how['pad']}.")
    return kernel, out, how


def _slices(kernel, out, stride, dilation):
    """For each cell of a window, its place in every window of a padded image, as an index of the spatial axes."""
    for cell in np.ndindex(*kernel):
        yield (..., *[slice(i * d, i * d + (n - 1) * s + 1, s) for i, d, n, s in zip(cell, dilation, out, stride)])


def _taps(kernel, dtype):
    """The weight (prod(kernel), 1, *kernel) that picks each cell of a window."""
    return np.eye(prod(kernel), dtype=dtype).reshape(prod(kernel), 1, *kernel)


@op(fn="unfold(input:x, kernel_size:kernel, dilation=1, padding:pad=0, stride=1)",
    mx="im2col(data:x, kernel, stride=(), dilate:dilation=(), pad=())")
def im2col(xp, x, *, kernel, stride=1, dilation=1, pad=0):
    """The windows of x (N, C, *size) as columns (N, C * prod(kernel), places), channel by channel, row by row.

    >>> from luojia import Tensor, ops
    >>> ops.unfold(Tensor([[[[1.0, 2.0, 3.0]]]]), (1, 2))
    Tensor(shape=[1, 2, 2], dtype=Float32, value=
    [[[ 1.00000000e+00,  2.00000000e+00],
      [ 2.00000000e+00,  3.00000000e+00]]])
    """
    kernel, out, how = _geometry(x.shape, kernel, stride, dilation, pad, "im2col")
    n, c, *size = x.shape
    if isinstance(x, np.ndarray):
        wide = bordered(x, ((0, 0), (0, 0), *how["pad"]), 0)
        y = np.empty((n, c, prod(kernel), *out), x.dtype)
        for k, at in enumerate(_slices(kernel, out, how["stride"], how["dilation"])):
            y[:, :, k] = wide[at]
        return y.reshape(n, c * prod(kernel), prod(out))
    if xp.engine.compiles:  # jax 0.10 on CPUs aborts the process as it compiles the transposed convolution
        wide = xp.pad(x, ((0, 0), (0, 0), *how["pad"]))
        cells = [wide[at] for at in _slices(kernel, out, how["stride"], how["dilation"])]
        return xp.reshape(xp.stack(cells, axis=2), (n, c * len(cells), prod(out)))
    y = xp.conv(xp.reshape(x, (n * c, 1, *size)), xp.asarray(_taps(kernel, np.dtype(x.dtype))), **how)
    return xp.reshape(y, (n, c * y.shape[1], prod(y.shape[2:])))


@im2col.vjp(keep="")
def _(xp, g, ans, args, needs, *, kernel, **how):
    return (xp.col2im(g, output_size=tuple(args[0].shape[2:]), kernel=kernel, **how),)


@op(fn="fold(input:x, output_size, kernel_size:kernel, dilation=1, padding:pad=0, stride=1)",
    mx="col2im(data:x, output_size, kernel, stride=(), dilate:dilation=(), pad=())")
def col2im(xp, x, *, output_size, kernel, stride=1, dilation=1, pad=0):
    """The image (N, C, *output_size) to whose windows the columns x (N, C * prod(kernel), places) add up."""
    size = (output_size,) if isinstance(output_size, int) else tuple(output_size)
    cells = prod(ints(kernel, len(size), "kernel", "col2im"))
    if len(x.shape) != 3 or x.shape[1] % cells:
        raise ShapeError(f"col2im expects columns (N, C * {cells}, places), kernel {kernel}, got {tuple(x.shape)}.")
    shape = (x.shape[0], x.shape[1] // cells, *size)
    kernel, out, how = _geometry(shape, kernel, stride, dilation, pad, "col2im")
    places = prod(out)
    if x.shape[2] != places:
        raise ShapeError(f"col2im to an image of {size} has {places} windows of {kernel}, got {x.shape[2]} columns.")
    n, c = shape[:2]
    if isinstance(x, np.ndarray) and x.dtype != np.float16:
        wide = np.zeros((n, c, *[s + lo + hi for s, (lo, hi) in zip(size, how["pad"])]), x.dtype)
        columns = x.reshape(n, c, cells, *out)
        for k, at in enumerate(_slices(kernel, out, how["stride"], how["dilation"])):
            wide[at] += columns[:, :, k]
        return wide[(..., *[slice(lo, lo + s) for s, (lo, _) in zip(size, how["pad"])])]
    if xp.engine.compiles:
        pad = how["pad"]
        wide = xp.zeros((n, c, *[s + lo + hi for s, (lo, hi) in zip(size, pad)]), x.dtype)
        columns = xp.reshape(x, (n, c, cells, *out))
        for k, at in enumerate(_slices(kernel, out, how["stride"], how["dilation"])):
            wide = wide.at[at].add(columns[:, :, k])
        return wide[(..., *[slice(lo, lo + s) for s, (lo, _) in zip(size, pad)])]
    w = xp.asarray(_taps(kernel, np.dtype(x.dtype)))
    return xp.reshape(xp.conv_dx(xp.reshape(x, (n * c, cells, *out)), w, shape=(n * c, 1, *size), **how), shape)


@col2im.vjp(keep="")
def _(xp, g, ans, args, needs, *, output_size, **how):
    return (xp.im2col(g, **how),)
