"""Tensor's methods that take their arguments in ways of their own, which no function has: ``x.reshape(2, 3)``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.dtypes import DType, to_np
from ..core.op import OPERATORS
from ..core.tape import Leaf
from ..core.tensor import Tensor, wrap
from ..errors import ArgumentError, DTypeError, PlaceError, ShapeError
from . import composed
from .compose import scaled
from .shape import axis_in


def _shape_of(shape: tuple) -> tuple:
    """A shape given as numbers or as one tuple, list or Tensor."""
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    return tuple([operator.index(n) for n in shape])


def reshape(self: Tensor, *lengths: Any, shape: Any = None) -> Tensor:
    """The Tensor in another shape, given as numbers or as a tuple; one length may be -1."""
    if shape is None and not lengths and self.ndim:
        raise TypeError(f"Tensor.reshape: give a shape for the {self.size} elements, got nothing.")
    shape = _shape_of(lengths if shape is None else (shape,))
    if shape and min(shape) < -1:
        raise ArgumentError(f"Tensor.reshape: a length is at least -1, which stands for what remains, got {shape}.")
    return OPERATORS["reshape"](self, shape=shape)


def transpose(self: Tensor, *axes: Any, dim0: int | None = None, dim1: int | None = None) -> Tensor:
    """The Tensor with two axes exchanged, if two numbers are given; else with its axes permuted as a tuple or more
    numbers say; reversed by default."""
    if dim0 is not None and dim1 is not None:
        axes = (dim0, dim1)
    if len(axes) == 2:
        return OPERATORS["swapaxes"](self, axis1=operator.index(axes[0]), axis2=operator.index(axes[1]))
    return OPERATORS["transpose"](self, axes=_shape_of(axes) if axes and axes[0] is not None else None)


def permute(self: Tensor, *order: Any, dims: Any = None) -> Tensor:
    """The Tensor with its axes permuted, given as numbers or as a tuple."""
    order = order if dims is None else (dims,)
    return OPERATORS["transpose"](self, axes=_shape_of(order) if order and order[0] is not None else None)


def tile(self: Tensor, *counts: Any, reps: Any = None, dims: Any = None) -> Tensor:
    """The Tensor repeated along each axis, as many times as numbers or a tuple say."""
    given = reps if reps is not None else dims
    return OPERATORS["tile"](self, reps=_shape_of(counts if given is None else (given,)))


def plus(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """self + alpha other."""
    return OPERATORS["add"](self, scaled(self, other, alpha, "Tensor.add"))


def minus(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """self - alpha other."""
    return OPERATORS["subtract"](self, scaled(self, other, alpha, "Tensor.sub"))


def flatten(self: Tensor, order: Any = "C", *last: int, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The Tensor with its axes from ``start_dim`` to ``end_dim`` joined, all of them by default.

    A number for the first argument is ``start_dim``, and a second one ``end_dim``.
    """
    if isinstance(order, int):
        start_dim, end_dim, order = order, last[0] if last else end_dim, "C"
        if self.ndim and axis_in(start_dim, self.ndim, "flatten") > axis_in(end_dim, self.ndim, "flatten"):
            raise ArgumentError(f"Tensor.flatten: start_dim, {start_dim}, comes after end_dim, {end_dim}.")
    if order not in ("C", "F"):
        raise ArgumentError(f"Tensor.flatten: order must be 'C' or 'F', got {order!r}.")
    if order == "F":
        self = OPERATORS["transpose"](self)
    return OPERATORS["flatten"](self, start_dim=start_dim, end_dim=end_dim)


def ravel(self: Tensor) -> Tensor:
    """The Tensor as a vector."""
    return OPERATORS["reshape"](self, shape=(-1,))


_PYTHONS = {int: np.int64, float: np.float64}


def astype(self: Tensor, dtype: Any, copy: bool = True) -> Tensor:
    """The Tensor in another dtype: a luojia or NumPy dtype, or its name."""
    if dtype is None:
        raise DTypeError("Tensor.astype: expected a dtype such as luojia.float32, or its name, got None.")
    dtype = to_np(_PYTHONS.get(dtype, dtype) if dtype.__class__ is type else dtype.lower() if isinstance(dtype, str)
                  else dtype)
    return self if not copy and dtype == self.np_dtype else OPERATORS["cast"](self, dtype=dtype)


