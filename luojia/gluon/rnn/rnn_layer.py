"""Recurrent layers: whole sequences by one operator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..._src.errors import ArgumentError
from ..._src.paths import public_names
from ...ndarray import zeros
from ..block import HybridBlock
from ..parameter import Parameter
from . import sequences
from .modifier_cells import BidirectionalCell, DropoutCell
from .rnn_cell import GRUCell, HybridSequentialRNNCell, LSTMCell, RNNCell

__all__ = ["GRU", "LSTM", "RNN"]
__dir__ = public_names(__name__)

_PART = re.compile(r"(l|r)(\d+)_(i2h|h2h|h2r)_(weight|bias)\Z")


class _RNNLayer(HybridBlock):
    """A stack of recurrent layers of one kind."""

    l0_i2h_weight: Parameter

    def __init__(self, hidden_size: int, num_layers: int, layout: str, dropout: float, bidirectional: bool,
                 input_size: int, i2h_weight_initializer: Any, h2h_weight_initializer: Any, i2h_bias_initializer: Any,
                 h2h_bias_initializer: Any, mode: str, projection_size: int | None = None,
                 h2r_weight_initializer: Any = None, clip: tuple = (None, None, False), dtype: Any = "float32",
                 use_sequence_length: bool = False, **kwargs: Any) -> None:
        self._mode = mode
        super().__init__(**kwargs)
        assert layout in ("TNC", "NTC"), f"Invalid layout {layout}; must be one of ['TNC' or 'NTC']"
        self._hidden_size = hidden_size
        self._projection_size = projection_size
        self._num_layers = num_layers
        self._layout = layout
        self._dropout = dropout
        self._dir = 2 if bidirectional else 1
        self._input_size = input_size
        self._dtype = dtype
        self._clip = clip
        self._use_sequence_length = use_sequence_length
        self._gates = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}[mode]
        rows, out = self._gates * hidden_size, projection_size or hidden_size
        width = input_size
        for i in range(num_layers):
            for d in ("l", "r")[: self._dir]:
                for part, shape, init in (
                    ("i2h_weight", (rows, width), i2h_weight_initializer),
                    ("h2h_weight", (rows, out), h2h_weight_initializer),
                    ("i2h_bias", (rows,), i2h_bias_initializer),
                    ("h2h_bias", (rows,), h2h_bias_initializer),
                    ("h2r_weight", (projection_size, hidden_size), h2r_weight_initializer),
                ):
                    if part != "h2r_weight" or projection_size:
                        name = f"{d}{i}_{part}"
                        setattr(self, name, self.params.get(name, shape=shape, init=init, allow_deferred_init=True,
                                                            dtype=dtype))
            width = out * self._dir

    def _alias(self) -> str:
        return self._mode if not self._mode.startswith("rnn") else "rnn"

    def __repr__(self) -> str:
        width = self.l0_i2h_weight.shape[1]
        parts = [f"{width or None} -> {self._hidden_size}", self._layout]
        if self._num_layers != 1:
            parts.append(f"num_layers={self._num_layers}")
        if self._dropout != 0:
            parts.append(f"dropout={self._dropout}")
        if self._dir == 2:
            parts.append("bidirectional")
        return f"{type(self).__name__}({', '.join(parts)})"

    def _collect_params_with_prefix(self, prefix: str = "") -> dict[str, Parameter]:
        """As mxnet names them in files: ``_unfused.0.i2h_weight``, or ``_unfused.0.l_cell.i2h_weight``."""
        lead = prefix + "." if prefix else ""
        found = {}
        for name, parameter in self._reg_params.items():
            side, layer, gate, kind = _PART.match(name).groups()  # type: ignore[union-attr]
            cell = f"{side}_cell." if self._dir == 2 else ""
            found[f"{lead}_unfused.{layer}.{cell}{gate}_{kind}"] = parameter
        return found

    def _state_sizes(self) -> list[int]:
        return [self._projection_size or self._hidden_size]

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state: (layers * directions, N, size)."""
        depth = self._num_layers * self._dir
        return [{"shape": (depth, batch_size, size), "__layout__": "LNC", "dtype": self._dtype}
                for size in self._state_sizes()]

    def begin_state(self, batch_size: int = 0, func: Callable | None = None, **kwargs: Any) -> list:
        """The states before the first step: zeros, or what ``func`` makes of ``shape``."""
        func = func or zeros
        return [sequences.call_begin(func, f"{self.prefix}h0_{i}", {**info, **kwargs})
                for i, info in enumerate(self.state_info(batch_size))]

    def _unfuse(self) -> HybridSequentialRNNCell:
        """The layer as a stack of cells that share its parameters."""
        assert not self._projection_size, "_unfuse does not support projection layer yet!"
        kinds = {"rnn_relu": RNNCell, "rnn_tanh": RNNCell, "lstm": LSTMCell, "gru": GRUCell}
        how = {"activation": self._mode[4:]} if kinds[self._mode] is RNNCell else {}
        stack = HybridSequentialRNNCell(prefix=self.prefix, params=self.params)
        with stack.name_scope():
            width = self.l0_i2h_weight.shape[1]
            for i in range(self._num_layers):
                cells = [kinds[self._mode](self._hidden_size, input_size=width, prefix=f"{d}{i}_", **how)
                         for d in ("l", "r")[: self._dir]]
                stack.add(BidirectionalCell(*cells) if self._dir == 2 else cells[0])
                if self._dropout > 0 and i < self._num_layers - 1:
                    stack.add(DropoutCell(self._dropout))
                width = self._hidden_size * self._dir
        return stack

    def cast(self, dtype: Any) -> None:
        super().cast(dtype)
        self._dtype = dtype

    def infer_shape(self, inputs: Any, *args: Any) -> None:
        """The first layer's weights have the width of the inputs."""
        if inputs.ndim != 3:
            raise ValueError(f"{type(self).__name__} expects inputs of 3 axes ({self._layout}), got {inputs.shape}.")
        self._input_size = inputs.shape[2]
        for d in ("l", "r")[: self._dir]:
            weight = getattr(self, f"{d}0_i2h_weight")
            weight.shape = (weight.shape[0], inputs.shape[2])

    def __call__(self, inputs: Any, states: Any = None, sequence_length: Any = None) -> Any:
        """Outputs for inputs; with states (a list, or one) also the states after the last step.

        Args:
            inputs: (T, N, C), or (N, T, C) by the layout.
            states: the first states; zeros if not given.
            sequence_length: (N,) valid lengths: outputs past them are 0, and the last states are those at the length.
        """
        if self._use_sequence_length and sequence_length is None:
            raise ArgumentError(f"{type(self).__name__} with use_sequence_length=True expects sequence_length, of "
                                "shape (batch,), at each call; got none.")
        given = states is not None
        if given and not isinstance(states, (list, tuple)):
            states = [states]
        if given:
            self._check_states(inputs, states)
        rest = () if sequence_length is None else (sequence_length,)
        out = super().__call__(inputs, None if states is None else list(states), *rest)
        return (out[0], list(out[1:])) if given else out

    def _check_states(self, inputs: Any, states: Any) -> None:
        if not hasattr(inputs, "shape"):
            return
        batch = inputs.shape[self._layout.find("N")]
        infos = self.state_info(batch)
        if len(states) != len(infos):
            raise ValueError(f"{type(self).__name__} has {len(infos)} states, got {len(states)}.")
        for state, info in zip(states, infos):
            if state.shape != info["shape"]:
                raise ValueError(
                    f"Invalid recurrent state shape. Expecting {info['shape']}, got {state.shape}."
                )

    def hybrid_forward(self, F: Any, inputs: Any, states: Any = None, sequence_length: Any = None,
                       **params: Any) -> Any:
        if self._layout == "NTC":
            inputs = F.swapaxes(inputs, dim1=0, dim2=1)
        given = states is not None
        if not given:
            corner = F.slice_axis(F.slice_axis(inputs, axis=0, begin=0, end=1), axis=2, begin=0, end=1)
            depth = self._num_layers * self._dir
            states = [F.broadcast_axis(F.zeros_like(corner), axis=(0, 2), size=(depth, size))
                      for size in self._state_sizes()]
        names = [f"{d}{i}_{gate}_{kind}" for kind in ("weight", "bias") for i in range(self._num_layers)
                 for d in ("l", "r")[: self._dir] for gate in ("i2h", "h2h", "h2r")]
        flat = F.concat(*[F.reshape(params[n], shape=(-1,)) for n in names if n in params], dim=0)
        low, high, nan = self._clip
        how: dict[str, Any] = {
            "state_size": self._hidden_size, "num_layers": self._num_layers, "bidirectional": self._dir == 2,
            "p": self._dropout, "state_outputs": True, "mode": self._mode,
        }
        if self._projection_size:
            how["projection_size"] = self._projection_size
        if low is not None or high is not None:
            how.update(lstm_state_clip_min=low, lstm_state_clip_max=high, lstm_state_clip_nan=nan)
        if sequence_length is not None:
            how.update(sequence_length=sequence_length, use_sequence_length=True)
        output, *after = F.RNN(inputs, flat, *states, **how)
        if self._layout == "NTC":
            output = F.swapaxes(output, dim1=0, dim2=1)
        return (output, *after) if given else output


