"""``mx.np.ndarray``: the NDArray with NumPy's conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS, apply
from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops.index import encode
from ..ndarray.indexing import View, contiguous, tidy
from ..ndarray.ndarray import NDArray, keep_integers, whole


def _is_mask(key: Any) -> bool:
    """Whether a key is a boolean array without axes."""
    return isinstance(key, (Tensor, np.ndarray)) and key.dtype == bool and not key.shape


_ORDERS = ("C", "A", "K", None)  # memory is in C's order, which A and K keep


class ndarray(NDArray):
    """An n-dimensional array with NumPy's conventions. Made by ``mx.np.array`` and its kin.

    Comparisons give booleans, reductions numbers of shape (), integers divide to floats, and shapes are NumPy's.

    >>> import luojia as mx
    >>> x = mx.np.array([[1, 2], [3, 4]])
    >>> x, x.sum(), x[0, 1], x > 2
    (array([[1., 2.],
           [3., 4.]]), array(10.), array(2.), array([[False, False],
           [ True,  True]]))
    """

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The NumPy dtype of the elements."""
        return self._value.dtype

    def __repr__(self) -> str:
        text = repr(self.asnumpy())
        if self.size:
            text = re.sub(r",\s*shape=\([\d, ]*\)", "", text)  # which NumPy 2 adds to what it abridges
        dtype = self.np_dtype.name
        if dtype == "float32":  # the default, which NumPy takes float64 to be
            text = re.sub(r",\s*dtype=float32\)$", ")", text)
        elif dtype not in ("bool", "float16") and "dtype=" not in text:
            text = f"{text[:-1]}, dtype={dtype})"
        return text if self._device.device_type == "cpu" else f"{text[:-1]}, ctx={self._device})"

    def __str__(self) -> str:
        return str(self.asnumpy())

    __hash__ = NDArray.__hash__

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object: an array of shape () is a number.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array: it is a number.")
        return (self[i] for i in range(self.shape[0]))

    def item(self, *args: Any) -> Any:
        """The one element, or the one at an index, as a Python number."""
        return self.asnumpy().item(*args)

    def __bool__(self) -> bool:
        if self.size > 1:
            raise ArgumentError("The truth value of an ndarray with multiple elements is ambiguous: bool() takes one "
                                f"element, got shape {self.shape}; use any() or all().")
        return bool(self.asnumpy().item()) if self.size else False

    # -- the other class -------------------------------------------------------------------------------------------

    def as_nd_ndarray(self) -> NDArray:
        """The same array as an NDArray, sharing memory and the place on the tape."""
        return _view(View, self, None, self.shape, self._node)

    def as_np_ndarray(self) -> ndarray:
        return self

    # -- parts -----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        """``x[key]``, as NumPy: a contiguous part of an unrecorded array shares its memory, a number has shape ()."""
        if key is True:
            return self[None].copy()
        if key is False:
            return self[None][:0].copy()
        if not self.ndim and _is_mask(key):
            return OPERATORS["masked_select"](self, key)
        items, arrays = tidy(key, self.shape)
        if not arrays:
            given = key if isinstance(key, tuple) else (key,)
            if any(isinstance(a, slice) and isinstance(b, (int, np.integer)) for a, b in zip(items, given)):
                items = given  # the element that MXNet's NDArray gives as a part of length 1
            elif not (state.recording and self._node is not None) and contiguous(items, self.shape) and self.ndim:
                return _view(_View, self, items, None)
        template, indices = encode(items)
        return apply(OPERATORS["getitem"], (self, *indices), {"index": template})

    def __setitem__(self, key: Any, value: Any) -> None:
        """``x[key] = value``; ``x[True]`` is all of x, ``x[False]`` no part of it. None is NaN."""
        value = float("nan") if value is None and self.np_dtype.kind == "f" else value
        if not self.ndim and _is_mask(key):
            key = Ellipsis if key.item() else False
        if key is not False:
            super().__setitem__(slice(None) if key is True and self.ndim else key, value)

    def reshape(self, *shape: Any, order: str = "C", **kwargs: Any) -> ndarray:
        """A copy of the array in another shape, given as numbers or as a tuple; one length may be -1."""
        if kwargs.keys() - {"newshape", "shape"}:
            raise TypeError(f"reshape() got an unexpected keyword argument {next(iter(kwargs))!r}; it takes newshape.")
        if order not in _ORDERS:
            raise ArgumentError(f"reshape: only order 'C' is provided, got {order!r}.")
        given = next(iter(kwargs.values())) if kwargs else shape[0] if len(shape) == 1 else shape
        lengths = [int(n) for n in ((given,) if isinstance(given, (int, np.integer)) else given)]
        if lengths.count(-1) == 1:
            rest = int(np.prod([n for n in lengths if n != -1]))
            lengths[lengths.index(-1)] = self.size // rest if rest else 0
        if int(np.prod(lengths)) != self.size or any(n < 0 for n in lengths):
            raise ShapeError(f"reshape: cannot reshape array of size {self.size} into shape {given}.")
        return OPERATORS["reshape"](self, shape=tuple(lengths))

    def reshape_view(self, *shape: Any) -> ndarray:
        """``reshape``, of an unrecorded array sharing its memory."""
        found = self.reshape(*shape)
        return found if state.recording and self._node is not None else _view(_View, self, None, found.shape)

    def transpose(self, *axes: Any) -> ndarray:
        """The array with its axes permuted, reversed by default."""
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
            axes = tuple(axes[0] or ())
        return OPERATORS["transpose"](self, axes=axes or None)

    def flatten(self, order: str = "C") -> ndarray:
        """The elements as a vector; a copy."""
        if order not in _ORDERS:
            raise ArgumentError(f"flatten: only order 'C' is provided, got {order!r}.")
        return OPERATORS["reshape"](self, shape=(-1,))

    def astype(self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True,
               copy: bool = True) -> ndarray:
        """The array in another dtype; itself if it has that dtype and ``copy`` is false. Memory is in C's order."""
        return result(NDArray.astype(self, np.float32 if dtype is None else dtype, copy))

    def copy(self, order: str = "C") -> ndarray:
        """A copy; on the tape, a link to this array."""
        if order not in _ORDERS:
            raise ArgumentError(f"copy: only order 'C' is provided, got {order!r}.")
        return OPERATORS["identity"](self)

    def __neg__(self) -> ndarray:
        return super().__neg__() if self.np_dtype.kind != "b" else -self.astype(np.int64)

    def __invert__(self) -> ndarray:
        return OPERATORS["invert"](self)

    # -- NumPy's own functions -------------------------------------------------------------------------------------

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        """``numpy.sum(x)`` is ``mx.np.sum(x)``."""
        return _find(function)(*args, **kwargs)

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """``numpy.sin(x)``, and ``array + x`` with NumPy's array on the left, are mx.np's."""
        if method != "__call__":
            raise DTypeError(f"numpy.{function.__name__}.{method} of an ndarray is not supported; use asnumpy().")
        if isinstance(out := kwargs.get("out"), tuple) and len(out) == 1:
            kwargs["out"] = out = out[0]
            if not isinstance(out, ndarray):
                raise DTypeError(f"numpy.{function.__name__} of an ndarray writes to an ndarray, but out is a "
                                 f"{type(out).__name__}; use asnumpy().")
        return _find(function)(*[a.item() if isinstance(a, np.generic) else a for a in args], **kwargs)


