"""Executors: binding, forward, backward, requests, sharing, errors. Expected values and messages: mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import sym
from luojia._src.errors import MXNetError


def array(*values):
    return mx.nd.array(np.array(values, np.float32))


@pytest.fixture
def executor(fc):
    return fc.simple_bind(mx.cpu(), a=(2, 4))


def full(shape, value=1.0):
    return mx.nd.array(np.full(shape, value))


def arguments():
    return {"a": full((2, 4)), "fc_weight": full((3, 4)), "fc_bias": full((3,))}


def test_simple_bind_allocates_zeros(executor):
    assert list(executor.arg_dict) == list(executor.grad_dict) == ["a", "fc_weight", "fc_bias"]
    assert executor.aux_dict == {} and executor.aux_arrays == []
    assert executor.outputs[0].asnumpy().tolist() == [[0, 0, 0], [0, 0, 0]]
    assert list(executor.output_dict) == ["fc_output"]
    assert type(executor.outputs[0]) is mx.nd.NDArray


def test_forward_and_backward(executor):
    executor.forward(is_train=True, a=full((2, 4)))
    executor.backward(full((2, 3)))
    assert [g.asnumpy().tolist() for g in executor.grad_arrays] == [[[0] * 4] * 2, [[2] * 4] * 3, [2] * 3]


def test_backward_may_be_repeated_and_needs_no_training(executor):
    executor.forward(a=full((2, 4)))
    for scale in (1, 3):
        executor.backward([full((2, 3), scale)])
        assert executor.grad_dict["fc_bias"].asnumpy().tolist() == [2 * scale] * 3


def test_gradients_are_one_object_for_life(executor):
    grad = executor.grad_dict["fc_bias"]
    executor.forward()
    executor.backward(full((2, 3)))
    assert executor.grad_arrays[2] is grad and grad.asnumpy().tolist() == [2, 2, 2]


def test_requests(fc):
    e = fc.simple_bind(mx.cpu(), a=(2, 4), grad_req={"a": "null", "fc_weight": "add"})
    assert e.grad_dict["a"] is None and e.grad_dict["fc_bias"] is None
    for _ in range(2):
        e.forward(a=full((2, 4)))
        e.backward(full((2, 3)))
    assert e.grad_dict["fc_weight"].asnumpy().tolist() == [[4] * 4] * 3
    e = fc.simple_bind(mx.cpu(), a=(2, 4), grad_req=["null", "write", "add"])
    assert [g is None for g in e.grad_arrays] == [True, False, False]


def test_bind_writes_to_the_arrays_given(fc):
    grads = {"a": full((2, 4), 0)}
    e = fc.bind(mx.cpu(), arguments(), args_grad=grads)
    assert [g is None for g in e.grad_arrays] == [False, True, True]
    e.forward(is_train=True)
    assert e.outputs[0].asnumpy().tolist() == [[5] * 3] * 2
    e.backward(full((2, 3)))
    assert grads["a"].asnumpy().tolist() == [[3] * 4] * 2


def test_bind_without_gradients(fc):
    e = fc.bind(mx.cpu(), list(arguments().values()))
    e.forward(is_train=True)
    e.backward(full((2, 3)))
    assert e.grad_dict == {"a": None, "fc_weight": None, "fc_bias": None}


def test_arguments_feed_the_executor_by_their_values(fc):
    args = arguments()
    e = fc.bind(mx.cpu(), args)
    args["fc_bias"]._rebind(np.zeros(3, np.float32))
    assert e.forward()[0].asnumpy().tolist() == [[4] * 3] * 2
    e.arg_dict["a"] = full((2, 4), 7)
    assert e.forward()[0].asnumpy().tolist() == [[4] * 3] * 2


def test_a_loss_needs_no_head_gradient():
    so = sym.SoftmaxOutput(sym.var("d"), name="s")
    e = so.simple_bind(mx.cpu(), d=(2, 3))
    e.forward(is_train=True, s_label=array(0, 2))
    for head in (None, full((2, 3))):
        e.backward(head)
        np.testing.assert_allclose(e.grad_dict["d"].asnumpy(), [[-2 / 3, 1 / 3, 1 / 3], [1 / 3, 1 / 3, -2 / 3]],
                                   rtol=1e-6)
        assert e.grad_dict["s_label"].asnumpy().tolist() == [0, 0]


def test_a_group_of_a_loss_and_a_blocked_output():
    x = sym.var("x")
    e = sym.Group([sym.make_loss(x * 3), sym.BlockGrad(x)]).simple_bind(mx.cpu(), x=(2,))
    e.forward(is_train=True)
    e.backward()
    assert e.grad_dict["x"].asnumpy().tolist() == [3, 3]


def test_several_outputs():
    x = sym.var("x")
    e = sym.Group([x * 2, x * 3]).simple_bind(mx.cpu(), x=(2,))
    e.forward(x=array(1, 2))
    e.backward([array(1, 1), array(10, 10)])
    assert e.grad_dict["x"].asnumpy().tolist() == [32, 32]
    assert [o.asnumpy().tolist() for o in e.outputs] == [[2, 4], [3, 6]]


def test_a_forward_leaves_the_tape_outside_alone(executor):
    x = array(1, 2)
    x.attach_grad()
    with mx._src.core.tape.recording_scope(True, True):
        y = x * 2
        executor.forward()
        executor.backward(full((2, 3)))
        z = y * 3
    z.backward()
    assert x.grad.asnumpy().tolist() == [6, 6]


def test_copy_params_from(executor):
    executor.copy_params_from({"fc_bias": array(1, 2, 3), "nope": array(1)}, allow_extra_params=True)
    assert executor.forward()[0].asnumpy().tolist() == [[1, 2, 3]] * 2


def test_reshape_shares_weights(executor):
    executor.copy_params_from({"fc_bias": array(1, 2, 3)})
    small = executor.reshape(a=(1, 4))
    assert small.outputs[0].asnumpy().tolist() == [[1, 2, 3]]
    assert small.arg_dict["fc_weight"] is executor.arg_dict["fc_weight"]
    assert small.grad_dict["fc_bias"] is executor.grad_dict["fc_bias"]
    assert executor.reshape(allow_up_sizing=True, a=(5, 4)).outputs[0].shape == (5, 3)
    assert executor.reshape(partial_shaping=True, a=(1, 2)).arg_dict["fc_weight"].shape == (3, 2)


def test_shared_exec(fc, executor):
    other = fc.simple_bind(mx.cpu(), a=(7, 4), shared_exec=executor)
    assert other.arg_dict["fc_weight"] is executor.arg_dict["fc_weight"]
    assert other.arg_dict["a"] is not executor.arg_dict["a"]


def test_type_dict(fc):
    e = fc.simple_bind(mx.cpu(), a=(2, 4), type_dict={"a": "float16"})
    assert {a.dtype for a in e.arg_arrays} == {np.float16} and e.outputs[0].dtype == np.float16


def test_monitor(fc):
    seen = []
    e = sym.exp(fc, name="e").simple_bind(mx.cpu(), a=(2, 4))
    e.set_monitor_callback(lambda name, value: seen.append((name, value.shape)))
    e.forward()
    assert seen == [(b"fc_output", (2, 3)), (b"e_output", (2, 3))]
    seen.clear()
    e.set_monitor_callback(lambda name, value: seen.append(name), monitor_all=True)
    e.forward()
    assert b" ".join(seen) == (b"a fc_data fc_weight fc_weight fc_bias fc_bias fc_output e_input0 e_output")


def test_second_device(fc):
    e = fc.simple_bind(mx.cpu(1), a=(2, 4))
    assert e.forward()[0].context == mx.cpu(1) and e.arg_dict["a"].context == mx.cpu(1)


def test_debug_str(executor):
    assert executor.debug_str().startswith("Symbol Outputs:\n\toutput[0]=fc(0)")


HEAD = "head_gradient is required when calling backward"


@pytest.mark.parametrize(("action", "error", "message"), [
    (lambda e, fc: (e.forward(), e.backward()), MXNetError, HEAD),
    (lambda e, fc: e.backward(full((2, 3))), MXNetError, "call forward"),
    (lambda e, fc: (e.forward(), e.backward(full((3, 3)))), MXNetError, "shape mismatch"),
    (lambda e, fc: (e.forward(), e.backward("a")), TypeError, "inputs must be NDArray"),
    (lambda e, fc: e.forward(foo=full((2, 4))), TypeError, "Unknown argument foo"),
    (lambda e, fc: e.forward(a=full((3, 4))), ValueError, r"Argument a, need: \(2, 4\), received: \(3, 4\)"),
    (lambda e, fc: e.forward(a=3), ValueError, "only accept keyword argument of NDArrays and numpy.ndarray"),
    (lambda e, fc: e.copy_params_from({"nope": full((2,))}), ValueError, '"nope" that is not in the arguments'),
    (lambda e, fc: e.copy_params_from({}, {"nope": full((2,))}), ValueError, "not in the auxiliary states"),
    (lambda e, fc: e.copy_params_from({"fc_weight": full((2,))}), MXNetError, "has shape"),
    (lambda e, fc: e.reshape(a=(3, 4)), MXNetError, "allow_up_sizing=True"),
    (lambda e, fc: e.reshape(a=(1, 2)), MXNetError, "fc_weight changed"),
    (lambda e, fc: e.reshape(nope=(1, 2)), ValueError, "'nope' is no argument"),
    (lambda e, fc: fc.simple_bind(mx.cpu()), RuntimeError, "cannot decide shapes for the following"),
    (lambda e, fc: fc.simple_bind(mx.cpu(), foo=(2, 3)), RuntimeError, r"simple_bind error. Arguments:\nfoo: \(2, 3\)"),
    (lambda e, fc: fc.simple_bind(mx.cpu(), a=(2, 4), fc_weight=(3, 5)), RuntimeError, "Shape inconsistent"),
    (lambda e, fc: fc.simple_bind(mx.cpu(), a=(2, 4), grad_req="foo"), RuntimeError, "grad_req=foo is not a valid"),
    (lambda e, fc: fc.simple_bind(mx.cpu(), a=(2, 4), grad_req=["null"]), ValueError, "1 requests for 3 arguments"),
    (lambda e, fc: fc.simple_bind(mx.cpu(), a=(2, 4), grad_req=3), ValueError, "must be a str, a list or a dict"),
    (lambda e, fc: fc.bind(mx.cpu(), {"a": full((2, 4))}), ValueError, "key `fc_weight` is missing in `args`"),
    (lambda e, fc: fc.bind(mx.cpu(), [full((2, 4))]), ValueError, "Length of args does not match"),
    (lambda e, fc: fc.bind(mx.cpu(), 3), TypeError, "Only accept list of NDArrays or dict of str to NDArray"),
    (lambda e, fc: fc.bind(mx.cpu(), [1, 2, 3]), TypeError, "Only accept list of NDArrays"),
    (lambda e, fc: fc.bind(mx.cpu(), {**arguments(), "fc_weight": full((3, 5))}), MXNetError,
     r"Error in operator fc: Shape inconsistent, Provided = \[3,5\], inferred shape=\[3,4\]"),
    (lambda e, fc: fc.bind(mx.cpu(), arguments(), args_grad={"a": full((1, 4))}), ValueError, "gradient of 'a'"),
])
def test_errors(action, error, message, executor, fc):
    with pytest.raises(error, match=message):
        action(executor, fc)


@pytest.fixture
def grouped():
    with mx.AttrScope(ctx_group="dev1"):
        hidden = sym.BatchNorm(sym.FullyConnected(sym.var("a"), num_hidden=3, no_bias=True, name="f1"), name="bn")
    with mx.AttrScope(ctx_group="dev2"):
        return sym.Group([sym.FullyConnected(hidden, num_hidden=2, no_bias=True, name="f2"), hidden])


@pytest.mark.numpy_engine  # one that compiles keeps to the executor's device
def test_groups_lie_on_their_contexts(grouped):
    """Contexts of mxnet 1.9.1's arrays."""
    run = grouped.simple_bind(mx.cpu(), a=(2, 4), group2ctx={"dev1": mx.cpu(1), "dev2": mx.cpu(2)})
    one, two = mx.cpu(1), mx.cpu(2)
    expected = {"a": one, "f1_weight": one, "bn_gamma": one, "bn_beta": one, "f2_weight": two}
    assert {n: a.context for n, a in run.arg_dict.items()} == expected
    assert {n: g.context for n, g in run.grad_dict.items()} == expected
    assert {a.context for a in run.aux_arrays} == {one}
    for array in run.arg_arrays:
        array[:] = 0.5
    outs = run.forward(is_train=True)
    assert [o.context for o in outs] == [two, one] and outs[0].asnumpy().tolist() == [[0.75, 0.75], [0.75, 0.75]]
    run.backward([mx.nd.ones(o.shape, ctx=o.context) for o in outs])
    assert run.grad_dict["bn_beta"].asnumpy().tolist() == [4, 4, 4]
    assert run.grad_dict["bn_beta"].context == one
    assert [o.context for o in run.reshape(a=(1, 4)).forward()] == [two, one]
    assert {a.context for a in grouped.simple_bind(mx.cpu(3), a=(2, 4)).arg_arrays} == {mx.cpu(3)}


@pytest.mark.numpy_engine
@pytest.mark.parametrize("groups, text", [
    ({"dev1": mx.cpu(1)}, "not found for group dev2; group2ctx names 'dev1'"),
    ({"dev1": [mx.cpu(1)]}, "expects a context for the group 'dev1'"),
    ([{"dev1": mx.cpu(1)}], "expects a dictionary from groups to contexts"),
])
def test_groups_without_a_context(grouped, groups, text):
    with pytest.raises(mx.MXNetError, match=text):
        grouped.simple_bind(mx.cpu(), a=(2, 4), group2ctx=groups)
