"""Shapes: reshape, transpose, broadcast, repeat."""

from __future__ import annotations

from math import prod

import numpy as np

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .codes import target_shape


def axis_in(axis: int, ndim: int, name: str) -> int:
    """``axis`` counted from the front, checked."""
    if not -ndim <= axis < ndim:
        raise ArgumentError(f"{name}: axis {axis} is out of bounds for an array of {ndim} dimension(s).")
    return axis % ndim


@op("Reshape()(input:x, input_shape:shape)", fn=("reshape(input:x, shape)",))
def reshape(xp, x, *, shape):
    """x with another shape; one length may be -1."""
    return xp.reshape(x, shape)


@reshape.vjp(keep="")
def _(xp, g, ans, args, needs, *, shape):
    return (xp.reshape(g, args[0].shape),)


@op(mx=("reshape(data:x, shape=(), reverse=False, target_shape:target=None, keep_highest=False)",
        "Reshape(data:x, shape=(), reverse=False, target_shape:target=None, keep_highest=False)"))
def reshape_codes(xp, x, *, shape=(), reverse=False, target=None, keep_highest=False):
    """x with another shape, given in MXNet's codes (see ``target_shape``).

    Without ``shape`` it is ``target``, of which one length may be 0 and is what remains; ``keep_highest`` keeps the
    first length as it is.
    """
    if target and shape in ((), None):
        kept = tuple(x.shape[:1]) if keep_highest else ()
        return xp.reshape(x, (*kept, *[-1 if n == 0 else n for n in target[len(kept):]]))
    return xp.reshape(x, target_shape(x.shape, (shape,) if isinstance(shape, int) else shape, reverse))


@reshape_codes.vjp(keep="")
def _(xp, g, ans, args, needs, **_):
    return (xp.reshape(g, args[0].shape),)


@op(mx="reshape_like(lhs:x, rhs:y, lhs_begin=None, lhs_end=None, rhs_begin=None, rhs_end=None)")
def reshape_like(xp, x, y, *, lhs_begin=None, lhs_end=None, rhs_begin=None, rhs_end=None):
    """x with its axes ``lhs_begin:lhs_end`` in the shape of y's axes ``rhs_begin:rhs_end`` (all by default)."""
    old = tuple(x.shape)
    begin, end, _ = slice(lhs_begin, lhs_end).indices(len(old))
    new = old[:begin] + tuple(y.shape)[slice(rhs_begin, rhs_end)] + old[end:]
    if prod(new) != prod(old):
        raise ShapeError(f"reshape_like: shape {old}, of {prod(old)} elements, does not fit {new}, of {prod(new)}, "
                         f"which {tuple(y.shape)} asks for. (In a loss the first is the label's, the second the "
                         "prediction's.)")
    return xp.reshape(x, new)


@reshape_like.vjp(keep="")
def _(xp, g, ans, args, needs, **_):
    return xp.reshape(g, args[0].shape), None


@op("Transpose()(input:x, input_perm:axes)", fn=("transpose(input:x, dims:axes)", "permute(input:x, axis:axes)"),
    mx="transpose(data:x, axes=None)")
def transpose(xp, x, *, axes=None):
    """x with its axes permuted, reversed by default."""
    if not axes:
        return xp.transpose(x)
    ndim = len(x.shape)
    if sorted([a % ndim if ndim else a for a in axes]) != list(range(ndim)):
        raise ArgumentError(f"transpose: axes {tuple(axes)} are not a permutation of the {ndim} axes of {x.shape}; "
                            "each must be named once (unique).")
    return xp.transpose(x, axes)


@transpose.vjp(keep="")
def _(xp, g, ans, args, needs, *, axes):
    inverse = None
    if axes:
        inverse = [0] * len(axes)
        for i, a in enumerate(axes):
            inverse[a] = i
        inverse = tuple(inverse)
    return (xp.transpose(g, inverse),)


@op(fn=("swapaxes(input:x, axis0:axis1, axis1:axis2)", "swapdims(input:x, dim0:axis1, dim1:axis2)"),
    mx=("swapaxes(data:x, dim1:axis1=0, dim2:axis2=0)", "SwapAxis(data:x, dim1:axis1=0, dim2:axis2=0)"))
