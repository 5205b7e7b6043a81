"""MNIST, Fashion-MNIST, CIFAR and images in folders or RecordIO files: samples are (image, label).

An image is an NDArray (H, W, C) of uint8. Files are looked for in the usual folders, else downloaded and checked.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...._src.data import cifar, mirror, mnist
from ...._src.data.datasets import Dataset
from ...._src.errors import within
from ...._src.formats import cifar as cifar_format
from ...._src.formats import idx
from .._arrays import to_nd
from ..dataset import RecordFileDataset

_HOME = os.path.join("~", ".mxnet", "datasets")


def _folder(name: str, root: str | None) -> str | None:
    """``root`` where the user chose it; None for the default, which $MXNET_HOME may move."""
    return None if root == os.path.join(_HOME, name) else root


class _Downloaded(Dataset):
    """Images and labels in memory."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, transform: Callable | None) -> None:
        self._data, self._label, self._transform = to_nd(images), labels, transform

    def __len__(self) -> int:
        return len(self._label)

    def __getitem__(self, idx: Any) -> Any:
        if self._transform is not None:
            return self._transform(self._data[idx], self._label[idx])
        return self._data[idx], self._label[idx]

    def gather(self, indices: np.ndarray) -> Any:
        if self._transform is not None:
            return None
        return [self._data._device.engine.to_numpy(self._data._value)[indices], self._label[indices]]


class MNIST(_Downloaded):
    """The 60,000 or, with ``train=False``, 10,000 handwritten digits of MNIST: (28, 28, 1) uint8 and an int32 label.

    Args:
        root: the folder to look in first and to download to.
        train: the training or the test images.
        transform: ``(image, label) -> sample``.

    Raises:
        MissingDataError: the files are in none of the usual folders and cannot be downloaded; the message names the
            files, the folders searched and luojia.data.digits().

    Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist.
    """

    _name = "mnist"

    def __init__(self, root: str = os.path.join(_HOME, "mnist"), train: bool = True,
                 transform: Callable | None = None) -> None:
        data = mnist.load(train, idx.load, _folder(self._name, root), self._name, mirror.fetch_url)
        super().__init__(*data, transform)


class FashionMNIST(MNIST):
    """Zalando's 10 kinds of clothes, in MNIST's form. Source: Xiao, Rasul and Vollgraf 2017."""

    _name = "fashion-mnist"

    def __init__(self, root: str = os.path.join(_HOME, "fashion-mnist"), train: bool = True,
                 transform: Callable | None = None) -> None:
        super().__init__(root, train, transform)


class CIFAR10(_Downloaded):
    """The 50,000 or, with ``train=False``, 10,000 colour images of CIFAR-10: (32, 32, 3) uint8 and an int32 label.

    Arguments and errors are those of :class:`MNIST`. Source: Krizhevsky 2009.
    """

    def __init__(self, root: str = os.path.join(_HOME, "cifar10"), train: bool = True,
                 transform: Callable | None = None) -> None:
        folder = _folder("cifar10", root)
        super().__init__(*cifar.load(train, cifar_format.load, folder, "cifar10", mirror.fetch_url), transform)


class CIFAR100(_Downloaded):
    """CIFAR-100: like :class:`CIFAR10` with 20 coarse labels, or with ``fine_label`` 100 fine ones."""

    def __init__(self, root: str = os.path.join(_HOME, "cifar100"), fine_label: bool = False, train: bool = True,
                 transform: Callable | None = None) -> None:
        folder = _folder("cifar100", root)
        images, labels = cifar.load(train, cifar_format.load, folder, "cifar100", mirror.fetch_url)
        super().__init__(images, labels[:, int(fine_label)], transform)


class ImageRecordDataset(RecordFileDataset):
    """Images in a RecordIO file with its index: (image, label).

    Args:
        filename: the ``.rec`` file; the ``.idx`` lies beside it.
        flag: 1 for colour, 0 for grey.
        transform: ``(image, label) -> sample``.
    """

    def __init__(self, filename: str, flag: int = 1, transform: Callable | None = None) -> None:
        super().__init__(filename)
        self._flag, self._transform = flag, transform

    def __getitem__(self, idx: int) -> Any:
        from .... import image, recordio

        record = super().__getitem__(idx)
        with within(f"record {idx} of {self.filename}"):
            header, content = recordio.unpack(record)
            pixels = image.imdecode(content, self._flag)
        return (pixels, header.label) if self._transform is None else self._transform(pixels, header.label)


class ImageFolderDataset(Dataset):
    """Images in folders, ``root/<class>/<image>``: (image, number of the class). ``synsets`` lists the classes.

    Args:
        root: the folder of folders.
        flag: 1 for colour, 0 for grey.
        transform: ``(image, label) -> sample``.
    """

    def __init__(self, root: str, flag: int = 1, transform: Callable | None = None) -> None:
        self._root, self._flag, self._transform = os.path.expanduser(root), flag, transform
        self._exts = [".jpg", ".jpeg", ".png"]
        self.synsets: list[str] = []
        self.items: list[tuple[str, int]] = []
        for folder in sorted(os.listdir(self._root)):
            path = os.path.join(self._root, folder)
            if not os.path.isdir(path):
                warnings.warn(f"Ignoring {path}, which is not a directory.", stacklevel=2)
                continue
            label = len(self.synsets)
            self.synsets.append(folder)
            for name in sorted(os.listdir(path)):
                file = os.path.join(path, name)
                ext = os.path.splitext(name)[1]
                if ext.lower() in self._exts:
                    self.items.append((file, label))
                else:
                    warnings.warn(f"Ignoring {file} of type {ext}. Only support {', '.join(self._exts)}", stacklevel=2)

    def __getitem__(self, idx: int) -> Any:
        from .... import image

        file, label = self.items[idx]
        pixels = image.imread(file, self._flag)
        return (pixels, label) if self._transform is None else self._transform(pixels, label)

    def __len__(self) -> int:
        return len(self.items)
