"""Module: the forward method, attributes, names, modes, hooks, bprop, printing."""

import copy
import pickle

import pytest

import luojia
from luojia import Parameter, ParameterTuple, Tensor, jit, nn, ops
from luojia import dtype as mstype

X = Tensor([1.0, 2.0])


class Scale(nn.Module):
    def __init__(self, factor=2.0):
        super().__init__()
        self.w = Parameter(Tensor([factor]), name="foo")
        self.v = Parameter(Tensor([1.0]))

    def call(self, x):
        return x * self.w


class Outer(nn.Cell):
    def __init__(self):
        super().__init__()
        self.c = Scale()
        self.w = Parameter(Tensor([1.0]), name="bar")
        self.cs = nn.CellList([nn.Dense(1, 1), Scale()])

    def construct(self, x):
        return self.cs[1](self.c(x)) * self.w


@pytest.mark.parametrize("method", ["call", "construct", "forward"])
def test_the_forward_method_has_three_names(method):
    net = type("Net", (nn.Module,), {method: lambda self, x: x * 3})()
    assert net(X).asnumpy().tolist() == [3.0, 6.0]
    for name in ("call", "construct", "forward"):
        assert getattr(net, name)(X).asnumpy().tolist() == [3.0, 6.0]


def test_a_subclass_may_use_another_name_than_its_base():
    class Base(nn.Module):
        def construct(self, x):
            return x * 2

    class Derived(Base):
        def call(self, x):
            return super().construct(x) + 1

    assert Derived()(X).asnumpy().tolist() == [3.0, 5.0]
    assert Derived().construct(X).asnumpy().tolist() == [3.0, 5.0]


def test_a_mixin_may_define_the_forward_method():
    class Mixin:
        def construct(self, x):
            return x + 1

    class Net(Mixin, nn.Module):
        pass

    assert Net()(X).asnumpy().tolist() == [2.0, 3.0]


def test_a_forward_method_may_be_assigned_to_an_instance():
    net = nn.ReLU()
    net.construct = lambda x: x * 5
    assert net(X).asnumpy().tolist() == [5.0, 10.0]


def test_without_a_forward_method():
    assert nn.Cell is nn.Module
    with pytest.raises(AttributeError, match="For 'Module', the method 'construct' is not defined"):
        nn.Module()(X)


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        Scale()(X, X)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Scale()()
    assert Scale()(x=X).asnumpy().tolist() == [2.0, 4.0]


def test_names():
    net = Outer()
    assert [(p.name, path) for path, p in net.parameters_and_names()] == [
        ("bar", "w"), ("c.w", "c.w"), ("c.v", "c.v"), ("cs.0.weight", "cs.0.weight"), ("cs.0.bias", "cs.0.bias"),
        ("cs.1.w", "cs.1.w"), ("cs.1.v", "cs.1.v")]
    assert [p.name for p in Scale().get_parameters()] == ["foo", "v"]
    assert list(net.name_cells()) == ["c", "cs"]
    assert [name for name, _ in net.cells_and_names()] == ["", "c", "cs", "cs.0", "cs.1"]
    assert list(net.parameters_dict()) == ["bar", "c.w", "c.v", "cs.0.weight", "cs.0.bias", "cs.1.w", "cs.1.v"]
    assert [p.name for p in net.get_parameters(expand=False)] == ["bar"]


def test_each_object_counts_once():
    net = Outer()
    net.again = net.c
    assert len(list(net.get_parameters())) == 7
    assert list(net.name_cells()) == ["c", "cs"]


def test_trainable_and_untrainable():
    net = Scale()
    net.v.requires_grad = False
    assert [p.name for p in net.trainable_params()] == ["foo"]
    assert [p.name for p in net.untrainable_params()] == ["v"]


def test_update_parameters_name():
    net = Scale()
    net.update_parameters_name("a.")
    assert [p.name for p in net.get_parameters()] == ["a.w", "a.v"]
    with pytest.raises(TypeError, match="the argument 'prefix' must be str"):
        net.update_parameters_name(3)


def test_check_names():
    net = Outer()
    net.check_names()
    net.w.name = "c.w"
    with pytest.raises(ValueError, match="its name 'c.w' already exists"):
        net.check_names()


def test_missing_attribute():
    net = Scale()
    with pytest.raises(AttributeError, match="The 'Scale' object has no attribute 'nope'."):
        _ = net.nope
    with pytest.raises(AttributeError, match="The 'Scale' object has no attribute 'nope'."):
        del net.nope


@pytest.mark.parametrize("value", [Parameter(X), nn.ReLU(), ParameterTuple([Parameter(X)])])
def test_before_init(value):
    class Early(nn.Module):
        def __init__(self):
            self.p = value

    with pytest.raises(AttributeError, match=r"please call Module.__init__\(\) first"):
        Early()


