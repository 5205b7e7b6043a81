"""Layers against plain NumPy, with their errors."""

import numpy as np
import pytest

from luojia import Parameter, Tensor, int32, nn, ops
from luojia import dtype as mstype


def t(array):
    return Tensor(np.asarray(array, np.float32))


@pytest.fixture
def image(rng):
    return rng.standard_normal((2, 3, 5, 6)).astype(np.float32)


ACTIVATIONS = {
    "ReLU": lambda x: np.maximum(x, 0), "ReLU6": lambda x: np.clip(x, 0, 6), "Tanh": np.tanh,
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    "Softmin": lambda x: np.exp(-x) / np.exp(-x).sum(-1, keepdims=True),
    "LogSoftmax": lambda x: x - np.log(np.exp(x).sum(-1, keepdims=True)),
    "LeakyReLU": lambda x: np.where(x >= 0, x, 0.2 * x), "ELU": lambda x: np.where(x >= 0, x, np.expm1(x)),
    "CELU": lambda x: np.where(x >= 0, x, np.expm1(x)),
    "SeLU": lambda x: 1.0507009873554805 * np.where(x >= 0, x, 1.6732632423543772 * np.expm1(x)),
    "HSwish": lambda x: x * np.clip(x + 3, 0, 6) / 6, "HSigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "SiLU": lambda x: x / (1 + np.exp(-x)), "Mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "Softplus": lambda x: np.log1p(np.exp(x)), "Softsign": lambda x: x / (1 + abs(x)),
    "SoftShrink": lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0), "HShrink": lambda x: np.where(abs(x) > 0.5, x, 0),
    "Hardtanh": lambda x: np.clip(x, -1, 1), "Tanhshrink": lambda x: x - np.tanh(x),
    "LogSigmoid": lambda x: -np.log1p(np.exp(-x)),
    "GLU": lambda x: x[..., :3] / (1 + np.exp(-x[..., 3:])),
    "GELU": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "FastGelu": lambda x: x / (1 + np.exp(-1.702 * x)),
    "Softmax2d": lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True),
    "PReLU": lambda x: np.where(x >= 0, x, 0.25 * x),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, image, assert_close):
    assert_close(getattr(nn, name)()(t(image)), ACTIVATIONS[name](image.astype(np.float64)))


def test_activation_arguments(image, assert_close):
    assert_close(nn.Threshold(0.1, -2.0)(t(image)), np.where(image > 0.1, image, -2.0))
    assert_close(nn.Softmax(1)(t(image)), ACTIVATIONS["Softmax2d"](image))
    w = np.float32([0.1, 0.2, 0.3])
    assert_close(nn.PReLU(3, t(w))(t(image)), np.where(image >= 0, image, w.reshape(3, 1, 1) * image))
    assert [p.name for p in nn.PReLU(3).get_parameters()] == ["a"]
    assert isinstance(nn.get_activation("gelu"), nn.GELU) and nn.get_activation(None) is None


def test_dense(rng, assert_close):
    x, w, b = rng.standard_normal((4, 2, 3)), rng.standard_normal((5, 3)), rng.standard_normal(5)
    net = nn.Dense(3, 5, t(w), t(b), activation="tanh")
    assert_close(net(t(x)), np.tanh(x @ w.T + b))
    assert [(p.name, p.shape) for p in net.get_parameters()] == [("weight", (5, 3)), ("bias", (5,))]
    plain = nn.Dense(3, 5, has_bias=False)
    assert plain.bias is None and len(plain.trainable_params()) == 1
    assert abs(plain.weight.asnumpy()).max() <= 1 / np.sqrt(3)


def conv2d(x, w, stride, pad):
    x = np.pad(x.astype(np.float64), ((0, 0), (0, 0), *pad))
    kh, kw = w.shape[2:]
    h, v = (x.shape[2] - kh) // stride + 1, (x.shape[3] - kw) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], h, v))
    for i in range(h):
        for j in range(v):
            part = x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = np.einsum("ncij,ocij->no", part, w)
    return out


@pytest.mark.parametrize("mode, padding, stride, pad", [
    ("same", 0, 1, ((1, 1), (1, 1))), ("same", 0, 2, ((1, 1), (0, 1))), ("valid", 0, 1, ((0, 0), (0, 0))),
    ("pad", 1, 2, ((1, 1), (1, 1))), ("pad", (1, 0, 2, 1), 1, ((1, 0), (2, 1))),
])
def test_conv2d(image, mode, padding, stride, pad, assert_close):
    net = nn.Conv2d(3, 4, 3, stride, mode, padding, has_bias=True)
    w, b = net.weight.asnumpy(), net.bias.asnumpy()
    assert w.shape == (4, 3, 3, 3)
    assert_close(net(t(image)), conv2d(image, w, stride, pad) + b.reshape(4, 1, 1))


