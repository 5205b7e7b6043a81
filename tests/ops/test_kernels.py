"""Operators of losses, recurrence, windows and boxes: mindspore 2.8.0's answers, plain NumPy where it has none."""

from pathlib import Path

import numpy as np
import pytest

from luojia import Tensor, nn, ops
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.check import check_op
from tests.observed import T, fill, wrong_answers

X = np.cos(np.arange(48)).reshape(4, 2, 6)
IMAGE = T(np.sin(np.arange(50) * 0.7).reshape(1, 2, 5, 5))


def I(values):  # noqa: E743 - beside T
    return T(values, np.int32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed_kernels.txt"), at_least=25) == []


def slope_of(f, x, step=1e-3):
    """The derivative of f at x along cosines, by central differences of float32."""
    d = np.cos(np.arange(x.size) + 1.0).reshape(x.shape).astype(x.dtype)
    return d, (float(f(Tensor(x + step * d))) - float(f(Tensor(x - step * d)))) / (2 * step)


@pytest.mark.parametrize("merged", [True, False])
def test_ctc_gradients(merged):
    labels = (T([[0, 0], [0, 1], [1, 0]], np.int64), T([1, 1, 3], np.int32), T([4, 3], np.int32))
    loss = ops.CTCLoss(ctc_merge_repeated=merged)

    def f(x):
        return (loss(x, *labels)[0] * Tensor([1.0, 2.0])).sum()

    x = X.astype(np.float64)
    d, slope = slope_of(f, x, 1e-5)
    np.testing.assert_allclose(np.sum(ops.grad(f)(Tensor(x)).asnumpy() * d), slope, rtol=1e-5)
    whole = ops.grad(lambda x: loss(x, *labels)[0].sum())(Tensor(x)).asnumpy()
    np.testing.assert_allclose(loss(Tensor(x), *labels)[1].asnumpy(), whole, rtol=1e-6)
    skipped = ops.CTCLoss(ignore_longer_outputs_than_inputs=True)(Tensor(x), *labels[:2], T([1, 3], np.int32))
    assert skipped[0].tolist()[0] == np.inf and not skipped[1].asnumpy()[:, 0].any()  # mindspore 2.8.0's
    assert 0 < skipped[0].tolist()[1] < np.inf


def paths(log_p, labels, t, u, frames, count):
    """The probability of all paths of a transducer from (t, u) on."""
    if t == frames - 1 and u == count:
        return np.exp(log_p[t, u, 0])
    found = 0.0
    if t < frames - 1:
        found += np.exp(log_p[t, u, 0]) * paths(log_p, labels, t + 1, u, frames, count)
    if u < count:
        found += np.exp(log_p[t, u, labels[u]]) * paths(log_p, labels, t, u + 1, frames, count)
    return found


def test_transducer():
    acts = np.sin(np.arange(2 * 2 * 3 * 4)).reshape(2, 2, 3, 4)
    labels, frames, counts = np.array([[1, 2], [3, 1]]), np.array([2, 1]), np.array([2, 1])
    log_p = acts - np.log(np.exp(acts).sum(-1, keepdims=True))
    expected = [-np.log(paths(log_p[i], labels[i], 0, 0, frames[i], counts[i])) for i in range(2)]
    given = [T(a, np.int32) for a in (labels, frames, counts)]
    loss, gradient = ops.RNNTLoss()(Tensor(acts), *given)
    np.testing.assert_allclose(loss.asnumpy(), expected, rtol=1e-6)
    d, slope = slope_of(lambda x: ops.RNNTLoss()(x, *given)[0].sum(), acts, 1e-5)
    np.testing.assert_allclose(np.sum(gradient.asnumpy() * d), slope, rtol=1e-5)


def test_recurrent():
    x, h, c = (np.cos(np.arange(n) + k).reshape(s) for k, (n, s) in enumerate(((6, (2, 3)), (4, (2, 2)), (4, (2, 2)))))
    w, b = np.sin(np.arange(40)).reshape(5, 8), np.arange(8) / 10
    i, j, f, o = np.split(np.concatenate([x, h], 1) @ w + b, 4, 1)
    new = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(j)
    found = ops.BasicLSTMCell()(*map(Tensor, (x, h, c, w, b)))
    for got, e in zip(found, (new, sigmoid(o) * np.tanh(new), sigmoid(i), np.tanh(j), sigmoid(f + 1), sigmoid(o),
                              np.tanh(new))):
        np.testing.assert_allclose(got.asnumpy(), e, rtol=1e-6)
    y, _, cells, *_ = ops.DynamicRNN(forget_bias=1.0)(Tensor(np.stack([x, x])), Tensor(w), Tensor(b), None,
                                                      Tensor(h[None]), Tensor(c[None]))
    np.testing.assert_allclose(cells.asnumpy()[0], new, rtol=1e-6)
    assert y.shape == (2, 2, 2) and ops.DynamicRNN(cell_clip=0.1)(Tensor(np.stack([x, x])), Tensor(w), Tensor(b))[
        2].asnumpy().max() <= 0.1 + 1e-7
    wx, wh, bx, bh = (np.sin(np.arange(n) + n).reshape(s) for n, s in ((18, (3, 6)), (12, (2, 6)), (6, -1), (6, -1)))
    for order, after in (("rzh", True), ("zrh", True), ("rzh", False)):
        a, p = np.split(x @ wx + bx, 3, 1), np.split(h @ wh + bh, 3, 1)
        r, z = (sigmoid(a[k] + p[k]) for k in ((0, 1) if order == "rzh" else (1, 0)))
        hidden = p[2] if after else (r * h) @ wh[:, 4:] + bh[4:]
        fresh = np.tanh(a[2] + (r * hidden if after else hidden))
        y, last, update, reset, n, got = ops.DynamicGRUV2(gate_order=order, reset_after=after)(
            Tensor(x[None]), *map(Tensor, (wx, wh, bx, bh)), None, Tensor(h))
        for found, e in ((y, z * h + (1 - z) * fresh), (update, z), (reset, r), (n, fresh), (got, hidden)):
            np.testing.assert_allclose(found.asnumpy()[0], e, rtol=1e-6)
    net = fill(nn.LSTM(2, 2))
    parts = [p.asnumpy().ravel() for p in net.get_parameters()]
    seq, state = T(X[:, :, :2]), T(np.ones((1, 2, 2)))
    weights = T(np.concatenate([parts[0], parts[1], parts[2] + parts[3], 0 * parts[3]]).reshape(-1, 1, 1))
    expected = net(seq, (state, state))[0].asnumpy()
    np.testing.assert_allclose(ops.LSTM(2, 2, 1, True, False, 0.0)(seq, state, state, weights)[0].asnumpy(), expected,
                               rtol=1e-5)


def test_windows():
    image, kernel = IMAGE.asnumpy()[0], np.cos(np.arange(12)).reshape(2, 2, 3)
    wide = np.pad(image, ((0, 0), (0, 1), (1, 1)), constant_values=-np.inf)
    expected = np.array([[[max((wide[k, i:i + 2, j:j + 3] + kernel[k]).max(), -np.inf) for j in range(5)]
                          for i in range(5)] for k in range(2)])
    np.testing.assert_allclose(ops.Dilation2D(1, 1)(IMAGE, T(kernel)).asnumpy()[0], expected, rtol=1e-5)
    strided = ops.Dilation2D((1, 1, 2, 2), (1, 1, 2, 1), "VALID")(IMAGE, T(kernel)).asnumpy()[0]
    assert strided.shape == (2, 2, 2)
    np.testing.assert_allclose(strided[1, 1, 1], (image[1, 2:5:2, 2:5] + kernel[1]).max(), rtol=1e-5)
    patches = ops.ExtractImagePatches((1, 2, 2, 1), (1, 2, 2, 1), (1, 1, 1, 1), "SAME")(IMAGE)
    assert patches.shape == (1, 8, 3, 3)
    np.testing.assert_allclose(patches.asnumpy()[0, :, 0, 1], image[:, 0:2, 2:4].transpose(1, 2, 0).ravel())
    np.testing.assert_allclose(patches.asnumpy(), nn.Unfold((1, 2, 2, 1), (1, 2, 2, 1), (1, 1, 1, 1), "same")(
        IMAGE).asnumpy())
    depth = ops.DepthwiseConv2dNative(1, 3, pad_mode="same")(IMAGE, T(np.ones((1, 2, 3, 3)))).asnumpy()[0]
    np.testing.assert_allclose(depth[1, 2, 3], image[1, 1:4, 2:5].sum(), rtol=1e-4)
    d, slope = slope_of(lambda x: (ops.Dilation2D(1, 1)(x, T(kernel)) * IMAGE).sum(), IMAGE.asnumpy())
    gradient = ops.grad(lambda x: (ops.Dilation2D(1, 1)(x, T(kernel)) * IMAGE).sum())(IMAGE).asnumpy()
    np.testing.assert_allclose(np.sum(gradient * d), slope, rtol=1e-2)


@pytest.mark.parametrize("pseudo", [False, True])
def test_fractional_pooling(pseudo):
    x = np.sin(np.arange(98.0)).reshape(1, 7, 7, 2)
    for how, f in (("Max", np.max), ("Avg", np.mean)):
        for overlapping in (False, True):
            y, rows, columns = getattr(ops, f"Fractional{how}Pool")(
                [1.0, 1.5, 1.8, 1.0], pseudo_random=pseudo, overlapping=overlapping)(Tensor(x))
            rows, columns = rows.asnumpy(), columns.asnumpy()
            assert y.shape == (1, 4, 3, 2) and rows[0] == columns[0] == 0 and rows[-1] == columns[-1] == 7
            assert set(np.diff(rows)) <= {1, 2} and set(np.diff(columns)) <= {2, 3}
            for i in range(4):
                for j in range(3):
                    part = x[0, rows[i]:rows[i + 1] + overlapping, columns[j]:columns[j + 1] + overlapping]
                    np.testing.assert_allclose(y.asnumpy()[0, i, j], f(part, (0, 1)))
    gradient = ops.grad(lambda t: ops.FractionalAvgPool([1.0, 2.0, 2.0, 1.0], seed=3)(t)[0].sum())(Tensor(x))
    assert gradient.asnumpy().sum() == pytest.approx(2 * 9)


def test_deformable_convolution():
    w = np.cos(np.arange(16)).reshape(2, 2, 2, 2)
    still = np.concatenate([np.zeros((1, 8, 4, 4)), np.ones((1, 4, 4, 4))], 1)
    plain = ops.conv2d(IMAGE, T(w)).asnumpy()
    args = ((2, 2), (1, 1, 1, 1), (0, 0, 0, 0))
    found = ops.deformable_conv2d(IMAGE, T(w), T(still), *args).asnumpy()
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-5)
    moved = still + 0.3 * np.sin(np.arange(still.size) + 0.5).reshape(still.shape)
    for k, given in enumerate((IMAGE.asnumpy().astype(np.float64), w, moved)):
        def f(t, k=k):
            parts: list = [Tensor(IMAGE.asnumpy().astype(np.float64)), Tensor(w), Tensor(moved)]
            parts[k] = t
            return (ops.deformable_conv2d(parts[0], parts[1], parts[2], *args) ** 2).sum()

        d, slope = slope_of(f, given.astype(np.float64), 1e-5)
        gradient = ops.grad(f)(Tensor(given.astype(np.float64))).asnumpy()
        np.testing.assert_allclose(np.sum(gradient * d), slope, rtol=1e-4)


