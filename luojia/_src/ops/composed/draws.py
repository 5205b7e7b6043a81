"""Random draws of the shape of a Tensor, some of them in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import float_limits, is_float, to_np
from ...core.generator import drawing_from
from ...core.op import OPERATORS as OP
from ...core.random import next_key
from ...core.tensor import Tensor
from ...errors import ArgumentError, ShapeError
from .settle import settle


def key_of(seed: int | None) -> Any:
    """The key of a call's ``seed``, or the stream's next."""
    return next_key() if not seed else np.array([seed >> 32 & 0xFFFFFFFF, seed & 0xFFFFFFFF], np.uint32)


def multinomial(input: Tensor, num_samples: int, replacement: bool = True, seed: int | None = None) -> Tensor:
    """``num_samples`` indices (Int32) per row, drawn with the weights in the last axis of ``input``.

    Without ``replacement`` no index comes twice (by Gumbel's trick: the greatest of log p + noise).
    """
    if input.ndim not in (1, 2):
        raise ShapeError(f"For 'multinomial', input must have 1 or 2 axes, but got shape {input.shape}.")
    if num_samples <= 0:
        raise ArgumentError(f"For 'multinomial', the 'num_samples' must be greater than 0, but got {num_samples}.")
    if replacement:
        return OP["sample_multinomial"](key_of(seed), input, shape=(num_samples,), dtype="int32")
    if num_samples > input.shape[-1]:
        raise ArgumentError("For 'multinomial', the 'num_samples' must be less than the last dimension of input "
                            f"without 'replacement', but got 'num_samples': {num_samples} and 'replacement': False")
    noise = OP["random_exponential"](key_of(seed), shape=input.shape, dtype="float64").asnumpy()
    with np.errstate(divide="ignore"):
        score = np.log(input.asnumpy().astype(np.float64)) - np.log(noise)
    return Tensor(np.argsort(-score, axis=-1)[..., :num_samples].astype(np.int32))


def random_categorical(logits: Tensor, num_sample: int, seed: int = 0, dtype: Any = None) -> Tensor:
    """``num_sample`` classes per row of logits (N, C), drawn with the probabilities softmax(logits); Int64."""
    if logits.ndim != 2:
        raise ShapeError(f"For 'random_categorical', logits must have shape (N, C), got {logits.shape}.")
    drawn = OP["sample_multinomial"](key_of(seed), OP["softmax"](logits, axis=-1), shape=(num_sample,), dtype="int32")
    return OP["cast"](drawn, dtype="int64" if dtype is None else to_np(dtype))


def bernoulli(self: Tensor, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in each element, else 0."""
    with drawing_from(generator):
        u = OP["random_uniform"](next_key(self._device), shape=self.shape, dtype="float32", low=0.0, high=1.0)
        return OP["cast"](OP["less"](u, self), dtype=self.np_dtype)


def uniform(self: Tensor, from_: float = 0.0, to: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform numbers of [from_, to) in the shape and dtype of this Tensor."""
    with drawing_from(generator):
        return _draw(self, "random_uniform", low=float(from_), high=float(to))


def cauchy(self: Tensor, median: float = 0.0, sigma: float = 1.0) -> Tensor:
    """Cauchy's distribution around ``median`` of half width ``sigma``, in the shape of this Tensor, Float32."""
    u = OP["random_uniform"](next_key(self._device), shape=self.shape, dtype="float32", low=0.0, high=1.0)
    return median + sigma * OP["tan"]((u - 0.5) * np.pi)


def log_normal(self: Tensor, mean: float = 1.0, std: float = 2.0) -> Tensor:
    """e to the power of normal numbers, in the shape and dtype of this Tensor."""
    return OP["exp"](_draw(self, "random_normal", loc=float(mean), scale=float(std)))


def _draw(self: Tensor, operator: str, **attrs: Any) -> Tensor:
    kind = self.np_dtype if is_float(self.np_dtype) else np.dtype(np.float32)
    return OP[operator](next_key(self._device), shape=self.shape, dtype=kind.name, **attrs)


def _drawn(self: Tensor, name: str, operator: str, **attrs: Any) -> Tensor:
    return settle(self, OP["cast"](_draw(self, operator, **attrs), dtype=self.np_dtype), name)


def uniform_(self: Tensor, from_: float = 0, to: float = 1, *, generator: Any = None) -> Tensor:
    """Uniform numbers of [from_, to) everywhere."""
    with drawing_from(generator):
        return _drawn(self, "uniform_", "random_uniform", low=float(from_), high=float(to))


def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Any = None) -> Tensor:
    """Normal numbers everywhere."""
    with drawing_from(generator):
        return _drawn(self, "normal_", "random_normal", loc=float(mean), scale=float(std))


def exponential_(self: Tensor, lambd: float = 1, *, generator: Any = None) -> Tensor:
    """Exponential numbers of rate ``lambd`` everywhere."""
    with drawing_from(generator):
        return _drawn(self, "exponential_", "random_exponential", lam=float(lambd))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """1 with probability ``p``, a number or a Tensor, else 0, everywhere."""
    with drawing_from(generator):
        u = OP["random_uniform"](next_key(self._device), shape=self.shape, dtype="float32", low=0.0, high=1.0)
        return settle(self, OP["cast"](OP["less"](u, p), dtype=self.np_dtype), "bernoulli_")


def random_(self: Tensor, from_: int = 0, to: int | None = None, *, generator: Any = None) -> Tensor:
    """Whole numbers of [from_, to) everywhere, by default up to what the dtype holds exactly."""
    with drawing_from(generator):
        kind = self.np_dtype
        top = to if to is not None else min(2**31 - 1, 2 ** (float_limits(kind).nmant + 1) if is_float(kind) else
                                            np.iinfo(kind).max)
        if to is None and from_ != 0:
            from_, top = (0, int(from_)) if from_ > 0 else (int(from_), top)
        new = OP["random_randint"](next_key(self._device), low=int(from_), high=int(top), shape=self.shape,
                                   dtype="int32")
        return settle(self, OP["cast"](new, dtype=kind), "random_")


