"""Tensor's named methods, with the answers of mindspore 2.8.0."""

import numpy as np
import pytest

import luojia as lj
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from luojia._src.ops import tensor_methods

x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
t = Tensor(x)


def same(got, expected, dtype=None):
    np.testing.assert_allclose(got.asnumpy(), expected, rtol=1e-6)
    assert dtype is None or got.dtype is dtype


@pytest.mark.parametrize("name", [*tensor_methods.SAME.split(), *tensor_methods.OTHER])
def test_every_name_is_a_function(name):
    assert callable(getattr(Tensor, name))


@pytest.mark.parametrize("name", ["abs", "exp", "sqrt", "tanh", "square", "log", "sin", "floor", "sign", "negative"])
def test_elementwise(name):
    same(getattr(t, name)(), getattr(np, name)(x))


def test_reductions():
    same(t.sum(), 10)
    same(t.sum(1), [3, 7])
    same(t.sum(axis=[0, 1], keepdims=True), [[10]])
    same(Tensor([1, 2], lj.int32).sum(), 3, lj.int64)
    same(t.sum(dtype=lj.float64, initial=1), 11, lj.float64)
    same(t.mean(1), [1.5, 3.5])
    same(t.mean(0, True), [[2, 3]])
    same(t.mean(axis=0, keepdims=True), [[2, 3]])
    same(Tensor([1, 2], lj.int32).mean(), 1, lj.int32)
    same(t.prod(), 24)
    same(t.var(), 1.25)
    same(t.std(0, ddof=1), np.std(x, 0, ddof=1))
    same(t.norm(), np.sqrt(30))
    same(t.all(), True, lj.bool_)
    same((t > 3).any(1), [False, True])
    same(t.cumsum(0), [[1, 2], [4, 6]])
    same(t.ptp(1), [1, 1])
    same(t.logsumexp(0), np.log(np.exp(x).sum(0)))


def test_extrema():
    same(t.max(), 4)
    values, indices = t.max(1)
    same(values, [2, 4])
    same(indices, [1, 1], lj.int64)
    same(t.max(axis=1), [2, 4])
    same(t.min(axis=1, return_indices=True)[1], [0, 0])
    same(t.min(axis=(0, 1)), 1)
    same(t.max(initial=9.0), 9)
    same(t.argmax(), 3, lj.int64)
    same(t.argmin(axis=1), [0, 0])
    tied = Tensor([3.0, 1.0, 3.0])
    assert ops.GradOperation()(lambda v: v.max())(tied).asnumpy().tolist() == [0.5, 0, 0.5]
    assert ops.GradOperation()(lambda v: v.max(axis=0))(tied).asnumpy().tolist() == [1, 0, 0]


def test_shapes():
    same(t.reshape(4), x.ravel())
    same(t.reshape([4, 1]), x.reshape(4, 1))
    same(t.view(-1, 1), x.reshape(4, 1))
    same(t.view((1, 4)), x.reshape(1, 4))
    same(t.transpose(), x.T)
    same(t.transpose(1, 0), x.T)
    same(t.transpose((0, 1)), x)
    same(t.T, x.T)
    same(t.swapaxes(0, 1), x.T)
    same(t.flatten(), x.ravel())
    same(t.flatten("F"), x.T.ravel())
    same(t.flatten(start_dim=1), x)
    same(t.ravel(), x.ravel())
    same(t.expand_dims(0), x[None])
    same(Tensor(x[None]).squeeze(), x)
    same(Tensor(x[None]).squeeze(0), x)
    same(t.tile((1, 2)), np.tile(x, (1, 2)))
    same(t.repeat(2, 0), np.repeat(x, 2, 0))
    same(Tensor([1.0, 2.0]).broadcast_to((2, 2)), [[1, 2], [1, 2]])
    same(Tensor([1.0, 2.0]).expand_as(t), [[1, 2], [1, 2]])
    same(t.view_as(Tensor([1, 2, 3, 4])), x.ravel())
    assert [p.asnumpy().tolist() for p in t.split(1)] == [[[1, 2]], [[3, 4]]]
    assert len(t.unbind(1)) == 2 and len(t.chunk(2)) == 2
    with pytest.raises(ShapeError, match="reshape"):
        t.reshape(3, 3)
    with pytest.raises(ArgumentError, match="order must be 'C' or 'F', got 'K'"):
        t.flatten("K")


