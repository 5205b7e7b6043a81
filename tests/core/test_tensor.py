"""Tensor: construction, values out and in, buffers, copies."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import luojia as lj
from luojia import Parameter, Tensor, cpu, nd
from luojia._src.core import dtypes as D
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import wrap
from luojia.nn import Momentum

A = np.arange(6, dtype=np.float32).reshape(2, 3)


def numbers(t):
    return t.asnumpy().tolist()


# -- construction ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data, dtype, shape", [
    (3, "Int64", ()), (3.5, "Float32", ()), (True, "Bool", ()), (1 + 2j, "Complex128", ()),
    ([1, 2, 3], "Int64", (3,)), ([1, 2.5], "Float32", (2,)), ([True, False], "Bool", (2,)), ([], "Float32", (0,)),
    (((1.0, 2.0), (3.0, 4.0)), "Float32", (2, 2)), (np.float64(1.5), "Float64", ()), (np.int8(3), "Int8", ()),
    (np.ones(2), "Float64", (2,)), (np.zeros((0, 3), np.int32), "Int32", (0, 3)),
    (np.array([1.5], ">f4"), "Float32", (1,)), ([Tensor([1.0, 2.0]), Tensor([3.0, 4.0])], "Float32", (2, 2)),
    ([np.ones(2), np.ones(2)], "Float32", (2, 2)), (2**63, "UInt64", ()),
])
def test_what_data_give(data, dtype, shape):
    t = Tensor(data)
    assert (str(t.dtype), t.shape) == (dtype, shape)
    np.testing.assert_array_equal(t.asnumpy(), np.asarray(data if not isinstance(data, list) else t.asnumpy()))


def test_dtype_device_and_copies():
    assert Tensor([1.7, -1.7], D.int32).asnumpy().tolist() == [1, -1]
    t = Tensor(A, device=cpu(2))
    assert t._device is cpu(2) and Tensor(t)._device is cpu(2)
    with cpu(4):
        assert Tensor(1.0)._device is cpu(4)
    a = A.copy()
    t, u = Tensor(a), Tensor(Tensor(a))
    a[:] = 9
    assert numbers(t) == numbers(u) == A.tolist()
    assert Tensor(t, D.float16).np_dtype == np.float16 and t.np_dtype == np.float32


@pytest.mark.parametrize("make, kind, message", [
    (lambda: Tensor("text"), TypeError, "data must be a number, a list .* got str"),
    (lambda: Tensor({}), TypeError, "got dict"),
    (lambda: Tensor([1, "a"]), TypeError, "expected numbers, got a list with elements like 'a'"),
    (lambda: Tensor([[1], [None]]), TypeError, "elements like None"),
    (lambda: Tensor([2**70]), TypeError, "expected numbers"),
    (lambda: Tensor(2**64), TypeError, "dtype object is not one of luojia's"),
    (lambda: Tensor([[1, 2], [3]]), TypeError, "nested lists do not form an array"),
    (lambda: Tensor(np.array(["a"])), TypeError, "dtype <U1 is not one of luojia's"),
    (lambda: Tensor(1.0, "float32"), TypeError, "dtype must be a luojia dtype such as luojia.float32, got 'float32'"),
    (lambda: Tensor(1.0, np.float32), TypeError, "must be a luojia dtype"),
    (lambda: Tensor(), TypeError, "give data, or dtype, shape and init together"),
    (lambda: Tensor(dtype=D.float32, init="ones"), TypeError, "give data, or dtype, shape and init"),
    (lambda: Tensor(1.0, shape=(2,), init="zeros"), ValueError, "either data or shape and init, not both"),
])
def test_what_makes_no_tensor(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_shape_and_init():
    t = Tensor(dtype=D.float16, shape=3, init="zeros")
    assert t.shape == (3,) and t.init == "zeros" and t.np_dtype == np.float16


def test_what_it_is():
    t = Tensor(A)
    assert (t.shape, t.ndim, t.size, t.itemsize, t.nbytes, t.strides, len(t)) == ((2, 3), 2, 6, 4, 24, (12, 4), 2)
    assert (Tensor(1.0).size, Tensor(np.zeros((0, 3))).size, Tensor(1.0).ndim) == (1, 0, 0)
    assert t.grad is None and t.dtype is D.float32


# -- values out --------------------------------------------------------------------------------------------------------


def test_arrays_are_copies():
    t = Tensor(A)
    for read in (lambda: np.asarray(t), lambda: np.array(t)):
        out = read()
        out[:] = 9
        assert numbers(t) == A.tolist()
    view = np.array(t, copy=False)
    assert not view.flags.writeable and np.shares_memory(view, t._value)
    assert np.asarray(t, np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="becomes a float64 array by a copy only"):
        np.array(t, np.float64, copy=False)
    assert t.tolist() == A.tolist()


def test_asnumpy_is_in_c_order_whatever_the_layout_inside():
    turned = Tensor(A).transpose()
    assert turned.asnumpy().flags.c_contiguous
    assert np.array_equal(turned.asnumpy(), A.T)


def test_dlpack_both_ways():
    t = Tensor(A)
    out = np.from_dlpack(t)
    np.testing.assert_array_equal(out, A)
    assert not np.shares_memory(out, t._value)
    assert t.__dlpack_device__() == (1, 0)

    class Exporter:  # another framework's array, as far as the protocol goes
        def __dlpack__(self, **kwargs):
            return A.copy().__dlpack__(**kwargs)

        def __dlpack_device__(self):
            return (1, 0)

    assert nd.from_dlpack(Exporter()).asnumpy().tolist() == A.tolist()


def test_numbers_out():
    one = Tensor([[2.75]])
    assert (float(one), int(one), complex(one), bool(one), one.item()) == (2.75, 2, 2.75 + 0j, True, 2.75)
    assert not Tensor(0) and [10, 11, 12][Tensor(1)] == 11 and range(5)[Tensor([2])] == 2
    assert f"{one:.1f}" == "2.8" and f"{Tensor(3)}" == "3"
    assert Tensor(A).item(1, 2) == 5.0 and Tensor(A).item(4) == 4.0


@pytest.mark.parametrize("call, kind, message", [
    (lambda: bool(Tensor(A)), ValueError, r"truth value .* is ambiguous: bool\(\) .* got shape \(2, 3\)"),
    (lambda: float(Tensor(A)), ValueError, r"float\(\) takes a Tensor of one element"),
    (lambda: int(Tensor([])), ValueError, r"int\(\) takes a Tensor of one element, got shape \(0,\)"),
    (lambda: complex(Tensor(A)), ValueError, r"complex\(\)"),
    (lambda: [1][Tensor(0.0)], TypeError, "only integer Tensors of one element are indices, got dtype Float32"),
    (lambda: [1][Tensor(A)], ValueError, r"index\(\)"),
    (lambda: f"{Tensor(A):.2f}", TypeError, r"format\(\)"),
    (lambda: Tensor(A).item(), ValueError, r"one element, got shape \(2, 3\); give an index"),
    (lambda: len(Tensor(1.0)), TypeError, r"len\(\) of a 0-d Tensor"),
    (lambda: iter(Tensor(1.0)), TypeError, "iteration over a 0-d Tensor"),
    (lambda: Tensor(A)[5], IndexError, "out of bounds"),
    (lambda: Tensor(A)[1.5], IndexError, "an index may hold integers, slices, None, True, Ellipsis, lists and Tensors"),
])
def test_what_gives_no_number(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_iteration_and_hash():
    t = Tensor(A)
    assert [numbers(r) for r in t] == A.tolist()
    assert hash(t) == hash(t) != hash(Tensor(A)) and {t: 1}[t] == 1
    x = Tensor([1.0, 2.0])
    x.attach_grad()
    with recording_scope(True):
        a, b = x
        y = a * b
    y.backward()
    assert numbers(x.grad) == [2.0, 1.0]


def test_an_array_on_the_left_gives_an_array_and_a_scalar_a_tensor():
    t = Tensor(A)
    for out in (A + t, A - t, A > t):
        assert type(out) is np.ndarray
    assert (A - t).tolist() == np.zeros((2, 3)).tolist()
    for out in (np.float32(1) * t, np.float64(1) - t, np.int64(1) < t):
        assert type(out) is Tensor
    assert str((np.float64(1) - t).dtype) == "Float32"


# -- buffers -----------------------------------------------------------------------------------------------------------


@pytest.mark.numpy_engine
def test_a_buffer_nobody_sees_is_written_in_place():
    t = Tensor(A)
    address = t._value.ctypes.data
    t._write((0, 0), 7.0)
    assert t._value.ctypes.data == address and numbers(t)[0] == [7.0, 1.0, 2.0]


def shared_by(name, t):
    """Something that shares ``t``'s buffer, and a function that reads what it sees."""
    if name == "detach":
        other = t.detach()
    elif name == "a Tensor of it":
        other = Tensor(t)
    elif name == "identity":
        other = OPERATORS["identity"](t)
    elif name == "a reshape":
        other = OPERATORS["reshape"](t, shape=(3, 2))
    elif name == "a slice":
        other = t[0]
    elif name == "a transpose":
        other = OPERATORS["transpose"](t)
    elif name == "a view of NumPy's":
        other = np.array(t, copy=False)
    elif name == "an array of NumPy's":
        other = t._value
    return other, lambda: np.array(other)


