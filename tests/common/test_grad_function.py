"""``_Function``: gradients, contexts and errors as in mindspore 2.8.0."""

import pytest

from luojia import Parameter, Tensor, _Function, float16, nn, ops

X, Y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])


def function(forward, backward, bases=(_Function,)):
    return type("F", bases, {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def product(ctx, x, y):
    ctx.save_for_backward(x, y)
    return x * y


def times(ctx, x, k, *rest):
    ctx.k, ctx.seen = k, ctx.needs_input_grad
    return x * k, x + k, "text"


def of_times(ctx, first, second, text):
    assert ctx.needs_input_grad == ctx.seen == (True, False, False) and text is None
    return first * ctx.k + second * 100, None, None


Product = function(product, lambda ctx, g: (g * ctx.saved_tensors[1] * 5, g * ctx.saved_tensors[0]))
Times = function(times, of_times)


def test_gradients():
    gx, gy = ops.grad(Product.apply, (0, 1))(X, Y)
    assert gx.tolist() == [15, 20] and gy.tolist() == [1, 2] and Product.apply(X, 3).tolist() == [3, 6]
    assert ops.grad(lambda x: Product.apply(x, x))(X).tolist() == [6, 12]
    assert ops.grad(lambda x: Times.apply(x, 3, None)[0])(X).tolist() == [3, 3]
    assert ops.grad(lambda x: sum(Times.apply(x, 3, None)[:2]))(X).tolist() == [103, 103]
    true = function(product, lambda ctx, g: (g * ctx.saved_tensors[1], g * ctx.saved_tensors[0]))
    assert ops.grad(ops.grad(lambda x: true.apply(x, x * x)))(X).tolist() == [6, 12]


def test_gradients_of_weights():
    class Net(nn.Cell):
        def __init__(self):
            super().__init__()
            self.w = Parameter(Tensor([2.0, 3.0]), name="w")

        def construct(self, x):
            return Product.apply(x, self.w)

    net = Net()
    by_input, by_weight = ops.grad(net, 0, net.trainable_params())(X)
    assert by_input.tolist() == [10, 15] and by_weight[0].tolist() == [1, 2]


@pytest.mark.parametrize("materialize, seen", [(True, [0, 0]), (False, None)])
def test_outputs_without_a_gradient(materialize, seen):
    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        return x * 2, x * 3

    found = []

    def backward(ctx, first, second):
        found.append(second if second is None else second.tolist())
        return first * 2

    assert ops.grad(lambda x: function(forward, backward).apply(x)[0])(X).tolist() == [2, 2]
    assert found == [seen]


def test_outputs_that_are_not_differentiable():
    def forward(ctx, x):
        above = x > 1
        ctx.mark_non_differentiable(above)
        return x * 2, above

    F = function(forward, lambda ctx, g, _: g * 7)
    assert ops.grad(lambda x: F.apply(x)[0])(X).tolist() == [7, 7]
    assert F.apply(X)[1].tolist() == [False, True]


def test_inputs_that_are_written_into():
    def forward(ctx, x):
        x.add_(1.0)
        ctx.mark_dirty(x)
        return x

    F = function(forward, lambda ctx, g: g * 9)

    def f(x):
        y = x * 1.0
        F.apply(y)
        return y * 2

    assert f(X).tolist() == [4, 6] and ops.grad(f)(X).tolist() == [18, 18]


def test_gradients_are_fitted_to_their_inputs():
    found = ops.grad(function(product, lambda ctx, g: (None, g.astype(float16))).apply, (0, 1))(X, Y)
    assert [g.tolist() for g in found] == [[0, 0], [1, 1]] and str(found[1].dtype) == "Float32"
    found = ops.grad(function(product, lambda ctx, g: (Tensor(2.0), g)).apply)(X, Y)
    assert found.tolist() == [2, 2]


@pytest.mark.parametrize("forward, backward, error, match", [
    (product, lambda ctx, g: g, RuntimeError, "wrong number of gradients, expect: 2 but: 1"),
    (product, lambda ctx, g: (g, g, g), RuntimeError, "gradient is not none, position: 2"),
    (product, lambda ctx, g: (Tensor([1.0, 2.0, 3.0]), g), RuntimeError, r"broadcast to the expected shape \(2,\)"),
    (product, lambda ctx, g: (1.0, g), RuntimeError, "none or tensor, position: 0"),
    (lambda ctx, x, y: ctx.save_for_backward(x, 3), None, RuntimeError, "only supports None and Tensors, but got int"),
    (_Function.forward, None, NotImplementedError, "forward function should be customized"),
    (product, _Function.backward, NotImplementedError, "backward function should be customized"),
])
def test_errors(forward, backward, error, match):
    with pytest.raises(error, match=match):
        ops.grad(function(forward, backward).apply)(X, Y)
