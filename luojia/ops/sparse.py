"""The class forms of functions of sparse tensors."""

from __future__ import annotations

from typing import Any

from .._src.ops.composed import sparse
from .forms import attributes_of as of
from .forms import class_form

_ROWS: tuple[Any, ...] = (
    ("Coalesce", *of(sparse.coalesce)), ("SparseToDense", *of(sparse.sparse_to_dense)),
    ("SparseTensorDenseAdd", *of(sparse.dense_add)), ("SparseSlice", *of(sparse.sparse_slice)),
    ("SparseTensorDenseMatmul", *of(sparse.dense_matmul, adjoint_st=False, adjoint_dt=False)),
)
_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
NAMES: dict[str, Any] = {
    **{cls.__name__: cls for cls in _CLASSES}, **{n: getattr(sparse, n) for n in sparse.FUNCTIONS}}
__all__ = list(NAMES)  # pyright: ignore[reportUnsupportedDunderAll] - a table
