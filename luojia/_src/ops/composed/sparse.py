"""Functions of COOTensor and CSRTensor: unary ones on the values, sums, products, and ways to dense Tensors and back.

Where values stand is found on the host; the values themselves are computed by operators, so gradients pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from ..compose import common, placed
from .sparse_tensor import COOTensor, CSRTensor, RowTensor, SparseTensor


def _demand(name: str, x: Any, kind: type) -> Any:
    if not isinstance(x, kind):
        raise DTypeError(f"For functional operator {name}, input argument must be a {kind.__name__}, got "
                         f"{type(x).__name__}.")
    return x


def _coordinates(x: Any) -> np.ndarray:
    """The places of a sparse tensor's values as rows (n, 2), of a RowTensor (n, 1)."""
    if isinstance(x, CSRTensor):
        return np.stack([_rows(x.indptr), x.indices.asnumpy()], 1)
    return x.indices.asnumpy().reshape(len(x.indices), -1)


def _rows(indptr: Tensor) -> np.ndarray:
    """The row of each value."""
    lengths = np.diff(indptr.asnumpy())
    return np.repeat(np.arange(len(lengths)), lengths).astype(indptr.np_dtype)


def _spread(values: Tensor, at: np.ndarray, shape: tuple) -> Tensor:
    """Zeros of ``shape`` with ``values`` added at the rows of ``at``."""
    zeros = placed(np.zeros(shape, values.np_dtype), values)
    return OP["tensor_scatter_add"](zeros, placed(at, values), values)


def to_dense(x: Any) -> Tensor:
    return _spread(x.values, _coordinates(x), x.shape)


def _gathered(x: Any, dense: Tensor) -> Tensor:
    """The elements of ``dense``, broadcast to the shape of x, at the places of x."""
    if dense.ndim > x.ndim:
        raise ShapeError("dense tensor cannot broadcast to the sparse tensor: their shapes are "
                         f"{dense.shape} and {x.shape}.")
    return OP["gather_nd"](OP["broadcast_to"](dense, shape=x.shape), placed(_coordinates(x), x.values))


def _combined(x: Any, y: Any, combine: Callable) -> Any:
    if isinstance(y, (COOTensor, CSRTensor)):
        raise DTypeError(f"a {type(x).__name__} is multiplied with and divided by Tensors, got {type(y).__name__}.")
    if not isinstance(y, Tensor) or y.size == 1:
        out = combine(x.values, y if not isinstance(y, Tensor) else OP["reshape"](y, shape=()))
        return out if isinstance(x, CSRTensor) else x.with_values(out)  # which MindSpore has so
    return x.with_values(combine(*common([x.values, _gathered(x, y)])))


def multiply(x: Any, y: Any) -> Any:
    return _combined(x, y, lambda a, b: a * b)


def divide(x: Any, y: Any) -> Any:
    return _combined(x, y, lambda a, b: a / b)


def plus(x: Any, y: Any, sign: int) -> Any:
    if isinstance(x, COOTensor) and isinstance(y, COOTensor):
        return coo_add(x, y if sign > 0 else -y, 0)
    if isinstance(x, CSRTensor) and isinstance(y, CSRTensor):
        return csr_add(x, y, 1, sign)
    if isinstance(x, COOTensor) and isinstance(y, Tensor):
        _same_shape(x, y)
        return OP["tensor_scatter_add"](y if sign > 0 else -y, placed(_coordinates(x), y), x.values)
    raise DTypeError(f"a {type(x).__name__} is added to its like{' or a Tensor' if isinstance(x, COOTensor) else ''}, "
                     f"got {type(y).__name__}.")


def _same_shape(x: Any, y: Any) -> None:
    if x.shape != y.shape:
        raise ShapeError(f"Input tensors should have the same shape, got {x.shape} and {y.shape}.")


def _merged(values: Tensor, at: np.ndarray) -> tuple[np.ndarray, Tensor, np.ndarray]:
    """The different rows of ``at`` in order, the sums of ``values`` there, and how many there are in each."""
    places, which, counts = np.unique(at, axis=0, return_inverse=True, return_counts=True)
    return places, _spread(values, which.reshape(-1, 1), (len(places), *values.shape[1:])), counts


def _csr(places: np.ndarray, values: Tensor, shape: tuple, like: Tensor) -> CSRTensor:
    """A CSRTensor of values at places that are in order."""
    indptr = np.searchsorted(places[:, 0], np.arange(shape[0] + 1))
    return CSRTensor(placed(indptr.astype(like.np_dtype), values), placed(places[:, 1].astype(like.np_dtype), values),
                     values, shape)


