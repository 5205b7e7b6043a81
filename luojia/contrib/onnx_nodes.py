"""What the nodes of ONNX graphs are as Symbols, see ``contrib.onnx``: elementwise ones and reductions.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md; attributes are those of operator sets 1 to 21;
axes may come as an attribute or as an input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import symbol as sym
from .._src.errors import NotSupportedError
from .._src.formats.onnx_file import Node, type_name
from ..np.graph import numpys
from ..symbol import op as internal

READERS: dict[str, Callable] = {}  # by the type of a node


def reads(*ops: str) -> Callable:
    """Register how nodes of these types are read: ``fn(given)`` gives a Symbol, or a list of them."""
    def register(fn: Callable) -> Callable:
        READERS.update(dict.fromkeys(ops, fn))
        return fn

    return register


class Given:
    """A node with its inputs: Symbols, arrays that are known, or None."""

    def __init__(self, graph: Any, node: Node, inputs: list[Any]) -> None:
        self.graph, self.node, self.inputs, self.attrs = graph, node, inputs, node.attrs

    def __len__(self) -> int:
        return len(self.inputs)

    def fail(self, what: str) -> NotSupportedError:
        return NotSupportedError(f"onnx.import_model: the node {self.node.name or self.node.outputs[0]!r} of type "
                                 f"{self.node.op}: {what}.")

    def has(self, i: int) -> bool:
        return i < len(self.inputs) and self.inputs[i] is not None

    def symbol(self, i: int, state: bool = False) -> Any:
        """Input i as a Symbol; an array becomes a parameter."""
        x = self.inputs[i]
        return self.graph.parameter(self.node.inputs[i], x) if isinstance(x, np.ndarray) else x

    def symbols(self) -> list[Any]:
        return [self.symbol(i) for i in range(len(self.inputs))]

    def array(self, i: int, what: str) -> np.ndarray:
        """Input i, which must be known."""
        if not isinstance(self.inputs[i], np.ndarray):
            raise self.fail(f"{what} is computed from the inputs, but must be known")
        return self.inputs[i]

    def shape(self, i: int = 0) -> tuple[int, ...]:
        """The shape of input i."""
        x = self.inputs[i]
        return x.shape if isinstance(x, np.ndarray) else self.graph.shape(x, self)

    def ints(self, name: str, i: int | None = None, default: Any = None) -> Any:
        """Whole numbers that are the attribute ``name``, or input i."""
        if name in self.attrs:
            return [int(n) for n in np.atleast_1d(self.attrs[name])]
        if i is not None and self.has(i):
            return [int(n) for n in np.atleast_1d(self.array(i, name))]
        return default

    def number(self, name: str, default: float) -> float:
        return float(self.attrs.get(name, default))


# -- elementwise -------------------------------------------------------------------------------------------------------

_UNARY = {
    "Abs": "abs", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Sin": "sin", "Cos": "cos", "Tan": "tan",
    "Asin": "arcsin", "Acos": "arccos", "Atan": "arctan", "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh",
    "Asinh": "arcsinh",
    "Acosh": "arccosh", "Atanh": "arctanh", "Sigmoid": "sigmoid", "Relu": "relu", "Softsign": "softsign",
    "Floor": "floor", "Ceil": "ceil", "Round": "rint", "Neg": "negative", "Reciprocal": "reciprocal", "Sign": "sign",
    "Erf": "erf", "Identity": "identity", "Not": "logical_not",
}
_BINARY = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "power", "Equal": "equal",
           "Greater": "greater", "Less": "lesser", "GreaterOrEqual": "greater_equal",
           "LessOrEqual": "lesser_equal", "And": "logical_and", "Or": "logical_or", "Xor": "logical_xor"}


def _unary(name: str) -> Callable:
    return lambda given: getattr(sym, name)(given.symbol(0))


def _binary(name: str) -> Callable:
    def read(given: Given) -> Any:
        x, y = given.inputs
        for one, other, at in ((x, y, 1), (y, x, 0)):  # a number needs no parameter
            if isinstance(other, np.ndarray) and other.size == 1 and not isinstance(one, np.ndarray) and other.ndim < 2:
                number = other.item()
                function = {"add": "_plus_scalar", "sub": "_minus_scalar", "mul": "_mul_scalar", "div": "_div_scalar",
                            "power": "_power_scalar"}.get(name)
                if function is not None:
                    if not at and name in ("sub", "div", "power"):
                        function = {"sub": "_rminus_scalar", "div": "_rdiv_scalar", "power": "_rpower_scalar"}[name]
                    return getattr(internal, function)(one, scalar=number)
        return getattr(sym, f"broadcast_{name}")(given.symbol(0), given.symbol(1))

    return read


for _op, _name in _UNARY.items():
    READERS[_op] = _unary(_name)
for _op, _name in _BINARY.items():
    READERS[_op] = _binary(_name)


@reads("Max", "Min", "Sum", "Mean")
def _many(given: Given) -> Any:
    first, *rest = given.symbols()
    function = {"Max": sym.broadcast_maximum, "Min": sym.broadcast_minimum}.get(given.node.op, sym.broadcast_add)
    for s in rest:
        first = function(first, s)
    return first / len(given) if given.node.op == "Mean" else first


@reads("Mod")
def _mod(given: Given) -> Any:
    return sym.broadcast_mod(*given.symbols())


@reads("Where")
def _where(given: Given) -> Any:
    return numpys.where(*given.symbols())


@reads("Clip", "Relu6")
def _clip(given: Given) -> Any:
    low, high = given.attrs.get("min"), given.attrs.get("max")
    low = given.array(1, "min").item() if given.has(1) else low
    high = given.array(2, "max").item() if given.has(2) else high
    return sym.clip(given.symbol(0), a_min=-3.4e38 if low is None else float(low),
                    a_max=3.4e38 if high is None else float(high))


@reads("Cast")
def _cast(given: Given) -> Any:
    return sym.Cast(given.symbol(0), dtype=type_name(given.attrs["to"]))


@reads("Dropout")
def _dropout(given: Given) -> Any:
    p = given.array(1, "ratio").item() if given.has(1) else given.number("ratio", 0.5)
    return sym.Dropout(given.symbol(0), p=float(p))


@reads("LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "PRelu", "ThresholdedRelu")
def _rectifier(given: Given) -> Any:
    x, op = given.symbol(0), given.node.op
    if op == "LeakyRelu":
        return sym.LeakyReLU(x, act_type="leaky", slope=given.number("alpha", 0.01))
    if op == "Elu":
        return sym.LeakyReLU(x, act_type="elu", slope=given.number("alpha", 1.0))
    if op == "Celu":
        alpha = given.number("alpha", 1.0)
        return sym.LeakyReLU(x / alpha, act_type="elu", slope=1.0) * alpha
    if op == "PRelu":
        if isinstance(given.inputs[1], np.ndarray) and given.inputs[1].size in (given.shape()[1], 1):
            slopes = given.graph.parameter(given.node.inputs[1], given.inputs[1].reshape(-1))
            return sym.LeakyReLU(x, gamma=slopes, act_type="prelu")
        return sym.relu(x) - sym.broadcast_mul(given.symbol(1), sym.relu(-x))
    if op == "ThresholdedRelu":
        return x * (x > given.number("alpha", 1.0))
    if op == "Gelu" and given.attrs.get("approximate") == "tanh":
        return 0.5 * x * (1 + sym.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
    return sym.LeakyReLU(x, act_type=op.lower())


@reads("Softplus", "HardSigmoid", "HardSwish", "Mish")
def _smooth(given: Given) -> Any:
    x, op = given.symbol(0), given.node.op
    if op == "Softplus":
        return sym.Activation(x, act_type="softrelu")
    if op == "Mish":
        return x * sym.tanh(sym.Activation(x, act_type="softrelu"))
    if op == "HardSwish":
        return x * sym.hard_sigmoid(x, alpha=1 / 6, beta=0.5)
    return sym.hard_sigmoid(x, alpha=given.number("alpha", 0.2), beta=given.number("beta", 0.5))


@reads("Softmax", "LogSoftmax", "Softmin")
def _softmax(given: Given) -> Any:
    x, opset = given.symbol(0), given.graph.opset
    function = sym.softmax if given.node.op == "Softmax" else sym.log_softmax
    axis = given.attrs.get("axis", -1 if opset >= 13 else 1)
    if opset >= 13 or axis in (-1, len(given.shape()) - 1):
        return function(x, axis=axis)
    shape = given.shape()  # before: over all axes from this on
    rows = sym.Reshape(x, shape=(int(np.prod(shape[:axis])), -1))
    return sym.Reshape(function(rows, axis=-1), shape=shape)


# -- reductions --------------------------------------------------------------------------------------------------------


@reads(*[f"Reduce{n}" for n in "Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare".split()])
def _reduce(given: Given) -> Any:
    kind = given.node.op[6:]
    axes = given.ints("axes", 1)
    x = given.symbol(0)
    if axes == [] or axes is None and given.attrs.get("noop_with_empty_axes"):
        return x
    how = {"axis": () if axes is None else tuple(axes), "keepdims": bool(given.attrs.get("keepdims", 1))}
    if kind in ("Sum", "Mean", "Max", "Min", "Prod"):
        return getattr(sym, kind.lower())(x, **how)
    if kind == "L1":
        return sym.sum(sym.abs(x), **how)
    if kind in ("L2", "SumSquare"):
        total = sym.sum(sym.square(x), **how)
        return sym.sqrt(total) if kind == "L2" else total
    if kind == "LogSum":
        return sym.log(sym.sum(x, **how))
    top = sym.BlockGrad(sym.max(x, axis=how["axis"], keepdims=True))
    total = sym.log(sym.sum(sym.exp(sym.broadcast_sub(x, top)), **how))
    if not how["keepdims"]:
        top = sym.Reshape(top, shape=(1,)) if axes is None else sym.squeeze(top, axis=tuple(axes))
    return total + top


@reads("ArgMax", "ArgMin")
def _arg(given: Given) -> Any:
    function = sym.argmax if given.node.op == "ArgMax" else sym.argmin
    out = function(given.symbol(0), axis=given.attrs.get("axis", 0), keepdims=bool(given.attrs.get("keepdims", 1)))
    return sym.Cast(out, dtype="int64")


@reads("TopK")
def _topk(given: Given) -> Any:
    k = int(given.array(1, "k").reshape(-1)[0]) if given.has(1) else given.attrs["k"]
    return list(sym.topk(given.symbol(0), k=k, axis=given.attrs.get("axis", -1), ret_typ="both", dtype="int64",
                         is_ascend=not given.attrs.get("largest", 1)))


@reads("CumSum")
def _cumsum(given: Given) -> Any:
    if given.attrs.get("exclusive") or given.attrs.get("reverse"):
        raise given.fail("exclusive and reverse are not read")
    return sym.cumsum(given.symbol(0), axis=int(given.array(1, "axis").item()))