class RNN(_RNNLayer):
    """Elman layers: ``h' = activation(W x + b + R h + c)``.

    Args:
        hidden_size: size of the hidden state.
        num_layers: layers one upon the other.
        activation: 'relu' or 'tanh'.
        layout: 'TNC' or 'NTC'.
        dropout: rate of dropout between layers.
        bidirectional: also run backwards; outputs side by side.
        i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer: initializers.
        input_size: size of the input, found at the first call if not given.
        dtype: of the parameters.
        use_sequence_length: as MXNet has it; here each call with ``sequence_length`` counts it.

    >>> from luojia import gluon, nd
    >>> layer = gluon.rnn.RNN(8)
    >>> layer.initialize()
    >>> layer(nd.ones((5, 3, 4))).shape
    (5, 3, 8)
    """

    def __init__(self, hidden_size: int, num_layers: int = 1, activation: str = "relu", layout: str = "TNC",
                 dropout: float = 0, bidirectional: bool = False, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", input_size: int = 0, dtype: Any = "float32",
                 **kwargs: Any) -> None:
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size, i2h_weight_initializer,
                         h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer, "rnn_" + activation,
                         dtype=dtype, **kwargs)


class LSTM(_RNNLayer):
    """Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output.

    Args:
        hidden_size, num_layers, layout, dropout, bidirectional, input_size, dtype: as for ``RNN``.
        projection_size: size of a projection of the hidden state (Sak et al. 2014).
        state_clip_min, state_clip_max, state_clip_nan: clip the cell state.

    >>> from luojia import gluon, nd
    >>> layer = gluon.rnn.LSTM(8, num_layers=2)
    >>> layer.initialize()
    >>> layer(nd.ones((5, 3, 4))).shape
    (5, 3, 8)
    >>> y, (h, c) = layer(nd.ones((5, 3, 4)), layer.begin_state(3))
    >>> h.shape, c.shape
    ((2, 3, 8), (2, 3, 8))
    """

    def __init__(self, hidden_size: int, num_layers: int = 1, layout: str = "TNC", dropout: float = 0,
                 bidirectional: bool = False, input_size: int = 0, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", projection_size: int | None = None,
                 h2r_weight_initializer: Any = None, state_clip_min: float | None = None,
                 state_clip_max: float | None = None, state_clip_nan: bool = False, dtype: Any = "float32",
                 **kwargs: Any) -> None:
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size, i2h_weight_initializer,
                         h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer, "lstm", projection_size,
                         h2r_weight_initializer, (state_clip_min, state_clip_max, state_clip_nan), dtype, **kwargs)

    def _state_sizes(self) -> list[int]:
        return [self._projection_size or self._hidden_size, self._hidden_size]


class GRU(_RNNLayer):
    """Gated recurrent units (Cho et al. 2014), gates in the order reset, update, new, as ``GRUCell`` has them.

    Args:
        hidden_size, num_layers, layout, dropout, bidirectional, input_size, dtype: as for ``RNN``.

    >>> from luojia import gluon, nd
    >>> layer = gluon.rnn.GRU(8, bidirectional=True)
    >>> layer.initialize()
    >>> layer(nd.ones((5, 3, 4))).shape
    (5, 3, 16)
    """

    def __init__(self, hidden_size: int, num_layers: int = 1, layout: str = "TNC", dropout: float = 0,
                 bidirectional: bool = False, input_size: int = 0, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", dtype: Any = "float32", **kwargs: Any) -> None:
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size, i2h_weight_initializer,
                         h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer, "gru", dtype=dtype,
                         **kwargs)
