"""gluon.contrib.cnn: layers that find out where to read."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd
from luojia.gluon import nn
from luojia.gluon.contrib import cnn


@pytest.mark.parametrize("cls", [cnn.DeformableConvolution, cnn.ModulatedDeformableConvolution])
@pytest.mark.parametrize("hybrid", [False, True])
def test_layers(cls, hybrid):
    with mx.name.NameManager():
        layer = cls(3, kernel_size=3, padding=1, num_deformable_group=2, activation="relu", prefix="d_")
    layer.initialize(mx.init.Normal(0.3))
    if hybrid:
        layer.hybridize()
    x = nd.array(np.random.RandomState(0).randn(2, 4, 5, 6))
    plain = nn.Conv2D(3, 3, padding=1, activation="relu")
    plain.initialize()
    with autograd.record():
        y = layer(x)
    y.backward()
    plain(x)
    plain.weight.set_data(layer.deformable_conv_weight.data())
    expected = plain(x).asnumpy()  # offsets begin at zero, and masks at one
    np.testing.assert_allclose(y.asnumpy(), expected, rtol=1e-4, atol=1e-5)
    assert np.abs(layer.offset_weight.grad().asnumpy()).sum() > 0
    times = 3 if cls is cnn.ModulatedDeformableConvolution else 2
    assert layer.offset_weight.shape == (times * 18, 4, 3, 3) and layer.deformable_conv_weight.shape == (3, 4, 3, 3)
    names = ["d_deformable_conv_weight", "d_deformable_conv_bias", "d_offset_weight", "d_offset_bias"]
    assert list(layer.collect_params()) == (names if times == 3 else names[2:] + names[:2])


def test_printing_and_names():
    with mx.name.NameManager():
        layer = cnn.DeformableConvolution(6, (3, 3), (2, 2), (1, 1), groups=2, use_bias=False, activation="relu")
        assert repr(layer) == ("DeformableConvolution(None -> 6, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), "
                               "groups=2, bias=False, Activation(relu))")
        assert layer.prefix == "deformable_conv0_"
        assert cnn.ModulatedDeformableConvolution(6).prefix == "modulated_deformable_conv0_"
    assert layer.deformable_conv_bias is None
    with pytest.raises(mx.MXNetError, match="use layout='NCHW'"):
        cnn.DeformableConvolution(6, layout="NHWC")
