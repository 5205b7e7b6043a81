"""Reading and writing parts of NDArrays, and which parts share memory. Expected results are mxnet 1.9.1's."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia._src.ops.codes import target_shape


@pytest.fixture
def x():
    return nd.arange(24).reshape((2, 3, 4))


@pytest.mark.parametrize("key, shape", [
    (1, (3, 4)), ((0, 1), (4,)), ((0, 1, 2), (1,)), ((slice(None), 1), (2, 4)), ((Ellipsis, 1), (2, 3)),
    (None, (1, 2, 3, 4)), ((slice(None), None, 1), (2, 1, 4)), ((slice(0, 1), slice(1, 2)), (1, 1, 4)),
    (slice(None, None, -1), (2, 3, 4)), (slice(None, None, 2), (1, 3, 4)), ([0, 1], (2, 3, 4)),
    (np.array([0, 1]), (2, 3, 4)), (([0, 1], [1, 2]), (2, 4)), ((slice(None), [0, 2]), (2, 2, 4)),
    (-1, (3, 4)), ((-1, -1, -1), (1,)), ((), (2, 3, 4)), (Ellipsis, (2, 3, 4)), ([[0, 1], [1, 0]], (2, 2, 3, 4)),
    (np.int64(1), (3, 4)), (True, (3, 4)), ((slice(0, 1), 0, None), (1, 1, 4)),
    ((0, [0, 1], slice(None), None), (2, 4, 1)),
    (slice(5, 7), (0, 3, 4)), ((0, 1, slice(2, 4)), (2,)),
])
def test_shapes_of_parts(x, key, shape):
    assert x[key].shape == shape
    if shape != (1,):
        np.testing.assert_array_equal(x[key].asnumpy(), x.asnumpy()[key if key is not True else 1])


def test_ndarrays_as_keys(x):
    values = x.asnumpy()
    np.testing.assert_array_equal(x[nd.array([1, 0])].asnumpy(), values[[1, 0]])
    np.testing.assert_array_equal(x[:, nd.array([0, 2]), 1:3].asnumpy(), values[:, [0, 2], 1:3])
    np.testing.assert_array_equal(x[nd.array([0, 1], dtype="int32"), 1].asnumpy(), values[[0, 1], 1])
    assert nd.array([1, 2, 3])[nd.array([1])].asnumpy().tolist() == [2]


def test_masks(x):
    mask = x.asnumpy() > 20
    assert x[mask].asnumpy().tolist() == [21, 22, 23]
    assert x[nd.array([True, False], dtype="bool")].shape == (1, 3, 4)


def test_one_element_has_shape_1(x):
    assert nd.array([1, 2, 3])[1].asnumpy().tolist() == [2] and nd.array([1, 2, 3])[-1].asnumpy().tolist() == [3]
    assert x[0][1][2].asnumpy().tolist() == [6]
    assert nd.array(3.0)[()].shape == ()


@pytest.mark.parametrize("key, message", [
    (2, "index 2 is out of bounds for axis 0 with size 2"),
    (-3, "index -3 is out of bounds for axis 0 with size 2"),
    ((0, -4), "index -4 is out of bounds for axis 1 with size 3"),
    ((0, Ellipsis, 4), "index 4 is out of bounds for axis 2 with size 4"),
    ((slice(None), slice(None), slice(None), 0), r"too many indices \(4\) for array with 3 dimensions"),
    ((1, [5]), "index 5 is out of bounds for axis 1 with size 3"),
    ([-3], "index -3 is out of bounds for axis 0 with size 2"),
])
def test_out_of_bounds(x, key, message):
    with pytest.raises(IndexError, match=message):
        x[key]
    before = x.asnumpy()
    with pytest.raises(IndexError, match=message):
        x[key] = 1
    np.testing.assert_array_equal(x.asnumpy(), before)


@pytest.mark.parametrize("key", ["a", 1.5, {}])
def test_keys_of_other_types(x, key):
    with pytest.raises(ValueError, match="NDArray does not support slicing with key .* of type <class"):
        x[key]


def test_keys_of_fractions(x):
    with pytest.raises(ValueError, match="the indices must be whole numbers"):
        x[nd.array([0.5])]


@pytest.mark.parametrize("view, expected", [
    (lambda x: x[1], [[0, 1, 2], [9, 9, 9]]),
    (lambda x: x[1, 0:2], [[0, 1, 2], [9, 9, 5]]),
    (lambda x: x[1][1], [[0, 1, 2], [3, 9, 5]]),
    (lambda x: x[0:1], [[9, 9, 9], [3, 4, 5]]),
    (lambda x: x[1, 2], [[0, 1, 2], [3, 4, 9]]),
    (lambda x: x.reshape((6,))[1:3], [[0, 9, 9], [3, 4, 5]]),
    (lambda x: x.reshape((3, 2)), [[9, 9, 9], [9, 9, 9]]),
    (lambda x: x.expand_dims(0, inplace=True), [[9, 9, 9], [9, 9, 9]]),
    (lambda x: x.flatten(inplace=True), [[9, 9, 9], [9, 9, 9]]),
    (lambda x: x[:, 0], None), (lambda x: x.T, None), (lambda x: x[::2], None), (lambda x: x[[0, 1]], None),
    (lambda x: x.flatten(), None), (lambda x: x.expand_dims(0), None), (lambda x: x.squeeze(), None),
    (lambda x: x.copy(), None),
])
def test_what_shares_memory(view, expected):
    x = nd.arange(6).reshape((2, 3)).copy()
    y = view(x)
    y[:] = 9
    assert (y.asnumpy() == 9).all()
    if expected is None:
        assert x.asnumpy().tolist() == ([[9, 9, 9], [3, 4, 5]] if y.shape == (1, 3) else [[0, 1, 2], [3, 4, 5]])
    else:
        assert x.asnumpy().tolist() == expected


def test_a_view_reads_what_is_written_to_its_array():
    x = nd.zeros((2, 3))
    row, flat, cell = x[1], x.reshape((6,)), x[1][2]
    x[1, 2] = 5
    x += 1
    assert row.asnumpy().tolist() == [1, 1, 6] and cell.asscalar() == 6
    assert flat.asnumpy().tolist() == [1, 1, 1, 1, 1, 6]
    flat[0] = 7
    row *= 2
    cell -= 2
    assert x.asnumpy().tolist() == [[7, 1, 1], [2, 2, 10]]
    assert (row + 1).asnumpy().tolist() == [3, 3, 11] and type(row + 1) is nd.NDArray


def test_copies_of_an_array_do_not_see_writes_through_views():
    x = nd.zeros((2, 3))
    y = x.copy()
    x[0][:] = 1
    assert y.asnumpy().sum() == 0 and x.asnumpy().sum() == 3


@pytest.mark.parametrize("key, value, expected", [
    (slice(None), [1, 2, 3], [[1, 2, 3], [1, 2, 3]]),
    (0, np.array([1, 2, 3]), [[1, 2, 3], [3, 4, 5]]),
    ((slice(None), 1), [7, 8], [[0, 7, 2], [3, 8, 5]]),
    (([0, 1], [1, 2]), 7, [[0, 7, 2], [3, 4, 7]]),
    ((1, 2), nd.array([8]), [[0, 1, 2], [3, 4, 8]]),
    (slice(0, 1), nd.ones((1, 3), dtype="int32"), [[1, 1, 1], [3, 4, 5]]),
    (slice(None), nd.ones((2, 3), dtype="float64"), [[1, 1, 1], [1, 1, 1]]),
    (Ellipsis, 2, [[2, 2, 2], [2, 2, 2]]),
    ((), 2, [[2, 2, 2], [2, 2, 2]]),
    (None, 2, [[2, 2, 2], [2, 2, 2]]),
    (0, nd.ones((3,), ctx=mx.cpu(1)), [[1, 1, 1], [3, 4, 5]]),
    (0, [nd.array([7]), nd.array([8]), nd.array([9])], None),
])
def test_assignment(key, value, expected):
    x = nd.arange(6).reshape((2, 3))
    if expected is None:
        with pytest.raises(ValueError, match="requested shape"):
            x[key] = value
        return
    x[key] = value
    assert x.dtype == np.float32 and x.asnumpy().tolist() == expected


def test_assignment_that_does_not_fit():
    x = nd.arange(6).reshape((2, 3))
    with pytest.raises(ValueError, match=r"remapped shapes\[original->remapped\]: \(4,\) and requested shape \(3,\)"):
        x[0] = nd.ones((4,))
    with pytest.raises(ValueError, match=r"\(4, 4\) and requested shape \(2, 3\)"):
        x[:] = nd.ones((4, 4))
    for value in ("a", None, {}, ["a"]):
        with pytest.raises(TypeError, match="does not support assignment with non-array-like object"):
            x[:] = value
    assert x.asnumpy().tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("write", [
    lambda x, y: y.__setitem__(slice(None), 1), lambda x, y: y.__setitem__(0, 3), lambda x, y: y.__iadd__(1),
    lambda x, y: x.__setitem__(slice(None), 3), lambda x, y: x.__iadd__(1),
    lambda x, y: nd.zeros((2,)).__iadd__(x), lambda x, y: nd.zeros((2,)).__setitem__(0, y[0]),
    lambda x, y: nd.exp(x, out=y),
])
def test_writes_to_recorded_arrays_are_refused(write):
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = x * 2
        with pytest.raises(mx.MXNetError, match=r"Inplace operations \(\+=, -=, x\[:\]=, etc\) are not supported when "
                                                "recording with autograd"):
            write(x, y)
    y.backward()
    assert x.asnumpy().tolist() == [1, 2] and y.asnumpy().tolist() == [2, 4] and x.grad.asnumpy().tolist() == [2, 2]


def test_an_unrecorded_array_may_become_a_recorded_value():
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = nd.ones((2,))
        y[:] = x * 2
        z = nd.ones((2, 2), dtype="float64")
        z[:] = x * 3
    autograd.backward([y, z])
    assert x.grad.asnumpy().tolist() == [8, 8]


def test_gradients_of_parts():
    x = nd.arange(6).reshape((2, 3)).copy()
    x.attach_grad()
    with autograd.record():
        y = x[1] * 2 + x[:, [0, 2, 0]][0] + x[nd.array([1, 1]), 1].reshape((1, 2)).sum() + x[0, 0]
    y.backward()
    assert x.grad.asnumpy().tolist() == [[2 + 3, 0, 1], [2, 2 + 6, 2]]


def test_recorded_slices_do_not_change_their_array():
    x = nd.ones((3,))
    x.attach_grad()
    with autograd.record():
        y = x[0:2]
    y[:] = 5  # outside of recording: a part of its own
    assert x.asnumpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize("shape, codes, reverse, expected", [
    ((2, 3), (-2,), False, (2, 3)), ((2, 3), (0, -1), False, (2, 3)), ((2, 3), (-3,), False, (6,)),
    ((2, 3), (-4, 1, 2, 3), False, (1, 2, 3)), ((2, 3), (-4, -1, 2, -2), False, (1, 2, 3)),
    ((2, 3), (3, -1), True, (3, 2)), ((10, 5, 4), (-1, 0), True, (50, 4)), ((10, 5, 4), (-1, 0), False, (40, 5)),
    ((2, 12, 5), (0, -4, -1, 4, 0), False, (2, 3, 4, 5)), ((2, 12, 5), (0, 4, -1, -4, 0), True, (2, 4, 3, 5)),
    ((2, 12, 5), (0, -3), True, (2, 60)), ((2, 3, 4), (4, -1), False, (4, 6)), ((), (1,), False, (1,)),
])
def test_reshape_codes(shape, codes, reverse, expected):
    assert target_shape(shape, codes, reverse) == expected
    assert nd.ones(shape).reshape(codes, reverse=reverse).shape == expected
    assert nd.ones(shape).reshape(shape=codes, reverse=reverse).shape == expected


@pytest.mark.parametrize("shape, codes, error, message", [
    ((6,), (4,), ValueError, r"Cannot reshape array of size 6 into shape \(4,\)"),
    ((6,), (4, -1), ValueError, r"Cannot reshape array of size 6 into shape \(4, -1\)"),
    ((6,), (7,), mx.MXNetError, "target shape size is larger than the current shape"),
    ((6,), (-1, -1), mx.MXNetError, "One and only one dim can be inferred"),
    ((6,), (-5,), mx.MXNetError, "shape dim size must be >= -1"),
    ((6,), (-3,), mx.MXNetError, "asks for more axes"),
    ((6,), (-4, 4, 2), mx.MXNetError, r"-4 cannot split an axis of length 6 into \(4, 2\)"),
    ((6,), (-4, -1, -1), mx.MXNetError, "-4 takes two lengths after it"),
    ((6,), (-4, 2), mx.MXNetError, "-4 takes two lengths after it"),
])
def test_reshape_errors(shape, codes, error, message):
    with pytest.raises(error, match=message):
        nd.ones(shape).reshape(codes)


def test_reshape_arguments():
    x = nd.ones((2, 3))
    assert x.reshape(3, 2).shape == x.reshape(-1, 2).shape == x.reshape([3, 2]).shape == (3, 2)
    with pytest.raises(AssertionError, match="Shape must be provided"):
        x.reshape()
    with pytest.raises(TypeError, match="Got unknown keywords in reshape: foo"):
        x.reshape((2, 3), foo=1)


def test_tuples_within_a_key_are_lists():
    x = nd.arange(12).reshape((3, 4))
    assert x[(0, 2),].asnumpy().tolist() == [[0, 1, 2, 3], [8, 9, 10, 11]]
    x[(0, 2), (1, 3)] = 50
    assert x.asnumpy()[[0, 2], [1, 3]].tolist() == [50, 50]


@pytest.mark.parametrize(("key", "value", "shape"), [
    (1, (1, 1), (4,)), (slice(0, 2), (1, 2), (4,)), (1, (1, 1, 1), (3, 2)), (1, (1, 2), (3, 2)),
    ((1, 1), (1, 1), (3, 2)), (slice(None), (1, 4), (4,)), ((slice(None), 1), (1, 3), (3, 2))])
def test_a_value_may_have_axes_of_one_in_front(key, value, shape):
    x, expected = nd.zeros(shape), np.zeros(shape, np.float32)
    x[key] = nd.ones(value)
    expected[key] = 1
    np.testing.assert_array_equal(x.asnumpy(), expected)
