"""Model and its callbacks, loss scales and mixed precision."""

import os

import numpy as np
import pytest

from luojia import Model, Tensor, amp, float16, float32, float64, load_checkpoint, nn, train

X, Y = np.float32([[1.0, 2.0], [2.0, 1.0]]), np.float32([[1.0], [3.0]])
DATA = [(X[i : i + 1], Y[i : i + 1]) for i in range(2)]


class Dataset:
    """A dataset in MindSpore's manner."""

    resets = 0

    def create_tuple_iterator(self):
        return iter([[Tensor(x), Tensor(y)] for x, y in DATA])

    def get_dataset_size(self):
        return 2

    def reset(self):
        self.resets += 1


def model(**kwargs):
    net = nn.Dense(2, 1, "zeros", "zeros")
    return net, Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.05), **kwargs)


def test_train_eval_predict():
    net, m = model(metrics={"mse", "loss"})
    m.train(200, DATA)
    results = m.eval(DATA)
    assert set(results) == {"mse", "loss"} and results["mse"] < 1e-3
    np.testing.assert_allclose(m.predict(Tensor(X)).asnumpy(), Y, atol=0.05)
    assert not net.training


def test_datasets_of_mindspore_and_dicts():
    _, m = model()
    data = Dataset()
    m.train(2, data)
    assert data.resets == 2
    m.train(1, [{"x": X, "y": Y}])
    assert int(m.train_network.optimizer.global_step) == 5


def test_a_network_that_returns_its_loss():
    net = nn.WithLossCell(nn.Dense(2, 1, "zeros", "zeros"), nn.MSELoss())
    m = Model(net, optimizer=nn.SGD(net.trainable_params(), 0.05))
    m.train(3, DATA)
    assert float(net(Tensor(X), Tensor(Y))) < 5.0
    assert m.predict_network is net and m.eval_network is None


def test_metrics_with_indexes_and_networks():
    net, _ = model()
    cell = nn.WithEvalCell(net, nn.MSELoss())
    m = Model(net, eval_network=cell, metrics={"l": nn.Loss(), "mae": nn.MAE()}, eval_indexes=[0, 1, 2])
    assert m.eval([(X, Y)]) == {"l": 5.0, "mae": 2.0}
    m = Model(net, eval_network=cell, metrics={"mae": nn.MAE().set_indexes([1, 2])})
    assert m.eval([(X, Y)]) == {"mae": 2.0}
    with pytest.raises(ValueError, match="the length of 'outputs' must be >= 3, but got 1"):
        Model(net, eval_network=lambda x, y: x, metrics={"mae"}, eval_indexes=[0, 1, 2]).eval([(X, Y)])


def test_an_evaluation_network_gives_what_its_metrics_take():
    class Seen(nn.Metric):
        def clear(self):
            self.seen = []

        def update(self, *inputs):
            self.seen.append([i.shape for i in inputs])

        def eval(self):
            return self.seen

    assert Model(NET, eval_network=lambda x, y: (x, y, x.sum(), y), metrics={"s": Seen()}).eval([(X, Y)]) == {
        "s": [[X.shape, Y.shape, (), Y.shape]]}
    assert Model(NET, eval_network=lambda x, y: x, metrics={"s": Seen()}).eval([(X, Y)]) == {"s": [[X.shape]]}


