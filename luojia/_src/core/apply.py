"""The application of operators to Tensors: compute, and record on the tape if need be.

Everything that runs on Tensors goes through ``apply``: an operator's call, the backward of a node, a compiled network.
``binary`` and ``unary`` are ``apply`` with its common case written out, for Python's operators.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.bfloat16 import has_bfloat16
from ..engine.devices import current_context
from ..engine.kernels import halves
from ..engine.namespace import OPERATORS
from ..engine.numpy_engine import ENGINE as NUMPY
from ..engine.shortcuts import matmul
from ..errors import DeviceError, DTypeError
from . import tape
from .coerce import coerce
from .conjugate import conjugated
from .failed import REFUSALS, failed
from .frame import tracing
from .tape import ALIGNED, UNREAD, Leaf, Node, RichNode, next_id, now_recording, state
from .tensor import Tensor, wrap
from .widened import HALF, LEAST, narrowed, takes, widened

if TYPE_CHECKING:
    from .op import Operator

_ndarray = np.ndarray
_new = object.__new__
_SMALL = 4096  # bytes; smaller arrays are kept on the tape without asking whether the rule reads them
_SINGLE = np.dtype("float32")
_DOUBLE = np.dtype("float64")
_INTEGRAL = {"b", "i", "u"}
_NARROWED = (np.dtype("float64"), np.dtype("float16"))  # what NumPy makes of integers; both doors say float32
_FLOATS = (*_NARROWED, np.dtype("float32"))  # and what XLA makes of them


class Spec:
    """Shape and dtype of an argument whose values its rule does not read."""

    __slots__ = ("shape", "dtype", "ndim")
    _spec = True

    def __init__(self, array: Any) -> None:
        self.shape = array.shape
        self.dtype = array.dtype
        self.ndim = len(array.shape)

    @classmethod
    def of(cls, shape: tuple[int, ...], dtype: Any) -> Spec:
        """That of an array of this shape and dtype."""
        spec = _new(cls)
        spec.shape, spec.dtype, spec.ndim = shape, dtype, len(shape)
        return spec


def apply(op: Operator, inputs: Any, attrs: dict) -> Any:
    """Run ``op`` on Tensors (Python scalars, None and raw arrays among them are constants); record if need be.

    The result's class is that of the first input that is not a parameter, else the parameter's.
    """
    values: list[Any] = []
    parents: list[Any] = []
    device: Any = None
    cls: Any = None
    dtype: Any = None
    leafy = True
    linked = odd = weak = raw = twisted = False
    for t in inputs:
        if isinstance(t, Tensor):
            v = t._value
            values.append(v)
            if device is None:
                device = t._device
                dtype = v.dtype
            else:
                if t._device is not device:
                    return apply(op, on_one_host(op.name, device, inputs), attrs)
                if v.dtype is not dtype and v.dtype != dtype:
                    odd = True
                    twisted = twisted or v.dtype.kind == "c"
            node = t._node
            parents.append(node)
            if leafy:
                if t._role or node.__class__ is Leaf:
                    if cls is None:
                        cls = t._result_class
                else:
                    cls = t._result_class
                    leafy = False
            if node is not None:
                linked = True
            continue
        parents.append(None)
        if t is None:
            values.append(t)
        elif t.__class__ is float or t.__class__ is int:
            values.append(t)
            weak = True
        elif isinstance(t, (int, float, complex, np.generic)):
            values.append(t)
            odd = odd or op.elementwise
            raw = True
        elif hasattr(t, "_luojia_apply"):
            return t._luojia_apply(op, inputs, attrs)
        else:
            values.append(t if hasattr(t, "aval") else np.asarray(t))  # JAX's arrays and tracers as they are
            odd = raw = True
    if device is None:
        return _apply_to_constants(op, inputs, attrs)
    if op.elementwise and (odd or weak and dtype.kind != "f"):  # a number does not change floats
        mended = cls._coerce(op, inputs)
        if mended is not None:
            return apply(op, mended, attrs)
    engine = device._engine or device.engine
    if not engine.direct and (state.frame is not None or any(map(engine.is_traced, values))):
        if state.frame is not None:
            state.frame.see(inputs)
        else:  # another thread traces what it shares with this one
            with tracing:
                pass
        values = [t._value if isinstance(t, Tensor) else v for t, v in zip(inputs, values)]
        parents = [t._node if isinstance(t, Tensor) else None for t in inputs]
    recorded = linked and op.differentiable and now_recording()
    saved = None
    kind = dtype.kind
    half = dtype is HALF and engine is NUMPY and takes(op, values)
    if engine is NUMPY and (kind == "f" or recorded and op.fast_forward is not None and not has_bfloat16(values)):
        inside = widened(op, values) if half else values
        try:
            if recorded and op.fast_forward is not None:
                ans, saved = op.fast_forward([p is not None for p in parents], *inside, **attrs)
            else:
                ans = op.fn(NUMPY.xp, *inside, **attrs)
        except REFUSALS as e:
            raise failed(op, values, e) from e
        if ans.__class__ is not _ndarray:
            ans = tuple([np.asarray(a) for a in ans]) if isinstance(ans, (tuple, list)) else np.asarray(ans)
        if inside is not values:
            ans = narrowed(ans, attrs)
    elif recorded and op.rule is None and not engine.direct and state.frame is not None:
        found = linearize(engine.run_linked, op, values, attrs, [p is not None for p in parents])
        ans, saved = found or (compute(engine, op, values, attrs), None)
    elif recorded and engine is NUMPY and has_bfloat16(values):
        ans, saved = linearize(NUMPY.run_bfloat16, op, values, attrs, [p is not None for p in parents])
    else:
        ans = compute(engine, op, values, attrs)
        if cls._keeps_integers is not None and op.pointwise and dtype.kind in "iu":
            ans = cls._keeps_integers(engine, op, values, ans)
    if (odd or weak) and isinstance(ans, _ndarray) and ans.dtype == _DOUBLE and dtype != _DOUBLE:
        ans = _undoubled(values, ans, attrs)
    if recorded:
        if kind == "c" or twisted or raw and any([hasattr(v, "dtype") and v.dtype.kind == "c" for v in values]):
            made: Any = conjugated(op)
        else:
            made = op.widened if half else op
        if not op.keep_args:
            values = [v if v is None or getattr(v, "nbytes", 0) < _SMALL else Spec(v) for v in values]
        if ans.__class__ is tuple:
            node = RichNode(made, attrs, tuple(parents), tuple(values), ans, device, saved=saved)
            return tuple([wrap(cls, a, device, tape.select(node, i, a)) for i, a in enumerate(ans)])
        kept = ans if op.keep_ans else None  # where a fast path saved all it reads, a linked pass runs the rule
        if saved is None:
            node = _new(Node)  # its __init__, written out
            node.id = next_id()
            node.op, node.attrs, node.parents, node.args = made, attrs, tuple(parents), tuple(values)
            node.ans, node.device = kept, device
            return wrap(cls, ans, device, node)
        return wrap(cls, ans, device, RichNode(made, attrs, tuple(parents), tuple(values), kept, device, saved=saved))
    if linked and not op.differentiable and cls._keeps_stops and now_recording():
        made = tuple(parents)
        if ans.__class__ is tuple:
            return tuple([wrap(cls, a, device, tape.stopped(made, device)) for a in ans])
        return wrap(cls, ans, device, tape.stopped(made, device))
    if ans.__class__ is tuple:
        return tuple([wrap(cls, a, device) for a in ans])
    return wrap(cls, ans, device)


def compute(engine: Any, op: Operator, values: list, attrs: dict) -> Any:
    """``op`` on arrays, its failures told in terms of the operator."""
    try:
        ans = engine.run(op, values, attrs)
    except REFUSALS as e:
        inside = _inside(values) if isinstance(e, OverflowError) else None
        if inside is None:
            raise failed(op, values, e) from e
        return compute(engine, op, inside, attrs)
    narrowed = _NARROWED if engine.direct else _FLOATS
    if ans.__class__ is not tuple and ans.dtype in narrowed and op.differentiable and attrs.get("dtype") is None:
        kinds = {v.dtype.kind for v in values if hasattr(v, "dtype")}
        if kinds and kinds <= _INTEGRAL:
            if any(v.dtype.itemsize == 1 or v.dtype.kind == "u" for v in values if hasattr(v, "dtype")):
                # differences inside the operator would wrap, and NumPy computes in float16
                ans = engine.run(op, [v.astype("float32") if hasattr(v, "dtype") else v for v in values], attrs)
            return ans if ans.dtype == "float32" else ans.astype("float32")
    return ans


def _inside(values: list) -> list | None:
    """Numbers that are too large for the integers beside them as what remains of them there: 300 as 44 of UInt8."""
    dtypes = [v.dtype for v in values if hasattr(v, "dtype")]
    if len(set(dtypes)) != 1 or dtypes[0].kind not in "iu" or all(v.__class__ is not int for v in values):
        return None
    bits = 8 * dtypes[0].itemsize
    return [np.uint64(v % 2 ** bits).astype(dtypes[0]) if v.__class__ is int else v for v in values]


def _undoubled(values: list, ans: Any, attrs: dict) -> Any:
    """``ans``, which NumPy made float64 of single floats and integers, in the widest of the floats."""
    floats = {v.dtype for v in values if hasattr(v, "dtype") and v.dtype.kind == "f"}
    if not floats or _DOUBLE in floats or attrs.get("dtype") is not None:
        return ans
    return ans.astype(max(floats, key=lambda d: d.itemsize))


def linearize(run: Any, op: Operator, values: list, attrs: dict, needs: list) -> Any:
    """As ``compute``, with the pullback, by an engine's way of ``run_linked``."""
    try:
        return run(op, values, attrs, needs)
    except REFUSALS as e:
        raise failed(op, values, e) from e


