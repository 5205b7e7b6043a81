"""Updates in two phases, of several weights at once, and with MXNet's own order of arguments: over ``updates``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, NoArrayError
from .._src.train.rules_adaptive import lamb_step
from .ndarray import NDArray
from .updates import FUNCTIONS, check_array


def _written(made: NDArray, out: NDArray | None) -> NDArray:
    return made if out is None else out._store(made)


# -- LAMB in two phases ----------------------------------------------------------------------------------------------


def lamb_update_phase1(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, beta1: float = 0.9,
                       beta2: float = 0.999, epsilon: float = 1e-6, t: int = 1, bias_correction: bool = True,
                       wd: float = 0.0, rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                       out: NDArray | None = None, name: Any = None) -> NDArray:
    """The direction g = m / (sqrt(v) + epsilon) + wd w of LAMB's step; the moments are written in place."""
    return FUNCTIONS["lamb_direction_update"](
        weight, grad, mean, var, lr=0.0, beta1=beta1, beta2=beta2, epsilon=epsilon, t=t,
        bias_correction=bias_correction, wd=wd, rescale_grad=rescale_grad, clip_gradient=clip_gradient, out=out)


def mp_lamb_update_phase1(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, weight32: NDArray, *args: Any,
                          out: NDArray | None = None, **kwargs: Any) -> NDArray:
    """``lamb_update_phase1`` of a float16 weight's float32 master copy."""
    return lamb_update_phase1(weight32, grad.astype("float32"), mean, var, *args, out=out, **kwargs)


def lamb_update_phase2(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray, lr: float, lower_bound: float = -1.0,
                       upper_bound: float = -1.0, out: NDArray | None = None, name: Any = None) -> NDArray:
    """The weight less lr r1 / r2 g, for the direction g of phase 1 and the norms r1 of the weight and r2 of g.

    ``lower_bound`` and ``upper_bound`` clip r1, if positive; where a norm is 0 the ratio is 1.
    """
    for key, array in (("weight", weight), ("g", g), ("r1", r1), ("r2", r2)):
        check_array("lamb_update_phase2", key, array)
    bounds = [None if b <= 0 else b for b in (lower_bound, upper_bound)]
    new = lamb_step(weight._device.engine.xp, weight._value, g._value, lr, r1._value, r2._value, *bounds)
    return _written(wrap(NDArray, new.astype(weight.np_dtype), weight._device), out)


def mp_lamb_update_phase2(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray, weight32: NDArray, lr: float,
                          lower_bound: float = -1.0, upper_bound: float = -1.0, out: NDArray | None = None,
                          name: Any = None) -> NDArray:
    """``lamb_update_phase2`` of the float32 master copy, which is written in place; the result is its float16."""
    lamb_update_phase2(weight32, g, r1, r2, lr, lower_bound, upper_bound, out=weight32)
    return _written(weight32.astype(weight.dtype), out)


# -- AdamW -----------------------------------------------------------------------------------------------------------


def _factor(rescale_grad: Any) -> float:
    return float(rescale_grad.asnumpy().reshape(-1)[0]) if isinstance(rescale_grad, Tensor) else float(rescale_grad)


def adamw_update(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, rescale_grad: Any, lr: float,
                 eta: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, wd: float = 0,
                 clip_gradient: float = -1, out: NDArray | None = None, name: Any = None) -> NDArray:
    """w - eta (lr m / (sqrt(v) + epsilon) + wd w); nothing changes where ``rescale_grad`` is 0 or not finite.

    ``rescale_grad`` is a number or an array of one, as the loss scaler of mixed precision keeps it.
    """
    factor = _factor(rescale_grad)
    if factor == 0 or not np.isfinite(factor):
        return _written(weight.copy(), out)
    return FUNCTIONS["scaled_adamw_update"](
        weight, grad, mean, var, lr=lr, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
        rescale_grad=factor, clip_gradient=clip_gradient, out=out)


