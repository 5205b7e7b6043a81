"""Shapes, joining, splitting, repeating and selecting, under mindspore.numpy's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import compose
from .._src.ops.shape import axis_in
from .convert import cast, host, place, shape_of, tensor, tensors


def reshape(x: Any, new_shape: Any) -> Tensor:
    """x in another shape; one length may be -1."""
    return OPERATORS["reshape"](tensor(x, "reshape"), shape=(new_shape,) if isinstance(new_shape, int)
                                else tuple(new_shape))


def ravel(x: Any) -> Tensor:
    """x as a vector."""
    return reshape(x, -1)


def expand_dims(a: Any, axis: int | Sequence[int]) -> Tensor:
    """x with an axis of length 1 at each place ``axis`` of the result."""
    return compose.with_axes(tensor(a, "expand_dims"), axis)


def rollaxis(x: Any, axis: int, start: int = 0) -> Tensor:
    """x with ``axis`` moved to stand before what is at ``start``."""
    return compose.rollaxis(tensor(x, "rollaxis"), axis, start)


def rot90(a: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """The array turned ``k`` times by a quarter in the plane of two axes."""
    return compose.rot90(tensor(a, "rot90"), k, axes)


def flip(m: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """The elements in reverse order along ``axis``, all axes by default."""
    m = tensor(m, "flip")
    axis = tuple(range(m.ndim)) if axis is None else axis
    return OPERATORS["flip"](m, axis=axis if isinstance(axis, int) else tuple(axis))


def fliplr(m: Any) -> Tensor:
    """The columns in reverse order."""
    return flip(m, 1)


def flipud(m: Any) -> Tensor:
    """The rows in reverse order."""
    return flip(m, 0)


def _triangle(name: str) -> Callable:
    def triangle(m: Any, k: int = 0) -> Tensor:
        m = tensor(m, name)
        if not m.ndim:
            raise ArgumentError(f"{name} expects an array of at least 1 axis, got a number.")
        if m.ndim == 1:  # NumPy broadcasts a vector to a square matrix
            m = OPERATORS["broadcast_to"](m, shape=(m.size, m.size))
        return OPERATORS[name](m, k=k)

    triangle.__name__ = triangle.__qualname__ = name
    triangle.__doc__ = f"The {'lower' if name == 'tril' else 'upper'} triangle, zeros beyond the k-th diagonal."
    return triangle


tril, triu = _triangle("tril"), _triangle("triu")


def diagflat(v: Any, k: int = 0) -> Tensor:
    """The matrix whose k-th diagonal holds the elements of v."""
    return OPERATORS["diag"](ravel(v), k=k)


def concatenate(arrays: Any, axis: int | None = 0) -> Tensor:
    """Arrays joined along ``axis`` in their common dtype; flattened first if it is None.

    >>> concatenate(([1, 2], [3.5]))
    Tensor(shape=[3], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00,  3.50000000e+00])
    """
    return compose.joined(tensors(arrays, "concatenate"), axis)


def append(arr: Any, values: Any, axis: int | None = None) -> Tensor:
    """``values`` joined to the end of ``arr`` along ``axis``, both flattened if it is None."""
    return compose.joined([tensor(arr, "append"), tensor(values, "append")], axis)


def stack(arrays: Any, axis: int = 0) -> Tensor:
    """Arrays of one shape joined along a new ``axis``."""
    return OPERATORS["stack"](*compose.common(tensors(arrays, "stack")), axis=axis)


def _stacked(name: str, doc: str) -> Callable:
    def stacked(tup: Any) -> Tensor:
        if isinstance(tup, Tensor):  # one array, not its rows, as MindSpore's
            return tup
        found = tensors(tup, name)
        if not found:
            raise ArgumentError(f"{name}: need at least one array.")
        return OPERATORS[name](*compose.common(found))

    stacked.__name__ = stacked.__qualname__ = name
    stacked.__doc__ = doc
    return stacked


hstack = _stacked("hstack", "Arrays joined along the second axis, vectors along their only one.")
vstack = _stacked("vstack", "Arrays joined along the first axis, vectors as rows.")
dstack = _stacked("dstack", "Arrays joined along a third axis.")
column_stack = _stacked("column_stack", "Vectors as columns, and matrices, joined side by side.")


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """x cut along ``axis``: a tuple of so many equal parts, or a list of the parts before and after the indices."""
    parts = compose.split(tensor(x, "split"), indices_or_sections, axis)
    return tuple(parts) if isinstance(indices_or_sections, int) else parts


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """``split``, the parts differing in length by one where they must."""
    parts = compose.split(tensor(x, "array_split"), indices_or_sections, axis, uneven=True)
    return tuple(parts) if isinstance(indices_or_sections, int) else parts


def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """``split`` along the second axis, of a vector along its only one."""
    x = tensor(x, "hsplit")
    return split(x, indices_or_sections, min(1, x.ndim - 1))


def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """``split`` along the first axis."""
    return split(tensor(x, "vsplit"), indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """``split`` along the third axis."""
    return split(tensor(x, "dsplit"), indices_or_sections, 2)


def repeat(a: Any, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Each element ``repeats`` times along ``axis``; a list gives each its own number."""
    return compose.repeated(tensor(a, "repeat"), host(repeats) if not isinstance(repeats, int) else repeats, axis)


