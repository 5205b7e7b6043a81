"""Checks of symbols: their outputs and gradients against given values and against finite differences."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .._src.engine.devices import Context, current_context
from ..ndarray import NDArray, array
from .comparison import _np, assert_almost_equal, get_atol, get_rtol

__all__ = ["check_numeric_gradient", "check_symbolic_backward", "check_symbolic_forward", "numeric_grad",
           "simple_forward"]


_FLOATS = (np.float16, np.float32, np.float64)


def _located(names: Sequence[str], values: Any, what: str) -> dict[str, np.ndarray]:
    """Values in order of the names, or by name, as a dict; as MXNet, what a list has too many is not looked at."""
    if isinstance(values, Mapping):
        if set(values) != set(names):
            wanted = "aux_states names and" if what == "aux_states" else "arguments and keys of the"
            sort = "aux_names" if what == "aux_states" else "args"
            raise ValueError(f"Symbol {wanted} given {what} do not match.symbol {sort}:{set(names)}, "
                             f"{what}.keys{'' if what == 'aux_states' else '()'}:{set(values)}")
        return {k: _np(values[k]) for k in names}
    values = list(values)
    if len(values) < len(names) and what != "expected":
        raise ValueError(f"{what}: expected {len(names)} arrays, for {list(names)}, got {len(values)}.")
    return {k: _np(v) for k, v in zip(names, values)}


def _floating(value: Any) -> Any:
    """NumPy's integers as floats: as MXNet, an argument is of the check's dtype unless it comes as an NDArray."""
    return value if isinstance(value, NDArray) or _np(value).dtype.kind == "f" else _np(value).astype(np.float64)


def _placed(value: np.ndarray, ctx: Context | None, dtype: Any) -> NDArray:
    return array(value, ctx, dtype if value.dtype.kind == "f" else value.dtype)


def _parse_location(sym: Any, location: Any, ctx: Context | None, dtype: Any = np.float32) -> OrderedDict:
    """The arguments of a symbol by name, as NDArrays, from a list in the symbol's order or a dict."""
    assert dtype in _FLOATS, f"dtype must be np.float16, np.float32 or np.float64, got {dtype!r}"
    found = _located(sym.list_arguments(), location, "location")
    return OrderedDict((k, _placed(v, ctx, dtype)) for k, v in found.items())


def _parse_aux_states(sym: Any, aux_states: Any, ctx: Context | None, dtype: Any = np.float32) -> dict | None:
    """The auxiliary states of a symbol by name, as NDArrays; None where ``aux_states`` is None."""
    assert dtype in _FLOATS, f"dtype must be np.float16, np.float32 or np.float64, got {dtype!r}"
    if aux_states is None:
        return None
    found = _located(sym.list_auxiliary_states(), aux_states, "aux_states")
    return {k: _placed(v, ctx, dtype) for k, v in found.items()}


class _Bound:
    """A symbol bound at a point, in one dtype."""

    def __init__(self, sym: Any, location: Any, aux_states: Any, ctx: Context | None, dtype: Any,
                 grad_req: Any) -> None:
        self.ctx = ctx or current_context()
        self.dtype = dtype
        if isinstance(location, Mapping):
            location = {k: _floating(v) for k, v in location.items()}
        else:
            location = [_floating(v) for v in location]
        self.location = _located(sym.list_arguments(), location, "location")
        args = _parse_location(sym, self.location, self.ctx, dtype)
        self.grads = {k: array(np.zeros(v.shape), self.ctx, v.dtype) for k, v in args.items()}
        self.executor = sym.bind(self.ctx, args, args_grad=self.grads, grad_req=grad_req,
                                 aux_states=_parse_aux_states(sym, aux_states or {}, self.ctx, dtype))

    def array(self, value: np.ndarray) -> NDArray:
        return _placed(value, self.ctx, self.dtype)


def simple_forward(sym: Any, ctx: Context | None = None, is_train: bool = False, **inputs: np.ndarray) -> Any:
    """The outputs of a symbol for inputs by name, as NumPy arrays; one output by itself."""
    ctx = ctx or current_context()
    executor = sym.bind(ctx, {k: array(v, ctx) for k, v in inputs.items()})
    outputs = [o.asnumpy() for o in executor.forward(is_train=is_train)]
    return outputs[0] if len(outputs) == 1 else outputs


def check_symbolic_forward(sym: Any, location: Any, expected: Any, rtol: float | None = None, atol: float | None = None,
                           aux_states: Any = None, ctx: Context | None = None, equal_nan: bool = False,
                           dtype: Any = np.float32) -> list[NDArray]:
    """Compare the outputs of a symbol at ``location`` with ``expected``; returns the outputs."""
    bound = _Bound(sym, location, aux_states, ctx, dtype, "null")
    outputs = bound.executor.forward(is_train=False)
    wanted = _located(sym.list_outputs(), expected, "expected")
    for (name, e), out in zip(wanted.items(), outputs):
        assert_almost_equal(e, out, rtol, atol, (f"EXPECTED_{name}", f"FORWARD_{name}"), equal_nan)
    return outputs


