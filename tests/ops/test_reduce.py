"""Reductions over axes."""

import numpy as np
import pytest
import scipy.special as sp

from luojia import Tensor, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError
from tests.check import check_op

x = np.array([[[0.3, -1.2, 2.1], [1.4, 0.6, -0.5]]]) + np.array([0.0, 0.1]).reshape(2, 1, 1)
AXES = [{}, {"axis": 1}, {"axis": (0, -1)}, {"axis": (1,), "keepdims": True}]


def run(name, value, **attrs):
    return OPERATORS[name](Tensor(value), **attrs).asnumpy()


@pytest.mark.parametrize("how", AXES)
def test_over_axes(how):
    np_how = {k: v for k, v in how.items()}
    check_op("sum", x, attrs=how, ref=x.sum(**np_how))
    check_op("mean", x, attrs=how, ref=x.mean(**np_how))
    check_op("prod", x, attrs=how, ref=x.prod(**np_how), tolerance=3)
    check_op("var", x, attrs={**how, "ddof": 1}, ref=x.var(**np_how, ddof=1))
    check_op("std", x, attrs=how, ref=x.std(**np_how), tolerance=3)
    check_op("logsumexp", x, attrs=how, ref=sp.logsumexp(x, **np_how))
    check_op("norm", x, attrs=how, ref=np.sqrt((x * x).sum(**np_how)))
    check_op("all", x > 0, attrs=how, ref=(x > 0).all(**np_how))
    check_op("any", x > 0, attrs=how, ref=(x > 0).any(**np_how))
    check_op("count_nonzero", x, attrs=how, ref=(x != 0).sum(**np_how), dtypes=())


def test_mxnet_conventions():
    check_op("sum", x, attrs={"axis": 1, "exclude": True}, ref=x.sum((0, 2)))
    check_op("mean", x, attrs={"axis": 1, "exclude": True}, ref=x.mean((0, 2)))
    check_op("square_sum", x, attrs={"axis": 1, "keepdims": True}, ref=(x * x).sum(1, keepdims=True))
    check_op("sum", x, attrs={"rank1": True}, ref=x.sum().reshape(1))
    check_op("prod", x, attrs={"axis": (1,), "exclude": True, "rank1": True}, ref=x.prod((0, 2)), tolerance=3)
    ints = np.array([1, 2], np.int32)
    assert run("sum", ints, rank1=True).dtype == np.int32 and run("sum", ints).dtype == np.int64
    assert run("mean", ints, rank1=True).tolist() == [1]
    assert run("sum", np.array([True, True])).tolist() == 2


def test_zeros_and_nans():
    check_op("prod", np.array([0.0, 2.0, 3.0]), ref=0.0)
    check_op("prod", np.array([0.0, 2.0, 0.0]), ref=0.0)
    odd = np.array([1.0, np.nan, 3.0])
    check_op("nansum", x, attrs={"axis": 1}, ref=x.sum(1))
    check_op("nanprod", x, attrs={"axis": 1}, ref=x.prod(1), tolerance=3)
    assert run("nansum", odd) == 4 and run("nanprod", odd) == 3
    assert run("logsumexp", np.array([1000.0, 1000.0])) == 1000 + np.log(2)


def test_norms():
    check_op("norm", x, attrs={"ord": 1, "axis": 1}, ref=np.abs(x).sum(1))
    check_op("norm", x, attrs={"ord": 3, "axis": -1}, ref=(np.abs(x) ** 3).sum(-1) ** (1 / 3))
    check_op("norm", x, attrs={"ord": float("inf"), "axis": -1}, ref=np.abs(x).max(-1), symbol=False)
    check_op("norm", x, attrs={"ord": float("-inf"), "axis": -1}, ref=np.abs(x).min(-1), symbol=False)
    check_op("norm", x, attrs={"ord": 0, "axis": -1}, ref=(x != 0).sum(-1), grad=False)
    assert np.isnan(ops.GradOperation()(ops.norm)(Tensor(np.zeros(2))).asnumpy()).all()
    with pytest.raises(ArgumentError, match="norm: ord must be a number, inf, -inf or 'fro', got 'foo'"):
        run("norm", x, ord="foo")


def test_moments():
    check_op("moments", x, attrs={"axis": (0, 2)}, ref=(x.mean((0, 2)), x.var((0, 2))))
    check_op("moments", x, attrs={"axis": 1, "keepdims": True}, ref=(x.mean(1, keepdims=True), x.var(1, keepdims=True)))


def test_normalizations():
    flat = x.reshape(2, 6)
    check_op("l2_normalize", flat, attrs={"axis": 1}, ref=flat / np.sqrt((flat**2).sum(1, keepdims=True)))
    long = np.sqrt(np.maximum((flat**2).sum(1, keepdims=True), 2.0))
    check_op("l2_normalize", flat, attrs={"axis": 1, "epsilon": 2.0}, ref=flat / long)
    for mode, axes in (("instance", (1, 2)), ("channel", 1), ("spatial", 2)):
        check_op("l2_normalization", x, attrs={"mode": mode},
                 ref=x / np.sqrt((x * x).sum(axes, keepdims=True) + 1e-10))
    with pytest.raises(ArgumentError, match="mode must be 'instance', 'channel' or 'spatial', got 'foo'"):
        run("l2_normalization", x, mode="foo")
    y = x.reshape(1, 4, 3, 1)
    s = np.pad(y * y, ((0, 0), (1, 1), (0, 0), (0, 0)))
    near = s[:, :-2] + s[:, 1:-1] + s[:, 2:]
    check_op("local_response_norm", y, attrs={"nsize": 3, "alpha": 0.1}, ref=y / (2 + 0.1 / 3 * near) ** 0.75)
    check_op("local_response_normalization", y, attrs={"depth_radius": 1, "alpha": 0.1},
             ref=y / (1 + 0.1 * near) ** 0.5)


def test_axis_out_of_bounds():
    for name in ("sum", "mean", "prod", "max", "var", "all"):
        with pytest.raises(ArgumentError, match=rf"{name}: axis 3 is out of bounds for an array of shape \(2, 2, 3\)"):
            run(name, x, axis=3)
