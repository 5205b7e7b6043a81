"""Recurrent cells: one step at a time, ``output, states = cell(input, states)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._src.paths import public_names
from ...ndarray import zeros
from ..block import Block, HybridBlock
from . import sequences

__all__ = [
    "GRUCell", "HybridRecurrentCell", "HybridSequentialRNNCell", "LSTMCell", "RNNCell", "RecurrentCell",
    "SequentialRNNCell",
]
__dir__ = public_names(__name__, lambda: (
    "BidirectionalCell", "DropoutCell", "ModifierCell", "ResidualCell", "ZoneoutCell"))


class RecurrentCell(Block):
    """Base class of cells.

    >>> from luojia import nd
    >>> cell = GRUCell(4, input_size=3)
    >>> cell.initialize()
    >>> output, states = cell(nd.ones((2, 3)), cell.begin_state(batch_size=2))
    >>> output.shape, [s.shape for s in states]
    ((2, 4), [(2, 4)])
    """

    def __init__(self, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Start counting steps anew, in this cell and its children."""
        self._init_counter = -1
        self._counter = -1
        for child in self._children.values():
            child.reset()

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        raise NotImplementedError

    def begin_state(self, batch_size: int = 0, func: Callable | None = None, **kwargs: Any) -> list:
        """The states before the first step.

        Args:
            batch_size: number of samples.
            func: what makes a state of ``shape`` (and ``name``); zeros if not given.
            kwargs: for ``func``, as ``ctx``.
        """
        assert not self._modified, (
            "After applying modifier cells (e.g. ZoneoutCell) the base cell cannot be called directly. Call the "
            "modifier cell instead."
        )
        func = func or zeros
        states = []
        for info in self.state_info(batch_size):
            self._init_counter += 1
            states.append(sequences.call_begin(func, f"{self._prefix}begin_state_{self._init_counter}",
                                               {**info, **kwargs}))
        return states

    def _begin_for(self, F: Any, step: Any) -> list:
        """Zero states for a sequence whose steps are like ``step``, (N, C)."""
        return [sequences.zeros_for(F, step, info["shape"][-1]) for info in self.state_info(0)]

    def unroll(self, length: int | None, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, list]:
        """Run the cell over a sequence.

        Args:
            length: number of steps.
            inputs: an array with a time axis, or a list of steps (N, C).
            begin_state: the first states; zeros if not given.
            layout: 'NTC' or 'TNC', where the time axis is.
            merge_outputs: give outputs as one array, or as a list; None: as a list, but as one array where
                ``valid_length`` is given.
            valid_length: (N,) lengths; outputs behind them are zero, states those at them.

        Returns:
            The outputs and the last states.
        """
        self.reset()
        F, steps, _ = sequences.to_steps(length, inputs, layout)
        length = len(steps)
        states = self._begin_for(F, steps[0]) if begin_state is None else begin_state
        outputs, history = [], []
        for step in steps:
            output, states = self(step, states)
            outputs.append(output)
            if valid_length is not None:
                history.append(states)
        if valid_length is not None:
            states = [sequences.last_valid(F, list(each), valid_length) for each in zip(*history)]
            return sequences.mask(F, outputs, length, valid_length, layout, merge_outputs is not False), states
        return (sequences.merge(F, outputs, layout) if merge_outputs else outputs), states

    def forward(self, inputs: Any, states: Any) -> Any:
        self._counter += 1
        return super().forward(inputs, states)


