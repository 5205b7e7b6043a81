"""mx.test_utils."""

import os
import random

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia import test_utils as tu


def test_comparison():
    tu.assert_almost_equal(nd.ones((2,)), nd.ones((2,)) * 1.001)
    tu.assert_almost_equal(nd.ones((2,)), np.ones(2) * 1.005, rtol=1e-2, names=("p", "q"))
    tu.assert_almost_equal(np.array([np.nan, 1]), np.array([np.nan, 1]), equal_nan=True)
    tu.assert_almost_equal(np.ones((2, 1)), np.ones((2, 3)))
    assert tu.same(np.ones(2), nd.ones((2,))) and not tu.same(np.ones(2), np.ones(3))
    assert tu.almost_equal(np.ones(2), np.ones(2) + 1e-7) and not tu.almost_equal(np.ones(2), np.ones(2) + 1e-3)
    with pytest.raises(AssertionError, match="a.shape"):
        tu.almost_equal(np.ones((2, 1)), np.ones((2, 3)), use_broadcast=False)
    tu.assert_allclose(nd.ones((2,)), np.ones(2))
    tu.assert_almost_equal_ignore_nan(np.array([np.nan, 1]), np.array([2, 1]))


def test_comparison_that_fails(capsys):
    with pytest.raises(AssertionError) as caught:
        tu.assert_almost_equal(np.ones((20, 2)), np.zeros((20, 2)), names=("p", "q"), mismatches=(3, 2))
    assert str(caught.value) == (  # mxnet 1.9.1's, to the letter
        "\nItems are not equal:\nError 50000000000000000000.000000 exceeds tolerance rtol=1.000000e-05, "
        "atol=1.000000e-20 (mismatch at least 7.500000%).\nLocation of maximum error: (0, 0), p=1.00000000, "
        "q=0.00000000\n ACTUAL: array([[1., 1.],\n       [1., 1.],\n       [1., 1.],...\n"
        " DESIRED: array([[0., 0.],\n       [0., 0.],\n       [0., 0.],..."
    )
    assert capsys.readouterr().out == (
        "\n*** Maximum errors for vector of size 40:  rtol=1e-05, atol=1e-20\n\n"
        "  1: Error 50000000000000000000.000000  Location of error: (0, 0), p=1.00000000, q=0.00000000\n"
        "  2: Error 50000000000000000000.000000  Location of error: (0, 1), p=1.00000000, q=0.00000000\n"
    )
    for wrong, message in (((np.array([np.nan]), np.array([np.nan])), "Error nan exceeds .*mismatch 100"),
                           ((np.array([1, 2]), np.array([1, 3])), "Error 1000000.* rtol=0.000000e.*mismatch 50.0"),
                           ((1.0, 2.0), r"Error 50000.000000 exceeds tolerance rtol=1.000000e-05, .*e-20\.\n"),
                           ((np.array([True]), np.array([False])), "not equal")):
        with pytest.raises(AssertionError, match=message):
            tu.assert_almost_equal(*wrong)
    with pytest.raises(AssertionError, match=r"a.shape = \(2, 1\) and b.shape = \(2, 3\) are not equal"):
        tu.assert_almost_equal(np.ones((2, 1)), np.ones((2, 3)), use_broadcast=False)
    with pytest.raises(AssertionError, match="a.shape"):
        tu.checkShapes(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="broadcast"):
        tu.assert_almost_equal(np.ones((2, 3)), np.ones((3, 2)))
    with pytest.raises(AssertionError, match="Items are not equal"):
        tu.assert_almost_equal_ignore_nan(np.array([np.nan, 1]), np.array([2, 3]))
    with pytest.raises(AssertionError, match="rtol=1.000000e-07"):
        tu.assert_allclose(np.ones(1), np.ones(1) + 1e-5)
    assert tu.locationError(np.ones(2), np.zeros(2), (1,), ("p", "q"), maxError=True) == (
        "Location of maximum error: (1,), p=1.00000000, q=0.00000000")
    at, error = tu._find_max_violation(np.array([1.0, 2]), np.array([1.0, 3]), 1e-3, 1e-4)
    assert at == (1,) and error == pytest.approx(322.58063)


