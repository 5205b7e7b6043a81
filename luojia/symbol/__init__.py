"""Symbols: graphs of operators, under MXNet's names.

>>> import luojia as mx
>>> a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
>>> c = (a + b) / 10 + 1
>>> c.list_arguments(), c.list_outputs()
(['a', 'b'], ['_plusscalar0_output'])
>>> c.eval(a=mx.nd.array([1.0]), b=mx.nd.array([2.0]))[0].asnumpy()
array([1.3], dtype=float32)
"""

from __future__ import annotations

from typing import Any

from .._src.core import symbol_names
from .._src.core.symbol_ops import FACES, function
from .symbol import Group, Symbol, Variable, load, load_json, var


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        found = function(name)
    except KeyError:
        raise AttributeError(f"module 'luojia.symbol' has no attribute {name!r}") from None
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *FACES.index(), *symbol_names.SIGNS})


__all__ = ["Group", "Symbol", "Variable", "load", "load_json", "var"]
