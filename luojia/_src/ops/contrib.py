"""Small operators of MXNet's ``contrib``: places, what is finite, gradients replaced, Fourier transforms."""

from __future__ import annotations

import numpy as np

from ..core.dtypes import is_float
from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .gather import take


@op(fn=(), mx="_contrib_quadratic(data:x, a=0.0, b=0.0, c=0.0)")
def quadratic(xp, x, *, a=0.0, b=0.0, c=0.0):
    """a x^2 + b x + c.

    >>> from luojia import nd
    >>> nd.contrib.quadratic(nd.array([1, 2]), a=1, b=2, c=3).asnumpy()
    array([ 6., 11.], dtype=float32)
    """
    return (a * x + b) * x + c


@op(fn=(), mx="_contrib_count_sketch(data:x, h, s, out_dim, processing_batch_size:_=32)")
def count_sketch(xp, x, h, s, *, out_dim):
    """x (..., D) projected to (..., out_dim): element i is added, times s[i], at h[i].

    Args:
        h: (1, D) or (D,): places from 0 to out_dim - 1. s: likewise: signs, usually 1 and -1.

    Source: Charikar, Chen and Farach-Colton 2002; MXNet's ``contrib.count_sketch``.
    """
    if x.shape[-1] != h.size or h.size != s.size:
        raise ShapeError(f"count_sketch expects h and s of {x.shape[-1]} numbers, for data of shape {tuple(x.shape)}, "
                         f"got shapes {tuple(h.shape)} and {tuple(s.shape)}.")
    rows = xp.reshape(xp.stop_gradient(h), (-1, 1)).astype("int64") == np.arange(out_dim)
    return xp.matmul(x * xp.reshape(xp.stop_gradient(s), (-1,)), rows.astype(x.dtype))


# -- what graphs have of functions on arrays -------------------------------------------------------------------------


@op(fn=(), mx="_histogram(data:x, bins:edges=None, bin_cnt=None, range=None)", outputs=2, differentiable=False)
def histogram_of(xp, x, edges=None, *, bin_cnt=None, range=None):
    """The number of elements of x in each bin, and the bins' edges: those given, or of ``bin_cnt`` over ``range``."""
    if edges is None:
        if bin_cnt is None or range is None:
            raise ArgumentError("histogram in a graph expects bins, a number of them with a range (low, high), or "
                                f"their edges; got bins={bin_cnt}, range={range}.")
        edges = xp.asarray(np.linspace(range[0], range[1], bin_cnt + 1).astype(x.dtype))
    flat = xp.reshape(x, (-1,))
    above = xp.sum((flat[:, None] >= edges).astype("int64"), axis=0)  # how many reach each edge
    last = xp.sum((flat == edges[-1]).astype("int64"))
    counts = above[:-1] - above[1:]
    return xp.concatenate([counts[:-1], counts[-1:] + last]), edges


@op(fn=(), mx="cast_storage(data:x, stype:_='default')")
def cast_storage(xp, x):
    """x: storage types are labels of arrays, which graphs do not have."""
    return x + 0


# -- gradients replaced ----------------------------------------------------------------------------------------------


@op(fn=(), mx="_contrib_gradientmultiplier(data:x, scalar=1.0, is_int:_=True)")
def gradient_multiplier(xp, x, *, scalar=1.0):
    """x, whose gradient is multiplied by ``scalar``; a negative one reverses it, as for adversarial training."""
    return x + 0


@gradient_multiplier.vjp(keep="")
def _(xp, g, ans, args, needs, *, scalar):
    return (g * scalar,)


@op(fn=(), mx="_contrib_round_ste(data:x)")
def round_straight(xp, x):
    """x rounded, halves away from zero, with the gradient of the identity ("straight through").

    Source: Bengio et al. 2013, "Estimating or propagating gradients through stochastic neurons".
    """
    return xp.sign(x) * xp.floor(xp.abs(x) + 0.5)


