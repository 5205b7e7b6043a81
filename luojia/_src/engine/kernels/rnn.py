"""Recurrent layers over whole sequences on NumPy arrays: one layer, one direction, forward and first-order backward.

x is (T, N, C), states are (N, H), wx is (gates * H, C), wh is (gates * H, H), bx and bh are (gates * H,), with the
gates in cuDNN's and MXNet's order: LSTM i, f, g, o and GRU r, z, n. The outputs y are (T, N, H).

What the steps compute stands here, what becomes of them and in which threads in recurrent.py. y may share its memory
with what is saved: do not write into it. The sigmoid is 0.5 * tanh(0.5 * a) + 0.5, which cannot overflow. float16 is
computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from luojia._src.engine.kernels import recurrent
from luojia._src.engine.kernels.precision import widen
from luojia._src.engine.kernels.recurrent import Times
from luojia._src.errors import ArgumentError, ShapeError

Array = np.ndarray
_Slots = Sequence[Array] | None


class Saved(NamedTuple):
    """What backward needs: the states before and after each step (T + 1, N, H), and the gates (T, N, gates * H)."""

    states: Array
    gates: Array
    cells: Array | None = None  # LSTM: the cells (T + 1, N, H)
    hidden: Array | None = None  # LSTM: tanh of the cells; GRU: h @ wh_n + bh_n, before the reset (T, N, H)


class Gradients(NamedTuple):
    """The gradients of a forward's arguments: states in x's dtype, biases in their weights'; dc0 for an LSTM only.

    dx is None where ``needs_dx`` said so."""

    dx: Array | None
    dh0: Array
    dc0: Array | None
    dwx: Array
    dwh: Array
    dbx: Array
    dbh: Array


def rnn(x: Array, h0: Array, wx: Array, wh: Array, bx: Array, bh: Array, *,
        activation: str = "tanh") -> tuple[Array, Array, Saved]:
    """(y, hT, saved): h = activation(x @ wx.T + bx + h @ wh.T + bh), activation tanh or relu.

    >>> zero, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> rnn(np.ones((3, 1, 1)), zero, one, one, zero[0], zero[0], activation="relu")[0].ravel()
    array([1., 2., 3.])
    """
    _expect("rnn", 1, x, h0, wx, wh, bx, bh)
    if activation not in ("tanh", "relu"):
        raise ArgumentError(f"rnn expects activation 'tanh' or 'relu', got {activation!r}.")
    states, gates, bias = _start(x, h0, wx, bx, bh)

    def run(part: slice, steps: range, times: Times) -> None:
        mine, h, term = gates[:, part], states[:, part], np.empty_like(gates[0, part])
        for t in steps:
            a = mine[t]
            a += times(h[t], term)
            if activation == "tanh":
                np.tanh(a, out=h[t + 1])
            else:
                np.maximum(a, 0, out=h[t + 1])

    recurrent.forward(widen(x), widen(wx), bias, widen(wh).T, gates, run)
    return *_outputs(x.dtype, states), Saved(states, gates)


def rnn_backward(saved: Saved, x: Array, wx: Array, wh: Array, gy: Array | None, gh: Array | None = None, *,
                 activation: str = "tanh", needs_dx: bool = True, into: _Slots = None) -> Gradients:
    """The gradients of `rnn`'s arguments for those of y (T, N, H) and hT (N, H); None means zero."""
    states = saved.states
    da, dh0 = np.empty_like(saved.gates), _final(gh, states)

    def run(part: slice, steps: range, times: Times, _: None) -> None:
        dh = dh0[part]
        for t in reversed(steps):
            if gy is not None:
                dh += gy[t, part]
            h = states[t + 1, part]
            times(np.multiply(dh, 1 - h * h if activation == "tanh" else h > 0, out=da[t, part]), dh)

    return _backward(x, wx, wh, dh0, None, states, da, da, None, run, needs_dx, into)


