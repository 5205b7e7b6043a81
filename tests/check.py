"""``check_op``: everything that is asked of one operator, in one line of a test.

It compares the operator's value with a reference; its derivatives with finite differences, to second order, through
a gradient of a gradient, a linked backward pass (``create_graph``) and a gradient network under recording; float32
and float16 with the float64 result; the fast path with the plain rule; and, where JAX is installed, the XLA engine,
eager and compiled, with NumPy (``check_xla.py``).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

import luojia as mx
import luojia._src.ops  # noqa: F401 - registers the operators
from luojia._src.core import tape
from luojia._src.core.op import OPERATORS, Operator
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import Tensor, wrap
from luojia._src.engine.devices import Context
from luojia._src.engine.numpy_engine import ENGINE as NUMPY
from luojia.ops import GradOperation
from tests.check_xla import check_xla
from tests.tolerances import FINITE_DIFFERENCE, tolerance_of

STEP = 1e-6


def numpy_place() -> Context:
    """A place of the tests' own that computes with NumPy, whatever the cpu devices do."""
    return _place(8, NUMPY)


def xla_place() -> Context | None:
    """A place of the tests' own on the XLA engine; None where JAX is not installed."""
    if not importlib.util.find_spec("jax"):
        return None
    from luojia._src.engine.xla_engine import ENGINE

    return _place(9, ENGINE)


def _place(number: int, engine: Any) -> Context:
    device = Context("cpu", number)
    device._engine = engine
    return device


def check_op(
    op: str | Operator,
    *arrays: Any,
    attrs: dict[str, Any] | None = None,
    ref: Any = None,
    grad: bool | tuple[int, ...] = True,
    second: bool = True,
    dtypes: tuple[str, ...] = ("float32", "float16"),
    xla: bool | str | tuple[str, ...] = True,
    tolerance: float = 1.0,
    symbol: bool | str = True,
) -> None:
    """Check ``op(*arrays, **attrs)``.

    Args:
        arrays: NumPy arrays (floats are taken as float64), Python numbers, or None for an optional array.
        ref: the expected value, or values, or a function of ``arrays`` that gives them.
        grad: whether to check derivatives; a tuple names the arrays to differentiate with respect to.
        second: whether second derivatives are checked too.
        dtypes: lower precisions to compare with float64.
        xla: whether the XLA engine is asked too: 'eager' leaves out the compiled form, where the result's shape depends
            on values; a tuple names the lower precisions there, which are ``dtypes``, and bfloat16 with float16.
        tolerance: a factor on the tolerances of the lower precisions.
        symbol: whether the operator works on Symbols: its graph is written to JSON, read, run and its shape inferred;
            'value' leaves out the inference, which takes arrays to be float32, for operators of integers or of values.
    """
    case = _Case(OPERATORS[op] if isinstance(op, str) else op, arrays, attrs or {}, grad)
    case.device = numpy_place()
    case.check_value(ref)
    if case.wrt:
        case.check_first()
        if second:
            case.check_second()
    for dtype in dtypes:
        case.check_precision(dtype, tolerance)
    device = xla_place()
    if device is not None and xla:
        lower = xla if isinstance(xla, tuple) else (*dtypes, "bfloat16") if "float16" in dtypes else dtypes
        check_xla(case, device, case.device, lower if case.floats else (), tolerance, second, compiled=xla != "eager")
    case.device = Context("cpu", 0)
    plain = arrays and all(isinstance(a, np.ndarray) for a in case.arrays)
    if symbol and plain and case.op is OPERATORS.get(case.op.name):
        case.check_symbol(infer=symbol is True)


