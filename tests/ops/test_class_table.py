"""Class forms of functions: those whose answers mindspore 2.8.0 does not give on a CPU (the others are observed)."""

import inspect

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, ShapeError
from luojia.common import dtype
from luojia.ops import class_table
from tests.observed import T, names

A, S, R = (names()[k] for k in "asr")
G = T(np.arange(4).reshape(4, 1, 1, 1))


@pytest.mark.parametrize(("got", "expected"), [
    (lambda: ops.BatchToSpace(2, [[0, 0], [0, 0]])(G), [[[[0, 1], [2, 3]]]]),
    (lambda: ops.BatchToSpaceNDV2()(G, Tensor([2, 2]), Tensor([[0, 0], [0, 1]])), [[[[0], [2]]]]),
    (lambda: ops.SpaceToBatch(2, [[0, 0], [0, 0]])(G.reshape(1, 1, 2, 2)), G.asnumpy()),
    (lambda: ops.ConfusionMatrix(3)(Tensor([0, 1, 2]), Tensor([0, 2, 2])), [[1, 0, 0], [0, 0, 1], [0, 0, 1]]),
    (lambda: ops.ConfusionMatrix(2, "float32")(Tensor([0, 1]), Tensor([0, 0]), T([0.5, 2])), [[0.5, 0], [2, 0]]),
    (lambda: ops.ConjugateTranspose()(A, (1, 0)), A.asnumpy().T),
    (lambda: ops.TransposeView()(A, (1, 0)), A.asnumpy().T),
    (lambda: ops.TransposeExtView()(A, 0, 1), A.asnumpy().T), (lambda: ops.SelectView()(A, 1, 0), A.asnumpy()[1]),
    (lambda: ops.CountNonZero([1])(T([[0, 1], [2, 0]])), [1, 1]), (lambda: ops.DynamicShape()(A), [2, 3]),
    (lambda: ops.EuclideanNorm(True)(A, Tensor([0, 1])), [[np.sqrt((A.asnumpy() ** 2).sum())]]),
    (lambda: ops.FloatStatus()(A), [0]), (lambda: ops.FloatStatus()(T([np.nan])), [1]),
    (lambda: ops.GatherV2()(A, Tensor([2]), 1), A.asnumpy()[:, 2:]),
    (lambda: ops.SparseGatherV2()(A, Tensor([1]), 0), A.asnumpy()[1:]),
    (lambda: ops.HistogramFixedWidth(5)(T([-1, 0, 1.5, 2, 5, 15]), T([0, 5])), [2, 1, 1, 0, 2]),
    (lambda: ops.LerpScalar()(A, A + 2, 0.5), A.asnumpy() + 1), (lambda: ops.RmsNorm()(A, T([1, 1, 1]))[1], np.array(
        1 / np.sqrt((A.asnumpy() ** 2).mean(1, keepdims=True) + 1e-6))),
    (lambda: ops.SoftMarginLoss("sum")(A, T([[1, -1, 1], [-1, 1, 1]])),
     np.log1p(np.exp(-A.asnumpy() * [[1, -1, 1], [-1, 1, 1]])).sum()),
    (lambda: ops.TridiagonalMatMul()(T([1, 2, 0]), T([1, 2, 3]), T([0, 1, 2]), R),
     np.array([[1, 1, 0], [1, 2, 2], [0, 2, 3]]) @ R.asnumpy()),
    (lambda: ops.TridiagonalMatMul()(T([[1, 2, 0]]), T([[1, 2, 3]]), T([[0, 1, 2]]), R),
     np.array([[1, 1, 0], [1, 2, 2], [0, 2, 3]]) @ R.asnumpy()),
    (lambda: ops.TripletMarginLoss()(A, A, A + 9, T(1.0)), 0), (lambda: ops.Svd(compute_uv=False)(R)[0],
                                                             np.linalg.svd(R.asnumpy(), compute_uv=False)),
    (lambda: ops.Svd(full_matrices=True)(R)[1] @ ops.Svd(full_matrices=True)(R)[1].T, np.eye(3)),
    (lambda: ops.MatrixSolveLs()(R, R[:, :1], Tensor(2.0, ms.float64)),
     np.linalg.solve(R.asnumpy().T @ R.asnumpy() + 2 * np.eye(2), R.asnumpy().T @ R.asnumpy()[:, :1])),
    (lambda: ops.Quantile(dim=1, ignore_nan=True)(T([[1, np.nan, 2]]), 0.5), [1.5]),
    (lambda: ops.Quantile()(A, 0.5), 0.75),
    (lambda: ops.ExtractVolumePatches(2, 2, "SAME")(T(np.ones((1, 1, 3, 2, 2)))).sum((2, 3, 4)),
     [[2, 2, 2, 2, 1, 1, 1, 1]]),
    (lambda: ops.EditDistance(False)(Tensor([[0, 0]]), Tensor([1]), Tensor([1, 1]), Tensor([[0, 0], [0, 1]]),
                                     Tensor([2, 1]), Tensor([1, 2])), [1]),
    (lambda: ops.SegmentMin()(T([[3, 1], [2, 5]]), Tensor([0, 0])), [[2, 1]]),
    (lambda: ops.FractionalMaxPoolWithFixedKsize(2, 2)(T(np.arange(16).reshape(1, 1, 4, 4)), T([[[0.5, 0.5]]]))[0],
     [[[[5, 7], [13, 15]]]]),
])
def test_answers(got, expected):
    np.testing.assert_allclose(got().asnumpy(), expected, rtol=1e-5, atol=1e-5)


