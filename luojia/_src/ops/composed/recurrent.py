"""MindSpore's recurrent operators over whole sequences, as loops over time of small operators; layers use ``RNN``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, NotSupportedError, ShapeError
from ..compose import placed, reshaped


def _expect(name: str, what: str, x: Tensor, shape: tuple) -> None:
    if x.shape != shape:
        raise ShapeError(f"For '{name}', {what} must have shape {shape}, got {x.shape}.")


def _gates(x: Tensor, count: int) -> list[Tensor]:
    n = x.shape[-1] // count
    return [x[:, i * n:(i + 1) * n] for i in range(count)]


def _stacked(xs: list[Tensor]) -> Tensor:
    return OP["stack"](*xs, axis=0)


def lstm(x: Tensor, h: Tensor, c: Tensor, w: Tensor, *, input_size: int, hidden_size: int, num_layers: int,
         has_bias: bool, bidirectional: bool, dropout: float = 0.0, proj_size: int = 0) -> tuple:
    """(y, h, c, reserve, state) of LSTM layers over x (T, N, input_size), states (layers * directions, N, hidden_size).

    ``w`` holds the weights (4 hidden, in) of all layers and directions, then those (4 hidden, hidden), then the biases,
    gates in the order i, f, g, o, and a second set of biases, which MindSpore's CPU does not read. What is reserved is
    empty.
    """
    if proj_size:
        raise NotSupportedError("LSTM: proj_size is not supported; multiply the outputs by a matrix.")
    if dropout:
        raise NotSupportedError("LSTM: dropout between layers is not supported here; use nn.LSTM.")
    sides = 2 if bidirectional else 1
    if x.ndim != 3 or x.shape[2] != input_size:
        raise ShapeError(f"For 'LSTM', x must have shape (T, N, {input_size}), got {x.shape}.")
    for what, state in (("h", h), ("c", c)):
        _expect("LSTM", what, state, (num_layers * sides, x.shape[1], hidden_size))
    flat, start = reshaped(w, (-1,)), 0
    layers = [(input_size if i == 0 else hidden_size * sides) for i in range(num_layers) for _ in range(sides)]
    rows = 4 * hidden_size
    total = sum(rows * (n + hidden_size + 2 * has_bias) for n in layers)
    if flat.size != total:
        raise ShapeError(f"For 'LSTM', the weights must have {total} elements, got {flat.size}.")
    pieces = []
    shapes = [*((rows, n) for n in layers), *[(rows, hidden_size)] * len(layers), *[(rows,)] * has_bias * len(layers)]
    for shape in shapes:
        stop = start + int(np.prod(shape))
        pieces.append(reshaped(flat[start:stop], shape))
        start = stop
    y, last_h, last_c = x, [], []
    for layer in range(num_layers):
        found = []
        for side in range(sides):
            k = layer * sides + side
            wx, wh = pieces[k], pieces[len(layers) + k]
            bias = pieces[2 * len(layers) + k] if has_bias else placed(np.zeros(rows, x.np_dtype), x)
            packed = OP["concatenate"](*[reshaped(p, (-1,)) for p in (wx, wh, bias, bias * 0)], axis=0)
            given = OP["flip"](y, axis=0) if side else y
            out, hn, cn = OP["rnn"](None, given, packed, h[k:k + 1], c[k:k + 1], state_size=hidden_size, num_layers=1,
                                    mode="lstm", state_outputs=True)
            found.append(OP["flip"](out, axis=0) if side else out)
            last_h.append(hn)
            last_c.append(cn)
        y = OP["concatenate"](*found, axis=2) if sides > 1 else found[0]
    empty = placed(np.zeros((1, 1), x.np_dtype), x)
    return y, OP["concatenate"](*last_h, axis=0), OP["concatenate"](*last_c, axis=0), empty, empty


def _lstm_step(x: Tensor, h: Tensor, c: Tensor, w: Tensor, b: Tensor, forget_bias: float, act: Callable) -> tuple:
    """(c, h, i, j, f, o, act(c)) for the weight (in + H, 4 H), whose gates come in the order i, j, f, o."""
    i, j, f, o = _gates(OP["matmul"](OP["concatenate"](x, h, axis=1), w) + b, 4)
    i, j, f, o = OP["sigmoid"](i), act(j), OP["sigmoid"](f + forget_bias), OP["sigmoid"](o)
    new = f * c + i * j
    bent = act(new)
    return new, o * bent, i, j, f, o, bent


def _activation(name: str, activation: str) -> Callable:
    if activation != "tanh":
        raise ArgumentError(f"For '{name}', activation must be 'tanh', got {activation!r}.")
    return OP["tanh"]


def _lstm_weights(name: str, x: Tensor, w: Tensor, b: Tensor, size: int) -> None:
    _expect(name, "w", w, (x.shape[-1] + size, 4 * size))
    _expect(name, "b", b, (4 * size,))


def basic_lstm_cell(x: Tensor, h: Tensor, c: Tensor, w: Tensor, b: Tensor, *, keep_prob: float = 1.0,
                    forget_bias: float = 1.0, state_is_tuple: bool = True, activation: str = "tanh") -> tuple:
    """One step of an LSTM: (c, h, i, j, f, o, tanh(c)) for x (N, in), h and c (N, H), w (in + H, 4 H), b (4 H,)."""
    act = _activation("BasicLSTMCell", activation)
    _lstm_weights("BasicLSTMCell", x, w, b, h.shape[1])
    return _lstm_step(x, h, c, w, b, forget_bias, act)


def dynamic_rnn(x: Tensor, w: Tensor, b: Tensor, seq_length: Any = None, init_h: Tensor | None = None,
                init_c: Tensor | None = None, *, forget_bias: float = 0.0, activation: str = "tanh",
                cell_clip: float = -1.0, **_: Any) -> tuple:
    """An LSTM over x (T, N, in): (y, h, c, i, j, f, o, tanh(c)), each (T, N, H), for w (in + H, 4 H) and b (4 H,)."""
    if seq_length is not None:
        raise NotSupportedError("DynamicRNN: seq_length must be None; use nn.LSTM with seq_length.")
    act, size = _activation("DynamicRNN", activation), w.shape[1] // 4
    _lstm_weights("DynamicRNN", x, w, b, size)
    zeros = placed(np.zeros((x.shape[1], size), x.np_dtype), x)
    h = zeros if init_h is None else reshaped(init_h, zeros.shape)
    c = zeros if init_c is None else reshaped(init_c, zeros.shape)
    steps = []
    for t in range(x.shape[0]):
        c, h, *gates = _lstm_step(x[t], h, c, w, b, forget_bias, act)
        if cell_clip > 0:
            c = OP["clip"](c, a_min=-cell_clip, a_max=cell_clip)
        steps.append((h, h, c, *gates))
    return tuple([_stacked(list(column)) for column in zip(*steps)])


def dynamic_gru(x: Tensor, weight_input: Tensor, weight_hidden: Tensor, bias_input: Tensor | None = None,
                bias_hidden: Tensor | None = None, seq_length: Any = None, init_h: Tensor | None = None, *,
                activation: str = "tanh", gate_order: str = "rzh", reset_after: bool = True, **_: Any) -> tuple:
    """A GRU over x (T, N, in): (y, h, update, reset, new, hidden_new), each (T, N, H).

    The weights are (in, 3 H) and (H, 3 H), the biases (3 H,), their gates in the order reset, update, new ('rzh'), or
    'zrh'. new = tanh(x W + b + r (h U + c)), and h = z h + (1 - z) new; r multiplies h itself without ``reset_after``.
    """
    if seq_length is not None:
        raise NotSupportedError("DynamicGRUV2: seq_length must be None; use nn.GRU with seq_length.")
    if gate_order not in ("rzh", "zrh"):
        raise ArgumentError(f"For 'DynamicGRUV2', gate_order must be 'rzh' or 'zrh', got {gate_order!r}.")
    act, size = _activation("DynamicGRUV2", activation), weight_hidden.shape[0]
    _expect("DynamicGRUV2", "weight_input", weight_input, (x.shape[2], 3 * size))
    _expect("DynamicGRUV2", "weight_hidden", weight_hidden, (size, 3 * size))
    if init_h is None:
        raise ArgumentError("For 'DynamicGRUV2', init_h is required, of shape (N, H).")
    _expect("DynamicGRUV2", "init_h", init_h, (x.shape[1], size))
    zero = placed(np.zeros(3 * size, x.np_dtype), x)
    b, d = zero if bias_input is None else bias_input, zero if bias_hidden is None else bias_hidden
    h, steps = init_h, []
    for t in range(x.shape[0]):
        first, second, new = _gates(OP["matmul"](x[t], weight_input) + b, 3)
        parts = _gates(OP["matmul"](h, weight_hidden) + d, 3)
        r, z = OP["sigmoid"](first + parts[0]), OP["sigmoid"](second + parts[1])
        r, z = (r, z) if gate_order == "rzh" else (z, r)
        if reset_after:
            hidden = parts[2]
            new = act(new + r * hidden)
        else:
            hidden = OP["matmul"](r * h, weight_hidden[:, 2 * size:]) + d[2 * size:]
            new = act(new + hidden)
        h = z * h + (1 - z) * new
        steps.append((h, h, z, r, new, hidden))
    return tuple([_stacked(list(column)) for column in zip(*steps)])
