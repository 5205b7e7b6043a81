"""MindSpore's reductions to the greatest and the least, with a starting value and a choice of elements."""

from __future__ import annotations

from typing import Any

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError


def _chosen(name: str, x: Tensor, initial: Any, where: Tensor | None) -> Tensor:
    if where is None:
        return x
    if initial is None:
        raise ArgumentError(f"For '{name}', where needs an initial value for the elements that it leaves out.")
    return OP["where"](where, x, OP["filled_like"](x, value=initial))


def _values(name: str, input: Tensor, axis: Any, keepdims: bool, initial: Any, where: Tensor | None) -> Tensor:
    axis = tuple(axis) if isinstance(axis, list) else axis
    out = OP[name](_chosen(f"a{name}", input, initial, where), axis=axis, keepdims=keepdims)
    return out if initial is None else OP["cast"](OP[f"{name}imum"](out, initial), dtype=out.np_dtype)


def _pair(name: str, input: Tensor, axis: int | None, keepdims: bool, initial: Any, where: Tensor | None) -> Any:
    x = _chosen(name, input, initial, where)
    if axis is None:  # MindSpore's position of all elements' extremum is 0
        value = OP[name](x)
        position = OP["filled_like"](value, value=0, dtype="int64")
    else:
        value, position = OP[f"{name}_with_index"](x, axis=axis, keepdims=keepdims)
    if initial is None:
        return value, position
    tie = "" if where is None else "_equal"  # of what is left out, which counts as initial, the position is 0 too
    beyond = OP[("less" if name == "max" else "greater") + tie](value, initial)
    return OP[f"{name}imum"](value, initial), OP["where"](beyond, OP["zeros_like"](position), position)


def amax(input: Tensor, axis: Any = None, keepdims: bool = False, *, initial: Any = None,
         where: Tensor | None = None) -> Tensor:
    """The greatest element along ``axis`` (of all by default), of ``initial`` and of those where ``where`` is true."""
    return _values("max", input, axis, keepdims, initial, where)


def amin(input: Tensor, axis: Any = None, keepdims: bool = False, *, initial: Any = None,
         where: Tensor | None = None) -> Tensor:
    """The least element along ``axis`` (of all by default), of ``initial`` and of those where ``where`` is true."""
    return _values("min", input, axis, keepdims, initial, where)


def max(input: Tensor, axis: int | None = None, keepdims: bool = False, *, initial: Any = None,
        where: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The greatest element along ``axis`` and its position; without an axis of all elements, and 0 for the position.

    Where ``initial`` is greater, it is the value and the position 0; ``where`` chooses the elements that count.

    >>> from luojia import Tensor
    >>> values, positions = max(Tensor([[1.0, 3.0], [5.0, 2.0]]), 1)
    >>> values.tolist(), positions.tolist()
    ([3.0, 5.0], [1, 0])
    """
    return _pair("max", input, axis, keepdims, initial, where)


def min(input: Tensor, axis: int | None = None, keepdims: bool = False, *, initial: Any = None,
        where: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """As ``max``, for the least element."""
    return _pair("min", input, axis, keepdims, initial, where)
