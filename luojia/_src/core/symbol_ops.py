"""Nodes for operators applied to symbols: by MXNet's faces, by Python's signs, and called directly."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, MXNetError
from . import symbol_names as names
from .ambient import visible, wants
from .attributes import BOOLEAN, FLAGS, WINDOWS, check_windows, kind_of, reader
from .dtypes import DType
from .faces import MISSING, Face, FaceModule, tidy, unknown_attribute
from .naming import AttrScope
from .op import Operator
from .symbol import KEY, Entry, Symbol, SymNode, extra_attributes, new_name, not_found, text_of, variable
from .tensor import Tensor

FACES = FaceModule({"mx": lambda face: face})
OWN = "_luojia_"  # before the names, in files, of operators that MXNet does not have
NUMBER = (int, float, np.generic)


@cache
def face_of(name: str) -> Face:
    """MXNet's face ``name``, or an alias of it; KeyError if there is none."""
    for candidate in (name, names.ALIASES.get(name), names.CANONICAL.get(name)):
        if candidate is not None:
            try:
                return FACES.get(candidate)
            except KeyError:
                continue
    raise KeyError(name)


def input_names(node: SymNode) -> list[str]:
    """What a monitor calls the inputs that other nodes give: ``fc_data``, ``cc_arg0``, ``act_input0``."""
    found = node.inputs
    if len(found) == 1 and (node.kind.islower() or node.kind == "Activation"):
        return [f"{node.name}_input0"]
    if len(found) == 2 and node.op.elementwise:
        return [f"{node.name}_lhs", f"{node.name}_rhs"]
    try:
        public = [p.public for p in face_of(node.kind).params if p.internal in node.op.inputs and not p.star]
    except KeyError:
        public = []
    return [f"{node.name}_{public[i] if i < len(public) else f'arg{i - len(public)}'}" for i in range(len(found))]


# -- a node of a face ----------------------------------------------------------------------------------------------


def compose(face: Face, args: tuple, kwargs: dict[str, Any], hint: str | None = None) -> Symbol:
    """Apply MXNet's face to symbols; variables are made for inputs that are missing (``fc_weight``)."""
    name, attr = kwargs.pop("name", None), kwargs.pop("attr", None)
    arrays, star, given, extra = _bind(face, args, kwargs)
    if given.get("dtype") is float:  # as NumPy has it
        given["dtype"] = np.float64
    extra = extra_attributes(AttrScope.current().get({**(attr or {}), **extra}))
    cls = next((type(a) for a in (*arrays.values(), *star) if isinstance(a, Symbol)), None) or _door()
    stem = names.CANONICAL.get(face.name, face.name) if face.name in _SOURCES else hint or face.name
    name = new_name(name, stem.lower())
    return cls(make_node(face, arrays, star, given, extra, name, cls))


_SOURCES = ("zeros", "ones", "full", "arange", "eye", "linspace")


def _door() -> type:
    """The class of symbols that are made from nothing: the door's, which derives from Symbol."""
    found = Symbol.__subclasses__()
    return found[-1] if found else Symbol


def make_node(face: Face, arrays: dict[str, Any], star: tuple, given: dict[str, Any], extra: dict[str, str],
              name: str, cls: type, create: bool = True) -> list[Entry]:
    """The outputs of a new node; ``arrays`` and ``given`` are under public names."""
    op = face.op
    public_of = {p.internal: p.public for p in face.inputs}
    required = {p.internal for p in face.inputs if p.default is MISSING}  # as this face has it
    attrs = attributes_of(face, {k: v for k, v in given.items() if v is not None or _takes_none(face, k)})
    late = wants(op, {p.internal for p in face.params} | face.fixed.keys())
    defaults = {p.public: None if p.default is MISSING else p.default for p in face.attributes}
    effective = {**defaults, **given}
    args: list[Any] = []
    for internal in op.inputs:
        public = public_of.get(internal)
        if public is None:
            args.append(KEY if "key" in late and internal == "key" else None)
            continue
        value = arrays.get(public)
        if value is None and create and names.condition(face.name, public, effective, internal not in required):
            value = _missing_input(cls, op, internal, f"{name}_{public}", given, extra)
        args.append(value if value is None else entry_of(value, public))
    args += [entry_of(s, "of the list") for s in star]
    kind = names.CANONICAL.get(face.name, face.name)
    if create and kind == "UpSampling" and len(star) == 1 and effective.get("sample_type") == "bilinear":
        given.setdefault("num_args", 1)
        args.append(_missing_input(cls, op, "weight", f"{name}_weight", given, extra))
    order = [op.inputs.index(p.internal) for p in face.params if p.internal in op.inputs and not p.star]
    order += range(len(op.inputs), len(args))
    if "training" in late:
        attrs["training"] = False
    if star and any(p.star for p in face.params) and "num_args" not in given:
        given = {**given, "num_args": len(star)}
    for at, text in names.STARTS.get(kind, {}).items() if create else ():
        arg = args[order[at]] if at < len(order) else None
        if isinstance(arg, Entry) and arg.node.op is None:
            arg.node.extra.setdefault("__init__", text)
    node = SymNode(name, op, kind, tuple(args), attrs, given, extra, order=tuple(order), late=late)
    node.count = visible(op, attrs)
    return [Entry(node, i) for i in range(node.count)]


