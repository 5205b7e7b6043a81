"""Callbacks: what is done at the begin and end of training, epochs and steps."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .._checkparam import check_bool, check_non_negative_int
from .._src.core.tensor import Tensor
from .._src.engine.group import place
from .._src.errors import ArgumentError, DTypeError, NotSupportedError
from .._src.paths import open_paths, public_names
from ..nn import Module
from ..ops.collective import barrier
from .serialization import save_checkpoint


class InternalCallbackParam(dict):
    """What callbacks see of a run; its entries are attributes, None where absent."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


_InternalCallbackParam = InternalCallbackParam  # its name in MindSpore


class RunContext:
    """The state of a run, passed to callbacks.

    Matches ``mindspore.train.RunContext``.
    """

    def __init__(self, original_args: Any) -> None:
        if not isinstance(original_args, dict):
            raise DTypeError("For 'RunContext', the argument 'original_args' must be dict or InternalCallbackParam, "
                             f"but got {type(original_args)}.")
        self._original_args = original_args
        self._stop_requested = False

    def original_args(self) -> Any:
        """What the run consists of: network, optimizer, epoch, step, outputs."""
        return self._original_args

    def request_stop(self) -> None:
        """Stop after this step."""
        self._stop_requested = True

    def get_stop_requested(self) -> bool:
        """Whether a stop was requested."""
        return self._stop_requested


class Callback:
    """The base class: override what is needed.

    The old names ``begin``, ``epoch_begin``, ``step_end`` and so on are called in training and evaluation; those with
    ``on_train_`` or ``on_eval_`` only there.

    >>> from luojia import nn
    >>> class Count(luojia.Callback):
    ...     steps = 0
    ...     def on_train_step_end(self, run_context):
    ...         self.steps += 1
    >>> from luojia.dataset import NumpySlicesDataset
    >>> data = NumpySlicesDataset({"x": np.ones((4, 2), np.float32), "y": np.ones((4, 1), np.float32)}).batch(2)
    >>> net, count = nn.Dense(2, 1), Count()
    >>> luojia.Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1)).train(1, data, count)
    >>> count.steps
    2

    Matches ``mindspore.train.Callback``.
    """

    def __enter__(self) -> Callback:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def begin(self, run_context: RunContext) -> None:
        """Before the first epoch."""

    def epoch_begin(self, run_context: RunContext) -> None:
        """Before each epoch."""

    def epoch_end(self, run_context: RunContext) -> None:
        """After each epoch."""

    def step_begin(self, run_context: RunContext) -> None:
        """Before each step."""

    def step_end(self, run_context: RunContext) -> None:
        """After each step."""

    def end(self, run_context: RunContext) -> None:
        """After the last epoch."""

    def on_train_begin(self, run_context: RunContext) -> None:
        self.begin(run_context)

    def on_train_epoch_begin(self, run_context: RunContext) -> None:
        self.epoch_begin(run_context)

    def on_train_epoch_end(self, run_context: RunContext) -> None:
        self.epoch_end(run_context)

    def on_train_step_begin(self, run_context: RunContext) -> None:
        self.step_begin(run_context)

    def on_train_step_end(self, run_context: RunContext) -> None:
        self.step_end(run_context)

    def on_train_end(self, run_context: RunContext) -> None:
        self.end(run_context)

    def on_eval_begin(self, run_context: RunContext) -> None:
        self.begin(run_context)

    def on_eval_epoch_begin(self, run_context: RunContext) -> None:
        self.epoch_begin(run_context)

    def on_eval_epoch_end(self, run_context: RunContext) -> None:
        self.epoch_end(run_context)

    def on_eval_step_begin(self, run_context: RunContext) -> None:
        self.step_begin(run_context)

    def on_eval_step_end(self, run_context: RunContext) -> None:
        self.step_end(run_context)

    def on_eval_end(self, run_context: RunContext) -> None:
        self.end(run_context)


class CallbackManager(Callback):
    """Several callbacks as one: every hook calls those of all, in order."""

    def __init__(self, callbacks: Any) -> None:
        if callbacks is None:
            callbacks = []
        elif isinstance(callbacks, Callback):
            callbacks = [callbacks]
        elif not isinstance(callbacks, Iterable):
            raise DTypeError(f"For 'Model', the argument 'callbacks' must be a Callback or a list of them, but got "
                             f"{type(callbacks).__name__}.")
        self.callbacks = list(callbacks)
        for cb in self.callbacks:
            if not isinstance(cb, Callback):
                raise DTypeError("For 'Model', the argument 'callbacks' must be a Callback or a list of them, but got "
                                 f"an element of type {type(cb).__name__}.")

    def __enter__(self) -> CallbackManager:
        for cb in self.callbacks:
            cb.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        for cb in self.callbacks:
            cb.__exit__(*error)


