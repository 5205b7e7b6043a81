"""Networks under MindSpore's names: Module (Cell), layers, losses, optimizers, metrics, training cells."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from .._src.core.arguments import guard_all
from .._src.errors import AbsentName
from .._src.paths import also_at, answering, open_paths, public_names
from . import (
    accepted,
    activation,
    attention,
    basic,
    combined,
    conv,
    dropout,
    dynamic_lr,
    elementary,
    embedding,
    grad_reducer,
    graph_cell,
    image,
    layer_operators,
    learning_rate_schedule,
    loss,
    loss_margin,
    loss_overlap,
    loss_sampled,
    metrics,
    micro_batch,
    normalization,
    optim,
    optimizer_base,
    padding,
    pooling,
    refused,
    rnn,
    sparse,
    tensor_array,
    told,
    transformer,
    wrap,
)
from .activation import *  # noqa: F403
from .arguments import ROWS
from .attention import *  # noqa: F403
from .basic import *  # noqa: F403
from .combined import *  # noqa: F403
from .containers import CellDict, CellList, SequentialCell
from .conv import *  # noqa: F403
from .declared import no_init_parameters
from .dropout import *  # noqa: F403
from .dynamic_lr import *  # noqa: F403
from .elementary import *  # noqa: F403
from .embedding import *  # noqa: F403
from .grad_reducer import *  # noqa: F403
from .graph_cell import *  # noqa: F403
from .image import *  # noqa: F403
from .learning_rate_schedule import *  # noqa: F403
from .loss import *  # noqa: F403
from .loss_margin import *  # noqa: F403
from .loss_overlap import *  # noqa: F403
from .loss_sampled import *  # noqa: F403
from .metrics import *  # noqa: F403
from .micro_batch import *  # noqa: F403
from .module import Cell, Module
from .normalization import *  # noqa: F403
from .optim import *  # noqa: F403
from .padding import *  # noqa: F403
from .pooling import *  # noqa: F403
from .refused import *  # noqa: F403
from .rnn import *  # noqa: F403
from .sparse import *  # noqa: F403
from .tensor_array import *  # noqa: F403
from .transformer import *  # noqa: F403
from .wrap import *  # noqa: F403

# What programs import by its path, as from mindspore.nn.layer.conv import _Conv.
_Conv, _BatchNorm, _Loss = conv._Conv, normalization._BatchNorm, loss.LossBase  # noqa: SLF001
opt_init_args_register = optimizer_base.opt_init_args_register

__all__ = ["Cell", "CellDict", "CellList", "Module", "SequentialCell", "no_init_parameters"]
__all__ += activation.__all__
__all__ += attention.__all__
__all__ += basic.__all__
__all__ += combined.__all__
__all__ += conv.__all__
__all__ += dropout.__all__
__all__ += dynamic_lr.__all__
__all__ += elementary.__all__
__all__ += embedding.__all__
__all__ += grad_reducer.__all__
__all__ += graph_cell.__all__
__all__ += image.__all__
__all__ += learning_rate_schedule.__all__
__all__ += loss.__all__
__all__ += loss_margin.__all__
__all__ += loss_overlap.__all__
__all__ += loss_sampled.__all__
__all__ += metrics.__all__
__all__ += micro_batch.__all__
__all__ += normalization.__all__
__all__ += optim.__all__
__all__ += padding.__all__
__all__ += pooling.__all__
__all__ += refused.__all__
__all__ += rnn.__all__
__all__ += sparse.__all__
__all__ += tensor_array.__all__
__all__ += transformer.__all__
__all__ += wrap.__all__
__dir__ = public_names(__name__)

layer_operators.install(globals())
guard_all(globals(), ROWS)
accepted.guard_all(globals(), accepted.ROWS)
told.tell(globals(), __all__, ROWS, accepted.ROWS)

also_at(sys.modules[__name__], *(f"{__name__}.{p}" for p in (
    "cell", "layer", "grad", "grad.cell_grad", "loss.loss", "optim.optimizer", "wrap.cell_wrapper", "wrap.loss_scale",
    "wrap.grad_reducer", "utils")), *(f"{__name__}.layer.{p}" for p in (
        "activation", "basic", "channel_shuffle", "combined", "container", "conv", "dense", "embedding", "image",
        "lstm", "math", "normalization", "padding", "pooling", "rnn_cells", "rnns", "thor_layer", "timedistributed",
        "transformer")),
    *(f"{__name__}.optim.{p}" for p in (
        "ada_grad", "adadelta", "adafactor", "adagrad", "adam", "adamax", "asgd", "ftrl", "lamb", "lars", "lazyadam",
        "momentum", "proximal_ada_grad", "rmsprop", "rprop", "sgd", "thor")), f"{__name__}.sparse.sparse",
    f"{__name__}.reinforcement", f"{__name__}.reinforcement.tensor_array")
answering(sys.modules[__name__], *[module for name, module in sys.modules.items() if name.startswith(f"{__name__}.")
                                   and name == module.__name__])


def __getattr__(name: str) -> Any:
    if name == "probability":  # distributions need scipy, which takes its time to load
        return importlib.import_module(f".{name}", __name__)
    if name.endswith("Ext"):  # as MindSpore also calls the layers of mint
        from .. import mint

        return getattr(mint.nn, name[:-3])
    raise AbsentName("luojia.nn", name)

open_paths(sys.modules[__name__])
