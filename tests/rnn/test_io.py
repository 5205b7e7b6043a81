"""Sentences; numbers and orders of mxnet 1.9.1 for the same seeds."""

import random

import numpy as np
import pytest

from luojia import rnn


@pytest.mark.parametrize("how, coded, vocab", [
    ({}, [[0, 1], [1, 2, 0]], {"\n": -1, "a": 0, "b": 1, "c": 2}),
    ({"invalid_label": 0, "start_label": 1}, [[1, 2], [2, 3, 1]], {"\n": 0, "a": 1, "b": 2, "c": 3}),
    ({"invalid_label": 1}, [[0, 2], [2, 3, 0]], {"\n": 1, "a": 0, "b": 2, "c": 3}),
    ({"vocab": {"a": 1, "b": 2}, "unknown_token": "<u>"}, [[1, 2], [2, 0, 1]], {"a": 1, "b": 2, "<u>": 0}),
])
def test_encoding(how, coded, vocab):
    assert rnn.encode_sentences([["a", "b"], ["b", "c", "a"]], **how) == (coded, vocab)


def test_unknown_words():
    with pytest.raises(AssertionError, match="Unknown token c"):
        rnn.encode_sentences([["c"]], vocab={"a": 1})


SENTENCES = [[i + 1] * (2 + i % 4) for i in range(22)]


def test_buckets(capsys):
    random.seed(1)
    np.random.seed(1)
    it = rnn.BucketSentenceIter(SENTENCES, 2, buckets=[3, 5], invalid_label=0)
    assert it.provide_data == [("data", (2, 5))] and it.provide_data[0].layout == "NT" and it.default_bucket_key == 5
    assert it.idx == [(1, 0), (1, 4), (1, 8), (1, 2), (0, 10), (0, 6), (0, 0), (0, 8), (0, 2), (1, 6), (0, 4)]
    batches = list(it)
    assert batches[0].bucket_key == 5 and batches[0].pad == 0 and len(batches) == 11
    assert batches[0].data[0].asnumpy().tolist() == [[4] * 5, [16] * 5]
    assert batches[0].label[0].asnumpy().tolist() == [[4, 4, 4, 4, 0], [16, 16, 16, 16, 0]]
    assert batches[4].bucket_key == 3 and batches[4].provide_label == [("softmax_label", (2, 3))]
    it.reset()
    assert len(list(it)) == 11
    turned = rnn.BucketSentenceIter(SENTENCES, 2, buckets=[3, 4], layout="TN")
    assert turned.provide_data == [("data", (4, 2))] and turned.next().data[0].shape[1] == 2
    assert rnn.BucketSentenceIter(SENTENCES, 5).buckets == [2, 3, 4, 5]
    assert "WARNING: discarded 5 sentences longer than the largest bucket." in capsys.readouterr().out


def test_errors():
    with pytest.raises(ValueError, match="Invalid layout XX"):
        rnn.BucketSentenceIter(SENTENCES, 2, layout="XX")
    with pytest.raises(ValueError, match="no length has a batch of 40 sentences"):
        rnn.BucketSentenceIter(SENTENCES, 40)
