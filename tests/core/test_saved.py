"""Hooks on what the tape saves; the numbers are those of MindSpore 2.8."""

import threading

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, nn, ops
from luojia._src.core import apply
from luojia._src.core.tape import Node, RichNode
from tests.tolerances import tolerance_of

X, Y = np.array([1, 2], np.float32), np.array([3, 4], np.float32)


def assert_close(got, expected, scale=1):
    """Of Tensors, or tuples of them."""
    assert isinstance(got, tuple) == isinstance(expected, tuple)
    for a, b in zip(got, expected, strict=True) if isinstance(got, tuple) else [(got, expected)]:
        a, b = np.asarray(a), np.asarray(b)
        tolerances = tolerance_of(a.dtype)
        np.testing.assert_allclose(a, b, rtol=tolerances["rtol"], atol=scale * tolerances["atol"])


def hooked(fn, log, pack=lambda t: t.asnumpy(), unpack=Tensor):
    def packing(t):
        log.append(t.asnumpy().tolist())
        return pack(t)

    def unpacking(kept):
        log.append("unpack")
        return unpack(kept)

    def run(*args):
        with ms.saved_tensors_hooks(packing, unpacking):
            out = fn(*args)
        log.append("end")
        return out

    return run


@pytest.mark.parametrize("fn, inputs, saved", [
    (lambda x, y: x * y, (X, Y), [[1, 2], [3, 4]]),
    (lambda x, y: x + y, (X, Y), []),
    (ops.sin, (X,), [[1, 2]]),
    (ops.exp, (X,), [np.exp(X).tolist()]),
    (ops.tanh, (X,), [np.tanh(X).tolist()]),
    (lambda x: (x * x).sum(), (X,), [[1, 2], [1, 2]]),
    (lambda x, y: (x * y) * y, (X, Y), [[1, 2], [3, 4], [3, 8], [3, 4]]),
])
def test_what_operators_save(fn, inputs, saved):
    log, tensors = [], [Tensor(x) for x in inputs]
    gradients = ms.grad(hooked(fn, log), tuple(range(len(inputs))))(*tensors)
    packed = log[: log.index("end")]
    assert len(packed) == len(saved) and all(np.allclose(a, b, 1e-6) for a, b in zip(packed, saved))
    assert log[log.index("end") + 1:] == ["unpack"] * len(saved)
    assert_close(gradients, ms.grad(fn, tuple(range(len(inputs))))(*tensors))


def test_the_gradient_is_that_of_what_unpack_gives():
    plus = ms.register_saved_tensors_hooks(lambda t: t + 1, lambda t: t)(lambda x, y: x * y)
    gx, gy = ms.grad(plus, (0, 1))(Tensor(X), Tensor(Y))
    assert gx.asnumpy().tolist() == [4, 5] and gy.asnumpy().tolist() == [2, 3]
    half = hooked(lambda x, y: x * y, [], lambda t: t.asnumpy().astype(np.float16), Tensor)
    gx = ms.grad(half)(Tensor(X), Tensor(Y))
    assert gx.dtype == ms.float32 and gx.asnumpy().tolist() == [3, 4]


def test_blocks_in_one_another():
    log = []

    def noting(name):
        return ms.saved_tensors_hooks(lambda t: (log.append(name), t)[1], lambda t: (log.append("un" + name), t)[1])

    def fifth(x):
        with noting("outer"):
            square = x * x
            with noting("inner"):
                cube = square * x
            return cube * square

    assert ms.grad(fifth)(Tensor(X)).asnumpy().tolist() == [5, 80]
    assert log == ["outer"] * 2 + ["inner"] * 2 + ["outer"] * 2 + ["unouter"] * 2 + ["uninner"] * 2 + ["unouter"] * 2
    assert apply.Node is Node and apply.RichNode is RichNode


def test_a_network_has_the_same_gradients(rng):
    net = nn.SequentialCell(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten(),
                            nn.Dense(27, 4))
    net.set_train()
    x = Tensor(rng.standard_normal((2, 2, 6, 6)).astype(np.float32))
    weights = net.trainable_params()
    loss = lambda x: ops.log_softmax(net(x)).square().sum()  # noqa: E731
    log = []
    got = ms.grad(hooked(loss, log), None, weights)(x)
    assert_close(got, ms.grad(loss, None, weights)(x), scale=10)
    assert log.count("unpack") > 8


def test_second_order_and_complex_numbers():
    cube = hooked(lambda x: x * x * x, [])
    assert ms.grad(ms.grad(cube))(Tensor(X)).asnumpy().tolist() == [6, 12]
    z = Tensor(np.array([1 + 2j, 3 - 1j], np.complex64))
    real = lambda z: (z * z).real().sum()  # noqa: E731
    assert_close(ms.grad(hooked(real, []))(z), ms.grad(real)(z))


def test_variables_of_autograd_and_other_threads():
    w = Parameter(Tensor(X), name="w")
    got = []
    with ms.saved_tensors_hooks(lambda t: 1 / 0, lambda kept: kept):
        thread = threading.Thread(target=lambda: got.append(ms.grad(lambda x: ops.sin(x * x))(Tensor(X))))
        thread.start()
        thread.join()
    assert_close(got[0], 2 * X * np.cos(X * X))
    assert_close(ms.grad(hooked(lambda x: w * x, []), None, [w])(Tensor(Y)), (Tensor(Y),))


@pytest.mark.parametrize("pack, unpack, error, message", [
    (lambda t: t.asnumpy(), lambda kept: kept, TypeError, "unpack_hook must give a Tensor, but got ndarray"),
    (lambda t: t, lambda kept: Tensor(np.ones(3)), ValueError, r"of the shape \(2,\), which pack_hook got, but gave"),
    (lambda t: 1 / 0, lambda kept: kept, ZeroDivisionError, "division by zero"),
])
def test_errors(pack, unpack, error, message):
    with pytest.raises(error, match=message):
        ms.grad(hooked(lambda x: x * x, [], pack, unpack))(Tensor(X))
    assert apply.Node is Node
    assert ms.grad(lambda x: x * x)(Tensor(X)).asnumpy().tolist() == [2, 4]


def test_hooks_are_functions():
    with pytest.raises(TypeError, match="pack_hook must be a function, but got int"):
        ms.saved_tensors_hooks(3, lambda kept: kept)
    with pytest.raises(TypeError, match="unpack_hook must be a function, but got NoneType"):
        ms.register_saved_tensors_hooks(lambda t: t, None)
