"""``nd.op``: the operators' functions alone, as ``nd`` has them beside its other names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from .._src.core.attributes import FLOAT, reader
from .._src.core.symbol_names import OPERATIONS
from .._src.errors import AbsentName
from .door import faces, function

_ELSEWHERE = ("CachedOp", "Custom", "cast_storage", "normal", "shuffle", "uniform")  # no operators' faces

_PICTURES = {"_cvimdecode": "imdecode", "_cvimread": "imread", "_cvimresize": "imresize",
             "_cvcopyMakeBorder": "copyMakeBorder"}


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AbsentName("luojia.ndarray.op", name)
    if name in OPERATIONS:
        return _operation(name)
    if name in _PICTURES:
        return _picture(name)
    if name in _ELSEWHERE or "_update" in name or name == "reset_arrays":
        from .. import ndarray

        return getattr(ndarray, name)
    try:
        return function(name)
    except AttributeError:
        if name.startswith("_"):  # MXNet's internal names of public operators
            return function(name[1:])
        raise


def _picture(name: str) -> Callable:
    """A function of ``mx.image`` under the name that MXNet has for its operator."""
    run = getattr(importlib.import_module("luojia.image"), _PICTURES[name])

    def picture(*args: Any, out: Any = None, name: Any = None, **kwargs: Any) -> Any:
        found = run(*args, **kwargs)
        return found if out is None else out._store(found)

    picture.__name__ = picture.__qualname__ = name
    picture.__doc__ = f"``mx.image.{_PICTURES[name]}``."
    return picture


def _operation(name: str) -> Callable:
    """An operation of Python's signs under MXNet's internal name, as ``_plus_scalar(data, scalar)``."""
    face, place = OPERATIONS[name]
    run = function(face)
    if place is None:
        return run

    read = reader(name, "scalar", FLOAT)

    def operation(data: Any, scalar: Any = 1.0, is_int: bool = True, out: Any = None, name: Any = None) -> Any:
        scalar = read(scalar)
        return run(data, scalar, out=out) if place else run(scalar, data, out=out)

    operation.__name__ = operation.__qualname__ = name
    operation.__module__ = "luojia.ndarray"
    operation.__doc__ = f"``{face}`` of ``data`` and a number, the number {'second' if place else 'first'}."
    return operation


def __dir__() -> list[str]:
    return sorted(faces.index())
