"""The functions of mint that rename arguments or choose between operators; dimensions are called ``dim``."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from .._src.core.dtypes import to_np
from .._src.core.op import OPERATORS as OP
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Tensor
from .._src.ops.compose import placed, scaled
from .._src.ops.composed import inplace, linear, overloaded, queries
from .._src.ops.shape import axis_in
from .creation import _cast

_slice = builtins.slice
repeat_interleave, scatter, unique = overloaded.repeat_interleave, overloaded.scatter, overloaded.unique


def _axes(dim: Any) -> Any:
    return tuple(dim) or None if isinstance(dim, (tuple, list)) else dim


def _named(dtype: Any) -> Any:
    return None if dtype is None else to_np(dtype)


def of_numbers(function: Callable) -> Callable:
    """The function, which for an input without axes is that of a vector of one element."""
    def whole(found: Any) -> Any:
        if isinstance(found, tuple):
            return tuple([whole(f) for f in found])
        return OP["reshape"](found, shape=()) if isinstance(found, Tensor) and found.ndim else found

    @functools.wraps(function)
    def called(input: Any, *args: Any, **kwargs: Any) -> Any:
        if input.__class__ is Tensor and not input._value.ndim and not (args and isinstance(args[0], Tensor)):
            args = tuple([OP["reshape"](a, shape=(1,)) if isinstance(a, Tensor) and not a.ndim else a for a in args])
            return whole(function(OP["reshape"](input, shape=(1,)), *args, **kwargs))
        return function(input, *args, **kwargs)

    return called


def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input + alpha other."""
    return OP["add"](input, scaled(input, other, alpha, "mint.add"))


def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input - alpha other."""
    return OP["subtract"](input, scaled(input, other, alpha, "mint.sub"))


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Elements below ``min`` raised to it, those above ``max`` lowered to it."""
    if min is None and max is None:
        raise ArgumentError("mint.clamp: give min, max or both.")
    return ops.clamp(input, min, max)


clip = clamp


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """``input`` where ``condition`` is true, else ``other``; without them the places where it is true, axis by axis."""
    return nonzero(condition, as_tuple=True) if input is None and other is None else OP["where"](
        condition, input, other)


def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None,
               neginf: float | None = None) -> Tensor:
    """nan replaced by ``nan`` (0), infinities by the given numbers, or the greatest and the least of the dtype."""
    return ops.nan_to_num(input, 0.0 if nan is None else nan, posinf, neginf)


# -- reductions --------------------------------------------------------------------------------------------------------


