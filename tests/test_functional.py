"""grad, value_and_grad, vjp, jvp, Jacobians, vmap, derivative and jet, with the answers of mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import Parameter, Tensor, nn, ops
from luojia._src.core.tape import recording_scope


def t(*values):
    return Tensor(np.array(values, np.float32))


def values(out):
    return [values(o) for o in out] if isinstance(out, (tuple, list)) else (
        out.asnumpy().tolist() if isinstance(out, Tensor) else out)


def f(x, y):
    return x * y


def cube(x):
    return x * x * x


@pytest.fixture
def w():
    return Parameter(t(2.0), name="w")


@pytest.fixture
def v():
    return Parameter(t(3.0), name="v")


@pytest.fixture
def h(w, v):
    return lambda x: x * w * v


def test_grad_positions():
    assert values(ops.grad(f)(t(2), t(3))) == [3]
    assert isinstance(ops.grad(f, (0,))(t(2), t(3)), Tensor)
    assert values(ops.grad(f, (1, 0))(t(2), t(3))) == [[2], [3]]
    assert ops.grad(f)(2.0, t(3)) == ()


def test_grad_of_weights(h, w, v):
    assert values(ops.grad(h, 0, [w, v])(t(5))) == [[6], [[15], [10]]]
    assert values(ops.grad(h, None, [w, v])(t(5))) == [[15], [10]]
    assert values(ops.grad(h, None, w)(t(5))) == [15]
    assert values(ops.grad(h, 0, [w])(t(5))) == [[6], [[15]]]


@pytest.mark.parametrize("position, error, match", [
    (-1, ValueError, "must be >= 0"),
    ((0, -1), ValueError, "must be >= 0"),
    ((0, 0), ValueError, "duplicate positions in `grad_position`"),
    (None, ValueError, "can not be None at the same time"),
    ([0], TypeError, "'grad_position' must be int or tuple"),
    ("0", TypeError, "'grad_position' must be int or tuple"),
    (0.5, TypeError, "'grad_position' must be int or tuple"),
])
def test_bad_positions(position, error, match):
    with pytest.raises(error, match=match):
        ops.grad(f, position)
    with pytest.raises(error, match=match):
        ops.value_and_grad(f, position)


def test_position_beyond_the_call():
    with pytest.raises(RuntimeError, match="position index 2 exceeds"):
        ops.grad(f, 2)(t(2), t(3))


def test_what_grad_refuses(h):
    with pytest.raises(TypeError, match="weights should be Parameters, but got str"):
        ops.grad(h, 0, "a")(t(5))
    with pytest.raises(TypeError, match="'has_aux' should be bool, but got int"):
        ops.grad(f, has_aux=1)
    with pytest.raises(TypeError, match="must be a function or a Module, but got int"):
        ops.grad(3)
    with pytest.raises(TypeError, match="'return_ids' should be bool, but got int"):
        ops.value_and_grad(f, return_ids=1)


def test_gradients_by_name():
    p, q = Parameter(Tensor([2.0]), name="p"), Parameter(Tensor([5.0]), name="q")
    x, y = Tensor([3.0]), Tensor([1.0])

    def g(x, y):
        return x * p * q + y

    assert values(ops.grad(g, 0, return_ids=True)(x, y)) == [0, [10]]
    assert values(ops.grad(g, None, p, return_ids=True)(x, y)) == ["p", [15]]
    found = ops.grad(g, (0, 1), [p, q], return_ids=True)(x, y)
    assert values(found) == [[[0, [10]], [1, [1]]], [["p", [15]], ["q", [6]]]]
    assert ops.get_grad(found, 1).tolist() == [1] and ops.get_grad(found, q).tolist() == [6]
    out, found = ops.value_and_grad(g, 0, [p], return_ids=True)(x, y)
    assert out.tolist() == [31] and ops.get_grad(found, p).tolist() == [15]
    with pytest.raises(RuntimeError, match="Can not find the gradient for position or Parameter 7"):
        ops.get_grad(found, 7)
    with pytest.raises(TypeError, match="should be an integer or a Parameter, but got q"):
        ops.get_grad(found, "q")


def test_vjp_of_one_parameter_is_bare():
    p = Parameter(Tensor([2.0]), name="p")
    assert values(ops.vjp(lambda x: x * p, Tensor([3.0]), weights=p)[1](Tensor([1.0]))) == [[[2]], [3]]


def test_has_aux():
    assert values(ops.grad(lambda a: (a * a, a * 3), has_aux=True)(t(2))) == [[4], [[6]]]
    assert values(ops.grad(lambda a: (a * a, a * 3, a), has_aux=True)(t(2))) == [[4], [[6], [2]]]
    assert values(ops.value_and_grad(lambda a: (a * a, a * 3, a), has_aux=True)(t(2))) == [[[4], [6], [2]], [4]]
    for transform in (ops.grad, ops.value_and_grad, ops.jacrev, ops.jacfwd):
        with pytest.raises(ValueError, match="When has_aux is True"):
            transform(cube, has_aux=True)(t(2))


def test_value_and_grad(h, w, v):
    assert values(ops.value_and_grad(h, 0, [w, v])(t(5))) == [[30], [[6], [[15], [10]]]]
    assert values(ops.value_and_grad(f, (0, 1))(t(2), t(3))) == [[6], [[3], [2]]]
    assert values(ops.value_and_grad(h, None, [w])(t(5))) == [[30], [[15]]]
    assert values(ops.value_and_grad(lambda a: (a * a, a * 3))(t(2))) == [[[4], [6]], [7]]


def test_the_value_holds_no_graph():
    out, _ = ops.value_and_grad(cube)(t(2))
    assert out._node is None


def test_grad_as_in_1_7():
    sens = t(10)
    assert values(ops.grad(f, 0, True)(t(2), t(3), sens)) == [30]
    assert values(ops.grad(f, (0, 1), sens_param=True)(t(2), t(3), sens)) == [[30], [20]]


def test_vjp(h, w, v):
    out, pull = ops.vjp(f, t(2), t(3))
    assert values(out) == [6] and values(pull(t(1))) == [[3], [2]] and values(pull(t(2))) == [[6], [4]]
    assert values(ops.vjp(cube, t(2))[1](t(1))) == [[12]]
    out, pull = ops.vjp(h, t(5), weights=[w, v])
    assert values(pull(t(1))) == [[[6]], [[15], [10]]]
    out, pull, aux = ops.vjp(lambda a: (a * a, a * 3), t(2), has_aux=True)
    assert values([out, aux, pull(t(1))]) == [[4], [6], [[4]]]
    out, pull = ops.vjp(lambda a: (a * a, a * 3), t(2))
    assert values(pull((t(1), t(10)))) == values(pull(t(1), t(10))) == [[34]]
    with pytest.raises(ValueError, match=r"shape should be \(1,\).*\(2,\)"):
        ops.vjp(cube, t(2))[1](t(1, 2))
    with pytest.raises(TypeError, match="input 0 is float"):
        ops.vjp(cube, 2.0)


def test_vjp_as_in_1_7():
    assert values(ops.vjp(cube, t(2), t(1))) == [[8], [12]]
    assert values(ops.vjp(f, (t(2), t(3)), t(1))) == [[6], [[3], [2]]]


def test_jvp():
    assert values(ops.jvp(cube, t(2, 3), t(1, 10))) == [[8, 27], [12, 270]]
    assert values(ops.jvp(f, (t(2), t(3)), (t(1), t(10)))) == [[6], [23]]
    assert values(ops.jvp(lambda a: (a * a, a * 3), t(2), t(1))) == [[[4], [6]], [[4], [3]]]
    assert values(ops.jvp(lambda a: (a * a, a * 3), t(2), t(1), has_aux=True)) == [[4], [4], [6]]
    with pytest.raises(ValueError, match="same length"):
        ops.jvp(f, (t(2), t(3)), (t(1),))
    with pytest.raises(ValueError, match=r"shape \(1,\), its tangent \(2,\)"):
        ops.jvp(cube, t(2), t(1, 2))
    with pytest.raises(TypeError, match="must be Tensors"):
        ops.jvp(cube, t(2), 1.0)


def test_transforms_nest():
    x = t(1, 2)
    assert values(ops.grad(lambda x: ops.jvp(cube, x, x)[1])(x)) == [9, 36]  # d/dx 3x^3
    assert values(ops.jvp(ops.grad(cube), x, t(1, 1))[1]) == [6, 12]
    assert values(ops.jvp(lambda x: ops.jvp(cube, x, t(1, 1))[1], x, t(1, 1))[1]) == [6, 12]
    assert values(ops.grad(ops.grad(ops.grad(cube)))(x)) == [6, 6]
    assert values(ops.GradOperation()(ops.grad(cube))(x)) == [6, 12]
    assert values(ops.grad(lambda x: ops.vjp(cube, x)[1](x * x)[0])(x)) == [12, 96]  # d/dx 3x^4


@pytest.mark.parametrize("jacobian", [ops.jacrev, ops.jacfwd])
def test_jacobians(jacobian):
    x, y = t(2, 1), t(3, 5)
    assert values(jacobian(f)(x, y)) == [[3, 0], [0, 5]]
    assert values(jacobian(f, (0, 1))(x, y)) == [[[3, 0], [0, 5]], [[2, 0], [0, 1]]]
    assert values(jacobian(lambda a: (a * a, a * 3))(x)) == [[[4, 0], [0, 2]], [[3, 0], [0, 3]]]
    out, aux = jacobian(lambda a: (a * a, a * 3), has_aux=True)(x)
    assert values([out, aux]) == [[[4, 0], [0, 2]], [6, 3]]
    assert values(jacobian(cube, (0,))(x)) == values(jacobian(cube)(x))  # one position is bare, as in MindSpore
    assert float(jacobian(cube)(t(2.0))) == 12
    with pytest.raises(ValueError, match="grad_position should not be empty"):
        jacobian(cube, ())
    for error in (RuntimeError, IndexError, ValueError):
        with pytest.raises(error, match="position index 3 exceeds the inputs"):
            jacobian(cube, 3)(x)
    wide = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
    j = jacobian(lambda a: ops.sum(a * a, 0))(wide)
    assert j.shape == (3, 2, 3)
    np.testing.assert_array_equal(j.asnumpy(), np.einsum("ka,ij->kij", np.eye(3), np.ones((2, 3)))[:, :, :] * 0
                                  + np.eye(3)[:, None, :] * 2 * wide.asnumpy()[None])
    with pytest.raises(TypeError, match="argument 0 must be a Tensor"):
        jacobian(cube)(2.0)
    with pytest.raises(TypeError, match="got None"):
        jacobian(cube, None)


@pytest.mark.parametrize("outer", [ops.jacrev, ops.jacfwd])
@pytest.mark.parametrize("inner", [ops.jacrev, ops.jacfwd])
def test_hessian(outer, inner):
    def g(x):
        return ops.sum(x * x * x) + x[0] * x[1]

    assert values(outer(inner(g))(t(1, 2))) == [[6, 1], [1, 12]]


def test_vmap():
    x = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
    y = t(1, 2, 3)
    np.testing.assert_array_equal(ops.vmap(f, (0, None))(x, y).asnumpy(), x.asnumpy() * y.asnumpy())
    np.testing.assert_array_equal(ops.vmap(f, (1, 0))(x, y).asnumpy(), (x.asnumpy() * y.asnumpy()).T)
    np.testing.assert_array_equal(ops.vmap(lambda a: a * 2.0, -1, -1)(x).asnumpy(), x.asnumpy() * 2)
    assert values(ops.vmap(f, [0, None], [0])(x, y)) == (x.asnumpy() * y.asnumpy()).tolist()
    a, b = ops.vmap(lambda a: (a, ops.sum(a)), 0, (1, 0))(x)
    assert a.shape == (3, 2) and values(b) == [3, 12]
    assert values(ops.vmap(lambda p, q: p[0] * p[1] + q, ((0, None), 0))((y, t(2.0)), y)) == [[3], [6], [9]]
    hessian_rows = ops.grad(lambda x: ops.sum(ops.vmap(cube)(x)))(y)
    assert values(hessian_rows) == [3, 12, 27]
    per_sample = ops.vmap(ops.grad(lambda a: ops.sum(a * a)))(x)
    np.testing.assert_array_equal(per_sample.asnumpy(), 2 * x.asnumpy())


@pytest.mark.parametrize("axes, match", [
    ((0, 0), "one length"),
    ((None, None), "all None"),
    ((0,), "in_axes has 1 entries"),
    ((5, 0), "axis 5"),
])
def test_vmap_refuses(axes, match):
    with pytest.raises(RuntimeError, match=match):
        ops.vmap(f, axes)(Tensor(np.ones((2, 3), np.float32)), t(1, 2, 3))


@pytest.mark.parametrize("fn, given, args, error, match", [
    (f, {"in_axes": "a"}, 2, RuntimeError, "'in_axes' can only be of type Int or None, but got 'a'"),
    (f, {"in_axes": (0, True)}, 2, RuntimeError, "'in_axes' can only be of type Int or None, but got True"),
    (cube, {"out_axes": "a"}, 1, RuntimeError, "'out_axes' can only be of type Int or None"),
    (cube, {"out_axes": None}, 1, RuntimeError, "'out_axes' cannot be a single None"),
    (cube, {"out_axes": 5}, 1, RuntimeError, r"out of bounds for array of dimension \[-1,1\)"),
    (lambda x: (x, x), {"out_axes": (0,)}, 1, RuntimeError, "number of results of 'fn': 2, but got size: 1"),
    (f, {"in_axes": (0, None)}, 1, TypeError, "in_axes has 2 entries"),
    (f, {"in_axes": (0, None)}, 3, RuntimeError, "in_axes has 2 entries"),
])
def test_axes_that_vmap_refuses(fn, given, args, error, match):
    with pytest.raises(error, match=match):
        ops.vmap(fn, **given)(*[t(1, 2, 3)] * args)


@pytest.mark.parametrize("call, error, match", [
    (lambda x: ops.vjp(cube, x)[1](3), TypeError, "the gradient of the output must be a Tensor, but got int"),
    (lambda x: ops.vjp(cube, x, has_aux=2), TypeError, "'has_aux' should be bool"),
    (lambda x: ops.jvp(cube, x, x, has_aux=3), TypeError, "'has_aux' should be bool"),
    (lambda x: ops.jvp(cube, x, x, has_aux=True), ValueError, "must return more than one output"),
    (lambda x: ops.jvp(cube, x, Tensor([1, 2])), TypeError, "is Float32, its tangent Int64"),
    (lambda x: ops.grad(cube, ()), RuntimeError, "grad_position should not be empty"),
    (lambda x: ops.grad(cube, 2)(x), IndexError, "position index 2 exceeds the inputs"),
])
def test_what_mindspore_refuses_of_transforms(call, error, match):
    with pytest.raises(error, match=match):
        call(t(1, 2))


def test_numbers_that_a_mapped_function_returns_are_stacked():
    assert ops.vmap(lambda x: 3)(t(1, 2)).tolist() == [3, 3]


def test_vmap_over_networks():
    nets = nn.CellList([nn.Dense(2, 1, weight_init=w, bias_init="zeros") for w in ("ones", "zeros", "ones")])
    x = Tensor(np.arange(12.0).reshape(3, 2, 2).astype(np.float32))
    assert ops.vmap(nets, 0)(x).tolist() == [[[1], [5]], [[0], [0]], [[17], [21]]]  # mindspore 2.8.0's numbers
    assert ops.vmap(nets, [None])(x[0]).tolist() == [[[1], [5]], [[0], [0]], [[1], [5]]]
    assert ops.vmap(nets, 0, 1)(x).shape == (2, 3, 1)
    gradients = ops.grad(lambda x: ops.vmap(nets, None)(x).sum())(x[0])
    assert gradients.tolist() == [[2, 2], [2, 2]]
    with pytest.raises(ValueError, match="sure the 'axis_size' 2 is consistent with the cell size 3"):
        ops.vmap(nets, 0)(x[:2])
    with pytest.raises(RuntimeError, match="size of 'CellList' must be greater than 1, but got 1"):
        ops.vmap(nets[:1], 0)


def test_derivative_and_jet():
    x = t(1, 2)
    for order, expected in ((1, [3, 12]), (2, [6, 12]), (3, [6, 6]), (4, [0, 0])):
        out, d = ops.derivative(cube, x, order)
        assert values(out) == [1, 8] and values(d) == expected
    out, series = ops.jet(cube, x, Tensor(np.array([[1, 1], [1, 0]], np.float32)))
    assert values(series) == [[3, 12], [9, 12]]  # f' s1, f'' s1^2 + f' s2
    with pytest.raises(TypeError, match="'order' must be int"):
        ops.derivative(cube, x, 1.0)
    with pytest.raises(ValueError, match="at least 1"):
        ops.derivative(cube, x, 0)
    with pytest.raises(ValueError, match="needs a series"):
        ops.jet(cube, x, t(1))


def test_stop_gradient():
    x = t(3)
    assert values(ops.grad(lambda x: x * ops.stop_gradient(x))(x)) == [3]
    a, (b, c) = ops.stop_gradient((x, [2.0, None]))
    assert values(a) == [3] and (b, c) == (2.0, None)
    assert ops.stop_gradient(3) == 3 and ops.stop_gradient(None) is None
    with pytest.raises(TypeError, match="expected a Tensor"):
        ops.stop_gradient(object())


def test_transforms_inside_a_recording(w):
    x = t(2)
    with recording_scope(True):
        out = ops.grad(lambda x: w * x * x)(x)  # 2 w x
        (out * out).backward()  # 4 w^2 x^2, by w: 8 w x^2
    assert values(w.grad) == [64]
