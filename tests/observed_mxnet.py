"""Answers of mxnet 1.9.1: lines ``program => answer``, and what luojia answers instead.

A program is an expression, perhaps after statements and semicolons. An answer is dtype, shape and five digits of each
element; ``!MXNetError`` stands for an error of that class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.observed import alike


def told(r: Any, array: type) -> str:
    """An answer as the lines write it."""
    if isinstance(r, array):
        values = np.asarray(r.asnumpy(), float).ravel()
        return f"{np.dtype(r.dtype).name}{list(r.shape)} " + " ".join(f"{v + 0.0:.5g}" for v in values)
    if isinstance(r, (np.ndarray, np.generic)):
        return f"NUMPY {r.dtype}{list(r.shape)} {r.ravel().tolist()}"
    if isinstance(r, (list, tuple)):
        return type(r).__name__ + "(" + " | ".join([told(t, array) for t in r]) + ")"
    return repr(r)


def answer(program: str, space: dict[str, Any], array: type) -> tuple[str, list[str]]:
    """What a program answers, or the error's class and the names of its base classes."""
    *before, expression = program.split(";")
    try:
        for statement in before:
            exec(statement.strip(), space)
        return told(eval(expression, space), array), []
    except Exception as e:
        return f"!{type(e).__name__}", [f"!{c.__name__}" for c in type(e).__mro__]


def wrong_lines(lines: list[str], names: Callable[[], dict[str, Any]], array: type) -> list[str]:
    """The lines that luojia answers otherwise; ``names()`` gives the arrays that a program names, new for each."""
    wrong = []
    for line in lines:
        program, _, expected = line.partition(" => ")
        got, bases = answer(program, names(), array)
        if not alike(got, expected) and expected not in bases:
            wrong.append(f"{program}: expected {expected}, got {got}")
    return wrong