class HybridRecurrentCell(RecurrentCell, HybridBlock):
    """Base class of cells that are HybridBlocks: ``hybrid_forward(F, inputs, states, **params)``."""

    def __init__(self, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no hybrid_forward.")

    def _activate(self, F: Any, x: Any, activation: Any, **kwargs: Any) -> Any:
        if activation == "tanh":
            return F.tanh(x, **kwargs)
        if activation == "sigmoid":
            return F.sigmoid(x, **kwargs)
        if isinstance(activation, str):
            return F.Activation(x, act_type=activation, **kwargs)
        return activation(x)


class _GatedCell(HybridRecurrentCell):
    """A cell whose gates are linear in input and hidden state."""

    _gates = 1
    _states = 1
    _hint = ""

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any, h2h_weight_initializer: Any,
                 i2h_bias_initializer: Any, h2h_bias_initializer: Any, input_size: int, prefix: str | None,
                 params: Any) -> None:
        super().__init__(prefix=prefix, params=params)
        self._hidden_size = hidden_size
        self._input_size = input_size
        rows = self._gates * hidden_size
        self.i2h_weight = self.params.get("i2h_weight", shape=(rows, input_size), init=i2h_weight_initializer,
                                          allow_deferred_init=True)
        self.h2h_weight = self.params.get("h2h_weight", shape=(rows, hidden_size), init=h2h_weight_initializer,
                                          allow_deferred_init=True)
        self.i2h_bias = self.params.get("i2h_bias", shape=(rows,), init=i2h_bias_initializer,
                                        allow_deferred_init=True)
        self.h2h_bias = self.params.get("h2h_bias", shape=(rows,), init=h2h_bias_initializer,
                                        allow_deferred_init=True)

    def _alias(self) -> str:
        return self._hint

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        return [{"shape": (batch_size, self._hidden_size), "__layout__": "NC"} for _ in range(self._states)]

    def _linear(self, F: Any, inputs: Any, hidden: Any, i2h_weight: Any, h2h_weight: Any, i2h_bias: Any,
                h2h_bias: Any) -> tuple[Any, Any, str]:
        """The gates' parts from the input and from the hidden state, and the names' prefix of this step."""
        prefix = f"t{self._counter}_"
        rows = self._gates * self._hidden_size
        return (F.FullyConnected(inputs, i2h_weight, i2h_bias, num_hidden=rows, name=prefix + "i2h"),
                F.FullyConnected(hidden, h2h_weight, h2h_bias, num_hidden=rows, name=prefix + "h2h"), prefix)

    def __repr__(self) -> str:
        rows, width = self.i2h_weight.shape or (None, None)
        return f"{type(self).__name__}({width or None} -> {rows})"


class RNNCell(_GatedCell):
    """``h' = activation(W x + b + R h + c)`` (Elman 1990).

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.RNNCell(8)
    >>> cell.initialize()
    >>> y, states = cell(nd.ones((3, 4)), cell.begin_state(3))
    >>> y.shape, len(states)
    ((3, 8), 1)
    """

    _hint = "rnn"

    def __init__(self, hidden_size: int, activation: Any = "tanh", i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", input_size: int = 0, prefix: str | None = None,
                 params: Any = None) -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, input_size, prefix, params)
        self._activation = activation

    def hybrid_forward(self, F: Any, inputs: Any, states: Any, **params: Any) -> Any:
        i2h, h2h, prefix = self._linear(F, inputs, states[0], **params)
        output = self._activate(F, F.elemwise_add(i2h, h2h, name=prefix + "plus0"), self._activation,
                                name=prefix + "out")
        return output, [output]

    def __repr__(self) -> str:
        rows, width = self.i2h_weight.shape or (None, None)
        return f"{type(self).__name__}({width or None} -> {rows}, {self._activation})"


