"""The primitives of ``ops.auto_generate`` that are functions of ``mint`` and ``ops``."""

import numpy as np
import pytest

from luojia import Tensor, float32, int32, int64, mint, ops
from luojia.ops import auto_generate, generated, scalars

F = mint.nn.functional
X, Y = np.float32([[1, -2, 0.5], [3, -0.25, 2]]), np.float32([[0.5, 2, 1], [-1, 0.75, 3]])


def x():
    return Tensor(X)


def y():
    return Tensor(Y)


@pytest.mark.parametrize("call, expected", [
    (lambda p: p.Mm()(x(), y().T), X @ Y.T),
    (lambda p: p.LogAddExp()(x(), y()), np.logaddexp(X, Y)),
    (lambda p: p.AddScalar()(x(), 2.0, 3), X + 6),
    (lambda p: p.FmodScalar()(x(), 2.0), np.fmod(X, 2)),
    (lambda p: p.RemainderTensorTensor()(x(), y()), np.mod(X, Y)),
    (lambda p: p.MaskedFillScalar()(x(), x() > 0, 2.0), np.where(X > 0, 2, X)),
    (lambda p: p.FillTensor()((2,), Tensor(3.0), None), [3, 3]),
    (lambda p: p.Std()(x(), (1,), 1, False), X.std(1, ddof=1)),
    (lambda p: p.SliceExt()(x(), -1, 0, 2, 1), X[:, :2]),
    (lambda p: p.TraceV2()(x(), 0, 0, 1, None), 0.75),
    (lambda p: p.ReflectionPad1D()(x(), (1, 1)), np.pad(X, ((0, 0), (1, 1)), "reflect")),
    (lambda p: p.ReflectionPad1DGrad()(Tensor(np.float32([[1, 2, 3, 4, 5]] * 2)), x(), (1, 1)), [[2, 9, 4]] * 2),
    (lambda p: p.LeakyReLUGradExt()(y(), x(), 0.1, False), np.where(X > 0, Y, Y * 0.1)),
    (lambda p: p.EluGradExt()(y(), x(), 1.0, False), np.where(X > 0, Y, Y * np.exp(X))),
    (lambda p: p.SoftmaxBackward()(y(), x(), -1), (Y - (Y * X).sum(-1, keepdims=True)) * X),
    (lambda p: p.SwigluGrad()(Tensor([[1.0]]), Tensor([[2.0, 3.0]]), -1), [[3.2723, 1.7616]]),
    (lambda p: p.ThresholdGrad()(y(), x(), 0.7), np.where(X > 0.7, Y, 0)),
    (lambda p: p.HardtanhGrad()(y(), x(), -1.0, 1.5), [[0.5, 0, 1], [0, 0.75, 0]]),
    (lambda p: p.TupleToTensor()((1, 2), int64), [1, 2]),
    (lambda p: p.ReluGrad()(y(), x()), np.where(X > 0, Y, 0)),
    (lambda p: p.BoolNot()(True), False),
    (lambda p: p.ToDtype()(x()), X),
    (lambda p: p.GroupNorm()(x().reshape(1, 2, 3), 2)[1], [X.mean(1)]),
    (lambda p: p.GroupNorm()(x().reshape(1, 2, 3), 2)[2], [1 / np.sqrt(X.var(1) + 1e-5)]),
])
def test_values(call, expected):
    np.testing.assert_allclose(call(auto_generate).asnumpy(), expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name, forward", [
    ("SeluGrad", F.selu), ("MishGradExt", F.mish), ("LogSigmoidGrad", F.logsigmoid), ("SoftplusGradExt", F.softplus),
    ("GeluGradExt", F.gelu),
])
def test_gradients_are_those_of_the_functions(name, forward):
    out, pull = ops.vjp(forward, x())
    given = out if name == "SeluGrad" else x()
    found = getattr(auto_generate, name)()(y(), given).asnumpy()
    np.testing.assert_allclose(found, pull(y())[0].asnumpy(), rtol=1e-5)


def test_dtypes():
    assert auto_generate.FillTensor()((2,), Tensor(3, int32), None).dtype == int32
    assert auto_generate.XLogYScalarOther()(x(), 2.0).dtype == float32
    assert ops.grad(lambda x: auto_generate.XLogYScalarOther()(x, 2.0))(x()).dtype == float32


def test_each_is_a_primitive():
    for name in dir(generated):
        assert issubclass(getattr(auto_generate, name), ops.Primitive), name
        assert hasattr(ops, name) or getattr(auto_generate, name)().name == name
    for name in scalars.__all__:
        assert getattr(scalars, name)().name == name
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        generated.Nonsense  # noqa: B018


@pytest.mark.parametrize("name, args, expected", [
    ("ScalarAdd", (1, 2), 3), ("ScalarFloorDiv", (7, 2), 3), ("ScalarUsub", (2,), -2), ("ScalarLog", (1.0,), 0.0),
    ("ScalarCast", (2.7, int64), 2), ("SequenceAdd", ((1,), (2,)), (1, 2)),
    ("SequenceSlice", ((1, 2, 3), 0, 3, 2), (1, 3)),
    ("InSequence", (2, (1, 2)), True), ("SequenceIndex", ((3, 4), 4), 1), ("tuple_lt", ((1, 2), (1, 3)), True),
    ("ListInsert", ([1, 3], 1, 2), [1, 2, 3]), ("TensorToTuple", (Tensor([1, 2]),), (1, 2)),
])
def test_python_values(name, args, expected):
    assert getattr(scalars, name)()(*args) == expected
