"""Losses against plain NumPy, with their reductions and errors."""

import numpy as np
import pytest

from luojia import Tensor, int32, nn, ops


def t(array):
    return Tensor(np.asarray(array, np.float32))


X = t([[0.5, 1.0]])


def softplus(x):
    return np.log1p(np.exp(x))


def log_softmax(x, axis=1):
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def smooth(d):
    return np.where(abs(d) < 1, d * d / 2, abs(d) - 0.5)


ELEMENTWISE = {
    "L1Loss": lambda x, y: abs(x - y), "MAELoss": lambda x, y: abs(x - y), "MSELoss": lambda x, y: (x - y) ** 2,
    "SmoothL1Loss": lambda x, y: smooth(x - y), "HuberLoss": lambda x, y: smooth(x - y),
    "SoftMarginLoss": lambda x, y: softplus(-x * y), "BCEWithLogitsLoss": lambda x, y: softplus(x) - x * y,
    "PoissonNLLLoss": lambda x, y: np.exp(x) - y * x, "KLDivLoss": lambda x, y: y * (np.log(y) - x),
}


@pytest.fixture
def x(rng):
    return 2 * rng.standard_normal((4, 3))


@pytest.fixture
def y(rng):
    return rng.uniform(0.1, 0.9, (4, 3))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name, reduction, x, y, assert_close):
    loss = ELEMENTWISE[name](x, y)
    expected = {"mean": loss.mean(), "sum": loss.sum(), "none": loss}[reduction]
    assert_close(getattr(nn, name)(reduction=reduction)(t(x), t(y)), expected)


def test_default_reductions():
    assert nn.SmoothL1Loss().reduction == "none" and nn.SoftmaxCrossEntropyWithLogits().reduction == "none"
    assert nn.MSELoss().reduction == "mean"


def test_other_elementwise_losses(x, y, assert_close):
    assert_close(nn.RMSELoss()(t(x), t(y)), np.sqrt(((x - y) ** 2).mean()))
    assert_close(nn.SmoothL1Loss(0.5)(t(x), t(y)),
                 np.where(abs(x - y) < 0.5, (x - y) ** 2, abs(x - y) - 0.25))
    assert_close(nn.HuberLoss(delta=0.5)(t(x), t(y)),
                 np.where(abs(x - y) < 0.5, (x - y) ** 2 / 2, 0.5 * (abs(x - y) - 0.25)).mean())
    assert_close(nn.BCELoss(t(x))(t(y), t(y)), (x * -(y * np.log(y) + (1 - y) * np.log(1 - y))).mean())
    weighted = (softplus(x) - x * y + y * softplus(-x)) * 3  # pos_weight 2 adds the positive part once more
    assert_close(nn.BCEWithLogitsLoss("none", t([3.0]), t([2.0]))(t(x), t(y)), weighted)
    assert_close(nn.KLDivLoss("batchmean")(t(x), t(y)), (y * (np.log(y) - x)).sum() / 4)
    assert_close(nn.MultiLabelSoftMarginLoss()(t(x), t(y)), (softplus(x) - x * y).mean())
    assert_close(nn.PoissonNLLLoss(log_input=False)(t(y), t(x)), (y - x * np.log(y + 1e-8)).mean())
    stirling = 3 * np.log(3) - 3 + 0.5 * np.log(6 * np.pi)
    assert_close(nn.PoissonNLLLoss(full=True)(t([1.0]), t([3.0])), np.e - 3 + stirling)
    assert_close(nn.GaussianNLLLoss(full=True)(t(x), t(y), t(y)),
                 (0.5 * (np.log(y) + (x - y) ** 2 / y) + 0.5 * np.log(2 * np.pi)).mean())


def test_softmax_cross_entropy(x, y, assert_close):
    labels = np.array([0, 2, 1, 1])
    rows = -log_softmax(x)[np.arange(4), labels]
    sparse = nn.SoftmaxCrossEntropyWithLogits(sparse=True)
    assert_close(sparse(t(x), Tensor(labels, int32)), rows)
    assert_close(nn.SoftmaxCrossEntropyWithLogits(True, "mean")(t(x), Tensor(labels, int32)), rows.mean())
    assert_close(nn.SoftmaxCrossEntropyWithLogits()(t(x), t(y)), -(y * log_softmax(x)).sum(1))


