"""What MindSpore's operators accept: a table's rows, and the checks made of them.

A row is a public name and, for its parameters, the dtypes that they may have::

    addcdiv    input tensor1 tensor2: f16 f32 f64 i64 = ; value: number
    pdist      input: f16 f32 f64 axes=2; p: num>=0

``=`` says that the parameters named before the colon must be of one dtype, ``<`` that the first's dtype is the one in
which they compute, as what is written in place, ``!`` that they must be Tensors where a number would do otherwise;
``axes=2`` and ``axes>=2`` how many axes a Tensor has; ``int``, ``int>0``, ``num>=0`` what a number must be, and from
where on. Functions made of faces get the checks as source (compiled_faces.py), others are wrapped here.
"""

from __future__ import annotations

import inspect
import operator
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError
from . import dtypes
from .documented import refusals
from .given import is_operand
from .tensor import Tensor

_ONE = {"b": "bool", "f16": "float16", "f32": "float32", "f64": "float64", "bf16": "bfloat16", "c64": "complex64",
        "c128": "complex128", **{f"{k[0]}{n}": f"{k}{n}" for k in ("int", "uint") for n in (8, 16, 32, 64)}}
_SEVERAL = {
    "float": "f16 f32 f64 bf16", "signed": "i8 i16 i32 i64", "integer": "i8 i16 i32 i64 u8 u16 u32 u64",
    "complex": "c64 c128", "index": "i32 i64", "real": "float integer", "number": "real complex", "any": "number b",
}


_NO_MARKS = str.maketrans("=<", "  ")
_LIMIT = re.compile(r"\b(axes|int|num)(?:(>=|>|=)(\d+))?(?!\w)")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {">": operator.gt, ">=": operator.ge, "=": operator.eq}


def names_of(words: str) -> tuple[str, ...]:
    """NumPy's names of the dtypes that a row tells in short.

    >>> names_of("f32 index")
    ('float32', 'int32', 'int64')
    """
    found: list[str] = []
    for word in words.split():
        found += names_of(_SEVERAL[word]) if word in _SEVERAL else [_ONE[word]]
    return tuple(dict.fromkeys(found))


_ANY = names_of("any")


class Accepted(NamedTuple):
    """What one parameter may be: the dtypes, by name and as NumPy has them, and whether it must be a Tensor."""

    names: tuple[str, ...]
    dtypes: frozenset
    tensor: bool


class Row(NamedTuple):
    """The parameters of one operator, and the groups of them that must be of one dtype."""

    params: dict[str, Accepted]
    alike: tuple[tuple[str, ...], ...]
    into: tuple[tuple[str, ...], ...] = ()
    limits: tuple[tuple[str, str, str, int], ...] = ()


def read(text: str) -> dict[str, Row]:
    """The rows of a table; a line may name several operators, with commas."""
    rows = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        who, _, rest = line.partition("  ")
        params: dict[str, Accepted] = {}
        alike, into, limits = [], [], []
        for part in rest.split(";"):
            given, _, words = part.partition(":")
            for what, sign, bound in _LIMIT.findall(words):
                limits += [(p.rstrip("!"), what, sign, int(bound or 0)) for p in given.split()]
            words = _LIMIT.sub("", words)
            group = [p.rstrip("!") for p in given.split()]
            named = words.translate(_NO_MARKS).strip()
            names = names_of(named or "any")
            kept = frozenset(np.dtype(n) for n in names if n != "bfloat16")
            params.update({p.rstrip("!"): Accepted(names, kept, p.endswith("!")) for p in given.split()
                           if named or p.rstrip("!") not in params})
            if "=" in words or "<" in words:
                (alike if "=" in words else into).append(tuple(group))
        for name in who.split(","):
            rows[name.strip()] = Row(params, tuple(alike), tuple(into), tuple(limits))
    return rows


def refuse_dtype(who: str, parameter: str, x: Tensor, accepted: Accepted) -> None:
    """Raise the error of a dtype that is not among those accepted; the rare bfloat16 is looked up here."""
    if x.np_dtype.name in accepted.names:
        return
    shown = ", ".join(str(dtypes.from_np(np.dtype(n)) if n != "bfloat16" else "BFloat16") for n in accepted.names)
    raise DTypeError(f"For '{who}', the dtype of '{parameter}' must be one of {shown}, but got {x.dtype}; cast it "
                     "first, as in x.astype(...).")


def refuse_unlike(who: str, parameters: tuple[str, ...], values: tuple) -> None:
    """Raise the error of parameters that must be of one dtype and are not."""
    tensors = [(p, v) for p, v in zip(parameters, values) if isinstance(v, Tensor)]
    if len({v.np_dtype for _, v in tensors}) > 1:
        got = ", ".join(f"{p}: {v.dtype}" for p, v in tensors)
        raise DTypeError(f"For '{who}', {' and '.join(p for p, _ in tensors)} must be of one dtype, but got {got}.")


