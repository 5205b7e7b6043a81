"""A chain of elementwise operators, run block by block as one operator on the NumPy engine.

A block of each intermediate value stays in the cache, so that a chain reads its inputs and writes its result, and of
what lies between it keeps only what its gradient could not cheaply compute again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine import threads
from ..engine.kernels.chain import PULLS, UFUNCS, Pool
from ..engine.numpy_engine import ENGINE
from ..engine.shortcuts import in_order
from .op import Operator
from .tensor import Tensor

BLOCK = 1 << 17  # numbers; with smaller ones the calls cost more than the cache gives
LEAST = 1 << 15  # numbers of an array below which the operators run one by one
PASSED = 4e3  # numbers that one link takes in a microsecond
DEAR = frozenset({"exp", "log", "tanh", "sigmoid"})  # whose values are kept instead of computed again


class Link(NamedTuple):
    """One operator of a chain; ``sources`` are numbers of values, ``constants`` Python numbers by argument place."""

    op: Operator
    attrs: dict[str, Any]
    sources: tuple[int | None, ...]
    constants: tuple[Any, ...]

    def arguments(self, values: Sequence[Any]) -> list:
        return [c if s is None else values[s] for s, c in zip(self.sources, self.constants)]

    def into(self, out: np.ndarray, values: Sequence[Any]) -> None:
        """Compute into ``out``, which may be one of the values."""
        ufunc = UFUNCS.get(self.op.name)
        if ufunc is not None:
            ufunc(*self.arguments(values), out=out)
        else:
            out[...] = self.op.fn(ENGINE.xp, *self.arguments(values), **self.attrs)


class Chain:
    """Links that each read inputs and earlier links. Values are numbered: the inputs, then what each link computes."""

    def __init__(self, links: list[Link], count: int) -> None:
        self.links = links
        self.count = count
        self.last = count + len(links) - 1
        self.kept, self.again, read = self._plan()
        every = range(count, self.last + 1)
        self.plain_buffers = self._assign(every[:-1], every, set())
        self.forward_buffers = self._assign([n for n in every[:-1] if n not in self.kept], every, set())
        self.backward_buffers = self._assign(self.again, self.again, read)
        self.operator = Operator(self._compute, "chain")
        self.operator.vjp(self._rule, keep="args")
        self.operator.fast(self._forward)
        self.operator.fast_vjp(self._backward)
        self.operator.expand = self.run

    def _plan(self) -> tuple[list[int], list[int], set[int]]:
        """The values that the forward keeps, those that the backward computes again, in order, and what rules read."""
        wanted = set()
        for number, link in enumerate(self.links, self.count):
            if link.op.keep_ans:
                wanted.add(number)
            if link.op.keep_args:
                wanted.update(s for s in link.sources if s is not None)
        kept, again, read = [], [], set(wanted)
        for number in range(self.last, self.count - 1, -1):
            if number not in wanted:
                continue
            link = self.links[number - self.count]
            if number == self.last or link.op.name in DEAR:
                kept.append(number)
            else:
                again.append(number)
                wanted.update(s for s in link.sources if s is not None)
        return kept[::-1], again[::-1], read

    def _assign(self, numbers: Sequence[int], readers: Sequence[int], held: set[int]) -> dict[int, int]:
        """For each of these values the buffer that it is computed in.

        ``readers`` are the links that run, in order; a buffer is free for the last that reads it, unless ``held``.
        """
        until = {s: n for n in readers for s in self.links[n - self.count].sources if s is not None}
        found: dict[int, int] = {}
        free: list[int] = []
        count = 0
        for n in readers:
            free += [found[s] for s in found if until.get(s) == n and s not in held]
            if n not in numbers:
                continue
            if n in held or not free:
                found[n] = count
                count += 1
            else:
                found[n] = free.pop()
        return found

    def takes(self, inputs: Sequence[Any]) -> bool:
        """Whether the inputs are large NumPy arrays of one shape, dtype and layout without gaps, on one device.

        Those of float16 are widened operator by operator.
        """
        first = inputs[0]
        if not isinstance(first, Tensor):
            return False
        value, device = first._value, first._device
        if device.engine is not ENGINE or value.size < LEAST or value.dtype.char not in "fd":
            return False
        for t in inputs[1:]:
            if not isinstance(t, Tensor) or t._device is not device or t._value.__class__ is not np.ndarray:
                return False
            v = t._value
            if v.shape != value.shape or v.dtype != value.dtype or v.strides != value.strides:
                return False
        return in_order(value) is not None

    def run(self, apply: Any, inputs: Sequence[Any]) -> Any:
        """The chain's result by ``apply(op, values, attrs)``, link by link."""
        values = list(inputs)
        for link in self.links:
            values.append(apply(link.op, link.arguments(values), link.attrs))
        return values[-1]

    def _values(self, xp: Any, arrays: Sequence[Any]) -> list:
        values = list(arrays)
        for link in self.links:
            values.append(link.op.fn(xp, *link.arguments(values), **link.attrs))
        return values

    def _rule(self, xp: Any, g: Any, ans: Any, args: Sequence[Any], needs: Sequence[bool]) -> tuple:
        if isinstance(g, Tensor):
            values = list(args)
            for link in self.links:
                values.append(link.op(*link.arguments(values), **link.attrs))
        else:
            values = self._values(xp, args)
        return tuple(self._pulled(xp, g, values, needs))

    def _live(self, needs: Sequence[bool]) -> list[bool]:
        """Which values depend on the inputs whose gradients are needed."""
        live = [*needs, *[False] * len(self.links)]
        for number, link in enumerate(self.links, self.count):
            live[number] = any(s is not None and live[s] for s in link.sources)
        return live

    def _passes(self, gradients: list, live: Sequence[bool]) -> Iterator[tuple[int, Any, Any, tuple[bool, ...]]]:
        """The links that a gradient reaches, the last first: number, link, that gradient, which sources want one."""
        for number in range(self.last, self.count - 1, -1):
            g = gradients[number]
            if g is not None:
                gradients[number] = None
                link = self.links[number - self.count]
                yield number, link, g, tuple([s is not None and live[s] for s in link.sources])

    def _pulled(self, xp: Any, g: Any, values: Sequence[Any], needs: Sequence[bool]) -> list:
        """The gradients of the inputs, None where not needed, for all values."""
        live = self._live(needs)
        gradients: list[Any] = [None] * len(live)
        gradients[self.last] = g
        for number, link, g, wants in self._passes(gradients, live):
            found = link.op.rule(xp, g, values[number], link.arguments(values), wants, **link.attrs)
            for s, want, gi in zip(link.sources, wants, found):
                if s is not None and want and gi is not None:
                    gradients[s] = gi if gradients[s] is None else gradients[s] + gi
        return gradients[: self.count]

    def _compute(self, xp: Any, *arrays: Any) -> Any:
        return self._in_blocks(arrays, ())[self.last] if xp is ENGINE.xp else self._values(xp, arrays)[-1]

    def _forward(self, needs: Sequence[bool], *arrays: np.ndarray) -> tuple:
        found = self._in_blocks(arrays, self.kept)
        return found[self.last], [found[number] for number in self.kept]

    def _in_blocks(self, arrays: Sequence[np.ndarray], kept: Sequence[int]) -> dict[int, np.ndarray]:
        """The last value, and those that are to be kept."""
        found = {number: np.empty_like(arrays[0]) for number in {*kept, self.last}}
        sources, targets = [_flat(a) for a in arrays], {n: _flat(a) for n, a in found.items()}
        size = arrays[0].size
        places = self.forward_buffers if kept else self.plain_buffers

        def compute(part: slice) -> None:
            buffers = np.empty((1 + max(places.values(), default=-1), min(BLOCK, size)), arrays[0].dtype)
            for at in _blocks(part):
                values: list[Any] = [s[at] for s in sources]
                for number, link in enumerate(self.links, self.count):
                    if number in targets:
                        out = targets[number][at]
                    else:
                        out = buffers[places[number], : at.stop - at.start]
                    link.into(out, values)
                    values.append(out)

        threads.spread(compute, threads.ranges(size, len(self.links) * size / PASSED))
        return found

    def _backward(self, saved: list, g: np.ndarray, args: Sequence[np.ndarray], needs: Sequence[bool]) -> tuple:
        if g.strides != args[0].strides:
            g, given = np.empty_like(args[0]), g
            g[...] = given
        found = [np.empty_like(a) if need else None for a, need in zip(args, needs)]
        sources, own = [_flat(a) for a in args], _flat(g)
        kept = [(number, _flat(a)) for number, a in zip(self.kept, saved)]
        targets = [None if a is None else _flat(a) for a in found]
        size, live = g.size, self._live(needs)

        def compute(part: slice) -> None:
            buffers = np.empty((1 + max(self.backward_buffers.values(), default=-1), min(BLOCK, size)), g.dtype)
            pool = Pool(min(BLOCK, size), g.dtype)
            values: list[Any] = [None] * (self.last + 1)
            for at in _blocks(part):
                values[: self.count] = [s[at] for s in sources]
                for number, a in kept:
                    values[number] = a[at]
                for number in self.again:
                    values[number] = out = buffers[self.backward_buffers[number], : at.stop - at.start]
                    self.links[number - self.count].into(out, values)
                pool.start(at.stop - at.start)
                into = [None if t is None else t[at] for t in targets]
                self._pull_block(own[at], values, live, into, pool)

        threads.spread(compute, threads.ranges(size, 2 * len(self.links) * size / PASSED))
        return tuple(found)

    def _pull_block(self, g: np.ndarray, values: list, live: list[bool], into: list, pool: Pool) -> None:
        """The gradients of one block of the inputs, written to ``into``, by arrays of the pool."""
        gradients: list[Any] = [None] * len(live)
        gradients[self.last] = g
        for number, link, g, wants in self._passes(gradients, live):
            pull = PULLS.get(link.op.name)
            args = link.arguments(values)
            pool.places = [
                into[s] if s is not None and s < self.count and want and gradients[s] is None
                and s not in link.sources[:k] else None
                for k, (s, want) in enumerate(zip(link.sources, wants))
            ]
            if pull is not None:
                found = pull(g, values[number], args, wants, pool)
            else:
                found = link.op.rule(ENGINE.xp, g, values[number], args, wants, **link.attrs)
            for s, want, gi in zip(link.sources, wants, found):
                if s is not None and want and gi is not None:
                    old = gradients[s]
                    if old is not None:
                        gi = np.add(old, gi, out=into[s] if s < self.count else pool.take())
                    gradients[s] = gi
            pool.keep(gradients)
        for target, gi in zip(into, gradients):
            if target is not None and gi is not target:
                target[...] = 0 if gi is None else gi


def _blocks(part: slice) -> Iterator[slice]:
    for start in range(part.start, part.stop, BLOCK):
        yield slice(start, min(start + BLOCK, part.stop))


def _flat(a: np.ndarray) -> np.ndarray:
    """`in_order` of an array that has no gaps."""
    found = in_order(a)
    assert found is not None
    return found
