"""Checks that two ways to the same result agree: optimizers, contexts and dtypes, plain and hybridized blocks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import autograd, symbol
from ..ndarray import NDArray, array
from .comparison import _np, assert_almost_equal, get_atol, get_rtol

__all__ = ["check_consistency", "check_gluon_hybridize_consistency", "compare_ndarray_tuple", "compare_optimizer",
           "retry", "same_symbol_structure"]


def retry(n: int) -> Callable:
    """A decorator that runs a test up to ``n`` times and lets the last AssertionError through."""
    assert n > 0, f"retry: n must be at least 1, got {n}."

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def repeated(*args: Any, **kwargs: Any) -> Any:
            for _ in range(n - 1):
                try:
                    return test(*args, **kwargs)
                except AssertionError:
                    pass
            return test(*args, **kwargs)

        return repeated

    return decorate


def compare_ndarray_tuple(t1: Any, t2: Any, rtol: float | None = None, atol: float | None = None) -> None:
    """Require that two arrays, or two nested tuples of arrays, are almost equal."""
    if t1 is None or t2 is None:
        return
    if isinstance(t1, (tuple, list)):
        for a, b in zip(t1, t2):
            compare_ndarray_tuple(a, b, rtol, atol)
        return
    assert_almost_equal(t1, t2, rtol=rtol, atol=atol)


def compare_optimizer(opt1: Any, opt2: Any, shape: Any, dtype: Any, w_stype: str = "default",
                      g_stype: str = "default", rtol: float = 1e-4, atol: float = 1e-5,
                      compare_states: bool = True, ntensors: int = 1) -> None:
    """Require that two optimizers update the same weight with the same gradient alike.

    Args:
        shape: of the weight; a list of ``ntensors`` shapes for an update of several weights at once.
        w_stype, g_stype: the storage types of weight and gradient.
    """
    several = isinstance(shape, list)
    listed = shape if several else [shape]

    def draw() -> list:
        return [np.random.uniform(-1, 1, s).astype(dtype) for s in listed]

    weights, gradients = draw(), draw()
    results = []
    for opt in (opt1, opt2):
        w = [array(v, dtype=dtype).tostype(w_stype) for v in weights]
        g = [array(v, dtype=dtype).tostype(g_stype) for v in gradients]
        state = [opt.create_state_multi_precision(i, v) for i, v in enumerate(w)]
        if several:
            opt.update_multi_precision(list(range(len(w))), w, g, state)
        else:
            opt.update_multi_precision(0, w[0], g[0], state[0])
        results.append((w, state))
    (w1, s1), (w2, s2) = results
    if compare_states:
        compare_ndarray_tuple(s1, s2, rtol, atol)
    compare_ndarray_tuple(w1, w2, rtol, atol)


def _tolerance(given: Any, kind: np.dtype, default: Callable) -> float:
    """A tolerance that is given as a number, or by dtypes, or else the dtype's own."""
    return default(None, kind) if given is None else given[kind] if isinstance(given, dict) else given


