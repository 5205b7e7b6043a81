"""Operators: one definition each, and the application that runs them on Tensors.

An operator is a pure function ``fn(xp, *arrays, **attrs)`` of an engine's namespace and arrays::

    @op("LogSoftmax(axis=-1)(logits)", mx="log_softmax(data, axis=-1)")
    def log_softmax(xp, x, *, axis=-1):
        s = x - xp.max(x, axis=axis, keepdims=True)
        return s - xp.log(xp.sum(xp.exp(s), axis=axis, keepdims=True))

Positional parameters are arrays (``None`` as default: optional; ``*xs``: any number), keyword parameters attributes.
Without a rule of its own the engine differentiates it. ``@log_softmax.vjp`` adds a rule::

    @log_softmax.vjp(keep="ans")
    def _(xp, g, ans, args, needs, *, axis):
        return (g - xp.exp(ans) * xp.sum(g, axis=axis, keepdims=True),)

which returns one cotangent or None per argument and is itself written in ``xp``: for a gradient of a gradient it is
called with Tensors, linked to the tape, and an ``xp`` that records.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.namespace import Namespace
from ..engine.numpy_engine import ENGINE as NUMPY
from ..errors import ArgumentError, DeviceError, DTypeError, MXNetError, NotSupportedError, ShapeError
from . import tape
from .dtypes import promote, scalar_dtype
from .tape import Leaf, Node, RichNode, state
from .tensor import Tensor, wrap

OPERATORS: dict[str, Operator] = {}
Namespace.operators = OPERATORS
_NO_ATTRS: dict[str, Any] = {}
_ndarray = np.ndarray
_new = object.__new__
_SMALL = 4096  # bytes; smaller arrays are kept on the tape without asking whether the rule reads them


class Spec:
    """Shape and dtype of an argument whose values its rule does not read."""

    __slots__ = ("shape", "dtype", "ndim")
    _spec = True

    def __init__(self, array: Any) -> None:
        self.shape = array.shape
        self.dtype = array.dtype
        self.ndim = len(array.shape)


class Operator:
    """A function of arrays that applies to Tensors, Symbols and inside other operators' rules.

    Calling it takes the arrays, then the attributes in order of definition or by name.
    """

    run: Callable | None = None  # of a node that runs a function of Tensors instead: see symbol_calls.py

    def __init__(
        self,
        fn: Callable,
        name: str,
        *,
        outputs: int | Callable = 1,
        elementwise: bool = False,
        differentiable: bool = True,
        aux: tuple[str, ...] = (),
        loss: bool = False,
        faces: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.fn = fn
        self.name = self.__name__ = name
        self.__doc__ = fn.__doc__
        self.__module__ = fn.__module__
        self.outputs = outputs
        self.elementwise = elementwise  # broadcasts its arrays and promotes their dtypes
        self.differentiable = differentiable
        self.aux = aux  # inputs that the operator renews; its last outputs are their new values (see ambient.py)
        self.loss = loss  # its gradient asks for no head gradient
        self.faces = faces or {}
        self.rule: Any = None
        self.direct_rule: Any = None  # the rule, where the tape may call it with arrays by itself
        self.fast_forward: Any = None
        self.fast_backward: Any = None
        self.complete_rule: Callable | None = None
        self.shape_rule: Callable | None = None
        self.keep_args = self.keep_ans = True
        self._derived: dict[Any, Operator] = {}
        parameters = list(inspect.signature(fn).parameters.values())[1:]
        self.signature = inspect.Signature(parameters)
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.inputs = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        self.optional = {p.name for p in parameters if p.default is None and p.kind is p.POSITIONAL_OR_KEYWORD}
        self.required = sum(1 for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty)
        self.attrs = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
        self._defaults = {k: v for k, v in self.attrs.items() if v is not inspect.Parameter.empty}

    # -- rules -----------------------------------------------------------------------------------------------------

    def vjp(self, rule: Callable | None = None, *, keep: str = "args ans") -> Any:
        """Register the operator's own derivative rule; ``keep`` names what it reads of "args" and "ans"."""
        if rule is None:
            return lambda rule: self.vjp(rule, keep=keep)
        self.rule = rule
        self.direct_rule = rule if self.outputs == 1 else None
        self.keep_args = "args" in keep
        self.keep_ans = "ans" in keep
        return self

    def fast(self, forward: Callable) -> Callable:
        """Register NumPy's first-order path: ``forward(needs, *arrays, **attrs) -> (ans, saved)``."""
        self.fast_forward = forward
        return forward

    def fast_vjp(self, backward: Callable) -> Callable:
        """Register the pullback of ``fast``: ``backward(saved, g, args, needs, **attrs)`` -> one cotangent per arg."""
        self.fast_backward = backward
        return backward

    def complete(self, rule: Callable) -> Callable:
        """Register ``rule(shapes, out, **attrs) -> shapes``: fill in the input shapes that others determine.

        ``shapes`` holds a tuple or None per array argument, ``out`` the output's shape or None.
        """
        self.complete_rule = rule
        return rule

    def shape(self, rule: Callable) -> Callable:
        """Register ``rule(shapes, **attrs) -> output shape(s)``, where running on zeros would cost too much."""
        self.shape_rule = rule
        return rule

    # -- application -----------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.variadic:
            if args and isinstance(args[0], (list, tuple)):
                args, rest = tuple(args[0]), args[1:]
            else:
                rest = ()
        else:
            n = len(self.inputs)
            if len(args) > n:
                args, rest = args[:n], args[n:]
            else:
                rest = ()
                if len(args) < n:
                    args = self._fill(args, kwargs)
        if not self.attrs:
            if kwargs or rest:
                raise self._bad_attrs(kwargs, rest)
            return apply(self, args, _NO_ATTRS)
        if rest:
            by_place = dict(zip(self.attrs, rest))
            if len(rest) > len(self.attrs) or not by_place.keys().isdisjoint(kwargs):
                raise self._bad_attrs(kwargs, rest)
            kwargs = {**by_place, **kwargs}
        attrs = {**self._defaults, **kwargs} if kwargs else self._defaults
        if len(attrs) != len(self.attrs) or attrs.keys() != self.attrs.keys():
            raise self._bad_attrs(kwargs, rest)
        return apply(self, args, attrs)

    def _fill(self, args: tuple, kwargs: dict) -> tuple:
        """Arrays passed by name, and None for the optional ones that are absent."""
        filled = list(args)
        for name in self.inputs[len(args) :]:
            if name in kwargs:
                filled.append(kwargs.pop(name))
            elif name in self.optional:
                filled.append(None)
            else:
                raise TypeError(f"{self.name}() misses the array {name!r}; its signature is {self.signature}.")
        return tuple(filled)

    def _bad_attrs(self, kwargs: dict, rest: tuple) -> TypeError:
        by_place = dict(zip(self.attrs, rest))
        given = {**by_place, **kwargs}
        unknown = [k for k in given if k not in self.attrs]
        twice = [k for k in by_place if k in kwargs]
        missing = [k for k in self.attrs if k not in self._defaults and k not in given]
        what = (
            f"has no attribute {unknown[0]!r}" if unknown
            else f"got {twice[0]!r} twice, by position and by name" if twice
            else f"misses {missing}" if missing
            else f"got {len(rest) - len(self.attrs)} argument(s) too many"
        )
        return TypeError(f"{self.name}() {what}; its signature is {self.signature}.")

    def __repr__(self) -> str:
        return f"<operator {self.name}{self.signature}>"

    def __reduce__(self):
        return _operator, (self.name,)

    def __deepcopy__(self, memo):
        return self

    # -- the backward pass -----------------------------------------------------------------------------------------

    def pull(self, node: Node, g: Any, needs: tuple, linked: bool) -> Any:
        """The cotangents of the node's inputs for the cotangent ``g`` of its output."""
        if linked:
            return self._pull_linked(node, g, needs)
        args = node.args
        engine = node.device._engine
        if g.__class__ is list:
            g = tuple([engine.zeros_like(a) if gi is None else gi for gi, a in zip(g, node.ans)])
        if node.__class__ is RichNode and node.saved is not None:
            gs = self.fast_backward(node.saved, g, args, needs, **node.attrs)
        elif self.rule is not None:
            gs = engine.pull(self, g, node.ans, args, needs, node.attrs)
        else:
            gs = tuple(self._differentiate(engine, g, args, needs, node.attrs))
        if gs.__class__ is not tuple:
            gs = (gs,)
        return [
            fit(engine.xp, gi, a) if need and gi is not None else None for gi, a, need in zip(gs, args, needs)
        ]

    def _pull_linked(self, node: Node, g: Any, needs: tuple) -> Any:
        device = node.device
        args = [
            wrap(Tensor, a, device, p) if a is not None and hasattr(a, "dtype") and not isinstance(a, Spec) else a
            for a, p in zip(node.args, node.parents)
        ]
        if g.__class__ is list:
            zeros = device.engine.zeros_like
            g = tuple([wrap(Tensor, zeros(a), device) if gi is None else gi for gi, a in zip(g, node.ans)])
            ans = tuple([wrap(Tensor, a, device, tape.select(node, i, a)) for i, a in enumerate(node.ans)])
        else:
            ans = wrap(Tensor, node.ans, device, node) if node.ans is not None else None
        if self.rule is not None:
            with device:  # where the rule creates arrays
                gs = self.rule(TENSORS, g, ans, args, needs, **node.attrs)
        else:
            gs = [
                self._derivative(i)(*(g if isinstance(g, tuple) else (g,)), *args, **node.attrs)
                if need and np.dtype(node.args[i].dtype).kind in "fcV" else None
                for i, need in enumerate(needs)
            ]
        if not isinstance(gs, (tuple, list)):
            gs = (gs,)
        return [fit(TENSORS, gi, a) if need and gi is not None else None for gi, a, need in zip(gs, args, needs)]

    def _differentiate(self, engine: Any, g: Any, args: tuple, needs: tuple, attrs: dict) -> list:
        """Cotangents through the engine's own differentiation."""
        wanted = [i for i, need in enumerate(needs) if need and np.dtype(args[i].dtype).kind in "fcV"]
        if not wanted:
            return [None] * len(args)

        def scalar_product(xp: Any, *free: Any) -> Any:
            full = list(args)
            for i, x in zip(wanted, free):
                full[i] = x
            return _against(xp, self.fn(xp, *full, **attrs), g)

        ans, pullback = engine.vjp(scalar_product, *[args[i] for i in wanted])
        gs = dict(zip(wanted, pullback(np.ones((), ans.dtype))))
        return [gs.get(i) for i in range(len(args))]

    def _derivative(self, index: int) -> Operator:
        """The operator (g, *args) -> cotangent of argument ``index``, which is differentiable in turn."""
        if index not in self._derived:
            base = self

            def fn(xp: Any, *operands: Any, **attrs: Any) -> Any:
                arity = len(operands) - base.count_outputs(**attrs)
                gs, args = operands[: len(operands) - arity], list(operands[len(operands) - arity :])

                def scalar_product(xp: Any, free: Any) -> Any:
                    full = list(args)
                    full[index] = free
                    return _against(xp, base.fn(xp, *full, **attrs), gs[0] if len(gs) == 1 else gs)

                ans, pullback = xp.vjp(scalar_product, args[index])
                return pullback(xp.ones((), ans.dtype))[0]

            derived = Operator(fn, f"{self.name}_vjp{index}")
            derived.attrs, derived._defaults = self.attrs, self._defaults
            derived.variadic = True
            derived.inputs = ()
            self._derived[index] = derived
        return self._derived[index]

    @staticmethod
    def fit(g: Any, primal: Any) -> Any:
        """A cotangent array summed to its primal's shape and cast to its dtype."""
        return fit(None, g, primal)

    def count_outputs(self, **attrs: Any) -> int:
        """The number of outputs under these attributes."""
        return self.outputs if isinstance(self.outputs, int) else self.outputs(**attrs)


