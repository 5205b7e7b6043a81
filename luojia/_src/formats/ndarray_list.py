"""MXNet's ``.params`` files: a list of arrays, or a dict of them by name.

Layout, little-endian::

    u64 0x112, u64 0, u64 count
    each array: u32 magic, i32 storage type (0 dense), u32 ndim, i64 dims, i32 device type, i32 device id, i32 dtype,
                data
    u64 count of names (0, or that of the arrays); each name: u64 length, UTF-8

The magic says whether a shape () or with a 0 in it is meant (0xF993FACA, written under ``mx.np_shape``) or stands for a
shape not yet known (0xF993FAC9); mxnet refuses a file of the one kind in the scope of the other. Older arrays have
no storage type (0xF993FAC8), or, instead of the magic, ndim and u32 dims.

Source: the files of mxnet 1.9.1.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from luojia._src.errors import DTypeError
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.reader import Reader, Source, open_source

LIST_MAGIC = 0x112
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
_CPU = struct.pack("<ii", 1, 0)
_DEVICE_TYPES = range(1, 7)  # cpu, gpu, cpu_pinned, ..., cpu_shared is 5
_DTYPES = [np.dtype(n) for n in ("float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool")]
_READ_ONLY_DTYPES = [np.dtype(n) for n in ("int16", "uint16", "uint32", "uint64")]  # numbered by mxnet 2
_BFLOAT16 = 12
_STORAGE = {1: "row_sparse", 2: "csr"}
_MOST_DENSE = 2**32  # bytes of a sparse array that is read as a dense one


def dump(arrays: Sequence[np.ndarray] | Mapping[str, np.ndarray], *, np_shape: bool | None = None) -> bytes:
    """The bytes of a ``.params`` file that holds `arrays`.

    Args:
        arrays: a list of arrays, or a dict of arrays by name, of the dtypes that mxnet 1.9 has: float16, float32,
            float64, bfloat16, uint8, int8, int32, int64, bool.
        np_shape: write the kind of file that mxnet reads within ``mx.util.np_shape(True)``, the only kind with room
            for the shape () and for sizes of 0. By default it is written where an array needs it.

    Raises:
        DTypeError: an array of another dtype, or a name that is no string.

    >>> load(dump({"w": np.float32([[1, 2]])}))
    {'w': array([[1., 2.]], dtype=float32)}
    """
    return b"".join(_pieces(arrays, np_shape))


def _pieces(
    arrays: Sequence[np.ndarray] | Mapping[str, np.ndarray], np_shape: bool | None = None
) -> Iterator[bytes]:
    named = isinstance(arrays, Mapping)
    values = [np.asanyarray(a) for a in (arrays.values() if named else arrays)]
    names = list(arrays) if named else []
    for i, (name, value) in enumerate(zip(names or range(len(values)), values)):
        if named and not isinstance(name, str):
            raise DTypeError(f"saving .params expects names that are strings, got {name!r} for array {i}.")
        _dtype_number(value.dtype, name)
    if np_shape is None:
        np_shape = any(a.ndim == 0 or a.size == 0 for a in values)
    yield struct.pack("<QQQ", LIST_MAGIC, 0, len(values))
    for value in values:
        yield dump_array(value, np_shape=np_shape)
    yield struct.pack("<Q", len(names))
    for name in names:
        raw = name.encode("utf-8")
        yield struct.pack("<Q", len(raw)) + raw


def save(path: str | os.PathLike[str], arrays: Sequence[np.ndarray] | Mapping[str, np.ndarray], *,
         np_shape: bool | None = None) -> None:
    """Write `dump(arrays)` to `path`, array by array; a failure leaves the old file whole."""
    write_bytes(path, _pieces(arrays, np_shape))


def load(source: Source) -> list[np.ndarray] | dict[str, np.ndarray]:
    """The arrays of a ``.params`` file: a dict where they are named, else a list.

    Args:
        source: the path of a file, or its bytes.

    bfloat16 arrays come back as float32, row_sparse and csr arrays as dense ones that tell their ``stype``. mxnet
    1.9 writes a scalar outside ``np_shape`` in a form that it cannot read; it is read here.

    Raises:
        FormatError: the file is truncated, corrupted or of another format.
    """
    data, label = open_source(source)
    reader = Reader(data, f"load of .params: {label}")
    if reader.unpack("<Q", "the magic number 0x112") != LIST_MAGIC:
        raise reader.fail(f"is no .params file: it starts with {bytes(data[:8])!r}, expected 0x112")
    reader.unpack("<Q", "the reserved word")
    count = reader.unpack("<Q", "the count of arrays")
    arrays = [_read_array(reader, i, count - i - 1) for i in _counted(reader, count, 4, "arrays")]
    named = reader.unpack("<Q", "the count of names")
    if named not in (0, count):
        raise reader.fail(f"is corrupted: it has {count} arrays and {named} names")
    names = []
    for _ in _counted(reader, named, 8, "names"):
        names.append(reader.text(reader.unpack("<Q", "the length of a name"), "a name"))
    reader.done()
    if len(set(names)) < len(names):
        raise reader.fail(f"is corrupted: a name occurs twice, {max(names, key=names.count)!r}")
    return dict(zip(names, arrays)) if named else arrays


class SparseArray(np.ndarray):
    """A dense array that stands for a sparse one: ``stype`` is 'row_sparse' or 'csr', and so it is in the file."""

    stype = "default"

    @classmethod
    def of(cls, array: np.ndarray, stype: str) -> SparseArray:
        """``array`` under a storage type, sharing its memory."""
        made = array.view(cls)
        made.stype = stype
        return made


def dump_array(array: np.ndarray, *, np_shape: bool = False) -> bytes:
    """The bytes of one array in the list, which are also those inside the pickle of an mxnet NDArray."""
    if isinstance(array, SparseArray) and array.stype != "default":
        return _dump_sparse(np.asarray(array), array.stype)
    array = np.asarray(array)
    number = _dtype_number(array.dtype, "array")
    head = struct.pack(f"<IiI{array.ndim}q", V3 if np_shape else V2, 0, array.ndim, *array.shape)
    if number == _BFLOAT16:
        array = array.view(np.uint16)
    raw = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return b"".join([head, _CPU, struct.pack("<i", number), raw])


def _dump_sparse(array: np.ndarray, stype: str) -> bytes:
    """A sparse array: its values that are not 0, or their rows, and where these are (int64)."""
    if stype == "csr":
        rows, columns = np.nonzero(array)
        ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=array.shape[0]))])
        parts = [array[rows, columns], ends.astype("<i8"), columns.astype("<i8")]
    else:
        rows = np.flatnonzero(array.reshape(array.shape[0], -1).any(axis=1))
        parts = [array[rows], rows.astype("<i8")]
    code = next(number for number, kind in _STORAGE.items() if kind == stype)
    int64 = struct.pack("<i", _dtype_number(np.dtype(np.int64), stype))

    def shape(of: np.ndarray) -> bytes:
        return struct.pack(f"<I{of.ndim}q", of.ndim, *of.shape)

    return b"".join([
        struct.pack("<Ii", V2, code), shape(parts[0]), shape(array), _CPU,
        struct.pack("<i", _dtype_number(array.dtype, stype)), *[int64 + shape(p) for p in parts[1:]],
        *[p.astype(p.dtype.newbyteorder("<"), copy=False).tobytes() for p in parts],
    ])


def load_array(data: bytes) -> np.ndarray:
    """The array of the bytes that `dump_array` gives.

    >>> load_array(dump_array(np.int8([1, 2])))
    array([1, 2], dtype=int8)
    """
    reader = Reader(data, "load of an NDArray: <bytes>")
    array = _read_array(reader, 0, None)
    reader.done()
    return array


def _dtype_number(dtype: np.dtype, name: object) -> int:
    if dtype.name == "bfloat16":
        return _BFLOAT16
    if dtype.newbyteorder("=") not in _DTYPES:
        kinds = ", ".join(d.name for d in _DTYPES)
        raise DTypeError(f"saving .params expects arrays of {kinds}, got {dtype.name} for {name!r}; cast it first.")
    return _DTYPES.index(dtype.newbyteorder("="))


def _counted(reader: Reader, count: int, least: int, what: str) -> range:
    if count * least > reader.remaining:
        raise reader.fail(f"is truncated: {count} {what} do not fit in the {reader.remaining} bytes that are left")
    return range(count)


def _read_array(reader: Reader, index: int, following: int | None) -> np.ndarray:
    """Array number `index` at the reader's position; `following` arrays come after it (None: and no names either)."""
    what = f"array {index}"
    magic = reader.unpack("<I", f"the magic number of {what}")
    if magic in (V2, V3):
        storage = reader.unpack("<i", f"the storage type of {what}")
        if storage in _STORAGE:
            return _read_sparse(reader, what, _STORAGE[storage])
        if storage != 0:
            raise reader.fail(f"is corrupted: {what} has the storage type {storage}")
    ndim = reader.unpack("<I", f"the rank of {what}") if magic in (V1, V2, V3) else magic
    if ndim > 32:
        raise reader.fail(f"is corrupted: {what} starts with {ndim:#x}, which is no magic number and no rank")
    layout = "<q" if magic in (V1, V2, V3) else "<I"
    shape = [reader.unpack(layout, f"the shape of {what}") for _ in range(ndim)]
    if ndim == 0 and magic != V3 and not (magic == V2 and _scalar_follows(reader, following)):
        raise reader.fail(f"holds no data in {what}: it was saved before its shape was known")
    device = reader.unpack("<i", f"the device of {what}")
    reader.unpack("<i", f"the device number of {what}")
    number = reader.unpack("<i", f"the dtype of {what}")
    if device not in _DEVICE_TYPES:
        raise reader.fail(f"is corrupted: {what} has the device type {device}")
    if number == _BFLOAT16:
        return reader.bfloat16(shape, f"the values of {what}")
    known = _DTYPES + _READ_ONLY_DTYPES
    if not 0 <= number < len(known):
        raise reader.fail(f"is corrupted: {what} has the dtype number {number}")
    return reader.array(shape, known[number], f"the values of {what}")


