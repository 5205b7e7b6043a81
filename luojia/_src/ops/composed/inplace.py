"""Tensor methods that give the Tensor itself another value: ``x.add_(y)``.

What was computed from x before keeps the old value, what follows sees the new one, and in a recorded computation the
gradient passes through, as for ``x[index] = value``. The result must have the Tensor's shape and fit its dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.given import is_operand
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from ..compose import placed, reshaped, scaled
from ..shape import axis_in
from .queries import fill_diagonal
from .settle import settle


def _by(name: str, function: Callable) -> Callable:
    def method(self: Tensor) -> Tensor:
        return settle(self, function(self), name)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"``{name[:-1]}`` in place: {(function.__doc__ or '').strip().partition(chr(10))[0]}"
    return method


exp_, log_, sigmoid_, tanh_, sign_, floor_, erfinv_, relu_, zero_ = [
    _by(f"{n}_", OP[o]) for n, o in {**{n: n for n in "exp log sigmoid tanh sign floor erfinv relu".split()},
                                     "zero": "zeros_like"}.items()]


def _operand(other: Any, name: str) -> Any:
    """A Tensor or a number, which an in-place method takes."""
    if not is_operand(other) and not isinstance(other, (bool, int, float, complex, np.generic)):
        raise DTypeError(f"Tensor.{name}: expected a Tensor or a number, got {type(other).__name__}; wrap it first, as "
                         "in Tensor(...).")
    return other


def _with(name: str, operator: str) -> Callable:
    def method(self: Tensor, other: Any) -> Tensor:
        _operand(other, name)
        return settle(self, OP[operator](self, other), name)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"``{operator}`` with another Tensor or number, in place."
    return method


mul_, floor_divide_, remainder_ = _with("mul_", "multiply"), _with("floor_divide_", "floor_divide"), _with(
    "remainder_", "mod")


def add_(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """Add alpha other, in place."""
    return settle(self, self + scaled(self, _operand(other, "add_"), alpha, "add_"), "add_")


def sub_(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """Subtract alpha other, in place."""
    return settle(self, self - scaled(self, _operand(other, "sub_"), alpha, "sub_"), "sub_")


def div_(self: Tensor, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Divide by other, in place; ``rounding_mode`` 'floor' or 'trunc' rounds the quotient."""
    if rounding_mode not in (None, "floor", "trunc"):
        raise ArgumentError(f"Tensor.div_: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}.")
    _operand(other, "div_")
    out = self / other if rounding_mode is None else OP["divide_rounding"](self, other, rounding_mode=rounding_mode)
    return settle(self, out, "div_")


