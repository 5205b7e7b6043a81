"""Recurrent layers over whole sequences: one operator for vanilla, LSTM and GRU, deep and in both directions.

The plain path is composed of small functions, so that it has derivatives of every order; the fast path runs the fused
kernels, one node on the tape for the whole stack. Gates come in the order of cuDNN, mxnet and torch: LSTM i, f, g, o
and GRU r, z, n. Sequence lengths, projection and clipped cells take the plain path.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.op import OPERATORS, op
from ..engine.kernels import rnn as kernels
from ..engine.numpy_engine import ENGINE
from ..errors import ArgumentError, ShapeError

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


class _Weights(NamedTuple):
    """The weights of one layer in one direction."""

    wx: Any  # (gates * H, in)
    wh: Any  # (gates * H, out), out being H, or P with a projection
    bx: Any
    bh: Any
    wr: Any = None  # (P, H)


class _Varied(NamedTuple):
    """What only the plain path knows: (T, N, 1) of which steps count, and the cells' bounds."""

    steps: Any = None
    clip_min: float | None = None
    clip_max: float | None = None


def parameter_size(width: int, *, mode: str, state_size: int, num_layers: int, bidirectional: bool = False,
                   projection_size: int | None = None) -> int:
    """The length of the packed parameters for inputs of ``width``.

    >>> parameter_size(3, mode="lstm", state_size=2, num_layers=1)
    56
    """
    return _total(_shapes(width, mode, state_size, num_layers, bidirectional, projection_size))


def _total(shapes: list[_Weights]) -> int:
    return sum(int(np.prod(shape)) for layer in shapes for shape in layer if shape is not None)


def _shapes(width: int, mode: str, size: int, layers: int, bidirectional: bool,
            projection: int | None = None) -> list[_Weights]:
    """The weights' shapes for each layer and direction, layer by layer."""
    directions = 2 if bidirectional else 1
    rows, out = GATES[mode] * size, projection or size
    return [
        _Weights((rows, width if layer == 0 else out * directions), (rows, out), (rows,), (rows,),
                 (projection, size) if projection else None)
        for layer in range(layers) for _ in range(directions)
    ]


def pack(weights: list[Any]) -> Any:
    """The packed parameters from Tensors (wx, wh, bx, bh) of each layer and direction, in that order, flat."""
    flat = [OPERATORS["reshape"](w, shape=(-1,)) for w in weights]
    matrices = [w for i, w in enumerate(flat) if i % 4 < 2]
    biases = [w for i, w in enumerate(flat) if i % 4 > 1]
    return OPERATORS["concatenate"](*matrices, *biases, axis=0)


def _unpack(params: Any, shapes: list[_Weights], xp: Any = None) -> list[_Weights]:
    """All matrices come first, then all biases. With the namespace of an engine that compiles they are split."""
    found: list[dict] = [{} for _ in shapes]
    places = [(place, name, shape) for part in (("wx", "wh", "wr"), ("bx", "bh")) for place, layer in zip(found, shapes)
              for name in part if (shape := getattr(layer, name)) is not None]
    ends = np.cumsum([int(np.prod(shape)) for _, _, shape in places]).tolist()
    if xp is not None and xp.engine.compiles:
        pieces = xp.split(params, ends[:-1])
    else:
        pieces = [params[start:stop] for start, stop in zip([0, *ends], ends)]
    for (place, name, shape), piece in zip(places, pieces):
        place[name] = piece.reshape(shape)
    return [_Weights(**layer) for layer in found]


