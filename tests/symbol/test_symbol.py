"""Symbols as users build them: names, lists, attributes, composition, copies, errors. Expected values: mxnet 1.9.1."""

import copy
import pickle

import pytest

import luojia as mx
from luojia import sym
from luojia._src.errors import MXNetError, NotImplementedForSymbol


def test_names_of_signs_with_numbers(a):
    made = (a + 1, 1 + a, a - 1, 1 - a, a * 2, 2 * a, a / 2, 2 / a, a**2, 2**a, -a)
    assert [s.name for s in made] == [
        "_plusscalar0", "_plusscalar1", "_minusscalar0", "_rminusscalar0", "_mulscalar0", "_mulscalar1", "_divscalar0",
        "_rdivscalar0", "_powerscalar0", "_rpower_scalar0", "_mulscalar2",
    ]


def test_names_of_signs(a, b):
    assert [s.name for s in (a + b, a - b, a * b, a / b, a**b)] == ["_plus0", "_minus0", "_mul0", "_div0", "_power0"]


def test_names_of_functions(a, b):
    made = (sym.exp(a), sym.FullyConnected(a, num_hidden=3), sym.SoftmaxOutput(a), sym.concat(a, b), sym.Concat(a, b),
            sym.make_loss(a), sym.MakeLoss(a), sym.BlockGrad(a), sym.broadcast_add(a, b), sym.Cast(a, dtype="float32"))
    assert [s.name for s in made] == [
        "exp0", "fullyconnected0", "softmaxoutput0", "concat0", "concat1", "make_loss0", "makeloss0", "blockgrad0",
        "broadcast_add0", "cast0",
    ]


def test_lists(fc):
    assert fc.list_arguments() == fc.list_inputs() == ["a", "fc_weight", "fc_bias"]
    assert fc.list_outputs() == ["fc_output"] and fc.list_auxiliary_states() == []
    assert sym.FullyConnected(sym.var("x"), num_hidden=2, no_bias=True, name="q").list_arguments() == ["x", "q_weight"]
    assert sym.FullyConnected(num_hidden=2, name="q").list_arguments() == ["q_data", "q_weight", "q_bias"]
    assert sym.SoftmaxOutput(fc, name="softmax").list_arguments()[-1] == "softmax_label"


def test_repr(a, b):
    assert repr(a) == "<Symbol a>"
    assert repr(sym.Group([a, b])) == "<Symbol group [a, b]>"
    assert str(a + b) == "<Symbol _plus0>"


def test_children_and_internals(a, b, fc):
    c = a + b
    assert c.get_internals().list_outputs() == ["a", "b", "_plus0_output"]
    assert c.get_children().list_outputs() == ["a", "b"]
    assert a.get_children() is None
    assert len(fc.get_internals()) == 4
    assert [s.name for s in fc.get_internals()] == ["a", "fc_weight", "fc_bias", "fc"]
    assert fc.get_internals()["fc_output"].name == "fc"
    assert fc.get_internals()[1:3].list_outputs() == ["fc_weight", "fc_bias"]


def test_attributes(a, fc):
    assert fc.attr_dict() == {k: {"num_hidden": "3"} for k in ("fc_weight", "fc_bias", "fc")}
    v = sym.Variable("v", shape=(2, 3), lr_mult=1)
    assert v.attr_dict() == {"v": {"__lr_mult__": "1", "lr_mult": "1", "__shape__": "(2, 3)"}}
    assert v.attr("name") == v.name
    assert (v.attr("lr_mult"), v.attr("__lr_mult__"), v.attr("nope")) == ("1", "1", None)
    assert v.list_attr() == v.attr_dict()["v"]
    a._set_attr(foo="3")
    assert a.list_attr() == {"foo": "3"}
    assert sym.exp(a, attr={"wd_mult": "2"}).list_attr() == {"__wd_mult__": "2", "wd_mult": "2"}


def test_attribute_scope(a):
    with mx.AttrScope(ctx_group="g", __foo__="1"):
        q = sym.Variable("q")
        with mx.AttrScope(__foo__="2"):
            r = sym.FullyConnected(q, num_hidden=2, name="r", lr_mult="3")
    assert q.attr_dict() == {"q": {"__ctx_group__": "g", "ctx_group": "g", "__foo__": "1"}}
    assert r.attr("__foo__") == "2" and r.attr("ctx_group") == "g" and r.attr("lr_mult") == "3"
    assert r.attr_dict()["r_weight"]["lr_mult"] == "3"


def test_prefix(a, b):
    with mx.name.Prefix("p_"):
        assert (a + b).name == "p__plus0" and sym.exp(a, name="x").name == "p_x"
    assert (a + b).name == "_plus0"


def test_compose(b, fc):
    new = fc(a=b, name="other")
    assert new.list_arguments() == ["b", "fc_weight", "fc_bias"] and new.name == "other"
    assert fc.list_arguments() == ["a", "fc_weight", "fc_bias"] and fc.name == "fc"
    deep = fc(a=sym.exp(b))
    assert deep.eval(b=mx.nd.array([[0.0]]), fc_weight=mx.nd.array([[1.0], [2], [3]]),
                     fc_bias=mx.nd.array([0, 0, 0]))[0].asnumpy().tolist() == [[1, 2, 3]]