def test_assignment_over_a_parameter():
    net = Scale()
    with pytest.raises(TypeError, match="Parameter 'w' already exists in network, can not assign this type"):
        net.w = 3
    with pytest.raises(KeyError, match="the w child cell already exists in the network"):
        net.w = nn.ReLU()
    w = net.w
    net.w = Tensor([5.0, 6.0])
    assert net.w is w and net.w.asnumpy().tolist() == [5.0, 6.0]
    net.w = Parameter(Tensor([7.0]), name="zz")
    assert net.w.name == "zz"
    net.w = None
    assert net.w is None and [p.name for p in net.get_parameters()] == ["v"]


def test_assignment_over_a_child():
    net = Outer()
    with pytest.raises(TypeError, match="Sub cell 'c' already exists in network, can not assign this type"):
        net.c = 3
    with pytest.raises(KeyError, match="the c parameter already exists in the network"):
        net.c = Parameter(X)
    net.c = nn.ReLU()
    assert isinstance(net.c, nn.ReLU)
    net.c = None
    assert list(net.name_cells()) == ["cs"]
    del net.cs
    assert not list(net.cells())


def test_parameter_tuples_register_and_lists_do_not():
    net = nn.Module()
    net.ps = ParameterTuple([Parameter(X, name="a"), Parameter(X, name="b")])
    net.list, net.tuple = [Parameter(X, name="c")], (Parameter(X, name="d"),)
    assert [p.name for p in net.get_parameters()] == ["a", "b"] and net.list[0].name == "c"


def test_a_tuple_entry_does_not_replace_a_parameter_of_its_name():
    net, holder = nn.SequentialCell(Scale()), Scale()
    net[0].w.name = "w"
    holder.weights = ParameterTuple(net.trainable_params())
    assert holder.w is not net[0].w
    assert len(list(holder.get_parameters())) == 4


def test_insert_param_to_cell():
    net, p = Outer(), Parameter(Tensor([1.0]))
    for name in ("", "a.b"):
        with pytest.raises(KeyError, match="the argument 'param_name' should not"):
            net.insert_param_to_cell(name, p)
    with pytest.raises(KeyError, match="the training parameter already exists in the network"):
        net.insert_param_to_cell("training", p)
    with pytest.raises(TypeError, match="the argument 'param' must be 'Parameter' if not None"):
        net.insert_param_to_cell("q", 3)
    with pytest.raises(TypeError, match="the argument 'param_name' must be str"):
        net.insert_param_to_cell(3, p)
    assert len(list(net.get_parameters())) == 7
    net.insert_param_to_cell("q", p)
    assert net.q is p and p.name == "q"


def test_a_parameter_takes_the_place_of_a_plain_value():
    net = nn.Cell()
    net.a, net.b = 3, Tensor([1.0])
    net.a = net.b = Parameter(Tensor([2.0]), name="p")
    assert [name for name, _ in net.parameters_and_names()] == ["a"] and net.a is net.b
    with pytest.raises(KeyError, match="should not be None"):
        net.insert_param_to_cell(None, net.a)


def test_cells_to_leave_out():
    net = nn.SequentialCell(nn.ReLU(), nn.Tanh())
    assert [name for name, _ in net.cells_and_names({net[0]})] == ["", "1"]


def test_insert_child_to_cell():
    net = Outer()
    with pytest.raises(TypeError, match="the argument 'child_cell' must be 'Cell' if not None"):
        net.insert_child_to_cell("r", 3)
    with pytest.raises(TypeError, match="the type of parameter 'child_name' must be str"):
        net.insert_child_to_cell(3, nn.ReLU())
    with pytest.raises(KeyError, match="the training child cell already exists"):
        net.insert_child_to_cell("training", nn.ReLU())
    with pytest.raises(KeyError, match="'child_name' should not be None"):
        net.insert_child_to_cell("", nn.ReLU())
    net.insert_child_to_cell("r", nn.ReLU())
    assert isinstance(net.r, nn.ReLU)


def test_modes():
    net = Outer()
    assert (net.training, net.requires_grad) == (False, False)
    assert net.set_train() is net and net.cs[0].training
    assert net.set_train(False) is net and not net.cs[0].training
    assert net.set_grad() is net and net.requires_grad and not net.c.requires_grad


def test_flags():
    net = nn.ReLU().add_flags(defer_inline=True)
    assert net.defer_inline and net.get_flags() == {"defer_inline": True}
    assert Outer().add_flags_recursive(a=1).c.a == 1


