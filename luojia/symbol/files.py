"""Symbols as MXNet's JSON."""

from __future__ import annotations

from typing import Any

from .._src.core.symbol import Entry, SymNode, walk
from .._src.core.symbol_names import ALIASES, HIDDEN, counted
from .._src.core.symbol_ops import face_of
from .._src.core.symbol_stored import node_from_file
from .._src.errors import FormatError, MXNetError, NotSupportedError
from .._src.formats import symbol_json

CUSTOM = "Custom"  # the kind of nodes that run a CustomOp
LOOPS = ("_foreach", "_while_loop", "_cond")


def _loops() -> dict[str, Any]:
    """By kind what dumps a loop or branch, and what loads it; imported late, as these build symbols."""
    from .control_files import LOOPS as found

    return found


def dump(symbol: Any) -> str:
    """The graph in the layout of mxnet 1.9.1."""
    return symbol_json.write(*_plain(symbol))


def _plain(symbol: Any) -> tuple[list, list, list]:
    """Its nodes, heads, and the number of outputs of each node."""
    nodes = walk(symbol._outputs)
    number = {id(n): i for i, n in enumerate(nodes)}
    out = []
    for node in nodes:
        aux = {id(node.args[i].node) for i in node.aux if node.args[i].__class__ is Entry}
        edges = [[number[id(e.node)], e.index, int(id(e.node) in aux)] for e in node.inputs]
        made = {"op": node.kind, "name": node.name, "attrs": node.strings(), "inputs": edges}
        if node.kind in LOOPS:
            attrs, inside = _loops()[node.kind][0](node)
            made["attrs"] = {**made["attrs"], **attrs}
            made["subgraphs"] = [_plain(s) for s in inside]
            if node.kind == "_cond":
                made["inputs"] = [list(e) for e in dict.fromkeys(map(tuple, edges))]
        out.append(made)
    heads = [[number[id(e.node)], e.index, 0] for e in symbol._outputs]
    return out, heads, [counted(n.kind, n.count, n.given) for n in nodes]


def parse(text: str, cls: type, label: str = "<text>") -> Any:
    """The symbol of class ``cls`` that a JSON text describes."""
    return _built(symbol_json.read(text, label), cls, label)


def _built(graph: dict[str, Any], cls: type, label: str) -> Any:
    entries: list[list[Entry]] = []
    if graph["attrs"].get("mxnet_version", ["int", 800])[1] <= 10000:
        upgrade(graph["nodes"], graph["attrs"].get("mxnet_version", ["int", 800])[1])
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
            if node["op"] in LOOPS:
                inside = [_built(g, cls, label) for g in node.get("subgraphs", [])]
                entries.append(_loops()[node["op"]][1](node["name"], node["attrs"], inputs, inside))
                continue
            if node["op"].startswith("_np") and node["op"] not in ALIASES:
                from ..np.files import nodes_from_file

                entries.append(nodes_from_file(node["op"], node["name"], node["attrs"], inputs, cls))
                continue
            entries.append(node_from_file(node["op"], node["name"], node["attrs"], inputs, cls, create=True))
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


def upgrade(nodes: list[dict[str, Any]], version: int) -> None:
    """What mxnet 1.1 and later do with the nodes of older files.

    Attributes of the graph rather than of the operator are marked by underscores (``lr_mult`` as ``__lr_mult__``), and
    those of one input (``weight_lr_mult``) go to the variable that it is. Before 0.9.5 an arg-reduction's axis -1
    stood for all axes.
    """
    for node in nodes:
        if version < 905 and node["op"] in ("argmax", "argmin") and node["attrs"].get("axis") == "-1":
            node["attrs"] = {k: v for k, v in node["attrs"].items() if k != "axis"}
        names = [] if node["op"] == "null" else _inputs_of(node["op"])
        for key in list(node["attrs"]):
            for hidden in HIDDEN:
                if key == hidden:
                    node["attrs"][f"__{key}__"] = node["attrs"].pop(key)
                elif key.endswith(f"_{hidden}") and key[: -len(hidden) - 1] in names:
                    place = names.index(key[: -len(hidden) - 1])
                    if place < len(node["inputs"]) and nodes[node["inputs"][place][0]]["op"] == "null":
                        owner = nodes[node["inputs"][place][0]]
                        owner["attrs"] = {**owner["attrs"], f"__{hidden}__": node["attrs"].pop(key)}


def _inputs_of(kind: str) -> list[str]:
    try:
        face = face_of(kind)
    except KeyError:
        return []
    return [p.public for p in face.params if p.internal in face.op.inputs and not p.star]


def _variable_attributes(attrs: dict[str, str]) -> dict[str, str]:
    return dict(attrs)
