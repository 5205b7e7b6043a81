"""Compiled training steps of the perceptron on XLA, beside JAX written by hand."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import compiled, networks

TITLE = "MLP 784-128-64-10, batch 100, compiled step"
UNIT = "ms"
SCALE = 1e3
RUNS = 30
LIMITS = None
NEEDS = "jax"
RATIOS = {"jax whole": (1.05, None)}
VARIANT_RATIOS = {"luojia gluon": {"jax split": (1.05, None)}}
DATA = networks.batch(100, 784)


def on_luojia__graph() -> Callable[[], object]:
    return compiled.graph_step(networks.mindspore_mlp, DATA)


def on_luojia__jit() -> Callable[[], object]:
    return compiled.jit_step(networks.mindspore_mlp, DATA)


def on_luojia__gluon() -> Callable[[], object]:
    return compiled.gluon_step(networks.gluon_mlp, DATA)


def on_jax__whole() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.whole_step(jax_networks.mlp(), *DATA)


def on_jax__split() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.three_calls(jax_networks.mlp(), *DATA)
