"""Networks as ONNX: a listing of operators, or a Symbol, written as a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from luojia._src.core.listing import Listing, Place
from luojia._src.core.symbol import KEY, Entry, walk
from luojia._src.errors import NotSupportedError
from luojia._src.formats import onnx_arrays, onnx_layers, onnx_shapes  # noqa: F401 - register how functions are written
from luojia._src.formats.onnx_file import Model
from luojia._src.formats.onnx_trace import Graph, Traced


def of_listing(who: str, listing: Listing, inputs: Mapping[str, np.ndarray], named: Mapping[str, np.ndarray]) -> Model:
    """The graph of a network that was listed on ``inputs``.

    Raises:
        NotSupportedError: an operator that is not written as ONNX, or an output that is no array.
    """
    graph = Graph(who)
    found: dict[int, Any] = {i: graph.input(name, a) for i, (name, a) in enumerate(inputs.items())}
    found |= {place: np.asarray(value) for place, value in listing.constants.items()}
    found |= {place: graph.parameter(name, named[name]) for place, name in listing.named.items()}
    for op, given, attrs, outputs in listing.steps:
        out = graph.apply(op, [found[g] if g.__class__ is Place else g for g in given], attrs)
        found.update(zip(outputs, out if isinstance(out, (tuple, list)) else (out,)))
    places = listing.output if isinstance(listing.output, (tuple, list)) else [listing.output]
    if not all(isinstance(p, Place) for p in places):
        raise NotSupportedError(f"{who}: an ONNX graph has arrays for outputs; return a Tensor or a tuple of them.")
    return graph.model([("output" if len(places) == 1 else f"output{i}", _traced(graph, found[p]))
                        for i, p in enumerate(places)])


def _traced(graph: Graph, x: Any) -> Traced:
    return x if isinstance(x, Traced) else Traced(graph, graph.constant(x), x)


def of_symbol(who: str, heads: Sequence[Entry], inputs: Mapping[str, np.ndarray],
              shapes: Mapping[str, Sequence[int | str | None]], named: Mapping[str, np.ndarray]) -> Model:
    """The graph of a Symbol's outputs; variables that are neither inputs nor ``named`` are labels, and left out.

    Args:
        inputs: arrays of the shapes and dtypes that the inputs have. shapes: their shapes in the file.
        named: the values of the other variables.

    Raises:
        NotSupportedError: an operator that is not written as ONNX.
    """
    graph = Graph(who)
    found: dict[tuple[int, int], Any] = {}
    for node in walk(heads):
        if node.op is None:
            found[id(node), 0] = (graph.input(node.name, inputs[node.name], shapes.get(node.name))
                                  if node.name in inputs
                                  else graph.parameter(node.name, named[node.name]) if node.name in named else None)
            continue
        if node.op.run is not None:
            raise NotSupportedError(f"{who}: {node.name!r} runs a function of its own, which is not written as ONNX.")
        args = [found[id(a.node), a.index] if a.__class__ is Entry else None if a is KEY else a for a in node.args]
        out = graph.apply(node.op.name, args, node.attrs, node.name)
        for i, x in enumerate(out if isinstance(out, (tuple, list)) else (out,)):
            found[id(node), i] = x
    return graph.model([(e.node.output_name(e.index), _traced(graph, found[id(e.node), e.index])) for e in heads])


__all__ = ["of_listing", "of_symbol"]
