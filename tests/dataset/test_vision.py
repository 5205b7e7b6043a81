"""Transforms of images; values are those of mindspore 2.8.0."""

import importlib

import numpy as np
import pytest
from PIL import Image

from luojia import dataset as ds
from luojia._src.data import codecs
from luojia.dataset import vision as V

IMAGE = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)


def test_layout_and_range(assert_close):
    assert V.HWC2CHW()(IMAGE).shape == (3, 4, 5) and V.HWC2CHW()(np.ones((2, 2))).shape == (2, 2)
    assert_close(V.Normalize([1, 2, 3], [2, 2, 2])(IMAGE)[0, 0], np.float32([-0.5, -0.5, -0.5]))
    assert_close(V.Normalize([1.0], [2.0])(IMAGE)[3, 4], np.float32([28, 28.5, 29]))
    chw = IMAGE.transpose(2, 0, 1)
    assert (V.Normalize([1, 2, 3], [1, 1, 1], is_hwc=False)(chw) == chw - np.float32([[[1]], [[2]], [[3]]])).all()
    assert V.Normalize([1.0], [2.0])(np.ones((2, 2), "uint8")).tolist() == [[0, 0], [0, 0]]
    assert_close(V.Rescale(1 / 255, -1.0)(IMAGE)[0, 0], np.float32([-1.0, -0.99607843, -0.99215686]))
    assert V.Rescale(2, 1)(np.ones(3)).tolist() == [3, 3, 3]
    tensor = V.ToTensor()(IMAGE)
    assert tensor.shape == (3, 4, 5) and tensor.dtype == np.float32 and abs(tensor.max() - 0.23137257) < 1e-7
    assert V.ToTensor()(IMAGE[..., 0]).shape == (1, 4, 5) and V.ToTensor(np.float16)(IMAGE).dtype == np.float16
    assert V.ToType(np.float32)(IMAGE).dtype == np.float32


def test_sizes():
    assert V.Resize(2)(IMAGE).shape == (2, 2, 3) and V.Resize((3, 2))(IMAGE).shape == (3, 2, 3)
    assert V.Resize((4, 2))(IMAGE)[:, :, 0].tolist() == [[2, 10], [17, 25], [32, 40], [47, 55]]
    assert V.Resize((3, 2), V.Inter.NEAREST)(IMAGE)[:, :, 0].tolist() == [[0, 6], [15, 21], [30, 36]]
    assert V.Resize((3, 2), V.Inter.BICUBIC)(IMAGE)[:, :, 0].tolist() == [[4, 12], [25, 32], [45, 53]]
    assert V.Resize(2)(IMAGE[..., 0]).shape == (2, 2)


def test_crops_and_borders():
    assert V.CenterCrop(2)(IMAGE)[:, :, 0].tolist() == [[18, 21], [33, 36]]
    assert V.CenterCrop((3, 3))(IMAGE)[:, :, 0].tolist() == [[3, 6, 9], [18, 21, 24], [33, 36, 39]]
    bordered = V.CenterCrop(8)(IMAGE)[:, :, 0]
    assert bordered[3].tolist() == [0, 0, 15, 18, 21, 24, 27, 0] and not bordered[[0, 1, 6, 7]].any()
    assert V.Crop((0, 1), 2)(IMAGE)[:, :, 0].tolist() == [[3, 6], [18, 21]]
    assert [V.Pad(p)(IMAGE).shape for p in (1, [1, 2], [1, 2, 3, 4])] == [(6, 7, 3), (8, 7, 3), (10, 9, 3)]
    assert (V.Pad([2, 0, 0, 0], padding_mode=V.Border.EDGE)(IMAGE)[:, 0] == IMAGE[:, 0]).all()
    assert V.RandomCrop(3)(IMAGE).shape == V.RandomCrop((3, 3), [1, 1, 1, 1])(IMAGE).shape == (3, 3, 3)
    assert V.RandomCrop(9, pad_if_needed=True)(IMAGE).shape == (9, 9, 3)
    assert V.RandomResizedCrop(3)(IMAGE).shape == (3, 3, 3)
    assert V.RandomCropDecodeResize(3)(np.frombuffer(codecs.encode(IMAGE), np.uint8)).shape == (3, 3, 3)


