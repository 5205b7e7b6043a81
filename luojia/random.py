"""Random numbers for both doors: ``seed`` and the draws of ``nd.random``; MindSpore's ``set_seed``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._src.core.random import seed_streams
from ._src.engine.devices import Context
from ._src.errors import ArgumentError, DTypeError

_DRAWS = ("uniform normal randn poisson exponential gamma multinomial negative_binomial generalized_negative_binomial "
          "shuffle randint uniform_like normal_like exponential_like gamma_like poisson_like negative_binomial_like "
          "generalized_negative_binomial_like").split()
_global_seed: int | None = None


def seed(seed_state: int, ctx: Context | str = "all") -> None:
    """Start the random streams of all devices, or of ``ctx`` alone, anew: the same seed gives the same numbers.

    >>> import luojia as mx
    >>> seed(1); a = mx.nd.random.normal(shape=(2,)).asnumpy()
    >>> seed(1); (a == mx.nd.random.normal(shape=(2,)).asnumpy()).all()
    np.True_
    """
    seed_streams(seed_state, None if isinstance(ctx, str) and ctx == "all" else Context(ctx))


def set_seed(seed: int) -> None:
    """Seed luojia's random streams and NumPy's, as MindSpore does.

    Raises:
        DTypeError: a TypeError: the seed is no int.
        ArgumentError: a ValueError: the seed is negative.
    """
    global _global_seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise DTypeError(f"The argument 'seed' must be type of int, but got {type(seed)}.")
    if seed < 0:
        raise ArgumentError(f"For 'global_seed', the 'seed' must be int and must >= 0, but got '{seed}' with type "
                            f"'{type(seed).__name__}'.")
    np.random.seed(int(seed) % (1 << 32))
    seed_streams(int(seed))
    _global_seed = int(seed)


def get_seed() -> int | None:
    """The seed that ``set_seed`` was given last; None before."""
    return _global_seed


def __getattr__(name: str) -> Any:
    if name in _DRAWS:
        from .ndarray import random

        return getattr(random, name)
    raise AttributeError(f"module 'luojia.random' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_DRAWS])