def _apply_to_constants(op: Operator, inputs: Any, attrs: dict) -> Any:
    """Operators without Tensor inputs (creation, random draws, functions of scalars) compute on the default device."""
    for t in inputs:
        if isinstance(t, (list, tuple, str, dict, set)):
            raise DTypeError(
                f"{op.name} expects Tensors, got {type(t).__name__}; wrap it first, as in luojia.Tensor(...)."
            )
    device = current_context()
    if op.elementwise and float in map(type, inputs):  # beside a float Python's whole numbers are floats
        inputs = [float(t) if isinstance(t, int) else t for t in inputs]
    values = [t if t is None or hasattr(t, "aval") else default_precision(np.asarray(t)) for t in inputs]
    engine = device.engine
    values = [v if v is None else engine.put(v, device) for v in values]
    ans = compute(engine, op, values, attrs)
    if ans.__class__ is tuple:
        return tuple([wrap(Tensor, a, device) for a in ans])
    return wrap(Tensor, ans, device)


def default_precision(array: np.ndarray) -> np.ndarray:
    """Python floats are float32; arrays keep their dtype."""
    return array.astype(np.float32) if array.ndim == 0 and array.dtype == np.float64 else array


def on_one_host(name: str, device: Any, inputs: Any) -> list:
    """The inputs of an operator on ``device``: MXNet's arrays of several CPU contexts meet, as there."""
    found = []
    for t in inputs:
        if isinstance(t, Tensor) and t._device is not device:
            places = (device.device_type, t._device.device_type)
            if t._brought is None or not all([p.startswith("cpu") for p in places]):
                raise DeviceError(f"{name}: its arrays are on {device} and {t._device}; bring them together with "
                                  f"as_in_context({device}).")
            t = t._brought(device)
        found.append(t)
    return found


