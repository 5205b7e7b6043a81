"""Recurrent layers over sequences, and their single steps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.core.random import next_key
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Parameter, ParameterTuple
from .._src.ops.rnn import GATES, pack
from ..common.initializer import Uniform, initializer
from .checks import check_bool, check_choice, check_positive_int
from .dropout import Dropout
from .module import Module


def _zeros(x: Tensor, *shape: int) -> Tensor:
    engine = x._device.engine
    return wrap(x._result_class, engine.asarray(np.zeros(shape, np.float32), x.np_dtype), x._device)


# The parts that MindSpore's recurrent layers are printed with.
_STEPS = {mode: type(f"_Dynamic{name}", (Module,), {"__module__": __name__, "__doc__": "The steps of a layer."})
          for mode, name in (("lstm", "LSTMCPUGPU"), ("gru", "GRUCPUGPU"), ("rnn_tanh", "RNNTanh"),
                             ("rnn_relu", "RNNRelu"))}
globals().update({step.__name__: step for step in _STEPS.values()})  # where pickle finds them


class _Recurrent(Module):
    """Several layers, perhaps in both directions, by one operator."""

    _mode: str

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, has_bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
                 dtype: DType = float32) -> None:
        super().__init__()
        who = type(self).__name__
        self.input_size = check_positive_int(who, "input_size", input_size)
        self.hidden_size = check_positive_int(who, "hidden_size", hidden_size)
        self.num_layers = check_positive_int(who, "num_layers", num_layers)
        self.has_bias = check_bool(who, "has_bias", has_bias)
        self.batch_first = check_bool(who, "batch_first", batch_first)
        self.bidirectional = check_bool(who, "bidirectional", bidirectional)
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)):
            raise DTypeError(f"For '{who}', the 'dropout' must be float, but got {type(dropout).__name__}.")
        if not 0 <= dropout < 1:
            raise ArgumentError(f"For '{who}', the 'dropout' must be a number in range [0, 1), but got {dropout}.")
        self.dropout = float(dropout)
        self.rnn, self.dropout_op = _STEPS[self._mode](), Dropout(p=self.dropout)
        rows, start = GATES[self._mode] * hidden_size, Uniform(1 / math.sqrt(hidden_size))
        named: dict[str, list[Parameter]] = {k: [] for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * (2 if bidirectional else 1)
            for suffix in ("", "_reverse") if bidirectional else ("",):
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, hidden_size)}
                if has_bias:
                    shapes.update(bias_ih=(rows,), bias_hh=(rows,))
                for kind, shape in shapes.items():
                    named[kind].append(Parameter(initializer(start, shape, dtype), name=f"{kind}_l{layer}{suffix}"))
        self.w_ih_list, self.w_hh_list = ParameterTuple(named["weight_ih"]), ParameterTuple(named["weight_hh"])
        self.b_ih_list, self.b_hh_list = ParameterTuple(named["bias_ih"]), ParameterTuple(named["bias_hh"])

    def _packed(self) -> Any:
        weights = []
        for i, (wx, wh) in enumerate(zip(self.w_ih_list, self.w_hh_list)):
            biases = (self.b_ih_list[i], self.b_hh_list[i]) if self.has_bias else (_zeros(wx, wx.shape[0]),) * 2
            weights += [wx, wh, *biases]
        return pack(weights)

    def _states(self, hx: Any) -> list:
        return [hx]

    def construct(self, x: Any, hx: Any = None, seq_length: Any = None) -> tuple[Any, Any]:
        who = type(self).__name__
        if x.ndim != 3 or x.shape[2] != self.input_size:
            raise ShapeError(f"{who} expects inputs of shape ({'N, T' if self.batch_first else 'T, N'}, "
                             f"{self.input_size}) (input_size), got {x.shape}.")
        if self.batch_first:
            x = ops.transpose(x, (1, 0, 2))
        layers = self.num_layers * (2 if self.bidirectional else 1)
        shape = (layers, x.shape[1], self.hidden_size)
        if hx is None:
            states = [_zeros(x, *shape) for _ in range(2 if self._mode == "lstm" else 1)]
        else:
            states = self._states(hx)
            for s in states:
                if s.shape != shape:
                    raise ShapeError(f"{who} expects initial states of shape {shape} (layers * directions, N, "
                                     f"hidden_size), got {s.shape}.")
        cell = states[1] if len(states) > 1 else None
        key = next_key(x._device) if self.training and self.dropout else np.zeros(2, np.uint32)
        y, *last = OPERATORS["rnn"](
            key, x, self._packed(), states[0], cell, seq_length, state_size=self.hidden_size,
            num_layers=self.num_layers, bidirectional=self.bidirectional, mode=self._mode, p=self.dropout,
            state_outputs=True, use_sequence_length=seq_length is not None, training=self.training)
        if self.batch_first:
            y = ops.transpose(y, (1, 0, 2))
        return y, tuple(last) if len(last) > 1 else last[0]


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997): (x, (h0, c0)) to (y, (h, c)).

    x is (T, N, input_size), or (N, T, input_size) with ``batch_first``; y (T, N, directions * hidden_size); states
    (layers * directions, N, hidden_size), zeros if not given. Gates in the order i, f, g, o.

    Args:
        input_size, hidden_size, num_layers: sizes.
        has_bias: two biases for each gate.
        dropout: between layers, in training.
        bidirectional: also run backwards, and join the outputs.

    >>> from luojia import Tensor, nn
    >>> y, (h, c) = nn.LSTM(3, 4)(Tensor(np.ones((5, 2, 3), np.float32)))
    >>> y.shape, h.shape
    ((5, 2, 4), (1, 2, 4))

    Matches ``mindspore.nn.LSTM``.
    """

    _mode = "lstm"

    def _states(self, hx: Any) -> list:
        if not isinstance(hx, (tuple, list)) or len(hx) != 2:
            raise DTypeError(f"For 'LSTM', the type of 'hx' must be a tuple of two Tensors (h0, c0), but got "
                             f"{type(hx).__name__}.")
        return list(hx)


