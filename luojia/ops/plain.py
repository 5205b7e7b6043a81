"""MindSpore's operators that answer with Python values, print, or order a computation."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from .._src.core.dtypes import float32, to_np
from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Tensor
from .._src.paths import public_names


def _tensor(name: str, x: Any) -> Tensor:
    if not isinstance(x, Tensor) and not hasattr(x, "_luojia_apply"):
        raise DTypeError(f"For '{name}', the input must be a Tensor, got {type(x).__name__}.")
    return x


def shape(input_x: Tensor) -> tuple[int, ...]:
    """The shape of a Tensor as a tuple."""
    return _tensor("Shape", input_x).shape


def dtype(input_x: Tensor) -> Any:
    """The dtype of a Tensor."""
    return _tensor("DType", input_x).dtype


def identity(x: Any) -> Any:
    """``x`` itself: a copy of a Tensor, and whatever else is given as it is."""
    return OPERATORS["identity"](x) if isinstance(x, Tensor) or hasattr(x, "_luojia_apply") else x


def rank(input_x: Tensor) -> int:
    """The number of axes of a Tensor."""
    return len(_tensor("Rank", input_x).shape)


def size(input_x: Tensor) -> int:
    """The number of elements of a Tensor."""
    return _tensor("Size", input_x).size


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Tensor)


def print_(*input_x: Any) -> None:
    """Print the values of Tensors, and strings, one per line.

    >>> from luojia import Tensor, ops
    >>> ops.print_("x:", Tensor([1, 2]))
    x:
    Tensor(shape=[2], dtype=Int64, value= [1, 2])
    """
    for x in input_x:
        print(repr(x) if isinstance(x, Tensor) else x)


def depend(value: Any, expr: Any) -> Any:
    """``value``; operations run in the order of the program, so nothing needs to be said about it."""
    return value


def scalar_to_tensor(input_x: Any, dtype: Any = None) -> Tensor:
    """A number as a Tensor without axes, Float32 by default."""
    if not isinstance(input_x, (bool, int, float)):
        raise DTypeError(f"For 'scalar_to_tensor', 'input_x' must be a number, but got {type(input_x).__name__}.")
    return Tensor(input_x, dtype or float32)


scalar_to_array = scalar_to_tensor


def scalar_cast(input_x: Any, input_y: Any) -> Any:
    """A Python number converted to the kind of a dtype; MindSpore 2.8 takes Int64, Float64 and Bool, 2.0 all."""
    if not isinstance(input_x, (bool, int, float)):
        raise DTypeError(f"For 'scalar_cast', 'input_x' must be a number, but got {type(input_x).__name__}.")
    if getattr(getattr(input_y, "np", None), "kind", None) not in ("b", "i", "u", "f"):
        raise ArgumentError("For 'scalar_cast', the dtype must be Bool or one of whole numbers or floats, but got "
                            f"{input_y}.")
    return input_y.np.type(input_x).item()


def arange(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None) -> Tensor:
    """start, start + step, ... below ``end`` (from 0 to ``start``, if None).

    >>> from luojia import ops
    >>> ops.arange(1, 7, 2)
    Tensor(shape=[3], dtype=Int64, value= [1, 3, 5])
    """
    if not isinstance(start, (int, float, Tensor)):
        raise DTypeError(f"For 'arange', start must be a number or a Tensor, but got {type(start).__name__}.")
    low, high = (0, start) if end is None else (start, end)
    if step == 0 or (high < low if step > 0 else high > low):
        raise ArgumentError(f"For 'arange', a step of {step} does not lead from {low} to {high}.")
    if dtype is not None and to_np(dtype) == np.bool_:
        return OPERATORS["cast"](arange(start, end, step), dtype="bool")
    return OPERATORS["filled_range"](start=start, stop=end, step=step, dtype=dtype)


def einsum(equation: Any, *operands: Any) -> Tensor:
    """The sum of products that ``equation`` spells; or of Tensors each followed by the numbers of its axes.

    Axes under '...' that the output leaves out are summed too.

    >>> a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    >>> float(einsum("i,i->", a, b)), einsum(a, [..., 1], b, [..., 2], [..., 1, 2]).tolist(), float(einsum("...->", a))
    (11.0, [[3.0, 4.0], [6.0, 8.0]], 3.0)
    """
    if isinstance(equation, Tensor):
        parts = (equation, *operands)
        operands, named = parts[: len(parts) // 2 * 2: 2], parts[1::2]
        spelled = [_letters(axes) for axes in named]
        equation = ",".join(spelled) + ("->" + _letters(parts[-1]) if len(parts) % 2 else "")
    elif len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    inputs, arrow, output = str(equation).replace(" ", "").partition("->")
    if arrow and "..." in inputs and "..." not in output:
        free = [c for c in string.ascii_letters if c not in inputs]
        lengths = [x.ndim - len(term.replace("...", "")) for x, term in zip(operands, inputs.split(","))]
        terms = [term.replace("...", "".join(free[max(lengths) - n: max(lengths)]))
                 for term, n in zip(inputs.split(","), lengths)]
        equation = ",".join(terms) + "->" + output
    return OPERATORS["einsum"](*operands, equation=equation)


def _letters(axes: Any) -> str:
    return "".join(["..." if axis is ... else string.ascii_letters[axis] for axis in axes])


def _class(name: str, function: Any) -> type:
    def __init__(self: Any) -> None:
        self.attrs = {}

    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return type(name, (Primitive,), {
        "__init__": __init__, "__call__": __call__, "__doc__": function.__doc__, "__module__": __name__,
    })


Shape = _class("Shape", shape)
DType = _class("DType", dtype)
Rank = _class("Rank", rank)
Size = _class("Size", size)
Print = _class("Print", print_)
Print.__doc__ = f"""{print_.__doc__}

>>> from luojia import Tensor, ops
>>> ops.Print()("lengths", Tensor([1, 2]))
lengths
Tensor(shape=[2], dtype=Int64, value= [1, 2])
"""
Depend = _class("Depend", depend)
ScalarToTensor = _class("ScalarToTensor", scalar_to_tensor)
ScalarToArray = _class("ScalarToArray", scalar_to_tensor)
ScalarCast = _class("ScalarCast", scalar_cast)

__all__ = [
    "DType", "Depend", "Print", "Rank", "ScalarCast", "ScalarToArray", "ScalarToTensor", "Shape", "Size", "arange",
    "depend", "dtype", "einsum", "identity", "is_tensor", "print_", "rank", "scalar_cast", "scalar_to_array",
    "scalar_to_tensor", "shape", "size",
]
__dir__ = public_names(__name__)
