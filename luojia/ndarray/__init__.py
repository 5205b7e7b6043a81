"""MXNet's imperative arrays: ``nd.array``, and every operator as a function of arrays.

Operators are found by their MXNet names at first use: ``nd.relu(x)``, ``nd.FullyConnected(x, w, b, num_hidden=3)``.
Each takes ``out=`` for an array to write the result into.
"""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any

from .. import _src  # noqa: F401 - the machine room comes first
from .._src import ops as _ops  # noqa: F401 - registers the operators and Tensor's methods
from .._src.core.refused import ARRAYS as _REFUSED  # noqa: F401 - what docs/refused.md lists
from .._src.errors import AbsentName
from .._src.paths import also_at, answering, open_paths, public_names
from . import arithmetic as _arithmetic
from . import fluent as _fluent  # noqa: F401 - sets NDArray's methods, as indexing does
from . import indexing as _indexing  # noqa: F401
from . import ndarray as _arrays
from .creation import (
    arange,
    array,
    empty,
    eye,
    from_dlpack,
    from_numpy,
    full,
    linspace,
    ones,
    to_dlpack_for_read,
    to_dlpack_for_write,
    zeros,
)
from .door import faces as _faces
from .door import function as _function
from .functions import (
    cast_storage,
    concatenate,
    crop,
    histogram,
    load,
    load_frombuffer,
    moveaxis,
    onehot_encode,
    save,
    split_v2,
    transpose,
    waitall,
)
from .ndarray import NDArray
from .sparse_array import CSRNDArray as CSRNDArray
from .sparse_array import RowSparseNDArray as RowSparseNDArray

_MORE = re.compile("_update$|_phase[12]$|^reset_arrays$")
globals().update(_arithmetic.TWO_OPERANDS)
_SUBMODULES = ("random", "contrib", "linalg", "image", "sparse", "op", "_internal", "ndarray")
# MXNet draws through nd.<name> what nd.random.<name> draws.
_RANDOM = {"uniform": "uniform", "normal": "normal", "shuffle": "shuffle", "sample_multinomial": "multinomial"} | {
    f"random_{name}": name for name in ("uniform normal gamma poisson negative_binomial "
                                        "generalized_negative_binomial randint").split()
}


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        found = importlib.import_module(f".{'op' if name == '_internal' else name}", __name__)
    elif name in ("np", "npx"):  # F.np and F.npx of a hybrid_forward
        found = importlib.import_module(f"luojia.{name}")
    elif name in _RANDOM:
        found = getattr(importlib.import_module(".random", __name__), _RANDOM[name])
    elif _MORE.search(name) and name in (more := _more()):
        found = more[name]
    elif name == "Custom":
        from ..operator import custom as found
    elif name == "CachedOp":
        from .cached_op import CachedOp as found
    elif name.startswith("__"):
        raise AbsentName("luojia.ndarray", name)
    else:
        found = _function(name)
        if name != found.__name__:  # an old name of it
            return found
    globals()[name] = found
    return found


def _more() -> dict[str, Any]:
    from .updates_many import PUBLIC

    return PUBLIC


__dir__ = public_names(__name__, lambda: (
    *_SUBMODULES, *_RANDOM, *_more(), "CachedOp", "Custom", *_faces.index(), "CSRNDArray", "RowSparseNDArray"))
__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - part of the names comes from a table
    "NDArray", "arange", "array", "cast_storage", "concatenate", "crop", "empty", "eye", "from_dlpack", "from_numpy",
    "full", "histogram", "linspace", "load", "load_frombuffer", "moveaxis", "ones", "onehot_encode", "save", "split_v2",
    "to_dlpack_for_read", "to_dlpack_for_write", "transpose", "waitall", "zeros", *_arithmetic.TWO_OPERANDS,
]
answering(sys.modules[__name__], _arrays)
also_at(sys.modules[__name__], f"{__name__}.utils")
open_paths(sys.modules[__name__])
