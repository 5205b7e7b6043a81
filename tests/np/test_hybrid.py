"""``F.np`` and ``F.npx`` in a hybrid_forward: the same functions on arrays and on symbols."""

import numpy as onp

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
