"""Recurrent kernels against loops over steps, rows and units, in float64."""

import math

import numpy as np
import pytest

from luojia._src.engine.kernels.rnn import gru, gru_backward, lstm, lstm_backward, rnn, rnn_backward
from luojia._src.errors import ArgumentError, ShapeError

TOLERANCE = {np.float16: 4e-3, np.float32: 3e-6, np.float64: 1e-12}
GATES = {"relu": 1, "tanh": 1, "lstm": 4, "gru": 3}
SIZES = {"usual": (4, 3, 2, 5), "one of each": (1, 1, 1, 1), "wide input": (2, 2, 7, 3),
         "many steps": (11, 1, 1, 2)}  # T, N, C, H
every_mode = pytest.mark.parametrize("mode", GATES)


def forward(mode, x, h0, c0, *weights):
    """((y, hT[, cT]), saved)"""
    if mode == "lstm":
        *out, saved = lstm(x, h0, c0, *weights)
    elif mode == "gru":
        *out, saved = gru(x, h0, *weights)
    else:
        *out, saved = rnn(x, h0, *weights, activation=mode)
    return out, saved


def backward(mode, saved, x, wx, wh, gy, gh=None, gc=None):
    """(dx, dh0[, dc0], dwx, dwh, dbx, dbh)"""
    if mode == "lstm":
        return lstm_backward(saved, x, wx, wh, gy, gh, gc)
    if mode == "gru":
        found = gru_backward(saved, x, wx, wh, gy, gh)
    else:
        found = rnn_backward(saved, x, wx, wh, gy, gh, activation=mode)
    assert found.dc0 is None
    return found


def naive(mode, x, h0, c0, wx, wh, bx, bh):
    """(y, hT, cT), one unit at a time."""
    size = h0.shape[1]
    y = np.empty((*x.shape[:2], size))
    h, c = h0.astype(np.float64), c0.astype(np.float64)
    for t, n in np.ndindex(x.shape[:2]):
        new = []
        for u in range(size):
            a = [sum(x[t, n] * wx[k * size + u]) + bx[k * size + u] for k in range(GATES[mode])]
            b = [sum(h[n] * wh[k * size + u]) + bh[k * size + u] for k in range(GATES[mode])]
            if mode == "lstm":
                i, f, g, o = (p + q for p, q in zip(a, b))
                c[n, u] = sigmoid(f) * c[n, u] + sigmoid(i) * math.tanh(g)
                new.append(sigmoid(o) * math.tanh(c[n, u]))
            elif mode == "gru":
                r, z = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
                new.append((1 - z) * math.tanh(a[2] + r * b[2]) + z * h[n, u])
            else:
                new.append(math.tanh(a[0] + b[0]) if mode == "tanh" else max(a[0] + b[0], 0.0))
        y[t, n] = h[n] = new
    return (y, h, c) if mode == "lstm" else (y, h)


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def arrays(mode, sizes="usual", dtype=np.float64, seed=19):
    """x, h0, c0, wx, wh, bx, bh"""
    steps, n, channels, size = SIZES[sizes]
    rng, rows = np.random.default_rng(seed), GATES[mode] * size
    shapes = (steps, n, channels), (n, size), (n, size), (rows, channels), (rows, size), (rows,), (rows,)
    return [rng.standard_normal(s).astype(dtype) for s in shapes]


def heads(outputs, seed=23):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(o.shape).astype(o.dtype) for o in outputs]


def close(got, expected, dtype):
    assert got.dtype == dtype and got.shape == expected.shape
    scale = max(1.0, np.abs(expected).max(initial=0))
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=TOLERANCE[dtype])


@every_mode
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_forward_equals_the_loops(mode, sizes, dtype):
    args = arrays(mode, sizes, dtype)
    for got, expected in zip(forward(mode, *args)[0], naive(mode, *args), strict=True):
        close(got, expected, dtype)


@every_mode
@pytest.mark.parametrize("sizes", ["wide input", "many steps"])
def test_backward_equals_finite_differences_of_the_loops(mode, sizes):
    args = arrays(mode, sizes)
    outputs, saved = forward(mode, *args)
    gs, e = heads(outputs), 1e-6
    found = backward(mode, saved, args[0], args[3], args[4], *gs)
    for i, grad in enumerate(found):
        if grad is None:
            continue
        numeric = np.empty_like(grad)
        for at in np.ndindex(grad.shape):
            low, high = [a.copy() for a in args], [a.copy() for a in args]
            low[i][at] -= e
            high[i][at] += e
            ends = zip(gs, naive(mode, *high), naive(mode, *low))
            numeric[at] = sum(np.vdot(g, b - a) for g, b, a in ends) / (2 * e)
        np.testing.assert_allclose(grad, numeric, atol=1e-7, rtol=1e-6)


@every_mode
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_backward_in_lower_precision_equals_float64(mode, dtype):
    args = arrays(mode, dtype=dtype)
    outputs, saved = forward(mode, *args)
    gs = heads(outputs)
    wide = [a.astype(np.float64) for a in args]
    expected = backward(mode, forward(mode, *wide)[1], wide[0], wide[3], wide[4], *(g.astype(np.float64) for g in gs))
    for got, want in zip(backward(mode, saved, args[0], args[3], args[4], *gs), expected):
        if want is not None:
            close(got, want, dtype)


@every_mode
def test_a_missing_gradient_is_zero(mode):
    args = arrays(mode)
    outputs, saved = forward(mode, *args)
    for keep in range(len(outputs)):
        full = [g if i == keep else np.zeros_like(g) for i, g in enumerate(heads(outputs))]
        part = [g if i == keep else None for i, g in enumerate(heads(outputs))]
        for a, b in zip(*(backward(mode, saved, args[0], args[3], args[4], *g) for g in (full, part))):
            assert a is b is None or np.array_equal(a, b)