def mp_adamw_update(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, weight32: NDArray, rescale_grad: Any,
                    lr: float, eta: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                    wd: float = 0, clip_gradient: float = -1, out: NDArray | None = None, name: Any = None) -> NDArray:
    """``adamw_update`` of a float16 weight beside its float32 master copy."""
    factor = _factor(rescale_grad)
    if factor == 0 or not np.isfinite(factor):
        return _written(weight.copy(), out)
    return FUNCTIONS["mp_scaled_adamw_update"](
        weight, grad, mean, var, weight32, lr=lr, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
        rescale_grad=factor, clip_gradient=clip_gradient, out=out)


# -- several weights at once -----------------------------------------------------------------------------------------


def _each(name: str, groups: Sequence[Sequence[NDArray]], out: Any, per: dict[str, Sequence], one: Callable,
          **kwargs: Any) -> list[NDArray]:
    """``one`` on each group of arrays, with its own element of each list in ``per``."""
    for key, values in per.items():
        if len(values) != len(groups):
            raise ArgumentError(f"{name} of {len(groups)} weights expects as many {key}, got {len(values)}.")
    outs = [None] * len(groups) if out is None else out if isinstance(out, (list, tuple)) else [out]
    if len(outs) != len(groups):
        raise ArgumentError(f"{name} of {len(groups)} weights expects as many arrays in out, got {len(outs)}.")
    return [one(*group, out=o, **{key[:-1]: values[i] for key, values in per.items()}, **kwargs)
            for i, (group, o) in enumerate(zip(groups, outs))]


def _interleaved(name: str, arity: int) -> Callable:
    """``multi_<name>(w0, g0, ..., w1, g1, ..., lrs=, wds=)``."""
    public = name.replace("mp_sgd", "multi_mp_sgd") if name.startswith("mp_") else f"multi_{name}"

    def multi(*data: NDArray, lrs: Any = None, wds: Any = None, num_weights: int | None = None, out: Any = None,
              **kwargs: Any) -> list[NDArray]:
        if lrs is None or wds is None:
            raise ArgumentError(f"{public}: give lrs and wds, one number per weight.")
        groups = _groups(public, data, arity, num_weights)
        return _each(public, groups, out, {"lrs": _numbers(lrs), "wds": _numbers(wds)}, FUNCTIONS[name], **kwargs)

    def preloaded(*data: NDArray, num_weights: int | None = None, out: Any = None, **kwargs: Any) -> list[NDArray]:
        data = tuple(data[0]) if len(data) == 1 and isinstance(data[0], (list, tuple)) else data
        if len(data) < 2:
            raise ArgumentError(f"preloaded_{public} expects the rates and the decays as its last two arrays.")
        *arrays, lrs, wds = data
        return multi(*arrays, lrs=lrs, wds=wds, num_weights=num_weights, out=out, **kwargs)

    for function, made in ((multi, public), (preloaded, f"preloaded_{public}")):
        function.__name__ = function.__qualname__ = made
        function.__module__ = "luojia.ndarray"
        function.__doc__ = (f"``{name}`` of several weights; the arrays of each follow one another, and "
                            + ("the rates and the decays come last, as arrays." if function is preloaded
                               else "``lrs`` and ``wds`` hold its rate and decay."))
        FUNCTIONS[made] = function
    return multi


def _numbers(values: Any) -> list[float]:
    return values.asnumpy().tolist() if isinstance(values, Tensor) else [float(v) for v in values]


