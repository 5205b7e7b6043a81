"""Statistics along axes, against NumPy's own."""

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

x = np.array([[0.3, -1.2, 2.1, 0.9], [1.4, 0.6, -0.5, 3.1]])
holes = np.array([[0.3, np.nan, 2.1, 0.9], [1.4, 0.6, -0.5, 3.1]])


@pytest.mark.parametrize("how", [{}, {"axis": 1}, {"axis": 0, "keepdims": True}, {"axis": (0, 1)}])
def test_range_and_reductions_past_nan(how):
    check_op("ptp", x, attrs=how, ref=np.ptp(x, **how))
    check_op("nanmax", x, attrs=how, ref=np.nanmax(x, **how))
    check_op("nanmin", x, attrs=how, ref=np.nanmin(x, **how))
    check_op("nanmean", x, attrs=how, ref=np.nanmean(x, **how))
    check_op("nanvar", x, attrs=how, ref=np.nanvar(x, **how))
    check_op("nanstd", x, attrs={**how, "ddof": 1} if how.get("axis") != 0 else how, tolerance=3,
             ref=np.nanstd(x, **how, ddof=1 if how.get("axis") != 0 else 0))


@pytest.mark.parametrize("name", ["nanmax", "nanmin", "nanmean", "nanvar", "nanstd"])
def test_nan_is_left_out(name):
    for axis in (None, 0, 1):
        found = OPERATORS[name](Tensor(holes), axis=axis)
        expected = getattr(np, name)(holes, axis=axis)
        np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-12)
    if name in ("nanmax", "nanmin"):
        assert np.isnan(OPERATORS[name](Tensor([np.nan, np.nan])).asnumpy())


def test_running_sum_past_nan():
    check_op("nancumsum", x, attrs={"axis": 1}, ref=x.cumsum(1))
    assert OPERATORS["nancumsum"](Tensor(holes)).asnumpy()[1] == 0.3


def test_average():
    w = np.array([1.0, 3.0, 2.0, 0.5])
    check_op("average", x, ref=x.mean())
    check_op("average", x, w, attrs={"axis": 1}, ref=np.average(x, 1, w))
    check_op("average", x, np.abs(x), attrs={"axis": 0}, ref=np.average(x, 0, np.abs(x)))
    check_op("average", x, w, attrs={"axis": -1, "returned": True}, ref=np.average(x, -1, w, returned=True))
    with pytest.raises(ShapeError, match=r"average: weights of shape \(4,\) fit neither"):
        OPERATORS["average"](Tensor(x), Tensor(w), axis=0)


@pytest.mark.parametrize("between", ["linear", "lower", "higher", "midpoint", "nearest"])
def test_quantile(between):
    for q, how in ((0.3, {}), ((0.25, 0.5, 1.0), {"axis": 1}), (0.4, {"axis": 0, "keepdims": True})):
        check_op("quantile", x, attrs={"q": q, "interpolation": between, **how},
                 ref=np.quantile(x, q, method=between, **how), second=between == "linear")


def test_covariance():
    check_op("cov", x, ref=np.cov(x))
    check_op("cov", x, -x[:1], ref=np.cov(x, -x[:1]))
    check_op("cov", x, attrs={"rowvar": False, "bias": True}, ref=np.cov(x, rowvar=False, bias=True))
    check_op("cov", x[0], ref=np.cov(x[0]))
    f, a = (1, 2, 1, 3), (0.5, 1.0, 2.0, 1.5)
    check_op("cov", x, None, np.array(a), attrs={"fweights": f}, ref=np.cov(x, fweights=f, aweights=a))
    check_op("corrcoef", x, ref=np.corrcoef(x), tolerance=3)
    assert OPERATORS["corrcoef"](Tensor(x[0])).asnumpy() == 1


def test_errors():
    with pytest.raises(ArgumentError, match="quantile: q must lie between 0 and 1"):
        OPERATORS["quantile"](Tensor(x), q=1.5)
    with pytest.raises(ArgumentError, match="quantile: interpolation must be one of"):
        OPERATORS["quantile"](Tensor(x), q=0.5, interpolation="cubic")
    with pytest.raises(ShapeError, match="cov: 4 observations need as many weights, got 2"):
        OPERATORS["cov"](Tensor(x), None, Tensor([1.0, 2.0]))
    with pytest.raises(ShapeError, match="cov expects a vector or a matrix"):
        OPERATORS["cov"](Tensor(x[None]))
    with pytest.raises(ArgumentError, match="ptp: axis 2 is out of bounds"):
        OPERATORS["ptp"](Tensor(x), axis=2)
