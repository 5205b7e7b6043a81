"""``mx.np.ndarray``: the Tensor with NumPy's conventions, on the tape like any other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as onp

from .._src.core import dtypes
from .._src.core.faces import Face, compile_function, run_plain
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, DTypeError
from ..ndarray import NDArray

NUMBER = (int, float, onp.generic)
_FRACTIONS = ("mean", "std", "var")  # of integers they are float32


class ndarray(NDArray):  # noqa: N801 - NumPy's name
    """An array with NumPy's conventions: comparisons give bool, full reductions shape (), dtypes promote.

    >>> from luojia import np
    >>> x = np.array([[1, 2], [3, 4]])
    >>> x
    array([[1., 2.],
           [3., 4.]])
    >>> x[0, 1], x.sum(), x > 2
    (array(2.), array(10.), array([[False, False],
           [ True,  True]]))
    """

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The NumPy dtype of the elements."""
        return self._value.dtype

    def __repr__(self) -> str:
        text = repr(self.asnumpy())
        if "dtype=float32" in text:
            text = text[: text.rindex(",")] + ")"
        elif "dtype=" not in text and self.np_dtype not in (onp.float32, onp.bool_):
            text = f"{text[:-1]}, dtype={self.np_dtype})"
        return text if self._device.device_type == "cpu" else f"{text[:-1]}, ctx={self._device})"

    def __str__(self) -> str:
        text = str(self.asnumpy())
        return text if self._device.device_type == "cpu" else f"{text} @{self._device}"

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, range):
            index = [*index]
        elif isinstance(index, tuple):
            index = tuple([[*i] if isinstance(i, range) else i for i in index])
        return Tensor.__getitem__(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._check_writable(value)
        Tensor.__setitem__(self, index, value)

    def item(self, *args: Any) -> Any:
        """An element as a Python number."""
        return self.asnumpy().item(*args)

    def as_nd_ndarray(self) -> NDArray:
        """The same array under NDArray's conventions."""
        return wrap(NDArray, self._value, self._device, self._node)

    def as_np_ndarray(self) -> Any:
        return self

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The array in another shape; one length may be -1."""
        if order != "C":
            raise ArgumentError(f"reshape: only order 'C' is provided, got {order!r}.")
        shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        return OPERATORS["reshape"](self, shape=tuple([int(n) for n in shape]))

    def transpose(self, *axes: Any) -> Any:
        """The array with its axes permuted, reversed by default."""
        axes = tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
        return OPERATORS["transpose"](self, axes=axes or None)

    def flatten(self, order: str = "C") -> Any:
        """The array with one axis."""
        return self.reshape(-1, order=order)

    ravel = flatten

    def argsort(self, axis: int | None = -1) -> Any:
        return host(onp.argsort, self, axis=axis)

    def nonzero(self) -> tuple:
        return host(onp.nonzero, self)


ndarray._result_class = ndarray
ndarray._coerce = Tensor._coerce
ndarray.__module__ = "luojia.np"


def array(object: Any, dtype: Any = None, ctx: Context | None = None, *, device: Context | None = None) -> ndarray:
    """An ndarray of nested lists, numbers or an array. Lists give float32, arrays keep their dtype."""
    given = ctx or device
    place = None if given is None else Context(given)
    if isinstance(object, Tensor):
        place = place or object._device
    try:
        value = onp.array(_plain(object))
        if dtype is not None:
            value = value.astype(dtypes.to_np(dtype))
        elif not isinstance(object, (Tensor, onp.ndarray, onp.generic)):
            value = value.astype(onp.float32)
    except (ValueError, TypeError) as e:
        raise DTypeError(f"np.array: expected nested lists of numbers or an array ({e}).") from e
    return put(value, place)


def put(value: onp.ndarray, device: Context | None = None) -> ndarray:
    """An ndarray of ``value`` on a device."""
    device = device or current_context()
    return wrap(ndarray, device.engine.put(value, device), device)


def _plain(object: Any) -> Any:
    if isinstance(object, (list, tuple)):
        return [_plain(o) for o in object]
    return object.asnumpy() if isinstance(object, Tensor) else object


def to_array(x: Any) -> Any:
    """An argument of a function as an ndarray, with its place on the tape; numbers and None as they are."""
    if isinstance(x, ndarray) or x is None or isinstance(x, (int, float)):
        return x
    if isinstance(x, Tensor):
        return wrap(ndarray, x._value, x._device, x._node)
    if isinstance(x, (onp.ndarray, list, tuple, onp.generic)):
        return array(x)
    raise DTypeError(f"type {type(x)} not supported beside an ndarray; use an ndarray, a number or a list.")


def to_result(result: Any, wide: bool = False) -> Any:
    """Results as ndarrays, several as a list; float64 only if an input was (``wide``)."""
    if isinstance(result, (tuple, list)):
        return [to_result(r, wide) for r in result]
    if not isinstance(result, Tensor):
        return result
    if result.np_dtype == onp.float64 and not wide:
        result = OPERATORS["cast"](result, dtype=onp.dtype("float32"))
    return result if result.__class__ is ndarray else wrap(ndarray, result._value, result._device, result._node)


def is_wide(arrays: Any) -> bool:
    return any(isinstance(t, Tensor) and t.np_dtype == onp.float64 for t in arrays)


def run(face: Face, inputs: tuple, attrs: dict[str, Any], out: Any = None) -> Any:
    """Call an operator with NumPy's conventions."""
    if face.op.variadic and len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
        inputs = tuple(inputs[0])
    if inputs and all(isinstance(x, NUMBER) for x in inputs):
        inputs = tuple([array(x, dtype=onp.result_type(x)) for x in inputs])
        found = to_result(run_plain(face, inputs, attrs), True)
        return found.item() if isinstance(found, ndarray) and not found.shape else found
    inputs = tuple([to_array(x) for x in inputs])
    if face.op.name in _FRACTIONS and isinstance(inputs[0], Tensor) and inputs[0].np_dtype.kind in "iub":
        inputs = (OPERATORS["cast"](inputs[0], dtype=onp.dtype("float32")), *inputs[1:])
    result = to_result(run_plain(face, inputs, attrs), is_wide(inputs))
    if out is None:
        return result
    out[...] = result
    return out


def host(function: Any, *args: Any, **kwargs: Any) -> Any:
    """NumPy's own ``function`` on the values; nothing is recorded."""
    first = next((a for a in _leaves(args) if isinstance(a, Tensor)), None)
    device = first._device if first is not None else None
    wide = is_wide(_leaves(args))
    return _hosted(function(*_values(args), **{k: _values(v) for k, v in kwargs.items()}), device, wide)


def _leaves(nested: Any) -> list:
    return [t for n in nested for t in _leaves(n)] if isinstance(nested, (list, tuple)) else [nested]


def _values(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)([_values(v) for v in x])
    return x.asnumpy() if isinstance(x, Tensor) else x


def _hosted(result: Any, device: Context | None, wide: bool) -> Any:
    if isinstance(result, (list, tuple)):
        return type(result)([_hosted(r, device, wide) for r in result]) if type(result) in (list, tuple) else [
            _hosted(r, device, wide) for r in result]
    if isinstance(result, (onp.ndarray, onp.generic)):
        result = onp.asarray(result)
        return put(result.astype(onp.float32) if result.dtype == onp.float64 and not wide else result, device)
    return result


def compiled(row: str) -> Any:
    """The function of one row of a table: ``face``, or ``operator -> face`` where the names differ."""
    name, _, spec = row.rpartition("->")
    spec = spec.strip()
    name = name.strip() or spec.partition("(")[0]
    return compile_function(Face(OPERATORS[name], spec), run, "luojia.np", "out=None")


_BINARY = {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "mod": "mod", "pow": "power",
           "floordiv": "floor_divide", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or",
           "xor": "bitwise_xor"}
_COMPARISONS = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
                "ne": "not_equal"}


