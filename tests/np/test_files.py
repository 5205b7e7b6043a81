"""Nodes that MXNet's NumPy networks write into symbol files, by what mxnet 1.9.1 computes of them."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, sym

A = np.float32([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]])
B = np.float32([[2.0, 1.0, 0.5], [3.0, 1.0, 2.0]])


def text_of(op, attrs, inputs, name="n0"):
    names = ["x", "y"][:inputs]
    nodes = [{"op": "null", "name": n, "inputs": []} for n in names]
    nodes.append({"op": op, "name": name, "attrs": attrs, "inputs": [[i, 0, 0] for i in range(inputs)]})
    return json.dumps({"nodes": nodes, "arg_nodes": list(range(inputs)), "node_row_ptr": list(range(inputs + 2)),
                       "heads": [[inputs, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}})


CASES = [
    ("_npi_add", {}, A + B), ("_npi_true_divide", {}, A / B), ("_npi_maximum", {}, np.maximum(A, B)),
    ("_npi_add_scalar", {"scalar": "2.0", "is_int": "True"}, A + 2),
    ("_npi_rsubtract_scalar", {"scalar": "1.0", "is_int": "False"}, 1 - A),
    ("_npi_rpower_scalar", {"scalar": "2.0", "is_int": "True"}, 2 ** A),
    ("_npi_absolute", {}, np.abs(A)), ("_npi_exp", {}, np.exp(A)), ("_npx_relu", {}, np.maximum(A, 0)),
    ("_npi_mean", {"axis": "1", "dtype": "None", "keepdims": "True", "initial": "None"}, A.mean(1, keepdims=True)),
    ("_np_sum", {"axis": "(0, 1)"}, A.sum()), ("_np_max", {"axis": "1"}, A.max(1)),
    ("_npi_std", {"axis": "None", "ddof": "0", "keepdims": "False"}, A.std()),
    ("_npi_norm", {"axis": "None", "flag": "-2", "keepdims": "False", "ord": "2"}, np.linalg.norm(A)),
    ("_npi_norm", {"axis": "(1,)", "flag": "1", "keepdims": "False", "ord": "1"}, np.abs(A).sum(1)),
    ("_np_reshape", {"newshape": "(-1, 2)", "order": "C"}, A.reshape(-1, 2)),
    ("_npx_reshape", {"newshape": "(-2, -1)"}, A), ("_npx_reshape", {"newshape": "(-1,)"}, A.ravel()),
    ("_np_transpose", {"axes": "(1, 0)"}, A.T), ("_np_moveaxis", {"source": "0", "destination": "1"}, A.T),
    ("_np_roll", {"axis": "0", "shift": "1"}, np.roll(A, 1, 0)), ("_npi_flip", {"axis": "1"}, A[:, ::-1]),
    ("_npi_broadcast_to", {"shape": "(2, 2, 3)"}, np.broadcast_to(A, (2, 2, 3))),
    ("_npi_concatenate", {"axis": "1", "num_args": "2"}, np.concatenate([A, B], 1)),
    ("_npi_stack", {"axis": "0", "num_args": "2"}, np.stack([A, B])), ("_npi_vstack", {"num_args": "2"}, np.r_[A, B]),
    ("_npi_einsum", {"num_args": "2", "optimize": "0", "subscripts": "ij,kj->ik"}, A @ B.T),
    ("_npi_tensordot", {"a_axes_summed": "[1]", "b_axes_summed": "[1]"}, A @ B.T),
    ("_npi_tensordot_int_axes", {"axes": "0"}, np.tensordot(A, B, 0)),
    ("_npi_full_like", {"fill_value": "3", "ctx": "cpu(0)"}, np.full_like(A, 3)),
    ("_npi_full_like", {"fill_value": "3", "dtype": "float64"}, np.full((2, 3), 3.0)),
    ("_npi_pad", {"constant_value": "7", "mode": "constant", "pad_width": "((0, 0), (1, 1))"},
     np.pad(A, ((0, 0), (1, 1)), constant_values=7)),
    ("_np_trace", {}, np.trace(A)), ("_npi_average", {"axis": "0", "returned": "False", "weighted": "True"}, None),
    ("_npi_where_lscalar", {"scalar": "2.0"}, np.where(A, np.float32(2), B)),
    ("_npi_where_rscalar", {"scalar": "2.0"}, np.where(A, B, np.float32(2))),
    ("_npi_split", {"indices": "[0, 1]", "axis": "1", "squeeze_axis": "False", "sections": "0"}, A[:, :1]),
    ("_npi_argmax", {"axis": "1", "keepdims": "False"}, A.argmax(1)),
    ("_npi_ones", {"shape": "(2,)", "dtype": "float32", "ctx": "cpu(0)"}, np.ones(2, np.float32)),
    ("_npi_arange", {"start": "0", "stop": "4", "step": "1", "dtype": "float32"}, np.arange(4, dtype=np.float32)),
]
TWO = ("_npi_add", "_npi_true_divide", "_npi_maximum", "_npi_concatenate", "_npi_stack", "_npi_vstack", "_npi_einsum",
       "_npi_tensordot", "_npi_tensordot_int_axes", "_npi_average", "_npi_where_lscalar", "_npi_where_rscalar")


@pytest.mark.parametrize(("op", "attrs", "expected"), CASES)
def test_nodes(op, attrs, expected):
    inputs = 0 if op in ("_npi_ones", "_npi_arange") else 2 if op in TWO else 1
    loaded = sym.load_json(text_of(op, attrs, inputs))
    found = loaded.eval(**{n: mx.np.array(v) for n, v in zip(["x", "y"][:inputs], (A, B))})[0].asnumpy()
    expected = np.average(A, 0, B) if expected is None else expected
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.asarray(expected).dtype or op == "_npi_argmax"
    assert loaded.name == "n0"


def test_what_an_index_leaves_out():
    """y[:, 0] is written as a slice and the codes (-2, -3, -4)."""
    loaded = sym.load_json(text_of("_npx_reshape", {"newshape": "(-2, -3, -4)"}, 1))
    assert loaded.eval(x=mx.np.array(A[:, :1]))[0].shape == (2,)


def test_functions_that_are_not_there():
    with pytest.raises(mx.MXNetError, match="'_npi_share_memory_not', which luojia does not have"):
        sym.load_json(text_of("_npi_share_memory_not", {}, 1))


def test_recurrent_cells_of_files(tmp_path):
    """Their first states have an open length, which the input's shape settles; weights of layers are joined."""
    x, w = sym.var("data"), sym.var("w", shape=(3, 2))
    states = sym.zeros((0, 3))
    graph = sym.FullyConnected(x, w, num_hidden=3, no_bias=True, flatten=False) + states
    graph.save(str(tmp_path / "cell-symbol.json"))
    block = gluon.SymbolBlock(graph, x)
    block.initialize(mx.init.One())
    for n in (2, 4, 2):
        assert block(mx.nd.ones((n, 2))).asnumpy().tolist() == [[2.0] * 3] * n
    block.hybridize()
    assert block(mx.nd.ones((5, 2))).shape == (5, 3)
    joined = json.loads(text_of("_rnn_param_concat", {"dim": "0", "num_args": "2"}, 2))
    assert sym.load_json(json.dumps(joined)).eval(x=mx.nd.ones(2), y=mx.nd.zeros(1))[0].shape == (3,)