def test_other_convolutions(rng, assert_close):
    x = rng.standard_normal((2, 4, 7)).astype(np.float32)
    net = nn.Conv1d(4, 6, 3, group=2)
    assert net.weight.shape == (6, 2, 1, 3) and net(t(x)).shape == (2, 6, 7)
    w = net.weight.asnumpy()
    left = conv2d(x[:, None, :2].transpose(0, 2, 1, 3), w[:3], 1, ((0, 0), (1, 1)))[:, :, 0]
    assert_close(net(t(x))[:, :3], left)
    assert nn.Conv3d(3, 4, 3)(t(np.ones((1, 3, 4, 4, 4)))).shape == (1, 4, 4, 4, 4)


@pytest.mark.parametrize("options, size", [
    ({}, (10, 12)), ({"pad_mode": "valid"}, (11, 13)), ({"pad_mode": "pad", "padding": 1}, (9, 11)),
])
def test_transposed_convolution_is_the_transpose(image, options, size):
    net = nn.Conv2dTranspose(3, 4, 3, stride=2, **options)
    y = net(t(image))
    assert y.shape == (2, 4, *size) and net.weight.shape == (3, 4, 3, 3)
    if options.get("pad_mode") == "pad":  # <conv(u), x> = <u, conv^T(x)>
        u = t(np.random.randn(*y.shape))
        back = ops.conv2d(u, net.weight, None, 2, "pad", 1)
        np.testing.assert_allclose((back * t(image)).asnumpy().sum(), (u * y).asnumpy().sum(), rtol=1e-3)
    assert nn.Conv1dTranspose(3, 4, 3, stride=2)(t(image[:, :, 0])).shape == (2, 4, 12)


def test_output_padding_is_zeros_as_in_mindspore(image, assert_close):
    plain = nn.Conv2dTranspose(3, 4, 3, 2, "pad", 1, has_bias=True)
    padded = nn.Conv2dTranspose(3, 4, 3, 2, "pad", 1, (1, 0), has_bias=True)
    for mine, theirs in zip(padded.get_parameters(), plain.get_parameters()):
        mine.set_data(Tensor(theirs))
    y = padded(t(image))
    assert y.shape == (2, 4, 10, 11) and not y.asnumpy()[:, :, -1].any()
    assert_close(y[:, :, :-1], plain(t(image)))


def test_pooling(image, assert_close):
    blocks = image[:, :, :4].reshape(2, 3, 2, 2, 3, 2)
    assert_close(nn.MaxPool2d(2, 2)(t(image)), blocks.max((3, 5)))
    assert_close(nn.AvgPool2d(2, 2)(t(image)), blocks.mean((3, 5)))
    assert nn.MaxPool2d(3, 2, "same")(t(image)).shape == (2, 3, 3, 3)
    ones = nn.AvgPool2d(3, 2, "same")(t(np.ones((1, 1, 5, 5))))
    assert_close(ones, np.ones((1, 1, 3, 3)))  # padding does not count
    assert_close(nn.AvgPool1d(2, 2)(t(image[:, :, 0])), image[:, :, 0].reshape(2, 3, 3, 2).mean(-1))
    assert_close(nn.MaxPool2d(2, 2)(t(image[0])), blocks[0].max((2, 4)))
    y, index = nn.MaxPool2d(2, 2, "pad", return_indices=True)(t(image))
    flat = image.reshape(2, 3, -1)
    assert_close(y, np.take_along_axis(flat, index.asnumpy().reshape(2, 3, -1).astype(int), -1).reshape(y.shape))
    assert_close(nn.AdaptiveAvgPool2d((1, None))(t(image)), image.mean(2, keepdims=True))
    assert_close(nn.AdaptiveMaxPool1d(4)(t(image[:, :, 0])),
                 np.stack([image[:, :, 0, a:b].max(-1) for a, b in ((0, 2), (1, 3), (3, 5), (4, 6))], -1))


def test_padding(image, assert_close):
    width = ((0, 0), (0, 0), (1, 2), (0, 1))
    for mode, numpy in (("CONSTANT", "constant"), ("REFLECT", "reflect"), ("SYMMETRIC", "symmetric")):
        assert_close(nn.Pad(width, mode)(t(image)), np.pad(image, width, numpy))
    assert_close(nn.ZeroPad2d((0, 1, 1, 2))(t(image)), np.pad(image, width))
    assert_close(nn.ConstantPad1d(1, 2.0)(t(image)), np.pad(image, ((0, 0),) * 3 + ((1, 1),), constant_values=2))
    assert_close(nn.ReflectionPad2d(1)(t(image)), np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), "reflect"))