def test_to_float():
    net, x = nn.SequentialCell(nn.Dense(2, 3), nn.ReLU()).to_float(mstype.float16), Tensor([[1.0, 2.0]])
    assert net(x).dtype == mstype.float16
    grads = ops.GradOperation(get_by_list=True)(net, net.trainable_params())(x)
    assert [g.dtype for g in grads] == [mstype.float32] * 2
    for wrong in (mstype.float64, "a"):
        with pytest.raises(ValueError, match="'dst_type' must be float32, float16 or bfloat16"):
            net.to_float(wrong)


def test_forward_hooks():
    seen, net = [], Scale()
    before = net.register_forward_pre_hook(lambda m, inputs: (inputs[0] + 1,))
    after = net.register_forward_hook(lambda m, inputs, out: seen.append((inputs[0].asnumpy()[0], out.asnumpy()[0])))
    assert net(X).asnumpy().tolist() == [4.0, 6.0]
    assert seen == [(2.0, 4.0)]
    before.remove()
    after.remove()
    after.remove()
    assert net(X).asnumpy().tolist() == [2.0, 4.0] and len(seen) == 1


def test_backward_hooks():
    seen, net = [], Scale(3.0)

    def hook(module, grad_input, grad_output):
        seen.append((grad_input[0].asnumpy().tolist(), grad_output[0].asnumpy().tolist()))
        return (grad_input[0] * 10,)

    handle = net.register_backward_hook(hook)
    grad = ops.GradOperation()(lambda x: net(x * 1) * 2)
    assert grad(X).asnumpy().tolist() == [60.0, 60.0]
    assert seen == [([6.0, 6.0], [2.0, 2.0])]
    handle.remove()
    assert grad(X).asnumpy().tolist() == [6.0, 6.0]


def test_backward_pre_hook():
    net = Scale(3.0)
    handle = net.register_backward_pre_hook(lambda module, grad_output: grad_output[0] * 5)
    assert ops.GradOperation()(net)(X).asnumpy().tolist() == [15.0, 15.0]
    handle.remove()
    assert ops.GradOperation()(net)(X).asnumpy().tolist() == [3.0, 3.0]


def test_hook_errors():
    net = Scale()
    with pytest.raises(TypeError, match="Expected a callable hook function, but got int"):
        net.register_forward_hook(3)
    net.register_backward_hook(lambda module, gi, go: (gi[0], gi[0]))
    with pytest.raises(RuntimeError, match="a backward hook of Scale returned 2 gradients for 1 inputs"):
        ops.GradOperation()(net)(X)


class Tenfold(nn.Module):
    def construct(self, x):
        return x * 2

    def bprop(self, x, out, dout):
        return dout * 10 * x


@pytest.mark.parametrize("kind, hook, match", [
    ("register_backward_pre_hook", lambda c, g: (g[0], g[0]), "returned 2 gradients for 1 outputs"),
    ("register_backward_hook", lambda c, i, o: 3, "must return Tensors, but got .'int'."),
    ("register_forward_hook", jit(lambda c, i, o: o), "Decorating hook function .* with '@jit' is not supported"),
])
def test_hooks_that_do_not_fit(kind, hook, match):
    net = nn.ReLU()
    with pytest.raises(TypeError, match=match):
        getattr(net, kind)(hook)
        ops.GradOperation()(net)(Tensor([1.0]))


def test_bprop_replaces_the_gradient_to_any_order():
    grad = ops.GradOperation()
    assert grad(Tenfold())(X).asnumpy().tolist() == [10.0, 20.0]
    assert grad(grad(Tenfold()))(X).asnumpy().tolist() == [10.0, 10.0]
    assert grad(lambda x: Tenfold()(x * 3))(X).asnumpy().tolist() == [90.0, 180.0]


def test_bprop_of_several_outputs():
    class Two(nn.Module):
        def construct(self, x, y):
            return x * y, x + y

        def bprop(self, x, y, out, dout):
            assert len(out) == len(dout) == 2
            return dout[0], dout[1] * 7

    dx, dy = ops.GradOperation(get_all=True)(lambda x, y: Two()(x, y)[1] * 3)(X, X)
    assert dx.asnumpy().tolist() == [0.0, 0.0] and dy.asnumpy().tolist() == [21.0, 21.0]


@pytest.mark.parametrize("returned, n, error, message", [
    (lambda d: (d,), 2, RuntimeError, "must return one gradient for each of its 2 inputs, got 1"),
    (lambda d: d, 2, RuntimeError, "must return one gradient for each of its 2 inputs, got 1"),
    (lambda d: (Tensor([1.0, 2.0, 3.0]),), 1, ValueError, r"the gradient of input 0 must have its shape \(2,\)"),
])
def test_bprop_errors(returned, n, error, message):
    class Net(nn.Module):
        def construct(self, *inputs):
            return inputs[0] * 2

        def bprop(self, *inputs):
            return returned(inputs[-1])

    with pytest.raises(error, match=message):
        ops.GradOperation(get_all=True)(Net())(*[X] * n)


