"""Joining arrays into one, and splitting one into several."""

from __future__ import annotations

from ..core.op import op
from ..errors import ArgumentError, ShapeError
from .shape import axis_in


@op("Concat(axis=0)(*xs)", fn=("cat(*tensors:xs, axis=0)", "concat(*tensors:xs, axis=0)", "concatenate(*xs, axis=0)"),
    mx=("concat(*xs, dim:axis=1, num_args:_=None)", "Concat(*xs, dim:axis=1, num_args:_=None)"))
def concatenate(xp, *xs, axis=0):
    """Arrays joined along ``axis``."""
    first = xs[0].shape
    at = axis_in(axis, len(first), "concat")
    for x in xs[1:]:
        if len(x.shape) != len(first) or any(n != m and i != at for i, (n, m) in enumerate(zip(first, x.shape))):
            raise ShapeError(f"concat: shapes {[tuple(x.shape) for x in xs]} must agree on every axis but {axis}.")
    return xp.concatenate(xs, at)


@concatenate.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    axis %= len(g.shape)
    out, start = [], 0
    for x, need in zip(args, needs):
        stop = start + x.shape[axis]
        out.append(g[(slice(None),) * axis + (slice(start, stop),)] if need else None)
        start = stop
    return tuple(out)


@concatenate.complete
def _(shapes, out, *, axis=0, **_):
    known = next((s for s in shapes if s is not None), None)
    missing = [i for i, s in enumerate(shapes) if s is None]
    if out is not None and known is not None and len(missing) == 1:
        at = axis % len(known)
        rest = out[at] - sum(s[at] for s in shapes if s is not None)
        shapes = list(shapes)
        shapes[missing[0]] = (*known[:at], rest, *known[at + 1 :])
    return list(shapes)


@op(("Stack(axis=0)(*xs)", "Pack(axis=0)(*xs)"), fn="stack(*tensors:xs, axis=0)",
    mx="stack(*xs, axis=0, num_args:_=None)")
def stack(xp, *xs, axis=0):
    """Arrays of one shape joined along a new ``axis``."""
    for x in xs[1:]:
        if x.shape != xs[0].shape:
            raise ShapeError(f"stack: arrays must have one shape, got {[tuple(x.shape) for x in xs]}.")
    axis_in(axis, len(xs[0].shape) + 1, "stack")
    return xp.stack(xs, axis)


@stack.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    at = (slice(None),) * (axis % len(g.shape))
    return tuple([g[(*at, i)] if need else None for i, need in enumerate(needs)])


def _pieces(x, axis: int, stops: list) -> tuple:
    starts = [0, *stops]
    lead = (slice(None),) * axis
    return tuple([x[(*lead, slice(a, b))] for a, b in zip(starts, [*stops, x.shape[axis]])])


def _count(*, indices_or_sections, **_) -> int:
    return indices_or_sections if isinstance(indices_or_sections, int) else len(indices_or_sections) + 1


