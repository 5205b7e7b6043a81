"""What constructors refuse, as MindSpore 2.8 does: another type is a TypeError, another value a ValueError."""

from __future__ import annotations

import numpy as np
import pytest

import luojia as ms
from luojia import Model, Parameter, ParameterTuple, Tensor, nn, ops
from luojia import train as tr
from luojia.common.initializer import VarianceScaling
from luojia.nn.arguments import ROWS
from luojia.nn.probability import bijector as msb
from luojia.nn.probability import distribution as msd


def w():
    return [Parameter(Tensor([1.0, 2.0]), name="w")]


@pytest.mark.parametrize("call, error", [
    (lambda: nn.AvgPool1d(kernel_size=[1]), TypeError),
    (lambda: nn.AvgPool2d(stride=[1]), TypeError),
    (lambda: nn.MaxPool2d(kernel_size=[1]), TypeError),
    (lambda: nn.MaxPool3d(2, ceil_mode=0), TypeError),
    (lambda: nn.MaxPool2d(2, 2, ceil_mode=True), ValueError),
    (lambda: nn.MaxPool1d(2, 2, return_indices=True, pad_mode="same"), ValueError),
    (lambda: nn.AvgPool2d(2, count_include_pad=1), TypeError),
    (lambda: nn.Embedding(3, 2, padding_idx=True), TypeError),
    (lambda: nn.EmbeddingLookup(3, 2, slice_mode="rows"), ValueError),
    (lambda: nn.MultiMarginLoss(p=3), ValueError),
    (lambda: tr.CheckpointConfig(async_save="both"), ValueError),
    (lambda: nn.AdaptiveAvgPool1d((1,)), TypeError),
    (lambda: nn.AdaptiveMaxPool1d(0), ValueError),
    (lambda: nn.BatchNorm2d(3, dtype="float32"), TypeError),
    (lambda: nn.Dense(3, 4, dtype=np.float32), TypeError),
    (lambda: nn.InstanceNorm2d(3, eps=1.5), ValueError),
    (lambda: nn.GroupNorm(2, 4, eps=1), TypeError),
    (lambda: nn.Conv1d(3, 4, [2]), TypeError),
    (lambda: nn.Conv1d(3, 4, 2, padding=-1), ValueError),
    (lambda: nn.Conv2d(3, 4, 2, padding=[1], pad_mode="pad"), TypeError),
    (lambda: nn.Conv2d(3, 4, 2, pad_mode=None), TypeError),
    (lambda: nn.ConstantPad1d([1, 2], 0.0), TypeError),
    (lambda: nn.Dropout2d(1), TypeError),
    (lambda: nn.Dropout2d(1.5), ValueError),
    (lambda: nn.LRN(alpha=1), TypeError),
    (lambda: nn.PReLU(1, 1), TypeError),
    (lambda: nn.Threshold("a", 1), TypeError),
    (lambda: nn.RNNCell(2, 3, nonlinearity=1), TypeError),
    (lambda: nn.TimeDistributed(nn.ReLU(), 1, 1.5), TypeError),
    (lambda: nn.PSNR(float("inf")), ValueError),
    (lambda: nn.CosineEmbeddingLoss(1), TypeError),
    (lambda: nn.CrossEntropyLoss([1.0]), TypeError),
    (lambda: nn.MultiMarginLoss(margin=1), TypeError),
    (lambda: nn.Accuracy(1), TypeError),
    (lambda: nn.Recall("foo"), TypeError),
    (lambda: nn.ConfusionMatrix(2, threshold=1), TypeError),
    (lambda: nn.ConfusionMatrix(-1), ValueError),
    (lambda: nn.CosineSimilarity("foo"), ValueError),
    (lambda: nn.Dice(1), TypeError),
    (lambda: nn.HausdorffDistance(percentile=1), TypeError),
    (lambda: nn.ROC(class_num=1.5), TypeError),
    (lambda: tr.CheckpointConfig(crc_check=1), ValueError),
    (lambda: tr.CheckpointConfig(exception_save=1), TypeError),
    (lambda: tr.EarlyStopping(mode=1), TypeError),
    (lambda: tr.TimeMonitor(data_time=1), TypeError),
    (lambda: Model(nn.ReLU(), amp_level=0), TypeError),
    (lambda: Model(nn.ReLU(), boost_level="O9"), ValueError),
    (lambda: Model(nn.ReLU(), nn.MSELoss(), metrics=["mse"]), TypeError),
    (lambda: VarianceScaling(0), ValueError),
    (lambda: VarianceScaling(mode="fan"), ValueError),
    (lambda: VarianceScaling(distribution=1), ValueError),
    (lambda: nn.Momentum(w(), 0.1, 1), TypeError),
    (lambda: nn.Adam(w(), eps=0.0), ValueError),
    (lambda: nn.Adam(w(), use_lazy=1), TypeError),
    (lambda: nn.AdamWeightDecay(w(), beta1=(0.9, 0.99)), TypeError),
    (lambda: nn.FTRL(w(), lr_power=0.5), ValueError),
    (lambda: nn.Rprop(w(), etas=[0.5, 1.2]), TypeError),
    (lambda: nn.RMSProp(w(), epsilon=0.0), ValueError),
    (lambda: nn.AdaFactor(w(), decay_rate=1.5), ValueError),
    (lambda: msb.ScalarAffine(scale=2), TypeError),
    (lambda: msb.Softplus(sharpness=True), TypeError),
    (lambda: msb.Exp(name=0), TypeError),
    (lambda: msd.Normal((0.0, 1.0), 1.0), TypeError),
    (lambda: msd.Normal(0.0, True), TypeError),
    (lambda: msd.Normal(0.0, float("nan")), ValueError),
])
def test_what_constructors_refuse(call, error):
    with pytest.raises(error):
        call()