def _install(functions: Any) -> None:
    """Give the class its operators and methods from the functions of ``luojia.np``."""
    for sign, name in {**_BINARY, **_COMPARISONS}.items():
        setattr(ndarray, f"__{sign}__", _dunder(functions, name))
        if sign in _BINARY:
            setattr(ndarray, f"__r{sign}__", _dunder(functions, name, reflected=True))
            setattr(ndarray, f"__i{sign}__", _inplace(functions, name))
    for name in ("abs", "neg", "invert"):
        setattr(ndarray, f"__{name}__", _unary(functions, {"neg": "negative"}.get(name, name)))
    for name in ("sum mean max min prod std var argmax argmin cumsum any all squeeze repeat take clip dot swapaxes "
                 "round sort diagonal trace").split():
        setattr(ndarray, name, _method(functions, name))
    ndarray.__hash__ = Tensor.__hash__  # type: ignore


def _dunder(functions: Any, name: str, reflected: bool = False) -> Any:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, (Tensor, int, float, onp.ndarray, onp.generic, list, tuple)):
            raise DTypeError(f"{name}: type {type(other)} not supported beside an ndarray.")
        other = other.item() if isinstance(other, onp.generic) else other
        function = functions.get(name)
        return function(other, self) if reflected else function(self, other)

    return method


def _unary(functions: Any, name: str) -> Any:
    return lambda self: functions.get(name)(self)


def _inplace(functions: Any, name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        self._check_writable(other)
        result = functions.get(name)(self, other)
        if result.shape != self.shape:
            raise ArgumentError(f"{name} in place: an array keeps its shape {self.shape}, the result has "
                                f"{result.shape}; write x = x ... y.")
        self._rebind(result._value if result.np_dtype == self.np_dtype else result._value.astype(self.np_dtype))
        return self

    return method


def _method(functions: Any, name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return functions.get(name)(self, *args, **kwargs)

    method.__name__ = name
    return method


