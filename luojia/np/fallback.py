"""What MXNet leaves to NumPy: those functions answer as NumPy does.

Outside ``autograd.record()`` a result of shape () is NumPy's scalar, and arguments without an ndarray give NumPy's own
answer, in its dtypes. Recorded calls give ndarrays, through which gradients pass (MXNet refuses to record these).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.control import tracing
from .._src.core.op import OPERATORS
from .._src.core.tape import state
from .._src.core.tensor import Tensor
from .host import GONE
from .multiarray import ndarray

NAMES = """
allclose alltrue apply_along_axis apply_over_axes argpartition argwhere array_equal array_equiv choose compress corrcoef
correlate count_nonzero cov digitize divmod extract flatnonzero float_power frexp heaviside histogram2d
histogram_bin_edges histogramdd i0 in1d interp intersect1d isclose isin ix_ lexsort modf msort nanargmax nanargmin
nancumprod nancumsum nanmax nanmedian nanmin nanpercentile nanprod nanquantile ndim partition piecewise packbits poly
polyadd polydiv polyfit polyint polymul polysub positive ptp real rollaxis roots searchsorted setdiff1d setxor1d
signbit size spacing take_along_axis trapz tril_indices_from trim_zeros triu_indices_from union1d unpackbits unwrap
vander
""".split()
ALIKE = ["clip", "polyval", "ravel", "tile", "unravel_index"]  # MXNet's own, but numbers alone give NumPy's answer
LINALG = "cond lstsq matrix_power matrix_rank multi_dot qr".split()
_WIDE = ("corrcoef", "cov", "interp", "polyint", "vander")  # NumPy computes these in float64

def _has_array(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_has_array, x))
    return isinstance(x, Tensor) or hasattr(x, "_luojia_apply")


def _scalars(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)([_scalars(v) for v in x])
    return x.asnumpy()[()] if isinstance(x, ndarray) and not x.shape else x


def _wide(x: Any) -> Any:
    if isinstance(x, Tensor) and x.np_dtype != np.float64:
        return OPERATORS["cast"](x, dtype=np.dtype(np.float64))
    return x


def as_numpys(name: str, function: Callable, own: Callable | None, scalars: bool = True) -> Callable:
    """``function`` with NumPy's answers for what has no ndarray, and NumPy's scalars."""
    own = own or GONE.get(name)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if own is not None and not any(map(_has_array, args)) and not any(map(_has_array, kwargs.values())):
            return own(*args, **kwargs)
        if name in _WIDE:
            args = tuple([_wide(x) for x in args])
        found = function(*args, **kwargs)
        kept = not scalars or kwargs.get("out") is not None or state.recording or tracing()
        return found if kept else _scalars(found)

    return call


def fallbacks(space: dict[str, Any]) -> dict[str, Callable]:
    """The functions of ``space``, mx.np's, that MXNet leaves to NumPy."""
    made = {name: as_numpys(name, space[name], getattr(np, name, None)) for name in NAMES}
    return made | {name: as_numpys(name, space[name], getattr(np, name, None), name == "unravel_index")
                   for name in ALIKE}


def linalg_fallbacks(space: dict[str, Any]) -> dict[str, Callable]:
    """The same of ``np.linalg``."""
    return {name: as_numpys(name, space[name], getattr(np.linalg, name)) for name in LINALG}
