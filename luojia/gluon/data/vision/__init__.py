"""Data sets of images, and transforms for them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ...._src.errors import AbsentName
from ...._src.paths import public_names
from .datasets import CIFAR10, CIFAR100, MNIST, FashionMNIST, ImageFolderDataset, ImageRecordDataset

if TYPE_CHECKING:  # loaded at first use: transforms are Blocks
    from . import transforms

__all__ = ["CIFAR10", "CIFAR100", "MNIST", "FashionMNIST", "ImageFolderDataset", "ImageRecordDataset", "transforms"]
__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    if name == "transforms":
        return importlib.import_module(".transforms", __name__)
    raise AbsentName(__name__, name)
