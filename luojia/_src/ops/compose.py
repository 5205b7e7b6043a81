"""NumPy's functions that are compositions of operators, on Tensors: what both NumPy doors share.

Each takes Tensors of one door's class and gives Tensors of that class, recorded like any operator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.dtypes import promote
from ..core.op import OPERATORS
from ..core.tensor import Tensor, wrap
from ..errors import ArgumentError, DTypeError, ShapeError, UnfitArgumentError
from .shape import axis_in


def placed(value: Any, like: Tensor) -> Any:
    """A constant of NumPy's, as a Tensor of the class and on the device of ``like``."""
    device = like._device
    return wrap(like._result_class, device.engine.put(np.asarray(value), device), device)


def reshaped(x: Tensor, shape: Any) -> Any:
    return OPERATORS["reshape"](x, shape=(shape,) if isinstance(shape, int) else tuple(shape))


def scaled(x: Any, other: Any, alpha: Any, name: str) -> Any:
    """alpha other, for what ``name`` adds to x; a fraction of whole numbers is none of them."""
    if alpha.__class__ is int and alpha == 1:
        return other
    if isinstance(alpha, float) and all(
            t.np_dtype.kind in "biu" if isinstance(t, Tensor) else isinstance(t, int) for t in (x, other)):
        raise DTypeError(f"{name}: a floating alpha needs a floating input or other, got alpha {alpha}; cast one, as "
                         "in x.astype(...).")
    return other if alpha == 1 else other * alpha


def joined(xs: Sequence[Any], axis: int | None = 0) -> Any:
    """Arrays, or the slices of one, joined along ``axis`` in their common dtype; flattened first if it is None."""
    xs = list(xs)
    if not xs:
        raise ArgumentError("concatenate: need at least one array to join, got none.")
    if axis is None:
        xs, axis = [reshaped(x, -1) for x in xs], 0
    return OPERATORS["concatenate"](*common(xs), axis=axis)


def common(xs: Sequence[Any]) -> list[Any]:
    """Arrays in their common dtype; Symbols, which have none yet, as they are."""
    if not all(isinstance(x, Tensor) for x in xs):
        return list(xs)
    dtype = xs[0].np_dtype
    for x in xs[1:]:
        dtype = promote(dtype, x.np_dtype)
    return [x if x.np_dtype == dtype else OPERATORS["cast"](x, dtype=dtype) for x in xs]


def with_axes(x: Tensor, axis: int | Sequence[int]) -> Any:
    """x with axes of length 1 at the places ``axis`` of the result."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    ndim = x.ndim + len(axes)
    places = sorted(axis_in(a, ndim, "expand_dims") for a in axes)
    if len(set(places)) < len(places):
        raise ArgumentError(f"expand_dims: repeated axis in {axes}.")
    lengths = iter(x.shape)
    return reshaped(x, [1 if i in places else next(lengths) for i in range(ndim)])


def at_least(ndim: int, x: Tensor) -> Any:
    """x with at least ``ndim`` axes, as ``atleast_1d``, ``atleast_2d`` and ``atleast_3d`` add them."""
    return x if isinstance(x, Tensor) and x.ndim >= ndim else OPERATORS["at_least"](x, ndim=ndim)


def each(found: list[Any]) -> Any:
    """The one result, or the list of them."""
    return found[0] if len(found) == 1 else found


def split(x: Tensor, indices_or_sections: Any, axis: int = 0, uneven: bool = False) -> list[Any]:
    """x cut along ``axis`` into equal parts (nearly equal, if ``uneven``), or before the indices."""
    axis = axis_in(axis, x.ndim, "split")
    n = x.shape[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        k = int(indices_or_sections)
        if k < 1 or (n % k and not uneven):
            raise ArgumentError(f"array split does not result in an equal division: an axis of length {n} in {k} "
                                "parts; give indices, or use array_split.")
        sizes = [n // k + (i < n % k) for i in range(k)]
        stops = np.cumsum(sizes[:-1]).tolist()
    elif isinstance(indices_or_sections, (Tensor, np.ndarray, list, tuple, set, range)):
        stops = [int(i) for i in indices_or_sections]
    else:
        raise UnfitArgumentError("split: indices_or_sections must be either int, or tuple / list / set of ints, got "
                                 f"{indices_or_sections!r}.")
    lead = (slice(None),) * axis
    return [x[(*lead, slice(a, b))] for a, b in zip([0, *stops], [*stops, n])]


def rollaxis(x: Tensor, axis: int, start: int = 0) -> Any:
    """x with ``axis`` moved to stand before what is at ``start``."""
    axis = axis_in(axis, x.ndim, "rollaxis")
    start = start + x.ndim if start < 0 else start
    if not 0 <= start <= x.ndim:
        raise ArgumentError(f"rollaxis: start must lie between {-x.ndim} and {x.ndim}, got {start}.")
    return OPERATORS["moveaxis"](x, source=axis, destination=start - (start > axis))


def rot90(x: Tensor, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """x turned ``k`` times by a quarter in the plane of two axes."""
    a, b = (i if hasattr(x, "_luojia_apply") else axis_in(i, x.ndim, "rot90") for i in axes)
    if a == b:
        raise ArgumentError(f"rot90: the two axes must differ, got {tuple(axes)}.")
    k %= 4
    if k == 0:
        return OPERATORS["identity"](x)
    if k == 2:
        return OPERATORS["flip"](x, axis=(a, b))
    if k == 1:
        return OPERATORS["swapaxes"](OPERATORS["flip"](x, axis=b), axis1=a, axis2=b)
    return OPERATORS["flip"](OPERATORS["swapaxes"](x, axis1=a, axis2=b), axis=b)


def broadcast_arrays(*xs: Tensor) -> list[Any]:
    """The arrays in their common shape."""
    try:
        shape = np.broadcast_shapes(*[x.shape for x in xs])
    except ValueError:
        raise ShapeError(f"broadcast_arrays: shapes {[x.shape for x in xs]} do not broadcast together.") from None
    return [OPERATORS["broadcast_to"](x, shape=shape) for x in xs]


def repeated(x: Tensor, repeats: Any, axis: int | None = None) -> Any:
    """Each element ``repeats`` times along ``axis``; a list of numbers gives each its own."""
    if isinstance(repeats, (int, np.integer)):
        return OPERATORS["repeat"](x, repeats=int(repeats), axis=axis)
    if axis is None:
        x, axis = reshaped(x, -1), 0
    counts = np.broadcast_to(np.asarray(repeats), (x.shape[axis],))
    return OPERATORS["take"](x, placed(np.repeat(np.arange(x.shape[axis]), counts), x), axis=axis)


def select(conditions: Sequence[Tensor], choices: Sequence[Any], default: Any = 0, choose: Any = None) -> Any:
    """The element of the first choice whose condition is true, else ``default``; ``choose`` is a door's ``where``."""
    if len(conditions) != len(choices) or not conditions:
        raise ArgumentError(f"select: got {len(conditions)} conditions and {len(choices)} choices; give as many of "
                            "each, and at least one.")
    found = default
    for condition, choice in zip(reversed(conditions), reversed(choices)):
        found = (choose or where)(condition, choice, found)
    return found


