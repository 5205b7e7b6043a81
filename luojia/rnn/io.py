"""Sentences as numbers, and batches of sentences of like lengths."""

from __future__ import annotations

import bisect
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._src.errors import ArgumentError
from ..io import DataBatch, DataDesc, DataIter
from ..ndarray import array


def encode_sentences(sentences: Sequence[Sequence], vocab: dict | None = None, invalid_label: int = -1,
                     invalid_key: str = "\n", start_label: int = 0,
                     unknown_token: str | None = None) -> tuple[list[list[int]], dict]:
    """The sentences with numbers for words, and the numbers by word.

    Args:
        vocab: the numbers, where they are known; by default they are given in order from ``start_label``.
        invalid_label, invalid_key: the number and the key that stand for no word.
        unknown_token: what words that ``vocab`` lacks become.

    >>> encode_sentences([["a", "b"], ["b", "c"]])
    ([[0, 1], [1, 2]], {'\\n': -1, 'a': 0, 'b': 1, 'c': 2})
    """
    fresh = vocab is None
    found: dict = {invalid_key: invalid_label} if vocab is None else vocab
    number, coded = start_label, []
    for sentence in sentences:
        line = []
        for word in sentence:
            if word not in found:
                assert fresh or unknown_token, f"Unknown token {word}"
                if number == invalid_label:
                    number += 1
                if unknown_token:
                    word = unknown_token
                if word not in found:
                    found[word] = number
                    number += 1
            line.append(found[word])
        coded.append(line)
    return coded, found


class BucketSentenceIter(DataIter):
    """Batches of sentences of like lengths, filled up with ``invalid_label``; a label is the next word.

    Args:
        sentences: lists of numbers. batch_size: sentences in a batch.
        buckets: the lengths to fill up to; by default those that have a batch of sentences. Longer ones are dropped.
        layout: 'NT' or 'TN' of the batches.

    A batch's ``bucket_key`` is its length. Batches come in random order, by Python's and NumPy's ``random``.

    >>> it = BucketSentenceIter([[1, 2, 3], [4, 5]], 2, buckets=[3], invalid_label=0)
    WARNING: discarded 0 sentences longer than the largest bucket.
    >>> sorted(it.next().label[0].asnumpy().tolist())
    [[2.0, 3.0, 0.0], [5.0, 0.0, 0.0]]
    """

    def __init__(self, sentences: Sequence[Sequence[int]], batch_size: int, buckets: Sequence[int] | None = None,
                 invalid_label: int = -1, data_name: str = "data", label_name: str = "softmax_label",
                 dtype: Any = "float32", layout: str = "NT") -> None:
        super().__init__(batch_size)
        if layout not in ("NT", "TN"):
            raise ArgumentError(f"Invalid layout {layout}: Must by NT (batch major) or TN (time major)")
        if not buckets:
            counts = np.bincount([len(s) for s in sentences])
            buckets = [length for length, count in enumerate(counts) if count >= batch_size]
        if not buckets:
            raise ArgumentError(f"BucketSentenceIter: no length has a batch of {batch_size} sentences; give buckets.")
        self.buckets = sorted(buckets)
        rows: list[list[np.ndarray]] = [[] for _ in self.buckets]
        dropped = 0
        for sentence in sentences:
            bucket = bisect.bisect_left(self.buckets, len(sentence))
            if bucket == len(self.buckets):
                dropped += 1
                continue
            row = np.full((self.buckets[bucket],), invalid_label, dtype=dtype)
            row[: len(sentence)] = sentence
            rows[bucket].append(row)
        self.data = [np.asarray(r, dtype=dtype) for r in rows]
        print(f"WARNING: discarded {dropped} sentences longer than the largest bucket.")
        self.data_name, self.label_name, self.dtype, self.layout = data_name, label_name, dtype, layout
        self.invalid_label, self.major_axis = invalid_label, layout.find("N")
        self.default_bucket_key = max(self.buckets)
        self.provide_data = [self._desc(data_name, self.default_bucket_key)]
        self.provide_label = [self._desc(label_name, self.default_bucket_key)]
        self.idx = [(i, j) for i, bucket in enumerate(self.data)
                    for j in range(0, len(bucket) - batch_size + 1, batch_size)]
        self.curr_idx = 0
        self.reset()

    def _desc(self, name: str, length: int) -> DataDesc:
        shape = (self.batch_size, length)
        return DataDesc(name, shape if self.layout == "NT" else shape[::-1], layout=self.layout)

    def reset(self) -> None:
        """Draw a new order of batches, and of the sentences in each bucket."""
        self.curr_idx = 0
        random.shuffle(self.idx)
        for bucket in self.data:
            np.random.shuffle(bucket)

    def next(self) -> DataBatch:
        if self.curr_idx == len(self.idx):
            raise StopIteration
        i, j = self.idx[self.curr_idx]
        self.curr_idx += 1
        rows = self.data[i][j : j + self.batch_size]
        following = np.full_like(rows, self.invalid_label)
        following[:, :-1] = rows[:, 1:]
        if self.layout == "TN":
            rows, following = rows.T, following.T
        length = self.buckets[i]
        return DataBatch([array(rows, dtype=self.dtype)], [array(following, dtype=self.dtype)], pad=0,
                         bucket_key=length, provide_data=[self._desc(self.data_name, length)],
                         provide_label=[self._desc(self.label_name, length)])
