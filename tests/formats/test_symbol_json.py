import json

import pytest

from luojia._src.errors import ArgumentError, FormatError, NotSupportedError
from luojia._src.formats.symbol_json import read, write


def counts(graph):
    rows = graph["node_row_ptr"]
    return [b - a for a, b in zip(rows, rows[1:])]


@pytest.mark.parametrize("name", ["mlp", "group", "net"])
def test_writes_the_text_of_mxnet(fixtures, name):
    text = (fixtures / f"mxnet/{name}-symbol.json").read_text()
    graph = read(text)
    assert write(graph["nodes"], graph["heads"], counts(graph)) == text
    assert json.loads(text)["arg_nodes"] == graph["arg_nodes"]


def test_reads_the_mlp_of_mxnet(fixtures):
    graph = read((fixtures / "mxnet/mlp-symbol.json").read_bytes())
    names = [graph["nodes"][i]["name"] for i in graph["arg_nodes"]]
    assert names == ["data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias", "softmax_label"]
    assert graph["nodes"][3]["attrs"] == {"num_hidden": "4"} and graph["nodes"][-1]["op"] == "SoftmaxOutput"
    assert graph["heads"] == [[9, 0, 0]] and graph["attrs"] == {"mxnet_version": ["int", 10901]}


def var(name, **rest):
    return {"op": "null", "name": name, "inputs": [], **rest}


def node(op, name, *inputs, **rest):
    return {"op": op, "name": name, "inputs": [list(e) for e in inputs], **rest}


def test_breaks_lines_as_mxnet_does():
    """More than ten entries go one to a line; eleven variables, joined and split again."""
    nodes = [var(f"v{i}") for i in range(11)]
    nodes.append(node("Concat", "c", *[(i, 0, 0) for i in range(11)], attrs={"num_args": "11", "dim": "1"}))
    text = write(nodes, [[11, 0, 0]])
    assert '"attrs": {\n        "dim": "1", \n        "num_args": "11"\n      }, \n' in text
    assert '"inputs": [\n        [0, 0, 0], \n        [1, 0, 0], ' in text
    assert '"node_row_ptr": [\n    0, \n    1, ' in text and '"heads": [[11, 0, 0]]' in text
    assert '"arg_nodes": [\n    0, ' in text and '"arg_nodes": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]' in write(nodes[:10], [])


def test_escapes_as_mxnet_does():
    text = write([var('q"\\\n\tü/é', attrs={"__k__": "a\rf\x01"})], [[0, 0, 0]])
    assert '"name": "q\\"\\\\\\n\\tü/é", \n      "attrs": {"__k__": "a\\rf\x01"}' in text
    assert read(text)["nodes"][0]["name"] == 'q"\\\n\tü/é'


def test_reads_the_form_of_older_versions():
    old = {
        "nodes": [
            var("x", param={}, backward_source_id=-1),
            node("Activation", "r", (0, 0), param={"act_type": "relu"}, attr={"ctx_group": "a"}),
        ],
        "arg_nodes": [0],
        "heads": [[1, 0]],
    }
    graph = read(json.dumps(old))
    assert graph["nodes"][1]["attrs"] == {"act_type": "relu", "ctx_group": "a"}
    assert graph["nodes"][1]["inputs"] == [[0, 0, 0]] and graph["heads"] == [[1, 0, 0]]
    assert graph["node_row_ptr"] is None and graph["attrs"] == {}


def graph(nodes=None, heads=((1, 0, 0),), arg_nodes=(0,), **rest):
    nodes = [var("x"), node("exp", "e", (0, 0, 0))] if nodes is None else nodes
    return json.dumps({"nodes": nodes, "arg_nodes": list(arg_nodes), "heads": list(heads), **rest})


