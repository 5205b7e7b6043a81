"""What the MindSpore door builds on: tensors, dtypes, parameters, initializers, seeds, compiling."""

from __future__ import annotations

import sys
from typing import Any

from .._src.errors import AbsentName
from .._src.ops.composed import sparse_tensor
from .._src.ops.composed.sparse_tensor import COOTensor, CSRTensor, RowTensor, SparseTensor
from .._src.paths import also_at, open_paths, public_names
from . import api, dtype, initializer, parameter, seed
from ._grad_function import _Function
from .api import (
    JitConfig,
    enable_dynamic,
    is_mutable,
    jit,
    jit_class,
    lazy_inline,
    ms_class,
    ms_function,
    mutable,
    no_inline,
    register_saved_tensors_hooks,
    run_check,
    saved_tensors_hooks,
)
from .dtype import dtype_to_nptype, dtype_to_pytype, get_py_obj_dtype, issubclass_, pytype_to_dtype
from .generator import Generator, default_generator, get_rng_state, initial_seed, manual_seed, set_rng_state
from .parameter import Parameter, ParameterTuple
from .seed import get_seed, set_seed
from .symbol import Symbol
from .tensor import Tensor, from_numpy, frombuffer, is_tensor, tensor

__all__ = ["COOTensor", "CSRTensor", "JitConfig", "Parameter", "ParameterTuple", "RowTensor",
           "RowTensorInner", "SparseTensor", "Symbol", "Tensor", "Generator", "_Function", "default_generator",
           "get_rng_state", "initial_seed", "manual_seed", "set_rng_state", "dtype", "dtype_to_nptype",
           "dtype_to_pytype", "enable_dynamic", "from_numpy", "frombuffer", "get_py_obj_dtype", "get_seed",
           "initializer", "is_mutable", "is_tensor", "issubclass_", "jit", "jit_class", "lazy_inline", "ms_class",
           "ms_function", "mutable", "no_inline", "parameter", "pytype_to_dtype", "register_saved_tensors_hooks",
           "run_check", "saved_tensors_hooks", "seed", "set_seed", "tensor"]
__dir__ = public_names(__name__)

RowTensorInner = RowTensor
also_at(api, *(f"{__name__}.{p}" for p in (
    "_decorator", "jit_config", "lazy_inline", "mutable", "no_inline")))
also_at(sparse_tensor, f"{__name__}.sparse_tensor")


def __getattr__(name: str) -> Any:
    """Dtypes, and recompute, which lies with the functions."""
    if name == "recompute":
        from ..ops import recompute

        return recompute
    if not name.startswith("_") and hasattr(dtype, name):
        return getattr(dtype, name)
    raise AbsentName("luojia.common", name)


also_at(sys.modules[__name__], f"{__name__}.recompute")

open_paths(sys.modules[__name__])