def where(condition: Tensor, x: Any, y: Any) -> Any:
    """x where ``condition`` is true, else y, in their common dtype."""
    if isinstance(x, Tensor) and isinstance(y, Tensor):
        x, y = common([x, y])
    return OPERATORS["where"](condition, x, y)


def choose(i: Tensor, choices: Sequence[Tensor], mode: str = "raise") -> Any:
    """out[a] = choices[i[a]][a], the choices broadcast to a common shape with i."""
    i, *choices = broadcast_arrays(i, *common(choices))
    stacked = OPERATORS["stack"](*choices, axis=0)
    at = OPERATORS["cast"](i, dtype=np.dtype("int64"))
    if mode != "raise":
        values = at.asnumpy()
        at = placed(values % len(choices) if mode == "wrap" else values.clip(0, len(choices) - 1), i)
    return OPERATORS["take_along"](stacked, reshaped(at, (1, *i.shape)), axis=0)[0]


def gradient(f: Tensor, spacing: Sequence[float], axis: Any = None, edge_order: int = 1) -> Any:
    """The derivatives of f along its axes, or along those named, with a spacing for all or for each."""
    axes = range(f.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    steps = [1.0] if not spacing else list(spacing)
    steps = steps * len(axes) if len(steps) == 1 else steps
    if len(steps) != len(axes):
        raise ArgumentError(f"gradient: {len(axes)} axes need one spacing or as many, got {len(steps)}.")
    return each([OPERATORS["derivative_along"](f, axis=a, spacing=float(h), edge_order=edge_order)
                 for a, h in zip(axes, steps)])


def differences(x: Tensor, n: int, axis: int, prepend: Tensor | None, append: Tensor | None) -> Any:
    """``diff``, after joining ``prepend`` and ``append`` to x along ``axis``; numbers stand for a slice of them."""
    if prepend is None is append:
        return OPERATORS["diff"](x, n=n, axis=axis)
    at = axis_in(axis, x.ndim, "diff")
    shape = tuple([1 if i == at else k for i, k in enumerate(x.shape)])
    parts = [OPERATORS["broadcast_to"](p, shape=shape) if p is not None and p.ndim == 0 else p
             for p in (prepend, x, append)]
    parts = [p for p in parts if p is not None]
    return OPERATORS["diff"](joined(parts, at) if len(parts) > 1 else x, n=n, axis=at)


def along_axis(fn: Any, axis: int, x: Tensor, *args: Any, **kwargs: Any) -> Any:
    """``fn`` of every slice of x along ``axis``, its results in the place of that axis."""
    axis = axis_in(axis, x.ndim, "apply_along_axis")
    moved = OPERATORS["moveaxis"](x, source=axis, destination=-1)
    lead = moved.shape[:-1]
    rows = reshaped(moved, (-1, x.shape[axis]))
    found = OPERATORS["stack"](*[fn(rows[i], *args, **kwargs) for i in range(rows.shape[0])], axis=0)
    rest = found.shape[1:]
    found = reshaped(found, (*lead, *rest))
    for i in range(len(rest)):
        found = OPERATORS["moveaxis"](found, source=len(lead) + i, destination=axis + i)
    return found


def over_axes(fn: Any, x: Tensor, axes: Any) -> Any:
    """``fn(x, axis)`` for each axis in turn, the axes kept."""
    for axis in (axes,) if isinstance(axes, int) else axes:
        found = fn(x, axis)
        x = found if found.ndim == x.ndim else with_axes(found, axis_in(axis, x.ndim, "apply_over_axes"))
    return x


def grid(key: Any, sparse: bool) -> Any:
    """What ``numpy.mgrid[key]`` or ``ogrid[key]`` gives."""
    return (np.ogrid if sparse else np.mgrid)[key]


def floating(x: Any) -> Any:
    """x, as float32 if it holds integers or booleans."""
    if isinstance(x, Tensor):
        return OPERATORS["cast"](x, dtype=np.dtype(np.float32)) if x.np_dtype.kind in "biu" else x
    return OPERATORS["floated"](x) if hasattr(x, "_luojia_apply") else x
