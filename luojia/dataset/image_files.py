"""Data sets of images in few files: EMNIST, KMNIST, QMNIST, Semeion, STL-10, SVHN, USPS, Photo Tour."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._src.data import codecs
from .._src.errors import FormatError
from .._src.formats import idx
from .files import FileRows, folder_of
from .pictures import lines, matlab
from .rows import PipelineError, Row
from .samplers import Shuffle, resolve
from .sources import _InMemory
from .text_sets import ALL, chosen, usage_of


def _load(path: str) -> np.ndarray:
    for name in (path, path + ".gz"):
        if os.path.isfile(name):
            return idx.load(name)
    raise PipelineError(f"Invalid path, the file {path} does not exist.")


class KMnistDataset(_InMemory):
    """Kuzushiji-MNIST, in MNIST's form: columns image, (28, 28, 1) uint8, and label, uint32.

    Args:
        dataset_dir: the folder of the IDX files, gzipped or not.
        usage: 'train', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> np.array([2051, 1, 28, 28] + [0] * 196, ">i4").tofile("t10k-images-idx3-ubyte")
    >>> np.uint8([0, 0, 8, 1, 0, 0, 0, 1, 7]).tofile("t10k-labels-idx1-ubyte")
    >>> rows = dataset.KMnistDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((28, 28, 1), 7)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "KMnistDataset"
        folder = folder_of(who, dataset_dir)
        usage = usage_of("all" if usage is None else usage, ALL, who)
        stems = [os.path.join(folder, stem) for part, stem in (("test", "t10k"), ("train", "train"))
                 if usage in (part, "all")]
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], _digits(stems), sampler)


def _digits(stems: list[str]) -> list[np.ndarray]:
    images = np.concatenate([_load(f"{stem}-images-idx3-ubyte") for stem in stems])[..., None]
    return [images, np.concatenate([_load(f"{stem}-labels-idx1-ubyte") for stem in stems]).astype(np.uint32)]


class EMnistDataset(_InMemory):
    """EMNIST: columns image, (28, 28, 1) uint8, and label, uint32.

    Args:
        dataset_dir: the folder of the files emnist-<name>-<part>-images-idx3-ubyte and -labels-idx1-ubyte.
        name: 'byclass', 'bymerge', 'balanced', 'letters', 'digits' or 'mnist'.
        usage: 'train', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> name = "emnist-digits-test-{}-ubyte"
    >>> np.array([2051, 1, 28, 28] + [0] * 196, ">i4").tofile(name.format("images-idx3"))
    >>> np.uint8([0, 0, 8, 1, 0, 0, 0, 1, 7]).tofile(name.format("labels-idx1"))
    >>> rows = dataset.EMnistDataset(".", "digits", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((28, 28, 1), 7)]
    """

    def __init__(self, dataset_dir: str, name: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "EMnistDataset"
        folder = folder_of(who, dataset_dir)
        usage_of(name, ("byclass", "bymerge", "balanced", "letters", "digits", "mnist"), who, "name")
        usage = usage_of("all" if usage is None else usage, ALL, who)
        stems = [os.path.join(folder, f"emnist-{name}-{part}") for part in ("test", "train") if usage in (part, "all")]
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], _digits(stems), sampler)


