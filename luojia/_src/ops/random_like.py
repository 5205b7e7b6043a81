"""Random draws in the shape and dtype of an array: MXNet's ``random.*_like``."""

from __future__ import annotations

from ..core.dtypes import is_float
from ..core.op import OPERATORS, op
from . import random as _random  # noqa: F401 - registers the draws

_DRAWS = {
    "uniform": {"low": 0.0, "high": 1.0},
    "normal": {"loc": 0.0, "scale": 1.0},
    "exponential": {"lam": 1.0},
    "gamma": {"alpha": 1.0, "beta": 1.0},
    "poisson": {"lam": 1.0},
    "negative_binomial": {"k": 1, "p": 1.0},
    "generalized_negative_binomial": {"mu": 1.0, "alpha": 1.0},
}


def _like(name: str, params: dict[str, float]) -> None:
    draw = OPERATORS[f"random_{name}"]
    names = list(params)
    first, second = names[0], names[-1]

    def one(xp, key, x, **given):
        return draw.fn(xp, key, **given, shape=tuple(x.shape), dtype=x.dtype.name if is_float(x.dtype) else "float32")

    signature = ", ".join(f"{k}={v!r}" for k, v in params.items())
    passed = ", ".join(f"{k}={k}" for k in dict.fromkeys((first, second)))
    space = {"one": one}
    exec(f"def random_{name}_like(xp, key, x, *, {signature}): return one(xp, key, x, {passed})", space)  # noqa: S102
    function = space[f"random_{name}_like"]
    function.__doc__ = f"{(draw.__doc__ or '').rstrip('.')}, in the shape and dtype of ``data``."
    function.__module__ = __name__
    op(fn=(), mx=f"_random_{name}_like(data:x, {signature})", differentiable=False)(function)


for _name, _params in _DRAWS.items():
    _like(_name, _params)