def lstm(x: Array, h0: Array, c0: Array, wx: Array, wh: Array, bx: Array,
         bh: Array) -> tuple[Array, Array, Array, Saved]:
    """(y, hT, cT, saved): c = f * c + i * g, h = o * tanh(c), with sigmoid gates i, f, o and g = tanh.

    Source: Hochreiter and Schmidhuber 1997, with forget gates; the gates and order of MXNet's RNN and torch.nn.LSTM.
    """
    _expect("lstm", 4, x, h0, wx, wh, bx, bh)
    if c0.shape != h0.shape:
        raise ShapeError(f"lstm expects c0 of h0's shape {h0.shape}, got {c0.shape}.")
    size = h0.shape[1]
    states, gates, bias = _start(x, h0, wx, bx, bh)
    cells, hidden = np.empty_like(states), np.empty_like(states[1:])
    cells[0] = c0
    # One tanh serves the four gates of a step: i, f and o are 0.5 * tanh(0.5 * a) + 0.5, g is 1 * tanh(1 * a) + 0.
    scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], gates.dtype), size)
    shift = np.repeat(np.array([0.5, 0.5, 0, 0.5], gates.dtype), size)

    def run(part: slice, steps: range, times: Times) -> None:
        mine, h, c, tanh_c = gates[:, part], states[:, part], cells[:, part], hidden[:, part]
        term, fresh = np.empty_like(mine[0]), np.empty_like(h[0])
        for t in steps:
            a = mine[t]
            a += times(h[t], term)
            np.tanh(a, out=a)
            a *= scale
            a += shift
            i, f, g, o = (a[:, k * size : (k + 1) * size] for k in range(4))
            new = np.multiply(f, c[t], out=c[t + 1])
            new += np.multiply(i, g, out=fresh)
            np.tanh(new, out=tanh_c[t])
            np.multiply(o, tanh_c[t], out=h[t + 1])

    recurrent.forward(widen(x), widen(wx), bias, widen(wh).T, gates, run, scale)
    y, last = _outputs(x.dtype, states)
    return y, last, cells[-1].astype(x.dtype), Saved(states, gates, cells, hidden)


def lstm_backward(saved: Saved, x: Array, wx: Array, wh: Array, gy: Array | None, gh: Array | None = None,
                  gc: Array | None = None, *, needs_dx: bool = True, into: _Slots = None) -> Gradients:
    """The gradients of `lstm`'s arguments for those of y (T, N, H), hT and cT (N, H); None means zero."""
    states, gates, cells, hidden = saved
    assert cells is not None and hidden is not None
    size = states.shape[2]
    da, dh0, dc0 = np.empty_like(gates), _final(gh, states), _final(gc, states)

    apart, parts_of = [whole.reshape(*whole.shape[:2], 4, size) for whole in (gates, da)]

    def ahead(part: slice, steps: range) -> tuple[Array, Array]:
        some = slice(steps.start, steps.stop)
        return _lstm_slopes(apart[some, part], cells[:-1][some, part], hidden[some, part])

    def run(part: slice, steps: range, times: Times, found: tuple[Array, Array]) -> None:
        slopes, of_cell = found
        dh, dc, fresh = dh0[part], dc0[part], np.empty_like(dh0[part])
        a, d = apart[:, part], parts_of[:, part]
        for t in reversed(steps):
            if gy is not None:
                dh += gy[t, part]
            s = slopes[t - steps.start]
            dc += np.multiply(dh, of_cell[t - steps.start], out=fresh)
            np.multiply(dc[:, None], s[:, :3], out=d[t, :, :3])
            np.multiply(dh, s[:, 3], out=d[t, :, 3])
            dc *= a[t, :, 1]
            times(da[t, part], dh)

    return _backward(x, wx, wh, dh0, dc0, states, da, da, ahead, run, needs_dx, into)


def _lstm_slopes(gates: Array, cells: Array, hidden: Array) -> tuple[Array, Array]:
    """Of several steps, what each gate's sum changes for the gradients of c (i, f, g) and of h (o), (T, N, 4, H); and
    what c does for that of h, (T, N, H)."""
    i, f, g, o = (gates[:, :, k] for k in range(4))
    slopes = 1 - gates
    slopes[:, :, 2] *= 1 + g
    slopes[:, :, 2] *= i
    for k, a, by in ((0, i, g), (1, f, cells), (3, o, hidden)):
        slopes[:, :, k] *= a
        slopes[:, :, k] *= by
    of_cell = hidden * hidden
    np.subtract(1, of_cell, out=of_cell)
    of_cell *= o
    return slopes, of_cell


def gru(x: Array, h0: Array, wx: Array, wh: Array, bx: Array, bh: Array) -> tuple[Array, Array, Saved]:
    """(y, hT, saved): h = (1 - z) * n + z * h, n = tanh(x @ wx_n.T + bx_n + r * (h @ wh_n.T + bh_n)), r, z sigmoids.

    The reset comes after the product with wh_n, as in cuDNN, MXNet and torch; Cho et al. 2014 put it before.
    """
    _expect("gru", 3, x, h0, wx, wh, bx, bh)
    size = h0.shape[1]
    late = np.concatenate([np.zeros(2 * size, bh.dtype), bh[2 * size :]])  # bh_n is inside the reset
    states, gates, bias = _start(x, h0, wx, bx, bh - late)
    late, hidden = widen(late), np.empty_like(states[1:])

    def run(part: slice, steps: range, times: Times) -> None:
        mine, h, of_n, term = gates[:, part], states[:, part], hidden[:, part], np.empty_like(gates[0, part])
        for t in steps:
            a = mine[t]
            p = times(h[t], term)
            p += late
            r_z, n = a[:, : 2 * size], a[:, 2 * size :]
            r_z += p[:, : 2 * size]
            _sigmoid(r_z)
            of_n[t] = p[:, 2 * size :]
            n += r_z[:, :size] * of_n[t]
            np.tanh(n, out=n)
            new = np.subtract(h[t], n, out=h[t + 1])
            new *= r_z[:, size:]
            new += n

    recurrent.forward(widen(x), widen(wx), bias, widen(wh).T, gates, run)
    return *_outputs(x.dtype, states), Saved(states, gates, None, hidden)


