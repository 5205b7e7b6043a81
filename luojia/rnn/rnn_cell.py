"""Cells: a step of a recurrent network as a graph, and its unrolling over a sequence.

>>> import luojia as mx
>>> outputs, states = LSTMCell(5).unroll(2, mx.sym.var("data"), merge_outputs=True)
>>> outputs.infer_shape(data=(3, 2, 4))[1]
[(3, 2, 5)]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import initializer, symbol
from .. import ndarray as nd
from ..symbol import Symbol

MODIFIED = ("After applying modifier cells (e.g. DropoutCell) the base cell cannot be called directly. Call the "
            "modifier cell instead.")


class RNNParams:
    """The variables of cells: cells that are given the same RNNParams share their weights.

    >>> RNNParams("a_").get("weight")
    <Symbol a_weight>
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._params: dict[str, Symbol] = {}

    def get(self, name: str, **kwargs: Any) -> Symbol:
        """The variable of this name behind the prefix, made with ``kwargs`` at the first call."""
        name = self._prefix + name
        if name not in self._params:
            self._params[name] = symbol.Variable(name, **kwargs)
        return self._params[name]


class BaseRNNCell:
    """Base class: a subclass defines ``state_info`` and ``__call__(inputs, states) -> (output, states)``.

    Args:
        prefix: of its variables' and operators' names.
        params: an RNNParams to share.
    """

    _cells: list

    def __init__(self, prefix: str = "", params: RNNParams | None = None) -> None:
        self._own_params = params is None
        self._prefix = prefix
        self._params = RNNParams(prefix) if params is None else params
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Begin to count the steps anew, before building another graph."""
        self._init_counter = self._counter = -1
        for cell in getattr(self, "_cells", ()):
            cell.reset()

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        """The output and the states of one step, (N, size) each, for inputs (N, width) and the states before."""
        raise NotImplementedError

    @property
    def params(self) -> RNNParams:
        """Its variables, to be given to another cell."""
        self._own_params = False
        return self._params

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shape and layout of each state; 0 stands for the batch size."""
        raise NotImplementedError

    @property
    def state_shape(self) -> list[tuple]:
        """The shape of each state."""
        return [info["shape"] for info in self.state_info]

    @property
    def _gate_names(self) -> tuple | list:
        return ()

    @property
    def _num_gates(self) -> int:
        return len(self._gate_names)

    def begin_state(self, func: Callable = symbol.zeros, **kwargs: Any) -> list:
        """The states before the first step: what ``func(name=, shape=)`` makes; the batch size is inferred."""
        assert not self._modified, MODIFIED
        states = []
        for info in self.state_info:
            self._init_counter += 1
            info = {**info, **kwargs}
            if func not in (symbol.Variable, symbol.var):
                info.pop("__layout__")
            states.append(func(name=f"{self._prefix}begin_state_{self._init_counter}", **info))
        return states

    def unpack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        """``args`` with the arrays of each gate instead of those that hold all gates."""
        args = dict(args)
        if self._gate_names:
            for group in ("i2h", "h2h"):
                for kind in ("weight", "bias"):
                    whole = args.pop(f"{self._prefix}{group}_{kind}")
                    rows = whole.shape[0] // len(self._gate_names)
                    for j, gate in enumerate(self._gate_names):
                        args[f"{self._prefix}{group}{gate}_{kind}"] = whole[j * rows : (j + 1) * rows].copy()
        return args

    def pack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        """The reverse of ``unpack_weights``."""
        args = dict(args)
        if self._gate_names:
            for group in ("i2h", "h2h"):
                for kind in ("weight", "bias"):
                    parts = [args.pop(f"{self._prefix}{group}{gate}_{kind}") for gate in self._gate_names]
                    args[f"{self._prefix}{group}_{kind}"] = nd.concatenate(parts)
        return args

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        """The outputs of ``length`` steps, and the states after the last.

        Args:
            inputs: one Symbol of ``layout``, or a list of steps.
            begin_state: the states before; zeros by default.
            layout: 'NTC' or 'TNC'.
            merge_outputs: give the outputs as one Symbol, or as a list; by default a list, where the cell steps.
        """
        self.reset()
        steps = normalized(length, inputs, layout, False)
        states = self.begin_state() if begin_state is None else begin_state
        outputs = []
        for i in range(length):
            output, states = self(steps[i], states)
            outputs.append(output)
        return normalized(length, outputs, layout, merge_outputs), states

    def _activate(self, inputs: Symbol, activation: Any, **kwargs: Any) -> Symbol:
        if isinstance(activation, str):
            return symbol.Activation(inputs, act_type=activation, **kwargs)
        return activation(inputs, **kwargs)


