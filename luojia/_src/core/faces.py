"""Faces: the public signatures under which one operator appears at the two doors.

A face is written as one line beside the operator's definition::

    "LogSoftmax(axis=-1)(logits:x)"              a class: attributes at construction, arrays at the call
    "log_softmax(data:x, axis=-1, dtype:_=None)"   a function
    "sum(data:x, axis=None) | rank1=True"         a function with attributes that this door fixes

``public:internal`` maps a public name to the operator's; ``:_`` accepts a parameter and ignores it; ``*xs`` stands for
any number of arrays. ``compiled_faces.py`` makes real Python functions and classes of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import CallError
from .documented import split
from .dtypes import DType
from .op import OPERATORS, Operator
from .tensor import Tensor

MISSING = object()
_SPEC = re.compile(r"(?P<name>\w+)\((?P<first>.*?)\)(?:\((?P<second>.*)\))?(?:\s*\|\s*(?P<fixed>.*))?$", re.S)


class Param(NamedTuple):
    """One public parameter: its name, the operator's name for it ('_': none), its default, and whether it is *."""

    public: str
    internal: str
    default: Any
    star: bool = False


class Face:
    """One public signature of an operator."""

    late: tuple[str, ...] = ()  # what the operator takes and the door, not the caller, gives (see ambient.py)
    needed: dict[int, str] = {}  # the places of the arrays that cannot be left out, with their names
    uniform = False  # whether its arrays must have one dtype
    direct = False  # whether a call with Tensors alone can go straight to ``apply``

    def __init__(self, op: Operator, spec: str) -> None:
        match = _SPEC.match(spec.strip())
        if match is None:
            raise ValueError(f"{op.name}: cannot read the face {spec!r}")
        self.op = op
        self.name = match["name"]
        self.init = _params(match["first"])
        self.call = None if match["second"] is None else _params(match["second"])
        self.fixed = {p.public: p.default for p in _params(match["fixed"] or "")}
        self.required = [p for p in self.attributes if p.default is MISSING]
        known = {*op.inputs, *op.attrs, "_"}
        for p in [*self.init, *(self.call or ())]:
            if not p.star and p.internal not in known:
                raise ValueError(f"{op.name}: face {spec!r} maps {p.public} to {p.internal}, which {op!r} lacks")

    @property
    def params(self) -> list[Param]:
        """The parameters of the function form."""
        return self.init if self.call is None else [*self.call, *self.init]

    @property
    def inputs(self) -> list[Param]:
        """The parameters that are arrays, in the operator's order."""
        by_name = {p.internal: p for p in self.params}
        return [by_name[i] for i in self.op.inputs if i in by_name]

    @property
    def attributes(self) -> list[Param]:
        """The parameters that are not arrays."""
        return [p for p in self.params if p.internal not in self.op.inputs and not p.star]

    def attrs_of(self, public: dict[str, Any]) -> dict[str, Any]:
        """The operator's attributes for public attribute values."""
        attrs = {p.internal: tidy(public.get(p.public, p.default)) for p in self.attributes if p.internal != "_"}
        return {**{k: v for k, v in attrs.items() if v is not MISSING}, **self.fixed}


def _params(text: str) -> list[Param]:
    out = []
    for part in split(text):
        name, _, default = part.partition("=")
        name, _, internal = (n.strip() for n in name.partition(":"))
        star = name.startswith("*")
        name = name.lstrip("*")
        out.append(Param(name, internal or name, ast.literal_eval(default.strip()) if default else MISSING, star))
    return out


def tidy(value: Any) -> Any:
    """Attributes are what operators take: lists and Tensors become tuples, which hash, and framework dtypes NumPy's."""
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple([tidy(v) for v in value])
    return value.np if isinstance(value, DType) else value


def index_faces(kind: str) -> dict[str, tuple[Operator, str]]:
    """The public names of one kind of face ('ms', 'fn' or 'mx') with operator and spec."""
    found: dict[str, tuple[Operator, str]] = {}
    for op in OPERATORS.values():
        for spec in op.faces.get(kind, ()):
            name = spec.partition("(")[0].strip()
            if name in found:
                raise ValueError(f"{kind} face {name!r} belongs to {found[name][0].name} and to {op.name}")
            found[name] = (op, spec)
    return found


def unknown_attribute(face: Face, names: Any) -> None:
    """Refuse the first of ``names``, which the face does not have."""
    listed = "".join(f"{p.public} : {'required' if p.default is MISSING else f'optional, default={p.default}'}\n"
                     for p in face.attributes)
    raise CallError(f"Cannot find argument {next(iter(names))!r}, Possible Arguments:\n----------------\n{listed}"
                    f", in operator {face.name}(name=\"\")")


class LazyMethod:
    """A method of ``cls`` made by ``make(face)`` when it is first looked up, which then stands in its place."""

    def __init__(self, cls: type, name: str, make: Callable[[str], Callable], face: str | None = None) -> None:
        self.cls = cls
        self.name = name
        self.make = make
        self.face = face or name

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        function: Any = self.make(self.face)
        if self.cls.__dict__.get(self.name) is self:
            setattr(self.cls, self.name, function)
        return function if obj is None else function.__get__(obj, owner)


class FaceModule:
    """Lookup of one door's names, made at first use; the door imports ``luojia._src.ops``, which registers them."""

    def __init__(self, kinds: dict[str, Callable[[Face], Any]]) -> None:
        self.kinds = kinds
        self._index: dict[str, tuple[Callable, Operator, str]] | None = None
        self._indexed = 0  # how many operators there were

    def index(self) -> dict[str, tuple[Callable, Operator, str]]:
        if self._index is None:
            assert OPERATORS, "no operator is registered: the door must import luojia._src.ops"
            self._indexed = len(OPERATORS)
            self._index = {}
            for kind, make in self.kinds.items():
                for name, (op, spec) in index_faces(kind).items():
                    self._index[name] = (make, op, spec)
        return self._index

    def get(self, name: str) -> Any:
        """The function or class called ``name``; KeyError if the door has none. A program may register more of them."""
        if name not in self.index() and self._indexed != len(OPERATORS):
            self._index = None
        make, op, spec = self.index()[name]
        return make(Face(op, spec))
