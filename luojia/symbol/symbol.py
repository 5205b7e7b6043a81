"""Symbol under MXNet's names: variables, groups, evaluation, binding, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .._src.core import symbol as core
from .._src.core.graph import CachedGraph
from .._src.engine.devices import Context
from .._src.errors import ArgumentError
from ..ndarray import NDArray


class Symbol(core.Symbol):
    """One or several outputs of a graph, which computes nothing until arrays are bound to its variables."""

    __slots__ = ()

    def eval(self, ctx: Context | None = None, **kwargs: NDArray) -> list[NDArray]:
        """The outputs for the arrays given by name."""
        graph = CachedGraph(self)
        arrays = []
        for name in graph.inputs:
            if name not in kwargs:
                raise ArgumentError(f"key `{name}` is missing in `args`")
            arrays.append(kwargs[name])
        return graph(*arrays, device=ctx)


def Variable(name: str, attr: Mapping[str, str] | None = None, shape: tuple | None = None,
             lr_mult: float | None = None, wd_mult: float | None = None, dtype: Any = None, init: Any = None,
             stype: str | None = None, profiler_scope: str | None = None, **kwargs: str) -> Symbol:
    """A variable: an input of the graph, to which an array is bound later.

    Args:
        shape, dtype: what is known of the array; 0 stands for an unknown length.
        lr_mult, wd_mult: factors of the learning rate and of the weight decay for it.
        init: the initializer that a Module uses for it.
        kwargs: further attributes, whose names begin and end with two underscores.

    >>> Variable("w", lr_mult=2).attr("__lr_mult__")
    '2'
    """
    found: dict[str, str] = dict(attr or {})
    if shape is not None:
        found["__shape__"] = str(tuple(shape))
    if lr_mult is not None:
        found["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        found["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        found["__dtype__"] = str(_DTYPE_CODES[np.dtype(dtype).name])
    if init is not None:
        found["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        found["__storage_type__"] = str({"default": 0, "row_sparse": 1, "csr": 2}[stype])
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise ArgumentError(f"Attribute name={key} is not supported. Additional attributes must start and end "
                                "with double underscores, e.g, __yourattr__")
        found[key] = str(value)
    return core.variable(Symbol, name, found)


var = Variable
_DTYPE_CODES = {"float32": 0, "float64": 1, "float16": 2, "uint8": 3, "int32": 4, "int8": 5, "int64": 6, "bool": 7}


def Group(symbols: Iterable[Symbol]) -> Symbol:
    """The outputs of several symbols, as one symbol."""
    return core.group(Symbol, symbols)


def load_json(json_str: str) -> Symbol:
    raise NotImplementedError


def load(fname: str) -> Symbol:
    raise NotImplementedError
