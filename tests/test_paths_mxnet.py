"""MXNet's import paths that no file of luojia has, and the names in them. See luojia/_src/path_table.py."""

import array
import ctypes

import numpy as np
import pytest

import luojia as mx
from luojia import compat
from luojia._src import path_modules

X = "mx.nd.array([[1.0, -2.0]])"


@pytest.fixture
def stand_in():
    compat.install(["mxnet"], replace=True)
    yield
    compat.uninstall()


@pytest.mark.parametrize("line, expected", [
    ("from mxnet.ndarray.gen_op import relu; relu(x)", [[1, 0]]),
    ("from mxnet.ndarray.gen__internal import _plus_scalar; _plus_scalar(x, scalar=2)", [[3, 0]]),
    ("from mxnet.ndarray.gen_contrib import quadratic; quadratic(x, a=1, b=0, c=1)", [[2, 5]]),
    ("from mxnet.ndarray.gen_linalg import gemm2; gemm2(x, x, transpose_b=True)", [[5]]),
    ("from mxnet.ndarray.gen_sparse import square; square(x)", [[1, 4]]),
    ("from mxnet.ndarray.gen_random import uniform; uniform(low=2, high=2, shape=(1, 2))", [[2, 2]]),
    ("from mxnet.ndarray.gen_random import exponential; exponential(lam=1e9, shape=(1, 2)).round()", [[0, 0]]),
    ("mx.nd.random_exponential(lam=1e9, shape=(2,)).round()", [0, 0]),
    ("from mxnet.ndarray.gen_image import to_tensor; to_tensor(mx.nd.ones((1, 1, 1), dtype='uint8') * 255)", [[[1]]]),
    ("from mxnet.symbol.gen_op import relu; relu(mx.sym.var('x')).eval(x=x)[0]", [[1, 0]]),
    ("from mxnet.symbol.gen_random import uniform; uniform(2, 2, shape=(2,)).eval()[0]", [2, 2]),
    ("from mxnet.symbol.sparse import relu; relu(mx.sym.var('x')).eval(x=x)[0]", [[1, 0]]),
    ("mx.sym.sparse.relu(mx.sym.var('x')).eval(x=x)[0]", [[1, 0]]),
    ("from mxnet.ndarray.numpy import maximum; maximum(x.as_np_ndarray(), 0)", [[1, 0]]),
    ("from mxnet.ndarray.numpy._internal import inv; inv(mx.np.array([[2.0]]))", [[0.5]]),
    ("from mxnet.ndarray.numpy.linalg import norm; norm(mx.np.array([3.0, 4.0]))", 5),
    ("from mxnet.ndarray.numpy.random import uniform; uniform(2, 2, size=2)", [2, 2]),
    ("from mxnet.ndarray.numpy_extension import relu; relu(x.as_np_ndarray())", [[1, 0]]),
    ("from mxnet.ndarray.numpy_extension.random import uniform_n; uniform_n(2, 2, batch_shape=(2,))", [2, 2]),
    ("from mxnet.symbol.numpy import maximum; maximum(mx.sym.var('x').as_np_ndarray(), 0).eval(x=x.as_np_ndarray())[0]",
     [[1, 0]]),
    ("from mxnet.symbol.numpy import _Symbol; isinstance(mx.sym.var('x').as_np_ndarray(), _Symbol)", True),
    ("from mxnet.symbol.numpy_extension import relu; "
     "relu(mx.sym.var('x').as_np_ndarray()).eval(x=x.as_np_ndarray())[0]", [[1, 0]]),
    ("from mxnet.numpy._op import sum; sum(x.as_np_ndarray())", -1),
    ("from mxnet.numpy.fallback_linalg import matrix_rank; matrix_rank(mx.np.ones((2, 2)))", 1),
    ("from mxnet.numpy_extension._op import relu; relu(x.as_np_ndarray())", [[1, 0]]),
    ("from mxnet.numpy_extension.image import flip_left_right as f; f(mx.np.array([[[1], [2]]]))", [[[2], [1]]]),
    ("from mxnet.numpy_extension.image import imresize, CreateAugmenter; len(CreateAugmenter((3, 2, 2)))", 2),
    ("mx.npx.image.flip_left_right(mx.np.array([[[1], [2]]]))", [[[2], [1]]]),
    ("from mxnet.numpy_extension.random import bernoulli; bernoulli(1.0, size=2)", [1, 1]),
    ("from mxnet.numpy_extension.utils import save, load; len((save, load))", 2),
    ("from mxnet.numpy_dispatch_protocol import with_array_function_protocol as w; w(np.sum)(mx.np.ones(3))", 3),
    ("from mxnet import numpy_dispatch_protocol as p; 'mean' in p._NUMPY_ARRAY_FUNCTION_LIST", True),
    ("from mxnet import numpy_dispatch_protocol as p; 'sin' in p._NUMPY_ARRAY_UFUNC_LIST", True),
    ("from mxnet.contrib.amp.lists import symbol_fp16 as s; 'Convolution' in s.FP16_FUNCS, 'relu' in s.FP16_FP32_FUNCS",
     [True, True]),
    ("from mxnet.contrib.amp.lists.symbol_bf16 import BF16_USE_FP32_PARAMS as b; len(b)", 0),
    ("from mxnet.contrib.amp import list_lp16_use_fp32_params as f; f('float16') is None", True),
    ("from mxnet.contrib.amp.loss_scaler import LossScaler; LossScaler().loss_scale", 65536),
    ("from mxnet.gluon.contrib.data._constants import EOS_TOKEN; EOS_TOKEN == '<eos>'", True),
    ("from mxnet.contrib.text._constants import UNKNOWN_IDX; UNKNOWN_IDX", 0),
    ("from mxnet.gluon.contrib.estimator.utils import Accuracy; Accuracy().get()[0] == 'accuracy'", True),
    ("from mxnet.misc import FactorScheduler; FactorScheduler(10, 0.5)(25)", 0.0025),
    ("from mxnet.symbol_doc import SymbolDoc as D; "
     "D.get_output_shape(mx.sym.relu(mx.sym.var('x'), name='r'), x=(2, 4))['r_output']", [2, 4]),
    ("from mxnet.gluon.model_zoo.vision.resnet import resnet_spec; resnet_spec[50][2]", [64, 256, 512, 1024, 2048]),
    ("from mxnet.gluon.model_zoo.vision.vgg import vgg_spec as s; s[16]", [[2, 2, 3, 3, 3], [64, 128, 256, 512, 512]]),
    ("from mxnet.gluon.model_zoo.vision.squeezenet import get_squeezenet; len(get_squeezenet('1.1').features)", 14),
    ("from mxnet.ndarray.ndarray import _DTYPE_NP_TO_MX, _GRAD_REQ_MAP; _DTYPE_NP_TO_MX[np.int64]", 6),
    ("from mxnet.ndarray.ndarray import _STORAGE_TYPE_STR_TO_ID as s; s['csr']", 2),
    ("from mxnet.gluon.loss import _reshape_like; _reshape_like(mx.nd, x, mx.nd.ones(2))", [1, -2]),
    ("from mxnet.gluon.block import numeric_types, NDArray; isinstance(2.0, numeric_types)", True),
    ("from mxnet.optimizer.optimizer import py_str; py_str(b'a') == 'a'", True),
])
def test_paths(stand_in, line, expected):
    names = {"mx": mx, "np": np, "x": mx.nd.array([[1.0, -2.0]])}
    *first, last = line.split("; ")
    exec("\n".join(first), names)
    found = eval(last, names)
    np.testing.assert_allclose(found.asnumpy() if hasattr(found, "asnumpy") else found, expected)


