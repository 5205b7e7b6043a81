"""Convolution and its two gradients on NumPy arrays, channels first, in one to three spatial dimensions.

    y[n, o, p] = sum_{c, k} w[o, c, k] * x[n, group(o) * C/G + c, p * stride + k * dilation - lo]

x is (N, C, *size), w is (O, C/groups, *kernel), pad is ((lo, hi), ...), y is (N, O, *out). The three kernels are linear
in each argument and are each other's transposes, so that derivatives of any order use no others; `conv_dx` is also the
transposed convolution. float16 is multiplied and accumulated in float32.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import gcd, prod
from types import ModuleType

import numpy as np

from luojia._src.engine import threads
from luojia._src.engine.kernels import conv_depthwise, conv_heavy, conv_last, conv_winograd
from luojia._src.engine.kernels.columns import Columns, Ints
from luojia._src.engine.kernels.finish import Finish
from luojia._src.engine.kernels.halves import cast
from luojia._src.engine.kernels.precision import working
from luojia._src.engine.kernels.taps import MOST_TOGETHER
from luojia._src.engine.kernels.thin import is_thin
from luojia._src.errors import ShapeError

Pads = tuple[tuple[int, int], ...]

LEAST_OUTPUTS = 24  # from here on OpenBLAS gains more from g as (M, O) than its transposition costs, up to twice


@lru_cache(1024)
def conv_shape(x_shape: Ints, w_shape: Ints, *, stride: Ints, pad: Pads, dilation: Ints, groups: int) -> Ints:
    """The shape (N, O, *out) of a convolution, out = (size + lo + hi - dilation * (kernel - 1) - 1) // stride + 1.

    Raises ShapeError where ranks, channels, groups or the window do not fit.

    >>> conv_shape((64, 1, 28, 28), (20, 1, 5, 5), stride=(1, 1), pad=((0, 0), (0, 0)), dilation=(1, 1), groups=1)
    (64, 20, 24, 24)
    """
    axes = len(x_shape) - 2
    if axes < 1 or len(w_shape) != axes + 2:
        raise ShapeError(
            "conv expects x of shape (N, C, *size) and a weight of shape (O, C/groups, *kernel) with as many axes, "
            f"got x {tuple(x_shape)} and weight {tuple(w_shape)}; give x a batch and a channel axis."
        )
    if not axes == len(stride) == len(pad) == len(dilation):
        raise ShapeError(
            f"conv of {axes} spatial axes expects one stride, pad and dilation for each, got stride {stride}, "
            f"pad {pad}, dilation {dilation}."
        )
    if groups < 1 or x_shape[1] != w_shape[1] * groups or w_shape[0] % groups:
        raise ShapeError(
            f"conv with groups={groups} expects a weight of shape (O, {x_shape[1]} / groups, *kernel), O a multiple of "
            f"groups, for x {tuple(x_shape)}, got weight {tuple(w_shape)}; check in_channels and groups."
        )
    if min(*w_shape[2:], *stride, *dilation, 1) < 1:
        raise ShapeError(f"conv expects kernel, stride and dilation of at least 1, got kernel {tuple(w_shape[2:])}, "
                         f"stride {stride}, dilation {dilation}.")
    out = tuple((n + lo + hi - d * (k - 1) - 1) // s + 1
                for n, k, s, (lo, hi), d in zip(x_shape[2:], w_shape[2:], stride, pad, dilation))
    if min(out) < 1:
        raise ShapeError(
            f"conv: the window of kernel {tuple(w_shape[2:])}, dilation {dilation} is larger than the input of size "
            f"{tuple(x_shape[2:])} with pad {pad}; use a smaller kernel or more padding."
        )
    return (x_shape[0], w_shape[0], *out)


def conv(x: np.ndarray, w: np.ndarray, *, stride: Ints, pad: Pads, dilation: Ints, groups: int,
         finish: Finish | None = None) -> np.ndarray:
    """The convolution of x (N, C, *size) with w (O, C/groups, *kernel): (N, O, *out), and what ``finish`` makes of it.

    >>> conv(np.ones((1, 1, 4)), np.ones((1, 1, 3)), stride=(1,), pad=((1, 0),), dilation=(1,), groups=1)
    array([[[2., 3., 3.]]])
    """
    shape = conv_shape(x.shape, w.shape, stride=stride, pad=pad, dilation=dilation, groups=groups)
    lo = tuple(before for before, _ in pad)
    kernels = _channels_last(w.shape, shape[2:], stride, dilation, groups, x)
    if kernels is not None:
        dtype = np.result_type(x, w)
        work = working(dtype)
        y = kernels.correlate(x, w, shape[2:], stride, lo, dilation, work, finish if work == dtype else None)
        y = cast(y, dtype)
        if finish is not None and work != dtype:
            finish.whole(y)
        return y
    x = np.ascontiguousarray(x)
    y = _correlate(_grouped(x, 1, groups), _grouped(w, 0, groups), shape[2:], stride, lo, dilation)
    y = cast(y.reshape(shape), np.result_type(x, w))
    if finish is not None:
        finish.whole(y)
    return y


def conv_dx(g: np.ndarray, w: np.ndarray, *, shape: Ints, stride: Ints, pad: Pads, dilation: Ints,
            groups: int) -> np.ndarray:
    """The gradient (shape) of a convolution's input for the gradient g (N, O, *out) of its output.

    It is the transposed convolution of g with w. Each of the prod(stride) classes of inputs that read the same kernel
    positions is a convolution of stride 1 of g with those positions, so that no zero between the strides is multiplied.
    """
    _expect(g, "conv_dx", shape, w.shape, stride, pad, dilation, groups)
    dtype = np.result_type(g, w)
    before = tuple(lo for lo, _ in pad)
    kernels = _channels_last(w.shape, g.shape[2:], stride, dilation, groups, g, gradient=True)
    if kernels is conv_last and w.shape[1] <= conv_heavy.FEW:
        kernels = conv_heavy
    if kernels not in (conv_last, None):
        return cast(kernels.spread(g, w, shape[2:], stride, before, dilation, working(dtype)), dtype)
    plane = kernels is conv_last
    if not plane:
        g = np.ascontiguousarray(g)
    if plane and prod(stride) == 1 and conv_last.is_wasteful(shape[2:], g.shape[2:]):
        return cast(conv_last.scatter(g, w, shape[2:], before, dilation, working(dtype)), dtype)
    flipped = np.flip(_grouped(w, 0, groups).swapaxes(1, 2), tuple(range(3, w.ndim + 1)))
    axes = [_classes(*a) for a in zip(shape[2:], w.shape[2:], stride, before, dilation)]
    every = (slice(None), slice(None))

    def one(g: np.ndarray, found: tuple) -> np.ndarray:
        """The gradient of one class of inputs."""
        _, taps, out, lo, steps = zip(*found)
        kernel = flipped[(slice(None), *every, *taps)]
        if plane:
            return conv_last.correlate(g, kernel[0], out, (1, 1), lo, steps, working(dtype))
        part = _correlate(_grouped(g, 1, groups), kernel, out, (1,) * len(out), lo, steps)
        return part.reshape(len(g), shape[1], *out)

    classes = list(product(*axes))
    if prod(stride) == 1 and classes:
        return cast(one(g, classes[0]), dtype)
    dx = conv_last.first(np.zeros((shape[0], *shape[2:], shape[1]), dtype)) if plane else np.zeros(shape, dtype)

    def compute(part: slice) -> None:
        for found in classes:
            dx[(part, slice(None), *[into for into, *_ in found])] = one(g[part], found)

    threads.spread(compute, threads.ranges(len(g), g.size * w[0].size / threads.PRODUCTS))
    return dx


def conv_dw(g: np.ndarray, x: np.ndarray, *, shape: Ints, stride: Ints, pad: Pads, dilation: Ints,
            groups: int) -> np.ndarray:
    """The gradient (shape) of a convolution's weight for the gradient g (N, O, *out) of its output and its input x."""
    _expect(g, "conv_dw", x.shape, shape, stride, pad, dilation, groups)
    dtype = np.result_type(g, x)
    work = working(dtype)
    kernels = _channels_last(shape, g.shape[2:], stride, dilation, groups, x, g, gradient=True)
    if kernels is not None:
        dw = kernels.gather_weights(g, x, shape[2:], stride, tuple(lo for lo, _ in pad), dilation, work)
        return np.ascontiguousarray(cast(dw, dtype))
    x, g = [_lift(_grouped(np.ascontiguousarray(a), 1, groups), 3) for a in (x, g)]
    lo, stride, dilation = _lift_ints(stride, tuple(p[0] for p in pad), dilation)
    geometry = (1,) * (4 - len(shape)) + shape[2:], g.shape[3:], stride, lo, dilation, work
    n, _, outputs = g.shape[:3]
    micros = g.size * prod(shape[1:]) / threads.PRODUCTS
    g = g.reshape(n, groups, outputs, prod(g.shape[3:])).swapaxes(2, 3)

    def compute(some: slice) -> np.ndarray:
        columns = Columns(x[some], *geometry)
        dw = np.zeros((columns.taps, groups, columns.inner, outputs), work)
        for block in columns:
            offset = block.start * columns.rest
            seen = g[some][block.images, :, offset : block.stop * columns.rest].astype(work, copy=False)
            if outputs >= LEAST_OUTPUTS:
                seen = np.ascontiguousarray(seen)
            for tap, windows, start, stop in block.products:
                part = seen[:, :, start * columns.rest - offset : stop * columns.rest - offset]
                target = dw[tap]
                if target.size <= MOST_TOGETHER:
                    np.add(target, np.matmul(windows, part).sum(0), out=target)
                else:
                    for window, one in zip(windows, part):
                        np.add(target, np.matmul(window, one), out=target)
        return dw

    dw = threads.total(compute, threads.ranges(n, micros))
    found = Columns(x, *geometry).unweights(dw.swapaxes(2, 3), shape[1])
    return cast(found.reshape(shape), dtype)


