"""Compiled training steps of the transformer block on XLA, beside JAX written by hand."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import compiled, networks

TITLE = "transformer block 256, 8 heads, 128 tokens, batch 8, compiled step"
UNIT = "ms"
SCALE = 1e3
RUNS = 1
LIMITS = None
NEEDS = "jax"
RATIOS = {"jax whole": (1.05, None)}
VARIANT_RATIOS = {"luojia gluon": {"jax split": (1.05, None)}}
DATA = networks.batch(8, networks.TOKENS, networks.WIDTH)


def on_luojia__graph() -> Callable[[], object]:
    return compiled.graph_step(networks.mindspore_transformer, DATA)


def on_luojia__jit() -> Callable[[], object]:
    return compiled.jit_step(networks.mindspore_transformer, DATA)


def on_luojia__gluon() -> Callable[[], object]:
    return compiled.gluon_step(networks.gluon_transformer, DATA)


def on_jax__whole() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.whole_step(jax_networks.transformer(joined=False), *DATA)


def on_jax__split() -> Callable[[], object]:
    from benchmarks.cases import jax_networks

    return jax_networks.three_calls(jax_networks.transformer(), *DATA)
