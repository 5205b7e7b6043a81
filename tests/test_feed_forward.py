"""mx.model.FeedForward: the numbers of mxnet 1.9.1 for the same program."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import numpy as np
import pytest

import luojia as mx

RNG = np.random.RandomState(0)
X = RNG.randn(70, 6).astype(np.float32)
Y = (X[:, 0] + X[:, 1] > 0).astype(np.float32)
START = {"fc_weight": RNG.randn(2, 6) * 0.1, "fc_bias": np.zeros(2)}


def net() -> mx.sym.Symbol:
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc"), name="softmax")


def made(**kwargs: object) -> mx.model.FeedForward:
    start = {k: mx.nd.array(v) for k, v in START.items()}
    return mx.model.FeedForward(net(), **{"num_epoch": 3, "learning_rate": 0.5, "momentum": 0.9, "arg_params": start,
                                          "numpy_batch_size": 16, **kwargs})  # type: ignore[arg-type]


def test_fit_predict_and_score(tmp_path: Path) -> None:
    data = mx.io.NDArrayIter(X[:64], Y[:64], 16)
    model = made(arg_params={**{k: mx.nd.array(v) for k, v in START.items()}, "other": mx.nd.ones(1)},
                 allow_extra_params=True)
    model.fit(data, eval_data=data)
    np.testing.assert_allclose(model.arg_params["fc_bias"].asnumpy(), [-0.1575, 0.1575], atol=1e-4)
    np.testing.assert_allclose(model.arg_params["fc_weight"].asnumpy()[0],
                               [-2.7525, -3.3930, -0.0667, -0.3029, -0.3206, -0.8891], atol=1e-4)
    found = model.predict(X)
    assert isinstance(found, np.ndarray) and found.shape == (70, 2)
    np.testing.assert_allclose(found[1], [0.0006, 0.9994], atol=1e-4)
    data.reset()
    outputs, samples, labels = model.predict(data, return_data=True)
    assert outputs.shape == (64, 2) and samples.shape == (64, 6) and (labels == Y[:64]).all()
    assert model.score(data) == 1.0
    model.save(str(tmp_path / "x"))
    again = mx.model.FeedForward.load(str(tmp_path / "x"), 3)
    assert again.begin_epoch == 3
    np.testing.assert_array_equal(again.predict(X), found)


def test_epochs_of_some_batches_and_arrays() -> None:
    counted: list[int] = []
    made(epoch_size=2).fit(X, Y.reshape(-1, 1), eval_data=(X, Y), batch_end_callback=lambda p: counted.append(p.nbatch))
    assert counted == [1, 2] * 3
    trained = mx.model.FeedForward.create(net(), X, Y, num_epoch=1, learning_rate=0.1)
    assert trained.predict(mx.nd.array(X)).shape == (70, 2)


@pytest.mark.parametrize("arguments, error, message", [
    ((X,), ValueError, "y must be specified when X is numpy.ndarray"),
    (([1, 2],), TypeError, "X must be DataIter, NDArray or numpy.ndarray"),
    ((X, Y[:3]), ValueError, "The numbers of data points and labels not equal"),
    ((X, [1] * 70), TypeError, "y must be ndarray when X is numpy.ndarray"),
    ((X, np.zeros((70, 2))), ValueError, "Label must be 1D or 2D"),
])
def test_what_fit_refuses(arguments: tuple, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        made().fit(*arguments)


def test_what_is_missing() -> None:
    with pytest.raises(mx.base.MXNetError, match="FeedForward.fit needs num_epoch"):
        made(num_epoch=None).fit(X, Y)
    with pytest.raises(mx.base.MXNetError, match="there are no parameters yet"):
        made(arg_params=None).predict(X)
    with pytest.raises(AssertionError, match="needs an epoch"):
        made(num_epoch=None).save("x")


def test_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        made(num_epoch=1).fit(X, Y, eval_data=(X, Y))
        made(num_epoch=2, epoch_size=1).fit(mx.io.NDArrayIter(X, Y, 35))
    text = [re.sub(r"=[\d.]+", "=", r.getMessage()) for r in caplog.records]
    assert text == ["Start training with [cpu(0)]", "Epoch[0] Resetting Data Iterator", "Epoch[0] Time cost=",
                    "Epoch[0] Validation-accuracy=",
                    "Start training with [cpu(0)]", "Epoch[0] Time cost=", "Epoch[1] Time cost="]


def test_predicting_without_labels() -> None:
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc"), name="softmax")
    weight = mx.nd.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    model = mx.model.FeedForward(net, arg_params={"fc_weight": weight, "fc_bias": mx.nd.zeros(2)})
    x = np.eye(3, dtype=np.float32)
    expected = [[0.7310586, 0.26894143], [0.26894143, 0.7310586], [0.95257413, 0.04742587]]
    for data in (mx.io.NDArrayIter(x, None, 3), mx.io.NDArrayIter(x, None, 1), x):
        np.testing.assert_allclose(model.predict(data), expected, rtol=1e-5)
