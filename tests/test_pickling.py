"""What programs hand to other processes, or keep: it comes back from pickle as it was."""

import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, mindrecord, mint, nd, nn, ops
from luojia.gluon.data.vision import transforms


def again(found):
    return pickle.loads(pickle.dumps(found))


@mx.jit
def doubled(x):
    return x * 2


@pytest.mark.parametrize("function", [
    ops.relu, ops.matmul, ops.norm, ops.rms_norm, ops.is_nonzero, ops.randn, mint.add, mint.sum,
    mint.nn.functional.relu, mx.np.sin, mx.np.dot, mx.np.concatenate, nd.relu, nd.FullyConnected, mx.sym.relu, doubled,
], ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_functions_are_found_by_name(function):
    assert again(function) is function


def test_functions_of_jit_that_have_no_name_in_a_module():
    def local(x):
        return x + 1

    compiled = mx.jit(local)
    assert compiled.__reduce__()[0] is type(compiled)


@pytest.mark.parametrize("make", [lambda: nn.LSTM(2, 3), lambda: nn.GRU(2, 3), lambda: nn.RNN(2, 3)])
def test_recurrent_layers(make):
    layer, x = make(), Tensor(np.ones((1, 4, 2), np.float32))
    back = again(layer)
    assert repr(back) == repr(layer)
    np.testing.assert_array_equal(back(x)[0].asnumpy(), layer(x)[0].asnumpy())


def test_transformers():
    layer, x = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), Tensor(np.ones((3, 1, 4), np.float32))
    np.testing.assert_array_equal(again(layer)(x).asnumpy(), layer(x).asnumpy())


def test_composed_transforms():
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    image = nd.ones((2, 2, 3), dtype="uint8")
    assert repr(again(steps)) == repr(steps)
    np.testing.assert_array_equal(again(steps)(image).asnumpy(), steps(image).asnumpy())


@pytest.mark.parametrize("error", [mindrecord.MRMOpenError("x"), mindrecord.ParamTypeError("columns", "list")])
def test_errors(error):
    back = again(error)
    assert (type(back), str(back), back.error_msg) == (type(error), str(error), error.error_msg)
