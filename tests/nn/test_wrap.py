"""Training and evaluation cells."""

import numpy as np
import pytest

from luojia import Parameter, ParameterTuple, Tensor, nn, ops

X, Y = Tensor([[1.0, 2.0]]), Tensor([[1.0]])


def dense():
    return nn.Dense(2, 1, "ones", "zeros")


def with_loss(net):
    return nn.WithLossCell(net, nn.MSELoss())


def test_with_loss_and_eval():
    net = dense()
    cell = with_loss(net)
    assert float(cell(X, Y)) == 4.0 and cell.backbone_network is net
    loss, out, label = nn.WithEvalCell(net, nn.MSELoss())(X, Y)
    assert (float(loss), float(out), float(label)) == (4.0, 3.0, 1.0)
    with pytest.raises(TypeError, match="the 'backbone' must be a Cell or a function, but got int"):
        nn.WithLossCell(3, nn.MSELoss())


@pytest.mark.parametrize("sens, scale", [(None, 1), (2.0, 2)])
def test_train_one_step(sens, scale):
    net = dense()
    step = nn.TrainOneStepCell(with_loss(net), nn.SGD(net.trainable_params(), 0.1), sens)
    assert float(step(X, Y)) == 4.0  # d loss / d output is 2 (3 - 1) = 4
    np.testing.assert_allclose(net.weight.asnumpy(), [[1 - 0.4 * scale, 1 - 0.8 * scale]], rtol=1e-6)
    np.testing.assert_allclose(net.bias.asnumpy(), [-0.4 * scale], rtol=1e-6)
    assert [p.name for p in net.get_parameters()] == ["weight", "bias"]


@pytest.mark.parametrize("sens, bias", [(None, -0.05), (8.0, -0.4)])
def test_loss_scale_of_the_optimizer_wants_the_same_sens(sens, bias):
    net = dense()
    nn.TrainOneStepCell(with_loss(net), nn.SGD(net.trainable_params(), 0.1, loss_scale=8.0), sens)(X, Y)
    np.testing.assert_allclose(net.bias.asnumpy(), [bias], rtol=1e-6)


def test_gradients_are_returned_on_request():
    net = dense()
    loss, grads = nn.TrainOneStepCell(with_loss(net), nn.SGD(net.trainable_params()), return_grad=True)(X, Y)
    assert list(grads) == ["weight", "bias"] and grads["weight"].asnumpy().tolist() == [[4.0, 8.0]]


