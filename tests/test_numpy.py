"""luojia.numpy: answers as mindspore.numpy 2.8.0 gives them, values as NumPy's, gradients by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import luojia.numpy as mnp
from luojia import Tensor, float64, int32, ops, set_seed

A = np.array([[1.2, 0.7, 0.9], [0.6, 1.4, 1.1], [0.8, 0.5, 1.3]])


def test_every_name_is_there():
    for name in mnp.__all__:
        assert getattr(mnp, name) is not None or name == "newaxis"
    assert "kron" in dir(mnp)
    with pytest.raises(AttributeError, match="module 'luojia.numpy' has no attribute 'nope'"):
        _ = mnp.nope


DTYPES = {
    "Int32": [
        lambda: mnp.array([1, 2]),
        lambda: mnp.arange(5),
        lambda: mnp.full((2,), 3),
        lambda: mnp.ones_like([1, 2]),
        lambda: mnp.randint(0, 3, (2,)),
        lambda: mnp.searchsorted(Tensor([1.0, 2.0]), 1.5),
        lambda: mnp.digitize(Tensor([1.5]), Tensor([1.0, 2.0])),
        lambda: mnp.cumsum(Tensor([1, 2], int32)),
        lambda: mnp.ones((2,), "int32"),
        lambda: mnp.ones((2,), np.int32),
        lambda: mnp.ones((2,), int),
    ],
    "Int64": [
        lambda: mnp.mean(Tensor([1, 2])),
        lambda: mnp.sum(Tensor([True, False])),
        lambda: mnp.unique(Tensor([1, 1])),
        lambda: mnp.argmax(Tensor([1.0, 2.0])),
        lambda: mnp.power(Tensor([2, 3]), 2),
    ],
    "Float32": [
        lambda: mnp.ones((2, 2)),
        lambda: mnp.array([1.0]),
        lambda: mnp.arange(0, 1, 0.25),
        lambda: mnp.linspace(0, 1, 3),
        lambda: mnp.eye(2),
        lambda: mnp.divide(Tensor([1, 2]), 2),
        lambda: mnp.rand(2),
        lambda: mnp.add(Tensor([1, 2]), 2.5),
        lambda: mnp.concatenate((Tensor([1.0]), Tensor([2]))),
        lambda: mnp.sqrt(Tensor([1, 2], int32)),
        lambda: mnp.bincount(Tensor([0, 1, 1])),
        lambda: mnp.logspace(0, 2, 3),
        lambda: mnp.std([1.0, 2.0]),
        lambda: mnp.add([1, 2], [1.5, 2.0]),
        lambda: mnp.add(1, 2.0, dtype="float32"),
    ],
    "Float64": [lambda: mnp.array(A), lambda: mnp.kron(Tensor(A), Tensor(A)), lambda: mnp.ones(2, float64)],
    "Bool": [
        lambda: mnp.array([True]),
        lambda: mnp.array_equal(Tensor([1.0]), Tensor([1.0])),
        lambda: mnp.isnan([1.0]),
    ],
}


@pytest.mark.parametrize("dtype, made", [(d, m) for d, rows in DTYPES.items() for m in rows])
def test_dtypes_are_mindspores(dtype, made):
    assert str(made().dtype) == dtype


SAME = {  # NumPy's answer, on the same arguments
    "average": ((A, 0), {}),
    "corrcoef": ((A,), {}),
    "cov": ((A,), {}),
    "cumprod": ((A, 1), {}),
    "diff": ((A,), {}),
    "ediff1d": ((A,), {"to_end": A[0]}),
    "float_power": ((A, 2), {}),
    "nanmean": ((A, 0), {}),
    "nanstd": ((A, 1), {}),
    "nanmax": ((A, 1), {}),
    "nanmin": ((A, 0), {}),
    "nansum": ((A, 0), {}),
    "ptp": ((A, 0), {}),
    "sort": ((A, 0), {}),
    "trace": ((A, 1), {}),
    "diagonal": ((A, 1), {}),
    "pad": ((A, 1), {"mode": "edge"}),
    "kron": ((A, A), {}),
    "cross": ((A, A[::-1]), {}),
    "roll": ((A, 1, 0), {}),
    "rot90": ((A,), {}),
    "vander": ((A[0],), {}),
    "interp": ((A, [0.0, 2.0], [0.0, 4.0]), {}),
    "convolve": ((A[0], A[1]), {}),
    "gradient": ((A[0],), {}),
    "median": ((A,), {}),
    "triu": ((A,), {}),
    "polyval": ((A[0], A), {}),
    "histogram": ((A, 3), {}),
    "dot": ((A, A), {}),
    "nonzero": ((A > 1,), {}),
    "mean": ((A, 1), {}),
    "var": ((A,), {"ddof": 1}),
    "clip": ((A, 0.6, 1.2), {}),
}


@pytest.mark.parametrize("name", SAME)
def test_values_are_numpys(name):
    args, kwargs = SAME[name]

    def lifted(x):
        return Tensor(x) if isinstance(x, np.ndarray) else x

    out = getattr(mnp, name)(*map(lifted, args), **{k: lifted(v) for k, v in kwargs.items()})
    expected = getattr(np, name)(*args, **kwargs)
    for o, e in zip(out, expected, strict=True) if isinstance(expected, tuple) else [(out, expected)]:
        np.testing.assert_allclose(o.asnumpy(), e, rtol=1e-6)


def test_values_of_the_rest():
    np.testing.assert_allclose(mnp.trapz(Tensor(A), dx=2.0).asnumpy(), (A[:, 1:] + A[:, :-1]).sum(1), rtol=1e-6)
    np.testing.assert_allclose(mnp.trapz(Tensor([1.0, 2.0, 3.0]), x=Tensor([0.0, 1.0, 3.0])).asnumpy(), 6.5)
    assert float(mnp.norm(Tensor([3.0, 4.0]))) == 5.0
    np.testing.assert_allclose(mnp.multi_dot([Tensor(A), Tensor(A), Tensor(A)]).asnumpy(), A @ A @ A)
    assert [p.tolist() for p in mnp.array_split(mnp.arange(5), 2)] == [[0, 1, 2], [3, 4]]
    assert [p.tolist() for p in mnp.split(mnp.arange(5), [1, 3])] == [[0], [1, 2], [3, 4]]
    assert [p.shape for p in mnp.dsplit(mnp.ones((1, 2, 4)), 2)] == [(1, 2, 2)] * 2
    assert (
        [p.shape for p in mnp.hsplit(mnp.ones((2, 4)), 2)]
        == [(2, 2)] * 2
        == [p.shape for p in mnp.vsplit(mnp.ones((4, 2)), 2)]
    )
    assert [g.shape for g in mnp.meshgrid([1, 2], [3, 4, 5])] == [(3, 2), (3, 2)]
    assert [g.shape for g in mnp.meshgrid([1, 2], [3, 4, 5], sparse=True)] == [(1, 2), (3, 1)]
    assert mnp.mgrid[0:2, 0:3].shape == (2, 2, 3) and [g.shape for g in mnp.ogrid[0:2, 0:3]] == [(2, 1), (1, 3)]
    assert mnp.average([1.0, 2.0], weights=[1.0, 3.0], returned=True)[1].tolist() == 4.0
    assert mnp.average(Tensor(A), returned=True)[1].tolist() == 9.0
    assert mnp.stack([mnp.ones(2), mnp.zeros(2)]).tolist() == [[1, 1], [0, 0]] and mnp.array(
        [mnp.ones(2), [2, 3]]
    ).shape == (2, 2)
    assert (
        mnp.sum([1, 2], initial=3).tolist() == 6
        and mnp.size(mnp.ones((2, 3))) == 6
        and mnp.size(mnp.ones((2, 3)), 1) == 3
    )
    assert mnp.isscalar(3) and not mnp.isscalar(mnp.ones(1)) and mnp.array_str(mnp.ones(1)) == "[1.]"
    assert str(mnp.promote_types(mnp.int32, mnp.float32)) == "Float64"
    assert str(mnp.result_type(mnp.ones(1), mnp.float64)) == "Float64"
    assert mnp.array(3, ndmin=2).shape == (1, 1) and mnp.asfarray([1]).dtype == mnp.float32
    assert (
        mnp.empty((2,)).tolist() == [0, 0]
        and mnp.empty_like([1]).tolist() == [0]
        and mnp.identity(2).tolist() == [[1, 0], [0, 1]]
    )
    assert mnp.tri(2).tolist() == [[1, 0], [1, 1]] and mnp.geomspace(1, 100, 3).tolist() == [1.0, 10.0, 100.0]
    assert mnp.linspace(0, 1, 3, retstep=True)[1] == 0.5 and mnp.zeros_like(Tensor(A)).dtype == float64
    assert (
        mnp.cov([1.0, 2.0], [3.0, 5.0]).tolist() == [[0.5, 1.0], [1.0, 2.0]]
        and mnp.corrcoef([1.0, 2.0]).tolist() == 1.0
    )


def test_a_copy_is_a_copy_and_a_seed_a_seed():
    x = Tensor([1.0])
    assert mnp.array(x) is not x and mnp.asarray(x) is x
    draws = []
    for _ in range(2):
        set_seed(3)
        draws.append((mnp.rand(3).tolist(), mnp.randn(2, 2).tolist(), mnp.randint(5, shape=4).tolist()))
    assert draws[0] == draws[1]


GRADIENTS = {
    "average": lambda a: mnp.average(a, 0, mnp.array([1.0, 2.0, 3.0])),
    "split": lambda a: mnp.split(a, 3)[1] ** 2,
    "cov": mnp.cov,
    "corrcoef": mnp.corrcoef,
    "cumprod": lambda a: mnp.cumprod(a, 0),
    "diagonal": lambda a: mnp.diagonal(a) ** 2,
    "ediff1d": lambda a: mnp.ediff1d(a) ** 2,
    "float_power": lambda a: mnp.float_power(a, 3),
    "nanvar": mnp.nanvar,
    "nanmax": mnp.nanmax,
    "nanmin": mnp.nanmin,
    "nanstd": mnp.nanstd,
    "pad": lambda a: mnp.pad(a, 1) ** 2,
    "ptp": mnp.ptp,
    "polyval": lambda a: mnp.polyval(a[0], a),
    "trapz": lambda a: mnp.trapz(a) ** 2,
    "trace": lambda a: mnp.trace(a @ a),
    "sort": lambda a: mnp.sort(a) * Tensor(A[0]),
    "kron": lambda a: mnp.kron(a, a),
    "cross": lambda a: mnp.cross(a, a * a),
    "append": lambda a: mnp.append(a, a * 2) ** 2,
    "multi_dot": lambda a: mnp.multi_dot([a, a, a]),
    "norm": mnp.norm,
    "select": lambda a: mnp.select([a > 1, a > 0.75], [a * a, a * 3], 0.0),
    "gradient": lambda a: mnp.gradient(a.reshape(-1)) ** 2,
    "stack": lambda a: mnp.stack([a, a * a]),
    "where": lambda a: mnp.where(a > 1, a * a, a),
    "take_along_axis": lambda a: mnp.take_along_axis(a, mnp.argsort(a), 1) ** 2,
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_are_those_of_finite_differences(name):
    def f(a):
        return GRADIENTS[name](a).sum()

    found = ops.grad(f)(Tensor(A)).asnumpy()
    for at in np.ndindex(A.shape):
        step = np.zeros_like(A)
        step[at] = 1e-6
        assert found[at] == pytest.approx((float(f(Tensor(A + step))) - float(f(Tensor(A - step)))) / 2e-6, abs=1e-5)


@pytest.mark.parametrize(
    "call, error, match",
    [
        (
            lambda: mnp.array("a"),
            TypeError,
            "input data must be `int`, `float`, `bool`, `Tensor`, `list`, `tuple`, but got",
        ),
        (lambda: mnp.array(None), TypeError, "input data must be"),
        (lambda: mnp.zeros(2.5), TypeError, "shape must be an int, a tuple or a list of ints, got 2.5"),
        (lambda: mnp.zeros((2, 1.5)), TypeError, "shape must hold ints"),
        (lambda: mnp.zeros(-1), ValueError, "must be >= 0"),
        (lambda: mnp.split(mnp.ones(5), 2), ValueError, "does not divide into 2 equal parts; see array_split"),
        (lambda: mnp.randint(3, 3), ValueError, "minval must be less than maxval, got 3 and 3"),
        (lambda: ops.grad(lambda a: mnp.median(a))(Tensor(A)), NotImplementedError, "VJP of median"),
    ],
)
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
