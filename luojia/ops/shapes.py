"""Shapes and arguments as MindSpore's operators settle them, in ``ops._utils`` and ``common._utils``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._src.errors import ArgumentError

__all__ = ["dim_not_equal", "get_broadcast_shape", "get_concat_offset", "is_dim_unknown", "is_shape_unknown",
           "ms_arrange", "to_2d_paddings", "to_dilations", "to_kernel_size", "to_output_padding", "to_pair", "to_rates",
           "to_strides"]


def is_shape_unknown(shape: Sequence[int]) -> bool:
    """Whether a length, or the number of them, is not known: -1, or -2.

    >>> is_shape_unknown((2, -1)), is_shape_unknown((2,))
    (True, False)
    """
    return any(n < 0 for n in shape)


def is_dim_unknown(shape: Sequence[int]) -> bool:
    """Whether the number of axes is not known: (-2,)."""
    return -2 in shape


def dim_not_equal(dim1: int, dim2: int) -> bool:
    """Whether two lengths, which are known, differ."""
    return dim1 != dim2 and dim1 >= 0 and dim2 >= 0


def ms_arrange(x: int) -> list[int]:
    """The numbers below ``x``."""
    return list(range(x))


def get_broadcast_shape(x_shape: Sequence[int], y_shape: Sequence[int], prim_name: str, arg_name1: str = "x",
                        arg_name2: str = "y") -> list[int]:
    """The shape to which two broadcast; -1 is a length that is not known.

    >>> get_broadcast_shape((2, 1, 3), (4, 3), "Add")
    [2, 4, 3]
    """
    if is_dim_unknown(x_shape) or is_dim_unknown(y_shape):
        return [-2]
    found = []
    for i in range(-max(len(x_shape), len(y_shape)), 0):
        a = x_shape[i] if -i <= len(x_shape) else 1
        b = y_shape[i] if -i <= len(y_shape) else 1
        if a != b and 1 not in (a, b) and -1 not in (a, b):
            raise ArgumentError(f"For '{prim_name}', {arg_name1}.shape and {arg_name2}.shape need to broadcast. The "
                                f"value of {arg_name1}.shape[{i}] or {arg_name2}.shape[{i}] must be 1 or -1 when they "
                                f"are not the same, but got {arg_name1}.shape = {x_shape} and {arg_name2}.shape = "
                                f"{y_shape}.")
        found.append(b if a == 1 else a if b == 1 else max(a, b))
    return found


def get_concat_offset(x_shp: Sequence[Sequence[int]], x_type: Any, axis: int, prim_name: str
                      ) -> tuple[list[int], int, int]:
    """Where each part begins along ``axis`` in their concatenation, how long that is, and the axis from 0 on."""
    axis = range(len(x_shp[0]))[axis]
    offsets, total = [], 0
    for shape in x_shp:
        offsets.append(total)
        total += shape[axis]
    return offsets, total, axis


def _pair(op_name: str, arg_name: str, value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, float):
        return (value, value)
    if isinstance(value, (list, tuple)):
        return tuple(value)
    raise ArgumentError(f"For '{op_name}', the value of '{arg_name}' is invalid: '{value}'.")


def to_pair(op_name: str, arg_name: str, arg_val: Any) -> tuple[int, ...]:
    """A number twice; a tuple as it is."""
    return _pair(op_name, arg_name, arg_val)


def _last_two() -> Callable[[str, str, Any], tuple[int, ...]]:
    def convert(op_name: str, arg_name: str, value: Any) -> tuple[int, ...]:
        """A number twice; of four, for (N, C, H, W), the last two."""
        found = _pair(op_name, arg_name, value)
        return found[2:] if len(found) == 4 else found

    return convert


to_kernel_size, to_strides, to_rates, to_dilations = _last_two(), _last_two(), _last_two(), _last_two()
to_2d_paddings = to_output_padding = to_pair
