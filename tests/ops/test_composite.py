"""Functions of functions: HyperMap, dispatch by type, hooks on gradients, clipping by norm."""

import numpy as np
import pytest

from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, DTypeError, NotSupportedError

grad = ops.GradOperation()
X = Tensor([1.0, 2.0])


def test_hyper_map():
    assert ops.HyperMap()(lambda a: a * 2, [1, (2, 3)]) == (2, (4, 6))
    assert ops.HyperMap(lambda a, b: a + b)({"k": 1}, {"k": 2}) == {"k": 3}
    assert ops.Map()(len, ((1, 2), (3,))) == (2, 1)
    with pytest.raises(ValueError, match="^Map: the sequences must be equally long"):
        ops.Map()(max, (1, 2), (3,))
    out = ops.HyperMap()(ops.Square(), (X, X))
    assert [t.asnumpy().tolist() for t in out] == [[1, 4], [1, 4]]
    with pytest.raises(ArgumentError, match=r"equally long, got lengths \[2, 1\]"):
        ops.HyperMap()(max, (1, 2), (1,))
    with pytest.raises(DTypeError, match="the first argument must be a function, got int"):
        ops.HyperMap()(3, (1,))


def test_dispatch_by_type():
    add = ops.MultitypeFuncGraph("add")
    add.register("Tensor", "Number")(lambda t, n: "tensor and number")
    add.register("Tuple", "None")(lambda t, n: "tuple and none")
    assert add(X, 1) == "tensor and number" and add((1,), None) == "tuple and none"
    with pytest.raises(DTypeError, match=r"add has no implementation for \(str, int\); .* for \(Tensor, N"):
        add("a", 1)
    with pytest.raises(DTypeError, match="register only supports names of types and types, but got 1"):
        add.register(1)(len)


def test_a_hook_sees_and_replaces_the_gradient():
    seen = []
    watch = ops.HookBackward(lambda g: seen.append(g[0].asnumpy().tolist()))
    assert grad(lambda x: watch(x) * 3)(X).asnumpy().tolist() == [3, 3] and seen == [[3, 3]]
    double = ops.HookBackward(lambda g: g[0] * 2)
    assert grad(lambda x: double(x) * 3)(X).asnumpy().tolist() == [6, 6]
    assert len(double(X, X)) == 2
    clip = ops.InsertGradientOf(lambda g: ops.clip(g, max=1.5))
    assert grad(lambda x: clip(x) * 3)(X).asnumpy().tolist() == [1.5, 1.5]
    second = grad(grad(lambda x: ops.InsertGradientOf(lambda g: g * g)(x) ** 2))
    np.testing.assert_allclose(second(X).asnumpy(), [64, 256])  # 8 x, of (2 x)^2, squared on its way
    with pytest.raises(ArgumentError, match=r"must return a Tensor of its shape \(2,\), got shape \(1,\)"):
        grad(lambda x: ops.InsertGradientOf(lambda g: g[:1])(x) * 3)(X)
    for cls in (ops.HookBackward, ops.InsertGradientOf):
        with pytest.raises(DTypeError, match="should be a function, but got int"):
            cls(3)


def test_clipping_by_norm():
    pair = (Tensor([3.0]), Tensor([4.0]))
    np.testing.assert_allclose([t.asnumpy()[0] for t in ops.clip_by_global_norm(pair, 1.0)], [0.6, 0.8], rtol=1e-6)
    np.testing.assert_allclose([t.asnumpy()[0] for t in ops.clip_by_global_norm(pair, 9.0)], [3, 4])
    np.testing.assert_allclose(ops.clip_by_norm(Tensor([3.0, 4.0]), 1.0).asnumpy(), [0.6, 0.8], rtol=1e-5)
    assert len(ops.clip_by_norm(pair, 1.0)) == 2
    # gradients are MindSpore's where a norm is 0
    assert ops.grad(lambda x: ops.clip_by_norm(x, 5.0).sum())(Tensor([0.0, 0.0])).tolist() == [1, 1]
    zeros = ops.grad(lambda x: ops.clip_by_norm((x, Tensor([3.0, 4.0])), 10.0)[0].sum())(Tensor([0.0, 0.0]))
    assert zeros.tolist() == [1, 1]
    with pytest.raises(ArgumentError, match="use_norm must be None, got 1"):
        ops.clip_by_global_norm(pair, use_norm=1)
    with pytest.raises(ArgumentError, match="clip_norm must be > 0, got 0"):
        ops.clip_by_global_norm(pair, 0)
    np.testing.assert_allclose(ops.clip_by_global_norm(Tensor([3.0, 4.0])).asnumpy(), [0.6, 0.8], rtol=1e-6)
    with pytest.raises(DTypeError, match="must be a tuple or list of Tensors, got int"):
        ops.clip_by_global_norm(3)
    with pytest.raises(ArgumentError, match="which is not finite"):
        ops.clip_by_norm(Tensor([np.inf]), 1.0, error_if_nonfinite=True)


def test_primitives_of_ones_own():
    class Twice(ops.PrimitiveWithInfer):
        def __init__(self):
            super().__init__("Twice")
            self.init_prim_io_names(["x"], ["y"])
            self.add_prim_attr("factor", 2)

        def vm_impl(self, x):
            return x * self.factor

    assert Twice()(X).asnumpy().tolist() == [2, 4] and Twice().name == "Twice"
    with pytest.raises(NotSupportedError, match="Nothing has no kernel here"):
        ops.PrimitiveWithInfer("Nothing")(X)


def test_partial():
    assert ops.partial(ops.add, X)(X).asnumpy().tolist() == [2, 4]


def test_a_primitive_of_constants():
    class Twice(ops.PrimitiveWithInfer):
        def __init__(self):
            super().__init__("Twice")

        def infer_value(self, x):
            return x * 2

    assert Twice()(3) == 6 and repr(Twice()) == "Prim[Twice]"


def test_a_constexpr_that_is_a_class():
    @ops.constexpr(get_instance=False)
    def total(x, y):
        return x + y

    assert total()(1, 2) == 3
