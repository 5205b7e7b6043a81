"""Compiled training steps of LeNet on XLA, beside JAX written by hand."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import compiled, networks

TITLE = "LeNet, batch 64, compiled step"
UNIT = "ms"
SCALE = 1e3
RUNS = 3
LIMITS = None
NEEDS = "jax"
RATIOS = {"jax whole": (1.05, None)}
VARIANT_RATIOS = {"luojia gluon": {"jax split": (1.05, None)}}
DATA = networks.batch(64, 1, 28, 28)


def on_luojia__graph() -> Callable[[], object]:
    return compiled.graph_step(networks.mindspore_lenet, DATA)


def on_luojia__jit() -> Callable[[], object]:
    return compiled.jit_step(networks.mindspore_lenet, DATA)


def on_luojia__gluon() -> Callable[[], object]:
    return compiled.gluon_step(networks.gluon_lenet, DATA)


def on_jax__whole() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.whole_step(jax_networks.lenet(), *DATA)


def on_jax__split() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.three_calls(jax_networks.lenet(), *DATA)
