"""Operators of one's own."""

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, nd, sym


class Sigmoid(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], 1 / (1 + nd.exp(-in_data[0])))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        y = out_data[0]
        self.assign(in_grad[0], req[0], out_grad[0] * y * (1 - y))


@mx.operator.register("test_sigmoid")
class SigmoidProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Sigmoid()


@mx.operator.register("test_scaled_sum")
class ScaledSumProp(mx.operator.CustomOpProp):
    """scale * (a + b) and the number of calls, in an auxiliary state."""

    def __init__(self, scale):
        super().__init__(need_top_grad=True)
        self.scale = float(scale)

    def list_arguments(self):
        return ["a", "b"]

    def list_outputs(self):
        return ["sum", "double"]

    def list_auxiliary_states(self):
        return ["calls"]

    def create_operator(self, ctx, in_shapes, in_dtypes):
        scale = self.scale

        class ScaledSum(mx.operator.CustomOp):
            def forward(self, is_train, req, in_data, out_data, aux):
                self.assign(out_data[0], req[0], scale * (in_data[0] + in_data[1]))
                self.assign(out_data[1], "add", out_data[0] * 2)
                self.assign(aux[0], "write", aux[0] + 1)

            def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
                for g, r in zip(in_grad, req):
                    self.assign(g, r, scale * (out_grad[0] + 2 * out_grad[1]))

        return ScaledSum()


def test_value_and_gradient():
    x = nd.array([0.0, 1.0])
    x.attach_grad()
    with autograd.record():
        y = nd.Custom(x * 1, op_type="test_sigmoid", name="s") * 2
    y.backward()
    s = 1 / (1 + np.exp(-x.asnumpy()))
    np.testing.assert_allclose(y.asnumpy(), 2 * s, rtol=1e-6)
    np.testing.assert_allclose(x.grad.asnumpy(), 2 * s * (1 - s), rtol=1e-6)


def test_several_arrays_attributes_and_states():
    a, b, calls = nd.array([1.0]), nd.array([2.0]), nd.zeros((1,))
    a.attach_grad()
    with autograd.record():
        total, double = nd.Custom(a, b, calls=calls, op_type="test_scaled_sum", scale=3)
    assert (total.asscalar(), double.asscalar(), calls.asscalar()) == (9, 18, 1)
    double.backward()
    assert a.grad.asscalar() == 6


@mx.operator.register("test_other_shapes")
class OtherShapes(mx.operator.CustomOpProp):
    def __init__(self, count):
        super().__init__()
        self.count = int(count)

    def infer_shape(self, in_shape):
        return (in_shape, in_shape * self.count) if self.count else (in_shape,)


def test_variables_that_are_made_have_the_attributes():
    made = mx.sym.Custom(mx.sym.var("a"), op_type="test_scaled_sum", scale=3, name="c")
    given = {"scale": "3", "op_type": "test_scaled_sum"}
    assert made.attr_dict() == {"c": given, "c_b": given, "c_calls": given}


def test_errors():
    x = nd.ones((1,))
    x.attach_grad()
    with pytest.raises(ValueError, match="Custom: no operator is registered as 'nope'"):
        nd.Custom(x, op_type="nope")
    with pytest.raises(ValueError, match="'test_sigmoid' expects 1 arrays, for .'data'., got 2"):
        nd.Custom(x, x, op_type="test_sigmoid")
    with pytest.raises(ValueError, match="decorates a subclass of CustomOpProp"):
        mx.operator.register("x")(int)
    with pytest.raises(ValueError, match="req must be 'write', 'inplace', 'add' or 'null', got 'foo'"):
        Sigmoid().assign(x, "foo", 1)
    with pytest.raises(NotImplementedError, match="CustomOpProp must define create_operator"):
        mx.operator.CustomOpProp().create_operator(None, [], [])
    with pytest.raises(NotImplementedError, match="CustomOp must define forward"):
        mx.operator.CustomOp().forward(True, [], [], [], [])
    with autograd.record():
        y = nd.Custom(x, op_type="test_sigmoid")
    with pytest.raises(mx.MXNetError, match="its backward is not recorded, so it has no second derivative"):
        autograd.grad(y, x, create_graph=True)
    with pytest.raises(mx.MXNetError, match="expecting 1 entries in returned output shapes, got 2"):
        nd.Custom(x, op_type="test_other_shapes", count=2)
    with pytest.raises(mx.MXNetError, match="infer_shape must return 2 or 3 lists, got 1"):
        nd.Custom(x, op_type="test_other_shapes", count=0)
    assert {"test_sigmoid", "Convolution", "elemwise_add"} <= {*mx.operator.get_all_registered_operators()}