def test_bprop_needs_tensors_as_outputs():
    class Net(nn.Module):
        def construct(self, x):
            return 3

        def bprop(self, x, out, dout):
            return dout

    with pytest.raises(ValueError, match="so it must return Tensors, got"):
        ops.GradOperation()(Net())(X)


def test_more_gradients_than_inputs_are_ignored():
    class Net(nn.Module):
        def construct(self, x):
            return x

        def bprop(self, x, out, dout):
            return dout * 4, dout, dout

    assert ops.GradOperation()(Net())(X).asnumpy().tolist() == [4.0, 4.0]


def test_a_helper_called_forward_is_not_the_forward_method():
    class Base(nn.Module):
        def construct(self, x):
            return self.forward(x, 2)

        def forward(self, x, k):
            return x * k

    class Helper(Base):
        def forward(self, x, k):
            return x * k * 10

    class Other(Base):
        def construct(self, x):
            return self.forward(x, 5)

    class Stored(nn.Module):
        def __init__(self):
            super().__init__()
            self.call = lambda x: x * 100

        def construct(self, x):
            return self.call(x) + 1

    class Torch(nn.Dense):
        def forward(self, x):
            return super().forward(x) * 0

    assert [net(X).tolist() for net in (Base(), Helper(), Other(), Stored())] == [
        [2, 4], [20, 40], [5, 10], [101, 201]]
    assert Torch(2, 1)(X).tolist() == [0]
    net = Base()
    net.construct = lambda x: x * 7
    assert net(X).tolist() == [7, 14]


def test_subclasses_name_their_own_methods_freely():
    """The tutorial on sequence labelling has a CRF whose construct calls its _forward and _decode."""
    class CRF(nn.Module):
        _plain, _compiles = "mine", "too"

        def construct(self, x, decode=False):
            return self._decode(x) if decode else self._forward(x)

        def _forward(self, x):
            return self._compute(x) * 2

        def _decode(self, x):
            return self._graph() + self._eager(x)

        def _compute(self, x):
            return x + 1

        def _graph(self):
            return 10

        def _eager(self, x):
            return x

    net = CRF()
    assert net(X).tolist() == (X.asnumpy() * 2 + 2).tolist() and net(X, True).tolist() == (X.asnumpy() + 10).tolist()
    luojia.set_context(mode=luojia.GRAPH_MODE)
    try:
        assert net(X).tolist() == (X.asnumpy() * 2 + 2).tolist()
    finally:
        luojia.set_context(mode=luojia.PYNATIVE_MODE)


def test_repr():
    assert repr(nn.Dense(3, 4)) == "Dense(input_channels=3, output_channels=4, has_bias=True)"
    net = nn.SequentialCell(nn.SequentialCell(nn.ReLU()), nn.Dropout(p=0.2))
    assert repr(net) == ("SequentialCell(\n  (0): SequentialCell(\n    (0): ReLU()\n  )\n"
                         "  (1): Dropout(p=0.2)\n)")

    class E(nn.Module):
        def __init__(self):
            super().__init__()
            self.e = nn.ReLU()

        def extend_repr(self):
            return "b=4"

    assert repr(E()) == "E(\n  b=4\n  (e): ReLU()\n)" and repr(nn.CellList([])) == "CellList()"

    class Long(nn.Module):
        def extend_repr(self):
            return "b=4\nc=5"

    assert repr(Long()) == "Long(\n  b=4\n  c=5\n)"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies(copied):
    net = Outer()
    other = copied(net)
    assert [p.name for p in other.get_parameters()] == [p.name for p in net.get_parameters()]
    other.w.set_data(Tensor([9.0]))
    assert net.w.asnumpy().tolist() == [1.0]
    assert other._params["w"] is other.w and other._cells["c"] is other.c
    assert other(X).asnumpy().tolist() == [36.0, 72.0]


def test_apply_and_init_parameters_data():
    seen = []
    Outer().apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Scale", "Dense", "Scale", "CellList", "Outer"]
    assert all(k is v for k, v in Scale().init_parameters_data().items())


def test_no_graph_protocol():
    with pytest.raises(NotImplementedError, match="no graph protocol buffer"):
        nn.ReLU().get_func_graph_proto()


def test_settings_that_change_nothing_return_the_network():
    net = nn.ReLU()
    with pytest.raises(ValueError, match="the argument 'boost_type' must be 'less_bn', but got O1"):
        net.set_boost("O1")
    with pytest.raises(ValueError, match="The 'a b' is illegal"):
        net.update_parameters_name("a b")
    assert net.set_broadcast_flag() is net.set_boost("less_bn") is net
