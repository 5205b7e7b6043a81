"""Checkpoints of graphs with cells, in which each gate has its own arrays, as MXNet writes them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..model import load_checkpoint, save_checkpoint
from ..symbol import Symbol, Variable
from .rnn_cell import BaseRNNCell


def _listed(cells: Any) -> list[BaseRNNCell]:
    return [cells] if isinstance(cells, BaseRNNCell) else list(cells)


def save_rnn_checkpoint(cells: Any, prefix: str, epoch: int, symbol: Symbol, arg_params: dict,
                        aux_params: dict) -> None:
    """``model.save_checkpoint`` with the weights of the cells (one or a list) unpacked."""
    for cell in _listed(cells):
        arg_params = cell.unpack_weights(arg_params)
    save_checkpoint(prefix, epoch, symbol, arg_params, aux_params)


def load_rnn_checkpoint(cells: Any, prefix: str, epoch: int) -> tuple[Any, dict, dict]:
    """``model.load_checkpoint`` with the weights of the cells packed: (symbol, arg_params, aux_params)."""
    symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
    for cell in _listed(cells):
        arg_params = cell.pack_weights(arg_params)
    return symbol, arg_params, aux_params


def do_rnn_checkpoint(cells: Any, prefix: str, period: int = 1) -> Callable:
    """A callback for ``Module.fit`` that saves every ``period`` epochs; see ``save_rnn_checkpoint``."""
    period = int(max(1, period))

    def callback(iter_no: int, sym: Any = None, arg: Any = None, aux: Any = None) -> None:
        if (iter_no + 1) % period == 0:
            save_rnn_checkpoint(cells, prefix, iter_no + 1, sym, arg, aux)

    return callback


def rnn_unroll(cell: BaseRNNCell, length: int, inputs: Any = None, begin_state: list | None = None,
               input_prefix: str = "", layout: str = "NTC") -> tuple[Any, list]:
    """``cell.unroll``, under its old name; without inputs, of variables named by ``input_prefix``."""
    warnings.warn("rnn_unroll is deprecated. Please call cell.unroll directly.", stacklevel=2)
    if inputs is None:
        inputs = [Variable(f"{input_prefix}t{i}_data") for i in range(length)]
    return cell.unroll(length, inputs, begin_state, layout)