def _check(x, params, h0, c0, lengths, state_size, num_layers, mode, bidirectional, use_sequence_length,
           projection_size):
    """Refuse what does not fit, and return the weights' shapes."""
    if mode not in GATES:
        raise ArgumentError(f"RNN: mode must be one of {tuple(GATES)}, got {mode!r}.")
    if projection_size and mode != "lstm":
        raise ArgumentError(f"RNN: projection_size is for mode 'lstm', got mode {mode!r}; leave it out.")
    if use_sequence_length != (lengths is not None):
        raise ArgumentError("RNN: sequence_length, of shape (batch,), goes with use_sequence_length=True; got "
                            + ("no lengths." if lengths is None else "lengths without it."))
    if len(x.shape) != 3:
        raise ShapeError(f"RNN expects data (time, batch, width), got {tuple(x.shape)}.")
    directions = 2 if bidirectional else 1
    states = (num_layers * directions, x.shape[1], state_size)
    wanted: dict[str, tuple[Any, tuple]] = {"state": (h0, (*states[:2], projection_size or state_size))}
    if mode == "lstm":
        if c0 is None:
            raise ArgumentError("RNN: mode 'lstm' needs state_cell, the initial cells, beside state.")
        wanted["state_cell"] = (c0, states)
    shapes = _shapes(x.shape[2], mode, state_size, num_layers, bidirectional, projection_size)
    wanted["parameters"] = (params, (_total(shapes),))
    if lengths is not None:
        wanted["sequence_length"] = (lengths, (x.shape[1],))
    for what, (given, shape) in wanted.items():
        if tuple(given.shape) != shape:
            raise ShapeError(f"RNN ({mode}, {num_layers} layers of {state_size}, bidirectional={bidirectional}) of "
                             f"data {tuple(x.shape)} expects {what} of shape {shape}, got {tuple(given.shape)}.")
    return shapes


def _varies(lengths, projection_size, clip_min, clip_max, use_sequence_length):
    """Whether a call asks for what the kernels do not have."""
    return use_sequence_length or projection_size or (lengths, clip_min, clip_max) != (None, None, None)


def _outputs(state_outputs=False, mode="lstm", **_):
    return 1 + (2 if mode == "lstm" else 1) * bool(state_outputs)


def _drop(xp, key, layer, y, p, training):
    """The mask between two layers, or None."""
    if not (p and training):
        return None
    return xp.dropout_mask(key + np.array([0, layer + 1], np.uint32), shape=tuple(y.shape), p=p, dtype=y.dtype)


@op(fn=(), mx="RNN(data:x, parameters:params, state:h0, state_cell:c0=None, sequence_length:lengths=None, state_size, "
              "num_layers, bidirectional=False, mode, p=0.0, state_outputs=False, projection_size=None, "
              "lstm_state_clip_min:clip_min=None, lstm_state_clip_max:clip_max=None, lstm_state_clip_nan:_=False, "
              "use_sequence_length=False)", outputs=_outputs)
def rnn(xp, key, x, params, h0, c0=None, lengths=None, *, state_size, num_layers=1, bidirectional=False, mode="lstm",
        p=0.0, state_outputs=False, projection_size=None, clip_min=None, clip_max=None, use_sequence_length=False,
        training=False):
    """y (T, N, D H) of x (T, N, C) for states h0, and cells c0 of an LSTM, (L D, N, H); L layers, D directions.

    With ``use_sequence_length`` ``lengths`` (N,) says how many steps of each sequence count: past them y is 0, the last
    states are those at the length, and the other direction begins there. (mxnet 1.9.1 reads lengths on GPUs only.)
    ``projection_size`` P projects an LSTM's h to P by wr (P, H), packed behind wh (Sak et al. 2014); ``clip_min`` and
    ``clip_max`` bound its cells after each step.

    ``mode`` is 'rnn_relu', 'rnn_tanh', 'lstm' or 'gru'. ``params`` holds, flat, wx (gates H, in) and wh (gates H, H)
    for each layer and direction, then bx and bh for each: see ``pack`` and ``parameter_size``. ``p`` is the dropout
    between layers when training, drawn from ``key``. With ``state_outputs`` the last h, and c of an LSTM, follow y.
    """
    if use_sequence_length and mode != "lstm" and lengths is None:  # the fourth array of mxnet's graphs
        c0, lengths = None, c0
    varies = _varies(lengths, projection_size, clip_min, clip_max, use_sequence_length)
    if not varies and rnn.fast_forward is not None and all(
            [a is None or hasattr(a, "flags") and a.dtype.kind == "f" for a in (x, params, h0, c0)]):
        return rnn.fast_forward(None, key, x, params, h0, c0, lengths, state_size=state_size, num_layers=num_layers,
                                bidirectional=bidirectional, mode=mode, p=p, state_outputs=state_outputs,
                                projection_size=projection_size, clip_min=clip_min, clip_max=clip_max,
                                use_sequence_length=use_sequence_length, training=training)[0]
    shapes = _check(x, params, h0, c0, lengths, state_size, num_layers, mode, bidirectional, use_sequence_length,
                    projection_size)
    steps = None
    if lengths is not None:
        steps = xp.asarray(np.arange(x.shape[0]))[:, None, None] < xp.reshape(lengths, (1, -1, 1))
    varied = _Varied(steps, clip_min, clip_max)
    directions = 2 if bidirectional else 1
    last_h, last_c = [], []
    y = x
    for i, weights in enumerate(_unpack(params, shapes, xp)):
        layer, backward = divmod(i, directions)
        if not backward:
            inputs, parts = y, []
        how = varied._replace(steps=steps[::-1]) if backward and steps is not None else varied
        ys, h, c = _layer(xp, mode, inputs[::-1] if backward else inputs, h0[i], None if c0 is None else c0[i], weights,
                          how)
        parts.append(ys[::-1] if backward else ys)
        last_h.append(h)
        last_c.append(c)
        if backward or directions == 1:
            y = parts[0] if directions == 1 else xp.concatenate(parts, -1)
            if layer < num_layers - 1:
                mask = _drop(xp, key, layer, y, p, training)
                y = y if mask is None else y * mask
    if not state_outputs:
        return y
    return (y, xp.stack(last_h), xp.stack(last_c)) if mode == "lstm" else (y, xp.stack(last_h))


