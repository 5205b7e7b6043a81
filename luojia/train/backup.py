"""A callback that keeps a checkpoint to go on from after a crash."""

from __future__ import annotations

import os
from typing import Any

from .._checkparam import check_bool, check_positive_int
from .._src.errors import DTypeError
from .callback import Callback, RunContext
from .serialization import load_checkpoint, load_param_into_net, save_checkpoint


class BackupAndRestore(Callback):
    """Saves the training network to ``backup_dir/backup.ckpt``, and begins from that file where there is one.

    Args:
        backup_dir: the directory, which is made.
        save_freq: 'epoch' (after each), or a number of steps.
        delete_checkpoint: whether the file is removed when training ends.

    Raises:
        TypeError, ValueError: an argument of another type or value.

    Matches ``mindspore.train.BackupAndRestore``.
    """

    def __init__(self, backup_dir: str, save_freq: str | int = "epoch", delete_checkpoint: bool = True) -> None:
        if not isinstance(backup_dir, str):
            raise DTypeError(f"For 'BackupAndRestore', the 'backup_dir' must be str, but got "
                             f"{type(backup_dir).__name__}.")
        if save_freq != "epoch":
            check_positive_int(save_freq, "save_freq", "BackupAndRestore")
        self.save_freq = save_freq
        self.delete_checkpoint = check_bool(delete_checkpoint, "delete_checkpoint", "BackupAndRestore")
        self.backup_file = os.path.join(backup_dir, "backup.ckpt")

    def on_train_begin(self, run_context: RunContext) -> None:
        if os.path.isfile(self.backup_file):
            found: Any = load_checkpoint(self.backup_file)
            load_param_into_net(run_context.original_args().train_network, found)

    def _save(self, run_context: RunContext) -> None:
        os.makedirs(os.path.dirname(self.backup_file) or ".", exist_ok=True)
        save_checkpoint(run_context.original_args().train_network, self.backup_file)

    def on_train_step_end(self, run_context: RunContext) -> None:
        if self.save_freq != "epoch" and run_context.original_args().cur_step_num % int(self.save_freq) == 0:
            self._save(run_context)

    def on_train_epoch_end(self, run_context: RunContext) -> None:
        if self.save_freq == "epoch":
            self._save(run_context)

    def on_train_end(self, run_context: RunContext) -> None:
        if self.delete_checkpoint and os.path.isfile(self.backup_file):
            os.remove(self.backup_file)


__all__ = ["BackupAndRestore"]
