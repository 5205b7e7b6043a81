"""The inputs that layers and losses refuse by a TypeError, as MindSpore 2.8 does."""

from __future__ import annotations

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, nn, ops

IMAGE = np.arange(32.0, dtype=np.float32).reshape(1, 2, 4, 4)
LINE = IMAGE.reshape(1, 2, 16)
ROWS = IMAGE.reshape(8, 4)

LAYERS = [  # a layer, an input that it takes, and a dtype that it does not
    (lambda: nn.AdaptiveAvgPool1d(2), LINE, np.int32),
    (lambda: nn.AdaptiveMaxPool1d(2), LINE, np.int8),
    (lambda: nn.AvgPool2d(2), IMAGE, np.int32),
    (lambda: nn.MaxPool2d(2), IMAGE, np.bool_),
    (lambda: nn.BatchNorm2d(2), IMAGE, np.float64),
    (lambda: nn.BatchNorm1d(4), ROWS, np.int32),
    (lambda: nn.InstanceNorm1d(2), LINE, np.int32),
    (lambda: nn.GroupNorm(1, 2), IMAGE, np.int32),
    (lambda: nn.LRN(), IMAGE, np.float64),
    (lambda: nn.Conv2d(2, 3, 3), IMAGE, np.float64),
    (lambda: nn.Conv1d(2, 3, 3), LINE, np.float16),
    (lambda: nn.Conv2dTranspose(2, 3, 3), IMAGE, np.int32),
    (lambda: nn.Dense(4, 3), ROWS, np.float64),
    (lambda: nn.GRU(4, 3), ROWS[None], np.int32),
    (lambda: nn.Softmax(), ROWS, np.int32),
    (lambda: nn.Softmax2d(), IMAGE, np.complex64),
    (lambda: nn.LGamma(), ROWS + 1, np.int32),
    (lambda: nn.EmbeddingLookup(9, 2), np.array([1, 2], np.int32), np.float32),
    (lambda: nn.CentralCrop(0.5), IMAGE, None),
    (lambda: nn.PixelShuffle(1), IMAGE, None),
    (lambda: nn.ReflectionPad2d(1), IMAGE, None),
    (lambda: nn.Pad(((0, 0), (1, 1))), ROWS, None),
    (lambda: nn.Unflatten(1, (2, 2)), ROWS, None),
]


@pytest.mark.parametrize("make, x, dtype", LAYERS)
def test_layers(make, x, dtype):
    layer = make()
    assert layer(Tensor(x)) is not None
    for wrong in (x, x.tolist(), 2.5, None, "a"):
        with pytest.raises(TypeError, match="must be a Tensor, but got"):
            layer(wrong)
    if dtype is not None:
        with pytest.raises(TypeError, match="cast it first"):
            layer(Tensor(x.astype(dtype)))


LOSSES = [  # a loss, its inputs, and those of other dtypes
    (nn.BCELoss, (ROWS / 32, ROWS / 32), (np.float32, np.float16)),
    (nn.BCEWithLogitsLoss, (ROWS, ROWS / 32), (np.int32, np.float32)),
    (nn.KLDivLoss, (ROWS, ROWS / 32), (np.float32, np.float64)),
    (nn.HingeEmbeddingLoss, (ROWS, np.ones_like(ROWS)), (np.int32, np.float32)),
    (nn.CosineEmbeddingLoss, (ROWS, ROWS, np.ones(8, np.int32)), (np.float32, np.int32, np.int32)),
    (nn.MarginRankingLoss, (ROWS, ROWS, ROWS), (np.float32, np.float32, np.int32)),
    (nn.TripletMarginLoss, (ROWS, ROWS, ROWS), (np.float64, np.float32, np.float32)),
    (nn.SoftmaxCrossEntropyWithLogits, (ROWS, ROWS), (np.float32, np.int32)),
    (nn.PSNR, (IMAGE, IMAGE), (np.float32, np.int32)),
]


@pytest.mark.parametrize("make, inputs, dtypes", LOSSES)
def test_losses(make, inputs, dtypes):
    loss = make()
    assert loss(*map(Tensor, inputs)) is not None
    with pytest.raises(TypeError):
        loss(*[Tensor(x.astype(d)) for x, d in zip(inputs, dtypes)])
    with pytest.raises(TypeError, match="must be a Tensor"):
        loss(inputs[0].tolist(), *map(Tensor, inputs[1:]))


def test_names_subclasses_and_precision():
    x = Tensor(ROWS)
    dense = nn.Dense(4, 3)
    assert dense(x=x).shape == dense.construct(x).shape == (8, 3)

    class Doubled(nn.Dense):
        def construct(self, x):
            return super().construct(x) * 2

    assert Doubled(4, 3)(x).shape == (8, 3)
    with pytest.raises(TypeError, match="For 'Dense', 'x' must be a Tensor, but got list"):
        Doubled(4, 3)([1.0])
    with pytest.raises(TypeError, match="must be of the weight's dtype Float32, but got Float64; cast it first"):
        dense(Tensor(ROWS.astype(np.float64)))
    half = nn.Dense(4, 3).to_float(ms.float16)
    assert half(x).dtype == ms.float16 and half(Tensor(ROWS.astype(np.float64))).dtype == ms.float16
    assert nn.BatchNorm1d(4)(x.astype(ms.bfloat16)).dtype == ms.bfloat16
    assert ms.grad(lambda x: ops.relu(dense(x)).sum())(x).shape == x.shape


def test_files_fill_floats_with_floats_only():
    net = nn.Dense(2, 2)
    ms.load_param_into_net(net, {"weight": Parameter(Tensor(np.ones((2, 2))), name="weight")})
    assert net.weight.dtype == ms.float32 and net.weight.tolist() == [[1.0, 1.0]] * 2
    with pytest.raises(RuntimeError, match="weight in the argument 'net' should have the same type"):
        ms.load_param_into_net(net, {"weight": Parameter(Tensor(np.ones((2, 2), np.int32)), name="weight")})


@pytest.mark.parametrize("loss", [nn.SoftmaxCrossEntropyWithLogits(), nn.KLDivLoss()])
def test_no_gradient_flows_to_labels(loss):
    at_logits, at_labels = ms.grad(lambda x, y: loss(x, y * 2).sum(), (0, 1))(Tensor(ROWS), Tensor(ROWS / 32))
    assert at_logits.asnumpy().any() and not at_labels.asnumpy().any()
