"""Operators: calls, attributes, errors, promotion, classes of results, rules and their derivatives."""

import copy
import pickle

import numpy as np
import pytest

from luojia import Parameter, Tensor, cpu, nd, ops
from luojia._src.core import dtypes as D
from luojia._src.core.apply import Spec, fit
from luojia._src.core.op import OPERATORS, Operator, op
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import wrap
from luojia._src.core.tensor_namespace import TENSORS, _adopt

X = Tensor([1.0, 2.0])


def numbers(t):
    return t.asnumpy().tolist()


def grad(fn, *xs):
    return ops.GradOperation()(fn)(*xs)


# -- the call ----------------------------------------------------------------------------------------------------------

SCALE = Operator(lambda xp, x, b=None, *, by=2.0, plus: x * by + plus if b is None else x * by + plus + b, "scale")
JOIN = Operator(lambda xp, *xs, axis=0: xp.concatenate(xs, axis), "join")


def test_attributes_by_name_and_place():
    assert numbers(SCALE(X, plus=1.0)) == [3.0, 5.0]
    assert numbers(SCALE(X, None, 3.0, 1.0)) == [4.0, 7.0]
    assert numbers(SCALE(X, X, 3.0, plus=1.0)) == [5.0, 9.0]
    assert numbers(SCALE(b=X, x=X, plus=0.0)) == [3.0, 6.0]
    assert numbers(OPERATORS["sum"](X, 0, True)) == [3.0]


@pytest.mark.parametrize("call, message", [
    (lambda: SCALE(X), r"scale\(\) misses \['plus'\]; its signature is \(x, b=None, \*, by=2.0, plus\)"),
    (lambda: SCALE(X, foo=1.0), r"scale\(\) has no attribute 'foo'"),
    (lambda: SCALE(X, plus=1.0, foo=1.0), r"has no attribute 'foo'"),
    (lambda: SCALE(X, None, 1.0, 2.0, 3.0), r"got 1 argument\(s\) too many"),
    (lambda: SCALE(X, None, 1.0, by=2.0, plus=1.0), r"got 'by' twice"),
    (lambda: SCALE(plus=1.0), r"scale\(\) misses the array 'x'"),
    (lambda: OPERATORS["exp"](X, 1), r"exp\(\) got 1 argument\(s\) too many"),
    (lambda: OPERATORS["exp"](X, base=1), r"exp\(\) has no attribute 'base'"),
    (lambda: OPERATORS["cast"](X, foo=1), r"cast\(\) has no attribute 'foo'"),
    (lambda: OPERATORS["add"](X), r"add\(\) misses the array 'y'"),
])
def test_wrong_calls(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_any_number_of_arrays():
    assert numbers(JOIN(X, X, X)) == [1.0, 2.0] * 3
    assert numbers(JOIN([X, X])) == numbers(JOIN((X, X))) == [1.0, 2.0] * 2
    m = OPERATORS["reshape"](X, shape=(1, 2))
    assert JOIN([m, m], 1).shape == JOIN(m, m, axis=1).shape == (1, 4)
    with pytest.raises(TypeError, match="no attribute 'dim'"):
        JOIN(X, X, dim=1)


def test_an_operator_is_one_object():
    exp = OPERATORS["exp"]
    assert pickle.loads(pickle.dumps(exp)) is exp and copy.deepcopy(exp) is exp
    assert repr(exp) == "<operator exp(x)>" and exp.__doc__ == "e^x."


def test_a_name_is_defined_once():
    with pytest.raises(ValueError, match="operator 'exp' is defined twice: in luojia._src.ops.elementwise"):
        op()(OPERATORS["exp"].fn)


# -- failures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call, kind, message", [
    (lambda: X + Tensor([1.0, 2.0, 3.0]), ValueError, r"add: .*\(2,\) float32, \(3,\) float32"),
    (lambda: OPERATORS["matmul"](X, Tensor([1.0])), ValueError, r"MatMul expects .* shapes \(2,\) and \(1,\)"),
    (lambda: X + None, TypeError, r"add: .*\(2,\) float32, None"),
    (lambda: X + "a", TypeError, r"add expects Tensors and numbers, got str: 'a'"),
    (lambda: X * {}, TypeError, r"multiply expects Tensors and numbers, got dict"),
    (lambda: Tensor(np.ones(1, np.uint8)) + 2 ** 70, TypeError, r"add expects Tensors and numbers, got int"),
    (lambda: OPERATORS["exp"]([1.0, 2.0]), TypeError, r"exp expects Tensors, got list; wrap it first"),
    (lambda: X + wrap(Tensor, X._value, cpu(1)), ValueError,
     r"add: its arrays are on cpu\(0\) and cpu\(1\).*as_in_context\(cpu\(0\)\)"),
])
@pytest.mark.parametrize("recording", [False, True])
def test_failures_name_the_operator_and_what_it_got(call, kind, message, recording):
    X.attach_grad()
    with recording_scope(recording), pytest.raises(kind, match=message) as caught:
        call()
    assert isinstance(caught.value, RuntimeError)  # MXNetError, for the other door