def conv_pull(g: np.ndarray, x: np.ndarray, w: np.ndarray, *, stride: Ints, pad: Pads, dilation: Ints,
              groups: int) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of a convolution's input and weight, which `conv_dx` and `conv_dw` give one by one."""
    _expect(g, "conv_pull", x.shape, w.shape, stride, pad, dilation, groups)
    lo = tuple(before for before, _ in pad)
    kernels = _channels_last(w.shape, g.shape[2:], stride, dilation, groups, x, g, gradient=True)
    if kernels is conv_last and stride == (1, 1) and max(w.shape[2:]) > 1 and not (
            is_thin(x.shape[1], w.shape[2:]) or is_thin(w.shape[0], w.shape[2:])
            or conv_last.is_wasteful(x.shape[2:], g.shape[2:])):
        dx, dw = conv_last.pull(g, x, w, lo, dilation, working(np.result_type(g, x, w)))
        return cast(dx, np.result_type(g, w)), np.ascontiguousarray(cast(dw, np.result_type(g, x)))
    return (conv_dx(g, w, shape=x.shape, stride=stride, pad=pad, dilation=dilation, groups=groups),
            conv_dw(g, x, shape=w.shape, stride=stride, pad=pad, dilation=dilation, groups=groups))


def _channels_last(w_shape: Ints, out: Ints, stride: Ints, dilation: Ints, groups: int, *arrays: np.ndarray,
                   gradient: bool = False) -> ModuleType | None:
    """The kernels of a convolution with weights (O, C / groups, *kernel) to ``out`` that is computed channels last, or
    of its ``gradient``: each has `correlate` and `gather_weights`, and all but conv_last `spread`, for dx.

    Of images, without groups or depthwise. One by a kernel of 1 leaves ``arrays`` that lie channels first as they are.
    """
    if len(w_shape) != 4:
        return None
    if conv_depthwise.is_depthwise(groups, w_shape):
        return conv_depthwise
    if groups > 1:
        return None
    n = len(arrays[0])
    is_heavy = conv_heavy.is_heavy(w_shape, n, out, stride, gradient)
    if is_heavy and not gradient and conv_heavy.beats_tiles(w_shape, n, out):
        return conv_heavy
    if conv_winograd.suits(w_shape, n, out, stride, dilation, gradient):
        return conv_winograd
    if is_heavy:
        return conv_heavy
    here = max(w_shape[2:]) > 1 or not all(
        a.flags.c_contiguous and not conv_last.last(a).flags.c_contiguous for a in arrays
    )
    return conv_last if here else None