def fit(xp: Any, g: Any, primal: Any) -> Any:
    """``g`` summed over broadcast axes to the primal's shape, and cast to its dtype."""
    shape = primal.shape
    if g.shape != shape:
        lead = len(g.shape) - len(shape)
        axes = tuple(range(lead)) + tuple(
            [lead + i for i, n in enumerate(shape) if n == 1 and g.shape[lead + i] != 1]
        )
        if axes:
            if isinstance(g, Tensor):
                g = xp.sum(g, axis=axes, keepdims=True)
            else:
                g = (g if g.dtype is not HALF else halves.single(g)).sum(axis=axes, keepdims=True)
        if g.shape != shape:
            g = xp.reshape(g, shape) if isinstance(g, Tensor) else g.reshape(shape)
    dtype = primal.np_dtype if isinstance(primal, Tensor) else primal.dtype
    if isinstance(g, Tensor):
        return g if g.np_dtype == dtype else OPERATORS["cast"](g, dtype=dtype)
    if g.dtype != dtype:
        if g.dtype.kind == "c" and dtype.kind != "c":
            g = g.real
        g = halves.cast(g, dtype)
    return g


_DIRECT: dict[str, Callable] = {  # what an operator comes to on two arrays, or on one, without its own function
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "tanh": np.tanh, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "sqrt": np.sqrt,
    "matmul": matmul,
}  # fmt: skip
_ARITHMETIC = ("add", "subtract", "multiply", "divide")  # for which a number may stand as an array of no axes
_numbers: dict[Any, np.ndarray] = {}
shortcuts: list[tuple[Operator, Any]] = []  # the functions below with their operators; each has its ``fn`` in a cell


