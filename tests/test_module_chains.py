"""Chains of modules and modules in Python: the numbers of mxnet 1.9.1 for the same program."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import luojia as mx

RNG = np.random.RandomState(0)
X = RNG.randn(64, 6).astype(np.float32)
Y = (X[:, 0] + X[:, 1] > 0).astype(np.float32)
START = {"a_weight": RNG.randn(5, 6) * 0.3, "a_bias": np.zeros(5), "b_weight": RNG.randn(2, 5) * 0.3,
         "b_bias": np.zeros(2)}  # fmt: skip
TRAINED = {"a_bias": -0.09984, "a_weight": -3.11298, "b_bias": 0.0, "b_weight": 1.71316}


def first() -> mx.mod.Module:
    a = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=5, name="a")
    return mx.mod.Module(mx.sym.Activation(a, act_type="tanh"), label_names=None)


def second() -> mx.sym.Symbol:
    return mx.sym.FullyConnected(mx.sym.var("d2"), num_hidden=2, name="b")


def with_softmax() -> mx.mod.SequentialModule:
    last = mx.mod.Module(mx.sym.SoftmaxOutput(second(), name="softmax"), data_names=["d2"])
    return mx.mod.SequentialModule().add(first()).add(last, take_labels=True, auto_wiring=True)


def with_python_loss() -> mx.mod.SequentialModule:
    loss = mx.mod.PythonLossModule(grad_func=lambda scores, labels: mx.nd.softmax(scores) - mx.nd.one_hot(labels, 2))
    middle = mx.mod.Module(second(), data_names=["d2"], label_names=None)
    return mx.mod.SequentialModule().add(first()).add(middle, auto_wiring=True).add(
        loss, take_labels=True, auto_wiring=True)


@pytest.mark.parametrize("make, output", [(with_softmax, "softmax_output"), (with_python_loss, "pyloss_output")])
def test_training(make: Callable, output: str) -> None:
    chain, data = make(), mx.io.NDArrayIter(X, Y, 16)
    chain.fit(data, num_epoch=3, optimizer_params={"learning_rate": 0.5}, initializer=mx.init.Zero(),
              arg_params={k: mx.nd.array(v) for k, v in START.items()})
    assert chain.score(data, "acc") == [("accuracy", 0.9375)]
    args, aux = chain.get_params()
    assert aux == {}
    for name, total in TRAINED.items():
        assert float(args[name].sum().asscalar()) == pytest.approx(total, abs=2e-5)
    assert chain.data_names == ["data"] and chain.output_names == [output]
    assert chain.output_shapes == [(output, (16, 2))] and chain.data_shapes[0].shape == (16, 6)
    assert chain.label_shapes[0].shape == (16,)


def test_gradients_of_the_data() -> None:
    chain = with_softmax()
    chain.bind([("data", (4, 6))], [("softmax_label", (4,))], inputs_need_grad=True)
    chain.init_params(arg_params={k: mx.nd.array(v) for k, v in START.items()})
    chain.forward_backward(mx.io.DataBatch([mx.nd.array(X[:4])], [mx.nd.array(Y[:4])]))
    (g,) = chain.get_input_grads()
    hidden = np.tanh(X[:4] @ START["a_weight"].T)
    scores = hidden @ START["b_weight"].T
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True) - np.eye(2)[Y[:4].astype(int)]
    np.testing.assert_allclose(g.asnumpy(), (p @ START["b_weight"] * (1 - hidden**2)) @ START["a_weight"], rtol=1e-4,
                               atol=1e-6)


def test_what_chains_refuse() -> None:
    with pytest.raises(AssertionError, match="Attempting to bind an empty SequentialModule"):
        mx.mod.SequentialModule().bind([("data", (1, 2))])
    with pytest.raises(AssertionError, match='Unknown meta "foo", a typo'):
        mx.mod.SequentialModule().add(first(), foo=1)
    with pytest.raises(AssertionError, match="call bind"):
        _ = with_softmax().data_shapes
    with pytest.raises(AssertionError, match="inputs_need_grad needs for_training"):
        with_softmax().bind([("data", (4, 6))], for_training=False, inputs_need_grad=True)
    twice = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=5, name="a")
    chain = mx.mod.SequentialModule().add(first()).add(mx.mod.Module(twice, label_names=None), auto_wiring=True)
    chain.bind([("data", (2, 6))])
    with pytest.raises(AssertionError, match='Duplicated parameter names: name "a_weight" in layer 1'):
        chain.init_params()
    several = mx.mod.Module(mx.sym.var("x") + mx.sym.var("y"), data_names=["x", "y"], label_names=None)
    with pytest.raises(mx.base.MXNetError, match="module 1 takes the data"):
        mx.mod.SequentialModule().add(first()).add(several, auto_wiring=True).bind([("data", (2, 6))])


def test_python_modules() -> None:
    class Double(mx.mod.PythonModule):
        def _compute_output_shapes(self) -> list:
            return [("double_output", self.data_shapes[0].shape)]

        def forward(self, data_batch: mx.io.DataBatch, is_train: bool | None = None) -> None:
            self.out = data_batch.data[0] * 2

        def get_outputs(self, merge_multi_context: bool = True) -> list:
            return [self.out]

    net = Double(["data"], ["label"], ["double_output"])
    net.bind([("data", (2,))], [("label", (2,))], for_training=False)
    net.init_params()
    net.init_optimizer()
    net.update()
    assert net.get_params() == ({}, {}) and net.output_shapes == [("double_output", (2,))]
    data = mx.io.NDArrayIter(np.array([1.0, 2.0], np.float32), np.array([2.0, 4.0], np.float32), 2, label_name="label")
    assert net.predict(data).asnumpy().tolist() == [2, 4]
    assert net.score(data, "mse") == [("mse", 0.0)]
    with pytest.raises(AssertionError, match="only support write gradient"):
        Double(["data"], None, []).bind([("data", (2,))], grad_req="add")
    with pytest.raises(AssertionError, match="the module's data are"):
        Double(["data"], None, []).bind([("x", (2,))])
    with pytest.raises(AssertionError, match="the module has no label_names"):
        Double(["data"], None, []).bind([("data", (2,))], [("label", (2,))])
    with pytest.raises(AssertionError, match="the module's labels are"):
        Double(["data"], ["a", "b"], []).bind([("data", (2,))], [("label", (2,))])
    with pytest.raises(NotImplementedError, match=r"does not define _compute_output_shapes"):
        mx.mod.PythonModule(["data"], None, []).bind([("data", (2,))])


def test_what_python_losses_refuse() -> None:
    loss = mx.mod.PythonLossModule()
    loss.bind([("data", (2,))], [("softmax_label", (2,))])
    with pytest.raises(AssertionError, match="out_grads should be None"):
        loss.backward([mx.nd.ones(2)])
    with pytest.raises(NotImplementedError, match=r"does not define _backward_impl"):
        loss.backward()
    with pytest.raises(AssertionError, match="takes one data"):
        mx.mod.PythonLossModule(data_names=["a", "b"])
    with pytest.raises(AssertionError, match="takes one label"):
        mx.mod.PythonLossModule(label_names=[])
    with pytest.raises(AssertionError, match="grad_func must be callable"):
        mx.mod.PythonLossModule(grad_func=3)
