"""The class forms of random candidates, masks and truncated normal numbers."""

from __future__ import annotations

from typing import Any

from .._src.ops import Tensor
from .._src.ops.composed import candidates as functions
from .forms import class_form
from .random import next_seed, random_gamma


def _seed(self: Any) -> int | None:
    """The seed of this call, by the attributes; None draws from the stream."""
    return next_seed(self, self.attrs.get("seed", 0), self.attrs.get("seed2", 0))


def _uniform(self: Any, true_classes: Tensor) -> tuple:
    return functions.uniform_candidate_sampler(true_classes, **{**self.attrs, "seed": _seed(self) or 0})


def _log_uniform(self: Any, true_classes: Tensor) -> tuple:
    return functions.log_uniform_candidate_sampler(true_classes, **{**self.attrs, "seed": _seed(self) or 0})


def _gamma(self: Any, shape: Any, alpha: Tensor) -> Tensor:
    return random_gamma(shape, alpha, _seed(self))


def _bits(self: Any, shape: Any, keep_prob: Any) -> Tensor:
    return functions.dropout_bits(shape, keep_prob, next_seed(self, self.Seed0, self.Seed1))


_SEEDS = {"seed": 0, "seed2": 0}
_ROWS: tuple[Any, ...] = (
    ("UniformCandidateSampler", {"num_true": ..., "num_sampled": ..., "unique": ..., "range_max": ..., "seed": 0,
                                 "remove_accidental_hits": False}, _uniform,
     functions.uniform_candidate_sampler.__doc__),
    ("LogUniformCandidateSampler", {"num_true": 1, "num_sampled": 5, "unique": True, "range_max": 5, "seed": 0},
     _log_uniform, functions.log_uniform_candidate_sampler.__doc__),
    ("RandomChoiceWithMask", {"count": 256, **_SEEDS},
     lambda self, x: functions.choice_with_mask(x, self.count, _seed(self)), functions.choice_with_mask.__doc__),
    ("ComputeAccidentalHits", {"num_true": 1},
     lambda self, true_classes, sampled: functions.accidental_hits(true_classes, sampled, self.num_true),
     functions.accidental_hits.__doc__),
    ("RandomGamma", _SEEDS, _gamma, "Gamma numbers of rate 1, ``shape`` of them for each element of ``alpha``."),
    ("ParameterizedTruncatedNormal", _SEEDS,
     lambda self, shape, mean, stdevs, min, max: functions.parameterized_truncated_normal(
         shape, mean, stdevs, min, max, _seed(self)), functions.parameterized_truncated_normal.__doc__),
    ("DropoutGenMask", {"Seed0": 0, "Seed1": 0}, _bits, functions.dropout_bits.__doc__),
    ("DropoutDoMask", {}, lambda self, x, mask, keep_prob: functions.dropout_by_bits(x, mask, keep_prob),
     functions.dropout_by_bits.__doc__),
)
_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
NAMES: dict[str, Any] = {cls.__name__: cls for cls in _CLASSES} | {n: getattr(functions, n) for n in (
    "uniform_candidate_sampler", "log_uniform_candidate_sampler", "choice_with_mask", "multinomial_with_replacement")}