def test_copies(fc):
    for twin in (copy.copy(fc), copy.deepcopy(fc), pickle.loads(pickle.dumps(fc))):
        twin._set_attr(mine="1")
        assert twin.tojson() != fc.tojson()
        assert twin.list_arguments() == fc.list_arguments() and type(twin) is type(fc)


def test_several_outputs_and_iteration(a, b):
    g = sym.Group([a, a + b])
    assert len(g) == g.num_outputs == 2 and [s.name for s in g] == ["a", "_plus0"]
    assert g[1].list_outputs() == ["_plus0_output"] and list(a)[0].name == "a"
    nested = sym.Group([g, b])
    assert nested.list_outputs() == ["a", "_plus0_output", "b"]


def test_fluent_methods(a):
    assert a.exp().name == "exp0" and a.tanh().name == "tanh0" and a.sum(axis=1).attr("axis") == "1"
    assert a.astype("float16").attr("dtype") == "float16"
    assert a.transpose((1, 0)).attr("axes") == a.transpose(1, 0).attr("axes") == "(1, 0)"
    assert a.T.list_attr() == {}


def test_debug_str(a, b):
    assert a.debug_str() == "Variable:a\n"
    assert (a + b * 2).debug_str() == (
        "Symbol Outputs:\n\toutput[0]=_plus0(0)\nVariable:a\nVariable:b\n--------------------\n"
        "Op:_mul_scalar, Name=_mulscalar0\nInputs:\n\targ[0]=b(0) version=0\nAttrs:\n\tscalar=2\n"
        "--------------------\nOp:elemwise_add, Name=_plus0\nInputs:\n\targ[0]=a(0) version=0\n\t"
        "arg[1]=_mulscalar0(0)\n"
    )


def test_eval(a, b):
    (out,) = (a + b).eval(a=mx.nd.array([1.0, 2.0]), b=mx.nd.array([3.0, 4.0]))
    assert type(out) is mx.nd.NDArray and out.asnumpy().tolist() == [4, 6]
    with pytest.raises(ValueError, match="key `b` is missing in `args`"):
        (a + b).eval(a=mx.nd.array([1.0]))


def test_functions_are_documented():
    assert sym.FullyConnected.__name__ == "FullyConnected" and "x W^T" in sym.FullyConnected.__doc__
    assert "FullyConnected" in dir(sym) and "num_hidden" in str(__import__("inspect").signature(sym.FullyConnected))
    assert sym.op.exp(sym.var("x")).name == "exp0"


@pytest.mark.parametrize(("action", "error", "message"), [
    (lambda a, b: bool(a), NotImplementedForSymbol, "__bool__ .* is not implemented for Symbol"),
    (lambda a, b: a == None, TypeError, "NoneType.* not supported"),  # noqa: E711
    (lambda a, b: a + "x", TypeError, "str.* not supported"),
    (lambda a, b: a + mx.nd.array([1.0]), TypeError, "NDArray.* not supported"),
    (lambda a, b: sym.exp(3), AssertionError, "Argument data must be Symbol instances, but got 3"),
    (lambda a, b: sym.concat(a, 3), AssertionError, "Positional arguments must be Symbol instances, but got 3"),
    (lambda a, b: sym.Variable(3), TypeError, "Expect a string for variable `name`"),
    (lambda a, b: sym.Variable("x", foo=3), ValueError, "Attribute name=foo is not supported"),
    (lambda a, b: sym.Variable("x", attr={"foo": 3}), ValueError, "Set Attr only accepts string values"),
    (lambda a, b: sym.Group([]), TypeError, "Expected a list of symbols as input"),
    (lambda a, b: sym.Group([3]), TypeError, "Expected a list of symbols as input"),
    (lambda a, b: (a + b)["nope"], ValueError, 'Cannot find output that matches name "nope"'),
    (lambda a, b: sym.Group([a, a])["a"], ValueError, 'There are multiple outputs with name "a"'),
    (lambda a, b: a[1], IndexError, "there is no output 1"),
    (lambda a, b: a[1.5], TypeError, "only support integer, string or slice"),
    (lambda a, b: a(b), MXNetError, "General composition only support kwargs"),
    (lambda a, b: a(b, a=b), TypeError, "either as positional or keyword arguments, not both"),
    (lambda a, b: a(nope=b), MXNetError, "Compose.*argument name nope not found"),
    (lambda a, b: a(3), TypeError, "Compose expect `Symbol` as arguments"),
    (lambda a, b: a(a=sym.Group([a, b])), MXNetError, "Keyword Argument a is a tuple, single value is required"),
    (lambda a, b: sym.exp(sym.Group([a, b])), MXNetError, "Keyword Argument data is a tuple"),
    (lambda a, b: sym.FullyConnected(a, num_hidden="x"), MXNetError, "num_hidden expect int but value='x'"),
    (lambda a, b: sym.FullyConnected(a), MXNetError, "Required parameter num_hidden of int is not presented"),
    (lambda a, b: sym.Cast(a), MXNetError, "Required parameter dtype is not presented"),
    (lambda a, b: sym.FullyConnected(a, num_hidden=3, foo=3), MXNetError, "Cannot find argument 'foo'"),
    (lambda a, b: sym.FullyConnected(a, foo=b, num_hidden=3), MXNetError, "argument name foo not found"),
    (lambda a, b: sym.exp(a, b), TypeError, "takes 1 arguments, got 2"),
    (lambda a, b: sym.exp(a, data=b), TypeError, "multiple values for argument 'data'"),
    (lambda a, b: sym.nope, AttributeError, "no attribute 'nope'"),
    (lambda a, b: sym.linalg.nope, AttributeError, "no attribute 'nope'"),
    (lambda a, b: a.asnumpy(), NotImplementedForSymbol, "asnumpy is not implemented for Symbol"),
    (lambda a, b: a.backward(), NotImplementedForSymbol, "backward is not implemented for Symbol"),
    (lambda a, b: a.shape, AttributeError, "a Symbol has no shape"),
    (lambda a, b: a.grad, AttributeError, "no attribute 'grad'"),
    (lambda a, b: setattr(a, "name", "c"), AttributeError, "name"),
    (lambda a, b: a.list_attr(recursive=True), DeprecationWarning, "attr_dict"),
    (lambda a, b: mx.AttrScope(foo=3), ValueError, "Attributes need to be string"),
    (lambda a, b: sym.random.uniform(a, 1), AssertionError, "must all have the same type"),
])
def test_errors(action, error, message, a, b):
    with pytest.raises(error, match=message):
        action(a, b)


