"""What the first training step costs: tracing and compiling, on XLA, for luojia and for JAX written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.cases import compiled, networks

TITLE = "the first compiled step"
UNIT = "s"
SCALE = 1.0
RUNS = None
LIMITS = None
NEEDS = "jax"
NAMES = tuple(networks.DATA)
RATIOS: dict[str, tuple] = {}
VARIANT_RATIOS = {f"luojia {name}": {f"jax {name}": (1.3, None)} for name in NAMES}


def _first(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def _luojia(name: str) -> Callable[[], float]:
    return lambda: _first(compiled.graph_step(getattr(networks, f"mindspore_{name}"), networks.DATA[name]()))


def _jax(name: str) -> Callable[[], float]:
    return lambda: _first(compiled.by_hand(name, whole=True))


for _name in NAMES:
    globals()[f"on_luojia__{_name}"] = _luojia(_name)
    globals()[f"on_jax__{_name}"] = _jax(_name)
