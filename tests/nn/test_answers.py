"""Layers with the answers of mindspore 2.8.0 (observed.txt), those that it refuses on a CPU, derivatives, errors."""

from pathlib import Path

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nn, ops
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from tests.observed import T, fill, wrong_answers


def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed.txt"), at_least=65) == []


def test_matrices_and_moves():
    s, r = T([[4, 1], [2, 3]]), T([[1, 2], [3, 4], [5, 7]])
    assert float(nn.MatDet()(s)) == pytest.approx(10) and nn.MatrixDiag()(s[0]).tolist() == [[4, 0], [0, 1]]
    np.testing.assert_allclose((nn.MatInverse()(s) @ s).asnumpy(), np.eye(2), atol=1e-6)
    assert nn.MatrixDiagPart()(r).tolist() == [1, 4]
    assert nn.MatrixSetDiag()(r, s[0]).tolist() == [[4, 2], [3, 1], [5, 7]]
    assert nn.Roll(1, 1)(s).tolist() == [[1, 4], [3, 2]] and nn.Roll([1, 1], [0, 1])(s).tolist() == [[3, 2], [1, 4]]
    assert nn.ReduceLogSumExp(())(s).shape == () and nn.Linear(2, 3)(s).shape == (2, 3)
    net = nn.Conv2dBnAct(1, 2, 3, has_bn=True, activation=nn.ReLU())
    assert net(T(np.ones((1, 1, 4, 4)))).shape == (1, 2, 4, 4) and len(list(net.get_parameters())) == 5
    labels = Tensor(np.int32([[3, 0, -1, 1]]))
    assert float(nn.MultilabelMarginLoss()(T([[0.1, 0.2, 0.4, 0.8]]), labels)) == pytest.approx(0.85)
    assert nn.RReLU(0.5, 0.5)(T([-2, 2])).tolist() == [-1, 2]
    assert nn.FractionalMaxPool3d(2, output_ratio=(0.5, 0.5, 0.5))(T(np.ones((1, 1, 4, 4, 4)))).shape == (1, 1, 2, 2, 2)


def similarity(a, b, size, sigma, top):
    """Wang et al. 2004 on one channel, window by window: (similarity, contrast and structure)."""
    at = np.arange(size) - (size - 1) / 2
    w = np.exp(-(at[:, None] ** 2 + at**2) / (2 * sigma**2))
    w, c1, c2, found = w / w.sum(), (0.01 * top) ** 2, (0.03 * top) ** 2, []
    for i in range(a.shape[0] - size + 1):
        for j in range(a.shape[1] - size + 1):
            p, q = a[i : i + size, j : j + size], b[i : i + size, j : j + size]
            mp, mq = (w * p).sum(), (w * q).sum()
            vp, vq, cov = (w * (p - mp) ** 2).sum(), (w * (q - mq) ** 2).sum(), (w * (p - mp) * (q - mq)).sum()
            structure = (2 * cov + c2) / (vp + vq + c2)
            found.append(((2 * mp * mq + c1) / (mp**2 + mq**2 + c1) * structure, structure))
    return np.mean(found, 0)


def test_how_alike_images_are(rng):
    a, b = rng.random((2, 2, 3, 8, 9))
    expected = [np.mean([similarity(p, q, 5, 1.2, 2.0)[0] for p, q in zip(x, y)]) for x, y in zip(a, b)]
    np.testing.assert_allclose(nn.SSIM(2.0, 5, 1.2)(Tensor(a), Tensor(b)).asnumpy(), expected, rtol=1e-10)
    half = [x.reshape(2, 3, 4, 2, 4, 2).mean((3, 5)) for x in (a[..., :8], b[..., :8])]
    expected = [np.mean([max(similarity(p, q, 3, 1.5, 1.0)[1], 0) ** 0.4 * max(similarity(ph, qh, 3, 1.5, 1.0)[0], 0)
                         ** 0.6 for p, q, ph, qh in zip(*parts)]) for parts in zip(a[..., :8], b[..., :8], *half)]
    net = nn.MSSSIM(1.0, (0.4, 0.6), 3)
    np.testing.assert_allclose(net(Tensor(a[..., :8]), Tensor(b[..., :8])).asnumpy(), expected, rtol=1e-10)
    np.testing.assert_allclose(nn.PSNR(2)(Tensor(a), Tensor(b)).asnumpy(),
                               10 * np.log10(4 / ((a - b) ** 2).mean((1, 2, 3))))
    g = ops.grad(lambda t: nn.SSIM(1.0, 3)(t, Tensor(b)).sum())(Tensor(a)).asnumpy()
    step = np.zeros_like(a)
    step[0, 1, 3, 4] = 1e-6
    ends = [float(nn.SSIM(1.0, 3)(Tensor(a + s * step), Tensor(b)).sum()) for s in (1, -1)]
    assert g[0, 1, 3, 4] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4)


