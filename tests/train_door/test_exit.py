import json
import os
import signal

import numpy as np
import pytest

import luojia
from luojia import Tensor, nn
from luojia.dataset import NumpySlicesDataset


def trained(callbacks, epochs=1):
    data = NumpySlicesDataset({"x": np.ones((8, 2), np.float32), "y": np.ones((8, 1), np.float32)}).batch(2)
    net = nn.Dense(2, 1)
    luojia.Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1)).train(epochs, data, callbacks)
    return net


class Kill(luojia.Callback):
    steps = 0

    def on_train_step_end(self, run_context):
        self.steps += 1
        if self.steps == 2:
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_ends_the_training_and_saves(tmp_path):
    kill, before = Kill(), signal.getsignal(signal.SIGTERM)
    net = trained([kill, luojia.OnRequestExit(file_name="net", directory=str(tmp_path))], 3)
    assert kill.steps == 2 and signal.getsignal(signal.SIGTERM) is before
    folder = tmp_path / "rank_0"
    assert sorted(p.name for p in folder.iterdir()) == ["net_train.ckpt", "net_train.mindir"]
    x = Tensor(np.ones((2, 2), np.float32))
    again = nn.GraphCell(luojia.load(str(folder / "net_train.mindir")))
    np.testing.assert_allclose(again(x).asnumpy(), net(x).asnumpy(), 1e-6)
    saved = luojia.load_checkpoint(str(folder / "net_train.ckpt"))
    assert (saved["weight"].asnumpy() == net.weight.asnumpy()).all()


@pytest.mark.parametrize("word,files", [(1, ["Net_train.ckpt"]), (0, None)])
def test_a_file_asks_for_the_same(word, files, tmp_path):
    (tmp_path / "c.json").write_text(json.dumps({"GracefulExit": word}))
    trained(luojia.OnRequestExit(save_mindir=False, directory=str(tmp_path), config_file=str(tmp_path / "c.json")))
    assert (sorted(os.listdir(tmp_path / "rank_0")) if files else os.listdir(tmp_path)) == (files or ["c.json"])


@pytest.mark.parametrize("how,message", [
    ({"save_ckpt": 1}, "'save_ckpt' must be isinstance of <class 'bool'>, but got 1"),
    ({"file_name": 3}, "'file_name' must be isinstance of <class 'str'>, but got 3"),
    ({"config_file": 3}, "'config_file' must be isinstance of"), ({"sig": "x"}, "'sig' must be isinstance of"),
    ({"sig": signal.SIGKILL}, "Not support send exit request by signal SIGKILL"),
])
def test_errors(how, message):
    with pytest.raises(ValueError, match=message):
        luojia.OnRequestExit(**how)


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "c.json").write_text("{")
    with pytest.raises(luojia._src.errors.FormatError, match="should hold JSON such as"):
        trained(luojia.OnRequestExit(config_file=str(tmp_path / "c.json")))