@pytest.mark.parametrize("name", ["detach", "a Tensor of it", "identity", "a reshape", "a slice", "a transpose",
                                  "a view of NumPy's", "an array of NumPy's"])
def test_a_shared_buffer_is_never_overwritten(name):
    t = Tensor(A)
    other, read = shared_by(name, t)
    before = read()
    t._write(slice(None), -1.0)
    np.testing.assert_array_equal(read(), before)
    assert numbers(t) == np.full((2, 3), -1.0).tolist()
    if isinstance(other, Tensor):  # and the other way round
        t = Tensor(A)
        other, _ = shared_by(name, t)
        other._write(Ellipsis, -1.0)
        np.testing.assert_array_equal(t.asnumpy(), A)


@pytest.mark.parametrize("name", ["multiply", "exp", "matmul", "sum", "reshape", "power"])
def test_a_recorded_buffer_is_never_overwritten(name):
    """Whatever the rule reads, a later write to input or output leaves the gradient as it was at recording."""
    square = Tensor(np.arange(1.0, 10.0, dtype=np.float32).reshape(3, 3))
    others = {"multiply": (square,), "matmul": (square,), "power": (Tensor(np.full((3, 3), 2.0, np.float32)),)}
    attrs = {"reshape": {"shape": (9,)}}.get(name, {})

    def gradient(disturb):
        x = Tensor(np.linspace(0.1, 2.0, 9, dtype=np.float32).reshape(3, 3))
        x.attach_grad()
        with recording_scope(True):
            y = OPERATORS[name](x, *[Tensor(o) for o in others.get(name, ())], **attrs)
        if disturb:
            x._write(Ellipsis, 100.0)
            y._write(Ellipsis, 100.0)
        y.backward()
        return numbers(x.grad)

    assert gradient(True) == gradient(False)


