"""Images with annotations: PASCAL VOC, COCO, CelebA, manifests, KITTI, WIDER FACE."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np

from .._src.errors import ArgumentError, FormatError, NotSupportedError
from .._src.formats.text import open_text
from .files import folder_of
from .pictures import File, Pictures, images_in, lines
from .rows import PipelineError
from .text_sets import usage_of

META = "_meta-filename"  # a column that iterators leave out until it is renamed


def _column(values: Sequence[Any], dtype: Any) -> np.ndarray:
    """(n, 1): a number for each object."""
    return np.array(values, dtype).reshape(len(values), 1)


def _existing(path: str, who: str) -> str:
    if not os.path.isfile(path):
        raise ArgumentError(f"{who}: The file {path} does not exist or permission denied!")
    return path


class VOCDataset(Pictures):
    """PASCAL VOC: columns image and target (a file too); of the task Detection image, bbox, label, difficult, truncate.

    A box is (x, y, width, height), float32; the others of each object are (objects, 1) uint32.

    Args:
        dataset_dir: the folder with JPEGImages, ImageSets, Annotations, SegmentationClass.
        task: 'Segmentation' (default) or 'Detection'.
        usage: the list of images, ImageSets/Segmentation/<usage>.txt or ImageSets/Main/<usage>.txt; default 'train'.
        class_indexing: for Detection the classes' numbers by name; default in alphabetical order. Other objects are
            left out.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        extra_metadata: a column _meta-filename, which is given under another name only (``rename``).
        num_parallel_workers, cache, decrypt: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> for folder in ("ImageSets/Segmentation", "JPEGImages", "SegmentationClass"):
    ...     os.makedirs(folder)
    >>> _ = pathlib.Path("ImageSets/Segmentation/train.txt").write_text("0\\n")
    >>> dataset.vision.write_png("JPEGImages/0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> dataset.vision.write_png("SegmentationClass/0.png", np.zeros((4, 6, 3), np.uint8))
    >>> rows = dataset.VOCDataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, row["target"].shape) for row in rows]
    [((4, 6, 3), (4, 6, 3))]
    """

    def __init__(self, dataset_dir: str, task: str = "Segmentation", usage: str = "train",
                 class_indexing: dict[str, int] | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
                 extra_metadata: bool = False, decrypt: Any = None) -> None:
        who = "VOCDataset"
        folder = folder_of(who, dataset_dir)
        if task not in ("Segmentation", "Detection"):
            raise ArgumentError(f"{who}: Invalid task : {task}, expected 'Segmentation' or 'Detection'.")
        self._task, self._numbers = task, dict(class_indexing or {})
        if task == "Segmentation" and class_indexing is not None:
            raise ArgumentError(f"{who}: class_indexing is not supported in Segmentation task.")
        listed = os.path.join(folder, "ImageSets", "Main" if task == "Detection" else task, f"{usage}.txt")
        names = [line.split()[0] for line in lines(_existing(listed, who))]
        images = [File(os.path.join(folder, "JPEGImages", f"{name}.jpg")) for name in names]
        if task == "Segmentation":
            columns = "image target"
            items = [(image, File(os.path.join(folder, "SegmentationClass", f"{name}.png")))
                     for image, name in zip(images, names)]
        else:
            columns = "image bbox label difficult truncate"
            found = [_objects(os.path.join(folder, "Annotations", f"{name}.xml")) for name in names]
            if class_indexing is None:
                known = sorted({name for objects in found for name, *_ in objects})
                self._numbers = {name: i for i, name in enumerate(known)}
            items = []
            for image, objects in zip(images, found):
                objects = [o for o in objects if o[0] in self._numbers]
                items.append((
                    image, np.array([o[1] for o in objects], np.float32).reshape(-1, 4),
                    *(_column(values, np.uint32) for values in (
                        [self._numbers[o[0]] for o in objects], [o[2] for o in objects], [o[3] for o in objects])),
                ))
        if extra_metadata:
            columns += f" {META}"
            items = [(*item, np.array(name)) for item, name in zip(items, names)]
        super().__init__(columns, items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def get_class_indexing(self) -> dict:
        if self._task != "Detection":
            raise NotSupportedError("VOCDataset: Only 'Detection' support get_class_indexing.")
        return dict(self._numbers)


def _objects(path: str) -> list[tuple[str, list[float], int, int]]:
    """Class, box, difficult and truncated of every object in an annotation."""
    if not os.path.isfile(path):
        raise PipelineError(f"VOCDataset: Invalid path, the annotation {path} does not exist.")
    try:
        found = []
        for node in ElementTree.parse(path).getroot().iter("object"):
            def number(name: str, node: ElementTree.Element = node) -> float:
                return float(node.findtext(name) or 0)

            x, y, right, bottom = (number(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax"))
            if not (right > 0 and bottom > 0) or x > right or y > bottom:
                raise PipelineError(f"VOCDataset: Invalid bndbox, ({x}, {y}, {right}, {bottom}) in {path}.")
            name = (node.findtext("name") or "").strip()
            marks = [int(np.uint32(number(mark))) for mark in ("difficult", "truncated")]
            found.append((name, [x, y, right - x, bottom - y], *marks))
    except (ElementTree.ParseError, ValueError, OverflowError) as error:
        if isinstance(error, PipelineError):
            raise
        raise FormatError(f"VOCDataset: failed to load xml file {path}: {error}.") from error
    if not found:
        raise PipelineError(f"VOCDataset: Invalid xml, the node of object is missing in {path}.")
    return found


_COCO = {
    "Detection": "image bbox category_id iscrowd", "Stuff": "image segmentation iscrowd",
    "Keypoint": "image keypoints num_keypoints", "Panoptic": "image bbox category_id iscrowd area",
    "Captioning": "image captions",
}


class CocoDataset(Pictures):
    """COCO: images that have annotations, as ``images`` lists them, with those of the task.

    Detection has the columns image, bbox (x, y, width, height), category_id, iscrowd; Stuff image, segmentation
    (polygons, filled up with -1), iscrowd; Keypoint image, keypoints, num_keypoints; Panoptic image, bbox,
    category_id, iscrowd, area; Captioning image, captions. Boxes and points are float32, numbers (objects, 1) uint32.

    Args:
        dataset_dir: the folder of the images.
        annotation_file: the JSON file.
        task: default 'Detection'.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        extra_metadata: a column _meta-filename, which is given under another name only (``rename``).
        num_parallel_workers, cache, decrypt: accepted.

    >>> from luojia import dataset
    >>> import json, pathlib
    >>> dataset.vision.write_png("./0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> box = {"id": 1, "image_id": 0, "bbox": [1, 0, 3, 2], "category_id": 7, "iscrowd": 0}
    >>> lists = {"images": [{"id": 0, "file_name": "0.jpg"}], "categories": [{"id": 7, "name": "cat"}]}
    >>> _ = pathlib.Path("some.json").write_text(json.dumps({**lists, "annotations": [box]}))
    >>> rows = dataset.CocoDataset(".", "some.json", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, row["bbox"].tolist(), row["category_id"].tolist()) for row in rows]
    [((4, 6, 3), [[1.0, 0.0, 3.0, 2.0]], [[7]])]
    """

    def __init__(self, dataset_dir: str, annotation_file: str, task: str = "Detection", num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
                 extra_metadata: bool = False, decrypt: Any = None) -> None:
        who = "CocoDataset"
        folder = folder_of(who, dataset_dir)
        if task not in _COCO:
            raise ArgumentError(f"{who}: Invalid task type: {task}, expected one of {', '.join(_COCO)}.")
        self._task = task
        with open_text(_existing(annotation_file, who)) as file:
            try:
                content = json.load(file)
                names = {image["id"]: image["file_name"] for image in content["images"]}
                self._categories = content.get("categories", [])
                found: dict[str, list[dict]] = {}
                for annotation in content["annotations"]:
                    name = names[annotation["image_id"]]
                    parts = annotation["segments_info"] if task == "Panoptic" else [annotation]
                    found.setdefault(name, []).extend(parts)
                listed = [name for name in names.values() if name in found]
                items = [(File(os.path.join(folder, name)), *_coco(task, found[name])) for name in listed]
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
                what = f"{type(error).__name__}: {error}"
                raise PipelineError(f"{who}: {annotation_file} has not what {task} needs: {what}.") from error
        columns = _COCO[task]
        if extra_metadata:
            columns += f" {META}"
            items = [(*item, np.array(os.path.splitext(name)[0])) for item, name in zip(items, listed)]
        super().__init__(columns, items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def get_class_indexing(self) -> dict:
        if self._task == "Panoptic":
            return {c["name"]: [c["id"], c.get("isthing", 0)] for c in self._categories}
        if self._task == "Detection":
            return {c["name"]: [c["id"]] for c in self._categories}
        raise NotSupportedError("CocoDataset: Only 'Detection' and 'Panoptic' support get_class_indexing.")


def _coco(task: str, parts: list[dict]) -> tuple[np.ndarray, ...]:
    def numbers(name: str) -> np.ndarray:
        return _column([part.get(name, 0) for part in parts], np.uint32)

    if task == "Captioning":
        return (_column([part["caption"] for part in parts], None),)
    if task == "Keypoint":
        return _ragged([part["keypoints"] for part in parts]), numbers("num_keypoints")
    if task == "Stuff":
        polygons = [polygon for part in parts for polygon in _polygons(part["segmentation"])]
        return _ragged(polygons), numbers("iscrowd")
    boxes = np.array([part["bbox"] for part in parts], np.float32).reshape(-1, 4)
    found = (boxes, numbers("category_id"), numbers("iscrowd"))
    return found if task == "Detection" else (*found, numbers("area"))


def _polygons(segmentation: Any) -> list[list[float]]:
    return [segmentation["counts"]] if isinstance(segmentation, dict) else segmentation


def _ragged(rows: list[list[float]]) -> np.ndarray:
    """Rows of numbers, filled up with -1."""
    out = np.full((len(rows), max(map(len, rows), default=0)), -1, np.float32)
    for made, row in zip(out, rows):
        made[: len(row)] = row
    return out


class CelebADataset(Pictures):
    """CelebA: columns image and attr, (attributes,) uint32 of 0 and 1, from list_attr_celeba.txt.

    Args:
        dataset_dir: the folder of the images and lists.
        usage: 'all' (default), 'train', 'valid' or 'test', as list_eval_partition.txt says.
        extensions: of the files that are images; default all that are listed.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache, decrypt: accepted.

    >>> from luojia import dataset
    >>> import pathlib
    >>> dataset.vision.write_png("./0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path("list_attr_celeba.txt").write_text("1\\nBald Young\\n0.jpg -1 1\\n")
    >>> rows = dataset.CelebADataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, row["attr"].tolist()) for row in rows]
    [((4, 6, 3), [0, 1])]
    """

    def __init__(self, dataset_dir: str, num_parallel_workers: int | None = None, shuffle: bool | None = None,
                 usage: str = "all", sampler: Any = None, decode: bool = False,
                 extensions: Sequence[str] | None = None, num_samples: int | None = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
                 decrypt: Any = None) -> None:
        who = "CelebADataset"
        folder = folder_of(who, dataset_dir)
        usages = ("train", "valid", "test")
        if usage not in (*usages, "all"):
            raise ArgumentError(f"{who}: usage should be 'all', 'train', 'valid' or 'test', got {usage!r}.")
        listed = os.path.join(folder, "list_attr_celeba.txt")
        entries = lines(listed)
        if len(entries) < 2:
            raise FormatError(f"{who}: {listed} ends before the names of the attributes.")
        _, names, *rows = entries
        parts = {}
        if usage != "all":
            parts = dict(line.split() for line in lines(os.path.join(folder, "list_eval_partition.txt")))
        items = []
        for line in rows:
            name, *marks = line.split()
            if len(marks) != len(names.split()):
                raise FormatError(f"{who}: list_attr_celeba.txt has {len(marks)} attributes of {name}, expected "
                                  f"{len(names.split())}.")
            if usage != "all" and parts.get(name) != str(usages.index(usage)):
                continue
            if extensions is None or name.endswith(tuple(extensions)):
                attributes = np.array([mark == "1" for mark in marks], np.uint32)
                items.append((File(os.path.join(folder, name)), attributes))
        super().__init__("image attr", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)


class ManifestDataset(Pictures):
    """Images that a manifest lists, a JSON object in a line: columns image and label, int32.

    A line is ``{"source": file, "usage": ..., "annotation": [{"name": class}, ...]}``; of several classes the label is
    (classes,).

    Args:
        dataset_file: the manifest.
        usage: of the lines to read: 'train' (default), 'eval', 'inference'.
        class_indexing: the classes' numbers by name; default in alphabetical order. Images of other classes only are
            left out.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import pathlib
    >>> dataset.vision.write_png("./0.png", np.zeros((4, 6, 3), np.uint8))
    >>> line = '{"source": "./0.png", "usage": "train", "annotation": [{"name": "cat"}]}\\n'
    >>> _ = pathlib.Path("some.manifest").write_text(line)
    >>> data = dataset.ManifestDataset("some.manifest", decode=True)
    >>> [(row["image"].shape, int(row["label"])) for row in data.create_dict_iterator(num_epochs=1, output_numpy=True)]
    [((4, 6, 3), 0)]
    """

    def __init__(self, dataset_file: str, usage: str = "train", num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 class_indexing: dict[str, int] | None = None, decode: bool = False, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = "ManifestDataset"
        found: list[tuple[str, list[str]]] = []
        for number, line in enumerate(lines(_existing(dataset_file, who)), 1):
            try:
                entry = json.loads(line)
                if entry["usage"] == usage:
                    found.append((entry["source"], [a["name"] for a in entry.get("annotation", [])]))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                what = f"{type(error).__name__}: {error}"
                raise FormatError(f"{who}: line {number} of {dataset_file} is no manifest's entry: {what}.") from error
        known = sorted({name for _, names in found for name in names})
        self._numbers = dict(class_indexing) if class_indexing is not None else {n: i for i, n in enumerate(known)}
        items = []
        for source, names in found:
            labels = [self._numbers[name] for name in names if name in self._numbers]
            if labels:
                items.append((File(source), np.array(labels if len(labels) > 1 else labels[0], np.int32)))
        super().__init__("image label", items, decode, num_samples, shuffle, sampler, num_shards, shard_id)

    def num_classes(self) -> int:
        return len(self._numbers)

    def get_class_indexing(self) -> dict:
        return dict(self._numbers)


class KITTIDataset(Pictures):
    """KITTI: columns image, label, truncated, occluded, alpha, bbox, dimensions, location, rotation_y; of test image.

    A label is its name's place among all names of the label files, in alphabetical order.

    Args:
        dataset_dir: the folder with data_object_image_2 and data_object_label_2.
        usage: 'train' (default) or 'test'.
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> pictures, labels = "data_object_image_2/training/image_2", "data_object_label_2/training/label_2"
    >>> os.makedirs(pictures); os.makedirs(labels)
    >>> dataset.vision.write_png(f"{pictures}/000000.png", np.zeros((4, 6, 3), np.uint8))
    >>> _ = pathlib.Path(labels, "000000.txt").write_text("Car 0.00 0 -1.5 1 0 4 2 1 2 3 4 5 6 0.5\\n")
    >>> rows = dataset.KITTIDataset(".", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, row["label"].tolist(), row["bbox"].tolist()) for row in rows]
    [((4, 6, 3), [[0]], [[1.0, 0.0, 4.0, 2.0]])]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        who = "KITTIDataset"
        folder = folder_of(who, dataset_dir)
        usage = usage_of("train" if usage is None else usage, ("train", "test"), who)
        inner = "training" if usage == "train" else "testing"
        images = images_in(os.path.join(folder, "data_object_image_2", inner, "image_2"))
        files = [] if usage == "test" else [
            os.path.join(folder, "data_object_label_2", inner, "label_2", os.path.basename(os.path.splitext(image)[0])
                         + ".txt") for image in images
        ]
        found = [[line.split() for line in lines(listed)] for listed in files]
        classes = {name: i for i, name in enumerate(sorted({row[0] for rows in found for row in rows}))}
        items: list[tuple] = [(image,) for image in images] if usage == "test" else []
        for image, listed, rows in zip(images, files, found):
            try:
                cells = np.array([[classes[row[0]], *map(float, row[1:15])] for row in rows]).reshape(len(rows), 15)
            except ValueError as error:
                raise FormatError(f"{who}: {listed} holds no labels as KITTI's: {error}.") from error
            bounds = ((0, 1, np.uint32), (1, 2, np.float32), (2, 3, np.uint32), (3, 4, np.float32), (4, 8, np.float32),
                      (8, 11, np.float32), (11, 14, np.float32), (14, 15, np.float32))
            items.append((image, *(cells[:, a:b].astype(dtype) for a, b, dtype in bounds)))
        columns = "image label truncated occluded alpha bbox dimensions location rotation_y"
        super().__init__(columns if usage == "train" else "image", items, decode, num_samples, shuffle, sampler,
                         num_shards, shard_id)


