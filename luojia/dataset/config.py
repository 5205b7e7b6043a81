"""Settings of the data pipelines; most tune MindSpore's threads and are remembered only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, NotSupportedError

_seed: int | None = None
_stream: np.random.RandomState | None = None
_settings: dict[str, Any] = {
    "prefetch_size": 16, "num_parallel_workers": 1, "monitor_sampling_interval": 1000, "callback_timeout": 30,
    "auto_num_workers": False, "enable_shared_mem": False, "numa_enable": False, "enable_autotune": False,
    "autotune_interval": 0, "auto_offload": False, "enable_watchdog": False, "fast_recovery": True, "debug_mode": False,
    "multiprocessing_timeout_interval": 300, "dynamic_shape": False, "sending_batches": 0,
}


def set_seed(seed: int) -> None:
    """Makes what pipelines shuffle and draw the same in every run: each iterator begins with this seed.

    >>> from luojia import dataset as ds
    >>> set_seed(1)
    >>> data = ds.NumpySlicesDataset([1, 2, 3, 4], shuffle=True)
    >>> list(data.create_tuple_iterator(output_numpy=True)) == list(data.create_tuple_iterator(output_numpy=True))
    True
    """
    global _seed, _stream
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise DTypeError(f"set_seed: seed isn't of type int, got {seed!r}.")
    if not 0 <= seed < 2**32:
        raise ArgumentError(f"set_seed: seed given is not within the required range [0, 4294967295], got {seed}.")
    _seed, _stream = int(seed), np.random.RandomState(seed)


def get_seed() -> int:
    """The seed; 5489 if none was set (then NumPy's global stream decides, which ``luojia.set_seed`` seeds)."""
    return 5489 if _seed is None else _seed


def new_stream() -> Any:
    """The random numbers of one iterator."""
    return np.random if _seed is None else np.random.RandomState(_seed)


def stream() -> Any:
    """The random numbers of transforms."""
    return np.random if _stream is None else _stream


def __getattr__(name: str) -> Any:
    setting = name[4:]
    if name.startswith("get_") and setting in _settings:
        return lambda: _settings[setting]
    if name.startswith("set_") and setting in _settings:
        return lambda value, *_: _settings.__setitem__(setting, value)
    if name == "load":
        raise NotSupportedError("dataset.config.load is not supported; call the set_ functions instead.")
    raise AttributeError(f"module 'luojia.dataset.config' has no attribute {name!r}")
