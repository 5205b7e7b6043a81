"""The random orders of pipelines: without a seed NumPy's, with one (``config.set_seed``) those of MindSpore.

MindSpore draws with C++'s ``std::mt19937`` and ``std::mt19937_64``, and with the distributions of GCC 7's library:

- an integer below n: ``raw // (2**32 // n)``, again while ``raw`` is 2**32 // n * n or more;
- ``std::shuffle`` swaps every item with one before it, and below 65536 items draws two places at once;
- a float of 53 bits: ``(raw + raw * 2**32) / 2**64``; of 24 bits: ``raw / 2**32``.

Every sampler and step has its own numbers from the same seed; a later pass goes on from the order of the one before.
Record files have a generator of their own, ``std::minstd_rand0``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_WORD = 0xFFFFFFFF


class Order:
    """Random numbers of one iterator. ``who`` asks: what a sampler or step got in the passes before may count."""

    def __init__(self, stream: Any = np.random) -> None:
        self._stream = stream
        self.memory: dict[int, Any] = {}  # what callbacks count in this iterator, by id

    seed: int | None = None
    epoch = 0  # the number of the iterator's pass

    def shuffled(self, who: Any, items: np.ndarray, offset: int = 0, step: int = 1) -> np.ndarray:
        """The items in a random order; the seed of pass p is ``seed + offset + p * step``."""
        return self._stream.permutation(items)

    def integers(self, who: Any, below: int, count: int) -> np.ndarray:
        """``count`` integers from 0 on."""
        return self._stream.randint(below, size=count)

    def weighted(self, who: Any, weights: np.ndarray, count: int, replacement: bool) -> np.ndarray:
        """``count`` places, each as likely as its weight."""
        return self._stream.choice(len(weights), count, replace=replacement, p=weights / weights.sum())

    def places(self, who: Any) -> Callable[[int], int]:
        """A function from n to an integer below it."""
        return self._stream.randint

    def draws(self, who: Any) -> Any:
        """The random numbers of a transform, with the methods of NumPy's RandomState; None for everyone's."""
        return None


class Still(Order):
    """No random order at all, for what is asked of a pipeline without a pass: how many rows, of which shapes."""

    def shuffled(self, who: Any, items: np.ndarray, offset: int = 0, step: int = 1) -> np.ndarray:
        return items

    def integers(self, who: Any, below: int, count: int) -> np.ndarray:
        return np.arange(count) % below

    def weighted(self, who: Any, weights: np.ndarray, count: int, replacement: bool) -> np.ndarray:
        return np.arange(count) % len(weights)

    def places(self, who: Any) -> Callable[[int], int]:
        return lambda below: 0


class SeededOrder(Order):
    """The numbers that MindSpore draws under a seed.

    >>> order = SeededOrder(3)
    >>> order.shuffled("a sampler", np.arange(8)).tolist(), order.shuffled("a sampler", np.arange(8)).tolist()
    ([3, 1, 0, 5, 2, 6, 4, 7], [3, 7, 2, 0, 6, 5, 1, 4])
    """

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.RandomState(seed))
        self.seed = seed
        self._known: dict[int, Any] = {}  # by id: what who asked before, kept so that the id stays its own
        self._who: list[Any] = []

    def _pass(self, who: Any, default: Any) -> tuple[int, Any]:
        """How often ``who`` has asked before, and what was kept for it."""
        if id(who) not in self._known:
            self._known[id(who)] = (0, default)
            self._who.append(who)
        return self._known[id(who)]

    def shuffled(self, who: Any, items: np.ndarray, offset: int = 0, step: int = 1) -> np.ndarray:
        count, order = self._pass(who, np.arange(len(items)))
        assert self.seed is not None
        if len(order) != len(items):
            order = np.arange(len(items))
        order = _shuffle(order.tolist(), _Words(self.seed + offset + count * step))
        self._known[id(who)] = (count + 1, order)
        return np.asarray(items)[order]

    def integers(self, who: Any, below: int, count: int) -> np.ndarray:
        number, _ = self._pass(who, None)
        assert self.seed is not None
        self._known[id(who)] = (number + 1, None)
        words = _Words(self.seed + number)
        return np.array([words.below(below) for _ in range(count)], np.int64)

    def weighted(self, who: Any, weights: np.ndarray, count: int, replacement: bool) -> np.ndarray:
        assert self.seed is not None
        words = _Words(self.seed)
        drawn = np.array([words.fraction() for _ in range(count if replacement else len(weights))])
        if replacement:
            return np.searchsorted(np.cumsum(weights) / weights.sum(), drawn)
        with np.errstate(divide="ignore", invalid="ignore"):
            waiting = np.where(weights > 0, -np.log1p(-drawn) / weights, np.inf)  # the first of exponential clocks
        return np.argsort(waiting, kind="stable")[:count]

    def places(self, who: Any) -> Callable[[int], int]:
        assert self.seed is not None
        _, words = self._pass(who, None)
        if words is None:
            words = _LongWords(self.seed)
            self._known[id(who)] = (0, words)
        return lambda below: words() % below

    def draws(self, who: Any) -> Any:
        _, known = self._pass(who, None)
        if known is None:
            assert self.seed is not None
            known = Draws(self.seed)
            self._known[id(who)] = (0, known)
        return known


class RecordOrder(SeededOrder):
    """The orders of record files under a seed: drawn with ``std::minstd_rand0``, from the seed after.

    >>> "".join(map(str, RecordOrder(3).shuffled("a sampler", np.arange(8))))
    '52301674'
    """

    def shuffled(self, who: Any, items: np.ndarray, offset: int = 0, step: int = 1) -> np.ndarray:
        count, order = self._pass(who, np.arange(len(items)))
        assert self.seed is not None
        if offset or not step or len(order) != len(items):  # only the order of all rows goes on from pass to pass
            order = np.arange(len(items))
        order = _shuffle(order.tolist(), _Minimal(self.seed + 1 + count * step))
        self._known[id(who)] = (count + 1, order)
        return np.asarray(items)[order]


class _Minimal:
    """The numbers of ``std::minstd_rand0`` (Park and Miller, 1988), from 0 on."""

    _SPAN = 2**31 - 3

    def __init__(self, seed: int) -> None:
        self._state = seed % (2**31 - 1) or 1

    def below(self, count: int) -> int:
        """An integer from 0 to ``count - 1``."""
        scale = self._SPAN // count
        while True:
            self._state = self._state * 16807 % (2**31 - 1)
            if self._state - 1 < scale * count:
                return (self._state - 1) // scale


class _Words:
    """The numbers of ``std::mt19937``."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.RandomState(seed & _WORD)._bit_generator  # type: ignore[attr-defined]
        self._words: list[int] = []

    def __call__(self) -> int:
        if not self._words:
            self._words = self._bits.random_raw(1024)[::-1].tolist()
        return self._words.pop()

    def below(self, count: int) -> int:
        """An integer from 0 to ``count - 1``."""
        if count > _WORD:
            return 0 if count == 1 else self() % count
        scale = _WORD // count
        while True:
            word = self()
            if word < scale * count:
                return word // scale

    def fraction(self) -> float:
        """A float from 0 to 1."""
        return (self() + self() * 2.0**32) / 2.0**64


