"""NumPy's functions on Tensors, as ``mindspore.numpy`` names them: creation, mathematics, logic, indexing.

>>> from luojia import numpy as mnp
>>> mnp.mean(mnp.ones((2, 3)), axis=0)
Tensor(shape=[3], dtype=Float32, value= [ 1.00000000e+00,  1.00000000e+00,  1.00000000e+00])

Functions are on the tape: ``ops.grad`` goes through them. Lists count as Tensors, their integers Int32 and their floats
Float32; integers divide to Float32. A function that the engine cannot differentiate (``convolve``, ``interp``,
``median`` and rarer ones) says so where its gradient is asked for. MXNet's NumPy-like arrays are ``luojia.np``.
"""

from __future__ import annotations

from typing import Any

import numpy as _numpy

from .._src.core import dtypes as _dtypes
from .._src.ops import Tensor
from . import adopt as _adopt
from . import composed as _composed
from . import creation as _creation

_CREATION = ("arange array asarray asfarray empty empty_like eye full full_like geomspace identity linspace logspace "
             "meshgrid mgrid ogrid ones ones_like rand randint randn tri zeros zeros_like").split()
_COMPOSED = ("array_split average corrcoef cov cumprod diagonal dsplit ediff1d float_power hsplit nanmax nanmean "
             "nanmin nanstd nansum nanvar pad polyval ptp sort split trace trapz vsplit").split()
_OPERATORS = {name: name for name in """
abs add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or bitwise_xor cbrt ceil copysign cos
cosh divide equal exp exp2 expm1 fix floor floor_divide fmod gcd greater greater_equal heaviside hypot isfinite isinf
isnan isneginf isposinf lcm less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or
logical_xor maximum minimum mod multiply negative not_equal power reciprocal rint sign signbit sin sinh sqrt square
subtract tan tanh trunc invert
""".split()} | {"absolute": "abs", "fabs": "abs", "bitwise_not": "invert", "deg2rad": "radians", "radians": "radians",
                "rad2deg": "degrees", "degrees": "degrees", "remainder": "mod", "true_divide": "divide",
                "positive": "identity"}
_ROWS = {row.rpartition("->")[2].strip().partition("(")[0]: row for row in """
mean(a:x, axis=None, keepdims=False, dtype=None)
prod(a:x, axis=None, dtype=None, keepdims=False)
max -> amax(a:x, axis=None, keepdims=False)
min -> amin(a:x, axis=None, keepdims=False)
max(a:x, axis=None, keepdims=False)
min(a:x, axis=None, keepdims=False)
std(x, axis=None, ddof=0, keepdims=False)
var(x, axis=None, ddof=0, keepdims=False)
any -> sometrue(a:x, axis=None, keepdims=False)
any(a:x, axis=None, keepdims=False)
all(a:x, axis=None, keepdims=False)
argmax(a:x, axis=None)
argmin(a:x, axis=None)
count_nonzero(x, axis=None, keepdims=False)
cumsum(a:x, axis=None, dtype=None)
clip(x, xmin:a_min, xmax:a_max)
expand_dims(a:x, axis)
squeeze(a:x, axis=None)
swapaxes(x, axis1, axis2)
moveaxis(a:x, source, destination)
broadcast_to(array:x, shape)
flip(m:x, axis=None)
repeat(a:x, repeats, axis=None)
tile(a:x, reps)
reshape(x, new_shape:shape)
transpose(a:x, axes=None)
tril(m:x, k=0)
triu(m:x, k=0)
matmul(x1:x, x2:y)
inner(a:x, b:y)
outer(a:x, b:y)
tensordot(a:x, b:y, axes=2)
where(condition:c, x, y)
stack(*arrays:xs, axis=0)
concatenate(*arrays:xs, axis=0)
vstack(*tup:xs)
hstack(*tup:xs)
dstack(*tup:xs)
column_stack(*tup:xs)
take(a:x, indices:i, axis=None, mode='clip')
take_along -> take_along_axis(arr:x, indices:i, axis)
""".strip().splitlines()}
_ADOPTED = """
append apply_along_axis apply_over_axes argwhere array_equal array_equiv atleast_1d atleast_2d atleast_3d bartlett
bincount blackman broadcast_arrays choose convolve correlate cross diag diag_indices diagflat diff digitize divmod dot
fliplr flipud gradient hamming hanning histogram histogram2d histogram_bin_edges histogramdd indices interp
intersect1d isclose isin ix_ kron nancumsum piecewise polyadd polyder polyint polymul polysub ravel ravel_multi_index
roll rollaxis rot90 searchsorted select setdiff1d tril_indices tril_indices_from triu_indices triu_indices_from
union1d unique unravel_index unwrap vander nonzero median argsort
""".split()
_FURTHER = {"norm": ("norm", "linalg"), "multi_dot": ("multi_dot", "linalg"), "in1d": ("isin", "")}
_DTYPES = "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
_CONSTANTS = {"pi": _numpy.pi, "e": _numpy.e, "inf": _numpy.inf, "nan": _numpy.nan, "newaxis": None,
              "int_": _dtypes.int32, "uint": _dtypes.uint32, "float_": _dtypes.float32}


def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:  # noqa: A001
    """The sum over ``axis``, plus ``initial``."""
    return _creation.asarray(a).sum(axis, dtype, keepdims, initial)


def size(a: Any, axis: int | None = None) -> int:
    """The number of elements, or the length of ``axis``."""
    a = _creation.asarray(a)
    return a.size if axis is None else a.shape[axis]


def isscalar(element: Any) -> bool:
    """Whether the element is a number, a bool or a string."""
    return isinstance(element, (int, float, complex, bool, str))


def array_str(a: Any) -> str:
    """The elements as text."""
    return str(_creation.asarray(a))


def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest dtype to which both can be cast."""
    return _dtypes.from_np(_numpy.promote_types(_dtypes.to_np(type1), _dtypes.to_np(type2)))


def result_type(*arrays_and_dtypes: Any) -> Any:
    """The dtype that arithmetic on these Tensors, numbers and dtypes gives."""
    found = [a.np_dtype if isinstance(a, Tensor) else a.np if isinstance(a, _dtypes.DType) else a
             for a in arrays_and_dtypes]
    return _dtypes.from_np(_numpy.result_type(*found))


def __getattr__(name: str) -> Any:
    if name in _CREATION:
        found = getattr(_creation, name)
    elif name in _COMPOSED:
        found = getattr(_composed, name)
    elif name in _OPERATORS:
        found = _adopt.elementwise(name, _OPERATORS[name])
    elif name in _ROWS:
        found = _adopt.face(_ROWS[name])
    elif name in _ADOPTED:
        found = _adopt.adopt(name)
    elif name in _FURTHER:
        found = _adopt.adopt(*_FURTHER[name])
    elif name in _DTYPES:
        found = getattr(_dtypes, name)
    elif name in _CONSTANTS:
        found = _CONSTANTS[name]
    else:
        raise AttributeError(f"module 'luojia.numpy' has no attribute {name!r}")
    globals()[name] = found
    return found


__all__ = ["array_str", "isscalar", "promote_types", "result_type", "size", "sum"]
__all__ += sorted({*_CREATION, *_COMPOSED, *_OPERATORS, *_ROWS, *_ADOPTED, *_FURTHER, *_DTYPES, *_CONSTANTS})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
