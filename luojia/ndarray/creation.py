"""Arrays from nothing: constants, ranges and NumPy's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core import dlpack as _dlpack
from .._src.core import dtypes
from .._src.core.literals import plain
from .._src.core.op import OPERATORS
from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, CallError, DTypeError
from .ndarray import NDArray


def place(value: np.ndarray, ctx: Any = None) -> NDArray:
    """An NDArray of ``value`` on ``ctx`` (default: the current context)."""
    device = current_context() if ctx is None else Context(ctx)
    return wrap(NDArray, device.engine.put(value, device), device)


def _np_dtype(dtype: Any) -> np.dtype:
    return np.dtype(np.float32) if dtype is None else dtypes.to_numpys(dtype)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """An NDArray of a list, number or NumPy array: float32 unless ``dtype`` says otherwise.

    From an NDArray or Tensor it is a copy of the same dtype, on the same context unless ``ctx`` is given.

    >>> array([[1, 2], [3, 4]]).dtype
    <class 'numpy.float32'>
    """
    if hasattr(source_array, "tocsr"):  # a matrix of scipy.sparse
        return place(np.asarray(source_array.todense(), dtype=_np_dtype(dtype)), ctx).tostype("csr")
    stype = "default"
    if isinstance(source_array, Tensor):
        stype = getattr(source_array, "stype", "default")
        dtype = source_array.np_dtype if dtype is None else dtype
        if source_array._node is not None and state.recording and stype == "default":
            made = OPERATORS["cast"](source_array, dtype=_np_dtype(dtype))
            made = wrap(NDArray, made._value, made._device, made._node)
            return made if ctx is None else made.as_in_context(Context(ctx))
        ctx = ctx or source_array._device
        source_array = source_array.asnumpy()
    try:
        value = np.array(plain(source_array), dtype=_np_dtype(dtype))
    except (TypeError, ValueError) as e:
        raise DTypeError(
            f"source_array must be array like object: nested lists of numbers, a NumPy array or an NDArray ({e})."
        ) from e
    made = place(value, ctx)
    return made if stype == "default" else made.tostype(stype)


def _shape(shape: Any) -> tuple[int, ...]:
    shape = (shape,) if isinstance(shape, (int, np.integer)) else shape
    if not isinstance(shape, (tuple, list)) or not all(
            isinstance(n, (int, np.integer)) and n.__class__ is not bool for n in shape):
        raise DTypeError(f"Invalid Parameter format for shape expect Shape(tuple) but value={shape!r}.")
    shape = tuple(shape)
    if any(n < 0 for n in shape):
        raise ArgumentError(f"expected a shape of lengths that are known and not negative, got {shape}.")
    return shape


def _refuse(name: str, unknown: dict[str, Any]) -> None:
    for key in unknown:
        if key != "name":
            raise CallError(f"Cannot find argument {key!r}, Possible Arguments: shape, ctx, dtype, stype, out, in "
                            f"operator {name}.")


def _give(value: np.ndarray, ctx: Any, out: NDArray | None) -> NDArray:
    made = place(value, ctx if out is None else out._device)
    return made if out is None else out._store(made)


def _constant(name: str, fill: Callable) -> Callable:
    def make(shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None,
             out: NDArray | None = None, **unknown: Any) -> NDArray:
        _refuse(name, unknown)
        dtype = out.np_dtype if out is not None and dtype is None else dtype
        made = _give(fill(_shape(shape), _np_dtype(dtype)), ctx, out)
        if stype not in (None, "default"):
            made = made.tostype(stype)
        return made

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"A new array of ``shape``, filled with {'zeros' if name == 'empty' else name}; float32 by default."
    return make


zeros = _constant("zeros", np.zeros)
ones = _constant("ones", np.ones)
empty = _constant("empty", np.zeros)


def full(shape: Any, val: Any, ctx: Context | None = None, dtype: Any = np.float32,
         out: NDArray | None = None) -> NDArray:
    """A new array of ``shape``, filled with ``val``."""
    dtype = out.np_dtype if out is not None else dtype
    return _give(np.full(_shape(shape), val.asnumpy() if isinstance(val, Tensor) else val, _np_dtype(dtype)), ctx, out)


def arange(start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1,
           infer_range: bool | None = None, ctx: Context | None = None, dtype: Any = np.float32) -> NDArray:
    """Numbers from ``start`` up to ``stop`` (from 0 up to ``start`` if alone), each ``repeat`` times."""
    first, last = (0.0, start) if stop is None else (start, stop)
    values = np.arange(first, last, step, dtype=np.float64)
    return place(np.repeat(values, repeat).astype(_np_dtype(dtype)), ctx)


def linspace(start: float, stop: float, num: int, endpoint: bool = True, ctx: Context | None = None,
             dtype: Any = np.float32) -> NDArray:
    """``num`` evenly spaced numbers from ``start`` to ``stop``."""
    return place(np.linspace(start, stop, num, endpoint).astype(_np_dtype(dtype)), ctx)


def eye(N: int, M: int = 0, k: int = 0, ctx: Context | None = None, dtype: Any = None,
        **unknown: Any) -> NDArray:
    """An N x M matrix (N x N if M is 0) with ones on the k-th diagonal."""
    _refuse("eye", unknown)
    return place(np.eye(N, M or None, k, _np_dtype(dtype)), ctx)


def from_numpy(ndarray: np.ndarray, zero_copy: bool = True) -> NDArray:
    """An NDArray of a NumPy array in its own dtype; ``zero_copy`` shares its memory and makes it read-only."""
    if not isinstance(ndarray, np.ndarray):
        raise DTypeError(f"from_numpy takes a numpy.ndarray, got {type(ndarray).__name__}; use nd.array.")
    if not zero_copy:
        return place(np.array(ndarray))
    if not ndarray.flags.c_contiguous:
        raise ArgumentError("Only c-contiguous arrays are supported for zero-copy; pass zero_copy=False.")
    ndarray.flags.writeable = False
    return place(ndarray)


def from_dlpack(dlpack: Any) -> NDArray:
    """An NDArray of another framework's array or capsule, through DLPack."""
    return place(_dlpack.read(dlpack))


def to_dlpack_for_read(data: NDArray) -> Any:
    """A DLPack capsule of ``data``, for another framework to read."""
    return data.to_dlpack_for_read()


def to_dlpack_for_write(data: NDArray) -> Any:
    """A DLPack capsule of ``data``, for another framework to write to."""
    return data.to_dlpack_for_write()
