"""Sizes, crops and colours of images; the expected numbers are those of mxnet 1.9.1 and mindspore 2.8.0 (OpenCV)."""

import numpy as np
import pytest

from luojia._src.data import codecs, images
from luojia._src.errors import ArgumentError, FormatError, ShapeError
from luojia._src.ops import picture

IMAGE = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)


def test_bilinear_resize_rounds_as_opencv():
    assert images.resize(IMAGE, (2, 4))[:, :, 0].tolist() == [[8, 12, 15, 19], [38, 42, 45, 49]]
    assert images.resize(IMAGE, (4, 2))[:, :, 0].tolist() == [[2, 10], [17, 25], [32, 40], [47, 55]]
    larger = images.resize(IMAGE, (8, 10))[:, :, 0]
    assert larger[0].tolist() == [0, 1, 2, 4, 5, 7, 8, 10, 11, 12]
    assert larger[3].tolist() == [19, 19, 21, 22, 24, 25, 27, 28, 30, 31]
    assert larger[7].tolist() == [45, 46, 47, 49, 50, 52, 53, 55, 56, 57]


def test_float_resize_is_exact(assert_close):
    got = images.resize(IMAGE.astype(np.float32), (8, 10))[:2, :, 0]
    row = [0.0, 0.75, 2.25, 3.75, 5.25, 6.75, 8.25, 9.75, 11.25, 12.0]
    assert_close(got, [row, [x + 3.75 for x in row]])


@pytest.mark.parametrize(
    ("method", "size", "expected"),
    [
        ("nearest", (3, 2), [[0, 6], [15, 21], [30, 36]]),
        ("bicubic", (3, 2), [[4, 12], [25, 32], [45, 53]]),
        ("area", (2, 2), [[10, 17], [40, 47]]),
        ("area", (2, 3), [[9, 14, 18], [39, 44, 48]]),
    ],
)
def test_other_methods(method, size, expected):
    assert images.resize(IMAGE, size, method)[:, :, 0].tolist() == expected


@pytest.mark.parametrize("method", images.METHODS)
@pytest.mark.parametrize(("old", "new"), [(5, 5), (5, 3), (3, 7), (9, 2)])
def test_weights_sum_to_one(method, old, new):
    assert images.weights(old, new, method).sum(1) == pytest.approx(1)


def test_a_resize_to_the_same_size_is_a_copy():
    same = images.resize(IMAGE, (4, 5))
    assert (same == IMAGE).all() and same is not IMAGE and not np.shares_memory(same, IMAGE)


def test_enlarging_by_area_keeps_the_old_pixels_width():
    image = np.array([[0, 10, 30], [100, 50, 200]], np.uint8)  # as mxnet 1.9.1 and mindspore 2.8.0 give it
    assert images.resize(image, (5, 8), "area").tolist() == [
        [0, 0, 3, 10, 10, 23, 30, 30], [0, 0, 3, 10, 10, 23, 30, 30], [50, 50, 43, 30, 30, 86, 115, 115],
        [100, 100, 83, 50, 50, 150, 200, 200], [100, 100, 83, 50, 50, 150, 200, 200]]


def test_halving_by_area_rounds_up():
    assert images.resize(np.array([[0, 1], [0, 1]], np.uint8), (1, 1), "area").tolist() == [[1]]


def test_random_area_lies_within_and_has_the_ratio_asked():
    rng = np.random.RandomState(0)
    for _ in range(200):
        top, left, height, width = images.random_area((40, 60), (0.1, 0.5), (0.5, 2), rng)
        assert 0 <= top <= 40 - height and 0 <= left <= 60 - width
        assert 0.05 < height * width / 2400 < 0.6 and 0.4 < width / height < 2.3
    assert images.random_area((4, 400), (1, 1), (1, 1), rng) == (0, 198, 4, 4)  # nothing fits: the middle


def test_colours():
    grey = picture.grey(np, IMAGE)
    assert grey[0, 0, 0] == pytest.approx(0.587 * 1 + 0.114 * 2)
    assert (images.brightness(IMAGE, 0.5)[0, 1] == [1, 2, 2]).all()  # halves down
    assert (images.brightness(IMAGE, 10)[3, 4] == 255).all()
    assert abs(images.contrast(IMAGE, 0.0).astype(float) - grey.mean()).max() <= 0.5
    assert abs(images.saturation(IMAGE, 0.0).astype(float) - grey).max() <= 0.51
    assert abs(images.turned_hue(0.0) - np.eye(3)).max() < 1e-3


def test_pad():
    padded = images.pad(IMAGE, 1, 2, 3, 4, 9)
    assert padded.shape == (10, 9, 3) and (padded[2:6, 1:6] == IMAGE).all() and (padded[:2] == 9).all()
    assert (images.pad(IMAGE, 1, 0, 0, 0, mode="edge")[:, 0] == IMAGE[:, 0]).all()


@pytest.mark.parametrize("extension", [".png", ".jpg"])
@pytest.mark.parametrize("shape", [(8, 6, 3), (8, 6, 1), (8, 6)])
def test_codecs_round_trip(tmp_path, extension, shape):
    pixels = np.full(shape, 120, np.uint8)
    content = codecs.encode(pixels, extension, 9 if extension == ".png" else 95)
    (tmp_path / "file").write_bytes(content)
    colour = shape == (8, 6, 3)
    for got in (codecs.decode(content, colour), codecs.read(tmp_path / "file", False)):
        assert got.shape[:2] == (8, 6) and abs(got.astype(int) - 120).max() <= 2


def test_errors(tmp_path, monkeypatch):
    with pytest.raises(ArgumentError, match=r"method of nearest, bilinear, bicubic, area, lanczos, got 'sinc'"):
        images.resize(IMAGE, (2, 2), "sinc")
    with pytest.raises(ArgumentError, match=r"height and width of 1 or more, got \(0, 2\)"):
        images.resize(IMAGE, (0, 2))
    with pytest.raises(ShapeError, match=r"crop of 3x3 at \(2, 0\) does not lie within an image of 4x5"):
        images.crop(IMAGE, 2, 0, 3, 3)
    with pytest.raises(ShapeError, match=r"resize expects an image of shape \(H, W\) or \(H, W, C\), got shape \(4,\)"):
        images.resize(np.zeros(4), (1, 1))
    with pytest.raises(FormatError, match=r"decoding an image of 3 bytes failed"):
        codecs.decode(b"abc")
    (tmp_path / "x.jpg").write_bytes(codecs.encode(IMAGE, ".jpg")[:200])
    with pytest.raises(FormatError, match=r"x\.jpg: decoding an image of 200 bytes failed"):
        codecs.read(tmp_path / "x.jpg")
    with pytest.raises(ArgumentError, match=r"extension \.jpg, \.jpeg or \.png, got '\.gif'"):
        codecs.encode(IMAGE, ".gif")
    with pytest.raises(ArgumentError, match=r"expects uint8 of \(H, W\) or \(H, W, C\), got float64 \(2,\)"):
        codecs.encode(np.zeros(2))
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(ImportError, match=r"takes Pillow: pip install luojia\[data\]"):
        codecs.pillow()