class _Case:
    """One operator at one point."""

    def __init__(self, op: Operator, arrays: tuple, attrs: dict, grad: bool | tuple[int, ...]) -> None:
        self.op = op
        self.device = numpy_place()
        self.attrs = attrs
        self.arrays = [a.astype(np.float64) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in arrays]
        floats = tuple(i for i, a in enumerate(self.arrays) if isinstance(a, np.ndarray) and a.dtype.kind == "f")
        self.wrt = floats if grad is True and op.differentiable else grad if isinstance(grad, tuple) else ()
        self.floats = floats
        rng = np.random.default_rng(7)
        self.weights = [rng.normal(size=o.shape) for o in self.run(self.arrays)]
        self.directions = [rng.normal(size=self.arrays[i].shape) for i in self.wrt]
        self.probes = [rng.normal(size=self.arrays[i].shape) for i in self.wrt]

    # -- the functions of the arrays that are differentiated ---------------------------------------------------------

    def tensor(self, value: np.ndarray) -> Tensor:
        return wrap(Tensor, self.device.engine.put(np.asarray(value), self.device), self.device)

    def tensors(self, arrays: list) -> list:
        return [self.tensor(a) if isinstance(a, np.ndarray) else a for a in arrays]

    def call(self, inputs: list) -> list[Tensor]:
        out = self.op(*inputs, **self.attrs)
        return list(out) if isinstance(out, tuple) else [out]

    def apply(self, *free: Tensor, arrays: list | None = None) -> list[Tensor]:
        full = self.tensors(arrays or self.arrays)
        for i, t in zip(self.wrt, free):
            full[i] = t
        return self.call(full)

    def run(self, arrays: list) -> list[np.ndarray]:
        return [np.asarray(o) for o in self.apply(arrays=arrays)]

    def loss_of(self, dtype: Any = np.float64, arrays: list | None = None) -> Callable:
        """The scalar sum of all float outputs, weighted, as a function of the free arrays."""

        def loss(*free: Tensor) -> Tensor:
            total = None
            for out, w in zip(self.apply(*free, arrays=arrays), self.weights):
                if out.np_dtype.kind == "f":
                    term = OPERATORS["sum"](out * self.tensor(w.astype(out.np_dtype)))
                    total = term if total is None else total + term
            return total

        return loss

    def gradients(self, values: list[np.ndarray], loss: Callable) -> list[np.ndarray]:
        return [np.asarray(g) for g in GradOperation(get_all=True)(loss)(*map(self.tensor, values))]

    def probe(self, gradients: Any) -> Tensor:
        """A scalar of the gradients: what the second derivative is taken of."""
        total = None
        for g, u in zip(gradients, self.probes):
            term = OPERATORS["sum"](g * self.tensor(u))
            total = term if total is None else total + term
        return total

    @property
    def point(self) -> list[np.ndarray]:
        return [self.arrays[i] for i in self.wrt]

    def slopes(self, scalar: Callable[[list], float]) -> list[float]:
        """Central differences of ``scalar`` along each input's direction."""
        found = []
        for k, d in enumerate(self.directions):
            ends = []
            for sign in (1, -1):
                values = self.point
                values[k] = values[k] + sign * STEP * d
                ends.append(scalar(values))
            found.append((ends[0] - ends[1]) / (2 * STEP))
        return found

    def compare(self, gradients: list, slopes: list[float], order: int, what: str) -> None:
        rtol, atol = FINITE_DIFFERENCE[order]
        for i, g, d, s in zip(self.wrt, gradients, self.directions, slopes):
            assert g.shape == d.shape, f"{self.op.name}: {what} for array {i} has shape {g.shape}, the array {d.shape}"
            np.testing.assert_allclose(
                np.sum(g * d), s, rtol=rtol, atol=atol * max(1.0, np.abs(g).max(initial=0)),
                err_msg=f"{self.op.name}: {what} for array {i} along a direction, against finite differences",
            )

    # -- the checks --------------------------------------------------------------------------------------------------

    def check_value(self, ref: Any) -> None:
        outs = self.run(self.arrays)
        expected = ref(*self.arrays) if callable(ref) else ref
        if ref is not None:
            several = isinstance(expected, tuple) or (isinstance(expected, list) and len(outs) > 1)
            expected = list(expected) if several else [expected]
            assert len(outs) == len(expected), f"{self.op.name} gave {len(outs)} outputs, expected {len(expected)}"
            for out, e in zip(outs, expected):
                assert out.shape == np.shape(e), f"{self.op.name} gave shape {out.shape}, expected {np.shape(e)}"
                np.testing.assert_allclose(out, e, **tolerance_of(np.float64), err_msg=self.op.name)

    def check_first(self) -> None:
        loss = self.loss_of()
        gradients = self.gradients(self.point, loss)
        slopes = self.slopes(lambda values: float(loss(*map(self.tensor, values))))
        self.compare(gradients, slopes, 1, "the gradient")
        if self.op.fast_forward is not None:
            fast, self.op.fast_forward = self.op.fast_forward, None
            try:
                plain = self.gradients(self.point, loss)
            finally:
                self.op.fast_forward = fast
            for a, b in zip(gradients, plain):
                np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10, err_msg=f"{self.op.name}: fast against plain")

    def check_second(self) -> None:
        loss = self.loss_of()
        slopes = self.slopes(
            lambda values: sum(np.sum(g * u) for g, u in zip(self.gradients(values, loss), self.probes))
        )
        gradient = GradOperation(get_all=True)(loss)
        nested = GradOperation(get_all=True)(lambda *xs: self.probe(gradient(*xs)))(*map(self.tensor, self.point))
        self.compare([np.asarray(g) for g in nested], slopes, 2, "the gradient of the gradient")

        def linked(*xs: Tensor) -> list:
            head = loss(*xs)
            one = self.tensor(np.ones((), head.np_dtype))
            found = {} if head._node is None else tape.backward([(head._node, one)], linked=True, retain=True)
            return [found.get(x._node, self.tensor(np.zeros(x.shape))) for x in xs]

        first = self.gradients(self.point, loss)
        for how, take in (("create_graph", linked), ("a grad network under recording", gradient)):
            xs = [self.tensor(v) for v in self.point]
            for x in xs:
                x.attach_grad()
            with recording_scope(True):
                gs = take(*xs)
                scalar = self.probe(gs)
            for g, g1 in zip(gs, first):
                np.testing.assert_allclose(
                    np.asarray(g), g1, rtol=1e-8, atol=1e-10,
                    err_msg=f"{self.op.name}: the linked gradient ({how}) against the raw one",
                )
            if scalar._node is not None:
                scalar.backward()
            self.compare([np.asarray(x.grad) for x in xs], slopes, 2, f"the second derivative by {how}")

    def check_symbol(self, infer: bool) -> None:
        """The graph of the operator, written and read, gives its value; its shapes are those inferred."""
        names = [f"array{i}" for i in range(len(self.arrays))]
        graph = self.op(*map(mx.sym.Variable, names), **self.attrs)
        graph = mx.sym.Group(list(graph)) if isinstance(graph, tuple) else graph
        again = mx.sym.load_json(graph.tojson())
        expected = self.run(self.arrays)
        given = {n: mx.nd.array(a, dtype=a.dtype) for n, a in zip(names, self.arrays)}
        outs = again.eval(ctx=mx.cpu(), **{n: given[n] for n in again.list_arguments()})
        assert len(outs) == len(expected), f"{self.op.name}: the symbol gave {len(outs)} outputs, not {len(expected)}"
        for out, e in zip(outs, expected):
            np.testing.assert_allclose(out.asnumpy(), e, rtol=1e-10, atol=1e-12, err_msg=f"{self.op.name} as a symbol")
        if not infer:
            return
        inferred = again.infer_shape(**{n: given[n].shape for n in again.list_arguments()})[1]
        assert inferred == [e.shape for e in expected], (
            f"{self.op.name}: the inferred shapes are {inferred}, the real ones {[e.shape for e in expected]}"
        )

    def check_precision(self, dtype: str, factor: float) -> None:
        low = [a.astype(dtype) if i in self.floats else a for i, a in enumerate(self.arrays)]
        exact = [a.astype(np.float64) if i in self.floats else a for i, a in enumerate(low)]
        outs, expected = self.run(low), self.run(exact)
        loss, exact_loss = self.loss_of(arrays=low), self.loss_of(arrays=exact)
        if self.wrt:
            outs += self.gradients([low[i] for i in self.wrt], loss)
            expected += self.gradients([exact[i] for i in self.wrt], exact_loss)
        for out, e in zip(outs, expected):
            wanted = np.dtype(dtype) if e.dtype == np.float64 and self.floats else e.dtype
            assert out.dtype == wanted, f"{self.op.name} of {dtype} gave {out.dtype}, expected {wanted}"
            bound = tolerance_of(wanted)
            scale = max(1.0, np.abs(e[np.isfinite(e)]).max(initial=0)) if e.dtype.kind == "f" else 1.0
            np.testing.assert_allclose(
                out, e, rtol=bound["rtol"] * factor, atol=bound["atol"] * scale * factor,
                err_msg=f"{self.op.name} in {dtype} against float64",
            )
