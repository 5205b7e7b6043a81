"""Settings of the data pipelines; most tune MindSpore's threads and are remembered only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from .._src.errors import AbsentName, ArgumentError, DTypeError, FormatError
from .._src.paths import public_names
from ..common import seed as common_seed
from . import checks
from .debug import DebugHook
from .order import Order, SeededOrder

__all__ = [
    "ErrorSamplesMode", "get_iterator_mode", "get_seed", "load", "set_debug_mode", "set_enable_autotune",
    "set_iterator_mode", "set_seed", "set_video_backend",
]
__dir__ = public_names(__name__, lambda: [f"{verb}_{setting}" for verb in ("get", "set") for setting in _settings])


class ErrorSamplesMode(IntEnum):
    """What becomes of a row whose function in ``map`` failed: it raises, another row takes its place, or it is left
    out."""

    RETURN, REPLACE, SKIP = 0, 1, 2


_settings: dict[str, Any] = {
    "prefetch_size": 16, "num_parallel_workers": min(8, os.cpu_count() or 1), "monitor_sampling_interval": 1000,
    "callback_timeout": 60, "auto_num_workers": False, "enable_shared_mem": True, "numa_enable": False,
    "enable_autotune": False, "autotune_interval": 0, "auto_offload": False, "enable_watchdog": True,
    "fast_recovery": True, "debug_mode": False, "multiprocessing_timeout_interval": 300, "dynamic_shape": False,
    "sending_batches": 0, "error_samples_mode": ErrorSamplesMode.RETURN, "multiprocessing_start_method": "fork",
    "video_backend": "CPU",
}


_hooks: list[DebugHook] = []


def set_debug_mode(debug_mode_flag: bool, debug_hook_list: list[DebugHook] | None = None) -> None:
    """Whether pipelines are debugged: then the hooks see what each operation of ``map`` is given and gives.

    Raises:
        TypeError: another type.

    Matches ``mindspore.dataset.config.set_debug_mode``; pipelines run in the calling process in either mode.
    """
    if not isinstance(debug_mode_flag, bool):
        raise DTypeError("set_debug_mode: debug_mode_flag isn't of type boolean.")
    if debug_hook_list is not None and not isinstance(debug_hook_list, list):
        raise DTypeError("set_debug_mode: debug_hook_list is not a list.")
    if not all(isinstance(hook, DebugHook) for hook in debug_hook_list or ()):
        raise DTypeError("set_debug_mode: All items in debug_hook_list must be of type DebugHook.")
    _settings["debug_mode"] = debug_mode_flag
    _hooks[:] = debug_hook_list or ()


def error_mode() -> ErrorSamplesMode:
    """What ``set_error_samples_mode`` was given."""
    return _settings["error_samples_mode"]


def watched(operations: list) -> list:
    """The operations, in debug mode with the hooks before the first and behind each."""
    if not (_hooks and _settings["debug_mode"]):
        return operations
    return [*(hook.told(operations[0], True) for hook in _hooks),
            *(each for op in operations for each in (op, *(hook.told(op, False) for hook in _hooks)))]


def set_iterator_mode(do_copy: bool = False, parallel_convert: bool = False) -> None:
    """How iterators hand out rows; remembered only: they are always the caller's own.

    Matches ``mindspore.dataset.config.set_iterator_mode``.
    """
    for name, value in (("do_copy", do_copy), ("parallel_convert", parallel_convert)):
        if not isinstance(value, bool):
            raise DTypeError(f"Argument {name} with value {value} is not of type [{bool}], but got {type(value)}.")
    _iterator_mode.update(do_copy=do_copy, parallel_convert=parallel_convert)


def get_iterator_mode() -> dict[str, bool]:
    """What ``set_iterator_mode`` was given."""
    return dict(_iterator_mode)


def set_video_backend(backend: str) -> None:
    """Which device decodes videos; remembered only, as luojia decodes none."""
    checks.kind(backend, (str,), "backend")
    if backend not in ("CPU", "Ascend"):
        raise ArgumentError("Input backend is not within the valid set of ['CPU', 'Ascend'].")
    _settings["video_backend"] = backend


_iterator_mode = {"do_copy": False, "parallel_convert": False}


def set_seed(seed: int) -> None:
    """Makes what pipelines shuffle and draw the same in every run: each iterator begins with this seed.

    >>> from luojia import dataset as ds
    >>> set_seed(1)
    >>> data = ds.NumpySlicesDataset([1, 2, 3, 4], shuffle=True)
    >>> list(data.create_tuple_iterator(output_numpy=True)) == list(data.create_tuple_iterator(output_numpy=True))
    True
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise DTypeError(f"seed isn't of type int. Got {seed!r}.")
    if not 0 <= seed < 2**32:
        raise ArgumentError(f"seed given is not within the required range [0, UINT32_MAX({2**32 - 1})]. Got {seed}.")
    common_seed.set_pipelines_seed(int(seed))


def get_seed() -> int:
    """The seed that ``set_seed`` here or ``luojia.set_seed`` set; 5489 without one (then NumPy's numbers decide)."""
    known = common_seed.pipelines_seed()
    return 5489 if known is None else known[0]


def new_order() -> Order:
    """The random orders of one iterator."""
    known = common_seed.pipelines_seed()
    return Order() if known is None else SeededOrder(known[0])


