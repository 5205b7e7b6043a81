"""MindSpore's names for its newer operators: functions of mint called ``add_ext``, ``select_ext_view`` or
``inplace_elu``, and classes like ``MaxDim``. They are found by rule, not listed.

``ops``, ``ops.auto_generate`` and ``ops.function`` answer to them; what they compute stands in ``mint``.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from .._src.core.primitive import Primitive
from .._src.ops import Tensor

_ENDS = ("_ext_view", "_ext", "_view")
_ELSEWHERE = {  # what mint calls otherwise
    "matrix_inverse": "inverse", "matrix_norm": "linalg.matrix_norm", "vector_norm": "linalg.vector_norm",
    "linalg_norm": "linalg.norm", "linalg_qr": "linalg.qr", "linalg_vector_norm": "linalg.vector_norm",
    "expand_dims": "unsqueeze", "max_dim": "max", "min_dim": "min", "median_dim": "median", "lin_space": "linspace",
    "log_sigmoid": "logsigmoid", "unique2": "unique", "log_sum_exp": "logsumexp", "arg_max": "argmax",
    "arg_min": "argmin", "col2_im": "fold", "im2_col": "unfold", "avg_pool1_d": "avg_pool1d",
    "avg_pool2_d": "avg_pool2d",
}
_RESIZED = {"upsample_nearest1_d": "nearest", "upsample_nearest2_d": "nearest", "upsample_linear1_d": "linear",
            "upsample_bilinear2_d": "bilinear", "upsample_bicubic2_d": "bicubic"}
_ALONE = {"kthvalue", "clone", "index_select", "empty", "empty_like", "linalg_norm", "linalg_qr", "log_sigmoid",
          "max_dim", "min_dim", "median_dim", "unique2", "index", "new_ones", "new_zeros",
          "avg_pool1_d", "avg_pool2_d", *_RESIZED}
_METHODS = {"index", "new_ones", "new_zeros", "view_dtype"}


@functools.cache
def find(name: str) -> Any:
    """The function or class of that name, or None.

    >>> from luojia import Tensor
    >>> find("sub_ext")(Tensor([5]), Tensor([1]), 2).tolist(), find("AddExt")()(Tensor([1]), Tensor([2])).tolist()
    ([3], [3])
    """
    if name[:1].isupper():
        small = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        function = _function(small)
        return None if function is None else _class(name, function)
    return _function(name)


def _function(name: str) -> Callable | None:
    from .. import mint

    if name.startswith("inplace_"):
        method = f"{name[8:].removesuffix('_op')}_"
        return _method(method) if hasattr(Tensor, method) else _looked_up(mint.nn.functional, method)
    ending = next((e for e in _ENDS if name.endswith(e)), "")
    if not ending and name not in _ALONE:
        return None
    plain = name.removesuffix(ending)
    if plain in _RESIZED:
        return lambda x, output_size=None, scales=None, align_corners=None: mint.nn.functional.interpolate(
            x, output_size, scales, _RESIZED[plain], align_corners)
    if plain in _METHODS:
        return _method(plain)
    path = _ELSEWHERE.get(plain, plain)
    return next((f for f in (_looked_up(m, path) for m in (mint, mint.nn.functional, mint.special)) if f), None)


def _looked_up(module: Any, path: str) -> Callable | None:
    try:
        found = functools.reduce(getattr, path.split("."), module)
    except AttributeError:
        return None
    return _by_position(found) if inspect.isfunction(found) else None


def _method(name: str) -> Callable:
    return lambda input, *args, **kwargs: getattr(input, name)(*args, **kwargs)


def _by_position(function: Callable) -> Callable:
    """The function with the arguments that it takes by keyword also taken by position, as these names have it."""
    params = inspect.signature(function).parameters.values()
    if not any(p.kind is p.KEYWORD_ONLY for p in params) or any(p.kind is p.VAR_POSITIONAL for p in params):
        return function
    names = [p.name for p in params]

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return function(**dict(zip(names, args)), **kwargs)

    return called


def _class(name: str, function: Callable) -> type:
    return type(name, (Primitive,), {
        "__call__": lambda self, *args, **kwargs: function(*args, **kwargs), "__module__": __name__,
        "__doc__": (function.__doc__ or "").partition(">>>")[0].rstrip()})