def _layer(xp, mode, x, h, c, w, varied):
    """(y, last h, last c) of one layer in one direction."""
    fed = (xp.matmul(x, w.wx.T) + w.bx,) if varied.steps is None else (xp.matmul(x, w.wx.T) + w.bx, varied.steps)
    if xp.engine.compiles and x.shape[0]:  # one step compiled, whatever the number of steps
        (h, c), ys = xp.scan_steps(lambda states, a: _step(xp, mode, states, a, w, varied), (h, c), fed)
        return ys, h, c
    ys = []
    for t in range(x.shape[0]):
        (h, c), y = _step(xp, mode, (h, c), [part[t] for part in fed], w, varied)
        ys.append(y)
    if not ys:
        return xp.zeros((0, *h.shape), x.dtype), h, c
    return xp.stack(ys), h, c


def _step(xp, mode, states, fed, w, varied):
    """((h, c), y) after one step, of the states before and the input's part of the gates; past a sequence's length
    the states stay and y is 0."""
    h, c = states
    a = fed[0]
    b = xp.matmul(h, w.wh.T) + w.bh
    if mode == "gru":
        (ar, az, an), (br, bz, bn) = _parts(xp, a, 3), _parts(xp, b, 3)
        r, z = _sigmoid(xp, ar + br), _sigmoid(xp, az + bz)
        n = xp.tanh(an + r * bn)
        h = n + z * (h - n)
    elif mode == "lstm":
        a = a + b
        i, f, g, o = _parts(xp, a, 4)
        c = _sigmoid(xp, f) * c + _sigmoid(xp, i) * xp.tanh(g)
        c = c if varied.clip_min is None else xp.maximum(c, varied.clip_min)
        c = c if varied.clip_max is None else xp.minimum(c, varied.clip_max)
        h = _sigmoid(xp, o) * xp.tanh(c)
        h = h if w.wr is None else xp.matmul(h, w.wr.T)
    else:
        h = xp.tanh(a + b) if mode == "rnn_tanh" else xp.maximum(a + b, 0)
    if len(fed) == 1:
        return (h, c), h
    counts = fed[1]
    before_h, before_c = states
    c = None if c is None else xp.where(counts, c, before_c)
    return (xp.where(counts, h, before_h), c), xp.where(counts, h, xp.zeros_like(h))


def _parts(xp, a, count):
    """The gates' parts of a: split on XLA, as the gradient of a split is one concatenation."""
    if xp.engine.compiles:
        return xp.split(a, count, 1)
    size = a.shape[1] // count
    return [a[:, k * size : (k + 1) * size] for k in range(count)]


def _sigmoid(xp, a):
    return 0.5 * (xp.tanh(0.5 * a) + 1)