def normalized(length: int, inputs: Any, layout: str, merge: bool | None, in_layout: str | None = None) -> Any:
    """A sequence as one Symbol (``merge``) or as a list of steps; None leaves it as it is."""
    axis = layout.find("T")
    assert axis in (0, 1) and len(layout) > 1, f"Unsupported layout {layout}; use 'NTC' or 'TNC'."
    in_axis = axis if in_layout is None else in_layout.find("T")
    if isinstance(inputs, Symbol):
        if merge is False:
            assert len(inputs.list_outputs()) == 1, (
                "unroll doesn't allow grouped symbol as input. Please convert to list with list(inputs) first or let "
                "unroll handle splitting."
            )
            return list(symbol.split(inputs, axis=in_axis, num_outputs=length, squeeze_axis=1))
    else:
        assert length is None or len(inputs) == length, f"unroll of {length} steps was given {len(inputs)}."
        if merge:
            return symbol.concat(*[symbol.expand_dims(step, axis=axis) for step in inputs], dim=axis)
        return inputs
    return symbol.swapaxes(inputs, dim1=axis, dim2=in_axis) if axis != in_axis else inputs


class _Stepping(BaseRNNCell):
    """A cell whose gates are linear in the input and in the hidden state."""

    _gates: tuple = ("",)
    _states = 1

    def __init__(self, num_hidden: int, prefix: str, params: RNNParams | None, **bias: Any) -> None:
        super().__init__(prefix, params)
        self._num_hidden = num_hidden
        self._iW = self._params.get("i2h_weight")
        self._iB = self._params.get("i2h_bias", **bias)
        self._hW = self._params.get("h2h_weight")
        self._hB = self._params.get("h2h_bias")

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return [{"shape": (0, self._num_hidden), "__layout__": "NC"} for _ in range(self._states)]

    @property
    def _gate_names(self) -> tuple | list:
        return self._gates

    def _linear(self, inputs: Symbol, hidden: Symbol, name: str) -> tuple[Symbol, Symbol]:
        rows = self._num_hidden * len(self._gates)
        return (symbol.FullyConnected(inputs, self._iW, self._iB, num_hidden=rows, name=name + "i2h"),
                symbol.FullyConnected(hidden, self._hW, self._hB, num_hidden=rows, name=name + "h2h"))


def lstm_step(cell: BaseRNNCell, i2h: Symbol, h2h: Symbol, states: list, name: str,
              activation: Any) -> tuple[Any, list]:
    """The step of an LSTM from its gates' two parts."""
    i, f, c, o = symbol.SliceChannel(i2h + h2h, num_outputs=4, name=name + "slice")
    i = symbol.Activation(i, act_type="sigmoid", name=name + "i")
    f = symbol.Activation(f, act_type="sigmoid", name=name + "f")
    c = cell._activate(c, activation, name=name + "c")
    o = symbol.Activation(o, act_type="sigmoid", name=name + "o")
    kept, added = f * states[1], i * c
    after = symbol.elemwise_add(kept, added, name=name + "state")
    output = symbol.elemwise_mul(o, cell._activate(after, activation), name=name + "out")
    return output, [output, after]


def gru_step(cell: BaseRNNCell, i2h: Symbol, h2h: Symbol, before: Symbol, name: str,
             activation: Any) -> tuple[Any, list]:
    """The step of a GRU from its gates' two parts."""
    ir, iz, io = symbol.SliceChannel(i2h, num_outputs=3, name=name + "_i2h_slice")
    hr, hz, ho = symbol.SliceChannel(h2h, num_outputs=3, name=name + "_h2h_slice")
    reset = symbol.Activation(ir + hr, act_type="sigmoid", name=name + "_r_act")
    update = symbol.Activation(iz + hz, act_type="sigmoid", name=name + "_z_act")
    new = cell._activate(io + reset * ho, activation, name=name + "_h_act")
    fresh = (1.0 - update) * new
    output = symbol.elemwise_add(fresh, update * before, name=name + "out")
    return output, [output]


