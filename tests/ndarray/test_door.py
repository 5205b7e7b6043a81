"""How operators become ``nd`` functions and NDArray methods."""

import inspect

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.ndarray.fluent import FLUENT


def test_out_and_name():
    x, out = nd.array([4.0, 9.0]), nd.zeros((2,))
    assert nd.sqrt(x, out=out, name="root") is out and out.asnumpy().tolist() == [2, 3]
    with pytest.raises(mx.MXNetError, match=r"at 0-th output: expected \[2\], got \[3\]"):
        nd.sqrt(x, out=nd.zeros((3,)))
    with pytest.raises(mx.MXNetError, match="at 0-th output: expected float32, got float64"):
        nd.sqrt(x, out=nd.zeros((2,), dtype="float64"))
    parts = [nd.zeros((1,)), nd.zeros((1,))]
    assert nd.split(x, num_outputs=2, axis=0, out=parts) is parts
    assert [p.asscalar() for p in parts] == [4, 9]


def test_out_is_written_through_views():
    x = nd.zeros((2, 2))
    nd.sqrt(nd.array([4.0, 9.0]), out=x[1])
    assert x.asnumpy().tolist() == [[0, 0], [2, 3]]


def test_out_joins_the_tape():
    x, out = nd.array([4.0]), nd.zeros((1,))
    x.attach_grad()
    with autograd.record():
        nd.sqrt(x, out=out)
    out.backward()
    assert x.grad.asscalar() == 0.25


def test_numpy_arrays_among_the_inputs():
    x = nd.array([[1.0, 2.0]])
    out = nd.dot(x, np.array([[1.0], [1.0]]))
    assert out.dtype == np.float32 and out.asnumpy().tolist() == [[3]]
    assert type(nd.exp(np.zeros(2, np.float32))) is nd.NDArray


X = [[1.0, 2.0], [3.0, 4.0]]
REFUSED = [  # a call, the exception types that MXNet's programs catch, and what is said
    (lambda x: nd.relu(1), AssertionError, "Argument data must have NDArray type, but got 1"),
    (lambda x: nd.Activation(X, act_type="relu"), AssertionError, "Argument data must have NDArray type"),
    (lambda x: nd.concat(x, "a", dim=0), AssertionError, "Positional arguments must have NDArray type, but got a"),
    (lambda x: nd.relu(), mx.MXNetError, "num_inputs == infered_num_inputs: it misses the array 'data'"),
    (lambda x: nd.dot(x), mx.MXNetError, "it misses the array 'rhs'"),
    (lambda x: nd.sum(x, bogus=1), mx.MXNetError, "Cannot find argument 'bogus', Possible Arguments"),
    (lambda x: nd.sum(x, bogus=1), TypeError, "keepdims : optional, default=False"),
    (lambda x: nd.Activation(x), mx.MXNetError, r"Activation\(\) misses the required argument 'act_type'"),
    (lambda x: nd.Activation(x, act_type="bogus"), mx.MXNetError, "Invalid Input: 'bogus', valid values are"),
    (lambda x: nd.sum(x, keepdims=2), mx.MXNetError, "Invalid Parameter format for keepdims expect boolean"),
    (lambda x: nd.argmax(x, axis=True), mx.MXNetError, "Invalid Parameter format for axis expect int or None"),
    (lambda x: nd.Embedding(x, x, input_dim=-1, output_dim=2), mx.MXNetError, "input_dim should be greater equal to 1"),
    (lambda x: nd.dot(x, x.astype("float64")), mx.MXNetError, "requires uniform type. Expected 'float32' v.s. given"),
    (lambda x: nd.FullyConnected(x, x, x[0].astype("int32"), num_hidden=2), mx.MXNetError, "at input 2"),
    (lambda x: nd.contrib.arange_like(x, axis=5), IndexError, "out of range"),
    (lambda x: nd.LRN(x.reshape((1, 2, 2, 1)), nsize=0), ZeroDivisionError, "division by zero"),
    (lambda x: nd.sgd_update(x, x), mx.MXNetError, "misses the required argument 'lr'"),
    (lambda x: nd.sgd_update(x, 1, lr=0.1), AssertionError, "Argument grad must have NDArray type, but got 1"),
    (lambda x: nd.sgd_update(x, x, lr="a"), mx.MXNetError, "Invalid Parameter format for lr expect float"),
    (lambda x: nd.sgd_update(x, x, 0.1, 0, 1, -1, 7), mx.MXNetError, "got 7 arguments"),
    (lambda x: nd.sgd_update(x, x[0], lr=0.1), mx.MXNetError, "grad has shape"),
    (lambda x: nd.adam_update(x, x, x, x.astype("float64"), lr=0.1), mx.MXNetError, "var is float64, expected float32"),
    (lambda x: nd.FullyConnected(x, x, num_hidden=2), mx.MXNetError, "'bias' goes with no_bias=False"),
    (lambda x: nd.FullyConnected(x, x, x[0], num_hidden=2, no_bias=True), TypeError, "num_inputs == infered"),
    (lambda x: nd.SequenceMask(x, use_sequence_length=True), mx.MXNetError, "'sequence_length' goes with"),
    (lambda x: nd.SequenceLast(x, x[0]), mx.MXNetError, "use_sequence_length=True, and is left out otherwise"),
    (lambda x: nd.Pooling(x[None, None], kernel=(2, 2), stride=(1,)), mx.MXNetError, "stride must have the same"),
    (lambda x: nd.im2col(x[None, None], kernel=(2, 2), pad=1), ValueError, "pad must have the same number of dim"),
    (lambda x: mx.sym.Pooling(mx.sym.var("a"), kernel=(2, 2), pad=(1,)), mx.MXNetError, "pad must have the same"),
    (lambda x: nd.ones(2, bogus=1), mx.MXNetError, "Cannot find argument 'bogus'"),
    (lambda x: nd.eye(2, bogus=1), TypeError, "in operator eye"),
    (lambda x: nd.zeros(True), mx.MXNetError, "Invalid Parameter format for shape"),
    (lambda x: nd.lamb_update_phase2(x, 1, x, x, lr=0.1), AssertionError, "Argument g must have NDArray type"),
    (lambda x: nd.multi_sgd_update(x, 1, lrs=(0.1,), wds=(0,)), AssertionError, "Positional arguments must have"),
]


