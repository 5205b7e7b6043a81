"""Faces: the public signatures under which one operator appears at the two doors.

A face is written as one line beside the operator's definition::

    "LogSoftmax(axis=-1)(logits:x)"              a class: attributes at construction, arrays at the call
    "log_softmax(data:x, axis=-1, dtype:_=None)"   a function
    "sum(data:x, axis=None) | rank1=True"         a function with attributes that this door fixes

``public:internal`` maps a public name to the operator's; ``:_`` accepts a parameter and ignores it; ``*xs`` stands for
any number of arrays. ``compile_function`` and ``compile_class`` make real Python functions and classes of them.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..errors import CallError, UnfitArgumentError
from .accepted import Row, source_of
from .apply import apply, binary, unary
from .attributes import FLAGS, USUAL, WINDOWS, check_windows, kind_of, reader
from .documented import describe
from .dtypes import DType
from .given import allowed, kind_of_default, no_tensor, refuse, unfit
from .op import OPERATORS, Operator
from .primitive import Primitive
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
    for part in _split(text):
        name, _, default = part.partition("=")
        name, _, internal = (n.strip() for n in name.partition(":"))
        star = name.startswith("*")
        name = name.lstrip("*")
        out.append(Param(name, internal or name, ast.literal_eval(default.strip()) if default else MISSING, star))
    return out


def _split(text: str) -> list[str]:
    """Split at commas outside brackets and quotes."""
    parts, depth, current, quote = [], 0, "", ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if c == "," and not depth and not quote:
            parts.append(current)
            current = ""
        else:
            current += c
    return [p.strip() for p in [*parts, current] if p.strip()]


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


def compile_function(face: Any, run: Callable, module: str, extra: str = "", quick: Callable | None = None,
                     quick_class: type | None = None, method: bool = False, checked: bool = False,
                     numpys: bool = False, accepted: Row | None = None, read: bool = False,
                     straight: Callable | None = None, others: Callable | None = None) -> Callable:
    """A Python function with the face's signature that calls ``run(face, inputs, attrs, **extra names)``; a ``method``
    calls ``run(self, ...)``.

    ``extra`` is source for further parameters that the door understands, as ``"out=None, name=None"``. A face of one
    or two arrays and nothing else may have a ``quick`` way for arrays of ``quick_class``; a ``method`` takes it where
    its object is ``_plain``. ``checked`` compares arguments with what the face says of their types (given.py).
    ``numpys``: ``dtype=float`` is float64. ``accepted`` is a row of the table of dtypes (accepted.py). ``read``:
    attributes are MXNet's, read as attributes.py says; arrays may be left out and unknown names given, which ``run``
    and the operator tell of. ``straight(op, inputs, attributes)`` takes calls with arrays of ``quick_class`` alone, of
    one dtype where the face is uniform. ``others(names and values)`` judges keywords that the face does not have.
    """
    space: dict[str, Any] = {"_run": run, "_face": face, "_quick": quick, "_class": quick_class, "_float": float,
                             "_float64": np.float64}
    keyword = any(p.star for p in face.params)
    signature, seen_default = ["self"] if method else [], False
    listed = next((p for p in face.params if p.star and p.internal != p.public), None)  # also a list, by keyword
    for i, p in enumerate(face.params):
        if p.star:
            signature.append(f"*{p.internal}")
            continue
        if p.default is MISSING and (read or seen_default and not keyword):
            # MXNet declares required attributes after optional arrays: give them a marker as default.
            space["_missing"] = MISSING
            signature.append(f"{p.public}={None if read and p in face.inputs else '_missing'}")
        elif p.default is MISSING:
            signature.append(p.public)
        else:
            seen_default = True
            space[f"_d{i}"] = p.default
            signature.append(f"{p.public}=_d{i}")
    signature += [e.strip() for e in extra.split(",") if e.strip()]
    if listed is not None:
        signature.append(f"{listed.public}=None")
    unknown = read and bool(face.attributes)
    if unknown or others is not None:
        signature.append("**_unknown")
        space["_refuse"] = others or partial(unknown_attribute, face)
    star = next((p.internal for p in face.params if p.star), None)
    if listed is not None:
        star = f"({star} if {listed.public} is None else ({listed.public},))"
    arrays = "".join(f"{p.public}, " for p in face.inputs)
    inputs = f"({arrays}*{star},)" if star else f"({arrays})"
    wide = "_float64 if dtype is _float else dtype" if numpys else "dtype"
    pairs = [f"'{p.internal}': {wide if p.public == 'dtype' else p.public}" for p in face.attributes
             if p.internal != "_"]
    for k, v in face.fixed.items():
        space[f"_f_{k}"] = v
        pairs.append(f"'{k}': _f_{k}")
    passed = "".join(f", {e.split('=')[0].strip()}={e.split('=')[0].strip()}" for e in extra.split(",") if e.strip())
    call = f"_run({'self' if method else '_face'}, {inputs}, {{{', '.join(pairs)}}}{passed})"
    checks = "".join(f"    if {name} is not None and not isinstance({name}, _Tensor): "
                     f"_check('{name}', {name}, 'Tensor')\n" if kind == "Tensor or None" else
                     f"    if not isinstance({name}, {_USUAL.get(kind, kind)}): _check('{name}', {name}, '{kind}')\n"
                     if kind in ("Tensor", "operand") else
                     f"    if {name}.__class__ is not {_USUAL.get(kind, kind)}: _check('{name}', {name}, '{kind}')\n"
                     for name, kind in _kinds(face, accepted)) if checked else ""
    quickly = ""
    if accepted is not None:
        more, quickly = source_of(accepted, face.name, [p.public for p in face.params], space)
        checks += more
    if unknown:
        checks = "".join(_reads(face, space))
    if unknown or others is not None:
        checks = "    if _unknown: _refuse(_unknown)\n" + checks
    if straight is not None:
        checks += _straight(face, pairs, extra, straight, space)
    space.update(_check=partial(_check, face.name), _Tensor=Tensor)
    source = f"def {face.name}({', '.join(signature)}):\n{checks}    return {call}"
    if quick is not None and len(face.params) == len(face.inputs) <= 2 and not face.fixed:
        first, *second = [p.public for p in face.inputs]
        conditions = [*(["self._plain"] if method else []), f"{first}.__class__ is _class",
                      *[f"{e.split('=')[0].strip()} is None" for e in extra.split(",") if e.strip()]]
        for name in second:
            strict = accepted is not None and name in accepted.params and accepted.params[name].tensor
            kinds = ("_class", "float", "int") if face.op.elementwise and not strict else ("_class",)
            conditions.append(f"({' or '.join(f'{name}.__class__ is {kind}' for kind in kinds)})")
        conditions += [quickly] if quickly else []
        source = source.replace("\n", f"\n    if {' and '.join(conditions)}:\n"
                                      f"        return _quick({', '.join([first, *second])})\n", 1)
    exec(source, space)  # noqa: S102 - the source is made of this package's own tables
    function = space[face.name]
    function.__module__ = module
    function.__qualname__ = face.name
    function.__doc__ = describe(face, accepted, module) if isinstance(face, Face) else face.op.__doc__
    function.face = face
    return function


def _straight(face: Any, pairs: list[str], extra: str, straight: Callable, space: dict[str, Any]) -> str:
    """The line that leaves a call with arrays alone, and no attribute missing or a list, to ``straight``."""
    arrays = [p.public for p in face.inputs]
    settled = [p.public for p in face.attributes if p.internal != "_"]
    conditions = [*[f"{name}.__class__ is _class" for name in arrays], *["out is None"] * ("out" in extra),
                  *[f"{name} is not _missing and {name}.__class__ is not list" for name in settled]]
    if face.uniform:
        conditions += [f"{name}._value.dtype is {arrays[0]}._value.dtype" for name in arrays[1:]]
    given = {p.internal for p in face.attributes} | face.fixed.keys()
    space.update(_straight=straight, _op=face.op, _missing=MISSING)
    for name in face.op._defaults.keys() - given:
        space[f"_o_{name}"] = face.op._defaults[name]
        pairs = [*pairs, f"'{name}': _o_{name}"]
    return (f"    if {' and '.join(conditions)}:\n"
            f"        return _straight(_op, ({', '.join(arrays)},), {{{', '.join(pairs)}}})\n")


def _reads(face: Any, space: dict[str, Any]) -> list[str]:
    """The lines that read the attributes that are not of their usual class and not at their defaults."""
    lines = []
    for i, p in enumerate(face.params):
        kind = kind_of(face.name, p.public, p.default) if p in face.attributes else None
        if kind is None:
            continue
        space[f"_r{i}"] = reader(face.name, p.public, kind)
        default = "_missing" if p.default is MISSING else f"_d{i}"
        if kind.type == "words":
            usual = f"{p.public} not in _w{i}"
            space[f"_w{i}"] = kind.words
        else:
            usual = " and ".join(f"{p.public}.__class__ is not {name}" for name in USUAL[kind.type])
            if kind.least is not None:
                usual = f"({usual} or {p.public} < {kind.least})"
        lines.append(f"    if {p.public} is not {default} and {usual}: {p.public} = _r{i}({p.public})\n")
    names = {p.public for p in face.params}
    for flag, (array, there) in FLAGS.items():
        if {flag, array} <= names and face.name != "RNN":  # which takes its third state for the lengths
            space["_amiss"] = partial(_amiss, face.name)
            lines.append(f"    if {flag} is {'' if there else 'not '}({array} is None): _amiss('{flag}', '{array}')\n")
    if "kernel" in names:
        space["_windows"] = partial(check_windows, face.name)
        pairs = "".join(f"('{n}', {n}), " for n in WINDOWS if n in names)
        lines.append(f"    _windows(kernel, ({pairs}))\n")
    return lines


def _amiss(face: str, flag: str, array: str) -> None:
    raise CallError(f"{face}: Check failed: num_inputs == infered_num_inputs: {array!r} goes with "
                    f"{flag}={FLAGS[flag][1]}, and is left out otherwise.")


def unknown_attribute(face: Face, names: Any) -> None:
    """Refuse the first of ``names``, which the face does not have."""
    listed = "".join(f"{p.public} : {'required' if p.default is MISSING else f'optional, default={p.default}'}\n"
                     for p in face.attributes)
    raise CallError(f"Cannot find argument {next(iter(names))!r}, Possible Arguments:\n----------------\n{listed}"
                    f", in operator {face.name}(name=\"\")")


_LOOSE = {"cast", "identity", "stop_gradient", "zeros_like", "ones_like", "polygamma_of"}


_NUMBERS = {("masked_fill", "v"), ("where", "x"), ("where", "y")}  # inputs that may be numbers


def _kinds(face: Any, accepted: Row | None = None) -> list[tuple[str, str]]:
    """The parameters that say of what kind they must be."""
    strict = {p for p, a in accepted.params.items() if a.tensor} if accepted is not None else ()
    op = face.op
    found = []
    if op.name not in _LOOSE and not op.variadic and face.inputs:
        if op.elementwise and len(face.inputs) > 1:
            found = [(p.public, "Tensor" if p.public in strict else "operand") for p in face.inputs if not p.star]
        else:
            found = [(p.public, "operand" if (op.name, p.internal) in _NUMBERS else
                      "Tensor" if p.default is MISSING else "Tensor or None") for p in face.inputs
                     if not p.star and (p.default is MISSING or p.default is None)]
    elif op.name in _LOOSE:
        found = [(p.public, "Tensor") for p in face.inputs if p.public in strict]
    for p in face.attributes:
        kind = None if p.default is MISSING else kind_of_default(p.public, p.default)
        if kind is not None:
            found.append((p.public, kind))
    return found


_USUAL = {"axes": "int", "Tensor": "_Tensor", "operand": "_Tensor"}


def _check(face: str, parameter: str, x: Any, kind: str) -> None:
    if not allowed(x, kind):
        raise refuse(face, parameter, x, kind)


def run_plain(face: Face, inputs: tuple, attrs: dict[str, Any]) -> Any:
    """Call the operator on arrays and attributes under its own names."""
    check_given(face, attrs)
    op = face.op
    n = len(op.inputs)
    if op.variadic and len(inputs) > n and isinstance(inputs[n], (list, tuple)):
        rest, names = inputs[n + 1:], [p.internal for p in face.attributes]
        if len(rest) > len(names):
            raise TypeError(f"{face.name}() takes a list of Tensors and ({', '.join(names)}), got {len(rest)} "
                            "arguments after the list.")
        inputs, attrs = (*inputs[:n], *inputs[n]), {**attrs, **dict(zip(names, rest))}  # ops.concat([x, y], 1)
    if op.variadic:
        for x in inputs:
            if x.__class__ is int or x.__class__ is float or x.__class__ is str:
                raise refuse(face.name, "tensors", x, "Tensor")
    for v in attrs.values():
        if v.__class__ is list or v.__class__ is tuple or v.__class__ is DType or isinstance(v, Tensor):
            attrs = {k: tidy(v) for k, v in attrs.items()}
            break
    if not op.variadic:
        while inputs and inputs[-1] is None:
            inputs = inputs[:-1]
    try:
        return op(*inputs, **attrs)
    except AttributeError as e:
        raise no_tensor(face.name, e) from None
    except (ValueError, IndexError, ZeroDivisionError) as e:
        if not unfit(e, [(attrs.get(p.internal), _unmissed(p.default)) for p in face.attributes]):
            raise
        raise UnfitArgumentError(str(e)) from e


def _unmissed(default: Any) -> Any:
    return None if default is MISSING else default


def compile_plain(face: Face, module: str, accepted: Row | None = None) -> Callable:
    """The face as a function of Tensors, with a quick way for one or two."""
    quick = quick_way(face)
    if quick is not None and accepted is not None and accepted.alike:
        careful = compile_function(face, run_plain, module, checked=True, accepted=accepted)
        quick = binary(face.op, careful)  # which sends Tensors of unlike dtypes there
    return compile_function(face, run_plain, module, "", quick, Tensor, checked=True, accepted=accepted)


def quick_way(face: Face | _Signature) -> Callable | None:
    """The operator by ``unary`` or ``binary``, where a call needs nothing else; None where it does."""
    op = face.op
    if op.variadic or op.aux or op.outputs != 1 or len(op.inputs) != len(face.inputs) or op.required != len(op.inputs):
        return None
    if [p.internal for p in face.inputs] != list(op.inputs) or op.attrs.keys() != op._defaults.keys():
        return None
    return unary(op) if len(op.inputs) == 1 else binary(op) if len(op.inputs) == 2 and not op.fast_forward else None


def check_given(face: Face, attrs: dict[str, Any]) -> None:
    for p in face.required:
        if attrs.get(p.internal) is MISSING:
            raise CallError(f"{face.name}() misses the required argument {p.public!r}.")


def compile_class(face: Face, module: str, accepted: Row | None = None) -> type:
    """A Primitive subclass with the face's two signatures; ``accepted`` is its row of the table of dtypes."""
    init, call = face.init, face.call or []
    op = face.op
    build = compile_function(_Signature(face, init), lambda _f, _i, public: public, module, checked=True)
    late = {p.public: p.internal for p in call if p.internal not in op.inputs and not p.star}
    arrays = _Signature(face, call)
    required = [p.public for p in init if p.default is MISSING]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.attrs = build(*args, **kwargs)
        for key in required:
            if self.attrs[key] is MISSING:
                raise TypeError(f"{face.name}() misses the required argument {key!r}.")
        named = {p.internal: tidy(self.attrs[p.public]) for p in init if p.internal not in ("_", *op.inputs)}
        self._attrs = {**named, **face.fixed}
        self._complete = {**op._defaults, **self._attrs}
        self._plain = self._complete == op._defaults

    if late or op.variadic or len(arrays.inputs) != len(op.inputs):
        run = compile_function(arrays, lambda _f, inputs, public: (inputs, public), module, checked=True,
                               accepted=accepted)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            inputs, given = run(*args, **kwargs)
            return run_plain(face, inputs, {**self._attrs, **{late[k]: v for k, v in given.items() if k in late}})
    else:  # all attributes are known at construction
        def run_complete(self: Any, inputs: tuple, _public: dict) -> Any:
            try:
                return apply(op, inputs, self._complete)
            except AttributeError as e:
                raise no_tensor(face.name, e) from None

        quick = quick_way(arrays)
        if quick is not None and accepted is not None and accepted.alike:
            quick = binary(op, compile_function(arrays, lambda _f, inputs, _p: apply(op, inputs, op._defaults), module,
                                                checked=True, accepted=accepted))  # for Tensors of unlike dtypes
        __call__ = compile_function(arrays, run_complete, module, "", quick, Tensor, method=True, checked=True,
                                    accepted=accepted)

    return type(face.name, (Primitive,), {
        "__init__": __init__, "__call__": __call__, "__doc__": describe(face, accepted, module, True),
        "__module__": module, "face": face,
        "__signature__": inspect.signature(build),
    })


class _Signature:
    """One half of a class face, in the form that ``compile_function`` takes; attributes keep their public names."""

    def __init__(self, face: Face, params: list[Param]) -> None:
        self.op, self.name, self.params, self.fixed = face.op, face.name, params, {}
        by_name = {p.internal: p for p in params}
        self.inputs = [by_name[i] for i in face.op.inputs if i in by_name]
        self.attributes = [
            Param(p.public, p.public, p.default) for p in params if p.internal not in face.op.inputs and not p.star
        ]


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