def test_flips_turns_and_colours():
    for flip in (V.RandomHorizontalFlip(1.0), V.HorizontalFlip()):
        assert (flip(IMAGE) == IMAGE[:, ::-1]).all()
    for flip in (V.RandomVerticalFlip(1.0), V.VerticalFlip()):
        assert (flip(IMAGE) == IMAGE[::-1]).all()
    assert (V.RandomHorizontalFlip(0.0)(IMAGE) == IMAGE).all()
    assert V.Invert()(IMAGE)[0, 0].tolist() == [255, 254, 253]
    assert (V.RandomRotation((180, 180))(IMAGE) == IMAGE[::-1, ::-1]).all()
    assert V.RandomRotation(9)(IMAGE).shape == IMAGE.shape
    assert (V.RandomColorAdjust()(IMAGE) == IMAGE).all()
    assert V.RandomColorAdjust(brightness=(2, 2))(IMAGE)[0, 1].tolist() == [6, 8, 10]
    assert V.RandomColorAdjust(0.5, 0.5, 0.5, 0.1)(IMAGE).dtype == np.uint8
    assert V.Grayscale(1)(IMAGE).shape == (4, 5) and V.Grayscale(3)(IMAGE).shape == (4, 5, 3)


def test_what_is_drawn_follows_the_seed():

    def drawn():
        ds.config.set_seed(5)
        return [V.RandomCrop(2)(IMAGE).tolist() for _ in range(5)]

    first = drawn()
    assert first == drawn() and any(crop != first[0] for crop in first)


def test_pil_images():
    pil = V.ToPIL()(IMAGE)
    assert isinstance(pil, Image.Image) and V.ToPIL()(pil) is pil and (V.ToNumpy()(pil) == IMAGE).all()
    assert V.ToPIL()(IMAGE[..., :1]).mode == "L"
    small = V.Resize(2)(pil)
    assert isinstance(small, Image.Image) and small.size == (2, 2)
    assert V.ToTensor()(pil).shape == V.HWC2CHW()(pil).shape == (3, 4, 5)


