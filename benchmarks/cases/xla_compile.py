"""What the first training step costs: tracing and compiling, on XLA, for luojia and for JAX written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.cases import compiled, networks

TITLE = "the first compiled step"
UNIT = "s"
SCALE = 1.0
RUNS = None
LIMITS = None
NEEDS = "jax"
NAMES = ("mlp", "lenet", "resnet", "lstm", "transformer")
RATIOS: dict[str, tuple] = {}
VARIANT_RATIOS = {f"luojia {name}": {f"jax {name}": (1.3, None)} for name in NAMES}
DATA: dict[str, tuple] = {
    "mlp": ((100, 784),), "lenet": ((64, 1, 28, 28),), "resnet": ((32, 3, 32, 32),), "lstm": (35, 20),
    "transformer": ((8, networks.TOKENS, networks.WIDTH),),
}


def _data(name: str) -> tuple:
    return networks.sequences(*DATA[name]) if name == "lstm" else networks.batch(*DATA[name][0])


def _first(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def _luojia(name: str) -> Callable[[], float]:
    return lambda: _first(compiled.graph_step(getattr(networks, f"mindspore_{name}"), _data(name)))


def _jax(name: str) -> Callable[[], float]:
    def run() -> float:
        from benchmarks.cases import jax_networks

        how: dict[str, Any] = {"joined": False} if name == "transformer" else {}
        return _first(jax_networks.whole_step(getattr(jax_networks, name)(**how), *_data(name)))

    return run


for _name in NAMES:
    globals()[f"on_luojia__{_name}"] = _luojia(_name)
    globals()[f"on_jax__{_name}"] = _jax(_name)