def _operator(name: str) -> Operator:
    return OPERATORS[name]


def _against(xp: Any, out: Any, g: Any) -> Any:
    """The scalar product of an output, or of several, with its cotangent."""
    if isinstance(out, (tuple, list)):
        total = 0.0
        for o, gi in zip(out, g):
            total = total + xp.sum(o * gi)
        return total
    return xp.sum(out * g)


def fit(xp: Any, g: Any, primal: Any) -> Any:
    """``g`` summed over broadcast axes to the primal's shape, and cast to its dtype."""
    shape = primal.shape
    if g.shape != shape:
        lead = len(g.shape) - len(shape)
        axes = tuple(range(lead)) + tuple(
            [lead + i for i, n in enumerate(shape) if n == 1 and g.shape[lead + i] != 1]
        )
        if axes:
            g = xp.sum(g, axis=axes, keepdims=True) if isinstance(g, Tensor) else g.sum(axis=axes, keepdims=True)
        if g.shape != shape:
            g = xp.reshape(g, shape) if isinstance(g, Tensor) else g.reshape(shape)
    dtype = primal.np_dtype if isinstance(primal, Tensor) else primal.dtype
    if isinstance(g, Tensor):
        return g if g.np_dtype == dtype else OPERATORS["cast"](g, dtype=dtype)
    if g.dtype != dtype:
        if g.dtype.kind == "c" and dtype.kind != "c":
            g = g.real
        g = g.astype(dtype)
    return g


