"""Which Tensors MindSpore's operators accept: a table's rows, and the checks made of them.

A row is a public name and, for its parameters, the dtypes that they may have::

    addcdiv    input tensor1 tensor2: f16 f32 f64 i64 = ; value: number
    lrn        x: f16 f32 4d

``4d`` is a number of axes. ``=`` says that the parameters named before the colon must be of one dtype, ``!`` that they
must be Tensors where a number would do otherwise. Functions made of faces get the checks as source (faces.py), others
are wrapped here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, NamedTuple

import numpy as np

from ..errors import DTypeError, ShapeError
from . import dtypes
from .tensor import Tensor

_ONE = {"b": "bool", "f16": "float16", "f32": "float32", "f64": "float64", "bf16": "bfloat16", "c64": "complex64",
        "c128": "complex128", **{f"{k[0]}{n}": f"{k}{n}" for k in ("int", "uint") for n in (8, 16, 32, 64)}}
_SEVERAL = {
    "float": "f16 f32 f64 bf16", "signed": "i8 i16 i32 i64", "integer": "i8 i16 i32 i64 u8 u16 u32 u64",
    "complex": "c64 c128", "index": "i32 i64", "real": "float integer", "number": "real complex", "any": "number b",
}


def names_of(words: str) -> tuple[str, ...]:
    """NumPy's names of the dtypes that a row tells in short.

    >>> names_of("f32 index")
    ('float32', 'int32', 'int64')
    """
    found: list[str] = []
    for word in words.split():
        found += names_of(_SEVERAL[word]) if word in _SEVERAL else [_ONE[word]]
    return tuple(dict.fromkeys(found))


_ALL = len(names_of("any"))
_AXES = re.compile(r"\dd$")


class Accepted(NamedTuple):
    """What one parameter may be: the dtypes, by name and as NumPy has them (none: all), and if it must be a Tensor."""

    names: tuple[str, ...]
    dtypes: frozenset
    tensor: bool
    axes: tuple[int, ...] = ()


class Row(NamedTuple):
    """The parameters of one operator, and the groups of them that must be of one dtype."""

    params: dict[str, Accepted]
    alike: tuple[tuple[str, ...], ...]


def read(text: str) -> dict[str, Row]:
    """The rows of a table; a line may name several operators, with commas."""
    rows = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        who, _, rest = line.partition("  ")
        params: dict[str, Accepted] = {}
        alike = []
        for part in rest.split(";"):
            given, _, words = part.partition(":")
            group = [p.rstrip("!") for p in given.split()]
            axes = tuple([int(w[0]) for w in words.split() if _AXES.match(w)])
            names = names_of(" ".join([w for w in words.split() if w != "=" and not _AXES.match(w)]) or "any")
            kept = frozenset() if len(names) == _ALL else frozenset(np.dtype(n) for n in names if n != "bfloat16")
            params.update({p.rstrip("!"): Accepted(names, kept, p.endswith("!"), axes) for p in given.split()})
            if "=" in words:
                alike.append(tuple(group))
        for name in who.split(","):
            rows[name.strip()] = Row(params, tuple(alike))
    return rows


def refuse_dtype(who: str, parameter: str, x: Tensor, accepted: Accepted) -> None:
    """Raise the error of a dtype or a number of axes that is not accepted; the rare bfloat16 is looked up here."""
    if accepted.axes and x.ndim not in accepted.axes:
        counts = " or ".join(map(str, accepted.axes))
        raise ShapeError(f"For '{who}', '{parameter}' must have {counts} axes, but got shape {x.shape}.")
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


def source_of(row: Row, who: str, names: list[str], space: dict[str, Any]) -> tuple[str, str]:
    """A row's checks as source, which runs in ``space``, and the condition under which Tensors need none."""
    lines, quick = "", []
    for i, (name, accepted) in enumerate(row.params.items()):
        if name not in names:
            raise ValueError(f"{who}: the table of accepted dtypes names {name!r}, of ({', '.join(names)})")
        space[f"_ok{i}"], space[f"_row{i}"] = accepted.dtypes, accepted
        fits = [f"{name}._value.dtype in _ok{i}"] if accepted.dtypes else []
        fits += [f"len({name}._value.shape) in {accepted.axes}"] if accepted.axes else []
        if fits:
            fit = " and ".join(fits)
            lines += f"    if isinstance({name}, _Tensor) and not ({fit}): _dtype('{name}', {name}, _row{i})\n"
            quick.append(f"({name}.__class__ is not _class or {fit})")
    for group in row.alike:
        lines += f"    _alike({group!r}, ({', '.join(group)},))\n"
        quick += [f"{y}.__class__ is _class and {x}._value.dtype is {y}._value.dtype" for x, y in zip(group, group[1:])]
    space.update(_dtype=partial(refuse_dtype, who), _alike=partial(refuse_unlike, who))
    return lines, " and ".join(quick)


def guarded(function: Callable, row: Row | None) -> Callable:
    """The function, with the dtypes of its arguments compared with the row's.

    >>> def half(x): return x / 2
    >>> guarded(half, read("half  x: f32")["half"])(Tensor([1]))
    Traceback (most recent call last):
    luojia._src.errors.DTypeError: For 'half', the dtype of 'x' must be one of Float32, but got Int64; cast it first, \
as in x.astype(...).
    """
    if row is None:
        return function
    places = {name: i for i, name in enumerate(inspect.signature(function).parameters)}
    who = function.__name__
    unknown = [p for p in row.params if p not in places]
    if unknown:
        raise ValueError(f"{who}: the table of accepted dtypes names {unknown}, of ({', '.join(places)})")
    looked_at = [(places[p], p, a) for p, a in row.params.items()]
    groups = [tuple([(places[p], p) for p in group]) for group in row.alike]

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        n = len(args)
        for i, p, accepted in looked_at:
            x = args[i] if i < n else kwargs.get(p)
            if isinstance(x, Tensor):
                if accepted.axes or accepted.dtypes and x._value.dtype not in accepted.dtypes:
                    refuse_dtype(who, p, x, accepted)
            elif accepted.tensor and x is not None and not hasattr(x, "_luojia_apply") and not hasattr(x, "aval"):
                raise DTypeError(f"For '{who}', '{p}' must be a Tensor, but got {type(x).__name__}; wrap it first, as "
                                 "in Tensor(...).")
        for group in groups:
            refuse_unlike(who, tuple([p for _, p in group]),
                          tuple([args[i] if i < n else kwargs.get(p) for i, p in group]))
        return function(*args, **kwargs)

    return call