def refuse_wider(who: str, parameters: tuple[str, ...], values: tuple) -> None:
    """Raise the error of parameters that do not go into the first without a wider dtype."""
    into = values[0]
    for p, v in zip(parameters[1:], values[1:]):
        if isinstance(into, Tensor) and isinstance(v, Tensor) and v.np_dtype != into.np_dtype:
            if dtypes.promote(into.np_dtype, v.np_dtype) != into.np_dtype:
                raise DTypeError(f"For '{who}', {p} of {v.dtype} cannot be written to {parameters[0]} of {into.dtype}; "
                                 f"cast it first, as in {p}.astype({parameters[0]}.dtype).")


def refuse_beyond(who: str, limit: tuple[str, str, str, int], x: Any) -> None:
    """Raise the error of a Tensor with other axes, or of a number of another kind or size, than a limit says."""
    parameter, what, sign, bound = limit
    if what == "axes":
        if isinstance(x, Tensor) and not _SIGNS[sign](x.ndim, bound):
            raise ShapeError(f"For '{who}', '{parameter}' must have {'at least ' if sign == '>=' else ''}{bound} axes, "
                             f"but got shape {x.shape}.")
        return
    if x is None or is_operand(x):
        return
    kinds = (int, np.integer) if what == "int" else (int, float, np.number)
    if isinstance(x, bool) or not isinstance(x, kinds):
        raise DTypeError(f"For '{who}', the type of '{parameter}' should be " + (
            "'int'" if what == "int" else "one of '['int', 'float']'") + f", but got type '{type(x).__name__}': "
            f"{str(x)[:60]}.")
    if sign and not _SIGNS[sign](x, bound):
        raise ArgumentError(f"For '{who}', '{parameter}' must be {sign} {bound}, but got {x}.")


def source_of(row: Row, who: str, names: list[str], space: dict[str, Any]) -> tuple[str, str]:
    """A row's checks as source, which runs in ``space``, and the condition under which Tensors need none."""
    lines, quick = "", []
    for i, (name, accepted) in enumerate(row.params.items()):
        if name not in names:
            raise ValueError(f"{who}: the table of accepted dtypes names {name!r}, of ({', '.join(names)})")
        if accepted.names == _ANY:
            continue
        space[f"_ok{i}"], space[f"_row{i}"] = accepted.dtypes, accepted
        lines += (f"    if isinstance({name}, _Tensor) and {name}._value.dtype not in _ok{i}: "
                  f"_dtype('{name}', {name}, _row{i})\n")
        quick.append(f"({name}.__class__ is not _class or {name}._value.dtype in _ok{i})")
    for group in row.alike:
        lines += f"    _alike({group!r}, ({', '.join(group)},))\n"  # two of unlike dtypes never go quickly
    for group in row.into:
        lines += f"    _wider({group!r}, ({', '.join(group)},))\n"
    for i, (p, what, sign, bound) in enumerate(row.limits):
        space[f"_limit{i}"] = row.limits[i]
        lines += f"    _beyond(_limit{i}, {p})\n"
        if what == "axes":
            quick.append(f"{p}.__class__ is _class and len({p}._value.shape) {'==' if sign == '=' else sign} {bound}")
    space.update({name: partial(refuse, who) for name, refuse in (
        ("_beyond", refuse_beyond), ("_dtype", refuse_dtype), ("_alike", refuse_unlike), ("_wider", refuse_wider))})
    return lines, " and ".join(quick)


def guarded(function: Callable, row: Row | None, who: str | None = None) -> Callable:
    """The function, with the dtypes of its arguments compared with the row's; ``who`` names it in errors.

    >>> def half(x): return x / 2
    >>> guarded(half, read("half  x: f32")["half"])(Tensor([1]))
    Traceback (most recent call last):
    luojia._src.errors.DTypeError: For 'half', the dtype of 'x' must be one of Float32, but got Int64; cast it first, \
as in x.astype(...).
    """
    if row is None:
        return function
    places = {name: i for i, name in enumerate(inspect.signature(function).parameters)}
    who = who or function.__name__
    unknown = [p for p in row.params if p not in places]
    if unknown:
        raise ValueError(f"{who}: the table of accepted dtypes names {unknown}, of ({', '.join(places)})")
    limits = [(limit, places[limit[0]], limit[0]) for limit in row.limits]
    needed = {p for p, q in inspect.signature(function).parameters.items() if q.default is q.empty}
    looked_at = [(places[p], p, a) for p, a in row.params.items() if a.tensor or a.names != _ANY]
    groups = [(refuse, group, tuple([(places[p], p) for p in group]))
              for refuse, found in ((refuse_unlike, row.alike), (refuse_wider, row.into)) for group in found]

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        n = len(args)
        for i, p, accepted in looked_at:
            x = args[i] if i < n else kwargs.get(p)
            if isinstance(x, Tensor):
                if x._value.dtype not in accepted.dtypes:
                    refuse_dtype(who, p, x, accepted)
            elif accepted.tensor and (x is not None or p in needed) and not is_operand(x):
                raise DTypeError(f"For '{who}', '{p}' must be a Tensor, but got {type(x).__name__}; wrap it first, as "
                                 "in Tensor(...).")
        for limit, i, p in limits:
            refuse_beyond(who, limit, args[i] if i < n else kwargs.get(p))
        for refuse, names, group in groups:
            refuse(who, names, tuple([args[i] if i < n else kwargs.get(p) for i, p in group]))
        return function(*args, **kwargs)

    if told := refusals(row):
        call.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\n{told}"
    return call