def test_a_readonly_buffer_is_copied():
    a = np.ones(3, np.float32)
    a.flags.writeable = False
    t = wrap(Tensor, a, cpu())
    del a
    t._write(0, 5.0)
    assert numbers(t) == [5.0, 1.0, 1.0]


def test_a_failed_write_changes_nothing():
    t = Tensor(A)
    for index, value in (((5, 5), 1.0), (slice(None), np.ones(7)), (0, "text")):
        with pytest.raises((IndexError, ValueError)):
            t._write(index, value)
        np.testing.assert_array_equal(t.asnumpy(), A)


# -- copies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duplicate", [lambda t: pickle.loads(pickle.dumps(t)), copy.deepcopy, copy.copy])
def test_copies_have_their_own_buffer_and_no_links(duplicate):
    x = Tensor(A, device=cpu(1))
    x.attach_grad()
    x.note = "kept"
    with recording_scope(True):
        y = x * x
    y.note = x.note
    for t in (x, y):
        c = duplicate(t)
        assert type(c) is Tensor and c._node is None and c.grad is None and c.note == "kept"
        assert c._device is cpu(1) and c.np_dtype == t.np_dtype
        before = numbers(t)
        c._write(Ellipsis, 0.0)
        assert numbers(t) == before and not np.shares_memory(c._value, t._value)