class QMnistDataset(_InMemory):
    """QMNIST: columns image, (28, 28, 1) uint8, and label, uint32.

    Args:
        dataset_dir: the folder of the files qmnist-<part>-images-idx3-ubyte and -labels-idx2-int, and xnist-.
        usage: 'train', 'test', 'test10k', 'test50k', 'nist' or 'all' (default).
        compat: the class alone, else the 8 numbers that QMNIST has.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> name = "qmnist-test-{}"
    >>> np.array([2051, 1, 28, 28] + [0] * 196, ">i4").tofile(name.format("images-idx3-ubyte"))
    >>> np.array([3074, 1, 8, 7] + [0] * 7, ">i4").tofile(name.format("labels-idx2-int"))
    >>> rows = dataset.QMnistDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((28, 28, 1), 7)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, compat: bool = True, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "QMnistDataset"
        folder = folder_of(who, dataset_dir)
        known = ("train", "test", "test10k", "test50k", "nist", "all")
        wanted = usage_of("all" if usage is None else usage, known, who)
        stems = {"train": "qmnist-train", "test": "qmnist-test", "nist": "xnist"}
        part = slice(10000) if wanted == "test10k" else slice(10000, None) if wanted == "test50k" else slice(None)
        images, labels = [], []
        for name, stem in stems.items():
            if wanted in (name, "all") or (name == "test" and wanted.startswith("test")):
                images.append(_load(os.path.join(folder, f"{stem}-images-idx3-ubyte"))[part])
                labels.append(_load(os.path.join(folder, f"{stem}-labels-idx2-int"))[part])
        numbers = np.concatenate(labels).astype(np.uint32)
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], [np.concatenate(images)[..., None], numbers[:, 0] if compat else numbers],
                         sampler)


class SemeionDataset(_InMemory):
    """Semeion's handwritten digits, semeion.data: columns image, (16, 16) uint8 of 0 and 1, and label, uint32.

    Args:
        dataset_dir: the folder.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("semeion.data").write_text("1.0000 " * 256 + "0 0 0 1 0 0 0 0 0 0 \\n")
    >>> rows = dataset.SemeionDataset(".").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((16, 16), 3)]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "SemeionDataset"
        path = os.path.join(folder_of(who, dataset_dir), "semeion.data")
        try:
            cells = np.array([line.split() for line in lines(path)], np.float64).reshape(-1, 266)
        except ValueError as error:
            raise FormatError(f"{who}: {path} has not 266 numbers in each line: {error}.") from error
        images, labels = cells[:, :256].astype(np.uint8).reshape(-1, 16, 16), cells[:, 256:].argmax(1).astype(np.uint32)
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], [images, labels], sampler)


class STL10Dataset(_InMemory):
    """STL-10: columns image, (96, 96, 3) uint8, and label, int32, -1 of those without one.

    Args:
        dataset_dir: the folder of the files <part>_X.bin and <part>_y.bin.
        usage: 'train', 'test', 'unlabeled', 'train+unlabeled' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> np.zeros(3 * 96 * 96, np.uint8).tofile("test_X.bin")
    >>> np.uint8([4]).tofile("test_y.bin")
    >>> rows = dataset.STL10Dataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((96, 96, 3), 3)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "STL10Dataset"
        folder = folder_of(who, dataset_dir)
        known = ("train", "test", "unlabeled", "train+unlabeled", "all")
        wanted = usage_of("all" if usage is None else usage, known, who)
        parts = ("test", "train", "unlabeled") if wanted == "all" else wanted.split("+")
        images, labels = [], []
        for part in parts:
            (pixels,) = chosen("all", {part: os.path.join(folder, f"{part}_X.bin")}, who)
            raw = np.fromfile(pixels, np.uint8)
            if raw.size % (3 * 96 * 96):
                raise FormatError(f"{who}: {pixels} has {raw.size} bytes, no whole number of images of 3 x 96 x 96.")
            images.append(raw.reshape(-1, 3, 96, 96).transpose(0, 3, 2, 1))
            if part == "unlabeled":
                labels.append(np.full(len(images[-1]), -1, np.int32))
                continue
            (classes,) = chosen("all", {part: os.path.join(folder, f"{part}_y.bin")}, who)
            labels.append(np.fromfile(classes, np.uint8).astype(np.int32) - 1)
            if len(labels[-1]) != len(images[-1]):
                raise FormatError(f"{who}: {pixels} has {len(images[-1])} images, {classes} {len(labels[-1])} labels.")
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], [np.concatenate(images), np.concatenate(labels)], sampler)


class SVHNDataset(_InMemory):
    """SVHN, <part>_32x32.mat: columns image, (32, 32, 3) uint8, and label, uint32, 0 of the digit 0.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'test', 'extra' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers: accepted.

    >>> from luojia import dataset
    >>> import scipy.io
    >>> digits = {"X": np.zeros((32, 32, 3, 2), np.uint8), "y": np.uint8([[7], [10]])}
    >>> scipy.io.savemat("test_32x32.mat", digits)
    >>> rows = dataset.SVHNDataset(".", "test", shuffle=False).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((32, 32, 3), 7), ((32, 32, 3), 0)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = "SVHNDataset"
        folder = folder_of(who, dataset_dir)
        usage = usage_of("all" if usage is None else usage, ("train", "test", "extra", "all"), who)
        found = [matlab(os.path.join(folder, f"{part}_32x32.mat")) for part in ("train", "test", "extra")
                 if usage in (part, "all")]
        images = np.concatenate([part["X"].transpose(3, 0, 1, 2) for part in found])
        labels = np.concatenate([np.ravel(part["y"]) for part in found]).astype(np.uint32) % 10
        sampler = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["image", "label"], [images, labels], sampler)


