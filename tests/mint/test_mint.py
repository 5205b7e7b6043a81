"""mint: the answers of PyTorch 2.13, whose signatures it has (observed.txt), derivatives, layers, optimizers."""

import inspect
from pathlib import Path

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, mint, ops
from luojia._src.errors import ArgumentError, DTypeError, NotSupportedError, ShapeError
from tests.observed import T, fill, names, wrong_answers

F = mint.nn.functional
A, V = names()["a"], names()["v"]


def test_answers_are_pytorchs():
    more = {"M": mint, "F": F, "N": mint.nn, "D": ms}
    assert wrong_answers(Path(__file__).with_name("observed.txt"), at_least=250, more=more) == []


def test_signatures():
    assert str(inspect.signature(mint.sum)).startswith("(input: 'Tensor', dim: 'Any' = None, keepdim: 'bool' = False")
    assert list(inspect.signature(mint.permute).parameters) == ["input", "dims"]
    assert list(inspect.signature(mint.nn.AvgPool2d).parameters)[:3] == ["kernel_size", "stride", "padding"]
    assert mint.relu(A).shape == A.shape and mint.softmax is F.softmax


SMOOTH = {
    "extrema": lambda a: mint.max(a, 1)[0] * mint.min(a, dim=1)[0] + mint.max(a, a * a).sum(),
    "spread": lambda a: mint.std(a, 1) * mint.var(a, correction=0) + mint.norm(a, 3, 1),
    "order": lambda a: mint.sort(a, dim=0)[0] * mint.topk(a, 2, 0)[0].sum() + mint.kthvalue(a, 1)[0].sum(),
    "parts": lambda a: mint.index_add(a, 0, Tensor([0, 0]), a[:2] ** 2) * mint.scatter(a, 1, Tensor([[0]]), a * a),
    "places": lambda a: mint.gather(a, 1, Tensor([[0, 2], [1, 1], [0, 0]])) ** 2,
    "clamp": lambda a: mint.clamp(a, 0.7, 1.2) * a,
    "losses": lambda a: F.kl_div(a, a * a) + F.smooth_l1_loss(a, a * a),
    "padding": lambda a: F.pad(a[None], (1, 1), "reflect") * F.pad(a[None], (0, 2), "replicate"),
    "normalize": lambda a: F.normalize(a) * F.elu(a - 1, 0.5) + F.glu(a[:, :2]),
    "convolution": lambda a: F.conv1d(a[None], a[None] * 2, padding=1) ** 2,
    "pooling": lambda a: F.avg_pool1d(a, 2, 1)[:2] * F.max_pool2d(a[None], 2, 1)[0],
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    x = np.array([[1.21, 0.75, 0.9], [0.6, 1.4, 1.1], [0.8, 0.5, 1.3]])

    def f(t):
        y = SMOOTH[name](t)
        return (y * y).sum()

    found, d = ops.grad(f)(Tensor(x)).asnumpy(), np.random.default_rng(1).normal(size=x.shape)
    expected = (float(f(Tensor(x + 1e-6 * d))) - float(f(Tensor(x - 1e-6 * d)))) / 2e-6
    assert (found * d).sum() == pytest.approx(expected, rel=1e-5)


def test_draws():
    ms.set_seed(4)
    assert mint.rand(2, 3).shape == mint.randn((2, 3)).shape == mint.rand_like(A).shape == mint.randn_like(A).shape
    assert set(mint.randint(2, 5, (50,)).tolist()) == {2, 3, 4} and mint.randint(3, (2,)).dtype == ms.int64
    assert mint.randint_like(A, 3).dtype == ms.float32 and sorted(mint.randperm(4).tolist()) == [0, 1, 2, 3]
    assert abs(float(mint.normal(5.0, 0.1, (1000,)).mean()) - 5) < 0.05 and mint.normal(A, 2.0).shape == A.shape
    assert mint.bernoulli(A * 0 + 1).asnumpy().all() and mint.multinomial(T([0, 1]), 2, True).tolist() == [1, 1]
    assert mint.empty(2, 3).shape == mint.empty_like(A).shape == (2, 3)
    assert F.dropout(A, 0.5).shape == F.dropout2d(A[None, None]).shape[2:]
    with pytest.raises(TypeError, match="generator must be a Generator or None, but got int"):
        mint.rand(2, generator=3)


def test_layers_with_parameters():
    x = T(np.arange(32).reshape(1, 2, 4, 4) / 10)
    net = fill(mint.nn.Conv2d(2, 4, 3, padding=1, groups=2))
    w, b = net.weight, net.bias
    assert w.shape == (4, 1, 3, 3) and [p.name for p in net.get_parameters()] == ["weight", "bias"]
    np.testing.assert_allclose(net(x).asnumpy(), ops.conv2d(x, w, b, 1, "pad", 1, 1, 2).asnumpy())
    circular = fill(mint.nn.Conv1d(2, 1, 3, padding=1, padding_mode="circular", bias=False))
    rows = np.pad(x.asnumpy()[0, :, 0], ((0, 0), (1, 1)), "wrap")
    expected = [(rows[:, i : i + 3] * circular.weight.asnumpy()[0]).sum() for i in range(4)]
    np.testing.assert_allclose(circular(x[:, :, 0]).asnumpy()[0, 0], expected, rtol=1e-5)
    assert mint.nn.Conv3d(1, 2, 2)(x[:, None]).shape == (1, 2, 1, 3, 3)
    assert mint.nn.ConvTranspose2d(2, 3, 2, 2)(x).shape == (1, 3, 8, 8)
    assert mint.nn.PReLU()(T([-2, 2])).tolist() == [-0.5, 2]
    norm = mint.nn.BatchNorm2d(2, momentum=0.25)
    norm.set_train(True)
    norm(x)
    np.testing.assert_allclose(norm.running_mean.asnumpy(), x.asnumpy().mean((0, 2, 3)) / 4, rtol=1e-5)
    assert mint.nn.UpsamplingNearest2d(scale_factor=2)(x).shape == (1, 2, 8, 8)
    drop = mint.nn.Dropout(0.5)
    assert drop(x).tolist() == x.tolist() and (drop.set_train(True)(x + 1).asnumpy() == 0).any()


def test_optimizers():
    w0, g = np.array([1.0, -2.0]), np.array([0.5, 0.25])

    def after(make, steps=2):
        w = ms.Parameter(Tensor(w0.astype(np.float32)), name="beta")
        optimizer = make([w])
        for _ in range(steps):
            optimizer((Tensor(g.astype(np.float32)),))
        return w.asnumpy()

    w, m = w0.copy(), 0 * w0
    for _ in range(2):
        m = 0.9 * m + g + 0.1 * w
        w = w - 0.1 * m
    np.testing.assert_allclose(after(lambda p: mint.optim.SGD(p, 0.1, 0.9, weight_decay=0.1)), w, rtol=1e-5)
    for decoupled in (False, True):
        w, m, v = w0.copy(), 0 * w0, 0 * w0
        for t in (1, 2):
            d = g if decoupled else g + 0.1 * w
            m, v = 0.9 * m + 0.1 * d, 0.99 * v + 0.01 * d * d
            step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
            w = w - 0.1 * (step + (0.1 * w if decoupled else 0))
        kind = mint.optim.AdamW if decoupled else mint.optim.Adam
        found = after(lambda p, kind=kind: kind(p, 0.1, (0.9, 0.99), weight_decay=0.1))
        np.testing.assert_allclose(found, w, rtol=1e-4)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: mint.clamp(A), ArgumentError, "mint.clamp: give min, max or both"),
    (lambda: mint.searchsorted(V, V, right=True, side="left"), ArgumentError, "side must be 'left' or"),
    (lambda: mint.scatter(A, 1, Tensor([[0]]), 1.0, reduce="max"), ArgumentError, "reduce must be one of"),
    (lambda: F.one_hot(Tensor([3]), 2), ArgumentError, "the classes must lie between 0 and 1, got 3 to 3"),
    (lambda: F.pad(A, (1, 1), "edge"), ArgumentError, "mode must be 'constant', 'reflect', 'replicate' or 'circular'"),
    (lambda: F.pad(A, (1, 1, 1)), ShapeError, "pad must hold a pair for each of up to 2 axes"),
    (lambda: F.kl_div(A, A, "max"), ArgumentError, "reduction must be 'none', 'mean', 'sum' or 'batchmean'"),
    (lambda: mint.nn.ReLU()(A, A), TypeError, r"mint.nn.ReLU takes 1 Tensor\(s\), got 2"),
    (lambda: mint.nn.Conv2d(1, 1, 1, padding_mode="mirror"), ArgumentError, "of 'padding_mode' must be one of"),
    (lambda: mint.nn.Conv2d(2, 3, 1, groups=2), ArgumentError, "must be divisible by groups 2"),
    (lambda: mint.nn.BatchNorm2d(2)(A), ShapeError, "expected 4D input, but got 2D input"),
    (lambda: mint.nn.BatchNorm1d(2)(A), ShapeError, "expected 2 channels"),
    (lambda: mint.nn.GroupNorm(3, 4), ArgumentError, "must be divided by 'num_groups'"),
    (lambda: mint.nn.Embedding(4, 3, 4), ArgumentError, r"must be in range of \[-4, 4\), but got 4"),
    (lambda: mint.nn.Embedding(4, 3, max_norm=1), DTypeError, "type of 'max_norm' should be 'float'"),
    (lambda: mint.nn.Embedding(4, 3)(A), DTypeError, "the input must be int32 or int64"),
    (lambda: mint.nn.Embedding(4, 3, _weight=A), ShapeError, r"_weight must have shape \(4, 3\), got \(2, 3\)"),
    (lambda: mint.nn.ConvTranspose2d(1, 1, 1, padding_mode="reflect"), NotSupportedError, "must be 'zeros', got"),
    (lambda: mint.nn.ConvTranspose2d(1, 1, 1)(A[None, None], (9, 9)), ArgumentError, r"must lie between \[2, 3\] and"),
    (lambda: mint.optim.SGD([], 0.1), ArgumentError, "the argument params must not be empty"),
    (lambda: mint.optim.AdamW([ms.Parameter(A)], lr=1), DTypeError, "the type of 'lr' should be 'float', but got type"),
    (lambda: mint.cat([]), ArgumentError, "expected at least one Tensor, got none"),
    (lambda: mint.stack(A), DTypeError, "tensors must be a tuple or list of Tensors, but got Tensor"),
    (lambda: mint.chunk(A, 0), ArgumentError, "chunks should be greater than 0, but got 0"),
    (lambda: mint.diag(A[None]), ShapeError, "the shape of input must 1 or 2, but got 3"),
    (lambda: mint.tril(V), ShapeError, "the input's rank must be greater than or equal to 2, but got 1"),
    (lambda: mint.flatten(A, 1, 0), ArgumentError, "'start_dim' cannot come after 'end_dim'"),
    (lambda: mint.narrow(A, 0, -3, 1), ArgumentError, r"start should be in \[-2, 2\], but got -3"),
    (lambda: mint.norm(A, "x"), ArgumentError, "the value of `p` must be one of"),
    (lambda: mint.abs(1), DTypeError, "For 'abs', 'input' must be a Tensor, but got int: 1"),
    (lambda: mint.sum(A, keepdim=1), DTypeError, "the type of 'keepdim' should be 'bool', but got type 'int': 1"),
    (lambda: F.relu("x"), DTypeError, "'input' must be a Tensor, but got str: x"),
    (lambda: mint.batch_norm_stats, AttributeError, "luojia.mint.batch_norm_stats is not supported"),
    (lambda: mint.nothing, AttributeError, "module 'luojia.mint' has no attribute 'nothing'"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_parameters_and_printing_as_mindspore():
    def told(net):
        return [(p.name, p.shape, p.requires_grad) for p in net.get_parameters()]

    norm = mint.nn.BatchNorm3d(2)
    assert told(norm) == [("weight", (2,), True), ("bias", (2,), True), ("running_mean", (2,), False),
                          ("running_var", (2,), False), ("num_batches_tracked", (), False)]
    assert repr(norm) == "BatchNorm3d(num_features=2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)"
    assert told(mint.nn.BatchNorm2d(2, affine=False, track_running_stats=False)) == []
    assert told(mint.nn.LayerNorm(2, bias=False)) == [("weight", (2,), True)]
    assert told(mint.nn.GroupNorm(1, 2, affine=False)) == [("weight", (2,), False), ("bias", (2,), False)]
    table = mint.nn.Embedding(4, 3, padding_idx=1, _freeze=True)
    assert told(table) == [("weight", (4, 3), False)] and not table.weight.asnumpy()[1].any()
    assert repr(table).startswith("EmbeddingExt(num_embeddings=4, embedding_dim=3, padding_idx=1, max_norm=None")
    assert repr(mint.nn.Conv1d(2, 4, 3, stride=2)) == (
        "Conv1d(input_channels=2, output_channels=4, kernel_size=(3,), stride=(2,), padding=(0,), dilation=(1,), "
        "groups=1, bias=True)")
    assert repr(mint.nn.Dropout()) == "DropoutExt()" and repr(mint.nn.Linear(2, 3, False)) == (
        "Linear(input_features=2, output_features=3)")
    assert repr(mint.nn.AdaptiveAvgPool2d(2)) == "AdaptiveAvgPool2d(output_size=2)"


def test_running_statistics():
    x = T(np.arange(24).reshape(2, 3, 2, 2))
    norm = mint.nn.BatchNorm2d(3)
    norm.set_train()
    norm(x)
    np.testing.assert_allclose(norm.running_mean.asnumpy(), [0.75, 1.15, 1.55], rtol=1e-5)  # as in PyTorch
    np.testing.assert_allclose(norm.running_var.asnumpy(), 5.157143, rtol=1e-5)
    assert int(norm.num_batches_tracked) == 1
    norm.set_train(False)
    np.testing.assert_allclose(norm(x).asnumpy()[0, 0, 0], (np.arange(2) - 0.75) / np.sqrt(5.157153), rtol=1e-5)
    mean = mint.nn.BatchNorm2d(3, momentum=None)
    mean.set_train()
    mean(x), mean(x + 2)
    np.testing.assert_allclose(mean.running_mean.asnumpy(), x.asnumpy().mean((0, 2, 3)) + 1, rtol=1e-5)
    bare = mint.nn.BatchNorm2d(3, affine=False, track_running_stats=False)
    np.testing.assert_allclose(bare(x).asnumpy().mean((0, 2, 3)), 0, atol=1e-6)


def test_same_padding_of_other_modes():
    net = fill(mint.nn.Conv1d(1, 1, 4, padding="same", padding_mode="circular", bias=False))
    x = T([[[1, 2, 3, 4, 5]]])
    rows = np.pad(x.asnumpy()[0, 0], (1, 2), "wrap")
    expected = [(rows[i : i + 4] * net.weight.asnumpy()[0, 0]).sum() for i in range(5)]
    np.testing.assert_allclose(net(x).asnumpy()[0, 0], expected, rtol=1e-5)


def test_groups_and_states_of_optimizers():
    w, b = ms.Parameter(T([1, -2]), name="w"), ms.Parameter(T([0.5]), name="b")
    adam = mint.optim.Adam([{"params": [w], "lr": 0.5}, {"params": [b]}], lr=0.1)
    assert {p.name for p in adam.get_parameters()} == {
        "w", "b", "exp_avg.w", "exp_avg.b", "exp_avg_sq.w", "exp_avg_sq.b", "state_step", "learning_rate_group_0",
        "learning_rate_group_1"}
    assert adam.param_groups[0]["betas"] == (0.9, 0.999) and adam.defaults["lr"] == 0.1
    adam((T([0.3, -0.2]), T([0.1])))
    np.testing.assert_allclose(w.asnumpy(), [0.5, -1.5], rtol=1e-5)  # as in MindSpore
    ops.assign(adam.param_groups[1]["lr"], T(0.2))
    adam((T([0, 0]), T([0.1])))
    np.testing.assert_allclose(b.asnumpy(), [0.2], rtol=1e-4)
    rising = mint.optim.SGD([b], 0.5, maximize=True)
    rising((T([0.1]),))
    np.testing.assert_allclose(b.asnumpy(), [0.25], rtol=1e-4)
    assert repr(rising).splitlines()[:3] == ["SGD (", "Parameter Group 0", "    dampening: 0.0"]


NAN, WHOLE = float("nan"), Tensor([-2, 3], ms.int32)


@pytest.mark.parametrize(("call", "dtype", "expected"), [
    (lambda: mint.sum(WHOLE, dtype=ms.int32), "Int32", 1), (lambda: WHOLE.prod(dtype=ms.int32), "Int32", -6),
    (lambda: mint.sum(WHOLE, dtype=ms.bool_), "Bool", True), (lambda: mint.nansum(WHOLE, dtype=ms.int8), "Int8", 1),
    (lambda: mint.pow(2, WHOLE), "Int32", [0, 8]), (lambda: 2 ** WHOLE, "Int32", [0, 8]),
    (lambda: mint.var(Tensor(np.zeros((0, 2), np.float32)), 0), "Float32", [NAN, NAN]),
    (lambda: mint.full_like(WHOLE, 2.5, dtype=ms.float32), "Float32", [2.5, 2.5]),
    (lambda: ops.median(Tensor([1.0, NAN, 3.0]))[0], "Float32", NAN),
    (lambda: ops.median(Tensor([1.0, NAN]))[1], "Int64", 1),
    (lambda: mint.median(Tensor([[1.0, NAN], [2.0, 3.0]]), 0)[0], "Float32", [1.0, NAN]),
    (lambda: mint.xlogy(Tensor([0.0, 0.0, 1.0]), Tensor([NAN, -1.0, 1.0])), "Float32", [NAN, 0.0, 0.0]),
    (lambda: mint.topk(Tensor([1.0, 3.0]).astype(ms.bfloat16), 1)[0].astype(ms.float16), "Float16", [3.0]),
])
def test_dtypes_that_are_asked_for_and_what_is_no_number(call, dtype, expected):
    found = call()
    assert str(found.dtype) == dtype
    np.testing.assert_array_equal(found.asnumpy(), expected)


def test_the_dtype_of_the_greatest_bfloat16s():
    values, positions = mint.topk(Tensor([1.0, 3.0]).astype(ms.bfloat16), 1)
    assert (values.dtype, positions.dtype) == (ms.bfloat16, ms.int64)


X2 = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3))
OTHER_DTYPE = X2.astype(ms.int32)


