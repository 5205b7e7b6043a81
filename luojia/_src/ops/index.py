"""Indexing: reading and writing parts of arrays.

An index is encoded in two parts: a hashable template of its static entries, and the arrays that stand in it.
"""

from __future__ import annotations

import operator
from functools import lru_cache
from typing import Any, cast

import numpy as np

from ..core.op import op
from ..core.tensor import Tensor
from ..errors import IndexTypeError, PlaceError

_TRUE = ("true",)  # True equals 1, and what was compiled for x[1] is not x[True]


def encode(index: Any) -> tuple[tuple, list]:
    """The template of an index and its arrays: ``x[1:, t]`` is ``((('slice', 1, None, None), ('array', 0)), [t])``."""
    items = index if isinstance(index, tuple) else (index,)
    template, arrays = [], []
    for item in items:
        if isinstance(item, slice):
            template.append(("slice", _int(item.start), _int(item.stop), _int(item.step)))
        elif item is None or item is Ellipsis:
            template.append(item)
        elif item is True:
            template.append(_TRUE)
        elif isinstance(item, (int, np.integer)) and item is not False:
            template.append(int(item))
        elif isinstance(item, (list, tuple, np.ndarray, Tensor)) or hasattr(item, "_luojia_apply"):
            template.append(("array", len(arrays)))
            arrays.append(_positions(item))
        else:
            raise IndexTypeError(
                f"an index may hold integers, slices, None, True, Ellipsis, lists and Tensors, got {item!r:.60}."
            )
    return tuple(template), arrays


def _int(bound: Any) -> int | None:
    try:
        return bound if bound is None else operator.index(bound)
    except TypeError:
        raise IndexTypeError(f"the bounds of a slice must be integers, Tensors of one or None, got {bound!r:.60}."
                             ) from None


def _positions(item: Any) -> Any:
    """An array among the items of an index, or a list as one; of integers or booleans."""
    if isinstance(item, (list, tuple)):
        if not len(item):
            raise PlaceError("an empty list is no index; for nothing take x[0:0].")
        try:
            item = np.asarray(item)
        except ValueError:
            raise PlaceError(f"the lists in an index must be regular, got {item!r:.60}.") from None
    dtype = item.np_dtype if isinstance(item, Tensor) else getattr(item, "dtype", None)
    if dtype is not None and dtype.kind not in "biu":
        raise IndexTypeError(f"the arrays in an index must be of integers or booleans, got {dtype}.")
    return item


def decode(template: tuple, arrays: Any) -> Any:
    """The index that NumPy takes."""
    if not arrays:
        return _decoded(template)
    return _decode(template, arrays)


@lru_cache(1024)
def _decoded(template: tuple) -> Any:
    return _decode(template, ())


def _decode(template: tuple, arrays: Any) -> Any:
    items = tuple([
        item if not isinstance(item, tuple)
        else slice(*item[1:]) if item[0] == "slice"
        else True if item == _TRUE
        else _as_index(arrays[item[1]])
        for item in template
    ])
    return items[0] if len(items) == 1 else items


def _as_index(array: Any) -> Any:
    return array.astype(np.int64) if array.dtype.kind == "f" else array


def _check_bounds(shape: tuple, template: tuple) -> None:
    """Raise IndexError for a number outside its axis; XLA would take the nearest inside."""
    axis = 0
    for n, item in enumerate(template):
        if item is Ellipsis:
            axis = len(shape) - sum(1 for i in template[n + 1 :] if i is not None)
        elif item is not None and item != _TRUE:
            if isinstance(item, int) and axis < len(shape) and not -shape[axis] <= item < shape[axis]:
                raise IndexError(f"index {item} is out of bounds for axis {axis} with size {shape[axis]}")
            axis += 1


def check_positions(name: str, x: Tensor, template: tuple, arrays: list) -> None:
    """Raise IndexError for a position outside its axis, before an engine that compiles takes the nearest inside.

    Those of lists and of NumPy's arrays are known; on a CPU those of Tensors are too, outside a compiled function.
    """
    shape, engine = x.shape, cast(Any, x._device.engine)
    read = x._device.device_type == "cpu" and not engine.tracing.depth
    axis = 0
    for n, item in enumerate(template):
        if item is Ellipsis:
            axis = len(shape) - sum([_axes(i, arrays) for i in template[n + 1 :]])
        elif item.__class__ is tuple and item[0] == "array" and axis < len(shape):
            array = arrays[item[1]]
            if read and isinstance(array, Tensor):
                array = engine.to_numpy(array._value)
            if isinstance(array, np.ndarray) and array.size and array.dtype.kind in "iu":
                low, high = array.min(), array.max()
                if low < -shape[axis] or high >= shape[axis]:
                    raise PlaceError(f"{name}: index {low if low < -shape[axis] else high} is out of bounds for axis "
                                     f"{axis} with size {shape[axis]}.")
        if item is not Ellipsis:
            axis += _axes(item, arrays)


def _axes(item: Any, arrays: list) -> int:
    """How many axes of the array an item of its index takes."""
    if item is None or item == _TRUE:
        return 0
    array = arrays[item[1]] if item.__class__ is tuple and item[0] == "array" else None
    if array is None or hasattr(array, "_luojia_apply"):
        return 1
    return len(array.shape) if (array.np_dtype if isinstance(array, Tensor) else array.dtype) == "bool" else 1


@op(fn=())
def getitem(xp, x, *arrays, index):
    """x[index]."""
    if xp.engine.compiles:
        _check_bounds(x.shape, index)
    return x[decode(index, arrays)]


@getitem.vjp(keep="args")
def _(xp, g, ans, args, needs, *, index):
    x, *arrays = args
    return (xp.put_add(g, *arrays, index=index, shape=x.shape), *[None] * len(arrays))


@op(fn=())
def put_add(xp, g, *arrays, index, shape):
    """Zeros of ``shape`` with g added at ``index``: the transpose of getitem."""
    return xp.scatter_add(shape, g.dtype, decode(index, arrays), g)


@put_add.vjp(keep="args")
def _(xp, g, ans, args, needs, *, index, shape):
    return (xp.getitem(g, *args[1:], index=index), *[None] * (len(args) - 1))


@op(fn=())
def setitem(xp, x, value, *arrays, index):
    """A copy of x with ``value`` written at ``index``."""
    if xp.engine.compiles:
        _check_bounds(x.shape, index)
    return xp.set_at(x, decode(index, arrays), value)


@setitem.vjp(keep="args")
def _(xp, g, ans, args, needs, *, index):
    arrays = args[2:]
    dx = xp.setitem(g, 0.0, *arrays, index=index) if needs[0] else None
    if not needs[1]:
        return (dx, None, *[None] * len(arrays))
    dv = xp.getitem(g, *arrays, index=index)
    lead = len(args[1].shape) - len(dv.shape)
    if lead > 0:  # a value may have axes of length 1 before those of its place
        dv = xp.reshape(dv, (1,) * lead + tuple(dv.shape))
    return (dx, dv, *[None] * len(arrays))