def test_answers_of_integers_and_beside_nan():
    """mindspore 2.8.0's."""
    ints = Tensor([[-3, 1], [-2, 5], [1, 1]], ms.int32)
    assert ops.SegmentMean()(ints, Tensor([0, 0, 1])).tolist() == [[-2, 3], [1, 1]]
    assert ops.SegmentMean()(ints, Tensor([0, 0, 1])).dtype == ms.int32
    assert ops.DivNoNan()(T([np.inf, 1, np.nan]), T([0, 0, 0])).tolist() == [0, 0, 0]
    assert ops.DataFormatDimMap()(Tensor([0, 1, -1])).dtype == ms.int64
    kept = ops.MatrixBandPart()(T([[np.nan, 1], [np.nan, np.inf]]), 0, 0).asnumpy()
    assert np.isnan(kept[0, 0]) and kept[0, 1] == kept[1, 0] == 0 and np.isinf(kept[1, 1])
    assert ops.MatrixBandPart()(Tensor([[True, True]]), 0, 0).dtype == ms.bool_
    splits, values = ops.RaggedRange(ms.int64)(*[Tensor(n, ms.int32) for n in ([2], [5], [1])])
    assert (splits.dtype, values.dtype, splits.tolist()) == (ms.int64, ms.int32, [0, 3])
    assert ops.ResizeArea()(Tensor(np.ones((1, 2, 2, 1)), ms.float16), Tensor([1, 1], ms.int32)).dtype == ms.float32
    pooled = ops.AdaptiveAvgPool3D((None, 1, None))(T(np.arange(32).reshape(1, 1, 2, 4, 4)))
    assert pooled.tolist() == [[[[[6, 7, 8, 9]], [[22, 23, 24, 25]]]]]
    assert ops.DiagPart()(T(np.arange(36).reshape(2, 3, 2, 3))).tolist() == [[0, 7, 14], [21, 28, 35]]
    assert ops.DiagPart()(ops.Diag()(S)).tolist() == S.tolist()
    assert ops.InTopK(2)(T([[1, np.inf, 2], [4, 3, 1]]), Tensor([2, 1], ms.int32)).tolist() == [False, True]
    assert ops.InTopK(1)(T([[1, np.nan], [4, 3]]), Tensor([0, 0], ms.int32)).tolist() == [False, True]
    assert ops.CountNonZero(1)(T([[0, 1], [2, 0]])).tolist() == [1, 1]
    assert ops.AdjustHue()(Tensor([[[1, 0, 0]]], ms.float16), T(0.5)).dtype == ms.float16
    bits = Tensor([True, False, True, True, False, False, False, True])
    assert ops.CompareAndBitpack()(bits, Tensor(False)).tolist() == [141]
    assert ops.ConjugateTranspose()(Tensor([[True, False]]), (1, 0)).dtype == ms.bool_
    assert ops.FFTWithSize(1, False, True)(Tensor([True, True, True, True])).tolist() == [4, 0, 0]
    for dropped in (ops.Dropout2D(0.0)(T([[[[1, 2]]]])), ops.Dropout3D(0.0)(T([[[[[1, 2]]]]]))):
        assert not dropped[0].asnumpy().any() and not dropped[1].asnumpy().any() and dropped[1].dtype == ms.bool_
        assert dropped[1].shape == dropped[0].shape
    assert ops.Dropout2D(0.5)(T(np.ones((1, 2, 3, 4))))[1].shape == (1, 2, 3, 4)


