"""Symbols in MXNet's JSON: the same text as mxnet 1.9.1, its files, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import ops, sym
from luojia._src.core.graph import CachedGraph, trace
from luojia._src.core.tensor import Tensor
from luojia._src.errors import FormatError, MXNetError, NotSupportedError

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mxnet"


def test_the_text_of_mxnet():
    assert (sym.var("a") + sym.var("b")).tojson() == (
        '{\n  "nodes": [\n    {\n      "op": "null", \n      "name": "a", \n      "inputs": []\n    }, \n    {\n      '
        '"op": "null", \n      "name": "b", \n      "inputs": []\n    }, \n    {\n      "op": "elemwise_add", \n      '
        '"name": "_plus0", \n      "inputs": [[0, 0, 0], [1, 0, 0]]\n    }\n  ], \n  "arg_nodes": [0, 1], \n  '
        '"node_row_ptr": [0, 1, 2, 3], \n  "heads": [[2, 0, 0]], \n  "attrs": {"mxnet_version": ["int", 10901]}\n}'
    )


def test_names_and_attributes_in_files():
    a = sym.var("a", lr_mult=1)
    text = sym.concat(a, 2 ** sym.FullyConnected(a, num_hidden=3, name="fc"), dim=1).tojson()
    for part in ('"op": "Concat"', '"dim": "1", \n        "num_args": "2"', '"__lr_mult__": "1"',
                 '"op": "_rpower_scalar"',
                 '"attrs": {"scalar": "2"}', '"name": "fc_weight", \n      "attrs": {"num_hidden": "3"}'):
        assert part in text


@pytest.mark.parametrize("build", [
    lambda x, y: (1 - x) / 3 + 2**y - x / y,
    lambda x, y: sym.sum(sym.concat(sym.exp(x), y, dim=0), axis=(0, 1), keepdims=True),
    lambda x, y: sym.Group([x * y, sym.BlockGrad(x), sym.Cast(y, dtype="float64")]),
    lambda x, y: sym.FullyConnected(x, y, num_hidden=3, no_bias=True, flatten=False),
    lambda x, y: sym.transpose(x, axes=(1, 0)) * 1.5,
])
def test_round_trip(build, tmp_path):
    graph = build(sym.var("x"), sym.var("y"))
    path = str(tmp_path / "graph.json")
    graph.save(path)
    again = sym.load(path)
    assert type(again) is sym.Symbol and again.tojson() == graph.tojson()
    assert again.list_outputs() == graph.list_outputs() and again.attr_dict() == graph.attr_dict()
    values = {"x": mx.nd.array(np.arange(9).reshape(3, 3)), "y": mx.nd.array(np.ones((3, 3)) * 2)}
    for one, other in zip(graph.eval(**values), again.eval(**values)):
        np.testing.assert_array_equal(one.asnumpy(), other.asnumpy())


def test_operators_that_mxnet_lacks_keep_their_own_names():
    text = trace(lambda x: ops.squared_difference(x, ops.leaky_relu(x, 0.5)), [sym.var("x")]).symbol.tojson()
    assert '"op": "_luojia_squared_difference"' in text and '"op": "_luojia_leaky_relu"' in text
    assert CachedGraph(sym.load_json(text))(Tensor([-2.0, 3.0]))[0].tolist() == [1, 0]


@pytest.mark.parametrize("name", ["mlp", "group", "net"])
def test_the_files_of_mxnet(name):
    path = FIXTURES / f"{name}-symbol.json"
    assert sym.load(str(path)).tojson() == path.read_text()


def test_an_mlp_of_mxnet_infers_and_runs():
    mlp = sym.load(str(FIXTURES / "mlp-symbol.json"))
    data, *labels = [n for n in mlp.list_arguments() if not n.endswith(("weight", "bias"))]
    executor = mlp.simple_bind(mx.cpu(), **{data: (2, 784)})
    executor.forward(is_train=True)
    executor.backward()
    np.testing.assert_allclose(executor.outputs[0].asnumpy().sum(axis=1), [1, 1], rtol=1e-6)
    assert labels and set(executor.grad_dict) == set(mlp.list_arguments())


def test_a_convolutional_net_of_mxnet_gives_its_output():
    net = sym.load(str(FIXTURES / "net-symbol.json"))
    params = {k.partition(":")[2]: v for k, v in mx.nd.load(str(FIXTURES / "net-0000.params")).items()}
    with np.load(FIXTURES / "net_io.npz") as file:
        expected = dict(file)
    shapes = net.infer_shape(data=expected["x"].shape)
    assert dict(zip(net.list_arguments(), shapes[0])) == {"data": (2, 1, 8, 8), **{
        n: params[n].shape for n in net.list_arguments() if n != "data"}}
    (out,) = net.eval(data=mx.nd.array(expected["x"]), **params)
    np.testing.assert_allclose(out.asnumpy(), expected["y"], rtol=1e-5, atol=1e-6)


def test_numbers_and_absent_inputs_of_own_operators_are_kept():
    found = trace(lambda x: ops.where(x, 0.5, x), [sym.var("x")])
    again = sym.load_json(found.symbol.tojson())
    assert CachedGraph(again)(Tensor([1.0, 0.0]))[0].tolist() == [0.5, 0.0]


def node(op, attrs="{}", inputs="[[0, 0, 0]]"):
    x = '{"op": "null", "name": "x", "inputs": []}'
    n = f'{{"op": "{op}", "name": "n", "attrs": {attrs}, "inputs": {inputs}}}'
    return f'{{"nodes": [{x}, {n}], "arg_nodes": [0], "heads": [[1, 0, 0]]}}'


def test_attributes_are_read_from_their_text():
    graph = sym.load_json(node("sum", '{"axis": "[0, 1]", "keepdims": "True", "__lr_mult__": "2"}'))
    assert graph.eval(x=mx.nd.array(np.ones((2, 3))))[0].asnumpy().tolist() == [[6]]
    assert graph.attr("lr_mult") == "2"


@pytest.mark.parametrize(("text", "error", "message"), [
    ("{}", FormatError, "expected a list under 'nodes'"),
    ("foo", FormatError, "truncated or no JSON"),
    (node("Frobnicate"), NotSupportedError, "node 'n' is an operator 'Frobnicate', which luojia does not have"),
    (node("_luojia_frobnicate"), NotSupportedError, "'_luojia_frobnicate', which luojia lacks"),
    (node("exp", inputs="[[0, 0, 0], [0, 0, 0]]"), NotSupportedError, "has 2 inputs, luojia's exp takes 1"),
    (node("FullyConnected", '{"num_hidden": "x"}'), FormatError, "node 'n' .*num_hidden expect int"),
    (node("FullyConnected"), FormatError, "Required parameter num_hidden"),
    (node("exp", inputs="[[0, 3, 0]]"), FormatError, "takes output 3 of node 0, which has 1"),
])
def test_refused(text, error, message):
    with pytest.raises(error, match=message):
        sym.load_json(text)


def test_arguments_of_load():
    with pytest.raises(MXNetError, match='Open "/nowhere": No such file'):
        sym.load("/nowhere")
    with pytest.raises(TypeError, match="fname need to be string"):
        sym.load(3)
    with pytest.raises(TypeError, match="fname required to be string"):
        sym.load_json(3)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "g.json"
    path.write_text("old")
    broken = sym.exp(sym.var("x"))
    broken._outputs[0].node.extra["bad"] = 3
    with pytest.raises(MXNetError):
        broken.save(str(path))
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["g.json"]


def old(nodes, version=None):
    graph = {"nodes": nodes, "arg_nodes": [i for i, n in enumerate(nodes) if n["op"] == "null"],
             "heads": [[len(nodes) - 1, 0]]}
    return json.dumps(graph if version is None else {**graph, "attrs": {"mxnet_version": ["int", version]}})


def old_node(op, name, inputs=(), **attributes):
    return {"op": op, "name": name, "inputs": [[i, 0] for i in inputs], **attributes}


def test_old_files_are_brought_up_to_date():
    # mxnet 1.9.1's answers
    variables = [old_node("null", n) for n in ("data", "w", "b")]
    net = sym.load_json(old([*variables, old_node("FullyConnected", "fc", range(3), attr={
        "num_hidden": "3", "weight_lr_mult": "2", "bias_wd_mult": "0", "lr_mult": "5"})], 905))
    assert net.attr_dict() == {"w": {"__lr_mult__": "2", "lr_mult": "2"}, "b": {"__wd_mult__": "0", "wd_mult": "0"},
                               "fc": {"num_hidden": "3", "__lr_mult__": "5", "lr_mult": "5"}}
    marked = old_node("null", "data", attr={"lr_mult": "2", "ctx_group": "g", "foo": "1"})
    net = sym.load_json(old([marked, *variables[1:], old_node("BatchNorm", "bn", range(3), attr={"eps": "0.01"})]))
    assert net.list_arguments() == ["data", "w", "b"]
    assert net.list_auxiliary_states() == ["bn_moving_mean", "bn_moving_var"]
    assert net.attr_dict()["data"] == {"__lr_mult__": "2", "lr_mult": "2", "__ctx_group__": "g", "ctx_group": "g",
                                       "foo": "1"}
    net = sym.load_json(old([variables[0], old_node("SoftmaxOutput", "so", [0], param={})]))
    assert net.list_arguments() == ["data", "so_label"]
    net = sym.load_json(old([variables[0], old_node("argmax", "am", [0], param={"axis": "-1"})], 904))
    assert net.attr_dict() == {}
    assert sym.load_json(old([marked], 10901)).attr_dict() == {"data": {"lr_mult": "2", "ctx_group": "g", "foo": "1"}}
