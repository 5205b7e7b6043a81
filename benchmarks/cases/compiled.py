"""Compiled training steps on the XLA engine, in the three ways in which users write them, beside JAX by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.cases import networks

Data = tuple[np.ndarray, np.ndarray]


def on_engine(name: str = "xla") -> Any:
    """luojia with its cpu devices on this engine."""
    import luojia

    luojia.set_context(engine=name)
    return luojia


def graph_step(build: Callable[[Any], Any], data: Data) -> Callable[[], object]:
    """TrainOneStepCell in GRAPH_MODE: one program."""
    ms = on_engine()
    ms.set_context(mode=ms.GRAPH_MODE)
    return networks.module_step(ms, build(ms), *data)


def jit_step(build: Callable[[Any], Any], data: Data) -> Callable[[], object]:
    """A function of loss, gradients and optimizer under @jit: one program."""
    ms = on_engine()
    net = build(ms)
    net.set_train()
    optimizer = ms.nn.SGD(net.trainable_params(), learning_rate=networks.RATE)
    softmax_loss = ms.nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    loss_and_gradients = ms.value_and_grad(lambda x, y: softmax_loss(net(x), y), None, optimizer.parameters)

    @ms.jit
    def step(x: Any, y: Any) -> Any:
        loss, gradients = loss_and_gradients(x, y)
        optimizer(gradients)
        return loss

    x, y = ms.Tensor(data[0]), ms.Tensor(data[1].reshape(-1).astype(np.int32))
    return lambda: float(step(x, y))


def gluon_step(build: Callable[[Any], Any], data: Data, engine: str = "xla") -> Callable[[], object]:
    """record, backward and Trainer.step with net and loss hybridized."""
    return networks.gluon_step(on_engine(engine), build, *data, hybrid=True, hybrid_loss=True)


def by_hand(name: str, whole: bool) -> Callable[[], object]:
    """The step of this network in JAX, as one program or as Gluon's three calls."""
    from benchmarks.cases import jax_networks

    # each in the form that is the faster of those tried
    how: dict[str, Any] = {"joined": False} if name == "transformer" and whole else {}
    step = jax_networks.whole_step if whole else jax_networks.three_calls
    return step(getattr(jax_networks, name)(**how), *networks.DATA[name]())


def of_network(name: str) -> dict[str, Any]:
    """The functions of the case that steps this network, and what they are compared with."""
    modules, blocks = getattr(networks, f"mindspore_{name}"), getattr(networks, f"gluon_{name}")
    return {
        "on_luojia__graph": lambda: graph_step(modules, networks.DATA[name]()),
        "on_luojia__jit": lambda: jit_step(modules, networks.DATA[name]()),
        "on_luojia__gluon": lambda: gluon_step(blocks, networks.DATA[name]()),
        "on_luojia__numpy": lambda: gluon_step(blocks, networks.DATA[name](), "numpy"),
        "on_luojia__auto": lambda: gluon_step(blocks, networks.DATA[name](), "auto"),
        "on_jax__whole": lambda: by_hand(name, True),
        "on_jax__split": lambda: by_hand(name, False),
        "UNIT": "ms", "SCALE": 1e3, "LIMITS": None, "NEEDS": "jax",
        "RATIOS": {"jax whole": (1.05, None)},
        "VARIANT_RATIOS": {"luojia gluon": {"jax split": (1.05, None)},
                           "luojia numpy": {},
                           "luojia auto": {"luojia gluon": (1.05, None), "luojia numpy": (1.05, None)}},
    }
