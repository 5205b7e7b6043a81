"""Contributed recurrent cells: convolutional ones, an LSTM with a projection, dropout that is the same at each step."""

from __future__ import annotations

import sys
from typing import Any

from ..._src.errors import ArgumentError, NotSupportedError
from ..._src.paths import also_at, public_names
from ..rnn import BidirectionalCell, HybridRecurrentCell, ModifierCell, SequentialRNNCell
from ..rnn.sequences import namespace_of

__all__ = ["Conv1DGRUCell", "Conv1DLSTMCell", "Conv1DRNNCell", "Conv2DGRUCell", "Conv2DLSTMCell", "Conv2DRNNCell",
           "Conv3DGRUCell", "Conv3DLSTMCell", "Conv3DRNNCell", "LSTMPCell", "VariationalDropoutCell",
           "dynamic_unroll"]
__dir__ = public_names(__name__)

_LAYOUTS = {1: "NCW", 2: "NCHW", 3: "NCDHW"}


def _tuple(value: Any, ndim: int, name: str) -> tuple[int, ...]:
    found = (value,) * ndim if isinstance(value, int) else tuple(value)
    if len(found) != ndim:
        raise ArgumentError(f"{name} expects a number or {ndim} of them, got {value!r}.")
    return found


class _ConvCell(HybridRecurrentCell):
    """A cell whose gates are convolutions of input and hidden state; see the classes made below."""

    _ndim = 2
    _kind = "rnn"

    def __init__(self, input_shape: Any, hidden_channels: int, i2h_kernel: Any, h2h_kernel: Any, i2h_pad: Any = 0,
                 i2h_dilate: Any = 1, h2h_dilate: Any = 1, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", conv_layout: str | None = None, activation: Any = "tanh",
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        ndim = self._ndim
        layout = _LAYOUTS[ndim] if conv_layout is None else conv_layout
        if layout != _LAYOUTS[ndim]:
            raise ArgumentError(f"{type(self).__name__} expects conv_layout {_LAYOUTS[ndim]!r}, got {conv_layout!r}; "
                                "transpose the input.")
        if len(tuple(input_shape)) != ndim + 1:
            raise ArgumentError(f"{type(self).__name__} expects input_shape as (channels, {ndim} lengths), got "
                                f"{tuple(input_shape)}.")
        self._layout, self._channels, self._activation = layout, hidden_channels, activation
        self._input_shape = tuple(input_shape)
        kernel, inner = _tuple(i2h_kernel, ndim, "i2h_kernel"), _tuple(h2h_kernel, ndim, "h2h_kernel")
        assert all(k % 2 == 1 for k in inner), f"Only support odd number, get h2h_kernel= {h2h_kernel}"
        pad, dilate = _tuple(i2h_pad, ndim, "i2h_pad"), _tuple(i2h_dilate, ndim, "i2h_dilate")
        inner_dilate = _tuple(h2h_dilate, ndim, "h2h_dilate")
        inner_pad = tuple([d * (k - 1) // 2 for k, d in zip(inner, inner_dilate)])
        self._size = tuple([n + 2 * p - d * (k - 1) for n, p, d, k in zip(self._input_shape[1:], pad, dilate, kernel)])
        self._rows = hidden_channels * _GATES[self._kind]
        self._convs = ({"kernel": kernel, "pad": pad, "dilate": dilate, "num_filter": self._rows},
                       {"kernel": inner, "pad": inner_pad, "dilate": inner_dilate, "num_filter": self._rows})
        for name, shape, init in (
            ("i2h_weight", (self._rows, self._input_shape[0], *kernel), i2h_weight_initializer),
            ("h2h_weight", (self._rows, hidden_channels, *inner), h2h_weight_initializer),
            ("i2h_bias", (self._rows,), i2h_bias_initializer), ("h2h_bias", (self._rows,), h2h_bias_initializer),
        ):  # fmt: skip
            setattr(self, name, self.params.get(name, shape=shape, init=init, allow_deferred_init=True))

    def _alias(self) -> str:
        return f"conv_{self._kind}"

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        shape = (batch_size, self._channels, *self._size)
        return [{"shape": shape, "__layout__": self._layout} for _ in range(2 if self._kind == "lstm" else 1)]

    def _begin_for(self, F: Any, step: Any) -> list:
        one = F.slice_axis(F.reshape(step, shape=(0, -1)), axis=1, begin=0, end=1)  # (N, 1)
        zero = F.reshape(F.zeros_like(one), shape=(0, 1) + (1,) * self._ndim)
        full = F.broadcast_axis(zero, axis=tuple(range(1, self._ndim + 2)), size=(self._channels, *self._size))
        return [full for _ in self.state_info()]

    def hybrid_forward(self, F: Any, inputs: Any, states: Any, i2h_weight: Any, h2h_weight: Any, i2h_bias: Any,
                       h2h_bias: Any) -> tuple[Any, list]:
        i2h = F.Convolution(inputs, i2h_weight, i2h_bias, **self._convs[0])
        h2h = F.Convolution(states[0], h2h_weight, h2h_bias, **self._convs[1])
        return _STEPS[self._kind](self, F, i2h, h2h, states)

    def _rnn(self, F: Any, i2h: Any, h2h: Any, states: Any) -> tuple[Any, list]:
        output = self._activate(F, i2h + h2h, self._activation)
        return output, [output]

    def _lstm(self, F: Any, i2h: Any, h2h: Any, states: Any) -> tuple[Any, list]:
        i, f, g, o = F.SliceChannel(i2h + h2h, num_outputs=4)
        cell = F.sigmoid(f) * states[1] + F.sigmoid(i) * self._activate(F, g, self._activation)
        output = F.sigmoid(o) * self._activate(F, cell, self._activation)
        return output, [output, cell]

    def _gru(self, F: Any, i2h: Any, h2h: Any, states: Any) -> tuple[Any, list]:
        xr, xz, xn = F.SliceChannel(i2h, num_outputs=3)
        hr, hz, hn = F.SliceChannel(h2h, num_outputs=3)
        z = F.sigmoid(xz + hz)
        new = self._activate(F, xn + F.sigmoid(xr + hr) * hn, self._activation)
        output = (1.0 - z) * new + z * states[0]
        return output, [output]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._input_shape[0]} -> {self._rows}, {self._activation}, {self._layout})"


_GATES = {"rnn": 1, "lstm": 4, "gru": 3}
_STEPS = {"rnn": _ConvCell._rnn, "lstm": _ConvCell._lstm, "gru": _ConvCell._gru}
_TEXT = """{what} over images of {ndim} dimension{s}: products are convolutions (Shi et al. 2015).

    Args:
        input_shape: of one input, (channels, *lengths).
        hidden_channels: channels of the states.
        i2h_kernel, i2h_pad, i2h_dilate: of the convolution of the input, as for ``Conv{ndim}D``.
        h2h_kernel, h2h_dilate: of that of the state, odd, padded so that its size stays.
        activation: a name, or a Block.

    >>> from luojia import nd
    >>> cell = Conv{ndim}D{kind}Cell(input_shape={shape}, hidden_channels=2, i2h_kernel=3, h2h_kernel=3, i2h_pad=1)
    >>> cell.initialize()
    >>> cell(nd.ones({batch}), cell.begin_state(batch_size=1))[0].shape
    {out}

    Matches ``mxnet.gluon.contrib.rnn.Conv{ndim}D{kind}Cell``.
    """


def _cell(ndim: int, kind: str, what: str) -> type:
    lengths = (4,) * ndim
    text = _TEXT.format(what=what, ndim=ndim, s="s" * (ndim > 1), kind=kind.upper(), shape=(3, *lengths),
                        batch=(1, 3, *lengths), out=(1, 2, *lengths))
    return type(f"Conv{ndim}D{kind.upper()}Cell", (_ConvCell,), {
        "_ndim": ndim, "_kind": kind, "__doc__": text, "__module__": __name__})


Conv1DRNNCell, Conv2DRNNCell, Conv3DRNNCell = [_cell(n, "rnn", "A recurrent cell") for n in (1, 2, 3)]
Conv1DLSTMCell, Conv2DLSTMCell, Conv3DLSTMCell = [_cell(n, "lstm", "An LSTM cell") for n in (1, 2, 3)]
Conv1DGRUCell, Conv2DGRUCell, Conv3DGRUCell = [_cell(n, "gru", "A gated recurrent unit") for n in (1, 2, 3)]


class LSTMPCell(HybridRecurrentCell):
    """LSTM whose hidden state is projected (Sak et al. 2014): ``r' = W_hr (o tanh(c'))``; states (r, c).

    >>> from luojia import nd
    >>> cell = LSTMPCell(4, 2, input_size=3)
    >>> cell.initialize()
    >>> output, states = cell(nd.ones((1, 3)), cell.begin_state(batch_size=1))
    >>> output.shape, [s.shape for s in states]
    ((1, 2), [(1, 2), (1, 4)])
    """

    def __init__(self, hidden_size: int, projection_size: int, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, h2r_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros", input_size: int = 0,
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._hidden_size, self._projection_size = hidden_size, projection_size
        rows = 4 * hidden_size
        for name, shape, init in (
            ("i2h_weight", (rows, input_size), i2h_weight_initializer),
            ("h2h_weight", (rows, projection_size), h2h_weight_initializer),
            ("h2r_weight", (projection_size, hidden_size), h2r_weight_initializer),
            ("i2h_bias", (rows,), i2h_bias_initializer), ("h2h_bias", (rows,), h2h_bias_initializer),
        ):  # fmt: skip
            setattr(self, name, self.params.get(name, shape=shape, init=init, allow_deferred_init=True))

    def _alias(self) -> str:
        return "lstmp"

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        return [{"shape": (batch_size, n), "__layout__": "NC"} for n in (self._projection_size, self._hidden_size)]

    def hybrid_forward(self, F: Any, inputs: Any, states: Any, i2h_weight: Any, h2h_weight: Any, h2r_weight: Any,
                       i2h_bias: Any, h2h_bias: Any) -> tuple[Any, list]:
        rows = 4 * self._hidden_size
        gates = (F.FullyConnected(inputs, i2h_weight, i2h_bias, num_hidden=rows)
                 + F.FullyConnected(states[0], h2h_weight, h2h_bias, num_hidden=rows))
        i, f, g, o = F.SliceChannel(gates, num_outputs=4)
        cell = F.sigmoid(f) * states[1] + F.sigmoid(i) * F.tanh(g)
        output = F.FullyConnected(F.sigmoid(o) * F.tanh(cell), h2r_weight, no_bias=True,
                                  num_hidden=self._projection_size)
        return output, [output, cell]

    def __repr__(self) -> str:
        rows, width = self.params.get("i2h_weight").shape or (None, None)
        return f"{type(self).__name__}({width or None} -> {rows} -> {self._projection_size})"


class VariationalDropoutCell(ModifierCell):
    """Dropout with one mask for all steps of a sequence (Gal and Ghahramani 2016).

    Args:
        base_cell: the cell, which can then be used through this one only.
        drop_inputs, drop_states, drop_outputs: probabilities of zero in the inputs, in the first state (the hidden
            one), in the outputs. Masks are drawn at the first step after ``reset``, which ``unroll`` calls.
    """

    def __init__(self, base_cell: Any, drop_inputs: float = 0.0, drop_states: float = 0.0,
                 drop_outputs: float = 0.0) -> None:
        assert not drop_states or not isinstance(base_cell, BidirectionalCell), (
            "BidirectionalCell doesn't support variational state dropout. Please add VariationalDropoutCell to the "
            "cells underneath instead."
        )
        assert not drop_states or not isinstance(base_cell, SequentialRNNCell) or not any(
            isinstance(c, BidirectionalCell) for c in base_cell._children.values()
        ), ("Bidirectional SequentialRNNCell doesn't support variational state dropout. Please add "
            "VariationalDropoutCell to the cells underneath instead.")
        super().__init__(base_cell)
        self.drop_inputs, self.drop_states, self.drop_outputs = drop_inputs, drop_states, drop_outputs

    def _alias(self) -> str:
        return "vardrop"

    def reset(self) -> None:
        super().reset()
        self._masks: dict[str, Any] = {}

    def _masked(self, F: Any, where: str, rate: float, x: Any) -> Any:
        if not rate:
            return x
        if where not in self._masks:
            self._masks[where] = F.Dropout(F.ones_like(x), p=rate)
        return x * self._masks[where]

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As ``RecurrentCell.unroll``; without dropout of states the outputs are merged by default."""
        merged = True if merge_outputs is None and not self.drop_states else merge_outputs
        return super().unroll(length, inputs, begin_state, layout, merged, valid_length)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> tuple[Any, Any]:
        if self.drop_states:
            states = [self._masked(F, "states", self.drop_states, states[0]), *states[1:]]
        output, states = self.base_cell(self._masked(F, "inputs", self.drop_inputs, inputs), states)
        return self._masked(F, "outputs", self.drop_outputs, output), states

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p_out = {self.drop_outputs}, p_state = {self.drop_states})"


def dynamic_unroll(cell: Any, inputs: Any, begin_state: Any, drop_inputs: float = 0, drop_outputs: float = 0,
                   layout: str = "TNC", valid_length: Any = None) -> tuple[Any, Any]:
    """The outputs of a cell over a sequence, merged, and its last states; see ``RecurrentCell.unroll``.

    Args:
        inputs: a sequence, (T, N, C) or (N, T, C) as ``layout`` says.
        begin_state: the states before the first step.
        drop_inputs, drop_outputs: probabilities of zero, with one mask for all steps.
        valid_length: (N,), how many steps of each sequence count; outputs beyond are 0.

    Raises:
        NotSupportedError: a Symbol with ``valid_length``.

    Matches ``mxnet.gluon.contrib.rnn.rnn_cell.dynamic_unroll``.
    """
    axis, F = layout.find("T"), namespace_of(inputs)
    if drop_inputs:
        inputs = F.Dropout(inputs, p=drop_inputs, axes=(axis,))
    if hasattr(inputs, "shape"):
        outputs, states = cell.unroll(inputs.shape[axis], inputs, begin_state, layout, True, valid_length)
    elif valid_length is not None:
        raise NotSupportedError("dynamic_unroll: the length of a Symbol is not known; give arrays, or no valid_length.")
    else:
        outputs, states = F.contrib.foreach(cell, F.swapaxes(inputs, 0, axis), begin_state)
        outputs = F.swapaxes(outputs, 0, axis)
    return F.Dropout(outputs, p=drop_outputs, axes=(axis,)) if drop_outputs else outputs, states


also_at(sys.modules[__name__], f"{__name__}.rnn_cell", f"{__name__}.conv_rnn_cell")
