"""Early stopping, lower rates and backups, with what MindSpore prints and ends with."""

import numpy as np
import pytest

from luojia import Model, Tensor, nn, train
from luojia import dataset as ds


def data():
    return ds.NumpySlicesDataset((np.ones((4, 3), np.float32), np.ones((4, 1), np.float32)), shuffle=False).batch(2)


def fitted(callback, rate=0.1, epochs=6):
    """The network and the optimizer after ``epochs``."""
    net = nn.Dense(3, 1)
    for i, p in enumerate(net.get_parameters()):
        p.set_data(Tensor(np.float32(0.5 * np.sin(np.arange(p.size) * 1.3 + i)).reshape(p.shape)))
    optimizer = nn.Momentum(net.trainable_params(), rate, 0.9)
    Model(net, nn.MSELoss(), optimizer, metrics={"mae"}).fit(epochs, data(), data(), callbacks=callback,
                                                            dataset_sink_mode=False)
    return net, optimizer


@pytest.mark.parametrize("how, printed, weight", [
    ({"patience": 0, "min_delta": 100.0}, "Epoch 00001: early stopping\n", [-0.0673, 0.4145, 0.1904]),
    ({"patience": 1, "min_delta": 100.0}, "Epoch 00002: early stopping\n", [-0.0564, 0.4253, 0.2013]),
    ({"patience": 2, "mode": "max"}, "Epoch 00004: early stopping\n", [-0.0455, 0.4363, 0.2122]),
    ({"patience": 2, "baseline": -5.0}, "Epoch 00002: early stopping\n", [-0.0564, 0.4253, 0.2013]),
])
def test_early_stopping(how, printed, weight, capsys):
    net, _ = fitted(train.EarlyStopping(monitor="loss", verbose=True, **how))
    assert capsys.readouterr().out == printed
    np.testing.assert_allclose(net.weight.asnumpy()[0], weight, atol=1e-4)


def test_best_weights_come_back(capsys):
    fitted(train.EarlyStopping("loss", patience=2, mode="max", restore_best_weights=True, verbose=True))
    assert capsys.readouterr().out.startswith("Restoring model weights from the end of the best epoch.\nEpoch 0000")


def test_lower_rates(capsys):
    _, optimizer = fitted(train.ReduceLROnPlateau("mae", 0.5, 0, True, min_delta=100.0), rate=1.0, epochs=4)
    assert capsys.readouterr().out == "".join(
        f"Epoch {epoch:05d}: ReduceLROnPlateau reducing learning rate to {rate}.\n"
        for epoch, rate in ((2, 0.5), (3, 0.25), (4, 0.125)))
    assert float(optimizer.get_lr()) == 0.125


def test_rates_have_a_floor_and_a_cooldown(capsys):
    callback = train.ReduceLROnPlateau("loss", 0.1, 1, True, "max", 100.0, 2, 0.005)
    _, optimizer = fitted(callback, epochs=8)
    assert float(optimizer.get_lr()) == pytest.approx(0.005)
    epochs = [line[:11] for line in capsys.readouterr().out.splitlines()]
    assert epochs == ["Epoch 00002", "Epoch 00004"]


def test_backups(tmp_path):
    where = tmp_path / "backup"
    first, _ = fitted(train.BackupAndRestore(str(where), delete_checkpoint=False), epochs=2)
    assert [p.name for p in where.iterdir()] == ["backup.ckpt"]
    begun = []
    look = train.LambdaCallback(on_train_begin=lambda run: begun.append(
        run.original_args().train_network.trainable_params()[0].asnumpy()))
    _, optimizer = fitted([train.BackupAndRestore(str(where), save_freq=1), look], epochs=1)
    np.testing.assert_array_equal(begun[0], first.weight.asnumpy())
    assert int(optimizer.global_step) == 6 and not list(where.iterdir())


class Told(train.Metric):
    """Gives one of ``values`` after the other."""

    def __init__(self, values):
        super().__init__()
        self.values = iter(values)

    def clear(self):
        pass

    def update(self, *inputs):
        pass

    def eval(self):
        return next(self.values)


@pytest.mark.parametrize("name, epochs", [("mse", 4), ("mae", 4), ("loss", 4), ("eval_loss", 4), ("perplexity", 4),
                                          ("rmse", 2), ("my_loss", 2), ("error", 2), ("my_acc", 2)])
def test_what_auto_takes_for_better(name, epochs):
    net, seen = nn.Dense(3, 1), []
    model = Model(net, nn.MSELoss(), nn.SGD(net.trainable_params()), metrics={name: Told([Tensor(5.0), 4.0, 3.0, 2.0])})
    model.fit(4, data(), data(), callbacks=[train.LambdaCallback(on_train_epoch_end=seen.append),
                                            train.EarlyStopping(name, patience=1)] if name != "loss" else
              [train.LambdaCallback(on_train_epoch_end=seen.append), train.EarlyStopping("eval_loss", patience=1)],
              dataset_sink_mode=False)
    assert len(seen) == epochs


def test_only_numbers_are_watched():
    net = nn.Dense(3, 1)
    model = Model(net, nn.MSELoss(), nn.SGD(net.trainable_params()), metrics={"m": Told([np.ones(2)])})
    with pytest.raises(ValueError, match="EarlyStopping only supports scalar monitor now: 'm' has the shape \\(2,\\)"):
        model.fit(1, data(), data(), callbacks=train.EarlyStopping("m"), dataset_sink_mode=False)


@pytest.mark.parametrize("call, error, message", [
    (lambda: train.ReduceLROnPlateau(factor=1.1), ValueError, "in range of \\(0.0, 1.0\\), but got 1.1"),
    (lambda: train.ReduceLROnPlateau(factor="a"), TypeError, "the type of 'factor' should be 'float'"),
    (lambda: train.ReduceLROnPlateau(patience=-1), ValueError, "the 'patience' must be int and must >= 0"),
    (lambda: train.ReduceLROnPlateau(monitor=3), TypeError, "the type of 'monitor' should be 'str'"),
    (lambda: train.ReduceLROnPlateau(mode="x"), ValueError, "mode should be 'auto', 'min' or 'max'"),
    (lambda: train.ReduceLROnPlateau(verbose=3), TypeError, "the 'verbose' must be a bool"),
    (lambda: train.ReduceLROnPlateau(cooldown=-1), ValueError, "the 'cooldown' must be int and must >= 0"),
    (lambda: fitted(train.ReduceLROnPlateau("loss"), [0.1, 0.2]), ValueError,
     "does not support dynamic learning rates"),
    (lambda: train.BackupAndRestore(3), TypeError, "the 'backup_dir' must be str, but got int"),
    (lambda: train.BackupAndRestore("x", 0), ValueError, "the 'save_freq' must be int and must > 0"),
    (lambda: train.BackupAndRestore("x", "a"), TypeError, "the 'save_freq' must be int"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
