"""Data sets of images in folders: any, Caltech, Food-101, LSUN, Omniglot, Rendered SST-2, SUN397, and others."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError
from .._src.formats.text import open_text
from .files import folder_of
from .pictures import File, Outline, Pictures, folders_in, images_in, lines, matlab, number, numbered
from .rows import PipelineError
from .text_sets import usage_of


class ImageFolderDataset(Pictures):
    """Images in folders, ``dataset_dir/<class>/<image>``: columns image and label, int32.

    Args:
        dataset_dir: the folder of folders.
        extensions: of the files that are images; default all files.
        class_indexing: the classes' numbers by name; default 0, 1, ... in alphabetical order.
        decode: give pixels, (H, W, 3) uint8; else the file's bytes, (n,) uint8, for ``vision.Decode``.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.

    >>> from luojia import dataset
    >>> import os
    >>> for name in ("cat", "dog"):
    ...     os.makedirs(f"pets/{name}")
    ...     dataset.vision.write_png(f"pets/{name}/0.png", np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.ImageFolderDataset("pets", decode=True, shuffle=False)
    >>> [(row["image"].shape, int(row["label"])) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), 0), ((4, 6, 3), 1)]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, sampler: Any = None, extensions: Sequence[str] | None = None,
                 class_indexing: dict | None = None, decode: bool = False, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None, decrypt: Any = None) -> None:
        who = "ImageFolderDataset"
        folder = folder_of(who, dataset_dir)
        found = folders_in(folder)
        self._classes = {name: i for i, name in enumerate(found)} if class_indexing is None else dict(class_indexing)
        kinds = tuple(extensions or ("",))
        items = [(image, number(label, np.int32)) for name, label in self._classes.items() if name in found
                 for image in images_in(os.path.join(folder, name), kinds)]
        if not items:
            raise PipelineError(f"{who}: {dataset_dir} has no folders with images (*{', *'.join(kinds)}).")
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return len(self._classes)

    def get_class_indexing(self) -> dict:
        return dict(self._classes)