def test_every_row_names_a_class_and_its_parameters():
    for name, kinds in ROWS.items():  # a row whose class or parameter is gone fails when the package is imported
        assert kinds and hasattr(getattr(nn, name).__init__, "__wrapped__")


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.SGD(None), ValueError, "the argument parameters can not be None"),
    (lambda: nn.SGD([{"params": None}]), ValueError, "the argument group 'params' can not be None"),
    (lambda: nn.SGD([{"params": (p := w())}, {"order_params": p, "lr": 1.0}]), ValueError, "should only include"),
    (lambda: nn.SGD([*w(), {"params": w()}]), TypeError, "must be 'Parameter' or 'dict'"),
    (lambda: nn.SGD(w(), float("nan")), ValueError, "the 'learning rate' must be a legal value, but got 'nan'"),
    (lambda: nn.Adam(w(), weight_decay=float("inf")), ValueError, "must be a legal value"),
    (lambda: nn.AdaFactor(w(), relative_step=False), ValueError, "give a learning_rate, or relative_step=True"),
    (lambda: ms.experimental.optim.SGD(None, 0.1), ValueError, "the argument params can not be None"),
    (lambda: Model(nn.ReLU(), loss_scale_manager=ms.FixedLossScaleManager()), ValueError,
     "the argument 'optimizer' can not be None when set 'loss_scale_manager'"),
])
def test_what_training_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_rates_of_groups_are_told_as_they_are_kept():
    a, b = Parameter(Tensor([1.0]), name="a"), Parameter(Tensor([1.0]), name="b")
    schedule = nn.ExponentialDecayLR(0.1, 0.9, 2)
    assert isinstance(nn.SGD([{"params": [a], "grad_centralization": True}]).get_lr(), Parameter)
    fixed = nn.SGD([{"params": [a, b], "lr": 0.5}]).get_lr()
    assert isinstance(fixed, ParameterTuple) and [float(r) for r in fixed] == [0.5, 0.5]
    mixed = nn.SGD([{"params": [a], "lr": schedule}, {"params": [b]}], 0.25).get_lr()
    assert [type(r) for r in mixed] == [Tensor, Tensor] and float(mixed[1]) == 0.25


def test_a_model_without_an_optimizer_trains_nothing_and_computes_the_loss():
    net, seen = nn.Dense(1, 1, "ones", "zeros"), []
    keep = tr.LambdaCallback(on_train_step_end=lambda run: seen.append(float(run.original_args().net_outputs)))
    Model(net, nn.MSELoss()).train(1, [(Tensor([[1.0]]), Tensor([[3.0]]))], callbacks=[keep])
    assert seen == [4.0] and float(net.weight) == 1.0


def test_a_list_of_parameters_is_saved(tmp_path):
    net = nn.Dense(2, 1)
    ms.save_checkpoint(net.trainable_params(), str(tmp_path / "net.ckpt"), choice_func=lambda n: n.startswith("w"))
    assert list(ms.load_checkpoint(str(tmp_path / "net.ckpt"))) == ["weight"]


