"""Transforms of text: vocabularies, windows, numbers, cases; the tokenizers are in :mod:`.tokenizers`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError
from ..._src.paths import public_names
from .. import checks
from ..rows import PipelineError
from ..transforms.base import OneToOne, array_of, dtype_of
from . import tokenizers
from .tokenizers import *  # noqa: F403
from .utils import NormalizeForm, each, flag, folded, form_of, normalized, pattern_of, positive, string, texts_of
from .vectors import Vectors
from .vocab import Vocab


class Lookup(OneToOne):
    """Words to their numbers in a vocabulary.

    Args:
        vocab: the vocabulary.
        unknown_token: the word whose number others get; None refuses them.
        data_type: of the numbers.

    >>> Lookup(Vocab.from_list(["a", "b", "<unk>"]), "<unk>")(["b", "x"])
    array([1, 2], dtype=int32)
    """

    def __init__(self, vocab: Vocab, unknown_token: str | None = None, data_type: Any = np.int32) -> None:
        if not isinstance(vocab, Vocab):
            raise DTypeError(f"Lookup: Argument vocab is not an instance of text.Vocab, but got {vocab!r}.")
        self.ids, self.unknown = vocab.vocab(), None
        if str(data_type).lower() == "string" or (dtype := dtype_of(data_type, "Lookup")).kind not in "biuf":
            raise PipelineError(f"Lookup: The parameter data_type must be numeric including bool, got {data_type}.")
        self.dtype = dtype
        if unknown_token is not None:
            if string(unknown_token, "unknown_token", "Lookup") not in self.ids:
                raise PipelineError(f'Lookup: "{unknown_token}" doesn\'t exist in vocab.')
            self.unknown = self.ids[unknown_token]

    def __call__(self, words: Any) -> np.ndarray:
        array = texts_of(words, "Lookup")
        numbers = [self.ids.get(word, self.unknown) for word in array.ravel().tolist()]
        if None in numbers:
            word = array.ravel()[numbers.index(None)]
            raise PipelineError(
                f'Lookup: invalid data, token: "{word}" doesn\'t exist in vocab and no unknown token is specified.'
            )
        return np.array(numbers).astype(self.dtype).reshape(array.shape)


_INTEGER = re.compile(r"\s*[+-]?\d+")
_FLOAT = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf|nan)")


_A = {"u": "an unsigned integer", "i": "a signed integer", "f": "an unsigned integer or a float"}


class ToNumber(OneToOne):
    """Text to numbers: the longest number that it begins with.

    >>> ToNumber(luojia.int8)(["1", "-2"])
    array([ 1, -2], dtype=int8)
    """

    def __init__(self, data_type: Any) -> None:
        if str(data_type).lower() == "string" or (dtype := dtype_of(data_type, "ToNumber")).kind not in "iuf":
            raise DTypeError(f"ToNumber: data_type: {data_type} is not numeric data type.")
        self.dtype = dtype

    def __call__(self, words: Any) -> np.ndarray:
        array = texts_of(words, "ToNumber")
        return np.array([self._number(word) for word in array.ravel().tolist()], self.dtype).reshape(array.shape)

    def _number(self, word: str) -> Any:
        match = (_FLOAT if self.dtype.kind == "f" else _INTEGER).match(word)
        if match is None:
            raise PipelineError(f'ToNumber: it is invalid to convert "{word}" to {_A[self.dtype.kind]}.')
        if self.dtype.kind == "f":
            value, limits = float(match.group()), np.finfo(self.dtype)
            outside = np.isfinite(value) and not float(limits.min) <= value <= float(limits.max)
        else:
            value, limits = int(match.group()), np.iinfo(self.dtype)
            outside = not limits.min <= value <= limits.max
        if outside:
            raise PipelineError(
                f"ToNumber: string input {word} will be out of bounds if cast to {self.dtype}. The valid range is: "
                f"[{limits.min}, {limits.max}]."
            )
        return value


class Ngram(OneToOne):
    """Runs of n words, joined; for several n one after the other.

    Args:
        n: a number of 1 or more, or a list of them.
        left_pad, right_pad: a word and how many of it to put before the words, or after them, at most n - 1.
        separator: between the words.

    >>> Ngram(2, ("_", 1), separator="-")(["a", "b"]).tolist()
    ['_-a', 'a-b']
    """

    def __init__(self, n: int | list[int], left_pad: tuple[str, int] = ("", 0), right_pad: tuple[str, int] = ("", 0),
                 separator: str = " ") -> None:
        self.sizes = [n] if isinstance(n, int) else n
        for size in n if isinstance(n, list) else ():
            checks.kind(size, (int,), "gram")
        if not isinstance(self.sizes, list) or not self.sizes or not all(
                isinstance(k, int) and not isinstance(k, bool) for k in self.sizes):
            raise ArgumentError(f"Ngram: n needs to be a non-empty list of positive integers, got {n!r}.")
        for i, k in enumerate(self.sizes):
            if k < 1:
                raise ArgumentError(f"Ngram: Input gram_{i} must be greater than 0, got {k}.")
        for name, pad in (("left_pad", left_pad), ("right_pad", right_pad)):
            if not (isinstance(pad, tuple) and len(pad) == 2 and isinstance(pad[0], str) and isinstance(pad[1], int)):
                raise ArgumentError(f"Ngram: {name} needs to be a tuple of (str, int) str is pad token and int is "
                                    f"pad_width, got {pad!r}.")
            if pad[1] < 0:
                raise ArgumentError(f"Ngram: padding width need to be positive numbers, got {pad[1]} in {name}.")
        self.left, self.right, self.separator = left_pad, right_pad, string(separator, "separator", "Ngram")

    def __call__(self, words: Any) -> np.ndarray:
        array = texts_of(words, "Ngram")
        if array.ndim != 1:
            raise PipelineError(f"Ngram: the input should be a 1-D Tensor of words, got shape {array.shape}.")
        found = []
        for n in self.sizes:
            left, right = (min(pad[1], n - 1) * [pad[0]] for pad in (self.left, self.right))
            padded = [*left, *array.tolist(), *right]
            found += [self.separator.join(padded[i : i + n]) for i in range(len(padded) - n + 1)] or [""]
        return np.array(found)


class SlidingWindow(OneToOne):
    """Windows of ``width`` neighbours of a row, (n - width + 1, width).

    >>> SlidingWindow(3)([1, 2, 3, 4]).tolist()
    [[1, 2, 3], [2, 3, 4]]
    """

    def __init__(self, width: int, axis: int = 0) -> None:
        self.width = positive(width, "width", "SlidingWindow")
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise DTypeError(
                f"SlidingWindow: Argument axis with value {axis} "
                f"is not of type {[int]}, but got {type(axis)}."
            )
        self.axis = axis

    def __call__(self, values: Any) -> np.ndarray:
        array = array_of(values)
        if array.ndim != 1:
            raise PipelineError(f"SlidingWindow: SlidingWindow supports 1D input only for now, but got {array.ndim}D.")
        if self.axis not in (0, -1):
            raise PipelineError(f"SlidingWindow: axis supports 0 or -1 only for now, got {self.axis}.")
        if len(array) < self.width:
            return array[:0]
        return np.lib.stride_tricks.sliding_window_view(array, self.width).copy()


class TruncateSequencePair:
    """Two rows cut at their ends, the longer one first, until together they have ``max_length``.

    >>> [row.tolist() for row in TruncateSequencePair(5)([1, 2, 3], [4, 5, 6, 7])]
    [[1, 2, 3], [4, 5]]
    """

    def __init__(self, max_length: int) -> None:
        self.max_length = checks.kind(max_length, (int,), "max_length")

    def __call__(self, *rows: Any) -> tuple[np.ndarray, np.ndarray]:
        if self.max_length < 0:
            raise PipelineError(
                "TruncateSequencePair : The parameter max_length must be greater than or equal to 0: "
                f"{self.max_length}"
            )
        if len(rows) != 2:
            raise PipelineError(f"TruncateSequencePair: Expected two inputs, but got {len(rows)} inputs.")
        a, b = map(array_of, rows)
        if a.ndim != 1 or b.ndim != 1:
            raise PipelineError(f"TruncateSequencePair: both inputs should be 1-D, got {a.shape} and {b.shape}.")
        sizes = [len(a), len(b)]
        while sum(sizes) > self.max_length:
            sizes[0 if sizes[0] > sizes[1] else 1] -= 1
        return a[: sizes[0]], b[: sizes[1]]


class AddToken(OneToOne):
    """A word before the words, or after them: of a row, or of each of several.

    >>> from luojia import dataset
    >>> dataset.text.AddToken("[CLS]", begin=True)(["a", "b"]).tolist()
    ['[CLS]', 'a', 'b']
    """

    def __init__(self, token: str, begin: bool = True) -> None:
        self.token, self.begin = string(token, "token", "AddToken"), flag(begin, "begin", "AddToken")

    def __call__(self, words: Any) -> np.ndarray:
        array = texts_of(words, "AddToken")
        if array.ndim not in (1, 2):
            raise PipelineError(f"AddToken: input tensor rank should be 1 or 2, got shape {array.shape}.")
        token = np.full((*array.shape[:-1], 1), self.token)
        return np.concatenate([token, array] if self.begin else [array, token], -1)


class Truncate(OneToOne):
    """The first ``max_seq_len`` words or numbers: of a row, or of each of several.

    >>> from luojia import dataset
    >>> dataset.text.Truncate(2)(["a", "b", "c"]).tolist()
    ['a', 'b']
    """

    def __init__(self, max_seq_len: int) -> None:
        self.most = positive(max_seq_len, "max_seq_len", "Truncate")

    def __call__(self, values: Any) -> np.ndarray:
        array = array_of(values)
        if array.ndim not in (1, 2):
            raise PipelineError(f"Truncate: the input tensor should be of dimension 1 or 2, got {array.ndim}.")
        return array[..., : self.most]


class CaseFold(OneToOne):
    """Text without upper cases.

    >>> CaseFold()("Straße").item()
    'strasse'
    """

    def __call__(self, text: Any) -> np.ndarray:
        return each(text, folded, "CaseFold")


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class FilterWikipediaXML(OneToOne):
    """The words of a line of Wikipedia's XML files: small letters with single spaces, digits spelled out.

    Marks in angle brackets and entities (``&lt;``) are taken out, and what redirects to another page is empty.

    >>> FilterWikipediaXML()("<b>Apollo</b> 11 &amp;c.").item()
    'one one c'

    Matches ``mindspore.dataset.text.FilterWikipediaXML``, which loses the letter R where it is a capital.
    """

    def __call__(self, text: Any) -> np.ndarray:
        return each(text, _words_of_wikipedia, "FilterWikipediaXML")


def _words_of_wikipedia(line: str) -> str:
    if "#redirect" in line or "#REDIRECT" in line:
        return ""
    line = re.sub("<[^>]*>", "", re.sub("<.*>", "", line))  # first all from a line's first mark to its last
    line = re.sub("&[^;]*;", " ", line)
    line = re.sub("[0-9]", lambda digit: f" {_DIGITS[int(digit[0])]} ", line)
    return " ".join(re.findall("[a-z]+", re.sub("[A-Z]", lambda letter: letter[0].lower(), line)))


class NormalizeUTF8(OneToOne):
    """Text in a form of Unicode.

    >>> from luojia import dataset
    >>> str(dataset.text.NormalizeUTF8(dataset.text.NormalizeForm.NFKC)("\\ufb01ne \\u2460"))
    'fine 1'
    """

    def __init__(self, normalize_form: NormalizeForm = NormalizeForm.NFKC) -> None:
        self.form = form_of(normalize_form)

    def __call__(self, text: Any) -> np.ndarray:
        return each(text, lambda part: normalized(part, self.form), "NormalizeUTF8")


class RegexReplace(OneToOne):
    r"""What matches a pattern replaced; ``$1`` is the match's first group.

    >>> RegexReplace(r"(\w)(\d)", "$2$1")("a1 b2").item()
    '1a 2b'
    """

    def __init__(self, pattern: str, replace: str, replace_all: bool = True) -> None:
        self.pattern = pattern_of(string(pattern, "pattern", "RegexReplace"), "RegexReplace")
        parts = re.split(r"(\\.|\$\d+)", string(replace, "replace", "RegexReplace"), flags=re.DOTALL)
        for i in range(1, len(parts), 2):  # a group's number, or a character that stands for itself
            parts[i] = f"\\g<{parts[i][1:]}>" if parts[i][0] == "$" else parts[i][1:].replace("\\", "\\\\")
        self.replace = "".join(parts)
        self.count = 0 if flag(replace_all, "replace_all", "RegexReplace") else 1

    def __call__(self, text: Any) -> np.ndarray:
        return each(text, lambda part: self.pattern.sub(self.replace, part, count=self.count), "RegexReplace")


class ToVectors(OneToOne):
    """Words to their vectors, float32; one word in a list is one word.

    Args:
        vectors: from a file.
        unk_init: the vector of words that have none; default zeros.
        lower_case_backup: look words that have none up in lower case.

    >>> from luojia import dataset
    >>> with open("glove.6B.2d.txt", "w") as file:
    ...     _ = file.write("cat 0.5 1.0\\ndog 2.0 3.0\\n")
    >>> vectors = dataset.text.GloVe.from_file("glove.6B.2d.txt")
    >>> dataset.text.ToVectors(vectors, unk_init=[9, 9])("cow")
    array([9., 9.], dtype=float32)
    """

    def __init__(self, vectors: Vectors, unk_init: Any = None, lower_case_backup: bool = False) -> None:
        if not isinstance(vectors, Vectors):
            raise DTypeError(f"ToVectors: vectors should be Vectors, GloVe, FastText or CharNGram, got {vectors!r}.")
        if unk_init is not None:
            checks.kind(unk_init, (list, np.ndarray), "unk_init")
        self.vectors = vectors
        self.unknown = np.zeros(vectors.dim, np.float32) if unk_init is None else np.asarray(unk_init, np.float32)
        if self.unknown.shape != (vectors.dim,):
            raise ArgumentError(
                f"ToVectors: unk_init must be the same length as vectors, {vectors.dim}, got {self.unknown.shape}."
            )
        self.lower = flag(lower_case_backup, "lower_case_backup", "ToVectors")

    def __call__(self, words: Any) -> np.ndarray:
        array = texts_of(words, "ToVectors")
        found = [self.vectors.lookup(word, self.lower) for word in array.ravel().tolist()]
        rows = np.array([self.unknown if vector is None else vector for vector in found], np.float32)
        return rows.reshape(*(array.shape if array.shape != (1,) else ()), self.vectors.dim)


__all__ = [
    "AddToken", "CaseFold", "FilterWikipediaXML", "Lookup", "Ngram", "NormalizeUTF8", "RegexReplace", "SlidingWindow",
    "ToNumber", "ToVectors", "Truncate", "TruncateSequencePair",
]
__all__ += tokenizers.__all__
__dir__ = public_names(__name__)