def test_a_step_of_ones_own():
    class Step(nn.TrainOneStepCell):
        def construct(self, x, y):
            loss = self.network(x, y)
            sens = Tensor(np.float32(self.sens))
            self.optimizer(self.grad(self.network, self.weights)(x, y, sens))
            return loss

    net = dense()
    Step(with_loss(net), nn.SGD(net.trainable_params(), 0.1))(X, Y)
    np.testing.assert_allclose(net.bias.asnumpy(), [-0.4], rtol=1e-6)


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.TrainOneStepCell(3, nn.SGD(dense().trainable_params())), TypeError, "the 'network' must be a Cell"),
    (lambda: nn.TrainOneStepCell(dense(), 3), TypeError, "the 'optimizer' must be an Optimizer, but got int"),
    (lambda: nn.TrainOneStepCell(dense(), nn.SGD(dense().trainable_params()), 0), ValueError, "'sens' must not be "
     "zero"),
    (lambda: nn.TrainOneStepCell(dense(), nn.SGD(dense().trainable_params()), "a"), TypeError, "'sens' must be a "
     "number"),
    (lambda: nn.TrainOneStepWithLossScaleCell(dense(), nn.SGD(dense().trainable_params()), 3), TypeError,
     "the 'scale_sense' must be Cell or Tensor, but got int"),
    (lambda: nn.TrainOneStepWithLossScaleCell(dense(), nn.SGD(dense().trainable_params()), Tensor([1.0, 2.0])),
     ValueError, "the shape of 'scale_sense' must be"),
    (lambda: nn.ForwardValueAndGrad(3), TypeError, "the argument 'network' must be cell or function"),
    (lambda: nn.ForwardValueAndGrad(dense(), get_all=1), TypeError, "the type of 'get_all' must be bool"),
    (lambda: nn.ForwardValueAndGrad(dense(), get_by_list=True), TypeError, "the argument 'weights' must be Parameters"),
    (lambda: nn.ParameterUpdate(3), TypeError, "'param' must be 'Parameter', but got <class 'int'>"),
    (lambda: nn.Vjp(3), TypeError, "the 'fn' must be a Cell or a function"),
    (lambda: nn.GetNextSingleOp([], [], "q"), NotImplementedError, "no data queues on devices"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_loss_scale_cell_skips_overflows():
    net = dense()
    step = nn.TrainOneStepWithLossScaleCell(with_loss(net), nn.SGD(net.trainable_params(), 0.1),
                                            nn.DynamicLossScaleUpdateCell(4.0, 2, 2))
    loss, overflow, scale = step(X, Y)
    assert (float(loss), bool(overflow), float(scale)) == (4.0, False, 4.0)
    np.testing.assert_allclose(net.bias.asnumpy(), [-0.4], rtol=1e-6)
    before = net.bias.asnumpy()
    _, overflow, scale = step(Tensor([[np.inf, 1.0]]), Y)
    assert bool(overflow) and np.array_equal(net.bias.asnumpy(), before) and float(step.scale_sense) == 2.0
    step(X, Y)
    step(X, Y)
    assert float(step.scale_sense) == 4.0
    fixed = nn.TrainOneStepWithLossScaleCell(with_loss(net), nn.SGD(net.trainable_params()),
                                             nn.FixedLossScaleUpdateCell(8.0))
    assert float(fixed(X, Y)[2]) == 8.0
    fixed.set_sense_scale(Tensor(16.0))
    assert float(fixed(X, Y)[2]) == 16.0


def test_with_grad_cell_and_forward_value_and_grad():
    net = dense()
    dw, db = nn.WithGradCell(net, nn.MSELoss())(X, Y)
    assert dw.asnumpy().tolist() == [[4.0, 8.0]] and db.asnumpy().tolist() == [4.0]
    weights = ParameterTuple(net.trainable_params())
    out, (inputs, by_list) = nn.ForwardValueAndGrad(net, weights, get_all=True, get_by_list=True)(X)
    assert float(out) == 3.0 and inputs[0].asnumpy().tolist() == [[1.0, 1.0]] and len(by_list) == 2
    out, grads = nn.ForwardValueAndGrad(net, weights, get_by_list=True, sens_param=True)(X, Tensor([[2.0]]))
    assert grads[1].asnumpy().tolist() == [2.0]


def test_parameter_update():
    p = Parameter(Tensor([1.0]))
    assert nn.ParameterUpdate(p)(Tensor([5.0])).tolist() == [5.0] and p.asnumpy().tolist() == [5.0]


def test_vjp_and_jvp():
    f = lambda x, y: x * y
    a, b, v = Tensor([2.0]), Tensor([3.0]), Tensor([1.0])
    out, (da, db) = nn.Vjp(f)(a, b, v)
    assert (float(out), float(da), float(db)) == (6.0, 3.0, 2.0)
    out, da = nn.Vjp(lambda x: x * x)(a, v)
    assert float(da) == 4.0
    out, tangent = nn.Jvp(f)(a, b, (v, v))
    assert (float(out), float(tangent)) == (6.0, 5.0)
    assert float(nn.Jvp(lambda x: x * x)(a, v)[1]) == 4.0


def test_a_step_of_ones_own_with_a_loss_scale():
    scale = ops.MultitypeFuncGraph("scale")

    @scale.register("Tensor", "Tensor")
    def _(factor, gradient):
        return gradient * ops.reciprocal(factor)

    class Step(nn.TrainOneStepWithLossScaleCell):
        def construct(self, x, y):
            loss = self.network(x, y)
            status, sens = self.start_overflow_check(loss, self.scale_sense)
            grads = self.grad(self.network, self.weights)(x, y, ops.ones_like(loss) * sens.astype(loss.dtype))
            grads = self.grad_reducer(self.hyper_map(ops.partial(scale, sens), grads))
            overflow = self.process_loss_scale(self.get_overflow_status(status, grads))
            return loss if overflow else ops.depend(loss, self.optimizer(grads)), overflow

    net = nn.Dense(1, 1, "ones", "zeros")
    step = Step(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.25),
                nn.DynamicLossScaleUpdateCell(16, 2, 100))
    loss, overflow = step(Tensor([[1.0]]), Tensor([[3.0]]))
    assert float(loss) == 4.0 and not overflow and float(net.weight) == 2.0
    _, overflow = step(Tensor([[float("inf")]]), Tensor([[3.0]]))
    assert overflow and float(net.weight) == 2.0 and float(step.scale_sense) == 8.0
    with pytest.raises(TypeError, match="the type of 'sens' must be Tensor"):
        step.set_sense_scale(3)