def test_monitors_print(capsys):
    _, m = model(metrics={"mse"})
    m.fit(2, DATA, DATA, callbacks=[nn_monitor(), train.TimeMonitor()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch: 1 step: 1, loss is ") and lines[1].startswith("epoch: 1 step: 2, loss is ")
    assert any(line.startswith("Train epoch time: ") and "per step time: " in line for line in lines)
    assert any(line.startswith("Eval result: epoch 2, metrics: {'mse'") for line in lines)


def nn_monitor():
    return train.LossMonitor()


def test_monitor_stops_at_nan():
    _, m = model()
    with pytest.raises(ValueError, match="In epoch: 1 step: 1, loss is nan, training process cannot continue"):
        m.train(1, [(X * np.nan, Y)], callbacks=train.LossMonitor(0))


def test_the_order_of_callbacks():
    seen = []

    class Recorder(train.Callback):
        pass

    for name in [n for n in dir(train.Callback) if n.startswith("on_")]:
        setattr(Recorder, name, lambda self, context, name=name: seen.append(name))
    _, m = model(metrics={"mse"})
    m.fit(1, DATA[:1], DATA[:1], callbacks=Recorder())
    assert seen == ["on_train_begin", "on_train_epoch_begin", "on_train_step_begin", "on_train_step_end",
                    "on_eval_begin", "on_eval_epoch_begin", "on_eval_step_begin", "on_eval_step_end",
                    "on_eval_epoch_end", "on_eval_end", "on_train_epoch_end", "on_train_end"]


def test_old_callback_names_and_stopping():
    class Stop(train.Callback):
        steps = 0

        def step_end(self, run_context):
            self.steps += 1
            params = run_context.original_args()
            assert params.cur_epoch_num == 1 and params.batch_num == 2 and params.nothing is None
            run_context.request_stop()

    _, m = model()
    stop = Stop()
    m.train(5, DATA, callbacks=[stop])
    assert stop.steps == 1
    with pytest.raises(ValueError, match=r"For Stop callback, \['step_end'\] methods may not be supported"):
        m.fit(1, DATA, callbacks=stop)


def test_checkpoints(tmp_path):
    net, m = model()
    config = train.CheckpointConfig(2, keep_checkpoint_max=2, append_info=["epoch_num", {"note": 7}])
    callback = train.ModelCheckpoint("net", tmp_path, config)
    m.train(4, DATA, callbacks=callback)
    assert sorted(os.listdir(tmp_path)) == ["net-3_2.ckpt", "net-4_2.ckpt"]
    found = load_checkpoint(callback.latest_ckpt_file_name)
    assert np.array_equal(found["weight"].asnumpy(), net.weight.asnumpy())
    assert found["epoch_num"].asnumpy() == 4 and found["note"].asnumpy() == 7
    assert config.get_checkpoint_policy()["keep_checkpoint_max"] == 2


def test_checkpoints_named_by_a_function(tmp_path):
    _, m = model()
    m.train(2, DATA, callbacks=train.ModelCheckpoint(lambda p: f"net{p.cur_epoch_num}", str(tmp_path),
                                                     train.CheckpointConfig(2)))
    assert sorted(os.listdir(tmp_path)) == ["net1.ckpt", "net2.ckpt"]


def test_no_loss_scale_where_none_is_asked_for():
    def step(**how):
        net = nn.Dense(3, 1)
        step = amp.build_train_network(net, nn.SGD(net.trainable_params()), nn.MSELoss(), level="O2", **how)
        return type(step).__name__

    assert (step(), step(loss_scale_manager=None)) == ("TrainOneStepWithLossScaleCell", "TrainOneStepCell")


def test_rates_history_and_lambdas():
    _, m = model()
    history, rates = train.History(), []
    m.train(2, DATA, callbacks=[
        train.LearningRateScheduler(lambda lr, step: lr / 2), history,
        train.LambdaCallback(on_train_step_end=lambda c: rates.append(float(c.original_args().optimizer.get_lr())))])
    assert rates == pytest.approx([0.025, 0.0125, 0.00625, 0.003125])
    assert history.epoch == {"epoch": [1, 2]} and len(history.history["net_output"]) == 2


def test_early_stopping():
    net, m = model(metrics={"mse"})
    stop = train.EarlyStopping("mse", min_delta=1e9, patience=1, restore_best_weights=True)
    epochs = train.History()
    m.fit(10, DATA, DATA, callbacks=[epochs, stop])
    assert 1 <= len(epochs.history["mse"]) < 9
    with pytest.warns(UserWarning, match="EarlyStopping monitors 'foo', but the evaluation gave"):
        m.fit(1, DATA, DATA, callbacks=train.EarlyStopping("foo"))


NET = nn.Dense(2, 1)


@pytest.mark.parametrize("call, error, message", [
    (lambda m: Model(3), TypeError, "the argument 'network' must be a Cell, but got int"),
    (lambda m: Model(NET, 3), TypeError, "the argument 'loss_fn' must be a Cell or a function"),
    (lambda m: Model(NET, foo=3), ValueError, r"unsupported arguments: \['foo'\]"),
    (lambda m: Model(NET, metrics={"mse"}), ValueError, "metrics need a 'loss_fn' or an 'eval_network'"),
    (lambda m: Model(NET, metrics=3), TypeError, "the argument 'metrics' must be None, dict or set"),
    (lambda m: Model(NET, metrics={"a": 3}), TypeError, "the argument 'metrics' must be a dict of str and Metric"),
    (lambda m: Model(NET, eval_indexes=[0]), ValueError, "the argument 'eval_indexes' must have 3 elements"),
    (lambda m: m.train(0, DATA), ValueError, "the 'epoch' must be int and must > 0"),
    (lambda m: m.train("a", DATA), TypeError, "the 'epoch' must be int, but got 'str'"),
    (lambda m: m.train(1, DATA, initial_epoch=1), ValueError, r"the 'initial_epoch' must be an int in \[0, 1\)"),
    (lambda m: m.train(1, DATA, dataset_sink_mode=1), TypeError, "the 'dataset_sink_mode' must be bool"),
    (lambda m: m.train(1, DATA, callbacks=3), TypeError, "the argument 'callbacks' must be a Callback or a list"),
    (lambda m: m.train(1, DATA, callbacks=[3]), TypeError, "but got an element of type int"),
    (lambda m: m.train(1, 3), TypeError, "The dataset must be an iterable of batches"),
    (lambda m: m.eval(DATA), ValueError, "For 'Model.eval', the model argument 'metrics' can not be None"),
    (lambda m: m.fit(1, DATA, DATA), ValueError, "For 'Model.fit', the model argument 'metrics' can not be None"),
    (lambda m: m.predict(Tensor([[1.0]]), backend="zz"), ValueError, "`backend` should be 'lite' or None, but got zz"),
    (lambda m: m.fit(1, DATA, valid_frequency="a"), TypeError, "the type of 'valid_frequency' must be a list"),
    (lambda m: train.RunContext(3), TypeError, "the argument 'original_args' must be dict"),
    (lambda m: train.LossMonitor(-1), ValueError, "'per_print_times' must be int and must >= 0"),
    (lambda m: train.LossMonitor("a"), TypeError, "the 'per_print_times' must be int, but got 'str'"),
    (lambda m: m.train(1, DATA, sink_size=0), ValueError, "'sink_size' must be -1 or positive, but got 0"),
    (lambda m: train.CheckpointConfig("a"), TypeError, "the 'save_checkpoint_steps' must be int, but got 'str'"),
    (lambda m: train.CheckpointConfig(integrated_save=3), TypeError, "the 'integrated_save' must be a bool"),
    (lambda m: train.CheckpointConfig(saved_network=3), TypeError, "'saved_network' must be None or Cell"),
    (lambda m: train.CheckpointConfig(append_info=3), TypeError, "the type of 'append_info' must be list, but got int"),
    (lambda m: train.CheckpointConfig(append_info=["a"]), ValueError, "the 'append_info' must hold"),
    (lambda m: train.CheckpointConfig(-1), ValueError, "the 'save_checkpoint_steps' must be int and >= 0"),
    (lambda m: train.CheckpointConfig(0, 0, 0, 0), ValueError, "can't be all None or 0"),
    (lambda m: train.CheckpointConfig(append_info=[3]), TypeError, "the 'append_info' must hold"),
    (lambda m: train.CheckpointConfig(enc_key=b"k"), NotImplementedError, "luojia does not encrypt"),
    (lambda m: train.ModelCheckpoint("a/b"), ValueError, "that does not contain '/'"),
    (lambda m: train.ModelCheckpoint(config=3), TypeError, "should be 'CheckpointConfig'"),
    (lambda m: train.LearningRateScheduler(3), TypeError, "the 'learning_rate_function' must be a function"),
    (lambda m: train.LambdaCallback(foo=print), TypeError, "got an unexpected argument 'foo'"),
    (lambda m: train.EarlyStopping(mode="foo"), ValueError, "mode should be 'auto', 'min' or 'max'"),
    (lambda m: train.DatasetHelper(DATA, 3), TypeError, "the 'dataset_sink_mode' must be bool"),
    (lambda m: train.DatasetHelper(DATA, False, 0), ValueError, "The 'sink_size' must be -1 or positive, but got "),
    (lambda m: train.FixedLossScaleManager(0.5), ValueError, "the 'loss_scale' must be >= 1"),
    (lambda m: train.FixedLossScaleManager("a"), TypeError, "the 'loss_scale' must be a number"),
    (lambda m: train.DynamicLossScaleManager(scale_factor=0), ValueError, "the 'scale_factor' must be int and must > "
     "0"),
    (lambda m: train.LossScaleManager().get_loss_scale(), NotImplementedError, "must define get_loss_scale"),
    (lambda m: train.LossScaleManager().update_loss_scale(True), NotImplementedError, "must define update_loss_scale"),
    (lambda m: amp.auto_mixed_precision(3), TypeError, "the argument 'network' must be a Cell"),
    (lambda m: amp.auto_mixed_precision(NET, "O9"), ValueError, "the 'amp_level' must be in"),
    (lambda m: amp.auto_mixed_precision(NET, "O1", float64), ValueError, "the 'dtype' must be float16 or bfloat16"),
    (lambda m: amp.build_train_network(3, None), TypeError, "the 'network' must be a Cell"),
    (lambda m: amp.build_train_network(NET, 3), TypeError, "the 'optimizer' must be an Optimizer"),
    (lambda m: amp.build_train_network(NET, nn.SGD(NET.trainable_params()), level="O9"), ValueError, "the 'level' "
     "must"),
    (lambda m: amp.build_train_network(NET, nn.SGD(NET.trainable_params()), a=1), ValueError, "unsupported arguments"),
    (lambda m: amp.build_train_network(NET, nn.SGD(NET.trainable_params()), loss_scale_manager=3), TypeError,
     "the 'loss_scale_manager' must be a LossScaleManager"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(model()[1])


def test_dataset_helper():
    helper = train.DatasetHelper(Dataset(), sink_size=1)
    assert len(list(helper)) == 1 and helper.sink_size() == 1
    assert helper.types_shapes() == ([float32, float32], [[1, 2], [1, 1]])
    assert train.DatasetHelper(DATA).sink_size() == 2


@pytest.mark.parametrize("level, inner", [("O0", float32), ("O1", float32), ("O2", float16), ("O3", float16)])
def test_mixed_precision(level, inner):
    seen = []

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense, self.norm = nn.Dense(2, 3), nn.BatchNorm1d(3)
            self.dense.register_forward_hook(lambda m, i, o: seen.append(("dense", o.dtype)))
            self.norm.register_forward_hook(lambda m, i, o: seen.append(("norm", o.dtype)))

        def construct(self, x):
            return self.norm(self.dense(x))

    net = Net()
    out = amp.auto_mixed_precision(net, level)(Tensor(X))
    assert out.dtype == float32 and seen[0] == ("dense", inner)
    assert seen[1][1] == inner


def test_training_in_mixed_precision():
    net = nn.Dense(2, 1, "zeros", "zeros")
    step = amp.build_train_network(net, nn.SGD(net.trainable_params(), 0.05), nn.MSELoss(), "O2",
                                   loss_scale_manager=train.DynamicLossScaleManager(1024, 2, 5))
    losses = [float(step(Tensor(X), Tensor(Y))[0]) for _ in range(50)]
    assert losses[-1] < 0.1 * losses[0] and net.weight.dtype == float32
    kept = amp.build_train_network(net, nn.SGD(net.trainable_params()), nn.MSELoss(),
                                   loss_scale_manager=train.FixedLossScaleManager(8.0, False))
    assert kept.sens == 8.0


def test_loss_scales():
    m = train.DynamicLossScaleManager(8, 2, 2)
    for overflow, expected in ((True, 4), (False, 4), (False, 8)):
        m.update_loss_scale(overflow)
        assert m.get_loss_scale() == expected
    assert m.get_drop_overflow_update() and isinstance(m.get_update_cell(), nn.DynamicLossScaleUpdateCell)
    s = amp.DynamicLossScaler(8, 2, 2)
    assert float(s.scale(Tensor(1.0))) == 8.0 and float(s.unscale((Tensor(8.0),))[0]) == 1.0
    assert s.adjust(False) and s.scale_value == 4 and s.adjust(True) and s.adjust(True) and s.scale_value == 8
    assert not amp.StaticLossScaler(4).adjust(False)
    assert bool(amp.all_finite((Tensor([1.0]),))) and not bool(amp.all_finite(Tensor([np.inf])))


def test_a_loss_scaler_of_ones_own_must_say_what_it_does():
    own = amp.LossScaler()
    for call in (own.scale, own.unscale, own.adjust):
        with pytest.raises(NotImplementedError, match=f"LossScaler must define {call.__name__}"):
            call(Tensor([1.0]))


def test_checkpoint_settings():
    config = train.CheckpointConfig(save_checkpoint_steps=1, keep_checkpoint_max=2)
    assert config.get_checkpoint_policy() == {
        "save_checkpoint_steps": 1, "save_checkpoint_seconds": None, "keep_checkpoint_max": 2,
        "keep_checkpoint_per_n_minutes": None, "saved_network": None}
    assert config.append_dict is None and config.enc_key is None


def test_files_of_a_second_run_get_a_number(tmp_path):
    config = train.CheckpointConfig(keep_checkpoint_max=2)
    for _ in range(3):
        _, m = model()
        m.train(1, DATA, callbacks=train.ModelCheckpoint("m", str(tmp_path), config))
    stems = sorted({p.name.partition("-")[0] for p in tmp_path.iterdir()})
    assert stems == ["m", "m_1", "m_2"]


def test_sink_size_counts_in_sink_mode_only():
    seen = []
    look = train.LambdaCallback(on_train_step_end=lambda run: seen.append(run.original_args().cur_step_num))
    _, m = model()
    m.train(1, DATA, callbacks=look, dataset_sink_mode=False, sink_size=1)
    every = len(seen)
    m.train(1, DATA, callbacks=look, dataset_sink_mode=True, sink_size=1)
    assert every > 1 and len(seen) == every + 1


def test_history_of_fitting_and_evaluating():
    (_, m), seen = model(metrics={"mae"}), train.History()
    m.fit(3, DATA, DATA, valid_frequency=2, callbacks=[seen])
    assert seen.epoch == {"epoch": [1, 2, 3]} and {k: len(v) for k, v in seen.history.items()} == {
        "net_output": 3, "mae": 1}
    m.eval(DATA, callbacks=[seen])
    assert seen.epoch == {"epoch": [1]} and list(seen.history) == ["net_output"]