def test_boxes_and_labels():
    boxes = T([[0, 0, 1, 1], [0, 0, 0.9, 1], [2, 2, 3, 3], [1, 1, 0, 0]])
    assert ops.NonMaxSuppressionV3()(boxes, T([0.9, 0.8, 0.7, 0.95]), Tensor(3), T(0.5), T(0.0)).tolist() == [3, 2]
    assert ops.NonMaxSuppressionV3()(boxes, T([0.9, 0.8, 0.7, 0.1]), Tensor(1), T(0.9), T(0.0)).tolist() == [0]
    loss, hot = ops.MultilabelMarginLoss()(T([[0.1, 0.2, 0.4, 0.8], [0.2, 0.3, 0.5, 0.7]]),
                                           T([[1, 2, 0, 3], [2, 3, -1, 1]], np.int32))
    assert loss.asnumpy() == pytest.approx(0.325, rel=1e-6) and hot.tolist() == [[1, 1, 1, 1], [0, 0, 1, 1]]


def test_volumes_are_sampled():
    x = np.sin(np.arange(36.0)).reshape(1, 2, 2, 3, 3)
    grid = 0.9 * np.cos(np.arange(24) * 1.3).reshape(1, 2, 2, 2, 3)
    for how in ({}, {"padding_mode": "border", "align_corners": True}, {"padding_mode": "reflection"}):
        check_op("grid_sample", x, grid, attrs=how, xla="eager" if not how else False)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.CTCLoss()(T(X), T([[0, 0]], np.int64), I([1]), I([4])), ShapeError, "'CTCLoss', x"),
    (lambda: ops.CTCLoss()(T(X), T([0], np.int64), I([1]), I([4, 4])), ShapeError, "labels_indices"),
    (lambda: ops.CTCLoss()(T(X), T([[0, 0]], np.int64), I([6]), I([4, 4])), ArgumentError, "labels"),
    (lambda: ops.CTCLoss()(T(X), T([[0, 0]], np.int64), I([1]), I([4, 5])), ArgumentError,
     "sequence_length must not exceed 4"),
    (lambda: ops.CTCLoss()(T(X), T([[0, 0], [0, 1]], np.int64), I([1, 2]), I([1, 4])), ArgumentError,
     "label length: 2"),
    (lambda: ops.RNNTLoss()(T(X), I([[1]]), I([1]), I([1])), ShapeError, r"acts \(N, T, U, V\)"),
    (lambda: ops.RNNTLoss(9)(T(np.ones((1, 2, 2, 3))), I([[1]]), I([1]), I([1])), ArgumentError, "blank_label"),
    (lambda: ops.RNNTLoss()(T(np.ones((1, 2, 2, 3))), I([[1]]), I([3]), I([1])), ArgumentError, "the lengths must be"),
    (lambda: ops.LSTM(2, 2, 1, True, False, 0.5)(T(X), T(X), T(X), T(X)), NotSupportedError, "dropout between layers"),
    (lambda: ops.LSTM(2, 2, 1, True, False, 0.0, 3)(T(X), T(X), T(X), T(X)), NotSupportedError, "proj_size"),
    (lambda: ops.LSTM(2, 2, 1, True, False, 0.0)(T(X), T(X), T(X), T(X)), ShapeError, r"x must have shape \(T, N, 2\)"),
    (lambda: ops.LSTM(6, 2, 1, True, False, 0.0)(T(X), T(X), T(X), T(X)), ShapeError, r"h must have shape \(1, 2, 2\)"),
    (lambda: ops.LSTM(6, 2, 1, True, False, 0.0)(T(X), *[T(np.ones((1, 2, 2)))] * 2, T(X)), ShapeError, "80 elements"),
    (lambda: ops.BasicLSTMCell(activation="relu")(T(X), T(X), T(X), T(X), T(X)), ArgumentError, "must be 'tanh'"),
    (lambda: ops.DynamicRNN()(T(X), T(X[0]), T(X), 1), NotSupportedError, "seq_length must be None"),
    (lambda: ops.DynamicGRUV2()(T(X), T(X), T(X), None, None, 1), NotSupportedError, "seq_length must be None"),
    (lambda: ops.DynamicGRUV2(gate_order="hzr")(T(X), T(X), T(X)), ArgumentError, "'gate_order' must be in"),
    (lambda: ops.DynamicGRUV2()(T(X), T(np.ones((6, 6))), T(np.ones((2, 6)))), ArgumentError, "init_h is required"),
    (lambda: ops.Dilation2D(0, 1)(IMAGE, T(np.ones((2, 2, 2)))), ArgumentError, "'stride' must be > 0"),
    (lambda: ops.Dilation2D(1, 1, "PAD")(IMAGE, T(np.ones((2, 2, 2)))), ArgumentError, "'pad_mode' must be in"),
    (lambda: ops.Dilation2D(1, 1)(IMAGE, T(np.ones((1, 2, 2)))), ShapeError, r"a filter \(C, h, w\) are expected"),
    (lambda: ops.Dilation2D(1, 1, "VALID")(IMAGE, T(np.ones((2, 9, 2)))), ShapeError, "is larger than the image"),
    (lambda: ops.Dilation2D(1, 1, data_format="NHWC")(IMAGE, IMAGE), NotSupportedError, "data_format must be 'NCHW'"),
    (lambda: ops.DepthwiseConv2dNative(2, 3)(IMAGE, IMAGE), ShapeError, "expects channel_multiplier 1"),
    (lambda: ops.FractionalMaxPool([2.0, 1.0, 1.0, 1.0])(IMAGE), ArgumentError, "expects a pooling_ratio"),
    (lambda: ops.FractionalMaxPool([1.0, 7.0, 7.0, 1.0])(IMAGE), ShapeError, "not smaller than pooling_ratio"),
    (lambda: ops.deformable_conv2d(IMAGE, IMAGE, IMAGE, 2, 1, 0, modulated=False), ArgumentError, "modulated must"),
    (lambda: ops.deformable_conv2d(IMAGE, IMAGE, IMAGE, 2, 1, 0), ShapeError, "expects offsets of shape"),
    (lambda: ops.deformable_conv2d(IMAGE, IMAGE, IMAGE, 2, 1, (0, 0)), ShapeError, "four pads and groups that"),
    (lambda: ops.DeformableOffsets(1, 0, 2, modulated=False)(IMAGE, IMAGE), ArgumentError, "modulated must be set"),
    (lambda: ops.NonMaxSuppressionV3()(IMAGE, IMAGE, 1, T(1), T(1)), ShapeError, r"expects boxes \(N, 4\)"),
    (lambda: ops.NonMaxSuppressionWithOverlaps()(IMAGE, IMAGE, I(1), T(1), T(1)), ShapeError,
     r"expects overlaps \(N, N\)"),
    (lambda: ops.CombinedNonMaxSuppression()(IMAGE, IMAGE, I(1), I(1), T(1), T(1)), ShapeError,
     r"boxes \(B, N, Q, 4\)"),
    (lambda: ops.CombinedNonMaxSuppression()(T([[[[1] * 4]]]), T([[[1]]]), I(0), I(1), T(1), T(1)), ArgumentError,
     "the sizes must be at least 1"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()
