"""Large arrays of float16 on NumPy, which computes in it number by number: operators compute in float32 and round once.

To float32 and back takes 1.5 ns a number (``engine/kernels/halves.py``), each of NumPy's operations on float16 3 to 10.
A sum, difference, product, quotient or root of float16 that is rounded to float32 first is rounded to the same float16;
what takes several steps loses fewer digits than step by step. A node's arrays stay float16, and its rule computes in
float32 too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.kernels.halves import half, single

LEAST = 1 << 13  # numbers from which it is worth it
HALF = np.dtype(np.float16)
_SINGLE = np.dtype(np.float32)
_NUMBERS = (int, float, bool, type(None))
_MOVES = (  # pointwise, but nothing is computed, or it depends on the dtype
    "real", "imag", "conj", "angle", "complex", "complex_abs", "invert", "nextafter", "bitwise_and", "bitwise_or",
    "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm", "elemwise_add", "elemwise_sub", "elemwise_mul",
    "elemwise_div")
_MORE = (  # that are not pointwise
    "relu6", "leaky_relu", "prelu", "elu", "celu", "gelu", "scaled_softplus", "hard_sigmoid", "hard_swish", "hard_tanh",
    "hard_shrink", "soft_shrink", "threshold", "glu", "smooth_l1", "activation", "leaky_relu_family", "squareplus",
    "frac", "add_all", "sum", "mean", "prod", "square_sum", "nansum", "nanprod", "var", "std", "norm", "logsumexp",
    "max", "min", "argmax", "argmin", "max_with_index", "min_with_index", "l2_normalize", "l2_normalization",
    "local_response_norm", "local_response_normalization", "softmax", "log_softmax", "softmin", "layer_norm",
    "group_norm", "instance_norm", "batch_norm", "batch_norm_relu", "sigmoid_cross_entropy_with_logits",
    "bce_with_logits", "binary_cross_entropy", "kl_div", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss",
    "l2_loss", "hinge_embedding_loss", "margin_ranking_loss", "cosine_embedding_loss", "gaussian_nll_loss", "cumsum",
    "running_sum", "cumulative_product", "cummax", "cummin", "diff", "topk", "adaptive_avg_pool", "adaptive_max_pool",
    "resize", "resize_dx", "resized", "bilinear_resize", "max_pool", "max_pool_dx", "max_pool_select", "sum_pool",
    "sum_pool_dx", "avg_pool", "avg_pool_dx", "pooling", "dense", "add_matmul", "bias_add")
_QUICK = (  # whose function NumPy computes of float16 by vectors
    "exp", "log", "tanh", "cbrt", "expm1", "exp2", "log2", "log10", "log1p", "sin", "tan", "arcsin", "arccos", "arctan",
    "sinh", "cosh", "arcsinh", "arctanh", "abs", "negative")
_computes: dict[str, bool] = {}


def takes(op: Any, values: list) -> bool:
    """Whether ``op`` on these, the first array being of float16, is to be computed in float32."""
    found = _computes.get(op.name)
    if found is None:
        found = _computes[op.name] = op.name in _MORE or op.pointwise and op.name not in _MOVES
    if not found:
        return False
    large = False
    for v in values:
        if v.__class__ is np.ndarray:
            if v.dtype != HALF:
                return False
            large = large or v.size >= LEAST
        elif v.__class__ not in _NUMBERS:
            return False
    return large


def widened(op: Any, values: list) -> list:
    """The values that ``op`` is to compute with: float32, and numbers as float16 has them."""
    return values if op.name in _QUICK else [wide(v) for v in values]


def wide(value: Any) -> Any:
    """Arrays of float16, also of a tuple or list, in float32, and numbers as float16 has them."""
    if value.__class__ is tuple or value.__class__ is list:
        return value.__class__([wide(v) for v in value])
    if value.__class__ is np.ndarray:
        return single(value) if value.dtype == HALF else value
    if value.__class__ is float:
        with np.errstate(over="ignore"):
            return float(np.float16(value))
    return value


def narrowed(ans: Any, attrs: dict) -> Any:
    """What became of widened values, in float16; a dtype that was asked for stays."""
    if ans.__class__ is tuple:
        return tuple([narrowed(a, attrs) for a in ans])
    return half(ans) if ans.dtype == _SINGLE and attrs.get("dtype") in (None, "same") else ans
