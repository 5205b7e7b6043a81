"""The data sets of text in two languages that MindSpore names: two files side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np

from .._src.errors import ArgumentError, DTypeError, FormatError
from .files import FileRows, folder_of, lines_of
from .rows import Row
from .samplers import Shuffle
from .text_sets import PARTS, chosen, usage_of


def _two(languages: Any, default: tuple[str, str], who: str) -> tuple[str, str]:
    """From which language into which."""
    if languages is None:
        return default
    if not isinstance(languages, (list, tuple)):
        raise DTypeError(f"{who}: language_pair should be a type list or tuple of length 2, got {languages!r}.")
    if len(languages) != 2:
        raise ArgumentError(f"{who}: language_pair should be a list or tuple of length 2, but got {len(languages)}.")
    return languages[0], languages[1]


class _Pairs(FileRows):
    """Reads two files side by side, line by line."""

    lines: Callable[[str], list[str]]

    def read(self, path: Any) -> Iterator[Row]:
        source, target = (self.lines(part) for part in path)
        if len(source) != len(target):
            raise FormatError(f"{type(self).__name__}: {path[0]} has {len(source)} lines, {path[1]} {len(target)}.")
        return ((np.array(a), np.array(b)) for a, b in zip(source, target))


class Multi30kDataset(_Pairs):
    """Multi30k, training, validation and mmt16_task1_test: columns text and translation.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'test', 'valid' or 'all' (default).
        language_pair: ['en', 'de'] (default) or ['de', 'en'].
        num_samples, num_parallel_workers, shuffle, num_shards, shard_id: see :class:`TextFileDataset`.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.mkdir("training")
    >>> for language, line in (("en", "Two dogs."), ("de", "Zwei Hunde.")):
    ...     _ = pathlib.Path("training", f"train.{language}").write_text(line)
    >>> rows = dataset.Multi30kDataset(".", "train").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["text"]), str(row["translation"])) for row in rows]
    [('Two dogs.', 'Zwei Hunde.')]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, language_pair: Sequence[str] | None = None,
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "Multi30kDataset"
        folder = folder_of(who, dataset_dir)
        part = "all" if usage is None else usage_of(usage, ("train", "test", "valid", "all"), who)
        pair = list(_two(language_pair, ("en", "de"), who))
        if pair not in (["en", "de"], ["de", "en"]):
            raise ArgumentError(f"{who}: language_pair can only be ['en', 'de'] or ['de', 'en'], but got {pair}.")
        names = {"test": ("mmt16_task1_test", "test"), "train": ("training", "train"), "valid": ("validation", "val")}
        files = {
            name: tuple(os.path.join(folder, inner, f"{stem}.{language}") for language in pair)
            for name, (inner, stem) in names.items()
        }
        super().__init__(who, chosen(part, files, who), ("text", "translation"), num_samples, num_parallel_workers,
                         shuffle, num_shards, shard_id)

    def lines(self, path: str) -> list[str]:
        """The lines of one side."""
        return list(lines_of(path))


class _Talks(_Pairs):
    """IWSLT's talks: training text in tags, the other parts in XML."""

    def lines(self, path: str) -> list[str]:
        """The sentences of one side."""
        if not path.endswith(".xml"):
            return [line.strip() for line in lines_of(path) if line.strip() and not line.lstrip().startswith("<")]
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            raise FormatError(f"{type(self).__name__}: failed to load xml file {path}: {error}.") from error
        return ["".join(segment.itertext()).strip() for segment in root.iter("seg")]


def _sides(base: str, names: dict[str, str], source: str, target: str) -> dict[str, tuple[str, ...]]:
    """The files of both languages, by part; a name has %s for the language."""
    return {part: tuple([os.path.join(base, name % side) for side in (source, target)]) for part, name in names.items()}


_SETS = ("dev2010", "tst2010", "tst2011", "tst2012", "tst2013", "tst2014")