def _number(value: Any, dtype: np.dtype) -> Any:
    """A number as an array of no axes, which NumPy takes in half the time; made once."""
    key = (value, value.__class__, dtype)
    found = _numbers.get(key)
    if found is None:
        if not value or len(_numbers) > 1000:  # 0.0 and -0.0 are equal
            return value
        with np.errstate(all="ignore"):
            found = np.asarray(value).astype(dtype)
        if not np.isfinite(found):
            return value
        _numbers[key] = found
    return found


def binary(op: Operator, otherwise: Callable | None = None) -> Callable:
    """The Python operator ``x op y`` of two Tensors: ``apply``, with the common case written out.

    That case is two Tensors of one class, dtype and device, or a Tensor and a number of its kind, on NumPy.
    ``otherwise(x, y)`` takes all others.
    """
    attrs = op._defaults
    rest = otherwise or (lambda x, y: apply(op, (x, y), attrs))
    keep_args, keep_ans, differentiable = op.keep_args, op.keep_ans, op.differentiable
    fn = _DIRECT.get(op.name) or partial(op.fn, NUMPY.xp)
    arithmetic, elementwise = op.name in _ARITHMETIC, op.elementwise and not attrs  # ALIGNED has no attributes

    def method(self: Tensor, other: Any) -> Any:
        x = self._value
        cls = self.__class__
        if x.__class__ is _ndarray and cls._result_class is cls:
            dtype = x.dtype
            kind = other.__class__
            node_y = None
            number = False
            if kind is cls:
                y = by = other._value
                node_y = other._node
                plain = y.__class__ is _ndarray and y.dtype is dtype and other._device is self._device
            elif isinstance(other, Tensor) and self._node.__class__ is not Leaf:
                y = by = other._value
                node_y = other._node
                plain = y.__class__ is _ndarray and y.dtype is dtype and other._device is self._device
                if elementwise and plain and y.size == 1 and 0 < y.ndim <= x.ndim:
                    by = y.reshape(())  # a parameter of one number: NumPy takes half the time where it has no axes
            else:
                y = by = other
                plain = number = kind is float or kind is int
            if plain and (dtype is _SINGLE or dtype.kind == "f" and (dtype is not HALF or x.size < LEAST)):
                try:
                    ans = fn(x, _number(y, dtype) if arithmetic and number else by)
                except (ValueError, TypeError, AttributeError):
                    return rest(self, other)  # which says what does not fit
                if ans.__class__ is not _ndarray:
                    ans = np.asarray(ans)
                out = _new(cls)
                out._value = ans
                out._device = device = self._device
                node_x = self._node
                if (node_x is not None or node_y is not None) and differentiable and now_recording():
                    aligned = elementwise and (number or x.shape == y.shape)
                    unread = not keep_args and aligned and node_x is not None and node_y is not None
                    if not keep_args and not unread and ans.nbytes > _SMALL:  # else neither x nor y is larger
                        if x.nbytes > _SMALL:
                            x = Spec(x)
                        if not number and y.nbytes > _SMALL:
                            y = Spec(y)
                    out._node = node = _new(Node)  # its __init__, written out
                    node.id = next_id()
                    node.op = op
                    node.attrs = ALIGNED if aligned else attrs
                    node.parents = (node_x, node_y)
                    node.args = UNREAD if unread else (x, y)
                    node.ans = ans if keep_ans else None
                    node.device = device
                else:
                    out._node = None
                return out
        return rest(self, other)

    shortcuts.append((op, method))
    if differentiable:
        return method

    def compared(self: Tensor, other: Any) -> Any:
        return (rest if self._keeps_stops and now_recording() else method)(self, other)

    return compared


