"""Gluon's three calls as one program: what is put off gives what running at once gives, whenever it is asked for."""

import copy
import importlib.util
import pickle
import threading

import numpy as np
import pytest

from luojia import autograd, gluon, nd, random
from luojia._src.core import waiting
from luojia._src.core.later import later_of
from luojia._src.core.tape import state
from luojia._src.engine.devices import Context
from luojia.base import MXNetError

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="compiling needs jax")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 5)).astype(np.float32)
Y = RNG.integers(0, 3, 6)


@pytest.fixture(autouse=True)
def on_xla(monkeypatch):
    """Runs the test with an XLA place as the default device, where regions wait."""
    from luojia._src.engine.xla_engine import ENGINE

    device = Context("cpu", 6)
    before, device._engine = device._engine, ENGINE
    monkeypatch.setattr(waiting.Waiting, "allowed", True)
    with device:
        yield device
        waiting.run_waiting()
    device._engine = before


class Net:
    """A net and a loss, hybridized, with a Trainer; the same weights each time."""

    def __init__(self, optimizer="sgd", dropout=0.0, norm=False, grad_req="write", **options):
        random.seed(3)
        self.net = gluon.nn.HybridSequential()
        self.net.add(gluon.nn.Dense(4, activation="relu", in_units=5))
        if norm:
            self.net.add(gluon.nn.BatchNorm(in_channels=4))
        if dropout:
            self.net.add(gluon.nn.Dropout(dropout))
        self.net.add(gluon.nn.Dense(3, in_units=4))
        self.net.initialize()
        rng = np.random.default_rng(1)
        for p in self.net.collect_params().values():
            if p.grad_req != "null":
                p.set_data(nd.array(rng.normal(size=p.shape)))
                p.grad_req = grad_req
        self.net.hybridize()
        self.loss = gluon.loss.SoftmaxCrossEntropyLoss()
        self.loss.hybridize()
        self.trainer = gluon.Trainer(self.net.collect_params(), optimizer, {"learning_rate": 0.1, **options})
        self.x, self.y = nd.array(X), nd.array(Y)

    def forward(self):
        with autograd.record():
            return self.loss(self.net(self.x), self.y)

    def step(self):
        loss = self.forward()
        loss.backward()
        self.trainer.step(6)
        return loss

    def values(self):
        """All parameters, and their gradients."""
        params = self.net.collect_params().values()
        return [p.data().asnumpy() for p in params] + [p.grad().asnumpy() for p in params if p.grad_req != "null"]


def plain(n):
    losses = [n.step() for _ in range(3)]
    return [*losses, *n.values()]


def loss_read_early(n):
    first = n.forward()
    value = first.asnumpy()
    first.backward()
    n.trainer.step(6)
    return [value, n.step(), *n.values()]


def loss_read_before_the_update(n):
    found = []
    for _ in range(2):
        loss = n.forward()
        loss.backward()
        found.append(float(loss.mean().asscalar()))
        n.trainer.step(6)
    return [found, *n.values()]


def gradients_clipped(n):
    loss = n.forward()
    loss.backward()
    grads = [p.grad() for p in n.net.collect_params().values() if p.grad_req != "null"]
    norm = gluon.utils.clip_global_norm(grads, 0.1)
    n.trainer.step(6)
    return [norm, loss, *n.values()]


def two_heads(n):
    with autograd.record():
        out = n.net(n.x)
        first = n.loss(out, n.y)
        second = n.loss(out, (n.y + 1) % 3)
    autograd.backward([first, second], [nd.ones((6,)) * 2, None])
    n.trainer.step(6)
    return [out, first, second, *n.values()]


def the_same_head_twice(n):
    loss = n.forward()
    autograd.backward([loss, loss])
    n.trainer.step(6)
    return n.values()


def added_gradients(n):
    for p in n.net.collect_params().values():
        p.zero_grad()
    for _ in range(2):
        for _ in range(2):
            n.forward().backward()
        n.trainer.step(12)
    return n.values()


def kept_graph(n):
    loss = n.forward()
    loss.backward(retain_graph=True)
    first = n.values()
    loss.backward()
    n.trainer.step(6)
    return [*first, *n.values()]


