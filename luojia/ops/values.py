"""MindSpore's functions of Python values: numbers, booleans, strings, tuples, lists and dicts; and of nested Tensors.

In MindSpore they are what its compiler makes of Python's operators; here they are those operators.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import is_float, to_np
from .._src.core.op import OPERATORS as OP
from .._src.core.transforms import pushforward
from .._src.errors import ArgumentError, PlaceError, ShapeError, ZeroError
from .._src.ops import Tensor
from .._src.ops.composed import arrange, draws, elementwise, inplace
from . import plain


def _unless_zero(divide: Callable) -> Callable:
    def divided(x: Any, y: Any) -> Any:
        if y == 0:
            raise ZeroError(f"the divisor of {x} must not be 0.")
        return divide(x, y)
    return divided


_ROWS: dict[str, tuple[Callable, str]] = {
    "scalar_add": (operator.add, "x + y"), "scalar_sub": (operator.sub, "x - y"),
    "scalar_mul": (operator.mul, "x y"), "scalar_div": (_unless_zero(operator.truediv), "x / y"),
    "scalar_floordiv": (_unless_zero(operator.floordiv), "x // y"),
    "scalar_mod": (_unless_zero(operator.mod), "x % y"),
    "scalar_pow": (operator.pow, "x^y"), "scalar_eq": (operator.eq, "x == y"), "scalar_ne": (operator.ne, "x != y"),
    "scalar_lt": (operator.lt, "x < y"), "scalar_gt": (operator.gt, "x > y"), "scalar_le": (operator.le, "x <= y"),
    "scalar_ge": (operator.ge, "x >= y"), "scalar_max": (max, "the greater of x and y"),
    "scalar_min": (min, "the smaller of x and y"),
    "bool_and": (lambda x, y: x and y, "x and y"), "bool_or": (lambda x, y: x or y, "x or y"),
    "bool_eq": (operator.eq, "x == y"), "string_eq": (operator.eq, "x == y"),
    "string_concat": (operator.add, "x followed by y"), "tuple_equal": (operator.eq, "x == y"),
    "list_equal": (operator.eq, "x == y"), "list_getitem": (operator.getitem, "x[y]"),
    "dict_getitem": (operator.getitem, "x[y]"), "in_dict": (lambda x, y: x in y, "x in y"),
    "not_in_dict": (lambda x, y: x not in y, "x not in y"), "is_": (operator.is_, "x is y"),
    "is_not": (operator.is_not, "x is not y"), "augassign_add": (operator.add, "x + y"),
    "augassign_sub": (operator.sub, "x - y"), "augassign_mul": (operator.mul, "x y"),
    "augassign_div": (operator.truediv, "x / y"), "augassign_floordiv": (operator.floordiv, "x // y"),
    "augassign_mod": (operator.mod, "x % y"),
}
_SINGLE: dict[str, tuple[Callable, str]] = {
    "scalar_uadd": (lambda x: x, "x"), "scalar_usub": (operator.neg, "-x"), "scalar_log": (math.log, "log x"),
    "bool_not": (operator.not_, "not x"), "tuple_len": (len, "How many elements x has"),
    "list_len": (len, "How many elements x has"), "tuple_reversed": (lambda x: tuple(reversed(x)), "x from its end"),
    "tail": (lambda x: x[1:], "x without its first element"), "shape_": (lambda x: x.shape, "The shape of a Tensor"),
}


def _two(name: str, how: Callable, doc: str) -> Callable:
    def function(x: Any, y: Any) -> Any:
        return how(x, y)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{doc}."
    return function


def _one(name: str, how: Callable, doc: str) -> Callable:
    def function(x: Any) -> Any:
        return how(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{doc}."
    return function


_MADE = {name: _two(name, *row) for name, row in _ROWS.items()} | {name: _one(name, *r) for name, r in _SINGLE.items()}
globals().update(_MADE)


def hyper_add(x: Any, y: Any) -> Any:
    """The sums of numbers, Tensors, or nested tuples of them.

    >>> hyper_add((1, (2, 3)), (4, (5, 6)))
    (5, (7, 9))
    """
    if isinstance(x, (tuple, list)):
        if len(x) != len(y):
            raise ArgumentError(f"hyper_add: tuples must be equally long, got {len(x)} and {len(y)} elements.")
        return tuple([hyper_add(a, b) for a, b in zip(x, y)])
    return x + y


def zip_operation(*sequences: Any) -> tuple:
    """Tuples of the elements that stand at the same place of each sequence."""
    return tuple(zip(*sequences))


def tuple_setitem(items: tuple, index: int, value: Any) -> tuple:
    """The tuple with another element at ``index``."""
    made = list(items)
    made[index] = value
    return tuple(made)


def list_setitem(items: list, index: int, value: Any) -> list:
    """The list with another element at ``index``."""
    return list(tuple_setitem(tuple(items), index, value))


def dict_setitem(items: dict, key: Any, value: Any) -> dict:
    """The dict with another value at ``key``."""
    return {**items, key: value}


def tuple_div(x: tuple, y: tuple) -> tuple:
    """The whole quotients of the elements.

    Raises:
        ValueError: the tuples differ in length, or a quotient is not whole.
    """
    if len(x) != len(y) or any(b == 0 or a % b for a, b in zip(x, y)):
        raise ArgumentError(f"tuple_div expects tuples of one length whose quotients are whole, got {x} and {y}.")
    return tuple([a // b for a, b in zip(x, y)])


def tuple_to_array(input_x: tuple) -> Tensor:
    """A tuple of numbers as a Tensor, Float32 or Int32."""
    return Tensor(np.asarray(input_x).astype(np.float32 if any(isinstance(x, float) for x in input_x) else np.int32))


def make_list(*items: Any) -> list:
    """The arguments as a list."""
    return list(items)


def make_range(*bounds: int) -> tuple:
    """start, start + step, ... before stop, for (stop), (start, stop) or (start, stop, step)."""
    return tuple(range(*bounds))


def make_slice(start: Any, stop: Any, step: Any) -> slice:
    """The slice start:stop:step."""
    return slice(start, stop, step)


def make_dict(keys: tuple, values: tuple) -> dict:
    """A dict of keys and values."""
    return dict(zip(keys, values))


def switch(cond: Any, x: Any, y: Any) -> Any:
    """x if ``cond``, else y."""
    return x if cond else y


def mixed_precision_cast(dtype: Any, x: Any) -> Any:
    """x, or the Tensors of nested tuples, lists and dicts, those of floats cast to ``dtype``."""
    if isinstance(x, (tuple, list)):
        return type(x)([mixed_precision_cast(dtype, v) for v in x])
    if isinstance(x, dict):
        return {k: mixed_precision_cast(dtype, v) for k, v in x.items()}
    return OP["cast"](x, dtype=to_np(dtype)) if isinstance(x, Tensor) and is_float(x.np_dtype) else x


def reduced_shape(shape: tuple, axis: Any) -> tuple:
    """The shape with 1 at the axes, one number or several, all of them if there are none."""
    given = (axis,) if isinstance(axis, int) else tuple(axis) or range(len(shape))
    if any(not -len(shape) <= a < len(shape) for a in given):
        raise PlaceError(f"For 'reduced_shape', axes of {shape} lie in [-{len(shape)}, {len(shape)}), got {axis}.")
    axes = {a % len(shape) for a in given}
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


def broadcast_gradient_args(x: tuple, y: tuple) -> tuple[tuple, tuple]:
    """The axes along which each of two shapes is broadcast to their common one."""
    try:
        full = np.broadcast_shapes(x, y)
    except ValueError as e:
        raise ShapeError(f"broadcast_gradient_args: shapes {x} and {y} cannot be broadcast together.") from e

    def axes(shape: tuple) -> tuple:
        new = len(full) - len(shape)
        wide = (1,) * new + tuple(shape)
        return tuple([i for i, (n, m) in enumerate(zip(wide, full)) if n == 1 and (m != 1 or i < new)])

    return axes(x), axes(y)


def reshape_(input: Tensor, shape: Any) -> Tensor:
    """The Tensor in another shape."""
    return OP["reshape"](input, shape=tuple(shape))


def stop_gradient_(input: Tensor) -> Tensor:
    """The Tensor itself, cut off from what computed it."""
    input._node = None
    return input


def inplace_sigmoid(input: Tensor) -> Tensor:
    """The Tensor, its elements replaced by their sigmoids."""
    return inplace.sigmoid_(input)


def einsum_ext(equation: str, *operands: Any) -> Tensor:
    """The sum of products that ``equation`` spells."""
    return plain.einsum(equation, *operands)


def diff_ext(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None,
             append: Tensor | None = None) -> Tensor:
    """The differences of neighbours along ``dim``, ``n`` times over."""
    return arrange.diff(input, n, dim, prepend, append)


def float_power_ext(input: Any, exponent: Any) -> Tensor:
    """``input`` to the power ``exponent``, in Float64."""
    return elementwise.float_power(input, exponent)


def mse_loss_ext(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squared differences: their mean, their sum, or all of them ('none')."""
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f"mse_loss_ext: reduction must be 'mean', 'sum' or 'none', got {reduction!r}.")
    apart = input - target
    found = apart * apart
    return found if reduction == "none" else OP[reduction](found)


