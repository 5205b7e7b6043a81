"""The functions of ``ops`` that draw random numbers or renew statistics."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError
from luojia.ops import GradOperation


def test_dropout():
    x = Tensor(np.ones((40, 30), np.float32))
    y = ops.dropout(x, p=0.25).asnumpy()
    assert set(np.unique(y)) == {0, np.float32(4 / 3)}
    assert (ops.dropout(x, p=0.25).asnumpy() != y).any()
    assert (ops.dropout(x, 0.25, seed=3).asnumpy() == ops.dropout(x, 0.25, seed=3).asnumpy()).all()
    assert (ops.dropout(x, training=False).asnumpy() == 1).all()


def test_dropout_of_channels():
    for axes, f in ((1, ops.dropout1d), (2, ops.dropout2d), (3, ops.dropout3d)):
        y = f(Tensor(np.ones((8, 16) + (3,) * axes))).asnumpy().reshape(8, 16, -1)
        assert (y == y[..., :1]).all() and 0 < (y == 0).mean() < 1
    with pytest.raises(ArgumentError, match="dropout2d expects a Tensor of 3 or 4 axes"):
        ops.dropout2d(Tensor(np.ones((2, 2))))


def test_dropout_primitive_gives_the_mask():
    x = Tensor(np.full((40, 30), 2.0, np.float32))
    y, mask = ops.Dropout(keep_prob=0.8)(x)
    np.testing.assert_allclose(y.asnumpy(), mask.asnumpy() * 2.5)
    assert mask.np_dtype == np.float32 and 0.7 < mask.asnumpy().mean() < 0.9
    same = [ops.Dropout(0.8, 1, 2)(x)[1].asnumpy() for _ in range(2)]
    np.testing.assert_array_equal(*same)
    y, mask = ops.Dropout2D(0.5)(Tensor(np.ones((4, 8, 3, 3), np.float32)))
    assert mask.np_dtype.kind == "b" and (y.asnumpy() == y.asnumpy()[..., :1, :1]).all()
    y, mask = ops.Dropout(1.0)(x)
    assert (y.asnumpy() == 2).all() and (mask.asnumpy() == 1).all()
    (g,) = GradOperation(get_all=True)(lambda t: ops.Dropout(0.8, 1, 2)(t)[0])(x)
    np.testing.assert_allclose(g.asnumpy(), same[0] * 1.25)
    with pytest.raises(ArgumentError, match=r"Dropout: keep_prob must lie in \(0, 1\]"):
        ops.Dropout(0.0)


def test_batch_norm_renews_the_running_statistics_at_once():
    x = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    one, zero = np.ones(2, np.float32), np.zeros(2, np.float32)
    mean, var = Tensor(zero), Tensor(one)
    y = ops.batch_norm(Tensor(x), mean, var, Tensor(one), Tensor(zero), training=True)
    np.testing.assert_allclose(y.asnumpy(), (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mean.asnumpy(), 0.1 * x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(var.asnumpy(), 0.9 + 0.1 * x.var(0, ddof=1), rtol=1e-5)
    y = ops.batch_norm(Tensor(x), mean, var, Tensor(one), Tensor(zero))
    np.testing.assert_allclose(y.asnumpy(), (x - mean.asnumpy()) / np.sqrt(var.asnumpy() + 1e-5), rtol=1e-5)


def test_batch_norm_primitive():
    x = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    arrays = [Tensor(np.ones(2, np.float32)) for _ in range(4)]
    outs = ops.BatchNorm(is_training=True, momentum=0.5)(Tensor(x), *arrays)
    assert len(outs) == 5
    np.testing.assert_allclose(outs[1].asnumpy(), x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(outs[2].asnumpy(), x.var(0), rtol=1e-5)
    np.testing.assert_allclose(arrays[2].asnumpy(), 0.5 + 0.5 * x.mean(0), rtol=1e-5)
    assert len(ops.BatchNorm()(Tensor(x), *arrays)) == 5
