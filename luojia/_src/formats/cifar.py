"""CIFAR's binary batches: records of labels and a 3x32x32 image, nothing else.

Source: https://www.cs.toronto.edu/~kriz/cifar.html, section "Binary version".
"""

from __future__ import annotations

import numpy as np

from luojia._src.errors import ArgumentError
from luojia._src.formats.reader import Reader, Source, open_source

_LABELS = {"cifar10": (10,), "cifar100": (20, 100)}  # the number of classes of each label byte
_SHAPE = (3, 32, 32)
_PIXELS = 3 * 32 * 32


def load(source: Source, kind: str = "cifar10", *, records: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The images and labels of a batch.

    Args:
        source: the path of a file, or its bytes.
        kind: "cifar10", with one label a record, or "cifar100", with a coarse and a fine one.
        records: how many records the file must have; a file cut between two is otherwise a file.

    Returns:
        Images (N, 32, 32, 3) of uint8; labels of int32, (N,) or, coarse and fine, (N, 2).

    Raises:
        ArgumentError: `kind` is neither.
        FormatError: the size is no multiple of a record's or not that of `records`, or a label is out of range.

    >>> images, labels = load(bytes([7]) + bytes(3072))
    >>> images.shape, labels
    ((1, 32, 32, 3), array([7], dtype=int32))
    """
    if kind not in _LABELS:
        raise ArgumentError(f"load of CIFAR expects kind to be one of {', '.join(_LABELS)}, got {kind!r}.")
    classes = _LABELS[kind]
    data, label = open_source(source)
    reader = Reader(data, f"load of CIFAR: {label}")
    width = len(classes) + _PIXELS
    count, rest = divmod(len(data), width)
    if rest or not count or (records is not None and count != records):
        expected = "whole" if records is None else records
        raise reader.fail(
            f"is truncated or no {kind} batch: expected {expected} records of {width} bytes, found {len(data)} bytes"
        )
    table = np.frombuffer(data, np.uint8).reshape(count, width)
    labels = table[:, : len(classes)].astype(np.int32)
    if (labels >= classes).any():
        record = int((labels >= classes).any(axis=1).argmax())
        raise reader.fail(f"is corrupted or no {kind} batch: record {record} has the label {labels[record].max()}")
    images = table[:, len(classes) :].reshape(count, *_SHAPE).transpose(0, 2, 3, 1).copy()
    return images, labels if len(classes) > 1 else labels[:, 0]
