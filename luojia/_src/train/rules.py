"""All update rules by name, and how each door's optimizer classes are made of them.

``RULES[name]`` is a :class:`luojia._src.train.rule.Rule`.  ``MXNET`` and ``MINDSPORE`` map a class name of the original
to a :class:`Preset`: the rule, the hyperparameters that the original fixes or defaults otherwise than the rule, the
original's argument names, and its default learning rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from luojia._src.errors import ArgumentError
from luojia._src.train import rules_adaptive, rules_factored, rules_proximal, rules_sgd  # noqa: F401  (they register)
from luojia._src.train.rule import RULES, Rule, init_multi_precision, update_multi_precision

__all__ = ["MINDSPORE", "MXNET", "RULES", "Preset", "Rule", "find", "init_multi_precision", "update_multi_precision"]


@dataclass(frozen=True)
class Preset:
    """An optimizer class of an original: ``rule``, values that differ from the rule's, and renamed arguments."""

    name: str
    lr: float | None = 0.01
    hyper: Mapping[str, Any] = field(default_factory=dict)
    renamed: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        return RULES[self.name]

    def arguments(self, **given: Any) -> dict[str, Any]:
        """The rule's hyperparameters from the original's arguments; a pair goes to two of them.

        >>> MINDSPORE["RMSProp"].arguments(decay=0.8)["decay_rate"]
        0.8
        """
        hyper = dict(self.hyper)
        for key, value in given.items():
            if key in _MEANINGLESS:
                continue
            target = self.renamed.get(key, key)
            hyper.update(zip(target, value) if isinstance(target, tuple) else [(target, value)])
        return hyper


_MEANINGLESS = {"use_locking", "lazy_update"}  # arguments about sparse gradients and races between writers
_COUPLED = {"decay": "after_clip"}
_BETAS = {"beta_1": "beta1", "beta_2": "beta2", "eps": "epsilon", "use_nesterov": "nesterov", "use_amsgrad": "amsgrad"}

MXNET: dict[str, Preset] = {
    "SGD": Preset("sgd"),
    "NAG": Preset("nag"),
    "SGLD": Preset("sgld"),
    "Signum": Preset("signum"),
    "DCASGD": Preset("dcasgd"),
    "LARS": Preset("lars", hyper={"epsilon": 0.0}, renamed={"eps": "epsilon"}),
    "Adam": Preset("adam", 0.001),
    # mxnet 1.9.1 has no AdamW class (its operator is nd.contrib.adamw_update); the name and defaults are PyTorch's
    "AdamW": Preset("adamw", 0.001, {"epsilon": 1e-8, "bias_correction": True}),
    "Adamax": Preset("adamax", 0.002),
    "Nadam": Preset("nadam", 0.001),
    "FTML": Preset("ftml"),
    "LAMB": Preset("lamb", 0.001),
    # gamma2 is the momentum of the centered form; without ``centered`` mxnet uses no momentum at all
    "RMSProp": Preset("rmsprop", 0.001, renamed={"gamma1": "decay_rate", "gamma2": "momentum"}),
    "AdaGrad": Preset("adagrad", renamed={"eps": "epsilon"}),
    "AdaDelta": Preset("adadelta"),
    "Ftrl": Preset("ftrl", 0.1),
}

MINDSPORE: dict[str, Preset] = {
    "Momentum": Preset("momentum", None, renamed={"use_nesterov": "nesterov"}),
    "SGD": Preset("dampened_sgd", 0.1),
    "Adam": Preset("adam", 0.001, _COUPLED, _BETAS),
    "LazyAdam": Preset("adam", 0.001, _COUPLED, _BETAS),
    "AdamOffload": Preset("adam", 0.001, _COUPLED, _BETAS),
    "AdamWeightDecay": Preset("adamw", 0.001, renamed=_BETAS),
    "AdaMax": Preset("adamax", 0.001, {"epsilon": 1e-8, **_COUPLED}, _BETAS),
    "Lamb": Preset("lamb", None, renamed=_BETAS),
    "RMSProp": Preset(
        "rmsprop", 0.1, {"epsilon": 1e-10, "initial_accumulator": 1.0, **_COUPLED}, {"decay": "decay_rate"}
    ),
    "Adagrad": Preset(
        "adagrad", 0.001, {"epsilon": 0.0, "initial_accumulator": 0.1, **_COUPLED}, {"accum": "initial_accumulator"}
    ),
    "Adadelta": Preset("adadelta", 1.0, {"epsilon": 1e-6, "use_lr": True, **_COUPLED}),
    "ProximalAdagrad": Preset("proximal_adagrad", 0.001, renamed={"accum": "initial_accumulator"}),
    "FTRL": Preset(
        "ftrl", 0.001, {"lamda1": 0.0, "beta": 0.0, "initial_accumulator": 0.1, **_COUPLED},
        {"l1": "lamda1", "l2": "lamda2", "initial_accum": "initial_accumulator"},
    ),
    "ASGD": Preset("asgd", 0.1),
    "Rprop": Preset(
        "rprop", 0.1, renamed={"etas": ("eta_minus", "eta_plus"), "step_sizes": ("step_min", "step_max")}
    ),
    "AdaFactor": Preset("adafactor", None, renamed={"eps": ("eps1", "eps2")}),
}  # fmt: skip


def find(name: str) -> Rule:
    """The rule of that name; an unknown name raises ArgumentError with the names there are.

    >>> find("adam").state_names()
    ('mean', 'var')
    """
    try:
        return RULES[name]
    except KeyError:
        raise ArgumentError(f"There is no update rule '{name}'; there are {', '.join(sorted(RULES))}.") from None
