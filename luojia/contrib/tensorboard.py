"""Metrics of training loops for TensorBoard."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from .._src.formats import tfevents
from .._src.paths import public_names

__all__ = ["LogMetricsCallback", "SummaryWriter"]
__dir__ = public_names(__name__)


class SummaryWriter:
    """Writes numbers to an event file in a folder, which ``tensorboard --logdir`` shows.

    Args:
        logdir: the folder, made if need be.
    """

    def __init__(self, logdir: str) -> None:
        os.makedirs(logdir, exist_ok=True)
        now = time.time()
        name = f"events.out.tfevents.{int(now)}.{socket.gethostname()}.{os.getpid()}.{time.monotonic_ns()}"
        self._file = open(os.path.join(logdir, name), "wb")  # noqa: SIM115 - kept open, closed by close()
        self._file.write(tfevents.header(now))
        self._file.flush()

    def add_scalar(self, tag: str, value: Any, global_step: int | None = None) -> None:
        """Add a number under the name ``tag``, or with a dict several under its keys."""
        pairs = {f"{tag}/{key}": v for key, v in value.items()} if isinstance(value, dict) else {tag: value}
        for name, number in pairs.items():
            self._file.write(tfevents.scalar(name, float(number), int(global_step or 0), time.time()))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class LogMetricsCallback:
    """A batch-end or epoch-end callback that writes the metrics of each call.

    Args:
        logging_dir: the folder of the event file.
        prefix: put before the names of the metrics, with a hyphen.

    ``summary_writer`` may be replaced by any object with ``add_scalar(tag, value, step)``.
    """

    def __init__(self, logging_dir: str, prefix: str | None = None) -> None:
        self.prefix = prefix
        self.step = 0
        self.summary_writer: Any = SummaryWriter(logging_dir)

    def __call__(self, param: Any) -> None:
        self.step += 1
        if param.eval_metric is None:
            return
        for name, value in param.eval_metric.get_name_value():
            tag = name if self.prefix is None else f"{self.prefix}-{name}"
            self.summary_writer.add_scalar(tag, value, self.step)
