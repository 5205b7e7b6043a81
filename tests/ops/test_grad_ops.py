"""MindSpore's gradient operators, by what mindspore 2.0.0 gave for the same arrays."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia.ops import _grad_ops as G

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXPECTED = json.loads((FIXTURES / "mindspore" / "grad_ops.json").read_text())
_spec = importlib.util.spec_from_file_location("make_mindspore_grads", FIXTURES / "make_mindspore_grads.py")
assert _spec is not None and _spec.loader is not None
making = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(making)
CASES = making.cases(ms)
NO_KERNEL = {  # of mindspore's: the forward operator's own derivative
    "SoftMarginLossGrad": lambda x, y, g: ops.vjp(lambda x: ops.SoftMarginLoss("none")(x, y), x)[1](g)[0],
    "CholeskyGrad": lambda x, g: ops.vjp(ops.cholesky, ops.matmul(x, x.T))[1](g)[0],
}


def test_every_operator_is_compared() -> None:
    assert set(CASES) == set(G.__all__) - {"GatherDGradV2"} == set(EXPECTED)
    assert {name for name, numbers in EXPECTED.items() if numbers is None} == set(NO_KERNEL)


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_mindspores(name: str) -> None:
    attributes, args = CASES[name]
    out = getattr(G, name)(*attributes)(*args)
    outs = out if isinstance(out, tuple) else (out,)
    expected = EXPECTED[name] or [NO_KERNEL[name](*args).asnumpy()]
    for got, numbers in zip(outs, expected, strict=name != "BatchNormGrad"):  # mindspore gives empty reserves too
        np.testing.assert_allclose(got.asnumpy(), numbers, rtol=1e-3, atol=2e-5)


def test_they_are_operators_with_attributes_and_gradients() -> None:
    shrink = G.SoftShrinkGrad(lambd=0.25)
    assert shrink.name == "SoftShrinkGrad" and shrink.lambd == 0.25
    second = ops.GradOperation(get_all=True)(G.SigmoidGrad())(Tensor([0.25]), Tensor([2.0]))
    assert [float(g) for g in second] == [2.0 * (1 - 2 * 0.25), 0.25 * 0.75]
    x, index = Tensor(np.zeros((3, 2), np.float32)), Tensor([[0, 1], [2, 1]])
    assert G.GatherDGradV2()(x, 0, index, Tensor(np.ones((2, 2), np.float32))).tolist() == [[1, 0], [0, 2], [1, 0]]


def test_what_is_refused() -> None:
    x = Tensor([1.0])
    with pytest.raises(ValueError, match="one of grad_x and grad_y must be True"):
        G.MaximumGrad(False, False)(x, x, x)
    with pytest.raises(TypeError, match="GatherDGrad: give the shape"):
        G.GatherDGrad(0)(Tensor([0]), x)
    with pytest.raises(TypeError):
        G.AbsGrad(1)
    with pytest.raises(AttributeError, match="has no 'LSTMGrad': take the gradient of the operator with"):
        _ = G.LSTMGrad
    with pytest.raises(AttributeError, match="no attribute '_private'"):
        _ = G._private
