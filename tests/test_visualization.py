"""Tables and pictures of graphs. Expected text: mxnet 1.9.1 (without the weights hidden: luojia names weight boxes)."""

import builtins

import pytest

import luojia as mx
from luojia import sym
from luojia._src.errors import MXNetError


@pytest.fixture
def net():
    with mx.name.NameManager():
        relu = sym.Activation(sym.var("data"), act_type="relu", name="r")
        fc = sym.FullyConnected(sym.Flatten(relu, name="fl"), num_hidden=10, name="fc")
        return sym.SoftmaxOutput(fc + fc, name="softmax")


def table(capsys):
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    return [line.split() for line in lines if not set(line) <= {"_", "="}]


def test_summary_with_shapes(net, capsys):
    mx.viz.print_summary(net, shape={"data": (1, 3, 8, 8)})
    assert table(capsys) == [
        ["Layer", "(type)", "Output", "Shape", "Param", "#", "Previous", "Layer"], ["data(null)", "3x8x8", "0"],
        ["r(Activation)", "3x8x8", "0", "data"], ["fl(Flatten)", "192", "0", "r"],
        ["fc(FullyConnected)", "10", "1930", "fl"], ["_plus0(elemwise_add)", "10", "0", "fc"], ["fc"],
        ["softmax(SoftmaxOutput)", "10", "0", "_plus0"], ["Total", "params:", "1930"],
    ]


def test_variables_in_a_summary(capsys):
    """The first is shown, and named as what came before; others are not."""
    with mx.name.NameManager():
        x, y = sym.var("x"), sym.var("y")
        mx.viz.print_summary(x + y * 2, shape={"x": (2, 3), "y": (2, 3)})
    assert table(capsys)[1:] == [["x(null)", "3", "0"], ["_mulscalar0(_mul_scalar)", "3", "0"],
                                 ["_plus0(elemwise_add)", "3", "0", "x"], ["_mulscalar0"], ["Total", "params:", "0"]]


def test_summary_without_shapes(net, capsys):
    mx.viz.print_summary(net, line_length=80)
    lines = table(capsys)
    assert ["fc(FullyConnected)", "10", "fl"] in lines and lines[-1] == ["Total", "params:", "10"]


def test_the_width_of_the_table(net, capsys):
    mx.viz.print_summary(net, shape={"data": (1, 3, 8, 8)}, line_length=80)
    assert {len(line) for line in capsys.readouterr().out.splitlines()[:-2]} == {80}


def test_plot(net):
    pytest.importorskip("graphviz", reason="the package graphviz is an extra of luojia")
    source = mx.viz.plot_network(net, shape={"data": (1, 3, 8, 8)}, title="t", node_attrs={"width": "2"}).source
    for part in ("digraph t {", '[label="FullyConnected\n10" fillcolor="#fb8072"', 'fl -> r [label="3x8x8"',
                 "softmax -> softmax_label", "width=2", 'data [label=data fillcolor="#8dd3c7"', "shape=oval"):
        assert part in source
    assert "fc_weight" not in source
    assert "fc -> fc_weight" in mx.viz.plot_network(net, hide_weights=False).source


def test_plot_without_graphviz(net, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "graphviz":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NotImplementedError, match=r"pip install 'luojia\[viz\]'"):
        mx.viz.plot_network(net)


def test_errors(net):
    with pytest.raises(TypeError, match="symbol must be Symbol"):
        mx.viz.print_summary(3)
    pytest.importorskip("graphviz", reason="the package graphviz is an extra of luojia")
    with pytest.raises(TypeError, match="symbol must be a Symbol"):
        mx.viz.plot_network(3)
    with pytest.raises(MXNetError, match="argument name dta not found"):
        mx.viz.print_summary(net, shape={"dta": (1, 2)})
    with pytest.raises(MXNetError, match="Input shape is incomplete"):
        mx.viz.print_summary(net, shape={})