def _read_sparse(reader: Reader, what: str, kind: str) -> np.ndarray:
    """A sparse array as a dense one: shapes of the values, of the array, and of one or two arrays of indices."""
    def shape(of: str) -> list[int]:
        rank = reader.unpack("<I", f"the rank of {of} of {what}")
        if rank > 32:
            raise reader.fail(f"is corrupted: {what} has {of} of rank {rank:#x}")
        return [reader.unpack("<q", f"the shape of {of} of {what}") for _ in range(rank)]

    stored, whole = shape("the values"), shape("the array")
    reader.unpack("<i", f"the device of {what}")
    reader.unpack("<i", f"the device number of {what}")
    known = _DTYPES + _READ_ONLY_DTYPES
    numbers, shapes = [reader.unpack("<i", f"the dtype of {what}")], [stored]
    for _ in range(1 if kind == "row_sparse" else 2):
        numbers.append(reader.unpack("<i", f"the dtype of the indices of {what}"))
        shapes.append(shape("the indices"))
    for number in numbers:
        if not 0 <= number < len(known):
            raise reader.fail(f"is corrupted: {what} has the dtype number {number}")
    values, first, *rest = [reader.array(s, known[n], f"the values of {what}") for s, n in zip(shapes, numbers)]
    size = math.prod(whole) * values.itemsize
    if min(whole, default=0) < 0 or size > _MOST_DENSE:
        raise reader.fail(f"holds {kind} data of shape {tuple(whole)} in {what}, which as a dense array would take "
                          f"{size / 2**30:.0f} GiB")
    dense = np.zeros(whole, values.dtype)
    place: tuple = (first.astype(np.int64),)
    if kind == "csr":
        counts = np.diff(place[0].reshape(-1))
        fits = first.ndim == 1 and len(whole) == 2 and len(counts) == whole[0]
        if not fits or counts.min(initial=0) < 0 or counts.sum() != len(values):
            raise reader.fail(f"is corrupted: the rows of {what} do not fit its shape {tuple(whole)}")
        place = np.repeat(np.arange(whole[0]), counts), rest[0].astype(np.int64)
    try:
        dense[place] = values
    except (IndexError, ValueError) as error:
        fault = f"the indices of {what} do not fit its shape {tuple(whole)}: {error}"
        raise reader.fail(f"is corrupted: {fault}") from error
    return SparseArray.of(dense, kind)


def _scalar_follows(reader: Reader, following: int | None) -> bool:
    """Whether a V2 array of rank 0 has a value: mxnet writes one for a scalar, and none for an unknown shape."""
    if following:
        return reader.remaining >= 4 and struct.unpack_from("<I", reader.data, reader.position)[0] in _DEVICE_TYPES
    return reader.remaining > (8 if following == 0 else 0)
