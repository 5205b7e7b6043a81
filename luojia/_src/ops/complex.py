"""Complex numbers: their parts, and what makes them. Rules are as ``core/conjugate.py`` says."""

from __future__ import annotations

from typing import Any

from ..core.op import op
from ..errors import DTypeError
from .define import unary


def is_complex(x: Any) -> bool:
    """Whether an array or Tensor is complex."""
    return getattr(x, "np_dtype", x.dtype).kind == "c"


def direction(xp: Any, z: Any) -> Any:
    """z / |z|, and 0 at 0."""
    size = xp.abs(z)
    return z / xp.where(size == 0, size + 1, size)


def _imag_rule(xp, g, ans, args, needs):
    return (-1j * g if is_complex(args[0]) else g * 0,)


def _angle_rule(xp, g, ans, args, needs):
    return (-1j * g / args[0] if is_complex(args[0]) else g * 0,)


unary("real", lambda xp, x: xp.real(x), "The real part: of a real Tensor, itself.", ms="Real",
      rule=lambda xp, g, ans, args, needs: (g,), keep="", half="kept")
unary("imag", lambda xp, x: xp.imag(x), "The imaginary part: of a real Tensor, zeros.", ms="Imag", rule=_imag_rule,
      keep="", half="kept")
unary("conj", lambda xp, x: xp.conj(x), "The complex conjugate: of a real Tensor, itself.", ms="Conj",
      rule=lambda xp, g, ans, args, needs: (xp.conj(g),), keep="", half="kept")
unary("angle", lambda xp, x: xp.angle(x), "The angle in the complex plane: of a real number 0, of a negative one pi.",
      ms="Angle", rule=_angle_rule, half="kept")
unary("complex_abs", lambda xp, x: xp.abs(x), "The distance from 0 in the complex plane, a real Tensor.",
      ms="ComplexAbs", fn="", half="kept",
      rule=lambda xp, g, ans, args, needs: (g * (xp.conj if is_complex(args[0]) else xp.real)(direction(xp, args[0])),))


@op("Complex()(real:x, imag:y)", fn=(), elementwise=True, half="kept")
def complex_(xp, x, y):
    """x + i y, of two Tensors of Float32 or of Float64."""
    if x.dtype.name not in ("float32", "float64"):
        raise DTypeError(f"For 'Complex', real and imag must be Float32 or Float64, got {x.dtype}; cast them first.")
    return xp.complex_of(x, y)


@complex_.vjp(keep="")
def _(xp, g, ans, args, needs):
    return xp.real(g), xp.imag(g)
