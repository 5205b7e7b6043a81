"""CIFAR-10's and CIFAR-100's binary batches: find them, or download them, or say what is missing."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import ArgumentError
from . import mirror

ARCHIVES = {  # the file and its SHA-1, as in mxnet 1.9.1
    "cifar10": ("cifar-10-binary.tar.gz", "fab780a1e191a7eda0f345501ccd62d20f7ed891"),
    "cifar100": ("cifar-100-binary.tar.gz", "a0bb982c76b83111308126cc779a992fa506b90b"),
}
FILES = {  # the training files, the test files, and the records of each
    "cifar10": ([f"data_batch_{i}.bin" for i in range(1, 6)], ["test_batch.bin"], 10000),
    "cifar100": (["train.bin"], ["test.bin"], None),
}
_INNER = {"cifar10": "cifar-10-batches-bin", "cifar100": "cifar-100-binary"}


def load(
    train: bool | None,
    read: Callable[..., tuple[np.ndarray, np.ndarray]],
    root: str | None = None,
    name: str = "cifar10",
    fetch: Callable[[str], bytes] | None = None,
    some: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """``(images, labels)``: uint8 of shape (n, 32, 32, 3) and int32 of shape (n,), for CIFAR-100 (n, 2).

    Args:
        train: the 50,000 training images, or the 10,000 test images; None takes both.
        read: reader of one batch: ``(path, kind) -> (images, labels)``.
        root, name, fetch: as in :func:`luojia._src.data.mnist.load`.
        some: be content with those of the files that lie in ``root``, where any does.

    Raises:
        MissingDataError: a file is in none of the folders and could not be downloaded.
    """
    if name not in FILES:
        raise ArgumentError(f"There is no data set '{name}' of this format; there are {', '.join(FILES)}.")
    training, testing, _ = FILES[name]
    wanted = training + testing if train is None else training if train else testing
    if some and root is not None:
        wanted = [file for file in wanted if (Path(root).expanduser() / file).is_file()] or wanted
    folder = _find(wanted, root, name) or _download(wanted, root, name, fetch)
    parts = [read(str(folder / file), name) for file in wanted]
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])


def folders(root: str | None = None, name: str = "cifar10") -> list[Path]:
    """Where the files are looked for, in order: ``root``, mxnet's folders, ``./data``, and their unpacked folders."""
    places = mirror.searched(root, name, [Path("data") / name, Path("data")])
    return list(dict.fromkeys(inner for place in places for inner in (place, place / _INNER[name])))


def _find(wanted: list[str], root: str | None, name: str) -> Path | None:
    return next((f for f in folders(root, name) if all((f / file).is_file() for file in wanted)), None)


def _download(wanted: list[str], root: str | None, name: str, fetch: Callable[[str], bytes] | None) -> Path:
    archive, checksum = ARCHIVES[name]
    content = mirror.download(name, archive, checksum, fetch, lambda why: _missing(root, name, why))
    folder = mirror.target(root, name)
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        for member in packed:
            file = Path(member.name).name
            if member.isfile() and file in (*FILES[name][0], *FILES[name][1]):  # by bare name: nothing leaves folder
                mirror.write(folder / file, packed.extractfile(member).read())  # type: ignore[union-attr]
    return folder


def _missing(root: str | None, name: str, why: str) -> mirror.MissingDataError:
    files = f"{', '.join(FILES[name][0] + FILES[name][1])}, of {ARCHIVES[name][0]}"
    return mirror.missing(name, why, files, folders(root, name))