class Caltech256Dataset(Pictures):
    """Caltech 256, a folder for each class: columns image and label, int32, from 0 on in the folders' order.

    Args:
        dataset_dir: the folder.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, (H, W, 3) uint8; else the file's bytes, (n,) uint8, for ``vision.Decode``.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> os.makedirs("256/001.ak47")
    >>> dataset.vision.write_png("256/001.ak47/001_0001.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> rows = dataset.Caltech256Dataset("256", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, decode: bool = False, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("Caltech256Dataset", dataset_dir)
        self._names = folders_in(folder)
        items = numbered(folder, self._names, np.int32)
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return len(self._names)


class Caltech101Dataset(Pictures):
    """Caltech 101: columns image and category (int64, the folders in order, without BACKGROUND_Google) or annotation.

    Args:
        dataset_dir: the folder with 101_ObjectCategories and Annotations.
        target_type: 'category' (default), 'annotation' (the outline, float64) or 'all'.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> os.makedirs("101_ObjectCategories/ant"); os.mkdir("Annotations")
    >>> dataset.vision.write_png("101_ObjectCategories/ant/image_0001.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.Caltech101Dataset(".", "category", decode=True)
    >>> [int(row["category"]) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [0]
    """

    _renamed = {
        "Faces": "Faces_2", "Faces_easy": "Faces_3", "Motorbikes": "Motorbikes_16", "airplanes": "Airplanes_Side_2",
    }

    def __init__(self, dataset_dir: str, target_type: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = 1, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None) -> None:
        who = "Caltech101Dataset"
        folder = folder_of(who, dataset_dir)
        target = usage_of("category" if target_type is None else target_type, ("category", "annotation", "all"), who,
                          "target_type")
        pictures = os.path.join(folder, "101_ObjectCategories")
        self._names = [name for name in folders_in(pictures) if name != "BACKGROUND_Google"]
        items = []
        for i, name in enumerate(self._names):
            for image in images_in(os.path.join(pictures, name)):
                number_of = os.path.splitext(os.path.basename(image))[0].split("_")[-1]
                outline = Outline(os.path.join(folder, "Annotations", self._renamed.get(name, name),
                                                f"annotation_{number_of}.mat"))
                values = {"category": (number(i, np.int64),), "annotation": (outline,)}
                values["all"] = values["category"] + values["annotation"]
                items.append((image, *values[target]))
        columns = "image category annotation" if target == "all" else f"image {target}"
        super().__init__(columns, items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def _value(self, value: Any) -> np.ndarray:
        if isinstance(value, Outline):
            return np.asarray(matlab(value)["obj_contour"], np.float64)
        return super()._value(value)

    def get_class_indexing(self) -> dict:
        return {name: i for i, name in enumerate(self._names)}


class Food101Dataset(Pictures):
    """Food-101: columns image and label, the class's name.

    Args:
        dataset_dir: the folder with images and meta.
        usage: 'train', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.makedirs("images/ramen"); os.mkdir("meta")
    >>> dataset.vision.write_png("images/ramen/0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("meta/test.txt").write_text("ramen/0\\n")
    >>> rows = dataset.Food101Dataset(".", "test", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, str(row["label"])) for row in rows]
    [((4, 6, 3), 'ramen')]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        folder = folder_of("Food101Dataset", dataset_dir)
        usage = usage_of("all" if usage is None else usage, ("train", "test", "all"), "Food101Dataset")
        listed = [name for part in ("train", "test") if usage in (part, "all")
                  for name in lines(os.path.join(folder, "meta", f"{part}.txt"))]
        items = [(File(os.path.join(folder, "images", f"{name}.jpg")), np.array(name.split("/")[0])) for name in listed]
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


_SCENES = ("bedroom", "bridge", "church_outdoor", "classroom", "conference_room", "dining_room", "kitchen",
           "living_room", "restaurant", "tower")


class LSUNDataset(Pictures):
    """LSUN, folders <class>_train and <class>_val of images: columns image and label, uint32, in the folders' order.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'valid', 'test' or 'all' (default: train and valid).
        classes: which of the ten classes; default all that are there.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> os.mkdir("bedroom_train")
    >>> dataset.vision.write_png("bedroom_train/0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.LSUNDataset(".", "train", ["bedroom"], decode=True)
    >>> [(row["image"].shape, int(row["label"])) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, classes: str | list[str] | None = None,
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: bool | None = None,
                 decode: bool = False, sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        who = "LSUNDataset"
        folder = folder_of(who, dataset_dir)
        part = usage_of("all" if usage is None else usage, ("train", "test", "valid", "all"), who)
        chosen = [classes] if isinstance(classes, str) else list(classes or _SCENES)
        for name in chosen:
            usage_of(name, _SCENES, who, "classes")
        endings = {"train": ("train",), "valid": ("val",), "all": ("train", "val"), "test": ()}[part]
        wanted = ["test"] if part == "test" else [f"{name}_{end}" for name in chosen for end in endings]
        self._names = [name for name in folders_in(folder) if name in wanted]
        items = numbered(folder, self._names)
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return len(self._names)


class OmniglotDataset(Pictures):
    """Omniglot, <alphabet>/<character>/ in images_background or images_evaluation: columns image and label, int32.

    Args:
        dataset_dir: the folder.
        background: whether of images_background (default True), else of images_evaluation.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> os.makedirs("images_background/Greek/character01")
    >>> dataset.vision.write_png("images_background/Greek/character01/0001_01.png", np.zeros((4, 6), np.uint8))
    >>> rows = dataset.OmniglotDataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_dir: str, background: bool | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        folder = os.path.join(folder_of("OmniglotDataset", dataset_dir),
                              "images_evaluation" if background is False else "images_background")
        characters = [os.path.join(folder, alphabet, name) for alphabet in folders_in(folder)
                      for name in folders_in(os.path.join(folder, alphabet))]
        items = [(image, number(i, np.int32)) for i, name in enumerate(characters) for image in images_in(name)]
        self._characters = len(characters)
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return self._characters


class RenderedSST2Dataset(Pictures):
    """Rendered SST-2, <part>/negative and positive: columns image and label, uint32, 1 for positive.

    Args:
        dataset_dir: the folder with train, test and valid.
        usage: 'train', 'val', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> os.makedirs("test/positive"); os.makedirs("test/negative")
    >>> dataset.vision.write_png("test/positive/0.png", np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.RenderedSST2Dataset(".", "test", decode=True)
    >>> [(row["image"].shape, int(row["label"])) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), 1)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        folder = folder_of("RenderedSST2Dataset", dataset_dir)
        usage = usage_of("all" if usage is None else usage, ("val", "train", "test", "all"), "RenderedSST2Dataset")
        items = [
            (image, number(label))
            for part, inner in (("test", "test"), ("train", "train"), ("val", "valid")) if usage in (part, "all")
            for label, kind in enumerate(("negative", "positive"))
            for image in images_in(os.path.join(folder, inner, kind))
        ]
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class SUN397Dataset(Pictures):
    """SUN397, the folders that ClassName.txt lists, by name: columns image and label, uint32, the place in the list.

    Args:
        dataset_dir: the folder.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.makedirs("a/abbey")
    >>> dataset.vision.write_png("a/abbey/sun_0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("ClassName.txt").write_text("/a/abbey\\n")
    >>> rows = dataset.SUN397Dataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, decode: bool = False, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("SUN397Dataset", dataset_dir)
        names = [name.lstrip("/") for name in lines(os.path.join(folder, "ClassName.txt"))]
        items = [(image, number(names.index(name))) for name in sorted(names)
                 for image in images_in(os.path.join(folder, name))]
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class Places365Dataset(Pictures):
    """Places365: columns image and label, uint32.

    Args:
        dataset_dir: the folder with the lists places365_*.txt and the folders of images.
        usage: 'train-standard' (default), 'train-challenge' or 'val'.
        small: the images of 256 x 256, else the large ones.
        decode: give pixels, else the files' bytes.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.mkdir("val_256")
    >>> dataset.vision.write_png("val_256/Places365_val_00000001.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("places365_val.txt").write_text("Places365_val_00000001.jpg 165\\n")
    >>> _ = pathlib.Path("categories_places365.txt").write_text("/a/airfield 0\\n")
    >>> rows = dataset.Places365Dataset(".", "val", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, int(row["label"])) for row in rows]
    [((4, 6, 3), 165)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, small: bool = True, decode: bool = False,
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: bool | None = None,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        who = "Places365Dataset"
        folder = folder_of(who, dataset_dir)
        known = ("train-standard", "train-challenge", "val")
        part = usage_of("train-standard" if usage is None else usage, known, who)
        size, kind = "256" if small else "large", part.split("-")[-1]
        inner = f"val_{size}" if part == "val" else f"data_{size}_{kind}"
        listed = os.path.join(folder, "places365_val.txt" if part == "val" else f"places365_train_{kind}.txt")
        items = []
        for line in lines(listed):
            name, label = line.split()
            items.append((File(os.path.join(folder, inner, name.lstrip("/"))), number(int(label))))
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class DIV2KDataset(Pictures):
    """DIV2K: columns hr_image and lr_image, the same picture in high and low resolution.

    Args:
        dataset_dir: the folder with DIV2K_<part>_HR and DIV2K_<part>_LR_<downgrade>.
        usage: 'train' (default), 'valid' or 'all'.
        downgrade: 'bicubic' (default), 'unknown', 'mild', 'difficult' or 'wild'.
        scale: 2 (default), 3, 4 or 8; 8 of bicubic only, mild, difficult and wild of 4 only.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> for folder in ("DIV2K_train_HR", "DIV2K_train_LR_bicubic/X2"):
    ...     os.makedirs(folder)
    >>> dataset.vision.write_png("DIV2K_train_HR/0001.png", np.zeros((4, 6, 3), np.uint8))
    >>> dataset.vision.write_png("DIV2K_train_LR_bicubic/X2/0001x2.png", np.zeros((2, 3, 3), np.uint8))
    >>> rows = dataset.DIV2KDataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["hr_image"].shape, row["lr_image"].shape) for row in rows]
    [((4, 6, 3), (2, 3, 3))]
    """

    def __init__(self, dataset_dir: str, usage: str = "train", downgrade: str = "bicubic", scale: int = 2,
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: bool | None = None,
                 decode: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "DIV2KDataset"
        folder = folder_of(who, dataset_dir)
        usage_of(usage, ("train", "valid", "all"), who)
        usage_of(downgrade, ("bicubic", "unknown", "mild", "difficult", "wild"), who, "downgrade")
        usage_of(scale, (2, 3, 4, 8), who, "scale")
        one = downgrade in ("mild", "difficult", "wild")
        if one and scale != 4:
            raise ArgumentError(f"{who}: {downgrade} downgrade requires scale equal to 4, got {scale}.")
        if scale == 8 and downgrade != "bicubic":
            raise ArgumentError(f"{who}: scale equal to 8 is allowed only in bicubic downgrade, got {downgrade}.")
        items = []
        for part in ("train", "valid") if usage == "all" else (usage,):
            low = os.path.join(folder, f"DIV2K_{part}_LR_{downgrade}")
            if scale != 8 and not one:
                low = os.path.join(low, f"X{scale}")
            elif scale == 8:
                low = os.path.join(folder, f"DIV2K_{part}_LR_x8")
            found = {os.path.basename(image).split("x")[0]: image for image in images_in(low)}
            for image in images_in(os.path.join(folder, f"DIV2K_{part}_HR")):
                name = os.path.splitext(os.path.basename(image))[0]
                if name not in found:
                    raise PipelineError(f"{who}: {low} has no picture of {image}.")
                items.append((image, found[name]))
        super().__init__("hr_image lr_image", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class CityscapesDataset(Pictures):
    """Cityscapes: columns image and task, an image too, or with the task 'polygon' JSON as text.

    Args:
        dataset_dir: the folder with leftImg8bit and gtFine or gtCoarse.
        usage: 'train' (default), 'test', 'val' or 'all'; of the quality 'coarse' 'train_extra' instead of 'test'.
        quality_mode: 'fine' (default) or 'coarse'.
        task: 'instance' (default), 'semantic', 'polygon' or 'color'.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os
    >>> for name in ("leftImg8bit/val/bonn/bonn_0_leftImg8bit.png", "gtFine/val/bonn/bonn_0_gtFine_labelIds.png"):
    ...     os.makedirs(os.path.dirname(name))
    ...     dataset.vision.write_png(name, np.zeros((4, 6, 3), np.uint8))
    >>> data = dataset.CityscapesDataset(".", "val", task="semantic", decode=True)
    >>> [(row["image"].shape, row["task"].shape) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), (4, 6, 3))]
    """

    def __init__(self, dataset_dir: str, usage: str = "train", quality_mode: str = "fine", task: str = "instance",
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: bool | None = None,
                 decode: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "CityscapesDataset"
        folder = folder_of(who, dataset_dir)
        usage_of(quality_mode, ("fine", "coarse"), who, "quality_mode")
        usage_of(task, ("instance", "semantic", "polygon", "color"), who, "task")
        parts = ("train", "test", "val") if quality_mode == "fine" else ("train", "train_extra", "val")
        usage_of(usage, (*parts, "all"), who)
        kind = "gtFine" if quality_mode == "fine" else "gtCoarse"
        ending = {"instance": "instanceIds.png", "semantic": "labelIds.png", "polygon": "polygons.json",
                  "color": "color.png"}[task]
        items = []
        for part in parts if usage == "all" else (usage,):
            for image in images_in(os.path.join(folder, "leftImg8bit", part), (".png",), within=True):
                city, name = os.path.split(os.path.relpath(image, os.path.join(folder, "leftImg8bit", part)))
                truth = os.path.join(folder, kind, part, city, name.replace("leftImg8bit.png", f"{kind}_{ending}"))
                items.append((image, _Polygons(truth) if task == "polygon" else File(truth)))
        super().__init__("image task", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def _value(self, value: Any) -> np.ndarray:
        if not isinstance(value, _Polygons):
            return super()._value(value)
        with open_text(value) as file:
            return np.array(json.dumps(json.load(file), separators=(",", ":")))


class _Polygons(str):
    """The name of a file of polygons."""

    __slots__ = ()
