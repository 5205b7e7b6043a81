"""Helpers of tests, under MXNet's names: comparison with tolerances per dtype, random arrays, gradient checks."""

from __future__ import annotations

import contextlib
import functools
import os
import random as _random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .. import random as _streams
from .._src.core.tensor import Tensor
from .._src.engine.devices import Context, current_context, num_gpus, set_default_device
from ..ndarray import NDArray, array

FLOAT64 = np.dtype(np.float64)
_RTOL = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-5}
_ATOL = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-20}
_LISTED = 10  # violations that a failed comparison shows


# -- contexts and seeds ------------------------------------------------------------------------------------------------


def default_context() -> Context:
    """The context that arrays are made on by default."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Make ``ctx`` the default context."""
    set_default_device(ctx)


def list_gpus() -> range:
    """The numbers of the GPUs that luojia can use."""
    return range(num_gpus())


def default_dtype() -> type:
    """The dtype of arrays that name none."""
    return np.float32


def with_seed(seed: int | None = None) -> Callable:
    """A decorator that seeds Python's, NumPy's and luojia's streams, with ``seed`` or a fresh one that it reports."""

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def seeded(*args: Any, **kwargs: Any) -> Any:
            number = int.from_bytes(os.urandom(4), "little") >> 1 if seed is None else seed
            _random.seed(number)
            np.random.seed(number)
            _streams.seed(number)
            try:
                return test(*args, **kwargs)
            except Exception as e:
                e.add_note(f"Reproduce with the seed {number}: @with_seed({number}).")
                raise

        return seeded

    return decorate


@contextlib.contextmanager
def environment(*args: Any) -> Iterator[None]:
    """Set an environment variable, or several from a dict, for a block; None removes one."""
    wanted = args[0] if len(args) == 1 else {args[0]: args[1]}
    before = {k: os.environ.get(k) for k in wanted}
    try:
        _set(wanted)
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for k, v in variables.items():
        if v is None:
            os.environ.pop(k, None)
        else:
            os.environ[k] = v


# -- random arrays -----------------------------------------------------------------------------------------------------


def random_arrays(*shapes: tuple) -> Any:
    """Normal float32 NumPy arrays: a list of them, or the one itself."""
    found = [np.asarray(np.random.standard_normal(s), np.float32) for s in shapes]
    return found[0] if len(found) == 1 else found


def rand_ndarray(shape: tuple, stype: str = "default", density: float | None = None, dtype: Any = None,
                 modifier_func: Callable | None = None, shuffle_csr_indices: bool = False,
                 distribution: str | None = None, ctx: Context | None = None) -> NDArray:
    """A random NDArray: normal, or for a sparse ``stype`` uniform with about ``density`` of its elements not 0."""
    if stype == "default":
        return array(random_arrays(shape), ctx, dtype)
    values = np.random.uniform(size=shape)
    if modifier_func is not None:
        values = np.vectorize(modifier_func)(values)
    kept = np.random.uniform(size=shape[:1] if stype == "row_sparse" else shape)
    share = np.random.uniform() if density is None else density
    keep = (kept < share).reshape(kept.shape + (1,) * (len(shape) - kept.ndim))
    return array(values * keep, ctx, dtype).tostype(stype)


