"""NDArray: printing, dtypes, values out, copies. Expected texts and numbers are mxnet 1.9.1's."""

import base64
import copy
import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd


@pytest.mark.parametrize("x, text", [
    (lambda: nd.array(3.0), "\n3.0\n<NDArray  @cpu(0)>"),
    (lambda: nd.array([3.0]), "\n[3.]\n<NDArray 1 @cpu(0)>"),
    (lambda: nd.array([[1, 2], [3, 4]]), "\n[[1. 2.]\n [3. 4.]]\n<NDArray 2x2 @cpu(0)>"),
    (lambda: nd.array([[1.5, 2], [3, 4]], dtype="float16"), "\n[[1.5 2. ]\n [3.  4. ]]\n<NDArray 2x2 @cpu(0)>"),
    (lambda: nd.array([1, 2], dtype="int32"), "\n[1 2]\n<NDArray 2 @cpu(0)>"),
    (lambda: nd.array([]), "\n[]\n<NDArray 0 @cpu(0)>"),
    (lambda: nd.ones((2,), ctx=mx.cpu(1)), "\n[1. 1.]\n<NDArray 2 @cpu(1)>"),
    (lambda: nd.arange(2000), "\n[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]\n"
                              "<NDArray 2000 @cpu(0)>"),
    (lambda: nd.array([1e-10, 1e10, float("nan"), float("inf")]),
     "\n[1.e-10 1.e+10    nan    inf]\n<NDArray 4 @cpu(0)>"),
    (lambda: nd.ones((2, 3))[5:7], "\n[]\n<NDArray 0x3 @cpu(0)>"),
    (lambda: nd.array(None), "\nnan\n<NDArray  @cpu(0)>"),
])
def test_repr(x, text):
    assert repr(x()) == str(x()) == text


def test_views_print_as_ndarrays():
    assert repr(nd.array([[1, 2], [3, 4]])[0]) == "\n[1. 2.]\n<NDArray 2 @cpu(0)>"


def test_what_an_array_tells_of_itself():
    x = nd.array([1.5])
    assert (x.shape, x.dtype, x.stype, x.context, x.ctx, x.size, x.ndim) == (
        (1,), np.float32, "default", mx.cpu(0), mx.cpu(0), 1, 1)
    assert x.writable and x.handle == id(x) and isinstance(hash(x), int)
    assert x.T.shape == (1,) and nd.ones((2, 3)).T.shape == (3, 2)


@pytest.mark.parametrize("source, dtype", [
    ([1, 2], np.float32),
    (np.array([1, 2]), np.float32),
    (np.array([1.0]), np.float32),
    ([True], np.float32),
    (np.array([1], np.int8), np.float32),
])
def test_array_is_float32_by_default(source, dtype):
    assert nd.array(source).dtype == dtype


def test_array_keeps_the_dtype_and_context_of_an_ndarray():
    x = nd.ones((1,), ctx=mx.cpu(1), dtype="int8")
    assert nd.array(x).dtype == np.int8 and nd.array(x).ctx == mx.cpu(1)
    assert nd.array(x, ctx=mx.cpu(0), dtype="float64").dtype == np.float64


@pytest.mark.parametrize("source, dtype", [("a", None), ([[1, 2], [3]], None), ([1], "foo"), (object(), None)])
def test_array_refuses_what_is_no_array(source, dtype):
    with pytest.raises(TypeError, match="source_array must be array like object"):
        nd.array(source, dtype=dtype)


def test_values_out():
    assert nd.array([1.5]).asscalar() == np.float32(1.5) and isinstance(nd.array([1.5]).asscalar(), np.float32)
    assert float(nd.array([1.5])) == 1.5 and int(nd.array([[2.0]])) == 2
    assert bool(nd.ones((1,))) and not bool(nd.zeros((1, 1))) and not bool(nd.array([]))
    x = nd.ones((2, 3))
    x.asnumpy()[:] = 5
    assert x.asnumpy().sum() == 6
    np.testing.assert_array_equal(np.asarray(x), np.ones((2, 3), np.float32))
    assert [r.shape for r in x] == [(3,), (3,)] and len(x) == 2
    assert [v.shape for v in nd.array([1, 2])] == [(1,), (1,)]
    x.wait_to_read()


def test_values_out_of_several_elements():
    with pytest.raises(ValueError, match="The current array is not a scalar"):
        nd.ones((2,)).asscalar()
    with pytest.raises(ValueError, match="The truth value of an NDArray with multiple elements is ambiguous"):
        bool(nd.ones((2,)))
    with pytest.raises(TypeError, match=r"only size-1 arrays can be converted to Python scalars.*\(2,\)"):
        float(nd.ones((2,)))
    with pytest.raises(IndexError):
        len(nd.array(3.0))


