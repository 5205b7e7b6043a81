"""Tensor's methods with two signatures: MindSpore's older one, and the newer one, with ``dim`` and ``src``."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...core.dtypes import DType, to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from ..compose import placed, reshaped
from ..shape import axis_in
from . import arrange
from .inplace import rows, settle

_REDUCTIONS = (None, "none", "add", "multiply")


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: int | None = None) -> Any:
    """The distinct elements (or slices along ``dim``), sorted; their places and how often they occur if asked for.

    >>> from luojia import Tensor
    >>> unique(Tensor([1, 2, 5, 2]), return_inverse=True)[1].tolist()
    [0, 1, 2, 1]
    """
    values, inverse, counts = np.unique(input.asnumpy(), return_inverse=True, return_counts=True, axis=dim)
    inverse = inverse.reshape(input.shape if dim is None else -1)
    found = [placed(v, input) for v, wanted in ((values, True), (inverse, return_inverse), (counts, return_counts))
             if wanted]
    return found[0] if len(found) == 1 else tuple(found)


def repeat(self: Tensor, *counts: Any, repeats: Any = None, axis: int | None = None) -> Tensor:
    """The Tensor put side by side along each axis as often as ``counts`` says, a number for each.

    With ``axis``, also as a second number below 1, and for one number and more axes than one, each element instead that
    often (along the axis).

    >>> from luojia import Tensor
    >>> repeat(Tensor([[0, 1]]), 2, 2).tolist()
    [[0, 1, 0, 1], [0, 1, 0, 1]]
    """
    given: tuple[Any, ...] = counts if repeats is None else (repeats,)
    if not given:
        raise ArgumentError("Tensor.repeat: give how often, as numbers or a tuple, got nothing.")
    first, *rest = given
    if len(rest) == 1 and isinstance(first, int) and isinstance(rest[0], int) and rest[0] <= 0:
        rest, axis = [], rest[0]  # the older signature: no count is below 1
    single = not rest and isinstance(first, int)
    if axis is not None or single and self.ndim > 1:
        return OP["repeat"](self, repeats=first, axis=axis)
    times: Any = given if rest or single else first
    times = tuple(times.tolist() if isinstance(times, Tensor) else times)
    if len(times) < self.ndim:
        raise ShapeError(f"Tensor.repeat: expected at least {self.ndim} numbers, one for each axis, got {times}.")
    return OP["tile"](self, reps=tuple([int(n) for n in times]))


def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Tensor:
    """Each element ``repeats`` times along ``dim``, of the flattened Tensor by default; a number for each if a list."""
    if isinstance(repeats, (float, str)):
        raise DTypeError(f"repeat_interleave: expected a number of repeats, got {type(repeats).__name__}: {repeats!r}.")
    if isinstance(repeats, (Tensor, list, tuple)):
        counts = repeats.tolist() if isinstance(repeats, Tensor) else list(repeats)
        x = reshaped(input, (-1,)) if dim is None else input
        axis = 0 if dim is None else axis_in(dim, input.ndim, "repeat_interleave")
        counts = counts * x.shape[axis] if len(counts) == 1 else counts
        if len(counts) != x.shape[axis]:
            raise ShapeError(f"repeat_interleave: expected {x.shape[axis]} repeats, one for each place of axis {axis}, "
                             f"got {len(counts)}.")
        out = OP["take"](x, placed(np.repeat(np.arange(x.shape[axis]), counts), x), axis=axis)
    else:
        out = OP["repeat"](input, repeats=repeats, axis=dim)
    if output_size is not None and output_size != out.shape[0 if dim is None else dim]:
        raise ArgumentError(f"repeat_interleave: output_size is {output_size}, but the result has length "
                            f"{out.shape[0 if dim is None else dim]}.")
    return out


def scatter(input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None,
            reduce: str | None = None) -> Tensor:
    """This Tensor with out[i, index[i, j], ...] = src[i, j, ...] along ``dim``, or 'add'ed, or 'multiply'ed by it.

    ``src``, or ``value``, may be one number for all.
    """
    if reduce not in _REDUCTIONS:
        raise ArgumentError(f"scatter: reduce must be one of {_REDUCTIONS}, got {reduce!r}.")
    given = value if src is None else src
    if given is None:
        raise DTypeError("scatter: give src, a Tensor, or value, a number; got neither.")
    if not isinstance(given, Tensor):
        given = placed(np.full(index.shape, given, input.np_dtype), input)
    elif given.np_dtype != input.np_dtype:
        raise DTypeError(f"scatter: src must have the Tensor's dtype {input.dtype}, got {given.dtype}; cast it first, "
                         "as in src.astype(...).")
    if given.ndim != index.ndim or any(n > m for n, m in zip(index.shape, given.shape)):
        raise ShapeError(f"scatter: src must cover the index along every axis, got index {index.shape} and src "
                         f"{given.shape}.")
    axis = axis_in(dim, max(input.ndim, 1), "scatter")
    part = given[tuple([slice(0, n) for n in index.shape])]
    if reduce == "multiply":
        at = np.indices(index.shape)
        at[axis] = index.asnumpy()
        return OP["tensor_scatter_mul"](input, placed(np.moveaxis(at, 0, -1), input), part)
    return OP["scatter_along"](input, index, part, axis=axis, reduction="add" if reduce == "add" else "none")


def scatter_(self: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None,
             reduce: str | None = None) -> Tensor:
    """``scatter`` in place."""
    return settle(self, scatter(self, dim, index, src, value=value, reduce=reduce), "scatter_")


def method_scatter(self: Tensor, dim: Any = None, index: Any = None, src: Any = None, *, axis: Any = None,
                   value: Any = None, reduce: str | None = None) -> Tensor:
    """``scatter`` along ``dim``, which the older signature calls ``axis``."""
    return scatter(self, axis if dim is None else dim, index, src, value=value, reduce=reduce)


def scatter_add(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``scatter_add(dim, index, src)`` adds src along an axis, ``scatter_add(indices, updates)`` slices at places."""
    if len(args) + len(kwargs) == 3:
        given = {**dict(zip(("dim", "index", "src"), args)), **kwargs}
        return scatter(self, **given, reduce="add")
    given = {**dict(zip(("indices", "updates"), args)), **kwargs}
    return OP["tensor_scatter_add"](self, given["indices"], given["updates"])


