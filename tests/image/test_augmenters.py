"""Augmenters; numbers of mxnet 1.9.1 for the same seeds."""

import json
import random

import numpy as np
import pytest

from luojia import image, nd

IMAGE = nd.array((np.arange(60).reshape(4, 5, 3) * 4) % 256, dtype="uint8")


@pytest.mark.parametrize("aug, expected", [
    (image.BrightnessJitterAug(0.5), [0.0, 5.3777, 10.7554, 16.1331, 21.5107, 26.8884]),
    (image.ContrastJitterAug(0.5), [-40.3869, -35.0092, -29.6315, -24.2538, -18.8762, -13.4985]),
    (image.SaturationJitterAug(0.5), [-1.1228, 4.2549, 9.6326, 10.8772, 16.2549, 21.6326]),
    (image.HueJitterAug(0.5), [-0.6124, 5.7958, 0.3528, 11.4062, 17.7882, 12.3433]),
    (image.RandomGrayAug(0.9), [3.44, 3.44, 3.44, 15.44, 15.44, 15.44]),
    (image.LightingAug(0.1, [1, 2, 3], np.eye(3)), [0.1764, 4.08, 8.2936, 12.1764, 16.08, 20.2936]),
    (image.HorizontalFlipAug(0.5), [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]),
    (image.HorizontalFlipAug(0.9), [48.0, 52.0, 56.0, 36.0, 40.0, 44.0]),
    (image.ColorJitterAug(0, 0, 0.5), [-1.1228, 4.2549, 9.6326, 10.8772, 16.2549, 21.6326]),
    (image.ColorNormalizeAug([1, 2, 3], [2, 2, 4]), [-0.5, 1, 1.25, 5.5, 7, 4.25]),
], ids=lambda a: type(a).__name__ if isinstance(a, image.Augmenter) else "")
def test_colours(aug, expected):
    random.seed(0)
    np.random.seed(0)
    out = aug(IMAGE.astype("float32"))
    assert out.dtype is np.float32
    np.testing.assert_allclose(out.asnumpy().ravel()[:6], expected, atol=1e-4)


def test_sizes():
    def first(aug):
        out = aug(IMAGE)
        return out.shape, out.asnumpy().ravel()[:6].tolist()

    assert first(image.ResizeAug(3, 1)) == ((3, 3, 3), image.imresize(IMAGE, 3, 3).asnumpy().ravel()[:6].tolist())
    assert first(image.ForceResizeAug((2, 3)))[0] == (3, 2, 3)
    assert first(image.CenterCropAug((2, 2))) == ((2, 2, 3), [72, 76, 80, 84, 88, 92])
    random.seed(1)
    assert first(image.RandomCropAug((2, 2))) == ((2, 2, 3), [132, 136, 140, 144, 148, 152])
    random.seed(0)
    assert first(image.RandomSizedCropAug((2, 2), 0.5, (0.5, 2)))[0] == (2, 2, 3)
    assert image.CastAug()(IMAGE).dtype is np.float32


def test_the_list_of_augmenters_and_its_text():
    names = [json.loads(a.dumps()) for a in image.CreateAugmenter((3, 4, 5))]
    assert names == [["centercropaug", {"size": [5, 4], "interp": 2}], ["castaug", {"type": "float32"}]]
    every = image.CreateAugmenter((3, 4, 5), resize=6, rand_crop=True, rand_resize=True, rand_mirror=True, mean=True,
                                  std=True, brightness=0.1, contrast=0.2, saturation=0.3, hue=0.4, pca_noise=0.1,
                                  rand_gray=0.2, inter_method=1)
    texts = [a.dumps() for a in every]
    assert texts[:2] == ['["resizeaug", {"size": 6, "interp": 1}]',
                         '["randomsizedcropaug", {"size": [5, 4], "area": 0.08, "ratio": [0.75, 1.3333333333333333], '
                         '"interp": 1}]']
    assert texts[4] == ["colorjitteraug", ['["brightnessjitteraug", {"brightness": 0.1}]',
                                           '["contrastjitteraug", {"contrast": 0.2}]',
                                           '["saturationjitteraug", {"saturation": 0.3}]']]
    names = [type(a).__name__ for a in every[5:]]
    assert names == ["HueJitterAug", "LightingAug", "RandomGrayAug", "ColorNormalizeAug"]
    random.seed(0)
    out = image.SequentialAug(every)(nd.array(np.random.RandomState(0).randint(0, 256, (9, 8, 3)), dtype="uint8"))
    assert out.shape == (4, 5, 3) and np.abs(out.asnumpy()).max() < 5


@pytest.mark.parametrize("call, error, text", [
    (lambda: image.CreateAugmenter((3, 4, 5), rand_resize=True), ValueError, "rand_resize=True needs rand_crop=True"),
    (lambda: image.CreateAugmenter((3, 4, 5), mean=[1, 2]), ValueError, "mean expects 1 or 3 numbers"),
    (lambda: image.Augmenter()(IMAGE), NotImplementedError, "Must override implementation"),
])
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