def test_backends_leave_the_graph():
    double = mx.sym.var("x") * 2
    for same in (double.optimize_for("MKLDNN"), double.get_backend_symbol("MKLDNN"), double.as_np_ndarray(),
                 double.as_nd_ndarray()):
        assert same.list_arguments() == ["x"] and same.eval(x=mx.nd.ones((1,)))[0].asnumpy() == [2]
    with pytest.raises(mx.MXNetError, match="SubgraphProperty foo is not found"):
        double.get_backend_symbol("foo")
    assert double._infer_shape_impl(False, x=(2,)) == double._infer_shape_impl(True, x=(2,)) == ([(2,)], [(2,)], [])
    assert double._infer_type_impl(False, x="float32") == double._infer_type_impl(True, x="float32")


def test_none_among_required_attributes():
    last = sym.slice_axis(sym.var("x"), axis=0, begin=1, end=None)
    assert sym.load_json(last.tojson()).eval(x=mx.nd.array([1.0, 2, 3]))[0].asnumpy().tolist() == [2, 3]
    assert '"end": "None"' in last.tojson()


@pytest.mark.parametrize("call, text", [
    (lambda a: sym.sum(a, keepdims=None), "Invalid Parameter format for keepdims expect boolean but value='None'"),
    (lambda a: sym.Activation(a, act_type="bogus"), "Invalid Input: 'bogus', valid values are: {'relu', 'sigmoid'"),
    (lambda a: sym.FullyConnected(a, num_hidden=0), "num_hidden should be greater equal to 1"),
    (lambda a: sym.softmax(a, axis=True), "Invalid Parameter format for axis expect int but value='True'"),
    (lambda a: sym.sum(a, bogus=1), "Cannot find argument 'bogus', Possible Arguments"),
    (lambda a: sym.Convolution(a, a, a, kernel=(2,), num_filter=1, no_bias=True), "argument name bias not found"),
    (lambda a: sym.SequenceLast(a, a), "argument name sequence_length not found"),
    (lambda a: sym.Pooling(a, kernel=(2, 2), stride=(1,)), "stride must have the same number of dimensions as kernel"),
])
def test_attributes_that_are_refused(call, text):
    with pytest.raises(mx.MXNetError, match=text):
        call(sym.var("a"))


def test_attributes_as_text():
    pooled = sym.Pooling(sym.var("a"), kernel="(2, 2)", global_pool="False", stride="[2, 2]")
    assert pooled.infer_shape(a=(1, 1, 4, 4))[1] == [(1, 1, 2, 2)]
    assert sym.sum(sym.var("a"), axis=None).infer_shape(a=(2, 3))[1] == [(1,)]


def test_a_pickle_that_mxnet_wrote():
    """MXNet's pickles give a Symbol without arguments its state, ``{"handle": its JSON}``."""
    graph = sym.FullyConnected(sym.var("x"), num_hidden=3, name="fc")
    head = b"\x80\x02cluojia.symbol.symbol\nSymbol\n)\x81}X\x06\x00\x00\x00handle"
    text = graph.tojson().encode()
    read = pickle.loads(head + b"X" + len(text).to_bytes(4, "little") + text + b"sb.")
    assert read.tojson() == graph.tojson() and read.list_arguments() == ["x", "fc_weight", "fc_bias"]