def _to_all(name: str) -> Callable:
    def call(self: CallbackManager, run_context: RunContext) -> None:
        for cb in self.callbacks:
            getattr(cb, name)(run_context)

    return call


for _name in [n for n in dir(Callback) if n.startswith("on_")]:
    setattr(CallbackManager, _name, _to_all(_name))


def loss_of(params: Any) -> Any:
    """The loss among the outputs of a step, as a number."""
    out = params.net_outputs
    if isinstance(out, (tuple, list)) and out:
        out = out[0]
    return float(np.mean(out.asnumpy())) if isinstance(out, Tensor) else out


def _step_in_epoch(params: Any) -> int:
    return (params.cur_step_num - 1) % (params.batch_num or 1) + 1


class LossMonitor(Callback):
    """Prints ``epoch: 1 step: 1, loss is 2.3`` every ``per_print_times`` steps; raises where the loss is no number.

    >>> from luojia import nn
    >>> from luojia.dataset import NumpySlicesDataset
    >>> data = NumpySlicesDataset({"x": np.ones((4, 2), np.float32), "y": np.ones((4, 1), np.float32)}).batch(2)
    >>> net = nn.Dense(2, 1, "zeros", "zeros")
    >>> model = luojia.Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1))
    >>> model.train(1, data, luojia.LossMonitor())
    epoch: 1 step: 1, loss is 1.0
    epoch: 1 step: 2, loss is 0.15999998152256012

    Matches ``mindspore.train.LossMonitor``.
    """

    def __init__(self, per_print_times: int = 1) -> None:
        check_non_negative_int(per_print_times, "per_print_times", "LossMonitor")
        self._per_print_times, self._last_print_time = per_print_times, 0

    def on_train_begin(self, run_context: RunContext) -> None:
        self._last_print_time = 0

    def step_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        loss = loss_of(params)
        if isinstance(loss, float) and not np.isfinite(loss):
            raise ArgumentError(f"In epoch: {params.cur_epoch_num} step: {_step_in_epoch(params)}, loss is {loss}, "
                                "training process cannot continue, terminating training.")
        if self._per_print_times and params.cur_step_num - self._last_print_time >= self._per_print_times:
            self._last_print_time = params.cur_step_num
            print(f"epoch: {params.cur_epoch_num} step: {_step_in_epoch(params)}, loss is {loss}", flush=True)

    def on_eval_step_end(self, run_context: RunContext) -> None:
        pass

    def on_train_epoch_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        if params.eval_results:
            print(f"Eval result: epoch {params.cur_epoch_num}, metrics: {params.eval_results}", flush=True)


class TimeMonitor(Callback):
    """Prints the time of each epoch and, per step, its mean.

    Matches ``mindspore.train.TimeMonitor``.
    """

    def __init__(self, data_size: int | None = None, data_time: bool = False) -> None:
        self.data_size = data_size
        self.epoch_time = time.time()

    def epoch_begin(self, run_context: RunContext) -> None:
        self.epoch_time = time.time()

    def epoch_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        milliseconds = (time.time() - self.epoch_time) * 1000
        steps = self.data_size or params.batch_num or 1
        mode = "Eval" if params.mode == "eval" else "Train"
        print(f"{mode} epoch time: {milliseconds:5.3f} ms, per step time: {milliseconds / steps:5.3f} ms", flush=True)


