"""The mirror that mxnet's data sets come from: where files lie, how they are fetched and checked, what is missing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ..errors import MXNetError

URL = "https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/gluon/dataset/{name}/{file}"
"""The mirror that gluon.data.vision downloads from; $MXNET_GLUON_REPO replaces its first part, as in mxnet."""


class MissingDataError(MXNetError, FileNotFoundError):
    """The files of a data set are not here and cannot be downloaded."""


def mxnet_folders(name: str) -> list[Path]:
    """Where mxnet keeps a data set: below $MXNET_HOME, if set, and below ~/.mxnet."""
    homes = [os.environ.get("MXNET_HOME"), Path.home() / ".mxnet"]
    return [Path(home).expanduser() / "datasets" / name for home in homes if home]


def searched(root: str | None, name: str, others: Iterable[Path]) -> list[Path]:
    """The folders to look in, each once: ``root``, mxnet's, the others."""
    places = [*([Path(root).expanduser()] if root else []), *mxnet_folders(name), *others]
    return list(dict.fromkeys(place.absolute() for place in places))


def target(root: str | None, name: str) -> Path:
    """The folder to download to, made if need be: ``root``, else the first of mxnet's."""
    folder = Path(root).expanduser() if root else mxnet_folders(name)[0]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def download(name: str, file: str, checksum: str, fetch: Callable[[str], bytes] | None,
             missing: Callable[[str], MissingDataError]) -> bytes:
    """The content of a file of the mirror, its SHA-1 checked; where there is none, raises ``missing(why)``."""
    url = URL.format(name=name, file=file)
    if os.environ.get("MXNET_GLUON_REPO"):
        url = os.environ["MXNET_GLUON_REPO"].rstrip("/") + url[url.index("/gluon/") :]
    if fetch is None:
        raise missing("downloading is switched off")
    try:
        content = fetch(url)
    except OSError as error:
        raise missing(f"{url} could not be read ({error})") from error
    found = hashlib.sha1(content).hexdigest()
    if found != checksum:
        raise missing(f"{url} gave {len(content)} bytes with SHA-1 {found}, not {checksum}")
    return content


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    os.replace(part.name, path)


def fetch_url(url: str, timeout: float = 30) -> bytes:
    """The bytes at ``url``."""
    from urllib.request import urlopen

    with urlopen(url, timeout=timeout) as answer:
        return answer.read()


def missing(name: str, why: str, files: str, folders: Iterable[Path]) -> MissingDataError:
    """The error that says which files are wanted, where they were looked for, and what to do."""
    listed = "\n  ".join(str(folder) for folder in folders)
    return MissingDataError(
        f"The files of {name} are not all here, and {why}.\nFiles: {files}.\nFolders searched:\n  {listed}\n"
        "Put the files into one of them, or use luojia.data.digits(), 1,797 real digits that need no download."
    )
