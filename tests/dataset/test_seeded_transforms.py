"""Under a seed, what the transforms of a pipeline draw is what mindspore 2.8.0 draws with one worker."""

import zlib

import numpy as np
import pytest

from luojia import dataset as ds
from luojia.common import seed as common_seed
from luojia.dataset import transforms as T
from luojia.dataset import vision as V
from luojia.dataset.order import Draws

IMAGE = np.random.RandomState(0).randint(0, 256, (40, 50, 3)).astype(np.uint8)
RAMP = np.arange(200, dtype=np.uint8).reshape(10, 20, 1).repeat(3, 2)


@pytest.fixture(autouse=True)
def seed():
    before = common_seed.pipelines_seed()
    ds.config.set_seed(3)
    yield
    common_seed._pipelines = before


def run(operations, image, count):
    data = ds.NumpySlicesDataset(np.stack([image] * count), ["image"], shuffle=False).map(operations, ["image"])
    return [row["image"] for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]


def test_coins_and_places():
    coins = [1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1]
    flip = V.RandomHorizontalFlip(0.5)
    for _ in range(2):  # each pass of a new iterator begins again
        assert [int((x != IMAGE).any()) for x in run(flip, IMAGE, 12)] == coins
    assert not any((x != IMAGE).any() for x in run([flip, V.RandomHorizontalFlip(0.5)], IMAGE, 12))  # two of one mind
    corners = [divmod(int(x[0, 0, 0]), 20) for x in run(V.RandomCrop((3, 4)), RAMP, 8)]
    assert corners == [(0, 9), (6, 12), (0, 4), (4, 8), (3, 15), (0, 15), (0, 2), (1, 3)]
    bits = [bin(int(x[0, 0])).count("1") for x in run(V.RandomPosterize((1, 8)), np.full((1, 1), 255, np.uint8), 8)]
    assert bits == [5, 1, 6, 7, 3, 1, 5, 5]
    numbers = np.zeros((1, 1), np.float32)
    made = run(T.RandomChoice([V.Rescale(1.0, float(k)) for k in range(4)]), numbers, 12)
    assert [int(x[0, 0]) for x in made] == [2, 0, 2, 3, 1, 0, 2, 2, 3, 1, 3, 0]
    made = run(T.RandomApply([V.Rescale(1.0, 1.0)], 0.5), numbers, 12)
    assert [int(x[0, 0]) for x in made] == coins


@pytest.mark.parametrize(("make", "expected"), [
    (lambda: V.RandomRotation(30), [5212, 9693, 3671, 6793, 9061, 9436]),
    (lambda: V.RandomResizedCrop((8,9)), [8763, 9432, 4909, 1328, 6422, 8137]),
    (lambda: V.RandomSharpness((0.1,1.9)), [3332, 1172, 5515, 931, 665, 4054]),
    (lambda: V.RandomColor((0.1,1.9)), [1607, 5605, 2354, 1027, 6875, 6555]),
    (lambda: V.RandomColorAdjust(contrast=0.5), [6447, 1197, 4936, 5745, 959, 6123]),
    (lambda: V.RandomInvert(0.5), [2709, 1540, 2709, 1540, 2709, 2709]),
    (lambda: V.RandomAdjustSharpness(2.,.5), [3864, 1540, 3864, 1540, 3864, 3864]),
    (lambda: V.CutOut(9), [5978, 9214, 1934, 9806, 43, 4989]),
    (lambda: V.RandomSolarize((10,200)), [2762, 9714, 364, 6178, 5714, 1897]),
    (lambda: V.RandomSelectSubpolicy([[(V.Invert(),.5),(V.HorizontalFlip(),.4)],[(V.VerticalFlip(),.7)]]),
     [1540, 3926, 1540, 938, 2709, 3926]),
    (lambda: T.RandomApply([V.RandomHorizontalFlip(.5)],.7), [8747, 1540, 1540, 8747, 1540, 8747]),
    (lambda: V.RandomCrop((20,20),[4,4,4,4]), [2431, 1761, 6962, 5945, 2230, 6815]),
    (lambda: V.RandomEqualize(.3), [7520, 1540, 7520, 1540, 1540, 7520]),
    (lambda: V.RandomAutoContrast(1.0,None,.3), [3765, 1540, 3765, 1540, 1540, 3765]),
])
def test_images(make, expected):
    assert [zlib.crc32(x.tobytes()) % 10000 for x in run(make(), IMAGE, 6)] == expected


def test_what_mindspore_does_not_draw_so():
    draws = Draws(3)
    assert draws.random_sample(3).shape == draws.uniform(0, 1, 3).shape == draws.normal(0, 1, 3).shape == (3,)
    assert sorted(draws.permutation(5).tolist()) == [0, 1, 2, 3, 4]
    assert set(draws.randint(2, 4, 20).tolist()) == {2, 3}
    assert len({V.RandomCrop(3)(RAMP).tobytes() for _ in range(20)}) > 5  # outside a pipeline one stream serves all
