"""WikiText's texts: find them, or download them, or say what is missing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from ..errors import ArgumentError
from . import mirror

ARCHIVES = {  # the file and its SHA-1, as in mxnet 1.9.1
    "wikitext-2": ("wikitext-2-v1.zip", "3c914d17d80b1459be871a5039ac23e752a53cbe"),
    "wikitext-103": ("wikitext-103-v1.zip", "0aec09a7537b58d4bb65362fee27650eeaba625a"),
}
FILES = {"train": "wiki.train.tokens", "validation": "wiki.valid.tokens", "test": "wiki.test.tokens"}


def load(segment: str, root: str | None = None, name: str = "wikitext-2",
         fetch: Callable[[str], bytes] | None = None) -> str:
    """The text of a segment: 'train', 'validation' or 'test'.

    Raises:
        MissingDataError: the file is in none of the folders and could not be downloaded.
    """
    if segment not in FILES:
        raise ArgumentError(f"{name} has the segments {', '.join(FILES)}, not {segment!r}.")
    file, archive = FILES[segment], ARCHIVES[name]
    places = mirror.searched(root, name, [Path("data") / name, Path("data")])
    for place in places:
        if (place / file).is_file():
            return (place / file).read_text(encoding="utf-8")

    def missing(why: str) -> mirror.MissingDataError:
        return mirror.missing(name, why, f"{file}, of {archive[0]}", places)

    content = mirror.download(name, *archive, fetch, missing)
    folder = mirror.target(root, name)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for inner in packed.namelist():
            if Path(inner).name in FILES.values():
                mirror.write(folder / Path(inner).name, packed.read(inner))
    return (folder / file).read_text(encoding="utf-8")
