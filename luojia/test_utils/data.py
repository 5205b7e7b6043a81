"""The data sets of MXNet's examples and tests, found on the disk or downloaded."""

from __future__ import annotations

import bz2
import os
import zipfile
from typing import Any

import numpy as np

from ..gluon import utils as _utils

__all__ = ["download", "get_bz2_data", "get_cifar10", "get_mnist", "get_mnist_iterator", "get_mnist_pkl",
           "get_mnist_ubyte", "get_zip_data"]

_MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                "t10k-labels-idx1-ubyte")


def download(url: str, fname: str | None = None, dirname: str | None = None, overwrite: bool = False,
             retries: int = 5) -> str:
    """Fetch a file, unless it is there, and return its path: ``fname``, the URL's last part by default, in ``dirname``.

    Raises:
        OSError: it could not be fetched.
    """
    path = fname or url.split("/")[-1]
    if dirname is not None:
        os.makedirs(dirname, exist_ok=True)
        path = os.path.join(dirname, path)
    return _utils.download(url, path, overwrite, retries=retries)


def get_zip_data(data_dir: str, url: str, data_origin_name: str) -> None:
    """Fetch a zip archive to ``data_dir`` under its name, unless it is there, and unpack it there."""
    archive = os.path.join(data_dir, data_origin_name)
    if not os.path.exists(archive):
        download(url, dirname=data_dir, fname=data_origin_name)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(data_dir)


def get_bz2_data(data_dir: str, data_name: str, url: str, data_origin_name: str) -> None:
    """Fetch a file packed with bzip2, unless ``data_name`` is in ``data_dir``, and unpack it to that name."""
    archive, unpacked = os.path.join(data_dir, data_origin_name), os.path.join(data_dir, data_name)
    if os.path.exists(unpacked):
        return
    download(url, dirname=data_dir, fname=data_origin_name)
    with bz2.BZ2File(archive) as packed, open(unpacked, "wb") as out:
        while chunk := packed.read(1 << 16):
            out.write(chunk)
    os.remove(archive)


def get_mnist_pkl() -> None:
    """Fetch ``data/mnist.pkl.gz``, unless it is there."""
    if not os.path.isfile("data/mnist.pkl.gz"):
        download("http://deeplearning.net/data/mnist/mnist.pkl.gz", dirname="data")


def get_mnist_ubyte(path: str = "data") -> None:
    """Fetch MNIST's four idx files to the folder ``path``, unless they are there."""
    if not all(os.path.exists(os.path.join(path, name)) for name in _MNIST_FILES):
        get_zip_data(path, "http://data.mxnet.io/mxnet/data/mnist.zip", "mnist.zip")


def get_cifar10(path: str = "data") -> None:
    """Fetch CIFAR-10's RecordIO files to ``cifar`` in the folder ``path``, unless they are there."""
    wanted = [os.path.join(path, "cifar", name) for name in ("train.rec", "test.rec", "train.lst", "test.lst")]
    if not all(map(os.path.exists, wanted)):
        get_zip_data(path, "http://data.mxnet.io/mxnet/data/cifar10.zip", "cifar10.zip")


def get_mnist() -> dict[str, np.ndarray]:
    """MNIST as a dict: train_data (60000, 1, 28, 28) float32 of [0, 1], train_label (60000,), test_data, test_label.

    Looks in the usual folders, then downloads.

    Raises:
        MXNetError: the files are in none of the folders and could not be downloaded.
    """
    from .._src.data import mirror, mnist
    from .._src.formats import idx

    found = {}
    for kind in ("train", "test"):
        images, labels = mnist.load(kind == "train", idx.load, fetch=mirror.fetch_url)
        found[f"{kind}_data"] = images.reshape(-1, 1, 28, 28).astype(np.float32) / 255
        found[f"{kind}_label"] = labels
    return found


def get_mnist_iterator(batch_size: int, input_shape: tuple, num_parts: int = 1, part_index: int = 0) -> tuple:
    """``NDArrayIter``s over a part of MNIST's training and test images."""
    from ..io import NDArrayIter

    data = get_mnist()
    flat = len(input_shape) == 1

    def part(kind: str, shuffle: bool) -> Any:
        images, labels = data[f"{kind}_data"][part_index::num_parts], data[f"{kind}_label"][part_index::num_parts]
        images = images.reshape(len(images), -1) if flat else images
        return NDArrayIter(images, labels.astype(np.float32), batch_size, shuffle=shuffle)

    return part("train", True), part("test", False)