def test_a_path_is_one_module_under_both_names(stand_in):
    import luojia.symbol.numpy
    import mxnet.symbol.numpy

    assert mxnet.symbol.numpy is luojia.symbol.numpy is mx.sym.numpy
    assert "maximum" in dir(mx.sym.numpy) and "random" in dir(mx.sym.numpy)
    with pytest.raises(AttributeError, match="'luojia.symbol.numpy' has no attribute 'nonsense'"):
        mx.sym.numpy.nonsense  # noqa: B018
    with pytest.raises(NotImplementedError, match="gen_contrib.*|contrib.edge_id is not supported"):
        mx.nd.gen_contrib.edge_id  # noqa: B018
    from luojia.contrib.amp.lists.symbol_fp16 import FP32_FUNCS  # noqa: F401


def test_star():
    names = {}
    exec("from luojia.ndarray.gen_linalg import *", names)
    assert "gemm2" in names


def test_a_refused_name_says_so_when_it_is_imported():
    with pytest.raises(ImportError, match="luojia.torch is not supported: call PyTorch yourself"):
        from luojia import torch  # noqa: F401
    with pytest.raises(NotImplementedError, match="luojia.torch is not supported"):
        from luojia import torch  # noqa: F401
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        from luojia import nonsense  # noqa: F401