class IWSLT2016Dataset(_Talks):
    """IWSLT 2016, the folder texts: columns text and translation.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'valid', 'test' or 'all' (default).
        language_pair: from which language into which; default ('de', 'en').
        valid_set, test_set: 'dev2010', 'tst2010' to 'tst2014'; default 'tst2013' and 'tst2014'.
        num_samples, shuffle, num_shards, shard_id, num_parallel_workers: see :class:`TextFileDataset`.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> os.makedirs("texts/de/en/de-en")
    >>> for language, line in (("de", "Zwei Hunde."), ("en", "Two dogs.")):
    ...     _ = pathlib.Path("texts/de/en/de-en", f"train.tags.de-en.{language}").write_text(line + "\\n")
    >>> rows = dataset.IWSLT2016Dataset(".", "train").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["text"]), str(row["translation"])) for row in rows]
    [('Zwei Hunde.', 'Two dogs.')]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, language_pair: Sequence[str] | None = None,
                 valid_set: str | None = None, test_set: str | None = None, num_samples: int | None = None,
                 shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None, shard_id: int | None = None,
                 num_parallel_workers: int | None = None, cache: Any = None) -> None:
        who = "IWSLT2016Dataset"
        folder = folder_of(who, dataset_dir)
        part = "all" if usage is None else usage_of(usage, PARTS, who)
        others = ("ar", "de", "fr", "cs")
        known = [("en", other) for other in others] + [(other, "en") for other in others]
        source, target = usage_of(_two(language_pair, ("de", "en"), who), known, who, "language_pair")
        valid = usage_of("tst2013" if valid_set is None else valid_set, _SETS, who, "valid_set")
        test = usage_of("tst2014" if test_set is None else test_set, _SETS, who, "test_set")
        pair = f"{source}-{target}"
        base = os.path.join(folder, "texts", source, target, pair)
        names = {"train": f"train.tags.{pair}.%s", "valid": f"IWSLT16.TED.{valid}.{pair}.%s.xml",
                 "test": f"IWSLT16.TED.{test}.{pair}.%s.xml"}
        super().__init__(who, chosen(part, _sides(base, names, source, target), who), ("text", "translation"),
                         num_samples, num_parallel_workers, shuffle, num_shards, shard_id)


class IWSLT2017Dataset(_Talks):
    """IWSLT 2017, the folder DeEnItNlRo: columns text and translation.

    Args:
        dataset_dir: the folder.
        usage: 'train', 'valid', 'test' or 'all' (default).
        language_pair: two of 'en', 'nl', 'de', 'it', 'ro'; default ('de', 'en').
        num_samples, shuffle, num_shards, shard_id, num_parallel_workers: see :class:`TextFileDataset`.

    >>> from luojia import dataset
    >>> import os, pathlib
    >>> folder = "texts/DeEnItNlRo/DeEnItNlRo/DeEnItNlRo-DeEnItNlRo"
    >>> os.makedirs(folder)
    >>> for language, line in (("de", "Zwei Hunde."), ("en", "Two dogs.")):
    ...     _ = pathlib.Path(folder, f"train.tags.de-en.{language}").write_text(line + "\\n")
    >>> rows = dataset.IWSLT2017Dataset(".", "train").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["text"]), str(row["translation"])) for row in rows]
    [('Zwei Hunde.', 'Two dogs.')]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, language_pair: Sequence[str] | None = None,
                 num_samples: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, num_parallel_workers: int | None = None, cache: Any = None) -> None:
        who = "IWSLT2017Dataset"
        folder = folder_of(who, dataset_dir)
        part = "all" if usage is None else usage_of(usage, PARTS, who)
        languages = ("en", "nl", "de", "it", "ro")
        known = [(a, b) for a in languages for b in languages if a != b]
        source, target = usage_of(_two(language_pair, ("de", "en"), who), known, who, "language_pair")
        pair = f"{source}-{target}"
        base = os.path.join(folder, "texts", "DeEnItNlRo", "DeEnItNlRo", "DeEnItNlRo-DeEnItNlRo")
        names = {"train": f"train.tags.{pair}.%s", "valid": f"IWSLT17.TED.dev2010.{pair}.%s.xml",
                 "test": f"IWSLT17.TED.tst2010.{pair}.%s.xml"}
        super().__init__(who, chosen(part, _sides(base, names, source, target), who), ("text", "translation"),
                         num_samples, num_parallel_workers, shuffle, num_shards, shard_id)
