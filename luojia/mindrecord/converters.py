"""Files of other kinds into MindSpore's record files."""

from __future__ import annotations

import csv
import itertools
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .._src.data import cifar, codecs, mnist
from .._src.errors import ArgumentError, FormatError, MissingFileError
from .._src.formats import cifar as cifar_format
from .._src.formats import idx, tfrecord
from .._src.formats.text import open_text
from . import errors
from .writer import FileWriter, file_name_of


def _write(writer: FileWriter, rows: Iterable[dict]) -> None:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, 256)):
        writer.write_raw_data(batch)
    writer.commit()


def _partitions(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise ArgumentError(f"The parameter partition_number must be int, got {number!r}.")
    return number


def _jpeg(image: np.ndarray) -> bytes:
    return codecs.encode(image, ".jpeg")


class CsvToMR:
    """A CSV file, whose first line names the columns: int64, float64, int32 (of True and False) or string each.

    Args:
        source: the CSV file.
        destination: the record file.
        columns_list: the columns to take; default all.
        partition_number: in how many files.
    """

    def __init__(self, source: str, destination: str, columns_list: list[str] | None = None,
                 partition_number: int = 1) -> None:
        self.source, self.destination = file_name_of(source), file_name_of(destination)
        if columns_list and not (isinstance(columns_list, list) and all(isinstance(c, str) for c in columns_list)):
            raise ArgumentError(f"The parameter columns_list must be list of str, got {columns_list!r}.")
        self.columns_list = columns_list
        self._writer = FileWriter(destination, _partitions(partition_number))

    def transform(self) -> None:
        """Reads and writes.

        Raises:
            MissingFileError: there is no CSV file.
            RuntimeError: a column is not there.
            ValueError: a column's name is a number, which says that the first line holds no names.
        """
        if not os.path.exists(self.source):
            raise MissingFileError(f"Csv file {self.source} do not exist.")
        with open_text(self.source, newline="") as file:
            lines = [line for line in csv.reader(file) if line]
        names = lines[0] if lines else []
        for number, line in enumerate(lines[1:], 2):
            if len(line) > len(names):
                raise FormatError(f"{self.source} has {len(line)} fields in row {number}, expected {len(names)}.")
        cells = list(zip(*(line + [""] * (len(names) - len(line)) for line in lines[1:])))
        wanted = self.columns_list or names
        for name in wanted:
            if name not in names:
                raise errors.MindRecordException(
                    f"The parameter columns_list is illegal, column {name} does not exist; there are {names}."
                )
            if name.isdigit():
                raise ArgumentError(f"The first line of the CSV file names the columns, {name!r} is a number.")
        if not wanted or not cells:
            raise errors.MindRecordException(f"{self.source} has no columns or no rows.")
        columns = {name: _typed(cells[names.index(name)]) for name in wanted}
        self._writer.set_page_size(1 << 26)
        self._writer.add_schema({name: {"type": kind} for name, (kind, _) in columns.items()}, "csv_schema")
        self._writer.add_index(list(wanted))
        values = zip(*(values for _, values in columns.values()))
        _write(self._writer, (dict(zip(columns, row)) for row in values))


def _typed(cells: Iterable[str]) -> tuple[str, list[Any]]:
    """The type of a column as pandas would infer it, and its values."""
    cells = list(cells)
    if all(re.fullmatch(r"\s*[+-]?\d+\s*", cell) for cell in cells):
        return "int64", [int(cell) for cell in cells]
    if all(cell in ("True", "False", "TRUE", "FALSE", "true", "false") for cell in cells):
        return "int32", [int(cell.lower() == "true") for cell in cells]
    try:
        return "float64", [float(cell) if cell.strip() else float("nan") for cell in cells]
    except ValueError:
        return "string", list(cells)


class ImageNetToMR:
    """Folders of JPEG images: fields label, image (bytes of the file) and file_name.

    Args:
        map_file: lines of a folder's name, a space and its label.
        image_dir: the folder of the folders.
        destination: the record file.
        partition_number: in how many files.
    """

    def __init__(self, map_file: str, image_dir: str, destination: str, partition_number: int = 1) -> None:
        self.map_file, self.image_dir = file_name_of(map_file), file_name_of(image_dir)
        self.destination = file_name_of(destination)
        self._writer = FileWriter(destination, _partitions(partition_number))

    def transform(self) -> None:
        """Reads and writes.

        Raises:
            MissingFileError: there is no map file.
            PathNotExistsError: none of its folders is there.
        """
        if not os.path.exists(self.map_file):
            raise MissingFileError(f"map file {self.map_file} not exists")
        with open_text(self.map_file) as file:
            pairs = [line.split() for line in file if line.strip()]
        try:
            folders = [(os.path.join(self.image_dir, name), int(label)) for name, label in pairs]
        except ValueError as error:
            raise FormatError(f"{self.map_file} expects 'folder label' in each line: {error}.") from error
        there = [(folder, label) for folder, label in folders if os.path.isdir(folder)]
        if not there:
            raise errors.PathNotExistsError(f"not valid image dir in {self.image_dir}")
        schema = {"label": {"type": "int32"}, "image": {"type": "bytes"}, "file_name": {"type": "string"}}
        self._writer.set_page_size(1 << 26)
        self._writer.add_schema(schema, "imagenet_schema")
        self._writer.add_index(["label", "file_name"])
        _write(self._writer, self._rows(there))

    @staticmethod
    def _rows(folders: list[tuple[str, int]]) -> Iterator[dict]:
        for folder, label in folders:
            for name in sorted(os.listdir(folder)):
                path = os.path.join(folder, name)
                if not name.endswith(("JPEG", "jpg")):
                    warnings.warn(f"{path} file is not suffix with JPEG/jpg, skip it.", stacklevel=3)
                    continue
                with open(path, "rb") as file:
                    yield {"file_name": path, "label": label, "image": file.read()}


class MnistToMR:
    """MNIST's files: fields label and data (JPEG), in ``<destination>_train.mindrecord`` and ``_test.mindrecord``.

    Args:
        source: the folder of the four IDX files.
        destination: what the record files' names begin with.
        partition_number: in how many files.
    """

    def __init__(self, source: str, destination: str, partition_number: int = 1) -> None:
        self.source, self.destination = file_name_of(source), file_name_of(destination)
        names = (f"{destination}_{part}.mindrecord" for part in ("train", "test"))
        self._writers = [FileWriter(name, _partitions(partition_number)) for name in names]

    def transform(self) -> None:
        """Reads and writes.

        Raises:
            MissingDataError: a file of MNIST is missing.
        """
        for writer, train in zip(self._writers, (True, False)):
            images, labels = mnist.load(train, idx.load, self.source, "mnist")
            writer.set_page_size(1 << 26)
            writer.add_schema({"label": {"type": "int64"}, "data": {"type": "bytes"}}, "mnist_schema")
            writer.add_index(["label"])
            _write(writer, ({"label": int(n), "data": _jpeg(image)} for image, n in zip(images, labels)))


class Cifar10ToMR:
    """CIFAR-10's files: fields id, label and data (JPEG), in ``destination`` and ``<destination>_test``.

    Args:
        source: the folder of the files, binary as luojia reads them (MindSpore reads the pickles).
        destination: the record file of the training images.
    """

    _name, _labels = "cifar10", ("label",)

    def __init__(self, source: str, destination: str) -> None:
        self.source, self.destination = file_name_of(source), file_name_of(destination)
        if not os.path.isdir(source):
            raise errors.PathNotExistsError(source)

    def transform(self, fields: list[str] | None = None) -> None:
        """Reads and writes; ``fields`` are the index fields.

        Raises:
            ValueError: ``fields`` is no list.
        """
        if fields and not isinstance(fields, list):
            raise ArgumentError(f"The parameter fields should be None or list, got {fields!r}.")
        for train, name in ((True, self.destination), (False, self.destination + "_test")):
            images, labels = cifar.load(train, cifar_format.load, self.source, self._name)
            columns = [np.asarray(labels)] if len(self._labels) == 1 else list(np.asarray(labels).T)
            writer = FileWriter(name)
            schema = {k: {"type": "int64"} for k in ("id", *self._labels)}
            writer.add_schema({**schema, "data": {"type": "bytes"}}, "img_train" if train else "img_test")
            if fields:
                writer.add_index(fields)
            _write(writer, (
                {"id": i, "data": _jpeg(image), **{k: int(column[i]) for k, column in zip(self._labels, columns)}}
                for i, image in enumerate(images)
            ))


class Cifar100ToMR(Cifar10ToMR):
    """CIFAR-100's files: fields id, coarse_label, fine_label and data (JPEG); see :class:`Cifar10ToMR`."""

    _name, _labels = "cifar100", ("coarse_label", "fine_label")


_KINDS = {
    "string": "string", "int8": "int32", "int16": "int32", "int32": "int32", "int64": "int64", "uint8": "int32",
    "uint16": "int32", "uint32": "int64", "uint64": "int64", "float16": "float32", "float32": "float32",
    "float64": "float64", "double": "float64", "bool": "int32",
}


class TFRecordToMR:
    """TFRecord files of tf.train.Example; TensorFlow is not needed.

    Args:
        source: the TFRecord file.
        destination: the record file.
        feature_dict: by feature, an object with ``shape`` ([] or [n]) and ``dtype``: tf.io.FixedLenFeature, or any
            with NumPy dtypes or their names (and 'string').
        bytes_fields: features that stay bytes; other strings are decoded as UTF-8.
    """

    def __init__(self, source: str, destination: str, feature_dict: dict,
                 bytes_fields: list[str] | None = None) -> None:
        self.source, self.destination = file_name_of(source), file_name_of(destination)
        if not isinstance(feature_dict, dict) or not feature_dict:
            raise ArgumentError(f"Parameter feature_dict is None or not dict, got {feature_dict!r}.")
        if bytes_fields is not None and not isinstance(bytes_fields, list):
            raise ArgumentError(f"Parameter bytes_fields: {bytes_fields} must be list(str).")
        self._fields: dict[str, tuple[str, dict]] = {}
        for name, feature in feature_dict.items():
            self._fields[name] = (_clean(name), self._field(name, feature, name in (bytes_fields or ())))
        for name in bytes_fields or ():
            if name not in feature_dict:
                raise ArgumentError(f"Parameter bytes_fields's item: {name} is not in feature_dict: {feature_dict}.")
            if self._fields[name][1]["type"] != "bytes":
                raise ArgumentError(f"Parameter bytes_field: {name} should be tf.string in feature_dict.")

    @staticmethod
    def _field(name: str, feature: Any, is_bytes: bool) -> dict[str, Any]:
        if not hasattr(feature, "shape") or not hasattr(feature, "dtype"):
            raise ArgumentError(f"Parameter feature_dict: {name} only support FixedLenFeature, got {feature!r}.")
        dtype = getattr(feature.dtype, "name", None) or str(getattr(feature.dtype, "__name__", feature.dtype))
        if dtype not in _KINDS:
            raise ArgumentError(f"Type {dtype} of feature_dict[{name}] is not supported in MindRecord.")
        kind, shape = _KINDS[dtype], list(feature.shape)
        if not shape:
            return {"type": "bytes" if is_bytes and kind == "string" else kind}
        if len(shape) != 1 or not isinstance(shape[0], int) or shape[0] < 1 or kind == "string":
            raise ArgumentError(f"Parameter feature_dict[{name}].shape should be [] or, of numbers, [n], got {shape}.")
        return {"type": kind, "shape": shape}

    def transform(self) -> None:
        """Reads and writes.

        Raises:
            FormatError: the file is damaged.
            ValueError: an Example has not the features that were named.
        """
        writer = FileWriter(self.destination)
        writer.add_schema({name: field for name, field in self._fields.values()}, "TFRecord to MindRecord")
        _write(writer, map(self._row, tfrecord.read(self.source)))

    def _row(self, record: memoryview) -> dict[str, Any]:
        example, row = tfrecord.load_example(record, self.source), {}
        for name, (field_name, field) in self._fields.items():
            found = example.get(name)
            count = field.get("shape", [1])[0]
            of_bytes = isinstance(found, list)
            if found is None or len(found) != count or of_bytes != (field["type"] in ("string", "bytes")):
                raise ArgumentError(
                    f"TFRecord feature_dict parameter error: {name} should be {count} of {field['type']}, got {found}."
                )
            if "shape" in field:
                row[field_name] = np.asarray(found, field["type"])
            elif isinstance(found, list):
                row[field_name] = found[0] if field["type"] == "bytes" else found[0].decode()
            else:
                row[field_name] = found[0].item()
        return row


def _clean(name: str) -> str:
    """A feature's name as a field's: marks become underscores."""
    return re.sub(r"[^0-9a-zA-Z_]", "_", name)
