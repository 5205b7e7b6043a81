"""Random draws under MindSpore's names: shapes and dtypes are mindspore 2.8.0's."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia.ops import GradOperation

F = Tensor([1.0, 5.0])


@pytest.mark.parametrize("draw, shape, dtype", [
    (lambda: ops.standard_normal((2, 3)), (2, 3), ms.float32),
    (lambda: ops.normal((2, 3), 1.0, 2.0), (2, 3), ms.float32),
    (lambda: ops.normal((3, 1), F, Tensor(1.0)), (3, 2), ms.float32),
    (lambda: ops.uniform((2,), Tensor(0.0), F), (2,), ms.float32),
    (lambda: ops.uniform((2,), 0, 9, dtype=ms.int32), (2,), ms.int32),
    (lambda: ops.standard_laplace((2,)), (2,), ms.float32),
    (lambda: ops.laplace((2,), Tensor(0.0), Tensor(1.0)), (2,), ms.float32),
    (lambda: ops.gamma((3, 2), F, Tensor([1.0])), (3, 2), ms.float32),
    (lambda: ops.random_gamma((3,), F), (3, 2), ms.float32),
    (lambda: ops.random_poisson(Tensor([3]), F), (3, 2), ms.float32),
    (lambda: ops.poisson((3, 1), F), (3, 2), ms.int32),
    (lambda: ops.randint(0, 5, (2,)), (2,), ms.int64),
    (lambda: ops.rand(2, 3), (2, 3), ms.float32),
    (lambda: ops.rand((2, 3), dtype=ms.float64), (2, 3), ms.float64),
    (lambda: ops.randn(2), (2,), ms.float32),
    (lambda: ops.randperm(4), (4,), ms.int64),
    (lambda: ops.bernoulli(Tensor([1, 2], ms.int8)), (2,), ms.int8),
    (lambda: ops.multinomial(F, 3), (3,), ms.int32),
    (lambda: ops.multinomial(Tensor([[0.0, 1.0, 3.0]]), 2, False), (1, 2), ms.int32),
    (lambda: ops.shuffle(Tensor([1, 2, 3])), (3,), ms.int64),
    (lambda: ops.rand_like(F), (2,), ms.float32),
    (lambda: ops.randn_like(F, dtype=ms.float16), (2,), ms.float16),
    (lambda: ops.randint_like(Tensor([1]), 0, 3), (1,), ms.int64),
    (lambda: ops.StandardNormal()((2, 3)), (2, 3), ms.float32),
    (lambda: ops.StandardLaplace()((2, 3)), (2, 3), ms.float32),
    (lambda: ops.UniformInt()((2,), Tensor(0), Tensor(5)), (2,), ms.int32),
    (lambda: ops.UniformReal()((2,)), (2,), ms.float32),
    (lambda: ops.Gamma()((2,), F, Tensor([1.0])), (2,), ms.float32),
    (lambda: ops.Poisson()((2,), F), (2,), ms.int32),
    (lambda: ops.RandomPoisson()((2,), F), (2, 2), ms.int64),
    (lambda: ops.TruncatedNormal()((2, 2)), (2, 2), ms.float32),
    (lambda: ops.Multinomial()(Tensor([[1.0, 2.0]]), 3), (1, 3), ms.int32),
    (lambda: ops.RandomShuffle()(Tensor([1, 2, 3])), (3,), ms.int64),
    (lambda: ops.Bernoulli()(F, 0.5), (2,), ms.float32),
])
def test_shapes_and_dtypes(draw, shape, dtype):
    out = draw()
    assert type(out) is Tensor and out.shape == shape and out.dtype == dtype


@pytest.mark.parametrize("draw, mean, variance", [
    (lambda: ops.normal((20000,), 1.0, 2.0), 1, 4), (lambda: ops.uniform((20000,), 1.0, 3.0), 2, 1 / 3),
    (lambda: ops.uniform((20000,), 0, 5, dtype=ms.int32), 2, 2), (lambda: ops.laplace((20000,), 1.0, 2.0), 1, 8),
    (lambda: ops.gamma((20000,), 3.0, 2.0), 1.5, 0.75), (lambda: ops.random_poisson((20000,), Tensor(4.0)), 4, 4),
    (lambda: ops.bernoulli(Tensor(np.zeros(20000, np.float32)), 0.2), 0.2, 0.16),
    (lambda: ops.TruncatedNormal()((20000,)), 0, 0.7737),
    (lambda: ops.multinomial(Tensor([1.0, 3.0]), 20000), 0.75, 0.1875),
])
def test_statistics(draw, mean, variance):
    x = draw().asnumpy().astype(np.float64)
    assert abs(x.mean() - mean) < 5 * np.sqrt(variance / x.size) and abs(x.var() / variance - 1) < 0.1


def test_seeds():
    ms.set_seed(5)
    a = ops.standard_normal((4,)).asnumpy()
    ms.set_seed(5)
    np.testing.assert_array_equal(ops.standard_normal((4,)).asnumpy(), a)
    assert not np.array_equal(ops.standard_normal((4,)).asnumpy(), a)
    np.testing.assert_array_equal(ops.rand(3, seed=2).asnumpy(), ops.rand(3, seed=2).asnumpy())
    one, two = ops.StandardNormal(seed=2), ops.StandardNormal(seed=2)
    first = one((3,)).asnumpy()
    np.testing.assert_array_equal(two((3,)).asnumpy(), first)
    assert not np.array_equal(one((3,)).asnumpy(), first)
    assert sorted(ops.randperm(10).asnumpy().tolist()) == list(range(10))


def test_without_replacement_no_index_comes_twice():
    for row in ops.multinomial(Tensor(np.ones((50, 5), np.float32)), 5, False).asnumpy():
        assert sorted(row) == [0, 1, 2, 3, 4]
    assert 0 not in ops.multinomial(Tensor([0.0, 1.0, 1.0]), 2, False).asnumpy()


def test_gradients_of_a_normals_parameters():
    gradient = GradOperation(get_all=True)(lambda m, s: ops.normal((3,), m, s, seed=4))
    dm, ds = gradient(Tensor(1.0), Tensor(2.0))
    assert dm.asnumpy() == 3
    np.testing.assert_allclose(ds.asnumpy(), ops.standard_normal((3,), seed=4).asnumpy().sum(), rtol=1e-6)


@pytest.mark.parametrize("draw, error, message", [
    (lambda: ops.normal((2, 3), "a", 1.0), TypeError, "For 'normal', the type of 'mean' must be Tensor, int, or float"),
    (lambda: ops.rand("a"), TypeError, "For 'rand', shape must be a tuple of int"),
    (lambda: ops.randn(-1), ValueError, "For 'randn', the lengths of shape must not be negative"),
    (lambda: ops.randint(5, 0, (2,)), ValueError, "For 'randint', low must be less than high, but got 5 and 0"),
    (lambda: ops.randint_like(F, 0, 3), ValueError, "the 'dtype' must be an int type, but got Float32"),
    (lambda: ops.randperm(-1), ValueError, "For 'randperm', n must not be negative"),
    (lambda: ops.bernoulli(F, 2.0), ValueError, r"For 'bernoulli', p should be in \[0, 1\], but got 2"),
    (lambda: ops.multinomial(F, 5, False), ValueError, "must be less than the last dimension of input without"),
    (lambda: ops.multinomial(F, 0), ValueError, "the 'num_samples' must be greater than 0"),
    (lambda: ops.multinomial(Tensor(np.ones((1, 1, 1), np.float32)), 1), ValueError, "input must have 1 or 2 axes"),
])
def test_errors(draw, error, message):
    with pytest.raises(error, match=message):
        draw()