@pytest.mark.parametrize("call, error, text", REFUSED, ids=[text[:40] for _, _, text in REFUSED])
def test_what_is_refused(call, error, text):
    x = nd.array(X)
    with pytest.raises(error, match=text):
        call(x)
    assert issubclass(error, mx.MXNetError) or isinstance(pytest.raises(mx.MXNetError, call, x).value, error)


def test_attributes_as_text():
    x = nd.array(X)
    assert nd.sum(x, axis="1", keepdims="True").asnumpy().tolist() == [[3], [7]]
    assert nd.concat(x, x, dim="0").shape == (4, 2)
    assert nd.FullyConnected(x, x, num_hidden="2", no_bias=1).shape == (2, 2)
    assert nd.swapaxes(x, dim1="0", dim2="1").asnumpy().tolist() == [[1, 3], [2, 4]]
    assert nd.clip(x, "2", a_max=np.float32(3)).asnumpy().tolist() == [[2, 2], [3, 3]]
    np.testing.assert_allclose(nd.sgd_update(x, x, lr="0.5").asnumpy(), x.asnumpy() / 2)


def test_squeeze_leaves_an_axis():
    one = nd.ones((1, 1))
    assert nd.squeeze(one).shape == nd.squeeze(one, axis=(0, 1)).shape == nd.squeeze(nd.ones(1), axis=0).shape == (1,)
    assert nd.squeeze(one, axis=()).shape == (1, 1) and nd.squeeze(nd.ones((1, 3, 1))).shape == (3,)
    assert mx.sym.squeeze(mx.sym.var("a")).infer_shape(a=(1, 1))[1] == [(1,)]


def test_several_outputs_are_a_list():
    parts = nd.split(nd.ones((2, 4)), num_outputs=2, axis=1)
    assert isinstance(parts, list) and [p.shape for p in parts] == [(2, 2), (2, 2)]


def test_lists_of_arrays():
    x = nd.ones((2,))
    assert nd.add_n(x, x, x).asnumpy().tolist() == nd.ElementWiseSum(x, x, x).asnumpy().tolist() == [3, 3]
    assert nd.stack(x, x).shape == (2, 2) and nd.concat(x, x, dim=0).shape == (4,)