def test_networks_without_parameters(tmp_path):
    sym.tanh(sym.var("data")).save(str(tmp_path / "n-symbol.json"))
    mx.nd.save(str(tmp_path / "n-0000.params"), {})
    block = gluon.SymbolBlock.imports(str(tmp_path / "n-symbol.json"), "data", str(tmp_path / "n-0000.params"))
    assert block(mx.nd.zeros((2,))).asnumpy().tolist() == [0, 0]


@pytest.mark.parametrize(("active", "magic"), [(True, 0xF993FACA), (False, 0xF993FAC9)])
def test_parameters_written_under_np_shape(active, magic, tmp_path):
    """mxnet 1.9.1 reads under np_shape only what was written so."""
    net = gluon.nn.Dense(2, in_units=3)
    net.initialize()
    net.hybridize()
    net(mx.nd.ones((1, 3)))
    with mx.util.np_shape(active):
        net.save_parameters(str(tmp_path / "a"))
        net.collect_params().save(str(tmp_path / "b"))
        net.export(str(tmp_path / "c"))
        mx.nd.save(str(tmp_path / "d"), [mx.nd.ones(2)])
    for name in ("a", "b", "c-0000.params", "d"):
        assert int.from_bytes((tmp_path / name).read_bytes()[24:28], "little") == magic, name
        assert mx.nd.load(str(tmp_path / name))
