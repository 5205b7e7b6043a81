import pytest

from luojia import autograd as new
from luojia import nd
from luojia.contrib import autograd


def test_sections():
    x = nd.array([3.0])
    grad = nd.zeros(1)
    autograd.mark_variables([x], [grad])
    with autograd.train_section():
        y = x * x
        with autograd.test_section():
            assert not new.is_recording()
    autograd.compute_gradient([y])
    assert grad.asscalar() == 6
    assert autograd.set_is_training(True) is False and new.is_recording()
    assert autograd.set_is_training(False) is True and not new.is_recording()


def test_gradient_functions():
    def f(a, b):
        return a * a * b

    a, b = nd.array([3.0]), nd.array([2.0])
    grads, out = autograd.grad_and_loss(f)(a, b)
    assert [g.asscalar() for g in grads] == [12, 9] and out.asscalar() == 18
    assert [g.asscalar() for g in autograd.grad(f, argnum=1)(a, b)] == [9]
    c = nd.array([1.0, 2.0])
    c.attach_grad()
    with autograd.train_section():
        d = c * c
    autograd.backward([d], out_grads=[nd.array([1.0, 10.0])])
    assert c.grad.asnumpy().tolist() == [2, 40]
    with pytest.raises(AssertionError, match="type of autograd input should be NDArray, got int"):
        autograd.grad(f)(1, b)
