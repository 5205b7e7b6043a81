"""What the MindSpore door builds on: tensors, dtypes, parameters, initializers, seeds, compiling."""

from __future__ import annotations

from . import dtype, initializer, parameter, seed
from .api import (
    COOTensor,
    CSRTensor,
    RowTensor,
    RowTensorInner,
    SparseTensor,
    is_mutable,
    jit,
    jit_class,
    ms_class,
    ms_function,
    mutable,
)
from .dtype import dtype_to_nptype, dtype_to_pytype, issubclass_, pytype_to_dtype
from .parameter import Parameter, ParameterTuple
from .seed import get_seed, set_seed
from .tensor import Tensor, tensor

__all__ = ["COOTensor", "CSRTensor", "Parameter", "ParameterTuple", "RowTensor", "RowTensorInner", "SparseTensor",
           "Tensor", "dtype", "dtype_to_nptype", "dtype_to_pytype", "get_seed", "initializer", "is_mutable",
           "issubclass_", "jit", "jit_class", "ms_class", "ms_function", "mutable", "parameter", "pytype_to_dtype",
           "seed", "set_seed", "tensor"]
