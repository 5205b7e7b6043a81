"""Tokenizers: a text into its parts, and where their bytes begin and end if asked (``with_offsets``)."""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..._src.data.digits import MissingPackageError
from ..._src.errors import ArgumentError, DTypeError
from ..rows import PipelineError
from ..transforms.base import OneToOne
from .utils import (
    JiebaMode,
    NormalizeForm,
    flag,
    folded,
    form_of,
    normalized,
    pattern_of,
    positive,
    string,
    strings,
    text_of,
    texts_of,
    tokens,
)
from .vocab import Vocab

Spans = list[tuple[int, int]]


class Tokenizer(OneToOne):
    """A text into its parts; a subclass says where they begin and end."""

    def __init__(self, with_offsets: bool = False) -> None:
        self.with_offsets = flag(with_offsets, "with_offsets", type(self).__name__)

    def __call__(self, text: Any) -> Any:
        found = self.prepared(text_of(text, type(self).__name__))
        return tokens(found, self.spans(found), self.with_offsets)

    def prepared(self, text: str) -> str:
        """The text whose parts are taken."""
        return text

    def spans(self, text: str) -> Spans:
        """Where the parts begin and end."""
        raise NotImplementedError


class WhitespaceTokenizer(Tokenizer):
    """The parts between white space.

    >>> WhitespaceTokenizer()("Welcome  to Beijing!").tolist()
    ['Welcome', 'to', 'Beijing!']
    """

    def spans(self, text: str) -> Spans:
        return [match.span() for match in re.finditer(r"\S+", text)]


class UnicodeCharTokenizer(Tokenizer):
    """The characters.

    >>> from luojia import dataset
    >>> dataset.text.UnicodeCharTokenizer()("deep").tolist()
    ['d', 'e', 'e', 'p']
    """

    def spans(self, text: str) -> Spans:
        return [(i, i + 1) for i in range(len(text))]


class UnicodeScriptTokenizer(Tokenizer):
    """Runs of characters of one script; digits, marks and signs are a script of their own.

    Args:
        keep_whitespace: give runs of white space too.

    >>> UnicodeScriptTokenizer()("to Beijing北京!").tolist()
    ['to', 'Beijing', '北京', '!']
    """

    def __init__(self, keep_whitespace: bool = False, with_offsets: bool = False) -> None:
        super().__init__(with_offsets)
        self.keep = flag(keep_whitespace, "keep_whitespace", "UnicodeScriptTokenizer")

    def spans(self, text: str) -> Spans:
        found: Spans = []
        start, now = 0, ""
        for i, char in enumerate(text):
            script = _script(char)
            if script != now and i:
                found.append((start, i))
                start = i
            now = script
        found += [(start, len(text))] if text else []
        return [span for span in found if self.keep or not text[span[0]].isspace()]


@cache
def _script(char: str) -> str:
    """A word for the script of a character; accents, which go with every script, are one of their own."""
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category[0] not in "LM" or category == "Lm":
        return "COMMON"
    words = unicodedata.name(char, "COMMON").split()
    if category[0] == "M" and words[0] in ("COMBINING", "VARIATION"):
        return "INHERITED"
    return words[1] if words[0] in ("HALFWIDTH", "FULLWIDTH") and len(words) > 1 else words[0]


class RegexTokenizer(Tokenizer):
    r"""The parts between what matches ``delim_pattern``, and of that what matches ``keep_delim_pattern`` whole.

    >>> RegexTokenizer(r"\s+|,", ",")("one, two").tolist()
    ['one', ',', 'two']
    """

    def __init__(self, delim_pattern: str, keep_delim_pattern: str = "", with_offsets: bool = False) -> None:
        super().__init__(with_offsets)
        who = "RegexTokenizer"
        self.delimiter = pattern_of(string(delim_pattern, "delim_pattern", who), who)
        self.keep = pattern_of(string(keep_delim_pattern, "keep_delim_pattern", who), who)

    def spans(self, text: str) -> Spans:
        found, at = [], 0
        for match in self.delimiter.finditer(text):
            if match.start() > at:
                found.append((at, match.start()))
            if match.group() and self.keep.fullmatch(match.group()):
                found.append(match.span())
            at = match.end()
        return [*found, (at, len(text))] if at < len(text) else found


_SPECIAL = re.compile(r"\[CLS\]|\[SEP\]|\[UNK\]|\[PAD\]|\[MASK\]|\[unused\d+\]")
_IDEOGRAPHS = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0x2F800, 0x2FA1F),
)


