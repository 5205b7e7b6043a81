"""What all metrics with MindSpore's interface have: ``clear``, ``update``, ``eval``, and the choice of inputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError


def array_of(data: Any) -> np.ndarray:
    """A NumPy array of a Tensor, an array or a list."""
    if isinstance(data, Tensor):
        return data.asnumpy()
    if isinstance(data, (np.ndarray, list, tuple, np.generic)):
        return np.asarray(data)
    raise DTypeError(f"For 'Metric', the type of 'data' must be Tensor, list or ndarray, but got {type(data)}.")


def rearrange_inputs(func: Callable) -> Callable:
    """A decorator of ``update``: takes of its inputs those that ``set_indexes`` chose.

    >>> from luojia import train
    >>> class Last(train.Metric):
    ...     def clear(self):
    ...         self.seen = None
    ...     @train.rearrange_inputs
    ...     def update(self, *inputs):
    ...         self.seen = inputs
    ...     def eval(self):
    ...         return self.seen
    >>> metric = Last().set_indexes([2, 0])
    >>> metric.update("prediction", "weight", "label")
    >>> metric.eval()
    ('label', 'prediction')
    """

    @functools.wraps(func)
    def wrapper(self: Metric, *inputs: Any) -> Any:
        return func(self, *(inputs if self.indexes is None else [inputs[i] for i in self.indexes]))

    return wrapper


class Metric:
    """The base class. A subclass defines ``clear()``, ``update(*inputs)`` and ``eval()``.

    >>> from luojia import nn, Tensor
    >>> class Count(nn.Metric):
    ...     def clear(self):
    ...         self.n = 0
    ...     def update(self, *inputs):
    ...         self.n += len(inputs[0])
    ...     def eval(self):
    ...         return self.n
    >>> m = Count()
    >>> m.clear()
    >>> m.update(Tensor([1.0, 2.0]))
    >>> m.eval()
    2

    Matches ``mindspore.train.Metric``.
    """

    def __init__(self) -> None:
        self._indexes: list[int] | None = None

    def clear(self) -> None:
        """Forget all inputs."""
        raise NotImplementedError(f"{type(self).__name__} must define clear().")

    def update(self, *inputs: Any) -> None:
        """Add a batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update(*inputs).")

    def eval(self) -> Any:
        """The result of what was added."""
        raise NotImplementedError(f"{type(self).__name__} must define eval().")

    @property
    def indexes(self) -> list[int] | None:
        """The inputs of ``update`` that count; None: as they come."""
        return getattr(self, "_indexes", None)

    def set_indexes(self, indexes: list[int]) -> Metric:
        """Choose which of the inputs of ``update`` are prediction and label.

        Raises:
            ValueError: something other than a list of ints.
        """
        if not isinstance(indexes, list) or not all(isinstance(i, int) for i in indexes):
            raise ArgumentError("For 'set_indexes', the argument 'indexes' must be a list and all its elements must be "
                                f"int, but got {indexes!r}.")
        self._indexes = indexes
        return self

    def __call__(self, *inputs: Any) -> Any:
        self.clear()
        self.update(*inputs)
        return self.eval()

    def _convert_data(self, data: Any) -> np.ndarray:
        return array_of(data)

    def _check_onehot_data(self, data: Any) -> bool:
        return data.ndim > 1 and bool(np.equal(data**2, data).all()) and bool((data.sum(axis=1) == 1).all())


__all__ = ["Metric", "array_of", "rearrange_inputs"]
