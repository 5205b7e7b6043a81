"""Blocks: names, children, hooks, saving, printing."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from luojia.gluon import nn


class Net(gluon.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.first = nn.Dense(3, in_units=2)
            self.second = nn.Dense(2, in_units=3)

    def forward(self, x):
        return self.second(self.first(x))


def net(**kwargs):
    made = Net(**kwargs)
    made.initialize()
    return made


def test_names():
    with mx.name.NameManager():
        block = Net()
        assert (block.prefix, block.name) == ("net0_", "net0")
        assert block.second.prefix == "net0_dense1_"
        assert list(block.collect_params()) == [
            "net0_dense0_weight", "net0_dense0_bias", "net0_dense1_weight", "net0_dense1_bias"]
        assert Net().first.name == "net1_dense0"
        outer = nn.HybridSequential()
        with outer.name_scope():
            inner = nn.HybridSequential()
            with inner.name_scope():
                inner.add(nn.Conv2D(2, 3))
            outer.add(inner)
        assert outer[0][0].weight.name == "hybridsequential0_hybridsequential0_conv0_weight"
        assert nn.Dense(3, prefix="foo_").name == "foo"
        assert nn.Dense(3, prefix="").weight.name == "weight"


def test_shared_parameters():
    one = nn.Dense(3, in_units=2, prefix="one_")
    two = nn.Dense(3, in_units=2, prefix="two_", params=one.params)
    assert two.weight is one.weight
    one.initialize()
    np.testing.assert_array_equal(two(nd.ones((1, 2))).asnumpy(), one(nd.ones((1, 2))).asnumpy())


def test_collect_params_selects():
    block = Net(prefix="n_")
    assert list(block.collect_params(".*weight")) == ["n_dense0_weight", "n_dense1_weight"]
    assert [p.name for p in block.trainable_params()] == list(block.collect_params())


def test_calling():
    block = net()
    assert block(nd.ones((4, 2))).shape == (4, 2)
    with pytest.raises(NotImplementedError, match="Block has no forward"):
        gluon.Block()(nd.ones((1,)))


def test_hooks():
    block = net()
    seen = []
    before = block.register_forward_pre_hook(lambda b, inputs: seen.append(("pre", b, type(inputs))))
    after = block.register_forward_hook(lambda b, inputs, out: seen.append(("post", b, out.shape)))
    block(nd.ones((1, 2)))
    assert seen == [("pre", block, tuple), ("post", block, (1, 2))]
    before.detach()
    after.detach()
    block(nd.ones((1, 2)))
    assert len(seen) == 2
    with block.register_forward_hook(lambda *_: seen.append(1)):
        block(nd.ones((1, 2)))
    block(nd.ones((1, 2)))
    assert len(seen) == 3


def test_apply_and_cast():
    block = net()
    order = []
    assert block.apply(lambda b: order.append(type(b).__name__)) is block
    assert order == ["Dense", "Dense", "Net"]
    block.cast("float64")
    assert block.first.weight.data().dtype is np.float64
    assert repr(block.first.weight).endswith("dtype=float64)")
    assert block(nd.ones((1, 2), dtype="float64")).dtype is np.float64


def test_attribute_types():
    block = Net()
    with pytest.raises(TypeError, match="Changing attribute type for first from .*Dense'> to <class 'int'>is not"):
        block.first = 3
    block.first = nn.Dense(4)
    assert block._children["first"] is block.first
    block.extra = gluon.Parameter("p", shape=(1,))
    with pytest.raises(AssertionError, match="Overriding Parameter attribute extra is not allowed"):
        block.extra = gluon.Parameter("q", shape=(1,))

    class Forgets(gluon.Block):
        def __init__(self):
            self.layer = nn.Dense(2)

    with pytest.raises(AttributeError, match="_children"):
        Forgets()


@pytest.mark.parametrize("container", [list, tuple, dict])
def test_unregistered_containers_warn(container):
    class Holder(gluon.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            layer = nn.Dense(2)
            self.layers = {"a": layer} if container is dict else container([layer])

    with pytest.warns(UserWarning, match='"Holder.layers" is an unregistered container with Blocks'):
        Holder().collect_params()


def test_repr():
    assert repr(Net()) == "Net(\n  (first): Dense(2 -> 3, linear)\n  (second): Dense(3 -> 2, linear)\n)"
    inner = nn.HybridSequential()
    inner.add(nn.Conv2D(20, 5, activation="relu"), nn.MaxPool2D(2, 2), nn.Flatten(), nn.Dense(10))
    outer = nn.Sequential()
    outer.add(inner, nn.Dropout(0.2))
    assert repr(outer) == """Sequential(
  (0): HybridSequential(
    (0): Conv2D(None -> 20, kernel_size=(5, 5), stride=(1, 1), Activation(relu))
    (1): MaxPool2D(size=(2, 2), stride=(2, 2), padding=(0, 0), ceil_mode=False, global_pool=False, pool_type=max, layout=NCHW)
    (2): Flatten
    (3): Dense(None -> 10, linear)
  )
  (1): Dropout(p = 0.2, axes=())
)"""  # noqa: E501


def test_summary(capsys):
    block = nn.HybridSequential()
    block.add(nn.Dense(4, activation="relu"), nn.BatchNorm(), nn.Dense(3))
    block.initialize()
    block.summary(nd.ones((2, 5)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"{'Layer (type)':>20}  {'Output Shape':>42} {'Param #':>15}"
    assert [line.split() for line in lines[3:8]] == [
        ["Input", "(2,", "5)", "0"], ["Activation-1", "(2,", "4)", "0"], ["Dense-2", "(2,", "4)", "24"],
        ["BatchNorm-3", "(2,", "4)", "16"], ["Dense-4", "(2,", "3)", "15"]]
    assert "   Total params: 55" in lines and "   Non-trainable params: 8" in lines
    block.hybridize()
    with pytest.raises(AssertionError, match="must not be hybridized to print summary"):
        block.summary(nd.ones((2, 5)))


def test_save_and_load(tmp_path):
    path = str(tmp_path / "a.params")
    block, other = net(), Net()
    block.save_parameters(path)
    assert sorted(nd.load(path)) == ["first.bias", "first.weight", "second.bias", "second.weight"]
    other.load_parameters(path)
    x = nd.ones((1, 2))
    np.testing.assert_array_equal(other(x).asnumpy(), block(x).asnumpy())
    other.cast("float64")
    with pytest.raises(AssertionError, match="dtype incompatible expected float64 vs saved float32. Set cast_dtype"):
        other.load_parameters(path)
    other.load_parameters(path, cast_dtype=True)
    assert other.first.weight.data().dtype is np.float64
    other.load_parameters(path, cast_dtype=True, dtype_source="saved")
    assert other.first.weight.data().dtype is np.float32


def test_loading_what_does_not_fit(tmp_path):
    path = str(tmp_path / "b.params")
    big = nn.Sequential()
    big.add(nn.Dense(3, in_units=3), nn.Dense(3, in_units=3))
    big.initialize()
    big.save_parameters(path)
    small = nn.Sequential()
    small.add(nn.Dense(3))
    with pytest.raises(ValueError, match=r"Parameter '1.weight' loaded from file .* Set ignore_extra=True to ignore"):
        small.load_parameters(path)
    assert small[0].weight._data is None
    small.load_parameters(path, ignore_extra=True)
    three = nn.Sequential()
    three.add(nn.Dense(3), nn.Dense(3), nn.Dense(3))
    with pytest.raises(AssertionError, match="Parameter '2.weight' is missing in file .*'0.weight', '0.bias', "
                                             "'1.weight', '1.bias'. Set allow_missing=True"):
        three.load_parameters(path)
    three.load_parameters(path, allow_missing=True)
    other = nn.Sequential()
    other.add(nn.Dense(4, in_units=4), nn.Dense(4, in_units=4))
    other.initialize()
    with pytest.raises(AssertionError, match=r"shape incompatible expected \(4, 4\) vs saved \(3, 3\)"):
        other.load_parameters(path)
    with pytest.raises((mx.MXNetError, OSError), match="nofile"):
        other.load_parameters(str(tmp_path / "nofile.params"))


def test_shared_parameters_are_saved_once(tmp_path):
    path = str(tmp_path / "c.params")

    class Tied(gluon.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.a = nn.Dense(2, in_units=2)
            self.b = nn.Dense(2, in_units=2, params=self.a.params)

        def forward(self, x):
            return self.b(self.a(x))

    block = Tied()
    block.initialize()
    block.save_parameters(path, deduplicate=True)
    assert len(nd.load(path)) == 2
    other = Tied()
    other.load_parameters(path)
    np.testing.assert_array_equal(other.a.weight.data().asnumpy(), block.a.weight.data().asnumpy())


def test_old_names_of_saving(tmp_path):
    path = str(tmp_path / "d.params")
    block, other = net(prefix="x_"), Net(prefix="y_")
    with pytest.warns(UserWarning, match="save_params is deprecated"):
        block.save_params(path)
    assert "dense0_weight" in nd.load(path)
    with pytest.warns(UserWarning, match="load_params is deprecated"):
        other.load_params(path)
    np.testing.assert_array_equal(other.first.weight.data().asnumpy(), block.first.weight.data().asnumpy())


@pytest.mark.parametrize("way", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies(way):
    block = nn.HybridSequential()
    block.add(nn.Dense(3, activation="tanh"), nn.BatchNorm(), nn.Dense(1))
    block.initialize()
    block.hybridize()
    x = nd.ones((4, 2))
    with autograd.record():
        loss = block(x).sum()
    loss.backward()
    other = way(block)
    np.testing.assert_array_equal(other(x).asnumpy(), block(x).asnumpy())
    np.testing.assert_array_equal(other[0].weight.grad().asnumpy(), block[0].weight.grad().asnumpy())
    other[0].weight.set_data(nd.zeros((3, 2)))
    assert block[0].weight.data().asnumpy().any()
    with autograd.record():
        loss = other(x).sum()
    loss.backward()
    gluon.Trainer(other.collect_params(), "sgd").step(1)


def test_sequential():
    block = nn.Sequential()
    block.add(nn.Dense(4), nn.Dense(3), nn.Dense(2))
    assert len(block) == 3 and block[-1]._units == 2 and [d._units for d in block] == [4, 3, 2]
    assert isinstance(block[0:2], nn.Sequential) and len(block[0:2]) == 2
    with pytest.raises(IndexError):
        block[5]
    x = nd.ones((2,))
    assert nn.Sequential()(x) is x
    with pytest.warns(UserWarning, match="Consider using HybridSequential for the best performance"):
        block.hybridize()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.Sequential().hybridize()


def test_summary_calls_a_ready_block_once_and_counts_a_block_for_each_of_its_places(capsys):
    class Net(gluon.Block):
        def __init__(self):
            super().__init__()
            self.first = nn.Dense(3, in_units=3)
            self.body = nn.Sequential()
            self.body.add(self.first, nn.Dense(3, params=self.first.params, in_units=3))

        def forward(self, x):
            print("called")
            return self.body(x)

    net = Net()
    net.initialize()
    net.summary(nd.ones((2, 3)))
    text = capsys.readouterr().out
    assert text.count("called") == 1
    assert [line.split()[0] for line in text.splitlines()[4:9]] == ["Input", "Dense-1", "Dense-2", "Dense-3", "Net-4"]
    assert "Total params: 36\n" in text