def _correlate(x: np.ndarray, w: np.ndarray, out: Ints, stride: Ints, lo: Ints, dilation: Ints) -> np.ndarray:
    """x (N, G, C/G, *size) with w (G, O/G, C/G, *kernel): (N, G, O/G, *out), in the working dtype."""
    work = working(np.result_type(x, w))
    n, groups, outputs = x.shape[0], *w.shape[:2]
    x, w = _lift(x, 3), _lift(w, 3)
    if len(out) == 1:
        out = (1, *out)
    lo, stride, dilation = _lift_ints(stride, lo, dilation)
    y = np.empty((n, groups, outputs, prod(out)), work)

    def compute(some: slice) -> None:
        columns = Columns(x[some], w.shape[3:], out, stride, lo, dilation, work)
        weights = columns.weights(w)
        into, rest = y[some], columns.rest
        scratch = np.empty(columns.images * groups * outputs * columns.rows * rest, work)
        for images, start, stop, products in columns:
            part = into[images]
            first = next((p for p in products if (p.start, p.stop) == (start, stop)), None)
            if first is None:
                part[..., start * rest : stop * rest] = 0
            else:
                np.matmul(weights[first.tap], first.columns, out=part[..., start * rest : stop * rest])
            for p in products:
                if p is not first:
                    shape = (len(part), groups, outputs, (p.stop - p.start) * rest)
                    term = np.matmul(weights[p.tap], p.columns, out=scratch[: prod(shape)].reshape(shape))
                    target = part[..., p.start * rest : p.stop * rest]
                    np.add(target, term, out=target)

    threads.spread(compute, threads.ranges(n, y.size * prod(w.shape[2:]) / threads.PRODUCTS))
    return y


