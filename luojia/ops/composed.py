"""MindSpore's functions that are two or three operators, and their class forms."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.apply import unary
from .._src.core.dtypes import DType, bool_, float32, int64, is_float, string, to_np
from .._src.core.op import OPERATORS as OP
from .._src.core.random import next_key
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Tensor
from .._src.ops.composed import queries
from .._src.ops.composed.linear import root, smooth_norm
from .._src.ops.composed.losses import reduced
from .._src.ops.composed.settle import settle
from .._src.paths import public_names
from .forms import attributes_of as of
from .forms import class_form

_relu = unary(OP["relu"])


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0), with derivative 0 at 0; with ``inplace`` the Tensor itself takes the value.

    >>> from luojia import Tensor, ops
    >>> ops.relu(Tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    if input.__class__ is Tensor and not inplace:
        return _relu(input)
    out = OP["relu"](input)
    return settle(input, out, "relu") if inplace else out


def numel(input: Tensor) -> int:
    """How many elements a Tensor has."""
    return input.size


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector as it is."""
    if input.ndim > 2:
        raise ShapeError(f"For 't', the input must have at most 2 axes, got shape {input.shape}; see swapaxes.")
    return OP["transpose"](input, axes=None)


def positive(input: Tensor) -> Tensor:
    """The Tensor itself."""
    return OP["identity"](input)


def deepcopy(input_x: Tensor) -> Tensor:
    """A copy with elements of its own, linked to the Tensor; of a Parameter a Tensor."""
    return Tensor.copy(input_x)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a float."""
    return is_float(input.np_dtype)


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not zero."""
    return bool(input)


def ravel(input: Tensor) -> Tensor:
    """The Tensor as a vector."""
    return OP["reshape"](input, shape=(-1,))


def index_select(input: Tensor, axis: int, index: Tensor) -> Tensor:
    """The slices of ``input`` along ``axis`` at ``index``."""
    return OP["take"](input, index, axis=axis, mode="raise")


