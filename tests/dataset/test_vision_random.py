"""Random transforms of images: what stays true however they draw."""

import numpy as np
import pytest

from luojia import dataset as ds
from luojia.dataset import vision as V
from luojia.dataset.vision import auto

rng = np.random.RandomState(1)
IMAGE = rng.randint(0, 256, (12, 10, 3)).astype(np.uint8)
BATCH = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 10, 10, 3), np.uint8)
LABELS = np.eye(4, dtype=np.float32)


def test_cut_out():
    white = np.full((20, 20, 3), 9, np.uint8)
    sizes = {int((V.CutOut(6)(white) == 0).all(-1).sum()) for _ in range(150)}
    assert max(sizes) == 36 and min(sizes) < 18
    assert (V.CutOut(6, 40)(white) == 0).mean() > 0.5 and (white == 9).all()
    assert V.CutOut(2, is_hwc=False)(white.transpose(2, 0, 1)).shape == (3, 20, 20)


def test_random_erasing():
    image = np.zeros((3, 20, 20), np.uint8)
    out = V.RandomErasing(1.0, (0.2, 0.2), (1.0, 1.0), (1, 2, 3))(image)
    assert [np.unique(c).tolist() for c in out] == [[0, 1], [0, 2], [0, 3]] and (out[0] == 1).sum() == 81
    assert not image.any() and V.RandomErasing(0.0)(image) is image
    changed = V.RandomErasing(1.0, (0.2, 0.2), value=7, inplace=True)(image)
    assert changed is image and image.any()
    noise = V.RandomErasing(1.0, (0.2, 0.2), value="random")(np.zeros((3, 20, 20), np.float32))
    assert noise.dtype == np.float32 and len(np.unique(noise)) > 100
    assert not V.RandomErasing(1.0, (1.0, 1.0), (1.0, 1.0), 7)(np.zeros((3, 8, 8))).any()  # never fits


def test_cut_mix_batch():
    out, labels = V.CutMixBatch(V.ImageBatchFormat.NHWC)(BATCH, LABELS)
    for i in range(4):  # labels follow the area
        shares = [(out[i, :, :, 0] == k).mean() for k in range(4)]
        np.testing.assert_allclose(labels[i], shares, atol=1e-6)
    still, same = V.CutMixBatch(V.ImageBatchFormat.NHWC, prob=0.0)(BATCH, LABELS)
    assert (still == BATCH).all() and (same == LABELS).all()
    chw, rows = V.CutMixBatch(V.ImageBatchFormat.NCHW)(BATCH.transpose(0, 3, 1, 2), np.stack([LABELS] * 2, 1))
    assert chw.shape == (4, 3, 10, 10) and rows.shape == (4, 2, 4) and chw.dtype == np.uint8