def _reduction(name: str, operator: str) -> Callable:
    def function(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
        return OP[operator](input, axis=_axes(dim), keepdims=keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (OP[operator].__doc__ or "").replace("``axis``", "``dim``")
    return function


all, any = _reduction("all", "all"), _reduction("any", "any")


def amax(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The maximum over ``dim``, of all elements by default; its gradient is split among those that tie."""
    return OP["max"](input, axis=_axes(dim), keepdims=keepdim)


def amin(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The minimum over ``dim``, of all elements by default; its gradient is split among those that tie."""
    return OP["min"](input, axis=_axes(dim), keepdims=keepdim)



def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over ``dim``, in ``dtype``."""
    return OP["sum"](input, axis=_axes(dim), keepdims=keepdim, dtype=_named(dtype))


def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over ``dim``."""
    return OP["mean"](_cast(input, dtype), axis=_axes(dim), keepdims=keepdim)


def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over ``dim`` of what is a number, in ``dtype``.

    >>> nansum(Tensor([[1.0, float("nan")], [2.0, 3.0]]), 0).tolist()
    [3.0, 3.0]
    """
    return OP["nansum"](input, axis=_axes(dim), keepdims=keepdim, dtype=_named(dtype))


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest number with ``decimals`` digits; a half goes to the even one."""
    return OP["round"](input, decimals=decimals)


def item(input: Tensor) -> Any:
    """The one element of a Tensor as a Python number."""
    return input.item()


def prod(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product over ``dim``."""
    return OP["prod"](input, axis=_axes(dim), keepdims=keepdim, dtype=_named(dtype))


def var(input: Tensor, dim: Any = None, *, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The variance over ``dim``, with the divisor n - correction."""
    return OP["var"](input, axis=_axes(dim), ddof=correction, keepdims=keepdim)


def std(input: Tensor, dim: Any = None, *, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The standard deviation over ``dim``, with the divisor n - correction."""
    return OP["std"](input, axis=_axes(dim), ddof=correction, keepdims=keepdim)


def var_mean(input: Tensor, dim: Any = None, *, correction: int = 1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """(variance, mean) over ``dim``."""
    return var(input, dim, correction=correction, keepdim=keepdim), mean(input, dim, keepdim)


def std_mean(input: Tensor, dim: Any = None, *, correction: int = 1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """(standard deviation, mean) over ``dim``."""
    return std(input, dim, correction=correction, keepdim=keepdim), mean(input, dim, keepdim)


def _extremum(name: str) -> Callable:
    def function(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        other = dim if isinstance(dim, (Tensor, float)) else other
        if other is not None:
            return OP[f"{name}imum"](input, other)
        if dim is None:
            return OP[name](input)
        return OP[f"{name}_with_index"](input, axis=dim, keepdims=keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (f"The {name}imum of all elements; with ``dim`` the pair (values, positions) along it; with a "
                        f"second Tensor the elementwise {name}imum.")
    return function


max, min = _extremum("max"), _extremum("min")


def _position(name: str) -> Callable:
    def function(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        return OP[name](input, axis=dim, keepdims=keepdim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (OP[name].__doc__ or "").replace("``axis``", "``dim``")
    return function


argmax, argmin = _position("argmax"), _position("argmin")


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median of all elements, or the pair (values, positions) along ``dim``."""
    if dim is None:
        return OP["median_with_index"](OP["reshape"](input, shape=(-1,)), axis=0)[0]
    return OP["median_with_index"](input, axis=dim, keepdims=keepdim)


def cummin(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """The minimum of the elements up to each along ``dim``, and its position, Int64."""
    values, positions = OP["cummin"](input, axis=dim)
    return values, OP["cast"](positions, dtype="int64")


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal, Int64 for whole numbers."""
    return OP["trace"](OP["cast"](input, dtype="int64") if input.np_dtype.kind in "biu" else input)


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0, Int64."""
    return OP["cast"](OP["count_nonzero"](input, axis=_axes(dim)), dtype="int64")


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The places (n, ndim) of the elements that are not 0, or a vector of them for each axis, Int64."""
    values = input.asnumpy()
    if not values.ndim:  # the one place, which needs no coordinates, or none
        return () if as_tuple else placed(np.zeros((int(values != 0), 0), np.int64), input)
    found = np.nonzero(values)
    if as_tuple:
        return tuple([placed(f, input) for f in found])
    return placed(np.stack(found, -1), input)


def meshgrid(*tensors: Any, indexing: str | None = None) -> Any:
    """Coordinates of the grid of vectors, one Tensor for each; the first vector runs along the first axis ('ij')."""
    return ops.meshgrid(*tensors, indexing=indexing or "ij")


def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The p-norm over ``dim``, of all elements by default; 'fro' is 2."""
    if isinstance(p, str) and p not in ("nuc", "fro"):
        raise ArgumentError(f"For `norm`, the value of `p` must be one of [int, float, inf, -inf, 'fro', 'nuc'] but "
                            f"got `{p}`.")
    if p == "nuc":
        return linear.matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return linear.smooth_norm(input, 2 if p == "fro" else p, _axes(dim), keepdim, dtype=dtype)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number from 0 on occurs, Int64, or the sums of its ``weights``."""
    if weights is not None and weights.np_dtype.kind == "f":
        return ops.bincount(input, weights, minlength)
    found = np.bincount(input.asnumpy(), None if weights is None else weights.asnumpy(), minlength)
    return placed(found.astype(np.int64 if weights is None else weights.np_dtype), input)


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of ``bins`` equal parts from ``min`` to ``max``, or of what the elements span."""
    return _cast(ops.histc(input, bins, float(min), float(max)), input.dtype)


# -- order -------------------------------------------------------------------------------------------------------------


def sort(input: Tensor, *, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Tensor, Tensor]:
    """The elements sorted along ``dim``, and where they came from, Int64; equal elements keep their order."""
    values, at = OP["sort_with_index"](input, axis=dim, descending=descending)
    return values, OP["cast"](at, dtype="int64")


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that sort the elements along ``dim``, Int64."""
    return OP["argsort_stable"](input, axis=dim, descending=descending)


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The ``k`` greatest (or least) elements along ``dim``, and their positions, Int64."""
    return OP["topk"](input, k=k, axis=dim, largest=largest, dtype="int64")


def searchsorted(sorted_sequence: Tensor, values: Any, *, out_int32: bool = False, right: bool = False,
                 side: str | None = None, sorter: Tensor | None = None) -> Tensor:
    """Where each value would be inserted in its sorted row, before equal ones, or after them if ``right``."""
    if side not in (None, "left", "right") or side == "left" and right:
        raise ArgumentError(f"mint.searchsorted: side must be 'left' or 'right' and agree with right, got {side!r}.")
    rows = sorted_sequence if sorter is None else OP["take_along"](sorted_sequence, sorter, axis=-1)
    given = values if isinstance(values, Tensor) else placed(np.asarray(values, rows.np_dtype), rows)
    return OP["search_sorted"](rows, given, right=right or side == "right", dtype="int32" if out_int32 else "int64")


# -- shapes ------------------------------------------------------------------------------------------------------------


def cat(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors joined along ``dim``.

    >>> from luojia import Tensor
    >>> cat([Tensor([1]), Tensor([2])]).tolist()
    [1, 2]
    """
    return ops.cat(_several("cat", tensors), dim)


concat = cat


def _several(name: str, tensors: Any) -> list:
    if not isinstance(tensors, (list, tuple)):
        raise DTypeError(f"For 'mint.{name}', tensors must be a tuple or list of Tensors, but got "
                         f"{type(tensors).__name__}.")
    if not tensors:
        raise ArgumentError(f"For 'mint.{name}', expected at least one Tensor, got none.")
    return list(tensors)


def stack(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new ``dim``."""
    return ops.stack(_several("stack", tensors), dim)


def hstack(tensors: Any) -> Tensor:
    """Tensors joined along their second axis (vectors along their only one)."""
    return ops.hstack(list(tensors))


def dstack(tensors: Any) -> Tensor:
    """Tensors joined along their third axis."""
    return ops.dstack(list(tensors))


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple:
    """At most ``chunks`` pieces along ``dim``, all but the last equally long."""
    if chunks < 1:
        raise ArgumentError(f"For 'chunk', chunks should be greater than 0, but got {chunks}")
    return tuple(ops.chunk(input, chunks, dim))


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple:
    """Pieces of a length along ``dim``, or of the lengths in a list."""
    return tuple(ops.split(tensor, split_size_or_sections, dim))


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """The Tensor without its axes of length 1, or those of them that ``dim`` names."""
    if dim is None:
        return OP["squeeze"](input, axis=None)
    dims = [axis_in(d, input.ndim, "squeeze") for d in ((dim,) if isinstance(dim, int) else dim)]
    kept = tuple([d for d in dims if input.shape[d] == 1])
    return OP["squeeze"](input, axis=kept) if kept else OP["identity"](input)


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """The elements moved along ``dims``, the last to the front; of the flattened Tensor by default."""
    if dims is None:
        return OP["reshape"](OP["roll"](OP["reshape"](input, shape=(-1,)), shift=shifts, axis=0), shape=input.shape)
    for shift, dim in zip(*[(v,) if isinstance(v, int) else v for v in (shifts, dims)]):
        input = OP["roll"](input, shift=shift, axis=dim)
    return input


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A matrix with a vector as its diagonal, or the diagonal of a matrix."""
    if input.ndim not in (1, 2):
        raise ShapeError(f"For diag, the shape of input must 1 or 2, but got {input.ndim}.")
    return OP["make_diagonal"](input, offset=diagonal) if input.ndim == 1 else OP["diagonal"](input, offset=diagonal)


def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None,
         append: Tensor | None = None) -> Tensor:
    """The differences of neighbours along ``dim``, ``n`` times over."""
    return ops.diff(input, n, dim, prepend, append)


# -- parts -------------------------------------------------------------------------------------------------------------


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along ``dim`` at ``index``."""
    return OP["take"](input, index, axis=dim, mode="raise")


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """``input`` with alpha times the slices of ``source`` added to those at ``index`` along ``dim``."""
    return inplace.rows(input, dim, index, source if alpha == 1 else source * alpha, "tensor_scatter_add")


def _triangle(name: str) -> Callable:
    def function(input: Tensor, diagonal: int = 0) -> Tensor:
        if input.ndim < 2:
            raise ShapeError(f"For '{name}', the input's rank must be greater than or equal to 2, but got "
                             f"{input.ndim}.")
        return OP[name](input, k=diagonal)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = OP[name].__doc__
    return function


tril, triu = _triangle("tril"), _triangle("triu")


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The axes from ``start_dim`` to ``end_dim`` joined into one."""
    n = builtins.max(input.ndim, 1)
    if axis_in(start_dim, n, "flatten") > axis_in(end_dim, n, "flatten"):
        raise ArgumentError("For 'flatten', 'start_dim' cannot come after 'end_dim'.")
    return OP["flatten"](input, start_dim=start_dim, end_dim=end_dim)


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """``length`` places along ``dim`` from ``start`` on, which may count from the end."""
    n = input.shape[axis_in(dim, input.ndim, "narrow")]
    if not -n <= start <= n:
        raise ArgumentError(f"For 'narrow', start should be in [-{n}, {n}], but got {start}.")
    return OP["narrow"](input, axis=dim, start=start + n if start < 0 else start, length=length)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross product of vectors of length 3 along ``dim``, the first axis of that length; others broadcast."""
    shape = np.broadcast_shapes(input.shape, other.shape)
    both = [x if x.shape == shape else OP["broadcast_to"](x, shape=shape) for x in (input, other)]
    return ops.cross(both[0], both[1], dim)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice at ``index`` along ``dim``, without that axis."""
    return input[(_slice(None),) * (dim % input.ndim) + (index,)]


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """``input`` with src added at the places that ``index`` names along ``dim``."""
    return overloaded.scatter(input, dim, index, src, reduce="add")


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The ``k``-th least element along ``dim``, counted from 1, and its position."""
    return queries.kthvalue(input, k, dim, keepdim)


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether |input - other| <= atol + rtol |other| everywhere."""
    return queries.allclose(input, other, rtol, atol, equal_nan)


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two Tensors have one shape and the same elements."""
    return input.shape == other.shape and bool(OP["all"](OP["equal"](input, other)).asnumpy())


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norms of the differences of each row of x1 and each of x2."""
    return ops.cdist(x1, x2, float(p))


__all__ = [n for n, f in list(globals().items())  # pyright: ignore[reportUnsupportedDunderAll] - all that is public
           if n[0] != "_" and n != "of_numbers" and getattr(f, "__module__", "") in (__name__, overloaded.__name__)]
