"""``sym.contrib``: loops and branches, and the operators whose names begin with ``_contrib_``."""

from __future__ import annotations

import math
from typing import Any

from .._src.core.refused import CONTRIB as _REFUSED  # noqa: F401 - what docs/refused.md lists
from .._src.core.symbol_functions import function
from . import random
from .prefixed import lookup

_lookup, _names = lookup(__name__, "_contrib_", "contrib_")
_CONTROL = ("foreach", "while_loop", "cond")


def rand_zipfian(true_classes: Any, num_sampled: int, range_max: int) -> tuple:
    """Graphs of ``num_sampled`` classes of [0, range_max), drawn at each call (int64), and of how often the true
    classes, and the drawn ones, are expected (float64): P(k) = log((k + 2) / (k + 1)) / log(range_max + 1).

    >>> import luojia as mx
    >>> _, expected, _ = rand_zipfian(mx.sym.var("classes"), 4, 5)
    >>> expected.eval(classes=mx.nd.array([3.0]))[0].asnumpy().round(4).tolist()
    [0.4982]

    Matches ``mxnet.symbol.contrib.rand_zipfian``.
    """
    whole = math.log(range_max + 1)
    draws = random.uniform(0, whole, shape=(num_sampled,), dtype="float64")
    drawn = function("Cast")(function("floor")(function("exp")(draws) - 1), dtype="int64") % range_max

    def expected(classes: Any) -> Any:
        k = function("Cast")(classes, dtype="float64")
        return function("log")((k + 2.0) / (k + 1.0)) / whole * num_sampled

    return drawn, expected(true_classes), expected(drawn)


def __getattr__(name: str) -> Any:
    if name in _CONTROL:
        from . import control

        return getattr(control, name)
    if name in ("CTCLoss", "ctc_loss"):  # which MXNet has twice
        return function(name)
    return _lookup(name)


def __dir__() -> list[str]:
    return sorted([*_names(), *_CONTROL, "rand_zipfian"])
