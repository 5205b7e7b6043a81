"""Cells around cells: dropout, zoneout, residual connections, both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import symbol
from ..symbol import Symbol
from .fused_cell import FusedRNNCell
from .rnn_cell import MODIFIED, BaseRNNCell, CellOfCells, RNNParams, normalized


class DropoutCell(BaseRNNCell):
    """Dropout of the inputs, at rate ``dropout``; it has no state."""

    def __init__(self, dropout: float, prefix: str = "dropout_", params: RNNParams | None = None) -> None:
        super().__init__(prefix, params)
        assert isinstance(dropout, (int, float)), f"dropout probability must be a number, got {dropout!r}"
        self.dropout = dropout

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return []

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        return (symbol.Dropout(inputs, p=self.dropout) if self.dropout > 0 else inputs), states

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        self.reset()
        inputs = normalized(length, inputs, layout, merge_outputs)
        if isinstance(inputs, Symbol):
            return self(inputs, [])
        return super().unroll(length, inputs, begin_state, layout, merge_outputs)


class ModifierCell(BaseRNNCell):
    """Base class of cells that change what another cell does; that one may then not be called by itself."""

    def __init__(self, base_cell: BaseRNNCell) -> None:
        super().__init__()
        base_cell._modified = True
        self.base_cell = base_cell

    def reset(self) -> None:
        super().reset()
        if hasattr(self, "base_cell"):
            self.base_cell.reset()

    @property
    def params(self) -> RNNParams:
        self._own_params = False
        return self.base_cell.params

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return self.base_cell.state_info

    def begin_state(self, func: Callable = symbol.zeros, **kwargs: Any) -> list:
        assert not self._modified, MODIFIED
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(func=func, **kwargs)
        finally:
            self.base_cell._modified = True

    def unpack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        return self.base_cell.unpack_weights(args)

    def pack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        return self.base_cell.pack_weights(args)


class ZoneoutCell(ModifierCell):
    """Outputs and states that keep their last value with some probability (Krueger et al. 2016)."""

    def __init__(self, base_cell: BaseRNNCell, zoneout_outputs: float = 0.0, zoneout_states: float = 0.0) -> None:
        assert not isinstance(base_cell, FusedRNNCell), "FusedRNNCell doesn't support zoneout. Please unfuse first."
        assert not isinstance(base_cell, BidirectionalCell), (
            "BidirectionalCell doesn't support zoneout since it doesn't support step. Please add ZoneoutCell to the "
            "cells underneath instead."
        )
        super().__init__(base_cell)
        self.zoneout_outputs, self.zoneout_states = zoneout_outputs, zoneout_states
        self.prev_output: Symbol | None = None

    def reset(self) -> None:
        super().reset()
        self.prev_output = None

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        output, after = self.base_cell(inputs, states)

        def kept(rate: float, new: Symbol, old: Symbol) -> Symbol:
            return symbol.where(symbol.Dropout(symbol.ones_like(new), p=rate), new, old) if rate else new

        before = symbol.zeros_like(output) if self.prev_output is None else self.prev_output
        output = kept(self.zoneout_outputs, output, before)
        self.prev_output = output
        return output, [kept(self.zoneout_states, new, old) for new, old in zip(after, states)]


class ResidualCell(ModifierCell):
    """The output of a cell plus its input (Wu et al. 2016); both have one width."""

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        output, states = self.base_cell(inputs, states)
        return symbol.elemwise_add(output, inputs, name=f"{output.name}_plus_residual"), states

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        self.reset()
        self.base_cell._modified = False
        try:
            outputs, states = self.base_cell.unroll(length, inputs, begin_state, layout, merge_outputs)
        finally:
            self.base_cell._modified = True
        merge = isinstance(outputs, Symbol) if merge_outputs is None else merge_outputs
        inputs = normalized(length, inputs, layout, merge)
        if merge:
            return symbol.elemwise_add(outputs, inputs, name=f"{outputs.name}_plus_residual"), states
        return [symbol.elemwise_add(o, i, name=f"{o.name}_plus_residual") for o, i in zip(outputs, inputs)], states


class BidirectionalCell(CellOfCells):
    """One cell forward, another backward over the sequence; their outputs side by side.

    Args:
        l_cell, r_cell: the two. output_prefix: of the outputs' names.
    """

    def __init__(self, l_cell: BaseRNNCell, r_cell: BaseRNNCell, params: RNNParams | None = None,
                 output_prefix: str = "bi_") -> None:
        super().__init__(params)
        self._output_prefix = output_prefix
        for cell in (l_cell, r_cell):
            self.add(cell)

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        raise NotImplementedError("Bidirectional cannot be stepped. Please use unroll")

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        self.reset()
        steps = normalized(length, inputs, layout, False)
        states = self.begin_state() if begin_state is None else begin_state
        left, right = self._cells
        first = len(left.state_info)
        ahead, ahead_states = left.unroll(length, steps, states[:first], layout, merge_outputs)
        back, back_states = right.unroll(length, list(reversed(steps)), states[first:], layout, merge_outputs)
        after = [ahead_states, back_states]
        merge = isinstance(ahead, Symbol) and isinstance(back, Symbol) if merge_outputs is None else merge_outputs
        ahead, back = normalized(length, ahead, layout, merge), normalized(length, back, layout, merge)
        if merge:
            back = symbol.reverse(back, axis=layout.find("T"))
            return symbol.concat(ahead, back, dim=2, name=self._output_prefix + "out"), after
        return [symbol.concat(a, b, dim=1, name=f"{self._output_prefix}t{i}")
                for i, (a, b) in enumerate(zip(ahead, reversed(back)))], after