def binary(op: Operator, otherwise: Callable | None = None) -> Callable:
    """The Python operator ``x op y`` of two Tensors: ``apply``, with the common case written out.

    That case is two Tensors of one class, dtype and device, or a Tensor and a number of its kind, on NumPy.
    ``otherwise(x, y)`` takes all others.
    """
    attrs = op._defaults
    rest = otherwise or (lambda x, y: apply(op, (x, y), attrs))
    fn, keep_args, keep_ans, differentiable = op.fn, op.keep_args, op.keep_ans, op.differentiable
    xp = NUMPY.xp

    def method(self: Tensor, other: Any) -> Any:
        x = self._value
        cls = self.__class__
        if x.__class__ is _ndarray and cls._result_class is cls:
            dtype = x.dtype
            kind = other.__class__
            if kind is cls:
                y = other._value
                node_y = other._node
                plain = y.__class__ is _ndarray and y.dtype is dtype and other._device is self._device
            else:
                y = other
                node_y = None
                plain = kind is float or kind is int
            if plain and dtype.kind == "f":
                try:
                    ans = fn(xp, x, y)
                except ValueError:
                    return apply(op, (self, other), attrs)  # which says what does not fit
                if ans.__class__ is not _ndarray:
                    ans = np.asarray(ans)
                out = _new(cls)
                out._value = ans
                out._device = device = self._device
                node_x = self._node
                if (node_x is not None or node_y is not None) and differentiable and state.recording:
                    if not keep_args:
                        if x.nbytes > _SMALL:
                            x = Spec(x)
                        if kind is cls and y.nbytes > _SMALL:
                            y = Spec(y)
                    out._node = Node(op, attrs, (node_x, node_y), (x, y), ans if keep_ans else None, device)
                else:
                    out._node = None
                return out
        return rest(self, other)

    return method


