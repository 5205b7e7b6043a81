"""Loops and branches in files; the files and numbers are mxnet 1.9.1's."""

import json
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym
from luojia._src.errors import FormatError

FILES = Path(__file__).parent.parent / "fixtures" / "mxnet"


def ones(**values):
    return {k: nd.array([v]) for k, v in values.items()}


INPUTS = {
    "foreach": {"data": nd.arange(6).reshape((3, 1, 2)), "d2": nd.arange(3).reshape((3, 1)), "s": nd.ones((1, 2)),
                "fc_weight": nd.ones((2, 2)), "fc_bias": nd.ones(2)},
    "while": ones(i=0, a=1, c=1, f=0.5, g=0),
    "cond": ones(p=0, q=0.5, a=1, z=3, b=2),
}
OUTPUTS = {
    "foreach": [[[[4, 4]], [[8, 10]], [[16, 20]]], [[0], [1], [2]], [[7, 10]]],
    "while": [[[0.5], [2.5], [4.5], [0], [0]], [3], [4]],
    "cond": [[2], [3]],
}


def load(name):
    return sym.load(str(FILES / f"{name}-symbol.json"))


@pytest.mark.parametrize("name", OUTPUTS)
def test_files_of_mxnet_and_our_own(name):
    graph = load(name)
    assert sorted(graph.list_inputs()) == sorted(INPUTS[name])
    for symbol in (graph, sym.load_json(graph.tojson()), sym.load_json(sym.load_json(graph.tojson()).tojson())):
        arrays = {k: v.copy() for k, v in INPUTS[name].items()}
        executor = symbol.bind(mx.cpu(), arrays, {k: nd.zeros(v.shape) for k, v in arrays.items()})
        for out, expected in zip(executor.forward(is_train=True), OUTPUTS[name], strict=True):
            np.testing.assert_allclose(out.asnumpy(), expected)
        executor.backward([nd.ones(o.shape) for o in executor.outputs])
        assert any(np.abs(g.asnumpy()).max() > 0 for g in executor.grad_arrays)


def test_the_other_branch():
    out = load("cond").bind(mx.cpu(), INPUTS["cond"] | ones(p=5)).forward()
    assert [o.asscalar() for o in out] == [2, 1]


def test_shapes_are_inferred_through_files():
    graph = sym.load_json(load("foreach").tojson())
    shapes, outs, _ = graph.infer_shape(data=(3, 1, 2), d2=(3, 1), s=(1, 2))
    assert dict(zip(graph.list_arguments(), shapes))["fc_weight"] == (2, 2)
    assert outs == [(3, 1, 2), (3, 1), (1, 2)]


def test_what_a_trace_gives_is_written():
    d, s = sym.Variable("d"), sym.Variable("s")
    out, last = sym.contrib.foreach(lambda x, h: (x, h + x * sym.Variable("w")), d, s)
    again = sym.load_json(sym.Group([out, last]).tojson())
    results = again.eval(d=nd.arange(3), s=nd.array([1]), w=nd.array([2]))
    assert results[0].asnumpy().ravel().tolist() == [0, 1, 2] and results[1].asscalar() == 7
    node = json.loads(again.tojson())["nodes"][-1]
    assert node["op"] == "_foreach" and node["attrs"]["num_args"] == "4"


def broken(name, **attrs):
    graph = json.loads((FILES / f"{name}-symbol.json").read_text())
    node = graph["nodes"][-1]
    inside = attrs.pop("inside", None)
    node["subgraphs"] = node["subgraphs"][:inside]
    node["attrs"].update(attrs)
    return json.dumps(graph)


@pytest.mark.parametrize("text, match", [
    (broken("foreach", inside=0), "expects 1 graphs inside, got 0"),
    (broken("foreach", in_data_locs="[9]"), "in_data_locs expects numbers below 5"),
    (broken("foreach", in_data_locs="[1]"), "inputs and the 5 of the graph inside do not match"),
    (broken("foreach", num_out_data="7"), "num_out_data is 7, the graph inside gives 2"),
    (broken("while", inside=1), "expects 2 graphs inside, got 1"),
    (broken("while", cond_input_locs="[0]"), "its inputs and those of the graphs inside do not match"),
    (broken("cond", then_input_locs="[0]"), "then_input_locs and the variables of its graph do not match"),
    (broken("cond", cond_input_locs="oops"), "_cond"),
])
def test_files_that_do_not_fit(text, match):
    with pytest.raises(FormatError, match=match):
        sym.load_json(text)