def test_tolerances():
    assert tu.get_rtol(None, "float32") == 1e-4 and tu.get_atol(None, "float32") == 1e-3
    assert tu.get_rtol(None, "float16") == 1e-2 and tu.get_atol() == 1e-20 and tu.get_rtol(0.5) == 0.5
    assert tu.default_rtols()[np.dtype("int32")] == 0 and tu.default_dtype() is np.float32


def test_random_arrays():
    a, b = tu.random_arrays((2,), ())
    assert a.shape == (2,) and b.shape == () and a.dtype == np.float32
    x = tu.rand_ndarray((2, 3), dtype="float64", ctx=mx.cpu(1))
    assert x.shape == (2, 3) and x.dtype == np.float64 and x.ctx == mx.cpu(1)
    s = tu.rand_ndarray((40, 5), "csr", density=0.2)
    assert s.stype == "csr" and 0 < (s.asnumpy() != 0).mean() < 0.5
    r = tu.rand_ndarray((40, 5), "row_sparse", density=0.5, modifier_func=lambda v: 2.0)
    assert set(np.unique(r.asnumpy())) == {0, 2}
    assert len(tu.rand_shape_nd(3)) == 3 and all(1 <= n <= 4 for n in tu.rand_shape_nd(50, 4))
    assert min(tu.rand_shape_nd(200, 1, allow_zero_size=True)) == 0
    assert len(tu.rand_shape_2d()) == 2 and tu.rand_shape_3d(1, 1, 1) == (1, 1, 1)


def test_contexts():
    assert tu.default_context() == mx.cpu(0) and list(tu.list_gpus()) == list(range(mx.num_gpus()))
    tu.set_default_context(mx.cpu(1))
    try:
        assert nd.ones((1,)).ctx == tu.default_context() == mx.cpu(1)
    finally:
        tu.set_default_context(mx.cpu(0))


def test_assert_exception():
    tu.assert_exception(lambda x: 1 / x, ZeroDivisionError, 0)
    with pytest.raises(AssertionError, match="did not raise ZeroDivisionError"):
        tu.assert_exception(lambda: 1, ZeroDivisionError)


def test_with_seed():
    @tu.with_seed(5)
    def draw():
        return random.random(), np.random.rand(), nd.random.uniform().asscalar()

    @tu.with_seed()
    def fail():
        raise KeyError("k")

    assert draw() == draw() and draw.__name__ == "draw"
    with pytest.raises(KeyError) as caught:
        fail()
    assert "Reproduce with the seed" in caught.value.__notes__[0]


def test_environment():
    with tu.environment("LUOJIA_TEST", "1"):
        assert os.environ["LUOJIA_TEST"] == "1"
        with tu.environment({"LUOJIA_TEST": None}):
            assert "LUOJIA_TEST" not in os.environ
    with pytest.raises(AssertionError, match="expects a dict, or a variable's name and value"), tu.environment("A"):
        pass
    assert "LUOJIA_TEST" not in os.environ


def test_get_mnist(tmp_path, monkeypatch):
    from luojia._src.formats import idx

    root = tmp_path / "datasets" / "mnist"
    root.mkdir(parents=True)
    for kind, n in (("train", 4), ("t10k", 2)):
        idx.save(root / f"{kind}-images-idx3-ubyte", np.full((n, 28, 28), 255, np.uint8))
        idx.save(root / f"{kind}-labels-idx1-ubyte", np.arange(n, dtype=np.uint8))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path))
    found = tu.get_mnist()
    assert found["train_data"].shape == (4, 1, 28, 28) and found["train_data"].dtype == np.float32
    assert found["test_data"].max() == 1 and found["test_label"].tolist() == [0, 1]


# -- symbols -----------------------------------------------------------------------------------------------------------


def test_simple_forward():
    assert tu.simple_forward(mx.sym.square(mx.sym.var("a")), a=np.ones(2) * 3).tolist() == [9, 9]


