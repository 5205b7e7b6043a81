import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(11)
A, B = rng.normal(size=(2, 4, 3))
SIGNS = np.array([1, -1, 1, -1])


def test_margins():
    y = np.sign(rng.normal(size=A.shape)).astype(int)
    check_op("hinge_embedding_loss", A, y, ref=np.where(y > 0, A, np.maximum(1 - A, 0)).mean())
    check_op("margin_ranking_loss", A, B, y, attrs={"margin": 0.3, "reduction": "sum"},
             ref=np.maximum(0.3 - y * (A - B), 0).sum())


def test_slopes_at_margins_are_mindspore_s():
    a, zero, y = Tensor([1.0, 1.0, 2.0, -1.0]), Tensor([0.0] * 4), Tensor([1.0, -1.0, -1.0, 1.0])

    def slopes(fn, *arrays):
        return [t.tolist() for t in ops.GradOperation(get_all=True)(fn)(*arrays)]

    assert slopes(lambda x, y: ops.hinge_embedding_loss(x, y, 1.0, "sum"), a, y) == [[1, -0.5, 0, 1], [0] * 4]
    of_a, of_b, of_y = slopes(lambda a, b, y: ops.margin_ranking_loss(a, b, y, 1.0, "sum"), a, zero, y)
    assert (of_a, of_b, of_y) == ([-1, 1, 1, -1], [1, -1, -1, 1], [-1, -1, -2, 1])


def test_angles():
    cosine = (A * B).sum(-1) / np.sqrt((A * A).sum(-1) * (B * B).sum(-1))
    ref = np.where(SIGNS > 0, 1 - cosine, np.maximum(cosine - 0.1, 0))
    check_op("cosine_embedding_loss", A, B, SIGNS, attrs={"margin": 0.1, "reduction": "none"})
    found = ops.cosine_embedding_loss(Tensor(A), Tensor(B), Tensor(SIGNS), 0.1, "none").asnumpy()
    np.testing.assert_allclose(found, ref, rtol=1e-9)
    with pytest.raises(ShapeError, match="a target for each of their rows"):
        ops.cosine_embedding_loss(Tensor(A), Tensor(B), Tensor(A))


def test_gaussians():
    var = rng.uniform(0.5, 2, A.shape)
    ref = 0.5 * (np.log(var) + (A - B) ** 2 / var)
    check_op("gaussian_nll_loss", A, B, var, ref=ref.mean())
    check_op("gaussian_nll_loss", A, B, var, attrs={"full": True}, ref=ref.mean() + 0.5 * np.log(2 * np.pi))
    with pytest.raises(ArgumentError, match="eps must be positive"):
        ops.gaussian_nll_loss(Tensor(A), Tensor(B), Tensor(var), eps=0)