def reflected(op: Operator, otherwise: Callable | None = None) -> Callable:
    """The Python operator ``y op x`` of a number, or of what is no Tensor, and a Tensor; ``otherwise(x, y)`` takes
    what is no number."""
    attrs = op._defaults
    rest = otherwise or (lambda x, y: apply(op, (y, x), attrs))
    keep_args, keep_ans, differentiable = op.keep_args, op.keep_ans, op.differentiable
    fn = _DIRECT.get(op.name) or partial(op.fn, NUMPY.xp)
    arithmetic = op.name in _ARITHMETIC
    kept = ALIGNED if op.elementwise and not attrs else attrs

    def method(self: Tensor, other: Any) -> Any:
        y = self._value
        cls = self.__class__
        if (
            (other.__class__ is float or other.__class__ is int)
            and arithmetic
            and y.__class__ is _ndarray
            and cls._result_class is cls
            and (y.dtype is _SINGLE or y.dtype.kind == "f" and (y.dtype is not HALF or y.size < LEAST))
        ):
            ans = fn(_number(other, y.dtype), y)
            if ans.__class__ is not _ndarray:
                ans = np.asarray(ans)
            node = self._node
            if node is not None and differentiable and now_recording():
                if not keep_args and y.nbytes > _SMALL:
                    y = Spec(y)
                node = Node(op, kept, (None, node), (other, y), ans if keep_ans else None, self._device)
            else:
                node = None
            return wrap(cls, ans, self._device, node)
        return rest(self, other)

    shortcuts.append((op, method))
    return method


def unary(op: Operator) -> Callable:
    """``op`` of one Tensor and no attributes: ``apply``, with the common case written out."""
    keep_args, keep_ans = op.keep_args, op.keep_ans
    fn = _DIRECT.get(op.name) or partial(op.fn, NUMPY.xp)
    single, bare, ufunc = op.outputs == 1, not op._defaults, op.name in _DIRECT
    fast = op.fast_forward is not None or not op.differentiable  # what is recorded goes by apply

    def method(self: Tensor) -> Any:
        x = self._value
        cls = self.__class__
        if single and x.__class__ is _ndarray and cls._result_class is cls:
            node = self._node
            recorded = node is not None and now_recording()
            dtype = x.dtype
            if recorded and fast or dtype is HALF and x.size >= LEAST:
                return apply(op, (self,), op._defaults)
            try:
                ans = fn(x)
            except (ValueError, TypeError):
                return apply(op, (self,), op._defaults)  # which says what does not fit
            if ans.__class__ is not _ndarray:
                ans = np.asarray(ans)
            if ans.dtype is not dtype and dtype.kind in _INTEGRAL:
                return apply(op, (self,), op._defaults)  # a float result of integers is float32
            out = _new(cls)
            out._value = ans
            out._device = device = self._device
            if recorded:
                if dtype.kind == "c":
                    return apply(op, (self,), op._defaults)
                if not keep_args and x.nbytes > _SMALL:
                    x = Spec(x)
                out._node = made = _new(Node)  # its __init__, written out
                made.id = next_id()
                made.op = op
                aligned = bare and ans.dtype is dtype and (ufunc or ans.shape == x.shape)
                made.attrs = ALIGNED if aligned else op._defaults
                made.parents = (node,)
                made.args = (x,)
                made.ans = ans if keep_ans else None
                made.device = device
            else:
                out._node = None
            return out
        return apply(op, (self,), op._defaults)

    shortcuts.append((op, method))
    return method


Tensor._coerce = staticmethod(coerce)
