"""Shapes and dtypes of graphs, forward and backward. Expected values and messages: mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.core.infer import merged
from luojia._src.errors import MXNetError


def test_forward(fc):
    assert fc.infer_shape(a=(2, 4)) == ([(2, 4), (3, 4), (3,)], [(2, 3)], [])
    assert fc.infer_shape((2, 4)) == ([(2, 4), (3, 4), (3,)], [(2, 3)], [])
    assert fc.infer_shape(a=(2, 4, 5)) == ([(2, 4, 5), (3, 20), (3,)], [(2, 3)], [])


def test_from_one_side_of_a_sign_to_the_other(a, b):
    assert (a + b).infer_shape(a=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])


def test_from_output_to_input(a, b):
    assert (sym.exp(a) + b).infer_shape(b=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])
    deep = sym.tanh(sym.exp((a + 1) * 2)) - b
    assert deep.infer_shape(b=(4,)) == ([(4,), (4,)], [(4,)], [])


def test_a_broadcast_tells_nothing_of_its_other_side(a, b):
    with pytest.warns(UserWarning, match="Cannot decide shape"):
        assert sym.broadcast_add(a, b).infer_shape(a=(2, 3)) == (None, None, None)
    assert sym.broadcast_add(a, b).infer_shape(a=(2, 3), b=(1, 3))[1] == [(2, 3)]


def test_incomplete(fc):
    with pytest.warns(UserWarning, match="Consider providing them as input:\n\ta: "):
        assert fc.infer_shape() == (None, None, None)
    arguments, outputs, aux = fc.infer_shape_partial()
    assert (arguments[0], arguments[1], outputs, aux) == ((), (), [()], [])


def test_unknown_lengths(b):
    v = sym.Variable("v", shape=(0, 3))
    assert v.infer_shape_partial() == ([(0, 3)], [(0, 3)], [])
    assert (v + b).infer_shape(b=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3)], [])
    assert merged((0, 3), (2, 0)) == (2, 3)


def test_declared_shapes(a):
    w = sym.Variable("w", shape=(3, 4))
    fc = sym.FullyConnected(a, weight=w, num_hidden=3, no_bias=True)
    assert fc.infer_shape(a=(2, 4)) == ([(2, 4), (3, 4)], [(2, 3)], [])


def test_labels_of_output_operators(a):
    def label(s, shape):
        return s.infer_shape(a=shape)[0][1]

    assert label(sym.SoftmaxOutput(a, name="s"), (2, 3, 4)) == (2,)  # mxnet: (2, 3), of which it reads the first 2
    assert label(sym.SoftmaxOutput(a, name="s", preserve_shape=True), (2, 3, 4)) == (2, 3)
    for shape, labels in (((2, 3), (2, 1)), ((2, 3, 4), (2, 4)), ((2, 3, 4, 5), (2, 20))):
        assert label(sym.SoftmaxOutput(a, name="s", multi_output=True), shape) == labels
    positions = sym.SoftmaxOutput(a, name="s", multi_output=True)
    assert positions.infer_shape(a=(2, 3, 4, 5), s_label=(2, 4, 5))[0] == [(2, 3, 4, 5), (2, 4, 5)]
    with pytest.raises(MXNetError, match="takes labels of shape"):
        positions.infer_shape(a=(2, 3, 4, 5), s_label=(2, 4))
    assert label(sym.LinearRegressionOutput(a, name="s"), (2, 1)) == (2,)
    assert label(sym.LinearRegressionOutput(a, name="s"), (2, 4)) == (2, 4)
    assert label(sym.SVMOutput(a, name="s"), (2, 4)) == (2,)


def test_a_shape_that_is_given_comes_before_the_declared_one():
    declared = sym.Variable("v", shape=(2, 3)) + 1
    assert declared.infer_shape()[0] == [(2, 3)] and declared.infer_shape(v=(4, 3))[1] == [(4, 3)]
    assert sym.Variable("v", shape=3).list_attr()["__shape__"] == "3"


def test_dtypes(fc, a):
    assert fc.infer_type(a="float16") == ([np.float16] * 3, [np.float16], [])
    assert fc.infer_type(np.float64) == ([np.float64] * 3, [np.float64], [])
    assert sym.Cast(a, dtype="int32").infer_type(a="float32") == ([np.float32], [np.int32], [])
    assert fc.infer_type_partial() == ([None] * 3, [None], [])
    with pytest.warns(UserWarning, match="Cannot decide type"):
        assert fc.infer_type() == (None, None, None)
    assert sym.Variable("h", dtype="float16").infer_type() == ([np.float16], [np.float16], [])


@pytest.mark.parametrize(("action", "error", "message"), [
    (lambda a, b, fc: (a + b).infer_shape(a=(2, 3), b=(3, 3)), MXNetError,
     r"Error in operator .*expected .2,3., got .3,3."),
    (lambda a, b, fc: fc.infer_shape(a=(2, 4), fc_weight=(3, 5)), MXNetError,
     r"Error in operator fc: Shape inconsistent, Provided = \[3,5\], inferred shape=\[3,4\]"),
    (lambda a, b, fc: fc.infer_shape(a=(2, 4), fc_weight=(3, 5)), ValueError,
     r"infer_shape error. Arguments:\n  a: \(2, 4\)\n  fc_weight: \(3, 5\)"),
    (lambda a, b, fc: fc.infer_shape(foo=(2, 4)), MXNetError, "InferShapeKeyword argument name foo not found"),
    (lambda a, b, fc: fc.infer_type(foo="float32"), MXNetError, "InferTypeKeyword argument name foo not found"),
    (lambda a, b, fc: fc.infer_shape((2, 4), a=(2, 4)), ValueError, "either by positional or kwargs way"),
    (lambda a, b, fc: fc.infer_type("float32", a="float32"), ValueError, "either by positional or kwargs way"),
    (lambda a, b, fc: fc.infer_shape(a=3), TypeError, "Arguments need to be shapes .tuple., but 'a' is"),
    (lambda a, b, fc: fc.infer_shape(*[(2, 4)] * 4), ValueError, "got 4 shapes for 3 arguments"),
])
def test_errors(action, error, message, a, b, fc):
    with pytest.raises(error, match=message):
        action(a, b, fc)


def test_inference_agrees_with_the_run(a, b):
    graph = sym.sum(sym.concat(sym.exp(a), a * 2, dim=1), axis=1)
    (out,) = graph.eval(a=mx.nd.array(np.ones((2, 3))))
    assert graph.infer_shape(a=(2, 3))[1] == [out.shape]


def test_dtypes_that_inputs_share_or_keep_apart():
    x, y = sym.var("x"), sym.var("y")
    for graph in (x + y, sym.broadcast_add(x, y), sym.dot(x, y), sym.Concat(x, y), sym.maximum(x, y)):
        with pytest.raises(MXNetError, match="at 1-th input: expected float32, got int32"):
            graph.infer_type(x="float32", y="int32")
    with pytest.raises(MXNetError, match="Incompatible attr in node fc at 1-th input: expected float32, got float16"):
        sym.FullyConnected(x, num_hidden=2, name="fc").infer_type(x="float32", fc_weight="float16")
    i, half, single, double, long = np.int32, np.float16, np.float32, np.float64, np.int64
    assert sym.where(x, y, y).infer_type(x="int32", y="float16") == ([i, half], [half], [])
    assert sym.Embedding(x, input_dim=3, output_dim=2).infer_type(x="int32") == ([i, single], [single], [])
    assert sym.take(x, y).infer_type(x="float16", y="int64") == ([half, long], [half], [])
    assert sym.argmax(x, axis=1).infer_type(x="float64") == ([double], [double], [])
    assert sym.shape_array(x).infer_type(x="float64") == ([double], [long], [])


def _layers():
    x, y = mx.sym.var("x"), mx.sym.var("y")
    s = mx.sym
    return [  # the shapes given; inputs, outputs and auxiliary states inferred. Expected: mxnet 1.9.1
        (s.FullyConnected(x, num_hidden=2), dict(x=(0, 3)), [(0, 3), (2, 3), (2,)], [(0, 2)], []),
        (s.Convolution(x, kernel=(3, 3), num_filter=2), dict(x=(0, 3, 8, 8)),
         [(0, 3, 8, 8), (2, 3, 3, 3), (2,)], [(0, 2, 6, 6)], []),
        (s.Convolution(x, kernel=(3, 3), num_filter=2), dict(x=(0, 0, 8, 8)),
         [(0, 0, 8, 8), (2, 0, 3, 3), (2,)], [(0, 2, 6, 6)], []),
        (s.Pooling(x, kernel=(2, 2), stride=(2, 2)), dict(x=(0, 3, 8, 8)), [(0, 3, 8, 8)], [(0, 3, 4, 4)], []),
        (s.BatchNorm(x), dict(x=(0, 3, 0, 0)), [(0, 3, 0, 0), (3,), (3,)], [(0, 3, 0, 0)], [(3,), (3,)]),
        (s.Embedding(x, input_dim=5, output_dim=3), dict(x=(0, 7)), [(0, 7), (5, 3)], [(0, 7, 3)], []),
        (s.SoftmaxOutput(x), dict(x=(0, 7)), [(0, 7), (0,)], [(0, 7)], []),
        (s.reshape(x, shape=(0, 4)), dict(x=(0, 2, 2)), [(0, 2, 2)], [(0, 4)], []),
        (s.reshape(x, shape=(-1, 4)), dict(x=(0, 4)), [(0, 4)], [(0, 4)], []),
        (s.transpose(x), dict(x=(0, 3)), [(0, 3)], [(3, 0)], []),
        (s.mean(x), dict(x=(0, 7)), [(0, 7)], [(1,)], []),
        (s.SliceChannel(x, num_outputs=7, squeeze_axis=True), dict(x=(0, 7)), [(0, 7)], [(0,)] * 7, []),
        (s.dot(x, y), dict(x=(0, 7), y=(7, 2)), [(0, 7), (7, 2)], [(0, 2)], []),
        (s.RNN(x, mode="lstm", state_size=3, num_layers=1, state_outputs=True), dict(x=(5, 0, 7)),
         [(5, 0, 7), (144,), (1, 0, 3), (1, 0, 3)], [(5, 0, 3), (1, 0, 3), (1, 0, 3)], []),
        (x + y, dict(x=(2, 0), y=(0, 3)), [(2, 3), (2, 3)], [(2, 3)], []),
        (x + y, dict(x=(2, 0), y=(0, 0)), [(2, 0), (2, 0)], [(2, 0)], []),
        (s.concat(x, y, dim=1), dict(x=(2, 3), y=(0, 4)), [(2, 3), (2, 4)], [(2, 7)], []),
        (s.concat(x, y, dim=1), dict(x=(0, 3), y=(0, 4)), [(0, 3), (0, 4)], [(0, 7)], []),
        (s.add_n(x, y), dict(x=(2, 0), y=(0, 3)), [(2, 3), (2, 3)], [(2, 3)], []),
        (s.pick(x, y), dict(x=(2, 3)), [(2, 3), (2,)], [(2,)], []),
        (s.sample_normal(x, y, shape=4), dict(x=(2, 3)), [(2, 3), (2, 3)], [(2, 3, 4)], []),
        (s.LeakyReLU(x, act_type="prelu"), dict(x=(0, 7)), [(0, 7), (7,)], [(0, 7)], []),
    ]


@pytest.mark.parametrize(("symbol", "given", "arguments", "outputs", "auxiliary"), _layers())
def test_open_lengths(symbol, given, arguments, outputs, auxiliary):
    assert symbol.infer_shape_partial(**given) == (arguments, outputs, auxiliary)


def test_open_lengths_that_stay_open():
    fc = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=2, name="fc")
    assert fc.infer_shape_partial(x=())[0][0] == () == fc.infer_shape_partial()[0][0]
    with pytest.warns(UserWarning, match="Cannot decide shape"):
        assert fc.infer_shape(x=()) == (None, None, None)
    huge = mx.sym.linalg.gemm2(mx.sym.var("x"), mx.sym.var("y"))  # without a rule, and too large to try
    assert huge.infer_shape_partial(x=(1 << 12, 1 << 10, 0), y=(1 << 12, 0, 5))[1] == [()]
    parts = mx.sym.SliceChannel(mx.sym.var("x"), num_outputs=11, axis=0)
    assert parts.infer_shape_partial(x=(0, 2))[1] == [(0, 2)] * 11


@pytest.mark.parametrize("sign", ["__add__", "__mul__", "__truediv__", "__gt__"])
def test_signs_between_symbols_do_not_broadcast(sign):
    x, y = mx.sym.var("x"), mx.sym.var("y")
    for shape in ((3,), (2, 1)):
        with pytest.raises(MXNetError, match=r"at 1-th input: expected \[2,3\], got"):
            getattr(x, sign)(y).infer_shape(x=(2, 3), y=shape)
    assert mx.sym.broadcast_add(x, y).infer_shape(x=(2, 3), y=(2, 1))[1] == [(2, 3)]


@pytest.mark.parametrize(("shapes", "message"), [(dict(a=None), "'a' is"), (dict(a=(2.5, 3)), "float")])
def test_shapes_are_tuples_of_integers(shapes, message):
    with pytest.raises(TypeError, match=message):
        mx.sym.exp(mx.sym.var("a")).infer_shape(**shapes)


def test_operators_of_integers():
    assert mx.sym.contrib.allclose(mx.sym.var("a"), mx.sym.var("b")).infer_type("float32", "float32")[1] == [np.uint8]
    assert mx.sym.image.to_tensor(mx.sym.var("a")).infer_type(a="uint8")[1] == [np.float32]