def test_full_reductions_have_shape_1():
    x = nd.array([[1, 2], [3, 4]])
    for out, value in ((x.sum(), 10), (x.mean(), 2.5), (x.max(), 4), (x.min(), 1), (x.prod(), 24),
                       (nd.norm(x), 30**0.5)):
        assert out.shape == (1,)
        np.testing.assert_allclose(out.asnumpy(), [value], rtol=1e-6)
    assert x.sum(axis=0).asnumpy().tolist() == [4, 6] and x.sum(axis=0, exclude=True).asnumpy().tolist() == [3, 7]
    ints = nd.array([1, 2, -7], dtype="int32")
    assert (ints.sum().dtype, ints.sum().asscalar(), ints.mean().asscalar()) == (np.int32, -4, -1)


def test_index_results_are_float32():
    x = nd.array([[3, 1, 2]])
    for out in (x.argmax(axis=1), x.argmin(axis=1), x.argsort(), x.topk(k=2)):
        assert out.dtype == np.float32


def test_signatures_and_docs():
    f = nd.FullyConnected
    assert list(inspect.signature(f).parameters)[:4] == ["data", "weight", "bias", "num_hidden"]
    assert f.__name__ == "FullyConnected" and f.__module__ == "luojia.ndarray" and f.__doc__
    assert nd.relu is nd.relu and "relu" in dir(nd) and "uniform" in dir(nd)


def test_missing_names():
    for module in (nd, nd.op, nd.linalg, nd.contrib, nd.image, nd.sparse):
        with pytest.raises(AttributeError, match="has no attribute 'nope'"):
            module.nope  # noqa: B018
        with pytest.raises(AttributeError):
            module.__nope__  # noqa: B018


def test_submodules():
    x = nd.ones((2, 2))
    assert nd.op.relu is nd.relu and nd._internal is nd.op
    assert nd.linalg.gemm2(x, x).asnumpy().tolist() == [[2, 2], [2, 2]]
    assert "gemm2" in dir(nd.linalg) and "relu" in dir(nd.op)


def test_random_operators_get_a_key_and_training_its_flag():
    x = nd.ones((200,))
    assert (nd.Dropout(x, p=0.5).asnumpy() == 1).all()
    with autograd.train_mode():
        out = nd.Dropout(x, p=0.5).asnumpy()
    assert sorted(set(out.tolist())) == [0, 2] and 60 < (out == 0).sum() < 140


def test_batch_norm_renews_its_statistics_when_a_backward_passes():
    x = nd.array([[1.0, 2.0], [3.0, 6.0]])
    gamma, beta, mean, var = nd.ones((2,)), nd.zeros((2,)), nd.zeros((2,)), nd.ones((2,))
    gamma.attach_grad()
    run = lambda: nd.BatchNorm(x, gamma, beta, mean, var, momentum=0.5, fix_gamma=False, eps=1e-5)  # noqa: E731
    np.testing.assert_allclose(run().asnumpy(), x.asnumpy(), rtol=1e-4)
    with autograd.record():
        y = run()
    assert mean.asnumpy().tolist() == [0, 0]
    np.testing.assert_allclose(y.asnumpy(), [[-1, -1], [1, 1]], rtol=1e-4)
    y.backward()
    np.testing.assert_allclose(mean.asnumpy(), [1, 2])
    np.testing.assert_allclose(var.asnumpy(), [1, 2.5])


@pytest.mark.parametrize("name", FLUENT)
def test_every_fluent_method_has_its_function(name):
    assert callable(getattr(nd, name)) and getattr(nd.NDArray, name).__name__ == name


@pytest.mark.parametrize("call, shape", [
    (lambda x: x.flatten(), (2, 12)), (lambda x: x.expand_dims(1), (2, 1, 3, 4)),
    (lambda x: x.expand_dims(-1), (2, 3, 4, 1)),
    (lambda x: x[0:1].squeeze(), (3, 4)), (lambda x: x[0:1].squeeze(axis=0), (3, 4)),
    (lambda x: x.transpose(), (4, 3, 2)),
    (lambda x: x.transpose((0, 2, 1)), (2, 4, 3)), (lambda x: x.transpose(0, 2, 1), (2, 4, 3)),
    (lambda x: x.transpose(axes=(1, 0, -1)), (3, 2, 4)), (lambda x: x.transpose(None), (4, 3, 2)),
    (lambda x: x[:, :1].broadcast_to((2, 3, 4)), (2, 3, 4)), (lambda x: x[0].broadcast_to((5, 3, 4)), (5, 3, 4)),
    (lambda x: x[:, :1].broadcast_to((0, 3, 0)), (2, 3, 4)), (lambda x: x[0, 0].broadcast_to(4), (4,)),
    (lambda x: nd.ones((1, 1)).squeeze(), (1,)), (lambda x: nd.ones((1, 2, 1)).squeeze((0, 2)), (2,)),
    (lambda x: x.slice((0, 1), (1, 2)), (1, 1, 4)), (lambda x: x.slice_axis(axis=1, begin=0, end=2), (2, 2, 4)),
    (lambda x: x.tile((1, 2, 1)), (2, 6, 4)), (lambda x: x.swapaxes(0, 2), (4, 3, 2)),
])
def test_shapes_of_methods(call, shape):
    assert call(nd.ones((2, 3, 4))).shape == shape


