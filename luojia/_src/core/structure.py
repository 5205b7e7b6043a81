"""What functions and networks are made of: the Modules that they refer to, and a count of the changes of these."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from .tensor import Tensor

_MOST_SEEN = 4096  # objects looked at for Modules


class _Structure:
    """Counts the changes of what networks are made of, so that their modules are looked for again."""

    version = 0


structure = _Structure()


def modules_in(root: Any) -> list[Any]:
    """The Modules and Blocks that a function refers to, by its object, its closure and the globals that it names."""
    found: dict[int, Any] = {}
    seen: dict[int, Any] = {}
    stack = [root]
    while stack and len(seen) < _MOST_SEEN:
        value = stack.pop()
        if id(value) in seen or isinstance(value, (type, types.ModuleType, str, int, float, Tensor, np.ndarray)):
            continue
        seen[id(value)] = value
        if hasattr(value, "cells_and_names") or hasattr(value, "collect_params"):
            found[id(value)] = value
        stack.extend(_parts(value))
    return list(found.values())


def tensors_of(network: Any) -> Iterable[Any]:
    """The parameters that a Module or Block holds itself."""
    if hasattr(network, "cells_and_names"):
        yield from network._params.values()
    else:
        for p in getattr(network, "_reg_params", {}).values():
            yield from (p._data or {}).values()


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, types.FunctionType):
        for cell in value.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:  # not assigned yet
                pass
        if not (value.__module__ or "").startswith("luojia"):
            for name in _names(value.__code__):
                if name in value.__globals__:
                    yield value.__globals__[name]
        yield from value.__defaults__ or ()
    elif isinstance(value, types.MethodType):
        yield value.__self__
        yield value.__func__
    elif isinstance(value, (list, tuple, set)):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif hasattr(value, "cells_and_names") or hasattr(value, "collect_params"):
        yield from value.__dict__.values()
    elif hasattr(value, "__dict__"):
        yield from vars(value).values()
        if hasattr(value, "func"):
            yield value.func


def _names(code: types.CodeType) -> Iterable[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)
