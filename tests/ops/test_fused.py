import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op
from tests.ops.test_conv import array, plain_conv

ONES = ((1, 1), ((1, 1), (0, 0)), (1, 1))  # stride, pad, dilation


@pytest.mark.parametrize("groups", [1, 2])
def test_convolution_relu(groups):
    x, w, b = array(2, 2, 4, 5), array(4, 2 // groups, 3, 2), array(4)
    y = plain_conv(x, w, b, *ONES, groups)
    check_op("convolution_relu", x, w, b, attrs={"pad": (1, 0), "groups": groups}, ref=np.maximum(y, 0), symbol=False)
    check_op("convolution_relu", x, w, None, attrs={"groups": groups}, symbol=False, second=False)


@pytest.mark.parametrize("flatten", [False, True])
def test_dense_relu(flatten):
    x, w, b = array(4, 2, 3), array(5, 6 if flatten else 3), array(5)
    y = (x.reshape(4, -1) if flatten else x) @ w.T
    check_op("dense_relu", x, w, b, attrs={"flatten": flatten}, ref=np.maximum(y + b, 0), symbol=False)
    check_op("dense_relu", x, w, None, attrs={"flatten": flatten}, ref=np.maximum(y, 0), symbol=False, second=False)


@pytest.mark.numpy_engine
@pytest.mark.parametrize("attrs", [{}, {"fix_gamma": True}, {"rectified": True}])
@pytest.mark.parametrize("outputs", [4, 400], ids=["small weights", "large weights"])
def test_convolution_norm(attrs, outputs, assert_close):
    x, w, b = array(2, 2, 4, 5), array(outputs, 2, 3, 2), array(outputs)
    gamma, beta, mean, var = [array(outputs) for _ in range(3)] + [array(outputs) ** 2]
    attrs = {"rectified": False, "fix_gamma": False, "eps": 0.1, **attrs}
    factor = 1 if attrs["fix_gamma"] else gamma
    scale = (factor / np.sqrt(var + attrs["eps"]))[:, None, None]
    y = (plain_conv(x, w, b, *ONES, 1) - mean[:, None, None]) * scale + beta[:, None, None]
    tensors = [Tensor(a) for a in (x, w, gamma, beta, mean, var, b)]
    found = OPERATORS["convolution_norm"](*tensors, pad=(1, 0), **attrs)
    assert_close(found.asnumpy(), np.maximum(y, 0) if attrs["rectified"] else y)


@pytest.mark.numpy_engine
def test_a_bias_of_another_size_is_refused():
    with pytest.raises(ShapeError, match="4 output channels expects a bias of shape"):
        OPERATORS["convolution_relu"](*[Tensor(array(*s)) for s in ((1, 2, 3, 3), (4, 2, 1, 1), (3,))])
