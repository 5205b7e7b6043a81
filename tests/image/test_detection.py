"""Images with boxes. Which part is drawn is chance; what must hold of every part is tested."""

import random

import numpy as np
import pytest

from luojia import image, nd
from luojia._src.data import codecs
from luojia.image import det

PIXELS = np.random.RandomState(0).randint(0, 256, (20, 30, 3)).astype(np.uint8)
IMAGE = nd.array(PIXELS, dtype="uint8")
LABEL = np.array([[1, 0.1, 0.2, 0.5, 0.9], [2, 0.6, 0.1, 0.7, 0.3]], np.float32)


def test_flip():
    random.seed(0)
    src, label = det.DetHorizontalFlipAug(1.0)(IMAGE, LABEL)
    assert (src.asnumpy() == PIXELS[:, ::-1]).all()
    np.testing.assert_allclose(label, [[1, 0.5, 0.2, 0.9, 0.9], [2, 0.3, 0.1, 0.4, 0.3]], rtol=1e-6)
    assert LABEL[0, 1] == np.float32(0.1)
    assert det.DetHorizontalFlipAug(0.0)(IMAGE, LABEL)[1] is LABEL


def find(part):
    """Where in the picture a part of it lies: (y, x)."""
    h, w, _ = part.shape
    return next((y, x) for y in range(21 - h) for x in range(31 - w) if (PIXELS[y : y + h, x : x + w] == part).all())


def test_crops_hold_their_objects():
    random.seed(0)
    aug = det.DetRandomCropAug(0.5, (0.5, 2), (0.1, 0.9), 0.3)
    shapes = set()
    for _ in range(20):
        src, label = aug(IMAGE, LABEL)
        part = src.asnumpy()
        shapes.add(part.shape)
        (y, x), (h, w) = find(part), part.shape[:2]
        corners = label[:, 1:5] * np.array([w, h, w, h]) + np.array([x, y, x, y])
        for row, box in zip(label, corners):
            whole = LABEL[LABEL[:, 0] == row[0]][0, 1:5] * np.array([30, 20, 30, 20])
            expected = [max(whole[0], x), max(whole[1], y), min(whole[2], x + w), min(whole[3], y + h)]
            np.testing.assert_allclose(box, expected, atol=1e-3)
            covered = (box[2] - box[0]) * (box[3] - box[1]) / ((whole[2] - whole[0]) * (whole[3] - whole[1]))
            assert covered > 0.3
    assert len(shapes) > 5
    assert det.DetRandomCropAug(1.0)(IMAGE, LABEL)[1] is LABEL  # no part holds more than all


def test_pads_keep_the_image():
    random.seed(0)
    aug = det.DetRandomPadAug((0.8, 1.6), (1.5, 3), pad_val=(1, 2, 3))
    for _ in range(5):
        src, label = aug(IMAGE, LABEL)
        h, w, _ = src.shape
        assert 500 < h * w <= 1900
        x0, y0, x1, y1 = np.rint(label[0, 1:5] * np.array([w, h, w, h])).astype(int)
        assert (src.asnumpy()[y0:y1, x0:x1] == PIXELS[4:18, 3:15]).all()
    assert (aug(IMAGE, LABEL)[0].asnumpy().reshape(-1, 3) == [1, 2, 3]).all(1).any()


