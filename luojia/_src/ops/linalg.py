"""Products of matrices."""

from __future__ import annotations

from math import prod

import numpy as np

from ..core.op import op
from ..engine import contract
from ..engine.kernels import skinny
from ..engine.kernels.sums import column_sums
from ..errors import ShapeError


def swap(xp, x):
    """The last two axes exchanged."""
    return xp.swapaxes(x, -1, -2)


@op(("MatMul(transpose_a=False, transpose_b=False)(x, y)", "BatchMatMul(transpose_a=False, transpose_b=False)(x, y)"),
    fn=("matmul(input:x, other:y)", "bmm(input_x:x, mat2:y)", "mm(input:x, mat2:y)", "mv(mat:x, vec:y)",
        "batch_matmul(x, y)"))
def matmul(xp, x, y, *, transpose_a=False, transpose_b=False):
    """The matrix product x @ y over the last two axes, broadcast over the others, of either transposed if asked."""
    if transpose_a:
        x = swap(xp, x)
    if transpose_b:
        y = swap(xp, y)
    left: tuple = getattr(x, "shape", ())
    right: tuple = getattr(y, "shape", ())
    if len(right) < 2 or not left or left[-1] != right[-2]:
        inner = right[-2 if len(right) > 1 else 0] if len(right) else None
        if not len(left) or left[-1] != inner:
            raise ShapeError(f"MatMul expects the last length of the first array to be the last but one of the second, "
                             f"got shapes {tuple(x.shape)} and {tuple(y.shape)}{_asked(transpose_a, transpose_b)}.")
    return xp.matmul(x, y)


def _asked(a: bool, b: bool) -> str:
    return f" after transposing {' and '.join(['the first'] * a + ['the second'] * b)}" if a or b else ""


@matmul.vjp(keep="args")
def _(xp, g, ans, args, needs, *, transpose_a, transpose_b):
    x, y = args
    return (_by_left(xp, g, x, y, transpose_a, transpose_b) if needs[0] else None,
            _by_right(xp, g, x, y, transpose_a, transpose_b) if needs[1] else None)


def _by_left(xp, g, x, y, transpose_a, transpose_b):
    """The gradient by the first factor."""
    if x.ndim == 1 or y.ndim == 1:
        return _vector_vjp(xp, g, x, y, (True, False))[0]
    dx = xp.matmul(g, y if transpose_b else y.swapaxes(-1, -2))
    return swap(xp, dx) if transpose_a else dx


def _by_right(xp, g, x, y, transpose_a, transpose_b):
    """The gradient by the second factor."""
    if x.ndim == 1 or y.ndim == 1:
        return _vector_vjp(xp, g, x, y, (False, True))[1]
    dy = xp.matmul(x if transpose_a else x.swapaxes(-1, -2), g)
    return swap(xp, dy) if transpose_b else dy


def _vector_vjp(xp, g, x, y, needs):
    """The rule where an argument is a vector: products of each with each, and of matrices with vectors."""
    dx = dy = None
    if len(x.shape) == 1 and len(y.shape) == 1:
        return g * y, g * x
    if len(y.shape) == 1:
        if needs[0]:
            dx = xp.expand_dims(g, len(g.shape)) * y
        if needs[1]:
            dy = xp.matmul(xp.reshape(g, (-1,)), xp.reshape(x, (-1, y.shape[0])))
        return dx, dy
    if needs[0]:
        dx = xp.matmul(y, xp.expand_dims(g, len(g.shape)))  # (..., n, 1)
        dx = xp.reshape(dx, x.shape) if len(y.shape) == 2 else xp.sum(xp.reshape(dx, (-1, x.shape[0])), axis=0)
    if needs[1]:
        dy = xp.reshape(x, (-1, 1)) * xp.expand_dims(g, len(g.shape) - 1)
    return dx, dy


