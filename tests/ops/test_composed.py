"""Functions made of a few operators: numbers of mindspore 2.8.0 where it has a CPU kernel, else by their formula."""

from __future__ import annotations

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops

A = Tensor(np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], np.float32))
B = Tensor(np.array([[2.0, 1.0, 0.5], [-1.0, 3.0, 2.0]], np.float32))
S = Tensor(np.array([[4.0, 1.0], [2.0, 3.0]], np.float32))
N = Tensor(np.array([1.0, np.nan, 3.0], np.float32))
M = Tensor(np.array([2.0, 5.0, np.nan], np.float32))
L = Tensor(np.array([0, 2], np.int32))
P = Tensor(np.arange(16).reshape(1, 4, 2, 2).astype(np.float32))
T = Tensor(np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]], np.float32))


def shown(r):
    if isinstance(r, (tuple, list)):
        return "(" + " ".join(map(shown, r)) + ")"
    if not isinstance(r, Tensor):
        return repr(r)
    return f"{r.dtype}{list(r.shape)}{np.round(r.asnumpy().astype(np.float64), 3).ravel().tolist()}"


CASES = {
    "std_mean": (lambda: ops.std_mean(A, 1, ddof=1), "(Float32[2][2.517, 2.566] Float32[2][0.667, 1.167])"),
    "var_mean": (lambda: ops.var_mean(A, 1), "(Float32[2][4.222, 4.389] Float32[2][0.667, 1.167])"),
    "fmax": (lambda: ops.fmax(N, M), "Float32[3][2.0, 5.0, 3.0]"),
    "fmin": (lambda: ops.fmin(N, M), "Float32[3][1.0, 5.0, 3.0]"),
    "diff": (lambda: ops.diff(A, n=2), "Float32[2, 1][8.0, -8.5]"),
    "cross": (lambda: ops.cross(A, B), "Float32[2, 3][-4.0, 5.5, 5.0, 11.0, 0.0, 5.5]"),
    "rot90": (lambda: ops.rot90(A, 1, (0, 1)), "Float32[3, 2][3.0, -1.0, -2.0, 4.0, 1.0, 0.5]"),
    "kron": (
        lambda: ops.kron(S, S),
        "Float32[4, 4][16.0, 4.0, 4.0, 1.0, 8.0, 12.0, 2.0, 3.0, 8.0, 2.0, 12.0, 3.0, 4.0, 6.0, 6.0, 9.0]",
    ),
    "index_select": (lambda: ops.index_select(A, 1, L), "Float32[2, 2][1.0, 3.0, 0.5, -1.0]"),
    "cosine_similarity": (lambda: ops.cosine_similarity(A, B), "Float32[2][0.175, 0.611]"),
    "cdist": (lambda: ops.cdist(A, B), "Float32[2, 2][4.031, 5.477, 3.674, 3.5]"),
    "cdist1": (lambda: ops.cdist(A, B, 1.0), "Float32[2, 2][6.5, 8.0, 6.0, 5.5]"),
    "block_diag": (
        lambda: ops.block_diag(S, Tensor([1.0, 2.0])),
        "Float32[3, 4][4.0, 1.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0]",
    ),
    "no block_diag": (lambda: ops.block_diag(), "Float32[1, 0][]"),
    "sequence_mask": (lambda: ops.sequence_mask(Tensor([1, 3], ms.int32)), "Bool[2, 3][1.0, 0.0, 0.0, 1.0, 1.0, 1.0]"),
    "reverse_sequence": (
        lambda: ops.reverse_sequence(A, Tensor([2, 3], ms.int64), 1),
        "Float32[2, 3][-2.0, 1.0, 3.0, -1.0, 4.0, 0.5]",
    ),
    "matrix_power": (lambda: ops.matrix_power(S, 3), "Float32[2, 2][86.0, 39.0, 78.0, 47.0]"),
    "logdet": (lambda: ops.logdet(S), "Float32[][2.303]"),
    "pixel_shuffle": (
        lambda: ops.pixel_shuffle(P, 2),
        "Float32[1, 1, 4, 4][0.0, 4.0, 1.0, 5.0, 8.0, 12.0, 9.0, 13.0, 2.0, 6.0, 3.0, 7.0, 10.0, 14.0, 11.0, 15.0]",
    ),
    "pixel_unshuffle": (
        lambda: ops.pixel_unshuffle(P, 2),
        "Float32[1, 16, 1, 1][0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]",
    ),
    "rms_norm": (
        lambda: ops.rms_norm(A, Tensor([1.0, 2.0, 3.0])),
        "(Float32[2, 3][0.463, -1.852, 4.166, 0.209, 3.336, -1.251] Float32[2, 1][0.463, 0.417])",
    ),
    "inplace_update": (
        lambda: ops.inplace_update(A, Tensor([[9.0, 9.0, 9.0]]), 1),
        "Float32[2, 3][1.0, -2.0, 3.0, 9.0, 9.0, 9.0]",
    ),
    "inplace_add": (lambda: ops.inplace_add(A, B, (0, 1)), "Float32[2, 3][3.0, -1.0, 3.5, -0.5, 7.0, 1.0]"),
    "tril_indices": (lambda: ops.tril_indices(3, 3, -1), "Int64[2, 3][1.0, 2.0, 2.0, 0.0, 0.0, 1.0]"),
    "triu_indices": (lambda: ops.triu_indices(2, 3), "Int64[2, 5][0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 2.0, 1.0, 2.0]"),
    "bucketize": (lambda: ops.bucketize(A, [0.0, 1.0, 3.0]), "Int32[2, 3][1.0, 0.0, 2.0, 1.0, 3.0, 0.0]"),
    "bucketizer": (lambda: ops.bucketize(A, [0.0, 1.0, 3.0], right=True), "Int32[2, 3][2.0, 0.0, 3.0, 1.0, 3.0, 0.0]"),
    "msort": (lambda: ops.msort(A), "Float32[2, 3][0.5, -2.0, -1.0, 1.0, 4.0, 3.0]"),
    "logit": (lambda: ops.logit(Tensor([0.1, 0.9])), "Float32[2][-2.197, 2.197]"),
    "logite": (lambda: ops.logit(Tensor([0.0, 0.9]), 0.1), "Float32[2][-2.197, 2.197]"),
    "sgn": (lambda: ops.sgn(A), "Float32[2, 3][1.0, -1.0, 1.0, 1.0, 1.0, -1.0]"),
    "ldexp": (lambda: ops.ldexp(A, Tensor([1, 2, 3])), "Float32[2, 3][2.0, -8.0, 24.0, 1.0, 16.0, -8.0]"),
    "truncate_div": (lambda: ops.truncate_div(A, B), "Float32[2, 3][0.0, -2.0, 6.0, -0.0, 1.0, -0.0]"),
    "truncate_mod": (lambda: ops.truncate_mod(A, B), "Float32[2, 3][1.0, -0.0, 0.0, 0.5, 1.0, -1.0]"),
    "truncate_div_int": (
        lambda: ops.truncate_div(Tensor([-5, 5], ms.int32), Tensor([3, 3], ms.int32)),
        "Int32[2][-1.0, 1.0]",
    ),
    "soft_margin_loss": (lambda: ops.soft_margin_loss(A, T), "Float32[][0.466]"),
    "triplet": (lambda: ops.triplet_margin_loss(A, B, T), "Float32[][1.695]"),
    "triplet_swap": (
        lambda: ops.triplet_margin_loss(A, B, T, swap=True, margin=5.0, reduction="none"),
        "Float32[2][6.795, 6.264]",
    ),
    "multi_margin": (lambda: ops.multi_margin_loss(A, Tensor([0, 2], ms.int64)), "Float32[][1.917]"),
    "multi_margin2": (
        lambda: ops.multi_margin_loss(
            A, Tensor([0, 2], ms.int64), p=2, weight=Tensor([1.0, 2.0, 0.5]), reduction="none"
        ),
        "Float32[2][3.0, 7.042]",
    ),
    "embedding": (
        lambda: ops.embedding(L, Tensor(np.arange(6).reshape(3, 2).astype(np.float32))),
        "Float32[2, 2][0.0, 1.0, 4.0, 5.0]",
    ),
    "vander": (
        lambda: ops.vander(Tensor([1.0, 2.0, 3.0]), N=3),
        "Float32[3, 3][1.0, 1.0, 1.0, 4.0, 2.0, 1.0, 9.0, 3.0, 1.0]",
    ),
    "float_power": (lambda: ops.float_power(Tensor([2, 3]), 2), "Float64[2][4.0, 9.0]"),
    "SquareSumAll": (lambda: ops.SquareSumAll()(A, B), "(Float32[][31.25] Float32[][19.25])"),
    "ReduceStd": (
        lambda: ops.ReduceStd(axis=1, unbiased=True, keep_dims=True)(A),
        "(Float32[2, 1][2.517, 2.566] Float32[2, 1][0.667, 1.167])",
    ),
    "USMin": (
        lambda: ops.UnsortedSegmentMin()(A, Tensor([1, 1], ms.int32), 2),
        "Float32[2, 3][3.4028234663852886e+38, 3.4028234663852886e+38, 3.4028234663852886e+38, 0.5, -2.0, -1.0]",
    ),
    "USMax": (
        lambda: ops.UnsortedSegmentMax()(A, Tensor([0, 1], ms.int32), 3),
        "Float32[3, 3][1.0, -2.0, 3.0, 0.5, 4.0, -1.0" + 3 * ", -3.4028234663852886e+38" + "]",
    ),
    "USProd": (
        lambda: ops.UnsortedSegmentProd()(A, Tensor([1, 1], ms.int32), 2),
        "Float32[2, 3][1.0, 1.0, 1.0, 0.5, -8.0, -3.0]",
    ),
    "InvertPermutation": (lambda: ops.InvertPermutation()((2, 0, 1)), "(1 2 0)"),
    "MulNoNan": (lambda: ops.MulNoNan()(N, Tensor([1.0, 0.0, 2.0])), "Float32[3][1.0, 0.0, 6.0]"),
    "atleast_3d": (lambda: ops.atleast_3d(S), "Float32[2, 2, 1][4.0, 1.0, 2.0, 3.0]"),
    "hsplit": (lambda: ops.hsplit(A, 3), "(Float32[2, 1][1.0, 0.5] Float32[2, 1][-2.0, 4.0] Float32[2, 1][3.0, -1.0])"),
    "nanmean": (lambda: ops.nanmean(N), "Float32[][2.0]"),
    "numel": (lambda: ops.numel(A), "6"),
    "isreal": (lambda: ops.isreal(A), "Bool[2, 3][1.0, 1.0, 1.0, 1.0, 1.0, 1.0]"),
    "logspace": (
        lambda: ops.logspace(Tensor(0.0, ms.float32), Tensor(2.0, ms.float32), 3),
        "Float32[3][1.0, 10.0, 100.0]",
    ),
    "Cross": (lambda: ops.Cross(dim=1)(A, B), "Float32[2, 3][-4.0, 5.5, 5.0, 11.0, 0.0, 5.5]"),
    "TupleToArray": (lambda: ops.TupleToArray()((1, 2, 3)), "Int32[3][1.0, 2.0, 3.0]"),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    call, expected = CASES[name]
    assert shown(call()) == expected


SMOOTH = {
    "cross": lambda a: ops.cross(a, a * a, 1),
    "kron": lambda a: ops.kron(a, a),
    "cdist": lambda a: ops.cdist(a, a * a),
    "block_diag": lambda a: ops.block_diag(a, a * a) ** 2,
    "matrix_power": lambda a: ops.matrix_power(a, 3),
    "matrix_power_of_the_inverse": lambda a: ops.matrix_power(a, -2),
    "logdet": lambda a: ops.logdet(a @ a.T),
    "rms_norm": lambda a: ops.rms_norm(a, a[0])[0],
    "diff": lambda a: ops.diff(a, 2) ** 2,
    "vander": ops.vander,
    "cosine_similarity": lambda a: ops.cosine_similarity(a, a * a),
    "logit": lambda a: ops.logit(a / 4),
    "std_mean": lambda a: ops.std_mean(a, 1)[0],
    "index_select": lambda a: ops.index_select(a, 1, L) ** 2,
    "reverse_sequence": lambda a: ops.reverse_sequence(a, Tensor([1, 2, 3]), 1) * a,
    "fmax": lambda a: ops.fmax(a, a * a),
    "inplace_update": lambda a: ops.inplace_update(a, a[:1] ** 2, 1),
    "float_power": lambda a: ops.float_power(a, 3),
    "triplet": lambda a: ops.triplet_margin_loss(a, a * a, a**3, margin=9.0),
    "rot90": lambda a: ops.rot90(a, 1, (0, 1)) * a,
    "multi_margin": lambda a: ops.multi_margin_loss(a, Tensor([0, 2, 1]), p=2),
    "nanmean": lambda a: ops.nanmean(a * a),
    "soft_margin_loss": lambda a: ops.soft_margin_loss(a, Tensor(np.sign(np.eye(3) - 0.5))),
    "pixel_shuffle": lambda a: ops.pixel_shuffle(ops.stack([a, a * a, a, a]), 2) ** 2,
    "segment_prod": lambda a: ops.UnsortedSegmentProd()(a, Tensor([0, 1, 0]), 2),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    a = np.array([[1.2, 0.7, 0.9], [0.6, 1.4, 1.1], [0.8, 0.5, 1.3]])

    def f(x):
        y = SMOOTH[name](x if name != "vander" else x.ravel() * 0.9)
        return (y * y).sum()

    found = ops.grad(f)(Tensor(a)).asnumpy()
    for at in np.ndindex(a.shape):
        step = np.zeros_like(a)
        step[at] = 1e-6
        expected = (float(f(Tensor(a + step))) - float(f(Tensor(a - step)))) / 2e-6
        assert found[at] == pytest.approx(expected, rel=1e-5, abs=1e-4)


def test_gumbel_softmax_draws_from_the_softmax():
    ms.set_seed(0)
    logits = Tensor(np.log(np.broadcast_to([0.2, 0.3, 0.5], (4000, 3))).astype(np.float32))
    hard = ops.gumbel_softmax(logits, hard=True).asnumpy()
    np.testing.assert_allclose(hard.mean(0), [0.2, 0.3, 0.5], atol=0.03)
    np.testing.assert_allclose(hard.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(ops.gumbel_softmax(logits, 0.5).asnumpy().sum(1), 1, atol=1e-5)
    x = logits[:2]
    assert np.abs(ops.grad(lambda x: (ops.gumbel_softmax(x, hard=True) * T[:, :3]).sum())(x).asnumpy()).sum() > 0


def test_the_first_of_equal_elements_has_the_gradient_of_aminmax():
    x = Tensor([[2.0, 1.0], [2.0, 1.0]])
    assert ops.grad(lambda x: ops.aminmax(x)[0].sum())(x).tolist() == [[1, 1], [0, 0]]
    assert ops.grad(lambda x: ops.aminmax(x.T, axis=1)[1].sum())(x).tolist() == [[1, 1], [0, 0]]
    assert ops.grad(lambda x: ops.aminmax(x, axis=None)[0].sum())(x).tolist() == [[0, 0.5], [0, 0.5]]


def test_gradients_at_norms_of_zero_are_mindspores():
    zero = Tensor([[0.0, 0.0]])
    assert ops.grad(lambda x: ops.renorm(x, 2, 0, 1.0).sum())(zero).tolist() == [[1, 1]]
    np.testing.assert_allclose(ops.grad(lambda x: ops.cosine_similarity(x, Tensor([[1.0, 0.0]])))(zero).asnumpy(),
                               [[1e8, 0]])


def test_plain_answers():
    assert ops.is_floating_point(A) and not ops.is_floating_point(L) and ops.is_nonzero(Tensor(3))
    assert ops.t(A).shape == (3, 2) and ops.t(N).shape == (3,) and ops.ravel(A).shape == (6,)
    assert ops.make_tuple(1, 2) == (1, 2) and ops.tuple_getitem((1, 2), 1) == 2
    copied = ops.deepcopy(A)
    copied[0, 0] = 9.0
    assert type(ops.deepcopy(ms.Parameter(A))) is Tensor
    assert ops.inplace_update(A, A[:1], -1).tolist() == [A[0].tolist()] * 2
    for f in (ops.inplace_add, ops.inplace_sub):
        with pytest.raises(ValueError, match=r"indices must be in \[0, 2\), got -1"):
            f(A, A[:1], -1)
    assert float(A[0, 0]) == 1.0 and ops.positive(A).tolist() == A.tolist() == ops.recompute(lambda x: x, A).tolist()
    assert [x.shape for x in ops.atleast_2d(N, Tensor(1.0))] == [(1, 3), (1, 1)] and ops.atleast_1d(
        Tensor(1.0)
    ).shape == (1,)
    assert [x.shape for x in ops.atleast_1d([N, A])] == [(3,), (2, 3)]
    assert [x.shape for x in ops.vsplit(A, 2)] == [(1, 3)] * 2 and [x.shape for x in ops.dsplit(P[0], 2)] == [
        (4, 2, 1)
    ] * 2
    assert ops.fliplr(A).tolist()[0] == [3, -2, 1] and ops.flipud(A).tolist()[1] == [1, -2, 3]
    assert ops.cdist(A, B, float("inf")).asnumpy().tolist() == [[3.0, 5.0], [3.0, 3.0]]
    assert ops.cdist(A, A, 0.0).asnumpy().tolist() == [[0.0, 3.0], [3.0, 0.0]]


def test_the_gradient_of_distances_at_ties():
    x = Tensor(np.array([[1, 2, 0.5], [0, 0, 0], [3, 1, -1]], np.float32))
    y = Tensor(np.array([[0, 1, 1], [1, -1, 1], [0, 0, 0]], np.float32))
    weights = Tensor(np.arange(1, 10).reshape(3, 3).astype(np.float32))
    greatest = ops.grad(lambda x, y: (ops.cdist(x, y, float("inf")) * weights).sum(), (0, 1))(x, y)
    assert [g.tolist() for g in greatest] == [[[1, 6, 0], [-5, 1, -9], [24, 8, -8]], [[-8, 3, 4], [-3, -15, 13],
                                                                                    [-9, -3, 0]]]  # mindspore 2.8.0's
    near, far = (ops.grad(lambda x: ops.cdist(x, y[:1], 0.5).sum())(Tensor([[at, 2.0, 3.0]])).asnumpy()
                 for at in (0.0, 1.0))
    np.testing.assert_allclose(near, [[0, 1 + 2**0.5, 0.5 * (2 + 2**0.5)]], rtol=1e-6)  # sqrt(d) / sqrt(|gap|)
    np.testing.assert_allclose(far, [[2 + 2**0.5, 2 + 2**0.5, 1 + 2**0.5]], rtol=1e-6)


def test_classes_alone_in_the_world():
    assert ops.AllReduce(ops.ReduceOp.SUM)(A).tolist() == A.tolist() == ops.AllGather()(A).tolist()
    assert ops.Broadcast(0)((A,))[0].tolist() == A.tolist() and ops.ReduceScatter()(A).shape == A.shape
    assert ops.GradOperation()(ops.AllReduce())(A).tolist() == np.ones((2, 3)).tolist()
    assert ops.NoOp()(A) is None and ops.IsInstance()(A, Tensor) and ops.IsInstance()(3, int)
    assert ops.Partial()(lambda a, b: a - b, 5)(3) == 2 and ops.Partial()(max, 3).args == (3,)
    assert round(float(ops.ReduceStd([])(Tensor([[1.0, 2], [3, 5]]))[0]), 5) == 1.70783
    assert ops.InplaceSub(0)(A, A[:1]).tolist()[0] == [0, 0, 0]
    assert ops.Roll(shifts=1, dims=0)(A).tolist() == A.asnumpy()[::-1].tolist()
    assert ops.Roll(1)(A).tolist() == np.roll(A.asnumpy(), 1).tolist() and float(ops.Trace()(S)) == 7.0
    assert ops.Cdist(1.0)(A, A).shape == (2, 2) and ops.Fmin()(N, M).tolist() == [1.0, 5.0, 3.0]


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: ops.t(P), ValueError, r"For 't', the input must have at most 2 axes, got shape \(1, 4, 2, 2\)"),
        (lambda: ops.cross(S, S), ValueError, "both must have length 3 on axis -1"),
        (lambda: ops.reverse_sequence(A, Tensor([1]), 1), ValueError, r"seq_lengths must have shape \(2,\), got "),
        (lambda: ops.pixel_shuffle(P, 3), ValueError, "the channels must be a multiple of 9, got 4"),
        (lambda: ops.pixel_unshuffle(P, 3), ValueError, "height and width must be multiples of 3, got 2 and 2"),
        (
            lambda: ops.soft_margin_loss(A, T, "foo"),
            ValueError,
            r"'reduction' must be in \['none', 'mean', 'sum'\], but got foo",
        ),
        (lambda: ops.recompute(3), TypeError, "the block must be callable, got int"),
        (lambda: ops.ReverseSequence(), TypeError, r"misses the required attributes \['seq_dim'\]"),
        (lambda: ops.NoOp(1), TypeError, r"NoOp takes the attributes \(\), got"),
    ],
)
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
