"""mx.image; expected values from mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import image, nd
from luojia._src.data import codecs

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
    with pytest.raises(NotImplementedError, match=r"mx\.image\.ImageIter is not provided"):
        image.ImageIter  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        image.nonsense  # noqa: B018
    with pytest.raises(ValueError, match="interp expects 0 nearest, 1 bilinear, 2 bicubic or 3 area, got 4"):
        image.imresize(IMAGE, 2, 2, 4)


def test_bytes_are_rounded_as_by_mxnet():
    image = nd.array(np.arange(48).reshape((4, 4, 3)), dtype="uint8")
    assert mx.image.imresize(image, 2, 2)[:, :, 0].asnumpy().tolist() == [[8, 14], [32, 38]]
    assert mx.image.imresize(image, 3, 3)[:, :, 0].asnumpy().tolist() == [[2, 6, 10], [18, 23, 27], [34, 38, 42]]
    assert mx.image.imresize(image, 7, 7)[1, :, 0].asnumpy().tolist() == [4, 5, 7, 9, 10, 12, 13]