def test_a_transformer_learns():
    ms.set_seed(0)
    net = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, activation=ops.tanh, batch_first=True)
    src = T(np.random.default_rng(0).normal(size=(4, 3, 8)))
    goal, mask = src[:, ::-1], T(np.triu(np.ones((3, 3)), 1), bool)
    optimizer = nn.Adam(net.trainable_params(), 0.01)
    step = ms.value_and_grad(lambda: ((net(src, goal * 0 + 1, tgt_mask=mask) - goal) ** 2).mean(), None,
                             optimizer.parameters)
    losses = []
    for _ in range(40):
        loss, gradients = step()
        optimizer(gradients)
        losses.append(float(loss))
    assert losses[-1] < 0.6 * losses[0]
    layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, nn.LayerNorm((8,)))
    assert layers.layers[0].dense1.weight is not layers.layers[1].dense1.weight
    assert fill(layers)(src).shape == (4, 3, 8)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: nn.SSIM()(T(np.ones((1, 1, 4, 4))), T(np.ones((1, 1, 4, 4)))), ShapeError, r"must be at least 11"),
    (lambda: nn.PSNR()(T([1]), T([1])), ShapeError, r"'PSNR', expected images \(N, C, H, W\) of one shape"),
    (lambda: nn.PSNR(-1), ArgumentError, "the 'max_val' must be > 0, but got -1"),
    (lambda: nn.SSIM("a"), DTypeError, "the type of 'max_val' should be one of"),
    (lambda: nn.SSIM(k1=0.0), ArgumentError, "the 'k1' must be a number > 0"),
    (lambda: nn.MSSSIM(power_factors=0.5), DTypeError, "the 'power_factors' must be a tuple or list"),
    (lambda: nn.CentralCrop(1), DTypeError, "the 'central_fraction' must be float, but got int"),
    (lambda: nn.CentralCrop(1.5), ArgumentError, r"the 'central_fraction' must be in \(0, 1\], but got 1.5"),
    (lambda: nn.CentralCrop(0.5)(T([1])), ShapeError, r"'CentralCrop', expected \(C, H, W\) or \(N, C, H, W\)"),
    (lambda: nn.Roll("a", 1), DTypeError, "'shift' and 'axis' must be int, tuple or list"),
    (lambda: nn.Roll([1, 2], 1), ShapeError, "'shift' and 'axis' must be equally many"),
    (lambda: nn.RReLU("a"), DTypeError, "the type of 'lower' should be one of"),
    (lambda: nn.RReLU(0.5, 0.2), ArgumentError, "the value of 'upper' must be greater than or equal to 'lower'"),
    (lambda: nn.TripletMarginWithDistanceLoss(3), DTypeError, "the 'distance_function' must be a function"),
    (lambda: nn.Conv3dTranspose(1, 1, 2, data_format="NDHWC"), ValueError, "the 'data_format' must be NCDHW"),
    (lambda: nn.TransformerEncoderLayer(4, 2, activation="tanh"), ArgumentError, "activation must be relu/gelu"),
    (lambda: nn.Transformer(4, 2, 1, 1, 8)(T(np.ones((3, 2, 4))), T(np.ones((3, 3, 4)))), ShapeError,
     r"the batches of 'src' and 'tgt' must be equal"),
    (lambda: nn.Transformer(4, 2, 1, 1, 8)(T(np.ones((3, 2, 5))), T(np.ones((3, 2, 4)))), ShapeError,
     r"The number of features for 'src' and 'tgt' must be equal to `d_model`, 4"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
