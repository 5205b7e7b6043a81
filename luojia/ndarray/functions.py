"""``nd`` functions that are more than one operator's face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.core.waiting import run_waiting
from .._src.engine.memory import synchronize
from .._src.errors import ArgumentError, DTypeError
from ..util import is_np_shape
from .creation import place
from .door import function
from .ndarray import NDArray
from .sparse_array import as_stype


def waitall() -> None:
    """Return when everything computed so far is there. (Values are waited for where they are read.)"""
    run_waiting()
    synchronize()


def concatenate(arrays: Sequence[NDArray], axis: int = 0, always_copy: bool = True) -> NDArray:
    """Arrays joined along ``axis``; the one array itself if there is one and ``always_copy`` is false."""
    if not arrays:
        raise ArgumentError("concatenate: expected a list of at least one NDArray, got none.")
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return OPERATORS["concatenate"](*arrays, axis=axis)


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Write into ``out`` (N, K) the rows that are 1 at ``indices`` (N,) and 0 elsewhere."""
    rows = np.arange(out.shape[0])
    value = np.zeros(out.shape, out.np_dtype)
    value[rows, indices.asnumpy().astype(np.int64)] = 1
    out[:] = value
    return out


def moveaxis(tensor: NDArray, source: int | Sequence[int], destination: int | Sequence[int]) -> NDArray:
    """The array with axes ``source`` moved to ``destination``; the others keep their order."""
    n = tensor.ndim
    moved = [_axes("Source", "source", source, n), _axes("Destination", "destination", destination, n)]
    if len(moved[0]) != len(moved[1]):
        raise ArgumentError("`source` and `destination` arguments must have the same number of elements, got "
                            f"{len(moved[0])} and {len(moved[1])}.")
    order = [i for i in range(n) if i not in moved[0]]
    for to, axis in sorted(zip(moved[1], moved[0])):
        order.insert(to, axis)
    return OPERATORS["transpose"](tensor, axes=tuple(order))


def _axes(what: str, name: str, axes: Any, n: int) -> list[int]:
    axes = [axes] if isinstance(axes, int) else list(axes)
    for a in axes:
        if not -n <= a < n:
            raise ArgumentError(f"{what} should verify 0 <= {name} < tensor.ndim ({n}). Got {a}")
    axes = [a % n for a in axes]
    if len(set(axes)) < len(axes):
        raise ArgumentError(f"moveaxis: repeated axis in {name}: {axes}.")
    return axes


def split_v2(ary: NDArray, indices_or_sections: int | Sequence[int], axis: int = 0,
             squeeze_axis: bool = False) -> list[NDArray]:
    """The array cut along ``axis``: in equal sections, or at indices; ``squeeze_axis`` drops axes of length 1."""
    n = ary.shape[axis]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or n % indices_or_sections:
            raise ArgumentError(f"array split does not result in an equal division: axis {axis} of length {n} in "
                                f"{indices_or_sections} sections.")
        step = n // indices_or_sections
        cuts = list(range(0, n + 1, step))
    else:
        cuts = [0, *indices_or_sections, n]
    lead = (slice(None),) * (axis % ary.ndim)
    parts = [ary[(*lead, slice(a, b))] for a, b in zip(cuts, cuts[1:])]
    parts = [p.copy() for p in parts]
    return [p.squeeze(axis=axis) for p in parts] if squeeze_axis else parts


def histogram(a: NDArray, bins: int | NDArray = 10, range: tuple | None = None) -> Any:
    """The number of elements in each bin, and the bins' edges; without a range a tuple of float32, as NumPy counts.

    Args:
        bins: a number of equal bins over ``range`` (default: the least and the greatest element), or their edges.
    """
    values = a.asnumpy()
    if isinstance(bins, Tensor):
        edges = bins.asnumpy()
        counts, _ = np.histogram(values, edges)
        return [place(counts.astype(np.int64), a._device), place(edges, a._device)]
    if not isinstance(bins, int):
        raise DTypeError(f"bins argument should be either an integer or an NDArray, got {type(bins).__name__}.")
    if range is None:
        return tuple([place(part.astype(np.float32), a._device) for part in np.histogram(values, bins)])
    counts, edges = np.histogram(values, bins, range)
    return [place(counts.astype(np.int64), a._device), place(edges.astype(a.np_dtype), a._device)]


def cast_storage(data: NDArray, stype: str) -> NDArray:
    """``data`` under the label of another storage type."""
    return data.tostype(stype)


def transpose(data: NDArray, axes: Sequence[int] | None = None, out: NDArray | None = None, **_: Any) -> NDArray:
    """``data`` with its axes permuted, reversed by default."""
    result = data.transpose(axes) if axes else data.transpose()
    return result if out is None else out._store(result)


def save(fname: str, data: Any) -> None:
    """Write an array, a list of arrays or a dict of name to array to ``fname``, in MXNet's format.

    Raises:
        ArgumentError, DTypeError: a ValueError or TypeError, and MXNetError: something that is no NDArray.
    """
    from .._src.formats import ndarray_list

    if isinstance(data, Tensor):
        data = [data]
    if not isinstance(data, (dict, list, tuple)):
        raise ArgumentError("data needs to either be a NDArray, dict of str, NDArray pairs or a list of NDarrays, got "
                            f"{type(data).__name__}.")
    values = list(data.values()) if isinstance(data, dict) else data
    for v in values:
        if not isinstance(v, Tensor):
            raise DTypeError(f"save only accept dict str->NDArray or list of NDArray, got a {type(v).__name__} among "
                             "them; make arrays with nd.array.")
    if isinstance(data, dict) and not all(isinstance(k, str) for k in data):
        raise DTypeError("save only accept dict str->NDArray or list of NDArray: the keys must be strings.")
    def stored(v: Any) -> np.ndarray:
        stype = getattr(v, "stype", "default")
        return v.asnumpy() if stype == "default" else ndarray_list.SparseArray.of(v.asnumpy(), stype)

    named = {k: stored(v) for k, v in data.items()} if isinstance(data, dict) else [stored(v) for v in values]
    ndarray_list.save(fname, named, np_shape=is_np_shape() or None)


def load(fname: str) -> Any:
    """The list, or dict by name, of arrays that a file of ``save`` or of MXNet holds, on ``cpu(0)``.

    Raises:
        MissingFileError: a FileNotFoundError and MXNetError.
        FormatError: a ValueError and MXNetError: a file that is truncated or corrupted.
    """
    from .._src.formats import ndarray_list

    return _placed(ndarray_list.load(fname))


def load_frombuffer(buf: bytes) -> Any:
    """The list, or dict by name, of arrays in the bytes of a file of ``save`` or of MXNet."""
    from .._src.formats import ndarray_list

    if not isinstance(buf, (bytes, bytearray, memoryview)):
        raise DTypeError(f"load_frombuffer takes bytes, got {type(buf).__name__}; use nd.load for a file's name.")
    return _placed(ndarray_list.load(bytes(buf)))


def _placed(found: Any) -> Any:
    if isinstance(found, dict):
        return {k: _as_stored(v) for k, v in found.items()}
    return [_as_stored(v) for v in found]


def _as_stored(array: np.ndarray) -> NDArray:
    """The NDArray of an array in a file, of the class of its storage type."""
    stype = getattr(array, "stype", "default")
    made = place(np.asarray(array))
    return made if stype == "default" else as_stype(made, stype)


def crop(data: NDArray, begin: Any, end: Any, step: Any = None) -> NDArray:
    """``nd.slice`` under its old name."""
    return function("slice")(data, begin, end, () if step is None else step)

