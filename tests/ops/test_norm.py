from functools import partial

import numpy as np
import pytest

from luojia import Tensor, grad, ops
from luojia._src.core import tape
from luojia._src.core.op import OPERATORS
from luojia._src.core.tape import recording_scope
from luojia._src.errors import NotSupportedError, ShapeError
from luojia._src.ops.state import batch_norm_apply
from tests.check import check_op

rng = np.random.default_rng(2)
BATCH_NORM = OPERATORS["batch_norm"]


def array(*shape):
    return rng.normal(size=shape)


def normalized(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def test_layer_norm():
    x, gamma, beta = array(3, 4, 5), array(5), array(5)
    check_op("layer_norm", x, gamma, beta, ref=normalized(x, -1) * gamma + beta)
    check_op("layer_norm", x, array(4, 5), array(4, 5), attrs={"begin_norm_axis": 1, "begin_params_axis": 1,
                                                              "output_mean_var": "var"})
    check_op("layer_norm", x, array(4), array(4), attrs={"axis": 1, "output_mean_var": True}, tolerance=4)
    check_op("layer_norm", x, None, None, attrs={"normalized_shape": (4, 5)}, ref=normalized(x, (1, 2)))


def test_layer_norm_gives_mxnets_mean_and_deviation():
    x = np.arange(24).reshape(2, 4, 3).astype(np.float32) ** 1.5
    y, mean, std = OPERATORS["layer_norm"](Tensor(x), Tensor(np.ones(3, "f4")), Tensor(np.zeros(3, "f4")),
                                           output_mean_var=True)
    assert mean.shape == std.shape == (2, 4, 1)
    np.testing.assert_allclose(y.asnumpy()[0, 0], [-1.0896974, -0.23579782, 1.3254951], rtol=1e-5)
    np.testing.assert_allclose(mean.asnumpy().ravel()[:2], [1.2761424, 8.125497], rtol=1e-5)
    np.testing.assert_allclose(std.asnumpy().ravel()[:2], [1.171098, 2.4446476], rtol=1e-5)


@pytest.mark.parametrize("name, sizes, attrs, what", [
    ("layer_norm", 3, {}, True), ("layer_norm", 3, {}, "var"), ("group_norm", 4, {"num_groups": 2}, True),
    ("instance_norm", 4, {}, True), ("instance_norm", 4, {}, "inv"),
], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_moments_that_nobody_uses_change_no_gradient(name, sizes, attrs, what, dtype):
    tolerance = 1e-5 if dtype == "float32" else 0.02  # whose statistics are rounded as they are given out
    x, g, gamma, beta = [Tensor(array(*shape).astype(dtype)) for shape in ((2, 4, 3), (2, 4, 3), (sizes,), (sizes,))]

    def loss(output_mean_var, *inputs):
        found = OPERATORS[name](*inputs, output_mean_var=output_mean_var, **attrs)
        return ((found[0] if output_mean_var else found) * g).sum()

    for a, b in zip(*[grad(partial(loss, given), (0, 1, 2))(x, gamma, beta) for given in (False, what)]):
        np.testing.assert_allclose(b.asnumpy(), a.asnumpy(), rtol=tolerance, atol=tolerance)


def test_group_norm():
    x = array(2, 4, 3)
    gamma, beta = array(4), array(4)
    ref = normalized(x.reshape(2, 2, 6), -1).reshape(x.shape) * gamma[:, None] + beta[:, None]
    check_op("group_norm", x, gamma, beta, attrs={"num_groups": 2}, ref=ref)
    check_op("group_norm", x, array(2), array(2), attrs={"num_groups": 2})
    check_op("group_norm", x, gamma, beta, attrs={"num_groups": 2, "output_mean_var": True})
    y = OPERATORS["group_norm"](Tensor(np.arange(24).reshape(2, 4, 3).astype(np.float32) ** 1.5),
                                Tensor(np.array([1, 2], "f4")), Tensor(np.zeros(2, "f4")), num_groups=2)
    np.testing.assert_allclose(y.asnumpy()[0, :, 0], [-1.1977904, 0.12621291, -2.8070858, 0.49415714], rtol=1e-5)


def test_instance_norm():
    x, gamma, beta = array(2, 3, 4, 2), array(3), array(3)
    ref = normalized(x, (2, 3), 1e-3) * gamma[:, None, None] + beta[:, None, None]
    check_op("instance_norm", x, gamma, beta, ref=ref)


class Visible:
    """batch_norm without its last outputs, the new statistics, which are constants to every gradient."""

    name, differentiable = "batch_norm", True

    def __call__(self, *args, **attrs):
        return BATCH_NORM(*args, **attrs)[:-2]

    fast_forward = property(lambda self: BATCH_NORM.fast_forward,
                            lambda self, f: setattr(BATCH_NORM, "fast_forward", f))


def statistics(c=3):
    return array(c), np.abs(array(c)) + 0.5


@pytest.mark.parametrize("attrs", [
    {"training": True}, {"training": True, "fix_gamma": True}, {"training": True, "output_mean_var": True},
    {"training": True, "output_mean_var": "var", "unbiased": True}, {"training": True, "use_global_stats": True},
    {}, {"fix_gamma": True, "output_mean_var": True}, {"training": True, "axis": -1},
])
def test_batch_norm(attrs):
    shape = (2, 4, 3) if "axis" in attrs else (4, 3, 2)
    x, gamma, beta = array(*shape), array(3), array(3)
    check_op(Visible(), x, gamma, beta, *statistics(), attrs=attrs, grad=(0, 1, 2), tolerance=4)


def test_batch_norm_by_moving_statistics():
    check_op("batch_norm", array(4, 3, 2), array(3), array(3), *statistics(), grad=(0, 1, 2), tolerance=4,
             symbol=False)  # its statistics are auxiliary there, no arguments


def test_batch_norm_is_mxnets():
    x = Tensor(np.array([[1, 2], [3, 5], [2, 7]], "f4"))
    gamma, beta = Tensor(np.array([2, 3], "f4")), Tensor(np.array([0.5, 0.5], "f4"))
    mean, var = Tensor(np.array([0.1, 0.2], "f4")), Tensor(np.array([1, 2], "f4"))
    y, m, inv, new_mean, new_var = BATCH_NORM(x, gamma, beta, mean, var, output_mean_var=True, training=True)
    np.testing.assert_allclose(y.asnumpy()[:, 0], [-1.9476547, 2.9476547, 0.5], rtol=1e-5)
    np.testing.assert_allclose(inv.asnumpy(), [1.2238274, 0.48660663], rtol=1e-5)
    np.testing.assert_allclose(new_mean.asnumpy(), [0.29, 0.64666677], rtol=1e-5)
    np.testing.assert_allclose(new_var.asnumpy(), [0.96666664, 2.2222223], rtol=1e-5)
    y = BATCH_NORM(x, gamma, beta, mean, var, fix_gamma=True)[0]
    np.testing.assert_allclose(y.asnumpy()[:, 1], [1.7724742, 3.8932645, 5.3071246], rtol=1e-5)


def test_moving_statistics_change_when_asked():
    x = Tensor(array(5, 3, 2))
    weights = Tensor(np.ones(3)), Tensor(np.zeros(3))
    batch_mean, batch_var = x.asnumpy().mean((0, 2)), x.asnumpy().var((0, 2))
    moving = Tensor(np.zeros(3)), Tensor(np.ones(3))
    batch_norm_apply(x, *weights, *moving, training=True, momentum=0.9)
    np.testing.assert_allclose(moving[0].asnumpy(), 0.1 * batch_mean)
    np.testing.assert_allclose(moving[1].asnumpy(), 0.9 + 0.1 * batch_var * 10 / 9)

    moving = Tensor(np.zeros(3)), Tensor(np.ones(3))
    batch_norm_apply(x, *weights, *moving, training=False)
    assert moving[0].asnumpy().tolist() == [0, 0, 0]
    x.attach_grad()
    with recording_scope(True, True):
        y, mean, inv = batch_norm_apply(x, *weights, *moving, commit="backward", unbiased=False, output_mean_var=True)
    assert moving[0].asnumpy().tolist() == [0, 0, 0]
    y.backward()
    np.testing.assert_allclose(moving[0].asnumpy(), 0.1 * batch_mean)
    np.testing.assert_allclose(moving[1].asnumpy(), 0.9 + 0.1 * batch_var)
    with pytest.raises(ValueError, match="commit must be"):
        batch_norm_apply(x, *weights, *moving, commit="later")


def test_a_linked_pass_over_large_arrays_finds_what_the_rule_reads():
    x = Tensor(array(64, 20))
    x.attach_grad()
    with recording_scope(True):
        y = ops.layer_norm(x, (20,))
        found = tape.backward([(y._node, Tensor(array(64, 20)))], linked=True, retain=True)
        scalar = OPERATORS["sum"](OPERATORS["square"](found[x._node]))
    scalar.backward()
    assert np.abs(x.grad.asnumpy()).max() > 0


def test_empty_batch_and_strided_data():
    assert ops.layer_norm(Tensor(np.zeros((0, 4))), (4,)).shape == (0, 4)
    x = array(5, 3, 2).transpose(2, 1, 0)
    np.testing.assert_allclose(ops.group_norm(Tensor(x), 3).asnumpy(), ops.group_norm(Tensor(x.copy()), 3).asnumpy())


def test_completion_of_weights():
    assert BATCH_NORM.complete_rule([(2, 5, 3), None, None, None, None], None)[1:] == [(5,)] * 4
    assert OPERATORS["layer_norm"].complete_rule([(2, 5, 3), None, None], None) == [(2, 5, 3), (3,), (3,)]
    assert OPERATORS["instance_norm"].complete_rule([(2, 5, 3), None, None], None) == [(2, 5, 3), (5,), (5,)]
    assert OPERATORS["group_norm"].complete_rule([(2, 4, 3), None, None], None, num_groups=2)[1:] == [(2,), (2,)]


@pytest.mark.parametrize("name, shapes, attrs, text", [
    ("layer_norm", ((2, 3), (2,), (3,)), {}, "gamma of 3 numbers"),
    ("layer_norm", ((2, 3), (3,), (2,)), {}, "beta of 3 numbers"),
    ("layer_norm", ((2, 3),), {"normalized_shape": (2,)}, "last sizes"),
    ("group_norm", ((2, 3, 2),), {"num_groups": 2}, "multiple of num_groups=2"),
    ("group_norm", ((2, 4, 2), (3,)), {"num_groups": 2}, "gamma of 4 numbers"),
    ("instance_norm", ((2, 3), (3,), (3,)), {}, "with spatial axes"),
    ("batch_norm", ((2, 3), (2,), (3,), (3,), (3,)), {}, "gamma of 3 numbers"),
    ("batch_norm", ((2, 3), (3,), (3,), (2,), (3,)), {}, "moving_mean of 3 numbers"),
    ("batch_norm", ((3,), (3,), (3,), (3,), (3,)), {}, "two axes or more"),
    ("batch_norm", ((0, 3), (3,), (3,), (3,), (3,)), {"training": True}, "at least one value to average over"),
])
def test_errors(name, shapes, attrs, text):
    with pytest.raises(ShapeError, match=text):
        OPERATORS[name](*[Tensor(np.ones(s)) for s in shapes], **attrs)


def test_layouts_are_refused_by_name():
    with pytest.raises(NotSupportedError, match="'NHWC' is not supported"):
        BATCH_NORM(*[Tensor(np.ones(s)) for s in ((2, 3), 3, 3, 3, 3)], layout="NHWC")


def test_batch_norm_with_relu():
    check_op("batch_norm_relu", array(4, 3, 2), array(3), array(3), *statistics(), grad=(0, 1, 2), tolerance=4,
             symbol=False, xla="eager")
    from luojia import autograd, nd

    given = [nd.array(a) for a in (array(4, 3, 2), array(3), array(3))]
    found = []
    for both in (False, True):
        moving = [nd.zeros((3,)), nd.ones((3,))]
        for a in given:
            a.attach_grad()
        with autograd.record():
            y = (nd.contrib.BatchNormWithReLU(*given, *moving, fix_gamma=False) if both
                 else nd.relu(nd.BatchNorm(*given, *moving, fix_gamma=False)))
        y.backward(nd.arange(24).reshape((4, 3, 2)))
        found.append([a.asnumpy() for a in (y, *[g.grad for g in given], *moving)])
    for one, other in zip(*found):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert not (found[1][4] == 0).any()  # the moving mean was renewed