def rand_shape_nd(num_dim: int, dim: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of ``num_dim`` lengths from 1 (or 0) to ``dim``."""
    return tuple(int(n) for n in np.random.randint(0 if allow_zero_size else 1, dim + 1, num_dim))


def rand_shape_2d(dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of two lengths."""
    return tuple(rand_shape_nd(1, d, allow_zero_size)[0] for d in (dim0, dim1))


def rand_shape_3d(dim0: int = 10, dim1: int = 10, dim2: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of three lengths."""
    return tuple(rand_shape_nd(1, d, allow_zero_size)[0] for d in (dim0, dim1, dim2))


# -- comparison --------------------------------------------------------------------------------------------------------


def _np(a: Any) -> np.ndarray:
    return a.asnumpy() if isinstance(a, Tensor) else np.asarray(a)


def get_rtol(rtol: float | None = None, dtype: Any = FLOAT64) -> float:
    """``rtol``, or the default relative tolerance of ``dtype``."""
    return _RTOL.get(np.dtype(dtype).name, 0.0) if rtol is None else rtol


def get_atol(atol: float | None = None, dtype: Any = FLOAT64) -> float:
    """``atol``, or the default absolute tolerance of ``dtype``."""
    return _ATOL.get(np.dtype(dtype).name, 0.0) if atol is None else atol


def default_rtols() -> dict[np.dtype, float]:
    """The default relative tolerance of each dtype."""
    exact = ("bool", "int8", "uint8", "int32", "uint32", "int64", "uint64")
    return {np.dtype(n): t for n, t in {**_RTOL, **dict.fromkeys(exact, 0.0)}.items()}


def _coarser(a: Any, b: Any) -> np.dtype:
    """Of two dtypes the one with the wider tolerance. A Python or NumPy value beside an NDArray takes the NDArray's."""
    dtypes = [t.np_dtype if isinstance(t, Tensor) else np.asarray(t).dtype for t in (a, b)]
    return max(dtypes, key=lambda d: _RTOL.get(d.name, 0.0))


def same(a: Any, b: Any) -> bool:
    """Whether two arrays are equal, element by element."""
    return np.array_equal(_np(a), _np(b))


def almost_equal(a: Any, b: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False,
                 use_broadcast: bool = True) -> bool:
    """Whether |a - b| <= atol + rtol |b| everywhere."""
    x, y, dtype = _np(a), _np(b), _coarser(a, b)
    if not use_broadcast and x.shape != y.shape:
        return False
    return bool(np.allclose(x, y, get_rtol(rtol, dtype), get_atol(atol, dtype), equal_nan))


def assert_almost_equal(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                        names: tuple[str, str] = ("a", "b"), equal_nan: bool = False, use_broadcast: bool = True,
                        mismatches: tuple[int, int] = (10, 10)) -> None:
    """Raise AssertionError, with the greatest violations, unless |a - b| <= atol + rtol |b| everywhere.

    Args:
        rtol, atol: tolerances; by default those of the coarser dtype.
        names: what the message calls the arrays.
        equal_nan: whether nan equals nan.
        use_broadcast: whether the shapes may differ and broadcast.
    """
    x, y, dtype = _np(a), _np(b), _coarser(a, b)
    rtol, atol = get_rtol(rtol, dtype), get_atol(atol, dtype)
    if not use_broadcast and x.shape != y.shape:
        raise AssertionError(f"Shapes differ: {names[0]} has {x.shape}, {names[1]} has {y.shape}.")
    good = np.isclose(x, y, rtol, atol, equal_nan)
    if good.all():
        return
    x, y = np.broadcast_arrays(x, y)
    with np.errstate(all="ignore"):
        difference = np.abs(x.astype(np.float64) - y.astype(np.float64))
        error = np.where(good, 0.0, difference / (atol + rtol * np.abs(y.astype(np.float64)) + 1e-300))
    error = np.where(np.isnan(error), np.inf, error)
    worst = np.argsort(-error, axis=None)[: min(_LISTED, int((~good).sum()))]
    lines = []
    for i in worst:
        at = tuple(int(k) for k in np.unravel_index(i, error.shape))
        lines.append(f"Error {error[at]:f}  Location of error: {at}, {names[0]}={x[at]:.8f}, {names[1]}={y[at]:.8f}")
    share = 100.0 * float((~good).mean())
    raise AssertionError(
        f"\nItems are not equal:\nError {error.max():f} exceeds tolerance rtol={rtol:e}, atol={atol:e} "
        f"(mismatch {share:f}%).\n" + "\n".join(lines) + f"\n ACTUAL: {x!r}\n DESIRED: {y!r}"
    )


def assert_allclose(a: Any, b: Any, rtol: float = 1e-7, atol: float = 0, equal_nan: bool = True) -> None:
    """``numpy.testing.assert_allclose`` of arrays of either kind."""
    np.testing.assert_allclose(_np(a), _np(b), rtol, atol, equal_nan)


def assert_almost_equal_ignore_nan(a: Any, b: Any, rtol: float | None = None, atol: float | None = None,
                                   names: tuple[str, str] = ("a", "b")) -> None:
    """``assert_almost_equal`` where neither array is nan."""
    x, y = _np(a), _np(b)
    bad = np.isnan(x) | np.isnan(y)
    assert_almost_equal(np.where(bad, 0, x), np.where(bad, 0, y), rtol, atol, names)


def assert_exception(f: Callable, exception_type: type[BaseException], *args: Any, **kwargs: Any) -> None:
    """Raise AssertionError unless ``f(*args, **kwargs)`` raises ``exception_type``."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{getattr(f, '__name__', f)} did not raise {exception_type.__name__}.")


# -- symbols -----------------------------------------------------------------------------------------------------------


def _located(names: Sequence[str], values: Any, what: str) -> dict[str, np.ndarray]:
    """Values in order of the names, or by name, as a dict."""
    if isinstance(values, Mapping):
        if set(values) != set(names):
            raise ValueError(f"Symbol arguments and keys of the given {what} do not match. "
                             f"symbol args:{list(names)}, {what}.keys():{list(values)}")
        return {k: _np(values[k]) for k in names}
    values = list(values)
    if len(values) != len(names):
        raise ValueError(f"{what}: expected {len(names)} arrays, for {list(names)}, got {len(values)}.")
    return {k: _np(v) for k, v in zip(names, values)}


class _Bound:
    """A symbol bound at a point, in one dtype."""

    def __init__(self, sym: Any, location: Any, aux_states: Any, ctx: Context | None, dtype: Any,
                 grad_req: Any) -> None:
        self.ctx = ctx or default_context()
        self.location = _located(sym.list_arguments(), location, "location")
        aux = _located(sym.list_auxiliary_states(), aux_states or {}, "aux_states")
        self.dtype = dtype
        args = {k: self.array(v) for k, v in self.location.items()}
        self.grads = {k: array(np.zeros(v.shape), self.ctx, v.dtype) for k, v in args.items()}
        self.executor = sym.bind(self.ctx, args, args_grad=self.grads, grad_req=grad_req,
                                 aux_states={k: self.array(v) for k, v in aux.items()})

    def array(self, value: np.ndarray) -> NDArray:
        return array(value, self.ctx, self.dtype if value.dtype.kind == "f" else value.dtype)


def simple_forward(sym: Any, ctx: Context | None = None, is_train: bool = False, **inputs: np.ndarray) -> Any:
    """The outputs of a symbol for inputs by name, as NumPy arrays; one output by itself."""
    ctx = ctx or default_context()
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
    return bound.grads


def check_numeric_gradient(sym: Any, location: Any, aux_states: Any = None, numeric_eps: float | None = None,
                           rtol: float | None = None, atol: float | None = None, grad_nodes: Any = None,
                           use_forward_train: bool = True, ctx: Context | None = None, grad_stype_dict: Any = None,
                           dtype: Any = np.float32) -> None:
    """Compare the gradients of a symbol at ``location`` with central differences, taken in float64.

    Args:
        location: arrays in order of ``list_arguments()``, or by name.
        numeric_eps: the step; 1e-6 by default.
        grad_nodes: the arguments to check; all by default.
        dtype: the dtype in which the gradients are computed.
    """
    checked = list(sym.list_arguments() if grad_nodes is None else grad_nodes)
    reqs = {k: "write" if k in checked else "null" for k in sym.list_arguments()}
    bound = _Bound(sym, location, aux_states, ctx, dtype, reqs)
    outputs = bound.executor.forward(is_train=use_forward_train)
    weights = [np.random.uniform(0.5, 1.5, o.shape) for o in outputs]
    bound.executor.backward([array(w, bound.ctx, o.dtype) for w, o in zip(weights, outputs)])
    exact = _Bound(sym, bound.location, aux_states, ctx, np.float64, "null")
    step = 1e-6 if numeric_eps is None else numeric_eps

    def scalar() -> float:
        outs = exact.executor.forward(is_train=use_forward_train)
        return sum(float(np.sum(o.asnumpy().astype(np.float64) * w)) for o, w in zip(outs, weights))

    for name in checked:
        numeric = _central(scalar, exact.executor.arg_dict[name], bound.location[name], step)
        assert_almost_equal(numeric, bound.grads[name], 1e-2 if rtol is None else rtol, 1e-3 if atol is None else atol,
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


# -- data --------------------------------------------------------------------------------------------------------------


def get_mnist() -> dict[str, np.ndarray]:
    """MNIST as a dict: train_data (60000, 1, 28, 28) float32 of [0, 1], train_label (60000,), test_data, test_label.

    Looks in the usual folders, then downloads.

    Raises:
        MXNetError: the files are in none of the folders and could not be downloaded.
    """
    from .._src.data import mirror, mnist
    from .._src.formats import idx

    found = {}
    for kind in ("train", "test"):
        images, labels = mnist.load(kind == "train", idx.load, fetch=mirror.fetch_url)
        found[f"{kind}_data"] = images.reshape(-1, 1, 28, 28).astype(np.float32) / 255
        found[f"{kind}_label"] = labels
    return found


def get_mnist_iterator(batch_size: int, input_shape: tuple, num_parts: int = 1, part_index: int = 0) -> tuple:
    """``NDArrayIter``s over a part of MNIST's training and test images."""
    from ..io import NDArrayIter

    data = get_mnist()
    flat = len(input_shape) == 1

    def part(kind: str, shuffle: bool) -> Any:
        images, labels = data[f"{kind}_data"][part_index::num_parts], data[f"{kind}_label"][part_index::num_parts]
        images = images.reshape(len(images), -1) if flat else images
        return NDArrayIter(images, labels.astype(np.float32), batch_size, shuffle=shuffle)

    return part("train", True), part("test", False)


# -- the parts in files of their own, which use the comparisons above --------------------------------------------------

from .consistency import *  # noqa: E402, F403
from .machine import *  # noqa: E402, F403
from .samples import *  # noqa: E402, F403
from .statistics import *  # noqa: E402, F403