def unary(op: Operator) -> Callable:
    """``op`` of one Tensor and no attributes: ``apply``, with the common case written out."""
    fn, keep_args, keep_ans, differentiable = op.fn, op.keep_args, op.keep_ans, op.differentiable
    xp = NUMPY.xp
    plain = op.fast_forward is None and isinstance(op.outputs, int) and op.outputs == 1

    def method(self: Tensor) -> Any:
        x = self._value
        cls = self.__class__
        if plain and x.__class__ is _ndarray and cls._result_class is cls:
            try:
                ans = fn(xp, x)
            except (ValueError, TypeError):
                return apply(op, (self,), op._defaults)  # which says what does not fit
            if ans.__class__ is not _ndarray:
                ans = np.asarray(ans)
            out = _new(cls)
            out._value = ans
            out._device = device = self._device
            node = self._node
            if node is not None and differentiable and state.recording:
                if not keep_args and x.nbytes > _SMALL:
                    x = Spec(x)
                out._node = Node(op, op._defaults, (node,), (x,), ans if keep_ans else None, device)
            else:
                out._node = None
            return out
        return apply(op, (self,), op._defaults)

    return method


def apply(op: Operator, inputs: Any, attrs: dict) -> Any:
    """Run ``op`` on Tensors (Python scalars, None and raw arrays among them are constants); record if need be.

    The result's class is that of the first input that is not a parameter, else the parameter's.
    """
    values = []
    device: Any = None
    cls: Any = None
    dtype: Any = None
    leafy = True
    linked = odd = False
    for t in inputs:
        if isinstance(t, Tensor):
            v = t._value
            values.append(v)
            if device is None:
                device = t._device
                dtype = v.dtype
            else:
                if t._device is not device:
                    raise mixed_devices(op.name, device, t._device)
                if v.dtype != dtype:
                    odd = True
            node = t._node
            if leafy:
                if t._role or node.__class__ is Leaf:
                    if cls is None:
                        cls = t._result_class
                else:
                    cls = t._result_class
                    leafy = False
            if node is not None:
                linked = True
        elif t is None or isinstance(t, (int, float, complex, np.generic)):
            values.append(t)
            if op.elementwise and t is not None:
                odd = True
        elif hasattr(t, "_luojia_apply"):
            return t._luojia_apply(op, inputs, attrs)
        else:
            values.append(np.asarray(t))
            odd = True
    if device is None:
        return _apply_to_constants(op, inputs, attrs)
    if odd and op.elementwise:
        mended = cls._coerce(op, inputs)
        if mended is not None:
            return apply(op, mended, attrs)
    engine = device._engine or device.engine
    if linked and op.differentiable and state.recording:
        saved = None
        if op.fast_forward is not None and engine.name == "numpy":
            needs = [isinstance(t, Tensor) and t._node is not None for t in inputs]
            try:
                ans, saved = op.fast_forward(needs, *values, **attrs)
            except (ValueError, TypeError) as e:
                raise failed(op, values, e) from e
            if ans.__class__ is not np.ndarray and not isinstance(ans, tuple):
                ans = np.asarray(ans)
        else:
            ans = compute(engine, op, values, attrs)
        parents = tuple([t._node if isinstance(t, Tensor) else None for t in inputs])
        if not op.keep_args:
            values = [v if v is None or getattr(v, "nbytes", 0) < _SMALL else Spec(v) for v in values]
        if ans.__class__ is tuple:
            node = RichNode(op, attrs, parents, tuple(values), ans, device, saved=saved)
            return tuple([wrap(cls, a, device, tape.select(node, i, a)) for i, a in enumerate(ans)])
        if saved is not None:
            kept = ans if op.keep_ans else None  # a linked pass runs the rule, which may read it
            return wrap(cls, ans, device, RichNode(op, attrs, parents, tuple(values), kept, device, saved=saved))
        return wrap(cls, ans, device, Node(op, attrs, parents, tuple(values), ans if op.keep_ans else None, device))
    ans = compute(engine, op, values, attrs)
    if ans.__class__ is tuple:
        return tuple([wrap(cls, a, device) for a in ans])
    return wrap(cls, ans, device)