@pytest.mark.numpy_engine
def test_a_failing_fast_path_is_told_alike():
    double = Operator(lambda xp, x: x * 2.0, "double_")

    @double.fast
    def _(needs, x):
        raise ValueError("no room")

    x = Tensor([1.0])
    x.attach_grad()
    with recording_scope(True), pytest.raises(ValueError, match=r"double_: no room; it was applied to \(\(1,\)"):
        double(x)


# -- dtypes ------------------------------------------------------------------------------------------------------------

OTHERS = {
    "a bool": (True, {}), "an int": (2, {}), "a big int": (100_000, {}),
    "a float": (1.5, {"Int64": "Float32", "UInt8": "Float32"}),
    "np.float64": (np.float64(1.5), {"Int64": "Float32", "UInt8": "Float32"}),
    "np.float32": (np.float32(1.5), {"Int64": "Float32", "UInt8": "Float32"}),
    "np.int64": (np.int64(2), {}),
    "a list": ([1, 2], {}), "a tuple of floats": ((1.5, 2.0), {"Int64": "Float32", "UInt8": "Float32"}),
    "an int64 array": (np.array([1, 2]), {"UInt8": "Int64"}),
    "a float64 array": (np.array([1.0, 2.0]), dict.fromkeys(["Int64", "UInt8", "Float32", "Float16"], "Float64")),
}


@pytest.mark.parametrize("dtype", [D.float32, D.float16, D.float64, D.int64, D.uint8], ids=str)
@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_tensors_with_other_things(dtype, what, reflected):
    """As mindspore answers, but for floats in a list with integers, which it truncates, and for NumPy's scalars on the
    left, where it leaves the graph for an ndarray, as it does for arrays.
    """
    other, table = OTHERS[what]
    x = Tensor([1, 2], dtype)
    if isinstance(other, np.ndarray) and not reflected:
        with pytest.raises(TypeError, match="ndarray: expected a Tensor or a number"):
            x + other
        return
    expected = table.get(str(dtype), str(dtype))
    out = other + x if reflected else x + other
    if isinstance(other, np.ndarray):
        assert type(out) is np.ndarray and out.tolist() == (other + x.asnumpy()).tolist()
        return
    assert str(out.dtype) == expected
    x.attach_grad()
    with recording_scope(True):
        assert str((other + x if reflected else x + other).dtype) == expected


def test_numpys_functions_take_a_tensors_values():
    assert np.exp(Tensor([0.0])).tolist() == [1.0] and type(np.exp(Tensor([0.0]))) is np.ndarray
    assert (np.ones(2) @ Tensor([1.0, 2.0])) == 3.0
    assert (np.ones(2) < Tensor([1.0, 2.0])).tolist() == [False, True]
    assert isinstance(np.float32(2) < X, Tensor) and np.add.reduce(Tensor([1.0, 2.0])) == 3.0