class CheckpointConfig:
    """When ``ModelCheckpoint`` saves, and how many files it keeps.

    Args:
        save_checkpoint_steps, save_checkpoint_seconds: save after so many steps, or seconds.
        keep_checkpoint_max: the number of files kept, the latest; 0: all.
        keep_checkpoint_per_n_minutes: keep one file for so many minutes (with keep_checkpoint_max 0).
        saved_network: the network to save, in place of the trained one.
        append_info: 'epoch_num', 'step_num', or dicts of further values.

    >>> config = luojia.CheckpointConfig(save_checkpoint_steps=100, keep_checkpoint_max=3)
    >>> config.save_checkpoint_steps, config.keep_checkpoint_max
    (100, 3)

    Matches ``mindspore.train.CheckpointConfig``.
    """

    def __init__(self, save_checkpoint_steps: int = 1, save_checkpoint_seconds: int = 0, keep_checkpoint_max: int = 5,
                 keep_checkpoint_per_n_minutes: int = 0, integrated_save: bool = True, async_save: Any = False,
                 saved_network: Any = None, append_info: list | None = None, enc_key: bytes | None = None,
                 enc_mode: str = "AES-GCM", exception_save: bool = False, crc_check: bool = False,
                 remove_redundancy: bool = False, format: str = "ckpt", **kwargs: Any) -> None:
        counts = {"save_checkpoint_steps": save_checkpoint_steps, "save_checkpoint_seconds": save_checkpoint_seconds,
                  "keep_checkpoint_max": keep_checkpoint_max,
                  "keep_checkpoint_per_n_minutes": keep_checkpoint_per_n_minutes}
        for name, value in counts.items():
            if isinstance(value, bool) or (value is not None and not isinstance(value, int)):
                raise DTypeError(f"For 'CheckpointConfig', the '{name}' must be int, but got '{type(value).__name__}'.")
            if (value or 0) < 0:
                raise ArgumentError(f"For 'CheckpointConfig', the '{name}' must be int and >= 0, but got {value!r}.")
        if not any(counts.values()):
            raise ArgumentError("For 'CheckpointConfig', the arguments 'save_checkpoint_steps', "
                                "'save_checkpoint_seconds', 'keep_checkpoint_max' and 'keep_checkpoint_per_n_minutes' "
                                "can't be all None or 0.")
        if enc_key is not None:
            raise NotSupportedError("CheckpointConfig, enc_key: luojia does not encrypt checkpoints; encrypt the "
                                    "files.")
        for name, value in (("integrated_save", integrated_save), ("crc_check", crc_check)):
            check_bool(value, name, "CheckpointConfig")
        if saved_network is not None and not isinstance(saved_network, Module):
            raise DTypeError("For 'CheckpointConfig', the type of 'saved_network' must be None or Cell, but got "
                             f"{type(saved_network)}.")
        # What is overruled is None: seconds by steps, minutes by the number of files.
        self.save_checkpoint_steps = save_checkpoint_steps
        self.save_checkpoint_seconds = None if save_checkpoint_steps else save_checkpoint_seconds
        self.keep_checkpoint_max = keep_checkpoint_max
        self.keep_checkpoint_per_n_minutes = None if keep_checkpoint_max else keep_checkpoint_per_n_minutes
        self.enc_key, self.enc_mode, self.map_param_inc = enc_key, enc_mode, kwargs.get("map_param_inc", False)
        self.integrated_save, self.async_save, self.saved_network = integrated_save, async_save, saved_network
        self.exception_save, self.crc_check, self.format = exception_save, crc_check, format
        if append_info is not None and not isinstance(append_info, list):
            raise DTypeError("For 'CheckpointConfig', the type of 'append_info' must be list, but got "
                             f"{type(append_info).__name__}.")
        self.append_dict: dict[str, Any] | None = None if append_info is None else {}
        for info in append_info or []:
            if isinstance(info, dict):
                found = info
            elif info in ("epoch_num", "step_num"):
                found = {info: 0}
            elif not isinstance(info, str):
                raise DTypeError("For 'CheckpointConfig', the 'append_info' must hold 'epoch_num', 'step_num' or "
                                 f"dicts, but got {type(info).__name__}.")
            else:
                raise ArgumentError("For 'CheckpointConfig', the 'append_info' must hold 'epoch_num', 'step_num' or "
                                    f"dicts, but got {info!r}.")
            self.append_dict = {**(self.append_dict or {}), **found}

    def get_checkpoint_policy(self) -> dict[str, Any]:
        """The settings, by name."""
        return {name: getattr(self, name) for name in (
            "save_checkpoint_steps", "save_checkpoint_seconds", "keep_checkpoint_max", "keep_checkpoint_per_n_minutes",
            "saved_network")}


