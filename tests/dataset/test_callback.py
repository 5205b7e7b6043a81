"""Callbacks of pipelines; the numbers are those of mindspore 2.8.0."""

import pytest

from luojia import dataset as ds
from luojia import nn
from luojia.train import Model


def test_when_callbacks_are_called():
    seen = []

    class All(ds.DSCallback):
        def note(self, name, run):
            seen.append((name, run.cur_epoch_num, run.cur_step_num_in_epoch, run.cur_step_num))

        def ds_begin(self, run):
            self.note("begin", run)

        def ds_epoch_begin(self, run):
            self.note("epoch begin", run)

        def ds_epoch_end(self, run):
            self.note("epoch end", run)

        def ds_step_begin(self, run):
            self.note("step begin", run)

        def ds_step_end(self, run):
            self.note("step end", run)

    data = ds.NumpySlicesDataset([1, 2, 3, 4], shuffle=False).map(lambda x: x, callbacks=[All(step_size=2)])
    assert len(data) == 4 and data.output_shapes() == [[]] and seen == []
    iterator = data.create_dict_iterator(num_epochs=2)
    for _ in range(2):
        for _ in iterator:
            pass
    assert seen == [
        ("begin", 0, 0, 0), ("epoch begin", 1, 0, 0), ("step begin", 1, 1, 1), ("step end", 1, 1, 1),
        ("step begin", 1, 3, 3), ("step end", 1, 3, 3), ("epoch end", 1, 4, 4), ("epoch begin", 2, 0, 4),
        ("step begin", 2, 1, 5), ("step end", 2, 1, 5), ("step begin", 2, 3, 7), ("step end", 2, 3, 7),
        ("epoch end", 2, 4, 8),
    ]


def test_a_callback_of_training_too():
    seen = []

    class Both(ds.WaitedDSCallback):
        def sync_epoch_begin(self, train_run_context, ds_run_context):
            seen.append(("epoch", train_run_context.original_args().cur_epoch_num, ds_run_context.cur_epoch_num))

        def sync_step_begin(self, train_run_context, ds_run_context):
            seen.append(("step", train_run_context.original_args().cur_step_num, ds_run_context.cur_step_num))

    both = Both(step_size=1)
    data = ds.NumpySlicesDataset(([[1.0]] * 2, [[1.0]] * 2), ["x", "y"], shuffle=False)
    data = data.map(lambda x: x.astype("float32"), "x", callbacks=both).map(lambda y: y.astype("float32"), "y").batch(1)
    net = nn.Dense(1, 1)
    model = Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.1))
    model.train(2, data, callbacks=both, dataset_sink_mode=False)
    assert seen == [("step", 1, 2), ("epoch", 2, 2), ("step", 2, 3), ("step", 3, 4)]


def test_errors():
    with pytest.raises(ValueError, match=r"Input step_size is not within the required interval of \[1, 2147483647\]"):
        ds.DSCallback(0)
    with pytest.raises(TypeError, match="Argument step_size with value a is not of type"):
        ds.DSCallback("a")
    with pytest.raises(TypeError, match="Argument callbacks with value 3 is not of type"):
        ds.NumpySlicesDataset([1]).map(lambda x: x, callbacks=3)
