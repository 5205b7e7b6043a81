"""MindSpore's operators that write to a Parameter: Assign and the Scatter families.

The Parameter has its new value when the call returns, and the network goes on with it. What was computed before keeps
the value it read. The result is linked: to what was added, and for ``AssignAdd`` and its like to the Parameter too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import promote
from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.errors import DTypeError, ShapeError
from .._src.ops import Tensor


def _written(name: str, variable: Any, new: Tensor) -> Tensor:
    """Give ``variable`` the value of ``new``; nothing is written if it does not fit."""
    if new.shape != variable.shape:
        raise ShapeError(f"For '{name}', 'value' must have the same shape as 'variable'. But got 'value' shape: "
                         f"{new.shape}, 'variable' shape: {variable.shape}.")
    if new.np_dtype != variable.np_dtype:
        if promote(new.np_dtype, variable.np_dtype) != variable.np_dtype:
            raise DTypeError(f"For '{name}', 'value' of {new.dtype} cannot be converted implicitly to the dtype of "
                             f"'variable', {variable.dtype}; cast it first.")
        new = OPERATORS["cast"](new, dtype=variable.np_dtype)
    variable._rebind(new._value)
    return new


def _checked(name: str, variable: Any, value: Any) -> Tensor:
    if not isinstance(variable, Tensor):
        raise DTypeError(f"For '{name}', 'variable' must be a Parameter, got {type(variable).__name__}.")
    if not isinstance(value, (Tensor, int, float, np.number)):
        raise DTypeError(f"For '{name}', 'value' must be a Tensor or a number, got {type(value).__name__}.")
    value = value if isinstance(value, Tensor) else Tensor(value, variable.dtype)
    if value.shape != variable.shape and value.shape not in ((), (1,)):
        raise ShapeError(f"For '{name}', 'value' must have the same shape as 'variable'. But got 'value' shape: "
                         f"{value.shape}, 'variable' shape: {variable.shape}.")
    return value


def assign(variable: Any, value: Any) -> Tensor:
    """Give ``variable`` the value of ``value``, and return it.

    >>> from luojia import Parameter, Tensor, ops
    >>> p = Parameter(Tensor([1.0]), name="p")
    >>> ops.assign(p, Tensor([2.0])), p.asnumpy()
    (Tensor(shape=[1], dtype=Float32, value= [ 2.00000000e+00]), array([2.], dtype=float32))
    """
    value = _checked("Assign", variable, value)
    if value.shape != variable.shape:
        raise ShapeError(f"For 'Assign','value' must have the same shape as 'variable'. But got 'value' shape: "
                         f"{value.shape}, 'variable' shape: {variable.shape}.")
    return _written("Assign", variable, OPERATORS["identity"](value))


def assign_add(variable: Any, value: Any) -> Tensor:
    """Add ``value`` to ``variable``, and return its new value."""
    return _written("AssignAdd", variable, variable + _checked("AssignAdd", variable, value))


def assign_sub(variable: Any, value: Any) -> Tensor:
    """Subtract ``value`` from ``variable``, and return its new value."""
    return _written("AssignSub", variable, variable - _checked("AssignSub", variable, value))


def _by_coordinates(name: str, operator: str) -> Callable:
    def scatter(input_x: Any, indices: Tensor, updates: Tensor, use_locking: bool = False) -> Tensor:
        return _written(name, input_x, OPERATORS[operator](input_x, indices, updates))

    return _named(scatter, name, f"Write to a Parameter as ``{operator}`` does, at coordinates (..., K).")


def _by_rows(name: str, operator: str) -> Callable:
    def scatter(input_x: Any, indices: Tensor, updates: Tensor) -> Tensor:
        at = OPERATORS["expand_dims"](indices, axis=-1)
        return _written(name, input_x, OPERATORS[operator](input_x, at, updates))

    return _named(scatter, name, f"Write to a Parameter as ``{operator}`` does, in the rows ``indices``.")


def _named(function: Callable, name: str, doc: str) -> Callable:
    snake = "".join(["_" + c.lower() if c.isupper() else c for c in name])
    function.__name__ = function.__qualname__ = snake.lstrip("_")
    function.__doc__ = doc
    return function


def _class(name: str, function: Callable, lock: bool = True) -> type:
    """The class form of a function: ``Assign()(variable, value)``."""
    def __init__(self: Any, use_locking: bool = lock) -> None:
        self.attrs = {}

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Tensor:
        return function(*args, **kwargs)

    return type(name, (Primitive,), {
        "__init__": __init__, "__call__": __call__, "__doc__": function.__doc__, "__module__": __name__,
    })


_FUNCTIONS: dict[str, Callable] = {"Assign": assign, "AssignAdd": assign_add, "AssignSub": assign_sub}
for _suffix, _operator in (("Update", "update"), ("Add", "add"), ("Sub", "sub"), ("Max", "max"), ("Min", "min"),
                           ("Mul", "mul"), ("Div", "div")):
    _FUNCTIONS[f"ScatterNd{_suffix}"] = _by_coordinates(f"ScatterNd{_suffix}", f"tensor_scatter_{_operator}")
    _FUNCTIONS[f"Scatter{_suffix}"] = _by_rows(f"Scatter{_suffix}", f"tensor_scatter_{_operator}")

_FUNCTIONS["ScatterNonAliasingAdd"] = _by_coordinates("ScatterNonAliasingAdd", "tensor_scatter_add")

for _name, _function in _FUNCTIONS.items():
    globals()[_name] = _class(_name, _function, lock=_name.endswith("Update"))
    globals()[_function.__name__] = _function

# The table's names stand one by one in the stub of luojia.ops.
__all__ = [*_FUNCTIONS, *(f.__name__ for f in _FUNCTIONS.values())]  # pyright: ignore[reportUnsupportedDunderAll]
