"""Parameters: names, flags, gradients, new data, copies; tuples of them."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from luojia import Parameter, ParameterTuple, Tensor
from luojia._src.core import dtypes as D
from luojia._src.core.tape import recording_scope
from luojia.common.initializer import Constant


def numbers(t):
    return t.asnumpy().tolist()


@pytest.fixture
def p():
    return Parameter(Tensor([1.0, 2.0]), name="p")


def train(p):
    with recording_scope(True):
        y = p * p
    y.backward()


@pytest.mark.parametrize("data, dtype, shape", [
    (Tensor([1.0]), "Float32", (1,)), (3, "Int32", ()), (1.5, "Float32", ()), ([1, 2], "Int64", (2,)),
    (np.ones((2, 2)), "Float64", (2, 2)),
])
def test_what_it_is_made_of(data, dtype, shape):
    p = Parameter(data, name="w")
    assert (str(p.dtype), p.shape, p.name, p.requires_grad) == (dtype, shape, "w", True)
    assert p.leaves()[0] is p


def test_names(p):
    assert p.name == "p" and not p.has_default_name
    bare, other = Parameter(1.0), Parameter(1.0, name="  ")
    assert bare.name.startswith("Parameter#") and bare.has_default_name and other.name != bare.name
    bare.name = "  spaced "
    assert bare.name == "spaced" and not bare.has_default_name
    assert repr(p) == str(p) == "Parameter (name=p, shape=(2,), dtype=Float32, requires_grad=True)"


@pytest.mark.parametrize("name, message", [
    (3, "name should be 'string' or 'None', but got <class 'int'>"), ("x" * 1025, "at most 1024, but got 1025"),
])
def test_bad_names(p, name, message):
    with pytest.raises(ValueError, match=message):
        Parameter(1.0, name=name)
    with pytest.raises(ValueError, match=message):
        p.name = name
    assert p.name == "p"


def test_bad_data_and_flags(p):
    with pytest.raises(ValueError, match="Parameter data can not be `bool`; default_input must be"):
        Parameter(True)
    with pytest.raises(TypeError, match="'default_input' must be in .* But got type <class 'str'>"):
        Parameter("text")
    for bad in (1, "yes", None):
        with pytest.raises(TypeError, match=f"`requires_grad` must be bool type, but got {type(bad).__name__}"):
            p.requires_grad = bad
    assert p.requires_grad


def test_the_gradient_is_one_object_of_zeros_at_first(p):
    g = p.grad
    assert numbers(g) == [0.0, 0.0] and type(g) is Tensor
    train(p)
    assert p.grad is g and numbers(g) == [2.0, 4.0]
    fresh = Parameter(Tensor([3.0]), name="q")
    train(fresh)  # without anyone having read .grad before
    assert numbers(fresh.grad) == [6.0]


def test_requires_grad_off_makes_it_a_constant(p):
    train(p)
    p.requires_grad = False
    with recording_scope(True):
        assert (p * p)._node is None
    assert p.grad_req == "null" and numbers(p.grad) == [2.0, 4.0]
    p.requires_grad = np.bool_(True)
    train(p)
    assert p.grad_req == "write" and p.requires_grad is True


def test_attach_grad_sets_the_request_and_zeros_the_gradient(p):
    g = p.grad
    train(p)
    p.attach_grad("add")
    assert p.grad is g and numbers(g) == [0.0, 0.0] and p.grad_req == "add"
    train(p)
    train(p)
    assert numbers(g) == [4.0, 8.0]
    with pytest.raises(KeyError, match="sometimes"):
        p.attach_grad("sometimes")
    assert p.grad_req == "add" and numbers(g) == [4.0, 8.0]


def test_set_data(p):
    g, value = p.grad, Tensor([5.0, 6.0])
    assert p.set_data(value) is p and numbers(p) == [5.0, 6.0] and p.grad is g
    p.set_data(Tensor(np.array([1, 2], np.int16)))
    assert numbers(p) == [1.0, 2.0] and p.np_dtype == np.float32
    for wide in (np.float64, np.int64, np.complex64):
        p.set_data(Tensor(np.array([3, 4], wide)))
        assert numbers(p) == [3.0, 4.0] and p.np_dtype == np.float32
        p.set_data(Tensor([1.0, 2.0]))
    p.set_data(Tensor([1.0, 2.0, 3.0]), slice_shape=True)
    assert p.shape == (3,)


@pytest.mark.parametrize("data, kind, message", [
    (Tensor([1.0, 2.0, 3.0]), ValueError, r"'p' which has been initialized: .*\(2,\), the new data \(3,\)"),
    (np.ones(2, np.float32), TypeError, "Parameter data must be .*But with type <class 'numpy.ndarray'>"),
])
def test_data_that_do_not_fit(p, data, kind, message):
    with pytest.raises(kind, match=message):
        p.set_data(data)
    assert numbers(p) == [1.0, 2.0]


def test_clone(p):
    q = p.clone()
    q._write(0, 9.0)
    assert numbers(p) == [1.0, 2.0] and q.name == "p" and q.requires_grad
    assert numbers(p.clone("zeros")) == [0.0, 0.0] and numbers(p.clone(3)) == [3.0, 3.0]
    assert p.clone("ones").np_dtype == np.float32
    with pytest.raises(ValueError, match="'xavier'"):
        p.clone("xavier")
    with pytest.raises(TypeError, match="the type of the 'init' argument must be"):
        p.clone(None)
    assert not p.clone("normal").asnumpy().tolist() == [1.0, 2.0] and numbers(p.clone(Constant(5))) == [5.0, 5.0]


@pytest.mark.parametrize("name, value, kind, message", [
    ("layerwise_parallel", 1, TypeError, "`layerwise_parallel` must be bool"),
    ("parallel_optimizer", None, TypeError, "`parallel_optimizer` must be bool"),
    ("parallel_optimizer_comm_recompute", 1, TypeError, "must be bool"),
    ("comm_fusion", 1.5, TypeError, "must be int, but got 'float'"),
    ("comm_fusion", -1, ValueError, "must >= 0, but got '-1'"),
])
def test_what_parallel_training_reads_is_checked(p, name, value, kind, message):
    before = getattr(p, name)
    with pytest.raises(kind, match=message):
        setattr(p, name, value)
    assert getattr(p, name) == before
    setattr(p, name, type(before)(3))
    assert getattr(p, name) == type(before)(3)


@pytest.mark.parametrize("given, kind, message", [
    ({"device": "zz"}, ValueError, "Only 'CPU' and 'Remote'"), ({"storage_format": 1}, TypeError, "must be str"),
    ({"nme": "p"}, TypeError, "unexpected keyword"),
])
def test_what_a_parameter_is_not_made_of(given, kind, message):
    with pytest.raises(kind, match=message):
        Parameter(Tensor([1.0]), **given)


@pytest.mark.parametrize("duplicate", [lambda p: pickle.loads(pickle.dumps(p)), copy.deepcopy])
def test_copies_are_parameters_with_a_leaf_of_their_own(p, duplicate):
    train(p)
    p.attach_grad("add")
    q = duplicate(p)
    assert (type(q), q.name, q.requires_grad, q.grad_req) == (Parameter, "p", True, "add")
    assert q._leaf is not p._leaf and q._leaf.owner() is q
    train(q)
    assert numbers(q.grad) == [2.0, 4.0] and numbers(p.grad) == [0.0, 0.0]
    p.requires_grad = False
    assert duplicate(p)._node is None


def test_a_parameter_is_freed_without_the_collector(p):
    q = Parameter(Tensor([1.0]), name="q")
    gone = weakref.ref(q)
    train(q)
    gc.disable()
    try:
        del q
        assert gone() is None
    finally:
        gc.enable()


def test_tuples(p):
    q = Parameter(Tensor([3.0]), name="q")
    both = ParameterTuple([p, q])
    assert both == (p, q) and isinstance(both, tuple) and ParameterTuple([p, p]) == (p, p)
    clones = both.clone("net", init="zeros")
    assert isinstance(clones, ParameterTuple) and [c.name for c in clones] == ["net.p", "net.q"]
    assert numbers(clones[0]) == [0.0, 0.0] and numbers(p) == [1.0, 2.0]


def test_what_makes_no_tuple(p):
    with pytest.raises(TypeError, match="should be 'Parameter' collection, but got an element of type .*Tensor"):
        ParameterTuple([p, Tensor([1.0])])
    with pytest.raises(TypeError, match="should be a collection of 'Parameter', but got a .*Parameter"):
        ParameterTuple(p)
    with pytest.raises(ValueError, match="its name 'p' already exists. Please set a unique name"):
        ParameterTuple([p, Parameter(1.0, name="p")])
    with pytest.raises(TypeError, match="prefix must be str, got int"):
        ParameterTuple([p]).clone(3)


def test_dtype_survives():
    assert Parameter(Tensor([1.0], D.float16), name="h").dtype is D.float16


def test_what_programs_for_many_devices_read():
    p = Parameter(Tensor([1.0]), name="p")
    assert (p.comm_fusion, p.cache_enable, p.sliced, p.has_init, p.inited_param) == (1, False, False, False, None)
    p.comm_fusion = 2
    assert p.comm_fusion == 2 and p.requires_grad_(False) is p and not p.requires_grad