def test_batch_norm(image, assert_close):
    net = nn.BatchNorm2d(3)
    mean, var = image.mean((0, 2, 3)), image.var((0, 2, 3))
    shape = (1, 3, 1, 1)
    assert_close(net(t(image)), image / np.sqrt(1 + 1e-5))
    assert net.moving_mean.asnumpy().tolist() == [0, 0, 0]
    net.set_train()
    assert_close(net(t(image)), (image - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + 1e-5))
    n = image.size // 3
    assert_close(net.moving_mean, 0.1 * mean)
    assert_close(net.moving_variance, 0.9 + 0.1 * var * n / (n - 1))
    assert [p.name for p in net.trainable_params()] == ["gamma", "beta"]
    assert not nn.BatchNorm2d(3, affine=False).trainable_params()
    net.set_train(False)
    before = net.moving_mean.asnumpy()
    net(t(image))
    assert np.array_equal(net.moving_mean.asnumpy(), before)
    assert nn.BatchNorm1d(3)(t(image[:, :, 0, 0])).shape == (2, 3)
    always = nn.BatchNorm2d(3, use_batch_statistics=True)
    assert abs(always(t(image)).asnumpy().mean()) < 1e-6


def test_other_normalizations(image, assert_close):
    def normalized(x, axes, eps):
        return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)

    assert_close(nn.LayerNorm((6,))(t(image)), normalized(image, (3,), 1e-7))
    assert_close(nn.LayerNorm([5, 6], 2, 2)(t(image)), normalized(image, (2, 3), 1e-7))
    assert_close(nn.InstanceNorm2d(3)(t(image)), normalized(image, (2, 3), 1e-5))
    assert_close(nn.GroupNorm(1, 3)(t(image)), normalized(image, (1, 2, 3), 1e-5))
    x = image.astype(np.float64)
    padded = np.pad(x**2, ((0, 0), (1, 1), (0, 0), (0, 0)))
    total = sum(padded[:, i : i + 3] for i in range(3))
    assert_close(nn.LRN(1, 2.0, 0.5, 0.75)(t(image)), x / (2 + 0.5 * total) ** 0.75)


@pytest.mark.parametrize("make", [lambda: nn.Dropout(p=0.25), lambda: nn.Dropout(keep_prob=0.75),
                                  lambda: nn.Dropout(0.75)])
def test_dropout(make):
    net, x = make(), t(np.ones(4000))
    assert net(x) is x
    y = net.set_train()(x).asnumpy()
    assert set(y.tolist()) == {0.0, float(np.float32(1 / 0.75))}
    assert abs((y == 0).mean() - 0.25) < 0.03


def test_dropout_of_channels():
    y = nn.Dropout2d(p=0.5).set_train()(t(np.ones((20, 10, 3, 3)))).asnumpy().reshape(200, 9)
    assert ((y == 0).all(1) | (y == 2).all(1)).all() and 50 < (y[:, 0] == 0).sum() < 150


def test_embedding(rng, assert_close):
    table, ids = rng.standard_normal((5, 3)), np.array([[0, 4], [2, 2]])
    for one_hot in (False, True):
        net = nn.Embedding(5, 3, one_hot, t(table))
        assert_close(net(Tensor(ids, int32)), table[ids])
    assert [p.name for p in net.get_parameters()] == ["embedding_table"]
    assert nn.Embedding(5, 3, padding_idx=2).embedding_table.asnumpy()[2].tolist() == [0, 0, 0]
    rows = nn.EmbeddingLookup(5, 3, t(table * 10), max_norm=1.0)(Tensor(ids, int32)).asnumpy()
    assert np.linalg.norm(rows, axis=-1).max() <= 1 + 1e-5