def test_deepcopy_keeps_identity_within_a_structure():
    t = Tensor(A)
    a, b = copy.deepcopy([t, t])
    assert a is b and a is not t


def test_a_deepcopy_holds_no_graph():
    x = Tensor(A)
    x.attach_grad()
    with recording_scope(True):
        y = x * x
    c = copy.deepcopy(y)
    leaf = weakref.ref(x._node)
    del x, y
    gc.collect()
    assert leaf() is None and numbers(c) == (A * A).tolist()


def test_detach():
    x = Tensor(A)
    x.attach_grad()
    with recording_scope(True):
        y = (x * x).detach() * x
    y.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), A * A)


def test_html():
    html = Tensor(A)._repr_html_()
    assert "<b>Tensor</b> 2 × 3 · float32 · cpu(0)" in html and "[0. 1. 2.]" in html
    assert "scalar" in Tensor(1.0)._repr_html_()


def test_what_no_tensor_is_made_of():
    for kind in (TypeError, ValueError):  # MindSpore has one of them here, the other there
        for given in ({"dtype": lj.float32, "init": 1}, {"init": 1}, {}, {"shape": (2,)}):
            with pytest.raises(kind, match="give data, or dtype, shape and init together"):
                Tensor(**given)
    with pytest.raises(TypeError, match="the type of 'const_arg' should be 'bool'"):
        Tensor([1], const_arg=1)
    with pytest.raises(ValueError, match="the device must be"):
        Tensor([1], device=1)
    assert lj.tensor([1], const_arg=True).const_arg and not lj.tensor([1]).const_arg
    assert lj.Parameter(np.float64(1.5)).dtype is lj.float32 and int(lj.Parameter(2 ** 31)) == -(2 ** 31)


def test_asnumpy_shares_memory_that_nothing_else_holds():
    x = Tensor([1.0, 2.0])
    y = x.asnumpy()
    y[0] = 11
    shared = x._device.engine.direct  # XLA's arrays are never written
    assert x.tolist() == ([11, 2] if shared else [1, 2])
    x += 1
    assert y.tolist() == [11, 2] and x.tolist() == ([12, 3] if shared else [2, 3])
    z = x.reshape(2, 1)
    x.asnumpy()[0] = 5
    z.asnumpy()[0] = 6
    assert x.tolist() == z.reshape(2).tolist() == ([12, 3] if shared else [2, 3])


def test_asnumpy_copies_what_the_tape_holds_and_what_optimizers_write():
    w = Parameter(Tensor([1.0, 2.0]), name="w")
    with recording_scope(True):
        y = w * w
    w.asnumpy()[0] = 7
    assert w.tolist() == [1, 2]
    del y
    before = w.asnumpy()
    Momentum([w], 0.5, 0.0)((Tensor([1.0, 1.0]),))
    assert w.tolist() == [0.5, 1.5] and before.tolist() == [1, 2]


def test_asnumpy_of_mxnets_arrays_is_a_copy():
    x = nd.array([1, 2])
    x.asnumpy()[0] = 5
    assert x.asnumpy().tolist() == [1, 2]
