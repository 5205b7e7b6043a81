"""A callback that ends a run on a signal, and saves what there is."""

from __future__ import annotations

import inspect
import json
import os
import signal
from typing import Any

from .._src.errors import ArgumentError, FormatError
from ..communication.management import get_rank
from .callback import Callback, RunContext
from .serialization import export, save_checkpoint


class OnRequestExit(Callback):
    """Ends training after the step in which the process gets a signal, and saves the network; evaluation goes on.

    Args:
        save_ckpt: write the parameters to ``<directory>/rank_<rank>/<file_name>_train.ckpt`` (``_eval`` in evaluation).
        save_mindir: write the network beside them, as ``.mindir``: see ``export``.
        file_name, directory: see above.
        config_file: a JSON file that asks for the same by ``{"GracefulExit": 1}``; it is read at each step.
        sig: the signal.

    Raises:
        ValueError: an argument of another type, or a signal that processes cannot handle.

    The handler that the signal had before is put back when the run ends. In threads other than the main one, where
    Python handles no signals, the file alone is heeded. Matches ``mindspore.train.OnRequestExit``.
    """

    def __init__(self, save_ckpt: bool = True, save_mindir: bool = True, file_name: str = "Net", directory: str = "./",
                 config_file: str | None = None, sig: int = signal.SIGTERM) -> None:
        super().__init__()
        for name, value, kind in (("save_ckpt", save_ckpt, bool), ("save_mindir", save_mindir, bool),
                                  ("file_name", file_name, str), ("directory", directory, str), ("sig", sig, int)):
            if not isinstance(value, kind):
                raise ArgumentError(f"The parameter '{name}' must be isinstance of {kind}, but got {value}.")
        if sig in (getattr(signal, "SIGKILL", None), getattr(signal, "SIGSTOP", None)):
            raise ArgumentError(f"Not support send exit request by signal {signal.Signals(sig).name}.")
        if config_file is not None and not isinstance(config_file, str):
            raise ArgumentError(f"The parameter 'config_file' must be isinstance of {str}, but got {config_file}.")
        self.save_ckpt, self.save_mindir, self.sig, self.config_file = save_ckpt, save_mindir, sig, config_file
        self.file_name, self.directory = file_name, directory
        self.exit = False
        self._before: Any = None

    def _listen(self, run_context: RunContext) -> None:
        if self._before is not None:
            return
        self.exit = False
        try:
            self._before = signal.signal(self.sig, self._asked)
        except ValueError:  # not in the main thread
            self._before = None

    def _asked(self, number: int, frame: Any) -> None:
        self.exit = True

    def __exit__(self, *error: Any) -> None:
        if self._before is not None:
            signal.signal(self.sig, self._before)
            self._before = None

    def _step(self, run_context: RunContext, phase: str) -> None:
        if self._due():
            self._save(run_context.original_args(), phase)
            run_context.request_stop()
            self.exit = False

    def _due(self) -> bool:
        if self.exit or self.config_file is None or not os.path.isfile(self.config_file):
            return self.exit
        with open(self.config_file, encoding="utf-8") as file:
            try:
                return json.load(file).get("GracefulExit") == 1
            except (ValueError, AttributeError) as e:
                raise FormatError(f"OnRequestExit: the file {self.config_file!r} should hold JSON such as "
                                  f'{{"GracefulExit": 1}}: {e}.') from e

    def _save(self, params: Any, phase: str) -> None:
        folder = os.path.join(self.directory, f"rank_{get_rank()}")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f"{self.file_name}_{phase}")
        network = params.network
        if self.save_ckpt:
            save_checkpoint(params.train_network if phase == "train" else network, path)
        batch = params.get(f"{phase}_dataset_element") or params.get("train_dataset_element")
        if self.save_mindir and batch is not None:
            count = len(inspect.signature(network.construct).parameters)
            export(network, *batch[:count], file_name=path, file_format="MINDIR")

    def on_train_begin(self, run_context: RunContext) -> None:
        self._listen(run_context)

    def on_train_step_end(self, run_context: RunContext) -> None:
        self._step(run_context, "train")

    def on_eval_begin(self, run_context: RunContext) -> None:
        self._listen(run_context)

    def on_eval_step_end(self, run_context: RunContext) -> None:
        self._step(run_context, "eval")


__all__ = ["OnRequestExit"]
