"""The functions of ``mx.np`` that are one operator each: NumPy's signatures, a row per function.

A row is a face (see ``_src/core/faces.py``), after ``operator ->`` where the names differ.
"""

from __future__ import annotations

_UNARY = """abs arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh exp expm1 fix floor isfinite isinf isnan
isneginf isposinf log log10 log1p log2 logical_not negative reciprocal rint sign signbit sin sinh sqrt square tan tanh
trunc invert degrees radians ones_like zeros_like"""
_BINARY = """add subtract multiply divide power arctan2 hypot copysign equal not_equal less less_equal greater
greater_equal bitwise_and bitwise_or bitwise_xor maximum minimum mod lcm heaviside floor_divide"""
_RENAMED = """
abs -> absolute(x)
abs -> fabs(x)
degrees -> rad2deg(x)
radians -> deg2rad(x)
invert -> bitwise_not(x)
divide -> true_divide(x1:x, x2:y)
mod -> remainder(x1:x, x2:y)
sum(a:x, axis=None, dtype=None, keepdims=False)
mean(a:x, axis=None, dtype=None, keepdims=False)
prod(a:x, axis=None, dtype=None, keepdims=False)
prod -> product(a:x, axis=None, dtype=None, keepdims=False)
max(a:x, axis=None, keepdims=False)
max -> amax(a:x, axis=None, keepdims=False)
min(a:x, axis=None, keepdims=False)
min -> amin(a:x, axis=None, keepdims=False)
std(a:x, axis=None, ddof=0, keepdims=False)
var(a:x, axis=None, ddof=0, keepdims=False)
all(a:x, axis=None, keepdims=False)
any(a:x, axis=None, keepdims=False)
argmax(a:x, axis=None, keepdims=False)
argmin(a:x, axis=None, keepdims=False)
count_nonzero(a:x, axis=None, keepdims=False) | dtype='int64'
cumsum(a:x, axis=None, dtype=None)
nanprod(a:x, axis=None, keepdims=False)
clip(a:x, a_min=None, a_max=None)
round(a:x, decimals=0)
round -> around(a:x, decimals=0)
round -> round_(a:x, decimals=0)
expand_dims(a:x, axis)
squeeze(a:x, axis=None)
swapaxes(a:x, axis1, axis2)
moveaxis(a:x, source, destination)
broadcast_to(array:x, shape)
flip(m:x, axis=None)
roll(a:x, shift, axis=None)
repeat(a:x, repeats, axis=None)
tile(A:x, reps)
tril(m:x, k=0)
triu(m:x, k=0)
trace(a:x)
diagonal(a:x, offset=0, axis1=0, axis2=1)
sort(a:x, axis=-1)
matmul(a:x, b:y)
inner(a:x, b:y)
outer(a:x, b:y)
tensordot(a:x, b:y, axes=2)
where(condition:c, x, y)
stack(*arrays:xs, axis=0)
concatenate(*seq:xs, axis=0)
vstack(*arrays:xs)
vstack -> row_stack(*arrays:xs)
hstack(*arrays:xs)
dstack(*arrays:xs)
column_stack(*tup:xs)
meshgrid(*xi:xs, indexing='xy')
"""
HOST = """allclose argpartition argwhere array_equal array_equiv bincount blackman corrcoef cov digitize
diag_indices_from ediff1d flatnonzero hamming hanning histogram histogram2d in1d indices interp intersect1d isin
isclose lexsort logspace may_share_memory median min_scalar_type nanargmax nanargmin nancumsum nanmax nanmean nanmin
nansum nonzero packbits percentile polyval promote_types quantile result_type searchsorted setdiff1d setxor1d
shares_memory tri tril_indices tril_indices_from triu_indices triu_indices_from union1d unique unravel_index argsort
vander""".split()


def rows() -> dict[str, str]:
    """The rows by the name of their function."""
    found = {name: f"{name}(x)" for name in _UNARY.split()}
    found |= {name: f"{name}(x1:x, x2:y)" for name in _BINARY.split()}
    for row in _RENAMED.strip().splitlines():
        found[row.rpartition("->")[2].strip().partition("(")[0]] = row
    return found
