"""export, load and GraphCell: networks without their classes."""

import numpy as np
import pytest

import luojia
from luojia import Tensor, nn, ops


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.pool = nn.MaxPool2d(2, 2)
        self.drop = nn.Dropout(p=0.5)
        self.dense = nn.Dense(32, 3)

    def construct(self, x):
        x = self.pool(ops.relu(self.norm(self.conv(x))))
        return self.dense(self.drop(x.view(x.shape[0], -1)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(10, 4)
        self.lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)

    def construct(self, ids):
        y, (h, _) = self.lstm(self.table(ids))
        return y[:, -1], h.sum()


IMAGE = Tensor(np.linspace(-1, 1, 128).reshape(2, 1, 8, 8), luojia.float32)
IDS = Tensor([[1, 2, 3], [4, 5, 9]], luojia.int32)


@pytest.mark.parametrize("make, x", [
    (Convolutional, IMAGE), (Recurrent, IDS), (lambda: nn.SequentialCell(nn.Flatten(), nn.Dense(64, 4)), IMAGE),
    (lambda: nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), Tensor(np.ones((2, 3, 4)), luojia.float32)),
])
def test_a_network_goes_through_a_file(tmp_path, make, x):
    net = make().set_train()
    luojia.export(net, x, file_name=str(tmp_path / "net"), file_format="MINDIR")
    assert net.training and all(cell.training for cell in net.cells())
    loaded = nn.GraphCell(luojia.load(str(tmp_path / "net.mindir")))
    net.set_train(False)
    for got, expected in zip(loaded(x), net(x)):
        assert np.allclose(got.asnumpy(), expected.asnumpy(), atol=1e-5)
    statistics = [p for p in net.get_parameters() if p.name.endswith(("moving_mean", "moving_variance"))]
    assert len(loaded.parameters_dict()) == len(net.parameters_dict())
    assert len(statistics) == (2 if make is Convolutional else 0)


def test_a_loaded_network_is_trained(tmp_path):
    x, y = Tensor([[1.0, 2.0]]), Tensor([[1.0]])
    luojia.export(nn.Dense(2, 1), x, file_name=str(tmp_path / "a.mindir"), file_format="MINDIR")
    graph = luojia.load(str(tmp_path / "a.mindir"))
    net = nn.GraphCell(graph, {"weight": Tensor([[1.0, 1.0]]), "bias": Tensor([0.0]), "other": Tensor([0.0])})
    assert [p.name for p in net.trainable_params()] == ["weight", "bias"] and net(x).tolist() == [[3.0]]
    step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.1))
    assert step(x, y) == 4.0 and np.allclose(net(x).asnumpy(), 3 - 0.4 * 6)


def test_a_network_is_exported_and_run_in_graph_mode(tmp_path):
    luojia.set_context(mode=luojia.GRAPH_MODE)
    try:
        net, path = nn.SequentialCell(nn.Dense(2, 3), nn.ReLU()), str(tmp_path / "a.mindir")
        x = Tensor([[1.0, 2.0]])
        luojia.export(net, x, file_name=path, file_format="MINDIR")
        assert luojia.get_context("mode") == luojia.GRAPH_MODE
        assert np.allclose(nn.GraphCell(luojia.load(path))(x).asnumpy(), net(x).asnumpy(), atol=1e-5)
    finally:
        luojia.set_context(mode=luojia.PYNATIVE_MODE)


@pytest.mark.parametrize("make, kind, message", [
    (lambda g: nn.GraphCell(3), TypeError, "must be a FuncGraph loaded from MindIR, but got type <class 'int'>"),
    (lambda g: nn.GraphCell(g, 3), TypeError, "'params_init' must be a dict, but got <class 'int'>"),
    (lambda g: nn.GraphCell(g, {"a": 3}), TypeError, "the value must be Tensor or Parameter, but got the key type"),
    (lambda g: nn.GraphCell(g, {"bias": IMAGE}), ValueError, r"bias has the shape \(1,\), but 'params_init' has"),
    (lambda g: nn.GraphCell(g)(IMAGE, IMAGE), RuntimeError, "The input number of parameters is not Compatible"),
])
def test_errors(tmp_path, make, kind, message):
    path = str(tmp_path / "a.mindir")
    luojia.export(nn.Dense(2, 1), Tensor([[1.0, 2.0]]), file_name=path, file_format="MINDIR")
    graph = luojia.load(path)
    with pytest.raises(kind, match=message):
        make(graph)