def swapaxes(xp, x, *, axis1, axis2):
    """x with two axes exchanged."""
    return xp.swapaxes(x, axis1, axis2)


@swapaxes.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis1, axis2):
    return (xp.swapaxes(g, axis1, axis2),)


@op(fn=("movedim(x, source, destination)", "moveaxis(x, source, destination)"),
    mx="moveaxis(tensor:x, source, destination)")
def moveaxis(xp, x, *, source, destination):
    """x with axes moved from ``source`` to ``destination``."""
    return xp.moveaxis(x, source, destination)


@moveaxis.vjp(keep="")
def _(xp, g, ans, args, needs, *, source, destination):
    return (xp.moveaxis(g, destination, source),)


@op("ExpandDims()(input_x:x, axis)", fn=("expand_dims(input_x:x, axis)", "unsqueeze(input:x, dim:axis)"),
    mx="expand_dims(data:x, axis)")
def expand_dims(xp, x, *, axis):
    """x with an axis of length 1 inserted at ``axis``."""
    if isinstance(axis, int):
        axis_in(axis, len(x.shape) + 1, "expand_dims")
    return xp.expand_dims(x, axis)


@expand_dims.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    return (xp.reshape(g, args[0].shape),)


@op("Squeeze(axis=())(x) | strict=False", fn="squeeze(input:x, axis=None) | strict=False",
    mx="squeeze(data:x, axis=None) | rank1=True")
def squeeze(xp, x, *, axis=None, strict=True, rank1=False):
    """x without its axes of length 1, or without those named; unless ``strict``, others may be named and stay.

    With ``rank1``, as MXNet has it, one axis remains of an array of one element, and of no axes none is taken.
    """
    if rank1:
        axis = tuple([i for i, n in enumerate(x.shape) if n == 1]) if axis is None else axis
        out = x if isinstance(axis, tuple) and not axis else squeeze.fn(xp, x, axis=axis)
        return out if out.shape else xp.reshape(out, (1,))
    if axis is None or isinstance(axis, tuple) and not axis:
        return xp.squeeze(x)
    ndim = len(x.shape)
    axes = [axis_in(a, max(ndim, 1), "squeeze") for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    if len(set(axes)) < len(axes):
        raise ArgumentError(f"squeeze: an axis must be named once, got {axis}.")
    for a in axes:
        if strict and ndim and x.shape[a] != 1:
            raise ShapeError(f"squeeze: axis {a} of shape {tuple(x.shape)} has length {x.shape[a]}, not 1.")
    gone = tuple([a for a in axes if ndim and x.shape[a] == 1])
    return xp.squeeze(x, gone) if gone else xp.reshape(x, tuple(x.shape))


@squeeze.vjp(keep="")
def _(xp, g, ans, args, needs, **_):
    return (xp.reshape(g, args[0].shape),)


@op("Flatten()(input_x:x) | rows=True", fn="flatten(input:x, order='C', start_dim=1, end_dim=-1)",
    mx=("flatten(data:x) | rows=True", "Flatten(data:x) | rows=True"))
def flatten(xp, x, *, start_dim=1, end_dim=-1, rows=False, order="C"):
    """x with its axes from ``start_dim`` to ``end_dim`` joined: by default (N, ...) becomes (N, size).

    A vector stays as it is, or becomes (N, 1) with ``rows``. With ``order`` 'F' the axes of x come in the reverse order
    first, as in MindSpore.
    """
    if order == "F":
        x = xp.transpose(x)
    elif order != "C":
        raise ArgumentError(f"For 'flatten', the 'order' must be 'C' or 'F', but got {order!r}.")
    shape = tuple(x.shape)
    if len(shape) == 1 and start_dim in (0, 1):
        return xp.reshape(x, (shape[0], 1) if rows else shape)
    if not shape:
        return xp.reshape(x, (1,))
    start, end = axis_in(start_dim, len(shape), "flatten"), axis_in(end_dim, len(shape), "flatten")
    if start > end:
        raise ArgumentError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim} for shape {shape}.")
    return xp.reshape(x, (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]))