def std_mean(input: Tensor, axis: Any = None, ddof: Any = 0, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The pair of standard deviation and mean over ``axis``."""
    return (OP["std"](input, axis=axis, ddof=ddof, keepdims=keepdims),
            OP["mean"](input, axis=axis, keepdims=keepdims))


def var_mean(input: Tensor, axis: Any = None, ddof: Any = 0, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The pair of variance and mean over ``axis``."""
    return (OP["var"](input, axis=axis, ddof=ddof, keepdims=keepdims),
            OP["mean"](input, axis=axis, keepdims=keepdims))


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product."""
    from .. import numpy as mnp

    return mnp.kron(input, other)


def fliplr(input: Tensor) -> Tensor:
    """The Tensor with its second axis reversed."""
    return OP["flip"](input, axis=1)


def flipud(input: Tensor) -> Tensor:
    """The Tensor with its first axis reversed."""
    return OP["flip"](input, axis=0)


def atleast_1d(*inputs: Any) -> Any:
    """Tensors with at least 1 axis."""
    return _at_least(1, inputs)


def atleast_2d(*inputs: Any) -> Any:
    """Tensors with at least 2 axes."""
    return _at_least(2, inputs)


def atleast_3d(*inputs: Any) -> Any:
    """Tensors with at least 3 axes."""
    return _at_least(3, inputs)


def _tensors(name: str, given: Any) -> None:
    for x in given:
        if not isinstance(x, Tensor):
            raise DTypeError(f"For '{name}', each element of 'inputs' must be a tensor, but got {type(x).__name__}.")


def _at_least(n: int, inputs: tuple) -> Any:
    from .. import numpy as mnp

    function = getattr(mnp, f"atleast_{n}d")
    listed = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)) else inputs
    _tensors(f"atleast_{n}d", listed)
    if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
        return tuple([function(x) for x in inputs[0]])
    out = [function(x) for x in inputs]
    return tuple(out) if len(out) > 1 else out[0]


def linspace(start: Any, end: Any, steps: Any) -> Tensor:
    """``steps`` numbers at equal distances from ``start`` to ``end``: Float64 if one of them is, else Float32."""
    wide = any(isinstance(n, Tensor) and n.np_dtype == np.float64 for n in (start, end))
    first, last = (n.item() if isinstance(n, Tensor) else n for n in (start, end))
    count = steps.item() if isinstance(steps, Tensor) else steps
    if isinstance(count, bool) or not isinstance(count, int):
        raise DTypeError(f"For 'linspace', the type of 'steps' should be 'int', but got type '{type(count).__name__}': "
                         f"{count}.")
    if count < 1:
        raise ArgumentError(f"For 'linspace', the number of steps must be positive, but got {count}.")
    return OP["filled_linspace"](start=first, stop=last, num=count, dtype="float64" if wide else "float32")


def logspace(start: Any, end: Any, steps: int, base: int = 10, *, dtype: Any = None) -> Tensor:
    """Powers of ``base``, their exponents evenly from ``start`` to ``end``."""
    from .. import numpy as mnp

    if steps < 0 or base < 0:
        raise ArgumentError(f"For 'logspace', steps and base must not be negative, got {steps} and {base}.")
    start, end = (n.astype("float32") if isinstance(n, Tensor) and n.np_dtype == np.float16 else n
                  for n in (start, end))
    return mnp.logspace(start, end, steps, base=base, dtype=dtype)


def vander(x: Tensor, N: int | None = None) -> Tensor:  # noqa: N803 - MindSpore's name
    """The Vandermonde matrix, highest power first."""
    n = x.shape[0] if N is None else N
    x = x if is_float(x.np_dtype) or x.np_dtype.kind == "c" else OP["cast"](x, dtype=np.dtype(np.int64))
    return OP["stack"](*[OP["power"](x, n - 1 - i) for i in range(n)], axis=-1)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """x1 . x2 / max(|x1| |x2|, eps) along ``dim``."""
    lengths = smooth_norm(x1, 2, dim) * smooth_norm(x2, 2, dim)
    return OP["sum"](x1 * x2, axis=dim) / OP["maximum"](lengths, eps)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0) -> Tensor:
    """The distances of each row of x1 (..., P, M) to each of x2 (..., R, M) in the p-norm: (..., P, R).

    The gradient for ``p`` of inf goes to each of the greatest differences; for p < 1 it is 0 where a difference is 0,
    as the slope is infinite there. MindSpore's for p < 1 is 0 everywhere.
    """
    if x1.ndim != x2.ndim:
        raise ShapeError(f"For 'cdist', x1 and x2 must have as many axes, got shapes {x1.shape} and {x2.shape}.")
    if p < 0:
        raise ArgumentError(f"For 'cdist', p must not be negative, got {p}.")
    if p in (1, 2) and x1.np_dtype == x2.np_dtype and x1.np_dtype.kind == "f" and x1.ndim > 1 and (
            x1.shape[:-2] == x2.shape[:-2] and x1.shape[-1] == x2.shape[-1]):
        return OP["pair_distances"](x1, x2, p=p)
    gaps = OP["expand_dims"](x1, axis=-2) - OP["expand_dims"](x2, axis=-3)
    if p == float("inf"):
        return OP["max"](OP["abs"](gaps), axis=-1, ties="each")
    if 0 < p < 1:
        none = OP["equal"](gaps, 0)
        powers = OP["power"](OP["abs"](OP["where"](none, OP["ones_like"](gaps), gaps)), p)
        return root(OP["sum"](OP["where"](none, OP["zeros_like"](gaps), powers), axis=-1), p)
    return smooth_norm(gaps, p, -1)


def block_diag(*inputs: Tensor) -> Tensor:
    """Matrices along the diagonal of one matrix."""
    _tensors("block_diag", inputs)
    matrices = [atleast_2d(x) for x in inputs or (Tensor(np.zeros((1, 0), np.float32)),)]
    width, rows, at = sum(m.shape[1] for m in matrices), [], 0
    for m in matrices:
        rows.append(OP["pad"](m, pad_width=((0, 0), (at, width - at - m.shape[1]))))
        at += m.shape[1]
    return OP["concatenate"](*rows, axis=0)


def sequence_mask(lengths: Tensor, maxlen: int | None = None) -> Tensor:
    """Boolean rows: True before each length, up to ``maxlen`` (the greatest length by default).

    >>> from luojia import Tensor, ops
    >>> ops.sequence_mask(Tensor([1, 2]), 3).tolist()
    [[True, False, False], [True, True, False]]
    """
    n = int(lengths.asnumpy().max()) if maxlen is None else maxlen
    return OP["less"](Tensor(np.arange(n)), OP["expand_dims"](lengths, axis=-1))


def gumbel_softmax(logits: Tensor, tau: float = 1.0, hard: bool = False, dim: int = -1) -> Tensor:
    """A draw from the Gumbel-softmax distribution; with ``hard`` one-hot forward, and the soft draw's gradient."""
    if tau <= 0:
        raise ArgumentError(f"For 'gumbel_softmax', 'tau' must be greater than 0, got {tau}.")
    with logits._device:
        u = OP["random_uniform"](next_key(logits._device), low=1e-10, high=1.0, shape=logits.shape,
                                 dtype=str(logits.np_dtype))
    soft = OP["softmax"]((logits - OP["log"](-OP["log"](u))) / tau, axis=dim)
    if not hard:
        return soft
    top = OP["equal"](soft, OP["max"](soft, axis=dim, keepdims=True))
    return OP["stop_gradient"](OP["cast"](top, dtype=soft.np_dtype) - soft) + soft


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., C r^2, H, W) as (..., C, H r, W r)."""
    *lead, c, h, w = input.shape
    r = upscale_factor
    if c % (r * r):
        raise ShapeError(f"For 'pixel_shuffle', the channels must be a multiple of {r * r}, got {c}.")
    x = OP["reshape"](input, shape=(-1, c // (r * r), r, r, h, w))
    x = OP["transpose"](x, axes=(0, 1, 4, 2, 5, 3))
    return OP["reshape"](x, shape=(*lead, c // (r * r), h * r, w * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., C, H r, W r) as (..., C r^2, H, W)."""
    *lead, c, h, w = input.shape
    r = downscale_factor
    if h % r or w % r:
        raise ShapeError(f"For 'pixel_unshuffle', height and width must be multiples of {r}, got {h} and {w}.")
    x = OP["reshape"](input, shape=(-1, c, h // r, r, w // r, r))
    x = OP["transpose"](x, axes=(0, 1, 3, 5, 2, 4))
    return OP["reshape"](x, shape=(*lead, c * r * r, h // r, w // r))


def _rows(name: str, doc: str) -> Callable:
    def function(x: Tensor, v: Tensor, indices: Any) -> Tensor:
        _not_negative(f"inplace_{name}", indices, x)
        at = indices if isinstance(indices, Tensor) else Tensor(np.atleast_1d(np.asarray(indices)))
        return OP[f"tensor_scatter_{name}"](x, OP["expand_dims"](at, axis=-1), v)

    function.__name__ = function.__qualname__ = f"inplace_{name}"
    function.__doc__ = doc
    return function


def _not_negative(name: str, indices: Any, x: Tensor) -> None:
    if not isinstance(indices, Tensor) and np.any(np.asarray(indices) < 0):
        raise ArgumentError(f"For '{name}', indices must be in [0, {len(x)}), got {indices}.")


def _update_rows(self: Any, x: Tensor, v: Tensor) -> Tensor:
    _not_negative("InplaceUpdate", self.indices, x)
    return inplace_update(x, v, self.indices)


def _inverse(self: Any, x: Any) -> tuple[int, ...]:
    if isinstance(x, (tuple, list)) and any(i.__class__ is not int for i in x):
        raise DTypeError(f"For 'InvertPermutation', the elements must be int, got {x}.")
    if not isinstance(x, (tuple, list)) or sorted(x) != list(range(len(x))):
        raise ArgumentError(f"For 'InvertPermutation', each number of 0 to n - 1 is expected once, got {x}.")
    return tuple([x.index(i) for i in range(len(x))])


def inplace_update(x: Tensor, v: Tensor, indices: Any) -> Tensor:
    """``x`` with the rows ``indices`` replaced by ``v``; numbers below 0 count from the end."""
    return queries.inplace_update(x, v, indices)


inplace_add = _rows("add", "``x`` with ``v`` added to the rows ``indices``.")
inplace_sub = _rows("sub", "``x`` with ``v`` subtracted from the rows ``indices``.")


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> Tensor:
    """The indices (2, n) of a matrix's lower triangle."""
    return Tensor(np.stack(np.tril_indices(row, offset, col)).astype(to_np(dtype or "int64")))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> Tensor:
    """The indices (2, n) of a matrix's upper triangle."""
    return Tensor(np.stack(np.triu_indices(row, offset, col)).astype(to_np(dtype or "int64")))


def bucketize(input: Tensor, boundaries: list, *, right: Any = False) -> Tensor:
    """The index of the bucket between ``boundaries`` into which each element falls, Int32."""
    if not isinstance(boundaries, (list, tuple)) or not all(isinstance(b, (int, float)) for b in boundaries):
        raise DTypeError(f"For 'bucketize', 'boundaries' must be a list of numbers, got {boundaries!r}.")
    return Tensor(np.searchsorted(boundaries, input.asnumpy(), side="right" if right else "left").astype(np.int32))


def truncate_div(x: Any, y: Any) -> Tensor:
    """x / y rounded towards zero, in the dtype of the operands; integers by 0 end at the bound of their dtype."""
    return OP["truncated_divide"](x, y) if _whole(x, y) else OP["divide_rounding"](x, y, rounding_mode="trunc")


def tensor_div(x: Any, y: Any) -> Tensor:
    """x / y, of integers as ``truncate_div``, in their dtype."""
    return OP["truncated_divide"](x, y) if _whole(x, y) else OP["divide"](x, y)


def _whole(*operands: Any) -> bool:
    return all([v.__class__ is int or isinstance(v, Tensor) and v.np_dtype.kind in "iu" for v in operands])


def truncate_mod(x: Any, y: Any) -> Tensor:
    """What remains of x / y rounded towards zero; it has the sign of x."""
    return OP["fmod"](x, y)


def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target * input))."""
    return reduced("soft_margin_loss", OP["softplus"](-target * input), reduction)


def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: int = 2,
                        eps: float = 1e-06, swap: bool = False, reduction: str = "mean") -> Tensor:
    """max(|anchor - positive| - |anchor - negative| + margin, 0) in the p-norm over the last axis.

    With ``swap`` the distance to the negative is that of the nearer of anchor and positive.
    """
    near = OP["norm"](anchor - positive + eps, ord=p, axis=-1)
    far = OP["norm"](anchor - negative + eps, ord=p, axis=-1)
    if swap:
        far = OP["minimum"](far, OP["norm"](positive - negative + eps, ord=p, axis=-1))
    return reduced("triplet_margin_loss", OP["relu"](near - far + margin), reduction)


def multi_margin_loss(input: Tensor, target: Tensor, p: int = 1, margin: float = 1, weight: Tensor | None = None,
                      reduction: str = "mean") -> Tensor:
    """sum over the wrong classes of max(margin - input[target] + input[j], 0)^p / C, for input (N, C)."""
    n, c = input.shape
    right = OP["take_along"](input, OP["expand_dims"](target, axis=1), axis=1)
    loss = OP["power"](OP["relu"](margin - right + input), p)
    if weight is not None:
        loss = loss * OP["expand_dims"](OP["take"](weight, target, axis=0), axis=1)
    wrong = Tensor((np.arange(c) != target.asnumpy()[:, None]).astype(input.np_dtype))
    return reduced("multi_margin_loss", OP["sum"](loss * wrong, axis=1) / c, reduction)


def full(size: Any, fill_value: Any, *, dtype: Any = None) -> Tensor:
    """``fill_value`` everywhere in the shape ``size``, as Int64 unless a dtype is given.

    >>> from luojia import float32
    >>> full((2,), 1.5).tolist(), full((2,), 1.5, dtype=float32).tolist()
    ([1, 1], [1.5, 1.5])
    """
    if not isinstance(size, (tuple, list)):
        raise DTypeError(f"For 'full', 'size' must be a tuple or list of ints, but got {type(size).__name__}.")
    if not isinstance(fill_value, (int, float, complex, np.generic, Tensor)):
        raise DTypeError(f"For 'full', 'fill_value' must be a number or a Tensor, but got {type(fill_value).__name__}.")
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    return OP["filled"](shape=size, value=value, dtype=to_np(dtype or int64))


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
              norm_type: float = 2.0, scale_grad_by_freq: bool = False) -> Tensor:
    """The rows of ``weight`` at ``input``.

    Row ``padding_idx`` gets no gradient. With ``max_norm``, rows that are used and whose ``norm_type``-norm is greater
    are first scaled to it, in ``weight`` itself. With ``scale_grad_by_freq`` the gradient of a row is divided by how
    often it occurs.
    """
    if max_norm is not None:
        values = weight.asnumpy()
        used = np.unique(input.asnumpy())
        length = np.linalg.norm(values[used], norm_type, axis=1)
        factor = np.where(length > max_norm, max_norm / (length + 1e-7), 1).astype(values.dtype)
        values[used] *= factor[:, None]
        weight._rebind(weight._device.engine.put(values, weight._device))
    out = OP["take"](weight, input, axis=0, mode="raise")
    if padding_idx is not None:
        at = padding_idx + weight.shape[0] * (padding_idx < 0)
        out = OP["where"](OP["expand_dims"](OP["equal"](input, at), axis=-1), OP["stop_gradient"](out), out)
    if scale_grad_by_freq:
        count = np.unique(input.asnumpy(), return_inverse=True, return_counts=True)
        share = Tensor((1 / count[2])[count[1]].reshape(*input.shape, 1).astype(out.np_dtype))
        out = out * share + OP["stop_gradient"](out * (1 - share))
    return out


def make_tuple(*items: Any) -> tuple:
    """The arguments as a tuple."""
    return items


def tuple_getitem(items: tuple, index: int) -> Any:
    """An element of a tuple."""
    return items[index]


def _mul_no_nan(self: Any, x: Tensor, y: Tensor) -> Tensor:
    """x * y, and 0 where y is 0, even if x is no number."""
    odd = OP["logical_and"](OP["equal"](y, 0), OP["logical_not"](OP["isfinite"](x)))
    return OP["where"](odd, y * 0, x * y)


def _linspace_of(self: Any, start: Any, stop: Any, num: Any) -> Tensor:
    return linspace(start, stop, num)


_KEPT = [n for n, f in list(globals().items()) if callable(f) and not n.startswith("_") and getattr(
    f, "__module__", "") == __name__ and not isinstance(f, type)]


_DTYPES = {bool: bool_, int: int64, float: float32, str: string}


def _is_instance(self: Any, x: Any, kind: Any) -> bool:
    """Whether a value is of a type; Python's numbers are Bool, Int64 and Float32, and all of them of ``number``."""
    if isinstance(kind, DType):
        return _DTYPES.get(type(x)) is kind
    return _DTYPES.get(type(x)) in kind if hasattr(kind, "members") else isinstance(x, kind)


# -- classes -----------------------------------------------------------------------------------------------------------


_ROWS: tuple[Any, ...] = (
    ("SquareSumAll", {}, lambda self, x1, x2: (OP["sum"](x1 * x1), OP["sum"](x2 * x2)), "The sums of squares of two."),
    ("ReduceStd", {"axis": (), "unbiased": True, "keep_dims": False},
     lambda self, x: std_mean(x, None if self.axis in ((), []) else self.axis, int(self.unbiased), self.keep_dims),
     "(standard deviation, mean)."),
    ("RealDiv", *of(tensor_div)), ("TruncateDiv", *of(truncate_div)), ("TruncateMod", *of(truncate_mod)),
    ("Cdist", *of(cdist, p=2.0)), ("Trace", {}, lambda self, x: OP["trace"](x), "The sum of the diagonal."),
    ("MulNoNan", {}, _mul_no_nan, _mul_no_nan.__doc__), ("LinSpace", {}, _linspace_of, linspace.__doc__),
    ("Roll", {"shifts": ..., "dims": None}, lambda self, x: OP["roll"](x, shift=self.shifts, axis=self.dims),
     "The elements moved along an axis, the last to the front."),
    ("InvertPermutation", {}, _inverse, "The inverse of a permutation, a tuple or list of ints."),
    ("InplaceUpdate", {"indices": ...}, _update_rows, inplace_update.__doc__),
    ("InplaceAdd", {"indices": ...}, lambda self, x, v: inplace_add(x, v, self.indices), inplace_add.__doc__),
    ("InplaceSub", {"indices": ...}, lambda self, x, v: inplace_sub(x, v, self.indices), inplace_sub.__doc__),
    ("NoOp", {}, lambda self, *xs: None, "Nothing."),
    ("IsInstance", {}, _is_instance, _is_instance.__doc__),
    ("TupleToArray", {}, lambda self, xs: Tensor(np.asarray(xs).astype(np.float32 if isinstance(xs[0], float) else
                                                                       np.int32)), "A tuple of numbers as a Tensor."),
    ("Partial", {}, lambda self, f, *xs: functools.partial(f, *xs), "A function with its first arguments given."),
)
_CLASSES = [class_form(__name__, *row) for row in _ROWS]


globals().update({cls.__name__: cls for cls in _CLASSES})
__all__ = [*_KEPT, *(cls.__name__ for cls in _CLASSES)]  # pyright: ignore[reportUnsupportedDunderAll] - a table
__dir__ = public_names(__name__)
