"""The seed of all random numbers."""

from __future__ import annotations

import numpy as np

from .._src.core.random import seed_streams
from .._src.errors import ArgumentError, DTypeError

_seed: int | None = None


def set_seed(seed: int) -> None:
    """Seed luojia's random streams and NumPy's global one.

    Raises:
        TypeError: a seed that is no int.
        ValueError: a negative seed.

    >>> from luojia import get_seed, set_seed
    >>> set_seed(7); get_seed()
    7
    """
    global _seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise DTypeError(f"For 'set_seed', the argument 'seed' must be int, but got {type(seed).__name__}.")
    if seed < 0:
        raise ArgumentError(f"For 'set_seed', the argument 'seed' must be greater than or equal to 0, but got {seed}.")
    np.random.seed(int(seed) % (1 << 32))
    seed_streams(int(seed))
    _seed = int(seed)


def get_seed() -> int | None:
    """The seed that was set; None without one."""
    return _seed