class RNNCell(_Stepping):
    """``h' = activation(W x + b + R h + c)`` (Elman 1990)."""

    def __init__(self, num_hidden: int, activation: Any = "tanh", prefix: str = "rnn_",
                 params: RNNParams | None = None) -> None:
        super().__init__(num_hidden, prefix, params)
        self._activation = activation

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        self._counter += 1
        name = f"{self._prefix}t{self._counter}_"
        i2h, h2h = self._linear(inputs, states[0], name)
        output = self._activate(i2h + h2h, self._activation, name=name + "out")
        return output, [output]


class LSTMCell(_Stepping):
    """Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output.

    Args:
        forget_bias: what the forget gate's bias begins with.
    """

    _gates = ("_i", "_f", "_c", "_o")
    _states = 2

    def __init__(self, num_hidden: int, prefix: str = "lstm_", params: RNNParams | None = None,
                 forget_bias: float = 1.0) -> None:
        super().__init__(num_hidden, prefix, params, init=initializer.LSTMBias(forget_bias=forget_bias))

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        self._counter += 1
        name = f"{self._prefix}t{self._counter}_"
        return lstm_step(self, *self._linear(inputs, states[0], name), states, name, "tanh")


class GRUCell(_Stepping):
    """Gated recurrent unit (Cho et al. 2014), gates in the order reset, update, new, as cuDNN has it."""

    _gates = ("_r", "_z", "_o")

    def __init__(self, num_hidden: int, prefix: str = "gru_", params: RNNParams | None = None) -> None:
        super().__init__(num_hidden, prefix, params)

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        self._counter += 1
        name = f"{self._prefix}t{self._counter}_"
        i2h, h2h = self._linear(inputs, states[0], name + "_")
        return gru_step(self, i2h, h2h, states[0], name, "tanh")


class CellOfCells(BaseRNNCell):
    """Base class of cells that are several: their states and weights one after the other."""

    def __init__(self, params: RNNParams | None = None) -> None:
        super().__init__("", params)
        self._override_cell_params = params is not None
        self._cells: list[BaseRNNCell] = []

    def add(self, cell: BaseRNNCell) -> None:
        """Append a cell."""
        self._cells.append(cell)
        share(self, cell)

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return [info for cell in self._cells for info in cell.state_info]

    def begin_state(self, func: Callable = symbol.zeros, **kwargs: Any) -> list:
        assert not self._modified, MODIFIED
        return [state for cell in self._cells for state in cell.begin_state(func=func, **kwargs)]

    def unpack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        for cell in self._cells:
            args = cell.unpack_weights(args)
        return args

    def pack_weights(self, args: dict[str, Any]) -> dict[str, Any]:
        for cell in self._cells:
            args = cell.pack_weights(args)
        return args


class SequentialRNNCell(CellOfCells):
    """Cells one upon the other.

    Args:
        params: an RNNParams that all of its cells share.
    """

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        self._counter += 1
        after, place = [], 0
        for cell in self._cells:
            count = len(cell.state_info)
            inputs, new = cell(inputs, states[place : place + count])
            place += count
            after += new
        return inputs, after

    def unroll(self, length: int, inputs: Any, begin_state: list | None = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, list]:
        self.reset()
        states = self.begin_state() if begin_state is None else begin_state
        after, place = [], 0
        for i, cell in enumerate(self._cells):
            count = len(cell.state_info)
            merge = merge_outputs if i == len(self._cells) - 1 else None
            inputs, new = cell.unroll(length, inputs, states[place : place + count], layout, merge)
            place += count
            after += new
        return inputs, after


def share(owner: Any, cell: BaseRNNCell) -> None:
    """Have ``owner`` know its cell's variables, and the cell the owner's where those were given from outside."""
    if owner._override_cell_params:
        assert cell._own_params, "Either specify params for the cell that holds cells, or for these cells, not both."
        cell.params._params.update(owner.params._params)
    owner.params._params.update(cell.params._params)