@cache
def _stands_alone(char: str) -> bool:
    """Whether a character is a part by itself: punctuation, ASCII's signs, Chinese characters."""
    code = ord(char)
    if code < 128:
        return not char.isalnum() and not char.isspace()
    return unicodedata.category(char)[0] == "P" or any(low <= code <= high for low, high in _IDEOGRAPHS)


class BasicTokenizer(Tokenizer):
    """Words, marks and Chinese characters.

    Args:
        lower_case: fold cases and take accents away first.
        keep_whitespace: give runs of white space too.
        normalization_form: of the text, first; only without ``lower_case``.
        preserve_unused_token: leave [CLS], [SEP], [UNK], [PAD], [MASK] and [unused1] whole and as they are.

    >>> BasicTokenizer()("Welcome to 北京, [UNK]").tolist()
    ['Welcome', 'to', '北', '京', ',', '[UNK]']
    """

    def __init__(self, lower_case: bool = False, keep_whitespace: bool = False,
                 normalization_form: NormalizeForm = NormalizeForm.NONE, preserve_unused_token: bool = True,
                 with_offsets: bool = False) -> None:
        super().__init__(with_offsets)
        who = type(self).__name__
        self.lower, self.keep = flag(lower_case, "lower_case", who), flag(keep_whitespace, "keep_whitespace", who)
        self.form, self.special = form_of(normalization_form), flag(preserve_unused_token, "preserve_unused_token", who)

    def prepared(self, text: str) -> str:
        if not self.special:
            return self._folded(text)
        parts, at = [], 0
        for match in _SPECIAL.finditer(text):
            parts += [self._folded(text[at : match.start()]), match.group()]
            at = match.end()
        return "".join([*parts, self._folded(text[at:])])

    def _folded(self, text: str) -> str:
        if self.lower:
            text = unicodedata.normalize("NFD", folded(text))
            text = "".join(c for c in text if unicodedata.category(c) != "Mn")
        else:
            text = normalized(text, self.form)
        return "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)

    def spans(self, text: str) -> Spans:
        found: Spans = []
        at = start = 0
        while at < len(text):
            special = _SPECIAL.match(text, at) if self.special else None
            char = text[at]
            if special:
                end = special.end()
            elif char.isspace():
                end = at + 1
                while end < len(text) and text[end].isspace():
                    end += 1
            elif _stands_alone(char):
                end = at + 1
            else:
                at += 1
                continue
            if start < at:
                found.append((start, at))
            if self.keep or not char.isspace():
                found.append((at, end))
            at = start = end
        return [*found, (start, at)] if start < at else found


class WordpieceTokenizer(OneToOne):
    """Words into the longest pieces that a vocabulary has, from left to right.

    Args:
        vocab: the pieces.
        suffix_indicator: what pieces that are not a word's first begin with.
        max_bytes_per_token: a longer word is unknown.
        unknown_token: what an unknown word becomes; with '' it stays.
        with_offsets: give the places in the word too.

    >>> vocab = Vocab.from_list(["favor", "##ite", "book"])
    >>> WordpieceTokenizer(vocab)(["favorite", "book", "what"]).tolist()
    ['favor', '##ite', 'book', '[UNK]']
    """

    def __init__(self, vocab: Vocab, suffix_indicator: str = "##", max_bytes_per_token: int = 100,
                 unknown_token: str = "[UNK]", with_offsets: bool = False) -> None:
        who = type(self).__name__
        if not isinstance(vocab, Vocab):
            raise DTypeError(f"Wrong input type for vocab, should be text.Vocab object. Got {vocab!r}.")
        self.pieces = vocab.vocab()
        self.suffix = string(suffix_indicator, "suffix_indicator", who)
        self.most = positive(max_bytes_per_token, "max_bytes_per_token", who)
        self.unknown = string(unknown_token, "unknown_token", who)
        self.with_offsets = flag(with_offsets, "with_offsets", who)

    def __call__(self, words: Any) -> Any:
        array = texts_of(words, type(self).__name__)
        if array.ndim > 1:
            raise PipelineError(f"{type(self).__name__}: the input shape should be 1D scalar, got {array.shape}.")
        found = [piece for word in array.ravel().tolist() for piece in self.split(word)]
        return with_places(found or [("", 0, 0)], self.with_offsets)

    def split(self, word: str) -> list[tuple[str, int, int]]:
        """The pieces of a word, and where their bytes begin and end in it."""
        size = len(word.encode())
        unknown = [(self.unknown or word, 0, size)]
        if size > self.most:
            return unknown
        found, start, at = [], 0, 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = (self.suffix if start else "") + word[start:end]
                if piece in self.pieces:
                    break
            else:
                return unknown
            width = len(word[start:end].encode())
            found.append((piece, at, at + width))
            start, at = end, at + width
        return found