def compute(engine: Any, op: Operator, values: list, attrs: dict) -> Any:
    """``op`` on arrays, its failures told in terms of the operator."""
    try:
        return engine.run(op, values, attrs)
    except (ValueError, TypeError, OverflowError) as e:
        raise failed(op, values, e) from e


def failed(op: Operator, values: list, e: Exception) -> Exception:
    """The error of an operator that NumPy or XLA refused: of the doors' types, with the operator and what it got."""
    if isinstance(e, MXNetError):
        return e
    got = ", ".join(
        f"{tuple(v.shape)} {v.dtype}" if hasattr(v, "shape") and hasattr(v, "dtype") else repr(v) for v in values
    )
    shapes = isinstance(e, ValueError) or "shape" in str(e)  # JAX tells of shapes by TypeError
    kind = ShapeError if shapes else DTypeError if isinstance(e, TypeError) else ArgumentError
    return kind(f"{op.name}: {e}; it was applied to ({got}).")


def _apply_to_constants(op: Operator, inputs: Any, attrs: dict) -> Any:
    """Operators without Tensor inputs (creation, random draws, functions of scalars) compute on the default device."""
    from ..engine.devices import current_context

    for t in inputs:
        if isinstance(t, (list, tuple, str, dict, set)):
            raise DTypeError(
                f"{op.name} expects Tensors, got {type(t).__name__}; wrap it first, as in luojia.Tensor(...)."
            )
    device = current_context()
    values = [t if t is None else np.asarray(t) for t in inputs]
    engine = device.engine
    values = [v if v is None else engine.put(default_precision(v), device) for v in values]
    ans = compute(engine, op, values, attrs)
    if ans.__class__ is tuple:
        return tuple([wrap(Tensor, a, device) for a in ans])
    return wrap(Tensor, ans, device)


def default_precision(array: np.ndarray) -> np.ndarray:
    """Python floats are float32; arrays keep their dtype."""
    return array.astype(np.float32) if array.ndim == 0 and array.dtype == np.float64 else array


def mixed_devices(name: str, a: Any, b: Any) -> DeviceError:
    return DeviceError(f"{name}: its arrays are on {a} and {b}; bring them together with as_in_context({a}).")