def _takes_none(face: Face, key: str) -> bool:
    """Whether None is a value of an attribute, as of argsort's axis; of axes that are none by default it says that."""
    internal = next((p.internal for p in face.attributes if p.public == key), key)
    return face.op._defaults.get(internal) != ()


def entry_of(value: Any, public: str) -> Entry:
    if value.__class__ is Entry:
        return value
    if len(value) != 1:
        raise MXNetError(f"Keyword Argument {public} is a tuple, single value is required")
    return value._outputs[0]


def _missing_input(cls: type, op: Operator, internal: str, name: str, given: dict, extra: dict) -> Entry:
    attributes = {**{k: text_of(v) for k, v in given.items()}, **extra}
    if internal in op.aux:
        attributes["__init__"] = '["one", {}]' if "var" in internal else '["zero", {}]'
    return Entry(SymNode(name, extra=attributes))


def _bind(face: Face, args: tuple, kwargs: dict[str, Any]) -> tuple[dict, tuple, dict, dict]:
    """Split the arguments of a call into arrays, starred arrays, attributes and extra attributes."""
    params = [p for p in face.params if not p.star]
    inputs = {p.public for p in face.inputs}
    known = {p.public for p in params}
    starred = any(p.star for p in face.params)
    arrays, given, extra, star = {}, {}, {}, ()
    if starred:
        star = tuple(args[0]) if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
        for s in star:
            if not isinstance(s, Symbol):
                raise AssertionError(f"Positional arguments must be Symbol instances, but got {s}")
        args = ()
    if len(args) > len(params):
        raise TypeError(f"{face.name}() takes {len(params)} arguments, got {len(args)}.")
    named = {p.public: a for p, a in zip(params, args)}
    for key in named.keys() & kwargs.keys():
        raise TypeError(f"{face.name}() got multiple values for argument {key!r}")
    for key, value in {**named, **kwargs}.items():
        if key in inputs:
            if value is not None and not isinstance(value, Symbol):
                raise AssertionError(f"Argument {key} must be Symbol instances, but got {value}")
            arrays[key] = value
        elif key in known:
            given[key] = value
        elif isinstance(value, Symbol):
            raise not_found("Symbol.Compose", key, [p.public for p in params if p.public in inputs])
        elif key in names.HIDDEN or (key.startswith("__") and key.endswith("__")):
            extra[key] = text_of(value)
        elif key != "num_args" and not (key == "out" and value is None):
            unknown_attribute(face, [key])
    needed = {p.public for p in face.attributes if p.default is MISSING}  # which None may be a value of
    checked = {k: v for k, v in read_attributes(face, given).items() if v is not None or k != "dtype" or k in needed}
    defaults = {p.public: p.default for p in params}
    for flag, (array, there) in FLAGS.items():
        if arrays.get(array) is not None and flag in known and face.name != "RNN":
            if bool(checked.get(flag, defaults[flag])) is not there:
                raise not_found("Symbol.Compose", array, [n for n in arrays if n != array])
    return arrays, star, checked, extra


