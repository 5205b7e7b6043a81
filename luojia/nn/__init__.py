"""Networks under MindSpore's names: Module (Cell), layers, losses, optimizers, metrics, training cells."""

from __future__ import annotations

import sys

from .._src.paths import also_at
from . import (
    activation,
    attention,
    basic,
    containers,
    conv,
    dropout,
    dynamic_lr,
    embedding,
    learning_rate_schedule,
    loss,
    metrics,
    module,
    normalization,
    optim,
    optimizer,
    pooling,
    refused,
    rnn,
    wrap,
)
from .activation import *  # noqa: F403
from .attention import *  # noqa: F403
from .basic import *  # noqa: F403
from .containers import CellDict, CellList, SequentialCell
from .conv import *  # noqa: F403
from .dropout import *  # noqa: F403
from .dynamic_lr import *  # noqa: F403
from .embedding import *  # noqa: F403
from .learning_rate_schedule import *  # noqa: F403
from .loss import *  # noqa: F403
from .metrics import *  # noqa: F403
from .module import Cell, Module
from .normalization import *  # noqa: F403
from .optim import *  # noqa: F403
from .pooling import *  # noqa: F403
from .refused import *  # noqa: F403
from .rnn import *  # noqa: F403
from .wrap import *  # noqa: F403

__all__ = ["Cell", "CellDict", "CellList", "Module", "SequentialCell"]
__all__ += activation.__all__
__all__ += attention.__all__
__all__ += basic.__all__
__all__ += conv.__all__
__all__ += dropout.__all__
__all__ += dynamic_lr.__all__
__all__ += embedding.__all__
__all__ += learning_rate_schedule.__all__
__all__ += loss.__all__
__all__ += metrics.__all__
__all__ += normalization.__all__
__all__ += optim.__all__
__all__ += pooling.__all__
__all__ += refused.__all__
__all__ += rnn.__all__
__all__ += wrap.__all__

_here = sys.modules[__name__]
also_at(_here, *(f"{__name__}.{p}" for p in ("layer", "grad")))
also_at(module, f"{__name__}.cell")
also_at(wrap, *(f"{__name__}.{p}" for p in (
    "wrap.cell_wrapper", "wrap.loss_scale", "wrap.grad_reducer", "layer.timedistributed", "grad.cell_grad")))
also_at(loss, f"{__name__}.loss.loss")
also_at(optim, *(f"{__name__}.optim.{p}" for p in (
    "momentum", "adam", "sgd", "rmsprop", "adagrad", "ftrl", "lamb", "lars", "lazyadam", "adafactor", "adadelta",
    "proximal_ada_grad", "asgd", "rprop", "ada_grad")))
also_at(optimizer, f"{__name__}.optim.optimizer")
also_at(containers, f"{__name__}.layer.container")
for _path, _module in (("basic", basic), ("conv", conv), ("activation", activation), ("normalization", normalization),
                       ("pooling", pooling), ("embedding", embedding), ("math", basic), ("image", basic), ("rnns", rnn),
                       ("lstm", rnn), ("rnn_cells", rnn)):
    also_at(_module, f"{__name__}.layer.{_path}")