class ModelCheckpoint(Callback):
    """Saves ``directory/prefix-epoch_step.ckpt`` as ``config`` says.

    Where the directory has such files from before, the prefix of the new ones gets a number, as ``prefix_1``.

    In a data parallel job of several processes, which hold the same weights, rank 0 writes the file, and the others
    wait until it is there. (MindSpore has each rank write its own.)

    >>> from luojia import nn, train
    >>> from luojia.dataset import NumpySlicesDataset
    >>> columns = {"data": np.ones((4, 2), np.float32), "label": np.ones((4, 1), np.float32)}
    >>> data = NumpySlicesDataset(columns, shuffle=False).batch(2)
    >>> net = nn.Dense(2, 1)
    >>> sgd = nn.SGD(net.trainable_params(), learning_rate=0.1)
    >>> model = train.Model(net, nn.MSELoss(), sgd, metrics={"loss"})
    >>> config = train.CheckpointConfig(save_checkpoint_steps=2, keep_checkpoint_max=1)
    >>> model.train(1, data, callbacks=train.ModelCheckpoint("net", "saved", config), dataset_sink_mode=False)
    >>> {"weight", "bias"} <= set(luojia.load_checkpoint("saved/net-1_2.ckpt"))
    True

    Matches ``mindspore.train.ModelCheckpoint``.
    """

    def __init__(self, prefix: Any = "CKP", directory: Any = None, config: CheckpointConfig | None = None) -> None:
        if not callable(prefix) and (not isinstance(prefix, str) or "/" in prefix or not prefix):
            raise ArgumentError("For 'ModelCheckpoint', the argument 'prefix' for checkpoint file name is invalid, it "
                                f"must be a string that does not contain '/', but got {prefix!r}.")
        if config is not None and not isinstance(config, CheckpointConfig):
            raise DTypeError("For 'ModelCheckpoint', the type of argument 'config' should be 'CheckpointConfig', but "
                             f"got {type(config)}.")
        self._prefix = prefix
        self._directory = directory if callable(directory) else os.fspath(directory or os.curdir)
        self._config = config or CheckpointConfig()
        self._last_step, self._last_time, self._files = 0, time.time(), []
        self._latest, self._again = "", None

    @property
    def latest_ckpt_file_name(self) -> str:
        """The file that was saved last."""
        return self._latest

    def on_train_begin(self, run_context: RunContext) -> None:
        self._last_step, self._last_time = run_context.original_args().cur_step_num or 0, time.time()

    def on_train_step_end(self, run_context: RunContext) -> None:
        params, config = run_context.original_args(), self._config
        due = config.save_checkpoint_steps and params.cur_step_num - self._last_step >= config.save_checkpoint_steps
        if not config.save_checkpoint_steps and config.save_checkpoint_seconds:
            due = time.time() - self._last_time >= config.save_checkpoint_seconds
        if due:
            self._save(params)

    def on_train_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        if params.cur_step_num != self._last_step:
            self._save(params)

    def _save(self, params: Any) -> None:
        config = self._config
        directory: Any = self._directory(params) if callable(self._directory) else self._directory
        prefix = str(self._prefix(params) if callable(self._prefix) else self._prefix)
        if callable(self._prefix):  # its answer is the whole name
            name = prefix
        else:
            if self._again is None:
                self._again = _number_after(directory, prefix)
            name = f"{prefix}{self._again}-{params.cur_epoch_num}_{_step_in_epoch(params)}"
        path = os.path.join(directory, f"{name}.{config.format}")
        current = {"epoch_num": params.cur_epoch_num, "step_num": params.cur_step_num}
        further = {k: current.get(k, v) for k, v in (config.append_dict or {}).items()}
        network = config.saved_network if config.saved_network is not None else params.train_network
        together = params.get("parallel_mode") == "data_parallel" and place().size > 1
        if not together or place().rank == 0:
            os.makedirs(directory, exist_ok=True)
            save_checkpoint(network, path, append_dict=further, crc_check=config.crc_check, format=config.format)
        if together:
            barrier()
        self._last_step, self._last_time, self._latest = params.cur_step_num, time.time(), path
        if path in self._files:
            self._files.remove(path)
        self._files.append(path)
        if config.keep_checkpoint_max:
            while len(self._files) > config.keep_checkpoint_max:
                old = self._files.pop(0)
                if os.path.exists(old) and (not together or place().rank == 0):
                    os.remove(old)


def _number_after(directory: str, prefix: str) -> str:
    """'' where no file of the prefix is there, else '_1', or one more than the files have."""
    form = re.compile(re.escape(prefix) + r"(?:_(\d+))?-\d+_\d+\.(?:ckpt|safetensors)")
    there = [form.fullmatch(name) for name in (os.listdir(directory) if os.path.isdir(directory) else [])]
    numbers = [int(found.group(1) or 0) for found in there if found]
    return f"_{max(numbers) + 1}" if numbers else ""