def test_shapes_that_do_not_fit():
    @mx.operator.register("test_square_only")
    class Prop(SigmoidProp):
        def infer_shape(self, in_shape):
            return [[2, 2]], [[2, 2]], []

    with pytest.raises(mx.MXNetError, match=r"its infer_shape expects data of shape \(2, 2\), got \(3,\)"):
        nd.Custom(nd.ones((3,)), op_type="test_square_only")


class Counting(mx.operator.CustomOp):
    """Its input and the number of its calls."""

    calls = 0

    def forward(self, is_train, req, in_data, out_data, aux):
        self.calls += 1
        self.assign(out_data[0], req[0], in_data[0])
        self.assign(out_data[1], req[1], self.calls)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * self.calls)


@mx.operator.register("test_counting")
class CountingProp(mx.operator.CustomOpProp):
    def list_outputs(self):
        return ["same", "calls"]

    def infer_shape(self, in_shape):
        return in_shape, [in_shape[0], [1]], []

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Counting()


def test_an_executor_keeps_its_operators():
    """As in mxnet 1.9.1: made when an executor is; a call of nd.Custom makes a new one."""
    graph = sym.Custom(sym.var("x"), op_type="test_counting", name="c")
    assert graph.list_outputs() == ["c_same", "c_calls"]
    first, second = (graph.simple_bind(mx.cpu(), x=(2,)) for _ in range(2))
    assert [first.forward(is_train=True)[1].asscalar() for _ in range(3)] == [1, 2, 3]
    assert second.forward()[1].asscalar() == 1
    first.backward([nd.ones(2), nd.ones(1)])
    assert first.grad_dict["x"].asnumpy().tolist() == [3, 3]
    assert [nd.Custom(nd.ones(2), op_type="test_counting")[1].asscalar() for _ in range(2)] == [1, 1]


def test_in_a_graph():
    s = sym.Custom(sym.var("d"), op_type="test_sigmoid", name="c")
    assert (s.list_arguments(), s.list_outputs(), s.attr("op_type")) == (["d"], ["c_output"], "test_sigmoid")
    assert s.infer_shape(d=(2, 3)) == ([(2, 3)], [(2, 3)], [])
    executor = s.bind(mx.cpu(), {"d": nd.array([0.0])}, {"d": nd.zeros(1)})
    assert executor.forward(is_train=True)[0].asscalar() == 0.5
    executor.backward(nd.ones(1))
    assert executor.grad_dict["d"].asscalar() == 0.25
    again = sym.load_json(s.tojson())
    assert again.eval(d=nd.array([0.0]))[0].asscalar() == 0.5


class Loss(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_data[0] - in_data[1].reshape((-1, 1)))


