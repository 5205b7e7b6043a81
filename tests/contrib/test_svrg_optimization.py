"""SVRGModule against the algorithm of Johnson and Zhang (2013) in plain NumPy."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia.contrib.svrg_optimization import SVRGModule

RNG = np.random.RandomState(3)
X, Y = RNG.randn(12, 4), RNG.randn(12, 1)


def made(**kwargs):
    dense = sym.FullyConnected(sym.var("data"), num_hidden=1, name="fc", no_bias=True)
    return SVRGModule(sym.LinearRegressionOutput(dense, name="o"), label_names=["o_label"], **kwargs)


def data():
    return mx.io.NDArrayIter(X, Y, 4, label_name="o_label")


@pytest.mark.parametrize("devices", [1, 2])
def test_the_algorithm(devices):
    module = made(update_freq=2, context=[mx.cpu(i) for i in range(devices)])
    module.fit(data(), num_epoch=3, initializer=mx.init.One(), optimizer_params={"learning_rate": 0.05},
               eval_metric="mse")

    def gradient(w, x, y):
        return (x @ w - y).T @ x / len(x)

    w = np.ones((4, 1))
    for epoch in range(3):
        if epoch % 2 == 0:
            held, full = w, gradient(w, X, Y)
        for i in range(0, 12, 4):
            x, y = X[i : i + 4], Y[i : i + 4]
            w = w - 0.05 * (gradient(w, x, y) - gradient(held, x, y) + full).T
    np.testing.assert_allclose(module.get_params()[0]["fc_weight"].asnumpy(), w.T, rtol=1e-5)
    assert module.predict(data()).shape == (12, 1)


def test_a_last_batch_that_is_not_full_counts_by_its_share():
    module = made(update_freq=1)
    batches = mx.io.NDArrayIter(X, Y, 8, label_name="o_label")
    module.bind(batches.provide_data, batches.provide_label)
    module.init_params(mx.init.One())
    module.update_full_grads(batches)
    grads = [(x.sum(1, keepdims=True) - y).T @ x for x, y in ((X[:8], Y[:8]), (X[[*range(8, 12), *range(4)]],
                                                                             Y[[*range(8, 12), *range(4)]]))]
    np.testing.assert_allclose(module._full[0]["fc_weight"].asnumpy(), sum(grads) / 1.5, rtol=1e-4)


def test_errors():
    for wrong, error, text in (("a", TypeError, "must be an integer"), (None, TypeError, "must be an integer"),
                               (-1, ValueError, "must be a positive integer")):
        with pytest.raises(error, match=f"update_freq in SVRGModule {text}"):
            made(update_freq=wrong)
    with pytest.raises(AssertionError, match="call bind"):
        made(update_freq=2).update_full_grads(data())
