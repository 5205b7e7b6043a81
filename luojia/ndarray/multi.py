"""``nd`` functions of many arrays at once, as mixed-precision training uses them.

``multi_sgd_update(w0, g0, w1, g1, ..., lrs=, wds=)`` is ``sgd_update`` of each; names with ``mom`` have a momentum
after each gradient, those with ``mp`` a float32 copy of the weight last, those with ``preloaded`` the rates and decays
as two arrays at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.errors import ArgumentError
from .door import function
from .ndarray import NDArray


def reset_arrays(*arrays: NDArray, num_arrays: int | None = None) -> None:
    """Set every element of every array to 0, in place."""
    for a in arrays:
        a[:] = 0


def lamb_update_phase1(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, beta1: float = 0.9,
                       beta2: float = 0.999, epsilon: float = 1e-6, t: int = 1, bias_correction: bool = True,
                       wd: float = 0.0, rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                       out: NDArray | None = None) -> NDArray:
    """LAMB's direction m / (sqrt(v) + epsilon) + wd * weight; ``mean`` and ``var`` are renewed in place."""
    g = grad * rescale_grad
    if clip_gradient >= 0:
        g = g.clip(-clip_gradient, clip_gradient)
    mean[:] = beta1 * mean + (1 - beta1) * g
    var[:] = beta2 * var + (1 - beta2) * g * g
    m, v = (mean / (1 - beta1**t), var / (1 - beta2**t)) if bias_correction else (mean, var)
    found = m / (v.sqrt() + epsilon) + wd * weight
    return found if out is None else out._store(found)


def lamb_update_phase2(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray, lr: float, lower_bound: float = -1.0,
                       upper_bound: float = -1.0, out: NDArray | None = None) -> NDArray:
    """The weight less lr * r1 / r2 * g, for the norms r1 of the weight, kept within bounds, and r2 of ``g``."""
    norm, other = float(r1.asscalar()), float(r2.asscalar())
    norm = max(norm, lower_bound) if lower_bound >= 0 else norm
    norm = min(norm, upper_bound) if upper_bound >= 0 else norm
    found = weight - lr * (norm / other if norm and other else 1.0) * g
    return found if out is None else out._store(found)


def _mp(phase: Callable) -> Callable:
    """A phase of LAMB for a weight of half precision, computed on its float32 copy, the last array."""

    def first(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, weight32: NDArray, **kwargs: Any) -> NDArray:
        return phase(weight32, function("Cast")(grad, dtype=np.float32), mean, var, **kwargs)

    def second(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray, weight32: NDArray, lr: float,
               out: NDArray | None = None, **kwargs: Any) -> NDArray:
        weight32[:] = phase(weight32, g, r1, r2, lr, **kwargs)
        found = function("Cast")(weight32, dtype=weight.np_dtype)
        return found if out is None else out._store(found)

    return first if phase is lamb_update_phase1 else second


def _multi(name: str, single: str, stride: int, preloaded: bool) -> Callable:
    """``name`` as one ``single`` update per weight, of ``stride`` arrays each."""

    def update(*data: NDArray, lrs: Any = None, wds: Any = None, num_weights: int | None = None, out: Any = None,
               **kwargs: Any) -> list[NDArray]:
        arrays: Any = data
        if preloaded:
            arrays, lrs, wds = data[:-2], data[-2].asnumpy().tolist(), data[-1].asnumpy().tolist()
        if lrs is None or wds is None:
            raise ArgumentError(f"{name}: give lrs and wds, one number per weight.")
        groups = [arrays[i : i + stride] for i in range(0, len(arrays), stride)]
        if not groups or len(groups[-1]) != stride or not len(groups) == len(lrs) == len(wds):
            raise ArgumentError(f"{name} expects {stride} arrays, a rate and a decay per weight, got {len(arrays)}, "
                                f"{len(lrs)} and {len(wds)}.")
        outs = [None] * len(groups) if out is None else out if isinstance(out, (list, tuple)) else [out]
        step = function_of(single)
        return [step(*group, lr=lr, wd=wd, out=o, **kwargs) for group, lr, wd, o in zip(groups, lrs, wds, outs)]

    update.__name__ = update.__qualname__ = name
    update.__module__ = "luojia.ndarray"
    update.__doc__ = f"``{single}`` of each of many weights."
    return update


def function_of(name: str) -> Callable:
    from .updates import FUNCTIONS

    return FUNCTIONS[name]


_SINGLE = {"sgd_update": 2, "sgd_mom_update": 3, "mp_sgd_update": 3, "mp_sgd_mom_update": 4}
FUNCTIONS = {
    **{f.__name__: f for f in (reset_arrays, lamb_update_phase1, lamb_update_phase2)},
    **{f"mp_{f.__name__}": _mp(f) for f in (lamb_update_phase1, lamb_update_phase2)},
    **{f"{lead}multi_{single}": _multi(f"{lead}multi_{single}", single, stride, bool(lead))
       for single, stride in _SINGLE.items() for lead in ("", "preloaded_")},
}
