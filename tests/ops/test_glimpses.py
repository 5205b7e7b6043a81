"""Parts of images: scaled, moved, chosen at random; numbers of MindSpore 2.8 on a CPU. And Tensors written to files."""

import glob

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, ops

X = np.arange(48, dtype=np.float32).reshape(1, 4, 4, 3)


def t(*values, dtype=np.float32):
    return Tensor(np.array(values, dtype))


def scaled(kernel="lanczos3", antialias=True, x=X[..., :1], size=(3, 3), scale=(0.7, 1.3), move=(0.2, -0.4)):
    images = x if isinstance(x, Tensor) else Tensor(x)
    return ops.ScaleAndTranslate(kernel, antialias)(images, t(*size, dtype=np.int32), t(*scale), t(*move))


@pytest.mark.parametrize("kernel, antialias, rows", [  # the first column and the last row
    ("lanczos1", True, [1.1599, 16.6363, 33.0364, 35.8706, 38.5169]),
    ("lanczos1", False, [0.1609, 14.9911, 35.3302, 38.1644, 40.8107]),
    ("lanczos3", True, [0.8782, 15.7563, 34.1705, 36.7191, 38.9717]),
    ("lanczos3", False, [-0.0347, 16.8470, 34.9028, 37.4515, 39.7040]),
    ("lanczos5", True, [1.0538, 15.6750, 34.8522, 37.2840, 39.5641]),
    ("gaussian", True, [3.8656, 17.0111, 31.7575, 33.9810, 36.3494]),
    ("gaussian", False, [1.7859, 16.6774, 33.7766, 36.0, 38.3685]),
    ("box", True, [0, 18, 36, 39, 42]), ("box", False, [0, 12, 36, 39, 42]),
    ("triangle", True, [3.0769, 17.0214, 32.4231, 34.7308, 37.0385]),
    ("keyscubic", True, [1.3075, 16.3753, 33.3092, 35.8238, 38.1357]),
    ("mitchellcubic", False, [0.8509, 16.8183, 34.2068, 36.5561, 38.8665]),
])
def test_scale_and_translate(kernel, antialias, rows):
    found = scaled(kernel, antialias)
    assert found.shape == (1, 3, 3, 1) and found.dtype == ms.float32
    assert np.allclose([*found[0, :, 0, 0].asnumpy(), *found[0, 2, 1:, 0].asnumpy()], rows, atol=2e-4)


def test_scale_and_translate_of_whole_numbers_and_its_gradient():
    whole = scaled("box", x=X[..., :1].astype(np.int64), size=(2, 2), scale=(0.5, 0.5), move=(0, 0))
    assert whole.flatten().tolist() == [7.5, 13.5, 31.5, 37.5] and whole.dtype == ms.float32
    g = ms.grad(lambda x: scaled("triangle", x=x))(Tensor(X[..., :1]))
    assert np.allclose(g[0, 0, :, 0].asnumpy(), [0.7012, 1.1793, 0.6056, 0], atol=1e-4)
    assert np.allclose(g[0, 3, :, 0].asnumpy(), [0.5533, 0.9305, 0.4778, 0], atol=1e-4)


@pytest.mark.parametrize("centered, normalized, offset, first", [
    (True, True, (0.3, -0.8), [0, 12, 15]), (True, False, (1, 2.5), [15, 18, 21]),
    (False, True, (0.3, -0.8), [0, 0, 0]), (False, False, (1, 2.5), [3, 6, 9]),
])
def test_extract_glimpse(centered, normalized, offset, first):
    window = ops.ExtractGlimpse(centered, normalized, False, "zero")(Tensor(X), t(3, 3, dtype=np.int32), t(offset))
    assert window.shape == (1, 3, 3, 3) and window[0, 0, :, 0].tolist() == first
    noisy = ops.ExtractGlimpse(centered, normalized)(Tensor(X), t(3, 3, dtype=np.int32), t(offset)).asnumpy()
    outside = window.asnumpy() == 0
    assert np.array_equal(noisy[~outside], window.asnumpy()[~outside]) and np.all(np.abs(noisy[outside]) < 1)


