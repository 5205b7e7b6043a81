"""Vocab: words and their numbers."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError
from ..._src.formats.text import open_text
from .. import checks
from ..dataset import Dataset, names_of, positions
from ..order import Still
from ..rows import PipelineError


class Vocab:
    """Words and their numbers, made by ``from_list``, ``from_dict``, ``from_file`` or ``from_dataset``.

    >>> vocab = Vocab.from_list(["home", "world"], special_tokens=["<unk>"])
    >>> vocab.vocab(), vocab.tokens_to_ids(["world", "nowhere"]), vocab.ids_to_tokens(0)
    ({'<unk>': 0, 'home': 1, 'world': 2}, [2, -1], '<unk>')
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._words: dict[int, str] = {}

    @classmethod
    def _of(cls, ids: dict[str, int]) -> Vocab:
        made = cls()
        made._ids, made._words = ids, {i: word for word, i in ids.items()}
        return made

    @classmethod
    def from_list(cls, word_list: list[str], special_tokens: list[str] | None = None,
                  special_first: bool = True) -> Vocab:
        """The words numbered from 0 on, with the special tokens before them, or after.

        Raises:
            ArgumentError: a word is there twice.
        """
        _words("word_list", word_list)
        return cls._of(_numbered(word_list, special_tokens, special_first))

    @classmethod
    def from_dict(cls, word_dict: dict[str, int]) -> Vocab:
        """The words with their numbers, from 0 on."""
        if not isinstance(word_dict, dict):
            raise DTypeError(
                f"Argument word_dict with value {word_dict} "
                f"is not of type {[dict]}, but got {type(word_dict)}."
            )
        for word, number in word_dict.items():
            if not isinstance(word, str):
                raise DTypeError(f"Argument word with value {word} is not of type {[str]}, but got {type(word)}.")
            if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
                raise DTypeError(
                    f"Argument word_id with value {number} "
                    f"is not of type {[int]}, but got {type(number)}."
                )
            if number < 0:
                raise ArgumentError(f"Input word_id is not within the required interval of [0, 2^31), got {number}.")
        return cls._of({word: int(number) for word, number in word_dict.items()})

    @classmethod
    def from_file(cls, file_path: str, delimiter: str = "", vocab_size: int | None = None,
                  special_tokens: list[str] | None = None, special_first: bool = True) -> Vocab:
        """The words of a file's lines, each up to the delimiter if there is one.

        Args:
            vocab_size: how many lines to read; default all.

        Raises:
            PipelineError: there is no such file, or a word stands in it twice.
        """
        checks.kind(file_path, (str,), "file_path")
        checks.kind(delimiter, (str,), "delimiter")
        _special(special_tokens, special_first)
        if vocab_size is not None and (isinstance(vocab_size, bool) or not isinstance(vocab_size, int)):
            raise DTypeError(
                f"Argument vocab_size with value {vocab_size} "
                f"is not of type {[int]}, but got {type(vocab_size)}."
            )
        if vocab_size is not None and vocab_size <= 0:
            raise ArgumentError(f"Input vocab_size must be greater than 0, got {vocab_size}.")
        if not os.path.isfile(file_path):
            raise PipelineError(f"Vocab.from_file: there is no file {file_path!r}.")
        with open_text(file_path) as file:
            lines = [line.rstrip("\n").rstrip("\r") for line in file]
        words = [line.split(delimiter)[0] if delimiter else line for line in lines[:vocab_size]]
        try:
            return cls._of(_numbered(words, special_tokens, special_first))
        except ArgumentError as error:
            raise PipelineError(f"from_file: {file_path}: {error}") from error

    @classmethod
    def from_dataset(cls, dataset: Dataset, columns: str | list[str] | None = None,
                     freq_range: tuple[int | None, int | None] | None = None, top_k: int | None = None,
                     special_tokens: list[str] | None = None, special_first: bool = True) -> Vocab:
        """The words of columns of text, the most frequent first, those of one frequency in alphabetical order.

        Args:
            columns: a name or names; default all columns.
            freq_range: the least and the most frequency of a word; None is no limit.
            top_k: how many words to take.
        """
        if not isinstance(dataset, Dataset):
            raise DTypeError(f"dataset should be a Dataset, got {type(dataset).__name__}.")
        _special(special_tokens, special_first)
        low, high = (None, None) if freq_range is None else _range(freq_range)
        if top_k is not None and (isinstance(top_k, bool) or not isinstance(top_k, int)):
            raise DTypeError(f"Argument top_k with value {top_k} is not of type {[int]}, but got {type(top_k)}.")
        if top_k is not None and top_k <= 0:
            raise ArgumentError(f"Input top_k must be greater than 0, got {top_k}.")
        names = dataset.get_col_names() if columns is None else names_of(columns, "columns")
        at = positions(dataset, names, "from_dataset")
        counts: Counter[str] = Counter()
        for row in dataset.rows(Still()):
            for i in at:
                if row[i].dtype.kind != "U":
                    raise PipelineError(
                        f"from_dataset: column {dataset.get_col_names()[i]} should be of text, got {row[i].dtype}."
                    )
                counts.update(row[i].ravel().tolist())
        words = [word for word, n in counts.items() if (low or 0) <= n and (high is None or n <= high)]
        words.sort(key=lambda word: (-counts[word], word.encode()))
        return cls._of(_numbered(words[:top_k], special_tokens, special_first))

    def vocab(self) -> dict[str, int]:
        """The numbers by word."""
        return dict(self._ids)

    def tokens_to_ids(self, tokens: str | list[str] | np.ndarray) -> int | list[int]:
        """The number of a word, or of each; -1 for words that are not there. One word in a list is one word."""
        if isinstance(tokens, str):
            return self._ids.get(tokens, -1)
        if not isinstance(tokens, (list, np.ndarray)):
            raise DTypeError(
                f"Argument tokens with value {tokens} is not of type {[str, list, np.ndarray]}, but got "
                f"{type(tokens)}."
            )
        for token in tokens:
            if not isinstance(token, str):
                raise DTypeError(f"Argument tokens with value {token} is not of type {[str]}, but got {type(token)}.")
        return _single([self._ids.get(str(token), -1) for token in tokens])

    def ids_to_tokens(self, ids: int | list[int] | np.ndarray) -> str | list[str]:
        """The word of a number, or of each; '' for numbers that are not there. One number in a list is one number."""
        if isinstance(ids, (list, np.ndarray)):
            return _single([self._word(number) for number in ids])
        return self._word(ids)

    def _word(self, number: Any) -> str:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise DTypeError(
                f"Argument ids with value {number} "
                f"is not of type {[int, list, np.ndarray]}, but got {type(number)}."
            )
        if number < 0:
            raise ArgumentError(f"Input ids is not within the required interval of [0, 2147483647], got {number}.")
        return self._words.get(int(number), "")


