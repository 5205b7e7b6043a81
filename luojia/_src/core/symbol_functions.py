"""The functions of symbols: MXNet's ``sym.`` ones, a symbol's methods, and the internal names of Python's signs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from . import symbol_names as names
from .attributes import FLOAT, reader
from .documented import describe
from .faces import MISSING, Face
from .op import OPERATORS
from .symbol import Symbol
from .symbol_ops import NUMBER, compose, entry_of, face_of, sign_node, signed
from .tensor import Tensor


@cache
def function(name: str) -> Callable:
    """The function ``name`` of symbols, as ``sym.FullyConnected``; KeyError if there is none."""
    for sign, names_of in names.SIGNS.items():
        if name == sign or name == {"pow": "power", "mod": "modulo"}.get(sign):
            return _sign_function(name, sign, names_of)
    return _face_function(face_of(name), name)


def _face_function(face: Face, name: str) -> Callable:
    hint = names.hint(name) or face.name

    def fn(*args: Any, **kwargs: Any) -> Any:
        return compose(face, args, kwargs, hint)

    return _dress(fn, name, describe(face, None, "luojia.symbol"), face.params)


def _sign_function(name: str, sign: str, of: names.Sign) -> Callable:
    def fn(*args: Any, **kwargs: Any) -> Any:
        pair = [*args, *kwargs.values()]  # base and exp, left and right, lhs and rhs: they come in this order
        if len(pair) != 2:
            raise TypeError(f"{name}() takes two arguments, got {len(pair)}.")
        if not any(isinstance(p, Symbol) for p in pair):
            result = OPERATORS[face_of(of.face).op.name](*pair)
            return result.tolist() if isinstance(result, Tensor) else result
        return signed(sign, *pair)

    doc = f"{face_of(of.face).op.__doc__} Either side may be a number."
    kinds = inspect.Parameter
    left, right = ("base", "exp") if sign == "pow" else ("left", "right")
    fn.__signature__ = inspect.Signature([kinds(n, kinds.POSITIONAL_OR_KEYWORD) for n in (left, right)])
    return _named(fn, name, doc)


def operation(kind: str) -> Callable:
    """An operation of Python's signs under MXNet's internal name, as ``_plus_scalar(x, scalar=2)``; KeyError else."""
    face, place = names.OPERATIONS[kind]
    read = reader(kind, "scalar", FLOAT)

    def fn(*symbols: Symbol, scalar: Any = 1.0, is_int: bool = True, name: str | None = None,
           **given: Symbol) -> Symbol:
        symbols = (*symbols, *given.values())
        if place is not None and len(symbols) == 2 and isinstance(symbols[1], NUMBER):
            symbols, scalar = symbols[:1], symbols[1]
        count = 2 if place is None else 1
        if len(symbols) != count or not all(isinstance(s, Symbol) for s in symbols):
            raise TypeError(f"{kind}() takes {'two symbols' if place is None else 'one symbol and a number'}.")
        args: list[Any] = [entry_of(s, "data") for s in symbols]
        if place is not None:
            scalar = read(scalar)
            args.insert(place, scalar)
        return sign_node(face, kind, kind.lower(), args, {} if place is None else {"scalar": scalar},
                          type(symbols[0]), name)

    return _named(fn, kind, f"``{face}``, under MXNet's internal name.")


def _dress(fn: Callable, name: str, doc: str | None, params: list) -> Callable:
    kinds = inspect.Parameter
    star = any(p.star for p in params)
    shown, keyword = [], False
    for p in params:
        if p.star:
            shown.append(kinds(p.public, kinds.VAR_POSITIONAL))
            keyword = True
        else:
            default = None if p.default is MISSING else p.default  # an array that is left out becomes a variable
            kind = kinds.KEYWORD_ONLY if keyword or star and p.default is not MISSING else kinds.POSITIONAL_OR_KEYWORD
            shown.append(kinds(p.public, kind, default=default))
    shown.sort(key=lambda p: p.kind)
    shown += [kinds(n, kinds.KEYWORD_ONLY, default=None) for n in ("name", "attr")]
    fn.__signature__ = inspect.Signature(shown)
    return _named(fn, name, doc)


def _named(fn: Callable, name: str, doc: str | None) -> Callable:
    fn.__name__ = fn.__qualname__ = name
    fn.__module__ = "luojia.symbol"
    fn.__doc__ = doc
    return fn


def fluent(symbol: Symbol, name: str) -> Callable:
    """The method ``name`` of a symbol: the function with the symbol as first argument."""
    try:
        found = function(name)
    except KeyError:
        raise AttributeError(f"'Symbol' object has no attribute {name!r}") from None

    def method(*args: Any, **kwargs: Any) -> Any:
        return found(symbol, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = found.__doc__
    return method
