"""The dtypes that MindSpore's functions accept: the table's grammar, and what is refused beyond it."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nd, ops
from luojia._src.core.accepted import guarded, names_of, read
from luojia._src.core.compiled_faces import compile_plain
from luojia._src.core.faces import Face
from luojia._src.core.op import OPERATORS
from luojia._src.ops.composed.accepted import FUNCTIONS

X = Tensor(np.ones((2, 2), np.float32))
N = Tensor(np.ones((2, 2), np.int32))
H, D = X.astype(ms.float16), X.astype(ms.float64)
V = X[0]


def test_a_row():
    rows = read("""
        f, g   x y!: f32 index =; z: any
    """)
    assert rows["f"] == rows["g"] and rows["f"].alike == (("x", "y"),)
    assert rows["f"].params["y"].names == ("float32", "int32", "int64") and rows["f"].params["y"].tensor
    assert "bool" in rows["f"].params["z"].names and not rows["f"].params["x"].tensor
    assert names_of("float f16") == ("float16", "float32", "float64", "bfloat16")


def test_limits_of_numbers_and_axes():
    row = read("f  x!: f32 axes=1; q y: f32 =; q: num>0; n: int>=2")["f"]
    assert row.limits == (("x", "axes", "=", 1), ("q", "num", ">", 0), ("n", "int", ">=", 2))
    assert row.params["q"].names == ("float32",) and row.alike == (("q", "y"),)

    def f(x, q=1.0, y=None, n=2): return n

    call = guarded(f, row)
    assert call(V) == 2 and call(V, V, V, 3) == 3 and call(V, 0.5, n=np.int64(2)) == 2
    for arguments, error, words in (
        ((X,), ValueError, r"'x' must have 1 axes, but got shape \(2, 2\)"), ((None,), TypeError, "must be a Tensor"),
        ((V, 0), ValueError, "For 'f', 'q' must be > 0, but got 0"), ((V, [1.0]), TypeError, "of 'q' should be one of"),
        ((V, 1, None, 1), ValueError, "'n' must be >= 2, but got 1"), ((V, 1, None, 2.5), TypeError, "should be 'int'"),
        ((V, 1, None, True), TypeError, "the type of 'n' should be 'int', but got type 'bool': True"),
        ((ops.reshape(V, (1, 2)),), ValueError, "'x' must have 1 axes"),
    ):
        with pytest.raises(error, match=words):
            call(*arguments)
    p = Tensor(np.ones(2, np.float32))
    wide = guarded(lambda into, x: x, read("f  into x: any <")["f"])
    assert wide(p, N) is N
    with pytest.raises(TypeError, match="x of Float64 cannot be written to into of Float32; cast it first"):
        wide(p, D)


def test_rows_fit_their_functions():
    assert all(callable(getattr(ops, name)) for name in FUNCTIONS)
    with pytest.raises(ValueError, match=r"relu: the table of accepted dtypes names 'q', of \(input\)"):
        compile_plain(Face(OPERATORS["relu"], "relu(input:x)"), "m", read("relu  q: float")["relu"])
    with pytest.raises(ValueError, match=r"f: the table of accepted dtypes names \['q'\], of \(x\)"):
        def f(x): return x
        guarded(f, read("f  q: float")["f"])
    assert guarded(f, None) is f


@pytest.mark.parametrize(("call", "words"), [  # TypeErrors of mindspore 2.8.0 too
    (lambda: ops.ceil(N), "For 'ceil', the dtype of 'input' must be one of Float16, .*, but got Int32; cast it first"),
    (lambda: ops.digamma(X.astype(ms.bfloat16)), "but got BFloat16"),
    (lambda: ops.addcdiv(X, X, H), "For 'addcdiv', input and tensor1 and tensor2 must be of one dtype, but got input: "
                                   "Float32, tensor1: Float32, tensor2: Float16"),
    (lambda: ops.addcdiv(1, X, X), "For 'addcdiv', 'input' must be a Tensor, but got int"),
    (lambda: ops.bmm(X[None], D[None]), "input_x and mat2 must be of one dtype"),
    (lambda: ops.bmm(mat2=X[None], input_x=D[None]), "input_x and mat2 must be of one dtype"),
    (lambda: ops.adaptive_avg_pool1d(D[None], 1), "'input' must be one of Float16, Float32, but got Float64"),
    (lambda: ops.bitwise_and(X, N), "the dtype of 'input' must be one of"),
    (lambda: ops.bitwise_and(N, X), "the dtype of 'other' must be one of"),
    (lambda: ops.cdist(X, D), "For 'cdist', x1 and x2 must be of one dtype"),
    (lambda: ops.cdist(x1=N, x2=N), "For 'cdist', the dtype of 'x1' must be"),
    (lambda: ops.matmul(X, H), "For 'matmul', input and other must be of one dtype"),
    (lambda: ops.conv2d(X[None, None], H[None, None]), "input and weight must be of one dtype"),
    (lambda: ops.gcd(N, 1), "For 'gcd', 'other' must be a Tensor, but got int"),
    (lambda: ops.logical_not(True), "For 'logical_not', 'input' must be a Tensor, but got bool"),
    (lambda: ops.addr(X, V, V.astype(ms.float16)), "vec1 and vec2 must be of one dtype"),
    (lambda: ops.bartlett_window(5), "For 'bartlett_window', 'window_length' must be a Tensor, but got int"),
    (lambda: ops.binary_cross_entropy(X, X, H), "logits and labels and weight must be of one dtype"),
    (lambda: ops.dropout(N), "For 'dropout', the dtype of 'input' must be"),
    (lambda: ops.count_nonzero(Tensor([True])), "For 'count_nonzero', the dtype of 'x' must be"),
    (lambda: ops.cross_entropy(N, Tensor([1, 0])), "For 'cross_entropy', the dtype of 'input' must be"),
    (lambda: ops.inverse(N), "For 'inverse', the dtype of 'input' must be"),
    (lambda: ops.gelu(N), "For 'gelu', the dtype of 'input' must be"),
    (lambda: ops.index_add(X, Tensor([0]), X[:1], 0), "For 'index_add', the dtype of 'indices' must be one of Int32"),
])
def test_what_is_refused(call, words):
    with pytest.raises(TypeError, match=words):
        call()


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ops.addmm(X, X, V), r"For 'addmm', 'mat2' must have 2 axes, but got shape \(2,\)"),
    (lambda: ops.avg_pool1d(V, 1), "'input_x' must have at least 2 axes"),
    (lambda: ops.ger(V, X), "'vec2' must have 1 axes"),
    (lambda: ops.index_select(X, 0, X.astype(ms.int32)), "'index' must have 1 axes"),
    (lambda: ops.lp_pool2d(V, 1.0, 1), "'x' must have 4 axes"),
])
def test_axes(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_what_passes():
    assert ops.ceil(X.astype(ms.bfloat16)).dtype == ms.bfloat16 and ops.bitwise_and(N, 1).tolist() == N.tolist()
    assert ops.addcdiv(D, D, D).dtype == ms.float64 and ops.bmm(X[None], X[None]).shape == (1, 2, 2)
    assert ops.binary_cross_entropy(X, X).shape == () and nd.ceil(nd.array([1, 2], dtype="int32")).shape == (2,)
    assert ops.ceil(ms.sym.var("x")).list_arguments() == ["x"] and ops.cdist(X, x2=X).shape == (2, 2)