@rnn.fast
def _(needs, key, x, params, h0, c0: Any = None, lengths=None, *, state_size, num_layers, bidirectional, mode, p,
      state_outputs, projection_size, clip_min, clip_max, use_sequence_length, training):
    if _varies(lengths, projection_size, clip_min, clip_max, use_sequence_length):
        found = rnn.fn(ENGINE.xp, key, x, params, h0, c0, lengths, state_size=state_size, num_layers=num_layers,
                       bidirectional=bidirectional, mode=mode, p=p, state_outputs=state_outputs,
                       projection_size=projection_size, clip_min=clip_min, clip_max=clip_max,
                       use_sequence_length=use_sequence_length, training=training)
        return found, None
    shapes = _check(x, params, h0, c0, lengths, state_size, num_layers, mode, bidirectional, use_sequence_length,
                    projection_size)
    directions = 2 if bidirectional else 1
    weights = _unpack(params, shapes)
    saved, masks, inputs, last_h, last_c = [], [], [], [], []
    y = x
    for layer in range(num_layers):
        inputs.append(y)
        parts = []
        for direction in range(directions):
            i = layer * directions + direction
            fed = y[::-1] if direction else y
            if mode == "lstm":
                ys, h, c, kept = kernels.lstm(fed, h0[i], c0[i], *weights[i][:4])
                last_c.append(c)
            elif mode == "gru":
                ys, h, kept = kernels.gru(fed, h0[i], *weights[i][:4])
            else:
                ys, h, kept = kernels.rnn(fed, h0[i], *weights[i][:4], activation=mode[4:])
            parts.append(ys[::-1] if direction else ys)
            last_h.append(h)
            saved.append(kept)
        y = parts[0] if directions == 1 else np.concatenate(parts, -1)
        mask = _drop(ENGINE.xp, key, layer, y, p, training) if layer < num_layers - 1 else None
        masks.append(mask)
        y = y if mask is None else y * mask
    everything = (saved, masks, inputs)
    y = y.copy() if y.base is not None else y  # the kernels keep what they return
    if not state_outputs:
        return y, everything
    return ((y, np.stack(last_h), np.stack(last_c)) if mode == "lstm" else (y, np.stack(last_h))), everything


@rnn.fast_vjp
def _(saved, g, args, needs, *, state_size, num_layers, bidirectional, mode, state_outputs, **_):
    kept, masks, inputs = saved
    _key, x, params, h0, c0 = (*args, None)[:5]
    gy: Any
    x: Any
    gy, gh, gc = (*g, None)[:3] if state_outputs else (g, None, None)
    directions = 2 if bidirectional else 1
    shapes = _shapes(x.shape[2], mode, state_size, num_layers, bidirectional)
    weights = _unpack(params, shapes)
    slots = _unpack(dparams := np.empty_like(params), shapes)
    dh, dc = np.empty_like(h0), np.zeros_like(h0 if c0 is None else c0)
    for layer in reversed(range(num_layers)):
        if masks[layer] is not None:
            gy = gy * masks[layer]
        dx: Any = None
        wanted = layer > 0 or needs[1]
        for direction in range(directions):
            i = layer * directions + direction
            flip = slice(None, None, -1 if direction else None)
            part = gy[flip, :, direction * state_size : (direction + 1) * state_size]
            fed = inputs[layer][flip]
            hidden = None if gh is None else gh[i]
            if mode == "lstm":
                of_cell = None if gc is None else gc[i]
                found = kernels.lstm_backward(kept[i], fed, *weights[i][:2], part, hidden, of_cell,
                                               needs_dx=wanted, into=slots[i][:4])
                dc[i] = found.dc0
            elif mode == "gru":
                found = kernels.gru_backward(kept[i], fed, *weights[i][:2], part, hidden, needs_dx=wanted,
                                              into=slots[i][:4])
            else:
                found = kernels.rnn_backward(kept[i], fed, *weights[i][:2], part, hidden, activation=mode[4:],
                                             needs_dx=wanted, into=slots[i][:4])
            dh[i] = found.dh0
            if found.dx is not None:
                dx = found.dx[flip] if dx is None else dx + found.dx[flip]
        gy = dx
    return None, gy, dparams, dh, None if c0 is None else dc, None


@rnn.complete
def _(shapes, out, *, state_size, num_layers=1, bidirectional=False, mode="lstm", projection_size=None, **_):
    _key, x, *rest = shapes
    if x is not None and len(x) == 3:
        depth = num_layers * (2 if bidirectional else 1)
        size = parameter_size(x[2], mode=mode, state_size=state_size, num_layers=num_layers,
                              bidirectional=bidirectional, projection_size=projection_size)
        states = [(depth, x[1], projection_size or state_size), (depth, x[1], state_size), (x[1],)]
        rest = [(size,), *states][: len(rest)]
    return [_key, x, *rest]
