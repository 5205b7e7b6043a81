"""NumPy's functions on Tensors: each call becomes an application on the tape, with the Tensors among its arguments.

A name that has an operator of its own is that operator. Any other is the engines' function of that name, which the
engine differentiates where it knows how, with Tensors found at any depth of lists and tuples.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.apply import apply
from .._src.core.dtypes import DType, promote, to_np
from .._src.core.faces import Face, compile_function, run_plain
from .._src.core.op import OPERATORS, Operator
from .._src.errors import DTypeError
from .._src.ops import Tensor

_WIDE = ("float64", "complex128")
_RESULTS = {"searchsorted": "int32", "digitize": "int32", "bincount": "float32"}  # as MindSpore has them


class _Slot:
    """Where a Tensor stood among the arguments."""

    def __init__(self, at: int) -> None:
        self.at = at


def lift(value: Any) -> Any:
    """Lists and ranges as Tensors (their integers Int32, their floats Float32); Tensors and numbers as they are."""
    if isinstance(value, (list, tuple, range, np.ndarray)):
        if _holds_tensors(value):
            return OPERATORS["stack"](*[lift(v) if isinstance(v, (list, tuple, Tensor)) else Tensor(v) for v in value])
        return Tensor(settle(np.asarray(value), isinstance(value, np.ndarray)))
    if isinstance(value, (str, dict, set)) or value is None:
        raise DTypeError("luojia.numpy: input data must be `int`, `float`, `bool`, `Tensor`, `list`, `tuple`, but got "
                         f"{type(value)}.")
    return value


def _holds_tensors(value: Any) -> bool:
    return isinstance(value, Tensor) or isinstance(value, (list, tuple)) and any(_holds_tensors(v) for v in value)


def settle(array: np.ndarray, keep: bool = False) -> np.ndarray:
    """An array made of Python's numbers in the dtype that MindSpore's door gives it: Int32, Float32, Complex64."""
    target = None if keep else {"i": "int32", "f": "float32", "c": "complex64"}.get(array.dtype.kind)
    return array.astype(target) if target else array


def _narrow(out: Any, arrays: tuple, given: bool) -> Any:
    """float64 where nothing asked for it (lists, quotients of integers) becomes float32."""
    if isinstance(out, (tuple, list)):
        return tuple([_narrow(o, arrays, given) for o in out])
    wide = given or any(a.dtype.name in _WIDE for a in arrays)
    return out.astype("float32") if not wide and getattr(out, "dtype", None) == np.float64 else out


def adopt(name: str, path: str = "") -> Callable:
    """The engines' function ``name`` (of the part ``path``, as 'linalg') as a function of Tensors."""

    def call(*args: Any, **kwargs: Any) -> Any:
        tensors: list[Tensor] = []

        def strip(a: Any) -> Any:
            if isinstance(a, Tensor):
                tensors.append(a)
                return _Slot(len(tensors) - 1)
            if isinstance(a, (list, tuple)):
                return type(a)(strip(v) for v in a)
            return a.np if isinstance(a, DType) else a

        def fill(a: Any, arrays: tuple) -> Any:
            if isinstance(a, _Slot):
                return arrays[a.at]
            return type(a)(fill(v, arrays) for v in a) if isinstance(a, (list, tuple)) else a

        stripped, named = strip(args), {k: strip(v) for k, v in kwargs.items()}
        given = named.get("dtype") is not None

        def fn(xp: Any, *arrays: Any) -> Any:
            function = getattr(getattr(xp, path) if path else xp, name)
            out = function(*fill(stripped, arrays), **{k: fill(v, arrays) for k, v in named.items()})
            return _narrow(out.astype(_RESULTS[name]) if name in _RESULTS else out, arrays, given)

        if not tensors:
            found = fn(np)
            if isinstance(found, tuple):
                return tuple([Tensor(settle(np.asarray(f), given)) for f in found])
            return Tensor(settle(np.asarray(found), given))
        return apply(Operator(fn, name), tensors, {})

    call.__name__ = call.__qualname__ = name
    call.__module__ = "luojia.numpy"
    call.__doc__ = f"``numpy.{path + '.' if path else ''}{name}`` on Tensors."
    return call


def elementwise(name: str, operator: str) -> Callable:
    """The operator as a function of arrays, lists and numbers, with MindSpore's ``dtype`` for the result."""
    op = OPERATORS[operator]

    def call(*xs: Any, dtype: Any = None) -> Tensor:
        out = op(*[lift(x) for x in xs])
        return out if dtype is None else OPERATORS["cast"](out, dtype=to_np(dtype))

    call.__name__ = call.__qualname__ = name
    call.__module__, call.__doc__ = "luojia.numpy", op.__doc__
    return call


def _alike(tensors: tuple) -> tuple:
    """Tensors that are joined, in their common dtype."""
    dtype = functools.reduce(promote, [t.np_dtype for t in tensors if isinstance(t, Tensor)])
    return tuple([t if not isinstance(t, Tensor) or t.np_dtype == dtype else OPERATORS["cast"](t, dtype=dtype)
                  for t in tensors])


def face(row: str) -> Callable:
    """The function of a row ``operator -> name(signature)``; lists among its arrays become Tensors."""
    operator, arrow, spec = row.partition("->")
    spec = spec.strip() if arrow else row

    def run(f: Any, inputs: tuple, attrs: dict) -> Any:
        if f.op.variadic and len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
            inputs = tuple(inputs[0])
        lifted = tuple([i if i is None else lift(i) for i in inputs])
        return run_plain(f, _alike(lifted) if f.op.variadic else lifted, attrs)

    name = (operator.strip() if arrow else spec.partition("(")[0]).strip()
    return compile_function(Face(OPERATORS[name], spec), run, "luojia.numpy")