def an_operator_between(n):
    with autograd.record():
        loss = n.loss(n.net(n.x) * 2, n.y).mean()
    loss.backward()
    n.trainer.step(1)
    return [loss, *n.values()]


def an_operator_after(n):
    with autograd.record():
        loss = n.loss(n.net(n.x), n.y) * 3
    loss.backward()
    n.trainer.step(1)
    return [loss, *n.values()]


def the_input_is_a_variable(n):
    n.x.attach_grad()
    loss = n.step()
    return [loss, n.x.grad, *n.values()]


def the_input_is_recorded(n):
    a = nd.array(X)
    a.attach_grad()
    with autograd.record():
        loss = n.loss(n.net(a * a), n.y)
    loss.backward()
    n.trainer.step(6)
    return [loss, a.grad, *n.values()]


def weights_set_between(n):
    loss = n.forward()
    for p in n.net.collect_params().values():
        p.set_data(nd.ones(p.shape))
    loss.backward()
    n.trainer.step(6)
    return [loss, *n.values()]


def weights_kept(n):
    weight = next(iter(n.net.collect_params().values())).data()
    kept = [weight.copy(), weight.detach()]
    n.step()
    n.step()
    return [*kept, *n.values()]


def gradients_of_gradients(n):
    n.x.attach_grad()
    with autograd.record():
        loss = n.loss(n.net(n.x), n.y)
        slope = autograd.grad(loss, n.x, create_graph=True, retain_graph=True)[0]
        total = (slope * slope).sum()
    total.backward()
    return [slope, n.x.grad]


def the_rate_changes(n):
    losses = []
    for rate in (0.1, 0.2, 0.05):
        n.trainer.set_learning_rate(rate)
        losses.append(n.step())
    return [*losses, *n.values()]


def no_update(n):
    loss = n.forward()
    loss.backward()
    again = n.forward()
    again.backward()
    return [loss, again, *n.values()]


def nothing_at_all(n):
    n.forward()
    return [n.step(), *n.values()]


def many_calls(n):
    with autograd.record():
        losses = [n.loss(n.net(n.x * (1 + i)), n.y) for i in range(20)]
    autograd.backward(losses)
    n.trainer.step(120)
    return [*losses, *n.values()]


def a_part_is_updated(n):
    params = list(n.net.collect_params().values())
    trainer = gluon.Trainer(params[:1], "adam", {"learning_rate": 0.1})
    for _ in range(2):
        n.forward().backward()
        trainer.step(6)
    return n.values()


def two_trainers(n):
    params = list(n.net.collect_params().values())
    trainers = [gluon.Trainer([p], "adam", {"learning_rate": 0.1}) for p in params]
    for _ in range(2):
        n.forward().backward()
        for t in trainers:
            t.step(6)
    return n.values()


SCENARIOS = [plain, loss_read_early, loss_read_before_the_update, gradients_clipped, two_heads, the_same_head_twice,
             kept_graph, an_operator_between, an_operator_after, the_input_is_a_variable, the_input_is_recorded,
             weights_set_between, weights_kept, gradients_of_gradients, the_rate_changes, no_update, nothing_at_all,
             many_calls, a_part_is_updated, two_trainers]


def both(scenario, **options):
    """What a scenario gives put off, and at once."""
    found = []
    for allowed in (True, False):
        waiting.Waiting.allowed = allowed
        found.append([np.asarray(a) for a in scenario(Net(**options))])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda f: f.__name__)
def test_put_off_or_not_gives_the_same(scenario):
    both(scenario)


@pytest.mark.parametrize("scenario", [plain, two_heads, no_update, nothing_at_all],
                         ids=lambda f: f.__name__)
def test_statistics_and_random_numbers_are_the_same(scenario):
    both(scenario, norm=True, dropout=0.4)


def test_gradients_are_added():
    both(added_gradients, grad_req="add")


@pytest.mark.parametrize(("optimizer", "options"),
                         [("sgd", {"momentum": 0.9, "wd": 0.1}), ("adam", {}), ("rmsprop", {})])
def test_states_of_optimizers(optimizer, options):
    both(plain, optimizer=optimizer, **options)