@pytest.mark.parametrize("name", "exp sqrt tanh log sin sigmoid rsqrt erf softmax log_softmax var std expm1".split())
@pytest.mark.parametrize("dtype", [D.int64, D.int32, D.int8, D.uint8], ids=str)
def test_float_functions_of_integers_are_float32(name, dtype):
    x = Tensor([1, 2], dtype)
    for recording in (False, True):
        with recording_scope(recording):
            out = OPERATORS[name](x)
            assert str(out.dtype) == "Float32"
            if name in ("exp", "tanh", "sin"):
                assert str(getattr(x, name)().dtype) == "Float32"
    np.testing.assert_allclose(out.asnumpy(), OPERATORS[name](Tensor([1.0, 2.0])).asnumpy(), rtol=1e-6)
    assert str(OPERATORS["cast"](x, dtype="float64").dtype) == "Float64"


@pytest.mark.parametrize("dtype, values", [(D.int8, [-100, 100]), (D.uint8, [0, 200]), (D.uint32, [3, 5])], ids=str)
def test_float_functions_of_integers_do_not_wrap(dtype, values):
    gap = values[0] - values[1]
    found = OPERATORS["log_softmax"](Tensor(values, dtype)).asnumpy()
    np.testing.assert_allclose(found, [gap, 0] - np.log1p(np.exp(gap)), rtol=1e-6, atol=1e-6)


@pytest.mark.numpy_engine
def test_results_are_arrays_of_their_own():
    zero_d = Tensor(2.0)
    for out in (zero_d + zero_d, zero_d * 2.0, OPERATORS["exp"](zero_d), OPERATORS["sum"](X), X[0]):
        assert type(out._value) is np.ndarray and out.shape == ()
    zero_d.attach_grad()
    with recording_scope(True):
        out = zero_d * zero_d + 1.0
    out.backward()
    assert type(out._value) is np.ndarray and type(zero_d.grad._value) is np.ndarray and float(zero_d.grad) == 4.0


def test_functions_of_numbers():
    out = OPERATORS["exp"](0.0)
    assert (type(out), out.shape, out.dtype, out._device) == (Tensor, (), D.float32, cpu(0))
    with cpu(3):
        assert OPERATORS["add"](1, 2)._device is cpu(3)
    assert OPERATORS["exp"](np.zeros(2)).np_dtype == np.float64


# -- the class of results ----------------------------------------------------------------------------------------------


def test_the_class_is_that_of_the_first_input_that_is_no_parameter():
    t, a = Tensor([1.0]), nd.array([1.0])
    p = Parameter(Tensor([1.0]), name="p")
    leaf = nd.array([1.0])
    leaf.attach_grad()
    assert type(t + a) is Tensor and type(a + t) is nd.NDArray
    assert type(p + a) is type(a + p) is nd.NDArray
    assert type(p + t) is type(t + p) is type(p + p) is type(p * 2.0) is Tensor
    assert type(leaf + t) is Tensor  # an NDArray in the role of a variable
    assert type(leaf + leaf) is type(leaf + 1.0) is type(leaf + p) is nd.NDArray


def test_a_subclass_computes_to_its_result_class():
    class Mine(Tensor):
        pass

    mine = Mine([1.0])
    assert type(mine + 1.0) is type(mine + mine) is Tensor


# -- rules -------------------------------------------------------------------------------------------------------------


def test_what_a_rule_does_not_read_is_not_kept():
    big = Tensor(np.ones(5000, np.float32))
    big.attach_grad()
    with recording_scope(True):
        node = (big + Tensor(np.ones((1, 5000), np.float32)))._node
        both = (big + big)._node
        kept = (big * big)._node
    assert both.args == (None, None) or not cpu().engine.direct  # NumPy's nodes keep no argument that no rule reads
    assert both.ans is None
    assert all(isinstance(a, Spec) for a in node.args) and node.ans is None
    assert kept.args[0] is big._value and kept.ans is None
    assert (node.args[0].shape, node.args[0].ndim, node.args[0].dtype) == ((5000,), 1, np.float32)


