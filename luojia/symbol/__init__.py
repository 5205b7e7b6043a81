"""Symbols: graphs of operators, under MXNet's names.

>>> import luojia as mx
>>> a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
>>> with mx.name.NameManager():  # automatic names count from 0
...     c = (a + b) / 10 + 1
>>> c.list_arguments(), c.list_outputs()
(['a', 'b'], ['_plusscalar0_output'])
>>> c.eval(a=mx.nd.array([1.0]), b=mx.nd.array([2.0]))[0].asnumpy()
array([1.3], dtype=float32)
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._src.core import symbol_names
from .._src.core.refused import SYMBOLS as _REFUSED  # noqa: F401 - what docs/refused.md lists
from .._src.core.refused import missing
from .._src.core.symbol_functions import function
from .._src.core.symbol_ops import FACES
from .._src.paths import answering, open_paths, public_names
from . import symbol as _symbols
from .creation import arange, eye, full, histogram, linspace, ones, split_v2, zeros
from .symbol import Group, Symbol, Variable, load, load_json, var

_MODULES = ("contrib", "image", "linalg", "op", "random", "_internal")
_RANDOM = ("uniform", "normal", "shuffle")  # sym.uniform draws what sym.random.uniform draws


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f".{'op' if name == '_internal' else name}", __name__)
    if name in _RANDOM:
        return getattr(importlib.import_module(".random", __name__), name)
    if name in ("np", "npx"):  # F.np and F.npx of a hybrid_forward
        return getattr(importlib.import_module("luojia.np.graph"), "numpys" if name == "np" else "extension")
    if name.startswith("__"):
        raise AttributeError(name)
    if name == "Custom":
        from ..operator import custom_symbol

        return custom_symbol
    try:
        found = function(name)
    except KeyError:
        raise missing(__name__, name, symbols=True) from None
    globals()[name] = found
    return found


__dir__ = public_names(__name__, lambda: (
    *_MODULES, *_RANDOM, *FACES.index(), *symbol_names.SIGNS, "power", "modulo", "Custom"))
__all__ = ["Group", "Symbol", "Variable", "arange", "eye", "full", "histogram", "linspace", "load", "load_json",
           "ones", "split_v2", "var", "zeros"]
answering(sys.modules[__name__], _symbols)
open_paths(sys.modules[__name__])