@mx.operator.register("test_loss")
class LossProp(mx.operator.CustomOpProp):
    def __init__(self):
        super().__init__(need_top_grad=False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Loss()


def test_a_loss_that_a_module_trains():
    out = sym.Custom(sym.FullyConnected(sym.var("data"), num_hidden=1, name="fc"), op_type="test_loss", name="softmax")
    assert out.list_arguments() == ["data", "fc_weight", "fc_bias", "softmax_label"]  # made, as it was not given
    x = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
    it = mx.io.NDArrayIter(x, x @ np.float32([1, -2]), 10)
    module = mx.mod.Module(out)
    module.fit(it, eval_metric="mse", num_epoch=10, optimizer_params={"learning_rate": 0.1, "rescale_grad": 1.0})
    np.testing.assert_allclose(module.get_params()[0]["fc_weight"].asnumpy(), [[1, -2]], atol=1e-3)


@pytest.mark.parametrize(("make", "error", "text"), [
    (lambda a: sym.Custom(a), mx.MXNetError, "Required argument `op_type` is missing"),
    (lambda a: nd.Custom(nd.ones(2)), mx.MXNetError, "Required argument `op_type` is missing"),
    (lambda a: sym.Custom(a, op_type="nope"), ValueError, "no operator is registered as 'nope'"),
    (lambda a: sym.Custom(a, a, op_type="test_sigmoid"), ValueError, "expects 1 arrays, for .'data'., got 2"),
    (lambda a: sym.Custom(foo=a, op_type="test_sigmoid"), ValueError, "has no array 'foo'"),
    (lambda a: sym.Custom(3, op_type="test_sigmoid"), TypeError, "data must be a Symbol of one output, got 3"),
])
def test_errors_in_a_graph(make, error, text):
    with pytest.raises(error, match=text):
        make(sym.var("a"))


# -- the first way -----------------------------------------------------------------------------------------------------


class Softmax(mx.operator.NumpyOp):
    def __init__(self):
        super().__init__(False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]]

    def forward(self, in_data, out_data):
        x, y = in_data[0], out_data[0]
        y[:] = np.exp(x - x.max(axis=1, keepdims=True))
        y /= y.sum(axis=1, keepdims=True)

    def backward(self, out_grad, in_data, out_data, in_grad):
        labels = in_data[1].astype(int)
        in_grad[0][:] = out_data[0]
        in_grad[0][np.arange(len(labels)), labels] -= 1


def test_numpy_op():
    loss = Softmax()(data=sym.var("data"), name="softmax")
    assert loss.list_arguments() == ["data", "softmax_label"] and loss.list_outputs() == ["softmax_output"]
    executor = loss.simple_bind(mx.cpu(), data=(2, 3))
    executor.arg_dict["data"][:] = nd.array([[1, 2, 3], [3, 2, 1]])
    executor.arg_dict["softmax_label"][:] = 1
    out = executor.forward(is_train=True)[0].asnumpy()
    e = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    np.testing.assert_allclose(out, [e, e[::-1]], rtol=1e-6)
    executor.backward()
    np.testing.assert_allclose(executor.grad_dict["data"].asnumpy(), out - [[0, 1, 0]], rtol=1e-5)


def test_ndarray_op():
    class Double(mx.operator.NDArrayOp):
        def forward(self, in_data, out_data):
            out_data[0][:] = in_data[0] * 2

    op = Double()
    x = nd.array([3.0])
    executor = op.get_symbol(sym.var("x")).bind(mx.cpu(), {"x": x}, {"x": nd.zeros((1,))})
    assert executor.forward(is_train=True)[0].asscalar() == 6
    executor.backward(nd.ones((1,)))
    assert executor.grad_dict["x"].asscalar() == 1  # what PythonOp's backward says
    assert op.declare_backward_dependency([1], [2], [3]) == [1, 2, 3] and op.need_top_grad()
    with pytest.raises(NotImplementedError, match="Must override this"):
        mx.operator.PythonOp()(sym.var("x"))
    copy = mx.operator.NumpyOp()(sym.var("x")).eval(x=x)[0]
    assert copy.asscalar() == 3


def test_what_operators_take():
    found = mx.operator.get_operator_arguments("FullyConnected")
    assert found.names[:3] == ["data", "weight", "bias"]
    assert found.types[:4] == ["NDArray-or-Symbol"] * 3 + ["attribute"]
    assert found.narg == len(found.names)
    with pytest.raises(ValueError, match="there is no operator 'Nope'"):
        mx.operator.get_operator_arguments("Nope")


def test_storage_types_of_operators():
    prop = mx.operator.CustomOpProp()
    assert prop.infer_storage_type(["default"]) == (["default"], ["default"], [])
    assert prop.infer_storage_type_backward(*[["default"]] * 4, []) == (*[["default"]] * 4, [])
    with pytest.raises(AssertionError, match="found non default stype 'csr' for in_stype"):
        prop.infer_storage_type(["csr"])
    with pytest.raises(AssertionError, match="override infer_storage_type_backward"):
        prop.infer_storage_type_backward(["csr"], [], [], [], [])
