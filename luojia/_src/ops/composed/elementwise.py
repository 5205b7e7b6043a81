"""Functions of each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.dtypes import float_limits, is_float
from ...core.given import is_operand
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError


def isreal(input: Tensor) -> Tensor:
    """Where the imaginary part is zero."""
    return OP["equal"](OP["imag"](input), 0)


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is complex."""
    return input.np_dtype.kind == "c"


def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """The complex numbers abs (cos(angle) + i sin(angle)).

    >>> from luojia import Tensor
    >>> polar(Tensor([2.0]), Tensor([0.0]))
    Tensor(shape=[1], dtype=Complex64, value= [2+0j])
    """
    return OP["complex"](abs * OP["cos"](angle), abs * OP["sin"](angle))


def view_as_real(input: Tensor) -> Tensor:
    """Real and imaginary parts of a complex Tensor (...) as (..., 2).

    >>> from luojia import Tensor
    >>> import numpy as np
    >>> view_as_real(Tensor(np.array([1 + 2j]))).tolist()
    [[1.0, 2.0]]
    """
    if not is_complex(input):
        raise DTypeError(f"For 'view_as_real', the input must be complex, got {input.dtype}.")
    return OP["stack"](OP["real"](input), OP["imag"](input), axis=-1)


def _numbers_first(name: str) -> Callable:
    before = {"max": "greater_equal", "min": "less_equal"}[name]

    def function(input: Any, other: Any) -> Tensor:  # of equals the first, which takes the gradient
        return OP["where"](OP["logical_or"](OP["isnan"](other), OP[before](input, other)), input, other)

    function.__name__ = function.__qualname__ = f"f{name}"
    function.__doc__ = f"The elementwise {name}imum; where one of the two is not a number, the other."
    return function


fmax, fmin = _numbers_first("max"), _numbers_first("min")


def _between(name: str, x: Any, low: Any, high: Any, at_bound: float) -> Any:
    for bound in (low, high):
        if not (bound is None or is_operand(bound) or isinstance(bound, (int, float, np.number))):
            raise DTypeError(f"For '{name}', the bounds must be Tensors or numbers, but got {type(bound).__name__}.")
    if low is None and high is None:
        raise ArgumentError(f"For '{name}', at least one of the bounds must be given, got None for both.")
    out = OP["clip_between"](x, low, high, at_bound=at_bound)
    return OP["cast"](out, dtype=x.np_dtype) if isinstance(x, Tensor) and out.np_dtype != x.np_dtype else out


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Each element between the numbers or Tensors ``min`` and ``max``, in the dtype of ``input``.

    >>> from luojia import Tensor
    >>> clamp(Tensor([1, 5, 9]), Tensor([2, 2, 2]), 6).tolist()
    [2, 5, 6]
    """
    return _between("clamp", input, min, max, 1.0)


def clip(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """As ``clamp``."""
    return _between("clip", input, min, max, 1.0)


def clip_by_value(x: Any, clip_value_min: Any = None, clip_value_max: Any = None) -> Any:
    """Each element of a Tensor, or of each of a list or tuple of Tensors (then a tuple), between two bounds.

    At a bound the derivative is 1/2, where that of ``clamp`` is 1.
    """
    if isinstance(x, (list, tuple)):
        return tuple([clip_by_value(v, clip_value_min, clip_value_max) for v in x])
    if isinstance(x, (bool, int, float)):
        raise DTypeError("For 'clip_by_value', the type of argument 'x' must be Tensor or tuple[Tensor] or "
                         f"list[Tensor], but got {type(x).__name__}: {x}.")
    return _between("clip_by_value", x, clip_value_min, clip_value_max, 0.5)


def float_power(input: Any, exponent: Any) -> Tensor:
    """``input`` to the power ``exponent``, in Float64 or Complex128."""
    whole = any(isinstance(v, complex) or isinstance(v, Tensor) and v.np_dtype.kind == "c" for v in (input, exponent))
    number, dtype = (complex, "complex128") if whole else (float, "float64")
    x, y = (OP["cast"](v, dtype=dtype) if isinstance(v, Tensor) else number(v) for v in (input, exponent))
    return OP["power"](x, y)


def subtract(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input - alpha other."""
    return OP["subtract"](input, other if alpha == 1 else other * alpha)


def copysign(x: Any, other: Any) -> Tensor:
    """|x| with the sign of ``other``, in the dtype of x; of integers in Float32."""
    own = isinstance(x, Tensor) and is_float(x.np_dtype)
    x = x if own or not isinstance(x, Tensor) else OP["cast"](x, dtype="float32")
    out = OP["copysign"](x, other)
    dtype = x.np_dtype if isinstance(x, Tensor) else out.np_dtype if is_float(out.np_dtype) else "float32"
    return out if out.np_dtype == dtype else OP["cast"](out, dtype=dtype)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(x / (1 - x)), with x clipped to [eps, 1 - eps] if ``eps`` is given."""
    x = input if eps is None else OP["clip"](input, a_min=eps, a_max=1 - eps)
    return OP["log"](x / (1 - x))


def sgn(input: Tensor) -> Tensor:
    """The sign of each element."""
    return OP["sign"](input)


def ldexp(x: Any, other: Any) -> Tensor:
    """x * 2^other."""
    return x * (OP["exp2"](other * 1.0) if isinstance(other, Tensor) else 2.0 ** other)


def inv(x: Tensor) -> Tensor:
    """1 / x, in the dtype of x."""
    out = OP["reciprocal"](x)
    return out if out.np_dtype == x.np_dtype else OP["cast"](out, dtype=x.np_dtype)


def eps(x: Tensor) -> Tensor:
    """The distance from 1 to the next number of the dtype, in the shape of x."""
    return OP["filled_like"](x, value=float(float_limits(x.np_dtype).eps))


def pows(input: Any, exponent: Any) -> Tensor:
    """``input`` to the power ``exponent``."""
    return OP["power"](input, exponent)


def tensor_exp(input: Tensor) -> Tensor:
    """e^x."""
    return OP["exp"](input)


def tensor_expm1(input: Tensor) -> Tensor:
    """e^x - 1."""
    return OP["expm1"](input)


def tensor_muls(input: Tensor, other: Any) -> Tensor:
    """x * other."""
    return OP["multiply"](input, other)


def isnan_ext(tensor: Any) -> Tensor:
    """Where an element is not a number."""
    return OP["isnan"](tensor)


def population_count(input_x: Tensor) -> Tensor:
    """How many bits of each integer are one, UInt8.

    >>> from luojia import Tensor, int16
    >>> population_count(Tensor([3, 8], int16)).tolist()
    [2, 1]
    """
    bits = 8 * input_x.itemsize
    total = sum(OP["bitwise_and"](OP["right_shift"](input_x, i), 1) for i in range(bits))
    return OP["cast"](total, dtype="uint8")


def swiglu(input: Tensor, dim: int = -1) -> Tensor:
    """a sigmoid(a) b for the two halves a and b along ``dim`` (Shazeer 2020)."""
    n = input.shape[dim]
    if n % 2:
        raise ShapeError(f"swiglu expects an even length along axis {dim}, got shape {input.shape}.")
    lead = (slice(None),) * (dim % input.ndim)
    return OP["silu"](input[(*lead, slice(0, n // 2))]) * input[(*lead, slice(n // 2, None))]
