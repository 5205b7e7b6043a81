"""Cells around cells: dropout, zoneout, residual connections, both directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import sequences
from .rnn_cell import HybridRecurrentCell, SequentialRNNCell, _Several


class DropoutCell(HybridRecurrentCell):
    """Dropout of the input; no states.

    Args:
        rate: probability of zero.
        axes: axes along which entries share their fate.

    >>> from luojia import gluon, nd
    >>> gluon.rnn.DropoutCell(0.5)(nd.ones((3, 4)), [])[0].shape
    (3, 4)
    """

    def __init__(self, rate: float, axes: Sequence[int] = (), prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix, params)
        assert isinstance(rate, (int, float)), "rate must be a number"
        self._rate = rate
        self._axes = axes

    def _alias(self) -> str:
        return "dropout"

    def state_info(self, batch_size: int = 0) -> list:
        return []

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> tuple[Any, Any]:
        if self._rate > 0:
            inputs = F.Dropout(inputs, p=self._rate, axes=self._axes, name=f"t{self._counter}_fwd")
        return inputs, states

    def unroll(self, length: int | None, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, list]:
        self.reset()
        if isinstance(inputs, (list, tuple)):
            outputs = [self(step, [])[0] for step in inputs]
            return (sequences.merge(sequences.namespace_of(inputs), outputs, layout) if merge_outputs else outputs), []
        output = self(inputs, begin_state or [])[0]
        if merge_outputs is False:
            output = sequences.to_steps(length, output, layout)[1]
        return output, []

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rate={self._rate}, axes={self._axes})"


class ModifierCell(HybridRecurrentCell):
    """Base class of cells that change what another cell does.

    Args:
        base_cell: the other cell, which can then be used through this one only.
    """

    def __init__(self, base_cell: Any) -> None:
        assert not base_cell._modified, f"Cell {base_cell.name} is already modified. One cell cannot be modified twice"
        base_cell._modified = True
        super().__init__(prefix=base_cell.prefix + self._alias(), params=None)
        self.base_cell = base_cell

    @property
    def params(self) -> Any:
        return self.base_cell.params

    def state_info(self, batch_size: int = 0) -> list:
        return self.base_cell.state_info(batch_size)

    def begin_state(self, batch_size: int = 0, func: Callable | None = None, **kwargs: Any) -> list:
        assert not self._modified, (
            "After applying modifier cells (e.g. DropoutCell) the base cell cannot be called directly. Call the "
            "modifier cell instead."
        )
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(batch_size, func, **kwargs)
        finally:
            self.base_cell._modified = True

    def _begin_for(self, F: Any, step: Any) -> list:
        return self.base_cell._begin_for(F, step)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_cell!r})"


class ZoneoutCell(ModifierCell):
    """While training keeps entries of the last output and states with given probabilities (Krueger et al. 2017).

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.ZoneoutCell(gluon.rnn.RNNCell(4), zoneout_outputs=0.3)
    >>> cell.initialize()
    >>> cell(nd.ones((3, 4)), cell.begin_state(3))[0].shape
    (3, 4)
    """

    def __init__(self, base_cell: Any, zoneout_outputs: float = 0.0, zoneout_states: float = 0.0) -> None:
        assert not isinstance(base_cell, BidirectionalCell), (
            "BidirectionalCell doesn't support zoneout since it doesn't support step. Please add ZoneoutCell to the "
            "cells underneath instead."
        )
        assert not isinstance(base_cell, SequentialRNNCell) or not any(
            isinstance(c, BidirectionalCell) for c in base_cell._children.values()
        ), ("Bidirectional SequentialRNNCell doesn't support zoneout. Please add ZoneoutCell to the cells underneath "
            "instead.")
        super().__init__(base_cell)
        self._zoneout_outputs = zoneout_outputs
        self._zoneout_states = zoneout_states
        self._prev_output: Any = None

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(p_out={self._zoneout_outputs}, p_state={self._zoneout_states}, "
                f"{self.base_cell!r})")

    def _alias(self) -> str:
        return "zoneout"

    def reset(self) -> None:
        super().reset()
        self._prev_output = None

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> tuple[Any, list]:
        output, new_states = self.base_cell(inputs, states)

        def mix(p: float, new: Any, old: Any) -> Any:
            if p == 0.0:
                return new
            return F.where(F.Dropout(F.ones_like(new), p=p), new, old)

        previous = F.zeros_like(output) if self._prev_output is None else self._prev_output
        output = mix(self._zoneout_outputs, output, previous)
        new_states = [mix(self._zoneout_states, new, old) for new, old in zip(new_states, states)]
        self._prev_output = output
        return output, new_states


class ResidualCell(ModifierCell):
    """Adds the input to the output (Wu et al. 2016).

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.ResidualCell(gluon.rnn.GRUCell(4))
    >>> cell.initialize()
    >>> cell(nd.ones((3, 4)), cell.begin_state(3))[0].shape
    (3, 4)
    """

    def __init__(self, base_cell: Any) -> None:
        super().__init__(base_cell)

    def _alias(self) -> str:
        return "residual"

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> tuple[Any, list]:
        output, states = self.base_cell(inputs, states)
        return F.elemwise_add(output, inputs, name=f"t{self._counter}_fwd"), states

    def unroll(self, length: int | None, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, list]:
        self.reset()
        F, steps, _ = sequences.to_steps(length, inputs, layout)
        self.base_cell._modified = False
        try:
            outputs, states = self.base_cell.unroll(len(steps), steps, begin_state, layout, False, valid_length)
        finally:
            self.base_cell._modified = True
        if valid_length is not None:
            steps = sequences.mask(F, steps, len(steps), valid_length, layout, False)
        outputs = [F.elemwise_add(a, b) for a, b in zip(outputs, steps)]
        merged = merge_outputs or merge_outputs is None and valid_length is not None
        return (sequences.merge(F, outputs, layout) if merged else outputs), states


class BidirectionalCell(_Several, HybridRecurrentCell):
    """One cell forwards and one backwards over a sequence, their outputs side by side; only ``unroll`` runs it.

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.BidirectionalCell(gluon.rnn.LSTMCell(8), gluon.rnn.LSTMCell(8))
    >>> cell.initialize()
    >>> cell.unroll(5, nd.ones((3, 5, 4)), merge_outputs=True)[0].shape
    (3, 5, 16)
    """

    def __init__(self, l_cell: Any, r_cell: Any, output_prefix: str = "bi_") -> None:
        super().__init__(prefix="", params=None)
        self.register_child(l_cell, "l_cell")
        self.register_child(r_cell, "r_cell")
        self._output_prefix = output_prefix

    def __call__(self, inputs: Any, states: Any) -> Any:
        raise NotImplementedError("Bidirectional cannot be stepped. Please use unroll")

    def __repr__(self) -> str:
        cells = self._children
        return f"{type(self).__name__}(forward={cells['l_cell']!r}, backward={cells['r_cell']!r})"

    def unroll(self, length: int | None, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, list]:
        self.reset()
        F, steps, _ = sequences.to_steps(length, inputs, layout)
        length = len(steps)
        states = self._begin_for(F, steps[0]) if begin_state is None else begin_state
        left, right = self._children.values()
        count = len(left.state_info())
        backwards = sequences.reverse(F, steps, length, valid_length)
        ahead, left_states = left.unroll(length, steps, states[:count], layout, False, valid_length)
        behind, right_states = right.unroll(length, backwards, states[count:], layout, False, valid_length)
        behind = sequences.reverse(F, behind, length, valid_length)
        outputs = [F.concat(a, b, dim=1) for a, b in zip(ahead, behind)]
        return (sequences.merge(F, outputs, layout) if merge_outputs else outputs), left_states + right_states


__all__ = ["BidirectionalCell", "DropoutCell", "ModifierCell", "ResidualCell", "ZoneoutCell"]
