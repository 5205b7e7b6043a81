"""Python functions and classes made of faces: their source is written from the face, and compiled by Python.

That of ``softplus(input:x, beta=1, threshold=20)``, where names with an underscore are values beside the source::

    def softplus(input, beta=_d1, threshold=_d2):
        if not isinstance(input, _Tensor): _check('input', input, 'Tensor')
        if beta.__class__ is not float: _check('beta', beta, 'float')
        if threshold.__class__ is not float: _check('threshold', threshold, 'float')
        if isinstance(input, _Tensor) and input._value.dtype not in _ok0: _dtype('input', input, _row0)
        return _run(_face, (input, ), {'beta': beta, 'threshold': threshold})
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..errors import CallError, UnfitArgumentError
from .accepted import Row, source_of
from .apply import apply, binary, unary
from .attributes import FLAGS, USUAL, WINDOWS, check_windows, kind_of, reader
from .documented import describe
from .dtypes import DType
from .faces import MISSING, Face, Param, tidy, unknown_attribute
from .given import allowed, kind_of_default, no_tensor, refuse, unfit
from .primitive import Primitive
from .tensor import Tensor


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
                             "_float64": np.float64, "_check": partial(_check, face.name), "_Tensor": Tensor}
    extras = [e.strip() for e in extra.split(",") if e.strip()]
    names = [e.partition("=")[0].strip() for e in extras]
    reads = read and bool(face.attributes)
    judge = others or (partial(unknown_attribute, face) if reads else None)
    star = next((p for p in face.params if p.star), None)
    listed = star is not None and star.internal != star.public  # also a list, by keyword
    signature = ["self"] * method + _signature(face, read, space) + extras
    if star is not None and listed:
        signature.append(f"{star.public}=None")
    pairs = _pairs(face, numpys, space)
    checks, quickly = _checks(face, accepted) if checked else "", ""
    if accepted is not None:
        more, quickly = source_of(accepted, face.name, [p.public for p in face.params], space)
        checks += more
    if reads:
        checks = "".join(_reads(face, space))
    if judge is not None:
        signature.append("**_unknown")
        space["_refuse"] = judge
        checks = "    if _unknown: _refuse(_unknown)\n" + checks
    if straight is not None:
        checks += _straight(face, pairs, extra, straight, space)
    if quick is not None and len(face.params) == len(face.inputs) <= 2 and not face.fixed:
        checks = _quick(face, method, names, accepted, quickly) + checks
    arrays = "".join(f"{p.public}, " for p in face.inputs)
    if star is not None and listed:
        arrays += f"*({star.internal} if {star.public} is None else ({star.public},)),"
    elif star is not None:
        arrays += f"*{star.internal},"
    passed = "".join(f", {name}={name}" for name in names)
    source = (f"def {face.name}({', '.join(signature)}):\n{checks}"
              f"    return _run({'self' if method else '_face'}, ({arrays}), {{{', '.join(pairs)}}}{passed})")
    exec(source, space)  # noqa: S102 - the source is made of this package's own tables
    function = space[face.name]
    function.__module__ = module
    function.__qualname__ = face.name
    function.__doc__ = describe(face, accepted, module) if isinstance(face, Face) else face.op.__doc__
    function.face = face
    return function


def _signature(face: Any, read: bool, space: dict[str, Any]) -> list[str]:
    """The face's parameters, their defaults as names in ``space``."""
    found, seen_default = [], False
    keyword = any(p.star for p in face.params)
    for i, p in enumerate(face.params):
        if p.star:
            found.append(f"*{p.internal}")
        elif p.default is MISSING and (read or seen_default and not keyword):
            # MXNet declares required attributes after optional arrays: give them a marker as default.
            space["_missing"] = MISSING
            found.append(f"{p.public}={None if read and p in face.inputs else '_missing'}")
        elif p.default is MISSING:
            found.append(p.public)
        else:
            seen_default = True
            space[f"_d{i}"] = p.default
            found.append(f"{p.public}=_d{i}")
    return found


def _pairs(face: Any, numpys: bool, space: dict[str, Any]) -> list[str]:
    """The items of the dict of the operator's attributes."""
    dtype = "_float64 if dtype is _float else dtype" if numpys else "dtype"
    found = [f"'{p.internal}': {dtype if p.public == 'dtype' else p.public}" for p in face.attributes
             if p.internal != "_"]
    for k, v in face.fixed.items():
        space[f"_f_{k}"] = v
        found.append(f"'{k}': _f_{k}")
    return found