def index_add(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``index_add(dim, index, source, alpha=1)``, or the older ``index_add(indices, y, axis)``: slices added."""
    if kwargs.keys() & {"indices", "y", "axis"} or args and isinstance(args[0], Tensor):
        given = {**dict(zip(("index", "source", "dim"), args)),
                 **{{"indices": "index", "y": "source", "axis": "dim"}.get(k, k): v for k, v in kwargs.items()}}
    else:
        given = {**dict(zip(("dim", "index", "source"), args)), **kwargs}
    source, alpha = given["source"], given.get("alpha", 1)
    scaled = source if alpha == 1 else source * alpha
    return rows(self, given["dim"], given["index"], scaled, "tensor_scatter_add")


def view(self: Tensor, *shape: Any, dtype: Any = None) -> Tensor:
    """The Tensor in another shape (of values of its own: writing to it leaves this one as it is); or, given a dtype,
    its bytes read as that dtype.

    >>> import luojia as ms
    >>> view(ms.Tensor([1, 258], ms.int16), ms.uint8).tolist()
    [1, 0, 2, 1]
    """
    dtype = shape[0] if len(shape) == 1 and isinstance(shape[0], DType) else dtype
    if dtype is None:
        lengths: Any = shape if len(shape) != 1 or isinstance(shape[0], int) else shape[0]
        lengths = tuple([operator.index(n) for n in lengths])
        if not shape or lengths and min(lengths) < -1:
            raise ArgumentError("Tensor.view: give lengths of at least -1, which stands for what remains, got "
                                f"{shape}.")
        return OP["reshape"](self, shape=lengths)
    kind, values = to_np(dtype), np.ascontiguousarray(self.asnumpy())
    length = values.shape[-1] * values.itemsize if values.ndim else values.itemsize
    if length % kind.itemsize:
        raise ShapeError(f"Tensor.view: the last axis of {self.shape} {self.dtype} does not divide into {dtype}.")
    bits = values.view(kind)
    return placed(bits.reshape(self.shape) if kind.itemsize == values.itemsize else bits, self)


def argsort(self: Tensor, axis: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that sort the elements along ``axis``; equal elements keep their order."""
    return OP["argsort_stable"](self, axis=axis, descending=descending, dtype="int32")


def sort(self: Tensor, axis: int = -1, descending: bool = False, stable: bool = False) -> tuple[Tensor, Tensor]:
    """The elements sorted along ``axis``, and where they came from; equal elements keep their order."""
    return OP["sort_with_index"](self, axis=axis, descending=descending)


def diag(self: Tensor, diagonal: int = 0) -> Tensor:
    """A Tensor of axes twice as many with this one on its diagonal; with a ``diagonal`` other than 0 the matrix with a
    vector on that one, or that of a matrix."""
    if not diagonal:
        return arrange.diag(self)
    return OP["make_diagonal" if self.ndim == 1 else "diagonal"](self, offset=diagonal)
