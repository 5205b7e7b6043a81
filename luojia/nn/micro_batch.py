"""Networks that compute a batch in parts: what several devices would interleave, one device does one after another."""

from __future__ import annotations

from typing import Any

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .containers import CellList
from .module import Module


class _MicroBatch(Module):
    """One of ``size`` equal parts of every input along its first axis."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def construct(self, i: int, *inputs: Any) -> tuple:
        parts = []
        for x in inputs:
            if not isinstance(x, Tensor):
                parts.append(x)
                continue
            rows, rest = divmod(x.shape[0], self.size)
            if rest:
                raise ShapeError(f"For micro batch initialization, the 0th dimension shape of input({x.shape[0]}) must "
                                 f"be divided by micro size({self.size})")
            parts.append(x[i * rows : (i + 1) * rows])
        return tuple(parts)


class _InParts(Module):
    _option, _held = "micro_size", "micro_inputs"

    def __init__(self, network: Module, size: int) -> None:
        super().__init__(auto_prefix=False)
        who = type(self).__name__
        if not isinstance(network, Module):
            raise DTypeError(f"For '{who}', the argument 'network' must cell type, but got the type : {type(network)}.")
        if not isinstance(size, int):
            raise DTypeError(f"For '{who}', the argument '{self._option}' must be integer, but got the type : "
                             f"{type(size)}.")
        if size <= 0:
            raise ArgumentError(f"For '{who}', the argument '{self._option}' must be large than 0, but got {size}.")
        self.network = network
        setattr(self, self._option, size)
        setattr(self, self._held, CellList([_MicroBatch(size) for _ in range(size)]))

    def construct(self, *inputs: Any) -> Any:
        total = None
        for i, part in enumerate(getattr(self, self._held)):
            found = self.network(*part(i, *inputs))
            total = found if total is None else total + found
        return total


class PipelineCell(_InParts):
    """The sum of what ``network`` gives for each of ``micro_size`` parts of the batch.

    >>> from luojia import Tensor, nn
    >>> net = nn.PipelineCell(nn.WithLossCell(nn.ReLU(), nn.MSELoss()), 2)
    >>> float(net(Tensor([[1.0], [2.0]]), Tensor([[0.0], [0.0]])))
    5.0

    Raises:
        TypeError, ValueError: a network that is none, a number that is no int or below 1, a batch that it does not
            divide.

    Matches ``mindspore.nn.PipelineCell`` and ``parallel.nn.Pipeline`` on one device.
    """

    def __init__(self, network: Module, micro_size: int, stage_config: Any = None, segment_config: Any = None) -> None:
        super().__init__(network, micro_size)


class GradAccumulationCell(_InParts):
    """``PipelineCell``: its gradient is that of all the parts, added up.

    Matches ``mindspore.nn.GradAccumulationCell``.
    """

    def __init__(self, network: Module, micro_size: int) -> None:
        super().__init__(network, micro_size)


class MicroBatchInterleaved(_InParts):
    """``PipelineCell`` of ``interleave_num`` parts.

    Matches ``mindspore.nn.MicroBatchInterleaved``.
    """

    _option, _held = "interleave_num", "interleave_inputs"

    def __init__(self, network: Module, interleave_num: int = 2) -> None:
        super().__init__(network, interleave_num)


__all__ = ["GradAccumulationCell", "MicroBatchInterleaved", "PipelineCell"]
