"""Pictures. Numbers of mxnet 1.9.1 unless a comment says why not."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from tests.check import check_op

IMAGE = (np.random.RandomState(1).rand(5, 7, 3) * 255).astype("uint8")
FLOAT = IMAGE.astype(np.float64)


def test_layout():
    check_op("image_to_tensor", IMAGE, ref=np.moveaxis(IMAGE, -1, 0).astype("float32") / np.float32(255))
    assert nd.image.to_tensor(nd.zeros((2, 5, 7, 3))).shape == (2, 3, 5, 7)
    x = np.moveaxis(FLOAT, -1, 0)
    check_op("image_normalize", x, attrs={"mean": (1, 2, 3), "std": 2.0},
             ref=(x - np.reshape([1, 2, 3], (3, 1, 1))) / 2, dtypes=("float32",))
    check_op("image_crop", FLOAT, attrs={"left": 1, "top": 2, "width": 3, "height": 2}, ref=FLOAT[2:4, 1:4])
    # mxnet leaves the middle column or row of an odd length at 0
    check_op("image_flip_left_right", FLOAT, ref=FLOAT[:, ::-1])
    check_op("image_flip_top_bottom", FLOAT[None], ref=FLOAT[None, ::-1])


@pytest.mark.parametrize("name", ["flip_left_right", "flip_top_bottom"])
def test_random_flips(name):
    flipped = getattr(nd.image, name)(nd.array(FLOAT)).asnumpy()
    flip = getattr(nd.image, f"random_{name}")
    assert (flip(nd.array(FLOAT), p=1.0).asnumpy() == flipped).all()
    assert (flip(nd.array(FLOAT), p=0.0).asnumpy() == FLOAT).all()
    mx.random.seed(1)
    count = sum(bool((flip(nd.array(FLOAT)).asnumpy() == flipped).all()) for _ in range(200))
    assert 70 < count < 130


def test_the_gradient_of_random_flips():
    key = np.array([3, 4], np.uint32)
    check_op("image_random_flip_left_right", key, FLOAT, attrs={"p": 1.0}, ref=FLOAT[:, ::-1], grad=(1,), symbol=False)
    check_op("image_random_flip_top_bottom", key, FLOAT, grad=(1,), symbol=False)


@pytest.mark.parametrize(("attrs", "shape", "corner"), [
    ({"size": 3}, (3, 3, 3), [135, 116, 34]), ({"size": (4, 6)}, (6, 4, 3), [95, 128, 8]),
    ({"size": 4, "keep_ratio": True}, (4, 5, 3), [118, 148, 22]),
    ({"size": (9, 8), "interp": 0}, (8, 9, 3), [106, 183, 0]), ({"size": (9, 8), "interp": 2}, (8, 9, 3), [95, 204, 0]),
    ({"size": (3, 2), "interp": 3}, (2, 3, 3), None),
])
def test_resize(attrs, shape, corner):
    y = nd.image.resize(nd.array(IMAGE, dtype="uint8"), **attrs)
    assert y.shape == shape and y.dtype == np.uint8
    if corner:  # OpenCV's fixed point may be one off
        np.testing.assert_allclose(y.asnumpy()[0, 0].astype(int), corner, atol=1)
    batch = nd.image.resize(nd.array([IMAGE, IMAGE], dtype="uint8"), **attrs)
    assert (batch.asnumpy()[1] == y.asnumpy()).all()
    check_op("image_resize", FLOAT, attrs=attrs, dtypes=("float32",))


def test_colours():
    x = nd.array(IMAGE, dtype="uint8")
    pixel = IMAGE[0, 0]
    assert pixel.tolist() == [106, 183, 0]
    assert nd.image.random_brightness(x, 1.3, 1.3).asnumpy()[0, :2].ravel().tolist() == [137, 237, 0, 100, 48, 29]
    assert nd.image.random_contrast(x, 1.3, 1.3).asnumpy()[0, :2].ravel().tolist() == [98, 198, 0, 60, 8, 0]
    # mxnet takes the blue channel alone for grey here, by mistake
    grey = pixel @ [0.299, 0.587, 0.114]
    found = nd.image.random_saturation(nd.array(FLOAT), 1.3, 1.3).asnumpy()[0, 0]
    np.testing.assert_allclose(found, 1.3 * pixel - 0.3 * grey, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(nd.image.random_hue(nd.array(FLOAT), .3, .3).asnumpy()[0, :2],
                               [[0, 142.6, 183], [23, 77, 26.2]], atol=1e-3)
    lit = nd.image.adjust_lighting(x, alpha=(.1, .2, -.3)).asnumpy()
    assert lit[0, :2].ravel().tolist() == [103, 180, 0, 74, 34, 18]
    assert (nd.image.random_lighting(x, alpha_std=0.0).asnumpy() == IMAGE).all()
    assert (nd.image.random_color_jitter(x, 0, 0, 0, 0).asnumpy() == IMAGE).all()
    for one in (nd.image.random_saturation(x[:, :, :1], 2, 2), nd.image.random_hue(x[:, :, :1], .2, .2)):
        assert (one.asnumpy() == IMAGE[:, :, :1]).all()


def test_random_colours_stay_in_bounds():
    mx.random.seed(3)
    x = nd.full((2, 2, 3), 100.0)
    drawn = np.array([nd.image.random_brightness(x, 0.5, 1.5).asnumpy()[0, 0, 0] for _ in range(200)])
    assert 50 <= drawn.min() < 60 and 140 < drawn.max() < 150
    jittered = nd.image.random_color_jitter(nd.array(FLOAT), .1, .1, .1, .1).asnumpy()
    assert 0 < np.abs(jittered - FLOAT).mean() < 60
    shifts = np.array([nd.image.random_lighting(x, alpha_std=0.1).asnumpy()[0, 0] - 100 for _ in range(200)])
    assert np.abs(shifts.mean(0)).max() < 1 and 1 < shifts.std() < 6


def test_symbols():
    s = mx.sym.image.normalize(mx.sym.image.to_tensor(mx.sym.var("x"), name="t"), mean=(0.5,), std=0.25)
    again = mx.sym.load_json(s.tojson())
    y = again.eval(x=nd.array(IMAGE, dtype="uint8"))[0].asnumpy()
    np.testing.assert_allclose(y, (np.moveaxis(IMAGE, -1, 0) / 255 - 0.5) / 0.25, rtol=1e-5, atol=1e-6)
    s = mx.sym.image.random_brightness(mx.sym.var("x"), min_factor=2, max_factor=2)
    assert s.list_outputs() == ["random_brightness0_output"] or s.list_outputs()[0].startswith("random_brightness")
    assert s.eval(x=nd.ones((2, 2, 3)))[0].asnumpy()[0, 0, 0] == 2


@pytest.mark.parametrize(("name", "arrays", "attrs", "error", "text"), [
    ("to_tensor", (4, 3), {}, ShapeError, "to_tensor expects an image of 3 axes"),
    ("normalize", (3, 2, 2), {"mean": (1, 2)}, ShapeError, "3 channels need 1 or as many values, got 2"),
    ("crop", (4, 5, 3), {"x": 2, "y": 0, "width": 4, "height": 2}, ShapeError, "leaves the image of 5 x 4"),
    ("resize", (4, 5, 3), {"size": 3, "interp": 5}, NotSupportedError, "interp 5 is not supported"),
    ("resize", (4, 5, 3), {"size": (1, 2, 3)}, ArgumentError, "expects a size"),
    ("random_brightness", (4, 5, 3), {"min_factor": 2, "max_factor": 1}, ArgumentError, "must not be below min_factor"),
    ("adjust_lighting", (4, 5, 1), {"alpha": (1, 2, 3)}, ShapeError, "expects an image of 3 channels and 3 numbers"),
    ("random_lighting", (4, 5, 1), {}, ShapeError, "random_lighting expects an image of 3 channels"),
])
def test_errors(name, arrays, attrs, error, text):
    with pytest.raises(error, match=text):
        getattr(nd.image, name)(nd.zeros(arrays), **attrs)


def test_every_check_names_its_operator():
    with pytest.raises(ShapeError, match="flip_left_right expects"):
        OPERATORS["image_flip_left_right"](Tensor(np.zeros((2, 2))))


def test_bytes_are_mixed_as_opencv_rounds_them():
    pixels = (np.random.RandomState(3).rand(6, 3) * 255).astype("uint8").reshape(6, 3, 1)
    got = nd.image.resize(nd.array(pixels, dtype="uint8"), size=(4, 5)).asnumpy()[:, :, 0]
    assert got.tolist() == [[139, 167, 149, 89], [101, 147, 170, 163], [72, 45, 42, 65], [149, 88, 90, 155],
                            [151, 64, 62, 145]]  # mxnet 1.9.1
