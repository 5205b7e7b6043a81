"""The envelope of MXNet's ``-symbol.json``: nodes, edges and heads as plain, checked data.

What the operators mean is not known here. Reading checks every type and index and that inputs come before their users,
so that a graph can be built in one pass; writing gives the text of mxnet 1.9.1 to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from luojia._src.errors import ArgumentError, FormatError, NotSupportedError

MXNET_VERSION = 10901
_OLD_ATTRIBUTE_KEYS = ("param", "attr", "attrs")  # mxnet 0.8, 0.9 to 0.11, 1.0 on


def read(text: str | bytes, label: str = "<text>") -> dict[str, Any]:
    """The graph that `text` describes.

    Returns:
        A dict with
        ``nodes``: a list of ``{"op": str ("null" for a variable), "name": str, "attrs": {str: str},
        "inputs": [[node, output, version], ...]}``, inputs always of earlier nodes;
        ``arg_nodes``: the numbers of the variables; ``heads``: a list of ``[node, output, version]``;
        ``node_row_ptr``: the running count of outputs, or None in files of old versions;
        ``attrs``: the graph's own, such as ``{"mxnet_version": ["int", 10901]}``.

    A node of control flow has its graphs, of the same form, in a list under ``subgraphs``. Attributes
    of files older than 1.0 come under ``attrs`` too, and edges without a version get version 0.

    Raises:
        FormatError: `text` is truncated, is no JSON, or describes no graph; the message names the node.
        NotSupportedError: a node has control dependencies.

    >>> graph = read('{"nodes": [{"op": "null", "name": "x", "inputs": []}], "arg_nodes": [0], "heads": [[0, 0, 0]]}')
    >>> graph["nodes"]
    [{'op': 'null', 'name': 'x', 'attrs': {}, 'inputs': []}]
    """
    label = f"load of symbol JSON: {label}"
    try:
        graph = json.loads(text, strict=False)  # mxnet writes control characters in names as they are
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{label} is truncated or no JSON: {error}.") from None
    return _graph(graph, label)


def _graph(graph: Any, label: str) -> dict[str, Any]:
    _expect(isinstance(graph, dict), label, "is no graph: expected an object with nodes, arg_nodes and heads")
    for key in ("nodes", "arg_nodes", "heads"):
        _expect(isinstance(graph.get(key), list), label, f"is no graph: expected a list under {key!r}")
    rows = graph.get("node_row_ptr")
    count = len(graph["nodes"])
    if rows is not None:
        good = isinstance(rows, list) and len(rows) == count + 1 and all(map(_is_index, rows))
        good = good and rows[0] == 0 and all(a <= b for a, b in zip(rows, rows[1:]))
        _expect(good, label, f"is corrupted: node_row_ptr is not a rising list of {count + 1} numbers from 0")
    nodes = [_node(node, i, rows, label) for i, node in enumerate(graph["nodes"])]
    heads = [_edge(e, count, rows, "heads", label) for e in graph["heads"]]
    for number in graph["arg_nodes"]:
        good = _is_index(number) and number < count and nodes[number]["op"] == "null"
        _expect(good, label, f"is corrupted: arg_nodes names {number!r}, which is no variable")
    attrs = graph.get("attrs", {})
    _expect(isinstance(attrs, dict), label, "is corrupted: attrs is no object")
    return {"nodes": nodes, "arg_nodes": graph["arg_nodes"], "node_row_ptr": rows, "heads": heads, "attrs": attrs}


def write(
    nodes: Sequence[Mapping[str, Any]],
    heads: Iterable[Sequence[int]],
    num_outputs: Sequence[int] | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> str:
    r"""The JSON text of a graph, laid out as mxnet 1.9.1 does.

    Args:
        nodes: as `read` returns them, each after its inputs; ``attrs`` may be left out; it is written sorted by key.
        heads: the outputs of the graph, ``[node, output, 0]``.
            ``subgraphs`` holds for each graph inside a tuple (nodes, heads, num_outputs).
        num_outputs: how many outputs each node has; 1 each by default.
        attrs: the graph's own attributes; the version of mxnet by default.

    Raises:
        ArgumentError: a graph that `read` would refuse, or counts that do not match the nodes.

    >>> text = write([{"op": "null", "name": "x", "inputs": []}], [[0, 0, 0]])
    >>> print(text.replace(" \n", "\n"))  # mxnet ends a broken line in a space
    {
      "nodes": [
        {
          "op": "null",
          "name": "x",
          "inputs": []
        }
      ],
      "arg_nodes": [0],
      "node_row_ptr": [0, 1],
      "heads": [[0, 0, 0]],
      "attrs": {"mxnet_version": ["int", 10901]}
    }
    """
    graph = _body(nodes, heads, num_outputs)
    graph["attrs"] = dict(attrs) if attrs is not None else {"mxnet_version": ["int", MXNET_VERSION]}
    text = _layout(graph, "")
    try:
        read(text, "the graph given")
    except FormatError as error:
        raise ArgumentError(f"writing symbol JSON: {error}") from None
    return text


def _body(nodes: Sequence[Mapping[str, Any]], heads: Iterable[Sequence[int]],
          num_outputs: Sequence[int] | None = None) -> dict[str, Any]:
    rows = [0]
    for n in num_outputs if num_outputs is not None else [1] * len(nodes):
        rows.append(rows[-1] + n)
    return {
        "nodes": [{k: v for k, v in _ordered(node).items() if v or k != "attrs"} for node in nodes],
        "arg_nodes": [i for i, node in enumerate(nodes) if node["op"] == "null"],
        "node_row_ptr": rows,
        "heads": [list(e) for e in heads],
    }


def _ordered(node: Mapping[str, Any]) -> dict[str, Any]:
    attrs = dict(sorted(node.get("attrs", {}).items()))
    plain = {"op": node["op"], "name": node["name"], "attrs": attrs, "inputs": [list(e) for e in node["inputs"]]}
    if node.get("subgraphs"):
        plain["subgraphs"] = [_body(*inside) for inside in node["subgraphs"]]
    return plain


def _layout(value: Any, indent: str) -> str:
    """MXNet's layout: objects of one and lists of up to ten plain items stay on a line; separators end in a space."""
    if isinstance(value, dict):
        items = [f"{_layout(k, '')}: {_layout(v, indent + '  ')}" for k, v in value.items()]
        broken = len(items) > 1
        start, end = "{}"
    elif isinstance(value, list):
        items = [_layout(v, indent + "  ") for v in value]
        broken = len(items) > 10 or any(isinstance(v, dict) for v in value)
        start, end = "[]"
    elif isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(c, c) for c in value) + '"'
    else:
        return json.dumps(value)
    if not broken:
        return start + ", ".join(items) + end
    return start + ", ".join(f"\n{indent}  {item}" for item in items) + f"\n{indent}{end}"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _expect(good: bool, label: str, what: str) -> None:
    if not good:
        raise FormatError(f"{label} {what}.")


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _node(node: Any, number: int, rows: list[int] | None, label: str) -> dict[str, Any]:
    what = f"is corrupted: node {number}"
    _expect(isinstance(node, dict), label, f"{what} is no object")
    for key in ("op", "name"):
        _expect(isinstance(node.get(key), str), label, f"{what} has no string under {key!r}")
    what = f"{what} ({node['op']} {node['name']!r})"
    if node.get("control_deps"):
        raise NotSupportedError(f"{label}: node {number} ({node['op']} {node['name']!r}) has control_deps, which are "
                                "not supported.")
    attrs: dict[str, str] = {}
    for key in _OLD_ATTRIBUTE_KEYS:
        found = node.get(key, {})
        good = isinstance(found, dict) and all(isinstance(v, str) for v in found.values())
        _expect(good, label, f"{what} has attributes that are not strings")
        attrs.update(found)
    inputs = node.get("inputs")
    _expect(isinstance(inputs, list), label, f"{what} has no list of inputs")
    _expect(node["op"] != "null" or not inputs, label, f"{what} is a variable with inputs")
    found = {
        "op": node["op"],
        "name": node["name"],
        "attrs": attrs,
        "inputs": [_edge(e, number, rows, f"node {number} ({node['op']} {node['name']!r})", label) for e in inputs],
    }
    inside = node.get("subgraphs", [])
    _expect(isinstance(inside, list), label, f"{what} has no list of subgraphs")
    if inside:
        found["subgraphs"] = [_graph(g, f"{label}, inside node {number}") for g in inside]
    return found


def _edge(edge: Any, before: int, rows: list[int] | None, owner: str, label: str) -> list[int]:
    good = isinstance(edge, list) and len(edge) in (2, 3) and all(map(_is_index, edge))
    _expect(good, label, f"is corrupted: {owner} has the input {edge!r}, expected [node, output, version]")
    source, output = edge[:2]
    _expect(source < before, label, f"is corrupted: {owner} takes node {source}, which does not come before it")
    if rows is not None:
        count = rows[source + 1] - rows[source]
        _expect(output < count, label, f"is corrupted: {owner} takes output {output} of {count} of node {source}")
    return edge if len(edge) == 3 else [*edge, 0]
