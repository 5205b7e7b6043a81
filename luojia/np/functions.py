"""mx.np's functions that are more than one operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tape import state, stopped
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import compose
from .._src.ops.compose import floating
from ..ndarray.indexing import View
from .creation import lift, place
from .host import placed, values
from .multiarray import ndarray, result
from .table import FUNCTIONS, stored


def _lifted(xs: Any, who: str) -> list[Any]:
    if isinstance(xs, Tensor):
        return list(lift(xs))
    return [lift(x, who) for x in xs]


# -- shapes --------------------------------------------------------------------------------------------------------


def reshape(a: Any, newshape: Any, order: str = "C", out: Any = None) -> ndarray:
    """The array in another shape; one length may be -1."""
    a = lift(a, "reshape")
    if hasattr(a, "_luojia_apply"):  # a Symbol
        return OPERATORS["reshape"](a, shape=(newshape,) if isinstance(newshape, int) else tuple(newshape))
    return stored(a.reshape(newshape, order=order), out)


def ravel(x: Any, order: str = "C") -> ndarray:
    """The array as a vector."""
    return reshape(x, -1, order)


def transpose(a: Any, axes: Any = None) -> ndarray:
    """The array with its axes permuted, reversed by default."""
    return OPERATORS["transpose"](lift(a, "transpose"), axes=None if axes is None else tuple(axes))


def expand_dims(a: Any, axis: int | Sequence[int]) -> ndarray:
    """The array with an axis of length 1 at each place ``axis`` of the result."""
    a = lift(a, "expand_dims")
    return OPERATORS["expand_dims"](a, axis=axis) if isinstance(axis, (int, np.integer)) else compose.with_axes(a, axis)


def rollaxis(a: Any, axis: int, start: int = 0) -> ndarray:
    """The array with ``axis`` moved to stand before what is at ``start``."""
    return compose.rollaxis(lift(a, "rollaxis"), axis, start)


def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> ndarray:
    """The array turned ``k`` times by a quarter in the plane of two axes."""
    return compose.rot90(lift(m, "rot90"), k, axes)


def flip(m: Any, axis: Any = None, out: Any = None) -> ndarray:
    """The elements in reverse order along ``axis``, all axes by default."""
    return stored(OPERATORS["flip"](lift(m, "flip"), axis=tuple(axis) if isinstance(axis, list) else axis), out)


def fliplr(m: Any) -> ndarray:
    """The columns in reverse order."""
    return flip(m, 1)


def flipud(m: Any) -> ndarray:
    """The rows in reverse order."""
    return flip(m, 0)


def diagflat(array: Any, k: int = 0) -> ndarray:
    """The matrix whose k-th diagonal holds the elements of the array."""
    return OPERATORS["diag"](ravel(array), k=k)


def broadcast_arrays(*args: Any) -> list[ndarray]:
    """The arrays in their common shape."""
    return compose.broadcast_arrays(*_lifted(args, "broadcast_arrays"))


def meshgrid(*xi: Any, indexing: str = "xy") -> list[ndarray]:
    """Coordinates of the grid of these vectors, one array for each."""
    vectors = [compose.reshaped(x, -1) for x in _lifted(xi, "meshgrid")]
    return list(OPERATORS["meshgrid"](*vectors, indexing=indexing))


def pad(x: Any, pad_width: Any = None, mode: str = "constant", constant_values: Any = 0) -> ndarray:
    """The array with ``pad_width`` (before, after) per axis filled: 'constant', 'edge', 'reflect', 'symmetric', 'wrap'.
    """
    x, widths = lift(x, "pad"), np.asarray(pad_width)
    if widths.ndim < 2 or len(widths) < 2:  # a Symbol tells no number of axes; it needs the widths of each
        widths = np.broadcast_to(widths, (x.ndim, 2))
    widths = tuple([tuple(w) for w in widths.tolist()])
    return OPERATORS["pad"](x, pad_width=widths, mode=mode, constant_values=constant_values)


# -- joining and splitting -----------------------------------------------------------------------------------------


def concatenate(seq: Any, axis: int | None = 0, out: Any = None) -> ndarray:
    """Arrays joined along ``axis``; flattened first if it is None."""
    return stored(compose.joined(_lifted(seq, "concatenate"), axis), out)


def append(arr: Any, values: Any, axis: int | None = None) -> ndarray:
    """``values`` joined to the end of ``arr``."""
    return concatenate((arr, values), axis)


def stack(arrays: Any, axis: int = 0, out: Any = None) -> ndarray:
    """Arrays of one shape joined along a new ``axis``."""
    return stored(OPERATORS["stack"](*compose.common(_lifted(arrays, "stack")), axis=axis), out)


def _joined(name: str, doc: str) -> Callable:
    def joined(arrays: Any, out: Any = None) -> ndarray:
        return stored(OPERATORS[name](*compose.common(_lifted(arrays, name))), out)

    joined.__name__ = joined.__qualname__ = name
    joined.__doc__ = doc
    return joined


hstack = _joined("hstack", "Arrays joined along the second axis, vectors along their only one.")
vstack = _joined("vstack", "Arrays joined along the first axis, vectors as rows.")
dstack = _joined("dstack", "Arrays joined along a third axis.")


def column_stack(tup: Any, out: Any = None) -> ndarray:
    """Vectors as columns, and matrices, joined side by side."""
    return stored(OPERATORS["column_stack"](*compose.common(_lifted(tup, "column_stack"))), out)


row_stack = vstack


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[ndarray]:
    """The array cut along ``axis`` into so many equal parts, or before the indices."""
    ary = lift(ary, "split")
    if hasattr(ary, "_luojia_apply"):
        return _split_symbol(ary, indices_or_sections, axis)
    return [p.copy() for p in compose.split(ary, indices_or_sections, axis)]


def _split_symbol(x: Any, given: Any, axis: int) -> list:
    if isinstance(given, int):
        from ..symbol.op import SliceChannel

        parts = SliceChannel(x, num_outputs=given, axis=axis)
        return list(parts) if given > 1 else [parts]
    if axis < 0:
        raise ArgumentError(f"np.split of a Symbol before indices takes an axis counted from the front, got {axis}.")
    lead = (slice(None),) * axis
    return [x[(*lead, slice(a, b))] for a, b in zip([0, *given], [*given, None])]


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[ndarray]:
    """``split``, the parts differing in length by one where they must."""
    ary = lift(ary, "array_split")
    if hasattr(ary, "_luojia_apply"):
        return _parts(ary, indices_or_sections, axis)
    return [p.copy() for p in compose.split(ary, indices_or_sections, axis, uneven=True)]


def _parts(x: Any, given: Any, axis: int | str) -> list:
    """What ``array_split`` makes of a Symbol, which tells no shape."""
    if isinstance(given, (int, np.integer)):
        return [OPERATORS["array_part"](x, part=i, parts=int(given), axis=axis) for i in range(given)]
    before = tuple([int(i) for i in given])
    return [OPERATORS["array_part"](x, part=i, before=before, axis=axis) for i in range(len(before) + 1)]


def hsplit(ary: Any, indices_or_sections: Any) -> list[ndarray]:
    """``array_split`` along the second axis, of a vector along its only one."""
    ary = lift(ary, "hsplit")
    if hasattr(ary, "_luojia_apply"):
        return _parts(ary, indices_or_sections, "second")
    return array_split(ary, indices_or_sections, min(1, ary.ndim - 1))


def vsplit(ary: Any, indices_or_sections: Any) -> list[ndarray]:
    """``split`` along the first axis."""
    return split(ary, indices_or_sections, 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[ndarray]:
    """``split`` along the third axis."""
    return split(ary, indices_or_sections, 2)


def repeat(a: Any, repeats: Any, axis: int | None = None) -> ndarray:
    """Each element ``repeats`` times along ``axis``; a list gives each its own number."""
    return compose.repeated(lift(a, "repeat"), repeats, axis)


# -- selecting -----------------------------------------------------------------------------------------------------


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where ``condition`` is true, else y; without them the positions of what is true, an array per axis."""
    condition = lift(condition, "where")
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ArgumentError("np.where takes x and y together, or neither.")
    x, y = (v if isinstance(v, (bool, int, float)) else lift(v, "where") for v in (x, y))
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        x, y = lift(x), lift(y)
    elif isinstance(x, Tensor) != isinstance(y, Tensor):  # the number takes the array's dtype
        array, number = (x, y) if isinstance(x, Tensor) else (y, x)
        number = compose.placed(np.asarray(number, array.np_dtype), array)
        x, y = (array, number) if isinstance(x, Tensor) else (number, array)
    return compose.where(condition, x, y)


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> ndarray:
    """The element of the first choice whose condition is true, else ``default``."""
    return compose.select(condlist, choicelist, default, where)


