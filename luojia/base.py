"""What MXNet keeps at its base: the exceptions, and the tuples of Python types."""

from __future__ import annotations

import numpy as np

from ._src.errors import MXNetError, NotImplementedForSymbol, NotSupportedError

string_types = (str,)
numeric_types = (float, int, np.generic)
integer_types = (int, np.int32, np.int64)
mx_real_t = np.float32


class NotSupportedForSparseNDArray(MXNetError):
    """An operation that sparse arrays lack. Kept for programs that catch it; luojia's arrays are dense."""


def py_str(x: bytes | str) -> str:
    """Text of bytes."""
    return x.decode("utf-8") if isinstance(x, bytes) else x


def c_str(string: str) -> bytes:
    """Bytes of text."""
    return string.encode("utf-8")


def check_call(ret: int) -> None:
    """Raise MXNetError if a C function returned an error code."""
    if ret != 0:
        raise MXNetError(f"a call returned the error code {ret}.")


__all__ = [
    "MXNetError", "NotImplementedForSymbol", "NotSupportedError", "NotSupportedForSparseNDArray", "c_str", "check_call",
    "integer_types", "mx_real_t", "numeric_types", "py_str", "string_types",
]
