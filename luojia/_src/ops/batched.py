"""Derivative rules for many cotangents at once: those that are not pointwise, and so must know of the leading axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.batched import RULES, Array
from ..core.op import OPERATORS
from ..engine.numpy_engine import ENGINE
from . import activation, arithmetic, elementwise  # noqa: F401 - they register what is named here
from .index import decode
from .reduce import axes_of, kept

for _name in ("exp", "log", "tanh", "square", "negative", "sigmoid", "relu", "clip"):
    OPERATORS[_name].pointwise = True


def _rule(*names: str) -> Callable[[Callable], Callable]:
    def register(rule: Callable) -> Callable:
        RULES.update(dict.fromkeys(names, rule))
        return rule

    return register


@_rule("identity", "broadcast_to", "cast")
def _(g: Array, args: tuple, needs: tuple, **_: Any) -> tuple:
    return (g,)


@_rule("reshape", "reshape_codes", "expand_dims", "squeeze", "flatten")
def _(g: Array, args: tuple, needs: tuple, **_: Any) -> tuple:
    return (g.reshape(len(g), *args[0].shape),)


@_rule("sum")
def _(g: Array, args: tuple, needs: tuple, *, axis: Any, keepdims: bool, exclude: bool, **_: Any) -> tuple:
    shape = args[0].shape
    return (np.broadcast_to(g.reshape(len(g), *kept(shape, axes_of(shape, axis, exclude))), (len(g), *shape)),)


def _behind(index: tuple, arrays: tuple) -> Any:
    """The index behind a leading axis; None where arrays stand in it, which NumPy may then place elsewhere."""
    if arrays:
        return None
    found = decode(index, arrays)
    return (slice(None), *found) if isinstance(found, tuple) else (slice(None), found)


@_rule("getitem")
def _(g: Array, args: tuple, needs: tuple, *, index: tuple) -> tuple:
    x, *arrays = args
    none = [None] * len(arrays)
    where = _behind(index, tuple(arrays))
    if where is None:
        rule, xp = OPERATORS["getitem"].rule, ENGINE.xp
        return np.stack([rule(xp, row, None, args, needs, index=index)[0] for row in g]), *none
    dx = np.zeros((len(g), *x.shape), g.dtype)
    dx[where] = g  # without arrays an index names no element twice
    return dx, *none


@_rule("put_add")
def _(g: Array, args: tuple, needs: tuple, *, index: tuple, shape: tuple) -> tuple:
    arrays = args[1:]
    none = [None] * len(arrays)
    where = _behind(index, arrays)
    if where is None:
        rule, xp = OPERATORS["put_add"].rule, ENGINE.xp
        return np.stack([rule(xp, row, None, args, needs, index=index, shape=shape)[0] for row in g]), *none
    return g[where], *none


@_rule("matmul")
def _(g: Array, args: tuple, needs: tuple, **attrs: Any) -> tuple:
    rule, xp = OPERATORS["matmul"].rule, ENGINE.xp
    if args[0].ndim == args[1].ndim == 2:
        return rule(xp, g, None, args, needs, **attrs)
    found = [rule(xp, row, None, args, needs, **attrs) for row in g]
    return tuple([None if column[0] is None else np.stack(column) for column in zip(*found)])
