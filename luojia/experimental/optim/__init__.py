"""Optimizers that are called with gradients, whose groups of parameters one can read and change."""

import sys

from ..._src.paths import also_at, public_names
from . import lr_scheduler
from .optimizer import Optimizer
from .rules import ASGD, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop, Rprop

__all__ = ["ASGD", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop",
           "Rprop", "lr_scheduler"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "adadelta", "adagrad", "adam", "adamax", "adamw", "asgd", "nadam", "radam", "rmsprop", "rprop", "sgd")))