@pytest.mark.parametrize(("kind", "of"), [
    (dtype.int64, "1"), (dtype.int32, ""), (dtype.float32, "1.0"), (dtype.float64, ""), (dtype.bool_, "True"),
    (dtype.string, "a"), (dtype.number, "1 1.0 True"), (dtype.int_, "1"), (dtype.float_, "1.0"), (dtype.list_, "[]"),
    (dtype.tensor_type, "1.0*"),
])
def test_what_is_an_instance(kind, of):
    """As mindspore 2.8.0 says."""
    values = {"1": 1, "1.0": 1.0, "True": True, "a": "a", "[]": [], "1.0*": T(1.0)}
    assert " ".join(name for name, value in values.items() if ops.IsInstance()(value, kind)) == of


def test_answers_of_classes_as_mindspore_gives_them():
    """mindspore 2.8.0's; what ``UniqueConsecutive`` is not asked for it leaves as memory was."""
    assert [v.tolist() for v in ops.UniqueConsecutive()(Tensor([1, 1, 2]))] == [[1, 2], 0, 0]
    assert [v.tolist() for v in ops.UniqueConsecutive(True)(Tensor([1, 1, 2]))] == [[1, 2], [0, 0, 1], 0]
    assert [v.tolist() for v in ops.UniqueConsecutive(False, True)(Tensor([1, 1, 2]))] == [[1, 2], 0, [2, 1]]
    x = T(np.arange(12).reshape(1, 1, 3, 4))
    for pool, given in ((ops.MaxPoolWithArgmaxV2, x), (ops.MaxPool3DWithArgmax, x.expand_dims(2))):
        window = (1, 2, 2)[2 - given.ndim:]
        y, at = pool(window, 1, 0, window, argmax_type=ms.int32)(given)
        assert y.asnumpy().ravel().tolist() == at.asnumpy().ravel().tolist() == [10, 11] and at.dtype == ms.int32
    assert ops.InplaceUpdateV2()(T([1, 2, 3]), (-1, 0), T([8, 9])).tolist() == [9, 2, 8]
    kept, at = ops.SubAndFilter()(Tensor([[1, 3], [5, 8]]), 5, 2)
    assert (kept.tolist(), at.tolist(), at.dtype) == ([1, 3], [1, 2], ms.int64)
    none = ops.SegmentMax()(T([-2, -3, -4]), Tensor([0, 0, 2])).asnumpy()
    assert none.tolist() == [-2, 0, -4] and not np.signbit(none[1])
    with pytest.raises(TypeError, match="'shifts'"):
        ops.Roll("a")
    with pytest.raises(TypeError, match="misses the required attributes \\['Tsplits'\\]"):
        ops.RaggedRange()


