"""MindSpore's operator classes compare attributes and dtypes of inputs with tables before anything is computed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .._src.core import accepted
from .._src.core.arguments import Kind
from .._src.core.dtypes import DType, to_np
from .._src.core.given import is_operand, no_tensor
from .._src.core.given import refuse as refuse_kind
from .._src.core.primitive import Primitive
from .._src.errors import ArgumentError, CallError, DTypeError
from .._src.ops import Tensor
from . import attributes, inputs


class Attribute(NamedTuple):
    """What an attribute may be, its elements too."""

    kind: Kind
    items: str  # what elements must be: 'each', 'each?', 'floats' or ''
    soft: bool  # whether wrong elements are a ValueError
    lengths: tuple[int, ...]
    dtypes: tuple[str, ...]

    @classmethod
    def read(cls, words: str) -> Attribute:
        """That of the words of a row.

        >>> Attribute.read("int tuple >0 each n=2").check("Conv2D", "stride", (1, 0))
        Traceback (most recent call last):
        luojia._src.errors.ArgumentError: For 'Conv2D', the elements of 'stride' must be int and in range > 0, but got (1, 0).
        """  # noqa: E501 - the answer is one line
        split = words.split()
        items = next((w for w in split if w in ("each", "each?", "floats")), "")
        own = [w for w in split if w.startswith(("n=", "dtype=")) or w == items or items and w == "!"]
        found = dict(w.split("=") for w in own if "=" in w)
        rest = [w for w in split if w not in own] + (["dtype"] if "dtype" in found else [])
        return cls(Kind.read(" ".join(rest)), items, "!" in split, tuple(map(int, found.get("n", "").split(",")))
                   if "n" in found else (), accepted.names_of(found.get("dtype", "").replace(",", " ")))

    def check(self, who: str, name: str, value: Any) -> None:
        """Raise the error of a value that this does not allow."""
        choices = self.kind.choices
        if not (choices and isinstance(value, str) and value.lower() in [c.lower() for c in choices]):
            self.kind.check(who, name, value)
        if self.dtypes and (not isinstance(value, DType) or to_np(value).name not in self.dtypes):
            raise DTypeError(f"For '{who}', the '{name}' must be one of {', '.join(self.dtypes)}, but got {value}.")
        if not isinstance(value, (tuple, list)):
            return
        wrong = ArgumentError if self.soft else DTypeError
        if self.lengths and len(value) not in self.lengths:
            raise ArgumentError(f"For '{who}', the '{name}' must have {' or '.join(map(str, self.lengths))} elements, "
                                f"but got {value}.")
        for item in value if self.items else ():
            if item is None and self.items == "each?":
                continue
            is_kind = isinstance(item, float if self.items == "floats" else (int, np.integer))
            if not is_kind or isinstance(item, bool):
                raise wrong(f"For '{who}', the elements of '{name}' must be "
                            f"{'float' if self.items == 'floats' else 'int'}, but got {value}.")
            if not self.kind.allows(item):
                raise ArgumentError(f"For '{who}', the elements of '{name}' must be int and in range "
                                    f"{self.kind.bounds}, but got {value}.")


@functools.cache
def _lines(text: str) -> dict[str, str]:
    """The rest of each class's row; a row goes on in lines that are indented."""
    found = {}
    for line in text.strip().replace("\n    ", " ").split("\n"):
        who, _, rest = line.partition("  ")
        found.update(dict.fromkeys(who.split(", "), rest))
    return found


@functools.cache
def attributes_of(name: str) -> dict[str, Attribute]:
    """What a class accepts at construction."""
    found: dict[str, Attribute] = {}
    for part in filter(None, _lines(attributes.TEXT).get(name, "").split("; ")):
        names, _, words = part.partition(": ")
        found.update(dict.fromkeys(names.split(), Attribute.read(words)))
    return found


_ANY = accepted.Row({}, ())