@op(mx="batch_dot(lhs:x, rhs:y, transpose_a=False, transpose_b=False, forward_stype:_=None)")
def batch_dot(xp, x, y, *, transpose_a=False, transpose_b=False):
    """The products of equally many pairs of matrices: (N, A, B) with (N, B, C)."""
    if len(x.shape) != 3 or len(y.shape) != 3 or x.shape[0] != y.shape[0]:
        raise ShapeError(f"batch_dot expects arrays of shape (N, A, B) and (N, B, C), got {tuple(x.shape)} and "
                         f"{tuple(y.shape)}.")
    return matmul.fn(xp, x, y, transpose_a=transpose_a, transpose_b=transpose_b)


batch_dot.vjp(matmul.rule, keep="args")


@op(mx="dot(lhs:x, rhs:y, transpose_a=False, transpose_b=False, forward_stype:_=None)")
def dot_product(xp, x, y, *, transpose_a=False, transpose_b=False):
    """The sum over the last axis of x and the first of y; ``transpose_a`` and ``_b`` take x's first and y's last.

    For vectors the result has shape (1,), as in MXNet.
    """
    if len(x.shape) == 1 and len(y.shape) == 1:
        if x.shape != y.shape:
            raise ShapeError(f"dot expects vectors of one length, got shapes {tuple(x.shape)} and {tuple(y.shape)}.")
        return xp.reshape(xp.matmul(x, y), (1,))
    a, b = _flat(xp, x, y, transpose_a, transpose_b)
    if a.shape[1] != b.shape[0]:
        raise ShapeError(f"dot expects the last length of lhs to be the first of rhs, got shapes {tuple(x.shape)} and "
                         f"{tuple(y.shape)}{_asked(transpose_a, transpose_b)}.")
    rest = (tuple(x.shape)[1:] if transpose_a else tuple(x.shape)[:-1],
            tuple(y.shape)[:-1] if transpose_b else tuple(y.shape)[1:])
    return xp.reshape(xp.matmul(a, b), rest[0] + rest[1])


def _flat(xp, x, y, transpose_a, transpose_b):
    """x as a matrix (rest, summed) and y as (summed, rest)."""
    a = xp.transpose(xp.reshape(x, (x.shape[0], -1))) if transpose_a else xp.reshape(x, (-1, x.shape[-1]))
    b = xp.transpose(xp.reshape(y, (-1, y.shape[-1]))) if transpose_b else xp.reshape(y, (y.shape[0], -1))
    return a, b


@dot_product.vjp(keep="args")
def _(xp, g, ans, args, needs, *, transpose_a, transpose_b):
    x, y = args
    if len(x.shape) == 1 and len(y.shape) == 1:
        return g * y, g * x
    a, b = _flat(xp, x, y, transpose_a, transpose_b)
    g = xp.reshape(g, (a.shape[0], b.shape[1]))
    dx = dy = None
    if needs[0]:
        dx = xp.matmul(g, xp.transpose(b))
        dx = xp.reshape(xp.transpose(dx) if transpose_a else dx, tuple(x.shape))
    if needs[1]:
        dy = xp.matmul(xp.transpose(a), g)
        dy = xp.reshape(xp.transpose(dy) if transpose_b else dy, tuple(y.shape))
    return dx, dy


@op("Einsum(equation)(*xs)")
def einsum(xp, *xs, equation):
    """The sum of products that ``equation`` spells, as 'ij,jk->ik'."""
    return xp.einsum(equation, *xs)


@op(fn=())
def contraction(xp, *xs, equation):
    """``einsum`` under a name that is not NumPy's, so that its rule may take arrays of any engine and Tensors."""
    return xp.einsum(equation, *xs)


@einsum.vjp(keep="args")
def _(xp, g, ans, args, needs, *, equation):
    """An operand's gradient is the einsum of g with the other operands, spread along the axes that it alone has."""
    spelled = contract.terms(equation, tuple([len(x.shape) for x in args]))
    assert spelled is not None  # since the engine's einsum took it
    named, output = spelled
    return tuple([_operand_gradient(xp, g, output, i, named, args) if need else None for i, need in enumerate(needs)])