# -- COOTensor ---------------------------------------------------------------------------------------------------------


def coalesce(x_indices: Tensor, x_values: Tensor, x_shape: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places (axes, n), values and shape with the places in order, each once: values at one place are added."""
    at, lengths = x_indices.asnumpy(), x_shape.asnumpy()
    if at.ndim != 2 or at.shape != (len(lengths), len(x_values)):
        raise ShapeError(f"For 'Coalesce', x_indices must be (axes, n) for a shape of {len(lengths)} axes and "
                         f"{len(x_values)} values, got {at.shape}.")
    if (at < 0).any() or (at >= lengths[:, None]).any():
        raise ArgumentError(f"For 'Coalesce', x_indices must lie in the shape {tuple(lengths.tolist())}, got "
                            f"{at.tolist()}.")
    places, values, _ = _merged(x_values, at.T)
    return placed(places.T.astype(x_indices.np_dtype), x_indices), values, x_shape


def coalesced(x: COOTensor) -> COOTensor:
    places, values, _ = _merged(x.values, _coordinates(x))
    return COOTensor(placed(places.astype(x.indices.np_dtype), x.values), values, x.shape)


def coo_add(x1: COOTensor, x2: COOTensor, thresh: Any) -> COOTensor:
    """The sum of two; where both have a value, sums smaller than ``thresh`` are left out.

    >>> x = COOTensor(Tensor([[0, 1], [1, 2]]), Tensor([1.0, 2.0]), (3, 4))
    >>> coo_add(x, x, Tensor(3.0)).values.tolist()
    [4.0]
    """
    for x in (x1, x2):
        _demand("coo_add", x, COOTensor)
    _same_shape(x1, x2)
    both = OP["concatenate"](*common([x1.values, x2.values]), axis=0)
    places, values, counts = _merged(both, np.concatenate([_coordinates(x1), _coordinates(x2)]))
    least = thresh.asnumpy() if isinstance(thresh, Tensor) else np.asarray(thresh)
    kept = np.flatnonzero((counts == 1) | (np.abs(values.asnumpy()) >= least))
    if len(kept) < len(places):
        places, values = places[kept], OP["take"](values, placed(kept, values), axis=0)
    return COOTensor(placed(places.astype(x1.indices.np_dtype), values), values, x1.shape)


def coo_concat(sp_input: tuple, concat_dim: int = 0) -> COOTensor:
    """COOTensors joined along an axis."""
    if len(sp_input) < 2:
        raise ArgumentError(f"For coo_concat, not support COOTensor input number < 2, got {len(sp_input)}.")
    for x in sp_input:
        _demand("coo_concat", x, COOTensor)
    if not -2 <= concat_dim < 2:
        raise ArgumentError(f"For coo_concat, concat_dim must lie in [-2, 2), got {concat_dim}.")
    axis = concat_dim % 2
    if len({x.shape[1 - axis] for x in sp_input}) > 1:
        raise ShapeError(f"For coo_concat, shapes may differ along axis {axis} only, got "
                         f"{[x.shape for x in sp_input]}.")
    moved, start = [], 0
    for x in sp_input:
        at = _coordinates(x).copy()
        at[:, axis] += start
        start += x.shape[axis]
        moved.append(at)
    places = np.concatenate(moved)
    values = OP["concatenate"](*common([x.values for x in sp_input]), axis=0)
    order = np.lexsort((places[:, 1], places[:, 0]))
    values = OP["take"](values, placed(order, values), axis=0)
    shape = (start, sp_input[0].shape[1]) if axis == 0 else (sp_input[0].shape[0], start)
    return COOTensor(placed(places[order], values), values, shape)


def coo_to_csr(x: COOTensor) -> CSRTensor:
    at = _coordinates(x)
    order = np.lexsort((at[:, 1], at[:, 0]))
    return _csr(at[order], OP["take"](x.values, placed(order, x.values), axis=0), x.shape, x.indices)


def dense_to_sparse_coo(tensor: Tensor) -> COOTensor:
    """The elements of a matrix that are not 0, as a COOTensor.

    >>> dense_to_sparse_coo(Tensor([[1.0, 0.0], [-5.0, 0.0]])).indices.tolist()
    [[0, 0], [1, 0]]
    """
    _demand("dense_to_sparse_coo", tensor, Tensor)
    if tensor.ndim != 2:
        raise ShapeError(f"For COOTensor, the length of 'shape' must be 2, but got {tensor.shape}.")
    at = placed(np.argwhere(tensor.asnumpy()).astype(np.int32), tensor)
    return COOTensor(at, OP["gather_nd"](tensor, at), tensor.shape)


# -- CSRTensor ---------------------------------------------------------------------------------------------------------


def dense_to_sparse_csr(tensor: Tensor) -> CSRTensor:
    """The elements of a matrix that are not 0, as a CSRTensor."""
    _demand("dense_to_sparse_csr", tensor, Tensor)
    if tensor.ndim != 2:
        raise ShapeError("Currently only support 2-D Tensor when converting to CSRTensor, but got Tensor dimension: "
                         f"{tensor.ndim}.")
    coo = dense_to_sparse_coo(tensor)
    return _csr(coo.indices.asnumpy(), coo.values, tensor.shape, coo.indices)


def csr_to_coo(tensor: CSRTensor) -> COOTensor:
    """The same matrix as a COOTensor."""
    _demand("csr_to_coo", tensor, CSRTensor)
    if len(tensor.shape) != 2:
        raise ShapeError(f"Currently only support 2-D CSRTensor when converting to COOTensor, got {tensor.shape}.")
    return COOTensor(placed(_coordinates(tensor), tensor.values), tensor.values, tensor.shape)


def csr_to_dense(csr_tensor: CSRTensor) -> Tensor:
    """The Tensor with the values at their places and 0 elsewhere."""
    return to_dense(_demand("csr_to_dense", csr_tensor, CSRTensor))


def csr_add(a: CSRTensor, b: CSRTensor, alpha: Any, beta: Any) -> CSRTensor:
    """alpha a + beta b."""
    for x in (a, b):
        _demand("csr_add", x, CSRTensor)
    _same_shape(a, b)
    both = OP["concatenate"](*common([a.values * alpha, b.values * beta]), axis=0)
    places, values, _ = _merged(both, np.concatenate([_coordinates(a), _coordinates(b)]))
    return _csr(places, values, a.shape, a.indptr)


def csr_mul(x: CSRTensor, y: Any) -> Any:
    """x times a Tensor, broadcast, at the places of x. Of a number: the values alone, as in MindSpore."""
    return multiply(_demand("csr_mul", x, CSRTensor), y)


def csr_div(x: CSRTensor, y: Any) -> Any:
    """x over a Tensor, broadcast, at the places of x. Of a number: the values alone, as in MindSpore."""
    return divide(_demand("csr_div", x, CSRTensor), y)


def csr_mv(csr_tensor: CSRTensor, dense: Tensor) -> Tensor:
    """The product with a vector (N, 1): (M, 1)."""
    _demand("csr_mv", csr_tensor, CSRTensor)
    if dense.ndim != 2:
        raise ShapeError(f"Currently, only support 2-D inputs! But csr tensor has {csr_tensor.ndim} dimensions, and "
                         f"dense tensor has {dense.ndim} dimension(s).")
    if dense.shape != (csr_tensor.shape[1], 1):
        raise ShapeError(f"For 'csr_mv', dense must have shape ({csr_tensor.shape[1]}, 1), got {dense.shape}.")
    return csr_mm(csr_tensor, dense)


def csr_mm(a: CSRTensor, b: Any, trans_a: bool = False, trans_b: bool = False, adjoint_a: bool = False,
           adjoint_b: bool = False) -> Any:
    """The product with a Tensor (N, K), a Tensor (M, K); or with a CSRTensor, a CSRTensor."""
    _demand("csr_mm", a, CSRTensor)
    dense = isinstance(b, Tensor)
    if not dense:
        _demand("csr_mm", b, CSRTensor)
    a_at, b_at = _coordinates(a), None if dense else _coordinates(b)
    a_shape, b_shape, a_values = a.shape, b.shape, a.values
    if adjoint_a and a_values.np_dtype.kind == "c":
        a_values = OP["conj"](a_values)
    if trans_a or adjoint_a:
        a_at, a_shape = a_at[:, ::-1], a_shape[::-1]
    right = b if dense else to_dense(b)
    if trans_b or adjoint_b:
        right, b_shape = OP["swapaxes"](right, axis1=0, axis2=1), b_shape[::-1]
        b_at = None if b_at is None else b_at[:, ::-1]
        right = OP["conj"](right) if adjoint_b and right.np_dtype.kind == "c" else right
    if len(a_shape) != 2 or len(b_shape) != 2 or a_shape[1] != b_shape[0]:
        raise ShapeError(f"For 'csr_mm', shapes (M, N) and (N, K) are expected, got {a_shape} and {b_shape}.")
    a_values, right = common([a_values, right])
    rows = OP["take"](right, placed(a_at[:, 1], right), axis=0)  # (n, K): of each value, what it multiplies
    product = _spread(OP["expand_dims"](a_values, axis=1) * rows, a_at[:, :1], (a_shape[0], b_shape[1]))
    if b_at is None:
        return product
    inner, outer = np.zeros(a_shape, bool), np.zeros(b_shape, bool)
    inner[tuple(a_at.T)] = outer[tuple(b_at.T)] = True
    places = np.argwhere(inner @ outer)
    return _csr(places, OP["gather_nd"](product, placed(places, product)), product.shape, a.indptr)


def csr_reduce_sum(csr_tensor: CSRTensor, axis: int) -> Tensor:
    """The sums of the rows (M, 1, ...); ``axis`` is 1, or 1 - ndim."""
    _demand("csr_reduce_sum", csr_tensor, CSRTensor)
    if axis not in (1, 1 - csr_tensor.ndim):
        raise ArgumentError(f"For CSRReduceSum, `axis` should be 1 or 1-dim. But got `axis`: {axis} and `1- dim`: "
                            f"{1 - csr_tensor.ndim}.")
    values = csr_tensor.values
    sums = _spread(values, _rows(csr_tensor.indptr)[:, None], (csr_tensor.shape[0], *csr_tensor.shape[2:]))
    return OP["expand_dims"](sums, axis=1)


def csr_softmax(logits: CSRTensor, dtype: Any) -> CSRTensor:
    """softmax over the values of each row, in ``dtype``."""
    _demand("csr_softmax", logits, CSRTensor)
    rows, values = _rows(logits.indptr), logits.values.astype(dtype)
    tops = np.full(logits.shape[0], -np.inf)
    np.maximum.at(tops, rows, values.asnumpy())
    e = OP["exp"](values - placed(tops[rows].astype(values.np_dtype), values))
    sums = _spread(e, rows[:, None], (logits.shape[0],))
    return logits.with_values(e / OP["take"](sums, placed(rows, sums), axis=0))


def csr_gather(indptr: Tensor, indices: Tensor, dense: Tensor, sparse_shape: tuple) -> Tensor:
    """The elements of ``dense``, broadcast to ``sparse_shape``, at the places of a CSRTensor."""
    at = np.stack([_rows(indptr), indices.asnumpy()], 1)
    return OP["gather_nd"](OP["broadcast_to"](dense, shape=tuple(sparse_shape)), placed(at, dense))


def csr2coo(indptr: Tensor, nnz: int) -> Tensor:
    """The row of each of ``nnz`` values."""
    rows = _rows(indptr)
    if len(rows) != nnz:
        raise ArgumentError(f"For 'csr2coo', indptr tells of {len(rows)} values, but nnz is {nnz}.")
    return placed(rows, indptr)


def coo2csr(row_indices: Tensor, height: int) -> Tensor:
    """Where each of ``height`` rows begins, and the last ends, among values whose rows are in order."""
    found = np.searchsorted(row_indices.asnumpy(), np.arange(height + 1))
    return placed(found.astype(row_indices.np_dtype), row_indices)


# -- of values ---------------------------------------------------------------------------------------------------------

_UNARY = {"abs": "abs", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
          "atanh": "arctanh", "inv": "reciprocal", "neg": "negative",
          **{n: n for n in ("ceil cos cosh exp expm1 floor isfinite isinf isnan log log1p relu relu6 round sigmoid sin "
                            "sinh softsign sqrt square tan tanh").split()}}


def _unary(prefix: str, kind: type, name: str, target: str) -> Callable:
    def function(x: Any) -> Any:
        if not isinstance(x, kind):
            raise DTypeError(f"Expects {kind.__name__} for {prefix}_{name}, got {type(x).__name__}.")
        return x.with_values(OP[target](x.values))

    function.__name__ = function.__qualname__ = f"{prefix}_{name}"
    function.__doc__ = f"``{name}`` of the values of a {kind.__name__}, at the same places."
    return function


_MADE = {f"{prefix}_{name}": _unary(prefix, kind, name, target) for name, target in _UNARY.items()
         for prefix, kind in (("coo", COOTensor), ("csr", CSRTensor))}
globals().update(_MADE)


# -- of parts ----------------------------------------------------------------------------------------------------------


def sparse_to_dense(indices: Tensor, values: Tensor, sparse_shape: Any) -> Tensor:
    """Zeros of ``sparse_shape`` with ``values`` at the rows of ``indices``, the last where one is repeated."""
    shape = _shape(sparse_shape)
    at = OP["reshape"](indices, shape=(-1, len(shape)))
    values = OP["broadcast_to"](values, shape=(at.shape[0],))
    return OP["tensor_scatter_update"](placed(np.zeros(shape, values.np_dtype), values), at, values)


def _shape(given: Any) -> tuple[int, ...]:
    return tuple(given.tolist() if isinstance(given, Tensor) else given)


def dense_add(x1_indices: Tensor, x1_values: Tensor, x1_shape: Any, x2: Tensor) -> Tensor:
    """x2 with values added at the rows of indices."""
    if _shape(x1_shape) != x2.shape:
        raise ShapeError(f"For 'SparseTensorDenseAdd', the shapes must be equal, got {_shape(x1_shape)} and "
                         f"{x2.shape}.")
    return OP["tensor_scatter_add"](x2, x1_indices, x1_values)


def dense_matmul(indices: Tensor, values: Tensor, sparse_shape: Any, dense: Tensor, adjoint_st: bool = False,
                 adjoint_dt: bool = False) -> Tensor:
    """A B of the matrix A that has ``values`` at the rows of ``indices``, and a Tensor B; either may be transposed."""
    a = coo_to_csr(COOTensor(indices, values, _shape(sparse_shape)))
    return csr_mm(a, dense, adjoint_a=adjoint_st, adjoint_b=adjoint_dt)


def sparse_slice(indices: Tensor, values: Tensor, shape: Tensor, start: Tensor, size: Tensor) -> tuple:
    """(places, values, shape) of the part of a sparse tensor that begins at ``start`` and has at most ``size``."""
    at, first = indices.asnumpy(), start.asnumpy()
    lengths = np.minimum(size.asnumpy(), shape.asnumpy() - first)
    kept = np.flatnonzero(((at >= first) & (at < first + lengths)).all(axis=1))
    return (placed((at[kept] - first).astype(indices.np_dtype), indices),
            OP["take"](values, placed(kept, values), axis=0), placed(lengths.astype(shape.np_dtype), shape))


def make_coo_tensor(indices: Tensor, values: Tensor, dense_shape: tuple) -> COOTensor:
    """A COOTensor of its parts."""
    return COOTensor(indices, values, dense_shape)


def make_sparse_tensor(indices: Tensor, values: Tensor, dense_shape: tuple) -> SparseTensor:
    """A SparseTensor of its parts."""
    return SparseTensor(indices, values, dense_shape)


def make_csr_tensor(indptr: Tensor, indices: Tensor, values: Tensor, dense_shape: tuple) -> CSRTensor:
    """A CSRTensor of its parts."""
    return CSRTensor(indptr, indices, values, dense_shape)


def make_row_tensor(indices: Tensor, values: Tensor, dense_shape: tuple) -> RowTensor:
    """A RowTensor of its parts."""
    return RowTensor(indices, values, dense_shape)


make_row_tensor_inner = make_row_tensor


def row_tensor_add(x: RowTensor, y: Any) -> Any:
    """The sum of a RowTensor and another, whose slices are added to it, or a Tensor."""
    _demand("row_tensor_add", x, RowTensor)
    if isinstance(y, RowTensor):
        _same_shape(x, y)
        places, values, _ = _merged(OP["concatenate"](*common([x.values, y.values]), axis=0),
                                    np.concatenate([_coordinates(x), _coordinates(y)]))
        return RowTensor(placed(places[:, 0].astype(x.indices.np_dtype), values), values, x.shape)
    if not isinstance(y, Tensor):
        raise NotSupportedError(f"row_tensor_add: y must be a RowTensor or a Tensor, got {type(y).__name__}.")
    _same_shape(x, y)
    return OP["tensor_scatter_add"](y, placed(_coordinates(x), y), x.values)


def _getter(kind: str, part: str) -> Callable:
    def function(x: Any) -> Any:
        return x.shape if part == "dense_shape" else getattr(x, part)

    function.__name__ = function.__qualname__ = f"{kind}_tensor_get_{part}"
    function.__doc__ = f"The {part.replace('_', ' ')} of a {kind.upper() if kind != 'row' else 'Row'}Tensor."
    return function


_MADE.update({f.__name__: f for f in (_getter(k, p) for k, parts in (
    ("coo", "indices values dense_shape"), ("csr", "indptr indices values dense_shape"),
    ("row", "indices values dense_shape")) for p in parts.split())})
globals().update(_MADE)
FUNCTIONS: tuple[str, ...] = (
    *_MADE, *"""coalesce coo_add coo_concat dense_to_sparse_coo dense_to_sparse_csr csr_to_coo csr_to_dense csr_add
    csr_mul csr_div csr_mv csr_mm csr_reduce_sum csr_softmax csr_gather csr2coo coo2csr make_coo_tensor
    make_sparse_tensor make_csr_tensor make_row_tensor make_row_tensor_inner row_tensor_add""".split())
