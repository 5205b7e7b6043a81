"""Operators: one definition each, from which all their faces come.

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

from ..engine import namespace
from ..engine.kernels.halves import half
from . import tape
from .apply import Spec, apply, fit
from .tape import ALIGNED, Node, RichNode
from .tensor import Tensor, wrap
from .tensor_namespace import TENSORS
from .widened import wide

OPERATORS: dict[str, Operator] = namespace.OPERATORS
_NO_ATTRS: dict[str, Any] = {}


class Operator:
    """A function of arrays that applies to Tensors, Symbols and inside other operators' rules.

    Calling it takes the arrays, then the attributes in order of definition or by name.
    """

    run: Callable | None = None  # of a node that runs a function of Tensors instead: see symbol_calls.py
    expand: Callable | None = None  # of an operator that stands for several, how to apply these: see chains.py
    lasting = True  # it outlives the nodes that it makes: see repeated.py
    rectified: Operator | None = None  # the operator that does this and a ReLU after it: see groups.py
    plain: Operator | None = None  # the operator that this is the rectified one of
    partial = False  # whether the rule was seen to give no gradient where one was wanted: that is zero

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
        collective: bool = False,
        half: str | None = None,
        faces: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.fn = fn
        self.name = self.__name__ = name
        self.__doc__ = fn.__doc__
        self.__module__ = fn.__module__
        self.outputs = outputs
        self.stems: tuple[str, ...] = ()  # what the names of a node's outputs end in, where it is the operator's own
        self.elementwise = elementwise  # broadcasts its arrays and promotes their dtypes
        self.pointwise = elementwise  # its rule is so in the cotangent, which may have leading axes
        self.differentiable = differentiable
        self.aux = aux  # inputs that the operator renews; its last outputs are their new values (see ambient.py)
        self.loss = loss  # its gradient asks for no head gradient
        self.collective = collective  # communicates with other processes, so it is compiled with them or not at all
        self.half = half  # how large arrays of float16 are computed, see widened.py; None: "wide" if it is pointwise
        self.faces = faces or {}
        self.rule: Any = None
        self.direct_rule: Any = None  # the rule, where the tape may call it with arrays by itself
        self.fast_forward: Any = None
        self.fast_backward: Any = None
        self.complete_rule: Callable | None = None
        self.shape_rule: Callable | None = None
        self.keep_args = self.keep_ans = True
        self._derived: dict[Any, Operator] = {}
        # What inspect.signature tells, in a twentieth of its time.
        code, defaults = fn.__code__, fn.__defaults__ or ()
        last = code.co_argcount + code.co_kwonlyargcount
        self.variadic = bool(code.co_flags & inspect.CO_VARARGS)
        self.inputs = code.co_varnames[1 : code.co_argcount]
        self.required = len(self.inputs) - len(defaults)
        self.optional = {n for n, v in zip(self.inputs[self.required :], defaults) if v is None}
        self._defaults = fn.__kwdefaults__ or {}
        missing = inspect.Parameter.empty
        self.attrs = {n: self._defaults.get(n, missing) for n in code.co_varnames[code.co_argcount : last]}

    @property
    def public(self) -> str:
        """Its name, or where no door has that, the first that one has; of a rectified one that of the plain one."""
        if self.plain is not None:
            return self.plain.public
        names = [face.partition("(")[0].strip() for kind in ("fn", "mx", "ms") for face in self.faces.get(kind, ())]
        return self.name if self.name in names or not names else names[0]

    @property
    def signature(self) -> inspect.Signature:
        """The arrays, then the attributes."""
        return inspect.Signature(list(inspect.signature(self.fn).parameters.values())[1:])

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
            saved: Any = node.saved
            gs: Any = saved(g) if callable(saved) else self.fast_backward(saved, g, args, needs, **node.attrs)
        elif self.rule is not None or not engine.direct:
            gs = engine.pull(self, g, node.ans, args, needs, node.attrs)
        else:
            gs = tuple(self._differentiate(engine, g, args, needs, node.attrs))
        if gs.__class__ is not tuple:
            gs = (gs,)
        if node.attrs is ALIGNED:
            return [gi if need else None for gi, need in zip(gs, needs)]
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
        if node.attrs is ALIGNED:
            return [gi if need else None for gi, need in zip(gs, needs)]
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

    @property
    def widened(self) -> Operator:
        """What stands for it in a node with large arrays of float16; itself, where its rule reads no arrays."""
        if not self.keep_args and not self.keep_ans and self.fast_forward is None and self.rule is not None:
            return self
        found = self._derived.get("widened")
        if found is None:
            found = self._derived["widened"] = Widened(self)
        return found

    @staticmethod
    def fit(g: Any, primal: Any) -> Any:
        """A cotangent array summed to its primal's shape and cast to its dtype."""
        return fit(None, g, primal)

    def count_outputs(self, **attrs: Any) -> int:
        """The number of outputs under these attributes."""
        return self.outputs if isinstance(self.outputs, int) else self.outputs(**attrs)


class Widened(Operator):
    """What stands for an operator in a node with large arrays of float16: its rule computes in float32."""

    def __init__(self, base: Operator) -> None:
        self.__dict__.update(base.__dict__)
        self.base = base
        self.direct_rule = self.fast_backward = None  # so that a backward pass calls ``pull``

    def pull(self, node: Node, g: Any, needs: tuple, linked: bool) -> Any:
        if linked:
            return self.base.pull(node, g, needs, linked)
        within = RichNode(self.base, node.attrs, (), wide(node.args), wide(node.ans), node.device, saved=node.saved)
        found = self.base.pull(within, wide(g), needs, linked)
        return [gi if gi is None or gi.dtype == a.dtype else half(gi) for gi, a in zip(found, node.args)]


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
