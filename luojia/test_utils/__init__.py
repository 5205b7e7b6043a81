"""Helpers of tests, under MXNet's names: comparison with tolerances per dtype, random arrays, gradient checks."""

from __future__ import annotations

import contextlib
import functools
import os
import random as _random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .. import random as _streams
from .._src.engine.devices import Context, current_context, num_gpus, set_default_device
from .._src.paths import public_names
from ..ndarray import NDArray, array
from ..symbol.symbol import Symbol
from ..util import use_np as use_np
from . import comparison, consistency, data, machine, samples, sparse_samples, statistics, symbolic
from .comparison import *  # noqa: F403
from .comparison import _find_max_violation as _find_max_violation
from .consistency import *  # noqa: F403
from .data import *  # noqa: F403
from .machine import *  # noqa: F403
from .samples import *  # noqa: F403
from .sparse_samples import *  # noqa: F403
from .sparse_samples import (
    _get_powerlaw_dataset_csr as _get_powerlaw_dataset_csr,
)
from .sparse_samples import (
    _get_uniform_dataset_csr as _get_uniform_dataset_csr,
)
from .sparse_samples import (
    _validate_csr_generation_inputs as _validate_csr_generation_inputs,
)
from .sparse_samples import (
    rand_sparse_ndarray,
)
from .statistics import *  # noqa: F403
from .symbolic import *  # noqa: F403
from .symbolic import _parse_aux_states as _parse_aux_states
from .symbolic import _parse_location as _parse_location

__all__ = [
    "default_context", "default_dtype", "environment", "list_gpus", "np_symbol", "rand_ndarray", "rand_shape_2d",
    "rand_shape_3d", "rand_shape_nd", "random_arrays", "set_default_context", "use_np", "with_seed",
]
__all__ += comparison.__all__
__all__ += consistency.__all__
__all__ += data.__all__
__all__ += machine.__all__
__all__ += samples.__all__
__all__ += sparse_samples.__all__
__all__ += statistics.__all__
__all__ += symbolic.__all__
__dir__ = public_names(__name__)

np_symbol = Symbol  # luojia's symbols serve both of MXNet's conventions


# -- contexts and seeds ------------------------------------------------------------------------------------------------


def default_context() -> Context:
    """The context that arrays are made on by default."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Make ``ctx`` the default context."""
    set_default_device(ctx)


def list_gpus() -> range:
    """The numbers of the GPUs that luojia can use."""
    return range(num_gpus())


def default_dtype() -> type:
    """The dtype of arrays that name none."""
    return np.float32


def with_seed(seed: int | None = None) -> Callable:
    """A decorator that seeds Python's, NumPy's and luojia's streams, with ``seed`` or a fresh one that it reports."""

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def seeded(*args: Any, **kwargs: Any) -> Any:
            number = int.from_bytes(os.urandom(4), "little") >> 1 if seed is None else seed
            _random.seed(number)
            np.random.seed(number)
            _streams.seed(number)
            try:
                return test(*args, **kwargs)
            except Exception as e:
                e.add_note(f"Reproduce with the seed {number}: @with_seed({number}).")
                raise

        return seeded

    return decorate


@contextlib.contextmanager
def environment(*args: Any) -> Iterator[None]:
    """Set an environment variable, or several from a dict, for a block; None removes one."""
    single = len(args) == 1 and isinstance(args[0], Mapping)
    assert single or len(args) == 2, f"environment expects a dict, or a variable's name and value, got {args}"
    wanted = args[0] if single else dict(zip(args[:1], args[1:]))
    before = {k: os.environ.get(k) for k in wanted}
    try:
        _set(wanted)
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for k, v in variables.items():
        if v is None:
            os.environ.pop(k, None)
        else:
            os.environ[k] = v


# -- random arrays -----------------------------------------------------------------------------------------------------


def random_arrays(*shapes: tuple) -> Any:
    """Normal float32 NumPy arrays: a list of them, or the one itself."""
    found = [np.asarray(np.random.standard_normal(s), np.float32) for s in shapes]
    return found[0] if len(found) == 1 else found


def rand_ndarray(shape: tuple, stype: str = "default", density: float | None = None, dtype: Any = None,
                 modifier_func: Callable | None = None, shuffle_csr_indices: bool = False,
                 distribution: str | None = None, ctx: Context | None = None) -> NDArray:
    """A random NDArray: normal, or a sparse one, for whose arguments see ``rand_sparse_ndarray``."""
    if stype == "default":
        return array(random_arrays(shape), ctx, dtype)
    return rand_sparse_ndarray(shape, stype, density, dtype, distribution, modifier_func=modifier_func,
                               shuffle_csr_indices=shuffle_csr_indices, ctx=ctx)[0]


def rand_shape_nd(num_dim: int, dim: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of ``num_dim`` lengths from 1 (or 0) to ``dim``."""
    return tuple(int(n) for n in np.random.randint(0 if allow_zero_size else 1, dim + 1, num_dim))


def rand_shape_2d(dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of two lengths."""
    return tuple(rand_shape_nd(1, d, allow_zero_size)[0] for d in (dim0, dim1))


def rand_shape_3d(dim0: int = 10, dim1: int = 10, dim2: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of three lengths."""
    return tuple(rand_shape_nd(1, d, allow_zero_size)[0] for d in (dim0, dim1, dim2))
