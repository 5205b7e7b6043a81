"""What MXNet keeps at its base: the exceptions, and the tuples of Python types."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._src.errors import MXNetError, NotImplementedForSymbol, NotSupportedError

string_types = (str,)
numeric_types = (float, int, np.generic)
integer_types = (int, np.int32, np.int64)
mx_real_t = np.float32
mx_uint, mx_float, mx_int = ctypes.c_uint, ctypes.c_float, ctypes.c_int


class NotSupportedForSparseNDArray(MXNetError):
    """An operation that sparse arrays lack. Kept for programs that catch it; luojia's arrays are dense."""


def py_str(x: bytes | str) -> str:
    """Text of bytes."""
    return x.decode("utf-8") if isinstance(x, bytes) else x


def c_str(string: str) -> ctypes.c_char_p:
    """C's string of a text.

    >>> c_str("Hello").value
    b'Hello'
    """
    return ctypes.c_char_p(string.encode("utf-8"))


def c_array(ctype: Any, values: Sequence) -> Any:
    """C's array of some values.

    >>> c_array(mx_float, [1, 2, 3])[1]
    2.0
    """
    return (ctype * len(values))(*values)


def check_call(ret: int) -> None:
    """Raise MXNetError if a C function returned an error code."""
    if ret != 0:
        raise MXNetError(f"a call returned the error code {ret}.")


def data_dir_default() -> str:
    """Where data sets and models are kept unless $MXNET_HOME says otherwise."""
    return os.path.join(os.path.expanduser("~"), ".mxnet")


def data_dir() -> str:
    """Where data sets and models are kept."""
    return os.environ.get("MXNET_HOME", data_dir_default())


def build_param_doc(arg_names: Sequence[str], arg_types: Sequence[str], arg_descs: Sequence[str],
                    remove_dup: bool = True) -> str:
    """The section on parameters of a docstring.

    >>> build_param_doc(["a"], ["int"], ["the a"])
    'Parameters\\n----------\\na : int\\n    the a\\n'
    """
    found: dict[str, str] = {}
    lines = []
    for name, kind, text in zip(arg_names, arg_types, arg_descs):
        if (name in found and remove_dup) or name == "num_args":
            continue
        found[name] = kind
        lines.append(f"{name} : {kind}" + (f"\n    {text}" if text else ""))
    return "Parameters\n----------\n" + "\n".join(lines) + "\n"


__all__ = [
    "MXNetError", "NotImplementedForSymbol", "NotSupportedError", "NotSupportedForSparseNDArray", "build_param_doc",
    "c_array", "c_str", "check_call", "data_dir", "data_dir_default", "integer_types", "mx_float", "mx_int",
    "mx_real_t", "mx_uint", "numeric_types", "py_str", "string_types",
]
