"""``mx.random``: ``seed``, and the draws of ``nd.random``. (MindSpore's ``set_seed`` is in ``luojia.common``.)"""

from __future__ import annotations

from typing import Any

from ._src.core.random import seed_streams
from ._src.engine.devices import Context
from ._src.errors import AbsentName
from ._src.paths import public_names

_DRAWS = ("uniform normal randn poisson exponential gamma multinomial negative_binomial generalized_negative_binomial "
          "shuffle randint uniform_like normal_like exponential_like gamma_like poisson_like negative_binomial_like "
          "generalized_negative_binomial_like").split()


def seed(seed_state: int, ctx: Context | str = "all") -> None:
    """Start the random streams of all devices, or of ``ctx`` alone, anew: the same seed gives the same numbers.

    >>> import luojia as mx
    >>> seed(1); a = mx.nd.random.normal(shape=(2,)).asnumpy()
    >>> seed(1); (a == mx.nd.random.normal(shape=(2,)).asnumpy()).all()
    np.True_
    """
    seed_streams(seed_state, None if isinstance(ctx, str) and ctx == "all" else Context(ctx))


def __getattr__(name: str) -> Any:
    if name in _DRAWS:
        from .ndarray import random

        return getattr(random, name)
    raise AbsentName("luojia.random", name)


__dir__ = public_names(__name__, lambda: ("seed", *_DRAWS))