contraction.vjp(einsum.rule, keep="args")


def _operand_gradient(xp, g, output, i, named, args):
    labels, shape = named[i], tuple(args[i].shape)
    others = [j for j in range(len(args)) if j != i]
    there = output + "".join([named[j] for j in others])
    kept = "".join([c for c in dict.fromkeys(labels) if c in there and shape[labels.index(c)] != 1])
    spelled = ",".join([output, *[named[j] for j in others]]) + "->" + kept
    dx = xp.contraction(g, *[args[j] for j in others], equation=spelled)
    lengths = dict(zip(kept, dx.shape))
    first = [labels.index(c) == at for at, c in enumerate(labels)]
    spread = tuple([lengths.get(c, 1) if new else 1 for c, new in zip(labels, first)])
    dx = dx if tuple(dx.shape) == spread else xp.reshape(dx, spread)
    for at, c in enumerate(labels):
        if not first[at]:  # a label twice is a diagonal
            axes = labels.index(c), at
            diagonal = np.eye(shape[at], dtype=bool).reshape([n if k in axes else 1 for k, n in enumerate(shape)])
            dx = xp.multiply(dx, xp.asarray(diagonal))
    return dx if tuple(dx.shape) == shape else xp.broadcast_to(dx, shape)


@op(fn=("tensor_dot(x1:x, x2:y, axes)", "tensordot(x1:x, x2:y, axes)"))
def tensordot(xp, x, y, *, axes=2):
    """The sum of products over ``axes``: the last of x with the first of y, or a pair of lists of axes."""
    return xp.tensordot(x, y, axes)


@tensordot.vjp(keep="args")
def _(xp, g, ans, args, needs, *, axes):
    """Each summed axis of one array comes after those that its gradient shares with g."""
    x, y = args
    m, n = len(x.shape), len(y.shape)
    if isinstance(axes, int):
        of_x, of_y = tuple(range(m - axes, m)), tuple(range(axes))
    else:
        of_x, of_y = [tuple([i % k for i in ((a,) if isinstance(a, int) else a)]) for a, k in zip(axes, (m, n))]
    rest_x, rest_y = [[i for i in range(k) if i not in found] for k, found in ((m, of_x), (n, of_y))]
    kept = len(rest_x)
    dx = dy = None
    if needs[0]:
        dx = xp.tensordot(g, y, axes=(tuple(range(kept, len(g.shape))), tuple(rest_y)))
        at = [*rest_x, *[i for _, i in sorted(zip(of_y, of_x))]]
        dx = xp.transpose(dx, tuple([at.index(i) for i in range(m)]))
    if needs[1]:
        dy = xp.tensordot(x, g, axes=(tuple(rest_x), tuple(range(kept))))
        at = [*[i for _, i in sorted(zip(of_x, of_y))], *rest_y]
        dy = xp.transpose(dy, tuple([at.index(i) for i in range(n)]))
    return dx, dy


@op(fn="dot(input:x, other:y)")
def dot_last(xp, x, y):
    """The sum over the last axis of x and the last but one of y (MindSpore's ``ops.dot``)."""
    return xp.tensordot(x, y, _last_with(x, y, 2))


def _last_with(x, y, place):
    """The last axis of x and the ``place``-th last of y."""
    return (len(x.shape) - 1,), (max(len(y.shape) - place, 0),)


@dot_last.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    return tensordot.rule(xp, g, ans, args, needs, axes=_last_with(x, y, 2))


@op(fn="inner(input:x, other:y)")
def inner(xp, x, y):
    """The sum of products over the last axes."""
    if not len(x.shape) or not len(y.shape):
        return x * y
    return xp.tensordot(x, y, _last_with(x, y, 1))


@inner.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    if not len(x.shape) or not len(y.shape):
        return g * y, g * x
    return tensordot.rule(xp, g, ans, args, needs, axes=_last_with(x, y, 1))


