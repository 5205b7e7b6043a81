"""The greatest and the least along axes, with or without their positions.

Where several elements tie, the gradient of max and min is split among them (``ties='split'``, MindSpore), goes to each
in full ('each', MXNet), or to the position returned (the operators ``..._with_index``).
"""

from __future__ import annotations

from ..core.dtypes import to_np
from ..core.op import op
from .reduce import axes_of, finish, spread

_MX = "(data:x, axis=None, keepdims=False, exclude=False) | rank1=True, ties='each'"


def _extremum(name: str, faces: dict):
    def function(xp, x, *, axis=None, keepdims=False, exclude=False, rank1=False, ties="split"):
        out = getattr(xp, name)(x, axis=axes_of(x.shape, axis, exclude, name), keepdims=keepdims)
        return finish(xp, out, x, rank1)

    function.__name__ = name
    function.__doc__ = f"The {'greatest' if name == 'max' else 'least'} element along ``axis`` (all axes by default)."
    made = op(**faces, half="wide")(function)

    @made.vjp
    def _(xp, g, ans, args, needs, *, axis, keepdims, exclude, rank1, ties):
        x = args[0]
        hit = xp.equal(x, spread(xp, ans, x.shape, axis, exclude))
        g = spread(xp, g, x.shape, axis, exclude)
        if ties == "split":
            g = g / xp.sum(hit, axis=axes_of(x.shape, axis, exclude), keepdims=True)
        return (g * hit,)


_extremum("max", {
    "ms": "ReduceMax(keep_dims:keepdims=False)(x, axis=())",
    "fn": (), "mx": ("max" + _MX, "max_axis" + _MX),
})
_extremum("min", {
    "ms": "ReduceMin(keep_dims:keepdims=False)(x, axis=())",
    "fn": (), "mx": ("min" + _MX, "min_axis" + _MX),
})


def _with_index(name: str, find: str, faces: dict):
    def function(xp, x, *, axis=None, keepdims=False, index_first=False):
        if axis in (None, 0, -1) and (axis is None or not x.shape):
            position = getattr(xp, find)(x)
            value = xp.reshape(x, (-1,))[position]
            if keepdims:
                position, value = (xp.reshape(a, (1,) * len(x.shape)) for a in (position, value))
        else:
            axes_of(x.shape, axis, name=name)
            position = xp.expand_dims(getattr(xp, find)(x, axis=axis), axis)
            value = xp.take_along(x, position, axis=axis)
            if not keepdims:
                position, value = (xp.squeeze(a, axis=axis) for a in (position, value))
        position = position.astype("int64")
        return (position, value) if index_first else (value, position)

    function.__name__ = name
    function.__doc__ = f"The {name[:3]}imum along ``axis`` and its position; its gradient goes to that position."
    made = op(**faces, outputs=2, half="wide")(function)

    @made.vjp
    def _(xp, g, ans, args, needs, *, axis, keepdims, index_first):
        (position, _value), g = (ans, g[1]) if index_first else (ans[::-1], g[0])
        shape = tuple(args[0].shape)
        if axis is None or not shape:
            size = 1
            for n in shape:
                size *= n
            flat = xp.put_along(xp.reshape(g, (1,)), xp.reshape(position, (1,)), axis=0, shape=(size,))
            return (xp.reshape(flat, shape),)
        if not keepdims:
            g, position = xp.expand_dims(g, axis=axis), xp.expand_dims(position, axis=axis)
        return (xp.put_along(g, position, axis=axis, shape=shape),)


_with_index("max_with_index", "argmax", {
    "ms": "ArgMaxWithValue(axis=0, keep_dims:keepdims=False)(x) | index_first=True",
    "fn": (),
})
_with_index("min_with_index", "argmin", {
    "ms": "ArgMinWithValue(axis=0, keep_dims:keepdims=False)(x) | index_first=True",
    "fn": (),
})


def _position(name: str, ms: str, fn: str, doc: str):
    def function(xp, x, *, axis=None, keepdims=False, dtype="int64", rank1=False, kept=True):
        if axis is not None:
            axes_of(x.shape, axis, name=name)
            axis = axis if x.shape else None
        out = getattr(xp, name)(x, axis=axis)
        if keepdims and (kept or axis is not None):  # of all elements MindSpore's functions keep no axes
            out = xp.expand_dims(out, axis) if axis is not None else xp.reshape(out, (1,) * len(x.shape))
        elif rank1 and not out.shape:
            out = xp.reshape(out, (1,))
        return out.astype(x.dtype if dtype == "same" else to_np(dtype))

    function.__name__, function.__doc__ = name, doc
    op(f"{ms}(axis=-1, output_type:dtype='int32')(x)", fn=fn,
       mx=(f"{name}(data:x, axis=None, keepdims=False) | dtype='same', rank1=True",
           *(["argmax_channel(data:x) | axis=1, dtype='same'"] if name == "argmax" else [])),
       differentiable=False, half="wide")(function)


_position("argmax", "Argmax", "argmax(input:x, dim:axis=None, keepdim:keepdims=False) | kept=False",
          "The position of the greatest element along ``axis``, the first where several tie.")
_position("argmin", "Argmin", "argmin(input:x, axis=None, keepdims=False) | dtype='int32', kept=False",
          "The position of the least element along ``axis``, the first where several tie.")


@op("Median(global_median=False, axis=0, keep_dims:keepdims=False, ignore_nan:_=False)(x)",
    fn="median(input:x, axis=-1, keepdims=False) | global_median=False", outputs=2)
def median_with_index(xp, x, *, global_median=False, axis=-1, keepdims=False):
    """The lower median along ``axis`` and its position; nan if any is. If ``global_median`` of all, at position 0."""
    if global_median or not x.shape:
        x, axis, keepdims = xp.reshape(x, (-1,)), 0, keepdims and bool(x.shape)
    order = xp.argsort(x, axis=axis)
    middle = (x.shape[axis] - 1) // 2
    position = order[(slice(None),) * (axis % len(x.shape)) + (slice(middle, middle + 1),)]
    if x.dtype.kind == "f":
        odd = xp.isnan(x)
        first = xp.expand_dims(xp.argmax(odd, axis=axis), axis)
        position = xp.where(xp.any(odd, axis=axis, keepdims=True), first, position)
    value = xp.take_along(x, position, axis=axis)
    if not keepdims:
        position, value = (xp.squeeze(a, axis=axis) for a in (position, value))
    return value, position.astype("int64") * (0 if global_median else 1)


@median_with_index.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, global_median, axis, keepdims):
    g, position, shape = g[0], ans[1], tuple(args[0].shape)
    full = shape
    if global_median or not shape:
        x = xp.reshape(args[0], (-1,))
        full, axis, keepdims = x.shape, 0, keepdims and bool(shape)
        hit = xp.argmax(xp.logical_or(xp.equal(x, xp.reshape(ans[0], (1,))), xp.isnan(x)), axis=0)
        position = xp.reshape(hit, position.shape)
    if not keepdims:
        g, position = xp.expand_dims(g, axis=axis), xp.expand_dims(position, axis=axis)
    return (xp.reshape(xp.put_along(g, position, axis=axis, shape=full), shape),)