def test_astype():
    assert nd.array([1.7, -1.7]).astype("int32").asnumpy().tolist() == [1, -1]
    x = nd.ones((2,))
    assert x.astype("float32") is not x and x.astype("float32", copy=False) is x
    assert x.astype(np.float16).dtype == np.float16 and x.astype(bool).dtype == np.bool_
    with pytest.raises(TypeError, match="foo"):
        x.astype("foo")


def test_astype_passes_gradients():
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = (x.astype("float64") * 3).astype("float16")
    y.backward()
    assert x.grad.dtype == np.float32 and x.grad.asnumpy().tolist() == [3, 3]


def test_copyto():
    x, y = nd.ones((2,)), nd.zeros((2,))
    assert x.copyto(y) is y and y.asnumpy().tolist() == [1, 1]
    assert x.copyto(mx.cpu(1)).ctx == mx.cpu(1)
    z = nd.zeros((2,), ctx=mx.cpu(1), dtype="int32")
    x.copyto(z)
    assert z.ctx == mx.cpu(1) and z.dtype == np.int32 and z.asnumpy().tolist() == [1, 1]
    with pytest.warns(RuntimeWarning, match="copy an array to itself"):
        assert x.copyto(x) is False
    with pytest.raises(mx.MXNetError, match=r"expected \[2\], got \[3\]"):
        x.copyto(nd.zeros((3,)))
    with pytest.raises(TypeError, match="copyto does not support type <class 'int'>"):
        x.copyto(3)


def test_copies_are_independent():
    x = nd.ones((2,))
    y = x.copy()
    y += 1
    z = nd.array(x)
    z[:] = 7
    assert x.asnumpy().tolist() == [1, 1]


def test_as_in_context_and_its_gradient():
    x = nd.array([1.0, 2.0])
    assert x.as_in_context(mx.cpu(0)) is x and x.as_in_ctx(mx.cpu(1)).ctx == mx.cpu(1)
    x.attach_grad()
    with autograd.record():
        y = x.as_in_context(mx.cpu(1)) ** 2
    assert y.ctx == mx.cpu(1)
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 4] and x.grad.ctx == mx.cpu(0)
    with autograd.record():
        (g,) = autograd.grad(x.as_in_context(mx.cpu(1)) ** 2, x, create_graph=True)
    g.backward()
    assert x.grad.asnumpy().tolist() == [2, 2]


def test_pickle_and_deepcopy():
    x = nd.array([[1, 2], [3, 4]], dtype="int32", ctx=mx.cpu(1))
    x.attach_grad()
    for y in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        assert type(y) is nd.NDArray and y.dtype == np.int32 and y.ctx == mx.cpu(1) and y.grad is None
        assert y.asnumpy().tolist() == [[1, 2], [3, 4]]
    for y in (pickle.loads(pickle.dumps(x[1])), copy.deepcopy(x[1])):
        assert type(y) is nd.NDArray and y.asnumpy().tolist() == [3, 4]
        y[:] = 0
    assert x.asnumpy().tolist() == [[1, 2], [3, 4]]


def test_storage_types_are_labels():
    x = nd.ones((2, 3)).tostype("csr")
    assert x.stype == "csr" and x.tostype("default").stype == "default" and x.asnumpy().sum() == 6
    with pytest.raises(ValueError, match=r"To convert to a CSR, the NDArray should be 2 Dimensional. Current shape is"):
        nd.ones((3,)).tostype("csr")
    with pytest.raises(ValueError, match="stype must be one of"):
        nd.ones((3,)).tostype("foo")


@pytest.mark.numpy_engine
def test_dlpack():
    x = nd.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(np.from_dlpack(x), x.asnumpy())
    assert nd.from_dlpack(nd.to_dlpack_for_read(x)).asnumpy().tolist() == [[1, 2], [3, 4]]
    y = nd.from_dlpack(np.arange(3.0))
    assert y.dtype == np.float64 and y.asnumpy().tolist() == [0, 1, 2]

    class Holder:  # a consumer gets the array's own buffer
        def __dlpack__(self, **_):
            return nd.to_dlpack_for_write(x)

        def __dlpack_device__(self):
            return (1, 0)

    np.from_dlpack(Holder())
    assert x.asnumpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.numpy_engine
def test_from_numpy_shares_memory_and_takes_over():
    source = np.arange(3.0, dtype=np.float64)
    x = nd.from_numpy(source)
    assert x.dtype == np.float64 and np.shares_memory(x._value, source) and not source.flags.writeable
    x[0] = 9
    assert source[0] == 0 and x.asnumpy()[0] == 9
    assert nd.from_numpy(np.ones(2), zero_copy=False).shape == (2,)
    with pytest.raises(ValueError, match="Only c-contiguous arrays"):
        nd.from_numpy(np.ones((2, 3)).T)
    with pytest.raises(TypeError, match="from_numpy takes a numpy.ndarray, got list"):
        nd.from_numpy([1])


