"""Operators that are functions of NumPy arrays."""

import numpy as np
import pytest

import luojia
from luojia import Tensor, nn, ops
from luojia.ops import CustomRegOp, DataType, custom_info_register, kernel

X = Tensor([[1.0, 2.0], [3.0, 4.0]])


def add(a, b):
    return a + b


def two(a):
    return a + 1, a * 2


def same(x, _):
    return x


@kernel
def product(a, b):
    d = allocate(a.shape, a.dtype)  # noqa: F821 - of the language
    c = output_tensor(a.shape, a.dtype)  # noqa: F821
    with block_realize(c):  # noqa: F821
        for i in serial(a.shape[0]):  # noqa: F821
            for j in parallel(b.shape[1]):  # noqa: F821
                c[i, j] = 0.0
                for k in range(a.shape[1]):
                    d[i, j] = 2 * a[i, k]
                    c[i, j] = c[i, j] + sin(d[i, k] * b[k, j])  # noqa: F821
    return c


def test_functions_of_arrays():
    op = ops.Custom(add, same, same, "pyfunc")
    assert repr(op) == "Prim[Custom]<func_name=add, func_type=pyfunc>" and op(X, X).tolist() == [[2, 4], [6, 8]]
    plus, double = ops.Custom(two, lambda x: (x, x), lambda x: (x, luojia.int32), "pyfunc")(X)
    assert plus.tolist() == [[2, 3], [4, 5]] and str(double.dtype) == "Int32" and double.tolist() == [[2, 4], [6, 8]]
    assert ops.Custom(add, (2, 2), luojia.float16, "pyfunc")(X, 1.0).dtype == luojia.float16


@pytest.mark.filterwarnings("ignore:Net runs eager")  # on XLA: a function of NumPy arrays is not compiled
def test_gradients():
    op = ops.Custom(add, same, same, "pyfunc", lambda x, y, out, dout: (dout * 2, dout * 3))
    found = ops.grad(lambda x, y: op(x, y).sum(), (0, 1))(X, X)
    assert [g.tolist() for g in found] == [[[2, 2], [2, 2]], [[3, 3], [3, 3]]]

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.op = op

        def construct(self, x):
            return self.op(x * 2, x)

    luojia.set_context(mode=luojia.GRAPH_MODE)
    try:
        assert Net()(X).tolist() == [[3, 6], [9, 12]]
    finally:
        luojia.set_context(mode=luojia.PYNATIVE_MODE)
    bare = ops.Custom(add, same, same, "pyfunc")
    with pytest.raises(RuntimeError, match="the bprop of add is not defined; give bprop="):
        ops.grad(lambda x: bare(x, x).sum())(X)
    assert ops.grad(lambda x: (ops.stop_gradient(bare(x, x)) * x).sum())(X).tolist() == [[2, 4], [6, 8]]


def test_the_language_of_kernel():
    ones = np.ones((2, 2), np.float32)
    expected = [[0.9092974, 1.8185948], [0.9092974, 1.8185948]]  # mindspore 2.8.0's numbers
    assert np.allclose(product(ones, ones), expected) and product.__name__ == "product"
    assert np.allclose(ops.Custom(product)(Tensor(ones), Tensor(ones)).asnumpy(), expected)
    info = CustomRegOp().input(0, "a").output(0, "y").attr("n", "required", "all").dtype_format(
        DataType.F32_None, DataType.I64_Default).target("CPU").get_op_info()
    assert info["target"] == "CPU" and info["dtype_format"] == [(("float32", ""), ("int64", "DefaultFormat"))]

    @custom_info_register(info)
    def plain(a):
        return a

    assert plain.reg_info == (info,) and kernel(reg_info=info, compile_attrs={})(add)(1, 2) == 3


@pytest.mark.parametrize("make, kind, message", [
    (lambda: ops.Custom(3), TypeError, "'func' must be of type function or str, but got <class 'int'>"),
    (lambda: ops.Custom(add, func_type="foo"), ValueError, "'func_type' must be one of .*'pyfunc'], but got foo"),
    (lambda: ops.Custom("a.so:f", func_type="aot"), NotImplementedError, "luojia loads no compiled kernels"),
    (lambda: ops.Custom(add, func_type="pyfunc"), TypeError, r"'out_shape' must be one of \[tuple, list, function\]"),
    (lambda: ops.Custom(add, same, 3, "pyfunc"), TypeError, "'out_dtype' must be one of .*, but got <class 'int'>"),
    (lambda: ops.Custom(add, same, same, "pyfunc", 3), TypeError, "'bprop' must be a function"),
    (lambda: ops.Custom(add, (3,), luojia.float32, "pyfunc")(X, X), ValueError, r"result 0 of add has shape \(2, 2\)"),
    (lambda: ops.Custom(two, lambda x: (x,), lambda x: (x, x), "pyfunc")(X), ValueError, "two has 2 results, but"),
    (lambda: kernel(3), TypeError, "For 'kernel', it decorates a function, but got <class 'int'>"),
    (lambda: CustomRegOp(3), TypeError, "op_name value must be string, but got <class 'int'>"),
    (lambda: DataType.F99_None, AttributeError, "DataType has no 'F99_None'; it has a dtype and a layout"),
])
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
