"""The arguments that many sources have in common: their types, asked for where a source is made."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError
from . import checks

_WHOLE = (int,)  # and NumPy's
_TYPES: dict[str, tuple[type, ...]] = {  # None is always right, except for what must be named
    "num_samples": _WHOLE, "num_parallel_workers": _WHOLE, "num_shards": _WHOLE, "shard_id": _WHOLE, "decode": (bool,),
    "usage": (str,), "task": (str,), "extensions": (list,), "class_indexing": (dict,), "extra_metadata": (bool,),
    "small": (bool,), "background": (bool,), "columns_list": (list,),
}
_NAMED = ("dataset_dir", "dataset_file", "annotation_file")
_LEAST = {  # and what MindSpore says of a smaller number
    "num_samples": (0, f"num_samples exceeds the boundary between 0 and {2**63 - 1}(INT64_MAX)!"),
    "num_parallel_workers": (1, f"num_parallel_workers exceeds the boundary between 1 and {os.cpu_count()}!"),
    "num_shards": (1, f"Input num_shards is not within the required interval of [1, {checks.INT_MAX}]."),
    "shard_id": (0, "Input shard_id is not within the required interval of [0, num_shards - 1]."),
}


def checked(init: Callable[..., None]) -> Callable[..., None]:
    """``init``, which raises before anything else if an argument that many sources have is not what it should be.

    Raises:
        DTypeError: an argument of another type.
        ArgumentError: a number that is too small; a shard that there is none of.
    """
    signature = inspect.signature(init)
    shared = [name for name in signature.parameters if name in _TYPES or name in _NAMED or name == "cache"]
    if not shared:
        return init

    @wraps(init)
    def checking(*args: Any, **kwargs: Any) -> None:
        given = signature.bind(*args, **kwargs).arguments
        for name in shared:
            value = given.get(name)
            if name in _NAMED:
                if name in given and not (isinstance(value, str) or hasattr(value, "__fspath__")):
                    raise DTypeError(f"path: {value!r} is not string: Argument {name} of {type(args[0]).__name__}.")
            elif value is not None:
                types = _cached() if name == "cache" else _TYPES[name]
                checks.kind(value.item() if isinstance(value, np.integer) else value, types, name)
                if name in _LEAST and value < _LEAST[name][0]:
                    raise ArgumentError(f"{_LEAST[name][1]} Got {value} for {type(args[0]).__name__}.")
        init(*args, **kwargs)

    return checking


class Checking:
    """A class whose subclasses' constructors are :func:`checked`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in cls.__dict__:
            cls.__init__ = checked(cls.__init__)  # type: ignore[method-assign]


def tuning(python_multiprocessing: Any = False, max_rowsize: Any = None, offload: Any = None,
           cache: Any = None) -> None:
    """Raises unless they are what they should be; none of them does anything here."""
    checks.flag(python_multiprocessing, "python_multiprocessing")
    if max_rowsize is not None:
        checks.kind(max_rowsize, (int, list), "max_rowsize")
    for size in () if max_rowsize is None else max_rowsize if isinstance(max_rowsize, list) else [max_rowsize]:
        checks.whole(size, "max_rowsize", -1)
    if offload is not None:
        checks.flag(offload, "offload")
    if cache is not None:
        checks.kind(cache, _cached(), "cache")


def _cached() -> tuple[type, ...]:
    """What a ``cache`` may be; None is always right."""
    from .tools import DatasetCache

    return (DatasetCache,)
