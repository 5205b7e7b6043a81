"""Reading and writing parts of NDArrays.

A slice that is contiguous, and a reshape, share memory with their array: they are views, which read and write through
it. Everything else copies.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.apply import apply
from .._src.core.op import OPERATORS
from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError, GraphError, MXNetError
from .._src.ops.codes import target_shape
from .._src.ops.index import encode
from .ndarray import INPLACE, NDArray


class OutOfBounds(MXNetError, IndexError):
    """An index outside the array."""


class View(NDArray):
    """A part of another NDArray, or that array in another shape, sharing its memory."""

    __slots__ = ("_base", "_key", "_shape")

    @property
    def _value(self) -> Any:
        value = self._base._value
        return value.reshape(self._shape) if self._key is None else value[self._key]

    @_value.setter
    def _value(self, value: Any) -> None:
        if self._key is None:
            self._base._rebind(value.reshape(self._base.shape))
        else:
            self._base._write(self._key, value)

    def _write(self, index: Any, value: Any) -> None:
        self._rebind(self._device.engine.xp.set_at(self._value, index, value))

    def __reduce__(self) -> Any:
        return wrap(NDArray, self._value, self._device).__reduce__()

    def __deepcopy__(self, memo: dict) -> NDArray:
        return wrap(NDArray, np.array(self._device.engine.to_numpy(self._value)), self._device)


View.__name__ = View.__qualname__ = "NDArray"


def view(base: NDArray, key: Any = None, shape: tuple | None = None) -> View:
    """The part of ``base`` at ``key``, or ``base`` in ``shape``."""
    v = object.__new__(View)
    v._base, v._key, v._shape, v._device, v._node = base, key, shape, base._device, None
    return v


# -- keys --------------------------------------------------------------------------------------------------------------


def tidy(key: Any, shape: tuple) -> tuple[tuple, bool]:
    """The key as a tuple in NumPy's terms, checked, and whether it holds arrays.

    Integers on every axis leave one axis of length 1, as MXNet has no numbers apart from arrays.
    """
    items = list(key) if isinstance(key, tuple) else [key]
    arrays = False
    axes = 0
    for i, item in enumerate(items):
        if item is None or item is Ellipsis:
            continue
        if isinstance(item, slice):
            axes += 1
            continue
        if isinstance(item, (int, np.integer)):
            items[i] = int(item)
            axes += 1
            continue
        if isinstance(item, Tensor):
            item = item.asnumpy()
        elif isinstance(item, (list, range, tuple)):
            item = np.asarray([t.asnumpy() if isinstance(t, Tensor) else t for t in item])
        if not isinstance(item, np.ndarray):
            raise ArgumentError(
                f"NDArray does not support slicing with key {item} of type {type(item)}; use integers, slices, None, "
                "Ellipsis, lists or arrays."
            )
        if item.dtype.kind not in "biuf" or item.dtype.kind == "f" and (item != np.trunc(item)).any():
            raise ArgumentError(f"NDArray does not support slicing with key {item}: the indices must be whole numbers.")
        items[i] = item if item.dtype == bool else item.astype(np.int64)
        arrays = True
        axes += max(item.ndim, 1) if item.dtype == bool else 1
    if sum(item is Ellipsis for item in items) > 1:
        raise OutOfBounds("cannot use more than one ellipsis (`...`) for indexing")
    if axes > len(shape):
        raise OutOfBounds(f"too many indices ({axes}) for array with {len(shape)} dimensions")
    _check_bounds(items, shape, axes)
    if not arrays and axes == len(shape) and axes and all(isinstance(i, int) or i is Ellipsis for i in items):
        last = max(i for i, item in enumerate(items) if item is not Ellipsis)
        n = items[last]
        items[last] = slice(n, n + 1 or None)
    return tuple(items), arrays


def _check_bounds(items: list, shape: tuple, axes: int) -> None:
    axis = 0
    for item in items:
        if item is None:
            continue
        if item is Ellipsis:
            axis += len(shape) - axes
            continue
        if isinstance(item, int) and not -shape[axis] <= item < shape[axis]:
            raise OutOfBounds(f"index {item} is out of bounds for axis {axis} with size {shape[axis]}")
        if isinstance(item, np.ndarray) and item.dtype == bool:
            axis += item.ndim
            continue
        if isinstance(item, np.ndarray) and item.size and not (item.min() >= -shape[axis] and item.max() < shape[axis]):
            bad = item.max() if item.max() >= shape[axis] else item.min()
            raise OutOfBounds(f"index {bad} is out of bounds for axis {axis} with size {shape[axis]}")
        axis += 1


def contiguous(items: tuple, shape: tuple) -> bool:
    """Whether a key of integers and slices selects one run of the elements."""
    given = [i for i in items if i is not None]
    full = slice(None)
    if Ellipsis in given:
        at = given.index(Ellipsis)
        given[at : at + 1] = [full] * (len(shape) - len(given) + 1)
    given += [full] * (len(shape) - len(given))
    partial = False
    for item, n in zip(reversed(given), reversed(shape)):
        start, stop, step = (item, item + 1, 1) if isinstance(item, int) else item.indices(n)
        length = len(range(start, stop, step))
        if partial and length > 1 or length > 1 and step != 1:
            return False
        partial = partial or length < n
    return True


# -- the methods -------------------------------------------------------------------------------------------------------


def getitem(self: NDArray, key: Any) -> NDArray:
    """``x[key]``: integers, slices, None, Ellipsis, lists and arrays of integers (float arrays too), masks.

    A contiguous part shares memory with ``x``. Other parts, and all parts of a recorded ``x``, are copies.

    Raises:
        OutOfBounds: an IndexError: an index outside the array, or too many indices.
    """
    if key.__class__ is int and len(self.shape) > 1 and -self.shape[0] <= key < self.shape[0]:
        items, arrays = (key,), False
    else:
        items, arrays = tidy(key, self.shape)
    if not arrays and not (state.recording and self._node is not None):
        if contiguous(items, self.shape):
            return view(self, items)
        return wrap(self._result_class, self._value[items], self._device)
    template, indices = encode(items)
    return apply(OPERATORS["getitem"], (self, *indices), {"index": template})


def setitem(self: NDArray, key: Any, value: Any) -> None:
    """``x[key] = value``, where ``value`` (an array, list or number) is broadcast to the part and cast to x's dtype.

    Raises:
        GraphError: an MXNetError: x is recorded, or part of x would be set from a recorded array. ``x[:] = y`` with x
            unrecorded and y recorded is allowed: x then stands for y on the tape.
        ArgumentError: a ValueError: the value does not broadcast to the part.
    """
    self._check_writable()
    items, _ = tidy(key, self.shape)
    if isinstance(value, Tensor):
        if state.recording and value._node is not None:
            if not _whole(items):
                raise GraphError(INPLACE)
            _become(self, value)
            return
        array = value._value
        if value._device is not self._device:
            array = self._device.engine.put(np.asarray(value._device.engine.to_numpy(array)), self._device)
    elif isinstance(value, (int, float, bool, np.generic, np.ndarray, list, tuple)):
        try:
            array = np.asarray(_plain(value), None if isinstance(value, np.ndarray) else self.np_dtype)
        except OverflowError:  # as in C, the number wraps
            array = np.asarray(_plain(value)).astype(self.np_dtype)
        except ValueError as e:
            raise _no_value(value) from e
        if array.dtype.kind not in "biufV":
            raise _no_value(value)
    else:
        raise _no_value(value)
    index = items[0] if len(items) == 1 else items
    try:
        self._write(index, array)
    except (ValueError, TypeError):
        part = np.broadcast_to(np.empty(()), self.shape)[index].shape
        raise ArgumentError(
            "operands could not be broadcast together with remapped shapes[original->remapped]: "
            f"{array.shape} and requested shape {part}"
        ) from None


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else (
        value.asnumpy() if isinstance(value, Tensor) else value
    )


def _no_value(value: Any) -> DTypeError:
    return DTypeError(
        f"NDArray does not support assignment with non-array-like object {value} of type {type(value)}; assign an "
        "NDArray, a NumPy array, a list or a number."
    )


def _whole(items: tuple) -> bool:
    return all(i is Ellipsis or isinstance(i, slice) and i == slice(None) for i in items)


def _become(self: NDArray, value: Tensor) -> None:
    """``self[:] = value`` for a recorded value: self takes its place on the tape."""
    if value.shape != self.shape:
        value = OPERATORS["broadcast_to"](value, shape=self.shape)
    if value.np_dtype != self.np_dtype:
        value = OPERATORS["cast"](value, dtype=self.np_dtype)
    self._rebind(value._value)
    self._node = value._node


def reshape(self: NDArray, *shape: Any, **kwargs: Any) -> NDArray:
    """The array in another shape, sharing memory unless it is recorded.

    Args:
        shape: lengths, as numbers or one tuple, with MXNet's codes 0, -1, -2, -3 and -4 (see ``target_shape``).
        reverse: read the codes from the right.

    Raises:
        ShapeError: a ValueError and MXNetError: another number of elements.
    """
    reverse = kwargs.pop("reverse", False)
    if "shape" in kwargs:
        shape = kwargs.pop("shape")
    elif len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    elif not shape:
        raise AssertionError("Shape must be provided: x.reshape((2, 3)) or x.reshape(2, 3).")
    if kwargs:
        raise TypeError(f"Got unknown keywords in reshape: {', '.join(kwargs)}. Accepted keyword arguments are 'shape' "
                        "and 'reverse'.")
    return reshaped(self, target_shape(self.shape, (shape,) if isinstance(shape, int) else shape, reverse))


def reshaped(self: NDArray, shape: tuple) -> NDArray:
    """``self`` in ``shape``: a view, or on the tape a recorded reshape."""
    if state.recording and self._node is not None:
        return OPERATORS["reshape"](self, shape=shape)
    return view(self, None, shape)


for _name, _method in {"__getitem__": getitem, "__setitem__": setitem, "reshape": reshape}.items():
    setattr(NDArray, _name, _method)
