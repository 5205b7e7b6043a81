"""Files that hold a network: its operators as JSON, its parameters and constants as arrays, in one safetensors file.

This is luojia's own form of what MindSpore keeps in MindIR; neither reads the other's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from luojia._src.core.dtypes import DType
from luojia._src.core.listing import Listing, Place, Step
from luojia._src.core.op import OPERATORS
from luojia._src.errors import FormatError, NotSupportedError

from . import safetensors_file

_KEY, _VERSION = "luojia_graph", 1
_CONSTANT = "constant:"


def save(path: str, listing: Listing, named: Mapping[str, np.ndarray]) -> None:
    """Write a listing and the values of its named Tensors; a failure leaves an old file whole.

    Raises:
        NotSupportedError: an operator has an attribute that is no plain value, such as a function.
    """
    steps = [[s.op, _plain(s.inputs), {k: _plain(v) for k, v in s.attrs.items()}, _plain(s.outputs)]
             for s in listing.steps]
    graph = {"version": _VERSION, "count": listing.count, "steps": steps, "output": _plain(listing.output),
             "named": {str(place): name for place, name in listing.named.items()}}
    arrays = {name: named[name] for name in listing.named.values()}
    arrays |= {f"{_CONSTANT}{place}": np.asarray(value) for place, value in listing.constants.items()}
    safetensors_file.save(path, arrays, {_KEY: json.dumps(graph)})


def load(path: str) -> tuple[Listing, dict[str, np.ndarray]]:
    """A listing, with its constants, and the values of its named Tensors.

    Raises:
        FormatError: the file is none that ``save`` has written.
    """
    arrays = safetensors_file.load(path)
    text = safetensors_file.load_metadata(path).get(_KEY)
    if text is None:
        raise FormatError(f"{path} holds arrays, but no network that luojia exported.")
    try:
        graph = json.loads(text)
        if graph["version"] != _VERSION:
            raise FormatError(f"{path} is of version {graph['version']}; this luojia reads version {_VERSION}.")
        steps = [Step(op, _made(inputs), {k: _made(v) for k, v in attrs.items()}, _made(outputs))
                 for op, inputs, attrs, outputs in graph["steps"]]
        constants = {int(name[len(_CONSTANT):]): a for name, a in arrays.items() if name.startswith(_CONSTANT)}
        named = {int(place): name for place, name in graph["named"].items()}
        values = {name: arrays[name] for name in named.values()}
        listing = Listing(steps, int(graph["count"]), named, constants, _made(graph["output"]))
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        if isinstance(e, FormatError):
            raise
        raise FormatError(f"{path}: its description of a network is damaged ({type(e).__name__}: {e}).") from None
    from luojia._src import ops  # noqa: F401 - registers the operators

    unknown = [s.op for s in steps if s.op not in OPERATORS]
    if unknown:
        raise FormatError(f"{path} has the operator {unknown[0]!r}, which this luojia does not have.")
    return listing, values


def _plain(value: Any) -> Any:
    """A value as JSON: what JSON has not stands as {kind: content}."""
    if value.__class__ is Place:
        return {"place": int(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return {"tuple" if isinstance(value, tuple) else "list": [_plain(v) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[k, _plain(v)] for k, v in value.items()]}
    if isinstance(value, np.dtype):
        return {"dtype": value.name}
    if isinstance(value, DType):
        return {"DType": value.name}
    if isinstance(value, slice):
        return {"slice": [_plain(v) for v in (value.start, value.stop, value.step)]}
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is Ellipsis:
        return {"ellipsis": None}
    raise NotSupportedError(f"export: a network with {value!r} as an attribute of an operator cannot be written; "
                            "save its parameters with save_checkpoint.")


_KINDS = {
    "place": Place, "tuple": lambda v: tuple(map(_made, v)), "list": lambda v: list(map(_made, v)),
    "dict": lambda v: {k: _made(x) for k, x in v}, "dtype": np.dtype, "DType": DType._all.__getitem__,
    "slice": lambda v: slice(*map(_made, v)), "ellipsis": lambda v: Ellipsis,
}


def _made(value: Any) -> Any:
    if isinstance(value, dict):
        [(kind, content)] = value.items()
        return _KINDS[kind](content)
    return value
