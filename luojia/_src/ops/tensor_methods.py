"""Tensor's named methods: MindSpore's, most of them the function of the same name with the Tensor as first argument."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from ..core.accepted import guarded
from ..core.dtypes import DType, is_float, to_np
from ..core.faces import FaceModule, LazyMethod, compile_plain
from ..core.given import checked
from ..core.op import OPERATORS
from ..core.tape import Leaf
from ..core.tensor import Tensor, wrap
from ..errors import ArgumentError, DTypeError, PlaceError, RefusedName, ShapeError
from . import composed
from .compose import scaled
from .composed.accepted import FUNCTIONS as ACCEPTED
from .shape import axis_in

FACES = FaceModule({"fn": lambda face: compile_plain(face, "luojia", ACCEPTED.get(face.name))})

SAME = """abs absolute angle conj imag real acos acosh addcdiv addcmul addmm addmv all any
approximate_equal arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
baddbmm bincount bitwise_and bitwise_or bitwise_xor bmm broadcast_to ceil cholesky chunk
cos cosh count_nonzero cummax cummin cumprod deg2rad det diagonal digamma div divide dot eq equal erf
erfc erfinv exp expand_as expand_dims expm1 flip floor floor_divide fmod frac gather_elements
gather_nd gcd ge ger greater greater_equal gt hardshrink histc hypot i0 igamma igammac
index_fill inner inverse isclose isfinite isinf isnan isneginf isposinf lcm le lerp less less_equal lgamma log
log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logsumexp lt masked_fill
masked_select matmul maximum median minimum mm moveaxis movedim mul mvlgamma nan_to_num nansum narrow
ne neg negative nextafter not_equal outer pow prod rad2deg reciprocal remainder
roll round rsqrt sigmoid sign signbit sin sinc sinh slogdet softmax split sqrt
square std swapdims tan tanh topk tril triu true_divide trunc unbind
unfold fold unsqueeze unsorted_segment_sum var xdivy xlogy"""
OTHER = {"top_k": "topk", "is_finite": "isfinite",
         "scatter_nd_add": "tensor_scatter_add",
         "scatter_sub": "tensor_scatter_sub",
         "scatter_mul": "tensor_scatter_mul", "scatter_div": "tensor_scatter_div", "scatter_max": "tensor_scatter_max",
         "scatter_min": "tensor_scatter_min", "soft_shrink": "softshrink", "bitwise_left_shift": "left_shift",
         "bitwise_right_shift": "right_shift", "fills": "full_like", "matrix_determinant": "det",
         "invert": "invert"}
COMPOSED = {  # a module of ops/composed: the methods whose functions it has
    "elementwise": "isreal is_complex fmax fmin float_power logit sgn ldexp clamp clip subtract copysign inv",
    "extrema": "amax amin",
    "linear": """norm adjoint addbmm addr cross renorm cov matrix_power logdet cholesky_inverse cholesky_solve
                 eigvals triangular_solve lstsq svd geqrf orgqr ormqr lu_solve""",
    "arrange": """diagflat diff rot90 msort tensor_split hsplit vsplit dsplit reverse_sequence
                  diagonal_scatter select_scatter slice_scatter""",
    "reduce": """nonzero aminmax nanmean nanmedian quantile nanquantile logcumsumexp argwhere unique_consecutive
                 unique_with_pad unsorted_segment_max unsorted_segment_min unsorted_segment_prod""",
    "inplace": """add_ sub_ mul_ div_ floor_divide_ remainder_ exp_ log_ sigmoid_ tanh_ sign_ floor_ erfinv_ relu_
                  zero_ addmm_ clamp_ copy_ fill_ fill_diagonal_ masked_fill_ masked_scatter masked_scatter_ index_add_
                  index_copy_ index_fill_ index_put index_put_ put_ scatter_add_""",
    "overloaded": "unique repeat repeat_interleave scatter scatter_ scatter_add index_add view argsort sort diag",
    "draws": """multinomial random_categorical bernoulli uniform cauchy log_normal uniform_ normal_ exponential_
                bernoulli_ random_""",
    "hooks": "register_hook hooks",
    "queries": """allclose is_contiguous is_signed stride storage_offset sum_to_size resize new_full new_empty
                  inplace_update kthvalue choose fill_diagonal qr get_bytes index requires_grad_ pin_memory
                  is_pinned data_ptr set_const_arg is_init set_init_flag flush_from_cache""",
    "pooling": "col2im",
}
REFUSED = {  # names of MindSpore's methods, and what to use instead
    **dict.fromkeys(("storage", "untyped_storage", "set_"),
                    "buffers belong to the engine; take x.asnumpy()"),
    **dict.fromkeys(("to_dlpack", "from_dlpack"), "use numpy.from_dlpack(x), or torch's, and Tensor(array)"),
    **dict.fromkeys(("offload", "to_"), "memory is the device's; use x.as_in_context of an NDArray"),
}
DTYPES = {"bool": "bool", "byte": "uint8", "short": "int16", "int": "int32", "long": "int64", "half": "float16",
          "float": "float32", "double": "float64", "bfloat16": "bfloat16"}


def _shape_of(shape: tuple) -> tuple:
    """A shape given as numbers or as one tuple, list or Tensor."""
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    return tuple([operator.index(n) for n in shape])


_GROUPS = (("axis", "dim", "dims"), ("keepdims", "keep_dims", "keepdim"), ("ddof", "correction"),
           ("other", "divisor", "x2", "tensor2", "y", "x"), ("split_size_or_sections", "split_size"), ("wrap", "warp"),
           ("indices", "index"))


def spelled(function: Callable) -> Callable:
    """The method with its keywords under either spelling of MindSpore's: axis and dim, keepdims and keepdim.

    >>> from luojia import Tensor
    >>> spelled(lambda x, axis: axis)(Tensor([1.0]), dim=0)
    0
    """
    names = inspect.signature(function).parameters
    also = {}
    for group in _GROUPS:
        own = next((name for name in group if name in names), None)
        also.update({name: own for name in group if own is not None and name not in names})
    if not also:
        return function

    @wraps(function)
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            kwargs = {also.get(k, k): v for k, v in kwargs.items()}
        return function(self, *args, **kwargs)

    return method


def reshape(self: Tensor, *lengths: Any, shape: Any = None) -> Tensor:
    """The Tensor in another shape, given as numbers or as a tuple; one length may be -1."""
    if shape is None and not lengths and self.ndim:
        raise TypeError(f"Tensor.reshape: give a shape for the {self.size} elements, got nothing.")
    shape = _shape_of(lengths if shape is None else (shape,))
    if shape and min(shape) < -1:
        raise ArgumentError(f"Tensor.reshape: a length is at least -1, which stands for what remains, got {shape}.")
    return OPERATORS["reshape"](self, shape=shape)


def transpose(self: Tensor, *axes: Any, dim0: int | None = None, dim1: int | None = None) -> Tensor:
    """The Tensor with two axes exchanged, if two numbers are given; else with its axes permuted as a tuple or more
    numbers say; reversed by default."""
    if dim0 is not None and dim1 is not None:
        axes = (dim0, dim1)
    if len(axes) == 2:
        return OPERATORS["swapaxes"](self, axis1=operator.index(axes[0]), axis2=operator.index(axes[1]))
    return OPERATORS["transpose"](self, axes=_shape_of(axes) if axes and axes[0] is not None else None)


def permute(self: Tensor, *order: Any, dims: Any = None) -> Tensor:
    """The Tensor with its axes permuted, given as numbers or as a tuple."""
    order = order if dims is None else (dims,)
    return OPERATORS["transpose"](self, axes=_shape_of(order) if order and order[0] is not None else None)


def gather(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``gather(dim, index)``: the element at each index along an axis; ``gather(input_indices, axis)``: slices."""
    if kwargs.keys() & {"dim", "index"} or args and not isinstance(args[0], (Tensor, tuple, list)):
        given = {**dict(zip(("dim", "index"), args)), **kwargs}
        return OPERATORS["take_along"](self, given["index"], axis=given["dim"])
    return FACES.get("gather")(self, *args, **kwargs)