def fixed_order() -> Callable[[], Order]:
    """Gives the same random orders each time: those of the present seed, if there is one."""
    seed = new_order().seed
    return (lambda: Order(np.random.RandomState(0))) if seed is None else (lambda: SeededOrder(seed))


_drawing: ContextVar[tuple[Order, Any] | None] = ContextVar("the pass, and the transform that it is at", default=None)


@contextmanager
def drawing(order: Order | None, transform: Any) -> Iterator[None]:
    """Within: what ``transform`` draws is its own in this pass, as ``order`` has it; None keeps the pass around."""
    known = _drawing.get()
    order = known[0] if order is None and known is not None else order
    token = _drawing.set(None if order is None else (order, transform))
    try:
        yield
    finally:
        _drawing.reset(token)


def stream() -> Any:
    """The random numbers of transforms: under a seed, each transform of a pipeline has its own."""
    at = _drawing.get()
    own = None if at is None else at[0].draws(at[1])
    if own is not None:
        return own
    known = common_seed.pipelines_seed()
    return np.random if known is None else known[1]


def load(file: str) -> None:
    """The settings of a JSON file: numParallelWorkers, opConnectorSize (the prefetch size), seed,
    monitorSamplingInterval; others are ignored.

    Raises:
        FormatError: there is no such file, or it is not JSON of such settings.

    Matches ``mindspore.dataset.config.load``.
    """
    checks.kind(file, (str,), "file")
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
        known = {key: int(found[key]) for key in (*_IN_FILES, "seed") if key in found}
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise FormatError(f"dataset.config.load: Invalid file: settings file: {file}: {error}.") from error
    for key, value in known.items():
        if key == "seed":
            set_seed(value)
        else:
            _set(_IN_FILES[key], value)


_IN_FILES = {"numParallelWorkers": "num_parallel_workers", "opConnectorSize": "prefetch_size",
             "monitorSamplingInterval": "monitor_sampling_interval"}


def set_enable_autotune(enable: bool, filepath_prefix: str | None = None) -> None:
    """Remembered only: nothing is tuned, and no file is written.

    Raises:
        DTypeError: another type.
        ArgumentError: a file in a folder that is not there.

    Matches ``mindspore.dataset.config.set_enable_autotune``.
    """
    if enable and filepath_prefix is not None:
        checks.kind(filepath_prefix, (str,), "json_filepath")
        if not filepath_prefix or not Path(filepath_prefix).absolute().parent.is_dir():
            raise ArgumentError(
                f"set_enable_autotune: Invalid json_filepath parameter, got {filepath_prefix!r}; name a file in a "
                "folder that is there."
            )
    _set("enable_autotune", enable)


_FLAGS = {  # MindSpore's words for another type
    "auto_offload": "offload must be a bool dtype", "enable_watchdog": "enable must be a boolean dtype",
    "fast_recovery": "fast_recovery must be a boolean dtype", "dynamic_shape": "is_dynamic must be a boolean dtype",
    "numa_enable": "numa_enable must be a boolean dtype",
}
_WITHIN = "given is not within the required range (0, INT32_MAX(2147483647)]"
_NUMBERS = {  # and for a number out of range
    "prefetch_size": ("size isn't of type int", f"size {_WITHIN[6:]}"),
    "num_parallel_workers": ("num isn't of type int", f"Number of parallel workers {_WITHIN}"),
    "monitor_sampling_interval": ("interval isn't of type int", f"Interval {_WITHIN}"),
    "callback_timeout": ("timeout isn't of type int", "Timeout given is not within the required range"),
    "autotune_interval": ("interval must be of type int", f"Interval {_WITHIN.replace('(0', '[0')}"),
    "multiprocessing_timeout_interval": ("interval isn't of type int", f"Interval {_WITHIN.replace(']', ')')}"),
    "sending_batches": ("batch_num must be an int dtype", f"batch_num {_WITHIN}"),
}


def _set(setting: str, value: Any) -> None:
    known = _settings[setting]
    if isinstance(known, bool) and not isinstance(value, bool):
        words = _FLAGS.get(setting, "enable must be of type bool")
        raise DTypeError(f"{words}. Got {value!r} for {setting}.")
    if isinstance(known, ErrorSamplesMode):
        checks.kind(value, (ErrorSamplesMode,), setting)
    elif isinstance(known, int) and not isinstance(known, bool):
        if isinstance(value, bool) or not isinstance(value, int):
            raise DTypeError(f"{_NUMBERS[setting][0]}. Got {value!r} for {setting}.")
        least = {"autotune_interval": 0, "sending_batches": -(2**31)}.get(setting, 1)
        if not least <= value < 2**31:
            raise ArgumentError(f"{_NUMBERS[setting][1]}. Got {value} for {setting}.")
    elif not isinstance(known, bool) and not isinstance(value, type(known)):
        raise DTypeError(f"set_{setting}: the value must be of type {type(known).__name__}, got {value!r}.")
    if setting == "multiprocessing_start_method" and value not in ("fork", "spawn"):
        raise ArgumentError(f"Input start_method is not within the valid set of ['fork', 'spawn'], got {value!r}.")
    _settings[setting] = value


def __getattr__(name: str) -> Any:
    setting = name[4:]
    if name.startswith("get_") and setting in _settings:
        return lambda: _settings[setting]
    if name.startswith("set_") and setting in _settings:
        return lambda value, *_: _set(setting, value)
    raise AbsentName("luojia.dataset.config", name)