def broadcast_to(array: Any, shape: Any) -> ndarray:
    """The array in a larger shape, its axes of length 1 repeated."""
    shape = (shape,) if isinstance(shape, (int, np.integer)) else shape
    return FUNCTIONS["broadcast_to"](array, shape)


def take_along_axis(arr: Any, indices: Any, axis: int | None) -> ndarray:
    """The elements at ``indices`` along ``axis``, of the flattened array if it is None."""
    return FUNCTIONS["take_along_axis"](ravel(arr), indices, 0) if axis is None else FUNCTIONS["take_along_axis"](
        arr, indices, axis)


def polyval(p: Any, x: Any) -> ndarray:
    """p[0] x^(n-1) + ... + p[n-1]."""
    x = lift(x, "polyval")
    return x * 0 if isinstance(p, Tensor) and p.shape == (0,) else FUNCTIONS["polyval"](p, x)


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> ndarray:
    """out[i] = choices[a[i]][i]; ``mode`` says what is out of range: 'raise', 'clip' or 'wrap'."""
    return stored(compose.choose(lift(a, "choose"), _lifted(choices, "choose"), mode), out)


def take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise", out: Any = None) -> ndarray:
    """The slices along ``axis`` (elements of the flattened array, if None) at ``indices``."""
    return stored(OPERATORS["take"](lift(a, "take"), lift(indices, "take"), axis=axis, mode=mode), out)