def broadcast_arrays(*args: Any) -> list[Tensor]:
    """The arrays in their common shape."""
    return compose.broadcast_arrays(*tensors(args, "broadcast_arrays"))


def _at_least(ndim: int) -> Callable:
    name = f"atleast_{ndim}d"

    def at_least(*arys: Any) -> Any:
        return compose.each([compose.at_least(ndim, x) for x in tensors(arys, name)])

    at_least.__name__ = at_least.__qualname__ = name
    at_least.__doc__ = f"The arrays with at least {ndim} ax{'i' if ndim == 1 else 'e'}s: one, or a list of several."
    return at_least


atleast_1d, atleast_2d, atleast_3d = map(_at_least, (1, 2, 3))


def where(condition: Any, x: Any = None, y: Any = None) -> Tensor:
    """x where ``condition`` is true, else y, in their common dtype; a number takes the array's.

    >>> where([True, False], [1.0, 2.0], 0)
    Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  0.00000000e+00])
    """
    if x is None or y is None:
        raise DTypeError("where expects x and y; for the positions of what is true call argwhere.")
    return compose.where(tensor(condition, "where"), *_weak("where", x, y))


def _weak(who: str, *values: Any) -> list[Any]:
    """Tensors, of which the numbers take the common dtype of the others where it holds them."""
    found = [tensor(v, who) for v in values]
    weak = [isinstance(v, (bool, int, float)) for v in values]
    if all(weak):
        return compose.common(found)
    dtype = compose.common([t for t, w in zip(found, weak) if not w])[0].np_dtype
    widens = [t.np_dtype.kind == "f" and dtype.kind != "f" for t in found]
    return compose.common([cast(t, dtype) if w and not wide else t for t, w, wide in zip(found, weak, widens)])


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tensor:
    """The element of the first choice whose condition is true, else ``default``."""
    conditions = [tensor(c, "select") for c in condlist]
    *choices, default = _weak("select", *choicelist, default)
    return compose.select(conditions, choices, default)


def choose(a: Any, choices: Any, mode: str = "clip") -> Tensor:
    """out[i] = choices[a[i]][i]; ``mode`` 'clip' or 'wrap' for what is out of range, 'raise' to refuse it."""
    if mode not in ("clip", "wrap", "raise"):
        raise ArgumentError(f"choose: mode must be 'clip', 'wrap' or 'raise', got {mode!r}.")
    a = tensor(a, "choose")
    if not a.shape or a.np_dtype.kind not in "iu":
        raise ArgumentError(f"choose expects an array of integers, got shape {a.shape} and {a.dtype}.")
    return compose.choose(tensor(a, "choose"), tensors(choices, "choose"), mode)


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Tensor:
    """f(x) where a condition is true, f being a function or number for each; the last of one more is for the rest."""
    x = tensor(x, "piecewise")
    conditions = tensors(condlist, "piecewise")
    values = [f(x, *args, **kw) if callable(f) else f for f in funclist]
    default = values.pop() if len(values) == len(conditions) + 1 else 0
    *values, default = _weak("piecewise", *values, default)
    return compose.select(conditions[::-1], values[::-1], default)


def take(a: Any, indices: Any, axis: int | None = None, mode: str = "clip") -> Tensor:
    """The slices along ``axis`` (elements of the flattened array, if None) at ``indices``."""
    return tensor(a, "take").take(tensor(indices, "take"), axis, mode)