def read_attributes(face: Face, given: dict[str, Any], written: bool = False) -> dict[str, Any]:
    """The attributes as Python values: strings, as in files, are read; missing and malformed ones raise.

    Files are ``written`` by luojia too, where an operator may have an attribute that MXNet's face does not take.
    """
    required = names.REQUIRED.get(face.name, {})
    defaults = {p.public: p.default for p in face.attributes}
    for key, kind in required.items():
        if given.get(key) is None:
            raise ArgumentError(f"Required parameter {key} of {kind.__name__} is not presented, "
                                f'in operator {face.name}(name="")')
    for p in face.attributes:
        if p.default is MISSING and p.public not in given:
            raise ArgumentError(f'Required parameter {p.public} is not presented, in operator {face.name}(name="")')
    out = {}
    for key, value in given.items():
        kind = kind_of(face.name, key, None if defaults.get(key) is MISSING else defaults.get(key))
        if kind is not None and not written:
            value = reader(face.name, key, kind)(value)
        elif isinstance(value, str) and not isinstance(defaults.get(key), str):
            read = parsed(value)
            if isinstance(read, str) and kind is not None and kind.type != "words":
                read = reader(face.name, key, kind)(value)
            value = read
        if kind is BOOLEAN and value.__class__ is int:
            value = bool(value)
        out[key] = tidy(value)
    if not written and "kernel" in out:
        check_windows(face.name, out["kernel"], [(key, out[key]) for key in WINDOWS if key in out])
    return out