def baddbmm_ext(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta input + alpha batch1 batch2, for batches of matrices."""
    return OP["add_matmul"](input, batch1, batch2, beta=beta, alpha=alpha)


def adaptive_avg_pool2d_ext(input: Tensor, output_size: Any) -> Tensor:
    """The averages of the ``output_size`` cells into which (N, C, H, W) is divided."""
    size = output_size if isinstance(output_size, int) else tuple(output_size)
    return OP["adaptive_avg_pool"](input, output_size=size)


def bernoulli_ext(input: Tensor, *, generator: Any = None) -> Tensor:
    """1 with the probability that stands in each element, else 0."""
    return draws.bernoulli(input, generator=generator)


def linearize(fn: Callable, inputs: Any) -> tuple[Any, Callable]:
    """(output, jvp_fn): ``jvp_fn(tangents)`` is the derivative of ``fn`` at ``inputs`` along them.

    >>> output, jvp_fn = linearize(lambda x: x * x, Tensor([1.0, 3.0]))
    >>> output.tolist(), jvp_fn(Tensor([1.0, 0.5])).tolist()
    ([1.0, 9.0], [2.0, 3.0])
    """
    args = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)

    def jvp_fn(tangents: Any) -> Any:
        v = tuple(tangents) if isinstance(tangents, (tuple, list)) else (tangents,)
        if [t.shape for t in v] != [x.shape for x in args]:
            raise ShapeError(f"linearize: tangents must have the shapes {[x.shape for x in args]} of the inputs, got "
                             f"{[t.shape for t in v]}.")
        return pushforward(fn, args, v)[1]

    return fn(*args), jvp_fn


def add_flags(fn: Any = None, **flags: Any) -> Any:
    """A network or function with attributes as ``flags`` say; a decorator without ``fn``.

    >>> from luojia import nn, ops
    >>> ops.add_flags(nn.ReLU(), has_effect=True)
    ReLU()
    """
    if fn is None:
        return lambda found: add_flags(found, **flags)
    if hasattr(fn, "add_flags"):
        fn.add_flags(**flags)
    else:
        fn._func_graph_flags = {**getattr(fn, "_func_graph_flags", {}), **flags}
    return fn


_WRITTEN = [n for n, f in list(globals().items()) if callable(f) and n[0] != "_" and getattr(
    f, "__module__", "") == __name__ and n not in _MADE]
NAMES: dict[str, Any] = {n: globals()[n] for n in (*_MADE, *_WRITTEN)}
