"""The errors of Gluon's layers for sizes, layouts and shapes that do not fit: of the classes that mxnet raises."""

import pytest

import luojia as mx
from luojia import gluon, nd
from luojia.gluon import nn

DATA = {1: nd.ones((2, 3, 8)), 2: nd.ones((2, 3, 6, 6))}


@pytest.mark.parametrize("make, classes, match", [
    (lambda: nn.Conv1D(2, 3, layout="foo"), (AssertionError, NotImplementedError), "layout 'foo' is not supported"),
    (lambda: nn.MaxPool2D((2,)), (AssertionError,), "pool_size must be a number or a list of 2 ints"),
    (lambda: nn.AvgPool1D((1, 2)), (AssertionError,), "pool_size must be a number or a list of 1 ints"),
    (lambda: nn.Conv2D(2, (3,)), (AssertionError,), "kernel_size must be a number or a list of 2 ints"),
    (lambda: nn.Conv2D(2, 1.5), (mx.MXNetError, TypeError), "are expected of a window, got 1.5"),
    (lambda: nn.Conv2D("a", 3), (mx.MXNetError, TypeError), "Conv2D: channels must be an int, got 'a'"),
    (lambda: nn.Dense(-1, in_units=3).initialize(), (AssertionError, ValueError), "lengths must not be negative"),
    (lambda: nn.Dense(2.5, in_units=3).initialize(), (mx.MXNetError, TypeError), r"shape \(2.5, 3\)"),
    (lambda: nn.Dense(2, in_units=3).optimize_for(DATA[1]), (ValueError,), "name a backend"),
    (lambda: gluon.SymbolBlock(3, mx.sym.var("x")), (ValueError,), "the outputs must be a Symbol .* got 3"),
    (lambda: gluon.SymbolBlock(mx.sym.var("x"), "x"), (ValueError,), "the inputs must be a Symbol .* got 'x'"),
])
def test_at_construction(make, classes, match):
    for expected in classes:
        with pytest.raises(expected, match=match):
            make()


LAYERS = [lambda: nn.Conv1D(2, 0)]


@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize("expected", [mx.MXNetError, ValueError, AssertionError])
def test_at_the_first_call(make, expected):
    layer = make()
    layer.initialize()
    with pytest.raises(expected, match="Deferred initialization failed because shape cannot be inferred"):
        layer(DATA[1])


def test_printing_of_synchronized_batch_norm():
    layer = gluon.contrib.nn.SyncBatchNorm(in_channels=3, prefix="sync_")
    assert repr(layer) == ("SyncBatchNorm(eps=1e-05, momentum=0.9, fix_gamma=False, use_global_stats=False, ndev=1, "
                           "key='sync_', in_channels=3)")


@pytest.mark.parametrize("make, match", [
    (lambda: gluon.data.ArrayDataset(), "Needs at least 1 arrays"),
    (lambda: gluon.data.SimpleDataset([1]).shard(0, 0), "expects an integer num_shards >= 1"),
    (lambda: gluon.contrib.data.IntervalSampler(2, 5), "must be smaller than or equal to length 2"),
    (lambda: mx.contrib.text.embedding.CompositeEmbedding(3, []), "must be an instance of .*Vocabulary"),
])
def test_assertions_of_datasets(make, match):
    with pytest.raises(AssertionError, match=match):
        make()


def test_devices_by_their_printed_name():
    assert nd.ones((1,), ctx="cpu(1)").context == mx.cpu(1) and mx.Context("cpu(0)") == mx.cpu()
    with pytest.raises(KeyError, match="device_type must be one of"):
        mx.Context("cpu(a)")
    with pytest.raises(mx.MXNetError, match="Normalize"):
        gluon.data.vision.transforms.Normalize((0.1, 0.2), (1, 2))(nd.ones((3, 5, 6)))


def test_what_is_refused_takes_no_name():
    with mx.name.NameManager(), gluon.nn.HybridSequential(prefix="net_").name_scope():
        with pytest.raises(AssertionError):
            nn.Conv1D(2, 3, layout="foo")
        with pytest.raises(AssertionError):
            nn.MaxPool2D((2,))
        assert nn.Conv1D(2, 3).name == "net_conv0" and nn.MaxPool2D().name == "net_pool0"


@pytest.mark.parametrize(("make", "text"), [
    (lambda: nn.Conv2D(3, 3, groups=2), "must be multiples of groups, got 3 and 0 channels in 2 groups"),
    (lambda: nn.Conv1D(4, 3, groups=2, in_channels=3), "must be multiples of groups"),
    (lambda: nn.Conv2D(4, 3, groups=0), "must be multiples of groups"),
    (lambda: nn.Conv2DTranspose(3, 3, output_padding=1), "output_padding must be less than strides"),
])
def test_groups_and_padding_of_convolutions(make, text):
    with pytest.raises(mx.MXNetError, match=text):
        make()
