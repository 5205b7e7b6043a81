"""The documentation of what is made from faces: the operator's own, its parameters under this door's names, an example.

An operator's docstring has the formula. What a face adds is told here: which public parameter is which letter of the
formula, what the usual attributes mean, the answer's shape, what is refused, and an example from a table of lines::

    softmax  [1.0, 1.0], axis=-1 = [0.5 0.5]
    equal  [1.0, 2.0], [1.0, 3.0] = [ True False] | [1. 0.]

the operator (or ``face:name``, or ``nd:name``, where one face takes something else, at all doors or at one), what it
is called with, lists being arrays, and what is printed, of Tensors and ``mx.np``, then of MXNet's arrays where these
differ. ``/`` ends a line; ``name.shape`` and ``name[0]`` print that of the result; a line that begins with spaces goes
on with the one above. In rows of classes without a face, ``ops:Name``, what has a name is an attribute at construction
and the rest is what the object is called with. The tests run every example at every door.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .dtypes import from_np

_NAME = re.compile(r"(?:[\w.]+:)?\w+")
_DTYPE = re.compile(r"[ =]((?:u?int|float|complex)\d+)(?=[,)]|$)")
_GROUP = re.compile(r"([\w.]*)\((.*)\)")
_CLASS = re.compile(r"\b((?:COO|CSR)?Tensor|Parameter)\(")
_EXAMPLE = re.compile(r"^>>> .*?(\n\n|\Z)", re.S | re.M)
_KEYWORD = re.compile(r"(\w+)=(?!=)")
ANY = 12  # dtypes: of so many and more nothing is said


class Door(NamedTuple):
    """How an example is written at one door."""

    name: str  # what stands before the function's
    imports: str
    array: str  # what makes an array
    mxnets: bool = False  # which of the answers is its own


DOORS = {
    "luojia.ops": Door("ops", "from luojia import ops", "Tensor"),
    "luojia.mint": Door("mint", "from luojia import mint", "Tensor"),
    "luojia.mint.nn.functional": Door("mint.nn.functional", "from luojia import mint", "Tensor"),
    "luojia.mint.linalg": Door("mint.linalg", "from luojia import mint", "Tensor"),
    "luojia.mint.special": Door("mint.special", "from luojia import mint", "Tensor"),
    "luojia.numpy": Door("mnp", "import luojia.numpy as mnp", "mnp.array"),
    "luojia.np": Door("np", "from luojia import np", "np.array"),
    "luojia.np.linalg": Door("np.linalg", "from luojia import np", "np.array"),
    "luojia.ndarray": Door("nd", "from luojia import nd", "nd.array", True),
    "luojia.symbol": Door("sym", "from luojia import nd, sym", "nd.array", True),
}
_PARTS = ("contrib", "image")  # of nd and sym: nd.contrib.box_nms is the face _contrib_box_nms

TABLES: list[str] = []  # of examples; ops/examples.py adds its own

# What attributes mean that several operators have under one name, by the operators' names.
MEANINGS = {
    "alpha": "the factor named alpha",
    "align_corners": "whether the corners' centres are those of input and output, else their edges",
    "axes": "the axes",
    "axis": "the axis or axes along which it computes",
    "begin": "where the slice begins, along each axis",
    "beta": "the factor named beta",
    "ddof": "what the divisor is less than the number of elements",
    "decimals": "digits behind the point",
    "depth": "the number of classes",
    "descending": "whether the greatest comes first",
    "dilation": "distance of the window's places, one number or one an axis",
    "dtype": "of the result",
    "end": "where the slice ends, along each axis, without this place",
    "eps": "added to the variance, against division by zero",
    "equal_nan": "whether nan equals nan",
    "exclude": "whether the axes are those not named",
    "exclusive": "whether sums leave out the element at their place",
    "groups": "parts that channels are cut into, each computed by itself",
    "high": "the upper bound",
    "ignore_index": "the label that does not count",
    "is_ascend": "whether the least comes first",
    "k": "how many; of diagonals which, above the main one where positive",
    "keepdims": "whether reduced axes stay, with length 1",
    "kernel": "the window's size along each spatial axis",
    "label_smoothing": "the share of each label that is spread over all classes",
    "lambd": "the threshold",
    "low": "the lower bound",
    "lower": "whether the lower triangle is meant, else the upper",
    "margin": "the margin",
    "num_filter": "channels of the result",
    "offset": "which diagonal: above the main one where positive",
    "ord": "of the norm",
    "pad": "zeros at both ends of each spatial axis",
    "pad_width": "what is added before and behind, along each axis",
    "reduction": "'mean', 'sum' or 'none': what is made of the elements' losses",
    "repeats": "how often each element is taken",
    "reps": "how often the array is laid, along each axis",
    "reverse": "whether it goes from the end to the beginning",
    "rtol": "difference allowed, as a part of the second array's values",
    "atol": "difference allowed, absolute",
    "shape": "of the result",
    "spatial_scale": "what box coordinates are multiplied by to get places of the map",
    "stride": "steps of the window, one number or one an axis",
    "temperature": "what the input is divided by first",
    "threshold": "the threshold",
    "training": "whether it trains, which the door says",
    "transpose_a": "whether the last two axes of the first are exchanged",
    "transpose_b": "whether the last two axes of the second are exchanged",
}


class Example(NamedTuple):
    """One line of the table."""

    arrays: tuple[str, ...]
    attributes: dict[str, str]  # by the operator's names
    part: str  # what of the result is printed
    answers: tuple[str, str]  # of Tensors, and of MXNet's arrays


@functools.cache
def _lines() -> dict[str, str]:
    """The rows of the tables, by the name that they begin with."""
    rows = "\n".join(TABLES).replace("\n    ", " ").splitlines()
    return {_named(row): row for row in rows if row}


def _named(row: str) -> str:
    """What a row is of.

    >>> _named("mint.special:round.shape  [1.5] = (1,)"), _named("softmax[0]  [1.0] = 1.0")
    ('mint.special:round', 'softmax')
    """
    found = _NAME.match(row)
    return found[0] if found else ""


def row_of(face: Any, door: str = "") -> Example | None:
    """The face's own row, at one door or at all, or its operator's."""
    rows = _lines()
    line = rows.get(f"{door}:{face.name}") or rows.get(f"face:{face.name}") or rows.get(face.op.name)
    if line is None:
        return None
    return _read(line)


def _read(line: str) -> Example:
    called, _, rest = line.partition("  ")
    call, _, answer = rest.rpartition(" = ")
    ours, _, mxnets = answer.replace(" / ", "\n ").partition(" | ")
    arguments = split(call)
    named = [_KEYWORD.match(a) for a in arguments]
    return Example(tuple([a for a, n in zip(arguments, named) if not n]),
                   {n[1]: a[n.end():] for a, n in zip(arguments, named) if n},
                   called[len(_named(line)):], (ours.strip(), (mxnets or ours).strip()))


def split(text: str) -> list[str]:
    """Split at commas outside brackets and quotes.

    >>> split("[1, 2], axis=-1")
    ['[1, 2]', 'axis=-1']
    """
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


def example(face: Any, module: str, is_class: bool = False) -> str:
    """Lines that call the face at the door ``module``; '' without a row, or where the face takes something else."""
    door = DOORS.get(module)
    row = row_of(face, door.name) if door else None
    if door is None or row is None:
        return ""
    given = dict(zip([i for i in face.op.inputs if i != "key"], row.arrays)) | row.attributes
    public = {p.public if p.internal == "_" else p.internal for p in face.params}
    public |= {k for k, v in face.fixed.items() if str(v) == given.get(k)}
    missed = any(p.default.__class__ is object and p.internal not in (*given, "_") for p in face.params if not p.star)
    if missed or not row.answers[door.mxnets] or not face.op.variadic and not given.keys() <= public:
        return ""
    built, called = (face.init, face.call or []) if is_class else ([], face.params)
    own = f"({', '.join(_passed(built, given, (), face.op, door.array))})" if is_class else ""
    name = f"{door.name}.{_listed(face.name)}{own}"
    arguments = _passed(called, given, row.arrays, face.op, door.array)
    if module == "luojia.symbol":
        several = isinstance(face.op.outputs, int) and face.op.outputs > 1 and not face.op.aux
        if row.part[:1] == "[" and not several:
            return ""  # which of the array's rows, not of the outputs
        return _of_symbols(name, arguments, row, door)
    written = ", ".join([*arguments, own])
    numbers = ".asnumpy()" if door.mxnets and row.part != ".shape" else ""
    return (f">>> {_imports(door, written)}\n>>> print({name}({', '.join(arguments)}){row.part}{numbers})\n"
            f"{row.answers[door.mxnets]}")


def tell(space: dict[str, Any], names: Iterable[str], module: str) -> None:
    """Put the examples of rows ``fn:name``, or ``np:name`` of one door, behind the docstrings of functions and classes
    without a face, which is made of the attributes and called with the rest."""
    door, rows = DOORS[module], _lines()
    for name in names:
        line, found = rows.get(f"{door.name}:{name}") or rows.get(f"fn:{name}"), space.get(name)
        doc, is_class = getattr(found, "__doc__", None), inspect.isclass(found)
        if line is None or not (is_class or inspect.isfunction(found)) or not doc or hasattr(found, "face") or (
                ">>>" in doc):
            continue
        row = _read(line)
        passed = [_as_argument(a, door.array) for a in row.arrays]
        named = [f"{k}={v}" for k, v in row.attributes.items()]
        called = f"({', '.join(named)})({', '.join(passed)})" if is_class else f"({', '.join([*passed, *named])})"
        head = inspect.cleandoc(doc) if "\n" in doc else doc
        found.__doc__ = (f"{head}\n\n>>> {_imports(door, ', '.join([*passed, *named]))}\n"
                         f">>> print({door.name}.{name}{called}{row.part})\n{row.answers[0]}")


def _imports(door: Door, written: str) -> str:
    """The line that imports what a call names."""
    taken = [*sorted(set(_CLASS.findall(written))), *dict.fromkeys(_DTYPE.findall(f" {written}"))]
    return door.imports.replace("import", f"import {', '.join(taken)},") if taken else door.imports


def _listed(name: str) -> str:
    """Where nd and sym list a face.

    >>> _listed("_contrib_box_nms"), _listed("relu")
    ('contrib.box_nms', 'relu')
    """
    _, _, rest = name.partition("_")
    part, _, short = rest.partition("_")
    return f"{part}.{short}" if name[0] == "_" and part in _PARTS else name


def _of_symbols(name: str, arguments: list[str], row: Example, door: Door) -> str:
    """The example with variables in the place of arrays, evaluated."""
    passed, fed = [], []
    for argument in split(", ".join(arguments)):
        head, found, value = argument.partition(door.array)
        if found:
            variable = "xyzuvwabcdefgh"[len(fed)]
            fed.append(f"{variable}={door.array}{value}")
            argument = f"{head}sym.var('{variable}')"
        passed.append(argument)
    part = row.part if row.part[:1] == "[" else f"[0]{row.part}"
    numbers = "" if row.part == ".shape" else ".asnumpy()"
    return (f">>> {door.imports if fed else 'from luojia import sym'}\n"
            f">>> print({name}({', '.join(passed)}).eval({', '.join(fed)}){part}{numbers})\n{row.answers[1]}")


def _passed(params: list, given: dict[str, str], arrays: tuple[str, ...], op: Any, array: str) -> list[str]:
    """Arguments for parameters: by position up to the first that is left out, and then by name, as attributes are."""
    out, by_position = [], True
    for p in params:
        if p.star:
            listed = ", ".join([_as_array(a, array) for a in arrays])
            out.append(listed if array == "nd.array" else f"({listed})")
        elif (key := p.public if p.internal == "_" else p.internal) in given:
            is_input = p.internal in op.inputs
            value = _as_array(given[key], array) if is_input else given[key]
            by_position = by_position and is_input
            out.append(value if by_position else f"{p.public}={value}")
        else:
            by_position = False
    return out


def _as_argument(text: str, array: str) -> str:
    """An argument as it is written: lists are arrays, also within a tuple or what a call, as of Parameter, is given.

    >>> _as_argument("Parameter([[1], [2]])", "Tensor"), _as_argument("(2,)", "Tensor")
    ('Parameter(Tensor([[1], [2]]))', '(2,)')
    """
    group = _GROUP.fullmatch(text)
    if group is None:
        return _as_array(text, array)
    inner = ", ".join([_as_argument(a, array) for a in split(group[2])])
    return f"{group[1]}({inner}{',' * group[2].endswith(',')})"


def _as_array(text: str, array: str) -> str:
    """An array of the text of a list, of its own dtype: ``[1, 2]:int8``.

    >>> _as_array("[1, 2]:int8", "Tensor"), _as_array("[1, 2]:int8", "nd.array"), _as_array("3", "Tensor")
    ('Tensor([1, 2], int8)', "nd.array([1, 2], dtype='int8')", '3')
    """
    if not text.startswith("["):
        return text
    values, _, dtype = text.partition("]:")
    values += "]" * bool(dtype)
    if array == "np.array" and not re.search(r"[.a-zA-Z]", text):
        dtype = "int32"  # mx.np makes floats of integers unless it is told
    if not dtype or array == "mnp.array":
        return f"{array}({values})"
    return f"Tensor({values}, {dtype})" if array == "Tensor" else f"{array}({values}, dtype='{dtype}')"


def describe(face: Any, row: Any = None, module: str = "", is_class: bool = False) -> str:
    """The docstring of what is made from ``face``; ``row`` is that of the table of dtypes (accepted.py)."""
    op = face.op
    own = op.__doc__ or op.name
    parts = [inspect.cleandoc(own) if "\n" in own else own]
    lines = [_parameter(p, op, row) for p in face.params]
    if any(lines):
        parts.append("Args:\n" + "\n".join(f"    {line}" for line in lines))
    if told := _told(face, row):
        parts.append(told)
    if shown := example(face, module, is_class):
        parts = [_EXAMPLE.sub("", parts[0]).rstrip(), *parts[1:], shown]  # the operator's own may be another door's
    return "\n\n".join(parts)


def _parameter(p: Any, op: Any, row: Any) -> str:
    """A line on one parameter."""
    if p.star:
        return f"{p.public}: arrays, one or more."
    if p.internal == "_":
        return f"{p.public}: accepted, without effect."
    left_out = "" if p.default.__class__ is object else f" ({p.default!r} if left out)"
    if p.internal in op.inputs:
        letter = "" if p.public == p.internal else f"{p.internal} of the formula, "
        accepted = row.params.get(p.public) if row is not None else None
        dtypes = f" of {shown(accepted.names)}" if accepted is not None and len(accepted.names) < ANY else ""
        return f"{p.public}: {letter}an array{dtypes}{left_out}."
    meaning = MEANINGS.get(p.internal, "")
    if p.public != p.internal:
        meaning = f"{p.internal} of the formula, {meaning}".rstrip(", ")
    told = f"{meaning}{left_out}".strip() or "required"
    return f"{p.public}: {told}."


def _told(face: Any, row: Any) -> str:
    """The answer's shape and dtype where they follow from the kind of operator, what is refused, and its gradient."""
    op = face.op
    names = [f"``{p.public}``" for p in face.params if p.internal in op.inputs and not p.star]
    said = []
    if op.elementwise and len(names) > 1:
        said.append(f"{', '.join(names[:-1])} and {names[-1]} broadcast and promote to one dtype; shapes that do not "
                    "fit are a ValueError.")
    elif op.pointwise and len(names) == 1:
        said.append(f"The result has the shape of {names[0]}.")
    if row is not None and any(len(a.names) < ANY for a in row.params.values()):
        said.append("Other dtypes are a TypeError.")
    if not op.differentiable:
        said.append("Not differentiable: a constant to every gradient.")
    return "\n".join(said)


def refusals(row: Any) -> str:
    """What a function with a row of the table of dtypes refuses, as the end of its docstring."""
    told = [f"``{name}`` of other dtypes than {shown(a.names)} is a TypeError."
            for name, a in row.params.items() if len(a.names) < ANY]
    told += [f"{' and '.join(f'``{name}``' for name in group)} of unlike dtypes are a TypeError."
             for group in row.alike]
    told += [f"``{name}`` has {'at least ' * (sign == '>=')}{bound} axes, else a ValueError." if what == "axes" else
             f"``{name}`` is {'an int' if what == 'int' else 'a number'}{f' {sign} {bound}' * bool(sign)}, else a "
             f"{'TypeError or ' if sign else ''}{'ValueError' if sign else 'TypeError'}."
             for name, what, sign, bound in row.limits]
    return "\n".join(told)


@functools.cache
def shown(names: tuple[str, ...]) -> str:
    """Dtypes as they are printed.

    >>> shown(("float16", "bool"))
    'Float16, Bool'
    """
    return ", ".join(["BFloat16" if n == "bfloat16" else str(from_np(np.dtype(n))) for n in names])
