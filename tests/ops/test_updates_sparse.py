"""Steps of optimizers by the gradients of rows, and fused ones: mindspore 2.8.0's answers, NumPy where it has none."""

from pathlib import Path

import numpy as np
import pytest

from luojia import Parameter, Tensor, ops
from luojia._src.errors import ArgumentError, ShapeError
from tests.observed import T, wrong_answers


def parameters(*names):
    return [Parameter(T(np.arange(1, 7).reshape(3, 2) / (i + 1)), name=n) for i, n in enumerate(names)]


def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed_updates.txt"), at_least=10) == []


def test_shrunk_ftrl():
    w, n, z = parameters("w", "n", "z")
    w0, n0, z0, g = w.asnumpy(), n.asnumpy(), z.asnumpy(), np.array([[1.0, 2.0], [3.0, 4.0]])
    ops.SparseApplyFtrlV2(0.1, 0.01, 0.02, 0.3, -0.5)(w, n, z, Tensor(g.astype(np.float32)), T([0, 2], np.int32))
    at, n1 = [0, 2], n0[[0, 2]] + g * g
    z1 = z0[at] + g + 0.6 * w0[at] - (np.sqrt(n1) - np.sqrt(n0[at])) / 0.1 * w0[at]
    w1 = -np.sign(z1) * np.maximum(np.abs(z1) - 0.01, 0) / (np.sqrt(n1) / 0.1 + 0.04)
    for p, before, after in ((w, w0, w1), (n, n0, n1), (z, z0, z1)):
        np.testing.assert_allclose(p.asnumpy()[at], after, rtol=1e-4)
        np.testing.assert_array_equal(p.asnumpy()[1], before[1])


def test_adadelta_and_scaled_momentum():
    w, a, u = parameters("w", "a", "u")
    same = parameters("w2", "a2", "u2")
    g = T([[1, 2], [3, 4], [5, 6]])
    ops.SparseApplyAdadelta(1e-3)(w, a, u, 0.1, 0.9, g, T([0, 1, 2], np.int32))
    ops.ApplyAdadelta()(*same, 0.1, 0.9, 1e-3, g)
    for p, q in zip((w, a, u), same):
        np.testing.assert_allclose(p.asnumpy(), q.asnumpy(), rtol=1e-6)
    w, m = parameters("w", "m")
    step = 0.9 * m.asnumpy() + 2 * g.asnumpy() + 0.01 * w.asnumpy()
    expected = w.asnumpy() - 0.1 * step
    np.testing.assert_allclose(ops.FusedWeightScaleApplyMomentum()(0.01, 2.0, w, m, 0.1, g, 0.9).asnumpy(), expected,
                               rtol=1e-6)
    np.testing.assert_allclose(m.asnumpy(), step, rtol=1e-6)


def test_rows_that_come_twice():
    """mindspore 2.8.0's: the gradients of Adagrad add up, FTRL and RMSProp take one step after the other."""
    g, beside = T([[1, 2], [3, 4], [5, 6]]), T([1, -1, 1], np.int32)

    def states(*values):
        return [Parameter(T(v), name=f"p{i}") for i, v in enumerate(([[1, 2], [3, 4], [5, 6]], *values))]

    ones, zeros = [[1, 1]] * 3, [[0, 0]] * 3
    out = ops.SparseApplyAdagrad(0.5)(*states(ones), g, beside)
    np.testing.assert_allclose(out[0].asnumpy(), [[1, 2], [2.506803, 3.503861], [5, 6]], rtol=1e-5)
    out = ops.SparseApplyFtrl(0.5, 0.1, 0.2, -0.5)(*states(ones, zeros), g, beside)
    np.testing.assert_allclose(out[0].asnumpy(), [[1, 2], [-0.01567281, 1.144259], [5, 6]], rtol=1e-4)
    apply = ops.SparseApplyRMSProp(0.5, 0.1, 1e-3)
    out = apply(*states(ones, zeros), 0.5, g, T([1, 0, 1], np.int32))
    np.testing.assert_allclose(out[0].asnumpy(), [[0.3292467, 1.314046], [1.756926, 2.620692], [5, 6]], rtol=1e-5)
    with pytest.raises(ArgumentError, match="must lie in"):
        apply(*states(ones, zeros), 0.5, g, beside)


@pytest.mark.parametrize(("indices", "error", "match"), [
    ([0], ShapeError, r"indices \(n,\) and grad \(n, 2\) are expected"),
    ([0, 3], ArgumentError, r"must lie in \[0, 3\)")])
def test_a_failed_call_changes_nothing(indices, error, match):
    w, n, z = parameters("w", "n", "z")
    before = w.asnumpy().copy()
    with pytest.raises(error, match=match):
        ops.FusedSparseFtrl(0.1, 0.01, 0.02, -0.5)(w, n, z, T([[1, 2], [3, 4]]), T(indices, np.int32))
    np.testing.assert_array_equal(w.asnumpy(), before)
