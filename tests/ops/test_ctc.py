import itertools

import numpy as np
import pytest

from luojia import Tensor, autograd, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(9)
X = np.sin(np.arange(40, dtype=np.float32)).reshape(5, 2, 4)


@pytest.mark.parametrize("of_alpha", [0.0, 0.5])
def test_forward_variables_leave_the_gradient_as_it_is(of_alpha, assert_close):
    found = []
    for with_alpha in (False, True):
        x = Tensor(X.astype(np.float64))
        x.attach_grad()
        with autograd.record():
            out = OPERATORS["ctc_loss"](x, Tensor([[1, 2], [3, 1]]), with_alpha=with_alpha)
            loss, alpha = out if with_alpha else (out, None)
            total = loss.sum() if not with_alpha else loss.sum() - of_alpha * alpha[:, -1, -1].sum()
        total.backward()
        found.append(x.grad.asnumpy())
    if of_alpha:
        assert abs(found[0] - found[1]).max() > 0.01  # which goes by the plain way
    else:
        assert_close(found[1], found[0])


def collapse(path, blank):
    merged = [k for k, _ in itertools.groupby(path)]
    return [k for k in merged if k != blank]


def plain(x, labels, blank=0):
    """The sum over all alignments, one by one."""
    p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(x.shape[1]), repeat=len(x)):
        if collapse(path, blank) == list(labels):
            total += np.prod(p[np.arange(len(x)), list(path)])
    return -np.log(total)


def test_every_alignment_counts():
    x, labels = rng.normal(size=(4, 2, 3)), np.array([[1, 1], [2, 1]])
    ref = np.array([plain(x[:, i], labels[i]) for i in range(2)])
    check_op("ctc_loss", x, labels, None, None, ref=ref)
    check_op("ctc_loss", x, labels, None, None, attrs={"reduction": "mean"}, ref=(ref / 2).mean(), second=False)
    ref = np.array([plain(x[:3, 0], [1]), plain(x[:4, 1], [0, 1], blank=2)])
    y = OPERATORS["ctc_loss"](Tensor(x), Tensor([[1, 0], [0, 1]]), Tensor([3, 4]), Tensor([1, 2]),
                              use_data_lengths=True, use_label_lengths=True, blank=2)
    np.testing.assert_allclose(y.asnumpy()[1], ref[1])


def test_lengths():
    x, labels = rng.normal(size=(4, 2, 3)), np.array([[1, 2], [2, 1]])
    lengths = np.array([3, 4]), np.array([1, 0])
    ref = np.array([plain(x[:3, 0], [1]), plain(x[:, 1], [])])
    check_op("ctc_loss", x, labels, *lengths, ref=ref, symbol=False,  # MXNet's face names the blank by a word
             attrs={"use_data_lengths": True, "use_label_lengths": True})


def test_losses_are_mxnets():
    for labels, more, expected in (
        ([[1, 2], [3, 0]], {}, [3.3142135, 4.8678365]),
        ([[1, 2], [2, -1]], {"blank_label": "last"}, [3.540929, 3.818517]),
    ):
        y = nd.ctc_loss(nd.array(X), nd.array(labels), **more)
        np.testing.assert_allclose(y.asnumpy(), expected, rtol=1e-5)
    y = nd.CTCLoss(nd.array(X), nd.array([[1, 2], [2, 1]]), nd.array([5, 3]), nd.array([2, 1]), use_data_lengths=True,
                   use_label_lengths=True, blank_label="last")
    np.testing.assert_allclose(y.asnumpy(), [3.540929, 2.3178904], rtol=1e-5)


def test_mindspores_function():
    log_p = Tensor(X - np.log(np.exp(X).sum(-1, keepdims=True)))
    lengths = Tensor([5, 5]), Tensor([2, 1])
    loss, log_alpha = ops.ctc_loss(log_p, Tensor([[1, 2], [3, 0]]), *lengths, reduction="none")
    np.testing.assert_allclose(loss.asnumpy(), [3.3142135, 4.8678365], rtol=1e-5)
    assert log_alpha.shape == (2, 5, 5)
    mean, _ = ops.ctc_loss(log_p, Tensor([[1, 2], [3, 0]]), *lengths)
    np.testing.assert_allclose(mean.asnumpy(), (3.3142135 / 2 + 4.8678365) / 2, rtol=1e-5)


def test_impossible_sequences():
    x, labels = Tensor(rng.normal(size=(2, 1, 3))), Tensor([[1, 1]])
    assert OPERATORS["ctc_loss"](x, labels).asnumpy() == np.inf
    assert OPERATORS["ctc_loss"](x, labels, zero_infinity=True).asnumpy() == 0


def test_shape_rule():
    rule = OPERATORS["ctc_loss"].shape_rule
    assert rule([(5, 2, 4), (2, 3)]) == (2,)
    assert rule([(5, 2, 4), (2, 3)], reduction="mean", with_alpha=True) == ((), (2, 5, 7))


@pytest.mark.parametrize("shapes, attrs, error, text", [
    (((2, 3), (3, 1)), {}, ShapeError, "expects data"),
    (((2, 3, 4), (2, 1)), {}, ShapeError, "expects data"),
    (((2, 3, 4), (3, 1)), {"blank_label": "middle"}, ArgumentError, "blank_label must be"),
    (((2, 3, 4), (3, 1)), {"blank": 4}, ArgumentError, "one of the 4 classes"),
    (((2, 3, 4), (3, 1), (2,)), {"use_data_lengths": True}, ShapeError, "data_lengths of shape"),
    (((2, 3, 4), (3, 1)), {"use_label_lengths": True}, ShapeError, "label_lengths of shape"),
])
def test_errors(shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS["ctc_loss"](*[Tensor(np.ones(s)) for s in shapes], **attrs)