def parsed(text: str) -> Any:
    """The Python value that an attribute's text stands for; the text itself if it is a word."""
    word = {"true": True, "True": True, "false": False, "False": False, "None": None}.get(text.strip(), MISSING)
    if word is not MISSING:
        return word
    try:
        return tidy(ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def attributes_of(face: Face, given: dict[str, Any]) -> dict[str, Any]:
    """The operator's attributes under a face's public ones; a TypeError from the operator's own names otherwise."""
    attrs = {**face.op._defaults, **face.attrs_of(given)}
    for key, value in attrs.items():
        if isinstance(value, DType):
            attrs[key] = value.np
    return attrs


# -- signs ---------------------------------------------------------------------------------------------------------


def signed(sign: str, left: Any, right: Any) -> Symbol:
    """``left (sign) right``, one of them a number perhaps, under MXNet's names (``_plusscalar0``).

    Shapes broadcast, as in the functions that graphs are traced from; MXNet's own signs between symbols do not.
    """
    of = names.SIGNS[sign]
    if isinstance(left, Symbol) and isinstance(right, Symbol):
        kind, hint = of.op
        return sign_node(of.face, kind, hint, [entry_of(left, "lhs"), entry_of(right, "rhs")], {}, type(left))
    symbol, other = (left, right) if isinstance(left, Symbol) else (right, left)
    found = captured(other, type(symbol)) if isinstance(other, Tensor) else None
    if found is not None:
        return signed(sign, *((left, found) if symbol is left else (found, right)))
    if not isinstance(other, NUMBER):
        raise DTypeError(f"type {type(other)} not supported")
    kind, hint = of.scalar if symbol is left else of.rscalar
    first = symbol is left or of.scalar == of.rscalar  # where the order is free the symbol has the gradient at ties
    args = [entry_of(symbol, "data"), other] if first else [other, entry_of(symbol, "data")]
    return sign_node(of.face, kind, hint, args, {"scalar": other}, type(symbol))


def sign_node(face: str, kind: str, hint: str, args: list, given: dict, cls: type,
               name: str | None = None) -> Symbol:
    found = face_of(face)
    node = SymNode(new_name(name, hint), found.op, kind, tuple(args), attributes_of(found, {}), given,
                   extra_attributes(AttrScope.current().get(None)))
    return cls([Entry(node)])


# -- operators called with symbols ---------------------------------------------------------------------------------

class _Traces(threading.local):
    """The traces under way on this thread: what a Tensor becomes in each."""

    def __init__(self) -> None:
        self.captures: list[Callable[[Tensor, type], Symbol]] = []


traces = _Traces()


def captured(tensor: Any, cls: type) -> Symbol | None:
    """The symbol for an array that meets a symbol: while a function is traced, what the trace says.

    Outside traces a Parameter stands for the variable of its name, and other arrays for nothing (None).
    """
    if traces.captures:
        return traces.captures[-1](tensor, cls)
    if not getattr(tensor, "_role", False):
        return None
    found = tensor.__dict__.get("_variable")
    if found is None or found.name != tensor.name or type(found) is not cls:
        found = tensor.__dict__["_variable"] = variable(cls, tensor.name)
    return found


def apply_to_symbols(op: Operator, inputs: Any, attrs: dict[str, Any]) -> Any:
    """A node for ``op`` applied to ``inputs``, under MXNet's name where a face fits and else under its own."""
    cls = next(type(t) for t in inputs if isinstance(t, Symbol))
    args = []
    for i, t in enumerate(inputs):
        if i < len(op.inputs) and op.inputs[i] == "key" and not isinstance(t, Symbol):
            t = KEY  # drawn at each run, not at the trace
        elif isinstance(t, (Tensor, np.ndarray)):
            found = captured(t, cls)
            if found is None:
                raise DTypeError(f"{op.name}: type {type(t)} not supported beside a Symbol; make it a variable "
                                 "(sym.var), or trace the function that holds it.")
            t = found
        args.append(entry_of(t, op.name) if isinstance(t, Symbol) else t)
    numbers = [i for i, a in enumerate(args) if a is not None and a.__class__ is not Entry]
    if len(args) == 2 and len(numbers) == 1:
        for of in names.SIGNS.values():
            try:
                face = face_of(of.face)
            except KeyError:
                continue
            if face.op is op and attributes_of(face, {}) == attrs:
                kind, hint = of.scalar if numbers == [1] else of.rscalar
                return sign_node(of.face, kind, hint, args, {"scalar": args[numbers[0]]}, cls)
    face = None if numbers else fitting_face(op, args, attrs)
    given = {}
    if face is not None:
        kind, hint = names.CANONICAL.get(face.name, face.name), face.name.lower()
        order = [op.inputs.index(p.internal) for p in face.params if p.internal in op.inputs and not p.star]
        order += range(len(op.inputs), len(args))
        order = tuple(i for i in order if i < len(args))
        given = {**public_attributes(face, attrs), **_flags(face, args)}
        if len(args) > len(op.inputs):
            given["num_args"] = len(args) - len(op.inputs)
    else:
        kind, hint, order = OWN + op.name, op.name, None
        given = {k: v for k, v in attrs.items() if k not in op._defaults or op._defaults[k] != v}
        if numbers or None in args:
            given["_inputs"] = tuple(["*" if a.__class__ is Entry else "key" if a is KEY else a for a in args])
    extra = extra_attributes(AttrScope.current().get(None))
    late = ("key",) if KEY in args else ()
    node = SymNode(new_name(None, hint), op, kind, tuple(args), dict(attrs), given, extra, order=order, late=late)
    node.count = visible(op, attrs)
    outs = [cls([Entry(node, i)]) for i in range(node.count)]
    return outs[0] if len(outs) == 1 and not op.aux else tuple(outs)


def fitting_face(op: Operator, args: list, attrs: dict[str, Any]) -> Face | None:
    """The first of the operator's MXNet faces that can say these inputs and attributes."""
    for spec in op.faces.get("mx", ()):
        face = Face(op, spec)
        named = {p.internal for p in face.inputs}
        if any(a is not None and n not in named for n, a in zip(op.inputs, args)):
            continue
        if len(args) > len(op.inputs) and not any(p.star for p in face.params):
            continue
        said = {p.internal: p.default for p in face.attributes}
        late = wants(op, {p.internal for p in face.params} | face.fixed.keys())
        if late:
            continue
        rest = {**op._defaults, **face.fixed}
        if all(k in said or rest.get(k, MISSING) == v for k, v in attrs.items()):
            return face
    return None


def _flags(face: Face, args: list) -> dict[str, bool]:
    """The flags by which files tell that an array is there or left out, where they are not at their defaults."""
    given = {p.public: args[face.op.inputs.index(p.internal)] for p in face.inputs if not p.star}
    found = {}
    for p in face.attributes:
        array, value = FLAGS.get(p.public, (None, None))
        if p.internal == "_" and array in given and ((given[array] is None) is value) is p.default:
            found[p.public] = not p.default
    return found


def public_attributes(face: Face, attrs: dict[str, Any]) -> dict[str, Any]:
    """The public attributes that give ``attrs``, less those at their defaults."""
    out = {}
    for p in face.attributes:
        if p.internal in attrs and (p.default is MISSING or p.default != attrs[p.internal]):
            out[p.public] = attrs[p.internal]
    return out
