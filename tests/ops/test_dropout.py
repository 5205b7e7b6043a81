import numpy as np
import pytest

from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.errors import ArgumentError
from tests.check import check_op

KEY = np.array([1, 2], np.uint32)
DROPOUT = OPERATORS["dropout"]


@pytest.mark.parametrize("attrs", [
    {"p": 0.4, "training": True}, {"p": 0.4, "mode": "always", "axes": (1,)}, {"p": 0.4}, {"p": 0.0, "training": True},
    {"p": 1.0, "training": True},
])
def test_dropout(attrs):
    check_op("dropout", KEY, np.random.default_rng(0).normal(size=(4, 5)), attrs=attrs)


def test_what_remains_is_enlarged():
    x = np.ones((200, 50), np.float32)
    y = DROPOUT(KEY, Tensor(x), p=0.25, training=True).asnumpy()
    assert set(np.unique(y)) == {0, np.float32(4 / 3)}
    assert abs((y == 0).mean() - 0.25) < 0.02
    again = DROPOUT(KEY, Tensor(x), p=0.25, training=True).asnumpy()
    np.testing.assert_array_equal(y, again)
    shared = DROPOUT(KEY, Tensor(x), p=0.25, training=True, axes=(0,)).asnumpy()
    assert (shared == shared[:1]).all()


def test_mask():
    check_op("dropout_mask", KEY, attrs={"shape": (3, 2), "p": 0.0, "dtype": "float32"}, ref=np.ones((3, 2)), dtypes=())


def test_doors_draw_a_key_for_each_call():
    x = nd.ones((50, 50))
    assert (nd.Dropout(x, p=0.5).asnumpy() == 1).all()
    a, b = (nd.Dropout(x, p=0.5, mode="always").asnumpy() for _ in range(2))
    assert (a != b).any()
    x.attach_grad()
    with recording_scope(True, True):
        y = nd.Dropout(x, p=0.5)
    y.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), y.asnumpy())  # the backward pass sees the forward's mask
    assert (y.asnumpy() == 0).any()


@pytest.mark.parametrize("attrs, text", [
    ({"p": 1.5}, "p, the probability of a zero"), ({"mode": "never"}, "mode must be"), ({"axes": (3,)}, "must be axes"),
])
def test_errors(attrs, text):
    with pytest.raises(ArgumentError, match=text):
        DROPOUT(KEY, Tensor(np.ones((2, 2))), **attrs)
