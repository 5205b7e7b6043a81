"""Batches of rows or images in files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, FormatError, MXNetError, NotSupportedError
from .._src.formats import idx as idx_format
from .._src.formats.text import open_text
from ..ndarray import NDArray
from .arrays import NDArrayIter
from .batches import as_nd


class _FileIter(NDArrayIter):
    """Rows read from files, numbered in ``index``; the last batch is filled from the beginning.

    With ``round_batch`` the next pass goes on behind what filled it, as in MXNet, unless each has its own order.
    """

    round_batch = True

    def reset(self) -> None:
        """To the next pass."""
        behind = 0
        rounds = self.round_batch and not self.shuffle and self.last_batch_handle == "pad"
        if rounds and self.cursor + self.batch_size >= self.num_data:
            last = self.cursor if self.cursor < self.num_data else self.cursor - self.batch_size
            behind = last + self.batch_size - self.num_data
        super().reset()
        self.cursor += behind

    def getdata(self) -> NDArray:
        return super().getdata()[0]

    def getlabel(self) -> NDArray:
        return super().getlabel()[0]

    def getindex(self) -> np.ndarray:
        return self._rows().astype(np.uint64)


class CSVIter(_FileIter):
    """Batches of the rows of a CSV file.

    Args:
        data_csv, data_shape: the file, and the shape that each of its rows is given.
        label_csv, label_shape: the same for labels; without a file they are zeros.
        batch_size: samples in a batch. round_batch: the last batch is filled from the beginning, and the next pass goes
            on there; otherwise each begins anew.
        dtype: of the data.

    Raises:
        MXNetError: a file cannot be opened. FormatError: a row is no numbers, or not as long as its shape says.
    """

    def __init__(self, *, data_csv: str, data_shape: Sequence[int], label_csv: str | None = None,
                 label_shape: Sequence[int] = (1,), batch_size: int = 1, round_batch: bool = True,
                 dtype: Any = "float32", data_name: str = "data", label_name: str = "softmax_label",
                 **ignored: Any) -> None:
        _refuse("CSVIter", ignored, "prefetch_buffer ctx")
        data = _csv(data_csv, data_shape, np.dtype(dtype))
        label = np.zeros((len(data), *label_shape), np.float32)
        if label_csv is not None:
            label = _csv(label_csv, label_shape, np.dtype(np.float32))
        label = label[:, 0] if label.shape[1:] == (1,) else label
        super().__init__(as_nd(data), as_nd(label), batch_size, data_name=data_name, label_name=label_name)
        self.round_batch = round_batch


class LibSVMIter(_FileIter):
    """Batches of the lines "label index:value index:value ..." of a file, as csr matrices.

    Args:
        data_libsvm, data_shape: the file, and the number of values, ``(n,)``; indices count from 0.
        label_libsvm, label_shape: a file of the same form for labels, csr matrices too; what its lines begin with is
            left out. batch_size: samples in a batch.

    Raises:
        MXNetError: the file cannot be opened. FormatError: a line is not of this form.
    """

    def __init__(self, *, data_libsvm: str, data_shape: Sequence[int], label_libsvm: str | None = None,
                 label_shape: Sequence[int] = (1,), batch_size: int = 1, round_batch: bool = True,
                 data_name: str = "data", label_name: str = "softmax_label", **ignored: Any) -> None:
        _refuse("LibSVMIter", ignored, "prefetch_buffer ctx dtype num_parts part_index")
        if not round_batch:
            raise NotSupportedError("LibSVMIter: sparse batch loader doesn't support round_batch == false yet")
        data, label = _libsvm(data_libsvm, data_shape)
        self._csr_labels = label_libsvm is not None
        if label_libsvm is not None:
            label, _ = _libsvm(label_libsvm, label_shape)
        super().__init__(as_nd(data), as_nd(label), batch_size, data_name=data_name, label_name=label_name)

    def getdata(self) -> NDArray:
        return super().getdata().tostype("csr")

    def getlabel(self) -> NDArray:
        return super().getlabel().tostype("csr" if self._csr_labels else "default")


class MNISTIter(_FileIter):
    """Batches of IDX files of images and labels: (N, 1, H, W) float32 in [0, 1), or with ``flat`` (N, H * W).

    What does not fill a batch at the end is left out. Pixels are divided by 256, as in MXNet.

    Args:
        image, label: the files, gzipped or not. batch_size, shuffle, seed: as they say. num_parts, part_index: of how
            many parts of the images this is which.

    Raises:
        MXNetError: a file cannot be opened. FormatError: it is damaged.
    """

    def __init__(self, *, image: str = "./train-images-idx3-ubyte", label: str = "./train-labels-idx1-ubyte",
                 batch_size: int = 128, shuffle: bool = True, flat: bool = False, seed: int = 0,
                 num_parts: int = 1, part_index: int = 0, data_name: str = "data",
                 label_name: str = "softmax_label", **ignored: Any) -> None:
        _refuse("MNISTIter", ignored, "silent prefetch_buffer ctx dtype input_shape")
        images, labels = (idx_format.load(_exists("MNISTIter", path)) for path in (image, label))
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise FormatError(f"MNISTIter expects n images and n labels, got shapes {images.shape}, {labels.shape}.")
        if not 0 <= part_index < num_parts:
            raise ArgumentError(f"MNISTIter: part_index must be from 0 to num_parts - 1 = {num_parts - 1}, got "
                                f"{part_index}.")
        step = len(labels) // num_parts
        images, labels = (a[part_index * step : (part_index + 1) * step] for a in (images, labels))
        order = np.random.RandomState(seed).permutation(len(labels)) if shuffle else np.arange(len(labels))
        pixels = images[order].astype(np.float32) / np.float32(256)
        pixels = pixels.reshape(len(pixels), -1) if flat else pixels[:, None]
        super().__init__(as_nd(pixels), as_nd(labels[order].astype(np.float32)), batch_size,
                         last_batch_handle="discard", data_name=data_name, label_name=label_name)


def _refuse(who: str, given: dict, accepted: str) -> None:
    """Raises NotSupportedError for options that would change the result; the others only tune MXNet's threads."""
    for name in given:
        if name not in accepted.split():
            raise NotSupportedError(f"{who}: the option '{name}' is not supported; leave it out.")