def resize(a: Any, new_shape: Any) -> ndarray:
    """The elements in a row, over and over, in another shape; zeros of an array that has none."""
    shape = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    if any(n < 0 for n in shape):
        raise ArgumentError(f"np.resize: the lengths of a shape must not be negative, got {new_shape}.")
    return OPERATORS["repeated_to"](lift(a, "resize"), shape=tuple(map(int, shape)))


def unique(ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
           axis: int | None = None) -> Any:
    """The distinct elements in order, or the distinct parts along ``axis``.

    With flags, a tuple with (int64) the first place of each, the place of each element among them, and how often each
    occurs.
    """
    return OPERATORS["unique_sorted"](lift(ar, "unique"), index=bool(return_index), inverse=bool(return_inverse),
                                      counts=bool(return_counts), axis=axis)


def nonzero(a: Any) -> tuple[ndarray, ...]:
    """The positions (int64) of the elements that are not 0, an array per axis."""
    a = lift(a, "nonzero")
    found = tuple([place(i, a._device) for i in np.nonzero(np.atleast_1d(a.asnumpy()))])
    if a._node is not None and state.recording:  # as MXNet, which gives them a gradient of zero
        return tuple([wrap(ndarray, i._value, i._device, stopped((a._node,), i._device)) for i in found])
    return found


# -- products and reductions ---------------------------------------------------------------------------------------


def dot(a: Any, b: Any, out: Any = None) -> ndarray:
    """The sum over the last axis of a and the last but one of b (the only one of a vector); with a number, a b."""
    a, b = compose.common([lift(x, "dot") for x in (a, b)])
    return stored(OPERATORS["dot"](a, b), out)


def matmul(a: Any, b: Any, out: Any = None) -> ndarray:
    """The matrix product over the last two axes, broadcast over the others."""
    return stored(OPERATORS["matmul"](*compose.common([lift(x, "matmul") for x in (a, b)])), out)