@pytest.mark.parametrize("call, message", [
    (lambda x: x.expand_dims(5), r"axis must be in the range \[-3, 2\] \(5 provided\)"),
    (lambda x: x.squeeze(0), "cannot select an axis to squeeze out which has size=2 not equal to one"),
    (lambda x: x.squeeze(7), "axis 7 exceeds the input dimension of 2"),
    (lambda x: x.transpose((0, 0)), r"axes \(0, 0\) must name each of the 2 axes"),
    (lambda x: x.broadcast_to((4, 3)), r"remapped shapes\[original->remapped\]: \(2, 3\) and requested shape \(4, 3\)"),
    (lambda x: x.broadcast_to((3,)), "which has fewer axes"),
])
def test_errors_of_methods(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call(nd.ones((2, 3)))


def test_transpose_takes_axes_only():
    with pytest.raises(TypeError, match="unexpected keyword argument 'foo'"):
        nd.ones((2, 3)).transpose(foo=1)


def test_methods_pass_gradients():
    x = nd.arange(6).reshape((2, 3)).copy()
    x.attach_grad()
    with autograd.record():
        y = x.flatten().expand_dims(0).squeeze(0) * 2 + x.transpose().reshape((2, 3)).broadcast_to((2, 3))
        z = (y * x.exp().log()).sum()
    z.backward()
    t = np.arange(6.0).reshape(2, 3)
    permute = np.arange(6).reshape(2, 3).T.reshape(6)
    expected = 4 * t.ravel() + t.ravel()[permute]
    expected[permute] += t.ravel()
    np.testing.assert_allclose(x.grad.asnumpy().ravel(), expected, rtol=1e-5)


def test_internal_names():
    x = nd.array([1.0, 4.0])
    for name, expected in {"_plus_scalar": [3, 6], "_rminus_scalar": [1, -2], "_rdiv_scalar": [2, 0.5],
                           "_power_scalar": [1, 16], "_greater_scalar": [0, 1], "_maximum_scalar": [2, 4]}.items():
        assert getattr(nd._internal, name)(x, scalar=2.0).asnumpy().tolist() == expected, name
    assert nd._internal._minus(x, x).asnumpy().tolist() == [0, 0]
    assert nd._internal._mul_scalar(x, 2.0, out=x) is x and x.asnumpy().tolist() == [2, 8]
    assert nd.op.sgd_update is nd.sgd_update and nd._internal._linalg_gemm2 is not None
    assert nd.op.uniform(shape=(2,)).shape == (2,)
    w, b = nd.ones((1, 2, 2, 2)), nd.zeros((1,))
    image = nd.ones((1, 2, 3, 3))
    assert nd.Convolution_v1(image, w, b, kernel=(2, 2), num_filter=1).asnumpy().max() == 8
    assert nd.Pooling_v1(image, kernel=(2, 2)).shape == (1, 2, 2, 2)
    assert nd._internal._GreaterEqualScalar(x, 8).asnumpy().tolist() == [0, 1]
    assert nd._internal._Not_Equal(x, x).asnumpy().tolist() == [0, 0]
    assert sym_internal().list_arguments() == ["x"]


def sym_internal():
    x = mx.sym.var("x")
    with pytest.raises(TypeError, match=r"_plus_scalar\(\) takes one symbol and a number"):
        mx.sym._internal._plus_scalar(x, x)
    three = mx.sym._internal._rminus_scalar(mx.sym._internal._minus(x, x), scalar=3)
    assert '"op": "_rminus_scalar"' in three.tojson() and three.eval(x=nd.ones((1,)))[0].asscalar() == 3
    return mx.sym._internal._plus_scalar(x, scalar=2) + mx.sym.sparse.relu(x) + mx.sym.uniform(shape=(2,))
