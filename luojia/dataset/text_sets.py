"""The data sets of text that MindSpore names: each says its files, its columns and how a file is read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError, DTypeError, FormatError
from .._src.formats.text import open_text
from .csv_files import cells_of
from .files import FileRows, folder_of, lines_of, matching
from .rows import PipelineError, Row
from .samplers import Shuffle

ALL = ("train", "test", "all")
PARTS = ("train", "valid", "test", "all")


def usage_of(usage: Any, known: Sequence[Any], who: str, name: str = "usage") -> Any:
    """``usage``, if it is known.

    Raises:
        DTypeError: it is of another type than those.
        ArgumentError: it is not.
    """
    if not isinstance(usage, type(known[0])):
        raise DTypeError(
            f"{who}: Argument {name} with value {usage} is not of type [{type(known[0])}], but got {type(usage)}."
        )
    if usage not in known:
        raise ArgumentError(f"{who}: Input {name} is not within the valid set of {list(known)}, got {usage!r}.")
    return usage


def chosen(usage: str, files: dict[str, Any], who: str) -> list[Any]:
    """The files of a part, or of all; their names and places are within the data set's folder.

    Raises:
        PipelineError: one is missing.
    """
    found = [file for part, file in files.items() if usage in (part, "all")]
    for file in found:
        for path in [file] if isinstance(file, str) else file:
            if not os.path.isfile(path):
                raise PipelineError(
                    f"{who}: Invalid data, the dataset API can't read the data file (interface mismatch or no data "
                    f"found). Check file path: {path}."
                )
    return found


class TextSet(FileRows):
    """A data set of text in a folder.

    Args:
        dataset_dir: the folder.
        usage: the part; default all of them.
        num_samples, num_parallel_workers, shuffle, num_shards, shard_id: see :class:`TextFileDataset`.
        cache: accepted.
    """

    usages: Sequence[str] = ALL
    columns: Sequence[str] = ()
    files: Sequence[tuple[str, str]] = ()  # part and file, in the order in which all are read

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        who = type(self).__name__
        folder = folder_of(who, dataset_dir)
        part = "all" if usage is None else usage_of(usage, self.usages, who)
        found = chosen(part, {name: os.path.join(folder, file) for name, file in self.files}, who)
        super().__init__(who, found, self.columns, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)


class _Later(TextSet):
    """A :class:`TextSet` whose ``num_parallel_workers`` comes after the shards."""

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None, shard_id: int | None = None,
                 num_parallel_workers: int | None = None, cache: Any = None) -> None:
        super().__init__(dataset_dir, usage, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)


class _Cells:
    """Reads CSV files without a head."""

    columns: Sequence[str]

    def read(self, path: str) -> Iterator[Row]:
        for number, cells in enumerate(cells_of(path), 1):
            if len(cells) != len(self.columns):
                raise PipelineError(
                    f"{type(self).__name__}: {path} has {len(cells)} cells in line {number}, expected "
                    f"{len(self.columns)}, {list(self.columns)}."
                )
            yield tuple(np.array(cell) for cell in cells)


_TEST_FIRST = (("test", "test.csv"), ("train", "train.csv"))
_TRAIN_FIRST = (("train", "train.csv"), ("test", "test.csv"))


class AGNewsDataset(_Cells, TextSet):
    """AG News, train.csv and test.csv: columns index, title, description.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('"3","A title","What it says"\\n')
    >>> rows = dataset.AGNewsDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [str(row["title"]) for row in rows]
    ['A title']
    """

    columns, files = ("index", "title", "description"), _TEST_FIRST


class AmazonReviewDataset(_Cells, TextSet):
    """Amazon reviews, train.csv and test.csv: columns label, title, content.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('"1","Bad","Not worth it"\\n')
    >>> rows = dataset.AmazonReviewDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["label"]), str(row["content"])) for row in rows]
    [('1', 'Not worth it')]
    """

    columns, files = ("label", "title", "content"), _TEST_FIRST


class DBpediaDataset(_Cells, TextSet):
    """DBpedia, train.csv and test.csv: columns class, title, content.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('7,"A title","What it says"\\n')
    >>> rows = dataset.DBpediaDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["class"]), str(row["title"])) for row in rows]
    [('7', 'A title')]
    """

    columns, files = ("class", "title", "content"), _TEST_FIRST


class YahooAnswersDataset(_Cells, TextSet):
    """Yahoo! Answers, train.csv and test.csv: columns class, title, content, answer.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('"5","Why?","Please tell","So"\\n')
    >>> rows = dataset.YahooAnswersDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["title"]), str(row["answer"])) for row in rows]
    [('Why?', 'So')]
    """

    columns, files = ("class", "title", "content", "answer"), _TEST_FIRST


class SogouNewsDataset(_Cells, _Later):
    """Sogou News, train.csv and test.csv: columns index, title, content.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('"4","A title","What it says"\\n')
    >>> rows = dataset.SogouNewsDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["index"]), str(row["title"])) for row in rows]
    [('4', 'A title')]
    """

    columns, files = ("index", "title", "content"), _TRAIN_FIRST


class YelpReviewDataset(_Cells, _Later):
    """Yelp reviews, train.csv and test.csv: columns label, text.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.csv").write_text('"1","Not worth it"\\n')
    >>> rows = dataset.YelpReviewDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["label"]), str(row["text"])) for row in rows]
    [('1', 'Not worth it')]
    """

    columns, files = ("label", "text"), _TRAIN_FIRST


class _Lines:
    """Reads lines of text; empty ones are left out."""

    def read(self, path: str) -> Iterator[Row]:
        return ((np.array(line),) for line in lines_of(path))


class PennTreebankDataset(_Lines, TextSet):
    """Penn Treebank, ptb.train.txt, ptb.valid.txt and ptb.test.txt: column text, a line.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("ptb.test.txt").write_text(" no it was n't \\n")
    >>> rows = dataset.PennTreebankDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [str(row["text"]) for row in rows]
    [" no it was n't "]
    """

    usages, columns = PARTS, ("text",)
    files = tuple((part, f"ptb.{part}.txt") for part in ("test", "train", "valid"))


class WikiTextDataset(_Lines, TextSet):
    """WikiText, wiki.train.tokens, wiki.valid.tokens and wiki.test.tokens: column text, a line.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("wiki.test.tokens").write_text(" \\n = Title = \\n")
    >>> rows = dataset.WikiTextDataset(".", "test", shuffle=False).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [str(row["text"]) for row in rows]
    [' ', ' = Title = ']
    """

    usages, columns = PARTS, ("text",)
    files = tuple((part, f"wiki.{part}.tokens") for part in ("test", "train", "valid"))


class EnWik9Dataset(TextSet):
    """enwik9, the file of that name: column text, a line, the empty ones too.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("enwik9").write_text("<page>\\n\\n</page>\\n")
    >>> rows = dataset.EnWik9Dataset(".", shuffle=False).create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [str(row["text"]) for row in rows]
    ['<page>', '', '</page>']
    """

    columns, files = ("text",), (("all", "enwik9"),)

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: Any = True, num_shards: int | None = None, shard_id: int | None = None,
                 cache: Any = None) -> None:
        super().__init__(dataset_dir, None, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        with open_text(path, newline="\n") as file:
            for line in file:
                yield (np.array(line.rstrip("\n")),)


class _Tagged:
    """Reads sentences, of a word and its tags in a line, with an empty line after each."""

    columns: Sequence[str]
    delimiter: str

    def read(self, path: str) -> Iterator[Row]:
        words: list[list[str]] = []
        with open_text(path) as file:
            for number, line in enumerate([*file, ""], 1):
                cells = line.rstrip("\n").split(self.delimiter)
                if not line.strip():
                    if words:
                        yield tuple(map(np.array, zip(*words)))
                    words = []
                elif len(cells) < len(self.columns):
                    raise FormatError(f"{type(self).__name__}: {path} has {len(cells)} fields in line {number}.")
                else:
                    words.append(cells[: len(self.columns)])


class CoNLL2000Dataset(_Tagged, _Later):
    """CoNLL-2000, train.txt and test.txt: columns word, pos_tag, chunk_tag, (words in the sentence,).

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("test.txt").write_text("It PRP B-NP\\nruns VBZ B-VP\\n\\n")
    >>> rows = dataset.CoNLL2000Dataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["word"].tolist(), row["pos_tag"].tolist()) for row in rows]
    [(['It', 'runs'], ['PRP', 'VBZ'])]
    """

    columns, files, delimiter = ("word", "pos_tag", "chunk_tag"), (("train", "train.txt"), ("test", "test.txt")), " "


class UDPOSDataset(_Tagged, _Later):
    """Universal Dependencies, en-ud-tag.v2.*.txt: columns word, universal, stanford, (words in the sentence,).

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("en-ud-tag.v2.test.txt").write_text("It\\tPRON\\tPRP\\nruns\\tVERB\\tVBZ\\n\\n")
    >>> rows = dataset.UDPOSDataset(".", "test").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["word"].tolist(), row["universal"].tolist()) for row in rows]
    [(['It', 'runs'], ['PRON', 'VERB'])]
    """

    usages, columns, delimiter = PARTS, ("word", "universal", "stanford"), "\t"
    files = tuple((part, f"en-ud-tag.v2.{name}.txt") for part, name in (
        ("valid", "dev"), ("test", "test"), ("train", "train")))


class SST2Dataset(TextSet):
    """SST-2, train.tsv, dev.tsv and test.tsv: columns sentence and label; of test only sentence. Default: train.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("dev.tsv").write_text("sentence\\tlabel\\na fine film\\t1\\n")
    >>> rows = dataset.SST2Dataset(".", "dev").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["sentence"]), str(row["label"])) for row in rows]
    [('a fine film', '1')]
    """

    usages = ("train", "test", "dev")
    files = tuple((part, f"{part}.tsv") for part in usages)

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        usage = "train" if usage is None else usage
        self.columns = ("sentence",) if usage == "test" else ("sentence", "label")
        super().__init__(dataset_dir, usage, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        for number, line in enumerate(lines_of(path)):
            cells = line.split("\t")
            if len(cells) != 2:
                raise FormatError(f"SST2Dataset: {path} has {len(cells)} cells in line {number + 1}, expected 2.")
            if number:
                yield tuple(np.array(cell) for cell in (cells[1:] if len(self.columns) == 1 else cells))


class SQuADDataset(TextSet):
    """SQuAD 1.1 or 2.0, train-v*.json and dev-v*.json: columns context, question, text and answer_start.

    ``text`` is (answers,) and ``answer_start`` (answers,) uint32; a question without answers has '' and 4294967295.

    >>> from luojia import dataset
    >>> import json, pathlib
    >>> asked = {"question": "Where?", "answers": [{"text": "here", "answer_start": 6}]}
    >>> article = {"paragraphs": [{"context": "It is here", "qas": [asked]}]}
    >>> _ = pathlib.Path("dev-v1.1.json").write_text(json.dumps({"data": [article]}))
    >>> rows = dataset.SQuADDataset(".", "dev").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["text"].tolist(), row["answer_start"].tolist()) for row in rows]
    [(['here'], [6])]
    """

    usages, columns = ("train", "dev", "all"), ("context", "question", "text", "answer_start")

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("SQuADDataset", dataset_dir)
        names = sorted(os.listdir(folder), reverse=True)
        self.files = tuple(
            (part, name) for part in ("train", "dev") for name in names if re.fullmatch(rf"{part}-v[\d.]+\.json", name)
        ) or (("train", "train-v1.1.json"), ("dev", "dev-v1.1.json"))
        super().__init__(dataset_dir, usage, num_samples, num_parallel_workers, shuffle, num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        with open_text(path) as file:
            try:
                for article in json.load(file)["data"]:
                    for paragraph in article["paragraphs"]:
                        for question in paragraph["qas"]:
                            answers = question["answers"]
                            yield (
                                np.array(paragraph["context"]), np.array(question["question"]),
                                np.array([a["text"] for a in answers] or [""]),
                                np.array([a["answer_start"] for a in answers] or [2**32 - 1], np.uint32),
                            )
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                what = f"{type(error).__name__}: {error}"
                raise FormatError(f"SQuADDataset: {path} is not SQuAD's JSON: {what}.") from error


_TASKS = {  # columns of train and eval, of test
    "AFQMC": ("label sentence1 sentence2", "id sentence1 sentence2"),
    "TNEWS": ("keywords label label_desc sentence", "id keywords sentence"),
    "IFLYTEK": ("label label_des sentence", "id sentence"),
    "CMNLI": ("label sentence1 sentence2", "id sentence1 sentence2"),
    "WSC": ("idx label span1_index span1_text span2_index span2_text text",
            "idx span1_index span1_text span2_index span2_text text"),
    "CSL": ("abst id keyword label", "abst id keyword"),
}


class CLUEDataset(FileRows):
    """The tasks of CLUE, files of a JSON object in a line: columns as the task has them, numbers uint32.

    Args:
        dataset_files: a file's name or pattern, or a list of them.
        task: 'AFQMC' (default), 'TNEWS', 'IFLYTEK', 'CMNLI', 'WSC' or 'CSL'.
        usage: 'train' (default), 'test' or 'eval'.
        num_samples, num_parallel_workers, shuffle, num_shards, shard_id: see :class:`TextFileDataset`.

    >>> from luojia import dataset
    >>> import pathlib
    >>> _ = pathlib.Path("dev.json").write_text('{"sentence1": "one", "sentence2": "two", "label": "0"}\\n')
    >>> rows = dataset.CLUEDataset("dev.json", "AFQMC", "eval").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["sentence1"]), str(row["label"])) for row in rows]
    [('one', '0')]
    """

    def __init__(self, dataset_files: str | list[str], task: str = "AFQMC", usage: str = "train",
                 num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "CLUEDataset"
        if task not in _TASKS:
            raise ArgumentError(f"{who}: task should be one of {', '.join(_TASKS)}, got {task!r}.")
        if usage not in ("train", "test", "eval"):
            raise ArgumentError(f"{who}: usage should be 'train', 'test' or 'eval', got {usage!r}.")
        columns = _TASKS[task][usage == "test"].split()
        super().__init__(who, matching(dataset_files, who), columns, num_samples, num_parallel_workers, shuffle,
                         num_shards, shard_id)

    def read(self, path: str) -> Iterator[Row]:
        for number, line in enumerate(lines_of(path), 1):
            try:
                found = json.loads(line)
                found = {**found.get("target", {}), **found}
                values = [found[name] for name in self._columns]
            except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
                raise FormatError(
                    f"CLUEDataset: line {number} of {path} has not the fields {self._columns}: {type(error).__name__}: "
                    f"{error}."
                ) from error
            yield tuple(np.array(value, np.uint32) if isinstance(value, int) else np.array(value) for value in values)