def test_cross_entropy_and_nll(x, y, assert_close):
    labels, w = np.array([0, 2, -100, 1]), np.array([1.0, 2.0, 3.0])
    logp, kept = log_softmax(x), np.array([0, 1, 3])
    rows = -logp[kept, labels[kept]] * w[labels[kept]]
    for loss, scores in ((nn.CrossEntropyLoss, x), (nn.NLLLoss, logp)):
        assert_close(loss(t(w))(t(scores), Tensor(labels, int32)), rows.sum() / w[labels[kept]].sum())
        assert_close(loss(t(w), reduction="sum")(t(scores), Tensor(labels, int32)), rows.sum())
    assert_close(nn.CrossEntropyLoss()(t(x), t(y)), -(y * logp).sum(1).mean())
    whole = np.array([0, 2, 1, 1])
    smoothed = -0.9 * logp[np.arange(4), whole] - 0.1 * logp.mean(1)
    assert_close(nn.CrossEntropyLoss(label_smoothing=0.1)(t(x), Tensor(whole, int32)), smoothed.mean())


def test_pairs_and_triplets(x, y, assert_close):
    sign = np.array([1, -1, 1, -1])
    cos = (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    expected = np.where(sign == 1, 1 - cos, np.maximum(cos - 0.1, 0)).mean()
    assert_close(nn.CosineEmbeddingLoss(0.1)(t(x), t(y), Tensor(sign, int32)), expected)
    column = sign[:, None] * np.ones(3)
    assert_close(nn.HingeEmbeddingLoss()(t(x), t(column)), np.where(column == 1, x, np.maximum(1 - x, 0)).mean())
    assert_close(nn.MarginRankingLoss(0.5)(t(x), t(y), t(column)), np.maximum(-column * (x - y) + 0.5, 0).mean())
    near, far = np.linalg.norm(x - y + 1e-6, axis=1), np.linalg.norm(x - 2 + 1e-6, axis=1)
    assert_close(nn.TripletMarginLoss()(t(x), t(y), t(2 * np.ones((4, 3)))), np.maximum(near - far + 1, 0).mean())


def test_segmentation(x, y, assert_close):
    dice = lambda p, q: 1 - 2 * (p * q).sum() / ((p * p).sum() + (q * q).sum() + 1e-5)
    assert_close(nn.DiceLoss()(t(y), t(x)), dice(y, x))
    p = np.exp(log_softmax(x))
    each = [dice(p[:, i], y[:, i]) for i in range(3)]
    assert_close(nn.MultiClassDiceLoss()(t(x), t(y)), np.mean(each))
    weights = t([[1.0], [2.0], [3.0]])
    assert_close(nn.MultiClassDiceLoss(weights, 0, None)(t(p), t(y)), [(2 * each[1] + 3 * each[2]) / 3])
    labels = np.array([[0], [2], [1], [1]])
    chosen = np.take_along_axis(log_softmax(x), labels, 1)[:, 0]
    assert_close(nn.FocalLoss()(t(x), Tensor(labels, int32)), -((1 - np.exp(chosen)) ** 2 * chosen).mean())
    logp, w = log_softmax(x), np.array([1.0, 2.0, 3.0])
    full = -((1 - np.exp(logp)) ** 2 * logp * y * w)
    assert_close(nn.FocalLoss(t(w), reduction="none")(t(x), t(y)), full)
    assert_close(nn.FocalLoss(t(w))(t(x), t(y)), full.mean())


def test_a_loss_of_ones_own():
    class Half(nn.LossBase):
        def construct(self, a, b):
            return self.get_loss((a - b) * 0.5, weights=Tensor([2.0]))

    assert float(Half()(t([3.0]), t([1.0]))) == 2.0


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.MSELoss("foo"), ValueError, r"For 'MSELoss', the 'reduction' must be in \['mean', 'sum', 'none'\], "
     "but"),
    (lambda: nn.SoftmaxCrossEntropyWithLogits(reduction="foo"), ValueError, "the 'reduction' must be in"),
    (lambda: nn.SoftmaxCrossEntropyWithLogits(sparse=1), TypeError, "the 'sparse' must be bool"),
    (lambda: nn.SoftmaxCrossEntropyWithLogits()(t(np.ones((2, 3))), t([1.0])), ValueError, "with sparse=False, but "
     "got"),
    (lambda: nn.SmoothL1Loss(0.0), ValueError, "the 'beta' must be > 0, but got 0.0"),
    (lambda: nn.SmoothL1Loss("a"), TypeError, "the 'beta' must be float"),
    (lambda: nn.SmoothL1Loss()(t([1.0, 2.0]), t([1.0])), ValueError, "must have one shape, but got"),
    (lambda: nn.HuberLoss(delta=0.0), ValueError, "the 'delta' must be > 0"),
    (lambda: nn.CrossEntropyLoss(label_smoothing=2.0), ValueError, r"the 'label_smoothing' must be in \[0, 1\]"),
    (lambda: nn.CosineEmbeddingLoss(2.0), ValueError, r"the 'margin' must be in \[-1, 1\]"),
    (lambda: nn.KLDivLoss("foo"), ValueError, "the 'reduction' must be in"),
    (lambda: nn.DiceLoss(-1.0), ValueError, "the 'smooth' must be float and must > 0"),
    (lambda: nn.DiceLoss(1), TypeError, "the type of 'smooth' should be 'float', but got type 'int'"),
    (lambda: nn.MSELoss()(3, X), TypeError, "For 'MSELoss', the 'logits' must be a Tensor, but got 'int'"),
    (lambda: nn.CrossEntropyLoss()(X, np.ones(2)), TypeError, "the 'labels' must be a Tensor, but got 'ndarray'"),
    (lambda: nn.CrossEntropyLoss([1.0]), TypeError, "the type of 'weight' should be 'Tensor'"),
    (lambda: nn.CrossEntropyLoss(ignore_index=1.5), TypeError, "the type of 'ignore_index' should be 'int'"),
    (lambda: nn.CrossEntropyLoss(label_smoothing="a"), TypeError, "the type of 'label_smoothing' should be 'float'"),
    (lambda: nn.HingeEmbeddingLoss("a"), TypeError, "the type of 'margin' should be one of"),
    (lambda: nn.GaussianNLLLoss(full=1), TypeError, "the type of 'full' should be 'bool'"),
    (lambda: nn.GaussianNLLLoss(eps=-1.0), ValueError, "the 'eps' must be float and must > 0"),
    (lambda: nn.FocalLoss(gamma="a"), TypeError, "the type of 'gamma' should be 'float'"),
    (lambda: nn.SoftmaxCrossEntropyWithLogits(True)(X, Tensor([0.0, 1.0])), TypeError, "must be int32 or int64"),
    (lambda: nn.MultiClassDiceLoss(Tensor([1.0])), ValueError, "the dimension of 'weights' must be 2, but got 1"),
    (lambda: nn.MultiClassDiceLoss(Tensor([[1.0]]))(X, X), ValueError, "must be equal to label_shape"),
    (lambda: nn.MultiClassDiceLoss(activation="elu"), ValueError, "the 'activation' must be in"),
    (lambda: nn.MultiClassDiceLoss([1.0]), TypeError, "the 'weights' must be a Tensor"),
    (lambda: nn.FocalLoss([1.0]), TypeError, "the type of 'weight' must be a Tensor"),
    (lambda: nn.FocalLoss(t([[1.0]])), ValueError, "the dimension of 'weight' must be 1"),
    (lambda: nn.FocalLoss()(t([1.0]), t([1.0])), ValueError, "must have the same 2 to 4 axes"),
    (lambda: nn.FocalLoss()(t(np.ones((2, 3))), t(np.ones((2, 2)))), ValueError, "1 or as many channels"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_dice_smooths_the_union_only():
    x, y = (t(np.sin(np.arange(6) * 1.7 + k).reshape(2, 3)) for k in (0, 2))
    for smooth, observed in ((0.5, 1.4266), (1.0, 1.3967), (10.0, 1.1755)):
        assert float(nn.DiceLoss(smooth)(x, y)) == pytest.approx(observed, abs=1e-4)


def test_the_slope_of_soft_margins_at_zero():
    one = t([[1.0]])
    found = ops.grad(lambda x: nn.MultiLabelSoftMarginLoss()(x, one))(t([[0.0]]))
    assert found.tolist() == [[-0.5]]


def test_ctc_of_one_sequence():
    logits = np.arange(10, dtype=np.float32).reshape(5, 2) / 3
    x = Tensor(logits - np.log(np.exp(logits).sum(-1, keepdims=True)))
    one = nn.CTCLoss(reduction="none")(x, Tensor([1, 1], int32), Tensor([5], int32), Tensor([2], int32))
    assert one.shape == () and np.isclose(float(one), 0.6950, atol=1e-4)  # PyTorch's number
