"""Arrays, matrices and small objects that tests are fed with."""

from __future__ import annotations

import random as _random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..ndarray import NDArray, array

__all__ = ["DummyIter", "assign_each", "assign_each2", "collapse_sum_like", "create_2d_tensor", "create_vector",
           "get_identity_mat", "get_identity_mat_batch", "new_matrix_with_real_eigvals_2d",
           "new_matrix_with_real_eigvals_nd", "new_orthonormal_matrix_2d", "new_sym_matrix_with_real_eigvals_2d",
           "new_sym_matrix_with_real_eigvals_nd", "np_reduce", "rand_coord_2d", "random_sample",
           "random_uniform_arrays", "same_array"]


def random_uniform_arrays(*shapes: tuple, low: float = 0.0, high: float = 1.0, dtype: Any = "float32") -> list:
    """Uniform NumPy arrays, one per shape."""
    return [np.array(np.random.uniform(low, high, s), dtype=dtype) for s in shapes]


def random_sample(population: Sequence, k: int) -> list:
    """``k`` members of ``population``, none twice."""
    assert 0 <= k <= len(population), f"random_sample: {k} of {len(population)} members"
    return _random.sample(list(population), k)


def rand_coord_2d(x_low: int, x_high: int, y_low: int, y_high: int) -> tuple[int, int]:
    """A random point with x_low <= x < x_high and y_low <= y < y_high."""
    return np.random.randint(x_low, x_high), np.random.randint(y_low, y_high)


def assign_each(the_input: np.ndarray, function: Callable | None) -> np.ndarray:
    """``function`` of every element; a copy without a function."""
    if function is None:
        return np.array(the_input)
    return np.vectorize(function, otypes=[np.asarray(the_input).dtype])(the_input)


def assign_each2(input1: np.ndarray, input2: np.ndarray, function: Callable | None) -> np.ndarray:
    """``function`` of every pair of elements of two arrays of one shape; a copy of the first without a function."""
    assert np.shape(input1) == np.shape(input2), f"arrays of one shape, got {np.shape(input1)} and {np.shape(input2)}"
    if function is None:
        return np.array(input1)
    return np.vectorize(function, otypes=[np.asarray(input1).dtype])(input1, input2)


def create_vector(size: int, dtype: Any = np.int64) -> NDArray:
    """The numbers 0 to size - 1."""
    return array(np.arange(size), dtype=dtype)


def create_2d_tensor(rows: int, columns: int, dtype: Any = np.int64) -> NDArray:
    """A matrix each of whose rows holds its own number."""
    return array(np.broadcast_to(np.arange(rows).reshape(rows, 1), (rows, columns)), dtype=dtype)


def np_reduce(dat: np.ndarray, axis: Any, keepdims: bool, numpy_reduce_func: Callable) -> np.ndarray:
    """A NumPy reduction over one axis, several or all."""
    axes = list(range(dat.ndim)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    ret = dat
    for i in sorted((a % dat.ndim for a in axes), reverse=True):
        ret = numpy_reduce_func(ret, axis=i)
    if keepdims:
        keep = list(dat.shape)
        for a in axes:
            keep[a] = 1
        ret = np.reshape(ret, keep)
    return ret


def collapse_sum_like(a: np.ndarray, shape: tuple) -> np.ndarray:
    """``a`` summed to ``shape``, from which it could have been broadcast."""
    lead = a.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, a.shape[lead:])):
        raise AssertionError(f"collapse_sum_like: shape {shape} does not broadcast to {a.shape}.")
    axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1 and a.shape[lead + i] != 1)
    return np.sum(a, axis=axes, keepdims=True).reshape(shape)


def same_array(array1: NDArray, array2: NDArray) -> bool:
    """Whether writing to one array shows in the other."""
    array1[:] += 1
    if not np.array_equal(array1.asnumpy(), array2.asnumpy()):
        array1[:] -= 1
        return False
    array1[:] -= 1
    return np.array_equal(array1.asnumpy(), array2.asnumpy())


def get_identity_mat(size: int) -> NDArray:
    """The identity matrix (size, size)."""
    return array(np.eye(size), dtype=np.float32)


def get_identity_mat_batch(size: int) -> NDArray:
    """Two identity matrices (2, size, size)."""
    return array(np.stack([np.eye(size)] * 2), dtype=np.float32)


def new_orthonormal_matrix_2d(n: int) -> np.ndarray:
    """A random orthonormal matrix (n, n)."""
    return np.linalg.qr(np.random.randn(n, n))[0]


def new_matrix_with_real_eigvals_2d(n: int) -> np.ndarray:
    """A random matrix that is similar to a real diagonal one."""
    shape = (n, n)
    q = np.ones(shape)
    while np.linalg.cond(q) >= 1e3 or n == 0:
        q = np.random.uniform(-1.0, 1.0, shape)
        if n == 0:
            return q
    if n == 1:
        q = np.ones(shape)
    d = np.diag(np.random.uniform(-1.0, 1.0, n))
    return q @ d @ np.linalg.inv(q)


def new_sym_matrix_with_real_eigvals_2d(n: int) -> np.ndarray:
    """A random symmetric matrix."""
    q = new_orthonormal_matrix_2d(n)
    return q @ np.diag(np.random.uniform(-10.0, 10.0, n)) @ q.T


def _stacked(make: Callable, shape: tuple) -> np.ndarray:
    count = int(np.prod(shape[:-2]))
    return np.stack([make(shape[-1]) for _ in range(count)]).reshape(shape) if count else np.zeros(shape)


def new_matrix_with_real_eigvals_nd(shape: tuple) -> np.ndarray:
    """Matrices with real eigenvalues in the last two axes of ``shape``."""
    return _stacked(new_matrix_with_real_eigvals_2d, shape)


def new_sym_matrix_with_real_eigvals_nd(shape: tuple) -> np.ndarray:
    """Symmetric matrices in the last two axes of ``shape``."""
    return _stacked(new_sym_matrix_with_real_eigvals_2d, shape)


class DummyIter:
    """An iterator that gives the first batch of another one again and again."""

    def __init__(self, real_iter: Any) -> None:
        self.real_iter = real_iter
        self.provide_data = real_iter.provide_data
        self.provide_label = real_iter.provide_label
        self.batch_size = real_iter.batch_size
        self.the_batch = next(iter(real_iter))

    def __iter__(self) -> Iterator:
        return self

    def next(self) -> Any:
        return self.the_batch

    __next__ = next

    def reset(self) -> None:
        """Nothing to do: every batch is the first."""