def check_symbolic_backward(sym: Any, location: Any, out_grads: Any, expected: Any, rtol: float | None = None,
                            atol: float | None = None, aux_states: Any = None, grad_req: Any = "write",
                            ctx: Context | None = None, grad_stypes: Any = None, equal_nan: bool = False,
                            dtype: Any = np.float32) -> dict[str, NDArray]:
    """Compare the gradients of a symbol at ``location`` with ``expected``; returns the gradients by name."""
    names = sym.list_arguments()
    bound = _Bound(sym, location, aux_states, ctx, dtype, grad_req)
    reqs = dict.fromkeys(names, grad_req) if isinstance(grad_req, str) else (
        dict(grad_req) if isinstance(grad_req, Mapping) else dict(zip(names, grad_req))
    )
    start = {k: np.random.standard_normal(g.shape) if reqs.get(k) == "add" else np.zeros(g.shape)
             for k, g in bound.grads.items()}
    for k, g in bound.grads.items():
        g[:] = start[k]
    bound.executor.forward(is_train=True)
    if out_grads is not None:
        out_grads = [bound.array(g) for g in _located(sym.list_outputs(), out_grads, "out_grads").values()]
    bound.executor.backward(out_grads)
    if not isinstance(expected, Mapping):
        expected = dict(zip(names, expected))
    for name, e in expected.items():
        if e is None or reqs.get(name) == "null":
            continue
        total = _np(e) + start[name] if reqs[name] == "add" else e
        assert_almost_equal(total, bound.grads[name], rtol, atol, (f"EXPECTED_{name}", f"BACKWARD_{name}"), equal_nan)
    return {name: g for name, g in bound.grads.items() if name in expected}


def numeric_grad(executor: Any, location: Mapping[str, Any], aux_states: Mapping[str, Any] | None = None,
                 eps: float = 1e-4, use_forward_train: bool = True, dtype: Any = np.float32) -> dict[str, np.ndarray]:
    """Central differences of the sum of an executor's first output, along each element of its floating arguments.

    Args:
        executor: a bound symbol, whose arguments are set to ``location`` afterwards as before.
        location: the arguments by name.
        aux_states: the auxiliary states by name, set before each run.
        eps: the distance between the two ends of a difference.
        use_forward_train: whether the runs are those of training.

    Returns:
        The differences by name, as NumPy arrays of ``dtype``.
    """
    assert dtype in _FLOATS, f"dtype must be np.float16, np.float32 or np.float64, got {dtype!r}"
    for name, value in location.items():
        executor.arg_dict[name][...] = _np(value)

    def scalar() -> float:
        for name, value in (aux_states or {}).items():
            executor.aux_dict[name][...] = _np(value)
        executor.forward(is_train=use_forward_train)
        return float(np.sum(executor.outputs[0].asnumpy().astype(np.float64)))

    return {name: _central(scalar, executor.arg_dict[name], _np(value), eps / 2).astype(dtype)
            for name, value in location.items() if _np(value).dtype.kind == "f"}


def check_numeric_gradient(sym: Any, location: Any, aux_states: Any = None, numeric_eps: float | None = None,
                           rtol: float | None = None, atol: float | None = None, grad_nodes: Any = None,
                           use_forward_train: bool = True, ctx: Context | None = None, grad_stype_dict: Any = None,
                           dtype: Any = np.float32) -> None:
    """Compare the gradients of a symbol at ``location`` with central differences, taken in float64.

    Args:
        location: arrays in order of ``list_arguments()``, or by name.
        numeric_eps: the step; 1e-6 by default.
        rtol, atol: tolerances; by default those of ``dtype``.
        grad_nodes: the arguments to check, a list or a dict of their ``grad_req``; all by default.
        dtype: the dtype in which the gradients are computed.
    """
    names = sym.list_arguments()
    if grad_nodes is not None and not isinstance(grad_nodes, (list, tuple, Mapping)):
        raise ValueError(f"check_numeric_gradient: grad_nodes must be a list or a dict of arguments, "
                         f"got {grad_nodes!r}.")
    wanted = dict(grad_nodes) if isinstance(grad_nodes, Mapping) else dict.fromkeys(grad_nodes or names, "write")
    if grad_nodes is not None and (unknown := [k for k in wanted if k not in names]):
        raise KeyError(f"{unknown[0]}: the symbol's arguments are {names}")
    checked = [k for k, req in wanted.items() if req != "null"]
    bound = _Bound(sym, location, aux_states, ctx, dtype, {k: wanted.get(k, "null") for k in names})
    outputs = bound.executor.forward(is_train=use_forward_train)
    weights = [np.random.uniform(0.5, 1.5, o.shape) for o in outputs]
    bound.executor.backward([array(w, bound.ctx, o.dtype) for w, o in zip(weights, outputs)])
    point = {k: v if v.dtype.kind == "f" else array(v, dtype=v.dtype) for k, v in bound.location.items()}
    exact = _Bound(sym, point, aux_states, ctx, np.float64, "null")
    step = 1e-6 if numeric_eps is None else numeric_eps
    rtol, atol = get_rtol(rtol, dtype), get_atol(atol, dtype)

    def scalar() -> float:
        outs = exact.executor.forward(is_train=use_forward_train)
        return sum(float(np.sum(o.asnumpy().astype(np.float64) * w)) for o, w in zip(outs, weights))

    for name in checked:
        if bound.location[name].dtype.kind == "f":
            numeric = _central(scalar, exact.executor.arg_dict[name], bound.location[name], step)
            assert_almost_equal(numeric.astype(dtype), bound.grads[name], rtol, atol,
                                (f"NUMERICAL_{name}", f"BACKWARD_{name}"))


def _central(scalar: Callable[[], float], holder: NDArray, value: np.ndarray, step: float) -> np.ndarray:
    """Central differences of ``scalar`` along each element of the array that ``holder`` holds."""
    value = value.astype(np.float64)
    numeric = np.zeros(value.shape)
    for i in np.ndindex(*value.shape):
        ends = []
        for sign in (1, -1):
            moved = value.copy()
            moved[i] += sign * step
            holder[...] = moved
            ends.append(scalar())
        numeric[i] = (ends[0] - ends[1]) / (2 * step)
    holder[...] = value
    return numeric