class LearningRateScheduler(Callback):
    """Sets the optimizer's learning rate to ``learning_rate_function(lr, step)`` before each step.

    >>> from luojia import nn, train
    >>> from luojia.dataset import NumpySlicesDataset
    >>> columns = {"data": np.ones((4, 2), np.float32), "label": np.ones((4, 1), np.float32)}
    >>> data = NumpySlicesDataset(columns, shuffle=False).batch(2)
    >>> net = nn.Dense(2, 1)
    >>> sgd = nn.SGD(net.trainable_params(), learning_rate=0.1)
    >>> model = train.Model(net, nn.MSELoss(), sgd, metrics={"loss"})
    >>> halved = train.LearningRateScheduler(lambda lr, step: lr / 2)
    >>> model.train(1, data, callbacks=halved, dataset_sink_mode=False)  # of two steps
    >>> round(float(sgd.learning_rate.asnumpy()), 4)
    0.025

    Matches ``mindspore.train.LearningRateScheduler``.
    """

    def __init__(self, learning_rate_function: Callable) -> None:
        if not callable(learning_rate_function):
            raise DTypeError("For 'LearningRateScheduler', the 'learning_rate_function' must be a function, but got "
                             f"{type(learning_rate_function).__name__}.")
        self.learning_rate_function = learning_rate_function

    def step_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        rate = params.optimizer.learning_rate
        new = self.learning_rate_function(float(rate.asnumpy()), params.cur_step_num)
        rate.set_data(Tensor(np.float32(new)))


class History(Callback):
    """Keeps the loss of each epoch of training, and the metrics where ``Model.fit`` evaluates: ``history.history``.

    ``history.epoch["epoch"]`` numbers the epochs. In ``Model.eval`` it keeps the first output alone.

    >>> from luojia import nn, train
    >>> from luojia.dataset import NumpySlicesDataset
    >>> columns = {"data": np.ones((4, 2), np.float32), "label": np.ones((4, 1), np.float32)}
    >>> data = NumpySlicesDataset(columns, shuffle=False).batch(2)
    >>> net = nn.Dense(2, 1)
    >>> sgd = nn.SGD(net.trainable_params(), learning_rate=0.1)
    >>> model = train.Model(net, nn.MSELoss(), sgd, metrics={"loss"})
    >>> history = train.History()
    >>> model.train(3, data, callbacks=history, dataset_sink_mode=False)
    >>> history.epoch["epoch"], len(history.history["net_output"])
    ([1, 2, 3], 3)

    Matches ``mindspore.train.History``.
    """

    def __init__(self) -> None:
        self.history: dict[str, list] = {}
        self.epoch: dict[str, list] = {}
        self._trains = False  # then an evaluation is a part of it

    def begin(self, run_context: RunContext) -> None:
        mode = run_context.original_args().mode
        if mode == "train" or not self._trains:
            self.history, self.epoch, self._trains = {}, {"epoch": []}, mode == "train"

    def epoch_end(self, run_context: RunContext) -> None:
        params = run_context.original_args()
        if params.mode == "eval" and self._trains:
            return
        self.epoch.setdefault("epoch", []).append(params.cur_epoch_num or 1)
        results = {"net_output": loss_of(params), **(params.eval_results or {} if params.mode != "eval" else {})}
        for name, value in results.items():
            self.history.setdefault(name, []).append(value)

    def end(self, run_context: RunContext) -> None:
        self._trains = self._trains and run_context.original_args().mode != "train"


class LambdaCallback(Callback):
    """A callback of functions: ``LambdaCallback(on_train_step_end=lambda run_context: ...)``.

    >>> callback = luojia.LambdaCallback(on_train_epoch_end=lambda run_context: print("an epoch is over"))
    >>> isinstance(callback, luojia.Callback)
    True

    Matches ``mindspore.train.LambdaCallback``.
    """

    def __init__(self, **functions: Callable | None) -> None:
        for name, function in functions.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                raise DTypeError(f"LambdaCallback() got an unexpected argument {name!r}.")
            if function is not None:
                setattr(self, name, function)


from .backup import BackupAndRestore  # noqa: E402 - it is a Callback
from .summary import SummaryCollector  # noqa: E402
from .watch import EarlyStopping, ReduceLROnPlateau  # noqa: E402

__all__ = ["BackupAndRestore", "Callback", "CallbackManager", "CheckpointConfig", "EarlyStopping", "History",
           "LambdaCallback", "LearningRateScheduler", "LossMonitor", "ModelCheckpoint", "ReduceLROnPlateau",
           "RunContext", "SummaryCollector", "TimeMonitor"]
__dir__ = public_names(__name__)

open_paths(sys.modules[__name__])