class WIDERFaceDataset(Pictures):
    """WIDER FACE: columns image, bbox, blur, expression, illumination, occlusion, pose, invalid (int32); of test image.

    The numbers of a face have these names in the file's order, as in MindSpore; WIDER FACE itself has invalid before
    occlusion and pose.

    Args:
        dataset_dir: the folder with WIDER_train, WIDER_val, WIDER_test and wider_face_split.
        usage: 'train', 'valid', 'test' or 'all' (default: train and valid).
        num_samples, shuffle, sampler, num_shards, shard_id: which images, in which order; shuffled by default.
        decode: give pixels, else the files' bytes.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.makedirs("WIDER_val/images/0"); os.mkdir("wider_face_split")
    >>> dataset.vision.write_png("WIDER_val/images/0/0.jpg", np.zeros((4, 6, 3), np.uint8))
    >>> faces = pathlib.Path("wider_face_split/wider_face_val_bbx_gt.txt")
    >>> _ = faces.write_text("0/0.jpg\\n1\\n1 2 3 2 0 0 0 0 0 0 \\n")
    >>> rows = dataset.WIDERFaceDataset(".", "valid", decode=True).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["image"].shape, row["bbox"].tolist(), row["pose"].tolist()) for row in rows]
    [((4, 6, 3), [[1, 2, 3, 2]], [0])]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, decode: bool = False,
                 sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        who = "WIDERFaceDataset"
        folder = folder_of(who, dataset_dir)
        usage = usage_of("all" if usage is None else usage, ("train", "test", "valid", "all"), who)
        split = os.path.join(folder, "wider_face_split")
        items: list[tuple] = []
        if usage == "test":
            for name in lines(os.path.join(split, "wider_face_test_filelist.txt")):
                items.append((File(os.path.join(folder, "WIDER_test", "images", name)),))
        for part, stem in (("train", "train"), ("valid", "val")) if usage != "test" else ():
            if usage not in (part, "all"):
                continue
            listed = os.path.join(split, f"wider_face_{stem}_bbx_gt.txt")
            rows = iter(lines(listed))
            for name in rows:
                try:
                    count = int(next(rows))
                    faces = np.array([next(rows).split() for _ in range(max(count, 1))], np.int32)
                    columns = (faces[:, :4], *(faces[:, i] for i in range(4, 10)))
                except (ValueError, StopIteration, IndexError, OverflowError) as error:
                    raise FormatError(f"{who}: {listed}: the faces of {name[:200]} are not as WIDER FACE lists "
                                      "them.") from error
                items.append((File(os.path.join(folder, f"WIDER_{stem}", "images", name)), *columns))
        columns_of = "image bbox blur expression illumination occlusion pose invalid"
        super().__init__("image" if usage == "test" else columns_of, items, decode, num_samples, shuffle, sampler,
                         num_shards, shard_id)