def check_consistency(sym: Any, ctx_list: Sequence[dict], scale: float = 1.0, grad_req: Any = "write",
                      arg_params: dict | None = None, aux_params: dict | None = None, rtol: Any = None,
                      atol: Any = None, raise_on_err: bool = True, ground_truth: dict | None = None,
                      equal_nan: bool = False, use_uniform: bool = False, rand_type: Any = np.float64) -> Any:
    """Require that a symbol gives equal outputs and gradients on several contexts and dtypes.

    Args:
        sym: a symbol, or one per entry of ``ctx_list``.
        ctx_list: per run a dict with 'ctx', the shapes of the data and 'type_dict'.
        scale: the deviation of the random arguments; with ``use_uniform`` they are uniform in [-0.1, 0.1] x scale.
        grad_req: as for ``simple_bind``.
        arg_params, aux_params: values to use instead of random ones.
        rtol, atol: tolerances; by default those of the coarser dtype of a pair.

    Returns:
        The outputs and gradients of the run in the finest dtype.
    """
    if len(ctx_list) < 2:
        raise AssertionError("check_consistency compares runs: give at least two contexts or dtypes.")
    symbols = [sym] * len(ctx_list) if isinstance(sym, symbol.Symbol) else list(sym)
    assert len(symbols) == len(ctx_list), f"{len(symbols)} symbols for {len(ctx_list)} contexts"
    names, outputs = symbols[0].list_arguments(), symbols[0].list_outputs()
    executors, kinds = [], []
    for s, how in zip(symbols, ctx_list):
        assert s.list_arguments() == names, "the symbols must have the same arguments"
        assert s.list_outputs() == outputs, "the symbols must have outputs of the same names"
        types = how.get("type_dict") or {}
        kinds.append(np.dtype(next(iter(types.values()), np.float32)))
        executors.append(s.simple_bind(grad_req=grad_req, **how))
    values = dict(arg_params or {})
    for name, holder in executors[0].arg_dict.items():
        if name not in values:
            values[name] = (np.random.uniform(-0.1, 0.1, holder.shape) * scale if use_uniform
                            else np.random.normal(0, scale, holder.shape)).astype(rand_type)
    for executor in executors:
        for name, holder in executor.arg_dict.items():
            holder[:] = np.asarray(values[name]).astype(holder.dtype)
        for name, holder in executor.aux_dict.items():
            holder[:] = (aux_params or {}).get(name, 0)
    finest = int(np.argmax([k.itemsize for k in kinds]))
    found = []
    for executor in executors:
        executor.forward(is_train=grad_req != "null")
        if grad_req != "null":
            executor.backward([o.copy() for o in executor.outputs])  # as MXNet's: no two rows alike
        found.append({**dict(zip(outputs, executor.outputs)),
                      **({n: g for n, g in executor.grad_dict.items() if g is not None} if grad_req != "null" else {})})
    truth = ground_truth or dict(found[finest])
    for i, results in enumerate(found):
        if i == finest and ground_truth is None:
            continue
        for name, value in results.items():
            try:
                assert_almost_equal(value.asnumpy().astype(np.float64), _np(truth[name]).astype(np.float64),
                                    rtol=_tolerance(rtol, kinds[i], get_rtol),
                                    atol=_tolerance(atol, kinds[i], get_atol), equal_nan=equal_nan)
            except AssertionError as e:
                message = f"check_consistency: run {i} ({ctx_list[i]}) differs in {name}: {e}"
                if raise_on_err:
                    raise AssertionError(message) from e
                print(message)
    return truth


def check_gluon_hybridize_consistency(net_builder: Callable, data_l: Sequence[NDArray],
                                      numpy_func: Callable | None = None, test_grad: bool = True,
                                      rtol: float = 1e-4, atol: float = 1e-4) -> None:
    """Require that a block gives the same outputs and gradients plain and hybridized.

    Args:
        net_builder: called without arguments, or with ``prefix``; gives the block.
        data_l: the inputs.
        numpy_func: the same function of NumPy arrays, to compare the output with as well.
    """
    saved: Any = None
    values: dict[str, np.ndarray] = {}
    for hybridize in (False, True):
        net = net_builder(prefix="net_")
        net.initialize()
        if hybridize:
            net.hybridize()
        inputs = [d.copy() for d in data_l]
        for d in inputs:
            d.attach_grad()
        net(*inputs)
        for name, p in net.collect_params().items():
            if name in values:
                p.set_data(array(values[name], dtype=p.dtype))
            else:
                values[name] = p.data().asnumpy()
        with autograd.record(train_mode=test_grad):
            out = net(*inputs)
        gradients = {}
        if test_grad:
            out.backward(array(np.ones(out.shape), dtype=out.dtype))
            gradients = {f"input {i}": d.grad.asnumpy() for i, d in enumerate(inputs)}
            gradients |= {n: p.grad().asnumpy() for n, p in net.collect_params().items() if p.grad_req != "null"}
        if saved is None:
            saved = (out.asnumpy(), gradients)
        else:
            assert_almost_equal(out.asnumpy(), saved[0], rtol=rtol, atol=atol)
            for name, g in gradients.items():
                assert_almost_equal(g, saved[1][name], rtol=rtol, atol=atol)
        if numpy_func is not None:
            assert_almost_equal(out.asnumpy(), numpy_func(*[d.asnumpy() for d in data_l]), rtol=rtol, atol=atol)


def same_symbol_structure(sym1: Any, sym2: Any) -> bool:
    """Whether two graphs have the same operators, connected alike."""
    import json

    def shape(s: Any) -> list:
        graph = json.loads(s.tojson())
        return [(n["op"], [tuple(i[:2]) for i in n["inputs"]]) for n in graph["nodes"]]

    return shape(sym1) == shape(sym2)
