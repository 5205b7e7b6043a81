"""What is compiled anew, and what is not worth it."""

import importlib.util

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd, nn
from tests.core.test_compiled import close, on_xla  # noqa: F401 - every test here runs on it

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="compiling needs jax")


def test_attributes_that_never_come_again_are_not_compiled_for(on_xla, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr("luojia._src.engine.xla_engine._MOST_KINDS", 2)
    monkeypatch.setattr(on_xla.engine, "_kinds", {})  # what other tests have compiled is forgotten
    monkeypatch.setattr(on_xla.engine, "_programs", {})
    x = nd.array(np.arange(40.0).reshape(20, 2))

    def programs():
        return len([key for key in on_xla.engine._programs if getattr(key[1], "name", "") == "slice_axis"])

    before = programs()
    for i in range(8):
        close(nd.slice_axis(x, axis=0, begin=i, end=i + 2), x.asnumpy()[i : i + 2])
    assert programs() - before == 2
    for _ in range(3):
        nd.slice_axis(x, axis=0, begin=7, end=9)
    assert programs() - before == 3


def test_a_schedule_is_asked_once_a_step():
    asked = []

    class Rate(nn.LearningRateSchedule):
        def construct(self, global_step):
            asked.append(int(global_step))
            return 0.5 / (global_step + 1)

    net = nn.SequentialCell(nn.Dense(2, 2, "ones"), nn.Dense(2, 1, "ones"))
    mx.set_context(mode=mx.GRAPH_MODE)
    step = nn.TrainOneStepCell(net, nn.SGD(net.trainable_params(), Rate())).set_train()
    for _ in range(3):
        step(Tensor(np.ones((1, 2), np.float32)))
    assert asked == [0, 1, 2]


def test_a_parameter_frozen_inside_a_step_is_noticed():
    net = nn.Dense(2, 1, "ones")
    mx.set_context(mode=mx.GRAPH_MODE)
    step = nn.TrainOneStepCell(net, nn.SGD(net.trainable_params(), 0.5)).set_train()
    x = Tensor(np.ones((1, 2), np.float32))
    step(x)
    net.weight.requires_grad = False
    step(x)
    close(net.weight, [[0.5, 0.5]])
    net.weight.requires_grad = True
    step(x)
    close(net.weight, [[0.0, 0.0]])