def _find(function: Any) -> Callable:
    """mx.np's function for one of NumPy's, by its name; NumPy's own on the values, if it has none."""
    from .. import np as door
    from .host import on_host

    name, where = function.__name__, getattr(function, "__module__", None) or ""
    part = door.linalg if where.startswith("numpy.linalg") else door if where in ("numpy", "") else None
    found = getattr(part, name, None)
    return on_host(name, function) if found in (None, function) else found


class _View(View, ndarray):
    """A part of an ndarray, or that array in another shape, sharing its memory."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return wrap(ndarray, self._value, self._device).__reduce__()

    def __deepcopy__(self, memo: dict) -> ndarray:
        return wrap(ndarray, np.array(self._device.engine.to_numpy(self._value)), self._device)


_View.__name__ = _View.__qualname__ = "ndarray"


def _view(cls: type, base: NDArray, key: Any, shape: tuple | None, node: Any = None) -> Any:
    v = object.__new__(cls)
    v._base, v._key, v._shape, v._device, v._node = base, key, shape, base._device, node
    return v


def as_np(x: Any) -> Any:
    """An NDArray or Tensor as an ndarray sharing memory and the place on the tape; anything else as it is."""
    if isinstance(x, ndarray) or not isinstance(x, Tensor):
        return x
    if isinstance(x, NDArray):
        return _view(_View, x, None, x.shape, x._node)
    return wrap(ndarray, x._value, x._device, x._node)


def result(x: Any) -> Any:
    """What an operator gave, as ndarrays."""
    if isinstance(x, (tuple, list)):
        return type(x)([result(t) for t in x])
    return x if isinstance(x, ndarray) or not isinstance(x, Tensor) else wrap(ndarray, x._value, x._device, x._node)


def _keep_integers(engine: Any, op: Any, values: list, ans: Any) -> Any:
    """MXNet's rule for functions of integers, which quotients are exempt from."""
    return ans if op.name in _FLOATING else keep_integers(engine, op, values, ans)


