"""Initializers: which formula fills what, by name and by attribute."""

import json
import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import nd

Desc = mx.init.InitDesc


def filled(init, name="w_weight", shape=(40, 50), **attrs):
    array = nd.array(np.full(shape, 9.0))
    init(Desc(name, attrs), array)
    return array.asnumpy()


def test_by_suffix():
    init = mx.init.Uniform(0.5)
    assert abs(filled(init)).max() <= 0.5 and filled(init).std() > 0.2
    for name, value in (("x_bias", 0), ("x_gamma", 1), ("x_beta", 0), ("x_running_mean", 0), ("x_running_var", 1),
                        ("x_moving_mean", 0), ("x_moving_var", 1), ("x_moving_avg", 0), ("x_min", 0), ("x_max", 1)):
        assert (filled(init, name) == value).all(), name
    with pytest.raises(ValueError, match="Unknown initialization pattern for foo. Default initialization is now"):
        filled(init, "foo")
    with pytest.raises(NotImplementedError, match="Must override it"):
        filled(mx.init.Initializer())


def test_the_attribute_goes_first():
    assert (filled(mx.init.Zero(), "x_bias", __init__="ones") == 1).all()
    assert (filled(mx.init.Zero(), "x_bias", __init__='["constant", {"value": 2.5}]') == 2.5).all()
    assert (filled(mx.init.Zero(), "foo", __init__=mx.init.One()) == 1).all()


def test_values():
    assert (filled(mx.init.Zero()) == 0).all() and (filled(mx.init.One()) == 1).all()
    assert (filled(mx.init.Constant(3)) == 3).all()
    assert filled(mx.init.Constant(nd.array([1, 2])), shape=(2,)).tolist() == [1, 2]
    assert abs(filled(mx.init.Normal(0.3)).std() - 0.3) < 0.02
    bound = (3 / 45) ** 0.5
    drawn = filled(mx.init.Xavier())
    assert abs(drawn).max() <= bound and drawn.std() == pytest.approx(bound / 3**0.5, rel=0.05)
    assert filled(mx.init.Xavier("gaussian", "in", 2)).std() == pytest.approx((2 / 50) ** 0.5, rel=0.05)
    assert filled(mx.init.MSRAPrelu("out", 0)).std() == pytest.approx((2 / 40) ** 0.5, rel=0.05)
    w = filled(mx.init.Orthogonal(scale=1.0), shape=(4, 6))
    np.testing.assert_allclose(w @ w.T, np.eye(4), atol=1e-5)
    assert filled(mx.init.Bilinear(), shape=(1, 1, 4, 4))[0, 0, 0].tolist() == [0.0625, 0.1875, 0.1875, 0.0625]
    assert filled(mx.init.LSTMBias(2.0), "x_weight", (8,)).tolist() == [0, 0, 2, 2, 0, 0, 0, 0]


def test_seeds():
    drawn = []
    for seed in (1, 1, 2):
        mx.random.seed(seed)
        drawn.append(filled(mx.init.Xavier()))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).any()


def test_errors_of_xavier():
    with pytest.raises(ValueError, match="Xavier initializer cannot be applied to vector w_weight"):
        filled(mx.init.Xavier(), shape=(2,))
    with pytest.raises(ValueError, match="Unknown random type"):
        filled(mx.init.Xavier(rnd_type="foo"))
    with pytest.raises(ValueError, match="Incorrect factor type"):
        filled(mx.init.Xavier(factor_type="foo"))


def test_create_and_dumps():
    assert mx.init.create("zeros") == mx.init.Zero()
    init = mx.init.create("xavier", magnitude=2)
    assert mx.init.create(init.dumps()) == init and mx.init.create(init) is init
    assert json.loads(mx.init.Xavier().dumps()) == [
        "xavier", {"rnd_type": "uniform", "factor_type": "avg", "magnitude": 3}]
    assert mx.init.create(mx.init.Constant(nd.array([1, 2])).dumps()) == mx.init.Constant([1, 2])
    assert pickle.loads(pickle.dumps(init)) == init
    with pytest.raises(AssertionError, match="foo is not registered. Please register with initializer.register first"):
        mx.init.create("foo")
    with pytest.raises(AssertionError, match="initializer must be of string type"):
        mx.init.create(3)


def test_own_initializers():
    @mx.init.register
    class Sevens(mx.init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = 7

    assert (filled(mx.init.Zero(), __init__="sevens") == 7).all()
    with pytest.warns(UserWarning, match="is overriding existing initializer"):
        mx.init.register(type("Sevens", (mx.init.Initializer,), {}))


def test_mixed_and_load(tmp_path):
    init = mx.init.Mixed(["bias", ".*"], [mx.init.Zero(), mx.init.One()])
    assert (filled(init, "bias") == 0).all() and (filled(init, "x_weight") == 1).all()
    with pytest.raises(ValueError, match="Parameter name w_weight did not match any pattern"):
        filled(mx.init.Mixed(["bias"], [mx.init.Zero()]))
    path = str(tmp_path / "p.params")
    nd.save(path, {"arg:w_weight": nd.ones((2,)) * 4})
    init = mx.init.Load(path, default_init=mx.init.Zero())
    assert filled(init, shape=(2,)).tolist() == [4, 4] and filled(init, "x_bias", (2,)).tolist() == [0, 0]
    with pytest.raises(AssertionError, match="Shape mismatch, target .3,. vs loaded .2,."):
        filled(init, shape=(3,))
    with pytest.raises(AssertionError, match="Cannot Initialize x_bias. Not found in loaded param"):
        filled(mx.init.Load(path), "x_bias", (2,))


def test_strings_are_deprecated():
    with pytest.warns(DeprecationWarning, match="has been deprecated"):
        mx.init.One()("w_weight", nd.zeros((2,)))
    with pytest.raises(TypeError, match="expects InitDesc"):
        mx.init.One()(3, nd.zeros((2,)))


def test_verbosity(caplog):
    with caplog.at_level("INFO"):
        filled(mx.init.One().set_verbosity(True))
    assert "Initialized w_weight as weight" in caplog.text


def test_what_is_no_array_is_refused_and_upsampling_is_bilinear():
    with pytest.raises(TypeError, match="arr must be NDArray, got ndarray"):
        mx.init.One()(mx.init.InitDesc("w_weight"), np.zeros(2))
    kernel = mx.nd.zeros((1, 1, 2, 2))
    mx.init.One()(mx.init.InitDesc("upsampling_weight"), kernel)
    assert kernel.asnumpy().ravel().tolist() == [1, 1, 1, 1]
    with pytest.warns(DeprecationWarning, match="init.str, NDArray"):
        mx.init.One()("upsampling_weight", kernel)
        for name, value in (("stn_loc_weight", [0, 0, 0, 0, 0, 0]), ("stn_loc_bias", [1, 0, 0, 0, 1, 0])):
            array = mx.nd.zeros((6,))
            mx.init.One()(name, array)
            assert array.asnumpy().tolist() == value
    assert kernel.asnumpy().ravel().tolist() == [1, 0, 0, 0]


def test_parameters_without_axes():
    with mx.util.np_array(True), mx.util.np_shape(True):
        for init, expected in (("ones", 1), ("zeros", 0), (mx.init.Constant(3), 3)):
            p = mx.gluon.Parameter("w", shape=(), init=init)
            p.initialize()
            assert p.data().shape == () and p.data().item() == expected
        p.initialize(init=mx.init.Normal(2), force_reinit=True)
        assert p.data().item() != 3