def einsum(*operands: Any, out: Any = None, **_: Any) -> ndarray:
    """The sum of products that the first argument spells, as ``einsum('ij,jk->ik', x, y)``."""
    if not operands or not isinstance(operands[0], str):
        raise DTypeError("np.einsum expects the subscripts first, as np.einsum('ij,jk->ik', x, y).")
    arrays = compose.common([lift(x, "einsum") for x in operands[1:]])
    return stored(OPERATORS["einsum"](*arrays, equation=operands[0]), out)


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, out: Any = None) -> ndarray:
    """The sum of a diagonal over two axes."""
    diagonal = OPERATORS["diagonal"](lift(a, "trace"), offset=offset, axis1=axis1, axis2=axis2)
    found = OPERATORS["sum"](diagonal, axis=-1)
    same = not isinstance(found, Tensor) or found.np_dtype == diagonal.np_dtype
    return stored(found if same else found.astype(diagonal.np_dtype), out)


def argsort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, out: Any = None) -> ndarray:
    """The indices (int64) that sort along ``axis``, of the flattened array if None; ties keep their order."""
    a = lift(a, "argsort")
    return stored(OPERATORS["argsort_stable"](ravel(a) if axis is None else a, axis=-1 if axis is None else axis), out)


def vdot(a: Any, b: Any, out: Any = None) -> ndarray:
    """The sum of the products of the elements of two flattened arrays."""
    a, b = compose.common([ravel(lift(x, "vdot")) for x in (a, b)])
    return stored(OPERATORS["vdot"](a, b), out)


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> ndarray:
    """The differences of neighbours along ``axis``, ``n`` times over, after joining ``prepend`` and ``append``."""
    before, after = (None if v is None else lift(v, "diff") for v in (prepend, append))
    return compose.differences(lift(a, "diff"), n, axis, before, after)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> ndarray:
    """The differences of neighbours in the flattened array, between ``to_begin`` and ``to_end``."""
    middle = OPERATORS["diff"](ravel(ary))
    before, after = (None if v is None else ravel(lift(v, "ediff1d")).astype(middle.np_dtype, copy=False)
                     for v in (to_begin, to_end))
    return compose.joined([p for p in (before, middle, after) if p is not None])


def float_power(x1: Any, x2: Any, out: Any = None) -> Any:
    """x1^x2 in float64; numbers alone give NumPy's answer."""
    if isinstance(x1, (bool, int, float)) and isinstance(x2, (bool, int, float)):
        return np.float_power(x1, x2)
    one, other = (OPERATORS["cast"](lift(x, "float_power"), dtype=np.float64) for x in (x1, x2))
    return stored(OPERATORS["power"](one, other), out)


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None,
               neginf: float | None = None) -> Any:
    """The array with ``nan`` for NaN and the largest numbers, or ``posinf`` and ``neginf``, for the infinities."""
    if isinstance(x, (bool, int, float, np.generic)):
        return np.nan_to_num(x, copy, nan, posinf, neginf)
    x = lift(x, "nan_to_num")
    if isinstance(x, Tensor) and x.np_dtype.kind in "iu":
        return x.copy() if copy else x
    return result(OPERATORS["replace_nonfinite"](floating(x), nan=nan, posinf=posinf, neginf=neginf))


def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * np.pi) -> ndarray:
    """The phases with jumps larger than ``discont`` (half a period by default) mended by multiples of ``period``."""
    if period != 2 * np.pi:
        return placed(np.unwrap(values(p), discont, axis, period=period))
    return OPERATORS["unwrap"](floating(lift(p, "unwrap")), discont=np.pi if discont is None else discont, axis=axis)


def ldexp(x1: Any, x2: Any, out: Any = None) -> Any:
    """x1 2^x2."""
    return FUNCTIONS["multiply"](x1, 2**x2 if isinstance(x2, (bool, int, float)) else FUNCTIONS["exp2"](x2), out=out)


def apply_along_axis(func1d: Callable, axis: int, arr: Any, *args: Any, **kwargs: Any) -> ndarray:
    """``func1d`` of every slice along ``axis``, its results in the place of that axis."""
    def lifted(row: Any) -> ndarray:
        return lift(func1d(row, *args, **kwargs), "apply_along_axis")

    return compose.along_axis(lifted, axis, lift(arr, "apply_along_axis"))


def apply_over_axes(func: Callable, a: Any, axes: Any) -> ndarray:
    """``func(a, axis)`` for each axis in turn, the axes kept."""
    return compose.over_axes(func, lift(a, "apply_over_axes"), axes)


# -- Python's answers ----------------------------------------------------------------------------------------------