class GRU(_Recurrent):
    """Gated recurrent units (Cho et al. 2014): (x, h0) to (y, h). Gates in the order r, z, n; see ``LSTM``.

    >>> from luojia import nn, Tensor
    >>> y, h = nn.GRU(4, 8)(Tensor(np.ones((5, 2, 4), np.float32)), Tensor(np.zeros((1, 2, 8), np.float32)))
    >>> y.shape, h.shape
    ((5, 2, 8), (1, 2, 8))
    """

    _mode = "gru"


class RNN(_Recurrent):
    """The recurrence h = tanh(W x + b + U h + c), or relu: (x, h0) to (y, h); see ``LSTM``.

    >>> from luojia import nn, Tensor
    >>> y, h = nn.RNN(4, 8)(Tensor(np.ones((5, 2, 4), np.float32)), Tensor(np.zeros((1, 2, 8), np.float32)))
    >>> y.shape, h.shape
    ((5, 2, 8), (1, 2, 8))
    """

    _mode = "rnn_tanh"

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 has_bias: bool = True, batch_first: bool = False, dropout: float = 0.0,
                 bidirectional: bool = False) -> None:
        check_choice("RNN", "nonlinearity", nonlinearity, ["tanh", "relu"])
        self.__dict__["_mode"] = f"rnn_{nonlinearity}"
        super().__init__(input_size, hidden_size, num_layers, has_bias, batch_first, dropout, bidirectional)


class _Cell(Module):
    _gates = 1

    def __init__(self, input_size: int, hidden_size: int, has_bias: bool = True, dtype: DType = float32) -> None:
        super().__init__()
        who = type(self).__name__
        self.input_size = check_positive_int(who, "input_size", input_size)
        self.hidden_size = check_positive_int(who, "hidden_size", hidden_size)
        self.has_bias = check_bool(who, "has_bias", has_bias)
        rows, start = self._gates * hidden_size, Uniform(1 / math.sqrt(hidden_size))
        self.weight_ih = Parameter(initializer(start, (rows, input_size), dtype))
        self.weight_hh = Parameter(initializer(start, (rows, hidden_size), dtype))
        self.bias_ih = Parameter(initializer(start, (rows,), dtype)) if has_bias else None
        self.bias_hh = Parameter(initializer(start, (rows,), dtype)) if has_bias else None

    def _fed(self, x: Any, h: Any) -> tuple[list, list]:
        """What the input and the state give each gate."""
        who, size = type(self).__name__, self.hidden_size
        if x.ndim != 2 or x.shape[1] != self.input_size or h.shape != (x.shape[0], size):
            raise ShapeError(f"{who} expects an input (N, {self.input_size}) and states (N, {size}), got {x.shape} and "
                             f"{h.shape}.")
        a = ops.dense(x, self.weight_ih, self.bias_ih)
        b = ops.dense(h, self.weight_hh, self.bias_hh)
        parts = [slice(i * size, (i + 1) * size) for i in range(self._gates)]
        return [a[:, p] for p in parts], [b[:, p] for p in parts]


class RNNCell(_Cell):
    """One step of ``RNN``: (x, h) to h.

    >>> from luojia import nn, Tensor
    >>> nn.RNNCell(4, 8)(Tensor(np.ones((2, 4), np.float32)), Tensor(np.zeros((2, 8), np.float32))).shape
    (2, 8)
    """

    def __init__(self, input_size: int, hidden_size: int, has_bias: bool = True, nonlinearity: str = "tanh",
                 dtype: DType = float32) -> None:
        super().__init__(input_size, hidden_size, has_bias, dtype)
        self.nonlinearity = check_choice("RNNCell", "nonlinearity", nonlinearity, ["tanh", "relu"])

    def construct(self, x: Any, hx: Any) -> Any:
        (a,), (b,) = self._fed(x, hx)
        return ops.tanh(a + b) if self.nonlinearity == "tanh" else ops.relu(a + b)


class LSTMCell(_Cell):
    """One step of ``LSTM``: (x, (h, c)) to (h, c).

    >>> from luojia import nn, Tensor
    >>> x, h = Tensor(np.ones((2, 4), np.float32)), Tensor(np.zeros((2, 8), np.float32))
    >>> h, c = nn.LSTMCell(4, 8)(x, (h, h))
    >>> h.shape, c.shape
    ((2, 8), (2, 8))
    """

    _gates = 4

    def construct(self, x: Any, hx: Any) -> tuple[Any, Any]:
        h, c = hx
        a, b = self._fed(x, h)
        i, f, g, o = (p + q for p, q in zip(a, b))
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        return ops.sigmoid(o) * ops.tanh(c), c


class GRUCell(_Cell):
    """One step of ``GRU``: (x, h) to h.

    >>> from luojia import nn, Tensor
    >>> nn.GRUCell(4, 8)(Tensor(np.ones((2, 4), np.float32)), Tensor(np.zeros((2, 8), np.float32))).shape
    (2, 8)
    """

    _gates = 3

    def construct(self, x: Any, hx: Any) -> Any:
        (ar, az, an), (br, bz, bn) = self._fed(x, hx)
        r, z = ops.sigmoid(ar + br), ops.sigmoid(az + bz)
        n = ops.tanh(an + r * bn)
        return n + z * (hx - n)


__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell"]
