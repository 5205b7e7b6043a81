"""DSCallback: functions that a pipeline calls as it goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .._src.errors import ArgumentError
from .._src.paths import open_paths
from ..train.callback import Callback
from . import checks
from .rows import Row


class RunContext:
    """What a callback is told: ``cur_epoch_num``, ``cur_step_num_in_epoch`` and ``cur_step_num``."""

    def __init__(self, cur_epoch_num: int, cur_step_num_in_epoch: int, cur_step_num: int) -> None:
        self.cur_epoch_num, self.cur_step_num_in_epoch = cur_epoch_num, cur_step_num_in_epoch
        self.cur_step_num = cur_step_num


class DSCallback:
    """Base class: override what should be called by ``Dataset.map(..., callbacks=...)``.

    Args:
        step_size: the rows from one call of ``ds_step_begin`` to the next, and of ``ds_step_end``.

    >>> from luojia import dataset as ds
    >>> class Printing(DSCallback):
    ...     def ds_epoch_begin(self, ds_run_context):
    ...         print("pass", ds_run_context.cur_epoch_num)
    ...     def ds_step_begin(self, ds_run_context):
    ...         print("row", ds_run_context.cur_step_num)
    >>> data = ds.NumpySlicesDataset([1, 2]).map(lambda x: x, callbacks=Printing())
    >>> for row in data:
    ...     pass
    pass 1
    row 1
    row 2
    """

    def __init__(self, step_size: int = 1) -> None:
        checks.kind(step_size, (int,), "step_size")
        if not 1 <= step_size < 2**31:
            raise ArgumentError(
                f"DSCallback: Input step_size is not within the required interval of [1, 2147483647], got {step_size}."
            )
        self.step_size = step_size

    def ds_begin(self, ds_run_context: Any) -> None:
        """Before the first pass."""

    def ds_epoch_begin(self, ds_run_context: Any) -> None:
        """Before each pass."""

    def ds_epoch_end(self, ds_run_context: Any) -> None:
        """After each pass."""

    def ds_step_begin(self, ds_run_context: Any) -> None:
        """Before a row."""

    def ds_step_end(self, ds_run_context: Any) -> None:
        """After a row."""


class WaitedDSCallback(Callback, DSCallback):
    """A callback of a pipeline and of training at once, for ``Model.train`` and ``Dataset.map``.

    Override ``sync_epoch_begin(train_run_context, ds_run_context)`` and ``sync_step_begin``: they are called before a
    pass, or a row, of the pipeline from the second on, with the RunContext that training gave last. ``step_size`` is
    the rows in a training step.

    >>> from luojia import Model, dataset, nn
    >>> class Printing(dataset.WaitedDSCallback):
    ...     def sync_epoch_begin(self, train_run_context, ds_run_context):
    ...         trained = train_run_context.original_args()
    ...         print("pass", ds_run_context.cur_epoch_num, "after step", trained.cur_step_num)
    >>> printing, net, ones = Printing(), nn.Dense(1, 1), np.ones((4, 1), np.float32)
    >>> data = dataset.NumpySlicesDataset((ones, ones)).map(lambda x: x, "column_0", callbacks=printing).batch(2)
    >>> model = Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1))
    >>> model.train(2, data, printing, dataset_sink_mode=False)
    pass 2 after step 2
    """

    def __init__(self, step_size: int = 1) -> None:
        DSCallback.__init__(self, step_size)
        self.train_run_context: Any = None

    def sync_epoch_begin(self, train_run_context: Any, ds_run_context: Any) -> None:
        """Before a pass of the pipeline, after an epoch of training."""

    def sync_step_begin(self, train_run_context: Any, ds_run_context: Any) -> None:
        """Before a step of the pipeline, after a step of training."""

    def ds_epoch_begin(self, ds_run_context: Any) -> None:
        if ds_run_context.cur_epoch_num > 1:
            self.sync_epoch_begin(self.train_run_context, ds_run_context)

    def ds_step_begin(self, ds_run_context: Any) -> None:
        if ds_run_context.cur_step_num > self.step_size:
            self.sync_step_begin(self.train_run_context, ds_run_context)

    def step_end(self, run_context: Any) -> None:
        self.train_run_context = run_context

    def epoch_end(self, run_context: Any) -> None:
        self.train_run_context = run_context


def callbacks_of(callbacks: Any) -> list[DSCallback]:
    """A callback or callbacks as a list of them."""
    listed = callbacks if isinstance(callbacks, (list, tuple)) else [] if callbacks is None else [callbacks]
    for callback in listed:
        checks.kind(callback, (DSCallback,), "callbacks" if callback is callbacks else "callbacks[0]")
    return list(listed)


def called(callbacks: list[DSCallback], who: Any, rows: Iterable[Row], work: Callable[[Row], Row],
           rng: Any) -> Iterator[Row]:
    """``work`` of the rows, with the callbacks called before and after; each iterator counts its own passes."""
    epoch, total = rng.memory.get(id(who), (0, 0))
    if not epoch:
        for callback in callbacks:
            callback.ds_begin(RunContext(0, 0, 0))
    epoch, first = epoch + 1, total
    for callback in callbacks:
        callback.ds_epoch_begin(RunContext(epoch, 0, total))
    for step, row in enumerate(rows):
        chosen = [callback for callback in callbacks if step % callback.step_size == 0]
        total = first + step + 1
        for callback in chosen:
            callback.ds_step_begin(RunContext(epoch, step + 1, total))
        row = work(row)
        for callback in chosen:
            callback.ds_step_end(RunContext(epoch, step + 1, total))
        yield row
    rng.memory[id(who)] = (epoch, total)
    for callback in callbacks:
        callback.ds_epoch_end(RunContext(epoch, total - first, total))

open_paths(sys.modules[__name__])
