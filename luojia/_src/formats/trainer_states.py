"""MXNet's ``Trainer.save_states`` files, read without running them.

Such a file is a pickle of ``({index: state}, optimizer)`` or of the dict alone, where a state is None, an NDArray or a
tuple of states. Unpickling can run any code; here every class named in the file is replaced by a record of its name,
its arguments and its attributes, so that nothing of the file is ever called. Written files name no class but mxnet's.

Source: the files of mxnet 1.9.1.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from luojia._src.errors import DTypeError, FormatError, NotSupportedError
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.ndarray_list import dump_array, load_array
from luojia._src.formats.reader import Source, open_source

# The pickler in C offers no way to name a class that is not installed; the unpickler in C allocates what a damaged file
# announces. The ones in Python do not, and type checkers know neither.
_PICKLER: Any = vars(pickle)["_Pickler"]
_UNPICKLER: Any = vars(pickle)["_Unpickler"]
_RECONSTRUCT: Any = vars(copyreg)["_reconstructor"]  # makes an object of a class without calling the class
_NDARRAY = "mxnet.ndarray.ndarray.NDArray"
_PLAIN = {type(None), bool, int, float, str, bytes, bytearray, tuple, list, dict, set}


@dataclass(frozen=True)
class Object:
    """An object in the file: the full name of its class, and its attributes (plain values, arrays, Objects)."""

    kind: str
    attributes: dict[str, Any] = field(default_factory=dict)


def dump(states: Mapping[Any, Any], optimizer: Object | None = None) -> bytes:
    """The bytes of a states file that mxnet's ``Trainer.load_states`` reads.

    Args:
        states: by the index of the parameter, None, an array, or a tuple of these.
        optimizer: the optimizer, such as ``Object("mxnet.optimizer.optimizer.SGD", {"lr": 0.1, ...})``; mxnet then
            takes it, with its update counts, in the place of its own.

    Raises:
        DTypeError: a value other than these, or an array that MXNet has no dtype for.

    >>> load(dump({0: np.float32([1, 2]), 1: None}))
    ({0: array([1., 2.], dtype=float32), 1: None}, None)
    """
    file = io.BytesIO()
    _Writer(file, 4).dump(dict(states) if optimizer is None else (dict(states), optimizer))
    return file.getvalue()


def save(path: str | os.PathLike[str], states: Mapping[Any, Any], optimizer: Object | None = None) -> None:
    """Write `dump(states, optimizer)` to `path`; a failure leaves the old file whole."""
    write_bytes(path, dump(states, optimizer))


def load(source: Source) -> tuple[dict[Any, Any], Object | None]:
    """The states by index, as for `dump`, and the optimizer if the file has it.

    Args:
        source: the path of a file, or its bytes.

    Raises:
        FormatError: the file is truncated, corrupted or of another format.
        NotSupportedError: a state is an object that is no dense NDArray.
    """
    data, label = open_source(source)
    label = f"load of trainer states: {label}"
    try:
        found = _plain(_Reader(io.BytesIO(data)).load(), {})
    except (FormatError, NotSupportedError) as error:
        raise type(error)(f"{label}: {error}") from None
    except Exception as error:  # a damaged pickle can fail in any way; nothing but this module and pickle ran
        raise FormatError(f"{label} is truncated, corrupted or no pickle: {error!r}.") from None
    states, optimizer = found if isinstance(found, tuple) and len(found) == 2 else (found, None)
    if not isinstance(states, dict) or not isinstance(optimizer, Object | None):
        raise FormatError(f"{label} holds no states: expected a dict by index, got {type(states).__name__}.")
    for index, state in states.items():
        _check_state(state, f"{label}: the state of parameter {index!r}")
    return states, optimizer


def _check_state(state: Any, what: str) -> None:
    if isinstance(state, tuple | list):
        for part in state:
            _check_state(part, what)
    elif isinstance(state, Object):
        raise NotSupportedError(f"{what} is a {state.kind}; luojia reads dense NDArrays.")
    elif state is not None and not isinstance(state, np.ndarray):
        raise FormatError(f"{what} is a {type(state).__name__}, expected None, an NDArray or a tuple.")


class _Global:
    """What a written file names by its module and name; pickle wants it callable."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self) -> None: ...


class _Writer(_PICKLER):
    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, _Global):
            for part in obj.name.rsplit(".", 1):
                super().save(part)
            self.write(pickle.STACK_GLOBAL)
        else:
            super().save(obj.item() if isinstance(obj, np.generic) else obj, save_persistent_id)

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, np.ndarray):
            return _Global(_NDARRAY), (None,), {"handle": bytearray(dump_array(obj))}
        if isinstance(obj, Object):
            return _RECONSTRUCT, (_Global(obj.kind), object, None), obj.attributes
        if type(obj) in _PLAIN or any(obj is known for known in (_RECONSTRUCT, object, bytearray)):
            return NotImplemented
        raise DTypeError(f"saving trainer states expects None, arrays, tuples and plain values, got {obj!r}.")


class _Named:
    """Stands for any class or function that a file names: keeps what it is called with, does nothing."""

    kind = ""
    args: tuple[Any, ...]
    state: Any

    def __new__(cls, *args: Any, **kwargs: Any) -> _Named:
        self = object.__new__(cls)
        self.args, self.state = args, {}
        return self

    def __init__(self, *args: Any, **kwargs: Any): ...

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Reader(_UNPICKLER):
    dispatch = {k: v for k, v in _UNPICKLER.dispatch.items() if k != pickle.BYTEARRAY8[0]}  # allocates what it reads

    def find_class(self, module: str, name: str) -> type[_Named]:
        return type("_Named", (_Named,), {"kind": f"{module}.{name}"})


def _plain(obj: Any, done: dict[int, Any]) -> Any:
    """`obj` with Objects and arrays in the place of stand-ins; what is shared is done once and stays shared."""
    if isinstance(obj, type) and issubclass(obj, _Named):
        return Object(obj.kind)
    if not isinstance(obj, dict | list | tuple | _Named):
        return obj
    if id(obj) in done:
        if done[id(obj)] is None:
            raise FormatError("is corrupted, an object contains itself.")
        return done[id(obj)]
    done[id(obj)] = None
    if isinstance(obj, dict):
        result = {_plain(k, done): _plain(v, done) for k, v in obj.items()}
    elif isinstance(obj, _Named):
        result = _plain_object(obj, done)
    else:
        result = type(obj)([_plain(v, done) for v in obj])
    done[id(obj)] = result
    return result


def _plain_object(obj: _Named, done: dict[int, Any]) -> Any:
    state = _plain(obj.state, done)
    if obj.kind == "builtins.bytearray" and len(obj.args) == 1 and isinstance(obj.args[0], bytes):
        return obj.args[0]
    if obj.kind == _NDARRAY:
        return load_array(state["handle"])
    if obj.kind == "copyreg._reconstructor":
        return Object(obj.args[0].kind, state)
    return Object(obj.kind, state)