@op(fn=(), mx="_contrib_sign_ste(data:x)")
def sign_straight(xp, x):
    """The sign of x, with the gradient of the identity."""
    return xp.sign(x)


@round_straight.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g * 1,)


sign_straight.vjp(round_straight.rule, keep="")


# -- places and shapes -----------------------------------------------------------------------------------------------


@op(fn=(), mx="_contrib_boolean_mask(data:x, index:m, axis=0)")
def boolean_mask(xp, x, m, *, axis=0):
    """The parts of x along ``axis`` where the vector m is not 0; its shape depends on the values of m."""
    axis %= len(x.shape)
    if len(m.shape) != 1 or m.shape[0] != x.shape[axis]:
        raise ShapeError(f"boolean_mask of data {tuple(x.shape)} along axis {axis} expects an index of shape "
                         f"({x.shape[axis]},), got {tuple(m.shape)}.")
    return take.fn(xp, x, xp.nonzero(m)[0], axis=axis)


@boolean_mask.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axis):
    x, m = args
    lead, axis = len(x.shape), axis % len(x.shape)
    hit = xp.cast(xp.not_equal(m, 0), dtype="int64")
    if not g.shape[axis]:
        return xp.zeros_like(x), None
    found = xp.take(g, xp.cumsum(hit, axis=0) - 1, axis=axis, mode="clip")  # the k-th true place has the k-th gradient
    hit = xp.reshape(hit, (1,) * axis + (-1,) + (1,) * (lead - 1 - axis))
    return xp.where(hit != 0, found, xp.zeros_like(found)), None


@op(fn=(), mx="_contrib_getnnz(data:x, axis=None)", differentiable=False)
def count_stored(xp, x, *, axis=None):
    """The number of elements that are not 0 (int64): of all as shape (1,), or along ``axis``.

    MXNet's ``contrib.getnnz`` counts what a csr matrix stores; arrays here are dense, so it counts values.
    """
    found = xp.sum((x != 0).astype("int64"), axis=axis)
    return xp.reshape(found, (1,)) if axis is None else found


@op(fn=(), mx="_contrib_edge_id(data:x, u, v)", differentiable=False)
def edge_id(xp, x, u, v):
    """What a square matrix ``x`` of edges' numbers holds for the edges from ``u`` to ``v``; -1 where there is none.

    MXNet's ``contrib.edge_id`` reads what a csr matrix stores; arrays here are dense, so a 0 is no edge.
    """
    found = x[xp.asarray(u, "int64"), xp.asarray(v, "int64")]
    return xp.where(found != 0, found, xp.full_like(found, -1))


# -- what is finite --------------------------------------------------------------------------------------------------


@op(fn=(), mx="_contrib_isfinite(data:x)", differentiable=False)
def finite_as_number(xp, x):
    """1 where an element is finite, else 0, in x's dtype."""
    return xp.isfinite(x).astype(x.dtype)


@op(fn=(), mx="_contrib_isnan(data:x)", differentiable=False)
def nan_as_number(xp, x):
    """1 where an element is not a number, else 0, in x's dtype."""
    return xp.isnan(x).astype(x.dtype)


@op(fn=(), mx="_contrib_isinf(data:x)", differentiable=False)
def infinite_as_number(xp, x):
    """1 where an element is infinite, else 0, in x's dtype."""
    return xp.isinf(x).astype(x.dtype)


@op(fn=(), mx="all_finite(data:x, init_output:_=True)", differentiable=False)
def all_finite(xp, x):
    """1.0 (of shape (1,), float32) if every element is finite, else 0."""
    return xp.reshape(xp.all(xp.isfinite(x)), (1,)).astype("float32")


@op(fn=(), mx="multi_all_finite(*xs, num_arrays:_=1, init_output:_=True)", differentiable=False)
def multi_all_finite(xp, *xs):
    """1.0 (of shape (1,), float32) if every element of every array is finite, else 0."""
    finite = xp.stack([xp.all(xp.isfinite(x)) for x in xs])
    return xp.reshape(xp.all(finite), (1,)).astype("float32")


