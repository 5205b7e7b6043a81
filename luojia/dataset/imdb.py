"""IMDBDataset: reviews in folders."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .._src.formats.text import open_text
from .files import folder_of
from .rows import PipelineError, Row
from .samplers import resolve
from .sources import Source
from .text_sets import ALL, usage_of


class IMDBDataset(Source):
    """IMDb's reviews, train and test with folders pos and neg of text files: columns text and label, int32.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'test' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which reviews, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> for part in ("pos", "neg"):
    ...     os.makedirs(f"test/{part}")
    ...     _ = pathlib.Path(f"test/{part}/0_1.txt").write_text(f"a {part} text")
    >>> rows = dataset.IMDBDataset(".", "test", shuffle=False).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["text"]), int(row["label"])) for row in rows]
    [('a pos text', 1), ('a neg text', 0)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "IMDBDataset"
        folder = folder_of(who, dataset_dir)
        part = "all" if usage is None else usage_of(usage, ALL, who)
        self._items: list[tuple[str, int]] = []
        for name in ("train", "test"):
            for kind, label in (("pos", 1), ("neg", 0)) if part in (name, "all") else ():
                inner = os.path.join(folder, name, kind)
                if not os.path.isdir(inner):
                    raise PipelineError(f"{who}: Invalid path, it may not exist or is not a directory: {inner}.")
                self._items += [
                    (os.path.join(inner, file), label) for file in sorted(os.listdir(inner)) if file.endswith(".txt")
                ]
        chosen = resolve(who, sampler, shuffle, num_samples, num_shards, shard_id)
        super().__init__(["text", "label"], len(self._items), chosen)

    def num_classes(self) -> int:
        return 2

    def row(self, i: int) -> Row:
        path, label = self._items[i]
        with open_text(path) as file:
            return np.array(file.read().rstrip("\n")), np.array(label, np.int32)