def test_attach_grad():
    x = nd.array([1.0, 2.0])
    assert x.grad is None
    x.attach_grad()
    x.grad[:] = 7
    x.attach_grad()
    assert x.grad.asnumpy().tolist() == [0, 0] and type(x.grad) is nd.NDArray
    assert x.copy().grad is None and x[0:1].grad is None and x.detach().grad is None
    i = nd.ones((2,), dtype="int32")
    i.attach_grad()
    assert i.grad.dtype == np.int32
    with pytest.raises(KeyError, match="foo"):
        x.attach_grad("foo")


def test_fresh_grad():
    x = nd.array([1.0])
    assert not x._fresh_grad
    x._fresh_grad = True
    x.attach_grad()
    with autograd.record():
        y = x * 2
    y.backward()
    assert x._fresh_grad
    x._fresh_grad = False
    assert not x._fresh_grad


def test_missing_attribute():
    with pytest.raises(AttributeError, match="'NDArray' object has no attribute 'foo'"):
        nd.ones((2,)).foo  # noqa: B018


def test_parts_by_name():
    x = nd.zeros((3, 4))
    assert x.slice_assign(nd.ones((2, 2)), (0, 1), (2, 3), (1, 1)) is x
    assert x.asnumpy().tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert x.slice_assign_scalar(5, (0, None), (3, None), (2, None))[2].asnumpy().tolist() == [5] * 4
    assert x._at(1).shape == (4,) and x._slice(1, 3).shape == (2, 4)
    x._sync_copyfrom(np.arange(12))
    assert x[2, 3].asscalar() == 11


def test_arrays_of_several_cpus_meet_on_the_first():
    a, b = nd.ones((2,), ctx=mx.cpu(0)), nd.ones((2,), ctx=mx.cpu(1)) * 3
    for x, y, ctx in ((a, b, mx.cpu(0)), (b, a, mx.cpu(1))):
        for z, value in ((x + y, 4), (nd.concat(x, y, dim=0), [*x.asnumpy(), *y.asnumpy()]), (nd.dot(x, y), 6),
                         (nd.add_n(x, y, y), x.asnumpy() + 2 * y.asnumpy()), (sum([x, y]), 4)):
            assert z.context == ctx
            np.testing.assert_array_equal(z.asnumpy(), value + 0 * z.asnumpy())
    for t in (a, b):
        t.attach_grad()
    with mx.autograd.record():
        z = (a * b).sum()
    z.backward()
    assert (a.grad.context, b.grad.context) == (mx.cpu(0), mx.cpu(1))
    assert (a.grad.asnumpy().tolist(), b.grad.asnumpy().tolist()) == ([3, 3], [1, 1])
    with pytest.raises(mx.MXNetError, match=r"its arrays are on cpu\(0\) and gpu\(0\)"):
        a + mx._src.core.tensor.wrap(nd.NDArray, a._value, mx.gpu(0))


@pytest.mark.parametrize("pickled, cls, values", [
    ("gASVfwAAAAAAAACMFW14bmV0Lm5kYXJyYXkubmRhcnJheZSMB05EQXJyYXmUk5ROhZRSlH2UjAZoYW5kbGWUjAhidWlsdGluc5SMCWJ5dGVhcnJh"
     "eZSTlEMoyfqT+QAAAAABAAAAAgAAAAAAAAABAAAAAAAAAAAAAAAAAIA/AAAAQJSFlFKUc2Iu", nd.NDArray, [1, 2]),
    ("gASVyQAAAAAAAACMFG14bmV0Lm5kYXJyYXkuc3BhcnNllIwKQ1NSTkRBcnJheZSTlE6FlFKUfZSMBmhhbmRsZZSMCGJ1aWx0aW5zlIwJYnl0ZWFy"
     "cmF5lJOUQ3DJ+pP5AgAAAAEAAAABAAAAAAAAAAIAAAABAAAAAAAAAAIAAAAAAAAAAQAAAAAAAAAAAAAABgAAAAEAAAACAAAAAAAAAAYAAAABAAAA"
     "AQAAAAAAAAAAAIA/AAAAAAAAAAABAAAAAAAAAAEAAAAAAAAAlIWUUpRzYi4=", nd.sparse.CSRNDArray, [[0, 1]]),
])
def test_pickles_of_mxnet(pickled, cls, values):
    from luojia import compat

    compat.install(["mxnet"], replace=True)
    try:
        x = pickle.loads(base64.b64decode(pickled))
    finally:
        compat.uninstall()
    assert type(x) is cls and x.asnumpy().tolist() == values and x.context == mx.cpu(0)
