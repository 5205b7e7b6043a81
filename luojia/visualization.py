"""Graphs as tables and pictures, under MXNet's names: ``print_summary`` and ``plot_network``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ._src.core.infer import Shapes, known
from ._src.core.symbol import Entry, SymNode, walk
from ._src.errors import MXNetError, NotSupportedError
from ._src.paths import public_names
from .symbol import Symbol

_WEIGHTS = ("_weight", "_bias", "_beta", "_gamma", "_moving_var", "_moving_mean", "_running_var", "_running_mean")
_COLORS = ("#8dd3c7", "#fb8072", "#ffffb3", "#bebada", "#80b1d3", "#fdb462", "#b3de69", "#fccde5")
_COLOR_OF = {"Convolution": 1, "Deconvolution": 1, "FullyConnected": 1, "BatchNorm": 3, "Activation": 2,
             "LeakyReLU": 2, "Pooling": 4, "Concat": 5, "Flatten": 5, "Reshape": 5, "Softmax": 6}


def print_summary(symbol: Symbol, shape: Mapping[str, tuple] | None = None, line_length: int = 120,
                  positions: Sequence[float] = (0.44, 0.64, 0.74, 1.0)) -> None:
    """Print the layers of a graph: name, output shape, number of parameters, previous layers.

    Args:
        shape: the shapes of its inputs, by name; without it the numbers are those that attributes tell.
        line_length: the width of the table. ``positions``: where its columns end, as parts of the width.

    >>> import luojia as mx
    >>> fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
    >>> print_summary(fc, shape={"data": (2, 4)}, line_length=70)  # doctest: +NORMALIZE_WHITESPACE
    ______________________________________________________________________
    Layer (type)                  Output Shape  Param #Previous Layer
    ======================================================================
    data(null)                    4             0
    ______________________________________________________________________
    fc(FullyConnected)            3             15     data
    ======================================================================
    Total params: 15
    ______________________________________________________________________
    """
    if not isinstance(symbol, Symbol):
        raise TypeError("symbol must be Symbol")
    columns = [int(line_length * p) if p <= 1 else int(p) for p in positions]

    def row(*fields: Any) -> None:
        line = ""
        for text, end in zip(fields, columns):
            line = (line + str(text))[:end].ljust(end)
        print(line)

    shapes = _shapes(symbol, shape)
    nodes = walk(symbol._outputs)
    shown = [n for i, n in enumerate(nodes) if n.op is not None or i == 0]  # of the variables the first, as in MXNet
    named = {id(nodes[0]), id(symbol._outputs[0].node)}
    print("_" * line_length)
    row("Layer (type)", "Output Shape", "Param #", "Previous Layer")
    print("=" * line_length)
    total = 0
    for i, node in enumerate(shown):
        count = _parameters(node, shapes)
        total += count
        before = [e.node.name for e in node.inputs if e.node.op is not None or id(e.node) in named]
        out = None if shapes is None else shapes.of[id(node), 0]
        row(f"{node.name}({node.kind})", "x".join(map(str, out[1:])) if out else "", count, before[0] if before else "")
        for name in before[1:]:
            row("", "", "", name)
        print(("=" if i == len(shown) - 1 else "_") * line_length)
    print(f"Total params: {total}")
    print("_" * line_length)


def _shapes(symbol: Symbol, shape: Mapping[str, tuple] | None) -> Shapes | None:
    if shape is None:
        return None
    symbol.infer_shape_partial(**shape)  # checks the names
    shapes = Shapes(symbol, shape)
    if not all(known(shapes.get(e)) for e in symbol._outputs):
        raise MXNetError(f"Input shape is incomplete: {dict(shape)} does not determine the shapes of the outputs.")
    return shapes


def _is_weight(name: str) -> bool:
    return name.endswith(_WEIGHTS)


def _parameters(node: SymNode, shapes: Shapes | None) -> int:
    """The number of elements of the weights of a node; without shapes, what its attributes tell (biases)."""
    if node.op is None:
        return 0
    weights = [e for e in node.inputs if e.node.op is None and _is_weight(e.node.name)]
    if shapes is None:
        has_bias = any(e.node.name.endswith("_bias") for e in weights)
        return int(node.given.get("num_hidden", node.given.get("num_filter", 0))) if has_bias else 0
    # Moving statistics are states, no parameters.
    return sum(math.prod(shapes.get(e) or (0,)) for e in weights if "moving" not in e.node.name)


def plot_network(symbol: Symbol, title: str = "plot", save_format: str = "pdf",
                 shape: Mapping[str, tuple] | None = None, dtype: Any = None,
                 node_attrs: Mapping[str, str] | None = None, hide_weights: bool = True) -> Any:
    """The graph as a ``graphviz.Digraph``, which notebooks draw and ``render()`` writes to a file.

    Args:
        shape: the shapes of the inputs, by name: edges are labelled with shapes.
        node_attrs: graphviz attributes of all nodes. ``hide_weights``: leave weights out.

    Raises:
        NotSupportedError: the package graphviz is missing: ``pip install luojia[viz]``. Drawing also needs the program
            ``dot``; the source, ``plot_network(...).source``, does not.
    """
    try:
        from graphviz import Digraph  # pyright: ignore[reportMissingImports] - an extra, may be missing
    except ImportError:
        raise NotSupportedError("plot_network draws with the package graphviz, which is missing: "
                                "pip install 'luojia[viz]'.") from None
    if not isinstance(symbol, Symbol):
        raise TypeError("symbol must be a Symbol")
    shapes = _shapes(symbol, shape)
    style = {"shape": "box", "fixedsize": "true", "width": "1.3", "height": "0.8034", "style": "filled",
             **(node_attrs or {})}
    dot = Digraph(name=title, format=save_format)
    hidden = set()
    nodes = walk(symbol._outputs)
    for node in nodes:
        look = dict(style)
        if node.op is None:
            if _is_weight(node.name):
                if hide_weights:
                    hidden.add(node.name)
                continue
            look["shape"] = "oval"
        look["fillcolor"] = _COLORS[0 if node.op is None else _COLOR_OF.get(node.kind, 7)]
        dot.node(name=node.name, label=_label(node), **look)
    for node in nodes:
        for entry in node.inputs:
            if entry.node.name not in hidden:
                dot.edge(tail_name=node.name, head_name=entry.node.name, label=_edge_label(entry, shapes),
                         dir="back", arrowtail="open")
    return dot


def _edge_label(entry: Entry, shapes: Shapes | None) -> str:
    shape = None if shapes is None else shapes.get(entry)
    return "x".join(map(str, shape[1:])) if shape else ""


def _label(node: SymNode) -> str:
    """What a box says: an operator with its most telling attributes, else the name."""
    given = node.given

    def by(key: str, default: str = "1") -> str:
        value = given.get(key) or ()
        return "x".join(map(str, value if isinstance(value, tuple) else (value,))) or default

    if node.kind in ("Convolution", "Deconvolution"):
        return f"{node.kind}\n{by('kernel')}/{by('stride')}, {given.get('num_filter')}"
    if node.kind == "FullyConnected":
        return f"FullyConnected\n{given.get('num_hidden')}"
    if node.kind in ("Activation", "LeakyReLU"):
        return f"{node.kind}\n{given.get('act_type', 'leaky')}"
    if node.kind == "Pooling":
        return f"Pooling\n{given.get('pool_type', 'max')}, {by('kernel', 'global')}/{by('stride')}"
    return node.name


__all__ = ["plot_network", "print_summary"]
__dir__ = public_names(__name__)