class Draws:
    """What MindSpore's transforms draw under a seed, by the names of NumPy's RandomState, which serves the rest.

    >>> draws = Draws(3)
    >>> [int(draws.random_sample() < 0.5) for _ in range(6)]
    [1, 0, 1, 0, 1, 1]
    """

    def __init__(self, seed: int) -> None:
        self._words, self._rest = _Words(seed), np.random.RandomState(seed & _WORD)

    def random_sample(self, size: Any = None) -> Any:
        """Floats of 53 bits, from 0 to 1."""
        return self._words.fraction() if size is None else self._rest.random_sample(size)

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Any = None) -> Any:
        """Floats of 24 bits."""
        if size is not None:
            return self._rest.uniform(low, high, size)
        share = min(np.float32(self._words()) / np.float32(2**32), np.nextafter(np.float32(1), np.float32(0)))
        return float(share * (np.float32(high) - np.float32(low)) + np.float32(low))

    def randint(self, low: int, high: int | None = None, size: Any = None) -> Any:
        """Integers from ``low`` to below ``high``, or from 0 to below ``low``."""
        low, high = (0, low) if high is None else (low, high)
        if size is None:
            return low + self._words.below(int(high - low))
        return np.array([low + self._words.below(int(high - low)) for _ in range(int(np.prod(size)))]).reshape(size)

    def permutation(self, count: int) -> np.ndarray:
        """The numbers below ``count`` in a random order."""
        return _shuffle(list(range(count)), self._words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rest, name)


def _shuffle(items: list[int], words: _Words | _Minimal) -> np.ndarray:
    """``std::shuffle``."""
    count, i = len(items), 1
    if count > (65535 if isinstance(words, _Words) else 46340):  # the most whose square the generator can draw
        for i in range(1, count):
            at = words.below(i + 1)
            items[i], items[at] = items[at], items[i]
        return np.array(items, np.int64)
    if count and count % 2 == 0:
        at = words.below(2)
        items[1], items[at] = items[at], items[1]
        i = 2
    while i < count:
        first, second = divmod(words.below((i + 1) * (i + 2)), i + 2)
        items[i], items[first] = items[first], items[i]
        items[i + 1], items[second] = items[second], items[i + 1]
        i += 2
    return np.array(items, np.int64)


class _LongWords:
    """The numbers of ``std::mt19937_64`` (Matsumoto and Nishimura, 2004)."""

    _MASK = (1 << 64) - 1

    def __init__(self, seed: int) -> None:
        state = [seed]
        for i in range(1, 312):
            state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & self._MASK)
        self._state, self._at = state, 312

    def __call__(self) -> int:
        state = self._state
        if self._at == 312:
            for k in range(312):
                y = (state[k] & 0xFFFFFFFF80000000) | (state[(k + 1) % 312] & 0x7FFFFFFF)
                state[k] = state[(k + 156) % 312] ^ (y >> 1) ^ (0xB5026F5AA96619E9 if y & 1 else 0)
            self._at = 0
        y = state[self._at]
        self._at += 1
        y ^= (y >> 29) & 0x5555555555555555
        y ^= (y << 17) & 0x71D67FFFEDA60000
        y ^= (y << 37) & 0xFFF7EEE000000000
        return (y ^ (y >> 43)) & self._MASK
