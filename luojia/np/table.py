"""The functions that are one operator under mx.np's name and signature: one line each.

``absolute(x) = abs`` names the operator ``abs``; without ``=`` the operator has the function's name. Every function
takes ``out=`` as well, an array to write the result into.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .._src.core.compiled_faces import compile_function, run_plain
from .._src.core.dtypes import to_numpys
from .._src.core.face_tables import lines
from .._src.core.faces import Face
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.errors import NotSupportedError
from .._src.ops.compose import floating
from .creation import lift
from .multiarray import result

# Numbers alone give NumPy's answer.
ELEMENTWISE = """
abs(x); absolute(x) = abs; fabs(x) = abs; negative(x); positive(x) = identity; real(x) = identity; square(x); invert(x)
bitwise_not(x) = invert; add(x1:x, x2:y); subtract(x1:x, x2:y); multiply(x1:x, x2:y); power(x1:x, x2:y)
divide(x1:x, x2:y); true_divide(x1:x, x2:y) = divide; floor_divide(x1:x, x2:y)
mod(x1:x, x2:y); remainder(x1:x, x2:y) = mod; fmod(x1:x, x2:y)
maximum(x1:x, x2:y); minimum(x1:x, x2:y); gcd(x1:x, x2:y); lcm(x1:x, x2:y)
bitwise_and(x1:x, x2:y); bitwise_or(x1:x, x2:y); bitwise_xor(x1:x, x2:y); sign(x)
equal(x1:x, x2:y); not_equal(x1:x, x2:y); less(x1:x, x2:y); less_equal(x1:x, x2:y); greater(x1:x, x2:y)
greater_equal(x1:x, x2:y); logical_and(x1:x, x2:y); logical_or(x1:x, x2:y); logical_xor(x1:x, x2:y); logical_not(x)
around(x, decimals=0) = round; round(x, decimals=0); round_(x, decimals=0) = round
"""
# The same, of booleans in float32; of integers the results are truncated to integers.
WHOLE = """
sqrt(x); cbrt(x); exp(x); expm1(x); log(x); log2(x); log10(x); log1p(x); reciprocal(x)
sin(x); cos(x); tan(x); arcsin(x); arccos(x); arctan(x); sinh(x); cosh(x); tanh(x); arcsinh(x); arccosh(x); arctanh(x)
deg2rad(x) = radians; radians(x); rad2deg(x) = degrees; degrees(x); ceil(x); floor(x); trunc(x); fix(x)
rint(x) = round
hypot(x1:x, x2:y); arctan2(x1:x, x2:y); copysign(x1:x, x2:y)
"""
# The same, of integers in float32: their results are no integers.
FLOATING = """
exp2(x); logaddexp(x1:x, x2:y)
isfinite(x); isinf(x); isnan(x); isneginf(x); isposinf(x); signbit(x)
"""
# Sums and products of integers keep their dtype.
KEPT = """
sum(a:x, axis=None, dtype=None, keepdims=False); prod(a:x, axis=None, dtype=None, keepdims=False)
product(a:x, axis=None, dtype=None, keepdims=False) = prod; cumsum(a:x, axis=None, dtype=None)
"""
PLAIN = """
max(a:x, axis=None, keepdims=False); amax(a:x, axis=None, keepdims=False) = max
min(a:x, axis=None, keepdims=False); amin(a:x, axis=None, keepdims=False) = min
all(a:x, axis=None, keepdims=False); any(a:x, axis=None, keepdims=False)
alltrue(a:x, axis=None, keepdims=False) = all; sometrue(a:x, axis=None, keepdims=False) = any
argmax(a:x, axis=None); argmin(a:x, axis=None); ptp(a:x, axis=None, keepdims=False)
sort(a:x, axis=-1, kind:_=None, order:_=None)
copy(a:x) = identity; squeeze(a:x, axis=None); swapaxes(a:x, axis1, axis2); moveaxis(a:x, source, destination)
tile(A:x, reps); roll(a:x, shift, axis=None); broadcast_to(array:x, shape); diag(array:x, k=0)
diagonal(a:x, offset=0, axis1=0, axis2=1); tril(m:x, k=0); triu(m:x, k=0)
take_along_axis(arr:x, indices:i, axis) = take_along; clip(a:x, a_min, a_max)
inner(a:x, b:y); outer(a:x, b:y); tensordot(a:x, b:y, axes=2); kron(a:x, b:y)
cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None); convolve(a, v, mode='full'); correlate(a, v, mode='valid')
polyadd(a1:x, a2:y); polysub(a1:x, a2:y); polymul(a1:a, a2:v) = convolve; polyval(p, x)
polyint(p, m=1, k=None); polyder(p, m=1); vander(x, N:n=None, increasing=False)
"""
PLAIN_FLOATING = """
mean(a:x, axis=None, dtype=None, keepdims=False)
nanmax(a:x, axis=None, keepdims=False); nanmin(a:x, axis=None, keepdims=False)
nanmean(a:x, axis=None, keepdims=False); nansum(a:x, axis=None, keepdims=False)
nanprod(a:x, axis=None, keepdims=False); nanvar(a:x, axis=None, ddof=0, keepdims=False)
nanstd(a:x, axis=None, ddof=0, keepdims=False); nancumsum(a:x, axis=None, dtype=None)
interp(x, xp:points, fp:values, left=None, right=None); trapz(y, x=None, dx=1.0, axis=-1)
corrcoef(x:m, y=None, rowvar=True)
cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights:w=None)
"""
LINALG = """
det(a:x); inv(a:x) = inverse; cholesky(a:x); slogdet(a:x); matrix_power(a:x, n)
"""


# The remainder of a division by 0 is 0; halves are rounded down; where elements tie, the gradient goes to each, or to
# the left array.
OWN_WAYS = {"mod": " | by_zero=0", "rint": " | ties='down'", "max": " | ties='each'", "min": " | ties='each'",
            "maximum": " | ties='left'", "minimum": " | ties='left'"}


def same(x: Any) -> Any:
    return x


def counting(x: Any) -> Any:
    """x, as float32 if it holds booleans."""
    return OPERATORS["cast"](x, dtype=np.dtype(np.float32)) if isinstance(x, Tensor) and x.np_dtype.kind == "b" else x


def alone(x: Any, axis: Any) -> bool:
    """Whether a reduction over ``axis`` leaves every element alone: over no axis, or over one of a number."""
    if isinstance(axis, (tuple, list)):
        return not axis
    return axis in (0, -1) and isinstance(x, Tensor) and not x.shape


def over_none(arrays: tuple, attrs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """A reduction that leaves every element alone: over a last axis of length 1."""
    more = {"keepdims": False} if "keepdims" in attrs else {}
    return (OPERATORS["expand_dims"](arrays[0], axis=-1), *arrays[1:]), {**attrs, "axis": -1, **more}


def stored(found: Any, out: Any) -> Any:
    """The result, or ``out`` with it written into."""
    found = result(found)
    into: Any = out[0] if isinstance(out, (list, tuple)) and len(out) == 1 else out
    return found if into is None else into._store(found)


def _plain(prepare: Callable) -> Callable:
    def run(face: Face, inputs: tuple, attrs: dict[str, Any], out: Any = None) -> Any:
        arrays = tuple([x if x is None else prepare(lift(x, face.name)) for x in inputs])
        if ("keepdims" in attrs or face.op.name in ("argmax", "argmin")) and alone(arrays[0], attrs["axis"]):
            arrays, attrs = over_none(arrays, attrs)
        return stored(run_plain(face, arrays, attrs), out)

    return run


def _kept(face: Face, inputs: tuple, attrs: dict[str, Any], out: Any = None) -> Any:
    x, dtype = lift(inputs[0], face.name), attrs["dtype"]
    if "keepdims" in attrs and alone(x, attrs["axis"]):
        (x,), attrs = over_none((x,), attrs)
    if dtype is None and isinstance(x, Tensor) and x.np_dtype.kind in "iu":
        dtype = x.np_dtype
    elif dtype is not None and to_numpys(dtype).kind in "biu" and "keepdims" in attrs:  # what is summed is cast
        attrs = {**attrs, "dtype": None}
    elif dtype is None and not isinstance(x, Tensor) and "keepdims" in attrs:  # a Symbol, which tells no dtype
        attrs = {**attrs, "dtype": "own"}
    found = run_plain(face, (x,), attrs)
    if dtype is not None and isinstance(found, Tensor) and found.np_dtype != to_numpys(dtype):
        found = OPERATORS["cast"](found, dtype=to_numpys(dtype))
    return stored(found, out)


def _elementwise(prepare: Callable) -> Callable:
    def run(face: Face, inputs: tuple, attrs: dict[str, Any], out: Any = None) -> Any:
        if all(isinstance(x, (bool, int, float, np.generic)) for x in inputs):
            given = {k: v for k, v in attrs.items() if k not in face.fixed}
            if face.op.name in ("ceil", "floor", "trunc", "fix"):  # newer NumPys leave integers alone
                inputs = tuple(map(float, inputs))
            return getattr(np, _NUMPYS.get(face.name, face.name))(*inputs, **given)
        if face.op.name in ("maximum", "minimum") and isinstance(inputs[0], (bool, int, float)):
            inputs = inputs[::-1]  # as in MXNet, the array has the gradient at ties
        numbers = [x.item() if isinstance(x, np.generic) else x for x in inputs]  # NumPy's are as Python's
        arrays = tuple([x if isinstance(x, (bool, int, float)) else prepare(lift(x, face.name)) for x in numbers])
        return stored(run_plain(face, arrays, attrs), out)

    return run


_UFUNCS = (ELEMENTWISE, WHOLE, FLOATING)
_NUMPYS = {"round_": "round", "fix": "trunc", "fabs": "abs"}


_UFUNC = {"where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True}
_SUM: dict[str, Any] = {"initial": None}
_BARE = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "around", "round", "round_"}


def ufunc_keywords(name: str, given: dict[str, Any]) -> None:
    """Refuse what NumPy's functions take besides ``out``, unless it is at NumPy's default."""
    known = _SUM if name == "sum" else _UFUNC
    for key, value in given.items():
        if key not in known:
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'" if known is _SUM else
                            f"{key} is an invalid keyword to function '{name}'")
        if value != known[key]:
            raise NotSupportedError(f"{key}={value} is not implemented yet for operator {name}")


def make(module: str, *kinds: tuple[str, Callable]) -> dict[str, Callable]:
    """The functions of some tables, each with what runs it."""
    made = {}
    for table, run in kinds:
        for spec, target in lines(table):
            fixed = OWN_WAYS.get(spec.partition("(")[0], OWN_WAYS.get(target, ""))
            face = Face(OPERATORS[target], spec + fixed)
            others = partial(ufunc_keywords, face.name) if face.name == "sum" or (
                table in _UFUNCS and face.name not in _BARE) else None
            function = compile_function(face, run, module, "out=None", numpys=True, others=others)
            made[function.__name__] = function
    return made


FUNCTIONS = make("luojia.np", (ELEMENTWISE, _elementwise(same)), (WHOLE, _elementwise(counting)),
                 (FLOATING, _elementwise(floating)), (KEPT, _kept), (PLAIN, _plain(same)),
                 (PLAIN_FLOATING, _plain(floating)))
LINALG_FUNCTIONS = make("luojia.np.linalg", (LINALG, _plain(floating)))
