"""What ``sym`` functions compute, name and refuse beside the plain operators."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd, sym
from luojia._src.core.symbol_functions import function
from luojia._src.core.symbol_names import FLUENT


def array(*values):
    return nd.array(np.array(values, np.float32))


def run(graph, **values):
    return [o.asnumpy().tolist() for o in graph.eval(**{k: array(*v) for k, v in values.items()})]


X = {"x": (1, 2, 3)}


@pytest.mark.parametrize(("build", "expected"), [
    (lambda x: x > 2, [0, 0, 1]), (lambda x: x >= 2, [0, 1, 1]), (lambda x: x < 2, [1, 0, 0]),
    (lambda x: x <= 2, [1, 1, 0]), (lambda x: x == 2, [0, 1, 0]), (lambda x: x != 2, [1, 0, 1]),
    (lambda x: 2 > x, [1, 0, 0]), (lambda x: x % 2, [1, 0, 1]), (lambda x: 5 % x, [0, 1, 2]),
    (lambda x: x > x * x - x, [1, 0, 0]), (lambda x: sym.maximum(x, 2), [2, 2, 3]),
    (lambda x: sym.minimum(x, 3 - x), [1, 1, 0]), (lambda x: sym.power(2, x), [2, 4, 8]),
    (lambda x: sym.pow(x, 2), [1, 4, 9]), (lambda x: abs(-x), [1, 2, 3]),
    (lambda x: x.clip(2, 3), [2, 2, 3]),
    (lambda x: x.reshape((1, -1)), [[1, 2, 3]]), (lambda x: x.reshape(3, 1), [[1], [2], [3]]),
    (lambda x: x.slice_axis(0, 1, 3), [2, 3]), (lambda x: x.expand_dims(0).T, [[1], [2], [3]]),
    (lambda x: sym.zeros((3,)) + x, [1, 2, 3]), (lambda x: sym.ones((3,)) * x, [1, 2, 3]),
    (lambda x: sym.arange(3) + x, [1, 3, 5]), (lambda x: sym.full((3,), 2) * x, [2, 4, 6]),
    (lambda x: sym.dot(sym.eye(3), x), [1, 2, 3]), (lambda x: sym.linspace(0, 1, 3) + x, [1, 2.5, 4]),
    (lambda x: x.sum(), [6]),
])
def test_values(build, expected):
    assert run(build(sym.var("x")), **X) == [expected]


@pytest.mark.parametrize(("build", "name"), [
    (lambda a, b: a > b, "_greater0"), (lambda a, b: a >= 1, "_greater_equal_scalar0"), (lambda a, b: 1 > a,
                                                                                         "_lesser_scalar0"),
    (lambda a, b: a % b, "_mod0"), (lambda a, b: 2 % a, "_rmodscalar0"), (lambda a, b: sym.maximum(a, b), "_maximum0"),
    (lambda a, b: sym.maximum(a, 1), "_maximumscalar0"), (lambda a, b: sym.hypot(a, b), "_hypot0"),
    (lambda a, b: sym.zeros((2,)), "_zeros0"), (lambda a, b: sym.arange(3), "_arange0"), (lambda a, b: abs(a), "abs0"),
    (lambda a, b: sym.Flatten(a), "flatten0"), (lambda a, b: sym.split(a, num_outputs=2), "split0"),
    (lambda a, b: sym.random.uniform(), "_random_uniform0"), (lambda a, b: a == b, "_equal0"),
])
def test_names(build, name):
    assert build(sym.var("a"), sym.var("b")).name == name


def test_constants_alone():
    (out,) = (sym.zeros((2,)) + 1).eval(ctx=mx.cpu(1))
    assert type(out) is nd.NDArray and out.context == mx.cpu(1) and out.asnumpy().tolist() == [1, 1]
    assert sym.zeros((2, 3)).infer_shape() == ([], [(2, 3)], [])


def test_split():
    parts = sym.SliceChannel(sym.var("x"), num_outputs=3, axis=0, name="sp")
    assert parts.list_outputs() == ["sp_output0", "sp_output1", "sp_output2"] and len(parts) == 3
    assert parts[1].list_outputs() == ["sp_output1"] and parts[0].name == "sp"
    first, _, third = parts
    assert run(first - third, x=(5, 0, 2)) == [[3]]
    with pytest.raises(IndexError, match="no output 3"):
        parts[3]


def test_random_numbers_are_drawn_at_each_run():
    graph = sym.random.uniform(2, 3, shape=(4,)) + sym.random.normal(0, 1e-6, shape=(4,))
    mx.random.seed(1)
    one, two = graph.eval()[0].asnumpy(), graph.eval()[0].asnumpy()
    mx.random.seed(1)
    assert (graph.eval()[0].asnumpy() == one).all() and (one != two).all()
    assert ((one > 1.99) & (one < 3.01)).all()


@pytest.mark.parametrize("draw", [
    lambda: sym.random.randn(4), lambda: sym.random.exponential(2, shape=4), lambda: sym.random.gamma(2, 1, shape=4),
    lambda: sym.random.poisson(3, shape=4), lambda: sym.random.negative_binomial(3, 0.5, shape=4),
    lambda: sym.random.generalized_negative_binomial(3, 0.5, shape=4), lambda: sym.random.randint(0, 9, shape=4),
])
def test_random_shapes(draw):
    assert draw().eval()[0].shape == (4,)


def test_random_numbers_for_symbols_of_parameters():
    low, high = array(0, 10), array(1, 11)
    drawn = sym.random.uniform(sym.var("low"), sym.var("high"), shape=(5,)).eval(low=low, high=high)[0].asnumpy()
    assert drawn.shape == (2, 5) and (drawn[0] < 1).all() and (drawn[1] >= 10).all()
    assert sorted(run(sym.random.shuffle(sym.var("x")), **X)[0]) == [1, 2, 3]


def test_conditional_inputs():
    x = sym.var("x")
    assert sym.LeakyReLU(x, act_type="prelu", name="l").list_arguments() == ["x", "l_gamma"]
    assert sym.LeakyReLU(x, act_type="leaky", name="l").list_arguments() == ["x"]
    assert sym.softmax(x, name="s").list_arguments() == ["x"]
    assert sym.LayerNorm(x, name="l").list_arguments() == ["x", "l_gamma", "l_beta"]


@pytest.mark.parametrize("name", sorted(FLUENT))
def test_every_fluent_method_is_a_function(name):
    assert callable(getattr(sym.var("x"), name)) and callable(function(name))


def test_a_session_of_operators_called_directly():
    from luojia import ops

    x = sym.var("x")
    assert run(ops.exp(x) * 0 + ops.relu(x - 2), **X) == [[0, 0, 1]]
    assert run(ops.ReduceSum(keep_dims=True)(x, 0), **X) == [[6]]
    assert run(ops.Softmax()(x * 0), **X) == [[pytest.approx(1 / 3)] * 3]


@pytest.mark.parametrize(("make", "output", "shape"), [
    (lambda x: sym.argsort(x, axis=None), "argsort0_output", (10,)),
    (lambda x: sym.sort(x, axis=None), "sort0_output0", (10,)),
    (lambda x: sym.topk(x, axis=None, k=3), "topk0_output", (3,)),
    (lambda x: sym.topk(x, axis=1, k=3, ret_typ="value"), "topk0_output0", (2, 3)),
    (lambda x: sym.sum(x, axis=None), "sum0_output", (1,)),
    (lambda x: sym.softmax(x, temperature=None), "softmax0_output", (2, 5)),
    (lambda x: sym.Dropout(x, axes=None, p=0.0), "dropout0_output", (2, 5)),
])
def test_none_is_a_value_or_stands_for_the_default(make, output, shape):
    """It is written to files, and what comes back from them computes the same."""
    made = make(sym.var("x"))
    (name,) = made.list_outputs()
    assert name == output and made.infer_shape(x=(2, 5))[1] == [shape]
    assert "None" in made.list_attr().values() or name == "topk0_output0"
    x = mx.nd.array(np.random.RandomState(0).rand(2, 5))
    (found,), (back,) = made.eval(x=x), sym.load_json(made.tojson()).eval(x=x)
    assert found.shape == shape
    np.testing.assert_array_equal(found.asnumpy(), back.asnumpy())


@pytest.mark.parametrize(("kind", "dtypes"), [
    ("value", [np.float16]), ("mask", [np.float16]), ("indices", [np.int32]), ("both", [np.float16, np.int32])])
def test_the_dtype_of_topk_is_that_of_its_indices(kind, dtypes):
    made = sym.topk(sym.var("x"), ret_typ=kind, dtype="int32")
    assert made.infer_type(x="float16")[1] == dtypes
    assert [o.dtype for o in made.eval(x=mx.nd.ones((1, 3), dtype="float16"))] == dtypes


def test_rand_zipfian():
    samples, of_true, of_samples = sym.contrib.rand_zipfian(sym.var("classes"), 500, 5)
    assert samples.list_arguments() == of_samples.list_arguments() == [] and of_true.list_arguments() == ["classes"]
    expected = of_true.eval(classes=nd.array([3, 0]))[0]
    assert expected.dtype == np.float64 and np.allclose(expected.asnumpy(), [62.269394, 193.426404], rtol=1e-6)
    drawn, counts = (o.asnumpy() for o in sym.Group([samples, of_samples]).eval())
    assert drawn.dtype == np.int64 and set(drawn) == set(range(5))
    assert np.allclose(counts, np.log((drawn + 2) / (drawn + 1)) / np.log(6) * 500)
    assert abs((drawn == 0).sum() - 193) < 50