@flatten.vjp(keep="")
def _(xp, g, ans, args, needs, *, order, **_):
    shape = tuple(args[0].shape)
    return (xp.reshape(g, shape) if order == "C" else xp.transpose(xp.reshape(g, shape[::-1])),)


@op("BroadcastTo(shape)(x)", fn=("broadcast_to(input:x, shape)", "expand(input_x:x, size:shape)"))
def broadcast_to(xp, x, *, shape):
    """x repeated along axes of length 1, and new leading axes, to ``shape``; -1 keeps a length."""
    if -1 in shape:
        lead = len(shape) - len(x.shape)
        if -1 in shape[:max(lead, 0)]:
            raise ShapeError(f"broadcast_to: -1 keeps a length, and the new leading axes of {shape} have none to keep "
                             f"from {tuple(x.shape)}.")
        shape = tuple([x.shape[i - lead] if n == -1 else n for i, n in enumerate(shape)])
    return xp.broadcast_to(x, shape)


@broadcast_to.vjp(keep="")
def _(xp, g, ans, args, needs, *, shape):
    return (g,)  # the tape sums over the broadcast axes


def _widened(name: str, shape: tuple, axes: tuple, sizes: tuple) -> tuple:
    new = list(shape)
    for a, n in zip(axes, sizes):
        if new[a] != 1 and new[a] != n:
            raise ShapeError(f"{name}: axis {a} of shape {shape} has length {new[a]}; only an axis of length 1 becomes "
                             f"{n}.")
        new[a] = n
    return tuple(new)


@op(mx="broadcast_to(data:x, shape=())")
def broadcast_axes_to(xp, x, *, shape):
    """x repeated along its axes of length 1 to ``shape``, of as many axes, where 0 keeps a length (MXNet)."""
    if len(shape) != len(x.shape):
        raise ShapeError(f"broadcast_to: shape {tuple(shape)} must have as many axes as the array, {tuple(x.shape)}.")
    sizes = tuple([n or m for n, m in zip(shape, x.shape)])
    return xp.broadcast_to(x, _widened("broadcast_to", tuple(x.shape), tuple(range(len(sizes))), sizes))


@op(mx=("broadcast_axis(data:x, axis=(), size=())", "broadcast_axes(data:x, axis=(), size=())"))
def broadcast_axis(xp, x, *, axis=(), size=()):
    """x repeated along each ``axis`` of length 1 to ``size``."""
    axis, size = ((v,) if isinstance(v, int) else v for v in (axis, size))
    return xp.broadcast_to(x, _widened("broadcast_axis", tuple(x.shape), axis, size))


@op(mx="broadcast_like(lhs:x, rhs:y, lhs_axes=None, rhs_axes=None)", fn="expand_as(input:x, other:y)")
def broadcast_like(xp, x, y, *, lhs_axes=None, rhs_axes=None):
    """x repeated along its axes of length 1 to the shape of y, or only ``lhs_axes`` to y's ``rhs_axes``."""
    if lhs_axes is None:
        return xp.broadcast_to(x, tuple(y.shape))
    sizes = tuple([y.shape[a] for a in rhs_axes or ()])
    return xp.broadcast_to(x, _widened("broadcast_like", tuple(x.shape), lhs_axes, sizes))


def _drop_like(xp, g, ans, args, needs, **_):
    return (g, None)[: len(args)]


for _op in (broadcast_axes_to, broadcast_axis, broadcast_like):
    _op.vjp(_drop_like, keep="")


@op("Tile()(input_x:x, multiples:reps)", fn="tile(input:x, dims:reps)", mx="tile(data:x, reps)")
def tile(xp, x, *, reps):
    """x repeated ``reps`` times along each axis."""
    return xp.tile(x, reps)


@tile.vjp(keep="")
def _(xp, g, ans, args, needs, *, reps):
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    shape = tuple(args[0].shape)
    ndim = max(len(shape), len(reps))
    full = (1,) * (ndim - len(shape)) + shape
    reps = (1,) * (ndim - len(reps)) + reps
    g = xp.reshape(g, tuple([n for pair in zip(reps, full) for n in pair]))
    return (xp.reshape(xp.sum(g, axis=tuple(range(0, 2 * ndim, 2))), shape),)


