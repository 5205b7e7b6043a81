"""The functions that are one operator under mindspore.numpy's name and signature: one line each.

``absolute(x) = abs`` names the operator ``abs``; without ``=`` the operator has the function's name.
``public:internal`` maps the name of an argument to the operator's (see ``_src/core/faces.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.compiled_faces import compile_function, run_plain
from .._src.core.face_tables import lines
from .._src.core.faces import Face
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.ops.compose import floating
from .convert import OF_TENSORS, alike, cast, counting, halved, single, tensor

# Each takes dtype=None as last argument, the dtype of the result.
ELEMENTWISE = """
abs(x); absolute(x) = abs; fabs(x) = abs; negative(a:x); positive(a:x) = identity; square(x)
add(x1:x, x2:y); subtract(x1:x, x2:y); multiply(x1:x, x2:y); heaviside(x1:x, x2:y)
power(x1:x, x2:y); floor_divide(x1:x, x2:y); mod(x1:x, x2:y); remainder(x1:x, x2:y) = mod; fmod(x1:x, x2:y)
gcd(x1:x, x2:y); lcm(x1:x, x2:y)
bitwise_and(x1:x, x2:y); bitwise_or(x1:x, x2:y); bitwise_xor(x1:x, x2:y); invert(x); bitwise_not(x) = invert
equal(x1:x, x2:y); not_equal(x1:x, x2:y); less(x1:x, x2:y); less_equal(x1:x, x2:y); greater(x1:x, x2:y)
greater_equal(x1:x, x2:y); logical_and(x1:x, x2:y); logical_or(x1:x, x2:y); logical_xor(x1:x, x2:y); logical_not(a:x)
"""
# The same, in which a number has the dtype of the array.
OF_DTYPE = """
maximum(x1:x, x2:y); minimum(x1:x, x2:y)
"""
# The same, of integers in float32: their results are no integers.
FLOATING = """
sqrt(x); cbrt(x); exp(x); expm1(x); log(x); log2(x); log10(x); log1p(x)
deg2rad(x) = radians; radians(x); rad2deg(x) = degrees; sign(x); floor(x); trunc(x)
rint(x); divide(x1:x, x2:y); true_divide(x1:x, x2:y) = divide; hypot(x1:x, x2:y)
logaddexp(x1:x, x2:y); logaddexp2(x1:x, x2:y); fix(x)
isfinite(x); isinf(x); isnan(x); signbit(x)
"""
# The same, of integers of one byte in float16.
HALVED = """
sin(x); cos(x); tan(x); arcsin(x); arccos(input:x) = arccos; arctan(x); sinh(x); cosh(x); tanh(x); arcsinh(x)
arccosh(x); arctanh(x); arctan2(x1:x, x2:y)
"""
# The same, of float16 too in float32.
SINGLE = """
ceil(x); float_power(x1:x, x2:y) = power
"""
PLAIN = """
isneginf(x); isposinf(x)
around(a:x, decimals=0) = round; round(a:x, decimals=0); copy(a:x) = identity
diag(v:x, k=0); diagonal(a:x, offset=0, axis1=0, axis2=1)
transpose(a:x, axes=None); moveaxis(a:x, source, destination); swapaxes(x, axis1, axis2)
squeeze(a:x, axis=None) = squeeze | strict=False; tile(a:x, reps); roll(a:x, shift, axis=None)
broadcast_to(array:x, shape)
ptp(x, axis=None, keepdims=False)
mean(a:x, axis=None, keepdims=False, dtype=None); count_nonzero(x, axis=None, keepdims=False)
argmax(a:x, axis=None); argmin(a:x, axis=None) | dtype='int32'
sometrue(a:x, axis=None, keepdims=False) = any
kron(a:x, b:y); cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None); matrix_power(a:x, n)
vander(x, N:n=None, increasing=False)
"""
ALIKE = """
inner(a:x, b:y); outer(a:x, b:y); correlate(a, v, mode='valid'); tensordot(a:x, b:y, axes=2)
isclose(a:x, b:y, rtol=1e-05, atol=1e-08, equal_nan=False)
"""
# A number is a vector of one element.
VECTORS = """
convolve(a, v, mode='full'); polyadd(a1:x, a2:y); polysub(a1:x, a2:y); polymul(a1:a, a2:v) = convolve; polyval(p, x)
polyder(p, m=1); polyint(p, m=1, k=None)
"""
PLAIN_FLOATING = """
var(x, axis=None, ddof=0, keepdims=False); std(x, axis=None, ddof=0, keepdims=False)
trapz(y, x=None, dx=1.0, axis=-1)
"""
PLAIN_SINGLE = """
unwrap(p, discont=3.141592653589793, axis=-1)
"""


def _plain(prepare: Callable) -> Callable:
    """Call the operator, numbers and lists among its arrays being made Tensors."""
    def run(face: Face, inputs: tuple, attrs: dict[str, Any]) -> Any:
        return run_plain(face, tuple([x if x is None else prepare(tensor(x, face.name)) for x in inputs]), attrs)

    return run


def _vectors(face: Face, inputs: tuple, attrs: dict[str, Any]) -> Any:
    xs = [x if x is None else tensor(x, face.name) for x in inputs]
    least = 1 if face.name == "polyval" else len(xs)
    for i, x in enumerate(xs[:least]):
        if isinstance(x, Tensor) and not x.ndim:
            xs[i] = OPERATORS["reshape"](x, shape=(1,))
        elif isinstance(x, Tensor) and x.shape == (0,) and face.name in ("polyadd", "polysub"):
            xs[i] = tensor(0.0, face.name).reshape(1)
    if face.name == "polyder":
        xs[0] = counting(xs[0])
    elif face.name == "polyval":
        xs = [single(x) for x in xs]
    return run_plain(face, tuple(xs), attrs)


def _alike(face: Face, inputs: tuple, attrs: dict[str, Any]) -> Any:
    xs = tuple([tensor(x, face.name) for x in inputs])
    alike(face.name, *(inputs if face.name == "correlate" else xs))
    if face.name == "correlate":
        xs = tuple([cast(x, np.float64) if x.np_dtype == np.int64 else floating(x) for x in xs])
    return run_plain(face, xs, attrs)


def _same(x: Any) -> Any:
    return x


def _number(x: Any, who: str, others: tuple, weak: bool) -> Any:
    """A Tensor; of a number beside one an int32 or float32, or (``weak``) of its dtype, where that matters."""
    if isinstance(x, (bool, int, float)) and who not in OF_TENSORS:
        for other in others:
            if isinstance(other, Tensor):
                if weak:
                    return cast(tensor(x, who), other.np_dtype)
                if other.np_dtype.itemsize >= 4:
                    return x
            elif hasattr(other, "_luojia_apply"):
                return x
    return tensor(x, who)


def _elementwise(prepare: Callable, weak: bool = False) -> Callable:
    def run(face: Face, inputs: tuple, attrs: dict[str, Any], dtype: Any = None) -> Any:
        if len(inputs) == 1:
            return cast(run_plain(face, (prepare(tensor(inputs[0], face.name)),), attrs), dtype)
        inputs = tuple([_number(x, face.name, inputs, weak) for x in inputs])
        if prepare is not _same and (prepare in (single, halved) or all(
                not isinstance(x, Tensor) or x.np_dtype.kind in "biu" for x in inputs)):
            inputs = tuple([prepare(x) for x in inputs])  # beside a float an integer takes its dtype
        return cast(run_plain(face, inputs, attrs), dtype)

    return run


def make(module: str) -> dict[str, Callable]:
    """The functions of the tables."""
    made = {}
    kinds = ((ELEMENTWISE, _elementwise(_same), "dtype=None"), (OF_DTYPE, _elementwise(_same, True), "dtype=None"),
             (FLOATING, _elementwise(floating), "dtype=None"), (HALVED, _elementwise(halved), "dtype=None"),
             (SINGLE, _elementwise(single), "dtype=None"), (PLAIN, _plain(_same), ""), (ALIKE, _alike, ""),
             (VECTORS, _vectors, ""), (PLAIN_FLOATING, _plain(floating), ""), (PLAIN_SINGLE, _plain(single), ""))
    for table, run, extra in kinds:
        for spec, target in lines(table):
            function = compile_function(Face(OPERATORS[target], spec), run, module, extra)
            made[function.__name__] = function
    return made
