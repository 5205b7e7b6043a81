"""Sources of random numbers that one can hold, rewind and hand to functions."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from ..engine.devices import cpu, current_context
from ..errors import ArgumentError, DTypeError
from .frame import Untraceable
from .random import Stream, key_scope, seed_streams, stream_of
from .tape import state as tape_state
from .tensor import Tensor

_STATE_BYTES = 16


class Generator:
    """A stream of random numbers of its own.

    >>> from luojia import mint
    >>> g = Generator().manual_seed(5)
    >>> state = g.get_state()
    >>> first = mint.rand(2, generator=g)
    >>> g.set_state(state)
    >>> bool((first == mint.rand(2, generator=g)).all())
    True

    Matches ``mindspore.Generator``; the numbers are luojia's.
    """

    def __init__(self) -> None:
        self._seed = 0
        self._own: Stream | None = Stream(0, cpu())

    @property
    def _stream(self) -> Stream:
        return self._own if self._own is not None else stream_of(current_context())

    def manual_seed(self, seed: int) -> Generator:
        """Start anew from a seed; gives the generator."""
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise DTypeError(f"For 'Generator.manual_seed', the seed must be int, but got {type(seed).__name__}.")
        self._seed = int(seed)
        if self._own is None:
            seed_streams(self._seed)
        else:
            self._own = Stream(self._seed, cpu())
        return self

    def seed(self) -> int:
        """Start anew from a seed of the operating system; gives it."""
        self.manual_seed(int.from_bytes(os.urandom(4), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that it last started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """Where it is: a Tensor of 16 bytes."""
        return Tensor(self._stream.state)

    def set_state(self, state: Tensor) -> None:
        """Go on from where ``get_state`` was called."""
        if not isinstance(state, Tensor):
            raise DTypeError(f"For 'Generator.set_state', the state must be a Tensor, but got {type(state).__name__}.")
        value = state.asnumpy()
        if value.shape != (_STATE_BYTES,) or value.dtype != np.uint8:
            raise ArgumentError(f"For 'Generator.set_state', the state must be what get_state gives, {_STATE_BYTES} "
                                f"numbers of uint8, but got shape {value.shape} and {value.dtype}.")
        self._stream.state = value


def _shared() -> Generator:
    found = Generator()
    found._own = None  # the stream of the current device
    return found


default_generator = _shared()


def manual_seed(seed: int) -> Generator:
    """Seed the numbers that are drawn where no generator is given."""
    return default_generator.manual_seed(seed)


def initial_seed() -> int:
    """What ``manual_seed`` was last given."""
    return default_generator.initial_seed()


def seed() -> int:
    """Seed those numbers from the operating system; gives the seed."""
    return default_generator.seed()


def get_rng_state() -> Tensor:
    """Where the stream of the current device is."""
    return default_generator.get_state()


def set_rng_state(state: Tensor) -> None:
    """Go on from where ``get_rng_state`` was called."""
    default_generator.set_state(state)


def drawing_from(generator: Generator | None) -> AbstractContextManager:
    """A block whose random numbers are of ``generator``, if that is one."""
    if generator is None:
        return nullcontext()
    if not isinstance(generator, Generator):
        raise DTypeError(f"generator must be a Generator or None, but got {type(generator).__name__}.")
    if tape_state.frame is not None:
        raise Untraceable("it draws from a Generator, whose place in its stream is known to Python only")
    return key_scope(generator._stream.draw)