@pytest.mark.parametrize("call", [
    lambda: mint.mm(X2, OTHER_DTYPE.T), lambda: mint.matmul(X2, OTHER_DTYPE.T),
    lambda: mint.bmm(X2[None], OTHER_DTYPE[None]), lambda: mint.mv(X2, OTHER_DTYPE[0]),
    lambda: mint.dot(X2[0], OTHER_DTYPE[0]), lambda: mint.isclose(X2, OTHER_DTYPE),
    lambda: mint.allclose(X2, OTHER_DTYPE), lambda: mint.addmm(X2, X2, OTHER_DTYPE.T), lambda: mint.gather(X2, 0, X2),
    lambda: mint.index_select(X2, 0, X2[0]), lambda: mint.scatter_add(X2, 0, OTHER_DTYPE, OTHER_DTYPE),
    lambda: mint.bincount(X2[0]), lambda: mint.linalg.qr([1.0]), lambda: mint.linalg.norm("a"),
    lambda: mint.nn.Flatten()([1.0]), lambda: mint.nn.ZeroPad1d(1)("a"), lambda: mint.nn.BatchNorm1d(3)(1.0),
    lambda: mint.nn.ReflectionPad2d(1)((X2, X2)),
])
def test_dtypes_and_types_that_are_refused(call):
    with pytest.raises(TypeError, match="must be|expected"):
        call()


def test_a_network_of_ones_own_keeps_its_errors():
    class Net(ms.nn.Cell):
        def construct(self, x):
            return x.missing

    with pytest.raises(AttributeError, match="'int' object has no attribute 'missing'"):
        Net()(1)


def test_only_r():
    q, r = mint.linalg.qr(X2, mode="r")
    assert q.shape == (0,)
    np.testing.assert_allclose(r.asnumpy(), mint.linalg.qr(X2)[1].asnumpy())
