"""Translations, surfaces and occlusion, with MindSpore's numbers."""

import numpy as np
import pytest

from luojia import Tensor, int32, nn, ops

CANDIDATES = [["i", "have", "a", "pen", "on", "my", "desk"], ["a", "b", "c"]]
REFERENCES = [[["i", "have", "a", "pen", "in", "my", "desk"], ["there", "is", "a", "pen", "on", "the", "desk"]],
              [["a", "b", "c", "d"], ["x"]]]
A = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 2], [0, 0, 2, 2]])
B = np.array([[1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 2]])


@pytest.mark.parametrize("n, smooth, observed", [
    (1, False, 0.90484), (1, True, 0.90484), (2, False, 0.8464), (2, True, 0.85309), (3, False, 0.75604),
    (3, True, 0.7777), (4, False, 0.55916), (4, True, 0.64234)])
def test_bleu(n, smooth, observed):
    m = nn.BleuScore(n, smooth)
    m.update(CANDIDATES, REFERENCES)
    assert m.eval() == pytest.approx(observed, abs=1e-5)


def test_bleu_over_updates_and_without_matches():
    m = nn.BleuScore(1)
    m.update([["a", "b"]], [[["a", "b", "c"]]])
    m.update([["q", "b"]], [[["a", "b", "c"]]])
    assert m.eval() == pytest.approx(0.4549, abs=1e-4)
    assert nn.BleuScore()([["the"] * 7], [[["the", "cat"]]]) == 0


@pytest.mark.parametrize("symmetric, index, mean, square", [
    (True, 0, 0.26111, 0.51099), (True, 1, 0.325, 0.57009), (True, 2, 0.33333, 0.57735), (False, 0, 0.22222, 0.22222),
    (False, 1, 0.25, 0.25), (False, 2, 0.66667, 0.66667)])
@pytest.mark.parametrize("metric", ["euclidean", "chessboard", "taxicab"])
def test_surfaces(symmetric, metric, index, mean, square):
    assert nn.MeanSurfaceDistance(symmetric, metric)(A, B, index) == pytest.approx(mean, abs=1e-5)
    assert nn.RootMeanSquareDistance(symmetric, metric)(A, B, index) == pytest.approx(square, abs=1e-5)


def test_surfaces_of_empty_masks():
    whole, empty = np.array([[1, 1], [0, 0]]), np.zeros((2, 2))
    for m in (nn.MeanSurfaceDistance(), nn.RootMeanSquareDistance(True)):
        assert m.eval() == np.inf
        assert m(whole, empty, 1) == np.inf and m(empty, whole, 1) == np.inf
        assert m(Tensor(np.ones((3, 3, 3))), Tensor(np.ones((3, 3, 3))), 1) == 0


class Sums(nn.Cell):
    def construct(self, x):
        return ops.stack([x.sum(axis=(1, 2, 3)), (x * x).sum(axis=(1, 2, 3))], 1)


def test_occlusion():
    dense = nn.Dense(4, 2, weight_init=Tensor(np.float32([[0.1, 0.8, 0.1, 0.1], [1, 1, 1, 1]])), bias_init="zeros")
    m = nn.OcclusionSensitivity(n_batch=3)
    found = m(dense, Tensor([[0.1, 0.2, 0.3, 0.4]]), Tensor([1], int32))
    np.testing.assert_allclose(found, [0.3, 0.6, 1.0, 0.9], rtol=1e-5)
    image = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)
    m = nn.OcclusionSensitivity(margin=1)
    assert m(Sums(), image, np.array(0)).ravel().tolist() == [0, 1, 3, 3, 8, 12, 6, 14, 18, 18, 40, 48]
    m = nn.OcclusionSensitivity(margin=1, b_box=[1, 1, -1, -1, 1, 2])
    assert m(Sums(), image, np.array(0)).tolist() == [[14, 18], [40, 48]]


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.BleuScore(9), ValueError, "the argument 'n_gram' should range from 1 to 4, but got 9"),
    (lambda: nn.BleuScore(smooth=3), TypeError, "The type of 'smooth' should be 'bool'"),
    (lambda: nn.BleuScore().eval(), RuntimeError, "call the 'update' method before"),
    (lambda: nn.BleuScore().update(1), ValueError, "it needs 2 inputs"),
    (lambda: nn.BleuScore().update([["a"]], []), ValueError, "should be equal in length, but got 1, 0"),
    (lambda: nn.MeanSurfaceDistance(3), TypeError, "The type of 'symmetric' should be 'bool'"),
    (lambda: nn.RootMeanSquareDistance(distance_metric="q"), ValueError, "The 'distance_metric' must be str"),
    (lambda: nn.MeanSurfaceDistance().update(1), ValueError, "it needs 3 inputs"),
    (lambda: nn.MeanSurfaceDistance().update(A, B, "a"), (TypeError, ValueError), "must be int or float"),
    (lambda: nn.MeanSurfaceDistance().update(A, B, 7), ValueError, "but 7 is not"),
    (lambda: nn.MeanSurfaceDistance().update(A, B[:2], 1), ValueError, "must have one shape and elements"),
    (lambda: nn.OcclusionSensitivity(pad_val="a"), TypeError, "The type of 'pad_val' should be 'float'"),
    (lambda: nn.OcclusionSensitivity().eval(), RuntimeError, "call the 'update' method before"),
    (lambda: nn.OcclusionSensitivity().update(1), ValueError, "it needs 3 inputs"),
    (lambda: nn.OcclusionSensitivity()(Sums(), np.ones((2, 1, 2, 2)), np.array(0)), RuntimeError, "must be one sample"),
    (lambda: nn.OcclusionSensitivity(b_box=[0])(Sums(), np.ones((1, 1, 2, 2)), np.array(0)), ValueError,
     "must contain upper and lower"),
    (lambda: nn.OcclusionSensitivity(b_box=[0, 9])(Sums(), np.ones((1, 2)), np.array(0)), ValueError,
     "must be smaller than image size"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