def shape(a: Any) -> tuple[int, ...]:
    """The lengths of the axes."""
    return lift(a, "shape").shape


def ndim(a: Any) -> int:
    """The number of axes."""
    return lift(a, "ndim").ndim


def size(a: Any, axis: int | None = None) -> int:
    """The number of elements, or the length of an axis."""
    a = lift(a, "size")
    return a.size if axis is None else a.shape[axis]


def allclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether |a - b| <= atol + rtol |b| everywhere."""
    return bool(np.allclose(values(a), values(b), rtol, atol, equal_nan))


def isclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Where |a - b| <= atol + rtol |b|; numbers and lists alone are compared in float64, and numbers give a bool."""
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        found = np.isclose(a, b, rtol, atol, equal_nan)
        return found if isinstance(found, np.generic) else place(found)
    return OPERATORS["isclose"](lift(a, "isclose"), lift(b, "isclose"), rtol=rtol, atol=atol, equal_nan=equal_nan)


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    """Whether two arrays have one shape and equal elements."""
    return bool(np.array_equal(lift(a1).asnumpy(), lift(a2).asnumpy(), equal_nan))


def array_equiv(a1: Any, a2: Any) -> bool:
    """Whether two arrays are equal when one is broadcast to the other."""
    return bool(np.array_equiv(lift(a1).asnumpy(), lift(a2).asnumpy()))


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """How many elements are not 0."""
    found = np.count_nonzero(lift(a).asnumpy(), axis, keepdims=keepdims)
    return int(found) if np.ndim(found) == 0 else place(found, lift(a)._device)


def may_share_memory(a: ndarray, b: ndarray, max_work: Any = None) -> bool:
    """Whether writing to one array may show in the other. (A copy shares its buffer only until one is written to.)"""
    return _owner(a) is _owner(b) and np.may_share_memory(a._value, b._value)


def _owner(x: Any) -> Any:
    while isinstance(x, View):
        x = x._base
    return x


shares_memory = may_share_memory


def result_type(*arrays_and_dtypes: Any) -> np.dtype:
    """The dtype that NumPy gives a sum of these arrays and dtypes."""
    return np.result_type(*[t.np_dtype if isinstance(t, Tensor) else t for t in arrays_and_dtypes])


def _common(function: Callable, x1: Any, x2: Any) -> list[Any]:
    """The arguments in the dtype of what NumPy's function gives of them."""
    dtype = function(*[np.ones((1,), x.np_dtype) if isinstance(x, Tensor) else x for x in (x1, x2)]).dtype
    return [OPERATORS["cast"](lift(x), dtype=dtype) for x in (x1, x2)]


def divmod(x1: Any, x2: Any, out: Any = None) -> tuple:
    """``(x1 // x2, x1 % x2)``, in NumPy's dtype."""
    one, other = (None, None) if out is None else out
    x1, x2 = _common(np.floor_divide, x1, x2)
    return stored(OPERATORS["floor_divide"](x1, x2), one), stored(OPERATORS["mod"](x1, x2), other)


def heaviside(x1: Any, x2: Any, out: Any = None) -> ndarray:
    """0 where x1 < 0, x2 where it is 0, 1 where it is greater; in NumPy's dtype."""
    return stored(OPERATORS["heaviside"](*_common(np.heaviside, x1, x2)), out)


__all__ = [
    "allclose", "append", "apply_along_axis", "apply_over_axes", "argsort", "array_equal", "array_equiv", "array_split",
    "broadcast_arrays", "broadcast_to", "choose", "column_stack", "concatenate", "count_nonzero", "diagflat", "diff",
    "divmod", "dot", "dsplit", "dstack", "ediff1d", "einsum", "expand_dims", "flip", "fliplr", "flipud", "float_power",
    "heaviside", "hsplit", "hstack", "isclose", "ldexp", "matmul", "may_share_memory", "meshgrid", "nan_to_num", "ndim",
    "nonzero", "pad", "polyval", "ravel", "repeat", "reshape", "resize", "result_type", "rollaxis", "rot90",
    "row_stack", "select", "shape", "shares_memory", "size", "split", "stack", "take", "take_along_axis", "trace",
    "transpose", "unique", "unwrap", "vdot", "vsplit", "vstack", "where",
]
