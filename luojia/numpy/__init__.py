"""NumPy's functions on Tensors, in the manner of ``mindspore.numpy`` (``import luojia.numpy as mnp``).

Arguments are Tensors, numbers, or lists and tuples of them; results are Tensors, differentiable to any order. Integers
are int32 and floats float32 unless a dtype says otherwise. MXNet's NumPy door is ``luojia.np``.

>>> import luojia.numpy as mnp
>>> from luojia import ops
>>> ops.grad(lambda x: mnp.sum(mnp.square(x)))(mnp.array([1.0, 2.0]))
Tensor(shape=[2], dtype=Float32, value= [ 2.00000000e+00,  4.00000000e+00])
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._src import ops as _operators  # noqa: F401 - registers the operators
from .._src.core.documented import tell as _tell
from .._src.core.dtypes import (
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .._src.errors import AbsentName
from .._src.paths import also_at, open_paths, public_names
from . import creation, manipulation, mathematics, sets
from .creation import *  # noqa: F403
from .manipulation import *  # noqa: F403
from .mathematics import *  # noqa: F403
from .mathematics import _table
from .sets import *  # noqa: F403

globals().update(_table)
pi, nan, inf = 3.141592653589793, float("nan"), float("inf")
PINF, NINF = inf, -inf
int_, float_, uint = int32, float32, uint32
numeric_types = [int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64]


def __getattr__(name: str) -> Any:
    if name == "fft":  # loaded when it is asked for
        return importlib.import_module(".fft", __name__)
    raise AbsentName("luojia.numpy", name)


__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - part of the names comes from a table
    "NINF", "PINF", "bool_", "float16", "float32", "float64", "float_", "inf", "int16", "int32", "int64", "int8",
    "int_", "nan", "numeric_types", "pi", "uint", "uint16", "uint32", "uint64", "uint8",
    *(name for module in (creation, manipulation, mathematics, sets) for name in module.__all__), *_table,
]
__dir__ = public_names(__name__)

_tell(globals(), __all__, __name__)
also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "array_creations", "array_ops", "dtypes", "logic_ops", "math_ops")))

open_paths(sys.modules[__name__])
