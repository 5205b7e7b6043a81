"""``.safetensors`` files: arrays by name, over the safetensors library.

The library checks the header; this module adds luojia's errors, whole-or-nothing writing, and bfloat16 as float32.

Source: https://github.com/huggingface/safetensors, format section.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import numpy as np
import safetensors.numpy

from luojia._src.errors import DTypeError, FormatError, NotSupportedError
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.reader import Reader, Source, open_source

_NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip
_DTYPES = {code: np.dtype(name) for name, code in _NAMES.items()}


def dump(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a ``.safetensors`` file that holds `arrays`, and `metadata`, a dict of strings.

    Raises:
        DTypeError: names or metadata that are no strings, or a dtype that the format has not.

    >>> load(dump({"w": np.float32([1, 2])}))
    {'w': array([1., 2.], dtype=float32)}
    """
    if not all(isinstance(s, str) for pair in (metadata or {}).items() for s in pair):
        raise DTypeError(f"saving .safetensors expects metadata that are strings by string, got {metadata!r}.")
    entries = {}
    for name, value in arrays.items():
        array = np.asarray(value)
        if not isinstance(name, str):
            raise DTypeError(f"saving .safetensors expects names that are strings, got {name!r}.")
        if array.dtype.name == "bfloat16":
            entries[name] = np.ascontiguousarray(array).reshape(array.shape)
            continue
        if array.dtype.name not in _NAMES:
            known = ", ".join(_NAMES)
            raise DTypeError(f"saving .safetensors expects arrays of {known}; got {array.dtype} for {name!r}.")
        # The library writes the memory as it lies, whatever the strides.
        entries[name] = array.astype(array.dtype.newbyteorder("="), order="C", copy=False)
    return safetensors.numpy.save(entries, dict(metadata) if metadata else None)


def save(
    path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None
) -> None:
    """Write `dump(arrays, metadata)` to `path`; a failure leaves the old file whole."""
    write_bytes(path, dump(arrays, metadata))


def load(source: Source, *, keep_bfloat16: bool = False) -> dict[str, np.ndarray]:
    """The arrays of a ``.safetensors`` file, by name, sorted; BF16 comes back as float32.

    With ``keep_bfloat16``, and the package ml_dtypes, BF16 stays what it is.

    Args:
        source: the path of a file, or its bytes.

    Raises:
        FormatError: the file is truncated, corrupted or of another format.
        NotSupportedError: it holds a dtype that luojia has not (floats of eight bits, complex numbers).
    """
    data, label = open_source(source)
    label = f"load of .safetensors: {label}"
    try:
        entries = safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        raise FormatError(f"{label} is truncated, corrupted or of another format: {error}.") from None
    arrays = {}
    for name, entry in sorted(entries):
        reader = Reader(entry["data"], label)
        what = f"the tensor {name!r}"
        if entry["dtype"] == "BF16":
            arrays[name] = reader.bfloat16(entry["shape"], what, keep_bfloat16)
        elif entry["dtype"] in _DTYPES:
            arrays[name] = reader.array(entry["shape"], _DTYPES[entry["dtype"]], what)
        else:
            raise NotSupportedError(f"{label} holds {what} of {entry['dtype']}, which luojia does not have.")
        reader.done()
    return arrays


def load_metadata(source: Source) -> dict[str, str]:
    """The metadata of a ``.safetensors`` file; {} where it has none. Raises what `load` does.

    >>> load_metadata(dump({}, {"format": "ms"}))
    {'format': 'ms'}
    """
    data, label = open_source(source)
    load(data)  # the library's checks; after them the header is known to be sound
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
