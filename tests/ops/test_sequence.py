"""Sequences of different lengths, against loops."""

import numpy as np
import pytest

from luojia import nd
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

X = np.random.RandomState(0).randn(4, 3, 2)
LENGTHS = np.array([2, 4, 1])


def by_axis(axis):
    return X if axis == 0 else X.transpose(1, 0, 2)


@pytest.mark.parametrize("axis", [0, 1])
def test_operators(axis):
    x = by_axis(axis)
    how = {"use_sequence_length": True, "axis": axis}
    masked, turned = X.copy(), X.copy()
    for n, length in enumerate(LENGTHS):
        masked[length:, n] = 9
        turned[:length, n] = X[:length, n][::-1]
    back = (1, 0, 2) if axis else (0, 1, 2)
    check_op("sequence_mask", x, LENGTHS, attrs={**how, "value": 9.0}, ref=masked.transpose(back))
    check_op("sequence_last", x, LENGTHS, attrs=how, ref=X[LENGTHS - 1, np.arange(3)])
    check_op("sequence_reverse", x, LENGTHS, attrs=how, ref=turned.transpose(back))
    zeros = np.zeros_like(X)
    zeros[LENGTHS - 1, np.arange(3)] = X[0]
    check_op("sequence_put", X[0], LENGTHS, attrs={**how, "size": 4}, ref=zeros.transpose(back))


@pytest.mark.parametrize("axis", [0, 1])
def test_without_lengths(axis):
    x = by_axis(axis)
    check_op("sequence_mask", x, None, attrs={"axis": axis}, ref=x)
    check_op("sequence_last", x, None, attrs={"axis": axis}, ref=X[-1])
    check_op("sequence_reverse", x, None, attrs={"axis": axis}, ref=np.flip(x, axis))
    zeros = np.zeros_like(X)
    zeros[-1] = X[0]
    check_op("sequence_put", X[0], None, attrs={"axis": axis, "size": 4, "use_sequence_length": False},
             ref=zeros if axis == 0 else zeros.transpose(1, 0, 2))


def test_float_lengths_and_names():
    x = nd.array(X)
    lengths = nd.array(LENGTHS)
    out = nd.SequenceMask(x, sequence_length=lengths, use_sequence_length=True)
    assert (out.asnumpy()[2:, 0] == 0).all() and (out.asnumpy()[:2, 0] != 0).all()
    last = nd.SequenceLast(x, lengths, True)
    np.testing.assert_allclose(last.asnumpy(), X[LENGTHS - 1, np.arange(3)], rtol=1e-6)
    assert nd.SequenceReverse(x, lengths, True).shape == x.shape


def test_errors():
    with pytest.raises(ShapeError, match="expects 3 lengths"):
        nd.SequenceMask(nd.array(X), nd.array([1.0, 2.0]), True)
    with pytest.raises(ShapeError, match="two axes or more"):
        nd.SequenceReverse(nd.array([1.0]), nd.array([1.0]), True)
    with pytest.raises(ArgumentError, match="axis 0 or 1"):
        nd.SequenceLast(nd.array(X), nd.array([1.0, 2.0, 3.0]), True, 2)


def test_the_last_step_of_small_integers_keeps_their_dtype():
    last = nd.SequenceLast(nd.ones((3, 2), dtype="uint8"), nd.array([1, 3]), use_sequence_length=True)
    assert last.dtype is np.uint8 and last.asnumpy().tolist() == [1, 1]