def test_windows_beyond_the_image_and_of_several():
    both = Tensor(np.concatenate([X, X + 100]))
    found = ops.ExtractGlimpse(uniform_noise=False, noise="zero")(both, t(2, 2, dtype=np.int32), t((0, 0), (0.5, 0.5)))
    assert found[..., 0].tolist() == [[[15, 18], [27, 30]], [[130, 133], [142, 145]]]
    many = ops.ExtractGlimpse(uniform_noise=False, noise="gaussian")(
        Tensor(np.zeros((1, 1, 1, 1), np.float32)), t(60, 60, dtype=np.int32), t((0, 0))).asnumpy()
    assert abs(many[many != 0].mean() - 10) < 0.05 and abs(many[many != 0].std() - 0.5) < 0.05


def test_boxes_are_distorted():
    size, box = t(640, 480, 3, dtype=np.int32), t([[0.38, 0.17, 0.95, 0.40]])
    sampler = ops.SampleDistortedBoundingBoxV2(1, 1, (0.9, 1.1), (0.1, 1.0))
    begin, extent, part = sampler(size, box, t(0.8))
    assert begin.dtype == extent.dtype == ms.int32 and begin[2] == 0 and extent[2] == -1 and part.shape == (1, 1, 4)
    y, x, _ = begin.tolist()
    h, w, _ = extent.tolist()
    assert np.allclose(part.flatten().asnumpy(), [y / 640, x / 480, (y + h) / 640, (x + w) / 480])
    assert np.array_equal(sampler(size, box, t(0.8))[0].asnumpy(), begin.asnumpy())
    for _ in range(20):
        begin, extent, part = ops.SampleDistortedBoundingBoxV2()(size, box, t(0.8))
        h, w, _ = extent.tolist()
        assert 0.05 * 640 * 480 <= h * w <= 640 * 480 and 0.74 <= w / h <= 1.34
        low = np.maximum(part[0, 0, :2].asnumpy(), [0.38, 0.17])
        high = np.minimum(part[0, 0, 2:].asnumpy(), [0.95, 0.4])
        assert np.prod(high - low) >= 0.8 * 0.57 * 0.23 - 1e-3
    small = ops.SampleDistortedBoundingBoxV2(area_range=(0.01, 0.02))(size, t([[0, 0, 1, 1]]), t(0.8))
    assert [v.flatten().tolist() for v in small] == [[0, 0, 0], [640, 480, -1], [0, 0, 1, 1]]
    none = ops.SampleDistortedBoundingBoxV2(use_image_if_no_bounding_boxes=True)
    assert none(t(64, 48, 3, dtype=np.uint8), Tensor(np.zeros((1, 0, 4), np.float32)), t(0.1))[1][2] == 255


def test_scatter_non_aliasing_add():
    p = Parameter(Tensor(np.arange(8, dtype=np.float32)), name="p")
    ops.ScatterNonAliasingAdd()(p, t([2], [4], [1], [7], dtype=np.int32), t(6, 7, 8, 9))
    assert p.tolist() == [0, 9, 8, 3, 11, 5, 6, 16]


def test_tensors_are_dumped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def numbered(name, dtype="float32"):
        file, = glob.glob(f"{name}_{dtype}_*.npy")
        return np.load(file).tolist()

    ops.tensordump("a.npy", t(1, 2))
    ops.TensorDump("in")("deep/b", t(True, dtype=bool))
    ops.tensordump("c", Tensor([1, 2], ms.bfloat16))
    assert numbered("a") == [1, 2] and numbered("deep/b", "bool") == [True] and numbered("c", "bfloat16") == [1, 2]
    assert ms.grad(lambda x: ops.DumpGradient()("g", x * x, "out") * 3)(t(1, 2)).tolist() == [6, 12]
    assert numbered("g") == [3, 3]


BOX = ops.SampleDistortedBoundingBoxV2
SIZE, ONE = t(640, 480, 3, dtype=np.int32), t([[0.38, 0.17, 0.95, 0.40]])
TWO = t(2, 2, dtype=np.int32)


