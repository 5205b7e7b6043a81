"""A network called with a Symbol is its graph, its parameters the variables of their names."""

import numpy as np

import luojia
from luojia import Tensor, nd, nn, ops, sym


def network():
    return nn.SequentialCell(nn.Conv2d(1, 4, 3, pad_mode="valid"), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2, 2),
                             nn.Flatten(), nn.Dropout(p=0.5), nn.Dense(16, 3))


def test_the_graph_computes_what_the_network_does(rng):
    net, x = network(), rng.standard_normal((2, 1, 6, 6)).astype(np.float32)
    graph = net(sym.Variable("x"))
    assert graph.list_arguments() == ["x", "0.weight", "1.gamma", "1.beta", "6.weight", "6.bias"]
    assert graph.list_auxiliary_states() == ["1.moving_mean", "1.moving_variance"]
    values = {p.name: nd.array(p.asnumpy()) for p in net.get_parameters()}
    aux = {name: values[name] for name in graph.list_auxiliary_states()}
    args = {"x": nd.array(x), **{name: v for name, v in values.items() if name not in aux}}
    out = graph.bind(luojia.cpu(), args, aux_states=aux).forward()[0]
    np.testing.assert_allclose(out.asnumpy(), net(Tensor(x)).asnumpy(), rtol=1e-5, atol=1e-6)


def test_a_parameter_used_twice_is_one_variable():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = luojia.Parameter(Tensor([2.0]))

        def call(self, x):
            return ops.tanh(x * self.w) * self.w

    net = Twice()
    assert net(sym.Variable("x")).list_arguments() == ["x", "w"]
    net.w.name = "v"
    assert net(sym.Variable("x")).list_arguments() == ["x", "v"]