def set_dtype(self: Tensor, dtype: Any) -> Any:
    """Change the dtype of the Tensor itself; returns the dtype."""
    self._rebind(OPERATORS["cast"](self, dtype=to_np(dtype))._value)
    return self.dtype


def to(self: Tensor, *args: Any, dtype: Any = None, device: Any = None, other: Any = None,
       non_blocking: bool = False, copy: bool = False) -> Tensor:
    """The Tensor in another dtype, given as such or as that of another Tensor; of devices it takes its own, 'CPU'."""
    for given in (*args, dtype, device, other):
        if isinstance(given, Tensor):
            dtype = given.np_dtype
        elif isinstance(given, str) and given.partition(":")[0].upper() in ("CPU", "GPU", "ASCEND", "NPU"):
            if given.partition(":")[0].upper() != str(self._device).partition("(")[0].upper():
                raise ArgumentError(f"Tensor.to: the Tensor is on {self._device} and stays there, got {given!r}; "
                                    "choose the device in set_context.")
        elif isinstance(given, str) and given not in DType._all and not hasattr(np, given):
            raise ArgumentError(f"Tensor.to: expected a device, as 'CPU', a dtype or a Tensor, got {given!r}.")
        elif given is not None and not isinstance(given, bool):
            dtype = given
    return self if dtype is None else astype(self, dtype, copy)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The Tensor in the dtype of ``other``."""
    return astype(self, other.np_dtype)


def total(self: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The sum over ``axis``, in ``dtype``, plus ``initial``; a boolean for the second is ``keepdims``."""
    if isinstance(dtype, bool):
        dtype, keepdims = None, dtype
    out = OPERATORS["sum"](self, axis=_axes(axis), keepdims=keepdims, dtype=None if dtype is None else to_np(dtype))
    return out if initial is None else out + initial


