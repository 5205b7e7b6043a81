"""Operators that write to a Parameter, and those that answer with Python values."""

import numpy as np
import pytest

import luojia as lj
from luojia import Parameter, Tensor, ops
from luojia._src.errors import DTypeError, ShapeError


def parameter(values):
    return Parameter(Tensor(np.array(values, np.float32)), name="p")


def gradients(fn, x, p):
    get = ops.GradOperation(get_all=True, get_by_list=True)
    (dx,), dp = get(fn, p)(Tensor(x))
    return dx.asnumpy().tolist(), dp.asnumpy().tolist()


def test_assign():
    p = parameter([1, 2])
    assert ops.Assign()(p, Tensor([3.0, 4.0])).asnumpy().tolist() == [3, 4] and p.asnumpy().tolist() == [3, 4]
    assert ops.AssignAdd()(p, Tensor([1.0, 1.0])).asnumpy().tolist() == [4, 5] and p.asnumpy().tolist() == [4, 5]
    assert ops.assign_sub(p, 2.0).asnumpy().tolist() == [2, 3] and p.asnumpy().tolist() == [2, 3]
    assert p.dtype is lj.float32 and p.requires_grad


def test_a_failed_assignment_changes_nothing():
    p = parameter([1])
    with pytest.raises(ValueError, match=r"For 'Assign', ?'value' must have the same shape as 'variable'. But got "
                                         r"'value' shape: \(2,\), 'variable' shape: \(1,\)"):
        ops.Assign()(p, Tensor([2.0, 3.0]))
    with pytest.raises(ShapeError, match="For 'AssignAdd', 'value' must have the same shape"):
        ops.AssignAdd()(p, Tensor([[2.0, 3.0]]))
    with pytest.raises(DTypeError, match="For 'AssignAdd', 'variable' must be a Parameter, got int"):
        ops.AssignAdd()(3, Tensor([2.0]))
    with pytest.raises(ShapeError, match="For 'Assign','value'"):
        ops.assign(parameter([1, 2]), 1.0)
    assert p.asnumpy().tolist() == [1]


def test_gradients_around_an_assignment():
    """x = 3, p = 2, as mindspore 2.8.0 answers, but that a value computed before keeps what it read."""
    p = parameter(2)

    def before(x):
        y = x * p
        ops.assign_add(p, x)
        return y

    def after(x):
        ops.assign_add(p, x)
        return x * p

    def result(x):
        return x * ops.assign_add(p, x)

    def assigned(x):
        ops.assign(p, x * x)
        return x * p

    for fn, dx, dp, left in ((before, 2, 3, 5), (after, 5, 3, 5), (result, 8, 3, 5), (assigned, 9, 3, 9)):
        p.set_data(Tensor(np.float32(2)))
        assert gradients(fn, np.float32(3), p) == (dx, dp)
        assert p.asnumpy() == left


@pytest.mark.parametrize(("suffix", "rows"), [
    ("Update", [[5, 6], [3, 4]]), ("Add", [[6, 8], [3, 4]]), ("Sub", [[-4, -4], [3, 4]]), ("Max", [[5, 6], [3, 4]]),
    ("Min", [[1, 2], [3, 4]]), ("Mul", [[5, 12], [3, 4]]), ("Div", [[0.2, 1 / 3], [3, 4]]),
])
def test_scatter(suffix, rows):
    p = parameter([[1, 2], [3, 4]])
    out = getattr(ops, f"Scatter{suffix}")()(p, Tensor([0]), Tensor([[5.0, 6.0]]))
    np.testing.assert_allclose(out.asnumpy(), rows, rtol=1e-6)
    np.testing.assert_allclose(p.asnumpy(), rows, rtol=1e-6)
    q = parameter([[1, 2], [3, 4]])
    getattr(ops, f"ScatterNd{suffix}")()(q, Tensor([[0, 0]]), Tensor([5.0]))
    np.testing.assert_allclose(q.asnumpy(), [[rows[0][0], 2], [3, 4]], rtol=1e-6)


def test_scatter_adds_up_repeated_rows():
    p = parameter([[1], [2]])
    assert ops.scatter_add(p, Tensor([0, 0]), Tensor([[5.0], [6.0]])).asnumpy().tolist() == [[12], [2]]
    with pytest.raises(ShapeError, match="updates must have shape"):
        ops.scatter_add(p, Tensor([0, 0]), Tensor([[5.0]]))
    assert p.asnumpy().tolist() == [[12], [2]]


def test_python_values(capsys):
    t = Tensor([[1.0, 2.0]])
    assert ops.Shape()(t) == ops.shape(t) == (1, 2) and ops.DType()(t) is ops.dtype(t) is lj.float32
    assert ops.Rank()(t) == ops.rank(t) == 2 and ops.Size()(t) == ops.size(t) == 2
    assert ops.is_tensor(t) and not ops.is_tensor(1)
    assert ops.depend(t, t) is t and ops.Depend()(t, t) is t
    assert ops.scalar_to_tensor(3).dtype is lj.float32 and ops.ScalarToTensor()(3.5).asnumpy() == 3.5
    assert ops.ScalarToTensor()(2, dtype=lj.int64).dtype is lj.int64
    assert ops.scalar_cast(3.7, lj.int64) == 3 and ops.scalar_cast(255.0, lj.int32) == 255
    ops.Print()("a", Tensor([1.0]))
    assert capsys.readouterr().out == "a\nTensor(shape=[1], dtype=Float32, value= [ 1.00000000e+00])\n"
    with pytest.raises(DTypeError, match="For 'Shape', the input must be a Tensor, got int"):
        ops.shape(3)


def test_ranges_and_einsum():
    assert ops.arange(3).asnumpy().tolist() == [0, 1, 2] and ops.arange(1, 7, 2).dtype is lj.int64
    a = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert ops.einsum("ij->ji", a).asnumpy().tolist() == [[1, 3], [2, 4]]
    assert ops.Einsum("ij,jk->ik")((a, a)).asnumpy().tolist() == [[7, 10], [15, 22]]
    assert ops.Tile()(a, Tensor([1, 2])).shape == (2, 4)
