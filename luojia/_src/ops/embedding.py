"""Embedding: rows of a table by their numbers, and the transpose, which adds rows up."""

from __future__ import annotations

from ..core.dtypes import to_np
from ..core.op import op
from ..errors import DTypeError, ShapeError


def _rows(xp, indices, count):
    """Integers within the table: MXNet clips."""
    if count < 1:
        raise ShapeError("Embedding expects a weight of at least one row, got none.")
    return xp.clip(indices.astype("int64"), 0, count - 1)


def _expect(weight, input_dim, output_dim):
    if len(weight.shape) < 2:
        raise ShapeError(f"Embedding expects a weight (rows, width), got shape {tuple(weight.shape)}.")
    given = (input_dim or weight.shape[0], output_dim or weight.shape[1])
    if given != tuple(weight.shape[:2]):
        raise ShapeError(f"Embedding with input_dim={input_dim}, output_dim={output_dim} expects a weight of that "
                         f"shape, got {tuple(weight.shape)}.")


@op(fn=(), mx=("Embedding(data:x, weight, input_dim=0, output_dim=0, dtype=None, sparse_grad:_=False)",
               "_contrib_SparseEmbedding(data:x, weight, input_dim, output_dim, dtype=None, deterministic:_=False)"))
def embedding(xp, x, weight, *, input_dim=0, output_dim=0, dtype=None):
    """weight[x]: the row of ``weight`` (rows, width) for each of the indices x, as x's shape + (width,).

    Indices out of range are clipped, as in mxnet; floats are truncated. The gradient of the weight is dense.

    >>> from luojia import nd
    >>> nd.Embedding(nd.array([2, 0]), nd.array([[1, 2], [3, 4], [5, 6]]), input_dim=3, output_dim=2).asnumpy()
    array([[5., 6.],
           [1., 2.]], dtype=float32)
    """
    _expect(weight, input_dim, output_dim)
    rows = weight[_rows(xp, x, weight.shape[0])]
    return rows if dtype is None else rows.astype(to_np(dtype))


@embedding.vjp(keep="args")
def _(xp, g, ans, args, needs, **_):
    x, weight = args
    return None, xp.embedding_grad(g, x, shape=tuple(weight.shape)) if needs[1] else None


@op(fn=())
def embedding_grad(xp, g, x, *, shape):
    """Zeros of ``shape`` with g's rows added at the indices x: the transpose of ``embedding``."""
    rows = _rows(xp, x, shape[0]).reshape((-1,))
    return xp.rows_add(g.reshape((-1, *shape[1:])), rows, count=shape[0])


@embedding_grad.vjp(keep="args")
def _(xp, h, ans, args, needs, *, shape):
    return xp.embedding(args[1], h), None


@embedding.complete
def _(shapes, out, *, input_dim=0, output_dim=0, **_):
    return [shapes[0], (input_dim, output_dim) if input_dim and output_dim else shapes[1]]


@embedding.shape
def _(shapes, **_):
    return (*shapes[0], *shapes[1][1:])


@op("EmbeddingLookup()(input_params:weight, input_indices:x, offset)", fn=())
def embedding_lookup(xp, x, weight, *, offset=0):
    """weight[x - offset], and zeros for indices outside the table."""
    if x.dtype.kind not in "iu":
        raise DTypeError(f"EmbeddingLookup expects integer indices, got {x.dtype}.")
    rows = x.astype("int64") - offset
    inside = (rows >= 0) & (rows < weight.shape[0])
    found = weight[xp.where(inside, rows, 0)]
    return found * xp.reshape(inside, (*x.shape, *(1,) * (len(weight.shape) - 1))).astype(weight.dtype)