def _checks(face: Any, accepted: Row | None) -> str:
    """The lines that compare arguments with the kinds that the face says."""
    lines = []
    for name, kind in _kinds(face, accepted):
        usual = _USUAL.get(kind, kind)
        if kind == "Tensor or None":
            kind, amiss = "Tensor", f"{name} is not None and not isinstance({name}, _Tensor)"
        elif kind in ("Tensor", "operand"):
            amiss = f"not isinstance({name}, {usual})"
        else:
            amiss = f"{name}.__class__ is not {usual}"
        lines.append(f"    if {amiss}: _check('{name}', {name}, '{kind}')\n")
    return "".join(lines)


def _quick(face: Any, method: bool, names: list[str], accepted: Row | None, quickly: str) -> str:
    """The lines that leave one or two arrays of the quick class, or one and a number, to the quick way."""
    first, *second = [p.public for p in face.inputs]
    conditions = [*["self._plain"] * method, f"{first}.__class__ is _class", *[f"{name} is None" for name in names]]
    for name in second:
        strict = accepted is not None and name in accepted.params and accepted.params[name].tensor
        kinds = ("_class", "float", "int") if face.op.elementwise and not strict else ("_class",)
        conditions.append(f"({' or '.join(f'{name}.__class__ is {kind}' for kind in kinds)})")
    conditions += [quickly] if quickly else []
    return f"    if {' and '.join(conditions)}:\n        return _quick({', '.join([first, *second])})\n"


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
    for name, default in face.op._defaults.items():
        if name not in given:
            space[f"_o_{name}"] = default
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

_LOOSE = {"cast", "identity", "stop_gradient", "zeros_like", "ones_like", "polygamma_of"}
_NUMBERS = {("masked_fill", "v"), ("where", "x"), ("where", "y")}  # inputs that may be numbers
_USUAL = {"axes": "int", "Tensor": "_Tensor", "operand": "_Tensor"}


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


def check_given(face: Face, attrs: dict[str, Any]) -> None:
    for p in face.required:
        if attrs.get(p.internal) is MISSING:
            raise CallError(f"{face.name}() misses the required argument {p.public!r}.")


def _unmissed(default: Any) -> Any:
    return None if default is MISSING else default


def quick_way(face: Face | _Half) -> Callable | None:
    """The operator by ``unary`` or ``binary``, where a call needs nothing else; None where it does."""
    op = face.op
    if op.variadic or op.aux or op.outputs != 1 or len(op.inputs) != len(face.inputs) or op.required != len(op.inputs):
        return None
    if [p.internal for p in face.inputs] != list(op.inputs) or op.attrs.keys() != op._defaults.keys():
        return None
    return unary(op) if len(op.inputs) == 1 else binary(op) if len(op.inputs) == 2 and not op.fast_forward else None


def compile_plain(face: Face, module: str, accepted: Row | None = None) -> Callable:
    """The face as a function of Tensors, with a quick way for one or two."""
    quick = quick_way(face)
    if quick is not None and accepted is not None and accepted.alike:
        careful = compile_function(face, run_plain, module, checked=True, accepted=accepted)
        quick = binary(face.op, careful)  # which sends Tensors of unlike dtypes there
    return compile_function(face, run_plain, module, "", quick, Tensor, checked=True, accepted=accepted)


def compile_class(face: Face, module: str, accepted: Row | None = None) -> type:
    """A Primitive subclass with the face's two signatures; ``accepted`` is its row of the table of dtypes."""
    init, call = face.init, face.call or []
    op = face.op
    build = compile_function(_Half(face, init), lambda _f, _i, public: public, module, checked=True)
    late = {p.public: p.internal for p in call if p.internal not in op.inputs and not p.star}
    arrays = _Half(face, call)
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


class _Half:
    """One half of a class face, in the form that ``compile_function`` takes; attributes keep their public names."""

    def __init__(self, face: Face, params: list[Param]) -> None:
        self.op, self.name, self.params, self.fixed = face.op, face.name, params, {}
        by_name = {p.internal: p for p in params}
        self.inputs = [by_name[i] for i in face.op.inputs if i in by_name]
        self.attributes = [
            Param(p.public, p.public, p.default) for p in params if p.internal not in face.op.inputs and not p.star
        ]
