"""The functions of mint that are one operator under another signature, or a function of ``ops`` as it is."""

from __future__ import annotations

from collections.abc import Callable

from .. import ops
from .._src.core.accepted import read
from .._src.core.compiled_faces import compile_function, run_plain
from .._src.core.face_tables import lines
from .._src.core.faces import Face
from .._src.core.op import OPERATORS

OPERATORS_BY_NAME = """
abs(input:x); acos(input:x) = arccos; acosh(input:x) = arccosh; arccos(input:x); arccosh(input:x); arcsin(x)
arcsinh(input:x); arctan(input:x); arctanh(input:x); asin(input:x) = arcsin; asinh(input:x) = arcsinh
atan(input:x) = arctan; atanh(input:x) = arctanh; bitwise_not(input:x) = invert; ceil(input:x); cos(input:x)
cosh(input:x); erf(input:x); erfc(input:x); erfinv(input:x); exp(input:x); exp2(input:x); expm1(input:x)
floor(input:x); frac(input:x); isfinite(input:x); isinf(input:x); isneginf(input:x); isnan(tensor:x); log(input:x)
log10(input:x); log1p(input:x); log2(input:x); logical_not(input:x); neg(input:x) = negative; negative(input:x)
reciprocal(input:x); rsqrt(input:x); sigmoid(input:x); sign(input:x); sin(input:x); sinc(input:x); sinh(input:x)
sqrt(input:x); square(input:x); tan(input:x); tanh(input:x); trunc(input:x); relu(input:x)
fix(input:x) = trunc; inverse(input:x); clone(input:x) = identity
arctan2(input:x, other:y); atan2(input:x, other:y) = arctan2; bitwise_and(input:x, other:y)
bitwise_or(input:x, other:y); bitwise_xor(input:x, other:y)
eq(input:x, other:y) = equal; fmod(input:x, other:y) | by_zero='x'; gcd(input:x, other:y)
greater(input:x, other:y); greater_equal(input:x, other:y); gt(input:x, other:y) = greater; less(input:x, other:y)
ge(input:x, other:y) = greater_equal; le(input:x, other:y) = less_equal; less_equal(input:x, other:y)
logaddexp(input:x, other:y); logaddexp2(input:x, other:y); logical_and(input:x, other:y); logical_or(input:x, other:y)
logical_xor(input:x, other:y); lt(input:x, other:y) = less; maximum(input:x, other:y); minimum(input:x, other:y)
mul(input:x, other:y) = multiply; ne(input:x, other:y) = not_equal; not_equal(input:x, other:y)
pow(input:x, exponent:y) = power; remainder(input:x, other:y) = mod | by_zero='x'; xlogy(input:x, other:y)
floor_divide(input:x, other:y); div(input:x, other:y, rounding_mode=None) = divide_rounding
divide(input:x, other:y, rounding_mode=None) = divide_rounding
mm(input:x, mat2:y) = matmul; bmm(input:x, mat2:y) = matmul; mv(input:x, vec:y) = matmul; matmul(input:x, other:y)
dot(input:x, other:y) = matmul; outer(input:x, vec2:y)
addmm(input:c, mat1:x, mat2:y, beta=1, alpha=1) = add_matmul; addmv(input:c, mat:x, vec:y, beta=1, alpha=1) = add_matmul
baddbmm(input:c, batch1:x, batch2:y, beta=1, alpha=1) = add_matmul
cummax(input:x, dim:axis); cumprod(input:x, dim:axis, dtype=None) = cumulative_product
cumsum(input:x, dim:axis, dtype=None); logsumexp(input:x, dim:axis, keepdim:keepdims=False)
flip(input:x, dims:axis); permute(input:x, dims:axes) = transpose; reshape(input:x, shape)
unsqueeze(input:x, dim:axis) = expand_dims; swapaxes(input:x, axis0:axis1, axis1:axis2)
transpose(input:x, dim0:axis1, dim1:axis2) = swapaxes; broadcast_to(input:x, shape); tile(input:x, dims:reps)
unbind(input:x, dim:axis=0) = unstack
gather(input:x, dim:axis, index:i) = take_along
isclose(input:x, other:y, rtol=1e-05, atol=1e-08, equal_nan=False)
"""
FROM_OPS = """addbmm addcdiv addcmul arange float_power gcd imag lerp masked_select
polar ravel real t take triangular_solve unique_consecutive empty logit einsum eye"""

ACCEPTED = read("""
mm, bmm        input mat2: any =
mv             input vec: any =
dot, matmul, isclose, allclose   input other: any =
addmm          mat1 mat2: any =
baddbmm        input batch1 batch2: any =
addmv          mat vec: any =
gather         index: index
index_select, index_add   index: index
scatter_add    input src: any =; index: index
bincount       input: integer
""")


def make(module: str) -> dict[str, Callable]:
    """The functions of the table."""
    made: dict[str, Callable] = {}
    for spec, target in lines(OPERATORS_BY_NAME):
        face = Face(OPERATORS[target], spec)
        function = compile_function(face, run_plain, module, checked=True, accepted=ACCEPTED.get(face.name))
        made[function.__name__] = function
    return {**made, **{n: getattr(ops, n) for n in FROM_OPS.split() if n not in made and hasattr(ops, n)}}
