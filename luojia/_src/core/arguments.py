"""What the arguments of constructors, and of other functions, may be: a table's rows, and the checks made of them.

A row is a class's name and, for its parameters, words that say which values they take::

    TimeDistributed   time_axis: int; reshape_with_axis: int None
    ConfusionMatrix   normalization: str in no_norm,target,prediction; threshold: float

The words are types (``int`` is no bool, ``float`` no int unless it is said), ``None``, a range as ``>0`` or ``[0,1)``,
``finite``, and ``in`` with strings. A value of another type is a TypeError, or a ValueError where a word is ``!``; a
value out of range is a ValueError, or a TypeError where a word is ``~``.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, DTypeError
from .dtypes import DType
from .tensor import Tensor

_TYPES: dict[str, tuple[Any, ...]] = {
    "bool": (bool, np.bool_), "int": (int, np.integer), "float": (float, np.floating), "str": (str,),
    "tuple": (tuple,), "list": (list,), "dict": (dict,), "Tensor": (Tensor,), "None": (type(None),),
    "dtype": (DType, type(None)), "Cell": (Callable,), "function": (Callable,), "bytes": (bytes,),
}
_RANGE = re.compile(r"([\[(])([^,]+),([^\])]+)([\])])|([<>]=?)(-?[\d.]+)")


class Kind(NamedTuple):
    """The values that one parameter takes."""

    types: tuple[Any, ...]
    names: tuple[str, ...]  # of the types, for the error
    choices: tuple[str, ...]
    low: float
    high: float
    with_low: bool
    with_high: bool
    bounds: str  # the range as the table has it
    finite: bool
    values: bool  # whether a wrong type is a ValueError
    strict: bool  # whether a wrong value is a TypeError

    @classmethod
    def read(cls, words: str) -> Kind:
        """That of the words of a table.

        >>> Kind.read("int float [0,1)").allows(1.5)
        False
        """
        types: list[Any] = []
        names, choices = [], ()
        low, high, with_low, with_high, bounds = -math.inf, math.inf, True, True, ""
        rest = iter(words.split())
        for word in rest:
            found = _RANGE.fullmatch(word)
            if word in _TYPES:
                types += _TYPES[word]
                names.append(word)
            elif word == "in":
                choices = tuple(next(rest).split(","))
            elif found:
                bounds = re.sub("([<>]=?)", r"\1 ", word)
                if found[5] and found[5][0] == ">":
                    low, with_low = float(found[6]), found[5] == ">="
                elif found[5]:
                    high, with_high = float(found[6]), found[5] == "<="
                else:
                    low, high, with_low, with_high = float(found[2]), float(found[3]), found[1] == "[", found[4] == "]"
            elif word not in ("finite", "!", "~"):
                raise ValueError(f"a table of arguments has the unknown word {word!r}")
        return cls(tuple(types), tuple(names), choices, low, high, with_low, with_high, bounds,
                   "finite" in words, "!" in words, "~" in words)

    def is_type(self, value: Any) -> bool:
        """Whether a value is of one of the types; a bool is no int."""
        if not self.types:
            return True
        return isinstance(value, self.types) and (not isinstance(value, bool) or bool in self.types)

    def allows(self, value: Any) -> bool:
        """Whether a value of the types is in the range or among the strings."""
        if isinstance(value, (int, float, np.number)):
            if self.finite and not math.isfinite(value):
                return False
            above = value >= self.low if self.with_low else value > self.low
            below = value <= self.high if self.with_high else value < self.high
            return not self.bounds or bool(above and below)
        return not self.choices or value is None or value in self.choices

    def check(self, who: str, name: str, value: Any) -> None:
        """Raise the error of a value that this is not of."""
        if not self.is_type(value):
            kind = ArgumentError if self.values else DTypeError
            names = [n for n in self.names if n != "None"] or ["None"]
            wanted = f"'{names[0]}'" if len(names) == 1 else f"one of '{names}'"
            raise kind(f"For '{who}', the type of '{name}' should be {wanted}, but got type '{type(value).__name__}'.")
        if not self.allows(value):
            wanted = f"in {list(self.choices)}" if self.choices else (
                f"in range {self.bounds}" if self.bounds[:1] in ("[", "(") else self.bounds or "a legal value")
            kind = DTypeError if self.strict else ArgumentError
            raise kind(f"For '{who}', the '{name}' must be {wanted}, but got {value!r}.")


def read(text: str) -> dict[str, dict[str, Kind]]:
    """The rows of a table; a line may name several classes and several parameters, with commas and spaces."""
    rows: dict[str, dict[str, Kind]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        who, _, rest = line.partition("  ")
        kinds: dict[str, Kind] = {}
        for part in rest.split(";"):
            names, _, words = part.partition(":")
            kinds.update(dict.fromkeys(names.split(), Kind.read(words)))
        for name in who.split(","):
            rows.setdefault(name.strip(), {}).update(kinds)
    return rows


def guard(cls: Any, kinds: dict[str, Kind]) -> None:
    """Let ``cls`` compare the arguments of its constructor with a row, before anything else.

    >>> class Half:
    ...     def __init__(self, x): self.x = x / 2
    >>> guard(Half, read("Half  x: float")["Half"])
    >>> Half(3)
    Traceback (most recent call last):
    luojia._src.errors.DTypeError: For 'Half', the type of 'x' should be 'float', but got type 'int'.
    """
    names = list(inspect.signature(cls).parameters)
    cls.__init__ = _checking(cls.__init__, cls.__name__, ["self", *names], kinds)


def takes(words: str) -> Callable[[Callable], Callable]:
    """A decorator: the function, or method, compares its arguments with a row, before anything else.

    >>> @takes("times: int >0")
    ... def double(x, times=2): return x * times
    >>> double(1, times=0)
    Traceback (most recent call last):
    luojia._src.errors.ArgumentError: For 'double', the 'times' must be > 0, but got 0.
    """
    kinds = read(f"-  {words}")["-"]
    return lambda function: _checking(function, function.__name__, list(inspect.signature(function).parameters), kinds)


def _checking(function: Callable, who: str, names: list[str], kinds: dict[str, Kind]) -> Callable:
    unknown = [name for name in kinds if name not in names]
    if unknown:
        raise ValueError(f"{who}: the table of arguments names {unknown}, of ({', '.join(names)})")
    order = [(name, kinds.get(name)) for name in names]

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value, (name, kind) in zip(args, order):
            if kind is not None:
                kind.check(who, name, value)
        for name, value in kwargs.items():
            if name in kinds:
                kinds[name].check(who, name, value)
        return function(*args, **kwargs)

    return call


def guard_all(space: dict[str, Any], rows: dict[str, dict[str, Kind]]) -> None:
    """``guard`` the classes of a module's names that have rows."""
    for name, kinds in rows.items():
        guard(space[name], kinds)


__all__ = ["Kind", "guard", "guard_all", "read", "takes"]
