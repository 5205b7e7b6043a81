"""``einsum`` on NumPy: sums of products as products of matrices, two arrays at a time."""

from __future__ import annotations

import functools
import string
from math import prod
from typing import Any, NamedTuple

import numpy as np

from .shortcuts import matmul

_TINY = 48  # multiplications in a pair of matrices below which numpy.einsum's own loop over many of them is faster
_SMALL = 2048  # and in all
_THIN = 1 << 14  # and in all, of matrices and vectors


def terms(equation: str, ndims: tuple[int, ...]) -> tuple[list[str], str] | None:
    """The labels of each operand's axes and of the result's, the dots written out; None if they do not fit.

    >>> terms("...ij,jk", (3, 2))
    (['aij', 'jk'], 'aik')
    """
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    named = inputs.split(",")
    if len(named) != len(ndims):
        return None
    free = [c for c in string.ascii_letters if c not in equation]
    lengths = [n - len(term.replace("...", "")) for term, n in zip(named, ndims)]
    dotted = max([n for term, n in zip(named, lengths) if "..." in term], default=0)
    if dotted > len(free) or any(n < 0 or n and "..." not in term for term, n in zip(named, lengths)):
        return None
    dots = "".join(free[: dotted])
    named = [term.replace("...", dots[dotted - n:]) for term, n in zip(named, lengths)]
    if arrow:
        output = output.replace("...", dots)
    else:
        every = "".join(named)
        output = dots + "".join(sorted(c for c in set(every) if every.count(c) == 1 and c not in dots))
    if not all(c in string.ascii_letters for c in "".join(named) + output) or not set(output) <= set("".join(named)):
        return None
    return named, output


class _Pair(NamedTuple):
    """How two operands become matrices (batch, rows, inner) and (batch, inner, columns)."""

    sums: tuple[tuple[int, ...], tuple[int, ...]]  # axes that only this operand has
    orders: tuple[tuple[int, ...], tuple[int, ...]]
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    swapped: tuple[bool, bool]  # whether the matrix is taken with its axes exchanged, which costs no copy
    found: tuple[int, ...]
    back: tuple[int, ...]


def einsum(equation: Any, *operands: Any, **kwargs: Any) -> Any:
    """What ``numpy.einsum`` gives; floats and complex numbers of two or more arrays are multiplied by BLAS.

    >>> x = np.arange(6.0).reshape(1, 2, 3)
    >>> einsum("nij,nkj->nik", x, x).tolist()
    [[[5.0, 14.0], [14.0, 50.0]]]
    """
    if kwargs or len(operands) < 2 or equation.__class__ is not str:
        return np.einsum(equation, *operands, **kwargs)
    for x in operands:
        if x.__class__ is not np.ndarray or x.dtype.kind not in "fc":
            return np.einsum(equation, *operands)
    steps = _steps(equation, tuple([x.shape for x in operands]))
    if steps is None:
        return np.einsum(equation, *operands)
    dtype = np.result_type(*operands)
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    rest = [x if x.dtype == wide else x.astype(wide) for x in operands]
    for places, spelled, pair in steps:
        taken = [rest.pop(i) for i in places]
        rest.append(np.einsum(spelled, *taken) if pair is None else _multiply(pair, *taken))
    return rest[0] if dtype == wide else rest[0].astype(dtype)


def _multiply(pair: _Pair, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    ready = []
    for a, sums, order, shape, swapped in zip((x, y), pair.sums, pair.orders, pair.shapes, pair.swapped):
        if sums:
            a = np.add.reduce(a, axis=sums)
        a = a.transpose(order).reshape(shape)
        ready.append(a.swapaxes(-1, -2) if swapped else a)
    return matmul(*ready).reshape(pair.found).transpose(pair.back)


@functools.lru_cache(maxsize=512)
def _steps(equation: str, shapes: tuple[tuple[int, ...], ...]) -> tuple | None:
    """What to multiply in turn: (places, equation, how or None for numpy.einsum); None where that had better do all."""
    spelled = terms(equation, tuple([len(s) for s in shapes]))
    if spelled is None or any(len(set(term)) < len(term) for term in (*spelled[0], spelled[1])):
        return None
    named, output = spelled
    sizes: dict[str, int] = {}
    for term, shape in zip(named, shapes):
        for c, n in zip(term, shape):
            if sizes.setdefault(c, n) != n:
                return None
    if len(named) == 2:
        pair = _pair(named[0], named[1], output, sizes)
        return None if pair is None else (((0, 0), equation, pair),)
    path = np.einsum_path(",".join(named) + "->" + output, *[np.broadcast_to(np.float32(0), s) for s in shapes],
                          optimize="greedy")[0][1:]
    steps = []
    for places in path:
        taken = [named[i] for i in places]
        named = [term for i, term in enumerate(named) if i not in places]
        needed = set("".join(named) + output)
        made = output if not named else "".join(dict.fromkeys(c for c in "".join(taken) if c in needed))
        pair = _pair(taken[0], taken[1], made, sizes) if len(taken) == 2 else None
        popped = tuple([i - sum(j < i for j in places[:k]) for k, i in enumerate(places)])
        steps.append((popped, ",".join(taken) + "->" + made, pair))
        named.append(made)
    return tuple(steps) if len(steps) > 1 else None


def _pair(a: str, b: str, output: str, sizes: dict[str, int]) -> _Pair | None:
    """How to multiply two operands; None where numpy.einsum's loop is as good."""
    own = [tuple([i for i, c in enumerate(t) if c not in other + output]) for t, other in ((a, b), (b, a))]
    left, right = [[c for c in t if c in other + output] for t, other in ((a, b), (b, a))]
    batch = [c for c in output if c in left and c in right]
    inner = [c for c in left if c in right and c not in output]
    rows = [c for c in output if c in left and c not in right]
    columns = [c for c in output if c in right and c not in left]
    count, m, k, n = [prod(sizes[c] for c in part) for part in (batch, rows, inner, columns)]
    if not inner or not (rows or columns) or not m * k * n * count or (
            m * k * n * count < (_SMALL if rows and columns else _THIN)):
        return None
    if batch and m * k * n < _TINY:
        return None
    orders, shapes, swapped = [], [], []
    for labels, groups, sides in ((left, (batch, rows, inner), (m, k)), (right, (batch, inner, columns), (k, n))):
        order, other = [[labels.index(c) for part in (groups[0], *pair) for c in part]
                        for pair in (groups[1:], groups[:0:-1])]
        swap = order != sorted(order) and _moved(other, labels, sizes) < _moved(order, labels, sizes)
        orders.append(tuple(other if swap else order))
        shapes.append((*((count,) if batch else ()), *(sides[::-1] if swap else sides)))
        swapped.append(swap)
    made = [*batch, *rows, *columns]
    return _Pair((own[0], own[1]), (orders[0], orders[1]), (shapes[0], shapes[1]), (swapped[0], swapped[1]),
                 tuple([sizes[c] for c in made]), tuple([made.index(c) for c in output]))


def _moved(order: list[int], labels: list[str], sizes: dict[str, int]) -> int:
    """How bad a copy in this order is: whether there is one, and whether its last axis moves."""
    long = [i for i in order if sizes[labels[i]] != 1]
    return 0 if long == sorted(long) else 1 if long[-1] == max(long) else 2