@op(fn=("repeat_elements(x, rep:repeats, axis=0)", "repeat_interleave(input:x, repeats, axis=None)"),
    mx="repeat(data:x, repeats, axis=None)")
def repeat(xp, x, *, repeats, axis=None):
    """Each element of x ``repeats`` times along ``axis`` (of x flattened, if None)."""
    return xp.repeat(x, np.asarray(repeats) if isinstance(repeats, tuple) else repeats, axis)


@repeat.vjp(keep="args")
def _(xp, g, ans, args, needs, *, repeats, axis):
    x, shape = args[0], tuple(args[0].shape)
    if isinstance(repeats, tuple) and len(repeats) > 1:
        flat = xp.reshape(x, (-1,)) if axis is None else x
        axis = 0 if axis is None else axis % len(shape)
        places = np.repeat(np.arange(flat.shape[axis]), repeats)
        return (xp.reshape(xp.add_slices(xp.zeros_like(flat), places, g, axis=axis), shape),)
    repeats = int(np.ravel(repeats)[0])
    if axis is None:
        return (xp.reshape(xp.sum(xp.reshape(g, (-1, repeats)), axis=1), shape),)
    axis %= len(shape)
    return (xp.sum(xp.reshape(g, (*shape[: axis + 1], repeats, *shape[axis + 1 :])), axis=axis + 1),)


@op("ReverseV2(axis)(x)", fn=("flip(input:x, dims:axis)", "reverse(x, axis)"),
    mx=("flip(data:x, axis)", "reverse(data:x, axis)"))
def flip(xp, x, *, axis):
    """x with the order along ``axis`` reversed."""
    return xp.flip(x, axis)


@flip.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    return (xp.flip(g, axis),)


@op(fn="roll(input:x, shifts:shift, dims:axis=None)", mx="roll(data:x, shift, axis=None)")
def roll(xp, x, *, shift, axis=None):
    """x moved by ``shift`` places along ``axis``, what leaves at one end entering at the other."""
    return xp.roll(x, shift, axis)


@roll.vjp(keep="")
def _(xp, g, ans, args, needs, *, shift, axis):
    back = -shift if isinstance(shift, int) else tuple([-s for s in shift])
    return (xp.roll(g, back, axis),)


@op("DepthToSpace(block_size)(x)", fn="depth_to_space(x, block_size)", mx="depth_to_space(data:x, block_size)")
def depth_to_space(xp, x, *, block_size):
    """Blocks of channels to blocks of positions: (N, b b C, H, W) to (N, C, b H, b W)."""
    n, c, h, w = x.shape
    b = block_size
    if b == 0 or c % (b * b):
        raise ShapeError(f"depth_to_space: {c} channels are not a multiple of block_size squared, {b * b}.")
    x = xp.transpose(xp.reshape(x, (n, b, b, c // (b * b), h, w)), (0, 3, 4, 1, 5, 2))
    return xp.reshape(x, (n, c // (b * b), h * b, w * b))


@op("SpaceToDepth(block_size)(x)", fn="space_to_depth(x, block_size)", mx="space_to_depth(data:x, block_size)")
def space_to_depth(xp, x, *, block_size):
    """Blocks of positions to blocks of channels: (N, C, b H, b W) to (N, b b C, H, W)."""
    n, c, h, w = x.shape
    b = block_size
    if b == 0 or h % b or w % b:
        raise ShapeError(f"space_to_depth: height {h} and width {w} must be multiples of block_size {b}.")
    x = xp.transpose(xp.reshape(x, (n, c, h // b, b, w // b, b)), (0, 3, 5, 1, 2, 4))
    return xp.reshape(x, (n, c * b * b, h // b, w // b))


@op(mx="shape_array(data:x)", fn=(), differentiable=False)
def shape_array(xp, x):
    """The shape of x as an int64 array."""
    return xp.asarray(tuple(x.shape), dtype="int64")


@op(mx="size_array(data:x)", fn=(), differentiable=False)
def size_array(xp, x):
    """The number of elements of x as an int64 array of shape (1,)."""
    return xp.asarray((prod(x.shape),), dtype="int64")