def test_selection():
    same(t.take(Tensor([0, 3])), [1, 4])
    same(t.take(Tensor([1]), 1), [[2], [4]])
    same(t.index_select(0, Tensor([1])), [[3, 4]])
    same(t.select(t > 2, 0.0), [[0, 0], [3, 4]])
    same(t.masked_fill(t > 2, 0.0), [[1, 2], [0, 0]])
    same(t.clip(1.5, 3.5), np.clip(x, 1.5, 3.5))
    same(t.nonzero(), np.argwhere(x))
    same(t.fill(3.0), np.full((2, 2), 3))
    same(Tensor([2.0, 1.0]).sort()[0], [1, 2])
    same(Tensor([2.0, 1.0]).argsort(), [1, 0], lj.int32)
    same(Tensor([2.0, 1.0, 3.0]).topk(2)[1], [2, 0], lj.int32)
    same(Tensor([2.0, 1.0, 3.0]).top_k(2, False)[1], [2, 0], lj.int32)
    same(t.itemset(0, 5.0), [[5, 2], [3, 4]])
    same(t.itemset((1, 1), 5.0), [[1, 2], [3, 5]])
    with pytest.raises(DTypeError, match="itemset takes .value. or .index, value., got nothing"):
        t.itemset()


def test_results_keep_the_dtype_that_mindspore_gives_them():
    k = Tensor([[1, 2], [3, 4]], lj.int32)
    same(k.amax(0, initial=3.5), [3, 4], lj.int32)
    same(k.max(initial=2.5), 4, lj.int32)
    same(t.nanmean(dtype=lj.int32), 2, lj.int32)
    same(k.type(float), [[1, 2], [3, 4]], lj.float64)
    assert Tensor(1.5).view(lj.int32).shape == ()
    assert lj.ops.xdivy(Tensor([1j], lj.complex64), 2).dtype == lj.complex64
    assert lj.ops.add(1, 2.5).dtype == lj.ops.maximum(2.5, True).dtype == lj.float32
    with pytest.raises(TypeError, match="must be of one dtype"):
        lj.ops.bitwise_left_shift(k, k.astype(lj.int64))


def test_dtypes():
    assert t.astype("float16").dtype is lj.float16 and t.astype(np.int32).dtype is lj.int32
    assert t.astype(int).dtype is lj.int64 and t.astype(lj.float64).dtype is lj.float64
    assert t.astype(lj.float32, copy=False) is t
    assert t.int().dtype is lj.int32 and t.long().dtype is lj.int64 and t.half().dtype is lj.float16
    assert t.bool().dtype is lj.bool_ and t.float() is not None and t.to(lj.float16).dtype is lj.float16
    assert t.type_as(Tensor([1])).dtype is lj.int64
    with pytest.raises(TypeError, match="'foo' is not a dtype"):
        t.astype("foo")


def test_sizes():
    assert t.dim() == t.ndimension() == 2 and t.numel() == t.nelement() == 4 and t.is_floating_point()


def test_products():
    same(t.matmul(t), x @ x)
    same(t.dot(t), x @ x)
    same(t.bmm(t), x @ x)
    same(Tensor([1.0, 2.0]).outer(Tensor([1.0, 2.0])), [[1, 2], [2, 4]])
    same(t.inverse(), np.linalg.inv(x))
    same(t.trace(), 5)


def test_copies_are_linked_and_apart():
    assert ops.GradOperation()(lambda v: v.copy() * 2)(t).asnumpy().tolist() == [[2, 2], [2, 2]]
    twin = t.copy()
    twin[0] = 0
    assert t.asnumpy().tolist() == x.tolist()


def test_no_such_method():
    with pytest.raises(AttributeError, match="nope"):
        t.nope  # noqa: B018


