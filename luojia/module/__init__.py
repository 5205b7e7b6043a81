"""Module: training loops around symbols, under MXNet's names."""

from __future__ import annotations

from typing import Any

from .._src.errors import RefusedName
from .base_module import BaseModule
from .bucketing_module import BucketingModule
from .module import Module

_REFUSED = {"SequentialModule": "compose the symbols instead, as in second(data=first)",
            "PythonModule": "write a gluon.Block or an autograd.Function instead",
            "PythonLossModule": "write the loss as a symbol and end it with sym.make_loss"}


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"module.{name} is not provided: {_REFUSED[name]}.")
    raise AttributeError(f"module 'luojia.module' has no attribute {name!r}")


__all__ = ["BaseModule", "BucketingModule", "Module"]
