"""Operators as nodes of ONNX: each is run, on arrays that note what is done to them.

An operator is a function of a namespace and arrays. Here the arrays are ``Traced``: a name in the graph, and the values
that it has for the inputs given, from which shapes and dtypes follow. The namespace writes a node for each of its
functions, see ``onnx_arrays`` and ``onnx_shapes``; so an operator that is composed of functions is written as these,
unless ``onnx_layers`` has a node for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from luojia._src.core.op import OPERATORS
from luojia._src.engine.numpy_engine import ENGINE
from luojia._src.engine.primitives import NUMPY_PRIMITIVES
from luojia._src.engine.shortcuts import SHORTCUTS
from luojia._src.errors import NotSupportedError
from luojia._src.formats.onnx_file import Model, Node, Value, type_number

OPSET = 13
_NATIVE = {*dir(np), *SHORTCUTS, *NUMPY_PRIMITIVES}  # functions of their own, even if an operator has the name
EMITTERS: dict[str, Callable] = {}  # by the name of a function of the namespace, or of an operator


def emits(*names: str) -> Callable:
    """Register how functions of these names are written: ``fn(graph, *args, **kwargs)``."""
    def register(fn: Callable) -> Callable:
        EMITTERS.update(dict.fromkeys(names, fn))
        return fn

    return register


class Traced:
    """An array of the graph."""

    __slots__ = ("graph", "name", "value")
    __array_ufunc__ = None  # NumPy's arrays leave their signs to those here

    def __init__(self, graph: Graph, name: str, value: np.ndarray) -> None:
        self.graph, self.name, self.value = graph, name, np.asarray(value)

    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: self.value.dtype)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    T = property(lambda self: self.graph.transpose(self))

    def __len__(self) -> int:
        return len(self.value)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotSupportedError(f"{self.graph.who}: an operator that NumPy computes by itself is not written as ONNX.")

    def __getitem__(self, index: Any) -> Any:
        return self.graph.part(self, index)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        return self.graph.cast(self, dtype)

    def reshape(self, *shape: Any) -> Any:
        return self.graph.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        return self.graph.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def ravel(self) -> Any:
        return self.graph.reshape(self, (-1,))

    def copy(self) -> Any:
        return self

    def __neg__(self) -> Any:
        return self.graph.negative(self)

    def __abs__(self) -> Any:
        return self.graph.abs(self)

    def __invert__(self) -> Any:
        return self.graph.logical_not(self)


def _sign(name: str, function: str) -> None:
    setattr(Traced, f"__{name}__", lambda self, other: getattr(self.graph, function)(self, other))
    setattr(Traced, f"__r{name}__", lambda self, other: getattr(self.graph, function)(other, self))


for _name, _function in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power",
                         "mod": "mod", "floordiv": "floor_divide", "matmul": "matmul", "and": "logical_and",
                         "or": "logical_or"}.items():
    _sign(_name, _function)
for _name, _function in {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
                         "ne": "not_equal"}.items():
    _sign(_name, _function)
for _name in "sum mean max min prod any all take argmax argmin swapaxes squeeze clip".split():
    setattr(Traced, _name, lambda self, *args, _f=_name, **kwargs: getattr(self.graph, _f)(self, *args, **kwargs))


def value_of(x: Any) -> Any:
    """What is traced as its values, alone or in lists."""
    if isinstance(x, (list, tuple)):
        return type(x)([value_of(v) for v in x])
    return x.value if isinstance(x, Traced) else x


def _has_traced(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_has_traced, x))
    return isinstance(x, Traced)


class Graph:
    """The graph as it is written, and the namespace ``xp`` that writes it."""

    engine = ENGINE
    __name__ = "onnx"

    def __init__(self, who: str) -> None:
        self.who = who
        self.nodes: list[Node] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.inputs: list[Value] = []
        self._constants: dict[tuple, str] = {}
        self._names: set[str] = set()
        self._lengths: list[tuple[Value, int]] = []  # of the inputs' first axes
        self._step = ""

    # -- what it holds -------------------------------------------------------------------------------------------------

    def fresh(self, hint: str) -> str:
        """A name that is not taken."""
        name, i = hint, 0
        while name in self._names:
            i += 1
            name = f"{hint}_{i}"
        self._names.add(name)
        return name

    def input(self, name: str, value: np.ndarray, shape: Sequence[int | str | None] | None = None) -> Traced:
        """An input of the graph; its values say what dtype and shape it has, ``shape`` which lengths are open."""
        name = self.fresh(name)
        self.inputs.append(Value(name, value.dtype.name, tuple(value.shape if shape is None else shape)))
        if value.shape:
            self._lengths.append((self.inputs[-1], value.shape[0]))
        return Traced(self, name, value)

    def parameter(self, name: str, value: np.ndarray) -> Traced:
        """A named array of the graph."""
        name = self.fresh(name)
        self.arrays[name] = value
        return Traced(self, name, value)

    def constant(self, value: Any, dtype: Any = None) -> str:
        """The name of an array or number."""
        array = np.asarray(value, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = name = self.fresh("constant")
            type_number(array.dtype)  # raises for what ONNX does not have
            self.arrays[name] = array
        return self._constants[key]

    def name(self, x: Any, dtype: Any = None) -> str:
        """The name of an input of a node, in ``dtype`` if that is given; '' for None."""
        if x is None:
            return ""
        if not isinstance(x, Traced):
            return self.constant(x, dtype)
        return (x if dtype is None or x.dtype == dtype else self.cast(x, dtype)).name

    def node(self, op: str, inputs: Sequence[str], value: Any, **attrs: Any) -> Any:
        """A node with one output, which has this value, or with several, of a tuple of values."""
        values = value if isinstance(value, tuple) else (value,)
        outputs = [self.fresh(self._step or op.lower()) for _ in values]
        while inputs and inputs[-1] == "":
            inputs = inputs[:-1]
        self.nodes.append(Node(op, list(inputs), outputs, attrs, outputs[0]))
        found = tuple([Traced(self, n, v) for n, v in zip(outputs, values)])
        return found if isinstance(value, tuple) else found[0]

    # -- functions -----------------------------------------------------------------------------------------------------

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A function of the namespace: NumPy's where nothing is traced, else written as nodes."""
        if not any(map(_has_traced, (*args, *kwargs.values()))):
            return getattr(ENGINE.xp, name)(*args, **kwargs)
        if name in EMITTERS:
            return EMITTERS[name](self, *args, **kwargs)
        if name in OPERATORS and name not in _NATIVE:
            return OPERATORS[name].fn(self, *args, **kwargs)
        raise NotSupportedError(f"{self.who}: the operator {self._step or name!r} computes {name!r}, which is not "
                                "written as ONNX.")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in EMITTERS and name not in OPERATORS and not callable(getattr(ENGINE.xp, name)):
            return getattr(ENGINE.xp, name)  # xp.inf and the like
        return lambda *args, **kwargs: self.call(name, args, kwargs)

    def apply(self, name: str, args: Sequence[Any], attrs: Mapping[str, Any], called: str = "") -> Any:
        """The operator ``name``, whose results bear the name ``called``."""
        if not any(map(_has_traced, args)):
            return OPERATORS[name].fn(ENGINE.xp, *args, **attrs)
        self._step = called or name
        before = len(self.nodes)
        try:
            with np.errstate(all="ignore"):
                return self._as_it_is(name, args, attrs, self._operator(name)(*args, **attrs))
        except (TypeError, AttributeError, ValueError) as e:
            if isinstance(e, NotSupportedError):
                raise
            raise NotSupportedError(f"{self.who}: the operator {name!r} is not written as ONNX ({e}).") from e
        finally:
            for node in self.nodes[before:]:
                node.name = node.outputs[0]
            self._step = ""

    def _operator(self, name: str) -> Callable:
        return partial(EMITTERS.get(name) or OPERATORS[name].fn, self)

    def _as_it_is(self, name: str, args: Sequence[Any], attrs: Mapping[str, Any], found: Any) -> Any:
        """What was traced in the dtype that the operator has for these inputs, of which some are whole numbers."""
        if not isinstance(found, Traced) or not any(isinstance(x, Traced) and x.dtype.kind in "biu" for x in args):
            return found
        return self.cast(found, np.asarray(OPERATORS[name].fn(ENGINE.xp, *value_of(list(args)), **attrs)).dtype)

    def model(self, outputs: Sequence[tuple[str, Traced]]) -> Model:
        """The graph with these outputs, under their names; what they do not need is left out.

        Where the first length of an input is open, that of the outputs of this length is too.
        """
        open_lengths = {length: v.shape[0] for v, length in self._lengths if not isinstance(v.shape[0], int)}
        found, made = [], {n for node in self.nodes for n in node.outputs}
        for wanted, x in outputs:
            name = wanted if wanted == x.name else self.fresh(wanted)
            if x.name in made and all(v.name != x.name for v in found):
                self._rename(x.name, name)
            else:
                self.nodes.append(Node("Identity", [x.name], [name], {}, name))
            first = x.shape[:1] if not x.shape else (open_lengths.get(x.shape[0], x.shape[0]),)
            found.append(Value(name, x.dtype.name, (*first, *x.shape[1:])))
        needed, nodes = {v.name for v in found}, []
        for node in reversed(self.nodes):
            if needed.intersection(node.outputs):
                needed.update(node.inputs)
                nodes.append(node)
        arrays = {name: a for name, a in self.arrays.items() if name in needed}
        return Model(nodes[::-1], self.inputs, found, arrays, OPSET)

    def _rename(self, old: str, new: str) -> None:
        for node in self.nodes:
            node.inputs = [new if n == old else n for n in node.inputs]
            node.outputs = [new if n == old else n for n in node.outputs]


__all__ = ["EMITTERS", "Graph", "OPSET", "Traced", "emits", "value_of"]