def test_decode():
    raw = np.frombuffer(codecs.encode(IMAGE, ".png", 9), np.uint8)
    assert (V.Decode()(raw) == IMAGE).all() and (V.Decode()(raw.tobytes()) == IMAGE).all()
    assert isinstance(V.Decode(to_pil=True)(raw), Image.Image)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: V.Normalize([1, 2], [2, 2])(IMAGE), RuntimeError, "got channels: 3, size of mean: 2"),
        (lambda: V.RandomCrop(9)(IMAGE), RuntimeError, "got crop height: 9, crop width: 9, of an image 4x5"),
        (lambda: V.Grayscale(2), ValueError, "should be either 1 or 3. Got 2"),
        (lambda: V.Resize(2, V.Inter.ANTIALIAS)(IMAGE), TypeError, "img should be PIL image. Got"),
        (lambda: V.Resize(2, V.Inter.AREA)(V.ToPIL()(IMAGE)), TypeError, "not supported with PIL input"),
        (lambda: V.Rotate(2, V.Inter.ANTIALIAS)(IMAGE), TypeError, "Inter.ANTIALIAS for PIL images only"),
        (lambda: V.Decode()(IMAGE), TypeError, "dimensions of the encoded image should be 1, but got 3"),
        (lambda: V.Decode()(np.frombuffer(b"abcdef", np.uint8)), RuntimeError, "Decode: image decode failed"),
        (lambda: V.Decode(True)(np.frombuffer(b"abcdef", np.uint8)), ValueError, "Failed to decode given image"),
        (lambda: V.ConvertColor(V.ConvertMode.COLOR_RGBA2BGRA)(IMAGE), RuntimeError, r"does not fit .* \(4, 5, 3\)"),
        (lambda: V.RandomErasing(1.0)(IMAGE[..., 0]), ValueError, r"expects an array \(C, H, W\), got shape \(4, 5\)"),
        (lambda: V.Invert()(IMAGE, IMAGE), RuntimeError, "only accept one tensor as input, got 2"),
        (lambda: V.Invert().device("GPU"), ValueError, r"valid set of \['CPU', 'Ascend'\]. Got 'GPU'"),
        (lambda: V.RandAugment()(IMAGE.astype("f")), RuntimeError, r"in type of \(uint8\). But got type float32"),
        (lambda: V.RandomPosterize((5, 3)), ValueError, r"bits is \(min, max\). Got \(5, 3\)"),
        (lambda: V.DecodeVideo, NotImplementedError, r"dataset\.vision\.DecodeVideo is not provided"),
        (lambda: V.nonsense, AttributeError, "no attribute 'nonsense'"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


@pytest.mark.parametrize("old", ["c_transforms", "py_transforms", "transforms"])
def test_old_paths(old):
    module = importlib.import_module(f"luojia.dataset.vision.{old}")
    assert module.Resize is V.Resize and module.Inter is V.Inter and hasattr(module, "HWC2CHW")


def test_the_old_python_transforms_take_pil_and_channels_first():
    from luojia.dataset.transforms import py_transforms as T
    from luojia.dataset.vision import py_transforms as P

    steps = T.Compose([P.Decode(), P.Resize((8, 8)), P.ToTensor(), P.Normalize([0.1] * 3, [0.5] * 3)])
    (made,) = steps(np.frombuffer(codecs.encode(IMAGE, ".png", 9), np.uint8))
    assert made.shape == (3, 8, 8)


FOUR = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)  # (2, 3, 4): four channels
SEQUENCE = np.arange(12, dtype=np.float32).reshape(3, 4)
THIRDS = np.arange(12).reshape(3, 4) % 3 == 0
CORNERS = [[0, 0], [3, 0], [3, 2], [0, 2]]


@pytest.mark.parametrize(
    ("made", "dtype", "expected"),
    [
        (lambda: V.Affine(0, (0.4, 0), 1, 0, fill_value=(5, 6, 7))(FOUR)[:, 0], "uint8", [[5, 6, 7, 0]] * 2),
        (lambda: V.Rotate(90, fill_value=9)(FOUR)[:, 2], "uint8", [[9, 9, 9, 0]] * 2),
        (lambda: V.Resize((6, 2), V.Inter.AREA)(SEQUENCE)[::2], "float32", [[0.5, 2.5], [4.5, 6.5], [8.5, 10.5]]),
        (lambda: V.Resize((6, 3))(THIRDS)[::3], "bool", [[True, False, True], [False] * 3]),
        (lambda: V.Resize((3, 4))(SEQUENCE.astype(np.int32))[0], "int32", [0, 1, 2, 3]),
        (lambda: V.Pad(1, (5, 6, 7))(np.ones((1, 1), np.uint8)), "uint8", [[5] * 3, [5, 1, 5], [5] * 3]),
        (lambda: V.PadToSize((1, 3), None, (5, 6, 7))(np.ones((1, 1, 1), np.uint8)), "uint8", [[[5], [1], [5]]]),
        (lambda: V.Perspective(CORNERS, [[1, 0], *CORNERS[1:]], V.Inter.NEAREST)(SEQUENCE.astype(np.int32)), "int32",
         [[0, 0, 2, 3], [0, 5, 6, 7], [8, 9, 10, 11]]),
        (lambda: V.ConvertColor(V.ConvertMode.COLOR_RGB2RGBA)(np.ones((1, 1, 3), np.uint16)), "uint16",
         [[[1, 1, 1, 65535]]]),
        (lambda: V.ConvertColor(V.ConvertMode.COLOR_RGB2GRAY)(np.uint16([[[1000, 2000, 50000]]])), "uint16", [[7172]]),
        (lambda: V.Invert()(np.uint16([[[100, 300, 65535]]])), "uint16", [[[155, 0, 0]]]),
        (lambda: V.Invert()(np.int16([[[-32768, 0, 300]]])), "int16", [[[32767, 255, -45]]]),
        (lambda: V.Rotate(90, V.Inter.NEAREST, True)(np.bool_([[True, False]])), "uint8", [[0], [1]]),
    ],
)
def test_kinds_of_images(made, dtype, expected):
    found = made()
    assert found.dtype == dtype and found.tolist() == expected


