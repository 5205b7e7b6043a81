"""TensorBoard's event files: TFRecord files of protocol buffers.

Source: TensorFlow's event.proto.
"""

from __future__ import annotations

import numpy as np

from luojia._src.formats.protobuf import double, field, single, whole
from luojia._src.formats.tfrecord import record


def scalar(tag: str, value: float, step: int, time: float) -> bytes:
    """A record that holds one number under a name."""
    return _event(tag, single(2, value), step, time)


def image(tag: str, file: bytes, height: int, width: int, channels: int, step: int, time: float) -> bytes:
    """A record that holds a PNG file under a name."""
    sizes = b"".join(whole(i, n) for i, n in ((1, height), (2, width), (3, channels)))
    return _event(tag, field(4, sizes + field(4, file)), step, time)


def histogram(tag: str, values: np.ndarray, step: int, time: float, bins: int = 30) -> bytes:
    """A record that holds how often values lie in each of ``bins`` parts of their range."""
    flat = np.asarray(values, np.float64).ravel()
    flat = flat[np.isfinite(flat)]
    counts, edges = np.histogram(flat, bins)
    least, most = (flat.min(), flat.max()) if flat.size else (0.0, 0.0)
    numbers = (least, most, flat.size, flat.sum(), (flat * flat).sum())
    body = b"".join(double(i, n) for i, n in enumerate(numbers, 1))
    body += field(6, edges[1:].astype("<f8").tobytes()) + field(7, counts.astype("<f8").tobytes())
    return _event(tag, field(5, body), step, time)


def _event(tag: str, value: bytes, step: int, time: float) -> bytes:
    summary = field(1, field(1, tag.encode()) + value)
    return record(double(1, time) + whole(2, step) + field(5, summary))


def header(time: float) -> bytes:
    """The first record of a file."""
    return record(double(1, time) + field(3, b"brain.Event:2"))