# mx.nd.RNN of mxnet 1.9.1 in float64: the last row of y, and of cT, for the inputs that the test makes
MXNET = {
    "relu": [[1.1157295, 0.0]],
    "tanh": [[0.7420998, -0.7189823]],
    "lstm": [[0.1463552, 0.042073], [0.3049052, 0.5575054]],
    "gru": [[-0.2869412, -0.2753568]],
}


@every_mode
def test_gates_are_in_the_order_of_mxnet(mode):
    steps, n, channels, size = 3, 2, 2, 2
    rows = GATES[mode] * size
    flat = np.cos(np.arange(rows * (channels + size + 2)) * 1.7)
    wx, wh, b = np.split(flat, [rows * channels, rows * (channels + size)])
    x = np.sin(np.arange(steps * n * channels)).reshape(steps, n, channels)
    h0, c0 = np.sin(np.arange(n * size) + 0.5).reshape(n, size), np.cos(np.arange(n * size)).reshape(n, size)
    out, _ = forward(mode, x, h0, c0, wx.reshape(rows, channels), wh.reshape(rows, size), b[:rows], b[rows:])
    got = [out[0][-1, -1], *(c[-1] for c in out[2:])]
    np.testing.assert_allclose(got, MXNET[mode], atol=6e-8)
    assert np.array_equal(out[1], out[0][-1])


@every_mode
def test_kernels_take_any_layout_and_leave_their_inputs_alone(mode):
    plain = arrays(mode)
    loose = [np.flip(np.ascontiguousarray(np.flip(a, -1).T), 0).T for a in plain]
    outputs, saved = forward(mode, *loose)
    for got, expected in zip(outputs, forward(mode, *plain)[0]):
        np.testing.assert_allclose(got, expected, rtol=1e-12)
    gs = [np.flip(np.ascontiguousarray(np.flip(g, -1).T), 0).T for g in heads(outputs)]
    got = backward(mode, saved, loose[0], loose[3], loose[4], *gs)
    again = backward(mode, saved, plain[0], plain[3], plain[4], *heads(outputs))  # saved values serve twice
    for a, b in zip(got, again):
        assert a is b is None or np.allclose(a, b, rtol=1e-12, atol=1e-14)
    assert all(np.array_equal(a, b) for a, b in zip(loose, plain))
    assert all(np.array_equal(a, b) for a, b in zip(gs, heads(outputs)))


@every_mode
@pytest.mark.parametrize("steps, n", [(0, 2), (3, 0)])
def test_empty_sequences_and_batches(mode, steps, n):
    args = arrays(mode)
    x, h0, c0 = np.ones((steps, n, args[0].shape[2])), np.full((n, args[1].shape[1]), 0.5), args[2][:n]
    outputs, saved = forward(mode, x, h0, c0, *args[3:])
    assert outputs[0].shape == (steps, n, h0.shape[1])
    if steps == 0:
        assert np.array_equal(outputs[1], h0)
    gs = heads(outputs)
    found = backward(mode, saved, x, args[3], args[4], *gs)
    assert found.dx.shape == x.shape and not found.dwx.any() and found.dwh.shape == args[4].shape
    assert np.array_equal(found.dh0, gs[1]) and not np.shares_memory(found.dh0, gs[1])


def test_gradients_and_final_states_have_their_own_memory():
    args = arrays("lstm")
    (y, h, c), saved = forward("lstm", *args)
    assert not np.shares_memory(y, h) and not np.shares_memory(c, saved.cells)
    found = backward("lstm", saved, args[0], args[3], args[4], y)
    assert np.array_equal(found.dbx, found.dbh) and not np.shares_memory(found.dbx, found.dbh)


def test_large_inputs_saturate_without_warnings():
    args = [a * 1e4 for a in arrays("lstm", dtype=np.float32)]
    (y, h, c), saved = forward("lstm", *args)
    assert np.isfinite(y).all() and np.isfinite(c).all()


@every_mode
def test_kernels_refuse_what_does_not_fit(mode):
    args = arrays(mode)
    name = mode if mode in ("lstm", "gru") else "rnn"

    def refuses(message, **changes):
        keys = ("x", "h0", "c0", "wx", "wh", "bx", "bh")
        with pytest.raises(ShapeError, match=message):
            forward(mode, *(changes.get(k, a) for k, a in zip(keys, args)))

    refuses(rf"{name} expects x \(T, N, C\) and h0 \(N, H\), got x \(4, 3\)", x=args[0][..., 0])
    refuses(rf"{name} expects x .* h0 \(2, 5\)", h0=args[1][:2])
    for arg, bad in (("wx", args[3][1:]), ("wh", args[4][:, 1:]), ("bx", args[5][1:]), ("bh", args[6][None])):
        refuses(rf"{name} of x \(4, 3, 2\) and h0 \(3, 5\) expects {arg} ", **{arg: bad})


def test_lstm_refuses_cells_of_another_shape():
    args = arrays("lstm")
    with pytest.raises(ShapeError, match=r"lstm expects c0 of h0's shape \(3, 5\), got \(2, 5\)"):
        lstm(args[0], args[1], args[2][:2], *args[3:])


def test_rnn_refuses_an_unknown_activation():
    args = arrays("tanh")
    with pytest.raises(ArgumentError, match="rnn expects activation 'tanh' or 'relu', got 'sigmoid'"):
        rnn(*args[:2], *args[3:], activation="sigmoid")