def mean(self: Tensor, axis: Any = None, keep_dims: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over ``axis``."""
    return OPERATORS["mean"](self, axis=_axes(axis), keepdims=keep_dims, dtype=None if dtype is None else to_np(dtype))


def cumsum(self: Tensor, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sum of the elements up to each along ``axis``; of the flattened Tensor by default. Int32 of shorter ints."""
    if dtype is None and self.np_dtype.name in ("bool", "int8", "int16", "uint8"):
        dtype = "int32"
    return OPERATORS["cumsum"](self, axis=axis, dtype=None if dtype is None else to_np(dtype))


def _axes(axis: Any) -> Any:
    if axis is True or axis is False:
        raise DTypeError(f"Tensor: an axis is an int or a tuple of int, got {axis}.")
    return tuple(axis) if isinstance(axis, list) else axis


def extremum(name: str) -> Callable:
    """The method ``max`` or ``min``."""

    def method(self: Tensor, *at: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
               where: Any = None, return_indices: bool = False, dim: Any = None, keepdim: bool = False) -> Any:
        """The {0}imum: of all elements, its gradient split among those that tie; along ``axis``, its gradient to the
        first. With the axis as a positional argument or as ``dim``, or ``return_indices``, the pair (values, indices).
        Elements where ``where`` is not true count as ``initial``."""
        if dim is not None:
            at, keepdims = (dim, keepdim), keepdim
        if at and isinstance(at[0], Tensor):
            return OPERATORS[f"{name}imum"](self, at[0])

        def beside(values: Tensor) -> Tensor:
            return values if initial is None else OPERATORS["cast"](OPERATORS[f"{name}imum"](values, initial),
                                                                    dtype=values.np_dtype)

        pair = bool(at) or return_indices
        if at and dim is None and (keepdim or keepdims or initial is not None or where is not None):
            pair, keepdims = keepdim or return_indices, keepdim or keepdims  # max(1, keepdims=True) is of the axis form
        if at:
            axis, *rest = at
            keepdims = bool(rest[0]) if rest else keepdims
        if where is not None and where is not True:
            if initial is None:
                raise ArgumentError(f"Tensor.{name}: where needs an initial value for the elements that it leaves out.")
            self = OPERATORS["where"](where, self, OPERATORS["filled_like"](self, value=initial))
        if axis is None or isinstance(axis, (tuple, list)):
            out: Any = OPERATORS[name](self, axis=_axes(axis), keepdims=keepdims and axis is not None)
            if return_indices:
                return OPERATORS[f"{name}_with_index"](self, axis=axis, keepdims=keepdims)
        else:
            values, indices = OPERATORS[f"{name}_with_index"](self, axis=axis, keepdims=keepdims)
            if pair:
                return beside(values), indices
            out = values
        return beside(out)

    method.__name__ = name
    method.__doc__ = (method.__doc__ or "").format(name)
    return method


def position(name: str, dtype: str) -> Callable:
    """The method ``argmax`` or ``argmin``."""

    def method(self: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
        return OPERATORS[name](self, axis=axis, keepdims=keepdims and axis is not None, dtype=dtype)

    method.__name__, method.__doc__ = name, OPERATORS[name].__doc__
    return method


def trace(self: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """The sum of the ``offset``-th diagonal over two axes, in ``dtype``."""
    diagonal = OPERATORS["diagonal"](self, offset=offset, axis1=axis1, axis2=axis2)
    return OPERATORS["sum"](diagonal, axis=-1, dtype=None if dtype is None else to_np(dtype))


def searchsorted(self: Tensor, v: Any, side: str = "left", sorter: Any = None) -> Tensor:
    """Where each value of ``v`` would be inserted in this sorted Tensor, Int32."""
    rest = {"side": side, "sorter": sorter, "out_int32": True}
    return composed.find("reduce.searchsorted")(self, v if isinstance(v, Tensor) else Tensor(v), **rest)


def expand(self: Tensor, *size: Any) -> Tensor:
    """The Tensor broadcast to a shape, given as numbers or as a tuple; -1 keeps a length."""
    return OPERATORS["broadcast_to"](self, shape=_shape_of(size))


def found(name: str) -> Callable:
    """The method ``argmax_with_value`` or ``argmin_with_value``."""

    def method(self: Tensor, axis: int | None = 0, keep_dims: bool = False) -> tuple[Tensor, Tensor]:
        return composed.find(f"extrema.{name}")(self, axis if self.ndim else None, keep_dims)

    method.__name__ = f"arg{name}_with_value"
    method.__doc__ = OPERATORS[f"{name}_with_index"].__doc__
    return method


def squeeze(self: Tensor, *at: Any, axis: Any = None) -> Tensor:
    """The Tensor without its axes of length 1, or without those of them that are named."""
    axis = axis if not at else at[0] if len(at) == 1 else at
    axis = tuple(axis) if isinstance(axis, list) else axis
    return OPERATORS["squeeze"](self, axis=axis, strict=False)


def swapaxes(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """The Tensor with two axes exchanged."""
    return OPERATORS["swapaxes"](self, axis1=axis0, axis2=axis1)


def take(self: Tensor, indices: Tensor, axis: int | None = None, mode: str = "clip") -> Tensor:
    """The slices along ``axis`` at ``indices`` (elements of the flattened Tensor, if None)."""
    if indices.np_dtype.kind not in "iu":
        raise DTypeError(f"Tensor.take: the indices must be integers, got {indices.dtype}.")
    axis = None if axis is None else axis_in(axis, self.ndim, "Tensor.take")
    if mode == "clip":  # up to the length counted from the end, as MindSpore has it
        n = self.size if axis is None else self.shape[axis]
        indices = OPERATORS["where"](OPERATORS["less"](indices, 0), indices + n, indices)
    return OPERATORS["take"](self, indices, axis=axis, mode=mode)


def index_select(self: Tensor, axis: int, index: Tensor) -> Tensor:
    """The slices along ``axis`` at ``index``, a vector."""
    if axis is None:
        raise DTypeError("Tensor.index_select: the axis must be an int, got None.")
    if index.ndim > 1:
        raise ShapeError(f"Tensor.index_select: the index must be a vector, got shape {index.shape}.")
    return OPERATORS["take"](self, index, axis=axis, mode="raise")


def fill(self: Tensor, value: Any) -> Tensor:
    """A Tensor of the same shape and dtype with ``value`` everywhere."""
    if not isinstance(value, (int, float, complex, np.generic, Tensor)):
        raise DTypeError(f"Tensor.fill: expected a number, got {type(value).__name__}: {value!r:.60}.")
    return OPERATORS["filled_like"](self, value=value)


def select(self: Tensor, condition: Any = None, y: Any = None, *, dim: Any = None, index: Any = None) -> Tensor:
    """The elements of this Tensor where ``condition`` is true, else those of ``y``; of two numbers, ``dim`` and
    ``index``, the slice at the index."""
    if dim is None and isinstance(condition, int):
        dim, index = condition, y
    if dim is not None:
        return OPERATORS["squeeze"](OPERATORS["narrow"](self, axis=dim, start=index, length=1), axis=dim)
    return OPERATORS["where"](condition, self, y)


def where(self: Tensor, condition: Tensor, y: Any) -> Tensor:
    """The elements of this Tensor where ``condition`` is true, else those of ``y``."""
    return OPERATORS["where"](condition, self, y)


_to = to  # which an argument of the next hides


def moved(self: Tensor, to: str, blocking: bool = True) -> Tensor:
    """The Tensor on a kind of device; of those it takes its own."""
    if to not in ("Ascend", "GPU", "CPU"):
        raise ArgumentError(f"The value of 'to' must be one of ['Ascend', 'GPU', 'CPU'], but got {to}")
    return _to(self, to)


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """The Tensor in the shape of ``other``."""
    return reshape(self, other.shape)


def ptp(self: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The difference between the greatest and the least element along ``axis``."""
    return OPERATORS["max"](self, axis=_axes(axis), keepdims=keepdims) - OPERATORS["min"](
        self, axis=_axes(axis), keepdims=keepdims)


def itemset(self: Tensor, *args: Any) -> Tensor:
    """A copy with the element at an index (the last argument is the value) replaced.

    The index is a number, counted over all elements, or a tuple of one for each axis; without it there is one element.
    """
    if not args:
        raise DTypeError("Tensor.itemset takes (value) or (index, value), got nothing.")
    *index, value = args
    at: Any = index[0] if index else 0
    if not index and self.size != 1:
        raise PlaceError(f"Tensor.itemset: without an index there must be one element, got shape {self.shape}.")
    if isinstance(at, tuple):
        if len(at) != self.ndim:
            raise PlaceError(f"Tensor.itemset: expected {self.ndim} numbers, one for each axis, got {at}.")
        at = tuple([operator.index(i) for i in at])
    elif not -self.size <= operator.index(at) < self.size:
        raise PlaceError(f"index {at} is out of bounds for axis 0 with size {self.size}")
    else:
        at = np.unravel_index(operator.index(at) % self.size, self.shape)
    out = self.copy()
    out[tuple([int(i) for i in at])] = value
    return out


def copy(self: Tensor) -> Tensor:
    """A Tensor of the same value, linked to this one."""
    out = OPERATORS["identity"](self)
    value = self._value
    return wrap(type(out), value.copy() if isinstance(value, np.ndarray) else value, out._device, out._node)


def assign_value(self: Tensor, value: Tensor) -> Tensor:
    """Give this Tensor the value of another."""
    self._rebind(value._value)
    if not isinstance(self._node, Leaf):
        self._node = value._node
    return self


def requires_no_copy(self: Tensor) -> Tensor:
    """The Tensor itself: its elements always lie in order."""
    return self


def filled(self: Tensor, size: Any, dtype: Any, value: int) -> Tensor:
    """A Tensor of a shape full of ``value``, in this Tensor's dtype by default."""
    kind = self.np_dtype if dtype is None else to_np(dtype)
    return Tensor(np.full((size,) if isinstance(size, int) else tuple(size), value, kind), device=self._device)