def _exists(who: str, path: str) -> str:
    try:
        with open(path, "rb"):
            return path
    except OSError as error:
        raise MXNetError(f"{who}: Open \"{path}\": {error.strerror}.") from error


def _text(path: str) -> str:
    with open_text(_exists("mx.io", path)) as file:
        return file.read()


def _libsvm(path: str, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The values, and what the lines begin with."""
    lines = [line.split() for line in _text(path).splitlines() if line.strip()]
    data, label = np.zeros((len(lines), *shape), np.float32), np.zeros(len(lines), np.float32)
    for i, fields in enumerate(lines):
        try:
            if ":" not in fields[0]:
                label[i] = float(fields.pop(0))
            for entry in fields:
                at, value = entry.split(":")
                if int(at) < 0:
                    raise IndexError(f"index {at} is negative")
                data[i, int(at)] = float(value)
        except (ValueError, IndexError) as error:
            raise FormatError(
                f"LibSVMIter: {path} expects 'label index:value ...' with indices below {shape[0]} in line {i + 1}: "
                f"{error}."
            ) from error
    return data, label


def _csv(path: str, shape: Sequence[int], dtype: np.dtype) -> np.ndarray:
    rows = [line.split(",") for line in _text(path).splitlines() if line.strip()]
    size = int(np.prod(shape))
    for i, row in enumerate(rows):
        if len(row) != size:
            raise FormatError(
                f"CSVIter: The data size in CSV do not match size of shape: specified shape={tuple(shape)}, "
                f"row {i + 1} of {path} has {len(row)} values."
            )
    try:
        return np.array(rows, np.float64).astype(dtype).reshape(len(rows), *shape)
    except ValueError as error:
        raise FormatError(f"CSVIter: {path} holds a field that is no number: {error}.") from error
