"""Branches and loops that compile: where a trace is under way they are one equation, elsewhere Python's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core import control, loops
from .._src.core.primitive import Primitive
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Tensor
from .._src.ops.composed.linear import cond as condition_number
from .._src.paths import public_names

__all__ = ["ForiLoop", "Scan", "WhileLoop", "cond"]
__dir__ = public_names(__name__)


def cond(A: Any, p: Any = None, *branches: Any) -> Any:  # noqa: N803 - MindSpore's name
    """``cond(pred, true_fn, false_fn, *operands)``: ``true_fn(*operands)`` where the one element of ``pred`` is not
    zero, else ``false_fn(*operands)``. ``cond(A, p)`` is MindSpore's: the condition number of matrices.

    Compiled (``jit``, GRAPH_MODE, hybridized Blocks on XLA), both functions are traced and one is run; they must give
    the same structure, shapes and dtypes. Both may read and rebind parameters. Differentiable to any order.

    Args:
        A: ``pred``, a Tensor of one element, or a Python value, which decides at the trace; or matrices (..., M, N).
        p: the function to call where it holds; or the norm of the condition number, as ``ops.norm`` takes it.
        branches: the function to call otherwise, and the operands of both.

    >>> from luojia import Tensor, ops
    >>> x = Tensor([-3.0, 1.0])
    >>> ops.cond(x.sum() > 0, lambda x: x, lambda x: -x, x)
    Tensor(shape=[2], dtype=Float32, value= [ 3.00000000e+00, -1.00000000e+00])
    >>> float(ops.cond(Tensor([[2.0, 0.0], [0.0, 1.0]])))
    2.0

    Matches ``mindspore.ops.cond`` (2.8), which has no branches; JAX calls those ``jax.lax.cond``.
    """
    if not branches and not callable(p):
        return condition_number(A, p)
    if not branches or not callable(p) or not callable(branches[0]):
        raise DTypeError("ops.cond chooses between two functions, as in cond(pred, lambda: x, lambda: y), or takes a "
                         f"matrix and a norm; got {type(p).__name__} and "
                         f"{type(branches[0]).__name__ if branches else 'nothing'}.")
    otherwise, operands = branches[0], branches[1:]
    return loops.cond(A, lambda: p(*operands), lambda: otherwise(*operands), "ops.cond")


class WhileLoop(Primitive):
    """``init_val = loop_func(init_val)`` while ``cond_func(init_val)``.

    Compiled, the value must keep its structure, shapes and dtypes, and numbers in it become Tensors; a gradient through
    it is not compiled, as the number of steps is not bounded (the function around it runs eagerly then).

    >>> from luojia import Tensor, ops
    >>> ops.WhileLoop()(lambda x: x < 100, lambda x: x + 1, 10)
    100

    Matches ``mindspore.ops.WhileLoop`` (2.8).
    """

    def __call__(self, cond_func: Callable, loop_func: Callable, init_val: Any) -> Any:
        _functions("WhileLoop", cond_func=cond_func, loop_func=loop_func)
        return loops.while_loop(cond_func, loop_func, init_val, "WhileLoop")


class ForiLoop(Primitive):
    """``init_val = loop_func(i, init_val)`` for i from ``lower`` to ``upper`` - 1.

    ``unroll``, the default, repeats the body with Python's numbers for i where the bounds are Python's. Without it, or
    with bounds that are Tensors, a compiled program holds the body once and i is a Tensor; differentiated, it needs
    Python's bounds.

    >>> from luojia import ops
    >>> ops.ForiLoop()(0, 4, lambda i, total: i + total, 0)
    6

    Matches ``mindspore.ops.ForiLoop`` (2.8).
    """

    def __call__(self, lower: Any, upper: Any, loop_func: Callable, init_val: Any, unroll: bool = True) -> Any:
        for name, bound in (("lower", lower), ("upper", upper)):
            if isinstance(bound, bool) or not isinstance(bound, (int, Tensor)):
                raise DTypeError(f"For 'ForiLoop', the type of '{name}' should be one of '['int', 'Tensor']', but got "
                                 f"type '{type(bound).__name__}'.")
        _functions("ForiLoop", loop_func=loop_func)
        fixed = not isinstance(lower, Tensor) and not isinstance(upper, Tensor)
        if not control.tracing() or fixed and (unroll or upper <= lower):
            for i in range(int(lower), int(upper)):
                init_val = loop_func(i, init_val)
            return init_val
        if fixed:
            places = Tensor(np.arange(int(lower), int(upper)))
            return loops.scan(lambda value, i: (loop_func(i, value), ()), init_val, places, int(upper) - int(lower),
                              "ForiLoop")[0]
        _, value = loops.while_loop(lambda held: held[0] < upper,
                                    lambda held: (held[0] + 1, loop_func(held[0], held[1])),
                                    (loops.tensors(lower) * 1, init_val), "ForiLoop")
        return value


class Scan(Primitive):
    """``init, y = loop_func(init, x)`` for each x of ``xs``: the last ``init``, and the list of the ys.

    With ``xs`` None the body is called with None, ``length`` times. ``unroll``, the default, repeats the body;
    without it a compiled program holds it once, if the elements of ``xs`` are Tensors (or structures of them) of one
    shape and dtype.

    >>> from luojia import ops
    >>> ops.Scan()(lambda total, x: (total + x, total + x), 0, [1, 2, 3, 4])
    (10, [1, 3, 6, 10])

    Matches ``mindspore.ops.Scan`` (2.8).
    """

    def __call__(self, loop_func: Callable, init: Any, xs: Any, length: int | None = None,
                 unroll: bool = True) -> tuple[Any, list]:
        _functions("Scan", loop_func=loop_func)
        if xs is None:
            if isinstance(length, bool) or not isinstance(length, int):
                raise DTypeError(f"For 'Scan', the 'length' must be an int where 'xs' is None, but got "
                                 f"{type(length).__name__}.")
            xs = [None] * length
        elif not isinstance(xs, (list, tuple)):
            raise DTypeError(f"For 'Scan', the type of 'xs' should be one of '['list', 'tuple', 'None']', but got type "
                             f"'{type(xs).__name__}'.")
        if unroll or not xs or not control.tracing():
            ys = []
            for x in xs:
                found = loop_func(init, x)
                if not isinstance(found, tuple) or len(found) != 2:
                    raise ArgumentError("For 'Scan', the 'loop_func' must return a tuple of two: the next init, and an "
                                        f"output; got {type(found).__name__}.")
                init, y = found
                ys.append(y)
            return init, ys
        rows = None if xs[0] is None else loops.stacked(list(xs), "Scan")
        last, ys = loops.scan(loop_func, init, rows, len(xs), "Scan")
        return last, loops.unstacked(ys, len(xs))


def _functions(who: str, **given: Any) -> None:
    for name, fn in given.items():
        if not callable(fn):
            raise DTypeError(f"For '{who}', the type of '{name}' should be one of '['function', 'method']', but got "
                             f"type '{type(fn).__name__}'.")
