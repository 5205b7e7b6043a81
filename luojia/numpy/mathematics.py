"""Reductions, products and derivatives that take more than one operator, under mindspore.numpy's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import DType, from_np, promote, to_np
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, NotSupportedError
from .._src.ops import compose
from .._src.ops.compose import floating
from .._src.ops.shape import axis_in
from .convert import alike, cast, counting, host, single, tensor, tensors
from .creation import asarray
from .table import make

_table = make("luojia.numpy")


def _axis(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The sum over ``axis``, plus ``initial``; of integers and booleans, int64.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    Tensor(shape=[2], dtype=Float32, value= [ 4.00000000e+00,  6.00000000e+00])
    """
    out = OPERATORS["sum"](tensor(a, "sum"), axis=_axis(axis), keepdims=keepdims,
                           dtype=None if dtype is None else to_np(dtype))
    return out if initial is None else out + initial


def _extremum(name: str, public: str, worst: float) -> Callable:
    def extremum(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Tensor:
        a = tensor(a, public)
        if where is not True:
            if initial is None:
                raise ArgumentError(f"{public}: initial value must be provided for where masks")
            limit = worst if a.np_dtype.kind == "f" else getattr(np.iinfo(a.np_dtype), "max" if worst > 0 else "min")
            a = OPERATORS["where"](tensor(where, public), a, OPERATORS["filled_like"](a, value=limit))
        out = OPERATORS[name](a, axis=_axis(axis), keepdims=keepdims)
        return out if initial is None else OPERATORS[f"{name}imum"](out, initial)

    extremum.__name__ = extremum.__qualname__ = public
    extremum.__doc__ = f"The {name}imum over ``axis``, and ``initial``, of the elements where ``where`` is true."
    return extremum


max, amax = _extremum("max", "max", -np.inf), _extremum("max", "amax", -np.inf)
min, amin = _extremum("min", "min", np.inf), _extremum("min", "amin", np.inf)


def _nan(name: str) -> Callable:
    operator = f"nan{name}"

    def reduction(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
        a = tensor(a, operator)
        if name != "mean" and a.np_dtype.kind in "iu":  # nothing is missing among integers
            out = OPERATORS[name](a, axis=_axis(axis), keepdims=keepdims)
            return cast(out, dtype or a.dtype)
        a = single(a) if name == "mean" else floating(a)
        return cast(OPERATORS[operator](a, axis=_axis(axis), keepdims=keepdims), dtype)

    reduction.__name__ = reduction.__qualname__ = operator
    reduction.__doc__ = f"The {name} over ``axis``, nan left out."
    return reduction


def copysign(x1: Any, x2: Any, dtype: Any = None) -> Tensor:
    """The elements of x1 with the signs of those of x2, in the dtype of x1."""
    x1, x2 = tensor(x1, "copysign"), tensor(x2, "copysign")
    return cast(OPERATORS["copysign"](x1, x2), dtype or x1.np_dtype)


def exp2(x: Any, dtype: Any = None) -> Tensor:
    """2^x; of integers in their dtype, rounded down."""
    x = tensor(x, "exp2")
    kind = x.np_dtype.kind
    found = OPERATORS["exp2"](floating(x))
    return cast(cast(found, x.np_dtype if kind != "b" else np.int64) if kind in "biu" else found, dtype)


def _nan_spread(name: str) -> Callable:
    operator = f"nan{name}"

    def reduction(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
        a = single(tensor(a, operator))
        return cast(OPERATORS[operator](a, axis=_axis(axis), ddof=ddof, keepdims=keepdims), dtype)

    reduction.__name__ = reduction.__qualname__ = operator
    reduction.__doc__ = f"The {'variance' if name == 'var' else 'standard deviation'} over ``axis``, nan left out."
    return reduction


nanmax, nanmin, nanmean, nansum = map(_nan, ("max", "min", "mean", "sum"))
nanvar, nanstd = map(_nan_spread, ("var", "std"))


def _running(operator: str, public: str) -> Callable:
    def running(a: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
        a = tensor(a, public)
        if a.np_dtype.kind in "bi":
            a = counting(a)
        elif a.np_dtype.kind == "u" and a.np_dtype.itemsize < 4:
            a = OPERATORS["cast"](a, dtype=np.dtype(np.uint32 if public == "cumprod" else np.int32))
        if axis is None:
            a, axis = compose.reshaped(a, -1), 0
        return OPERATORS[operator](a, axis=axis, dtype=None if dtype is None else to_np(dtype))

    running.__name__ = running.__qualname__ = public
    running.__doc__ = f"The running {'product' if public == 'cumprod' else 'sum'} along ``axis``, flattened if None."
    return running


cumsum, cumprod = _running("cumsum", "cumsum"), _running("cumulative_product", "cumprod")
nancumsum = _running("nancumsum", "nancumsum")


def average(x: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """sum(weights x) / sum(weights) over ``axis``; with ``returned`` also the sum of the weights."""
    x = tensor(x, "average")
    if weights is None and not returned:
        return OPERATORS["mean"](x, axis=_axis(axis))
    x = floating(x)
    return OPERATORS["average"](x, None if weights is None else cast(tensor(weights, "average"), x.np_dtype),
                                axis=_axis(axis), returned=returned)


def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
        aweights: Any = None, dtype: Any = None) -> Tensor:
    """The covariance matrix of variables, which are the rows of m and y, or with ``rowvar`` false the columns."""
    m, y = single(tensor(m, "cov")), None if y is None else single(tensor(y, "cov"))
    often = None if fweights is None else tuple(host(fweights).reshape(-1).tolist())
    much = None if aweights is None else cast(tensor(aweights, "cov"), m.np_dtype)
    return cast(OPERATORS["cov"](m, y, much, rowvar=rowvar, bias=bias, ddof=ddof, fweights=often), dtype)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, dtype: Any = None) -> Tensor:
    """The matrix of correlation coefficients of the variables in the rows of x and y."""
    x, y = single(tensor(x, "corrcoef")), None if y is None else single(tensor(y, "corrcoef"))
    return cast(OPERATORS["corrcoef"](x, y, rowvar=rowvar), dtype)


def divmod(x1: Any, x2: Any, dtype: Any = None) -> tuple[Tensor, Tensor]:
    """``floor_divide`` and ``mod`` at once."""
    return _table["floor_divide"](x1, x2, dtype), _table["mod"](x1, x2, dtype)


def clip(x: Any, xmin: Any, xmax: Any, dtype: Any = None) -> Tensor:
    """x between ``xmin`` and ``xmax``, in the dtype of x; None leaves an end open. The derivative at an end is 1/2."""
    x = tensor(x, "clip")
    low, high = (None if v is None else cast(tensor(v, "clip"), x.np_dtype) for v in (xmin, xmax))
    return cast(OPERATORS["clip_between"](x, low, high, at_bound=0.5), dtype)


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """The differences of neighbours along ``axis``, ``n`` times over, after joining ``prepend`` and ``append``."""
    before, after = (None if v is None else tensor(v, "diff's ends") for v in (prepend, append))
    return compose.differences(tensor(a, "diff"), n, axis, before, after)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Tensor:
    """The differences of neighbours in the flattened array, between ``to_begin`` and ``to_end``."""
    middle = OPERATORS["diff"](compose.reshaped(tensor(ary, "ediff1d"), -1))
    ends = [None if v is None else compose.reshaped(tensor(v, "ediff1d's ends"), -1) for v in (to_begin, to_end)]
    return compose.joined([p for p in (ends[0], middle, ends[1]) if p is not None])


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The derivatives of sampled f along its axes, by central differences; one spacing for all axes or one for each.

    Raises:
        NotSupportedError: coordinates in the place of a spacing.
    """
    for h in varargs:
        if np.ndim(h.asnumpy() if isinstance(h, Tensor) else h):
            raise NotSupportedError("gradient: coordinates are not supported; give the spacing as a number.")
    f = single(tensor(f, "gradient"))
    return compose.gradient(f, [float(h) for h in varargs], _axis(axis), edge_order)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Tensor:
    """The piecewise linear function through the points (xp, fp), xp increasing, at x; ``left`` and ``right`` outside.

    >>> interp([0.0, 1.5], [1, 2], [3, 5])
    Tensor(shape=[2], dtype=Float32, value= [ 3.00000000e+00,  4.00000000e+00])
    """
    x, points, values = (single(tensor(v, "interp")) for v in (x, xp, fp))
    left, right = (None if v is None else float(v) for v in (left, right))
    return OPERATORS["interp"](x, points, values, left=left, right=right)


def reciprocal(x: Any, dtype: Any = None) -> Tensor:
    """1 / x; of integers, rounded down."""
    x = tensor(x, "reciprocal")
    x = cast(x, np.int64) if x.np_dtype.kind == "b" else x
    return cast(1 // x if x.np_dtype.kind in "iu" else OPERATORS["reciprocal"](x), dtype)


def dot(a: Any, b: Any) -> Tensor:
    """The sum over the last axis of a and the last but one of b (the only one of a vector); with a number, a b."""
    a, b = tensor(a, "dot"), tensor(b, "dot")
    alike("dot", a, b)
    return OPERATORS["dot"](a, b)


def matmul(x1: Any, x2: Any, dtype: Any = None) -> Tensor:
    """The matrix product over the last two axes, broadcast over the others."""
    x1, x2 = tensor(x1, "matmul"), tensor(x2, "matmul")
    alike("matmul", x1, x2)
    return cast(OPERATORS["matmul"](x1, x2), dtype)


def multi_dot(arrays: Any) -> Tensor:
    """The matrix product of two or more arrays."""
    return OPERATORS["multi_dot"](*tensors(arrays, "multi_dot"))


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """The sum of a diagonal over two axes; of integers, int64."""
    diagonal = OPERATORS["diagonal"](tensor(a, "trace"), offset=offset, axis1=axis1, axis2=axis2)
    return sum(diagonal, -1, dtype)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors along ``axis``; of a matrix (or the matrices in two axes) for ``ord`` a matrix norm.

    ``ord`` of vectors: a number, inf or -inf; of matrices: 'fro', 1, -1, inf or -inf. By default the square root of
    the sum of squares.

    Raises:
        NotSupportedError: the matrix norms that take singular values: 2, -2 and 'nuc'.
    """
    x = single(tensor(x, "norm"))
    axis = _axis(axis)
    if ord is None or ord == "fro":
        return OPERATORS["norm"](x, axis=axis, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis
    if isinstance(axes, tuple) and len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    return OPERATORS["norm"](x, ord=ord, axis=axes if axis is not None else None, keepdims=keepdims)


def _matrix_norm(x: Tensor, ord: Any, axes: tuple, keepdims: bool) -> Tensor:
    """The greatest (least, for -1 and -inf) sum of absolute values over columns (1) or rows (inf)."""
    if ord not in (1, -1, np.inf, -np.inf):
        if ord not in (2, -2, "nuc"):
            raise ArgumentError(f"norm: invalid norm order for matrices: {ord!r}.")
        raise NotSupportedError(f"norm: the matrix norm {ord!r} takes singular values, which is not supported; use "
                                "'fro', 1, -1, inf or -inf.")
    rows, columns = axes if ord in (1, -1) else axes[::-1]
    sums = OPERATORS["sum"](OPERATORS["abs"](x), axis=rows, keepdims=True)
    found = OPERATORS["max" if ord > 0 else "min"](sums, axis=columns, keepdims=True)
    return found if keepdims else OPERATORS["squeeze"](found, axis=axes)


def size(a: Any, axis: int | None = None) -> int:
    """The number of elements, or the length of an axis."""
    a = tensor(a, "size")
    return a.size if axis is None else a.shape[axis_in(axis, a.ndim, "size")]


def array_str(a: Any) -> str:
    """The elements as text."""
    return str(tensor(a, "array_str"))


def isscalar(element: Any) -> bool:
    """Whether ``element`` is a number, a boolean or a string of Python's."""
    return isinstance(element, (bool, int, float, complex, str))


def promote_types(type1: Any, type2: Any) -> DType:
    """The dtype of a sum of arrays of two dtypes."""
    return from_np(promote(to_np(type1), to_np(type2)))


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype of a sum of these arrays and dtypes."""
    found = None
    for t in arrays_and_dtypes:
        named = isinstance(t, (DType, str, type, np.dtype))
        dtype = to_np(t) if named else asarray(t).np_dtype
        found = dtype if found is None else promote(found, dtype)
    return from_np(found)


__all__ = [
    "amax", "amin", "array_str", "average", "clip", "copysign", "corrcoef", "cov", "cumprod", "cumsum", "diff",
    "divmod", "dot", "ediff1d", "exp2", "gradient", "interp", "isscalar", "matmul", "max", "min", "multi_dot",
    "nancumsum", "nanmax", "nanmean", "nanmin", "nanstd", "nansum", "nanvar", "norm", "promote_types", "reciprocal",
    "result_type", "size", "sum", "trace",
]
