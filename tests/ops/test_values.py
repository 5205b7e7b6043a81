"""MindSpore's functions of Python values, of candidates, and of looking on: its answers, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from luojia import Parameter, ParameterTuple, Tensor, float32, nn, ops, set_seed
from luojia import dtype as mstype
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from tests.observed import T, wrong_answers

V, W = T([1, 2, 3]), T([0.5, -1, 2])
CLASSES = T([[1], [3]], np.int64)


def test_answers_are_mindspores():
    assert wrong_answers(Path(__file__).with_name("observed_values.txt"), at_least=70) == []


def test_python_values():
    assert ops.tail((1, 2, 3)) == (2, 3) and ops.zip_operation((1, 2), (3, 4)) == ((1, 3), (2, 4))
    assert ops.bool_and(True, False) is False and ops.bool_or(False, True) is True and ops.bool_not(True) is False
    assert ops.string_eq("a", "a") and ops.string_concat("a", "b") == "ab" and ops.scalar_ne(1, 2)
    assert ops.make_dict(("a",), (1,)) == {"a": 1} and ops.dict_setitem({"a": 1}, "a", 2) == {"a": 2}
    assert ops.list_setitem([1, 2], 0, 5) == [5, 2] and ops.make_list(1, "a") == [1, "a"] and ops.make_list() == []
    assert ops.scalar_uadd(True) is True and ops.switch(False, 1, 2) == 2
    cast = ops.mixed_precision_cast(mstype.float16, {"a": (V, T([1], np.int32), 3)})["a"]
    assert [getattr(c, "dtype", c) for c in cast] == [mstype.float16, mstype.int32, 3]
    assert ops.augassign_div(V, W).tolist() == [2, -2, 1.5]
    assert ops.broadcast_gradient_args((2, 1), (1, 2, 3)) == ((0, 2), ())
    assert ops.reduced_shape((2, 3), 1) == ops.reduced_shape((2, 3), (-1,)) == (2, 1)
    assert ops.reduced_shape((2, 3), ()) == (1, 1)
    net = ops.add_flags(nn.ReLU(), has_effect=True)
    assert isinstance(net, nn.ReLU) and ops.add_flags(x=1)(lambda: 3)() == 3


def test_ext_functions():
    a = T([[1, 2], [3, 4]])
    np.testing.assert_allclose(ops.einsum_ext("ij,jk->ik", a, a).asnumpy(), a.asnumpy() @ a.asnumpy())
    assert ops.mse_loss_ext(V, W).asnumpy() == pytest.approx(np.mean((V.asnumpy() - W.asnumpy()) ** 2))
    assert ops.mse_loss_ext(V, W, "none").tolist() == [0.25, 9, 1] and ops.mse_loss_ext(V, W, "sum").asnumpy() == 10.25
    batch = T(np.arange(8).reshape(2, 2, 2))
    np.testing.assert_allclose(ops.baddbmm_ext(batch, batch, batch, beta=2, alpha=3).asnumpy(),
                               2 * batch.asnumpy() + 3 * batch.asnumpy() @ batch.asnumpy())
    assert ops.adaptive_avg_pool2d_ext(T(np.arange(16).reshape(1, 1, 4, 4)), (2, 2)).tolist() == [
        [[[2.5, 4.5], [10.5, 12.5]]]]
    assert ops.LogSoftmaxExt()(a, 1).tolist() == ops.log_softmax(a, 1).tolist() == ops.LogSoftmaxExt()(a).tolist()
    x = T([0.0])
    assert ops.inplace_sigmoid(x) is x and x.tolist() == [0.5]
    assert ops.bernoulli_ext(T([0, 1])).tolist() == [0, 1]
    y = T([1.0])
    assert ops.grad(lambda t: ops.stop_gradient_(t * 2) + t)(y).tolist() == [1]


def test_linearize_and_ids():
    out, jvp_fn = ops.linearize(lambda x, y: (x * y, x + y), (V, W))
    assert out[0].tolist() == (V * W).tolist()
    pushed = jvp_fn((W, V))
    assert pushed[0].tolist() == (W * W + V * V).tolist() and pushed[1].tolist() == (W + V).tolist()
    p, q = Parameter(T([2.0]), name="p"), Parameter(T([3.0]), name="q")

    def f(x):
        return x * p * q

    x = T([5.0])
    assert ops.grad(f, return_ids=True)(x)[0] == 0
    (i, gx), weights = ops.grad(f, 0, ParameterTuple([p, q]), return_ids=True)(x)
    assert (i, gx.tolist()) == (0, [6]) and [(n, g.tolist()) for n, g in weights] == [("p", [15]), ("q", [10])]
    found = ops.value_and_grad(f, None, q, return_ids=True)(x)[1]
    assert found[0] == "q" and ops.get_grad(found, q).tolist() == [10]
    assert ops.get_grad(((i, gx), weights), p).tolist() == [15]
    with pytest.raises(RuntimeError, match="Can not find the gradient for position or Parameter 7"):
        ops.get_grad(((i, gx), weights), 7)


def test_samplers():
    set_seed(3)
    drawn, true, sampled = ops.uniform_candidate_sampler(CLASSES, 1, 4, True, 4)
    assert sorted(drawn.tolist()) == [0, 1, 2, 3] and drawn.dtype == mstype.int64
    # MindSpore's: 1 - (1 - p)^draws, or p num_sampled where no draw came twice
    tries = np.log1p(-true.asnumpy()) / np.log(0.75) if true[0, 0] < 1 else [[4], [4]]
    np.testing.assert_allclose(tries, np.rint(tries), atol=1e-4)
    assert np.min(tries) >= 4 and sampled.tolist() == [true[0, 0].item()] * 4
    true = ops.uniform_candidate_sampler(CLASSES, 1, 2, False, 8, 0, True)[1]
    assert true.tolist() == [[0.25], [0.25]]
    drawn = ops.uniform_candidate_sampler(CLASSES, 1, 90, False, 4, 5, True)[0]
    assert set(drawn.tolist()) == {0, 1, 2, 3}  # MindSpore removes hits only where draws are unique
    firsts = {ops.log_uniform_candidate_sampler(CLASSES, 1, 2, True, 9, seed)[1][0, 0].item() for seed in range(1, 9)}
    p = np.log(3 / 2) / np.log(10)
    tries = np.log1p(-np.array(sorted(firsts)[1:])) / np.log1p(-p)
    assert min(firsts) == pytest.approx(2 * p)
    np.testing.assert_allclose(tries, np.rint(tries), atol=1e-4)
    again = [ops.UniformCandidateSampler(1, 30, False, 9, 7)(CLASSES)[0].tolist() for _ in range(2)]
    assert again[0] == again[1] and set(again[0]) <= set(range(9)) and len(set(again[0])) > 3
    for _ in range(5):
        assert not {1, 3} & set(ops.uniform_candidate_sampler(CLASSES, 1, 2, True, 4, 0, True)[0].tolist())
    # where too few classes are left, MindSpore removes none
    assert sorted(ops.uniform_candidate_sampler(CLASSES, 1, 4, True, 4, 0, True)[0].tolist()) == [0, 1, 2, 3]
    drawn, true, sampled = ops.LogUniformCandidateSampler(1, 4000, False, 6, 1)(CLASSES)
    p = np.log((np.arange(6) + 2) / (np.arange(6) + 1)) / np.log(7)
    np.testing.assert_allclose(np.bincount(drawn.asnumpy(), minlength=6) / 4000, p, atol=0.04)
    np.testing.assert_allclose(true.asnumpy()[:, 0], p[[1, 3]] * 4000, rtol=1e-6)
    np.testing.assert_allclose(sampled.asnumpy(), p[drawn.asnumpy()] * 4000, rtol=1e-6)
    drawn, true, _ = ops.log_uniform_candidate_sampler(CLASSES)
    assert sorted(drawn.tolist()) == [0, 1, 2, 3, 4] and ((true.asnumpy() > 0) & (true.asnumpy() <= 1)).all()


def test_choices_and_masks():
    mask = T(np.eye(4), bool)
    places, real = ops.choice_with_mask(mask, 3)
    assert places.shape == (3, 2) and real.all() and all(i == j for i, j in places.tolist())
    places, real = ops.RandomChoiceWithMask(6, 1, 2)(mask)
    assert real.tolist() == [True] * 4 + [False] * 2 and sorted(places.tolist()[:4]) == [[i, i] for i in range(4)]
    assert ops.choice_with_mask(T([False], bool), 2)[1].tolist() == [False, False]
    drawn = ops.multinomial_with_replacement(T([[0, 9, 4, 0]]), 2, 5, 20, True)
    assert drawn.shape == (1, 20) and set(drawn.tolist()[0]) == {1, 2} and drawn.dtype == mstype.int64
    bits = ops.DropoutGenMask(1, 2)((100, 50), 0.8)
    x = ops.DropoutDoMask()(T(np.ones((100, 50))), bits, 0.8)
    assert bits.dtype == mstype.uint8 and bits.size == 640 and set(np.unique(x.asnumpy())) == {0, 1.25}
    assert abs((x.asnumpy() > 0).mean() - 0.8) < 0.03
    drawn = ops.ParameterizedTruncatedNormal(1)(Tensor([2, 3000]), T([0, 5]), T([1, 2]), T([-1, 4]), T([0.5, 5]))
    normal = drawn.asnumpy()
    assert normal[0].min() >= -1 and normal[0].max() <= 0.5 and normal[1].min() >= 4 and normal[1].max() <= 5
    assert abs(normal[0].mean() - -0.2070) < 0.04  # (phi(-1) - phi(.5)) / (Phi(.5) - Phi(-1))
    g = ops.RandomGamma(3)(Tensor([4000]), T([2.0]))
    assert g.shape == (4000, 1) and g.dtype == float32 and abs(g.asnumpy().mean() - 2) < 0.15
    assert ops.random_gamma(Tensor([2]), T([1.0]).astype(mstype.float64)).dtype == mstype.float64
    assert ops.random_gamma(Tensor([2]), T([1.0]).astype(mstype.float16)).dtype == mstype.float16


def test_summaries_and_calls_of_python(capsys):
    for name, value in (("ScalarSummary", Tensor(1.0)), ("TensorSummary", V), ("HistogramSummary", V),
                        ("ImageSummary", T(np.ones((1, 3, 4, 4))))):
        assert getattr(ops, name)()("name", value) is None
    ops.Assert()(True, [V])
    with pytest.raises(RuntimeError, match=r"assert failed: .* with \[1. 2. 3.\]"):
        ops.Assert()(Tensor(False), [V])
    assert ops.PyFunc(lambda a, b: (a + b, a.sum()), [float32] * 2, [(3,)] * 2, [float32] * 2, [(3,), ()])((V, W))[
        1].tolist() == 6
    assert ops.MoveTo()(V, "CPU") is V is ops.move_to(V, "CPU")


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.hyper_add((1,), (1, 2)), ArgumentError, "hyper_add: tuples must be equally long, got 1 and 2"),
    (lambda: ops.scalar_div(7, 0), ValueError, "the divisor of 7 must not be 0"),
    (lambda: ops.scalar_floordiv(7, 0), ValueError, "the divisor of 7 must not be 0"),
    (lambda: ops.scalar_mod(7, 0), ValueError, "the divisor of 7 must not be 0"),
    (lambda: ops.reduced_shape((2, 3), (5,)), RuntimeError, r"axes of \(2, 3\) lie in \[-2, 2\), got \(5,\)"),
    (lambda: ops.tuple_div((3,), (2,)), ArgumentError, "tuple_div expects tuples of one length whose quotients"),
    (lambda: ops.broadcast_gradient_args((2,), (3,)), ShapeError, r"\(2,\) and \(3,\) cannot be broadcast together"),
    (lambda: ops.mse_loss_ext(V, W, "max"), ArgumentError, "reduction must be 'mean', 'sum' or 'none', got 'max'"),
    (lambda: ops.linearize(lambda x: x, V)[1](V[:2]), ShapeError, "tangents must have the shapes"),
    (lambda: ops.uniform_candidate_sampler(V, 1, 1, True, 4), DTypeError, "'true_classes' must be one of Int32, Int64"),
    (lambda: ops.uniform_candidate_sampler(CLASSES, 2, 1, True, 4), ShapeError, r"must have shape \(N, 2\)"),
    (lambda: ops.uniform_candidate_sampler(CLASSES, 1, 5, True, 4), ArgumentError, "num_sampled must be at least 1"),
    (lambda: ops.ComputeAccidentalHits(2)(CLASSES, CLASSES[:, 0]), ShapeError, r"expected true_classes \(N, 2\)"),
    (lambda: ops.choice_with_mask(V), DTypeError, "the dtype of .input_x. must be one of Bool"),
    (lambda: ops.choice_with_mask(T([True], bool), 0), ArgumentError, "count must be greater than 0, but got 0"),
    (lambda: ops.multinomial_with_replacement(V, 1, 2, 4), ArgumentError, "the value of numsamples must equal or less"),
    (lambda: ops.ParameterizedTruncatedNormal()(Tensor([3, 1]), T([0, 1]), T(1), T(-1), T(1)), ShapeError,
     "1 or 3 elements"),
    (lambda: ops.ParameterizedTruncatedNormal()(Tensor([3, 1]), T(0), T(1), T(1), T(1)), ArgumentError,
     "stdevs must be positive"),
    (lambda: ops.DropoutGenMask()((3,), 2.0), ArgumentError, r"keep_prob must lie in \[0, 1\], got 2.0"),
    (lambda: ops.DropoutDoMask()(T(np.ones(200)), T(np.ones(16), np.uint8), 1.0), ShapeError, "the mask has 128 bits"),
    (lambda: ops.NoRepeatNGram()(T([1], np.int32), V), ShapeError, r"expects state_seq \(B, M, length\)"),
    (lambda: ops.NoRepeatNGram(3)(T([[[1, 2]]], np.int32), T([[[0.1]]])), ArgumentError, r"must lie in \[1, 2\]"),
    (lambda: ops.ScalarSummary()("", V), DTypeError, "name must be a string that is not empty"),
    (lambda: ops.ScalarSummary()("a", 1), DTypeError, "value must be a Tensor, got int"),
    (lambda: ops.ImageSummary()("a", V), ShapeError, r"value must have the axes \(N, C, H, W\), got shape \(3,\)"),
    (lambda: ops.PyFunc(len, [], [], [], [])(V), ArgumentError, "declared with 0 inputs, got 1"),
    (lambda: ops.PyFunc(lambda: 1, [], [], [], [])(), ArgumentError, "declared with 0 results, and gave 1"),
    (lambda: ops.PyFunc(lambda: 1, [], [], [float32], [(2,)])(), ShapeError, r"to give shape \(2,\), and gave \(\)"),
    (lambda: ops.move_to(V, "disk"), ArgumentError, "`to` must be 'CPU', 'GPU' or 'Ascend', got 'disk'"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()
