"""mx.base and mx.util."""

import os

import pytest

import luojia as mx
from luojia import base, util


def test_base():
    assert base.MXNetError is mx.MXNetError and issubclass(base.MXNetError, RuntimeError)
    assert issubclass(base.NotImplementedForSymbol, base.MXNetError)
    assert issubclass(base.NotSupportedForSparseNDArray, base.MXNetError)
    assert isinstance("a", base.string_types) and isinstance(1.5, base.numeric_types) and base.c_str("a").value == b"a"
    assert base.py_str(b"a") == base.py_str("a") == "a" and isinstance(3, base.integer_types)
    base.check_call(0)
    with pytest.raises(mx.MXNetError, match="error code 3"):
        base.check_call(3)


def test_numpy_switches():
    assert not util.is_np_shape() and not util.is_np_array()
    util.set_np()
    assert util.is_np_shape() and util.is_np_array()
    util.reset_np()
    assert util.set_np_shape(True) is False and util.set_np_shape(False) is True
    with util.np_shape(), util.np_array():
        assert util.is_np_shape() and util.is_np_array()
        with util.np_shape(False):
            assert not util.is_np_shape()
    assert not util.is_np_shape() and not util.is_np_array()
    with pytest.raises(ValueError, match="NumPy Shape semantics is required in using NumPy array semantics"):
        util.set_np(shape=False, array=True)


def test_what_is_decorated_and_switched():
    for decorate, name in ((util.use_np, "use_np_array"), (util.use_np_array, "use_np_array"),
                           (util.use_np_shape, "use_np_shape")):
        with pytest.raises(TypeError, match=f"{name} can only decorate classes and callable objects, .* 'int'"):
            decorate(3)
    with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
        util.set_np_shape("a")


def test_decorators():
    @util.use_np
    def inside():
        """What it says."""
        return util.is_np_shape(), util.is_np_array()

    @util.use_np_shape
    class Net:
        def forward(self):
            return util.is_np_shape(), util.is_np_array()

    assert inside() == (True, True) and inside.__doc__ == "What it says." and Net().forward() == (True, False)
    assert not util.is_np_shape()


def test_environment_and_folders(tmp_path, monkeypatch):
    monkeypatch.delenv("LUOJIA_TEST", raising=False)
    util.setenv("LUOJIA_TEST", "1")
    assert util.getenv("LUOJIA_TEST") == "1"
    util.setenv("LUOJIA_TEST", None)
    assert util.getenv("LUOJIA_TEST") is None
    util.makedirs(str(tmp_path / "a" / "b"))
    util.makedirs(str(tmp_path / "a" / "b"))
    assert os.path.isdir(tmp_path / "a" / "b")
    assert util.get_gpu_count() == mx.num_gpus()


@pytest.mark.skipif(mx.num_gpus() > 0, reason="this machine has the device whose absence is tested")
def test_memory_of_a_missing_gpu():
    with pytest.raises(mx.MXNetError, match=r"gpu\(0\) is not available"):
        util.get_gpu_memory(0)


def test_options_of_ufuncs():
    add = util.wrap_np_binary_func(mx.np.add)
    neg = util.wrap_np_unary_func(mx.np.negative)
    assert add(mx.np.ones(2), mx.np.ones(2), where=True).tolist() == [2, 2] and neg(mx.np.ones(1)).tolist() == [-1]
    with pytest.raises(TypeError, match="add got an unexpected keyword argument 'foo'"):
        add(mx.np.ones(2), 1, foo=3)
    with pytest.raises(NotImplementedError, match="negative does not support order='C'"):
        neg(mx.np.ones(2), order="C")
    assert util.np_ufunc_legal_option("dtype", "float32") and not util.np_ufunc_legal_option("foo", 1)
    assert util.set_module("there")(lambda: 1).__module__ == "there"
    with pytest.raises(ValueError, match=r"Expecting a gpu context .* received ctx cpu\(0\)"):
        util.get_cuda_compute_capability(mx.cpu())
