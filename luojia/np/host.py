"""mx.np's functions that are NumPy's own on the values of arrays: their results are constants to every gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import MXNetError, PlaceError, UnfitArgumentError
from .creation import lift, place
from .multiarray import ndarray

HOST = """
argpartition argwhere compress digitize extract flatnonzero frexp histogram2d
histogram_bin_edges histogramdd i0 in1d intersect1d isin ix_ lexsort modf msort nanargmax nanargmin nancumprod
nanmedian nanpercentile nanquantile packbits partition piecewise poly polydiv polyfit roots searchsorted
setdiff1d setxor1d spacing tril_indices_from triu_indices_from diag_indices_from trim_zeros union1d unpackbits
unravel_index
"""
# What newer NumPys have under another name, or not at all.
GONE: dict[str, Callable] = {
    "alltrue": np.all, "sometrue": np.any, "msort": lambda a: np.sort(a, axis=0),
    "in1d": lambda ar1, ar2, *args, **kw: np.isin(np.ravel(ar1), ar2, *args, **kw),
}
# Keywords that newer NumPys have under another name.
_RENAMED = {"nanpercentile": ("interpolation", "method"), "nanquantile": ("interpolation", "method"),
            "histogram2d": ("normed", "density"), "histogramdd": ("normed", "density")}


def values(x: Any) -> Any:
    """The NumPy arrays of ndarrays, alone or in lists."""
    if isinstance(x, (list, tuple)):
        return type(x)([values(v) for v in x])
    return x.asnumpy() if isinstance(x, Tensor) else x


def placed(x: Any, wide: bool = False) -> Any:
    """The ndarrays of NumPy's arrays, alone or in lists: float64 becomes float32 unless ``wide``. Scalars stay so."""
    if isinstance(x, (list, tuple)):
        return tuple([placed(v, wide) for v in x]) if isinstance(x, tuple) else [placed(v, wide) for v in x]
    if not isinstance(x, (np.ndarray, np.generic)):
        return x
    return place(x.astype(np.float32) if x.dtype == np.float64 and not wide else x)


def refused_by_numpy(name: str, function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What NumPy's ``function`` gives, its errors being an MXNetError too."""
    try:
        return function(*args, **kwargs)
    except np.linalg.LinAlgError:
        raise
    except IndexError as e:
        raise PlaceError(f"np.{name}: {e}.") from e
    except (TypeError, ValueError, OverflowError) as e:
        raise e if isinstance(e, MXNetError) else UnfitArgumentError(f"np.{name}: {e}.") from e


def on_host(name: str, own: Any = None) -> Callable:
    """NumPy's function ``own``, or that called ``name``, on the values of arrays: its results are constants."""
    function = own or getattr(np, name, None) or GONE[name]

    def call(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = tuple([values(a) for a in args]), {k: values(v) for k, v in kwargs.items()}
        old, new = _RENAMED.get(name, ("", ""))
        if old in kwargs:
            given = kwargs.pop(old)
            kwargs.setdefault(new, given)
        wide = any(isinstance(a, np.ndarray) for a in (*args, *kwargs.values()))  # then NumPy's dtype is kept
        found = refused_by_numpy(name, function, *args, **kwargs)
        return found if args and all(isinstance(a, (bool, int, float)) for a in args) else placed(found, wide)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "luojia.np"
    call.__doc__ = f"``numpy.{name}`` of the arrays' values. Its results are constants to every gradient."
    return call


def _edited(name: str) -> Callable:
    change = on_host(name)

    def call(arr: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        where = values(obj)
        if isinstance(where, np.ndarray) and where.dtype.kind == "f":  # whole numbers are float32 here
            where = where.astype(np.int64)
        return change(arr, where, *args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "luojia.np"
    call.__doc__ = change.__doc__
    return call


delete, insert = map(_edited, ("delete", "insert"))


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> ndarray:
    """How often each number occurs, in the numbers' dtype, or the sums of the weights, in theirs."""
    x, weights = lift(x, "bincount"), None if weights is None else lift(weights, "bincount")
    given = None if weights is None else weights.asnumpy()
    found = refused_by_numpy("bincount", np.bincount, x.asnumpy(), given, minlength)
    return place(found.astype((x if weights is None else weights).np_dtype), x._device)


def genfromtxt(*args: Any, **kwargs: Any) -> ndarray:
    """The numbers of a text file, read by ``numpy.genfromtxt``, as float64 unless ``dtype`` says otherwise."""
    return place(np.genfromtxt(*args, **kwargs))


def histogram(a: Any, bins: Any = 10, range: Any = None, normed: Any = None, weights: Any = None,
              density: Any = None) -> list[Any]:
    """[how many elements fall into each bin, the edges of the bins]; edges from a range have the dtype of ``a``."""
    elements, edges = np.asarray(values(a)), values(bins)
    counts, found = refused_by_numpy("histogram", np.histogram, elements, edges, range, bool(normed or density),
                                     values(weights))
    own = elements.dtype if isinstance(a, Tensor) else np.dtype(np.float32)
    return [place(counts), place(found.astype(own) if isinstance(edges, int) else found)]


HOST_FUNCTIONS = {name: on_host(name) for name in HOST.split()}
__all__ = [
    "bincount", "delete", "genfromtxt", "histogram", "insert",
]
