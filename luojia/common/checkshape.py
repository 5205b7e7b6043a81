"""The checks of axes and shapes among MindSpore's ``_checkparam``; see checkparam.py."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from .._src.errors import ArgumentError, DTypeError


def check_axis_in_range(axis: Any, ndim: int) -> int:
    """An axis, counted from 0."""
    if not isinstance(axis, int):
        raise DTypeError(f"The axes must be integers, but got {type(axis)}")
    if not -ndim <= axis < ndim:
        raise ArgumentError(f"The 'axis' must be in the range of [{-ndim}, {ndim}), but got {axis}.")
    return axis % ndim


def _check_dup(axes: Sequence[int]) -> None:
    if len({*axes}) != len(axes):
        raise ArgumentError(f"The element of parameter 'axis' can not be duplicate, but got {axes}.")


def check_axis_valid(axes: Any, ndim: int) -> tuple[int, ...]:
    """Axes, counted from 0; None is all of them."""
    if axes is None:
        return tuple(range(ndim))
    found = tuple([check_axis_in_range(a, ndim) for a in (axes if isinstance(axes, (tuple, list)) else (axes,))])
    _check_dup(found)
    return found


check_and_canonicalize_axes = check_axis_valid


def check_axis_type(axis: Any, type_int: bool = True, type_tuple: bool = True, type_list: bool = True) -> bool:
    """Whether axes are given as a number, a tuple or a list, whichever are allowed."""
    kinds = [k for k, allowed in ((int, type_int), (tuple, type_tuple), (list, type_list)) if allowed]
    whole = axis if isinstance(axis, (tuple, list)) else ()
    if not isinstance(axis, tuple(kinds)) or not all(isinstance(a, int) for a in whole):
        raise DTypeError(f"For Tensor.ptp, the axis should be {''.join(f'{k.__name__}, ' for k in kinds)}, but got "
                         f"{type(axis)}.")
    return True


def check_swapaxes_axis(axes: Any, ndim: int) -> Any:
    """One axis, or several, counted from 0."""
    return check_axis_in_range(axes, ndim) if isinstance(axes, int) else tuple([
        check_axis_in_range(a, ndim) for a in axes])


def check_transpose_axis(axes: Any, ndim: int) -> tuple[int, ...]:
    """The axes of ``Tensor.transpose(*axes)``."""
    if not axes or axes == (None,):
        return tuple(range(ndim))[::-1]
    perm = axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
    if not all(isinstance(a, int) for a in perm):
        raise DTypeError("For Tensor.transpose, the parameter 'axes' must be a tuple/list, or series of integer, but "
                         f"got {type(perm[0])}")
    if len(perm) != ndim:
        raise ArgumentError("For Tensor.transpose, the number of axes must be equal to the dimension of Tensor, but "
                            f"got {len(perm)} in the number of axes.")
    return tuple(perm)


def check_reshape_shp(shp: Any) -> tuple:
    """The shape of ``Tensor.reshape(*shape)``."""
    return tuple(shp[0]) if len(shp) == 1 and isinstance(shp[0], (tuple, list)) else shp


def check_flatten_order(order: Any) -> None:
    """'C' or 'F'."""
    if not isinstance(order, str):
        raise DTypeError(f"For Tensor.flatten, the parameter 'order' must be a string, but got {type(order)}")
    if order not in ("C", "F"):
        raise ArgumentError(f"For Tensor.flatten, the parameter 'order' must be 'C' or 'F', but got '{order}'")


def prepare_shape_for_squeeze(shape: Sequence[int], axes: Any) -> tuple[int, ...]:
    """The shape without some axes, which are 1 long."""
    ndim, gone = len(shape), set()
    for axis in axes if isinstance(axes, (tuple, list)) else (axes,):
        if not -ndim <= axis < ndim:
            raise ArgumentError(f"For Tensor.squeeze, the 'axis' must be in the range of [{-ndim}, {ndim}), but got "
                                f"{axis}.")
        if shape[axis] != 1:
            raise ArgumentError(f"For Tensor.squeeze, the shape of parameter 'axis' {(axis,)} must be 1, but got "
                                f"{shape[axis]}.")
        gone.add(axis % ndim)
    return tuple([n for i, n in enumerate(shape) if i not in gone])


def check_reduce_shape(ori_shape: Sequence[int], shape: Sequence[int], axis: Any, prim_name: str, arg_name1: str,
                       arg_name2: str) -> None:
    """``shape`` is ``ori_shape`` without ``axis``."""
    axes = {a % len(ori_shape) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))}
    if [n for i, n in enumerate(ori_shape) if i not in axes] != list(shape):
        raise ArgumentError(f"For '{prim_name}', the shape of parameter '{arg_name1}' reduce on 'axis': {axis} must be "
                            f"equal to the shape of '{arg_name2}': {shape}, but got {ori_shape}.")


def expanded_shape(ndim: int, axis_size: int, axis: int) -> tuple[int, ...]:
    """Ones, but for one axis."""
    return tuple([axis_size if i == axis % ndim else 1 for i in range(ndim)])


def infer_out_shape(*shapes: Sequence[int]) -> tuple[int, ...]:
    """The shape to which shapes broadcast together."""
    found = []
    for lengths in zip_longest(*[s[::-1] for s in shapes], fillvalue=1):
        longest = 0 if 0 in lengths else max(lengths)
        if any(n not in (1, longest) for n in lengths):
            raise ArgumentError("For Tensor, the dimension on each axis must be 1 or the max value on the axisto "
                                f"support broadcasting, but got shapes {(shapes,)}")
        found.insert(0, longest)
    return tuple(found)


def max_(*args: Any) -> Any:
    """The greatest."""
    return max(*args)


def min_(*args: Any) -> Any:
    """The least."""
    return min(*args)


def tuple_slice(tup: tuple, start: int, end: int) -> tuple:
    """A part of a tuple."""
    return tup[start:end]
