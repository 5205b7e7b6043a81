"""Random sparse arrays that tests are fed with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._src.engine.devices import Context
from ..ndarray import NDArray
from ..ndarray.sparse import csr_matrix, row_sparse_array, zeros
from .samples import assign_each

__all__ = ["create_sparse_array", "create_sparse_array_zd", "rand_sparse_ndarray", "shuffle_csr_column_indices"]


def shuffle_csr_column_indices(csr: Any) -> Any:
    """Shuffle in place the columns' numbers within each row of a matrix of compressed rows, as ``scipy.sparse`` has it.

    The values stay where they are; what is stored for a row changes places.
    """
    for first, last in zip(csr.indptr[:-1], csr.indptr[1:]):
        np.random.shuffle(csr.indices[int(first) : int(last)])
    return csr


def _validate_csr_generation_inputs(num_rows: int, num_cols: int, density: float,
                                    distribution: str = "uniform") -> None:
    """Raise ValueError unless a matrix of this size and density can be drawn from the distribution."""
    if not 0 <= density <= 1:
        raise ValueError("density has to be between 0 and 1")
    if num_rows <= 0 or num_cols <= 0:
        raise ValueError(f"num_rows or num_cols should be greater than 0, got {num_rows} and {num_cols}")
    if distribution == "powerlaw" and int(num_rows * num_cols * density) < 2 * num_rows:
        raise ValueError(f"not supported for this density: {density} for this shape ({num_rows}, {num_cols}) "
                         "Please keep : num_rows * num_cols * density >= 2 * num_rows")


def _get_uniform_dataset_csr(num_rows: int, num_cols: int, density: float = 0.1, dtype: Any = None,
                             data_init: float | None = None, shuffle_csr_indices: bool = False) -> NDArray:
    """A 'csr' matrix each of whose elements is not 0 with probability ``density``."""
    _validate_csr_generation_inputs(num_rows, num_cols, density)
    values = 1 - np.random.uniform(size=(num_rows, num_cols))  # of (0, 1]: what is kept is not 0
    if data_init is not None:
        values[:] = data_init
    return csr_matrix(values * (np.random.uniform(size=values.shape) < density), dtype=dtype)


def _get_powerlaw_dataset_csr(num_rows: int, num_cols: int, density: float = 0.1, dtype: Any = None) -> NDArray:
    """A 'csr' matrix with elements in each row, and twice as many in each as in the one before while they last."""
    _validate_csr_generation_inputs(num_rows, num_cols, density, "powerlaw")
    left = int(num_rows * num_cols * density) - num_rows
    made = np.zeros((num_rows, num_cols))
    for row in range(num_rows):
        more = min(left, min(2 ** min(row + 1, 62), num_cols) - 1)
        left -= more
        made[row, : more + 1] = 1 + np.random.uniform(0.001, 2, more + 1)
    if left:
        raise ValueError(f"not supported for this density: {density} for this shape ({num_rows}, {num_cols})")
    return csr_matrix(made, dtype=dtype)


def rand_sparse_ndarray(shape: tuple, stype: str, density: float | None = None, dtype: Any = None,
                        distribution: str | None = None, data_init: float | None = None,
                        rsp_indices: np.ndarray | None = None, modifier_func: Callable | None = None,
                        shuffle_csr_indices: bool = False, ctx: Context | None = None) -> tuple[Any, tuple]:
    """A random sparse array, and what it stores.

    Args:
        stype: 'row_sparse' or 'csr'.
        density: the share of rows, or of elements, that are not 0; a random one by default.
        distribution: 'uniform', or 'powerlaw' for 'csr'.
        data_init: the value of all that is not 0.
        rsp_indices: the rows that are not 0.
        modifier_func: applied to each value of a 'row_sparse' array.

    Returns:
        The array, and ``(values, indices)`` of a 'row_sparse' one, ``(indptr, indices, data)`` of a 'csr' one.
    """
    density = np.random.rand() if density is None else density
    dtype = np.float32 if dtype is None else dtype
    distribution = distribution or "uniform"
    if stype == "row_sparse":
        assert distribution == "uniform", f"Distribution {distribution} not supported for row_sparse"
        if rsp_indices is None:
            indices = np.flatnonzero(np.random.rand(shape[0]) < density)
        else:
            indices = np.asarray(rsp_indices)
            assert indices.size <= shape[0], f"{indices.size} rows of {shape[0]} are not to be 0"
        if not indices.size:
            return zeros("row_sparse", shape, dtype=dtype, ctx=ctx), (np.array([], dtype), np.array([]))
        values = np.random.rand(indices.size, *shape[1:]).astype(dtype)
        if data_init is not None:
            values.fill(data_init)
        if modifier_func is not None:
            values = assign_each(values, modifier_func)
        return row_sparse_array((values, indices), shape=shape, dtype=dtype, ctx=ctx), (values, indices)
    assert stype == "csr", "unknown storage type"
    assert len(shape) == 2, f"a 'csr' array has two axes, not the shape {shape}"
    if distribution == "powerlaw":
        csr: Any = _get_powerlaw_dataset_csr(*shape, density=density, dtype=dtype)
    else:
        assert distribution == "uniform", f"Distribution not supported: {distribution}"
        csr = _get_uniform_dataset_csr(*shape, density=density, dtype=dtype, data_init=data_init,
                                       shuffle_csr_indices=shuffle_csr_indices)
    csr = csr if ctx is None else csr.as_in_context(ctx).tostype("csr")
    return csr, (csr.indptr, csr.indices, csr.data)


def create_sparse_array(shape: tuple, stype: str, data_init: float | None = None,
                        rsp_indices: Sequence[int] | None = None, dtype: Any = None,
                        modifier_func: Callable | None = None, density: float = 0.5,
                        shuffle_csr_indices: bool = False) -> Any:
    """A random sparse array; see ``rand_sparse_ndarray``."""
    assert stype in ("row_sparse", "csr"), f"Unknown storage type: {stype}"
    rows = None if rsp_indices is None or stype == "csr" else np.sort(np.asarray(rsp_indices))
    return rand_sparse_ndarray(shape, stype, density, dtype, None, data_init, rows, modifier_func,
                               shuffle_csr_indices)[0]


def create_sparse_array_zd(shape: tuple, stype: str, density: float, data_init: float | None = None,
                           rsp_indices: Sequence[int] | None = None, dtype: Any = None,
                           modifier_func: Callable | None = None, shuffle_csr_indices: bool = False) -> Any:
    """``create_sparse_array`` whose 'row_sparse' arrays have no other rows than ``rsp_indices``."""
    return create_sparse_array(shape, stype, data_init, rsp_indices, dtype, modifier_func,
                               0.0 if stype == "row_sparse" else density, shuffle_csr_indices)
