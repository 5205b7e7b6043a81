"""``nd.contrib``: loops and branches as functions, and the operators whose names begin with ``_contrib_``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .._src.core import control, loops
from .._src.core.op import OPERATORS
from .._src.core.refused import CONTRIB as _REFUSED  # noqa: F401 - what docs/refused.md lists
from .._src.core.refused import missing
from .._src.core.tensor import Tensor
from .._src.errors import AbsentName, ArgumentError, NoArrayError
from .._src.paths import public_names
from .creation import place
from .door import faces, function
from .ndarray import NDArray


def _flatten(nested: Any) -> list:
    return [t for n in nested for t in _flatten(n)] if isinstance(nested, (list, tuple)) else [nested]


def _check(arrays: Any, what: str) -> None:
    if not all(isinstance(t, Tensor) for t in _flatten(arrays)):
        raise NoArrayError(f"{what} must be (nested) list of NDArray, but got {arrays} of type {type(arrays)}")


def _stack(arrays: Sequence[NDArray]) -> NDArray:
    return OPERATORS["concatenate"](*[a.expand_dims(0) for a in arrays], axis=0)


def foreach(body: Callable, data: Any, init_states: Any) -> tuple[Any, Any]:
    """Run ``out, states = body(slice, states)`` over the first axis of ``data``; stack the outs.

    Args:
        data: an NDArray, or a list of NDArrays of one length, sliced together.
        init_states: an NDArray, or nested lists of them: the states of the first step.

    Returns:
        The outputs stacked along a new first axis, and the last states.
    """
    _check(data, "foreach input")
    _check(init_states, "foreach states")
    single = isinstance(data, Tensor)
    length = (data if single else data[0]).shape[0]
    if length and control.tracing():
        def step(states: Any, now: Any) -> tuple:
            out, states = body(now, states)
            _check(out, "foreach output")
            _check(states, "foreach states")
            return states, out

        states, outs = loops.scan(step, init_states, data, length, "foreach")
        return outs, states
    states, collected, form = init_states, [], []
    for i in range(length):
        out, states = body(data[i] if single else [d[i] for d in data], states)
        _check(out, "foreach output")
        _check(states, "foreach states")
        form = out
        collected.append(_leaves(out))
    return _nested(form, iter([_stack(column) for column in zip(*collected)])), states


def _leaves(value: Any) -> list:
    return [leaf for v in value for leaf in _leaves(v)] if isinstance(value, (list, tuple)) else [value]


def _nested(form: Any, leaves: Iterator) -> Any:
    """The leaves in the nesting of ``form``."""
    return [_nested(v, leaves) for v in form] if isinstance(form, (list, tuple)) else next(leaves)


def while_loop(cond: Callable, func: Callable, loop_vars: Any, max_iterations: int | None = None) -> tuple[Any, Any]:
    """Run ``out, loop_vars = func(*loop_vars)`` while ``cond(*loop_vars)`` holds, at most ``max_iterations`` times.

    Returns:
        The outputs stacked along a new first axis and padded with zeros to length ``max_iterations``, and the last
        loop variables.
    """
    if max_iterations is None:
        raise ArgumentError("max_iterations should be specified: it is the length of the stacked outputs.")
    if int(max_iterations) < 0:
        raise ArgumentError(f"while_loop: max_iterations must not be negative, got {max_iterations}.")
    single = isinstance(loop_vars, Tensor)
    variables = [loop_vars] if single else list(loop_vars)
    if not variables:
        raise ArgumentError("loop_vars should contain at least one element")
    _check(variables, "loop_vars")
    if int(max_iterations) and control.tracing():
        def step(now: list) -> tuple:
            out, new = func(*now)
            return [new] if isinstance(new, Tensor) else list(new), [] if out is None else out

        last, outs = loops.bounded_loop(lambda now: cond(*now), step, variables, int(max_iterations), "while_loop")
        return outs, last[0] if single else last
    collected: list[list] = []
    many = False
    while len(collected) < int(max_iterations) and bool(cond(*variables)):
        out, new = func(*variables)
        new = [new] if isinstance(new, Tensor) else list(new or ())
        if len(new) != len(variables):
            raise ArgumentError(f"The number of loop_vars should be consistent during the loop: {len(variables)} went "
                                f"in, {len(new)} came out.")
        variables, many = new, isinstance(out, (list, tuple))
        collected.append([] if out is None else list(out) if many else [out])
    outs = []
    for column in zip(*collected):
        done = _stack(column)
        rest = int(max_iterations) - len(column)
        if rest:
            padding = place(np.zeros((rest, *done.shape[1:]), done.np_dtype), done._device)
            done = OPERATORS["concatenate"](done, padding, axis=0)
        outs.append(done)
    return (outs if many or len(outs) != 1 else outs[0]), (variables[0] if single else variables)


def cond(pred: Any, then_func: Callable, else_func: Callable) -> Any:
    """``then_func()`` where the one element of ``pred`` is not zero, else ``else_func()``."""
    return loops.cond(pred, then_func, else_func)


def rand_zipfian(true_classes: NDArray, num_sampled: int, range_max: int, ctx: Any = None) -> tuple:
    """Draw ``num_sampled`` classes of [0, range_max), class k with P(k) = log((k + 2) / (k + 1)) / log(range_max + 1).

    Returns:
        The classes (int64), the expected counts of the true classes, and those of the drawn ones.
    """
    from .random import uniform

    log_range = math.log(range_max + 1)
    drawn = uniform(0, log_range, (num_sampled,), "float64", ctx)
    classes = (np.exp(drawn.asnumpy()) - 1).astype(np.int64) % range_max

    def expected(k: np.ndarray) -> NDArray:
        k = k.astype(np.float64)
        return place(np.log((k + 2.0) / (k + 1.0)) / log_range * num_sampled, drawn._device)

    return place(classes, drawn._device), expected(true_classes.asnumpy()), expected(classes)


def calibrate_entropy(hist: NDArray, hist_edges: NDArray, num_quantized_bins: int = 255) -> list[NDArray]:
    """The threshold (1,) at which to cut values for 8-bit integers, and its divergence (1,).

    Of the thresholds that leave the middle of a histogram, the one at which the distribution of the values that are
    cut, taken in ``num_quantized_bins`` steps, differs least from their own, by the divergence of Kullback and Leibler.

    Args:
        hist, hist_edges: the counts of an odd number of bins, with 0 in the middle one, and their edges.

    Source: Migacz 2017, "8-bit inference with TensorRT"; MXNet's ``contrib.calibrate_entropy``.
    """
    from ..contrib.calibration import optimal_threshold

    found = optimal_threshold(hist.asnumpy(), hist_edges.asnumpy(), num_quantized_bins)
    return [place(np.array([value], np.float32), hist._device) for value in found]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AbsentName("luojia.ndarray.contrib", name)
    if name.endswith("_update"):
        from .updates_many import CONTRIB

        if name in CONTRIB:
            return CONTRIB[name]
    for prefix in ("_contrib_", "contrib_", ""):
        if prefix + name in faces.index():
            return function(prefix + name)
    raise missing(__name__, name)


__dir__ = public_names(__name__, lambda: (
    "calibrate_entropy", "cond", "foreach", "rand_zipfian", "while_loop",
    *[name.split("contrib_", 1)[1] for name in faces.index() if "contrib_" in name]))