def test_pil_images_keep_their_mode():
    palette = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3)).convert("P")
    flipped = V.RandomHorizontalFlip(1.0)(palette)
    assert flipped.mode == "P" and np.asarray(flipped).tolist() == [[2, 1, 0], [5, 4, 3]]
    bits = Image.fromarray(np.eye(2) > 0)
    assert np.asarray(V.Pad(1)(bits)).astype(int).tolist() == [[0] * 4, [0, 1, 0, 0], [0, 0, 1, 0], [0] * 4]
    edged = V.Pad(1, 0, V.Border.EDGE)(bits)
    assert edged.mode == "1" and np.asarray(edged).astype(int).tolist()[0] == [1, 1, 0, 0]
    colours = Image.fromarray(FOUR[:1, :1], "RGBA")
    assert np.asarray(V.RandomCrop((1, 3), (1, 0), False, 3)(colours)).tolist() == [
        [[3, 3, 3, 255], [0, 1, 2, 3], [3, 3, 3, 255]]
    ]
    assert V.RandomInvert(0.0)(colours.convert("RGB")).shape == (1, 1, 3)
    assert V.RandomLighting(0.0)(colours.convert("L")).mode == "RGB"
    rounded = V.RandomColorAdjust()(Image.fromarray(np.uint8([[[200, 10, 31], [7, 99, 101]]])))
    assert np.asarray(rounded).tolist() == [[[200, 10, 33], [7, 100, 101]]]  # through hues, as in mindspore 2.8
    assert V.RandomErasing(0.0)([1]) == [1]


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: V.Erase(0, 0, 1, 1)(FOUR), RuntimeError, "channel of input image should be 3, but got: 4"),
        (lambda: V.Rotate(5, V.Inter.BICUBIC)(np.ones((4, 4, 5))), RuntimeError, "can not be CUBIC when image channel"),
        (lambda: V.Rotate(5, V.Inter.BILINEAR)(np.ones((4, 4, 3), int)), RuntimeError, "But got type int64"),
        (lambda: V.Rotate(1e10), ValueError, r"Input degrees is not within the required interval of \[-16777216"),
        (lambda: V.Affine(3, (0, 0), 1, 200), ValueError, r"Input shear is not within the required interval of \[-180"),
        (lambda: V.RandomErasing(0.5, (0, 0)), ValueError, r"Input scale\[1\] must be greater than 0"),
        (lambda: V.RandomRotation(("a", "b")), TypeError, r"Argument degrees\[0\] with value a is not of type"),
        (lambda: V.CenterCrop((1.5, 2)), TypeError, r"Argument size\[0\] with value 1.5 is not of type"),
        (lambda: V.AutoAugment(True), TypeError, r"with value True is not of type \[<enum 'AutoAugmentPolicy'>\]"),
        (lambda: V.Rescale(1.0, True), TypeError, "Argument shift with value True is not of type"),
        (lambda: V.Pad(1)(FOUR), RuntimeError, r"Expecting tensor in channel of \(1, 3\). But got channel 4"),
        (lambda: V.CenterCrop((5, 5))(FOUR), RuntimeError, "Pad: the channel of image tensor does not match"),
        (lambda: V.Crop((0, 0), 1)(np.ones(3)), RuntimeError, "dimension 1. You may need to perform Decode first"),
        (lambda: V.Resize(2, V.Inter.PILCUBIC)(SEQUENCE), RuntimeError, "only supports image with 3 channels"),
        (lambda: V.RandomCrop(5)(Image.fromarray(FOUR)), ValueError, r"Crop size \(5, 5\) is larger than input image"),
    ],
)
def test_images_that_do_not_fit(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
