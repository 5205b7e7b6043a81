"""MindSpore's record files: FileWriter writes them, FileReader and MindPage read them, converters make them."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any

from .._src.errors import AbsentName, RefusedName
from .._src.paths import also_at, open_paths, public_names
from . import errors, reader, writer
from .converters import Cifar10ToMR, Cifar100ToMR, CsvToMR, ImageNetToMR, MnistToMR, TFRecordToMR
from .errors import *  # noqa: F403
from .reader import FileReader, MindPage
from .writer import FileWriter

__all__ = [
    "FAILED", "SUCCESS", "Cifar100ToMR", "Cifar10ToMR", "CsvToMR", "FileReader", "FileWriter", "ImageNetToMR",
    "MindPage", "MnistToMR", "TFRecordToMR",
]
__all__ += errors.__all__
__dir__ = public_names(__name__)


class MSRStatus(Enum):
    """What MindSpore's record functions return."""

    SUCCESS, FAILED = 0, 1


SUCCESS, FAILED = MSRStatus.SUCCESS, MSRStatus.FAILED

also_at(errors, "luojia.mindrecord.common", "luojia.mindrecord.common.exceptions")
also_at(writer, "luojia.mindrecord.filewriter")
also_at(reader, "luojia.mindrecord.filereader", "luojia.mindrecord.mindpage")


_REFUSED = ("set_dec_mode", "set_enc_key", "set_enc_mode")


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"luojia.mindrecord.{name} is not provided: luojia reads and writes files in the clear.")
    raise AbsentName("luojia.mindrecord", name)

open_paths(sys.modules[__name__])