def take_along_axis(arr: Any, indices: Any, axis: int | None) -> Tensor:
    """The elements at ``indices`` along ``axis`` (of the flattened array, if None); other axes are broadcast.

    >>> from luojia import numpy as mnp
    >>> take_along_axis(mnp.arange(6).reshape(2, 3), mnp.array([[0, 2]]), 1).tolist()
    [[0, 2], [3, 5]]
    """
    x, at = tensor(arr, "take_along_axis"), tensor(indices, "take_along_axis")
    if axis is None:
        x, axis = OPERATORS["reshape"](x, shape=(-1,)), 0
    if x.ndim != at.ndim:
        raise ShapeError(f"take_along_axis: indices must have as many axes as the array, {x.ndim}, got {at.ndim}.")
    axis = axis_in(axis, x.ndim, "take_along_axis")
    others = np.broadcast_shapes(*[s[:axis] + (1,) + s[axis + 1:] for s in (x.shape, at.shape)])
    x, at = (OPERATORS["broadcast_to"](a, shape=others[:axis] + (a.shape[axis],) + others[axis + 1:]) for a in (x, at))
    return OPERATORS["take_along"](x, at, axis=axis)


_STATISTICS = {"maximum": "max", "minimum": "min", "mean": "mean"}
_PLAIN = ("constant", "edge", "reflect", "symmetric", "wrap")


def pad(arr: Any, pad_width: Any, mode: Any = "constant", stat_length: Any = None, constant_values: Any = 0,
        end_values: Any = 0, reflect_type: str = "even", **kwargs: Any) -> Tensor:
    """The array with ``pad_width`` (before, after) per axis filled.

    ``mode`` is 'constant', 'edge', 'reflect' and 'symmetric' (with ``reflect_type`` 'odd' twice the edge less the
    reflection), 'wrap', 'linear_ramp' (from the edge to ``end_values``), 'empty' (zeros), or 'maximum', 'minimum' and
    'mean', of the ``stat_length`` elements at each end, all by default; or a function
    ``mode(vector, (before, after), axis, kwargs)``, which gives the vector of each place along each axis, that came
    with zeros at its ends, anew.

    >>> pad([1.0, 2.0, 3.0], (2, 1), "linear_ramp", end_values=(5, 0)).tolist()
    [5.0, 3.0, 1.0, 2.0, 3.0, 0.0]

    Raises:
        ValueError: other modes.
    """
    arr = tensor(arr, "pad")
    modes = (*_PLAIN, *_STATISTICS, "linear_ramp", "empty")
    if mode not in modes and not callable(mode):
        raise ArgumentError(f"pad: mode {mode!r} is not supported; use one of {modes}, or a function.")
    if reflect_type not in ("even", "odd"):
        raise ArgumentError(f"pad: reflect_type must be 'even' or 'odd', got {reflect_type!r}.")
    widths = tuple([tuple(w) for w in np.broadcast_to(host(pad_width), (arr.ndim, 2)).tolist()])
    if callable(mode):
        arr = OPERATORS["pad"](arr, pad_width=widths, constant_values=0)
        for axis, width in enumerate(widths):
            arr = compose.along_axis(mode, axis, arr, width, axis, kwargs)
        return arr
    if mode in ("reflect", "symmetric") and reflect_type == "odd":
        return _reflected_odd(arr, widths, mode)
    if mode in _PLAIN[1:]:
        return OPERATORS["pad"](arr, pad_width=widths, mode=mode)
    if mode in ("constant", "empty"):
        values = np.broadcast_to(host(constant_values if mode == "constant" else 0), (arr.ndim, 2))
        if (values == values.flat[0]).all():
            return OPERATORS["pad"](arr, pad_width=widths, constant_values=values.flat[0].item())
        for axis, ends in enumerate(values.tolist()):
            for end, value in enumerate(ends):
                one = tuple([(w[0] * (end == 0), w[1] * (end == 1)) if a == axis else (0, 0)
                             for a, w in enumerate(widths)])
                arr = OPERATORS["pad"](arr, pad_width=one, constant_values=value)
        return arr
    lengths = np.broadcast_to(-1 if stat_length is None else host(stat_length), (arr.ndim, 2)).tolist()
    ends = np.broadcast_to(host(end_values), (arr.ndim, 2)).tolist()
    for axis, (before, after) in enumerate(widths):
        sides = [_side(arr, axis, mode, end, n, lengths[axis][end], ends[axis][end])
                 for end, n in enumerate((before, after))]
        arr = compose.joined([sides[0], arr, sides[1]], axis)
    return arr