_FLOATING = ("divide", "exp2", "logaddexp", "heaviside")


def _inplace(name: str) -> Callable:
    operation = f"__{name}__"

    def method(self: ndarray, other: Any) -> ndarray:
        self._check_writable(other)
        found = getattr(type(self), operation)(self, other)
        if found is NotImplemented:
            return found
        if found.shape != self.shape:
            raise ShapeError(f"{name} in place: an array keeps its shape {self.shape}, the result has {found.shape}; "
                             "write x = x ... y.")
        value = found._value
        self._rebind(value if value.dtype == self.np_dtype else value.astype(self.np_dtype))
        return self

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    setattr(ndarray, f"__{_name}__", getattr(Tensor, f"__{_name}__"))
    setattr(ndarray, f"__r{_name}__", getattr(Tensor, f"__r{_name}__"))
    if _name != "pow":  # MXNet has no power in place: x **= 2 is x = x**2
        setattr(ndarray, f"__i{_name}__", _inplace(_name))
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "abs"):
    setattr(ndarray, f"__{_name}__", getattr(Tensor, f"__{_name}__"))
ndarray._result_class = ndarray
ndarray._keeps_integers = staticmethod(_keep_integers)


def _coerce(op: Any, inputs: Any) -> Any:
    """Tensor's rule of promotion, for what stands beside an ndarray."""
    for t in inputs:
        if not (t is None or isinstance(t, _OPERANDS)):
            raise DTypeError(f"{op.name}: type {type(t)} not supported beside an ndarray; use an ndarray, a number "
                             "or a NumPy array.")
    mended = tuple(_with_integers(op, inputs)) if op.name in _OF_INTEGERS else inputs
    found = Tensor._coerce(op, mended)
    return mended if found is None and any(m is not t for m, t in zip(mended, inputs)) else found


def _with_integers(op: Any, inputs: Any) -> list:
    """The inputs of an operator on one array of integers or booleans and numbers, as MXNet takes the numbers.

    Beside integers they are truncated; booleans count as int64 in arithmetic, and elsewhere a number is a boolean.
    """
    arrays = [t for t in inputs if isinstance(t, Tensor)]
    numbers = [t for t in inputs if isinstance(t, (int, float, np.generic))]
    if len(arrays) != 1 or len(numbers) + 1 != len(inputs) or arrays[0].np_dtype.kind not in "biu":
        return list(inputs)
    dtype = arrays[0].np_dtype
    if dtype.kind == "b" and op.name in _ARITHMETIC:
        dtype = np.dtype(np.int64)
    return [(t if t.np_dtype == dtype else t.astype(dtype)) if isinstance(t, Tensor)
            else bool(t) if dtype.kind == "b" else whole(t, dtype) for t in inputs]


_ARITHMETIC = set("add subtract multiply mod power maximum minimum hypot arctan2 copysign".split())
_OF_INTEGERS = _ARITHMETIC | set("bitwise_and bitwise_or bitwise_xor lcm equal not_equal greater greater_equal less "
                                 "less_equal".split())
_OPERANDS = (Tensor, int, float, np.generic, np.ndarray, list, tuple)
ndarray._coerce = staticmethod(_coerce)
__all__ = ["as_np", "ndarray", "result"]