def tile(self: Tensor, *counts: Any, reps: Any = None, dims: Any = None) -> Tensor:
    """The Tensor repeated along each axis, as many times as numbers or a tuple say."""
    given = reps if reps is not None else dims
    return OPERATORS["tile"](self, reps=_shape_of(counts if given is None else (given,)))


def plus(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """self + alpha other."""
    return OPERATORS["add"](self, scaled(self, other, alpha, "Tensor.add"))


def minus(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """self - alpha other."""
    return OPERATORS["subtract"](self, scaled(self, other, alpha, "Tensor.sub"))


def flatten(self: Tensor, order: Any = "C", *last: int, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The Tensor with its axes from ``start_dim`` to ``end_dim`` joined, all of them by default.

    A number for the first argument is ``start_dim``, and a second one ``end_dim``.
    """
    if isinstance(order, int):
        start_dim, end_dim, order = order, last[0] if last else end_dim, "C"
        if self.ndim and axis_in(start_dim, self.ndim, "flatten") > axis_in(end_dim, self.ndim, "flatten"):
            raise ArgumentError(f"Tensor.flatten: start_dim, {start_dim}, comes after end_dim, {end_dim}.")
    if order not in ("C", "F"):
        raise ArgumentError(f"Tensor.flatten: order must be 'C' or 'F', got {order!r}.")
    if order == "F":
        self = OPERATORS["transpose"](self)
    return OPERATORS["flatten"](self, start_dim=start_dim, end_dim=end_dim)


def ravel(self: Tensor) -> Tensor:
    """The Tensor as a vector."""
    return OPERATORS["reshape"](self, shape=(-1,))


_PYTHONS = {int: np.int64, float: np.float64}


def astype(self: Tensor, dtype: Any, copy: bool = True) -> Tensor:
    """The Tensor in another dtype: a luojia or NumPy dtype, or its name."""
    if dtype is None:
        raise DTypeError("Tensor.astype: expected a dtype such as luojia.float32, or its name, got None.")
    dtype = to_np(_PYTHONS.get(dtype, dtype) if dtype.__class__ is type else dtype.lower() if isinstance(dtype, str)
                  else dtype)
    return self if not copy and dtype == self.np_dtype else OPERATORS["cast"](self, dtype=dtype)


def set_dtype(self: Tensor, dtype: Any) -> Any:
    """Change the dtype of the Tensor itself; returns the dtype."""
    self._rebind(OPERATORS["cast"](self, dtype=to_np(dtype))._value)
    return self.dtype


def to(self: Tensor, *args: Any, dtype: Any = None, device: Any = None, other: Any = None,
       non_blocking: bool = False, copy: bool = False) -> Tensor:
    """The Tensor in another dtype, given as such or as that of another Tensor; of devices it takes its own, 'CPU'."""
    for given in (*args, dtype, device, other):
        if isinstance(given, Tensor):
            dtype = given.np_dtype
        elif isinstance(given, str) and given.partition(":")[0].upper() in ("CPU", "GPU", "ASCEND", "NPU"):
            if given.partition(":")[0].upper() != str(self._device).partition("(")[0].upper():
                raise ArgumentError(f"Tensor.to: the Tensor is on {self._device} and stays there, got {given!r}; "
                                    "choose the device in set_context.")
        elif isinstance(given, str) and given not in DType._all and not hasattr(np, given):
            raise ArgumentError(f"Tensor.to: expected a device, as 'CPU', a dtype or a Tensor, got {given!r}.")
        elif given is not None and not isinstance(given, bool):
            dtype = given
    return self if dtype is None else astype(self, dtype, copy)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The Tensor in the dtype of ``other``."""
    return astype(self, other.np_dtype)


def total(self: Tensor, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The sum over ``axis``, in ``dtype``, plus ``initial``; a boolean for the second is ``keepdims``."""
    if isinstance(dtype, bool):
        dtype, keepdims = None, dtype
    out = OPERATORS["sum"](self, axis=_axes(axis), keepdims=keepdims, dtype=None if dtype is None else to_np(dtype))
    return out if initial is None else out + initial


def mean(self: Tensor, axis: Any = None, keep_dims: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over ``axis``."""
    return OPERATORS["mean"](self, axis=_axes(axis), keepdims=keep_dims, dtype=None if dtype is None else to_np(dtype))


def cumsum(self: Tensor, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sum of the elements up to each along ``axis``; of the flattened Tensor by default. Int32 of shorter ints."""
    if dtype is None and self.np_dtype.name in ("bool", "int8", "int16", "uint8"):
        dtype = "int32"
    return OPERATORS["cumsum"](self, axis=axis, dtype=None if dtype is None else to_np(dtype))


def _axes(axis: Any) -> Any:
    if axis is True or axis is False:
        raise DTypeError(f"Tensor: an axis is an int or a tuple of int, got {axis}.")
    return tuple(axis) if isinstance(axis, list) else axis


def _extremum(name: str) -> Callable:
    def method(self: Tensor, *at: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
               where: Any = None, return_indices: bool = False, dim: Any = None, keepdim: bool = False) -> Any:
        """The {0}imum: of all elements, its gradient split among those that tie; along ``axis``, its gradient to the
        first. With the axis as a positional argument or as ``dim``, or ``return_indices``, the pair (values, indices).
        Elements where ``where`` is not true count as ``initial``."""
        if dim is not None:
            at, keepdims = (dim, keepdim), keepdim
        if at and isinstance(at[0], Tensor):
            return OPERATORS[f"{name}imum"](self, at[0])
        pair = bool(at) or return_indices
        if at and dim is None and (keepdim or keepdims or initial is not None or where is not None):
            pair, keepdims = keepdim or return_indices, keepdim or keepdims  # max(1, keepdims=True) is of the axis form
        if at:
            axis, *rest = at
            keepdims = bool(rest[0]) if rest else keepdims
        if where is not None and where is not True:
            if initial is None:
                raise ArgumentError(f"Tensor.{name}: where needs an initial value for the elements that it leaves out.")
            self = OPERATORS["where"](where, self, OPERATORS["filled_like"](self, value=initial))
        if axis is None or isinstance(axis, (tuple, list)):
            out: Any = OPERATORS[name](self, axis=_axes(axis), keepdims=keepdims and axis is not None)
            if return_indices:
                return OPERATORS[f"{name}_with_index"](self, axis=axis, keepdims=keepdims)
        else:
            values, indices = OPERATORS[f"{name}_with_index"](self, axis=axis, keepdims=keepdims)
            if pair:
                return values if initial is None else OPERATORS[f"{name}imum"](values, initial), indices
            out = values
        return out if initial is None else OPERATORS[f"{name}imum"](out, initial)

    method.__name__ = name
    method.__doc__ = (method.__doc__ or "").format(name)
    return method


def _position(name: str, dtype: str) -> Callable:
    def method(self: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
        return OPERATORS[name](self, axis=axis, keepdims=keepdims and axis is not None, dtype=dtype)

    method.__name__, method.__doc__ = name, OPERATORS[name].__doc__
    return spelled(checked(method))


def trace(self: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """The sum of the ``offset``-th diagonal over two axes, in ``dtype``."""
    diagonal = OPERATORS["diagonal"](self, offset=offset, axis1=axis1, axis2=axis2)
    return OPERATORS["sum"](diagonal, axis=-1, dtype=None if dtype is None else to_np(dtype))


def searchsorted(self: Tensor, v: Any, side: str = "left", sorter: Any = None) -> Tensor:
    """Where each value of ``v`` would be inserted in this sorted Tensor, Int32."""
    rest = {"side": side, "sorter": sorter, "out_int32": True}
    return composed.find("reduce.searchsorted")(self, v if isinstance(v, Tensor) else Tensor(v), **rest)


def expand(self: Tensor, *size: Any) -> Tensor:
    """The Tensor broadcast to a shape, given as numbers or as a tuple; -1 keeps a length."""
    return OPERATORS["broadcast_to"](self, shape=_shape_of(size))


def _found(name: str) -> Callable:
    def method(self: Tensor, axis: int | None = 0, keep_dims: bool = False) -> tuple[Tensor, Tensor]:
        return composed.find(f"extrema.{name}")(self, axis if self.ndim else None, keep_dims)

    method.__name__ = f"arg{name}_with_value"
    method.__doc__ = OPERATORS[f"{name}_with_index"].__doc__
    return checked(method)


def squeeze(self: Tensor, *at: Any, axis: Any = None) -> Tensor:
    """The Tensor without its axes of length 1, or without those of them that are named."""
    axis = axis if not at else at[0] if len(at) == 1 else at
    axis = tuple(axis) if isinstance(axis, list) else axis
    return OPERATORS["squeeze"](self, axis=axis, strict=False)


def swapaxes(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """The Tensor with two axes exchanged."""
    return OPERATORS["swapaxes"](self, axis1=axis0, axis2=axis1)


def take(self: Tensor, indices: Tensor, axis: int | None = None, mode: str = "clip") -> Tensor:
    """The slices along ``axis`` at ``indices`` (elements of the flattened Tensor, if None)."""
    if indices.np_dtype.kind not in "iu":
        raise DTypeError(f"Tensor.take: the indices must be integers, got {indices.dtype}.")
    axis = None if axis is None else axis_in(axis, self.ndim, "Tensor.take")
    if mode == "clip":  # up to the length counted from the end, as MindSpore has it
        n = self.size if axis is None else self.shape[axis]
        indices = OPERATORS["where"](OPERATORS["less"](indices, 0), indices + n, indices)
    return OPERATORS["take"](self, indices, axis=axis, mode=mode)


def index_select(self: Tensor, axis: int, index: Tensor) -> Tensor:
    """The slices along ``axis`` at ``index``, a vector."""
    if axis is None:
        raise DTypeError("Tensor.index_select: the axis must be an int, got None.")
    if index.ndim > 1:
        raise ShapeError(f"Tensor.index_select: the index must be a vector, got shape {index.shape}.")
    return OPERATORS["take"](self, index, axis=axis, mode="raise")


def fill(self: Tensor, value: Any) -> Tensor:
    """A Tensor of the same shape and dtype with ``value`` everywhere."""
    if not isinstance(value, (int, float, complex, np.generic, Tensor)):
        raise DTypeError(f"Tensor.fill: expected a number, got {type(value).__name__}: {value!r:.60}.")
    return OPERATORS["filled_like"](self, value=value)


def select(self: Tensor, condition: Any = None, y: Any = None, *, dim: Any = None, index: Any = None) -> Tensor:
    """The elements of this Tensor where ``condition`` is true, else those of ``y``; of two numbers, ``dim`` and
    ``index``, the slice at the index."""
    if dim is None and isinstance(condition, int):
        dim, index = condition, y
    if dim is not None:
        return OPERATORS["squeeze"](OPERATORS["narrow"](self, axis=dim, start=index, length=1), axis=dim)
    return OPERATORS["where"](condition, self, y)


def where(self: Tensor, condition: Tensor, y: Any) -> Tensor:
    """The elements of this Tensor where ``condition`` is true, else those of ``y``."""
    return OPERATORS["where"](condition, self, y)


_at = to


def moved(self: Tensor, to: str, blocking: bool = True) -> Tensor:
    """The Tensor on a kind of device; of those it takes its own."""
    if to not in ("Ascend", "GPU", "CPU"):
        raise ArgumentError(f"The value of 'to' must be one of ['Ascend', 'GPU', 'CPU'], but got {to}")
    return _at(self, to)


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """The Tensor in the shape of ``other``."""
    return reshape(self, other.shape)


def ptp(self: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The difference between the greatest and the least element along ``axis``."""
    return OPERATORS["max"](self, axis=_axes(axis), keepdims=keepdims) - OPERATORS["min"](
        self, axis=_axes(axis), keepdims=keepdims)


def itemset(self: Tensor, *args: Any) -> Tensor:
    """A copy with the element at an index (the last argument is the value) replaced.

    The index is a number, counted over all elements, or a tuple of one for each axis; without it there is one element.
    """
    if not args:
        raise DTypeError("Tensor.itemset takes (value) or (index, value), got nothing.")
    *index, value = args
    at: Any = index[0] if index else 0
    if not index and self.size != 1:
        raise PlaceError(f"Tensor.itemset: without an index there must be one element, got shape {self.shape}.")
    if isinstance(at, tuple):
        if len(at) != self.ndim:
            raise PlaceError(f"Tensor.itemset: expected {self.ndim} numbers, one for each axis, got {at}.")
        at = tuple([operator.index(i) for i in at])
    elif not -self.size <= operator.index(at) < self.size:
        raise PlaceError(f"index {at} is out of bounds for axis 0 with size {self.size}")
    else:
        at = np.unravel_index(operator.index(at) % self.size, self.shape)
    out = self.copy()
    out[tuple([int(i) for i in at])] = value
    return out


def copy(self: Tensor) -> Tensor:
    """A Tensor of the same value, linked to this one."""
    out = OPERATORS["identity"](self)
    value = self._value
    return wrap(type(out), value.copy() if isinstance(value, np.ndarray) else value, out._device, out._node)


def assign_value(self: Tensor, value: Tensor) -> Tensor:
    """Give this Tensor the value of another."""
    self._rebind(value._value)
    if not isinstance(self._node, Leaf):
        self._node = value._node
    return self


def requires_no_copy(self: Tensor) -> Tensor:
    """The Tensor itself: its elements always lie in order."""
    return self


def _dtype_method(dtype: str) -> Callable:
    def method(self: Tensor) -> Tensor:
        return OPERATORS["cast"](self, dtype=dtype)

    method.__doc__ = f"The Tensor as {dtype}."
    return method


def _filled(self: Tensor, size: Any, dtype: Any, value: int) -> Tensor:
    """A Tensor of a shape full of ``value``, in this Tensor's dtype by default."""
    kind = self.np_dtype if dtype is None else to_np(dtype)
    return Tensor(np.full((size,) if isinstance(size, int) else tuple(size), value, kind), device=self._device)


def _refuse(name: str, self: Tensor) -> Any:
    raise RefusedName(f"Tensor.{name} is not supported: {REFUSED[name]}.")


def _install() -> None:
    def face_method(name: str) -> Callable:
        return spelled(FACES.get(name))

    def composed_method(place: str) -> Callable:
        function = composed.find(place)
        row = ACCEPTED.get(function.__name__)
        fits = row is not None and row.params.keys() <= inspect.signature(function).parameters.keys()
        return spelled(guarded(checked(function), row if fits else None))

    for name in SAME.split():
        setattr(Tensor, name, LazyMethod(Tensor, name, face_method))
    for name, face in OTHER.items():
        setattr(Tensor, name, LazyMethod(Tensor, name, face_method, face))
    for module, named in COMPOSED.items():
        for name in named.split():
            setattr(Tensor, name, LazyMethod(Tensor, name, composed_method, f"{module}.{name}"))
    for name, dtype in DTYPES.items():
        setattr(Tensor, name, _dtype_method(dtype))
    for method in (reshape, transpose, permute, flatten, ravel, astype, to, mean, squeeze, swapaxes,
                   select, itemset, copy, searchsorted, expand, gather, tile):
        setattr(Tensor, method.__name__, spelled(method))
    for method in (type_as, cumsum, take, fill, where, ptp, assign_value, index_select, trace):
        setattr(Tensor, method.__name__, spelled(checked(method)))
    others: dict[str, Any] = {
        "sum": spelled(total), "relu": lambda self: OPERATORS["relu"](self), "add": plus, "sub": spelled(minus),
        "max": _extremum("max"), "min": _extremum("min"), "argmax": _position("argmax", "int64"),
        "argmin": _position("argmin", "int32"), "permute": permute, "clone": copy, "contiguous": requires_no_copy,
        "dim": lambda self: self.ndim, "ndimension": lambda self: self.ndim, "numel": lambda self: self.size,
        "nelement": lambda self: self.size, "view_as": checked(view_as),
        "reshape_as": checked(view_as), "value": lambda self: self,
        "positive": lambda self: self, "is_floating_point": lambda self: is_float(self.np_dtype),
        "argmax_with_value": _found("max"), "argmin_with_value": _found("min"),
        "reverse": lambda self, axis: OPERATORS["flip"](self, axis=axis),
        "multiply": lambda self, value: OPERATORS["multiply"](self, value),
        "heaviside": lambda self, values: OPERATORS["heaviside"](self, values),
        "t": lambda self: OPERATORS["transpose"](self), "fliplr": lambda self: OPERATORS["flip"](self, axis=1),
        "flipud": lambda self: OPERATORS["flip"](self, axis=0), "set_dtype": set_dtype,
        "new_zeros": lambda self, size, dtype=None: _filled(self, size, dtype, 0),
        "new_ones": lambda self, size, dtype=None: _filled(self, size, dtype, 1),
        "from_numpy": staticmethod(lambda array: composed.find("queries.from_numpy")(array)),
        "convert_bytes_to_tensor": staticmethod(lambda bytes_data, dims, data_type: composed.find(
            "queries.convert_bytes_to_tensor")(bytes_data, dims, data_type)),
        "is_shared": lambda self: False, "data_sync": lambda self: None,
        "move_to": checked(moved),
        "__contains__": lambda self, value: bool(OPERATORS["any"](OPERATORS["equal"](self, value)).asnumpy()),
        **{name: property(partial(_refuse, name)) for name in REFUSED},
        "type": lambda self, dtype=None: composed.find("queries.kind")(self, dtype),
        "bitwise_not": lambda self: OPERATORS["invert"](self),
        "log_matrix_determinant": lambda self: OPERATORS["slogdet"](self),
        "data": property(lambda self: self), "has_init": property(lambda self: "init" in self.__dict__),
        "H": property(lambda self: composed.find("queries.hermitian")(self)),
        "mH": property(lambda self: composed.find("linear.adjoint")(self)),
        "to_coo": lambda self: composed.find("sparse.dense_to_sparse_coo")(self),
        "to_csr": lambda self: composed.find("sparse.dense_to_sparse_csr")(self),
        "T": property(lambda self: OPERATORS["transpose"](self)),
        "mT": property(lambda self: OPERATORS["swapaxes"](self, axis1=-1, axis2=-2)),
    }
    for name, method in others.items():
        setattr(Tensor, name, method)


_install()
