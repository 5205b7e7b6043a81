"""Image files: read, written, encoded; and PIL images in random transforms."""

import numpy as np
import pytest
from PIL import Image

from luojia import Tensor
from luojia.dataset import vision as V

IMAGE = np.random.RandomState(0).randint(0, 256, (9, 11, 3)).astype(np.uint8)
MODES = V.ImageReadMode


def test_files_of_images(tmp_path):
    png, jpg, grey = (str(tmp_path / name) for name in ("a.png", "a.jpg", "g.png"))
    V.write_png(png, IMAGE)
    V.write_jpeg(jpg, Tensor(IMAGE), 90)
    V.write_png(grey, IMAGE[..., 0], 9)
    assert (V.read_image(png) == IMAGE).all() and V.read_image(jpg).shape == (9, 11, 3)
    assert (V.read_image(grey)[..., 0] == IMAGE[..., 0]).all() and V.read_image(grey, MODES.COLOR).shape == (9, 11, 3)
    assert V.read_image(png, MODES.GRAYSCALE)[0, :3, 0].tolist() == [92, 125, 119]
    Image.fromarray(IMAGE).save(tmp_path / "a.bmp")
    assert V.read_image(str(tmp_path / "a.bmp"), MODES.GRAYSCALE)[0, :3, 0].tolist() == [92, 125, 120]
    assert V.read_image(jpg, MODES.GRAYSCALE).shape == (9, 11, 1)
    Image.fromarray(np.dstack([IMAGE, IMAGE[..., 0]])).save(tmp_path / "rgba.png")
    assert (V.read_image(str(tmp_path / "rgba.png")) == IMAGE).all()
    raw = V.read_file(png)
    assert raw.dtype == np.uint8 and (V.Decode()(raw) == IMAGE).all()
    V.write_file(str(tmp_path / "copy.png"), raw)
    assert (V.read_file(str(tmp_path / "copy.png")) == raw).all()


def test_encoding():
    for content in (V.encode_png(IMAGE), V.encode_png(Tensor(IMAGE), 0)):
        assert (V.Decode()(content) == IMAGE).all()
    assert len(V.encode_jpeg(IMAGE, 1)) < len(V.encode_jpeg(IMAGE)) == 743  # as long as OpenCV's
    assert V.encode_jpeg(IMAGE[..., :1]).dtype == np.uint8


@pytest.mark.parametrize(("make", "kind", "message"), [
    (lambda f: V.read_file(1), TypeError, "Input filename is not of type <class 'str'>, but got: <class 'int'>"),
    (lambda f: V.read_file(f("none")), RuntimeError, "ReadFile: Invalid file path, .*none does not exist"),
    (lambda f: V.read_file(f("")), RuntimeError, "ReadFile: Invalid file path, .* is not a regular file"),
    (lambda f: V.read_image(f("none"), 1), TypeError, "Input mode is not of type <enum 'ImageReadMode'>"),
    (lambda f: V.read_image(f("text")), RuntimeError, "ReadImage: Failed to read file .*text"),
    (lambda f: V.write_file(f("a"), 1), TypeError, "Input data is not of type"),
    (lambda f: V.write_file(f("a"), np.ones(3)), RuntimeError, "should be UINT8, but got float64"),
    (lambda f: V.write_file(f("a"), IMAGE), RuntimeError, "only one dimension, but got 3 dimensions"),
    (lambda f: V.write_file(f("none/a"), IMAGE[0, 0]), RuntimeError, "WriteFile: writing .* failed"),
    (lambda f: V.write_jpeg(f("a"), IMAGE, 101), RuntimeError,
     r"quality 101, should be in range of \[1, 100\]"),
    (lambda f: V.write_png(f("a"), IMAGE, 10), RuntimeError, "Invalid compression_level 10"),
    (lambda f: V.encode_png(IMAGE, "a"), TypeError, "Input compression_level is not of type <class 'int'>"),
    (lambda f: V.encode_png(IMAGE / 2), RuntimeError, "EncodePng: The type of the image data should be UINT8"),
    (lambda f: V.encode_png(IMAGE[0, 0]), RuntimeError, "It should have two or three dimensions, but got 1"),
    (lambda f: V.encode_png(IMAGE[..., :2]), RuntimeError, "should have 1 or 3 channels, but got 2 channels"),
    (lambda f: V.get_image_size(1), TypeError, "Input image is not of type"),
    (lambda f: V.get_image_num_channels(np.ones(3)), RuntimeError, "at least two dimensions, but got: 1"),
    (lambda f: V.FiveCrop(3)(IMAGE), TypeError, "img should be PIL image. Got <class 'numpy.ndarray'>"),
    (lambda f: V.FiveCrop(30)(Image.fromarray(IMAGE)), ValueError, r"\(30, 30\) is larger than .* \(9, 11\)"),
    (lambda f: V.RandomPerspective()(IMAGE), ValueError, "Input image should be a Pillow image"),
])
def test_errors(make, kind, message, tmp_path):
    (tmp_path / "text").write_text("no image")
    with pytest.raises(kind, match=message):
        make(lambda name: str(tmp_path / name))


def test_random_transforms_of_pil_images():
    pil = Image.fromarray(IMAGE)
    for change in (V.RandomCrop(4), V.RandomResizedCrop((4, 4)), V.RandomRotation(10, fill_value=3), V.RandomColor(),
                   V.RandomSharpness(), V.RandomColorAdjust(0.5, 0.5, 0.5, 0.2), V.RandomAffine(10, (0.1, 0.2)),
                   V.RandomPerspective(0.3, 1.0), V.RandomLighting(0.1), V.RandomGrayscale(0.5),
                   V.RandomVerticalFlip()):
        out = change(pil)
        assert isinstance(out, Image.Image) and out.mode == "RGB"
        assert out.size in (pil.size, (4, 4))
    assert V.RandomPerspective(0.3, 0.0)(pil) is pil and V.RandomGrayscale(0.0)(pil) is pil
    assert V.AdjustHue(0.2)(pil.convert("L")).mode == "L"
    assert isinstance(V.RandomInvert(1.0)(pil), np.ndarray)