def _single(found: list) -> Any:
    return found[0] if len(found) == 1 else found


def _words(name: str, words: Any) -> None:
    if not isinstance(words, list):
        raise DTypeError(f"Argument {name} with value {words} is not of type {[list]}, but got {type(words)}.")
    for i, word in enumerate(words):
        if not isinstance(word, str):
            raise DTypeError(f"Argument {name}[{i}] with value {word} is not of type {[str]}, but got {type(word)}.")


def _special(special: Any, special_first: Any) -> None:
    """Raises unless they are a list of different words, and a bool."""
    checks.flag(special_first, "special_first")
    if special is not None:
        _words("special_tokens", special)
        for word, count in Counter(special).items():
            if count > 1:
                raise ArgumentError(f"special_tokens contains duplicate word: {word}.")


def _numbered(words: list[str], special: list[str] | None, special_first: bool) -> dict[str, int]:
    _special(special, special_first)
    for word, count in Counter(words).items():
        if count > 1:
            raise ArgumentError(f"word_list contains duplicate word: {word}.")
    both = set(words) & set(special or [])
    if both:
        raise ArgumentError(f"special_tokens and word_list contain duplicate word: {sorted(both)}.")
    whole = [*(special or []), *words] if special_first else [*words, *(special or [])]
    return {word: i for i, word in enumerate(whole)}


def _range(freq_range: Any) -> tuple[int | None, int | None]:
    if not isinstance(freq_range, tuple):
        raise DTypeError(f"freq_range needs to be a tuple of 2 integers or an int and a None, got {freq_range!r}.")
    limits: Any = freq_range if isinstance(freq_range, tuple) and len(freq_range) == 2 else (freq_range, freq_range)
    if any(value is not None and (isinstance(value, bool) or not isinstance(value, int)) for value in limits):
        raise ArgumentError(f"freq_range needs to be a tuple of 2 integers or an int and a None, got {freq_range!r}.")
    low, high = limits
    if (low is not None and low < 0) or (high is not None and (low or 0) > high):
        raise ArgumentError(f"frequency range [a,b] should be 0 <= a <= b (a,b are inclusive), got {freq_range}.")
    return low, high


__all__ = ["Vocab"]