@pytest.mark.parametrize("slow", ["whole", "parts"])
def test_a_long_step_is_tried_in_parts(slow, monkeypatch):
    monkeypatch.setattr(waiting, "_LONG", 0.0)
    clock = [0.0]
    monkeypatch.setattr(waiting, "perf_counter", lambda: clock[0])
    ready = type(Net().x._device.engine).ready

    def late(engine, arrays):
        program = next(iter(first_region(n).steps.values()))
        clock[0] += 2.0 if (len(program.times[0]) < 3) == (slow == "whole") else 1.0
        return ready(engine, arrays)

    monkeypatch.setattr(type(Net().x._device.engine), "ready", late)
    n, before = Net("adam", norm=True), len(waiting.notes)
    found = [n.step() for _ in range(8)]
    (program,) = first_region(n).steps.values()
    assert program.kept is program.ways[slow == "whole"] and len(waiting.notes) == before + 1
    waiting.Waiting.allowed = False
    again = Net("adam", norm=True)
    for a in found:
        np.testing.assert_allclose(a.asnumpy(), again.step().asnumpy(), rtol=2e-4, atol=2e-5)


def test_random_numbers_are_not_tried_in_parts():
    n = Net(dropout=0.5)
    n.step()
    (program,) = first_region(n).steps.values()
    assert not isinstance(program, waiting._Faster)


def test_a_step_is_one_program():
    n = Net("sgd", momentum=0.9, norm=True)
    n.step()
    programs = first_region(n).steps
    assert len(programs) == 1
    for _ in range(3):
        loss = n.step()
        assert state.waiting is None and later_of(loss) is None  # the update ran it
    assert len(programs) == 1


def first_region(n):
    graph = next(iter(n.net._graphs.values()))
    return next(e.region for e in graph._compiled._entries.values() if e.region.waits)


def test_what_waits_and_what_brings_it():
    n = Net()
    loss = n.forward()
    assert later_of(loss) is not None and loss.shape == (6,)  # asking for the shape brings it
    assert later_of(loss) is None
    for read in (lambda t: t.asnumpy(), lambda t: t.dtype, repr, lambda t: t.wait_to_read(), lambda t: nd.waitall(),
                 copy.deepcopy, lambda t: t.detach(), lambda t: pickle.loads(pickle.dumps(t)), lambda t: t + 1):
        loss = n.forward()
        assert later_of(loss) is not None
        read(loss)
        assert later_of(loss) is None


def test_a_copy_waits_for_nothing():
    loss = Net().forward()
    again = copy.deepcopy(loss)
    np.testing.assert_array_equal(again.asnumpy(), loss.asnumpy())


def test_outputs_that_are_kept_stay():
    n = Net("adam")
    losses = [n.step() for _ in range(4)]
    first = losses[0].asnumpy().copy()
    values = [loss.asnumpy() for loss in losses]
    np.testing.assert_array_equal(values[0], first)
    assert all(not np.array_equal(a, b) for a, b in zip(values, values[1:]))


def test_another_thread_may_read():
    n = Net()
    loss, found = n.forward(), []
    thread = threading.Thread(target=lambda: found.append(loss.asnumpy()))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(found[0], loss.asnumpy())
    loss.backward()
    n.trainer.step(6)
    assert np.isfinite(n.values()[0]).all()


def test_a_second_backward_is_refused():
    loss = Net().forward()
    loss.backward()
    with pytest.raises(MXNetError, match="retain_graph"):
        loss.backward()


def test_inference_does_not_wait():
    n = Net()
    assert later_of(n.net(n.x)) is None
    with autograd.record(), autograd.pause():
        assert later_of(n.net(n.x)) is None


def test_a_missing_attribute_is_named():
    with pytest.raises(AttributeError, match="no attribute 'wieght'"):
        nd.ones((2,)).wieght  # noqa: B018


def test_what_fails_leaves_the_next_step_alone():
    n = Net()
    loss = n.forward()
    step = state.waiting
    step._inputs[0] = "no array"
    with pytest.raises(TypeError):
        loss.asnumpy()
    assert np.isfinite(n.step().asnumpy()).all()
