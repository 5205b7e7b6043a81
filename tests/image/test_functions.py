"""mx.image; expected values from mxnet 1.9.1."""

import random

import numpy as np
import pytest

import luojia as mx
from luojia import image, nd
from luojia._src.data import codecs
from luojia._src.errors import ArgumentError

PIXELS = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
IMAGE = nd.array(PIXELS, dtype="uint8")


def test_reading(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(codecs.encode(PIXELS, ".png", 9))
    assert (image.imread(str(path)).asnumpy() == PIXELS).all()
    assert (image.imread(str(path), to_rgb=False).asnumpy() == PIXELS[..., ::-1]).all()
    assert image.imread(str(path), 0).shape == (4, 5, 1)
    raw = nd.array(np.fromfile(path, np.uint8), dtype="uint8")
    assert (image.imdecode(raw).asnumpy() == PIXELS).all()
    with pytest.raises(mx.MXNetError, match=r"'/nowhere.png' couldn't open file: No such file"):
        image.imread("/nowhere.png")
    with pytest.raises(mx.MXNetError, match="decoding an image of 3 bytes failed"):
        image.imdecode(b"abc")


def test_sizes_and_crops():
    assert image.imresize(IMAGE, 3, 2).shape == (2, 3, 3)
    assert image.imresize(IMAGE, 3, 2, 0).asnumpy()[:, :, 0].tolist() == [[0, 3, 9], [30, 33, 39]]
    assert image.imresize(IMAGE, 3, 2, 3).asnumpy()[:, :, 0].tolist() == [[9, 14, 18], [39, 44, 48]]
    assert image.resize_short(IMAGE, 2).shape == (2, 2, 3)
    assert image.scale_down((10, 20), (30, 40)) == (10, 13) and image.scale_down((9, 2), (3, 4)) == (1, 2)
    assert (image.fixed_crop(IMAGE, 1, 0, 2, 3).asnumpy() == PIXELS[:3, 1:3]).all()
    assert image.fixed_crop(IMAGE, 1, 0, 2, 3, size=(6, 5)).shape == (5, 6, 3)
    assert image.center_crop(IMAGE, (3, 2))[1] == (1, 1, 3, 2)
    crop, (x, y, w, h) = image.random_crop(IMAGE, (3, 2))
    assert (crop.asnumpy() == PIXELS[y : y + h, x : x + w]).all()
    crop, box = image.random_size_crop(IMAGE, (3, 2), (0.3, 1), (0.5, 2))
    assert crop.shape == (2, 3, 3) and len(box) == 4
    normal = image.color_normalize(IMAGE.astype("float32"), nd.array([1, 2, 3]), nd.array([2, 2, 2]))
    assert normal[0, 0].asnumpy().tolist() == [-0.5, -0.5, -0.5]


def test_what_is_not_there_says_so():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        image.nonsense  # noqa: B018
    with pytest.raises(ValueError, match="interp expects 0 nearest, 1 bilinear, .*10 by chance, got 5"):
        image.imresize(IMAGE, 2, 2, 5)


def test_lanczos_is_opencvs():
    x = nd.array(np.arange(24).reshape(4, 6, 1) * 9, dtype="uint8")
    assert image.imresize(x, 4, 3, 4).asnumpy()[..., 0].tolist() == [[8, 22, 35, 50], [83, 97, 110, 124],
                                                                     [158, 172, 185, 199]]
    np.testing.assert_allclose(image.imresize(x.astype("float32"), 7, 3, 4).asnumpy()[0, :, 0], [
        5.764022, 12.721339, 21.050497, 28.585445, 36.120399, 44.449554, 51.406876], rtol=1e-5)


def test_bytes_are_rounded_as_by_mxnet():
    image = nd.array(np.arange(48).reshape((4, 4, 3)), dtype="uint8")
    assert mx.image.imresize(image, 2, 2)[:, :, 0].asnumpy().tolist() == [[8, 14], [32, 38]]
    assert mx.image.imresize(image, 3, 3)[:, :, 0].asnumpy().tolist() == [[2, 6, 10], [18, 23, 27], [34, 38, 42]]
    assert mx.image.imresize(image, 7, 7)[1, :, 0].asnumpy().tolist() == [4, 5, 7, 9, 10, 12, 13]


@pytest.mark.parametrize("seed, one, two, three", [
    (0, (12, 3, 5, 5), (7, 3, 7, 4), (1, 2, 6, 7)),
    (1, (4, 4, 5, 5), (2, 0, 15, 10), (12, 3, 5, 7)),
    (3, (7, 4, 5, 5), (1, 0, 12, 10), (6, 0, 7, 6)),
])
def test_random_parts_are_mxnets_of_the_same_seed(seed, one, two, three):
    x = nd.array(np.arange(600).reshape(10, 20, 3) % 256, dtype="uint8")
    random.seed(seed)
    assert image.random_crop(x, (5, 5))[1] == one
    assert image.random_size_crop(x, (5, 5), (0.1, 0.9), (0.5, 2))[1] == two
    assert image.random_size_crop(x, (5, 5), 0.08, (0.75, 1.333))[1] == three
    assert image.random_size_crop(x, (5, 5), (5, 9), (0.5, 2))[1] == (7, 2, 5, 5)  # nothing fits


@pytest.mark.parametrize("zoom, row", [
    ({}, [0.478, 3.353, 7.219, 11.085, 14.951, 18.817]),
    ({"zoom_in": True}, [4.066, 6.459, 8.851, 11.243, 13.635, 16.028]),
    ({"zoom_out": True}, [0, 0.473, 4.582, 10.829, 17.017, 0]),
])
def test_turned_images(zoom, row):
    x = nd.array(np.arange(24).reshape(1, 4, 6))
    np.testing.assert_allclose(image.imrotate(x, 30, **zoom).asnumpy()[0, 1], row, atol=6e-4)
    both = image.imrotate(nd.stack(x, x), nd.array([30, 0]), **zoom).asnumpy()
    np.testing.assert_allclose(both[0, 0, 1], row, atol=6e-4)
    if not zoom:
        np.testing.assert_allclose(both[1, 0], x.asnumpy()[0], atol=1e-5)


def test_random_turns():
    x = nd.array(np.arange(24).reshape(1, 4, 6))
    np.random.seed(0)
    row = image.random_rotate(x, (-30, 30)).asnumpy()[0, 0]
    np.testing.assert_allclose(row, [0.06986, 0.99805, 2.0283, 3.24103, 4.5463, 5.3542], atol=1e-4)
    assert image.random_rotate(nd.stack(x, x), (-30, 30)).shape == (2, 1, 4, 6)


@pytest.mark.parametrize("call, error, text", [
    (lambda x: image.imrotate(x, 30, True, True), ValueError, "cannot be both True"),
    (lambda x: image.imrotate(x.astype("uint8"), 30), TypeError, "Only `float32` images are supported"),
    (lambda x: image.imrotate(x[0], 30), ValueError, "Only 3D and 4D are supported"),
    (lambda x: image.imrotate(x, nd.array([30])), TypeError, "angle is required to be a scalar"),
    (lambda x: image.imrotate(nd.stack(x, x), nd.array([30])), ValueError, "equal to the number of rotation angles"),
])
def test_what_turning_refuses(call, error, text):
    with pytest.raises(error, match=text):
        call(nd.ones((1, 4, 6)))


def test_copy_make_border():
    """The numbers of mxnet 1.9.1."""
    x = nd.array(np.arange(12).reshape(2, 2, 3), dtype="uint8")
    expected = {
        0: [[7, 7, 7], [7, 0, 3], [7, 6, 9], [7, 7, 7], [7, 7, 7]],
        1: [[0, 0, 3], [0, 0, 3], [6, 6, 9], [6, 6, 9], [6, 6, 9]],
        2: [[0, 0, 3], [0, 0, 3], [6, 6, 9], [6, 6, 9], [0, 0, 3]],
        3: [[9, 6, 9], [3, 0, 3], [9, 6, 9], [3, 0, 3], [9, 6, 9]],
        4: [[9, 6, 9], [3, 0, 3], [9, 6, 9], [3, 0, 3], [9, 6, 9]],
    }
    for kind, rows in expected.items():
        found = image.copyMakeBorder(x, 1, 2, 1, 0, kind, value=7)
        assert found.dtype == np.uint8 and found.asnumpy()[..., 0].tolist() == rows
    assert image.copyMakeBorder(x, 1, 0, 0, 0, values=7).asnumpy()[0].tolist() == [[7, 0, 0], [7, 0, 0]]
    assert image.copyMakeBorder(x, 1, 0, 0, 0, values=(1, 2, 3)).asnumpy()[0].tolist() == [[1, 2, 3], [1, 2, 3]]
    with pytest.raises(ArgumentError, match="type must be 0"):
        image.copyMakeBorder(x, 1, 1, 1, 1, 5)


def test_operators_of_images_have_their_internal_names():
    src, out = nd.array(np.arange(24).reshape(2, 4, 3), dtype="uint8"), nd.zeros((1, 2, 3), dtype="uint8")
    internal = nd._internal
    assert internal._cvimresize(src, w=2, h=1, interp=0, out=out) is out
    np.testing.assert_array_equal(out.asnumpy(), [[[0, 1, 2], [6, 7, 8]]])  # as mxnet 1.9.1
    assert internal._cvcopyMakeBorder(src, 1, 0, 0, 1, type=1).shape == (3, 5, 3)
    with pytest.raises(FileNotFoundError, match="couldn't open file"):
        internal._cvimread("nowhere.png")
