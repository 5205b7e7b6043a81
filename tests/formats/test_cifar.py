import numpy as np
import pytest

from luojia._src.errors import ArgumentError, FormatError
from luojia._src.formats.cifar import load

PIXELS = np.random.default_rng(0).integers(0, 256, (2, 3, 32, 32), dtype=np.uint8)


def batch(*labels):
    return b"".join(bytes(l) + p.tobytes() for l, p in zip(labels, PIXELS))


def test_cifar10(tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(batch([3], [9]))
    images, labels = load(tmp_path / "data_batch_1.bin", records=2)
    np.testing.assert_array_equal(images, PIXELS.transpose(0, 2, 3, 1))
    assert labels.tolist() == [3, 9] and labels.dtype == np.int32 and images.flags.c_contiguous


def test_cifar100():
    images, labels = load(batch([19, 99], [0, 1]), "cifar100")
    np.testing.assert_array_equal(images, PIXELS.transpose(0, 2, 3, 1))
    assert labels.tolist() == [[19, 99], [0, 1]]


def test_refusals():
    with pytest.raises(ArgumentError, match="kind to be one of cifar10, cifar100, got 'mnist'"):
        load(batch([3]), "mnist")
    with pytest.raises(FormatError, match="expected 10000 records of 3073 bytes, found 6146 bytes"):
        load(batch([3], [9]), records=10000)
    with pytest.raises(FormatError, match="is corrupted or no cifar10 batch: record 1 has the label 10"):
        load(batch([3], [10]))
    with pytest.raises(FormatError, match="record 0 has the label 20"):
        load(batch([20, 0]), "cifar100")


def test_every_cut_is_refused(damage):
    data = batch([3], [9])
    damage.every_cut(load, data, whole=[3073])
    damage.every_cut(lambda d: load(d, records=2), data[:3073] + data[3073:3200])
