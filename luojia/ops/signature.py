"""What MindSpore's primitives say of their arguments (``__mindspore_signature__``): written, reference, dtype.

luojia reads none of it: an operator of one's own writes what it writes, and promotes as its operators do.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

__all__ = ["Signature", "make_sig", "sig_dtype", "sig_kind", "sig_rw"]

sig_rw = enum.IntEnum("signature_rw", ["RW_READ", "RW_WRITE", "RW_REF", "RW_EMPTY_DEFAULT_VALUE"], start=0)
sig_kind = enum.IntEnum("signature_kind", [
    "KIND_POSITIONAL_KEYWORD", "KIND_VAR_POSITIONAL", "KIND_KEYWORD_ONLY", "KIND_VAR_KEYWARD",
    "KIND_EMPTY_DEFAULT_VALUE"], start=0)
sig_dtype = enum.IntEnum("signature_dtype", ["T", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9",
                                             "T_EMPTY_DEFAULT_VALUE"], start=0)


class Signature(NamedTuple):
    """One argument: its name, whether it is written, how it is given, its default, and whose dtype it shares."""

    name: str
    rw: Any
    kind: Any
    default: Any
    dtype: Any


def make_sig(name: str = "var", rw: Any = sig_rw.RW_READ, kind: Any = sig_kind.KIND_POSITIONAL_KEYWORD,
             default: Any = sig_kind.KIND_EMPTY_DEFAULT_VALUE,
             dtype: Any = sig_dtype.T_EMPTY_DEFAULT_VALUE) -> Signature:
    """The Signature of an argument.

    >>> make_sig("x", dtype=sig_dtype.T).name
    'x'
    """
    return Signature(name, rw, kind, default, dtype)
