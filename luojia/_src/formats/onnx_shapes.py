"""How functions of an array's shape and places are written as nodes of ONNX. See ``onnx_trace``.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md, operator set 13.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from luojia._src.core.dtypes import to_np
from luojia._src.errors import NotSupportedError
from luojia._src.formats.onnx_arrays import real
from luojia._src.formats.onnx_trace import Graph, Traced, emits, value_of


@emits("reshape")
def _reshape(g: Graph, x: Any, shape: Any, *rest: Any) -> Any:
    value = x.value.reshape(shape)
    if value.shape == x.shape:
        return x
    # An axis 0 that stays, or is made of others, is left open, so that batches of other sizes fit.
    first = () if not value.shape else (0,) if x.shape and x.shape[0] == value.shape[0] else (-1,)
    if 0 in value.shape:
        first = value.shape[:1]
    return g.node("Reshape", [x.name, g.constant([*first, *value.shape[1:]], np.int64)], value)


@emits("transpose")
def _transpose(g: Graph, x: Any, axes: Any = None) -> Any:
    axes = tuple(range(x.ndim))[::-1] if axes in (None, ()) else tuple([a % x.ndim for a in axes])
    if axes == tuple(range(x.ndim)):
        return x
    return g.node("Transpose", [x.name], x.value.transpose(axes), perm=list(axes))


@emits("swapaxes")
def _swapaxes(g: Graph, x: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return g.transpose(x, axes)


@emits("moveaxis")
def _moveaxis(g: Graph, x: Any, source: Any, destination: Any) -> Any:
    names = np.moveaxis(np.empty(tuple(range(1, x.ndim + 1))), source, destination).shape
    return g.transpose(x, [n - 1 for n in names])


@emits("expand_dims")
def _expand_dims(g: Graph, x: Any, axis: Any) -> Any:
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    value = np.expand_dims(x.value, axis)
    return g.node("Unsqueeze", [x.name, g.constant([a % value.ndim for a in axes], np.int64)], value)


@emits("squeeze")
def _squeeze(g: Graph, x: Any, axis: Any = None, strict: bool = True, rank1: bool = False) -> Any:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, (int, np.integer)) else axis
    axes = [a % x.ndim for a in axes if x.shape[a] == 1]
    if not axes:
        return x
    out = g.node("Squeeze", [x.name, g.constant(axes, np.int64)], np.squeeze(x.value, tuple(axes)))
    return g.reshape(out, (1,)) if rank1 and out.ndim == 0 else out


@emits("concatenate")
def _concatenate(g: Graph, *xs: Any, axis: int = 0) -> Any:
    if isinstance(xs[0], (list, tuple)):  # as NumPy's is called
        xs, axis = tuple(xs[0]), (*xs[1:], axis)[0]
    value = np.concatenate(value_of(xs), axis)
    return g.node("Concat", [g.name(x, value.dtype) for x in xs], value, axis=axis % value.ndim)


@emits("stack")
def _stack(g: Graph, *xs: Any, axis: int = 0) -> Any:
    if isinstance(xs[0], (list, tuple)):
        xs, axis = tuple(xs[0]), (*xs[1:], axis)[0]
    wide = [g.expand_dims(x, axis) if isinstance(x, Traced) else np.expand_dims(x, axis) for x in xs]
    return g.concatenate(*wide, axis=axis)


@emits("broadcast_to")
def _broadcast_to(g: Graph, x: Any, shape: Any) -> Any:
    value = np.broadcast_to(x.value, shape)
    if value.shape == x.shape:
        return x
    old = (1,) * (value.ndim - x.ndim) + x.shape
    sizes = [1 if m == n else n for m, n in zip(old, value.shape)]
    return g.node("Expand", [x.name, g.constant(sizes, np.int64)], value)


@emits("tile")
def _tile(g: Graph, x: Any, reps: Any) -> Any:
    reps = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    value = np.tile(x.value, reps)
    if x.ndim < value.ndim:
        x = g.reshape(x, (1,) * (value.ndim - x.ndim) + x.shape)
    return g.node("Tile", [x.name, g.constant((1,) * (value.ndim - len(reps)) + reps, np.int64)], value)


@emits("pad")
def _pad(g: Graph, x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    widths = np.asarray(pad_width)
    pairs = widths.reshape(-1, 2) if widths.size == 2 * x.ndim else np.broadcast_to(widths, (x.ndim, 2))
    if mode not in ("constant", "edge", "reflect") or pairs.min() < 0:
        raise NotSupportedError(f"{g.who}: padding of mode {mode!r} or of negative width is not written as ONNX.")
    more = {"constant_values": constant_values} if mode == "constant" else {}
    value = np.pad(x.value, pairs, mode, **more)
    fill = g.name(constant_values, x.dtype) if more else ""
    return g.node("Pad", [x.name, g.constant(pairs.T.ravel(), np.int64), fill], value, mode=mode)


@emits("flip")
def _flip(g: Graph, x: Any, axis: Any = None) -> Any:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, (int, np.integer)) else axis
    index = [slice(None)] * x.ndim
    for a in axes:
        index[a] = slice(None, None, -1)
    return x[tuple(index)]


@emits("roll")
def _roll(g: Graph, x: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        return g.reshape(g.roll(g.reshape(x, (-1,)), shift, 0), x.shape)
    pairs = [(shift, axis)] if isinstance(axis, (int, np.integer)) else zip(np.broadcast_to(shift, len(axis)), axis)
    for n, a in pairs:
        n, before = int(n) % x.shape[a], (slice(None),) * (a % x.ndim)
        if n:
            x = g.concatenate(x[(*before, slice(-n, None))], x[(*before, slice(None, -n))], axis=a)
    return x


@emits("repeat")
def _repeat(g: Graph, x: Any, repeats: Any, axis: Any = None) -> Any:
    if axis is None:
        x, axis = g.reshape(x, (-1,)), 0
    return g.take(x, np.repeat(np.arange(x.shape[axis]), repeats), axis)


@emits("stable_argsort", "argsort")
def _argsort(g: Graph, x: Any, axis: int = -1, **how: Any) -> Any:
    return _in_order(g, x, axis)[1]


@emits("sort")
def _sort(g: Graph, x: Any, axis: int = -1, is_ascend: bool = True) -> Any:
    found = _in_order(g, x, axis)[0]
    return found if is_ascend else g.flip(found, axis)


def _in_order(g: Graph, x: Any, axis: int) -> Any:
    x = g.cast(x, np.int32) if x.dtype == bool else x
    places = np.argsort(x.value, axis, kind="stable")
    n = g.constant([x.shape[axis]], np.int64)
    return g.node("TopK", [x.name, n], (np.take_along_axis(x.value, places, axis), places), axis=axis, largest=0)


@emits("split")
def _split(g: Graph, x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    n = x.shape[axis]
    parts = indices_or_sections
    stops = [n * (i + 1) // parts for i in range(parts)] if isinstance(parts, (int, np.integer)) else [*parts, n]
    before = (slice(None),) * (axis % x.ndim)
    return tuple([x[(*before, slice(begin, end))] for begin, end in zip([0, *stops], stops)])


@emits("part")
def _part(g: Graph, x: Any, index: Any) -> Any:
    index = index if isinstance(index, tuple) else (index,)
    if len(index) > 1 and all(isinstance(i, (Traced, np.ndarray)) for i in index):
        return _at_places(g, x, index)
    given = sum(i is not None and i is not Ellipsis for i in index)
    full = (slice(None),) * (x.ndim - given)
    at = next((k for k, i in enumerate(index) if i is Ellipsis), len(index))
    index = (*index[:at], *full, *index[at + 1 :])
    axis, cut, gone, new = 0, [], [], []
    taken = None
    for i in index:
        if i is None:
            new.append(axis - len(gone) + len(new))
            continue
        n = x.shape[axis]
        if isinstance(i, (int, np.integer)) and not isinstance(i, (bool, np.bool_)):
            i = int(i) % n
            cut.append((axis, i, i + 1, 1))
            gone.append(axis)
        elif isinstance(i, slice):
            begin, end, step = i.indices(n)
            if (begin, end, step) != (0, n, 1):
                cut.append((axis, begin, end if step > 0 or end >= 0 else -n - 1, step))
        elif taken is None and (isinstance(i, Traced) or isinstance(i, (np.ndarray, list))):
            taken = (axis - len(gone), i)
        else:
            raise NotSupportedError(f"{g.who}: an index of several arrays, or {i!r} in one, is not written as ONNX.")
        axis += 1
    if taken is not None and new:
        raise NotSupportedError(f"{g.who}: an index of an array and None is not written as ONNX.")
    if cut:
        axes, begins, ends, steps = zip(*cut)
        places = [slice(None)] * x.ndim
        for a, b, e, s in cut:
            places[a] = slice(b, None if e < 0 else e, s)
        x = g.node("Slice", [x.name, *[g.constant(v, np.int64) for v in (begins, ends, axes, steps)]],
                   x.value[tuple(places)])
    x = g.squeeze(x, tuple(gone)) if gone else x
    if taken is not None:
        return g.take(x, taken[1], taken[0])
    for a in new:
        x = g.expand_dims(x, a)
    return x


def _at_places(g: Graph, x: Any, index: tuple) -> Any:
    """x[i, j, ...] of arrays for the first axes."""
    shape = np.broadcast_shapes(*[i.shape for i in index])
    wide = []
    for i, n in zip(index, x.shape):
        i = g.mod(g.cast(i, np.int64), n) if isinstance(i, Traced) else i.astype(np.int64) % n
        i = g.broadcast_to(i, shape)
        wide.append(i if isinstance(i, Traced) else np.array(i))
    value = x.value[tuple([np.asarray(value_of(i)) for i in wide])]
    return g.node("GatherND", [x.name, g.name(g.stack(wide, len(shape)))], value)


@emits("take")
def _take(g: Graph, x: Any, i: Any, axis: Any = None, mode: str = "raise", batch_dims: int = 0) -> Any:
    if axis is None:
        x, axis = g.reshape(x, (-1,)), 0
    kind = np.asarray(value_of(i)).dtype.kind
    if kind == "b" or batch_dims:
        raise NotSupportedError(f"{g.who}: a mask, or pairs, as an index is not written as ONNX.")
    n = x.shape[axis]
    values = np.asarray(value_of(i)).astype(np.int64)
    if isinstance(i, Traced) and mode in ("clip", "wrap"):
        i = g.cast(i, np.int64)
        i = g.clip(i, 0, n - 1) if mode == "clip" else g.mod(i, n)
    values = values.clip(0, n - 1) if mode == "clip" else values % n
    i = i if isinstance(i, Traced) else values
    return g.node("Gather", [g.name(x), g.name(i, np.dtype(np.int64))], np.take(value_of(x), values, axis),
                  axis=axis % np.ndim(value_of(x)))


@emits("embedding")
def _embedding(g: Graph, x: Any, weight: Any, **how: Any) -> Any:
    return g.take(weight, x, 0, "clip")


@emits("take_along")
def _take_along(g: Graph, x: Any, i: Any, axis: int) -> Any:
    return g.node("GatherElements", [g.name(x), g.name(i, np.dtype(np.int64))],
                  np.take_along_axis(value_of(x), value_of(i).astype(np.int64), axis), axis=axis)


def _filled(name: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, dtype: Any = None) -> Any:
        return getattr(np, name)(x.value, dtype=None if dtype is None else to_np(dtype))


_filled("zeros_like")
_filled("ones_like")


@emits("shape_array")
def _shape_array(g: Graph, x: Any) -> Any:
    return g.node("Shape", [x.name], np.array(x.shape, np.int64))


@emits("cumsum")
def _cumsum(g: Graph, x: Any, axis: Any = None, dtype: Any = None, exclusive: bool = False,
            reverse: bool = False) -> Any:
    x = x if dtype is None else g.cast(x, dtype)
    if axis is None:
        x, axis = g.reshape(x, (-1,)), 0
    value = real("cumsum", x, axis)
    return g.node("CumSum", [x.name, g.constant(axis, np.int64)], value, exclusive=int(exclusive), reverse=int(reverse))


def _arg(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = "int64", rank1: bool = False,
             kept: bool = True) -> Any:
        flat = axis is None
        if flat:
            x, axis = g.reshape(x, (-1,)), 0
        value = getattr(np, name)(x.value, axis)
        wide = keepdims and not flat
        out = g.node(op, [x.name], np.expand_dims(value, axis) if wide else np.asarray(value), axis=axis,
                     keepdims=int(wide))
        out = g.cast(out, x.dtype if dtype == "same" else dtype)
        return g.reshape(out, (1,)) if rank1 and out.ndim == 0 else out


_arg("argmax", "ArgMax")
_arg("argmin", "ArgMin")


@emits("one_hot")
def _one_hot(g: Graph, i: Any, depth: int, on_value: Any = 1.0, off_value: Any = 0.0, dtype: Any = "float32") -> Any:
    values = np.asarray([off_value, on_value], to_np(dtype))
    places = i.value.astype(np.int64)[..., None] == np.arange(depth)
    return g.node("OneHot", [g.name(i, np.dtype(np.int64)), g.constant([depth], np.int64), g.constant(values)],
                  np.where(places, values[1], values[0]), axis=-1)
