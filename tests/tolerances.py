"""How close a result must come to its reference, for each dtype: the only place where a test takes tolerances from."""

from __future__ import annotations

import doctest
import re

import numpy as np

# dtype -> (rtol, atol); a few hundred units in the last place, as a sum over a small array loses them.
TOLERANCE: dict[str, tuple[float, float]] = {
    "float64": (1e-10, 1e-12),
    "float32": (1e-4, 1e-5),
    "float16": (1e-2, 1e-2),
    "bfloat16": (5e-2, 5e-2),
    "complex64": (1e-4, 1e-5),
    "complex128": (1e-10, 1e-12),
}

# Central differences in float64 with a step of about 1e-6 keep this much of a first, and of a second, derivative.
FINITE_DIFFERENCE: dict[int, tuple[float, float]] = {1: (1e-5, 1e-7), 2: (1e-4, 1e-5)}


def tolerance_of(dtype: object) -> dict[str, float]:
    """Keyword arguments for ``np.testing.assert_allclose`` at `dtype`; integers and booleans must be equal.

    >>> tolerance_of(np.float32)
    {'rtol': 0.0001, 'atol': 1e-05}
    >>> tolerance_of("int32")
    {'rtol': 0.0, 'atol': 0.0}
    """
    name = dtype if isinstance(dtype, str) else np.dtype(dtype).name  # type: ignore[call-overload]
    rtol, atol = TOLERANCE.get(name, (0.0, 0.0))
    return {"rtol": rtol, "atol": atol}


class NumbersAlike(doctest.OutputChecker):
    """Numbers that an example prints are compared as numbers: engines and processors differ in the last digit.

    >>> NumbersAlike().check_output("[0.5 1. ]", "[0.50000001 1.]", 0), NumbersAlike().check_output("[1]", "[2]", 0)
    (True, False)
    """

    NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        if "".join(self.NUMBER.sub("", want).split()) != "".join(self.NUMBER.sub("", got).split()):
            return False
        wanted, found = ([float(n) for n in self.NUMBER.findall(text)] for text in (want, got))
        return np.allclose(wanted, found, rtol=1e-4, atol=1e-6)