def _classes(size: int, kernel: int, stride: int, lo: int, dilation: int) -> list[tuple[slice, slice, int, int, int]]:
    """One axis of `conv_dx`: (inputs, positions of the flipped kernel, their number, lo, dilation) for each class.

    Input i of class f = (i + lo) % stride meets output (i + lo - k * dilation) / stride at each k for which that is
    whole: k = k0, k0 + m, k0 + 2m, ... with m = stride / gcd(stride, dilation), stepping the output by dilation / gcd.
    """
    common = gcd(stride, dilation)
    found = []
    for f in range(stride):
        first = (f - lo) % stride
        k0 = next((k for k in range(min(stride, kernel)) if k * dilation % stride == f), None)
        if first >= size or k0 is None:
            continue  # inputs that do not exist, or that nothing reads
        positions = range(k0, kernel, stride // common)
        last = positions[-1]  # comes first in the flipped kernel
        taps = slice(kernel - 1 - last, kernel - k0, stride // common)
        shift = (first + lo - last * dilation) // stride
        found.append((slice(first, None, stride), taps, len(range(first, size, stride)), -shift, dilation // common))
    return found


def _expect(g: np.ndarray, name: str, x_shape: Ints, w_shape: Ints, stride: Ints, pad: Pads, dilation: Ints,
            groups: int) -> None:
    shape = conv_shape(x_shape, w_shape, stride=stride, pad=pad, dilation=dilation, groups=groups)
    if g.shape != shape:
        raise ShapeError(
            f"{name} expects the gradient of an output of shape {shape}, got {g.shape}; the input has shape "
            f"{tuple(x_shape)}, the weight {tuple(w_shape)}."
        )


def _grouped(a: np.ndarray, axis: int, groups: int) -> np.ndarray:
    return a.reshape(*a.shape[:axis], groups, a.shape[axis] // groups, *a.shape[axis + 1 :])


def _lift(a: np.ndarray, axes: int) -> np.ndarray:
    """One spatial axis becomes two, so that `Columns` always has an axis to unfold."""
    return a if a.ndim > axes + 1 else np.expand_dims(a, axes)


def _lift_ints(stride: Ints, lo: Ints, dilation: Ints) -> tuple[Ints, Ints, Ints]:
    if len(stride) > 1:
        return lo, stride, dilation
    return (0, *lo), (1, *stride), (1, *dilation)
