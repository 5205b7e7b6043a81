"""PipelineCell, GradAccumulationCell and MicroBatchInterleaved, with the answers of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import Tensor, nn, ops, parallel
from luojia.parallel.nn import GradAccumulation, Pipeline

CELLS = [nn.PipelineCell, nn.GradAccumulationCell, nn.MicroBatchInterleaved, GradAccumulation, Pipeline]
X, Y = Tensor(np.arange(8, dtype=np.float32).reshape(4, 2)), Tensor(np.ones((4, 2), np.float32))


class Loss(nn.Cell):
    def construct(self, x, y):
        return ((x - y) ** 2).mean()


@pytest.mark.parametrize("cell", CELLS)
def test_sums_of_parts(cell):
    assert [float(cell(Loss(), n)(X, Y)) for n in (1, 2, 4)] == [11.5, 23, 46]
    assert cell(nn.ReLU(), 2)(X).tolist() == [[4, 6], [8, 10]]
    assert ops.grad(cell(Loss(), 2))(X, Y).tolist() == (np.arange(8) / 2 - 0.5).reshape(4, 2).tolist()
    assert [p.name for p in cell(nn.Dense(2, 2), 2).get_parameters()] == ["weight", "bias"]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("number, error, match", [
    (0, ValueError, "must be large than 0, but got 0"), (1.5, TypeError, "must be integer"),
    (3, ValueError, r"input\(4\) must be divided by micro size\(3\)"),
])
def test_errors(cell, number, error, match):
    with pytest.raises(error, match=match):
        cell(Loss(), number)(X, Y)
    with pytest.raises(TypeError, match="'network' must cell type"):
        cell(3, 2)


def test_printing():
    assert "(interleave_inputs): CellList(\n    (0): _MicroBatch()" in str(nn.MicroBatchInterleaved(Loss()))


def test_stages_are_kept():
    net = nn.SequentialCell(nn.Dense(2, 2), nn.Dense(2, 1))
    Pipeline(net, 2, {"0": 0, "1": 1})
    assert [cell.pipeline_stage for cell in net] == [0, 1]
    with pytest.raises(KeyError, match="'stage_config' : {'2': 0} is not found in 'network'"):
        Pipeline(net, 2, {"1": 0, "2": 0})
    assert net[1].pipeline_stage == 1
    with pytest.raises(TypeError, match="'stage_config' must be a dict, but got int"):
        Pipeline(net, 2, 3)
    assert parallel.nn.MicroBatchInterleaved is nn.MicroBatchInterleaved