R, AT = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3)), Tensor([0, 1])
REFUSED = [  # calls that MindSpore 2.8.0 refuses, by the kind of its error
    (ValueError, """reshape(-3,2) reshape((3,-2)) view(-3,2) flatten(1,0) take(AT,5) to('a') move_to('a')
        index_select(0,AT[None])"""),
    (TypeError, """reshape() reshape(3.,2) reshape('a') view('a') view(3.,2) transpose(1.,0) transpose('a')
        permute(1.,0) sum(True) sum(axis=True) mean(True) astype(None) astype('S') fill('a') fill(None)
        ptp(0,1) tile('a') ptp('a') take(Tensor([0.5])) take([0,1]) take(7) choose(1) choose(None)
        view_as(1) copy_(1) where(1,2) unique('a') unique(return_inverse=1) argmax(1.5) argmax('a')
        argmax(0,keepdims=1) argmax_with_value(0,keep_dims=1) cumsum('a') trace('a') set_dtype('S')
        allclose(1) allclose([R]) masked_scatter(1,R) put_(AT,1) scatter(0.5,AT,R) scatter(True,AT,R)
        index_select(None,AT) kthvalue(1,keepdim=0.0) sort(axis=True) index_put((AT,),R,2.5)
        fill_diagonal('a') fill_diagonal(1.0,1) index_fill_(0,[1],2) random_(1.5) itemset([0,1],7)
        itemset(1.5,7) isclose(R.astype(lj.float64))"""),
    (IndexError, """itemset(7) itemset((0,),7) itemset(10,7) itemset((0,5),7) itemset((),7)"""),
]


@pytest.mark.parametrize(("kind", "call"), [(kind, call) for kind, calls in REFUSED for call in calls.split()])
def test_what_methods_refuse(kind, call):
    before = R.asnumpy()
    with pytest.raises(kind):
        eval(f"R.{call}")
    same(R, before)


WHOLE = Tensor([1, 2])


@pytest.mark.parametrize("call", [
    "WHOLE.add(WHOLE, alpha=0.5)", "WHOLE.sub(WHOLE, alpha=0.5)", "lj.mint.add(WHOLE, 1, alpha=0.5)",
    "WHOLE.add_(WHOLE, alpha=0.5)", "R.mul_([1.0, 2.0, 3.0])", "R.add_((1.0, 2.0, 3.0))", "R.div_(R.asnumpy())",
    "R.fill_(None)", "R.fill_((1.0,))", "R.floor_divide_('a')", "WHOLE.index_put((AT,), R[0, :2])",
    "R.scatter(0, AT[None], WHOLE[None])", "R.masked_scatter(R, R)", "WHOLE.repeat_interleave(1.5)",
])
def test_what_has_no_dtype_for_it(call):
    before = R.asnumpy()
    with pytest.raises(TypeError, match="expected|needs|must"):
        eval(call)
    same(R, before)


def test_what_methods_take():
    same(WHOLE.add(WHOLE, alpha=2), [3, 6])
    same(R[0].masked_scatter(Tensor([[True, False, True]]), R[1]), [[3, 1, 4]])
    for name, dtype in (("INT32", lj.int32), (float, lj.float64), (int, lj.int64), ("Float16", lj.float16)):
        assert R.astype(name).dtype is dtype
    same(R.argmax(axis=None, keepdims=True), 5)
    same(R.itemset((1, 2), 7).flatten(), [0, 1, 2, 3, 4, 7])
    same(R.itemset(1, 7).flatten(), [0, 7, 2, 3, 4, 5])
    same(R.reshape(Tensor([3, 2])).T, R.view([3, 2]).asnumpy().T)
    assert R.to("CPU") is R if lj.context.current_context().device_type == "cpu" else True


def test_extremes_where_everything_counts():
    x = Tensor([[1.0, -2.0], [0.5, 3.0]])
    assert x.max(axis=0, where=True).tolist() == [1, 3] and x.min(where=True).asnumpy() == -2
    values, places = x.max(axis=0, initial=2, where=True, return_indices=True)  # mindspore 2.8.0
    assert values.tolist() == [2, 3] and places.tolist() == [0, 1]