def gru_backward(saved: Saved, x: Array, wx: Array, wh: Array, gy: Array | None, gh: Array | None = None, *,
                 needs_dx: bool = True, into: _Slots = None) -> Gradients:
    """The gradients of `gru`'s arguments for those of y (T, N, H) and hT (N, H); None means zero."""
    states, gates, _, hidden = saved
    assert hidden is not None
    size = states.shape[2]
    da, dp = np.empty_like(gates), np.empty_like(gates)  # of the inputs' part and of the states' part
    dh0 = _final(gh, states)

    def run(part: slice, steps: range, times: Times, _: None) -> None:
        dh, term = dh0[part], np.empty_like(dh0[part])
        for t in reversed(steps):
            if gy is not None:
                dh += gy[t, part]
            a, d, p = gates[t, part], da[t, part], dp[t, part]
            r, z, n = (a[:, k * size : (k + 1) * size] for k in range(3))
            np.multiply(dh * (1 - z), 1 - n * n, out=d[:, 2 * size :])
            np.multiply(d[:, 2 * size :] * hidden[t, part], r * (1 - r), out=d[:, :size])
            np.multiply(dh * (states[t, part] - n), z * (1 - z), out=d[:, size : 2 * size])
            p[:, : 2 * size] = d[:, : 2 * size]
            np.multiply(d[:, 2 * size :], r, out=p[:, 2 * size :])
            dh *= z
            dh += times(p, term)

    return _backward(x, wx, wh, dh0, None, states, da, dp, None, run, needs_dx, into)


def _expect(name: str, gates: int, x: Array, h0: Array, wx: Array, wh: Array, bx: Array, bh: Array) -> None:
    if x.ndim != 3 or h0.ndim != 2 or x.shape[1] != h0.shape[0]:
        raise ShapeError(f"{name} expects x (T, N, C) and h0 (N, H), got x {x.shape} and h0 {h0.shape}.")
    rows, size = gates * h0.shape[1], h0.shape[1]
    wanted = {"wx": (rows, x.shape[2]), "wh": (rows, size), "bx": (rows,), "bh": (rows,)}
    for (arg, shape), got in zip(wanted.items(), (wx, wh, bx, bh)):
        if got.shape != shape:
            raise ShapeError(f"{name} of x {x.shape} and h0 {h0.shape} expects {arg} {shape}, got {got.shape}.")


def _sigmoid(a: Array) -> None:
    """In place."""
    a *= 0.5
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5


def _start(x: Array, h0: Array, wx: Array, bx: Array, bh: Array) -> tuple[Array, Array, Array]:
    """The states with h0 set, room for the gates of all steps, and bx + bh, in the working dtype."""
    steps, n, _ = x.shape
    bias = widen(bx) + widen(bh)
    gates = np.empty((steps, n, len(wx)), np.result_type(widen(x), widen(wx)))
    states = np.empty((steps + 1, *h0.shape), gates.dtype)
    states[0] = h0
    return states, gates, bias


def _outputs(dtype: np.dtype, states: Array) -> tuple[Array, Array]:
    return states[1:].astype(dtype, copy=False), states[-1].astype(dtype)


def _final(g: Array | None, states: Array) -> Array:
    return np.zeros_like(states[0]) if g is None else g.astype(states.dtype)


def _backward(x: Array, wx: Array, wh: Array, dh0: Array, dc0: Array | None, states: Array, da: Array, dp: Array,
              ahead: Callable | None, run: Callable, needs_dx: bool, into: _Slots) -> Gradients:
    """All gradients, as ``run`` finds them; of the weights and biases in the arrays ``into``, if these are given."""
    slots = into or [np.empty(shape, wx.dtype) for shape in (wx.shape, wh.shape, da.shape[2:], da.shape[2:])]
    dx = recurrent.backward(widen(x), states[:-1], widen(wx), widen(wh), da, dp, ahead, run, slots, needs_dx)
    return Gradients(None if dx is None else dx.astype(x.dtype, copy=False), dh0.astype(x.dtype, copy=False),
                     None if dc0 is None else dc0.astype(x.dtype, copy=False), *slots)
