"""A stack of recurrent layers as the one operator ``RNN``."""

from __future__ import annotations

from typing import Any

from .. import initializer, symbol
from .. import ndarray as nd
from .._src.ops.rnn_layout import GATE_NAMES, gate_slices
from ..symbol import Symbol
from .rnn_cell import BaseRNNCell, GRUCell, LSTMCell, RNNCell, RNNParams, SequentialRNNCell, normalized


class FusedRNNCell(BaseRNNCell):
    """Several layers of one kind, run over the whole sequence by one operator; it can only be unrolled.

    Args:
        mode: 'rnn_relu', 'rnn_tanh', 'lstm' or 'gru'. bidirectional: run both ways.
        dropout: between layers. get_next_state: also give the states after the last step.
        forget_bias: what the forget gates' biases of an LSTM begin with.
    """

    def __init__(self, num_hidden: int, num_layers: int = 1, mode: str = "lstm", bidirectional: bool = False,
                 dropout: float = 0.0, get_next_state: bool = False, forget_bias: float = 1.0,
                 prefix: str | None = None, params: RNNParams | None = None) -> None:
        super().__init__(f"{mode}_" if prefix is None else prefix, params)
        self._num_hidden, self._num_layers, self._mode = num_hidden, num_layers, mode
        self._bidirectional, self._dropout, self._get_next_state = bidirectional, dropout, get_next_state
        self._parameter = self._params.get("parameters", init=initializer.FusedRNN(
            None, num_hidden, num_layers, mode, bidirectional, forget_bias))

    @property
    def state_info(self) -> list[dict[str, Any]]:
        shape = (self._num_layers * (1 + self._bidirectional), 0, self._num_hidden)
        return [{"shape": shape, "__layout__": "LNC"} for _ in range(1 + (self._mode == "lstm"))]

    @property
    def _gate_names(self) -> tuple | list:
        return GATE_NAMES[self._mode]

    def _parts(self, total: int) -> dict:
        return gate_slices(total, self._mode, self._num_hidden, self._num_layers, self._bidirectional)

    def unpack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        args = dict(args)
        flat = args.pop(self._prefix + "parameters")
        for name, (where, shape) in self._parts(flat.size).items():
            args[self._prefix + name] = flat[where].reshape(shape).copy()
        return args

    def pack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        args = dict(args)
        gate = self._gate_names[0]
        width = args[f"{self._prefix}l0_i2h{gate}_weight"].shape[1]
        directions, size = 1 + self._bidirectional, self._num_hidden
        rows = len(self._gate_names) * size
        total = rows * directions * (width + size + 2 + (self._num_layers - 1) * (directions * size + size + 2))
        args[self._prefix + "parameters"] = nd.concatenate(
            [args.pop(self._prefix + name).reshape((-1,)) for name in self._parts(total)])
        return args

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        raise NotImplementedError("FusedRNNCell cannot be stepped. Please use unroll")

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        self.reset()
        inputs = normalized(length, inputs, layout, True)
        turned = layout.find("T") == 1
        if turned:
            inputs = symbol.swapaxes(inputs, dim1=0, dim2=1)
        states = self.begin_state() if begin_state is None else begin_state
        given = dict(zip(("state", "state_cell"), states))
        run = symbol.RNN(inputs, self._parameter, state_size=self._num_hidden, num_layers=self._num_layers,
                         bidirectional=self._bidirectional, p=self._dropout, state_outputs=self._get_next_state,
                         mode=self._mode, name=self._prefix + "rnn", **given)
        outputs, after = (run[0], [run[i + 1] for i in range(len(states))]) if self._get_next_state else (run, [])
        if turned:
            outputs = symbol.swapaxes(outputs, dim1=0, dim2=1)
        return normalized(length, outputs, layout, merge_outputs), after

    def unfuse(self) -> SequentialRNNCell:
        """Cells that step and do the same; weights go from one to the other through ``unpack_weights``."""
        from .modifier_cells import BidirectionalCell, DropoutCell

        def cell(prefix: str) -> BaseRNNCell:
            if self._mode.startswith("rnn"):
                return RNNCell(self._num_hidden, activation=self._mode[4:], prefix=prefix)
            return (LSTMCell if self._mode == "lstm" else GRUCell)(self._num_hidden, prefix=prefix)

        stack = SequentialRNNCell()
        for i in range(self._num_layers):
            left = cell(f"{self._prefix}l{i}_")
            stack.add(BidirectionalCell(left, cell(f"{self._prefix}r{i}_"),
                                        output_prefix=f"{self._prefix}bi_{self._mode}_{i}_")
                      if self._bidirectional else left)
            if self._dropout > 0 and i < self._num_layers - 1:
                stack.add(DropoutCell(self._dropout, prefix=f"{self._prefix}_dropout{i}_"))
        return stack