def test_no_path_hides_a_name():
    """Importing a path sets an attribute of its parent, which must be no other object."""
    import importlib

    for path in path_modules.rows():
        parent, _, name = f"luojia.{path}".rpartition(".")
        before = getattr(importlib.import_module(parent), name, None)
        assert before is None or before is importlib.import_module(f"luojia.{path}"), path


def test_base():
    base = mx.base
    assert list(base.c_str_array(["a", "b"])) == [b"a", b"b"]
    buffer = array.array("f", [1, 2])
    shared = base.c_array_buf(base.mx_float, buffer)
    shared[0] = 3
    assert buffer[0] == 3 and base._as_list(3) == [3] and base._as_list((3,)) == (3,)
    assert repr(base._Null) == "_Null" and base._NullType() is base._Null
    numbers = (ctypes.c_float * 2)(1, 2)
    pointer = ctypes.cast(numbers, base.mx_float_p)
    assert base.ctypes2numpy_shared(pointer, (2,)).tolist() == [1, 2]
    assert base.ctypes2buffer(ctypes.cast(ctypes.c_char_p(b"ab"), ctypes.POINTER(ctypes.c_char)), 2) == b"ab"
    with pytest.raises(RuntimeError, match="expected a float pointer, got int"):
        base.ctypes2numpy_shared(3, (1,))
    with pytest.raises(TypeError, match="expected a char pointer, got int"):
        base.ctypes2buffer(3, 1)


def test_schedules():
    schedule = mx.misc.FactorScheduler(10, 0.5)
    assert [schedule(n) for n in (0, 1, 9, 10, 11, 20, 25)] == [0.01, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025]
    with pytest.raises(ValueError, match="step must be at least 1, got 0"):
        mx.misc.FactorScheduler(0)
    with pytest.raises(ValueError, match="factor must be less than 1, got 1.5"):
        mx.misc.FactorScheduler(10, 1.5)
    with pytest.raises(NotImplementedError, match="write __call__"):
        mx.misc.LearningRateScheduler()(1)


def test_dynamic_unroll():
    from luojia.gluon.contrib.rnn.rnn_cell import dynamic_unroll

    cell = mx.gluon.rnn.RNNCell(3, input_size=2)
    cell.initialize(mx.init.One())
    x = mx.nd.arange(12).reshape((3, 2, 2)) / 10
    out, states = dynamic_unroll(cell, x, cell.begin_state(batch_size=2))
    first = np.array([[0.099668, 0.46211717], [0.83335054, 0.99075973], [0.9995504, 0.99992144]])
    np.testing.assert_allclose(out.asnumpy()[:, :, 0], first, rtol=1e-5)
    out, states = dynamic_unroll(cell, x, cell.begin_state(batch_size=2), valid_length=mx.nd.array([1, 2]))
    np.testing.assert_allclose(out.asnumpy()[:, :, 0], first * [[1, 1], [0, 1], [0, 0]], rtol=1e-5)
    np.testing.assert_allclose(states[0].asnumpy()[:, 0], [0.099668, 0.99075973], rtol=1e-5)
    out, _ = dynamic_unroll(cell, x.swapaxes(0, 1), cell.begin_state(batch_size=2), 0.5, 0.5, "NTC")
    assert out.shape == (2, 3, 3)
    data, state = mx.sym.var("data"), mx.sym.var("state")
    graph, _ = dynamic_unroll(cell, data, [state])
    values = {p.name: p.data() for p in cell.collect_params().values()}
    np.testing.assert_allclose(graph.eval(data=x, state=mx.nd.zeros((2, 3)), **values)[0].asnumpy()[:, :, 0], first,
                               rtol=1e-5)
    with pytest.raises(NotImplementedError, match="the length of a Symbol is not known"):
        dynamic_unroll(cell, data, [state], valid_length=mx.nd.array([1, 2]))
