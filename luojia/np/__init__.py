"""``mx.np``: MXNet's NumPy-like arrays, on the tape. (``luojia.numpy`` is MindSpore's.)

>>> from luojia import autograd, np
>>> x = np.arange(4)
>>> x.attach_grad()
>>> with autograd.record():
...     y = 2 * np.dot(x, x)
>>> y.backward()
>>> x.grad
array([ 0.,  4.,  8., 12.])
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as onp

from .._src.errors import NotSupportedError
from . import composed, table
from .array import _install, array, compiled, host, ndarray

_rows = table.rows()
_made: dict[str, Any] = {}
_MODULES = ("random", "linalg")
_CONSTANTS = ("pi e inf nan newaxis euler_gamma bool_ int8 int16 int32 int64 uint8 float16 float32 float64 dtype "
              "finfo iinfo").split()


class _Functions:
    """The functions of this module by name."""

    @staticmethod
    def get(name: str) -> Any:
        found = _made.get(name)
        if found is None:
            found = _made[name] = _find(name)
        return found


def _find(name: str) -> Any:
    if name in _rows:
        return compiled(_rows[name])
    if name in table.HOST:
        return _hosted(name)
    if not name.startswith("_") and callable(getattr(composed, name, None)):
        return getattr(composed, name)
    raise AttributeError(name)


def _hosted(name: str) -> Any:
    function = getattr(onp, name) if hasattr(onp, name) else getattr(onp, {"in1d": "isin"}[name])

    def fn(*args: Any, **kwargs: Any) -> Any:
        found = host(function, *args, **kwargs)
        return list(found) if name == "histogram" else found

    fn.__name__ = fn.__qualname__ = name
    fn.__module__ = __name__
    fn.__doc__ = f"NumPy's ``{name}`` on the values; it is not differentiated."
    return fn


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _CONSTANTS:
        return getattr(onp, name)
    if not name.startswith("__"):
        try:
            return _Functions.get(name)
        except AttributeError:
            if hasattr(onp, name):
                raise _refusal(name) from None
    raise AttributeError(f"module 'luojia.np' has no attribute {name!r}")


class _Refused(NotSupportedError, AttributeError):
    """A function of NumPy that ``mx.np`` does not provide."""


def _refusal(name: str) -> _Refused:
    return _Refused(f"np.{name} is not provided; use numpy.{name} on x.asnumpy().")


def __dir__() -> list[str]:
    public = [n for n in vars(composed) if not n.startswith("_") and callable(getattr(composed, n))]
    return sorted({"array", "ndarray", *_MODULES, *_CONSTANTS, *_rows, *table.HOST, *public})


_install(_Functions)
__all__ = ["array", "ndarray"]
