"""Data sets of images that a list in a file names: Flickr, SBU, LFW, Flowers 102, the semantic boundaries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import FormatError
from .._src.formats.text import open_text
from .files import folder_of
from .pictures import File, Outline, Pictures, lines, matlab, number
from .text_sets import usage_of


class FlickrDataset(Pictures):
    """Flickr8k or Flickr30k: columns image and annotation, the captions, (5,); in the order of the names.

    Args:
        dataset_dir: the folder of the images.
        annotation_file: lines of an image's name, # and a number, a tab, and a caption.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.mkdir("images")
    >>> dataset.vision.write_png("images/0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("captions.token").write_text("".join(f"0.jpg#{i}\\tA dog .\\n" for i in range(5)))
    >>> data = dataset.FlickrDataset("images", "captions.token", decode=True)
    >>> [row["annotation"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [['A dog .', 'A dog .', 'A dog .', 'A dog .', 'A dog .']]
    """

    def __init__(self, dataset_dir: str, annotation_file: str, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool | None = None,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        who = "FlickrDataset"
        folder = folder_of(who, dataset_dir)
        captions: dict[str, list[str]] = {}
        for line in lines(annotation_file):
            name, tab, caption = line.partition("\t")
            if not tab:
                raise FormatError(f"{who}: {annotation_file} has a line without a tab: {line!r}.")
            captions.setdefault(name.rpartition("#")[0], []).append(caption.strip())
        items = [(File(os.path.join(folder, name)), np.array(captions[name])) for name in sorted(captions)]
        super().__init__("image annotation", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class SBUDataset(Pictures):
    """SBU captioned photos, those that are in sbu_images: columns image and caption.

    Args:
        dataset_dir: the folder with sbu_images and SBU_captioned_photo_dataset_captions.txt and _urls.txt.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.mkdir("sbu_images")
    >>> dataset.vision.write_png("sbu_images/m_1_0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("SBU_captioned_photo_dataset_urls.txt").write_text("http://static.flickr.com/1/0.jpg\\n")
    >>> _ = pathlib.Path("SBU_captioned_photo_dataset_captions.txt").write_text("A dog\\n")
    >>> rows = dataset.SBUDataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, str(row["caption"])) for row in rows]
    [((4, 6, 3), 'A dog')]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, decode: bool = False, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("SBUDataset", dataset_dir)
        stem = os.path.join(folder, "SBU_captioned_photo_dataset_")
        urls = lines(f"{stem}urls.txt")
        with open_text(f"{stem}captions.txt") as file:
            captions = [line.rstrip(" \n") for line in file]
        if "" in captions:
            raise FormatError(f"SBUDataset: line {captions.index('') + 1} of {stem}captions.txt is empty.")
        items = []
        for url, caption in zip(urls, captions):
            path = os.path.join(folder, "sbu_images", "m_" + "_".join(url.split("/")[-2:]))
            if os.path.isfile(path):
                items.append((File(path), np.array(caption)))
        super().__init__("image caption", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class LFWDataset(Pictures):
    """Labeled Faces in the Wild: columns image and label, or of pairs image1, image2 and label; uint32.

    Args:
        dataset_dir: the folder with the lists and the folders of images.
        task: 'people' (default) or 'pairs'; of a pair the label says whether they are one person.
        usage: '10fold', 'train', 'test' or 'all' (default).
        image_set: 'original', 'funneled' (default) or 'deepfunneled'.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.makedirs("lfw/Ann_Lee")
    >>> dataset.vision.write_png("lfw/Ann_Lee/Ann_Lee_0001.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("lfw-names.txt").write_text("Ann_Lee\\t1\\n")
    >>> _ = pathlib.Path("peopleDevTest.txt").write_text("1\\nAnn_Lee\\t1\\n")
    >>> data = dataset.LFWDataset(".", "people", "test", "original", decode=True)
    >>> [(row["image"].shape, int(row["label"])) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_dir: str, task: str | None = None, usage: str | None = None,
                 image_set: str | None = None, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, decode: bool = False, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "LFWDataset"
        folder = folder_of(who, dataset_dir)
        task = usage_of("people" if task is None else task, ("people", "pairs"), who, "task")
        which = usage_of("all" if usage is None else usage, ("10fold", "train", "test", "all"), who)
        kind = usage_of("funneled" if image_set is None else image_set, ("original", "funneled", "deepfunneled"), who,
                        "image_set")
        inner = os.path.join(folder, "lfw" if kind == "original" else f"lfw_{kind}")
        lists = {"10fold": ("",), "train": ("DevTrain",), "test": ("DevTest",), "all": ("DevTrain", "DevTest")}[which]

        def image(name: str, i: str) -> File:
            return File(os.path.join(inner, name, f"{name}_{int(i):04d}.jpg"))

        items: list[tuple[Any, ...]] = []
        names = {line.split()[0]: i for i, line in enumerate(lines(os.path.join(folder, "lfw-names.txt")))
                 } if task == "people" else {}
        for part in lists:
            for row in (line.split() for line in lines(os.path.join(folder, f"{task}{part}.txt"))):
                if len(row) == 3:
                    items.append((image(row[0], row[1]), image(row[0], row[2]), number(1)))
                elif len(row) == 4:
                    items.append((image(row[0], row[1]), image(row[2], row[3]), number(0)))
                elif task == "people" and len(row) == 2 and row[0] in names:
                    items += [(image(row[0], str(i + 1)), number(names[row[0]])) for i in range(int(row[1]))]
        super().__init__("image label" if task == "people" else "image1 image2 label", items, decode, num_samples,
                         shuffle, sampler, num_shards, shard_id)


class Flowers102Dataset(Pictures):
    """Oxford 102 flowers: columns image and label, uint32, from 0 on; of Segmentation image, segmentation, label.

    Args:
        dataset_dir: the folder with jpg, segmim, imagelabels.mat and setid.mat.
        task: 'Classification' (default) or 'Segmentation'.
        usage: 'train', 'valid', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers: accepted.

    >>> from luojia import dataset
    >>> import pathlib, scipy.io
    >>> pathlib.Path("jpg").mkdir()
    >>> dataset.vision.write_jpeg("jpg/image_00001.jpg", np.zeros((2, 3, 3), np.uint8))
    >>> scipy.io.savemat("imagelabels.mat", {"labels": np.uint8([[77]])})
    >>> scipy.io.savemat("setid.mat", {"trnid": np.uint16([[1]]), "tstid": [[]], "valid": [[]]})
    >>> data = dataset.Flowers102Dataset(".", usage="train", decode=True)
    >>> rows = data.create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((2, 3, 3), 76)]
    """

    def __init__(self, dataset_dir: str, task: str = "Classification", usage: str = "all",
                 num_samples: int | None = None, num_parallel_workers: int | None = 1, shuffle: bool | None = None,
                 decode: bool = False, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None) -> None:
        who = "Flowers102Dataset"
        folder = folder_of(who, dataset_dir)
        usage_of(task, ("Classification", "Segmentation"), who, "task")
        usage_of(usage, ("train", "valid", "test", "all"), who)
        labels = np.ravel(matlab(os.path.join(folder, "imagelabels.mat"))["labels"])
        sets = matlab(os.path.join(folder, "setid.mat"))
        items = []
        for part, name in (("train", "trnid"), ("test", "tstid"), ("valid", "valid")):
            for i in np.ravel(sets[name]).tolist() if usage in (part, "all") else ():
                files = [File(os.path.join(folder, "jpg", f"image_{i:05d}.jpg"))]
                if task == "Segmentation":
                    files.append(File(os.path.join(folder, "segmim", f"segmim_{i:05d}.jpg")))
                items.append((*files, number(int(labels[i - 1]) - 1)))
        columns = "image label" if task == "Classification" else "image segmentation label"
        super().__init__(columns, items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return 102


class SBDataset(Pictures):
    """Semantic Boundaries: columns image and task (MindSpore's name for the labels), from MATLAB files.

    Args:
        dataset_dir: the folder with img, cls, train.txt, val.txt and train_noval.txt.
        task: 'Boundaries' (default), (20, H, W) uint8, or 'Segmentation', (H, W) uint8.
        usage: 'train', 'val', 'train_noval' or 'all' (default: train and val).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers: accepted.

    >>> from luojia import dataset
    >>> import pathlib, scipy.io
    >>> for folder in ("img", "cls"):
    ...     pathlib.Path(folder).mkdir()
    >>> dataset.vision.write_jpeg("img/a.jpg", np.zeros((2, 3, 3), np.uint8))
    >>> truth = {"Segmentation": np.uint8([[0, 0, 5], [0, 5, 5]])}
    >>> scipy.io.savemat("cls/a.mat", {"GTcls": truth})
    >>> _ = pathlib.Path("val.txt").write_text("a\\n")
    >>> data = dataset.SBDataset(".", "Segmentation", "val", decode=True)
    >>> [row["task"].tolist() for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [[[0, 0, 5], [0, 5, 5]]]
    """

    def __init__(self, dataset_dir: str, task: str = "Boundaries", usage: str = "all", num_samples: int | None = None,
                 num_parallel_workers: int | None = 1, shuffle: bool | None = None, decode: bool | None = None,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = "SBDataset"
        folder = folder_of(who, dataset_dir)
        self._task = usage_of(task, ("Boundaries", "Segmentation"), who, "task")
        usage_of(usage, ("train", "val", "train_noval", "all"), who)
        names = [name for part in (("train", "val") if usage == "all" else (usage,))
                 for name in lines(os.path.join(folder, f"{part}.txt"))]
        items = [
            (File(os.path.join(folder, "img", f"{name}.jpg")), Outline(os.path.join(folder, "cls", f"{name}.mat")))
            for name in names
        ]
        super().__init__("image task", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def _value(self, value: Any) -> np.ndarray:
        if not isinstance(value, Outline):
            return super()._value(value)
        truth = matlab(value)["GTcls"][0]
        if self._task == "Segmentation":
            return np.asarray(truth["Segmentation"][0], np.uint8)
        parts: Sequence[Any] = truth["Boundaries"][0]
        return np.stack([np.asarray(part[0].toarray(), np.uint8) for part in parts])
