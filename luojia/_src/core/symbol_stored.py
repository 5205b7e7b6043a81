"""Nodes as symbol files describe them."""

from __future__ import annotations

from typing import Any

from ..errors import NotSupportedError
from . import symbol_names as names
from .ambient import visible
from .faces import MISSING
from .op import OPERATORS
from .symbol import KEY, Entry, SymNode
from .symbol_ops import OWN, attributes_of, face_of, make_node, parsed, read_attributes


def node_from_file(kind: str, name: str, strings: dict[str, str], inputs: list[Entry], cls: type,
                   create: bool = False) -> list[Entry]:
    """The outputs of a node as files describe it; ``create`` makes variables for the inputs that old files leave out.
    """
    if kind in names.OPERATIONS:
        face_name, place = names.OPERATIONS[kind]
        scalar = parsed(strings.get("scalar", "0"))
        args = list(inputs)
        if place is not None:
            args.insert(place, scalar)
        face = face_of(face_name)
        extra = {k: v for k, v in strings.items() if k not in ("scalar", "is_int")}
        node = SymNode(name, face.op, kind, tuple(args), attributes_of(face, {}),
                       {} if place is None else {"scalar": scalar}, extra)
        return [Entry(node)]
    if kind.startswith(OWN):
        return _own_from_file(kind, name, strings, inputs)
    try:
        face = face_of(kind)
    except KeyError:
        raise NotSupportedError(
            f"load of symbol JSON: node {name!r} is an operator {kind!r}, which luojia does not have."
        ) from None
    known = {p.public for p in face.attributes}
    given = {k: v for k, v in strings.items() if k in known}
    extra = {k: v for k, v in strings.items() if k not in known and k != "num_args"}
    params = [p for p in face.params if p.internal in face.op.inputs and not p.star]
    effective = read_attributes(face, given, written=True)
    defaults = {p.public: None if p.default is MISSING else p.default for p in face.attributes}
    present = [p for p in params
               if names.condition(face.name, p.public, {**defaults, **effective}, p.default is not MISSING)]
    if len(present) < len(inputs):  # optional inputs that are there after all
        present = params
    starred = any(p.star for p in face.params)
    if len(inputs) > len(present) and not starred:
        raise NotSupportedError(f"load of symbol JSON: node {name!r} ({kind}) has {len(inputs)} inputs, "
                                f"luojia's {kind} takes {len(present)}.")
    arrays = {p.public: e for p, e in zip(present, inputs)}
    star = tuple(inputs[len(present):]) if starred else ()
    return make_node(face, arrays, star, effective, extra, name, cls, create=create and len(inputs) < len(present))


def _own_from_file(kind: str, name: str, strings: dict[str, str], inputs: list[Entry]) -> list[Entry]:
    op = OPERATORS.get(kind[len(OWN):])
    if op is None:
        raise NotSupportedError(f"load of symbol JSON: node {name!r} is an operator {kind!r}, which luojia lacks.")
    known = {k: parsed(v) for k, v in strings.items() if k in op.attrs}
    args: list[Any] = list(inputs)
    given = dict(known)
    if "_inputs" in strings:
        pattern = given["_inputs"] = parsed(strings["_inputs"])
        rest = iter(inputs)
        args = [next(rest) if a == "*" else KEY if a == "key" else a for a in pattern]
    attrs = {**op._defaults, **known}
    extra = {k: v for k, v in strings.items() if k not in op.attrs and k != "_inputs"}
    late = ("key",) if KEY in args else ()
    node = SymNode(name, op, kind, tuple(args), attrs, given, extra, late=late)
    node.count = visible(op, attrs)
    return [Entry(node, i) for i in range(node.count)]