def with_places(found: list[tuple[str, int, int]], with_offsets: bool) -> Any:
    """Pieces, and where they begin and end if asked."""
    pieces = strings([piece for piece, _, _ in found])
    if not with_offsets:
        return pieces
    return pieces, *(np.array([piece[i] for piece in found], np.uint32) for i in (1, 2))


class BertTokenizer(OneToOne):
    """The parts of :class:`BasicTokenizer`, each into pieces as :class:`WordpieceTokenizer` does.

    >>> vocab = Vocab.from_list(["I", "am", "mak", "##ing", "床", "前", "[UNK]"])
    >>> BertTokenizer(vocab)("I am making 床前 x").tolist()
    ['I', 'am', 'mak', '##ing', '床', '前', '[UNK]']
    """

    def __init__(self, vocab: Vocab, suffix_indicator: str = "##", max_bytes_per_token: int = 100,
                 unknown_token: str = "[UNK]", lower_case: bool = False, keep_whitespace: bool = False,
                 normalization_form: NormalizeForm = NormalizeForm.NONE, preserve_unused_token: bool = True,
                 with_offsets: bool = False) -> None:
        if vocab is None:
            raise ArgumentError("BertTokenizer: vocab is not provided.")
        self.wordpiece = WordpieceTokenizer(vocab, suffix_indicator, max_bytes_per_token, unknown_token, with_offsets)
        self.basic = BasicTokenizer(lower_case, keep_whitespace, normalization_form, preserve_unused_token, True)

    def __call__(self, text: Any) -> Any:
        words, starts, _ = self.basic(text)
        found = [
            (piece, int(at) + start, int(at) + end)
            for word, at in zip(words.tolist(), starts)
            for piece, start, end in (self.wordpiece.split(word) if word else [("", 0, 0)])
        ]
        return with_places(found, self.wordpiece.with_offsets)


class PythonTokenizer:
    """A function from a text to its parts.

    >>> PythonTokenizer(lambda text: text.split("-"))(np.array("a-b")).tolist()
    ['a', 'b']
    """

    def __init__(self, tokenizer: Callable[[Any], Any]) -> None:
        if not callable(tokenizer):
            raise DTypeError(f"PythonTokenizer: tokenizer is not a callable Python function: {tokenizer!r}.")
        self.tokenizer = tokenizer

    def __call__(self, text: Any) -> np.ndarray:
        if not isinstance(text, np.ndarray):
            raise DTypeError(f"PythonTokenizer: input should be a NumPy array. Got {type(text)}.")
        if text.dtype.kind not in "US":
            raise DTypeError(f"PythonTokenizer: input should be a NumPy array of strings, got {text.dtype}.")
        try:
            return np.array(self.tokenizer(text.item()))
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise PipelineError(f"Error occurred in Pyfunc [PythonTokenizer]: {what}") from error


class JiebaTokenizer(Tokenizer):
    """Chinese words, by the package ``jieba``, which must be installed and has its own dictionaries.

    Args:
        hmm_path, mp_path: MindSpore's dictionaries; accepted, ``jieba`` brings its own.
        mode: JiebaMode.MIX, MP (dictionary alone) or HMM.
    """

    def __init__(self, hmm_path: str = "", mp_path: str = "", mode: JiebaMode = JiebaMode.MIX,
                 with_offsets: bool = False) -> None:
        super().__init__(with_offsets)
        if not isinstance(mode, JiebaMode):
            raise DTypeError(f"JiebaTokenizer: Wrong input type for mode, should be JiebaMode, got {mode!r}.")
        try:
            jieba = importlib.import_module("jieba")
        except ImportError as error:
            raise MissingPackageError("JiebaTokenizer takes the package jieba: pip install jieba") from error
        self.jieba, self.mode = jieba, mode

    def add_word(self, word: str, freq: int | None = None) -> None:
        """A word of one's own, with its frequency."""
        self.jieba.add_word(string(word, "word", "JiebaTokenizer"), freq)

    def add_dict(self, user_dict: str | dict[str, int]) -> None:
        """The words of a file or dict, with their frequencies."""
        if isinstance(user_dict, dict):
            for word, freq in user_dict.items():
                self.add_word(word, freq)
        else:
            self.jieba.load_userdict(user_dict)

    def spans(self, text: str) -> Spans:
        return [(start, end) for _, start, end in self.jieba.tokenize(text, HMM=self.mode is not JiebaMode.MP)]


__all__ = [
    "BasicTokenizer", "BertTokenizer", "JiebaTokenizer", "PythonTokenizer", "RegexTokenizer", "UnicodeCharTokenizer",
    "UnicodeScriptTokenizer", "WhitespaceTokenizer", "WordpieceTokenizer",
]