def test_small_layers(image, rng, assert_close):
    x = t(image)
    assert_close(nn.Flatten()(x), image.reshape(2, -1))
    assert_close(nn.Flatten(0, 1)(x), image.reshape(6, 5, 6))
    assert nn.Identity(3)(x) is x
    assert_close(nn.OneHot(depth=3)(Tensor([2, 0], int32)), np.eye(3)[[2, 0]])
    assert_close(nn.Norm(1, True)(x), np.linalg.norm(image, axis=1, keepdims=True))
    assert_close(nn.ClipByNorm()(t([3.0, 4.0]), t(1.0)), [0.6, 0.8])
    assert_close(nn.L1Regularizer(0.5)(t([3.0, -4.0])), 3.5)
    square = image[0, 0, :, :5]
    assert_close(nn.Tril()(t(square), 1), np.tril(square, 1))
    assert_close(nn.Triu()(t(square)), np.triu(square))
    assert_close(nn.MatMul(True)(t(square), t(square)), square.T @ square)
    mean, var = nn.Moments(axis=(0, 2))(x)
    assert_close(mean, image.mean((0, 2)))
    assert_close(var, image.var((0, 2)))
    assert nn.Range(1, 7, 2)().asnumpy().tolist() == [1, 3, 5]
    a, b = rng.standard_normal((2, 3)), rng.standard_normal((2, 4))
    bi = nn.BiDense(3, 4, 5)
    assert_close(bi(t(a), t(b)), np.einsum("ni,oij,nj->no", a, bi.weight.asnumpy(), b) + bi.bias.asnumpy())
    td = nn.TimeDistributed(nn.Dense(3, 2, "ones", "zeros"), 1)
    steps = rng.standard_normal((2, 4, 3))
    assert_close(td(t(steps)), np.repeat(steps.sum(-1, keepdims=True), 2, -1))
    patches = nn.Unfold([1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1])(x)
    assert patches.shape == (2, 12, 2, 3)
    assert_close(patches[:, 3:6], image[:, :, 0:4:2, 1::2])
    assert nn.Unfold([1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "same")(x).shape == (2, 27, 3, 3)


@pytest.mark.parametrize("call, error, message", [
    (lambda x: nn.Dense(3, "a"), TypeError, "For 'Dense', the 'out_channels' must be int, but got 'str'"),
    (lambda x: nn.Dense(0, 3), ValueError, "the 'in_channels' must be int and must > 0, but got '0'"),
    (lambda x: nn.Dense(3, 4, activation="foo"), KeyError, "'name' must be in"),
    (lambda x: nn.Dense(3, 4, activation=3), TypeError, "the 'activation' must be str, Cell or a function"),
    (lambda x: nn.Dense(3, 4, has_bias=1), TypeError, "the 'has_bias' must be bool"),
    (lambda x: nn.Dense(3, 4, t(np.ones((2, 2)))), ValueError, "weight init shape error"),
    (lambda x: nn.SequentialCell(nn.Dense(3, 4))[0](x), ValueError, r"Dense '0' expects inputs of width 3"),
    (lambda x: nn.Conv2d(3, 4, 3, pad_mode="foo"), ValueError, "the 'pad_mode' must be str and must be in"),
    (lambda x: nn.Conv2d(3, 4, 3, padding=1), ValueError, "the 'pad' must be zero when 'pad_mode' is not 'pad'"),
    (lambda x: nn.Conv2d(3, 4, 3, pad_mode="pad", padding=-1), ValueError, "the 'padding' must be an int >= 0"),
    (lambda x: nn.Conv2d(3, 4, 0), ValueError, "the 'kernel_size' must be an int >= 1 or a tuple of 2"),
    (lambda x: nn.Conv2d(3, 4, "a"), TypeError, "the 'kernel_size' must be int or a tuple of ints"),
    (lambda x: nn.Conv2d(3, 4, 3, group=2), ValueError, "must be divisible by 'group'"),
    (lambda x: nn.Conv2d(3, 4, 3, data_format="NHWC"), ValueError, "must be channels first"),
    (lambda x: nn.Conv2d(5, 4, 3)(x), ValueError, r"expects inputs of 4 axes with 5 channels \(in_channels\)"),
    (lambda x: nn.Conv2dTranspose(3, 4, 3, output_padding=1), ValueError, "the 'output_padding' must be zero"),
    (lambda x: nn.MaxPool2d(2, pad_mode="foo"), ValueError, "the 'pad_mode' must be in"),
    (lambda x: nn.MaxPool2d(2, padding=1), ValueError, "the 'padding' must be zero"),
    (lambda x: nn.MaxPool2d(2, dilation=2), ValueError, "pad_mode must be 'pad' when dilation is not 1, but got"),
    (lambda x: nn.MaxPool2d(2, 1, "pad", dilation=30)(t(x)), ValueError, "do not fit into"),
    (lambda x: nn.MaxPool2d(2, data_format="NHWC"), ValueError, "the 'data_format' must be 'NCHW'"),
    (lambda x: nn.MaxPool2d(2)(t(np.ones(3))), ValueError, "the input must have 4 axes"),
    (lambda x: nn.Conv2dTranspose(3, 4, 3, 1, "pad", 0, 1), ValueError, "'output_padding' must be in range of"),
    (lambda x: nn.AdaptiveAvgPool2d((0, 1)), ValueError, "the 'output_size' must be an int > 0"),
    (lambda x: nn.Pad([[0, 0]]), TypeError, "the type of 'paddings' must be tuple"),
    (lambda x: nn.Pad(((0,),)), ValueError, r"the shape of 'paddings' must be \(n, 2\)"),
    (lambda x: nn.Pad(((0, 0),), "foo"), ValueError, "the 'mode' must be in"),
    (lambda x: nn.Pad(((0, 0),))(x), ValueError, "must have a pair for each of the 4 axes"),
    (lambda x: nn.ZeroPad2d((1, 2, 3)), ValueError, "the 'padding' must be an int or 4 of them, but"),
    (lambda x: nn.ReflectionPad2d(-1), ValueError, "the 'padding' must be an int or 4 of them, all >= 0, but"),
    (lambda x: nn.Embedding(3, 2)(t([1.0])), TypeError, "the ids must be int32 or int64, but got Float32"),
    (lambda x: nn.BatchNorm3d(3)(x), ValueError, "BatchNorm3d expects inputs of 5 axes with 3 channels"),
    (lambda x: nn.BatchNorm2d(4)(x), ValueError, "expects inputs of 4 axes with 4 channels"),
    (lambda x: nn.BatchNorm2d(3, momentum=2), ValueError, r"the 'momentum' must be a number in range \[0, 1\]"),
    (lambda x: nn.BatchNorm2d(3, data_format="NHWC"), ValueError, "the 'data_format' must be 'NCHW'"),
    (lambda x: nn.LayerNorm(3), TypeError, "the type of 'normalized_shape' must be tuple"),
    (lambda x: nn.LayerNorm(()), ValueError, "the 'normalized_shape' must not be empty"),
    (lambda x: nn.LayerNorm((3,))(x), ValueError, r"LayerNorm expects inputs whose shape ends with \(3,\)"),
    (lambda x: nn.GroupNorm(2, 3), ValueError, "the 'num_channels' must be divided by 'num_groups'"),
    (lambda x: nn.GroupNorm(2, 4)(x), ValueError, r"GroupNorm expects inputs \(N, 4, \*size\)"),
    (lambda x: nn.InstanceNorm2d(4)(x), ValueError, "with 4 channels"),
    (lambda x: nn.InstanceNorm2d(4, momentum=-1.0), ValueError, r"the 'momentum' must be in range \[0,1\]"),
    (lambda x: nn.LRN(norm_region="foo"), ValueError, "the 'norm_region' must be in"),
    (lambda x: nn.Dropout(p=1.5), ValueError, r"the 'p' must be a number in range \[0, 1\), but got 1.5"),
    (lambda x: nn.Dropout(p="a"), TypeError, "the 'p' must be float, but got str"),
    (lambda x: nn.Dropout(0), ValueError, r"the 'keep_prob' must be a number in range \(0, 1\]"),
    (lambda x: nn.Dropout("a"), TypeError, "the 'keep_prob' must be float, but got str"),
    (lambda x: nn.Embedding(5, 3, padding_idx=5), ValueError, r"the 'padding_idx' must be in range \[0, 5\)"),
    (lambda x: nn.EmbeddingLookup(5, 3, target="GPU"), ValueError, "the 'target' must be in"),
    (lambda x: nn.L1Regularizer(0.0), ValueError, r"must be float and in range \(0, inf\)"),
    (lambda x: nn.L1Regularizer("a"), TypeError, "the 'scale' must be float"),
    (lambda x: nn.Flatten(5)(x), ValueError, "are out of range"),
    (lambda x: nn.TimeDistributed(3, 1), TypeError, "the 'layer' must be Cell or Primitive"),
    (lambda x: nn.Unfold([2, 2, 2, 1], *[[1, 1, 1, 1]] * 2), ValueError, r"the 'ksizes' must be \(1, height"),
    (lambda x: nn.Unfold(*[[1, 1, 1, 1]] * 3, "foo"), ValueError, "the 'padding' must be in"),
    (lambda x: nn.ResizeBilinear()(x), ValueError, "give either 'size' or 'scale_factor'"),
    (lambda x: nn.PReLU(3, t([1.0])), ValueError, r"the 'w' must have shape \(3,\)"),
    (lambda x: nn.PReLU(3, "a"), TypeError, "the type of 'w' should be one of"),
    (lambda x: nn.Softmax2d()(t([1.0])), ValueError, "the input must be"),
    (lambda x: nn.Conv2d(1, 2, (3, 3, 3)), TypeError, "the 'kernel_size' must be an int >= 1 or a tuple of 2"),
    (lambda x: nn.Conv2d(1, 2, 3, pad_mode="pad", padding=(1, 1)), ValueError, "the 'padding' must be an int >= 0"),
    (lambda x: nn.Conv2d(1, 2, 3, pad_mode="pad", padding="a"), TypeError, "the type of 'padding' should be one of"),
    (lambda x: nn.Conv3d(1, 2, 3, data_format="NCHW"), ValueError, "the 'data_format' must be NCDHW"),
    (lambda x: nn.BatchNorm2d(2, affine=3), TypeError, "the 'affine' must be bool"),
    (lambda x: nn.BatchNorm2d(2, use_batch_statistics=3), ValueError, "must be a boolean value or None"),
    (lambda x: nn.GroupNorm(2, 4, eps="a"), TypeError, "the type of 'eps' should be 'float'"),
    (lambda x: nn.InstanceNorm2d(2, eps="a"), TypeError, "the type of 'eps' should be 'float'"),
    (lambda x: nn.InstanceNorm2d(2, momentum="a"), TypeError, "the type of 'momentum' should be 'float'"),
    (lambda x: nn.AvgPool2d(2, divisor_override=0), ValueError, "the 'divisor_override' must be > 0, but got 0"),
    (lambda x: nn.AvgPool2d(2, ceil_mode=3), TypeError, "the 'ceil_mode' must be bool"),
    (lambda x: nn.AdaptiveAvgPool2d("a"), TypeError, "the type of 'output_size' should be one of"),
    (lambda x: nn.Softmax("a"), TypeError, "the type of 'axis' should be one of"),
    (lambda x: nn.GELU(3), TypeError, "the 'approximate' must be bool"),
    (lambda x: nn.Hardtanh(1, 0), ValueError, "min_val should be less than max_val, but got 1 and 0"),
    (lambda x: nn.Hardtanh("a"), TypeError, "the type of 'min_val' should be one of"),
    (lambda x: nn.SoftShrink("a"), TypeError, "the type of 'lambd' should be one of"),
    (lambda x: nn.ConstantPad2d("a", 1), TypeError, "the type of 'padding' should be one of"),
    (lambda x: nn.ConstantPad2d(1, "a"), TypeError, "the type of 'value' should be one of"),
    (lambda x: nn.Norm(axis="a"), TypeError, "the type of 'axis' should be one of"),
    (lambda x: nn.Norm(keep_dims=3), TypeError, "the 'keep_dims' must be bool"),
    (lambda x: nn.ClipByNorm(axis="a"), TypeError, "the type of 'axis' should be one of"),
    (lambda x: nn.TimeDistributed(nn.Dense(1, 1), "a"), TypeError, "the type of 'time_axis' should be 'int'"),
    (lambda x: nn.OneHot(depth=3)(t([1.0])), TypeError, "the indices must be integers, but got Float32"),
    (lambda x: nn.Dropout(p=0.5)("a"), TypeError, "the input must be a Tensor, but got str"),
    (lambda x: nn.get_activation("foo"), KeyError, "'name' must be in"),
])
def test_errors(call, error, message, image):
    with pytest.raises(error, match=message):
        call(t(image))


def test_maximum_of_places_that_lie_apart():
    x = Tensor(np.sin(np.arange(1.0, 29) * 7).reshape(1, 1, 4, 7).astype(np.float32))
    y, places = nn.MaxPool2d((2, 3), (2, 1), "pad", 1, (3, 2), return_indices=True)(x)  # PyTorch's numbers
    expected = [[0.3300, 0.8690, 0.9802, 0.8690, 0.9802], [0.9995, 0.7739, 0.9995, 0.7739, 0.9995]]
    assert np.allclose(y.asnumpy(), [[expected]], atol=1e-4)
    assert places.tolist() == [[[[17, 18, 19, 18, 19], [10, 9, 10, 9, 10]]]] and str(places.dtype) == "Int64"
    volume = Tensor(np.arange(64).reshape(1, 4, 4, 4), mstype.float32)
    assert nn.MaxPool3d(2, 1, pad_mode="pad", dilation=3)(volume).tolist() == [[[[63.0]]]]
    row = Tensor([[1.0, 5.0, 2.0, 0.0, 3.0, 4.0]])
    assert nn.MaxPool1d(2, 2, "pad", 0, 2, ceil_mode=True)(row).tolist() == [[2, 3, 3]]


def test_repr():
    assert repr(nn.MaxPool2d(2, 2)) == "MaxPool2d(kernel_size=2, stride=2, pad_mode=VALID)"
    assert repr(nn.Dropout(keep_prob=0.5)) == "Dropout(keep_prob=0.5)"
    assert repr(nn.LSTM(3, 4, dropout=0.5)) == "LSTM(\n  (rnn): _DynamicLSTMCPUGPU()\n  (dropout_op): Dropout(p=0.5)\n)"
    assert [n for n, _ in nn.RNN(3, 4).cells_and_names()] == ["", "rnn", "dropout_op"]
    assert repr(nn.GroupNorm(2, 4)) == "GroupNorm(num_groups=2, num_channels=4)"
    assert repr(nn.Conv2d(3, 4, 3)).startswith(
        "Conv2d(input_channels=3, output_channels=4, kernel_size=(3, 3), stride=(1, 1), pad_mode=same, padding=0")
    assert repr(nn.Conv1d(3, 4, 3, 2, "pad", 1, has_bias=True, weight_init="normal", bias_init="ones")) == (
        "Conv1d(input_channels=3, output_channels=4, kernel_size=(1, 3), stride=(1, 2), pad_mode=pad, "
        "padding=(0, 0, 1, 1), dilation=(1, 1), group=1, has_bias=True, weight_init=normal, bias_init=ones, "
        "format=NCHW)")
    assert repr(nn.MaxPool1d(2, 1, "pad", 1)) == "MaxPool1d(kernel_size=(1, 1, 2), stride=(1, 1, 1), pad_mode=PAD)"
    assert repr(nn.AvgPool1d(2, 2)) == "AvgPool1d(kernel_size=(1, 2), stride=(1, 2), pad_mode=VALID)"
    assert repr(nn.AvgPool1d(3, 2, "pad")) == "AvgPool1d(kernel_size=3, stride=2, pad_mode=PAD)"
    assert repr(nn.LayerNorm([3, 4])).startswith("LayerNorm(normalized_shape=[3, 4], begin_norm_axis=-1")


def test_names_in_checkpoints():
    assert [p.name for p in nn.BatchNorm3d(3).get_parameters()] == [
        "bn2d.moving_mean", "bn2d.moving_variance", "bn2d.gamma", "bn2d.beta"]
    assert [p.name for p in nn.InstanceNorm2d(3).get_parameters()] == ["mean", "variance", "gamma", "beta"]
    assert [n for n, _ in nn.MultiheadAttention(4, 2).cells_and_names()] == ["", "out_proj"]


def test_norms_of_other_ranks(rng, assert_close):
    x = rng.standard_normal((2, 4)).astype(np.float32)
    y = nn.GroupNorm(2, 4)(t(x)).asnumpy().reshape(2, 2, 2)
    pairs = x.reshape(2, 2, 2)
    assert_close(y, (pairs - pairs.mean(-1, keepdims=True)) / np.sqrt(pairs.var(-1, keepdims=True) + 1e-5))
    v = rng.standard_normal((2, 3, 2, 2, 2)).astype(np.float32)
    norm = nn.BatchNorm3d(3).set_train()
    mean = v.mean((0, 2, 3, 4), keepdims=True)
    assert_close(norm(t(v)), (v - mean) / np.sqrt(v.var((0, 2, 3, 4), keepdims=True) + 1e-5))
    assert_close(norm.bn2d.moving_mean, 0.1 * mean.ravel())


def test_negative_padding_crops():
    x = t(np.arange(9).reshape(1, 1, 3, 3))
    assert nn.ZeroPad2d((-1, 1, 0, 0))(x).tolist() == [[[[1, 2, 0], [4, 5, 0], [7, 8, 0]]]]
    assert nn.ConstantPad2d((0, 0, -1, -1), 2.0)(x).tolist() == [[[[3, 4, 5]]]]


def test_dtype_of_parameters():
    assert nn.Dense(2, 2, dtype=mstype.float16).weight.dtype == mstype.float16
    assert isinstance(nn.Dense(2, 2).weight, Parameter)


# -- recurrent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer, cell", [(nn.LSTM, nn.LSTMCell), (nn.GRU, nn.GRUCell), (nn.RNN, nn.RNNCell)])
def test_a_recurrent_layer_is_its_cell_step_by_step(layer, cell, rng, assert_close):
    net, step = layer(3, 4), cell(3, 4)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(step, name).set_data(Tensor(net._params[f"{name}_l0"]))
    x = rng.standard_normal((5, 2, 3)).astype(np.float32)
    h = Tensor(np.zeros((2, 4), np.float32))
    state, outs = ((h, h) if cell is nn.LSTMCell else h), []
    for i in range(5):
        state = step(t(x[i]), state)
        outs.append((state[0] if cell is nn.LSTMCell else state).asnumpy())
    y, last = net(t(x))
    assert_close(y, np.stack(outs))
    assert_close((last[0] if cell is nn.LSTMCell else last)[0], outs[-1])


def test_deep_and_both_ways():
    net = nn.GRU(3, 4, 2, batch_first=True, bidirectional=True, dropout=0.5).set_train()
    y, h = net(t(np.ones((2, 5, 3))))
    assert y.shape == (2, 5, 8) and h.shape == (4, 2, 4)
    assert [p.name for p in net.get_parameters()][:4] == [
        "weight_ih_l0", "weight_ih_l0_reverse", "weight_ih_l1", "weight_ih_l1_reverse"]
    plain = nn.RNN(3, 4, nonlinearity="relu", has_bias=False)
    assert len(plain.trainable_params()) == 2
    grads = ops.GradOperation(get_by_list=True)(lambda x: plain(x)[0], plain.trainable_params())(t(np.ones((2, 1, 3))))
    assert grads[0].shape == (4, 3)


@pytest.mark.parametrize("call, error, message", [
    (lambda x: nn.LSTM(3, 0), ValueError, "the 'hidden_size' must be int and must > 0"),
    (lambda x: nn.LSTM(3, 4, dropout=1.0), ValueError, r"the 'dropout' must be a number in range \[0, 1\)"),
    (lambda x: nn.LSTM(3, 4, dropout="a"), TypeError, "the 'dropout' must be float"),
    (lambda x: nn.RNN(3, 4, nonlinearity="sin"), ValueError, "the 'nonlinearity' must be in"),
    (lambda x: nn.LSTM(5, 4)(x), ValueError, r"LSTM expects inputs of shape \(T, N, 5\)"),
    (lambda x: nn.LSTM(3, 4)(x, x), TypeError, "the type of 'hx' must be a tuple of two Tensors"),
    (lambda x: nn.GRU(3, 4)(x, x), ValueError, r"GRU expects initial states of shape \(1, 2, 4\)"),
    (lambda x: nn.GRUCell(3, 4)(x[0], x[0]), ValueError, r"GRUCell expects an input \(N, 3\) and states \(N, 4\)"),
])
def test_recurrent_errors(call, error, message):
    with pytest.raises(error, match=message):
        call(t(np.ones((5, 2, 3))))


# -- attention and images ----------------------------------------------------------------------------------------------


def test_attention(rng, assert_close):
    net, x = nn.MultiheadAttention(4, 2, batch_first=True), rng.standard_normal((2, 3, 4)).astype(np.float32)
    q, k, v = (x @ w.T for w in np.split(net.in_proj_weight.asnumpy(), 3))
    outs, shown = [], []
    for h in (slice(0, 2), slice(2, 4)):
        scores = q[..., h] @ k[..., h].transpose(0, 2, 1) / np.sqrt(2)
        scores[:, :, 2] = -np.inf
        p = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        outs.append(p @ v[..., h])
        shown.append(p)
    mask = Tensor(np.array([[False, False, True]] * 2))
    y, weights = net(t(x), t(x), t(x), key_padding_mask=mask)
    assert_close(y, np.concatenate(outs, -1) @ net.out_proj.weight.asnumpy().T)
    assert_close(weights, np.mean(shown, 0))
    y2, each = net(t(x), t(x), t(x), attn_mask=Tensor(np.array([[False, False, True]] * 3)),
                   average_attn_weights=False)
    assert_close(y2, y.asnumpy())
    assert each.shape == (2, 2, 3, 3) and len(net(t(x), t(x), t(x), need_weights=False)) == 1


@pytest.mark.parametrize("call, error, message", [
    (lambda: nn.MultiheadAttention(5, 2), ValueError, "the 'embed_dim' must be divisible by 'num_heads'"),
    (lambda: nn.MultiheadAttention(4, 2)(*[t(np.ones((2, 4)))] * 3), ValueError, "query, key and value of 3 axes"),
])
def test_attention_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_resize_bilinear(assert_close):
    x = np.arange(4.0).reshape(1, 1, 2, 2)
    corners = nn.ResizeBilinear()(t(x), size=(3, 3), align_corners=True)
    assert_close(corners, [[[[0, 0.5, 1], [1, 1.5, 2], [2, 2.5, 3]]]])
    assert nn.ResizeBilinear()(t(x), scale_factor=2).shape == (1, 1, 4, 4)


def test_pixel_shuffle_and_unflatten(rng, assert_close):
    x = rng.standard_normal((2, 8, 3, 4))
    y = nn.PixelShuffle(2)(t(x)).asnumpy()
    assert_close(y[:, 1, 1::2, 0::2], x[:, 4 + 2])
    assert nn.Unflatten(-1, (2, -1))(t(x)).shape == (2, 8, 3, 2, 2)
    with pytest.raises(ValueError, match="the channels must be divisible by 9"):
        nn.PixelShuffle(3)(t(x))
    with pytest.raises(TypeError, match="the 'axis' must be int"):
        nn.Unflatten("a", (1,))


@pytest.mark.parametrize("name", nn.refused.__all__)
def test_refused_by_name(name):
    with pytest.raises(NotImplementedError, match=f"nn.{name}: luojia does not provide it"):
        getattr(nn, name)()