@op(fn=(), mx="multi_sum_sq(*xs, num_arrays:_=1)", differentiable=False)
def multi_sum_sq(xp, *xs):
    """The sum of the squares of each array's elements (number of arrays,), float32."""
    return xp.stack([xp.sum(xp.square(x.astype("float32"))) for x in xs])


@op(fn=(), mx="multi_lars(lrs, weights_sum_sq, grads_sum_sq, wds, eta, eps, rescale_grad=1.0)", differentiable=False)
def multi_lars(xp, lrs, weights_sum_sq, grads_sum_sq, wds, *, eta, eps, rescale_grad=1.0):
    """Learning rates times eta |w| / (|g| + wd |w| + eps), where both norms are positive.

    Source: You et al. 2017, "Large batch training of convolutional networks" (LARS).
    """
    w, g = xp.sqrt(weights_sum_sq), xp.sqrt(grads_sum_sq) * rescale_grad
    both = (w > 0) & (g > 0)
    return lrs * xp.where(both, eta * w / xp.where(both, g + wds * w + eps, 1), 1)


@op(fn=(), mx="amp_multicast(*xs, num_outputs, cast_narrow=False)",
    outputs=lambda *, num_outputs, **_: num_outputs)
def amp_multicast(xp, *xs, num_outputs, cast_narrow=False):
    """The ``num_outputs`` arrays in the widest of their floating dtypes, or with ``cast_narrow`` in the narrowest."""
    if num_outputs != len(xs):
        raise ArgumentError(f"amp_multicast: num_outputs is {num_outputs}, got {len(xs)} arrays.")
    floats = [np.dtype(x.dtype) for x in xs if is_float(np.dtype(x.dtype))]
    wanted = (min if cast_narrow else max)(floats, key=lambda t: t.itemsize) if floats else None
    found = tuple([x.astype(wanted) if is_float(np.dtype(x.dtype)) else x for x in xs])
    return found if num_outputs > 1 else found[0]


# -- Fourier transforms ----------------------------------------------------------------------------------------------


@op(fn=(), mx="_contrib_fft(data:x, compute_size:_=128)")
def interleaved_fft(xp, x):
    """The discrete Fourier transform along the last axis (..., d), as (..., 2 d): real, imaginary, real, ...

    >>> from luojia import nd
    >>> nd.contrib.fft(nd.array([[1, 0, 0]])).asnumpy()
    array([[1., 0., 1., 0., 1., 0.]], dtype=float32)
    """
    d = x.shape[-1]
    cos, sin = _waves(d, x.dtype)
    both = xp.stack([xp.matmul(x, cos), 0 - xp.matmul(x, sin)], -1)
    return xp.reshape(both, (*tuple(x.shape)[:-1], 2 * d))


@op(fn=(), mx="_contrib_ifft(data:x, compute_size:_=128)")
def interleaved_ifft(xp, x):
    """The real part of the inverse transform of (..., 2 d), as ``interleaved_fft`` gives it, times d: (..., d).

    As in MXNet it isn't divided by d: ifft(fft(x)) / d is x.
    """
    if x.shape[-1] % 2:
        raise ShapeError(f"ifft expects real and imaginary parts in turn, so an even last length, got shape "
                         f"{tuple(x.shape)}.")
    d = x.shape[-1] // 2
    cos, sin = _waves(d, x.dtype)
    pairs = xp.reshape(x, (*tuple(x.shape)[:-1], d, 2))
    return xp.matmul(pairs[..., 0], cos) - xp.matmul(pairs[..., 1], sin)


def _waves(d, dtype):
    angle = 2 * np.pi * ((np.arange(d)[:, None] * np.arange(d)) % d) / d
    return np.cos(angle).astype(dtype), np.sin(angle).astype(dtype)