def _part(arr: Tensor, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Tensor:
    return arr[(slice(None),) * axis + (slice(start, stop, step),)]


def _side(arr: Tensor, axis: int, mode: str, end: int, n: int, length: int, to: Any) -> Tensor:
    """The ``n`` places before (``end`` 0) or after the array along ``axis``."""
    if mode == "linear_ramp":
        edge = _part(arr, axis, *((-1, None) if end else (0, 1)))
        share = (np.arange(1, n + 1) if end else np.arange(n, 0, -1)) / max(n, 1)
        share = place(share.reshape(-1, *(1,) * (arr.ndim - 1 - axis)).astype(np.float32))
        return OPERATORS["cast"](edge + (to - edge) * share, dtype=arr.np_dtype)
    part = arr if length < 0 else _part(arr, axis, -length, None) if end else _part(arr, axis, 0, length)
    value = OPERATORS[_STATISTICS[mode]](part, axis=axis, keepdims=True)
    shape = tuple([n if a == axis else m for a, m in enumerate(value.shape)])
    return OPERATORS["cast"](OPERATORS["broadcast_to"](value, shape=shape), dtype=arr.np_dtype)


def _reflected_odd(arr: Tensor, widths: tuple, mode: str) -> Tensor:
    for axis, (before, after) in enumerate(widths):
        skip = int(mode == "reflect")
        if max(before, after) > arr.shape[axis] - skip:
            raise ShapeError(f"pad: odd reflection of {max(before, after)} places needs more than {arr.shape[axis]} "
                             f"elements along axis {axis}.")
        first, last = _part(arr, axis, 0, 1), _part(arr, axis, -1, None)
        left = OPERATORS["flip"](_part(arr, axis, skip, skip + before), axis=axis)
        n = arr.shape[axis] - skip
        right = OPERATORS["flip"](_part(arr, axis, n - after, n), axis=axis)
        arr = compose.joined([2 * first - left, arr, 2 * last - right], axis)
    return arr


def unravel_index(indices: Any, shape: Any, order: str = "C") -> tuple[Tensor, ...]:
    """The coordinates of flat positions in an array of ``shape``; those outside are clipped to its bounds."""
    settings: Any = {"order": order}
    lengths = shape_of(shape, "unravel_index")
    size, places = int(np.prod(lengths)), np.asarray(host(indices))
    places = np.clip(np.where(places < 0, places + size, places), 0, size - 1)
    found = np.unravel_index(places, lengths, **settings)
    dtype = np.int64 if isinstance(indices, Tensor) and indices.np_dtype == np.int64 else np.int32
    return tuple([place(np.asarray(f, dtype)) for f in found])


def ravel_multi_index(multi_index: Any, dims: Any, mode: str = "clip", order: str = "C") -> Tensor:
    """The flat positions of coordinates, given along the first axis, in an array of shape ``dims``, as float32."""
    settings: Any = {"mode": mode, "order": order}
    found = np.ravel_multi_index(tuple(host(multi_index)), shape_of(dims, "ravel_multi_index"), **settings)
    return place(np.asarray(found, np.float32))


def apply_along_axis(func1d: Callable, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Tensor:
    """``func1d`` of every slice along ``axis``, its results in the place of that axis."""
    return compose.along_axis(func1d, axis, tensor(arr, "apply_along_axis"), *args, **kwargs)


def apply_over_axes(func: Callable, a: Any, axes: Any) -> Tensor:
    """``func(a, axis)`` for each axis in turn, the axes kept."""
    axes = (int(axes),) if isinstance(axes, int) else axes
    return compose.over_axes(func, tensor(a, "apply_over_axes"), axes)


__all__ = [
    "append", "apply_along_axis", "apply_over_axes", "array_split", "atleast_1d", "atleast_2d", "atleast_3d",
    "broadcast_arrays", "choose", "column_stack", "concatenate", "diagflat", "dsplit", "dstack", "expand_dims", "flip",
    "fliplr", "flipud", "hsplit", "hstack", "pad", "piecewise", "ravel", "ravel_multi_index", "repeat", "reshape",
    "rollaxis", "rot90", "select", "split", "stack", "take", "take_along_axis", "tril", "triu", "unravel_index",
    "vsplit", "vstack", "where",
]
