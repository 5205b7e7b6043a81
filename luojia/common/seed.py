"""The seed of all random numbers."""

from __future__ import annotations

import numpy as np

from .._src.core.random import seed_streams
from .._src.errors import ArgumentError, DTypeError
from .._src.paths import public_names

__all__ = ["get_seed", "set_seed"]
__dir__ = public_names(__name__)

_seed: int | None = None
_pipelines: tuple[int, np.random.RandomState] | None = None  # the seed of luojia.dataset, and its transforms' numbers


def set_pipelines_seed(seed: int | None) -> None:
    """Seeds what ``luojia.dataset`` shuffles and draws; None takes the seed away."""
    global _pipelines
    _pipelines = None if seed is None else (seed, np.random.RandomState(seed % (1 << 32)))


def pipelines_seed() -> tuple[int, np.random.RandomState] | None:
    """The seed of ``luojia.dataset``, if there is one, and the numbers of its transforms."""
    return _pipelines


def set_seed(seed: int) -> None:
    """Seed luojia's random streams, NumPy's global one and the pipelines of ``luojia.dataset``.

    Raises:
        TypeError: a seed that is no int.
        ValueError: a seed below 0, or of more than 32 bits.

    >>> from luojia import get_seed, set_seed
    >>> set_seed(7); get_seed()
    7
    """
    global _seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise DTypeError(f"For 'set_seed', the argument 'seed' must be int, but got {type(seed).__name__}.")
    if seed < 0:
        raise ArgumentError(f"For 'set_seed', the argument 'seed' must be greater than or equal to 0, but got {seed}.")
    if seed >= 1 << 32:
        raise ArgumentError(f"Seed must be between 0 and 2**32 - 1, but got {seed}.")
    np.random.seed(int(seed))
    seed_streams(int(seed))
    set_pipelines_seed(int(seed))
    _seed = int(seed)


def _get_graph_seed(op_seed: int | None, kernel_name: str) -> tuple[int, int]:
    """What layers of one's own hand their random operators: the global seed and the operator's, 0 for none."""
    return _seed or 0, op_seed or 0


def get_seed() -> int | None:
    """The seed that was set; None without one.

    >>> luojia.set_seed(7)
    >>> luojia.get_seed()
    7
    """
    return _seed