@pytest.mark.parametrize(("call", "match"), [
    (lambda: ops.Pdist()(T([1, 2])), "must have rows"),
    (lambda: ops.ReverseSequence(1)(A, Tensor([1, -1])), "must not be negative"),
    (lambda: ops.RandpermV2()(0), "'n' must be greater than 0, but got 0"),
    (lambda: ops.MaxPoolWithArgmaxV2(3, pads=(1, 2))(G), "'pads' must be at most half of the kernel 3"),
    (lambda: ops.MaxPool3DWithArgmax(2, 2, 2)(G), "'pads' must be at most half of the kernel 2"),
    (lambda: ops.UniformInt()((2,), Tensor(5, ms.int32), Tensor(5, ms.int32)), "'minval' must be less than 'maxval'"),
])
def test_what_classes_refuse(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_every_class_has_a_docstring_and_a_name():
    for name in class_table.__all__:
        cls = getattr(ops, name)
        assert inspect.isclass(cls) and cls.__doc__ and cls.__name__ == name


def test_draws():
    ms.set_seed(2)
    assert sorted(ops.RandpermV2()(5).tolist()) == [0, 1, 2, 3, 4]
    assert ops.Randperm(6, -1)(Tensor([4])).tolist()[4:] == [-1, -1] and ops.Cauchy([2, 3])().shape == (2, 3)
    assert ops.LogNormalReverse()(A).shape == (2, 3)
    assert ops.NonDeterministicInts(ms.int32)(Tensor([2, 2])).dtype == ms.int32
    whole = ops.NonDeterministicInts()(Tensor([200])).asnumpy()
    assert whole.dtype == np.int64 and whole.min() < -2**61 and whole.max() > 2**61 and len(set(whole % 4)) == 4
    assert ops.RandomCategorical()(T([[0, 0, 99]]), 3).tolist() == [[2, 2, 2]]
    assert ops.MultinomialWithReplacement(2, True)(T([[0, 1]]), Tensor(1), Tensor(1)).tolist() == [[1, 1]]


@pytest.mark.parametrize(("make", "of"), [
    (lambda: ops.Dropout(0.5, 3), [np.ones(40)]), (lambda: ops.Dropout(0.5, 0, 3), [np.ones(40)]),
    (lambda: ops.RandomGamma(3), [[5], [1, 2]]), (lambda: ops.UniformCandidateSampler(1, 9, False, 999, 3), [[[1]]]),
    (lambda: ops.LogUniformCandidateSampler(1, 9, False, 999, 3), [[[1]]]),
    (lambda: ops.RandomChoiceWithMask(5, 3), [np.ones(50, bool)]),
    (lambda: ops.ParameterizedTruncatedNormal(3), [[2, 9], [0, 0], [1, 1], [-2, -2], [2, 2]]),
])
def test_a_seeded_object_draws_a_sequence(make, of):
    """Each call gives other numbers, and another object of the seed the same in turn, as in mindspore 2.8.0."""
    first = of[0] if isinstance(of[0], np.ndarray) else np.asarray(of[0], np.int32 if len(of) > 1 else np.int64)
    given = [Tensor(first.astype(np.float32) if first.dtype == np.float64 else first), *(T(x) for x in of[1:])]
    drawn = [[x.tolist() for x in (found if isinstance(found, tuple) else (found,))]
             for operator in (make(), make()) for found in (operator(*given), operator(*given))]
    assert drawn[0] != drawn[1] and drawn[:2] == drawn[2:]


def test_loops():
    assert ops.Scan()(lambda c, x: (c + 1, c), 0, None, 3) == (3, [0, 1, 2])
    doubled = ops.grad(lambda x: ops.ForiLoop()(0, 3, lambda i, v: v * 2, x))(Tensor(1.0))
    assert float(doubled) == 8


def test_colours_have_derivatives():
    x = np.array([[0.2, 0.4, 0.6], [0.7, 0.1, 0.3], [0.3, 0.9, 0.5]])
    np.testing.assert_allclose(ops.HSVToRGB()(ops.RGBToHSV()(Tensor(x))).asnumpy(), x)
    f = lambda t: (ops.AdjustHue()(ops.AdjustSaturation()(t, T(0.7)), T(0.1)) ** 2).sum()  # noqa: E731
    g, d = ops.grad(f)(Tensor(x)).asnumpy(), np.linspace(-1, 1, 9).reshape(3, 3)
    assert (g * d).sum() == pytest.approx((float(f(Tensor(x + 1e-6 * d))) - float(f(Tensor(x - 1e-6 * d)))) / 2e-6)
    assert ops.RGBToHSV()(T([[0.5, 0.5, 0.5], [0, 0, 0]])).tolist() == [[0, 0, 0.5], [0, 0, 0]]


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.Renorm(2), TypeError, r"Renorm\(\) misses the required attributes \['dim', 'maxnorm'\]"),
    (lambda: ops.Qr(1, 2), TypeError, r"Qr takes the attributes \(full_matrices\), got"),
    (lambda: ops.SegmentSum()(A, Tensor([1, 0])), ArgumentError, "segment_sum: segment_ids must be 2 numbers >= 0"),
    (lambda: ops.ConfusionMatrix(2)(Tensor([2]), Tensor([0])), ShapeError, "expects equally many labels"),
    (lambda: ops.HistogramFixedWidth(5)(A, T([2, 1])), ArgumentError, "expects nbins >= 1 and rising limits"),
    (lambda: ops.NthElement()(A, 3), ArgumentError, "NthElement expects n between 0 and 2, got 3"),
    (lambda: ops.CompareAndBitpack()(A, T(1)), ShapeError, "a last length that is a multiple of 8"),
    (lambda: ops.CheckNumerics()(T([np.inf])), ArgumentError, "the Tensor holds nan or inf"),
    (lambda: ops.ExtractVolumePatches(2, 2, "FULL")(A[None, None]), ArgumentError, "padding must be 'VALID' or 'SAME'"),
    (lambda: ops.RGBToHSV()(S), ShapeError, r"RGBToHSV expects three channels in the last axis, got shape \(2, 2\)"),
    (lambda: ops.DataFormatVecPermute()(Tensor([1, 2])), ShapeError, r"must be \(4,\) or \(4, 2\), got \(2,\)"),
    (lambda: ops.DiagPart()(T([[1, 2, 3]])), ShapeError, r"some and again the same, got shape \(1, 3\)"),
    (lambda: ops.DiagPart()(T([[[1]]])), ShapeError, r"got shape \(1, 1, 1\)"),
    (lambda: ops.CumulativeLogsumexp()(T([1]), Tensor(2)), ArgumentError, r"one number of \[-1, 1\), got 2"),
    (lambda: ops.CumulativeLogsumexp()(T([1]), Tensor([0])), ArgumentError, r"one number of .*, got \(0,\)"),
    (lambda: ops.Dropout2D()(S), ShapeError, r"'Dropout2D', x must have 4 axes, got shape \(2, 2\)"),
    (lambda: ops.Dropout(0.0), ArgumentError, r"keep_prob must lie in \(0, 1\], got 0.0"),
    (lambda: ops.EqualCount()(T([1]), T([[1]])), ShapeError, r"must be the same, got \(1,\) and \(1, 1\)"),
    (lambda: ops.Coalesce()(Tensor([[0], [3]]), T([1]), Tensor([3, 3])), ArgumentError, r"lie in the shape \(3, 3\)"),
    (lambda: ops.Coalesce()(Tensor([[0], [-1]]), T([1]), Tensor([3, 3])), ArgumentError, r"must lie in the shape"),
    (lambda: ops.Coalesce()(Tensor([[0], [1]]), T([1]), Tensor([3])), ShapeError, "shape of 1 axes and 1 values"),
    (lambda: ops.InplaceAdd(-1)(S, S[:1]), ArgumentError, r"'inplace_add', indices must be in \[0, 2\)"),
    (lambda: ops.inplace_sub(S, S[:1], (-1,)), ArgumentError, r"indices must be in \[0, 2\)"),
    (lambda: ops.InplaceUpdate(-1)(S, S[:1]), ArgumentError, r"'InplaceUpdate', indices must be in \[0, 2\), got -1"),
    (lambda: ops.InvertPermutation()((0, 0, 1)), ArgumentError, r"each number of 0 to n - 1.*, got \(0, 0, 1\)"),
    (lambda: ops.InvertPermutation()((0.0, 1.0)), TypeError, "the elements must be int"),
    (lambda: ops.Cdist(-1.0)(S, S), ArgumentError, "'cdist', p must not be negative, got -1.0"),
    (lambda: ops.Im2Col(2)(T([[[1, 2], [3, 4]]])), ShapeError, r"must have 4 axes, got shape \(1, 2, 2\)"),
    *((lambda crops=crops: ops.BatchToSpaceND([2, 2], crops)(G), ShapeError, r"2 pairs of numbers >= 0 .* \(2, 2\)")
      for crops in ([[0, 0]], [[0, -1], [0, 0]], [[0, 2], [0, 0]])),
    (lambda: ops.ExtractVolumePatches(4, 1, "VALID")(T(np.ones((1, 1, 3, 3, 3)))), ShapeError, "is larger than x"),
    (lambda: ops.FFTWithSize(1, True, True)(S), TypeError, "x must be complex with inverse=True and real=True"),
    (lambda: ops.FFTWithSize(1, False, True)(Tensor([1j])), TypeError, "must be real with inverse=False and real"),
    *((lambda call=call: call(Tensor([[True, False]])), TypeError, "must be one of .*, but got Bool") for call in (
        ops.BatchToSpaceND([2], [[0, 0]]), lambda x: ops.Cdist()(x, x), lambda x: ops.Expand()(x, Tensor([2, 2])),
        ops.Conj(), ops.ExtractVolumePatches(1, 1, "VALID"), ops.FastGelu(), ops.FastGeLU(), ops.Gelu(),
        lambda x: ops.Fmax()(x, x), lambda x: ops.Fmin()(x, x), lambda x: ops.InplaceUpdate(0)(x, x))),
    (lambda: ops.IndexPut(2), ArgumentError, r"the 'accumulate' must be in range"),
    (lambda: ops.Morph, AttributeError, "luojia.ops.Morph is not supported: there are no kernels to register"),
    (lambda: ops.nothing_of_this_name, AttributeError, "module 'luojia.ops' has no attribute 'nothing_of_this_name'"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_what_programs_tell_an_operator():
    add = ops.Add()
    assert repr(add) == "Prim[Add]" and repr(ops.ReduceSum(True)) == "Prim[ReduceSum]<keep_dims=True, skip_mode=False>"
    assert add.shard(((1,), (1,))) is add and add.set_stage(0) is add and add.set_device("CPU") is add
    assert add.add_prim_attr("x", 1).x == 1 and add.del_prim_attr("x") is add and not hasattr(add, "x")
    assert add.instance_name == "Add" and add.set_prim_instance_name("q").instance_name == "q"
    assert add.place("MS_WORKER", 0) is None and add.check_elim(1) == (False, None)
    assert add(Tensor([1.0]), Tensor([2.0])).tolist() == [3.0]
