"""What newcomers read in the first hour: each message says what to do next."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import Model, Tensor, autograd, gluon, nd, nn, ops
from luojia.gluon import nn as gnn


def dense(**kwargs: object) -> gnn.Dense:
    net = gnn.Dense(2, in_units=4, **kwargs)
    net.initialize()
    return net


def conv() -> gnn.Conv2D:
    net = gnn.Conv2D(2, 3)
    net.initialize()
    return net


class NoInit(nn.Module):
    def __init__(self) -> None:
        self.fc = nn.Dense(2, 2)


class NoBlockInit(gluon.Block):
    def __init__(self) -> None:
        self.fc = gnn.Dense(2)


class NoScopeInit(gluon.HybridBlock):
    def __init__(self) -> None:
        with self.name_scope():
            self.fc = gnn.Dense(2)


class NoF(gluon.HybridBlock):
    def hybrid_forward(self, x):
        return x


class Listed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Dense(2, 2)]


class Choosing(gluon.HybridBlock):
    def hybrid_forward(self, F, x):
        return x if x.sum() > 0 else -x


class Shaped(gluon.HybridBlock):
    def hybrid_forward(self, F, x):
        return x.reshape((x.shape[0], -1))


def hybrid(kind: type) -> gluon.HybridBlock:
    net = kind()
    net.hybridize()
    return net


def stopped() -> None:
    x = nd.array([1.0])
    with autograd.record():
        y = x * x
    y.backward()


ONES = Tensor(np.ones((2, 4), np.float32))
TYPICAL = {
    "Dense expects inputs of width 4 (in_channels), got shape (2, 2, 2); flatten first with ops.Flatten().":
        lambda: nn.Dense(4, 2)(ONES.reshape(2, 2, 2)),
    "Dense expects inputs of width 3 (in_channels), got shape (2, 4).": lambda: nn.Dense(3, 2)(ONES),
    "got ndarray: of shape (2, 4); wrap it first, as in Tensor(...)": lambda: nn.Dense(4, 2)(np.ones((2, 4))),
    "cast them, as in labels.astype(luojia.int32)":
        lambda: nn.SoftmaxCrossEntropyWithLogits(sparse=True)(ONES, Tensor([1.0, 2.0])),
    "write super().__init__() at the start of NoInit.__init__": NoInit,
    "call super().__init__() at the start of NoBlockInit.__init__": NoBlockInit,
    "call super().__init__() at the start of NoScopeInit.__init__": NoScopeInit,
    "NoF is called as hybrid_forward(F, x, ...), with F for nd or sym": lambda: NoF()(nd.ones((1,))),
    "With sens_param=True the last argument is the gradient of the output":
        lambda: ops.GradOperation(sens_param=True)(nn.Dense(4, 2))(ONES),
    "of a network give net.trainable_params()": lambda: nn.Adam(nn.Dense(4, 2)),
    "Use trainable_params(), or get_parameters() for all.": lambda: nn.Dense(4, 2).parameters(),
    "Adam() got an unexpected keyword argument 'lr'; it takes params, learning_rate, ":
        lambda: nn.Adam(nn.Dense(4, 2).trainable_params(), lr=0.1),
    "not those in a list": lambda: nn.Adam(Listed().trainable_params()),
    "give GRAPH_MODE or PYNATIVE_MODE": lambda: mx.set_context(mode="graph"),
    "Did you mean 'device_target'?": lambda: mx.set_context(devise_target="CPU"),
    "module 'luojia.ops' has no attribute 'matmull'. Did you mean 'matmul'?": lambda: ops.matmull,
    "module 'luojia.ndarray' has no attribute 'softmaxx'. Did you mean 'softmax'?": lambda: nd.softmaxx,
    "Cannot find optimizer adamm. Did you mean 'adam'?": lambda: mx.optimizer.create("adamm"),
    "SGD takes momentum, ": lambda: mx.optimizer.create("sgd", lr=0.1),
    "Did you mean 'xavier'?": lambda: gnn.Dense(2, in_units=2).initialize("xaveir"),
    "of a Block give net.collect_params()": lambda: gluon.Trainer(dense(), "sgd"),
    "Call initialize() on the Block first.": lambda: gnn.Dense(2)(nd.ones((1, 3))),
    "call initialize() on the Block first.": lambda: gluon.Trainer(gnn.Dense(2).collect_params(), "sgd").step(1),
    "Call attach_grad() on the variables before they are recorded": stopped,
    "expects inputs of width 4 (in_units, the product of all axes but the first), got (1, 3).":
        lambda: dense()(nd.ones((1, 3))),
    "of 2 ints for data of 4 axes, (N, C, ...); this data has 3.":
        lambda: conv()(nd.ones((1, 8, 8))),
    "Got ndarray; make arrays of them, as in nd.array(x).": lambda: dense()(np.ones((1, 4))),
    "choose with F.where or F.contrib.cond": lambda: hybrid(Choosing)(nd.ones((2,))),
    "F.reshape takes codes, 0 for an axis as it is": lambda: hybrid(Shaped)(nd.ones((2, 3))),
    "sparse_label=False": lambda: gluon.loss.SoftmaxCrossEntropyLoss()(nd.ones((2, 3)), nd.ones((2, 3))),
    "In a loss the first is the label's": lambda: gluon.loss.L2Loss()(nd.ones((2, 3)), nd.ones((2, 4))),
    "__init__() missing 1 required positional argument: 'network'": lambda: Model(),  # Python's own words
}


PAGE = (Path(__file__).parent.parent / "docs" / "troubleshooting.md").read_text("utf-8")


def stale() -> None:
    net = dense()
    net(nd.ones((1, 4)))
    gluon.Trainer(net.collect_params(), "sgd").step(1)


def deferred() -> None:
    net = gnn.Dense(2)
    net.initialize()
    net.weight.data()


MORE = {  # of the page, whose words TYPICAL's programs do not show
    "initialization was deferred": deferred,
    "has not been updated by backward since last": stale,
    "the input must be of the weight's dtype Float32, but got Float64":
        lambda: nn.Dense(4, 2)(Tensor(np.ones((2, 4)))),
    "gpu(0) is not available": lambda: nd.ones((1,), ctx=mx.gpu(0)),
}


def told(program: Callable) -> str:
    with pytest.raises((Exception, Warning), match=r"\S") as caught:
        program()
    return re.sub(r"\s+", " ", "".join(traceback.format_exception_only(caught.value)))  # with notes


@pytest.mark.parametrize("says", TYPICAL)
def test_what_a_typical_mistake_reads(says: str) -> None:
    assert re.sub(r"\s+", " ", says) in told(TYPICAL[says])


@pytest.mark.skipif(mx.num_gpus() > 0, reason="gpu(0) is there")
def test_the_page_on_what_goes_wrong_quotes_messages_that_are_there() -> None:
    headings = re.findall(r"^### `(.*)`$", PAGE, re.M)
    messages = [told(program) for program in (TYPICAL | MORE).values()]
    text = re.sub(r"dense\d+", "dense0", "\n".join(messages))
    assert len(headings) >= 10
    assert [heading for heading in headings if heading not in text] == []
