"""What ``Block.save`` writes: the parameters, and which Blocks there are, hybridized or not, as JSON."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from .._src.core.symbol import Symbol
from .._src.errors import FormatError
from .._src.formats.atomic import write_bytes
from .._src.formats.text import open_text

if TYPE_CHECKING:
    from .base_block import Block


def save(block: Block, prefix: str) -> None:
    """Write ``prefix-model.json`` and ``prefix-model.params``."""
    numbers = itertools.count()
    model = {_key(block, numbers): _describe(block, numbers)}
    block.save_parameters(prefix + "-model.params")
    write_bytes(prefix + "-model.json", json.dumps(model).encode())


def _key(block: Block, numbers: itertools.count) -> str:
    return f"{type(block).__name__.lower()}{next(numbers)}"


def _describe(block: Block, numbers: itertools.count) -> dict[str, Any]:
    """A Block's entry: its name, its graph where it has one, its children's places by name, and their entries."""
    entry: dict[str, Any] = {"orig_name": block.name}
    graphs = getattr(block, "_graphs", None) or {}
    if graphs:
        graph = next(iter(graphs.values()))
        from .. import symbol

        entry |= {"in_format": [0] * len(graph.names), "out_format": _format(graph.output),
                  "inputs": [symbol.var(name).tojson() for name in graph.names], "symbol": graph.symbol.tojson()}
    entry["hybridized"] = bool(graphs and getattr(block, "_active", False))
    entry["children"] = {child.name: place for place, child in block._children.items()}
    for child in block._children.values():
        key = _key(child, numbers)
        entry[key] = _describe(child, numbers)
    return entry


def _format(output: Any) -> Any:
    if isinstance(output, Symbol):
        return 0 if len(output) == 1 else [0] * len(output)
    return [_format(o) for o in output] if isinstance(output, (list, tuple)) else -1


def load(block: Block, prefix: str) -> None:
    """Give ``block`` the parameters of ``prefix-model.params``, and hybridize the Blocks that were when it was saved.

    Raises:
        FormatError: the Blocks in the file are not those that ``block`` consists of; nothing is changed.
    """
    with open_text(prefix + "-model.json") as file:
        model = json.load(file)
    found: list[tuple[Block, bool]] = []
    if len(model) != 1:
        raise FormatError(f"Block.load: {prefix}-model.json holds {len(model)} Blocks, not one.")
    _match(block, next(iter(model.values())), found, prefix)
    block.load_parameters(prefix + "-model.params")
    for part, hybridized in found:
        if hybridized:
            part.hybridize()


def _match(block: Block, entry: dict[str, Any], found: list[tuple[Block, bool]], prefix: str) -> None:
    entries = [value for value in entry.values() if isinstance(value, dict) and "orig_name" in value]
    places = list(entry["children"].values())
    if places != list(block._children):
        raise FormatError(f"Block.load: {prefix}-model.json has the children {places} for "
                          f"'{entry['orig_name']}', where {type(block).__name__} has {list(block._children)}; load "
                          "into a Block made as the saved one was.")
    found.append((block, entry["hybridized"]))
    for child, part in zip(block._children.values(), entries):
        _match(child, part, found, prefix)
