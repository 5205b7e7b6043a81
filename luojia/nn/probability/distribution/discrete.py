"""Discrete distributions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .... import ops
from ...._src.core.dtypes import DType, float32, int32
from ...._src.core.op import OPERATORS
from ...._src.core.tensor import Tensor
from ...._src.errors import ArgumentError
from .base import Distribution, uniform
from .continuous import need_arrays


class _ByProbability(Distribution):
    _names, _shown, _float = ("probs",), ("probs",), False

    def _check(self, *params: Tensor | None) -> None:
        if params[0] is None:
            return
        probs = params[0].asnumpy()
        if (probs <= 0).any():
            raise ArgumentError("Probabilities must be greater than zero")
        if (probs >= 1).any():
            raise ArgumentError("Probabilities must be less than one")


class Bernoulli(_ByProbability):
    """1 with probability ``probs``, else 0.

    >>> from luojia import Tensor
    >>> from luojia.nn.probability import distribution as msd
    >>> msd.Bernoulli(0.25).prob(Tensor([0.0, 1.0])).tolist()
    [0.75, 0.25]

    Matches ``mindspore.nn.probability.distribution.Bernoulli``.
    """

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: DType = int32,
                 name: str = "Bernoulli") -> None:
        super().__init__(seed, dtype, name, {"probs": probs})

    def _log_prob_of(self, x: Any, p: Any) -> Any:
        return ops.xlogy(x, p) + ops.xlogy(1 - x, 1 - p)

    def _cdf_of(self, x: Any, p: Any) -> Any:
        return ops.where(x < 0, 0.0, ops.where(x < 1, 1 - p + 0 * x, 1.0))

    def _mean_of(self, p: Any) -> Any:
        return p

    def _sd_of(self, p: Any) -> Any:
        return ops.sqrt(p * (1 - p))

    def _mode_of(self, p: Any) -> Any:
        return (p > 0.5).astype(self.dtype)

    def _entropy_of(self, p: Any) -> Any:
        return -(p * ops.log(p) + (1 - p) * ops.log1p(-p))

    def _kl_of(self, p: Any, p_b: Any) -> Any:
        return p * ops.log(p / p_b) + (1 - p) * ops.log((1 - p) / (1 - p_b))

    def _sample_of(self, shape: tuple, p: Any) -> Any:
        return uniform(shape) < p


class Geometric(_ByProbability):
    """(1 - probs)^k probs: the number k of failures before the first success.

    Matches ``mindspore.nn.probability.distribution.Geometric``.
    """

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: DType = int32,
                 name: str = "Geometric") -> None:
        super().__init__(seed, dtype, name, {"probs": probs})

    def _log_prob_of(self, x: Any, p: Any) -> Any:
        k = ops.floor(x)
        return ops.where(k < 0, -math.inf, k * ops.log1p(-p) + ops.log(p))

    def _cdf_of(self, x: Any, p: Any) -> Any:
        k = ops.maximum(ops.floor(x) + 1, 0)
        return 1 - ops.exp(k * ops.log1p(-p))

    def _mean_of(self, p: Any) -> Any:
        return (1 - p) / p

    def _sd_of(self, p: Any) -> Any:
        return ops.sqrt(1 - p) / p

    def _mode_of(self, p: Any) -> Any:
        return ops.zeros_like(p).astype(self.dtype)

    def _entropy_of(self, p: Any) -> Any:
        return -(p * ops.log(p) + (1 - p) * ops.log1p(-p)) / p

    def _kl_of(self, p: Any, p_b: Any) -> Any:
        return ops.log(p / p_b) + (1 - p) / p * ops.log((1 - p) / (1 - p_b))

    def _sample_of(self, shape: tuple, p: Any) -> Any:
        return ops.floor(ops.log(uniform(shape)) / ops.log1p(-p))


class Categorical(_ByProbability):
    """The number i with the i-th of the probabilities along the last axis of ``probs``.

    Matches ``mindspore.nn.probability.distribution.Categorical``.
    """

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: DType = int32,
                 name: str = "Categorical") -> None:
        super().__init__(seed, dtype, name, {"probs": probs})

    def _check(self, *params: Tensor | None) -> None:
        if params[0] is not None and params[0].ndim < 1:
            raise ArgumentError("probs for Categorical distribution must have rank >= 1.")
        super()._check(*params)
        if params[0] is not None and not np.allclose(params[0].asnumpy().sum(-1), 1, atol=1e-5):
            raise ArgumentError("Probabilities for each category should sum to one for Categorical distribution.")

    @property
    def is_scalar_batch(self) -> bool:
        """Whether ``probs`` are of one distribution."""
        return self._of_probs is None or self._of_probs.ndim == 1

    def extend_repr(self) -> str:
        return f"probs = {self._of_probs}" if self.is_scalar_batch else f"batch_shape = {self._of_probs.shape[:-1]}"

    def _chosen(self, table: Any, x: Any) -> Any:
        """The entries of ``table`` at the indices x, nan outside."""
        n, shape = table.shape[-1], np.broadcast_shapes(table.shape[:-1], x.shape)
        index = ops.broadcast_to(ops.floor(x), shape)
        at = ops.one_hot(index.astype(int32), n, Tensor(1.0), Tensor(0.0))
        found = OPERATORS["sum"](at * table, axis=-1)
        return ops.where(ops.logical_and(index >= 0, index < n), found, math.nan)

    def _log_prob_of(self, x: Any, p: Any) -> Any:
        return ops.log(self._chosen(p, x))

    def _cdf_of(self, x: Any, p: Any) -> Any:
        n = p.shape[-1]
        inside = self._chosen(ops.cumsum(p, -1), ops.clamp(x, 0, n - 1))
        return ops.where(x + 0 * inside < 0, ops.zeros_like(inside), inside)

    def _mean_of(self, p: Any) -> Any:
        places = Tensor(np.arange(p.shape[-1]), p.dtype)
        return OPERATORS["sum"](p * places, axis=-1, keepdims=True)

    def _sd_of(self, p: Any) -> Any:
        places = Tensor(np.arange(p.shape[-1]), p.dtype)
        return ops.sqrt(OPERATORS["sum"](p * (places - self._mean_of(p)) ** 2, axis=-1, keepdims=True))

    def _mode_of(self, p: Any) -> Any:
        return ops.argmax(p, -1).astype(self.dtype)

    def _entropy_of(self, p: Any) -> Any:
        return -OPERATORS["sum"](p * ops.log(p), axis=-1)

    def _kl_of(self, p: Any, p_b: Any) -> Any:
        return OPERATORS["sum"](p * ops.log(p / p_b), axis=-1)

    def _event(self, params: list[Tensor]) -> tuple[int, ...]:
        return params[0].shape[:-1]

    def _sample_of(self, shape: tuple, p: Any) -> Any:
        below = ops.cumsum(p, -1)[..., :-1] < ops.expand_dims(uniform(shape), -1)
        return OPERATORS["sum"](below.astype(float32), axis=-1)


class Poisson(Distribution):
    """rate^k e^(-rate) / k!; ``rate`` is a list or Tensor.

    Matches ``mindspore.nn.probability.distribution.Poisson``.
    """

    _names, _shown = ("rate",), ("rate",)

    def __init__(self, rate: Any = None, seed: int | None = None, dtype: DType = float32,
                 name: str = "Poisson") -> None:
        need_arrays(rate=rate)
        super().__init__(seed, dtype, name, {"rate": rate})

    def _check(self, *params: Tensor | None) -> None:
        self._check_sign(("rate", params[0]))

    def _log_prob_of(self, x: Any, rate: Any) -> Any:
        k = ops.maximum(x, 0)
        return ops.where(x < 0, -math.inf, k * ops.log(rate) - rate - ops.lgamma(k + 1))

    def _cdf_of(self, x: Any, rate: Any) -> Any:
        k = ops.floor(ops.maximum(x, 0))
        return ops.where(x < 0, 0.0, ops.igammac(k + 1 + 0 * rate, rate + 0 * x))

    def _mean_of(self, rate: Any) -> Any:
        return rate

    def _sd_of(self, rate: Any) -> Any:
        return ops.sqrt(rate)

    def _mode_of(self, rate: Any) -> Any:
        return ops.floor(rate)

    def _sample_of(self, shape: tuple, rate: Any) -> Any:
        lead = Tensor(np.array(shape[: len(shape) - rate.ndim], np.int32))
        return ops.random_poisson(lead, rate)


__all__ = ["Bernoulli", "Categorical", "Geometric", "Poisson"]
