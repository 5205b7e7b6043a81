"""Vectors of words, from files of lines of a word and its numbers."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError, FormatError
from ..._src.formats.text import open_text
from ..rows import PipelineError


class Vectors:
    """Vectors of words.

    >>> import pathlib
    >>> _ = pathlib.Path("vectors.txt").write_text("good 0.5 1\\nbad -0.5 1\\n")
    >>> Vectors.from_file("vectors.txt").lookup("bad")
    array([-0.5,  1. ], dtype=float32)
    """

    _name: str | None = None  # what the file must be called
    _expected = ""

    def __init__(self, words: dict[str, np.ndarray], dim: int) -> None:
        self._words, self.dim = words, dim

    @classmethod
    def from_file(cls, file_path: str, max_vectors: int | None = None) -> Any:
        """The vectors of a file, of which a first line with two numbers is left out.

        Args:
            max_vectors: how many to read; default all.

        Raises:
            PipelineError: there is no such file, or it is not called as such files are.
            FormatError: a line has not as many numbers as the others.
        """
        who = cls.__name__
        if not isinstance(file_path, str):
            raise DTypeError(
                f"{who}: Argument file_path with value {file_path} "
                f"is not of type {[str]}, but got {type(file_path)}."
            )
        if max_vectors is not None and (isinstance(max_vectors, bool) or not isinstance(max_vectors, int)):
            raise DTypeError(
                f"{who}: Argument max_vectors with value {max_vectors} "
                f"is not of type {[int]}, but got {type(max_vectors)}."
            )
        if max_vectors is not None and max_vectors < 0:
            raise ArgumentError(f"{who}: Input max_vectors must be 0 or more, got {max_vectors}.")
        if not os.path.isfile(file_path):
            raise PipelineError(f"{who}: get real path failed, path: {file_path}")
        if cls._name and not re.fullmatch(cls._name, os.path.basename(file_path)):
            raise PipelineError(f"{who}: invalid file, can not find file '{cls._expected}', but got: {file_path}")
        words: dict[str, np.ndarray] = {}
        dim = 0
        with open_text(file_path) as file:
            for number, line in enumerate(file, 1):
                word, *cells = line.rstrip().split(" ")
                if number == 1 and len(cells) == 1 and word.isdigit() and cells[0].isdigit():
                    continue
                if max_vectors and len(words) >= max_vectors:
                    break
                if not cells or (dim and len(cells) != dim):
                    raise FormatError(
                        f"{who}: {file_path} has {len(cells)} numbers in line {number}, expected {dim or 'some'}."
                    )
                dim = len(cells)
                try:
                    vector = np.array(cells, np.float32)
                except ValueError as error:
                    raise FormatError(f"{who}: {file_path}, line {number}: {error}.") from error
                words.setdefault(word, vector)
        if not words:
            raise FormatError(f"{who}: {file_path} has no vectors.")
        return cls(words, dim)

    def lookup(self, word: str, lower_case_backup: bool = False) -> np.ndarray | None:
        """The vector of a word, or of it in lower case if asked; None if it has none."""
        found = self._words.get(word)
        return self._words.get(word.lower()) if found is None and lower_case_backup else found


class GloVe(Vectors):
    """GloVe's vectors, in files ``glove.6B.*.txt`` and their like.

    >>> from luojia import dataset
    >>> with open("glove.6B.2d.txt", "w") as file:
    ...     _ = file.write("cat 0.5 1.0\\ndog 2.0 3.0\\n")
    >>> vectors = dataset.text.GloVe.from_file("glove.6B.2d.txt")
    >>> dataset.text.ToVectors(vectors, unk_init=[0, 0])("dog"), dataset.text.ToVectors(vectors)("cow")
    (array([2., 3.], dtype=float32), array([0., 0.], dtype=float32))
    """

    _name, _expected = r"glove\.(6B|42B|840B|twitter\.27B)\..*\.?txt", "glove.6B.*.txt"


class FastText(Vectors):
    """fastText's vectors, in files ``*.vec``.

    >>> from luojia import dataset
    >>> with open("wiki.vec", "w") as file:
    ...     _ = file.write("cat 0.5 1.0\\ndog 2.0 3.0\\n")
    >>> vectors = dataset.text.FastText.from_file("wiki.vec")
    >>> dataset.text.ToVectors(vectors, lower_case_backup=True)("Dog")
    array([2., 3.], dtype=float32)
    """

    _name, _expected = r".*\.vec", "*.vec"


class CharNGram(Vectors):
    """Vectors of runs of characters: a word's is the mean of those of its runs of 2 to 4, or None.

    >>> from luojia import dataset
    >>> with open("ngram.txt", "w") as file:
    ...     _ = file.write("2gram-do 0.5 1.0\\n1gram-d 2.5 3.0\\n1gram-o 0.0 1.0\\n")
    >>> vectors = dataset.text.CharNGram.from_file("ngram.txt")
    >>> dataset.text.ToVectors(vectors)("do")
    array([0.5, 1. ], dtype=float32)
    """

    def lookup(self, word: str, lower_case_backup: bool = False) -> np.ndarray | None:
        word = word.lower() if lower_case_backup and not self._runs(word) else word
        found = self._runs(word)
        return np.asarray(np.mean(found, 0, dtype=np.float32)) if found else None

    def _runs(self, word: str) -> list[np.ndarray]:
        chars = ["#BEGIN#", *word, "#END#"]
        keys = {
            f"{n}gram-{''.join(chars[i : i + n])}" for n in (2, 3, 4) for i in range(len(chars) - n + 1)
        }
        return [self._words[key] for key in sorted(keys) if key in self._words]


__all__ = ["CharNGram", "FastText", "GloVe", "Vectors"]
