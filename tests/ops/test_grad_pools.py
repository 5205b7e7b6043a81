"""Gradients of ``_grad_ops`` for pooling, resizing, norms and losses, compared with those of the forward operators."""

import numpy as np
import pytest
from luojia.ops.operations import _grad_ops as G

from luojia import Tensor, int32, int64, ops


def wave(*shape, start=0.3):
    return Tensor(np.sin(np.arange(np.prod(shape)) * 0.7 + start).reshape(shape).astype(np.float32))


def pulled(forward, g, x):
    return ops.vjp(forward, x)[1](g)[0].asnumpy()


X4, X5, X3 = wave(1, 2, 4, 4), wave(1, 2, 4, 4, 4), wave(1, 2, 4)
ROWS, TARGET = wave(2, 3), Tensor([1, 0], int64)
LABELS = Tensor([[1, 0, -1], [2, -1, 0]], int32)


@pytest.mark.parametrize("made, forward, g, x", [
    (lambda g: G.AdaptiveAvgPool2DGrad()(g, (1, 2, 4, 4)), lambda x: ops.adaptive_avg_pool2d(x, (2, 3)),
     wave(1, 2, 2, 3), X4),
    (lambda g: G.AdaptiveAvgPool3DGrad()(g, Tensor([1, 2, 4, 4, 4])), lambda x: ops.adaptive_avg_pool3d(x, (2, 2, 1)),
     wave(1, 2, 2, 2, 1), X5),
    (lambda g: G.AdaptiveMaxPool2DGrad()(g, X4, ops.adaptive_max_pool2d(X4, (2, 2), True)[1]),
     lambda x: ops.adaptive_max_pool2d(x, (2, 2)), wave(1, 2, 2, 2), X4),
    (lambda g: G.AdaptiveMaxPool3DGrad()(g, X5, ops.adaptive_max_pool3d(X5, (2, 2, 1), True)[1]),
     lambda x: ops.adaptive_max_pool3d(x, (2, 2, 1)), wave(1, 2, 2, 2, 1), X5),
    (lambda g: G.MaxPool3DGrad((1, 1, 2, 2, 2), (1, 1, 2, 2, 2))(X5, None, g), ops.MaxPool3D(2, 2),
     wave(1, 2, 2, 2, 2), X5),
    (lambda g: G.ResizeNearestNeighborV2Grad()(g, (4, 4)), lambda x: ops.ResizeNearestNeighborV2()(x, (8, 6)),
     wave(1, 2, 8, 6), X4),
    (lambda g: G.ResizeLinear1DGrad()(g, X3), lambda x: ops.ResizeLinear1D()(x, (6,)), wave(1, 2, 6), X3),
    (lambda g: G.UpsampleNearest3DGrad()(g, X5.shape, (8, 8, 8), None),
     lambda x: ops.UpsampleNearest3D()(x, (8, 8, 8), None), wave(1, 2, 8, 8, 8), X5),
    (lambda g: G.UpsampleTrilinear3DGrad(True)(g, X5.shape, None, [2.0] * 3),
     lambda x: ops.UpsampleTrilinear3D(True)(x, None, [2.0] * 3), wave(1, 2, 8, 8, 8), X5),
    (lambda g: G.MvlgammaGrad(2)(g, ROWS + 3), lambda x: ops.mvlgamma(x, 2), wave(2, 3, start=1), ROWS + 3),
    (lambda g: G.PdistGrad(1.0)(g, ROWS, None), lambda x: ops.pdist(x, 1.0), Tensor([2.0]), ROWS),
    (lambda g: G.MultiMarginLossGrad(2, 0.5, "sum")(g, ROWS, TARGET),
     lambda x: ops.multi_margin_loss(x, TARGET, 2, 0.5, None, "sum"), Tensor(2.0), ROWS),
    (lambda g: G.MultilabelMarginLossGrad()(g, ROWS, LABELS, None),
     lambda x: ops.multilabel_margin_loss(x, LABELS, "mean"), Tensor(1.0), ROWS),
    (lambda g: G.SoftmaxGrad()(ops.softmax(ROWS), g), ops.softmax, wave(2, 3, start=1), ROWS),
    (lambda g: G.SeluGrad()(g, ops.selu(ROWS)), ops.selu, wave(2, 3, start=1), ROWS),
])
def test_gradients_are_those_of_the_forward(made, forward, g, x):
    np.testing.assert_allclose(made(g).asnumpy(), pulled(forward, g, x), rtol=2e-5, atol=1e-6)


def test_gradients_of_gradients_of_maxima():
    g = wave(1, 2, 4, 4, start=1)
    found = G.MaxPoolGradGrad(2, 2)(X4, ops.MaxPool(2, 2)(X4), g).asnumpy()
    cells = [a.asnumpy().reshape(1, 2, 2, 2, 2, 2).swapaxes(3, 4).reshape(1, 2, 2, 2, 4) for a in (X4, g)]
    np.testing.assert_array_equal(found, np.take_along_axis(cells[1], cells[0].argmax(-1)[..., None], -1)[..., 0])
    whole = wave(1, 2, 4, 4, 4, start=1)
    found = G.MaxPool3DGradGrad((1, 1, 4, 4, 4), (1, 1, 4, 4, 4))(X5, ops.MaxPool3D(4, 4)(X5), whole).asnumpy()
    flat = X5.asnumpy().reshape(2, -1).argmax(-1)
    np.testing.assert_array_equal(found.ravel(), whole.asnumpy().reshape(2, -1)[[0, 1], flat])
    a, b, da, db = (Tensor(v) for v in ([1.0, 3.0], [2.0, 2.0], [5.0, 6.0], [7.0, 8.0]))
    assert [t.tolist() for t in G.MinimumGradGrad()(a, b, da, db)] == [[0, 0], [0, 0], [5, 8]]
    assert G.MaximumGradGrad()(a, b, da, db)[2].tolist() == [7, 6]


def test_other_gradients():
    np.testing.assert_allclose(G.IgammaGradA()(Tensor([1.0, 2.0, 0.5]), Tensor([0.5, 2.0, 3.0])).asnumpy(),
                               ops.grad(ops.igamma, 0)(Tensor([1.0, 2.0, 0.5]), Tensor([0.5, 2.0, 3.0])).asnumpy())
    values, index = ops.Unique()(Tensor([3, 1, 3, 2]))
    g = Tensor([1.0, 2.0, 3.0])
    for given in (g, (g, index)):
        np.testing.assert_array_equal(G.UniqueGrad()(given, (values, index)).asnumpy(), g.asnumpy()[index.asnumpy()])
    assert G.ConcatOffset(2, 0)((wave(2, 3), wave(1, 3))).tolist() == [[0, 0], [2, 0]]
    gamma, dy = wave(3, start=2), wave(2, 3, start=1)
    out, rstd = ops.rms_norm(ROWS, gamma, 1e-6)
    pull = ops.vjp(lambda x, gamma: ops.rms_norm(x, gamma, 1e-6)[0], ROWS, gamma)[1](dy)
    for got, expected in zip(G.RmsNormGrad()(dy, ROWS, rstd, gamma), pull):
        np.testing.assert_allclose(got.asnumpy(), expected.asnumpy(), rtol=1e-4, atol=1e-5)
