"""Symbols as MXNet's JSON."""

from __future__ import annotations

from typing import Any

from .._src.core.symbol import Entry, SymNode, walk
from .._src.core.symbol_names import counted
from .._src.core.symbol_ops import node_from_file
from .._src.errors import FormatError, MXNetError, NotSupportedError
from .._src.formats import symbol_json

CUSTOM = "Custom"  # the kind of nodes that run a CustomOp


def dump(symbol: Any) -> str:
    """The graph in the layout of mxnet 1.9.1."""
    nodes = walk(symbol._outputs)
    number = {id(n): i for i, n in enumerate(nodes)}
    out = []
    for node in nodes:
        if node.op is not None and node.op.run is not None and node.kind != CUSTOM:
            raise NotSupportedError(f"tojson: node {node.name!r} is a {node.op.name}, which files do not hold; "
                                    "save the parameters, and build the graph anew from its code.")
        aux = {id(node.args[i].node) for i in node.aux if node.args[i].__class__ is Entry}
        edges = [[number[id(e.node)], e.index, int(id(e.node) in aux)] for e in node.inputs]
        out.append({"op": node.kind, "name": node.name, "attrs": node.strings(), "inputs": edges})
    heads = [[number[id(e.node)], e.index, 0] for e in symbol._outputs]
    return symbol_json.write(out, heads, [counted(n.kind, n.count, n.given) for n in nodes])


def parse(text: str, cls: type, label: str = "<text>") -> Any:
    """The symbol of class ``cls`` that a JSON text describes."""
    graph = symbol_json.read(text, label)
    entries: list[list[Entry]] = []
    for node in graph["nodes"]:
        if node["op"] == "null":
            entries.append([Entry(SymNode(node["name"], extra=_variable_attributes(node["attrs"])))])
            continue
        inputs = [_output(entries, source, index, node["name"], label) for source, index, _ in node["inputs"]]
        try:
            if node["op"] == CUSTOM:
                from ..operator import custom_node

                entries.append(custom_node(node["name"], node["attrs"], inputs, cls))
                continue
            entries.append(node_from_file(node["op"], node["name"], node["attrs"], inputs, cls))
        except (NotSupportedError, FormatError):
            raise
        except (MXNetError, ValueError, TypeError, KeyError, AttributeError) as e:
            raise FormatError(f"load of symbol JSON: {label}: node {node['name']!r} ({node['op']}): {e}") from e
    return cls([_output(entries, source, index, "heads", label) for source, index, _ in graph["heads"]])


def _output(entries: list[list[Entry]], source: int, index: int, owner: str, label: str) -> Entry:
    try:
        return entries[source][index]
    except IndexError:
        raise FormatError(f"load of symbol JSON: {label}: {owner} takes output {index} of node {source}, "
                          f"which has {len(entries[source])}.") from None


def _variable_attributes(attrs: dict[str, str]) -> dict[str, str]:
    return dict(attrs)
