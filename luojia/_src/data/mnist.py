"""MNIST's (and Fashion-MNIST's) IDX files: find them, or download them, or say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import ArgumentError, FormatError
from . import mirror

# SHA-1 of the gzipped files, as in mxnet 1.9.1
FILES: dict[str, dict[str, str]] = {
    "mnist": {
        "train-images-idx3-ubyte": "6c95f4b05d2bf285e1bfb0e7960c31bd3b3f8a7d",
        "train-labels-idx1-ubyte": "2a80914081dc54586dbdf242f9805a6b8d2a15fc",
        "t10k-images-idx3-ubyte": "c3a25af1f52dad7f726cce8cacb138654b760d48",
        "t10k-labels-idx1-ubyte": "763e7fa3757d93b0cdec073cef058b2004252c17",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte": "0cf37b0d40ed5169c6b3aba31069a9770ac9043d",
        "train-labels-idx1-ubyte": "236021d52f1e40852b06a4c3008d8de8aef1e40b",
        "t10k-images-idx3-ubyte": "626ed6a7c06dd17c0eec72fa3be1740f146a2863",
        "t10k-labels-idx1-ubyte": "17f9ab60e7257a1620f4ad76bbbaf857c3920701",
    },
}


def load(
    train: bool,
    read: Callable[[str], np.ndarray],
    root: str | None = None,
    name: str = "mnist",
    fetch: Callable[[str], bytes] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """``(images, labels)``: uint8 of shape (n, 28, 28, 1) and int32 of shape (n,).

    Args:
        train: the 60,000 training images, else the 10,000 test images.
        read: reader of an IDX file, gzipped or not: ``path -> ndarray``.
        root: folder to look in first, and to download to.
        name: 'mnist' or 'fashion-mnist'.
        fetch: ``url -> bytes`` for files that are not found; None refuses to download.

    Raises:
        MissingDataError: a file is in none of the folders and could not be downloaded.
        FormatError: the files do not hold images and labels in equal number.
    """
    paths = [
        _find(file, root, name) or _download(file, root, name, fetch) for file in names(train, name)
    ]
    images, labels = (read(str(path)) for path in paths)
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise FormatError(
            f"{paths[0]} and {paths[1]} should hold n images (n, rows, columns) and n labels, "
            f"got shapes {images.shape} and {labels.shape}."
        )
    return images[..., None], labels.astype(np.int32)


def present(root: str, name: str = "mnist") -> list[bool]:
    """The parts (True for training) whose two files lie in ``root``, the test files first."""
    return [train for train in (False, True)
            if all(_in(Path(root).expanduser(), file) for file in names(train, name))]


def names(train: bool, name: str = "mnist") -> list[str]:
    """The images' and the labels' file, without ``.gz``.

    >>> names(False)
    ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']
    """
    if name not in FILES:
        raise ArgumentError(f"There is no data set '{name}' of this format; there are {', '.join(FILES)}.")
    return [file for file in FILES[name] if file.startswith("train" if train else "t10k")]


def folders(root: str | None = None, name: str = "mnist") -> list[Path]:
    """Where the files are looked for, in order: ``root``, mxnet's folders, ``./data``, here."""
    others = [Path("data") / name, Path("data") / name.upper() / "raw"]
    if name == "mnist":  # only MNIST itself: the other sets have files of the same names
        others += [Path("data"), Path()]
    return mirror.searched(root, name, others)


def _find(file: str, root: str | None, name: str) -> Path | None:
    return next((found for folder in folders(root, name) if (found := _in(folder, file))), None)


def _in(folder: Path, file: str) -> Path | None:
    spellings = (folder / spelling for spelling in (file + ".gz", file, file.replace("-idx", ".idx")))
    return next((path for path in spellings if path.is_file()), None)


def _download(file: str, root: str | None, name: str, fetch: Callable[[str], bytes] | None) -> Path:
    packed = file + ".gz"
    content = mirror.download(name, packed, FILES[name][file], fetch, lambda why: _missing(root, name, why))
    path = mirror.target(root, name) / packed
    mirror.write(path, content)
    return path


def _missing(root: str | None, name: str, why: str) -> mirror.MissingDataError:
    files = ", ".join(file + ".gz" for file in FILES[name])
    return mirror.missing(name, why, f"{files} (gzipped or not)", folders(root, name))
