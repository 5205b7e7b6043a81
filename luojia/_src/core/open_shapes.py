"""Arrays that a graph makes itself with a length left open: 0 in their shape, as in ``sym.zeros((0, 5))``.

MXNet finds the length from where the array is used; recurrent cells make their first states so. Here it is a length of
the inputs that fits: with it every operator's shapes agree, and the two sides of ``+`` are equal without broadcasting.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import MXNetError
from .infer import Shape, Shapes, known
from .symbol import Entry, Symbol, SymNode, copy_nodes, walk


def _is_open(node: SymNode) -> bool:
    shape = node.attrs.get("shape")
    return (node.op is not None and isinstance(shape, (tuple, list)) and 0 in shape
            and not any(a.__class__ is Entry for a in node.args))


def has_open(symbol: Symbol) -> bool:
    """Whether the graph makes arrays of which a length is left open."""
    return any(map(_is_open, walk(symbol._outputs)))


def settled(symbol: Symbol, given: Mapping[str, Shape]) -> Symbol:
    """The graph with its open lengths filled in, for variables of the ``given`` shapes; itself where it has none.

    Where no length fits they stay open.
    """
    if not has_open(symbol):
        return symbol
    whole = [s for s in given.values() if s and known(tuple(s))]
    batches = {s[0] for s in whole}
    others = {n for s in whole for n in s} - batches
    for length in [*sorted(batches, reverse=True), *sorted(others, reverse=True)]:
        trial = type(symbol)(copy_nodes(symbol._outputs))
        for node in walk(trial._outputs):
            if _is_open(node):
                node.attrs = {**node.attrs, "shape": tuple(n or length for n in node.attrs["shape"])}
        try:
            if _agree(Shapes(trial, given)):
                return trial
        except MXNetError:
            continue
    return symbol


def _agree(shapes: Shapes) -> bool:
    for node in shapes.nodes:
        entries = [a for a in node.args if a.__class__ is Entry]
        if node.op is not None and node.op.elementwise and len(entries) == 2 and "broadcast" not in node.kind:
            one, other = map(shapes.get, entries)
            if known(one) and known(other) and one != other:
                return False
    return True