def test_check_symbolic_forward():
    square, three = mx.sym.square(mx.sym.var("a")), np.full((2,), 3.0)
    (out,) = tu.check_symbolic_forward(square, [three], [np.full((2,), 9.0)])
    assert out.asnumpy().tolist() == [9, 9]
    with pytest.raises(AssertionError, match="FORWARD_"):
        tu.check_symbolic_forward(square, {"a": three}, [three])
    with pytest.raises(ValueError, match="Symbol arguments and keys of the given location do not match"):
        tu.check_symbolic_forward(square, {"b": three}, [three])
    with pytest.raises(ValueError, match="location: expected 1 arrays"):
        tu.check_symbolic_forward(square, [], [three])


def test_check_symbolic_backward():
    square, three, ones = mx.sym.square(mx.sym.var("a")), np.full((2,), 3.0), np.ones(2)
    grads = tu.check_symbolic_backward(square, [three], [ones], [ones * 6])
    assert grads["a"].asnumpy().tolist() == [6, 6]
    tu.check_symbolic_backward(square, [three], [ones], {"a": ones * 6}, grad_req="add")
    tu.check_symbolic_backward(square, [three], [ones], [ones * 7], grad_req={"a": "null"})
    with pytest.raises(AssertionError, match="EXPECTED_a=7.0+, BACKWARD_a=6.0+"):
        tu.check_symbolic_backward(square, [three], [ones], [ones * 7])


def test_check_numeric_gradient():
    a, b = mx.sym.var("a"), mx.sym.var("b")
    point = {"a": np.random.rand(2, 3) + 0.5, "b": np.random.rand(2, 3) + 0.5}
    tu.check_numeric_gradient(mx.sym.exp(a) * b + mx.sym.square(b), point)
    tu.check_numeric_gradient(a * b, point, grad_nodes=["b"], dtype=np.float64)
    tu.check_numeric_gradient(a * b, point, grad_nodes={"b": "write"})
    with pytest.raises(AssertionError, match="NUMERICAL_a"):
        tu.check_numeric_gradient(mx.sym.BlockGrad(a) * b, point)
    with pytest.raises(ValueError, match="grad_nodes must be a list or a dict"):
        tu.check_numeric_gradient(a * b, point, grad_nodes=3)
    with pytest.raises(KeyError, match="c: the symbol's arguments are"):
        tu.check_numeric_gradient(a * b, point, grad_nodes=["c"])
    with pytest.raises(AssertionError, match="dtype must be np.float16"):
        tu.check_numeric_gradient(a * b, point, dtype=np.int32)


def test_numeric_grad():
    x = mx.sym.var("x")
    executor = mx.sym.sum(x * x).bind(mx.cpu(), {"x": nd.array([1.0, 2.0])})
    found = tu.numeric_grad(executor, {"x": np.array([1.0, 2.0], np.float32)}, eps=1e-2)
    np.testing.assert_allclose(found["x"], [2, 4], rtol=1e-3)
    assert found["x"].dtype == np.float32 and executor.arg_dict["x"].asnumpy().tolist() == [1, 2]
    with pytest.raises(AssertionError, match="dtype must be"):
        tu.numeric_grad(executor, {}, dtype=np.int8)


def test_parsed_locations():
    bn = mx.sym.BatchNorm(mx.sym.var("x"), name="bn")
    found = tu._parse_location(mx.sym.var("x") * 2, [np.ones(2)], mx.cpu(), np.float16)
    assert list(found) == ["x"] and found["x"].dtype == np.float16
    assert tu._parse_aux_states(bn, None, mx.cpu()) is None
    assert set(tu._parse_aux_states(bn, [np.ones(2), np.ones(2)], mx.cpu())) == {"bn_moving_mean", "bn_moving_var"}
    with pytest.raises(ValueError, match="Symbol aux_states names and given aux_states do not match.symbol aux_names"):
        tu._parse_aux_states(bn, {"z": np.ones(2)}, mx.cpu())
