"""What arguments MindSpore's functions refuse, and in what words."""

from __future__ import annotations

import numpy as np
import pytest

import luojia as lj
from luojia import Tensor, ops
from luojia._src.core.given import allowed, checked, kind_of_default, refuse, unfit
from luojia._src.errors import ArgumentError, DTypeError

X = Tensor([[1.0, 2.0]])


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ops.abs(3), "For 'abs', 'input' must be a Tensor, but got int: 3; wrap it first"),
    (lambda: ops.add(X, [1]), "For 'add', 'other' must be a Tensor or a number, but got list"),
    (lambda: ops.softmax(X, True), "For 'softmax', the type of 'axis' should be 'int', but got type 'bool': True"),
    (lambda: ops.ReduceSum(keep_dims=1), "the type of 'keep_dims' should be 'bool', but got type 'int'"),
    (lambda: ops.ReduceSum()(X, "a"), r"the type of 'axis' should be one of '\['int', 'tuple', 'list'\]', but got"),
    (lambda: ops.l1_loss(X, X, 3), "For 'l1_loss', the type of 'reduction' should be 'str', but got type 'int'"),
    (lambda: ops.elu(X, "a"), r"'elu', the type of 'alpha' should be one of '\['int', 'float'\]', but got"),
    (lambda: ops.numel(3), "For 'numel', 'input' must be a Tensor, but got int"),
    (lambda: ops.pixel_shuffle(X, upscale_factor="a"), "'upscale_factor' should be 'int', but got type 'str'"),
    (lambda: ops.dropout(3), "For 'dropout', 'input' must be a Tensor, but got int"),
    (lambda: ops.binary_cross_entropy(X, X, 2.0), "'weight' must be a Tensor, but got float"),
    (lambda: ops.lerp(X, 2.0, 1.0), "For 'lerp', 'end' must be a Tensor, but got float"),
    (lambda: ops.norm(X, "fro", dim=1), "the order of vectors must be a number"),
    (lambda: X.__setitem__(0, None), "only numbers, Tensors, lists and tuples of them can be assigned, got NoneType"),
    (lambda: X.__setitem__(0, "a"), "only numbers, Tensors, lists and tuples of them can be assigned, got str: .a."),
])
def test_wrong_types(call, words):
    with pytest.raises(TypeError, match=words):
        call()


@pytest.mark.parametrize("call", [  # TypeErrors and ValueErrors at once: what explains them is a type
    lambda: ops.kl_div(X, X, 1), lambda: ops.gelu(X, approximate=True),
])
def test_a_type_explains_a_failure(call):
    with pytest.raises(TypeError):
        call()
    with pytest.raises(ValueError, match="."):
        call()


def test_what_explains_a_failure():
    e = ArgumentError("no")
    assert not unfit(e, [(1, 0), (None, None), (0.5, 0.1), ((1, 2), ()), ("a", "b"), (X, None)])
    for x, default in (("a", 1), (True, 1), ((1, "a"), None), (0.5, 1), (None, 1), ([1], "a"), (np.ones(1), None)):
        assert unfit(e, [(x, default)])


def test_what_is_allowed():
    assert ops.add(2, 3).asnumpy() == 5 and ops.add(X, np.float32(1)).shape == (1, 2)
    assert ops.softmax(X, Tensor(1)).shape == ops.softmax(X, axis=np.int64(1)).shape == (1, 2)
    assert ops.addmm(X, X[:, :1], X, beta=0.5, alpha=2).tolist() == [[2.5, 5.0]]
    assert allowed(None, "bool") and not allowed("a", "float") and allowed([1], "axes") and allowed(1j, "operand")
    assert [kind_of_default("axis", d) for d in (True, 1, 1.0, "a", (), None, (1,))] == [
        "bool", "int", "float", "str", "axes", None, None]
    assert isinstance(refuse("f", "x", 1, "bool"), DTypeError)


def test_a_function_without_kinds_is_itself():
    def plain(x, *xs):
        return x

    assert checked(plain) is plain


def test_symbols_pass():
    assert "relu" in lj.sym.var("x").list_arguments()[0] + ops.sigmoid(lj.sym.var("relu")).list_arguments()[0]


def test_a_part_writes_to_its_whole():
    x = Tensor(np.zeros((2, 2, 2), np.float32))
    x[0][1][0] = 5
    y = x[1]
    y[:, 0] = 3
    assert x.tolist() == [[[0, 0], [5, 0]], [[3, 0], [3, 0]]]
    chosen = x[[0]]  # by a list: elements of its own
    chosen[0] = 7
    assert x[0].tolist() == [[0, 0], [5, 0]]

    def f(x):
        x = x * 1
        x[0][1] = 2.0
        return x

    assert lj.grad(f)(Tensor([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[1, 0], [1, 1]]


def test_squeezing_an_axis_twice():
    with pytest.raises(ValueError, match="an axis must be named once"):
        ops.squeeze(Tensor([[1]]), (0, -2))


def test_devices_of_to():
    with pytest.raises(ValueError, match="the Tensor is on cpu"):
        X.to("Ascend")


def test_extrema_of_a_choice_need_a_start():
    with pytest.raises(ValueError, match="where needs an initial value"):
        ops.max(X, 1, where=X > 0)
    with pytest.raises(ValueError, match="where needs an initial value"):
        X.max(axis=1, where=X > 0)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ops.clamp(X), "at least one of the bounds must be given"),
    (lambda: ops.diag(Tensor(1)), "at least one axis"),
    (lambda: ops.diag_embed(X, 0, 1, 1), "dim1 and dim2 must be different axes"),
    (lambda: ops.searchsorted(X, X, side="middle"), "side must be 'left' or 'right'"),
    (lambda: ops.searchsorted(X, X, right=True, side="left"), "contradicts right=True"),
    (lambda: ops.meshgrid(X), "meshgrid expects vectors"),
    (lambda: lj.common.dtype.nothing, "no attribute 'nothing'"),
])
def test_wrong_values(call, words):
    with pytest.raises((ValueError, AttributeError), match=words):
        call()
