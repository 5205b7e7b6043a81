"""What ``ops`` has beyond its common names: functions of Tensors and classes, loaded when one is first asked for."""

from __future__ import annotations

import inspect
from typing import Any

from .._src.core.given import checked
from .._src.ops.composed import (
    arrange,
    draws,
    elementwise,
    extrema,
    fourier,
    fused_attention,
    inplace,
    linear,
    losses,
    pooling,
    reduce,
)
from . import candidates, class_table, custom, debug, kernels, sparse, spectral, updates_sparse, values

_IN_PLACE = {draws: "bernoulli_ exponential_ normal_ random_ uniform_", inplace: "clamp_ erfinv_ put_ tanh_ zero_"}
_FUNCTIONS = (arrange, elementwise, extrema, fourier, linear, losses, pooling, reduce)
_HELPERS = ("matrix_logarithm", "reduced", "resized")
NAMES: dict[str, Any] = {
    **{n: checked(f) if inspect.isfunction(f) else f for module in _FUNCTIONS for n, f in vars(module).items()
       if n[0] != "_" and n not in _HELPERS and getattr(f, "__module__", "") == module.__name__},
    **{n: checked(getattr(module, n)) for module, names in _IN_PLACE.items() for n in names.split()},
    **{n: getattr(module, n) for module in (class_table, custom, spectral) for n in module.__all__},
    **{n: checked(getattr(fused_attention, n)) for n in fused_attention.FUNCTIONS},
    **{n: checked(f) if inspect.isfunction(f) else f for module in (candidates, kernels, values)
       for n, f in module.NAMES.items()},
    **{n: f for module in (debug, sparse, updates_sparse) for n, f in module.NAMES.items()},
}