def _groups(name: str, data: tuple, arity: int, count: int | None) -> list[tuple]:
    if len(data) == 1 and isinstance(data[0], (list, tuple)):
        data = tuple(data[0])
    for array in data:
        if not isinstance(array, Tensor):
            raise NoArrayError(f"{name}: Positional arguments must have NDArray type, but got {array}")
    count = max(1, len(data) // arity) if count is None else count
    if len(data) != arity * count:
        raise ArgumentError(f"{name} expects {arity} arrays, a rate and a decay for each of {count} weights, got "
                            f"{len(data)} arrays.")
    return [data[i:i + arity] for i in range(0, len(data), arity)]


for _name, _arity in (("sgd_update", 2), ("sgd_mom_update", 3), ("mp_sgd_update", 3), ("mp_sgd_mom_update", 4)):
    _interleaved(_name, _arity)


def multi_adamw_update(weights: Sequence, grads: Sequence, mean: Sequence, var: Sequence, rescale_grad: Any,
                       lrs: Sequence, wds: Sequence, etas: Sequence, out: Any = None, name: Any = None, size: int = 0,
                       **kwargs: Any) -> list[NDArray]:
    """``adamw_update`` of several weights, given as lists."""
    groups = list(zip(weights, grads, mean, var))
    return _each("multi_adamw_update", groups, out, {"lrs": lrs, "wds": wds, "etas": etas}, adamw_update,
                 rescale_grad=rescale_grad, **kwargs)


def multi_mp_adamw_update(weights: Sequence, grads: Sequence, mean: Sequence, var: Sequence, weights32: Sequence,
                          rescale_grad: Any, lrs: Sequence, wds: Sequence, etas: Sequence, out: Any = None,
                          name: Any = None, size: int = 0, **kwargs: Any) -> list[NDArray]:
    """``mp_adamw_update`` of several weights, given as lists."""
    groups = list(zip(weights, grads, mean, var, weights32))
    return _each("multi_mp_adamw_update", groups, out, {"lrs": lrs, "wds": wds, "etas": etas}, mp_adamw_update,
                 rescale_grad=rescale_grad, **kwargs)


def multi_lamb_update(weights: Sequence, grads: Sequence, mean: Sequence, var: Sequence, step_count: Sequence,
                      lrs: Sequence, wds: Sequence, out: Any = None, num_tensors: int = 0,
                      **kwargs: Any) -> list[NDArray]:
    """LAMB's step of several weights, given as lists; ``step_count`` holds the number of each one's update."""
    groups = list(zip(weights, grads, mean, var))
    return _each("multi_lamb_update", groups, out, {"lrs": lrs, "wds": wds, "ts": step_count},
                 FUNCTIONS["lamb_update"], **kwargs)


def multi_mp_lamb_update(weights: Sequence, grads: Sequence, mean: Sequence, var: Sequence, weights32: Sequence,
                         step_count: Sequence, lrs: Sequence, wds: Sequence, out: Any = None, num_tensors: int = 0,
                         **kwargs: Any) -> list[NDArray]:
    """``multi_lamb_update`` of float16 weights beside their float32 master copies."""
    groups = list(zip(weights, grads, mean, var, weights32))
    return _each("multi_mp_lamb_update", groups, out, {"lrs": lrs, "wds": wds, "ts": step_count},
                 FUNCTIONS["mp_lamb_update"], **kwargs)


def reset_arrays(*data: NDArray, num_arrays: int = 1) -> None:
    """Write zeros to every array."""
    for array in data[0] if len(data) == 1 and isinstance(data[0], (list, tuple)) else data:
        array[:] = 0


FUNCTIONS |= {f.__name__: f for f in (
    lamb_update_phase1, mp_lamb_update_phase1, lamb_update_phase2, mp_lamb_update_phase2, reset_arrays)}
CONTRIB: dict[str, Callable] = {f.__name__: f for f in (
    adamw_update, mp_adamw_update, multi_adamw_update, multi_mp_adamw_update, multi_lamb_update, multi_mp_lamb_update,
)} | {"group_adagrad_update": FUNCTIONS["group_adagrad_update"]}
# Pieces, and names that MXNet has in nd.contrib or nd.sparse alone.
HIDDEN = ("group_adagrad_update", "lamb_direction_update", "scaled_adamw_update", "mp_scaled_adamw_update",
          "lamb_update", "mp_lamb_update", "adagrad_update")
PUBLIC: dict[str, Callable] = {name: f for name, f in FUNCTIONS.items() if name not in HIDDEN}