class USPSDataset(FileRows):
    """USPS's digits, the files usps and usps.t: columns image, (16, 16, 1) uint8, and label, uint32.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'test' or 'all' (default).
        num_samples, num_parallel_workers, shuffle, num_shards, shard_id: see :class:`TextFileDataset`.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("usps.t").write_text("4 " + " ".join(f"{i}:-1" for i in range(1, 257)) + " \\n")
    >>> rows = dataset.USPSDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((16, 16, 1), 3)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "USPSDataset"
        folder = folder_of(who, dataset_dir)
        wanted = usage_of("all" if usage is None else usage, ALL, who)
        files = chosen(wanted, {"train": os.path.join(folder, "usps"), "test": os.path.join(folder, "usps.t")}, who)
        super().__init__(who, files, ("image", "label"), num_samples, num_parallel_workers, shuffle, num_shards,
                         shard_id)

    def read(self, path: str) -> Iterator[Row]:
        for i, line in enumerate(lines(path), 1):
            label, *cells = line.split()
            try:
                values = np.array([cell.split(":")[1] for cell in cells], np.float32)
                image = ((values + 1) / 2 * 255).astype(np.uint8).reshape(16, 16, 1)
            except (ValueError, IndexError) as error:
                raise FormatError(f"USPSDataset: line {i} of {path} is not USPS's: {error}.") from error
            yield image, np.array(int(label) - 1, np.uint32)


_TOURS = ("notredame", "yosemite", "liberty", "notredame_harris", "yosemite_harris", "liberty_harris")


class PhotoTourDataset(_InMemory):
    """Photo Tour's patches: column image, (64, 64, 1) uint8; of test image1, image2 and matches, uint32.

    Args:
        dataset_dir: the folder of the tours' folders.
        name: of the tour: 'notredame', 'yosemite', 'liberty', each also with '_harris'.
        usage: 'train' (default) or 'test'.
        num_samples, shuffle, sampler, num_shards, shard_id: which patches, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.mkdir("liberty")
    >>> dataset.vision.write_png("liberty/patches0000.bmp", np.zeros((1024, 1024), np.uint8))
    >>> _ = pathlib.Path("liberty/info.txt").write_text("0 0\\n1 0\\n")
    >>> _ = pathlib.Path("liberty/m50_100000_100000_0.txt").write_text("0 0 0 1 1 0 0\\n")
    >>> rows = dataset.PhotoTourDataset(".", "liberty", "train").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [row["image"].shape for row in rows]
    [(64, 64, 1), (64, 64, 1)]
    """

    def __init__(self, dataset_dir: str, name: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "PhotoTourDataset"
        folder = os.path.join(folder_of(who, dataset_dir), usage_of(name, _TOURS, who, "name"))
        usage = usage_of("train" if usage is None else usage, ("train", "test"), who)
        count, found = len(lines(os.path.join(folder, "info.txt"))), []
        for i in range(-(-count // 256)):
            (path,) = chosen("all", {"": os.path.join(folder, f"patches{i:04d}.bmp")}, who)
            sheet = codecs.read(path, colour=False).reshape(16, 64, 16, 64)
            found.append(sheet.transpose(0, 2, 1, 3).reshape(256, 64, 64, 1))
        patches = np.concatenate(found)[:count] if found else np.zeros((0, 64, 64, 1), np.uint8)
        columns, arrays = ["image"], [patches]
        if usage == "test":
            listed = lines(os.path.join(folder, "m50_100000_100000_0.txt"))
            pairs = np.array([line.split() for line in listed], np.int64)
            matches = (pairs[:, 1] == pairs[:, 4]).astype(np.uint32)
            columns, arrays = ["image1", "image2", "matches"], [patches[pairs[:, 0]], patches[pairs[:, 3]], matches]
        super().__init__(columns, arrays, resolve(who, sampler, shuffle, num_samples, num_shards, shard_id))
