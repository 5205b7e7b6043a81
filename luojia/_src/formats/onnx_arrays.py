"""How functions of arrays are written as nodes of ONNX. See ``onnx_trace``.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md, operator set 13.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from luojia._src.core.dtypes import to_np
from luojia._src.engine.numpy_engine import ENGINE
from luojia._src.formats.onnx_file import type_number
from luojia._src.formats.onnx_trace import EMITTERS, Graph, Traced, emits, value_of

_ELEMENTWISE = {
    "abs": "Abs", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tan": "Tan",
    "arcsin": "Asin", "arccos": "Acos", "arctan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh",
    "arcsinh": "Asinh", "arccosh": "Acosh", "arctanh": "Atanh",
    "sigmoid": "Sigmoid", "relu": "Relu", "softplus": "Softplus",
    "softsign": "Softsign", "floor": "Floor", "ceil": "Ceil", "rint": "Round", "negative": "Neg",
    "reciprocal": "Reciprocal", "sign": "Sign", "erf": "Erf", "isnan": "IsNaN", "isinf": "IsInf", "logical_not": "Not",
}
_OF_TWO = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "true_divide": "Div", "power": "Pow",
           "maximum": "Max", "minimum": "Min", "elemwise_add": "Add", "elemwise_sub": "Sub", "elemwise_mul": "Mul",
           "elemwise_div": "Div"}
_COMPARED = {"equal": "Equal", "greater": "Greater", "less": "Less", "greater_equal": "GreaterOrEqual",
             "less_equal": "LessOrEqual", "logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}
_REDUCED = {"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd"}
_SAME = ("stop_gradient", "identity", "copy", "asarray", "make_loss", "round_straight")


def real(name: str, *args: Any, **kwargs: Any) -> Any:
    """What the NumPy engine gives."""
    return getattr(ENGINE.xp, name)(*value_of(args), **{k: value_of(v) for k, v in kwargs.items()})


def _unary(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, like: bool = False) -> Any:
        value = real(name, x)
        given = np.dtype(bool) if op == "Not" else x.dtype if value.dtype == bool else value.dtype
        out = g.node(op, [g.name(x, given)], value)
        return g.cast(out, x.dtype) if like else out


def _binary(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, y: Any, **how: Any) -> Any:
        value = np.asarray(real(name, x, y))
        return g.node(op, [g.name(x, value.dtype), g.name(y, value.dtype)], value)


def _compare(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, y: Any, like: bool = False) -> Any:
        value = np.asarray(getattr(np, name)(value_of(x), value_of(y)))
        common = np.dtype(bool) if op in ("And", "Or", "Xor") else np.result_type(value_of(x), value_of(y))
        out = g.node(op, [g.name(x, common), g.name(y, common)], value)
        return g.cast(out, (x if isinstance(x, Traced) else y).dtype) if like else out


def _reduce(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, exclude: bool = False,
             rank1: bool = False, ties: Any = None) -> Any:
        axes = tuple(range(x.ndim)) if axis is None or axis == () and rank1 else (
            (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis))
        axes = tuple(sorted([a % x.ndim for a in axes]))
        if exclude:
            axes = tuple([a for a in range(x.ndim) if a not in axes])
        x = x if dtype is None else g.cast(x, dtype)
        value = np.asarray(real(name, x, axis=axes, keepdims=keepdims))
        x = g.cast(x, value.dtype)
        if not axes:
            return x
        if op == "ReduceSum":
            out = g.node(op, [x.name, g.constant(axes, np.int64)], value, keepdims=int(keepdims))
        else:
            out = g.node(op, [x.name], value, axes=list(axes), keepdims=int(keepdims))
        return g.reshape(out, (1,)) if rank1 and out.ndim == 0 else out


for _name, _op in _ELEMENTWISE.items():
    _unary(_name, _op)
for _name, _op in _OF_TWO.items():
    _binary(_name, _op)
for _name, _op in _COMPARED.items():
    _compare(_name, _op)
for _name, _op in _REDUCED.items():
    _reduce(_name, _op)
EMITTERS.update(dict.fromkeys(_SAME, lambda g, x, *args, **kwargs: x))


@emits("not_equal")
def _not_equal(g: Graph, x: Any, y: Any, like: bool = False) -> Any:
    out = g.logical_not(g.equal(x, y))
    return g.cast(out, (x if isinstance(x, Traced) else y).dtype) if like else out


@emits("add_all")
def _add_all(g: Graph, *xs: Any) -> Any:
    return g.node("Sum", [g.name(x) for x in xs], sum(value_of(xs)))


@emits("square")
def _square(g: Graph, x: Any) -> Any:
    return g.multiply(x, x)


@emits("rsqrt")
def _rsqrt(g: Graph, x: Any) -> Any:
    return g.reciprocal(g.sqrt(x))


_COMPOSED = {
    "log1p": lambda g, x: g.log(g.add(x, 1)), "expm1": lambda g, x: g.subtract(g.exp(x), 1),
    "log2": lambda g, x: g.divide(g.log(x), math.log(2)), "log10": lambda g, x: g.divide(g.log(x), math.log(10)),
    "exp2": lambda g, x: g.exp(g.multiply(x, math.log(2))), "erfc": lambda g, x: g.subtract(1, g.erf(x)),
    "hypot": lambda g, x, y: g.sqrt(g.add(g.square(x), g.square(y))),
    "isfinite": lambda g, x: g.logical_not(g.logical_or(g.isnan(x), g.isinf(x))),
    "logaddexp": lambda g, x, y: g.add(g.maximum(x, y), g.log1p(g.exp(g.negative(g.abs(g.subtract(x, y)))))),
}
EMITTERS.update(_COMPOSED)


@emits("round")
def _round(g: Graph, x: Any, decimals: int = 0, ties: str = "even") -> Any:
    if decimals or ties != "even":
        scaled = g.multiply(x, 10.0**decimals)
        whole = g.rint(scaled) if ties == "even" else g.multiply(g.sign(x), g.floor(g.add(g.abs(scaled), 0.5)))
        return g.divide(whole, 10.0**decimals)
    return g.rint(x)


@emits("mod")
def _mod(g: Graph, x: Any, y: Any, **how: Any) -> Any:
    value = np.asarray(real("mod", x, y))
    if value.dtype.kind in "iu":
        return g.node("Mod", [g.name(x, value.dtype), g.name(y, value.dtype)], value)
    return g.subtract(x, g.multiply(g.floor_divide(x, y), y))


@emits("floor_divide")
def _floor_divide(g: Graph, x: Any, y: Any) -> Any:
    value = np.asarray(real("floor_divide", x, y))
    return g.cast(g.floor(g.divide(x, y)), value.dtype)


@emits("trunc")
def _trunc(g: Graph, x: Any) -> Any:
    return g.multiply(g.sign(x), g.floor(g.abs(x)))


def _truth(name: str, reduced: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        whole = g.cast(g.cast(x, np.bool_), np.int32)
        return g.cast(getattr(g, reduced)(whole, axis=axis, keepdims=keepdims), np.bool_)


_truth("any", "max")
_truth("all", "min")


@emits("cast", "to_integer", "astype")
def _cast(g: Graph, x: Any, dtype: Any) -> Any:
    dtype = to_np(dtype)
    if x.dtype == dtype:
        return x
    with np.errstate(all="ignore"):
        return g.node("Cast", [x.name], x.value.astype(dtype), to=type_number(dtype))


@emits("clip")
def _clip(g: Graph, x: Any, a_min: Any = None, a_max: Any = None, at_bound: Any = None) -> Any:
    value = np.asarray(real("clip", x, a_min, a_max))
    return g.node("Clip", [g.name(x, value.dtype), g.name(a_min, value.dtype), g.name(a_max, value.dtype)], value)


@emits("where")
def _where(g: Graph, c: Any, x: Any, y: Any, rows: bool = False) -> Any:
    if rows and c.ndim < max(np.ndim(value_of(x)), np.ndim(value_of(y))) and c.ndim == 1:
        c = g.reshape(c, (*c.shape, *(1,) * (np.ndim(value_of(x)) - 1)))
    value = np.asarray(real("where", c, x, y))
    return g.node("Where", [g.name(c, np.dtype(bool)), g.name(x, value.dtype), g.name(y, value.dtype)], value)


# -- products ----------------------------------------------------------------------------------------------------------


@emits("matmul")
def _matmul(g: Graph, x: Any, y: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    x = _turned(g, x) if transpose_a else x
    y = _turned(g, y) if transpose_b else y
    value = np.matmul(value_of(x), value_of(y))
    return g.node("MatMul", [g.name(x, value.dtype), g.name(y, value.dtype)], np.asarray(value))


def _turned(g: Graph, x: Any) -> Any:
    return g.swapaxes(x, -1, -2) if isinstance(x, Traced) else np.swapaxes(x, -1, -2)


@emits("tensordot")
def _tensordot(g: Graph, x: Any, y: Any, axes: Any = 2) -> Any:
    nx, ny = np.ndim(value_of(x)), np.ndim(value_of(y))
    if isinstance(axes, (int, np.integer)):
        ours, theirs = list(range(nx - axes, nx)), list(range(axes))
    else:
        ours, theirs = [[a] if isinstance(a, (int, np.integer)) else list(a) for a in axes]
    names = "abcdefghijklmnopqrstuvwxyz"
    of_x, of_y = list(names[:nx]), list(names[nx : nx + ny])
    for a, b in zip(ours, theirs):
        of_y[b] = of_x[a]
    kept = [c for c in of_x + of_y if (of_x + of_y).count(c) == 1]
    return g.einsum(x, y, equation=f"{''.join(of_x)},{''.join(of_y)}->{''.join(kept)}")


@emits("dot")
def _dot(g: Graph, x: Any, y: Any) -> Any:
    return g.matmul(x, y) if np.ndim(value_of(y)) <= 2 else g.tensordot(x, y, ([-1], [-2]))


@emits("einsum")
def _einsum(g: Graph, *xs: Any, equation: str = "") -> Any:
    if not equation:  # as NumPy's is called
        equation, xs = xs[0], xs[1:]
    return g.node("Einsum", [g.name(x) for x in xs], np.einsum(equation, *value_of(xs)), equation=equation)


@emits("dense")
def _dense(g: Graph, x: Any, w: Any, b: Any = None, *, flatten: bool = False) -> Any:
    if flatten and x.ndim != 2:
        x = g.reshape(x, (x.shape[0], -1))
    value = real("dense", x, w, b, flatten=False)
    if x.ndim == 2 and value.dtype.kind == "f":
        return g.node("Gemm", [g.name(x), g.name(w), g.name(b)], value, transB=1)
    out = g.matmul(x, w, transpose_b=True)
    return out if b is None else g.add(out, b)


__all__: list[str] = []