@functools.cache
def inputs_of(name: str) -> tuple[accepted.Row, str]:
    """What a class accepts in calls, and the name of an input that is a list of Tensors of one dtype."""
    parts = [p for p in _lines(inputs.TEXT).get(name, "").split("; ") if p]
    row = accepted.read(f"{name}  " + "; ".join([p for p in parts if ":" in p])).get(name, _ANY)
    marked = [p.split() for p in parts if ":" not in p]
    groups = {word: tuple([tuple(names) for w, *names in marked if w == word]) for word in ("alike", "into")}
    listed = next((names[0] for word, *names in marked if word == "listed"), "")
    return row._replace(alike=(*row.alike, *groups["alike"]), into=(*row.into, *groups["into"])), listed


def row_of(name: str) -> accepted.Row | None:
    """The dtypes of a class's inputs, for classes made of faces."""
    row = inputs_of(name)[0]
    return row if row.params else None


def guarded(cls: Any) -> Any:
    """The class, itself, with the checks of the tables before its own constructor and call."""
    if not isinstance(cls, type) or not issubclass(cls, Primitive) or cls.__dict__.get("_guarded"):
        return cls
    found, (row, listed) = attributes_of(cls.__name__), inputs_of(cls.__name__)
    if found:
        _guard_construction(cls, found)
    if listed or "face" not in cls.__dict__:
        setattr(cls, "__call__", _guarded_call(cls.__name__, cls.__call__, row, listed))  # noqa: B010 - pyright's sake
    setattr(cls, "_guarded", True)  # noqa: B010 - of this class, not of those made from it
    return cls


def _guard_construction(cls: Any, found: dict[str, Attribute]) -> None:
    init: Callable = getattr(cls.__init__, "_unguarded", cls.__init__)
    who, signature = cls.__name__, inspect.signature(init)

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        given = self.attrs if self.attrs else signature.bind(self, *args, **kwargs).arguments
        for name, attribute in found.items():
            if name in given:
                attribute.check(who, name, given[name])

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    __init__._unguarded = init  # type: ignore[attr-defined]
    cls.__init__ = __init__


def _guarded_call(who: str, call: Callable, row: accepted.Row, listed: str) -> Callable:
    call = getattr(call, "_unguarded", call)  # that of a base class with a row of its own
    order, names = list(row.params.items()), list(row.params)
    groups = [(refuse, group, [names.index(p) for p in group])
              for refuse, found in ((accepted.refuse_unlike, row.alike), (accepted.refuse_wider, row.into))
              for group in found]

    @functools.wraps(call)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        for x, (name, one) in zip(args, order):
            if isinstance(x, Tensor):
                if x._value.dtype not in one.dtypes:
                    accepted.refuse_dtype(who, name, x, one)
            elif one.tensor and x is not None and not is_operand(x):
                raise refuse_kind(who, name, x, "Tensor")
        for refuse, group, places in groups:
            refuse(who, group, tuple([args[i] if i < len(args) else None for i in places]))
        if listed and args:
            _refuse_unlisted(who, listed, args[0])
        try:
            return call(self, *args, **kwargs)
        except AttributeError as e:
            raise no_tensor(who, e) from None
        except TypeError as e:
            if "missing" in str(e) and "required positional argument" in str(e):
                raise CallError(f"For '{who}', the call is {str(e).partition('() ')[2]}.") from None
            raise

    __call__._unguarded = call  # type: ignore[attr-defined]
    return __call__


def _refuse_unlisted(who: str, name: str, xs: Any) -> None:
    """Raise the error of what is no list of Tensors of one dtype."""
    wrong = ArgumentError if name.endswith("!") else DTypeError
    if not isinstance(xs, (tuple, list)) or not all(is_operand(x) for x in xs):
        raise DTypeError(f"For '{who}', '{name.rstrip('!')}' must be a tuple or list of Tensors, but got "
                         f"{type(xs).__name__}: {str(xs)[:60]}.")
    dtypes = {x.np_dtype: x.dtype for x in xs if isinstance(x, Tensor)}
    if len(dtypes) > 1:
        raise wrong(f"For '{who}', the Tensors in '{name.rstrip('!')}' must be of one dtype, but got "
                    f"{', '.join(map(str, dtypes.values()))}.")