def test_mix_up():
    out, labels = V.MixUpBatch()(BATCH.astype(np.float32), LABELS)
    np.testing.assert_allclose(labels.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(out[:, 0, 0, 0], labels @ np.arange(4), rtol=1e-5)
    assert V.MixUpBatch()(BATCH, LABELS)[0].dtype == np.uint8
    mix = V.MixUp(4, 1.0)
    out, labels = mix(BATCH, np.arange(4))
    np.testing.assert_allclose(out[:, 0, 0, 0], labels @ np.arange(4))
    assert all(np.flatnonzero(row).tolist() in ([i, (i + 1) % 4], sorted([i, (i + 1) % 4]))
               for i, row in enumerate(labels))
    mix = V.MixUp(4, 1.0, is_single=False)
    first = mix(BATCH, LABELS)
    assert (first[0] == BATCH).all() and (first[1] == LABELS).all()
    np.testing.assert_allclose(mix(BATCH[::-1], LABELS[::-1])[1].sum(1), 1)


def test_boxes_follow_crops():
    image = np.arange(400).reshape(20, 20, 1).repeat(3, 2).astype(np.float32)
    boxes = np.array([[1, 1, 3, 3, 7], [15, 15, 3, 3, 8]], np.float32)
    for _ in range(30):
        part, left = V.RandomCropWithBBox((6, 6))(image, boxes)
        y, x = divmod(int(part[0, 0, 0]), 20)
        for old, number in zip(boxes, (7, 8)):
            ends = [max(old[0] - x, 0), max(old[1] - y, 0), min(old[0] + 3 - x, 6), min(old[1] + 3 - y, 6)]
            seen = ends[0] <= ends[2] and ends[1] <= ends[3]
            rows = left[left[:, 4] == number]
            assert len(rows) == seen
            if seen:
                assert rows[0, :4].tolist() == [ends[0], ends[1], ends[2] - ends[0], ends[3] - ends[1]]
    part, left = V.RandomResizedCropWithBBox((40, 10), (1.0, 1.0), (1.0, 1.0))(image, boxes)
    assert part.shape == (40, 10, 3) and left[0].tolist() == [0.5, 2, 1.5, 6, 7]
    assert V.RandomCropWithBBox(22, [1, 1, 1, 1])(image, boxes)[1][:, :2].tolist() == [[2, 2], [16, 16]]
    out, kept = V.BoundingBoxAugment(V.Invert(), 0.0)(image, boxes)
    assert (out == image).all() and (kept == boxes).all()


@pytest.mark.parametrize("policy", list(V.AutoAugmentPolicy))
def test_auto_augment(policy):
    rules = auto.policy(policy.value)
    assert len(rules) == 25 and all(len(rule) == 2 and step < 10 and 0 <= p <= 1 for rule in rules
                                    for _, p, step in rule)
    outs = [V.AutoAugment(policy)(IMAGE) for _ in range(20)]
    assert all(out.shape == IMAGE.shape and out.dtype == np.uint8 for out in outs)
    assert any((out != IMAGE).any() for out in outs)


def test_augmentations_of_given_strength():
    augment = V.RandAugment(magnitude=30)
    assert augment.strength("ShearX", 30, IMAGE.shape) == pytest.approx(0.3)
    assert augment.strength("TranslateX", 30, IMAGE.shape) == pytest.approx(150 / 331 * 10)
    assert augment.strength("Posterize", 30, IMAGE.shape) == 4 and augment.strength("Solarize", 0, IMAGE.shape) == 255
    wide = V.TrivialAugmentWide()
    assert wide.strength("TranslateY", 30, IMAGE.shape) == 32 and wide.strength("Posterize", 30, IMAGE.shape) == 2
    assert wide.strength("Rotate", 15, IMAGE.shape) == 67.5 and wide.strength("Color", 30, IMAGE.shape) == 0.99
    for name in [*auto._SPACE.split(), "Invert"]:
        assert augment.applied(IMAGE, name, 9).shape == IMAGE.shape, name
    assert (augment.applied(IMAGE, "Solarize", 30) == 255 - IMAGE).all()
    assert (augment.applied(IMAGE, "Invert", 0) == 255 - IMAGE).all()
    moved = augment.moved(IMAGE, "TranslateX", 3.7)
    assert (moved[:, 3:] == IMAGE[:, :-3]).all() and not moved[:, :3].any()
    assert (V.RandAugment(0)(IMAGE) == IMAGE).all() and wide(IMAGE).shape == IMAGE.shape


def test_choices_among_transforms():
    flip, turn = V.HorizontalFlip(), V.Invert()
    seen = {V.UniformAugment([flip, turn], 2)(IMAGE).tobytes() for _ in range(40)}
    assert seen == {f.tobytes() for f in (IMAGE, flip(IMAGE), turn(IMAGE), turn(flip(IMAGE)))}
    chosen = V.RandomSelectSubpolicy([[(flip, 1.0), (turn, 0.0)], [(turn, 1)]])
    assert {chosen(IMAGE).tobytes() for _ in range(40)} == {flip(IMAGE).tobytes(), turn(IMAGE).tobytes()}


def test_random_colours():
    bits = {int(V.RandomPosterize((2, 4))(np.full((1, 1), 255, np.uint8))[0, 0]) for _ in range(60)}
    assert bits == {0b11000000, 0b11100000, 0b11110000}
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    out = V.RandomSolarize((100, 200))(ramp)
    changed = np.flatnonzero(out.ravel() != ramp.ravel())
    assert (out.ravel()[changed] == 255 - changed).all() and 100 <= changed.min() <= changed.max() <= 200
    light = V.RandomLighting(0.5)(np.full((1, 2, 3), 100, np.uint8))
    assert (light[0, 0] == light[0, 1]).all() and (light != 100).any()
    shapes = {V.RandomResize((3, 5))(IMAGE).tobytes() for _ in range(40)}
    assert shapes == {V.Resize((3, 5), m)(IMAGE).tobytes()
                      for m in (V.Inter.NEAREST, V.Inter.BILINEAR, V.Inter.BICUBIC, V.Inter.AREA)}
    assert (V.RandomGrayscale(1.0)(IMAGE)[..., 0] == V.Grayscale()(IMAGE)).all()
    assert (V.RandomGrayscale(0.0)(IMAGE) == IMAGE).all() and V.RandomSharpness()(IMAGE).shape == IMAGE.shape


def test_random_turns_follow_the_seed():
    spread = V.RandomAffine(20, (-0.2, 0.2, -0.1, 0.1), (0.8, 1.2), (-5, 5, -3, 3))

    def drawn():
        ds.config.set_seed(3)
        return [spread(IMAGE).tobytes() for _ in range(4)]

    first = drawn()
    assert first == drawn() and len(set(first)) == 4
    shift = {tuple(np.argwhere(V.RandomAffine(0, (0.2, 0.4))(np.eye(10, dtype=np.uint8)))[0]) for _ in range(40)}
    assert shift == {(0, 2), (0, 3), (0, 4)}


def test_a_number_is_both_sides_of_a_resized_part():  # as observed of MindSpore 2.8
    image = np.arange(16, dtype=np.uint8).reshape(4, 4) * 10
    assert V.ResizedCrop(0, 1, 3, 2, 4)(image).tolist() == [
        [10, 12, 17, 20], [35, 37, 42, 45], [65, 67, 72, 75], [90, 92, 97, 100]]
    assert V.ResizedCrop(0, 1, 2, 3, 2)(image).tolist() == [[13, 28], [53, 68]]


def test_random_transforms_in_a_pipeline():
    data = ds.NumpySlicesDataset({"image": IMAGE[None], "label": np.array([[0, 1]])}, shuffle=False)
    data = data.map([V.RandomHorizontalFlip(1.0), V.RandomInvert(1.0), V.HWC2CHW()], ["image"]).batch(1)
    (row,) = data.create_dict_iterator(output_numpy=True)
    assert (row["image"][0] == (255 - IMAGE[:, ::-1]).transpose(2, 0, 1)).all()
    patches = ds.NumpySlicesDataset(IMAGE[None], ["image"], shuffle=False)
    patches = patches.map(V.SlicePatches(2, 2), ["image"], ["a", "b", "c", "d"])
    (row,) = patches.create_dict_iterator(output_numpy=True)
    assert (row["d"] == IMAGE[6:, 5:]).all() and list(row) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("make", "kind", "message"), [
    (lambda: V.RandomErasing(1.0)("a"), TypeError, "img should be NumPy array. Got <class 'str'>"),
    (lambda: V.MixUpBatch()(BATCH), RuntimeError, r"size of input data should be 2 .* but got: 1"),
    (lambda: V.MixUpBatch()(BATCH[0], LABELS), RuntimeError, "but got dimension: 3"),
    (lambda: V.MixUpBatch()(BATCH, LABELS[0]), RuntimeError, "input label is not in shape .* dimension: 1"),
    (lambda: V.MixUpBatch()(BATCH, LABELS[:2]), RuntimeError, "got image size: 4 and label size: 2"),
    (lambda: V.RandomCropWithBBox(3)(IMAGE, np.ones((1, 4))), RuntimeError, "boxes should be float32"),
    (lambda: V.BoundingBoxAugment(3), TypeError, "Argument transform with value 3"),
    (lambda: V.SlicePatches(1, 11)(IMAGE), RuntimeError, "got number of patches:11"),
    (lambda: V.ResizedCrop(0, 6, 2, 6, 3)(IMAGE), RuntimeError, "sum of left and width: 12 exceeds image width: 10"),
    (lambda: V.Crop((0, 6), 5)(IMAGE), RuntimeError, "Crop width dimension: 11 exceeds image width: 10"),
])
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