def _stops(n: int, parts, name: str) -> list:
    if not isinstance(parts, int):
        return list(parts)
    if parts < 1 or n % parts:
        raise ArgumentError(f"{name}: an axis of length {n} does not split into {parts} equal parts (must be "
                            "divisible).")
    return [n // parts * i for i in range(1, parts)]


@op("Split(axis=0, output_num:indices_or_sections=1)(input_x:x)",
    fn=(), mx=("split_v2(ary:x, indices_or_sections, axis=0)",), outputs=_count)
def split(xp, x, *, indices_or_sections, axis=0):
    """x in equal parts along ``axis``, or cut before the given positions."""
    at = axis_in(axis, len(x.shape), "split")
    return _pieces(x, at, _stops(x.shape[at], indices_or_sections, "split"))


@op(fn=(), mx="_split_v2(data:x, indices, axis=0, squeeze_axis=False, sections=0)",
    outputs=lambda *, indices=(), sections=0, **_: sections or len(indices))
def split_at(xp, x, *, indices=(), axis=0, squeeze_axis=False, sections=0):
    """x in ``sections`` equal parts along ``axis``, or in parts that begin at ``indices``, the first of which is 0.

    ``squeeze_axis`` drops the axis, of length 1 in each part. Source: MXNet's _split_v2, as its files have it.
    """
    at = axis_in(axis, len(x.shape), "split_v2")
    parts = _pieces(x, at, _stops(x.shape[at], sections or indices[1:], "split_v2"))
    if squeeze_axis:
        parts = tuple([xp.squeeze(p, axis=at) for p in parts])
    return parts if len(parts) > 1 else next(iter(parts))


@op(mx=("split(data:x, num_outputs, axis=1, squeeze_axis=False)",
        "SliceChannel(data:x, num_outputs, axis=1, squeeze_axis=False)"),
    outputs=lambda *, num_outputs, **_: num_outputs)
def slice_channel(xp, x, *, num_outputs, axis=1, squeeze_axis=False):
    """x in ``num_outputs`` equal parts along ``axis``, which ``squeeze_axis`` drops if they have length 1 there."""
    at = axis_in(axis, len(x.shape), "SliceChannel")
    parts = _pieces(x, at, _stops(x.shape[at], num_outputs, "SliceChannel"))
    if squeeze_axis:
        if x.shape[at] != num_outputs:
            raise ShapeError(f"SliceChannel: squeeze_axis needs parts of length 1, got {x.shape[at] // num_outputs}.")
        parts = tuple([xp.squeeze(p, axis=at) for p in parts])
    return parts if num_outputs > 1 else parts[0]


@op("SplitV(size_splits:sizes, split_dim:axis, num_split:_)(input_x:x)", outputs=lambda *, sizes, **_: len(sizes))
def split_sizes(xp, x, *, sizes, axis=0):
    """x in parts of these ``sizes`` along ``axis``; -1 is what remains."""
    at = axis_in(axis, len(x.shape), "split")
    sizes = list(sizes)
    if -1 in sizes:
        sizes[sizes.index(-1)] = x.shape[at] - sum(n for n in sizes if n != -1)
    if sum(sizes) != x.shape[at]:
        raise ArgumentError(f"split: sizes {tuple(sizes)} must add up to the length of axis {axis}, {x.shape[at]}.")
    stops = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    return _pieces(x, at, stops)


@op(fn=("split(tensor:x, split_size_or_sections:size, axis=0)",), outputs=0)
def split_every(xp, x, *, size, axis=0):
    """x in parts of length ``size`` along ``axis``, the last perhaps shorter; or of these sizes, if a tuple."""
    at = axis_in(axis, len(x.shape), "split")
    if not isinstance(size, int):
        return split_sizes.fn(xp, x, sizes=size, axis=axis)
    if size < 1:
        raise ArgumentError(f"split: the size of a part must be at least 1, got {size}.")
    return _pieces(x, at, list(range(size, x.shape[at], size)))


@op(fn="chunk(input:x, chunks, axis=0)", outputs=0)
def chunk(xp, x, *, chunks, axis=0):
    """x in at most ``chunks`` parts of one length along ``axis``, the last perhaps shorter."""
    if chunks < 1:
        raise ArgumentError(f"chunk: chunks must be at least 1, got {chunks}.")
    n = x.shape[axis_in(axis, len(x.shape), "chunk")]
    return split_every.fn(xp, x, size=max(1, -(-n // chunks)), axis=axis)


@op(("Unstack(axis=0, num:_=None)(x)", "Unpack(axis=0, num:_=None)(x)"),
    fn=("unstack(input_x:x, axis=0)", "unbind(input:x, dim:axis=0)"), outputs=0)
def unstack(xp, x, *, axis=0):
    """The slices of x along ``axis``, without that axis."""
    lead = (slice(None),) * axis_in(axis, len(x.shape), "unstack")
    return tuple([x[(*lead, i)] for i in range(x.shape[axis])])


def _joined(xp, g, ans, args, needs, *, axis=0, **_):
    parts = g if isinstance(g, tuple) else (g,)
    return (xp.reshape(xp.concatenate(parts, axis % len(args[0].shape)), args[0].shape),)


for _op in (split, split_sizes, split_every, chunk):
    _op.vjp(_joined, keep="")


@slice_channel.vjp(keep="")
def _(xp, g, ans, args, needs, *, num_outputs, axis, squeeze_axis):
    if squeeze_axis:
        axis %= len(args[0].shape)
        return (xp.stack(g if isinstance(g, tuple) else (g,), axis),)
    return _joined(xp, g, ans, args, needs, axis=axis)


@unstack.vjp(keep="")
def _(xp, g, ans, args, needs, *, axis):
    return (xp.stack(g, axis % len(args[0].shape)),)


def _along(name: str, doc: str):
    def function(xp, *xs):
        return getattr(xp, name)(xs)

    function.__name__, function.__doc__ = name, doc
    op(fn=f"{name}(*tensors)")(function)


_along("hstack", "Arrays joined along the second axis; vectors along the first.")
_along("vstack", "Arrays, vectors as rows, joined along the first axis.")
_along("dstack", "Arrays joined along the third axis.")
_along("column_stack", "Vectors as columns, and matrices, joined along the second axis.")


@op("Meshgrid(indexing='xy')(*xs)", fn="meshgrid(*inputs, indexing='xy')", outputs=0)
def meshgrid(xp, *xs, indexing="xy"):
    """Coordinates of the grid of these vectors, one array for each."""
    indexing = str(indexing).lower()
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid: indexing must be 'xy' or 'ij', got {indexing!r}.")
    n = len(xs)
    order = list(range(n))
    if indexing == "xy" and n > 1:
        order[:2] = [1, 0]
    shape = [0] * n
    for i, x in enumerate(xs):
        if len(x.shape) > 1:
            raise ShapeError(f"meshgrid expects vectors and Tensors without axes, got shape {tuple(x.shape)}.")
        shape[order[i]] = x.shape[0] if x.shape else 1
    return tuple([
        xp.broadcast_to(xp.reshape(x, (-1,) + (1,) * (n - 1 - order[i])), tuple(shape)) for i, x in enumerate(xs)
    ])


@meshgrid.vjp(keep="")
def _(xp, g, ans, args, needs, *, indexing):
    n = len(args)
    order = list(range(n))
    if indexing == "xy" and n > 1:
        order[:2] = [1, 0]
    sums = [xp.sum(gi, axis=tuple([a for a in range(n) if a != order[i]])) for i, gi in enumerate(g)]
    return tuple([xp.reshape(s, tuple(x.shape)) for s, x in zip(sums, args)])