@op("Ger()(x, y)", fn=("outer(input:x, vec2:y)", "ger(input:x, vec2:y)"))
def outer(xp, x, y):
    """The products of each element of a vector with each of another."""
    return xp.reshape(x, (-1, 1)) * xp.reshape(y, (1, -1))


@outer.vjp(keep="args")
def _(xp, g, ans, args, needs):
    x, y = args
    return (xp.reshape(xp.matmul(g, xp.cast(xp.reshape(y, (-1,)), dtype=g.dtype)), x.shape) if needs[0] else None,
            xp.reshape(xp.matmul(xp.cast(xp.reshape(x, (-1,)), dtype=g.dtype), g), y.shape) if needs[1] else None)


@op(fn=("addmm(input:c, mat1:x, mat2:y, beta=1, alpha=1)", "baddbmm(input:c, batch1:x, batch2:y, beta=1, alpha=1)",
        "addmv(input:c, mat:x, vec:y, beta=1, alpha=1)"),
    ms="Baddbmm()(input:c, batch1:x, batch2:y, beta, alpha)", half="wide")
def add_matmul(xp, c, x, y, *, beta=1, alpha=1):
    """beta c + alpha x @ y."""
    return beta * c + alpha * xp.matmul(x, y)


@add_matmul.vjp(keep="args")
def _(xp, g, ans, args, needs, *, beta, alpha):
    how = {"transpose_a": False, "transpose_b": False}
    return beta * g if needs[0] else None, *matmul.rule(xp, alpha * g, None, args[1:], needs[1:], **how)


@op(mx="khatri_rao(*xs)")
def khatri_rao(xp, *xs):
    """The Kronecker products of the columns of matrices with equally many columns."""
    out = xs[0]
    for x in xs[1:]:
        out = xp.reshape(out[:, None, :] * x[None, :, :], (-1, x.shape[1]))
    return out


@op(fn="dense(input:x, weight:w, bias:b=None)", mx=(
    "FullyConnected(data:x, weight:w, bias:b=None, num_hidden:_=None, no_bias:_=False, flatten=True)",), half="wide")
def dense(xp, x, w, b=None, *, flatten=False):
    """x W^T + b, for x of shape (..., in) and W of shape (out, in); ``flatten`` first makes x (N, in)."""
    if flatten and len(x.shape) != 2:
        x = xp.reshape(x, (x.shape[0], prod(x.shape[1:])))
    y = xp.matmul(x, xp.transpose(w))
    if b is None:
        return y
    if y.dtype != b.dtype:
        return y + b
    y += b  # into the array just made
    return y


@dense.vjp(keep="args")
def _(xp, g, ans, args, needs, *, flatten):
    x, w, _b = args
    dx = dw = db = None
    rows = g if len(g.shape) == 2 else xp.reshape(g, (prod(g.shape[:-1]), g.shape[-1]))
    if needs[0]:
        dx = xp.matmul(g, w)
        if dx.shape != x.shape:
            dx = xp.reshape(dx, x.shape)
    if needs[1]:
        flat = x if len(x.shape) == 2 else xp.reshape(x, (rows.shape[0], w.shape[1]))
        if rows.shape[0] == 1:
            dw = xp.transpose(rows) * flat  # which BLAS takes ten times as long for
        elif needs[0] or not _is_large(w) or rows.shape[0] <= skinny.most_rows():
            dw = xp.matmul(xp.transpose(rows), flat)
        else:  # of a first layer; the weight will lie as it does (train/inplace.py), and x W^T take a tenth less
            dw = xp.transpose(xp.matmul(xp.transpose(flat), rows))
    if needs[2]:
        db = column_sums(rows) if hasattr(rows, "flags") else xp.sum(rows, axis=0)
    return dx, dw, db


def _is_large(w):
    """Whether an array is NumPy's, of float32, and so large that its layout counts."""
    return hasattr(w, "flags") and w.dtype.itemsize == 4 and w.size >= 1 << 14


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
