"""Draws of candidates: classes for sampled losses, places of a mask, truncated normal numbers, masks of dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import float32
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from ..compose import placed
from .draws import key_of, multinomial


def _uniform(seed: int | None, shape: Any) -> np.ndarray:
    """Uniform numbers of [0, 1) in float64, on the host."""
    return OP["random_uniform"](key_of(seed), low=0.0, high=1.0, shape=shape, dtype="float64").asnumpy()


def _check_classes(name: str, true_classes: Tensor, num_true: int, num_sampled: int, unique: bool, limit: int) -> None:
    if true_classes.np_dtype.name not in ("int32", "int64"):
        raise DTypeError(f"For '{name}', true_classes must be Int32 or Int64, got {true_classes.dtype}.")
    if true_classes.ndim not in (1, 2) or true_classes.shape[-1] != num_true and true_classes.ndim == 2:
        raise ShapeError(f"For '{name}', true_classes must have shape (N, {num_true}), got {true_classes.shape}.")
    if limit < 1 or num_sampled < 1 or unique and num_sampled > limit:
        raise ArgumentError(f"For '{name}', num_sampled must be at least 1 and, as draws are "
                            f"{'unique' if unique else 'repeated'}, fit range_max; got {num_sampled} and {limit}.")


def _sampled(probabilities: np.ndarray, count: int, unique: bool, seed: int | None, without: np.ndarray | None = None,
             ) -> tuple[np.ndarray, int]:
    """(classes, draws): draws go on until there are ``count`` classes, different ones if ``unique``."""
    ends = np.cumsum(probabilities)
    found: list[int] = []
    seen = set() if without is None else set(without.ravel().tolist())
    draws, block = 0, max(64, 4 * count)
    rng = np.random.Generator(np.random.Philox(key=int(_uniform(seed, (1,))[0] * 2**53)))
    while len(found) < count:
        for c in np.searchsorted(ends, rng.random(block) * ends[-1], side="right").tolist():
            draws += 1
            if c in seen:
                continue
            found.append(c)
            if unique:
                seen.add(c)
            if len(found) == count:
                break
    return np.array(found), draws


def _expected(p: np.ndarray, count: int, draws: int) -> np.ndarray:
    """How often classes of probabilities ``p`` are expected among ``count`` that took ``draws``."""
    return (p * count if draws == count else -np.expm1(draws * np.log1p(-p))).astype(np.float32)


def uniform_candidate_sampler(true_classes: Tensor, num_true: int, num_sampled: int, unique: bool, range_max: int,
                              seed: int = 0, remove_accidental_hits: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """``num_sampled`` classes of [0, range_max), all equally likely, and how often true and sampled ones are expected.

    Returns (num_sampled,) in the dtype of the true classes (N, num_true), then Float32 of these two shapes, true first.
    ``remove_accidental_hits`` draws no true class where draws are ``unique``, if that leaves ``num_sampled``.
    """
    _check_classes("uniform_candidate_sampler", true_classes, num_true, num_sampled, unique, range_max)
    without = true_classes.asnumpy() if remove_accidental_hits and unique else None
    if without is not None and range_max - len(np.unique(without)) < num_sampled:
        without = None
    found, draws = _sampled(np.full(range_max, 1 / range_max), num_sampled, unique, seed, without)
    expected = _expected(np.asarray(1 / range_max), num_sampled, draws)
    return (placed(found.astype(true_classes.np_dtype), true_classes),
            placed(np.full(true_classes.shape, expected), true_classes),
            placed(np.full(num_sampled, expected), true_classes))


def log_uniform_candidate_sampler(true_classes: Tensor, num_true: int = 1, num_sampled: int = 5, unique: bool = True,
                                  range_max: int = 5, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """As ``uniform_candidate_sampler``, class k having the probability log((k + 2) / (k + 1)) / log(range_max + 1)."""
    _check_classes("log_uniform_candidate_sampler", true_classes, num_true, num_sampled, unique, range_max)
    def p(classes: np.ndarray) -> np.ndarray:
        return np.log((classes + 2) / (classes + 1)) / np.log(range_max + 1)

    found, draws = _sampled(p(np.arange(range_max)), num_sampled, unique, seed)
    return (placed(found.astype(true_classes.np_dtype), true_classes),
            placed(_expected(p(true_classes.asnumpy()), num_sampled, draws), true_classes),
            placed(_expected(p(found), num_sampled, draws), true_classes))


def accidental_hits(true_classes: Tensor, sampled_candidates: Tensor, num_true: int = 1) -> tuple:
    """Where sampled candidates are true classes (N, num_true): (rows, positions among the sampled, weights), the first
    two in the classes' dtype, the weights the least Float32.

    >>> rows, at, _ = accidental_hits(Tensor([[1, 2], [0, 4]]), Tensor([0, 1, 2]), 2)
    >>> rows.tolist(), at.tolist()
    ([0, 0, 1], [1, 2, 0])
    """
    classes, sampled = true_classes.asnumpy(), sampled_candidates.asnumpy()
    if classes.ndim != 2 or classes.shape[1] != num_true or sampled.ndim != 1:
        raise ShapeError(f"For 'ComputeAccidentalHits', expected true_classes (N, {num_true}) and sampled_candidates "
                         f"(n,), got {classes.shape} and {sampled.shape}.")
    rows, _, at = np.nonzero(classes[:, :, None] == sampled)
    weights = np.full(len(rows), np.finfo(np.float32).min)
    return (placed(rows.astype(classes.dtype), true_classes), placed(at.astype(classes.dtype), true_classes),
            placed(weights, true_classes))


def choice_with_mask(input_x: Tensor, count: int = 256, seed: int | None = None) -> tuple[Tensor, Tensor]:
    """``count`` places where a boolean Tensor is True, in random order: (count, axes) Int32, and which are real.

    Where there are fewer, the rest are zeros.

    >>> places, real = choice_with_mask(Tensor([[True, False]]), 2)
    >>> places.tolist(), real.tolist()
    ([[0, 0], [0, 0]], [True, False])
    """
    if input_x.np_dtype.kind != "b" or not input_x.ndim:
        raise DTypeError(f"For 'choice_with_mask', input_x must be a boolean Tensor with axes, got {input_x.dtype} of "
                         f"shape {input_x.shape}.")
    if count < 1:
        raise ArgumentError(f"For 'choice_with_mask', count must be greater than 0, but got {count}.")
    at = np.argwhere(input_x.asnumpy())
    at = at[np.argsort(_uniform(seed, (len(at),)))[:count]] if len(at) else at
    places, real = np.zeros((count, input_x.ndim), np.int32), np.arange(count) < len(at)
    places[: len(at)] = at
    return placed(places, input_x), placed(real, input_x)


def multinomial_with_replacement(x: Tensor, seed: int, offset: int, numsamples: int, replacement: bool = False,
                                 ) -> Tensor:
    """``numsamples`` indices (Int64) per row, drawn with the weights in the last axis of x."""
    if numsamples > x.shape[-1] and not replacement:
        raise ArgumentError("For 'MultinomialWithReplacement', the value of numsamples must equal or less than "
                            f"x_shape[-1], but got {numsamples}.")
    drawn = multinomial(x, numsamples, replacement, (seed << 20 ^ offset) or None)
    return OP["cast"](drawn, dtype="int64")


def parameterized_truncated_normal(shape: Any, mean: Tensor, stdevs: Tensor, min: Tensor, max: Tensor,
                                   seed: int | None = None) -> Tensor:
    """Normal numbers of ``shape`` between ``min`` and ``max``; the parameters have one element, or one per shape[0]."""
    from scipy.special import ndtr, ndtri

    full = tuple(shape.tolist() if isinstance(shape, Tensor) else shape)
    each = [np.asarray(p.asnumpy() if isinstance(p, Tensor) else p, np.float64).reshape(-1)
            for p in (mean, stdevs, min, max)]
    for name, p in zip(("mean", "stdevs", "min", "max"), each):
        if len(p) not in (1, full[0]):
            raise ShapeError(f"For 'ParameterizedTruncatedNormal', {name} must have 1 or {full[0]} elements, got "
                             f"{len(p)}.")
    m, s, low, high = (p.reshape(-1, *(1,) * (len(full) - 1)) for p in each)
    if (s <= 0).any() or (low >= high).any():
        raise ArgumentError("For 'ParameterizedTruncatedNormal', stdevs must be positive, and min less than max.")
    a, b = ndtr((low - m) / s), ndtr((high - m) / s)
    found = np.clip(m + s * ndtri(a + _uniform(seed, full) * (b - a)), low, high)
    dtype = mean.np_dtype if isinstance(mean, Tensor) and mean.np_dtype.kind == "f" else float32.np
    return Tensor(found.astype(dtype))


def dropout_bits(shape: Any, keep_prob: Any, seed: int | None = None) -> Tensor:
    """A bit for each element of ``shape``, 1 with the probability ``keep_prob``, in bytes, 16 at a time (UInt8)."""
    p = float(keep_prob)
    if not 0 <= p <= 1:
        raise ArgumentError(f"For 'DropoutGenMask', keep_prob must lie in [0, 1], got {p}.")
    count = int(np.prod(tuple(shape)))
    bits = np.zeros(-(-count // 128) * 128, bool)
    bits[:count] = _uniform(seed, (count,)) < p
    return Tensor(np.packbits(bits, bitorder="little"))


def dropout_by_bits(input_x: Tensor, mask: Tensor, keep_prob: Any) -> Tensor:
    """x over ``keep_prob`` where the bit of ``mask`` is 1, else 0."""
    bits = np.unpackbits(mask.asnumpy(), bitorder="little")
    if len(bits) < input_x.size:
        raise ShapeError(f"For 'DropoutDoMask', the mask has {len(bits)} bits, but input_x {input_x.size} elements; "
                         "make it with DropoutGenMask of the same shape.")
    kept = bits[: input_x.size].reshape(input_x.shape).astype(input_x.np_dtype)
    p = float(keep_prob)
    return input_x * placed(kept / p if p else kept * 0, input_x)
