"""A net that several threads share: its first call, and calls while another thread traces it."""

import threading

import numpy as np
import pytest

import luojia as mx
from luojia import Parameter, Tensor, gluon, nd, nn


def at_once(number, run):
    """What ``run(i)`` gives in so many threads, which begin together."""
    found, errors, start = {}, [], threading.Barrier(number, timeout=60)

    def work(i):
        try:
            start.wait()
            found[i] = run(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
    return [found[i] for i in range(number)]


@pytest.mark.parametrize("hybrid", [False, True])
def test_one_thread_initializes(hybrid, monkeypatch):
    drawn, together = [], threading.Barrier(2, timeout=30)

    class Init(mx.init.Uniform):
        def _init_weight(self, name, array):
            drawn.append(str(name))
            super()._init_weight(name, array)

    finish = gluon.Parameter._finish_deferred_init

    def meet(self):
        together.wait()  # both threads found that it has no values
        finish(self)

    monkeypatch.setattr(gluon.Parameter, "_finish_deferred_init", meet)
    net = gluon.nn.Dense(3)
    net.initialize(Init())
    if hybrid:
        net.hybridize()
    outs = at_once(2, lambda i: net(nd.ones((2, 4))).asnumpy())
    np.testing.assert_array_equal(outs[0], outs[1])
    assert len(drawn) == 1


def test_calls_while_another_thread_traces():
    weight = Parameter(Tensor(np.full(3, 2, np.float32)), "w")
    other = mx.jit(lambda x: x * weight)
    other(Tensor(np.ones(3, np.float32)))
    traced, done = threading.Event(), threading.Event()

    @mx.jit
    def slow(x):
        y = x + weight
        traced.set()
        done.wait(0.5)  # others meet the parameter in the trace
        return y

    def run(i):
        if i == 0:
            return slow(Tensor(np.ones(3, np.float32)))
        assert traced.wait(30)
        x = Tensor(np.ones(3, np.float32))
        return other(x) if i == 1 else x * weight

    assert [out.asnumpy().tolist() for out in at_once(3, run)] == [[3, 3, 3], [2, 2, 2], [2, 2, 2]]


def test_new_shapes_in_every_thread():
    net = nn.SequentialCell(nn.Dense(4, 3, "ones", "zeros"), nn.ReLU())
    compiled = mx.jit(net)

    def run(i):
        return [(compiled if k % 2 else net)(Tensor(np.ones((3 * k + i + 1, 4), np.float32))).asnumpy() for k in (1, 2)]

    for outs in at_once(3, run):
        assert all((out == 4).all() for out in outs)
