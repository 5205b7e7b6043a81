"""What the text transforms share: text in, arrays of text out; Unicode's classes; bytes and strings."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np

from ..._src.errors import ArgumentError, DTypeError
from ..._src.paths import public_names
from .. import checks
from ..rows import PipelineError


class NormalizeForm(IntEnum):
    """Forms of Unicode normalization.

    >>> from luojia import dataset
    >>> list(dataset.text.NormalizeForm)
    [<NormalizeForm.NONE: 0>, <NormalizeForm.NFC: 1>, <NormalizeForm.NFKC: 2>, <NormalizeForm.NFD: 3>,
     <NormalizeForm.NFKD: 4>]
    """

    NONE, NFC, NFKC, NFD, NFKD = 0, 1, 2, 3, 4


class JiebaMode(IntEnum):
    """How jieba segments: both ways, by the dictionary, or by the hidden Markov model.

    >>> from luojia import dataset
    >>> list(dataset.text.JiebaMode)
    [<JiebaMode.MIX: 0>, <JiebaMode.MP: 1>, <JiebaMode.HMM: 2>]
    """

    MIX, MP, HMM = 0, 1, 2


def text_of(value: Any, who: str) -> str:
    """A scalar of text as a str.

    Raises:
        PipelineError: it is something else.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "U":
        return value.item()
    array = np.asarray(value)
    if who in ("BasicTokenizer", "BertTokenizer"):
        raise PipelineError(
            "BasicTokenizer: the input should be of type string."
            if array.ndim == 0
            else f"BasicTokenizer: the input should be a scalar, but got a tensor with rank: {array.ndim}"
        )
    raise PipelineError(
        f"{who}Op: the input shape should be scalar and the input datatype should be string. Got {array.dtype} of "
        f"shape {array.shape}."
    )


def texts_of(value: Any, who: str) -> np.ndarray:
    """Text, a list of it, or an array, as an array of any shape."""
    array = np.asarray(value)
    if array.dtype.kind == "O":
        raise DTypeError(f"Invalid user input. Got {type(value)}: {value!r}, cannot be converted into tensor.")
    if array.dtype.kind != "U":
        raise PipelineError(f"{who}: input is not string datatype. Got {array.dtype}.")
    return array


def each(value: Any, fn: Callable[[str], str], who: str) -> np.ndarray:
    """``fn`` of every string."""
    array = texts_of(value, who)
    return np.array([fn(text) for text in array.ravel().tolist()] or np.zeros(0, "U1")).reshape(array.shape)


def strings(found: list[str]) -> np.ndarray:
    """An array of text; of one empty string where there is none, as in MindSpore."""
    return np.array(found or [""])


def tokens(text: str, spans: list[tuple[int, int]], with_offsets: bool) -> Any:
    """The parts of a text between these places, and where their UTF-8 bytes begin and end if asked."""
    words = strings([text[a:b] for a, b in spans])
    if not with_offsets:
        return words
    before = np.concatenate([[0], np.cumsum([len(c.encode()) for c in text])]) if text else np.zeros(1)
    spans = spans or [(0, 0)]
    starts, ends = (np.array([before[span[i]] for span in spans], np.uint32) for i in range(2))
    return words, starts, ends


def folded(text: str) -> str:
    """The text without upper cases and without characters that are only another form of others (NFKC_Casefold)."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", text.casefold())


def normalized(text: str, form: NormalizeForm) -> str:
    """The text in a form of Unicode."""
    return text if form is NormalizeForm.NONE else unicodedata.normalize(form.name, text)


def form_of(form: Any) -> NormalizeForm:
    """A :class:`NormalizeForm`."""
    if not isinstance(form, NormalizeForm):
        raise DTypeError(f"Wrong input type for normalization_form, should be enum of 'NormalizeForm', got {form!r}.")
    return form


def flag(value: Any, name: str, who: str) -> bool:
    """``value``, if it is a bool."""
    return checks.flag(value, name)


def string(value: Any, name: str, who: str) -> str:
    """``value``, if it is a str."""
    if not isinstance(value, str) and who.endswith("Tokenizer"):
        raise DTypeError(f"Wrong input type for {name}, should be string. Got {value!r}.")
    return checks.kind(value, (str,), name)


def positive(value: Any, name: str, who: str) -> int:
    """``value``, if it is an integer from 1 on."""
    return checks.count(value, name)


@cache
def _members(category: str) -> str:
    """Python's character class, without brackets, of a general category of Unicode or a class of them."""
    runs, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(category)
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            runs.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(runs)


def pattern_of(pattern: str, who: str) -> re.Pattern:
    """An ICU pattern as Python's; of what only ICU has, ``\\p{...}`` of general categories.

    Raises:
        PipelineError: it is no pattern.

    >>> pattern_of(r"\\p{Lu}", "demo").sub("-", "aBc")
    'a-c'
    """
    try:
        return re.compile(re.sub(r"\\p\{(\w+)\}", lambda match: _class(pattern, match), pattern))
    except re.error as error:
        raise PipelineError(
            f"{who}: create regex pattern failed, you may input one error pattern: {pattern!r}: {error}."
        ) from error


def _class(pattern: str, match: re.Match) -> str:
    inside = pattern[: match.start()].count("[") > pattern[: match.start()].count("]")
    members = _members(match.group(1))
    if not members:
        raise re.error(f"no category {match.group(1)}")
    return members if inside else f"[{members}]"


def to_str(array: np.ndarray, encoding: str = "utf8") -> np.ndarray:
    """Bytes as text.

    >>> to_str(np.array([b"a", b"\\xc3\\xa9"])).tolist()
    ['a', 'é']
    """
    if not isinstance(array, np.ndarray):
        raise DTypeError(f"to_str: input should be a NumPy array, got {type(array).__name__}.")
    return np.char.decode(array, encoding)


def to_bytes(array: np.ndarray, encoding: str = "utf8") -> np.ndarray:
    """Text as bytes.

    >>> to_bytes(np.array(["a", "é"])).tolist()
    [b'a', b'\\xc3\\xa9']
    """
    if not isinstance(array, np.ndarray):
        raise ArgumentError(f"to_bytes: input should be a NumPy array, got {type(array).__name__}.")
    return np.char.encode(array, encoding)


__all__ = ["JiebaMode", "NormalizeForm", "to_bytes", "to_str"]
__dir__ = public_names(__name__)
