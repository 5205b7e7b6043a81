"""Buffers and state dicts: what mindspore 2.8.0 gave for the same calls."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest

from luojia import Parameter, Tensor, nn, ops


class Net(nn.Cell):
    def __init__(self) -> None:
        super().__init__()
        self.d = nn.Dense(2, 3)
        self.register_buffer("b", Tensor([1.0, 2.0]))
        self.register_buffer("other", Tensor([3.0]), persistent=False)
        self.p = Parameter(Tensor([1.0]), name="pp")
        self.bn = nn.BatchNorm1d(2)

    def construct(self, x: Tensor) -> Tensor:
        return self.d(x + self.b)


NAMES = ["p", "b", "d.weight", "d.bias", "bn.moving_mean", "bn.moving_variance", "bn.gamma", "bn.beta"]


def test_buffers() -> None:
    net = Net()
    assert [(name, t.shape) for name, t in net.named_buffers()] == [("b", (2,)), ("other", (1,))]
    assert len(list(net.buffers())) == 2 and net.get_buffer("b") is net.b
    assert net(Tensor([[1.0, 1.0]])).shape == (1, 3)
    assert [p.name for p in net.get_parameters()] == ["pp", *NAMES[2:]]
    outer = nn.SequentialCell(net)
    assert [name for name, _ in outer.named_buffers("z")] == ["z.0.b", "z.0.other"]
    assert outer.get_buffer("0.b") is net.b and list(outer.buffers(recurse=False)) == []
    assert outer.get_sub_cell("0.d") is net.d and outer.get_sub_cell("") is outer
    net.b.copy_(Tensor([5.0, 6.0]))
    assert net.get_buffer("b").asnumpy().tolist() == [5, 6]
    net.register_buffer("b", Tensor([7.0]))
    assert net.b.asnumpy().tolist() == [7]
    net.b = None
    assert net.b is None and "b" not in net.state_dict()
    del net.b
    assert [name for name, _ in net.named_buffers()] == ["other"] and not hasattr(net, "b")


@pytest.mark.parametrize("name, value, error, message", [
    ("a.b", Tensor([1.0]), KeyError, "buffer name can.*t contain"),
    ("", Tensor([1.0]), KeyError, "buffer name can.*t be empty string"),
    ("d", Tensor([1.0]), KeyError, "attribute 'd' already exists"),
    ("q", 3, TypeError, "cannot assign .* object to buffer 'q'"),
    (3, Tensor([1.0]), TypeError, "buffer name should be a string"),
])
def test_what_buffers_refuse(name: object, value: object, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Net().register_buffer(name, value)  # type: ignore[arg-type]


def test_what_looking_up_refuses() -> None:
    net = Net()
    for target, message in (("zz", "Net has no attribute `zz`"), ("d.q", "Dense has no attribute `q`"),
                            ("p", "`p` is not a buffer")):
        with pytest.raises(AttributeError, match=message):
            net.get_buffer(target)
    with pytest.raises(AttributeError, match="Net has no attribute `q`"):
        net.get_sub_cell("q")
    with pytest.raises(TypeError, match="Buffer 'b' already exists in network"):
        net.b = Tensor([5.0, 6.0])


def test_state_dicts() -> None:
    net = Net()
    state = net.state_dict()
    assert isinstance(state, OrderedDict) and list(state) == NAMES and state["d.weight"] is net.d.weight
    assert list(net.state_dict(prefix="z.")) == [f"z.{n}" for n in NAMES]
    net.b.copy_(Tensor([5.0, 6.0]))
    other = Net()
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    assert np.array_equal(other.d.weight.asnumpy(), net.d.weight.asnumpy()) and other.b.asnumpy().tolist() == [5, 6]
    assert other.d.weight is not net.d.weight
    some = {**state, "x": Tensor([1.0])}
    del some["d.weight"]
    message = (r'Error\(s\) in loading state_dict for Net:\s+Missing key\(s\) in state_dict: "d.weight".\s+'
               r'Unexpected key\(s\) in state_dict: "x"')
    with pytest.raises(RuntimeError, match=message):
        other.load_state_dict(some)
    found = other.load_state_dict(some, strict=False)
    assert repr(found) == "_IncompatibleKeys(missing_keys=['d.weight'], unexpected_keys=['x'])"


def test_what_does_not_fit_changes_nothing() -> None:
    net, state = Net(), Net().state_dict()
    before = net.d.bias.asnumpy()
    state["d.bias"] = Tensor([7.0, 7.0, 7.0])
    state["d.weight"] = Tensor(np.ones((4, 4), np.float32))
    with pytest.raises(RuntimeError, match=r"size mismatch for d.weight: copying a param with shape \(4, 4\)"):
        net.load_state_dict(state, strict=False)
    state["d.weight"] = 3
    with pytest.raises(RuntimeError, match='parameter named "d.weight", expected a Tensor or Parameter'):
        net.load_state_dict(state)
    assert (net.d.bias.asnumpy() == before).all()
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        net.load_state_dict(3)  # type: ignore[arg-type]


def test_extra_state() -> None:
    class Extra(nn.Cell):
        got: object = None

        def get_extra_state(self) -> object:
            return {"v": 3}

        def set_extra_state(self, state: object) -> None:
            self.got = state

    state = Extra().state_dict()
    assert state == {"_extra_state": {"v": 3}}
    net = Extra()
    net.load_state_dict(state)
    assert net.got == {"v": 3}
    with pytest.raises(RuntimeError, match="_extra_state"):
        net.load_state_dict({})
    with pytest.raises(NotImplementedError, match="Dense defines no get_extra_state"):
        nn.Dense(1, 1).get_extra_state()
    with pytest.raises(NotImplementedError, match="Dense defines no set_extra_state"):
        nn.Dense(1, 1).set_extra_state({})


def test_hooks() -> None:
    net, seen = Net(), []
    after = net.register_state_dict_post_hook(lambda c, state, prefix, meta: seen.append(("post", len(state), prefix)))
    net.register_state_dict_pre_hook(lambda c, prefix, keep: seen.append(("pre", prefix, keep)))
    net.register_load_state_dict_pre_hook(lambda *a: seen.append(("load pre", len(a))))
    net.register_load_state_dict_post_hook(lambda c, keys: seen.append(("load", type(c).__name__, str(keys))))
    net.load_state_dict(net.state_dict())
    assert seen == [("pre", "", False), ("post", 8, ""), ("load pre", 8),
                    ("load", "Net", "<All keys matched successfully>")]
    after.remove()
    handle = net.register_state_dict_post_hook(lambda c, state, prefix, meta: state.__delitem__("b"))
    assert "b" not in net.state_dict()
    handle.remove()
    net.register_state_dict_post_hook(lambda c, state, prefix, meta: {"only": 1})
    with pytest.raises(RuntimeError, match="post-hook must return None"):
        net.state_dict()


def test_gradients_and_copies_with_buffers() -> None:
    import copy

    net = Net()
    twin = copy.deepcopy(net)
    twin.b.copy_(Tensor([0.0, 0.0]))
    assert net.b.asnumpy().tolist() == [1, 2] and twin.get_buffer("b") is twin.b
    (g,) = ops.GradOperation(get_by_list=True)(net, [net.d.weight])(Tensor([[1.0, 1.0]]))
    assert g.asnumpy().tolist() == [[2, 3]] * 3
