"""Losses, against the numbers of mxnet 1.9.1."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.gluon import loss

PRED = np.array([[1.76, 0.4, 0.98], [2.24, 1.87, -0.98]], np.float32)
LABEL = np.array([[0.95, -0.15, -0.1], [0.41, 0.14, 1.45]], np.float32)
SIGN = np.sign(LABEL)
BINARY = (LABEL > 0).astype(np.float32)
SHARES = np.abs(LABEL) / np.abs(LABEL).sum(1, keepdims=True)
CLASSES = np.array([0, 2], np.float32)
WEIGHT = np.array([[0.5], [2]], np.float32)
POSITIVE = np.array([[1, 2, 3]], np.float32)
SEQUENCE = np.array(
    [[[0.76, 0.12, 0.44, 0.33], [1.49, -0.21, 0.31, -0.85], [-2.55, 0.65, 0.86, -0.74], [2.27, -1.45, 0.05, -0.19],
      [1.53, 1.47, 0.15, 0.38]],
     [[-0.89, -1.98, -0.35, 0.16], [1.23, 1.2, -0.39, -0.3], [-1.05, -1.42, -1.71, 1.95], [-0.51, -0.44, -1.25, 0.78],
      [-1.61, -0.21, -0.9, 0.39]]], np.float32)
TEXT = np.array([[0, 1, -1], [2, 2, -1]], np.float32)

CASES = [
    (loss.L2Loss(), (PRED, LABEL), [0.35417, 2.04112]),
    (loss.L2Loss(weight=2), (PRED, LABEL, WEIGHT), [0.35417, 8.16447]),
    (loss.L1Loss(), (PRED, LABEL), [0.81333, 1.99667]),
    (loss.L1Loss(weight=3), (PRED, LABEL, WEIGHT), [1.22, 11.98]),
    (loss.SigmoidBCELoss(), (PRED, BINARY), [0.79015, 0.5144]),
    (loss.SigmoidBCELoss(from_sigmoid=True), (np.abs(np.tanh(PRED)), BINARY), [0.64527, 0.11793]),
    (loss.SigmoidBCELoss(), (PRED, BINARY, None, POSITIVE), [0.79015, 1.42796]),
    (loss.SigmoidBCELoss(from_sigmoid=True), (np.abs(np.tanh(PRED)), BINARY, None, POSITIVE), [0.64527, 0.32284]),
    (loss.SoftmaxCELoss(), (PRED, CLASSES), [0.53945, 3.76852]),
    (loss.SoftmaxCELoss(sparse_label=False), (PRED, SHARES), [0.77445, 2.90892]),
    (loss.SoftmaxCELoss(axis=0), (PRED, np.array([0, 1, 1], np.float32)), [1.0868]),
    (loss.SoftmaxCELoss(from_logits=True), (PRED, CLASSES, WEIGHT), [-0.88, 1.96]),
    (loss.KLDivLoss(), (np.log(SHARES), np.roll(SHARES, 1, 1)), [1.32435, 0.97243]),
    (loss.KLDivLoss(from_logits=False), (PRED, SHARES), [0.1225, 2.16475]),
    (loss.HuberLoss(), (PRED, LABEL), [0.3531, 1.49667]),
    (loss.HuberLoss(rho=0.5), (PRED, LABEL), [0.56333, 1.74667]),
    (loss.HingeLoss(), (PRED, SIGN), [1.12667, 0.66]),
    (loss.SquaredHingeLoss(margin=2), (PRED, SIGN), [4.89933, 2.96577]),
    (loss.LogisticLoss(), (PRED, SIGN), [0.79015, 0.5144]),
    (loss.LogisticLoss(label_format="binary"), (PRED, BINARY), [0.79015, 0.5144]),
    (loss.TripletLoss(), (PRED, LABEL, np.roll(PRED, 1, 0)), [0.0, 7.0138]),
    (loss.PoissonNLLLoss(), (PRED, np.abs(LABEL)), [4.10608]),
    (loss.PoissonNLLLoss(from_logits=False, compute_full=True), (np.abs(PRED), np.abs(LABEL) * 2), [1.47586]),
    (loss.CosineEmbeddingLoss(), (PRED, LABEL, np.array([1, -1], np.float32)), [[0.23763], [0.0]]),
    (loss.CosineEmbeddingLoss(margin=0.2), (PRED, LABEL, np.array([-1, -1], np.float32)), [[0.56237], [0.0]]),
    (loss.SDMLLoss(), (PRED, LABEL), [0.08511, 3.40184]),
    (loss.CTCLoss(), (SEQUENCE, TEXT), [4.9621, 4.48675]),
    (loss.CTCLoss(layout="TNC"), (SEQUENCE.transpose(1, 0, 2), TEXT), [4.9621, 4.48675]),
    (loss.CTCLoss(), (SEQUENCE, TEXT, None, np.array([2, 1], np.float32)), [4.9621, 3.48662]),
    (loss.CTCLoss(), (SEQUENCE, TEXT, np.array([4, 5], np.float32), np.array([2, 1], np.float32)), [4.13015, 3.48662]),
    (loss.CTCLoss(label_layout="TN", weight=2), (SEQUENCE, TEXT.T), [9.92421, 8.9735]),
]


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("case", range(len(CASES)))
def test_values(case, hybridize):
    block, arrays, expected = CASES[case]
    block.hybridize(hybridize and not isinstance(block, loss.SDMLLoss))  # it reads the batch's size
    out = block(*[None if a is None else nd.array(a) for a in arrays])
    np.testing.assert_allclose(out.asnumpy(), expected, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("case", range(len(CASES)))
def test_gradients(case):
    """The gradient along a direction, by central differences in float64."""
    block, arrays, _ = CASES[case]
    block.hybridize(False)
    arrays = [None if a is None else nd.array(a, dtype="float64") for a in arrays]
    pred = arrays[0]
    pred.attach_grad()
    with autograd.record():
        out = block(*arrays).sum()
    out.backward()
    direction = np.random.RandomState(0).randn(*pred.shape)

    def value(step):
        moved = nd.array(pred.asnumpy() + step * direction, dtype="float64")
        return block(moved, *arrays[1:]).asnumpy().sum()

    slope = (value(1e-5) - value(-1e-5)) / 2e-5
    np.testing.assert_allclose((pred.grad.asnumpy() * direction).sum(), slope, rtol=1e-5, atol=1e-7)


def test_repr_and_names():
    assert repr(loss.L2Loss()) == "L2Loss(batch_axis=0, w=1.0)"
    assert repr(loss.SoftmaxCrossEntropyLoss()) == "SoftmaxCrossEntropyLoss(batch_axis=0, w=None)"
    assert repr(loss.HuberLoss(weight=2)) == "HuberLoss(batch_axis=0, w=2)"


def test_a_loss_of_symbols_is_a_symbol():
    out = loss.L2Loss(prefix="l2loss0_")(mx.sym.var("x"), mx.sym.var("y"))
    assert out.name == "l2loss0_mean0"
    assert out.list_arguments() == ["y", "x"]


def test_errors():
    with pytest.raises(TypeError, match="label"):
        loss.L2Loss()(nd.ones((2, 3)))
    with pytest.raises(ValueError, match="size 9|reshape"):
        loss.L2Loss()(nd.ones((2, 3)), nd.ones((3, 3)))
    with pytest.raises(mx.base.MXNetError):
        loss.SoftmaxCELoss()(nd.ones((2, 3)), nd.ones((3,)))
    with pytest.raises(ValueError, match="label_format can only be signed or binary"):
        loss.LogisticLoss(label_format="other")
    with pytest.raises(AssertionError, match="Only 'NTC' and 'TNC'"):
        loss.CTCLoss(layout="CTN")
    with pytest.raises(AssertionError, match="at least two rows"):
        loss.SDMLLoss()(nd.ones((1, 3)), nd.ones((1, 3)))


def test_labels_out_of_range_are_clipped_as_by_pick():
    x = nd.array([[1, 2, 3], [3, 2, 1]])
    expected = loss.SoftmaxCrossEntropyLoss()(x, nd.array([0, 2])).asnumpy()
    np.testing.assert_array_equal(loss.SoftmaxCrossEntropyLoss()(x, nd.array([-4, 7])).asnumpy(), expected)


def test_a_hybridized_cross_entropy_is_one_operator_and_has_its_graph(tmp_path):
    """On NumPy; its graph is MXNet's, which op hooks are told of."""
    block = loss.SoftmaxCrossEntropyLoss()
    block.hybridize()
    pred, label = nd.array(PRED), nd.array([0, 2])
    plain = loss.SoftmaxCrossEntropyLoss()(pred, label).asnumpy()
    np.testing.assert_array_equal(block(pred, label).asnumpy(), plain)
    block.export(str(tmp_path / "loss"))
    operators = [n["op"] for n in json.loads((tmp_path / "loss-symbol.json").read_text())["nodes"]]
    assert "log_softmax" in operators and "pick" in operators
    told = []
    block.register_op_hook(lambda name, op, array: told.append(op))
    np.testing.assert_allclose(block(pred, label).asnumpy(), plain, rtol=1e-6)
    assert "pick" in told


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("hybrid", [False, True])
def test_huber_at_its_bounds(hybrid, dtype):
    pred, label = nd.array([[0.0, 0.5, -0.5], [2.0, 0.25, -3.0]], dtype=dtype), nd.zeros((2, 3, 1), dtype=dtype)
    pred.attach_grad()
    label.attach_grad()
    huber = loss.HuberLoss(rho=0.5)
    if hybrid:
        huber.hybridize()
    with autograd.record():
        found = huber(pred, label)
    found.backward()
    assert found.dtype == pred.dtype and pred.grad.dtype == pred.dtype
    np.testing.assert_allclose(found.asnumpy(), [0.5 / 3, 4.5625 / 3], rtol=1e-3)
    slopes = np.array([[0, 1, -1], [1, 0.5, -1]]) / 3
    np.testing.assert_allclose(pred.grad.asnumpy(), slopes, rtol=1e-3)
    np.testing.assert_allclose(label.grad.asnumpy()[..., 0], -slopes, rtol=1e-3)
    weighted = huber(pred, label, nd.array([[2.0], [0.0]], dtype=dtype))
    np.testing.assert_allclose(weighted.asnumpy(), [1 / 3, 0], rtol=1e-3)


def test_a_loss_of_ones_own_that_extends_another_runs_its_graph():
    class Halves(loss.SoftmaxCrossEntropyLoss):
        def hybrid_forward(self, F, pred, label):
            found = super().hybrid_forward(F, pred, label)
            return F.broadcast_mul(found, F.ones_like(found)) / 2, found

    block = Halves()
    expected = [a.asnumpy() for a in block(nd.array(PRED), nd.array([0, 2]))]
    block.hybridize()
    for got, wanted in zip(block(nd.array(PRED), nd.array([0, 2])), expected, strict=True):
        np.testing.assert_allclose(got.asnumpy(), wanted, rtol=1e-6)
