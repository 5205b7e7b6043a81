"""Elements moved, cut, placed on diagonals and windows, and counted out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.dtypes import is_float, to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from .. import compose
from ..compose import placed, reshaped
from ..shape import axis_in


def diff(x: Tensor, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """The differences of neighbours along ``axis``, ``n`` times over."""
    if not x.size:
        raise ShapeError(f"For 'diff', x must not be empty, got shape {x.shape}.")
    return compose.differences(x, n, axis, prepend, append)


def rot90(input: Tensor, k: int, dims: Any) -> Tensor:
    """The Tensor turned ``k`` times by 90 degrees in the plane of two axes."""
    return compose.rot90(input, k, dims)


def msort(input: Tensor) -> Tensor:
    """The elements sorted along the first axis."""
    return OP["sort"](input, axis=0)


def tensor_split(input: Tensor, indices_or_sections: Any, axis: int = 0) -> tuple:
    """``input`` cut along ``axis`` before each index, or into parts of lengths that differ by one at most.

    >>> from luojia import Tensor
    >>> [part.tolist() for part in tensor_split(Tensor([1, 2, 3]), 2)]
    [[1, 2], [3]]
    """
    return tuple(compose.split(input, indices_or_sections, axis, uneven=True))


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple:
    """``input`` cut along its second axis."""
    if input.ndim < 2:
        raise ShapeError(f"For 'hsplit', the input must have at least 2 axes, got shape {input.shape}.")
    return tensor_split(input, indices_or_sections, 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple:
    """``input`` cut along its first axis."""
    return tensor_split(input, indices_or_sections, 0)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple:
    """``input`` cut along its third axis."""
    return tensor_split(input, indices_or_sections, 2)


def row_stack(tensors: Any) -> Tensor:
    """Arrays on top of each other."""
    return OP["vstack"](*tensors)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` in the shape of ``other``."""
    return reshaped(input, other.shape)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` in the dtype of ``other``."""
    return OP["cast"](input, dtype=other.np_dtype)


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened ``input`` at ``index``."""
    return OP["take"](reshaped(input, (-1,)), index, axis=0, mode="raise")


def fills(x: Tensor, value: Any) -> Tensor:
    """A Tensor like x, full of ``value``, a number or a Tensor of one element."""
    return OP["filled_like"](x, value=value.item() if isinstance(value, Tensor) else value)


def _tuple(size: Any) -> tuple:
    return tuple([int(n) for n in (size.tolist() if isinstance(size, Tensor) else size)])


def tensor_slice(input: Tensor, begin: Any, size: Any) -> Tensor:
    """The part of ``input`` of ``size`` from ``begin`` on."""
    return OP["slice_size"](input, begin=_tuple(begin), size=_tuple(size))


def top_k(input_x: Tensor, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The ``k`` greatest elements along the last axis, and their positions, Int32."""
    return OP["topk"](input_x, k=k, axis=-1, dtype="int32")


def diag(input: Tensor) -> Tensor:
    """The array (*s, *s), for an input of shape s, with the elements at the places where both halves of the index are
    equal: of a vector, the matrix with it as the diagonal.

    >>> from luojia import Tensor
    >>> diag(Tensor([1, 2])).tolist(), diag(Tensor([[1, 2]])).shape
    ([[1, 0], [0, 2]], (1, 2, 1, 2))
    """
    if not input.ndim:
        raise ShapeError("For 'diag', the input must have at least one axis, got a Tensor without axes.")
    return OP["reshape"](diagflat(input), shape=input.shape * 2)


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with the elements of the input as its ``offset``-th diagonal."""
    return OP["make_diagonal"](OP["reshape"](input, shape=(-1,)), offset=offset)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices, in the axes ``dim1`` and ``dim2`` of the result, with the last axis of the input as ``offset``-th
    diagonals."""
    first, second = (axis_in(d, input.ndim + 1, "diag_embed") for d in (dim1, dim2))
    if first == second:
        raise ArgumentError(f"For 'diag_embed', dim1 and dim2 must be different axes, got {dim1} and {dim2}.")
    return OP["moveaxis"](OP["make_diagonal"](input, offset=offset), source=(-2, -1), destination=(first, second))


def reverse_sequence(x: Tensor, seq_lengths: Any, seq_dim: int, batch_dim: int = 0) -> Tensor:
    """The first ``seq_lengths[i]`` elements along ``seq_dim`` reversed, for each i along ``batch_dim``."""
    lengths = seq_lengths.asnumpy() if isinstance(seq_lengths, Tensor) else np.asarray(seq_lengths)
    if lengths.shape != (x.shape[batch_dim],):
        raise ShapeError(f"For 'reverse_sequence', seq_lengths must have shape {(x.shape[batch_dim],)}, got "
                         f"{lengths.shape}.")
    if lengths.min(initial=0) < 0:
        raise ArgumentError(f"For 'reverse_sequence', seq_lengths must not be negative, got {lengths.tolist()}.")
    at = np.arange(x.shape[seq_dim])
    rows = np.where(at < lengths[:, None], lengths[:, None] - 1 - at, at)
    shape = [1] * x.ndim
    shape[batch_dim], shape[seq_dim] = rows.shape
    index = np.broadcast_to(rows.reshape(shape) if batch_dim < seq_dim else rows.T.reshape(shape), x.shape)
    return OP["take_along"](x, placed(np.ascontiguousarray(index), x), axis=seq_dim)


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """The channels (axis 1) of ``groups`` groups dealt in turns (Zhang et al. 2018)."""
    n, c, *rest = x.shape
    if groups < 1:
        raise ArgumentError(f"For 'channel_shuffle', groups must be positive, got {groups}.")
    if c % groups:
        raise ShapeError(f"For 'channel_shuffle', {c} channels do not fall into {groups} groups.")
    grouped = reshaped(x, (n, groups, c // groups, *rest))
    return reshaped(OP["swapaxes"](grouped, axis1=1, axis2=2), x.shape)


def padding(x: Tensor, pad_dim_size: int = 8) -> Tensor:
    """The last axis, of length 1, filled with zeros up to ``pad_dim_size``."""
    if x.ndim < 2 or x.shape[-1] != 1:
        raise ShapeError(f"For 'padding', the input must have at least 2 axes, the last of length 1, got {x.shape}.")
    return OP["pad"](x, pad_width=((0, 0),) * (x.ndim - 1) + ((0, pad_dim_size - 1),))


def mirror_pad(input_x: Tensor, paddings: Any, mode: str) -> Tensor:
    """Mirror images before and after each axis; 'SYMMETRIC' repeats the border, 'REFLECT' does not."""
    if mode not in ("REFLECT", "SYMMETRIC"):
        raise ArgumentError(f"For 'mirror_pad', mode must be 'REFLECT' or 'SYMMETRIC', got {mode!r}.")
    width = paddings.tolist() if isinstance(paddings, Tensor) else paddings
    return OP["mirror_pad"](input_x, pad_width=tuple([(int(a), int(b)) for a, b in width]), mode=mode)


def space_to_batch_nd(input_x: Tensor, block_size: Any, paddings: Any) -> Tensor:
    """Blocks of the last axes, after zeros around them, moved into the batch (axis 0): (N, ...) to (N b1 b2, ...)."""
    blocks = [block_size] * (input_x.ndim - 2) if isinstance(block_size, int) else list(block_size)
    k, first = len(blocks), input_x.ndim - len(blocks)
    x = OP["pad"](input_x, pad_width=((0, 0),) * first + tuple([tuple(p) for p in paddings]))
    sizes = x.shape[first:]
    if any(s % b for s, b in zip(sizes, blocks)):
        raise ShapeError(f"For 'space_to_batch_nd', the padded lengths {sizes} must be multiples of {blocks}.")
    x = reshaped(x, (*x.shape[:first], *[n for s, b in zip(sizes, blocks) for n in (s // b, b)]))
    inner = [first + 2 * i + 1 for i in range(k)]
    outer = [first + 2 * i for i in range(k)]
    x = OP["transpose"](x, axes=(*inner, *range(first), *outer))
    return reshaped(x, (-1, *input_x.shape[1:first], *[s // b for s, b in zip(sizes, blocks)]))


def batch_to_space_nd(input_x: Tensor, block_shape: Any, crops: Any) -> Tensor:
    """The inverse of ``space_to_batch_nd``: blocks moved back from the batch, then ``crops`` cut off."""
    blocks = [block_shape] * (input_x.ndim - 2) if isinstance(block_shape, int) else list(block_shape)
    k, first = len(blocks), input_x.ndim - len(blocks)
    n, sizes = input_x.shape[0] // int(np.prod(blocks)), input_x.shape[first:]
    if n * int(np.prod(blocks)) != input_x.shape[0]:
        raise ShapeError(f"For 'batch_to_space_nd', the batch {input_x.shape[0]} must be a multiple of {blocks}.")
    if np.shape(crops) != (k, 2) or np.min(crops) < 0 or np.any(np.sum(crops, 1) >= np.multiply(sizes, blocks)):
        raise ShapeError(f"For 'batch_to_space_nd', crops must be {k} pairs of numbers >= 0 that leave something of "
                         f"{tuple(np.multiply(sizes, blocks).tolist())}, got {crops}.")
    x = reshaped(input_x, (*blocks, n, *input_x.shape[1:]))
    axes = [*range(k, k + first)]
    for i in range(k):
        axes += [k + first + i, i]
    x = OP["transpose"](x, axes=tuple(axes))
    x = reshaped(x, (n, *input_x.shape[1:first], *[s * b for s, b in zip(sizes, blocks)]))
    cut = [slice(a, length - b) for (a, b), length in zip(crops, x.shape[first:])]
    return x[(slice(None),) * first + tuple(cut)]


def tensor_range(start: Any, end: Any, step: Any) -> Tensor:
    """Numbers from ``start`` on, ``step`` apart, before ``end``: Int64, or Float32 if one of the three is a float."""
    values = np.arange(*[x.item() if isinstance(x, Tensor) else x for x in (start, end, step)])
    return Tensor(values.astype(np.float32 if values.dtype.kind == "f" else np.int64))


def dyn_shape(input_x: Tensor) -> Tensor:
    """The shape as a Tensor, Int64."""
    return placed(np.array(input_x.shape, np.int64), input_x)


def shape_mul(input_data: tuple) -> int:
    """The product of the lengths of a shape."""
    return int(np.prod(input_data))


# -- parts written anew ------------------------------------------------------------------------------------------------


def _scattered(input: Tensor, index: tuple, src: Tensor, name: str) -> Tensor:
    part = np.empty(input.shape, bool)[index]
    if src.shape != part.shape:
        raise ShapeError(f"For '{name}', src must have shape {part.shape}, got {src.shape}.")
    out = OP["identity"](input)
    at = np.arange(input.size).reshape(input.shape)[index].reshape(-1)
    flat = OP["tensor_scatter_update"](reshaped(out, (-1,)), placed(at[:, None], input),
                                       OP["cast"](reshaped(src, (-1,)), dtype=input.np_dtype))
    return reshaped(flat, input.shape)


def select_scatter(input: Tensor, src: Tensor, axis: int, index: int) -> Tensor:
    """``input`` with the slice at ``index`` along ``axis`` replaced by ``src``."""
    axis = axis_in(axis, input.ndim, "select_scatter")
    return _scattered(input, (slice(None),) * axis + (int(index),), src, "select_scatter")


def slice_scatter(input: Tensor, src: Tensor, axis: int = 0, start: int | None = None, end: int | None = None,
                  step: int = 1) -> Tensor:
    """``input`` with the slice start:end:step along ``axis`` replaced by ``src``."""
    axis = axis_in(axis, input.ndim, "slice_scatter")
    return _scattered(input, (slice(None),) * axis + (slice(start, end, step),), src, "slice_scatter")


def _diagonal(shape: tuple, offset: int, dim1: int, dim2: int) -> np.ndarray:
    return np.diagonal(np.arange(int(np.prod(shape))).reshape(shape), offset, dim1, dim2)


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """``input`` with a diagonal over two axes replaced by ``src``, of shape ``diagonal(input, ...)``."""
    at = _diagonal(input.shape, offset, dim1, dim2)
    if src.shape != at.shape:
        raise ShapeError(f"For 'diagonal_scatter', src must have shape {at.shape}, got {src.shape}.")
    whole, part = compose.common([reshaped(input, (-1,)), reshaped(src, (-1,))])
    flat = OP["tensor_scatter_update"](whole, placed(at.reshape(-1, 1), input), part)
    return reshaped(flat, input.shape)


# -- diagonals of matrices ---------------------------------------------------------------------------------------------


def _numbers(k: Any) -> tuple[int, int]:
    """The lowest and the highest diagonal."""
    found = np.atleast_1d(k.asnumpy() if isinstance(k, Tensor) else np.asarray(k)).tolist()
    low, high = int(found[0]), int(found[-1])
    if low > high or len(found) > 2:
        raise ArgumentError(f"k must be a diagonal or a pair (lowest, highest), got {found}.")
    return low, high


def _band(rows: int, columns: int, low: int, high: int, align: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and presence of each place of the packed diagonals, the highest first."""
    if align not in ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"):
        raise ArgumentError("align must be 'RIGHT_LEFT', 'LEFT_RIGHT', 'LEFT_LEFT' or 'RIGHT_RIGHT', got "
                            f"{align!r}.")
    lengths = {d: min(rows + min(d, 0), columns - max(d, 0)) for d in range(low, high + 1)}
    longest = max(lengths.values())
    above, below = align.split("_")
    r = np.zeros((high - low + 1, longest), int)
    c, here = r.copy(), np.zeros(r.shape, bool)
    for line, d in enumerate(range(high, low - 1, -1)):
        side = above if d > 0 else below if d < 0 else "LEFT"
        start = longest - lengths[d] if side == "RIGHT" else 0
        at = np.arange(lengths[d])
        r[line, start + at], c[line, start + at] = at - min(d, 0), at + max(d, 0)
        here[line, start + at] = True
    return r, c, here


def matrix_diag(x: Tensor, k: Any = 0, num_rows: int = -1, num_cols: int = -1, padding_value: Any = 0,
                align: str = "RIGHT_LEFT") -> Tensor:
    """Matrices with the given diagonals ``k``, one or a pair (lowest, highest), ``padding_value`` elsewhere.

    The diagonals of a pair are rows of x, the highest first, the shorter ones aligned as ``align`` says: those above
    the main one, then those below it.
    """
    low, high = _numbers(k)
    longest = x.shape[-1]
    rows, columns = (int(n.item()) if isinstance(n, Tensor) else n for n in (num_rows, num_cols))
    if rows == -1 and columns == -1:
        rows = columns = longest + max(-high, low, 0)
    elif rows == -1:
        rows = longest - min(high, 0)
    elif columns == -1:
        columns = longest + max(low, 0)
    r, c, here = _band(rows, columns, low, high, align)
    if r.shape[1] != longest:
        raise ShapeError(f"For 'matrix_diag', diagonals {low} to {high} of ({rows}, {columns}) have up to {r.shape[1]} "
                         f"elements, got {longest}.")
    lead = x.shape[:-1] if low == high else x.shape[:-2]
    flat = reshaped(x, (-1, r.size))[:, np.flatnonzero(here)]
    place = np.full(rows * columns, int(here.sum()))
    place[(r * columns + c)[here]] = np.arange(int(here.sum()))
    value = padding_value.item() if isinstance(padding_value, Tensor) else padding_value
    padded = OP["concatenate"](flat, OP["filled_like"](flat[:, :1], value=value), axis=1)
    return reshaped(padded[:, place], (*lead, rows, columns))


def matrix_diag_part(x: Tensor, k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT") -> Tensor:
    """The diagonals ``k`` of matrices, one or a pair (lowest, highest): rows, the highest first, padded."""
    low, high = _numbers(k)
    r, c, here = _band(x.shape[-2], x.shape[-1], low, high, align)
    value = padding_value.item() if isinstance(padding_value, Tensor) else padding_value
    out = OP["where"](placed(here, x), x[..., r, c], value)
    return out[..., 0, :] if low == high else out


def matrix_set_diag(x: Tensor, diagonal: Tensor, k: Any = 0, align: str = "RIGHT_LEFT") -> Tensor:
    """Matrices x with their diagonals ``k`` replaced, packed as ``matrix_diag`` takes them."""
    low, high = _numbers(k)
    r, c, here = _band(x.shape[-2], x.shape[-1], low, high, align)
    made = matrix_diag(diagonal, (low, high) if low != high else low, x.shape[-2], x.shape[-1], 0, align)
    mask = np.zeros(x.shape[-2:], bool)
    mask[r[here], c[here]] = True
    return OP["where"](placed(np.broadcast_to(mask, x.shape).copy(), x), made, x)


def matrix_band_part(x: Tensor, lower: Any, upper: Any) -> Tensor:
    """Matrices with zeros beyond ``lower`` diagonals below the main one and ``upper`` above it; -1 keeps all."""
    below, above = (int(n.item()) if isinstance(n, Tensor) else n for n in (lower, upper))
    m, n = x.shape[-2:]
    i, j = np.arange(m)[:, None], np.arange(n)
    keep = ((below < 0) | (i - j <= below)) & ((above < 0) | (j - i <= above))
    return OP["where"](placed(keep, x), x, OP["zeros_like"](x))


# -- counted out -------------------------------------------------------------------------------------------------------


def cartesian_prod(*inputs: Tensor) -> Tensor:
    """Every choice of one element from each vector, as rows; the last vector's change fastest."""
    vectors = [x if x.ndim else reshaped(x, (1,)) for x in compose.common(inputs)]
    grids = np.meshgrid(*[np.arange(x.shape[0]) for x in vectors], indexing="ij")
    return OP["stack"](*[x[g.reshape(-1)] for x, g in zip(vectors, grids)], axis=-1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of ``r`` elements of a vector, as rows, in order."""
    if input.ndim != 1:
        raise ShapeError(f"For 'combinations', the input must be a vector, got shape {input.shape}.")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    at = np.array(list(choose(range(input.shape[0]), r)), int).reshape(-1, r)
    return input[at]


_WINDOW_DTYPES = {"hann": "float64", "kaiser": "float64"}  # where none is asked for


def _window(name: str, doc: str, shape: Callable) -> Callable:
    def window(window_length: Any, periodic: bool = True, *, dtype: Any = None) -> Tensor:
        return _sampled(name, window_length, periodic, dtype, shape)

    window.__name__ = window.__qualname__ = f"{name}_window"
    window.__doc__ = f"{doc} ``periodic`` leaves out the last of one sample more."
    return window


def _sampled(name: str, length: Any, periodic: bool, dtype: Any, shape: Callable) -> Tensor:
    if isinstance(length, Tensor) and length.ndim and name in ("bartlett", "blackman"):
        raise ArgumentError(f"For '{name}_window', the Tensor window_length must have no axes, got {length.shape}.")
    n = int(length.item()) if isinstance(length, Tensor) else length
    if isinstance(n, bool) or not isinstance(n, int):
        raise DTypeError(f"For '{name}_window', window_length must be an int, got {length!r}.")
    if n < 0:
        raise ArgumentError(f"For '{name}_window', window_length must be an int of at least 0, got {length!r}.")
    if dtype is not None and not is_float(to_np(dtype)):
        raise DTypeError(f"For '{name}_window', dtype must be one of floats, got {dtype}.")
    values = np.ones(n) if n < 2 else shape(n + 1)[:n] if periodic else shape(n)
    return Tensor(values.astype(_WINDOW_DTYPES.get(name, "float32") if dtype is None else to_np(dtype)))


bartlett_window = _window("bartlett", "A triangle: 1 - |2 n / (N - 1) - 1|.", np.bartlett)
blackman_window = _window(
    "blackman", "0.42 - 0.5 cos(2 pi n / (N - 1)) + 0.08 cos(4 pi n / (N - 1)).", np.blackman)
hann_window = _window("hann", "0.5 - 0.5 cos(2 pi n / (N - 1)).", np.hanning)


def hamming_window(window_length: Any, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *,
                   dtype: Any = None) -> Tensor:
    """alpha - beta cos(2 pi n / (N - 1)). ``periodic`` leaves out the last of one sample more."""
    return _sampled("hamming", window_length, periodic, dtype,
                    lambda n: alpha - beta * np.cos(2 * np.pi * np.arange(n) / (n - 1)))


def kaiser_window(window_length: Any, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None) -> Tensor:
    """I0(beta sqrt(1 - (2 n / (N - 1) - 1)^2)) / I0(beta). ``periodic`` leaves out the last of one sample more."""
    return _sampled("kaiser", window_length, periodic, dtype, lambda n: np.kaiser(n, beta))
