"""What MXNet keeps at its base: the exceptions, and the tuples of Python types."""

from __future__ import annotations

import ctypes
import os
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._src.errors import MXNetError, NotImplementedForSymbol, NotSupportedError
from ._src.paths import public_names

string_types = (str,)
numeric_types = (float, int, np.generic)
integer_types = (int, np.int32, np.int64)
basestring, long = str, int  # Python 2's
mx_real_t = np.float32
mx_uint, mx_float, mx_int, mx_int64 = ctypes.c_uint, ctypes.c_float, ctypes.c_int, ctypes.c_int64
mx_float_p = ctypes.POINTER(mx_float)


class _NullType:
    """What stands for an argument that is not given; there is one of it."""

    def __new__(cls) -> _NullType:
        return _Null

    def __repr__(self) -> str:
        return "_Null"


_Null: Any = object.__new__(_NullType)


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


def c_str_array(strings: Sequence[str]) -> Any:
    """C's array of C's strings.

    >>> list(c_str_array(["a", "b"]))
    [b'a', b'b']
    """
    return c_array(ctypes.c_char_p, [s.encode("utf-8") for s in strings])


def c_array_buf(ctype: Any, buf: Any) -> Any:
    """C's array over an ``array.array``, which it shares."""
    return (ctype * len(buf)).from_buffer(buf)


def ctypes2buffer(cptr: Any, length: int) -> bytearray:
    """A copy of the bytes at a ``POINTER(c_char)``."""
    if not isinstance(cptr, ctypes.POINTER(ctypes.c_char)):
        raise TypeError(f"ctypes2buffer: expected a char pointer, got {type(cptr).__name__}.")
    return bytearray(ctypes.string_at(cptr, length))


def ctypes2numpy_shared(cptr: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A NumPy array over the floats at a ``POINTER(c_float)``, which it shares."""
    if not isinstance(cptr, mx_float_p):
        raise RuntimeError(f"ctypes2numpy_shared: expected a float pointer, got {type(cptr).__name__}.")
    return np.ctypeslib.as_array(cptr, shape)


def with_metaclass(meta: type, *bases: type) -> Any:
    """A class to inherit from: its heir has the metaclass and the bases, as ``class A(*bases, metaclass=meta)``.

    >>> class Meta(type):
    ...     pass
    >>> class A(with_metaclass(Meta, dict)):
    ...     pass
    >>> type(A).__name__, A.__bases__
    ('Meta', (<class 'dict'>,))
    """
    return types.new_class("temporary_class", (), {"metaclass": _Heir}, lambda space: space.update(_as=(meta, bases)))


class _Heir(type):
    """The metaclass of a class that gives way to others when it is inherited from."""

    def __new__(cls, name: str, bases: tuple, space: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, space)
        meta, others = bases[0]._as
        return meta(name, others, space)


class classproperty(property):  # noqa: N801 - MXNet's name
    """A property of a class, read of the class itself or of its objects.

    >>> class A:
    ...     @classproperty
    ...     def name_of(cls):
    ...         return cls.__name__
    >>> A.name_of, A().name_of
    ('A', 'A')
    """

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        assert self.fget is not None
        return self.fget(owner or type(obj))


def _as_list(obj: Any) -> Any:
    """A tuple or a list as it is, anything else as the one element of a list."""
    return obj if isinstance(obj, (list, tuple)) else [obj]


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
    "MXNetError", "NotImplementedForSymbol", "NotSupportedError", "NotSupportedForSparseNDArray", "basestring",
    "build_param_doc", "c_array", "c_array_buf", "c_str", "c_str_array", "check_call", "classproperty",
    "ctypes2buffer", "ctypes2numpy_shared", "data_dir", "data_dir_default", "integer_types", "long", "mx_float",
    "mx_float_p", "mx_int", "mx_int64", "mx_real_t", "mx_uint", "numeric_types", "py_str", "string_types",
    "with_metaclass",
]
__dir__ = public_names(__name__)
