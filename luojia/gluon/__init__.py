"""Gluon: Blocks, Parameters, Trainer, losses, layers and data under MXNet's names."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .._src.errors import AbsentName
from .._src.paths import public_names
from . import block, loss, nn, parameter, rnn, trainer, utils
from .block import Block, HybridBlock, SymbolBlock
from .parameter import Constant, DeferredInitializationError, Parameter, ParameterDict, tensor_types
from .trainer import Trainer

if TYPE_CHECKING:
    from . import contrib, data, model_zoo

__all__ = ["Block", "Constant", "DeferredInitializationError", "HybridBlock", "Parameter", "ParameterDict",
           "SymbolBlock", "Trainer", "block", "contrib", "data", "loss", "model_zoo", "nn", "parameter", "rnn",
           "tensor_types", "trainer", "utils"]
__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    if name in ("contrib", "data", "model_zoo"):
        return importlib.import_module(f".{name}", __name__)
    raise AbsentName(__name__, name)