BROKEN = {
    "truncated or no JSON": "{",
    "truncated or no JSON: .*recursion": "[" * 100_000,
    "truncated or no JSON: .*digits": '{"a": ' + "1" * 5000 + "}",
    "truncated or no JSON: .*utf-8": b'{"a": "\xff"}',
    "is no graph: expected an object": "[1]",
    "expected a list under 'heads'": '{"nodes": [], "arg_nodes": []}',
    "node_row_ptr is not a rising list of 3 numbers": graph(node_row_ptr=[0, 2, 1]),
    "node_row_ptr is not .* 3 numbers from 0": graph(node_row_ptr=[0, 1]),
    "node 0 is no object": graph([3]),
    "node 0 has no string under 'name'": graph([{"op": "null", "inputs": []}]),
    r"node 0 \(null 'x'\) has attributes that are not strings": graph([var("x", attrs={"a": 1})]),
    r"node 0 \(null 'x'\) has no list of inputs": graph([{"op": "null", "name": "x"}]),
    r"node 1 \(null 'y'\) is a variable with inputs": graph([var("x"), node("null", "y", (0, 0, 0))]),
    r"node 1 \(exp 'e'\) takes node 1, which does not come before it": graph([var("x"), node("exp", "e", (1, 0, 0))]),
    r"node 1 \(exp 'e'\) has the input \[-1, 0, 0\]": graph([var("x"), node("exp", "e", (-1, 0, 0))]),
    r"has the input \[0\], expected \[node, output, version\]": graph([var("x"), node("exp", "e", (0,))]),
    r"has the input \[True, 0, 0\]": graph([var("x"), node("exp", "e", (True, 0, 0))]),
    "heads takes node 2": graph(heads=[[2, 0, 0]]),
    "takes output 1 of 1 of node 0": graph([var("x"), node("exp", "e", (0, 1, 0))], node_row_ptr=[0, 1, 2]),
    "arg_nodes names 1, which is no variable": graph(arg_nodes=[1]),
    "arg_nodes names 9, which is no variable": graph(arg_nodes=[9]),
    "attrs is no object": graph(attrs=[]),
}


@pytest.mark.parametrize("match", BROKEN)
def test_broken_graphs(match):
    with pytest.raises(FormatError, match=match):
        read(BROKEN[match])


def test_unsupported_parts_are_refused_by_name():
    with pytest.raises(NotSupportedError, match=r"node 1 \(exp 'e'\) has control_deps, which are not supported"):
        read(graph([var("x"), node("exp", "e", (0, 0, 0), control_deps=[0])]))
    assert read(graph([var("x"), node("exp", "e", (0, 0, 0), control_deps=[], subgraphs=[])]))


def test_graphs_inside_nodes(fixtures):
    found = read((fixtures / "mxnet/foreach-symbol.json").read_text())
    (inside,) = found["nodes"][-1]["subgraphs"]
    assert inside["nodes"][0]["name"] == "s-0" and len(inside["heads"]) == 3
    with pytest.raises(FormatError, match="node 1 .* has no list of subgraphs"):
        read(graph([var("x"), node("exp", "e", (0, 0, 0), subgraphs=3)]))
    with pytest.raises(FormatError, match="inside node 1 is no graph"):
        read(graph([var("x"), node("exp", "e", (0, 0, 0), subgraphs=[{}])]))


def test_write_refuses_what_read_would():
    with pytest.raises(ArgumentError, match="writing symbol JSON: .* takes node 3, which does not come before"):
        write([var("x"), node("exp", "e", (3, 0, 0))], [[1, 0, 0]])
    with pytest.raises(ArgumentError, match="node_row_ptr"):
        write([var("x")], [[0, 0, 0]], num_outputs=[1, 1])


def test_every_cut_is_refused(fixtures, damage):
    damage.every_cut(read, (fixtures / "mxnet/group-symbol.json").read_bytes())


def test_random_corruption(fixtures, damage):
    damage.random_corruption(read, (fixtures / "mxnet/group-symbol.json").read_bytes())
