"""MindSpore's networks that compute a batch in parts, under the names that they have in ``parallel.nn``."""

from __future__ import annotations

from typing import Any

from .._src.errors import DTypeError, UnknownNameError
from ..nn.micro_batch import GradAccumulationCell, MicroBatchInterleaved, PipelineCell
from ..nn.module import Module
from ..nn.refused import PipelineGradReducer  # pyright: ignore[reportAttributeAccessIssue] - a name of its table

__all__ = ["GradAccumulation", "MicroBatchInterleaved", "Pipeline", "PipelineCell", "PipelineGradReducer"]


class GradAccumulation(GradAccumulationCell):
    """``nn.GradAccumulationCell``: the sum of what a network gives for each of ``micro_size`` parts of the batch.

    >>> from luojia import Tensor, nn
    >>> net = GradAccumulation(nn.WithLossCell(nn.ReLU(), nn.MSELoss()), 2)
    >>> float(net(Tensor([[1.0], [2.0]]), Tensor([[0.0], [0.0]])))
    5.0

    Matches ``mindspore.parallel.nn.GradAccumulation``.
    """


class Pipeline(PipelineCell):
    """``nn.PipelineCell``, which computes all stages here.

    Args:
        network, micro_size: see ``nn.PipelineCell``.
        stage_config: the stage of cells of the network, by their names; kept as their ``pipeline_stage``.
        segment_config: accepted.

    Raises:
        TypeError: a ``stage_config`` that is no dict. KeyError: a name that no cell has.

    Matches ``mindspore.parallel.nn.Pipeline`` on one device.
    """

    def __init__(self, network: Module, micro_size: int, stage_config: dict[str, int] | None = None,
                 segment_config: Any = None) -> None:
        super().__init__(network, micro_size)
        if stage_config is None:
            return
        if not isinstance(stage_config, dict):
            raise DTypeError(f"For 'PipelineCell', the argument 'stage_config' must be a dict, but got "
                             f"{type(stage_config).__name__}.")
        cells = dict(network.cells_and_names())
        missing = {name: stage for name, stage in stage_config.items() if name not in cells}
        if missing:
            raise UnknownNameError(f"For 'PipelineCell', the argument 'stage_config' : {missing} is not found in "
                                   f"'network' : {network}")
        for name, stage in stage_config.items():
            cells[name].pipeline_stage = stage
