"""Monitor: a look at the arrays that flow through executors while they train, under MXNet's name."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from typing import Any

from ._src.paths import public_names
from .ndarray import NDArray


def _size(x: NDArray) -> NDArray:
    return x.norm() / math.sqrt(x.size)


class Monitor:
    """Statistics of outputs, their gradients, weights and auxiliary states, every ``interval`` batches.

    Args:
        interval: batches between two looks.
        stat_func: an array to its statistic; its norm over the root of its size by default.
        pattern: a regular expression for the names to look at. ``sort``: list the statistics by name.
        monitor_all: look at operators' inputs too.

    >>> import luojia as mx
    >>> executor = (mx.sym.var("x") * 2).simple_bind(mx.cpu(), x=(2,))
    >>> monitor = Monitor(1, lambda a: a.sum(), pattern="x")
    >>> monitor.install(executor)
    >>> monitor.tic()
    >>> _ = executor.forward(x=mx.nd.array([1, 2]))
    >>> monitor.toc()
    [(1, 'x', '3.0\\t')]
    """

    def __init__(self, interval: int, stat_func: Callable[[NDArray], Any] | None = None, pattern: str = ".*",
                 sort: bool = False, monitor_all: bool = False) -> None:
        self.interval = interval
        self.stat_func = stat_func or _size
        self.re_prog = re.compile(pattern)
        self.sort = sort
        self.monitor_all = monitor_all
        self.queue: list[tuple[int, str, Any]] = []
        self.exes: list[Any] = []
        self.step = 0
        self.activated = False

    def install(self, exe: Any) -> None:
        """Look at an executor."""
        exe.set_monitor_callback(lambda name, array: self._note(name.decode(), array), self.monitor_all)
        self.exes.append(exe)

    def _note(self, name: str, array: Any) -> None:
        if self.activated and array is not None and self.re_prog.match(name):
            self.queue.append((self.step, name, self.stat_func(array)))

    def tic(self) -> None:
        """Begin a batch: every ``interval``-th is looked at."""
        if self.step % self.interval == 0:
            self.queue = []
            self.activated = True
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """End a batch: (number of the batch, name, statistic as text) of all that was seen, weights included."""
        if not self.activated:
            return []
        for exe in self.exes:
            for name, array in [*exe.arg_dict.items(), *exe.aux_dict.items()]:
                self._note(name, array)
        self.activated = False
        found = sorted(self.queue, key=lambda entry: entry[1]) if self.sort else self.queue
        out = []
        for number, name, stats in found:
            text = ""
            for s in stats if isinstance(stats, list) else [stats]:
                assert isinstance(s, NDArray), (
                    f"Monitor: stat_func must return an NDArray, or a list of them, got {type(s).__name__}.")
                text += str(s.asnumpy().ravel()[0] if s.size == 1 else s.asnumpy()) + "\t"
            out.append((number, name, text))
        self.queue = []
        return out

    def toc_print(self) -> None:
        """End a batch, and log what was seen."""
        for number, name, text in self.toc():
            logging.info("Batch: %7d %-30s %s", number, name, text)


__all__ = ["Monitor"]
__dir__ = public_names(__name__)
