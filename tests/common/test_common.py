"""dtypes, initializers, seeds, compiling decorators under MindSpore's names."""

import numpy as np
import pytest

import luojia
from luojia import Parameter, Tensor, common, jit, ms_function, mutable, nn, ops
from luojia import dtype as mstype
from luojia.common import initializer as init
from luojia.common.initializer import initializer


def test_dtypes():
    assert str(mstype.float32) == "Float32" and mstype.float32 is Tensor([1.0]).dtype
    assert mstype.float32 != "float32" and hash(mstype.float32) == hash(Tensor([1.0]).dtype)
    assert mstype.dtype_to_nptype(mstype.float32) is np.float32
    assert mstype.dtype_to_nptype(mstype.string) is np.str_
    assert [mstype.pytype_to_dtype(t) for t in (int, float, bool, str, np.float32, np.dtype("int32"), mstype.int8)] == [
        mstype.int64, mstype.float64, mstype.bool_, mstype.string, mstype.float32, mstype.int32, mstype.int8]
    assert [mstype.dtype_to_pytype(t) for t in (mstype.float32, mstype.int8, mstype.bool_, mstype.string)] == [
        float, int, bool, str]
    assert mstype.issubclass_(mstype.float32, mstype.number) and not mstype.issubclass_(mstype.float32, mstype.int_)
    assert mstype.issubclass_(mstype.bool_, mstype.number) and not mstype.issubclass_(mstype.string, mstype.number)
    assert mstype.issubclass_(mstype.int8, mstype.int8) and not mstype.issubclass_(3, mstype.number)
    assert (mstype.half, mstype.single, mstype.double) == (mstype.float16, mstype.float32, mstype.float64)
    assert mstype.get_py_obj_dtype(Tensor([1])) == mstype.get_py_obj_dtype(3) == mstype.int64
    assert repr(mstype.number) == "Number" and luojia.float32 is mstype.float32