def test_lists_of_augmenters():
    every = image.CreateDetAugmenter((3, 4, 5), resize=6, rand_crop=0.5, rand_pad=0.5, rand_gray=0.1, rand_mirror=True,
                                     mean=True, std=True, brightness=0.1, contrast=0.2, saturation=0.3, hue=0.4,
                                     pca_noise=0.1)
    texts = [a.dumps() for a in every]
    assert texts[:4] == [
        ["detborrowaug", '["resizeaug", {"size": 6, "interp": 2}]'],
        ["detrandomselectaug", ['["detrandomcropaug", {"min_object_covered": 0.1, "aspect_ratio_range": [0.75, 1.33], '
                                '"area_range": [0.05, 3.0], "min_eject_coverage": 0.3, "max_attempts": 50}]']],
        '["dethorizontalflipaug", {"p": 0.5}]',
        ["detrandomselectaug", ['["detrandompadaug", {"aspect_ratio_range": [0.75, 1.33], "area_range": [1.0, 3.0], '
                                '"max_attempts": 50, "pad_val": [127, 127, 127]}]']],
    ]
    assert len(texts) == 11 and texts[-1][1].startswith('["colornormalizeaug", {"mean": [123.68, 116.28, 103.53]')
    several = image.CreateMultiRandCropAugmenter([0.1, 0.5], area_range=[(0.1, 1), (0.5, 1)], skip_prob=0.2)
    assert [a.min_object_covered for a in several.aug_list] == [0.1, 0.5] and several.skip_prob == 0.2
    random.seed(0)
    src, label = IMAGE, LABEL
    for aug in every:
        src, label = aug(src, label)
    assert src.shape == (4, 5, 3) and label.shape[1] == 5


def flat(*objects):
    return [2, 5, *[v for o in objects for v in o]]


@pytest.fixture
def make(tmp_path):
    (tmp_path / "a.png").write_bytes(codecs.encode(PIXELS, ".png", 9))

    def made(*labels, **changes):
        entries = [[flat(*rows) if len(rows) else [1, 2], "a.png"] for rows in labels]
        return image.ImageDetIter(2, (3, 8, 8), imglist=entries, path_root=str(tmp_path), **changes)

    return made


def test_the_iterator(make):
    it = make(LABEL, LABEL[:1], LABEL[1:], mean=True)
    assert it.provide_label == [("label", (2, 2, 5))] and it.provide_data == [("data", (2, 3, 8, 8))]
    batches = list(it)
    assert [b.pad for b in batches] == [0, 1] and batches[0].data[0].shape == (2, 3, 8, 8)
    np.testing.assert_allclose(batches[0].label[0].asnumpy()[0], LABEL)
    np.testing.assert_allclose(batches[0].label[0].asnumpy()[1], [LABEL[0], [-1] * 5])
    other = make(LABEL[:1])
    assert it.sync_label_shape(other) is other and other.label_shape == (2, 5)
    it.reshape((3, 6, 6), (4, 5))
    it.auglist = image.CreateDetAugmenter((3, 6, 6))
    it.reset()
    batch = it.next()
    assert batch.data[0].shape == (2, 3, 6, 6) and batch.label[0].shape == (2, 4, 5)


@pytest.mark.parametrize("call, error, text", [
    (lambda m: m([]), ValueError, "Label shape is invalid: an object takes 7 numbers or more"),
    (lambda m: m([[1, 0.1, 0.2, 0.3, 0.4, 0.5]]), ValueError, "inconsistent with annotation width 5"),
    (lambda m: m([[1, 0.5, 0.5, 0.1, 0.1]]), ValueError, "no box has an area"),
    (lambda m: m(LABEL).reshape(label_shape=(1, 5)), ValueError, r"at least \(2, 5\), got \(1, 5\)"),
    (lambda m: m(LABEL).sync_label_shape(3), TypeError, "expects an ImageDetIter, got int"),
    (lambda m: det.DetBorrowAug(3), TypeError, "expects a luojia.image.Augmenter, got int"),
    (lambda m: det.DetRandomSelectAug([3]), ValueError, "expects DetAugmenters, got int"),
    (lambda m: det.DetRandomPadAug(area_range=(3, 1)), ValueError, "area_range expects a number above 0, or two"),
    (lambda m: det.CreateMultiRandCropAugmenter([0.1, 0.2, 0.3], max_attempts=[1, 2]), ValueError, "of one length"),
    (lambda m: det.DetAugmenter()(IMAGE, LABEL), NotImplementedError, "Must override implementation"),
])
def test_errors(make, call, error, text):
    with pytest.raises(error, match=text):
        call(make)
