"""Batches of image files, or of a RecordIO file of images, through a list of augmenters."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import recordio
from .._src.errors import ArgumentError, FormatError, MissingFileError, ShapeError, UnfitDataError, within
from .._src.formats.text import open_text
from ..io import DataBatch, DataDesc, DataIter
from ..ndarray import NDArray, array
from .augmenters import CreateAugmenter
from .functions import imdecode


class ImageIter(DataIter):
    """Batches (N, C, H, W) of float32 of images that are read and augmented one by one.

    Args:
        batch_size: images in a batch. data_shape: (3, height, width) of an image after the augmenters.
        label_width: labels of an image.
        path_imgrec: a RecordIO file; with path_imgidx, its index, also in random order and in parts.
        path_imglist: a file of lines ``number<tab>label...<tab>path``. imglist: the same as a list of [label..., path].
        path_root: the folder of the paths.
        shuffle: a new order at each reset, by Python's ``random``.
        part_index, num_parts: one of several equal parts of the images.
        aug_list: the augmenters; by default ``CreateAugmenter(data_shape, **kwargs)``.
        data_name, label_name: of the batch's arrays. dtype: accepted.
        last_batch_handle: what a last batch that is not full becomes: 'pad' filled from the beginning, 'discard' left
            out, 'roll_over' the beginning of the next pass.

    Raises:
        MXNetError: a file cannot be opened. ShapeError: a data_shape other than (3, H, W), or an augmented image of
            another. FormatError: an image that cannot be read.
    """

    def __init__(self, batch_size: int, data_shape: Sequence[int], label_width: int = 1,
                 path_imgrec: str | None = None, path_imglist: str | None = None, path_root: str | None = None,
                 path_imgidx: str | None = None, shuffle: bool = False, part_index: int = 0, num_parts: int = 1,
                 aug_list: Sequence | None = None, imglist: Sequence | None = None, data_name: str = "data",
                 label_name: str = "softmax_label", dtype: str = "float32", last_batch_handle: str = "pad",
                 **kwargs: Any) -> None:
        super().__init__()
        if not (path_imgrec or path_imglist or isinstance(imglist, list)):
            raise UnfitDataError("ImageIter expects images: path_imgrec, path_imglist or a list imglist; got none.")
        if dtype not in ("int32", "float32", "int64", "float64"):
            raise UnfitDataError(f"ImageIter: {dtype} label not supported; use int32, float32, int64 or float64.")
        if last_batch_handle not in ("pad", "discard", "roll_over"):
            raise ArgumentError("ImageIter: last_batch_handle must be 'pad', 'discard' or 'roll_over', got "
                                f"{last_batch_handle!r}.")
        if path_imgrec and not path_imgidx and (shuffle or num_parts > 1):
            raise ArgumentError("ImageIter: shuffle and num_parts of a RecordIO file need its index, path_imgidx.")
        if not 0 <= part_index < num_parts:
            raise ArgumentError(f"ImageIter: part_index must be below num_parts {num_parts}, got {part_index}.")
        self.batch_size = batch_size
        self.check_data_shape(data_shape)
        self.data_shape, self.label_width, self.path_root = tuple(data_shape), label_width, path_root
        self.shuffle, self.last_batch_handle, self.dtype = shuffle, last_batch_handle, dtype
        self.imgrec: Any = None
        self.imglist: dict | None = None
        self.seq: list | None = None
        if path_imglist:
            self.imglist = _read_list(path_imglist)
        elif isinstance(imglist, list):
            self.imglist = {i: (_labels(entry[:-1]), entry[-1]) for i, entry in enumerate(imglist)}
        if path_imgrec:
            if path_imgidx:
                self.imgrec = recordio.MXIndexedRecordIO(path_imgidx, path_imgrec, "r")
                self.seq = list(self.imgrec.keys)
            else:
                self.imgrec = recordio.MXRecordIO(path_imgrec, "r")
        else:
            self.seq = list(self.imglist or ())
        if self.seq is not None:
            each = len(self.seq) // num_parts
            self.seq = self.seq[part_index * each : (part_index + 1) * each] if num_parts > 1 else self.seq
        self.num_image = None if self.seq is None else len(self.seq)
        self.auglist = CreateAugmenter(data_shape, **kwargs) if aug_list is None else list(aug_list)
        self.provide_data = [DataDesc(data_name, (batch_size, *data_shape))]
        self.provide_label = [DataDesc(label_name, (batch_size, label_width) if label_width > 1 else (batch_size,))]
        self.cur = 0
        self._carried: list = []  # samples that roll over
        self._finished = False
        self.reset()

    def reset(self) -> None:
        """Back to the first batch, in a new order with ``shuffle``; samples that rolled over come first."""
        if self.seq is not None and self.shuffle:
            random.shuffle(self.seq)
        self._rewind()
        self._finished = False

    def hard_reset(self) -> None:
        """Back to the first batch; samples that rolled over are dropped."""
        self._carried = []
        self.reset()

    def _rewind(self) -> None:
        self.cur = 0
        if self.imgrec is not None:
            self.imgrec.reset()

    def next_sample(self) -> tuple[Any, bytes]:
        """(label, the bytes of the file) of the next image; StopIteration at the end."""
        if self.seq is None:
            record = self.imgrec.read()
            if record is None:
                raise StopIteration
            header, content = recordio.unpack(record)
            return header.label, content
        if self.cur >= len(self.seq):
            raise StopIteration
        key = self.seq[self.cur]
        self.cur += 1
        if self.imgrec is not None:
            header, content = recordio.unpack(self.imgrec.read_idx(key))
            if self.imglist is not None and key not in self.imglist:
                raise FormatError(f"ImageIter: path_imglist has no line for record {key} of {self.imgrec.uri}.")
            return (header.label if self.imglist is None else self.imglist[key][0]), content
        assert self.imglist is not None
        label, path = self.imglist[key]
        return label, self.read_image(path)

    def _place(self) -> str:
        """Where the last sample came from."""
        if self.seq is None:
            return str(self.imgrec.uri)
        key = self.seq[self.cur - 1] if self.seq else None
        if self.imgrec is not None:
            return f"record {key} of {self.imgrec.uri}"
        return os.path.join(self.path_root or "", (self.imglist or {})[key][1])

    def read_image(self, fname: str) -> bytes:
        """The bytes of an image's file."""
        path = os.path.join(self.path_root or "", fname)
        try:
            with open(path, "rb") as file:
                return file.read()
        except (OSError, ValueError) as error:  # ValueError: a name that can be none
            what = error.strerror if isinstance(error, OSError) else error
            raise MissingFileError(f"ImageIter: cannot open {path!r}: {what}; path_root is "
                                   f"{self.path_root!r}.") from error

    def imdecode(self, s: bytes) -> NDArray:
        """The image in the bytes of a file, (H, W, 3)."""
        return imdecode(s)

    def augmentation_transform(self, data: NDArray) -> NDArray:
        """The image after the augmenters."""
        for aug in self.auglist:
            data = aug(data)
        return data

    def postprocess_data(self, datum: NDArray) -> NDArray:
        """The image as it stands in the batch, (C, H, W)."""
        return datum.transpose((2, 0, 1))

    def check_data_shape(self, data_shape: Sequence[int]) -> None:
        """Raises ShapeError unless ``data_shape`` is (3, H, W)."""
        if len(data_shape) != 3:
            raise ShapeError(f"data_shape should have length 3, with dimensions CxHxW; got {tuple(data_shape)}.")
        if data_shape[0] != 3:
            raise ShapeError(f"This iterator expects inputs to have 3 channels, got data_shape {tuple(data_shape)}.")

    def check_valid_image(self, data: Sequence) -> None:
        """Raises ShapeError if the first of ``data`` is no array of pixels."""
        if len(data[0].shape) == 0:
            raise ShapeError("Data shape is wrong: an image has no axes.")

    def _sample(self) -> tuple[np.ndarray, np.ndarray]:
        """The next image as it stands in the batch, and its label."""
        while True:
            label, content = self.next_sample()
            with within(self._place()):
                image = self.imdecode(content)
            try:
                self.check_valid_image([image])
            except ShapeError as error:
                logging.debug("Invalid image, skipping: %s", error)
                continue
            image, label = self._augmented(image, label)
            datum = self.postprocess_data(image).asnumpy()
            if datum.shape != self.data_shape:
                raise ShapeError(f"ImageIter expects images of data_shape {self.data_shape} after the augmenters, got "
                                 f"{datum.shape}; crop or resize them with the augmenters.")
            return datum, label

    def _augmented(self, image: NDArray, label: Any) -> tuple[NDArray, np.ndarray]:
        values = np.asarray(label.asnumpy() if isinstance(label, NDArray) else label, np.float32).reshape(-1)
        if len(values) != self.label_width:
            raise ShapeError(f"ImageIter with label_width={self.label_width} got a sample of {len(values)} labels.")
        return self.augmentation_transform(image), values

    def _collect(self) -> tuple[list, int]:
        """The samples of a batch, and its pad; StopIteration at the end."""
        if self._finished:
            raise StopIteration
        samples, self._carried = self._carried, []
        pad = self.batch_size - len(samples) if samples else 0
        while len(samples) < self.batch_size:
            try:
                samples.append(self._sample())
            except StopIteration:
                if not samples or self.last_batch_handle == "discard":
                    raise
                if self.last_batch_handle == "roll_over":
                    self._carried = samples
                    raise
                pad, self._finished = self.batch_size - len(samples), True
                while len(samples) < self.batch_size:  # from the beginning, as often as it takes
                    self._rewind()
                    try:
                        while len(samples) < self.batch_size:
                            samples.append(self._sample())
                    except StopIteration:
                        continue
        return samples, pad

    def next(self) -> DataBatch:
        samples, pad = self._collect()
        data = np.stack([image for image, _ in samples]).astype(np.float32, copy=False)
        return DataBatch([array(data)], [array(self._batched([label for _, label in samples]))], pad)

    def _batched(self, labels: list[np.ndarray]) -> np.ndarray:
        found = np.stack(labels)
        return found[:, 0] if self.label_width == 1 else found


def _labels(given: Any) -> np.ndarray:
    if len(given) == 1 and isinstance(given[0], (list, tuple, np.ndarray, NDArray)):
        given = given[0].asnumpy() if isinstance(given[0], NDArray) else given[0]
    return np.asarray(given, np.float32)


def _read_list(path: str) -> dict[int, tuple[np.ndarray, str]]:
    found = {}
    try:
        with open_text(path) as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise MissingFileError(f"ImageIter: cannot open {path!r}: {error.strerror}.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            first, *labels = line.strip().split("\t")
            try:
                found[int(first)] = np.array(labels[:-1], np.float32), labels[-1]
            except (ValueError, IndexError) as error:
                raise FormatError(f"ImageIter: line {number} of {path} expects 'number<tab>label...<tab>path', got "
                                  f"{line!r}.") from error
    return found
