"""Products of matrices."""

from __future__ import annotations

from ..core.op import op


def swap(xp, x):
    """The last two axes exchanged."""
    return xp.swapaxes(x, -1, -2)


@op("MatMul(transpose_a=False, transpose_b=False)(x, y)", fn="matmul(input:x, other:y)")
def matmul(xp, x, y, *, transpose_a=False, transpose_b=False):
    """The matrix product x @ y over the last two axes, broadcast over the others, of either transposed if asked."""
    if transpose_a:
        x = swap(xp, x)
    if transpose_b:
        y = swap(xp, y)
    return xp.matmul(x, y)


@matmul.vjp(keep="args")
def _(xp, g, ans, args, needs, *, transpose_a, transpose_b):
    x, y = args
    dx = dy = None
    if len(x.shape) == 1 or len(y.shape) == 1:
        return _vector_vjp(xp, g, x, y, needs)
    if needs[0]:
        other = y if transpose_b else swap(xp, y)
        dx = xp.matmul(g, other)
        if transpose_a:
            dx = swap(xp, dx)
    if needs[1]:
        other = x if transpose_a else swap(xp, x)
        dy = xp.matmul(other, g)
        if transpose_b:
            dy = swap(xp, dy)
    return dx, dy


def _vector_vjp(xp, g, x, y, needs):
    """The rule where an argument is a vector: give it the axis that the product dropped, and drop it again."""
    a = xp.reshape(x, (1, x.shape[0])) if len(x.shape) == 1 else x
    b = xp.reshape(y, (y.shape[0], 1)) if len(y.shape) == 1 else y
    lead = g.shape if len(x.shape) == 1 and len(y.shape) == 1 else g.shape[: -1]
    if len(x.shape) == 1 and len(y.shape) == 1:
        g = xp.reshape(g, (1, 1))
    elif len(x.shape) == 1:
        g = xp.reshape(g, (*lead, 1, g.shape[-1]))
    else:
        g = xp.reshape(g, (*g.shape, 1))
    dx = xp.matmul(g, swap(xp, b)) if needs[0] else None
    dy = xp.matmul(swap(xp, a), g) if needs[1] else None
    if dx is not None and len(x.shape) == 1:
        dx = xp.reshape(xp.sum(xp.reshape(dx, (-1, x.shape[0])), axis=0), x.shape)
    if dy is not None and len(y.shape) == 1:
        dy = xp.reshape(xp.sum(xp.reshape(dy, (-1, y.shape[0])), axis=0), y.shape)
    return dx, dy


@op(fn=())
def swapaxes(xp, x, *, axis1, axis2):
    """x with two axes exchanged."""
    return xp.swapaxes(x, axis1, axis2)


@swapaxes.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis1, axis2):
    return (xp.swapaxes(g, axis1, axis2),)


@op(fn="dense(input:x, weight:w, bias:b=None)", mx=(
    "FullyConnected(data:x, weight:w, bias:b=None, num_hidden:_=None, no_bias:_=False, flatten=True)",))
def dense(xp, x, w, b=None, *, flatten=False):
    """x W^T + b, for x of shape (..., in) and W of shape (out, in); ``flatten`` first makes x (N, in)."""
    if flatten and len(x.shape) != 2:
        x = xp.reshape(x, (x.shape[0], -1))
    y = xp.matmul(x, xp.transpose(w))
    return y if b is None else y + b


@dense.vjp(keep="args")
def _(xp, g, ans, args, needs, *, flatten):
    x, w, _b = args
    dx = dw = db = None
    rows = g if len(g.shape) == 2 else xp.reshape(g, (-1, g.shape[-1]))
    if needs[0]:
        dx = xp.matmul(g, w)
        if dx.shape != x.shape:
            dx = xp.reshape(dx, x.shape)
    if needs[1]:
        flat = x if len(x.shape) == 2 else xp.reshape(x, (-1, w.shape[1]))
        dw = xp.matmul(xp.transpose(rows), flat)
    if needs[2]:
        db = xp.sum(rows, axis=0)
    return dx, dw, db


@dense.complete
def _(shapes, out, *, flatten, num_hidden=None, **_):
    x, w, b = (*shapes, None)[:3]
    units = num_hidden or (w[0] if w else b[0] if b else out[-1] if out else None)
    if x is not None and units:
        width = 1
        for n in x[1:] if flatten else x[-1:]:
            width *= n
        w = (units, width)
    return [x, w, (units,) if units else b]