def test_needs_tells_what_is_asked():
    asked = []
    both = Operator(lambda xp, x, y, z=None: x * y, "both")

    @both.vjp(keep="args")
    def _(xp, g, ans, args, needs, **_):
        asked.append(tuple(needs))
        return (g * args[1] if needs[0] else None, g * args[0] if needs[1] else None, None)

    y = Tensor([5.0])
    assert numbers(grad(lambda x: both(x, y), Tensor([2.0]))) == [5.0]
    assert numbers(grad(lambda x: both(y, x, None), Tensor([2.0]))) == [5.0]
    assert asked == [(True, False, False), (False, True, False)]


def test_a_rule_may_return_one_bare_cotangent_or_none():
    bare = Operator(lambda xp, x: x * 3.0, "bare")
    bare.vjp(lambda xp, g, ans, args, needs: g * 3.0)
    none = Operator(lambda xp, x: x * 3.0, "none")
    none.vjp(lambda xp, g, ans, args, needs: None)
    assert numbers(grad(bare, X)) == [3.0, 3.0] and numbers(grad(none, X)) == [0.0, 0.0]


def test_cotangents_are_summed_to_shape_and_cast():
    wide = Operator(lambda xp, x: x + np.zeros((3, 1, 2)), "wide")
    wide.vjp(lambda xp, g, ans, args, needs: (g,))
    x = Tensor(np.ones((1, 1), np.float16))
    g = grad(wide, x)
    assert g.shape == (1, 1) and g.np_dtype == np.float16 and numbers(g) == [[6.0]]
    assert fit(np, np.ones((2, 3)) * 1j, np.ones(3)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.numpy_engine
def test_the_fast_path_equals_the_plain_rule_and_hands_over_to_it_in_higher_orders():
    cube = Operator(lambda xp, x: x * x * x, "cube")
    cube.vjp(lambda xp, g, ans, args, needs: (g * 3.0 * args[0] * args[0],), keep="args")
    used = []

    @cube.fast
    def _(needs, x):
        used.append("forward")
        return x * x * x, (x * x,)

    @cube.fast_vjp
    def _(saved, g, args, needs):
        used.append("backward")
        return (g * 3.0 * saved[0],)

    x = Tensor([2.0])
    assert numbers(grad(cube, x)) == [12.0] and used == ["forward", "backward"]
    assert numbers(grad(lambda x: grad(cube, x), x)) == [12.0]
    used.clear()
    assert numbers(cube(x)) == [8.0] and used == []  # nothing recorded


def test_a_fast_path_keeps_large_arguments_out_of_a_linked_backward_only_if_the_rule_reads_them():
    x = Tensor(np.full(3000, 2.0, np.float32))
    tanh = OPERATORS["tanh"]
    second = grad(lambda x: grad(tanh, x), x).asnumpy()
    t = np.tanh(2.0)
    np.testing.assert_allclose(second, -2 * t * (1 - t * t), rtol=1e-5)


# -- operators without a rule ------------------------------------------------------------------------------------------


def test_derived_derivatives_to_third_order():
    f = Operator(lambda xp, x, y: xp.sin(x) * y**2, "f")
    x, y = Tensor(np.array([0.3, 1.2])), Tensor(np.array([2.0, 0.5]))
    a, b = x.asnumpy(), y.asnumpy()
    d1 = lambda x, y: grad(f, x, y)
    d2 = lambda x, y: grad(d1, x, y)
    d3 = lambda x, y: grad(d2, x, y)
    np.testing.assert_allclose(d1(x, y).asnumpy(), np.cos(a) * b**2, rtol=1e-12)
    np.testing.assert_allclose(d2(x, y).asnumpy(), -np.sin(a) * b**2, rtol=1e-12)
    np.testing.assert_allclose(d3(x, y).asnumpy(), -np.cos(a) * b**2, rtol=1e-12)
    mixed = ops.GradOperation(get_all=True)(lambda x, y: d2(x, y))(x, y)[1]
    np.testing.assert_allclose(mixed.asnumpy(), -np.sin(a) * 2 * b, rtol=1e-12)


def test_derived_derivatives_keep_float32():
    f = Operator(lambda xp, x: xp.mean(xp.maximum(xp.exp2(x), 0.0)), "f")
    x = Tensor([1.0, 2.0])
    first = grad(f, x)
    assert first.np_dtype == np.float32 and grad(lambda x: grad(f, x), x).np_dtype == np.float32


def test_several_outputs_without_a_rule():
    f = Operator(lambda xp, x: (xp.sin(x), xp.exp(x), x * x), "three", outputs=3)
    x = Tensor(np.array([0.5]))
    first = lambda use: (lambda x: grad(lambda x: tuple(f(x)[i] for i in use), x))
    np.testing.assert_allclose(first((0,))(x).asnumpy(), np.cos(0.5))
    np.testing.assert_allclose(first((1, 2))(x).asnumpy(), np.exp(0.5) + 1.0)
    np.testing.assert_allclose(grad(first((0, 2)), x).asnumpy(), 2 - np.sin(0.5))
    np.testing.assert_allclose(grad(lambda x: grad(first((0,)), x), x).asnumpy(), -np.cos(0.5))


def test_integers_and_absent_arrays_among_the_inputs():
    f = Operator(lambda xp, x, k, b=None: xp.sinh(x) * k if b is None else xp.sinh(x) * k + b, "f")
    k = Tensor([3])
    gx, gk = ops.GradOperation(get_all=True)(lambda x, k: f(x, k))(Tensor(np.array([0.5])), k)
    np.testing.assert_allclose(gx.asnumpy(), 3 * np.cosh(0.5))
    assert gk.np_dtype == np.int64 and numbers(gk) == [0]
    second = grad(lambda x: grad(lambda x: f(x, k, None), x), Tensor(np.array([0.5])))
    np.testing.assert_allclose(second.asnumpy(), 3 * np.sinh(0.5))


def test_operators_that_are_not_differentiable_are_constants():
    x = Tensor([2.0])
    assert numbers(grad(lambda x: OPERATORS["stop_gradient"](x) * x, x)) == [2.0]
    x.attach_grad()
    with recording_scope(True):
        assert (x > 1.0)._node is None


# -- the namespace of rules on Tensors ---------------------------------------------------------------------------------


def test_numpy_functions_become_operators():
    x = Tensor(np.array([0.5]))
    np.testing.assert_allclose(grad(lambda x: _adopt("sinc")(x), x).asnumpy(), -4 / np.pi)
    assert TENSORS.exp is OPERATORS["exp"] and TENSORS.pi == np.pi
    assert _adopt("float_power")(2.0, 3.0) == 8.0  # no Tensor: NumPy's own
    made = TENSORS.zeros((2,))
    assert type(made) is Tensor and made.shape == (2,)


def test_tensors_in_lists_are_not_silently_constants():
    with pytest.raises(NotImplementedError, match="xp.block of Tensors in a list"):
        _adopt("block")([X, X])
    with pytest.raises(NotImplementedError, match="by keyword"):
        _adopt("sinc")(x=X)


def test_arrays_that_a_rule_creates_are_on_the_device_of_its_node():
    shift = Operator(lambda xp, x: x * x + 1.0, "shift")
    shift.vjp(lambda xp, g, ans, args, needs: (g * args[0] * (xp.ones(args[0].shape) + 1.0),), keep="args")
    x = Tensor(np.array([3.0]), device=cpu(1))
    second = grad(lambda x: grad(shift, x), x)
    assert second._device is cpu(1) and numbers(second) == [2.0]


def test_signatures_are_read_as_inspect_reads_them() -> None:
    for o in OPERATORS.values():
        parameters = list(o.signature.parameters.values())
        arrays = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        assert o.inputs == tuple(p.name for p in arrays)
        assert o.optional == {p.name for p in arrays if p.default is None}
        assert o.required == sum(1 for p in arrays if p.default is p.empty)
        assert list(o.attrs.items()) == [(p.name, p.default) for p in parameters if p.kind is p.KEYWORD_ONLY]
        assert o.variadic == any(p.kind is p.VAR_POSITIONAL for p in parameters)
