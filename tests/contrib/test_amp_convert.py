"""Graphs converted to mixed precision: nodes, names and errors as mxnet 1.9.1's."""

import json

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym
from luojia.contrib import amp
from luojia.gluon import nn


def graph():
    x = sym.BatchNorm(sym.Convolution(sym.var("data"), kernel=(3, 3), num_filter=2, name="conv"), name="bn")
    x = sym.FullyConnected(sym.Activation(x, act_type="relu", name="relu"), num_hidden=3, name="fc")
    return sym.SoftmaxOutput(x + sym.exp(x, name="e"), name="softmax")


def nodes(found, **how):
    return {n["name"]: n for n in json.loads(found.tojson(**how))["nodes"]}


def test_casts_stand_where_the_precision_changes():
    found = amp.convert_symbol(graph())
    assert len(nodes(found)) == len(nodes(graph()))
    casts = {n: node["attrs"]["dtype"] for n, node in nodes(found, remove_amp_cast=False).items()
             if node["op"] == "amp_cast"}
    assert casts == {**{f"{n}_amp_cast_float16": "float16" for n in ("data", "conv_weight", "conv_bias", "fc_weight",
                                                                     "fc_bias")},
                     "fc_output_amp_cast_float32": "float32"}
    part = amp.convert_symbol(sym.FullyConnected(sym.var("x"), num_hidden=2, name="fc"))
    assert list(nodes(part))[-1] == "fc_output_amp_cast_float32"  # an output stays float32, in files too


@pytest.mark.parametrize("how,halved", [
    ({}, {"conv", "fc"}), ({"excluded_sym_names": ["fc"]}, {"conv"}), ({"fp32_ops": ["Convolution"]}, {"fc"}),
    ({"target_dtype_ops": ["exp"], "fp32_ops": []}, {"e"}), ({"target_dtype_ops": []}, set()),
    ({"conditional_fp32_ops": [("FullyConnected", "num_hidden", ["3"])]}, {"conv"}),
])
def test_which_operators_are_halved(how, halved):
    found = nodes(amp.convert_symbol(graph(), **how), remove_amp_cast=False)
    order = list(found.values())
    first = {name: order[found[name]["inputs"][-1][0]]["name"] for name in ("conv", "fc", "e")}
    assert {name for name, taken in first.items() if taken.endswith("float16")} == halved


@pytest.mark.parametrize("optional,dtype", [(False, "float32"), (True, "float16")])
def test_models(optional, dtype, rng):
    args = {"conv_weight": (2, 1, 3, 3), "conv_bias": (2,), "bn_gamma": (2,), "bn_beta": (2,), "fc_weight": (3, 18),
            "fc_bias": (3,)}
    args = {n: nd.array(rng.standard_normal(s)) for n, s in args.items()}
    states = {"bn_moving_mean": nd.zeros(2), "bn_moving_var": nd.ones(2)}
    data = {"data": nd.array(rng.standard_normal((2, 1, 5, 5))), "softmax_label": nd.zeros(2)}
    found, params, aux = amp.convert_model(graph(), args, states, cast_optional_params=optional)
    assert params["conv_weight"].dtype.__name__ == dtype and params["bn_gamma"].dtype == np.float32
    attrs = nodes(found)["fc_weight"]["attrs"]
    assert attrs["__dtype__"] == ("2" if optional else "0")
    before = graph().bind(mx.cpu(), data | args, aux_states=states).forward()[0]
    after = found.bind(mx.cpu(), data | params, aux_states=aux).forward()[0]
    assert after.dtype == np.float32
    np.testing.assert_allclose(after.asnumpy(), before.asnumpy(), 0.05, 0.02)


def test_blocks(tmp_path):
    net = nn.HybridSequential()
    net.add(nn.Dense(3, activation="relu"), nn.Dense(2))
    net.initialize()
    with pytest.raises(RuntimeError, match=r"Please first call block.hybridize\(\)"):
        amp.convert_hybrid_block(net)
    net.hybridize()
    x = nd.ones((1, 4))
    expected = net(x).asnumpy()
    for optional in (False, True):
        found = amp.convert_hybrid_block(net, ctx=mx.cpu(), cast_optional_params=optional)
        assert {p.dtype for p in found.collect_params().values()} == {np.float16 if optional else np.float32}
        out = found(x)
        assert out.dtype == np.float32
        np.testing.assert_allclose(out.asnumpy(), expected, 1e-2, 1e-3)
    found.export(str(tmp_path / "a"), remove_amp_cast=False)
    assert "amp_cast" in (tmp_path / "a-symbol.json").read_text()
    again = mx.gluon.SymbolBlock.imports(str(tmp_path / "a-symbol.json"), ["data"], str(tmp_path / "a-0000.params"))
    np.testing.assert_array_equal(again(x).asnumpy(), out.asnumpy())


@pytest.mark.parametrize("call,message", [
    (lambda g: amp.convert_symbol(3), "First argument to convert_symbol should be Symbol"),
    (lambda g: amp.convert_model(3, {}, {}), "First argument to convert_model should be Symbol"),
    (lambda g: amp.convert_model(g, 3, {}), "Second argument to convert_model should be a dict"),
    (lambda g: amp.convert_model(g, {}, 3), "Third argument to convert_model should be a dict"),
    (lambda g: amp.convert_symbol(g, "int8"), "Only target_dtype float16 and bfloat16 are supported"),
    (lambda g: amp.convert_symbol(g, target_dtype_ops="x"), "target_dtype_ops should be a list of strs"),
    (lambda g: amp.convert_symbol(g, conditional_fp32_ops="x"), "conditional_fp32_ops should be a list"),
    (lambda g: amp.convert_symbol(g, target_dtype_ops=["exp"], fp32_ops=["exp"]), "Common ops in .* {'exp'}"),
    (lambda g: amp.convert_hybrid_block(3), "block input should be a HybridBlock"),
])
def test_errors(call, message):
    with pytest.raises(AssertionError, match=message):
        call(graph())
