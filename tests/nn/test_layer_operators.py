"""Layers, losses and training cells whose subclasses call the operators of MindSpore's, with its numbers."""

import numpy as np
import pytest

from luojia import Tensor, float32, nn, ops


def waves(*shape):
    return Tensor(np.sin(np.arange(int(np.prod(shape))) * 1.3).reshape(shape).astype(np.float32))


def filled(net):
    for i, p in enumerate(net.get_parameters()):
        p.set_data(Tensor((np.cos(np.arange(p.size) + i) * 0.5 + 0.6).reshape(p.shape).astype(np.float32)))
    return net


class Dense(nn.Dense):
    def construct(self, x):
        shape = self.shape_op(x)
        y = self.bias_add(self.matmul(self.reshape(x, (-1, shape[-1])), self.weight), self.bias)
        return self.reshape(y, (*shape[:-1], self.out_channels))


class StandardConv(nn.Conv2d):
    def construct(self, x):
        w = (self.weight - self.weight.mean()) / ops.sqrt(self.weight.var() + 1e-5)
        y = self.conv2d(x, w)
        return self.bias_add(y, self.bias) if self.has_bias else y


class ChannelNorm(nn.LayerNorm):
    def construct(self, x):
        return self.layer_norm(x.transpose(0, 2, 3, 1), self.gamma, self.beta)[0].transpose(0, 3, 1, 2)


class BatchNorm(nn.BatchNorm2d):
    def construct(self, x):
        moments = (self.gamma, self.beta, self.moving_mean, self.moving_variance)
        return (self.bn_train if self.training else self.bn_infer)(x, *moments)[0]


class Embedding(nn.Embedding):
    def construct(self, i):
        rows = self.gather(self.embedding_table, self.reshape_flat(i, (-1,)), 0)
        return self.reshape(rows, (*self.get_shp(i), self.embedding_size))


class MaxPool(nn.MaxPool2d):
    def construct(self, x):
        return self.max_pool(x) + 1


class AvgPool(nn.AvgPool2d):
    def construct(self, x):
        return self.avg_pool(x) + 1


class Softmax(nn.Softmax):
    def construct(self, x):
        return self.softmax(x) * 2


@pytest.mark.parametrize("make, x, expected, shape", [
    (lambda: Dense(3, 2), waves(2, 2, 3), [1.9106, 1.0376, -0.5708, 0.238], (2, 2, 2)),
    (lambda: StandardConv(2, 4, 3), waves(1, 2, 6, 6), [3.1247, 1.9402, -4.7987, -4.5075], (1, 4, 6, 6)),
    (lambda: StandardConv(2, 4, 3, 2, "pad", 1, has_bias=True), waves(1, 2, 6, 6), [3.9949, -3.9285, 3.2574, -0.7369],
     (1, 4, 3, 3)),
    (lambda: StandardConv(2, 4, 3, pad_mode="valid", dilation=2), waves(1, 2, 6, 6), [3.4566, 3.4052, 2.7571, -2.4545],
     (1, 4, 2, 2)),
    (lambda: StandardConv(2, 4, 3, group=2), waves(1, 2, 6, 6), [1.3959, 1.1917, -2.3658, -2.4574], (1, 4, 6, 6)),
    (lambda: ChannelNorm((2,), epsilon=1e-6), waves(1, 2, 3, 3), [1.9701, 1.9701, -0.2298, -0.2298], (1, 2, 3, 3)),
    (lambda: BatchNorm(2), waves(2, 2, 2, 2), [-0.3572, 0.0477, -0.1406, -0.6461], (2, 2, 2, 2)),
    (lambda: BatchNorm(2).set_train(), waves(2, 2, 2, 2), [0.063, 0.5946, 0.3475, -0.3164], (2, 2, 2, 2)),
    (lambda: Embedding(4, 3), Tensor([[1, 2], [0, 3]]), [0.105, 0.2732, 0.7418, 1.0801], (2, 2, 3)),
    (lambda: MaxPool(2, 2), waves(1, 1, 4, 4), [1.9636, 1.9985, 1.1078, 1.9868], (1, 1, 2, 2)),
    (lambda: AvgPool(2, 2), waves(1, 1, 4, 4), [1.0738, 1.2863, 0.3972, 1.3519], (1, 1, 2, 2)),
    (lambda: Softmax(0), waves(2, 3), [1.3309, 1.7276, 1.1491, 0.6691], (2, 3)),
])
def test_layers(make, x, expected, shape):
    y = filled(make())(x)
    assert y.shape == shape
    np.testing.assert_allclose(y.asnumpy().ravel()[:4], expected, atol=2e-4)


def test_losses():
    class Weighted(nn.LossBase):
        def construct(self, x, y):
            squares = self.mul(self.cast(x - y, float32), x - y)
            return self.get_loss(squares, 2.0), self.reduce_mean(x), self.reduce_sum(y, 1)

    loss, mean, total = Weighted()(waves(2, 3), waves(2, 3) * 2)
    found = [float(loss), float(mean), *total.tolist()]
    np.testing.assert_allclose(found, [0.8313, 0.0205, 2.9581, -2.7122], atol=1e-4)


class Clipped(nn.TrainOneStepCell):
    def construct(self, *inputs):
        gradients = ops.clip_by_global_norm(self.grad_no_sens(self.network, self.weights)(*inputs), 0.1)
        return ops.depend(self.network(*inputs), self.optimizer(self.grad_reducer(gradients)))


unscaled = ops.MultitypeFuncGraph("unscaled")


@unscaled.register("Tensor", "Tensor")
def _(scale, g):
    return g * ops.reciprocal(scale).astype(g.dtype)


class Scaled(nn.TrainOneStepWithLossScaleCell):
    def construct(self, *inputs):
        loss = self.network(*inputs)
        gradients = self.grad(self.network, self.weights)(*inputs, ops.ones_like(loss) * self.scale_sense)
        gradients = self.hyper_map(ops.partial(unscaled, self.scale_sense), gradients)
        wrong = self.reduce_sum(ops.stack([ops.isfinite(g).logical_not().astype(float32).sum() for g in gradients]))
        assert not self.less_equal(self.base, wrong)
        return ops.depend(loss, self.optimizer(gradients))


@pytest.mark.parametrize("cell, how, losses, weight", [
    (Clipped, {}, [1.4233, 1.4062], [1.0937, 0.8464, 0.3855]),
    (Scaled, {"scale_sense": Tensor(4.0, float32)}, [1.4233, 1.1467], [0.9951, 0.4779, 0.287]),
])
def test_training_cells(cell, how, losses, weight):
    net = filled(nn.Dense(3, 2))
    step = cell(nn.WithLossCell(net, nn.MSELoss()), nn.Momentum(net.trainable_params(), 0.1, 0.9), **how)
    np.testing.assert_allclose([float(step(waves(2, 3), waves(2, 2))) for _ in losses], losses, atol=2e-4)
    np.testing.assert_allclose(net.weight.asnumpy()[0], weight, atol=2e-4)
