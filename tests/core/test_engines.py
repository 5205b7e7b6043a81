"""The spine's operators on every engine installed: equal values, gradients and gradients of gradients."""

import importlib.util
import os

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import wrap
from luojia._src.core.transforms import pullback
from luojia._src.engine.devices import Context
from luojia._src.engine.numpy_engine import ENGINE as NUMPY

RNG = np.random.RandomState(0)
A = RNG.randn(3, 4).astype(np.float32)
B = RNG.randn(4, 2).astype(np.float32)
IMAGES = RNG.randn(2, 3, 5, 5).astype(np.float32)
KERNELS = RNG.randn(4, 3, 3, 3).astype(np.float32)
CONV = {"stride": (1, 1), "pad": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}
SPINE = {
    "add": ([A, A[0]], {}),
    "multiply": ([A, A[:, :1]], {}),
    "matmul": ([A, B], {}),
    "exp": ([A], {}),
    "tanh": ([A], {}),
    "sinh": ([A], {}),  # without a rule of its own
    "sum": ([A], {"axis": 1}),
    "reshape": ([A], {"shape": (2, 6)}),
    "getitem": ([A], {"index": (("slice", 0, 2, None), 1)}),
    "dense": ([A, RNG.randn(2, 4).astype(np.float32), RNG.randn(2).astype(np.float32)], {}),
    "conv": ([IMAGES, KERNELS], CONV),
}


def engines():
    found = [NUMPY]
    if importlib.util.find_spec("jax"):
        from luojia._src.engine.xla_engine import ENGINE

        found.append(ENGINE)
    return found


def place(engine, number):
    """A device of the engine's own, beside cpu(0)."""
    device = object.__new__(Context)
    device.device_type, device.device_id, device._engine = "cpu", number, engine
    return device


@pytest.mark.parametrize("name", SPINE)
def test_every_engine_gives_the_same_to_second_order(name):
    arrays, attrs = SPINE[name]
    answers = []
    for engine in engines():
        device = place(engine, 90)
        inputs = [wrap(Tensor, engine.put(a, place(engine, 0)), device) for a in arrays]

        def f(*xs):
            return OPERATORS[name](*xs, **attrs)

        with recording_scope(True):
            out, _, pull = pullback(f, inputs)
            first = pull()[0]
            squares = [OPERATORS["sum"](OPERATORS["multiply"](g, g)) for g in first]
        second = []
        if any(s._node is not None for s in squares):
            def penalty(*xs):
                gradients = pullback(f, xs)[2]()[0]
                return [OPERATORS["sum"](OPERATORS["multiply"](g, g)) for g in gradients]

            second = pullback(penalty, inputs)[2]()[0]
        answers.append([out.asnumpy()] + [g.asnumpy() for g in (*first, *second)])
        assert all(type(g._value) is type(inputs[0]._value) for g in first)
    for other in answers[1:]:
        assert len(other) == len(answers[0])
        for a, b in zip(answers[0], other):
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=1e-5)
    assert all(np.isfinite(a).all() for a in answers[0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_numpy_take_their_dtype_without_a_program(dtype, caplog):
    values = np.array([1 / 3, -7e300, 1e-9, np.nan, 2049, 65520.0] * 5)[:29]
    with np.errstate(over="ignore"):
        expected = values.astype(dtype)
    for engine in engines():
        if engine is not NUMPY:
            import jax

            with jax.log_compiles():
                found = engine.asarray(values, dtype)
            assert not [r for r in caplog.records if "Compiling" in r.getMessage()]
        else:
            with np.errstate(over="ignore"):
                found = engine.asarray(values, dtype)
        assert found.dtype == dtype
        np.testing.assert_array_equal(np.asarray(found), expected)


def test_numpy_never_loads_jax():
    import subprocess
    import sys

    code = ("import sys, luojia; from luojia import Tensor, ops; x = Tensor([1.0]);"
            "ops.grad(lambda x: ops.exp(x) * x)(x); assert 'jax' not in sys.modules")
    assert subprocess.run([sys.executable, "-c", code], check=False,
                          env={**os.environ, "LUOJIA_ENGINE": "numpy"}).returncode == 0