def coerce(op: Operator, inputs: Any) -> Any:
    """Bring the inputs of an elementwise operator to their common dtype; None where nothing is to be done.

    NumPy arrays count as Tensors. NumPy's scalars, and lists, are as Python's numbers: they do not widen a float.
    """
    dtype: Any = None
    weak: list[Any] = []
    for t in inputs:
        if isinstance(t, (Tensor, np.ndarray)):
            found = t.np_dtype if isinstance(t, Tensor) else t.dtype
            dtype = found if dtype is None else promote(dtype, found)
        elif t is not None:
            flat = np.asarray(t)
            if flat.dtype.kind not in "biufc":
                raise DTypeError(f"{op.name} expects Tensors and numbers, got {type(t).__name__}: {t!r}.")
            weak.append(flat.dtype.type(0).item())
    target = dtype
    for number in weak:
        target = promote(target, scalar_dtype(number, target))
    mended = tuple([_brought_to(target, t) for t in inputs])
    return None if all(m is t for m, t in zip(mended, inputs)) else mended


def _brought_to(dtype: np.dtype, t: Any) -> Any:
    if isinstance(t, Tensor):
        return t if t.np_dtype == dtype else OPERATORS["cast"](t, dtype=dtype)
    if isinstance(t, np.generic):
        return t.item()
    if isinstance(t, (list, tuple)):
        return np.asarray(t, dtype)
    return t.astype(dtype) if isinstance(t, np.ndarray) and t.dtype != dtype else t


Tensor._coerce = staticmethod(coerce)


class _TensorNamespace:
    """``xp`` for rules that run on Tensors: NumPy's names, each an operator that records.

    A NumPy function that is no operator of its own becomes one, differentiated by the engine.
    """

    __name__ = "luojia.xp.tensors"

    def __getattr__(self, name: str) -> Any:
        found = OPERATORS.get(name)
        if found is None:
            found = _constants.get(name) or _adopt(name)
        self.__dict__[name] = found
        return found


def _adopt(name: str) -> Callable:
    """An operator made of the engines' function ``name``, its array arguments being those given as Tensors."""

    def call(*args: Any, **kwargs: Any) -> Any:
        where = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        nested = [t for a in args if isinstance(a, (list, tuple)) for t in a]
        if any(isinstance(t, Tensor) for t in (*nested, *kwargs.values())):
            # NumPy would take the Tensors' values and so drop their links.
            raise NotSupportedError(f"xp.{name} of Tensors in a list, or by keyword, is no operator: define one.")
        if not where:
            return getattr(np, name)(*args, **kwargs)

        def fn(xp: Any, *arrays: Any) -> Any:
            full = list(args)
            for i, a in zip(where, arrays):
                full[i] = a
            return getattr(xp, name)(*full, **kwargs)

        return apply(Operator(fn, name), [args[i] for i in where], _NO_ATTRS)

    return call


def _constant(make: Callable) -> Callable:
    """Array creation from shapes: a constant Tensor on the default device."""

    def call(*args: Any, **kwargs: Any) -> Tensor:
        from ..engine.devices import current_context

        device = current_context()
        return wrap(Tensor, device.engine.put(make(*args, **kwargs), device), device)

    return call


_constants: dict[str, Any] = {
    **{name: _constant(getattr(np, name)) for name in ("zeros", "ones", "full", "arange", "eye")},
    **{name: getattr(np, name) for name in ("pi", "inf", "nan", "newaxis", "float32", "float64", "float16", "bool_",
                                            "int32", "int64", "dtype")},
}
TENSORS = _TensorNamespace()


def op(ms: str | tuple[str, ...] = (), *, fn: str | tuple[str, ...] = (), mx: str | tuple[str, ...] = (),
       **options: Any) -> Callable[[Callable], Operator]:
    """Define an operator from a pure function, and name its faces.

    ``ms``: MindSpore class faces, as ``"Softmax(axis=-1)(logits:x)"``; ``fn``: function faces, as
    ``"softmax(input:x, axis=-1)"``; ``mx``: MXNet faces, likewise. ``public:internal`` maps a public parameter name
    to the operator's. Without ``fn`` the operator's own name and signature are its function face.
    """

    def define(function: Callable) -> Operator:
        name = function.__name__.rstrip("_")
        if name in OPERATORS:
            raise ValueError(f"operator {name!r} is defined twice: in {OPERATORS[name].__module__} "
                             f"and {function.__module__}")
        faces = {kind: (spec,) if isinstance(spec, str) else tuple(spec)
                 for kind, spec in (("ms", ms), ("fn", fn), ("mx", mx))}
        OPERATORS[name] = found = Operator(function, name, faces=faces, **options)
        return found

    return define
