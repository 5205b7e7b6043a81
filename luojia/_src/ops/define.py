"""Helpers that define families of operators which differ in one function only."""

from __future__ import annotations

from collections.abc import Callable

from ..core.op import Operator, op


def names(spec: str, signature: str) -> tuple[str, ...]:
    """``names("sin asin", "(input:x)")``: one face per name; a name may bring a signature of its own."""
    return tuple([n if "(" in n else n + signature for n in spec.split()])


def unary(name: str, body: Callable, doc: str, *, ms: str = "", fn: str | None = None, mx: str = "",
          rule: Callable | None = None, keep: str = "args", differentiable: bool = True,
          half: str | None = None) -> Operator:
    """An elementwise function of one array, with the names of its faces."""

    def function(xp, x):
        return body(xp, x)

    made = _finish(function, name, doc, body)
    made = op(names(ms, "()(x)"), fn=names(name if fn is None else fn, "(input:x)"), mx=names(mx, "(data:x)"),
              differentiable=differentiable, half=half)(made)
    made.pointwise = True
    if rule is not None:
        made.vjp(rule, keep=keep)
    return made


def binary(name: str, body: Callable, doc: str, *, ms: str = "", fn: str | None = None, mx: str = "",
           rule: Callable | None = None, keep: str = "args", differentiable: bool = True,
           half: str | None = None) -> Operator:
    """An elementwise function of two arrays, broadcast, with the names of its faces."""

    def function(xp, x, y):
        return body(xp, x, y)

    made = _finish(function, name, doc, body)
    made = op(names(ms, "()(x, y)"), fn=names(name if fn is None else fn, "(input:x, other:y)"),
              mx=names(mx, "(lhs:x, rhs:y)"),
              elementwise=True, differentiable=differentiable, half=half)(made)
    if rule is not None:
        made.vjp(rule, keep=keep)
    return made


def _finish(function: Callable, name: str, doc: str, body: Callable) -> Callable:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__module__ = body.__module__
    return function


def zero_rule(xp, g, ans, args, needs):
    """The derivative of a step function: 0 wherever it exists."""
    return tuple([g * 0 if need else None for need in needs])


