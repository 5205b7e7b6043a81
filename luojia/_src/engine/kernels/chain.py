"""Elementwise functions on blocks of arrays, and their gradients, told where to write.

These are the rules of the commonest operators once more, so that a block's arrays are used again instead of made anew:
a chain of five with its gradient is a fifth faster for it. Operators that are not listed run by their own definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from luojia._src.engine.shortcuts import maximum

UFUNCS: dict[str, Callable] = {
    "add": np.add, "elemwise_add": np.add, "subtract": np.subtract, "elemwise_sub": np.subtract,
    "multiply": np.multiply, "elemwise_mul": np.multiply, "negative": np.negative, "square": np.square, "sqrt": np.sqrt,
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "abs": np.absolute, "relu": lambda x, out: maximum(x, 0, out=out),
}  # fmt: skip


class Pool:
    """Arrays of one block, handed out again once nothing holds them."""

    def __init__(self, size: int, dtype: np.dtype) -> None:
        self.size, self.dtype, self.length = size, dtype, size
        self.made: list[np.ndarray] = []
        self.free: list[np.ndarray] = []
        self.taken: list[np.ndarray] = []
        self.places: list[Any] = []  # where the gradient of an argument belongs that is an input's first

    def start(self, length: int) -> None:
        """Begin a block of so many numbers: all arrays are free."""
        self.length, self.taken = length, []
        self.free = [a[:length] for a in self.made]

    def take(self, argument: int | None = None) -> np.ndarray:
        """An array to write to, whose values are whatever they were; where it is an argument's gradient, its place."""
        if argument is not None and self.places[argument] is not None:
            return self.places[argument]
        if not self.free:
            self.made.append(np.empty(self.size, self.dtype))
            self.free.append(self.made[-1][: self.length])
        self.taken.append(self.free.pop())
        return self.taken[-1]

    def keep(self, arrays: Sequence[Any]) -> None:
        """Free what is not among ``arrays``."""
        held = {id(a) for a in arrays}
        self.free += [a for a in self.taken if id(a) not in held]
        self.taken = [a for a in self.taken if id(a) in held]


def _pull_multiply(g: Any, ans: Any, args: list, wants: tuple, pool: Pool) -> tuple:
    x, y = args
    return (np.multiply(g, y, out=pool.take(0)) if wants[0] else None,
            np.multiply(g, x, out=pool.take(1)) if wants[1] else None)


def _pull_subtract(g: Any, ans: Any, args: list, wants: tuple, pool: Pool) -> tuple:
    return g, np.negative(g, out=pool.take(1)) if wants[1] else None


def _pull_relu(g: Any, ans: Any, args: list, wants: tuple, pool: Pool) -> tuple:
    return (np.multiply(g, ans > 0, out=pool.take(0)),)


def _pull_tanh(g: Any, ans: Any, args: list, wants: tuple, pool: Pool) -> tuple:
    part = np.multiply(g, ans, out=pool.take(0))
    np.multiply(part, ans, out=part)
    return (np.subtract(g, part, out=part),)


def _pull_sigmoid(g: Any, ans: Any, args: list, wants: tuple, pool: Pool) -> tuple:
    part = np.multiply(g, ans, out=pool.take(0))
    other = np.multiply(part, ans, out=pool.take())
    return (np.subtract(part, other, out=part),)


PULLS: dict[str, Callable] = {  # (g, ans, arguments, which gradients are wanted, pool) -> gradients
    "add": lambda g, *_: (g, g), "elemwise_add": lambda g, *_: (g, g),
    "subtract": _pull_subtract, "elemwise_sub": _pull_subtract,
    "multiply": _pull_multiply, "elemwise_mul": _pull_multiply,
    "relu": _pull_relu, "tanh": _pull_tanh, "sigmoid": _pull_sigmoid,
    "exp": lambda g, ans, args, wants, pool: (np.multiply(g, ans, out=pool.take(0)),),
}  # fmt: skip
