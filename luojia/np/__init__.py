"""``mx.np``: NumPy's functions on arrays that record gradients, in the manner of ``mxnet.numpy``.

>>> import luojia as mx
>>> x = mx.np.array([1, 2, 3])
>>> x.attach_grad()
>>> with mx.autograd.record():
...     y = mx.np.sum(x ** 2)
>>> y.backward()
>>> x.grad
array([2., 4., 6.])

``mindspore.numpy``'s door is ``luojia.numpy``.
"""

from __future__ import annotations

import builtins as _builtins
import sys
from collections.abc import Callable
from typing import Any

import numpy as _numpy

from .. import ndarray as _nd  # noqa: F401 - NDArray's methods, under those of ndarray
from .._src import ops as _ops  # noqa: F401 - registers the operators
from .._src.core.documented import tell as _tell
from .._src.errors import AbsentName, NotSupportedError
from .._src.paths import also_at, answering, found_here, open_paths, public_names
from . import creation, fallback, financial, functions, host, linalg, multiarray, random, statistics
from .creation import *  # noqa: F403
from .financial import *  # noqa: F403
from .functions import *  # noqa: F403
from .host import *  # noqa: F403
from .multiarray import ndarray
from .statistics import *  # noqa: F403
from .table import FUNCTIONS as _FUNCTIONS

_TABLE = {name: f for name, f in _FUNCTIONS.items() if name not in (*statistics.__all__, *functions.__all__)}
globals().update(_TABLE)
globals().update(host.HOST_FUNCTIONS)
globals().update(fallback.fallbacks(globals()))
pi, e, inf, nan, newaxis = _numpy.pi, _numpy.e, _numpy.inf, _numpy.nan, None
NaN, NAN, PINF, NINF, PZERO, NZERO = nan, nan, inf, -inf, 0.0, -0.0
float16, float32, float64 = _numpy.float16, _numpy.float32, _numpy.float64
int8, int32, int64, uint8 = _numpy.int8, _numpy.int32, _numpy.int64, _numpy.uint8
bool_, bool = _numpy.bool_, _builtins.bool
finfo, min_scalar_type, promote_types = _numpy.finfo, _numpy.min_scalar_type, _numpy.promote_types
set_printoptions = _numpy.set_printoptions
_METHODS = """all any argmax argmin argsort clip cumsum diagonal dot expand_dims max mean min nonzero prod ptp
ravel repeat round sort squeeze std sum swapaxes take tile trace var""".split()


class Refused(NotSupportedError, AttributeError):
    """A function of NumPy that mx.np does not provide."""


def __getattr__(name: str) -> Any:
    if name[:1] != "_" and hasattr(_numpy, name):
        raise Refused(f"np.{name} is not provided; use numpy.{name} on x.asnumpy().")
    raise AbsentName("luojia.np", name)


for _name in _METHODS:
    setattr(ndarray, _name, globals()[_name])


def _reduction(name: str, typed: int) -> Callable:
    """x.sum(axis, dtype, out, keepdims) and its kin, whose arguments have another order than the functions'."""
    function = globals()[name]
    if typed:
        def method(self: ndarray, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
            return function(self, axis=axis, dtype=dtype, keepdims=keepdims, out=out)
        return method

    def plain(self: ndarray, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        return function(self, axis=axis, keepdims=keepdims, out=out)

    return plain


def _spread(name: str) -> Callable:
    function = globals()[name]

    def method(self: ndarray, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0,
               keepdims: Any = False) -> Any:
        return function(self, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, out=out)

    return method


def _clip(self: ndarray, min: Any = None, max: Any = None, out: Any = None) -> Any:
    return _FUNCTIONS["clip"](self, min, max, out=out)


for _name, _typed in {"sum": 1, "prod": 1, "mean": 1, "max": 0, "min": 0, "all": 0, "any": 0}.items():
    setattr(ndarray, _name, _reduction(_name, _typed))
for _name, _method in {"std": _spread("std"), "var": _spread("var"), "clip": _clip}.items():
    setattr(ndarray, _name, _method)
setattr(ndarray, "broadcast_to", functions.broadcast_to)  # noqa: B010 - whose first argument has another name
ndarray.__mod__ = lambda self, other: _FUNCTIONS["mod"](self, other)
ndarray.__rmod__ = lambda self, other: _FUNCTIONS["mod"](other, self)
__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - part of the names comes from tables
    "NAN", "NINF", "NZERO", "NaN", "PINF", "PZERO", "bool", "bool_", "e", "finfo", "float16", "float32", "float64",
    "inf", "int32", "int64", "int8", "linalg", "min_scalar_type", "nan", "ndarray", "newaxis", "pi", "promote_types",
    "random", "set_printoptions", "uint8",
    *creation.__all__, *financial.__all__, *functions.__all__, *statistics.__all__, *host.__all__,
    *host.HOST_FUNCTIONS, *_TABLE,
]
__dir__ = public_names(__name__)

_tell(globals(), __all__, __name__)
answering(sys.modules[__name__], multiarray, fallback)
found_here(__name__)
also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "arrayprint", "function_base", "io", "stride_tricks", "utils")))
open_paths(sys.modules[__name__])