@pytest.mark.parametrize("call, error, message", [
    (lambda: mstype.pytype_to_dtype("a"), TypeError, "the argument 'obj' must be a python type object"),
    (lambda: mstype.dtype_to_nptype("a"), KeyError, "a"),
    (lambda: mstype.dtype_to_pytype("a"), KeyError, "a"),
    (lambda: np.dtype(mstype.float32), TypeError, "Cannot interpret"),
    (lambda: initializer("foo", [2]), ValueError, "the class corresponding to 'foo' was not found"),
    (lambda: initializer("constant", [2]), ValueError, r"'constant' needs value: write Constant\(value=...\)"),
    (lambda: initializer(None, [2]), TypeError, "must be 'Tensor', 'number', 'string' or 'initializer'"),
    (lambda: initializer("ones", "a"), ValueError, "the argument 'shape' is invalid, .* but got a"),
    (lambda: initializer("ones", [0, 2]), ValueError, "the value of 'shape' must be positive integer"),
    (lambda: initializer("ones", [2], "float32"), TypeError, "the argument 'dtype' must be a dtype"),
    (lambda: initializer(Tensor([1.0]), [2]), ValueError, "should be same as the argument 'shape'"),
    (lambda: initializer(init.Sparse(0.1), [2]), ValueError, "Sparse expects a shape of two axes"),
    (lambda: init.Initializer()(np.zeros(1)), NotImplementedError, "must define _initialize"),
    (lambda: luojia.set_seed(-1), ValueError, "must be greater than or equal to 0, but got -1"),
    (lambda: luojia.set_seed(1 << 32), ValueError, "must be between 0 and 2..32 - 1"),
    (lambda: luojia.Tensor([1.0]).init_data(), TypeError, "init_data must be set Tensor.init"),
    (lambda: luojia.set_seed(1.0), TypeError, "the argument 'seed' must be int, but got float"),
    (lambda: luojia.set_seed(True), TypeError, "the argument 'seed' must be int, but got bool"),
    (lambda: jit(3), TypeError, "the function should be callable, but got int"),
    (lambda: luojia.jit_class(3), TypeError, "can only be used for class type"),
    (lambda: mutable("a"), TypeError, "the 'input_data' should be one of"),
    (lambda: mutable((1, "a")), TypeError, "the 'input_data' should be one of"),
    (lambda: mutable({"a": 1}, True), TypeError, "dynamic_len is True, the first input should be list or tuple"),
    (lambda: luojia.jit_class(luojia.nn.ReLU), TypeError, "cannot be used for nn.Cell"),
    (lambda: luojia.COOTensor(1), TypeError, "For SparseTensors, 'indices' must be Tensor"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_initializer():
    assert initializer("ones", [2]).asnumpy().tolist() == [1, 1]
    assert initializer(0.5, 2).asnumpy().tolist() == [0.5, 0.5]
    assert initializer(init.Zero(), (1, 2), mstype.float16).dtype == mstype.float16
    t = Tensor([1.0, 2.0])
    assert initializer(t, [2]) is t and repr(init.Normal(0.1)) == "Normal(sigma=0.1, mean=0.0)"


@pytest.mark.parametrize("make, deviation, bound", [
    (init.Normal(0.5), 0.5, None), (init.Uniform(0.6), 0.6 / 3**0.5, 0.6), (init.TruncatedNormal(0.5), 0.44, 1.0),
    (init.XavierUniform(), (2 / 300) ** 0.5, (6 / 300) ** 0.5), (init.XavierNormal(2), 2 * (2 / 300) ** 0.5, None),
    (init.HeUniform(), (2 / 100) ** 0.5, (6 / 100) ** 0.5), (init.HeNormal(mode="fan_out"), 0.1, None),
    (init.VarianceScaling(), 0.1, None),
])
def test_distributions(make, deviation, bound):
    a = initializer(make, (200, 100)).asnumpy()
    assert abs(a.mean()) < 0.02 and abs(a.std() / deviation - 1) < 0.05
    assert bound is None or abs(a).max() <= bound * 1.0001


def test_special_initializers():
    assert np.array_equal(initializer(init.Identity(), (2, 2)).asnumpy(), np.eye(2))
    assert initializer(init.Dirac(), (1, 1, 3)).asnumpy().tolist() == [[[0, 1, 0]]]
    q = initializer(init.Orthogonal(2.0), (3, 5)).asnumpy()
    np.testing.assert_allclose(q @ q.T, 4 * np.eye(3), atol=1e-5)
    assert ((initializer(init.Sparse(0.25), (8, 4)).asnumpy() == 0).sum(0) == 2).all()


def test_an_initializer_of_ones_own_and_lazy_tensors():
    class Count(init.Initializer):
        def _initialize(self, arr):
            arr[...] = np.arange(arr.size)

    lazy = Tensor(shape=(3,), dtype=mstype.float32, init=Count())
    assert str(lazy) == "Tensor(shape=[3], dtype=Float32, value=\n<uninitialized>)"
    assert initializer("ones", [2]).init_data().asnumpy().tolist() == [1, 1]
    assert lazy.asnumpy().tolist() == [0, 0, 0] and lazy.init_data().asnumpy().tolist() == [0, 1, 2]
    assert str(lazy) == "[0. 1. 2.]"
    assert Parameter(Tensor(shape=(3,), dtype=mstype.float32, init=Count())).asnumpy().tolist() == [0, 1, 2]


def test_seed():
    def draws():
        luojia.set_seed(3)
        return np.random.rand(), initializer("normal", [3]).asnumpy().tolist(), nn.Dense(2, 2).weight.asnumpy().tolist()

    assert draws() == draws() and luojia.get_seed() == 3


def test_jit_is_the_function_itself():
    @jit
    def f(x):
        """Doubles."""
        return x * 2

    @jit(strict=True)
    def g(x):
        return x * 3

    class Net(nn.Module):
        @ms_function
        def call(self, x):
            return x * 4

    x = Tensor([2.0])
    assert f(x).asnumpy() == 4 and g(x).asnumpy() == 6 and Net()(x).asnumpy() == 8
    assert f.__name__ == "f" and f.__doc__ == "Doubles." and f.__wrapped__(x).asnumpy() == 4 and g.strict
    assert ops.GradOperation()(f)(x).asnumpy() == 2 and "f" in repr(f)
    assert jit(Net())(x).asnumpy() == 8 and isinstance(Net.call, common.api.Jit)


def test_mutable_and_class_decorators():
    t = Tensor([1.0])
    assert mutable(t) is t and mutable((1, 2)) == (1, 2) and mutable({"a": 1}) == {"a": 1} and mutable([1]) == [1]
    assert common.is_mutable(mutable(2.5)) and not common.is_mutable(2.5)

    @luojia.ms_class
    class A:
        pass

    assert isinstance(A(), A)


def test_paths():
    from luojia.common.parameter import Parameter as P
    from luojia.common.tensor import Tensor as T

    assert P is Parameter and T is Tensor and luojia.tensor([1]).dtype == mstype.int64


def test_what_initializers_of_ones_own_import():
    assert init._calculate_fan_in_and_fan_out((16, 3, 5, 5)) == (75, 400)
    assert init._calculate_correct_fan((16, 3, 5, 5), "fan_out") == 400
    with pytest.raises(ValueError, match="'mode' both not supported"):
        init._calculate_correct_fan((2, 2), "both")
    assert init.calculate_gain("leaky_relu") == (2 / (1 + 0.01**2)) ** 0.5 == init._calculate_gain("leaky_relu", 0.01)


def test_frombuffer_and_symbol():
    data = bytearray([1, 2, 3, 4, 5, 6])
    assert luojia.frombuffer(data, dtype=luojia.uint8).tolist() == [1, 2, 3, 4, 5, 6]
    assert luojia.frombuffer(b"abcdefgh", dtype=luojia.int16, count=2, offset=2).tolist() == [25699, 26213]
    open_shape = luojia.Tensor(shape=(None, luojia.Symbol(max=32, unique=True)), dtype=luojia.float32)
    assert open_shape.ndim == 2
    assert luojia.get_py_obj_dtype(2.5) == luojia.float64 and luojia.get_py_obj_dtype(None) is type(None)
    assert luojia.get_py_obj_dtype([1]) is list and 0 <= luojia.seed() < 2**32
    assert luojia.get_current_device().device_id == 0 and luojia.FileWriter.__name__ == "FileWriter"


@pytest.mark.parametrize("call, kind, message", [
    (lambda: luojia.frombuffer(b"abcd", dtype=luojia.uint8, offset=9), ValueError, r"offset \(9 bytes\) must be non"),
    (lambda: luojia.frombuffer(b"abc", dtype=luojia.int16), ValueError, "must be a multiple of element size"),
    (lambda: luojia.frombuffer(b"abc", dtype=luojia.int8, count=4), ValueError, "must not be greater than actual"),
    (lambda: luojia.frombuffer(b"abcd", dtype=3), TypeError, "dtype must be mindspore dtype object"),
    (lambda: luojia.frombuffer(3, dtype=luojia.int8), TypeError, "does not implement Python buffer protocol"),
    (lambda: luojia.frombuffer(b"", dtype=luojia.int8), ValueError, r"both buffer length \(0\) and count"),
    (lambda: luojia.Symbol(max="a"), TypeError, "For 'Symbol', the argument 'max' must be int, but got <class 'str'>"),
    (lambda: luojia.Symbol(divisor=2, remainder=3), ValueError, r"should be in the range '\[0, 2\)', but got 3"),
    (lambda: luojia.Symbol(min=0), ValueError, "the 'min' value should be positive, but got 0"),
    (lambda: luojia.Symbol(unique=3), TypeError, "the argument 'unique' must be bool, but got <class 'int'>"),
])
def test_errors_of_frombuffer_and_symbol(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_initializers_of_ones_own_by_name():
    @init._register("halves")
    class Half(init.Initializer):
        def _initialize(self, arr):
            init._assignment(arr, 0.5)

    assert initializer("halves", [2]).asnumpy().tolist() == initializer("half", [2]).asnumpy().tolist() == [0.5, 0.5]
    assert np.abs(init._init_random_uniform(-1, 1, (50,))).max() <= 1 and init._init_random_normal(9, 0.1, 3).min() > 5