@pytest.mark.parametrize("call, error, message", [
    (lambda: ops.ScaleAndTranslate("cubic"), ValueError, "'kernel_type' must be in"),
    (lambda: ops.ScaleAndTranslate("box", 3), TypeError, "type of 'antialias' should be 'bool'"),
    (lambda: scaled(x=X[0]), ValueError, "rank must be equal to 4, but got 3"),
    (lambda: scaled(size=(2, 2, 2)), ValueError, "the size's elements must be equal to 2"),
    (lambda: scaled(size=(0, 2)), ValueError, r"attribute\[size\] should be a vector with all positive"),
    (lambda: scaled(scale=(0, 2)), ValueError, r"attribute\[scale\] should be a vector with all positive"),
    (lambda: scaled(x=X.astype(np.uint8)), TypeError, "dtype of 'images' must be one of"),
    (lambda: ops.ExtractGlimpse(noise="zero")(Tensor(X), TWO, t((0, 0))), ValueError, "uniform when uniform_noise"),
    (lambda: ops.ExtractGlimpse(noise="nope"), ValueError, "'noise' must be in"),
    (lambda: ops.ExtractGlimpse(3), TypeError, "type of 'centered' should be 'bool'"),
    (lambda: ops.ExtractGlimpse()(Tensor(X), TWO, t((0, 0), (1, 1))), ValueError, "first dimension of offsets"),
    (lambda: ops.ExtractGlimpse()(Tensor(X), TWO, t(0, 0)), ValueError, r"must have the shapes \(N, H, W, C\)"),
    (lambda: ops.ExtractGlimpse()(Tensor(X), t(0, 2, dtype=np.int32), t((0, 0))), ValueError, "greater than 0"),
    (lambda: BOX()(SIZE[:2], ONE, t(0.8)), ValueError, "image_size elements must be equal to 3"),
    (lambda: BOX()(SIZE, ONE[0], t(0.8)), ValueError, r"bounding_boxes must have the shape \(B, N, 4\)"),
    (lambda: BOX()(SIZE, ONE, Tensor(0.8)), ValueError, r"min_object_covered must have the shape \(1,\)"),
    (lambda: BOX()(SIZE, ONE[:, :0], t(0.8)), ValueError, "no bounding boxes provided"),
    (lambda: BOX()(SIZE * 0, ONE, t(0.8)), RuntimeError, "height and width must be positive"),
    (lambda: BOX()(SIZE, ONE * 2, t(0.8)), RuntimeError, r"coordinates must in \[0.0, 1.0\]"),
    (lambda: BOX()(SIZE, 0.9 - ONE * 0.9, t(0.8)), RuntimeError, "must be less than y_max"),
    (lambda: BOX()(SIZE, ONE, t(1.8)), RuntimeError, r"min_object_covered must be in \[0.0, 1.0\]"),
    (lambda: BOX(aspect_ratio_range=(0.0, 1.0))(SIZE, ONE, t(0.8)), ValueError, "must be positive"),
    (lambda: BOX(aspect_ratio_range=(2.0, 1.0))(SIZE, ONE, t(0.8)), ValueError, r"range\[0\] must less than"),
    (lambda: BOX(area_range=(0.1, 1.5))(SIZE, ONE, t(0.8)), ValueError, r"area_range in \(0, 1\]"),
    (lambda: BOX(max_attempts=0), ValueError, "'max_attempts' must"),
    (lambda: BOX(aspect_ratio_range=3), TypeError, "'aspect_ratio_range'"),
    (lambda: ops.tensordump(3, ONE), TypeError, "file_name should only be build_in str"),
    (lambda: ops.tensordump("a", 3), TypeError, "tensor should only be Tensor type"),
    (lambda: ops.tensordump("a", ONE, "all"), ValueError, "not supported value of 'all'"),
    (lambda: ops.tensordump("", ONE), ValueError, "cannot be an empty string"),
    (lambda: ops.TensorDump("all"), ValueError, "should be one of"),
    (lambda: ops.DumpGradient()("a", ONE, "all"), ValueError, "must be 'in' or 'out'"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
