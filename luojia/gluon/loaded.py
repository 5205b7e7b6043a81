"""Values read from files, given to Parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._src.core.dtypes import to_numpys
from .._src.core.tensor import Tensor
from .._src.engine.devices import Context
from .utils import contexts_of

if TYPE_CHECKING:
    from .parameter import Parameter


def load_all(pairs: Iterable[tuple[Parameter, Any]], ctx: Any, cast_dtype: bool, dtype_source: str) -> None:
    """Give parameters the values read from a file: all of them, or none where one does not fit."""
    checked = [(p, *_check(p, value, ctx, cast_dtype, dtype_source)) for p, value in pairs]
    for p, value, contexts in checked:
        _take(p, value, contexts, cast_dtype and dtype_source == "saved")


def _check(p: Parameter, data: Any, ctx: Any, cast_dtype: bool, dtype_source: str) -> tuple[np.ndarray, list]:
    """The values and the devices to put them on, or an AssertionError where they do not fit."""
    data = data.asnumpy() if isinstance(data, Tensor) else np.asarray(data)
    failed = f"Failed loading Parameter '{p.name}' from saved params: "
    if p._shape is not None:
        fits = len(p._shape) == data.ndim and all(n in (0, -1, m) for n, m in zip(p._shape, data.shape))
        assert fits, f"{failed}shape incompatible expected {p._shape} vs saved {data.shape}"
    if cast_dtype:
        assert dtype_source in ("current", "saved"), "dtype_source must be 'current' or 'saved'"
    else:
        mine = to_numpys(p._dtype)  # files give bfloat16 as float32
        assert mine == data.dtype or mine.name == "bfloat16" and data.dtype == np.float32, (
            f"{failed}dtype incompatible expected {mine} vs saved {data.dtype}. "
            "Set cast_dtype=True to cast the dtype of saved params."
        )
    wanted = None if ctx is None else contexts_of(ctx)
    present = p.list_ctx() if p._data is not None or p._deferred_init else None
    assert wanted is None or present is None or set(wanted) == set(present), (
        f"Failed to load Parameter '{p.name}' on {wanted} because it was previous initialized on {present}."
    )
    return data, present or wanted or [Context("cpu", 0)]


def _take(p: Parameter, data: np.ndarray, contexts: list, in_its_dtype: bool) -> None:
    if in_its_dtype:
        p.cast(data.dtype.type)
    p._shape = data.shape
    p._deferred_init = ()
    dtype = to_numpys(p._dtype)
    if p._data is None:
        p._place(data.astype(dtype), contexts)
    else:
        p._set(data if data.dtype == dtype else data.astype(dtype))