class LSTMCell(_GatedCell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output.

    ``c' = f c + i g;  h' = o tanh(c')``.

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.LSTMCell(8)
    >>> cell.initialize()
    >>> y, states = cell.unroll(5, nd.ones((3, 5, 4)), merge_outputs=True)
    >>> y.shape, len(states)
    ((3, 5, 8), 2)
    """

    _gates = 4
    _states = 2
    _hint = "lstm"

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros", input_size: int = 0,
                 prefix: str | None = None, params: Any = None, activation: Any = "tanh",
                 recurrent_activation: Any = "sigmoid") -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, input_size, prefix, params)
        self._activation = activation
        self._recurrent_activation = recurrent_activation

    def hybrid_forward(self, F: Any, inputs: Any, states: Any, **params: Any) -> Any:
        i2h, h2h, prefix = self._linear(F, inputs, states[0], **params)
        gates = F.elemwise_add(i2h, h2h, name=prefix + "plus0")
        i, f, g, o = F.SliceChannel(gates, num_outputs=4, name=prefix + "slice")
        i = self._activate(F, i, self._recurrent_activation, name=prefix + "i")
        f = self._activate(F, f, self._recurrent_activation, name=prefix + "f")
        g = self._activate(F, g, self._activation, name=prefix + "c")
        o = self._activate(F, o, self._recurrent_activation, name=prefix + "o")
        cell = F.elemwise_add(F.elemwise_mul(f, states[1], name=prefix + "mul0"),
                              F.elemwise_mul(i, g, name=prefix + "mul1"), name=prefix + "state")
        output = F.elemwise_mul(o, F.Activation(cell, act_type="tanh", name=prefix + "activation0")
                                if self._activation == "tanh" else self._activate(F, cell, self._activation),
                                name=prefix + "out")
        return output, [output, cell]


class GRUCell(_GatedCell):
    """Gated recurrent unit (Cho et al. 2014), gates in the order reset, update, new; the reset gate acts after the
    product with the hidden state, as in cuDNN: ``n = tanh(W x + b + r (R h + c));  h' = (1 - z) n + z h``.

    >>> from luojia import gluon, nd
    >>> cell = gluon.rnn.GRUCell(8)
    >>> cell.initialize()
    >>> y, states = cell(nd.ones((3, 4)), cell.begin_state(3))
    >>> y.shape, len(states)
    ((3, 8), 1)
    """

    _gates = 3
    _hint = "gru"

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros", input_size: int = 0,
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, input_size, prefix, params)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any, **params: Any) -> Any:
        i2h, h2h, prefix = self._linear(F, inputs, states[0], **params)
        xr, xz, xn = F.SliceChannel(i2h, num_outputs=3, name=prefix + "i2h_slice")
        hr, hz, hn = F.SliceChannel(h2h, num_outputs=3, name=prefix + "h2h_slice")
        r = F.Activation(F.elemwise_add(xr, hr, name=prefix + "plus0"), act_type="sigmoid", name=prefix + "r_act")
        z = F.Activation(F.elemwise_add(xz, hz, name=prefix + "plus1"), act_type="sigmoid", name=prefix + "z_act")
        new = F.elemwise_add(xn, F.elemwise_mul(r, hn, name=prefix + "mul0"), name=prefix + "plus2")
        new = F.Activation(new, act_type="tanh", name=prefix + "h_act")
        one = F.ones_like(z, name=prefix + "ones_like0")
        output = F.elemwise_add(
            F.elemwise_mul(F.elemwise_sub(one, z, name=prefix + "minus0"), new, name=prefix + "mul1"),
            F.elemwise_mul(z, states[0], name=prefix + "mul20"), name=prefix + "out",
        )
        return output, [output]


class _Several(RecurrentCell):
    """Cells whose states stand one after the other."""

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        return [info for cell in self._children.values() for info in cell.state_info(batch_size)]

    def begin_state(self, batch_size: int = 0, func: Callable | None = None, **kwargs: Any) -> list:
        assert not self._modified, (
            "After applying modifier cells (e.g. ZoneoutCell) the base cell cannot be called directly. Call the "
            "modifier cell instead."
        )
        return [s for cell in self._children.values() for s in cell.begin_state(batch_size, func, **kwargs)]

    def _begin_for(self, F: Any, step: Any) -> list:
        return [s for cell in self._children.values() for s in cell._begin_for(F, step)]


class _Stacked(_Several):
    """Cells one upon the other."""

    def add(self, cell: Block) -> None:
        """Append a cell."""
        self.register_child(cell)

    def unroll(self, length: int | None, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, list]:
        self.reset()
        F, steps, _ = sequences.to_steps(length, inputs, layout)
        states = self._begin_for(F, steps[0]) if begin_state is None else begin_state
        cells = list(self._children.values())
        after, place, current = [], 0, inputs
        for number, cell in enumerate(cells):
            count = len(cell.state_info())
            current, new = cell.unroll(len(steps), current, states[place:place + count], layout,
                                       None if number < len(cells) - 1 else merge_outputs, valid_length)
            place += count
            after.extend(new)
        return current, after

    def _step(self, inputs: Any, states: Any) -> tuple[Any, list]:
        after, place = [], 0
        for cell in self._children.values():
            count = len(cell.state_info())
            inputs, new = cell(inputs, states[place:place + count])
            place += count
            after.extend(new)
        return inputs, after

    def __getitem__(self, index: int) -> Any:
        return list(self._children.values())[index]

    def __len__(self) -> int:
        return len(self._children)

    def __repr__(self) -> str:
        lines = [f"({key}): {cell!r}" for key, cell in self._children.items()]
        return "{}(\n{}\n)".format(type(self).__name__, "\n".join(lines))


class SequentialRNNCell(_Stacked):
    """Cells one upon the other.

    >>> from luojia import gluon, nd
    >>> cells = gluon.rnn.SequentialRNNCell()
    >>> cells.add(gluon.rnn.LSTMCell(8))
    >>> cells.add(gluon.rnn.GRUCell(6))
    >>> cells.initialize()
    >>> y, states = cells(nd.ones((3, 4)), cells.begin_state(3))
    >>> y.shape, len(states)
    ((3, 6), 3)
    """

    def forward(self, inputs: Any, states: Any) -> tuple[Any, list]:
        self._counter += 1
        return self._step(inputs, states)


class HybridSequentialRNNCell(_Stacked, HybridRecurrentCell):
    """Hybrid cells one upon the other.

    >>> from luojia import gluon, nd
    >>> cell = HybridSequentialRNNCell()
    >>> cell.add(gluon.rnn.LSTMCell(4))
    >>> cell.add(gluon.rnn.GRUCell(3))
    >>> cell.initialize()
    >>> output, states = cell(nd.ones((2, 5)), cell.begin_state(batch_size=2))
    >>> output.shape, len(states)
    ((2, 3), 3)
    """

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> tuple[Any, list]:
        return self._step(inputs, states)
