"""WikiText as sequences of tokens for language models."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import numpy as np

from ...._src.data import mirror, wikitext
from ...._src.paths import public_names
from ....contrib.text import utils
from ....contrib.text.vocab import Vocabulary
from ....ndarray import NDArray, array
from ...data import dataset

__all__ = ["WikiText103", "WikiText2"]
__dir__ = public_names(__name__)

EOS_TOKEN = "<eos>"


class _WikiText(dataset.Dataset):
    _name = ""

    def __init__(self, root: str, segment: str, vocab: Vocabulary | None, seq_len: int) -> None:
        default = os.path.join("~", ".mxnet", "datasets", self._name)
        self._seq_len, self._segment = seq_len, segment
        text = wikitext.load(segment, None if root == default else root, self._name, fetch=mirror.fetch_url)
        self._counter = utils.count_tokens_from_str(text)
        self._vocab = Vocabulary(self._counter, reserved_tokens=[EOS_TOKEN]) if vocab is None else vocab
        lines = [line.split() for line in text.splitlines()]
        numbers = np.array(self._vocab.to_indices([t for line in lines if line for t in (*line, EOS_TOKEN)]), np.int32)
        count = (len(numbers) - 1) // seq_len
        cut = [numbers[i : i + count * seq_len].reshape(count, seq_len) for i in (0, 1)]
        self._data, self._label = (array(part, dtype=np.int32) for part in cut)

    @property
    def vocabulary(self) -> Vocabulary:
        """The numbers of the tokens."""
        return self._vocab

    @property
    def frequencies(self) -> Counter:
        """How often each token occurs."""
        return self._counter

    def __len__(self) -> int:
        return len(self._label)

    def __getitem__(self, idx: int) -> tuple[NDArray, NDArray]:
        return self._data[idx], self._label[idx]


class WikiText2(_WikiText):
    """The two million tokens of WikiText-2: samples are (``seq_len`` tokens, the same moved on by one), int32.

    Each line that is not empty ends in "<eos>".

    Args:
        root: where the files are, or are put.
        segment: 'train', 'validation' or 'test'.
        vocab: the numbers of the tokens; by default those of the segment's own tokens, the most frequent first.
        seq_len: tokens in a sample.

    Raises:
        MXNetError: the files are in none of the folders and could not be downloaded.

    Source: Merity et al. 2016, "Pointer sentinel mixture models".
    """

    _name = "wikitext-2"

    def __init__(self, root: str = os.path.join("~", ".mxnet", "datasets", "wikitext-2"), segment: str = "train",
                 vocab: Any = None, seq_len: int = 35) -> None:
        super().__init__(root, segment, vocab, seq_len)


class WikiText103(_WikiText):
    """The hundred million tokens of WikiText-103, as ``WikiText2`` gives them."""

    _name = "wikitext-103"

    def __init__(self, root: str = os.path.join("~", ".mxnet", "datasets", "wikitext-103"), segment: str = "train",
                 vocab: Any = None, seq_len: int = 35) -> None:
        super().__init__(root, segment, vocab, seq_len)