def addmm_(self: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta self + alpha mat1 @ mat2, in place."""
    return settle(self, OP["add_matmul"](self, mat1, mat2, beta=beta, alpha=alpha), "addmm_")


def clamp_(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Elements below ``min`` raised to it and those above ``max`` lowered to it, in place."""
    if min is None and max is None:
        raise ArgumentError("Tensor.clamp_: give min, max or both.")
    out = self if min is None else OP["maximum"](self, min)
    return settle(self, out if max is None else OP["minimum"](out, max), "clamp_")


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """The elements of ``src``, broadcast and in this Tensor's dtype."""
    value = OP["broadcast_to"](OP["cast"](src, dtype=self.np_dtype), shape=self.shape)
    return settle(self, value, "copy_")


def fill_(self: Tensor, value: Any) -> Tensor:
    """``value`` everywhere, a number or a Tensor of one element."""
    if isinstance(value, Tensor):
        return copy_(self, reshaped(value, (1,) * self.ndim))
    return settle(self, OP["filled_like"](self, value=_operand(value, "fill_")), "fill_")


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """``fill_value`` on the main diagonal, in place; see ``fill_diagonal``."""
    return settle(self, fill_diagonal(self, fill_value, wrap), "fill_diagonal_")


# -- parts -------------------------------------------------------------------------------------------------------------


def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` where ``mask`` is true, in place."""
    return settle(self, OP["where"](mask, value, self), "masked_fill_")


def masked_scatter(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of ``source``, in order, where ``mask`` is true, and this Tensor's elsewhere.

    >>> from luojia import Tensor
    >>> masked_scatter(Tensor([1, 2, 3]), Tensor([True, False, True]), Tensor([7, 8])).tolist()
    [7, 2, 8]
    """
    if mask.np_dtype.name not in ("bool", "uint8"):
        raise DTypeError(f"Tensor.masked_scatter: the mask must be of Bool or UInt8, got {mask.dtype}.")
    shape = np.broadcast_shapes(mask.shape, self.shape)
    self = self if shape == self.shape else OP["broadcast_to"](self, shape=shape)
    where = np.flatnonzero(np.broadcast_to(mask.asnumpy(), shape))
    if where.size > source.size:
        raise ShapeError(f"Tensor.masked_scatter: the mask chooses {where.size} elements, source has {source.size}.")
    flat = OP["tensor_scatter_update"](reshaped(self, (-1,)), placed(where[:, None], self),
                                       reshaped(source, (-1,))[: where.size])
    return reshaped(flat, self.shape)


def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """``masked_scatter`` in place."""
    return settle(self, masked_scatter(self, mask, source), "masked_scatter_")


def rows(self: Tensor, dim: int, index: Tensor, source: Tensor, operator: str) -> Tensor:
    axis = axis_in(dim, self.ndim, "index")
    moved = OP["moveaxis"](self, source=axis, destination=0)
    parts = OP["moveaxis"](source, source=axis, destination=0)
    out = OP[operator](moved, OP["expand_dims"](index, axis=-1), parts)
    return OP["moveaxis"](out, source=0, destination=axis)


def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """alpha times the slices of ``source`` added to those at ``index`` along ``dim``, in place."""
    scaled = source if alpha == 1 else source * alpha
    return settle(self, rows(self, dim, index, scaled, "tensor_scatter_add"), "index_add_")


def index_copy_(self: Tensor, dim: int, index: Tensor, tensor: Tensor) -> Tensor:
    """The slices of ``tensor`` in the place of those at ``index`` along ``dim``."""
    return settle(self, rows(self, dim, index, tensor, "tensor_scatter_update"), "index_copy_")


def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """``value`` in the slices at ``index`` along ``dim``, in place."""
    value = value.item() if isinstance(value, Tensor) else value
    return settle(self, OP["index_fill"](self, index, axis=dim, value=value), "index_fill_")


def _places(self: Tensor, indices: Any) -> np.ndarray:
    """The flat positions that a tuple of index Tensors names."""
    arrays = tuple([i.asnumpy() for i in indices])
    return np.arange(self.size).reshape(self.shape)[arrays]


def index_put(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``values`` at the places that a tuple of index Tensors names, one for each of the first axes.

    Written, or with ``accumulate`` added: places that are named twice get both.
    """
    if values.np_dtype != self.np_dtype:
        raise DTypeError(f"Tensor.index_put: the values must have the Tensor's dtype {self.dtype}, got {values.dtype}; "
                         "cast them first, as in values.astype(...).")
    at = _places(self, indices)
    spread = reshaped(OP["broadcast_to"](values, shape=at.shape), (-1,))
    operator = OP["tensor_scatter_add" if accumulate else "tensor_scatter_update"]
    flat = operator(reshaped(self, (-1,)), placed(at.reshape(-1, 1), self), OP["cast"](spread, dtype=self.np_dtype))
    return reshaped(flat, self.shape)


def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``index_put`` in place."""
    return settle(self, index_put(self, indices, values, accumulate), "index_put_")


def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """The elements of ``source`` at positions ``index`` of the flattened Tensor, written or added."""
    flat = index_put(reshaped(self, (-1,)), (reshaped(index, (-1,)),), reshaped(source, (-1,)), accumulate)
    return settle(self, reshaped(flat, self.shape), "put_")


def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """self[i, index[i, j], ...] += src[i, j, ...] along ``dim``."""
    from .overloaded import scatter  # which imports this module

    return settle(self, scatter(self, dim, index, src, reduce="add"), "scatter_add_")
