"""A training step that fetches its own data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .._src.errors import ArgumentError, DTypeError
from ..common import jit
from .dataset_helper import Passes


def data_sink(fn: Callable, dataset: Any, sink_size: int = 1, jit_config: Any = None,
              input_signature: Any = None) -> Callable:
    """A function without arguments that runs ``fn`` on the next ``sink_size`` batches; it returns the last result.

    After the last batch the dataset begins anew.

    Args:
        fn: a function, or Module, of a batch's Tensors.
        dataset: a dataset, or any iterable of batches.
        sink_size: how many batches each call takes.
        jit_config: asks for ``fn`` to be compiled; ``input_signature`` is accepted.

    Raises:
        TypeError: ``fn`` is no function.
        ValueError: a ``sink_size`` below 1, or a dataset without a batch.

    >>> from luojia import Tensor, data_sink
    >>> step = data_sink(lambda x: x + 1, [Tensor(1), Tensor(2)])
    >>> [int(step()) for _ in range(3)]
    [2, 3, 2]

    Matches ``mindspore.data_sink``.
    """
    if not callable(fn):
        raise DTypeError(f"data_sink: fn must be a function or a Module, got {type(fn).__name__}.")
    if isinstance(sink_size, bool) or not isinstance(sink_size, int) or sink_size < 1:
        raise ArgumentError(f"The 'sink_size' must be a positive int, but got sink_size {sink_size!r}.")
    step = fn if jit_config is None else jit(fn)
    source: list[Iterator] = []
    passes = Passes(dataset)

    def following() -> tuple:
        for _ in range(2):
            if not source:
                source.append(iter(passes))
            batch = next(source[0], None)
            if batch is not None:
                return batch
            source.clear()
        raise ArgumentError("data_sink: the dataset has no batch.")

    def sink_process() -> Any:
        out = None
        for _ in range(sink_size):
            out = step(*following())
        return out

    return sink_process


__all__ = ["data_sink"]
