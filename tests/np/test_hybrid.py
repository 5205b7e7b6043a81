"""``F.np`` and ``F.npx`` in a hybrid_forward: the same functions on arrays and on symbols."""

import numpy as onp
import pytest

import luojia as mx
from luojia import autograd, gluon, np


class Layer(gluon.HybridBlock):
    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.weight = self.params.get("weight", shape=(3, 2), init="ones")

    def hybrid_forward(self, F, x, weight):
        y = F.npx.relu(F.np.dot(x, weight) - 2) + 0 * F.np.matmul(x, weight)
        y = F.np.concatenate([y, y], axis=1)
        return F.np.exp(-y) / F.np.sum(y, axis=1, keepdims=True)


def test_in_a_hybrid_block():
    net = Layer()
    net.initialize()
    x = np.array([[1, 2, 3]])
    x.attach_grad()
    outs, grads = [], []
    for hybrid in (False, True):
        if hybrid:
            net.hybridize()
        with autograd.record():
            y = net(x)
        y.backward()
        assert isinstance(y, np.ndarray)
        outs.append(y.asnumpy())
        grads.append(x.grad.asnumpy())
    onp.testing.assert_allclose(outs[0], onp.full((1, 4), onp.exp(-4) / 16), rtol=1e-6)
    onp.testing.assert_allclose(*outs)
    onp.testing.assert_allclose(*grads)
    assert mx.np is mx.nd.np and mx.sym.np.exp is mx.np.exp and mx.sym.npx.relu is mx.npx.relu


class Function(gluon.HybridBlock):
    def __init__(self, function, shapes):
        super().__init__(prefix="f_")
        self.function = function
        with self.name_scope():
            for name, shape in shapes.items():
                setattr(self, name, self.params.get(name, shape=shape, init="ones"))

    def hybrid_forward(self, F, x, **params):
        return self.function(F, x, **params)


IMAGE = (1, 2, 3, 3)
FUNCTIONS = {
    "dense": (lambda F, x, w, b: F.npx.fully_connected(x, w, b, num_hidden=3), (2, 4), {"w": (3, 4), "b": (3,)}),
    "dense without bias": (lambda F, x, w: F.npx.fully_connected(x, w, num_hidden=3, no_bias=True), (2, 4),
                           {"w": (3, 4)}),
    "dense of an array": (lambda F, x: F.npx.fully_connected(x, F.np.ones((3, 4)), num_hidden=3, no_bias=True),
                          (2, 4), {}),
    "convolution": (lambda F, x, w, b: F.npx.convolution(x, w, b, kernel=(2, 2), num_filter=3), IMAGE,
                    {"w": (3, 2, 2, 2), "b": (3,)}),
    "convolution without bias": (lambda F, x, w: F.npx.convolution(x, w, kernel=(2, 2), num_filter=3, no_bias=True),
                                 IMAGE, {"w": (3, 2, 2, 2)}),
    "deconvolution with bias": (lambda F, x, w, b: F.npx.deconvolution(
        x, w, b, kernel=(2, 2), num_filter=3, no_bias=False), IMAGE, {"w": (2, 3, 2, 2), "b": (3,)}),
    "solve": (lambda F, x: F.np.linalg.solve(F.np.dot(x, x.T) + F.np.eye(2), x), (2, 3), {}),
    "svd": (lambda F, x: F.np.linalg.svd(x)[2], (2, 3), {}),
    "flip": (lambda F, x: F.np.flip(x), (2, 3), {}),
    "rot90": (lambda F, x: F.np.rot90(x, 3), (2, 3), {}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_graphs_compute_what_blocks_do_and_come_back_from_files(name, tmp_path):
    function, shape, shapes = FUNCTIONS[name]
    net = Function(function, shapes)
    net.initialize()
    x = np.array(onp.random.RandomState(0).randn(*shape), dtype="float32")
    eager = net(x).asnumpy()
    net.hybridize()
    onp.testing.assert_allclose(net(x).asnumpy(), eager, rtol=1e-5)
    net.export(str(tmp_path / "net"))
    back = gluon.SymbolBlock.imports(str(tmp_path / "net-symbol.json"), ["data"], str(tmp_path / "net-0000.params"))
    onp.testing.assert_allclose(back(x).asnumpy(), eager, rtol=1e-5)
