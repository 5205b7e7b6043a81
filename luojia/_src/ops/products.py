"""Products of vectors and matrices beyond ``matmul``: Kronecker, cross, powers and chains."""

from __future__ import annotations

from math import prod

import numpy as np

from ..core.op import op
from ..engine.kernels.distances import distances, distances_dx
from ..errors import ArgumentError, ShapeError
from .shape import axis_in


@op(fn=())
def kron(xp, x, y):
    """The Kronecker product: every element of x times y, as blocks."""
    ndim = max(len(x.shape), len(y.shape))
    a = (1,) * (ndim - len(x.shape)) + tuple(x.shape)
    b = (1,) * (ndim - len(y.shape)) + tuple(y.shape)
    blocks = xp.reshape(x, tuple([n for k in a for n in (k, 1)])) * xp.reshape(y, tuple([n for k in b for n in (1, k)]))
    return xp.reshape(blocks, tuple([m * n for m, n in zip(a, b)]))


@kron.vjp(keep="args")
def _(xp, g, ans, args, needs):
    """g by blocks, as a matrix with a row for each element of x and a column for each of y."""
    x, y = args
    ndim = len(g.shape)
    a, b = [(1,) * (ndim - len(v.shape)) + tuple(v.shape) for v in args]
    blocks = xp.reshape(g, tuple([n for pair in zip(a, b) for n in pair]))
    blocks = xp.transpose(blocks, (*range(0, 2 * ndim, 2), *range(1, 2 * ndim, 2)))
    blocks = xp.reshape(blocks, (prod(a), prod(b)))
    return (xp.reshape(xp.matmul(blocks, xp.reshape(y, (-1,))), tuple(x.shape)) if needs[0] else None,
            xp.reshape(xp.matmul(xp.reshape(x, (-1,)), blocks), tuple(y.shape)) if needs[1] else None)


@op(fn=())
def cross(xp, a, b, *, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors of two or three elements, along ``axis`` or an axis for each."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = xp.moveaxis(a, axis_in(axisa, len(a.shape), "cross"), -1)
    b = xp.moveaxis(b, axis_in(axisb, len(b.shape), "cross"), -1)
    m, n = a.shape[-1], b.shape[-1]
    if m not in (2, 3) or n not in (2, 3):
        raise ShapeError(f"cross expects vectors of 2 or 3 elements, got {m} and {n}.")
    (a0, a1), (b0, b1) = [(v[..., 0], v[..., 1]) for v in (a, b)]
    z = a0 * b1 - a1 * b0
    if m == n == 2:
        return z
    a2, b2 = [v[..., 2] if v.shape[-1] == 3 else 0 * v[..., 0] for v in (a, b)]
    out = xp.stack((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, z), -1)
    return xp.moveaxis(out, -1, axis_in(axisc, len(out.shape), "cross"))


@cross.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axisa, axisb, axisc, axis):
    """For three elements each da = b x g and db = g x a; those of two are of three with a last one of 0."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = [xp.moveaxis(v, at % len(v.shape), -1) for v, at in zip(args, (axisa, axisb))]
    m, n = a.shape[-1], b.shape[-1]
    if m == n == 2:
        g = xp.expand_dims(g, len(g.shape))
        turned = [xp.concatenate((v[..., 1:], -v[..., :1]), len(v.shape) - 1) for v in (b, a)]
        da, db = g * turned[0], -g * turned[1]
    else:
        g = xp.moveaxis(g, axisc % len(g.shape), -1)
        a, b = [v if v.shape[-1] == 3 else xp.concatenate((v, 0 * v[..., :1]), len(v.shape) - 1) for v in (a, b)]
        da, db = xp.cross(b, g)[..., :m], xp.cross(g, a)[..., :n]
    found = []
    for d, v, at in zip((da, db), args, (axisa, axisb)):
        lead = tuple(range(len(d.shape) - len(v.shape)))
        found.append(xp.moveaxis(xp.sum(d, axis=lead) if lead else d, -1, at % len(v.shape)))
    return tuple(found)


@op(fn=())
def matrix_power(xp, x, *, n):
    """Each square matrix multiplied ``n`` times; for negative ``n`` its inverse, -n times."""
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"matrix_power expects square matrices in the last two axes, got shape {tuple(x.shape)}.")
    if n < 0:
        x, n = xp.linalg.inv(x), -n
    if n == 0:
        return 0 * x + np.eye(x.shape[-1]).astype(x.dtype)
    result = None
    while n:  # by squaring
        if n & 1:
            result = x if result is None else xp.matmul(result, x)
        n >>= 1
        x = xp.matmul(x, x) if n else x
    return result


@op(fn=())
def multi_dot(xp, *xs):
    """The matrix product of two or more arrays, from left to right; the first and last may be vectors."""
    if len(xs) < 2:
        raise ArgumentError(f"multi_dot expects at least two arrays, got {len(xs)}.")
    out = xs[0]
    for x in xs[1:]:
        out = xp.dot(out, x)
    return out


@op(fn=())
def dot(xp, x, y):
    """The sum of products over the last axis of x and the last but one of y (the only one of a vector); with a number
    (an array of shape ()) the product."""
    if not len(x.shape) or not len(y.shape):
        return x * y
    axis = max(len(y.shape) - 2, 0)
    if x.shape[-1] != y.shape[axis]:
        raise ShapeError(f"dot: the last length of {tuple(x.shape)} must be length {axis} of {tuple(y.shape)}.")
    return xp.tensordot(x, y, ((len(x.shape) - 1,), (axis,)))


@op(fn=())
def pair_distances(xp, x, y, *, p):
    """The p-norms, p being 1 or 2, of x_i - y_j for x (..., P, M) and y (..., R, M): (..., P, R)."""
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return distances(x, y, p)
    d = xp.expand_dims(x, -2) - xp.expand_dims(y, -3)
    return xp.sum(xp.abs(d), axis=-1) if p == 1 else xp.sqrt(xp.sum(d * d, axis=-1))


@pair_distances.vjp
def _(xp, g, ans, args, needs, *, p):
    """Where a distance is 0 it has no direction, and a gradient of 0."""
    x, y = args
    if isinstance(g, np.ndarray):
        return distances_dx(g, ans, x, y, p)
    d = xp.expand_dims(x, len(x.shape) - 1) - xp.expand_dims(y, len(y.shape) - 2)
    if p == 2:
        same = xp.equal(ans, 0)
        share = xp.where(same, xp.zeros_like(g), g / xp.where(same, xp.ones_like(ans), ans))
    else:
        share, d = g, xp.sign(d)
    parts = xp.expand_dims(share, len(g.shape)) * d
    return xp.sum(parts, axis=len(x.shape) - 1), -xp.sum(parts, axis=len(x.shape) - 2)


@op(fn=())
def vdot(xp, x, y):
    """The scalar product of two arrays, flattened."""
    if tuple(x.shape) != tuple(y.shape):
        raise ShapeError(f"vdot expects two arrays of one shape, got {tuple(x.shape)} and {tuple(y.shape)}.")
    return xp.sum(x * y)
