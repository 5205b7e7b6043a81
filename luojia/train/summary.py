"""Summaries of a training: numbers, images and histograms in an event file, which TensorBoard shows."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, GraphError, NotSupportedError, ShapeError
from .._src.formats import png, tfevents
from .._src.paths import also_at, open_paths
from ..ops.debug import summaries
from .callback import Callback, RunContext, loss_of

_KEPT = ("tensor", "scalar", "image", "histogram")
_PLUGINS = (*_KEPT, "train_lineage", "eval_lineage", "dataset_graph", "custom_lineage_data", "graph", "landscape")
_open: list[SummaryRecord] = []


class SummaryRecord:
    """Writes what is recorded at steps to an event file in a folder; ``tensorboard --logdir`` shows it.

    Args:
        log_dir: the folder, made if need be.
        file_prefix, file_suffix: of the file's name.
        max_file_size: bytes after which nothing is written any more; None for no bound.
        others: accepted.

    Raises:
        TypeError, ValueError: an argument that is not of its kind.
        RuntimeError: another record is open.

    >>> from luojia import SummaryRecord, Tensor
    >>> with SummaryRecord("summaries") as record:
    ...     record.add_value("scalar", "loss", Tensor(0.5))
    ...     record.record(1)
    True

    Matches ``mindspore.SummaryRecord``, but that the file is TensorBoard's, graphs and lineages are not written, and
    tensors are, as histograms.
    """

    def __init__(self, log_dir: str, file_prefix: str = "events", file_suffix: str = "_MS", num_process: int = 32,
                 network: Any = None, max_file_size: int | None = None, raise_exception: bool = False,
                 export_options: dict | None = None) -> None:
        if not isinstance(log_dir, (str, os.PathLike)):
            raise DTypeError("The log_dir is invalid, the type should be string.")
        if not os.fspath(log_dir):
            raise ArgumentError("The log_dir is invalid, it should be non-blank.")
        for value in (file_prefix, file_suffix):
            if not isinstance(value, str):
                raise DTypeError("For 'SummaryRecord', `file_prefix` and `file_suffix`  should be str, but got type "
                                 f"{type(value)}")
        if max_file_size is not None and (isinstance(max_file_size, bool) or not isinstance(max_file_size, int)):
            raise DTypeError("For 'SummaryRecord', the 'max_file_size' should be int type, but got type "
                             f"{type(max_file_size)}")
        if _open:
            raise GraphError("For 'SummaryRecord', only one instance is supported in a training process, you are "
                             f"trying to create a new one when the existing instance number is {len(_open)}; close it.")
        os.makedirs(log_dir, exist_ok=True)
        now = time.time()
        name = f"{file_prefix}.out.tfevents.summary.{int(now)}.{os.getpid()}.{socket.gethostname()}{file_suffix}"
        self._path, self._most = os.path.join(os.path.realpath(log_dir), name), max_file_size
        self._file = open(self._path, "wb")  # noqa: SIM115 - kept open, closed by close()
        self._write(tfevents.header(now))
        self._waiting: list[tuple[str, str, np.ndarray]] = []
        self._mode = "train"
        _open.append(self)
        summaries.listening = True

    @property
    def log_dir(self) -> str:
        """The file."""
        return self._path

    def set_mode(self, mode: str) -> None:
        """'train' or 'eval': what is recorded in 'eval' has it before its name."""
        if mode not in ("train", "eval"):
            raise ArgumentError(f"For \"SummaryRecord.set_mode\", {mode!r} is not a recognized mode, expect the "
                                "parameter \"mode\" is \"train\" or \"eval\"")
        self._mode = mode

    def add_value(self, plugin: str, name: str, value: Any) -> None:
        """Keep a value for the next ``record``.

        Args:
            plugin: 'scalar', 'image' (N, C, H, W), 'histogram' or 'tensor'; graphs and lineages are not written.
            name: what it is called.
            value: a Tensor.
        """
        who = "For \"SummaryRecord\""
        if plugin not in _PLUGINS:
            raise ArgumentError(f"For \"SummaryRecord.add_value\", no such \"plugin\" of {plugin!r} , expect value is "
                                f"one of [{', '.join(_PLUGINS)}]")
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"{who}, the parameter \"name\" type should be str, but got {type(name)}.")
        if plugin not in _KEPT:
            return
        if not isinstance(value, Tensor):
            raise DTypeError(f"{who}, the parameter \"value\" expect to be Tensor, but got {type(value).__name__}")
        if plugin == "scalar" and value.size != 1:
            raise ShapeError(f"{who}, the {name} rank must be less than or equal to 1, but got {value.size}.")
        if plugin == "image" and (value.ndim != 4 or value.shape[1] not in (1, 3)):
            raise ShapeError(f"{who}, the tensor seems not to hold a valid image.")
        self._waiting.append((plugin, name, value.asnumpy()))

    def record(self, step: int, train_network: Any = None, plugin_filter: Any = None) -> bool:
        """Write what was added, and what summary operators met, since the last time; False once it is closed."""
        if isinstance(step, bool) or not isinstance(step, int):
            raise DTypeError(f"The type of 'step' should be 'int', but got type {type(step).__name__!r}.")
        if plugin_filter is not None and not callable(plugin_filter):
            raise DTypeError("The type of 'plugin_filter' should be a function, but got "
                             f"{type(plugin_filter).__name__!r}.")
        if self._file.closed:
            return False
        now, before = time.time(), "" if self._mode == "train" else "eval/"
        for plugin, name, array in (*self._waiting, *summaries.found):
            if plugin_filter is None or plugin_filter(plugin):
                self._write(_record_of(plugin, before + name, array, step, now))
        self._waiting.clear()
        summaries.found.clear()
        return True

    def _write(self, data: bytes) -> None:
        if self._most is None or self._file.tell() + len(data) <= self._most:
            self._file.write(data)

    def flush(self) -> None:
        """Put all that was recorded into the file."""
        if not self._file.closed:
            self._file.flush()

    def close(self) -> None:
        """Close the file; another record may be opened then."""
        if self in _open:
            _open.remove(self)
            summaries.listening = bool(_open)
            summaries.found.clear()
        self._file.close()

    def __enter__(self) -> SummaryRecord:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def _record_of(plugin: str, name: str, array: np.ndarray, step: int, now: float) -> bytes:
    if plugin == "scalar":
        return tfevents.scalar(name, float(array.reshape(())), step, now)
    if plugin == "image":
        pixels = np.asarray(array[0], np.float64).transpose(1, 2, 0)
        low, high = pixels.min(), pixels.max()
        pixels = (pixels - low) / (high - low or 1) * 255
        file = png.encode(pixels.astype(np.uint8))
        height, width, channels = pixels.shape
        return tfevents.image(name, file, height, width, channels, step, now)
    return tfevents.histogram(name, array, step, now)


_SPECIFIED = {"collect_metric": bool, "collect_graph": bool, "collect_train_lineage": bool,
              "collect_eval_lineage": bool, "collect_input_data": bool, "collect_dataset_graph": bool,
              "histogram_regular": str, "collect_landscape": dict}


class SummaryCollector(Callback):
    """Writes the loss, and histograms of parameters, of a training to an event file; see ``SummaryRecord``.

    Args:
        summary_dir: the folder, made if need be.
        collect_freq: every how many steps.
        collect_specified_data: {'collect_metric': whether to write the loss, 'histogram_regular': a regular expression
            for the names of parameters to write histograms of}; the other keys are accepted.
        keep_default_action: whether the loss is written where ``collect_specified_data`` does not say.
        max_file_size: see ``SummaryRecord``.
        others: accepted.

    Raises:
        TypeError, ValueError: an argument that is not of its kind.

    Matches ``mindspore.SummaryCollector``, but for what is written.
    """

    def __init__(self, summary_dir: str, collect_freq: int = 10, num_process: int = 32,
                 collect_specified_data: dict | None = None, keep_default_action: bool = True,
                 custom_lineage_data: dict | None = None, collect_tensor_freq: int | None = None,
                 max_file_size: int | None = None, export_options: dict | None = None) -> None:
        if not isinstance(summary_dir, (str, os.PathLike)):
            raise DTypeError("The summary_dir is invalid, the type should be string.")
        _kind("collect_freq", collect_freq, int)
        if collect_freq <= 0:
            raise ArgumentError("For \"SummaryCollector\", the value of `collect_freq` should be greater than 0, but "
                                f"got `{collect_freq}`.")
        _kind("keep_default_action", keep_default_action, bool)
        _kind("collect_specified_data", collect_specified_data, dict, type(None))
        _kind("collect_tensor_freq", collect_tensor_freq, int, type(None))
        _kind("custom_lineage_data", custom_lineage_data, dict, type(None))
        given = collect_specified_data or {}
        if given.keys() - _SPECIFIED.keys():
            raise ArgumentError(f"For \"SummaryCollector\", the keys {set(given.keys() - _SPECIFIED.keys())} of "
                                "`collect_specified_data` are unsupported, expect the follow keys: "
                                f"{list(_SPECIFIED)}")
        for name, value in given.items():
            _kind(name, value, _SPECIFIED[name])
        for name, value in (custom_lineage_data or {}).items():
            _kind(f"the value of custom_lineage_data -> {name}", value, int, str, float)
        if given.get("collect_landscape"):
            raise NotSupportedError("SummaryCollector: luojia draws no landscapes of losses; leave collect_landscape "
                                    "out.")
        self._folder, self._freq, self._most = summary_dir, collect_freq, max_file_size
        self._metric = given.get("collect_metric", keep_default_action)
        self._names = given.get("histogram_regular")
        self._record: SummaryRecord | None = None

    def __enter__(self) -> SummaryCollector:
        return self

    def __exit__(self, *error: Any) -> None:
        self._close()

    def _close(self) -> None:
        if self._record is not None:
            self._record.close()
            self._record = None

    def on_train_begin(self, run_context: RunContext) -> None:
        self._close()
        self._record = SummaryRecord(self._folder, max_file_size=self._most)

    def on_train_step_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        if self._record is None or params.cur_step_num % self._freq and params.cur_step_num != 1:
            return
        if self._metric:
            loss = loss_of(params)
            if isinstance(loss, float):
                self._record.add_value("scalar", "loss/auto", Tensor(loss))
        if self._names:
            for p in params.train_network.trainable_params():
                if re.match(self._names, p.name):
                    self._record.add_value("histogram", f"{p.name}/auto", p)
        self._record.record(params.cur_step_num)

    def on_train_end(self, run_context: RunContext) -> None:
        self._close()


def _kind(name: str, value: Any, *kinds: type) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool) and bool not in kinds:
        raise DTypeError(f"For `{name}` the type should be a valid type of {[k.__name__ for k in kinds]}, but got "
                         f"{type(value).__name__}.")


__all__ = ["SummaryCollector", "SummaryRecord"]


also_at(sys.modules[__name__], f"{__name__}.summary_record")

open_paths(sys.modules[__name__])
