"""Errors of operators that NumPy or XLA refused, told as the doors do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import ArgumentError, DTypeError, MXNetError, PlaceError, ShapeError, ZeroError

if TYPE_CHECKING:
    from .op import Operator

REFUSALS = (ValueError, TypeError, OverflowError, IndexError, ZeroDivisionError)


def failed(op: Operator, values: list, e: Exception) -> Exception:
    """The error of an operator that NumPy or XLA refused: of the doors' types, with the operator and what it got.

    One that is of these types already is raised again: as its own cause it would keep itself and all arrays around.
    """
    if isinstance(e, MXNetError) or type(e).__module__.startswith("jax.errors"):  # what a trace cannot do
        try:
            raise e
        finally:
            del e
    got = ", ".join(
        f"{tuple(v.shape)} {v.dtype}" if hasattr(v, "shape") and hasattr(v, "dtype") else repr(v) for v in values
    )
    text = str(e).rstrip(" .")
    shapes = isinstance(e, ValueError) or "shape" in text  # JAX tells of shapes by TypeError
    kind = ShapeError if shapes else DTypeError if isinstance(e, TypeError) else ArgumentError
    if isinstance(e, (IndexError, ZeroDivisionError)):
        kind = PlaceError if isinstance(e, IndexError) else ZeroError
    if "ncompatible shapes for broadcasting" in text:  # JAX's words, where NumPy's are the doors'
        text = "the operands could not be broadcast together"
    if "could not be broadcast together" in text:
        text += "; lengths must be equal or 1, counted from the last axis"
    elif unlike := _UNLIKE.search(text):  # of np.matmul, in terms of its signature
        text = f"lengths {unlike[2]} and {unlike[1]}, which the product sums over, must be equal"
    return kind(f"{op.public}: {text}" + (f"; it was applied to ({got})." if values else "."))


_UNLIKE = re.compile(r"mismatch in its core dimension.*\(size (\d+) is different from (\d+)\)")