@pytest.mark.numpy_engine  # XLA does not look at labels
def test_labels_of_no_class_have_no_term_but_in_the_mean():
    logits, labels = Tensor(np.ones((2, 3), np.float32)), Tensor([-1, 1], ms.int32)
    for reduction, expected in (("none", [0.0, 1.0986123]), ("sum", 1.0986123)):
        loss = nn.SoftmaxCrossEntropyWithLogits(True, reduction)(logits, labels)
        np.testing.assert_allclose(loss.asnumpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("layer, expected", [
    (lambda: nn.ConstantPad2d((1, 2), 0.5), [[0.5, 0, 1, 2, 0.5, 0.5]]),
    (lambda: nn.ConstantPad3d((), 0.5), [[0, 1, 2]]),
    (lambda: nn.ReflectionPad2d((1, 2)), [[1, 0, 1, 2, 1, 0]]),
    (lambda: nn.ReplicationPad1d(-1), [[1]]),
])
def test_padding_of_fewer_axes_and_by_less_than_nothing(layer, expected):
    assert layer()(Tensor([[[0.0, 1.0, 2.0]]]))[0].tolist() == expected


def test_the_data_of_a_parameter_is_its_value():
    p = Parameter(Tensor([1.0, 2.0]), name="p")
    assert type(p.data) is Tensor and str(p.data) == "[1. 2.]"
    (g,) = ms.grad(lambda x: (p.data * x).sum() + (p * x).sum(), None, [p])(Tensor([3.0, 4.0])) or (None,)
    assert g.tolist() == [3.0, 4.0]
    p.data = p.data - 1
    assert p.tolist() == [0.0, 1.0] and p.name == "p"
    with pytest.raises(TypeError, match="The data of Parameter 'p' must be a Tensor, but got int"):
        p.data = 1
    q = p.copy()
    assert isinstance(q, Parameter) and q.name == "p" and q is not p and q.tolist() == [0.0, 1.0]
    assert p.clone(Tensor([7.0, 8.0])).tolist() == [7.0, 8.0] and p.unique is False
    with pytest.raises(ValueError, match=r"the Tensor 'init' must have the shape \(2,\), but got \(\)"):
        p.clone(Tensor(1.0))
    with pytest.raises(TypeError, match="The argument `layerwise_parallel` must be bool type, but got int"):
        Parameter(Tensor(1.0), layerwise_parallel=1)


def test_a_backward_hook_returns_one_gradient_for_each_input():
    net = nn.ReLU()
    net.register_backward_hook(lambda cell, given, got: (given[0], given[0]))
    with pytest.raises(TypeError, match="returned 2 gradients for 1 inputs"):
        ops.grad(net)(Tensor([1.0]))


@pytest.mark.parametrize("call, error", [
    (lambda: ms.save_checkpoint(nn.ReLU(), "x", integrated_save=1), TypeError),
    (lambda: ms.save_checkpoint(nn.ReLU(), "x", async_save="both"), ValueError),
    (lambda: ms.save_checkpoint(nn.ReLU(), "x", crc_check=1), ValueError),
    (lambda: ms.amp.build_train_network(nn.ReLU(), None, level=1), TypeError),
    (lambda: ms.amp.build_train_network(nn.ReLU(), None, boost_level=1), ValueError),
    (lambda: Model(nn.ReLU()).train(1, [], sink_size="a"), TypeError),
    (lambda: Model(nn.ReLU()).fit(1, [], initial_epoch=0.5), TypeError),
    (lambda: ms.mutable((1, 2), dynamic_len=1), TypeError),
    (lambda: ms.jit(ops.relu, capture_mode="source"), ValueError),
    (lambda: ms.jit(ops.relu, dynamic=2), ValueError),
    (lambda: ms.jit(ops.relu, fullgraph=1), TypeError),
    (lambda: nn.exponential_decay_lr(0.1, 0.9, 4, 2, 1, is_stair=1), TypeError),
])
def test_what_functions_refuse(call, error):
    with pytest.raises(error):
        call()


def test_functions_of_new_names():
    assert ms.jit(function=lambda x: x * 2)(Tensor([2.0])).tolist() == [4.0]
    assert not bool(ms.amp.all_finite(inputs=[Tensor([float("inf")])]))


def test_what_callbacks_see_of_an_evaluation_within_training():
    seen = []

    class Watch(tr.Callback):
        def on_eval_begin(self, run):
            seen.append(("eval", run.original_args().cur_epoch_num, run.original_args().epoch_num))

        def on_eval_epoch_end(self, run):
            seen.append(run.original_args().metrics)

        def on_train_epoch_begin(self, run):
            seen.append(run.original_args().metrics)

        def on_train_epoch_end(self, run):
            seen.append(list(run.original_args().metrics))

        def on_train_end(self, run):
            seen.append(run.original_args().metrics)

    net, data = nn.Dense(1, 1), [(Tensor([[1.0]]), Tensor([[3.0]]))]
    Model(net, nn.MSELoss(), nn.SGD(net.trainable_params()), metrics={"mse"}).fit(2, data, data, callbacks=[Watch()])
    assert seen == [None, ("eval", 1, 2), None, ["mse"], None, ("eval", 2, 2), None, ["mse"], None]


def test_a_cleared_surface_distance_has_nothing_to_tell():
    metric = nn.MeanSurfaceDistance()
    metric.clear()
    with pytest.raises(RuntimeError, match="Please call the 'update' method before calling 'eval'"):
        metric.eval()
