"""Cells whose gates are convolutions (Shi et al. 2015)."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import symbol
from ..symbol import Symbol
from .rnn_cell import BaseRNNCell, RNNParams, gru_step, lstm_step

_LEAKY = partial(symbol.LeakyReLU, act_type="leaky", slope=0.2)  # type: ignore[attr-defined]


class BaseConvRNNCell(BaseRNNCell):
    """Base class of convolutional cells.

    Args:
        input_shape: (N, C, H, W) of a step. num_hidden: channels of the state.
        h2h_kernel, h2h_dilate: of the convolution of the state, whose size stays; the kernel is odd.
        i2h_kernel, i2h_stride, i2h_pad, i2h_dilate: of the convolution of the input.
        activation: a name, or a function of Symbols.
    """

    _named = ""
    _gates: tuple = ("",)
    _states = 1

    def __init__(self, input_shape: Any, num_hidden: int, h2h_kernel: Any = (3, 3), h2h_dilate: Any = (1, 1),
                 i2h_kernel: Any = (3, 3), i2h_stride: Any = (1, 1), i2h_pad: Any = (1, 1), i2h_dilate: Any = (1, 1),
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros", activation: Any = _LEAKY,
                 prefix: str | None = None, params: RNNParams | None = None, conv_layout: str = "NCHW") -> None:
        super().__init__(self._named if prefix is None else prefix, params)
        assert all(k % 2 == 1 for k in h2h_kernel), f"Only support odd numbers, got h2h_kernel= {h2h_kernel}"
        self._num_hidden, self._activation = num_hidden, activation
        rows = num_hidden * len(self._gates)
        self._i2h = {"num_filter": rows, "kernel": i2h_kernel, "stride": i2h_stride, "pad": i2h_pad,
                     "dilate": i2h_dilate, "layout": conv_layout}
        pad = tuple(d * (k - 1) // 2 for k, d in zip(h2h_kernel, h2h_dilate))
        self._h2h = {"num_filter": rows, "kernel": h2h_kernel, "stride": (1, 1), "pad": pad, "dilate": h2h_dilate,
                     "layout": conv_layout}
        self._iW = self._params.get("i2h_weight", init=i2h_weight_initializer)
        self._hW = self._params.get("h2h_weight", init=h2h_weight_initializer)
        self._iB = self._params.get("i2h_bias", init=i2h_bias_initializer)
        self._hB = self._params.get("h2h_bias", init=h2h_bias_initializer)
        shape = symbol.Convolution(symbol.Variable("data"), **{**self._i2h, "num_filter": num_hidden}).infer_shape(
            data=tuple(input_shape))[1][0]
        self._state = {"shape": (0, *shape[1:]), "__layout__": conv_layout}

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return [dict(self._state) for _ in range(self._states)]

    @property
    def _gate_names(self) -> tuple | list:
        return self._gates

    def _conv_forward(self, inputs: Symbol, states: list, name: str) -> tuple[Symbol, Symbol]:
        return (symbol.Convolution(inputs, self._iW, self._iB, name=name + "i2h", **self._i2h),
                symbol.Convolution(states[0], self._hW, self._hB, name=name + "h2h", **self._h2h))

    def _step(self) -> str:
        self._counter += 1
        return f"{self._prefix}t{self._counter}_"


class ConvRNNCell(BaseConvRNNCell):
    """An Elman cell of convolutions."""

    _named = "ConvRNN_"

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        name = self._step()
        i2h, h2h = self._conv_forward(inputs, states, name)
        output = self._activate(i2h + h2h, self._activation, name=name + "out")
        return output, [output]


class ConvLSTMCell(BaseConvRNNCell):
    """An LSTM cell of convolutions, without peepholes."""

    _named = "ConvLSTM_"
    _gates = ("_i", "_f", "_c", "_o")
    _states = 2

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        name = self._step()
        return lstm_step(self, *self._conv_forward(inputs, states, name), states, name, self._activation)


class ConvGRUCell(BaseConvRNNCell):
    """A GRU cell of convolutions."""

    _named = "ConvGRU_"
    _gates = ("_r", "_z", "_o")

    def __call__(self, inputs: Symbol, states: list) -> tuple[Any, list]:
        name = self._step()
        i2h, h2h = self._conv_forward(inputs, states, name)
        return gru_step(self, i2h, h2h, states[0], name, self._activation)
